/* Which layers of two networks belong together. */
#ifndef CORE_DIFF_ALIGN_H
#define CORE_DIFF_ALIGN_H

#include "core/model/model.h"

/* At most so many layers of a model are aligned. */
enum { DIFF_LAYERS_MAX = 4000 };

struct diff_pair {
	int a, b; /* indices into the layers of the first and of the second model; -1: the other model has no such layer
	           */
	bool named;  /* both have the same name */
	bool shaped; /* both have the same number of filters and of steps */
	/* The layers whose activations are compared, of each model; -1: there is none. They are a and b, unless one
	 * model computes in one layer what the other computes in several: a convolution with its activation, or with a
	 * batch norm that is folded into its weights. Then it is the last one of the several. */
	int at[2];
	bool within; /* such a layer behind the first of the several: the other model has it within the pair before */
};

/* Aligns the layers that compute something, in their order: the sum of the scores of all pairs is the largest possible
 * (Needleman and Wunsch 1970, Journal of Molecular Biology 48, without a cost of gaps). A pair scores 4 for the same
 * name, 2 for the same shape and 1 for the same first operator; without any of these two layers are no pair. Returns
 * the number of pairs and of layers that stay alone, which are in one list in the order of the networks; the caller
 * frees *out. Each model has at most DIFF_LAYERS_MAX such layers. */
int diff_align(const struct model *a, const struct model *b, struct diff_pair **out);
/* How many layers of m diff_align would look at. */
int diff_layer_count(const struct model *m);

#endif
