/* The record: the whole file along time. Bands of the input, prediction over truth, strips of error, probability and
 * saliency, events, groups; the cursor is the current window. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/record/record_live.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"
#include "ui/state/format.h"

enum part_kind {
	PART_INPUT,
	PART_PREDICTION,
	PART_CLASS,
	PART_TRUE_CLASS,
	PART_ERROR,
	PART_PROBABILITY,
	PART_SALIENCY,
	PART_EVENTS,
	PART_GROUPS,
	PART_WINDOW,
	PART_AXIS
};

/* A part of the screen from top to bottom. The more urgent, the smaller its number. */
struct part {
	enum part_kind kind;
	int index, urgent, h;
};
enum { PARTS = 96, BAND_MOST = 12, TEXT_COLUMNS = 400 };

struct own {
	struct record_plan plan;
	bool planned;
	struct part part[PARTS];
	int n;
	int x, w; /* the columns of the plots */
};

static void record_release(void *data)
{
	struct own *o = data;
	if (o->planned)
		record_plan_release(&o->plan);
}

/* What is known; NULL: nothing yet. */
static const struct record_picture *picture(const struct ui *u)
{
	return u->scene.record ? u->scene.record->record : NULL;
}

/* The steps of the current window. */
static struct span window_span(const struct ui *u)
{
	const struct own *o = u->data[VIEW_RECORD];
	int64_t i = u->s.q.window, T = u->s.m->T;
	return (struct span){ o->plan.d->set ? i * T : dataset_start(o->plan.d, i), T };
}

static struct span shown_span(const struct ui *u)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct viewport *v = &u->s.record;
	/* the record may be another one since, and shorter */
	bool part = v->n && v->from + v->n <= o->plan.steps;
	return part ? (struct span){ v->from, v->n } : (struct span){ 0, o->plan.steps };
}

/* ---- layout ---- */

static void part_add(struct own *o, enum part_kind kind, int index, int urgent)
{
	if (o->n < PARTS)
		o->part[o->n++] = (struct part){ kind, index, urgent, 1 };
}

static void parts_list(const struct ui *u, struct own *o)
{
	const struct record_plan *p = &o->plan;
	int inputs = p->d->n_source > 0 ? p->d->n_source : (int)u->s.m->C;
	o->n = 0;
	for (int c = 0; c < inputs; c++)
		part_add(o, PART_INPUT, c, 3 + c * 8);
	if (p->classifier) {
		part_add(o, PART_CLASS, 0, 1);
		part_add(o, PART_TRUE_CLASS, 0, 4);
	} else {
		part_add(o, PART_PREDICTION, 0, 1);
	}
	part_add(o, PART_ERROR, 0, 2);
	for (int k = 0; k < p->classes && k < RECORD_CLASSES; k++)
		part_add(o, PART_PROBABILITY, k, 7 + k);
	for (int c = 0; c < p->channels; c++)
		part_add(o, PART_SALIENCY, c, 5 + 2 * c);
	part_add(o, PART_EVENTS, 0, 3);
	if (record_pieces(p) > 1 && !p->d->set)
		part_add(o, PART_GROUPS, 0, 6);
	part_add(o, PART_WINDOW, 0, 0);
	part_add(o, PART_AXIS, 0, 0);
}

static bool is_band(const struct part *q)
{
	return q->kind == PART_INPUT || q->kind == PART_PREDICTION;
}

/* Leaves out the least urgent parts, and gives what is left to the bands. */
static void parts_fit(struct own *o, int room)
{
	while (o->n > room && o->n > 2) {
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

/* Rows of the body for title and thresholds. */
static int title_rows(const struct ui *u)
{
	return u->frame.body.h >= 14 ? 2 : 1;
}

static void record_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_RECORD];
	struct session *s = &u->s;
	if (!o->planned) {
		record_plan_init(&o->plan, s->m, s->d, s->q.task);
		scene_where(&u->scene, s->record_where);
	}
	o->planned = true;
	if (changed & CHANGED_WINDOW && u->s.record.n) {
		struct span at = window_span(u);
		viewport_follow(&u->s.record, o->plan.steps, at.from);
		viewport_follow(&u->s.record, o->plan.steps,
		                at.from + (at.n < u->s.record.n ? at.n : u->s.record.n) - 1);
	}
	int label = u->frame.body.w >= 100 ? 16 : u->frame.body.w >= 60 ? 11 : 7;
	o->x = label;
	o->w = u->frame.body.w - label - 1;
	o->w = o->w < 1 ? 1 : o->w;
	parts_list(u, o);
	parts_fit(o, u->frame.body.h - title_rows(u));
	struct span seen = shown_span(u);
	/* two columns of dots in a cell; text does not depend on the screen */
	u->scene.record_look = (struct record_look){ seen.from, seen.n, u->whole ? TEXT_COLUMNS : 2 * o->w };
}

/* ---- columns ---- */

/* The column of a step, or -1 and w where it lies to the left or to the right of what is shown. */
static int column_of(const struct ui *u, int64_t step)
{
	const struct own *o = u->data[VIEW_RECORD];
	struct span seen = shown_span(u);
	if (step < seen.from)
		return -1;
	return step >= seen.from + seen.n ? o->w : (int)((step - seen.from) * o->w / seen.n);
}

/* The first step of column x. */
static int64_t step_of(const struct ui *u, int x)
{
	const struct own *o = u->data[VIEW_RECORD];
	struct span seen = shown_span(u);
	return seen.from + seen.n * x / o->w;
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

static void limits_draw(struct canvas *c, const struct ui *u, int y, int h, const char *name, struct range r, int w)
{
	char lo[24], hi[24];
	if (h == 1) {
		canvas_name(c, 0, y, w - 1, S_CHANNEL, name);
		return;
	}
	(void)u;
	canvas_right(c, 0, y, w - 1, S_AXIS, number_format(hi, sizeof hi, r.hi, w - 2));
	if (h > 2)
		canvas_name(c, 0, y + h / 2, w - 1, S_CHANNEL, name);
	else
		canvas_name(c, 0, y, w - 1 - text_width(hi) - 1, S_CHANNEL, name);
	canvas_right(c, 0, y + h - 1, w - 1, S_AXIS, number_format(lo, sizeof lo, r.lo, w - 2));
}

/* A strip of what is known; columns of which nothing is known have a track. */
static void strip_draw(const struct ui *u, struct canvas *c, int y, const float *v, double max, unsigned style)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
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
static void classes_draw(const struct ui *u, struct canvas *c, int y, const float *lo, const float *hi)
{
	const struct own *o = u->data[VIEW_RECORD];
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

static void events_draw(const struct ui *u, struct canvas *c, int y)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
	for (int x = 0; x < o->w; x++)
		canvas_put(c, o->x + x, y, u->g->track, S_TRACK);
	for (int i = 0; i < q->n_event; i++) {
		int a = column_of(u, q->event[i].from), b = column_of(u, q->event[i].last);
		for (int x = a < 0 ? 0 : a; x <= b && x < o->w; x++) {
			int32_t now = c->cell[y * c->w + o->x + x].cp,
			        letter = (unsigned char)event_letter[q->event[i].kind];
			canvas_put(c, o->x + x, y, now == u->g->track || now == letter ? letter : '*', S_WARN);
		}
	}
}

/* Where a piece begins a bar, and behind it the name of the group, or "gap" where the group is the same. */
static void groups_draw(const struct ui *u, struct canvas *c, int y)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_plan *p = &o->plan;
	struct span seen = shown_span(u);
	int64_t pieces = record_pieces(p), k = record_piece_of(p, seen.from);
	int before = -1, free_from = 0;
	for (; k < pieces && record_piece(p, k) < seen.from + seen.n; k++) {
		int64_t at = record_piece(p, k) < seen.from ? seen.from : record_piece(p, k);
		int x = column_of(u, at), g = record_group(p, at),
		    old = k ? record_group(p, record_piece(p, k) - 1) : -1;
		const char *name = k && g == old ? "gap" : g < 0 ? "" : p->d->group_name[g];
		if (x != before)
			canvas_put(c, o->x + x, y, u->g->v, S_BORDER_ON);
		before = x;
		if (x + 1 < free_from || !*name)
			continue;
		int64_t next = k + 1 < pieces ? record_piece(p, k + 1) : p->steps;
		int room = column_of(u, next) - x - 2;
		if (room >= 2)
			free_from = x + 2 + canvas_name(c, o->x + x + 1, y, room, S_DIM, name);
	}
}

static void window_draw(const struct ui *u, struct canvas *c, int y)
{
	const struct own *o = u->data[VIEW_RECORD];
	struct span at = window_span(u);
	int a = column_of(u, at.from), b = column_of(u, at.from + at.n - 1);
	for (int x = 0; x < o->w; x++)
		canvas_put(c, o->x + x, y, u->g->track, S_TRACK);
	a = a < 0 ? 0 : a >= o->w ? o->w - 1 : a;
	b = b >= o->w ? o->w - 1 : b < a ? a : b;
	for (int x = a; x <= b; x++)
		canvas_put(c, o->x + x, y, u->g->mark, S_CELL | STYLE_REVERSE);
	canvas_cursor(c, o->x + a, y);
}

static void axis_row(const struct ui *u, struct canvas *c, int y)
{
	const struct own *o = u->data[VIEW_RECORD];
	int parts = o->w >= 120 ? 8 : 4, free_from = 0;
	struct span seen = shown_span(u);
	for (int k = 0; k <= parts; k++) {
		int64_t step = seen.from + (seen.n - 1) * k / parts;
		const char *stamp = u->s.raw_units ? record_stamp(&o->plan, step) : "";
		char b[64];
		if (*stamp)
			snprintf(b, sizeof b, "%s", stamp);
		else
			snprintf(b, sizeof b, "%lld", (long long)record_row(&o->plan, step));
		int w = text_width(b), x = column_of(u, step);
		x = x + w > o->w ? o->w - w : x;
		if (x < free_from)
			continue;
		canvas_text(c, o->x + x, y, w, S_AXIS, b);
		free_from = x + w + 2;
	}
	canvas_text(c, 0, y, o->x - 1, S_DIM, u->s.raw_units && *record_stamp(&o->plan, 0) ? "time" : "row");
}

static void prediction_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
	bool any = false;
	struct range range = band_range(q->truth_lo, q->truth_hi, q->n, (struct range){ 0, 0 }, &any);
	range = band_range(q->predicted_lo, q->predicted_hi, q->n, range, &any);
	limits_draw(c, u, r.y, r.h, "predicted", range, o->x);
	band_draw(u, c, r, q->truth_lo, q->truth_hi, q->n, range, (struct paint){ .style = S_TRUE });
	band_draw(u, c, r, q->predicted_lo, q->predicted_hi, q->n, range,
	          (struct paint){ .style = S_PREDICTED, .over = true });
}

static void part_draw(const struct ui *u, struct canvas *c, const struct part *t, int y)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
	char b[80], name[48];
	int w = o->x - 1, k = t->index;
	bool any = false;
	if (t->kind == PART_WINDOW) {
		canvas_text(c, 0, y, w, S_DIM, "window");
		window_draw(u, c, y);
		return;
	}
	if (t->kind == PART_AXIS) {
		axis_row(u, c, y);
		return;
	}
	if (t->kind == PART_GROUPS) {
		canvas_text(c, 0, y, w, S_DIM, o->plan.d->n_group ? "group" : "gaps");
		groups_draw(u, c, y);
		return;
	}
	if (!q || q->n != 2 * o->w)
		return;
	switch (t->kind) {
	case PART_INPUT: {
		const float *lo = q->input_lo + k * q->n, *hi = q->input_hi + k * q->n;
		struct range r = band_range(lo, hi, q->n, (struct range){ 0, 0 }, &any);
		limits_draw(c, u, y, t->h, channel_name(u, k, b, sizeof b), r, o->x);
		band_draw(u, c, (struct rect){ o->x, y, o->w, t->h }, lo, hi, q->n, r,
		          (struct paint){ .style = S_LINE });
		break;
	}
	case PART_PREDICTION:
		prediction_draw(u, c, (struct rect){ o->x, y, o->w, t->h });
		break;
	case PART_CLASS:
		canvas_text(c, 0, y, w, S_CHANNEL, "class");
		classes_draw(u, c, y, q->predicted_lo, q->predicted_hi);
		break;
	case PART_TRUE_CLASS:
		canvas_text(c, 0, y, w, S_CHANNEL, "true");
		classes_draw(u, c, y, q->truth_lo, q->truth_hi);
		break;
	case PART_ERROR:
		canvas_text(c, 0, y, w, S_CHANNEL, "error");
		strip_draw(u, c, y, q->error, largest(q->error, q->n), S_WARN);
		break;
	case PART_PROBABILITY:
		canvas_printf(c, 0, y, w, style_cluster(k), "%c p %s", cluster_letter(k),
		              record_class_name(&o->plan, k, name, sizeof name));
		strip_draw(u, c, y, q->probability + k * q->n, 1, style_cluster(k));
		break;
	case PART_SALIENCY:
		canvas_printf(c, 0, y, w, S_STRIP, "sal %s", channel_name(u, k, name, sizeof name));
		strip_draw(u, c, y, q->saliency + k * q->n, most_of(q->saliency, q->channels * q->n), S_STRIP);
		break;
	case PART_EVENTS:
		canvas_text(c, 0, y, w, S_CHANNEL, "events");
		events_draw(u, c, y);
		break;
	default:
		break;
	}
}

static const char *progress_text(const struct record_picture *q, char *buf, size_t size)
{
	if (!q)
		snprintf(buf, size, "being worked out");
	else if (q->done < q->total)
		snprintf(buf, size, "%d %% computed", (int)(100 * q->done / q->total));
	else
		snprintf(buf, size, "computed");
	return buf;
}

static void limits_text(const struct ui *u, char *buf, size_t size)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
	char error[24], saliency[24];
	size_t n = 0;
	buf[0] = '\0';
	/* without thresholds no event has been looked for */
	if (!q || (!q->done && !q->n_event))
		return;
	if (!isnan(q->limits.error))
		n += (size_t)snprintf(buf + n, size - n, "error > %s  ",
		                      number_format(error, sizeof error, q->limits.error, 7));
	if (!isnan(q->limits.saliency))
		n += (size_t)snprintf(buf + n, size - n, "saliency > %s  ",
		                      number_format(saliency, sizeof saliency, q->limits.saliency, 7));
	if (o->plan.classifier)
		n += (size_t)snprintf(buf + n, size - n, "other class  ");
	if (*u->s.record_where)
		n += (size_t)snprintf(buf + n, size - n, "& %s  ", u->s.record_where);
	snprintf(buf + n, size - n, "%s%d event%s", q->more_events ? "more than " : "", q->n_event,
	         q->n_event == 1 ? "" : "s");
}

static void record_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_RECORD];
	struct span seen = shown_span(u);
	char b[256], progress[48], each[24];
	int y = u->frame.body.y;
	number_format(each, sizeof each, (double)seen.n / o->w, 6);
	snprintf(b, sizeof b, "steps %lld to %lld of %lld  a column is %s  %s", (long long)seen.from,
	         (long long)(seen.from + seen.n - 1), (long long)o->plan.steps, each,
	         progress_text(picture(u), progress, sizeof progress));
	canvas_text(c, 0, y++, -1, S_BORDER_ON, b);
	if (title_rows(u) > 1) {
		limits_text(u, b, sizeof b);
		canvas_text(c, 0, y++, -1, S_DIM, b);
	}
	for (int i = 0; i < o->n; i++) {
		part_draw(u, c, &o->part[i], y);
		y += o->part[i].h;
	}
	canvas_zone(c, (struct rect){ o->x, u->frame.body.y, o->w, y - u->frame.body.y }, 0, -1);
}

/* ---- moving ---- */

/* The window whose middle is nearest to a step. */
static int64_t window_at(const struct own *o, int64_t step)
{
	const struct record_plan *p = &o->plan;
	int64_t i = record_place(p, step - p->m->T / 2);
	return i < p->windows ? i : p->windows - 1;
}

static int64_t place_now(const struct ui *u)
{
	const struct own *o = u->data[VIEW_RECORD];
	int64_t i = u->s.q.window;
	for (int64_t k = record_place(&o->plan, window_span(u).from); o->plan.order && k < o->plan.windows; k++)
		if (o->plan.order[k] == i)
			return k;
	return i;
}

static unsigned to_place(struct ui *u, int64_t i)
{
	const struct own *o = u->data[VIEW_RECORD];
	i = i < 0 ? 0 : i >= o->plan.windows ? o->plan.windows - 1 : i;
	return session_window(&u->s, record_window(&o->plan, i));
}

/* So many columns on, and at least one window. */
static unsigned columns_by(struct ui *u, int by)
{
	const struct own *o = u->data[VIEW_RECORD];
	struct span at = window_span(u);
	int64_t step = at.from + at.n / 2 + shown_span(u).n * by / o->w, now = place_now(u), to = window_at(o, step);
	return to_place(u, by > 0 && to <= now ? now + 1 : by < 0 && to >= now ? now - 1 : to);
}

static unsigned record_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_RECORD];
	struct span seen = shown_span(u);
	switch (m) {
	case MOVE_LEFT:
		return columns_by(u, -1);
	case MOVE_RIGHT:
		return columns_by(u, 1);
	case MOVE_UP:
	case MOVE_PREVIOUS:
		return to_place(u, place_now(u) - 1);
	case MOVE_DOWN:
	case MOVE_NEXT:
		return to_place(u, place_now(u) + 1);
	case MOVE_FIRST:
		return to_place(u, 0);
	case MOVE_LAST:
		return to_place(u, o->plan.windows - 1);
	case MOVE_HOME:
		return to_place(u, record_place(&o->plan, seen.from));
	case MOVE_END:
		return to_place(u, record_place(&o->plan, seen.from + seen.n - u->s.m->T + 1) - 1);
	case MOVE_PAGE_UP:
		return columns_by(u, -o->w);
	case MOVE_PAGE_DOWN:
		return columns_by(u, o->w);
	case MOVE_HALF_UP:
		return columns_by(u, -o->w / 2);
	case MOVE_HALF_DOWN:
		return columns_by(u, o->w / 2);
	}
	return 0;
}

static unsigned record_span(struct ui *u, enum span_move m)
{
	struct own *o = u->data[VIEW_RECORD];
	struct span at = window_span(u);
	int64_t all = o->plan.steps;
	bool moved = true;
	if (m == SPAN_ALL)
		u->s.record = (struct viewport){ 0 };
	else if (m == SPAN_IN || m == SPAN_OUT)
		moved = viewport_zoom(&u->s.record, all, at.from + at.n / 2, m == SPAN_IN ? 1 : -1);
	else
		moved = viewport_move(&u->s.record, all, (m == SPAN_LATER ? 1 : -1) * (u->s.record.n + 1) / 2);
	if (!moved)
		ui_say(u, m == SPAN_IN    ? "no fewer steps are shown"
		          : m == SPAN_OUT ? "all steps are shown"
		                          : "this is the end of the record");
	return CHANGED_LOOK;
}

static unsigned record_enter(struct ui *u)
{
	return session_view(&u->s, VIEW_NETWORK, true);
}

static bool record_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	const struct own *o = u->data[VIEW_RECORD];
	(void)z;
	int64_t was = u->s.q.window;
	*changed = to_place(u, window_at(o, step_of(u, x - o->x)));
	return was == u->s.q.window;
}

/* ---- events ---- */

/* The place of the window in which an event is looked at: for a forecast the one that predicts the step, else the one
 * around it. */
static int64_t event_place(const struct ui *u, const struct record_event *v)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_plan *p = &o->plan;
	int64_t back = !p->classifier && p->at[0] >= p->m->T && v->kind != EVENT_SALIENCY ? p->at[0] : p->m->T / 2;
	int64_t i = record_place(p, v->peak - back);
	return i < p->windows ? i : p->windows - 1;
}

static unsigned go_to(struct ui *u, const struct record_event *v)
{
	struct own *o = u->data[VIEW_RECORD];
	viewport_follow(&u->s.record, o->plan.steps, v->peak);
	return to_place(u, event_place(u, v)) | CHANGED_LIST;
}

/* Events of one window are one stop. */
static unsigned record_event_by(struct ui *u, int step)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
	int64_t now = place_now(u);
	const struct record_event *best = NULL;
	for (int i = 0; q && i < q->n_event; i++) {
		int64_t at = event_place(u, &q->event[i]);
		bool ahead = step > 0 ? at > now : at < now;
		if (ahead && (!best || (step > 0 ? at < event_place(u, best) : at > event_place(u, best))))
			best = &q->event[i];
	}
	if (best) {
		char text[160];
		record_event_text(&o->plan, best, text, sizeof text);
		ui_say(u, "%s%s%s at step %lld", record_event_names[best->kind], *text ? " " : "", text,
		       (long long)best->peak);
		return go_to(u, best);
	}
	ui_say(u, "no event comes %s this window%s", step > 0 ? "after" : "before",
	       q && q->done < q->total ? " so far" : "");
	return 0;
}

static unsigned record_where(struct ui *u, const char *text)
{
	struct own *o = u->data[VIEW_RECORD];
	struct err e = { 0 };
	struct record_expr *x = record_expr_parse(text, &o->plan, &e);
	if (!x) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	record_expr_free(x);
	snprintf(u->s.record_where, sizeof u->s.record_where, "%s", text[strspn(text, " ")] ? text : "");
	scene_where(&u->scene, u->s.record_where);
	return CHANGED_LIST;
}

/* ---- text ---- */

static void events_print(const struct own *o, const struct record_picture *q, FILE *f)
{
	char text[160];
	for (int i = 0; i < q->n_event; i++) {
		const struct record_event *v = &q->event[i];
		fprintf(f, "event %s steps %lld to %lld peak %lld %s\n", record_event_names[v->kind],
		        (long long)v->from, (long long)v->last, (long long)v->peak,
		        record_event_text(&o->plan, v, text, sizeof text));
	}
}

static void columns_print(const struct ui *u, const struct record_picture *q, FILE *f)
{
	const struct own *o = u->data[VIEW_RECORD];
	char name[48];
	int64_t before = -1;
	for (int x = 0; x < q->n; x++) {
		int64_t step = q->first + q->steps * x / q->n;
		if (step == before)
			continue;
		before = step;
		fprintf(f, "step %lld", (long long)step);
		for (int c = 0; c < q->inputs; c++)
			fprintf(f, " %s %.6g to %.6g", channel_name(u, c, name, sizeof name),
			        (double)q->input_lo[c * q->n + x], (double)q->input_hi[c * q->n + x]);
		if (!isnan(q->predicted_lo[x]) && o->plan.classifier)
			fprintf(f, " class %s",
			        record_class_name(&o->plan, (int)q->predicted_lo[x], name, sizeof name));
		else if (!isnan(q->predicted_lo[x]))
			fprintf(f, " predicted %.6g to %.6g", (double)q->predicted_lo[x], (double)q->predicted_hi[x]);
		if (!isnan(q->truth_lo[x]) && o->plan.classifier)
			fprintf(f, " true %s", record_class_name(&o->plan, (int)q->truth_lo[x], name, sizeof name));
		if (!isnan(q->error[x]))
			fprintf(f, " error %.6g", (double)q->error[x]);
		for (int k = 0; k < q->classes; k++)
			fprintf(f, " p %s %.4g", record_class_name(&o->plan, k, name, sizeof name),
			        (double)q->probability[k * q->n + x]);
		for (int c = 0; c < q->channels; c++)
			fprintf(f, " saliency %s %.4g", channel_name(u, c, name, sizeof name),
			        (double)q->saliency[c * q->n + x]);
		fputc('\n', f);
	}
}

static void record_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_RECORD];
	const struct record_picture *q = picture(u);
	char b[256];
	struct span seen = shown_span(u), at = window_span(u);
	fprintf(f, "record: steps %lld to %lld of %lld, window %lld is steps %lld to %lld\n", (long long)seen.from,
	        (long long)(seen.from + seen.n - 1), (long long)o->plan.steps, (long long)u->s.q.window,
	        (long long)at.from, (long long)(at.from + at.n - 1));
	if (!q)
		return;
	limits_text(u, b, sizeof b);
	fprintf(f, "%s\n", b);
	events_print(o, q, f);
	columns_print(u, q, f);
}

static bool event_has(const struct ui *u, const struct record_event *v, const char *word)
{
	const struct own *o = u->data[VIEW_RECORD];
	char text[160], line[240];
	snprintf(line, sizeof line, "%s %s", record_event_names[v->kind],
	         record_event_text(&o->plan, v, text, sizeof text));
	return text_has(line, word);
}

/* The next event whose kind or value has the word; behind the last one the first. */
static bool record_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	const struct record_picture *q = picture(u);
	const struct record_event *found = NULL;
	int64_t now = place_now(u);
	for (int i = 0; q && i < q->n_event && !found; i++) {
		const struct record_event *v = &q->event[step > 0 ? i : q->n_event - 1 - i];
		int64_t at = event_place(u, v);
		if ((step > 0 ? at > now : at < now) && event_has(u, v, word))
			found = v;
	}
	for (int i = 0; q && i < q->n_event && !found; i++) {
		const struct record_event *v = &q->event[step > 0 ? i : q->n_event - 1 - i];
		if (event_has(u, v, word))
			found = v;
	}
	if (found)
		*changed = go_to(u, found);
	return found != NULL;
}

static bool forecasts(const struct ui *u)
{
	const struct own *o = u->data[VIEW_RECORD];
	return o && !o->plan.classifier;
}
static bool classifies(const struct ui *u)
{
	return !forecasts(u);
}

static const struct legend legend[] = {
	SEEN("steps 0 to 99", "the steps of the record that are shown, of so many; a column is so many of them",
	     .style = S_BORDER_ON),
	SEEN("34 % computed", "how far the windows are; what is on the screen comes first", .style = S_BORDER_ON),
	SEEN("error > 3.2", "thresholds above which error and saliency are events; other class: so is a change",
	     .style = S_DIM),
	SEEN("{line}", "a band from the smallest to the largest value of each column", .style = S_LINE),
	SEEN("{line}", "the true values, in raw units", .style = S_TRUE, .when = forecasts),
	SEEN("predicted {line}", "the prediction over them", .style = S_PREDICTED, .when = forecasts),
	SEEN("A B {track}", "the class of most windows that cover the step; {track} not known", .style = S_CLUSTER,
	     .when = classifies),
	SEEN("+", "several classes in a column", .when = classifies),
	SEEN("true", "the true class", .style = S_CHANNEL, .when = classifies),
	SEEN("A p N", "letter, name and mean probability of a class", .style = S_CLUSTER, .when = classifies),
	SEEN("error {strip}", "prediction minus truth; of classes the share of windows that are wrong",
	     .style = S_WARN),
	SEEN("sal a {strip}", "the saliency of a channel, the mean over the windows that cover a step",
	     .style = S_STRIP),
	SEEN("e s c & *", "an event: error, saliency, class, expression; several", .style = S_WARN),
	SEEN("{v} gap", "where a group begins, or rows are missing; no window crosses it", .style = S_BORDER_ON),
	SEEN("{mark}", "the current window", .style = S_CELL),
	SEEN("row, time", "what the numbers below are: rows of the file, or time stamps", .style = S_AXIS),
	{ .keys = "left,right", .text = "a column back or on" },
	{ .keys = "up,down", .text = "the window before, the next window" },
	{ .keys = "zoom,zoom-out,zoom-all", .text = "half as many steps, twice as many, all" },
	{ .keys = "event-previous,event-next", .text = "the event before, the next one" },
	{ .keys = "filter", .text = "steps for which this holds are events: error>2 p_N<0.5 or saliency>3" },
	{ .keys = "enter", .text = "the window at level 1" },
	{ 0 },
};

const struct view view_record = {
	.id = VIEW_RECORD,
	.name = "record",
	.title = "Record",
	.tab = 8,
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_RECORD,
	.hints = "enter:open event-previous,event-next:event zoom,zoom-out:zoom zoom-all:all filter:events_where "
	         "window-previous,window-next:window method units search",
	.depends = CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_LIST | CHANGED_SPAN,
	.release = record_release,
	.update = record_update,
	.draw = record_draw,
	.move = record_move,
	.enter = record_enter,
	.pick = record_pick,
	.event = record_event_by,
	.where = record_where,
	.span = record_span,
	.search = record_search,
	.dump = record_dump,
};
