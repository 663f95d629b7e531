/* Level 2: a column a layer, a row a filter: number, activation, importance bar, value; heights by importance where
 * there is room. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"

struct own {
	int *column, n_column;  /* the layers that have a column: all analysed ones without the folded pools */
	struct columns columns; /* places in column */
	int *row_first;         /* [n_layer] scroll of each column: its first line */
	bool *unfolded;         /* [n_layer] a pool that could be folded has a column of its own */
	const struct model *of; /* the model that the arrays belong to */
};

static void layers_release(void *data)
{
	struct own *o = data;
	free(o->row_first);
	free(o->column);
	free(o->unfolded);
}

enum { COLUMN_MIN = 24, PLOT_LEAST = 4, PLOT_MOST = 8 };

/* Rows of the highest plot: a tenth more than a fifth of the room, so that on a high screen it has eight. */
static int plot_most(const struct ui *u, int room)
{
	int most = room * 2 / 9;
	most = (most < PLOT_LEAST ? PLOT_LEAST : most > PLOT_MOST ? PLOT_MOST : most) + u->s.zoom;
	return most < 1 ? 1 : most > 2 * PLOT_MOST ? 2 * PLOT_MOST : most;
}

/* ---- pools that are folded ---- */

/* The layer whose filters pool `layer` thins, if the numbers of both are the same under this measure; -1: none. */
static int folds_into(const struct session *s, int layer)
{
	return importance_measures[s->q.measure].before ? -1 : layer_thins(s->m, layer);
}

/* The pool that is folded into this column; -1: none. */
static int pool_of(const struct ui *u, int layer)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct session *s = &u->s;
	for (int k = 0; k < s->n_column; k++)
		if (folds_into(s, s->column[k]) == layer && !o->unfolded[s->column[k]])
			return s->column[k];
	return -1;
}

/* Whether a layer's column is left out. */
static bool folded(const struct ui *u, int layer)
{
	const struct own *o = u->data[VIEW_LAYERS];
	return !o->unfolded[layer] && folds_into(&u->s, layer) >= 0;
}

/* Lists the columns. A pool that is selected has one. */
static void columns_make(struct ui *u)
{
	struct own *o = u->data[VIEW_LAYERS];
	const struct session *s = &u->s;
	if (o->of != s->m) {
		layers_release(o);
		*o = (struct own){ .of = s->m };
		o->row_first = xcalloc((size_t)s->m->n_layer + 1, sizeof *o->row_first);
		o->unfolded = xcalloc((size_t)s->m->n_layer + 1, sizeof *o->unfolded);
		o->column = xcalloc((size_t)s->n_column + 1, sizeof *o->column);
	}
	if (s->layer >= 0 && folds_into(s, s->layer) >= 0)
		o->unfolded[s->layer] = true;
	o->n_column = 0;
	for (int k = 0; k < s->n_column; k++)
		if (!folded(u, s->column[k]))
			o->column[o->n_column++] = s->column[k];
}

/* The place of the selected layer among the columns. */
static int column_at(const struct ui *u)
{
	const struct own *o = u->data[VIEW_LAYERS];
	for (int k = 0; k < o->n_column; k++)
		if (o->column[k] == u->s.layer)
			return k;
	return 0;
}

/* The pool that v folds or unfolds: the selected layer, or the one behind it; -1: neither is one. */
static int pool_here(const struct ui *u)
{
	const struct session *s = &u->s;
	if (folds_into(s, s->layer) >= 0)
		return s->layer;
	for (int k = 0; k < s->n_column; k++)
		if (folds_into(s, s->column[k]) == s->layer)
			return s->column[k];
	return -1;
}

static unsigned layers_fold(struct ui *u)
{
	columns_make(u);
	struct own *o = u->data[VIEW_LAYERS];
	int pool = pool_here(u);
	if (pool < 0) {
		ui_say(u, "only a pool that thins its convolution's filters is folded");
		return CHANGED_MESSAGE;
	}
	o->unfolded[pool] = !o->unfolded[pool];
	unsigned moved = o->unfolded[pool] ? 0 : session_layer(&u->s, folds_into(&u->s, pool));
	return moved | CHANGED_LOOK;
}

/* All pools: folded if one of them is not. */
static unsigned layers_fold_all(struct ui *u)
{
	columns_make(u);
	struct own *o = u->data[VIEW_LAYERS];
	struct session *s = &u->s;
	bool any = false, open = false;
	for (int k = 0; k < s->n_column; k++)
		if (folds_into(s, s->column[k]) >= 0) {
			any = true;
			open |= o->unfolded[s->column[k]];
		}
	if (!any) {
		ui_say(u, "no pool here only thins its convolution's filters");
		return CHANGED_MESSAGE;
	}
	for (int k = 0; k < s->n_column; k++)
		if (folds_into(s, s->column[k]) >= 0)
			o->unfolded[s->column[k]] = !open;
	int into = folds_into(s, s->layer);
	return (open && into >= 0 ? session_layer(s, into) : 0) | CHANGED_LOOK;
}

/* ---- rows ---- */

/* Heights of the rows of a list, into h (n_list), each with the blank line below a plot of several rows. Zoomed in they
 * may need more than the screen, and scroll. */
static void row_heights(const struct ui *u, const struct rows *r, int room, int *h)
{
	double *v = xcalloc((size_t)r->n_list + 1, sizeof *v);
	int most = plot_most(u, room);
	for (int i = 0; i < r->n_list; i++)
		/* what has no line to draw needs no height */
		v[i] = r->times < 2 || r->placed[r->list[i]].flat ? 0 : r->placed[r->list[i]].importance;
	if (u->s.zoom > 0 && room < r->n_list * 2)
		room = r->n_list * (1 + u->s.zoom);
	layout_heights(v, r->n_list, room, most, 1, h);
	free(v);
}

/* The rows of the plot itself in a row of height h. */
static int plot_rows(int h)
{
	return h > 2 ? h - 1 : h;
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

/* The columns in sight, with the pools between them. */
static void shown_range(struct ui *u)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct session *s = &u->s;
	int first = 0, end = 0;
	for (int k = 0; k < s->n_column; k++) {
		if (s->column[k] == o->column[o->columns.first])
			first = k;
		if (s->column[k] == o->column[o->columns.first + o->columns.n - 1])
			end = k + 1;
	}
	u->scene.shown.first = first;
	u->scene.shown.n = end - first;
}

static void layers_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_LAYERS];
	int h = u->frame.body.h;
	columns_make(u);
	panel_update(u, h >= 40 ? 3 : h >= 19 ? 2 : 1, h * 2 / 5);
	o->columns = layout_columns(u->main, o->n_column, column_at(u), o->columns.first,
	                            u->main.w >= 180   ? 36
	                            : u->main.w >= 120 ? 30
	                            : u->main.w >= 80  ? COLUMN_MIN + 2
	                                               : COLUMN_MIN);
	shown_range(u);
	u->clusters_drawn = 0;
	for (int i = 0; i < o->columns.n; i++)
		column_update(u, o->column[o->columns.first + i]);
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

/* "conv1 \u2192 pool1", as far as it fits w columns. */
static void column_name(const struct ui *u, int layer, int w, char *b, size_t size)
{
	const struct model *m = u->s.m;
	int pool = pool_of(u, layer);
	char arrow[8] = "", name[128];
	arrow[text_encode(arrow, u->g->to)] = '\0';
	layer_name_format(u, layer, name, sizeof name);
	snprintf(b, size, "%s", name);
	if (pool < 0)
		return;
	snprintf(b, size, "%s %s %s", name, arrow, m->layer[pool].name);
	if (text_width(b) > w)
		snprintf(b, size, "%s %s pool", name, arrow);
}

static void header_draw(const struct ui *u, struct canvas *c, int layer, int x, int w)
{
	const struct session *s = &u->s;
	const struct layer *l = &s->m->layer[layer];
	const struct rows *r = &u->scene.rows[layer];
	char b[160], count[32];
	bool on = layer == s->layer;
	snprintf(count, sizeof count, " %d/%lld", r->n_shown, (long long)r->F);
	int bw = (int)strlen(count);
	if (on)
		canvas_put(c, x, u->main.y, u->g->mark, S_BORDER_ON);
	column_name(u, layer, w - 2 - bw, b, sizeof b);
	int n = canvas_name(c, x + 1, u->main.y, w - 2 - bw, on ? S_BORDER_ON : S_TITLE, b);
	canvas_text(c, x + 1 + n, u->main.y, bw, S_DIM, count);
	n += bw;
	int room = w - 3 - n;
	if (r->loaded && !r->importance->scaled)
		canvas_text(c, x + 2 + n, u->main.y, room, S_WARN, "target is not reached");
	else if (room > 4 && reads_format(s->m, layer, s->column, s->n_column, b, sizeof b))
		canvas_name(c, x + 2 + n, u->main.y, room, S_DIM, b);
	else if (l->detail[0] && room > 9 && text_width(layer_words(l, room, b, sizeof b)) <= room)
		canvas_text(c, x + 2 + n, u->main.y, room, S_DIM, b);
}

/* Whether the importance of this layer's filters is known in this window and over all windows. */
static bool has_both(const struct ui *u, int layer)
{
	const struct scene *q = &u->scene;
	return q->survey.set && q->survey.fits && survey_set_measures(q->survey.set, u->s.q.measure) &&
	       survey_set_filter(q->survey.set, layer, 0) && q->rows[layer].numbers->importance.scaled;
}

/* Two bars in one row: above the importance in this window, below that over all windows. */
static void both_draw(const struct ui *u, struct canvas *c, int x, int y, int w, int layer, int f)
{
	const struct rows *r = &u->scene.rows[layer];
	double here = r->over ? (double)r->numbers->importance.scaled[f] : r->scaled[f],
	       all = survey_set_importance(survey_set_filter(u->scene.survey.set, layer, f), u->s.q.measure, true);
	for (int i = 0; i < w; i++) {
		bool above = here * w > i + 0.5, below = all * w > i + 0.5;
		canvas_put(c, x + i, y,
		           above && below ? u->g->level[8]
		           : above        ? u->g->above[2]
		           : below        ? u->g->below[2]
		                          : ' ',
		           style_seq(above && below ? fmin(here, all)
		                     : above        ? here
		                                    : all));
	}
}

static unsigned layers_toggle(struct ui *u)
{
	u->s.both_bars = !u->s.both_bars;
	ui_say(u, u->s.both_bars ? "two bars: above in this window, below over all windows" : "one bar");
	return CHANGED_LOOK;
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
	int cursor = r.x + label_w - text_width(b);
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
	struct series v = rows_seen(rows, f);
	if (rows->off[f])
		canvas_text(c, x, r.y, plot_w, S_WARN, "off");
	else if (rows->dead[f])
		canvas_text(c, x, r.y, plot_w, S_DIM, rows->times < 2 ? "zero" : "silent");
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
		          series_of(sc->trace->share[layer] + (int64_t)f * rows->times + rows->seen.from, rows->seen.n),
		          sc->trace_max[layer]);
	x += plot_w + 1;
	double imp = rows->scaled[f];
	if (s->both_bars && has_both(u, layer))
		both_draw(u, c, x, r.y, bar_w, layer, f);
	else
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

/* head_w: columns for the header. */
static void column_draw(const struct ui *u, struct canvas *c, int layer, int x, int w, int head_w)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct rows *r = &u->scene.rows[layer];
	int room = room_of(u), y = u->main.y + 1, end = u->main.y + u->main.h, first = o->row_first[layer];
	int *h = xcalloc((size_t)r->n_list + 1, sizeof *h), i;
	row_heights(u, r, room, h);
	header_draw(u, c, layer, x, head_w);
	canvas_zone(c, (struct rect){ x, u->main.y, w, u->main.h }, layer, -1);
	if (r->loaded && r->n_list == 0) {
		canvas_text(c, x + 2, y, w - 3, S_WARN, "no filter matches");
		if (layer == u->s.layer)
			canvas_cursor(c, x + 2, y);
	}
	for (i = first; i < r->n_list && y + 1 <= end; i++) {
		int plot = plot_rows(h[i]), rows = y + plot > end ? end - y : plot;
		filter_draw(u, c, layer, r->list[i], (struct rect){ x, y, w - 1, rows });
		canvas_zone(c, (struct rect){ x, y, w, rows }, layer, r->list[i]);
		y += h[i];
	}
	if (first > 0)
		canvas_put(c, x + head_w - 2, u->main.y, u->g->up, S_DIM);
	if (i < r->n_list || y > end + 1)
		canvas_put(c, x + w - 1, end - 1, u->g->down, S_DIM);
	free(h);
}

/* How many layers lie to the left and to the right: "< +2  +3 >". Returns the columns that this takes. */
static int hidden_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct columns *col = &o->columns;
	int behind = o->n_column - col->first - col->n, x = u->main.x + u->main.w;
	char b[32];
	if (behind > 0) {
		canvas_put(c, --x, u->main.y, u->g->behind, S_BORDER_ON);
		int n = snprintf(b, sizeof b, "+%d ", behind);
		canvas_text(c, x -= n, u->main.y, n, S_BORDER_ON, b);
	}
	if (col->first > 0) {
		int n = snprintf(b, sizeof b, "+%d%s", col->first, behind > 0 ? "  " : "");
		canvas_text(c, x -= n, u->main.y, n, S_BORDER_ON, b);
		canvas_put(c, x -= 2, u->main.y, u->g->before, S_BORDER_ON);
	}
	return u->main.x + u->main.w - x;
}

static void layers_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_LAYERS];
	const struct columns *col = &o->columns;
	panel_draw(u, c);
	int taken = hidden_draw(u, c), end = u->main.x + u->main.w - taken - (taken > 0);
	for (int i = 0; i < col->n; i++) {
		int x = u->main.x + i * col->w, room = end - x < col->w ? end - x : col->w;
		column_draw(u, c, o->column[col->first + i], x, col->w, room);
	}
}

/* To another layer: as far down its list as here. */
static unsigned sideways(struct ui *u, int step)
{
	columns_make(u);
	const struct own *o = u->data[VIEW_LAYERS];
	int to = column_at(u) + step;
	if (to < 0 || to >= o->n_column)
		return 0;
	return session_layer(&u->s, o->column[to]);
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
		return sideways(u, ((struct own *)u->data[VIEW_LAYERS])->n_column - 1 - column_at(u));
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
	columns_make(u);
	if (trace && trace->share[0])
		input_dump(u, f);
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(&u->scene, s, layer);
		if (!r->loaded) {
			fprintf(f, "%s: not worked out yet\n", s->m->layer[layer].name);
			continue;
		}
		fprintf(f, "%s: %d of %lld filters shown", s->m->layer[layer].name, r->n_shown, (long long)r->F);
		if (folded(u, layer))
			fprintf(f, ", folded into %s, which it thins", s->m->layer[folds_into(s, layer)].name);
		fputc('\n', f);
		for (int i = 0; i < r->n_list; i++) {
			int j = r->list[i];
			fprintf(f, "  #%-4d importance %.4f  mean %.4g  range %.4g to %.4g%s%s", j, r->scaled[j],
			        r->mean[j], r->numbers->range[j].lo, r->numbers->range[j].hi,
			        rows_silent(r, j) ? "  silent" : "", r->off[j] ? "  switched off" : "");
			if (trace && trace->share[layer])
				trace_dump(f, series_of(trace->share[layer] + j * r->times, r->times));
			fputc('\n', f);
		}
	}
}

static const struct legend legend[] = {
	SEEN("{mark}conv1 13/64", "the selected layer, and how many of its filters are listed", .style = S_BORDER_ON),
	SEEN("conv1 {to} pool", "a pool that only takes the largest of neighbouring steps is folded into its layer"),
	{ .keys = "toggle", .text = "two bars: importance in this window above, over all windows below; again: one" },
	{ .rows = legend_details },
	SEEN("from a + b", "the layers that this one reads, where the network branches", .style = S_DIM),
	{ .rows = legend_filters },
	SEEN("{before} +3 {behind}", "so many more layers to the left or right", .style = S_BORDER_ON),
	{ .rows = legend_panel },
	{ .keys = "up,down", .text = "another filter of the layer" },
	{ .keys = "left,right,next-layer", .text = "another layer" },
	{ .keys = "fold,fold-all", .text = "fold or unfold this pool, all pools" },
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
	.filters_below = true,
	.needs = NEEDS_SHOWN | NEEDS_COLOURS | NEEDS_TRACE | NEEDS_MAPS,
	.prints = NEEDS_LAYERS,
	.hints = "enter:open window-previous,window-next:window next-layer:layer "
	         "percentile-less,percentile-more:percentile sort target measure cluster-colours:clusters "
	         "switch:off/on highlight:trace filter mark fold,fold-all:fold larger,smaller:size search",
	.release = layers_release,
	.search = layers_search,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_METHOD,
	.update = layers_update,
	.draw = layers_draw,
	.move = layers_move,
	.enter = layers_enter,
	.toggle = layers_toggle,
	.fold = layers_fold,
	.fold_all = layers_fold_all,
	.dump = layers_dump,
};
