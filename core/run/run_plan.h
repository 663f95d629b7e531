/* The memory plan of a run: where each value lies in the run's block of memory. */
#ifndef CORE_RUN_PLAN_H
#define CORE_RUN_PLAN_H

#include "core/graph/graph.h"

/* Places are offsets in bytes from the beginning of the block, and multiples of 64. */
struct run_plan {
	size_t bytes;       /* size of the block */
	size_t *value;      /* (n_value) place of each value; 0 for constants, which do not lie in the block */
	size_t *save, *tmp; /* (n_node) places of node.save_bytes and node.tmp_bytes */
	size_t scratch;     /* the largest scratch of all nodes */
};

/* Plans a run of graph g with so many lanes (1, or RUN_LANES). The caller releases p with run_plan_release.
 *
 * n_keep < 0: every value has a place of its own, so that all can be read after a forward pass and used in a backward
 * pass. Only the scratch memory is shared.
 *
 * n_keep >= 0: the graph's inputs and the n_keep values `keep` have places of their own. Any other value has its place
 * from the node that computes it to the last node that reads it; later values may get the same place. An operator with
 * OP_IN_PLACE may write its result over its input. A value that a later node only copies into a larger one (see
 * move_keeps, core/kernels/op_move.h) lies inside that one from the beginning. */
void run_plan_make(struct run_plan *p, const struct graph *g, int64_t lanes, int n_keep, const int *keep);
void run_plan_release(struct run_plan *p);

/* Plans the gradients of a backward pass from the node `last` to the first. reach (n_value): the pass computes the
 * gradient; kept (n_value): the gradient is read after the pass. Any other gradient has its place from the node that
 * adds to it first until the node that computes its value has used it. Sets at (n_value) to the places, and returns
 * the size of the block. Constants have no place in it. */
size_t run_plan_gradients(const struct graph *g, int64_t lanes, int last, const unsigned char *reach,
                          const unsigned char *kept, size_t *at);

#endif
