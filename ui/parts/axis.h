/* The axis of time below a plot. */
#ifndef UI_AXIS_H
#define UI_AXIS_H

#include "ui/state/ui.h"

/* Draws in r, which is as wide as the plot above it, the names of the first and the last shown step and of those
 * between that have room, and a mark below the step `cursor` (-1: none). `times` steps cover the window, `seen` says
 * which of them are shown. A step is named by its number, or, in raw units, by its time stamp; within one day by the
 * time of day. */
void axis_draw(const struct ui *u, struct canvas *c, struct rect r, int64_t times, struct span seen, int64_t cursor);
/* Writes what stands at the left of the axis into r, a row: the unit; how many of the channels are seen if these are
 * not all; and, if only a part of the window is shown, which part, as a bar, which is all where there is little room.
 * channels: how many are seen, or 0. */
void axis_label(const struct ui *u, struct canvas *c, struct rect r, const char *unit, int channels);
/* What the names along the axis are: "step" or "time". */
const char *axis_unit(const struct ui *u);

#endif
