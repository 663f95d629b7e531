/* The unique part of a filter: the share of its variance over all windows that the other filters of its layer cannot
 * explain by an affine function (the Schur complement of the siblings' covariance, prune_solve.h). 0: what reads the
 * filter loses nothing without it, once its weights are repaired, however important the filter looks.
 *
 * A survey holds covariances of what layers with weights read. So the figure of a convolution is that of its filters
 * as they arrive there: behind the activation function, a pool, or an addition. */
#ifndef CORE_PRUNE_UNIQUE_H
#define CORE_PRUNE_UNIQUE_H

#include "core/survey/survey_set.h"

/* So many positions a channel are needed: with fewer the siblings explain a filter by chance. */
enum { UNIQUE_POSITIONS = 4 };
/* Filters with a smaller part are called redundant. */
#define UNIQUE_REDUNDANT 0.01

/* unique (channels): that of each channel that consumer c reads. false: there are no covariances of channels, or too
 * few positions. */
bool prune_unique_channels(const struct survey_consumer *c, const struct survey_moments *q, double *unique);
/* Sets s->unique from the figures of all chunks, of which s was made. */
void prune_unique_measure(struct survey_set *s, const struct survey_part *all);
/* Sets the figure of every filter of s, which is bound to m, from s->unique. Where several layers read a filter, it is
 * the largest: it can be done without only if all of them can. NaN: nothing that is known reads it. */
void prune_unique_filters(struct survey_set *s, const struct model *m);

#endif
