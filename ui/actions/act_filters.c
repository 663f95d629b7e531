/* Actions on chosen filters: marked, switched off, done again and undone. */
#include "ui/actions/act.h"

#include <string.h>
#include "ui/state/format.h"

static void before_switch(struct ui *u)
{
	predicted_format(u, u->before, sizeof u->before);
}

unsigned act_switch(struct ui *u, const char *arg)
{
	(void)arg;
	before_switch(u);
	unsigned changed = session_switch(&u->s);
	int f = u->s.filter[u->s.layer];
	snprintf(u->switched, sizeof u->switched, "%s #%d %s", session_layer_now(&u->s)->name, f,
	         filter_set_has(&u->s.q.off, u->s.layer, f) ? "off" : "on");
	return changed;
}

unsigned act_mark(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	int f = s->filter[s->layer];
	(void)arg;
	s->marked_last = (struct filter_id){ s->layer, f };
	if (u->view->mark && u->view->mark(u)) {
		/* behind the last group comes the first, so that marking on never takes a mark back at once */
		unsigned moved = action_move(u, MOVE_RIGHT);
		return CHANGED_MARKS | (moved ? moved : action_move(u, MOVE_FIRST));
	}
	filter_set_put(&s->marks, s->layer, f, !filter_set_has(&s->marks, s->layer, f));
	return CHANGED_MARKS | action_move(u, u->view->filters_below ? MOVE_DOWN : MOVE_RIGHT);
}

/* Marks what the percentile hides in a layer whose importance is known. Returns how many. */
static int mark_below(struct ui *u, int layer)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	int n = 0;
	for (int f = 0; f < r->F; f++)
		if (!r->shown[f] && !filter_set_has(&u->s.marks, layer, f)) {
			filter_set_put(&u->s.marks, layer, f, true);
			n++;
		}
	return n;
}

/* "all": of all layers. */
unsigned act_mark_below(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	bool all = arg && !strcmp(arg, "all");
	int n = 0, unknown = 0;
	if (arg && *arg && !all) {
		ui_say(u, "mark-below '%s': nothing, or all for all layers", arg);
		return 0;
	}
	for (int i = 0; i < s->n_column; i++) {
		const struct rows *r = &u->scene.rows[s->column[i]];
		if (!all && s->column[i] != s->layer)
			continue;
		if (r->loaded && !r->stale && r->importance)
			n += mark_below(u, s->column[i]);
		else
			unknown++;
	}
	if (unknown)
		ui_say(u, "%d marked; the importance of %d layer%s is not known yet: level 2 computes it", n, unknown,
		       unknown == 1 ? "" : "s");
	else
		ui_say(u, "%d filter%s below percentile %d marked; D switches the marked off", n, n == 1 ? "" : "s",
		       s->percentile);
	return n ? CHANGED_MARKS : 0;
}

unsigned act_clear_marks(struct ui *u, const char *arg)
{
	(void)arg;
	ui_say(u, u->s.marks.n == 1 ? "%d mark cleared" : "%d marks cleared", u->s.marks.n);
	u->s.marks.n = 0;
	return CHANGED_MARKS;
}

unsigned act_switch_marked(struct ui *u, const char *arg)
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
	return CHANGED_SWITCHES;
}

unsigned act_switch_clear(struct ui *u, const char *arg)
{
	(void)arg;
	if (!u->s.q.off.n) {
		ui_say(u, "no filter is off");
		return 0;
	}
	before_switch(u);
	snprintf(u->switched, sizeof u->switched, "all %d filters on again", u->s.q.off.n);
	u->s.q.off.n = 0;
	return CHANGED_SWITCHES;
}

static unsigned undo(struct ui *u, int by)
{
	char what[80];
	unsigned changed = undo_step(&u->undo, &u->s, &u->pin, by, what, sizeof what);
	u->undone = true;
	if (changed & CHANGED_WINDOW)
		u->windows.at = windows_place(&u->windows, u->s.q.window);
	if (!changed)
		ui_say(u, by < 0 ? "nothing to undo" : "nothing to redo");
	else
		ui_say(u, "%s: %s (step %d of %d)", by < 0 ? "undone" : "done again", what, u->undo.at, u->undo.n - 1);
	return changed;
}

unsigned act_undo(struct ui *u, const char *arg)
{
	(void)arg;
	return undo(u, -1);
}
unsigned act_redo(struct ui *u, const char *arg)
{
	(void)arg;
	return undo(u, 1);
}

/* In the list of windows: the group whose windows are listed. */
static unsigned filter_windows(struct ui *u, const char *arg)
{
	if (action_ask(u, arg, "filter", "windows of group (empty: all): "))
		return 0;
	arg += strspn(arg, " ");
	if (windows_filter(&u->windows, arg))
		return CHANGED_LIST;
	ui_say(u, "no group has '%s' in its name", arg);
	return 0;
}

unsigned act_filter(struct ui *u, const char *arg)
{
	struct err e = { 0 };
	if (u->s.view == VIEW_WINDOWS && windows_grouped(&u->windows))
		return filter_windows(u, arg);
	if (u->s.view == VIEW_WINDOWS && !arg) {
		ui_say(u, "these windows have no groups; & chooses filters in the views that show them");
		return 0;
	}
	if (u->view->where)
		return action_ask(u, arg, "filter", "events where: ") ? 0 : u->view->where(u, arg);
	if (action_ask(u, arg, "filter", "filters where: "))
		return 0;
	struct filter_expr *x = filter_expr_parse(arg, &u->scene.channels, &e);
	if (!x) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	filter_expr_free(x);
	snprintf(u->s.expression, sizeof u->s.expression, "%.*s", (int)sizeof u->s.expression - 1,
	         arg[strspn(arg, " ")] ? arg : "");
	return CHANGED_ORDER;
}
