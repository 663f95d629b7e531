/* The standing of the saliency methods (ui/scene/scene_truth.h): in the line of settings, and as columns of the view of
 * methods. */
#ifndef UI_STANDING_H
#define UI_STANDING_H

#include "ui/parts/legend.h"

/* "best of 11", "3rd of 11"; "" where it is not known, or not that of the network as it is: filters are off. */
const char *standing_format(const struct ui *u, int method, char *buf, size_t size);
/* What was measured and what that means, or how far measuring is, or how it is started: a sentence without a full
 * stop. */
const char *standing_sentence(const struct ui *u, char *buf, size_t size);

/* Columns of the table of methods in a rectangle of this width. x < 0: there is no room for it. */
struct standing_columns {
	int set, interval, place, here, agree, most, least; /* where they begin */
	int curve;                                          /* width of a curve */
};
struct standing_columns standing_layout(int w);
void standing_heading(const struct ui *u, struct canvas *c, struct rect r);
/* The row of a method; agree: mean rank correlation with the other maps, NaN: not known. */
void standing_row(const struct ui *u, struct canvas *c, int method, double agree, struct rect r);
/* The row of a random order: between its curves it lies in 95 of 100 sets of windows. */
void standing_random(const struct ui *u, struct canvas *c, struct rect r);
/* Both curves of a method with the band of a random order, large. */
void standing_plot(const struct ui *u, struct canvas *c, int method, struct rect r);
/* The same numbers as text: a line for each method. */
void standing_dump(const struct ui *u, FILE *f);
extern const struct legend legend_standing[];

#endif
