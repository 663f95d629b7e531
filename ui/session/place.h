/* Where the user is, and the last place where he was before a jump: another view, layer, filter or window. */
#ifndef UI_PLACE_H
#define UI_PLACE_H

#include "ui/session/session.h"

struct place {
	const struct model *m;
	enum view_id view, back[SESSION_BACK];
	int n_back, leave, net_at, layer, filter; /* layer -1: the model has none that is analysed */
	bool chosen;                              /* the filter is not waiting for the most important one to be known */
	int64_t window;
	bool edited; /* it is the edited version of the window */
};
struct last_place {
	bool known;
	struct place place;
	unsigned by; /* enum changed: what the last jump changed; 0: the last key was no jump */
};

struct place place_of(const struct session *s);
/* Notes after a key that the user was at `before`. step: the key moved by a step, which is no jump unless the view
 * changed. Jumps in a row that only change the window, or only layer and filter, are one. Nothing is noted if
 * the model is another one. */
void place_note(struct last_place *l, const struct place *before, const struct session *s, bool step);
/* Goes to the last place; the present one becomes the last. Sets *changed. Returns false if there is none. */
bool place_swap(struct last_place *l, struct session *s, unsigned *changed);

#endif
