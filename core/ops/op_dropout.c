/* Dropout (Srivastava et al. 2014, "Dropout", JMLR 15): nothing outside training; in training each element is zero with
 * probability `ratio`, the others are divided by 1 - ratio. */
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"
#include "core/base/rng.h"

struct param {
	double ratio;
};

static int infer(struct op_infer *q, struct err *e)
{
	int bad = need_real(q, 0, e);
	struct param *p = op_param(q, sizeof *p);
	if (bad)
		return bad;
	if (q->n->n_out > 1)
		return err_set(e, ERR_UNSUPPORTED, "the mask of Dropout is not supported");
	if (!const_scalar(q, 1, attr_float(q->n, "ratio", 0.5), &p->ratio) || !(p->ratio >= 0 && p->ratio < 1))
		p->ratio = 0.5; /* only training would ask */
	out_like(q, 0, 0);
	q->n->save_bytes = (size_t)shape_count(&q->in[0]->shape);
	return 0;
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *x = c->x[0];
	real *y = c->y[0], keep = (real)(1 / (1 - p->ratio));
	int64_t n = call_count_in(c, 0) * c->lanes;
	unsigned char *mask = c->save;
	struct rng r;
	if (!c->training) {
		memcpy(y, x, (size_t)n * sizeof *y);
		return;
	}
	rng_init(&r, c->seed);
	for (int64_t i = 0; i < n; i++) {
		mask[i] = rng_uniform(&r) >= p->ratio;
		y[i] = mask[i] ? x[i] * keep : 0;
	}
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const unsigned char *mask = c->save;
	real keep = (real)(1 / (1 - p->ratio));
	int64_t n = call_count_in(c, 0) * c->lanes;
	for (int64_t i = 0; c->dx[0] && i < n; i++)
		if (!c->training)
			c->dx[0][i] += c->dy[0][i];
		else if (mask[i])
			c->dx[0][i] += c->dy[0][i] * keep;
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	int64_t n = call_count_in(c, 0);
	for (int64_t i = 0; share_x[0] && i < n; i++)
		share_x[0][i] += share[i];
}

static void axes(struct op_infer *q)
{
	axes_copy(q, 0);
}

const struct op op_dropout = { .name = "Dropout",
	                       .in_min = 1,
	                       .in_max = 3,
	                       .out_max = 2,
	                       .flags = OP_LAYOUT | OP_COPIES | OP_IDENTITY | OP_LINEAR,
	                       .infer = infer,
	                       .forward = forward,
	                       .backward = backward,
	                       .lanes = lanes_first,
	                       .trace = trace,
	                       .axes = axes,
	                       .reach = reach_first_same };
