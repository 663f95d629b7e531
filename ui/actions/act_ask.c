/* Actions: which window, and what is asked of the model. */
#include "ui/actions/act.h"

#include <stdio.h>
#include <string.h>
#include "ui/state/format.h"

/* ---- the window ---- */

/* The cursor of the list of windows goes along. */
static unsigned window_to(struct ui *u, int64_t i)
{
	int64_t was = u->s.q.window;
	unsigned changed = session_window(&u->s, i);
	if (u->s.q.window != was)
		u->windows.at = windows_place(&u->windows, u->s.q.window);
	return changed;
}

/* The edited version of a window stands behind it. */
static unsigned window_by(struct ui *u, int64_t step)
{
	struct session *s = &u->s;
	int64_t was = s->q.window;
	const struct edited *here = edits_find(&s->edits, was), *before = edits_find(&s->edits, was - 1);
	if (step == 1 && here && !s->q.edited)
		return session_edit(s, here);
	if (step == -1 && s->q.edited)
		return session_window(s, was);
	unsigned changed = window_to(u, was + step);
	if (step == -1 && before)
		changed |= session_edit(s, before);
	if (s->q.window != was)
		return changed;
	ui_say(u, step < 0 ? "this is the first window" : "this is the last window");
	return 0;
}

unsigned act_window_previous(struct ui *u, const char *arg)
{
	(void)arg;
	return window_by(u, -1);
}
unsigned act_window_next(struct ui *u, const char *arg)
{
	(void)arg;
	return window_by(u, 1);
}
unsigned act_window_back(struct ui *u, const char *arg)
{
	(void)arg;
	return window_by(u, -10);
}
unsigned act_window_on(struct ui *u, const char *arg)
{
	(void)arg;
	return window_by(u, 10);
}

unsigned act_window(struct ui *u, const char *arg)
{
	int64_t i;
	if (action_ask(u, arg, "window", "window: ") || !*arg)
		return 0;
	char number[32];
	size_t n = strlen(arg);
	bool edited = arg[n - 1] == '*';
	snprintf(number, sizeof number, "%.*s", (int)(edited ? n - 1 : n), arg);
	if (!action_number(u, number, &i))
		return 0;
	if (i < 0 || i >= u->s.d->n) {
		ui_say(u, "there are windows 0 to %lld", (long long)u->s.d->n - 1);
		return 0;
	}
	const struct edited *e = edited ? edits_find(&u->s.edits, i) : NULL;
	if (edited && !e) {
		ui_say(u, "window %lld has not been edited; E edits the window that is shown", (long long)i);
		return 0;
	}
	unsigned changed = window_to(u, i);
	return e ? changed | session_edit(&u->s, e) : changed;
}

/* ---- what is asked ---- */

unsigned act_target(struct ui *u, const char *arg)
{
	struct target t = session_next_target(&u->s);
	struct err e;
	char b[TARGET_TEXT];
	if (arg && *arg && target_parse(&t, arg, u->s.m, u->s.q.task, &e) < 0) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	target_words(u, &t, b, sizeof b);
	ui_say(u, "target: %s", b);
	return session_target(&u->s, t);
}

unsigned act_measure(struct ui *u, const char *arg)
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

/* From here on the method is the one that leads. */
static unsigned method_follows(struct ui *u)
{
	char why[192];
	u->s.auto_method = AUTO_MEASURED;
	int i = truth_auto(&u->scene.truth, why, sizeof why);
	if (truth_of_set(&u->scene.truth))
		ui_say(u, "method auto: %s", why);
	else if (truth_is_costly(&u->scene.truth, u->s.m))
		ui_say(u, "method auto: %s; measuring takes long here: tsviz truth does it once",
		       saliency_methods[i].name);
	else
		ui_say(u, "method auto: %s while the methods are measured", saliency_methods[i].name);
	return session_method(&u->s, i);
}

unsigned act_method(struct ui *u, const char *arg)
{
	bool named = arg && *arg, automatic = named && !strcmp(arg, "auto");
	int i = automatic                               ? 0
	        : named                                 ? saliency_find(arg)
	        : truth_follows(&u->scene.truth, &u->s) ? 0
	                                                : u->s.q.method + 1;
	if (i < 0) {
		ui_say(u, "there is no saliency method '%s'", arg);
		return 0;
	}
	if (automatic || !saliency_methods[i].name)
		return method_follows(u);
	u->s.auto_method = AUTO_OFF;
	ui_say(u, "saliency %s: %s", saliency_methods[i].name, saliency_methods[i].formula);
	return session_method(&u->s, i);
}

unsigned act_truth(struct ui *u, const char *arg)
{
	(void)arg;
	u->scene.truth.insisted = true;
	if (truth_of_set(&u->scene.truth))
		ui_say(u, "the methods have been measured: view 7 shows it");
	else
		ui_say(u, "the methods are measured while you go on; view 7 says how far it is");
	return CHANGED_LIST;
}

unsigned act_baseline(struct ui *u, const char *arg)
{
	struct question *q = &u->s.q;
	int kinds = u->pin.on ? 3 : 2,
	    i = arg && *arg ? action_name(arg, baseline_names, kinds) : ((int)q->baseline + 1) % kinds;
	if (i < 0) {
		ui_say(u, "baseline '%s': there are zero, mean and, where one is pinned, window", arg);
		return 0;
	}
	q->baseline = (enum baseline)i;
	q->baseline_window = u->pin.q.window;
	if (q->baseline == BASELINE_WINDOW)
		ui_say(u, "baseline: window %lld (the pinned one)", (long long)q->baseline_window);
	else
		ui_say(u, "baseline: %s%s", baseline_names[q->baseline],
		       u->pin.on ? "" : "; a pinned window would be the third");
	return CHANGED_METHOD;
}

/* Where the marks are to be seen, as far as it is not here. */
static const char *highlight_elsewhere(const struct session *s)
{
	if (s->view == VIEW_GRID || s->view == VIEW_CLUSTERS)
		return "; level 2 and the filter view show it";
	return s->view == VIEW_FILTER && s->highlight == HIGHLIGHT_FORWARD ? "; level 2 shows the later layers" : "";
}

unsigned act_highlight(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	long long t = (long long)s->time[s->layer];
	int f = s->filter[s->layer];
	(void)arg;
	if (t < 0) {
		ui_say(u, "the values of %s are not known yet", session_layer_now(s)->name);
		return 0;
	}
	s->highlight = (s->highlight + 1) % HIGHLIGHTS;
	if (s->highlight == HIGHLIGHT_OFF)
		ui_say(u, "highlighting off");
	else if (s->highlight == HIGHLIGHT_BACK)
		ui_say(u, "marked: what produced step %lld of #%d%s", t, f, highlight_elsewhere(s));
	else
		ui_say(u, "marked: what step %lld of #%d feeds%s", t, f, highlight_elsewhere(s));
	return CHANGED_TIME;
}

unsigned act_pin(struct ui *u, const char *arg)
{
	char number[32];
	(void)arg;
	if (pin_is(&u->pin, &u->s)) {
		undo_put_pin(&u->undo, &u->pin);
		ui_say(u, "unpinned");
		return CHANGED_LOOK;
	}
	undo_put_pin(&u->undo, &u->pin);
	pin_set(&u->pin, &u->s);
	undo_name_pin(&u->undo, &u->pin);
	ui_say(u, "window %s pinned%s; P compares", window_format(&u->s.q, number, sizeof number),
	       u->s.q.off.n ? " with its filters off" : "");
	return CHANGED_LOOK;
}
