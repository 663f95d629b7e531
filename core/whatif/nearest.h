/* The windows of the data set that are nearest to a window that was made up: an input that looks like nothing that
 * exists says little. */
#ifndef CORE_NEAREST_H
#define CORE_NEAREST_H

#include "core/data/channel_spread.h"

enum { NEAREST_WINDOWS = 5 };
struct near_window {
	int64_t window;
	double distance; /* in deviations: spread_distance over the channels that are not derived */
};
/* The k windows of d that are nearest to x (T,C), the nearest first, ties by number; those that have a row in common
 * with window `not` are left out, and `not` itself; -1: none is. own: channels that count. Returns how many there are,
 * at most k. */
int nearest_windows(const struct dataset *d, const struct channel_spread *s, int64_t own, const real *x, int64_t not,
                    int k, struct near_window *to);
/* All of them, by distance; malloc'd. */
struct near_window *nearest_all(const struct dataset *d, const struct channel_spread *s, int64_t own, const real *x,
                                int64_t not, int64_t *n);
/* The mean of n distances; NaN: n is 0. */
double nearest_mean(const struct near_window *v, int n);

#endif
