/* How near a window lies to a point where the network is not differentiable. Where the rounding error exceeds these
 * distances, another program may take the other branch. Then a few entries of its gradients differ visibly, although
 * neither program is wrong (CONTRIBUTING.md, "Definitions"). */
#ifndef CORE_KINKS_H
#define CORE_KINKS_H

#include "core/run/run.h"

struct kinks {
	double relu_min_abs;          /* smallest nonzero abs of any Relu, LeakyRelu, PRelu input; INFINITY: none */
	double maxpool_min_gap;       /* smallest nonzero gap of the two largest of a pooling window; INFINITY: none */
	int64_t maxpool_nonzero_ties; /* windows whose two largest are equal and not 0 */
};
/* Of a run after run_forward. Pooling over one axis only (rank 3), as the reference does. */
void kinks_measure(const struct run *r, struct kinks *k);

#endif
