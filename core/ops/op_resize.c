/* Resize: every axis by its own table of taps (nearest 1, linear 2, cubic 4), an element the sum over the products of
 * its axes' taps. */
#include <math.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

enum { TAPS_MAX = 256 };

struct axis_taps {
	int axis, k;
	int64_t *at; /* (R, k) offsets in elements of the input; -1: outside, the extrapolation value */
	real *w;     /* (R, k) */
};

struct param {
	int n; /* axes that change */
	struct axis_taps a[RANK_MAX];
	int64_t xs[RANK_MAX], ys[RANK_MAX];
	real outside;
};

struct how {
	const char *where, *nearest, *mode, *keep;
	double cubic, low, high; /* roi of the axis */
	bool exclude, antialias;
};

/* An axis of l inputs that gets r outputs. sized: r was given, so the scale s is r / l; else s was given and r is
 * s * l, rounded down. */
struct line {
	int axis;
	int64_t l, r;
	double s;
	bool sized;
};

/* Returns where place `at` among the outputs lies among the inputs, both counted from the beginning. PyTorch takes the
 * nearest input by a product in single precision with the scale's inverse. Its users' networks were trained so, and for
 * some lengths a division or more digits would find the neighbour. */
static double stretch(const struct how *h, const struct line *a, double at)
{
	if (a->sized)
		return at * (double)a->l / (double)a->r;
	if (*h->mode == 'n')
		return (double)((float)at * (float)(1 / (double)(float)a->s));
	return at / a->s;
}

/* Returns where output o lies among the inputs. */
static double coordinate(const struct how *h, const struct line *a, int64_t o)
{
	double at = (double)o, len = (double)a->l, out = (double)a->r;
	if (!strcmp(h->where, "asymmetric"))
		return stretch(h, a, at);
	if (!strcmp(h->where, "align_corners"))
		return a->r > 1 ? at * (len - 1) / (out - 1) : 0;
	if (!strcmp(h->where, "tf_half_pixel_for_nn"))
		return stretch(h, a, at + 0.5);
	if (!strcmp(h->where, "pytorch_half_pixel"))
		return a->r > 1 ? stretch(h, a, at + 0.5) - 0.5 : 0;
	if (!strcmp(h->where, "half_pixel_symmetric"))
		return len / 2 * (a->sized ? 0 : 1 - out / (a->s * len)) + stretch(h, a, at + 0.5) - 0.5;
	if (!strcmp(h->where, "tf_crop_and_resize"))
		return a->r > 1 ? h->low * (len - 1) + at * (h->high - h->low) * (len - 1) / (out - 1)
		                : (h->low + h->high) / 2 * (len - 1);
	return stretch(h, a, at + 0.5) - 0.5;
}

static double nearest(const struct how *h, double x)
{
	if (!strcmp(h->nearest, "floor"))
		return floor(x);
	if (!strcmp(h->nearest, "ceil"))
		return ceil(x);
	return !strcmp(h->nearest, "round_prefer_ceil") ? floor(x + 0.5) : ceil(x - 0.5);
}

/* Keys 1981, "Cubic convolution interpolation": weight of an input at distance d. */
static double cubic_weight(double a, double d)
{
	d = fabs(d);
	if (d <= 1)
		return ((a + 2) * d - (a + 3)) * d * d + 1;
	return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/* The taps of an output. shrink 1: each has the weight that its distance gives. shrink < 1: the function of the weights
 * is stretched by 1 / shrink, so that no input between two outputs is lost (antialias); the weights' sum is then made
 * 1. */
struct kernel {
	char mode; /* 'n', 'l' or 'c' */
	int k;
	double shrink;
	bool whole; /* divide by the sum */
	bool edge;  /* taps outside take the nearest input inside; else they have no weight */
};

static struct kernel kernel_of(const struct how *h, double s)
{
	struct kernel z = { .mode = *h->mode, .shrink = 1 };
	int half = z.mode == 'c' ? 2 : 1;
	bool anti = h->antialias && z.mode != 'n' && s < 1;
	z.shrink = anti ? s : 1;
	z.k = z.mode == 'n' ? 1 : 2 * (int)fmin(ceil(half / z.shrink), TAPS_MAX);
	z.edge = !h->exclude || !(anti || z.mode == 'c');
	z.whole = anti || !z.edge;
	return z;
}

/* Sets one output's taps at x: the indices from the first on, within the axis, and their weights. */
static void one_output(const struct how *h, const struct kernel *z, double x, int64_t len, int64_t stride, int64_t *at,
                       real *w)
{
	const int before = z->k / 2 - 1; /* taps before the step at x */
	double first = z->k == 1 ? nearest(h, x) : floor(x) - before, sum = 0, weight[TAPS_MAX];
	for (int i = 0; i < z->k; i++) {
		double q = first + i, inside = !(q > 0) ? 0 : q > (double)(len - 1) ? (double)(len - 1) : q;
		double far = (x - q) * z->shrink;
		weight[i] = z->mode == 'n' ? 1 : z->mode == 'l' ? fmax(1 - fabs(far), 0) : cubic_weight(h->cubic, far);
		if (!z->edge && inside != q)
			weight[i] = 0;
		sum += weight[i];
		at[i] = (int64_t)inside * stride;
	}
	for (int i = 0; i < z->k; i++)
		w[i] = (real)(z->whole ? weight[i] / sum : weight[i]);
	if (!strcmp(h->where, "tf_crop_and_resize") && (x < 0 || x > (double)(len - 1)))
		at[0] = -1;
}

static void axis_table(struct op_infer *q, struct axis_taps *t, const struct how *h, const struct kernel *z,
                       const struct line *a, int64_t stride)
{
	t->axis = a->axis;
	t->k = z->k;
	t->at = arena_alloc(&q->g->arena, (size_t)(a->r * t->k), sizeof *t->at);
	t->w = arena_alloc(&q->g->arena, (size_t)(a->r * t->k), sizeof *t->w);
	for (int64_t o = 0; o < a->r; o++)
		one_output(h, z, coordinate(h, a, o), a->l, stride, t->at + o * t->k, t->w + o * t->k);
}

static int check_modes(const struct op_infer *q, struct how *h, struct err *e)
{
	static const char *const wheres[] = { "half_pixel",         "asymmetric",
		                              "align_corners",      "tf_half_pixel_for_nn",
		                              "pytorch_half_pixel", "half_pixel_symmetric",
		                              "tf_crop_and_resize", NULL };
	int i = 0;
	h->where = attr_string(q->n, "coordinate_transformation_mode", "half_pixel");
	h->nearest = attr_string(q->n, "nearest_mode", "round_prefer_floor");
	h->mode = attr_string(q->n, "mode", "nearest");
	h->cubic = attr_float(q->n, "cubic_coeff_a", -0.75);
	h->exclude = attr_int(q->n, "exclude_outside", 0) != 0;
	while (wheres[i] && strcmp(wheres[i], h->where) != 0)
		i++;
	if (!wheres[i])
		return err_set(e, ERR_UNSUPPORTED, "coordinate_transformation_mode '%s'", h->where);
	if (strcmp(h->mode, "nearest") != 0 && strcmp(h->mode, "linear") != 0 && strcmp(h->mode, "cubic") != 0)
		return err_set(e, ERR_UNSUPPORTED, "mode '%s'", h->mode);
	h->antialias = attr_int(q->n, "antialias", 0) != 0;
	h->keep = attr_string(q->n, "keep_aspect_ratio_policy", "stretch");
	if (strcmp(h->keep, "stretch") != 0 && strcmp(h->keep, "not_larger") != 0 &&
	    strcmp(h->keep, "not_smaller") != 0)
		return err_set(e, ERR_UNSUPPORTED, "keep_aspect_ratio_policy '%s'", h->keep);
	return 0;
}

static bool given(const struct op_infer *q, int k)
{
	return k < q->n->n_in && q->in[k] && shape_count(&q->in[k]->shape) > 0;
}

/* Which axis each number of scales or sizes belongs to: the attribute `axes`, else all in order. */
static int axes_of(const struct op_infer *q, int rank, int *n, int *axis, struct err *e)
{
	const struct attr *a = attr_find(q->n, "axes");
	*n = a && a->type == ATTR_INTS ? a->n : rank;
	if (*n > rank)
		return err_set(e, ERR_FORMAT, "axes holds %d numbers for a tensor of rank %d", *n, rank);
	bool named[RANK_MAX] = { false };
	for (int i = 0; i < *n; i++) {
		axis[i] = axis_once(a && a->type == ATTR_INTS ? a->ints[i] : i, rank, named, e);
		if (axis[i] < 0)
			return axis[i];
	}
	return 0;
}

/* Sets length and scale of the i-th of n axes. */
static int target(const struct op_infer *q, int i, int n, struct line *a, struct err *e)
{
	int64_t count;
	if (a->l < 1)
		return err_set(e, ERR_FORMAT, "axis %d is empty", a->axis);
	if (given(q, 3)) {
		const int64_t *sizes = const_ints(q, 3, &count, "sizes", e);
		if (!sizes)
			return e ? e->code : ERR_UNSUPPORTED;
		if (count != n || sizes[i] < 1 || sizes[i] > COUNT_MAX)
			return err_set(e, ERR_FORMAT, "sizes does not fit a tensor of %d axes", n);
		a->r = sizes[i];
		a->s = (double)a->r / (double)a->l;
		a->sized = true;
		return 0;
	}
	if (!given(q, 2) || q->in[2]->dtype != DT_REAL)
		return err_set(e, ERR_FORMAT, "neither scales nor sizes are given");
	if (!q->in[2]->constant)
		return err_set(e, ERR_UNSUPPORTED,
		               "scales depends on the input; tsviz needs it to be known while loading");
	if (shape_count(&q->in[2]->shape) != n)
		return err_set(e, ERR_FORMAT, "scales does not fit a tensor of %d axes", n);
	a->s = (double)q->in[2]->r[i];
	/* in float, as everybody does: 0.7 of 10 are 7 */
	double len = floor((double)((float)a->s * (float)a->l));
	if (!(a->s > 0) || !(len >= 1) || len > (double)COUNT_MAX)
		return err_set(e, ERR_FORMAT, "a scale of %g does not fit an axis of %lld", a->s, (long long)a->l);
	a->r = (int64_t)len;
	return 0;
}

/* One scale for all n axes, the least or the largest of those that the sizes ask for. */
static void keep_ratio(const struct how *h, int n, struct line *a)
{
	double s = a[0].s;
	for (int i = 1; i < n; i++)
		s = !strcmp(h->keep, "not_larger") == (a[i].s < s) ? a[i].s : s;
	for (int i = 0; i < n; i++) {
		a[i].s = s;
		a[i].r = (int64_t)round(s * (double)a[i].l);
		a[i].sized = false;
	}
}

static bool crops(const struct how *h)
{
	return !strcmp(h->where, "tf_crop_and_resize");
}

/* Makes the table of the i-th of n axes, unless the axis stays as it is. */
static int one_axis(struct op_infer *q, struct param *p, struct how *h, int i, int n, const struct line *a, int *taps,
                    struct err *e)
{
	h->low = crops(h) ? (double)q->in[1]->r[i] : 0;
	h->high = crops(h) ? (double)q->in[1]->r[n + i] : 1;
	if (!isfinite(h->low) || !isfinite(h->high))
		return err_set(e, ERR_FORMAT, "roi holds %g and %g", h->low, h->high);
	bool whole = h->low == 0 && h->high == 1;
	if (a->r == a->l && whole && (a->s == 1 || given(q, 3)))
		return 0;
	struct kernel z = kernel_of(h, a->s);
	*taps *= z.k;
	if (z.k > TAPS_MAX || *taps > TAPS_MAX)
		return err_set(e, ERR_UNSUPPORTED, "%s interpolation over %d axes with more than %d taps", h->mode,
		               p->n + 1, TAPS_MAX);
	axis_table(q, &p->a[p->n++], h, &z, a, p->xs[a->axis]);
	return 0;
}

static int infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	struct param *p = op_param(q, sizeof *p);
	struct how h = { 0 };
	struct line line[RANK_MAX] = { 0 };
	int n, axis[RANK_MAX], taps = 1, bad = need_real(q, 0, e);
	if (bad || (bad = check_modes(q, &h, e)) || (bad = axes_of(q, x->rank, &n, axis, e)))
		return bad;
	if (crops(&h) && (!given(q, 1) || !q->in[1]->constant || q->in[1]->dtype != DT_REAL ||
	                  shape_count(&q->in[1]->shape) != 2 * n))
		return err_set(e, ERR_UNSUPPORTED, "roi is not known while loading");
	for (int i = 0; i < n; i++) {
		line[i].axis = axis[i];
		line[i].l = x->dim[axis[i]];
		if ((bad = target(q, i, n, &line[i], e)))
			return bad;
	}
	if (n && given(q, 3) && strcmp(h.keep, "stretch") != 0)
		keep_ratio(&h, n, line);
	struct shape *y = &q->out[0].shape;
	*y = *x;
	for (int i = 0; i < n; i++)
		y->dim[axis[i]] = line[i].r;
	if ((bad = shape_fits(y, e)))
		return bad;
	shape_strides(x, p->xs);
	shape_strides(y, p->ys);
	p->outside = (real)attr_float(q->n, "extrapolation_value", 0);
	for (int i = 0; i < n && !bad; i++)
		bad = one_axis(q, p, &h, i, n, &line[i], &taps, e);
	return bad;
}

/* The inputs of output o: offsets and weights; how many, 0: outside. */
static int taps_of(const struct op_call *c, int64_t o, int64_t *at, real *w)
{
	const struct param *p = c->n->param;
	const struct shape *y = &call_out(c, 0)->shape;
	int64_t pos[RANK_MAX], base = 0;
	int n = 1;
	for (int a = 0; a < y->rank; a++) {
		pos[a] = o / p->ys[a] % y->dim[a];
		base += pos[a] * p->xs[a];
	}
	w[0] = 1;
	for (int i = 0; i < p->n; i++)
		base -= pos[p->a[i].axis] * p->xs[p->a[i].axis];
	at[0] = base;
	for (int i = 0; i < p->n; i++) {
		const struct axis_taps *t = &p->a[i];
		const int64_t *from = t->at + pos[t->axis] * t->k;
		const real *v = t->w + pos[t->axis] * t->k;
		if (from[0] < 0)
			return 0;
		/* the last tap first, so that those we have are still there */
		for (int k = t->k - 1; k >= 0; k--)
			for (int j = 0; j < n; j++) {
				at[k * n + j] = at[j] + from[k];
				w[k * n + j] = w[j] * v[k];
			}
		n *= t->k;
	}
	return n;
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	int64_t n = call_count_out(c, 0), at[TAPS_MAX];
	real w[TAPS_MAX];
	for (int64_t o = 0; o < n; o++) {
		int k = taps_of(c, o, at, w);
		real sum = k ? 0 : p->outside;
		for (int i = 0; i < k; i++)
			sum += w[i] * ((const real *)c->x[0])[at[i]];
		((real *)c->y[0])[o] = sum;
	}
}

static void backward(struct op_call *c)
{
	int64_t n = call_count_out(c, 0), at[TAPS_MAX];
	real w[TAPS_MAX];
	for (int64_t o = 0; o < n && c->dx[0]; o++) {
		int k = taps_of(c, o, at, w);
		for (int i = 0; i < k; i++)
			c->dx[0][at[i]] += w[i] * c->dy[0][o];
	}
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	int64_t n = call_count_out(c, 0), at[TAPS_MAX];
	const real *x = c->x[0];
	real w[TAPS_MAX];
	for (int64_t o = 0; o < n && share_x[0]; o++) {
		int k = share[o] > 0 ? taps_of(c, o, at, w) : 0;
		real total = 0;
		/* one source alone passes everything, as a copy does */
		if (k == 1) {
			share_x[0][at[0]] += share[o];
			continue;
		}
		for (int i = 0; i < k; i++)
			total += real_abs(w[i] * x[at[i]]);
		for (int i = 0; i < k && total > 0; i++)
			share_x[0][at[i]] += share[o] * real_abs(w[i] * x[at[i]]) / total;
	}
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	const struct shape *x = &g->value[n->in[0]].shape, *y = &g->value[n->out[0]].shape;
	const char *mode = attr_string(n, "mode", "nearest");
	const struct param *p = n->param;
	if (p->n != 1)
		return snprintf(buf, size, "%s", mode);
	int a = p->a[0].axis;
	return snprintf(buf, size, "%s x%.3g", mode, (double)y->dim[a] / (double)x->dim[a]);
}

static void axes(struct op_infer *q)
{
	axes_copy(q, 0);
}

/* The taps of the positions along an axis of l inputs and r outputs. If r is a multiple of l, each tap u of position o
 * has its place u * (r / l) - o, and those of all positions lie in one window. */
static struct reach taps_reach(const struct param *p, const struct axis_taps *a, int64_t l, int64_t r)
{
	int64_t n = 1, up = l > 0 && r % l == 0 ? r / l : 1, first = INT64_MAX, last = INT64_MIN;
	for (int64_t o = 0; o < r; o++) {
		const int64_t *at = a->at + o * a->k;
		if (at[0] < 0)
			continue;
		int64_t from = at[0] / p->xs[a->axis], to = at[a->k - 1] / p->xs[a->axis];
		n = to - from + 1 > n ? to - from + 1 : n;
		first = from * up - o < first ? from * up - o : first;
		last = to * up - o > last ? to * up - o : last;
	}
	if (up > 1 && first <= last)
		return (struct reach){ REACH_UP, up, first, last - first + 1, false };
	return (struct reach){ REACH_SCATTERED, .n = n };
}

static struct reach reach(const struct reach_query *q)
{
	const struct param *p = q->n->param;
	for (int i = 0; i < p->n; i++) {
		const struct axis_taps *a = &p->a[i];
		if (a->axis == q->in_axis && q->out_axis != q->in_axis)
			return (struct reach){ .kind = REACH_ALL };
		if (a->axis == q->in_axis)
			return taps_reach(p, a, q->g->value[q->n->in[0]].shape.dim[a->axis],
			                  q->g->value[q->n->out[0]].shape.dim[a->axis]);
	}
	return reach_same(q, false);
}

const struct op op_resize = { .name = "Resize",
	                      .in_min = 1,
	                      .in_max = 4,
	                      .out_max = 1,
	                      .flags = OP_LINEAR,
	                      .infer = infer,
	                      .forward = forward,
	                      .backward = backward,
	                      .trace = trace,
	                      .describe = describe,
	                      .axes = axes,
	                      .reach = reach };
