/* The same results from other calibration windows, which are drawn by chance: how much the choice of these windows
 * matters. */
#ifndef CORE_PRUNE_REPEAT_H
#define CORE_PRUNE_REPEAT_H

#include "core/prune/prune.h"

/* What is computed again. */
struct prune_repeat {
	const struct prune_job *job; /* without a survey of a file */
	const struct prune_budget *budget;
	const double *ratio; /* (n) */
	int n, rank, repair;
	int draws; /* seeds from job->q->seed on; they choose windows, the random choice and the order of training */
};

/* Draws --calibrate windows, and at most four fifths of all that may calibrate, so that draws differ. to (draws,n).
 * before(ctx, draw) is called before each; NULL: it is not. */
int prune_repeat(const struct prune_repeat *q, struct prune_point *to, void (*before)(void *ctx, int draw), void *ctx,
                 struct err *e);

/* Of some draws. NaN are left out. */
struct prune_spread {
	double median, low, high;
};
/* Of error, or of `changed`, of one row of the points, such as offsetof(struct prune_point, fixed), on a set. */
struct prune_spread prune_spread(const struct prune_point *point, int draws, int stride, size_t row, int set,
                                 bool changed);

#endif
