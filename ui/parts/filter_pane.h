/* The panes at the side of a filter: how often it is alive, its kernel, and which frequencies come through. Each draws
 * itself into a rectangle, as much as has room. */
#ifndef UI_FILTER_PANE_H
#define UI_FILTER_PANE_H

#include "ui/state/ui.h"

/* A heading, which is taken off the rectangle; false: there is no room for it and for a row below. */
bool filter_heading(struct canvas *c, struct rect *r, const char *text);
/* Over all windows: how often the filter is alive, the histogram of its activation, and how often it is alive in each
 * class. The rows are taken off the rectangle. q: its figures; NULL: there are none yet, and nothing is drawn. */
void filter_alive(const struct ui *u, struct canvas *c, struct rect *r, const struct set_filter *q);
/* Of the filter at the cursor: the map of all weights where there are many channels, the heaviest channels in numbers,
 * statistics, histogram. */
void filter_kernel(const struct ui *u, struct canvas *c, struct rect r);
/* How many frequency responses a filter has: one for each channel of the input, or one for all together. */
int64_t filter_responses(const struct ui *u);
/* The response of the filter to channel ch (RESPONSE_BINS), into v. Returns false if it is not known yet. */
bool filter_response_of(const struct ui *u, int64_t ch, real *v);
/* A plot of the frequency response for each channel, lowest frequency at the left; all on one scale. In few rows the
 * heading says how far the axis goes. */
void filter_response(const struct ui *u, struct canvas *c, struct rect r);
/* How many of h rows the frequency response takes; 0: the filter has none, or there is no room. */
int filter_response_rows(const struct ui *u, int h);

#endif
