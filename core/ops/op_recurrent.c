/* LSTM, GRU and RNN as ONNX defines them: attributes, shapes and the steps forward. The products with W over all steps
 * at once, those with R step by step, all by core/kernels/matmul.h. */
#include "core/ops/op_recurrent.h"
#include "core/kernels/op_reach.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* ---- functions of the gates ---- */

#define GATE(fn, expr)                         \
	static real fn(real x, real a, real b) \
	{                                      \
		(void)x, (void)a, (void)b;     \
		return expr;                   \
	}
#define GATE_D(fn, expr)                               \
	static real fn(real x, real y, real a, real b) \
	{                                              \
		(void)x, (void)y, (void)a, (void)b;    \
		return expr;                           \
	}
GATE(sigmoid, x >= 0 ? 1 / (1 + real_exp(-x)) : 1 - 1 / (1 + real_exp(x)))
GATE_D(sigmoid_d, y *(1 - y))
GATE(tanh_f, real_tanh(x))
GATE_D(tanh_d, 1 - y * y)
GATE(relu, x > 0 ? x : 0)
GATE_D(relu_d, x > 0 ? 1 : 0)
GATE(affine, a *x + b)
GATE_D(affine_d, a)
GATE(leaky, x >= 0 ? x : a * x)
GATE_D(leaky_d, x > 0 ? 1 : a)
GATE(thresholded, x >= a ? x : 0)
GATE_D(thresholded_d, x >= a ? 1 : 0)
GATE(scaled_tanh, a *real_tanh(b *x))
GATE_D(scaled_tanh_d, b *(a - y * y / a))
GATE(hard_sigmoid, a *x + b < 0 ? 0 : a * x + b > 1 ? 1 : a * x + b)
GATE_D(hard_sigmoid_d, a *x + b > 0 && a * x + b < 1 ? a : 0)
GATE(elu, x >= 0 ? x : a * real_expm1(x))
GATE_D(elu_d, x > 0 ? 1 : a * real_exp(x))
GATE(softsign, x / (1 + real_abs(x)))
GATE_D(softsign_d, 1 / ((1 + real_abs(x)) * (1 + real_abs(x))))
GATE(softplus, (x > 0 ? x : 0) + real_log1p(real_exp(-real_abs(x))))
GATE_D(softplus_d, 1 - real_exp(-y))

static const struct gate_function functions[] = {
	{ "Sigmoid", sigmoid, sigmoid_d, 0, 0 },
	{ "Tanh", tanh_f, tanh_d, 0, 0 },
	{ "Relu", relu, relu_d, 0, 0 },
	{ "Affine", affine, affine_d, 1, 0 },
	{ "LeakyRelu", leaky, leaky_d, (real)0.01, 0 },
	{ "ThresholdedRelu", thresholded, thresholded_d, 1, 0 },
	{ "ScaledTanh", scaled_tanh, scaled_tanh_d, 1, 1 },
	{ "HardSigmoid", hard_sigmoid, hard_sigmoid_d, (real)0.2, (real)0.5 },
	{ "Elu", elu, elu_d, 1, 0 },
	{ "Softsign", softsign, softsign_d, 0, 0 },
	{ "Softplus", softplus, softplus_d, 0, 0 },
};

static const struct gate_function *function_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strlen(functions[i].name) == len && !strncasecmp(functions[i].name, name, len))
			return &functions[i];
	return NULL;
}

/* `activations` is one string with commas (readers join ONNX's list); alpha and beta are given in order to those that
 * take them. */
static int activations(const struct op_infer *q, struct recurrent *p, struct err *e)
{
	static const char *const usual[] = { "Tanh", "Sigmoid,Tanh", "Sigmoid,Tanh,Tanh" };
	int per = p->cell == CELL_LSTM ? 3 : p->cell == CELL_GRU ? 2 : 1, alphas = 0, betas = 0;
	const struct attr *alpha = attr_find(q->n, "activation_alpha"), *beta = attr_find(q->n, "activation_beta");
	const char *s = attr_string(q->n, "activations", "");
	for (int k = 0; k < per * (int)p->d; k++) {
		if (!*s && (k == 0 || k == per))
			s = usual[p->cell];
		size_t len = strcspn(s, ",");
		const struct gate_function *f = function_find(s, len);
		if (!f)
			return err_set(e, ERR_UNSUPPORTED, "activation '%.*s' is unknown", (int)len, s);
		struct gate_function *to = &p->f[k / per][k % per];
		*to = *f;
		bool takes_b = f->f == affine || f->f == scaled_tanh || f->f == hard_sigmoid;
		bool takes_a = takes_b || f->f == leaky || f->f == thresholded || f->f == elu;
		if (takes_a && alpha && alpha->type == ATTR_FLOATS && alphas < alpha->n)
			to->a = (real)alpha->floats[alphas++];
		if (takes_b && beta && beta->type == ATTR_FLOATS && betas < beta->n)
			to->b = (real)beta->floats[betas++];
		s += len + (s[len] == ',');
	}
	if (*s)
		return err_set(e, ERR_FORMAT, "more activations than the cell has");
	return 0;
}

/* ---- shapes ---- */

static int expect(const struct op_infer *q, int k, const char *what, int rank, int64_t a, int64_t b, int64_t c,
                  struct err *e)
{
	const struct value *v = k < q->n->n_in ? q->in[k] : NULL;
	struct shape want = { rank, { a, b, c } };
	char have[160], need[160];
	if (!v || (v->dtype == DT_REAL && shape_equal(&v->shape, &want)))
		return 0;
	shape_format(&v->shape, have, sizeof have);
	shape_format(&want, need, sizeof need);
	return err_set(e, ERR_FORMAT, "%s has shape %s instead of %s", what, have, need);
}

/* Sequences of different lengths in one batch are for training; here all must have all steps. */
static int lengths(const struct op_infer *q, int64_t t, struct err *e)
{
	int64_t n;
	if (q->n->n_in <= IN_LENS || !q->in[IN_LENS])
		return 0;
	const int64_t *v = const_ints(q, IN_LENS, &n, "sequence_lens", e);
	if (!v)
		return e ? e->code : ERR_UNSUPPORTED;
	for (int64_t i = 0; i < n; i++)
		if (v[i] != t)
			return err_set(e, ERR_UNSUPPORTED, "a sequence of %lld of %lld steps; tsviz reads whole ones",
			               (long long)v[i], (long long)t);
	return 0;
}

static int shapes(struct op_infer *q, struct recurrent *p, struct err *e)
{
	const struct shape *x = &q->in[IN_X]->shape, *r = &q->in[IN_R]->shape;
	int bad = need_real(q, IN_X, e);
	if (bad)
		return bad;
	if (x->rank != 3 || r->rank != 3)
		return err_set(e, ERR_FORMAT, "input and recurrence weights must be of rank 3");
	p->t = x->dim[p->batch_first];
	p->n = x->dim[!p->batch_first];
	p->i = x->dim[2];
	p->h = r->dim[2];
	if (attr_int(q->n, "hidden_size", p->h) != p->h)
		return err_set(e, ERR_FORMAT, "hidden_size is not that of the weights");
	p->gates = p->cell == CELL_LSTM ? 4 : p->cell == CELL_GRU ? 3 : 1;
	p->gh = p->gates * p->h;
	int64_t first = p->batch_first ? p->n : p->d, second = p->batch_first ? p->d : p->n;
	if ((bad = expect(q, IN_W, "W", 3, p->d, p->gh, p->i, e)) ||
	    (bad = expect(q, IN_R, "R", 3, p->d, p->gh, p->h, e)) ||
	    (bad = expect(q, IN_B, "B", 2, p->d, 2 * p->gh, 0, e)) || (bad = lengths(q, p->t, e)) ||
	    (bad = expect(q, IN_H, "initial_h", 3, first, second, p->h, e)) ||
	    (bad = expect(q, IN_C, "initial_c", 3, first, second, p->h, e)) ||
	    (bad = expect(q, IN_P, "P", 2, p->d, 3 * p->h, 0, e)))
		return bad;
	for (int k = 1; k < q->n->n_out; k++) {
		q->out[k].shape = (struct shape){ 3, { first, second, p->h } };
		memcpy(q->out[k].axis, p->batch_first ? "N1C" : "1NC", 4);
	}
	if (p->batch_first)
		q->out[0].shape = (struct shape){ 4, { p->n, p->t, p->d, p->h } };
	else
		q->out[0].shape = (struct shape){ 4, { p->t, p->d, p->n, p->h } };
	memcpy(q->out[0].axis, p->batch_first ? "NT1C" : "T1NC", 5);
	return 0;
}

static size_t aligned(int64_t reals)
{
	return ((size_t)reals * sizeof(real) + 63) / 64 * 64;
}

static size_t lane_bytes(const struct recurrent *p)
{
	int64_t tn = p->t * p->n;
	return 2 * aligned(tn * p->gh) + 2 * aligned((tn + p->n) * p->h);
}

static size_t matmul_bytes(const struct recurrent *p)
{
	int64_t tn = p->t * p->n, k = p->gh > p->i ? p->gh : p->i, n = p->i > p->h ? p->i : p->h;
	/* every pair (inner, columns) of the products below lies under one of these two */
	size_t a = matmul_scratch(k > p->h ? k : p->h, p->gh > n ? p->gh : n), b = matmul_scratch(tn, n);
	return ((a > b ? a : b) + 63) / 64 * 64;
}

int recurrent_infer(struct op_infer *q, struct err *e)
{
	struct recurrent *p = op_param(q, sizeof *p);
	const char *direction = attr_string(q->n, "direction", "forward");
	p->cell = !strcmp(q->n->op->name, "LSTM") ? CELL_LSTM : !strcmp(q->n->op->name, "GRU") ? CELL_GRU : CELL_RNN;
	p->d = 1 + !strcmp(direction, "bidirectional");
	p->reverse[0] = !strcmp(direction, "reverse");
	p->reverse[1] = true;
	if (p->d == 1 && !p->reverse[0] && strcmp(direction, "forward") != 0)
		return err_set(e, ERR_FORMAT, "direction '%s' is unknown", direction);
	p->batch_first = attr_int(q->n, "layout", 0) != 0;
	p->after = attr_int(q->n, "linear_before_reset", 0) != 0;
	p->clip = (real)attr_float(q->n, "clip", 0);
	p->coupled = attr_int(q->n, "input_forget", 0) != 0;
	int bad = shapes(q, p, e);
	if (bad || (bad = activations(q, p, e)))
		return bad;
	int64_t tn, most;
	int64_t widest = p->gh > p->i ? p->gh : p->i;
	if (!i64_mul(p->t + 1, p->n, &tn) || !i64_mul(tn + widest, widest, &most) || most > COUNT_MAX)
		return err_set(e, ERR_LIMIT, "%lld steps of %lld gates need too much memory", (long long)p->t,
		               (long long)p->gh);
	q->n->save_bytes = lane_bytes(p) * (size_t)p->d;
	/* input in order, dz, two of (t, n, h), four states, matrix products */
	q->n->tmp_bytes = aligned(tn * p->i) + aligned(tn * p->gh) + 3 * aligned(tn * p->h) +
	                  6 * aligned(p->n * p->gh) + matmul_bytes(p);
	return 0;
}

/* ---- forward ---- */

int64_t lane_x(const struct lane *l, int64_t s, int64_t n)
{
	int64_t t = l->p->reverse[l->dir] ? l->p->t - 1 - s : s;
	return l->p->batch_first ? n * l->p->t + t : t * l->p->n + n;
}

int64_t lane_y(const struct lane *l, int64_t s, int64_t n)
{
	const struct recurrent *p = l->p;
	int64_t t = p->reverse[l->dir] ? p->t - 1 - s : s;
	return p->batch_first ? (n * p->t + t) * p->d + l->dir : (t * p->d + l->dir) * p->n + n;
}

int64_t lane_last(const struct lane *l, int64_t n)
{
	return l->p->batch_first ? n * l->p->d + l->dir : l->dir * l->p->n + n;
}

static const real *input(const struct op_call *c, int k)
{
	return k < c->n->n_in ? c->x[k] : NULL;
}

void lane_open(const struct op_call *c, int dir, struct lane *l)
{
	const struct recurrent *p = c->n->param;
	int64_t tn = p->t * p->n;
	char *save = (char *)c->save + (size_t)dir * lane_bytes(p);
	*l = (struct lane){ .p = p, .dir = dir };
	l->w = (const real *)c->x[IN_W] + dir * p->gh * p->i;
	l->r = (const real *)c->x[IN_R] + dir * p->gh * p->h;
	l->bias = input(c, IN_B) ? input(c, IN_B) + dir * 2 * p->gh : NULL;
	l->peep = input(c, IN_P) ? input(c, IN_P) + dir * 3 * p->h : NULL;
	l->z = (real *)(void *)save;
	l->a = (real *)(void *)(save + aligned(tn * p->gh));
	l->hs = (real *)(void *)(save + 2 * aligned(tn * p->gh));
	l->cs = (real *)(void *)(save + 2 * aligned(tn * p->gh) + aligned((tn + p->n) * p->h));
	l->tmp = c->tmp;
	l->x = (real *)(void *)((char *)c->tmp + matmul_bytes(p));
	for (int64_t s = 0; s < p->t; s++)
		for (int64_t n = 0; n < p->n; n++)
			memcpy(l->x + (s * p->n + n) * p->i, (const real *)c->x[IN_X] + lane_x(l, s, n) * p->i,
			       (size_t)p->i * sizeof(real));
}

static void initial_state(const struct op_call *c, const struct lane *l, int k, real *to)
{
	const real *from = input(c, k);
	for (int64_t n = 0; n < l->p->n; n++)
		if (from)
			memcpy(to + n * l->p->h, from + lane_last(l, n) * l->p->h, (size_t)l->p->h * sizeof *to);
		else
			memset(to + n * l->p->h, 0, (size_t)l->p->h * sizeof *to);
}

/* z = x W' + biases, for all steps. GRU with linear_before_reset adds the hidden gate's recurrent bias inside the step.
 */
static void project(const struct lane *l)
{
	const struct recurrent *p = l->p;
	for (int64_t row = 0; row < p->t * p->n; row++)
		for (int64_t k = 0; k < p->gh; k++) {
			real b = l->bias ? l->bias[k] : 0;
			if (l->bias && !(p->cell == CELL_GRU && p->after && k >= 2 * p->h))
				b += l->bias[p->gh + k];
			l->z[row * p->gh + k] = b;
		}
	matmul_add(p->t * p->n, p->gh, p->i, (struct matrix){ l->x, p->i, 1 }, (struct matrix){ l->w, 1, p->i }, l->z,
	           l->tmp);
}

/* y (n, rows) = or += h (n, h) R' for rows [from, from+rows) of R. */
static void recur(const struct lane *l, const real *h, int64_t from, int64_t rows, real *y)
{
	const struct recurrent *p = l->p;
	matmul_add(p->n, rows, p->h, (struct matrix){ h, p->h, 1 }, (struct matrix){ l->r + from * p->h, 1, p->h }, y,
	           l->tmp);
}

static void rnn_step(const struct lane *l, int64_t s)
{
	int64_t m = l->p->n * l->p->h;
	real *z = l->z + s * m;
	recur(l, l->hs + s * m, 0, l->p->h, z);
	for (int64_t k = 0; k < m; k++)
		l->hs[(s + 1) * m + k] = l->a[s * m + k] = gate(l, 0, z[k]);
}

static void lstm_step(const struct lane *l, int64_t s)
{
	const struct recurrent *p = l->p;
	int64_t m = p->n * p->h, h = p->h;
	recur(l, l->hs + s * m, 0, p->gh, l->z + s * p->n * p->gh);
	for (int64_t n = 0; n < p->n; n++) {
		real *z = l->z + (s * p->n + n) * p->gh, *a = l->a + (s * p->n + n) * p->gh;
		const real *c0 = l->cs + s * m + n * h;
		real *c1 = l->cs + (s + 1) * m + n * h, *out = l->hs + (s + 1) * m + n * h;
		for (int64_t k = 0; k < h; k++) {
			if (l->peep) {
				z[k] += l->peep[k] * c0[k];
				z[2 * h + k] += l->peep[2 * h + k] * c0[k];
			}
			a[k] = gate(l, 0, z[k]);
			a[2 * h + k] = p->coupled ? 1 - a[k] : gate(l, 0, z[2 * h + k]);
			a[3 * h + k] = gate(l, 1, z[3 * h + k]);
			c1[k] = a[2 * h + k] * c0[k] + a[k] * a[3 * h + k];
			if (l->peep)
				z[h + k] += l->peep[h + k] * c1[k];
			a[h + k] = gate(l, 0, z[h + k]);
			out[k] = a[h + k] * p->f[l->dir][2].f(c1[k], p->f[l->dir][2].a, p->f[l->dir][2].b);
		}
	}
}

/* cs holds r * h (reset before the product) or h R' + bias (after it). */
static void gru_step(const struct lane *l, int64_t s)
{
	const struct recurrent *p = l->p;
	int64_t m = p->n * p->h, h = p->h;
	const real *h0 = l->hs + s * m;
	real *q = l->cs + s * m, *zr = l->x + p->t * p->n * p->i; /* (n, 2h), then (n, h), behind the input */
	real *zh = zr + 2 * m;
	memset(zr, 0, (size_t)(3 * m) * sizeof *zr);
	recur(l, h0, 0, 2 * h, zr);
	for (int64_t n = 0; n < p->n; n++)
		for (int64_t k = 0; k < 2 * h; k++) {
			real *z = l->z + (s * p->n + n) * p->gh + k;
			*z += zr[n * 2 * h + k];
			l->a[(s * p->n + n) * p->gh + k] = gate(l, 0, *z);
		}
	for (int64_t i = 0; i < m; i++) {
		real r = l->a[(s * p->n + i / h) * p->gh + h + i % h];
		q[i] = p->after ? l->bias ? l->bias[p->gh + 2 * h + i % h] : 0 : r * h0[i];
	}
	if (p->after)
		recur(l, h0, 2 * h, h, q);
	else
		recur(l, q, 2 * h, h, zh);
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh, k = i % h;
		real *a = l->a + at, *z = l->z + at + 2 * h + k;
		*z += p->after ? a[h + k] * q[i] : zh[i];
		a[2 * h + k] = gate(l, 1, *z);
		l->hs[(s + 1) * m + i] = (1 - a[k]) * a[2 * h + k] + a[k] * h0[i];
	}
}

static void lane_out(const struct op_call *c, const struct lane *l)
{
	const struct recurrent *p = l->p;
	size_t row = (size_t)p->h * sizeof(real);
	for (int64_t s = 0; s < p->t && c->y[0]; s++)
		for (int64_t n = 0; n < p->n; n++)
			memcpy((real *)c->y[0] + lane_y(l, s, n) * p->h, l->hs + ((s + 1) * p->n + n) * p->h, row);
	for (int64_t n = 0; n < p->n; n++) {
		if (c->n->n_out > 1 && c->y[1])
			memcpy((real *)c->y[1] + lane_last(l, n) * p->h, l->hs + (p->t * p->n + n) * p->h, row);
		if (c->n->n_out > 2 && c->y[2])
			memcpy((real *)c->y[2] + lane_last(l, n) * p->h, l->cs + (p->t * p->n + n) * p->h, row);
	}
}

void recurrent_forward(struct op_call *c)
{
	const struct recurrent *p = c->n->param;
	for (int dir = 0; dir < p->d; dir++) {
		struct lane l;
		lane_open(c, dir, &l);
		initial_state(c, &l, IN_H, l.hs);
		if (p->cell == CELL_LSTM)
			initial_state(c, &l, IN_C, l.cs);
		project(&l);
		for (int64_t s = 0; s < p->t; s++)
			if (p->cell == CELL_LSTM)
				lstm_step(&l, s);
			else if (p->cell == CELL_GRU)
				gru_step(&l, s);
			else
				rnn_step(&l, s);
		lane_out(c, &l);
	}
}

/* ---- rows of the table ---- */

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	const struct recurrent *p = n->param;
	return snprintf(buf, size, "%lld%s", (long long)p->h,
	                p->d == 2       ? " both ways"
	                : p->reverse[0] ? " backwards"
	                                : "");
}

static int64_t macs(const struct graph *g, const struct node *n)
{
	(void)g;
	const struct recurrent *p = n->param;
	return p->d * p->t * p->n * p->gh * (p->i + p->h);
}

static void axes_done(struct op_infer *q)
{
	(void)q; /* infer has set them */
}

/* The batch axis is kept: (t, n, ..) or (n, t, ..) in X, (t, d, n, h) or (n, t, d, h) in Y, (d, n, h) or (n, d, h) in
 * the others. */
static struct reach reach(const struct reach_query *q)
{
	const struct recurrent *p = q->n->param;
	int in = p->batch_first ? 0 : 1, out = p->batch_first ? 0 : q->out == 0 ? 2 : 1;
	return reach_kept(q, (q->in == IN_X || q->in == IN_H || q->in == IN_C) && q->in_axis == in ? out : -1);
}

#define ROW(id, nm, ins, outs)                                             \
	const struct op op_##id = { .name = nm,                            \
		                    .in_min = 3,                           \
		                    .in_max = ins,                         \
		                    .out_max = outs,                       \
		                    .flags = OP_TRACE_ALL | OP_ANY_OUTPUT, \
		                    .infer = recurrent_infer,              \
		                    .forward = recurrent_forward,          \
		                    .backward = recurrent_backward,        \
		                    .trace = recurrent_trace,              \
		                    .describe = describe,                  \
		                    .macs = macs,                          \
		                    .axes = axes_done,                     \
		                    .reach = reach }
ROW(lstm, "LSTM", 8, 3);
ROW(gru, "GRU", 6, 2);
ROW(rnn, "RNN", 6, 2);
