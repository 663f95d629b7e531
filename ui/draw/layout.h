/* Where things stand on the screen. Pure functions compute rectangles from sizes. They are defined for every size from
 * 1x1 on. A rectangle never leaves the one that it is cut from. A part that does not fit has w or h 0. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>
#include "ui/draw/canvas.h"

enum { LAYOUT_MIN_W = 40, LAYOUT_MIN_H = 12 };

/* The parts of every screen. */
struct frame {
	bool usable; /* false: the screen is too small, and one line says so */
	struct rect top, body, bottom;
};
/* keybar: the bottom row is the key bar. */
struct frame layout_frame(int w, int h, bool keybar);

/* Cut n rows off the top or the bottom, or n columns off the left or the right, of *r. Each returns what it cut off; n
 * is clamped to the size of *r. */
struct rect rect_top(struct rect *r, int n);
struct rect rect_bottom(struct rect *r, int n);
struct rect rect_left(struct rect *r, int n);
struct rect rect_right(struct rect *r, int n);

/* The panel above a view: the input's channels, and the output to their right. */
struct panel {
	struct rect input, output; /* output.w 0: there is no room for it */
	int channels;              /* how many are shown */
	int plot_h;                /* rows of a channel's plot; its strip takes one row more */
	int label_w;               /* columns of a channel's label; 0: no room */
	struct rect axis;          /* the row below the input's plots; h 0: none */
	struct rect slider;        /* the row with the percentile; h 0: none */
};
/* Lays the panel out in area. channels: those of the input. plot_max: most rows of a channel's plot. */
struct panel layout_panel(struct rect area, int channels, int plot_max);
/* Returns the rows that a panel needs for all channels, each with plot_h rows and a strip, but at most max. */
int panel_rows(int channels, int plot_h, int max);

/* n boxes side by side, in as many rows as the width requires. */
struct boxes {
	int per_row, rows, w, h, gap, visible; /* visible: rows of boxes that fit */
};
struct boxes layout_boxes(struct rect area, int n);

/* Columns of layers, each at least min_w wide: as many of the n as fit. They scroll from `first` so that `current` is
 * among them. */
struct columns {
	int first, n, w;
};
struct columns layout_columns(struct rect area, int n, int current, int first, int min_w);

/* A grid of n cells that fills the area. zoom in -3..3 makes the cells smaller or larger. */
struct grid {
	int cols, rows, w, h, visible; /* rows: in all; visible: rows that fit */
};
struct grid layout_grid(struct rect area, int n, int zoom);

/* Fills height (n) with the rows of n plots, each 1, or 2..max with `gap` blank rows below it: the more important a
 * plot, the higher. scaled (n): importance 0..1. The heights add up to at most `room`, without the last one's gap; if n
 * > room, each is 1. */
void layout_heights(const double *scaled, int n, int room, int max, int gap, int *height);

/* Returns the first row to show so that rows [at, at + n) of `total` are visible in `room` rows. It moves as little as
 * possible away from `first`. */
int layout_scroll(int first, int at, int n, int total, int room);

#endif
