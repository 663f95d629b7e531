/* An operator is a row of a table. Names and semantics are ONNX's, in the newest form: axes, pads, starts and the like
 * are inputs where ONNX 13 to 21 makes them inputs. Readers translate older forms.
 *
 * To add an operator: write its row in a file core/ops/op_*.c, name the row in core/ops/ops.h, and add cases to
 * tests/unit/op_cases.h. Tests fail for an operator without cases.
 *
 * Kernels see plain arrays. x[i] is input i: real * or int64_t * by its dtype, NULL if it is absent. y[i] is output i,
 * NULL if nobody wants it. dy[i] is the gradient of output i, NULL if it is zero. dx[i] is where backward ADDS the
 * gradient of input i, NULL if nobody wants it. */
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
	void *save;     /* n->save_bytes that forward leaves for backward of the same run */
	void *tmp;      /* n->tmp_bytes of scratch; its contents are lost between calls */
	uint64_t fresh; /* bit k is set: dx[k] holds nothing yet, so backward writes it instead of adding (OP_FRESH) */
	int64_t lanes;  /* windows that are computed at once: 1, or TILE_LANES (see struct op, lanes) */
	bool rectify;   /* forward writes 0 where output 0 is negative (OP_RECTIFIES) */
	/* Not NULL: the call of the node that reads output 0 next. Forward calls its `forward_until` while it computes
	 * (OP_RECTIFIES). */
	struct op_call *next;
	int64_t made;  /* steps of output 0 that forward_until has computed; 0: none, so forward has to */
	bool training; /* BatchNormalization and Dropout behave as in training */
	uint64_t seed; /* Dropout in training */
};

/* Return input i and output i of the node, which belong to the graph; NULL: absent. */
static inline const struct value *call_in(const struct op_call *c, int i)
{
	return i < c->n->n_in && c->n->in[i] >= 0 ? &c->g->value[c->n->in[i]] : NULL;
}
static inline const struct value *call_out(const struct op_call *c, int i)
{
	return i < c->n->n_out && c->n->out[i] >= 0 ? &c->g->value[c->n->out[i]] : NULL;
}

/* The argument of infer and axes. The inputs are known. infer fills shape and dtype of the outputs, axes their labels.
 */
struct op_infer {
	struct graph *g;
	struct node *n;
	const struct value **in; /* (n->n_in) NULL: absent */
	struct value *out;       /* (n->n_out) rank 0 and DT_REAL before infer */
};

/* Properties of an operator. Code that treats a kind of operators alike tests these flags and never compares names. */
enum op_flags {
	/* how it is run */
	OP_NODIFF = 1 << 0,   /* no gradient exists (ArgMax, Shape, comparisons): backward is NULL */
	OP_FRESH = 1 << 1,    /* backward obeys op_call.fresh */
	OP_IN_PLACE = 1 << 2, /* output 0 may share input 0's memory if the sizes match: forward never reads an element
	                         that it has overwritten */
	OP_ANY_OUTPUT = 1 << 3, /* every output may be left out; the other operators always produce output 0 */
	OP_FLAT = 1 << 26,      /* piecewise constant: its gradient is 0 wherever it exists (Round, Sign) */
	OP_RECTIFIES = 1 << 24, /* forward obeys op_call.rectify and next where it has lanes */
	/* how recursive highlighting passes through it */
	OP_TRACE_ALL = 1 << 4, /* trace reads the shares of outputs 1, 2 ... from c->dy (NULL: none); share may be
	                          NULL then */
	/* which elements an element of the output depends on */
	OP_UNARY = 1 << 6,     /* y[i] depends on x[i] alone: an activation function if it follows a layer */
	OP_POINTWISE = 1 << 7, /* y[i] depends on one element of each input; the inputs are broadcast to one shape */
	OP_REDUCES = 1 << 8,   /* y[i] depends on all of input 0 along some axes, of size 1 or absent in the output */
	OP_OF_SHAPE = 1 << 9,  /* the outputs depend on the inputs' shapes, not on their numbers */
	/* which values it passes on unchanged */
	OP_LAYOUT = 1 << 10,   /* only moves, selects, names or pads values: never a layer */
	OP_MOVES = 1 << 11,    /* each y[i] is an element of an input or a filling constant; param is a struct move */
	OP_COPIES = 1 << 12,   /* output 0 is input 0's elements in the same order, perhaps with other axes */
	OP_IDENTITY = 1 << 13, /* output 0 is input 0 (Dropout: outside training) */
	OP_JOINS = 1 << 14,    /* output 0 is the inputs one after the other along the attribute `axis` */
	OP_CHOOSES = 1 << 5,   /* each y[i] is an element of one of the inputs; an integer input says which input */
	/* what function it is */
	OP_LINEAR = 1 << 15,       /* affine in all real inputs together */
	OP_LINEAR_FIRST = 1 << 16, /* affine in input 0 while the other inputs are constant */
	OP_BILINEAR = 1 << 17,     /* affine in input 0, and in input 1, while the other inputs are constant */
	OP_WEIGHTED_SUM = 1 << 18, /* y[i] is a sum of input 0's elements, each times a constant >= 0 or times an
	                              element of input 1, plus a bias in input 2 */
	OP_MEAN = 1 << 19,         /* y[i] is the mean of the elements that it depends on */
	OP_MAXIMUM = 1 << 20,      /* y[i] is the largest of the elements that it depends on */
	OP_RECTIFIER = 1 << 21,    /* passes positive numbers on; holds all or some of the negative ones back */
	OP_RELU = 1 << 25,         /* 0 where input 0 is negative, else input 0 */
	OP_HINGE = 1 << 22,        /* a rectifier of two straight lines that meet at 0 */
	OP_BATCH_NORM = 1 << 23,   /* inputs 3 and 4 are running mean and variance; in training forward leaves those of
	                              the batch in save, and y mixes the windows of the batch */
};

/* What an operator turns a network's raw outputs into. */
enum op_link {
	LINK_NONE,
	LINK_SOFTMAX,     /* the probabilities of classes that exclude each other */
	LINK_LOG_SOFTMAX, /* their logarithms */
	LINK_LOGISTIC,    /* a probability of each number's own class */
};

/* The question that op_reach answers. Take the elements at one position along axis out_axis of output `out`. On which
 * positions along axis in_axis of input `in` do they depend? */
struct reach_query {
	const struct graph *g;
	const struct node *n;
	int in, in_axis, out, out_axis;
};
enum reach_kind {
	REACH_ALL,    /* each position may depend on all positions */
	REACH_WINDOW, /* position t depends on positions t*stride + first + 0 .. n-1, as far as they exist; stride > 0
	               */
	REACH_UP, /* there are stride times as many positions: t depends on positions from ceil((t + first) / stride) to
	             floor((t + first + n - 1) / stride), as far as they exist; stride > 1 */
	REACH_SCATTERED, /* each position depends on n neighbouring positions at most, which may lie anywhere */
};
struct reach {
	enum reach_kind kind;
	int64_t stride, first, n;
	bool mirrored; /* REACH_WINDOW: a position whose window lies outside the input reads something inside of it, as
	                  where a padding mirrors the ends */
};

struct window; /* core/kernels/op_window.h */

struct op {
	const char *name;
	int in_min, in_max; /* in_max 0x7fff: any number */
	int out_max;
	unsigned flags; /* enum op_flags */
	enum op_link link;
	/* The only place with the shape formula. Sets the outputs' shapes, n->param (from g->arena), save_bytes and
	 * tmp_bytes, and checks every attribute with arithmetic that cannot overflow. Returns 0 or a negative code. */
	int (*infer)(struct op_infer *q, struct err *e);
	void (*forward)(struct op_call *c);
	void (*backward)(struct op_call *c);
	/* Forward in pieces, for a node that obeys op_call.lanes: steps [0,to) of the last axis of input 0 are
	 * complete. Computes the steps of output 0 that read no others, from c->made on, and raises c->made to their
	 * end; after the call with all steps it is the size of the output's last axis. NULL: the operator has no such
	 * function.
	 */
	void (*forward_until)(struct op_call *c, int64_t to);
	/* Returns whether forward and backward of this node obey op_call.lanes. With L lanes, element i of an array
	 * that depends on the network's input is L numbers side by side, x[i*L] to x[i*L + L-1], one for each window;
	 * all other arrays are as ever. Each lane gets the bits that a call with one lane computes. Only gradients of
	 * inputs that depend are wanted then, and save has L times n->save_bytes, tmp at least n->tmp_lanes. NULL:
	 * never, so that a run calls the operator once for each lane. */
	bool (*lanes)(const struct graph *g, const struct node *n);
	/* Operators of OP_UNARY or OP_POINTWISE that have a gradient: d[i] is the derivative of element e of output 0
	 * by element e of input k, e = from + i*step, 0 <= i < n. Input k is real and has as many elements as output 0.
	 * These are the bits that backward computes for a gradient of ones. Not in training, and without lanes. */
	void (*slope)(const struct op_call *c, int k, int64_t from, int64_t step, int64_t n, real *d);
	/* Recursive highlighting: share[i] belongs to element i of output 0. The function ADDS to share_x[k][j] the
	 * share of element j of input k; share_x[k] is NULL if input k does not depend on the network's input. NULL:
	 * the rule abs(x dz/dx), computed from backward (core/probe/trace.c). */
	void (*trace)(struct op_call *c, const real *share, real **share_x);
	/* Writes what a person wants to know about the node, such as "k3 s1 same". NULL: nothing. */
	int (*describe)(const struct graph *g, const struct node *n, char *buf, size_t size);
	/* The distance from the inputs of this call to the nearest point where the operator is not differentiable. A
	 * distance of 0 does not count; INFINITY: there is none. */
	double (*kink)(const struct op_call *c);
	/* Multiply-adds of a forward pass. NULL: none. */
	int64_t (*macs)(const struct graph *g, const struct node *n);
	/* Steps of a forward pass, for operators where they can be far more than the multiply-adds or the numbers of
	 * the result. NULL: they cannot. */
	int64_t (*work)(const struct graph *g, const struct node *n);
	/* Sets the axis labels of the outputs from those of the inputs. NULL: the outputs copy the labels of the input
	 * with the largest rank. */
	void (*axes)(struct op_infer *q);
	/* See op_reach. NULL: OP_UNARY and OP_POINTWISE keep positions, all others mix all of them. */
	struct reach (*reach)(const struct reach_query *q);
	/* Operators with a sliding window: its geometry. NULL: the operator has none. See
	 * window_along (core/kernels/op_window.h). */
	const struct window *(*window)(const struct node *n);
	/* Operators with weights in input 1: the axis of the weights, 0 or 1, along which the output's channels lie;
	 * the other of the two is that of the input's channels. -1: the weights are not laid out so. NULL: the operator
	 * has no weights there. */
	int (*filter_axis)(const struct graph *g, const struct node *n);
};

extern const struct op *const op_table[];   /* ends with NULL; not sorted */
const struct op *op_find(const char *name); /* returns NULL if there is no such operator */

/* Returns the positions along one axis of an input that one axis of an output depends on. The answer never names too
 * few positions; it is REACH_ALL if the operator knows no better one. An operator mixes time if the answer for the time
 * axes is anything but position t for position t. The batch statistics of OP_BATCH_NORM in training do not count. */
struct reach op_reach(const struct reach_query *q);

#endif
