#include "core/truth/truth_mask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/truth/truth_window.h"

/* The row of the mask for step t of window i. */
static int64_t mask_row(const struct dataset *d, int64_t i, int64_t t)
{
	if (d->set)
		return dataset_row(d, i) * d->T + t;
	int64_t row = dataset_start(d, i) + t;
	return d->row_of ? d->row_of[row] : d->first_row + row;
}

int64_t truth_mask_units(const struct truth_mask *mask, const struct dataset *d, int64_t i, const struct perturb *p,
                         unsigned char *inside)
{
	int64_t n = 0;
	memset(inside, 0, (size_t)p->units);
	for (int64_t t = 0; t < p->T; t++)
		for (int64_t c = 0; c < p->own; c++)
			inside[t / p->length * p->own + c] |= mask->at[mask_row(d, i, t) * mask->C + c];
	for (int64_t u = 0; u < p->units; u++)
		n += inside[u];
	return n;
}

/* A run of units of equal score, by descending score: of `n` units `in` are inside. `before` and `in_before` count
 * those of larger scores. */
struct tie {
	int64_t n, in, before, in_before;
};

static bool next_tie(const double *score, const unsigned char *inside, const int64_t *order, int64_t n, struct tie *q)
{
	int64_t at = q->before + q->n;
	*q = (struct tie){ .before = at, .in_before = q->in_before + q->in };
	for (; at < n && score[order[at]] == score[order[q->before]]; at++) {
		q->n++;
		q->in += inside[order[at]];
	}
	return q->n > 0;
}

void truth_find(const double *score, const unsigned char *inside, int64_t n, double found[TRUTH_FOUND])
{
	double mass = 0, mass_in = 0, precision = 0, above = 0, first = 0;
	int64_t in = 0;
	for (int64_t u = 0; u < n; u++) {
		in += inside[u];
		mass += score[u];
		mass_in += inside[u] ? score[u] : 0;
	}
	for (int k = 0; k < TRUTH_FOUND; k++)
		found[k] = NAN;
	if (in == 0 || in == n)
		return;
	int64_t *order = xcalloc((size_t)n, sizeof *order);
	truth_order(score, n, true, order);
	for (struct tie q = { 0 }; next_tie(score, inside, order, n, &q);) {
		double end = (double)(q.before + q.n), out_below = (double)(n - in - (q.before - q.in_before));
		precision += (double)q.in * (double)(q.in_before + q.in) / end;
		above += (double)q.in * (out_below - (double)(q.n - q.in) / 2);
		/* of the first `in` units, those of this run that still have a place */
		double room = fmin(fmax((double)(in - q.before), 0), (double)q.n);
		first += room * (double)q.in / (double)q.n;
	}
	free(order);
	found[0] = precision / (double)in;
	found[1] = above / ((double)in * (double)(n - in));
	found[2] = mass > 0 ? mass_in / mass : NAN;
	found[3] = first / (double)in;
}
