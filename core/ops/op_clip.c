/* Clip and PRelu: activation functions whose limits and slopes are inputs. */
#include <math.h>
#include "core/kernels/broadcast.h"
#include "core/kernels/op_util.h"

/* ---- Clip ---- */

static int clip_infer(struct op_infer *q, struct err *e)
{
	for (int k = 1; k < q->n->n_in; k++)
		if (q->in[k] && (q->in[k]->dtype != q->in[0]->dtype || shape_count(&q->in[k]->shape) != 1))
			return err_set(e, ERR_FORMAT, "min and max must be single numbers of the input's type");
	out_like(q, 0, 0);
	return 0;
}

static const void *limit(const struct op_call *c, int k)
{
	return k < c->n->n_in ? c->x[k] : NULL;
}

/* max wins where min lies above it */
static void clip_forward(struct op_call *c)
{
	int64_t n = call_count_out(c, 0) * c->lanes;
	if (call_out(c, 0)->dtype == DT_REAL) {
		const real *x = c->x[0], *low = limit(c, 1), *high = limit(c, 2);
		for (int64_t i = 0; i < n; i++) {
			real v = low && x[i] < *low ? *low : x[i];
			((real *)c->y[0])[i] = high && v > *high ? *high : v;
		}
	} else {
		const int64_t *x = c->x[0], *low = limit(c, 1), *high = limit(c, 2);
		for (int64_t i = 0; i < n; i++) {
			int64_t v = low && x[i] < *low ? *low : x[i];
			((int64_t *)c->y[0])[i] = high && v > *high ? *high : v;
		}
	}
}

/* Which input y[i] is: 0 between the limits, 1 or 2 at one; a relu is shut at 0, so at a limit the limit wins. */
static int clip_source(real x, const real *low, const real *high)
{
	return high && (x >= *high || (low && *low > *high)) ? 2 : low && x <= *low ? 1 : 0;
}

static void clip_backward(struct op_call *c)
{
	const real *x = c->x[0], *low = limit(c, 1), *high = limit(c, 2);
	int64_t n = call_count_out(c, 0) * c->lanes;
	for (int64_t i = 0; i < n; i++) {
		int k = clip_source(x[i], low, high);
		if (c->dx[k])
			c->dx[k][k ? 0 : i] += c->dy[0][i];
	}
}

static void clip_slope(const struct op_call *c, int k, int64_t from, int64_t step, int64_t n, real *d)
{
	const real *x = (const real *)c->x[0] + from, *low = limit(c, 1), *high = limit(c, 2);
	for (int64_t i = 0; i < n; i++)
		d[i] = clip_source(x[i * step], low, high) == k ? 1 : 0;
}

static void clip_trace(struct op_call *c, const real *share, real **share_x)
{
	const real *x = c->x[0], *low = limit(c, 1), *high = limit(c, 2);
	int64_t n = call_count_out(c, 0);
	for (int64_t i = 0; i < n; i++) {
		int k = clip_source(x[i], low, high);
		if (share_x[k] && (k || x[i] != 0))
			share_x[k][k ? 0 : i] += share[i];
	}
}

static double clip_kink(const struct op_call *c)
{
	double least = INFINITY;
	int64_t n = call_count_in(c, 0);
	for (int k = 1; k < c->n->n_in; k++)
		for (int64_t i = 0; c->x[k] && i < n; i++) {
			double d = fabs((double)((const real *)c->x[0])[i] - (double)*(const real *)c->x[k]);
			if (d > 0 && d < least)
				least = d;
		}
	return least;
}

static int clip_describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	const struct value *low = n->n_in > 1 && n->in[1] >= 0 ? &g->value[n->in[1]] : NULL;
	const struct value *high = n->n_in > 2 && n->in[2] >= 0 ? &g->value[n->in[2]] : NULL;
	bool known = (!low || (low->constant && low->dtype == DT_REAL)) &&
	             (!high || (high->constant && high->dtype == DT_REAL));
	if (known && low && high && low->r[0] == 0 && high->r[0] == 6)
		return snprintf(buf, size, "relu6");
	if (!known || (!low && !high))
		return snprintf(buf, size, "clip");
	return snprintf(buf, size, "clip %.4g..%.4g", low ? (double)low->r[0] : -INFINITY,
	                high ? (double)high->r[0] : INFINITY);
}

const struct op op_clip = { .name = "Clip",
	                    .in_min = 1,
	                    .in_max = 3,
	                    .out_max = 1,
	                    .flags = OP_UNARY,
	                    .infer = clip_infer,
	                    .forward = clip_forward,
	                    .backward = clip_backward,
	                    .lanes = lanes_first,
	                    .slope = clip_slope,
	                    .trace = clip_trace,
	                    .kink = clip_kink,
	                    .describe = clip_describe };

/* ---- PRelu: y = x > 0 ? x : slope x, the slope broadcast to x ---- */

static int prelu_infer(struct op_infer *q, struct err *e)
{
	struct broadcast *b = op_param(q, sizeof *b);
	int bad = need_real(q, 0, e);
	if (bad || (bad = need_real(q, 1, e)) || (bad = broadcast_make(q, b, &q->out[0].shape, e)))
		return bad;
	if (!shape_equal(&q->out[0].shape, &q->in[0]->shape))
		return err_set(e, ERR_FORMAT, "the slope does not fit the input");
	return 0;
}

/* Windows side by side (op_call.lanes) have the same slope. */
static void prelu_forward(struct op_call *c)
{
	const struct broadcast *b = c->n->param;
	int64_t off[2], step = broadcast_step(b, 1);
	const real *x = c->x[0];
	real *y = c->y[0];
	for (int64_t r = 0; r < b->rows; r++) {
		broadcast_row(b, r, off);
		for (int64_t i = 0; i < b->row; i++) {
			real slope = ((const real *)c->x[1])[off[1] + i * step];
			for (int64_t l = 0; l < c->lanes; l++, x++)
				*y++ = *x >= 0 ? *x : *x * slope;
		}
	}
}

static void prelu_backward(struct op_call *c)
{
	const struct broadcast *b = c->n->param;
	int64_t off[2], step = broadcast_step(b, 1), at = 0;
	const real *x = c->x[0], *dy = c->dy[0];
	for (int64_t r = 0; r < b->rows; r++) {
		broadcast_row(b, r, off);
		for (int64_t i = 0; i < b->row; i++) {
			real slope = ((const real *)c->x[1])[off[1] + i * step];
			for (int64_t l = 0; l < c->lanes; l++, at++) {
				if (c->dx[0])
					c->dx[0][at] += x[at] > 0 ? dy[at] : dy[at] * slope;
				if (c->dx[1] && x[at] < 0)
					c->dx[1][off[1] + i * step] += x[at] * dy[at];
			}
		}
	}
}

static void prelu_slope(const struct op_call *c, int k, int64_t from, int64_t step, int64_t n, real *d)
{
	const struct broadcast *b = c->n->param;
	int64_t off[2], row = -1;
	const real *x = c->x[0], *slope = c->x[1];
	for (int64_t i = 0, e = from; i < n; i++, e += step) {
		if (e / b->row != row)
			broadcast_row(b, row = e / b->row, off);
		if (k)
			d[i] = x[e] < 0 ? x[e] : 0;
		else
			d[i] = x[e] > 0 ? 1 : slope[off[1] + e % b->row * broadcast_step(b, 1)];
	}
}

static void prelu_trace(struct op_call *c, const real *share, real **share_x)
{
	int64_t n = call_count_out(c, 0);
	for (int64_t i = 0; i < n && share_x[0]; i++)
		if (((const real *)c->y[0])[i] != 0)
			share_x[0][i] += share[i];
}

static double prelu_kink(const struct op_call *c)
{
	double least = INFINITY;
	int64_t n = call_count_in(c, 0);
	for (int64_t i = 0; i < n; i++) {
		double d = fabs((double)((const real *)c->x[0])[i]);
		if (d > 0 && d < least)
			least = d;
	}
	return least;
}

static int prelu_describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g, (void)n;
	return snprintf(buf, size, "prelu");
}

const struct op op_prelu = { .name = "PRelu",
	                     .in_min = 2,
	                     .in_max = 2,
	                     .out_max = 1,
	                     .flags = OP_UNARY | OP_RECTIFIER | OP_HINGE,
	                     .infer = prelu_infer,
	                     .forward = prelu_forward,
	                     .backward = prelu_backward,
	                     .lanes = lanes_first,
	                     .slope = prelu_slope,
	                     .trace = prelu_trace,
	                     .kink = prelu_kink,
	                     .describe = prelu_describe };
