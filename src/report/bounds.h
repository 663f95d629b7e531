/* How much a report computes. The bounds are counted in windows and multiply-adds, never in seconds, so that they are
 * the same on every machine. */
#ifndef SRC_REPORT_BOUNDS_H
#define SRC_REPORT_BOUNDS_H

#include "src/report/report.h"

/* Multiply-adds that one part of a report may take, unless it is --full. */
#define BOUNDS_WORK 3e11

/* How many windows of the data a part is computed of: `usual`, or fewer if there are not so many, or if they would take
 * more than BOUNDS_WORK at `cost` multiply-adds a window. With --full, all bounds but the data's are off; usual is then
 * what the caller says. A bound that took effect is said in the limits. At least 1. */
int64_t bounds_windows(struct report *r, const char *what, int64_t usual, double cost);
/* Window i of `some` that are spread evenly over n, in ascending order. */
int64_t bounds_window(int64_t i, int64_t some, int64_t n);

#endif
