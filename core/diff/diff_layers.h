/* Where the values of two networks part, and which of their filters do the same. */
#ifndef CORE_DIFF_LAYERS_H
#define CORE_DIFF_LAYERS_H

#include "core/data/dataset.h"
#include "core/diff/diff_align.h"
#include "core/probe/question.h"

/* More filters than this are not matched. A layer diverges where the largest difference of an activation is more than
 * DIFF_TOLERANCE of the layer's largest activation: programs that compute the same network in another order of sums
 * differ by less. */
enum { DIFF_FILTERS_MAX = 1024 };
#define DIFF_TOLERANCE 1e-4

/* Of one pair of layers, over the windows that are looked at. a: the activation of the first model's layer, b: that of
 * the second one's. */
struct diff_layer {
	bool compared; /* both have the shape (F,times) */
	bool diverges; /* they are not compared, or differ by more than rounding; false for a pair that is `within`
	                  another, whose values are compared there */
	/* By number, filter f with filter f; NaN unless compared: the largest abs(b - a), that relative to the largest
	 * abs(a), and the Euclidean norm of b - a relative to that of a. */
	double largest, share, relative;
	/* The partners of filters: where the layer diverges, those whose correlations of activation over windows and
	 * steps have the largest sum; otherwise filter f has partner f. NULL: they were not looked for, because one
	 * layer has more than DIFF_FILTERS_MAX filters or both have a different number of steps. */
	int *match;          /* (F of a) filter of b; -1: none is left */
	double *correlation; /* (F of a) NaN: none, or one of the two never changes */
	/* The norm of the differences between partners, relative to that of a; NaN: some filter has no partner. */
	double matched;
	bool renumbered;     /* it diverges by number alone: `matched` is at most DIFF_TOLERANCE */
	int moved;           /* filters whose partner has another number */
	double mean, lowest; /* of the correlations; NaN: there are none */
};

/* Fills layer [n_pair] over the n windows named, of which each model has its own. The caller releases each. */
void diff_layers(const struct model *const m[2], const struct dataset *const d[2], const struct question *const q[2],
                 int n_pair, const struct diff_pair *pair, int64_t n, const int64_t *window, struct diff_layer *layer);
void diff_layer_release(struct diff_layer *l);

#endif
