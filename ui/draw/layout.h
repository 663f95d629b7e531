/* Where things stand on the screen: pure functions from sizes to rectangles, defined for every size from 1x1 on. A
 * rectangle never leaves the one that it is cut from. What does not fit has w or h 0. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>
#include "ui/draw/canvas.h"

enum { LAYOUT_MIN_W = 40, LAYOUT_MIN_H = 12 };

/* The parts of every screen. */
struct frame {
	bool usable; /* false: only one line saying so */
	struct rect top, body, bottom;
};
struct frame layout_frame(int w, int h, bool keybar);

/* Cut n rows off the top (or bottom) of *r. */
struct rect rect_top(struct rect *r, int n);
struct rect rect_bottom(struct rect *r, int n);
struct rect rect_left(struct rect *r, int n);
struct rect rect_right(struct rect *r, int n);

/* The input's channels above a view, and the output at their right. */
struct panel {
	struct rect input, output; /* output.w 0: no room */
	int channels;              /* shown */
	int plot_h;                /* rows of a channel's plot; its strip is one more */
	int label_w;
};
/* At most max_h rows of body; channels C. */
struct panel layout_panel(struct rect area, int channels, int plot_max);
/* Rows a panel wants: all channels at plot_h rows each, but no more than max. */
int panel_rows(int channels, int plot_h, int max);

/* n boxes side by side, in as many rows as the width demands. */
struct boxes {
	int per_row, rows, w, h, gap, visible; /* visible: rows that fit */
};
struct boxes layout_boxes(struct rect area, int n);

/* n columns of layers of at least min_w: as many as fit, scrolled from `first` so that `current` is among them. */
struct columns {
	int first, n, w;
};
struct columns layout_columns(struct rect area, int n, int current, int first, int min_w);

/* A grid of n cells that fills the area; zoom -3..3 makes cells smaller or larger. */
struct grid {
	int cols, rows, w, h, visible; /* rows: in all; visible: rows that fit */
};
struct grid layout_grid(struct rect area, int n, int zoom);

/* Heights of n plots by scaled importance (largest first), 1..max each, filling at most `room` rows where they fit at
 * all. */
void layout_heights(const double *scaled, int n, int room, int max, int *height);

/* Scroll: the first row to show so that rows [at, at + n) of `total` are seen in `room`, moving as little as possible.
 */
int layout_scroll(int first, int at, int n, int total, int room);

#endif
