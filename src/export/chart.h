/* Lines over a common axis, as characters and as SVG: the curves of `tsviz prune --curve`, `tsviz attack --curve` and
 * the loss of `tsviz invert`. */
#ifndef SRC_CHART_H
#define SRC_CHART_H

#include <stdbool.h>
#include <stdio.h>

enum { CHART_LINES = 8 };
struct chart_line {
	const char *name;
	int n;
	const double *x, *y; /* [n]; points that are not finite are left out */
};
struct chart {
	int n_line;
	struct chart_line line[CHART_LINES]; /* the first is drawn on top */
	const char *x_title, *y_title;
	double low, high; /* of the axis x */
	double factor;    /* what stands at the axis x is its value times this, */
	const char *unit; /* and this: " %" */
	bool logarithm;   /* y spans decades */
	double base;      /* a dotted line at this y; NaN: none */
	const char *base_name;
};
void chart_text(FILE *f, const struct chart *c);
void chart_svg(FILE *f, const struct chart *c);

#endif
