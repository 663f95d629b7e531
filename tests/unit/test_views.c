/* Every view at every size: its parts lie on the screen and beside each other, and what is selected is seen. And the
 * table of actions. */
#include <math.h>
#include <strings.h>
#include "core/model/receptive.h"
#include "tests/unit/world.h"
#include "ui/draw/style.h"
#include "ui/state/format.h"
#include "ui/actions/actions.h"

static bool inside(struct rect r, struct rect in)
{
	return r.w >= 0 && r.h >= 0 && r.x >= in.x && r.y >= in.y && r.x + r.w <= in.x + in.w &&
	       r.y + r.h <= in.y + in.h;
}

static bool apart(struct rect a, struct rect b)
{
	return a.w == 0 || a.h == 0 || b.w == 0 || b.h == 0 || a.x + a.w <= b.x || b.x + b.w <= a.x ||
	       a.y + a.h <= b.y || b.y + b.h <= a.y;
}

static void check_parts(const struct ui *u)
{
	struct rect all = { 0, 0, u->canvas.w, u->canvas.h };
	struct rect part[] = { u->frame.top, u->frame.bottom, u->panel.input, u->main, u->panel.axis, u->panel.slider };
	if (u->s.view > VIEW_FILTER) /* no panel */
		return;
	for (int i = 0; i < 6; i++) {
		ck_assert_msg(inside(part[i], all), "view %s, %dx%d: part %d", u->view->name, all.w, all.h, i);
		for (int k = 0; k < i; k++)
			ck_assert_msg(apart(part[i], part[k]), "view %s, %dx%d: parts %d and %d", u->view->name, all.w,
			              all.h, i, k);
	}
	ck_assert(inside(u->panel.output, all) && apart(u->panel.output, u->panel.input) &&
	          apart(u->panel.output, u->main));
	ck_assert_msg(!u->panel.axis.h || u->panel.axis.w == u->panel.input.w,
	              "view %s, %dx%d: the axis is %d wide, the plots %d", u->view->name, all.w, all.h, u->panel.axis.w,
	              u->panel.input.w);
}

/* Nothing of a view is left in the row of the keys: a heading has a style that this row has not. */
static void check_bottom(const struct ui *u)
{
	const struct cell *row = u->canvas.cell + (size_t)u->frame.bottom.y * (size_t)u->canvas.w;
	for (int x = 0; x < u->canvas.w && u->frame.bottom.h; x++)
		ck_assert_msg((row[x].style & STYLE_MASK) != S_CHANNEL,
		              "view %s, %dx%d: the keys have a heading in them", u->view->name, u->canvas.w,
		              u->canvas.h);
}

/* The hardware cursor lies on the selection, which in most views stands in reverse. */
static void check_selection(const struct ui *u)
{
	const struct canvas *c = &u->canvas;
	bool reverse = u->s.view != VIEW_FILTER && u->s.view != VIEW_FINDINGS && u->s.view != VIEW_HELP;
	reverse &= u->s.view != VIEW_NOTES || notes_n(u->s.notes); /* none is selected of none */
	ck_assert_msg(c->cursor_x >= 0 && c->cursor_y >= u->frame.body.y &&
	                      c->cursor_y < u->frame.body.y + u->frame.body.h,
	              "view %s, %dx%d: the selection (layer %d, filter %d) is not seen: cursor %d,%d", u->view->name,
	              c->w, c->h, u->s.layer, u->s.layer >= 0 ? u->s.filter[u->s.layer] : -1, c->cursor_x, c->cursor_y);
	ck_assert_msg(!reverse || (c->cell[c->cursor_y * c->w + c->cursor_x].style & STYLE_REVERSE),
	              "view %s, %dx%d: the cursor lies beside the selection", u->view->name, c->w, c->h);
}

/* All sizes from 1x1 to 250x80 where FULL=1 asks for it. Else a pattern: every width up to 90 with every height up to
 * 26, and beyond that each width with each tenth height, shifted from width to width, so that each height has its turn.
 */
static bool walked(int width, int height)
{
	static int full = -1;
	if (full < 0)
		full = getenv("FULL") && *getenv("FULL") == '1';
	return full || (width <= 90 && height <= 26) || (width * 3 + height) % 10 == 0;
}

START_TEST(every_view_shows_its_selection_at_every_size)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int width = 1; width <= 250; width++)
		for (int height = 1; height <= 80; height++) {
			if (!walked(width, height))
				continue;
			ui_resize(u, width, height);
			for (int v = 0; v < VIEW_COUNT; v++) {
				show(u, (enum view_id)v);
				if (!u->frame.usable)
					break;
				check_parts(u);
				check_bottom(u);
				check_selection(u);
			}
		}
	world_release(&w);
}
END_TEST

/* The selection stays in sight while one walks to all ends. */
START_TEST(moves_keep_the_selection_in_sight)
{
	static const int keys[] = { 'j', 'j',      'j',      'l', 'l', KEYS_PGDN, 'G',      'k',
		                    'h', KEYS_END, KEYS_TAB, 'j', 'j', 'g',       KEYS_HOME };
	static const int size[][2] = { { 40, 12 }, { 53, 17 }, { 80, 24 }, { 140, 37 }, { 250, 80 } };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (size_t i = 0; i < sizeof size / sizeof *size; i++)
		for (int v = 0; v < VIEW_COUNT; v++) {
			ui_resize(u, size[i][0], size[i][1]);
			/* the record moves from window to window */
			ui_changed(u, session_window(&u->s, 5));
			show(u, (enum view_id)v);
			for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
				ui_key(u, keys[k]);
				ui_update(u);
				ui_draw(u);
				check_selection(u);
			}
		}
	world_release(&w);
}
END_TEST

/* Keys typed ahead of the layout, and on a screen too small for one: levels 3 and 4 written as text, walked through and
 * folded all the same. */
START_TEST(keys_before_there_is_a_layout)
{
	static const char *const scripts[] = { "4 y j l v enter", "3 y tab y j G tab y enter",
		                               "2 j tab 4 y v tab v y G j enter" };
	static const int sizes[][2] = { { 80, 24 }, { 5, 3 } };
	for (int i = 0; i < 6; i++) {
		struct world w;
		struct err e;
		int *key = NULL, n = keys_parse(scripts[i / 2], &key, &e);
		world_make(&w);
		ui_key(&w.u, '2'); /* where the numbers of several layers come */
		ui_update(&w.u);
		ui_resize(&w.u, sizes[i % 2][0], sizes[i % 2][1]);
		FILE *f = tmpfile();
		for (int k = 0; k < n; k++) {
			ui_key(&w.u, key[k]);
			w.u.view->dump(&w.u, f); /* what export writes as text */
		}
		ck_assert_int_gt(ftell(f), 100);
		fclose(f);
		ui_update(&w.u);
		ui_draw(&w.u);
		free(key);
		world_release(&w);
	}
}
END_TEST

/* An expression on the change since the pin, while the pin is set, taken away and set again: with and without an update
 * between. */
START_TEST(pins_may_go_under_an_expression)
{
	static const char script[] = "2 & c h a n g e > 0 enter p ] p p s j p 3 p j ] p k p l s";
	struct world w;
	struct err e;
	int *key = NULL, n = keys_parse(script, &key, &e);
	ck_assert_int_gt(n, 20);
	for (int every = 1; every <= 3; every++) {
		world_make(&w);
		for (int i = 0; i < n; i++) {
			ui_key(&w.u, key[i]);
			if (i % every == 0)
				ui_update(&w.u);
		}
		ui_update(&w.u);
		ui_draw(&w.u);
		ck_assert(w.u.s.expression[0] != 0);
		world_release(&w);
	}
	free(key);
}
END_TEST

START_TEST(actions_have_names_help_and_keys_of_their_own)
{
	for (const struct action *a = actions; a->help; a++) {
		ck_assert_int_gt((int)strlen(a->help), 0);
		if (!a->name)
			continue;
		ck_assert_ptr_nonnull((void *)(size_t)a->run);
		ck_assert_ptr_eq(action_find(a->name), a);
		ck_assert_msg(strlen(a->name) < 18 && strlen(a->keys) < 18, "%s: too long for --bindings", a->name);
		for (const char *k = a->keys; *k;) {
			size_t n = strcspn(k, " ");
			int key = key_parse(k, n);
			ck_assert_msg(key != 0, "%s: '%.*s' is no key", a->name, (int)n, k);
			ck_assert_msg((a->view < 0 ? action_of_key(key) : action_of_view((enum view_id)a->view, key)) ==
			                      a,
			              "%s: '%.*s' belongs to another action, too", a->name, (int)n, k);
			k += n + strspn(k + n, " ");
		}
	}
}
END_TEST

/* What the table says that an action needs is asked for, whatever the state: without data nothing crashes. */
START_TEST(actions_without_data_say_so)
{
	struct world w;
	struct err e;
	world_make(&w);
	struct browse_options o = { .m = w.m, .q = { .task = TASK_REGRESSION }, .glyphs = "ascii" };
	struct ui u;
	ck_assert(!ui_init(&u, &o, &e));
	u.patient = true;
	for (const struct action *a = actions; a->help; a++) {
		if (!a->name)
			continue;
		u.message[0] = '\0';
		unsigned changed = action_run(&u, a, NULL);
		ck_assert_msg(!(a->needs & NEED_DATA) || (!changed && strstr(u.message, "needs data")), "%s: '%s'",
		              a->name, u.message);
		u.prompt.open = false;
		ui_changed(&u, changed);
		ui_update(&u);
		ui_draw(&u);
	}
	ui_release(&u);
	world_release(&w);
}
END_TEST

/* The errors of windows come while the list is on the screen: the cursor stays on its window, and a cursor at the top
 * stays at the top. */
START_TEST(the_cursor_keeps_its_window_when_errors_come)
{
	struct world w;
	world_make(&w);
	struct windows *l = &w.u.windows;
	show(&w.u, VIEW_WINDOWS);
	l->sort = WINDOWS_ERROR;
	windows_sort(l);
	ck_assert_int_gt(l->listed, 4);
	l->at = 3;
	const int kept = l->order[3], top = l->order[0];
	l->error[kept] = 0;
	l->error[l->order[l->listed - 1]] = l->error[top] + 1;
	windows_sort(l);
	ck_assert_int_ne(l->order[3], kept);
	ck_assert_int_eq(l->order[l->at], kept);
	l->at = 0;
	l->error[kept] = 1e6;
	windows_sort(l);
	ck_assert_int_eq(l->order[0], kept);
	ck_assert_int_eq(l->at, 0);
	world_release(&w);
}
END_TEST

/* ---- reading again (F5) ---- */

/* Fewer filters and layers than net.json, and two outputs instead of one. */
static struct model *other_model(void)
{
	struct model *m = model_new("other.json", "test");
	struct graph *g = m->graph;
	struct err e;
	real w[3 * 2 * 3], dense[72 * 2];
	for (size_t i = 0; i < sizeof w / sizeof *w; i++)
		w[i] = (real)((int)(i * 5 % 7) - 3) / 4;
	for (size_t i = 0; i < sizeof dense / sizeof *dense; i++)
		dense[i] = (real)((int)(i * 3 % 11) - 5) / 32;
	int x = model_input(m, "x", "Input", "NCT", 24, 2, 1, &e);
	struct shape s = { 3, { 3, 2, 3 } };
	int kernel = graph_const_real(g, "conv1/w", &s, w, true, &e);
	struct attr pads = attr_is("pads", 2, (int64_t[]){ 1, 1 });
	int c = graph_op(g, "Conv", "conv1", 2, (int[]){ x, kernel }, 1, &pads, &e);
	int l = model_layer(m, "conv1", "Conv", "", LAYER_ANALYSED, c, c, 1, (int[]){ 0 }, &e);
	int flat = graph_op(g, "Flatten", "flat", 1, &c, 0, NULL, &e);
	s = (struct shape){ 2, { 72, 2 } };
	int y = graph_op(g, "MatMul", "y", 2, (int[]){ flat, graph_const_real(g, "y/w", &s, dense, true, &e) }, 0, NULL,
	                 &e);
	model_layer(m, "y", "Dense", "", LAYER_ANALYSED, y, y, 1, &l, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	return m;
}

struct files {
	struct subject now, next;
};

static int swap_files(void *ctx, struct subject *s, struct err *e)
{
	struct files *f = ctx;
	const struct subject was = f->now;
	*s = f->now = f->next;
	f->next = was;
	*e = (struct err){ 0 };
	return 0;
}

/* A model with another number of outputs, layers and filters comes in place of the old one while keys are waiting: all
 * that was sized by the old model is made anew. */
START_TEST(reading_again_takes_another_model_with_its_truth)
{
	static const char script[] = "2 end & i m p > 0 enter x m 3 l t t p f5 j k l end 4 f5 pgdn j f5 5 r f5 l j r "
	                             "6 f5 j 7 f5 j c f5 j 8 f5 j t t f5 u 1 f5 end enter";
	struct world w, other;
	struct err e;
	const real one[] = { 7 }, two[] = { 8, 9 };
	const struct truth t1 = { one, -1 }, t2 = { two, -1 };
	int *key = NULL, n = keys_parse(script, &key, &e);
	ck_assert_msg(n > 20, "%s", e.text);
	for (int every = 1; every <= 4; every++) {
		world_make(&w);
		world_make(&other);
		ui_release(&w.u);
		ui_release(&other.u);
		model_free(other.m);
		other.m = other_model();
		struct files f = { { w.m, &w.d, TASK_REGRESSION, &t1, NULL, NULL },
			           { other.m, &w.d, TASK_REGRESSION, &t2, NULL, NULL } };
		w.o.truth = &t1;
		w.o.reload = swap_files;
		w.o.ctx = &f;
		ck_assert(!ui_init(&w.u, &w.o, &e));
		w.u.patient = true;
		ui_update(&w.u);
		for (int i = 0; i < n; i++) {
			ui_key(&w.u, key[i]);
			ck_assert_ptr_eq(w.u.s.m, f.now.m);
			for (int64_t k = 0; k < w.u.s.m->outputs; k++)
				ck_assert(w.u.s.has_y && w.u.s.y[k] == f.now.truth->y[k]);
			if (i % every)
				continue;
			ui_update(&w.u);
			ui_draw(&w.u);
		}
		ui_update(&w.u);
		ck_assert_int_eq(w.u.s.layer < w.u.s.m->n_layer, 1);
		ui_release(&w.u);
		dataset_release(&w.d), dataset_release(&other.d);
		model_free(w.m), model_free(other.m);
	}
	free(key);
}
END_TEST

/* What a search finds in each view: a word that its screen shows, the place after it, after n, and after N. */
START_TEST(every_view_searches_what_it_shows)
{
	static const struct {
		const char *name, *word, *first, *next; /* text of the line under the cursor, after / and after n */
	} cases[] = {
		{ "network", "pool", "pool1", "pool1" },
		{ "network", "relu", "conv1", "conv2" },
		{ "layers", "CONV2", "#", "#" },
		{ "grid", "#3", "#3", "#3" },
		{ "clusters", "#4", "#4", "#4" },
		{ "filter", "dense", "dense", "dense" },
		{ "heat", "#3", "#3", "#3" },
		{ "table", "conv2", "#", "#" },
		{ "table", "conv2 #3", "conv2", "#3" },
		{ "methods", "grad-cam", "grad-cam", "grad-cam" },
		{ "record", "saliency", "window", "window" },
		{ "edit", "step 7", "step 7", "step 7" },
		{ "spectrum", "y 8 steps", "every 8 steps", "every 8 steps" },
		{ "prune", "50 %", "50 %", "50 %" },
		{ "layer", "kernel", "kernel", "kernel" },
		{ "model", "conv2", "conv2", "conv2" },
		{ "windows", "37", "37", "37" },
		{ "session", "kept", "nothing is kept", "nothing is kept" },
		{ "notes", "flat", "in window", "in window" },
		{ "findings", "importance", "importance", "importance" },
		{ "pair", "0.", "0.", "0." },
		{ "compare", "conv1 #", "conv1 #", "conv1 #" },
		{ "options", "glyphs", "glyphs", "glyphs" },
		{ "options", "order", "order", "order" },
		{ "help", "percentile 5", "percentile 5 less", "percentile 5 more" },
		{ "help", "ctrl-l", "draw the screen again", "draw the screen again" },
	};
	bool seen[VIEW_COUNT] = { false };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		world_make(&w);
		struct ui *u = &w.u;
		ui_resize(u, 80, 24);
		int v = 0;
		while (strcmp(u->views[v]->name, cases[i].name) != 0)
			v++;
		seen[v] = true;
		if (v == VIEW_PAIR)
			press(u, "4 K 3 enter");
		if (v == VIEW_COMPARE) /* with itself nothing differs, and so nothing is listed */
			press(u, "p ]");
		if (v == VIEW_NOTES)
			press(u, "2 ; f l a t enter l ; f l a t t e r enter");
		show(u, (enum view_id)v);
		if (v == VIEW_SPECTRUM) /* the gradient has none */
			press(u, "m");
		struct session *s = &u->s;
		snprintf(s->search, sizeof s->search, "%s", cases[i].word);
		for (int k = 0; k < 2; k++) {
			press(u, "n");
			const char *want = k ? cases[i].next : cases[i].first;
			ck_assert_msg(!u->message[0], "%s /%s: %s", cases[i].name, cases[i].word, u->message);
			ck_assert_msg(screen_has(u, want, u->canvas.cursor_y, u->canvas.cursor_y + 1),
			              "%s /%s, match %d: '%s' is not on line %d", cases[i].name, cases[i].word, k + 1,
			              want, u->canvas.cursor_y);
		}
		if (all_views[v]->has_filters && !strchr(cases[i].word, '#'))
			ck_assert_int_eq(strcasecmp(session_layer_now(s)->name, cases[i].word), 0);
		/* there and back again */
		char *before = screen_row(u, u->canvas.cursor_y);
		press(u, "n N");
		char *after = screen_row(u, u->canvas.cursor_y);
		ck_assert_msg(!strncmp(before, after, 40), "%s /%s: %s, then %s", cases[i].name, cases[i].word, before,
		              after);
		free(before);
		free(after);
		snprintf(s->search, sizeof s->search, "zzz");
		press(u, "n");
		ck_assert_str_eq(u->message, "'zzz' is not here");
		world_release(&w);
	}
	for (int v = 0; v < VIEW_COUNT; v++)
		ck_assert_msg(seen[v] && all_views[v]->search, "%s: no search is tried", all_views[v]->name);
}
END_TEST

/* The key bar names actions that exist and have a key. */
START_TEST(hints_are_actions)
{
	for (int v = 0; v < VIEW_COUNT; v++) {
		const char *h = all_views[v]->hints;
		ck_assert_msg(h && *h, "%s: no hints", all_views[v]->name);
		for (size_t n; *h; h += n + strspn(h + n, " ")) {
			n = strcspn(h, " ");
			size_t names = strcspn(h, ": ");
			for (size_t i = 0, len; i < names; i += len + 1) {
				char name[64];
				len = strcspn(h + i, ",: ");
				snprintf(name, sizeof name, "%.*s", (int)len, h + i);
				ck_assert_msg(action_find(name) != NULL, "%s: hint '%s'", all_views[v]->name, name);
			}
		}
	}
}
END_TEST

/* A key of the settings stands in the help, in the options and in both key bars, and a key that it takes away does not.
 */
START_TEST(keys_of_the_settings_are_shown)
{
	static const struct browse_binding bind[] = {
		{ 'J', "down" }, { 'W', "search" }, { 'w', "search" }, { 'E', "measure" }, { KEYS_F1 + 6, "quit" },
	};
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	w.o.bind = bind;
	w.o.n_bind = (int)(sizeof bind / sizeof *bind);
	ui_resize(u, 120, 200);
	show(u, VIEW_HELP);
	ck_assert(screen_has(u, "J down j wheel", 2, 199));
	ck_assert(screen_has(u, "W w / f3 ", 2, 199));
	ck_assert(!screen_has(u, "w f7", 2, 199)); /* windows: w searches, f7 quits */
	ck_assert(screen_has(u, "f7 Q ctrl-c", 2, 199));
	ck_assert(screen_has(u, "W search", 199, 200));
	show(u, VIEW_OPTIONS);
	ck_assert(screen_has(u, "importance measure  E ", 2, 199));
	show(u, VIEW_NETWORK);
	ck_assert(screen_has(u, "W search", 199, 200) && !screen_has(u, "w windows", 199, 200));
	press(u, "b");
	ck_assert(screen_has(u, "F7quit", 199, 200) && screen_has(u, "F8findings", 199, 200));
	/* without the settings */
	w.o.n_bind = 0;
	show(u, VIEW_HELP);
	ck_assert(screen_has(u, "   down j wheel-down", 2, 199) && screen_has(u, "w f7", 2, 199));
	ck_assert(screen_has(u, "F7windows", 199, 200));
	world_release(&w);
}
END_TEST

/* ---- the steps that are shown ---- */

START_TEST(a_viewport_stays_in_the_window)
{
	for (int64_t T = 1; T <= 100; T += 7)
		for (int64_t at = 0; at < T; at += 3) {
			struct viewport v = { 0 };
			for (int k = 0; k < 9; k++) {
				viewport_zoom(&v, T, at, 1);
				ck_assert(v.from >= 0 && v.from + v.n <= T);
				ck_assert(!v.n || (at >= v.from && at < v.from + v.n));
				ck_assert(!v.n || v.n >= VIEWPORT_LEAST);
			}
			for (int64_t times = 1; times <= 2 * T; times++) {
				struct span p = viewport_span(&v, T, times);
				int64_t mid = v.from * times / T;
				ck_assert(p.n >= 1 && p.from >= 0 && p.from + p.n <= times);
				ck_assert(!v.n || times < 2 || (mid >= p.from && mid < p.from + p.n));
			}
			viewport_move(&v, T, -1000);
			ck_assert_int_eq(v.from, 0);
			viewport_move(&v, T, 1000);
			ck_assert(!v.n || v.from + v.n == T);
			viewport_follow(&v, T, at);
			ck_assert(!v.n || (at >= v.from && at < v.from + v.n));
			for (int k = 0; k < 9; k++)
				viewport_zoom(&v, T, at, -1);
			ck_assert(!viewport_zoomed(&v) && v.from == 0);
		}
	/* of a layer behind a pool of 2: half as many steps, those below */
	struct viewport v = { 8, 6 };
	struct span p = viewport_span(&v, 24, 12);
	ck_assert_int_eq(p.from, 4);
	ck_assert_int_eq(p.n, 3);
}
END_TEST

/* The axis that zooming needs takes no channel away. */
START_TEST(zooming_hides_no_channel)
{
	static const int views[] = { VIEW_NETWORK, VIEW_LAYERS, VIEW_GRID, VIEW_CLUSTERS, VIEW_FILTER, VIEW_HEAT };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int h = 12; h <= 50; h++)
		for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
			ui_resize(u, 80, h);
			show(u, (enum view_id)views[i]);
			int channels = u->panel.channels;
			press(u, "<");
			ck_assert_msg(u->panel.channels == channels, "view %s, 80x%d: %d channels, zoomed %d",
			              u->view->name, h, channels, u->panel.channels);
			press(u, "0");
		}
	world_release(&w);
}
END_TEST

/* In the histogram of errors the mark of the selected window stands beside the smallest error, whichever is selected.
 */
START_TEST(the_mark_of_a_histogram_hides_no_number)
{
	struct world w;
	char lo[32];
	world_make(&w);
	struct ui *u = &w.u;
	show(u, VIEW_WINDOWS);
	double least = INFINITY;
	for (int64_t i = 0; i < u->windows.seen; i++)
		least = fmin(least, u->windows.error[i]);
	number_format(lo, sizeof lo, least, 9);
	for (int64_t i = 0; i < u->windows.listed; i++) {
		ck_assert_msg(screen_has(u, lo, 0, 8), "place %d of the list hides %s", (int)i, lo);
		press(u, "j");
	}
	world_release(&w);
}
END_TEST

/* One viewport for all plots of all levels: each is another picture when half of the steps are shown, and the same as
 * before when all are. */
START_TEST(zooming_shows_half_of_the_steps_at_every_level)
{
	static const int levels[] = { VIEW_NETWORK, VIEW_LAYERS, VIEW_GRID, VIEW_CLUSTERS, VIEW_FILTER };
	static const int size[][2] = { { 40, 12 }, { 80, 24 }, { 200, 50 } };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (size_t k = 0; k < sizeof size / sizeof *size; k++)
		for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
			ui_resize(u, size[k][0], size[k][1]);
			show(u, (enum view_id)levels[i]);
			int rows = u->canvas.h, changed = 0;
			char *before[64];
			for (int y = 0; y < rows; y++)
				before[y] = screen_row(u, y);
			press(u, "<");
			ck_assert_int_eq(u->s.shown.n, 12);
			ck_assert_int_eq(u->scene.rows[1].seen.n, 12); /* conv1; pool1 has 12 steps in all */
			ck_assert_int_eq(u->scene.rows[2].seen.n, 6);
			ck_assert_int_eq(u->panel.axis.h, 1);
			ck_assert(screen_has(u, "\u2595", u->panel.axis.y, u->panel.axis.y + 1));
			ck_assert(size[k][0] == 40 || screen_has(u, "step", u->panel.axis.y, u->panel.axis.y + 1));
			check_parts(u);
			check_selection(u);
			int64_t t = u->s.time[u->s.layer];
			ck_assert(t >= u->s.shown.from && t < u->s.shown.from + 12);
			press(u, "0");
			for (int y = 0; y < rows; y++) {
				char *after = screen_row(u, y);
				ck_assert_str_eq(after, before[y]);
				free(after);
			}
			press(u, "<");
			for (int y = 0; y < rows; y++) {
				char *after = screen_row(u, y);
				changed += y > u->main.y && strcmp(after, before[y]) != 0;
				free(after);
				free(before[y]);
			}
			/* on a small screen level 1 has no plots below the input */
			ck_assert(changed || (size[k][0] == 40 && levels[i] == VIEW_NETWORK));
			press(u, "0");
		}
	world_release(&w);
}
END_TEST

/* In the filter view the shown steps follow the cursor, and the cursor those that are shown. */
START_TEST(the_time_cursor_is_always_shown)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	struct session *s = &u->s;
	show(u, VIEW_FILTER);
	press(u, "home < <");
	ck_assert_int_eq(s->shown.n, 6);
	ck_assert_int_eq(s->shown.from, 0);
	press(u, "end");
	ck_assert_int_eq(s->time[s->layer], 23);
	ck_assert_int_eq(s->shown.from, 18);
	press(u, ", ,");
	ck_assert_int_eq(s->shown.from, 12);
	ck_assert(s->time[s->layer] >= 12 && s->time[s->layer] < 18);
	press(u, "left left left left left left left");
	ck_assert_int_lt(s->shown.from, 12);
	press(u, ". . . . .");
	ck_assert_int_eq(s->shown.from, 18);
	ck_assert_str_eq(u->message, "this is the end of the window");
	/* a layer of half as many steps: the same part of the window, and its cursor in it */
	press(u, "tab");
	ck_assert_int_eq(s->shown.from, 18);
	ck_assert(s->time[s->layer] >= 9 && s->time[s->layer] < 12);
	press(u, "0 .");
	ck_assert_str_eq(u->message, "all steps are shown; < shows fewer");
	world_release(&w);
}
END_TEST

/* Where the row of the percentile has its slider; the row of the input's plots. */
static const struct zone *zone_of(const struct ui *u, int a)
{
	const struct zone *z = NULL;
	for (int i = 0; i < u->canvas.n_zone; i++)
		if (u->canvas.zone[i].a == a)
			z = &u->canvas.zone[i];
	return z;
}

static void click(struct ui *u, int x, int y)
{
	u->pointer_x = x;
	u->pointer_y = y;
	ui_key(u, KEYS_CLICK);
	ui_update(u);
	ui_draw(u);
}

/* Levels 2 to 4 have the percentile as a slider, which a click moves; a click on the input's plots moves the time
 * cursor. */
START_TEST(clicks_move_the_slider_and_the_time_cursor)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int v = 0; v < VIEW_COUNT; v++) {
		show(u, (enum view_id)v);
		const struct zone *z = zone_of(u, ZONE_PERCENTILE);
		ck_assert_msg((z != NULL) == (all_views[v]->level > 1), "%s: slider", all_views[v]->name);
		if (!z)
			continue;
		struct rect r = z->r;
		click(u, r.x, r.y);
		ck_assert_int_eq(u->s.percentile, 0);
		ck_assert(screen_has(u, "\u25950  ", r.y, r.y + 1) || screen_has(u, "\u258f0 ", r.y, r.y + 1));
		ck_assert(screen_has(u, "6 of 6", r.y, r.y + 1));
		click(u, r.x + r.w - 1, r.y);
		ck_assert_int_eq(u->s.percentile, 100);
		ck_assert(screen_has(u, "\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u258f100", r.y,
		                     r.y + 1));
		click(u, r.x + 8, r.y);
		ck_assert_int_eq(u->s.percentile, 75);
		press(u, "=");
		ck_assert(screen_has(u, "\u258f80", r.y, r.y + 1));
		z = zone_of(u, ZONE_INPUT);
		r = z->r;
		click(u, r.x, r.y);
		ck_assert_int_eq(u->s.time[u->s.layer], 0);
		click(u, r.x + r.w - 1, r.y);
		ck_assert_int_eq(u->s.time[u->s.layer], 23);
	}
	world_release(&w);
}
END_TEST

/* Where not all channels have room, the label says which of how many this is. */
START_TEST(a_screen_of_one_channel_says_which)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	show(u, VIEW_LAYERS);
	ck_assert(!screen_has(u, "1/2", 2, 24));
	ui_resize(u, 40, 12);
	show(u, VIEW_GRID);
	ck_assert_int_eq(u->panel.channels, 1);
	ck_assert(screen_has(u, "1/2 ", 3, 4));
	press(u, "i");
	ck_assert(screen_has(u, "temp", 2, 3) && screen_has(u, "2/2 ", 3, 4));
	world_release(&w);
}
END_TEST

/* The columns between label and bars in which filter `place` of the order has its cells, one filter a row. */
static unsigned heat_style(const struct ui *u, int place, int x)
{
	const struct canvas *c = &u->canvas;
	for (int y = u->main.y; y < u->main.y + u->main.h; y++) {
		const struct zone *z = canvas_zone_at(c, 0, y);
		if (z && z->a == place)
			return c->cell[y * c->w + u->panel.label_w + x].style & STYLE_MASK;
	}
	ck_abort_msg("filter %d of the order has no row", place);
	return 0;
}

/* In the heat-map the column of a filter's largest activation has the strongest colour, a silent step has none, and no
 * column without a large value has the strongest one. */
START_TEST(the_strongest_colour_of_a_heat_map_is_the_largest_activation)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 200, 50);
	show(u, VIEW_HEAT);
	for (int layer = 0; layer < 2; layer++) {
		const struct rows *r = &u->scene.rows[u->s.layer];
		int width = u->panel.input.w - u->panel.label_w;
		ck_assert_int_gt(r->n_order, 1);
		for (int i = 0; i < r->n_order; i++) {
			int f = r->order[i];
			double most = r->numbers->range[f].hi;
			int peaks = 0;
			for (int x = 0; x < width; x++) {
				double v = (double)rows_series(r, f).v[x * r->times / width];
				unsigned style = heat_style(u, i, x);
				if (style == S_CELL)
					continue;
				bool strongest = style_letter(style) == '0' + HEAT_LEVELS - 1;
				peaks += v == most && strongest;
				ck_assert_msg(v < most || strongest, "#%d, column %d: %.3f is %c", f, x, v,
				              style_letter(style));
				ck_assert_msg(v > 0.8 * most || !strongest, "#%d, column %d: %.3f of %.3f", f, x, v,
				              most);
				ck_assert_msg(v > 0 || style == S_TEXT, "#%d, column %d: %.3f has a colour", f, x, v);
			}
			ck_assert(peaks > 0);
		}
		press(u, "tab");
	}
	/* by one scale for all, only the filter with the largest value of the layer reaches the strongest colour */
	press(u, "a");
	const struct rows *r = &u->scene.rows[u->s.layer];
	int width = u->panel.input.w - u->panel.label_w;
	double most = 0;
	for (int f = 0; f < (int)r->F; f++)
		most = fmax(most, r->numbers->range[f].hi);
	for (int i = 0; i < r->n_order; i++)
		for (int x = 0; x < width; x++) {
			double v = (double)rows_series(r, r->order[i]).v[x * r->times / width];
			unsigned style = heat_style(u, i, x);
			ck_assert(style == S_CELL || v > 0.8 * most || style_letter(style) != '0' + HEAT_LEVELS - 1);
		}
	world_release(&w);
}
END_TEST

/* The brackets in the input stand around the receptive field of the cell under the cursor. */
START_TEST(a_heat_map_brackets_the_receptive_field)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 200, 50);
	show(u, VIEW_HEAT);
	for (int layer = 0; layer < 3; layer++) {
		press(u, "home");
		for (int64_t t = 0; t < session_layer_now(&u->s)->times; t++) {
			int64_t first, last;
			const struct canvas *c = &u->canvas;
			int x0 = u->panel.label_w, width = u->panel.input.w - x0, seen = 0;
			const struct cell *row = c->cell + u->panel.input.y * c->w;
			ck_assert_int_eq(u->s.time[u->s.layer], t);
			receptive_span(u->s.m, session_layer_now(&u->s), t, &first, &last);
			for (int x = 0; x < c->w; x++) {
				if ((row[x].style & STYLE_MASK) != S_CELL)
					continue;
				bool left = row[x].cp == (int32_t)u->g->tl;
				int64_t step = (int64_t)(x - x0 + (left ? 1 : -1)) * u->s.m->T / width;
				ck_assert_msg(step == (left ? first : last), "step %d of layer %d: %s bracket at %d",
				              (int)t, u->s.layer, left ? "left" : "right", (int)step);
				seen++;
			}
			ck_assert_int_eq(seen, 2);
			press(u, "right");
		}
		press(u, "tab");
	}
	world_release(&w);
}
END_TEST

UNIT_MAIN("views", every_view_shows_its_selection_at_every_size, moves_keep_the_selection_in_sight,
          actions_have_names_help_and_keys_of_their_own, actions_without_data_say_so, keys_before_there_is_a_layout,
          pins_may_go_under_an_expression, the_cursor_keeps_its_window_when_errors_come,
          reading_again_takes_another_model_with_its_truth, every_view_searches_what_it_shows, hints_are_actions,
          keys_of_the_settings_are_shown, a_viewport_stays_in_the_window,
          zooming_shows_half_of_the_steps_at_every_level, zooming_hides_no_channel,
          the_mark_of_a_histogram_hides_no_number, the_time_cursor_is_always_shown,
          clicks_move_the_slider_and_the_time_cursor, a_screen_of_one_channel_says_which,
          the_strongest_colour_of_a_heat_map_is_the_largest_activation, a_heat_map_brackets_the_receptive_field)
