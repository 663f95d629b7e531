/* Pooling along time. MaxPool remembers its winners: ties go to the earliest step, padding never wins. */
#include <math.h>
#include <string.h>
#include "core/op_util.h"
#include "core/op_window.h"

struct pool_param {
	struct window w;
	int64_t rows;                              /* N * C */
	bool count_pad;                            /* count_include_pad */
	int64_t p;                                 /* GlobalLpPool */
};

static int infer_window(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int bad = need_real(q, 0, e);
	const int64_t *kernel = bad ? NULL : window_kernel(q, e);
	if (!kernel)
		return bad ? bad : ERR_FORMAT;
	struct pool_param *p = op_param(q, sizeof *p);
	q->out[0].shape = (struct shape){ .rank = x->rank, .dim = { x->dim[0], x->dim[1] } };
	p->rows = x->dim[0] * x->dim[1];
	p->count_pad = attr_int(q->n, "count_include_pad", 0) != 0;
	return window_infer(q, kernel, &q->out[0].shape, &p->w, e);
}

/* The taps of output step t that lie inside the input: indices [from, to) of the kernel. */
static inline void taps_inside(const struct window *w, int64_t t, int64_t *from, int64_t *to)
{
	int64_t at = t * w->stride - w->pad;
	*from = at < 0 ? (-at + w->dilation - 1) / w->dilation : 0;
	*to = at + (w->k - 1) * w->dilation < w->ti ? w->k : at < w->ti ? (w->ti - 1 - at) / w->dilation + 1 : 0;
}

/* ---- MaxPool ---- */

static int max_infer(struct op_infer *q, struct err *e)
{
	int bad = infer_window(q, e);
	if (bad)
		return bad;
	if (q->n->n_out > 1)
		return err_set(e, ERR_UNSUPPORTED, "the second output (Indices) of MaxPool is not supported");
	q->n->save_bytes = (size_t)shape_count(&q->out[0].shape) * sizeof(int32_t);
	return 0;
}

static void max_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const struct window *w = &p->w;
	const real *x = c->x[0];
	real *y = c->y[0];
	int32_t *winner = c->save;
	for (int64_t r = 0; r < p->rows; r++, x += w->ti, y += w->to, winner += w->to)
		for (int64_t t = 0; t < w->to; t++) {
			int64_t from, to, base = t * w->stride - w->pad;
			taps_inside(w, t, &from, &to);
			/* a window in the padding alone has no winner */
			int64_t best = -1;
			real most = -(real)INFINITY;
			for (int64_t k = from; k < to; k++) {
				real v = x[base + k * w->dilation];
				if (best < 0 || v > most || (isnan(v) && !isnan(most))) {
					best = base + k * w->dilation;
					most = v;
				}
			}
			y[t] = most;
			winner[t] = (int32_t)best;
		}
}

static void max_backward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const int32_t *winner = c->save;
	const real *dy = c->dy[0];
	real *dx = c->dx[0];
	for (int64_t r = 0; r < p->rows; r++, dx += p->w.ti, dy += p->w.to, winner += p->w.to)
		for (int64_t t = 0; t < p->w.to; t++)
			if (winner[t] >= 0)
				dx[winner[t]] += dy[t];
}

static void max_trace(struct op_call *c, const real *share, real **share_x)
{
	const real **dy = c->dy;
	real **dx = c->dx;
	const real *shares[] = { share };
	if (!share_x[0])
		return;
	c->dy = shares;
	c->dx = share_x;
	max_backward(c);
	c->dy = dy;
	c->dx = dx;
}

/* Half the gap between the two largest of a window: moving both by that much makes them swap. */
static double max_gap(const real *x, int64_t n, int64_t step)
{
	double first = -INFINITY, second = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)x[i * step];
		if (v > first) {
			second = first;
			first = v;
		} else if (v > second) {
			second = v;
		}
	}
	double gap = first - second;
	return gap > 0 ? gap / 2 : INFINITY;
}

static double max_kink(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	double least = INFINITY;
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to;
			taps_inside(&p->w, t, &from, &to);
			if (from < to)
				least = fmin(least, max_gap(x + t * p->w.stride - p->w.pad + from * p->w.dilation, to - from,
							    p->w.dilation));
		}
	return least;
}

static int pool_describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return window_describe(&((const struct pool_param *)n->param)->w, buf, size);
}

const struct op op_max_pool = { .name = "MaxPool", .in_min = 1, .in_max = 1, .out_max = 2, .infer = max_infer,
				.forward = max_forward, .backward = max_backward, .trace = max_trace,
				.describe = pool_describe, .kink = max_kink };

/* ---- AveragePool ---- */

/* What a window's sum is divided by: the steps inside, or with count_include_pad the declared padding too (but not the steps that
 * ceil_mode adds behind it). */
static real average_scale(const struct pool_param *p, int64_t t, int64_t from, int64_t to)
{
	int64_t n = to - from;
	if (p->count_pad) {
		int64_t room = p->w.ti + p->w.pad_end - (t * p->w.stride - p->w.pad);
		int64_t fit = (room - 1) / p->w.dilation + 1;
		n = fit < p->w.k ? fit : p->w.k;
	}
	return n > 0 ? 1 / (real)n : 0;
}

static void average_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	real *y = c->y[0];
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti, y += p->w.to)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to, base = t * p->w.stride - p->w.pad;
			taps_inside(&p->w, t, &from, &to);
			real sum = 0;
			for (int64_t k = from; k < to; k++)
				sum += x[base + k * p->w.dilation];
			y[t] = sum * average_scale(p, t, from, to);
		}
}

static void average_backward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *dy = c->dy[0];
	real *dx = c->dx[0];
	for (int64_t r = 0; r < p->rows; r++, dx += p->w.ti, dy += p->w.to)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to, base = t * p->w.stride - p->w.pad;
			taps_inside(&p->w, t, &from, &to);
			real g = dy[t] * average_scale(p, t, from, to);
			for (int64_t k = from; k < to; k++)
				dx[base + k * p->w.dilation] += g;
		}
}

static void average_trace(struct op_call *c, const real *share, real **share_x)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	real *to_x = share_x[0];
	for (int64_t r = 0; r < p->rows && to_x; r++, x += p->w.ti, to_x += p->w.ti, share += p->w.to)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to, base = t * p->w.stride - p->w.pad;
			real sum = 0;
			taps_inside(&p->w, t, &from, &to);
			for (int64_t k = from; k < to; k++)
				sum += real_abs(x[base + k * p->w.dilation]);
			for (int64_t k = from; k < to && sum > 0; k++)
				to_x[base + k * p->w.dilation] += share[t] * real_abs(x[base + k * p->w.dilation]) / sum;
		}
}

const struct op op_average_pool = { .name = "AveragePool", .in_min = 1, .in_max = 1, .out_max = 1, .infer = infer_window,
				    .forward = average_forward, .backward = average_backward, .trace = average_trace,
				    .describe = pool_describe };

/* ---- global pools: one window over all spatial axes, as the same kernels see it ---- */

static int global_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int bad = need_real(q, 0, e);
	if (bad)
		return bad;
	if (x->rank < 2)
		return err_set(e, ERR_FORMAT, "an input of rank %d; at least 2 is needed", x->rank);
	struct pool_param *p = op_param(q, sizeof *p);
	int64_t steps = 1;
	q->out[0].shape = *x;
	for (int i = 2; i < x->rank; i++) {
		steps *= x->dim[i];
		q->out[0].shape.dim[i] = 1;
	}
	if (steps < 1)
		return err_set(e, ERR_FORMAT, "an input without steps");
	p->rows = x->dim[0] * x->dim[1];
	p->w = (struct window){ .k = steps, .stride = 1, .dilation = 1, .ti = steps, .to = 1, .axis = 2 };
	p->p = attr_int(q->n, "p", 2);
	if (p->p < 1)
		return err_set(e, ERR_FORMAT, "p %lld is below 1", (long long)p->p);
	q->n->save_bytes = (size_t)p->rows * sizeof(int32_t);
	return 0;
}

const struct op op_global_max_pool = { .name = "GlobalMaxPool", .in_min = 1, .in_max = 1, .out_max = 1, .infer = global_infer,
				       .forward = max_forward, .backward = max_backward, .trace = max_trace, .kink = max_kink };

static void global_average_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti) {
		double sum = 0;
		for (int64_t t = 0; t < p->w.ti; t++)
			sum += (double)x[t];
		((real *)c->y[0])[r] = (real)(sum / (double)p->w.ti);
	}
}

const struct op op_global_average_pool = { .name = "GlobalAveragePool", .in_min = 1, .in_max = 1, .out_max = 1,
					   .infer = global_infer, .forward = global_average_forward,
					   .backward = average_backward, .trace = average_trace };

/* y = (sum abs(x)^p)^(1/p) */
static void lp_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti) {
		double sum = 0;
		for (int64_t t = 0; t < p->w.ti; t++)
			sum += pow(fabs((double)x[t]), (double)p->p);
		((real *)c->y[0])[r] = (real)pow(sum, 1 / (double)p->p);
	}
}

/* dy/dx = sign(x) (abs(x) / y)^(p-1); 0 where y is 0 */
static void lp_backward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0], *y = c->y[0];
	real *dx = c->dx[0];
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti, dx += p->w.ti)
		for (int64_t t = 0; t < p->w.ti && y[r] > 0; t++) {
			double g = pow(fabs((double)x[t]) / (double)y[r], (double)(p->p - 1));
			dx[t] += c->dy[0][r] * (real)(x[t] > 0 ? g : x[t] < 0 ? -g : 0);
		}
}

static double lp_kink(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	double least = INFINITY;
	for (int64_t i = 0; p->p == 1 && i < p->rows * p->w.ti; i++)
		if (((const real *)c->x[0])[i] != 0)
			least = fmin(least, fabs((double)((const real *)c->x[0])[i]));
	return least;
}

const struct op op_global_lp_pool = { .name = "GlobalLpPool", .in_min = 1, .in_max = 1, .out_max = 1, .infer = global_infer,
				      .forward = lp_forward, .backward = lp_backward, .kink = lp_kink };
