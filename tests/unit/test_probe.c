/* Questions, and what a probe says of one window: silence, and measures in pieces. */
#include "core/analysis/analysis.h"
#include "core/analysis/analysis_state.h"
#include "core/base/rng.h"
#include "src/read/read_model.h"
#include "tests/unit/hand_net.h"

enum { INPUT, CONV, POOL, FLAT, DENSE };

/* ---- questions ---- */

struct change {
	const char *what;
	struct question now;
	unsigned stale;
};

enum { MAPS = STALE_TARGET_MAP | STALE_MAPS, TARGET = STALE_GRADIENTS | STALE_IMPORTANCE | STALE_TARGET_MAP };
static const struct question plain = { .task = TASK_REGRESSION };
static const struct change changes[] = {
	{ "nothing", { .task = TASK_REGRESSION }, 0 },
	{ "window", { .task = TASK_REGRESSION, .window = 1 }, STALE_ALL },
	{ "task", { .task = TASK_CLASSIFICATION }, STALE_ALL },
	{ "target", { .task = TASK_REGRESSION, .target = { .kind = TARGET_LOSS } }, TARGET },
	{ "output", { .task = TASK_REGRESSION, .target = { .kind = TARGET_SUM, .k = 1 } }, TARGET },
	{ "measure", { .task = TASK_REGRESSION, .measure = 1 }, STALE_IMPORTANCE },
	{ "method", { .task = TASK_REGRESSION, .method = 1 }, MAPS },
	{ "baseline", { .task = TASK_REGRESSION, .baseline = BASELINE_MEAN }, STALE_BASELINE_MAPS },
	{ "a window that is no baseline", { .task = TASK_REGRESSION, .baseline_window = 3 }, 0 },
	{ "seed", { .task = TASK_REGRESSION, .seed = 1 }, STALE_RANDOM_MAPS | STALE_CLUSTERS },
	{ "cluster method", { .task = TASK_REGRESSION, .cluster_method = CLUSTER_DTW }, STALE_CLUSTERS },
	{ "clusters", { .task = TASK_REGRESSION, .clusters = 2 }, STALE_CLUSTERS },
};

START_TEST(a_change_makes_stale_what_depends_on_it)
{
	const struct change *c = &changes[_i];
	struct question copy = { 0 };
	ck_assert_msg(question_stale(&plain, &c->now) == c->stale, "%s: %x", c->what, question_stale(&plain, &c->now));
	question_copy(&copy, &c->now);
	ck_assert_msg(question_equal(&copy, &c->now), "%s: a copy differs", c->what);
	ck_assert_msg(question_equal(&plain, &c->now) == (_i == 0), "%s: equal", c->what);
	question_release(&copy);
}
END_TEST

START_TEST(filters_that_are_off_are_part_of_the_question)
{
	struct question q = { .task = TASK_REGRESSION }, copy = { 0 };
	filter_set_put(&q.off, CONV, 1, true);
	ck_assert_int_eq(question_stale(&plain, &q), STALE_ALL);
	ck_assert(!question_equal(&plain, &q));
	question_copy(&copy, &q);
	ck_assert(question_equal(&copy, &q));
	/* a copy is its own */
	filter_set_put(&q.off, CONV, 0, true);
	ck_assert(!question_equal(&copy, &q) && copy.off.n == 1);
	/* a shallow copy of itself changes nothing */
	const struct question shallow = copy;
	question_copy(&copy, &shallow);
	ck_assert(copy.off.n == 1 && filter_set_has(&copy.off, CONV, 1));
	question_copy(&copy, &plain);
	ck_assert_int_eq(copy.off.n, 0);
	question_release(&q);
	question_release(&copy);
}
END_TEST

/* Only maps by a method that uses them are stale after another baseline or seed. */
START_TEST(a_baseline_concerns_the_methods_that_compare)
{
	for (int m = 0; saliency_methods[m].name; m++) {
		ck_assert(saliency_stale(STALE_BASELINE_MAPS, m, true) == saliency_methods[m].baseline);
		ck_assert(saliency_stale(STALE_RANDOM_MAPS, m, false) == saliency_methods[m].random);
		ck_assert(saliency_stale(STALE_TARGET_MAP, m, true) && !saliency_stale(STALE_TARGET_MAP, m, false));
	}
}
END_TEST

/* ---- silence ---- */

/* The hand net with a global maximum, which keeps the axis of time: 1 for filter 0, 6 or 0 for filter 1. */
static struct model *one_step(void)
{
	struct net n = { .m = model_new("one.json", "test") };
	struct graph *g = n.m->graph;
	struct shape s = sh(3, 2, 1, 2);
	n.x = model_input(n.m, "input", "InputLayer", "NCT", 4, 1, 1, &e);
	int w = graph_const_real(g, "w", &s, conv_w, true, &e);
	s = sh(1, 2, 0, 0);
	int b = graph_const_real(g, "b", &s, conv_b, true, &e);
	n.conv = graph_op(g, "Conv", "conv", 3, (int[]){ n.x, w, b }, 0, NULL, &e);
	n.relu = graph_op(g, "Relu", "relu", 1, &n.conv, 0, NULL, &e);
	int l = model_layer(n.m, "conv", "Conv", "relu", LAYER_ANALYSED, n.conv, n.relu, 1, (int[]){ 0 }, &e);
	n.pool = graph_op(g, "GlobalMaxPool", "pool", 1, &n.relu, 0, NULL, &e);
	l = model_layer(n.m, "pool", "GlobalMaxPool", "", LAYER_ANALYSED, n.pool, n.pool, 1, &l, &e);
	ck_assert_msg(!model_finish(n.m, n.pool, &e), "%s", e.text);
	return n.m;
}

START_TEST(a_filter_of_one_step_is_silent_when_it_is_zero)
{
	struct model *m = one_step();
	struct analysis *a = analysis_new(m);
	const real low[] = { 1, 0, 0, 0 };
	ck_assert(m->layer[POOL].has_time && m->layer[POOL].times == 1);
	analysis_window(a, window, NULL, -1);
	ck_assert_double_eq((double)analysis_activation(a, POOL)[0], 1);
	ck_assert(!analysis_silent(a, POOL, 0) && !analysis_silent(a, POOL, 1));
	ck_assert(!analysis_clusters(a, POOL)->silent[0]);
	/* filter 1 is 2x[t] + x[t+1] - 3, never above 0 */
	analysis_window(a, low, NULL, -1);
	ck_assert(!analysis_silent(a, POOL, 0) && analysis_silent(a, POOL, 1));
	ck_assert(!analysis_silent(a, CONV, 0) && analysis_silent(a, CONV, 1));
	analysis_free(a);
	model_free(m);
}
END_TEST

START_TEST(a_value_that_never_changes_is_silent_from_two_steps_on)
{
	const real v[] = { 2, 2, 2, 0 };
	ck_assert(probe_silent(v, 2) && probe_silent(v, 3) && !probe_silent(v, 4));
	ck_assert(!probe_silent(v, 1) && probe_silent(v + 3, 1));
}
END_TEST

/* ---- measures in pieces ---- */

/* y = 42.5; without filter 0: 39.5, without filter 1: 3.5. */
START_TEST(ablation_in_pieces_is_the_same)
{
	struct net n = net_new();
	struct analysis *a = analysis_new(n.m);
	const double want[] = { 3, 39 };
	int pieces = 1;
	struct question q = *analysis_question(a);
	q.measure = importance_find("ablation");
	q.method = saliency_find("occlusion");
	analysis_ask(a, &q);
	analysis_window(a, window, NULL, -1);
	for (; analysis_importance_step(a, CONV); pieces++)
		/* other work on the run that the measure uses */
		analysis_saliency_step(a, -1, 0);
	ck_assert_int_eq(pieces, 2);
	unit_close("ablation", analysis_importance_raw(a, CONV), want, 2, 1e-6, 0);
	/* another window in the middle: nothing of the old one is left */
	const real other[] = { 0, 0, 0, 0 };
	const double zeros[] = { 0, 0 };
	analysis_window(a, window, NULL, -1);
	ck_assert(analysis_importance_step(a, CONV));
	analysis_window(a, other, NULL, -1);
	unit_close("zeros", analysis_importance_raw(a, CONV), zeros, 2, 0, 0);
	/* beside another measure, by turns with it */
	q.measure = importance_find("gradient");
	analysis_ask(a, &q);
	analysis_window(a, window, NULL, -1);
	while (analysis_ablation_step(a, CONV))
		analysis_importance_step(a, POOL);
	unit_close("ablation beside gradient", analysis_ablation(a, CONV), want, 2, 1e-6, 0);
	analysis_window(a, other, NULL, -1);
	unit_close("zeros beside gradient", analysis_ablation(a, CONV), zeros, 2, 0, 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(every_measure_says_what_it_is)
{
	ck_assert_str_eq(importance_measures[0].name, "gradient");
	for (int m = 0; importance_measures[m].name; m++) {
		const struct importance_measure *q = &importance_measures[m];
		ck_assert(q->label && q->formula && q->source && !q->rows != !q->step);
		ck_assert_int_eq(importance_find(q->name), m);
	}
}
END_TEST

/* ---- gradients that are not kept ---- */

static const char *const nets[] = { "tests/keras/residual.h5", "tests/keras/recurrent_3.h5", "tests/onnx/fcn_13.onnx",
	                            "tests/onnx/resnet_13.onnx" };

static void same_or_null(const char *what, const real *a, const real *b, int64_t n)
{
	ck_assert_msg(!a == !b, "%s: only one of them is there", what);
	ck_assert_msg(!a || !memcmp(a, b, (size_t)n * sizeof *a), "%s differs", what);
}

/* All numbers of both, layer after layer forwards, as analyze asks, and then in the other order. */
static void same_numbers(struct analysis *a, struct analysis *b)
{
	const struct probe *p = &a->p;
	int n = p->n_layer;
	for (int k = 0; k < 2 * n; k++) {
		int i = k < n ? k : 2 * n - 1 - k;
		const struct layer *l = &p->layer[i];
		if (l->kind != LAYER_ANALYSED)
			continue;
		same_or_null("gradient", analysis_gradient(a, i), analysis_gradient(b, i), layer_count(l));
		same_or_null("loss gradient", analysis_loss_gradient(a, i), analysis_loss_gradient(b, i),
		             layer_count(l));
		same_or_null("importance", analysis_importance_raw(a, i), analysis_importance_raw(b, i), l->filters);
		same_or_null("influence", analysis_loss_influence(a, i)->raw, analysis_loss_influence(b, i)->raw,
		             l->filters);
	}
	same_or_null("input", analysis_input_gradient(a), analysis_input_gradient(b), probe_window_count(p));
	same_or_null("input, loss", analysis_input_loss_gradient(a), analysis_input_loss_gradient(b),
	             probe_window_count(p));
}

/* Each measure asked first of the last layer, and the gradients in blocks: of one layer, and of some. */
START_TEST(gradients_that_are_not_kept_are_the_same)
{
	struct read_options o = { .no_sandbox = true };
	struct model *m = read_model(nets[_i], &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x), *y = xcalloc((size_t)m->outputs, sizeof *y);
	struct rng r;
	rng_init(&r, 7);
	for (int64_t i = 0; i < m->T * m->C; i++)
		x[i] = (real)rng_normal(&r);
	for (int room = 0; room < 2; room++)
		for (int measure = 0; importance_measures[measure].rows; measure++) {
			struct analysis *a = analysis_new(m), *b = analysis_new(m);
			struct question q = *analysis_question(a);
			q.measure = measure;
			b->p.room = room ? b->p.gradients / 2 : 0;
			ck_assert(probe_keeps_gradients(&a->p) && !probe_keeps_gradients(&b->p));
			analysis_window(a, x, y, -1);
			analysis_window(b, x, y, -1);
			analysis_ask(a, &q);
			analysis_ask(b, &q);
			same_numbers(a, b);
			/* another target: nothing of the last one is left */
			q.target = (struct target){ .kind = TARGET_OUTPUT, .k = m->outputs - 1 };
			analysis_ask(a, &q);
			analysis_ask(b, &q);
			same_numbers(a, b);
			analysis_free(a);
			analysis_free(b);
		}
	free(x);
	free(y);
	model_free(m);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, a_change_makes_stale_what_depends_on_it, 0, sizeof changes / sizeof *changes);
	tcase_add_test(c, filters_that_are_off_are_part_of_the_question);
	tcase_add_test(c, a_baseline_concerns_the_methods_that_compare);
	tcase_add_test(c, a_filter_of_one_step_is_silent_when_it_is_zero);
	tcase_add_test(c, a_value_that_never_changes_is_silent_from_two_steps_on);
	tcase_add_test(c, ablation_in_pieces_is_the_same);
	tcase_add_test(c, every_measure_says_what_it_is);
	tcase_add_loop_test(c, gradients_that_are_not_kept_are_the_same, 0, sizeof nets / sizeof *nets);
}
UNIT_MAIN_WITH("probe", setup)
