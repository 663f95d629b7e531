/* What is on a screen, explained: each view has a table of what it draws, and the help page of that view shows it.
 *
 *	static const struct legend legend[] = {
 *		SEEN("{bar} 0.92", "the importance of the filter, 0 to 1 within its layer"),
 *		SEEN("k3", "the kernel is 3 steps long", .style = S_DIM),
 *		{ .keys = "left,right", .text = "one step back or on in time" },
 *		{ .rows = legend_panel },
 *		{ 0 },
 *	};
 *
 * A view that draws something new has a row for it: its marks, its colours, its strips and every short form of a word.
 */
#ifndef UI_LEGEND_H
#define UI_LEGEND_H

#include "ui/state/ui.h"

/* A row of a legend. A table ends with a row of zeros. */
struct legend {
	/* What is seen: text, in which {name} stands for a sample in the glyphs of this terminal: {bar}, {strip},
	 * {truth} ... (the table `samples` in legend.c). */
	const char *mark;
	const char *text; /* what it means: one plain sentence without a full stop. A row of text alone is a heading. */
	unsigned style;   /* of the letters of the mark */
	const char *keys; /* in place of a mark: names of actions, joined by commas; text NULL: the help of the first */
	const struct legend *rows;        /* another table that stands here */
	bool (*when)(const struct ui *u); /* the row is left out where this is false; NULL: it always stands */
};

/* A row with a mark. After the text may come other fields: .style, .when. */
#define SEEN(seen, ...)                           \
	{                                         \
		.mark = seen, .text = __VA_ARGS__ \
	}

/* Draws a mark in at most w columns. Returns the number of columns that it takes, also where it is cut. */
int legend_draw(const struct ui *u, struct canvas *c, int x, int y, int w, const struct legend *row);
/* The mark as text, in buf. */
const char *legend_format(const struct ui *u, const struct legend *row, char *buf, size_t size);

/* Tables that views share. The two lines at the top of every screen (status.c), which the help page adds to every view
 * by itself; input and output (panel.c); the description of a layer, "64 k3 same relu"; lists and grids of filters. */
extern const struct legend legend_top[], legend_panel[], legend_details[], legend_filters[];

#endif
