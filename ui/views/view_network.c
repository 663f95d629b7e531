/* Level 1: the architecture. A chain as boxes that fold at the width; with branches one row a layer beside its lanes.
 */
#include "ui/views/views.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/draw/lanes.h"
#include "ui/state/format.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"

struct own {
	bool chain; /* no branches: boxes; else lanes */
	bool tall;  /* low boxes, and in the room below them the importance and the best filters of each layer */
	struct boxes boxes;
	int first;              /* scroll: first row of boxes, or first layer */
	struct rect lower;      /* of a tall screen: below the boxes */
	struct columns columns; /* the layers in it: places in `shown` */
	int *shown, n_shown;    /* layers whose filters have plots, without pools that only thin */
};

static void network_release(void *data)
{
	struct own *o = data;
	free(o->shown);
}

enum { BOX_LOW = 7, LOWER_LEAST = 8, COLUMN_LEAST = 32, COLUMN_MOST = 64, OUTPUT_WIDTH = 44 };

/* "3 Conv, 2 MaxPool, 1 Dense": layers by kind in the order of the network, without those that only move values. What
 * does not fit w columns is counted at the end. */
static void kinds_format(const struct model *m, int w, char *buf, size_t size)
{
	enum { MOST = 16 };
	char kind[MOST][48], b[48];
	int count[MOST], n = 0, others = 0, used = 0;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		int k = 0;
		if (l->kind == LAYER_INPUT || l->kind == LAYER_LAYOUT)
			continue;
		kind_word(l, b, sizeof b);
		while (k < n && strcmp(kind[k], b))
			k++;
		if (k == MOST) {
			others++;
			continue;
		}
		if (k == n) {
			memcpy(kind[n], b, sizeof b);
			count[n++] = 0;
		}
		count[k]++;
	}
	buf[0] = '\0';
	for (int k = 0; k < n; k++) {
		char part[80];
		int p = snprintf(part, sizeof part, "%s%d %s", used ? ", " : "", count[k], kind[k]);
		/* room for ", 1000 others" behind all but the last */
		if (others || used + p + (k < n - 1 ? 13 : 0) > w || (size_t)(used + p) >= size) {
			others += count[k];
			continue;
		}
		used += snprintf(buf + used, size - (size_t)used, "%s", part);
	}
	if (others && (size_t)used < size)
		snprintf(buf + used, size - (size_t)used, "%s%d others", used ? ", " : "", others);
}

/* The kinds first; parameters and operations where they fit w columns, too. */
static void totals_format(const struct model *m, int w, char *buf, size_t size)
{
	int64_t macs = 0;
	for (int i = 0; i < m->n_layer; i++)
		macs += m->layer[i].macs;
	kinds_format(m, w, buf, size);
	char part[2][80];
	snprintf(part[0], sizeof part[0], "%lld parameter%s", (long long)m->params, m->params == 1 ? "" : "s");
	snprintf(part[1], sizeof part[1], "%.3g million operations", (double)macs / 1e6);
	for (int i = 0; i < 2; i++) {
		size_t n = strlen(buf), k = strlen(part[i]);
		if ((int)(n + k) + 3 <= w && n + k + 4 <= size)
			snprintf(buf + n, size - n, "%s%s", n ? "   " : "", part[i]);
	}
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

/* The layers whose filters have plots in the lower part. */
static void shown_find(struct ui *u)
{
	struct own *o = u->data[VIEW_NETWORK];
	const struct session *s = &u->s;
	if (o->shown)
		return;
	o->shown = xcalloc((size_t)s->n_column + 1, sizeof *o->shown);
	for (int k = 0; k < s->n_column; k++) {
		const struct layer *l = &s->m->layer[s->column[k]];
		if (l->filters > 1 && l->times > 1 && layer_thins(s->m, s->column[k]) < 0)
			o->shown[o->n_shown++] = s->column[k];
	}
}

/* The first layer of the lower part that is not before the selected one. */
static int shown_at(const struct ui *u)
{
	const struct own *o = u->data[VIEW_NETWORK];
	for (int k = 0; k < o->n_shown; k++)
		if (o->shown[k] >= u->s.net_at)
			return k;
	return o->n_shown - 1;
}

/* A high and wide screen: the input over the whole width, low boxes, and below them a column a layer and the output.
 * Returns false if there is no room for that. */
static bool tall_update(struct ui *u)
{
	struct own *o = u->data[VIEW_NETWORK];
	const struct session *s = &u->s;
	struct rect body = u->frame.body;
	if (!o->chain || !s->runs || body.w < 120 || body.h < 30)
		return false;
	shown_find(u);
	int boxes = layout_boxes(body, s->m->n_layer).rows * BOX_LOW;
	panel_update(u, 6, body.h / 3);
	if (!o->n_shown || u->main.h - 1 - boxes < LOWER_LEAST)
		return false;
	o->lower = u->main;
	u->main = rect_top(&o->lower, boxes + 1);
	int fit = (body.w - OUTPUT_WIDTH) / COLUMN_LEAST;
	struct rect columns = o->lower;
	u->panel.input.w = body.w;
	u->panel.axis.w = body.w;
	u->panel.output = rect_right(&columns, fit >= o->n_shown && (body.w / (o->n_shown + 1)) > OUTPUT_WIDTH
	                                               ? body.w / (o->n_shown + 1)
	                                               : OUTPUT_WIDTH);
	o->lower = columns;
	o->columns = layout_columns(columns, o->n_shown, shown_at(u), o->columns.first, COLUMN_LEAST);
	o->columns.w = columns.w / o->columns.n;
	o->columns.w = o->columns.w > COLUMN_MOST ? COLUMN_MOST : o->columns.w;
	return true;
}

static void network_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_NETWORK];
	struct session *s = &u->s;
	int h = u->frame.body.h, n = s->m->n_layer;
	(void)changed;
	o->chain = lanes_chain(s->m);
	o->tall = tall_update(u);
	if (!o->tall) {
		/* low screens: the boxes need what they need; high ones: both grow */
		int room = h - 1 - rows_needed(u), least = u->frame.body.w < 72 ? h / 4 : h * 2 / 5;
		panel_update(u, h > 30 ? 9 : 4, h > 30 ? h / 2 : room > least ? room : least);
		/* a narrow screen has the output below the input */
		if (s->runs && u->panel.output.w == 0 && u->main.h >= 7)
			u->panel.output = rect_top(&u->main, u->main.h >= 14 ? 4 : 2);
	}
	struct rect area = u->main;
	rect_top(&area, 1);
	if (o->chain) {
		o->boxes = layout_boxes(area, n);
		int per = o->boxes.per_row ? o->boxes.per_row : 1;
		o->first = layout_scroll(o->first, s->net_at / per, 1, o->boxes.rows, o->boxes.visible);
		if (o->tall)
			columns_shown(u, o->shown[o->columns.first], o->shown[o->columns.first + o->columns.n - 1] + 1);
		else
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

static int silent_count(const struct rows *r)
{
	int n = 0;
	for (int64_t f = 0; f < r->F; f++)
		n += rows_silent(r, f);
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
		plot_spark(c, u->g, line.x + 4, line.y, line.w - 4, rows_seen(rows, f), rows->range[f],
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
		plot_spark(c, u->g, r.x + name, r.y + ch, r.w - name, input_seen(u, u->scene.input, ch),
		           u->scene.channel[ch], (struct paint){ .style = S_LINE });
	}
}

/* The lines of text in a box, the most important first. */
struct box_text {
	char line[6][64];
	int n;
};

static void box_line(struct box_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void box_line(struct box_text *t, const char *fmt, ...)
{
	va_list ap;
	if (t->n == 6)
		return;
	va_start(ap, fmt);
	vsnprintf(t->line[t->n++], sizeof t->line[0], fmt, ap);
	va_end(ap);
}

/* Whether the words for what a layer does say its kind, too: filters with a kernel, or a kernel alone. */
static bool says_kind(const struct layer *l)
{
	const char *k = l->detail + strspn(l->detail, "0123456789 ");
	return *k == 'k' && k[1] >= '0' && k[1] <= '9';
}

/* What a layer does: in words over two lines if it does not fit one, where there are as many. */
static void words_lines(const struct layer *l, int w, bool two, struct box_text *t)
{
	char b[64], kind[48];
	if (l->kind == LAYER_INPUT || !l->detail[0]) {
		box_line(t, "%s", l->kind == LAYER_INPUT ? "input" : kind_word(l, kind, sizeof kind));
		return;
	}
	if (!says_kind(l)) {
		int n = text_width(kind_word(l, kind, sizeof kind)) + 2;
		box_line(t, "%s, %s", kind, layer_words(l, w - n, b, sizeof b));
		return;
	}
	layer_words(l, 64, b, sizeof b);
	char *cut = strchr(b, ',');
	int first = cut ? (int)(cut - b) : 0;
	char *second = cut ? strchr(cut + 1, ',') : NULL;
	if (second)
		*second = '\0'; /* the second of the words ends here */
	if (!two || !cut || text_width(b) <= w || first > w || text_width(cut + 2) > w) {
		box_line(t, "%s", layer_words(l, w, b, sizeof b));
		return;
	}
	box_line(t, "%.*s", first, b);
	box_line(t, "%s", cut + 2);
}

/* `rows` lines of text at most, w columns wide. */
static void box_text_make(const struct layer *l, int w, int rows, struct box_text *t)
{
	char shape[32], n[32];
	*t = (struct box_text){ 0 };
	shape_format_ft(l, shape, sizeof shape);
	count_format(l->params, n, sizeof n);
	bool has = l->params > 0, apart = rows >= (has ? 4 : 3), sees = l->receptive > 1 && l->kind == LAYER_ANALYSED;
	words_lines(l, w, rows >= 3, t);
	if (has && (!apart || t->n + 2 > rows)) {
		int gap = w - (int)strlen(shape) - (int)strlen(n) - 4;
		box_line(t, gap > 0 ? "%s%*s%s par" : "%s", shape, gap, "", n);
	} else {
		box_line(t, "%s", shape);
		if (has)
			box_line(t, (int)strlen(n) + 11 <= w ? "%s parameters" : "%s par", n);
	}
	if (sees)
		box_line(t, w >= 13 ? "sees %lld steps" : "sees %lld", (long long)l->receptive);
	t->n = t->n > rows ? rows : t->n;
}

/* How important the filters are, and how many of them are silent. */
static void spread_line(const struct ui *u, struct canvas *c, int layer, int x, int y, int w)
{
	char b[32];
	int silent = silent_count(&u->scene.rows[layer]);
	int dw = silent ? snprintf(b, sizeof b, " %d silent", silent) : 0;
	dw = w - dw < 5 ? 0 : dw;
	spread_draw(u, c, layer, x, y, w - dw);
	if (dw)
		canvas_right(c, x, y, w, S_DIM, b);
}

static void box_draw(const struct ui *u, struct canvas *c, int i, struct rect r)
{
	const struct own *o = u->data[VIEW_NETWORK];
	const struct layer *l = &u->s.m->layer[i];
	const struct rows *rows = &u->scene.rows[i];
	bool on = i == u->s.net_at, lost = l->kind == LAYER_UNSUPPORTED;
	frame_draw(u, c, r, S_BORDER); /* a lit frame would cost three times the bytes of a lit name */
	int w = r.w - 2, x = r.x + 1, y = r.y + 1, end = r.y + r.h - 1;
	char name[128];
	canvas_name(c, x, r.y, w,
	            on     ? S_BORDER_ON | STYLE_REVERSE
	            : lost ? S_WARN
	                   : S_TITLE,
	            layer_name_format(u, i, name, sizeof name));
	if (on)
		canvas_cursor(c, x, r.y);
	bool spread = rows->loaded && rows->F > 1 && r.h >= 5;
	/* a tall box has its best filters above its last row */
	bool best = spread && !o->tall && r.h >= 9;
	struct box_text t;
	box_text_make(l, w, end - y - (lost || spread), &t);
	for (int k = 0; k < t.n && y < end; k++, y++)
		canvas_text(c, x, y, w, lost ? S_WARN : k >= 2 || t.n == 1 ? S_DIM : S_TEXT, t.line[k]);
	if (lost && y < end)
		canvas_text(c, x, y++, w, S_WARN, "not supported");
	if (l->kind == LAYER_INPUT && !o->tall)
		input_draw(u, c, (struct rect){ x, y, w, end - y });
	if (best)
		best_draw(u, c, i, (struct rect){ x, y, w, end - 2 - y });
	if (spread)
		spread_line(u, c, i, x, end - 1, w);
}

/* ---- below the boxes of a tall screen ---- */

/* The filters of a layer in the order of their importance, as columns from 1 down to 0. */
static void distribution_draw(const struct ui *u, struct canvas *c, int layer, struct rect r)
{
	const struct rows *rows = &u->scene.rows[layer];
	int wide = (int)(r.w / rows->F > 4 ? 4 : r.w / rows->F), n = wide ? (int)rows->F * wide : r.w;
	for (int i = 0; i < n; i++) {
		double v = rows->scaled[rows->importance->order[wide ? i / wide : i * rows->F / r.w]];
		int e = (int)lrint((v < 1 ? v : 1) * 8 * r.h);
		for (int y = 0; y < r.h; y++) {
			int fill = e - 8 * (r.h - 1 - y);
			fill = y == r.h - 1 && fill < 1 ? 1 : fill; /* a filter of no importance is a filter */
			if (fill > 0)
				canvas_put(c, r.x + i, r.y + y, u->g->level[fill > 8 ? 8 : fill], style_seq(v));
		}
	}
}

/* The most important filters below each other, each as high as its importance allows. */
static void plots_draw(const struct ui *u, struct canvas *c, int layer, struct rect r)
{
	const struct rows *rows = &u->scene.rows[layer];
	enum { LABEL = 6, PLOT = 3 };
	for (int k = 0; k < (int)rows->F && r.h >= PLOT; k++) {
		int f = rows->importance->order[k];
		struct rect plot = rect_top(&r, PLOT);
		rect_top(&r, 1);
		canvas_printf(c, plot.x, plot.y, LABEL - 1, S_TEXT, "#%d", f);
		canvas_printf(c, plot.x, plot.y + 1, LABEL - 1, S_DIM, "%.2f", rows->scaled[f]);
		canvas_zone(c, plot, layer, -1);
		rect_left(&plot, LABEL);
		plot.w--;
		if (rows->off[f] || rows->dead[f])
			canvas_text(c, plot.x, plot.y, plot.w, S_DIM, rows->off[f] ? "off" : "silent in this window");
		else
			plot_line(c, u->g, plot, rows_seen(rows, f), rows->range[f], (struct paint){ .style = S_LINE });
	}
}

/* What stands over the importance of a layer, as long as w columns allow. */
static void lower_head(const struct rows *r, int w, char *b, size_t size)
{
	int silent = silent_count(r);
	char quiet[32] = "";
	if (silent)
		snprintf(quiet, sizeof quiet, ", %d silent", silent);
	snprintf(b, size, "importance of %lld filters%s", (long long)r->F, quiet);
	if (text_width(b) > w)
		snprintf(b, size, "%lld filters%s", (long long)r->F, quiet);
}

static void lower_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_NETWORK];
	for (int k = 0; k < o->columns.n; k++) {
		int layer = o->shown[o->columns.first + k];
		const struct rows *rows = &u->scene.rows[layer];
		struct rect r = { o->lower.x + k * o->columns.w, o->lower.y, o->columns.w - 2, o->lower.h };
		struct rect head = rect_top(&r, 1);
		bool last = k == o->columns.n - 1 && o->columns.first + o->columns.n < o->n_shown;
		char b[64];
		head.w -= last ? 5 : 0;
		int n = canvas_name(c, head.x, head.y, head.w * 2 / 5, layer == u->s.net_at ? S_BORDER_ON : S_TITLE,
		                    layer_name_format(u, layer, b, sizeof b));
		canvas_zone(c, (struct rect){ head.x, head.y, head.w, o->lower.h }, layer, -1);
		if (!rows->loaded || !rows->importance->order || !rows->numbers->act) {
			canvas_put(c, head.x + n + 1, head.y, c->ellipsis, S_DIM);
			continue;
		}
		lower_head(rows, head.w - n - 1, b, sizeof b);
		canvas_text(c, head.x + n + 1, head.y, head.w - n - 1, S_DIM, b);
		distribution_draw(u, c, layer, rect_top(&r, r.h >= 16 ? 3 : 2));
		rect_top(&r, 1);
		plots_draw(u, c, layer, r);
	}
	if (o->columns.first + o->columns.n < o->n_shown)
		canvas_printf(c, o->lower.x + o->columns.n * o->columns.w - 6, o->lower.y, 5, S_BORDER_ON, "+%d",
		              o->n_shown - o->columns.first - o->columns.n);
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

/* The kind of a layer and what it does, in words that fit w columns. */
static const char *lane_words(const struct layer *l, int w, char *buf, size_t size)
{
	int n = text_width(kind_word(l, buf, size));
	if (l->detail[0] && n + 8 < w && !strcasestr(buf, l->detail)) {
		size_t at = strlen(buf);
		at += (size_t)snprintf(buf + at, size - at, " ");
		layer_words(l, w - n - 1, buf + at, size - at);
	}
	return buf;
}

enum { LANE_WORDS = 40 };

static void lanes_draw(const struct ui *u, struct canvas *c, struct rect area)
{
	const struct own *o = u->data[VIEW_NETWORK];
	const struct model *m = u->s.m;
	struct lane_row *row = xcalloc((size_t)m->n_layer + 1, sizeof *row);
	char b[128];
	int lanes = lanes_make(m, row), name_w = 8, detail_w = 8, x0 = area.x + 1 + 2 * lanes;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		int w = text_width(layer_name_format(u, i, b, sizeof b)),
		    d = text_width(lane_words(l, LANE_WORDS, b, sizeof b));
		name_w = w > name_w ? w : name_w;
		detail_w = d > detail_w ? d : detail_w;
	}
	name_w = name_w > area.w / 3 ? area.w / 3 : name_w;
	detail_w = detail_w > area.w / 3 ? area.w / 3 : detail_w;
	bool words = area.x + area.w - (x0 + name_w + detail_w + 2) >= 70;
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
		canvas_name(c, x, at, name_w, on ? S_TITLE | STYLE_REVERSE : S_TITLE,
		            layer_name_format(u, i, b, sizeof b));
		if (on)
			canvas_cursor(c, x, at);
		x += name_w + 1;
		canvas_text(c, x, at, detail_w, l->kind == LAYER_UNSUPPORTED ? S_WARN : S_TEXT,
		            lane_words(l, detail_w, b, sizeof b));
		x += detail_w + 1;
		canvas_text(c, x, at, 9, S_TEXT, shape);
		if (l->kind == LAYER_UNSUPPORTED)
			canvas_text(c, x + 10, at, -1, S_WARN, "not supported");
		else if (l->params)
			canvas_printf(c, x + 10, at, words ? 18 : 10, S_DIM, words ? "%s parameters" : "%s par", n);
		/* the importance first; its receptive field where both fit */
		int sx = x + (words ? 29 : 21), room = area.x + area.w - sx - 1, sees = words ? 16 : 10;
		if (room >= sees + 12 || (room >= sees && !u->s.runs)) {
			if (l->receptive > 1 && l->kind == LAYER_ANALYSED)
				canvas_printf(c, sx, at, sees, S_DIM, words ? "sees %lld steps" : "sees %lld",
				              (long long)l->receptive);
			sx += sees;
			room -= sees;
		}
		if (room < 1 || !u->s.runs)
			continue;
		if (l->kind != LAYER_ANALYSED)
			canvas_put(c, sx, at, u->g->none, S_DIM);
		else if (!u->scene.rows[i].loaded)
			canvas_put(c, sx, at, c->ellipsis, S_DIM);
		else
			spread_draw(u, c, i, sx, at, room > 24 ? 24 : room);
	}
	free(row);
}

static void network_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_NETWORK];
	char b[512];
	struct rect area = u->main, head = rect_top(&area, 1);
	panel_draw(u, c);
	if (o->tall)
		lower_draw(u, c);
	if (o->chain)
		boxes_draw(u, c, area);
	else
		lanes_draw(u, c, area);
	if (u->s.m->n_unsupported)
		snprintf(b, sizeof b, "cannot be run: %s", u->s.m->unsupported);
	else
		totals_format(u->s.m, head.w - 1, b, sizeof b);
	canvas_text(c, head.x + 1, head.y, head.w - 1, u->s.m->n_unsupported ? S_WARN : S_TITLE, b);
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

/* The input leads to level 2, whose columns begin with what reads it; another layer to its page. */
static unsigned network_enter(struct ui *u)
{
	struct session *s = &u->s;
	bool input = s->m->layer[s->net_at].kind == LAYER_INPUT && s->runs && s->n_column;
	if (input)
		ui_say(u, "the input opens level 2; Enter on another box of level 1 opens the page of its layer");
	return session_view(s, input ? VIEW_LAYERS : VIEW_LAYER, true);
}

static void network_dump(struct ui *u, FILE *f)
{
	const struct model *m = u->s.m;
	char b[512];
	totals_format(m, 400, b, sizeof b);
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
	char number[32];
	truth_format(u, b, sizeof b);
	fprintf(f, "window %s  y %s", window_format(&u->s.q, number, sizeof number), b);
	predicted_format(u, b, sizeof b);
	fprintf(f, "  predicted %s\n", b);
}

static bool runs(const struct ui *u)
{
	return u->s.runs;
}
static bool boxes(const struct ui *u)
{
	const struct own *o = u->data[VIEW_NETWORK];
	return o->chain;
}
static bool branches(const struct ui *u)
{
	return !boxes(u);
}

static void network_subject(const struct ui *u, struct note_subject *q)
{
	q->about = NOTE_LAYER;
	q->layer = u->s.net_at;
}

static const struct legend legend[] = {
	SEEN("3 Conv, 1 Dense", "layers by kind, without those that only move values; then the size of the network",
	     .style = S_TITLE),
	SEEN("{selected}", "the selected layer; Enter opens its page, and of the input level 2"),
	SEEN("2x24", "shape of the layer's output: filters by time steps"),
	{ .rows = legend_details },
	SEEN("42 par", "parameters of the layer: numbers that training has found", .style = S_DIM),
	SEEN("{spread}", "importance of the filters of the layer, the most important first", .when = runs),
	SEEN("#3 {line}", "one of the most important filters, and its activation over time", .style = S_DIM,
	     .when = boxes),
	SEEN("2 silent", "so many filters have one value at all steps of this window", .style = S_DIM, .when = runs),
	SEEN("{h}{arrow}", "the output of a layer goes into the next one", .when = boxes),
	SEEN("{node-on} {node} {v} {h}",
	     "a layer, the selected one filled, and the lines that lead from layer to layer", .when = branches),
	SEEN("operations", "multiplications for one window", .style = S_TITLE),
	{ .rows = legend_panel },
	{ .keys = "left,right,up,down", .text = "another layer" },
	{ 0 },
};

const struct view view_network = {
	.id = VIEW_NETWORK,
	.name = "network",
	.subject = network_subject,
	.title = "Network",
	.legend = legend,
	.level = 1,
	.size = sizeof(struct own),
	.needs = NEEDS_SHOWN | NEEDS_LAYERS,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER,
	.hints = "enter:open window-previous,window-next:window target windows findings search",
	.release = network_release,
	.search = network_search,
	.update = network_update,
	.draw = network_draw,
	.move = network_move,
	.enter = network_enter,
	.pick = network_pick,
	.dump = network_dump,
};
