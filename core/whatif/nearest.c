#include "core/whatif/nearest.h"

#include <math.h>
#include <stdlib.h>

static bool counts(const struct dataset *d, int64_t i, int64_t not )
{
	return not < 0 || (i != not &&!dataset_overlap(d, i, not ));
}

int nearest_windows(const struct dataset *d, const struct channel_spread *s, int64_t own, const real *x, int64_t not,
                    int k, struct near_window *to)
{
	real *w = xcalloc((size_t)(d->T * d->C) + 1, sizeof *w);
	int n = 0;
	for (int64_t i = 0; i < d->n; i++) {
		if (!counts(d, i, not ))
			continue;
		dataset_window(d, i, w);
		double v = spread_distance(s, d->T, d->C, own, x, w);
		int at = n;
		while (at > 0 && to[at - 1].distance > v)
			at--;
		if (at == k || !isfinite(v))
			continue;
		n += n < k;
		for (int q = n - 1; q > at; q--)
			to[q] = to[q - 1];
		to[at] = (struct near_window){ i, v };
	}
	free(w);
	return n;
}

static int by_distance(const void *pa, const void *pb)
{
	const struct near_window *a = pa, *b = pb;
	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	return (a->window > b->window) - (a->window < b->window);
}

struct near_window *nearest_all(const struct dataset *d, const struct channel_spread *s, int64_t own, const real *x,
                                int64_t not, int64_t *n)
{
	struct near_window *v = xcalloc((size_t)d->n + 1, sizeof *v);
	real *w = xcalloc((size_t)(d->T * d->C) + 1, sizeof *w);
	*n = 0;
	for (int64_t i = 0; i < d->n; i++) {
		if (!counts(d, i, not ))
			continue;
		dataset_window(d, i, w);
		double r = spread_distance(s, d->T, d->C, own, x, w);
		if (isfinite(r))
			v[(*n)++] = (struct near_window){ i, r };
	}
	qsort(v, (size_t)*n, sizeof *v, by_distance);
	free(w);
	return v;
}

double nearest_mean(const struct near_window *v, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++)
		sum += v[i].distance;
	return n ? sum / n : (double)NAN;
}
