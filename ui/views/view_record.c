/* The record: the whole file along time. Bands of the input, prediction over truth, strips of error, probability and
 * saliency, events, groups; the cursor is the current window. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"
#include "ui/parts/record_page.h"
#include "ui/state/format.h"

struct own {
	struct record_plan plan;
	bool planned;
	struct record_page page; /* how it is laid out; what is on it is set where it is drawn */
};
enum { TEXT_COLUMNS = 400 };

static void record_release(void *data)
{
	struct own *o = data;
	if (o->planned)
		record_plan_release(&o->plan);
	record_page_release(&o->page);
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
	o->page.plan = &o->plan;
	record_page_layout(&o->page, u->frame.body.w, u->frame.body.h - title_rows(u));
	struct span seen = shown_span(u);
	/* two columns of dots in a cell; text does not depend on the screen */
	u->scene.record_look = (struct record_look){ seen.from, seen.n, u->whole ? TEXT_COLUMNS : 2 * o->page.w };
}

/* ---- drawing ---- */

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
	n += (size_t)snprintf(buf + n, size - n, "%lld event%s", (long long)q->found, q->found == 1 ? "" : "s");
	if (q->n_event < q->found)
		snprintf(buf + n, size - n, ", %d stops", q->n_event);
}

static void record_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_RECORD];
	struct span seen = shown_span(u);
	char b[256], progress[48], each[24];
	int y = u->frame.body.y;
	bool few = seen.n < o->page.w;
	number_format(each, sizeof each, few ? (double)o->page.w / (double)seen.n : (double)seen.n / o->page.w, 6);
	snprintf(b, sizeof b, "steps %lld to %lld of %lld  a %s is %s%s  %s", (long long)seen.from,
	         (long long)(seen.from + seen.n - 1), (long long)o->plan.steps, few ? "step" : "column", each,
	         few ? " columns" : "", progress_text(picture(u), progress, sizeof progress));
	if (o->page.hidden)
		snprintf(b + strlen(b), sizeof b - strlen(b), "  %d hidden", o->page.hidden);
	canvas_text(c, 0, y++, -1, S_BORDER_ON, b);
	if (title_rows(u) > 1) {
		limits_text(u, b, sizeof b);
		canvas_text(c, 0, y++, -1, S_DIM, b);
	}
	struct record_page page = o->page;
	page.q = picture(u);
	page.seen = seen;
	page.window = window_span(u);
	y = record_page_draw(u, &page, c, y);
	canvas_zone(c, (struct rect){ page.x, u->frame.body.y, page.w, y - u->frame.body.y }, 0, -1);
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
	int64_t step = at.from + at.n / 2 + shown_span(u).n * by / o->page.w, now = place_now(u),
	        to = window_at(o, step);
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
		return columns_by(u, -o->page.w);
	case MOVE_PAGE_DOWN:
		return columns_by(u, o->page.w);
	case MOVE_HALF_UP:
		return columns_by(u, -o->page.w / 2);
	case MOVE_HALF_DOWN:
		return columns_by(u, o->page.w / 2);
	}
	return 0;
}

static unsigned record_span(struct ui *u, enum span_move m)
{
	struct own *o = u->data[VIEW_RECORD];
	if (!o->plan.d) /* a key that was typed ahead: the view was not updated yet */
		return 0;
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
	struct record_page page = o->page;
	page.seen = shown_span(u);
	*changed = to_place(u, window_at(o, record_page_step(&page, x - page.x)));
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

static void predicted_print(const struct own *o, const struct record_picture *q, int k, int x, FILE *f)
{
	char name[RECORD_NAME] = "";
	if (isnan(q->predicted_lo[k * q->n + x]))
		return;
	if (q->predicted > 1)
		record_column_name(&o->plan, k, name, sizeof name);
	fprintf(f, " predicted%s%s %.6g to %.6g", *name ? " " : "", name, (double)q->predicted_lo[k * q->n + x],
	        (double)q->predicted_hi[k * q->n + x]);
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
		for (int k = 0; k < q->predicted && !o->plan.classifier; k++)
			predicted_print(o, q, k, x, f);
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
	SEEN("steps 0 to 99", "the steps of the record that are shown, of so many, and how many a column has",
	     .style = S_BORDER_ON),
	SEEN("2 hidden", "so many rows of this page have no room; a taller terminal shows them", .style = S_BORDER_ON),
	SEEN("34 % computed", "how far the windows are; what is on the screen comes first", .style = S_BORDER_ON),
	SEEN("error > 3.2", "thresholds above which error and saliency are events; other class: so is a change",
	     .style = S_DIM),
	SEEN("9 stops", "of very many events the keys go to the strongest of each kind in each stretch of the record",
	     .style = S_DIM),
	SEEN("{line}", "a band from the smallest to the largest value of each column", .style = S_LINE),
	SEEN("{line}", "the true values, in raw units", .style = S_TRUE, .when = forecasts),
	SEEN("predicted {line}", "the prediction over them; steps that no window predicts have none",
	     .style = S_PREDICTED, .when = forecasts),
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
