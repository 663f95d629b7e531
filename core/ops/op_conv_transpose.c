/* ConvTranspose: the gradient of a convolution by its input, used as a layer; core/kernels/conv.h with the roles of x
 * and y exchanged. */
#include <string.h>
#include "core/kernels/conv.h"
#include "core/kernels/op_util.h"
#include "core/kernels/op_window.h"
#include "core/kernels/op_reach.h"

struct param {
	struct window w;
	struct conv q;  /* the convolution that leads from our output to our input */
	size_t scratch; /* of core/kernels/conv.h; one more tensor of the size of the input or output follows */
};

static int infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *w = &q->in[1]->shape;
	int bad = conv_operands(q, e);
	if (bad)
		return bad;
	int64_t group = attr_int(q->n, "group", 1), ci = x->dim[1], co;
	if (group < 1 || ci < 1 || w->dim[0] != ci || ci % group || w->dim[1] < 1 || !i64_mul(w->dim[1], group, &co) ||
	    co > COUNT_MAX)
		return conv_unfit(q, group, e);
	if ((bad = conv_bias(q, co, e)))
		return bad;
	struct shape *out = &q->out[0].shape;
	struct param *p = op_param(q, sizeof *p);
	*out = (struct shape){ .rank = x->rank, .dim = { x->dim[0], co } };
	bad = window_transposed(q, w->dim + 2, out, &p->w, e);
	if (bad || (bad = shape_fits(out, e)))
		return bad;
	p->q = (struct conv){ .n = x->dim[0],
		              .ci = co,
		              .co = ci,
		              .ti = p->w.to,
		              .to = p->w.ti,
		              .k = p->w.k,
		              .stride = p->w.stride,
		              .dilation = p->w.dilation,
		              .pad = p->w.pad,
		              .group = group };
	int64_t most;
	if (!i64_mul(p->w.ti + p->w.to + p->w.pad + 2 * p->w.k * p->w.dilation, co * p->w.stride + ci, &most) ||
	    most > COUNT_MAX)
		return err_set(e, ERR_LIMIT, "a convolution with stride %lld and dilation %lld needs too much memory",
		               (long long)p->w.stride, (long long)p->w.dilation);
	p->scratch = (conv_scratch(&p->q) + 63) / 64 * 64;
	int64_t larger = shape_count(x) > shape_count(out) ? shape_count(x) : shape_count(out);
	q->n->tmp_bytes = p->scratch + (size_t)larger * sizeof(real);
	return 0;
}

static real *spare(const struct op_call *c)
{
	return (real *)(void *)((char *)c->tmp + ((const struct param *)c->n->param)->scratch);
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *b = c->n->n_in > 2 ? c->x[2] : NULL;
	real *y = c->y[0];
	for (int64_t row = 0; row < p->q.n * p->q.ci; row++)
		for (int64_t t = 0; t < p->q.ti; t++)
			*y++ = b ? b[row % p->q.ci] : 0;
	conv_backward_x(&p->q, c->x[0], c->x[1], c->y[0], false, c->tmp);
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *dy = c->dy[0];
	real *db = c->n->n_in > 2 ? c->dx[2] : NULL;
	if (c->dx[0]) {
		real *dx = spare(c);
		int64_t n = call_count_in(c, 0);
		conv_forward(&p->q, dy, c->x[1], NULL, dx, c->tmp);
		for (int64_t i = 0; i < n; i++)
			c->dx[0][i] += dx[i];
	}
	if (c->dx[1])
		conv_backward_w(&p->q, c->x[0], dy, c->dx[1], NULL, c->tmp);
	for (int64_t row = 0; db && row < p->q.n * p->q.ci; row++)
		for (int64_t t = 0; t < p->q.ti; t++)
			db[row % p->q.ci] += dy[row * p->q.ti + t];
}

/* For every product of a weight and an input: what visit does with it. to: where it is added in the output, from: the
 * input. */
static void products(const struct conv *q, const real *x, const real *w, real *total, const real *share, real *share_x)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	for (int64_t row = 0; row < q->n * q->co; row++) {
		int64_t i = row % q->co, to = (row / q->co * q->ci + i / co * ci) * q->ti;
		for (int64_t t = 0; t < q->to; t++)
			for (int64_t o = 0; o < ci; o++)
				for (int64_t k = 0; k < q->k; k++) {
					int64_t at = t * q->stride + k * q->dilation - q->pad;
					if (at < 0 || at >= q->ti)
						continue;
					real product = real_abs(w[(i * ci + o) * q->k + k] * x[row * q->to + t]);
					at += to + o * q->ti;
					if (!share_x)
						total[at] += product;
					else if (total[at] > 0 && share[at] > 0)
						share_x[row * q->to + t] += share[at] * product / total[at];
				}
	}
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	real *total = spare(c);
	if (!share_x[0])
		return;
	memset(total, 0, (size_t)call_count_out(c, 0) * sizeof *total);
	products(&p->q, c->x[0], c->x[1], total, NULL, NULL);
	products(&p->q, c->x[0], c->x[1], total, share, share_x[0]);
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	const struct param *p = n->param;
	int at = snprintf(buf, size, "%lld k%lld", (long long)p->q.ci, (long long)p->q.k);
	if (p->q.stride > 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, " s%lld", (long long)p->q.stride);
	if (p->q.dilation > 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, " d%lld", (long long)p->q.dilation);
	if (p->q.group > 1 && (size_t)at < size)
		at += snprintf(buf + at, size - (size_t)at, " g%lld", (long long)p->q.group);
	return at;
}

static int64_t macs(const struct graph *g, const struct node *n)
{
	(void)g;
	const struct conv *q = &((const struct param *)n->param)->q;
	return q->n * q->co * q->to * (q->ci / q->group) * q->k;
}

/* Output step t gets input step u if t = u*stride + i*dilation - pad for a tap i. */
static struct reach reach(const struct reach_query *q)
{
	const struct window *w = &((const struct param *)q->n->param)->w;
	int64_t last = (w->k - 1) * w->dilation;
	if (q->in == 0 && q->in_axis < 2)
		return reach_same(q, q->in_axis == 1);
	if (q->in != 0 || q->in_axis != w->axis || q->out_axis != w->axis)
		return (struct reach){ .kind = REACH_ALL };
	if (w->stride == 1)
		return (struct reach){ REACH_WINDOW, 1, w->pad - last, last + 1, false };
	return (struct reach){ REACH_UP, w->stride, w->pad - last, last + 1, false };
}

/* The weights are (ci, co/group, k). */
static int filter_axis(const struct graph *g, const struct node *n)
{
	(void)g;
	return attr_int(n, "group", 1) == 1 ? 1 : -1;
}

const struct op op_conv_transpose = { .name = "ConvTranspose",
	                              .in_min = 2,
	                              .in_max = 3,
	                              .out_max = 1,
	                              .flags = OP_BILINEAR | OP_WEIGHTED_SUM,
	                              .infer = infer,
	                              .forward = forward,
	                              .backward = backward,
	                              .trace = trace,
	                              .describe = describe,
	                              .macs = macs,
	                              .axes = window_labels,
	                              .reach = reach,
	                              .filter_axis = filter_axis };
