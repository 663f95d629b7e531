/* One filter large: its activation with axes and a cursor along time, its influence on the output step by step, its
 * kernel, rank, cluster and nearest filters. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/axis.h"
#include "ui/parts/filter_pane.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"

enum { AXIS_W = 8, SIDE_W = 30, STRONGEST_ROWS = 3 };

/* What the filter likes is shown on screens with so many rows and columns, in so many rows. */
enum { LIKES_FROM = 36, LIKES_WIDE = 100, LIKES_ROWS = 7 };

enum { LISTED = 2 * SURVEY_TOP };

struct own {
	/* The windows that are listed: the strongest ones, and behind them, once all windows are surveyed, those that
	 * are spread over the range of its activation. */
	struct top_window top[LISTED];
	int n, strong;
	const struct set_filter *set; /* they are of the survey; NULL: of the windows looked at so far */
	int64_t window[LISTED];       /* those whose values are in `input` */
	real *input;                  /* [n](T,C) */
};

static void filter_release(void *data)
{
	struct own *o = data;
	free(o->input);
}

static void list_add(struct own *o, const struct survey_window *w, int n)
{
	for (int i = 0; i < n; i++)
		o->top[o->n++] = (struct top_window){ .window = w[i].window, .time = w[i].time, .value = w[i].value };
}

static void list_windows(const struct ui *u, struct own *o)
{
	const struct answer *t = u->scene.top;
	int f = u->s.filter[u->s.layer];
	o->n = 0;
	o->set = u->scene.survey.set ? survey_set_filter(u->scene.survey.set, u->s.layer, f) : NULL;
	if (o->set)
		list_add(o, o->set->all.top, o->set->all.n_top);
	for (int i = 0; !o->set && t && i < t->n; i++)
		o->top[o->n++] = t->top[i];
	o->strong = o->n;
	if (o->set)
		list_add(o, o->set->spread, o->set->n_spread);
}

/* The input of the strongest windows, for their plots. */
static void take_strongest(struct ui *u)
{
	struct own *o = u->data[VIEW_FILTER];
	size_t size = (size_t)(u->s.m->T * u->s.m->C);
	list_windows(u, o);
	if (o->n && !o->input) {
		o->input = xcalloc(LISTED * size + 1, sizeof *o->input);
		memset(o->window, -1, sizeof o->window);
	}
	for (int i = 0; i < o->n; i++)
		if (o->window[i] != o->top[i].window) {
			o->window[i] = o->top[i].window;
			dataset_window(u->s.d, o->window[i], o->input + (size_t)i * size);
		}
}

static void filter_update(struct ui *u, unsigned changed)
{
	int h = u->frame.body.h;
	u->scene.likes_shown = h >= LIKES_FROM && u->frame.body.w >= LIKES_WIDE;
	(void)changed;
	panel_update(u, h >= 36 ? 3 : 1, h * 3 / 10);
	const struct rows *r = &u->scene.rows[u->s.layer];
	u->clusters_drawn = r->clusters ? r->clusters->k : 0;
	take_strongest(u);
}

/* Where a silent filter has importance, the reason, as far as it fits w columns. */
static const char *silent_words(const struct ui *u, const struct rows *r, int f, int w)
{
	static const char why[] = "silent; importance is the gradient at a zero output, by gated 0: M  ";
	bool important = r->importance->raw && (double)r->importance->raw[f] != 0 && !target_is_loss(&u->s.q.target);
	return important && (int)sizeof why + 22 <= w ? why : "silent in this window  ";
}

static void title_draw(const struct ui *u, struct canvas *c, struct rect r, int f, const struct rows *rows)
{
	const struct layer *l = session_layer_now(&u->s);
	char name[128], label[32];
	bool noted = notes_about(u->s.notes, NOTE_FILTER, u->s.layer, f, -1);
	snprintf(label, sizeof label, "#%d", f);
	int x = r.x + canvas_printf(c, r.x, r.y, r.w, S_BORDER_ON, "%s ",
	                            layer_name_format(u, u->s.layer, name, sizeof name));
	x += canvas_printf(c, x, r.y, r.x + r.w - x, S_BORDER_ON, "%s ",
	                   noted_format(u, noted, label, name, sizeof name));
	canvas_cursor(c, r.x, r.y);
	x += canvas_printf(c, x, r.y, r.x + r.w - x, S_DIM, "%s  ", l->detail);
	if (rows->off[f])
		x += canvas_text(c, x, r.y, r.x + r.w - x, S_WARN, "switched off  ");
	else if (rows->dead[f])
		x += canvas_text(c, x, r.y, r.x + r.w - x, S_WARN, silent_words(u, rows, f, r.x + r.w - x));
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
		canvas_right(c, r.x, r.y + r.h / 2, AXIS_W - 2, S_AXIS,
		             number_format(b, sizeof b, (range.hi + range.lo) / 2, AXIS_W - 2));
	if (r.h > 1)
		canvas_right(c, r.x, r.y + r.h - 1, AXIS_W - 2, S_AXIS,
		             number_format(b, sizeof b, range.lo, AXIS_W - 2));
}

static void cursor_line(const struct ui *u, struct canvas *c, struct rect r, const real *v)
{
	const struct session *s = &u->s;
	const struct scene *sc = &u->scene;
	int64_t t = s->time[s->layer];
	const struct layer *l = session_layer_now(s);
	char a[32], g[32], when[96] = "";
	/* as wide at every step, so that what follows keeps its place */
	int n = canvas_printf(c, r.x, r.y, r.w, S_TEXT, "step %lld: %-8s", (long long)t,
	                      number_format(a, sizeof a, (double)v[t], 9));
	if (sc->gradient)
		n += canvas_printf(c, r.x + n, r.y, r.w - n, S_TEXT, "  influence %-8s",
		                   number_format(g, sizeof g, (double)sc->gradient[t], 9));
	if (l->stride_in > 0 && s->d) {
		const char *stamp =
		        dataset_stamp(s->d, s->q.window, t * l->stride_in < s->m->T ? t * l->stride_in : s->m->T - 1);
		if (s->raw_units && *stamp)
			snprintf(when, sizeof when, "  %s", stamp);
		else if (l->receptive > 0)
			snprintf(when, sizeof when, "  sees %lld%s", (long long)l->receptive,
			         n + 16 > r.w        ? ""
			         : l->receptive == 1 ? " step"
			                             : " steps");
		if (n + text_width(when) <= r.w || s->raw_units)
			canvas_text(c, r.x + n, r.y, r.w - n, S_DIM, when);
	}
}

static void plots_draw(const struct ui *u, struct canvas *c, struct rect r, int f)
{
	const struct session *s = &u->s;
	const struct scene *sc = &u->scene;
	const struct rows *rows = &sc->rows[s->layer];
	struct series act = rows_seen(rows, f);
	const real *v = rows_series(rows, f).v;
	struct span seen = rows->seen;
	if (!rows->loaded) {
		canvas_text(c, r.x, r.y, r.w, S_DIM, "being worked out");
		return;
	}
	if (rows->times < 2) {
		char b[32];
		canvas_printf(c, r.x, r.y, r.w, S_TEXT, "activation %s", number_format(b, sizeof b, (double)v[0], 10));
		if (sc->gradient)
			canvas_printf(c, r.x, r.y + 1, r.w, S_TEXT, "influence  %s",
			              number_format(b, sizeof b, (double)sc->gradient[0], 10));
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
		plot_hits(c, u->g, plot, act, rows->range[f],
		          series_of(sc->trace->share[s->layer] + (int64_t)f * rows->times + seen.from, seen.n),
		          sc->trace_max[s->layer]);
	axis.x += AXIS_W;
	axis.w -= AXIS_W;
	canvas_zone(c, (struct rect){ plot.x, plot.y, plot.w, plot.h + 1 }, plot.x, plot.w);
	int x = plot.x + plot_column_of(seen.n, plot.w, s->time[s->layer] - seen.from);
	axis_draw(u, c, axis, rows->times, seen, s->time[s->layer]);
	int y = plot.y + plot_row_of((double)v[s->time[s->layer]], rows->range[f], plot.h);
	if (!sc->trace)
		canvas_put(c, x, y, u->g->hit, S_BORDER_ON);
	canvas_cursor(c, x, y);
	if (low.h < 3)
		return;
	struct rect head = rect_top(&low, 1), signed_plot = low;
	char t[TARGET_TEXT];
	struct target target = s->q.target;
	target_format(&target, s->m, t, sizeof t);
	canvas_printf(c, head.x, head.y, head.w, S_DIM, "influence on %s, step by step%s", t,
	              sc->gradient ? "" : ": the target does not depend on it");
	if (!sc->gradient)
		return;
	rect_left(&signed_plot, AXIS_W);
	axis_y(u, c, low, (struct range){ -sc->gradient_max, sc->gradient_max });
	plot_signed(c, u->g, signed_plot, series_of(sc->gradient + seen.from, seen.n), sc->gradient_max);
}

/* ---- at the side: rank, cluster, twins, kernel ---- */

static void facts_draw(const struct ui *u, struct canvas *c, struct rect *r, int f)
{
	const struct rows *rows = &u->scene.rows[u->s.layer];
	struct rect line = rect_top(r, 1);
	int x = line.x;
	if (rows->importance->rank && !rows->off[f])
		x += canvas_printf(c, x, line.y, line.x + line.w - x, S_TEXT, "rank %d of %d  ",
		                   rows->importance->rank[f] + 1, (int)rows->F);
	if (rows->clusters && rows->clusters->k) {
		int label = rows->clusters->label[f];
		x += canvas_text(c, x, line.y, line.x + line.w - x, S_TEXT, "cluster ");
		canvas_printf(c, x, line.y, line.x + line.w - x, style_cluster(label) | STYLE_BOLD, "%c",
		              cluster_letter(label));
		canvas_printf(c, x + 2, line.y, line.x + line.w - x - 2, S_DIM, "(%d)", rows->clusters->size[label]);
	}
}

static void twins_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct scene *sc = &u->scene;
	const struct rows *rows = &sc->rows[u->s.layer];
	int f = u->s.filter[u->s.layer];
	if (r.h < 1)
		return;
	if (rows->dead[f]) {
		canvas_text(c, r.x, r.y, r.w, S_DIM, "constant here: like no other");
		return;
	}
	if (!filter_heading(c, &r, "twins, correlation"))
		return;
	for (int i = 0; i < sc->twins->n && r.h > 0 && sc->twins->twin[i].correlation > 0; i++) {
		struct rect line = rect_top(&r, 1);
		int twin = sc->twins->twin[i].filter;
		canvas_printf(c, line.x, line.y, 5, S_TEXT, "#%d", twin);
		plot_spark(c, u->g, line.x + 6, line.y, line.w - 12, rows_seen(rows, twin), rows->range[twin],
		           (struct paint){ .style = filter_style(u, rows, twin) });
		canvas_printf(c, line.x + line.w - 5, line.y, 5, S_TEXT, "%.3f", sc->twins->twin[i].correlation);
	}
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* One of the strongest windows: its number, the activation there, and a plot of its input. The step of the largest
 * activation is in reverse. More rows make the plot higher, and the value goes below the number. */
static void strongest_draw(const struct ui *u, struct canvas *c, int i, struct rect r)
{
	enum { NUMBER_W = 7, VALUE_W = 8, STEP_W = 10, WIDE = 36, DATED = 54 };
	const struct own *o = u->data[VIEW_FILTER];
	const struct top_window *w = &o->top[i];
	int64_t T = u->s.m->T, C = u->s.m->C, times = session_layer_now(&u->s)->times;
	char value[32], step[32];
	number_format(value, sizeof value, w->value, VALUE_W - 1);
	snprintf(step, sizeof step, "step %lld", (long long)w->time);
	canvas_zone(c, r, r.x, -1 - i);
	canvas_printf(c, r.x, r.y, NUMBER_W - 1, w->window == u->s.q.window ? S_TITLE : S_TEXT, "%lld",
	              (long long)w->window);
	bool below = r.h > 1, wide = r.w >= WIDE && times > 1;
	int x = r.x + (below ? 0 : NUMBER_W), y = r.y + (below ? 1 : 0);
	canvas_text(c, x, y, VALUE_W - 1, S_TEXT, value);
	if (wide)
		canvas_text(c, r.x + (below ? NUMBER_W + 1 : NUMBER_W + VALUE_W), y, STEP_W - 1, S_DIM, step);
	int label = (below ? VALUE_W : NUMBER_W + VALUE_W) + (wide ? STEP_W : 0);
	const char *stamp = dataset_stamp(u->s.d, w->window, 0);
	if (below && r.w >= DATED && *stamp && NUMBER_W + text_width(stamp) < r.w / 2) {
		canvas_text(c, r.x + NUMBER_W + 1, r.y, r.w, S_DIM, stamp);
		label = NUMBER_W + 1 + text_width(stamp) + 1;
	}
	rect_left(&r, label);
	if (i >= o->n || o->window[i] != w->window || r.w < 4)
		return;
	struct series v = { o->input + i * T * C + u->s.channel, T, C };
	plot_line(c, u->g, r, v, series_range(v), (struct paint){ .style = S_LINE });
	if (times > 1)
		canvas_mark(
		        c, (struct rect){ r.x + plot_column_of(T, r.w, viewport_step(T, times, w->time)), r.y, 1, r.h },
		        STYLE_REVERSE);
}

/* How many windows were looked at stands in the heading, and of more than one channel the name of the drawn one. */
static void strongest_heading(const struct ui *u, int w, char *b, size_t size)
{
	const struct answer *t = u->scene.top;
	const struct own *o = u->data[VIEW_FILTER];
	int64_t total = o->set ? u->scene.survey.set->plan.windows : t ? t->total : 0;
	char more[80], name[64];
	if (!t && !o->set) {
		snprintf(b, size, "strongest windows: at work");
		return;
	}
	if (!o->set && t->done < t->total)
		snprintf(b, size, "strongest of %lld/%lld", (long long)t->done, (long long)t->total);
	else
		snprintf(b, size, "strongest of %lld", (long long)total);
	snprintf(more, sizeof more, " window%s", total == 1 ? "" : "s");
	if (text_width(b) + text_width(more) <= w)
		snprintf(b + strlen(b), size - strlen(b), "%s", more);
	snprintf(more, sizeof more, ", %s", channel_name(u, u->s.channel, name, sizeof name));
	if (u->s.m->C > 1 && text_width(b) + text_width(more) <= w)
		snprintf(b + strlen(b), size - strlen(b), "%s", more);
}

/* The windows that drive the filter most, and where in them. Enter goes to the next of them. */
static void top_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_FILTER];
	char b[160];
	strongest_heading(u, r.w, b, sizeof b);
	if (!filter_heading(c, &r, b) || !o->n)
		return;
	/* where not all have room, half of it is for those that are spread, some of them */
	int spread = o->n - o->strong, strong = o->strong, rows = 1;
	if (spread && r.h <= o->n) {
		strong = least(strong, r.h / 2);
		spread = least(spread, r.h - strong - 1);
	} else if (!spread) {
		rows = r.h / strong;
		rows = rows < 1 ? 1 : rows > STRONGEST_ROWS ? STRONGEST_ROWS : rows;
	}
	for (int i = 0; i < strong && r.h > 0; i++)
		strongest_draw(u, c, i, rect_top(&r, rows));
	if (spread < 1 || !filter_heading(c, &r, "windows spread over its range"))
		return;
	for (int i = 0; i < spread && r.h > 0; i++)
		strongest_draw(u, c, o->strong + i * (o->n - o->strong) / spread, rect_top(&r, 1));
}

static int twins_rows(const struct ui *u)
{
	const struct rows *rows = &u->scene.rows[u->s.layer];
	const struct answer *t = u->scene.twins;
	int f = u->s.filter[u->s.layer], n = 0;
	if (rows->times < 2 || !t || t->ask.layer != u->s.layer || t->ask.filter != f)
		return 0;
	while (n < t->n && t->twin[n].correlation > 0)
		n++;
	return rows->dead[f] ? 1 : 1 + n;
}

/* How the rows at the side are shared: the frequency response and the kernel as much as they have to show, the two
 * lists the rest. The windows get the larger half of it, and what the twins leave. */
static void side_draw(const struct ui *u, struct canvas *c, struct rect side, int f)
{
	const struct kernel *k = &u->scene.kernel;
	const struct own *o = u->data[VIEW_FILTER];
	facts_draw(u, c, &side, f);
	filter_alive(u, c, &side, o->set);
	filter_response(u, c, rect_bottom(&side, filter_response_rows(u, side.h)));
	bool map = k->channels > 4 && k->channels > side.h / 3;
	int want = k->w ? 3 + (int)(map ? k->taps : k->channels) : 0, lists = side.h - least(want, side.h / 3);
	int n = o->set ? o->n + 1 : TOP_WINDOWS, top = least((lists + 1) / 2, n + 1),
	    twins = least(lists - top, twins_rows(u));
	top = least(lists - twins, (o->set ? n : TOP_WINDOWS * STRONGEST_ROWS) + 1);
	/* as many rows as it fills: the kernel has the others */
	n = o->set ? 1 : o->n ? o->n : TOP_WINDOWS;
	top = top > n ? 1 + n * ((top - 1) / n) : top;
	top_draw(u, c, rect_top(&side, top));
	twins_draw(u, c, rect_top(&side, twins));
	filter_kernel(u, c, rect_top(&side, least(want + (map ? 4 : 0), side.h)));
}

/* ---- what it likes ---- */

/* One of the inputs: from where it was found, what the filter makes of it, the nearest real window, and a plot. */
static void like_draw(const struct ui *u, struct canvas *c, int i, struct rect r)
{
	static const char *const starts[LIKES] = { "zero", "noise 1", "noise 2", "noise 3" };
	const struct answer *q = u->scene.likes[i];
	struct rect line = rect_top(&r, 1);
	int64_t T = u->s.m->T, C = u->s.m->C;
	char b[32];
	int x = line.x + canvas_printf(c, line.x, line.y, line.w, S_DIM, "%s ", starts[i]), end = line.x + line.w;
	if (!q || !q->input) {
		canvas_text(c, x, line.y, end - x, S_DIM, q ? "no gradient" : "at work");
		return;
	}
	x += canvas_text(c, x, line.y, end - x, S_TEXT, number_format(b, sizeof b, q->target, 7));
	snprintf(b, sizeof b, " near %lld", q->n ? (long long)q->top[0].window : 0);
	if (q->n && text_width(b) <= end - x) /* a number that is cut off is another number */
		canvas_text(c, x, line.y, end - x, S_TEXT, b);
	struct series v = { q->input + u->s.channel, T, C };
	const double *range = q->look + 2 * (int64_t)u->s.channel;
	plot_line(c, u->g, r, v, (struct range){ range[0], range[1] }, (struct paint){ .style = S_LINE });
}

/* Inputs for which the filter is as active as it can be, side by side. */
static void likes_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	char b[160], name[64];
	snprintf(b, sizeof b, "what it likes: inputs that make its mean activation large");
	if (u->s.m->C > 1)
		snprintf(b + strlen(b), sizeof b - strlen(b), ", %s", channel_name(u, u->s.channel, name, sizeof name));
	if (!filter_heading(c, &r, b))
		return;
	for (int i = 0, w = r.w / LIKES; i < LIKES; i++) {
		struct rect one = rect_left(&r, w);
		one.w -= 2;
		like_draw(u, c, i, one);
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
		side_draw(u, c, side, f);
	}
	if (u->scene.likes_shown)
		likes_draw(u, c, rect_bottom(&area, LIKES_ROWS));
	plots_draw(u, c, area, f);
}

/* To one of the strongest windows, and to the step of its largest activation. */
static unsigned strongest_go(struct ui *u, int i)
{
	const struct own *o = u->data[VIEW_FILTER];
	const struct top_window w = o->top[i];
	bool strong = i < o->strong;
	ui_say(u, "%s window %d of %d: %lld, step %lld", strong ? "strongest" : "spread",
	       i + 1 - (strong ? 0 : o->strong), strong ? o->strong : o->n - o->strong, (long long)w.window,
	       (long long)w.time);
	return session_window(&u->s, w.window) | session_time(&u->s, w.time);
}

/* The strongest window after the one that is shown; behind the last the first again. */
static unsigned filter_enter(struct ui *u)
{
	const struct own *o = u->data[VIEW_FILTER];
	int at = -1;
	if (!o->n) {
		ui_say(u, "the strongest windows are being looked for");
		return 0;
	}
	for (int i = 0; i < o->n; i++)
		at = o->top[i].window == u->s.q.window ? i : at;
	return strongest_go(u, (at + 1) % o->n);
}

/* A click on the plot: its zone has the plot's left end and width. That of a window has its place below zero. */
static bool filter_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	int64_t first, count;
	struct span seen = session_span(&u->s, u->s.layer);
	if (z->b < 0) {
		int i = -1 - z->b;
		*changed = i < ((struct own *)u->data[VIEW_FILTER])->n ? strongest_go(u, i) : 0;
		return false;
	}
	plot_samples(seen.n, z->b, x - z->a, &first, &count);
	*changed = session_time(&u->s, seen.from + first);
	return false;
}

static unsigned by_filter(struct ui *u, int at)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, u->s.layer);
	if (r->n_order == 0)
		return 0;
	at = at < 0 ? 0 : at >= r->n_order ? r->n_order - 1 : at;
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
	case MOVE_LEFT:
		return session_time(s, t - 1);
	case MOVE_RIGHT:
		return session_time(s, t + 1);
	case MOVE_HOME:
		return session_time(s, 0);
	case MOVE_END:
		return session_time(s, r->times - 1);
	case MOVE_PAGE_UP:
	case MOVE_HALF_UP:
		return session_time(s, t - 10);
	case MOVE_PAGE_DOWN:
	case MOVE_HALF_DOWN:
		return session_time(s, t + 10);
	case MOVE_UP:
		return by_filter(u, at - 1);
	case MOVE_DOWN:
		return by_filter(u, at + 1);
	case MOVE_FIRST:
		return by_filter(u, 0);
	case MOVE_LAST:
		return by_filter(u, r->n_order - 1);
	case MOVE_NEXT:
		return by_layer(u, 1);
	case MOVE_PREVIOUS:
		return by_layer(u, -1);
	}
	return 0;
}

static void filter_dump(struct ui *u, FILE *out)
{
	struct session *s = &u->s;
	const struct rows *r = scene_rows(&u->scene, s, s->layer);
	int f = s->filter[s->layer];
	fprintf(out, "%s #%d: importance %.4f", session_layer_now(s)->name, f, r->scaled[f]);
	if (r->importance->rank && !r->off[f])
		fprintf(out, ", rank %d of %lld", r->importance->rank[f] + 1, (long long)r->F);
	if (r->clusters && r->clusters->k)
		fprintf(out, ", cluster %c of %d filters", cluster_letter(r->clusters->label[f]),
		        r->clusters->size[r->clusters->label[f]]);
	fprintf(out, "%s\n", r->off[f] ? ", switched off" : r->dead[f] ? ", silent" : "");
	const struct answer *twins = u->scene.twins, *top = u->scene.top;
	for (int i = 0; twins && i < twins->n; i++)
		fprintf(out, "twin #%d correlation %.4f\n", twins->twin[i].filter, twins->twin[i].correlation);
	for (int i = 0; top && i < top->n; i++)
		fprintf(out, "window %lld step %lld activation %.6g\n", (long long)top->top[i].window,
		        (long long)top->top[i].time, top->top[i].value);
	for (int i = 0; i < LIKES; i++)
		if (u->scene.likes[i] && u->scene.likes[i]->input)
			fprintf(out, "likes %d: mean activation %.6g, nearest window %lld at %.4g\n", i,
			        u->scene.likes[i]->target, (long long)u->scene.likes[i]->top[0].window,
			        u->scene.likes[i]->top[0].value);
	char name[64];
	real v[RESPONSE_BINS];
	for (int64_t ch = 0; r->times > 1 && ch < filter_responses(u) && filter_response_of(u, ch, v); ch++) {
		fprintf(out, "response %s",
		        filter_responses(u) < s->m->C ? "all" : channel_name(u, ch, name, sizeof name));
		for (int k = 0; k < RESPONSE_BINS; k++)
			fprintf(out, " %.6g:%.4g", response_frequency(k), (double)v[k]);
		fputc('\n', out);
	}
	for (int64_t t = 0; t < r->times; t++)
		fprintf(out, "step %lld activation %.6g influence %.6g\n", (long long)t, (double)rows_series(r, f).v[t],
		        u->scene.gradient ? (double)u->scene.gradient[t] : (double)NAN);
}

static const struct legend legend[] = {
	SEEN("conv1 #2", "the layer and the number of the filter", .style = S_BORDER_ON),
	{ .rows = legend_details },
	SEEN("importance {bar}",
	     "of the filter, 0 to 1 within its layer; above 1, while filters are switched: more than any had before",
	     .style = S_DIM),
	SEEN("step 3: 1.375", "the step under the cursor, and the activation there"),
	SEEN("influence", "how much the target grows when the activation at this step grows by 1"),
	SEEN("sees 3 steps", "so many steps of the input can change one value of this layer", .style = S_DIM),
	SEEN("rank 1 of 6", "place of the filter by importance in its layer"),
	SEEN("cluster A (6)", "the filter's group of similar filters, and how many these are"),
	SEEN("{tee}", "the largest and the smallest value of the plot"),
	SEEN("{hit} {up}", "the step under the cursor"),
	SEEN("{hit}", "a step that is traced: it produced, or is fed by, the value under the cursor"),
	SEEN("frequency", "its response: how much of each oscillation comes through, slow ones at the left; measured, "
	                  "or of the kernel"),
	SEEN("alive in 91 %", "the share of all windows in which it is not silent; below by class"),
	SEEN("unique 0.3 %",
	     "the part of its variance over all windows that the other filters of its layer cannot explain; under 1 % "
	     "it is redundant: what reads it can do without it"),
	SEEN("0 {strip} 1.2", "how often its activation over all windows is that large, by square roots",
	     .style = S_AXIS),
	SEEN("spread over",
	     "windows whose largest activations are spread over the range of all, not only the strongest",
	     .style = S_DIM),
	SEEN("twins #4 0.897", "filters with the most similar activation, and their correlation with this one"),
	SEEN("strongest windows",
	     "where in the data this filter is most active: window, value, and its input; the step is in reverse",
	     .style = S_DIM),
	SEEN("what it likes",
	     "inputs made so that its mean activation is large, of at most T / 8 cycles, from four starts: the mean "
	     "activation, the "
	     "nearest real window, and the channel, from the least to the largest value that it has in the data",
	     .style = S_DIM),
	SEEN("kernel",
	     "the weights, a row for each input of the layer, the heaviest first where not all have room: +0.50 or "
	     "blocks",
	     .style = S_DIM),
	SEEN("{diverging}", "a weight from - to +; a negative one is underlined"),
	SEEN("mean sd bias", "mean and standard deviation of the weights; what is added to the sum"),
	SEEN("weights {strip}", "how many weights are that large, from the smallest to the largest"),
	{ .rows = legend_panel },
	{ .keys = "enter", .text = "to the next of the strongest windows" },
	{ .keys = "left,right", .text = "one step back or on in time" },
	{ .keys = "up,down", .text = "the filter before, the next filter" },
	{ .keys = "next-layer,previous-layer", .text = "another layer" },
	{ 0 },
};

const struct view view_filter = {
	.id = VIEW_FILTER,
	.name = "filter",
	.title = "Filter",
	.legend = legend,
	.about = "one filter: activation, kernel, nearest filters (Enter on a filter)",
	.needs_data = true,
	.has_filters = true,
	.filters_below = true,
	.needs = NEEDS_FILTER | NEEDS_CLUSTERS | NEEDS_TRACE,
	.hints = "enter:strongest window-previous,window-next:window target switch:off/on highlight:trace windows "
	         "findings search",
	.size = sizeof(struct own),
	.release = filter_release,
	.enter = filter_enter,
	.search = layers_search,
	.depends = CHANGED_NUMBERS | CHANGED_LAYER | CHANGED_FILTER | CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_TIME,
	.update = filter_update,
	.draw = filter_draw,
	.move = filter_move,
	.pick = filter_pick,
	.dump = filter_dump,
};
