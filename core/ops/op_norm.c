/* BatchNormalization over the channel axis 1. Inference: y = (x - mean) / sqrt(var + epsilon) * scale + bias with the
 * stored statistics; in training those of the batch (Ioffe and Szegedy 2015, "Batch normalization", with the gradient
 * of their section 3). */
#include <math.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

struct param {
	int64_t n, c, t; /* batch, channels, all other axes */
	double epsilon;
};

/* Kept from forward to backward: (2, C) mean and variance that were used. */
static int infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	if (x->rank < 2)
		return err_set(e, ERR_FORMAT, "an input of rank %d; at least 2 is needed", x->rank);
	for (int k = 0; k < 5; k++) {
		int bad = need_real(q, k, e);
		if (bad)
			return bad;
		if (k && shape_count(&q->in[k]->shape) != x->dim[1])
			return err_set(e, ERR_FORMAT, "scale, bias, mean and variance must have %lld elements each",
			               (long long)x->dim[1]);
	}
	if (attr_int(q->n, "training_mode", 0) || q->n->n_out > 1)
		return err_set(e, ERR_UNSUPPORTED, "a model exported in training mode; export it for inference");
	struct param *p = op_param(q, sizeof *p);
	*p = (struct param){ .n = x->dim[0], .c = x->dim[1], .t = 1, .epsilon = attr_float(q->n, "epsilon", 1e-5) };
	for (int i = 2; i < x->rank; i++)
		p->t *= x->dim[i];
	q->n->save_bytes = 2 * (size_t)p->c * sizeof(real);
	out_like(q, 0, 0);
	return 0;
}

static void batch_statistics(const struct param *p, const real *x, int64_t c, real *mean, real *var)
{
	double sum = 0, square = 0, m = (double)(p->n * p->t);
	for (int64_t i = 0; i < p->n; i++)
		for (int64_t t = 0; t < p->t; t++)
			sum += (double)x[(i * p->c + c) * p->t + t];
	sum /= m;
	for (int64_t i = 0; i < p->n; i++)
		for (int64_t t = 0; t < p->t; t++) {
			double d = (double)x[(i * p->c + c) * p->t + t] - sum;
			square += d * d;
		}
	*mean = (real)sum;
	*var = (real)(square / m);
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *scale = c->x[1], *bias = c->x[2];
	real *mean = c->save, *var = mean + p->c;
	int64_t times = p->t * c->lanes;
	for (int64_t k = 0; k < p->c; k++) {
		mean[k] = ((const real *)c->x[3])[k];
		var[k] = ((const real *)c->x[4])[k];
		if (c->training)
			batch_statistics(p, c->x[0], k, &mean[k], &var[k]);
		real a = (real)((double)scale[k] / sqrt((double)var[k] + p->epsilon));
		for (int64_t i = 0; i < p->n; i++) {
			const real *x = (const real *)c->x[0] + (i * p->c + k) * times;
			real *y = (real *)c->y[0] + (i * p->c + k) * times;
			for (int64_t t = 0; t < times; t++)
				y[t] = (x[t] - mean[k]) * a + bias[k];
		}
	}
}

/* Sums over one channel: of dy, and of dy (x - mean). */
static void channel_sums(const struct op_call *c, int64_t k, real mean, double *dy_sum, double *dyx_sum)
{
	const struct param *p = c->n->param;
	*dy_sum = *dyx_sum = 0;
	for (int64_t i = 0; i < p->n; i++) {
		const real *x = (const real *)c->x[0] + (i * p->c + k) * p->t, *dy = c->dy[0] + (i * p->c + k) * p->t;
		for (int64_t t = 0; t < p->t; t++) {
			*dy_sum += (double)dy[t];
			*dyx_sum += (double)dy[t] * (double)(x[t] - mean);
		}
	}
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	const real *scale = c->x[1], *mean = c->save, *var = mean + p->c;
	double m = (double)(p->n * p->t);
	int64_t times = p->t * c->lanes;
	bool sums = c->training || c->dx[1] || c->dx[2] || c->dx[3] || c->dx[4];
	for (int64_t k = 0; k < p->c; k++) {
		double inv = 1 / sqrt((double)var[k] + p->epsilon), s = 0, sx = 0;
		if (sums)
			channel_sums(c, k, mean[k], &s, &sx);
		if (c->dx[1])
			c->dx[1][k] += (real)(sx * inv);
		if (c->dx[2])
			c->dx[2][k] += (real)s;
		if (c->dx[3] && !c->training)
			c->dx[3][k] -= (real)(s * inv * (double)scale[k]);
		if (c->dx[4] && !c->training)
			c->dx[4][k] -= (real)(sx * (double)scale[k] * inv * inv * inv / 2);
		real a = (real)((double)scale[k] * inv), b = 0, q = 0;
		if (c->training) {
			b = (real)(s / m);
			q = (real)(sx * inv * inv / m);
		}
		for (int64_t i = 0; c->dx[0] && i < p->n; i++) {
			const real *x = (const real *)c->x[0] + (i * p->c + k) * times,
			           *dy = c->dy[0] + (i * p->c + k) * times;
			real *dx = c->dx[0] + (i * p->c + k) * times;
			for (int64_t t = 0; t < times; t++)
				dx[t] += a * (dy[t] - b - (x[t] - mean[k]) * q);
		}
	}
}

/* By an element of each input, for channel k and distance x from its mean. */
static real slope_of(const struct op_call *c, int input, int64_t k, real x)
{
	const struct param *p = c->n->param;
	double scale = (double)((const real *)c->x[1])[k];
	double inv = 1 / sqrt((double)((const real *)c->save)[p->c + k] + p->epsilon);
	switch (input) {
	case 0: /* no number where x is none, as backward has it */
		return (real)(scale * inv) * (1 - x * 0);
	case 1:
		return (real)((double)x * inv);
	case 2:
		return 1;
	case 3:
		return -(real)(inv * scale);
	default:
		return -(real)((double)x * scale * inv * inv * inv / 2);
	}
}

static void slope(const struct op_call *c, int input, int64_t from, int64_t step, int64_t n, real *d)
{
	const struct param *p = c->n->param;
	const real *x = c->x[0], *mean = c->save;
	int64_t e = from;
	for (int64_t i = 0, end; i < n; i = end) {
		int64_t k = e / p->t % p->c, left = (p->t - e % p->t + step - 1) / step;
		real by = slope_of(c, input, k, 0);
		end = left < n - i ? i + left : n;
		for (; i < end; i++, e += step)
			d[i] = input == 0 ? by * (1 - (x[e] - mean[k]) * 0) : slope_of(c, input, k, x[e] - mean[k]);
	}
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	const real *x = c->x[0], *scale = c->x[1];
	for (int64_t i = 0; share_x[0] && i < p->n * p->c * p->t; i++)
		if (x[i] * scale[i / p->t % p->c] != 0)
			share_x[0][i] += share[i];
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g, (void)n;
	return snprintf(buf, size, "norm");
}

/* Scale, bias and statistics are those of the channel, axis 1. */
static struct reach reach(const struct reach_query *q)
{
	if (q->out != 0)
		return (struct reach){ .kind = REACH_ALL };
	return q->in == 0 ? reach_same(q, false) : reach_kept(q, 1);
}

static bool lanes(const struct graph *g, const struct node *n)
{
	return n->n_out == 1 && lanes_first(g, n);
}

const struct op op_batch_normalization = { .name = "BatchNormalization",
	                                   .in_min = 5,
	                                   .in_max = 5,
	                                   .out_max = 5,
	                                   .flags = OP_IN_PLACE | OP_POINTWISE | OP_LINEAR_FIRST | OP_BATCH_NORM,
	                                   .infer = infer,
	                                   .forward = forward,
	                                   .backward = backward,
	                                   .lanes = lanes,
	                                   .slope = slope,
	                                   .trace = trace,
	                                   .describe = describe,
	                                   .reach = reach };
