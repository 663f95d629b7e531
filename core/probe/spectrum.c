/* The spectral twin of a saliency map. Formula and source: core/probe/spectrum.h. */
#include "core/probe/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include "core/base/mem.h"

/* The plain sum of the transform: a window has few steps, and the angles of a table are exact where those of a
 * recurrence drift. */
void spectrum_of(int64_t T, int64_t C, const double *dx, const double *g, double *R)
{
	double *cosine = xcalloc((size_t)(2 * T), sizeof *cosine), *sine = cosine + T;
	for (int64_t i = 0; i < T; i++) {
		double angle = 2 * 3.14159265358979323846 * (double)i / (double)T;
		cosine[i] = cos(angle);
		sine[i] = sin(angle);
	}
	for (int64_t k = 0; k < spectrum_bands(T); k++) {
		double weight = (k == 0 || 2 * k == T ? 1 : 2) / (double)T;
		for (int64_t c = 0; c < C; c++) {
			double xr = 0, xi = 0, gr = 0, gi = 0;
			for (int64_t t = 0, at = 0; t < T; t++, at = (at + k) % T) {
				xr += dx[t * C + c] * cosine[at];
				xi += dx[t * C + c] * sine[at];
				gr += g[t * C + c] * cosine[at];
				gi += g[t * C + c] * sine[at];
			}
			R[k * C + c] = weight * (xr * gr + xi * gi);
		}
	}
	free(cosine);
}

bool spectrum_factors(const struct saliency_job *j, double *dx, double *g)
{
	if (!saliency_methods[j->method].spectrum)
		return false;
	int64_t n = probe_window_count(j->p);
	real *from = xcalloc((size_t)n, sizeof *from);
	saliency_reference(j, from);
	for (int64_t i = 0; i < n; i++) {
		dx[i] = (double)j->p->x[i] - (double)from[i];
		g[i] = j->n ? j->sum[i] / (double)j->n : 0;
	}
	free(from);
	return true;
}
