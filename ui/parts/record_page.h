/* The page of a record: bands of the input, predictions over truth, strips of error, classes, probability and saliency,
 * events, groups, the current window and an axis, all over the same steps. */
#ifndef UI_RECORD_PAGE_H
#define UI_RECORD_PAGE_H

#include "core/record/record_picture.h"
#include "ui/state/ui.h"

enum record_part_kind {
	PART_INPUT,
	PART_PREDICTION,
	PART_CLASS,
	PART_TRUE_CLASS,
	PART_ERROR,
	PART_PROBABILITY,
	PART_SALIENCY,
	PART_EVENTS,
	PART_GROUPS,
	PART_WINDOW,
	PART_AXIS
};

/* A part of the screen from top to bottom. The more urgent, the smaller its number. */
struct record_part {
	enum record_part_kind kind;
	int index, urgent, h;
};

struct record_page {
	const struct record_plan *plan;
	const struct record_picture *q; /* what is known; NULL: nothing yet */
	struct span seen, window;       /* the steps that are shown, and those of the current window */
	int x, w;                       /* the columns of the plots; labels stand before them */
	struct record_part *part;       /* [n] those that fit */
	int n, room, hidden;            /* hidden: parts for which there is no room */
};

/* Chooses the parts that fit into so many rows. The plan is set. The caller ends it with record_page_release. */
void record_page_layout(struct record_page *o, int width, int rows);
void record_page_release(struct record_page *o);
/* Draws the parts from row y on. Returns the row behind them. */
int record_page_draw(const struct ui *u, const struct record_page *o, struct canvas *c, int y);
/* The first step of column x. */
int64_t record_page_step(const struct record_page *o, int x);

#endif
