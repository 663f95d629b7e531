/* What stands out in this window, in sentences, each with the place it is about. */
#include "ui/views/views.h"

#include <string.h>
#include "core/base/text.h"
#include "ui/views/findings.h"
#include "ui/views/list.h"

static void findings_update(struct ui *u, unsigned changed)
{
	if (changed & (CHANGED_QUESTION | CHANGED_VIEW | CHANGED_ARRIVED))
		findings_make(u);
	int most = u->n_finding - 1;
	u->list_at = u->list_at > most ? most : u->list_at;
	u->list_at = u->list_at < 0 ? 0 : u->list_at;
	u->first = layout_scroll(u->first, u->list_at, 1, u->n_finding, u->frame.body.h / 3);
}

/* Bytes of s that fit w columns, cut between words where there are any; 0 at the end. */
static size_t fit(const char *s, int w)
{
	size_t i = 0, cut = 0, used, n = strlen(s);
	if (text_width(s) <= w)
		return n;
	for (int at = 0; i < n; i += used) {
		at += text_width_cp(text_decode(s + i, n - i, &used));
		if (at > w)
			break;
		if (s[i] == ' ')
			cut = i;
	}
	return cut ? cut : i ? i : n;
}

/* A sentence broken between words; returns its lines. */
static int paragraph(struct canvas *c, struct rect r, unsigned style, const char *s)
{
	int lines = 0;
	char line[256];
	while (*s && lines < r.h) {
		size_t n = fit(s, r.w);
		snprintf(line, sizeof line, "%.*s", (int)n, s);
		canvas_text(c, r.x, r.y + lines++, r.w, style, line);
		s += n;
		while (*s == ' ')
			s++;
	}
	return lines;
}

static void findings_draw(const struct ui *u, struct canvas *c)
{
	struct rect body = u->frame.body;
	int y = body.y;
	for (int i = u->first; i < u->n_finding && y < body.y + body.h; i++) {
		const struct finding *q = &u->finding[i];
		bool on = i == u->list_at;
		canvas_put(c, 1, y, on ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
		if (on)
			canvas_cursor(c, 3, y);
		y += paragraph(c, (struct rect){ 3, y, c->w - 4, body.y + body.h - y }, on ? S_TITLE : S_TEXT, q->text);
	}
	if (!u->n_finding)
		canvas_text(c, 3, y, -1, S_DIM, "Nothing stands out in this window.");
}

static unsigned findings_move(struct ui *u, enum move m)
{
	return list_move(&u->list_at, u->n_finding, u->frame.body.h - 1, m);
}

static unsigned findings_enter(struct ui *u)
{
	struct session *s = &u->s;
	if (u->list_at >= u->n_finding)
		return 0;
	const struct finding *q = &u->finding[u->list_at];
	unsigned changed = 0;
	if (q->layer >= 0)
		changed |= session_layer(s, q->layer);
	if (q->layer >= 0 && q->filter >= 0)
		changed |= session_filter(s, q->filter);
	return changed | session_view(s, q->view, true);
}

static void findings_dump(struct ui *u, FILE *f)
{
	for (int i = 0; i < u->n_finding; i++)
		fprintf(f, "%s\n", u->finding[i].text);
}

const struct view view_findings = {
	.id = VIEW_FINDINGS,
	.name = "findings",
	.title = "Findings",
	.needs_data = true,
	.depends = CHANGED_LIST | CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_CLUSTERS,
	.update = findings_update,
	.draw = findings_draw,
	.move = findings_move,
	.enter = findings_enter,
	.dump = findings_dump,
};
