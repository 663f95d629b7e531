#include "core/analysis/rank.h"

#include <math.h>
#include <stdlib.h>
#include "core/base/mem.h"
#include "core/kernels/figures.h"

void minmax_scale(const real *v, int64_t n, real *out)
{
	real low, high;
	figures_active()->extremes(n, v, &low, &high);
	double lo = (double)low, range = (double)high - lo;
	/* infinities: the finite ones cannot be told apart, inf/inf gives NaN */
	if (high > low)
		isa_active()->scale(n, v, lo, range, out);
	else
		for (int64_t i = 0; i < n; i++)
			out[i] = isnan(v[i]) ? (real)NAN : 0;
}

struct ranked {
	double v;
	int i;
};

static int descending(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	bool na = isnan(a->v), nb = isnan(b->v);
	if (na != nb)
		return na ? 1 : -1;
	if (!na && a->v != b->v)
		return a->v > b->v ? -1 : 1;
	return a->i < b->i ? -1 : a->i > b->i;
}

/* How many of v come before v[i]: larger ones, equal ones that stand before it; NaN comes last. */
static int count_before(const real *v, int n, int i)
{
	int count = 0;
	real x = v[i];
	if (isnan(x)) {
		for (int k = 0; k < n; k++)
			count += !isnan(v[k]) || k < i;
		return count;
	}
	for (int k = 0; k < i; k++)
		count += v[k] >= x;
	for (int k = i + 1; k < n; k++)
		count += v[k] > x;
	return count;
}

void rank_order(const real *v, int64_t n, int *order, int *rank)
{
	enum { FEW = 128 }; /* so many are ranked faster by counting, which makes vectors, than by sorting */
	for (int i = 0; n <= FEW && i < (int)n; i++) {
		int k = count_before(v, (int)n, i);
		order[k] = i;
		if (rank)
			rank[i] = k;
	}
	if (n <= FEW)
		return;
	struct ranked *r = xcalloc((size_t)n, sizeof *r);
	for (int64_t i = 0; i < n; i++)
		r[i] = (struct ranked){ (double)v[i], (int)i };
	qsort(r, (size_t)n, sizeof *r, descending);
	for (int64_t i = 0; i < n; i++) {
		order[i] = r[i].i;
		if (rank)
			rank[r[i].i] = (int)i;
	}
	free(r);
}

static double round_half_even(double x)
{
	double down = floor(x), part = x - down;
	if (part != 0.5)
		return part < 0.5 ? down : down + 1;
	return fmod(down, 2) == 0 ? down : down + 1;
}

static int ascending(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	/* NaN is nothing to look at: below all */
	bool na = isnan(a->v), nb = isnan(b->v);
	if (na != nb)
		return na ? -1 : 1;
	if (!na && a->v != b->v)
		return a->v < b->v ? -1 : 1;
	return a->i < b->i ? -1 : a->i > b->i;
}

void percentile_shown(const real *scaled, int64_t n, double p, bool *shown)
{
	struct ranked *r = xcalloc((size_t)n, sizeof *r);
	for (int64_t i = 0; i < n; i++)
		r[i] = (struct ranked){ (double)scaled[i], (int)i };
	qsort(r, (size_t)n, sizeof *r, ascending);
	double idx = round_half_even((double)n * p);
	for (int64_t i = 0; i < n; i++)
		shown[r[i].i] = (double)i >= idx;
	free(r);
}
