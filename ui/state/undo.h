/* Undo and redo of what the user chooses: the question (window, target, measure, method, baseline, clusters,
 *switched-off filters), marks, notes, sort key, percentile, filter expression, smaller network and pin. Every state
 *that a key left behind is kept whole; a step back makes it the present one again.
 *
 *	undo_keep(u, s, pin);             after every key
 *	changed = undo_step(u, s, pin, -1); */
#ifndef UI_UNDO_H
#define UI_UNDO_H

#include "ui/scene/pin.h"
#include "ui/session/session.h"

enum { UNDO_MOST = 100, UNDO_PINS = 16 };

struct choices {
	struct question q;
	struct edits edits;
	struct filter_set marks;
	const struct notes *notes;
	enum sort sort;
	bool reverse;
	struct table_settings table;
	int percentile;
	bool all_windows;
	enum auto_method auto_method;
	char expression[128];
	const struct pruned *pruned;
	unsigned pin; /* id of the pin, 0: nothing was pinned */
	int part;     /* what the key that led here changed: a part, or -1 for several */
};
struct undo {
	struct choices past[UNDO_MOST]; /* past[at] is the present; below it the past, above it what was undone */
	int n, at;
	struct pin pin[UNDO_PINS]; /* pins of states that are not the present one, the oldest first */
	int n_pin;
	unsigned pins; /* how many there have been: the id of the last one */
};

void undo_init(struct undo *u, const struct session *s);
/* The notes of a session that was resumed: no step takes them away. */
void undo_begin_notes(struct undo *u, const struct notes *notes);
void undo_release(struct undo *u);
/* Keeps the present state if it differs from the last one. Moves from window to window in a row are one step, and so
 * are changes of the percentile. */
void undo_keep(struct undo *u, const struct session *s, const struct pin *pin);
/* Names a new pin. */
void undo_name_pin(struct undo *u, struct pin *pin);
/* Takes over a pin that is given up, with its numbers, and leaves *pin empty: a step back can bring it again. */
void undo_put_pin(struct undo *u, struct pin *pin);
/* Whether a step may bring this network back. */
bool undo_has(const struct undo *u, const struct pruned *q);
/* One step back (-1) or forth (+1). Returns what changed, and the parts' names in what (size bytes); 0: there is no
 * such step. */
unsigned undo_step(struct undo *u, struct session *s, struct pin *pin, int by, char *what, size_t size);

#endif
