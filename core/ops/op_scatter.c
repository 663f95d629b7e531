/* Operators by constant tables of indices: Trilu GatherND ReverseSequence read by one; ScatterND ScatterElements write
 * by one; OneHot EyeLike NonZero make one. */
#include <math.h>
#include <string.h>
#include "core/base/words.h"
#include "core/kernels/op_move.h"
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

static void axes_first(struct op_infer *q)
{
	if (q->out[0].shape.rank == q->in[0]->shape.rank)
		axes_copy(q, 0);
}

/* A move with a table for output 0, whose shape is set. NULL: too large. */
static struct move *table_new(struct op_infer *q, struct err *e)
{
	if (shape_fits(&q->out[0].shape, e))
		return NULL;
	struct move *m = move_new(q, 0);
	m->index = arena_alloc(&q->g->arena, (size_t)shape_count(&q->out[0].shape), sizeof *m->index);
	q->out[0].dtype = q->in[0]->dtype;
	return m;
}

static int code_of(const struct err *e)
{
	return e ? e->code : ERR_UNSUPPORTED;
}

/* ---- Trilu ---- */

static int trilu_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	bool upper = attr_int(q->n, "upper", 1) != 0;
	int64_t n, k = 0;
	if (q->n->n_in > 1 && q->in[1]) {
		const int64_t *v = const_ints(q, 1, &n, "k", e);
		if (!v || n != 1)
			return v ? err_set(e, ERR_FORMAT, "k must be one number") : code_of(e);
		k = v[0] > COUNT_MAX ? COUNT_MAX : v[0] < -COUNT_MAX ? -COUNT_MAX : v[0];
	}
	if (x->rank < 2)
		return err_set(e, ERR_FORMAT, "an input of rank %d; at least 2 is needed", x->rank);
	q->out[0].shape = *x;
	struct move *m = table_new(q, e);
	if (!m)
		return code_of(e);
	int64_t cols = x->dim[x->rank - 1], rows = x->dim[x->rank - 2], count = shape_count(x);
	m->fill = true;
	for (int64_t i = 0; i < count; i++) {
		int64_t above = i % cols - i / cols % rows;
		m->index[i] = (upper ? above >= k : above <= k) ? i : -1;
	}
	return 0;
}
const struct op op_trilu = { .name = "Trilu",
	                     .in_min = 1,
	                     .in_max = 2,
	                     .out_max = 1,
	                     .infer = trilu_infer,
	                     .axes = axes_first,
	                     .flags = OP_MOVES | OP_LINEAR,
	                     .forward = move_forward,
	                     .backward = move_backward,
	                     .trace = move_trace,
	                     .reach = move_reach };

/* ---- GatherND, ReverseSequence ---- */

/* The element of x where the index tuple (depth numbers from axis `first` on) points, without what lies before; -1 with
 * a sentence. */
static int64_t point(const struct shape *x, int first, const int64_t *tuple, int64_t depth, struct err *e)
{
	int64_t stride[RANK_MAX], at = 0;
	shape_strides(x, stride);
	for (int64_t d = 0; d < depth; d++) {
		int64_t len = x->dim[first + d], i = tuple[d];
		if (i < -len || i >= len) {
			err_set(e, ERR_FORMAT, "index %lld lies outside an axis of %lld", (long long)i, (long long)len);
			return -1;
		}
		at += (i < 0 ? i + len : i) * stride[first + d];
	}
	return at;
}

static int gather_nd_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *s = &q->in[1]->shape;
	struct shape *y = &q->out[0].shape;
	int64_t n, batch = attr_int(q->n, "batch_dims", 0), outer = 1, inner = 1, per = 1, each = 1;
	const int64_t *k = const_ints(q, 1, &n, "indices", e);
	if (!k)
		return code_of(e);
	int64_t depth = s->rank ? s->dim[s->rank - 1] : 0;
	if (depth < 1 || batch < 0 || batch >= s->rank || batch + depth > x->rank ||
	    s->rank - 1 + x->rank - depth - batch > RANK_MAX)
		return err_set(e, ERR_FORMAT, "the indices do not fit the input");
	for (int i = 0; i < s->rank - 1; i++) {
		if (i < batch && s->dim[i] != x->dim[i])
			return err_set(e, ERR_FORMAT, "the indices do not fit the input");
		*(i < batch ? &outer : &per) *= s->dim[i];
		y->dim[y->rank++] = s->dim[i];
	}
	for (int i = (int)batch; i < x->rank; i++) {
		each *= x->dim[i];
		if (i < batch + depth)
			continue;
		inner *= x->dim[i];
		y->dim[y->rank++] = x->dim[i];
	}
	struct move *m = table_new(q, e);
	if (!m)
		return code_of(e);
	for (int64_t i = 0; i < outer * per && inner; i++) {
		int64_t at = point(x, (int)batch, k + i * depth, depth, e);
		if (at < 0)
			return code_of(e);
		for (int64_t j = 0; j < inner; j++)
			m->index[i * inner + j] = i / per * each + at + j;
	}
	return 0;
}
const struct op op_gather_nd = {
	.name = "GatherND", .in_min = 2, .in_max = 2, .out_max = 1, .infer = gather_nd_infer, MOVE_ROW
};

static int reverse_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t n, stride[RANK_MAX];
	const int64_t *len = const_ints(q, 1, &n, "sequence_lens", e);
	if (!len)
		return code_of(e);
	int t = axis_check(attr_int(q->n, "time_axis", 0), x->rank, "time_axis", e);
	int b = t < 0 ? t : axis_check(attr_int(q->n, "batch_axis", 1), x->rank, "batch_axis", e);
	if (b < 0)
		return b;
	if (t == b || n != x->dim[b])
		return err_set(e, ERR_FORMAT, "sequence_lens does not fit the input");
	for (int64_t i = 0; i < n; i++)
		if (len[i] < 0 || len[i] > x->dim[t])
			return err_set(e, ERR_FORMAT, "a sequence of %lld of %lld steps", (long long)len[i],
			               (long long)x->dim[t]);
	q->out[0].shape = *x;
	struct move *m = table_new(q, e);
	if (!m)
		return code_of(e);
	int64_t count = shape_count(x);
	shape_strides(x, stride);
	for (int64_t i = 0; i < count; i++) {
		int64_t at = i / stride[t] % x->dim[t], l = len[i / stride[b] % x->dim[b]];
		m->index[i] = at < l ? i + (l - 1 - 2 * at) * stride[t] : i;
	}
	return 0;
}
const struct op op_reverse_sequence = { .name = "ReverseSequence",
	                                .in_min = 2,
	                                .in_max = 2,
	                                .out_max = 1,
	                                .infer = reverse_infer,
	                                .axes = axes_first,
	                                MOVE_ROW };

/* ---- ScatterND, ScatterElements: a copy of input 0, in which the updates (input 2) replace elements, are added to
 * them or multiplied with them, or take their place if they are larger (max) or smaller (min) ---- */

struct scatter {
	int64_t n;     /* updates */
	int64_t *to;   /* (n) the element that each goes to */
	int64_t *from; /* per element of the output: the last update of it, -1: none */
	enum { REPLACE, ADD, MUL, MAX, MIN } how;
};

static int scatter_new(struct op_infer *q, struct scatter **p, struct err *e)
{
	static const char *const hows[] = { "none", "add", "mul", "max", "min", NULL };
	const char *how = attr_string(q->n, "reduction", "none");
	int known = words_find(hows, how);
	if (known < 0)
		return err_set(e, ERR_UNSUPPORTED, "reduction '%s'", how);
	*p = op_param(q, sizeof **p);
	(*p)->how = (unsigned)known;
	if (q->in[2]->dtype != q->in[0]->dtype)
		return err_set(e, ERR_FORMAT, "its inputs are of different types");
	(*p)->n = shape_count(&q->in[2]->shape);
	(*p)->to = arena_alloc(&q->g->arena, (size_t)(*p)->n, sizeof *(*p)->to);
	(*p)->from = arena_alloc(&q->g->arena, (size_t)shape_count(&q->in[0]->shape), sizeof *(*p)->from);
	q->n->tmp_bytes = (size_t)shape_count(&q->in[0]->shape) * sizeof(real);
	out_like(q, 0, 0);
	return 0;
}

static void scatter_owners(struct op_infer *q, struct scatter *p)
{
	memset(p->from, -1, (size_t)shape_count(&q->in[0]->shape) * sizeof *p->from);
	for (int64_t i = 0; i < p->n; i++)
		p->from[p->to[i]] = i;
}

static int scatter_nd_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *s = &q->in[1]->shape, *u = &q->in[2]->shape;
	struct scatter *p;
	int64_t n, inner = 1;
	const int64_t *k = const_ints(q, 1, &n, "indices", e);
	int bad = k ? scatter_new(q, &p, e) : code_of(e);
	if (bad)
		return bad;
	int64_t depth = s->rank ? s->dim[s->rank - 1] : 0;
	bool fits = depth >= 1 && depth <= x->rank && u->rank == s->rank - 1 + x->rank - depth;
	for (int i = 0; fits && i < u->rank; i++) {
		fits = u->dim[i] == (i < s->rank - 1 ? s->dim[i] : x->dim[i - (s->rank - 1) + depth]);
		inner *= i < s->rank - 1 ? 1 : u->dim[i];
	}
	if (!fits)
		return err_set(e, ERR_FORMAT, "indices and updates do not fit the input");
	for (int64_t i = 0; inner && i < p->n / inner; i++) {
		int64_t at = point(x, 0, k + i * depth, depth, e);
		if (at < 0)
			return code_of(e);
		for (int64_t j = 0; j < inner; j++)
			p->to[i * inner + j] = at + j;
	}
	scatter_owners(q, p);
	return 0;
}

static int scatter_elements_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *u = &q->in[2]->shape;
	struct scatter *p;
	int64_t n, xs[RANK_MAX], us[RANK_MAX];
	const int64_t *k = const_ints(q, 1, &n, "indices", e);
	int axis = k ? axis_check(attr_int(q->n, "axis", 0), x->rank, "axis", e) : code_of(e);
	int bad = axis < 0 ? axis : scatter_new(q, &p, e);
	if (bad)
		return bad;
	bool fits = shape_equal(&q->in[1]->shape, u) && u->rank == x->rank;
	for (int i = 0; fits && i < u->rank; i++)
		fits = i == axis || u->dim[i] <= x->dim[i];
	if (!fits)
		return err_set(e, ERR_FORMAT, "indices and updates do not fit the input");
	shape_strides(x, xs);
	shape_strides(u, us);
	for (int64_t i = 0; i < n; i++) {
		int64_t at = point(x, axis, k + i, 1, e);
		if (at < 0)
			return code_of(e);
		for (int a = 0; a < u->rank; a++)
			at += a == axis ? 0 : i / us[a] % u->dim[a] * xs[a];
		p->to[i] = at;
	}
	scatter_owners(q, p);
	return 0;
}

/* Returns whether an element that is larger or smaller than an update stays. */
static bool stays(const struct scatter *p, bool larger, bool smaller)
{
	return (p->how == MAX && larger) || (p->how == MIN && smaller);
}

static void scatter_forward(struct op_call *c)
{
	const struct scatter *p = c->n->param;
	bool is_real = call_out(c, 0)->dtype == DT_REAL;
	memcpy(c->y[0], c->x[0], (size_t)call_count_out(c, 0) * (is_real ? sizeof(real) : sizeof(int64_t)));
	for (int64_t i = 0; i < p->n; i++)
		if (is_real) {
			real *y = (real *)c->y[0] + p->to[i];
			real u = ((const real *)c->x[2])[i];
			*y = p->how == ADD ? *y + u : p->how == MUL ? *y * u : stays(p, *y > u, *y < u) ? *y : u;
		} else {
			int64_t *y = (int64_t *)c->y[0] + p->to[i], w = ((const int64_t *)c->x[2])[i];
			uint64_t u = (uint64_t)w, v = (uint64_t)*y;
			*y = p->how == ADD              ? (int64_t)(v + u)
			     : p->how == MUL            ? (int64_t)(v * u)
			     : stays(p, *y > w, *y < w) ? *y
			                                : w;
		}
}

/* Of a product: what element e of the output is, but for update `but` (-1: but for the input). */
static real factors(const struct op_call *c, int64_t e, int64_t but)
{
	const struct scatter *p = c->n->param;
	real v = but < 0 ? 1 : ((const real *)c->x[0])[e];
	for (int64_t i = 0; i < p->n; i++)
		v *= p->to[i] == e && i != but ? ((const real *)c->x[2])[i] : 1;
	return v;
}

/* Hands the gradient of an element to the first of the numbers that became it. */
static void chosen_back(const struct op_call *c, const real *dy, real *dx, real *du)
{
	const struct scatter *p = c->n->param;
	const real *x = c->x[0], *u = c->x[2], *y = c->y[0];
	int64_t n = call_count_out(c, 0);
	real *left = c->tmp; /* what nobody has taken yet */
	for (int64_t i = 0; i < n; i++) {
		bool same = p->from[i] < 0 || x[i] == y[i];
		if (dx && same)
			dx[i] += dy[i];
		left[i] = same ? 0 : dy[i];
	}
	for (int64_t i = 0; du && i < p->n; i++)
		if (u[i] == y[p->to[i]]) {
			du[i] += left[p->to[i]];
			left[p->to[i]] = 0;
		}
}

static void scatter_back(const struct op_call *c, const real *dy, real *dx, real *du)
{
	const struct scatter *p = c->n->param;
	int64_t n = call_count_out(c, 0);
	if (p->how == MAX || p->how == MIN) {
		chosen_back(c, dy, dx, du);
		return;
	}
	for (int64_t i = 0; dx && i < n; i++)
		if (p->how != REPLACE || p->from[i] < 0)
			dx[i] += dy[i] * (p->how == MUL && p->from[i] >= 0 ? factors(c, i, -1) : 1);
	for (int64_t i = 0; du && i < p->n; i++)
		if (p->how != REPLACE || p->from[p->to[i]] == i)
			du[i] += dy[p->to[i]] * (p->how == MUL ? factors(c, p->to[i], i) : 1);
}

static void scatter_backward(struct op_call *c)
{
	scatter_back(c, c->dy[0], c->dx[0], c->dx[2]);
}

static void scatter_trace(struct op_call *c, const real *share, real **share_x)
{
	const struct scatter *p = c->n->param;
	const real *x = c->x[0], *u = c->x[2];
	int64_t n = call_count_out(c, 0);
	real *per = c->tmp;
	if (p->how != ADD && p->how != MUL) {
		scatter_back(c, share, share_x[0], share_x[2]);
		return;
	}
	/* of a sum by abs of the terms, of a product in equal parts */
	bool sum = p->how == ADD;
	for (int64_t i = 0; i < n; i++)
		per[i] = !share_x[0] ? 0 : sum ? real_abs(x[i]) : 1;
	for (int64_t i = 0; share_x[2] && i < p->n; i++)
		per[p->to[i]] += sum ? real_abs(u[i]) : 1;
	for (int64_t i = 0; i < n; i++) {
		per[i] = per[i] > 0 ? share[i] / per[i] : 0;
		if (share_x[0])
			share_x[0][i] += per[i] * (sum ? real_abs(x[i]) : 1);
	}
	for (int64_t i = 0; share_x[2] && i < p->n; i++)
		share_x[2][i] += per[p->to[i]] * (sum ? real_abs(u[i]) : 1);
}

/* With max and min: the distance of the nearest number that did not become the element. */
static double scatter_kink(const struct op_call *c)
{
	const struct scatter *p = c->n->param;
	const real *x = c->x[0], *u = c->x[2], *y = c->y[0];
	double least = INFINITY;
	for (int64_t i = 0; i < p->n && (p->how == MAX || p->how == MIN); i++) {
		double of_u = fabs((double)(u[i] - y[p->to[i]])), of_x = fabs((double)(x[p->to[i]] - y[p->to[i]]));
		least = of_u > 0 && of_u < least ? of_u : least;
		least = of_x > 0 && of_x < least ? of_x : least;
	}
	return least;
}

#define SCATTER_ROW                                                                                       \
	.in_min = 3, .in_max = 3, .out_max = 1, .forward = scatter_forward, .backward = scatter_backward, \
	.trace = scatter_trace, .kink = scatter_kink, .axes = axes_first, .reach = reach_first_same
const struct op op_scatter_nd = { .name = "ScatterND", .infer = scatter_nd_infer, SCATTER_ROW };
const struct op op_scatter_elements = { .name = "ScatterElements", .infer = scatter_elements_infer, SCATTER_ROW };

/* ---- OneHot, EyeLike, NonZero ---- */

static int one_hot_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	struct shape *y = &q->out[0].shape;
	double depth;
	if (!const_scalar(q, 1, 0, &depth))
		return err_set(e, ERR_UNSUPPORTED, "depth is not known while loading");
	int axis = x->rank < RANK_MAX ? axis_check(attr_int(q->n, "axis", -1), x->rank + 1, "axis", e)
	                              : err_set(e, ERR_UNSUPPORTED, "a result of rank %d", x->rank + 1);
	if (axis < 0)
		return axis;
	if (!(depth >= 0 && depth <= (double)COUNT_MAX) || shape_count(&q->in[2]->shape) != 2)
		return err_set(e, ERR_FORMAT, "depth %g and values do not fit", depth);
	y->rank = x->rank + 1;
	for (int i = 0; i < y->rank; i++)
		y->dim[i] = i < axis ? x->dim[i] : i == axis ? (int64_t)depth : x->dim[i - 1];
	q->out[0].dtype = q->in[2]->dtype;
	int bad = shape_fits(y, e);
	struct axis_view *v = op_param(q, sizeof *v);
	if (!bad)
		*v = axis_view(y, axis);
	return bad;
}

static void one_hot_forward(struct op_call *c)
{
	const struct axis_view *v = c->n->param;
	bool of_int = call_in(c, 0)->dtype == DT_INT64, is_real = call_out(c, 0)->dtype == DT_REAL;
	int64_t n = call_count_out(c, 0);
	for (int64_t i = 0; i < n; i++) {
		int64_t at = i / (v->n * v->inner) * v->inner + i % v->inner, k = i / v->inner % v->n;
		double want = of_int ? (double)((const int64_t *)c->x[0])[at] : (double)((const real *)c->x[0])[at];
		bool on = want == (double)k || want + (double)v->n == (double)k;
		if (is_real)
			((real *)c->y[0])[i] = ((const real *)c->x[2])[on];
		else
			((int64_t *)c->y[0])[i] = ((const int64_t *)c->x[2])[on];
	}
}
static void nothing(struct op_infer *q)
{
	(void)q;
}
static struct reach one_hot_reach(const struct reach_query *q)
{
	int64_t axis = attr_int(q->n, "axis", -1);
	axis += axis < 0 ? q->g->value[q->n->in[0]].shape.rank + 1 : 0;
	return reach_kept(q, q->in == 0 ? q->in_axis + (q->in_axis >= axis) : -1);
}

const struct op op_one_hot = { .name = "OneHot",
	                       .in_min = 3,
	                       .in_max = 3,
	                       .out_max = 1,
	                       .flags = OP_NODIFF,
	                       .infer = one_hot_infer,
	                       .forward = one_hot_forward,
	                       .axes = nothing,
	                       .reach = one_hot_reach };

static int eye_infer(struct op_infer *q, struct err *e)
{
	int64_t to = attr_int(q->n, "dtype", 0);
	if (q->in[0]->shape.rank != 2)
		return err_set(e, ERR_FORMAT, "an input of rank %d instead of 2", q->in[0]->shape.rank);
	out_like(q, 0, 0);
	/* ONNX's numbers of the floating types */
	if (to)
		q->out[0].dtype = to == 1 || to == 10 || to == 11 || to == 16 ? DT_REAL : DT_INT64;
	return 0;
}

static void eye_forward(struct op_call *c)
{
	const struct shape *s = &call_out(c, 0)->shape;
	int64_t k = attr_int(c->n, "k", 0);
	for (int64_t i = 0; i < s->dim[0] * s->dim[1]; i++) {
		bool on = i % s->dim[1] - i / s->dim[1] == k;
		if (call_out(c, 0)->dtype == DT_REAL)
			((real *)c->y[0])[i] = on;
		else
			((int64_t *)c->y[0])[i] = on;
	}
}
const struct op op_eye_like = { .name = "EyeLike",
	                        .in_min = 1,
	                        .in_max = 1,
	                        .out_max = 1,
	                        .flags = OP_NODIFF | OP_LAYOUT | OP_OF_SHAPE,
	                        .infer = eye_infer,
	                        .forward = eye_forward,
	                        .axes = nothing };

static bool is_zero(const struct value *v, const void *data, int64_t i)
{
	return v->dtype == DT_REAL ? ((const real *)data)[i] == 0 : ((const int64_t *)data)[i] == 0;
}

static int nonzero_infer(struct op_infer *q, struct err *e)
{
	const struct value *x = q->in[0];
	int64_t n = shape_count(&x->shape), found = 0;
	if (!x->constant)
		return err_set(e, ERR_UNSUPPORTED, "a result whose size depends on the window");
	for (int64_t i = 0; i < n; i++)
		found += !is_zero(x, x->dtype == DT_REAL ? (const void *)x->r : (const void *)x->i, i);
	q->out[0].shape = (struct shape){ 2, { x->shape.rank ? x->shape.rank : 1, found } };
	q->out[0].dtype = DT_INT64;
	return 0;
}

static void nonzero_forward(struct op_call *c)
{
	const struct value *x = call_in(c, 0);
	int64_t n = call_count_in(c, 0), found = call_out(c, 0)->shape.dim[1], at = 0, stride[RANK_MAX];
	shape_strides(&x->shape, stride);
	for (int64_t i = 0; i < n && at < found; i++) {
		if (is_zero(x, c->x[0], i))
			continue;
		for (int a = 0; a < x->shape.rank; a++)
			((int64_t *)c->y[0])[a * found + at] = i / stride[a] % x->shape.dim[a];
		if (!x->shape.rank)
			((int64_t *)c->y[0])[at] = 0;
		at++;
	}
}
const struct op op_non_zero = { .name = "NonZero",
	                        .in_min = 1,
	                        .in_max = 1,
	                        .out_max = 1,
	                        .flags = OP_NODIFF | OP_LAYOUT,
	                        .infer = nonzero_infer,
	                        .forward = nonzero_forward,
	                        .axes = nothing };
