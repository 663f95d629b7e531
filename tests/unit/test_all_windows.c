/* Figures over all windows in the browser: those that are shown are those of the survey, * changes each view and says
 * so, and a file of a survey is read as it was written. */
#include <math.h>
#include "core/prune/prune_facts.h"
#include "core/survey/survey_run.h"
#include "src/json/survey_set_json.h"
#include "tests/unit/world.h"

static const struct set_filter *figures(const struct world *w, int layer, int64_t f)
{
	return survey_set_filter(w->u.scene.survey.set, layer, f);
}

static void everywhere(struct world *w, enum view_id v)
{
	ui_resize(&w->u, 120, 40);
	show(&w->u, v);
	press(&w->u, "*");
}

/* The mean over all windows of the scaled importance, by one analysis after the other. */
static double importance_of(const struct world *w, struct analysis *a, int layer, int64_t f)
{
	double sum = 0;
	struct question q = { 0 };
	question_copy(&q, &w->u.s.q);
	for (q.window = 0; q.window < w->d.n_target; q.window++) {
		analysis_ask(a, &q);
		sum += (double)analysis_importance(a, layer)->scaled[f];
	}
	question_release(&q);
	return sum / (double)w->d.n_target;
}

START_TEST(what_is_shown_over_all_windows_is_the_mean_over_them)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	struct analysis *a = analysis_new(w.m);
	analysis_data(a, &w.d);
	everywhere(&w, VIEW_LAYERS);
	for (int k = 0; k < u->s.n_column; k++) {
		int layer = u->s.column[k];
		const struct rows *r = scene_rows(&u->scene, &u->s, layer);
		for (int f = 0; f < (int)r->F; f++) {
			const struct set_filter *q = figures(&w, layer, f);
			struct filter_facts facts = scene_facts(&u->scene, &u->s, layer, f);
			double alone = importance_of(&w, a, layer, f);
			ck_assert_double_eq_tol(r->scaled[f], alone, 1e-5);
			ck_assert_double_eq_tol(r->scaled[f], survey_set_importance(q, u->s.q.measure, true), 1e-6);
			ck_assert_double_eq_tol(facts.raw, survey_set_importance(q, u->s.q.measure, false),
			                        1e-5 * fabs(facts.raw) + 1e-9);
			ck_assert(facts.mean == q->all.activation.mean && facts.max == q->all.activation.max &&
			          facts.min == q->all.activation.min && facts.alive == q->alive &&
			          facts.dead == q->dead);
			int64_t better = 0;
			for (int g = 0; g < (int)r->F; g++)
				better += r->scaled[g] > r->scaled[f] || (r->scaled[g] == r->scaled[f] && g < f);
			ck_assert_int_eq((int)facts.rank, (int)better + 1);
		}
		for (int i = 1; i < r->n_order; i++)
			ck_assert(r->scaled[r->order[i - 1]] >= r->scaled[r->order[i]]);
	}
	analysis_free(a);
	world_release(&w);
}
END_TEST

/* The screen without the line that says which of the two it shows; malloc'd. */
static char *below(const struct ui *u)
{
	char *all = NULL, *text;
	size_t size = 0;
	FILE *f = open_memstream(&all, &size);
	canvas_print(&u->canvas, f);
	fclose(f);
	text = strdup(strchr(strchr(all, '\n') + 1, '\n'));
	free(all);
	return text;
}

START_TEST(the_key_changes_each_view_and_the_view_says_so)
{
	static const enum view_id views[] = { VIEW_NETWORK, VIEW_LAYERS, VIEW_GRID, VIEW_CLUSTERS,
		                              VIEW_FILTER,  VIEW_HEAT,   VIEW_TABLE };
	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		struct world w;
		world_make(&w);
		struct ui *u = &w.u;
		char says[64];
		snprintf(says, sizeof says, "over all %lld windows", (long long)w.d.n_target);
		ui_resize(u, 120, 40);
		show(u, views[i]);
		press(u, "* *"); /* once surveyed, the table has one column more */
		ck_assert_msg(screen_has(u, "in this window", 1, 2), "view %s", u->view->name);
		char *window = below(u);
		press(u, "*");
		ck_assert_msg(screen_has(u, says, 1, 2), "view %s", u->view->name);
		char *all = below(u);
		ck_assert_msg(strcmp(window, all) != 0, "view %s shows the same of all windows", u->view->name);
		press(u, "*");
		ck_assert_msg(screen_has(u, "in this window", 1, 2), "view %s", u->view->name);
		free(all);
		all = below(u);
		ck_assert_msg(!strcmp(window, all), "view %s is not as before", u->view->name);
		free(window);
		free(all);
		world_release(&w);
	}
}
END_TEST

START_TEST(what_compares_windows_stays_with_windows)
{
	struct world w;
	world_make(&w);
	ui_resize(&w.u, 120, 40);
	show(&w.u, VIEW_COMPARE);
	char *window = below(&w.u);
	press(&w.u, "*");
	char *all = below(&w.u);
	ck_assert(screen_has(&w.u, "in this window", 1, 2));
	ck_assert_str_eq(window, all);
	free(window);
	free(all);
	world_release(&w);
}
END_TEST

START_TEST(another_target_is_surveyed_anew_and_ablation_is_of_the_window)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	everywhere(&w, VIEW_LAYERS);
	double sum = u->scene.rows[u->s.layer].scaled[1], raw = (double)u->scene.rows[u->s.layer].importance->raw[1];
	press(u, "t");
	ck_assert(u->s.q.target.kind == TARGET_LOSS && u->scene.survey.fits);
	ck_assert(screen_has(u, "over all", 1, 2));
	ck_assert((double)u->scene.rows[u->s.layer].importance->raw[1] != raw);
	press(u, "u"); /* the target as before */
	ck_assert(u->scene.rows[u->s.layer].scaled[1] == sum);
	ui_changed(u, session_measure(&u->s, importance_find("ablation")));
	ui_update(u);
	ui_draw(u);
	ck_assert(screen_has(u, "in this window", 1, 2));
	ck_assert(u->scene.rows[u->s.layer].importance == &u->scene.rows[u->s.layer].numbers->importance);
	world_release(&w);
}
END_TEST

START_TEST(filters_are_chosen_by_how_often_they_are_alive)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 120, 40);
	show(u, VIEW_TABLE);
	press(u, "*");
	/* one filter that is alive in a quarter of the windows, and a dead one */
	struct set_filter *some[2];
	for (int i = 0; i < 2; i++)
		some[i] = (struct set_filter *)figures(&w, u->s.column[0], 1 + i);
	some[0]->alive = 0.25;
	some[1]->alive = 0;
	some[1]->dead = true;
	press(u, "& a l i v e < . 3 enter");
	int listed = 0, dead = 0;
	for (int k = 0; k < u->s.n_column; k++) {
		const struct rows *r = scene_rows(&u->scene, &u->s, u->s.column[k]);
		for (int f = 0; f < (int)r->F; f++)
			listed += r->shown[f];
	}
	ck_assert_int_eq(listed, 2);
	ck_assert(screen_has(u, "25 %", 0, 40) && screen_has(u, "dead", 4, 40));
	press(u, "& ctrl-u d e a d enter");
	for (int f = 0; f < (int)u->scene.rows[u->s.column[0]].F; f++)
		dead += u->scene.rows[u->s.column[0]].shown[f];
	ck_assert(dead == 1 && u->scene.rows[u->s.column[0]].shown[2]);
	world_release(&w);
}
END_TEST

START_TEST(findings_and_the_page_of_a_filter_count_all_windows)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	everywhere(&w, VIEW_LAYERS);
	struct set_filter *q = (struct set_filter *)figures(&w, u->s.layer, 2);
	q->alive = 0;
	q->dead = true;
	show(u, VIEW_FINDINGS);
	ck_assert(screen_has(u, "conv1: 1 of 6 filters is dead: constant over all 36 windows (#2).", 2, 39));
	ck_assert(screen_has(u, "over all 36 windows) of its", 2, 39));
	ui_resize(u, 200, 60);
	ui_changed(u, session_filter(&u->s, 2));
	show(u, VIEW_FILTER);
	ck_assert(screen_has(u, "dead: constant over all windows", 2, 59));
	ui_changed(u, session_filter(&u->s, 1));
	show(u, VIEW_FILTER);
	ck_assert(screen_has(u, "alive in 100 % of 36 windows", 2, 59));
	ck_assert(screen_has(u, "strongest of 36 windows", 2, 59));
	ck_assert(screen_has(u, "windows spread over its range", 2, 59));
	q = (struct set_filter *)figures(&w, u->s.layer, 1);
	bool first = q->all.top[0].window == u->s.q.window;
	press(u, "enter");
	ck_assert_int_eq((int)u->s.q.window, (int)q->all.top[first].window);
	world_release(&w);
}
END_TEST

START_TEST(level_2_has_two_bars)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 120, 40);
	show(u, VIEW_LAYERS);
	press(u, "a");
	int above = 0, below = 0, meant[2] = { 0 };
	for (int i = 0; i < u->canvas.w * u->canvas.h; i++) {
		above += u->canvas.cell[i].cp == u->g->above[2];
		below += u->canvas.cell[i].cp == u->g->below[2];
	}
	for (int k = 0; k < u->s.n_column; k++) {
		const struct rows *r = scene_rows(&u->scene, &u->s, u->s.column[k]);
		for (int f = 0; f < (int)r->F && r->F > 1; f++) {
			double here = (double)r->numbers->importance.scaled[f],
			       all = survey_set_importance(figures(&w, u->s.column[k], f), u->s.q.measure, true);
			meant[0] += r->shown[f] && here > all + 0.2;
			meant[1] += r->shown[f] && all > here + 0.2;
		}
	}
	ck_assert_msg((above > 0) >= (meant[0] > 0) && (below > 0) >= (meant[1] > 0), "%d %d, %d %d", above, below,
	              meant[0], meant[1]);
	ck_assert_int_gt(above + below, 0);
	press(u, "a");
	ck_assert(!u->s.both_bars);
	world_release(&w);
}
END_TEST

/* The values of a layer's filters at all steps of all windows: (rows,F), without their means. */
static double *all_values(const struct world *w, int layer, int64_t *rows)
{
	const struct layer *l = &w->m->layer[layer];
	int64_t F = l->filters, n = 0;
	double *v = xcalloc((size_t)(w->d.n_target * l->times * F), sizeof *v);
	struct analysis *a = analysis_new(w->m);
	struct question q = { 0 };
	analysis_data(a, &w->d);
	question_copy(&q, &w->u.s.q);
	for (q.window = 0; q.window < w->d.n_target; q.window++) {
		analysis_ask(a, &q);
		const real *act = analysis_activation(a, layer);
		for (int64_t t = 0; t < l->times; t++, n++)
			for (int64_t f = 0; f < F; f++)
				v[n * F + f] = (double)act[f * l->times + t];
	}
	for (int64_t f = 0; f < F; f++) {
		double sum = 0;
		for (int64_t i = 0; i < n; i++)
			sum += v[i * F + f];
		for (int64_t i = 0; i < n; i++)
			v[i * F + f] -= sum / (double)n;
	}
	question_release(&q);
	analysis_free(a);
	*rows = n;
	return v;
}

/* The part of column f's square that the other columns leave, by Gram and Schmidt. */
static double left_of(const double *v, int64_t rows, int64_t F, int64_t f)
{
	double *q = xcalloc((size_t)(rows * F), sizeof *q), first = 0, last = 0;
	for (int64_t k = 0, done = 0; k < F; k++) {
		int64_t from = k < F - 1 ? (k < f ? k : k + 1) : f; /* f comes last */
		double size = 0, length = 0;
		for (int64_t i = 0; i < rows; i++) {
			q[done * rows + i] = v[i * F + from];
			size += v[i * F + from] * v[i * F + from];
		}
		for (int again = 0; again < 2; again++)
			for (int64_t j = 0; j < done; j++) {
				double dot = 0;
				for (int64_t i = 0; i < rows; i++)
					dot += q[j * rows + i] * q[done * rows + i];
				for (int64_t i = 0; i < rows; i++)
					q[done * rows + i] -= dot * q[j * rows + i];
			}
		for (int64_t i = 0; i < rows; i++)
			length += q[done * rows + i] * q[done * rows + i];
		first = size;
		last = length;
		if (!(length > 1e-12 * size))
			continue;
		for (int64_t i = 0; i < rows; i++)
			q[done * rows + i] /= sqrt(length);
		done++;
	}
	free(q);
	return first > 0 ? last / first : 0;
}

START_TEST(a_filter_is_unique_by_what_its_siblings_leave)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	everywhere(&w, VIEW_TABLE);
	int compared = 0;
	for (int k = 0; k < u->s.n_column; k++) {
		/* of a convolution behind which a pool stands it is that of the pool, which is what the next layer
		 * reads */
		int layer = u->s.column[k], read = layer;
		for (int i = k + 1; i < u->s.n_column; i++)
			read = layer_thins(w.m, u->s.column[i]) == layer ? u->s.column[i] : read;
		int64_t rows, F = w.m->layer[layer].filters;
		double *v = all_values(&w, read, &rows);
		for (int64_t f = 0; f < F; f++) {
			struct filter_facts facts = scene_facts(&u->scene, &u->s, layer, (int)f);
			double unique = figures(&w, layer, f)->unique;
			ck_assert(facts.unique == unique || (isnan(facts.unique) && isnan(unique)));
			if (isnan(unique))
				continue;
			ck_assert_double_eq_tol(unique, left_of(v, rows, F, f), 1e-5);
			compared++;
		}
		free(v);
	}
	ck_assert_int_ge(compared, 10);
	world_release(&w);
}
END_TEST

START_TEST(redundant_filters_are_counted_and_chosen)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 200, 60);
	show(u, VIEW_TABLE);
	press(u, "*");
	for (int64_t f = 0; f < 6; f++)
		((struct set_filter *)figures(&w, u->s.column[0], f))->unique = f < 2 ? 0.004 : 0.5;
	press(u, "& u n i q u e < 1 % enter");
	const struct rows *r = scene_rows(&u->scene, &u->s, u->s.column[0]);
	ck_assert(r->shown[0] && r->shown[1] && !r->shown[2] && screen_has(u, "0.4 %", 3, 50));
	press(u, "& ctrl-u enter");
	press(u, ": s o r t space u n i q u e enter");
	ck_assert(screen_has(u, "unique", 3, 4) && filter_fact_table[u->s.table.sort].rises);
	show(u, VIEW_FINDINGS);
	ck_assert(screen_has(u, "conv1: 2 of 6 filters are redundant: less than 1 % of their variance over all 36", 2,
	                     59));
	ui_changed(u, session_layer(&u->s, u->s.column[0]));
	ui_changed(u, session_filter(&u->s, 1));
	show(u, VIEW_FILTER);
	ck_assert(screen_has(u, "unique 0.4 % of its variance: redundant", 2, 59));
	ui_changed(u, session_filter(&u->s, 2));
	show(u, VIEW_FILTER);
	ck_assert(screen_has(u, "unique 50 % of its variance", 2, 59) && !screen_has(u, "redundant", 2, 59));
	world_release(&w);
}
END_TEST

static void no_errors(struct json *j, const struct survey_plan *p, const struct survey_part *all)
{
	(void)p, (void)all;
	json_key(j, "errors"), json_null(j);
}

static void same_spread(const struct spread *a, const struct spread *b)
{
	ck_assert(a->n == b->n && a->zero == b->zero && a->nan == b->nan && a->inf == b->inf);
	ck_assert(!a->n || (a->min == b->min && a->max == b->max && a->mean == b->mean));
	ck_assert_double_eq_tol(a->m2, b->m2, 1e-12 * fabs(a->m2) + 1e-300);
}

static void same_filter(const struct survey_plan *p, const struct survey_filter *a, const struct survey_filter *b)
{
	ck_assert(a->windows == b->windows && a->n_top == b->n_top && a->histogram.zero == b->histogram.zero);
	same_spread(&a->activation, &b->activation);
	for (int k = 0; k < p->n_measure; k++)
		for (int s = 0; s < 2; s++)
			same_spread(&a->importance[k][s], &b->importance[k][s]);
	for (int k = 0; k < 2; k++) {
		ck_assert(a->histogram.side[k].n == b->histogram.side[k].n);
		for (int i = 0; i < a->histogram.side[k].n; i++)
			ck_assert(a->histogram.side[k].count[i] == b->histogram.side[k].count[i]);
	}
	for (int i = 0; i < a->n_top; i++)
		ck_assert(a->top[i].window == b->top[i].window && a->top[i].time == b->top[i].time &&
		          a->top[i].value == b->top[i].value);
}

/* The text of the file of a survey of the world, and its figures. */
static char *survey_text(struct world *w, struct survey_set **set, size_t *n)
{
	struct survey_plan p;
	struct survey_head h = { "0", "none", "net", "1", "load", "2", "", "3", "sum", false };
	struct err e;
	char *text = NULL;
	survey_plan_init(&p, w->m, &w->d, &w->u.s.q, w->d.n_target, SURVEY_CHUNK, SURVEY_MAPS, 0);
	survey_plan_moments(&p, w->m, MOMENTS_CHANNELS);
	struct survey_tree t = { .plan = &p };
	struct survey_run r = {
		.plan = &p, .m = w->m, .d = &w->d, .q = &w->u.s.q, .to = survey_chunks(&p), .threads = 1
	};
	ck_assert(!survey_run(&r, &t, &e));
	FILE *f = open_memstream(&text, n);
	survey_json_figures(f, &h, &p, survey_tree_all(&t), no_errors);
	fclose(f);
	const struct survey_part *all = survey_tree_all(&t);
	*set = survey_set_of(&p, all, "sum");
	prune_unique_measure(*set, all);
	t.plan = &(*set)->plan;
	survey_tree_release(&t);
	return text;
}

START_TEST(a_file_is_read_as_it_was_written)
{
	struct world w;
	struct survey_set *set, *read;
	struct survey_head h;
	struct err e;
	size_t n;
	world_make(&w);
	char *text = survey_text(&w, &set, &n);
	ck_assert_msg(!survey_set_parse(&read, &h, "s.json", text, n, &e), "%s", e.text);
	ck_assert(survey_set_bind(read, w.m) && read->maps == set->maps);
	ck_assert_str_eq(h.model_hash, "1");
	ck_assert_int_ge(set->plan.n_consumer, 3);
	for (int k = 0; k < set->plan.n_consumer; k++) {
		ck_assert(set->unique[k] && read->unique[k]);
		for (int64_t i = 0; i < set->plan.consumer[k].channels; i++)
			ck_assert_double_eq_tol(set->unique[k][i], read->unique[k][i], 1e-8);
	}
	for (int k = 0; k < set->plan.n_layer; k++)
		for (int64_t i = 0; i < set->plan.layer[k].filters; i++) {
			const struct set_filter *a = &set->filter[k][i], *b = &read->filter[k][i];
			double share[2][8];
			same_filter(&set->plan, &a->all, &b->all);
			ck_assert(a->dead == b->dead && a->alive == b->alive && a->active == b->active &&
			          a->n_spread == b->n_spread);
			ck_assert(survey_set_look(set, a, 0, share[0]) == survey_set_look(read, b, 0, share[1]));
			for (int64_t c = 0; c < w.m->C && !isnan(share[0][0]); c++)
				ck_assert_double_eq_tol(share[0][c], share[1][c], 1e-12);
		}
	survey_head_release(&h);
	survey_set_free(read);
	survey_set_free(set);
	free(text);
	world_release(&w);
}
END_TEST

START_TEST(a_damaged_file_is_refused)
{
	static const char *const cut[][2] = {
		{ "\"kind\":\"survey\"", "\"kind\":\"picture\"" },
		{ "\"kind\":\"survey\"", "\"kind\":\"survey-shard\"" },
		{ "\"index\":1", "\"index\":2" },
		{ "\"dead\":false", "\"dead\":\"no\"" },
		{ "\"unique\":{\"shape\":[2],\"axes\":[\"channel\"],\"values\":[",
		  "\"unique\":{\"values\":[2,null],\"no\":[" },
		{ "\"top\":[{", "\"top\":[{\"window\":-1},{" },
		{ "\"per_filter\":[", "\"per_filter\":[1," },
		{ "\"activation_histogram\":{\"zero\":", "\"activation_histogram\":{\"zeros\":" },
	};
	struct world w;
	struct survey_set *set, *read;
	struct survey_head h;
	struct err e;
	size_t n;
	world_make(&w);
	char *text = survey_text(&w, &set, &n);
	for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
		char *at = strstr(text, cut[i][0]);
		ck_assert_msg(at != NULL, "%s", cut[i][0]);
		char *bad = NULL;
		size_t size;
		FILE *f = open_memstream(&bad, &size);
		fprintf(f, "%.*s%s%s", (int)(at - text), text, cut[i][1], at + strlen(cut[i][0]));
		fclose(f);
		ck_assert_msg(survey_set_parse(&read, &h, "s.json", bad, size, &e) != 0, "%s", cut[i][1]);
		ck_assert_msg(!strncmp(e.text, "s.json: ", 8) && !read, "%s: %s", cut[i][1], e.text);
		survey_head_release(&h);
		free(bad);
	}
	survey_set_free(set);
	free(text);
	world_release(&w);
}
END_TEST

UNIT_MAIN("all windows", what_is_shown_over_all_windows_is_the_mean_over_them,
          the_key_changes_each_view_and_the_view_says_so, what_compares_windows_stays_with_windows,
          another_target_is_surveyed_anew_and_ablation_is_of_the_window, filters_are_chosen_by_how_often_they_are_alive,
          findings_and_the_page_of_a_filter_count_all_windows, level_2_has_two_bars,
          a_filter_is_unique_by_what_its_siblings_leave, redundant_filters_are_counted_and_chosen,
          a_file_is_read_as_it_was_written, a_damaged_file_is_refused)
