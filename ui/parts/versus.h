/* Two things beside each other: rows of values with their difference, two series in one plot, two strips. The first is
 * drawn as g->truth in S_TRUE, the second as g->predicted in S_PREDICTED: "○ pinned" and "● now". */
#ifndef UI_VERSUS_H
#define UI_VERSUS_H

#include "ui/state/ui.h"

/* A value of both. */
struct versus {
	char name[112], a[80], b[80];
	double change; /* b less a; NaN: there is none */
};

/* The columns of a row's name, and of a plot's label. */
int versus_name_width(const struct canvas *c);
int versus_label_width(const struct canvas *c);
/* Is the value the same in both? */
bool versus_equal(const struct versus *v);
/* Draws the heading: what stands in the two columns of values. */
void versus_heading(const struct ui *u, struct canvas *c, int y, const char *a, const char *b);
/* Draws one row: name, both values, their difference where there is room. */
void versus_row(const struct ui *u, struct canvas *c, int y, const struct versus *v);
/* Draws the values that differ, a row each and at most `most` rows, and, if `same` is set, one line "= name value, name
 * value" of those that do not, from row y on. Returns the row below. */
int versus_rows(const struct ui *u, struct canvas *c, int y, const struct versus *v, int n, int most, bool same);
/* Are both series the same, value for value? */
bool series_equal(struct series a, struct series b);
/* Draws two series in one plot of r.h rows. Where both are the same, one line is drawn. Cells that hold dots
 * of both have the colour of neither. Marks of both tell them apart without colour; in a glyph set without dots a '='
 * stands where both are at the same height, and in one row only the second has room. */
void versus_plot(const struct ui *u, struct canvas *c, struct rect r, struct series a, struct series b,
                 struct range range);

#endif
