/* Conv: core/kernels/conv.h with ONNX's attributes. */
#include <string.h>
#include "core/kernels/conv.h"
#include "core/kernels/op_planes.h"
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"
#include "core/kernels/tile.h"

struct conv_param {
	struct window w;
	struct conv q;         /* of one series: with planes the taps along the other axes are channels */
	struct planes *planes; /* NULL: one axis */
	int64_t n, ci;         /* batch and channels of the input */
};

/* Scratch of the way over planes, behind that of core/kernels/conv.h: series of x, of y, and the kernel in order of the
 * taps.
 */
struct scratch {
	real *x, *y, *w, *dw, *back; /* back: like x */
};

static size_t aligned(int64_t reals)
{
	return ((size_t)reals * sizeof(real) + 63) / 64 * 64;
}

static size_t scratch_bytes(const struct conv *q)
{
	return (conv_scratch(q) + 63) / 64 * 64 + 2 * aligned(q->ci * q->ti) + aligned(q->co * q->to) +
	       2 * aligned(q->co * (q->ci / q->group) * q->k);
}

static struct scratch scratch_of(const struct op_call *c, const struct conv *q)
{
	char *at = (char *)c->tmp + (conv_scratch(q) + 63) / 64 * 64;
	struct scratch l = { .x = (real *)(void *)at };
	l.y = (real *)(void *)(at += aligned(q->ci * q->ti));
	l.w = (real *)(void *)(at += aligned(q->co * q->to));
	l.dw = (real *)(void *)(at += aligned(q->co * (q->ci / q->group) * q->k));
	l.back = (real *)(void *)(at + aligned(q->co * (q->ci / q->group) * q->k));
	return l;
}

static struct conv with_lanes(const struct conv *q, int64_t lanes)
{
	struct conv many = *q;
	many.lanes = lanes;
	return many;
}

static int infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *w = &q->in[1]->shape;
	int bad = conv_operands(q, e);
	if (bad)
		return bad;
	int64_t group = attr_int(q->n, "group", 1), co = w->dim[0], ci = x->dim[1];
	if (group < 1 || co < 1 || ci < 1 || co % group || ci % group || ci / group != w->dim[1])
		return conv_unfit(q, group, e);
	if ((bad = conv_bias(q, co, e)))
		return bad;
	struct shape *out = &q->out[0].shape;
	struct conv_param *p = op_param(q, sizeof *p);
	*out = (struct shape){ .rank = x->rank, .dim = { x->dim[0], co } };
	bad = planes_infer(q, w->dim + 2, out, &p->w, &p->planes, e);
	if (bad)
		return bad;
	p->n = x->dim[0];
	p->ci = ci;
	if (p->planes && !i64_mul(ci, p->planes->taps, &ci))
		ci = COUNT_MAX;
	p->q = (struct conv){ .n = p->planes ? 1 : p->n,
		              .ci = ci,
		              .co = co,
		              .ti = p->w.ti,
		              .to = p->w.to,
		              .k = p->w.k,
		              .stride = p->w.stride,
		              .dilation = p->w.dilation,
		              .pad = p->w.pad,
		              .group = group,
		              .lanes = 1 };
	int64_t bytes;
	if (!i64_mul(p->w.to + 2 * p->w.k * p->w.dilation, ci * p->w.stride + co, &bytes) || bytes > COUNT_MAX)
		return err_set(e, ERR_LIMIT, "a convolution with stride %lld and dilation %lld needs too much memory",
		               (long long)p->w.stride, (long long)p->w.dilation);
	if (p->planes && (p->w.ti > COUNT_MAX / ci || ci * p->w.k > COUNT_MAX / co))
		return err_set(e, ERR_LIMIT, "a convolution over too many elements");
	q->n->tmp_bytes = p->planes ? scratch_bytes(&p->q) : conv_scratch(&p->q);
	struct conv many = with_lanes(&p->q, TILE_LANES);
	q->n->tmp_lanes = p->planes ? 0 : conv_scratch(&many);
	return 0;
}

/* The kernel in order of the taps; with `back` dw += what was gathered so. */
static void lay_kernel(const struct conv_param *p, const real *w, real *rows, real *dw)
{
	int64_t size = p->planes->taps * p->q.k, n = p->q.co * (p->ci / p->q.group);
	for (int64_t i = 0; i < n * size; i++) {
		int64_t at = i / size * size + p->planes->kernel[i % size];
		if (dw)
			dw[at] += rows[i];
		else
			rows[i] = w[at];
	}
}

static void planes_forward(struct op_call *c)
{
	const struct conv_param *p = c->n->param;
	struct scratch l = scratch_of(c, &p->q);
	lay_kernel(p, c->x[1], l.w, NULL);
	for (int64_t i = 0; i < p->n * p->planes->n; i++) {
		int64_t n = i / p->planes->n, pos = i % p->planes->n;
		planes_gather(p->planes, &p->w, pos, p->ci, (const real *)c->x[0] + n * p->ci * p->planes->plane_in,
		              l.x);
		conv_forward(&p->q, l.x, l.w, c->n->n_in > 2 ? c->x[2] : NULL, l.y, c->tmp);
		planes_write(p->planes, &p->w, pos, p->q.co, l.y, (real *)c->y[0] + n * p->q.co * p->planes->plane_out);
	}
}

static void planes_backward(struct op_call *c)
{
	const struct conv_param *p = c->n->param;
	struct scratch l = scratch_of(c, &p->q);
	real *db = c->n->n_in > 2 ? c->dx[2] : NULL;
	lay_kernel(p, c->x[1], l.w, NULL);
	memset(l.dw, 0, (size_t)(p->q.co * (p->q.ci / p->q.group) * p->q.k) * sizeof *l.dw);
	for (int64_t i = 0; i < p->n * p->planes->n; i++) {
		int64_t n = i / p->planes->n, pos = i % p->planes->n, x0 = n * p->ci * p->planes->plane_in;
		planes_read(p->planes, &p->w, pos, p->q.co, c->dy[0] + n * p->q.co * p->planes->plane_out, l.y);
		if (c->dx[1] || db) {
			planes_gather(p->planes, &p->w, pos, p->ci, (const real *)c->x[0] + x0, l.x);
			conv_backward_w(&p->q, l.y, l.x, c->dx[1] ? l.dw : NULL, db, c->tmp);
		}
		if (!c->dx[0])
			continue;
		memset(l.x, 0, (size_t)(p->q.ci * p->q.ti) * sizeof *l.x);
		conv_backward_x(&p->q, l.y, l.w, l.x, false, c->tmp);
		planes_add(p->planes, &p->w, pos, p->ci, l.x, c->dx[0] + x0);
	}
	if (c->dx[1])
		lay_kernel(p, NULL, l.dw, c->dx[1]);
}

static void shown(void *ctx, int64_t to)
{
	struct op_call *next = ctx;
	next->n->op->forward_until(next, to);
}

static void forward(struct op_call *c)
{
	const struct conv_param *p = c->n->param;
	if (p->planes) {
		planes_forward(c);
		return;
	}
	struct conv q = with_lanes(&p->q, c->lanes);
	q.rectify = c->rectify;
	q.made = c->next ? shown : NULL;
	q.ctx = c->next;
	conv_forward(&q, c->x[0], c->x[1], c->n->n_in > 2 ? c->x[2] : NULL, c->y[0], c->tmp);
}

static void backward(struct op_call *c)
{
	const struct conv_param *p = c->n->param;
	real *db = c->n->n_in > 2 ? c->dx[2] : NULL;
	for (int k = 1; k < c->n->n_in; k++)
		if (c->dx[k] && (c->fresh >> k & 1))
			memset(c->dx[k], 0, (size_t)call_count_in(c, k) * sizeof(real));
	if (p->planes) {
		if (c->fresh & 1)
			memset(c->dx[0], 0, (size_t)call_count_in(c, 0) * sizeof(real));
		planes_backward(c);
		return;
	}
	struct conv q = with_lanes(&p->q, c->lanes);
	if (c->dx[0])
		conv_backward_x(&q, c->dy[0], c->x[1], c->dx[0], c->fresh & 1, c->tmp);
	if (c->dx[1] || db)
		conv_backward_w(&p->q, c->dy[0], c->x[0], c->dx[1], db, c->tmp);
}

/* Sum of abs(weight * x) over the taps of one output step t; with share_x each tap gets its product times scale. */
static real point_sum(const struct conv *q, const real *x, const real *w, int64_t t, real scale, real *share_x)
{
	int64_t ci = q->ci / q->group;
	real sum = 0;
	for (int64_t i = 0; i < ci; i++)
		for (int64_t k = 0; k < q->k; k++) {
			int64_t at = t * q->stride + k * q->dilation - q->pad;
			if (at < 0 || at >= q->ti)
				continue;
			real product = real_abs(w[i * q->k + k] * x[i * q->ti + at]);
			if (share_x)
				share_x[i * q->ti + at] += scale * product;
			sum += product;
		}
	return sum;
}

/* Series x, share and kernel of the convolution q: share_x += */
static void series_trace(const struct conv *q, const real *x, const real *kernel, const real *share, real *share_x)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	for (int64_t row = 0; row < q->n * q->co; row++) {
		int64_t o = row % q->co, from = (row / q->co * q->ci + o / co * ci) * q->ti;
		const real *w = kernel + o * ci * q->k;
		for (int64_t t = 0; t < q->to; t++) {
			real s = share[row * q->to + t], total = s > 0 ? point_sum(q, x + from, w, t, 0, NULL) : 0;
			if (total > 0)
				point_sum(q, x + from, w, t, s / total, share_x + from);
		}
	}
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct conv_param *p = c->n->param;
	if (!share_x[0])
		return;
	if (!p->planes) {
		series_trace(&p->q, c->x[0], c->x[1], share, share_x[0]);
		return;
	}
	struct scratch l = scratch_of(c, &p->q);
	lay_kernel(p, c->x[1], l.w, NULL);
	for (int64_t i = 0; i < p->n * p->planes->n; i++) {
		int64_t n = i / p->planes->n, pos = i % p->planes->n, x0 = n * p->ci * p->planes->plane_in;
		planes_gather(p->planes, &p->w, pos, p->ci, (const real *)c->x[0] + x0, l.x);
		planes_read(p->planes, &p->w, pos, p->q.co, share + n * p->q.co * p->planes->plane_out, l.y);
		memset(l.back, 0, (size_t)(p->q.ci * p->q.ti) * sizeof *l.back);
		series_trace(&p->q, l.x, l.w, l.y, l.back);
		planes_add(p->planes, &p->w, pos, p->ci, l.back, share_x[0] + x0);
	}
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	const struct conv_param *p = n->param;
	int at = snprintf(buf, size, "%lld ", (long long)p->q.co);
	at += window_describe(&p->w, buf + at, size - (size_t)at);
	if (p->q.group > 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, " g%lld", (long long)p->q.group);
	return at;
}

static int64_t macs(const struct graph *g, const struct node *n)
{
	(void)g;
	const struct conv *q = &((const struct conv_param *)n->param)->q;
	const struct planes *p = ((const struct conv_param *)n->param)->planes;
	return q->n * q->co * q->to * (q->ci / q->group) * q->k *
	       (p ? ((const struct conv_param *)n->param)->n * p->n : 1);
}

/* Channels mix but in a depthwise convolution. */
static struct reach reach(const struct reach_query *q)
{
	const struct conv_param *p = q->n->param;
	int64_t group = attr_int(q->n, "group", 1);
	if (q->in == 0 && q->in_axis == 1)
		return reach_same(q, group != p->ci);
	return window_reach(q);
}

static const struct window *window(const struct node *n)
{
	return &((const struct conv_param *)n->param)->w;
}

static int filter_axis(const struct graph *g, const struct node *n)
{
	(void)g, (void)n;
	return 0;
}

static bool lanes(const struct graph *g, const struct node *n)
{
	return !((const struct conv_param *)n->param)->planes && lanes_first(g, n);
}

const struct op op_conv = { .name = "Conv",
	                    .in_min = 2,
	                    .in_max = 3,
	                    .out_max = 1,
	                    .flags = OP_FRESH | OP_RECTIFIES | OP_BILINEAR | OP_WEIGHTED_SUM,
	                    .infer = infer,
	                    .forward = forward,
	                    .backward = backward,
	                    .lanes = lanes,
	                    .trace = trace,
	                    .describe = describe,
	                    .macs = macs,
	                    .axes = window_labels,
	                    .reach = reach,
	                    .window = window,
	                    .filter_axis = filter_axis };
