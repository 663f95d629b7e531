/* How the values of each channel are spread over all windows of the data: what a deviation is, and the range that was
 * seen. */
#ifndef CORE_CHANNEL_SPREAD_H
#define CORE_CHANNEL_SPREAD_H

#include "core/data/dataset.h"

struct channel_spread {
	double *mean, *deviation; /* (C), on the scale that the model reads; the deviation is that of the population */
	real *low, *high;         /* (C) */
};
/* The caller releases. Without windows everything is 0. */
void channel_spread_make(struct channel_spread *s, const struct dataset *d);
void channel_spread_release(struct channel_spread *s);

/* Sums of squares of differences between windows, each divided by its channel's deviation: the distance of two windows
 * (T,C) in deviations, the root of the mean over the first `own` channels. Channels with the deviation 0 do not count.
 */
double spread_distance(const struct channel_spread *s, int64_t T, int64_t C, int64_t own, const real *a, const real *b);

#endif
