/* The target's value for many changed windows, several at once where that is faster. */
#ifndef CORE_TRUTH_EVAL_H
#define CORE_TRUTH_EVAL_H

#include "core/probe/probe.h"

struct truth_eval {
	struct probe *p;   /* its window decides what class is explained */
	struct run *lanes; /* NULL: one at a time */
	int n;             /* lanes that wait */
	double *to[RUN_LANES];
	real *native, *row; /* scratch */
};
void truth_eval_make(struct truth_eval *v, struct probe *p);
void truth_eval_release(struct truth_eval *v);
/* *to becomes the target's value for x (T,C), which may change after the call; at the latest with truth_eval_end. Until
 * then the probe must keep its window and nobody may use its twin. */
void truth_eval_add(struct truth_eval *v, const real *x, double *to);
void truth_eval_end(struct truth_eval *v);

#endif
