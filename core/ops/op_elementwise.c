/* Operators of several numbers with NumPy's broadcasting: Add Sub Mul Div Pow Sum Mean Max Min Mod. Add, Sub, Mul and
 * Div of two inputs run in loops that vectorise; the rest evaluates one point after the other from a small table. */
#include <math.h>
#include <string.h>
#include "core/kernels/broadcast.h"
#include "core/kernels/op_util.h"

/* v (m): the inputs' values at one point. */
struct elementwise {
	const char *name;
	real (*f)(int m, const real *v);
	/* df / dv[k], y the value */
	real (*df)(int m, const real *v, real y, int k);
	int64_t (*fi)(int m, const int64_t *v); /* NULL: not for integers */
};

static real add(int m, const real *v)
{
	real s = v[0];
	for (int k = 1; k < m; k++)
		s += v[k];
	return s;
}
static real add_d(int m, const real *v, real y, int k)
{
	(void)m, (void)v, (void)y, (void)k;
	return 1;
}
static real sub(int m, const real *v)
{
	(void)m;
	return v[0] - v[1];
}
static real sub_d(int m, const real *v, real y, int k)
{
	(void)m, (void)v, (void)y;
	return k ? -1 : 1;
}
static real mul(int m, const real *v)
{
	(void)m;
	return v[0] * v[1];
}
static real mul_d(int m, const real *v, real y, int k)
{
	(void)m, (void)y;
	return v[!k];
}
static real divide(int m, const real *v)
{
	(void)m;
	return v[0] / v[1];
}
static real divide_d(int m, const real *v, real y, int k)
{
	(void)m;
	return k ? -y / v[1] : 1 / v[1];
}
static real power(int m, const real *v)
{
	(void)m;
	return real_pow(v[0], v[1]);
}
/* x^(p-1) p; at x = 0 and p = 0 the derivative is 0. By the exponent: y log x, only where x is positive */
static real power_d(int m, const real *v, real y, int k)
{
	(void)m;
	if (k)
		return v[0] > 0 ? y * real_log(v[0]) : 0;
	return v[1] == 0 ? 0 : v[1] * real_pow(v[0], v[1] - 1);
}
static real mean(int m, const real *v)
{
	return add(m, v) / (real)m;
}
static real mean_d(int m, const real *v, real y, int k)
{
	(void)v, (void)y, (void)k;
	return 1 / (real)m;
}
static real maximum(int m, const real *v)
{
	real s = v[0];
	for (int k = 1; k < m; k++)
		s = v[k] > s || isnan(v[k]) ? v[k] : s;
	return s;
}
static real minimum(int m, const real *v)
{
	real s = v[0];
	for (int k = 1; k < m; k++)
		s = v[k] < s || isnan(v[k]) ? v[k] : s;
	return s;
}
/* all of it to the first that is equal to the result */
static real first_d(int m, const real *v, real y, int k)
{
	int first = 0;
	while (first < m - 1 && v[first] != y)
		first++;
	return first == k;
}

/* the remainder has the sign of the divisor; with fmod that of the dividend */
static real mod(int m, const real *v)
{
	(void)m;
	real r = real_fmod(v[0], v[1]);
	return r != 0 && (r < 0) != (v[1] < 0) ? r + v[1] : r;
}
static real mod_d(int m, const real *v, real y, int k)
{
	(void)m;
	return k ? -real_floor((v[0] - y) / v[1] + (real)0.5) : 1;
}
static real remainder_of(int m, const real *v)
{
	(void)m;
	return real_fmod(v[0], v[1]);
}

/* Integers wrap as two's complement; they are sizes and indices, and what comes out is checked where it is used. */
static int64_t add_i(int m, const int64_t *v)
{
	uint64_t s = 0;
	for (int k = 0; k < m; k++)
		s += (uint64_t)v[k];
	return (int64_t)s;
}
static int64_t sub_i(int m, const int64_t *v)
{
	(void)m;
	return (int64_t)((uint64_t)v[0] - (uint64_t)v[1]);
}
static int64_t mul_i(int m, const int64_t *v)
{
	(void)m;
	return (int64_t)((uint64_t)v[0] * (uint64_t)v[1]);
}
/* towards zero, as C does; a division by zero gives 0 */
static int64_t divide_i(int m, const int64_t *v)
{
	(void)m;
	return v[1] == 0 ? 0 : v[1] == -1 ? (int64_t)(0 - (uint64_t)v[0]) : v[0] / v[1];
}
static int64_t power_i(int m, const int64_t *v)
{
	(void)m;
	uint64_t y = 1, x = (uint64_t)v[0];
	for (int64_t n = v[1]; n > 0; n >>= 1, x *= x)
		if (n & 1)
			y *= x;
	return (int64_t)(v[1] < 0 ? 0 : y);
}
static int64_t remainder_i(int m, const int64_t *v)
{
	(void)m;
	return v[1] == 0 || v[1] == -1 ? 0 : v[0] % v[1];
}
static int64_t mod_i(int m, const int64_t *v)
{
	int64_t r = remainder_i(m, v);
	return r != 0 && (r < 0) != (v[1] < 0) ? r + v[1] : r;
}
static int64_t max_i(int m, const int64_t *v)
{
	int64_t s = v[0];
	for (int k = 1; k < m; k++)
		s = v[k] > s ? v[k] : s;
	return s;
}
static int64_t min_i(int m, const int64_t *v)
{
	int64_t s = v[0];
	for (int k = 1; k < m; k++)
		s = v[k] < s ? v[k] : s;
	return s;
}

static const struct elementwise table[] = {
	{ "Add", add, add_d, add_i },
	{ "Sub", sub, sub_d, sub_i },
	{ "Mul", mul, mul_d, mul_i },
	{ "Div", divide, divide_d, divide_i },
	{ "Pow", power, power_d, power_i },
	{ "Sum", add, add_d, add_i },
	{ "Mean", mean, mean_d, NULL },
	{ "Max", maximum, first_d, max_i },
	{ "Min", minimum, first_d, min_i },
	{ "Mod", mod, mod_d, mod_i },
	{ "Mod", remainder_of, mod_d, remainder_i }, /* the second with the attribute fmod */
};
enum { ADD, SUB, MUL, DIV }; /* rows with loops of their own */

struct param {
	int kind;
	struct broadcast b;
};

static int infer(struct op_infer *q, struct err *e)
{
	struct param *p = op_param(q, sizeof *p);
	enum dtype t = q->in[0]->dtype;
	while (strcmp(table[p->kind].name, q->n->op->name) != 0)
		p->kind++;
	p->kind += table[p->kind].f == mod && attr_int(q->n, "fmod", 0);
	/* Pow takes an exponent of either type */
	for (int k = 0; k < q->n->n_in; k++)
		if (!q->in[k] || (q->in[k]->dtype != t && table[p->kind].f != power))
			return err_set(e, ERR_FORMAT, "its inputs are of different types");
	if (t == DT_INT64 && !table[p->kind].fi)
		return need_real(q, 0, e);
	q->out[0].dtype = t;
	size_t per = sizeof(int64_t) + sizeof(double) + sizeof(void *);
	q->n->tmp_bytes = per * (size_t)q->n->n_in;
	return broadcast_make(q, &p->b, &q->out[0].shape, e);
}

/* Offsets, values of one point: in the scratch. */
static int64_t *offsets(const struct op_call *c)
{
	return c->tmp;
}
static void *point(const struct op_call *c)
{
	return (int64_t *)c->tmp + c->n->n_in;
}

/* Input k's element as a number: an exponent may be of the other type. */
static inline real number(const struct op_call *c, int k, int64_t i)
{
	const struct value *v = call_in(c, k);
	return v->dtype == DT_REAL ? ((const real *)c->x[k])[i] : (real)((const int64_t *)c->x[k])[i];
}

static inline void row_forward(int kind, int64_t n, const real *a, int64_t sa, const real *b, int64_t sb, real *y)
{
	switch (kind) {
	case ADD:
		for (int64_t i = 0; i < n; i++)
			y[i] = a[i * sa] + b[i * sb];
		break;
	case SUB:
		for (int64_t i = 0; i < n; i++)
			y[i] = a[i * sa] - b[i * sb];
		break;
	case MUL:
		for (int64_t i = 0; i < n; i++)
			y[i] = a[i * sa] * b[i * sb];
		break;
	default:
		for (int64_t i = 0; i < n; i++)
			y[i] = a[i * sa] / b[i * sb];
		break;
	}
}

static void row_binary(int kind, int64_t n, const real *a, int64_t sa, const real *b, int64_t sb, real *y)
{
	if (sa == 1 && sb == 1)
		row_forward(kind, n, a, 1, b, 1, y);
	else if (sa == 1 && sb == 0)
		row_forward(kind, n, a, 1, b, 0, y);
	else
		row_forward(kind, n, a, sa, b, sb, y);
}

static void row_real(const struct op_call *c, const int64_t *off, real *y)
{
	const struct param *p = c->n->param;
	real *v = point(c);
	if (p->kind <= DIV && p->b.m == 2) {
		row_binary(p->kind, p->b.row, (const real *)c->x[0] + off[0], broadcast_step(&p->b, 0),
		           (const real *)c->x[1] + off[1], broadcast_step(&p->b, 1), y);
		return;
	}
	for (int64_t i = 0; i < p->b.row; i++) {
		for (int k = 0; k < p->b.m; k++)
			v[k] = number(c, k, off[k] + i * broadcast_step(&p->b, k));
		y[i] = table[p->kind].f(p->b.m, v);
	}
}

static void row_int(const struct op_call *c, const int64_t *off, int64_t *y)
{
	const struct param *p = c->n->param;
	int64_t *v = point(c);
	if (p->b.m == 2 && call_in(c, 1)->dtype == DT_REAL) {
		for (int64_t i = 0; i < p->b.row; i++) {
			real r = real_pow(number(c, 0, off[0] + i * broadcast_step(&p->b, 0)),
			                  number(c, 1, off[1] + i * broadcast_step(&p->b, 1)));
			y[i] = real_abs(r) < (real)9e18 ? (int64_t)r : 0;
		}
		return;
	}
	for (int64_t i = 0; i < p->b.row; i++) {
		for (int k = 0; k < p->b.m; k++)
			v[k] = ((const int64_t *)c->x[k])[off[k] + i * broadcast_step(&p->b, k)];
		y[i] = table[p->kind].fi(p->b.m, v);
	}
}

/* ---- several windows at once ---- */

/* Elements i of row r of input k in all windows: they lie side by side, or the number is the same for all. */
struct lanes_of {
	const real *v;
	int64_t step;
};

static struct lanes_of lanes_at(const struct op_call *c, const int64_t *off, int k, int64_t i)
{
	const struct param *p = c->n->param;
	int64_t at = off[k] + i * broadcast_step(&p->b, k);
	bool depends = call_in(c, k)->depends;
	return (struct lanes_of){ (const real *)c->x[k] + at * (depends ? c->lanes : 1), depends };
}

/* Whether input k and the output are read and written one number after the other, lanes and all. */
static bool side_by_side(const struct op_call *c, int k)
{
	const struct param *p = c->n->param;
	return call_in(c, k)->depends && broadcast_step(&p->b, k) == 1;
}

static void lanes_forward(const struct op_call *c, const int64_t *off, int64_t r)
{
	const struct param *p = c->n->param;
	int64_t L = c->lanes, n = side_by_side(c, 0) && side_by_side(c, 1) ? p->b.row : 1;
	real *y = (real *)c->y[0] + r * p->b.row * L;
	for (int64_t i = 0; i < p->b.row; i += n) {
		struct lanes_of a = lanes_at(c, off, 0, i), b = lanes_at(c, off, 1, i);
		row_binary(p->kind, n * L, a.v, a.step, b.v, b.step, y + i * L);
	}
}

/* Loops of their own, where each gradient is added to in the order of a window alone: not where the numbers of a row
 * meet in one. */
static bool lanes(const struct graph *g, const struct node *n)
{
	const struct param *p = n->param;
	bool takes = p->kind <= DIV && p->b.m == 2;
	for (int k = 0; k < n->n_in && takes; k++) {
		const struct value *v = &g->value[n->in[k]];
		takes = v->dtype == DT_REAL && (!v->depends || p->kind != DIV || k == 0) &&
		        (!v->depends || broadcast_step(&p->b, k) == 1);
	}
	return takes;
}

static void forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	int64_t *off = offsets(c);
	for (int64_t r = 0; r < p->b.rows && c->lanes > 1; r++) {
		broadcast_row(&p->b, r, off);
		lanes_forward(c, off, r);
	}
	if (c->lanes > 1)
		return;
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, off);
		if (call_out(c, 0)->dtype == DT_REAL)
			row_real(c, off, (real *)c->y[0] + r * p->b.row);
		else
			row_int(c, off, (int64_t *)c->y[0] + r * p->b.row);
	}
}

/* dx[k] += g dy along a row: g = 1, or the other input. */
static void row_scaled(int64_t n, const real *dy, const real *g, int64_t sg, real sign, real *dx, int64_t s)
{
	if (!g && s == 1) {
		for (int64_t i = 0; i < n; i++)
			dx[i] += sign * dy[i];
	} else if (g && s == 1 && sg == 1) {
		for (int64_t i = 0; i < n; i++)
			dx[i] += sign * dy[i] * g[i];
	} else {
		double sum = 0;
		for (int64_t i = 0; i < n; i++) {
			real v = sign * dy[i] * (g ? g[i * sg] : 1);
			if (s)
				dx[i * s] += v;
			else
				sum += (double)v;
		}
		if (!s)
			dx[0] += (real)sum;
	}
}

static void row_backward(const struct op_call *c, const int64_t *off, int64_t r)
{
	const struct param *p = c->n->param;
	const real *dy = c->dy[0] + r * p->b.row, *y = (const real *)c->y[0] + r * p->b.row;
	int64_t n = p->b.row;
	for (int k = 0; k < p->b.m; k++) {
		real *dx = c->dx[k] ? c->dx[k] + off[k] : NULL;
		int64_t s = broadcast_step(&p->b, k);
		if (!dx)
			continue;
		if (p->kind == ADD || p->kind == SUB) {
			row_scaled(n, dy, NULL, 0, p->kind == SUB && k ? -1 : 1, dx, s);
			continue;
		}
		if (p->kind == MUL) {
			row_scaled(n, dy, (const real *)c->x[!k] + off[!k], broadcast_step(&p->b, !k), 1, dx, s);
			continue;
		}
		real *v = point(c);
		for (int64_t i = 0; i < n; i++) {
			for (int j = 0; j < p->b.m; j++)
				v[j] = number(c, j, off[j] + i * broadcast_step(&p->b, j));
			dx[i * s] += dy[i] * table[p->kind].df(p->b.m, v, y[i], k);
		}
	}
}

static void lanes_backward(const struct op_call *c, const int64_t *off, int64_t r)
{
	const struct param *p = c->n->param;
	int64_t L = c->lanes;
	bool plain = p->kind == ADD || p->kind == SUB;
	for (int k = 0; k < 2; k++) {
		int64_t n = plain || side_by_side(c, !k) ? p->b.row : 1;
		for (int64_t i = 0; c->dx[k] && i < p->b.row; i += n) {
			const real *dy = c->dy[0] + (r * p->b.row + i) * L;
			real *dx = c->dx[k] + (off[k] + i) * L;
			struct lanes_of g = lanes_at(c, off, !k, i);
			if (plain)
				row_scaled(n * L, dy, NULL, 0, p->kind == SUB && k ? -1 : 1, dx, 1);
			else if (p->kind == MUL)
				row_scaled(n * L, dy, g.v, g.step, 1, dx, 1);
			else
				for (int64_t l = 0; l < n * L; l++)
					dx[l] += dy[l] * (1 / g.v[l * g.step]);
		}
	}
}

static void backward(struct op_call *c)
{
	const struct param *p = c->n->param;
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, offsets(c));
		if (c->lanes > 1)
			lanes_backward(c, offsets(c), r);
		else
			row_backward(c, offsets(c), r);
	}
}

static void slope(const struct op_call *c, int k, int64_t from, int64_t step, int64_t n, real *d)
{
	const struct param *p = c->n->param;
	int64_t *off = offsets(c), row = from / p->b.row, at = from % p->b.row;
	real *v = point(c);
	bool plain = p->kind == ADD || p->kind == SUB;
	for (int64_t i = 0; plain && i < n; i++)
		d[i] = p->kind == SUB && k ? -1 : 1;
	broadcast_row(&p->b, row, off);
	for (int64_t i = 0; !plain && i < n; i++, at += step) {
		if (at >= p->b.row) {
			row += at / p->b.row;
			at %= p->b.row;
			broadcast_row(&p->b, row, off);
		}
		for (int j = 0; j < p->b.m; j++)
			v[j] = number(c, j, off[j] + at * broadcast_step(&p->b, j));
		d[i] = table[p->kind].df(p->b.m, v, ((const real *)c->y[0])[row * p->b.row + at], k);
	}
}

/* abs(x dy/dx) of the inputs that depend on the network's input, as shares: a constant, like a bias, has no part in it.
 */
static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct param *p = c->n->param;
	int64_t *off = offsets(c);
	real *v = point(c);
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, off);
		for (int64_t i = 0; i < p->b.row; i++) {
			real s = share[r * p->b.row + i], y = ((const real *)c->y[0])[r * p->b.row + i], total = 0;
			for (int k = 0; k < p->b.m; k++)
				v[k] = number(c, k, off[k] + i * broadcast_step(&p->b, k));
			for (int k = 0; s > 0 && k < p->b.m; k++)
				total += share_x[k] ? real_abs(v[k] * table[p->kind].df(p->b.m, v, y, k)) : 0;
			for (int k = 0; total > 0 && k < p->b.m; k++)
				if (share_x[k])
					share_x[k][off[k] + i * broadcast_step(&p->b, k)] +=
					        s * real_abs(v[k] * table[p->kind].df(p->b.m, v, y, k)) / total;
		}
	}
}

/* Mod: the distance of the quotient to a whole number. */
static double mod_kink(double a, double b)
{
	return fabs(a / b - rint(a / b)) * fmin(fabs(b), b * b);
}

/* Max and Min: half the gap between the winner and the next. */
static double kink(const struct op_call *c)
{
	const struct param *p = c->n->param;
	double least = INFINITY;
	bool is_mod = table[p->kind].df == mod_d;
	if (table[p->kind].df != first_d && !is_mod)
		return least;
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, offsets(c));
		for (int64_t i = 0; i < p->b.row; i++)
			for (int k = 0; k < p->b.m; k++) {
				double v =
				        (double)((const real *)c->x[k])[offsets(c)[k] + i * broadcast_step(&p->b, k)];
				double gap = fabs(v - (double)((const real *)c->y[0])[r * p->b.row + i]);
				if (is_mod && k)
					gap = 2 *
					      mod_kink((double)((const real *)c->x[0])[offsets(c)[0] +
					                                               i * broadcast_step(&p->b, 0)],
					               v);
				else if (is_mod)
					continue;
				if (gap > 0 && gap / 2 < least)
					least = gap / 2;
			}
	}
	return least;
}

#define ROW(id, nm, low, high, more)                                              \
	const struct op op_##id = { .name = nm,                                   \
		                    .in_min = low,                                \
		                    .in_max = high,                               \
		                    .out_max = 1,                                 \
		                    .flags = OP_POINTWISE | OP_IN_PLACE | (more), \
		                    .infer = infer,                               \
		                    .forward = forward,                           \
		                    .backward = backward,                         \
		                    .lanes = lanes,                               \
		                    .slope = slope,                               \
		                    .trace = trace,                               \
		                    .kink = kink }
ROW(add, "Add", 2, 2, OP_LINEAR);
ROW(sub, "Sub", 2, 2, OP_LINEAR);
ROW(mul, "Mul", 2, 2, OP_BILINEAR);
ROW(div, "Div", 2, 2, OP_LINEAR_FIRST);
ROW(pow, "Pow", 2, 2, 0);
ROW(sum, "Sum", 1, ANY_NUMBER, OP_LINEAR);
ROW(mean, "Mean", 1, ANY_NUMBER, OP_LINEAR | OP_MEAN);
ROW(max, "Max", 1, ANY_NUMBER, OP_MAXIMUM);
ROW(min, "Min", 1, ANY_NUMBER, 0);
ROW(mod, "Mod", 2, 2, 0);
