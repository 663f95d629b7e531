/* Functions that draw series on a canvas. They keep no state. Down-sampling keeps the minimum and the maximum of each
 * column, so that a spike does not vanish. */
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "core/base/real.h"
#include "ui/draw/canvas.h"
#include "ui/draw/glyphs.h"

struct series { /* value i is v[i * stride], owned by the caller; v NULL: there are no values yet */
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
/* Returns the smallest and the largest finite value; {0,0} if there is none. */
struct range series_range(struct series s);
/* Returns the smallest range that contains both. */
struct range range_join(struct range a, struct range b);
/* Returns the largest finite absolute value; 0 if there is none. */
double series_abs_max(struct series s);

/* Fills lo and hi, both (w), with the smallest and the largest finite value of each of w columns; NaN where a column
 * has none. */
void plot_columns(struct series s, int w, double *lo, double *hi);
/* Sets the first sample of column x of w, and the number of its samples, which is at least 1. n: samples in all. */
void plot_samples(int64_t n, int w, int x, int64_t *first, int64_t *count);
/* Returns the column of sample i of n. If several columns show the sample, it is the middle one. */
int plot_column_of(int64_t n, int w, int64_t i);

/* How a plot is coloured. Without `by`, or with max 0, the whole plot has one style. Otherwise a column whose largest
 * abs(by) is above half of max has a colour of the sequential scale, or, if `by` has signs, of the diverging one.
 * over: the dots that were drawn before stay, in the line's style where a cell holds both; a glyph set without dots
 * gets a mark in each column. */
struct paint {
	unsigned style;
	struct series by;
	double max;
	bool is_signed;
	bool over;
};

/* Draws a series in one row. The height of each column shows its value that lies farthest from the series' mean. r: the
 * values at the bottom and at the top. */
void plot_spark(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, struct range r,
                struct paint p);
/* Draws a series in r.h rows: as a line of dots if the glyph set has dots, otherwise as columns. In one row the block
 * and ascii sets draw what plot_spark draws. */
void plot_line(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
               struct paint p);
/* Draws a bar of w columns for v in 0..1. NaN draws only the empty track. */
void plot_bar(struct canvas *c, const struct glyphs *g, int x, int y, int w, double v, unsigned style);
/* Draws abs(s) relative to max as heights, in one row and one colour: blocks from a quarter, a half and three quarters
 * of max on, characters of ascii in eighths. */
void plot_strip(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, double max,
                unsigned style);
/* Draws s relative to max in one row: what is positive stands in the upper half of its cell, what is negative in the
 * lower half. Below an eighth of max a cell stays empty, and below a half it is drawn small. */
void plot_signed_strip(struct canvas *c, const struct glyphs *g, int x, int y, int w, struct series s, double max);
/* Draws columns relative to max from the middle of r: positive values up, negative values down. */
void plot_signed(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, double max);
/* Marks the points of a plotted series that have a share. A larger share is brighter. max: the largest share. */
void plot_hits(struct canvas *c, const struct glyphs *g, struct rect r, struct series s, struct range range,
               struct series share, double max);
/* Returns the row, 0 at the top, in which value v stands in a plot of h rows. */
int plot_row_of(double v, struct range range, int h);

#endif
