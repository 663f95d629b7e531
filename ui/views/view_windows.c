/* The data set's windows, the worst first: place, truth, prediction, error, a small plot and the step at which saliency
 * is largest. Above them stands a histogram of the errors, and on a wide screen the window under the cursor at the
 * right. Enter jumps. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/model/loss.h"
#include "ui/state/format.h"
#include "ui/parts/list.h"
#include "ui/parts/window_pane.h"

enum { MINI = 64 };

/* A channel of one window in as many values as its small plot has dots. */
struct mini {
	int64_t window, channel; /* window: row of the list */
	const struct edited *of; /* what was edited there; NULL: nothing. Only compared */
	int n;
	real v[MINI];
};

struct own {
	struct mini *mini; /* [n_mini] of the rows on the screen */
	int n_mini;
	struct window_pane pane;
	/* the histogram of the errors that are seen */
	int *count, bins; /* [bins] */
	int most;
	double lo, hi; /* of the finite errors */
	int64_t counted, known;
};

static void windows_release_own(void *data)
{
	struct own *o = data;
	free(o->mini);
	free(o->count);
	window_pane_release(&o->pane);
}

/* ---- where things stand ---- */

enum { WIDE = 120, HISTOGRAM = 3, HISTOGRAM_FROM = 14 };

/* The list, without the pane at its right. */
static struct rect list_area(const struct ui *u)
{
	struct rect r = u->frame.body;
	r.w = r.w < WIDE ? r.w : r.w * 11 / 20 > 79 ? r.w * 11 / 20 : 79;
	return r;
}

static struct rect pane_area(const struct ui *u)
{
	struct rect r = u->frame.body, list = list_area(u);
	rect_left(&r, list.w + 1);
	return r;
}

static int histogram_rows(const struct ui *u)
{
	return u->frame.body.h >= HISTOGRAM_FROM && windows_have_truth(&u->windows) ? HISTOGRAM : 0;
}

/* One row says how good the model is over all windows. */
static int quality_rows(const struct ui *u)
{
	return histogram_rows(u) > 0;
}

static int room_of(const struct ui *u)
{
	return u->frame.body.h - 2 - quality_rows(u) - histogram_rows(u);
}

struct column {
	int x, w; /* w 0: not there */
};
struct columns_of_list {
	struct column sorted[WINDOWS_SORTS];
	struct column rank, bar, plot, peak;
};

/* Widths of the time stamp and of the group, which share `rest` columns of the screen. Where these are few, the group
 * alone is shown. */
static void share_rest(const struct ui *u, int rest, int *from, int *group)
{
	const struct windows *w = &u->windows;
	int longest = 7, half = rest / 2 < 24 ? rest / 2 : 24;
	*from = rest > 19 ? 19 : rest;
	*group = 0;
	if (!windows_grouped(w))
		return;
	for (int g = 0; g < w->d->n_group && longest < half; g++) {
		int n = text_width(w->d->group_name[g]);
		longest = n > longest ? n : longest;
	}
	*group = rest < 14 ? rest : longest < half ? longest : half;
	*from = rest < 14 ? 0 : rest - *group - 1 > 19 ? 19 : rest - *group - 1;
}

enum { PLOT_LEAST = 6 };

/* How many of the `rest` columns are missing for a time stamp. */
static int stamp_lacks(const struct ui *u, int rest)
{
	int need = text_width(dataset_stamp(u->s.d, 0, 0));
	need = need > 19 ? 19 : need;
	return need > rest ? need - rest : 0;
}

/* Where the columns stand. The small plot gives columns to the time stamp. On a narrow screen the time stamp gives way,
 * and the small plots, peaks and ranks are left out. */
static void columns_place(const struct ui *u, struct columns_of_list *q)
{
	int width = list_area(u).w;
	bool wide = width >= 64, label = windows_labelled(&u->windows), truth = windows_have_truth(&u->windows);
	int number = width >= 100 ? 11 : wide ? 9 : 7, index = wide ? 7 : 6;
	int peak = wide ? 5 : 0, rank = width >= 100 && truth ? 6 : 0, bar = wide && truth ? 6 : 0;
	int plot = width >= 100 ? 20 : width >= 76 ? 11 : 0;
	int right = (peak ? peak + 1 : 0) + (rank ? rank + 1 : 0) + (bar ? bar + 1 : 0) + (plot ? plot + 1 : 0);
	int rest = width - 1 - index - 1 - 3 * (number + 1) - (label ? number + 1 : 0) - right;
	int lacks = plot ? stamp_lacks(u, rest) : 0;
	if (lacks && plot - lacks >= PLOT_LEAST) {
		plot -= lacks;
		rest += lacks;
	}
	int w[WINDOWS_SORTS] = { index, 0, 0, label ? number : 0, number, number, number };
	share_rest(u, rest, &w[WINDOWS_FROM], &w[WINDOWS_GROUP]);
	int x = 1;
	for (int k = 0; k < WINDOWS_SORTS; k++) {
		q->sorted[k] = (struct column){ x, w[k] };
		x += w[k] ? w[k] + 1 : 0;
	}
	q->rank = (struct column){ x, rank };
	x += rank ? rank + 1 : 0;
	q->bar = (struct column){ x + 1, bar ? bar - 1 : 0 };
	x += bar ? bar + 1 : 0;
	q->plot = (struct column){ x, plot };
	x += plot ? plot + 1 : 0;
	q->peak = (struct column){ x, peak };
}

/* ---- what is computed before drawing ---- */

/* Each value of the small plot is the one of its steps that lies farthest from the mean. */
static void mini_make(const struct ui *u, struct mini *q, int64_t window, int64_t channel, int n, real *tc)
{
	int64_t T = u->s.m->T, C = u->s.m->C;
	double mean = 0;
	*q = (struct mini){ .window = window, .channel = channel, .n = T < n ? (int)T : n };
	const struct edited *e = windows_edited(&u->windows, window);
	if (e)
		memcpy(tc, e->x, (size_t)(T * C) * sizeof *tc);
	else
		dataset_window(u->s.d, window, tc);
	q->of = e;
	for (int64_t t = 0; t < T; t++)
		mean += (double)tc[t * C + channel] / (double)T;
	for (int x = 0; x < q->n; x++) {
		int64_t first, count;
		plot_samples(T, q->n, x, &first, &count);
		q->v[x] = tc[first * C + channel];
		for (int64_t t = first; t < first + count; t++)
			if (fabs((double)tc[t * C + channel] - mean) > fabs((double)q->v[x] - mean))
				q->v[x] = tc[t * C + channel];
	}
}

/* The channel of the small plots: that which is forecast, else the first one shown. */
static int64_t mini_channel(const struct ui *u)
{
	const struct dataset *d = u->s.d;
	bool forecast = d->n_predict > 0 && d->predict && !target_has_class(u->s.q.task) && d->predict[0] < u->s.m->C;
	return forecast ? d->predict[0] : u->s.channel;
}

/* The small plots of the rows on the screen. Those that are there already are kept. */
static void minis_make(const struct ui *u, struct own *o)
{
	const struct windows *w = &u->windows;
	struct columns_of_list col;
	columns_place(u, &col);
	int64_t left = w->listed - w->first, channel = mini_channel(u);
	int n = col.plot.w ? room_of(u) : 0, dots = 2 * col.plot.w < MINI ? 2 * col.plot.w : MINI;
	n = n > left ? (int)left : n;
	struct mini *v = n > 0 ? xcalloc((size_t)n, sizeof *v) : NULL;
	real *tc = n > 0 ? xcalloc((size_t)(u->s.m->T * u->s.m->C), sizeof *tc) : NULL;
	for (int y = 0; y < n; y++) {
		int64_t window = w->order[w->first + y];
		const struct mini *old = NULL;
		for (int i = 0; i < o->n_mini && !old; i++)
			if (o->mini[i].window == window && o->mini[i].of == windows_edited(w, window) &&
			    o->mini[i].channel == channel && o->mini[i].n == (u->s.m->T < dots ? (int)u->s.m->T : dots))
				old = &o->mini[i];
		if (old)
			v[y] = *old;
		else
			mini_make(u, &v[y], window, channel, dots, tc);
	}
	free(tc);
	free(o->mini);
	o->mini = v;
	o->n_mini = n > 0 ? n : 0;
}

/* The bin of an error; an infinite one is in the last. */
static int bin_of(const struct own *o, double error)
{
	double share = o->hi > o->lo ? (error - o->lo) / (o->hi - o->lo) : 0;
	int bin = share >= 1 ? o->bins - 1 : (int)(share * o->bins);
	return bin < 0 ? 0 : bin >= o->bins ? o->bins - 1 : bin;
}

static void histogram_make(const struct ui *u, struct own *o)
{
	const struct windows *w = &u->windows;
	int bins = (int)fmin(list_area(u).w - 2, 2 * sqrt((double)w->n) + 4);
	if (o->counted == w->seen && o->bins == bins && o->count)
		return;
	free(o->count);
	o->bins = bins;
	o->count = xcalloc((size_t)o->bins, sizeof *o->count);
	o->counted = w->seen;
	o->lo = INFINITY;
	o->hi = -INFINITY;
	o->known = o->most = 0;
	for (int64_t i = 0; i < w->seen; i++)
		if (isfinite(w->error[i])) {
			o->lo = fmin(o->lo, w->error[i]);
			o->hi = fmax(o->hi, w->error[i]);
		}
	for (int64_t i = 0; i < w->seen; i++)
		if (!isnan(w->error[i])) {
			int n = ++o->count[bin_of(o, w->error[i])];
			o->most = n > o->most ? n : o->most;
			o->known++;
		}
}

/* Whose saliency the rows and the pane show: first that of the window under the cursor. */
static void peeks_want(struct ui *u)
{
	const struct windows *w = &u->windows;
	struct scene *c = &u->scene;
	struct columns_of_list col;
	columns_place(u, &col);
	c->n_wanted = 0;
	if (!col.peak.w || w->listed < 1)
		return;
	c->wanted[c->n_wanted++] = windows_number(w, w->order[w->at]);
	for (int y = 0; y < room_of(u) && w->first + y < w->listed && c->n_wanted < PEEKS; y++)
		if (w->order[w->first + y] < w->n)
			c->wanted[c->n_wanted++] = w->order[w->first + y];
}

static void windows_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_WINDOWS];
	struct windows *w = &u->windows;
	(void)changed;
	windows_units(w, u->s.raw_units);
	windows_take_edits(w, &u->s.edits);
	if (w->sorted != w->seen)
		windows_sort(w);
	w->first = layout_scroll((int)w->first, (int)w->at, 1, (int)w->listed, room_of(u));
	histogram_make(u, o);
	minis_make(u, o);
	peeks_want(u);
	if (pane_area(u).w > 0 && w->listed > 0)
		window_pane_update(u, &o->pane, w->order[w->at]);
}

/* ---- drawing ---- */

static void value_format(const struct ui *u, int64_t i, double v, int width, char *buf, size_t size)
{
	if (isnan(v))
		snprintf(buf, size, "-");
	else if (target_has_class(u->s.q.task))
		output_name(u, (int)v, buf, size);
	else
		number_format(buf, size, output_units(u, windows_number(&u->windows, i), 0, v), width);
}

static void values_draw(const struct ui *u, struct canvas *c, int y, const struct columns_of_list *col, int i)
{
	const struct windows *w = &u->windows;
	char b[64];
	for (int k = WINDOWS_TRUTH; k < WINDOWS_SORTS; k++) {
		const struct column *q = &col->sorted[k];
		if (!windows_known(w, i))
			canvas_put(c, q->x + q->w - 1, y, c->ellipsis, S_DIM);
		else if (k == WINDOWS_ERROR)
			canvas_right(c, q->x, y, q->w, S_TEXT,
			             isnan(w->error[i]) ? "-" : number_format(b, sizeof b, w->error[i], q->w - 1));
		else {
			value_format(u, i, k == WINDOWS_TRUTH ? w->truth[i] : w->predicted[i], q->w - 1, b, sizeof b);
			canvas_right(c, q->x, y, q->w, S_TEXT, b);
		}
	}
	if (windows_known(w, i) && w->wrong[i])
		canvas_put(c, col->sorted[WINDOWS_ERROR].x + col->sorted[WINDOWS_ERROR].w, y, '!', S_WARN);
}

/* Rank, error as a bar, small plot and peak. */
static void pictures_draw(const struct ui *u, struct canvas *c, int y, const struct columns_of_list *col, int64_t at)
{
	const struct own *o = u->data[VIEW_WINDOWS];
	const struct windows *w = &u->windows;
	int i = w->order[at], row = (int)(at - w->first);
	double share =
	        windows_known(w, i) && !isnan(w->error[i]) && o->hi > 0 ? fmin(w->error[i] / o->hi, 1) : (double)NAN;
	char b[32];
	if (windows_rank(w, i)) {
		snprintf(b, sizeof b, "%d", windows_rank(w, i));
		canvas_right(c, col->rank.x, y, col->rank.w, S_DIM, b);
	}
	if (col->bar.w && !isnan(share))
		plot_bar(c, u->g, col->bar.x, y, col->bar.w, share, style_seq(share));
	if (col->plot.w && row < o->n_mini) {
		struct series v = series_of(o->mini[row].v, o->mini[row].n);
		plot_line(c, u->g, (struct rect){ col->plot.x, y, col->plot.w, 1 }, v, series_range(v),
		          (struct paint){ .style = S_LINE });
	}
	const struct peek *p = scene_peek(&u->scene, i);
	if (!col->peak.w || windows_edited(w, i))
		return;
	if (!p)
		canvas_put(c, col->peak.x + col->peak.w - 1, y, c->ellipsis, S_DIM);
	else {
		snprintf(b, sizeof b, "%lld", (long long)p->step);
		canvas_right(c, col->peak.x, y, col->peak.w, S_TEXT, p->step < 0 ? "-" : b);
	}
}

/* Where a time stamp does not fit, its end tells windows apart: the day and the time, not the year. */
static void from_draw(struct canvas *c, struct column q, int y, const char *text)
{
	if (text_width(text) > q.w && q.w > 1) {
		canvas_put(c, q.x++, y, c->ellipsis, S_TEXT);
		q.w--;
		for (size_t used; text_width(text) > q.w; text += used)
			text_decode(text, strlen(text), &used);
	}
	canvas_text(c, q.x, y, q.w, S_TEXT, text);
}

static void row_draw(const struct ui *u, struct canvas *c, int y, int64_t at, const struct columns_of_list *col)
{
	const struct windows *w = &u->windows;
	const struct dataset *d = u->s.d;
	const struct column *q = col->sorted;
	int i = w->order[at];
	int64_t of = windows_number(w, i);
	const struct edited *e = windows_edited(w, i);
	char b[64];
	const char *stamp = dataset_stamp(d, of, 0);
	if (of == u->s.q.window && e == u->s.q.edited)
		canvas_put(c, 0, y, (int32_t)u->g->mark, S_BORDER_ON);
	else if (u->pin.on && of == u->pin.q.window && e == u->pin.q.edited)
		canvas_put(c, 0, y, 'p', S_BORDER_ON);
	if (notes_about(u->s.notes, NOTE_WINDOW, -1, -1, of))
		canvas_put(c, q[WINDOWS_INDEX].x - 1, y, u->g->note, S_BORDER_ON);
	canvas_right(c, q[WINDOWS_INDEX].x, y, q[WINDOWS_INDEX].w, e ? S_WARN : S_TEXT,
	             windows_name(w, i, b, sizeof b));
	if (!*stamp)
		snprintf(b, sizeof b, "row %lld", (long long)dataset_row(d, of));
	if (q[WINDOWS_FROM].w)
		from_draw(c, q[WINDOWS_FROM], y, *stamp ? stamp : b);
	if (q[WINDOWS_GROUP].w)
		canvas_name(c, q[WINDOWS_GROUP].x, y, q[WINDOWS_GROUP].w, S_TEXT, dataset_group_name(d, of));
	if (q[WINDOWS_LABEL].w)
		canvas_name(c, q[WINDOWS_LABEL].x, y, q[WINDOWS_LABEL].w, S_TEXT, windows_label(w, i));
	values_draw(u, c, y, col, i);
	pictures_draw(u, c, y, col, at);
	if (at == w->at) {
		canvas_mark(c, (struct rect){ q[WINDOWS_INDEX].x, y, q[WINDOWS_INDEX].w, 1 }, STYLE_REVERSE);
		canvas_cursor(c, q[WINDOWS_INDEX].x, y);
	}
}

/* The names over the columns; that which sorts is underlined, with an arrow up where small values come first. */
static void head_draw(const struct ui *u, struct canvas *c, int y, const struct columns_of_list *col)
{
	const struct windows *w = &u->windows;
	const char *const name[WINDOWS_SORTS] = { "window", "from", "group", "label", "y", "predicted", error_name(u) };
	char channel[64];
	for (int k = 0; k < WINDOWS_SORTS; k++) {
		const struct column *q = &col->sorted[k];
		bool on = k == (int)w->sort, left = k == WINDOWS_FROM || k == WINDOWS_GROUP || k == WINDOWS_LABEL;
		unsigned style = on                       ? S_TITLE | STYLE_UNDERLINE
		                 : k == WINDOWS_TRUTH     ? S_TRUE
		                 : k == WINDOWS_PREDICTED ? S_PREDICTED
		                                          : S_DIM;
		int n = (int)strlen(name[k]), most = on ? q->w - 1 : q->w;
		if (!q->w)
			continue;
		n = n > most ? most : n;
		bool apart = on && n + 2 <= q->w; /* "error v" is two things */
		int x = left ? q->x : q->x + q->w - n - on - apart;
		canvas_printf(c, x, y, n, style, "%.*s", n, name[k]);
		if (on)
			canvas_put(c, x + n + apart, y, windows_ascend(w) ? u->g->up : u->g->down, S_TITLE);
	}
	if (col->rank.w)
		canvas_right(c, col->rank.x, y, col->rank.w, S_DIM, "rank");
	if (col->plot.w)
		canvas_name(c, col->plot.x, y, col->plot.w, S_CHANNEL,
		            channel_name(u, mini_channel(u), channel, sizeof channel));
	if (col->peak.w)
		canvas_right(c, col->peak.x, y, col->peak.w, S_DIM, "peak");
}

/* The height is the number of windows in the bin. Below, the range of the errors, and the bin of the window
 * under the cursor. */
static void histogram_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_WINDOWS];
	const struct windows *w = &u->windows;
	char lo[32], hi[32];
	int rows = r.h - 1, width = r.w - 2, at = w->listed > 0 ? w->order[w->at] : 0;
	int here = windows_known(w, at) && !isnan(w->error[at]) ? bin_of(o, w->error[at]) : -1;
	for (int x = 0; x < width && o->most; x++) {
		int bin = x * o->bins / width, height = (o->count[bin] * rows * 8 + o->most - 1) / o->most;
		for (int y = 0; y < rows; y++) {
			int level = height - 8 * (rows - 1 - y);
			if (level > 0)
				canvas_put(c, 1 + x, r.y + y, u->g->level[level > 8 ? 8 : level], S_LINE);
		}
	}
	if (!o->known)
		return;
	number_format(lo, sizeof lo, o->lo, 9);
	int x = here < 0 ? -1 : 1 + (2 * here + 1) * width / (2 * o->bins);
	/* behind the mark where that stands at the beginning */
	canvas_text(c, x >= 0 && x <= (int)strlen(lo) + 1 ? x + 2 : 1, r.y + rows, -1, S_AXIS, lo);
	number_format(hi, sizeof hi, o->hi, 9);
	/* before the mark where that stands at the end, as with the worst window */
	int to = x < 1 + width - (int)strlen(hi) - 1 ? 1 + width : x - 1;
	canvas_right(c, to - 12, r.y + rows, 12, S_AXIS, hi);
	if (x >= 0)
		canvas_put(c, x, r.y + rows, u->g->up, S_HIT);
}

/* What the errors are. */
static const char *error_words(const struct ui *u)
{
	switch (u->s.q.task) {
	case TASK_CLASSIFICATION:
		return loss_for(TASK_CLASSIFICATION, u->s.m) == LOSS_BINARY_CROSSENTROPY
		               ? "loss: mean binary cross-entropy, ! wrong"
		               : "loss: cross-entropy, ! wrong";
	case TASK_SEGMENTATION:
		return "error: share of the steps that are wrong";
	default:
		return u->s.d->group_scaler ? "error: root mean square, raw units" : "error: root mean square, scaled";
	}
}

/* How many windows there are, what is left out, the rank of the one under the cursor, and what the errors are. */
static void title_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct windows *w = &u->windows;
	char b[96], rank[64];
	int end = r.x + r.w;
	snprintf(b, sizeof b, "%lld windows", (long long)w->n);
	if (w->seen < w->n)
		snprintf(b, sizeof b, "%lld of %lld windows done so far", (long long)w->seen, (long long)w->n);
	int x = 1 + canvas_text(c, 1, r.y, end - 1, S_TITLE, b);
	if (u->s.q.off.n)
		x += canvas_text(c, x, r.y, end - x, S_WARN, ", intact");
	if (*w->only)
		x += canvas_printf(c, x, r.y, end - x, S_WARN, "  %lld of group %s", (long long)w->listed, w->only);
	else if (u->s.d->n_target < w->n)
		x += canvas_printf(c, x, r.y, end - x, S_DIM, "  %lld without true value",
		                   (long long)(w->n - u->s.d->n_target));
	int at = w->listed > 0 ? w->order[w->at] : 0;
	if (windows_edited(w, at)) { /* what was changed says more than what the errors are */
		char change[256], name[32];
		canvas_printf(c, x, r.y, end - x, S_WARN, "  %s: %s", windows_name(w, at, name, sizeof name),
		              windows_changes(w, at, change, sizeof change));
		return;
	}
	if (windows_rank(w, at)) {
		snprintf(b, sizeof b, "  window %d: %s", at, rank_format(u, at, r.w >= 100, rank, sizeof rank));
		if (x + text_width(b) < end)
			x += canvas_text(c, x, r.y, end - x, S_TEXT, b);
	}
	if (x + 2 + (int)strlen(error_words(u)) <= end)
		canvas_right(c, x, r.y, end - x, S_DIM, error_words(u));
}

static void windows_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_WINDOWS];
	const struct windows *w = &u->windows;
	struct rect area = list_area(u);
	struct columns_of_list col;
	columns_place(u, &col);
	title_draw(u, c, rect_top(&area, 1));
	if (quality_rows(u))
		canvas_text(c, 1, rect_top(&area, 1).y, area.w - 1, S_TEXT, windows_quality(w));
	if (histogram_rows(u))
		histogram_draw(u, c, rect_top(&area, HISTOGRAM));
	head_draw(u, c, rect_top(&area, 1).y, &col);
	for (int y = 0; y < area.h && w->first + y < w->listed; y++) {
		row_draw(u, c, area.y + y, w->first + y, &col);
		canvas_zone(c, (struct rect){ 0, area.y + y, area.w, 1 }, (int)(w->first + y), -1);
	}
	if (pane_area(u).w > 0 && w->listed > 0)
		window_pane_draw(u, c, pane_area(u), &o->pane);
}

/* ---- keys ---- */

static bool windows_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	bool was = u->windows.at == z->a;
	(void)x;
	u->windows.at = z->a;
	*changed = CHANGED_LIST;
	return was;
}

static unsigned windows_move(struct ui *u, enum move m)
{
	struct windows *w = &u->windows;
	int64_t to = list_moved(w->at, w->listed, room_of(u) - 1, m);
	if (to == w->at)
		return 0;
	w->at = to;
	return CHANGED_LIST;
}

static unsigned windows_enter(struct ui *u)
{
	unsigned changed = 0;
	if (u->windows.listed < 1)
		return 0;
	int i = u->windows.order[u->windows.at];
	const struct edited *e = windows_edited(&u->windows, i);
	changed = session_window(&u->s, windows_number(&u->windows, i));
	if (e)
		changed |= session_edit(&u->s, e);
	unsigned back = 0;
	session_back(&u->s, &back);
	u->windows.visited = true;
	return changed | back;
}

/* What a row shows: its number, where it is from, its label and values. */
static const char *window_text(const struct ui *u, int64_t at, char *buf, size_t size)
{
	const struct windows *w = &u->windows;
	int i = w->order[at];
	char y[64] = "-", p[64] = "-", error[32] = "-";
	char name[32];
	int64_t of = windows_number(w, i);
	const char *stamp = dataset_stamp(u->s.d, of, 0);
	if (windows_known(w, i)) {
		value_format(u, i, w->truth[i], 9, y, sizeof y);
		value_format(u, i, w->predicted[i], 9, p, sizeof p);
	}
	if (windows_known(w, i) && !isnan(w->error[i]))
		number_format(error, sizeof error, w->error[i], 9);
	int n = snprintf(buf, size, "%s ", windows_name(w, i, name, sizeof name));
	n += *stamp ? snprintf(buf + n, size - (size_t)n, "%.200s", stamp)
	            : snprintf(buf + n, size - (size_t)n, "row %lld", (long long)dataset_row(u->s.d, of));
	if (windows_grouped(w))
		n += snprintf(buf + n, size - (size_t)n, " %.200s", dataset_group_name(w->d, of));
	snprintf(buf + n, size - (size_t)n, " %.100s %s %s %s", windows_labelled(w) ? windows_label(w, i) : "", y, p,
	         error);
	return buf;
}

static bool windows_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct windows *w = &u->windows;
	int64_t to = list_search(u, window_text, w->at, w->listed, word, step);
	if (to < 0)
		return false;
	w->at = to;
	*changed = CHANGED_LIST;
	return true;
}

/* At first the cursor is on the worst window, later on the current one. */
static void windows_open(struct ui *u)
{
	struct windows *w = &u->windows;
	windows_take_edits(w, &u->s.edits);
	if (w->visited || w->sort != WINDOWS_ERROR)
		w->at = windows_place(w, windows_row_of(w, u->s.q.window, u->s.q.edited));
	w->visited = true;
}

static void windows_dump(struct ui *u, FILE *f)
{
	struct windows *w = &u->windows;
	char y[64], p[64];
	bool label = windows_labelled(w);
	fprintf(f, "window row y predicted error rank%s%s%s\n", label ? " label" : "", u->s.d->stamp ? " from" : "",
	        windows_grouped(w) ? " group" : "");
	for (int64_t k = 0; k < w->listed; k++) {
		int i = w->order[k];
		int64_t of = windows_number(w, i);
		const char *stamp = dataset_stamp(u->s.d, of, 0);
		char name[32], change[256];
		value_format(u, i, w->truth[i], 9, y, sizeof y);
		value_format(u, i, w->predicted[i], 9, p, sizeof p);
		fprintf(f, "%s %lld %s %s %.6g %d", windows_name(w, i, name, sizeof name),
		        (long long)dataset_row(u->s.d, of), y, p, w->error[i], windows_rank(w, i));
		fprintf(f, "%s%s%s%s", label ? " " : "", label ? windows_label(w, i) : "", *stamp ? " " : "", stamp);
		fprintf(f, "%s%s", windows_grouped(w) ? " " : "", dataset_group_name(w->d, of));
		fprintf(f, "%s%s\n", of == i ? "" : "  ", of == i ? "" : windows_changes(w, i, change, sizeof change));
	}
}

static void windows_subject(const struct ui *u, struct note_subject *q)
{
	const struct windows *w = &u->windows;
	q->window = w->listed > 0 ? windows_number(w, w->order[w->at]) : q->window;
}

static bool has_edited(const struct ui *u)
{
	return u->windows.n_edited > 0;
}

static const struct legend legend[] = {
	SEEN("{mark}", "the window that the other views show"),
	SEEN("window", "number of the window, counted from 0", .style = S_DIM),
	SEEN("5*",
	     "the edited version of window 5, with the numbers of the changed window; the first line says what was "
	     "changed",
	     .style = S_WARN, .when = has_edited),
	SEEN("from", "time stamp or row of its first step", .style = S_DIM),
	SEEN("MSE, accuracy", "how good the model is over all windows that have a true value, as eval says it"),
	SEEN("repeating", "how good a constant answer is: the last value or the mean, or the majority class"),
	SEEN("y", "the true value or class", .style = S_TRUE),
	SEEN("predicted", "what the model says", .style = S_PREDICTED),
	SEEN("intact", "filters are off, and the list is that of the network with all filters on", .style = S_WARN),
	SEEN("error, loss {bar}",
	     "distance of the two as the line above says, and beside the largest error of all windows", .style = S_DIM),
	SEEN("rank", "the place of the window by its error: 1 is the worst", .style = S_DIM),
	SEEN("{line}", "the channel that is forecast, or the first one, over the window"),
	SEEN("peak", "the step on which most saliency of the target lies", .style = S_DIM),
	SEEN("{spread}",
	     "above the list: how many windows have an error of this size, from the smallest to the largest"),
	SEEN("{up} {down}", "the list is sorted by this column, the smallest or the largest first"),
	SEEN("-", "there is no true value"),
	{ .keys = "enter", .text = "show this window, and go back to the view before" },
	{ .keys = "sort", .text = "sort by the next column" },
	{ 0 },
};

const struct view view_windows = {
	.id = VIEW_WINDOWS,
	.name = "windows",
	.subject = windows_subject,
	.title = "Windows",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_WINDOWS | NEEDS_PEEKS,
	.hints = "enter:jump sort reverse findings search",
	.open = windows_open,
	.release = windows_release_own,
	.search = windows_search,
	.depends = CHANGED_LIST | CHANGED_QUESTION,
	.update = windows_update,
	.draw = windows_draw,
	.move = windows_move,
	.enter = windows_enter,
	.pick = windows_pick,
	.dump = windows_dump,
};
