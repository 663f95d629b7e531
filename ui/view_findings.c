/* What stands out in this window, in sentences, each with the place it is about. */
#include "ui/ui.h"

#include <stdlib.h>
#include "core/text.h"

static void findings_update(struct ui *u, unsigned changed)
{
	if (changed & (CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_CLUSTERS | CHANGED_VIEW))
		findings_make(u);
	int most = u->n_finding - 1;
	u->list_at = u->list_at > most ? most : u->list_at;
	u->list_at = u->list_at < 0 ? 0 : u->list_at;
	u->first = layout_scroll(u->first, u->list_at, 1, u->n_finding, u->frame.body.h / 2);
}

/* In at most two lines, cut between words. */
static int paragraph(struct canvas *c, int x, int y, int w, unsigned style, const char *s)
{
	char line[256];
	if (text_width(s) <= w) {
		canvas_text(c, x, y, w, style, s);
		return 1;
	}
	size_t cut = 0, used, i = 0, n = 0;
	for (int at = 0; s[i] && at <= w; i += used) {
		size_t len = 0;
		while (s[i + len])
			len++;
		at += text_width_cp(text_decode(s + i, len, &used));
		if (s[i] == ' ')
			cut = i;
	}
	if (!cut)
		cut = i;
	for (; n < cut && n + 1 < sizeof line; n++)
		line[n] = s[n];
	line[n] = '\0';
	canvas_text(c, x, y, w, style, line);
	while (s[cut] == ' ')
		cut++;
	canvas_text(c, x, y + 1, w, style, s + cut);
	return 2;
}

static void findings_draw(const struct ui *u, struct canvas *c)
{
	struct rect body = u->frame.body;
	int y = body.y;
	for (int i = u->first; i < u->n_finding && y + 1 < body.y + body.h; i++) {
		const struct finding *q = &u->finding[i];
		bool on = i == u->list_at;
		canvas_put(c, 1, y, on ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
		if (on)
			canvas_cursor(c, 3, y);
		y += paragraph(c, 3, y, c->w - 4, on ? S_TITLE : S_TEXT, q->text);
	}
	if (!u->n_finding)
		canvas_text(c, 3, y, -1, S_DIM, "Nothing stands out in this window.");
}

static unsigned findings_move(struct ui *u, enum move m)
{
	switch (m) {
	case MOVE_UP: case MOVE_PREVIOUS: u->list_at--; break;
	case MOVE_DOWN: case MOVE_NEXT: u->list_at++; break;
	case MOVE_FIRST: case MOVE_HOME: u->list_at = 0; break;
	case MOVE_LAST: case MOVE_END: u->list_at = u->n_finding; break;
	case MOVE_PAGE_UP: case MOVE_HALF_UP: u->list_at -= u->frame.body.h / 2; break;
	case MOVE_PAGE_DOWN: case MOVE_HALF_DOWN: u->list_at += u->frame.body.h / 2; break;
	default: return 0;
	}
	return CHANGED_LIST;
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
	.id = VIEW_FINDINGS, .name = "findings", .title = "Findings", .needs_data = true,
	.depends = CHANGED_LIST | CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_CLUSTERS,
	.update = findings_update, .draw = findings_draw, .move = findings_move, .enter = findings_enter, .dump = findings_dump,
};
