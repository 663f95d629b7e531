#include "ui/parts/axis.h"

#include <string.h>
#include "core/base/text.h"

static const char *stamp_of(const struct ui *u, int64_t step)
{
	const struct session *s = &u->s;
	return s->raw_units && s->d ? dataset_stamp(s->d, s->q.window, step) : "";
}

const char *axis_unit(const struct ui *u)
{
	return *stamp_of(u, 0) ? "time" : "step";
}

static void step_format(const struct ui *u, int64_t times, int64_t t, char *b, size_t size)
{
	int64_t T = u->s.m->T;
	const char *stamp = stamp_of(u, t * T / times), *first = stamp_of(u, 0), *last = stamp_of(u, T - 1);
	size_t day = strcspn(first, " T");
	if (first[day] && !strncmp(first, last, day + 1) && !strncmp(stamp, first, day + 1))
		stamp += day + 1;
	if (*stamp)
		snprintf(b, size, "%s", stamp);
	else
		snprintf(b, size, "%lld", (long long)t);
}

void axis_draw(const struct ui *u, struct canvas *c, struct rect r, int64_t times, struct span seen, int64_t cursor)
{
	int parts = r.w >= 120 ? 8 : 4, free_from = r.x, mark = -2;
	if (r.w < 1 || r.h < 1 || times < 1)
		return;
	if (cursor >= seen.from && cursor < seen.from + seen.n) {
		mark = r.x + plot_column_of(seen.n, r.w, cursor - seen.from);
		canvas_put(c, mark, r.y, u->g->up, S_BORDER_ON);
	}
	for (int k = 0; k <= parts; k++) {
		char b[64];
		int64_t at = (seen.n - 1) * k / parts;
		step_format(u, times, seen.from + at, b, sizeof b);
		int w = text_width(b), x = r.x + plot_column_of(seen.n, r.w, at);
		if (x + w > r.x + r.w)
			x = r.x + r.w - w;
		if (x < free_from || (mark >= x - 1 && mark <= x + w))
			continue;
		canvas_text(c, x, r.y, w, S_AXIS, b);
		free_from = x + w + 2;
	}
}

static void scrollbar(const struct ui *u, struct canvas *c, int x, int y, int w)
{
	int64_t T = u->s.m->T, n = u->s.shown.n ? u->s.shown.n : T;
	int room = w - 2;
	if (room < 1 || T < 1)
		return;
	int from = (int)(u->s.shown.from * room / T), size = (int)((n * room + T - 1) / T);
	size = size < 1 ? 1 : size;
	from = from + size > room ? room - size : from;
	canvas_put(c, x, y, u->g->end_l, S_AXIS);
	for (int i = 0; i < room; i++) {
		bool on = i >= from && i < from + size;
		canvas_put(c, x + 1 + i, y, on ? u->g->part[8] : u->g->track, on ? S_BORDER_ON : S_TRACK);
	}
	canvas_put(c, x + w - 1, y, u->g->end_r, S_AXIS);
}

void axis_label(const struct ui *u, struct canvas *c, struct rect r, const char *unit, int channels)
{
	enum { BAR_LEAST = 4 };
	int64_t C = u->s.m->C;
	int x = r.x, end = r.x + r.w;
	if (viewport_zoomed(&u->s.shown) && r.w < text_width(unit) + 1 + BAR_LEAST) {
		scrollbar(u, c, r.x, r.y, r.w);
		return;
	}
	x += canvas_text(c, x, r.y, r.w, S_AXIS, unit);
	if (channels > 0 && channels < C) {
		/* The word stands with the numbers: beside "step" alone they would be read as steps. */
		char words[64];
		bool zoomed = viewport_zoomed(&u->s.shown);
		snprintf(words, sizeof words, ", %d of %lld channels", channels, (long long)C);
		if (x + text_width(words) + (zoomed ? 1 + BAR_LEAST : 0) > end)
			snprintf(words, sizeof words, ", %d/%lld ch", channels, (long long)C);
		if (x + text_width(words) <= end)
			x += canvas_text(c, x, r.y, end - x, S_AXIS, words);
	}
	if (viewport_zoomed(&u->s.shown) && end - x - 1 >= BAR_LEAST)
		scrollbar(u, c, x + 1, r.y, end - x - 1);
}
