/* The editor: the window in large plots, a cursor and a segment, and what the network makes of each change. The line of
 * the window in the file stays behind that of the edited one. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "ui/actions/actions.h"
#include "ui/parts/legend.h"
#include "ui/parts/panel.h"
#include "ui/state/format.h"

enum { PLOT_MOST = 12, LINES = 2, PAGE_PART = 10 };

struct own {
	const struct edited *now, *file; /* held; NULL: not there yet */
	int64_t changed;                 /* steps at which any raw channel differs from the file */
	real *behind;                    /* (T,C) the file's window where it differs, else NaN */
};

static void edit_release(void *data)
{
	struct own *o = data;
	edited_drop(o->now);
	edited_drop(o->file);
	free(o->behind);
	*o = (struct own){ 0 };
}

static bool differs(const struct own *o, int64_t t, int64_t c)
{
	return o->now->raw[t * o->now->own + c] != o->file->raw[t * o->now->own + c];
}

/* A line needs the points beside those that differ, where both are one. */
static bool near_change(const struct own *o, int64_t t, int64_t c)
{
	for (int64_t k = t > 0 ? t - 1 : 0; k <= t + 1 && k < o->now->T; k++)
		if (o->now->x[k * o->now->C + c] != o->file->x[k * o->now->C + c])
			return true;
	return false;
}

static void edit_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_EDIT];
	const struct session *s = &u->s;
	const struct edited *now = editor_window(s);
	(void)changed;
	editor_fit(&u->editor, s);
	edited_drop(o->now);
	o->now = now;
	if (!o->file || o->file->window != s->q.window) {
		edited_drop(o->file);
		o->file = edited_new(s->d, s->q.window);
	}
	if (!o->behind)
		o->behind = xcalloc((size_t)(now->T * now->C) + 1, sizeof *o->behind);
	o->changed = 0;
	for (int64_t t = 0; t < now->T; t++) {
		bool any = false;
		for (int64_t c = 0; c < now->own; c++)
			any |= differs(o, t, c);
		o->changed += any;
		for (int64_t c = 0; c < now->C; c++)
			o->behind[t * now->C + c] = near_change(o, t, c) ? o->file->x[t * now->C + c] : (real)NAN;
	}
	panel_update(u, PLOT_MOST, u->frame.body.h - LINES - (now->note[0] != 0));
}

/* ---- drawing ---- */

/* Whether the steps of this channel of the window are edited: derived ones are not, by themselves. */
static bool is_edited(const struct ui *u, int64_t ch)
{
	int64_t own = editor_own(&u->s);
	return ch < own && (u->editor.channel == EDIT_ALL || u->editor.channel == ch);
}

/* The columns of the plots that show the steps from .. from + n - 1; w 0: none. */
static struct rect columns_of(const struct ui *u, int64_t from, int64_t n)
{
	const struct panel *p = &u->panel;
	struct span seen = viewport_span(&u->s.shown, u->s.m->T, u->s.m->T);
	int w = p->input.w - p->label_w;
	int64_t a = from > seen.from ? from : seen.from, end = from + n, last = seen.from + seen.n;
	end = end < last ? end : last;
	if (a >= end || w < 1)
		return (struct rect){ 0 };
	int left = plot_column_of(seen.n, w, a - seen.from), right = plot_column_of(seen.n, w, end - 1 - seen.from);
	return (struct rect){ p->label_w + left, p->input.y, right - left + 1, p->plot_h };
}

static void channels_mark(const struct ui *u, struct canvas *c)
{
	const struct panel *p = &u->panel;
	const struct own *o = u->data[VIEW_EDIT];
	struct span seg = editor_segment(&u->editor);
	struct rect r = columns_of(u, seg.from, seg.n), at = columns_of(u, u->editor.at, 1);
	for (int i = 0; i < p->channels; i++) {
		int64_t ch = u->s.channel + i;
		int y = p->input.y + i * (p->plot_h + 1);
		struct rect plot = { p->label_w, y, p->input.w - p->label_w, p->plot_h };
		if (o->changed)
			plot_line(c, u->g, plot, input_seen(u, o->behind, ch), u->scene.channel[ch],
			          (struct paint){ .style = S_AXIS, .over = true });
		if (!is_edited(u, ch))
			continue;
		if (u->editor.selects) /* a single step is marked below its plot: each move would write all rows anew */
			canvas_mark(c, (struct rect){ r.x, y, r.w, p->plot_h }, STYLE_REVERSE);
		canvas_mark(c, (struct rect){ at.x, y + p->plot_h, at.w, 1 }, STYLE_REVERSE);
	}
}

static void segment_format(const struct ui *u, char *buf, size_t size)
{
	const struct editor *e = &u->editor;
	struct span p = editor_segment(e);
	char name[64] = "all channels";
	if (e->channel != EDIT_ALL)
		channel_name(u, e->channel, name, sizeof name);
	if (e->selects)
		snprintf(buf, size, "steps %lld to %lld (%lld) of %s", (long long)p.from, (long long)(p.from + p.n - 1),
		         (long long)p.n, name);
	else
		snprintf(buf, size, "step %lld of %s", (long long)e->at, name);
}

/* Of one channel: "load 3.25, was 1.5", the mean of the segment in the units of the file. */
static int value_draw(const struct ui *u, struct canvas *c, int x, int y, int end, int64_t ch)
{
	const struct own *o = u->data[VIEW_EDIT];
	struct span p = editor_segment(&u->editor);
	char name[64], now[32], was[32], b[192];
	double sum[2] = { 0, 0 };
	bool changed = false;
	for (int64_t t = p.from; t < p.from + p.n; t++) {
		sum[0] += (double)o->now->raw[t * o->now->own + ch];
		sum[1] += (double)o->file->raw[t * o->now->own + ch];
		changed |= differs(o, t, ch);
	}
	number_format(now, sizeof now, sum[0] / (double)p.n, 9);
	number_format(was, sizeof was, sum[1] / (double)p.n, 9);
	channel_name(u, ch, name, sizeof name);
	snprintf(b, sizeof b, changed ? "%s%s %s, was %s" : "%s%s %s", p.n > 1 ? "mean " : "", name, now, was);
	if (x + text_width(b) > end)
		return x;
	return x + canvas_text(c, x, y, -1, changed ? S_WARN : S_TEXT, b) + 2;
}

static void edit_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_EDIT];
	struct rect r = u->main;
	char b[160];
	panel_draw(u, c);
	if (!o->now)
		return;
	channels_mark(u, c);
	struct rect line = rect_top(&r, 1);
	segment_format(u, b, sizeof b);
	canvas_cursor(c, 1, line.y);
	int x = 1 + canvas_text(c, 1, line.y, line.w - 2, S_TEXT | STYLE_REVERSE, b) + 2;
	if (o->changed)
		snprintf(b, sizeof b, "%lld of %lld steps changed", (long long)o->changed, (long long)o->now->length);
	else
		snprintf(b, sizeof b, "as in the file");
	if (x + text_width(b) < line.w)
		canvas_text(c, x, line.y, -1, o->changed ? S_WARN : S_DIM, b);
	line = rect_top(&r, 1);
	x = 1;
	for (int64_t ch = 0; ch < o->now->own && line.h; ch++)
		if (u->editor.channel == EDIT_ALL || u->editor.channel == ch)
			x = value_draw(u, c, x, line.y, line.w, ch);
	if (o->now->note[0] && r.h)
		canvas_text(c, 1, r.y, r.w - 2, S_TEXT, o->now->note);
}

/* ---- moving ---- */

static unsigned edit_move(struct ui *u, enum move m)
{
	struct editor *e = &u->editor;
	int64_t was = e->at, channel = e->channel, steps = dataset_length(u->s.d, u->s.q.window);
	int64_t page = steps > PAGE_PART ? steps / PAGE_PART : 1, own = editor_own(&u->s);
	switch (m) {
	case MOVE_LEFT:
	case MOVE_RIGHT:
		e->at += m == MOVE_LEFT ? -1 : 1;
		break;
	case MOVE_PAGE_UP:
	case MOVE_PAGE_DOWN:
	case MOVE_HALF_UP:
	case MOVE_HALF_DOWN:
		e->at += m == MOVE_PAGE_UP || m == MOVE_HALF_UP ? -page : page;
		break;
	case MOVE_FIRST:
	case MOVE_HOME:
		e->at = 0;
		break;
	case MOVE_LAST:
	case MOVE_END:
		e->at = steps - 1;
		break;
	case MOVE_NEXT:
		e->channel = e->channel + 1 < own ? e->channel + 1 : EDIT_ALL;
		break;
	case MOVE_PREVIOUS:
		e->channel = e->channel == EDIT_ALL ? own - 1 : e->channel - 1;
		break;
	case MOVE_UP: /* the keys up and down change values; the wheel walks, too */
	case MOVE_DOWN:
		e->at += m == MOVE_UP ? -1 : 1;
		break;
	}
	editor_fit(e, &u->s);
	viewport_follow(&u->s.shown, u->s.m->T, e->at);
	return e->at != was || e->channel != channel ? CHANGED_TIME : 0;
}

/* From the edited window to that in the file, and back. */
static unsigned edit_toggle(struct ui *u)
{
	struct session *s = &u->s;
	const struct edited *e = edits_find(&s->edits, s->q.window);
	if (s->q.edited)
		return session_window(s, s->q.window);
	if (e)
		return session_edit(s, e);
	ui_say(u, "this window has not been edited");
	return 0;
}

/* A step by its number: "step 12". */
static bool edit_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	int64_t n = dataset_length(u->s.d, u->s.q.window);
	for (int64_t k = 1; k <= n; k++) {
		char b[32];
		int64_t t = ((u->editor.at + step * k) % n + n) % n;
		snprintf(b, sizeof b, "step %lld", (long long)t);
		if (!strstr(b, word))
			continue;
		u->editor.at = t;
		viewport_follow(&u->s.shown, u->s.m->T, t);
		*changed = CHANGED_TIME;
		return true;
	}
	return false;
}

static void edit_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_EDIT];
	char b[160], p[96];
	if (!o->now)
		return;
	segment_format(u, b, sizeof b);
	predicted_format(u, p, sizeof p);
	fprintf(f, "window %s  predicted %s\n", window_format(&u->s.q, b, sizeof b), p);
	segment_format(u, b, sizeof b);
	fprintf(f, "selected: %s\n%lld of %lld steps changed\n", b, (long long)o->changed, (long long)o->now->length);
	if (o->now->note[0])
		fprintf(f, "%s\n", o->now->note);
	for (int64_t t = 0; t < o->now->length; t++) {
		fprintf(f, "step %lld:", (long long)t);
		for (int64_t c = 0; c < o->now->own; c++) {
			fprintf(f, "%s %s %.9g", c ? "," : "", channel_name(u, c, b, sizeof b),
			        (double)o->now->raw[t * o->now->own + c]);
			if (differs(o, t, c))
				fprintf(f, " (was %.9g)", (double)o->file->raw[t * o->now->own + c]);
		}
		fprintf(f, "\n");
	}
}

static bool has_change(const struct ui *u)
{
	const struct own *o = u->data[VIEW_EDIT];
	return o->changed > 0;
}

static const struct legend legend[] = {
	SEEN("{selected}", "the step or the segment that keys change, and of which channels"),
	SEEN("7 of 50 steps", "at how many steps the raw rows differ from those in the file", .style = S_WARN),
	SEEN("load 3.2, was 1.5",
	     "the value in the units of the file, or the mean of the segment; and that in the file"),
	SEEN("{line}", "behind the line of the window: that of the file, where they differ", .style = S_AXIS,
	     .when = has_change),
	SEEN("5*", "the edited version of window 5, which stands behind it: ] and [ go there, and back"),
	SEEN("intact", "what the network says of the window in the file, and how far the edit has moved that",
	     .style = S_DIM, .when = has_change),
	SEEN("{ellipsis}", "not computed yet"),
	{ .keys = "left,right", .text = "one step back or on; with a segment its end moves" },
	{ .keys = "next-layer", .text = "the next channel is edited, or all; derived channels follow by themselves" },
	{ .keys = "toggle", .text = "the window in the file, and the edited one again" },
	{ .keys = "undo", .text = "take the last change back" },
	{ .keys = "cancel", .text = "no segment, else leave the editor; the edited window stays" },
	{ .rows = legend_panel },
	{ 0 },
};

const struct view view_edit = {
	.id = VIEW_EDIT,
	.name = "edit",
	.title = "Edit",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_TARGET_MAP,
	.hints = "edit-up,edit-down:value edit-select:segment edit-flat:flat undo edit-line:line edit-smooth:smooth "
	         "edit-reverse:turn edit-noise:noise edit-stretch,edit-shrink:stretch edit-copy:copy edit-paste:paste "
	         "edit-salient:salient edit-set:set edit-restore:restore edit-pinned:pinned next-layer:channel "
	         "edit-all:all toggle:file pin redo export",
	.depends = CHANGED_QUESTION | CHANGED_TIME | CHANGED_LOOK | CHANGED_LIST,
	.release = edit_release,
	.update = edit_update,
	.draw = edit_draw,
	.move = edit_move,
	.search = edit_search,
	.toggle = edit_toggle,
	.dump = edit_dump,
};
