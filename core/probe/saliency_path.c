/* Methods that look at f for many inputs: along the way from the baseline (integrated gradients), around the window
 * (SmoothGrad), with parts of it hidden (occlusion). Formulas and sources: the table in core/probe/saliency.c. */
#include "core/probe/saliency.h"

#include <math.h>
#include <string.h>

enum { PATH_FIRST = 16, PATH_MOST = 1024, SAMPLES = 50, PATCHES = 16 };
static const double path_good = 0.01, noise = 0.15;

static void sum_gradient(struct saliency_job *j, struct run *r)
{
	int64_t n = probe_window_count(j->p);
	saliency_gradient(j, r, j->g);
	for (int64_t i = 0; i < n; i++)
		j->sum[i] += (double)j->g[i];
}

/* f of the window and of the baseline. */
static void ends(struct saliency_job *j)
{
	j->whole = saliency_value(j, j->p->run);
	j->none = saliency_value(j, probe_twin_run(j->p, probe_baseline(j->p)));
}

bool saliency_integrated(struct saliency_job *j)
{
	const real *x = j->p->x, *base = probe_baseline(j->p);
	int64_t count = probe_window_count(j->p);
	if (!j->n) {
		ends(j);
		j->n = PATH_FIRST;
		return true;
	}
	double part = ((double)j->i + 0.5) / (double)j->n;
	for (int64_t i = 0; i < count; i++)
		j->x[i] = (real)((double)base[i] + part * ((double)x[i] - (double)base[i]));
	sum_gradient(j, probe_twin_run(j->p, j->x));
	if (++j->i < j->n)
		return true;
	for (int64_t i = 0; i < count; i++)
		j->out[i] = (real)(((double)x[i] - (double)base[i]) * j->sum[i] / (double)j->n);
	j->note->steps = j->n;
	j->note->residual = saliency_residual(j);
	/* NaN never gets better */
	if (!(j->note->residual > path_good) || j->n >= PATH_MOST)
		return false;
	memset(j->sum, 0, (size_t)count * sizeof *j->sum);
	j->i = 0;
	j->n *= 2;
	return true;
}

bool saliency_smooth(struct saliency_job *j)
{
	int64_t T = j->p->m->T, C = j->p->m->C;
	const real *x = j->p->x;
	for (int64_t c = 0; c < C; c++) {
		double lo = INFINITY, hi = -INFINITY;
		for (int64_t t = 0; t < T; t++) {
			lo = fmin(lo, (double)x[t * C + c]);
			hi = fmax(hi, (double)x[t * C + c]);
		}
		for (int64_t t = 0; t < T; t++)
			j->x[t * C + c] = (real)((double)x[t * C + c] + noise * (hi - lo) * rng_normal(&j->rng));
	}
	sum_gradient(j, probe_twin_run(j->p, j->x));
	if (++j->i < SAMPLES)
		return true;
	for (int64_t i = 0; i < T * C; i++)
		j->out[i] = (real)(j->sum[i] / SAMPLES);
	saliency_absolute(j);
	j->note->steps = SAMPLES;
	return false;
}

bool saliency_occlusion(struct saliency_job *j)
{
	int64_t T = j->p->m->T, C = j->p->m->C;
	int64_t width = (T + PATCHES - 1) / PATCHES, step = width > 1 ? width / 2 : 1,
	        places = (T - width + step - 1) / step + 1;
	const real *base = probe_baseline(j->p);
	if (!j->n) {
		j->whole = saliency_value(j, j->p->run);
		j->n = places * C;
	}
	int64_t c = j->i / places, from = j->i % places * step;
	from = from + width > T ? T - width : from;
	memcpy(j->x, j->p->x, (size_t)(T * C) * sizeof *j->x);
	for (int64_t t = from; t < from + width; t++)
		j->x[t * C + c] = base[t * C + c];
	double less = j->whole - saliency_value(j, probe_twin_run(j->p, j->x));
	for (int64_t t = from; t < from + width; t++) {
		j->sum[t * C + c] += less;
		j->weight[t * C + c]++;
	}
	if (++j->i < j->n)
		return true;
	for (int64_t i = 0; i < T * C; i++)
		j->out[i] = (real)(j->sum[i] / j->weight[i]);
	j->note->steps = j->n;
	return false;
}
