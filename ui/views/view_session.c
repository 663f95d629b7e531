/* What there is to say of the session: which file, what was resumed, what has changed since, what has no place here. */
#include "ui/views/views.h"

#include <limits.h>
#include <string.h>
#include "ui/parts/list.h"

struct own {
	struct list list;
};

/* The sentences, one a line. */
static const char *report_of(const struct ui *u)
{
	const struct keep_ops *keep = u->options->keep;
	const char *text = keep && keep->report ? keep->report(u->options->keep_ctx) : "";
	return *text ? text : "nothing is kept of this review (--session FILE keeps it in a file)";
}

/* Sentence i, and its bytes in *n; NULL: there are fewer. */
static const char *sentence(const struct ui *u, int64_t i, size_t *n)
{
	const char *s = report_of(u);
	for (*n = strcspn(s, "\n"); i > 0 && s[*n]; i--) {
		s += *n + 1;
		*n = strcspn(s, "\n");
	}
	return i ? NULL : s;
}

static int sentences(const struct ui *u)
{
	int n = 1;
	for (const char *s = report_of(u); *s; s++)
		n += *s == '\n';
	return n;
}

/* The sentence broken between words. The canvas NULL: nothing is drawn. Returns its lines. */
static int paragraph(const struct ui *u, struct canvas *c, struct rect r, int i)
{
	size_t n, used;
	const char *s = sentence(u, i, &n);
	char text[4096];
	int lines = 0;
	snprintf(text, sizeof text, "%.*s", n < sizeof text ? (int)n : (int)sizeof text - 1, s ? s : "");
	for (s = text; *s && lines < r.h; s += used, s += strspn(s, " "), lines++) {
		used = text_fit(s, r.w > 1 ? r.w : 1);
		if (c)
			canvas_printf(c, r.x, r.y + lines, r.w, S_TEXT, "%.*s", (int)used, s);
	}
	return lines;
}

static void session_update_view(struct ui *u, unsigned changed)
{
	struct list *l = &((struct own *)u->data[VIEW_SESSION])->list;
	int n = sentences(u);
	(void)changed;
	l->at = l->at >= n ? n - 1 : l->at;
	for (l->first = l->first > l->at ? l->at : l->first; l->first < l->at; l->first++) {
		int rows = 0;
		for (int i = l->first; i <= l->at; i++)
			rows += paragraph(u, NULL, (struct rect){ 3, 0, u->frame.body.w - 4, INT_MAX }, i);
		if (rows <= u->frame.body.h)
			break;
	}
}

static void session_draw(const struct ui *u, struct canvas *c)
{
	const struct list *l = &((const struct own *)u->data[VIEW_SESSION])->list;
	int y = u->frame.body.y, end = y + u->frame.body.h, n = sentences(u), i;
	for (i = l->first; i < n && y < end; i++) {
		int h = paragraph(u, c, (struct rect){ 3, y, c->w - 4, end - y }, i);
		if (i == l->at) {
			canvas_put(c, 1, y, u->g->mark, S_BORDER_ON);
			canvas_mark(c, (struct rect){ 3, y, 1, 1 }, STYLE_REVERSE);
			canvas_cursor(c, 3, y);
		}
		canvas_zone(c, (struct rect){ 0, y, c->w, h }, i, -1);
		y += h;
	}
	if (l->first > 0)
		canvas_put(c, c->w - 1, u->frame.body.y, u->g->up, S_BORDER_ON);
	if (i < n)
		canvas_put(c, c->w - 1, end - 1, u->g->down, S_BORDER_ON);
}

static unsigned session_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_SESSION];
	return list_move(&o->list.at, sentences(u), u->frame.body.h - 1, m);
}

static bool session_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_SESSION];
	(void)x;
	return list_pick(&o->list, z, changed);
}

static const char *session_words(const struct ui *u, int64_t i, char *buf, size_t size)
{
	size_t n;
	const char *s = sentence(u, i, &n);
	snprintf(buf, size, "%.*s", (int)n, s ? s : "");
	return buf;
}

static bool session_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_SESSION];
	return list_find(u, &o->list, session_words, sentences(u), word, step, changed);
}

static void session_subject(const struct ui *u, struct note_subject *q)
{
	(void)u;
	q->about = NOTE_MODEL;
}

static void session_dump(struct ui *u, FILE *f)
{
	fprintf(f, "%s\n", report_of(u));
}

static const struct legend legend[] = {
	SEEN("{mark}", "the selected sentence"),
	SEEN("{up} {down}", "there is more above or below"),
	{ 0 },
};

const struct view view_session = {
	.id = VIEW_SESSION,
	.name = "session",
	.title = "Session",
	.legend = legend,
	.size = sizeof(struct own),
	.hints = "notes search export",
	.search = session_search,
	.depends = CHANGED_LIST | CHANGED_LOOK | CHANGED_VIEW | CHANGED_MESSAGE,
	.update = session_update_view,
	.draw = session_draw,
	.move = session_move,
	.pick = session_pick,
	.subject = session_subject,
	.dump = session_dump,
};
