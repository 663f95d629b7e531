#include "core/record/record_picture.h"

#include <math.h>
#include <stdlib.h>

void record_picture_free(struct record_picture *q)
{
	if (!q)
		return;
	free(q->input_lo), free(q->input_hi), free(q->predicted_lo), free(q->predicted_hi);
	free(q->truth_lo), free(q->truth_hi), free(q->error), free(q->probability), free(q->saliency);
	free(q->known), free(q->events), free(q->event);
	free(q);
}

static float *numbers(int rows, int n)
{
	float *v = xcalloc((size_t)rows * (size_t)n + 1, sizeof *v);
	for (int i = 0; i < rows * n; i++)
		v[i] = NAN;
	return v;
}

/* The steps [*first, *end) of column x; at least one. */
static void column_steps(const struct record_picture *q, int x, int64_t *first, int64_t *end)
{
	*first = q->first + q->steps * x / q->n;
	*end = q->first + q->steps * (x + 1) / q->n;
	*end = *end > *first ? *end : *first + 1;
}

static void input_column(struct record_picture *q, const struct record_plan *p, const struct pyramid *input, int x)
{
	const struct dataset *d = p->d;
	int64_t first, end;
	column_steps(q, x, &first, &end);
	for (int c = 0; c < q->inputs; c++)
		pyramid_range(input, c, first, end, &q->input_lo[c * q->n + x], &q->input_hi[c * q->n + x]);
	/* the true values of a series are there before anything is predicted */
	if (p->classifier || d->n_y != p->m->outputs || d->truth != TRUTH_COLUMNS)
		return;
	for (int k = 0; k < q->predicted; k++)
		if (d->predict[k] < q->inputs) {
			q->truth_lo[k * q->n + x] = q->input_lo[d->predict[k] * q->n + x];
			q->truth_hi[k * q->n + x] = q->input_hi[d->predict[k] * q->n + x];
		}
}

struct record_picture *record_picture_new(const struct record_plan *p, const struct pyramid *input, int64_t first,
                                          int64_t steps, int n)
{
	struct record_picture *q = xcalloc(1, sizeof *q);
	*q = (struct record_picture){ .first = first, .steps = steps, .all = p->steps, .n = n };
	q->inputs = pyramid_columns(input);
	q->predicted = p->columns;
	q->classes = p->classes;
	q->channels = p->channels;
	q->input_lo = numbers(q->inputs, n), q->input_hi = numbers(q->inputs, n);
	q->predicted_lo = numbers(q->predicted, n), q->predicted_hi = numbers(q->predicted, n);
	q->truth_lo = numbers(q->predicted, n), q->truth_hi = numbers(q->predicted, n);
	q->error = numbers(1, n);
	q->probability = numbers(q->classes, n);
	q->saliency = numbers(q->channels, n);
	q->known = xcalloc((size_t)n, 1);
	q->events = xcalloc((size_t)n, 1);
	for (int x = 0; x < n; x++)
		input_column(q, p, input, x);
	return q;
}

/* ---- cells ---- */

/* The smallest and the largest value of a column, and of what was there. */
static void widen(float *lo, float *hi, float a, float b)
{
	*lo = a < *lo || isnan(*lo) ? a : *lo;
	*hi = b > *hi || isnan(*hi) ? b : *hi;
}

/* Adds a cell to column x. share: (classes + channels) sums over the steps. */
static void cell_add(struct record_picture *q, int x, const struct record_cells *v, int64_t cell, double *share)
{
	const float *c = v->cell + cell * v->width, *k = c + CELL_COLUMNS;
	float error = c[CELL_ERROR], none;
	for (int i = 0; i < q->predicted; i++, k += COLUMN_NUMBERS) {
		int at = i * q->n + x;
		widen(&q->predicted_lo[at], &q->predicted_hi[at], k[COLUMN_LO], k[COLUMN_HI]);
		widen(&q->truth_lo[at], &q->truth_hi[at], k[COLUMN_TRUTH_LO], k[COLUMN_TRUTH_HI]);
	}
	none = error;
	widen(&none, &q->error[x], error, error);
	for (int i = v->probability; i < v->width; i++)
		share[i - v->probability] += (double)c[i];
}

/* Adds the cells of the steps [first, end) to column x. */
static void column_add(struct record_picture *q, int x, const struct record_cells *v, int64_t first, int64_t end,
                       double *share)
{
	double steps = 0, salient = 0;
	for (int i = 0; i < q->classes + q->channels; i++)
		share[i] = 0;
	for (int64_t i = record_cells_at(v, first); i <= record_cells_at(v, end - 1); i++) {
		if (v->known[i] == CELL_UNKNOWN)
			continue;
		cell_add(q, x, v, i, share);
		steps += (double)v->cell[i * v->width + CELL_STEPS];
		salient += (double)v->cell[i * v->width + CELL_SALIENT];
	}
	for (int k = 0; k < q->classes && steps > 0; k++)
		q->probability[k * q->n + x] = (float)(share[k] / steps);
	for (int k = 0; k < q->channels && salient > 0; k++)
		q->saliency[k * q->n + x] = (float)(share[q->classes + k] / salient);
}

void record_picture_cells(struct record_picture *q, const struct record_cells *whole, const struct record_cells *near)
{
	double *share = xcalloc((size_t)(q->classes + q->channels) + 1, sizeof *share);
	for (int x = 0; x < q->n; x++) {
		int64_t first, end;
		column_steps(q, x, &first, &end);
		bool close = near->n && record_cells_known(near, first, end) == CELL_EXACT;
		const struct record_cells *v = close ? near : whole;
		q->known[x] = (unsigned char)record_cells_known(v, first, end);
		column_add(q, x, v, first, end, share);
		for (int64_t i = record_cells_at(whole, first); i <= record_cells_at(whole, end - 1); i++)
			q->events[x] |= whole->events[i];
	}
	free(share);
}
