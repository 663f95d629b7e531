/* The weights of two networks, tensor by tensor. */
#ifndef CORE_DIFF_WEIGHTS_H
#define CORE_DIFF_WEIGHTS_H

#include "core/base/sha256.h"
#include "core/diff/diff_align.h"

struct diff_weight {
	int a, b;    /* values of the first and of the second graph; -1: the other model has no such tensor */
	int pair;    /* index into the pairs of layers: where a belongs, or else b; -1: to none of them */
	bool shaped; /* both have the same shape, or that of b is that of a turned: */
	bool turned; /* b is compared transposed */
	bool equal;  /* all numbers are the same */
	/* Of b minus a, NaN without the same shape: the largest abs; the Euclidean norm relative to that of a (NaN: a
	 * is all zeros); and the cosine of the angle between a and b (NaN: one of them is all zeros). */
	double largest, relative, cosine;
};

/* Finds the tensors that belong together: those of the same name and shape; in layers that belong together those that
 * the same kind of operator reads at the same place; and there those of the same shape, also turned by 90 degrees.
 * Returns their number, those without a partner included; the caller frees *out. */
int diff_weights(const struct model *a, const struct model *b, int n_pair, const struct diff_pair *pair,
                 struct diff_weight **out);
/* The hash of shapes and numbers of all weights in the order of the network. */
void diff_weights_hash(const struct model *m, char text[SHA256_TEXT]);

#endif
