/* Actions: what is shown, and how. */
#include "ui/actions/act.h"

#include <string.h>
#include "core/probe/cluster.h"
#include "core/base/words.h"
#include "ui/actions/settings.h"

unsigned act_percentile_less(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->view->step)
		return u->view->step(u, -1);
	return session_percentile(&u->s, u->s.percentile - 5);
}
unsigned act_percentile_more(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->view->step)
		return u->view->step(u, 1);
	return session_percentile(&u->s, u->s.percentile + 5);
}

unsigned act_percentile(struct ui *u, const char *arg)
{
	int64_t p;
	if (action_ask(u, arg, "percentile", "percentile (0 shows all): ") || !*arg || !action_number(u, arg, &p))
		return 0;
	if (p < 0 || p > 100) {
		ui_say(u, "a percentile is 0 to 100");
		return 0;
	}
	return session_percentile(&u->s, (int)p);
}

unsigned act_all_windows(struct ui *u, const char *arg)
{
	static const char *const names[] = { "window", "all" };
	const struct scene *c = &u->scene;
	int now = arg && *arg ? action_name(arg, names, 2) : !u->s.all_windows;
	if (now < 0) {
		ui_say(u, "all-windows '%s': there are window and all", arg);
		return 0;
	}
	if (now && c->survey.failed)
		ui_say(u, "the survey of all windows failed");
	else if (now && c->survey.set && c->survey.fits && !survey_set_measures(c->survey.set, u->s.q.measure))
		ui_say(u, "%s was not surveyed: this window's is shown; M changes the measure",
		       importance_measures[u->s.q.measure].name);
	return session_all_windows(&u->s, now);
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

/* Filters have been switched since the list was sorted: it is sorted anew, by the same key. */
static bool sort_held(const struct ui *u)
{
	return u->s.view != VIEW_WINDOWS && u->s.layer >= 0 && u->scene.rows[u->s.layer].held;
}

unsigned act_sort(struct ui *u, const char *arg)
{
	bool windows = u->s.view == VIEW_WINDOWS;
	if (u->view->sort)
		return u->view->sort(u, arg && *arg ? arg : NULL);
	if (!arg && sort_held(u)) {
		ui_say(u, "sorted anew by %s", sort_names[u->s.sort]);
		return session_sort(&u->s, u->s.sort, u->s.reverse);
	}
	int now = windows ? (int)windows_next_sort(&u->windows) : (int)((u->s.sort + 1) % SORT_COUNT);
	if (arg && *arg)
		now = action_name(arg, windows ? windows_sort_names : sort_names,
		                  windows ? (int)WINDOWS_SORTS : (int)SORT_COUNT);
	if (now < 0 || (windows && !windows_has(&u->windows, (enum windows_sort)now))) {
		ui_say(u, "nothing here is sorted by '%s'", arg);
		return 0;
	}
	if (!windows && !u->view->has_filters)
		ui_say(u, "filters, as levels 2 to 4 list them, are sorted by %s", sort_names[now]);
	return windows ? windows_by(&u->windows, (enum windows_sort)now, u->windows.reverse)
	               : session_sort(&u->s, (enum sort)now, u->s.reverse);
}

unsigned act_reverse(struct ui *u, const char *arg)
{
	bool windows = u->s.view == VIEW_WINDOWS, now = windows ? u->windows.reverse : u->s.reverse;
	if (u->view->reverse && !arg)
		return u->view->reverse(u);
	if (!action_on_off(u, arg, &now))
		return 0;
	return windows ? windows_by(&u->windows, u->windows.sort, now) : session_sort(&u->s, u->s.sort, now);
}

unsigned act_cluster_colours(struct ui *u, const char *arg)
{
	return action_on_off(u, arg, &u->s.cluster_colours) ? CHANGED_LOOK : 0;
}

unsigned act_cluster_count(struct ui *u, const char *arg)
{
	int64_t k = 0;
	if (action_ask(u, arg, "cluster-count", "clusters (0: by the method): ") ||
	    (*arg && !action_number(u, arg, &k)))
		return 0;
	return session_clusters(&u->s, u->s.q.cluster_method, k > CLUSTER_FILTERS_MAX ? CLUSTER_FILTERS_MAX : (int)k);
}

unsigned act_cluster_method(struct ui *u, const char *arg)
{
	static const char *const names[] = { [CLUSTER_KMEANS] = "k-means on the activations (the paper)",
		                             [CLUSTER_DTW] =
		                                     "dynamic time warping, complete linkage (the paper's own tool)" };
	enum cluster_method m = u->s.q.cluster_method == CLUSTER_KMEANS ? CLUSTER_DTW : CLUSTER_KMEANS;
	int named = arg ? words_find(cluster_method_names, arg) : -1;
	if (named >= 0)
		m = (enum cluster_method)named;
	ui_say(u, "clusters by %s", names[m]);
	return session_clusters(&u->s, m, u->s.q.clusters);
}

static unsigned folded(struct ui *u, unsigned (*fold)(struct ui *u))
{
	unsigned changed = fold ? fold(u) : 0;
	if (!changed)
		ui_say(u, "clusters fold in level 4, pools in level 2, channels in the view of methods");
	return changed;
}

unsigned act_fold(struct ui *u, const char *arg)
{
	(void)arg;
	return folded(u, u->view->fold);
}

unsigned act_fold_all(struct ui *u, const char *arg)
{
	(void)arg;
	return folded(u, u->view->fold_all);
}

unsigned act_toggle(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->view->toggle)
		return u->view->toggle(u);
	ui_say(u, "there is nothing to choose between here");
	return 0;
}

unsigned act_column(struct ui *u, const char *arg)
{
	if (action_ask(u, arg, "column", "column of the filter table: ") || !*arg)
		return 0;
	int i = filter_fact_find(arg, strlen(arg));
	struct err e;
	if (i < 0 || !filter_fact_table[i].title) {
		session_columns(&u->s, arg, &e);
		ui_say(u, "%s", e.text);
		return 0;
	}
	u->s.table.columns ^= 1u << i;
	ui_say(u, "filter table: column %s %s", filter_fact_table[i].title,
	       u->s.table.columns & 1u << i ? "shown" : "hidden");
	return CHANGED_ORDER;
}

unsigned act_channel(struct ui *u, const char *arg)
{
	int most = (int)u->s.m->C - u->panel.channels;
	(void)arg;
	u->s.channel = u->s.channel < most ? u->s.channel + 1 : 0;
	return CHANGED_LOOK;
}

unsigned act_units(struct ui *u, const char *arg)
{
	int now = arg ? action_name(arg, unit_names, UNITS) : !u->s.raw_units;
	if (now < 0) {
		ui_say(u, "units '%s': there are scaled and raw", arg);
		return 0;
	}
	if (u->s.d->scale == SCALE_NONE && !u->s.d->stamp)
		ui_say(u, "values are not scaled");
	u->s.raw_units = now;
	return CHANGED_LOOK;
}

/* ---- the steps that are shown ---- */

/* Around the time cursor of the selected layer; in a model without one around the middle. */
static unsigned span_zoom(struct ui *u, int by)
{
	struct session *s = &u->s;
	int64_t T = s->m->T, at = s->shown.from + (s->shown.n ? s->shown.n : T) / 2;
	if (s->layer >= 0 && s->time[s->layer] >= 0 && session_layer_now(s)->times > 1)
		at = viewport_step(T, session_layer_now(s)->times, s->time[s->layer]);
	if (s->view == VIEW_EDIT)
		at = u->editor.at;
	if (viewport_zoom(&s->shown, T, at, by))
		return CHANGED_SPAN;
	ui_say(u, by > 0 ? "no fewer than %d steps are shown" : "all steps are shown", VIEWPORT_LEAST);
	return 0;
}

unsigned act_zoom(struct ui *u, const char *arg)
{
	(void)arg;
	return u->view->span ? u->view->span(u, SPAN_IN) : span_zoom(u, 1);
}
unsigned act_zoom_out(struct ui *u, const char *arg)
{
	(void)arg;
	return u->view->span ? u->view->span(u, SPAN_OUT) : span_zoom(u, -1);
}

unsigned act_zoom_all(struct ui *u, const char *arg)
{
	(void)arg;
	if (u->view->span)
		return u->view->span(u, SPAN_ALL);
	u->s.shown = (struct viewport){ 0 };
	return CHANGED_SPAN;
}

static unsigned span_move(struct ui *u, int by)
{
	struct session *s = &u->s;
	if (viewport_move(&s->shown, s->m->T, by * (s->shown.n + 1) / 2))
		return CHANGED_SPAN;
	ui_say(u, viewport_zoomed(&s->shown) ? "this is the end of the window" : "all steps are shown; < shows fewer");
	return 0;
}

unsigned act_earlier(struct ui *u, const char *arg)
{
	(void)arg;
	return u->view->span ? u->view->span(u, SPAN_EARLIER) : span_move(u, -1);
}
unsigned act_later(struct ui *u, const char *arg)
{
	(void)arg;
	return u->view->span ? u->view->span(u, SPAN_LATER) : span_move(u, 1);
}

/* ---- looks ---- */

static unsigned zoom(struct ui *u, int by)
{
	int z = u->s.zoom + by;
	u->s.zoom = z < -4 ? -4 : z > 6 ? 6 : z;
	return CHANGED_LOOK;
}

unsigned act_larger(struct ui *u, const char *arg)
{
	(void)arg;
	return zoom(u, 1);
}
unsigned act_smaller(struct ui *u, const char *arg)
{
	(void)arg;
	return zoom(u, -1);
}

unsigned act_glyphs(struct ui *u, const char *arg)
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

unsigned act_theme(struct ui *u, const char *arg)
{
	struct err e;
	if (!arg || !*arg)
		u->theme = u->theme == THEME_DARK ? THEME_LIGHT : THEME_DARK;
	else if (theme_parse(&u->theme, arg, &e) < 0)
		ui_say(u, "%s", e.text);
	return CHANGED_LOOK;
}

unsigned act_keybar(struct ui *u, const char *arg)
{
	int now = arg ? action_name(arg, keybar_names, KEYBARS) : ((int)u->keybar + 1) % KEYBARS;
	if (now < 0) {
		ui_say(u, "key bar '%s': there are keys, functions and hidden", arg);
		return 0;
	}
	u->keybar = (enum keybar)now;
	u->frame = layout_frame(u->canvas.w, u->canvas.h, u->keybar != KEYBAR_OFF);
	return CHANGED_LOOK;
}
