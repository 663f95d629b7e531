/* Removing filters (core/prune): for every operator, a smaller network computes what the old one does with the same
 * filters switched off. */
#define UNIT_ONE_PROCESS
#include "tests/unit/prune_case.h"

/* ---- every operator ---- */

/* Values in the range of an input whose axis `axis` are the filters of a convolution. */
static int filters_along(struct model *m, const struct in *in, int axis, struct rng *r)
{
	struct graph *g = m->graph;
	const struct shape *s = &in->shape;
	int64_t f = s->dim[axis], dim[RANK_MAX] = { f }, perm[RANK_MAX] = { 0 };
	for (int k = 0, at = 1; k < s->rank; k++) {
		perm[k] = k == axis ? 0 : at;
		if (k != axis)
			dim[at++] = s->dim[k];
	}
	double low = lowest(in), high = highest(in);
	int x = op(g, "Sigmoid", 1, (int[]){ conv(g, r, m->input, f, 1, 1) }, 0, NULL);
	x = op(g, "Mul", 2, (int[]){ x, scalar(g, high - low) }, 0, NULL);
	x = op(g, "Add", 2, (int[]){ x, scalar(g, low) }, 0, NULL);
	must(model_layer(m, "conv", "Conv", "", LAYER_ANALYSED, x, x, 1, (int[]){ 0 }, &e));
	x = op(g, "Reshape", 2, (int[]){ x, ints(g, s->rank, dim) }, 0, NULL);
	x = op(g, "Transpose", 1, &x, 1, (struct attr[]){ attr_is("perm", s->rank, perm) });
	return in->truth ? above_zero(g, x) : x;
}

/* both: the second input is computed by other filters, too. */
static struct model *embed(const struct op_case *c, int axis, bool both, struct rng *r)
{
	struct model *m = model_new("net", "test");
	struct graph *g = m->graph;
	static const char *const names[INPUTS] = { "y0", "y1", "y2", "y3", "y4", "y5", "y6", "y7" };
	int64_t steps = shape_count(&c->in[0].shape) / c->in[0].shape.dim[axis];
	int in[INPUTS], out[INPUTS], n_out = c->n_out ? c->n_out : 1, sum = -1;
	must(model_input(m, "x", "Input", "NCT", steps, 2, 1, &e));
	in[0] = filters_along(m, &c->in[0], axis, r);
	for (int k = 1; k < c->n_in; k++)
		in[k] = both && k == 1 ? filters_along(m, &c->in[k], axis, r) : constant_input(g, &c->in[k], r);
	if (graph_node(g, c->op, "op", c->n_in, in, n_out, names, attrs(c), c->attr, out, &e) < 0) {
		model_free(m);
		return NULL;
	}
	for (int k = 0; k < n_out; k++) {
		if (out[k] < 0 || !shape_count(&g->value[out[k]].shape))
			continue;
		int y = out[k];
		if (g->value[y].dtype != DT_REAL)
			y = op(g, "Cast", 1, &y, 1, (struct attr[]){ attr_i("to", 1) });
		y = dense(g, r, y);
		sum = sum < 0 ? y : op(g, "Add", 2, (int[]){ sum, y }, 0, NULL);
	}
	if (sum < 0 || !g->value[sum].depends) {
		model_free(m);
		return NULL;
	}
	must(model_layer(m, "out", "Dense", "", LAYER_ANALYSED, sum, sum, 1, (int[]){ 1 }, &e));
	must(model_finish(m, sum, &e));
	return m;
}

/* Cases of operators without a gradient, and of two computed inputs; op_cases.h has the others. */
static const struct op_case more[] = {
	{ "Equal", { S3(1, 4, 3), S3(1, 4, 3) }, 2 },
	{ "Less", { S3(1, 4, 3), S3(1, 4, 1) }, 2 },
	{ "LessOrEqual", { S3(1, 4, 3), S3(1, 4, 3) }, 2 },
	{ "Greater", { S3(1, 4, 3), S1(1) }, 2 },
	{ "GreaterOrEqual", { S3(1, 4, 3), S2(4, 3) }, 2 },
	{ "And",
	  { { .shape = { 3, { 1, 4, 3 } }, .truth = true }, { .shape = { 3, { 1, 4, 3 } }, .truth = true } },
	  2 },
	{ "Or", { { .shape = { 3, { 1, 4, 3 } }, .truth = true }, { .shape = { 3, { 1, 4, 3 } }, .truth = true } }, 2 },
	{ "Xor",
	  { { .shape = { 3, { 1, 4, 3 } }, .truth = true }, { .shape = { 3, { 1, 4, 3 } }, .truth = true } },
	  2 },
	{ "Not", { { .shape = { 3, { 1, 4, 3 } }, .truth = true } }, 1 },
	{ "IsNaN", { S3(1, 4, 3) }, 1 },
	{ "IsInf", { S3(1, 4, 3) }, 1 },
	{ "Hardmax", { S3(1, 4, 3) }, 1, { I("axis", 2) } },
	{ "Softmax", { S3(1, 4, 3) }, 1, { I("axis", 2) } },
	{ "LogSoftmax", { S3(1, 4, 3) }, 1, { I("axis", 2) } },
	{ "Conv", { S3(1, 4, 6), S3(8, 1, 3), S1(8) }, 3, { I("group", 4), LIST("pads", 1, 1) } },
	{ "Conv", { S3(1, 8, 6), S3(4, 2, 3), S1(4) }, 3, { I("group", 4) } },
	{ "ConvTranspose", { S3(1, 4, 6), S3(4, 3, 3), S1(3) }, 3, { { 0 } } },
	{ "ConvTranspose", { S3(1, 4, 6), S3(4, 1, 3), S1(4) }, 3, { I("group", 4) } },
	{ "BatchNormalization", { S3(1, 4, 5), S1(4), S1(4), S1(4), POSITIVE(4) }, 5 },
	{ "Gather", { S3(1, 5, 3), INTS(4, 0, 0, -2) }, 2, { I("axis", 1) } },
	{ "Slice", { S3(1, 6, 3), INTS(1), INTS(-1), INTS(1) }, 4 },
	{ "Split", { S3(1, 6, 3), INTS(2, 4) }, 2, { I("axis", 1) }, 2 },
	{ "Pad", { S3(1, 4, 3), INTS(0, 1, 0, 0, 2, 1) }, 2 },
	{ "Expand", { S3(1, 4, 1), INTS(1, 4, 5) }, 2 },
	{ "Tile", { S3(1, 4, 2), INTS(1, 2, 2) }, 2 },
	{ "Reshape", { S4(1, 4, 2, 3), INTS(1, 4, 6) }, 2 },
	{ "Reshape", { S3(1, 4, 6), INTS(0, -1) }, 2 },
	{ "MatMul", { S3(1, 3, 5), S2(5, 4) }, 2 },
	{ "Where", { { .shape = { 3, { 1, 4, 3 } }, .truth = true }, S3(1, 4, 3), S3(1, 4, 1) }, 3 },
	{ "CastLike", { S3(1, 4, 3), S1(1) }, 2 },
};

static void one_case(const struct op_case *c, int *followed)
{
	struct rng r;
	char what[200];
	int row = 0;
	while (op_table[row] && strcmp(op_table[row]->name, c->op))
		row++;
	for (int both = 0; both < 2; both++)
		for (int axis = 0; axis < c->in[0].shape.rank; axis++) {
			bool possible = c->in[0].shape.dim[axis] > 1 && !c->in[0].is_int && !c->in[0].is_real;
			bool second = c->n_in > 1 && !c->in[1].is_int && !c->in[1].is_real && !c->in[1].absent &&
			              shape_equal(&c->in[0].shape, &c->in[1].shape);
			if (!possible || c->training || (both && !second))
				continue;
			rng_init(&r, (uint64_t)(axis + 1));
			struct model *m = embed(c, axis, both, &r);
			if (!m)
				continue;
			snprintf(what, sizeof what, "%s, axis %d of rank %d%s", c->op, axis, c->in[0].shape.rank,
			         both ? ", two computed inputs" : "");
			followed[row] += compare(m, (uint64_t)axis, what) > 0;
			model_free(m);
		}
}

START_TEST(removing_filters_equals_switching_them_off_at_every_operator)
{
	static int followed[256];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		one_case(&cases[i], followed);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		one_case(&more[i], followed);
	for (int i = 0; op_table[i]; i++) {
		const struct prune_rule *q = prune_rule_find(op_table[i]->name);
		ck_assert_msg(q != NULL, "%s has no rule", op_table[i]->name);
		ck_assert_msg((q->follow != NULL) != (q->why != NULL), "%s: a rule, or why there is none",
		              op_table[i]->name);
		ck_assert_msg(!q->follow || followed[i], "no case follows filters through %s", op_table[i]->name);
		ck_assert_msg(q->follow || !followed[i], "%s stops the walk and was passed", op_table[i]->name);
	}
	for (const struct prune_rule *q = prune_rules; q->op; q++)
		ck_assert_msg(op_find(q->op) != NULL, "%s is no operator", q->op);
}
END_TEST

/* ---- what stays ---- */

START_TEST(what_cannot_be_followed_stays_and_says_why)
{
	struct model *m = model_new("net", "test");
	struct graph *g = m->graph;
	struct rng r;
	struct prune_map p;
	char why[200];
	rng_init(&r, 1);
	int x = must(model_input(m, "x", "Input", "NCT", 6, 2, 1, &e));
	int a = conv(g, &r, x, 4, 3, 1), soft;
	must(model_layer(m, "first", "Conv", "", LAYER_ANALYSED, a, a, 1, (int[]){ 0 }, &e));
	soft = op(g, "Softmax", 1, &a, 1, (struct attr[]){ attr_i("axis", 1) });
	must(model_layer(m, "soft", "Softmax", "", LAYER_ANALYSED, soft, soft, 1, (int[]){ 1 }, &e));
	int b = conv(g, &r, soft, 3, 3, 1);
	must(model_layer(m, "last", "Conv", "", LAYER_ANALYSED, b, b, 1, (int[]){ 2 }, &e));
	must(model_finish(m, b, &e));
	prune_map_init(&p, m);
	ck_assert_str_eq(prune_why(&p, 0, why, sizeof why), "at soft (Softmax): it mixes the filters");
	ck_assert_str_eq(prune_why(&p, 1, why, sizeof why), "they are the output of the network");
	prune_map_release(&p);
	model_free(m);
}
END_TEST

/* Weights that two convolutions share are made smaller once, for both. */
START_TEST(shared_weights_join_what_reads_and_what_they_make)
{
	struct model *m = model_new("net", "test");
	struct graph *g = m->graph;
	struct rng r;
	rng_init(&r, 3);
	int x = must(model_input(m, "x", "Input", "NCT", 6, 2, 1, &e));
	int a = conv(g, &r, x, 4, 1, 1), b = conv(g, &r, x, 4, 1, 1);
	int w = numbers(g, &r, 3, (int64_t[]){ 5, 4, 1 }, -1, 1, true);
	int c = op(g, "Conv", 2, (int[]){ a, w }, 0, NULL), d = op(g, "Conv", 2, (int[]){ b, w }, 0, NULL);
	int y = dense(g, &r, op(g, "Concat", 2, (int[]){ c, d }, 1, (struct attr[]){ attr_i("axis", 1) }));
	must(model_layer(m, "all", "Dense", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e));
	must(model_finish(m, y, &e));
	ck_assert_int_eq(compare(m, 1, "shared weights"), 2 + 2);
	model_free(m);
}
END_TEST

UNIT_MAIN("prune_ops", removing_filters_equals_switching_them_off_at_every_operator,
          what_cannot_be_followed_stays_and_says_why, shared_weights_join_what_reads_and_what_they_make)
