/* Level 2: a column a layer, a row a filter: number, activation, importance bar, value; heights by importance where
 * there is room. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/views/list.h"
#include "ui/views/panel.h"

struct own {
	struct columns columns;
	int *row_first; /* [n_layer] scroll of each column: its first line */
};

static void layers_release(void *data)
{
	struct own *o = data;
	free(o->row_first);
}

enum { COLUMN_MIN = 24, PLOT_MOST = 4 };

static int plot_most(const struct ui *u)
{
	int most = PLOT_MOST + u->s.zoom;
	return most < 1 ? 1 : most > 8 ? 8 : most;
}

/* Heights of the rows of a list, into h (n_list). Zoomed in they may need more than the screen, and scroll. */
static void row_heights(const struct ui *u, const struct rows *r, int room, int *h)
{
	double *v = xcalloc((size_t)r->n_list + 1, sizeof *v);
	for (int i = 0; i < r->n_list; i++)
		/* what has no line to draw needs no height */
		v[i] = r->times < 2 || r->placed[r->list[i]].flat ? 0 : r->placed[r->list[i]].importance;
	if (u->s.zoom > 0 && room < r->n_list * 2)
		room = r->n_list * (1 + u->s.zoom);
	layout_heights(v, r->n_list, room, plot_most(u), h);
	free(v);
}

/* First row so that the selected one is seen whole. */
static int scroll_to(const struct rows *r, const int *h, int first, int at, int room)
{
	if (at < 0)
		return 0;
	if (at < first)
		first = at;
	for (;;) {
		int used = 0;
		for (int i = first; i <= at; i++)
			used += h[i];
		if (used <= room || first >= at)
			break;
		first++;
	}
	/* no blank rows at the end while others are above */
	int below = 0;
	for (int i = first; i < r->n_list; i++)
		below += h[i];
	while (first > 0 && below + h[first - 1] <= room)
		below += h[--first];
	return first;
}

static int room_of(const struct ui *u)
{
	return u->main.h - 1;
}

static void column_update(struct ui *u, int layer)
{
	struct own *o = u->data[VIEW_LAYERS];
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	int *h = xcalloc((size_t)r->n_list + 1, sizeof *h);
	row_heights(u, r, room_of(u), h);
	o->row_first[layer] =
	        scroll_to(r, h, o->row_first[layer], scene_place(r, u->s.filter[layer], false), room_of(u));
	if (r->clusters && r->clusters->k > u->clusters_drawn)
		u->clusters_drawn = r->clusters->k;
	free(h);
}

static void layers_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_LAYERS];
	struct session *s = &u->s;
	int h = u->frame.body.h;
	if (!o->row_first)
		o->row_first = xcalloc((size_t)s->m->n_layer + 1, sizeof *o->row_first);
	panel_update(u, h >= 40 ? 3 : h >= 19 ? 2 : 1, h * 2 / 5);
	o->columns = layout_columns(u->main, s->n_column, session_column(s), o->columns.first,
	                            u->main.w >= 180   ? 36
	                            : u->main.w >= 120 ? 30
	                            : u->main.w >= 80  ? COLUMN_MIN + 2
	                                               : COLUMN_MIN);
	u->scene.shown.first = o->columns.first;
	u->scene.shown.n = o->columns.n;
	u->clusters_drawn = 0;
	for (int i = 0; i < o->columns.n; i++)
		column_update(u, s->column[o->columns.first + i]);
	(void)changed;
}

/* Branches: what a layer reads where that is not just the column before it, through layers without filters. */
static bool reads_format(const struct model *m, int layer, const int *column, int n_column, char *b, size_t size)
{
	const struct layer *l = &m->layer[layer];
	int before = -1;
	size_t at = 0;
	for (int i = 0; i < n_column && column[i] != layer; i++)
		before = column[i];
	if (before < 0)
		return false;
	bool branch = l->n_in > 1;
	for (int k = 0; k < l->n_in; k++) {
		int from = l->in[k];
		while (m->layer[from].kind == LAYER_LAYOUT && m->layer[from].n_in == 1)
			from = m->layer[from].in[0];
		branch |= from != before;
		if (at < size)
			at += (size_t)snprintf(b + at, size - at, "%s%s", k ? " + " : "from ", m->layer[from].name);
	}
	return branch;
}

static void header_draw(const struct ui *u, struct canvas *c, int layer, int x, int w)
{
	const struct session *s = &u->s;
	const struct layer *l = &s->m->layer[layer];
	const struct rows *r = &u->scene.rows[layer];
	char b[160];
	bool on = layer == s->layer;
	snprintf(b, sizeof b, " %d/%lld", r->n_shown, (long long)r->F);
	int bw = (int)strlen(b);
	if (on)
		canvas_put(c, x, u->main.y, u->g->mark, S_BORDER_ON);
	int n = canvas_name(c, x + 1, u->main.y, w - 2 - bw, on ? S_BORDER_ON : S_TITLE, l->name);
	canvas_text(c, x + 1 + n, u->main.y, bw, S_DIM, b);
	n += bw;
	if (r->loaded && !r->importance->scaled)
		canvas_text(c, x + 2 + n, u->main.y, w - 3 - n, S_WARN, "target is not reached");
	else if (w - 3 - n > 4 && reads_format(s->m, layer, s->column, s->n_column, b, sizeof b))
		canvas_name(c, x + 2 + n, u->main.y, w - 3 - n, S_DIM, b);
	else if (l->detail[0] && w - 3 - n > 10)
		canvas_text(c, x + 2 + n, u->main.y, w - 3 - n, S_DIM, l->detail);
}

/* "#37", cluster letter, plot, bar, value: one filter in height rows. */
static void filter_draw(const struct ui *u, struct canvas *c, int layer, int f, struct rect r)
{
	const struct session *s = &u->s;
	const struct scene *sc = &u->scene;
	const struct rows *rows = &sc->rows[layer];
	char b[32];
	bool on = layer == s->layer && f == s->filter[layer],
	     letter = s->cluster_colours && rows->clusters && rows->clusters->k;
	int value_w = 4, label_w = rows->F > 999 ? 6 : rows->F > 99 ? 5 : 4, x = r.x;
	int bar_w = r.w >= 36 ? 10 : r.w >= 30 ? 7 : 5, plot_w = r.w - label_w - (letter ? 2 : 0) - bar_w - value_w - 3;
	unsigned style = filter_style(u, rows, f);
	filter_label(u, rows, f, b, sizeof b);
	int cursor = r.x + label_w - (int)strlen(b);
	canvas_right(c, x, r.y, label_w, rows->shown[f] ? (unsigned)S_TEXT : (unsigned)S_DIM, b);
	x += label_w + 1;
	if (letter) {
		canvas_put(c, x, r.y, (unsigned char)cluster_letter(rows->clusters->label[f]),
		           style_cluster(rows->clusters->label[f]));
		for (int y = 1; y < r.h; y++)
			canvas_put(c, x, r.y + y, u->g->side, style_cluster(rows->clusters->label[f]));
		x += 2;
	}
	struct rect plot = { x, r.y, plot_w, r.h };
	struct series v = rows_series(rows, f);
	if (rows->off[f])
		canvas_text(c, x, r.y, plot_w, S_WARN, "off");
	else if (rows->dead[f])
		canvas_text(c, x, r.y, plot_w, S_DIM,
		            rows->times < 2 ? "zero"
		            : plot_w >= 11  ? "no activity"
		                            : "silent");
	else if (!rows->loaded)
		canvas_put(c, x, r.y, c->ellipsis, S_DIM);
	else if (rows->times < 2)
		canvas_printf(c, x, r.y, plot_w, style, "%s", number_format(b, sizeof b, (double)v.v[0], plot_w));
	else if (r.h == 1)
		plot_spark(c, u->g, x, r.y, plot_w, v, rows->range[f], (struct paint){ .style = style });
	else
		plot_line(c, u->g, plot, v, rows->range[f], (struct paint){ .style = style });
	if (sc->trace && sc->trace->share[layer] && rows->times > 1)
		plot_hits(c, u->g, plot, v, rows->range[f],
		          series_of(sc->trace->share[layer] + (int64_t)f * rows->times, rows->times),
		          sc->trace_max[layer]);
	x += plot_w + 1;
	double imp = rows->scaled[f];
	plot_bar(c, u->g, x, r.y, bar_w, imp, style_seq(imp));
	x += bar_w + 1;
	if (isnan(imp))
		canvas_right(c, x, r.y, value_w, S_DIM, "-");
	else
		canvas_printf(c, x, r.y, value_w, S_TEXT, "%.2f", imp);
	if (on) {
		canvas_mark(c, (struct rect){ r.x, r.y, label_w, 1 }, STYLE_REVERSE);
		canvas_cursor(c, cursor, r.y);
	}
}

static void column_draw(const struct ui *u, struct canvas *c, int layer, int x, int w)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct rows *r = &u->scene.rows[layer];
	int room = room_of(u), y = u->main.y + 1, end = u->main.y + u->main.h, first = o->row_first[layer];
	int *h = xcalloc((size_t)r->n_list + 1, sizeof *h), i;
	row_heights(u, r, room, h);
	header_draw(u, c, layer, x, w);
	canvas_zone(c, (struct rect){ x, u->main.y, w, u->main.h }, layer, -1);
	if (r->loaded && r->n_list == 0) {
		canvas_text(c, x + 2, y, w - 3, S_WARN, "no filter matches");
		if (layer == u->s.layer)
			canvas_cursor(c, x + 2, y);
	}
	for (i = first; i < r->n_list && y + 1 <= end; i++) {
		int rows = y + h[i] > end ? end - y : h[i];
		filter_draw(u, c, layer, r->list[i], (struct rect){ x, y, w - 1, rows });
		canvas_zone(c, (struct rect){ x, y, w, rows }, layer, r->list[i]);
		y += h[i];
	}
	if (first > 0)
		canvas_put(c, x + w - 2, u->main.y, u->g->up, S_DIM);
	if (i < r->n_list || y > end)
		canvas_put(c, x + w - 1, end - 1, u->g->down, S_DIM);
	free(h);
}

static void layers_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct columns *col = &o->columns;
	panel_draw(u, c);
	for (int i = 0; i < col->n; i++)
		column_draw(u, c, u->s.column[col->first + i], u->main.x + i * col->w, col->w);
	/* more layers to the sides */
	if (col->first > 0)
		canvas_put(c, 0, u->main.y + 1, '<', S_BORDER_ON);
	if (col->first + col->n < u->s.n_column)
		canvas_put(c, u->main.x + u->main.w - 1, u->main.y, '>', S_BORDER_ON);
}

/* To another layer: as far down its list as here. */
static unsigned sideways(struct ui *u, int step)
{
	struct session *s = &u->s;
	int to = session_column(s) + step;
	if (to < 0 || to >= s->n_column)
		return 0;
	return session_layer(s, s->column[to]);
}

static unsigned select_at(struct ui *u, const struct rows *r, int at)
{
	at = at < 0 ? 0 : at >= r->n_list ? r->n_list - 1 : at;
	return r->n_list ? session_filter(&u->s, r->list[at]) : 0;
}

static unsigned layers_move(struct ui *u, enum move m)
{
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int at = scene_place(r, s->filter[s->layer], false), page = room_of(u) > 2 ? room_of(u) - 1 : 1;
	switch (m) {
	case MOVE_LEFT:
	case MOVE_PREVIOUS:
		return sideways(u, -1);
	case MOVE_RIGHT:
	case MOVE_NEXT:
		return sideways(u, 1);
	case MOVE_HOME:
		return session_layer(s, s->column[0]);
	case MOVE_END:
		return session_layer(s, s->column[s->n_column - 1]);
	case MOVE_UP:
		return select_at(u, r, at - 1);
	case MOVE_DOWN:
		return select_at(u, r, at + 1);
	case MOVE_FIRST:
		return select_at(u, r, 0);
	case MOVE_LAST:
		return select_at(u, r, r->n_list - 1);
	case MOVE_PAGE_UP:
		return select_at(u, r, at - page);
	case MOVE_PAGE_DOWN:
		return select_at(u, r, at + page);
	case MOVE_HALF_UP:
		return select_at(u, r, at - page / 2);
	case MOVE_HALF_DOWN:
		return select_at(u, r, at + page / 2);
	}
	return 0;
}

static unsigned layers_enter(struct ui *u)
{
	if (scene_rows(&u->scene, &u->s, u->s.layer)->n_list == 0)
		return 0;
	return session_view(&u->s, VIEW_FILTER, true);
}

/* The highlighted steps of one series, each with its share. */
static void trace_dump(FILE *f, struct series share)
{
	bool any = false;
	for (int64_t t = 0; t < share.n; t++) {
		double v = (double)share.v[t * share.stride];
		if (v != 0)
			fprintf(f, "%s %lld:%.4f", any ? "" : "  traced", (long long)t, v);
		any |= v != 0;
	}
}

static void input_dump(const struct ui *u, FILE *f)
{
	const struct model *m = u->s.m;
	char name[64];
	for (int64_t ch = 0; ch < m->C; ch++) {
		fprintf(f, "input %s", channel_name(u, ch, name, sizeof name));
		trace_dump(f, (struct series){ u->scene.trace->share[0] + ch, m->T, m->C });
		fputc('\n', f);
	}
}

static void layers_dump(struct ui *u, FILE *f)
{
	struct session *s = &u->s;
	const struct trace *trace = u->scene.trace;
	if (trace && trace->share[0])
		input_dump(u, f);
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(&u->scene, s, layer);
		if (!r->loaded) {
			fprintf(f, "%s: not worked out yet\n", s->m->layer[layer].name);
			continue;
		}
		fprintf(f, "%s: %d of %lld filters shown\n", s->m->layer[layer].name, r->n_shown, (long long)r->F);
		for (int i = 0; i < r->n_list; i++) {
			int j = r->list[i];
			fprintf(f, "  #%-4d importance %.4f  mean %.4g  range %.4g to %.4g%s%s", j, r->scaled[j],
			        r->mean[j], r->numbers->range[j].lo, r->numbers->range[j].hi,
			        r->dead[j] ? "  no activity" : "", r->off[j] ? "  switched off" : "");
			if (trace && trace->share[layer])
				trace_dump(f, series_of(trace->share[layer] + j * r->times, r->times));
			fputc('\n', f);
		}
	}
}

static const struct legend legend[] = {
	SEEN("{mark}conv1 13/64", "the selected layer, and how many of its filters are listed", .style = S_BORDER_ON),
	{ .rows = legend_details },
	SEEN("from a + b", "the layers that this one reads, where the network branches", .style = S_DIM),
	{ .rows = legend_filters },
	SEEN("< >", "there are more layers to the left or right", .style = S_BORDER_ON),
	{ .rows = legend_panel },
	{ .keys = "up,down", .text = "another filter of the layer" },
	{ .keys = "left,right,next-layer", .text = "another layer" },
	{ 0 },
};

const struct view view_layers = {
	.id = VIEW_LAYERS,
	.name = "layers",
	.title = "Layers",
	.legend = legend,
	.level = 2,
	.size = sizeof(struct own),
	.needs_data = true,
	.has_filters = true,
	.needs = NEEDS_SHOWN | NEEDS_COLOURS | NEEDS_TRACE | NEEDS_MAPS,
	.prints = NEEDS_LAYERS,
	.hints = "enter:open window-previous,window-next:window next-layer:layer "
	         "percentile-less,percentile-more:percentile sort target measure cluster-colours:clusters "
	         "switch:off/on highlight:trace filter mark larger,smaller:size search",
	.release = layers_release,
	.search = layers_search,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_METHOD,
	.update = layers_update,
	.draw = layers_draw,
	.move = layers_move,
	.enter = layers_enter,
	.dump = layers_dump,
};
