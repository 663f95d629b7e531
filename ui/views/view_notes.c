/* All notes, the newest first: what each is about, who wrote it when, and its text. */
#include "ui/views/views.h"

#include <limits.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/parts/list.h"
#include "ui/state/format.h"

struct own {
	int first; /* the note at the top of the screen */
};

/* Note i of the list on the screen. */
static const struct note *note_of(const struct ui *u, int i)
{
	return u->s.notes->v[notes_n(u->s.notes) - 1 - i];
}

/* What a note is about: "conv1 #3 in window 12". In a model or data without it the names of then stand there. */
static const char *about_format(const struct note *n, char *buf, size_t size)
{
	char what[256] = "the model";
	if (n->about == NOTE_LAYER)
		snprintf(what, sizeof what, "layer %.200s", n->layer);
	else if (n->about == NOTE_FILTER)
		snprintf(what, sizeof what, "%.200s #%lld", n->layer, (long long)n->filter);
	else if (n->about == NOTE_CLUSTER)
		snprintf(what, sizeof what, "%.200s, cluster %c of #%lld", n->layer,
		         n->cluster >= 0 && n->cluster < 26 ? 'A' + (char)n->cluster : '?', (long long)n->filter);
	int64_t window = n->at_window >= 0 ? n->at_window : n->window;
	if (n->about == NOTE_WINDOW)
		snprintf(buf, size, "window %lld%s", (long long)window, n->edited ? "*" : "");
	else if (n->about == NOTE_FILTER || n->about == NOTE_CLUSTER)
		snprintf(buf, size, "%s in window %lld%s", what, (long long)window, n->edited ? "*" : "");
	else
		snprintf(buf, size, "%s", what);
	return buf;
}

/* The line over a note: what it is about, who wrote it and when, as far as there is room; the canvas NULL: nothing is
 * drawn. */
static void head_draw(const struct ui *u, struct canvas *c, struct rect r, const struct note *n, bool on)
{
	char about[320], when[32], by[300];
	bool place = note_has_place(n, u->s.m);
	about_format(n, about, sizeof about);
	note_time_format(n->time, when, sizeof when);
	snprintf(by, sizeof by, "%.200s%s%s", n->author, *n->author ? "  " : "", when);
	int room = r.w - text_width(by) - 2,
	    w = canvas_name(c, r.x, r.y, room > 12 ? room : r.w, place ? S_CHANNEL : S_DIM, about);
	if (on)
		canvas_mark(c, (struct rect){ r.x, r.y, w, 1 }, STYLE_REVERSE);
	if (!place && w + 2 + 14 <= room)
		canvas_text(c, r.x + w + 2, r.y, room - w - 2, S_WARN, "has no place here");
	if (room > 12)
		canvas_text(c, r.x + r.w - text_width(by), r.y, -1, S_DIM, by);
}

/* The text of a note broken between words. The canvas NULL: nothing is drawn. Returns its lines. */
static int paragraph(struct canvas *c, struct rect r, const char *s)
{
	int lines = 0;
	char line[640];
	while (*s && lines < r.h) {
		size_t n = text_fit(s, r.w > 1 ? r.w : 1);
		snprintf(line, sizeof line, "%.*s", (int)n, s);
		if (c)
			canvas_text(c, r.x, r.y + lines, r.w, S_TEXT, line);
		lines++;
		s += n;
		while (*s == ' ')
			s++;
	}
	return lines;
}

static int height(const struct ui *u, int i)
{
	return 1 + paragraph(NULL, (struct rect){ 0, 0, u->frame.body.w - 5, INT_MAX }, note_of(u, i)->text);
}

static void notes_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_NOTES];
	int n = notes_n(u->s.notes), rows = 0, top;
	(void)changed;
	u->note_at = u->note_at >= n ? n - 1 : u->note_at;
	u->note_at = u->note_at < 0 ? 0 : u->note_at;
	if (!n)
		return;
	/* the first one that leaves room for the one under the cursor */
	for (top = u->note_at; top >= 0; top--) {
		rows += height(u, top);
		if (rows > u->frame.body.h)
			break;
	}
	top = top < u->note_at ? top + 1 : u->note_at;
	o->first = o->first < top ? top : o->first > u->note_at ? u->note_at : o->first;
}

static void notes_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_NOTES];
	struct rect body = u->frame.body;
	int n = notes_n(u->s.notes), y = body.y, end = body.y + body.h, i;
	for (i = o->first; i < n && y < end; i++) {
		const struct note *q = note_of(u, i);
		bool on = i == u->note_at;
		canvas_put(c, 1, y, on ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
		if (on)
			canvas_cursor(c, 3, y);
		head_draw(u, c, (struct rect){ 3, y, c->w - 4, 1 }, q, on);
		int h = 1 + paragraph(c, (struct rect){ 5, y + 1, c->w - 6, end - y - 1 }, q->text);
		canvas_zone(c, (struct rect){ 0, y, c->w, h }, i, -1);
		y += h;
	}
	if (!n) {
		canvas_text(c, 3, y, -1, S_DIM, "There are no notes. The key ; writes one about what is selected.");
		canvas_cursor(c, 3, y);
	}
	if (o->first > 0)
		canvas_put(c, c->w - 1, body.y, u->g->up, S_BORDER_ON);
	if (i < n)
		canvas_put(c, c->w - 1, end - 1, u->g->down, S_BORDER_ON);
}

static unsigned notes_move(struct ui *u, enum move m)
{
	return list_move(&u->note_at, notes_n(u->s.notes), u->frame.body.h / 2, m);
}

static bool notes_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct list l = { .at = u->note_at };
	(void)x;
	bool again = list_pick(&l, z, changed);
	u->note_at = l.at;
	return again;
}

/* Without a picture: to the layer, the filter and the window. */
static unsigned go(struct ui *u, const struct note *n)
{
	struct session *s = &u->s;
	unsigned changed = 0;
	if (s->runs && n->at_window >= 0)
		changed |= n->edited ? session_edit(s, n->edited) : session_window(s, n->at_window);
	if (n->at_layer >= 0) {
		s->net_at = n->at_layer;
		changed |= CHANGED_LAYER;
		if (s->m->layer[n->at_layer].kind == LAYER_ANALYSED && s->runs)
			changed |= session_layer(s, n->at_layer);
	}
	if ((n->about == NOTE_FILTER || n->about == NOTE_CLUSTER) && s->runs) {
		changed |= session_filter(s, n->filter);
		return changed | session_view(s, n->about == NOTE_CLUSTER ? VIEW_CLUSTERS : VIEW_FILTER, true);
	}
	return changed | session_view(s,
	                              n->about == NOTE_LAYER   ? VIEW_LAYER
	                              : n->about == NOTE_MODEL ? VIEW_MODEL
	                                                       : VIEW_NETWORK,
	                              true);
}

static unsigned notes_enter(struct ui *u)
{
	char lost[200] = "";
	if (u->note_at >= notes_n(u->s.notes))
		return 0;
	const struct note *n = note_of(u, u->note_at);
	if (!n->picture || !u->options->note_show) {
		if (note_has_place(n, u->s.m))
			return go(u, n);
		ui_say(u, "what this note is about is not in this model or its data");
		return 0;
	}
	if (u->options->note_show(u, n, lost, sizeof lost))
		ui_say(u, "no place here for %s", lost);
	else
		ui_say(u, "as when the note was written; u: as before, q: the notes");
	return CHANGED_ALL & ~(unsigned)CHANGED_REST;
}

/* What a search looks at: what the note is about, its author, its text. */
static const char *note_words(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const struct note *n = note_of(u, (int)i);
	char about[320], when[32];
	snprintf(buf, size, "%s %.200s %s %s", about_format(n, about, sizeof about), n->author,
	         note_time_format(n->time, when, sizeof when), n->text);
	return buf;
}

static bool notes_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct list l = { .at = u->note_at };
	bool found = list_find(u, &l, note_words, notes_n(u->s.notes), word, step, changed);
	u->note_at = l.at;
	return found;
}

static void notes_dump(struct ui *u, FILE *f)
{
	char about[320], when[32];
	for (int i = 0; i < notes_n(u->s.notes); i++) {
		const struct note *n = note_of(u, i);
		fprintf(f, "%s %s%s%s: %s\n", note_time_format(n->time, when, sizeof when), n->author,
		        *n->author ? ", " : "", about_format(n, about, sizeof about), n->text);
	}
	if (!notes_n(u->s.notes))
		fprintf(f, "no notes\n");
}

static const struct legend legend[] = {
	SEEN("{mark}", "the selected note"),
	SEEN("conv1 #3", "what the note is about, and where it was written; at the right who wrote it, and when",
	     .style = S_CHANNEL),
	SEEN("window 5*", "the window as somebody has edited it", .style = S_CHANNEL),
	SEEN("has no place here", "this model or its data have nothing that the note is about; the note is kept",
	     .style = S_WARN),
	SEEN("{up} {down}", "there is more above or below"),
	{ .keys = "enter", .text = "what was seen when the note was written: question, view, layer, filter, step" },
	{ .keys = "note-change,note-delete", .text = "write the note anew; take it away" },
	{ .keys = "export", .text = "a name that ends in .txt: all notes as text, one a line" },
	{ 0 },
};

const struct view view_notes = {
	.id = VIEW_NOTES,
	.name = "notes",
	.title = "Notes",
	.legend = legend,
	.size = sizeof(struct own),
	.hints = "enter:show note-change:change note-delete:delete search export",
	.search = notes_search,
	.depends = CHANGED_LIST | CHANGED_LOOK | CHANGED_VIEW,
	.update = notes_update,
	.draw = notes_draw,
	.move = notes_move,
	.enter = notes_enter,
	.pick = notes_pick,
	.dump = notes_dump,
};
