/* One filter large: its activation with axes and a cursor along time, its influence on the output step by step, its kernel, rank,
 * cluster and nearest filters. */
#include "ui/ui.h"

#include <math.h>
#include <string.h>

enum { AXIS_W = 8, SIDE_W = 30 };

static void filter_update(struct ui *u, unsigned changed)
{
	int h = u->frame.body.h;
	(void)changed;
	panel_update(u, h >= 36 ? 3 : 1, h * 3 / 10);
	const struct rows *r = &u->scene.rows[u->s.layer];
	u->clusters_drawn = r->clusters ? r->clusters->k : 0;
}

static void title_draw(const struct ui *u, struct canvas *c, struct rect r, int f, const struct rows *rows)
{
	const struct layer *l = session_layer_now(&u->s);
	int x = r.x + canvas_printf(c, r.x, r.y, r.w, S_BORDER_ON, "%s #%d ", l->name, f);
	canvas_cursor(c, r.x, r.y);
	x += canvas_printf(c, x, r.y, r.x + r.w - x, S_DIM, "%s  ", l->detail);
	if (rows->off[f])
		x += canvas_text(c, x, r.y, r.x + r.w - x, S_WARN, "switched off  ");
	else if (rows->dead[f])
		x += canvas_text(c, x, r.y, r.x + r.w - x, S_WARN, "no activity in this window  ");
	int end = r.x + r.w;
	if (!isnan(rows->scaled[f]) && end - x >= 22) {
		x += canvas_text(c, x, r.y, end - x, S_DIM, "importance ");
		int w = end - x - 6 > 20 ? 20 : end - x - 6;
		plot_bar(c, u->g, x, r.y, w, rows->scaled[f], style_seq(rows->scaled[f]));
		canvas_printf(c, x + w + 1, r.y, 5, S_TEXT, "%.2f", rows->scaled[f]);
	}
}

static void axis_y(const struct ui *u, struct canvas *c, struct rect r, struct range range)
{
	char b[32];
	for (int y = 0; y < r.h; y++)
		canvas_put(c, r.x + AXIS_W - 1, r.y + y, y == 0 || y == r.h - 1 ? u->g->tee_r : u->g->v, S_AXIS);
	canvas_right(c, r.x, r.y, AXIS_W - 2, S_AXIS, number_format(b, sizeof b, range.hi, AXIS_W - 2));
	if (r.h > 4)
		canvas_right(c, r.x, r.y + r.h / 2, AXIS_W - 2, S_AXIS, number_format(b, sizeof b, (range.hi + range.lo) / 2, AXIS_W - 2));
	if (r.h > 1)
		canvas_right(c, r.x, r.y + r.h - 1, AXIS_W - 2, S_AXIS, number_format(b, sizeof b, range.lo, AXIS_W - 2));
}

/* Steps under the plot: first, last, and those between that have room. */
static void axis_x(struct canvas *c, struct rect r, int64_t n, int avoid)
{
	char b[32];
	int free_from = r.x;
	for (int k = 0; k <= 4; k++) {
		int64_t t = (n - 1) * k / 4;
		int w = snprintf(b, sizeof b, "%lld", (long long)t), x = r.x + plot_column_of(n, r.w, t);
		if (x + w > r.x + r.w)
			x = r.x + r.w - w;
		if (x < free_from || (avoid >= x - 1 && avoid <= x + w))
			continue;
		canvas_text(c, x, r.y, w, S_AXIS, b);
		free_from = x + w + 2;
	}
}

static void cursor_line(const struct ui *u, struct canvas *c, struct rect r, const real *v)
{
	const struct session *s = &u->s;
	const struct scene *sc = &u->scene;
	int64_t t = s->time[s->layer];
	const struct layer *l = session_layer_now(s);
	char a[32], g[32], when[96] = "";
	int n = canvas_printf(c, r.x, r.y, r.w, S_TEXT, "step %lld: %s", (long long)t, number_format(a, sizeof a, (double)v[t], 9));
	if (sc->gradient)
		n += canvas_printf(c, r.x + n, r.y, r.w - n, S_TEXT, "  influence %s", number_format(g, sizeof g, (double)sc->gradient[t], 9));
	if (l->stride_in > 0 && s->d) {
		const char *stamp = dataset_stamp(s->d, s->q.window, t * l->stride_in < s->m->T ? t * l->stride_in : s->m->T - 1);
		if (s->raw_units && *stamp)
			snprintf(when, sizeof when, "  %s", stamp);
		else if (l->receptive > 0)
			snprintf(when, sizeof when, "  sees %lld input steps", (long long)l->receptive);
		canvas_text(c, r.x + n, r.y, r.w - n, S_DIM, when);
	}
}

static void plots_draw(const struct ui *u, struct canvas *c, struct rect r, int f)
{
	const struct session *s = &u->s;
	const struct scene *sc = &u->scene;
	const struct rows *rows = &sc->rows[s->layer];
	struct series act = rows_series(rows, f);
	const real *v = act.v;
	if (!rows->loaded) {
		canvas_text(c, r.x, r.y, r.w, S_DIM, "being worked out");
		return;
	}
	if (rows->times < 2) {
		char b[32];
		canvas_printf(c, r.x, r.y, r.w, S_TEXT, "activation %s", number_format(b, sizeof b, (double)v[0], 10));
		if (sc->gradient)
			canvas_printf(c, r.x, r.y + 1, r.w, S_TEXT, "influence  %s", number_format(b, sizeof b, (double)sc->gradient[0], 10));
		return;
	}
	struct rect line = rect_top(&r, 1), low = { 0 };
	if (r.h >= 6)
		low = rect_bottom(&r, (r.h - 1) * 2 / 5);
	struct rect axis = rect_bottom(&r, 1), plot = r;
	rect_left(&plot, AXIS_W);
	cursor_line(u, c, line, v);
	axis_y(u, c, r, rows->range[f]);
	plot_line(c, u->g, plot, act, rows->range[f], (struct paint){ .style = filter_style(u, rows, f) });
	if (sc->trace && sc->trace->share[s->layer])
		plot_hits(c, u->g, plot, act, rows->range[f], series_of(sc->trace->share[s->layer] + (int64_t)f * rows->times, rows->times),
			  sc->trace_max[s->layer]);
	axis.x += AXIS_W;
	axis.w -= AXIS_W;
	int x = plot.x + plot_column_of(rows->times, plot.w, s->time[s->layer]);
	axis_x(c, axis, rows->times, x);
	if (!sc->trace)
		canvas_put(c, x, plot.y + plot_row_of((double)v[s->time[s->layer]], rows->range[f], plot.h), u->g->hit, S_BORDER_ON);
	canvas_put(c, x, axis.y, u->g->up, S_BORDER_ON);
	if (low.h < 3)
		return;
	struct rect head = rect_top(&low, 1), signed_plot = low;
	char t[32];
	struct target target = s->q.target;
	target_format(&target, t, sizeof t);
	canvas_printf(c, head.x, head.y, head.w, S_DIM, "influence on %s, step by step%s", t, sc->gradient ? "" : ": the target does not depend on it");
	if (!sc->gradient)
		return;
	rect_left(&signed_plot, AXIS_W);
	axis_y(u, c, low, (struct range){ -sc->gradient_max, sc->gradient_max });
	plot_signed(c, u->g, signed_plot, series_of(sc->gradient, rows->times), sc->gradient_max);
}

/* ---- at the side: rank, cluster, twins, kernel ---- */

static void facts_draw(const struct ui *u, struct canvas *c, struct rect *r, int f)
{
	const struct rows *rows = &u->scene.rows[u->s.layer];
	struct rect line = rect_top(r, 1);
	int x = line.x;
	if (rows->importance->rank)
		x += canvas_printf(c, x, line.y, line.x + line.w - x, S_TEXT, "rank %d of %d  ", rows->importance->rank[f] + 1, (int)rows->F);
	if (rows->clusters && rows->clusters->k) {
		int label = rows->clusters->label[f];
		x += canvas_text(c, x, line.y, line.x + line.w - x, S_TEXT, "cluster ");
		canvas_printf(c, x, line.y, line.x + line.w - x, style_cluster(label) | STYLE_BOLD, "%c", cluster_letter(label));
		canvas_printf(c, x + 2, line.y, line.x + line.w - x - 2, S_DIM, "(%d)", rows->clusters->size[label]);
	}
}

static void twins_draw(const struct ui *u, struct canvas *c, struct rect *r)
{
	const struct scene *sc = &u->scene;
	const struct rows *rows = &sc->rows[u->s.layer];
	if (!sc->n_twin || r->h < 2)
		return;
	struct rect head = rect_top(r, 1);
	canvas_text(c, head.x, head.y, head.w, S_DIM, "nearest filters, distance");
	int n = sc->n_twin < r->h / 2 ? sc->n_twin : r->h / 2;
	for (int i = 0; i < n; i++) {
		struct rect line = rect_top(r, 1);
		int f = sc->twin[i].filter;
		canvas_printf(c, line.x, line.y, 5, S_TEXT, "#%d", f);
		plot_spark(c, u->g, line.x + 6, line.y, line.w - 12, rows_series(rows, f),
			   rows->range[f], (struct paint){ .style = filter_style(u, rows, f) });
		canvas_printf(c, line.x + line.w - 5, line.y, 5, S_TEXT, "%.3f", sc->twin[i].distance);
	}
}

/* A tap: its value where there is room for numbers, else sign and shade. */
static void taps_draw(const struct ui *u, struct canvas *c, struct rect r, const real *w, int64_t taps)
{
	double max = u->scene.weight_max > 0 ? u->scene.weight_max : 1;
	if (taps * 6 <= r.w) {
		for (int64_t k = 0; k < taps; k++)
			canvas_printf(c, r.x + (int)k * 6, r.y, 5, style_div((double)w[k] / max), "%+.2f", (double)w[k]);
		return;
	}
	for (int x = 0; x < r.w && x < taps; x++) {
		double v = (double)w[taps > r.w ? x * taps / r.w : x] / max;
		int e = (int)lrint(fabs(v) * 8);
		bool down = v < 0 && e > 0;
		canvas_put(c, r.x + x, r.y, down && e < 2 ? '-' : u->g->level[e > 8 ? 8 : e], style_div(v) | (down ? STYLE_UNDERLINE : 0));
	}
}

static void kernel_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct scene *sc = &u->scene;
	if (!sc->weight || r.h < 2)
		return;
	struct rect head = rect_top(&r, 1);
	bool first = session_layer_now(&u->s)->n_in == 1 && u->s.m->layer[session_layer_now(&u->s)->in[0]].kind == LAYER_INPUT;
	canvas_printf(c, head.x, head.y, head.w, S_DIM, "kernel, %s%lld channels x %lld taps", sc->weight_channels > r.h ? "heaviest of " : "",
		      (long long)sc->weight_channels, (long long)sc->weight_taps);
	for (int64_t i = 0; i < sc->weight_channels && r.h > 0; i++) {
		struct rect line = rect_top(&r, 1);
		int ch = sc->weight_order[i];
		char b[64];
		if (first && sc->weight_channels == u->s.m->C)
			channel_name(u, ch, b, sizeof b);
		else
			snprintf(b, sizeof b, "#%d", ch);
		canvas_text(c, line.x, line.y, 7, S_TEXT, b);
		rect_left(&line, 8);
		taps_draw(u, c, line, sc->weight + (int64_t)ch * sc->weight_taps, sc->weight_taps);
	}
}

static void filter_draw(const struct ui *u, struct canvas *c)
{
	const struct session *s = &u->s;
	const struct rows *rows = &u->scene.rows[s->layer];
	int f = s->filter[s->layer];
	struct rect area = u->main;
	panel_draw(u, c);
	title_draw(u, c, rect_top(&area, 1), f, rows);
	if (area.w >= 70) {
		struct rect side = rect_right(&area, area.w >= 100 ? area.w / 3 : SIDE_W);
		rect_left(&side, 2);
		facts_draw(u, c, &side, f);
		twins_draw(u, c, &side);
		kernel_draw(u, c, side);
	}
	plots_draw(u, c, area, f);
}

static unsigned by_filter(struct ui *u, int at)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, u->s.layer);
	at = at < 0 ? 0 : at >= (int)r->F ? (int)r->F - 1 : at;
	return session_filter(&u->s, r->order[at]);
}

static unsigned by_layer(struct ui *u, int step)
{
	int to = session_column(&u->s) + step;
	return to < 0 || to >= u->s.n_column ? 0 : session_layer(&u->s, u->s.column[to]);
}

static unsigned filter_move(struct ui *u, enum move m)
{
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int at = scene_place(r, s->filter[s->layer], true);
	int64_t t = s->time[s->layer];
	switch (m) {
	case MOVE_LEFT: return session_time(s, t - 1);
	case MOVE_RIGHT: return session_time(s, t + 1);
	case MOVE_HOME: return session_time(s, 0);
	case MOVE_END: return session_time(s, r->times - 1);
	case MOVE_PAGE_UP: case MOVE_HALF_UP: return session_time(s, t - 10);
	case MOVE_PAGE_DOWN: case MOVE_HALF_DOWN: return session_time(s, t + 10);
	case MOVE_UP: return by_filter(u, at - 1);
	case MOVE_DOWN: return by_filter(u, at + 1);
	case MOVE_FIRST: return by_filter(u, 0);
	case MOVE_LAST: return by_filter(u, (int)r->F - 1);
	case MOVE_NEXT: return by_layer(u, 1);
	case MOVE_PREVIOUS: return by_layer(u, -1);
	}
	return 0;
}

static void filter_dump(struct ui *u, FILE *out)
{
	struct session *s = &u->s;
	const struct rows *r = scene_clustered(&u->scene, s, s->layer);
	int f = s->filter[s->layer];
	fprintf(out, "%s #%d: importance %.4f", session_layer_now(s)->name, f, r->scaled[f]);
	if (r->importance->rank)
		fprintf(out, ", rank %d of %lld", r->importance->rank[f] + 1, (long long)r->F);
	if (r->clusters && r->clusters->k)
		fprintf(out, ", cluster %c of %d filters", cluster_letter(r->clusters->label[f]), r->clusters->size[r->clusters->label[f]]);
	fprintf(out, "%s\n", r->dead[f] ? ", no activity" : "");
	for (int i = 0; i < u->scene.n_twin; i++)
		fprintf(out, "near #%d distance %.4f\n", u->scene.twin[i].filter, u->scene.twin[i].distance);
	for (int64_t t = 0; t < r->times; t++)
		fprintf(out, "step %lld activation %.6g influence %.6g\n", (long long)t, (double)rows_series(r, f).v[t],
			u->scene.gradient ? (double)u->scene.gradient[t] : (double)NAN);
}

const struct view view_filter = {
	.id = VIEW_FILTER, .name = "filter", .title = "Filter", .needs_data = true,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_TIME,
	.update = filter_update, .draw = filter_draw, .move = filter_move, .dump = filter_dump,
};
