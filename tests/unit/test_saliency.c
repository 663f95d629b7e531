/* Saliency methods: on the network of hand_net.h against sums worked out here, and on a larger one against PyTorch
 * (tests/gen_saliency.py). */
#include "core/analysis/analysis.h"
#include "core/base/rng.h"
#include "tests/unit/hand_net.h"

enum { INPUT, CONV, POOL, FLAT, DENSE };

static struct analysis *by(const struct net *n, const char *method)
{
	struct analysis *a = analysis_new(n->m);
	analysis_window(a, window, NULL, -1);
	struct question q = *analysis_question(a);
	q.method = saliency_find(method);
	analysis_ask(a, &q);
	return a;
}

static void ask_baseline(struct analysis *a, enum baseline kind)
{
	struct question q = *analysis_question(a);
	q.baseline = kind;
	analysis_ask(a, &q);
}

static void ask_seed(struct analysis *a, uint64_t seed)
{
	struct question q = *analysis_question(a);
	q.seed = seed;
	analysis_ask(a, &q);
}

/* ---- hand_net.h, written down again in double ---- */

static double y_of(const double *x)
{
	double r[2][3], y = 0.5;
	for (int f = 0; f < 2; f++)
		for (int t = 0; t < 3; t++) {
			r[f][t] =
			        (double)conv_w[2 * f] * x[t] + (double)conv_w[2 * f + 1] * x[t + 1] + (double)conv_b[f];
			r[f][t] = r[f][t] > 0 ? r[f][t] : 0;
		}
	for (int f = 0; f < 2; f++)
		for (int t = 0; t < 2; t++)
			y += (double)dense_w[2 * f + t] * fmax(r[f][t], r[f][t + 1]);
	return y;
}

/* Central differences. */
static void slope(const double *x, double *g)
{
	for (int i = 0; i < 4; i++) {
		double v[4], h = 1e-6;
		memcpy(v, x, sizeof v);
		v[i] = x[i] + h;
		g[i] = y_of(v);
		v[i] = x[i] - h;
		g[i] = (g[i] - y_of(v)) / (2 * h);
	}
}

START_TEST(gradient_and_gradient_times_input_by_differences)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "gradient"), *b = by(&n, "gradient-input");
	double x[4], g[4], size[4], product[4];
	for (int i = 0; i < 4; i++)
		x[i] = (double)window[i];
	slope(x, g);
	for (int i = 0; i < 4; i++) {
		size[i] = fabs(g[i]);
		product[i] = g[i] * x[i];
	}
	unit_close("gradient", analysis_saliency(a, -1, 0), size, 4, 1e-5, 0);
	unit_close("gradient x input", analysis_saliency(b, -1, 0), product, 4, 1e-5, 0);
	analysis_free(a);
	analysis_free(b);
	model_free(n.m);
}
END_TEST

START_TEST(integrated_gradients_by_a_fine_sum_and_added_up)
{
	enum { FINE = 20000 };
	struct net n = net_new();
	struct analysis *a = by(&n, "integrated");
	double want[4] = { 0 }, x[4], g[4], sum = 0, none[4] = { 0 };
	for (int k = 0; k < FINE; k++) {
		for (int i = 0; i < 4; i++)
			x[i] = (k + 0.5) / FINE * (double)window[i];
		slope(x, g);
		for (int i = 0; i < 4; i++)
			want[i] += g[i] * (double)window[i] / FINE;
	}
	const real *map = analysis_saliency(a, -1, 0);
	double whole = 42.5 - y_of(none);
	unit_close("map", map, want, 4, 0.02, 0);
	for (int i = 0; i < 4; i++)
		sum += (double)map[i];
	const struct saliency_note *note = analysis_saliency_note(a, -1, 0);
	ck_assert_double_eq_tol(note->residual, fabs(sum - whole) / whole, 1e-6);
	ck_assert(note->residual < 0.01 || note->steps == 1024);
	ck_assert(note->steps >= 16 && (note->steps & (note->steps - 1)) == 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* A path from a window to itself: nothing to explain, and nothing missing. */
START_TEST(a_window_against_itself_explains_nothing)
{
	struct net n = net_new();
	const char *const methods[] = { "integrated", "deeplift", "occlusion" };
	for (int m = 0; m < 3; m++) {
		struct analysis *a = by(&n, methods[m]);
		const double zero[4] = { 0 };
		analysis_baseline_window(a, window);
		ask_baseline(a, BASELINE_WINDOW);
		unit_close(methods[m], analysis_saliency(a, -1, 0), zero, 4, 0, 0);
		ck_assert(m == 2 || analysis_saliency_note(a, -1, 0)->residual == 0);
		ck_assert_str_eq(baseline_names[analysis_question(a)->baseline], "window");
		analysis_free(a);
	}
	model_free(n.m);
}
END_TEST

/* T / 16 rounded up: one step at a time. */
START_TEST(occlusion_by_hiding_each_step)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "occlusion");
	ask_baseline(a, BASELINE_MEAN);
	double want[4];
	for (int i = 0; i < 4; i++) {
		double x[4];
		for (int k = 0; k < 4; k++)
			x[k] = k == i ? (1 + 3 + 2 + 5) / 4.0 : (double)window[k];
		want[i] = 42.5 - y_of(x);
	}
	unit_close("map", analysis_saliency(a, -1, 0), want, 4, 1e-6, 0);
	ck_assert_int_eq(analysis_saliency_note(a, -1, 0)->steps, 4);
	ck_assert(isnan(analysis_saliency_note(a, -1, 0)->residual));
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(smoothgrad_by_the_same_draws)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "smoothgrad");
	struct rng r;
	double want[4] = { 0 }, x[4], g[4];
	ask_seed(a, 11);
	rng_init(&r, 11);
	for (int k = 0; k < 50; k++) {
		for (int i = 0; i < 4; i++)
			x[i] = (double)window[i] + 0.15 * (5 - 1) * rng_normal(&r);
		slope(x, g);
		for (int i = 0; i < 4; i++)
			want[i] += g[i] / 50;
	}
	for (int i = 0; i < 4; i++)
		want[i] = fabs(want[i]);
	unit_close("map", analysis_saliency(a, -1, 0), want, 4, 1e-5, 0);
	real first[4];
	memcpy(first, analysis_saliency(a, -1, 0), sizeof first);
	ask_seed(a, 12);
	ck_assert_msg(memcmp(first, analysis_saliency(a, -1, 0), sizeof first) != 0, "the seed changes nothing");
	ask_seed(a, 11);
	unit_close("again", analysis_saliency(a, -1, 0), first, 4, 0, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* dy/dpool = 1 2; 3 4, pool = 1 1; 5 6: 1.5 * (1 1) + 3.5 * (5 6) = 19 22.5, between the middles of two steps. */
START_TEST(grad_cam_by_hand)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "grad-cam");
	const double want[] = { 19, 19 + 0.25 * 3.5, 19 + 0.75 * 3.5, 22.5 };
	unit_close("target", analysis_saliency(a, -1, 0), want, 4, 1e-6, 0);
	ck_assert_int_eq(analysis_saliency_note(a, -1, 0)->at, POOL);
	/* a filter of the first layer: the input itself, its mean slope times it. Filter 1: slopes 2 3 3 1 of the sum
	 * of 2x[t] + x[t+1] */
	const double first[] = { 2.25 * 1, 2.25 * 3, 2.25 * 2, 2.25 * 5 };
	unit_close("filter", analysis_saliency(a, CONV, 1), first, 4, 1e-6, 0);
	ck_assert_int_eq(analysis_saliency_note(a, CONV, 1)->at, INPUT);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* All gradients at the relus are positive here: the same as the gradient; with a negative one behind it nothing passes
 * (loss, y too large). */
START_TEST(guided_back_propagation_by_hand)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "guided");
	const double want[] = { 0, 9, 8, 4 };
	const real above = 50, below = 0;
	unit_close("sum", analysis_saliency(a, -1, 0), want, 4, 1e-6, 0);
	analysis_window(a, window, &above, -1);
	struct question q = *analysis_question(a);
	q.target = (struct target){ .kind = TARGET_LOSS };
	analysis_ask(a, &q);
	const double nothing[4] = { 0 }, more[] = { 0, 85 * 9, 85 * 8, 85 * 4 };
	unit_close("a slope of -15", analysis_saliency(a, -1, 0), nothing, 4, 0, 0);
	analysis_window(a, window, &below, -1);
	unit_close("a slope of 85", analysis_saliency(a, -1, 0), more, 4, 1e-6, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* Baseline zero: z = 0 0 0; -3 -3 -3, relus shut. Pool at x: winners step 1 (filter 0: 1, both windows), steps 1 and 2
 * (5, 6). Multipliers of relu: filter 0 step 1: 1/1; filter 1 step 1: 5/(5+3), step 2: 6/(6+3). To x: filter 0, weight
 * 3 = 1 + 2: 3 -3 at x1 x2; filter 1: 3*5/8 (2 1) at x1 x2 and 4*6/9 (2 1) at x2 x3. */
START_TEST(deeplift_by_hand)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "deeplift");
	const double want[] = { 0, 3 * (3 + 3.0 * 5 / 8 * 2), 2 * (-3 + 3.0 * 5 / 8 + 4.0 * 6 / 9 * 2),
		                5 * 4.0 * 6 / 9 };
	const real *map = analysis_saliency(a, -1, 0);
	double sum = 0;
	unit_close("map", map, want, 4, 1e-6, 0);
	for (int i = 0; i < 4; i++)
		sum += (double)map[i];
	ck_assert_double_eq_tol(sum, 42, 1e-4);
	ck_assert(analysis_saliency_note(a, -1, 0)->residual < 1e-6);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

static bool in_the_making(struct analysis *a, int layer, int64_t filter)
{
	return !analysis_saliency_cached(a, layer, filter);
}

/* One pass each, with other maps, clusters and importance asked for in the middle: the same map in the end. */
/* y = 42.5, e = 42.5/4: 0.8 of the relevance goes back through the dense layer, 0.8 1.6 12 19.2 to the pooled values
 * and 2.4 at step 1 of filter 0, 12 and 19.2 at steps 1 and 2 of filter 1. The mean square of z is 79/6, so that these
 * are divided by 1 + e, 5 + e and 6 + e with e = sqrt(79/6)/4. */
START_TEST(relevance_by_hand)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "relevance");
	double e4 = sqrt(79. / 6) / 4, q = 2.4 / (1 + e4), r = 12 / (5 + e4), s = 19.2 / (6 + e4);
	const double want[] = { 0, 3 * q + 3 * 2 * r, -2 * q + 2 * r + 2 * 2 * s, 5 * s };
	unit_close("relevance", analysis_saliency(a, -1, 0), want, 4, 1e-5, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* The hand net with each bias as a node of its own, after Conv and MatMul without one. */
static struct model *biases_apart(void)
{
	struct model *m = model_new("apart.json", "test");
	struct graph *g = m->graph;
	int64_t two[] = { 2 };
	struct attr a[] = { attr_is("kernel_shape", 1, two), attr_is("strides", 1, (int64_t[]){ 1 }) };
	int x = model_input(m, "input", "InputLayer", "NCT", 4, 1, 1, &e);
	struct shape s = sh(3, 2, 1, 2);
	int w = graph_const_real(g, "w", &s, conv_w, true, &e);
	s = sh(3, 1, 2, 1);
	int b = graph_const_real(g, "b", &s, conv_b, true, &e);
	int v = graph_op(g, "Conv", "conv", 2, (int[]){ x, w }, 0, NULL, &e);
	v = graph_op(g, "Add", "bias", 2, (int[]){ v, b }, 0, NULL, &e);
	v = graph_op(g, "Relu", "relu", 1, &v, 0, NULL, &e);
	v = graph_op(g, "MaxPool", "pool", 1, &v, 2, a, &e);
	v = graph_op(g, "Flatten", "flat", 1, &v, 0, NULL, &e);
	s = sh(2, 4, 1, 0);
	w = graph_const_real(g, "dw", &s, dense_w, true, &e);
	s = sh(1, 1, 0, 0);
	b = graph_const_real(g, "db", &s, dense_b, true, &e);
	v = graph_op(g, "MatMul", "product", 2, (int[]){ v, w }, 0, NULL, &e);
	v = graph_op(g, "Add", "shifted", 2, (int[]){ v, b }, 0, NULL, &e);
	model_layer(m, "dense", "Dense", "", LAYER_ANALYSED, v, v, 1, (int[]){ 0 }, &e);
	ck_assert_msg(!model_finish(m, v, &e), "%s", e.text);
	return m;
}

/* One linear operator stabilises once, however many nodes it is written as: the maps of both networks are the same. */
START_TEST(relevance_takes_a_bias_for_a_part_of_its_operator)
{
	struct net n = net_new();
	struct model *m = biases_apart();
	struct analysis *a = by(&n, "relevance"), *b = analysis_new(m);
	struct question q = { .task = TASK_REGRESSION, .method = saliency_find("relevance") };
	double want[4];
	for (int i = 0; i < 4; i++)
		want[i] = (double)analysis_saliency(a, -1, 0)[i];
	analysis_ask(b, &q);
	analysis_window(b, window, NULL, -1);
	unit_close("relevance", analysis_saliency(b, -1, 0), want, 4, 1e-6, 0);
	analysis_free(a);
	analysis_free(b);
	model_free(n.m);
	model_free(m);
}
END_TEST

/* y = 1 x0 + 2 x1 + 3 x2 + 4 x3 + 5 d0 + 6 d1 + 7 d2 + 8 d3 of the series x = 1 3 2 6, d = 2 -1 4 7/3 derived from it.
 * To hide step 1 makes d -1 2 4 7/3, to hide step 2 makes it 2 -3 6 11/3. */
START_TEST(occlusion_computes_what_is_derived_again)
{
	const real weight[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	float x[] = { 1, 3, 2, 6 };
	struct window_set set = { .x = x, .n = 1, .rank = 2, .dim = { 1, 4 }, .stride = { 4, 1 } };
	struct dataset d;
	struct recipe r;
	struct model *m = model_new("derived.json", "test");
	struct shape s = sh(2, 8, 1, 0);
	int in = model_input(m, "input", "InputLayer", "NCT", 4, 2, 1, &e);
	int w = graph_const_real(m->graph, "w", &s, weight, true, &e);
	int v = graph_op(m->graph, "Flatten", "flat", 1, &in, 0, NULL, &e);
	v = graph_op(m->graph, "MatMul", "dense", 2, (int[]){ v, w }, 0, NULL, &e);
	model_layer(m, "dense", "Dense", "", LAYER_ANALYSED, v, v, 1, (int[]){ 0 }, &e);
	ck_assert_msg(!model_finish(m, v, &e), "%s", e.text);
	recipe_init(&r);
	ck_assert(!recipe_set(&r, "derive", "diff", &e));
	ck_assert_msg(!dataset_of_windows(&d, &set, &r, m, &e), "%s", e.text);
	struct analysis *a = analysis_new(m);
	struct question q = { .task = TASK_REGRESSION, .method = saliency_find("occlusion") };
	analysis_data(a, &d);
	analysis_ask(a, &q);
	const double apart[] = { 1, 10, 6, -6, 6, 28, 24, 8 * 7 / 3. };
	unit_close("free", analysis_saliency(a, -1, 0), apart, 8, 1e-5, 0);
	q.series = true;
	analysis_ask(a, &q);
	const real *map = analysis_saliency(a, -1, 0);
	/* step 0 hidden: d = 3 -1 4 8/3; step 3 hidden: d = 2 -1 -2 5/3 */
	const double want[] = { 1 - 5 * 1 - 8 / 3.,      0, 6 + 5 * 3 - 6 * 3, 0, 6 + 6 * 2 - 7 * 2 - 8 * 4 / 3., 0,
		                24 + 7 * 6 + 8 * 2 / 3., 0 };
	unit_close("series", map, want, 8, 1e-5, 0);
	analysis_free(a);
	dataset_release(&d);
	recipe_release(&r);
	model_free(m);
}
END_TEST

/* All draws are the window itself, where the data have no other. */
START_TEST(expected_gradients_draw_from_the_data)
{
	struct net n = net_new();
	float x[8];
	struct window_set set = { .x = x, .n = 1, .rank = 2, .dim = { 1, 4 }, .stride = { 4, 1 } };
	struct dataset d;
	struct recipe r;
	for (int i = 0; i < 8; i++)
		x[i] = (float)window[i % 4] * (i < 4 ? 1 : 2);
	recipe_init(&r);
	for (int64_t k = 1; k <= 2; k++) {
		set.n = set.dim[0] = k;
		ck_assert_msg(!dataset_of_windows(&d, &set, &r, n.m, &e), "%s", e.text);
		struct analysis *a = analysis_new(n.m);
		analysis_data(a, &d);
		analysis_ask(a, &(struct question){ .task = TASK_REGRESSION, .method = saliency_find("expected") });
		const real *map = analysis_saliency(a, -1, 0);
		double sum = 0;
		for (int i = 0; i < 4; i++)
			sum += (double)map[i];
		/* On the way from twice the window y grows by as much at each step: x dy/dx = 42.5 - 0.5 + 21, and
		 * about half of the draws are the other window. */
		if (k == 1)
			ck_assert(sum == 0);
		else
			ck_assert_msg(sum < -63 * 0.3 && sum > -63 * 0.7, "%g", sum);
		analysis_free(a);
		dataset_release(&d);
	}
	recipe_release(&r);
	model_free(n.m);
}
END_TEST

START_TEST(a_map_in_pieces_is_the_same_map)
{
	struct net n = net_new();
	for (int m = 0; saliency_methods[m].name; m++) {
		struct analysis *a = by(&n, saliency_methods[m].name), *b = by(&n, saliency_methods[m].name);
		int64_t steps = 0;
		struct question q = *analysis_question(a);
		q.measure = importance_find("ablation");
		analysis_ask(a, &q);
		while (analysis_saliency_step(a, -1, 0)) {
			steps++;
			if (steps == 2)
				analysis_saliency(a, DENSE, 0);
			ck_assert(in_the_making(a, -1, 0));
		}
		while (analysis_saliency_step(a, CONV, 1)) {
			analysis_importance_step(a, POOL);
			analysis_feeds(a, CONV, 0, 0);
		}
		for (int k = 0; k < 3; k++) {
			int layer = (int[]){ -1, CONV, steps < 2 ? -1 : DENSE }[k], f = k == 1;
			ck_assert(!in_the_making(a, layer, f));
			unit_close(saliency_methods[m].name, analysis_saliency_cached(a, layer, f),
			           analysis_saliency(b, layer, f), 4, 0, 0);
		}
		analysis_saliency_step(a, POOL, 0);
		analysis_window(a, window, NULL, -1);
		ck_assert(in_the_making(a, -1, 0) && in_the_making(a, POOL, 0));
		analysis_free(a);
		analysis_free(b);
	}
	model_free(n.m);
}
END_TEST

/* The maps by all methods of one analysis, taken in pieces by turns with the question's own map, are those of an
 * analysis that is asked for each method. Another window makes them stale. */
START_TEST(maps_by_other_methods_are_those_of_the_question)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "occlusion");
	const real other[] = { 2, 0, 1, 1 };
	struct saliency_note note;
	for (int layer = -1; layer <= CONV; layer += 2)
		for (int m = 0; saliency_methods[m].name; m++) {
			struct analysis *b = by(&n, saliency_methods[m].name);
			int64_t filter = layer >= 0;
			while (analysis_method_step(a, m, layer, filter))
				analysis_saliency_step(a, POOL, 0);
			unit_close(saliency_methods[m].name, analysis_method(a, m, layer, filter, &note),
			           analysis_saliency(b, layer, filter), 4, 0, 0);
			ck_assert_int_eq(note.steps, analysis_saliency_note(b, layer, filter)->steps);
			if (saliency_methods[m].channels_alike)
				ck_assert_int_eq(note.at, analysis_saliency_note(b, layer, filter)->at);
			analysis_free(b);
		}
	analysis_window(a, other, NULL, -1);
	struct analysis *b = by(&n, "gradient-input");
	analysis_window(b, other, NULL, -1);
	unit_close("another window", analysis_method(a, 1, CONV, 1, &note), analysis_saliency(b, CONV, 1), 4, 0, 0);
	analysis_free(a);
	analysis_free(b);
	model_free(n.m);
}
END_TEST

/* Maps that are dropped while one of the layer is unfinished: it begins anew, in memory that is there. */
START_TEST(dropped_maps_begin_anew)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "integrated"), *b = by(&n, "integrated");
	ck_assert(analysis_saliency_step(a, CONV, 0));
	analysis_drop_maps(a, CONV);
	unit_close("map", analysis_saliency(a, CONV, 0), analysis_saliency(b, CONV, 0), 4, 0, 0);
	analysis_free(a);
	analysis_free(b);
	model_free(n.m);
}
END_TEST

/* A map that was begun waits: what is more urgent does not finish it first. */
START_TEST(clusters_do_not_finish_a_map_that_was_begun)
{
	struct net n = net_new();
	struct analysis *a = by(&n, "integrated");
	ck_assert(analysis_saliency_step(a, -1, 0));
	while (analysis_clusters_step(a, CONV, 0))
		;
	ck_assert_ptr_nonnull(analysis_clusters_cached(a, CONV));
	ck_assert(in_the_making(a, -1, 0));
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(every_method_says_what_it_is)
{
	ck_assert_str_eq(saliency_methods[0].name, "gradient");
	for (int m = 0; saliency_methods[m].name; m++) {
		const struct saliency_method *q = &saliency_methods[m];
		ck_assert(q->label && q->formula && q->source && q->step);
		ck_assert_msg(strpbrk(q->source, "0123456789") != NULL, "%s: a source has a year", q->name);
		ck_assert_int_eq(saliency_find(q->name), m);
	}
}
END_TEST

/* ---- a network of more kinds of operators, and PyTorch's numbers ---- */

enum { T = 24, C = 2 };
struct recorded {
	const char *method, *what, *baseline;
	double map[T * C];
};
static const struct recorded recorded[] = {
#include "tests/unit/saliency_numbers.h"
};

static void wave(real *v, int64_t n, int k, double size)
{
	for (int64_t i = 0; i < n; i++)
		v[i] = (real)(size * sin(1.3 * (double)i + 0.7 * k + 1));
}

static int constant(struct graph *g, int rank, int64_t a, int64_t b, int64_t c, int k, double size, double more)
{
	struct shape s = sh(rank, a, b, c);
	real v[128];
	wave(v, shape_count(&s), k, size);
	for (int64_t i = 0; i < shape_count(&s); i++)
		v[i] += (real)more;
	int id = graph_const_real(g, NULL, &s, v, true, &e);
	ck_assert_msg(id >= 0, "%s", e.text);
	return id;
}

static int conv(struct graph *g, int x, int w, int b)
{
	struct attr pads = attr_is("pads", 2, (int64_t[]){ 1, 1 });
	return graph_op(g, "Conv", NULL, 3, (int[]){ x, w, b }, 1, &pads, &e);
}

static int one(struct graph *g, const char *op, int x)
{
	return graph_op(g, op, NULL, 1, &x, 0, NULL, &e);
}

static struct model *larger(void)
{
	struct model *m = model_new("larger.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "input", "InputLayer", "NCT", T, C, 1, &e), l = 0;
	int c1 = conv(g, x, constant(g, 3, 4, 2, 3, 1, 0.8, 0), constant(g, 1, 4, 0, 0, 2, 0.3, 0));
	int norm[] = { c1, constant(g, 1, 4, 0, 0, 3, 0.3, 1), constant(g, 1, 4, 0, 0, 4, 0.8, 0),
		       constant(g, 1, 4, 0, 0, 5, 0.2, 0), constant(g, 1, 4, 0, 0, 6, 0.5, 1) };
	struct attr epsilon = attr_f("epsilon", 1e-5);
	int n1 = graph_op(g, "BatchNormalization", NULL, 5, norm, 1, &epsilon, &e), r1 = one(g, "Relu", n1);
	l = model_layer(m, "block", "Conv", "relu", LAYER_ANALYSED, n1, r1, 1, &l, &e);
	struct attr window_of[] = { attr_is("kernel_shape", 1, (int64_t[]){ 3 }),
		                    attr_is("strides", 1, (int64_t[]){ 2 }), attr_is("pads", 2, (int64_t[]){ 1, 1 }) };
	int p = graph_op(g, "MaxPool", NULL, 1, &r1, 3, window_of, &e);
	l = model_layer(m, "pool", "MaxPool", "", LAYER_ANALYSED, p, p, 1, &l, &e);
	int c2 = conv(g, p, constant(g, 3, 6, 4, 3, 7, 0.8, 0), constant(g, 1, 6, 0, 0, 8, 0.2, 0)),
	    t2 = one(g, "Tanh", c2);
	l = model_layer(m, "conv", "Conv", "tanh", LAYER_ANALYSED, c2, t2, 1, &l, &e);
	int r3 = one(g, "Relu", conv(g, t2, constant(g, 3, 6, 6, 3, 9, 0.5, 0), constant(g, 1, 6, 0, 0, 10, 0.1, 0)));
	int add = graph_op(g, "Add", NULL, 2, (int[]){ t2, r3 }, 0, NULL, &e);
	l = model_layer(m, "add", "Add", "", LAYER_ANALYSED, add, add, 1, &l, &e);
	int mean = one(g, "Flatten", one(g, "GlobalAveragePool", add));
	int gate = graph_op(g, "Gemm", NULL, 3,
	                    (int[]){ mean, constant(g, 2, 6, 6, 0, 11, 0.8, 0), constant(g, 1, 6, 0, 0, 12, 0.8, 0) },
	                    0, NULL, &e);
	int gated = graph_op(g, "Mul", NULL, 2, (int[]){ mean, one(g, "Sigmoid", gate) }, 0, NULL, &e);
	l = model_layer(m, "gate", "Mul", "", LAYER_ANALYSED, gated, gated, 1, &l, &e);
	int y = graph_op(g, "Gemm", NULL, 3,
	                 (int[]){ gated, constant(g, 2, 6, 3, 0, 13, 0.8, 0), constant(g, 1, 3, 0, 0, 14, 0.8, 0) }, 0,
	                 NULL, &e);
	ck_assert_msg(y >= 0, "%s", e.text);
	model_layer(m, "dense", "Gemm", "", LAYER_ANALYSED, y, y, 1, &l, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	return m;
}

/* (C,T) as PyTorch has it, to (T,C). */
static void window_of_wave(real *tc, int k, double size)
{
	real v[T * C];
	wave(v, T * C, k, size);
	for (int t = 0; t < T; t++)
		for (int c = 0; c < C; c++)
			tc[t * C + c] = v[c * T + t];
}

START_TEST(maps_are_those_of_pytorch)
{
	const struct recorded *q = &recorded[_i];
	struct model *m = larger();
	struct analysis *a = analysis_new(m);
	real x[T * C], base[T * C];
	const real truth[] = { (real)0.1, (real)0.2, (real)0.3 };
	char what[64], name[128];
	int layer = -1, filter = 0;
	struct target t = { .kind = TARGET_SUM };
	window_of_wave(x, 15, 1.2);
	window_of_wave(base, 16, 0.9);
	snprintf(what, sizeof what, "%s", q->what);
	snprintf(name, sizeof name, "%s of %s, baseline %s", q->method, q->what, q->baseline);
	if (target_parse(&t, what, m, TASK_REGRESSION, &e)) {
		filter = what[strlen(what) - 1] - '0';
		what[strlen(what) - 2] = '\0';
		layer = analysis_find_layer(a, what);
		ck_assert_int_ge(layer, 0);
	}
	analysis_window(a, x, truth, -1);
	analysis_baseline_window(a, base);
	const struct question asked = { .task = TASK_REGRESSION,
		                        .target = t,
		                        .method = saliency_find(q->method),
		                        .seed = 7,
		                        .baseline = !strcmp(q->baseline, "zero")   ? BASELINE_ZERO
		                                    : !strcmp(q->baseline, "mean") ? BASELINE_MEAN
		                                                                   : BASELINE_WINDOW };
	analysis_ask(a, &asked);
	const real *map = analysis_saliency(a, layer, filter);
	unit_close(name, map, q->map, T * C, sizeof(real) == 8 ? 1e-8 : 2e-4, 1e-7);
	/* f(x) - f(x') by the target's own value */
	if (!strcmp(q->method, "deeplift") || !strcmp(q->method, "integrated")) {
		double sum = 0, size = 0, whole = 0;
		for (int i = 0; i < T * C; i++) {
			sum += (double)map[i];
			size += fabs((double)map[i]);
		}
		const struct saliency_note note = *analysis_saliency_note(a, layer, filter);
		for (int end = 0; end < 2; end++) {
			real baseline[T * C];
			memcpy(baseline, analysis_baseline(a), sizeof baseline);
			if (end)
				analysis_window(a, baseline, truth, -1);
			double f = layer < 0 ? analysis_target_value(a) : 0;
			for (int64_t s = 0; layer >= 0 && s < m->layer[layer].times; s++)
				f += (double)analysis_activation(a, layer)[filter * m->layer[layer].times + s];
			whole += end ? -f : f;
		}
		ck_assert_msg(fabs(sum - whole) <= note.residual * fabs(whole) + 1e-5 * size,
		              "%s: %.6g instead of %.6g, residual %.3g", name, sum, whole, note.residual);
		ck_assert_msg(note.residual < 0.01 || note.steps == 1024, "%s: residual %g", name, note.residual);
	}
	analysis_free(a);
	model_free(m);
}
END_TEST

/* ---- DeepLIFT through operators that the network above does not have ---- */

static int joined(struct graph *g, int x, int y)
{
	struct attr axis = attr_i("axis", 1);
	return graph_op(g, "Concat", NULL, 2, (int[]){ x, y }, 1, &axis, &e);
}
static int summed(struct graph *g, int x, int y)
{
	const int64_t time = 2;
	(void)x;
	int axis = graph_const_int(g, NULL, &(struct shape){ 0 }, &time, &e);
	return graph_op(g, "CumSum", NULL, 2, (int[]){ y, axis }, 0, NULL, &e);
}
static int resized(struct graph *g, int x, int y)
{
	const real scale[] = { 1, 1, (real)1.5 };
	struct attr mode = attr_s("mode", "linear");
	(void)x;
	int scales = graph_const_real(g, NULL, &(struct shape){ 1, { 3 } }, scale, true, &e);
	return graph_op(g, "Resize", NULL, 3, (int[]){ y, -1, scales }, 1, &mode, &e);
}
static int sloped(struct graph *g, int x, int y)
{
	return graph_op(g, "PRelu", NULL, 2, (int[]){ y, x }, 0, NULL, &e);
}
static int bounded(struct graph *g, int x, int y)
{
	(void)x;
	int axes = graph_const_int(g, NULL, &(struct shape){ 1, { 3 } }, (int64_t[]){ 0, 1, 2 }, &e);
	struct attr keep = attr_i("keepdims", 0);
	int low = graph_op(g, "ReduceMean", NULL, 2, (int[]){ y, axes }, 1, &keep, &e);
	return graph_op(g, "Clip", NULL, 2, (int[]){ y, low }, 0, NULL, &e);
}

static const struct {
	const char *name;
	int (*build)(struct graph *g, int x, int y); /* y: a layer of the input x, of its shape */
} through[] = {
	{ "Concat", joined },
	{ "CumSum", summed },
	{ "Resize, linear", resized },
	{ "PRelu whose slope depends", sloped },
	{ "Clip whose bound depends", bounded },
};

/* The map adds up to the difference of the outputs. */
START_TEST(deeplift_adds_up)
{
	struct model *m = model_new("through.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "input", "InputLayer", "NCT", T, C, 1, &e);
	int y = one(g, "Tanh", conv(g, x, constant(g, 3, C, C, 3, 1, 0.8, 0), constant(g, 1, C, 0, 0, 2, 0.3, 0)));
	y = through[_i].build(g, x, y);
	ck_assert_msg(y >= 0, "%s: %s", through[_i].name, e.text);
	y = one(g, "Tanh", y);
	model_layer(m, "last", "Tanh", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	struct analysis *a = analysis_new(m);
	real window_now[T * C], base[T * C];
	window_of_wave(window_now, 15, 1.2);
	window_of_wave(base, 16, 0.9);
	double size = 0, sum = 0;
	struct question q = *analysis_question(a);
	q.target = (struct target){ .kind = TARGET_SUM };
	analysis_ask(a, &q);
	analysis_window(a, base, NULL, -1);
	double difference = -analysis_target_value(a);
	analysis_window(a, window_now, NULL, -1);
	difference += analysis_target_value(a);
	analysis_baseline_window(a, base);
	q.method = saliency_find("deeplift");
	q.baseline = BASELINE_WINDOW;
	analysis_ask(a, &q);
	const real *map = analysis_saliency(a, -1, 0);
	for (int i = 0; i < T * C; i++) {
		sum += (double)map[i];
		size += fabs((double)map[i]);
	}
	ck_assert_msg(fabs(sum - difference) <= 5e-3 * size, "%s: %g instead of %g (size %g)", through[_i].name, sum,
	              difference, size);
	ck_assert_double_gt(size, 0);
	analysis_free(a);
	model_free(m);
}
END_TEST

/* A probe of the network that looks at one input at a time, or at as many as it can. */
static void probe_of(struct probe *p, const struct model *m, bool one)
{
	real x[T * C];
	probe_init(p, m, false);
	window_of_wave(x, 15, 1.2);
	probe_window(p, x, (const real[]){ (real)0.1, (real)0.2, (real)0.3 }, -1);
	ck_assert_int_eq(probe_width(p), RUN_LANES);
	p->width = one ? 1 : RUN_LANES;
}

/* A map by method k of a filter of a layer, or of the target (layer -1). */
static void map_of(struct probe *p, int k, int layer, int filter, real *map, struct saliency_note *note)
{
	struct saliency_job j = { 0 };
	saliency_begin(&j, p, k, layer, filter, map, note);
	while (saliency_step(&j))
		;
	saliency_release(&j);
}

static void ask_of_target(struct probe *p, enum target_kind target, int off)
{
	struct question q = { .task = TASK_REGRESSION,
		              .measure = importance_find("ablation"),
		              .target = { .kind = target } };
	if (off)
		filter_set_put(&q.off, 1, 2, true);
	probe_ask(p, &q);
	filter_set_release(&q.off);
}

/* Maps and ablation have the same bits, whether inputs are evaluated one by one or many at once. */
START_TEST(many_inputs_at_once_are_inputs_alone)
{
	struct model *m = larger();
	struct probe one, many;
	probe_of(&one, m, true);
	probe_of(&many, m, false);
	for (int k = 0; k < 4; k++) {
		ask_of_target(&one, k / 2 ? TARGET_LOSS : TARGET_SUM, k % 2);
		ask_of_target(&many, k / 2 ? TARGET_LOSS : TARGET_SUM, k % 2);
		for (int method = 0; saliency_methods[method].name; method++)
			for (int layer = -1; layer < m->n_layer; layer++) {
				real a[T * C], b[T * C];
				struct saliency_note an, bn;
				if (layer >= 0 && m->layer[layer].kind != LAYER_ANALYSED)
					continue;
				map_of(&one, method, layer, 1, a, &an);
				map_of(&many, method, layer, 1, b, &bn);
				ck_assert_msg(!memcmp(a, b, sizeof a) && an.steps == bn.steps, "%s, layer %d, case %d",
				              saliency_methods[method].name, layer, k);
			}
		for (int layer = 0; layer < m->n_layer; layer++) {
			real a[8], b[8];
			struct importance_job ja, jb;
			if (m->layer[layer].kind != LAYER_ANALYSED)
				continue;
			importance_begin(&ja, &one, one.q.measure, layer, a);
			while (importance_step(&ja))
				;
			importance_begin(&jb, &many, one.q.measure, layer, b);
			while (importance_step(&jb))
				;
			ck_assert_msg(!memcmp(a, b, (size_t)m->layer[layer].filters * sizeof *a), "layer %d, case %d",
			              layer, k);
		}
	}
	ck_assert(many.many_uses > 0 && !one.many_uses);
	probe_release(&one);
	probe_release(&many);
	model_free(m);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, every_method_says_what_it_is);
	tcase_add_test(c, gradient_and_gradient_times_input_by_differences);
	tcase_add_test(c, integrated_gradients_by_a_fine_sum_and_added_up);
	tcase_add_test(c, a_window_against_itself_explains_nothing);
	tcase_add_test(c, occlusion_by_hiding_each_step);
	tcase_add_test(c, smoothgrad_by_the_same_draws);
	tcase_add_test(c, grad_cam_by_hand);
	tcase_add_test(c, guided_back_propagation_by_hand);
	tcase_add_test(c, deeplift_by_hand);
	tcase_add_test(c, relevance_by_hand);
	tcase_add_test(c, relevance_takes_a_bias_for_a_part_of_its_operator);
	tcase_add_test(c, occlusion_computes_what_is_derived_again);
	tcase_add_test(c, expected_gradients_draw_from_the_data);
	tcase_add_test(c, a_map_in_pieces_is_the_same_map);
	tcase_add_test(c, maps_by_other_methods_are_those_of_the_question);
	tcase_add_test(c, dropped_maps_begin_anew);
	tcase_add_test(c, many_inputs_at_once_are_inputs_alone);
	tcase_add_test(c, clusters_do_not_finish_a_map_that_was_begun);
	tcase_add_loop_test(c, deeplift_adds_up, 0, sizeof through / sizeof *through);
	tcase_add_loop_test(c, maps_are_those_of_pytorch, 0, sizeof recorded / sizeof *recorded);
}
UNIT_MAIN_WITH("saliency", setup)
