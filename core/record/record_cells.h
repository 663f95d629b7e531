/* A stretch of a record in cells of a few steps each, so that memory does not grow with the length of the record. A
 * cell has the extremes of predictions and truth, the largest error, and sums of probabilities and saliency. Cells are
 * worked out block by block. */
#ifndef CORE_RECORD_CELLS_H
#define CORE_RECORD_CELLS_H

#include "core/record/record_plan.h"

enum cells_known { CELL_UNKNOWN, CELL_SAMPLED, CELL_EXACT }; /* by nothing, by a few windows, by all of them */
enum cells_pass { BLOCK_FRESH, BLOCK_PREDICTED, BLOCK_WITH_MAPS, BLOCK_STATES };

/* Where the numbers of a cell begin: the largest error; steps that have probabilities, and a saliency; four numbers of
 * each predicted column; sums of the probabilities, and behind them of the saliency of the channels. */
enum { CELL_ERROR, CELL_STEPS, CELL_SALIENT, CELL_COLUMNS };
enum { COLUMN_LO, COLUMN_HI, COLUMN_TRUTH_LO, COLUMN_TRUTH_HI, COLUMN_NUMBERS };

struct record_cells {
	const struct record_plan *p;
	int64_t first, end, size, n;      /* steps [first, end) in n cells of `size` steps; n = 0: there are none */
	int width, probability, saliency; /* numbers of a cell; where the sums begin */
	float *cell;                      /* (n, width) */
	unsigned char *known;             /* (n) enum cells_known */
	unsigned char *events;            /* (n) a bit for each kind of event in the cell */
	int64_t block, n_block;           /* steps of a block, a multiple of `size`; blocks */
	unsigned char *state;             /* (n_block) enum cells_pass */
	int64_t count[BLOCK_STATES];      /* blocks in each state */
};

/* The plan must outlive the cells. block: about so many steps. */
void record_cells_init(struct record_cells *v, const struct record_plan *p, int64_t first, int64_t end, int64_t size,
                       int64_t block);
void record_cells_release(struct record_cells *v);
/* How many cells take no more memory than a record may. */
int64_t record_cells_most(const struct record_plan *p);
/* The cell of a step. */
int64_t record_cells_at(const struct record_cells *v, int64_t step);

/* Adds the row of a step. Rows come step by step, and begin with a cell; maps: they have saliency, else that which is
 * known stays. */
void record_cells_add(struct record_cells *v, int64_t step, const double *row, bool maps);
/* Adds the row that one window alone makes of a step, if the cell is not known by all. */
void record_cells_sample(struct record_cells *v, int64_t step, const double *row);
/* What the cells of the steps [first, end) are known by: the least, but CELL_SAMPLED where anything is known. */
enum cells_known record_cells_known(const struct record_cells *v, int64_t first, int64_t end);
/* Makes the row of a step from a cell: the largest error and truth, mean probabilities and saliency, and the smallest
 * prediction; high: the largest one. NaN if the cell is not known by all windows. */
void record_cells_row(const struct record_cells *v, int64_t cell, bool high, double *row);

/* Says that a block is as far as `pass`. */
void record_cells_done(struct record_cells *v, int64_t block, enum cells_pass pass);
/* The next block of [from, to) that is not as far as `pass`: far apart at first. -1: there is none. */
int64_t record_cells_next(const struct record_cells *v, int64_t from, int64_t to, enum cells_pass pass);

#endif
