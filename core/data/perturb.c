#include "core/data/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const replace_names[] = { "mean", "zero", "interpolate", "window", NULL };

bool perturb_derives(const struct dataset *d)
{
	return d && d->derive == DERIVE_DIFF && d->n_source > 0 && d->n_source < d->C;
}

void perturb_init(struct perturb *p, int64_t T, int64_t C, const struct dataset *d, bool series, int64_t length)
{
	*p = (struct perturb){ .T = T, .C = C, .length = length, .own = C };
	if (series && perturb_derives(d)) {
		p->derived = true;
		p->own = d->n_source;
	}
	p->units = (T + length - 1) / length * p->own;
}

/* The first step of a unit, and the one behind its last. */
static int64_t unit_from(const struct perturb *p, int64_t u)
{
	return u / p->own * p->length;
}

static int64_t unit_end(const struct perturb *p, int64_t u)
{
	int64_t end = unit_from(p, u) + p->length;
	return end < p->T ? end : p->T;
}

void perturb_scores(const struct perturb *p, const real *map, double *score)
{
	for (int64_t u = 0; u < p->units; u++) {
		score[u] = 0;
		for (int64_t t = unit_from(p, u); t < unit_end(p, u); t++)
			for (int64_t c = u % p->own; c < p->C; c += p->own) {
				double v = fabs((double)map[t * p->C + c]);
				score[u] += isfinite(v) ? v : 0;
			}
	}
}

static double channel_mean(const struct perturb *p, const real *x, int64_t c)
{
	double sum = 0;
	for (int64_t t = 0; t < p->T; t++)
		sum += (double)x[t * p->C + c];
	return sum / (double)p->T;
}

static bool is_replaced(const struct perturb *p, const unsigned char *replaced, int64_t t, int64_t c)
{
	return replaced[t / p->length * p->own + c];
}

/* Steps from .. end-1 of a channel, which are those between two that stay. */
static void bridge(const struct perturb *p, const real *x, int64_t c, int64_t from, int64_t end, real *to)
{
	double mean = 0;
	bool left = from > 0, right = end < p->T;
	if (!left && !right)
		mean = channel_mean(p, x, c);
	for (int64_t t = from; t < end; t++) {
		double a = left ? (double)x[(from - 1) * p->C + c] : 0, b = right ? (double)x[end * p->C + c] : 0;
		double part = (double)(t - from + 1) / (double)(end - from + 1);
		double v = left && right ? a + part * (b - a) : left ? a : right ? b : mean;
		to[t * p->C + c] = (real)v;
	}
}

static void interpolate(const struct perturb *p, const real *x, const unsigned char *replaced, int64_t c, real *to)
{
	for (int64_t t = 0; t < p->T;) {
		int64_t from = t;
		while (t < p->T && is_replaced(p, replaced, t, c))
			t++;
		if (t > from)
			bridge(p, x, c, from, t, to);
		t++;
	}
}

void perturb_apply(const struct perturb *p, const real *x, const unsigned char *replaced, enum replace how,
                   const real *other, real *to)
{
	memcpy(to, x, (size_t)(p->T * p->C) * sizeof *to);
	for (int64_t c = 0; c < p->own; c++) {
		if (how == REPLACE_INTERPOLATE) {
			interpolate(p, x, replaced, c, to);
			continue;
		}
		real fill = how == REPLACE_MEAN ? (real)channel_mean(p, x, c) : 0;
		for (int64_t t = 0; t < p->T; t++)
			if (is_replaced(p, replaced, t, c))
				to[t * p->C + c] = how == REPLACE_WINDOW ? other[t * p->C + c] : fill;
	}
	if (p->derived)
		perturb_derive(p, to);
}

void perturb_derive(const struct perturb *p, real *tc)
{
	for (int64_t c = 0; c < p->own && p->derived; c++)
		dataset_derive_diff(p->T, p->C, tc + c, tc + p->own + c);
}

/* The derived channel is x[t+1] - x[t], and at the last step the mean of their sizes. At equal values the size has the
 * slope 0. */
void perturb_backward(const struct perturb *p, const real *x, real *g)
{
	int64_t T = p->T, C = p->C;
	for (int64_t c = 0; c < p->own && p->derived; c++) {
		real *to = g + c, *by = g + p->own + c;
		const real *v = x + c;
		double mean = T > 1 ? (double)by[(T - 1) * C] / (double)(T - 1) : 0;
		for (int64_t t = 0; t + 1 < T; t++) {
			double d = (double)v[(t + 1) * C] - (double)v[t * C];
			real part = (real)((double)by[t * C] + mean * (d > 0 ? 1 : d < 0 ? -1 : 0));
			to[(t + 1) * C] += part;
			to[t * C] -= part;
			by[t * C] = 0;
		}
		by[(T - 1) * C] = 0;
	}
}
