#include "ui/parts/filter_pane.h"

#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "core/prune/prune_facts.h"
#include "ui/state/format.h"

bool filter_heading(struct canvas *c, struct rect *r, const char *text)
{
	if (r->h < 2)
		return false;
	struct rect head = rect_top(r, 1);
	canvas_text(c, head.x, head.y, head.w, S_DIM, text);
	return true;
}

/* ---- over all windows ---- */

enum { BINS = 24 };

/* The numbers of values of the activation in BINS equal parts of its range, by the buckets of the survey. */
static void bins_of(const struct survey_filter *q, real *bin)
{
	const struct spread *a = &q->activation;
	double span = a->max - a->min;
	memset(bin, 0, BINS * sizeof *bin);
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < q->histogram.side[k].n; i++) {
			double v = (k ? 1 : -1) *
			           exp2((q->histogram.side[k].from + i + 0.5) / SURVEY_OCTAVE + SURVEY_LOWEST);
			int at = span > 0 ? (int)((v - a->min) / span * BINS) : 0;
			bin[at < 0 ? 0 : at >= BINS ? BINS - 1 : at] += (real)q->histogram.side[k].count[i];
		}
	int at = span > 0 ? (int)(-a->min / span * BINS) : 0;
	bin[at < 0 ? 0 : at >= BINS ? BINS - 1 : at] += (real)(q->histogram.zero + q->histogram.tiny);
}

static void part_format(char *b, size_t size, const struct set_filter *q, double part)
{
	snprintf(b, size, part > 0 && part < 0.1 ? "%.1f %%" : "%.0f %%", 100 * (q->dead ? 0 : part));
}

void filter_alive(const struct ui *u, struct canvas *c, struct rect *r, const struct set_filter *of)
{
	const struct survey_set *set = u->scene.survey.set;
	char b[200], part[32], lo[16], hi[16];
	real bin[BINS];
	if (!of || r->h < 12)
		return;
	struct rect line = rect_top(r, 1);
	part_format(part, sizeof part, of, of->alive);
	snprintf(b, sizeof b, "alive in %s of %lld windows", part, (long long)set->plan.windows);
	if (text_width(b) > line.w)
		snprintf(b, sizeof b, "alive in %s of %lld", part, (long long)set->plan.windows);
	canvas_text(c, line.x, line.y, line.w, of->dead ? S_WARN : S_TEXT,
	            of->dead ? "dead: constant over all windows" : b);
	if (of->dead)
		return;
	if (!isnan(of->unique)) {
		part_format(part, sizeof part, of, of->unique);
		line = rect_top(r, 1);
		snprintf(b, sizeof b, "unique %s of its variance%s", part,
		         of->unique < UNIQUE_REDUNDANT ? ": redundant" : "");
		if (text_width(b) > line.w)
			snprintf(b, sizeof b, "unique %s%s", part, of->unique < UNIQUE_REDUNDANT ? ": redundant" : "");
		canvas_text(c, line.x, line.y, line.w, of->unique < UNIQUE_REDUNDANT ? S_WARN : S_TEXT, b);
	}
	bins_of(&of->all, bin);
	line = rect_top(r, 1);
	int n = canvas_printf(c, line.x, line.y, 8, S_AXIS, "%s ",
	                      number_format(lo, sizeof lo, of->all.activation.min, 6));
	number_format(hi, sizeof hi, of->all.activation.max, 6);
	int room = line.w - n - 1 - text_width(hi), bins = room < BINS ? room : BINS;
	double most = 0;
	for (int i = 0; i < BINS; i++)
		bin[i] = (real)sqrt((double)bin[i]), most = fmax(most, (double)bin[i]);
	plot_strip(c, u->g, line.x + n, line.y, bins, series_of(bin, BINS), most, S_LINE);
	canvas_text(c, line.x + n + bins + 1, line.y, 7, S_AXIS, hi);
	if (!of->class_of)
		return;
	line = rect_top(r, 1);
	for (int64_t k = 0, x = 0; k < set->plan.classes && x < line.w; k++) {
		const struct survey_filter *q = &of->class_of[k];
		part_format(part, sizeof part, of, q->windows ? (double)q->alive / (double)q->windows : 0);
		snprintf(b, sizeof b, "%s %s  ", set->plan.class_name[k], part);
		x += canvas_text(c, line.x + (int)x, line.y, line.w - (int)x, S_TEXT, b);
	}
}

/* ---- the kernel ---- */

/* A weight as a cell: height of its size, and its sign by a glyph where it is small, by reverse where it is large; by
 * colour too. */
static void weight_cell(const struct ui *u, struct canvas *c, int x, int y, double v)
{
	int e = (int)lrint(fabs(v) * 8);
	bool down = v < 0 && e > 0;
	canvas_put(c, x, y, down && e < 2 ? '-' : u->g->level[e > 8 ? 8 : e],
	           style_div(v) | (down ? STYLE_UNDERLINE : 0));
}

/* A weight in at most 6 columns: with a sign and two digits behind the point unless these would say nothing of weights
 * whose largest size is max. */
static const char *weight_format(char *b, size_t size, double v, double max)
{
	enum { W = 5 };
	if (max < 0.1 || max >= 10)
		return number_format(b, size, v, W);
	snprintf(b, size, "%+.2f", v);
	return b;
}

/* One channel's taps: numbers where there is room, else cells. */
static void taps_draw(const struct ui *u, struct canvas *c, struct rect r, const real *w, int64_t taps, double max)
{
	if (taps * 6 <= r.w) {
		char b[32];
		for (int64_t k = 0; k < taps; k++)
			canvas_text(c, r.x + (int)k * 6, r.y, 5, style_div((double)w[k] / max),
			            weight_format(b, sizeof b, (double)w[k], max));
		return;
	}
	for (int x = 0; x < r.w && x < taps; x++)
		weight_cell(u, c, r.x + x, r.y, (double)w[taps > r.w ? x * taps / r.w : x] / max);
}

/* Rows are taps, columns channels: 64 channels of 3 taps are 3 rows. */
static void heat_draw(const struct ui *u, struct canvas *c, struct rect *r, double max)
{
	const struct kernel *k = &u->scene.kernel;
	int w = r->w - 2 < k->channels ? r->w - 2 : (int)k->channels;
	for (int64_t tap = 0; tap < k->taps && r->h > 0; tap++) {
		struct rect line = rect_top(r, 1);
		canvas_printf(c, line.x, line.y, 2, S_AXIS, "%lld", (long long)tap);
		for (int x = 0; x < w; x++) {
			/* of the channels in a column the heaviest weight */
			int64_t from = x * k->channels / w, to = (x + 1) * k->channels / w;
			double v = 0;
			for (int64_t ch = from; ch < to; ch++)
				v = fabs((double)k->w[ch * k->taps + tap]) > fabs(v) ? (double)k->w[ch * k->taps + tap]
				                                                     : v;
			weight_cell(u, c, line.x + 2 + x, line.y, v / max);
		}
	}
}

static void histogram_draw(const struct ui *u, struct canvas *c, struct rect line)
{
	const struct kernel *k = &u->scene.kernel;
	static const char title[] = "weights ";
	real bin[KERNEL_BINS];
	char lo[32], hi[32];
	double most = 0, max = fmax(fabs(k->min), fabs(k->max));
	for (int i = 0; i < KERNEL_BINS; i++) {
		bin[i] = (real)k->bin[i];
		most = fmax(most, (double)bin[i]);
	}
	if (k->channels * k->taps < 4 || line.w < KERNEL_BINS + 12)
		return;
	int n = canvas_text(c, line.x, line.y, -1, S_TEXT, title);
	n += canvas_printf(c, line.x + n, line.y, 8, S_AXIS, "%s ", weight_format(lo, sizeof lo, k->min, max));
	weight_format(hi, sizeof hi, k->max, max);
	int room = line.w - n - 1 - text_width(hi), bins = room < KERNEL_BINS ? room : KERNEL_BINS;
	plot_strip(c, u->g, line.x + n, line.y, bins, series_of(bin, KERNEL_BINS), most, S_LINE);
	canvas_text(c, line.x + n + bins + 1, line.y, 7, S_AXIS, hi);
}

void filter_kernel(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct kernel *k = &u->scene.kernel;
	const struct layer *l = session_layer_now(&u->s);
	char b[128], m[32], d[32], v[32];
	if (!k->w || r.h < 2)
		return;
	double max = fmax(fabs(k->min), fabs(k->max));
	max = max > 0 ? max : 1;
	snprintf(b, sizeof b, "kernel, %lld channel%s x %lld tap%s", (long long)k->channels,
	         k->channels == 1 ? "" : "s", (long long)k->taps, k->taps == 1 ? "" : "s");
	filter_heading(c, &r, b);
	bool map = k->channels > 4 && k->channels > r.h && k->taps <= r.h;
	int64_t shown = map ? k->taps : k->channels;
	if (r.h >= 3 && r.h > shown + 1)
		histogram_draw(u, c, rect_bottom(&r, 1));
	if (r.h >= 3 && r.h > shown) {
		struct rect line = rect_bottom(&r, 1);
		char parts[3][40];
		snprintf(parts[0], sizeof parts[0], "mean %s", weight_format(m, sizeof m, k->mean, max));
		snprintf(parts[1], sizeof parts[1], " sd %s",
		         weight_format(d, sizeof d, k->std, max) + (max >= 0.1 && max < 10));
		parts[2][0] = '\0';
		if (!isnan(k->bias))
			snprintf(parts[2], sizeof parts[2], " bias %s", weight_format(v, sizeof v, k->bias, max));
		bool all = (int)(strlen(parts[0]) + strlen(parts[1]) + strlen(parts[2])) <= line.w;
		canvas_printf(c, line.x, line.y, line.w, S_TEXT, "%s%s%s", parts[0], all ? parts[1] : "", parts[2]);
	}
	bool whole = k->channels <= r.h; /* in the order of the input; else the heaviest */
	bool input = l->n_in == 1 && u->s.m->layer[l->in[0]].kind == LAYER_INPUT && k->channels == u->s.m->C;
	if (map)
		heat_draw(u, c, &r, max);
	for (int64_t i = 0; i < k->channels && r.h > 0; i++) {
		struct rect line = rect_top(&r, 1);
		int ch = whole ? (int)i : k->order[i];
		if (input)
			channel_name(u, ch, b, sizeof b);
		else
			snprintf(b, sizeof b, "#%d", ch);
		canvas_name(c, line.x, line.y, 7, S_TEXT, b);
		rect_left(&line, 8);
		taps_draw(u, c, line, k->w + (int64_t)ch * k->taps, k->taps, max);
	}
}
