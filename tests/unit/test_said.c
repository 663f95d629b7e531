/* What the screens say in words: findings against the numbers that they are about, and names, hints and messages that a
 * newcomer needs. */
#include <math.h>
#include "core/analysis/filter_facts.h"
#include "core/analysis/why.h"
#include "tests/unit/world.h"
#include "ui/actions/act.h"
#include "ui/actions/actions.h"
#include "ui/parts/findings.h"
#include "ui/parts/methods.h"
#include "ui/state/format.h"

/* The first finding whose text has the words in this order; NULL: none. */
static const struct finding *found(const struct findings *l, const char *a, const char *b)
{
	for (int i = 0; i < l->n; i++) {
		const char *at = strstr(l->v[i].text, a);
		if (at && strstr(at, b))
			return &l->v[i];
	}
	return NULL;
}

/* The worst window of the world, with its findings. */
static void worst_findings(struct ui *u, struct findings *l)
{
	show(u, VIEW_FINDINGS);
	press(u, "w g enter f");
	ck_assert(u->scene.why != NULL && windows_is_bad(&u->windows, u->s.q.window));
	findings_make(u, l);
}

/* Where the window brings the prediction nearer to the true value than the base is, nothing in it explains the error.
 */
START_TEST(what_explains_nothing_is_not_told_as_a_reason)
{
	struct world w;
	struct findings l = { 0 };
	world_make(&w);
	struct ui *u = &w.u;
	worst_findings(u, &l);
	struct why *q = u->scene.why->why;
	double y = (double)u->s.y[q->output];
	ck_assert(q->explained && !found(&l, "that the integral misses", ""));
	for (int away = 0; away < 2; away++) {
		q->from = y + (away ? 1 : 2);
		q->to = y + (away ? 2 : 1);
		findings_make(u, &l);
		ck_assert_msg((found(&l, "Nothing in this window explains it", "nearer to the true value") != NULL) ==
		                      !away,
		              "away %d: %s", away, l.v[1].text);
		ck_assert((found(&l, "Against", "goes from") != NULL) == away);
		/* the map no longer adds up to the change, which is a figure of its own */
		ck_assert(found(&l, "all the rest by ", "that the integral misses") != NULL);
	}
	findings_release(&l);
	world_release(&w);
}
END_TEST

/* All saliency of every method on these steps of channel ch; the others have none. */
static void put_maps(struct ui *u, int64_t from, int64_t to, int64_t ch)
{
	struct scene *c = &u->scene;
	int64_t T = u->s.m->T, C = u->s.m->C;
	for (int i = 0; i < c->n_method; i++) {
		for (int64_t k = 0; k < T * C; k++)
			c->method[i].map[k] = k / C >= from && k / C < to && (ch < 0 || k % C == ch);
		for (int64_t k = 0; k < C; k++)
			c->method[i].share[k] = ch < 0 ? 1.0 / (double)C : k == ch;
		c->method[i].max = 1;
	}
}

/* Findings and the view of methods say the same, and an even share of the steps is no finding. */
START_TEST(findings_agree_with_the_view_of_methods)
{
	struct world w;
	struct findings l = { 0 };
	char sentence[256];
	world_make(&w);
	struct ui *u = &w.u;
	worst_findings(u, &l);
	int64_t T = u->s.m->T;
	int odd = saliency_find("occlusion");
	for (int disagree = 0; disagree < 2; disagree++) {
		put_maps(u, 0, T, 0);
		if (disagree) {
			u->scene.method[odd].share[0] = 0.5;
			u->scene.method[odd].share[1] = 0.5;
		}
		findings_make(u, &l);
		methods_sentence(u, sentence, sizeof sentence);
		ck_assert((strstr(sentence, "disagree") != NULL) == disagree);
		ck_assert((found(&l, "The methods disagree about the channels", "") != NULL) == disagree);
		ck_assert((found(&l, "methods agree about the channels: load carries 100", "") != NULL) == !disagree);
		ck_assert_msg(!found(&l, "steps", "of the saliency"), "%s",
		              found(&l, "steps", "of the saliency")->text);
	}
	put_maps(u, T - T / 6, T, -1);
	findings_make(u, &l);
	ck_assert(found(&l, "methods agree about the steps: steps 20 to 23 carry 100", "") != NULL);
	ck_assert(!found(&l, "By gradient", ""));
	findings_release(&l);
	world_release(&w);
}
END_TEST

/* The filters that are silent in every window are a finding of their own, which marks them and no others. */
START_TEST(filters_that_are_always_silent_can_be_marked)
{
	struct world w;
	struct findings l = { 0 };
	world_make(&w);
	struct ui *u = &w.u;
	show(u, VIEW_FINDINGS);
	const struct answer *q = u->scene.silence;
	int layer = u->s.layer;
	for (int f = 0; f < u->s.m->layer[layer].filters; f++)
		q->count[layer][f] = f == 1 || f == 3 ? q->windows : 0;
	findings_make(u, &l);
	const struct finding *of = found(&l, "silent in all", "#1 #3");
	ck_assert(of && of->n == 2 && of->filter[0] == 1 && of->filter[1] == 3 && of->layer == layer);
	findings_release(&l);
	world_release(&w);
}
END_TEST

/* Each finding says where Enter goes and what is marked there. */
START_TEST(findings_say_where_enter_goes)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 80, 60);
	show(u, VIEW_FINDINGS);
	ck_assert(screen_has(u, "\u2192 methods", 2, 59));
	ck_assert(screen_has(u, "\u2192 level 2, 3 marked", 2, 59));
	press(u, "/ c a r r y enter enter");
	ck_assert_int_eq(u->s.view, VIEW_METHODS);
	world_release(&w);
}
END_TEST

/* Backspace goes to the view that was shown before, whichever keys led on; q leaves to where a view was opened, and
 * from a level to level 1. */
START_TEST(backspace_goes_to_the_view_before)
{
	static const struct {
		const char *keys;
		enum view_id at;
	} cases[] = {
		{ "2 3 5 backspace", VIEW_GRID },
		{ "3 4 backspace", VIEW_GRID },
		{ "2 3 5 backspace backspace backspace", VIEW_NETWORK },
		{ "3 w enter backspace", VIEW_NETWORK },
		{ "3 6 7 q", VIEW_TABLE },
		{ "3 6 7 q q", VIEW_GRID },
		{ "2 3 4 q", VIEW_NETWORK },
		{ "3 f q", VIEW_GRID },
		{ "3 f esc esc", VIEW_NETWORK },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		world_make(&w);
		struct ui *u = &w.u;
		press(u, cases[i].keys);
		ck_assert_msg(u->s.view == cases[i].at && !u->quit, "%s: view %s", cases[i].keys, u->view->name);
		/* far more than the way back remembers */
		for (int k = 0; k < 3 * SESSION_BACK; k++)
			press(u, k % 2 ? "2" : "3");
		press(u, "4 q");
		ck_assert(u->s.view == VIEW_NETWORK && !u->quit);
		world_release(&w);
	}
}
END_TEST

/* The top of the screen lists the views of the keys 1 to 7; the one that is shown has its name. */
START_TEST(the_top_lists_the_views_with_digits)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	static const struct {
		int w;
		const char *keys, *tabs;
	} cases[] = {
		{ 80, "1", " 1 Network  2..8" },
		{ 80, "3", " 1 2 3 Grid  4..8" },
		{ 80, "5", " 1..4 5 Heat-map  6..8" },
		{ 80, "f", " 1..8 Findings" },
		{ 100, "2", " 1 Network 2 Layers  3 Grid 4 Clusters 5..8" },
		{ 160, "7", " 1 Network 2 Layers 3 Grid 4 Clusters 5 Heat-map 6 Table 7 Methods" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ui_resize(u, cases[i].w, 24);
		press(u, cases[i].keys);
		ck_assert_msg(screen_has(u, cases[i].tabs, 0, 1), "%d columns, %s: '%s'", cases[i].w, cases[i].keys,
		              screen_row(u, 0));
	}
	world_release(&w);
}
END_TEST

/* The share of a channel has another word where it is that of the selected filter. */
START_TEST(whose_saliency_it_is_is_said)
{
	static const int size[][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 } };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int i = 0; i < 3; i++) {
		ui_resize(u, size[i][0], size[i][1]);
		press(u, "1");
		ck_assert(!screen_has(u, "filter ", 2, 9) && !screen_has(u, "of filter", 1, 2));
		ck_assert(screen_has(u, "sal", 2, 9));
		press(u, "2");
		ck_assert(screen_has(u, "filter  ", 2, 9));
		ck_assert_int_eq(screen_has(u, "of filter", 1, 2), u->canvas.w >= 110);
	}
	world_release(&w);
}
END_TEST

/* The cursor of a page stands on the first row of a line, and each line can be reached. */
START_TEST(the_cursor_of_a_page_stops_once_a_line)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 44, 14);
	press(u, "1 end enter g");
	ck_assert_int_eq(u->s.view, VIEW_LAYER);
	for (int up = 0; up < 2; up++) {
		int y = -1, moves = 0;
		for (; moves < 100; moves++) {
			char *row = screen_row(u, u->canvas.cursor_y), *before = strdup(row);
			ck_assert_msg(strncmp(row + 3, "            ", 12) != 0, "'%s' goes on with a line", row);
			y = u->canvas.cursor_y;
			press(u, up ? "k" : "j");
			free(row);
			row = screen_row(u, u->canvas.cursor_y);
			bool same = !strcmp(row, before) && y == u->canvas.cursor_y;
			free(row);
			free(before);
			if (same)
				break;
		}
		ck_assert(moves > 3 && moves < 100);
	}
	world_release(&w);
}
END_TEST

/* A command may be the name of a layer, or the beginning of one command's name. */
START_TEST(commands_are_found_by_their_beginning_and_layers_by_name)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	press(u, "2 : c o n v 2 enter");
	ck_assert_str_eq(session_layer_now(&u->s)->name, "conv2");
	ck_assert_int_eq(u->s.view, VIEW_LAYERS);
	press(u, "f : c o n v 1 enter");
	ck_assert_int_eq(u->s.view, VIEW_LAYER);
	ck_assert(screen_has(u, "conv1/w", 2, 24));
	press(u, "1 : f i n d i enter");
	ck_assert_int_eq(u->s.view, VIEW_FINDINGS);
	press(u, ": w i n d enter");
	ck_assert(strstr(u->message, "there is no command 'wind'") != NULL);
	const char *last = u->s.m->layer[u->s.column[u->s.n_column - 1]].name;
	char keys[64];
	snprintf(keys, sizeof keys, "2 : %c %c %c tab enter", last[0], last[1], last[2]);
	press(u, keys);
	ck_assert_str_eq(session_layer_now(&u->s)->name, last);
	int was = u->s.percentile;
	press(u, "% 3 0 0 enter");
	ck_assert_str_eq(u->message, "a percentile is 0 to 100");
	ck_assert_int_eq(u->s.percentile, was);
	world_release(&w);
}
END_TEST

/* A line is one command: a note may hold any character, and a layer in quotes may have any name. */
START_TEST(names_and_notes_hold_any_character)
{
	static const char *const names[] = { "block 1/conv.0", "12", "quit" };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int k = 0; k < 3; k++) {
		struct layer *l = (struct layer *)&u->s.m->layer[u->s.column[k % u->s.n_column]];
		const char *was = l->name;
		char line[64];
		l->name = names[k];
		press(u, "2 tab");
		snprintf(line, sizeof line, "\"%s\" ", names[k]);
		ui_changed(u, act_command(u, line));
		ck_assert_str_eq(session_layer_now(&u->s)->name, names[k]);
		ck_assert_int_eq(u->s.view, VIEW_LAYERS);
		press(u, "tab");
		if (!k) /* where nothing else is meant, blanks need no quotes */
			ui_changed(u, act_command(u, "block 1/conv.0 "));
		if (!k)
			ck_assert_str_eq(session_layer_now(&u->s)->name, names[k]);
		l->name = was;
	}
	ui_changed(u, act_command(u, "\"conv 9\""));
	ck_assert_str_eq(u->message, "there is no layer 'conv 9'");
	ui_changed(u, act_command(u, "note early; \"sharp\": see conv.1"));
	press(u, ": n o t e s enter");
	ck_assert(screen_has(u, "early; \"sharp\": see conv.1", 0, 24));
	world_release(&w);
}
END_TEST

/* A key that changes what another screen shows says so, and the table tells filters from units. */
START_TEST(what_is_not_seen_is_told)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	press(u, "1 s");
	ck_assert(strstr(u->message, "levels 2 to 4") != NULL);
	press(u, "6");
	ck_assert(screen_has(u, "11 filters and units of 3 layers", 2, 4));
	press(u, "3 space space D");
	ck_assert(screen_has(u, "order held", 1, 2));
	world_release(&w);
}
END_TEST

/* With raw units every number of the reason is in them: the prediction, and where the contributions lead. */
START_TEST(a_reason_has_one_unit)
{
	struct world w;
	struct findings l = { 0 };
	char b[32], from[32], to[64];
	world_make_scaled(&w, "standard");
	struct ui *u = &w.u;
	worst_findings(u, &l);
	press(u, "X");
	findings_make(u, &l);
	const struct why *q = u->scene.why->why;
	int64_t i = u->s.q.window;
	double y = dataset_unscale(&w.d, i, 0, (double)u->s.y[0]), last = dataset_last_raw(&w.d, i, 0);
	double p = dataset_unscale(&w.d, i, 0, u->windows.predicted[i]);
	number_format(from, sizeof from, dataset_unscale(&w.d, i, 0, q->from), 9);
	snprintf(to, sizeof to, " to %s", number_format(b, sizeof b, dataset_unscale(&w.d, i, 0, q->to), 9));
	ck_assert_msg(found(&l, from, "") && (found(&l, from, to) || found(&l, "makes it", to + 4)), "%s", l.v[1].text);
	const struct finding *error = found(&l, "By its error, ", number_format(b, sizeof b, fabs(p - y), 9));
	ck_assert_msg(error != NULL, "%s: want %s", l.v[0].text, b);
	ck_assert(fabs(p - last) > 0);
	/* the true value and the last one are far apart, and the prediction stays */
	u->scene.why->why->explained = true;
	u->s.y[0] = (real)(dataset_last(&w.d, i, 0) - 3);
	u->windows.output[i] = (real)dataset_last(&w.d, i, 0);
	findings_make(u, &l);
	ck_assert(found(&l, "The true value fell by ", "from the last value ") != NULL);
	ck_assert(found(&l, number_format(b, sizeof b, last, 9), "the model predicted a change of 0.") != NULL);
	u->windows.output[i] = (real)(dataset_last(&w.d, i, 0) - 2);
	findings_make(u, &l);
	ck_assert(!found(&l, "The true value fell by ", ""));
	findings_release(&l);
	world_release(&w);
}
END_TEST

/* Measures of importance that disagree are named like methods of saliency that do. */
START_TEST(measures_that_disagree_are_named)
{
	struct world w;
	struct findings l = { 0 };
	world_make(&w);
	struct ui *u = &w.u;
	show(u, VIEW_FINDINGS);
	int layer = u->s.column[0];
	struct rows *r = &u->scene.rows[layer];
	ck_assert(r->F == 6 && !r->ablation_stale);
	for (int same = 0; same < 2; same++) {
		for (int k = 0; k < 6; k++)
			r->ablation[r->importance->order[k]] = same ? 6 - k : -k - 1;
		findings_make(u, &l);
		ck_assert((found(&l, "the measures disagree: the first are #", " by gradient, #") != NULL) == !same);
	}
	findings_release(&l);
	world_release(&w);
}
END_TEST

/* The page of the model says what is forecast and how good the model is; so does the list. An expression about filters
 * is no matter of the list, which has no groups here. One name stands for the error on all screens. */
START_TEST(the_model_and_the_list_say_how_good_the_model_is)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 100, 30);
	show(u, VIEW_WINDOWS);
	ck_assert(screen_has(u, windows_quality(&u->windows), 2, 6));
	ck_assert(screen_has(u, "MSE 6.521", 2, 6) && screen_has(u, " error ", 1, 2) && screen_has(u, " error", 7, 8));
	ck_assert(!screen_has(u, "mse", 0, 2));
	show(u, VIEW_MODEL);
	ck_assert(screen_has(u, "load, 1 step after the window", 2, 16) && screen_has(u, "MSE 6.521", 2, 16));
	press(u, "2 & i m p > 0 enter");
	ck_assert(screen_has(u, "& imp>0", 1, 2));
	press(u, "w &");
	ck_assert(!u->prompt.open && strstr(u->message, "no groups") && !screen_has(u, "& imp>0", 1, 2));
	world_release(&w);
}
END_TEST

/* Counts the rows about what is silent, each of which has to have the words. */
static int silent_rows(const struct legend *g, const char *words)
{
	int n = 0;
	for (; g && (g->mark || g->text || g->keys || g->rows); g++) {
		n += silent_rows(g->rows, words);
		if (!g->mark || !strstr(g->mark, "silent") || strchr(g->mark, '='))
			continue;
		ck_assert_msg(strstr(g->text, words) != NULL, "%s: %s", g->mark, g->text);
		n++;
	}
	return n;
}

/* Silent means one thing in all legends and in the language of expressions. */
START_TEST(silent_has_one_meaning)
{
	static const char means[] = "one value at all steps of this window";
	int n = 0;
	for (int v = 0; v < VIEW_COUNT; v++)
		n += silent_rows(all_views[v]->legend, means);
	ck_assert_int_ge(n, 3);
	int f = filter_fact_find("silent", 6);
	ck_assert(strstr(filter_fact_table[f].help, means) != NULL);
}
END_TEST

/* Space goes on to the next row of the table, which may be of another layer. */
START_TEST(marking_in_the_table_goes_on_into_the_next_layer)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	press(u, "6 g");
	const struct layer *first = session_layer_now(&u->s);
	for (int i = 0; i < 7 && session_layer_now(&u->s) == first; i++)
		press(u, "space");
	ck_assert_ptr_ne(session_layer_now(&u->s), first);
	ck_assert_int_gt(u->s.marks.n, 0);
	world_release(&w);
}
END_TEST

UNIT_MAIN("said", marking_in_the_table_goes_on_into_the_next_layer, a_reason_has_one_unit,
          measures_that_disagree_are_named, the_model_and_the_list_say_how_good_the_model_is, silent_has_one_meaning,
          commands_are_found_by_their_beginning_and_layers_by_name, names_and_notes_hold_any_character,
          what_is_not_seen_is_told, backspace_goes_to_the_view_before, the_top_lists_the_views_with_digits,
          whose_saliency_it_is_is_said, the_cursor_of_a_page_stops_once_a_line,
          what_explains_nothing_is_not_told_as_a_reason, findings_agree_with_the_view_of_methods,
          filters_that_are_always_silent_can_be_marked, findings_say_where_enter_goes)
