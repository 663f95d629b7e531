/* Where the values of a run lie in its block of memory. */
#ifndef CORE_RUN_PLAN_H
#define CORE_RUN_PLAN_H

#include "core/graph/graph.h"

/* Offsets in bytes, multiples of 64. Constants lie elsewhere: 0. */
struct run_plan {
	size_t bytes;       /* of all together */
	size_t *value;      /* (n_value) */
	size_t *save, *tmp; /* (n_node) */
	size_t scratch;     /* what tmp may take, the largest of all */
};

/* n_keep < 0: every value has a place of its own, kept until the next forward pass. Else only graph inputs and the
 * values `keep` do: all others, and what operators save for a backward pass, hold their place from the node that
 * computes them to the last one that reads them, and leave it to later ones; results are written over inputs, and parts
 * into the whole that they become, where that is the same. The caller releases p. */
void run_plan_make(struct run_plan *p, const struct graph *g, int n_keep, const int *keep);
void run_plan_release(struct run_plan *p);

#endif
