#include "core/record/record_cells.h"

#include <math.h>
#include <stdlib.h>
#include "core/record/record_expr.h"

enum { CELLS_MOST = 1 << 19, NUMBERS_MOST = 1 << 23 };

static int cell_width(const struct record_plan *p)
{
	return CELL_COLUMNS + p->columns * COLUMN_NUMBERS + p->classes + p->channels;
}

int64_t record_cells_most(const struct record_plan *p)
{
	int64_t n = NUMBERS_MOST / cell_width(p);
	return n > CELLS_MOST ? CELLS_MOST : n > 1 ? n : 1;
}

void record_cells_init(struct record_cells *v, const struct record_plan *p, int64_t first, int64_t end, int64_t size,
                       int64_t block)
{
	*v = (struct record_cells){ .p = p, .first = first, .end = end, .size = size };
	v->n = (end - first + size - 1) / size;
	v->width = cell_width(p);
	v->probability = CELL_COLUMNS + p->columns * COLUMN_NUMBERS;
	v->saliency = v->probability + p->classes;
	v->cell = xcalloc((size_t)(v->n * v->width), sizeof *v->cell);
	v->known = xcalloc((size_t)v->n, 1);
	v->events = xcalloc((size_t)v->n, 1);
	v->block = (block + size - 1) / size * size;
	v->n_block = (end - first + v->block - 1) / v->block;
	v->state = xcalloc((size_t)v->n_block, 1);
	v->count[BLOCK_FRESH] = v->n_block;
}

void record_cells_release(struct record_cells *v)
{
	free(v->cell), free(v->known), free(v->events), free(v->state);
	*v = (struct record_cells){ 0 };
}

int64_t record_cells_at(const struct record_cells *v, int64_t step)
{
	return (step - v->first) / v->size;
}

/* ---- adding ---- */

/* The smaller and the larger one; the other one where one is NaN. */
static float lower(float a, float b)
{
	return b < a || isnan(a) ? b : a;
}

static float higher(float a, float b)
{
	return b > a || isnan(a) ? b : a;
}

static void cell_empty(const struct record_cells *v, float *q, bool saliency)
{
	q[CELL_ERROR] = NAN;
	q[CELL_STEPS] = 0;
	for (int k = CELL_COLUMNS; k < v->probability; k++)
		q[k] = NAN;
	for (int k = v->probability; k < v->saliency; k++)
		q[k] = 0;
	if (!saliency)
		return;
	q[CELL_SALIENT] = 0;
	for (int k = v->saliency; k < v->width; k++)
		q[k] = 0;
}

static void cell_add(const struct record_cells *v, float *q, const double *row, bool maps)
{
	const struct record_plan *p = v->p;
	float *c = q + CELL_COLUMNS;
	for (int k = 0; k < p->columns; k++, c += COLUMN_NUMBERS) {
		float predicted = (float)row[p->prediction + k], truth = (float)row[p->truth + k];
		c[COLUMN_LO] = lower(c[COLUMN_LO], predicted);
		c[COLUMN_HI] = higher(c[COLUMN_HI], predicted);
		c[COLUMN_TRUTH_LO] = lower(c[COLUMN_TRUTH_LO], truth);
		c[COLUMN_TRUTH_HI] = higher(c[COLUMN_TRUTH_HI], truth);
	}
	q[CELL_ERROR] = higher(q[CELL_ERROR], (float)row[p->error]);
	if (p->classes && isfinite(row[p->probability])) {
		q[CELL_STEPS]++;
		for (int k = 0; k < p->classes; k++)
			q[v->probability + k] += (float)row[p->probability + k];
	}
	if (!maps || !isfinite(record_saliency(p, row)))
		return;
	q[CELL_SALIENT]++;
	for (int k = 0; k < p->channels; k++)
		q[v->saliency + k] += (float)row[p->saliency + k];
}

void record_cells_add(struct record_cells *v, int64_t step, const double *row, bool maps)
{
	int64_t at = record_cells_at(v, step), in = (step - v->first) % v->size;
	float *q = v->cell + at * v->width;
	if (in == 0)
		cell_empty(v, q, maps);
	cell_add(v, q, row, maps);
	if (in == v->size - 1 || step == v->end - 1)
		v->known[at] = CELL_EXACT;
}

void record_cells_sample(struct record_cells *v, int64_t step, const double *row)
{
	int64_t at = record_cells_at(v, step);
	float *q = v->cell + at * v->width;
	if (v->known[at] == CELL_EXACT)
		return;
	if (v->known[at] == CELL_UNKNOWN)
		cell_empty(v, q, true);
	v->known[at] = CELL_SAMPLED;
	cell_add(v, q, row, true);
}

/* ---- looking ---- */

enum cells_known record_cells_known(const struct record_cells *v, int64_t first, int64_t end)
{
	enum cells_known least = CELL_EXACT, most = CELL_UNKNOWN;
	for (int64_t i = record_cells_at(v, first); i <= record_cells_at(v, end - 1); i++) {
		enum cells_known k = (enum cells_known)v->known[i];
		least = k < least ? k : least;
		most = k > most ? k : most;
	}
	return least == CELL_EXACT ? CELL_EXACT : most ? CELL_SAMPLED : CELL_UNKNOWN;
}

void record_cells_row(const struct record_cells *v, int64_t cell, bool high, double *row)
{
	const struct record_plan *p = v->p;
	const float *q = v->cell + cell * v->width, *c = q + CELL_COLUMNS;
	for (int j = 0; j < p->width; j++)
		row[j] = NAN;
	if (v->known[cell] != CELL_EXACT)
		return;
	for (int k = 0; k < p->columns; k++, c += COLUMN_NUMBERS) {
		row[p->prediction + k] = (double)c[high ? COLUMN_HI : COLUMN_LO];
		row[p->truth + k] = (double)c[COLUMN_TRUTH_HI];
	}
	row[p->error] = (double)q[CELL_ERROR];
	for (int k = 0; k < p->classes; k++)
		row[p->probability + k] = (double)(q[v->probability + k] / q[CELL_STEPS]);
	for (int k = 0; k < p->channels; k++)
		row[p->saliency + k] = (double)(q[v->saliency + k] / q[CELL_SALIENT]);
}

/* ---- blocks ---- */

void record_cells_done(struct record_cells *v, int64_t block, enum cells_pass pass)
{
	v->count[v->state[block]]--;
	v->state[block] = (unsigned char)pass;
	v->count[pass]++;
}

int64_t record_cells_next(const struct record_cells *v, int64_t from, int64_t to, enum cells_pass pass)
{
	int64_t stride = 1;
	while (stride < to - from)
		stride *= 2;
	for (; stride; stride /= 2)
		for (int64_t b = from; b < to; b += stride)
			if (v->state[b] < pass)
				return b;
	return -1;
}
