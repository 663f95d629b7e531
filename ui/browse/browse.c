#include "ui/browse/browse.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "ui/terminal/terminal.h"
#include "ui/actions/actions.h"
#include "ui/browse/browser.h"
#include "ui/views/views.h"

enum {
	REST_MS = 150,   /* after which the plots are coloured by the new saliency */
	FOLLOW_MS = 500, /* after which files are looked at that are followed */
	KEEP_MS = 300,   /* after which the state is kept again while keys come */
	NEWS_MS = 1000   /* after which it is asked what has become of it */
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void paint(struct ui *u, struct terminal *t)
{
	ui_update(u);
	ui_draw(u);
	terminal_present(t, &u->canvas, u->theme, u->clusters_drawn);
}

/* All keys that wait, before anything is painted. */
static bool take_keys(struct ui *u, struct terminal *t)
{
	bool any = false;
	for (int key = terminal_key(t); key && !u->quit; key = terminal_key(t)) {
		any = true;
		if (key == KEYS_EOF)
			return true;
		if (key == KEYS_RESIZE) {
			int w, h;
			terminal_size(t, &w, &h);
			ui_resize(u, w, h);
			continue;
		}
		if (key == KEYS_CLICK || key == KEYS_WHEEL_UP || key == KEYS_WHEEL_DOWN)
			terminal_pointer(t, &u->pointer_x, &u->pointer_y);
		ui_key(u, key);
		if (u->copied) {
			if (!terminal_copy(t, u->copied))
				ui_say(u, "this terminal has no clipboard; e writes to a file");
			free(u->copied);
			u->copied = NULL;
		}
		if (u->suspend) {
			u->suspend = false;
			terminal_suspend(t);
		}
		if (u->redraw) {
			u->redraw = false;
			terminal_redraw(t);
		}
	}
	return any;
}

/* Looks now and then whether the files have changed that are followed. Returns whether they had. */
static bool follow(struct ui *u, int64_t *looked)
{
	if (!u->options->changed || u->prompt.open || now_ms() - *looked < FOLLOW_MS)
		return false;
	*looked = now_ms();
	unsigned what = u->options->changed(u->options->ctx);
	if (what)
		ui_changed(u, act_follow(u, what));
	return what != 0;
}

/* When the state was kept, and whether it may have changed since. */
struct kept {
	int64_t at, asked;
	bool wanted;
};

/* Keeps the state if it is time, and says what is new about that. Returns whether there is something to say. */
static bool keep(struct ui *u, struct kept *k)
{
	const struct keep_ops *keep = u->options->keep;
	void *ctx = u->options->keep_ctx;
	char said[sizeof u->message];
	if (!keep)
		return false;
	if (k->wanted && now_ms() - k->at >= KEEP_MS) {
		keep->keep(ctx, u);
		k->at = now_ms();
		k->wanted = false;
	}
	if (u->prompt.open || now_ms() - k->asked < NEWS_MS)
		return false;
	k->asked = now_ms();
	enum keep_news news = keep->news(ctx, u, said, sizeof said);
	if (news == KEEP_RESUMED) {
		ui_resumed(u, said);
		k->wanted = true;
	} else if (news == KEEP_SAYS) {
		ui_say(u, "%s", said);
		ui_changed(u, CHANGED_MESSAGE);
	}
	return news != KEEP_NO_NEWS;
}

/* Milliseconds until keep has to be called again; -1: not before the next key. */
static int keep_wait(const struct ui *u, const struct kept *k)
{
	const struct keep_ops *keep = u->options->keep;
	if (keep && k->wanted)
		return KEEP_MS;
	return keep && keep->waits(u->options->keep_ctx) ? NEWS_MS : -1;
}

/* Says how a report that was made meanwhile has ended. Returns whether one has. */
static bool report(struct ui *u)
{
	const struct report_ops *r = u->options->report;
	char said[sizeof u->message];
	if (!r || u->prompt.open || !r->news(u->options->report_ctx, said, sizeof said))
		return false;
	ui_say(u, "%s", said);
	ui_changed(u, CHANGED_MESSAGE);
	return true;
}

static int report_wait(const struct ui *u)
{
	const struct report_ops *r = u->options->report;
	return r && r->busy(u->options->report_ctx) ? NEWS_MS : -1;
}

/* The shorter of two waits in milliseconds, of which -1 is for ever. */
static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static void loop(struct ui *u, struct terminal *t)
{
	int64_t last = now_ms() - REST_MS, looked = now_ms();
	struct kept kept = { .wanted = true };
	u->rested = true;
	paint(u, t);
	while (!u->quit && !terminal_signal()) {
		if (take_keys(u, t)) {
			last = now_ms();
			kept.wanted = true;
		}
		if (u->quit || terminal_signal())
			break;
		if (u->pending || terminal_stale(t))
			paint(u, t);
		if (!u->rested && now_ms() - last >= REST_MS) {
			ui_key(u, KEYS_REST);
			paint(u, t);
		}
		int64_t rest = REST_MS - (now_ms() - last);
		int wait = u->pending || terminal_stale(t) ? 0 : !u->rested ? (int)(rest > 0 ? rest : 0) : -1;
		wait = sooner(sooner(wait, u->options->changed ? FOLLOW_MS : -1), keep_wait(u, &kept));
		wait = sooner(wait, report_wait(u));
		terminal_wait(t, wait, worker_fd(u->scene.worker));
		if (follow(u, &looked))
			paint(u, t);
		if (keep(u, &kept))
			paint(u, t);
		if (report(u))
			paint(u, t);
		if (ui_arrived(u))
			paint(u, t);
	}
}

/* ---- headless ---- */

static int play(struct ui *u, const struct browse_options *o, struct err *e)
{
	int w = 80, h = 24, end = 0, *keys = NULL;
	if (o->size &&
	    (sscanf(o->size, "%4dx%4d%n", &w, &h, &end) != 2 || o->size[end] || w < 1 || h < 1 || w > 1000 || h > 1000))
		return err_set(e, ERR_VALUE, "--size %s: write it as 80x24, at most 1000x1000", o->size);
	u->patient = true;
	ui_resize(u, w, h);
	int n = keys_parse(o->keys ? o->keys : "", &keys, e);
	if (n < 0)
		return n;
	ui_update(u);
	for (int i = 0; i < n && !u->quit; i++) {
		if (keys[i] == KEYS_RESIZE && i + 2 < n) {
			ui_resize(u, keys[i + 1], keys[i + 2]);
			i += 2;
		} else if (keys[i] == KEYS_POINTER && i + 3 < n) {
			ui_draw(u);
			u->pointer_x = keys[i + 1];
			u->pointer_y = keys[i + 2];
			i += 2;
			continue;
		} else {
			ui_key(u, keys[i]);
		}
		ui_update(u);
	}
	free(keys);
	ui_key(u, KEYS_REST);
	ui_update(u);
	if (o->keep)
		o->keep->keep(o->keep_ctx, u);
	return 0;
}

/* What the styles on the screen look like at these colours: letter, palette index, attributes. */
static void looks_print(const struct ui *u, FILE *f)
{
	bool seen[S_COUNT] = { false };
	for (int i = 0; i < u->canvas.w * u->canvas.h; i++)
		seen[u->canvas.cell[i].style & STYLE_MASK] = true;
	fprintf(f, "looks");
	for (unsigned i = 0; i < S_COUNT; i++) {
		struct look l = style_look(i, u->colours, u->theme, u->clusters_drawn);
		if (seen[i])
			fprintf(f, " %c:%d%s%s%s", style_letter(i), l.fg, l.bold ? "b" : "", l.reverse ? "r" : "",
			        l.underline ? "u" : "");
	}
	fputc('\n', f);
	if (u->canvas.cursor_x >= 0)
		fprintf(f, "cursor %d,%d\n", u->canvas.cursor_x, u->canvas.cursor_y);
}

/* What the loop would do beyond the screen. */
static void outside_print(const struct ui *u, FILE *f)
{
	if (u->quit)
		fprintf(f, "quits\n");
	if (u->suspend)
		fprintf(f, "suspends\n");
	if (u->redraw)
		fprintf(f, "draws all again\n");
	if (u->copied)
		fprintf(f, "clipboard:\n%s", u->copied);
}

/* Selects what is asked for; the rest of the place is as at any start. */
static void begin_at(struct session *s, const struct place_given *at)
{
	session_layer(s, at->layer);
	if (at->filter < 0 || s->layer < 0)
		return;
	session_filter(s, at->filter);
	s->chosen[s->layer] = true;
}

static int headless(const struct browse_options *o, struct err *e, bool plain)
{
	struct ui u;
	setlocale(LC_CTYPE, "");
	if (ui_init(&u, o, e) < 0)
		return e->code == ERR_VALUE ? 2 : 1;
	u.whole = plain;
	if (o->begin)
		begin_at(&u.s, o->begin);
	if (play(&u, o, e) < 0) {
		ui_release(&u);
		return 2;
	}
	if (plain) {
		/* text does not depend on a screen, but views work out what they show as they lay it out */
		if (!u.frame.usable) {
			ui_resize(&u, 80, 24);
			ui_update(&u);
		}
		u.view->dump(&u, o->out);
	} else if (o->picture) {
		ui_draw(&u);
		o->picture(&u.canvas, &(struct export_look){ u.theme, u.clusters_drawn, u.s.m->file }, o->out);
	} else {
		ui_draw(&u);
		canvas_print(&u.canvas, o->out);
		if (o->styles) {
			canvas_print_styles(&u.canvas, o->out);
			looks_print(&u, o->out);
			outside_print(&u, o->out);
		}
	}
	ui_release(&u);
	return 0;
}

/* On a terminal that cannot be drawn on: why, and the view as --plain prints it. */
static int as_text(const struct browse_options *o, struct err *e)
{
	struct browse_options text = *o;
	if (o->warn)
		o->warn(e->text);
	text.out = stdout;
	return headless(&text, e, true);
}

void browse_start(void)
{
	struct err e = { 0 }; /* browse() will meet it again, and say it */
	setlocale(LC_CTYPE, "");
	terminal_start(&e);
}

int browse(const struct browse_options *o, struct err *e)
{
	struct ui u;
	int colours = -1, w, h, sig;
	if (colours_parse(&colours, o->colours, e) < 0)
		return 2;
	if (ui_init(&u, o, e) < 0)
		return e->code == ERR_VALUE ? 2 : 1;
	struct terminal *t = terminal_open(colours, o->mouse, e);
	if (!t) {
		ui_release(&u);
		return e->code == ERR_UNSUPPORTED ? as_text(o, e) : 1;
	}
	u.colours = terminal_colours(t);
	if (terminal_is_console(t) && !o->glyphs && u.glyph_set == GLYPHS_BRAILLE) {
		u.glyph_set = GLYPHS_BLOCK;
		u.g = glyphs_of(u.glyph_set);
	}
	if (terminal_unknown(t) && o->warn && !o->notice)
		ui_say(&u, "the terminal type '%s' is not known here: it is driven as xterm-256color",
		       terminal_unknown(t));
	terminal_size(t, &w, &h);
	ui_resize(&u, w, h);
	u.hints = o->hints;
	tips_say(&u);
	loop(&u, t);
	sig = terminal_signal();
	if (o->keep)
		o->keep->keep(o->keep_ctx, &u);
	terminal_close(t);
	ui_release(&u);
	int bad = o->keep ? o->keep->end(o->keep_ctx, e) : 0;
	if (sig && bad && o->warn)
		o->warn(e->text);
	if (sig)
		terminal_die(sig);
	return bad ? 1 : 0;
}

int browse_screen(const struct browse_options *o, struct err *e)
{
	return headless(o, e, false);
}

int browse_picture(const struct browse_options *o, void (*take)(void *ctx, const struct ui *u), void *ctx,
                   struct err *e)
{
	struct ui u;
	if (ui_init(&u, o, e) < 0)
		return e->code;
	int bad = play(&u, o, e);
	if (bad >= 0) {
		ui_draw(&u);
		take(ctx, &u);
		bad = 0;
	}
	ui_release(&u);
	return bad;
}

int browse_plain(const struct browse_options *o, struct err *e)
{
	return headless(o, e, true);
}

const char *browse_view_name(int i)
{
	return i < VIEW_COUNT ? all_views[i]->name : NULL;
}

void browse_view_table_print(FILE *f)
{
	for (int i = 0; i < VIEW_COUNT; i++) {
		const struct view *v = all_views[i];
		const struct action *a = v->about ? NULL : action_find(v->name);
		fprintf(f, "%-10s %-10s %s\n", v->name, a ? a->keys : "", a ? a->help : v->about);
	}
}

void browse_bindings_print(FILE *f)
{
	actions_print(f);
}

const char *browse_curses_version(void)
{
	return terminal_curses_version();
}
