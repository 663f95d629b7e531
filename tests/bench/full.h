/* What the benchmarks call a full analysis: everything that the program computes about one window. */
#ifndef TESTS_BENCH_FULL_H
#define TESTS_BENCH_FULL_H

#include "core/analysis/analysis.h"

struct full {
	struct analysis *a;
	struct run *run; /* for the two functions that need no analysis */
	const struct model *m;
	real *x, *native, *scaled; /* (T,C); native: in the model's layout */
	real *y;                   /* (outputs) */
};

/* Reads a model file, or prints an error, in this process: the time of readers is measured elsewhere. */
struct model *full_read(const char *path);
/* x NULL: noise with mean 0 and variance 1; y NULL: ones. */
void full_init(struct full *f, const struct model *m, const real *x, const real *y);
void full_release(struct full *f);
/* Computes the window again: activations, gradients, importance and influence on the loss, raw and scaled, of all
 * layers, and the raw and scaled saliency maps of all filters of all layers. */
void full_analysis(void *full);
/* Computes only the outputs of the window. */
void full_forward(void *full);
/* Computes the outputs, then d sum(outputs) / d (all layers and the input) by one backward pass. */
void full_gradients(void *full);
/* Returns the number of filters in all analysed layers. */
int64_t full_filters(const struct model *m);

#endif
