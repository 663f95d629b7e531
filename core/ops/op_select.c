/* TopK CumSum Hardmax GatherElements DepthToSpace SpaceToDepth LRN: the rarer ones. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/kernels/op_move.h"
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

/* ---- TopK: values and their places along an axis ---- */

struct top {
	struct axis_view v;
	int64_t k;
	bool largest;
};

static int top_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t n;
	const int64_t *k = const_ints(q, 1, &n, "K", e);
	int axis = k ? axis_check(attr_int(q->n, "axis", -1), x->rank, "axis", e) : ERR_UNSUPPORTED;
	if (axis < 0)
		return axis;
	if (n != 1 || k[0] < 0 || k[0] > x->dim[axis])
		return err_set(e, ERR_FORMAT, "K lies outside 0 to %lld", (long long)x->dim[axis]);
	struct top *p = op_param(q, sizeof *p);
	*p = (struct top){ axis_view(x, axis), k[0], attr_int(q->n, "largest", 1) != 0 };
	for (int i = 0; i < q->n->n_out; i++) {
		out_like(q, i, 0);
		q->out[i].shape.dim[axis] = k[0];
	}
	if (q->n->n_out > 1)
		q->out[1].dtype = DT_INT64;
	q->n->save_bytes = (size_t)(p->v.outer * p->v.inner * p->k) * sizeof(int64_t);
	q->n->tmp_bytes = (size_t)p->v.n;
	return need_real(q, 0, e);
}

/* The next place: the best not taken yet, the first of equals. NaN comes first, as the largest. */
static int64_t best(const struct top *p, const real *x, const char *taken)
{
	int64_t at = -1;
	for (int64_t j = 0; j < p->v.n; j++) {
		real v = x[j * p->v.inner], b = at < 0 ? 0 : x[at * p->v.inner];
		if (!taken[j] &&
		    (at < 0 || (p->largest ? v > b || (isnan(v) && !isnan(b)) : v < b || (isnan(b) && !isnan(v)))))
			at = j;
	}
	return at;
}

static void top_forward(struct op_call *c)
{
	const struct top *p = c->n->param;
	int64_t *save = c->save;
	for (int64_t r = 0; r < p->v.outer * p->v.inner; r++) {
		const real *x = (const real *)c->x[0] + r / p->v.inner * p->v.n * p->v.inner + r % p->v.inner;
		int64_t to = r / p->v.inner * p->k * p->v.inner + r % p->v.inner;
		memset(c->tmp, 0, (size_t)p->v.n);
		for (int64_t i = 0; i < p->k; i++, to += p->v.inner) {
			int64_t j = save[r * p->k + i] = best(p, x, c->tmp);
			((char *)c->tmp)[j] = 1;
			if (c->y[0])
				((real *)c->y[0])[to] = x[j * p->v.inner];
			if (c->n->n_out > 1 && c->y[1])
				((int64_t *)c->y[1])[to] = j;
		}
	}
}

static void top_back(const struct op_call *c, const real *dy, real *dx)
{
	const struct top *p = c->n->param;
	for (int64_t r = 0; dx && dy && r < p->v.outer * p->v.inner; r++)
		for (int64_t i = 0; i < p->k; i++)
			dx[(r / p->v.inner * p->v.n + ((const int64_t *)c->save)[r * p->k + i]) * p->v.inner +
			   r % p->v.inner] += dy[(r / p->v.inner * p->k + i) * p->v.inner + r % p->v.inner];
}

static void top_backward(struct op_call *c)
{
	top_back(c, c->dy[0], c->dx[0]);
}

static void top_trace(struct op_call *c, const real *share, real **share_x)
{
	top_back(c, share, share_x[0]);
}

/* Half the least gap between two numbers of one row. */
static double top_kink(const struct op_call *c)
{
	const struct top *p = c->n->param;
	double least = INFINITY;
	for (int64_t r = 0; r < p->v.outer * p->v.inner; r++) {
		const real *x = (const real *)c->x[0] + r / p->v.inner * p->v.n * p->v.inner + r % p->v.inner;
		for (int64_t i = 0; i < p->v.n; i++)
			for (int64_t j = 0; j < i; j++) {
				double gap = fabs((double)x[i * p->v.inner] - (double)x[j * p->v.inner]) / 2;
				least = gap > 0 && gap < least ? gap : least;
			}
	}
	return least;
}

static int64_t top_work(const struct graph *g, const struct node *n)
{
	const struct top *p = n->param;
	(void)g;
	return work_times(work_times(p->v.outer * p->v.inner, p->v.n), p->k);
}

const struct op op_top_k = { .name = "TopK",
	                     .in_min = 2,
	                     .in_max = 2,
	                     .out_max = 2,
	                     .flags = OP_ANY_OUTPUT,
	                     .infer = top_infer,
	                     .forward = top_forward,
	                     .backward = top_backward,
	                     .trace = top_trace,
	                     .kink = top_kink,
	                     .work = top_work,
	                     .reach = reach_mixing_axis };

/* ---- CumSum ---- */

struct cumsum {
	struct axis_view v;
	bool exclusive, reverse;
};

static int cumsum_infer(struct op_infer *q, struct err *e)
{
	int64_t n;
	const int64_t *a = const_ints(q, 1, &n, "axis", e);
	int axis = a && n == 1 ? axis_check(a[0], q->in[0]->shape.rank, "axis", e)
	           : a         ? err_set(e, ERR_FORMAT, "axis must be one number")
	                       : ERR_UNSUPPORTED;
	if (axis < 0)
		return axis;
	struct cumsum *p = op_param(q, sizeof *p);
	*p = (struct cumsum){ axis_view(&q->in[0]->shape, axis), attr_int(q->n, "exclusive", 0) != 0,
		              attr_int(q->n, "reverse", 0) != 0 };
	out_like(q, 0, 0);
	return need_real(q, 0, e);
}

/* y = or += running sums of x along each row, from the other end with `reverse`. */
static void running(const struct cumsum *p, const real *x, real *y, bool reverse, bool onto)
{
	for (int64_t r = 0; r < p->v.outer * p->v.inner; r++) {
		int64_t at = r / p->v.inner * p->v.n * p->v.inner + r % p->v.inner;
		double sum = 0;
		for (int64_t j = 0; j < p->v.n; j++) {
			int64_t i = at + (reverse ? p->v.n - 1 - j : j) * p->v.inner;
			double now = sum + (double)x[i];
			y[i] = (real)((onto ? (double)y[i] : 0) + (p->exclusive ? sum : now));
			sum = now;
		}
	}
}

static void cumsum_forward(struct op_call *c)
{
	const struct cumsum *p = c->n->param;
	running(p, c->x[0], c->y[0], p->reverse, false);
}

static void cumsum_backward(struct op_call *c)
{
	const struct cumsum *p = c->n->param;
	running(p, c->dy[0], c->dx[0], !p->reverse, true);
}

static void cumsum_trace(struct op_call *c, const real *share, real **share_x)
{
	const struct cumsum *p = c->n->param;
	const real *x = c->x[0];
	/* each output's share by abs(x) of what it sums: a running sum, from the other end, of share over running total
	 */
	for (int64_t r = 0; share_x[0] && r < p->v.outer * p->v.inner; r++) {
		int64_t at = r / p->v.inner * p->v.n * p->v.inner + r % p->v.inner, s = p->v.inner;
		for (int64_t j = 0; j < p->v.n; j++) {
			int64_t from = p->reverse ? j + p->exclusive : 0, to = p->reverse ? p->v.n : j + !p->exclusive;
			double total = 0;
			for (int64_t k = from; k < to; k++)
				total += fabs((double)x[at + k * s]);
			for (int64_t k = from; total > 0 && k < to; k++)
				share_x[0][at + k * s] +=
				        (real)((double)share[at + j * s] * fabs((double)x[at + k * s]) / total);
		}
	}
}

static struct reach cumsum_reach(const struct reach_query *q)
{
	const struct value *axis = &q->g->value[q->n->in[1]];
	int rank = q->g->value[q->n->in[0]].shape.rank;
	return reach_same(q, q->in_axis == axis_check(axis->i[0], rank, "axis", NULL));
}

const struct op op_cum_sum = { .name = "CumSum",
	                       .in_min = 2,
	                       .in_max = 2,
	                       .out_max = 1,
	                       .flags = OP_LINEAR | OP_WEIGHTED_SUM,
	                       .infer = cumsum_infer,
	                       .forward = cumsum_forward,
	                       .backward = cumsum_backward,
	                       .trace = cumsum_trace,
	                       .reach = cumsum_reach };

/* ---- Hardmax: 1 at the first largest of a row ---- */

static int hardmax_infer(struct op_infer *q, struct err *e)
{
	int axis = axis_check(attr_int(q->n, "axis", -1), q->in[0]->shape.rank, "axis", e);
	if (axis < 0)
		return axis;
	struct axis_view *v = op_param(q, sizeof *v);
	*v = axis_view(&q->in[0]->shape, axis);
	out_like(q, 0, 0);
	return need_real(q, 0, e);
}

static void hardmax_forward(struct op_call *c)
{
	const struct axis_view *v = c->n->param;
	for (int64_t r = 0; r < v->outer * v->inner && v->n; r++) {
		int64_t at = r / v->inner * v->n * v->inner + r % v->inner, most = 0;
		const real *x = (const real *)c->x[0] + at;
		for (int64_t j = 1; j < v->n; j++)
			most = x[j * v->inner] > x[most * v->inner] ? j : most;
		for (int64_t j = 0; j < v->n; j++)
			((real *)c->y[0])[at + j * v->inner] = j == most;
	}
}

const struct op op_hardmax = { .name = "Hardmax",
	                       .in_min = 1,
	                       .in_max = 1,
	                       .out_max = 1,
	                       .flags = OP_NODIFF,
	                       .infer = hardmax_infer,
	                       .forward = hardmax_forward,
	                       .reach = reach_mixing_axis };

/* ---- GatherElements: constant indices make a table ---- */

static int gather_elements_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t n, xs[RANK_MAX], ys[RANK_MAX];
	const int64_t *k = const_ints(q, 1, &n, "indices", e);
	int axis = k ? axis_check(attr_int(q->n, "axis", 0), x->rank, "axis", e) : ERR_UNSUPPORTED;
	if (axis < 0)
		return axis;
	struct shape *y = &q->out[0].shape;
	*y = q->in[1]->shape;
	bool fits = y->rank == x->rank;
	for (int i = 0; fits && i < y->rank; i++)
		fits = i == axis || y->dim[i] <= x->dim[i];
	if (!fits)
		return err_set(e, ERR_FORMAT, "the indices do not fit the input");
	q->out[0].dtype = q->in[0]->dtype;
	struct move *m = move_new(q, 0);
	m->index = arena_alloc(&q->g->arena, (size_t)n, sizeof *m->index);
	shape_strides(x, xs);
	shape_strides(y, ys);
	for (int64_t i = 0; i < n; i++) {
		if (k[i] < -x->dim[axis] || k[i] >= x->dim[axis])
			return err_set(e, ERR_FORMAT, "index %lld lies outside an axis of %lld", (long long)k[i],
			               (long long)x->dim[axis]);
		for (int a = 0; a < y->rank; a++)
			m->index[i] += xs[a] * (a != axis ? i / ys[a] % y->dim[a] : k[i] < 0 ? k[i] + x->dim[a] : k[i]);
	}
	return 0;
}

const struct op op_gather_elements = {
	.name = "GatherElements", .in_min = 2, .in_max = 2, .out_max = 1, .infer = gather_elements_infer, MOVE_ROW
};

/* ---- DepthToSpace, SpaceToDepth: one view of six axes ---- */

static int depth_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	bool to_space = q->n->op->name[0] == 'D', crd = !strcmp(attr_string(q->n, "mode", "DCR"), "CRD");
	int64_t b = attr_int(q->n, "blocksize", 0);
	if (x->rank != 4 || b < 1 || b > 1 << 14)
		return err_set(e, ERR_FORMAT, "an input of rank %d and blocks of %lld", x->rank, (long long)b);
	int64_t n = x->dim[0], c = x->dim[1], h = x->dim[2], w = x->dim[3];
	if (to_space ? c % (b * b) : h % b || w % b)
		return err_set(e, ERR_FORMAT, "the input cannot be cut into blocks of %lld", (long long)b);
	struct shape *y = &q->out[0].shape;
	*y = to_space ? (struct shape){ 4, { n, c / (b * b), h * b, w * b } }
	              : (struct shape){ 4, { n, c * b * b, h / b, w / b } };
	int64_t d = to_space ? c / (b * b) : c, ys[RANK_MAX], xs[RANK_MAX];
	int bad = shape_fits(y, e);
	if (bad)
		return bad;
	shape_strides(x, xs);
	shape_strides(y, ys);
	/* axes of the view: batch, depth, rows, row in the block, columns, column in the block */
	struct view *v = move_new(q, 1)->view;
	const int64_t *fine = to_space ? ys : xs, *coarse = to_space ? xs : ys;
	int64_t *of_fine = to_space ? v->to : v->from, *of_coarse = to_space ? v->from : v->to;
	*v = (struct view){ .rank = 6, .dim = { n, d, to_space ? h : h / b, b, to_space ? w : w / b, b } };
	memcpy(of_fine, (int64_t[]){ fine[0], fine[1], b * fine[2], fine[2], b, 1 }, 6 * sizeof *of_fine);
	memcpy(of_coarse,
	       (int64_t[]){ coarse[0], crd ? b * b * coarse[1] : coarse[1], coarse[2],
	                    crd ? b * coarse[1] : b * d * coarse[1], 1, crd ? coarse[1] : d * coarse[1] },
	       6 * sizeof *of_coarse);
	q->out[0].dtype = q->in[0]->dtype;
	return 0;
}

const struct op op_depth_to_space = {
	.name = "DepthToSpace", .in_min = 1, .in_max = 1, .out_max = 1, .infer = depth_infer, MOVE_ROW
};
const struct op op_space_to_depth = {
	.name = "SpaceToDepth", .in_min = 1, .in_max = 1, .out_max = 1, .infer = depth_infer, MOVE_ROW
};

/* ---- LRN: y = x / (bias + alpha / size * sum of the squares of the neighbouring channels)^beta ---- */

struct lrn {
	struct axis_view v;
	int64_t before, after, size;
	double alpha, beta, bias;
};

static int lrn_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t size = attr_int(q->n, "size", 0);
	if (x->rank < 2 || size < 1 || size > COUNT_MAX)
		return err_set(e, ERR_FORMAT, "an input of rank %d and a size of %lld", x->rank, (long long)size);
	struct lrn *p = op_param(q, sizeof *p);
	*p = (struct lrn){ axis_view(x, 1),
		           (size - 1) / 2,
		           size / 2,
		           size,
		           attr_float(q->n, "alpha", 0.0001),
		           attr_float(q->n, "beta", 0.75),
		           attr_float(q->n, "bias", 1) };
	out_like(q, 0, 0);
	return need_real(q, 0, e);
}

/* The channels whose squares count for channel j. */
static void lrn_range(const struct lrn *p, int64_t j, int64_t *from, int64_t *to)
{
	*from = j > p->before ? j - p->before : 0;
	*to = j + p->after < p->v.n - 1 ? j + p->after : p->v.n - 1;
}

static double lrn_base(const struct lrn *p, const real *x, int64_t j)
{
	int64_t from, to;
	double sum = 0;
	lrn_range(p, j, &from, &to);
	for (int64_t k = from; k <= to; k++)
		sum += (double)x[k * p->v.inner] * (double)x[k * p->v.inner];
	return p->bias + p->alpha / (double)p->size * sum;
}

static void lrn_forward(struct op_call *c)
{
	const struct lrn *p = c->n->param;
	for (int64_t r = 0; r < p->v.outer * p->v.inner; r++) {
		int64_t at = r / p->v.inner * p->v.n * p->v.inner + r % p->v.inner;
		const real *x = (const real *)c->x[0] + at;
		for (int64_t j = 0; j < p->v.n; j++)
			((real *)c->y[0])[at + j * p->v.inner] =
			        (real)((double)x[j * p->v.inner] * pow(lrn_base(p, x, j), -p->beta));
	}
}

static void lrn_backward(struct op_call *c)
{
	const struct lrn *p = c->n->param;
	for (int64_t r = 0; r < p->v.outer * p->v.inner; r++) {
		int64_t at = r / p->v.inner * p->v.n * p->v.inner + r % p->v.inner, s = p->v.inner, from, to;
		const real *x = (const real *)c->x[0] + at, *dy = c->dy[0] + at;
		for (int64_t j = 0; j < p->v.n; j++) {
			double base = lrn_base(p, x, j), f = pow(base, -p->beta), d = (double)dy[j * s];
			c->dx[0][at + j * s] += (real)(d * f);
			lrn_range(p, j, &from, &to);
			for (int64_t k = from; k <= to; k++)
				c->dx[0][at + k * s] -= (real)(d * (double)x[j * s] * p->beta * f / base * 2 *
				                               p->alpha / (double)p->size * (double)x[k * s]);
		}
	}
}

static int64_t lrn_work(const struct graph *g, const struct node *n)
{
	const struct lrn *p = n->param;
	(void)g;
	return work_times(p->v.outer * p->v.inner * p->v.n, p->size < p->v.n ? p->size : p->v.n);
}

static struct reach lrn_reach(const struct reach_query *q)
{
	return reach_same(q, q->in_axis == 1);
}

const struct op op_lrn = { .name = "LRN",
	                   .in_min = 1,
	                   .in_max = 1,
	                   .out_max = 1,
	                   .infer = lrn_infer,
	                   .forward = lrn_forward,
	                   .backward = lrn_backward,
	                   .work = lrn_work,
	                   .reach = lrn_reach };
