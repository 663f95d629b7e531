/* Squeeze Unsqueeze Expand Tile Gather Cast CastLike: shapes and types change, values only move (Cast rounds towards
 * zero). */
#include <math.h>
#include <string.h>
#include "core/kernels/op_move.h"
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

static struct view *copy_in_order(struct op_infer *q)
{
	struct shape flat = { 1, { shape_count(&q->in[0]->shape) } };
	q->out[0].dtype = q->in[0]->dtype;
	return move_view(move_new(q, 1), 0, 0, 0, &flat);
}

static void axes_done(struct op_infer *q)
{
	(void)q; /* infer has set them */
}

/* ---- Squeeze, Unsqueeze ---- */

static int squeeze_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	struct value *y = &q->out[0];
	bool named[RANK_MAX];
	int n = axes_list(q, 1, x->rank, named, e);
	if (n < 0)
		return n;
	for (int i = 0; i < x->rank; i++) {
		if (n && named[i] && x->dim[i] != 1)
			return err_set(e, ERR_FORMAT, "axis %d has %lld elements and cannot be squeezed", i,
			               (long long)x->dim[i]);
		if (n ? named[i] : x->dim[i] == 1)
			continue;
		y->axis[y->shape.rank] = q->in[0]->axis[i];
		y->shape.dim[y->shape.rank++] = x->dim[i];
	}
	copy_in_order(q);
	return 0;
}

static int unsqueeze_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	struct value *y = &q->out[0];
	int64_t count = 0;
	bool named[RANK_MAX];
	if (axes_count(q, 1, &count, e) < 0)
		return e ? e->code : ERR_UNSUPPORTED;
	if (count > RANK_MAX - x->rank)
		return err_set(e, ERR_UNSUPPORTED, "a tensor of rank %lld; tsviz reads rank 0 to %d",
		               (long long)count + x->rank, RANK_MAX);
	int rank = x->rank + (int)count, n = axes_list(q, 1, rank, named, e);
	if (n < 0)
		return n;
	for (int i = 0, k = 0; i < rank; i++) {
		y->axis[i] = n && named[i] ? '1' : q->in[0]->axis[k];
		y->shape.dim[i] = n && named[i] ? 1 : x->dim[k++];
	}
	y->shape.rank = rank;
	copy_in_order(q);
	return 0;
}

const struct op op_squeeze = { .name = "Squeeze",
	                       .in_min = 1,
	                       .in_max = 2,
	                       .out_max = 1,
	                       .infer = squeeze_infer,
	                       .axes = axes_done,
	                       MOVE_ROW_WITH(OP_COPIES) };
const struct op op_unsqueeze = { .name = "Unsqueeze",
	                         .in_min = 1,
	                         .in_max = 2,
	                         .out_max = 1,
	                         .infer = unsqueeze_infer,
	                         .axes = axes_done,
	                         MOVE_ROW_WITH(OP_COPIES) };

/* ---- Expand, Tile ---- */

static int expand_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	struct value *y = &q->out[0];
	int64_t n, stride[RANK_MAX];
	const int64_t *s = const_ints(q, 1, &n, "shape", e);
	if (!s)
		return e ? e->code : ERR_UNSUPPORTED;
	if (n > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "a shape of rank %lld; tsviz reads rank 0 to %d", (long long)n,
		               RANK_MAX);
	y->shape.rank = n > x->rank ? (int)n : x->rank;
	y->dtype = q->in[0]->dtype;
	shape_strides(x, stride);
	int64_t from[RANK_MAX];
	for (int i = 0; i < y->shape.rank; i++) {
		int a = i - (y->shape.rank - x->rank), b = i - (y->shape.rank - (int)n);
		int64_t have = a < 0 ? 1 : x->dim[a], want = b < 0 ? 1 : s[b];
		if (want < 0 || (have != want && have != 1 && want != 1))
			return err_set(e, ERR_FORMAT, "axis %d of %lld elements cannot be expanded to %lld", a,
			               (long long)have, (long long)want);
		y->shape.dim[i] = have == 1 ? want : have;
		from[i] = have == 1 ? 0 : stride[a];
		y->axis[i] = a < 0 ? '1' : q->in[0]->axis[a];
	}
	int bad = shape_fits(&y->shape, e);
	if (bad)
		return bad;
	struct view *v = move_view(move_new(q, 1), 0, 0, 0, &y->shape);
	memcpy(v->from, from, sizeof *from * (size_t)y->shape.rank);
	return 0;
}

static int tile_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	struct value *y = &q->out[0];
	int64_t n, xs[RANK_MAX], ys[RANK_MAX];
	const int64_t *r = const_ints(q, 1, &n, "repeats", e);
	if (!r)
		return e ? e->code : ERR_UNSUPPORTED;
	if (n != x->rank)
		return err_set(e, ERR_FORMAT, "repeats holds %lld numbers for %d axes", (long long)n, x->rank);
	y->shape = *x;
	y->dtype = q->in[0]->dtype;
	for (int i = 0; i < x->rank; i++)
		if (r[i] < 0 || !i64_mul(x->dim[i], r[i], &y->shape.dim[i]))
			return err_set(e, ERR_FORMAT, "an axis of %lld cannot be repeated %lld times",
			               (long long)x->dim[i], (long long)r[i]);
	int bad = shape_fits(&y->shape, e);
	if (bad)
		return bad;
	shape_strides(x, xs);
	shape_strides(&y->shape, ys);
	struct view *v = move_new(q, 1)->view;
	*v = (struct view){ .rank = 2 * x->rank };
	for (int i = 0; i < x->rank; i++) {
		v->dim[2 * i] = r[i];
		v->to[2 * i] = x->dim[i] * ys[i];
		v->dim[2 * i + 1] = x->dim[i];
		v->from[2 * i + 1] = xs[i];
		v->to[2 * i + 1] = ys[i];
		/* nothing, any number of times */
		if (!y->shape.dim[i])
			v->dim[0] = 0;
	}
	return 0;
}

const struct op op_expand = {
	.name = "Expand", .in_min = 2, .in_max = 2, .out_max = 1, .infer = expand_infer, .axes = axes_done, MOVE_ROW
};
const struct op op_tile = { .name = "Tile", .in_min = 2, .in_max = 2, .out_max = 1, .infer = tile_infer, MOVE_ROW };

/* ---- Gather: rows of an axis by index; the indices may be computed ---- */

struct gather {
	struct axis_view v;
	int64_t n; /* indices */
};

static int gather_infer(struct op_infer *q, struct err *e)
{
	const struct value *x = q->in[0], *k = q->in[1];
	struct value *y = &q->out[0];
	int axis = axis_check(attr_int(q->n, "axis", 0), x->shape.rank, "axis", e), at = 0;
	if (axis < 0)
		return axis;
	if (k->dtype != DT_INT64)
		return err_set(e, ERR_FORMAT, "the indices are no integers");
	if (x->shape.rank + k->shape.rank - 1 > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "a result of rank %d", x->shape.rank + k->shape.rank - 1);
	struct gather *p = op_param(q, sizeof *p);
	p->v = axis_view(&x->shape, axis);
	p->n = shape_count(&k->shape);
	for (int64_t i = 0; k->constant && i < p->n; i++)
		if (k->i[i] < -p->v.n || k->i[i] >= p->v.n)
			return err_set(e, ERR_FORMAT, "index %lld lies outside an axis of %lld", (long long)k->i[i],
			               (long long)p->v.n);
	for (int i = 0; i < x->shape.rank; i++) {
		for (int j = 0; i == axis && j < k->shape.rank; j++) {
			y->axis[at] = k->shape.rank == 1 ? x->axis[axis] : '1';
			y->shape.dim[at++] = k->shape.dim[j];
		}
		if (i != axis) {
			y->axis[at] = x->axis[i];
			y->shape.dim[at++] = x->shape.dim[i];
		}
	}
	y->shape.rank = at;
	y->dtype = x->dtype;
	return 0;
}

/* Element where the j-th row of output block o begins in the input, -1: a computed index outside the axis (its row is
 * zero). */
static int64_t gather_from(const struct op_call *c, int64_t o, int64_t j)
{
	const struct gather *p = c->n->param;
	int64_t i = ((const int64_t *)c->x[1])[j];
	i += i < 0 ? p->v.n : 0;
	return i < 0 || i >= p->v.n ? -1 : (o * p->v.n + i) * p->v.inner;
}

static void gather_forward(struct op_call *c)
{
	const struct gather *p = c->n->param;
	size_t width = call_in(c, 0)->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t),
	       row = (size_t)p->v.inner * width;
	char *y = c->y[0];
	for (int64_t o = 0; o < p->v.outer; o++)
		for (int64_t j = 0; j < p->n; j++, y += row) {
			int64_t from = gather_from(c, o, j);
			if (from < 0)
				memset(y, 0, row);
			else
				memcpy(y, (const char *)c->x[0] + from * (int64_t)width, row);
		}
}

static void gather_back(const struct op_call *c, const real *dy, real *dx)
{
	const struct gather *p = c->n->param;
	for (int64_t o = 0; o < p->v.outer; o++)
		for (int64_t j = 0; j < p->n; j++, dy += p->v.inner) {
			int64_t from = gather_from(c, o, j);
			for (int64_t i = 0; from >= 0 && i < p->v.inner; i++)
				dx[from + i] += dy[i];
		}
}

static void gather_backward(struct op_call *c)
{
	gather_back(c, c->dy[0], c->dx[0]);
}

static void gather_trace(struct op_call *c, const real *share, real **share_x)
{
	if (share_x[0])
		gather_back(c, share, share_x[0]);
}

/* Along its axis each position is that of one index. */
static struct reach gather_reach(const struct reach_query *q)
{
	const struct value *x = &q->g->value[q->n->in[0]], *k = &q->g->value[q->n->in[1]];
	int axis = axis_check(attr_int(q->n, "axis", 0), x->shape.rank, "axis", NULL);
	if (q->in != 0)
		return (struct reach){ .kind = REACH_ALL };
	if (q->in_axis == axis)
		return q->out_axis == axis && k->shape.rank == 1 ? (struct reach){ REACH_SCATTERED, .n = 1 }
		                                                 : (struct reach){ .kind = REACH_ALL };
	return reach_kept(q, q->in_axis + (q->in_axis < axis ? 0 : k->shape.rank - 1));
}

const struct op op_gather = { .name = "Gather",
	                      .in_min = 2,
	                      .in_max = 2,
	                      .out_max = 1,
	                      .flags = OP_LAYOUT | OP_LINEAR,
	                      .infer = gather_infer,
	                      .forward = gather_forward,
	                      .backward = gather_backward,
	                      .trace = gather_trace,
	                      .axes = axes_done,
	                      .reach = gather_reach };

/* ---- Cast, CastLike ---- */

/* ONNX's TensorProto.DataType */
enum {
	TO_FLOAT = 1,
	TO_UINT8,
	TO_INT8,
	TO_UINT16,
	TO_INT16,
	TO_INT32,
	TO_INT64,
	TO_STRING,
	TO_BOOL,
	TO_HALF,
	TO_DOUBLE,
	TO_UINT32,
	TO_UINT64,
	TO_BFLOAT16 = 16
};

static int cast_infer(struct op_infer *q, struct err *e)
{
	int64_t *to = op_param(q, sizeof *to);
	*to = attr_int(q->n, "to", 0);
	q->out[0].shape = q->in[0]->shape;
	memcpy(q->out[0].axis, q->in[0]->axis, sizeof q->out[0].axis);
	if (*to < TO_FLOAT || *to > TO_BFLOAT16 || (*to > TO_UINT64 && *to < TO_BFLOAT16) || *to == TO_STRING)
		return err_set(e, ERR_UNSUPPORTED, "a cast to data type %lld", (long long)*to);
	q->out[0].dtype =
	        *to == TO_FLOAT || *to == TO_HALF || *to == TO_DOUBLE || *to == TO_BFLOAT16 ? DT_REAL : DT_INT64;
	return 0;
}

static int cast_like_infer(struct op_infer *q, struct err *e)
{
	int64_t *to = op_param(q, sizeof *to);
	(void)e;
	q->out[0].shape = q->in[0]->shape;
	memcpy(q->out[0].axis, q->in[0]->axis, sizeof q->out[0].axis);
	q->out[0].dtype = q->in[1]->dtype;
	*to = q->out[0].dtype == DT_REAL ? TO_FLOAT : TO_INT64;
	return 0;
}

/* What a type narrower than 64 bits keeps. */
static int64_t narrow(int64_t to, int64_t v)
{
	switch (to) {
	case TO_UINT8:
		return (uint8_t)v;
	case TO_INT8:
		return (int8_t)v;
	case TO_UINT16:
		return (uint16_t)v;
	case TO_INT16:
		return (int16_t)v;
	case TO_INT32:
		return (int32_t)v;
	case TO_UINT32:
		return (uint32_t)v;
	case TO_BOOL:
		return v != 0;
	default:
		return v;
	}
}

static int64_t truncated(double v)
{
	return isnan(v)                      ? 0
	       : v >= 9223372036854775808.0  ? INT64_MAX
	       : v <= -9223372036854775808.0 ? INT64_MIN
	                                     : (int64_t)v;
}

static void cast_forward(struct op_call *c)
{
	int64_t n = call_count_out(c, 0), to = *(const int64_t *)c->n->param;
	bool from_real = call_in(c, 0)->dtype == DT_REAL, to_real = call_out(c, 0)->dtype == DT_REAL;
	const real *r = c->x[0];
	const int64_t *v = c->x[0];
	for (int64_t i = 0; i < n; i++)
		if (to_real)
			((real *)c->y[0])[i] = from_real ? r[i] : (real)v[i];
		else if (to == TO_BOOL)
			((int64_t *)c->y[0])[i] = from_real ? r[i] != 0 : v[i] != 0;
		else
			((int64_t *)c->y[0])[i] = narrow(to, from_real ? truncated((double)r[i]) : v[i]);
}

static void cast_back(const struct op_call *c, const real *dy, real *dx)
{
	int64_t n = call_count_out(c, 0);
	for (int64_t i = 0; dx && i < n && call_out(c, 0)->dtype == DT_REAL; i++)
		dx[i] += dy[i];
}

static void cast_backward(struct op_call *c)
{
	cast_back(c, c->dy[0], c->dx[0]);
}

static void cast_trace(struct op_call *c, const real *share, real **share_x)
{
	cast_back(c, share, share_x[0]);
}

#define CAST_ROW                                                                                                      \
	.out_max = 1, .flags = OP_LAYOUT | OP_COPIES | OP_LINEAR, .forward = cast_forward, .backward = cast_backward, \
	.trace = cast_trace, .axes = axes_done, .reach = reach_first_same
const struct op op_cast = { .name = "Cast", .in_min = 1, .in_max = 1, .infer = cast_infer, CAST_ROW };
const struct op op_cast_like = { .name = "CastLike", .in_min = 2, .in_max = 2, .infer = cast_like_infer, CAST_ROW };
