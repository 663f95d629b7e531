/* The input's channels, each with its saliency strip, and the output beside them: above levels 1 to 4 and the filter
 * view. */
#include "ui/views/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"

void panel_update(struct ui *u, int plot_max, int rows_max)
{
	struct rect body = u->frame.body;
	int C = (int)u->s.m->C, rows = u->s.runs ? panel_rows(C, plot_max, rows_max) : 0;
	/* what is left over after whole channels belongs to the view below */
	struct panel p = layout_panel((struct rect){ body.x, body.y, body.w, rows }, C, plot_max);
	rows = p.channels * (p.plot_h + 1);
	struct rect area = rect_top(&body, rows);
	u->panel = layout_panel(area, C, plot_max);
	u->main = body;
	int most = C - u->panel.channels;
	if (u->s.channel > most)
		u->s.channel = most < 0 ? 0 : most;
}

static void channel_label(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct panel *p = &u->panel;
	char b[64], lo[32], hi[32];
	int w = p->label_w - 1;
	if (w < 4)
		return;
	canvas_name(c, 0, y, w, S_CHANNEL, channel_name(u, ch, b, sizeof b));
	if (p->plot_h > 2)
		canvas_printf(c, 0, y + 1, w, S_AXIS, "%s",
		              number_format(hi, sizeof hi, channel_units(u, ch, u->scene.channel[ch].hi), w));
	if (p->plot_h > 1)
		canvas_printf(
		        c, 0, y + p->plot_h - 1, w, S_AXIS, "%s",
		        number_format(
		                lo, sizeof lo,
		                channel_units(u, ch, p->plot_h > 2 ? u->scene.channel[ch].lo : u->scene.channel[ch].hi),
		                w));
	if (!u->scene.map)
		canvas_text(c, 0, y + p->plot_h, w, S_AXIS, w >= 8 ? "sal .." : "..");
	else
		canvas_printf(c, 0, y + p->plot_h, w, S_AXIS, w >= 8 ? "sal %3.0f%%" : "%3.0f%%",
		              100 * u->scene.share[ch]);
}

/* "50 steps" of series; the strip below shows the saliency of what is selected. */
static void channel_draw(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct panel *p = &u->panel;
	const struct session *s = &u->s;
	int64_t T = s->m->T, C = s->m->C;
	struct rect r = { p->label_w, y, p->input.w - p->label_w, p->plot_h };
	struct series v = { u->scene.input + ch, T, C }, by = { u->scene.coloured ? u->scene.colour + ch : NULL, T, C };
	plot_line(c, u->g, r, v, u->scene.channel[ch], (struct paint){ S_LINE, by, u->scene.colour_max });
	if (u->scene.map)
		plot_strip(c, u->g, r.x, y + p->plot_h, r.w, (struct series){ u->scene.map + ch, T, C },
		           u->scene.map_max, S_SEQ + 6);
	if (u->scene.trace && u->scene.trace->share[0])
		plot_hits(c, u->g, r, v, u->scene.channel[ch], (struct series){ u->scene.trace->share[0] + ch, T, C },
		          u->scene.trace_max[0]);
	channel_label(u, c, ch, y);
}

/* ---- the output ---- */

/* A bar a class, the true one and the predicted one marked. With more classes than rows: the likeliest, and the true
 * one. */
static void classes_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct session *s = &u->s;
	int K = (int)model_classes(s->m), name_w = 8;
	double last = INFINITY, *all = xcalloc((size_t)K, sizeof *all);
	model_probabilities(s->m, u->scene.output, all);
	for (int k = 0; k < K && k < 1000; k++) {
		char b[64];
		output_name(u, k, b, sizeof b);
		name_w = text_width(b) + 4 > name_w ? text_width(b) + 4 : name_w;
	}
	name_w = name_w > r.w / 2 ? r.w / 2 : name_w;
	int last_k = -1;
	for (int row = 0; row < r.h && row < K; row++) {
		int best = -1;
		double p = -INFINITY;
		for (int k = 0; k < K; k++) {
			double v = all[k];
			bool later = K <= r.h ? k > last_k : v < last || (v == last && k > last_k);
			bool better = K <= r.h ? best < 0 : best < 0 || v > p;
			if (later && better)
				best = k, p = v;
		}
		if (best < 0)
			break;
		last = p;
		last_k = best;
		char b[64];
		output_name(u, best, b, sizeof b);
		int y = r.y + row;
		unsigned style = best == u->scene.predicted ? S_PREDICTED : best == s->cls ? S_TRUE : S_TEXT;
		if (best == u->scene.predicted)
			canvas_put(c, r.x, y, u->g->predicted, S_PREDICTED);
		if (best == s->cls)
			canvas_put(c, r.x + 1, y, u->g->truth, S_TRUE);
		canvas_name(c, r.x + 3, y, name_w - 4, style, b);
		plot_bar(c, u->g, r.x + name_w, y, r.w - name_w - 5, p,
		         best == u->scene.predicted ? S_PREDICTED : S_IMPORTANCE);
		canvas_printf(c, r.x + r.w - 4, y, 4, style, "%.2f", p);
	}
	free(all);
}

static void point(const struct ui *u, struct canvas *c, struct rect r, int x, double v, struct range range, bool truth)
{
	if (isfinite(v))
		canvas_put(c, x, r.y + plot_row_of(v, range, r.h), truth ? u->g->truth : u->g->predicted,
		           truth ? S_TRUE : S_PREDICTED);
}

static void widen(struct range *r, double v)
{
	if (isfinite(v))
		*r = range_join(*r, (struct range){ v, v });
}

/* The last steps of the series that is forecast, then y and ŷ. */
static void forecast_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct session *s = &u->s;
	int64_t T = s->m->T, C = s->m->C, n = s->m->outputs;
	bool known = s->d && s->d->n_predict > 0 && s->d->predict && s->d->n_y == n;
	int64_t per_step = known ? s->d->n_predict : n, steps = n / (per_step ? per_step : 1);
	int64_t ch = known && s->d->predict[0] < C ? s->d->predict[0] : 0;
	int ahead = steps > 1 ? (int)(steps < r.w / 2 ? steps : r.w / 2) + 1 : 4;
	int64_t past = T < r.w - ahead ? T : r.w - ahead;
	if (past < 1 || steps < 1)
		return;
	struct series tail = { u->scene.input + (T - past) * C + ch, past, C };
	struct range range = series_range(tail);
	for (int64_t k = 0; k < steps; k++) {
		widen(&range, (double)u->scene.output[k * per_step]);
		if (s->has_y)
			widen(&range, (double)s->y[k * per_step]);
	}
	struct rect line = { r.x, r.y, r.w - ahead, r.h };
	plot_line(c, u->g, line, tail, range, (struct paint){ .style = S_LINE });
	int x = r.x + line.w + 1;
	for (int64_t k = 0; k < steps && k < ahead; k++) {
		if (s->has_y)
			point(u, c, r, x + (int)k, (double)s->y[k * per_step], range, true);
		point(u, c, r, x + (steps > 1 ? (int)k : 1), (double)u->scene.output[k * per_step], range, false);
	}
}

static void output_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	if (r.w < 12 || r.h < 2 || !u->scene.output)
		return;
	char b[64];
	rect_left(&r, 1);
	for (int y = r.y; y < r.y + r.h; y++)
		canvas_put(c, r.x - 1, y, u->g->v, S_BORDER);
	rect_left(&r, 1);
	struct rect head = rect_top(&r, 1);
	int x = head.x + (head.w >= 32 ? canvas_text(c, head.x, head.y, head.w, S_DIM, "output  ") : 0);
	canvas_put(c, x++, head.y, u->g->truth, S_TRUE);
	truth_format(u, b, sizeof b);
	x += canvas_printf(c, x, head.y, head.x + head.w - x, S_TRUE, " %s  ", b);
	canvas_put(c, x++, head.y, u->g->predicted, S_PREDICTED);
	predicted_format(u, b, sizeof b);
	char *cut = strchr(b, ' ');
	if (cut)
		*cut = '\0';
	canvas_printf(c, x, head.y, head.x + head.w - x, S_PREDICTED, " %s", b);
	if (u->s.q.task == TASK_CLASSIFICATION)
		classes_draw(u, c, r);
	else
		forecast_draw(u, c, r);
}

void panel_draw(const struct ui *u, struct canvas *c)
{
	const struct panel *p = &u->panel;
	if (!u->s.runs || !u->scene.input)
		return;
	for (int i = 0; i < p->channels; i++)
		channel_draw(u, c, u->s.channel + i, p->input.y + i * (p->plot_h + 1));
	output_draw(u, c, p->output);
}
