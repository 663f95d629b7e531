#include "core/data/channel_spread.h"

#include <math.h>
#include <stdlib.h>

void channel_spread_make(struct channel_spread *s, const struct dataset *d)
{
	int64_t C = d->C, count = d->T * C;
	real *x = xcalloc((size_t)count + 1, sizeof *x);
	double *pivot = xcalloc(3 * (size_t)C + 1, sizeof *pivot), *sum = pivot + C, *square = sum + C, n = 0;
	s->mean = xcalloc(2 * (size_t)C + 1, sizeof *s->mean);
	s->deviation = s->mean + C;
	s->low = xcalloc(2 * (size_t)C + 1, sizeof *s->low);
	s->high = s->low + C;
	for (int64_t i = 0; i < d->n; i++) {
		dataset_window(d, i, x);
		for (int64_t k = 0; k < count; k++) {
			int64_t c = k % C;
			if (!i && k < C)
				s->low[c] = s->high[c] = x[k], pivot[c] = (double)x[k];
			double off = (double)x[k] - pivot[c];
			s->low[c] = x[k] < s->low[c] ? x[k] : s->low[c];
			s->high[c] = x[k] > s->high[c] ? x[k] : s->high[c];
			sum[c] += off;
			square[c] += off * off;
		}
		n += (double)d->T;
	}
	for (int64_t c = 0; c < C && n > 0; c++) {
		s->mean[c] = pivot[c] + sum[c] / n;
		s->deviation[c] = sqrt(fmax(0, square[c] / n - sum[c] / n * (sum[c] / n)));
	}
	free(pivot);
	free(x);
}

void channel_spread_release(struct channel_spread *s)
{
	free(s->mean);
	free(s->low);
}

double spread_distance(const struct channel_spread *s, int64_t T, int64_t C, int64_t own, const real *a, const real *b)
{
	double sum = 0, n = 0;
	for (int64_t c = 0; c < own; c++) {
		if (!(s->deviation[c] > 0))
			continue;
		double part = 0;
		for (int64_t k = c; k < T * C; k += C) {
			double d = (double)a[k] - (double)b[k];
			part += d * d;
		}
		sum += part / (s->deviation[c] * s->deviation[c]);
		n += (double)T;
	}
	return n > 0 ? sqrt(sum / n) : 0;
}
