/* Scaling and ordering of importance, shared by all views and writers. */
#ifndef CORE_RANK_H
#define CORE_RANK_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/real.h"

/* Fills out (n) with (v - min) / (max - min), or with zeros if max = min. NaN stays NaN, and min and max ignore it. v
 * and out may be the same array. */
void minmax_scale(const real *v, int64_t n, real *out);
/* Fills order (n) with the indices by value: largest first, NaN last, ties by index. Fills rank (n), unless it is NULL,
 * with the place of each index in order. */
void rank_order(const real *v, int64_t n, int *order, int *rank);
/* The percentile filter of the views, as in the paper's own tool. idx = round-half-even(n * p), with p in 0..1. Sorted
 * by ascending value, the filters at positions >= idx are shown. Of equal values the lower index comes first. */
void percentile_shown(const real *scaled, int64_t n, double p, bool *shown);

#endif
