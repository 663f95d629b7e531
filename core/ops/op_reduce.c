/* ReduceSum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare, ArgMax and ArgMin over any axes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"
#include "core/kernels/tile.h"

/* Element j of output i is read at base[i] + step[j]. */
struct param {
	const struct reduction *kind;
	int64_t n, m; /* outputs; elements of each */
	int64_t *base, *step;
	bool together;       /* the elements of an output lie one behind the other */
	bool last;           /* ArgMax: the last of equal ones */
	bool kept[RANK_MAX]; /* axes of the input that are not reduced */
	bool keepdims;
};

/* The numbers of one output: element j at x[step[j] * lanes]. */
struct row {
	const real *x;
	const int64_t *step;
	int64_t m, lanes;
};

struct reduction {
	const char *name, *said;
	double (*f)(const struct row *r);
	double (*df)(const struct row *r, double y,
	             int64_t j); /* dy / dx[j]; NULL: all to the first element equal to y */
	int64_t (*fi)(int64_t m, const int64_t *x, const int64_t *step);
};

static double at(const struct row *r, int64_t j)
{
	return (double)r->x[r->step[j] * r->lanes];
}

/* A fold over the numbers of a row: s from `start` on, v the next one. */
#define FOLD(fn, start, expr)                        \
	static double fn(const struct row *r)        \
	{                                            \
		double s = start;                    \
		for (int64_t j = 0; j < r->m; j++) { \
			double v = at(r, j);         \
			s = expr;                    \
		}                                    \
		return s;                            \
	}
FOLD(sum, 0, s + v)
FOLD(most, -INFINITY, v > s || isnan(v) ? v : s)
FOLD(least, INFINITY, v < s || isnan(v) ? v : s)
FOLD(prod, 1, s *v)
FOLD(l1, 0, s + fabs(v))
FOLD(square, 0, s + v * v)

static double sum_d(const struct row *r, double y, int64_t j)
{
	(void)r, (void)y, (void)j;
	return 1;
}
static double mean(const struct row *r)
{
	return sum(r) / (double)r->m;
}
static double mean_d(const struct row *r, double y, int64_t j)
{
	(void)y, (void)j;
	return 1 / (double)r->m;
}
static double prod_d(const struct row *r, double y, int64_t j)
{
	double s = 1;
	if (at(r, j) != 0)
		return y / at(r, j);
	for (int64_t k = 0; k < r->m; k++)
		s *= k == j ? 1 : at(r, k);
	return s;
}
static double l1_d(const struct row *r, double y, int64_t j)
{
	(void)y;
	return at(r, j) > 0 ? 1 : at(r, j) < 0 ? -1 : 0;
}
static double square_d(const struct row *r, double y, int64_t j)
{
	(void)y;
	return 2 * at(r, j);
}
static double l2(const struct row *r)
{
	return sqrt(square(r));
}
static double l2_d(const struct row *r, double y, int64_t j)
{
	return y > 0 ? at(r, j) / y : 0;
}
static double log_sum(const struct row *r)
{
	return log(sum(r));
}
static double log_sum_d(const struct row *r, double y, int64_t j)
{
	(void)r, (void)j;
	return exp(-y);
}
static double log_sum_exp(const struct row *r)
{
	double big = most(r), s = 0;
	if (isinf(big))
		return big;
	for (int64_t j = 0; j < r->m; j++)
		s += exp(at(r, j) - big);
	return big + log(s);
}
static double log_sum_exp_d(const struct row *r, double y, int64_t j)
{
	return isinf(y) ? 0 : exp(at(r, j) - y);
}

/* Integers wrap: sizes and indices, checked where they are used. */
#define FOLD_I(fn, start, expr)                                             \
	static int64_t fn(int64_t m, const int64_t *x, const int64_t *step) \
	{                                                                   \
		int64_t s = start;                                          \
		for (int64_t j = 0; j < m; j++) {                           \
			int64_t v = x[step[j]];                             \
			s = expr;                                           \
		}                                                           \
		return s;                                                   \
	}
FOLD_I(sum_i, 0, (int64_t)((uint64_t)s + (uint64_t)v))
FOLD_I(prod_i, 1, (int64_t)((uint64_t)s *(uint64_t)v))
FOLD_I(most_i, INT64_MIN, v > s ? v : s)
FOLD_I(least_i, INT64_MAX, v < s ? v : s)
static int64_t mean_i(int64_t m, const int64_t *x, const int64_t *step)
{
	return m ? sum_i(m, x, step) / m : 0;
}

static const struct reduction table[] = {
	{ "ReduceSum", "sum", sum, sum_d, sum_i },
	{ "ReduceMean", "mean", mean, mean_d, mean_i },
	{ "ReduceMax", "max", most, NULL, most_i },
	{ "ReduceMin", "min", least, NULL, least_i },
	{ "ReduceProd", "product", prod, prod_d, prod_i },
	{ "ReduceL1", "L1", l1, l1_d, NULL },
	{ "ReduceL2", "L2", l2, l2_d, NULL },
	{ "ReduceSumSquare", "squares", square, square_d, NULL },
	{ "ReduceLogSum", "log sum", log_sum, log_sum_d, NULL },
	{ "ReduceLogSumExp", "log sum exp", log_sum_exp, log_sum_exp_d, NULL },
	{ "ArgMax", "argmax", most, NULL, most_i },
	{ "ArgMin", "argmin", least, NULL, least_i },
};

static const struct reduction *find(const char *name)
{
	const struct reduction *r = table;
	while (strcmp(r->name, name) != 0)
		r++;
	return r;
}

/* Offsets of all elements of the axes where take[] is true, in row-major order. */
static int64_t *offsets(struct op_infer *q, const struct shape *x, const bool *take, int64_t n)
{
	int64_t *out = arena_alloc(&q->g->arena, (size_t)n, sizeof *out), stride[RANK_MAX];
	shape_strides(x, stride);
	for (int64_t i = 0; i < n; i++)
		for (int64_t rest = i, a = x->rank - 1; a >= 0; a--)
			if (take[a]) {
				out[i] += rest % x->dim[a] * stride[a];
				rest /= x->dim[a];
			}
	return out;
}

static int lay_out(struct op_infer *q, const bool *reduced)
{
	const struct shape *x = &q->in[0]->shape;
	struct shape *y = &q->out[0].shape;
	struct param *p = op_param(q, sizeof *p);
	bool kept[RANK_MAX];
	p->kind = find(q->n->op->name);
	p->n = p->m = 1;
	p->keepdims = attr_int(q->n, "keepdims", 1) != 0;
	p->last = attr_int(q->n, "select_last_index", 0) != 0;
	for (int i = 0; i < x->rank; i++) {
		p->kept[i] = kept[i] = !reduced[i];
		*(kept[i] ? &p->n : &p->m) *= x->dim[i];
		if (kept[i] || p->keepdims) {
			q->out[0].axis[y->rank] = q->in[0]->axis[i];
			y->dim[y->rank++] = kept[i] ? x->dim[i] : 1;
		}
	}
	if (!p->n)
		p->m = 0; /* nobody asks */
	p->base = offsets(q, x, kept, p->n);
	p->step = offsets(q, x, reduced, p->m);
	p->together = p->m > 0 && p->step[p->m - 1] == p->m - 1;
	q->out[0].dtype = q->in[0]->dtype;
	return 0;
}

static int infer(struct op_infer *q, struct err *e)
{
	bool reduced[RANK_MAX];
	int rank = q->in[0]->shape.rank, n = axes_list(q, 1, rank, reduced, e);
	if (n < 0)
		return n;
	if (q->in[0]->dtype == DT_INT64 && !find(q->n->op->name)->fi)
		return need_real(q, 0, e);
	for (int i = 0; !n && i < rank; i++)
		reduced[i] = !attr_int(q->n, "noop_with_empty_axes", 0);
	return lay_out(q, reduced);
}

static bool lanes(const struct graph *g, const struct node *n)
{
	return g->value[n->in[0]].dtype == DT_REAL && lanes_first(g, n);
}

/* Sums and means of numbers that lie one behind the other: in whole vectors. */
static bool is_sum(const struct param *p)
{
	return p->together && (p->kind->f == sum || p->kind->f == mean);
}

static void lanes_forward(const struct op_call *c)
{
	const struct param *p = c->n->param;
	double whole[TILE_LANES], by = p->kind->f == mean ? (double)p->m : 1;
	for (int64_t i = 0; i < p->n; i++) {
		sum_in_double_lanes(p->m, (const real *)c->x[0] + p->base[i] * TILE_LANES, whole);
		for (int l = 0; l < TILE_LANES; l++)
			((real *)c->y[0])[i * TILE_LANES + l] = (real)(whole[l] / by);
	}
}

static void lanes_backward(const struct op_call *c)
{
	const struct param *p = c->n->param;
	struct row r = { .m = p->m };
	for (int64_t i = 0; i < p->n && p->m; i++) {
		real *dx = c->dx[0] + p->base[i] * TILE_LANES, d[TILE_LANES];
		for (int l = 0; l < TILE_LANES; l++)
			d[l] = (real)((double)c->dy[0][i * TILE_LANES + l] * p->kind->df(&r, 0, 0));
		for (int64_t j = 0; j < p->m; j++)
			for (int l = 0; l < TILE_LANES; l++)
				dx[j * TILE_LANES + l] += d[l];
	}
}

/* The numbers of output i in lane l. */
static struct row row_of(const struct op_call *c, int64_t i, int64_t l)
{
	const struct param *p = c->n->param;
	return (struct row){ (const real *)c->x[0] + p->base[i] * c->lanes + l, p->step, p->m, c->lanes };
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	if (c->lanes > 1 && is_sum(p)) {
		lanes_forward(c);
		return;
	}
	for (int64_t i = 0; i < p->n; i++) {
		if (call_in(c, 0)->dtype == DT_INT64) {
			((int64_t *)c->y[0])[i] = p->kind->fi(p->m, (const int64_t *)c->x[0] + p->base[i], p->step);
			continue;
		}
		for (int64_t l = 0; l < c->lanes; l++) {
			struct row r = row_of(c, i, l);
			double whole = is_sum(p) ? sum_in_double(p->m, r.x) : p->kind->f(&r);
			if (is_sum(p) && p->kind->f == mean)
				whole /= (double)p->m;
			((real *)c->y[0])[i * c->lanes + l] = (real)whole;
		}
	}
}

static int64_t winner(const struct row *r, double y)
{
	int64_t j = 0;
	while (j < r->m - 1 && at(r, j) != y)
		j++;
	return j;
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	if (c->lanes > 1 && is_sum(p)) {
		lanes_backward(c);
		return;
	}
	for (int64_t o = 0; o < p->n * c->lanes && p->m; o++) {
		struct row r = row_of(c, o / c->lanes, o % c->lanes);
		real *dx = c->dx[0] + (r.x - (const real *)c->x[0]), y = ((const real *)c->y[0])[o], dy = c->dy[0][o];
		if (!p->kind->df)
			dx[p->step[winner(&r, (double)y)] * c->lanes] += dy;
		if (is_sum(p)) {
			real d = (real)((double)dy * p->kind->df(&r, (double)y, 0));
			for (int64_t j = 0; j < p->m; j++)
				dx[j] += d;
			continue;
		}
		for (int64_t j = 0; p->kind->df && j < p->m; j++)
			dx[p->step[j] * c->lanes] += (real)((double)dy * p->kind->df(&r, (double)y, j));
	}
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	for (int64_t i = 0; i < p->n && p->m && share_x[0]; i++) {
		struct row r = row_of(c, i, 0);
		real *to = share_x[0] + p->base[i];
		double y = (double)((const real *)c->y[0])[i], total = 0;
		if (!(share[i] > 0))
			continue;
		if (!p->kind->df) {
			to[p->step[winner(&r, y)]] += share[i];
			continue;
		}
		for (int64_t j = 0; j < p->m; j++)
			total += fabs(at(&r, j) * p->kind->df(&r, y, j));
		for (int64_t j = 0; total > 0 && j < p->m; j++)
			to[p->step[j]] += (real)((double)share[i] * fabs(at(&r, j) * p->kind->df(&r, y, j)) / total);
	}
}

/* Max and Min: half the gap from the winner to the next; L1: the distance to 0. */
static double kink(const struct op_call *c)
{
	const struct param *p = c->n->param;
	double d = INFINITY;
	for (int64_t i = 0; i < p->n && (!p->kind->df || p->kind->df == l1_d); i++) {
		struct row r = row_of(c, i, 0);
		for (int64_t j = 0; j < p->m; j++) {
			double gap = p->kind->df ? fabs(at(&r, j))
			                         : fabs(at(&r, j) - (double)((const real *)c->y[0])[i]) / 2;
			d = gap > 0 && gap < d ? gap : d;
		}
	}
	return d;
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return snprintf(buf, size, "%s", ((const struct param *)n->param)->kind->said);
}

static void axes_done(struct op_infer *q)
{
	(void)q; /* infer has set them */
}

static int arg_infer(struct op_infer *q, struct err *e)
{
	bool reduced[RANK_MAX] = { false };
	int axis = axis_check(attr_int(q->n, "axis", 0), q->in[0]->shape.rank, "axis", e);
	if (axis < 0)
		return axis;
	if (q->in[0]->shape.dim[axis] < 1)
		return err_set(e, ERR_FORMAT, "axis %d is empty", axis);
	reduced[axis] = true;
	lay_out(q, reduced);
	q->out[0].dtype = DT_INT64;
	return 0;
}

static void arg_forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	bool is_real = call_in(c, 0)->dtype == DT_REAL, low = p->kind->f == least;
	for (int64_t i = 0; i < p->n; i++) {
		int64_t best = 0;
		for (int64_t j = 1; j < p->m; j++) {
			int64_t a = p->base[i] + p->step[j], b = p->base[i] + p->step[best];
			int order;
			if (is_real)
				order = (((const real *)c->x[0])[a] > ((const real *)c->x[0])[b]) -
				        (((const real *)c->x[0])[a] < ((const real *)c->x[0])[b]);
			else
				order = (((const int64_t *)c->x[0])[a] > ((const int64_t *)c->x[0])[b]) -
				        (((const int64_t *)c->x[0])[a] < ((const int64_t *)c->x[0])[b]);
			if ((low ? order < 0 : order > 0) || (p->last && !order))
				best = j;
		}
		((int64_t *)c->y[0])[i] = best;
	}
}

/* Of the axes that are kept, with or without those of length 1 that stand for the others. */
static struct reach reach(const struct reach_query *q)
{
	const struct param *p = q->n->param;
	int before = 0;
	for (int a = 0; a < q->in_axis; a++)
		before += p->keepdims || p->kept[a];
	return reach_kept(q, q->in == 0 && p->kept[q->in_axis] ? before : -1);
}

#define ROW(id, nm, more)                                         \
	const struct op op_##id = { .name = nm,                   \
		                    .in_min = 1,                  \
		                    .in_max = 2,                  \
		                    .out_max = 1,                 \
		                    .flags = OP_REDUCES | (more), \
		                    .infer = infer,               \
		                    .forward = forward,           \
		                    .backward = backward,         \
		                    .lanes = lanes,               \
		                    .trace = trace,               \
		                    .kink = kink,                 \
		                    .describe = describe,         \
		                    .axes = axes_done,            \
		                    .reach = reach }
ROW(reduce_sum, "ReduceSum", OP_LINEAR | OP_WEIGHTED_SUM);
ROW(reduce_mean, "ReduceMean", OP_LINEAR | OP_WEIGHTED_SUM | OP_MEAN);
ROW(reduce_max, "ReduceMax", OP_MAXIMUM);
ROW(reduce_min, "ReduceMin", 0);
ROW(reduce_prod, "ReduceProd", 0);
ROW(reduce_l1, "ReduceL1", 0);
ROW(reduce_l2, "ReduceL2", 0);
ROW(reduce_sum_square, "ReduceSumSquare", 0);
ROW(reduce_log_sum, "ReduceLogSum", 0);
ROW(reduce_log_sum_exp, "ReduceLogSumExp", 0);

#define ARG_ROW(id, nm)                                              \
	const struct op op_##id = { .name = nm,                      \
		                    .in_min = 1,                     \
		                    .in_max = 1,                     \
		                    .out_max = 1,                    \
		                    .flags = OP_NODIFF | OP_REDUCES, \
		                    .infer = arg_infer,              \
		                    .forward = arg_forward,          \
		                    .describe = describe,            \
		                    .axes = axes_done,               \
		                    .reach = reach }
ARG_ROW(arg_max, "ArgMax");
ARG_ROW(arg_min, "ArgMin");
