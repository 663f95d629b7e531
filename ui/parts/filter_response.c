#include "ui/parts/filter_pane.h"

#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"

bool filter_response_of(const struct ui *u, int64_t ch, real *v)
{
	const struct scene *sc = &u->scene;
	int layer = u->s.layer, f = u->s.filter[layer];
	if (scene_measures(&u->s, layer)) {
		const struct answer *a = sc->response[layer];
		if (a)
			memcpy(v, a->response + (f * a->response_channels + ch) * RESPONSE_BINS,
			       RESPONSE_BINS * sizeof *v);
		return a != NULL;
	}
	const struct kernel *k = &sc->kernel;
	if (!k->w || ch >= k->channels)
		return false;
	double gain[RESPONSE_BINS];
	response_of_kernel(k->w + ch * k->taps, k->taps, layer_dilation(u->s.m, layer), gain);
	for (int i = 0; i < RESPONSE_BINS; i++)
		v[i] = (real)gain[i];
	return true;
}

int64_t filter_responses(const struct ui *u)
{
	int64_t C = u->s.m->C;
	return C <= RESPONSE_CHANNELS_MAX || !scene_measures(&u->s, u->s.layer) ? C : 1;
}

/* What the right end of the axis is called: half a cycle a step, or in Hz where the rate is known. */
static void rate_format(const struct ui *u, char *b, size_t size)
{
	double rate = window_rate(u);
	char v[32];
	if (rate > 0)
		snprintf(b, size, "%s Hz", number_format(v, sizeof v, rate / 2, 8));
	else
		snprintf(b, size, "0.5 cycles per step");
}

void filter_response(const struct ui *u, struct canvas *c, struct rect r)
{
	enum { LABEL = 8, LOW = 5 };
	int64_t n = filter_responses(u);
	char b[96], end[48];
	real v[RESPONSE_BINS];
	bool low = r.h < LOW, measured = scene_measures(&u->s, u->s.layer), there = filter_response_of(u, 0, v);
	rate_format(u, end, sizeof end);
	if (low && there) {
		snprintf(b, sizeof b, "response 0 to %s", end);
		if (text_width(b) > r.w)
			snprintf(b, sizeof b, "response 0 to 0.5 per step");
	} else
		snprintf(b, sizeof b, "frequency response%s%s", measured ? ", measured" : " of the kernel",
		         there ? "" : ": at work");
	if (!filter_heading(c, &r, b) || !there)
		return;
	struct rect axis = { 0 };
	if (!low)
		axis = rect_bottom(&r, 1);
	int64_t most_rows = low ? r.h : r.h / 2, fit = most_rows < n ? most_rows : n;
	int rows = (int)(r.h / (fit ? fit : 1)) > 4 ? 4 : (int)(r.h / (fit ? fit : 1));
	double most = 0;
	for (int64_t ch = 0; ch < n; ch++)
		if (filter_response_of(u, ch, v))
			most = fmax(most, series_abs_max(series_of(v, RESPONSE_BINS)));
	for (int64_t ch = 0; ch < fit && filter_response_of(u, ch, v); ch++) {
		struct rect plot = rect_top(&r, rows);
		char peak[24];
		if (n == 1 && u->s.m->C > 1)
			snprintf(b, sizeof b, "all");
		else
			channel_name(u, ch, b, sizeof b);
		canvas_name(c, plot.x, plot.y, LABEL - 1, S_TEXT, b);
		if (plot.h > 1)
			canvas_text(c, plot.x, plot.y + 1, LABEL - 1, S_AXIS,
			            number_format(peak, sizeof peak, series_abs_max(series_of(v, RESPONSE_BINS)), 6));
		rect_left(&plot, LABEL);
		plot_line(c, u->g, plot, series_of(v, RESPONSE_BINS), (struct range){ 0, most },
		          (struct paint){ .style = S_LINE });
	}
	if (low)
		return;
	axis.y = r.y;
	canvas_text(c, axis.x + LABEL, axis.y, 1, S_AXIS, "0");
	canvas_right(c, axis.x + LABEL + 1, axis.y, axis.w - LABEL - 1, S_AXIS, end);
}

int filter_response_rows(const struct ui *u, int h)
{
	enum { MUCH = 20, SOME = 10, SMALL = 3 };
	const struct layer *l = session_layer_now(&u->s);
	int64_t n = filter_responses(u);
	if (!l->has_time || l->times < 2 || (!scene_measures(&u->s, u->s.layer) && !u->scene.kernel.w))
		return 0;
	if (h >= MUCH)
		return 2 + 4 * n < h / 3 ? (int)(2 + 4 * n) : h / 3;
	return h < SOME ? 0 : n > 1 ? SMALL : SMALL - 1;
}
