/* The input's channels, each with its saliency strip, and the output beside them: above levels 1 to 4 and the filter
 * view. */
#include "ui/parts/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/axis.h"
#include "ui/parts/legend.h"

/* Rows of a body that has room for an axis and a slider, and for both above a grid; columns of a slider's row. */
enum { ROOMY = 18, GRID_ROOMY = 24, SLIDER_W = 60 };

/* Whole channels in at most `rows` rows; what is left over belongs to the view below. */
static struct panel whole_channels(const struct ui *u, struct rect body, int plot_max, int rows)
{
	int C = (int)u->s.m->C;
	struct panel p =
	        layout_panel((struct rect){ body.x, body.y, body.w, panel_rows(C, plot_max, rows) }, C, plot_max);
	rows = p.channels * (p.plot_h + 1);
	return layout_panel((struct rect){ body.x, body.y, body.w, rows }, C, plot_max);
}

void panel_update(struct ui *u, int plot_max, int rows_max)
{
	struct rect body = u->frame.body;
	bool grid = u->s.view == VIEW_GRID || u->s.view == VIEW_CLUSTERS, roomy = body.h >= ROOMY,
	     zoomed = viewport_zoomed(&u->s.shown),
	     axis = u->s.runs && (zoomed || body.h >= (grid ? GRID_ROOMY : ROOMY));
	u->panel = whole_channels(u, body, plot_max, u->s.runs ? rows_max : 0);
	if (axis && rows_max > 2) {
		/* the axis takes the place of a row of plots, but not of a channel */
		struct panel less = whole_channels(u, body, plot_max, rows_max - 1);
		bool room = less.channels == u->panel.channels;
		axis = zoomed || room;
		u->panel = axis && room ? less : u->panel;
	}
	struct panel *p = &u->panel;
	rect_top(&body, p->channels * (p->plot_h + 1));
	p->axis = rect_top(&body, axis && p->channels ? 1 : 0);
	p->axis.w = p->input.w;
	p->slider = rect_top(&body, roomy && u->s.runs && body.w >= SLIDER_W && session_lists(&u->s) ? 1 : 0);
	u->main = body;
	int C = (int)u->s.m->C;
	int most = C - u->panel.channels;
	if (u->s.channel > most)
		u->s.channel = most < 0 ? 0 : most;
}

/* Channel ch of the outputs v (outputs), or of their true values, as a series. */
static struct series channel_series(const struct model *m, const real *v, int64_t ch)
{
	return (struct series){ v + model_output_index(m, 0, ch), m->out_steps,
		                m->out_steps_outer ? m->out_channels : 1 };
}

/* The same, but of an output along the window the steps that are shown. */
struct series output_seen(const struct ui *u, const real *v, int64_t ch)
{
	const struct model *m = u->s.m;
	return span_series(viewport_span(&u->s.shown, m->T, m->out_steps), channel_series(m, v, ch));
}

struct series input_seen(const struct ui *u, const real *v, int64_t ch)
{
	const struct model *m = u->s.m;
	return span_series(viewport_span(&u->s.shown, m->T, m->T), (struct series){ v ? v + ch : NULL, m->T, m->C });
}

/* Whether the output is drawn over its input. */
static bool drawn_again(const struct ui *u)
{
	return u->s.q.task == TASK_RECONSTRUCTION && u->scene.output && !u->scene.window_stale;
}

/* The values at the bottom and the top of a channel's plot. */
static struct range channel_range(const struct ui *u, int64_t ch)
{
	struct range r = u->scene.channel[ch];
	return drawn_again(u) ? range_join(r, series_range(channel_series(u->s.m, u->scene.output, ch))) : r;
}

void saliency_strip(const struct ui *u, struct canvas *c, int x, int y, int w, struct series map, double max)
{
	if (saliency_methods[u->s.q.method].is_signed)
		plot_signed_strip(c, u->g, x, y, w, map, max);
	else
		plot_strip(c, u->g, x, y, w, map, max, S_STRIP);
}

/* Whether the strips show the saliency of the selected filter, not that of the target. */
static bool of_filter(const struct ui *u)
{
	int layer;
	int64_t filter;
	scene_selected(&u->scene, &u->s, &layer, &filter);
	return u->s.runs && layer >= 0;
}

/* The channel's share of the saliency, and whose saliency it is, or, where not all channels are seen, which channel:
 * "sal 59%", "filter 59%", "2/3 59%"; ".." where the share would be that of another filter, until the cursor rests. The
 * filter's number is not said: each key would write it anew. */
static void share_format(const struct ui *u, int64_t ch, int w, char *b, size_t size)
{
	static const char *const words[2][2] = { { "sal ", "saliency " }, { "filter ", "sal of filter " } };
	char which[44] = "", share[16] = "..";
	if (u->panel.channels < u->s.m->C)
		snprintf(which, sizeof which, "%lld/%lld ", (long long)ch + 1, (long long)u->s.m->C);
	else if (w >= 8)
		snprintf(which, sizeof which, "%s", words[of_filter(u)][u->canvas.w >= 120 && w >= 18]);
	if (u->scene.map && !u->scene.share_stale)
		snprintf(share, sizeof share, w >= 8 ? "%3.0f%%" : "%.0f%%", 100 * u->scene.share[ch]);
	bool both = (int)(strlen(which) + strlen(share)) <= w;
	snprintf(b, size, "%s%s", both || u->panel.channels < u->s.m->C ? which : "", both ? share : "");
}

static void channel_label(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct panel *p = &u->panel;
	char b[64], lo[32], hi[32];
	int w = p->label_w - 1;
	struct range range = channel_range(u, ch);
	if (w < 4)
		return;
	canvas_name(c, 0, y, w, S_CHANNEL, channel_name(u, ch, b, sizeof b));
	if (p->plot_h > 2)
		canvas_printf(c, 0, y + 1, w, S_AXIS, "%s",
		              number_format(hi, sizeof hi, channel_units(u, ch, range.hi), w));
	if (p->plot_h > 1)
		canvas_printf(
		        c, 0, y + p->plot_h - 1, w, S_AXIS, "%s",
		        number_format(lo, sizeof lo, channel_units(u, ch, p->plot_h > 2 ? range.lo : range.hi), w));
	share_format(u, ch, w, b, sizeof b);
	canvas_text(c, 0, y + p->plot_h, w, S_AXIS, b);
}

/* "50 steps" of series; the strip below shows the saliency of what is selected. A reconstruction is drawn over its
 * input.
 */
static void channel_draw(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct panel *p = &u->panel;
	struct rect r = { p->label_w, y, p->input.w - p->label_w, p->plot_h };
	struct series v = input_seen(u, u->scene.input, ch),
	              by = input_seen(u, u->scene.coloured ? u->scene.colour : NULL, ch);
	struct range range = channel_range(u, ch);
	plot_line(c, u->g, r, v, range,
	          (struct paint){ S_LINE, by, u->scene.colour_max, .is_signed = u->scene.colour_signed });
	if (drawn_again(u))
		plot_line(c, u->g, r, output_seen(u, u->scene.output, ch), range,
		          (struct paint){ .style = S_PREDICTED, .over = true });
	if (u->scene.map)
		saliency_strip(u, c, r.x, y + p->plot_h, r.w, input_seen(u, u->scene.map, ch), u->scene.map_max);
	if (u->scene.trace && u->scene.trace->share[0])
		plot_hits(c, u->g, r, v, range, input_seen(u, u->scene.trace->share[0], ch), u->scene.trace_max[0]);
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

/* The last steps of the series that is forecast, then y and ŷ, of `steps` steps; `first` is the output of the first
 * step and `stride` leads to the next. ch: the channel of the input. */
static void future_draw(const struct ui *u, struct canvas *c, struct rect r, int64_t ch, int64_t first, int64_t stride,
                        int64_t steps)
{
	const struct session *s = &u->s;
	int64_t T = s->m->T, C = s->m->C;
	int ahead = steps > 1 ? (int)(steps < r.w / 2 ? steps : r.w / 2) + 1 : 4;
	int64_t past = T < r.w - ahead ? T : r.w - ahead;
	if (past < 1 || steps < 1)
		return;
	struct series tail = { u->scene.input + (T - past) * C + ch, past, C };
	struct range range = series_range(tail);
	for (int64_t k = 0; k < steps; k++) {
		widen(&range, (double)u->scene.output[first + k * stride]);
		if (s->has_y)
			widen(&range, (double)s->y[first + k * stride]);
	}
	struct rect line = { r.x, r.y, r.w - ahead, r.h };
	plot_line(c, u->g, line, tail, range, (struct paint){ .style = S_LINE });
	int x = r.x + line.w + 1;
	for (int64_t k = 0; k < steps && k < ahead; k++) {
		if (s->has_y)
			point(u, c, r, x + (int)k, (double)s->y[first + k * stride], range, true);
		point(u, c, r, x + (steps > 1 ? (int)k : 1), (double)u->scene.output[first + k * stride], range, false);
	}
}

static void forecast_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct session *s = &u->s;
	int64_t n = s->m->outputs;
	bool known = s->d && s->d->n_predict > 0 && s->d->predict && s->d->n_y == n;
	int64_t per_step = known ? s->d->n_predict : n;
	int64_t ch = known && s->d->predict[0] < s->m->C ? s->d->predict[0] : 0;
	future_draw(u, c, r, ch, 0, per_step, n / (per_step ? per_step : 1));
}

/* ---- outputs with a time axis ---- */

/* The rectangle of row i of n below each other, which share r. */
static struct rect share_rows(struct rect r, int i, int n)
{
	return (struct rect){ r.x, r.y + r.h * i / n, r.w, r.h * (i + 1) / n - r.h * i / n };
}

/* Each channel: the output over the true values. */
static void sequence_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct session *s = &u->s;
	const struct model *m = s->m;
	int n = (int)(m->out_channels < r.h / 2 ? m->out_channels : r.h / 2);
	for (int i = 0; i < (n < 1 ? 1 : n); i++) {
		struct rect at = share_rows(r, i, n < 1 ? 1 : n);
		struct series out = output_seen(u, u->scene.output, i), y = output_seen(u, s->y, i);
		struct range range = series_range(out);
		if (s->has_y)
			range = range_join(range, series_range(y));
		if (s->has_y)
			plot_line(c, u->g, at, y, range, (struct paint){ .style = S_TRUE });
		plot_line(c, u->g, at, out, range, (struct paint){ .style = S_PREDICTED, .over = s->has_y });
	}
}

static void steps_ahead_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct model *m = u->s.m;
	const struct dataset *d = u->s.d;
	int n = (int)(m->out_channels < r.h / 2 ? m->out_channels : r.h / 2);
	for (int i = 0; i < (n < 1 ? 1 : n); i++) {
		int64_t ch = d && d->n_predict > i && d->predict && d->predict[i] < m->C ? d->predict[i] : i % m->C;
		future_draw(u, c, share_rows(r, i, n < 1 ? 1 : n), ch, model_output_index(m, 0, i),
		            m->out_steps_outer ? m->out_channels : 1, m->out_steps);
	}
}

/* Each channel: how far the output is from the window, at each step. */
static void misses_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct session *s = &u->s;
	const struct model *m = s->m;
	int n = (int)(m->out_channels < r.h ? m->out_channels : r.h);
	real *miss = xcalloc((size_t)m->outputs, sizeof *miss);
	for (int64_t k = 0; k < m->outputs && s->has_y; k++)
		miss[k] = (real)fabs((double)u->scene.output[k] - (double)s->y[k]);
	struct range range = { 0, series_range(series_of(miss, m->outputs)).hi };
	for (int i = 0; i < n && s->has_y; i++)
		plot_line(c, u->g, share_rows(r, i, n), output_seen(u, miss, i), range,
		          (struct paint){ .style = S_WARN });
	free(miss);
}

/* The letter of a class in a band. */
static char class_letter(int k)
{
	return (char)(k < 0 ? '.' : k < 26 ? 'A' + k : k < 52 ? 'a' + k - 26 : '?');
}

static int true_class(const struct session *s, int64_t t)
{
	return s->has_y ? model_true_class(s->m, s->y, t) : -1;
}

/* A strip of letters and colours: the class of each step. A column of several steps shows the class of the middle one.
 */
static int64_t step_of_column(const struct ui *u, int w, int x, int64_t *count)
{
	struct span p = viewport_span(&u->s.shown, u->s.m->T, u->s.m->out_steps);
	int64_t first;
	plot_samples(p.n, w, x, &first, count);
	return p.from + first;
}

void output_band(const struct ui *u, struct canvas *c, struct rect r, const real *output)
{
	for (int x = 0; x < r.w; x++) {
		int64_t count, first = step_of_column(u, r.w, x, &count);
		int k = model_step_class(u->s.m, output, first + count / 2);
		canvas_put(c, r.x + x, r.y, (int32_t)class_letter(k), style_cluster(k));
	}
}

static void band_draw(const struct ui *u, struct canvas *c, struct rect r, bool truth)
{
	const struct model *m = u->s.m;
	for (int x = 0; x < r.w; x++) {
		int64_t count, first = step_of_column(u, r.w, x, &count), t = first + count / 2;
		int k = truth ? true_class(&u->s, t) : model_step_class(m, u->scene.output, t);
		canvas_put(c, r.x + x, r.y, (int32_t)class_letter(k), style_cluster(k));
	}
}

/* Marks the columns in which the output is wrong at any step. */
static void wrong_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct model *m = u->s.m;
	for (int x = 0; x < r.w; x++) {
		int64_t count, first = step_of_column(u, r.w, x, &count);
		bool wrong = false;
		for (int64_t t = first; t < first + count; t++) {
			int k = true_class(&u->s, t);
			wrong |= k >= 0 && k != model_step_class(m, u->scene.output, t);
		}
		if (wrong)
			canvas_put(c, r.x + x, r.y, '!', S_WARN);
	}
}

/* The bands of the true and the predicted classes, where they differ, and what the letters mean. */
static void segmentation_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct session *s = &u->s;
	const struct model *m = s->m;
	int64_t K = model_step_classes(m);
	int y = r.y, end = r.y + r.h;
	struct rect band = { r.x + 2, y, r.w - 2, 1 };
	for (int truth = s->has_y; truth >= 0; truth--, band.y++) {
		canvas_put(c, r.x, band.y, truth ? u->g->truth : u->g->predicted, truth ? S_TRUE : S_PREDICTED);
		band_draw(u, c, band, truth);
	}
	if (s->has_y && band.y < end)
		wrong_draw(u, c, band);
	y = band.y + (s->has_y ? 1 : 0);
	for (int k = 0, x = r.x; k < K && y < end; k++) {
		char b[64];
		int64_t said = 0;
		output_name(u, k, b, sizeof b);
		for (int64_t t = 0; t < m->out_steps; t++)
			said += model_step_class(m, u->scene.output, t) == k;
		int w = text_width(b) + 8;
		if (x > r.x && x + w > r.x + r.w) {
			x = r.x;
			y++;
		}
		if (y >= end)
			break;
		canvas_put(c, x, y, (int32_t)class_letter(k), style_cluster(k));
		x += 2 + canvas_printf(c, x + 2, y, r.x + r.w - x - 2, S_DIM, "%s %.0f%%", b,
		                       100 * (double)said / (double)m->out_steps);
		x += 2;
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
	int x = head.x + (head.w >= 32 && u->s.q.task != TASK_RECONSTRUCTION
	                          ? canvas_text(c, head.x, head.y, head.w, S_DIM, "output  ")
	                          : 0);
	if (u->s.q.task == TASK_RECONSTRUCTION) {
		/* drawn over the input; here is how far apart they are */
		canvas_put(c, x++, head.y, u->g->predicted, S_PREDICTED);
		x += canvas_text(c, x, head.y, head.x + head.w - x, S_PREDICTED, " output  ");
		canvas_text(c, x, head.y, head.x + head.w - x, S_WARN, "error");
		misses_draw(u, c, r);
		return;
	}
	canvas_put(c, x++, head.y, u->g->truth, S_TRUE);
	truth_format(u, b, sizeof b);
	x += canvas_printf(c, x, head.y, head.x + head.w - x, S_TRUE, " %s  ", b);
	canvas_put(c, x++, head.y, u->g->predicted, S_PREDICTED);
	predicted_format(u, b, sizeof b);
	char *cut = strchr(b, ' ');
	if (cut)
		*cut = '\0';
	canvas_printf(c, x, head.y, head.x + head.w - x, S_PREDICTED, " %s", b);
	static void (*const draw[])(const struct ui *, struct canvas *, struct rect) = {
		[TASK_AUTO] = forecast_draw,          [TASK_REGRESSION] = forecast_draw,
		[TASK_CLASSIFICATION] = classes_draw, [TASK_FORECAST] = steps_ahead_draw,
		[TASK_RECONSTRUCTION] = misses_draw,  [TASK_SEGMENTATION] = segmentation_draw,
		[TASK_SEQUENCE] = sequence_draw,
	};
	draw[u->s.q.task](u, c, r);
}

/* The steps below the plots, and which of them are shown. */
static void time_draw(const struct ui *u, struct canvas *c)
{
	const struct panel *p = &u->panel;
	const struct session *s = &u->s;
	struct rect r = p->axis;
	struct rect label = rect_left(&r, p->label_w);
	int64_t T = s->m->T, at = -1;
	if (s->layer >= 0 && s->time[s->layer] >= 0 && session_layer_now(s)->times > 1)
		at = viewport_step(T, session_layer_now(s)->times, s->time[s->layer]);
	if (s->view == VIEW_EDIT)
		at = u->editor.at;
	axis_draw(u, c, r, T, viewport_span(&s->shown, T, T), at);
	label.w--;
	axis_label(u, c, label, axis_unit(u), 0); /* the strips say which of the channels are seen */
}

/* "percentile [####..]80  13 of 64   importance .:=# 0 to 1 in its layer" */
static void slider_draw(const struct ui *u, struct canvas *c)
{
	enum { BAR = 10 };
	const struct session *s = &u->s;
	const struct rows *r = &u->scene.rows[s->layer];
	struct rect line = u->panel.slider;
	int x = line.x + 1, end = line.x + line.w, full = (s->percentile * BAR + 50) / 100;
	x += canvas_text(c, x, line.y, -1, S_DIM, "percentile ");
	canvas_zone(c, (struct rect){ x, line.y, BAR + 2, 1 }, ZONE_PERCENTILE, 0);
	canvas_put(c, x++, line.y, u->g->end_l, S_AXIS);
	for (int i = 0; i < BAR; i++)
		canvas_put(c, x++, line.y, i < full ? u->g->part[8] : u->g->track, i < full ? S_IMPORTANCE : S_TRACK);
	canvas_put(c, x++, line.y, u->g->end_r, S_AXIS);
	x += canvas_printf(c, x, line.y, -1, S_TEXT, "%-3d  ", s->percentile);
	x += canvas_printf(c, x, line.y, -1, S_TEXT, "%d of %lld   ", r->n_shown, (long long)r->F);
	static const char before[] = "importance ", behind[] = " 0 to 1 in its layer";
	if (x + text_width(before) + 4 + text_width(behind) > end)
		return;
	x += canvas_text(c, x, line.y, -1, S_DIM, before);
	for (int i = 0; i < 4; i++)
		canvas_put(c, x++, line.y, u->g->shade[i], style_seq(i / 3.0));
	canvas_text(c, x, line.y, -1, S_DIM, behind);
}

void panel_draw(const struct ui *u, struct canvas *c)
{
	const struct panel *p = &u->panel;
	if (!u->s.runs || !u->scene.input)
		return;
	for (int i = 0; i < p->channels; i++)
		channel_draw(u, c, u->s.channel + i, p->input.y + i * (p->plot_h + 1));
	canvas_zone(c, (struct rect){ p->label_w, p->input.y, p->input.w - p->label_w, p->input.h + p->axis.h },
	            ZONE_INPUT, 0);
	output_draw(u, c, p->output);
	if (p->axis.h)
		time_draw(u, c);
	if (p->slider.h)
		slider_draw(u, c);
}

/* ---- what is seen ---- */

static bool is_classes(const struct ui *u)
{
	return u->s.q.task == TASK_CLASSIFICATION;
}
static bool is_forecast(const struct ui *u)
{
	return u->s.q.task == TASK_REGRESSION || u->s.q.task == TASK_AUTO || u->s.q.task == TASK_FORECAST;
}
static bool is_reconstruction(const struct ui *u)
{
	return u->s.q.task == TASK_RECONSTRUCTION;
}
static bool is_sequence(const struct ui *u)
{
	return u->s.q.task == TASK_SEQUENCE;
}
static bool is_segmentation(const struct ui *u)
{
	return u->s.q.task == TASK_SEGMENTATION;
}
static bool has_sign(const struct ui *u)
{
	return saliency_methods[u->s.q.method].is_signed;
}
static bool has_no_sign(const struct ui *u)
{
	return !has_sign(u);
}
static bool runs(const struct ui *u)
{
	return u->s.runs;
}
static bool of_target(const struct ui *u)
{
	return u->s.runs && !of_filter(u);
}
static bool has_axis(const struct ui *u)
{
	return u->panel.axis.h > 0;
}
static bool is_zoomed(const struct ui *u)
{
	return viewport_zoomed(&u->s.shown);
}
static bool has_slider(const struct ui *u)
{
	return u->panel.slider.h > 0;
}
/* Fewer steps are drawn as lines, whatever the width. */
static bool is_long(const struct ui *u)
{
	return u->s.runs && u->s.m->T > 100;
}

const struct legend legend_panel[] = {
	{ .text = "Input and output", .when = runs },
	SEEN("{line}", "a channel of the input over time; coloured where its saliency is above half of the largest",
	     .when = runs),
	SEEN("2.75 -2.31", "the largest and the smallest value of the channel", .style = S_AXIS, .when = runs),
	SEEN("{strip}",
	     "saliency: the higher the block, the more this step matters for the selected filter, or for the "
	     "target where no filter is selected; blank below a quarter of the largest",
	     .when = has_no_sign),
	SEEN("{signed}", "saliency with a sign: up where a larger value raises the target, down where it lowers it",
	     .when = has_sign),
	SEEN("sal 49%", "share of this channel in the saliency of the target over all channels", .style = S_AXIS,
	     .when = of_target),
	SEEN("filter 49%", "share of this channel in the saliency of the selected filter over all channels",
	     .style = S_AXIS, .when = of_filter),
	SEEN("{band}",
	     "where a line would be a solid block: from the smallest to the largest of many steps, their mean inside",
	     .when = is_long),
	SEEN("{up}", "the time cursor, around which < and > zoom in time", .when = has_axis),
	SEEN("{slider}", "which part of the window is shown: , and . move it, 0 shows all", .when = is_zoomed),
	SEEN("percentile {slider}",
	     "filters above this percentile of importance are listed: so many of all in this layer",
	     .when = has_slider),
	SEEN("importance {shades}", "the colours of importance", .when = has_slider),
	SEEN("{truth}", "the true value or class", .when = runs),
	SEEN("{predicted}", "the predicted value or class", .when = runs),
	SEEN("{line} {predicted}{truth}",
	     "the last steps of the series that is forecast, then the predicted and the true value",
	     .when = is_forecast),
	SEEN("{bar} 0.62", "the probability of a class", .when = is_classes),
	SEEN("error:", "how far the output is from the window at each step; over the input the output is drawn",
	     .style = S_WARN, .when = is_reconstruction),
	SEEN("AABB", "the class of each step, by letter and colour", .when = is_segmentation),
	SEEN("!", "the predicted class of the step is wrong", .style = S_WARN, .when = is_segmentation),
	SEEN("{line}{line}", "the output over the true values, each channel", .when = is_sequence),
	{ 0 },
};
