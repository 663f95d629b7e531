#include "core/record/pyramid.h"

#include <math.h>
#include <stdlib.h>

enum { FIRST = 64, NEXT = 8, LEVELS = 16 }; /* steps of the lowest level; how many become one on the next */

struct extremes {
	float lo, hi;
};

struct pyramid {
	const struct record_plan *p;
	int columns, levels;
	int64_t n[LEVELS];              /* pieces of a level */
	struct extremes *level[LEVELS]; /* (n, columns) */
};

static void extremes_add(struct extremes *q, float lo, float hi)
{
	/* fminf and fmaxf give the other number where one is NaN */
	q->lo = fminf(q->lo, lo);
	q->hi = fmaxf(q->hi, hi);
}

/* Adds the values of column c at the steps [first, end). */
static void add_values(const struct pyramid *q, int c, int64_t first, int64_t end, struct extremes *to)
{
	const struct record_plan *p = q->p;
	const struct dataset *d = p->d;
	if (!d->set) {
		for (int64_t i = first; i < end; i++)
			extremes_add(to, (float)d->raw[c][i], (float)d->raw[c][i]);
		return;
	}
	int64_t T = p->m->T, C = p->m->C;
	real *tc = xcalloc((size_t)(T * C), sizeof *tc);
	for (int64_t i = first; i < end; i++) {
		int64_t w = i / T;
		if (i == first || i % T == 0)
			dataset_window(d, w, tc);
		float v = (float)dataset_unscale_channel(d, w, c, (double)tc[i % T * C + c]);
		extremes_add(to, v, v);
	}
	free(tc);
}

static const struct extremes nothing = { NAN, NAN };

struct pyramid *pyramid_new(const struct record_plan *p)
{
	struct pyramid *q = xcalloc(1, sizeof *q);
	q->p = p;
	q->columns = p->d->n_source > 0 ? p->d->n_source : (int)p->m->C;
	for (int64_t n = (p->steps + FIRST - 1) / FIRST; q->levels < LEVELS; n = (n + NEXT - 1) / NEXT) {
		q->n[q->levels] = n;
		q->level[q->levels++] = xcalloc((size_t)(n * q->columns) + 1, sizeof *q->level[0]);
		if (n <= 1)
			break;
	}
	for (int64_t i = 0; i < q->n[0]; i++)
		for (int c = 0; c < q->columns; c++) {
			int64_t end = (i + 1) * FIRST < p->steps ? (i + 1) * FIRST : p->steps;
			struct extremes *to = &q->level[0][i * q->columns + c];
			*to = nothing;
			add_values(q, c, i * FIRST, end, to);
		}
	for (int k = 1; k < q->levels; k++)
		for (int64_t i = 0; i < q->n[k] * q->columns; i++)
			q->level[k][i] = nothing;
	for (int k = 1; k < q->levels; k++)
		for (int64_t i = 0; i < q->n[k - 1]; i++)
			for (int c = 0; c < q->columns; c++) {
				const struct extremes *v = &q->level[k - 1][i * q->columns + c];
				extremes_add(&q->level[k][i / NEXT * q->columns + c], v->lo, v->hi);
			}
	return q;
}

void pyramid_free(struct pyramid *q)
{
	for (int k = 0; q && k < q->levels; k++)
		free(q->level[k]);
	free(q);
}

int pyramid_columns(const struct pyramid *q)
{
	return q->columns;
}

/* Whole pieces of level k lie in the middle; what is left on both sides is looked up one level below. */
static void range_at(const struct pyramid *q, int c, int k, int64_t size, int64_t first, int64_t end,
                     struct extremes *to)
{
	if (first >= end)
		return;
	if (k < 0) {
		add_values(q, c, first, end, to);
		return;
	}
	int64_t from = (first + size - 1) / size, last = end / size, below = k ? size / NEXT : 1;
	if (from >= last) {
		range_at(q, c, k - 1, below, first, end, to);
		return;
	}
	range_at(q, c, k - 1, below, first, from * size, to);
	for (int64_t i = from; i < last; i++)
		extremes_add(to, q->level[k][i * q->columns + c].lo, q->level[k][i * q->columns + c].hi);
	range_at(q, c, k - 1, below, last * size, end, to);
}

void pyramid_range(const struct pyramid *q, int c, int64_t first, int64_t end, float *lo, float *hi)
{
	struct extremes v = nothing;
	int64_t size = FIRST;
	for (int k = 1; k < q->levels; k++)
		size *= NEXT;
	range_at(q, c, q->levels - 1, size, first, end, &v);
	*lo = v.lo;
	*hi = v.hi;
}
