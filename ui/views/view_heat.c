/* The heat-map: one layer, a row a filter and a column a step, below the same step of the input; colour is activation.
 * Two filters share a row where that needs less room, and in the smallest size several filters share a half of a row,
 * so that the whole layer is seen. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/model/receptive.h"
#include "ui/draw/heat.h"
#include "ui/state/format.h"
#include "ui/actions/actions.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"
#include "ui/parts/sort_keys.h"

enum { SCALE_LEAST = 9, BAR_LEAST = 10, HALF_LEAST = 5, SCALE_W = 16, SIGNED_W = 22 };

/* A band is a line of the map: a row of the screen, or a half of one. */
struct map {
	int layer, first, per_row, fold; /* first: row at the top; per_row: bands of a row; fold: filters of a band */
	int w, rows, n_order;            /* columns and rows on the screen; filters of the layer that are listed */
	struct span seen, shown;         /* steps of the layer, and of the input */
	bool per_layer;
};

struct own {
	struct map map;
	float *value;   /* [rows * per_row][w] of each band the value of the largest size in each column, -1..1 */
	int *order;     /* [n_order] the filters of `value` */
	bool is_signed; /* some filter of the layer has negative values */
	double most;    /* the largest size of a value in the layer */
	struct rect area;
	int64_t field_first, field_last; /* the receptive field of the cell under the cursor; none if last < first */
	bool per_layer;
};

static void heat_release(void *data)
{
	struct own *o = data;
	free(o->value);
	free(o->order);
}

static const struct rows *rows_of(const struct ui *u)
{
	return &u->scene.rows[u->s.layer];
}

/* ---- columns and steps ---- */

static int map_x(const struct ui *u)
{
	return u->panel.label_w;
}

/* The first step of column x, and how many it shows: those below the part of the input that the column shows. */
static void steps_of(const struct map *q, int64_t total, int64_t times, int x, int64_t *first, int64_t *count)
{
	int64_t from = (q->shown.from * q->w + q->shown.n * x) * times / (q->w * total),
	        to = (q->shown.from * q->w + q->shown.n * (x + 1)) * times / (q->w * total);
	*first = from < times ? from : times - 1;
	*count = to > from ? to - from : 1;
}

/* The column that shows step t: of several the one below the time cursor of the axis, or the nearest to it. */
static int column_of(const struct ui *u, const struct map *q, int64_t times, int64_t t)
{
	int64_t total = u->s.m->T, first, count;
	int at = plot_column_of(q->shown.n, q->w, viewport_step(total, times, t) - q->shown.from), best = -1;
	for (int x = 0; x < q->w; x++) {
		steps_of(q, total, times, x, &first, &count);
		if (t >= first && t < first + count && (best < 0 || abs(x - at) < abs(best - at)))
			best = x;
	}
	return best;
}

/* ---- values ---- */

static double size_of(struct range r)
{
	return fmax(fabs(r.lo), fabs(r.hi));
}

/* What the values of filter f are divided by; 0: all are zero. */
static double scale_of(const struct own *o, const struct rows *r, int f)
{
	return o->per_layer ? o->most : size_of(r->numbers->range[f]);
}

static void fill_band(const struct ui *u, struct own *o, const struct rows *r, int band, float *out)
{
	const struct map *q = &o->map;
	memset(out, 0, (size_t)q->w * sizeof *out);
	for (int i = band * q->fold; i < (band + 1) * q->fold && i < q->n_order; i++) {
		int f = o->order[i];
		const real *v = rows_series(r, f).v;
		double scale = scale_of(o, r, f);
		for (int x = 0; v && scale > 0 && x < q->w; x++) {
			int64_t first = 0, count = 1;
			if (r->times > 1)
				steps_of(q, u->s.m->T, r->times, x, &first, &count);
			for (int64_t t = first; t < first + count; t++) {
				double a = (double)v[t] / scale;
				if (isfinite(a) && fabs(a) > fabs((double)out[x]))
					out[x] = (float)a;
			}
		}
	}
}

static void fill(const struct ui *u, struct own *o, const struct rows *r)
{
	const struct map *q = &o->map;
	int bands = q->rows * q->per_row;
	o->value = xrealloc(o->value, (size_t)bands * (size_t)q->w + 1, sizeof *o->value);
	o->order = xrealloc(o->order, (size_t)q->n_order + 1, sizeof *o->order);
	memcpy(o->order, r->order, (size_t)q->n_order * sizeof *o->order);
	o->is_signed = false;
	o->most = 0;
	for (int f = 0; r->loaded && f < (int)r->F; f++) {
		o->is_signed |= r->numbers->range[f].lo < 0;
		o->most = fmax(o->most, size_of(r->numbers->range[f]));
	}
	for (int b = 0; r->loaded && b < bands; b++)
		fill_band(u, o, r, q->first * q->per_row + b, o->value + (size_t)b * (size_t)q->w);
}

/* ---- layout ---- */

/* Without colours, and with few glyphs, there are no halves of a cell. */
static bool has_halves(const struct ui *u)
{
	return u->g->level[1] != '.' && u->colours != COLOURS_MONO;
}

static bool by_glyphs(const struct ui *u)
{
	return !has_halves(u) || u->colours < COLOURS_256;
}

/* Whether there is a row for the scale and the sort keys below the title. */
static bool has_scale_row(const struct ui *u)
{
	return u->main.h >= SCALE_LEAST;
}

/* z and Z: a row for each filter; two filters a row; the whole layer on the screen. At first one a row if all fit. */
static void densities(const struct ui *u, const struct rows *r, struct map *q)
{
	int zoom = u->s.zoom, n = r->n_order, room = q->rows > 1 ? q->rows : 1;
	bool halves = has_halves(u) && r->times > 1;
	q->per_row = halves && (zoom < 0 || (zoom == 0 && n > room)) ? 2 : 1;
	q->fold = 1;
	if (zoom < 0 && r->times > 1 && n > room * q->per_row)
		q->fold = (n + room * q->per_row - 1) / (room * q->per_row);
}

static int row_of(const struct map *q, int place)
{
	return place / q->fold / q->per_row;
}

static int rows_needed(const struct map *q)
{
	return q->n_order ? row_of(q, q->n_order - 1) + 1 : 0;
}

/* When the cursor leaves the screen the rows move by half a screen: a row at a time would redraw all of them at each
 * key.
 */
static int scrolled(const struct map *q, int first, int at)
{
	int most = rows_needed(q) - q->rows;
	if (at < first || at >= first + q->rows)
		first = at - q->rows / 2;
	return first > most ? most < 0 ? 0 : most : first < 0 ? 0 : first;
}

static bool span_equal(struct span a, struct span b)
{
	return a.from == b.from && a.n == b.n;
}

static bool map_equal(const struct map *a, const struct map *b)
{
	return a->layer == b->layer && a->first == b->first && a->per_row == b->per_row && a->fold == b->fold &&
	       a->w == b->w && a->rows == b->rows && a->n_order == b->n_order && a->per_layer == b->per_layer &&
	       span_equal(a->seen, b->seen) && span_equal(a->shown, b->shown);
}

static void heat_update(struct ui *u, unsigned changed)
{
	static const unsigned cursor =
	        CHANGED_FILTER | CHANGED_TIME | CHANGED_REST | CHANGED_MESSAGE | CHANGED_MARKS | CHANGED_LIST;
	struct own *o = u->data[VIEW_HEAT];
	struct session *s = &u->s;
	int h = u->frame.body.h;
	panel_update(u, h >= 40 ? 3 : 1, h * 3 / 10);
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	u->clusters_drawn = r->clusters ? r->clusters->k : 0;
	o->area = u->main;
	rect_top(&o->area, has_scale_row(u) ? 2 : 1);
	struct map q = { .layer = s->layer,
		         .w = u->panel.input.w - map_x(u),
		         .rows = o->area.h,
		         .n_order = r->n_order,
		         .seen = r->seen,
		         .shown = viewport_span(&s->shown, s->m->T, s->m->T),
		         .per_layer = o->per_layer };
	q.w = q.w < 1 ? 1 : q.w;
	densities(u, r, &q);
	int place = scene_place(r, s->filter[s->layer], true);
	q.first = scrolled(&q, o->map.layer == q.layer ? o->map.first : 0, row_of(&q, place < 0 ? 0 : place));
	bool same =
	        o->order && map_equal(&q, &o->map) && !memcmp(o->order, r->order, (size_t)q.n_order * sizeof *o->order);
	o->map = q;
	if (!same || (changed & ~cursor))
		fill(u, o, r);
	o->field_first = 0;
	o->field_last = -1;
	int64_t t = r->times > 1 ? s->time[s->layer] : 0;
	if (r->loaded && t >= 0 && t < r->times)
		receptive_span(s->m, session_layer_now(s), t, &o->field_first, &o->field_last);
}

/* ---- drawing ---- */

/* A bracket of h rows from row y on; in one row it is the character `alone`. */
static void bracket(struct canvas *c, int x, int y, int h, int32_t alone, int32_t top, int32_t middle, int32_t bottom)
{
	for (int i = 0; i < h; i++)
		canvas_put(c, x, y + i, h == 1 ? alone : i == 0 ? top : i == h - 1 ? bottom : middle, S_CELL);
}

/* Brackets around the receptive field, outside it where there is room. A field that begins or ends beyond the shown
 * steps has no bracket there. */
static void field_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_HEAT];
	const struct panel *p = &u->panel;
	struct span shown = o->map.shown;
	int64_t a = o->field_first - shown.from, b = o->field_last - shown.from;
	int x0 = map_x(u), w = o->map.w;
	if (o->field_last < o->field_first || !u->scene.input)
		return;
	int left = x0 + (int)(shown.n >= w ? plot_column_of(shown.n, w, a) : (a * w + shown.n - 1) / shown.n) - 1,
	    right = x0 +
	            (int)(shown.n >= w ? plot_column_of(shown.n, w, b) : ((b + 1) * w + shown.n - 1) / shown.n - 1) + 1;
	right = right >= c->w ? c->w - 1 : right;
	left = left < 0 ? 0 : left;
	const struct glyphs *g = u->g;
	for (int k = 0; k < p->channels; k++) {
		int y = p->input.y + k * (p->plot_h + 1);
		if (a >= 0 && a < shown.n)
			bracket(c, left, y, p->plot_h, '[', g->tl, g->v, g->bl);
		if (b >= 0 && b < shown.n)
			bracket(c, right, y, p->plot_h, ']', g->tr, g->v, g->br);
	}
}

/* Where importance stands beside the map, below the output; w 0: nowhere. */
static struct rect side_of(const struct ui *u)
{
	const struct own *o = u->data[VIEW_HEAT];
	int x = map_x(u) + o->map.w + 2, w = u->canvas.w - x - 2, number = o->map.per_row == 1 ? 5 : 0;
	return (struct rect){ x, u->main.y, w - number < BAR_LEAST ? 0 : w, 1 };
}

/* "conv1 #2  step 7: 1.375", then what has room: rank, kind of layer, receptive field and peak. What stays the same
 * when the cursor moves comes early, because what changes costs bytes at each key. */
static void title_draw(const struct ui *u, struct canvas *c, const struct rows *r)
{
	const struct own *o = u->data[VIEW_HEAT];
	const struct session *s = &u->s;
	struct rect side = side_of(u);
	int f = s->filter[s->layer], x = u->main.x, y = u->main.y, end = side.w ? side.x - 1 : x + u->main.w;
	int64_t t = r->times > 1 ? s->time[s->layer] : 0;
	char b[128], label[32], v[32], list[4][96] = { "" };
	filter_label(u, r, f, label, sizeof label);
	x += canvas_name(c, x, y, u->main.w / 3, S_BORDER_ON, session_layer_now(s)->name);
	x += canvas_printf(c, x, y, end - x, S_BORDER_ON, " %s  ", label);
	if (r->loaded && t >= 0 && t < r->times && rows_series(r, f).v) {
		number_format(v, sizeof v, (double)rows_series(r, f).v[t], 9);
		if (r->times > 1)
			snprintf(b, sizeof b, "step %lld: %s", (long long)t, v);
		else
			snprintf(b, sizeof b, "activation %s", v);
		x += canvas_text(c, x, y, end - x, S_TEXT, b);
	}
	if (r->off[f] || r->dead[f])
		x += canvas_text(c, x, y, end - x, S_WARN, r->off[f] ? "  switched off" : "  silent");
	if (r->importance->rank && !r->off[f])
		snprintf(list[0], sizeof list[0], "  rank %d of %d", r->importance->rank[f] + 1, (int)r->F);
	layer_words(session_layer_now(s), 60, b, sizeof b);
	snprintf(list[1], sizeof list[1], "  %.90s", b);
	if (o->field_last >= o->field_first)
		snprintf(list[2], sizeof list[2], "  field %lld to %lld", (long long)o->field_first,
		         (long long)o->field_last);
	if (r->loaded && r->times > 1)
		snprintf(list[3], sizeof list[3], "  peak %s at %lld",
		         number_format(v, sizeof v, r->numbers->range[f].hi, 7), (long long)r->numbers->peak[f]);
	for (int i = 0; i < 4; i++)
		if (x + text_width(list[i]) <= end)
			x += canvas_text(c, x, y, end - x, i == 1 ? S_DIM : S_TEXT, list[i]);
}

static void cell_draw(const struct ui *u, struct canvas *c, int x, int y, double v, bool is_signed)
{
	if (by_glyphs(u))
		heat_glyph(c, u->g, x, y, v, is_signed);
	else
		heat_full(c, x, y, v, is_signed);
}

/* "0 ░▒▓█ 2.1 of filter", where the darkest is the largest size of the selected filter, or "of layer", and the keys by
 * which filters are sorted. */
static void scale_draw(const struct ui *u, struct canvas *c, const struct rows *r)
{
	const struct own *o = u->data[VIEW_HEAT];
	int x = u->main.x, y = u->main.y + 1, steps = o->is_signed ? 2 * HEAT_SIGNED_MOST : HEAT_LEVELS - 1;
	int f = u->s.filter[u->s.layer];
	char lo[24], hi[24];
	if (!r->loaded)
		return;
	double most = o->per_layer ? o->most : size_of(r->numbers->range[f]);
	number_format(lo, sizeof lo, -most, 5);
	number_format(hi, sizeof hi, most, 5);
	x += canvas_printf(c, x, y, -1, S_AXIS, "%s ", o->is_signed ? lo : "0");
	for (int i = 0; i <= steps; i++)
		cell_draw(u, c, x++, y, o->is_signed ? i * 2.0 / steps - 1 : (double)i / steps, o->is_signed);
	x += canvas_printf(c, x, y, -1, S_AXIS, " %s ", hi);
	/* the same columns for each filter, so that little is written when the cursor moves */
	int w = o->is_signed ? SIGNED_W : SCALE_W;
	x = x < u->main.x + w ? u->main.x + w : x;
	x += canvas_printf(c, x, y, -1, S_DIM, "of %-6s", o->per_layer ? "layer" : "filter");
	sort_keys_draw(u, c, x + 2, u->main.x + u->main.w, y);
}

/* The name of a filter in w columns: with the letter of its cluster where that has room and clusters are of interest,
 * and with the half of the row that the filter has (0: the upper, 1: the lower, -1: all of it). */
static void label_draw(const struct ui *u, struct canvas *c, const struct rows *r, int f, int half, int x, int y, int w)
{
	const struct session *s = &u->s;
	bool clusters = r->clusters && r->clusters->k && (s->cluster_colours || s->sort == SORT_CLUSTER),
	     on = f == s->filter[s->layer];
	unsigned style = r->off[f]    ? (unsigned)S_WARN
	                 : clusters   ? style_cluster(r->clusters->label[f])
	                 : r->dead[f] ? (unsigned)S_DIM
	                              : (unsigned)S_TEXT;
	char b[32];
	filter_label(u, r, f, b, sizeof b);
	if (half >= 0 && w >= HALF_LEAST) {
		canvas_put(c, x++, y, half ? 0x2584 : 0x2580, S_AXIS);
		w--;
	}
	if (clusters && w > text_width(b)) {
		canvas_put(c, x, y, (unsigned char)cluster_letter(r->clusters->label[f]), style);
		x++;
		w--;
	}
	/* the number alone where it is short of room */
	int n = canvas_text(c, x, y, w, style, text_width(b) > w && *b == '#' ? b + 1 : b);
	if (on)
		canvas_mark(c, (struct rect){ x, y, n, 1 }, STYLE_REVERSE);
}

/* The filter that stands for a band: the selected one, or its first. -1: there is no such band. */
static int filter_of(const struct ui *u, int band)
{
	const struct own *o = u->data[VIEW_HEAT];
	int first = band * o->map.fold;
	for (int i = first; i < first + o->map.fold && i < o->map.n_order; i++)
		if (o->order[i] == u->s.filter[u->s.layer])
			return o->order[i];
	return first < o->map.n_order ? o->order[first] : -1;
}

static double band_importance(const struct own *o, const struct rows *r, int band)
{
	double most = NAN;
	for (int i = band * o->map.fold; i < (band + 1) * o->map.fold && i < o->map.n_order; i++)
		most = fmax(most, r->scaled[o->order[i]]);
	return most;
}

/* Two bars in a row, one in its upper and one in its lower half. */
static void bars_draw(struct canvas *c, int x, int y, int w, double top, double bottom)
{
	for (int i = 0; i < w; i++) {
		bool a = top * w > i + 0.5, b = bottom * w > i + 0.5;
		canvas_put(c, x + i, y,
		           a && b ? 0x2588
		           : a    ? 0x2580
		           : b    ? 0x2584
		                  : ' ',
		           a || b ? S_IMPORTANCE : S_TEXT);
	}
}

/* "importance", and, where not all filters are seen, how many are, with the key that shows all. */
static void side_title(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_HEAT];
	struct rect r = side_of(u);
	int seen = o->map.rows * o->map.per_row * o->map.fold;
	char b[64], key[16];
	if (!r.w)
		return;
	int n = canvas_text(c, r.x, r.y, r.w, S_DIM, "importance");
	snprintf(b, sizeof b, "  %d/%d: %s", seen, o->map.n_order,
	         action_key_format(u, action_find("smaller"), key, sizeof key));
	if (seen < o->map.n_order && n + text_width(b) <= r.w)
		canvas_text(c, r.x + n, r.y, r.w - n, S_TEXT, b);
}

/* Importance beside the map. */
static void side_draw(const struct ui *u, struct canvas *c, const struct rows *r, int band, int y)
{
	const struct own *o = u->data[VIEW_HEAT];
	struct rect at = side_of(u);
	int x = at.x, n = o->map.per_row;
	double imp[2] = { band_importance(o, r, band), n > 1 ? band_importance(o, r, band + 1) : (double)NAN };
	char b[16];
	int number = n == 1 ? 5 : 0, bar = at.w - number > 30 ? 30 : at.w - number;
	if (!at.w)
		return;
	if (n == 1)
		plot_bar(c, u->g, x, y, bar, imp[0], style_seq(imp[0]));
	else
		bars_draw(c, x, y, bar, imp[0], imp[1]);
	snprintf(b, sizeof b, "%.2f", imp[0]);
	if (number && !isnan(imp[0]))
		canvas_text(c, x + bar + 1, y, 4, S_TEXT, b);
}

/* A layer without a time axis: one colour and the value, a filter a row. */
static void value_draw(const struct ui *u, struct canvas *c, const struct rows *r, int f, double v, int y)
{
	enum { SWATCH = 8 };
	const struct own *o = u->data[VIEW_HEAT];
	int x = map_x(u);
	char b[32];
	for (int i = 0; i < SWATCH && i < o->map.w; i++)
		cell_draw(u, c, x + i, y, v, o->is_signed);
	canvas_text(c, x + SWATCH + 1, y, o->map.w - SWATCH - 1, S_TEXT,
	            number_format(b, sizeof b, (double)rows_series(r, f).v[0], 9));
}

/* The cell under the cursor: its half of the cell, or, where it has a cell of its own, a mark in it. */
static void cursor_draw(const struct ui *u, struct canvas *c, const struct rows *r, int half, int y)
{
	const struct own *o = u->data[VIEW_HEAT];
	int64_t t = u->s.time[u->s.layer];
	int x = r->times > 1 && t >= 0 ? column_of(u, &o->map, r->times, t) : -1;
	if (x < 0) {
		canvas_mark(c, (struct rect){ map_x(u), y, 1, 1 }, STYLE_REVERSE);
		canvas_cursor(c, map_x(u), y);
		return;
	}
	x += map_x(u);
	if (o->map.per_row == 2)
		canvas_put(c, x, y, half ? 0x2580 : 0x2584, S_CELL | STYLE_REVERSE); /* the rest of the cell */
	else
		canvas_put(c, x, y, u->g->hit, S_CELL | STYLE_REVERSE);
	canvas_cursor(c, x, y);
}

static void row_draw(const struct ui *u, struct canvas *c, const struct rows *r, int row, int y)
{
	const struct own *o = u->data[VIEW_HEAT];
	const struct map *q = &o->map;
	int band = (q->first + row) * q->per_row, x0 = map_x(u), w = x0 - 1, each = q->per_row == 2 ? (w - 1) / 2 : w;
	const float *v = o->value + (size_t)(row * q->per_row) * (size_t)q->w;
	canvas_zone(c, (struct rect){ 0, y, c->w, 1 }, row, -1);
	for (int x = 0; x < q->w && r->times > 1; x++) {
		double a = (double)v[x];
		if (q->per_row == 2)
			heat_halves(c, x0 + x, y, heat_level(a, o->is_signed),
			            heat_level((double)v[q->w + x], o->is_signed), o->is_signed);
		else
			cell_draw(u, c, x0 + x, y, a, o->is_signed);
	}
	for (int i = 0; i < q->per_row; i++) {
		int f = filter_of(u, band + i);
		if (f < 0)
			continue;
		if (each > 0)
			label_draw(u, c, r, f, q->per_row == 2 ? i : -1, i * (each + 1), y, each);
		if (r->times < 2)
			value_draw(u, c, r, f, (double)v[0], y);
		if (f == u->s.filter[u->s.layer])
			cursor_draw(u, c, r, i, y);
	}
	side_draw(u, c, r, band, y);
}

static void heat_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_HEAT];
	const struct rows *r = rows_of(u);
	panel_draw(u, c);
	field_draw(u, c);
	title_draw(u, c, r);
	side_title(u, c);
	if (has_scale_row(u))
		scale_draw(u, c, r);
	if (!r->loaded || !r->n_order) {
		if (r->loaded)
			canvas_printf(c, o->area.x, o->area.y, o->area.w, S_WARN,
			              "no filter matches '%s'; & and Enter shows all", u->s.expression);
		else
			canvas_text(c, o->area.x, o->area.y, o->area.w, S_DIM, "being worked out");
		canvas_cursor(c, o->area.x, o->area.y);
		return;
	}
	int rows = rows_needed(&o->map);
	for (int row = 0; row < o->area.h && o->map.first + row < rows; row++)
		row_draw(u, c, r, row, o->area.y + row);
	if (o->map.first > 0)
		canvas_put(c, c->w - 1, o->area.y, u->g->up, S_BORDER_ON);
	if (o->map.first + o->area.h < rows)
		canvas_put(c, c->w - 1, o->area.y + o->area.h - 1, u->g->down, S_BORDER_ON);
}

/* ---- moving ---- */

static unsigned filter_by(struct ui *u, int to)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, u->s.layer);
	if (!r->n_order)
		return 0;
	return session_filter(&u->s, r->order[to < 0 ? 0 : to >= r->n_order ? r->n_order - 1 : to]);
}

/* To the column at the left or right. Where a column shows many steps: to the one of the largest size in it. */
static unsigned column_by(struct ui *u, int by)
{
	const struct own *o = u->data[VIEW_HEAT];
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int64_t t = s->time[s->layer], first, count, best;
	if (r->times < 2)
		return 0;
	if (o->map.layer != s->layer || !r->loaded || t < 0 || r->seen.n <= o->map.w)
		return session_time(s, t + by);
	int x = column_of(u, &o->map, r->times, t) + by;
	if (x < 0 || x >= o->map.w)
		return session_time(s, by < 0 ? r->seen.from - 1 : r->seen.from + r->seen.n);
	steps_of(&o->map, s->m->T, r->times, x, &first, &count);
	const real *v = rows_series(r, s->filter[s->layer]).v;
	best = first;
	for (int64_t i = first; i < first + count; i++)
		best = fabs((double)v[i]) > fabs((double)v[best]) ? i : best;
	return session_time(s, best);
}

static unsigned layer_by(struct ui *u, int step)
{
	struct session *s = &u->s;
	int to = session_column(s) + step;
	return to < 0 || to >= s->n_column ? 0 : session_layer(s, s->column[to]);
}

static unsigned heat_move(struct ui *u, enum move m)
{
	const struct own *o = u->data[VIEW_HEAT];
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int at = scene_place(r, s->filter[s->layer], true), page = (o->map.rows - 1) * o->map.per_row * o->map.fold;
	page = page < 1 ? 1 : page;
	switch (m) {
	case MOVE_LEFT:
		return column_by(u, -1);
	case MOVE_RIGHT:
		return column_by(u, 1);
	case MOVE_HOME:
		return session_time(s, 0);
	case MOVE_END:
		return session_time(s, r->times - 1);
	case MOVE_UP:
		return filter_by(u, at - 1);
	case MOVE_DOWN:
		return filter_by(u, at + 1);
	case MOVE_FIRST:
		return filter_by(u, 0);
	case MOVE_LAST:
		return filter_by(u, r->n_order - 1);
	case MOVE_PAGE_UP:
		return filter_by(u, at - page);
	case MOVE_PAGE_DOWN:
		return filter_by(u, at + page);
	case MOVE_HALF_UP:
		return filter_by(u, at - (page + 1) / 2);
	case MOVE_HALF_DOWN:
		return filter_by(u, at + (page + 1) / 2);
	case MOVE_NEXT:
		return layer_by(u, 1);
	case MOVE_PREVIOUS:
		return layer_by(u, -1);
	}
	return 0;
}

static unsigned heat_enter(struct ui *u)
{
	return scene_rows(&u->scene, &u->s, u->s.layer)->n_order ? session_view(&u->s, VIEW_FILTER, true) : 0;
}

static unsigned heat_toggle(struct ui *u)
{
	struct own *o = u->data[VIEW_HEAT];
	o->per_layer = !o->per_layer;
	return CHANGED_LOOK;
}

/* A click on a cell selects filter and step. In a row of two filters the selected one stays, else it is the upper one.
 */
static bool heat_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	const struct own *o = u->data[VIEW_HEAT];
	struct session *s = &u->s;
	if (sort_keys_pick(u, z, changed))
		return false;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int band = (o->map.first + z->a) * o->map.per_row, f = filter_of(u, band);
	if (o->map.per_row == 2 && filter_of(u, band + 1) == s->filter[s->layer])
		f = s->filter[s->layer];
	if (f < 0 || f >= (int)r->F)
		return false;
	int was = s->filter[s->layer];
	*changed = session_filter(s, f);
	x -= map_x(u);
	if (r->times < 2 || x < 0 || x >= o->map.w)
		return was == f;
	int64_t first, count;
	steps_of(&o->map, s->m->T, r->times, x, &first, &count);
	bool same = was == f && s->time[s->layer] >= first && s->time[s->layer] < first + count;
	if (!same)
		*changed |= session_time(s, first + count / 2);
	return same;
}

static void heat_dump(struct ui *u, FILE *out)
{
	const struct own *o = u->data[VIEW_HEAT];
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int f = s->filter[s->layer];
	int64_t t = r->times > 1 ? s->time[s->layer] : 0;
	fprintf(out, "%s: %lld filters, sorted by %s, scaled %s\n", session_layer_now(s)->name, (long long)r->F,
	        sort_names[s->sort], o->per_layer ? "per layer" : "per filter");
	if (t >= 0 && t < r->times)
		fprintf(out, "cell #%d step %lld activation %.6g, of steps %lld to %lld of the input\n", f,
		        (long long)t, (double)rows_series(r, f).v[t], (long long)o->field_first,
		        (long long)o->field_last);
	for (int i = 0; i < r->n_order; i++) {
		struct series v = rows_seen(r, r->order[i]);
		double scale = scale_of(o, r, r->order[i]);
		fprintf(out, "#%d%s", r->order[i],
		        r->off[r->order[i]]    ? " off"
		        : r->dead[r->order[i]] ? " silent"
		                               : "");
		for (int64_t k = 0; k < v.n; k++)
			fprintf(out, " %.3f", scale > 0 ? (double)v.v[k] / scale : 0.0);
		fputc('\n', out);
	}
}

static bool two_a_row(const struct ui *u)
{
	return has_halves(u);
}
static bool shows_clusters(const struct ui *u)
{
	return u->s.cluster_colours || u->s.sort == SORT_CLUSTER;
}

static const struct legend legend[] = {
	SEEN("conv1 #2", "the layer, and the selected filter", .style = S_BORDER_ON),
	SEEN("step 3: 1.375", "the step under the cursor, and the activation there"),
	SEEN("field 2 to 4", "the steps of the input that can change this value; bracketed in the input: [ ]"),
	SEEN("[ ]", "around the receptive field of the cell under the cursor", .style = S_CELL),
	SEEN("rank 1 of 6", "place of the filter by importance in its layer"),
	SEEN("peak 2.5 at 7", "the largest activation of the filter, and its step"),
	{ .rows = legend_details },
	SEEN("0 {scale} 2.5",
	     "colours of activation: the strongest is the largest value of each filter, or of the layer",
	     .style = S_AXIS),
	SEEN("-2.5 {diverging}", "the colours where values are negative, too", .style = S_AXIS),
	SEEN("of filter",
	     "the scale: each filter by its own largest value, here that of the selected one; of layer: all by one",
	     .style = S_DIM),
	SEEN("importance", "the bars below; 28/64: so many of the filters are on the screen, and the key for all",
	     .style = S_DIM),
	SEEN("index {falls} {rises}", "the keys by which s sorts; the lit one is in use, upwards or downwards"),
	SEEN("look, peak", "sorted by the channel that a filter looks at most, or by the step of its largest value"),
	SEEN("#7 #12", "the filters of this row: where two share it, the upper and the lower half", .when = two_a_row),
	SEEN("\u2580 \u2584", "which half of the row, and of its bar, the filter has", .style = S_AXIS,
	     .when = two_a_row),
	SEEN("{selected}", "the selected filter, by its number"),
	SEEN("*7 #7x", "a marked filter; one that is switched off"),
	SEEN("#7", "a filter that is silent", .style = S_DIM),
	SEEN("A#7", "the letter of the filter's cluster", .when = shows_clusters, .style = S_CLUSTER),
	SEEN("{bar} 0.64",
	     "importance, 0 to 1 within the layer; above 1, while filters are switched: more than any had before"),
	SEEN("silent", "the filter has one value at all steps of this window", .style = S_WARN),
	SEEN("switched off", "the filter is switched off", .style = S_WARN),
	SEEN("{up} {down}", "there is more above or below"),
	{ .rows = legend_panel },
	{ .keys = "left,right", .text = "one column back or on in time" },
	{ .keys = "up,down", .text = "the filter before, the next filter" },
	{ .keys = "next-layer,previous-layer", .text = "another layer" },
	{ .keys = "toggle", .text = "scaled per filter, or per layer" },
	{ .keys = "larger,smaller", .text = "a row for each filter, two filters a row, the whole layer on the screen" },
	{ 0 },
};

const struct view view_heat = {
	.id = VIEW_HEAT,
	.name = "heat",
	.title = "Heat-map",
	.tab = 5,
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.has_filters = true,
	.filters_below = true,
	.needs = NEEDS_COLOURS | NEEDS_TRACE,
	.hints = "enter:open window-previous,window-next:window next-layer:layer sort toggle:scale larger,smaller:rows "
	         "switch:off/on highlight:trace target filter mark search",
	.release = heat_release,
	.search = layers_search,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_TIME |
	           CHANGED_MARKS | CHANGED_METHOD,
	.update = heat_update,
	.draw = heat_draw,
	.move = heat_move,
	.enter = heat_enter,
	.pick = heat_pick,
	.toggle = heat_toggle,
	.dump = heat_dump,
};
