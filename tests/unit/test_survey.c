/* Importance over many windows (core/analysis/survey.h). */
#include "core/analysis/survey.h"
#include "core/probe/batch.h"
#include "tests/unit/hand_net.h"

enum { CONV = 1, WINDOWS = 3 };

/* Three windows of the hand net; the one in the middle, or the first, has no true value. */
static void by_loss(int without)
{
	struct net n = net_new();
	float x[WINDOWS * 4];
	double truth[WINDOWS] = { 10, 20, 30 };
	struct window_set set = { .x = x, .n = WINDOWS, .rank = 2, .dim = { WINDOWS, 4 }, .n_value = 1 };
	struct dataset d;
	struct survey s;
	struct recipe r;
	double sum[2] = { 0 };
	for (int i = 0; i < WINDOWS * 4; i++)
		x[i] = (float)window[i % 4] + (float)(i / 4);
	truth[without] = NAN;
	set.value = truth;
	set.n_truth = WINDOWS;
	recipe_init(&r);
	ck_assert_msg(dataset_of_windows(&d, &set, &r, n.m, &e) == 0, "%s", e.text);
	ck_assert_int_eq(d.n_target, WINDOWS);
	struct question q = { .task = TASK_REGRESSION, .target = { .kind = TARGET_LOSS } };
	survey_make(&s, n.m, &d, &q, 0, WINDOWS, 1);
	struct analysis *a = analysis_new(n.m);
	analysis_data(a, &d);
	for (q.window = 0; q.window < WINDOWS; q.window++) {
		analysis_ask(a, &q);
		const real *raw = analysis_importance_raw(a, CONV);
		ck_assert_int_eq(raw != NULL, q.window != without);
		for (int f = 0; f < 2 && raw; f++)
			sum[f] += (double)raw[f];
	}
	ck_assert(s.layer[CONV].depends);
	for (int f = 0; f < 2; f++)
		ck_assert_double_eq_tol(s.layer[CONV].raw_mean[f], sum[f] / (WINDOWS - 1), 1e-6 * sum[f]);
	analysis_free(a);
	survey_release(&s);
	recipe_release(&r);
	dataset_release(&d);
	model_free(n.m);
}

/* They do not count as windows of importance 0, and the first of them does not speak for all. */
START_TEST(windows_without_a_true_value_have_no_influence_on_the_loss)
{
	by_loss(0);
	by_loss(1);
}
END_TEST

/* Importances and outputs of many windows at once are those of each window alone, bit for bit. */
static void batch_against_single(const struct model *m, const struct dataset *d, struct question *q, int n)
{
	struct batch *b = batch_new(m, d);
	struct analysis *a = analysis_new(m);
	ck_assert_ptr_nonnull(b);
	analysis_data(a, d);
	ck_assert(batch_importance(b, q, 1, n));
	for (int l = 0; l < n; l++) {
		q->window = 1 + l;
		analysis_ask(a, q);
		ck_assert(!memcmp(batch_output(b, l), analysis_output(a), (size_t)m->outputs * sizeof(real)));
		for (int k = 0; k < m->n_layer; k++) {
			if (m->layer[k].kind != LAYER_ANALYSED)
				continue;
			const real *want = analysis_importance_raw(a, k), *got = batch_raw(b, l, k);
			ck_assert_msg(!want == !got, "layer %d", k);
			ck_assert_msg(!want || !memcmp(got, want, (size_t)m->layer[k].filters * sizeof *got),
			              "measure %s, window %d, layer %d: %.9g instead of %.9g",
			              importance_measures[q->measure].name, 1 + l, k, (double)got[0], (double)want[0]);
		}
	}
	analysis_free(a);
	batch_free(b);
}

enum { MANY = 2 * RUN_LANES + 3 };

START_TEST(many_windows_at_once_are_windows_alone)
{
	struct net n = net_new();
	float x[MANY * 4];
	double truth[MANY];
	struct window_set set = {
		.x = x, .n = MANY, .rank = 2, .dim = { MANY, 4 }, .n_value = 1, .value = truth, .n_truth = MANY
	};
	struct dataset d;
	struct recipe r;
	for (int i = 0; i < MANY * 4; i++)
		x[i] = (float)window[i % 4] * (float)(1 + i / 7 % 5) - (float)(i % 11) / 3;
	for (int i = 0; i < MANY; i++)
		truth[i] = i % 5 * 7;
	recipe_init(&r);
	ck_assert_msg(dataset_of_windows(&d, &set, &r, n.m, &e) == 0, "%s", e.text);
	for (int off = 0; off < 2; off++)
		for (int measure = 0; importance_measures[measure].name; measure++)
			for (int loss = 0; loss < 2; loss++) {
				struct question q = { .task = TASK_REGRESSION,
					              .measure = measure,
					              .target = { .kind = loss ? TARGET_LOSS : TARGET_SUM } };
				if (off)
					filter_set_put(&q.off, CONV, 1, true);
				if (importance_measures[measure].rows) {
					batch_against_single(n.m, &d, &q, RUN_LANES);
					batch_against_single(n.m, &d, &q, 5);
				}
				filter_set_release(&q.off);
			}
	recipe_release(&r);
	dataset_release(&d);
	model_free(n.m);
}
END_TEST

UNIT_MAIN("survey", windows_without_a_true_value_have_no_influence_on_the_loss, many_windows_at_once_are_windows_alone)
