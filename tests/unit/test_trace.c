/* Recursive highlighting on the network of hand_net.h, worked by hand. */
#include "core/analysis/analysis.h"
#include "tests/unit/hand_net.h"

enum { INPUT, CONV, POOL, FLAT, DENSE };

static struct analysis *analysis_of(const struct net *n)
{
	struct analysis *a = analysis_new(n->m);
	analysis_window(a, window, NULL, -1);
	return a;
}

/* y = 1*1 + 2*1 + 3*5 + 4*6 + 0.5: shares 1, 2, 15, 24 of 42 (the bias left out). Pool of filter 0: both from step 1;
 * of filter 1: from steps 1 and 2. Filter 0 at step 1: 3 and -2, shares 3/5 and 2/5 of x1 and x2; filter 1 at step 1: 6
 * and 2, at step 2: 4 and 5. */
START_TEST(every_point_of_a_path_by_hand)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n);
	const struct trace *t = analysis_trace(a, DENSE, 0, 0);
	const double s = 1.0 / 42;
	const double pool[] = { 1 * s, 2 * s, 15 * s, 24 * s };
	const double conv[] = { 0, 3 * s, 0, 0, 15 * s, 24 * s };
	const double x[] = { 0, 3 * s * 3 / 5 + 15 * s * 6 / 8, 3 * s * 2 / 5 + 15 * s * 2 / 8 + 24 * s * 4 / 9,
		             24 * s * 5 / 9 };
	ck_assert_int_eq(t->layer, DENSE);
	ck_assert_int_eq(t->n_layer, 5);
	ck_assert_double_eq((double)t->share[DENSE][0], 1);
	unit_close("pool", t->share[POOL], pool, 4, 1e-6, 0);
	unit_close("conv", t->share[CONV], conv, 6, 1e-6, 0);
	unit_close("input", t->share[INPUT], x, 4, 1e-6, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(max_pooling_passes_only_the_winner)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n);
	/* filter 1, second window: 5 and 6 */
	const struct trace *t = analysis_trace(a, POOL, 1, 1);
	const double conv[] = { 0, 0, 0, 0, 0, 1 }, x[] = { 0, 0, 4.0 / 9, 5.0 / 9 };
	ck_assert_ptr_null(t->share[DENSE]);
	unit_close("conv", t->share[CONV], conv, 6, 0, 0);
	unit_close("input", t->share[INPUT], x, 4, 1e-6, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(nothing_lies_behind_a_shut_relu)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n);
	const struct trace *t = analysis_trace(a, CONV, 0, 2);
	ck_assert_double_eq((double)t->share[CONV][2], 1);
	ck_assert_ptr_null(t->share[INPUT]);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(a_filter_that_is_switched_off_has_no_share)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n);
	struct question q = *analysis_question(a);
	filter_set_put(&q.off, CONV, 1, true);
	analysis_ask(a, &q);
	question_release(&q);
	const struct trace *t = analysis_trace(a, DENSE, 0, 0);
	const double conv[] = { 0, 1, 0, 0, 0, 0 }, x[] = { 0, 3.0 / 5, 2.0 / 5, 0 };
	unit_close("conv", t->share[CONV], conv, 6, 1e-6, 0);
	unit_close("input", t->share[INPUT], x, 4, 1e-6, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* ---- forward as backward, through operators that no network of tests/onnx has ---- */

enum { T = 6, C = 2, F = 3 };

static int numbers(struct graph *g, const struct shape *s, double size, double more)
{
	real v[64];
	for (int64_t i = 0; i < shape_count(s); i++)
		v[i] = (real)(size * sin(1.7 * (double)i + 0.4) + more);
	return graph_const_real(g, NULL, s, v, true, &e);
}

static int ints(struct graph *g, int n, const int64_t *v)
{
	return graph_const_int(g, NULL, &(struct shape){ 1, { n } }, v, &e);
}

static int op(struct graph *g, const char *name, int n_in, const int *in, int n_attr, const struct attr *a)
{
	int v = graph_op(g, name, NULL, n_in, in, n_attr, a, &e);
	ck_assert_msg(v >= 0, "%s: %s", name, e.text);
	return v;
}

/* a (1,F,T): the activation of a layer, with zeros. m (1,F,1): its maximum over time, 0 for one filter. x (1,C,T). */
static int by_concat(struct graph *g, int a, int m, int x)
{
	(void)m;
	return op(g, "Concat", 2, (int[]){ x, a }, 1, (struct attr[]){ attr_i("axis", 1) });
}
static int by_trilu(struct graph *g, int a, int m, int x)
{
	(void)m, (void)x;
	return op(g, "Trilu", 1, &a, 0, NULL);
}
static int by_pad(struct graph *g, int a, int m, int x)
{
	real low = -(real)INFINITY;
	int value = graph_const_real(g, NULL, &(struct shape){ 0 }, &low, true, &e);
	(void)m, (void)x;
	return op(g, "Pad", 3, (int[]){ a, ints(g, 6, (int64_t[]){ 0, 0, 2, 0, 0, 1 }), value }, 0, NULL);
}
static int by_where(struct graph *g, int a, int m, int x)
{
	(void)x;
	return op(g, "Where", 3, (int[]){ ints(g, T, (int64_t[]){ 1, 0, 0, 1, 0, 1 }), a, m }, 0, NULL);
}
static int by_masked(struct graph *g, int a, int m, int x)
{
	real low = -(real)INFINITY;
	int value = graph_const_real(g, NULL, &(struct shape){ 1, { 1 } }, &low, true, &e);
	(void)m, (void)x;
	return op(g, "Where", 3, (int[]){ ints(g, T, (int64_t[]){ 1, 0, 0, 1, 0, 1 }), a, value }, 0, NULL);
}
static int by_max(struct graph *g, int a, int m, int x)
{
	(void)x;
	return op(g, "Max", 2, (int[]){ a, m }, 0, NULL);
}
static int by_min(struct graph *g, int a, int m, int x)
{
	(void)x;
	return op(g, "Min", 2, (int[]){ a, m }, 0, NULL);
}
static int by_sub(struct graph *g, int a, int m, int x)
{
	(void)x;
	return op(g, "Sub", 2, (int[]){ a, m }, 0, NULL);
}
static int by_mul(struct graph *g, int a, int m, int x)
{
	(void)x;
	return op(g, "Mul", 2, (int[]){ a, m }, 0, NULL);
}
/* 5 mod (1 + m) is 5 where m is large, and m has no share in it then */
static int by_mod(struct graph *g, int a, int m, int x)
{
	struct shape s = { 3, { 1, F, T } };
	(void)a, (void)x;
	int divisor = op(g, "Add", 2, (int[]){ m, numbers(g, &(struct shape){ 1, { 1 } }, 0, 9) }, 0, NULL);
	return op(g, "Mod", 2, (int[]){ numbers(g, &s, 3, 7), divisor }, 1, (struct attr[]){ attr_i("fmod", 1) });
}
/* the slope has no share */
static int by_prelu(struct graph *g, int a, int m, int x)
{
	int less = op(g, "Sub", 2, (int[]){ a, numbers(g, &(struct shape){ 1, { 1 } }, 0, 0.4) }, 0, NULL);
	(void)x;
	return op(g, "PRelu", 2, (int[]){ less, m }, 0, NULL);
}
/* nor has a bound */
static int by_clip(struct graph *g, int a, int m, int x)
{
	int low = op(g, "ReduceMax", 2, (int[]){ m, ints(g, 3, (int64_t[]){ 0, 1, 2 }) }, 1,
	             (struct attr[]){ attr_i("keepdims", 0) });
	(void)x;
	return op(g, "Clip", 2, (int[]){ a, low }, 0, NULL);
}

static const struct {
	const char *name;
	int (*build)(struct graph *g, int a, int m, int x);
} through[] = {
	{ "Concat", by_concat },
	{ "Trilu", by_trilu },
	{ "Pad with -inf", by_pad },
	{ "Where", by_where },
	{ "Where, else -inf", by_masked },
	{ "Max", by_max },
	{ "Min", by_min },
	{ "Sub", by_sub },
	{ "Mul", by_mul },
	{ "Mod", by_mod },
	{ "PRelu", by_prelu },
	{ "Clip", by_clip },
};

static struct model *model_through(int i)
{
	struct model *m = model_new("through.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "input", "InputLayer", "NCT", T, C, 1, &e), l = 0;
	struct attr same = attr_is("pads", 2, (int64_t[]){ 1, 1 });
	struct shape w = sh(3, F, C, 3), b = sh(1, F, 0, 0);
	int bias[] = { x, numbers(g, &w, 1, 0), numbers(g, &b, 3, -1.6) };
	int a = op(g, "Relu", 1, (int[]){ op(g, "Conv", 3, bias, 1, &same) }, 0, NULL);
	l = model_layer(m, "conv", "Conv", "relu", LAYER_ANALYSED, a, a, 1, &l, &e);
	int most = op(g, "GlobalMaxPool", 1, &a, 0, NULL);
	l = model_layer(m, "most", "GlobalMaxPool", "", LAYER_ANALYSED, most, most, 1, &l, &e);
	int y = through[i].build(g, a, most, x);
	l = model_layer(m, "through", through[i].name, "", LAYER_ANALYSED, y, y, 1, &l, &e);
	int z = op(g, "Relu", 1, &y, 0, NULL);
	model_layer(m, "last", "Relu", "", LAYER_ANALYSED, z, z, 1, &l, &e);
	ck_assert_msg(!model_finish(m, z, &e), "%s: %s", through[i].name, e.text);
	return m;
}

/* Of every point, in every later point: the share that is found forward is the one that is found backward. */
START_TEST(shares_forward_are_those_backward)
{
	struct model *m = model_through(_i);
	struct analysis *a = analysis_new(m);
	real x[T * C];
	int n, compared = 0, dead = 0;
	for (int i = 0; i < T * C; i++)
		x[i] = (real)sin(2.3 * i + 1);
	analysis_window(a, x, NULL, -1);
	const struct layer *l = analysis_layers(a, &n);
	for (int f = 0; f < F; f++)
		dead += analysis_silent(a, 1, f);
	ck_assert_msg(dead == 1, "%d filters of zeros", dead);
	for (int from = 1; from < n; from++)
		for (int64_t p = 0; p < l[from].filters * l[from].times; p++) {
			const struct trace *t = analysis_feeds(a, from, p / l[from].times, p % l[from].times);
			ck_assert(t->complete);
			for (int to = from + 1; to < n; to++)
				for (int64_t i = 0; i < l[to].filters * l[to].times; i++) {
					double f = t->share[to] ? (double)t->share[to][i] : 0;
					const struct trace *back =
					        analysis_trace(a, to, i / l[to].times, i % l[to].times);
					double b = back->share[from] ? (double)back->share[from][p] : 0;
					ck_assert_msg(fabs(f - b) <= 1e-5,
					              "%s: %s %d in %s %d: %g forward, %g backward", through[_i].name,
					              l[from].name, (int)p, l[to].name, (int)i, f, b);
					compared += b > 0;
				}
		}
	ck_assert_int_gt(compared, 0);
	analysis_free(a);
	model_free(m);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, every_point_of_a_path_by_hand);
	tcase_add_test(c, max_pooling_passes_only_the_winner);
	tcase_add_test(c, nothing_lies_behind_a_shut_relu);
	tcase_add_test(c, a_filter_that_is_switched_off_has_no_share);
	tcase_add_loop_test(c, shares_forward_are_those_backward, 0, sizeof through / sizeof *through);
}
UNIT_MAIN_WITH("trace", setup)
