#include "core/attack/attack_window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t points(const struct attack_worker *w)
{
	return w->s->p.T * w->s->p.own;
}

static int64_t numbers(const struct attack_worker *w)
{
	return w->s->p.T * w->s->p.C;
}

void attack_worker_make(struct attack_worker *w, const struct attack_space *s)
{
	const struct model *m = s->j->m;
	size_t n = (size_t)(s->p.T * s->p.C) * RUN_LANES;
	*w = (struct attack_worker){ .s = s };
	attack_pass_make(&w->pass, m, s->j->task);
	real **all[] = { &w->x0, &w->x, &w->g, &w->u, &w->best, &w->part };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] = xcalloc(n + 1, sizeof **all[i]);
	w->mask = xcalloc((size_t)s->p.T * RUN_LANES + 1, 1);
	w->first = xcalloc((size_t)m->outputs * RUN_LANES + 1, sizeof *w->first);
}

void attack_worker_release(struct attack_worker *w)
{
	attack_pass_release(&w->pass);
	free(w->x0), free(w->x), free(w->g), free(w->u), free(w->best), free(w->part);
	free(w->mask), free(w->first);
}

/* ---- what falls ---- */

static bool fell(const struct attack_worker *w, int l)
{
	const struct attack_job *j = w->s->j;
	int64_t n = j->m->outputs;
	const real *now = w->pass.output + l * n, *was = w->first + l * n;
	if (j->task == TASK_CLASSIFICATION)
		return model_class(j->m, now) != w->pass.cls[l];
	for (int64_t k = 0; k < n && j->by > 0; k++)
		if (fabs((double)now[k] - (double)was[k]) >= j->by)
			return true;
	return false;
}

static bool better(const struct attack_point *a, const struct attack_point *b)
{
	return a->fell != b->fell ? a->fell : a->loss > b->loss;
}

/* The present u of lane l, whose loss was just computed, becomes the best if it is better, or if it must. */
static void keep(struct attack_worker *w, int l, bool always)
{
	struct attack_point now = { w->pass.loss[l], fell(w, l) };
	if (!isfinite(now.loss) || (!always && w->started[l] && !better(&now, &w->at_best[l])))
		return;
	w->started[l] = true;
	w->at_best[l] = now;
	memcpy(w->best + l * points(w), w->u + l * points(w), (size_t)points(w) * sizeof *w->u);
}

/* ---- from changes to windows, and back ---- */

/* The mean over neighbours of every own-th number (T): it is its own transpose. */
static void smooth(const struct attack_space *s, const real *v, real *to)
{
	int64_t T = s->p.T, own = s->p.own;
	for (int64_t c = 0; c < own; c++)
		for (int64_t t = 0; t < T; t++) {
			double sum = s->kernel[0] * (double)v[t * own + c];
			for (int64_t k = 1; k <= s->reach; k++) {
				double a = t >= k ? (double)v[(t - k) * own + c] : 0;
				double b = t + k < T ? (double)v[(t + k) * own + c] : 0;
				sum += s->kernel[k] * (a + b);
			}
			to[t * own + c] = (real)sum;
		}
}

static real between(double v, double low, double high)
{
	return (real)(v < low ? low : v > high ? high : v);
}

static void apply_one(struct attack_worker *w, int l, const real *change)
{
	const struct attack_space *s = w->s;
	const struct perturb *p = &s->p;
	const real *x0 = w->x0 + l * numbers(w);
	real *x = w->x + l * numbers(w);
	memcpy(x, x0, (size_t)numbers(w) * sizeof *x);
	for (int64_t t = 0; t < p->T; t++)
		for (int64_t c = 0; c < p->own && w->mask[l * p->T + t]; c++) {
			double v = (double)x0[t * p->C + c] + (double)change[t * p->own + c];
			bool clip = s->j->clip;
			x[t * p->C + c] = between(v, clip ? (double)s->spread.low[c] : -INFINITY,
			                          clip ? (double)s->spread.high[c] : INFINITY);
		}
	if (p->derived)
		perturb_derive(p, x);
}

void attack_apply(struct attack_worker *w, enum attack_method m, const real *u)
{
	for (int l = 0; l < w->n; l++) {
		const real *change = u + l * points(w);
		if (m == ATTACK_SMOOTH) {
			smooth(w->s, change, w->part);
			change = w->part;
		}
		apply_one(w, l, change);
	}
}

/* g (T,C), the gradient of the loss by the window, becomes in `to` (T,own) that by the changes. */
static void pull(struct attack_worker *w, enum attack_method m, int l, real *to)
{
	const struct perturb *p = &w->s->p;
	real *g = w->g + l * numbers(w);
	if (p->derived)
		perturb_backward(p, w->x + l * numbers(w), g);
	for (int64_t t = 0; t < p->T; t++)
		for (int64_t c = 0; c < p->own; c++)
			w->part[t * p->own + c] = w->mask[l * p->T + t] ? g[t * p->C + c] : 0;
	if (m == ATTACK_SMOOTH)
		smooth(w->s, w->part, to);
	else
		memcpy(to, w->part, (size_t)points(w) * sizeof *to);
}

/* ---- steps ---- */

/* One step of `share` of epsilon along the sign of the gradient. The window of u has been computed with its gradient.
 */
static void step(struct attack_worker *w, enum attack_method m, double share)
{
	const struct perturb *p = &w->s->p;
	for (int l = 0; l < w->n; l++) {
		real *u = w->u + l * points(w);
		pull(w, m, l, w->x + l * numbers(w));
		const real *g = w->x + l * numbers(w);
		for (int64_t i = 0; i < points(w); i++) {
			double e = w->epsilon[l] * w->s->unit[i % p->own];
			double v = (double)u[i] + share * e * ((double)g[i] > 0 ? 1 : (double)g[i] < 0 ? -1 : 0);
			u[i] = between(v, -e, e);
		}
	}
}

static void note_slopes(struct attack_worker *w)
{
	for (int l = 0; l < w->n; l++) {
		const real *g = w->g + l * numbers(w);
		for (int64_t k = 0; k < numbers(w) && !w->slopes[l]; k++)
			w->slopes[l] = isfinite(g[k]) && g[k] != 0;
	}
}

static void look(struct attack_worker *w, enum attack_method m, bool gradient)
{
	attack_apply(w, m, w->u);
	attack_pass(&w->pass, w->n, w->x, gradient ? w->g : NULL);
	if (gradient)
		note_slopes(w);
}

static void keep_all(struct attack_worker *w, bool always)
{
	for (int l = 0; l < w->n; l++)
		keep(w, l, always);
}

/* N steps from u; with `every` each point may become the best, else only the last. */
static void walk(struct attack_worker *w, enum attack_method m, double share, bool every)
{
	for (int k = 0; k < w->s->j->steps; k++) {
		look(w, m, true);
		if (every)
			keep_all(w, false);
		step(w, m, share);
	}
	look(w, m, false);
	keep_all(w, !every);
}

static void from_window(struct attack_worker *w)
{
	memset(w->u, 0, (size_t)(w->n * points(w)) * sizeof *w->u);
}

static void one_step(struct attack_worker *w, enum attack_method m, bool always)
{
	from_window(w);
	look(w, m, true);
	step(w, m, 1);
	look(w, m, false);
	keep_all(w, always);
}

static void from_chance(struct attack_worker *w)
{
	for (int l = 0; l < w->n; l++)
		for (int64_t i = 0; i < points(w); i++) {
			double e = w->epsilon[l] * w->s->unit[i % w->s->p.own];
			w->u[l * points(w) + i] = (real)((2 * rng_uniform(&w->rng[l]) - 1) * e);
		}
}

void attack_windows(struct attack_worker *w, enum attack_method m)
{
	if (m == ATTACK_FGSM) {
		one_step(w, m, true);
		return;
	}
	if (m == ATTACK_BIM) {
		from_window(w);
		walk(w, m, 1 / (double)w->s->j->steps, false);
		return;
	}
	from_window(w);
	look(w, m, false);
	keep_all(w, false);
	one_step(w, m, false);
	memcpy(w->u, w->best, (size_t)(w->n * points(w)) * sizeof *w->u);
	walk(w, m, 2.5 / (double)w->s->j->steps, true);
	from_chance(w);
	walk(w, m, 2.5 / (double)w->s->j->steps, true);
}

/* ---- windows ---- */

/* Where `local` may change the window: the segment with the largest sum of abs(gradient) times epsilon. The gradient of
 * the window as it is has been computed into w->x by pull. */
static void choose_segment(struct attack_worker *w, int l, const real *g)
{
	const struct perturb *p = &w->s->p;
	int64_t n = w->s->segment, at = 0;
	double sum = 0, most = -1;
	unsigned char *mask = w->mask + l * p->T;
	for (int64_t t = 0; t < w->length[l]; t++) {
		for (int64_t c = 0; c < p->own; c++) {
			sum += fabs((double)g[t * p->own + c]) * w->s->unit[c];
			if (t >= n)
				sum -= fabs((double)g[(t - n) * p->own + c]) * w->s->unit[c];
		}
		if (sum > most)
			most = sum, at = t + 1 - n;
	}
	for (int64_t t = 0; t < p->T; t++)
		mask[t] = t >= at && t < at + n && t < w->length[l];
}

void attack_begin(struct attack_worker *w, enum attack_method m)
{
	int64_t T = w->s->p.T;
	for (int l = 0; l < w->n; l++) {
		struct rng r;
		w->started[l] = false;
		for (int64_t t = 0; t < T; t++)
			w->mask[l * T + t] = t < w->length[l];
		rng_init(&r, w->s->j->seed);
		rng_init(&w->rng[l], rng_next(&r) + (uint64_t)w->window[l]);
	}
	if (m != ATTACK_LOCAL)
		return;
	from_window(w);
	look(w, m, true);
	for (int l = 0; l < w->n; l++) {
		pull(w, m, l, w->x + l * numbers(w));
		choose_segment(w, l, w->x + l * numbers(w));
	}
}

void attack_take(struct attack_worker *w, int n, const int64_t *window)
{
	const struct attack_job *j = w->s->j;
	w->n = n;
	for (int l = 0; l < n; l++) {
		w->window[l] = window[l];
		w->length[l] = dataset_length(j->d, window[l]);
		dataset_window(j->d, window[l], w->x0 + l * numbers(w));
		attack_pass_truth(&w->pass, j->d, l, window[l]);
	}
	attack_pass(&w->pass, n, w->x0, w->g);
	memcpy(w->first, w->pass.output, (size_t)(n * j->m->outputs) * sizeof *w->first);
	for (int l = 0; l < n; l++)
		w->intact[l] = (struct attack_point){ w->pass.loss[l], fell(w, l) };
	for (int l = 0; l < n; l++) {
		w->slopes[l] = w->broken[l] = false;
		for (int64_t k = 0; k < numbers(w); k++)
			w->broken[l] |= !isfinite(w->g[l * numbers(w) + k]);
	}
	note_slopes(w);
}
