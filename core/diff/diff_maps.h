/* Whether two models look at the same points. */
#ifndef CORE_DIFF_MAPS_H
#define CORE_DIFF_MAPS_H

#include "core/diff/diff.h"

/* Fills r for the n windows named. */
void diff_maps(const struct diff_job *j, int64_t n, const int64_t *window, struct diff_maps *r);

#endif
