/* Removing filters (core/prune): for every operator, a smaller network computes what the old one does with the same
 * filters switched off; and in random networks. */
#define UNIT_ONE_PROCESS
#pragma GCC diagnostic ignored "-Wunused-function"
#include "core/prune/prune_build.h"
#include "core/prune/prune_rank.h"
#include "core/prune/prune_rules.h"
#include "tests/unit/op_cases.h"

static struct err e;

static int must(int id)
{
	ck_assert_msg(id >= 0, "%s", e.text);
	return id;
}

static int numbers(struct graph *g, struct rng *r, int rank, const int64_t *dim, double low, double high, bool weight)
{
	struct shape s = { .rank = rank };
	for (int i = 0; i < rank; i++)
		s.dim[i] = dim[i];
	int64_t n = shape_count(&s);
	real *v = xcalloc((size_t)n + 1, sizeof *v);
	fill(v, n, r, low, high);
	int id = must(graph_const_real(g, NULL, &s, v, weight, &e));
	free(v);
	return id;
}

static int ints(struct graph *g, int n, const int64_t *v)
{
	struct shape s = { .rank = 1, .dim = { n } };
	return must(graph_const_int(g, NULL, &s, v, &e));
}

static int op(struct graph *g, const char *name, int n, const int *in, int n_attr, const struct attr *attr)
{
	return must(graph_op(g, name, NULL, n, in, n_attr, attr, &e));
}

static int conv(struct graph *g, struct rng *r, int x, int64_t co, int64_t k, int64_t group)
{
	int64_t ci = g->value[x].shape.dim[1] / group, pads[] = { k / 2, k / 2 };
	int w = numbers(g, r, 3, (int64_t[]){ co, ci, k }, -1, 1, true), b = numbers(g, r, 1, &co, -1, 1, true);
	return op(g, "Conv", 3, (int[]){ x, w, b }, 2,
	          (struct attr[]){ attr_is("pads", 2, pads), attr_i("group", group) });
}

/* Two outputs of all elements of a value. */
static int dense(struct graph *g, struct rng *r, int x)
{
	int flat = op(g, "Flatten", 1, &x, 1, (struct attr[]){ attr_i("axis", 0) });
	int w = numbers(g, r, 2, (int64_t[]){ g->value[flat].shape.dim[1], 2 }, -1, 1, true);
	return op(g, "Gemm", 2, (int[]){ flat, w }, 0, NULL);
}

static int scalar(struct graph *g, double v)
{
	struct shape s = { 0 };
	return must(graph_const_real(g, NULL, &s, &(real){ (real)v }, false, &e));
}

/* ---- the two networks ---- */

static void forward(const struct model *m, struct run *r, const real *x, real *y)
{
	run_input(r, 0, x);
	run_forward(r);
	memcpy(y, run_real(r, m->output), (size_t)m->outputs * sizeof *y);
	run_free(r);
}

static struct run *switched_off(const struct prune_map *p, const bool *removed)
{
	const struct graph *g = p->m->graph;
	struct run *r = run_new(g);
	for (int v = 0; v < g->n_value; v++)
		for (int k = 0; k < g->value[v].shape.rank && g->value[v].depends && g->value[v].dtype == DT_REAL; k++)
			for (int64_t i = 0; i < g->value[v].shape.dim[k]; i++)
				if (!prune_stays(p, removed, v, k, i))
					run_switch_off(r, v, k, i);
	return r;
}

/* Removes a random half. Returns how many classes were removed; 0: there are none that can be. */
static int compare(const struct model *m, uint64_t seed, const char *what)
{
	struct prune_map p;
	struct prune_facts f;
	struct prune_budget b = { .ratio = 0.5, .count = -1, .keep_min = 1, .seed = seed };
	prune_map_init(&p, m);
	prune_facts_init(&f, &p, NULL, NULL);
	bool *removed = xcalloc((size_t)p.n_atom + 1, sizeof *removed);
	int n = 0;
	if (!prune_choose(&f, &b, prune_rank_find("random"), removed, &e))
		for (int a = 0; a < p.n_atom; a++)
			n += p.atom[a].parent == a && removed[a];
	if (n) {
		struct model *small = prune_build(&p, removed, NULL, &e);
		ck_assert_msg(small != NULL, "%s: %s", what, e.text);
		int64_t count = m->T * m->C;
		real *x = xcalloc((size_t)count, sizeof *x), *y = xcalloc((size_t)m->outputs, sizeof *y);
		real *z = xcalloc((size_t)m->outputs, sizeof *z);
		struct rng r;
		rng_init(&r, seed);
		fill(x, count, &r, -1, 1);
		forward(m, switched_off(&p, removed), x, y);
		forward(small, run_new(small->graph), x, z);
		for (int64_t i = 0; i < m->outputs; i++)
			ck_assert_msg(fabs((double)(y[i] - z[i])) <= 1e-5 * fmax(1, fabs((double)y[i])) ||
			                      (isnan(y[i]) && isnan(z[i])) || y[i] == z[i],
			              "%s: %g with filters off, %g without them", what, (double)y[i], (double)z[i]);
		ck_assert_int_lt(small->params, m->params);
		ck_assert_str_eq(small->graph->value[small->output].name, m->graph->value[m->output].name);
		model_free(small);
		free(x), free(y), free(z);
	}
	free(removed);
	prune_facts_release(&f);
	prune_map_release(&p);
	return n;
}

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
	double low = in->low || in->high ? in->low : -1, high = in->low || in->high ? in->high : 1;
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

/* ---- random networks ---- */

enum { STEPS = 8, MOST = 40 };

struct growing {
	struct graph *g;
	struct rng r;
	int v[MOST], n; /* values (1,C,STEPS) */
};

static int any(struct growing *q)
{
	return q->v[rng_below(&q->r, q->n)];
}

/* A value of the same shape as x; -1: there is none but x. */
static int like(struct growing *q, int x)
{
	for (int i = 0; i < 20; i++) {
		int y = any(q);
		if (y != x && shape_equal(&q->g->value[x].shape, &q->g->value[y].shape))
			return y;
	}
	return -1;
}

static int grow(struct growing *q)
{
	struct graph *g = q->g;
	int x = any(q), y = like(q, x);
	int64_t c = g->value[x].shape.dim[1], pads[] = { 1, 1 }, three = 3;
	switch (rng_below(&q->r, 10)) {
	case 0:
		return op(g, rng_below(&q->r, 2) ? "Sigmoid" : "Relu", 1, &x, 0, NULL);
	case 1:
		return y < 0 ? conv(g, &q->r, x, 4, 1, 1) : op(g, "Add", 2, (int[]){ x, y }, 0, NULL);
	case 2:
		return op(g, "Concat", 2, (int[]){ x, any(q) }, 1, (struct attr[]){ attr_i("axis", 1) });
	case 3:
		return conv(g, &q->r, x, c * (1 + rng_below(&q->r, 2)), 3, c);
	case 4:
		return op(g, "MaxPool", 1, &x, 2,
		          (struct attr[]){ attr_is("kernel_shape", 1, &three), attr_is("pads", 2, pads) });
	case 5: { /* squeeze and excite */
		int s = op(g, "GlobalAveragePool", 1, &x, 0, NULL);
		s = op(g, "Relu", 1, (int[]){ conv(g, &q->r, s, 3, 1, 1) }, 0, NULL);
		s = op(g, "Sigmoid", 1, (int[]){ conv(g, &q->r, s, c, 1, 1) }, 0, NULL);
		return op(g, "Mul", 2, (int[]){ x, s }, 0, NULL);
	}
	case 6: {
		int in[] = { x, numbers(g, &q->r, 1, &c, 0.5, 2, true), numbers(g, &q->r, 1, &c, -1, 1, true),
			     numbers(g, &q->r, 1, &c, -1, 1, true), numbers(g, &q->r, 1, &c, 0.5, 2, true) };
		return op(g, "BatchNormalization", 5, in, 0, NULL);
	}
	case 7: /* half of the channels */
		return c < 2 ? x
		             : op(g, "Slice", 4,
		                  (int[]){ x, ints(g, 1, &(int64_t){ c / 2 }), ints(g, 1, &c),
		                           ints(g, 1, &(int64_t){ 1 }) },
		                  0, NULL);
	default:
		return conv(g, &q->r, x, 2 + rng_below(&q->r, 7), 3, 1);
	}
}

static struct model *random_net(uint64_t seed)
{
	struct model *m = model_new("net", "test");
	struct growing q = { .g = m->graph, .n = 1 };
	rng_init(&q.r, seed);
	q.v[0] = must(model_input(m, "x", "Input", "NCT", STEPS, 3, 1, &e));
	for (int i = 0; i < 14; i++) {
		int v = grow(&q), layer = q.n;
		if (v == q.v[0] || m->graph->value[v].node < 0)
			continue;
		bool old = false;
		for (int k = 0; k < q.n; k++)
			old |= q.v[k] == v;
		if (old)
			continue;
		char name[32];
		snprintf(name, sizeof name, "layer%d", layer);
		must(model_layer(m, name, "Layer", "", LAYER_ANALYSED, v, v, 1, (int[]){ 0 }, &e));
		q.v[q.n++] = v;
	}
	int x = q.v[q.n - 1];
	if (rng_below(&q.r, 2))
		x = op(q.g, "GlobalAveragePool", 1, &x, 0, NULL);
	x = dense(q.g, &q.r, x);
	must(model_layer(m, "out", "Dense", "", LAYER_ANALYSED, x, x, 1, (int[]){ 0 }, &e));
	must(model_finish(m, x, &e));
	return m;
}

START_TEST(removing_filters_of_random_networks_equals_switching_them_off)
{
	int removed = 0;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct model *m = random_net(seed);
		char what[64];
		snprintf(what, sizeof what, "random network %d", (int)seed);
		removed += compare(m, seed, what) > 0;
		model_free(m);
	}
	ck_assert_int_gt(removed, 250);
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
          removing_filters_of_random_networks_equals_switching_them_off, what_cannot_be_followed_stays_and_says_why,
          shared_weights_join_what_reads_and_what_they_make)
