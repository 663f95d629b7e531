/* The panel above levels 1 to 4 and the filter view: the input's channels, each with its saliency strip below, and the
 * output beside them. */
#ifndef UI_PANEL_H
#define UI_PANEL_H

#include "ui/state/ui.h"

/* Lays the panel out at the top of the body: a channel's plot has at most plot_max rows, the plots, their strips and
 * the axis together rows_max. Levels 2 to 4 have the row of the percentile below, where there is room. Writes u->panel,
 * and the rest of the body into u->main. A view calls it in its update. */
void panel_update(struct ui *u, int plot_max, int rows_max);
/* Channel ch of values (T,C): the steps that are shown. */
struct series input_seen(const struct ui *u, const real *v, int64_t ch);
/* Draws one row of a map of the method in force, relative to max: up and down by its signs if the method has them, else
 * its absolute values as heights. */
void saliency_strip(const struct ui *u, struct canvas *c, int x, int y, int w, struct series map, double max);
/* Draws in one row the class of each shown step of an output with classes, as letters and colours. A column of several
 * steps shows the class of the middle one. */
void output_band(const struct ui *u, struct canvas *c, struct rect r, const real *output);
/* Channel ch of an output with a time axis: the steps that are shown. */
struct series output_seen(const struct ui *u, const real *output, int64_t ch);
/* Draws what panel_update has laid out. Nothing without data. */
void panel_draw(const struct ui *u, struct canvas *c);

#endif
