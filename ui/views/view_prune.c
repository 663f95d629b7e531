/* The curve of smaller networks: their error over the part of the filters that is removed, each repaired. A cursor
 * stands on one of them; Enter makes it what the network is compared with. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"

enum { LABEL_W = 9, FIRST_AT = (50 - CURVE_FROM) / CURVE_BY };
enum { SHARE, VALUE, CHANGED, PARAMETERS, OPERATIONS, COLUMNS };

struct own {
	struct list list; /* over the points; first, so that the data are those of a list */
	bool placed;
	real numbers[CURVE_POINTS * COLUMNS];
};

static int points(const struct ui *u)
{
	return u->scene.prune.n_point;
}

static const struct pruned *point(const struct ui *u, int i)
{
	return i >= 0 && i < points(u) ? u->scene.prune.point[i] : NULL;
}

/* The cursor goes over all ratios, also those whose network is not there yet. */
static int percent_of(int i)
{
	return CURVE_FROM + CURVE_BY * i;
}

/* Are there true values? Else the curve is that of the predictions that change. */
static bool has_error(const struct ui *u)
{
	return points(u) && !isnan(point(u, 0)->before);
}

static double value_of(const struct ui *u, const struct pruned *q)
{
	return has_error(u) ? q->now.error : q->now.changed;
}

static const char *value_name(const struct ui *u)
{
	return !has_error(u) ? "change" : point(u, 0)->has_accuracy ? "accuracy" : "mse";
}

static void prune_open_view(struct ui *u)
{
	struct own *o = u->data[VIEW_PRUNE];
	struct scene_prune *p = &u->scene.prune;
	if (!o->placed)
		o->list.at = FIRST_AT;
	o->placed = true;
	/* one that was stopped, or came to nothing, is begun anew */
	p->drawn &= p->going || p->n_point == CURVE_POINTS;
}

static void prune_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_PRUNE];
	(void)changed;
	if (!o->placed)
		prune_open_view(u);
	list_keep(&o->list, CURVE_POINTS, CURVE_POINTS);
}

/* ---- drawing ---- */

/* Errors span decades, so they are drawn by their logarithm. */
static double height_of(const struct ui *u, double v)
{
	if (!has_error(u) || point(u, 0)->has_accuracy)
		return v;
	return v > 0 ? log10(v) : (double)NAN;
}

static struct range range_of(const struct ui *u)
{
	double first = has_error(u) ? height_of(u, point(u, 0)->before) : 0;
	struct range r = { first, first };
	for (int i = 0; i < points(u); i++) {
		double v = height_of(u, value_of(u, point(u, i)));
		if (isfinite(v))
			r = range_join(r, (struct range){ v, v });
	}
	double least = has_error(u) && !point(u, 0)->has_accuracy ? 0.05 : 0.01;
	if (r.hi - r.lo < least) { /* what is all but flat looks flat */
		r.lo -= least / 2;
		r.hi += least / 2;
		if (least < 0.05 && r.lo < 0) /* a share */
			r = (struct range){ 0, least };
	}
	return r;
}

static void value_text(const struct ui *u, double height, char *b, size_t size)
{
	double v = has_error(u) && !point(u, 0)->has_accuracy ? pow(10, height) : height;
	if (!has_error(u) || point(u, 0)->has_accuracy)
		snprintf(b, size, "%.1f %%", 100 * v);
	else
		number_format(b, size, v, LABEL_W - 1);
}

static int column_of(int i, int w)
{
	return w < 2 ? 0 : i * (w - 1) / (CURVE_POINTS - 1);
}

static void curve_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_PRUNE];
	struct range range = range_of(u);
	char b[32];
	struct rect label = rect_left(&r, LABEL_W);
	if (r.w < 4 || r.h < 1)
		return;
	real *v = xcalloc((size_t)r.w, sizeof *v);
	for (int x = 0; x < r.w; x++)
		v[x] = (real)NAN;
	for (int i = 0; i + 1 < points(u); i++) {
		int from = column_of(i, r.w), to = column_of(i + 1, r.w);
		double a = height_of(u, value_of(u, point(u, i))), e = height_of(u, value_of(u, point(u, i + 1)));
		for (int x = from; x <= to; x++)
			v[x] = (real)(a + (to > from ? (e - a) * (x - from) / (to - from) : 0));
	}
	if (has_error(u)) { /* the network as it is */
		int y = r.y + plot_row_of(height_of(u, point(u, 0)->before), range, r.h);
		for (int x = 0; x < r.w; x += 2)
			canvas_put(c, r.x + x, y, u->g->middle, S_TRUE);
	}
	plot_line(c, u->g, r, series_of(v, r.w), range, (struct paint){ .style = S_PREDICTED, .over = true });
	free(v);
	if (point(u, o->list.at)) { /* one cell and not a column: a move sends little */
		int y = plot_row_of(height_of(u, value_of(u, point(u, o->list.at))), range, r.h);
		canvas_put(c, r.x + column_of(o->list.at, r.w), r.y + y, u->g->hit, S_HIT | STYLE_REVERSE | STYLE_BOLD);
	}
	value_text(u, range.hi, b, sizeof b);
	canvas_right(c, label.x, r.y, LABEL_W - 1, S_AXIS, b);
	value_text(u, range.lo, b, sizeof b);
	if (r.h > 1)
		canvas_right(c, label.x, r.y + r.h - 1, LABEL_W - 1, S_AXIS, b);
	canvas_zone(c, r, 0, -1);
}

/* Ratios, and that under the cursor beside its mark. */
static void axis_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_PRUNE];
	char b[16];
	rect_left(&r, LABEL_W);
	int end = -2, at = column_of(o->list.at, r.w), w = snprintf(b, sizeof b, "%d %%", percent_of(o->list.at));
	int from = at + 1 + w > r.w ? at - w : at;
	canvas_put(c, r.x + at, r.y, u->g->up, S_BORDER_ON | STYLE_REVERSE);
	canvas_text(c, r.x + (from < at ? from : at + 1), r.y, -1, S_BORDER_ON | STYLE_REVERSE, b);
	canvas_cursor(c, r.x + at, r.y);
	for (int i = 0; i < CURVE_POINTS; i += 2) {
		int n = snprintf(b, sizeof b, "%d", percent_of(i)), x = column_of(i, r.w);
		x = x + n > r.w ? r.w - n : x;
		if (x < end + 2 || (x + n >= from && x <= from + w + 1))
			continue;
		canvas_text(c, r.x + x, r.y, -1, S_AXIS, b);
		end = x + n;
	}
}

/* A loss of quality in per cent of what it was: "+0.6 %". */
static void loss_text(const struct pruned *q, char *b, size_t size)
{
	double d = q->before != 0 ? 100 * (q->now.error - q->before) / q->before : (double)NAN;
	if (q->has_accuracy)
		snprintf(b, size, "%+.1f points", 100 * (q->now.error - q->before));
	else
		snprintf(b, size, isfinite(d) ? "%+.2g %%" : "from 0", d);
}

/* The parts of what is said of a network; the first is its ratio. */
enum { PARTS = 7 };
static int parts_of(const struct ui *u, int i, char part[PARTS][272])
{
	const struct pruned *q = point(u, i);
	char a[64], b[32];
	int n = 0;
	snprintf(part[n++], sizeof part[0], "%d %%", percent_of(i));
	if (!q)
		return n;
	snprintf(part[n++], sizeof part[0], "%lld of %lld filters removed", (long long)q->gone, (long long)q->filters);
	if (has_error(u)) {
		pruned_error_format(q, a, sizeof a);
		loss_text(q, b, sizeof b);
		snprintf(part[n++], sizeof part[0], "%s (%s)", a, b);
	}
	snprintf(part[n++], sizeof part[0],
	         target_has_class(u->s.q.task) ? "%.3g %% of the predictions change"
	                                       : "predictions change by %.3g %% of their deviation",
	         100 * q->now.changed);
	snprintf(part[n++], sizeof part[0], "%lld of %lld parameters", (long long)q->params, (long long)u->s.m->params);
	snprintf(part[n++], sizeof part[0], "%.0f %% of the operations",
	         100 * (double)q->macs / (double)graph_macs(u->s.m->graph));
	if (*q->note)
		snprintf(part[n++], sizeof part[0], "%s", q->note);
	return n;
}

/* The parts side by side in r, as many lines as they need. Returns where what is left begins. */
static void parts_draw(const struct ui *u, struct canvas *c, struct rect r)
{
	const struct own *o = u->data[VIEW_PRUNE];
	char part[PARTS][272];
	int n = parts_of(u, o->list.at, part), x = 1, y = r.y;
	if (!points(u))
		canvas_cursor(c, 1, y);
	for (int i = 0; i < n; i++) {
		int w = text_width(part[i]);
		if (x > 1 && x + w > r.w) {
			x = 1;
			y++;
		}
		if (y >= r.y + r.h)
			return;
		x += canvas_text(c, x, y, r.w - x, S_TEXT, part[i]) + 2;
	}
	if (n == 1)
		canvas_put(c, x, y, c->ellipsis, S_DIM);
}

static void title_draw(const struct ui *u, struct canvas *c, struct rect line)
{
	const struct scene_prune *p = &u->scene.prune;
	char b[200], more[48] = "";
	if (p->going && p->curve && !u->patient)
		snprintf(more, sizeof more, "  %d of %d", points(u), (int)CURVE_POINTS);
	else if (points(u) < CURVE_POINTS && !p->going)
		snprintf(more, sizeof more, "  stopped; R goes on");
	if (points(u))
		snprintf(b, sizeof b, "%s of %lld held-out windows over the part that is removed, repaired",
		         value_name(u), (long long)point(u, 0)->windows);
	else
		snprintf(b, sizeof b, "curve of smaller networks");
	if (text_width(b) + text_width(more) > line.w - 2)
		snprintf(b, sizeof b, "%s, smaller networks", points(u) ? value_name(u) : "curve");
	int x = 1 + canvas_text(c, 1, line.y, line.w - 2, S_TITLE, b);
	canvas_text(c, x, line.y, line.w - x, S_DIM, more);
}

static void prune_draw(const struct ui *u, struct canvas *c)
{
	struct rect r = u->frame.body;
	title_draw(u, c, rect_top(&r, 1));
	parts_draw(u, c, rect_top(&r, r.w >= 150 ? 1 : r.w >= 76 ? 2 : 3));
	if (!points(u)) {
		canvas_text(c, 1, r.y, r.w - 2, *u->scene.prune.why ? S_WARN : S_DIM,
		            *u->scene.prune.why ? u->scene.prune.why : "the first network is being made");
		return;
	}
	struct rect axis = rect_bottom(&r, 1);
	curve_draw(u, c, r);
	axis_draw(u, c, axis);
}

/* ---- moving ---- */

static unsigned prune_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_PRUNE];
	m = m == MOVE_LEFT ? MOVE_UP : m == MOVE_RIGHT ? MOVE_DOWN : m;
	return list_move(&o->list.at, CURVE_POINTS, 4, m);
}

static unsigned prune_step(struct ui *u, int by)
{
	return prune_move(u, by < 0 ? MOVE_LEFT : MOVE_RIGHT);
}

static unsigned prune_enter(struct ui *u)
{
	const struct own *o = u->data[VIEW_PRUNE];
	if (o->list.at < points(u) && u->scene.prune.point[o->list.at]->gone > 0)
		return ui_take_pruned(u, u->scene.prune.point[o->list.at]);
	ui_say(u,
	       o->list.at < points(u) ? "nothing to remove: %d %% of the filters is less than one in each layer"
	                              : "the network without %d %% of the filters is not there yet",
	       percent_of(o->list.at));
	return CHANGED_MESSAGE;
}

static bool prune_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_PRUNE];
	int w = u->frame.body.w - LABEL_W, to = (x - LABEL_W) * (CURVE_POINTS - 1) + w / 2;
	(void)z;
	to = w > 1 ? to / (w - 1) : 0;
	to = to < 0 ? 0 : to >= CURVE_POINTS ? CURVE_POINTS - 1 : to;
	bool was = to == o->list.at;
	o->list.at = to;
	*changed = was ? 0 : CHANGED_LIST;
	return was;
}

static const char *point_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	char part[PARTS][272];
	int n = parts_of(u, (int)i, part);
	size_t at = 0;
	for (int k = 0; k < n && at < size; k++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", k == 1 ? ": " : k ? ", " : "", part[k]);
	return buf;
}

static bool prune_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	return list_find(u, u->data[VIEW_PRUNE], point_text, CURVE_POINTS, word, step, changed);
}

static bool prune_numbers(const struct ui *u, struct export_numbers *n, char *name, size_t size)
{
	static const char *const columns[COLUMNS] = { "part", "error", "change", "parameters", "operations" };
	struct own *o = u->data[VIEW_PRUNE];
	snprintf(name, size, "prune-curve");
	for (int i = 0; i < points(u); i++) {
		real *v = o->numbers + i * COLUMNS;
		v[SHARE] = (real)point(u, i)->asked;
		v[VALUE] = (real)point(u, i)->now.error;
		v[CHANGED] = (real)point(u, i)->now.changed;
		v[PARAMETERS] = (real)point(u, i)->params;
		v[OPERATIONS] = (real)point(u, i)->macs;
	}
	*n = (struct export_numbers){ name,      2, { points(u), COLUMNS }, { "network", "column" }, { NULL, columns },
		                      o->numbers };
	return points(u) > 0;
}

static void prune_dump(struct ui *u, FILE *f)
{
	char b[800];
	if (!points(u))
		fprintf(f, "%s\n", *u->scene.prune.why ? u->scene.prune.why : "no smaller network is there yet");
	else
		fprintf(f, "%s of %lld held-out windows over the part of the filters that is removed, repaired\n",
		        value_name(u), (long long)point(u, 0)->windows);
	for (int i = 0; i < points(u); i++)
		fprintf(f, "%s\n", point_text(u, i, b, sizeof b));
}

static const struct legend legend[] = {
	SEEN("mse, accuracy",
	     "of smaller networks over the last fifth of the windows, which they were not repaired on; without true "
	     "values "
	     "the part of the predictions that change",
	     .style = S_TITLE),
	SEEN("50 %",
	     "the network under the cursor: so much of each convolution is removed, the least important by "
	     "Taylor's formula, and what reads it is solved anew by least squares",
	     .style = S_BORDER_ON | STYLE_REVERSE),
	SEEN("mse 2, was 1", "of the smaller network and of this one; in brackets the change"),
	SEEN("predictions",
	     "that change: of a classifier how many have another class; else the root mean square of the "
	     "difference, by the deviation of the predictions"),
	SEEN("{hit} {up}",
	     "the network under the cursor, on the curve and on the axis of what is removed; errors are drawn "
	     "by their logarithm"),
	SEEN("0.11", "the largest and the smallest value of the plot; its dashed line is the network as it is",
	     .style = S_AXIS),
	SEEN("{ellipsis}", "not computed yet"),
	{ .keys = "percentile-less,percentile-more", .text = "a smaller part, a larger one" },
	{ .keys = "enter", .text = "takes the network: P compares with it, :w FILE.onnx saves it" },
	{ 0 },
};

const struct view view_prune = {
	.id = VIEW_PRUNE,
	.name = "prune",
	.title = "Prune",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_CURVE,
	.hints = "percentile-less,percentile-more:part enter:take compare undo search",
	.open = prune_open_view,
	.enter = prune_enter,
	.search = prune_search,
	.depends = CHANGED_VALUES | CHANGED_LIST | CHANGED_LOOK,
	.update = prune_update,
	.draw = prune_draw,
	.move = prune_move,
	.step = prune_step,
	.pick = prune_pick,
	.numbers = prune_numbers,
	.dump = prune_dump,
};
