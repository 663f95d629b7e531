/* The two lines on top of every screen and the key bar below. */
#include "ui/parts/status.h"

#include <string.h>
#include "core/base/text.h"
#include "ui/actions/actions.h"
#include "ui/state/format.h"
#include "ui/parts/legend.h"
#include "ui/parts/standing.h"

enum { WIDE = 110 }; /* columns from which on the line of settings has whole words */

static bool narrow(const struct canvas *c)
{
	return c->w < 64;
}

/* Screens of this width name the levels, and of that width also heat-map, table and methods; others name only the view
 * that is shown. */
enum { NAMES_LEVELS = 100, NAMES_ALL = 150 };

/* The key of a view that the top of the screen lists; 0: none. */
static int tab_of(const struct view *v)
{
	return v->level ? v->level : v->tab;
}

/* One tab at x; the canvas NULL: nothing is drawn. Returns its width. */
static int tab(struct canvas *c, int x, int number, const char *title, bool on)
{
	char b[64];
	if (number && title)
		snprintf(b, sizeof b, on ? " %d %s " : " %d %s", number, title);
	else if (title)
		snprintf(b, sizeof b, " %s ", title);
	else
		snprintf(b, sizeof b, on ? " %d " : " %d", number);
	if (c)
		canvas_text(c, x, 0, -1, on ? S_TAB_ON : S_TAB, b);
	return text_width(b);
}

/* The tabs from..to without names, three and more as " 2..7". Returns their width. */
static int tabs_between(struct canvas *c, int x, int from, int to)
{
	char b[32];
	int begin = x;
	for (int k = from; k <= to && to - from < 2; k++)
		x += tab(c, x, k, NULL, false);
	if (to - from < 2)
		return x - begin;
	snprintf(b, sizeof b, " %d..%d", from, to);
	if (c)
		canvas_text(c, x, 0, -1, S_TAB, b);
	return x - begin + text_width(b);
}

/* The levels, heat-map, table, methods and record, and the view that is shown if it is none of them. Returns the width
 * of all.
 */
static int tabs(const struct ui *u, struct canvas *c, int x)
{
	const struct view *v = u->view;
	int from = x, w = u->canvas.w, without = 1, number;
	if (narrow(&u->canvas) && tab_of(v))
		return tab(c, x, tab_of(v), NULL, true);
	for (int i = 0; i < VIEW_COUNT && !narrow(&u->canvas); i++) {
		const struct view *one = u->views[i];
		if (!(number = tab_of(one)) || !(one == v || w >= NAMES_ALL || (w >= NAMES_LEVELS && one->level)))
			continue;
		x += tabs_between(c, x, without, number - 1);
		x += tab(c, x, number, one->title, one == v);
		without = number + 1;
	}
	if (!narrow(&u->canvas))
		x += tabs_between(c, x, without, TABS);
	if (!tab_of(v))
		x += tab(c, x, 0, v->title, true);
	return x - from;
}

static int tabs_width(const struct ui *u)
{
	return tabs(u, NULL, 0);
}

/* A name and its value, left out where they would pass the end. Returns where the next begins. */
static int pair(struct canvas *c, int x, int y, int end, const char *key, const char *value, unsigned style)
{
	int w = text_width(key) + (*key ? 1 : 0) + text_width(value);
	if (x + w > end)
		return x;
	if (*key)
		x += canvas_printf(c, x, y, -1, S_DIM, "%s ", key);
	return x + canvas_text(c, x, y, -1, style, value) + 2;
}

/* "(412th worst of 3950)" in at most `room` columns, or shorter; "" where a filter is off, since the rank is that of
 * the intact network. */
static void rank_text(const struct ui *u, int room, char *b, size_t size)
{
	const struct session *s = &u->s;
	char rank[64];
	bool known = s->runs && !session_changed(s) && !s->truth && (s->has_y || s->cls >= 0);
	b[0] = '\0';
	for (int of_all = 1; of_all >= 0 && known; of_all--)
		if (*rank_format(u, s->q.window, of_all, rank, sizeof rank) && text_width(rank) + 2 <= room) {
			snprintf(b, size, "(%s)", rank);
			return;
		}
}

/* The model's file, with the sign of a note about it. */
static const char *model_name(const struct ui *u, char *buf, size_t size)
{
	const struct session *s = &u->s;
	return noted_format(u, notes_about(s->notes, NOTE_MODEL, -1, -1, -1), s->m->file ? s->m->file : "model", buf,
	                    size);
}

static void window_line(const struct ui *u, struct canvas *c)
{
	const struct session *s = &u->s;
	char window[72] = "", y[64] = "", p[96] = "", rank[80], b[192];
	int end = c->w - tabs_width(u) - 1;
	if (s->runs) {
		char number[32], sign[40];
		bool noted = notes_about(s->notes, NOTE_WINDOW, -1, -1, s->q.window);
		noted_format(u, noted, window_format(&s->q, number, sizeof number), sign, sizeof sign);
		snprintf(window, sizeof window, "%s/%lld", sign, (long long)s->d->n - 1);
		truth_format(u, y, sizeof y);
		predicted_format(u, p, sizeof p);
	}
	rank_text(u, c->w, rank, sizeof rank);
	if (s->runs && narrow(c)) {
		char *cut = strchr(p, ' ');
		if (cut)
			*cut = '\0';
		int x = 1 + canvas_name(c, 1, 0, 7, S_TITLE, model_name(u, b, sizeof b)) + 1;
		x = pair(c, x, 0, end, "", window, S_TEXT) - 1;
		x = pair(c, x, 0, end, u->g->yhat, p, S_PREDICTED) - 1;
		x = pair(c, x, 0, end, "y", y, S_TRUE) - 1;
		pair(c, x, 0, end, "", rank, S_TEXT);
		tabs(u, c, c->w - tabs_width(u));
		return;
	}
	int rest = s->runs ? 7 + text_width(window) + 4 + text_width(y) + 2 + text_width(u->g->yhat) + 1 +
	                             text_width(p) + 4
	                   : 0;
	rank_text(u, end - 8 - rest, rank, sizeof rank);
	rest += *rank ? text_width(rank) - 1 : 0;
	int room = end - 1 - rest;
	int x = 1 + canvas_name(c, 1, 0, room > 8 ? room : 8, S_TITLE, model_name(u, b, sizeof b)) + 2;
	if (s->runs) {
		x = pair(c, x, 0, end, "window", window, S_TEXT);
		x = pair(c, x, 0, end, "y", y, S_TRUE);
		char *cut = strchr(p, ' ');
		if (cut && x + text_width(u->g->yhat) + 1 + text_width(p) > end)
			*cut = '\0'; /* the value is more than what is said of it */
		x = pair(c, x, 0, end, u->g->yhat, p, S_PREDICTED) - 1;
		pair(c, x, 0, end, "", rank, S_TEXT);
	} else {
		pair(c, x, 0, end, "", s->m->n_unsupported ? "architecture only" : "no data", S_WARN);
	}
	tabs(u, c, c->w - tabs_width(u));
}

/* The method with what its map depends on, and how far that is from adding up: "integrated from zero 64 steps, off 0.3
 * %". */
enum { SAY_STANDING = 1, SAY_BASELINE = 2, SAY_NOTE = 4, SAY_STEPS = 8 };
static void method_format(const struct ui *u, bool wide, unsigned say, char *b, size_t size)
{
	const struct question *q = &u->s.q;
	const struct saliency_method *m = &saliency_methods[q->method];
	const struct saliency_note *note = &u->scene.note;
	char place[32];
	size_t n = (size_t)snprintf(b, size, "%s%s", truth_follows(&u->scene.truth, &u->s) ? "auto: " : "", m->name);
	if (say & SAY_STANDING && *standing_format(u, q->method, place, sizeof place))
		n += (size_t)snprintf(b + n, size - n, " (SRG %s)", place);
	if (m->baseline && q->baseline == BASELINE_WINDOW)
		n += (size_t)snprintf(b + n, size - n, " from %lld", (long long)q->baseline_window);
	else if (m->baseline && say & SAY_BASELINE)
		n += (size_t)snprintf(b + n, size - n, " from %s", baseline_names[q->baseline]);
	if (m->hides && q->series)
		n += (size_t)snprintf(b + n, size - n, " series");
	if (m->random)
		n += (size_t)snprintf(b + n, size - n, " seed %llu", (unsigned long long)q->seed);
	int layer;
	int64_t filter;
	scene_selected(&u->scene, &u->s, &layer, &filter);
	if (layer >= 0 && wide)
		n += (size_t)snprintf(b + n, size - n, " of filter");
	if (!u->scene.map)
		snprintf(b + n, size - n, " %s", wide ? "(at work)" : "..");
	else if (layer < 0 && !(u->scene.map_max > 0))
		snprintf(b + n, size - n, ": zero here");
	else if (note->residual == note->residual && note->steps > 0 && say & SAY_STEPS)
		snprintf(b + n, size - n, wide ? " %lld steps, off %.2g %%" : " %lld steps off %.2g%%",
		         (long long)note->steps, 100 * note->residual);
	else if (note->residual == note->residual && say & SAY_NOTE)
		snprintf(b + n, size - n, " off %.2g%%", 100 * note->residual);
}

/* The prediction with all filters on, what switching off changes, and how many are off. */
static int intact_line(const struct ui *u, struct canvas *c, int x, int end)
{
	const struct session *s = &u->s;
	const struct scene *q = &u->scene;
	char off[32] = "edited", was[96] = "", change[32] = "";
	if (s->q.off.n)
		snprintf(off, sizeof off, s->q.edited ? "edited, [%d off]" : "[%d off]", s->q.off.n);
	if (q->intact && q->intact->ask.filter == s->q.window && !q->window_stale && q->output)
		intact_format(u, was, sizeof was, change, sizeof change);
	if (*was && x + 7 + text_width(was) + 4 + text_width(change) + 2 + (int)strlen(off) <= end) {
		x = pair(c, x, 1, end, "intact", was, S_TEXT);
		x = pair(c, x, 1, end, u->glyph_set == GLYPHS_ASCII ? "d" : "Δ", change, S_WARN);
	}
	return pair(c, x, 1, end, "", off, S_WARN);
}

/* Of what importance is: "window", "3950 windows", and how far the survey is that is to give it: "survey 34 %". */
static void scope_format(const struct ui *u, bool wide, char *b, size_t size)
{
	const struct scene *q = &u->scene;
	if (scene_lacks(q, &u->s) && !u->view->compares)
		snprintf(b, size, wide ? "in this window (not surveyed)" : "window (not surveyed)");
	else if (u->view->compares || !scene_over_set(q, &u->s))
		snprintf(b, size, wide ? "in this window" : "window");
	else
		snprintf(b, size, wide ? "over all %lld windows" : "%lld windows",
		         (long long)q->survey.set->plan.windows);
}

static int importance_line(const struct ui *u, struct canvas *c, int x, int end, bool wide)
{
	const struct scene *q = &u->scene;
	bool over = !u->view->compares && scene_over_set(q, &u->s), going = q->survey.on && !q->survey.fits;
	char b[96], scope[64];
	scope_format(u, wide, scope, sizeof scope);
	const char *measure = importance_measures[u->s.q.measure].name;
	if (narrow(c) && !over)
		snprintf(b, sizeof b, scene_lacks(q, &u->s) ? "%s, window" : "%s", measure);
	else
		snprintf(b, sizeof b, "%s%s %s", measure, wide ? "" : ",", scope);
	x = pair(c, x, 1, end, wide ? "importance" : "imp", b,
	         over || scene_lacks(q, &u->s) ? (unsigned)S_WARN : (unsigned)S_TEXT);
	if (going && q->survey.failed)
		return pair(c, x, 1, end, "", "survey failed", S_WARN);
	if (!going || u->patient)
		return x;
	snprintf(b, sizeof b, "%.0f %%",
	         q->survey.total ? 100 * (double)q->survey.done / (double)q->survey.total : 0.0);
	return pair(c, x, 1, end, "survey", b, S_DIM);
}

/* As much of the method as has room: its standing is the last to give way, since the rest can be looked up. */
static int method_line(const struct ui *u, struct canvas *c, int x, int end, bool wide, bool steps)
{
	static const unsigned say[] = { SAY_STANDING | SAY_BASELINE | SAY_NOTE, SAY_STANDING | SAY_NOTE, SAY_STANDING,
		                        SAY_BASELINE | SAY_NOTE, 0 };
	char b[128];
	for (size_t i = 0; i < sizeof say / sizeof *say; i++) {
		method_format(u, wide, say[i] | (steps && !i ? SAY_STEPS : 0), b, sizeof b);
		int to = pair(c, x, 1, end, wide ? "saliency" : "sal", b, S_TEXT);
		if (to > x)
			return to;
	}
	return x;
}

/* How far the judge is that measures the methods. */
static int judge_line(const struct ui *u, struct canvas *c, int x, int end)
{
	const struct scene_truth_at *q = &u->scene.truth.at[0];
	char b[32];
	if (q->asked != TRUTH_MEASURED || q->ended || u->patient)
		return x;
	snprintf(b, sizeof b, "%.0f %%", q->total > 1 ? 100 * (double)q->done / (double)q->total : 0.0);
	return pair(c, x, 1, end, "truth", b, S_DIM);
}

/* The smaller network that is compared with: "pruned 50 % mse 0.0016, was 0.0015"; and how far the pruner is. */
static int prune_line(const struct ui *u, struct canvas *c, int x, int end)
{
	const struct pruned *q = u->s.pruned;
	const struct scene_prune *p = &u->scene.prune;
	char b[64];
	if (q)
		x = pair(c, x, 1, end, q->name, pruned_error_format(q, b, sizeof b), S_WARN);
	if (u->scene.counter.going && !u->patient)
		x = pair(c, x, 1, end, "", "looking for a counterfactual", S_DIM);
	if (!p->going || u->patient)
		return x;
	snprintf(b, sizeof b, "%.0f %%", p->total ? 100 * (double)p->done / (double)p->total : 0.0);
	return pair(c, x, 1, end, "prune", b, S_DIM);
}

/* Returns where it ends. */
static int setting_line(const struct ui *u, struct canvas *c, bool steps)
{
	const struct session *s = &u->s;
	char b[96];
	int x = 1, end = c->w;
	if (!s->runs) {
		snprintf(b, sizeof b, "%lld", (long long)s->m->params);
		x = pair(c, x, 1, end, "", s->m->format, S_TEXT);
		return pair(c, x, 1, end, "parameters", b, S_TEXT);
	}
	bool wide = c->w >= WIDE;
	target_words(u, &s->q.target, b, sizeof b);
	x = pair(c, x, 1, end, "target", b, S_TEXT);
	/* what the user has switched comes before what is as it always is */
	if (session_changed(s))
		x = intact_line(u, c, x, end);
	x = prune_line(u, c, x, end);
	x = importance_line(u, c, x, end, wide);
	if (!narrow(c)) {
		x = method_line(u, c, x, end, wide, steps);
		x = judge_line(u, c, x, end);
	}
	if (*s->expression && s->view != VIEW_WINDOWS) /* it is about filters */
		x = pair(c, x, 1, end, "&", s->expression, S_WARN);
	if (s->q.off.n && s->layer >= 0 && u->scene.rows[s->layer].held)
		x = pair(c, x, 1, end, "", "order held", S_DIM);
	if (s->highlight)
		x = pair(c, x, 1, end, "", s->highlight == HIGHLIGHT_BACK ? "traced back" : "traced on", S_WARN);
	snprintf(b, sizeof b, "%d", s->percentile);
	if (!u->panel.slider.h || !session_lists(s)) /* which says it, too */
		x = pair(c, x, 1, end, wide ? "percentile" : "pct", b, S_TEXT);
	if (u->view->sort_name)
		u->view->sort_name(u, b, sizeof b);
	else if (s->view == VIEW_WINDOWS)
		snprintf(b, sizeof b, "%s%s", windows_sort_names[u->windows.sort],
		         u->windows.reverse ? " reversed" : "");
	else
		snprintf(b, sizeof b, "%s%s", wide || s->sort != SORT_IMPORTANCE ? sort_names[s->sort] : "imp",
		         s->reverse ? " reversed" : "");
	x = pair(c, x, 1, end, "sort", b, S_TEXT);
	if (s->raw_units)
		x = pair(c, x, 1, end, "", "raw units", S_TEXT);
	double error = error_of(u, s->q.window, u->scene.output, s->has_y ? s->y : NULL, u->scene.loss);
	if (error == error) {
		char v[32];
		number_format(v, sizeof v, error, 8);
		x = pair(c, x, 1, end, error_name(u), v, S_TEXT);
	}
	return x;
}

/* The steps of a method stand there where nothing else gives way for them. */
static void settings_draw(const struct ui *u, struct canvas *c)
{
	struct rect row = { 0, 1, c->w, 1 };
	char without[96], with[96];
	bool wide = c->w >= WIDE;
	method_format(u, wide, SAY_STANDING | SAY_BASELINE | SAY_NOTE, without, sizeof without);
	method_format(u, wide, SAY_STANDING | SAY_BASELINE | SAY_NOTE | SAY_STEPS, with, sizeof with);
	int more = text_width(with) - text_width(without), x = setting_line(u, c, wide);
	if (wide || narrow(c) || more == 0 || x + more > c->w + 1)
		return;
	canvas_fill(c, row, ' ', S_TEXT);
	if (setting_line(u, c, true) == x + more)
		return;
	canvas_fill(c, row, ' ', S_TEXT);
	setting_line(u, c, false);
}

/* A key as the bar names it: "Enter", "Bksp", "F1", "x". */
static void key_label(int key, char *buf, size_t size)
{
	key_format(key, buf, size);
	if (key == KEYS_BACKSPACE)
		snprintf(buf, size, "Bksp");
	else if (buf[0] && buf[1] && buf[0] >= 'a' && buf[0] <= 'z')
		buf[0] = (char)(buf[0] - 'a' + 'A');
}

/* One hint of a view, "larger,smaller:size": the first key of each action, and the label. False: one of the actions has
 * no key. */
static bool hint_format(const struct ui *u, const char *hint, size_t n, char *keys, char *label, size_t size)
{
	size_t names = strcspn(hint, ": "), at = 0;
	for (size_t i = 0, len; i < names; i += len + 1) {
		char name[64], key[16];
		len = strcspn(hint + i, ",: ");
		snprintf(name, sizeof name, "%.*s", (int)len, hint + i);
		const struct action *a = action_find(name);
		int k = a ? action_key(u, a, 0) : 0;
		if (!k)
			return false;
		key_label(k, key, sizeof key);
		at += (size_t)snprintf(keys + at, at < size ? size - at : 0, "%s%s", i ? " " : "", key);
	}
	if (names < n)
		snprintf(label, size, "%.*s", (int)(n - names - 1), hint + names + 1);
	else
		snprintf(label, size, "%.*s", (int)n, hint);
	for (char *s = label; *s; s++)
		*s = *s == '_' ? ' ' : *s;
	return true;
}

/* Writes one hint at x if it ends before `end`. Returns where the next one begins. */
static int hint_draw(const struct ui *u, struct canvas *c, const char *hint, size_t n, int x, int y, int end)
{
	char keys[64], label[64];
	if (!hint_format(u, hint, n, keys, label, sizeof keys) || x + text_width(keys) + 1 + text_width(label) > end)
		return x;
	x += canvas_text(c, x, y, -1, S_KEY, keys) + 1;
	return x + canvas_text(c, x, y, -1, S_DIM, label) + 2;
}

static int hint_width(const struct ui *u, const char *hint)
{
	char keys[64], label[64];
	if (!hint_format(u, hint, strlen(hint), keys, label, sizeof keys))
		return 0;
	return text_width(keys) + 1 + text_width(label) + 2;
}

/* The view's hints, those that fit. What every view has stands at the right end: help, and the key that leads back or
 * ends the program. */
static void keybar_draw(const struct ui *u, struct canvas *c, int y)
{
	const char *always[] = { u->s.view == VIEW_HELP ? "help:all_keys" : "help",
		                 session_leaves(&u->s) ? "quit-view:back" : "quit-view:quit" };
	int x = 1, right = c->w + 1;
	for (int i = 0; i < 2; i++)
		right -= hint_width(u, always[i]);
	size_t n;
	for (const char *h = u->view->hints; h && *h; h += n + strspn(h + n, " ")) {
		n = strcspn(h, " ");
		x = hint_draw(u, c, h, n, x, y, right - 1);
	}
	for (int i = 0; i < 2; i++)
		right = hint_draw(u, c, always[i], strlen(always[i]), right, y, c->w);
}

/* F1 to F10 as in htop: the first word of the action's name; all ten fit 80 columns. */
static void functions_draw(const struct ui *u, struct canvas *c, int y)
{
	int x = 0;
	for (int i = 0; i < 10; i++) {
		const struct action *a = action_of_user_key(u, KEYS_F1 + i);
		if (!a || x + 3 + (int)strcspn(a->name, "-") > c->w)
			continue;
		x += canvas_printf(c, x, y, -1, S_KEY, "F%d", i + 1);
		x += canvas_printf(c, x, y, -1, S_DIM | STYLE_REVERSE, "%.*s", (int)strcspn(a->name, "-"), a->name);
	}
}

void status_draw(const struct ui *u, struct canvas *c)
{
	window_line(u, c);
	settings_draw(u, c);
	int y = c->h - 1;
	if (u->message[0]) {
		canvas_fill(c, (struct rect){ 0, y, c->w, 1 }, ' ', S_TEXT);
		canvas_text(c, 1, y, c->w - 1, S_WARN, u->message);
	} else if (u->keybar == KEYBAR_FUNCTIONS) {
		functions_draw(u, c, y);
	} else if (u->keybar == KEYBAR_KEYS) {
		keybar_draw(u, c, y);
	}
}

static bool noted(const struct ui *u)
{
	return notes_n(u->s.notes) > 0;
}

static bool has_truth(const struct ui *u)
{
	return u->s.runs && (u->s.has_y || u->s.cls >= 0);
}
static bool runs(const struct ui *u)
{
	return u->s.runs;
}
static bool surveyed(const struct ui *u)
{
	return u->scene.survey.on && !u->scene.survey.fits;
}
static bool judged(const struct ui *u)
{
	return u->scene.truth.at[0].asked == TRUTH_MEASURED && !u->scene.truth.at[0].ended;
}
static bool pruning(const struct ui *u)
{
	return u->scene.prune.going;
}
static bool is_pruned(const struct ui *u)
{
	return u->s.pruned != NULL;
}
static bool measured(const struct ui *u)
{
	return truth_of_set(&u->scene.truth) != NULL;
}
static bool follows(const struct ui *u)
{
	return truth_follows(&u->scene.truth, &u->s);
}
static bool is_wide(const struct ui *u)
{
	return u->s.runs && u->canvas.w >= WIDE;
}
static bool architecture_only(const struct ui *u)
{
	return !u->s.runs;
}

const struct legend legend_top[] = {
	{ .text = "The two lines at the top" },
	SEEN("window 3/99", "number of the window and of the last one; windows are counted from 0", .when = runs),
	SEEN("{note}",
	     "there is a note about it: behind the file, the window, a layer, a cluster; of a filter before its number",
	     .when = noted),
	SEEN("y", "true value or class of this window; values are scaled as the network has them, X shows raw units",
	     .style = S_TRUE, .when = has_truth),
	SEEN("{yhat}", "predicted value or class; behind a class its probability", .when = runs),
	SEEN("(3rd worst)",
	     "the place of this window among all windows by its error; where a filter is off it is not said",
	     .when = has_truth),
	SEEN("1 2 3 4 5 6 7 8",
	     "views, each by its key: four levels, heat-map, table, methods, record; the name is of the view that is "
	     "shown",
	     .style = S_TAB),
	SEEN("target", "what is explained: an output, their sum, the class, or the loss", .style = S_DIM, .when = runs),
	SEEN("imp, importance", "the measure by which filters are ranked, in this window or over all windows",
	     .style = S_DIM, .when = runs),
	SEEN("not surveyed", "the survey has no ablation: tsviz survey --ablation N -o s.json, then --survey s.json",
	     .style = S_WARN),
	SEEN("3950 windows", "importance, order and clusters are those over all windows; * changes to this window",
	     .style = S_WARN, .when = runs),
	SEEN("survey 34 %", "how much of the windows is surveyed", .style = S_DIM, .when = surveyed),
	SEEN("sal, saliency", "the method that says how much each point of the input matters", .style = S_DIM,
	     .when = runs),
	SEEN("(SRG best of 11)",
	     "the place of the method by SRG, which tsviz truth measures: how well its map says which points matter to "
	     "this "
	     "model, over windows of the whole set",
	     .when = measured),
	SEEN("auto:", "the method follows the standing; m goes to the default and then to each method",
	     .when = follows),
	SEEN("truth 34 %", "how far measuring the methods is", .style = S_DIM, .when = judged),
	SEEN("pruned 50 %",
	     "a smaller, repaired network, with which P compares: its error, or accuracy, over the windows that are "
	     "held "
	     "out, and that of this network; :w FILE.onnx saves it",
	     .style = S_DIM, .when = is_pruned),
	SEEN("prune 34 %", "how far making a smaller network is; :prune stop ends it", .style = S_DIM, .when = pruning),
	SEEN("of filter", "the saliency is that of the selected filter, not that of the target", .style = S_DIM,
	     .when = is_wide),
	SEEN("zero here",
	     "the method gives no step of this window any saliency; Grad-CAM: nothing contributes positively",
	     .when = runs),
	SEEN("off 2%", "how far the method's map is from adding up to the output", .when = runs),
	SEEN("pct, percentile",
	     "only filters above this percentile of importance are listed; the others are dim or hidden",
	     .style = S_DIM, .when = runs),
	SEEN("sort", "by what the lists are sorted", .style = S_DIM, .when = runs),
	SEEN("error, loss",
	     "of this window: the root mean square; of a classifier its loss, a cross-entropy; of steps the wrong "
	     "share",
	     .style = S_DIM, .when = has_truth),
	SEEN("& imp>0.5", "only filters for which this holds are listed", .style = S_WARN, .when = runs),
	SEEN("2 off", "so many filters are switched off", .style = S_WARN, .when = runs),
	SEEN("order held", "filters keep their places while filters are switched; s sorts anew", .style = S_DIM,
	     .when = runs),
	SEEN("traced back, on", "the points that produced, or are fed by, the value under the cursor are marked",
	     .style = S_WARN, .when = runs),
	SEEN("parameters", "numbers that training has found; the model has no data here, so nothing is computed",
	     .style = S_DIM, .when = architecture_only),
	SEEN("{ellipsis}", "text that is cut, or a number that is not computed yet", .style = S_DIM),
	{ 0 },
};
