/* The data set's windows: place, truth, forecast, error; Enter jumps. */
#include "ui/views/views.h"

#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/views/list.h"

static int room_of(const struct ui *u)
{
	return u->frame.body.h - 2;
}

static void windows_update(struct ui *u, unsigned changed)
{
	struct windows *w = &u->windows;
	(void)changed;
	if (w->sorted != w->seen)
		windows_sort(w);
	w->first = layout_scroll((int)w->first, (int)w->at, 1, (int)w->listed, room_of(u));
}

static double error_max(const struct windows *w)
{
	double max = 0;
	for (int64_t i = 0; i < w->seen; i++)
		max = w->error[i] > max ? w->error[i] : max;
	return max;
}

static void value_format(const struct ui *u, int64_t i, double v, int width, char *buf, size_t size)
{
	if (isnan(v))
		snprintf(buf, size, "-");
	else if (target_has_class(u->s.q.task))
		output_name(u, (int)v, buf, size);
	else
		number_format(buf, size, output_units(u, i, 0, v), width);
}

struct column {
	int x, w; /* w 0: not there */
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

/* Where the columns stand: the time stamp gives way on a narrow screen. Returns where the bar begins. */
static int columns_place(const struct ui *u, int width, struct column *col)
{
	bool wide = width >= 64, label = windows_labelled(&u->windows);
	int number = width >= 76 ? 11 : wide ? 10 : 7, index = wide ? 8 : 6, gap = wide ? 2 : 1;
	int rest = width - 1 - index - gap - 3 * (number + 1) - (label ? number + 1 : 0);
	int w[WINDOWS_SORTS] = { index, 0, 0, label ? number : 0, number, number, number };
	share_rest(u, rest, &w[WINDOWS_FROM], &w[WINDOWS_GROUP]);
	int x = 1;
	for (int k = 0; k < WINDOWS_SORTS; k++) {
		col[k] = (struct column){ x, w[k] };
		x += w[k] ? w[k] + (k == WINDOWS_INDEX ? gap : 1) : 0;
	}
	return x + 1;
}

static void row_draw(const struct ui *u, struct canvas *c, int y, int64_t at, double max)
{
	const struct windows *w = &u->windows;
	const struct dataset *d = u->s.d;
	struct column col[WINDOWS_SORTS];
	int i = w->order[at], bar = columns_place(u, c->w, col), room = c->w - bar - 1;
	char b[64];
	const char *stamp = dataset_stamp(d, i, 0);
	canvas_put(c, 0, y, i == u->s.q.window ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
	snprintf(b, sizeof b, "%d", i);
	canvas_right(c, col[WINDOWS_INDEX].x, y, col[WINDOWS_INDEX].w, S_TEXT, b);
	if (!*stamp)
		snprintf(b, sizeof b, "row %lld", (long long)dataset_row(d, i));
	if (col[WINDOWS_FROM].w)
		canvas_name(c, col[WINDOWS_FROM].x, y, col[WINDOWS_FROM].w, S_TEXT, *stamp ? stamp : b);
	if (col[WINDOWS_GROUP].w)
		canvas_name(c, col[WINDOWS_GROUP].x, y, col[WINDOWS_GROUP].w, S_TEXT, dataset_group_name(d, i));
	if (col[WINDOWS_LABEL].w)
		canvas_name(c, col[WINDOWS_LABEL].x, y, col[WINDOWS_LABEL].w, S_TEXT, windows_label(w, i));
	for (int k = WINDOWS_TRUTH; k < WINDOWS_SORTS; k++) {
		const struct column *q = &col[k];
		if (i >= w->seen)
			canvas_put(c, q->x + q->w - 1, y, c->ellipsis, S_DIM);
		else if (k == WINDOWS_ERROR)
			canvas_right(c, q->x, y, q->w, S_TEXT,
			             isnan(w->error[i]) ? "-" : number_format(b, sizeof b, w->error[i], q->w - 1));
		else {
			value_format(u, i, k == WINDOWS_TRUTH ? w->truth[i] : w->predicted[i], q->w - 1, b, sizeof b);
			canvas_right(c, q->x, y, q->w, S_TEXT, b);
		}
	}
	if (room > 2 && i < w->seen && !isnan(w->error[i]))
		plot_bar(c, u->g, bar, y, room > 7 && c->w < 100 ? 7 : room, max > 0 ? w->error[i] / max : 0,
		         style_seq(max > 0 ? w->error[i] / max : 0));
	if (at == w->at) {
		canvas_mark(c, (struct rect){ col[WINDOWS_INDEX].x, y, col[WINDOWS_INDEX].w, 1 }, STYLE_REVERSE);
		canvas_cursor(c, col[WINDOWS_INDEX].x, y);
	}
}

/* The names over the columns; that which sorts is underlined, with an arrow up where small values come first. */
static void head_draw(const struct ui *u, struct canvas *c, int y)
{
	static const char *const name[WINDOWS_SORTS] = {
		"window", "from", "group", "label", "y", "predicted", "error"
	};
	const struct windows *w = &u->windows;
	struct column col[WINDOWS_SORTS];
	columns_place(u, c->w, col);
	for (int k = 0; k < WINDOWS_SORTS; k++) {
		const struct column *q = &col[k];
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
}

static void windows_draw(const struct ui *u, struct canvas *c)
{
	const struct windows *w = &u->windows;
	struct rect body = u->frame.body;
	char b[96];
	snprintf(b, sizeof b, "%lld windows", (long long)w->n);
	if (w->seen < w->n)
		snprintf(b, sizeof b, "%lld of %lld windows done so far", (long long)w->seen, (long long)w->n);
	int x = 1 + canvas_text(c, 1, body.y, -1, S_TITLE, b);
	if (*w->only)
		x += canvas_printf(c, x, body.y, -1, S_WARN, "  %lld of group %s", (long long)w->listed, w->only);
	if (!*w->only && u->s.d->n_target < w->n)
		x += canvas_printf(c, x, body.y, -1, S_DIM, "  %lld without a true value",
		                   (long long)(w->n - u->s.d->n_target));
	canvas_text(c, x, body.y, -1, S_DIM,
	            u->s.q.task == TASK_CLASSIFICATION ? "  error: 1 - probability of the true class"
	            : u->s.q.task == TASK_SEGMENTATION ? "  error: share of the steps that are wrong"
	                                               : "  error: root of the mean square, scaled");
	head_draw(u, c, body.y + 1);
	double max = error_max(w);
	for (int y = 0; y < room_of(u) && w->first + y < w->listed; y++) {
		row_draw(u, c, body.y + 2 + y, w->first + y, max);
		canvas_zone(c, (struct rect){ 0, body.y + 2 + y, c->w, 1 }, (int)(w->first + y), -1);
	}
}

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
	changed = session_window(&u->s, u->windows.order[u->windows.at]);
	unsigned back = 0;
	session_back(&u->s, &back);
	return changed | back;
}

/* What a row shows: its number, where it is from, its label and values. */
static const char *window_text(const struct ui *u, int64_t at, char *buf, size_t size)
{
	const struct windows *w = &u->windows;
	int i = w->order[at];
	char y[64] = "-", p[64] = "-", error[32] = "-";
	const char *stamp = dataset_stamp(u->s.d, i, 0);
	if (i < w->seen) {
		value_format(u, i, w->truth[i], 9, y, sizeof y);
		value_format(u, i, w->predicted[i], 9, p, sizeof p);
	}
	if (i < w->seen && !isnan(w->error[i]))
		number_format(error, sizeof error, w->error[i], 9);
	int n = snprintf(buf, size, "%d ", i);
	n += *stamp ? snprintf(buf + n, size - (size_t)n, "%.200s", stamp)
	            : snprintf(buf + n, size - (size_t)n, "row %lld", (long long)dataset_row(u->s.d, i));
	if (windows_grouped(w))
		n += snprintf(buf + n, size - (size_t)n, " %.200s", dataset_group_name(w->d, i));
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

static void windows_open(struct ui *u)
{
	u->windows.at = windows_place(&u->windows, u->s.q.window);
}

static void windows_dump(struct ui *u, FILE *f)
{
	struct windows *w = &u->windows;
	char y[64], p[64];
	bool label = windows_labelled(w);
	fprintf(f, "window row y predicted error%s%s%s\n", label ? " label" : "", u->s.d->stamp ? " from" : "",
	        windows_grouped(w) ? " group" : "");
	for (int64_t k = 0; k < w->listed; k++) {
		int i = w->order[k];
		const char *stamp = dataset_stamp(u->s.d, i, 0);
		value_format(u, i, w->truth[i], 9, y, sizeof y);
		value_format(u, i, w->predicted[i], 9, p, sizeof p);
		fprintf(f, "%d %lld %s %s %.6g", i, (long long)dataset_row(u->s.d, i), y, p, w->error[i]);
		fprintf(f, "%s%s%s%s", label ? " " : "", label ? windows_label(w, i) : "", *stamp ? " " : "", stamp);
		fprintf(f, "%s%s\n", windows_grouped(w) ? " " : "", dataset_group_name(w->d, i));
	}
}

const struct view view_windows = {
	.id = VIEW_WINDOWS,
	.name = "windows",
	.title = "Windows",
	.needs_data = true,
	.needs = NEEDS_WINDOWS,
	.hints = "enter:jump sort reverse findings search",
	.open = windows_open,
	.search = windows_search,
	.depends = CHANGED_LIST | CHANGED_WINDOW,
	.update = windows_update,
	.draw = windows_draw,
	.move = windows_move,
	.enter = windows_enter,
	.pick = windows_pick,
	.dump = windows_dump,
};
