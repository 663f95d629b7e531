#include "core/analysis/doubts.h"

#include <math.h>
#include <stdlib.h>

/* reach: see struct doubts. */
static double reach_of(const real *x, const real *g, int64_t T, int64_t C)
{
	double sum = 0;
	for (int64_t c = 0; c < C; c++) {
		double lo = INFINITY, hi = -INFINITY, slope = 0;
		for (int64_t t = 0; t < T; t++) {
			lo = fmin(lo, (double)x[t * C + c]);
			hi = fmax(hi, (double)x[t * C + c]);
			slope += fabs((double)g[t * C + c]);
		}
		sum += hi > lo ? slope * (hi - lo) : 0;
	}
	return sum;
}

void doubts_measure(struct analysis *a, struct doubts *d)
{
	const struct model *m = analysis_model(a);
	int cls = analysis_class(a);
	*d = (struct doubts){ .kinks = *analysis_kinks(a), .certainty = NAN, .reach = NAN };
	if (cls >= 0)
		d->certainty = model_class_probability(m, analysis_output(a), cls);
	const real *g = analysis_input_gradient(a);
	if (g)
		d->reach = reach_of(analysis_input(a), g, m->T, m->C);
}

bool doubts_saturated(const struct doubts *d)
{
	return d->certainty >= DOUBT_CERTAIN && d->reach < DOUBT_REACH;
}

bool doubts_tie(const struct doubts *d)
{
	return d->kinks.maxpool_nonzero_ties > 0;
}

bool doubts_kink(const struct doubts *d)
{
	return d->kinks.relu_min_abs < DOUBT_NEAR || d->kinks.maxpool_min_gap < DOUBT_NEAR;
}
