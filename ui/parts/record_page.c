#include "ui/parts/record_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"

enum { BAND_MOST = 20 };

/* ---- layout ---- */

static void part_add(struct record_page *o, enum record_part_kind kind, int index, int urgent)
{
	if (o->n == o->room) {
		o->room = 2 * o->room + 16;
		o->part = xrealloc(o->part, (size_t)o->room, sizeof *o->part);
	}
	o->part[o->n++] = (struct record_part){ kind, index, urgent, 1 };
}

static void parts_list(struct record_page *o)
{
	const struct record_plan *p = o->plan;
	int inputs = p->d->n_source > 0 ? p->d->n_source : (int)p->m->C;
	o->n = 0;
	for (int c = 0; c < inputs; c++)
		part_add(o, PART_INPUT, c, 3 + c * 8);
	if (p->classifier) {
		part_add(o, PART_CLASS, 0, 1);
		part_add(o, PART_TRUE_CLASS, 0, 4);
	}
	for (int k = 0; k < p->columns && !p->classifier; k++)
		part_add(o, PART_PREDICTION, k, k ? 2 + 4 * k : 1);
	part_add(o, PART_ERROR, 0, 2);
	for (int k = 0; k < p->classes; k++)
		part_add(o, PART_PROBABILITY, k, 7 + k);
	for (int c = 0; c < p->channels; c++)
		part_add(o, PART_SALIENCY, c, 5 + 2 * c);
	part_add(o, PART_EVENTS, 0, 3);
	if (record_pieces(p) > 1 && !p->d->set)
		part_add(o, PART_GROUPS, 0, 6);
	part_add(o, PART_WINDOW, 0, 0);
	part_add(o, PART_AXIS, 0, 0);
}

static bool is_band(const struct record_part *q)
{
	return q->kind == PART_INPUT || q->kind == PART_PREDICTION;
}

/* Leaves out the least urgent parts, and gives what is left to the bands. */
static void parts_fit(struct record_page *o, int room)
{
	for (o->hidden = 0; o->n > room && o->n > 2; o->hidden++) {
		int drop = 0;
		for (int i = 1; i < o->n; i++)
			drop = o->part[i].urgent >= o->part[drop].urgent ? i : drop;
		memmove(&o->part[drop], &o->part[drop + 1], (size_t)(--o->n - drop) * sizeof *o->part);
	}
	room -= o->n;
	for (bool more = true; room > 0 && more;) {
		more = false;
		for (int i = 0; i < o->n && room > 0; i++)
			if (is_band(&o->part[i]) && o->part[i].h < BAND_MOST) {
				o->part[i].h++;
				room--;
				more = true;
			}
	}
}

void record_page_layout(struct record_page *o, int width, int rows)
{
	o->x = width >= 100 ? 16 : width >= 60 ? 11 : 7;
	o->w = width - o->x - 1;
	o->w = o->w < 1 ? 1 : o->w;
	parts_list(o);
	parts_fit(o, rows);
}

void record_page_release(struct record_page *o)
{
	free(o->part);
	o->part = NULL;
}

/* ---- columns ---- */

/* The column of a step, or -1 and w where it lies to the left or to the right of what is shown. */
static int column_of(const struct record_page *o, int64_t step)
{
	struct span seen = o->seen;
	if (step < seen.from)
		return -1;
	return step >= seen.from + seen.n ? o->w : (int)((step - seen.from) * o->w / seen.n);
}

int64_t record_page_step(const struct record_page *o, int x)
{
	return o->seen.from + o->seen.n * x / o->w;
}

/* ---- drawing ---- */

static struct range band_range(const float *lo, const float *hi, int n, struct range r, bool *any)
{
	for (int i = 0; i < n; i++) {
		if (!isfinite(lo[i]) || !isfinite(hi[i]))
			continue;
		r = *any ? range_join(r, (struct range){ (double)lo[i], (double)hi[i] })
		         : (struct range){ (double)lo[i], (double)hi[i] };
		*any = true;
	}
	return r;
}

/* From the smallest to the largest value of each column: a line through both. */
static void band_draw(const struct ui *u, struct canvas *c, struct rect r, const float *lo, const float *hi, int n,
                      struct range range, struct paint p)
{
	real *v = xcalloc((size_t)n * 2, sizeof *v);
	for (int i = 0; i < n; i++) {
		v[2 * i] = (real)lo[i];
		v[2 * i + 1] = (real)hi[i];
	}
	plot_line(c, u->g, r, series_of(v, 2 * n), range, p);
	free(v);
}

static void limits_draw(struct canvas *c, int y, int h, const char *name, struct range r, int w)
{
	char lo[24], hi[24];
	if (h == 1) {
		canvas_name(c, 0, y, w - 1, S_CHANNEL, name);
		return;
	}
	canvas_right(c, 0, y, w - 1, S_AXIS, number_format(hi, sizeof hi, r.hi, w - 2));
	canvas_right(c, 0, y + h - 1, w - 1, S_AXIS, number_format(lo, sizeof lo, r.lo, w - 2));
	bool low = text_width(lo) < text_width(hi);
	if (h > 2)
		canvas_name(c, 0, y + h / 2, w - 1, S_CHANNEL, name);
	else /* beside the shorter number */
		canvas_name(c, 0, low ? y + 1 : y, w - 2 - text_width(low ? lo : hi), S_CHANNEL, name);
}

/* A strip of what is known; columns of which nothing is known have a track. */
static void strip_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y, const float *v,
                       double max, unsigned style)
{
	const struct record_picture *q = o->q;
	real *n = xcalloc((size_t)q->n, sizeof *n);
	for (int i = 0; i < q->n; i++)
		n[i] = isfinite(v[i]) ? (real)v[i] : 0;
	plot_strip(c, u->g, o->x, y, o->w, series_of(n, q->n), max, style);
	for (int x = 0; x < o->w; x++)
		if (isnan(v[2 * x]) && isnan(v[2 * x + 1]))
			canvas_put(c, o->x + x, y, u->g->track, S_TRACK);
	free(n);
}

static double largest(const float *v, int n)
{
	double most = 0;
	for (int i = 0; i < n; i++)
		most = (double)v[i] > most && isfinite(v[i]) ? (double)v[i] : most;
	return most;
}

static int by_size(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

/* The value that 49 of 50 do not exceed: the ends of a record, which few windows cover, often have the largest. */
static double most_of(const float *v, int n)
{
	double *sorted = xcalloc((size_t)n + 1, sizeof *sorted), most;
	int known = 0;
	for (int i = 0; i < n; i++)
		if (isfinite(v[i]))
			sorted[known++] = (double)v[i];
	qsort(sorted, (size_t)known, sizeof *sorted, by_size);
	most = known ? sorted[(known - 1) * 49 / 50] : 0;
	free(sorted);
	return most;
}

/* A letter for the class of each column, '+' where there are several. */
static void classes_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y, const float *lo,
                         const float *hi)
{
	for (int x = 0; x < o->w; x++) {
		float a = fminf(lo[2 * x], lo[2 * x + 1]), b = fmaxf(hi[2 * x], hi[2 * x + 1]);
		if (isnan(a) || isnan(b))
			canvas_put(c, o->x + x, y, u->g->track, S_TRACK);
		else if (a < b)
			canvas_put(c, o->x + x, y, '+', S_TEXT);
		else
			canvas_put(c, o->x + x, y, (unsigned char)cluster_letter((int)a), style_cluster((int)a));
	}
}

static const char event_letter[EVENT_KINDS] = { 'e', 'c', 's', '&' };

static void events_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y)
{
	for (int x = 0; x < o->w; x++) {
		int kinds = o->q->events[2 * x] | o->q->events[2 * x + 1], k = 0;
		while (kinds >> k > 1)
			k++;
		int32_t letter = kinds == 1 << k ? (unsigned char)event_letter[k] : '*';
		canvas_put(c, o->x + x, y, kinds ? letter : u->g->track, kinds ? S_WARN : S_TRACK);
	}
}

/* Where a piece begins a bar, and behind it the name of the group, or "gap" where the group is the same. */
static void groups_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y)
{
	const struct record_plan *p = o->plan;
	struct span seen = o->seen;
	int64_t pieces = record_pieces(p), k = record_piece_of(p, seen.from);
	int before = -1, free_from = 0;
	for (; k < pieces && record_piece(p, k) < seen.from + seen.n; k++) {
		int64_t at = record_piece(p, k) < seen.from ? seen.from : record_piece(p, k);
		int x = column_of(o, at), g = record_group(p, at),
		    old = k ? record_group(p, record_piece(p, k) - 1) : -1;
		const char *name = k && g == old ? "gap" : g < 0 ? "" : p->d->group_name[g];
		if (x != before)
			canvas_put(c, o->x + x, y, u->g->v, S_BORDER_ON);
		before = x;
		if (x + 1 < free_from || !*name)
			continue;
		int64_t next = k + 1 < pieces ? record_piece(p, k + 1) : p->steps;
		int room = column_of(o, next) - x - 2;
		if (room >= 2)
			free_from = x + 2 + canvas_name(c, o->x + x + 1, y, room, S_DIM, name);
	}
}

static void window_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y)
{
	struct span at = o->window;
	int a = column_of(o, at.from), b = column_of(o, at.from + at.n - 1);
	for (int x = 0; x < o->w; x++)
		canvas_put(c, o->x + x, y, u->g->track, S_TRACK);
	a = a < 0 ? 0 : a >= o->w ? o->w - 1 : a;
	b = b >= o->w ? o->w - 1 : b < a ? a : b;
	for (int x = a; x <= b; x++)
		canvas_put(c, o->x + x, y, u->g->mark, S_CELL | STYLE_REVERSE);
	canvas_cursor(c, o->x + a, y);
}

static void axis_row(const struct ui *u, const struct record_page *o, struct canvas *c, int y)
{
	int parts = o->w >= 120 ? 8 : 4, free_from = 0;
	struct span seen = o->seen;
	for (int k = 0; k <= parts; k++) {
		int64_t step = seen.from + (seen.n - 1) * k / parts;
		const char *stamp = u->s.raw_units ? record_stamp(o->plan, step) : "";
		char b[64];
		if (*stamp)
			snprintf(b, sizeof b, "%s", stamp);
		else
			snprintf(b, sizeof b, "%lld", (long long)record_row(o->plan, step));
		int w = text_width(b), x = column_of(o, step);
		x = x + w > o->w ? o->w - w : x;
		if (x < free_from)
			continue;
		canvas_text(c, o->x + x, y, w, S_AXIS, b);
		free_from = x + w + 2;
	}
	canvas_text(c, 0, y, o->x - 1, S_DIM, u->s.raw_units && *record_stamp(o->plan, 0) ? "time" : "row");
}

static void prediction_draw(const struct ui *u, const struct record_page *o, struct canvas *c, struct rect r, int k)
{
	const struct record_picture *q = o->q;
	const float *lo = q->predicted_lo + k * q->n, *hi = q->predicted_hi + k * q->n;
	const float *truth_lo = q->truth_lo + k * q->n, *truth_hi = q->truth_hi + k * q->n;
	char name[RECORD_NAME], label[RECORD_NAME + 8];
	bool any = false;
	struct range range = band_range(truth_lo, truth_hi, q->n, (struct range){ 0, 0 }, &any);
	range = band_range(lo, hi, q->n, range, &any);
	snprintf(label, sizeof label, "pred %s", record_column_name(o->plan, k, name, sizeof name));
	limits_draw(c, r.y, r.h, o->plan->columns == 1 ? "predicted" : label, range, o->x);
	band_draw(u, c, r, truth_lo, truth_hi, q->n, range, (struct paint){ .style = S_TRUE });
	band_draw(u, c, r, lo, hi, q->n, range, (struct paint){ .style = S_PREDICTED, .over = true });
}

static void part_draw(const struct ui *u, const struct record_page *o, struct canvas *c, const struct record_part *t,
                      int y)
{
	const struct record_picture *q = o->q;
	char b[80], name[48];
	int w = o->x - 1, k = t->index;
	bool any = false;
	if (t->kind == PART_WINDOW) {
		canvas_text(c, 0, y, w, S_DIM, "window");
		window_draw(u, o, c, y);
		return;
	}
	if (t->kind == PART_AXIS) {
		axis_row(u, o, c, y);
		return;
	}
	if (t->kind == PART_GROUPS) {
		canvas_text(c, 0, y, w, S_DIM, o->plan->d->n_group ? "group" : "gaps");
		groups_draw(u, o, c, y);
		return;
	}
	if (!q || q->n != 2 * o->w)
		return;
	switch (t->kind) {
	case PART_INPUT: {
		const float *lo = q->input_lo + k * q->n, *hi = q->input_hi + k * q->n;
		struct range r = band_range(lo, hi, q->n, (struct range){ 0, 0 }, &any);
		limits_draw(c, y, t->h, channel_name(u, k, b, sizeof b), r, o->x);
		band_draw(u, c, (struct rect){ o->x, y, o->w, t->h }, lo, hi, q->n, r,
		          (struct paint){ .style = S_LINE });
		break;
	}
	case PART_PREDICTION:
		prediction_draw(u, o, c, (struct rect){ o->x, y, o->w, t->h }, k);
		break;
	case PART_CLASS:
		canvas_text(c, 0, y, w, S_CHANNEL, "class");
		classes_draw(u, o, c, y, q->predicted_lo, q->predicted_hi);
		break;
	case PART_TRUE_CLASS:
		canvas_text(c, 0, y, w, S_CHANNEL, "true");
		classes_draw(u, o, c, y, q->truth_lo, q->truth_hi);
		break;
	case PART_ERROR:
		canvas_text(c, 0, y, w, S_CHANNEL, "error");
		strip_draw(u, o, c, y, q->error, largest(q->error, q->n), S_WARN);
		break;
	case PART_PROBABILITY:
		/* of a name its end stays, too: often only this tells it from the next one */
		canvas_printf(c, 0, y, w, style_cluster(k), "%c p", cluster_letter(k));
		canvas_name(c, 4, y, w - 4, style_cluster(k), record_class_name(o->plan, k, name, sizeof name));
		strip_draw(u, o, c, y, q->probability + k * q->n, 1, style_cluster(k));
		break;
	case PART_SALIENCY:
		canvas_text(c, 0, y, w, S_STRIP, "sal");
		canvas_name(c, 4, y, w - 4, S_STRIP, channel_name(u, k, name, sizeof name));
		strip_draw(u, o, c, y, q->saliency + k * q->n, most_of(q->saliency, q->channels * q->n), S_STRIP);
		break;
	case PART_EVENTS:
		canvas_text(c, 0, y, w, S_CHANNEL, "events");
		events_draw(u, o, c, y);
		break;
	default:
		break;
	}
}

int record_page_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y)
{
	for (int i = 0; i < o->n; i++) {
		part_draw(u, o, c, &o->part[i], y);
		y += o->part[i].h;
	}
	return y;
}
