#include "core/kernels/op_reach.h"

static const struct reach all = { REACH_ALL, 0, 0, 0, false }, step = { REACH_WINDOW, 1, 0, 1, false };

static const struct shape *in_shape(const struct reach_query *q)
{
	return &q->g->value[q->n->in[q->in]].shape;
}

static const struct shape *out_shape(const struct reach_query *q)
{
	return &q->g->value[q->n->out[q->out]].shape;
}

struct reach reach_kept(const struct reach_query *q, int axis)
{
	return axis == q->out_axis && in_shape(q)->dim[q->in_axis] == out_shape(q)->dim[axis] ? step : all;
}

struct reach reach_same(const struct reach_query *q, bool mixed)
{
	return reach_kept(q, mixed ? -1 : q->in_axis);
}

struct reach reach_first_same(const struct reach_query *q)
{
	return reach_same(q, q->in != 0);
}

struct reach reach_broadcast(const struct reach_query *q)
{
	return reach_kept(q, q->in_axis + out_shape(q)->rank - in_shape(q)->rank);
}

struct reach reach_mixing_axis(const struct reach_query *q)
{
	int64_t axis = attr_int(q->n, "axis", -1);
	return reach_same(q, q->in != 0 || q->in_axis == (axis < 0 ? axis + in_shape(q)->rank : axis));
}

struct reach window_reach(const struct reach_query *q)
{
	struct window w;
	if (q->in != 0 || q->in_axis != q->out_axis)
		return all;
	if (q->in_axis < 2)
		return reach_same(q, q->in_axis == 1 && q->n->op->flags & OP_BILINEAR);
	if (!window_along(q->n, q->in_axis, &w))
		return all;
	return (struct reach){ REACH_WINDOW, w.stride, -w.pad, (w.k - 1) * w.dilation + 1, false };
}

struct reach op_reach(const struct reach_query *q)
{
	/* A tensor without elements has no position that could be read. */
	if (!shape_count(in_shape(q)) || !shape_count(out_shape(q)))
		return all;
	/* A single position cannot be mixed with others. */
	if (in_shape(q)->dim[q->in_axis] == 1)
		return out_shape(q)->dim[q->out_axis] == 1 ? step : (struct reach){ REACH_SCATTERED, .n = 1 };
	if (q->n->op->reach)
		return q->n->op->reach(q);
	return q->n->op->flags & (OP_UNARY | OP_POINTWISE) ? reach_broadcast(q) : all;
}
