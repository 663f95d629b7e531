/* Scaling and ordering of importance: what all views and writers share. */
#ifndef CORE_RANK_H
#define CORE_RANK_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/real.h"

/* (v - min) / (max - min); all zeros if max = min. NaN stays NaN and is left out. v and out (n) may be the same. */
void minmax_scale(const real *v, int64_t n, real *out);
/* order (n): indices by value, largest first, NaN last, ties by index. rank (n): place of each in order; may be NULL.
 */
void rank_order(const real *v, int64_t n, int *order, int *rank);
/* The percentile filter of the views, as in the paper's own tool. idx = round-half-even(n * p), with p in 0..1. Sorted
 * by ascending value, the filters at positions >= idx are shown. Of equal values the lower index comes first. */
void percentile_shown(const real *scaled, int64_t n, double p, bool *shown);

#endif
