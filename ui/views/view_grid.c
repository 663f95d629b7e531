/* Levels 3 and 4: every filter of a layer a plot in a grid that fills the screen; level 4 ordered and framed by
 * cluster. Both are a list of lines: rows of cells, and in level 4 headings. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"
#include "ui/parts/sort_keys.h"

struct flow_line {    /* a row of cells, or a heading */
	int cluster;  /* heading of this cluster, or -1 */
	int first, n; /* items in the order */
	int col;      /* cells to its left: small clusters share a row */
	bool folded;  /* a heading that stands for its cells */
	int y, h;     /* from the top of all lines */
};

/* Both views have one of their own. */
struct own {
	struct grid grid;
	struct flow_line *flow;
	int n_flow;
	int *flow_order; /* [n_flow_order] filters in the order of the cells, of flow_layer */
	int n_flow_order, flow_layer;
	int first;    /* scroll: rows above the screen */
	bool *folded; /* [n_folded] clusters of folded_layer that show their heading only */
	int n_folded, folded_layer;
};

static struct own *own(const struct ui *u)
{
	return u->data[u->view->id];
}

static void grid_release(void *data)
{
	struct own *o = data;
	free(o->flow);
	free(o->flow_order);
	free(o->folded);
}

static void add_line(struct ui *u, struct flow_line l)
{
	struct own *o = own(u);
	o->flow = xrealloc(o->flow, (size_t)o->n_flow + 1, sizeof *o->flow);
	o->flow[o->n_flow++] = l;
}

static void add_rows(struct ui *u, int first, int n, int col, int *y)
{
	const struct own *o = own(u);
	for (int i = 0; i < n; i += o->grid.cols) {
		int k = n - i < o->grid.cols ? n - i : o->grid.cols;
		add_line(u, (struct flow_line){
		                    .cluster = -1, .first = first + i, .n = k, .col = col, .y = *y, .h = o->grid.h });
		*y += o->grid.h;
	}
}

struct ordered {
	double mean; /* importance; NaN: none */
	int label;
};

static int by_mean(const void *pa, const void *pb)
{
	const struct ordered *a = pa, *b = pb;
	if (a->mean != b->mean && !isnan(a->mean) && !isnan(b->mean))
		return a->mean > b->mean ? -1 : 1;
	return a->label - b->label;
}

/* Clusters, the most important first (by letter when the sort is not by importance). */
static void cluster_order(const struct ui *u, const struct rows *r, struct ordered *o)
{
	int k = r->clusters->k;
	for (int label = 0; label < k; label++)
		o[label] = (struct ordered){ 0, label };
	for (int f = 0; f < (int)r->F; f++)
		o[r->clusters->label[f]].mean += r->placed[f].importance / r->clusters->size[r->clusters->label[f]];
	if (u->s.sort == SORT_IMPORTANCE)
		qsort(o, (size_t)k, sizeof *o, by_mean);
}

/* Filters cluster by cluster, in the order of the grid within each. A cluster that fits beside the one before it stays
 * in its row. */
static void flow_clusters(struct ui *u, const struct rows *r)
{
	struct own *o = own(u);
	int at = 0, y = 0, used = o->grid.cols, head = 0, k = r->clusters->k;
	struct ordered *by = xcalloc((size_t)k, sizeof *o);
	cluster_order(u, r, by);
	for (int c = 0; c < k; c++) {
		int first = at, label = by[c].label;
		for (int i = 0; i < r->n_order; i++)
			if (r->clusters->label[r->order[i]] == label)
				o->flow_order[at++] = r->order[i];
		int n = at - first;
		if (!n)
			continue;
		if (label < o->n_folded && o->folded[label]) {
			add_line(u,
			         (struct flow_line){
			                 .cluster = label, .first = first, .n = n, .y = y++, .h = 1, .folded = true });
			used = o->grid.cols;
			continue;
		}
		if (used + n > o->grid.cols) {
			head = y++;
			used = 0;
			add_line(u, (struct flow_line){ .cluster = label, .first = first, .n = n, .y = head, .h = 1 });
			add_rows(u, first, n, 0, &y);
		} else {
			int row = head + 1;
			add_line(u, (struct flow_line){
			                    .cluster = label, .first = first, .n = n, .col = used, .y = head, .h = 1 });
			add_rows(u, first, n, used, &row);
		}
		used += n;
	}
	free(by);
}

static int line_of(const struct ui *u, int item)
{
	const struct own *o = own(u);
	for (int i = 0; i < o->n_flow; i++)
		if ((o->flow[i].cluster < 0 || o->flow[i].folded) && item >= o->flow[i].first &&
		    item < o->flow[i].first + o->flow[i].n)
			return i;
	return -1;
}

static int item_of(const struct ui *u)
{
	struct own *o = own(u);
	const struct rows *r = &u->scene.rows[u->s.layer];
	for (int i = 0; i < r->n_order; i++)
		if (o->flow_order[i] == u->s.filter[u->s.layer])
			return i;
	return 0;
}

/* Where the screen's first line starts, so that the selected cell (and its heading) is seen. */
static void scroll(struct ui *u)
{
	struct own *o = own(u);
	int at = line_of(u, item_of(u));
	if (at < 0)
		return;
	int from = at > 0 && o->flow[at - 1].cluster >= 0 ? at - 1 : at;
	const struct flow_line *l = &o->flow[at], *last = &o->flow[o->n_flow - 1];
	int room = u->main.h - 1;
	o->first = layout_scroll(o->first, o->flow[from].y, l->y + l->h - o->flow[from].y, last->y + last->h, room);
	/* begin at the start of a line */
	for (int i = 0; i < o->n_flow; i++)
		if (o->flow[i].y < o->first && o->flow[i].y + o->flow[i].h > o->first)
			o->first = l->y + l->h > o->flow[i].y + room ? o->flow[i].y + o->flow[i].h : o->flow[i].y;
}

static void grid_common(struct ui *u, bool clustered)
{
	struct own *o = own(u);
	struct session *s = &u->s;
	int h = u->frame.body.h;
	panel_update(u, h >= 40 ? 3 : 1, h * 3 / 10);
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	struct rect area = u->main;
	rect_top(&area, 1);
	int k = clustered && r->clusters ? r->clusters->k : 0;
	if (o->n_folded != k || o->folded_layer != s->layer)
		o->n_folded = 0;
	u->scene.wants_look = false;
	for (int i = 0; i < o->n_folded; i++)
		u->scene.wants_look |= o->folded[i];
	u->clusters_drawn = r->clusters ? r->clusters->k : 0;
	/* headings take rows, and rows do not fill: plan with a few cells more */
	area.h -= k < area.h / 3 ? k / 2 : 0;
	o->grid = layout_grid(area, r->n_order + (k > 1 ? k : 0), s->zoom);
	/* a heading and a row of cells are seen together */
	if (k && o->grid.h > u->main.h - 2 && u->main.h > 3)
		o->grid.h = u->main.h - 2;
	o->n_flow = 0;
	o->flow_order = xrealloc(o->flow_order, (size_t)r->F + 1, sizeof *o->flow_order);
	o->n_flow_order = r->n_order;
	o->flow_layer = s->layer;
	if (clustered && k) {
		flow_clusters(u, r);
	} else {
		int y = 0;
		memcpy(o->flow_order, r->order, (size_t)r->n_order * sizeof *r->order);
		add_rows(u, 0, r->n_order, 0, &y);
	}
	scroll(u);
}

static void grid_update(struct ui *u, unsigned changed)
{
	(void)changed;
	grid_common(u, false);
}

static void clusters_update(struct ui *u, unsigned changed)
{
	(void)changed;
	grid_common(u, true);
}

/* Layer and selected filter at the left, what all filters have in common behind the name where there is room. */
static void title_draw(const struct ui *u, struct canvas *c)
{
	const struct session *s = &u->s;
	const struct layer *l = session_layer_now(s);
	const struct rows *r = &u->scene.rows[s->layer];
	int f = s->filter[s->layer], x = u->main.x, y = u->main.y, end = u->main.x + u->main.w;
	bool clusters = s->view == VIEW_CLUSTERS;
	char b[160] = "", name[80], rank[48];
	int n = snprintf(rank, sizeof rank, "#%d", f);
	if (r->importance->rank)
		snprintf(rank + n, sizeof rank - (size_t)n, " rank %d of %d", r->importance->rank[f] + 1, (int)r->F);
	/* the name keeps its place from filter to filter */
	int widest = snprintf(NULL, 0, "#%d rank %d of %d", (int)r->F - 1, (int)r->F, (int)r->F);
	layer_name_format(u, s->layer, name, sizeof name);
	if (!clusters) {
		int need = widest + 4;
		end = sort_keys_draw(u, c, x + need + 8, end, y) - 2;
		x += canvas_name(c, x, y, end - x - need > 8 ? end - x - need : 8, S_BORDER_ON, name) + 2;
	} else {
		x += canvas_printf(c, x, y, -1, S_BORDER_ON, "%s  ", name);
	}
	layer_words(l, 60, b, sizeof b);
	if (*b && x + text_width(b) + 2 + widest <= end - (clusters ? 28 : 0))
		x += canvas_printf(c, x, y, -1, S_DIM, "%s  ", b);
	if (clusters && r->clusters && r->clusters->k) {
		n = snprintf(b, sizeof b, r->clusters->k == 1 ? "1 cluster of all" : "%d clusters", r->clusters->k);
		if (!isnan(r->clusters->silhouette))
			snprintf(b + n, sizeof b - (size_t)n, "  silhouette %.2f", r->clusters->silhouette);
		x += canvas_printf(c, x, y, -1, S_TEXT, "%s  ", b);
	} else if (clusters) {
		x += canvas_text(c, x, y, -1, S_WARN, "no time axis: no clusters  ");
	}
	x += canvas_text(c, x, y, end - x, S_TEXT, rank);
	snprintf(b, sizeof b, "  mean %.3g  max %.3g", r->mean[f], r->numbers->range[f].hi);
	if (x + text_width(b) <= end)
		canvas_text(c, x, y, end - x, S_TEXT, b);
}

/* How many columns a channel's name takes in the line of a folded cluster, and how many channels are named. */
static int look_columns(const struct ui *u, int room, int *channels)
{
	enum { NUMBER = 7, LEAST = 4 }; /* " 100%" and two blanks */
	int C = (int)u->s.m->C, most = 0, fit = room / (NUMBER + LEAST);
	for (int ch = 0; ch < C; ch++) {
		char b[64];
		int w = text_width(channel_name(u, ch, b, sizeof b));
		most = w > most ? w : most;
	}
	*channels = fit < C ? fit : C;
	if (!*channels)
		return 0;
	int w = room / *channels - NUMBER;
	return w < most ? w : most;
}

/* "load 3%  temp 97%" in at most w columns. With more channels than have room: those with the largest shares. */
static void look_draw(const struct ui *u, struct canvas *c, const struct rows *r, int cluster, int x, int y, int w)
{
	int C = (int)u->s.m->C, n = 0, name_w = look_columns(u, w, &n);
	double last = INFINITY;
	int last_ch = -1;
	for (int k = 0; k < n; k++) {
		int best = k;
		double share = cluster_look(r, u->s.m->C, cluster, k);
		for (int ch = 0; n < C && ch < C; ch++) {
			double v = cluster_look(r, u->s.m->C, cluster, ch);
			bool later = v < last || (v == last && ch > last_ch);
			if (later && (ch == 0 || best == last_ch || v > share || isnan(share))) {
				best = ch;
				share = v;
			}
		}
		last = share;
		last_ch = best;
		char b[64];
		x += canvas_name(c, x, y, name_w, S_DIM, channel_name(u, best, b, sizeof b));
		if (isnan(share))
			canvas_put(c, x + 1, y, c->ellipsis, S_DIM);
		else
			canvas_printf(c, x + 1, y, 5, S_TEXT, "%.0f%%", 100 * share);
		x += 7;
	}
}

/* Are all filters of a folded cluster marked? */
static bool folded_marked(const struct ui *u, const struct flow_line *l)
{
	const struct own *o = own(u);
	bool all = true;
	for (int i = 0; i < l->n; i++)
		all = all && filter_set_has(&u->s.marks, u->s.layer, o->flow_order[l->first + i]);
	return all;
}

/* That a cluster has no activity: `silent`, and how many of its filters are off, which says why. In b. */
static const char *silent_words(const struct rows *r, const struct flow_line *l, const int *filter, const char *silent,
                                char *b, size_t size)
{
	int off = 0;
	for (int i = 0; i < l->n; i++)
		off += r->off[filter[l->first + i]];
	if (off == l->n)
		snprintf(b, size, "off");
	else if (off)
		snprintf(b, size, "%s, %d off", silent, off);
	else
		snprintf(b, size, "%s", silent);
	return b;
}

/* A folded cluster in one line: letter, size, mean importance, prototype, and what its filters look at. */
static void folded_draw(const struct ui *u, struct canvas *c, const struct flow_line *l, int y)
{
	enum { PROTOTYPE_LEAST = 8, PROTOTYPE_MOST = 40 };
	const struct own *o = own(u);
	const struct rows *r = &u->scene.rows[u->s.layer];
	const struct layer_clusters *q = r->clusters;
	unsigned style = style_cluster(l->cluster);
	int x = u->main.x, end = u->main.x + u->main.w - 1;
	bool wide = u->main.w >= 100;
	double sum = 0;
	char b[64];
	for (int i = 0; i < l->n; i++)
		sum += r->scaled[o->flow_order[l->first + i]];
	canvas_put(c, x, y, u->g->mark, style);
	canvas_printf(c, x + 1, y, 3, style, "%c%c ", folded_marked(u, l) ? '*' : ' ', cluster_letter(l->cluster));
	if (notes_about_cluster(u->s.notes, u->s.layer, q->label, r->F, l->cluster))
		canvas_put(c, x + 3, y, u->g->note, style);
	if (q->label[u->s.filter[u->s.layer]] == l->cluster) {
		canvas_mark(c, (struct rect){ x + 1, y, 3, 1 }, STYLE_REVERSE);
		canvas_cursor(c, x + 2, y);
	}
	x += 5;
	x += canvas_printf(c, x, y, end - x, S_TEXT,
	                   u->main.w < 60 ? "%3d"
	                   : l->n == 1    ? "%3d filter   "
	                                  : "%3d filters  ",
	                   l->n) +
	     (u->main.w < 60);
	if (!isnan(sum))
		x += canvas_printf(c, x, y, end - x, S_DIM, wide ? "importance %.2f  " : "imp %.2f  ", sum / l->n);
	int channels, room = (end - x - PROTOTYPE_LEAST - 2) * (wide ? 3 : 4) / 5,
	              name_w = look_columns(u, room < 0 ? 0 : room, &channels), look = channels * (name_w + 7),
	              w = end - x - look - 2;
	w = w > PROTOTYPE_MOST ? PROTOTYPE_MOST : w;
	if (q->silent[l->cluster]) {
		x += canvas_printf(c, x, y, end - x, S_WARN, "%s  ",
		                   silent_words(r, l, o->flow_order, "silent in this window", b, sizeof b));
	} else if (w >= PROTOTYPE_LEAST) {
		plot_spark(c, u->g, x, y, w,
		           span_series(r->seen, series_of(q->prototype + (int64_t)l->cluster * r->times, r->times)),
		           (struct range){ 0, 1 }, (struct paint){ .style = style });
		x += w + 2;
	}
	if (!q->silent[l->cluster])
		look_draw(u, c, r, l->cluster, x, y, look);
}

/* The line over the cells of a cluster. */
static void heading_draw(const struct ui *u, struct canvas *c, const struct flow_line *l, int y)
{
	const struct own *o = own(u);
	const struct rows *r = &u->scene.rows[u->s.layer];
	const struct layer_clusters *q = r->clusters;
	double sum = 0;
	for (int i = 0; i < l->n; i++)
		sum += r->scaled[o->flow_order[l->first + i]];
	unsigned style = style_cluster(l->cluster);
	int x = u->main.x + l->col * o->grid.w, cells = l->n > o->grid.cols ? o->grid.cols : l->n,
	    end = x + cells * o->grid.w - 1;
	bool brief = end - x < 36;
	char b[64];
	canvas_put(c, x++, y, u->g->h, style);
	x += canvas_printf(c, x, y, end - x, style, " %c", cluster_letter(l->cluster));
	if (x < end && notes_about_cluster(u->s.notes, u->s.layer, q->label, r->F, l->cluster))
		canvas_put(c, x++, y, u->g->note, style);
	x++;
	x += canvas_printf(c, x, y, end - x, S_TEXT, brief ? "%d" : "%d filters", l->n);
	if (q->silent[l->cluster])
		x += canvas_printf(c, x, y, end - x, S_WARN, "%s%s", brief ? " " : "  ",
		                   silent_words(r, l, o->flow_order, "silent", b, sizeof b));
	else if (!isnan(sum) && (!brief || end - x > 5)) {
		snprintf(b, sizeof b, brief ? " %.2f" : "  mean importance %.2f", sum / l->n);
		x += canvas_text(c, x, y, end - x, S_DIM, b);
	}
	x++;
	while (x < end)
		canvas_put(c, x++, y, u->g->h, style);
}

/* Header "#37 bar value" over the plot; a cluster's cells have its letter and a bar at the left. */
static void cell_draw(const struct ui *u, struct canvas *c, int f, struct rect r)
{
	const struct session *s = &u->s;
	const struct rows *rows = &u->scene.rows[s->layer];
	char b[32];
	bool marked = rows->clusters && rows->clusters->k && (s->view == VIEW_CLUSTERS || s->cluster_colours);
	bool on = f == s->filter[s->layer];
	double imp = rows->scaled[f];
	unsigned line = filter_style(u, rows, f);
	r.w--;
	if (marked) {
		unsigned style = style_cluster(rows->clusters->label[f]);
		canvas_put(c, r.x, r.y, (unsigned char)cluster_letter(rows->clusters->label[f]), style);
		for (int y = 1; y < r.h; y++)
			canvas_put(c, r.x, r.y + y, u->g->side, style);
		rect_left(&r, 1);
		line = line == S_DIM ? line : style;
	}
	filter_label(u, rows, f, b, sizeof b);
	unsigned label_style = marked           ? style_cluster(rows->clusters->label[f])
	                       : rows->shown[f] ? (unsigned)S_TEXT
	                                        : (unsigned)S_DIM;
	int n = canvas_text(c, r.x, r.y, r.w, label_style, b);
	if (on) {
		canvas_mark(c, (struct rect){ r.x, r.y, n, 1 }, STYLE_REVERSE);
		canvas_cursor(c, r.x, r.y);
	}
	/* the number in full, or as ".51" behind a short bar */
	int label = n < 3 ? 3 : n, value = r.w >= 16 ? 5 : r.w - label - 1 >= 5 ? 3 : 0, bar = r.w - label - 1 - value;
	plot_bar(c, u->g, r.x + label + 1, r.y, bar, imp, style_seq(imp));
	if (value && !isnan(imp)) {
		snprintf(b, sizeof b, value < 5 && imp >= 0.995 ? "%.1f" : "%.2f", imp);
		canvas_right(c, r.x + r.w - 4, r.y, 4, S_TEXT, value < 5 && imp < 0.995 ? b + 1 : b);
	}
	rect_top(&r, 1);
	struct series v = rows_seen(rows, f);
	if (rows->off[f])
		canvas_text(c, r.x, r.y, r.w, S_WARN, "off");
	else if (rows->dead[f])
		canvas_text(c, r.x, r.y + r.h / 2, r.w, S_DIM, "silent");
	else if (!rows->loaded)
		canvas_put(c, r.x, r.y, c->ellipsis, S_DIM);
	else if (rows->times < 2)
		canvas_text(c, r.x, r.y, r.w, S_TEXT, number_format(b, sizeof b, (double)v.v[0], r.w));
	else if (r.h == 1)
		plot_spark(c, u->g, r.x, r.y, r.w, v, rows->range[f], (struct paint){ .style = line });
	else
		plot_line(c, u->g, r, v, rows->range[f], (struct paint){ .style = line });
}

static void grid_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = own(u);
	struct rect area = u->main;
	panel_draw(u, c);
	title_draw(u, c);
	rect_top(&area, 1);
	bool more = false;
	if (u->scene.rows[u->s.layer].loaded && o->n_flow == 0) {
		canvas_printf(c, area.x, area.y, area.w, S_WARN, "no filter matches '%s'; & and Enter shows all",
		              u->s.expression);
		canvas_cursor(c, area.x, area.y);
	}
	for (int i = 0; i < o->n_flow; i++) {
		const struct flow_line *l = &o->flow[i];
		int y = area.y + l->y - o->first;
		if (l->y < o->first)
			continue;
		if (y + l->h > area.y + area.h) {
			more = true;
			continue;
		}
		if (l->folded)
			folded_draw(u, c, l, y);
		else if (l->cluster >= 0)
			heading_draw(u, c, l, y);
		if (l->folded)
			canvas_zone(c, (struct rect){ area.x, y, area.w, 1 }, u->s.layer, o->flow_order[l->first]);
		for (int k = 0; l->cluster < 0 && k < l->n; k++) {
			struct rect cell = { area.x + (l->col + k) * o->grid.w, y, o->grid.w, l->h };
			cell_draw(u, c, o->flow_order[l->first + k], cell);
			canvas_zone(c, cell, u->s.layer, o->flow_order[l->first + k]);
		}
	}
	if (o->first > 0)
		canvas_put(c, c->w - 1, u->main.y, u->g->up, S_BORDER_ON);
	if (more)
		canvas_put(c, c->w - 1, area.y + area.h - 1, u->g->down, S_BORDER_ON);
}

/* The cells are those of the layer that is selected: keys typed ahead come before they are laid out, and on a screen
 * too small for any view they never are. */
static bool laid_out(struct ui *u)
{
	struct own *o = own(u);
	const struct rows *r = scene_rows(&u->scene, &u->s, u->s.layer);
	bool now = o->flow_order && o->flow_layer == u->s.layer && o->n_flow_order == r->n_order;
	if (now || !u->frame.usable)
		return now;
	grid_common(u, u->s.view == VIEW_CLUSTERS);
	return true;
}

/* The cell nearest to a column in the row of cells at height y. */
static int nearest(const struct ui *u, int y, int col)
{
	const struct own *o = own(u);
	int best = -1, distance = 0;
	for (int i = 0; i < o->n_flow; i++) {
		const struct flow_line *l = &o->flow[i];
		if ((l->cluster >= 0 && !l->folded) || l->y != y)
			continue;
		if (l->folded)
			return l->first;
		int k = col < l->col ? 0 : col - l->col < l->n ? col - l->col : l->n - 1, d = abs(l->col + k - col);
		if (best < 0 || d < distance) {
			best = l->first + k;
			distance = d;
		}
	}
	return best;
}

/* `count` rows of cells up or down, in the same column or the nearest to it. */
static unsigned vertical(struct ui *u, int step, int count)
{
	const struct own *o = own(u);
	int item = item_of(u), line = line_of(u, item);
	if (line < 0)
		return 0;
	int col = o->flow[line].folded ? 0 : o->flow[line].col + item - o->flow[line].first, y = o->flow[line].y;
	for (; count > 0; count--) {
		int next = y;
		for (int i = 0; i < o->n_flow; i++) {
			const struct flow_line *l = &o->flow[i];
			if ((l->cluster < 0 || l->folded) && (l->y - y) * step > 0 &&
			    (next == y || abs(l->y - y) < abs(next - y)))
				next = l->y;
		}
		y = next;
	}
	return session_filter(&u->s, o->flow_order[nearest(u, y, col)]);
}

/* The item to the left or right; a folded cluster is one. */
static int beside(const struct ui *u, int item, int step)
{
	const struct own *o = own(u);
	int line = line_of(u, item);
	if (line < 0 || !o->flow[line].folded)
		return item + step;
	int to = step < 0 ? o->flow[line].first - 1 : o->flow[line].first + o->flow[line].n;
	return to < 0 || to >= o->n_flow_order ? item : to; /* at an end the cursor stays where it is in the cluster */
}

static unsigned item_go(struct ui *u, int item)
{
	const struct own *o = own(u);
	int F = u->scene.rows[u->s.layer].n_order;
	if (F == 0)
		return 0;
	item = item < 0 ? 0 : item >= F ? F - 1 : item;
	return session_filter(&u->s, o->flow_order[item]);
}

static unsigned layer_by(struct ui *u, int step)
{
	struct own *o = own(u);
	struct session *s = &u->s;
	int to = session_column(s) + step;
	if (to < 0 || to >= s->n_column)
		return 0;
	o->first = 0;
	return session_layer(s, s->column[to]);
}

static unsigned grid_move(struct ui *u, enum move m)
{
	const struct own *o = own(u);
	int at, page = o->grid.visible > 1 ? o->grid.visible - 1 : 1, F;
	if (!laid_out(u))
		return 0;
	at = item_of(u);
	F = u->scene.rows[u->s.layer].n_order;
	switch (m) {
	case MOVE_LEFT:
		return item_go(u, beside(u, at, -1));
	case MOVE_RIGHT:
		return item_go(u, beside(u, at, 1));
	case MOVE_UP:
		return vertical(u, -1, 1);
	case MOVE_DOWN:
		return vertical(u, 1, 1);
	case MOVE_FIRST:
	case MOVE_HOME:
		return item_go(u, 0);
	case MOVE_LAST:
	case MOVE_END:
		return item_go(u, F - 1);
	case MOVE_PAGE_UP:
		return vertical(u, -1, page);
	case MOVE_PAGE_DOWN:
		return vertical(u, 1, page);
	case MOVE_HALF_UP:
		return vertical(u, -1, (page + 1) / 2);
	case MOVE_HALF_DOWN:
		return vertical(u, 1, (page + 1) / 2);
	case MOVE_NEXT:
		return layer_by(u, 1);
	case MOVE_PREVIOUS:
		return layer_by(u, -1);
	}
	return 0;
}

/* Makes room for the state of the layer's clusters. Returns false if it has none. */
static bool folds_ready(struct ui *u)
{
	struct own *o = own(u);
	const struct rows *r = &u->scene.rows[u->s.layer];
	if (!r->clusters || !r->clusters->k)
		return false;
	if (o->n_folded != r->clusters->k || o->folded_layer != u->s.layer) {
		free(o->folded);
		o->n_folded = r->clusters->k;
		o->folded_layer = u->s.layer;
		o->folded = xcalloc((size_t)o->n_folded + 1, sizeof *o->folded);
	}
	return true;
}

static unsigned clusters_fold(struct ui *u)
{
	struct own *o = own(u);
	if (!folds_ready(u))
		return 0;
	bool *f = &o->folded[u->scene.rows[u->s.layer].clusters->label[u->s.filter[u->s.layer]]];
	*f = !*f;
	return CHANGED_LOOK;
}

static unsigned clusters_fold_all(struct ui *u)
{
	struct own *o = own(u);
	bool all = true;
	if (!folds_ready(u))
		return 0;
	for (int i = 0; i < o->n_folded; i++)
		all &= o->folded[i];
	for (int i = 0; i < o->n_folded; i++)
		o->folded[i] = !all;
	return CHANGED_LOOK;
}

/* A folded cluster is marked as a whole: all its filters, or, if all are marked, none. */
static bool clusters_mark(struct ui *u)
{
	struct own *o = own(u);
	int line = laid_out(u) ? line_of(u, item_of(u)) : -1;
	if (line < 0 || !o->flow[line].folded)
		return false;
	const struct flow_line *l = &o->flow[line];
	bool all = folded_marked(u, l);
	for (int i = 0; i < l->n; i++)
		filter_set_put(&u->s.marks, u->s.layer, o->flow_order[l->first + i], !all);
	return true;
}

/* A folded cluster is what is selected. */
static void clusters_subject(const struct ui *u, struct note_subject *q)
{
	const struct own *o = own(u);
	const struct layer_clusters *c = u->scene.rows[u->s.layer].clusters;
	bool now = c && c->k && o->flow_order && o->flow_layer == u->s.layer;
	int line = now ? line_of(u, item_of(u)) : -1;
	if (line < 0 || !o->flow[line].folded)
		return;
	q->about = NOTE_CLUSTER;
	q->cluster = c->label[q->filter];
	for (int64_t f = q->filter; f >= 0; f--)
		q->filter = c->label[f] == q->cluster ? f : q->filter;
}

/* A click on a name of the toggle row sorts by it, and a second one reverses; the other zones are filters. */
static bool grid_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct session *s = &u->s;
	(void)x;
	if (sort_keys_pick(u, z, changed))
		return false;
	*changed = session_layer(s, z->a);
	if (z->b >= 0)
		*changed |= session_filter(s, z->b);
	return z->b >= 0 && !*changed;
}

static unsigned grid_enter(struct ui *u)
{
	const struct own *o = own(u);
	if (laid_out(u) && u->scene.rows[u->s.layer].n_order == 0)
		return 0;
	int line = u->s.view == VIEW_CLUSTERS && laid_out(u) ? line_of(u, item_of(u)) : -1;
	if (line >= 0 && o->flow[line].folded)
		return clusters_fold(u);
	return session_view(&u->s, VIEW_FILTER, true);
}

/* One cluster in a line: size, mean importance, what it looks at, and its prototype. */
static void cluster_dump(const struct ui *u, const struct rows *r, int k, FILE *f)
{
	char b[64];
	double sum = 0;
	for (int i = 0; i < (int)r->F; i++)
		sum += r->clusters->label[i] == k ? r->scaled[i] : 0;
	fprintf(f, "cluster %c  %d filters  importance %.4f", cluster_letter(k), r->clusters->size[k],
	        sum / r->clusters->size[k]);
	for (int64_t ch = 0; ch < u->s.m->C && r->looked == r->F; ch++)
		fprintf(f, "%s%s %.4f", ch ? ", " : "  looks at ", channel_name(u, ch, b, sizeof b),
		        cluster_look(r, u->s.m->C, k, ch));
	fprintf(f, "%s  prototype", r->clusters->silent[k] ? "  silent" : "");
	for (int64_t t = 0; t < r->times; t++)
		fprintf(f, " %.3g", (double)r->clusters->prototype[k * r->times + t]);
	fputc('\n', f);
}

static void grid_dump(struct ui *u, FILE *f)
{
	const struct own *o = own(u);
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	fprintf(f, "%s: %lld filters", session_layer_now(s)->name, (long long)r->F);
	if (r->clusters && r->clusters->k == 1)
		fprintf(f, ", 1 cluster of all, which tells none from another");
	else if (r->clusters && r->clusters->k)
		fprintf(f, ", %d clusters", r->clusters->k);
	if (r->clusters && isfinite(r->clusters->silhouette))
		fprintf(f, ", silhouette %.3f", r->clusters->silhouette);
	fputc('\n', f);
	if (s->view == VIEW_CLUSTERS && r->clusters)
		for (int k = 0; k < r->clusters->k; k++)
			cluster_dump(u, r, k, f);
	const int *order = laid_out(u) ? o->flow_order : r->order;
	for (int i = 0; i < r->n_order; i++) {
		int j = order[i];
		fprintf(f, "  #%-4d importance %.4f  cluster %c  mean %.4g%s\n", j, r->scaled[j],
		        r->clusters && r->clusters->k ? cluster_letter(r->clusters->label[j]) : '-', r->mean[j],
		        r->off[j]    ? "  switched off"
		        : r->dead[j] ? "  silent"
		                     : "");
	}
}

#define GRID_DEPENDS \
	(CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_METHOD)

static const struct legend legend_both[] = {
	SEEN("conv1", "the layer that is shown; Tab goes to the next", .style = S_BORDER_ON),
	{ .rows = legend_details },
	SEEN("#2 rank 1", "the selected filter, and its place by importance in the layer"),
	SEEN("mean, max", "of the activation of the selected filter over the window"),
	{ .rows = legend_filters },
	{ .rows = legend_panel },
	{ .keys = "left,right,up,down", .text = "another filter" },
	{ .keys = "next-layer,previous-layer", .text = "another layer" },
	{ 0 },
};

static const struct legend legend_grid[] = {
	SEEN("index {falls} {rises}", "the keys by which s sorts; the lit one is in use, upwards or downwards"),
	SEEN("look", "sorted by the channel that a filter looks at most"),
	{ .rows = legend_both },
	{ 0 },
};

static const struct legend legend_clusters[] = {
	SEEN("3 clusters",
	     "so many clusters: groups of filters by their activations; 1 cluster of all tells none from another"),
	SEEN("silhouette 0.33", "how well the clusters are apart: 1 well, 0 not at all, below 0 mixed up"),
	SEEN("A 3 filters", "the heading of a cluster, and the mean importance of its filters", .style = S_CLUSTER),
	SEEN("{mark} A  3 filters",
	     "a folded cluster: its mean importance, its prototype, and what its filters look at", .style = S_CLUSTER),
	SEEN("{mark}*A", "a folded cluster whose filters are all marked; P compares two of them", .style = S_CLUSTER),
	SEEN("{spread}", "the prototype: the mean activation of its filters, each scaled from 0 to 1"),
	{ .rows = legend_both },
	{ 0 },
};

const struct view view_grid = {
	.id = VIEW_GRID,
	.name = "grid",
	.title = "Grid",
	.legend = legend_grid,
	.level = 3,
	.size = sizeof(struct own),
	.needs_data = true,
	.has_filters = true,
	.needs = NEEDS_COLOURS,
	.prints = NEEDS_CLUSTERS,
	.hints = "enter:open window-previous,window-next:window next-layer:layer sort target measure "
	         "cluster-colours:clusters switch:off/on filter mark larger,smaller:size search",
	.release = grid_release,
	.search = layers_search,
	.depends = GRID_DEPENDS,
	.update = grid_update,
	.draw = grid_draw,
	.move = grid_move,
	.enter = grid_enter,
	.pick = grid_pick,
	.dump = grid_dump,
};

const struct view view_clusters = {
	.id = VIEW_CLUSTERS,
	.name = "clusters",
	.title = "Clusters",
	.legend = legend_clusters,
	.level = 4,
	.size = sizeof(struct own),
	.needs_data = true,
	.has_filters = true,
	.needs = NEEDS_CLUSTERS,
	.hints =
	        "enter:open window-previous,window-next:window next-layer:layer sort target measure fold,fold-all:fold "
	        "mark:mark compare:compare cluster-count:how_many cluster-method:method switch:off/on filter "
	        "larger,smaller:size search "
	        "help",
	.release = grid_release,
	.search = layers_search,
	.depends = GRID_DEPENDS,
	.update = clusters_update,
	.draw = grid_draw,
	.move = grid_move,
	.enter = grid_enter,
	.pick = grid_pick,
	.mark = clusters_mark,
	.subject = clusters_subject,
	.fold = clusters_fold,
	.fold_all = clusters_fold_all,
	.dump = grid_dump,
};
