/* The part of the window that all plots show. Its unit is a step of the input. A layer with fewer steps shows those
 * that lie under the same part, so all plots stay aligned with the input above them. */
#ifndef UI_VIEWPORT_H
#define UI_VIEWPORT_H

#include "ui/draw/plot.h"

enum { VIEWPORT_LEAST = 4 }; /* steps: nothing smaller is shown */

struct span {
	int64_t from, n;
};
struct viewport {
	int64_t from, n; /* steps; n 0: all */
};

/* Returns true if only a part is shown. */
static inline bool viewport_zoomed(const struct viewport *v)
{
	return v->n > 0;
}
/* Returns the shown ones of `times` steps that cover the same time as the `total` steps of the input: every step that
 * lies under the viewport, if only in part, and at least one. */
struct span viewport_span(const struct viewport *v, int64_t total, int64_t times);
/* Returns the step of the input that lies at the middle of step t of `times`. */
int64_t viewport_step(int64_t total, int64_t times, int64_t t);
/* Halves (by 1) or doubles (by -1) the shown span around the step `at`, which keeps its place on the screen. Returns
 * false if the viewport stays as it is. */
bool viewport_zoom(struct viewport *v, int64_t total, int64_t at, int by);
/* Moves the viewport by `steps`, at most to an end. Returns false if it stays as it is. */
bool viewport_move(struct viewport *v, int64_t total, int64_t steps);
/* Moves the viewport so that the step `at` is shown. */
void viewport_follow(struct viewport *v, int64_t total, int64_t at);
/* Returns the part of a series. */
struct series span_series(struct span p, struct series s);

#endif
