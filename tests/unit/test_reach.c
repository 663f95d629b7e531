/* What the rows of op_table say about their operators, tried out: each element of each input is changed, and the
 * outputs that move are compared with what op_reach, the flags and the receptive fields say. */
#include "core/model/receptive.h"
#include "tests/unit/op_cases.h"

#define TRUTH(...)                                                                                  \
	{                                                                                           \
		.shape = { sizeof((int64_t[]){ __VA_ARGS__ }) / 8, { __VA_ARGS__ } }, .truth = true \
	}

/* The operators without a gradient. */
static const struct op_case others[] = {
	{ "Shape", { S2(3, 4) }, 1, { { 0 } } },
	{ "Size", { S2(3, 4) }, 1, { { 0 } } },
	{ "EyeLike", { S2(3, 4) }, 1, { { 0 } } },
	{ "ConstantOfShape", { INTS(2, 3) }, 1, { { 0 } } },
	{ "Range",
	  { { .shape = { 0 }, .is_int = true, .v = { 1 } },
	    { .shape = { 0 }, .is_int = true, .v = { 5 } },
	    { .shape = { 0 }, .is_int = true, .v = { 1 } } },
	  3,
	  { { 0 } } },
	{ "NonZero", { INTS(1, 0, 2) }, 1, { { 0 } } },
	{ "OneHot", { TRUTH(3, 4), INTS(3), REALS(0, 1) }, 3, { { 0 } } },
	{ "OneHot", { TRUTH(3, 4), INTS(2), REALS(0, 1) }, 3, { I("axis", 0) } },
	{ "ArgMax", { S3(2, 3, 4) }, 1, { I("axis", 1) } },
	{ "ArgMin", { S3(2, 3, 4) }, 1, { I("axis", -1), I("keepdims", 0) } },
	{ "Hardmax", { S3(2, 3, 4) }, 1, { I("axis", 1) } },
	{ "Hardmax", { S2(3, 4) }, 1, { { 0 } } },
	{ "Equal", { TRUTH(3, 4), TRUTH(3, 4) }, 2, { { 0 } } },
	{ "Less", { S2(3, 4), S1(4) }, 2, { { 0 } } },
	{ "LessOrEqual", { S2(3, 4), S2(3, 1) }, 2, { { 0 } } },
	{ "Greater", { S2(3, 4), S2(3, 4) }, 2, { { 0 } } },
	{ "GreaterOrEqual", { S2(3, 4), S2(3, 4) }, 2, { { 0 } } },
	{ "And", { TRUTH(3, 4), TRUTH(3, 4) }, 2, { { 0 } } },
	{ "Or", { TRUTH(3, 4), TRUTH(4) }, 2, { { 0 } } },
	{ "Xor", { TRUTH(3, 4), TRUTH(3, 4) }, 2, { { 0 } } },
	{ "Not", { TRUTH(3, 4) }, 1, { { 0 } } },
	{ "IsNaN", { S2(3, 4) }, 1, { { 0 } } },
	{ "IsInf", { S2(3, 4) }, 1, { { 0 } } },
	/* what the cases of the gradients leave out */
	{ "CumSum", { S3(2, 3, 5), INTS(2) }, 2, { { 0 } } },
	{ "Pad", { S3(1, 2, 6), INTS(0, 0, 2, 0, 0, 2) }, 2, { STR("mode", "reflect") } },
	{ "Pad", { S3(1, 2, 6), INTS(0, 0, 1, 0, 0, 2) }, 2, { STR("mode", "edge") } },
	{ "Pad", { S3(1, 2, 6), INTS(0, 0, 1, 0, 0, 2) }, 2, { STR("mode", "wrap") } },
	{ "MatMul", { S3(2, 3, 4), S3(2, 4, 5) }, 2, { { 0 } } },
	{ "MatMul", { S2(3, 4), S3(2, 4, 5) }, 2, { { 0 } } },
	{ "MatMul", { S1(4), S3(2, 4, 5) }, 2, { { 0 } } },
	{ "MatMul", { S3(2, 3, 4), S1(4) }, 2, { { 0 } } },
	{ "Reshape", { S3(1, 6, 2), INTS(1, 3, 4) }, 2, { { 0 } } },
	{ "Reshape", { S3(1, 4, 6), INTS(1, 6, 4) }, 2, { { 0 } } },
	{ "Concat", { S3(1, 3, 4), S3(1, 3, 4) }, 2, { I("axis", 2) } },
	{ "Slice", { S2(3, 8), INTS(7), INTS(-9), INTS(1), INTS(-1) }, 5, { { 0 } } },
	{ "Slice", { S2(3, 8), INTS(1), INTS(8), INTS(1), INTS(2) }, 5, { { 0 } } },
	{ "Conv", { S4(1, 2, 3, 6), S4(2, 2, 1, 3) }, 2, { LIST("pads", 0, 1, 0, 1) } },
	{ "ConvTranspose", { S3(1, 2, 6), S3(2, 3, 3) }, 2, { LIST("pads", 1, 1) } },
};
enum { N_OTHERS = sizeof others / sizeof *others, N_ALL = N_CASES + N_OTHERS };

static const struct op_case *case_of(int i)
{
	return i < N_CASES ? &cases[i] : &others[i - N_CASES];
}

/* ---- which elements of the outputs move ---- */

/* Element u of input k, and element t of output o move together. */
struct moved {
	int64_t n_in, n_out;
	bool *at; /* (n_in, n_out) */
};

static void *outputs_copy(const struct bench *b, int o)
{
	size_t bytes = value_bytes(&b->g->value[b->out[o]]);
	return memcpy(xmalloc(bytes + 1), b->r->val[b->out[o]], bytes);
}

static void moved_note(const struct bench *b, struct moved *m, int64_t e, int o, const char *before)
{
	const char *now = b->r->val[b->out[o]];
	size_t width = b->g->value[b->out[o]].dtype == DT_REAL ? sizeof(real) : sizeof(int64_t);
	for (int64_t i = 0; i < m->n_out; i++)
		if (memcmp(now + (size_t)i * width, before + (size_t)i * width, width) != 0)
			m->at[e * m->n_out + i] = true;
}

static struct moved moved_find(struct bench *b, const struct op_case *c, int k, int o)
{
	static const double by[] = { 0.3, 10, -10, NAN, INFINITY };
	const struct shape *y = &b->g->value[b->out[o]].shape;
	struct moved m = { shape_count(&c->in[k].shape), shape_count(y), NULL };
	struct rng rng;
	m.at = xcalloc((size_t)(m.n_in * m.n_out) + 1, sizeof *m.at);
	rng_init(&rng, 5);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < c->n_in; i++)
			if (b->x[i])
				fill(b->x[i], shape_count(&c->in[i].shape), &rng, lowest(&c->in[i]),
				     highest(&c->in[i]));
		bench_forward(b);
		char *before = outputs_copy(b, o);
		for (int64_t e = 0; e < m.n_in; e++)
			for (size_t d = 0; d < sizeof by / sizeof *by; d++) {
				real was = b->x[k][e];
				b->x[k][e] = was + (real)by[d];
				bench_forward(b);
				moved_note(b, &m, e, o, before);
				b->x[k][e] = was;
			}
		free(before);
	}
	return m;
}

static int64_t position(const struct shape *s, int axis, int64_t element)
{
	int64_t inner = 1;
	for (int a = axis + 1; a < s->rank; a++)
		inner *= s->dim[a];
	return element / inner % s->dim[axis];
}

/* ---- op_reach ---- */

/* low[t], high[t]: first and last position along the input's axis that moves position t along the output's. */
static void moved_along(const struct moved *m, const struct shape *x, int in_axis, const struct shape *y, int out_axis,
                        int64_t *low, int64_t *high)
{
	for (int64_t t = 0; t < y->dim[out_axis]; t++)
		low[t] = x->dim[in_axis], high[t] = -1;
	for (int64_t e = 0; e < m->n_in; e++)
		for (int64_t i = 0; i < m->n_out; i++) {
			int64_t u = position(x, in_axis, e), t = position(y, out_axis, i);
			if (!m->at[e * m->n_out + i])
				continue;
			low[t] = u < low[t] ? u : low[t];
			high[t] = u > high[t] ? u : high[t];
		}
}

static void check_window(const char *what, struct reach r, int64_t len, int64_t out_len, const int64_t *low,
                         const int64_t *high)
{
	bool whole = false, full = false, any = false;
	for (int64_t t = 0; t < out_len; t++) {
		int64_t from = t * r.stride + r.first, to = from + r.n - 1;
		any |= high[t] >= 0;
		whole |= from >= 0 && to < len;
		full |= from >= 0 && to < len && low[t] == from && high[t] == to;
		ck_assert_msg(high[t] < 0 || to < 0 || from >= len || (low[t] >= from && high[t] <= to),
		              "%s: position %d reads %d to %d, outside of %d to %d", what, (int)t, (int)low[t],
		              (int)high[t], (int)from, (int)to);
	}
	ck_assert_msg(full || !whole || !any, "%s: no position reads all of its window of %d", what, (int)r.n);
}

static void check_up(const char *what, struct reach r, int64_t len, int64_t out_len, const int64_t *low,
                     const int64_t *high)
{
	bool first = false, last = false;
	for (int64_t t = 0; t < out_len; t++) {
		int64_t from = (int64_t)ceil((double)(t + r.first) / (double)r.stride);
		int64_t to = (int64_t)floor((double)(t + r.first + r.n - 1) / (double)r.stride);
		first |= from >= 0 && low[t] == from;
		last |= to < len && high[t] == to;
		ck_assert_msg(high[t] < 0 || (low[t] >= from && high[t] <= to),
		              "%s: position %d reads %d to %d, outside of %d to %d", what, (int)t, (int)low[t],
		              (int)high[t], (int)from, (int)to);
	}
	ck_assert_msg(first && last, "%s: no position reads the first or the last that it may", what);
}

static void check_scattered(const char *what, struct reach r, int64_t out_len, const int64_t *low, const int64_t *high)
{
	int64_t most = 0;
	for (int64_t t = 0; t < out_len; t++)
		most = high[t] - low[t] + 1 > most ? high[t] - low[t] + 1 : most;
	ck_assert_msg(most == r.n, "%s: reads %d positions, not %d", what, (int)most, (int)r.n);
}

/* An operator that keeps the positions must say so. */
static void check_all(const char *what, const int64_t *low, const int64_t *high, int64_t len)
{
	bool kept = true;
	for (int64_t t = 0; t < len; t++)
		kept &= high[t] < 0 || (low[t] == t && high[t] == t);
	ck_assert_msg(!kept, "%s: each position reads its own alone, but the row says all", what);
}

static void check_axes(const struct bench *b, int number, int k, int o, const struct moved *m)
{
	const struct value *x = &b->g->value[b->in[k]], *y = &b->g->value[b->out[o]];
	const struct node *n = &b->g->node[y->node];
	int64_t low[64], high[64];
	char what[120];
	const struct op_case *c = case_of(number);
	for (int i = 0; i < x->shape.rank; i++)
		for (int j = 0; j < y->shape.rank; j++) {
			int64_t len = x->shape.dim[i], out_len = y->shape.dim[j];
			struct reach r = op_reach(&(struct reach_query){ b->g, n, k, i, o, j });
			ck_assert_int_le(out_len, 64);
			moved_along(m, &x->shape, i, &y->shape, j, low, high);
			snprintf(what, sizeof what, "case %d, %s, axis %d of input %d, axis %d of output %d", number,
			         c->op, i, k, j, o);
			if (r.kind == REACH_WINDOW)
				check_window(what, r, len, out_len, low, high);
			else if (r.kind == REACH_UP)
				check_up(what, r, len, out_len, low, high);
			else if (r.kind == REACH_SCATTERED && len > 1)
				check_scattered(what, r, out_len, low, high);
			else if (r.kind == REACH_ALL && k == 0 && i == j && len == out_len && len > 1 &&
			         x->shape.rank == y->shape.rank)
				check_all(what, low, high, len);
		}
}

/* No input depends on the window, or the numbers do not matter. */
static void check_constant(const struct bench *b, const struct op_case *c)
{
	bool window = false;
	for (int k = 0; k < c->n_in; k++)
		window |= b->x[k] != NULL;
	ck_assert_msg(b->g->value[b->out[0]].constant, "%s is not a constant", c->op);
	ck_assert_msg(!window || op_find(c->op)->flags & OP_OF_SHAPE, "%s lacks OP_OF_SHAPE", c->op);
}

START_TEST(reach_is_what_moves)
{
	const struct op_case *c = case_of(_i);
	struct rng rng;
	struct bench b;
	if (c->training)
		return; /* windows of a batch mix: OP_BATCH_NORM */
	rng_init(&rng, 3);
	bench_open(&b, c, &rng);
	if (b.g->value[b.out[0]].node < 0)
		check_constant(&b, c);
	for (int k = 0; k < c->n_in; k++)
		for (int o = 0; b.x[k] && o < b.n_out && b.g->value[b.out[0]].node >= 0; o++) {
			struct moved m = moved_find(&b, c, k, o);
			check_axes(&b, _i, k, o, &m);
			free(m.at);
		}
	bench_close(&b);
}
END_TEST

/* ---- flags ---- */

/* Output 0 where the inputs with vary[] are scale_a times their a plus scale_b times their b; the others are a. */
static double *output_at(struct bench *b, const struct op_case *c, const bool *vary, real *const *a, real *const *z,
                         real scale_a, real scale_b)
{
	int64_t n = shape_count(&b->g->value[b->out[0]].shape);
	double *y = xcalloc((size_t)n + 1, sizeof *y);
	for (int k = 0; k < c->n_in; k++)
		for (int64_t i = 0; b->x[k] && i < shape_count(&c->in[k].shape); i++)
			b->x[k][i] = vary[k] ? scale_a * a[k][i] + scale_b * z[k][i] : a[k][i];
	bench_forward(b);
	for (int64_t i = 0; i < n; i++)
		y[i] = (double)run_real(b->r, b->out[0])[i];
	return y;
}

/* Affine in the inputs with vary[]: y(a) + y(z) = y(a + z) + y(0). */
static bool is_affine(struct bench *b, const struct op_case *c, const bool *vary)
{
	real *a[INPUTS] = { 0 }, *z[INPUTS] = { 0 };
	struct rng rng;
	bool same = true;
	rng_init(&rng, 6);
	for (int k = 0; k < c->n_in; k++) {
		size_t n = (size_t)shape_count(&c->in[k].shape);
		if (!b->x[k])
			continue;
		a[k] = xcalloc(n + 1, sizeof(real));
		z[k] = xcalloc(n + 1, sizeof(real));
		fill(a[k], (int64_t)n, &rng, 0.2, 1);
		fill(z[k], (int64_t)n, &rng, -3, -0.5);
	}
	double *ya = output_at(b, c, vary, a, z, 1, 0), *yz = output_at(b, c, vary, a, z, 0, 1);
	double *both = output_at(b, c, vary, a, z, 1, 1), *none = output_at(b, c, vary, a, z, 0, 0);
	for (int64_t i = 0; i < shape_count(&b->g->value[b->out[0]].shape); i++) {
		double size = fabs(ya[i]) + fabs(yz[i]) + fabs(both[i]) + fabs(none[i]);
		same &= fabs(ya[i] + yz[i] - both[i] - none[i]) <= 1e-4 * size;
	}
	for (int k = 0; k < c->n_in; k++)
		free(a[k]), free(z[k]);
	free(ya), free(yz), free(both), free(none);
	return same;
}

static void check_linear(struct bench *b, const struct op_case *c, unsigned flags)
{
	const bool every[INPUTS] = { true, true, true, true, true, true, true, true };
	const bool first[INPUTS] = { true }, second[INPUTS] = { false, true };
	if (flags & OP_LINEAR)
		ck_assert_msg(is_affine(b, c, every), "%s is not linear", c->op);
	if (flags & (OP_LINEAR_FIRST | OP_BILINEAR | OP_WEIGHTED_SUM))
		ck_assert_msg(is_affine(b, c, first), "%s is not linear in input 0", c->op);
	if (flags & OP_BILINEAR && b->x[1])
		ck_assert_msg(is_affine(b, c, second), "%s is not linear in input 1", c->op);
	if (flags & OP_UNARY)
		ck_assert_msg(!(flags & OP_RECTIFIER) || !is_affine(b, c, first), "%s is no rectifier", c->op);
}

/* Which elements of input 0 the elements of output 0 are. */
static void check_elements(struct bench *b, const struct op_case *c, unsigned flags)
{
	int64_t n = shape_count(&b->g->value[b->out[0]].shape), m = shape_count(&c->in[0].shape);
	bench_forward(b);
	const real *y = run_real(b->r, b->out[0]), *x = b->x[0];
	if (flags & OP_COPIES)
		ck_assert_msg(n == m && !memcmp(x, y, (size_t)n * sizeof *x), "%s changes order or numbers", c->op);
	for (int64_t i = 0; i < n && flags & (OP_MAXIMUM | OP_CHOOSES); i++) {
		bool found = false;
		for (int k = 0; k < c->n_in; k++)
			for (int64_t j = 0; b->x[k] && j < shape_count(&c->in[k].shape); j++)
				found |= b->x[k][j] == y[i];
		ck_assert_msg(found || isinf(y[i]), "%s: an output is none of the inputs", c->op);
	}
	for (int64_t i = 0; i < n && flags & OP_HINGE; i++)
		ck_assert_msg(x[i] > 0 ? y[i] == x[i] : real_abs(y[i]) <= real_abs(x[i]), "%s: not a hinge", c->op);
}

START_TEST(flags_are_what_they_say)
{
	const struct op_case *c = case_of(_i);
	const struct op *op = op_find(c->op);
	struct rng rng;
	struct bench b;
	rng_init(&rng, 8);
	bench_open(&b, c, &rng);
	const struct value *y = &b.g->value[b.out[0]];
	if (!c->training && y->node >= 0 && y->dtype == DT_REAL && b.x[0]) {
		check_elements(&b, c, op->flags);
		check_linear(&b, c, op->flags);
	}
	ck_assert_msg(!(op->flags & OP_IDENTITY) || op->flags & OP_COPIES, "%s: an identity copies", c->op);
	ck_assert_msg(!(op->flags & OP_HINGE) || op->flags & OP_RECTIFIER, "%s: a hinge is a rectifier", c->op);
	ck_assert_msg(!(op->flags & OP_UNARY) || !(op->flags & OP_POINTWISE), "%s: unary or pointwise", c->op);
	bench_close(&b);
}
END_TEST

/* ---- receptive fields ---- */

/* The graph's input is a window whose axis `time` is time; the output is a layer. */
struct net {
	struct graph *g;
	struct layer layer;
	struct model m;
	int out;
};

static int net_input(struct net *n, const struct shape *s, int time)
{
	n->g = graph_new();
	int x = graph_input(n->g, "x", DT_REAL, s, NULL);
	for (int a = 0; a < s->rank && a < RANK_MAX; a++)
		n->g->value[x].axis[a] = a == time ? 'T' : a == (time == 0 ? 1 : 0) ? 'N' : 'C';
	n->m = (struct model){ .graph = n->g, .T = s->dim[time], .layer = &n->layer, .n_layer = 1, .input = x };
	return x;
}

static void net_close(struct net *n, int out)
{
	struct err e = { 0 };
	n->out = out;
	n->layer.act = out;
	ck_assert_msg(graph_output(n->g, out, &e) == 0 && graph_finish(n->g, &e) == 0, "%s", e.text);
	receptive_fields(&n->m);
}

/* Element i of the output is moved by the steps first[i] to last[i] of the window: its span holds them. Together the
 * elements of a step are moved by the first and the last step of the span, unless it is the whole window for want of a
 * better answer. */
static void check_spans(struct net *n, const int64_t *first, const int64_t *last, int64_t outs)
{
	const struct value *y = &n->g->value[n->out];
	int axis = -1;
	for (int k = 0; k < y->shape.rank; k++)
		axis = y->axis[k] == 'T' ? (axis < 0 ? k : -2) : axis;
	if (axis < 0)
		return;
	n->layer.times = y->shape.dim[axis];
	for (int64_t t = 0; t < n->layer.times; t++) {
		int64_t from, to, a = n->m.T, b = -1;
		receptive_span(&n->m, &n->layer, t, &from, &to);
		for (int64_t i = 0; i < outs; i++) {
			if (position(&y->shape, axis, i) != t || last[i] < 0)
				continue;
			a = first[i] < a ? first[i] : a;
			b = last[i] > b ? last[i] : b;
		}
		ck_assert_msg(b < 0 || (from <= a && to >= b), "%s, step %d: %d to %d move it, %d to %d are said",
		              n->g->node[n->g->n_node - 1].op->name, (int)t, (int)a, (int)b, (int)from, (int)to);
		ck_assert_msg(b < 0 || from == 0 || to == n->m.T - 1 || !n->layer.stride_in || (from == a && to == b),
		              "step %d: %d to %d move it, but %d to %d are said", (int)t, (int)a, (int)b, (int)from,
		              (int)to);
	}
}

/* The distance from the first to the last time step that moves an element of the output, plus one; the largest of all
 * elements. */
static int64_t net_observed(struct net *n, double low, double high)
{
	static const double by[] = { 0.3, 10, -10, NAN, INFINITY };
	const struct shape *s = &n->g->value[n->m.input].shape;
	const struct value *y = &n->g->value[n->out];
	int time = 0;
	while (n->g->value[n->m.input].axis[time] != 'T')
		time++;
	int64_t count = shape_count(s), outs = shape_count(&y->shape), most = 0;
	int64_t *first = xcalloc((size_t)outs, sizeof *first), *last = xcalloc((size_t)outs, sizeof *last);
	real *x = xcalloc((size_t)count, sizeof *x);
	size_t width = y->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t);
	struct run *r = run_new(n->g);
	struct rng rng;
	rng_init(&rng, 9);
	for (int64_t i = 0; i < outs; i++)
		first[i] = s->dim[time], last[i] = -1;
	for (int round = 0; round < 3; round++) {
		fill(x, count, &rng, low, high);
		run_input(r, 0, x);
		run_forward(r);
		char *before = memcpy(xmalloc(value_bytes(y)), r->val[n->out], value_bytes(y));
		for (int64_t e = 0; e < count * 5; e++) {
			int64_t t = position(s, time, e / 5);
			real was = x[e / 5];
			x[e / 5] = was + (real)by[e % 5];
			run_input(r, 0, x);
			run_forward(r);
			x[e / 5] = was;
			for (int64_t i = 0; i < outs; i++)
				if (memcmp(before + (size_t)i * width, (char *)r->val[n->out] + (size_t)i * width,
				           width) != 0) {
					first[i] = t < first[i] ? t : first[i];
					last[i] = t > last[i] ? t : last[i];
				}
		}
		free(before);
	}
	for (int64_t i = 0; i < outs; i++)
		most = last[i] - first[i] + 1 > most ? last[i] - first[i] + 1 : most;
	check_spans(n, first, last, outs);
	run_free(r);
	free(first), free(last), free(x);
	return most;
}

/* Operator c on a window whose axis `time` is time. */
static void check_receptive(const struct op_case *c, int number, int time)
{
	struct net n = { 0 };
	struct err e = { 0 };
	struct rng rng;
	int in[INPUTS] = { net_input(&n, &c->in[0].shape, time) }, out[INPUTS];
	double low = lowest(&c->in[0]), high = highest(&c->in[0]);
	rng_init(&rng, 4);
	if (c->in[0].truth)
		in[0] = above_zero(n.g, in[0]);
	for (int k = 1; k < c->n_in; k++)
		in[k] = constant_input(n.g, &c->in[k], &rng);
	int id = graph_node(n.g, c->op, c->op, c->n_in, in, c->n_out ? c->n_out : 1, NULL, attrs(c), c->attr, out, &e);
	ck_assert_msg(id >= 0, "%s: %s", c->op, e.text);
	net_close(&n, out[0]);
	int64_t seen = net_observed(&n, low, high), said = n.layer.receptive;
	char what[80];
	snprintf(what, sizeof what, "case %d, %s, time is axis %d", number, c->op, time);
	ck_assert_msg(seen <= said, "%s: a point depends on %d steps, but %d are said", what, (int)seen, (int)said);
	/* an axis that the operator takes for another than time says nothing */
	if (n.g->value[out[0]].shape.rank <= time || n.g->value[out[0]].axis[time] != 'T')
		;
	else if (!n.layer.stride_in && said == n.m.T)
		ck_assert_msg(seen > 1, "%s: a point depends on one step, not on all", what);
	/* the field of a window longer than the input never shows as a whole */
	else if (said <= n.m.T)
		ck_assert_msg(seen == said, "%s: a point depends on %d steps, not on %d", what, (int)seen, (int)said);
	graph_free(n.g);
}

START_TEST(receptive_field_of_every_operator)
{
	const struct op_case *c = case_of(_i);
	const struct in *x = &c->in[0];
	if (c->training || x->is_int || x->is_real || op_find(c->op)->flags & OP_OF_SHAPE)
		return; /* nothing depends on the window */
	for (int time = 0; time < x->shape.rank; time++)
		if (x->shape.dim[time] > 1)
			check_receptive(c, _i, time);
}
END_TEST

static int op(struct net *n, const char *name, int n_in, const int *in, int n_attr, const struct attr *a)
{
	struct err e = { 0 };
	int id = graph_op(n->g, name, NULL, n_in, in, n_attr, a, &e);
	ck_assert_msg(id >= 0, "%s: %s", name, e.text);
	return id;
}

static int ints(struct net *n, int count, const int64_t *v)
{
	return graph_const_int(n->g, NULL, &(struct shape){ 1, { count } }, v, NULL);
}

/* A convolution of k taps, which keeps the two channels. */
static int conv(struct net *n, int x, int64_t k, int64_t front, int64_t back, int64_t stride)
{
	real w[64];
	struct rng rng;
	rng_init(&rng, 2);
	fill(w, 4 * k, &rng, 0.2, 1);
	int weights = graph_const_real(n->g, NULL, &(struct shape){ 3, { 2, 2, k } }, w, true, NULL);
	struct attr a[] = { LIST("pads", front, back), LIST("strides", stride) };
	return op(n, "Conv", 2, (int[]){ x, weights }, 2, a);
}

static int slice(struct net *n, int x, int64_t from, int64_t to)
{
	int in[] = { x, ints(n, 1, &from), ints(n, 1, &to), ints(n, 1, &(int64_t){ 2 }) };
	return op(n, "Slice", 4, in, 0, NULL);
}

static int reverse(struct net *n, int x)
{
	int in[] = { x, ints(n, 1, &(int64_t){ -1 }), ints(n, 1, &(int64_t){ -99 }), ints(n, 1, &(int64_t){ 2 }),
		     ints(n, 1, &(int64_t){ -1 }) };
	return op(n, "Slice", 5, in, 0, NULL);
}

static int net_same(struct net *n, int x)
{
	return conv(n, conv(n, x, 3, 1, 1, 1), 3, 1, 1, 1);
}
static int net_strided(struct net *n, int x)
{
	return conv(n, conv(n, x, 3, 1, 1, 2), 3, 1, 1, 1);
}
/* Twice as many steps. */
static int up(struct net *n, int x)
{
	real w[16];
	struct rng rng;
	rng_init(&rng, 4);
	fill(w, 16, &rng, 0.2, 1);
	int weights = graph_const_real(n->g, NULL, &(struct shape){ 3, { 2, 2, 4 } }, w, true, NULL);
	struct attr a[] = { LIST("pads", 1, 1), LIST("strides", 2) };
	return op(n, "ConvTranspose", 2, (int[]){ x, weights }, 2, a);
}
static int net_up(struct net *n, int x)
{
	return up(n, conv(n, x, 3, 1, 1, 2));
}
static int net_up_and_on(struct net *n, int x)
{
	return conv(n, net_up(n, x), 3, 1, 1, 1);
}
/* A path of half the steps beside one of all steps. */
static int net_skip(struct net *n, int x)
{
	int all = conv(n, x, 1, 0, 0, 1);
	return op(n, "Concat", 2, (int[]){ net_up(n, all), all }, 1, (struct attr[]){ I("axis", 1) });
}
static int net_doubled(struct net *n, int x)
{
	const real scales[] = { 1, 1, 2 };
	int in[] = { conv(n, x, 3, 1, 1, 2), -1,
		     graph_const_real(n->g, NULL, &(struct shape){ 1, { 3 } }, scales, false, NULL) };
	int y = op(n, "Resize", 3, in, 2,
	           (struct attr[]){ STR("mode", "nearest"), STR("coordinate_transformation_mode", "asymmetric") });
	return conv(n, y, 3, 1, 1, 1);
}
static int net_difference(struct net *n, int x)
{
	return op(n, "Sub", 2, (int[]){ slice(n, x, 3, 99), slice(n, x, 0, -3) }, 0, NULL);
}
static int net_branches(struct net *n, int x)
{
	return op(n, "Add", 2, (int[]){ conv(n, x, 3, 2, 0, 1), conv(n, x, 3, 0, 2, 1) }, 0, NULL);
}
static int net_reflected(struct net *n, int x)
{
	int in[] = { x, ints(n, 6, (int64_t[]){ 0, 0, 2, 0, 0, 2 }) };
	return conv(n, op(n, "Pad", 2, in, 1, (struct attr[]){ STR("mode", "reflect") }), 5, 0, 0, 1);
}
static int net_mirrored(struct net *n, int x)
{
	return op(n, "Add", 2, (int[]){ x, reverse(n, x) }, 0, NULL);
}
static int net_in_time(struct net *n, int x)
{
	return op(n, "Concat", 2, (int[]){ conv(n, x, 3, 1, 1, 1), x }, 1, (struct attr[]){ I("axis", 2) });
}
static int net_over_joint(struct net *n, int x)
{
	return conv(n, net_in_time(n, x), 3, 1, 1, 1);
}
static int net_gated(struct net *n, int x)
{
	return op(n, "Mul", 2, (int[]){ x, op(n, "GlobalAveragePool", 1, &x, 0, NULL) }, 0, NULL);
}
static int net_summed(struct net *n, int x)
{
	int in[] = { conv(n, x, 3, 1, 1, 1), ints(n, 1, &(int64_t){ 2 }) };
	return conv(n, op(n, "CumSum", 2, in, 0, NULL), 3, 1, 1, 1);
}
static int net_normal(struct net *n, int x)
{
	int in[] = { x, ints(n, 1, &(int64_t){ 2 }) };
	return op(n, "MeanVarianceNormalization", 1, in, 1, (struct attr[]){ LIST("axes", 2) });
}
/* Two steps of each channel become two channels of one step. */
static int net_folded(struct net *n, int x)
{
	struct attr swap = LIST("perm", 0, 2, 1);
	int in[] = { op(n, "Transpose", 1, &x, 1, &swap), ints(n, 3, (int64_t[]){ 1, 6, 4 }) };
	int folded = op(n, "Reshape", 2, in, 0, NULL);
	return op(n, "Transpose", 1, &folded, 1, &swap);
}
static int net_folded_relu(struct net *n, int x)
{
	int y = net_folded(n, x);
	return op(n, "Relu", 1, &y, 0, NULL);
}
static int net_folded_scaled(struct net *n, int x)
{
	real half = (real)0.5;
	int in[] = { net_folded(n, x), graph_const_real(n->g, NULL, &(struct shape){ 1, { 1 } }, &half, true, NULL) };
	return op(n, "Mul", 2, in, 0, NULL);
}
static int net_last(struct net *n, int x)
{
	return slice(n, conv(n, x, 4, 3, 0, 1), -1, 99);
}

static const struct {
	const char *name;
	int (*build)(struct net *n, int x);
	int64_t receptive, stride; /* of a window of 12 steps */
} nets[] = {
	{ "two convolutions", net_same, 5, 1 },
	{ "with a stride", net_strided, 7, 2 },
	{ "twice as many steps", net_up, 5, 0 },
	{ "convolution of twice as many steps", net_up_and_on, 7, 0 },
	{ "half the steps beside all", net_skip, 5, 0 },
	{ "convolution of doubled steps", net_doubled, 5, 0 },
	{ "differences over 3 steps", net_difference, 4, 1 },
	{ "one branch looks back, one ahead", net_branches, 5, 1 },
	{ "mirrored ends", net_reflected, 5, 1 },
	{ "plus itself backwards", net_mirrored, 12, 0 },
	{ "joined in time", net_in_time, 3, 0 },
	{ "convolution of what is joined in time", net_over_joint, 12, 0 },
	{ "times its mean", net_gated, 12, 0 },
	{ "running sum", net_summed, 12, 0 },
	{ "normalised over time", net_normal, 12, 0 },
	{ "the last step", net_last, 4, 1 },
	{ "two steps as two channels", net_folded, 1, 2 },
	{ "relu of two steps as two channels", net_folded_relu, 1, 2 },
	{ "half of two steps as two channels", net_folded_scaled, 1, 2 },
};

START_TEST(receptive_field_of_networks)
{
	struct net n = { 0 };
	int x = net_input(&n, &(struct shape){ 3, { 1, 2, 12 } }, 2);
	net_close(&n, nets[_i].build(&n, x));
	int64_t seen = net_observed(&n, -1, 1);
	ck_assert_msg(n.layer.receptive == nets[_i].receptive && n.layer.stride_in == nets[_i].stride,
	              "%s: %d steps, %d apart", nets[_i].name, (int)n.layer.receptive, (int)n.layer.stride_in);
	ck_assert_msg(seen == nets[_i].receptive, "%s: a point depends on %d steps", nets[_i].name, (int)seen);
	graph_free(n.g);
}
END_TEST

START_TEST(every_operator_is_tried)
{
	for (int i = 0; op_table[i]; i++) {
		bool found = false;
		for (int k = 0; k < N_ALL; k++)
			found |= !strcmp(case_of(k)->op, op_table[i]->name);
		ck_assert_msg(found, "operator %s has no case", op_table[i]->name);
	}
}
END_TEST

static void setup(TCase *t)
{
	tcase_add_test(t, every_operator_is_tried);
	tcase_add_loop_test(t, reach_is_what_moves, 0, N_ALL);
	tcase_add_loop_test(t, flags_are_what_they_say, 0, N_ALL);
	tcase_add_loop_test(t, receptive_field_of_every_operator, 0, N_ALL);
	tcase_add_loop_test(t, receptive_field_of_networks, 0, sizeof nets / sizeof *nets);
}
UNIT_MAIN_WITH("reach", setup)
