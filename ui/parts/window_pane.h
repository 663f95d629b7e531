/* One window beside a list of windows: its channels with the saliency of the target, what is predicted, its error and
 * rank. */
#ifndef UI_WINDOW_PANE_H
#define UI_WINDOW_PANE_H

#include "ui/state/ui.h"

struct window_pane {
	int64_t window;          /* row of the list of windows */
	const struct edited *of; /* what was edited; NULL: the window in the file. Only compared */
	real *input;             /* (T,C) of that window; NULL: not made yet */
};

void window_pane_release(struct window_pane *p);
/* Takes over another row of the list. */
void window_pane_update(const struct ui *u, struct window_pane *p, int64_t window);
/* Draws it in r. The saliency is that of scene.peeked. */
void window_pane_draw(const struct ui *u, struct canvas *c, struct rect r, const struct window_pane *p);

#endif
