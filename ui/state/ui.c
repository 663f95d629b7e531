#include "ui/state/ui.h"

#include <langinfo.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/base/text.h"
#include "ui/state/format.h"

static const double FRAME =
        0.006; /* how long a screen waits for numbers: with drawing a key is answered within 16 ms */

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const struct view *view_find(const struct ui *u, const char *name)
{
	for (int i = 0; i < VIEW_COUNT; i++)
		if (!strcmp(u->views[i]->name, name))
			return u->views[i];
	return NULL;
}

void ui_say(struct ui *u, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(u->message, sizeof u->message, fmt, ap);
	va_end(ap);
}

void ui_changed(struct ui *u, unsigned changed)
{
	if (!changed)
		return;
	u->pending |= changed;
	scene_changed(&u->scene, &u->s, changed);
}

unsigned ui_edited_beside(struct ui *u, const struct edited *e)
{
	session_window(&u->s, e->window);
	undo_put_pin(&u->undo, &u->pin);
	pin_set(&u->pin, &u->s);
	undo_name_pin(&u->undo, &u->pin);
	u->windows.at = windows_place(&u->windows, e->window);
	return session_edit(&u->s, e) | CHANGED_LOOK | CHANGED_METHOD;
}

static bool begin(struct ui *u)
{
	struct session *s = &u->s;
	windows_init(&u->windows, s->m, s->runs ? s->d : NULL, s->q.task);
	bool ok = scene_init(&u->scene, s, &u->windows);
	u->scene.survey.source = u->options->survey;
	u->scene.survey.always = u->options->surveys;
	u->scene.truth.source = u->options->truths;
	u->scene.truth.look = u->options->surveys && s->auto_method != AUTO_OFF;
	u->scene.pin = &u->pin; /* the next key may release it, before the next update */
	for (int i = 0; i < VIEW_COUNT; i++)
		u->data[i] = xcalloc(1, u->views[i]->size + 1);
	if (s->q.edited)
		session_truth(s);
	else
		session_window(s, s->q.window);
	scene_changed(&u->scene, s, CHANGED_ALL);
	undo_init(&u->undo, s);
	u->editor = (struct editor){ .channel = EDIT_ALL };
	u->last = (struct last_place){ 0 };
	return ok;
}

static void end(struct ui *u)
{
	scene_release(&u->scene);
	windows_release(&u->windows);
	undo_release(&u->undo);
	editor_release(&u->editor);
	pin_release(&u->pin);
	pin_release(&u->intact);
	for (int i = 0; i < VIEW_COUNT; i++) {
		if (u->views[i]->release && u->data[i])
			u->views[i]->release(u->data[i]);
		free(u->data[i]);
		u->data[i] = NULL;
	}
}

static int settle_options(struct ui *u, const struct browse_options *o, struct err *e)
{
	int colours = 0;
	const struct view *v = o->view ? view_find(u, o->view) : u->views[VIEW_NETWORK];
	if (!v) {
		char names[256] = "";
		for (size_t i = 0, n = 0; i < VIEW_COUNT && n < sizeof names; i++)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", u->views[i]->name);
		return err_set(e, ERR_VALUE, "there is no view '%s': %s", o->view, names);
	}
	u->glyph_set = glyphs_of_locale(nl_langinfo(CODESET));
	if ((o->glyphs && glyphs_parse(&u->glyph_set, o->glyphs, e) < 0) ||
	    colours_parse(&colours, o->colours, e) < 0 || theme_parse(&u->theme, o->theme, e) < 0)
		return e ? e->code : ERR_VALUE;
	u->colours = colours < 0 ? COLOURS_256 : (enum colours)colours;
	u->g = glyphs_of(u->glyph_set);
	if (o->d && o->q.window >= o->d->n)
		return err_set(e, ERR_VALUE, "there is no window %lld: windows go from 0 to %lld",
		               (long long)o->q.window, (long long)o->d->n - 1);
	u->view = v;
	return 0;
}

int ui_open(struct ui *u, const struct view *const *views, const struct browse_options *o, struct err *e)
{
	*u = (struct ui){ .views = views, .options = o, .keybar = KEYBAR_KEYS, .pending = CHANGED_ALL };
	int code = settle_options(u, o, e);
	if (code < 0)
		return code;
	struct session *s = &u->s;
	session_init(s, o->m, o->d, &o->q, o->truth);
	s->origin = o->origin;
	s->beside = s->given = o->beside;
	s->auto_method = o->auto_method;
	if (u->view->needs_data && (!s->runs || s->layer < 0)) {
		session_release(s);
		return err_set(e, ERR_VALUE, "the view '%s' needs data: tsviz MODEL DATA", o->view);
	}
	if (o->filter_columns && session_columns(s, o->filter_columns, e) < 0) {
		session_release(s);
		return ERR_VALUE;
	}
	s->view = u->view->id;
	if (!begin(u)) {
		end(u);
		session_release(s);
		return err_set(e, ERR_IO, "the system gives no thread to work in");
	}
	canvas_init(&u->canvas, 80, 24);
	u->canvas.ellipsis = u->g->ellipsis;
	u->frame = layout_frame(80, 24, u->keybar != KEYBAR_OFF);
	if (o->edited && s->runs)
		ui_changed(u, ui_edited_beside(u, o->edited));
	if (o->notice)
		ui_say(u, "%s", o->notice);
	return 0;
}

void ui_reload(struct ui *u, const struct subject *now)
{
	end(u);
	session_reload(&u->s, now);
	if (!begin(u))
		u->s.runs = false;
	if (!u->s.runs || u->s.layer < 0) { /* nor is there a way back to a view that needs data */
		if (u->view->needs_data)
			session_view(&u->s, VIEW_NETWORK, false);
		u->s.n_back = u->s.leave = 0;
	}
}

void ui_resumed(struct ui *u, const char *said)
{
	undo_begin_notes(&u->undo, u->s.notes);
	if (*said)
		ui_say(u, "%s", said);
	u->view = u->views[u->s.view];
	if (u->s.runs)
		undo_keep(&u->undo, &u->s, &u->pin);
	ui_changed(u, CHANGED_ALL);
}

void ui_release(struct ui *u)
{
	end(u);
	free(u->copied);
	canvas_release(&u->canvas);
	session_release(&u->s);
}

void ui_resize(struct ui *u, int w, int h)
{
	bool was = u->frame.usable;
	canvas_resize(&u->canvas, w, h);
	u->frame = layout_frame(w, h, u->keybar != KEYBAR_OFF);
	/* on a screen too small the view was not updated: it has missed whatever changed */
	ui_changed(u, was ? CHANGED_LOOK : CHANGED_ALL & ~(unsigned)CHANGED_REST);
}

/* A headless screen waits for the rank of its window where that takes about a second at most. */
static const double COST_WAITED_FOR = 1e9;

/* The rank of the window, which stands on top of every view. */
static unsigned needs_rank(const struct ui *u)
{
	if (!windows_have_truth(&u->windows))
		return 0;
	if (u->patient)
		return windows_cost(&u->windows) <= COST_WAITED_FOR ? NEEDS_WINDOWS : 0;
	return NEEDS_RANK;
}

/* What has to be there for the screen, or for the view's text. */
static unsigned needs_of(const struct ui *u)
{
	const struct view *v = u->view;
	return v->needs | (v->compares ? NEEDS_LAYERS | NEEDS_TARGET_MAP : 0) | (v->wants ? v->wants(u) : 0) |
	       (v->has_filters ? NEEDS_SELECTED : 0) | (u->whole ? v->prints : 0) |
	       (u->pin.filling ? NEEDS_LAYERS | NEEDS_TARGET_MAP : 0) | needs_rank(u);
}

/* What a view compares with has to be whole: what the pin lacks is asked for as the second question. */
static unsigned needs_reference(struct ui *u)
{
	struct pin *p = u->pin.on ? &u->pin : &u->intact;
	if (!u->view->compares)
		return 0;
	if (!u->pin.on)
		pin_intact(p, &u->s);
	pin_follow(p, &u->s);
	if (p->filling || pin_complete(p, &u->scene, &u->s))
		return 0;
	scene_second(&u->scene, &p->q, p->beside);
	return NEEDS_SECOND;
}

/* The method that `auto` means comes into force once it is known. Returns what changed. */
static unsigned follow_standing(struct ui *u)
{
	char why[192];
	int method = truth_auto(&u->scene.truth, why, sizeof why);
	if (!u->s.runs || u->s.auto_method == AUTO_OFF || method == u->s.q.method)
		return 0;
	if (truth_of_set(&u->scene.truth))
		ui_say(u, "method auto: %s; m: %s", why, saliency_methods[0].name);
	unsigned changed = session_method(&u->s, method);
	scene_changed(&u->scene, &u->s, changed);
	return changed;
}

static bool in_use(const void *ctx, const struct pruned *q)
{
	const struct ui *u = ctx;
	return u->s.pruned == q || u->intact.beside == &q->beside || undo_has(&u->undo, q);
}

unsigned ui_take_pruned(struct ui *u, struct pruned *q)
{
	char error[64];
	prune_keep(&u->scene.prune, u->scene.worker, q, in_use, u);
	undo_put_pin(&u->undo, &u->pin);
	ui_say(u, "%s: %s%s; %s", q->name, pruned_error_format(q, error, sizeof error),
	       isnan(q->before) ? "" : " (held out)", *q->note ? q->note : "P compares, :w FILE.onnx saves");
	return session_pruned(&u->s, q) | CHANGED_MESSAGE;
}

/* A smaller network that has come takes its place, as one step of the past. */
static unsigned follow_prune(struct ui *u)
{
	struct scene_prune *p = &u->scene.prune;
	unsigned changed = 0;
	if (p->fresh) {
		changed = ui_take_pruned(u, p->fresh);
		undo_keep(&u->undo, &u->s, &u->pin);
	}
	if (p->said[0]) {
		ui_say(u, "%s", p->said);
		p->said[0] = '\0';
		changed |= CHANGED_MESSAGE;
	}
	return changed;
}

/* A counterfactual that has come becomes the window, beside the one of the file. */
static unsigned follow_counter(struct ui *u)
{
	struct countered *r = u->scene.counter.found;
	unsigned changed = CHANGED_MESSAGE;
	if (!r)
		return 0;
	u->scene.counter.found = NULL;
	if (r->edited) {
		changed |= ui_edited_beside(u, r->edited);
		undo_keep(&u->undo, &u->s, &u->pin);
		scene_changed(&u->scene, &u->s, changed);
	}
	ui_say(u, "%s", text_width(r->said) <= u->canvas.w - 2 ? r->said : r->brief);
	countered_free(r);
	return changed;
}

static void update_once(struct ui *u, unsigned changed)
{
	changed |= follow_counter(u);
	u->view = u->views[u->s.view];
	if (changed & CHANGED_REST)
		u->rested = true;
	if ((changed & (CHANGED_VIEW | CHANGED_WINDOW)) && !u->patient)
		u->whole = false;
	if (changed & CHANGED_QUESTION) {
		pin_gone(&u->pin);
		pin_gone(&u->intact);
	}
	changed |= follow_standing(u) | follow_prune(u);
	pin_follow(&u->pin, &u->s);
	u->scene.survey.wait = u->scene.truth.wait = u->scene.prune.wait = u->scene.counter.wait = u->patient;
	scene_update(&u->scene, &u->s, needs_of(u) | needs_reference(u), changed, (changed & CHANGED_REST) != 0);
	pin_fill(&u->pin, &u->scene, &u->s);
	if (u->view->compares)
		pin_fill(&u->intact, &u->scene, &u->s);
	if (u->frame.usable && (changed & (u->view->depends | CHANGED_VIEW | CHANGED_LOOK | CHANGED_ARRIVED)))
		u->view->update(u, changed);
}

/* What switching a filter off or on did: said once the prediction is there. */
static void say_switched(struct ui *u)
{
	char now[64];
	if (!u->switched[0] || u->scene.window_stale)
		return;
	predicted_format(u, now, sizeof now);
	char *text = xasprintf("%s: %s %s, was %s", u->switched, u->g->yhat, now, u->before);
	if (text_width(text) <= u->canvas.w - 2)
		ui_say(u, "%s", text);
	else /* what is cut off is not what was asked */
		ui_say(u, "%s %s, was %s: %s", u->g->yhat, now, u->before, u->switched);
	free(text);
	u->switched[0] = '\0';
}

/* Numbers that come at once are on the first screen; the others fill in. */
void ui_update(struct ui *u)
{
	unsigned changed = u->pending;
	if (!changed)
		return;
	u->pending = 0;
	bool key = (changed & ~(unsigned)CHANGED_ARRIVED) != 0;
	/* a key may come while late numbers are shown: nothing is waited for then */
	double left = u->patient ? -1 : key ? FRAME : 0, end = seconds() + left;
	update_once(u, changed);
	while (scene_fetch(&u->scene, &u->s, left)) {
		update_once(u, CHANGED_ARRIVED);
		if (!u->patient)
			left = end > seconds() ? end - seconds() : 0;
	}
	say_switched(u);
}

bool ui_arrived(struct ui *u)
{
	if (!scene_take(&u->scene, &u->s))
		return false;
	u->pending |= CHANGED_ARRIVED;
	return true;
}
