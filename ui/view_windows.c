/* The data set's windows: place, truth, forecast, error; Enter jumps. */
#include "ui/ui.h"

#include <math.h>
#include <string.h>

static int room_of(const struct ui *u)
{
	return u->frame.body.h - 2;
}

static void windows_update(struct ui *u, unsigned changed)
{
	struct windows *w = &u->windows;
	(void)changed;
	if (w->seen < w->n)
		scene_want(&u->scene, (struct ask) { ANSWER_WINDOWS, 0, 0, 0 });
	if (w->sorted != w->seen)
		windows_sort(w);
	w->first = layout_scroll((int)w->first, (int)w->at, 1, (int)w->n, room_of(u));
}

static double error_max(const struct windows *w)
{
	double max = 0;
	for (int64_t i = 0; i < w->seen; i++)
		max = w->error[i] > max ? w->error[i] : max;
	return max;
}

static void value_format(const struct ui *u, double v, char *buf, size_t size)
{
	if (isnan(v))
		snprintf(buf, size, "-");
	else if (u->s.q.task == TASK_CLASSIFICATION)
		output_name(u, (int)v, buf, size);
	else
		number_format(buf, size, output_units(u, 0, v), 9);
}

static void row_draw(const struct ui *u, struct canvas *c, int y, int64_t at, double max)
{
	const struct windows *w = &u->windows;
	const struct dataset *d = u->s.d;
	int i = w->order[at], x = 1, width = c->w;
	char b[64];
	const char *stamp = dataset_stamp(d, i, 0);
	canvas_put(c, 0, y, i == u->s.q.window ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
	snprintf(b, sizeof b, "%d", i);
	bool on = at == w->at;
	canvas_right(c, x, y, 8, S_TEXT, b);
	if (*stamp)
		canvas_text(c, x + 10, y, 19, S_TEXT, stamp);
	else
		canvas_printf(c, x + 10, y, 19, S_TEXT, "row %lld", (long long)dataset_row(d, i));
	if (i >= w->seen) {
		canvas_put(c, x + 38, y, c->ellipsis, S_DIM);
	} else {
		value_format(u, w->truth[i], b, sizeof b);
		canvas_right(c, x + 29, y, 10, S_TEXT, b);
		value_format(u, w->predicted[i], b, sizeof b);
		canvas_right(c, x + 40, y, 10, S_TEXT, b);
		canvas_right(c, x + 51, y, 10, S_TEXT, number_format(b, sizeof b, w->error[i], 9));
		if (width > x + 66 && !isnan(w->error[i]))
			plot_bar(c, u->g, x + 63, y, width - x - 64 > 7 && width < 100 ? 7 : width - x - 64,
			         max > 0 ? w->error[i] / max : 0, style_seq(max > 0 ? w->error[i] / max : 0));
	}
	if (on) {
		canvas_mark(c, (struct rect) { x, y, 8, 1 }, STYLE_REVERSE);
		canvas_cursor(c, x, y);
	}
}

static void windows_draw(const struct ui *u, struct canvas *c)
{
	static const struct {
		const char *name;
		int x;
	} head[WINDOWS_SORTS] = {
		{ "window", 3 },
		{ "y", 39 },
		{ "predicted", 42 },
		{ "error", 57 },
	};
	const struct windows *w = &u->windows;
	struct rect body = u->frame.body;
	char b[96];
	snprintf(b, sizeof b, "%lld windows", (long long)w->n);
	if (w->seen < w->n)
		snprintf(b, sizeof b, "%lld of %lld windows done so far", (long long)w->seen,
		         (long long)w->n);
	int x = 1 + canvas_text(c, 1, body.y, -1, S_TITLE, b);
	if (u->s.d->n_target < w->n)
		x += canvas_printf(c, x, body.y, -1, S_DIM, "  %lld without a true value",
		                   (long long)(w->n - u->s.d->n_target));
	canvas_text(c, x, body.y, -1, S_DIM,
	            u->s.q.task == TASK_CLASSIFICATION ? "  error: 1 - probability of the true class"
	                                               : "  error: root of the mean square, scaled");
	for (int k = 0; k < WINDOWS_SORTS; k++)
		canvas_text(c, head[k].x, body.y + 1, -1,
		            k == (int)w->sort        ? S_TITLE | STYLE_UNDERLINE
		            : k == WINDOWS_TRUTH     ? (unsigned)S_TRUE
		            : k == WINDOWS_PREDICTED ? (unsigned)S_PREDICTED
		                                     : (unsigned)S_DIM,
		            head[k].name);
	canvas_text(c, 11, body.y + 1, -1, S_DIM, "from");
	double max = error_max(w);
	for (int y = 0; y < room_of(u) && w->first + y < w->n; y++)
		row_draw(u, c, body.y + 2 + y, w->first + y, max);
}

static unsigned windows_move(struct ui *u, enum move m)
{
	struct windows *w = &u->windows;
	int64_t to = w->at, page = room_of(u) > 2 ? room_of(u) - 1 : 1;
	switch (m) {
	case MOVE_UP:
	case MOVE_PREVIOUS:
		to--;
		break;
	case MOVE_DOWN:
	case MOVE_NEXT:
		to++;
		break;
	case MOVE_FIRST:
	case MOVE_HOME:
		to = 0;
		break;
	case MOVE_LAST:
	case MOVE_END:
		to = w->n - 1;
		break;
	case MOVE_PAGE_UP:
		to -= page;
		break;
	case MOVE_PAGE_DOWN:
		to += page;
		break;
	case MOVE_HALF_UP:
		to -= page / 2;
		break;
	case MOVE_HALF_DOWN:
		to += page / 2;
		break;
	default:
		break;
	}
	to = to < 0 ? 0 : to >= w->n ? w->n - 1 : to;
	if (to == w->at || to < 0)
		return 0;
	w->at = to;
	return CHANGED_LIST;
}

static unsigned windows_enter(struct ui *u)
{
	unsigned changed = 0;
	if (u->windows.n < 1)
		return 0;
	changed = session_window(&u->s, u->windows.order[u->windows.at]);
	unsigned back = 0;
	session_back(&u->s, &back);
	return changed | back;
}

static void windows_dump(struct ui *u, FILE *f)
{
	struct windows *w = &u->windows;
	char y[64], p[64];
	fprintf(f, "window row y predicted error\n");
	for (int64_t k = 0; k < w->n; k++) {
		int i = w->order[k];
		value_format(u, w->truth[i], y, sizeof y);
		value_format(u, w->predicted[i], p, sizeof p);
		fprintf(f, "%d %lld %s %s %.6g\n", i, (long long)dataset_row(u->s.d, i), y, p, w->error[i]);
	}
}

const struct view view_windows = {
	.id = VIEW_WINDOWS,
	.name = "windows",
	.title = "Windows",
	.needs_data = true,
	.depends = CHANGED_LIST | CHANGED_WINDOW,
	.update = windows_update,
	.draw = windows_draw,
	.move = windows_move,
	.enter = windows_enter,
	.dump = windows_dump,
};
