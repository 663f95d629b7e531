/* How near a window lies to a point where the network is not differentiable. Where the rounding error exceeds these
 * distances, another program may take the other branch. Then a few entries of its gradients differ visibly, although
 * neither program is wrong (tsviz-methods(7) in src/cli/pages). */
#ifndef CORE_KINKS_H
#define CORE_KINKS_H

#include "core/run/run.h"

struct kinks {
	/* The smallest absolute value, other than 0, of all inputs of operators with OP_HINGE (Relu, LeakyRelu, PRelu);
	 * INFINITY: there is none. */
	double relu_min_abs;
	/* The smallest difference, other than 0, of the two largest elements of a pooling window; INFINITY: there is
	 * none. */
	double maxpool_min_gap;
	int64_t maxpool_nonzero_ties; /* pooling windows whose two largest elements are equal and not 0 */
};
/* Fills k from a run after run_forward. Of pooling operators, those over one axis count (inputs of rank 3). */
void kinks_measure(const struct run *r, struct kinks *k);

#endif
