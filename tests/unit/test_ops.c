/* Operators against numbers of PyTorch (tests/gen_ops.py), chains of shapes that must vanish while loading, and what
 * infer refuses. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include "core/graph/op.h"
#include "core/run/run.h"
#include "tests/unit/lanes.h"
#include "tests/unit/outputs_only.h"
#include "tests/unit/unit.h"

enum { INPUTS = 8, NUMBERS = 80 };

struct numbers {
	const char *op;
	int n_in;
	struct shape in[INPUTS]; /* rank -1: absent */
	struct attr attr[6];
	int n_out;
	double want[NUMBERS]; /* all outputs one after the other */
};

#define D1(a)             \
	{                 \
		1,        \
		{         \
			a \
		}         \
	}
#define D2(a, b)             \
	{                    \
		2,           \
		{            \
			a, b \
		}            \
	}
#define D3(a, b, c)             \
	{                       \
		3,              \
		{               \
			a, b, c \
		}               \
	}
#define ABSENT            \
	{                 \
		-1,       \
		{         \
			0 \
		}         \
	}
#define LEFT_OUT          \
	{                 \
		-2,       \
		{         \
			0 \
		}         \
	}
#define I(nm, x)                                     \
	{                                            \
		.name = nm, .type = ATTR_INT, .i = x \
	}
#define S(nm, x)                                        \
	{                                               \
		.name = nm, .type = ATTR_STRING, .s = x \
	}
#define L(nm, ...)                                                                                                    \
	{                                                                                                             \
		.name = nm, .type = ATTR_INTS, .n = sizeof((int64_t[]){ __VA_ARGS__ }) / 8, .ints = (const int64_t[]) \
		{                                                                                                     \
			__VA_ARGS__                                                                                   \
		}                                                                                                     \
	}

static const struct numbers numbers[] = {
#include "tests/unit/ops_numbers.h"
};
enum { N_NUMBERS = sizeof numbers / sizeof *numbers };

static const char *const out_names[] = { "y0", "y1", "y2", "y3" };

static int attr_count(const struct attr *a, int most)
{
	int n = 0;
	while (n < most && a[n].name)
		n++;
	return n;
}

START_TEST(numbers_of_pytorch)
{
	const struct numbers *c = &numbers[_i];
	struct graph *g = graph_new();
	struct err e = { 0 };
	real *data[INPUTS] = { 0 };
	int in[INPUTS], out[4], n_in = c->n_in, n_attr = attr_count(c->attr, 6), n_data = 0;
	for (int k = 0; k < c->n_in; k++) {
		in[k] = -1;
		if (c->in[k].rank < 0)
			continue;
		int64_t n = shape_count(&c->in[k]);
		real *x = data[n_data++] = xcalloc((size_t)n, sizeof *x);
		for (int64_t i = 0; i < n; i++)
			x[i] = (real)(0.8 * sin(1.3 * (double)i + 0.7 * k + 1));
		in[k] = graph_input(g, NULL, DT_REAL, &c->in[k], &e);
	}
	/* the new length of the last axis, given as an attribute of our own */
	if (!strcmp(c->op, "Resize")) {
		int64_t sizes[3] = { c->in[0].dim[0], c->in[0].dim[1], c->attr[--n_attr].i };
		struct shape three = { 1, { 3 } };
		in[1] = in[2] = -1;
		in[3] = graph_const_int(g, NULL, &three, sizes, &e);
		n_in = 4;
	}
	ck_assert_msg(graph_node(g, c->op, c->op, n_in, in, c->n_out, out_names, n_attr, c->attr, out, &e) >= 0, "%s",
	              e.text);
	ck_assert_int_eq(graph_finish(g, &e), 0);
	struct run *r = run_new(g);
	for (int k = 0; k < n_data; k++)
		run_input(r, k, data[k]);
	run_forward(r);
	check_outputs_only(r, c->n_out, out);
	check_lanes(r, c->n_out, out);
	const double *want = c->want;
	for (int k = 0; k < c->n_out; k++) {
		int64_t n = shape_count(&g->value[out[k]].shape);
		ck_assert_int_le(want + n - c->want, NUMBERS);
		unit_close(c->op, run_real(r, out[k]), want, n, sizeof(real) == 8 ? 1e-10 : 1e-5, 0);
		want += n;
	}
	ck_assert_msg(want == c->want + NUMBERS || *want == 0, "%s: fewer outputs than numbers", c->op);
	for (int k = 0; k < n_data; k++)
		free(data[k]);
	run_free(r);
	graph_free(g);
}
END_TEST

/* ---- what exporters write around shapes ---- */

static int ints(struct graph *g, int n, const int64_t *v)
{
	struct err e = { 0 };
	struct shape s = { 1, { n } };
	return graph_const_int(g, NULL, &s, v, &e);
}
#define INTS(g, ...) ints(g, (int)(sizeof((int64_t[]){ __VA_ARGS__ }) / 8), (int64_t[]){ __VA_ARGS__ })

static int node(struct graph *g, const char *op, int n_attr, const struct attr *a, int x, int y, int z)
{
	struct err e = { 0 };
	int in[] = { x, y, z }, n = z >= 0 ? 3 : y >= 0 ? 2 : 1;
	int id = graph_op(g, op, op, n, in, n_attr, a, &e);
	ck_assert_msg(id >= 0, "%s: %s", op, e.text);
	return id;
}

static void expect_ints(const struct graph *g, int v, int n, const int64_t *want)
{
	ck_assert(g->value[v].constant && g->value[v].dtype == DT_INT64);
	ck_assert_int_eq(shape_count(&g->value[v].shape), n);
	for (int i = 0; i < n; i++)
		ck_assert_msg(g->value[v].i[i] == want[i], "element %d of %s is %lld", i, g->value[v].name,
		              (long long)g->value[v].i[i]);
}
#define EXPECT(g, v, ...) expect_ints(g, v, (int)(sizeof((int64_t[]){ __VA_ARGS__ }) / 8), (int64_t[]){ __VA_ARGS__ })

/* padding="same": ceil(50 / 3) * 3 - 50 and so on from the shape of an input */
START_TEST(shape_chains_fold)
{
	struct graph *g = graph_new();
	struct err e = { 0 };
	struct shape s = { 3, { 1, 2, 50 } };
	int x = graph_input(g, "x", DT_REAL, &s, &e);
	int shape = node(g, "Shape", 0, NULL, x, -1, -1);
	int t = node(g, "Gather", 0, NULL, shape, INTS(g, 2), -1);
	int steps = node(g, "Div", 0, NULL, node(g, "Add", 0, NULL, t, INTS(g, 2), -1), INTS(g, 3), -1);
	int total = node(g, "Sub", 0, NULL, node(g, "Mul", 0, NULL, steps, INTS(g, 3), -1), t, -1);
	struct attr axis = attr_i("axis", 0);
	EXPECT(g, steps, 17);
	EXPECT(g, total, 1);
	EXPECT(g, node(g, "Concat", 1, &axis, INTS(g, 7), total, t), 7, 1, 50);
	EXPECT(g, node(g, "Neg", 0, NULL, total, -1, -1), -1);
	EXPECT(g, node(g, "Mod", 0, NULL, INTS(g, -7, 7, -7, 7), INTS(g, 3, 3, -3, -3), -1), 2, 1, -1, -2);
	EXPECT(g, node(g, "ReduceProd", 0, NULL, shape, -1, -1), 100);
	EXPECT(g, node(g, "Size", 0, NULL, x, -1, -1), 100);
	EXPECT(g, node(g, "Range", 0, NULL, INTS(g, 5), INTS(g, -2), INTS(g, -3)), 5, 2, -1);
	int equal = node(g, "Equal", 0, NULL, INTS(g, -1, 4, -1), INTS(g, -1), -1);
	EXPECT(g, equal, 1, 0, 1);
	EXPECT(g, node(g, "Where", 0, NULL, equal, shape, INTS(g, 9, 8, 7)), 1, 8, 50);
	EXPECT(g, node(g, "Not", 0, NULL, equal, -1, -1), 0, 1, 0);
	EXPECT(g, node(g, "Slice", 0, NULL, shape, INTS(g, -2), INTS(g, INT64_MAX)), 2, 50);
	struct attr value = attr_i("value", 3), to = attr_i("to", 7), like = attr_i("to", 1);
	EXPECT(g, node(g, "ConstantOfShape", 1, &value, INTS(g, 2, 1), -1, -1), 3, 3);
	int number = node(g, "Cast", 1, &like, INTS(g, -3, 5), -1, -1);
	ck_assert(g->value[number].dtype == DT_REAL);
	int half = node(g, "Div", 0, NULL, number, node(g, "Cast", 1, &like, INTS(g, 2), -1, -1), -1);
	EXPECT(g, node(g, "Cast", 1, &to, half, -1, -1), -1, 2);
	EXPECT(g, node(g, "Cast", 1, &to, node(g, "Floor", 0, NULL, half, -1, -1), -1, -1), -2, 2);
	EXPECT(g, node(g, "Cast", 1, &to, node(g, "Round", 0, NULL, half, -1, -1), -1, -1), -2, 2);
	int states = node(g, "Expand", 0, NULL, node(g, "ConstantOfShape", 0, NULL, INTS(g, 1, 1), -1, -1),
	                  INTS(g, 2, 3), -1);
	ck_assert(g->value[states].constant && g->value[states].dtype == DT_REAL);
	ck_assert_int_eq(shape_count(&g->value[states].shape), 6);
	EXPECT(g, node(g, "ArgMax", 0, NULL, INTS(g, 3, 9, 9), -1, -1), 1);
	/* nothing is left to be done at run time */
	ck_assert_int_eq(g->n_node, 0);
	graph_free(g);
}
END_TEST

/* Labels stay with their axes where axes come and go. */
START_TEST(labels_follow_axes)
{
	struct graph *g = graph_new();
	struct err e = { 0 };
	struct shape s = { 3, { 1, 4, 9 } };
	struct attr drop = attr_i("keepdims", 0), axis = attr_i("axis", 2);
	int x = graph_input(g, "x", DT_REAL, &s, &e);
	memcpy(g->value[x].axis, "NCT", 4);
	int mean = node(g, "ReduceMean", 1, &drop, x, INTS(g, 2), -1);
	ck_assert_str_eq(g->value[mean].axis, "NC");
	ck_assert_str_eq(g->value[node(g, "Unsqueeze", 0, NULL, mean, INTS(g, 1), -1)].axis, "N1C");
	ck_assert_str_eq(g->value[node(g, "Squeeze", 0, NULL, x, INTS(g, 0), -1)].axis, "CT");
	struct shape none = { 0, { 0 } };
	int last = graph_const_int(g, NULL, &none, &(int64_t){ -1 }, &e);
	ck_assert_str_eq(g->value[node(g, "Gather", 1, &axis, x, last, -1)].axis, "NC");
	ck_assert_str_eq(g->value[node(g, "Gather", 1, &axis, x, INTS(g, 0, 1), -1)].axis, "NCT");
	graph_free(g);
}
END_TEST

/* Filters and steps through the reshapes of attention, as exporters write it: with the batch first, behind the steps,
 * or merged with the steps. */
START_TEST(labels_follow_attention)
{
	struct graph *g = graph_new();
	struct err e = { 0 };
	struct attr heads_first = attr_is("perm", 4, (int64_t[]){ 0, 2, 1, 3 }),
	            turned = attr_is("perm", 4, (int64_t[]){ 0, 2, 3, 1 }),
	            steps_first = attr_is("perm", 3, (int64_t[]){ 1, 0, 2 });
	int x = graph_input(g, "x", DT_REAL, &(struct shape){ 3, { 1, 9, 8 } }, &e);
	memcpy(g->value[x].axis, "NTC", 4);
	/* (1,T,C) to (1,T,heads,C/heads), scores, and back */
	int split = node(g, "Reshape", 0, NULL, x, INTS(g, 1, 9, 2, 4), -1);
	int q = node(g, "Transpose", 1, &heads_first, split, -1, -1),
	    k = node(g, "Transpose", 1, &turned, split, -1, -1);
	int scores = node(g, "Softmax", 0, NULL, node(g, "MatMul", 0, NULL, q, k, -1), -1, -1);
	int mixed = node(g, "MatMul", 0, NULL, scores, q, -1);
	int back =
	        node(g, "Reshape", 0, NULL, node(g, "Transpose", 1, &heads_first, mixed, -1, -1), INTS(g, 1, 9, 8), -1);
	ck_assert_str_eq(g->value[split].axis, "NTCC");
	ck_assert_str_eq(g->value[q].axis, "NCTC");
	ck_assert_str_eq(g->value[k].axis, "NCCT");
	ck_assert_str_eq(g->value[scores].axis, "NCT1");
	ck_assert_str_eq(g->value[mixed].axis, "NCTC");
	ck_assert_str_eq(g->value[back].axis, "NTC");
	/* (T,1,C) to (T,heads,C/heads) */
	int time = node(g, "Transpose", 1, &steps_first, x, -1, -1);
	int rows = node(g, "Reshape", 0, NULL, time, INTS(g, 9, 2, 4), -1);
	ck_assert_str_eq(g->value[time].axis, "TNC");
	ck_assert_str_eq(g->value[rows].axis, "TCC");
	ck_assert_str_eq(g->value[node(g, "Reshape", 0, NULL, rows, INTS(g, 9, 8), -1)].axis, "TC");
	/* (1,T,C) to (T,C), as a dense layer is written, and to heads from there */
	int flat = node(g, "Reshape", 0, NULL, x, INTS(g, 9, 8), -1);
	ck_assert_str_eq(g->value[flat].axis, "TC");
	ck_assert_str_eq(g->value[node(g, "Reshape", 0, NULL, flat, INTS(g, 1, 9, 2, 4), -1)].axis, "1TCC");
	/* all of a window is filters */
	ck_assert_str_eq(g->value[node(g, "Flatten", 0, NULL, x, -1, -1)].axis, "NC");
	graph_free(g);
}
END_TEST

/* ---- what infer refuses: a sentence, no crash ---- */

struct refusal {
	const char *op;
	struct shape in[4]; /* rank -1: the integers v; -2: not there */
	int n_in;
	int64_t v[6];
	int n_v;
	struct attr attr[3];
};

static const struct refusal refusals[] = {
	{ "Squeeze", { D2(2, 3), ABSENT }, 2, { 0 }, 1 },
	{ "Squeeze", { D2(1, 3), ABSENT }, 2, { 5 }, 1 },
	{ "Unsqueeze", { D2(2, 3), ABSENT }, 2, { 0, 0 }, 2 },
	{ "Unsqueeze", { D2(2, 3), ABSENT }, 2, { 0, 1, 2, 3, 4 }, 5 },
	{ "Expand", { D2(2, 3), ABSENT }, 2, { 4, 3 }, 2 },
	{ "Expand", { D2(1, 1), ABSENT }, 2, { INT64_MAX, INT64_MAX }, 2 },
	{ "Expand", { D2(1, 1), ABSENT }, 2, { -1, 1 }, 2 },
	{ "Expand", { D2(1, 1), D2(1, 1) }, 2 },
	{ "Tile", { D2(2, 3), ABSENT }, 2, { 2 }, 1 },
	{ "Tile", { D2(2, 3), ABSENT }, 2, { (int64_t)1 << 62, 2 }, 2 },
	{ "Gather", { D2(2, 3), ABSENT }, 2, { 2 }, 1 },
	{ "Cast", { D2(2, 3) }, 1, { 0 }, 0, { I("to", 8) } },
	{ "ConstantOfShape", { ABSENT }, 1, { -1 }, 1 },
	{ "ConstantOfShape", { ABSENT }, 1, { INT64_MAX, 2 }, 2 },
	{ "ReduceSum", { D2(2, 3), ABSENT }, 2, { 2 }, 1 },
	{ "Where", { D2(2, 3), D2(2, 3), D2(2, 3) }, 3 },
	{ "Less", { D2(2, 3), D1(2) }, 2 },
	{ "Clip", { D2(2, 3), D1(3) }, 2 },
	{ "PRelu", { D2(1, 3), D2(2, 3) }, 2 },
	{ "ConvTranspose", { D3(1, 2, 5), D3(3, 2, 3) }, 2 },
	{ "ConvTranspose", { D3(1, 2, 5), D3(2, 2, 3) }, 2, { 0 }, 0, { L("strides", 1 << 24) } },
	{ "ConvTranspose", { D3(1, 2, 1), D3(2, 2, 1) }, 2, { 0 }, 0, { L("pads", 3, 3) } },
	{ "GroupNormalization", { D3(1, 4, 5), D1(4), D1(4) }, 3, { 0 }, 0, { I("num_groups", 3) } },
	{ "LayerNormalization", { D3(1, 4, 5), D1(4) }, 2 },
	{ "Resize", { D3(1, 4, 5) }, 1 },
	{ "LSTM", { D3(4, 1, 3), D3(1, 8, 3), D3(1, 8, 3) }, 3 },
	{ "GRU", { D3(4, 1, 3), D3(1, 6, 3), D3(1, 6, 2) }, 3, { 0 }, 0, { S("direction", "both") } },
	{ "RNN", { D3(4, 1, 3), D3(1, 2, 3), D3(1, 2, 2) }, 3, { 0 }, 0, { S("activations", "Step") } },
	{ "TopK", { D1(3), ABSENT }, 2, { 4 }, 1 },
	{ "GatherElements", { D1(3), ABSENT }, 2, { 3 }, 1 },
	/* an axis named twice: starts, ends, axes; sizes by the attribute axes */
	{ "Slice", { D3(1, 4, 5), ABSENT, ABSENT, ABSENT }, 4, { 1, 1 }, 2 },
	{ "Resize", { D3(1, 4, 5), LEFT_OUT, LEFT_OUT, ABSENT }, 4, { 9, 9 }, 2, { L("axes", 2, 2) } },
	/* products beyond 63 bits; steps beyond patience */
	{ "Reshape", { D3(0, 2, 5), ABSENT }, 2, { 0, 4, (int64_t)1 << 62 }, 3 },
	{ "TopK", { D1(1 << 20), ABSENT }, 2, { 1 << 20 }, 1 },
	{ "LRN", { D2(1, 1 << 20) }, 1, { 0 }, 0, { I("size", 1 << 20) } },
};

START_TEST(infer_refuses)
{
	const struct refusal *c = &refusals[_i];
	struct graph *g = graph_new();
	struct err e = { 0 };
	int in[4];
	for (int k = 0; k < c->n_in; k++)
		in[k] = c->in[k].rank == -2 ? -1
		        : c->in[k].rank < 0 ? ints(g, c->n_v, c->v)
		                            : graph_input(g, NULL, DT_REAL, &c->in[k], &e);
	ck_assert_int_lt(graph_op(g, c->op, c->op, c->n_in, in, attr_count(c->attr, 3), c->attr, &e), 0);
	ck_assert_msg(e.code < 0 && strlen(e.text) > 10, "%s: no sentence", c->op);
	graph_free(g);
}
END_TEST

static void setup(TCase *t)
{
	tcase_add_loop_test(t, numbers_of_pytorch, 0, N_NUMBERS);
	tcase_add_test(t, shape_chains_fold);
	tcase_add_test(t, labels_follow_axes);
	tcase_add_test(t, labels_follow_attention);
	tcase_add_loop_test(t, infer_refuses, 0, (int)(sizeof refusals / sizeof *refusals));
}
UNIT_MAIN_WITH("ops", setup)
