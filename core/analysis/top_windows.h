/* The windows of a data set in which each filter is most active. One pass over all windows finds them for all filters.
 *
 *	t = top_windows_new(m, d, true);
 *	while (top_windows_step(t, 0.03)) ...            other work may be done between two steps
 *	w = top_windows_get(t, layer, filter, &n);       before the last step: the best so far
 *	top_windows_free(t);
 *
 * It runs the network by itself, so an analysis may be used meanwhile. */
#ifndef CORE_TOP_WINDOWS_H
#define CORE_TOP_WINDOWS_H

#include "core/data/dataset.h"
#include "core/model/model.h"

enum { TOP_WINDOWS = 5 };
struct top_window {
	int64_t window; /* index into the data set */
	int64_t time;   /* step of the layer's activation where the filter is largest; 0 without a time axis */
	double value;   /* activation there */
};

/* The largest value of an activation v (times) and its first step; w->window is not set. Returns false if all values
 * are NaN. */
bool top_window_peak(const real *v, int64_t times, struct top_window *w);

struct top_windows;
/* Starts a search; the caller frees it with top_windows_free. Model and data set must outlive it. overlap: keep
 * every window. Otherwise only the stronger of two windows that share a row is kept, so that one event is not listed
 * five times. The search remembers only the best windows so far. Without overlap the first is therefore the strongest
 * of all, but the others are only as strong as one pass can find. */
struct top_windows *top_windows_new(const struct model *m, const struct dataset *d, bool overlap);
void top_windows_free(struct top_windows *t);                /* NULL is fine */
bool top_windows_step(struct top_windows *t, double budget); /* works for about `budget` seconds; false: done */
void top_windows_progress(const struct top_windows *t, int64_t *done, int64_t *total);
/* Returns the filter's *n strongest windows, at most TOP_WINDOWS, the strongest first; NULL: the layer is not analysed.
 * They are valid until the next step. A window in which the filter is NaN is never among them. */
const struct top_window *top_windows_get(const struct top_windows *t, int layer, int64_t filter, int *n);

#endif
