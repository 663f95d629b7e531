#include "ui/parts/versus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"

int versus_name_width(const struct canvas *c)
{
	return c->w >= 120 ? 30 : c->w >= 60 ? 20 : 9;
}

int versus_label_width(const struct canvas *c)
{
	return c->w >= 120 ? 20 : c->w >= 60 ? 14 : 9;
}

static int value_width(const struct canvas *c)
{
	return c->w >= 120 ? 20 : c->w >= 60 ? 16 : 10;
}

bool versus_equal(const struct versus *v)
{
	return !strcmp(v->a, v->b) && !(fabs(v->change) > 0);
}

/* The value ends at column end; a long one is cut in the middle. */
static void put_right(struct canvas *c, int x, int y, int w, unsigned style, const char *s)
{
	int n = text_width(s);
	canvas_name(c, n < w ? x + w - n : x, y, w, style, s);
}

static void columns(struct canvas *c, int y, const char *a, const char *b, const char *change)
{
	int w = value_width(c), x = 1 + versus_name_width(c), end = x + 2 * w + 2;
	put_right(c, x, y, w - 1, S_TRUE, a);
	put_right(c, x + w, y, w - 1, S_PREDICTED, b);
	if (c->w - end >= 8)
		put_right(c, end - 1, y, c->w - end < 12 ? c->w - end : 12, S_TEXT, change);
}

void versus_heading(const struct ui *u, struct canvas *c, int y, const char *a, const char *b)
{
	char p[96] = "", q[96] = "";
	size_t n = (size_t)text_encode(p, u->g->truth), k = (size_t)text_encode(q, u->g->predicted);
	snprintf(p + n, sizeof p - n, " %s", a);
	snprintf(q + k, sizeof q - k, " %s", b);
	columns(c, y, p, q, c->w < 60 ? "change" : "difference");
}

void versus_row(const struct ui *u, struct canvas *c, int y, const struct versus *v)
{
	char b[32] = "";
	(void)u;
	if (!isnan(v->change))
		snprintf(b, sizeof b, "%+.4g", v->change);
	canvas_name(c, 1, y, versus_name_width(c) - 1, S_DIM, v->name);
	columns(c, y, v->a, v->b, b);
}

static bool versus_same(struct canvas *c, int y, const struct versus *v, int n)
{
	char b[512] = "";
	size_t at = 0;
	for (int i = 0; i < n; i++)
		if (versus_equal(&v[i]) && at + 200 < sizeof b)
			at += (size_t)snprintf(b + at, sizeof b - at, "%s%s %s", at ? ", " : "= ", v[i].name, v[i].a);
	if (at)
		canvas_text(c, 1, y, c->w - 2, S_DIM, b);
	return at > 0;
}

int versus_rows(const struct ui *u, struct canvas *c, int y, const struct versus *v, int n, int most, bool same)
{
	for (int i = 0, rows = 0; i < n && rows < most; i++)
		if (!versus_equal(&v[i])) {
			versus_row(u, c, y++, &v[i]);
			rows++;
		}
	return y + (same && versus_same(c, y, v, n));
}

bool series_equal(struct series a, struct series b)
{
	bool same = a.v && b.v && a.n == b.n;
	for (int64_t i = 0; same && i < a.n; i++)
		same = a.v[i * a.stride] == b.v[i * b.stride];
	return same;
}

/* The row in which column x of w of the series stands: that of the mean of its samples; -1: it has no value. */
static int row_at(struct series s, struct range range, int w, int h, int x)
{
	int64_t from, count, n = 0;
	double sum = 0;
	plot_samples(s.n, w, x, &from, &count);
	for (int64_t i = from; i < from + count; i++)
		if (isfinite((double)s.v[i * s.stride]))
			sum += (double)s.v[i * s.stride], n++;
	return n ? plot_row_of(sum / (double)n, range, h) : -1;
}

static bool is_dots(int32_t cp)
{
	return cp > 0x2800 && cp <= 0x28ff;
}

/* The row of the dots of a line in column x of a canvas, the nearest to `row` if there are several; -1: no dots. */
static int dots_at(const struct canvas *c, int x, int row)
{
	int best = -1;
	for (int y = 0; y < c->h; y++) {
		int32_t cp = c->cell[y * c->w + x].cp;
		if (is_dots(cp) && (best < 0 || abs(y - row) < abs(best - row)))
			best = y;
	}
	return best;
}

/* Marks on a line of dots that stands alone on the canvas `line`, every `step` columns from `first` on. */
static void marks_on_line(struct canvas *c, struct rect r, const struct canvas *line, struct series s,
                          struct range range, int first, int step, int32_t glyph, unsigned style)
{
	for (int x = first; x < r.w; x += step) {
		int row = row_at(s, range, r.w, r.h, x), on = row < 0 ? -1 : dots_at(line, x, row);
		if (on >= 0)
			canvas_put(c, r.x + x, r.y + on, glyph, style);
	}
}

/* The style of a cell with dots of both. A band of values (S_TRACK) gives way to a line. */
static unsigned shared_style(unsigned a, unsigned b)
{
	return a == S_TRACK ? b : b == S_TRACK ? a : S_LINE;
}

/* Two lines of dots. A cell that holds dots of both belongs to neither, so it has the colour of neither: else the line
 * that is drawn last would take the colour of both wherever they run close together. Without colours the marks alone
 * tell the lines apart, so there are more of them. */
static void lines_of_dots(const struct ui *u, struct canvas *c, struct rect r, struct series a, struct series b,
                          struct range range)
{
	int step = u->colours == COLOURS_MONO ? 4 : 10;
	struct canvas first, second;
	struct rect whole = { 0, 0, r.w, r.h };
	canvas_init(&first, r.w, r.h);
	canvas_init(&second, r.w, r.h);
	plot_line(&first, u->g, whole, a, range, (struct paint){ .style = S_TRUE });
	plot_line(&second, u->g, whole, b, range, (struct paint){ .style = S_PREDICTED });
	for (int i = 0; i < r.w * r.h; i++) {
		struct cell p = first.cell[i], q = second.cell[i];
		if (is_dots(p.cp) && is_dots(q.cp))
			canvas_put(c, r.x + i % r.w, r.y + i / r.w, p.cp | q.cp, shared_style(p.style, q.style));
		else if (is_dots(p.cp))
			canvas_put(c, r.x + i % r.w, r.y + i / r.w, p.cp, p.style);
		else
			canvas_put(c, r.x + i % r.w, r.y + i / r.w, q.cp, q.style);
	}
	marks_on_line(c, r, &first, a, range, step / 4, step, u->g->truth, S_TRUE);
	marks_on_line(c, r, &second, b, range, step / 4 + step / 2, step, u->g->predicted, S_PREDICTED);
	canvas_release(&first);
	canvas_release(&second);
}

/* A mark of each column in which it differs, every `step` columns from `first` on. */
static void marks(struct canvas *c, struct rect r, struct series s, struct range range, int first, int step,
                  int32_t glyph, unsigned style)
{
	for (int x = first; x < r.w; x += step) {
		int row = row_at(s, range, r.w, r.h, x);
		if (row >= 0)
			canvas_put(c, r.x + x, r.y + row, glyph, style);
	}
}

/* Where both have the same row. */
static void meetings(struct canvas *c, struct rect r, struct series a, struct series b, struct range range)
{
	for (int x = 0; x < r.w; x++) {
		int p = row_at(a, range, r.w, r.h, x);
		if (p >= 0 && p == row_at(b, range, r.w, r.h, x))
			canvas_put(c, r.x + x, r.y + p, '=', S_LINE);
	}
}

void versus_plot(const struct ui *u, struct canvas *c, struct rect r, struct series a, struct series b,
                 struct range range)
{
	if (r.w <= 0 || r.h <= 0 || !a.v || !b.v)
		return;
	if (series_equal(a, b)) {
		plot_line(c, u->g, r, a, range, (struct paint){ .style = S_LINE });
		return;
	}
	if (u->g->braille) {
		lines_of_dots(u, c, r, a, b, range);
		return;
	}
	if (r.h < 2) {
		plot_line(c, u->g, r, b, range, (struct paint){ .style = S_PREDICTED });
		return;
	}
	marks(c, r, a, range, 0, 1, u->g->truth, S_TRUE);
	marks(c, r, b, range, 0, 1, u->g->predicted, S_PREDICTED);
	meetings(c, r, a, b, range);
}
