/* Networks that follow every rule of their format and mean harm, or nothing: outputs left out, layers of nothing, work
 * and memory without end. The files of tests/hostile hold more of them. */
#include "core/run/kinks.h"
#include "core/base/rng.h"
#include "core/run/run.h"
#include "tests/unit/serial_bytes.h"
#include "tests/unit/hand_net.h"

static int shape_of(struct graph *g, int n, const int64_t *v)
{
	struct shape s = sh(1, n, 0, 0);
	return graph_const_int(g, NULL, &s, v, &e);
}

/* Operators write their first output whether somebody reads it or not. */
START_TEST(the_first_output_is_always_made)
{
	struct graph *g = graph_new();
	struct shape s = sh(3, 1, 1, 4);
	const char *names[] = { NULL, "i" };
	const struct attr k = attr_is("kernel_shape", 1, (int64_t[]){ 2 });
	int x = graph_input(g, "x", DT_REAL, &s, &e), out[2];
	ck_assert_int_ge(graph_node(g, "MaxPool", "p", 1, &x, 2, names, 1, &k, out, &e), 0);
	ck_assert_int_ge(out[0], 0);
	ck_assert_int_eq(graph_finish(g, &e), 0);
	struct run *r = run_new(g);
	run_input(r, 0, window);
	run_forward(r);
	ck_assert_mem_eq(run_int(r, out[1]), ((int64_t[]){ 1, 1, 3 }), 3 * sizeof(int64_t));
	run_free(r);
	/* of constants, while building */
	int c = graph_const_real(g = (graph_free(g), graph_new()), "c", &s, window, false, &e);
	ck_assert_int_ge(graph_node(g, "MaxPool", "p", 1, &c, 2, names, 1, &k, out, &e), 0);
	ck_assert_mem_eq(g->value[out[1]].i, ((int64_t[]){ 1, 1, 3 }), 3 * sizeof(int64_t));
	ck_assert_int_ge(graph_node(g, "Relu", "r", 1, &c, 1, (const char *[]){ "" }, 0, NULL, NULL, &e), 0);
	graph_free(g);
}
END_TEST

/* 2^36 multiply-adds of constants; 2^30 numbers in all. */
START_TEST(folding_ends)
{
	struct graph *g = graph_new();
	int a = graph_op(g, "ConstantOfShape", "a", 1, (int[]){ shape_of(g, 2, (int64_t[]){ 4096, 4096 }) }, 0, NULL,
	                 &e);
	ck_assert_int_ge(a, 0);
	ck_assert_int_eq(graph_op(g, "MatMul", "b", 2, (int[]){ a, a }, 0, NULL, &e), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "too long to compute while loading") != NULL, "%s", e.text);
	g->fold_bytes = 1 << 20;
	ck_assert_int_eq(graph_op(g, "Neg", "c", 1, &a, 0, NULL, &e), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "too large to compute while loading") != NULL, "%s", e.text);
	graph_free(g);
}
END_TEST

/* n recurrent layers over 32,000 steps of 1024 numbers: 0.52 GB of values each, as much kept for the way back, and 0.79
 * GB of scratch for all. */
static int recurrent(int n)
{
	struct graph *g = graph_new();
	struct shape s = sh(3, 2000, 16, 1024), w = sh(3, 1, 1024, 1024);
	int x = graph_input(g, NULL, DT_REAL, &s, &e), r = graph_input(g, NULL, DT_REAL, &w, &e),
	    one = shape_of(g, 1, (int64_t[]){ 1 });
	for (int i = 0; i < n; i++) {
		x = graph_op(g, "RNN", "rnn", 3, (int[]){ x, r, r }, 0, NULL, &e);
		x = graph_op(g, "Squeeze", "squeeze", 2, (int[]){ x, one }, 0, NULL, &e);
		ck_assert_msg(x >= 0, "%s", e.text);
	}
	int bad = graph_finish(g, &e);
	graph_free(g);
	return bad;
}

/* Values and scratch of two are 2.10 GB, just below the limit: what is kept for the way back takes them beyond it. */
START_TEST(what_operators_keep_counts)
{
	ck_assert_int_eq(recurrent(1), 0);
	ck_assert_int_eq(recurrent(2), ERR_LIMIT);
}
END_TEST

/* x (1,1,4), its steps cut away, Relu: no filter has a step, so there is nothing to analyse. */
START_TEST(layers_of_nothing_are_only_named)
{
	for (int64_t axis = 0; axis < 3; axis++) {
		struct model *m = model_new("m", "test");
		struct graph *g = m->graph;
		int x = model_input(m, "x", "Input", "NCT", 4, 1, 1, &e);
		int zero = shape_of(g, 1, (int64_t[]){ 0 });
		int cut = graph_op(g, "Slice", "cut", 4, (int[]){ x, zero, zero, shape_of(g, 1, &axis) }, 0, NULL, &e);
		int y = graph_op(g, "Relu", "relu", 1, &cut, 0, NULL, &e);
		int l = model_layer(m, "relu", "ReLU", "relu", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
		int sum = graph_op(g, "ReduceSum", "sum", 1, &y, 0, NULL, &e);
		ck_assert_int_ge(l, 0);
		ck_assert_msg(model_finish(m, sum, &e) == 0, "%s", e.text);
		ck_assert_int_eq(m->layer[l].kind, LAYER_LAYOUT);
		struct run *r = run_new(g);
		run_input(r, 0, window);
		run_want(r, x);
		run_forward(r);
		ck_assert_double_eq((double)run_real(r, sum)[0], 0);
		run_backward(r, sum, NULL);
		for (int i = 0; run_grad(r, x) && i < 4; i++)
			ck_assert(run_grad(r, x)[i] == 0);
		run_free(r);
		model_free(m);
	}
}
END_TEST

/* Nor can they be the output, or be no real numbers. */
START_TEST(what_cannot_be_shown_is_refused)
{
	struct model *m = model_new("m", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "x", "Input", "NCT", 4, 1, 1, &e), zero = shape_of(g, 1, (int64_t[]){ 0 });
	int cut = graph_op(g, "Slice", "cut", 4, (int[]){ x, zero, zero, zero }, 0, NULL, &e);
	int best = graph_op(g, "ArgMax", "best", 1, &x, 0, NULL, &e);
	ck_assert_int_eq(model_layer(m, "best", "ArgMax", "", LAYER_ANALYSED, best, best, 1, (int[]){ 0 }, &e),
	                 ERR_FORMAT);
	ck_assert_int_eq(model_layer(m, "zero", "Constant", "", LAYER_ANALYSED, zero, zero, 1, (int[]){ 0 }, &e),
	                 ERR_FORMAT);
	ck_assert_int_ge(model_layer(m, "best", "ArgMax", "", LAYER_LAYOUT, best, best, 1, (int[]){ 0 }, &e), 0);
	ck_assert_int_eq(model_finish(m, cut, &e), ERR_FORMAT);
	ck_assert_msg(strstr(e.text, "is empty") != NULL, "%s", e.text);
	model_free(m);
}
END_TEST

/* 2^25 windows of nothing: no step of theirs is taken. It would take long, so a hang is the failure. */
START_TEST(nothing_takes_no_time)
{
	struct graph *g = graph_new();
	struct shape s = sh(3, 1 << 25, 8, 0);
	const struct attr axis = attr_i("axis", 1);
	int all = shape_of(g, 8, (int64_t[]){ 0, 1, 2, 3, 4, 5, 6, 7 }), x = graph_input(g, "x", DT_REAL, &s, &e),
	    y = x;
	for (int i = 0; i < 200; i++)
		y = graph_op(g, "Gather", "l", 2, (int[]){ y, all }, 1, &axis, &e);
	int sum = graph_op(g, "ReduceSum", "s", 2, (int[]){ y, shape_of(g, 1, (int64_t[]){ 0 }) }, 0, NULL, &e);
	ck_assert_msg(sum >= 0 && graph_finish(g, &e) == 0, "%s", e.text);
	struct run *r = run_new(g);
	run_forward(r);
	run_want(r, x);
	run_backward(r, y, NULL);
	run_free(r);
	graph_free(g);
}
END_TEST

/* The record of layer "conv", behind whose three texts its kind stands. */
static unsigned char *kind_of_conv(unsigned char *buf, size_t n)
{
	static const unsigned char head[] = { 5, 4, 0, 0, 0, 0, 0, 0, 0, 'c', 'o', 'n', 'v', 6 };
	unsigned char *p = memmem(buf, n, head, sizeof head);
	ck_assert(p != NULL);
	return p + 1 + 8 + strlen("conv") + 8 + strlen("Conv1D") + 8 + strlen("relu");
}

/* The layer of the input comes with the input: one that a stream adds would be taken for a window. */
START_TEST(a_stream_adds_no_input)
{
	struct net n = net_new();
	unsigned char *buf;
	size_t size;
	ck_assert_int_eq(serial_bytes(n.m, &buf, &size, &e), 0);
	unsigned char *kind = kind_of_conv(buf, size);
	ck_assert_int_eq(*kind, LAYER_ANALYSED);
	*kind = LAYER_INPUT;
	ck_assert_ptr_null(serial_read(buf, size, &e));
	free(buf);
	model_free(n.m);
}
END_TEST

/* n windows at once, or another input before the window. */
static void refused_stream(int64_t n, bool other)
{
	struct model *m = model_new("m", "test");
	struct shape s = sh(2, 9, 9, 0);
	if (other)
		ck_assert_int_ge(graph_input(m->graph, "other", DT_REAL, &s, &e), 0);
	int x = model_input(m, "x", "Input", "NCT", 4, 1, n, &e);
	unsigned char *buf;
	size_t size;
	ck_assert_int_eq(model_finish(m, graph_op(m->graph, "Relu", "relu", 1, &x, 0, NULL, &e), &e), 0);
	ck_assert_int_eq(serial_bytes(m, &buf, &size, &e), 0);
	struct model *got = serial_read(buf, size, &e);
	ck_assert_int_eq(got != NULL, n == 1 && !other);
	model_free(got);
	free(buf);
	model_free(m);
}

/* Whoever runs a network feeds its first input one window. */
START_TEST(a_stream_brings_one_window)
{
	refused_stream(1, false);
	refused_stream(3, false);
	refused_stream(1, true);
}
END_TEST

/* ---- how near the winners of a pool are to losing ---- */

struct pool {
	int64_t k, stride, dilation, begin, end, t;
};

/* The least gap that is not 0 between the two largest of a window, by a look at every tap. */
static double least_gap(const struct pool *p, const real *x, int64_t t_out)
{
	double least = INFINITY;
	for (int64_t t = 0; t < t_out; t++) {
		double a = -INFINITY, b = -INFINITY;
		for (int64_t k = 0; k < p->k; k++) {
			int64_t at = t * p->stride + k * p->dilation - p->begin;
			double v = at >= 0 && at < p->t ? (double)x[at] : -INFINITY;
			b = v > a ? a : v > b ? v : b;
			a = v > a ? v : a;
		}
		least = isfinite(b) && a - b > 0 && a - b < least ? a - b : least;
	}
	return least;
}

START_TEST(gaps_of_pools)
{
	struct rng r;
	rng_init(&r, 5);
	for (int round = 0; round < 500; round++) {
		int64_t v[6];
		for (int i = 0; i < 6; i++)
			v[i] = (int64_t)(rng_uniform(&r) * 5);
		struct pool p = { v[0] + 1, v[1] + 1, v[2] + 1, v[3], v[4], v[5] + 4 };
		struct graph *g = graph_new();
		struct shape s = sh(3, 1, 1, p.t);
		struct attr a[] = { attr_is("kernel_shape", 1, &p.k), attr_is("strides", 1, &p.stride),
			            attr_is("dilations", 1, &p.dilation),
			            attr_is("pads", 2, (int64_t[]){ p.begin, p.end }) };
		real x[16];
		for (int i = 0; i < 16; i++)
			x[i] = (real)rng_uniform(&r);
		int in = graph_input(g, "x", DT_REAL, &s, &e), y = graph_op(g, "MaxPool", "p", 1, &in, 4, a, &e);
		if (y >= 0 && graph_finish(g, &e) == 0) {
			struct run *run = run_new(g);
			struct kinks k;
			run_input(run, 0, x);
			run_forward(run);
			kinks_measure(run, &k);
			ck_assert_double_eq(k.maxpool_min_gap, least_gap(&p, x, g->value[y].shape.dim[2]));
			run_free(run);
		}
		graph_free(g);
	}
}
END_TEST

/* A window of 2^24 taps, most of them padding; attributes that a global pool does not have. */
START_TEST(padding_is_not_walked)
{
	struct graph *g = graph_new();
	struct shape s = sh(3, 1, 1, 4);
	int64_t k = 1 << 24, pads[] = { k - 1, k - 1 };
	struct attr a[] = { attr_is("kernel_shape", 1, &k), attr_is("pads", 2, pads),
		            attr_is("strides", 1, (int64_t[]){ 1 << 12 }) };
	const struct attr wild[] = { attr_is("dilations", 1, (int64_t[]){ 2 }) };
	int x = graph_input(g, "x", DT_REAL, &s, &e);
	ck_assert_int_ge(graph_op(g, "MaxPool", "p", 1, &x, 3, a, &e), 0);
	ck_assert_int_ge(graph_op(g, "GlobalMaxPool", "q", 1, &x, 1, wild, &e), 0);
	ck_assert_msg(graph_finish(g, &e) == 0, "%s", e.text);
	struct run *r = run_new(g);
	struct kinks m;
	run_input(r, 0, window);
	run_forward(r);
	kinks_measure(r, &m);
	ck_assert_double_eq(m.maxpool_min_gap, 2); /* 1 alone, then all: 5 before 3 */
	run_free(r);
	graph_free(g);
}
END_TEST

/* One tap and a stride of 2^24: backwards, the steps between are not walked either. */
START_TEST(strides_are_not_walked)
{
	struct graph *g = graph_new();
	struct shape s = sh(3, 1, 1, 4), one = sh(3, 1, 1, 1);
	const struct attr a[] = { attr_is("strides", 1, (int64_t[]){ 1 << 24 }),
		                  attr_is("dilations", 1, (int64_t[]){ 3 }) };
	int x = graph_input(g, "x", DT_REAL, &s, &e), w = graph_const_real(g, "w", &one, conv_w + 2, true, &e);
	int y = graph_op(g, "Conv", "c", 2, (int[]){ x, w }, 2, a, &e);
	ck_assert_msg(y >= 0 && graph_finish(g, &e) == 0, "%s", e.text);
	struct run *r = run_new(g);
	run_input(r, 0, window);
	run_want(r, x);
	run_forward(r);
	run_backward(r, y, NULL);
	ck_assert_mem_eq(run_grad(r, x), ((real[]){ 2, 0, 0, 0 }), 4 * sizeof(real));
	run_free(r);
	graph_free(g);
}
END_TEST

UNIT_MAIN("limits", the_first_output_is_always_made, folding_ends, what_operators_keep_counts,
          layers_of_nothing_are_only_named, what_cannot_be_shown_is_refused, a_stream_brings_one_window,
          nothing_takes_no_time, a_stream_adds_no_input, gaps_of_pools, padding_is_not_walked, strides_are_not_walked)
