/* The geometry of Conv and the pools along time, from attributes and shapes: what a step of the output reads. */
#ifndef CORE_SLIDING_H
#define CORE_SLIDING_H

#include "core/graph/graph.h"

struct sliding {
	int64_t k, stride, dilation, pad; /* output t reads input t*stride + i*dilation - pad, 0 <= i < k */
};

/* false: the other spatial axis (rank 4) is touched, or the attributes say something else than one dimension. */
bool sliding_of(const struct graph *g, const struct node *n, struct sliding *s);

#endif
