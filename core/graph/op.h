/* An operator is a table row. Semantics and names are ONNX's (the newest form: axes, pads, starts ... as inputs where
 * ONNX 13 to 21 has them so; readers translate older forms). Adding one: a file op_*.c or a row in one, a line in the
 * table of core/ops/op.c, and gradient cases in tests/unit/test_grad.c (a test fails without).
 *
 * Kernels see plain arrays: x[i] is input i (real* or int64_t* by dtype, NULL when absent), y[i] output i, dy[i] the
 * gradient of output i (NULL: zero; y[i] is NULL for an output that nobody wants), dx[i] where to ADD the gradient of
 * input i (NULL: not wanted). */
#ifndef CORE_OP_H
#define CORE_OP_H

#include "core/graph/graph.h"

struct op_call {
	const struct graph *g;
	const struct node *n;
	const void **x;
	void **y;
	const real **dy;
	real **dx;
	void *save;     /* n->save_bytes, survives from forward to backward of the same run */
	void *tmp;      /* n->tmp_bytes of scratch, contents lost between calls */
	uint64_t fresh; /* bit k: dx[k] holds nothing yet and is to be written, not added to (OP_FRESH) */
	bool training;  /* BatchNormalization and Dropout behave as in training */
	uint64_t seed;  /* Dropout in training */
};

static inline const struct value *call_in(const struct op_call *c, int i)
{
	return i < c->n->n_in && c->n->in[i] >= 0 ? &c->g->value[c->n->in[i]] : NULL;
}
static inline const struct value *call_out(const struct op_call *c, int i)
{
	return i < c->n->n_out && c->n->out[i] >= 0 ? &c->g->value[c->n->out[i]] : NULL;
}

/* What infer works on: inputs known, outputs to be filled (shape, dtype; label axes by the op's axes function). */
struct op_infer {
	struct graph *g;
	struct node *n;
	const struct value **in; /* n->n_in pointers, NULL: absent */
	struct value *out;       /* n->n_out values, preset to rank 0 DT_REAL */
};

enum op_flags {
	OP_LAYOUT = 1,       /* only moves, selects, names or pads values: never a layer */
	OP_NODIFF = 2,       /* no gradient exists (ArgMax, Shape, comparisons): backward is NULL */
	OP_UNARY = 4,        /* y[i] depends on x[i] alone: an activation function when it follows a layer */
	OP_SHARED_TRACE = 8, /* trace passes the share of y[i] to x[i] whole where dy/dx != 0 */
	OP_FRESH = 32,       /* backward heeds op_call.fresh */
	OP_IN_PLACE = 64, /* forward may write output 0 where input 0 lies, if they are of one size: it reads no element
	                     behind writing it */
	OP_ANY_OUTPUT =
	        128, /* makes any of its outputs without the others; all else makes the first one, wanted or not */
	OP_TRACE_ALL =
	        16, /* trace takes the shares of the outputs from 1 on in c->dy (NULL: none); share may be NULL then */
};

struct op {
	const char *name;
	int in_min, in_max; /* in_max 0x7fff: any number */
	int out_max;
	unsigned flags;
	/* The only place with the shape formula. Sets out shapes, n->param (from g->arena), save_bytes, tmp_bytes;
	 * checks every attribute with overflow-safe arithmetic. 0 or a negative code. */
	int (*infer)(struct op_infer *q, struct err *e);
	void (*forward)(struct op_call *c);
	void (*backward)(struct op_call *c);
	/* Recursive highlighting: share[i] of output 0's points -> ADD to share_x[k][j] of input k's points (NULL where
	 * the input does not depend on the network's input). NULL: the rule abs(x dz/dx), by backward
	 * (core/probe/trace.c).
	 */
	void (*trace)(struct op_call *c, const real *share, real **share_x);
	/* "k3 s1 same relu": what a person wants to know about it, short. NULL: nothing. */
	int (*describe)(const struct graph *g, const struct node *n, char *buf, size_t size);
	/* Distance of this call's inputs to the nearest point where it is not differentiable (0 excluded; INFINITY:
	 * none). */
	double (*kink)(const struct op_call *c);
	int64_t (*macs)(const struct graph *g, const struct node *n);
	/* Steps of a forward pass where they can be far more than multiply-adds or numbers of the result; NULL: they
	 * cannot. */
	int64_t (*work)(const struct graph *g, const struct node *n);
	/* Axis labels of the outputs from those of the inputs; NULL: output 0.. copy the input of the largest rank. */
	void (*axes)(struct op_infer *q);
};

extern const struct op *const op_table[]; /* NULL-terminated, sorted by nothing: search with op_find */
const struct op *op_find(const char *name);

#endif
