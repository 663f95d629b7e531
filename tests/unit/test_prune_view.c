/* Smaller networks in the browser: what is said of them is what they are, the compare view shows them by filter, undo
 * goes over them, the curve's cursor follows, and what cannot be done is said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/run/run.h"
#include "tests/unit/world.h"
#include "ui/state/format.h"

/* The output of a model for window i, by a run of its own. */
static void output_of(const struct model *m, const struct dataset *d, int64_t i, real *out)
{
	size_t n = (size_t)(m->T * m->C);
	real *tc = xcalloc(n, sizeof *tc), *native = xcalloc(n, sizeof *native);
	struct run *r = run_new_outputs(m->graph, 1, &m->output);
	dataset_window(d, i, tc);
	model_pack(m, tc, native);
	run_input(r, 0, native);
	run_forward(r);
	memcpy(out, run_real(r, m->output), (size_t)m->outputs * sizeof *out);
	run_free(r);
	free(tc);
	free(native);
}

/* The mean square of the errors over the last fifth of the windows with true values. */
static double held_out(const struct model *m, const struct dataset *d)
{
	int64_t n = d->n_target, from = n - n / 5;
	double sum = 0;
	real y, out;
	ck_assert_int_eq((int)m->outputs, 1);
	for (int64_t i = from; i < n; i++) {
		ck_assert(dataset_truth(d, i, &y));
		output_of(m, d, i, &out);
		sum += ((double)out - (double)y) * ((double)out - (double)y);
	}
	return sum / (double)(n - from);
}

static void check_worth(const struct world *w, const struct pruned *q)
{
	ck_assert_double_eq_tol(q->before, held_out(w->m, &w->d), 1e-6 * q->before);
	ck_assert_double_eq_tol(q->now.error, held_out(q->m, &w->d), 1e-6 * q->before);
	int64_t gone = 0;
	for (int i = 0; i < w->m->n_layer; i++) {
		const struct layer *l = &w->m->layer[i];
		int at = model_find_layer(q->m, l->name);
		if (l->kind != LAYER_ANALYSED || !l->params || !l->has_time)
			continue;
		gone += l->filters - q->m->layer[at].filters;
	}
	ck_assert_int_eq((int)q->gone, (int)gone);
	ck_assert_int_eq((int)q->params, (int)q->m->params);
	ck_assert(q->params < w->m->params);
}

static struct ui *opened(struct world *w, enum view_id v)
{
	world_make(w);
	ui_resize(&w->u, 120, 40);
	show(&w->u, v);
	pin_release(&w->u.pin);
	return &w->u;
}

START_TEST(a_ratio_makes_the_network_that_is_compared_with)
{
	struct world w;
	struct ui *u = opened(&w, VIEW_LAYERS);
	press(u, "# 3 0 enter"); /* beyond the calibration windows */
	press(u, ": p r u n e space 5 0 % enter");
	const struct pruned *q = u->s.pruned;
	ck_assert(q && u->s.beside == &q->beside && q->gone == 5 && q->filters == 10);
	check_worth(&w, q);
	ck_assert(screen_has(u, "pruned 50 % mse", 1, 2) && screen_has(u, "pruned 50 %: mse", 39, 40));
	press(u, "P");
	ck_assert(screen_has(u, "pruned 50 %", 2, 4) && screen_has(u, "filters removed", 3, 20));
	ck_assert(screen_has(u, "mse of the set", 3, 20));
	/* what the view compares with is the smaller network in this window */
	real out;
	output_of(q->m, &w.d, u->s.q.window, &out);
	ck_assert(u->intact.on && u->intact.output[0] == out);
	for (int k = 0; k < u->s.n_column; k++) {
		int layer = u->s.column[k];
		const int *to = q->beside.filter[layer];
		const real *was = u->intact.scaled[layer];
		struct analysis *a = analysis_new(q->m);
		struct question one = { 0 };
		question_copy(&one, &u->s.q);
		analysis_data(a, &w.d);
		analysis_ask(a, &one);
		const struct layer_importance *i = analysis_importance(a, q->beside.layer[layer]);
		for (int64_t f = 0; f < w.m->layer[layer].filters; f++)
			ck_assert(to[f] < 0 ? isnan(was[f]) : was[f] == i->scaled[to[f]]);
		question_release(&one);
		analysis_free(a);
	}
	world_release(&w);
}
END_TEST

START_TEST(marks_are_what_is_removed)
{
	struct world w;
	struct ui *u = opened(&w, VIEW_LAYERS);
	int layer = u->s.column[0];
	filter_set_put(&u->s.marks, layer, 1, true);
	filter_set_put(&u->s.marks, layer, 4, true);
	press(u, ": p r u n e enter");
	const struct pruned *q = u->s.pruned;
	ck_assert(q && q->gone == 2 && isnan(q->asked));
	check_worth(&w, q);
	const int *to = q->beside.filter[layer];
	static const int want[] = { 0, -1, 1, 2, -1, 3 };
	for (int f = 0; f < 6; f++)
		ck_assert_int_eq(to[f], want[f]);
	/* a kept filter of the first convolution computes what it did */
	int at = model_find_layer(q->m, w.m->layer[layer].name);
	struct analysis *a = analysis_new(w.m), *b = analysis_new(q->m);
	struct question one = { 0 };
	question_copy(&one, &u->s.q);
	analysis_data(a, &w.d), analysis_data(b, &w.d);
	analysis_ask(a, &one), analysis_ask(b, &one);
	int64_t T = w.m->layer[layer].times;
	ck_assert(!memcmp(analysis_activation(a, layer) + 5 * T, analysis_activation(b, at) + 3 * T,
	                  (size_t)T * sizeof(real)));
	question_release(&one);
	analysis_free(a);
	analysis_free(b);
	/* with a ratio they do not matter */
	press(u, ": p r u n e space . 5 enter");
	ck_assert(u->s.pruned != q && u->s.pruned->gone == 5);
	world_release(&w);
}
END_TEST

START_TEST(undo_goes_over_networks_and_marks)
{
	struct world w;
	struct ui *u = opened(&w, VIEW_LAYERS);
	press(u, ": p r u n e space . 5 enter");
	const struct pruned *half = u->s.pruned;
	press(u, ": p r u n e space . 3 enter");
	const struct pruned *third = u->s.pruned;
	ck_assert(half && third && half != third);
	press(u, "u");
	ck_assert(u->s.pruned == half && screen_has(u, "undone: smaller network", 39, 40));
	ck_assert(screen_has(u, "pruned 50 %", 1, 2));
	press(u, "u");
	ck_assert(!u->s.pruned && !u->s.beside && !screen_has(u, "pruned", 1, 2));
	press(u, "ctrl-r ctrl-r");
	ck_assert(u->s.pruned == third && u->s.beside == &third->beside);
	filter_set_put(&u->s.marks, u->s.column[0], 1, true);
	press(u, "s : p r u n e enter u u");
	ck_assert(u->s.pruned == third && !u->s.marks.n);
	world_release(&w);
}
END_TEST

START_TEST(more_networks_than_are_kept_do_no_harm)
{
	struct world w;
	struct ui *u = opened(&w, VIEW_PRUNE);
	for (int i = 0; i < 2 * PRUNED_MOST; i++) {
		filter_set_put(&u->s.marks, u->s.column[0], i % 5, i % 10 < 5);
		struct pruned *q = xcalloc(1, sizeof *q);
		q->m = read_model("tests/screens/net.json", &(struct read_options){ 0 }, &(struct err){ 0 });
		q->beside = (struct beside){ .m = { w.m, q->m }, .d = { &w.d, &w.d }, .name = { "a", "b" } };
		ck_assert(!beside_make(&q->beside, (const struct question *const[]){ &u->s.q, &u->s.q },
		                       &(struct err){ 0 }));
		u->scene.prune.fresh = q;
		ui_changed(u, CHANGED_LOOK);
		ui_update(u);
		ck_assert(u->s.pruned == q && !u->scene.prune.fresh && u->scene.prune.n_kept <= PRUNED_MOST);
		if (i % 16 == 3)
			press(u, "P backspace");
	}
	for (int i = 0; i < 80; i++)
		press(u, "u");
	ck_assert_ptr_nonnull(u->s.pruned);
	press(u, "P");
	ck_assert(screen_has(u, "b", 2, 4));
	world_release(&w);
}
END_TEST

START_TEST(the_cursor_of_the_curve_says_what_the_network_is)
{
	struct world w;
	struct ui *u = opened(&w, VIEW_LAYERS);
	press(u, "R");
	ck_assert_int_eq(u->scene.prune.n_point, CURVE_POINTS);
	char b[160], error[64];
	for (int i = 0; i < CURVE_POINTS; i++) {
		const struct pruned *q = u->scene.prune.point[i];
		ck_assert_double_eq_tol(q->asked, (CURVE_FROM + CURVE_BY * i) / 100.0, 1e-12);
		if (q->gone)
			check_worth(&w, q);
	}
	press(u, "home =");
	for (int i = 1; i < CURVE_POINTS; i++) {
		const struct pruned *q = u->scene.prune.point[i];
		snprintf(b, sizeof b, "%d %%  %lld of %lld filters removed  %s", CURVE_FROM + CURVE_BY * i,
		         (long long)q->gone, (long long)q->filters, pruned_error_format(q, error, sizeof error));
		ck_assert_msg(screen_has(u, b, 3, 4), "%s", b);
		snprintf(b, sizeof b, "%lld of %lld parameters", (long long)q->params, (long long)w.m->params);
		ck_assert_msg(screen_has(u, b, 3, 5), "%s", b);
		press(u, "=");
	}
	press(u, "home - enter");
	ck_assert(!u->s.pruned && screen_has(u, "nothing to remove: 10 %", 39, 40));
	press(u, "= = = = = = = = enter");
	ck_assert(u->s.pruned == u->scene.prune.point[8] && screen_has(u, "pruned 50 %", 1, 2));
	press(u, "u");
	ck_assert(!u->s.pruned);
	/* another target has another ranking, and so a curve of its own; the network that was taken stays */
	press(u, "ctrl-r t");
	ck_assert(u->s.pruned && u->scene.prune.n_point == CURVE_POINTS && u->s.pruned != u->scene.prune.point[8]);
	press(u, "P");
	ck_assert(screen_has(u, "pruned 50 %", 2, 4));
	world_release(&w);
}
END_TEST

START_TEST(what_cannot_be_done_is_said)
{
	static const struct {
		const char *keys, *said;
	} cases[] = {
		{ ": p r u n e space . 1 enter",
		  "nothing to remove: 10 % of the filters is less than one in each layer" },
		{ ": p r u n e space 2 enter", "a part of the filters between 0 and 1, such as .5 or 50 %" },
		{ ": p r u n e space n a n enter", "a part of the filters between 0 and 1" },
		{ ": p r u n e space - . 5 enter", "a part of the filters between 0 and 1" },
		{ ": p r u n e space 1 0 0 % enter", "a part of the filters between 0 and 1" },
		{ ": p r u n e space s t o p enter", "prune: nothing is at work" },
		{ ": w space x . o n n x enter", "no model can be written from here" },
	};
	struct world w;
	struct ui *u = opened(&w, VIEW_LAYERS);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		press(u, cases[i].keys);
		ck_assert_msg(screen_has(u, cases[i].said, 39, 40), "%s: %s", cases[i].keys, u->message);
		ck_assert(!u->s.pruned);
	}
	/* the output of a layer cannot be left out */
	filter_set_put(&u->s.marks, u->s.column[u->s.n_column - 1], 0, true);
	press(u, ": p r u n e enter");
	ck_assert_msg(screen_has(u, "prune: dense #0 cannot be removed: ", 39, 40), "%s", u->message);
	world_release(&w);
}
END_TEST

START_TEST(a_pruner_can_be_stopped)
{
	struct world w;
	struct ui *u = opened(&w, VIEW_LAYERS);
	u->patient = false;
	press(u, ": p r u n e space . 5 enter");
	press(u, ": p r u n e space s t o p enter");
	ck_assert(!u->scene.prune.going);
	press(u, "R : p r u n e space s t o p enter");
	u->patient = true;
	press(u, "backspace R");
	ck_assert(u->scene.prune.n_point == CURVE_POINTS && !u->s.pruned);
	world_release(&w);
}
END_TEST

UNIT_MAIN("smaller networks in the browser", a_ratio_makes_the_network_that_is_compared_with, marks_are_what_is_removed,
          undo_goes_over_networks_and_marks, more_networks_than_are_kept_do_no_harm,
          the_cursor_of_the_curve_says_what_the_network_is, what_cannot_be_done_is_said, a_pruner_can_be_stopped)
