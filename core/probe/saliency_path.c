/* Methods that look at f for many inputs: along the way from the baseline (integrated gradients), around the window
 * (SmoothGrad), with parts of it hidden (occlusion), along the ways from many windows (expected gradients). Formulas
 * and sources: the table in core/probe/saliency.c. */
#include "core/probe/saliency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/perturb.h"

enum { PATH_FIRST = 16, PATH_MOST = 1024, SAMPLES = 50, PATCHES = 16, DRAWS = 64 };
static const double path_good = 0.01, noise = 0.15;

/* The sum gains the gradients of the first n inputs of j->x. */
static void sum_gradients(struct saliency_job *j, int n)
{
	int64_t count = probe_window_count(j->p);
	saliency_many(j, n, j->x, NULL, j->g);
	for (int k = 0; k < n; k++)
		for (int64_t i = 0; i < count; i++)
			j->sum[i] += (double)j->g[k * count + i];
	j->i += n;
}

/* How many inputs the next step evaluates, of those that are left. */
static int inputs_now(const struct saliency_job *j, int64_t left)
{
	int width = probe_width(j->p);
	return left < width ? (int)left : width;
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
	int now = inputs_now(j, j->n - j->i);
	for (int k = 0; k < now; k++) {
		double part = ((double)(j->i + k) + 0.5) / (double)j->n;
		for (int64_t i = 0; i < count; i++)
			j->x[k * count + i] = (real)((double)base[i] + part * ((double)x[i] - (double)base[i]));
	}
	sum_gradients(j, now);
	if (j->i < j->n)
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

/* x with noise. */
static void add_noise(struct saliency_job *j, real *to)
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
			to[t * C + c] = (real)((double)x[t * C + c] + noise * (hi - lo) * rng_normal(&j->rng));
	}
}

bool saliency_smooth(struct saliency_job *j)
{
	int64_t count = probe_window_count(j->p);
	int now = inputs_now(j, SAMPLES - j->i);
	for (int k = 0; k < now; k++)
		add_noise(j, j->x + k * count);
	sum_gradients(j, now);
	if (j->i < SAMPLES)
		return true;
	for (int64_t i = 0; i < count; i++)
		j->out[i] = (real)(j->sum[i] / SAMPLES);
	saliency_absolute(j);
	j->note->steps = SAMPLES;
	return false;
}

/* Patches of `width` steps of one channel after the other, `step` apart. */
struct patches {
	struct perturb p; /* a unit is a point of a channel that can be hidden */
	int64_t width, step, places;
	unsigned char *hidden; /* (units) scratch */
};

/* The first step of patch i. */
static int64_t patch_from(const struct patches *q, int64_t i)
{
	int64_t from = i % q->places * q->step;
	return from + q->width > q->p.T ? q->p.T - q->width : from;
}

/* x with patch i hidden: the baseline stands there. */
static void hide(const struct saliency_job *j, const struct patches *q, int64_t i, real *to)
{
	int64_t c = i / q->places, from = patch_from(q, i);
	memset(q->hidden, 0, (size_t)q->p.units);
	for (int64_t t = from; t < from + q->width; t++)
		q->hidden[t * q->p.own + c] = 1;
	perturb_apply(&q->p, j->p->x, q->hidden, REPLACE_WINDOW, probe_baseline(j->p), to);
}

bool saliency_occlusion(struct saliency_job *j)
{
	int64_t T = j->p->m->T, C = j->p->m->C, width = (T + PATCHES - 1) / PATCHES;
	struct patches q = { .width = width, .step = width > 1 ? width / 2 : 1 };
	double value[RUN_LANES];
	perturb_init(&q.p, T, C, j->p->d, j->p->q.series, 1);
	q.places = (T - width + q.step - 1) / q.step + 1;
	if (!j->n) {
		j->whole = saliency_value(j, j->p->run);
		j->n = q.places * q.p.own;
	}
	int now = inputs_now(j, j->n - j->i);
	q.hidden = xcalloc((size_t)q.p.units, 1);
	for (int k = 0; k < now; k++)
		hide(j, &q, j->i + k, j->x + k * T * C);
	free(q.hidden);
	saliency_many(j, now, j->x, value, NULL);
	for (int k = 0; k < now; k++, j->i++) {
		int64_t c = j->i / q.places, from = patch_from(&q, j->i);
		for (int64_t t = from; t < from + width; t++) {
			j->sum[t * C + c] += j->whole - value[k];
			j->weight[t * C + c]++;
		}
	}
	if (j->i < j->n)
		return true;
	for (int64_t i = 0; i < T * C; i++)
		j->out[i] = j->weight[i] > 0 ? (real)(j->sum[i] / j->weight[i]) : 0;
	j->note->steps = j->n;
	return false;
}

/* A window of the data, or the baseline, and a point on the way from it to x. */
static void draw(struct saliency_job *j, int64_t i, real *from, real *at)
{
	struct probe *p = j->p;
	int64_t count = probe_window_count(p);
	if (p->d)
		dataset_window(p->d, rng_below(&j->rng, p->d->n), from);
	else
		memcpy(from, probe_baseline(p), (size_t)count * sizeof *from);
	double part = ((double)i + rng_uniform(&j->rng)) / (double)j->n;
	for (int64_t k = 0; k < count; k++)
		at[k] = (real)((double)from[k] + part * ((double)p->x[k] - (double)from[k]));
}

/* Each draw has a window of its own, and a part of the way of its own in part i of n. */
bool saliency_expected(struct saliency_job *j)
{
	struct probe *p = j->p;
	int64_t count = probe_window_count(p);
	double value[RUN_LANES];
	if (!j->n) {
		j->whole = saliency_value(j, p->run);
		j->n = DRAWS;
	}
	int now = inputs_now(j, j->n - j->i);
	real *from = real_buffer(&j->from, count * probe_width(p));
	for (int k = 0; k < now; k++)
		draw(j, j->i + k, from + k * count, j->x + k * count);
	saliency_many(j, now, j->x, NULL, j->g);
	saliency_many(j, now, from, value, NULL);
	for (int k = 0; k < now; k++, j->i++) {
		const real *one = from + k * count, *g = j->g + k * count;
		for (int64_t i = 0; i < count; i++) {
			j->sum[i] += ((double)p->x[i] - (double)one[i]) * (double)g[i] / (double)j->n;
			j->weight[i] += (double)one[i] / (double)j->n;
		}
		j->none += value[k] / (double)j->n;
	}
	if (j->i < j->n)
		return true;
	for (int64_t i = 0; i < count; i++)
		j->out[i] = (real)j->sum[i];
	j->note->steps = j->n;
	j->note->residual = saliency_residual(j);
	return false;
}
