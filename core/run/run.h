/* One evaluation of a graph: the values of all tensors for one input, and gradients from a backward pass.
 *
 *	r = run_new(g); run_input(r, 0, x); run_forward(r);
 *	run_want(r, v); run_backward(r, out, NULL); g = run_grad(r, v);
 *
 * The graph must outlive the run. A run holds no locks: each thread uses its own. Arrays that a function returns belong
 * to the run; their elements change with the next pass. Values are named by their ids in the graph. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "core/graph/graph.h"
#include "core/graph/op.h"
#include "core/kernels/tile.h"
#include "core/run/run_lanes.h"

enum { RUN_LANES = TILE_LANES }; /* windows that a run of run_new_lanes computes at once */

struct run {
	const struct graph *g;
	int64_t lanes; /* 1, or RUN_LANES: then each element of a value that depends on the input is so many numbers */
	struct by_lane by_lane;
	void **val;             /* (n_value) data; that of a constant lies in the graph or where run_override says */
	real **grad;            /* (n_value) gradients in the last backward pass; NULL: no memory is allocated for it */
	struct op_call *call;   /* (n_node) the arguments of each node's functions */
	unsigned char *want;    /* (n_value) run_want or run_want_passing has asked for its gradient: enum run_want */
	unsigned char *kept;    /* (n_value) it can be read after a forward pass */
	unsigned char *joined;  /* (n_node) the node before it computes its outputs, too */
	unsigned char *reach;   /* (n_value) not 0: the last backward pass computed its gradient */
	struct switch_off *off; /* the filters that are switched off */
	int n_off;
	/* The memory of gradients but those of constants, and the plan of it, which serves the next pass if that visits
	 * the same values for the same wants. */
	void *grad_block;
	size_t grad_bytes;
	unsigned char *planned; /* (n_value) reach and want of the plan; NULL: there is none */
	void *block;            /* what is freed of the next */
	void *data;             /* the values, the memory that operators keep for backward, and scratch */
	size_t data_bytes;
	bool outputs_only; /* the run is of run_new_outputs */
	bool training;     /* passed on to the operators (struct op_call) */
	bool fresh;        /* a forward pass has run since the last change */
};

/* A run in which all values can be read. The caller frees it with run_free, which takes NULL, too. */
struct run *run_new(const struct graph *g);
/* A run for forward passes only. After a pass the n values named and the inputs can be read. The other values share
 * memory: when the last node that reads a value is done, later values may overwrite it. The results are the same, bit
 * for bit, as those of run_new. */
struct run *run_new_outputs(const struct graph *g, int n, const int *value);
/* Runs that compute RUN_LANES windows at once, all values or outputs only. What run_data, run_real, run_now, run_grad
 * and `passing` return, and what a seed is, has RUN_LANES numbers side by side for each element: number
 * i*RUN_LANES + l is element i of the window in lane l. Each lane holds the same bits as a run of that window alone.
 * No gradients by constants, no training, no rules and no run_override. The graph must be one for which
 * run_lanes_possible returns true.
 *
 * run_new_lanes: n < 0: all values can be read. Else the inputs and the n values named can be, and what comes before a
 * Relu may be rectified at once, which is faster; gradients are those of all values in both. */
struct run *run_new_lanes(const struct graph *g, int n, const int *value);
struct run *run_new_outputs_lanes(const struct graph *g, int n, const int *value);
/* Whether all values that depend on the input are real numbers. */
bool run_lanes_possible(const struct graph *g);
/* Whether such a run is possible and faster than single runs: the operators with most of the work know lanes, and the
 * values stay in the cache. */
bool run_lanes_pay(const struct graph *g);
/* The name of operator i where such a run calls it once for each window; NULL: it takes all at once, or does not depend
 * on the input. */
const char *run_lanes_not(const struct graph *g, int i);
void run_free(struct run *r);

/* Copies the data of graph input k, which has as many elements as its shape. */
void run_input(struct run *r, int k, const real *x);
/* The same for one lane of a run of run_new_lanes. */
void run_input_lane(struct run *r, int k, int lane, const real *x);
/* One lane of an array with n elements. */
void lane_put(int64_t n, const real *x, int lane, real *to);
void lane_get(int64_t n, const real *x, int lane, real *to);
/* All lanes of an array: to (RUN_LANES,n). */
void lanes_turn(int64_t n, const real *x, real *to);
/* Lets the run read a constant from `data`, which the caller owns and which must outlive the run. Training reads its
 * weights in this way. NULL: the constant of the graph again. */
void run_override(struct run *r, int value, const real *data);

/* Switches a filter off: when `value` has been computed, its elements at position `index` of `axis` are set to 0, and
 * so are their gradients in a backward pass. axis -1: `index` is that of a single element of the value.
 * run_switch_clear switches all filters on. After a change run_forward must run before run_backward. */
void run_switch_off(struct run *r, int value, int axis, int64_t index);
/* The same in one lane of a run of run_new_lanes. */
void run_switch_off_lane(struct run *r, int lane, int value, int axis, int64_t index);
void run_switch_clear(struct run *r);
bool run_is_off(const struct run *r, int value, int axis, int64_t index);

/* Computes all values from the inputs. */
void run_forward(struct run *r);
/* The same, and node(i, ctx) is called after each node i. Then its outputs can be read with run_now, also in a run of
 * run_new_outputs, where they are lost later. */
void run_forward_passing(struct run *r, void (*node)(int i, void *ctx), void *ctx);
/* The elements of a real value that was just computed, during a call of run_forward_passing. */
const real *run_now(const struct run *r, int value);
/* Computes again only the nodes that depend on `value`, whose elements the caller has changed through run_data. Those
 * that are switched off become 0 first. Not for a run of run_new_outputs. */
void run_forward_after(struct run *r, int value);
/* Whether run_forward_after computes its nodes from `value` and constants alone: then it needs no forward pass before.
 */
bool run_after_is_alone(const struct graph *g, int value);
/* The elements of a real value that is no constant, for a caller that changes them. */
real *run_data(struct run *r, int value);

/* Asks for the gradient with respect to `value` in later backward passes, until run_want_clear. */
void run_want(struct run *r, int value);
void run_want_clear(struct run *r);
/* Asks for a gradient that the `passing` function of the next passes gets as soon as it is complete. Later its memory
 * is used for other gradients, so that a pass through a network with many steps needs little memory; run_grad does not
 * return it. Not for constants. */
void run_want_passing(struct run *r, int value);

/* Computes the gradients of sum(seed * value) with respect to all values that are wanted. `seed` has the shape of
 * `value`; NULL: all ones. Only the nodes between a wanted value and `value` are visited. run_forward must have run
 * since the last change. Not for a run of run_new_outputs. */
void run_backward(struct run *r, int value, const real *seed);
/* The same with a rule that can replace the gradient of an operator, as guided back-propagation and DeepLIFT do. The
 * rule is called for each node that is visited, with c->dy and c->dx set as for op.backward. It either adds to dx and
 * returns true, or returns false, and then op.backward is called. ctx is passed on to it. */
void run_backward_by(struct run *r, int value, const real *seed, bool (*rule)(struct op_call *c, int node, void *ctx),
                     void *ctx);

/* The same as run_backward for gradients that were asked for with run_want_passing: passing(value, gradient, ctx) is
 * called once for each of them on which the first value depends, in the order of the pass. */
void run_backward_passing(struct run *r, int value, const real *seed,
                          void (*passing)(int value, const real *gradient, void *ctx), void *ctx);

/* Frees the memory of the gradients. run_grad returns NULL until the next backward pass. */
void run_drop_gradients(struct run *r);

/* The elements of a value after a forward pass, in row-major order; of type DT_REAL or DT_INT64. */
const real *run_real(const struct run *r, int value);
const int64_t *run_int(const struct run *r, int value);
/* The gradient with respect to a wanted value after a backward pass, in the shape of the value. NULL: the value was not
 * wanted, or the value at which the pass began does not depend on it. */
const real *run_grad(const struct run *r, int value);

#endif
