/* What is drawn of a record: n columns of equal width over the steps [first, first + steps). Numbers are NaN where
 * nothing is known. */
#ifndef CORE_RECORD_PICTURE_H
#define CORE_RECORD_PICTURE_H

#include "core/record/pyramid.h"
#include "core/record/record_cells.h"
#include "core/record/record_events.h"

struct record_picture {
	int64_t first, steps, all; /* all: of the record */
	int n, inputs, predicted, classes, channels;
	float *input_lo, *input_hi; /* (inputs, n) raw units */
	float *predicted_lo,
	        *predicted_hi;       /* (predicted, n) of the columns that are predicted; of a classifier the class */
	float *truth_lo, *truth_hi;  /* (predicted, n) */
	float *error;                /* (n) the largest */
	float *probability;          /* (classes, n) mean */
	float *saliency;             /* (channels, n) mean */
	unsigned char *known;        /* (n) enum cells_known */
	unsigned char *events;       /* (n) a bit for each kind of event */
	struct record_limits limits; /* thresholds of the events; NaN: not known yet, or none */
	/* The events in the order of their steps. Of very many the strongest one of each kind in each stretch of the
	 * record is here. */
	struct record_event *event;
	int n_event;
	int64_t found;       /* all events */
	int64_t cell;        /* steps of a cell: events are known to a cell */
	int64_t done, total; /* windows */
	bool complete;       /* all columns are known by all windows */
};

/* Nothing is known in it but the input. The caller frees it. */
struct record_picture *record_picture_new(const struct record_plan *p, const struct pyramid *input, int64_t first,
                                          int64_t steps, int n);
void record_picture_free(struct record_picture *q); /* NULL is fine */
/* Adds what the cells know to a picture. near: cells of a part of it, which are taken where they are known; .n = 0:
 * there are none. */
void record_picture_cells(struct record_picture *q, const struct record_cells *whole, const struct record_cells *near);

#endif
