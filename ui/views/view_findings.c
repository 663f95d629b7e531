/* What stands out in this window, in sentences, each with the place it is about. */
#include "ui/views/views.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/parts/findings.h"
#include "ui/parts/list.h"

struct own {
	struct list list;
	struct findings found;
};

static void findings_open(struct ui *u)
{
	struct own *o = u->data[VIEW_FINDINGS];
	o->list = (struct list){ 0 };
}

static void findings_free(void *data)
{
	struct own *o = data;
	findings_release(&o->found);
}

/* A sentence broken between words; returns its lines. */
static int paragraph(struct canvas *c, struct rect r, unsigned style, const char *s)
{
	int lines = 0;
	char line[640];
	while (*s && lines < r.h) {
		size_t n = text_fit(s, r.w);
		snprintf(line, sizeof line, "%.*s", (int)n, s);
		canvas_text(c, r.x, r.y + lines++, r.w, style, line);
		s += n;
		while (*s == ' ')
			s++;
	}
	return lines;
}

/* Rows of the sentence at a width of w columns. */
static int rows_of(const char *s, int w)
{
	int rows = 0;
	while (*s) {
		s += text_fit(s, w > 1 ? w : 1);
		while (*s == ' ')
			s++;
		rows++;
	}
	return rows;
}

/* Whether finding i begins a group: its heading stands above it. */
static bool begins(const struct own *o, int i)
{
	return i == 0 || o->found.v[i].group != o->found.v[i - 1].group;
}

/* Rows of finding i with its heading and the blank line above that. The first one on the screen has none. */
static int height(const struct ui *u, const struct own *o, int i, bool first)
{
	int heading = first ? 1 : begins(o, i) ? 2 : 0;
	return heading + rows_of(o->found.v[i].text, u->frame.body.w - 4);
}

/* Scrolls until the selected finding is seen. */
static void keep_in_sight(const struct ui *u, struct own *o)
{
	struct list *l = &o->list;
	l->at = l->at >= o->found.n ? o->found.n - 1 : l->at;
	l->at = l->at < 0 ? 0 : l->at;
	l->first = l->first > l->at ? l->at : l->first;
	for (; l->first < l->at; l->first++) {
		int rows = 0;
		for (int i = l->first; i <= l->at; i++)
			rows += height(u, o, i, i == l->first);
		if (rows <= u->frame.body.h)
			break;
	}
}

static void findings_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_FINDINGS];
	if (changed & (CHANGED_QUESTION | CHANGED_ORDER | CHANGED_VIEW | CHANGED_ARRIVED | CHANGED_LOOK))
		findings_make(u, &o->found);
	keep_in_sight(u, o);
}

static void findings_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_FINDINGS];
	struct rect body = u->frame.body;
	int y = body.y, end = body.y + body.h;
	for (int i = o->list.first; i < o->found.n && y < end; i++) {
		const struct finding *q = &o->found.v[i];
		bool on = i == o->list.at, first = i == o->list.first, heading = first || begins(o, i);
		y += !first && heading;
		if (y + heading >= end)
			break;
		if (heading)
			canvas_text(c, 1, y++, -1, S_CHANNEL, finding_groups[q->group]);
		canvas_put(c, 1, y, on ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
		if (on)
			canvas_cursor(c, 3, y);
		int h = paragraph(c, (struct rect){ 3, y, c->w - 4, end - y }, S_TEXT, q->text);
		if (on) /* a whole sentence in another look would be written at each key */
			canvas_mark(c, (struct rect){ 3, y, (int)strcspn(q->text, " "), 1 }, STYLE_REVERSE);
		canvas_zone(c, (struct rect){ 0, y, c->w, h }, i, -1);
		y += h;
	}
	if (!o->found.n)
		canvas_text(c, 3, y, -1, S_DIM, "Nothing stands out in this window.");
}

static unsigned findings_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_FINDINGS];
	return list_move(&o->list.at, o->found.n, u->frame.body.h - 1, m);
}

static bool findings_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_FINDINGS];
	(void)x;
	return list_pick(&o->list, z, changed);
}

static unsigned findings_enter(struct ui *u)
{
	const struct own *o = u->data[VIEW_FINDINGS];
	struct session *s = &u->s;
	if (o->list.at >= o->found.n)
		return 0;
	const struct finding *q = &o->found.v[o->list.at];
	unsigned changed = 0;
	if (q->window >= 0)
		changed |= session_window(s, q->window);
	if (q->layer >= 0)
		changed |= session_layer(s, q->layer);
	if (q->layer >= 0 && q->n) {
		changed |= session_filter(s, q->filter[0]) | CHANGED_MARKS;
		s->marks.n = 0;
		for (int i = 0; i < q->n; i++)
			filter_set_put(&s->marks, q->layer, q->filter[i], true);
		ui_say(u, "%d filter%s marked", q->n, q->n == 1 ? " is" : "s are");
	}
	return changed | session_view(s, q->view, true);
}

static const char *finding_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const struct own *o = u->data[VIEW_FINDINGS];
	(void)buf, (void)size;
	return o->found.v[i].text;
}

static bool findings_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_FINDINGS];
	return list_find(u, &o->list, finding_text, o->found.n, word, step, changed);
}

static void findings_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_FINDINGS];
	for (int i = 0; i < o->found.n; i++) {
		if (begins(o, i))
			fprintf(f, "%s:\n", finding_groups[o->found.v[i].group]);
		fprintf(f, "%s\n", o->found.v[i].text);
	}
}

static const struct legend legend[] = {
	SEEN("{mark}", "the selected sentence; Enter goes to what it is about"),
	SEEN("#2", "the number of a filter"),
	{ 0 },
};

const struct view view_findings = {
	.id = VIEW_FINDINGS,
	.name = "findings",
	.title = "Findings",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_LAYERS | NEEDS_CLUSTERS | NEEDS_TARGET_MAP | NEEDS_SILENCE | NEEDS_WHY,
	.hints = "enter:open windows search",
	.open = findings_open,
	.release = findings_free,
	.search = findings_search,
	.depends = CHANGED_LIST | CHANGED_ORDER | CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_CLUSTERS,
	.update = findings_update,
	.draw = findings_draw,
	.move = findings_move,
	.enter = findings_enter,
	.pick = findings_pick,
	.dump = findings_dump,
};
