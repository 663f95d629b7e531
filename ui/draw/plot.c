#include "ui/draw/plot.h"

#include <math.h>
#include <stdlib.h>
#include "core/base/mem.h"
#include "ui/draw/style.h"

static double at(struct series s, int64_t i)
{
	return (double)s.v[i * s.stride];
}

struct range series_range(struct series s)
{
	struct range r = { INFINITY, -INFINITY };
	for (int64_t i = 0; s.v && i < s.n; i++) {
		double v = at(s, i);
		if (!isfinite(v))
			continue;
		r.lo = v < r.lo ? v : r.lo;
		r.hi = v > r.hi ? v : r.hi;
	}
	return r.lo <= r.hi ? r : (struct range){ 0, 0 };
}

struct range range_join(struct range a, struct range b)
{
	return (struct range){ a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi };
}

double series_abs_max(struct series s)
{
	double max = 0;
	for (int64_t i = 0; s.v && i < s.n; i++) {
		double v = fabs(at(s, i));
		if (isfinite(v) && v > max)
			max = v;
	}
	return max;
}

void plot_samples(int64_t n, int w, int x, int64_t *first, int64_t *count)
{
	int64_t from = n * x / w, to = n * (x + 1) / w;
	*first = from < n ? from : n - 1;
	*count = to > from ? to - from : 1;
}

int plot_column_of(int64_t n, int w, int64_t i)
{
	if (n <= 0)
		return 0;
	if (n >= w)
		return (int)(((i + 1) * w - 1) / n);
	/* the middle of the columns that show it */
	int64_t first = (i * w + n - 1) / n, last = ((i + 1) * w + n - 1) / n - 1;
	return (int)((first + last) / 2);
}

void plot_columns(struct series s, int w, double *lo, double *hi)
{
	for (int x = 0; x < w; x++) {
		lo[x] = hi[x] = NAN;
		int64_t from, count;
		if (!s.v || s.n <= 0)
			continue;
		plot_samples(s.n, w, x, &from, &count);
		for (int64_t i = from; i < from + count; i++) {
			double v = at(s, i);
			if (!isfinite(v))
				continue;
			lo[x] = v < lo[x] || isnan(lo[x]) ? v : lo[x];
			hi[x] = v > hi[x] || isnan(hi[x]) ? v : hi[x];
		}
	}
}

/* The value of column x that is farthest from zero. */
static double largest(struct series s, int w, int x)
{
	int64_t from = 0, count = 0;
	double best = 0;
	if (s.v && s.n > 0)
		plot_samples(s.n, w, x, &from, &count);
	for (int64_t i = from; i < from + count; i++) {
		double v = at(s, i);
		best = fabs(v) > fabs(best) ? v : best;
	}
	return best;
}

/* The colour of column x: that of its largest value of `by` if this is above half of the maximum, else the line's own,
 * so that the line is seen everywhere and colour marks what matters. */
static unsigned paint_at(const struct paint *p, int w, int x)
{
	if (!p->by.v || !(p->max > 0))
		return p->style;
	double v = largest(p->by, w, x) / p->max;
	if (!(fabs(v) > 0.5))
		return p->style;
	return p->is_signed ? style_div(v) : style_seq(fabs(v));
}

static double unit(double v, struct range r)
{
	if (!(r.hi > r.lo))
		return 0;
	double u = (v - r.lo) / (r.hi - r.lo);
	return u < 0 ? 0 : u > 1 ? 1 : u;
}

int plot_row_of(double v, struct range range, int h)
{
	int row = h - 1 - (int)lrint(unit(v, range) * (h - 1));
	return row < 0 ? 0 : row;
}

static double mean_of(struct series s)
{
	double sum = 0;
	int64_t n = 0;
	for (int64_t i = 0; i < s.n; i++)
		if (isfinite(at(s, i)))
			sum += at(s, i), n++;
	return n ? sum / (double)n : 0;
}

/* The one value that stands for each column where a column has only a height. */
static double *heights(struct series s, int w)
{
	double *lo = xcalloc((size_t)w * 2, sizeof *lo), *hi = lo + w;
	plot_columns(s, w, lo, hi);
	double mean = mean_of(s);
	for (int x = 0; x < w; x++)
		if (hi[x] - mean >= mean - lo[x])
			lo[x] = hi[x];
	return lo;
}

/* A series with at least this many samples in a column of the plot may be a band. */
enum { BAND_SAMPLES = 4 };

/* Where a series swings through so much in every column that its line would be a solid block, it is a band from the
 * minimum to the maximum with the mean inside. Sets mean (w), in each column of w: NaN where the line stays a line. A
 * single column, such as a spike, stays a line. lo, hi (w): from plot_columns. thin: no band if it is not higher. */
static void band_means(struct series s, int w, const double *lo, const double *hi, double thin, double *mean)
{
	for (int x = 0; x < w; x++)
		mean[x] = NAN;
	for (int x = 0; x < w && s.n >= (int64_t)BAND_SAMPLES * w; x++) {
		int64_t from, count;
		bool left = x > 0 && hi[x - 1] - lo[x - 1] > thin, right = x + 1 < w && hi[x + 1] - lo[x + 1] > thin;
		if (!(hi[x] - lo[x] > thin) || !(left || right))
			continue;
		plot_samples(s.n, w, x, &from, &count);
		mean[x] = mean_of((struct series){ s.v + from * s.stride, count, s.stride });
	}
}

/* One column of a band: its mean in the line's style, the rest in that of a track. */
static void band_column(struct canvas *c, const struct glyphs *g, struct rect r, int x, struct range band, double mean,
                        struct range range, unsigned style)
{
	int top = plot_row_of(band.hi, range, r.h), bottom = plot_row_of(band.lo, range, r.h),
	    at = plot_row_of(mean, range, r.h);
	for (int y = 0; y < r.h; y++)
		canvas_put(c, r.x + x, r.y + y,
		           y == at                   ? g->mean
		           : y >= top && y <= bottom ? g->shade[0]
		                                     : ' ',
		           y == at ? style : (unsigned)S_TRACK);
}

static void plot_area(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
                      struct paint p)
{
	double *v = heights(s, r.w), *lo = xcalloc((size_t)r.w * 3, sizeof *lo), *hi = lo + r.w, *mean = hi + r.w;
	plot_columns(s, r.w, lo, hi);
	band_means(s, r.w, lo, hi, r.h > 1 ? (range.hi - range.lo) / r.h : INFINITY, mean);
	for (int x = 0; x < r.w; x++) {
		if (!isnan(mean[x])) {
			band_column(c, g, r, x, (struct range){ lo[x], hi[x] }, mean[x], range, paint_at(&p, r.w, x));
			continue;
		}
		/* a value at the bottom of the range is still a value: one eighth */
		int e = isnan(v[x]) ? 0 : range.hi > range.lo ? 1 + (int)lrint(unit(v[x], range) * (r.h * 8 - 1)) : 1;
		unsigned style = paint_at(&p, r.w, x);
		for (int y = 0; y < r.h; y++) {
			int fill = e - (r.h - 1 - y) * 8;
			canvas_put(c, r.x + x, r.y + y, g->level[fill < 0 ? 0 : fill > 8 ? 8 : fill], style);
		}
	}
	free(lo);
	free(v);
}

void plot_spark(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, struct range r,
                struct paint p)
{
	if (w > 0 && s.v && s.n > 0)
		plot_area(c, g, (struct rect){ x, y, w, 1 }, s, r, p);
}

/* Rows of dots from lo to hi in each of n columns of dots. */
static void dot_extent(struct series s, struct range range, int n, int rows, int *top, int *bottom)
{
	double *lo = xcalloc((size_t)n * 2, sizeof *lo), *hi = lo + n;
	if (s.n >= n) {
		plot_columns(s, n, lo, hi);
	} else {
		for (int x = 0; x < n; x++) {
			double q = n > 1 ? (double)x * (double)(s.n - 1) / (n - 1) : 0;
			int64_t i = (int64_t)q, j = i + 1 < s.n ? i + 1 : i;
			lo[x] = hi[x] = at(s, i) + (q - (double)i) * (at(s, j) - at(s, i));
		}
		for (int64_t i = 0; i < s.n; i++) { /* the samples themselves are on the line, whatever lies between */
			int x = s.n > 1 ? (int)lrint((double)i * (n - 1) / (double)(s.n - 1)) : 0;
			double v = at(s, i);
			lo[x] = v < lo[x] ? v : lo[x];
			hi[x] = v > hi[x] ? v : hi[x];
		}
	}
	for (int x = 0; x < n; x++) {
		bool none = !isfinite(lo[x]) || !isfinite(hi[x]);
		top[x] = none ? -1 : plot_row_of(hi[x], range, rows);
		bottom[x] = none ? -1 : plot_row_of(lo[x], range, rows);
	}
	free(lo);
}

/* Close the gaps between neighbouring columns: the right one reaches back to the left one. */
static void dot_join(int n, int *top, int *bottom)
{
	for (int x = n - 1; x > 0; x--) {
		if (top[x] < 0 || top[x - 1] < 0)
			continue;
		if (top[x] > bottom[x - 1] + 1)
			top[x] = bottom[x - 1] + 1;
		else if (bottom[x] < top[x - 1] - 1)
			bottom[x] = top[x - 1] - 1;
	}
}

/* The dots that a cell shows already; 0: it shows something else. */
static int dots_at(const struct canvas *c, int x, int y)
{
	if (x < 0 || x >= c->w || y < 0 || y >= c->h)
		return 0;
	int32_t cp = c->cell[y * c->w + x].cp;
	return cp >= 0x2800 && cp <= 0x28ff ? cp - 0x2800 : 0;
}

/* The rows of dots of a band's mean in each of n columns, joined as a line; -1 where there is no band. */
static void dot_means(struct series s, struct range range, int n, int rows, int *top, int *bottom)
{
	double *lo = xcalloc((size_t)n * 3, sizeof *lo), *hi = lo + n, *mean = hi + n;
	plot_columns(s, n, lo, hi);
	band_means(s, n, lo, hi, 3 * (range.hi - range.lo) / rows, mean);
	for (int x = 0; x < n; x++)
		top[x] = bottom[x] = isnan(mean[x]) ? -1 : plot_row_of(mean[x], range, rows);
	dot_join(n, top, bottom);
	free(lo);
}

/* The rows that a series fills in each column of dots: of its line, and of the line of a band's means. */
struct dots {
	int *top, *bottom, *mean_top, *mean_bottom;
};

/* The dots of cell (x,y). Where the line of a band's means goes through the cell, only the band's edges are drawn
 * beside it, so that the line is seen. *band is true in cells that show a band alone. */
static int dots_of_cell(const struct dots *d, int x, int y, bool *band)
{
	static const unsigned char dot[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	int line = 0, edge = 0, inside = 0;
	for (int k = 0; k < 8; k++) {
		int dx = 2 * x + (k & 1), dy = 4 * y + k / 2, bit = dot[k / 2][k & 1];
		if (d->mean_top[dx] >= 0 && dy >= d->mean_top[dx] && dy <= d->mean_bottom[dx])
			line |= bit;
		else if (d->top[dx] < 0 || dy < d->top[dx] || dy > d->bottom[dx])
			continue;
		else if (d->mean_top[dx] < 0)
			line |= bit;
		else if (dy == d->top[dx] || dy == d->bottom[dx])
			edge |= bit;
		else
			inside |= bit;
	}
	*band = !line && (edge | inside);
	return line ? line | edge : edge | inside;
}

static void plot_dots(struct canvas *c, struct rect r, struct series s, struct range range, struct paint p)
{
	int n = r.w * 2, rows = r.h * 4;
	int *top = xcalloc((size_t)n * 4, sizeof *top);
	struct dots d = { top, top + n, top + 2 * n, top + 3 * n };
	dot_extent(s, range, n, rows, d.top, d.bottom);
	dot_join(n, d.top, d.bottom);
	for (int x = 0; x < n; x++)
		d.mean_top[x] = -1;
	if (r.h > 1)
		dot_means(s, range, n, rows, d.mean_top, d.mean_bottom);
	for (int x = 0; x < r.w; x++) {
		unsigned style = paint_at(&p, r.w, x);
		for (int y = 0; y < r.h; y++) {
			bool band;
			int bits = dots_of_cell(&d, x, y, &band);
			if (p.over && !bits)
				continue;
			if (p.over)
				bits |= dots_at(c, r.x + x, r.y + y);
			/* blank cells keep one style: recolouring them would cost bytes for nothing */
			canvas_put(c, r.x + x, r.y + y, 0x2800 + bits,
			           !bits  ? (unsigned)S_TEXT
			           : band ? (unsigned)S_TRACK
			                  : style);
		}
	}
	free(top);
}

/* A mark in each column, over what is there. */
static void plot_marks(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
                       struct paint p)
{
	double *v = heights(s, r.w);
	for (int x = 0; x < r.w; x++)
		if (!isnan(v[x]))
			canvas_put(c, r.x + x, r.y + plot_row_of(v[x], range, r.h), g->predicted, paint_at(&p, r.w, x));
	free(v);
}

void plot_line(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
               struct paint p)
{
	if (r.w <= 0 || r.h <= 0 || !s.v || s.n <= 0)
		return;
	if (g->braille)
		plot_dots(c, r, s, range, p);
	else if (p.over)
		plot_marks(c, g, r, s, range, p);
	else
		plot_area(c, g, r, s, range, p);
}

void plot_bar(struct canvas *c, const struct glyphs *g, int x, int y, int w, double v, unsigned style)
{
	int e = isnan(v) || v <= 0 ? 0 : (int)lrint(v * w * 8);
	for (int i = 0; i < w; i++) {
		int fill = e - i * 8;
		if (fill <= 0 && w < 8) /* short bars have no track: it would cost more than they do */
			canvas_put(c, x + i, y, ' ', style);
		else if (fill <= 0)
			canvas_put(c, x + i, y, g->track, S_TRACK);
		else
			canvas_put(c, x + i, y, g->part[fill > 8 ? 8 : fill], style);
	}
}

void plot_strip(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, double max,
                unsigned style)
{
	/* A block is three bytes on the line, and strips follow the cursor: in quarters most of their cells stay as
	 * they are. From the second one on the line of the plot is coloured, too. */
	static const int quarters[] = { 0, 3, 5, 8, 8 };
	bool coarse = g->level[1] != '.';
	for (int i = 0; i < w; i++) {
		double best = fabs(largest(s, w, i));
		double v = !(max > 0 && best > 0) ? 0 : best < max ? best / max : 1;
		canvas_put(c, x + i, y, g->level[coarse ? quarters[(int)(v * 4)] : lrint(v * 8)], style);
	}
}

void plot_signed_strip(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, double max)
{
	for (int i = 0; i < w; i++) {
		double v = max > 0 ? largest(s, w, i) / max : 0;
		int k = fabs(v) >= 0.5 ? 2 : fabs(v) >= 0.125;
		canvas_put(c, x + i, y, v < 0 ? g->below[k] : g->above[k], k ? style_div(v) : (unsigned)S_TEXT);
	}
}

/* In a terminal a column can only grow from the bottom: below the middle the eighths are drawn in reverse. */
static void signed_cell(struct canvas *c, const struct glyphs *g, int x, int y, int fill, bool down, unsigned style)
{
	fill = fill < 0 ? 0 : fill > 8 ? 8 : fill;
	if (!down || fill == 0 || fill == 8 || g->level[1] == '.')
		canvas_put(c, x, y, g->level[fill], style);
	else
		canvas_put(c, x, y, g->level[8 - fill], style | STYLE_REVERSE);
}

void plot_signed(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, double max)
{
	if (r.w <= 0 || r.h < 2 || !s.v || s.n <= 0)
		return;
	int up = r.h / 2, down = r.h - up;
	double *lo = xcalloc((size_t)r.w * 2, sizeof *lo), *hi = lo + r.w;
	plot_columns(s, r.w, lo, hi);
	for (int x = 0; x < r.w; x++) {
		double pos = max > 0 && hi[x] > 0 ? hi[x] / max : 0, neg = max > 0 && lo[x] < 0 ? -lo[x] / max : 0;
		int eu = (int)lrint(pos * up * 8), ed = (int)lrint(neg * down * 8);
		for (int y = 0; y < up; y++)
			signed_cell(c, g, r.x + x, r.y + y, eu - (up - 1 - y) * 8, false, style_div(pos));
		for (int y = 0; y < down; y++)
			signed_cell(c, g, r.x + x, r.y + up + y, ed - y * 8, true, style_div(-neg));
	}
	free(lo);
}

void plot_hits(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
               struct series share, double max)
{
	if (!s.v || !share.v || share.n <= 0 || s.n <= 0 || !(max > 0) || r.w <= 0 || r.h <= 0)
		return;
	for (int x = 0; x < r.w; x++) {
		int64_t from, count, best = -1;
		plot_samples(share.n, r.w, x, &from, &count);
		for (int64_t i = from; i < from + count; i++)
			if (at(share, i) > 0 && (best < 0 || at(share, i) > at(share, best)))
				best = i;
		if (best < 0)
			continue;
		int row = r.h == 1 || best >= s.n ? 0 : plot_row_of(at(s, best), range, r.h);
		canvas_put(c, r.x + x, r.y + row, g->hit,
		           style_seq(at(share, best) / max) | STYLE_BOLD | STYLE_REVERSE);
	}
}
