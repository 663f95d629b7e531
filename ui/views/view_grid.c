/* Levels 3 and 4: every filter of a layer a plot in a grid that fills the screen; level 4 ordered and framed by
 * cluster. Both are a list of lines: rows of cells, and in level 4 headings. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ui/state/format.h"
#include "ui/views/list.h"
#include "ui/views/panel.h"

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

static void title_draw(const struct ui *u, struct canvas *c)
{
	const struct session *s = &u->s;
	const struct layer *l = session_layer_now(s);
	const struct rows *r = &u->scene.rows[s->layer];
	int f = s->filter[s->layer], x = u->main.x, y = u->main.y;
	char b[160] = "";
	x += canvas_printf(c, x, y, -1, S_BORDER_ON, "%s ", l->name);
	bool says = l->detail[0] >= '0' && l->detail[0] <= '9'; /* "64 k3 same relu": how many is said */
	x += says ? canvas_printf(c, x, y, -1, S_DIM, "%s  ", l->detail)
	          : canvas_printf(c, x, y, -1, S_DIM, "%s %d filters  ", l->detail, (int)r->F);
	if (s->view == VIEW_CLUSTERS && r->clusters && r->clusters->k) {
		int n = snprintf(b, sizeof b, "k %d", r->clusters->k);
		if (!isnan(r->clusters->silhouette))
			snprintf(b + n, sizeof b - (size_t)n, "  silhouette %.2f", r->clusters->silhouette);
		x += canvas_printf(c, x, y, -1, S_TEXT, "%s  ", b);
	} else if (s->view == VIEW_CLUSTERS) {
		x += canvas_text(c, x, y, -1, S_WARN, "no time axis: no clusters  ");
	}
	int n = snprintf(b, sizeof b, "#%d", f);
	if (r->importance->rank)
		n += snprintf(b + n, sizeof b - (size_t)n, " rank %d", r->importance->rank[f] + 1);
	snprintf(b + n, sizeof b - (size_t)n, "  mean %.3g  max %.3g", r->mean[f], r->numbers->range[f].hi);
	canvas_text(c, x, y, u->main.x + u->main.w - x, S_TEXT, b);
}

static void heading_draw(const struct ui *u, struct canvas *c, const struct flow_line *l, int y)
{
	const struct own *o = own(u);
	const struct rows *r = &u->scene.rows[u->s.layer];
	const struct layer_clusters *q = r->clusters;
	double sum = 0;
	for (int i = 0; i < l->n; i++)
		sum += r->scaled[o->flow_order[l->first + i]];
	unsigned style = style_cluster(l->cluster);
	int x = u->main.x + l->col * o->grid.w, cells = l->folded || l->n > o->grid.cols ? o->grid.cols : l->n,
	    end = x + cells * o->grid.w - 1;
	bool brief = end - x < 36;
	char b[64];
	canvas_put(c, x++, y, l->folded ? u->g->mark : u->g->h, style);
	int letter = x;
	x += canvas_printf(c, x, y, end - x, style, " %c ", cluster_letter(l->cluster));
	if (l->folded && q->label[u->s.filter[u->s.layer]] == l->cluster) {
		canvas_mark(c, (struct rect){ letter, y, 3, 1 }, STYLE_REVERSE);
		canvas_cursor(c, letter + 1, y);
	}
	x += canvas_printf(c, x, y, end - x, S_TEXT, brief ? "%d" : "%d filters", l->n);
	if (q->silent[l->cluster])
		x += canvas_text(c, x, y, end - x, S_WARN, brief ? " silent" : "  no activity");
	else if (!isnan(sum) && (!brief || end - x > 5)) {
		snprintf(b, sizeof b, brief ? " %.2f" : "  mean importance %.2f", sum / l->n);
		x += canvas_text(c, x, y, end - x, S_DIM, b);
	}
	if (l->folded && !brief)
		x += canvas_text(c, x, y, end - x, S_DIM, "  folded");
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
	int label = n < 3 ? 3 : n, value = r.w >= 16 ? 5 : 0, bar = r.w - label - 1 - value;
	plot_bar(c, u->g, r.x + label + 1, r.y, bar, imp, style_seq(imp));
	if (value && !isnan(imp))
		canvas_printf(c, r.x + r.w - 4, r.y, 4, S_TEXT, "%.2f", imp);
	rect_top(&r, 1);
	struct series v = rows_series(rows, f);
	if (rows->off[f])
		canvas_text(c, r.x, r.y, r.w, S_WARN, "off");
	else if (rows->dead[f])
		canvas_text(c, r.x, r.y + r.h / 2, r.w, S_DIM, r.w >= 11 ? "no activity" : "silent");
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
		canvas_printf(c, area.x, area.y, area.w, S_WARN, "no filter matches '%s'", u->s.expression);
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
		if (l->cluster >= 0)
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
	return step < 0 ? o->flow[line].first - 1 : o->flow[line].first + o->flow[line].n;
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

static unsigned clusters_fold(struct ui *u)
{
	struct own *o = own(u);
	const struct rows *r = &u->scene.rows[u->s.layer];
	if (!r->clusters || !r->clusters->k)
		return 0;
	int label = r->clusters->label[u->s.filter[u->s.layer]];
	if (o->n_folded != r->clusters->k || o->folded_layer != u->s.layer) {
		free(o->folded);
		o->n_folded = r->clusters->k;
		o->folded_layer = u->s.layer;
		o->folded = xcalloc((size_t)o->n_folded + 1, sizeof *o->folded);
	}
	o->folded[label] = !o->folded[label];
	return CHANGED_LOOK;
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

static void grid_dump(struct ui *u, FILE *f)
{
	const struct own *o = own(u);
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	fprintf(f, "%s: %lld filters", session_layer_now(s)->name, (long long)r->F);
	if (r->clusters && r->clusters->k)
		fprintf(f, ", %d clusters, silhouette %.3f", r->clusters->k, r->clusters->silhouette);
	fputc('\n', f);
	const int *order = laid_out(u) ? o->flow_order : r->order;
	for (int i = 0; i < r->n_order; i++) {
		int j = order[i];
		fprintf(f, "  #%-4d importance %.4f  cluster %c  mean %.4g%s\n", j, r->scaled[j],
		        r->clusters && r->clusters->k ? cluster_letter(r->clusters->label[j]) : '-', r->mean[j],
		        r->dead[j] ? "  no activity" : "");
	}
}

#define GRID_DEPENDS \
	(CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_METHOD)

static const struct legend legend_grid[] = {
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

static const struct legend legend_clusters[] = {
	SEEN("k 3", "so many clusters: groups of filters with a similar activation"),
	SEEN("silhouette 0.33", "how well the clusters are apart: 1 well, 0 not at all, below 0 mixed up"),
	SEEN("A 3 filters", "the heading of a cluster, and the mean importance of its filters", .style = S_CLUSTER),
	SEEN("{mark} A folded", "only the heading of this cluster is shown", .style = S_CLUSTER),
	{ .rows = legend_grid },
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
	.hints = "enter:open window-previous,window-next:window next-layer:layer sort target measure fold "
	         "cluster-count:how_many cluster-method:method switch:off/on filter mark larger,smaller:size search "
	         "help",
	.release = grid_release,
	.search = layers_search,
	.depends = GRID_DEPENDS,
	.update = clusters_update,
	.draw = grid_draw,
	.move = grid_move,
	.enter = grid_enter,
	.fold = clusters_fold,
	.dump = grid_dump,
};
