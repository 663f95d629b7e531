/* The smallest and the largest value of each column of the input in any stretch of a record, in raw units. It is built
 * in one pass and takes a few hundredths of the memory of the values. */
#ifndef CORE_RECORD_PYRAMID_H
#define CORE_RECORD_PYRAMID_H

#include "core/record/record_plan.h"

struct pyramid;
/* The plan must outlive it. The caller frees it with pyramid_free, which takes NULL. */
struct pyramid *pyramid_new(const struct record_plan *p);
void pyramid_free(struct pyramid *q);
/* The columns: the channels of a window without those that are derived. */
int pyramid_columns(const struct pyramid *q);
/* Sets *lo and *hi of column c over the steps [first, end), which are not empty; NaN: there is no number in them. */
void pyramid_range(const struct pyramid *q, int c, int64_t first, int64_t end, float *lo, float *hi);

#endif
