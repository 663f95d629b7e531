/* Functions of one number: y[i] = f(x[i]). A row of the table below holds f and f'; a new one is one row and its
 * gradient case. Formulas: ONNX's operator documentation. */
#include <math.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/tile.h"

/* a, b: the operator's attributes; y = f(x) where that is cheaper to differentiate by. */
struct unary {
	const char *name;
	real (*f)(real x, real a, real b);
	real (*df)(real x, real y, real a, real b);
	const char *attr_a, *attr_b;
	double default_a, default_b;
	/* distance of x to the nearest kink; NULL: smooth */
	double (*kink)(double x, double a, double b);
	int64_t (*fi)(int64_t x); /* NULL: not for integers */
};

#define UNARY(fn) static real fn(real x, real a, real b)
#define DERIVATIVE(fn) static real fn(real x, real y, real a, real b)
#define UNUSED (void)x, (void)a, (void)b
#define UNUSED_D (void)x, (void)y, (void)a, (void)b

static real sigmoid(real x)
{
	if (x >= 0)
		return 1 / (1 + real_exp(-x));
	real e = real_exp(x);
	return e / (1 + e);
}

static real softplus(real x)
{
	return (x > 0 ? x : 0) + real_log1p(real_exp(-real_abs(x)));
}

UNARY(relu)
{
	UNUSED;
	return x > 0 || isnan(x) ? x : 0;
}
DERIVATIVE(relu_d)
{
	UNUSED_D;
	return x > 0 ? 1 : 0;
}
UNARY(leaky)
{
	UNUSED;
	return x >= 0 ? x : a * x;
}
/* at 0 the left derivative, as relu'(0) = 0 */
DERIVATIVE(leaky_d)
{
	UNUSED_D;
	return x > 0 ? 1 : a;
}
UNARY(elu)
{
	UNUSED;
	return x >= 0 ? x : a * real_expm1(x);
}
DERIVATIVE(elu_d)
{
	UNUSED_D;
	return x > 0 ? 1 : a * real_exp(x);
}
UNARY(selu)
{
	UNUSED;
	return x > 0 ? b * x : b * a * real_expm1(x);
}
DERIVATIVE(selu_d)
{
	UNUSED_D;
	return x > 0 ? b : b * a * real_exp(x);
}
UNARY(celu)
{
	UNUSED;
	return x > 0 ? x : a * real_expm1(x / a);
}
DERIVATIVE(celu_d)
{
	UNUSED_D;
	return x > 0 ? 1 : real_exp(x / a);
}
UNARY(sigm)
{
	UNUSED;
	return sigmoid(x);
}
DERIVATIVE(sigm_d)
{
	UNUSED_D;
	return y * (1 - y);
}
UNARY(tanh_f)
{
	UNUSED;
	return real_tanh(x);
}
DERIVATIVE(tanh_d)
{
	UNUSED_D;
	return 1 - y * y;
}
UNARY(softplus_f)
{
	UNUSED;
	return softplus(x);
}
DERIVATIVE(softplus_d)
{
	UNUSED_D;
	return sigmoid(x);
}
UNARY(softsign)
{
	UNUSED;
	return x / (1 + real_abs(x));
}
DERIVATIVE(softsign_d)
{
	UNUSED_D;
	real q = 1 + real_abs(x);
	return 1 / (q * q);
}
UNARY(hard_sigmoid)
{
	UNUSED;
	real v = a * x + b;
	return v > 1 ? 1 : v < 0 ? 0 : v;
}
DERIVATIVE(hard_sigmoid_d)
{
	UNUSED_D;
	real v = a * x + b;
	return v > 0 && v < 1 ? a : 0;
}
UNARY(hard_swish)
{
	UNUSED;
	real v = x / 6 + (real)0.5;
	return x * (v > 1 ? 1 : v < 0 ? 0 : v);
}
DERIVATIVE(hard_swish_d)
{
	UNUSED_D;
	return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + (real)0.5;
}
UNARY(mish)
{
	UNUSED;
	return x * real_tanh(softplus(x));
}
/* a: 1 for the tanh approximation */
UNARY(gelu)
{
	UNUSED;
	if (a != 0)
		return x / 2 * (1 + real_tanh((real)0.7978845608028654 * (x + (real)0.044715 * x * x * x)));
	return x / 2 * (1 + real_erf(x * (real)0.7071067811865476));
}
DERIVATIVE(gelu_d)
{
	UNUSED_D;
	if (a != 0) {
		real t = real_tanh((real)0.7978845608028654 * (x + (real)0.044715 * x * x * x));
		return (1 + t) / 2 + x / 2 * (1 - t * t) * (real)0.7978845608028654 * (1 + (real)0.134145 * x * x);
	}
	return (1 + real_erf(x * (real)0.7071067811865476)) / 2 + x * (real)0.3989422804014327 * real_exp(-x * x / 2);
}
DERIVATIVE(mish_d)
{
	UNUSED_D;
	real t = real_tanh(softplus(x));
	return t + x * sigmoid(x) * (1 - t * t);
}
UNARY(thresholded)
{
	UNUSED;
	return x > a ? x : 0;
}
DERIVATIVE(thresholded_d)
{
	UNUSED_D;
	return x > a ? 1 : 0;
}
UNARY(exp_f)
{
	UNUSED;
	return real_exp(x);
}
DERIVATIVE(exp_d)
{
	UNUSED_D;
	return y;
}
UNARY(log_f)
{
	UNUSED;
	return real_log(x);
}
DERIVATIVE(log_d)
{
	UNUSED_D;
	return 1 / x;
}
UNARY(sqrt_f)
{
	UNUSED;
	return real_sqrt(x);
}
DERIVATIVE(sqrt_d)
{
	UNUSED_D;
	return (real)0.5 / y;
}
UNARY(neg)
{
	UNUSED;
	return -x;
}
DERIVATIVE(neg_d)
{
	UNUSED_D;
	return -1;
}
UNARY(abs_f)
{
	UNUSED;
	return real_abs(x);
}
DERIVATIVE(abs_d)
{
	UNUSED_D;
	return x > 0 ? 1 : x < 0 ? -1 : 0;
}
UNARY(reciprocal)
{
	UNUSED;
	return 1 / x;
}
DERIVATIVE(reciprocal_d)
{
	UNUSED_D;
	return -y * y;
}
UNARY(erf_f)
{
	UNUSED;
	return real_erf(x);
}
DERIVATIVE(erf_d)
{
	UNUSED_D;
	return (real)1.1283791670955126 * real_exp(-x * x);
}
UNARY(sin_f)
{
	UNUSED;
	return real_sin(x);
}
DERIVATIVE(sin_d)
{
	UNUSED_D;
	return real_cos(x);
}
UNARY(cos_f)
{
	UNUSED;
	return real_cos(x);
}
DERIVATIVE(cos_d)
{
	UNUSED_D;
	return -real_sin(x);
}
UNARY(floor_f)
{
	UNUSED;
	return real_floor(x);
}
UNARY(ceil_f)
{
	UNUSED;
	return real_ceil(x);
}
DERIVATIVE(zero_d)
{
	UNUSED_D;
	return 0;
}

UNARY(round_f)
{
	UNUSED;
	return (real)rint((double)x);
}
UNARY(sign_f)
{
	UNUSED;
	return x > 0 ? 1 : x < 0 ? -1 : 0;
}
UNARY(tan_f)
{
	UNUSED;
	return (real)tan((double)x);
}
DERIVATIVE(tan_d)
{
	UNUSED_D;
	return 1 + y * y;
}
UNARY(sinh_f)
{
	UNUSED;
	return (real)sinh((double)x);
}
DERIVATIVE(sinh_d)
{
	UNUSED_D;
	return (real)cosh((double)x);
}
UNARY(cosh_f)
{
	UNUSED;
	return (real)cosh((double)x);
}
DERIVATIVE(cosh_d)
{
	UNUSED_D;
	return (real)sinh((double)x);
}
UNARY(asin_f)
{
	UNUSED;
	return (real)asin((double)x);
}
DERIVATIVE(asin_d)
{
	UNUSED_D;
	return 1 / real_sqrt(1 - x * x);
}
UNARY(acos_f)
{
	UNUSED;
	return (real)acos((double)x);
}
DERIVATIVE(acos_d)
{
	UNUSED_D;
	return -1 / real_sqrt(1 - x * x);
}
UNARY(atan_f)
{
	UNUSED;
	return (real)atan((double)x);
}
DERIVATIVE(atan_d)
{
	UNUSED_D;
	return 1 / (1 + x * x);
}
UNARY(asinh_f)
{
	UNUSED;
	return (real)asinh((double)x);
}
DERIVATIVE(asinh_d)
{
	UNUSED_D;
	return 1 / real_sqrt(x * x + 1);
}
UNARY(acosh_f)
{
	UNUSED;
	return (real)acosh((double)x);
}
DERIVATIVE(acosh_d)
{
	UNUSED_D;
	return 1 / real_sqrt(x * x - 1);
}
UNARY(atanh_f)
{
	UNUSED;
	return (real)atanh((double)x);
}
DERIVATIVE(atanh_d)
{
	UNUSED_D;
	return 1 / (1 - x * x);
}
/* a: lambd, b: bias */
UNARY(shrink)
{
	UNUSED;
	return x < -a ? x + b : x > a ? x - b : 0;
}
DERIVATIVE(shrink_d)
{
	UNUSED_D;
	return x < -a || x > a ? 1 : 0;
}

/* Integers: what chains of shapes use. */
static int64_t neg_i(int64_t x)
{
	return (int64_t)(0 - (uint64_t)x);
}
static int64_t abs_i(int64_t x)
{
	return x < 0 ? neg_i(x) : x;
}
static int64_t sign_i(int64_t x)
{
	return (x > 0) - (x < 0);
}
static int64_t same_i(int64_t x)
{
	return x;
}

static double kink_at_0(double x, double a, double b)
{
	(void)a, (void)b;
	return fabs(x);
}
static double kink_at_a(double x, double a, double b)
{
	(void)b;
	return fabs(x - a);
}
static double kink_hard_sigmoid(double x, double a, double b)
{
	return fmin(fabs(x + b / a), fabs(x - (1 - b) / a));
}
static double kink_hard_swish(double x, double a, double b)
{
	(void)a, (void)b;
	return fmin(fabs(x + 3), fabs(x - 3));
}
static double kink_shrink(double x, double a, double b)
{
	(void)b;
	return fabs(fabs(x) - a);
}
static double kink_half(double x, double a, double b)
{
	(void)a, (void)b;
	return fabs(x - 0.5 - rint(x - 0.5));
}
static double kink_step(double x, double a, double b)
{
	(void)a, (void)b;
	return fabs(x - round(x));
}

static const struct unary unaries[] = {
	{ .name = "Relu", .f = relu, .df = relu_d, .kink = kink_at_0 },
	{ "LeakyRelu", leaky, leaky_d, "alpha", NULL, 0.01, 0, kink_at_0, NULL },
	{ "Elu", elu, elu_d, "alpha", NULL, 1, 0, kink_at_0, NULL },
	{ "Selu", selu, selu_d, "alpha", "gamma", 1.67326319217681884765625, 1.05070102214813232421875, kink_at_0,
	  NULL },
	{ "Celu", celu, celu_d, "alpha", NULL, 1, 0, NULL, NULL },
	{ .name = "Sigmoid", .f = sigm, .df = sigm_d },
	{ .name = "Tanh", .f = tanh_f, .df = tanh_d },
	{ .name = "Softplus", .f = softplus_f, .df = softplus_d },
	{ .name = "Softsign", .f = softsign, .df = softsign_d },
	{ "HardSigmoid", hard_sigmoid, hard_sigmoid_d, "alpha", "beta", 0.2, 0.5, kink_hard_sigmoid, NULL },
	{ .name = "HardSwish", .f = hard_swish, .df = hard_swish_d, .kink = kink_hard_swish },
	{ .name = "Gelu", .f = gelu, .df = gelu_d },
	{ .name = "Mish", .f = mish, .df = mish_d },
	{ "ThresholdedRelu", thresholded, thresholded_d, "alpha", NULL, 1, 0, kink_at_a, NULL },
	{ .name = "Exp", .f = exp_f, .df = exp_d },
	{ .name = "Log", .f = log_f, .df = log_d },
	{ .name = "Sqrt", .f = sqrt_f, .df = sqrt_d },
	{ .name = "Neg", .f = neg, .df = neg_d, .fi = neg_i },
	{ .name = "Abs", .f = abs_f, .df = abs_d, .kink = kink_at_0, .fi = abs_i },
	{ .name = "Reciprocal", .f = reciprocal, .df = reciprocal_d },
	{ .name = "Erf", .f = erf_f, .df = erf_d },
	{ .name = "Sin", .f = sin_f, .df = sin_d },
	{ .name = "Cos", .f = cos_f, .df = cos_d },
	{ .name = "Floor", .f = floor_f, .df = zero_d, .kink = kink_step, .fi = same_i },
	{ .name = "Ceil", .f = ceil_f, .df = zero_d, .kink = kink_step, .fi = same_i },
	{ .name = "Round", .f = round_f, .df = zero_d, .kink = kink_half, .fi = same_i },
	{ .name = "Sign", .f = sign_f, .df = zero_d, .kink = kink_at_0, .fi = sign_i },
	{ .name = "Tan", .f = tan_f, .df = tan_d },
	{ .name = "Sinh", .f = sinh_f, .df = sinh_d },
	{ .name = "Cosh", .f = cosh_f, .df = cosh_d },
	{ .name = "Asin", .f = asin_f, .df = asin_d },
	{ .name = "Acos", .f = acos_f, .df = acos_d },
	{ .name = "Atan", .f = atan_f, .df = atan_d },
	{ .name = "Asinh", .f = asinh_f, .df = asinh_d },
	{ .name = "Acosh", .f = acosh_f, .df = acosh_d },
	{ .name = "Atanh", .f = atanh_f, .df = atanh_d },
	{ "Shrink", shrink, shrink_d, "lambd", "bias", 0.5, 0, kink_shrink, NULL },
};

struct unary_param {
	const struct unary *u;
	real a, b;
};

static const struct unary *unary_find(const char *name)
{
	const struct unary *u = unaries;
	while (strcmp(u->name, name) != 0)
		u++;
	return u;
}

static int infer(struct op_infer *q, struct err *e)
{
	const struct unary *u = unary_find(q->n->op->name);
	struct unary_param *p = op_param(q, sizeof *p);
	p->u = u;
	p->a = (real)(u->attr_a ? attr_float(q->n, u->attr_a, u->default_a) : 0);
	p->b = (real)(u->attr_b ? attr_float(q->n, u->attr_b, u->default_b) : 0);
	if (!strcmp(u->name, "Gelu"))
		p->a = !strcmp(attr_string(q->n, "approximate", "none"), "tanh");
	out_like(q, 0, 0);
	return u->fi ? 0 : need_real(q, 0, e);
}

static void forward(struct op_call *c)
{
	const struct unary_param *p = c->n->param;
	const real *x = c->x[0];
	real *y = c->y[0];
	int64_t n = call_count_out(c, 0) * c->lanes;
	if (p->u == unaries) {
		isa_active()->relu(n, x, y);
		return;
	}
	if (call_in(c, 0)->dtype == DT_INT64) {
		for (int64_t i = 0; i < n; i++)
			((int64_t *)c->y[0])[i] = p->u->fi(((const int64_t *)c->x[0])[i]);
		return;
	}
	for (int64_t i = 0; i < n; i++)
		y[i] = p->u->f(x[i], p->a, p->b);
}

static void backward(struct op_call *c)
{
	const struct unary_param *p = c->n->param;
	const real *x = c->x[0], *y = c->y[0], *dy = c->dy[0];
	real *dx = c->dx[0];
	int64_t n = call_count_out(c, 0) * c->lanes;
	if (c->fresh & 1 && p->u != unaries)
		memset(dx, 0, (size_t)n * sizeof *dx);
	if (p->u == unaries) {
		if (c->fresh & 1)
			isa_active()->relu_fresh(n, x, dy, dx);
		else
			isa_active()->relu_back(n, x, dy, dx);
		return;
	}
	for (int64_t i = 0; i < n; i++)
		dx[i] += dy[i] * p->u->df(x[i], y[i], p->a, p->b);
}

static void slope(const struct op_call *c, int k, int64_t from, int64_t step, int64_t n, real *d)
{
	const struct unary_param *p = c->n->param;
	const real *x = (const real *)c->x[0] + from, *y = (const real *)c->y[0] + from;
	(void)k;
	if (p->u == unaries && step == 1)
		for (int64_t i = 0; i < n; i++)
			d[i] = x[i] > 0 ? 1 : 0;
	else
		for (int64_t i = 0; i < n; i++)
			d[i] = p->u->df(x[i * step], y[i * step], p->a, p->b);
}

/* The share passes whole where the function is open (f' x not 0), else nothing lies behind it. */
static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct unary_param *p = c->n->param;
	const real *x = c->x[0], *y = c->y[0];
	int64_t n = call_count_out(c, 0);
	for (int64_t i = 0; i < n && share_x[0]; i++)
		if (x[i] * p->u->df(x[i], y[i], p->a, p->b) != 0)
			share_x[0][i] += share[i];
}

static double kink(const struct op_call *c)
{
	const struct unary_param *p = c->n->param;
	double least = INFINITY;
	int64_t n = call_count_in(c, 0);
	for (int64_t i = 0; p->u->kink && i < n; i++) {
		double d = p->u->kink((double)((const real *)c->x[0])[i], (double)p->a, (double)p->b);
		if (d > 0 && d < least)
			least = d;
	}
	return least;
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	size_t at = 0;
	for (const char *s = n->op->name; *s && at + 1 < size; s++)
		buf[at++] = *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
	buf[at] = '\0';
	return (int)at;
}

#define ROW_WITH(id, nm, more, ...)                                                      \
	const struct op op_##id = { .name = nm,                                          \
		                    .in_min = 1,                                         \
		                    .in_max = 1,                                         \
		                    .out_max = 1,                                        \
		                    .flags = OP_UNARY | OP_FRESH | OP_IN_PLACE | (more), \
		                    .infer = infer,                                      \
		                    .forward = forward,                                  \
		                    .backward = backward,                                \
		                    .lanes = lanes_first,                                \
		                    .slope = slope,                                      \
		                    .trace = trace,                                      \
		                    .describe = describe,                                \
		                    .kink = kink,                                        \
		                    __VA_ARGS__ }
#define ROW(id, nm) ROW_WITH(id, nm, 0, .link = LINK_NONE)
#define FLAT(id, nm) ROW_WITH(id, nm, OP_FLAT, .link = LINK_NONE)
#define RECTIFIER(id, nm, more) ROW_WITH(id, nm, OP_RECTIFIER | (more), .link = LINK_NONE)
RECTIFIER(relu, "Relu", OP_HINGE | OP_RELU);
RECTIFIER(leaky_relu, "LeakyRelu", OP_HINGE);
RECTIFIER(elu, "Elu", 0);
RECTIFIER(selu, "Selu", 0);
RECTIFIER(celu, "Celu", 0);
ROW_WITH(sigmoid, "Sigmoid", 0, .link = LINK_LOGISTIC);
ROW(tanh, "Tanh");
ROW(softplus, "Softplus");
ROW(softsign, "Softsign");
ROW(hard_sigmoid, "HardSigmoid");
ROW(hard_swish, "HardSwish");
ROW(gelu, "Gelu");
ROW(mish, "Mish");
RECTIFIER(thresholded_relu, "ThresholdedRelu", 0);
ROW(exp, "Exp");
ROW(log, "Log");
ROW(sqrt, "Sqrt");
ROW(neg, "Neg");
ROW(abs, "Abs");
ROW(reciprocal, "Reciprocal");
ROW(erf, "Erf");
ROW(sin, "Sin");
ROW(cos, "Cos");
FLAT(floor, "Floor");
FLAT(ceil, "Ceil");
FLAT(round, "Round");
FLAT(sign, "Sign");
ROW(tan, "Tan");
ROW(sinh, "Sinh");
ROW(cosh, "Cosh");
ROW(asin, "Asin");
ROW(acos, "Acos");
ROW(atan, "Atan");
ROW(asinh, "Asinh");
ROW(acosh, "Acosh");
ROW(atanh, "Atanh");
ROW(shrink, "Shrink");
