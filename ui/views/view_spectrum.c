/* The saliency of the target over frequencies: how much each band of each channel adds to what is explained. Only
 * methods whose map is x - x' times a mean gradient have such a spectrum (core/probe/spectrum.h). */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/probe/spectrum.h"
#include "ui/actions/actions.h"
#include "ui/state/format.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"

enum { CHANNEL_LEAST = 3, CHANNEL_MOST = 17, PAGE = 10 };

struct own {
	struct list list; /* over the bands; first, so that the data are those of a list */
	bool placed;      /* the cursor has been put on the largest band of a spectrum */
};

static bool has_spectrum(const struct ui *u)
{
	return saliency_methods[u->s.q.method].spectrum;
}

/* (bands,C), or NULL: there is none, or it is not there yet. */
static const double *bands_of(const struct ui *u)
{
	return u->scene.spectrum ? u->scene.spectrum->bands : NULL;
}

static int bands(const struct ui *u)
{
	return bands_of(u) ? (int)spectrum_bands(u->s.m->T) : 0;
}

static double sum_of(const struct ui *u, int64_t ch)
{
	double sum = 0;
	for (int k = 0; k < bands(u); k++)
		sum += bands_of(u)[k * u->s.m->C + ch];
	return sum;
}

static double sum_of_all(const struct ui *u)
{
	double sum = 0;
	for (int64_t ch = 0; ch < u->s.m->C; ch++)
		sum += sum_of(u, ch);
	return sum;
}

static double sum_of_map(const struct ui *u)
{
	const real *map = scene_map(&u->scene, -1, 0);
	double sum = 0;
	for (int64_t i = 0; map && i < u->s.m->T * u->s.m->C; i++)
		sum += (double)map[i];
	return sum;
}

/* The sum of abs(map): what rounding is measured by. */
static double size_of_map(const struct ui *u)
{
	const real *map = scene_map(&u->scene, -1, 0);
	double sum = 0;
	for (int64_t i = 0; map && i < u->s.m->T * u->s.m->C; i++)
		sum += fabs((double)map[i]);
	return sum;
}

/* The band whose channels have the largest sum of absolute values. */
static int largest(const struct ui *u)
{
	int64_t C = u->s.m->C;
	double most = -1;
	int at = 0;
	for (int k = 0; k < bands(u); k++) {
		double size = 0;
		for (int64_t ch = 0; ch < C; ch++)
			size += fabs(bands_of(u)[k * C + ch]);
		if (size > most) {
			most = size;
			at = k;
		}
	}
	return at;
}

static void spectrum_open(struct ui *u)
{
	struct own *o = u->data[VIEW_SPECTRUM];
	o->placed = false;
}

static void spectrum_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_SPECTRUM];
	(void)changed;
	panel_update(u, u->frame.body.h >= 40 ? 3 : 1, u->frame.body.h * 3 / 10);
	if (!o->placed && bands(u)) {
		o->list.at = largest(u);
		o->placed = true;
	}
	if (bands(u))
		list_keep(&o->list, bands(u), bands(u));
}

/* "0.125 Hz, every 8 steps", where the rate is not known "3 cycles a window, every 8 steps". */
static const char *band_text(const struct ui *u, int64_t k, char *buf, size_t size)
{
	double rate = window_rate(u), T = (double)u->s.m->T;
	char f[32], steps[32];
	if (k == 0) {
		snprintf(buf, size, "0, the level");
		return buf;
	}
	number_format(steps, sizeof steps, T / (double)k, 7);
	if (rate > 0)
		snprintf(buf, size, "%s Hz, every %s steps", number_format(f, sizeof f, (double)k * rate / T, 9),
		         steps);
	else
		snprintf(buf, size, "%lld cycle%s a window, every %s steps", (long long)k, k == 1 ? "" : "s", steps);
	return buf;
}

static void no_spectrum(const struct ui *u, char *buf, size_t size)
{
	char key[32];
	action_key_format(u, action_find("method"), key, sizeof key);
	snprintf(buf, size,
	         "%s has no spectrum. Only gradient x input and integrated gradients have one: their maps are a "
	         "difference times a mean gradient, and add up over frequencies as over steps. %s changes the "
	         "method.",
	         saliency_methods[u->s.q.method].label, key);
}

/* ---- drawing ---- */

static void text_draw(struct canvas *c, struct rect r, unsigned style, const char *s)
{
	char line[400];
	while (*s && r.h > 0) {
		struct rect row = rect_top(&r, 1);
		size_t n = text_fit(s, r.w > 1 ? r.w : 1);
		snprintf(line, sizeof line, "%.*s", (int)n, s);
		canvas_text(c, row.x, row.y, row.w, style, line);
		s += n;
		while (*s == ' ')
			s++;
	}
}

static void title_draw(const struct ui *u, struct canvas *c, struct rect *r)
{
	struct rect line = rect_top(r, 1);
	struct target t = u->s.q.target;
	char of[TARGET_TEXT], b[256], sum[32], map[32];
	double off = fabs(sum_of_all(u) - sum_of_map(u));
	const char *method = saliency_methods[u->s.q.method].label;
	target_words(u, &t, of, sizeof of);
	snprintf(b, sizeof b, "spectrum of the saliency of %s, %s", of, method);
	if (text_width(b) > line.w - 2)
		snprintf(b, sizeof b, "spectrum: %s", method);
	int x = 1 + canvas_text(c, 1, line.y, line.w - 2, S_TITLE, b) + 2;
	if (!bands(u) || !scene_map(&u->scene, -1, 0))
		return;
	number_format(sum, sizeof sum, sum_of_all(u), 9);
	number_format(map, sizeof map, sum_of_map(u), 9);
	snprintf(b, sizeof b,
	         off > 1e-4 * size_of_map(u) ? "adds up to %s, the map to %s" : "adds up to %s, as the map", sum, map);
	if (text_width(b) > line.w - x - 1 && r->h > 2 + 2 * CHANNEL_LEAST) {
		line = rect_top(r, 1);
		x = 1;
	}
	if (text_width(b) <= line.w - x - 1)
		canvas_text(c, x, line.y, -1, S_TEXT, b);
}

/* Bands of a channel in at most w columns, each the sum of its bands, so that nothing is lost. Without the level,
 * beside which the others would be too low to be seen. */
static int columns_of(const struct ui *u, int64_t ch, int w, real *v)
{
	int n = bands(u) - 1, columns = n < w ? n : w;
	for (int x = 0; x < columns; x++) {
		int64_t first, count;
		double sum = 0;
		plot_samples(n, columns, x, &first, &count);
		for (int64_t k = first; k < first + count; k++)
			sum += bands_of(u)[(k + 1) * u->s.m->C + ch];
		v[x] = (real)sum;
	}
	return columns;
}

static void channel_draw(const struct ui *u, struct canvas *c, int64_t ch, struct rect r, double most)
{
	const struct own *o = u->data[VIEW_SPECTRUM];
	char b[64];
	struct rect label = rect_left(&r, u->panel.label_w);
	double part = bands_of(u)[o->list.at * u->s.m->C + ch];
	canvas_name(c, label.x, label.y, label.w - 1, S_CHANNEL, channel_name(u, ch, b, sizeof b));
	canvas_printf(c, label.x, label.y + 1, label.w - 1, S_TEXT, "%s",
	              number_format(b, sizeof b, part, label.w - 1));
	if (label.h > 3 && label.w >= 12)
		canvas_printf(c, label.x, label.y + 2, label.w - 1, S_AXIS, "of %s",
		              number_format(b, sizeof b, sum_of(u, ch), label.w - 4));
	real *v = xcalloc((size_t)(r.w > 0 ? r.w : 1), sizeof *v);
	int n = columns_of(u, ch, r.w, v);
	r.h = label.h > 3 ? r.h - 1 : r.h;
	plot_signed(c, u->g, r, series_of(v, n), most);
	free(v);
}

/* The slowest band, the fastest one, and the cursor between them; on the level it stands before them. */
static void axis_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_SPECTRUM];
	int n = bands(u) - 1;
	double slowest = window_rate(u) / (double)u->s.m->T;
	char b[64], v[32];
	rect_left(&r, u->panel.label_w);
	if (n < 1 || r.w < 1)
		return;
	int x = o->list.at ? r.x + plot_column_of(n, r.w, o->list.at - 1) : r.x - 1;
	x = x < 0 ? 0 : x;
	/* the mark cuts no number */
	snprintf(b, sizeof b, "%s", slowest > 0 ? number_format(v, sizeof v, slowest, 9) : "1");
	if (x < r.x || x > r.x + text_width(b))
		canvas_text(c, r.x, r.y, -1, S_AXIS, b);
	if (slowest > 0)
		snprintf(b, sizeof b, "%s Hz", number_format(v, sizeof v, n * slowest, 9));
	else
		snprintf(b, sizeof b, "%d cycle%s a window", n, n == 1 ? "" : "s");
	if (x < r.x + r.w - text_width(b) - 1)
		canvas_right(c, r.x + 1, r.y, r.w - 1, S_AXIS, b);
	canvas_put(c, x, r.y, u->g->up, S_BORDER_ON);
}

static void band_line(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_SPECTRUM];
	char b[160];
	band_text(u, o->list.at, b, sizeof b);
	canvas_cursor(c, 1, r.y);
	int x = 1 + canvas_text(c, 1, r.y, r.w - 2, S_TEXT | STYLE_REVERSE, b) + 1;
	double sum = 0;
	for (int64_t ch = 0; ch < u->s.m->C; ch++)
		sum += bands_of(u)[o->list.at * u->s.m->C + ch];
	char v[32];
	if (x + 20 < r.w)
		canvas_printf(c, x, r.y, r.w - x - 1, S_TEXT, "adds %s", number_format(v, sizeof v, sum, 9));
}

/* As columns show sums, their scale is that of the largest sum. */
static double scale_of(const struct ui *u, int w)
{
	double most = 0;
	real *v = xcalloc((size_t)(w > 0 ? w : 1), sizeof *v);
	for (int64_t ch = 0; ch < u->s.m->C; ch++)
		most = fmax(most, series_abs_max(series_of(v, columns_of(u, ch, w, v))));
	free(v);
	return most;
}

static void spectrum_draw(const struct ui *u, struct canvas *c)
{
	struct rect r = u->main;
	char b[400];
	panel_draw(u, c);
	title_draw(u, c, &r);
	if (!has_spectrum(u)) {
		no_spectrum(u, b, sizeof b);
		canvas_cursor(c, 1, r.y);
		text_draw(c, (struct rect){ 1, r.y, r.w - 2, r.h }, S_TEXT, b);
		canvas_mark(c, (struct rect){ 1, r.y, (int)strcspn(b, " "), 1 }, STYLE_REVERSE);
		return;
	}
	if (!bands(u)) {
		canvas_cursor(c, 1, r.y);
		canvas_put(c, 1, r.y, c->ellipsis, S_DIM | STYLE_REVERSE);
		return;
	}
	band_line(u, c, rect_top(&r, 1));
	struct rect axis = rect_bottom(&r, 1);
	int channels = (int)(u->s.m->C - u->s.channel), fit = r.h / CHANNEL_LEAST;
	fit = fit < 1 ? 1 : fit > channels ? channels : fit;
	int rows = r.h / fit > CHANNEL_MOST ? CHANNEL_MOST : r.h / fit;
	double most = scale_of(u, r.w - u->panel.label_w);
	for (int k = 0; k < fit; k++)
		channel_draw(u, c, u->s.channel + k, rect_top(&r, rows), most);
	axis.y = r.y;
	axis_draw(u, c, axis);
}

/* ---- moving ---- */

static unsigned spectrum_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_SPECTRUM];
	m = m == MOVE_LEFT ? MOVE_UP : m == MOVE_RIGHT ? MOVE_DOWN : m;
	return bands(u) ? list_move(&o->list.at, bands(u), PAGE, m) : 0;
}

static bool spectrum_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	return list_find(u, u->data[VIEW_SPECTRUM], band_text, bands(u), word, step, changed);
}

static void spectrum_dump(struct ui *u, FILE *f)
{
	char b[400];
	struct target t = u->s.q.target;
	if (!has_spectrum(u)) {
		no_spectrum(u, b, sizeof b);
		fprintf(f, "%s\n", b);
		return;
	}
	target_words(u, &t, b, sizeof b);
	fprintf(f, "spectrum of the saliency of %s by %s\n", b, saliency_methods[u->s.q.method].label);
	fprintf(f, "adds up to %.9g, the map to %.9g\n", sum_of_all(u), sum_of_map(u));
	for (int64_t ch = 0; ch < u->s.m->C; ch++)
		fprintf(f, "%s %.9g\n", channel_name(u, ch, b, sizeof b), sum_of(u, ch));
	for (int k = 0; k < bands(u); k++) {
		fprintf(f, "%s:", band_text(u, k, b, sizeof b));
		for (int64_t ch = 0; ch < u->s.m->C; ch++)
			fprintf(f, "%s %s %.9g", ch ? "," : "", channel_name(u, ch, b, sizeof b),
			        bands_of(u)[k * u->s.m->C + ch]);
		fprintf(f, "\n");
	}
}

static const struct legend legend[] = {
	SEEN("spectrum of sum", "how much each frequency of the window adds to the target, and by which method",
	     .style = S_TITLE),
	SEEN("adds up to 1.4", "the sum of all bands of all channels, which is the sum of the map over all steps"),
	SEEN("{selected}", "the band under the cursor: its frequency and its period; then what all channels add in it"),
	SEEN("load 0.42", "what this channel adds in the band under the cursor", .style = S_CHANNEL),
	SEEN("of 1.4", "what this channel adds in all bands", .style = S_AXIS),
	SEEN("{signed}", "what a band adds: up raises the target, down lowers it; where bands share a column, their "
	                 "sum; the level, "
	                 "which is often much larger, stands in numbers alone: Home goes to it"),
	SEEN("{up}", "the band under the cursor, on the axis of frequencies"),
	SEEN("12 cycles",
	     "the fastest band, half a cycle a step; in Hz where the file, time stamps or --rate say how fast the "
	     "steps are",
	     .style = S_AXIS),
	SEEN("{ellipsis}", "not computed yet"),
	{ .keys = "left,right", .text = "a slower band, a faster one" },
	{ .keys = "method", .text = "next method; two of them have a spectrum, the others say so" },
	{ .rows = legend_panel },
	{ 0 },
};

const struct view view_spectrum = {
	.id = VIEW_SPECTRUM,
	.name = "spectrum",
	.title = "Spectrum",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_TARGET_MAP | NEEDS_SPECTRUM,
	.hints = "left,right:band method baseline window-previous,window-next:window target channel search",
	.open = spectrum_open,
	.search = spectrum_search,
	.depends = CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_LIST | CHANGED_LOOK,
	.update = spectrum_update,
	.draw = spectrum_draw,
	.move = spectrum_move,
	.dump = spectrum_dump,
};
