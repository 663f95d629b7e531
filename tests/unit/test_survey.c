/* Importance over many windows (core/analysis/survey.h). */
#include "core/analysis/survey.h"
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

UNIT_MAIN("survey", windows_without_a_true_value_have_no_influence_on_the_loss)
