/* The loss of an inversion and its gradient by the window. */
#ifndef CORE_INVERT_PASS_H
#define CORE_INVERT_PASS_H

#include "core/data/perturb.h"
#include "core/model/loss.h"
#include "core/run/run.h"
#include "core/whatif/invert.h"

struct invert_pass {
	const struct invert_job *j;
	struct perturb p;      /* own channels, and what is derived from them */
	struct perturb series; /* the same with what the recipe derives, also if it is free */
	enum loss_kind kind;
	struct run *run;
	real *x0;                                     /* (T,C) the window of the data */
	real *native, *seed, *rows, *y, *part, *wide; /* scratch */
	/* what the last pass computed: */
	double loss, wish; /* with the priors, and without; the wish of a filter is its mean activation */
	bool slopes;       /* the gradient of the wish is a finite number other than 0 at some point */
	real *output;      /* (outputs) */
};
void invert_pass_make(struct invert_pass *a, const struct invert_job *j);
void invert_pass_release(struct invert_pass *a);
/* Computes the loss at x (T,C) and, unless g is NULL, its gradient g (T,C); the entries of channels that are derived
 * are 0, what comes through them is in those of the own channels. */
void invert_pass(struct invert_pass *a, const real *x, real *g);

#endif
