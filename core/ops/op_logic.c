/* Truth values (int64 0 and 1): comparisons, And Or Xor Not, IsNaN IsInf, and Where, which chooses by them. */
#include <math.h>
#include <string.h>
#include "core/kernels/broadcast.h"
#include "core/kernels/op_util.h"

/* ---- two inputs to a truth value ---- */

struct compare {
	const char *name;
	bool (*r)(real a, real b); /* NULL: integers only */
	bool (*i)(int64_t a, int64_t b);
};

#define COMPARE(id, op)                          \
	static bool id##_r(real a, real b)       \
	{                                        \
		return a op b;                   \
	}                                        \
	static bool id##_i(int64_t a, int64_t b) \
	{                                        \
		return a op b;                   \
	}
COMPARE(equal, ==)
COMPARE(less, <)
COMPARE(less_equal, <=)
COMPARE(greater, >)
COMPARE(greater_equal, >=)
static bool and_i(int64_t a, int64_t b)
{
	return a && b;
}
static bool or_i(int64_t a, int64_t b)
{
	return a || b;
}
static bool xor_i(int64_t a, int64_t b)
{
	return !a != !b;
}

static const struct compare compares[] = {
	{ "Equal", equal_r, equal_i },
	{ "Less", less_r, less_i },
	{ "LessOrEqual", less_equal_r, less_equal_i },
	{ "Greater", greater_r, greater_i },
	{ "GreaterOrEqual", greater_equal_r, greater_equal_i },
	{ "And", NULL, and_i },
	{ "Or", NULL, or_i },
	{ "Xor", NULL, xor_i },
};

struct param {
	const struct compare *kind;
	struct broadcast b;
};

static int compare_infer(struct op_infer *q, struct err *e)
{
	struct param *p = op_param(q, sizeof *p);
	p->kind = compares;
	while (strcmp(p->kind->name, q->n->op->name) != 0)
		p->kind++;
	if (q->in[0]->dtype != q->in[1]->dtype || (q->in[0]->dtype == DT_REAL && !p->kind->r))
		return err_set(e, ERR_FORMAT, "inputs of types that %s does not take", q->n->op->name);
	q->out[0].dtype = DT_INT64;
	return broadcast_make(q, &p->b, &q->out[0].shape, e);
}

static void compare_forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	int64_t off[2], *y = c->y[0], s0 = broadcast_step(&p->b, 0), s1 = broadcast_step(&p->b, 1);
	bool is_real = call_in(c, 0)->dtype == DT_REAL;
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, off);
		for (int64_t i = 0; i < p->b.row; i++)
			*y++ = is_real ? p->kind->r(((const real *)c->x[0])[off[0] + i * s0],
			                            ((const real *)c->x[1])[off[1] + i * s1])
			               : p->kind->i(((const int64_t *)c->x[0])[off[0] + i * s0],
			                            ((const int64_t *)c->x[1])[off[1] + i * s1]);
	}
}

#define ROW(id, nm)                                                    \
	const struct op op_##id = { .name = nm,                        \
		                    .in_min = 2,                       \
		                    .in_max = 2,                       \
		                    .out_max = 1,                      \
		                    .flags = OP_NODIFF | OP_POINTWISE, \
		                    .infer = compare_infer,            \
		                    .forward = compare_forward }
ROW(equal, "Equal");
ROW(less, "Less");
ROW(less_or_equal, "LessOrEqual");
ROW(greater, "Greater");
ROW(greater_or_equal, "GreaterOrEqual");
ROW(and, "And");
ROW(or, "Or");
ROW(xor, "Xor");

/* ---- one input to a truth value ---- */

enum test { TEST_NOT, TEST_NAN, TEST_INF };

struct test_param {
	enum test kind;
	bool negative, positive; /* IsInf */
};

static int test_infer(struct op_infer *q, struct err *e)
{
	struct test_param *p = op_param(q, sizeof *p);
	p->kind = !strcmp(q->n->op->name, "Not") ? TEST_NOT : !strcmp(q->n->op->name, "IsNaN") ? TEST_NAN : TEST_INF;
	p->negative = attr_int(q->n, "detect_negative", 1) != 0;
	p->positive = attr_int(q->n, "detect_positive", 1) != 0;
	out_like(q, 0, 0);
	q->out[0].dtype = DT_INT64;
	if ((p->kind == TEST_NOT) != (q->in[0]->dtype == DT_INT64))
		return err_set(e, ERR_FORMAT, "an input of a type that %s does not take", q->n->op->name);
	return 0;
}

static void test_forward(struct op_call *c)
{
	const struct test_param *p = c->n->param;
	const real *r = c->x[0];
	const int64_t *v = c->x[0];
	int64_t n = call_count_out(c, 0), *y = c->y[0];
	for (int64_t i = 0; i < n; i++)
		y[i] = p->kind == TEST_NOT   ? !v[i]
		       : p->kind == TEST_NAN ? isnan(r[i])
		                             : isinf(r[i]) && (r[i] < 0 ? p->negative : p->positive);
}

#define TEST_ROW(id, nm)                                               \
	const struct op op_##id = { .name = nm,                        \
		                    .in_min = 1,                       \
		                    .in_max = 1,                       \
		                    .out_max = 1,                      \
		                    .flags = OP_NODIFF | OP_POINTWISE, \
		                    .infer = test_infer,               \
		                    .forward = test_forward }
TEST_ROW(not, "Not");
TEST_ROW(is_nan, "IsNaN");
TEST_ROW(is_inf, "IsInf");

/* ---- Where ---- */

static int where_infer(struct op_infer *q, struct err *e)
{
	struct param *p = op_param(q, sizeof *p);
	if (q->in[0]->dtype != DT_INT64 || q->in[1]->dtype != q->in[2]->dtype)
		return err_set(e, ERR_FORMAT, "Where takes a truth value and two inputs of one type");
	q->out[0].dtype = q->in[1]->dtype;
	return broadcast_make(q, &p->b, &q->out[0].shape, e);
}

/* The element that output r*row + i comes from: input 1 or 2 (returned) at *from. */
static int chosen(const struct op_call *c, const int64_t *off, int64_t i, int64_t *from)
{
	const struct param *p = c->n->param;
	int k = ((const int64_t *)c->x[0])[off[0] + i * broadcast_step(&p->b, 0)] ? 1 : 2;
	*from = off[k] + i * broadcast_step(&p->b, k);
	return k;
}

static void where_forward(struct op_call *c)
{
	const struct param *p = c->n->param;
	int64_t off[3], at = 0, from;
	bool is_real = call_out(c, 0)->dtype == DT_REAL;
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, off);
		for (int64_t i = 0; i < p->b.row; i++, at++) {
			int k = chosen(c, off, i, &from);
			if (is_real)
				((real *)c->y[0])[at] = ((const real *)c->x[k])[from];
			else
				((int64_t *)c->y[0])[at] = ((const int64_t *)c->x[k])[from];
		}
	}
}

static void where_back(const struct op_call *c, const real *dy, real **dx)
{
	const struct param *p = c->n->param;
	int64_t off[3], from;
	for (int64_t r = 0; r < p->b.rows; r++) {
		broadcast_row(&p->b, r, off);
		for (int64_t i = 0; i < p->b.row; i++, dy++) {
			int k = chosen(c, off, i, &from);
			if (dx[k])
				dx[k][from] += *dy;
		}
	}
}

static void where_backward(struct op_call *c)
{
	where_back(c, c->dy[0], c->dx);
}

static void where_trace(struct op_call *c, const real *share, real **share_x)
{
	where_back(c, share, share_x);
}

static void where_slope(const struct op_call *c, int k, int64_t from, int64_t step, int64_t n, real *d)
{
	const struct param *p = c->n->param;
	int64_t off[3], row = -1, at;
	for (int64_t i = 0, e = from; i < n; i++, e += step) {
		if (e / p->b.row != row)
			broadcast_row(&p->b, row = e / p->b.row, off);
		d[i] = chosen(c, off, e % p->b.row, &at) == k ? 1 : 0;
	}
}

const struct op op_where = { .name = "Where",
	                     .in_min = 3,
	                     .in_max = 3,
	                     .out_max = 1,
	                     .flags = OP_POINTWISE | OP_CHOOSES,
	                     .infer = where_infer,
	                     .forward = where_forward,
	                     .backward = where_backward,
	                     .slope = where_slope,
	                     .trace = where_trace };
