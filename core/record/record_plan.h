/* A record is a whole file seen along time, step by step. This is what a step has: which windows cover it, and where in
 * time the outputs of a window stand.
 *
 * A step is a row of a series. The steps of ready windows are those of window 0, then those of window 1, and so on.
 *Each step has a row of `width` numbers, NaN where there is none:
 *
 *	prediction, truth  [columns] in raw units; of a classifier the class
 *	error              abs(prediction - truth), over several columns their mean; of a classifier the share of the
 *	                   windows with a known class that are wrong
 *	probability        [classes]
 *	saliency           [channels] abs of the map of the target
 *
 * Where several windows speak of a step, prediction, truth of ready windows, probability and saliency are means over
 * these windows. The class of a step is that of the largest mean probability, the true class the one that most of them
 * have; of equal ones the first. An output without a place in time speaks of all steps of its window. */
#ifndef CORE_RECORD_PLAN_H
#define CORE_RECORD_PLAN_H

#include "core/data/dataset.h"
#include "core/model/task.h"

struct record_plan {
	const struct model *m;
	const struct dataset *d;
	enum task task;
	int64_t steps, windows;
	int64_t *order;  /* [windows] the windows by their first step; NULL: they are in this order */
	bool classifier; /* a classification, or a segmentation: a class for each step */
	int columns;     /* predicted columns; 1 of a classifier */
	int classes;     /* 0: it is no classifier */
	int channels;    /* of the window */
	int64_t reach;   /* a window that begins at step s speaks of steps s to s + reach - 1 at most */
	/* of all tasks but classifiers: [outputs] the column of output k, and its step counted from the first of the
	 * window; step -1: all steps of the window */
	int *column;
	int64_t *at;
	/* where the numbers begin in the row of a step */
	int prediction, truth, error, probability, saliency, width;
};

/* The data set and the model must outlive the plan; the task is resolved, and the set has a window. */
void record_plan_init(struct record_plan *p, const struct model *m, const struct dataset *d, enum task task);
void record_plan_release(struct record_plan *p);
/* The number of the window at place i of the order of first steps. */
int64_t record_window(const struct record_plan *p, int64_t i);
/* The first step of the window at place i. It does not fall with i. */
int64_t record_start(const struct record_plan *p, int64_t i);
/* The first place whose window begins at `step` or later; `windows`: there is none. */
int64_t record_place(const struct record_plan *p, int64_t step);
/* The places [*from, *to) of the windows that may speak of the steps [first, end). */
void record_cover(const struct record_plan *p, int64_t first, int64_t end, int64_t *from, int64_t *to);
/* The row of the file of a step, counted from 0; of ready windows the step itself. */
int64_t record_row(const struct record_plan *p, int64_t step);
/* The time stamp of a step, or "". */
const char *record_stamp(const struct record_plan *p, int64_t step);
/* The piece that holds the step. */
int64_t record_piece_of(const struct record_plan *p, int64_t step);
/* The index of the group of a step, or -1. */
int record_group(const struct record_plan *p, int64_t step);
/* The number of pieces of the record that no window crosses, and the first step of piece k. */
int64_t record_pieces(const struct record_plan *p);
int64_t record_piece(const struct record_plan *p, int64_t k);
/* The name of number j of a row, as `scan` writes it: prediction, prediction_NAME, truth, error, p_CLASS,
 * saliency_CHANNEL. Returns buf. */
enum { RECORD_NAME = 128 };
const char *record_number_name(const struct record_plan *p, int j, char *buf, size_t size);
/* The name of predicted column k; buf is room for it. */
const char *record_column_name(const struct record_plan *p, int k, char *buf, size_t size);
/* The name of class k; buf is room for it. */
const char *record_class_name(const struct record_plan *p, int k, char *buf, size_t size);
/* The name of channel c; buf is room for it. */
const char *record_channel_name(const struct record_plan *p, int c, char *buf, size_t size);

#endif
