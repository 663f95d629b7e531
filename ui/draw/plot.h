/* Series to pictures: pure functions on a canvas. Down-sampling keeps the minimum and the maximum of each column, so
 * that a spike does not vanish. */
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "core/base/real.h"
#include "ui/draw/canvas.h"
#include "ui/draw/glyphs.h"

struct series { /* value i is v[i * stride]; v NULL: nothing to show yet */
	const real *v;
	int64_t n, stride;
};
struct range {
	double lo, hi;
};

static inline struct series series_of(const real *v, int64_t n)
{
	return (struct series){ v, n, 1 };
}
/* Finite values only; {0,0} without any. */
struct range series_range(struct series s);
struct range range_join(struct range a, struct range b);
double series_abs_max(struct series s);

/* lo, hi (w): smallest and largest value of the samples in each of w columns; NaN where there are none. */
void plot_columns(struct series s, int w, double *lo, double *hi);
/* First sample and number of samples of column x of w. */
void plot_samples(int64_t n, int w, int x, int64_t *first, int64_t *count);
/* Column of sample i. */
int plot_column_of(int64_t n, int w, int64_t i);

/* How a plot is coloured: one style, or by another series (abs, relative to max) along the sequential scale. */
struct paint {
	unsigned style;
	struct series by;
	double max;
};

/* One row, a column a height: the value of each column that lies farthest from the series' mean. */
void plot_spark(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, struct range r,
                struct paint p);
/* r.h rows: a line in dots where the glyph set has them, columns otherwise. One row of block or ascii is plot_spark. */
void plot_line(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
               struct paint p);
/* A bar of w columns for v 0..1 (NaN: only the track). */
void plot_bar(struct canvas *c, const struct glyphs *g, int x, int y, int w, double v, unsigned style);
/* One row of heights, abs(s) relative to max, in one colour. */
void plot_strip(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, double max,
                unsigned style);
/* Columns up (positive) and down (negative) from the middle of r, relative to max. */
void plot_signed(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, double max);
/* Marks at the points of a plotted series that have a share, brighter with it (max: the largest). */
void plot_hits(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
               struct series share, double max);
/* Row (0 at the top) of value v in h rows. */
int plot_row_of(double v, struct range range, int h);

#endif
