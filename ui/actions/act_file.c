/* Actions: to files and the clipboard, and from files again. */
#include "ui/actions/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/mem_stream.h"
#include "core/base/text.h"
#include "ui/state/format.h"

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n > m && !strcmp(s + n - m, end);
}

/* The numbers that the view is about: the filter's, the layer's, or the window. */
static bool numbers_seen(const struct ui *u, struct export_numbers *n, char *name, size_t size)
{
	const struct session *s = &u->s;
	char number[32];
	if (u->view->numbers)
		return u->view->numbers(u, n, name, size);
	n->name = name;
	if (s->view == VIEW_NETWORK || s->layer < 0) {
		*n = (struct export_numbers){ name,          2, { s->m->T, s->m->C }, { "step", "channel" }, { NULL },
			                      u->scene.input };
		snprintf(name, size, "window %s", window_format(&s->q, number, sizeof number));
		return u->scene.input != NULL;
	}
	const struct rows *r = &u->scene.rows[s->layer];
	int f = s->filter[s->layer];
	snprintf(name, size, "%s activation, window %s", session_layer_now(s)->name,
	         window_format(&s->q, number, sizeof number));
	if (s->view == VIEW_FILTER)
		*n = (struct export_numbers){ name, 1, { r->times }, { "step" }, { NULL }, rows_series(r, f).v };
	else
		*n = (struct export_numbers){ name,           2, { r->F, r->times }, { "filter", "step" }, { NULL },
			                      r->numbers->act };
	return n->v != NULL;
}

static void dump_seen(void *arg, FILE *f)
{
	struct ui *u = arg;
	u->view->dump(u, f);
}

/* Why a file was not written: where the line is too short, without the path, which has just been typed. */
static const char *reason(const struct ui *u, const char *path, const char *sentence)
{
	char clean[512];
	size_t n = text_clean(clean, sizeof clean, path, strlen(path));
	if (text_width(sentence) >= u->canvas.w && !strncmp(sentence, clean, n))
		sentence += n + strspn(sentence + n, ": ");
	return sentence;
}

/* Enter on the empty line writes a file of this name: a picture, net-layers-12.svg, of level 2 and window 12; of a view
 * that has numbers of its own these, net-conv1-kernel.npy. No file that is there is replaced: then -2 and so on stands
 * before the ending. */
static const char *default_name(const struct ui *u, char *buf, size_t size)
{
	struct export_numbers n;
	char what[256] = "";
	bool numbers = u->view->numbers && u->view->numbers(u, &n, what, sizeof what);
	if (!numbers)
		snprintf(what, sizeof what, "%s-%lld%s", u->view->name, (long long)u->s.q.window,
		         u->s.q.edited ? "-edited" : "");
	for (char *s = what; *s; s++)
		*s = *s == '/' || *s == ' ' ? '-' : *s;
	const char *file = strrchr(u->s.m->file, '/'), *dot;
	file = file ? file + 1 : u->s.m->file;
	dot = strrchr(file, '.');
	int stem = (int)(dot && dot != file ? (size_t)(dot - file) : strlen(file));
	char more[16] = "";
	for (int i = 2; i < 1000; i++) {
		snprintf(buf, size, "%.*s-%.80s%s%s", stem < 80 ? stem : 80, file, what, more,
		         numbers ? ".npy" : ".svg");
		if (access(buf, F_OK) != 0)
			break;
		snprintf(more, sizeof more, "-%d", i);
	}
	return buf;
}

/* ": conv1/kernel (16,3,3)" */
static void describe(char *buf, size_t size, const struct export_numbers *n)
{
	size_t at = (size_t)snprintf(buf, size, ": %.200s (", n->name);
	for (int i = 0; i < n->rank && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%lld", i ? "," : "", (long long)n->dim[i]);
	if (at < size)
		snprintf(buf + at, size - at, ")");
}

unsigned act_report(struct ui *u, const char *arg)
{
	const struct report_ops *ops = u->options->report;
	void *ctx = u->options->report_ctx;
	struct err e = { 0 };
	if (!ops) {
		ui_say(u, "report: not from here; tsviz report MODEL DATA writes one");
		return 0;
	}
	if (action_ask(u, arg, "report", "report to file (.html .md): "))
		return CHANGED_MESSAGE;
	if (ops->start(ctx, u, arg, &e)) {
		ui_say(u, "%s", e.text);
		return CHANGED_MESSAGE;
	}
	ui_say(u, "the report %.100s is being made; go on meanwhile", arg);
	while (u->patient && !ops->news(ctx, u->message, sizeof u->message))
		usleep(10000);
	return CHANGED_MESSAGE;
}

unsigned act_export(struct ui *u, const char *arg)
{
	const struct export_ops *ops = u->options->export;
	struct export_numbers n;
	struct err e = { 0 };
	char name[256] = "", usual[200], what[400] = "";
	int code;
	if (arg && ends(arg, ".onnx"))
		return act_save_model(u, arg);
	if (!ops) {
		ui_say(u, "nothing can be written from here");
		return 0;
	}
	if (action_ask(u, arg, "export", "to file (.svg .txt .npy .csv .json): ")) {
		snprintf(u->prompt.hint, sizeof u->prompt.hint, "Enter: %s", default_name(u, usual, sizeof usual));
		return 0;
	}
	if (!*arg)
		arg = default_name(u, usual, sizeof usual);
	if (ends(arg, ".svg")) {
		struct export_look look = { u->theme, u->clusters_drawn, u->s.m->file };
		u->draw(u);
		code = ops->screen(arg, &u->canvas, &look, &e);
	} else if (u->s.view == VIEW_EDIT && ends(arg, ".csv") && ops->rows) {
		const struct edited *w = editor_window(&u->s);
		code = ops->rows(arg, w, u->s.m, u->s.d, &e);
		edited_drop(w);
		snprintf(what, sizeof what, ", raw rows; tsviz MODEL %.150s --recipe %.150s.recipe.json", arg, arg);
	} else if (ends(arg, ".txt")) {
		code = ops->text(arg, dump_seen, u, &e);
	} else if (!numbers_seen(u, &n, name, sizeof name)) {
		code = err_set(&e, ERR_VALUE,
		               u->view->numbers ? "the layer has no weights to write"
		                                : "there are no numbers to write yet");
	} else {
		code = ops->numbers(arg, &n, &e);
		describe(what, sizeof what, &n);
	}
	if (code < 0)
		ui_say(u, "%s", reason(u, arg, e.text));
	else
		ui_say(u, "written: %s%s%s", arg, what,
		       strchr(arg, '/') || *what == ',' ? "" : ", in the folder where tsviz began");
	return CHANGED_MESSAGE;
}

unsigned act_copy(struct ui *u, const char *arg)
{
	struct session *s = &u->s;
	bool filter =
	        s->view != VIEW_NETWORK && s->layer >= 0 && s->view <= VIEW_FILTER && u->scene.rows[s->layer].loaded;
	char *text = NULL;
	size_t size = 0;
	FILE *f = mem_stream(&text, &size);
	(void)arg;
	if (filter) {
		struct series v = rows_series(&u->scene.rows[s->layer], s->filter[s->layer]);
		for (int64_t t = 0; t < v.n; t++)
			fprintf(f, "%.9g\n", (double)v.v[t]);
		ui_say(u, "%s #%d: %lld values copied", session_layer_now(s)->name, s->filter[s->layer],
		       (long long)v.n);
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

unsigned act_save_settings(struct ui *u, const char *arg)
{
	static const char *const colours[] = { [THEME_DARK] = "dark", [THEME_LIGHT] = "light" };
	char table[256];
	session_columns_format(&u->s, table, sizeof table);
	struct browse_setting v[] = {
		{ "glyphs", u->g->name },
		{ "theme", colours[u->theme] },
		{ "filter-columns", table },
		{ "importance", importance_measures[u->s.q.measure].name },
		{ "method", truth_follows(&u->scene.truth, &u->s) ? "auto" : saliency_methods[u->s.q.method].name },
	};
	struct err e = { 0 };
	(void)arg;
	if (!u->options->save_settings)
		ui_say(u, "settings cannot be kept here");
	else if (u->options->save_settings(v, (int)(sizeof v / sizeof *v), &e) < 0)
		ui_say(u, "%s", e.text);
	else
		ui_say(u, "these settings are kept for the next time");
	return CHANGED_MESSAGE;
}

/* How many edited windows there are, those of notes among them. */
static int edited_windows(const struct session *s)
{
	int n = s->edits.n;
	for (int i = 0; i < notes_n(s->notes); i++)
		n += s->notes->v[i]->edited != NULL;
	return n;
}

/* Takes over what has been read; `what` begins the sentence that says it, and e->text, if any, ends it. */
static unsigned take_over(struct ui *u, const struct subject *now, const char *what, const struct err *e)
{
	int chosen = u->s.marks.n + u->s.q.off.n, edited = edited_windows(&u->s);
	char said[600] = "";
	if (u->pin.on)
		text_add(said, sizeof said, "; unpinned");
	ui_reload(u, now);
	chosen -= u->s.marks.n + u->s.q.off.n;
	edited -= edited_windows(&u->s);
	if (edited)
		text_add(said, sizeof said, "; %d edited window%s without a place", edited,
		         edited > 1 ? "s are" : " is");
	if (chosen)
		text_add(said, sizeof said, "; %d marked or switched-off filters are gone", chosen);
	if (*e->text)
		text_add(said, sizeof said, "; %s", e->text);
	ui_say(u, "%s%s", what, said);
	return CHANGED_ALL;
}

unsigned act_reload(struct ui *u, const char *arg)
{
	const struct browse_options *o = u->options;
	struct subject now;
	struct err e = { 0 };
	(void)arg;
	if (!o->reload)
		ui_say(u, "what came from standard input cannot be read again");
	else if (o->reload(o->ctx, &now, &e) < 0)
		ui_say(u, "%s", e.text);
	else
		return take_over(u, &now, "read again", &e);
	return 0;
}

unsigned act_follow(struct ui *u, unsigned what)
{
	const struct browse_options *o = u->options;
	const struct session *s = &u->s;
	struct subject now;
	struct err e = { 0 };
	char text[128];
	int64_t n = s->d ? s->d->n : 0;
	bool last = n > 0 && s->q.window == n - 1;
	if (o->reload(o->ctx, &now, &e) < 0) {
		ui_say(u, "%s", e.text);
		return CHANGED_MESSAGE;
	}
	int64_t more = now.d ? now.d->n - n : 0;
	if (what & FOLLOWED_MODEL)
		snprintf(text, sizeof text, "the model has changed and is loaded again");
	else
		snprintf(text, sizeof text, "the data have changed: %lld window%s%s",
		         (long long)(more < 0 ? -more : more), more == 1 || more == -1 ? "" : "s",
		         more < 0 ? " fewer" : " more");
	unsigned changed = take_over(u, &now, text, &e);
	return last && s->d ? changed | session_window(&u->s, s->d->n - 1) : changed;
}

/* The notes are of the model before. Where they are kept nowhere, they stay. */
static void leave_notes(struct ui *u, bool kept)
{
	char text[sizeof u->message];
	int n = notes_n(u->s.notes);
	if (kept)
		session_notes(&u->s, NULL);
	if (kept || !n)
		return;
	snprintf(text, sizeof text, "%.*s; %d note%s of the model before, kept nowhere", (int)sizeof text - 80,
	         u->message, n, n == 1 ? " is" : "s are");
	ui_say(u, "%s", text);
}

/* The session of the model that was opened. */
static void resume(struct ui *u)
{
	const struct browse_options *o = u->options;
	char said[sizeof u->message] = "", text[sizeof u->message];
	o->keep->resume(o->keep_ctx, u, said, sizeof said);
	snprintf(text, sizeof text, "%s", u->message);
	if (*said)
		snprintf(text, sizeof text, "%.120s; %.*s", u->message, (int)sizeof text - 130, said);
	ui_resumed(u, text);
}

unsigned act_open(struct ui *u, const char *arg)
{
	const struct browse_options *o = u->options;
	struct subject now;
	struct err e = { 0 };
	if (!o->open) {
		ui_say(u, "no other model can be opened from here");
		return 0;
	}
	if (action_ask(u, arg, "open", "open the model: ") || !*arg)
		return 0;
	if (o->keep)
		o->keep->keep(o->keep_ctx, u); /* of the model that is left */
	bool kept = o->keep && o->keep->keeps && o->keep->keeps(o->keep_ctx);
	if (o->open(o->ctx, arg, &now, &e) < 0) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	unsigned changed = take_over(u, &now, now.d ? "opened with the same data" : "opened without data", &e);
	leave_notes(u, kept);
	if (o->keep)
		resume(u);
	return changed;
}
