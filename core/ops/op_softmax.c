/* Softmax and LogSoftmax along one axis. Several windows at once (op_call.lanes) are like one more axis inside. */
#include <math.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

struct param {
	struct axis_view v;
	bool log;
};

static int infer(struct op_infer *q, struct err *e)
{
	int bad = need_real(q, 0, e);
	if (bad)
		return bad;
	int axis = axis_check(attr_int(q->n, "axis", -1), q->in[0]->shape.rank, "axis", e);
	if (axis < 0)
		return axis;
	struct param *p = op_param(q, sizeof *p);
	*p = (struct param){ axis_view(&q->in[0]->shape, axis), q->n->op->name[0] == 'L' };
	out_like(q, 0, 0);
	return 0;
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	struct axis_view v = p->v;
	v.inner *= c->lanes;
	for (int64_t r = 0; r < v.outer * v.inner && v.n; r++) {
		int64_t from = r / v.inner * v.n * v.inner + r % v.inner;
		const real *x = (const real *)c->x[0] + from;
		real *y = (real *)c->y[0] + from, most = x[0];
		double sum = 0;
		for (int64_t i = 1; i < v.n; i++)
			most = x[i * v.inner] > most ? x[i * v.inner] : most;
		for (int64_t i = 0; i < v.n; i++) {
			y[i * v.inner] = real_exp(x[i * v.inner] - most);
			sum += (double)y[i * v.inner];
		}
		for (int64_t i = 0; i < v.n; i++)
			y[i * v.inner] = p->log ? x[i * v.inner] - most - (real)log(sum) : y[i * v.inner] / (real)sum;
	}
}

/* softmax: dx_j = y_j (dy_j - sum_i dy_i y_i); log: dx_j = dy_j - exp(y_j) sum_i dy_i */
static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	struct axis_view v = p->v;
	v.inner *= c->lanes;
	for (int64_t r = 0; r < v.outer * v.inner; r++) {
		int64_t from = r / v.inner * v.n * v.inner + r % v.inner;
		const real *y = (const real *)c->y[0] + from, *dy = c->dy[0] + from;
		real *dx = c->dx[0] + from;
		double sum = 0;
		for (int64_t i = 0; i < v.n; i++)
			sum += (double)dy[i * v.inner] * (p->log ? 1 : (double)y[i * v.inner]);
		for (int64_t i = 0; i < v.n; i++)
			if (p->log)
				dx[i * v.inner] += dy[i * v.inner] - real_exp(y[i * v.inner]) * (real)sum;
			else
				dx[i * v.inner] += y[i * v.inner] * (dy[i * v.inner] - (real)sum);
	}
}

/* abs(x_j dy_i/dx_j) of one output point i */
static real term(const struct param *p, const real *x, const real *y, int64_t i, int64_t j)
{
	int64_t s = p->v.inner;
	real own = i == j, d = p->log ? own - real_exp(y[j * s]) : y[i * s] * (own - y[j * s]);
	return real_abs(x[j * s] * d);
}

static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	struct axis_view v = p->v;
	for (int64_t r = 0; share_x[0] && r < v.outer * v.inner; r++) {
		int64_t from = r / v.inner * v.n * v.inner + r % v.inner;
		const real *x = (const real *)c->x[0] + from, *y = (const real *)c->y[0] + from;
		for (int64_t i = 0; i < v.n; i++) {
			real s = share[from + i * v.inner], total = 0;
			for (int64_t j = 0; s > 0 && j < v.n; j++)
				total += term(p, x, y, i, j);
			for (int64_t j = 0; total > 0 && j < v.n; j++)
				share_x[0][from + j * v.inner] += s * term(p, x, y, i, j) / total;
		}
	}
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return snprintf(buf, size, ((const struct param *)n->param)->log ? "logsoftmax" : "softmax");
}

#define ROW(id, nm, what)                                       \
	const struct op op_##id = { .name = nm,                 \
		                    .in_min = 1,                \
		                    .in_max = 1,                \
		                    .out_max = 1,               \
		                    .infer = infer,             \
		                    .forward = forward,         \
		                    .backward = backward,       \
		                    .lanes = lanes_first,       \
		                    .trace = trace,             \
		                    .describe = describe,       \
		                    .reach = reach_mixing_axis, \
		                    .link = what }
ROW(softmax, "Softmax", LINK_SOFTMAX);
ROW(log_softmax, "LogSoftmax", LINK_LOG_SOFTMAX);
