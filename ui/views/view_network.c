/* Level 1: the architecture. A chain as boxes that fold at the width; with branches one row a layer beside its lanes.
 */
#include "ui/views/views.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/draw/lanes.h"
#include "ui/state/format.h"
#include "ui/views/list.h"
#include "ui/views/panel.h"

struct own {
	bool chain; /* no branches: boxes; else lanes */
	struct boxes boxes;
	int first; /* scroll: first row of boxes, or first layer */
};

static void totals_format(const struct model *m, char *buf, size_t size)
{
	const char *type[8];
	int count[8], n = 0;
	int64_t macs = 0;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		int k = 0;
		macs += l->macs;
		if (l->kind == LAYER_INPUT)
			continue;
		while (k < n && strcmp(type[k], l->type))
			k++;
		if (k == n && n < 8) {
			type[n] = l->type;
			count[n++] = 0;
		}
		if (k < n)
			count[k]++;
	}
	size_t at = (size_t)snprintf(buf, size, "%lld parameters  %.3g M operations  ", (long long)m->params,
	                             (double)macs / 1e6);
	for (int k = 0; k < n && at < size; k++)
		at += (size_t)snprintf(buf + at, size - at, "%s%d %s", k ? ", " : "", count[k], type[k]);
}

static int rows_needed(const struct ui *u)
{
	const struct own *o = u->data[VIEW_NETWORK];
	if (!o->chain)
		return u->s.m->n_layer;
	return layout_boxes(u->frame.body, u->s.m->n_layer).rows * 6;
}

/* Layers [first,end) have boxes, which show activations. */
static void columns_shown(struct ui *u, int first, int end)
{
	const struct session *s = &u->s;
	int from = 0;
	while (from < s->n_column && s->column[from] < first)
		from++;
	u->scene.shown.first = from;
	while (from < s->n_column && s->column[from] < end)
		from++;
	u->scene.shown.n = from - u->scene.shown.first;
}

static void network_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_NETWORK];
	struct session *s = &u->s;
	int h = u->frame.body.h, n = s->m->n_layer;
	(void)changed;
	o->chain = lanes_chain(s->m);
	int room = h - 1 - rows_needed(u), least = h * 2 / 5;
	/* low screens: the boxes need what they need; high ones: both grow */
	panel_update(u, h > 30 ? 9 : 4, h > 30 ? h / 2 : room > least ? room : least);
	struct rect area = u->main;
	rect_bottom(&area, 1);
	if (o->chain) {
		o->boxes = layout_boxes(area, n);
		int per = o->boxes.per_row ? o->boxes.per_row : 1;
		o->first = layout_scroll(o->first, s->net_at / per, 1, o->boxes.rows, o->boxes.visible);
		columns_shown(u, o->first * per, (o->first + o->boxes.visible) * per);
	} else {
		u->scene.shown.n = 0;
		o->first = layout_scroll(o->first, s->net_at, 1, n, area.h);
	}
}

static void shape_format_ft(const struct layer *l, char *buf, size_t size)
{
	if (l->act < 0)
		snprintf(buf, size, "?");
	else if (l->kind == LAYER_LAYOUT && l->filters <= 1 && !l->has_time)
		snprintf(buf, size, "%lld", (long long)(l->filters * l->times));
	else if (l->has_time)
		snprintf(buf, size, "%lldx%lld", (long long)l->filters, (long long)l->times);
	else
		snprintf(buf, size, "%lld", (long long)(l->filters * l->times));
}

static void count_format(int64_t v, char *buf, size_t size)
{
	if (v < 100000)
		snprintf(buf, size, "%lld", (long long)v);
	else if (v < 100000000)
		snprintf(buf, size, "%.4gk", (double)v / 1e3);
	else
		snprintf(buf, size, "%.4gM", (double)v / 1e6);
}

/* How the filters' importance is spread: most important first. */
static void spread_draw(const struct ui *u, struct canvas *c, int layer, int x, int y, int w)
{
	const struct rows *r = &u->scene.rows[layer];
	if (!r->loaded || !r->importance->scaled || r->F < 2)
		return;
	int n = r->F < w ? (int)r->F : w;
	for (int i = 0; i < n; i++) {
		int64_t k = r->F <= w ? i : i * r->F / w;
		double v = r->scaled[r->importance->order[k]];
		int e = v > 0 ? 1 + (int)((v < 1 ? v : 1) * 7.999) : 0;
		canvas_put(c, x + i, y, e ? u->g->level[e > 8 ? 8 : e] : u->g->level[1], e ? style_seq(v) : S_TRACK);
	}
}

static int dead_count(const struct rows *r)
{
	int n = 0;
	for (int64_t f = 0; f < r->F; f++)
		n += r->dead[f];
	return n;
}

static void frame_draw(const struct ui *u, struct canvas *c, struct rect r, unsigned style)
{
	const struct glyphs *g = u->g;
	for (int x = 1; x < r.w - 1; x++) {
		canvas_put(c, r.x + x, r.y, g->h, style);
		canvas_put(c, r.x + x, r.y + r.h - 1, g->h, style);
	}
	for (int y = 1; y < r.h - 1; y++) {
		canvas_put(c, r.x, r.y + y, g->v, style);
		canvas_put(c, r.x + r.w - 1, r.y + y, g->v, style);
	}
	canvas_put(c, r.x, r.y, g->tl, style);
	canvas_put(c, r.x + r.w - 1, r.y, g->tr, style);
	canvas_put(c, r.x, r.y + r.h - 1, g->bl, style);
	canvas_put(c, r.x + r.w - 1, r.y + r.h - 1, g->br, style);
}

/* The most important filters, a row each. */
static void best_draw(const struct ui *u, struct canvas *c, int layer, struct rect r)
{
	const struct rows *rows = &u->scene.rows[layer];
	if (!rows->importance->order || rows->times < 2)
		return;
	rect_top(&r, 1);
	for (int k = 0; k < (int)rows->F && r.h > 0; k++) {
		struct rect line = rect_top(&r, 1);
		int f = rows->importance->order[k];
		canvas_printf(c, line.x, line.y, 4, S_DIM, "#%d", f);
		plot_spark(c, u->g, line.x + 4, line.y, line.w - 4, rows_series(rows, f), rows->range[f],
		           (struct paint){ .style = style_seq(rows->scaled[f]) });
	}
}

/* The input's box has its channels in it. */
static void input_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	char b[64];
	const struct model *m = u->s.m;
	if (!u->scene.input)
		return;
	for (int ch = 0; ch < r.h && ch < (int)m->C; ch++) {
		int name = r.w >= 14 ? r.w / 2 : 0;
		if (name)
			canvas_text(c, r.x, r.y + ch, name - 1, S_DIM, channel_name(u, ch, b, sizeof b));
		plot_spark(c, u->g, r.x + name, r.y + ch, r.w - name,
		           (struct series){ u->scene.input + ch, m->T, m->C }, u->scene.channel[ch],
		           (struct paint){ .style = S_LINE });
	}
}

static void box_draw(const struct ui *u, struct canvas *c, int i, struct rect r)
{
	const struct layer *l = &u->s.m->layer[i];
	const struct rows *rows = &u->scene.rows[i];
	bool on = i == u->s.net_at, lost = l->kind == LAYER_UNSUPPORTED;
	char b[64], n[32];
	frame_draw(u, c, r, S_BORDER); /* a lit frame would cost three times the bytes of a lit name */
	int w = r.w - 2, x = r.x + 1, y = r.y + 1, end = r.y + r.h - 1;
	canvas_name(c, x, r.y, w, on ? S_BORDER_ON | STYLE_REVERSE : lost ? S_WARN : S_TITLE, l->name);
	if (on)
		canvas_cursor(c, x, r.y);
	if (y < end && strlen(l->detail) < 4)
		canvas_printf(c, x, y++, w, lost ? S_WARN : S_TEXT, "%s %s", l->kind == LAYER_INPUT ? "input" : l->type,
		              l->detail);
	else if (y < end)
		canvas_text(c, x, y++, w, S_TEXT, l->detail);
	if (y < end) {
		shape_format_ft(l, b, sizeof b);
		int used = canvas_text(c, x, y, w, S_TEXT, b);
		count_format(l->params, n, sizeof n);
		snprintf(b, sizeof b, "%s par", n);
		if (l->params && r.h < 6 && used + 1 + (int)strlen(b) <= w)
			canvas_right(c, x, y, w, S_DIM, b);
		y++;
	}
	if (lost && y < end)
		canvas_text(c, x, y++, w, S_WARN, "not supported");
	if (l->kind == LAYER_INPUT)
		input_draw(u, c, (struct rect){ x, y, w, end - y });
	bool spread = rows->loaded && rows->F > 1 && r.h >= 5;
	/* a tall box has its best filters above its last row */
	int best = spread && r.h >= 9 ? end - 2 - (y + 2) : 0;
	if (y < end - (spread ? 1 : 0) && r.h >= 6 && l->params) {
		count_format(l->params, n, sizeof n);
		canvas_printf(c, x, y++, w, S_DIM, "%s par", n);
	}
	if (y < end - (spread ? 1 : 0) && l->receptive > 1 && l->kind == LAYER_ANALYSED)
		canvas_printf(c, x, y++, w, S_DIM, "field %lld", (long long)l->receptive);
	if (best > 0)
		best_draw(u, c, i, (struct rect){ x, y, w, end - 2 - y });
	if (spread) {
		int dead = dead_count(rows);
		int dw = dead ? snprintf(b, sizeof b, " %d dead", dead) : 0;
		dw = w - dw < 4 ? 0 : dw;
		spread_draw(u, c, i, x, end - 1, w - dw);
		if (dw)
			canvas_right(c, x, end - 1, w, S_DIM, b);
	}
}

static void arrow_draw(const struct ui *u, struct canvas *c, int x, int y, int w)
{
	for (int k = 0; k < w - 1; k++)
		canvas_put(c, x + k, y, u->g->h, S_BORDER);
	canvas_put(c, x + w - 1, y, u->g->arrow, S_BORDER);
}

static void boxes_draw(const struct ui *u, struct canvas *c, struct rect area)
{
	const struct own *o = u->data[VIEW_NETWORK];
	const struct boxes *b = &o->boxes;
	int n = u->s.m->n_layer;
	for (int row = 0; row < b->visible; row++)
		for (int k = 0; k < b->per_row; k++) {
			int i = (o->first + row) * b->per_row + k;
			if (i >= n)
				break;
			struct rect r = { area.x + k * (b->w + b->gap), area.y + row * b->h, b->w, b->h };
			box_draw(u, c, i, r);
			canvas_zone(c, r, i, -1);
			int gap = area.x + area.w - (r.x + r.w) < b->gap ? area.x + area.w - (r.x + r.w) : b->gap;
			if (gap > 0)
				arrow_draw(u, c, r.x + r.w, r.y + b->h / 2, gap);
			if (i == n - 1)
				canvas_text(c, r.x + r.w + b->gap, r.y + b->h / 2, -1, S_PREDICTED, u->g->yhat);
		}
}

/* The glyph of a lane's cell by the directions it connects. */
static int32_t lane_glyph(const struct glyphs *g, unsigned mark)
{
	bool up = mark & LANE_UP, down = mark & LANE_DOWN, left = mark & LANE_LEFT, right = mark & LANE_RIGHT;
	if (up && down)
		return left && right ? g->cross : left ? g->tee_r : right ? g->tee_l : g->v;
	if (left && right)
		return up ? g->tee_u : down ? g->tee_d : g->h;
	if (up)
		return left ? g->br : right ? g->bl : g->v;
	if (down)
		return left ? g->tr : right ? g->tl : g->v;
	return left || right ? g->h : ' ';
}

static void lane_draw(const struct ui *u, struct canvas *c, const struct lane_row *row, int lanes, int x, int y,
                      bool on)
{
	for (int k = 0; k < lanes; k++) {
		unsigned m = row->mark[k];
		if (m & LANE_NODE)
			canvas_put(c, x + 2 * k, y, on ? u->g->node_on : u->g->node, on ? S_BORDER_ON : S_TITLE);
		else if (m)
			canvas_put(c, x + 2 * k, y, lane_glyph(u->g, m), S_BORDER);
		if (m & LANE_RIGHT)
			canvas_put(c, x + 2 * k + 1, y, u->g->h, S_BORDER);
	}
}

static void lanes_draw(const struct ui *u, struct canvas *c, struct rect area)
{
	const struct own *o = u->data[VIEW_NETWORK];
	const struct model *m = u->s.m;
	struct lane_row *row = xcalloc((size_t)m->n_layer + 1, sizeof *row);
	int lanes = lanes_make(m, row), name_w = 8, detail_w = 8, x0 = area.x + 1 + 2 * lanes;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		int w = text_width(l->name), d = text_width(l->detail[0] ? l->detail : l->type);
		name_w = w > name_w ? w : name_w;
		detail_w = d > detail_w ? d : detail_w;
	}
	name_w = name_w > area.w / 3 ? area.w / 3 : name_w;
	detail_w = detail_w > 22 ? 22 : detail_w;
	for (int y = 0; y < area.h && o->first + y < m->n_layer; y++) {
		int i = o->first + y, at = area.y + y;
		const struct layer *l = &m->layer[i];
		bool on = i == u->s.net_at;
		char shape[32], n[32];
		canvas_zone(c, (struct rect){ area.x, at, area.w, 1 }, i, -1);
		shape_format_ft(l, shape, sizeof shape);
		count_format(l->params, n, sizeof n);
		lane_draw(u, c, &row[i], lanes, area.x + 1, at, on);
		int x = x0;
		canvas_name(c, x, at, name_w, on ? S_TITLE | STYLE_REVERSE : S_TITLE, l->name);
		if (on)
			canvas_cursor(c, x, at);
		x += name_w + 1;
		canvas_text(c, x, at, detail_w, l->kind == LAYER_UNSUPPORTED ? S_WARN : S_TEXT,
		            l->detail[0] ? l->detail : l->type);
		x += detail_w + 1;
		canvas_text(c, x, at, 9, S_TEXT, shape);
		if (l->kind == LAYER_UNSUPPORTED)
			canvas_text(c, x + 10, at, -1, S_WARN, "not supported");
		else if (l->params)
			canvas_printf(c, x + 10, at, 10, S_DIM, "%s par", n);
		/* the importance first; its receptive field where both fit */
		int sx = x + 21, room = area.x + area.w - sx - 1;
		if (room >= 22 || (room >= 10 && !u->s.runs)) {
			if (l->receptive > 1 && l->kind == LAYER_ANALYSED)
				canvas_printf(c, sx, at, 10, S_DIM, "field %lld", (long long)l->receptive);
			sx += 10;
			room -= 10;
		}
		spread_draw(u, c, i, sx, at, room > 24 ? 24 : room);
	}
	free(row);
}

static void network_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_NETWORK];
	char b[512];
	struct rect area = u->main, foot = rect_bottom(&area, 1);
	panel_draw(u, c);
	if (o->chain)
		boxes_draw(u, c, area);
	else
		lanes_draw(u, c, area);
	if (u->s.m->n_unsupported)
		snprintf(b, sizeof b, "cannot be run: %s", u->s.m->unsupported);
	else
		totals_format(u->s.m, b, sizeof b);
	canvas_text(c, foot.x + 1, foot.y, foot.w - 1, u->s.m->n_unsupported ? S_WARN : S_DIM, b);
}

static unsigned go(struct session *s, int to)
{
	if (to == s->net_at)
		return 0;
	s->net_at = to;
	if (s->m->layer[to].kind == LAYER_ANALYSED)
		s->layer = to;
	return CHANGED_LAYER;
}

static bool network_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	(void)x;
	*changed = go(&u->s, z->a);
	return !*changed;
}

static unsigned network_move(struct ui *u, enum move m)
{
	const struct own *o = u->data[VIEW_NETWORK];
	struct session *s = &u->s;
	int n = s->m->n_layer, down = o->chain && o->boxes.per_row ? o->boxes.per_row : 1, to = s->net_at;
	int page = o->chain ? down * (o->boxes.visible > 1 ? o->boxes.visible - 1 : 1) : u->main.h - 2;
	switch (m) {
	case MOVE_LEFT:
	case MOVE_PREVIOUS:
		to--;
		break;
	case MOVE_RIGHT:
	case MOVE_NEXT:
		to++;
		break;
	case MOVE_UP:
		to -= to - down >= 0 ? down : 0;
		break;
	case MOVE_DOWN:
		to += to + down < n ? down : 0;
		break;
	case MOVE_FIRST:
	case MOVE_HOME:
		to = 0;
		break;
	case MOVE_LAST:
	case MOVE_END:
		to = n - 1;
		break;
	case MOVE_PAGE_UP:
	case MOVE_HALF_UP:
		to -= page;
		break;
	case MOVE_PAGE_DOWN:
	case MOVE_HALF_DOWN:
		to += page;
		break;
	}
	return go(s, to < 0 ? 0 : to >= n ? n - 1 : to);
}

static bool network_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct session *s = &u->s;
	int n = s->m->n_layer;
	for (int k = 1; k <= n; k++) {
		int i = ((s->net_at + step * k) % n + n) % n;
		if (!layer_has(u, i, word))
			continue;
		*changed = go(s, i);
		return true;
	}
	return false;
}

/* The layer itself if it has filters, else the next one that has, or the last; -1: no layer has any. */
static int layer_beside(const struct session *s, int layer)
{
	for (int k = 0; k < s->n_column; k++)
		if (s->column[k] >= layer)
			return s->column[k];
	return s->n_column ? s->column[s->n_column - 1] : -1;
}

static unsigned network_enter(struct ui *u)
{
	const struct layer *l = &u->s.m->layer[u->s.net_at];
	if (!u->s.runs) {
		if (u->s.m->n_unsupported)
			ui_say(u, "cannot be run: %s", u->s.m->unsupported);
		else
			ui_say(u, "the architecture is all there is without data: tsviz MODEL DATA");
		return 0;
	}
	int layer = layer_beside(&u->s, u->s.net_at);
	if (layer < 0) {
		ui_say(u, "no layer of this model has filters");
		return 0;
	}
	if (layer != u->s.net_at)
		ui_say(u, "%s has no filters of its own; this is %s", l->name, u->s.m->layer[layer].name);
	u->s.layer = layer;
	return session_view(&u->s, VIEW_LAYERS, true) | CHANGED_LAYER;
}

static void network_dump(struct ui *u, FILE *f)
{
	const struct model *m = u->s.m;
	char b[512];
	totals_format(m, b, sizeof b);
	fprintf(f, "%s (%s)\n%s\n", m->file, m->format, b);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		char shape[32];
		shape_format_ft(l, shape, sizeof shape);
		fprintf(f, "%3d %-24s %-22s %-24s %-9s %8lld parameters", i, l->name, l->type, l->detail, shape,
		        (long long)l->params);
		if (l->n_in)
			fprintf(f, "  reads");
		for (int k = 0; k < l->n_in; k++)
			fprintf(f, " %s", m->layer[l->in[k]].name);
		fprintf(f, "%s\n", l->kind == LAYER_UNSUPPORTED ? "  not supported" : "");
	}
	if (m->n_unsupported)
		fprintf(f, "cannot be run: %s\n", m->unsupported);
	if (!u->s.runs)
		return;
	truth_format(u, b, sizeof b);
	fprintf(f, "window %lld  y %s", (long long)u->s.q.window, b);
	predicted_format(u, b, sizeof b);
	fprintf(f, "  predicted %s\n", b);
}

const struct view view_network = {
	.id = VIEW_NETWORK,
	.name = "network",
	.title = "Network",
	.level = 1,
	.size = sizeof(struct own),
	.needs = NEEDS_SHOWN | NEEDS_LAYERS,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER,
	.hints = "enter:open window-previous,window-next:window target windows findings search",
	.search = network_search,
	.update = network_update,
	.draw = network_draw,
	.move = network_move,
	.enter = network_enter,
	.pick = network_pick,
	.dump = network_dump,
};
