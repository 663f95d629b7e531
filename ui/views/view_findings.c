/* What stands out in this window, in sentences, each with the place it is about. */
#include "ui/views/views.h"

#include <limits.h>
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

/* Where Enter goes, and what it marks there: "level 3, 20 marked". */
static const char *place_text(const struct ui *u, const struct finding *q, char *buf, size_t size)
{
	const struct view *v = u->views[q->view];
	int n = q->window >= 0 ? snprintf(buf, size, "window %lld", (long long)q->window)
	        : v->level     ? snprintf(buf, size, "level %d", v->level)
	                       : snprintf(buf, size, "%s", v->name);
	if (q->n)
		snprintf(buf + n, size - (size_t)n, ", %d marked", q->n);
	return buf;
}

/* The finding broken between words, then an arrow and where Enter goes, on the last line where that has room. The
 * canvas NULL: nothing is drawn. Returns its lines. */
static int paragraph(const struct ui *u, struct canvas *c, struct rect r, const struct finding *q)
{
	int lines = 0, last = 0;
	char line[640], place[64];
	const char *s = q->text;
	while (*s && lines < r.h) {
		size_t n = text_fit(s, r.w > 1 ? r.w : 1);
		snprintf(line, sizeof line, "%.*s", (int)n, s);
		if (c)
			canvas_text(c, r.x, r.y + lines, r.w, S_TEXT, line);
		last = text_width(line);
		lines++;
		s += n;
		while (*s == ' ')
			s++;
	}
	place_text(u, q, place, sizeof place);
	bool fits = last + 3 + text_width(place) <= r.w;
	int y = fits ? lines - 1 : lines, x = r.x + (fits ? last + 1 : 0);
	if (!fits && lines == r.h)
		return lines;
	if (c) {
		canvas_put(c, x, r.y + y, u->g->to, S_DIM);
		canvas_text(c, x + 2, r.y + y, r.x + r.w - x - 2, S_DIM, place);
	}
	return y + 1;
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
	return heading + paragraph(u, NULL, (struct rect){ 3, 0, u->frame.body.w - 4, INT_MAX }, &o->found.v[i]);
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
		int h = paragraph(u, c, (struct rect){ 3, y, c->w - 4, end - y }, q);
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
	SEEN("{to} level 3", "where Enter goes; the filters that the sentence is about are marked there, and no others",
	     .style = S_DIM),
	SEEN("#2", "the number of a filter"),
	{ 0 },
};

/* Importance by ablation, which is compared with the other measure, where it takes about a second at most. */
static unsigned findings_wants(const struct ui *u)
{
	const double cheap = 1e9;
	double macs = 0, filters = 0;
	for (int i = 0; i < u->s.m->n_layer; i++) {
		macs += (double)u->s.m->layer[i].macs;
		filters += (double)u->s.m->layer[i].filters;
	}
	return macs * filters <= cheap ? NEEDS_ABLATION : 0;
}

const struct view view_findings = {
	.id = VIEW_FINDINGS,
	.name = "findings",
	.title = "Findings",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.wants = findings_wants,
	.needs = NEEDS_LAYERS | NEEDS_CLUSTERS | NEEDS_METHODS | NEEDS_SILENCE | NEEDS_WHY | NEEDS_DOUBTS,
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
