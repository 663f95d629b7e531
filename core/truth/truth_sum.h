/* From the numbers of windows to the result. */
#ifndef CORE_TRUTH_SUM_H
#define CORE_TRUTH_SUM_H

#include "core/truth/truth_window.h"

/* Fills what r says of the windows `from` [r->windows], in their order. r has its rows, windows, replacements, shares,
 * layers and classes. */
void truth_sum(const struct truth_job *j, const struct truth_window *from, struct truth_result *r);

#endif
