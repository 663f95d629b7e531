/* What makes the maps of a window doubtful: a network made for each case, and what the browser says of it. */
#include "core/analysis/doubts.h"
#include "tests/unit/world.h"
#include "tests/unit/hand_net.h" /* its global e comes last */
#include "ui/parts/methods.h"

static struct doubts doubts_of(const struct model *m, const real *x, int cls, const struct question *q)
{
	struct analysis *a = analysis_new(m);
	struct doubts d;
	analysis_window(a, x, NULL, cls);
	analysis_ask(a, q);
	doubts_measure(a, &d);
	analysis_free(a);
	return d;
}

/* The convolution of the hand net has x[t] - x[t+1] and 2 x[t] + x[t+1] - 3, behind it relu and a maximum of two. */
START_TEST(ties_and_kinks_are_found_and_only_these)
{
	static const struct {
		real x[4];
		bool tie, kink;
	} row[] = {
		{ { 1, 3, 2, 5 }, false, false },
		{ { 2, 2, 2, 2 }, true, false }, /* 3 3 3; the zeros of the other filter are behind a shut relu */
		{ { 1, 1 - (real)4.76837158203125e-7, 4, 5 }, false, true }, /* differ by 2^-21 */
		{ { 1, 1 - (real)1.9073486328125e-6, 4, 5 }, false, false }, /* by 2^-19 */
	};
	struct net n = net_new();
	struct question q = { .task = TASK_REGRESSION };
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct doubts d = doubts_of(n.m, row[i].x, -1, &q);
		ck_assert_msg(doubts_tie(&d) == row[i].tie, "%zu", i);
		ck_assert_msg(doubts_kink(&d) == row[i].kink, "%zu", i);
		ck_assert(!doubts_saturated(&d) && isnan(d.certainty));
	}
	/* df/dx of the window 1 3 2 5 is 0 9 8 4 (two of its steps in both filters), its range 4 */
	struct doubts d = doubts_of(n.m, row[0].x, -1, &q);
	real g[4];
	struct analysis *a = analysis_new(n.m);
	analysis_window(a, row[0].x, NULL, -1);
	analysis_ask(a, &q);
	double sum = 0;
	memcpy(g, analysis_input_gradient(a), sizeof g);
	for (int t = 0; t < 4; t++)
		sum += fabs((double)g[t]) * 4;
	ck_assert(sum > 0);
	ck_assert_double_eq_tol(d.reach, sum, 1e-6);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

/* x (1,1,4) -> Flatten -> Gemm (2) -> Softmax: the logits are scale * (x0 + x1) and 0. */
static struct model *classifier(real scale)
{
	struct model *m = model_new("dir/class.json", "test");
	struct graph *g = m->graph;
	const real w[] = { scale, 0, scale, 0, 0, 0, 0, 0 }, b[] = { 0, 0 };
	int x = model_input(m, "input", "InputLayer", "NCT", 4, 1, 1, &e), l = 0;
	int flat = graph_op(g, "Flatten", "flat", 1, (int[]){ x }, 0, NULL, &e);
	l = model_layer(m, "flat", "Flatten", "", LAYER_LAYOUT, flat, flat, 1, &l, &e);
	struct shape s = sh(2, 4, 2, 0);
	int dw = graph_const_real(g, "dw", &s, w, true, &e);
	s = sh(1, 2, 0, 0);
	int db = graph_const_real(g, "db", &s, b, true, &e);
	int z = graph_op(g, "Gemm", "dense", 3, (int[]){ flat, dw, db }, 0, NULL, &e);
	int y = graph_op(g, "Softmax", "softmax", 1, (int[]){ z }, 0, NULL, &e);
	ck_assert_msg(y >= 0, "%s", e.text);
	model_layer(m, "dense", "Dense", "softmax", LAYER_ANALYSED, z, y, 1, &l, &e);
	ck_assert_msg(model_finish(m, y, &e) == 0, "%s", e.text);
	return m;
}

START_TEST(a_saturated_output_is_found_by_the_target)
{
	static const real x[] = { 1, 2, 1, 0 };
	static const struct {
		real scale;
		enum target_kind target;
		bool saturated;
	} row[] = {
		{ 8, TARGET_LOSS, true },   /* the probability is 1 - 4e-11, and so is the loss's gradient */
		{ 8, TARGET_CLASS, false }, /* the logit rises with x all the same */
		{ 1, TARGET_LOSS, false },  /* 0.95 */
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct model *m = classifier(row[i].scale);
		struct question q = { .task = TASK_CLASSIFICATION, .target = { .kind = row[i].target } };
		struct doubts d = doubts_of(m, x, 0, &q);
		double p = 1 / (1 + exp(-3 * (double)row[i].scale));
		ck_assert_double_eq_tol(d.certainty, p, 1e-6);
		ck_assert_msg(doubts_saturated(&d) == row[i].saturated, "%zu: %g %g", i, d.certainty, d.reach);
		/* d loss / dx = (p - 1) scale at two steps, d logit / dx = scale; the range is 2 */
		double slope = row[i].target == TARGET_LOSS ? 1 - p : 1;
		ck_assert_double_eq_tol(d.reach, 2 * 2 * (double)row[i].scale * slope, 1e-5);
		model_free(m);
	}
}
END_TEST

/* The view has the sign where core finds a doubt, and nowhere else; findings have the sentence. */
START_TEST(the_browser_says_what_is_found)
{
	struct world w;
	char b[400];
	int with = 0, without = 0;
	world_make(&w);
	struct ui *u = &w.u;
	for (int i = 0; i < 12; i++) {
		struct analysis *a = analysis_new(w.m);
		struct doubts d;
		show(u, VIEW_METHODS);
		analysis_data(a, &w.d);
		analysis_ask(a, &u->s.q);
		doubts_measure(a, &d);
		analysis_free(a);
		const char *sign = doubts_sign(u, b, sizeof b);
		ck_assert_int_eq(strstr(sign, "tie") != NULL, doubts_tie(&d));
		ck_assert_int_eq(strstr(sign, "kink") != NULL, doubts_kink(&d));
		ck_assert_int_eq(screen_has(u, "! ", 7, 12), *sign != '\0');
		*sign ? with++ : without++;
		bool tie = doubts_tie(&d);
		show(u, VIEW_FINDINGS);
		ui_resize(u, 100, 120);
		ui_update(u);
		ui_draw(u);
		ck_assert_int_eq(screen_has(u, "of a max-pooling the two largest values are equal", 2, 119), tie);
		ui_resize(u, 80, 24);
		press(u, "]");
	}
	ck_assert_msg(with > 0 && without > 0, "%d windows with a doubt, %d without", with, without);
	/* a map that does not add up */
	show(u, VIEW_METHODS);
	int m = saliency_find("integrated");
	u->scene.method[m].note.residual = 0.25;
	ck_assert(strstr(doubt_sentence(u, UI_DOUBT_SUM, b, sizeof b), "integrated gradients should add up") != NULL);
	ck_assert(strstr(b, "off by 25 %") != NULL);
	u->scene.method[m].note.residual = 0.005;
	for (int i = 0; i < u->scene.n_method; i++)
		if (u->scene.method[i].note.residual > 0.01)
			u->scene.method[i].note.residual = 0;
	ck_assert_str_eq(doubt_sentence(u, UI_DOUBT_SUM, b, sizeof b), "");
	world_release(&w);
}
END_TEST

UNIT_MAIN("doubts", ties_and_kinks_are_found_and_only_these, a_saturated_output_is_found_by_the_target,
          the_browser_says_what_is_found)
