/* InstanceNormalization GroupNormalization LayerNormalization RMSNormalization MeanVarianceNormalization
 * LpNormalization: groups of numbers brought to mean 0 and variance 1, then scaled. RMSNormalization leaves the mean.
 * All statistics are those of the window itself, so each number of a group depends on all of it. */
#include <math.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

/* Element j of group r is x[base[r] + step[j]], or x[r*m + j] without tables. */
struct param {
	int64_t n, m; /* groups; numbers of each */
	int64_t *base, *step;
	int64_t inner, count; /* scale and bias of element e (in memory order): number e / inner % count */
	double epsilon;
	bool around_zero;     /* the mean is not subtracted */
	bool outside;         /* epsilon is added to the standard deviation, not to the variance */
	bool mixed[RANK_MAX]; /* MeanVarianceNormalization: the axes of a group */
};

/* Kept for backward, per group: y = (x - mean) inv; d inv / dx = -inv k (x - mean) / m. */
struct moments {
	double mean, inv, k;
};

static int64_t element(const struct param *p, int64_t r, int64_t j)
{
	return p->step ? p->base[r] + p->step[j] : r * p->m + j;
}

static struct param *param_new(struct op_infer *q, int64_t n, int64_t m, double epsilon)
{
	struct param *p = op_param(q, sizeof *p);
	*p = (struct param){ .n = n, .m = m, .inner = 1, .count = 1, .epsilon = epsilon };
	q->n->save_bytes = (size_t)n * sizeof(struct moments);
	out_like(q, 0, 0);
	return p;
}

/* Inputs 1 and 2 must have `count` numbers each. */
static int scale_check(const struct op_infer *q, int64_t count, struct err *e)
{
	for (int k = 1; k < q->n->n_in; k++)
		if (q->in[k] && (q->in[k]->dtype != DT_REAL || shape_count(&q->in[k]->shape) != count))
			return err_set(e, ERR_FORMAT, "scale and bias must have %lld elements each", (long long)count);
	return 0;
}

/* InstanceNormalization is GroupNormalization with as many groups as channels. */
static int group_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	bool instance = !strcmp(q->n->op->name, "InstanceNormalization");
	int bad = need_real(q, 0, e);
	if (bad)
		return bad;
	if (x->rank < 2)
		return err_set(e, ERR_FORMAT, "an input of rank %d; at least 2 is needed", x->rank);
	int64_t c = x->dim[1], t = 1, groups = instance ? c : attr_int(q->n, "num_groups", 1),
	        scales = shape_count(&q->in[1]->shape);
	if (groups < 1 || groups > c || c % groups)
		return err_set(e, ERR_FORMAT, "%lld channels cannot be put into %lld groups", (long long)c,
		               (long long)groups);
	for (int i = 2; i < x->rank; i++)
		t *= x->dim[i];
	struct param *p = param_new(q, x->dim[0] * groups, c / groups * t, attr_float(q->n, "epsilon", 1e-5));
	/* before opset 21 there was one scale for each group */
	p->count = scales == groups ? groups : c;
	p->inner = c / p->count * t;
	return scale_check(q, p->count, e);
}

static int layer_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *s = &q->in[1]->shape;
	int bad = need_real(q, 0, e), axis = bad ? bad : axis_check(attr_int(q->n, "axis", -1), x->rank, "axis", e);
	if (axis < 0)
		return axis;
	int64_t n = 1, m = 1;
	for (int i = 0; i < x->rank; i++)
		*(i < axis ? &n : &m) *= x->dim[i];
	struct param *p = param_new(q, n, m, attr_float(q->n, "epsilon", 1e-5));
	p->around_zero = !strcmp(q->n->op->name, "RMSNormalization");
	/* the scale's shape is a run of the input's axes, ones before and behind it */
	int first = 0, last = s->rank;
	while (first < last && s->dim[first] == 1)
		first++;
	while (last > first && s->dim[last - 1] == 1)
		last--;
	bool fits = s->rank <= x->rank;
	for (int i = 0; fits && i < s->rank; i++) {
		int64_t d = x->dim[x->rank - s->rank + i];
		fits = i < first || i >= last || s->dim[i] == d;
		p->inner *= i >= last ? d : 1;
		p->count *= s->dim[i];
	}
	if (!fits)
		return err_set(e, ERR_FORMAT, "the scale does not fit the input");
	for (int k = 1; k < q->n->n_out && k < 3; k++) {
		q->out[k].shape = *x;
		for (int i = axis; i < x->rank; i++)
			q->out[k].shape.dim[i] = 1;
	}
	return scale_check(q, p->count, e);
}

/* Offsets of all elements of the axes with take[]. */
static int64_t *offsets(struct op_infer *q, const bool *take, bool what, int64_t n)
{
	const struct shape *x = &q->in[0]->shape;
	int64_t *out = arena_alloc(&q->g->arena, (size_t)n, sizeof *out), stride[RANK_MAX];
	shape_strides(x, stride);
	for (int64_t i = 0; i < n; i++)
		for (int64_t rest = i, a = x->rank - 1; a >= 0; a--)
			if (take[a] == what) {
				out[i] += rest % x->dim[a] * stride[a];
				rest /= x->dim[a];
			}
	return out;
}

static int mean_variance_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	bool reduced[RANK_MAX] = { true, false, true, true };
	int64_t n = 1, m = 1;
	int bad = need_real(q, 0, e), named = bad ? bad : axes_list(q, 1, x->rank, reduced, e);
	if (named < 0)
		return named;
	for (int i = 0; !named && i < x->rank; i++)
		reduced[i] = i == 0 || i == 2 || i == 3;
	for (int i = 0; i < x->rank; i++)
		*(reduced[i] ? &m : &n) *= x->dim[i];
	struct param *p = param_new(q, n, m, 1e-9);
	p->outside = true;
	memcpy(p->mixed, reduced, sizeof p->mixed);
	p->base = offsets(q, reduced, false, n);
	p->step = offsets(q, reduced, true, m);
	return 0;
}

static struct moments measure(const struct param *p, const real *x, int64_t r)
{
	struct moments s = { 0 };
	double var = 0;
	for (int64_t j = 0; j < p->m && !p->around_zero; j++)
		s.mean += (double)x[element(p, r, j)];
	s.mean /= (double)p->m;
	for (int64_t j = 0; j < p->m; j++) {
		double d = (double)x[element(p, r, j)] - s.mean;
		var += d * d;
	}
	var /= (double)p->m;
	if (p->outside) {
		double sd = sqrt(var);
		s.inv = 1 / (sd + p->epsilon);
		s.k = sd > 0 ? s.inv / sd : 0;
	} else {
		s.inv = 1 / sqrt(var + p->epsilon);
		s.k = s.inv * s.inv;
	}
	return s;
}

static double scale_of(const struct op_call *c, int64_t e)
{
	const struct param *p = c->n->param;
	return c->n->n_in > 1 && c->x[1] ? (double)((const real *)c->x[1])[e / p->inner % p->count] : 1;
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *x = c->x[0], *bias = c->n->n_in > 2 ? c->x[2] : NULL;
	struct moments *save = c->save;
	for (int64_t r = 0; r < p->n; r++) {
		struct moments s = save[r] = measure(p, x, r);
		for (int64_t j = 0; j < p->m; j++) {
			int64_t i = element(p, r, j);
			double v = ((double)x[i] - s.mean) * s.inv * scale_of(c, i);
			((real *)c->y[0])[i] = (real)(v + (bias ? (double)bias[i / p->inner % p->count] : 0));
		}
		if (c->n->n_out > 1 && c->y[1])
			((real *)c->y[1])[r] = (real)s.mean;
		if (c->n->n_out > 2 && c->y[2])
			((real *)c->y[2])[r] = (real)s.inv;
	}
}

/* With g = dy scale: dx = inv (g - mean(g) - (x - mean) k mean(g (x - mean))), without mean(g) if no mean was
 * subtracted. */
static void group_backward(struct op_call *c, int64_t r)
{
	const struct param *p = c->n->param;
	const struct moments s = ((const struct moments *)c->save)[r];
	const real *x = c->x[0], *dy = c->dy[0];
	real *dscale = c->n->n_in > 1 ? c->dx[1] : NULL, *dbias = c->n->n_in > 2 ? c->dx[2] : NULL;
	double a = 0, b = 0, m = (double)p->m;
	double dmean = c->n->n_out > 1 && c->dy[1] ? (double)c->dy[1][r] : 0,
	       dinv = c->n->n_out > 2 && c->dy[2] ? (double)c->dy[2][r] : 0;
	for (int64_t j = 0; dy && j < p->m; j++) {
		int64_t i = element(p, r, j);
		double d = (double)x[i] - s.mean, g = (double)dy[i] * scale_of(c, i);
		a += g;
		b += g * d;
		if (dscale)
			dscale[i / p->inner % p->count] += (real)((double)dy[i] * d * s.inv);
		if (dbias)
			dbias[i / p->inner % p->count] += dy[i];
	}
	for (int64_t j = 0; c->dx[0] && j < p->m; j++) {
		int64_t i = element(p, r, j);
		double d = (double)x[i] - s.mean, g = dy ? (double)dy[i] * scale_of(c, i) : 0;
		c->dx[0][i] += (real)(s.inv * (g - (p->around_zero ? 0 : a / m) - d * s.k * b / m) + dmean / m -
		                      dinv * s.inv * s.k * d / m);
	}
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	for (int64_t r = 0; r < p->n; r++)
		group_backward(c, r);
}

/* abs(x_j dz_i/dx_j) without the scale, which all terms of one sum share. */
static double term(const struct param *p, const struct moments *s, double zi, double xj, bool same)
{
	double m = (double)p->m, shared = p->around_zero ? 0 : 1 / m;
	return fabs(xj * ((same ? 1 : 0) - shared - (zi - s->mean) * (xj - s->mean) * s->k / m));
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	const real *x = c->x[0];
	for (int64_t r = 0; r < p->n && share_x[0]; r++)
		for (int64_t j = 0; j < p->m; j++) {
			int64_t i = element(p, r, j);
			const struct moments *s = (const struct moments *)c->save + r;
			double total = 0;
			if (!(share[i] > 0) || scale_of(c, i) == 0)
				continue;
			for (int64_t k = 0; k < p->m; k++)
				total += term(p, s, (double)x[i], (double)x[element(p, r, k)], k == j);
			for (int64_t k = 0; total > 0 && k < p->m; k++)
				share_x[0][element(p, r, k)] +=
				        (real)((double)share[i] *
				               term(p, s, (double)x[i], (double)x[element(p, r, k)], k == j) / total);
		}
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return snprintf(buf, size, !strcmp(n->op->name, "GroupNormalization") ? "norm g%lld" : "norm",
	                (long long)attr_int(n, "num_groups", 1));
}

/* All of a channel or of a group of channels mixes. */
static struct reach group_reach(const struct reach_query *q)
{
	const struct param *p = q->n->param;
	const struct shape *x = &q->g->value[q->n->in[0]].shape;
	bool alone = q->in_axis == 0 || (q->in_axis == 1 && p->n == x->dim[0] * x->dim[1]);
	return reach_same(q, q->in != 0 || !alone);
}

static struct reach layer_reach(const struct reach_query *q)
{
	int rank = q->g->value[q->n->in[0]].shape.rank,
	    axis = axis_check(attr_int(q->n, "axis", -1), rank, "axis", NULL);
	return q->in == 0 ? reach_same(q, q->in_axis >= axis) : reach_broadcast(q);
}

static struct reach mean_variance_reach(const struct reach_query *q)
{
	const struct param *p = q->n->param;
	return reach_same(q, p->mixed[q->in_axis]);
}

#define ROW(id, nm, low, high, outs, fn, reach_fn)        \
	const struct op op_##id = { .name = nm,           \
		                    .in_min = low,        \
		                    .in_max = high,       \
		                    .out_max = outs,      \
		                    .infer = fn,          \
		                    .forward = forward,   \
		                    .backward = backward, \
		                    .trace = trace,       \
		                    .describe = describe, \
		                    .reach = reach_fn }
ROW(instance_normalization, "InstanceNormalization", 3, 3, 1, group_infer, group_reach);
ROW(group_normalization, "GroupNormalization", 3, 3, 1, group_infer, group_reach);
ROW(layer_normalization, "LayerNormalization", 2, 3, 3, layer_infer, layer_reach);
ROW(rms_normalization, "RMSNormalization", 2, 2, 1, layer_infer, layer_reach);
ROW(mean_variance_normalization, "MeanVarianceNormalization", 1, 1, 1, mean_variance_infer, mean_variance_reach);

/* ---- LpNormalization: y = x / (sum abs(x)^p)^(1/p) along one axis; 0 where that is 0 ---- */

struct lp {
	struct axis_view v;
	bool square;
};

static int lp_infer(struct op_infer *q, struct err *e)
{
	int64_t p = attr_int(q->n, "p", 2);
	int bad = need_real(q, 0, e),
	    axis = bad ? bad : axis_check(attr_int(q->n, "axis", -1), q->in[0]->shape.rank, "axis", e);
	if (axis < 0)
		return axis;
	if (p != 1 && p != 2)
		return err_set(e, ERR_FORMAT, "p %lld is neither 1 nor 2", (long long)p);
	struct lp *l = op_param(q, sizeof *l);
	l->v = axis_view(&q->in[0]->shape, axis);
	l->square = p == 2;
	out_like(q, 0, 0);
	return 0;
}

static double lp_norm(const struct lp *l, const real *x)
{
	double sum = 0;
	for (int64_t j = 0; j < l->v.n; j++) {
		double v = (double)x[j * l->v.inner];
		sum += l->square ? v * v : fabs(v);
	}
	return l->square ? sqrt(sum) : sum;
}

static void lp_forward(struct op_call *c)
{
	const struct lp *l = c->n->param;
	for (int64_t r = 0; r < l->v.outer * l->v.inner; r++) {
		int64_t at = r / l->v.inner * l->v.n * l->v.inner + r % l->v.inner;
		double norm = lp_norm(l, (const real *)c->x[0] + at);
		for (int64_t j = 0; j < l->v.n; j++, at += l->v.inner)
			((real *)c->y[0])[at] = (real)(norm > 0 ? (double)((const real *)c->x[0])[at] / norm : 0);
	}
}

/* d norm / dx */
static double lp_slope(const struct lp *l, double x, double y)
{
	return l->square ? y : x > 0 ? 1 : x < 0 ? -1 : 0;
}

static void lp_backward(struct op_call *c)
{
	const struct lp *l = c->n->param;
	for (int64_t r = 0; r < l->v.outer * l->v.inner; r++) {
		int64_t at = r / l->v.inner * l->v.n * l->v.inner + r % l->v.inner;
		const real *x = (const real *)c->x[0] + at, *y = (const real *)c->y[0] + at, *dy = c->dy[0] + at;
		double norm = lp_norm(l, x), sum = 0;
		for (int64_t j = 0; j < l->v.n; j++)
			sum += (double)dy[j * l->v.inner] * (double)y[j * l->v.inner];
		for (int64_t j = 0; norm > 0 && j < l->v.n; j++) {
			int64_t k = j * l->v.inner;
			c->dx[0][at + k] +=
			        (real)(((double)dy[k] - sum * lp_slope(l, (double)x[k], (double)y[k])) / norm);
		}
	}
}

static double lp_kink(const struct op_call *c)
{
	const struct lp *l = c->n->param;
	double least = INFINITY;
	int64_t n = call_count_in(c, 0);
	for (int64_t i = 0; !l->square && i < n; i++) {
		double d = fabs((double)((const real *)c->x[0])[i]);
		least = d > 0 && d < least ? d : least;
	}
	return least;
}

const struct op op_lp_normalization = { .name = "LpNormalization",
	                                .in_min = 1,
	                                .in_max = 1,
	                                .out_max = 1,
	                                .infer = lp_infer,
	                                .forward = lp_forward,
	                                .backward = lp_backward,
	                                .kink = lp_kink,
	                                .reach = reach_mixing_axis };
