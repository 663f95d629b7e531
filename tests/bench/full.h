/* All that the program knows about one window: what the benchmarks call a full analysis. */
#ifndef TESTS_BENCH_FULL_H
#define TESTS_BENCH_FULL_H

#include "core/analysis/analysis.h"

struct full {
	struct analysis *a;
	struct run *run; /* for the two that need no analysis */
	const struct model *m;
	real *x, *native, *scaled; /* (T,C); native: in the model's layout */
	real *y;                   /* (outputs) */
};

/* A model file or a complaint; in this process: the readers' time is measured elsewhere. */
struct model *full_read(const char *path);
/* x NULL: noise of mean 0 and variance 1; y NULL: ones. */
void full_init(struct full *f, const struct model *m, const real *x, const real *y);
void full_release(struct full *f);
/* The window anew: activations, gradients, importance and influence on the loss, raw and scaled, of all layers, and the
 * raw and scaled saliency maps of all filters of all layers. */
void full_analysis(void *full);
/* The outputs of the window alone. */
void full_forward(void *full);
/* Forward, then d sum of the outputs / d (all layers and the input) by one backward pass. */
void full_gradients(void *full);
/* Filters of all analysed layers. */
int64_t full_filters(const struct model *m);

#endif
