#include "ui/ui.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- levels ---- */

static unsigned go(struct ui *u, enum view_id v, bool push)
{
	return session_view(&u->s, v, push);
}

static unsigned act_network(struct ui *u, const char *arg) { (void)arg; return go(u, VIEW_NETWORK, false); }
static unsigned act_layers(struct ui *u, const char *arg) { (void)arg; return go(u, VIEW_LAYERS, false); }
static unsigned act_grid(struct ui *u, const char *arg) { (void)arg; return go(u, VIEW_GRID, false); }
static unsigned act_clusters(struct ui *u, const char *arg) { (void)arg; return go(u, VIEW_CLUSTERS, false); }
static unsigned act_help(struct ui *u, const char *arg) { (void)arg; u->list_at = 0; return go(u, VIEW_HELP, true); }
static unsigned act_options(struct ui *u, const char *arg) { (void)arg; u->list_at = 0; return go(u, VIEW_OPTIONS, true); }

static unsigned act_compare(struct ui *u, const char *arg)
{
	(void)arg;
	if (!u->pin.on) {
		ui_say(u, "nothing is pinned; p pins this window, then go to another or switch filters off");
		return 0;
	}
	u->list_at = 0;
	return go(u, VIEW_COMPARE, true);
}

static unsigned act_findings(struct ui *u, const char *arg) { (void)arg; u->list_at = 0; return go(u, VIEW_FINDINGS, true); }

static unsigned act_windows(struct ui *u, const char *arg)
{
	(void)arg;
	u->windows.at = windows_place(&u->windows, u->s.q.window);
	return go(u, VIEW_WINDOWS, true);
}

/* Moves go by what the view has laid out: keys typed ahead may be faster than it. On a screen too small there is nothing. */
static bool laid_out(struct ui *u)
{
	if (u->frame.usable)
		ui_update(u);
	return u->frame.usable;
}

static unsigned act_enter(struct ui *u, const char *arg)
{
	(void)arg;
	return laid_out(u) && u->view->enter ? u->view->enter(u) : 0;
}

static unsigned act_back(struct ui *u, const char *arg)
{
	unsigned changed = 0;
	(void)arg;
	if (!session_back(&u->s, &changed))
		ui_say(u, "this is the top; q quits");
	return changed;
}

/* ---- moving ---- */

static unsigned move(struct ui *u, enum move m)
{
	return laid_out(u) && u->view->move ? u->view->move(u, m) : 0;
}

#define MOVE(name, m) \
	static unsigned act_##name(struct ui *u, const char *arg) { (void)arg; return move(u, m); }
MOVE(left, MOVE_LEFT)
MOVE(right, MOVE_RIGHT)
MOVE(up, MOVE_UP)
MOVE(down, MOVE_DOWN)
MOVE(first, MOVE_FIRST)
MOVE(last, MOVE_LAST)
MOVE(home, MOVE_HOME)
MOVE(end, MOVE_END)
MOVE(page_up, MOVE_PAGE_UP)
MOVE(page_down, MOVE_PAGE_DOWN)
MOVE(half_up, MOVE_HALF_UP)
MOVE(half_down, MOVE_HALF_DOWN)
MOVE(next_layer, MOVE_NEXT)
MOVE(previous_layer, MOVE_PREVIOUS)

/* ---- prompts ---- */

static bool ask(struct ui *u, const char *arg, const char *action, const char *label)
{
	if (arg)
		return false;
	prompt_open(&u->prompt, action, label);
	return true;
}

/* A whole number of a prompt; false after saying what is wrong. */
static bool number(struct ui *u, const char *s, int64_t *v)
{
	char *end;
	while (*s == ' ' || *s == '#')
		s++;
	*v = strtoll(s, &end, 10);
	while (*end == ' ')
		end++;
	if (end != s && !*end)
		return true;
	ui_say(u, "'%s' is not a whole number", s);
	return false;
}

static int name_find(const char *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* ---- the window ---- */

static unsigned window_by(struct ui *u, int64_t step)
{
	int64_t was = u->s.q.window;
	unsigned changed = session_window(&u->s, was + step);
	if (u->s.q.window != was)
		return changed;
	ui_say(u, step < 0 ? "this is the first window" : "this is the last window");
	return 0;
}

static unsigned act_window_previous(struct ui *u, const char *arg) { (void)arg; return window_by(u, -1); }
static unsigned act_window_next(struct ui *u, const char *arg) { (void)arg; return window_by(u, 1); }
static unsigned act_window_back(struct ui *u, const char *arg) { (void)arg; return window_by(u, -10); }
static unsigned act_window_on(struct ui *u, const char *arg) { (void)arg; return window_by(u, 10); }

static unsigned act_window(struct ui *u, const char *arg)
{
	int64_t i;
	if (ask(u, arg, "window", "window: ") || !*arg || !number(u, arg, &i))
		return 0;
	if (i < 0 || i >= u->s.d->n) {
		ui_say(u, "there are windows 0 to %lld", (long long)u->s.d->n - 1);
		return 0;
	}
	return session_window(&u->s, i);
}

/* ---- what is asked ---- */

static unsigned act_target(struct ui *u, const char *arg)
{
	struct target t = session_next_target(&u->s);
	struct err e;
	char b[32];
	if (arg && *arg && target_parse(&t, arg, u->s.m, u->s.q.task, &e) < 0) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	target_format(&t, b, sizeof b);
	ui_say(u, "target: %s", b);
	return session_target(&u->s, t);
}

static unsigned act_measure(struct ui *u, const char *arg)
{
	int i = arg && *arg ? importance_find(arg) : u->s.q.measure + 1;
	if (i < 0) {
		ui_say(u, "there is no importance measure '%s'", arg);
		return 0;
	}
	if (!importance_measures[i].name)
		i = 0;
	ui_say(u, "importance %s: %s", importance_measures[i].name, importance_measures[i].formula);
	return session_measure(&u->s, i);
}

static unsigned act_method(struct ui *u, const char *arg)
{
	int i = arg && *arg ? saliency_find(arg) : u->s.q.method + 1;
	if (i < 0) {
		ui_say(u, "there is no saliency method '%s'", arg);
		return 0;
	}
	if (!saliency_methods[i].name)
		i = 0;
	ui_say(u, "saliency %s: %s", saliency_methods[i].name, saliency_methods[i].formula);
	return session_method(&u->s, i);
}

static void before_switch(struct ui *u)
{
	predicted_format(u, u->before, sizeof u->before);
}

static unsigned act_baseline(struct ui *u, const char *arg)
{
	struct question *q = &u->s.q;
	int kinds = u->pin.on ? 3 : 2, i = arg && *arg ? name_find(arg, baseline_names, kinds) : ((int)q->baseline + 1) % kinds;
	if (i < 0) {
		ui_say(u, "baseline '%s': there are zero, mean and, where one is pinned, window", arg);
		return 0;
	}
	q->baseline = (enum baseline)i;
	q->baseline_window = u->pin.q.window;
	if (q->baseline == BASELINE_WINDOW)
		ui_say(u, "baseline: window %lld (the pinned one)", (long long)q->baseline_window);
	else
		ui_say(u, "baseline: %s%s", baseline_names[q->baseline], u->pin.on ? "" : "; a pinned window would be the third");
	return CHANGED_METHOD;
}

static unsigned act_switch(struct ui *u, const char *arg)
{
	(void)arg;
	before_switch(u);
	unsigned changed = session_switch(&u->s);
	int f = u->s.filter[u->s.layer];
	snprintf(u->switched, sizeof u->switched, "%s #%d %s", session_layer_now(&u->s)->name, f,
		 filter_set_has(&u->s.q.off, u->s.layer, f) ? "off" : "on");
	return changed;
}

static unsigned act_highlight(struct ui *u, const char *arg)
{
	(void)arg;
	u->s.highlight = (u->s.highlight + 1) % HIGHLIGHTS;
	if (u->s.highlight)
		ui_say(u, u->s.highlight == HIGHLIGHT_BACK ? "marked: what produced step %lld of #%d" : "marked: what step %lld of #%d feeds",
		       (long long)u->s.time[u->s.layer], u->s.filter[u->s.layer]);
	else
		ui_say(u, "highlighting off");
	return CHANGED_TIME;
}

static unsigned act_pin(struct ui *u, const char *arg)
{
	(void)arg;
	if (pin_is(&u->pin, &u->s)) {
		pin_release(&u->pin);
		ui_say(u, "unpinned");
		return CHANGED_LOOK;
	}
	pin_set(&u->pin, &u->s);
	ui_say(u, "window %lld pinned%s; P compares", (long long)u->s.q.window, u->s.q.off.n ? " with its filters off" : "");
	return CHANGED_LOOK;
}

/* ---- chosen filters ---- */

static unsigned act_mark(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	int f = s->filter[s->layer];
	(void)arg;
	filter_set_put(&s->marks, s->layer, f, !filter_set_has(&s->marks, s->layer, f));
	return CHANGED_MARKS | move(u, s->view == VIEW_LAYERS || s->view == VIEW_FILTER ? MOVE_DOWN : MOVE_RIGHT);
}

static unsigned act_clear_marks(struct ui *u, const char *arg)
{
	(void)arg;
	ui_say(u, u->s.marks.n == 1 ? "%d mark cleared" : "%d marks cleared", u->s.marks.n);
	u->s.marks.n = 0;
	return CHANGED_MARKS;
}

static unsigned act_switch_marked(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	bool all_off = true;
	(void)arg;
	if (!s->marks.n) {
		ui_say(u, "no filter is marked; Space marks");
		return 0;
	}
	before_switch(u);
	for (int i = 0; i < s->marks.n; i++)
		all_off = all_off && filter_set_has(&s->q.off, s->marks.id[i].layer, s->marks.id[i].filter);
	for (int i = 0; i < s->marks.n; i++)
		filter_set_put(&s->q.off, s->marks.id[i].layer, s->marks.id[i].filter, !all_off);
	snprintf(u->switched, sizeof u->switched, "%d marked filters %s", s->marks.n, all_off ? "on" : "off");
	return CHANGED_VALUES;
}

static unsigned act_switch_clear(struct ui *u, const char *arg)
{
	(void)arg;
	if (!u->s.q.off.n) {
		ui_say(u, "no filter is off");
		return 0;
	}
	before_switch(u);
	snprintf(u->switched, sizeof u->switched, "all %d filters on again", u->s.q.off.n);
	u->s.q.off.n = 0;
	return CHANGED_VALUES;
}

static unsigned undo(struct ui *u, int by)
{
	unsigned changed = undo_step(&u->undo, &u->s, by);
	u->undone = true;
	if (!changed)
		ui_say(u, by < 0 ? "nothing to undo" : "nothing to redo");
	else
		ui_say(u, "%s: step %d of %d", by < 0 ? "undone" : "done again", u->undo.at, u->undo.n - 1);
	return changed;
}

static unsigned act_undo(struct ui *u, const char *arg) { (void)arg; return undo(u, -1); }
static unsigned act_redo(struct ui *u, const char *arg) { (void)arg; return undo(u, 1); }

static unsigned act_filter(struct ui *u, const char *arg)
{
	struct err e = { 0 };
	if (ask(u, arg, "filter", "filters where: "))
		return 0;
	struct filter_expr *x = filter_expr_parse(arg, &e);
	if (!x) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	filter_expr_free(x);
	snprintf(u->s.expression, sizeof u->s.expression, "%.*s", (int)sizeof u->s.expression - 1, arg[strspn(arg, " ")] ? arg : "");
	return CHANGED_ORDER;
}

/* ---- what is shown ---- */

static unsigned act_percentile_less(struct ui *u, const char *arg) { (void)arg; return session_percentile(&u->s, u->s.percentile - 5); }
static unsigned act_percentile_more(struct ui *u, const char *arg) { (void)arg; return session_percentile(&u->s, u->s.percentile + 5); }

static unsigned act_percentile(struct ui *u, const char *arg)
{
	int64_t p;
	if (ask(u, arg, "percentile", "percentile (0 shows all): ") || !*arg || !number(u, arg, &p))
		return 0;
	return session_percentile(&u->s, p > 100 ? 100 : (int)p);
}

/* The list is sorted anew from its first row. */
static unsigned windows_by(struct windows *w, enum windows_sort sort, bool reverse)
{
	w->sort = sort;
	w->reverse = reverse;
	w->at = 0;
	w->sorted = -1;
	return CHANGED_LIST;
}

static unsigned act_sort(struct ui *u, const char *arg)
{
	bool windows = u->s.view == VIEW_WINDOWS;
	int now = windows ? (int)windows_next_sort(&u->windows) : (int)((u->s.sort + 1) % SORT_COUNT);
	if (arg && *arg)
		now = name_find(arg, windows ? windows_sort_names : sort_names, windows ? (int)WINDOWS_SORTS : (int)SORT_COUNT);
	if (now < 0 || (windows && now == WINDOWS_LABEL && !windows_labelled(&u->windows))) {
		ui_say(u, "nothing here is sorted by '%s'", arg);
		return 0;
	}
	return windows ? windows_by(&u->windows, (enum windows_sort)now, u->windows.reverse) : session_sort(&u->s, (enum sort)now, u->s.reverse);
}

static unsigned act_reverse(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->s.view == VIEW_WINDOWS)
		return windows_by(&u->windows, u->windows.sort, !u->windows.reverse);
	return session_sort(&u->s, u->s.sort, !u->s.reverse);
}

static unsigned act_cluster_colours(struct ui *u, const char *arg)
{
	(void)arg;
	u->s.cluster_colours = !u->s.cluster_colours;
	return CHANGED_LOOK;
}

static unsigned act_cluster_count(struct ui *u, const char *arg)
{
	int64_t k = 0;
	if (ask(u, arg, "cluster-count", "clusters (0: by the method): ") || (*arg && !number(u, arg, &k)))
		return 0;
	return session_clusters(&u->s, u->s.q.cluster_method, k > CLUSTER_FILTERS_MAX ? CLUSTER_FILTERS_MAX : (int)k);
}

static unsigned act_cluster_method(struct ui *u, const char *arg)
{
	static const char *const names[] = { [CLUSTER_KMEANS] = "k-means on the activations (the paper)",
					     [CLUSTER_DTW] = "dynamic time warping, complete linkage (the paper's own tool)" };
	enum cluster_method m = u->s.q.cluster_method == CLUSTER_KMEANS ? CLUSTER_DTW : CLUSTER_KMEANS;
	if (arg && !strcmp(arg, "kmeans"))
		m = CLUSTER_KMEANS;
	else if (arg && !strcmp(arg, "dtw"))
		m = CLUSTER_DTW;
	ui_say(u, "clusters by %s", names[m]);
	return session_clusters(&u->s, m, u->s.q.clusters);
}

static unsigned act_fold(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->s.view == VIEW_CLUSTERS && laid_out(u) && grid_fold(u))
		return CHANGED_LOOK;
	ui_say(u, "clusters fold in level 4");
	return 0;
}

static unsigned act_channel(struct ui *u, const char *arg)
{
	int most = (int)u->s.m->C - u->panel.channels;
	(void)arg;
	u->s.channel = u->s.channel < most ? u->s.channel + 1 : 0;
	return CHANGED_LOOK;
}

static unsigned act_units(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->s.d->scale == SCALE_NONE && !u->s.d->stamp)
		ui_say(u, "values are not scaled");
	u->s.raw_units = !u->s.raw_units;
	return CHANGED_LOOK;
}

static unsigned zoom(struct ui *u, int by)
{
	int z = u->s.zoom + by;
	u->s.zoom = z < -4 ? -4 : z > 6 ? 6 : z;
	return CHANGED_LOOK;
}

static unsigned act_larger(struct ui *u, const char *arg) { (void)arg; return zoom(u, 1); }
static unsigned act_smaller(struct ui *u, const char *arg) { (void)arg; return zoom(u, -1); }

static unsigned act_glyphs(struct ui *u, const char *arg)
{
	struct err e;
	if (!arg || !*arg)
		u->glyph_set = (u->glyph_set + 1) % GLYPHS_COUNT;
	else if (glyphs_parse(&u->glyph_set, arg, &e) < 0)
		ui_say(u, "%s", e.text);
	u->g = glyphs_of(u->glyph_set);
	u->canvas.ellipsis = u->g->ellipsis;
	return CHANGED_LOOK;
}

static unsigned act_theme(struct ui *u, const char *arg)
{
	struct err e;
	if (!arg || !*arg)
		u->theme = u->theme == THEME_DARK ? THEME_LIGHT : THEME_DARK;
	else if (theme_parse(&u->theme, arg, &e) < 0)
		ui_say(u, "%s", e.text);
	return CHANGED_LOOK;
}

static unsigned act_keybar(struct ui *u, const char *arg)
{
	(void)arg;
	u->keybar = (u->keybar + 1) % KEYBARS;
	u->frame = layout_frame(u->canvas.w, u->canvas.h, u->keybar != KEYBAR_OFF);
	return CHANGED_LOOK;
}

/* ---- search ---- */

static bool contains(const char *s, const char *word)
{
	size_t n = strlen(word);
	for (; *s; s++)
		if (!strncasecmp(s, word, n))
			return true;
	return false;
}

static unsigned found_layer(struct ui *u, int i)
{
	struct session *s = &u->s;
	if (s->view == VIEW_NETWORK) {
		s->net_at = i;
		if (s->m->layer[i].kind == LAYER_ANALYSED)
			s->layer = i;
		return CHANGED_LAYER;
	}
	return session_layer(s, i);
}

static bool window_matches(const struct dataset *d, int64_t i, const char *word)
{
	int cls = dataset_class(d, i);
	return contains(dataset_stamp(d, i, 0), word) || (cls >= 0 && cls < d->n_class && contains(d->class_name[cls], word));
}

static unsigned search(struct ui *u, int step)
{
	struct session *s = &u->s;
	const char *word = s->search;
	if (!*word)
		return 0;
	if (s->view == VIEW_WINDOWS) {
		struct windows *w = &u->windows;
		for (int64_t i = 1; i <= w->n; i++) {
			int64_t at = (w->at + step * i % w->n + w->n) % w->n;
			if (window_matches(s->d, w->order[at], word)) {
				w->at = at;
				return CHANGED_LIST;
			}
		}
	} else if (*word == '#' && s->layer >= 0 && s->runs) {
		int64_t f;
		return number(u, word, &f) ? session_filter(s, f) : 0;
	} else {
		int n = s->m->n_layer, from = s->view == VIEW_NETWORK ? s->net_at : s->layer;
		for (int k = 1; k <= n; k++) {
			int i = ((from + step * k) % n + n) % n;
			bool here = s->view == VIEW_NETWORK || s->m->layer[i].kind == LAYER_ANALYSED;
			if (here && (contains(s->m->layer[i].name, word) || contains(s->m->layer[i].type, word)))
				return found_layer(u, i);
		}
	}
	ui_say(u, "'%s' is not here", word);
	return 0;
}

static unsigned act_search(struct ui *u, const char *arg)
{
	if (ask(u, arg, "search", "/") || !*arg)
		return 0;
	snprintf(u->s.search, sizeof u->s.search, "%.*s", (int)sizeof u->s.search - 1, arg);
	return search(u, 1);
}

static unsigned act_search_next(struct ui *u, const char *arg) { (void)arg; return search(u, 1); }
static unsigned act_search_previous(struct ui *u, const char *arg) { (void)arg; return search(u, -1); }

/* ---- program ---- */

static unsigned act_command(struct ui *u, const char *arg)
{
	char name[64];
	size_t n = 0;
	if (ask(u, arg, "command", ":"))
		return 0;
	while (*arg == ' ')
		arg++;
	while (arg[n] && arg[n] != ' ' && n + 1 < sizeof name)
		name[n] = arg[n], n++;
	name[n] = '\0';
	if (!n)
		return 0;
	const struct action *a = action_find(name);
	if (!a) {
		ui_say(u, "there is no action '%s'; Tab completes, ? lists them", name);
		return 0;
	}
	while (arg[n] == ' ')
		n++;
	return action_run(u, a, arg[n] ? arg + n : NULL);
}

/* ---- export ---- */

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n > m && !strcmp(s + n - m, end);
}

/* The numbers that the view is about: the filter's, the layer's, or the window. */
static bool numbers_seen(const struct ui *u, struct export_numbers *n, char *name, size_t size)
{
	const struct session *s = &u->s;
	n->name = name;
	if (s->view == VIEW_NETWORK || s->layer < 0) {
		*n = (struct export_numbers){ name, 2, { s->m->T, s->m->C }, { "step", "channel" }, { NULL }, u->scene.input };
		snprintf(name, size, "window %lld", (long long)s->q.window);
		return u->scene.input != NULL;
	}
	const struct rows *r = &u->scene.rows[s->layer];
	int f = s->filter[s->layer];
	snprintf(name, size, "%s activation, window %lld", session_layer_now(s)->name, (long long)s->q.window);
	if (s->view == VIEW_FILTER)
		*n = (struct export_numbers){ name, 1, { r->times }, { "step" }, { NULL }, rows_series(r, f).v };
	else
		*n = (struct export_numbers){ name, 2, { r->F, r->times }, { "filter", "step" }, { NULL }, r->numbers->act };
	return n->v != NULL;
}

static void dump_seen(void *arg, FILE *f)
{
	struct ui *u = arg;
	u->view->dump(u, f);
}

static unsigned act_export(struct ui *u, const char *arg)
{
	const struct export_ops *ops = u->options->export;
	struct export_numbers n;
	struct err e = { 0 };
	char name[256];
	int code;
	if (!ops) {
		ui_say(u, "nothing can be written from here");
		return 0;
	}
	if (ask(u, arg, "export", "to file (.svg .txt .npy .csv .json): ") || !*arg)
		return 0;
	if (ends(arg, ".svg")) {
		struct export_look look = { u->theme, u->clusters_drawn, u->s.m->file };
		ui_update(u);
		ui_draw(u);
		code = ops->screen(arg, &u->canvas, &look, &e);
	} else if (ends(arg, ".txt")) {
		ui_update(u);
		code = ops->text(arg, dump_seen, u, &e);
	} else if (!numbers_seen(u, &n, name, sizeof name)) {
		code = err_set(&e, ERR_VALUE, "there are no numbers to write yet");
	} else {
		code = ops->numbers(arg, &n, &e);
	}
	if (code < 0)
		ui_say(u, "%s", e.text);
	else
		ui_say(u, "written: %s", arg);
	return CHANGED_MESSAGE;
}

static unsigned act_copy(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	bool filter = s->view != VIEW_NETWORK && s->layer >= 0 && s->view <= VIEW_FILTER && u->scene.rows[s->layer].loaded;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	(void)arg;
	if (!f)
		return 0;
	if (filter) {
		struct series v = rows_series(&u->scene.rows[s->layer], s->filter[s->layer]);
		for (int64_t t = 0; t < v.n; t++)
			fprintf(f, "%.9g\n", (double)v.v[t]);
		ui_say(u, "%s #%d: %lld values copied", session_layer_now(s)->name, s->filter[s->layer], (long long)v.n);
	} else {
		u->view->dump(u, f);
	}
	fclose(f);
	if (!filter)
		ui_say(u, "this view copied as text, %zu bytes", size);
	free(u->copied);
	u->copied = text;
	return CHANGED_MESSAGE;
}

static unsigned act_save_settings(struct ui *u, const char *arg)
{
	static const char *const colours[] = { [THEME_DARK] = "dark", [THEME_LIGHT] = "light" };
	struct browse_setting v[] = {
		{ "glyphs", u->g->name }, { "theme", colours[u->theme] },
		{ "importance", importance_measures[u->s.q.measure].name }, { "method", saliency_methods[u->s.q.method].name },
	};
	struct err e = { 0 };
	(void)arg;
	if (!u->options->save_settings)
		ui_say(u, "settings cannot be kept here");
	else if (u->options->save_settings(v, (int)(sizeof v / sizeof *v), &e) < 0)
		ui_say(u, "%s", e.text);
	else
		ui_say(u, "glyphs, theme, importance and method are kept for the next time");
	return CHANGED_MESSAGE;
}

static unsigned act_reload(struct ui *u, const char *arg)
{
	const struct browse_options *o = u->options;
	const struct model *m = u->s.m;
	const struct dataset *d = u->s.d;
	struct err e = { 0 };
	(void)arg;
	if (!o->reload) {
		ui_say(u, "this model cannot be read again");
		return 0;
	}
	if (o->reload(o->ctx, &m, &d, &e) < 0) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	int chosen = u->s.marks.n + u->s.q.off.n;
	bool pinned = u->pin.on;
	ui_reload(u, m, d);
	chosen -= u->s.marks.n + u->s.q.off.n;
	if (chosen)
		ui_say(u, "read again; %d marked or switched-off filters are gone%s", chosen, pinned ? "; unpinned" : "");
	else
		ui_say(u, "read again%s", pinned ? "; unpinned" : "");
	return CHANGED_ALL;
}

static unsigned act_cancel(struct ui *u, const char *arg)
{
	(void)arg;
	if (!u->s.highlight)
		return CHANGED_MESSAGE;
	u->s.highlight = HIGHLIGHT_OFF;
	return CHANGED_TIME;
}

static unsigned act_redraw(struct ui *u, const char *arg) { (void)arg; u->redraw = true; return CHANGED_MESSAGE; }
static unsigned act_suspend(struct ui *u, const char *arg) { (void)arg; u->suspend = true; return 0; }
static unsigned act_quit(struct ui *u, const char *arg) { (void)arg; u->quit = true; return 0; }

static unsigned act_quit_view(struct ui *u, const char *arg)
{
	unsigned changed = 0;
	(void)arg;
	if (!session_back(&u->s, &changed))
		u->quit = true;
	return changed;
}

/* ---- the table ---- */

const struct action actions[] = {
#define GROUP(title) { .help = title },
#define ACTION(name, keys, help, run, needs, affects) { name, keys, help, run, needs, affects },
#define MOVED (CHANGED_LAYER | CHANGED_FILTER | CHANGED_TIME | CHANGED_LIST)
#define CHOSEN (CHANGED_MARKS | CHANGED_VALUES | CHANGED_ORDER)
#include "ui/actions.def"
#undef ACTION
#undef GROUP
	{ 0 },
};

const struct action *action_of_key(int key)
{
	if (key == 8)
		key = KEYS_BACKSPACE;
	for (const struct action *a = actions; a->help; a++) {
		const char *k = a->keys;
		while (k && *k) {
			size_t n = strcspn(k, " ");
			if (key_parse(k, n) == key)
				return a;
			k += n + strspn(k + n, " ");
		}
	}
	return NULL;
}

const struct action *action_of_user_key(const struct ui *u, int key)
{
	for (int i = u->options->n_bind - 1; i >= 0; i--)
		if (u->options->bind[i].key == key)
			return action_find(u->options->bind[i].action);
	return action_of_key(key);
}

const struct action *action_find(const char *name)
{
	for (const struct action *a = actions; a->help; a++)
		if (a->name && !strcmp(a->name, name))
			return a;
	return NULL;
}

unsigned action_run(struct ui *u, const struct action *a, const char *arg)
{
	const struct session *s = &u->s;
	bool filters = s->view == VIEW_LAYERS || s->view == VIEW_GRID || s->view == VIEW_CLUSTERS || s->view == VIEW_FILTER;
	if ((a->needs & NEED_DATA) && !s->runs)
		ui_say(u, s->m->n_unsupported ? "%s: the model cannot be run: %s" : "%s: needs data (tsviz MODEL DATA)", a->name,
		       s->m->n_unsupported ? s->m->unsupported : "");
	else if ((a->needs & NEED_LAYER) && s->layer < 0)
		ui_say(u, "%s: no layer of this model has filters", a->name);
	else if ((a->needs & NEED_FILTER) && (!filters || s->layer < 0 || s->filter[s->layer] < 0))
		ui_say(u, "%s: select a filter first (2, 3, 4 or Enter)", a->name);
	else {
		unsigned changed = a->run(u, arg);
		assert(!(changed & ~a->affects));
		return changed;
	}
	return 0;
}

void browse_bindings_print(FILE *f)
{
	for (const struct action *a = actions; a->help; a++)
		if (a->name)
			fprintf(f, "%-18s %-18s %s\n", a->name, a->keys, a->help);
		else
			fprintf(f, "%s%s\n", a == actions ? "" : "\n", a->help);
}
