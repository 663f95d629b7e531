/* Conv: core/conv.h with ONNX's attributes. */
#include <string.h>
#include "core/conv.h"
#include "core/op_util.h"
#include "core/op_window.h"

struct conv_param {
	struct window w;
	struct conv q;
};

static int infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape, *w = &q->in[1]->shape;
	int bad = need_real(q, 0, e);
	if (bad || (bad = need_real(q, 1, e)))
		return bad;
	if (w->rank != x->rank || x->rank < 3)
		return err_set(e, ERR_FORMAT, "a kernel of rank %d does not fit an input of rank %d", w->rank, x->rank);
	const struct attr *ks = attr_find(q->n, "kernel_shape");
	if (ks && (ks->type != ATTR_INTS || ks->n != w->rank - 2 || memcmp(ks->ints, w->dim + 2, sizeof *w->dim * (size_t)ks->n) != 0))
		return err_set(e, ERR_FORMAT, "kernel_shape is not the kernel's shape");
	int64_t group = attr_int(q->n, "group", 1), co = w->dim[0], ci = x->dim[1];
	if (group < 1 || co < 1 || ci < 1 || co % group || ci % group || ci / group != w->dim[1]) {
		char a[160], b[160];
		shape_format(w, a, sizeof a);
		shape_format(x, b, sizeof b);
		return err_set(e, ERR_FORMAT, "kernel %s with group %lld does not fit an input %s", a, (long long)group, b);
	}
	if (q->n->n_in > 2 && q->in[2]) {
		const struct value *b = q->in[2];
		if (b->dtype != DT_REAL || b->shape.rank != 1 || b->shape.dim[0] != co)
			return err_set(e, ERR_FORMAT, "the bias must have %lld elements", (long long)co);
	}
	struct shape *out = &q->out[0].shape;
	struct conv_param *p = op_param(q, sizeof *p);
	*out = (struct shape){ .rank = x->rank, .dim = { x->dim[0], co } };
	bad = window_infer(q, w->dim + 2, out, &p->w, e);
	if (bad)
		return bad;
	p->q = (struct conv){ .n = x->dim[0], .ci = ci, .co = co, .ti = p->w.ti, .to = p->w.to, .k = p->w.k, .stride = p->w.stride,
			      .dilation = p->w.dilation, .pad = p->w.pad, .group = group };
	int64_t bytes;
	if (!i64_mul(p->w.to + 2 * p->w.k * p->w.dilation, ci * p->w.stride + co, &bytes) || bytes > COUNT_MAX)
		return err_set(e, ERR_LIMIT, "a convolution with stride %lld and dilation %lld needs too much memory",
			       (long long)p->w.stride, (long long)p->w.dilation);
	q->n->tmp_bytes = conv_scratch(&p->q);
	return 0;
}

static void forward(struct op_call *c)
{
	const struct conv_param *p = c->n->param;
	conv_forward(&p->q, c->x[0], c->x[1], c->n->n_in > 2 ? c->x[2] : NULL, c->y[0], c->tmp);
}

static void backward(struct op_call *c)
{
	const struct conv_param *p = c->n->param;
	real *db = c->n->n_in > 2 ? c->dx[2] : NULL;
	if (c->dx[0])
		conv_backward_x(&p->q, c->dy[0], c->x[1], c->dx[0], c->tmp);
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

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct conv *q = &((const struct conv_param *)c->n->param)->q;
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	for (int64_t row = 0; row < q->n * q->co && share_x[0]; row++) {
		int64_t o = row % q->co, from = (row / q->co * q->ci + o / co * ci) * q->ti;
		const real *w = (const real *)c->x[1] + o * ci * q->k, *x = (const real *)c->x[0] + from;
		for (int64_t t = 0; t < q->to; t++) {
			real s = share[row * q->to + t], total = s > 0 ? point_sum(q, x, w, t, 0, NULL) : 0;
			if (total > 0)
				point_sum(q, x, w, t, s / total, share_x[0] + from);
		}
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
	return q->n * q->co * q->to * (q->ci / q->group) * q->k;
}

static void axes(struct op_infer *q)
{
	strcpy(q->out[0].axis, "NCTTTT");
	q->out[0].axis[q->out[0].shape.rank] = '\0';
}

const struct op op_conv = { .name = "Conv", .in_min = 2, .in_max = 3, .out_max = 1, .infer = infer, .forward = forward,
			    .backward = backward, .trace = trace, .describe = describe, .macs = macs, .axes = axes };
