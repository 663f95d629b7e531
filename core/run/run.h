/* One evaluation of a graph: the values of all tensors for one input, and gradients from a seeded backward pass.
 * A run is two blocks of memory; the graph must outlive it. Runs are independent: one per thread, no locks.
 *
 *	r = run_new(g); run_input(r, 0, x); run_forward(r);
 *	run_want(r, v); run_backward(r, out, NULL); g = run_grad(r, v); */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "core/graph/graph.h"
#include "core/graph/op.h"

struct run {
	const struct graph *g;
	void **val;             /* per value: data (constants point into the graph or to an override) */
	real **grad;            /* per value: gradient, NULL until wanted or on the way */
	struct op_call *call;   /* per node, pointers filled once */
	unsigned char *want;    /* per value: asked for by run_want */
	unsigned char *kept;    /* per value: still there after forward */
	unsigned char *reach;   /* per value, of the last backward: not 0 = on a path from a wanted value to the seed */
	struct switch_off *off; /* filters switched off */
	int n_off;
	void *grad_block;
	void *data; /* all values, what operators save, and scratch */
	size_t data_bytes;
	bool outputs_only; /* run_new_outputs */
	bool training;
	bool fresh; /* forward has run since the last change */
};

struct run *run_new(const struct graph *g);
/* A run for forward passes alone, after which only the n values named (and the inputs) can be read: each other value
 * leaves its memory to later ones when the last node has read it. The same numbers, bit for bit, in a fraction of the
 * memory. */
struct run *run_new_outputs(const struct graph *g, int n, const int *value);
void run_free(struct run *r);

/* Copy the data of graph input k (count elements of its shape). */
void run_input(struct run *r, int k, const real *x);
/* Let a constant be read from elsewhere (training: the caller's weights; kept, not copied). NULL: the graph's own. */
void run_override(struct run *r, int value, const real *data);

/* Filters switched off: after `value` is computed, the slice `index` of `axis` is set to zero and its gradient stops
 * there upstream. axis -1: `index` counts single elements of the value. run_switch_clear removes all. Forward must run
 * again after a change. */
void run_switch_off(struct run *r, int value, int axis, int64_t index);
void run_switch_clear(struct run *r);
bool run_is_off(const struct run *r, int value, int axis, int64_t index);

void run_forward(struct run *r);
/* Forward again from the first node that depends on `value` (whose data the caller has changed with run_data). */
void run_forward_after(struct run *r, int value);
real *run_data(struct run *r, int value); /* writable view of a value, for occlusion and the like */

/* Ask for d seed / d value in later backward passes. Cleared by run_want_clear. */
void run_want(struct run *r, int value);
void run_want_clear(struct run *r);

/* Back-propagate from `value` with `seed` (its shape; NULL: ones). Only ancestors of `value` on a path to a wanted
 * value are visited; gradients are those of sum(seed * value). Gradients of wanted values that `value` does not depend
 * on: run_grad gives NULL ("no dependence" is not zero). run_forward must have run. */
void run_backward(struct run *r, int value, const real *seed);
/* The same with a rule in place of some operators' gradients (guided back-propagation, DeepLIFT): called for each node
 * on the way with c->dy and c->dx filled as for op->backward; it adds to dx and returns true, or returns false to leave
 * the node to its operator. */
void run_backward_by(struct run *r, int value, const real *seed, bool (*rule)(struct op_call *c, int node, void *ctx),
                     void *ctx);

/* The memory of all gradients goes back until the next backward pass; run_grad gives NULL till then. */
void run_drop_gradients(struct run *r);

const real *run_real(const struct run *r, int value);
const int64_t *run_int(const struct run *r, int value);
const real *run_grad(const struct run *r, int value);

#endif
