/* Which windows of a data set drive each filter most: one pass over all windows finds them for all filters of all
 *layers.
 *
 *	t = top_windows_new(m, d, 1);
 *	while (top_windows_step(t, 0.03)) ...            between keys; top_windows_progress says how far
 *	w = top_windows_get(t, layer, filter, &n);       also before it is done: the best so far
 *
 * It has a run of its own and reads nothing but model and data set, so an analysis may be used meanwhile. */
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

struct top_windows;
/* apart: windows nearer than that to each other count as one, of which the stronger is kept (1: every window by itself;
 * the window's length over the step: windows that do not overlap, so that one event is not listed five times). Windows
 * come in order and only the best so far are remembered, so with apart > 1 the first is the strongest of all, and the
 * others are as strong as can be found in one pass. Heap. */
struct top_windows *top_windows_new(const struct model *m, const struct dataset *d, int64_t apart);
void top_windows_free(struct top_windows *t);                /* NULL is fine */
bool top_windows_step(struct top_windows *t, double budget); /* about that many seconds; false: done */
void top_windows_progress(const struct top_windows *t, int64_t *done, int64_t *total);
/* Strongest first; *n up to TOP_WINDOWS; NULL: not an analysed layer. Valid until the next step. NaN is never among
 * them. */
const struct top_window *top_windows_get(const struct top_windows *t, int layer, int64_t filter, int *n);

#endif
