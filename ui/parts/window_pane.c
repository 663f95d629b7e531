#include "ui/parts/window_pane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/panel.h"

void window_pane_release(struct window_pane *p)
{
	free(p->input);
	*p = (struct window_pane){ 0 };
}

void window_pane_update(const struct ui *u, struct window_pane *p, int64_t window)
{
	const struct edited *e = windows_edited(&u->windows, window);
	if (p->input && p->window == window && p->of == e)
		return;
	if (!p->input)
		p->input = xcalloc((size_t)(u->s.m->T * u->s.m->C), sizeof *p->input);
	p->window = window;
	p->of = e;
	if (e)
		memcpy(p->input, e->x, (size_t)(u->s.m->T * u->s.m->C) * sizeof *p->input);
	else
		dataset_window(u->s.d, window, p->input);
}

/* Truth, prediction, error and rank. */
static void words_draw(const struct ui *u, struct canvas *c, struct rect *r, int64_t i)
{
	const struct windows *w = &u->windows;
	bool seen = windows_known(w, i), class = target_has_class(u->s.q.task);
	char b[64], change[256];
	int64_t of = windows_number(w, i);
	const char *stamp = dataset_stamp(u->s.d, of, 0);
	struct rect row = rect_top(r, 1);
	int x = row.x + canvas_printf(c, row.x, row.y, row.w, S_TITLE, "window %s  ", windows_name(w, i, b, sizeof b));
	snprintf(b, sizeof b, "row %lld", (long long)dataset_row(u->s.d, of));
	canvas_name(c, x, row.y, row.x + row.w - x, S_DIM, *stamp ? stamp : b);
	row = rect_top(r, 1);
	x = row.x;
	for (int k = 0; k < 2 && seen; k++) {
		double v = k ? w->predicted[i] : w->truth[i];
		if (isnan(v))
			snprintf(b, sizeof b, "-");
		else if (class)
			output_name(u, (int)v, b, sizeof b);
		else
			number_format(b, sizeof b, output_units(u, of, 0, v), 9);
		x += canvas_printf(c, x, row.y, row.x + row.w - x, S_DIM, "%s ", k ? u->g->yhat : "y");
		x += canvas_text(c, x, row.y, row.x + row.w - x, k ? S_PREDICTED : S_TRUE, b) + 2;
	}
	if (seen && !isnan(w->error[i])) {
		x += canvas_printf(c, x, row.y, row.x + row.w - x, S_DIM, "%s ", error_name(u));
		canvas_text(c, x, row.y, row.x + row.w - x, S_TEXT, number_format(b, sizeof b, w->error[i], 9));
	}
	row = rect_top(r, 1);
	if (windows_edited(w, i))
		canvas_text(c, row.x, row.y, row.w, S_WARN, windows_changes(w, i, change, sizeof change));
	else if (*rank_format(u, i, true, b, sizeof b))
		canvas_text(c, row.x, row.y, row.w, w->wrong[i] ? S_WARN : S_TEXT, b);
}

static void peak_draw(const struct ui *u, struct canvas *c, struct rect row, int64_t i)
{
	const struct peek *p = scene_peek(&u->scene, i);
	char name[64];
	if (p && p->step >= 0)
		canvas_printf(c, row.x, row.y, row.w, S_DIM, "saliency (%s) peaks at step %lld of %s",
		              saliency_methods[u->s.q.method].name, (long long)p->step,
		              channel_name(u, p->channel, name, sizeof name));
}

static void channels_draw(const struct ui *u, struct canvas *c, struct rect r, const struct window_pane *p)
{
	int64_t T = u->s.m->T, C = u->s.m->C;
	int n = (int)(C < r.h / 3 ? C : r.h / 3), h = n ? r.h / n - 2 : 0;
	h = h > 10 ? 10 : h;
	const real *map = u->scene.peeked && u->scene.peeked_of == p->window ? u->scene.peeked : NULL;
	double max = map ? series_abs_max(series_of(map, T * C)) : 0;
	char name[64], lo[32], hi[32];
	for (int k = 0; k < n; k++) {
		int64_t ch = C - u->s.channel < n ? C - n + k : u->s.channel + k;
		struct series v = { p->input + ch, T, C };
		struct range range = series_range(v);
		struct rect row = rect_top(&r, 1);
		int x = row.x +
		        canvas_name(c, row.x, row.y, row.w / 2, S_CHANNEL, channel_name(u, ch, name, sizeof name));
		canvas_printf(c, x, row.y, row.x + row.w - x, S_AXIS, "  %s to %s",
		              number_format(lo, sizeof lo, range.lo, 9), number_format(hi, sizeof hi, range.hi, 9));
		plot_line(c, u->g, rect_top(&r, h), v, range,
		          (struct paint){ .style = S_LINE,
		                          .by = { map ? map + ch : NULL, T, C },
		                          .max = max,
		                          .is_signed = saliency_methods[u->s.q.method].is_signed });
		row = rect_top(&r, 1);
		if (map)
			saliency_strip(u, c, row.x, row.y, row.w, (struct series){ map + ch, T, C }, max);
	}
}

/* A bar for each class, the likeliest first where not all have room. */
static void classes_draw(const struct ui *u, struct canvas *c, struct rect r, int64_t i)
{
	const struct windows *w = &u->windows;
	int64_t K = model_classes(u->s.m);
	double *p = xcalloc((size_t)K, sizeof *p);
	int half = r.w / 3;
	char b[64];
	model_probabilities(u->s.m, w->output + i * u->s.m->outputs, p);
	for (int y = 0; y < r.h && y < K; y++) {
		int best = 0;
		for (int k = 0; k < K; k++)
			best = p[k] > p[best] ? k : best;
		int k = K <= r.h ? y : best;
		unsigned style = k == (int)w->predicted[i] ? S_PREDICTED : k == (int)w->truth[i] ? S_TRUE : S_TEXT;
		output_name(u, k, b, sizeof b);
		canvas_name(c, r.x, r.y + y, half - 1, style, b);
		plot_bar(c, u->g, r.x + half, r.y + y, r.w - half - 6, p[k], style);
		canvas_printf(c, r.x + r.w - 5, r.y + y, 5, style, "%.3f", p[k]);
		if (K > r.h)
			p[best] = -1;
	}
	free(p);
}

void window_pane_draw(const struct ui *u, struct canvas *c, struct rect r, const struct window_pane *p)
{
	if (r.w < 20 || r.h < 6 || !p->input)
		return;
	for (int y = r.y; y < r.y + r.h; y++)
		canvas_put(c, r.x, y, u->g->v, S_BORDER);
	rect_left(&r, 2);
	rect_right(&r, 1);
	words_draw(u, c, &r, p->window);
	peak_draw(u, c, rect_top(&r, 1), p->window);
	rect_top(&r, 1);
	if (u->s.q.task == TASK_CLASSIFICATION && windows_known(&u->windows, p->window) && r.h >= 10) {
		int64_t K = model_classes(u->s.m);
		struct rect bars = rect_bottom(&r, K < r.h / 3 ? (int)K : r.h / 3);
		classes_draw(u, c, bars, p->window);
		rect_bottom(&r, 1);
	}
	channels_draw(u, c, r, p);
}
