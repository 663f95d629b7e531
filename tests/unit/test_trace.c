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

UNIT_MAIN("trace", every_point_of_a_path_by_hand, max_pooling_passes_only_the_winner, nothing_lies_behind_a_shut_relu,
          a_filter_that_is_switched_off_has_no_share)
