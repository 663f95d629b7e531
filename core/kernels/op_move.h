/* Operators that only move values. Their outputs are made of views: rectangular pieces whose elements lie at regular
 * strides both in an input and in an output. Or a table holds, for each element of output 0, which element of input 0
 * it is. Forward copies; backward and trace add in the other direction. */
#ifndef CORE_OP_MOVE_H
#define CORE_OP_MOVE_H

#include "core/graph/op.h"

#define VIEW_RANK (2 * RANK_MAX)

struct view {
	int in, out; /* which input and output */
	int rank;
	int64_t dim[VIEW_RANK], from[VIEW_RANK], to[VIEW_RANK]; /* strides in elements */
	int64_t x0, y0;                                         /* where the piece begins */
};

struct move {
	int n_view;
	struct view *view;
	int64_t *index; /* per element of output 0: element of input 0, -1: filled; NULL: views */
	bool fill;      /* output 0 is filled first, with input `fill_in` or zeros */
	int fill_in;
};

/* True if input k lies contiguous and in order inside output 0, from element *at on. A run then computes the input
 * there, and nothing has to be copied. */
bool move_keeps(const struct graph *g, const struct node *n, int k, int64_t *at);

/* Sets q->n->param to a move with n_view views, all zero, and returns it. */
struct move *move_new(struct op_infer *q, int n_view);
/* Makes view i all of input `in`, as an array of shape dims in row-major order, at the beginning of output `out`. The
 * caller may change its strides and origins. */
struct view *move_view(struct move *m, int i, int in, int out, const struct shape *dims);

void move_forward(struct op_call *c);
void move_backward(struct op_call *c);
void move_trace(struct op_call *c, const real *share, real **share_x);
/* Whether all inputs that are moved depend on the network's input, and the filling constant does not. */
bool move_lanes(const struct graph *g, const struct node *n);
/* Found from the views or the table of indices. */
struct reach move_reach(const struct reach_query *q);

#define MOVE_ROW MOVE_ROW_WITH(0)
#define MOVE_ROW_WITH(more)                                                                                     \
	.flags = OP_LAYOUT | OP_MOVES | OP_LINEAR | (more), .forward = move_forward, .backward = move_backward, \
	.lanes = move_lanes, .trace = move_trace, .reach = move_reach

#endif
