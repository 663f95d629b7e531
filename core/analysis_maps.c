/* Saliency maps: kept once computed, and filled in slices between keys. */
#include "core/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/analysis_state.h"

const real *analysis_baseline(struct analysis *a)
{
	int64_t T = a->m->T, C = a->m->C;
	if (a->baseline_kind == BASELINE_WINDOW)
		return a->baseline_given;
	for (int64_t c = 0; c < C; c++) {
		double sum = 0;
		for (int64_t t = 0; t < T && a->baseline_kind == BASELINE_MEAN; t++)
			sum += (double)a->x[t * C + c];
		for (int64_t t = 0; t < T; t++)
			a->baseline[t * C + c] = (real)(sum / (double)T);
	}
	return a->baseline;
}

static void target_map(struct analysis *a)
{
	analysis_forward(a);
	if (a->target_map_valid)
		return;
	a->target_residual = NAN;
	saliency_methods[a->method].compute(a, -1, 0, 1, a->target_map, &a->target_residual);
	a->target_map_valid = true;
}

static void maps_allocate(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	if (s->map)
		return;
	size_t F = (size_t)a->layer[layer].filters;
	s->map = xcalloc(F, sizeof *s->map);
	s->residual = xcalloc(F, sizeof *s->residual);
	s->map_valid = xcalloc(F, 1);
}

static void filter_map(struct analysis *a, int layer, int64_t filter)
{
	struct layer_state *s = &a->state[layer];
	assert(layer_runs(&a->layer[layer]) && filter >= 0 && filter < a->layer[layer].filters);
	analysis_forward(a);
	maps_allocate(a, layer);
	if (s->map_valid[filter])
		return;
	int64_t n = analysis_window_count(a);
	analysis_buffer(&s->map[filter], n);
	s->residual[filter] = NAN;
	if (analysis_differentiable(a, layer))
		saliency_methods[a->method].compute(a, layer, filter, 1, s->map[filter], &s->residual[filter]);
	else
		memset(s->map[filter], 0, (size_t)n * sizeof(real));
	s->map_valid[filter] = 1;
}

const real *analysis_saliency(struct analysis *a, int layer, int64_t filter)
{
	if (layer < 0) {
		target_map(a);
		return a->target_map;
	}
	filter_map(a, layer, filter);
	return a->state[layer].map[filter];
}

const real *analysis_saliency_cached(const struct analysis *a, int layer, int64_t filter)
{
	if (layer < 0)
		return a->target_map_valid ? a->target_map : NULL;
	const struct layer_state *s = &a->state[layer];
	return s->map_valid && s->map_valid[filter] ? s->map[filter] : NULL;
}

const real *const *analysis_saliency_layer(struct analysis *a, int layer)
{
	for (int64_t f = 0; f < a->layer[layer].filters; f++)
		filter_map(a, layer, f);
	return (const real *const *)a->state[layer].map;
}

double analysis_saliency_residual(struct analysis *a, int layer, int64_t filter)
{
	analysis_saliency(a, layer, filter);
	return layer < 0 ? a->target_residual : a->state[layer].residual[filter];
}

/* ---- background work ---- */

void analysis_queue_saliency(struct analysis *a, int layer, int n, const int *filters)
{
	if (a->n_queue + n > a->queue_cap) {
		a->queue_cap = a->n_queue + n + 64;
		a->queue = xrealloc(a->queue, (size_t)a->queue_cap, sizeof *a->queue);
	}
	if (!a->n_queue)
		a->queue_done = 0;
	/* a stack: what was asked for last is wanted first, and its first filter before the others */
	for (int i = n - 1; i >= 0; i--)
		if (!analysis_saliency_cached(a, layer, filters[i]))
			a->queue[a->n_queue++] = (struct filter_ref){ layer, filters[i] };
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool analysis_step(struct analysis *a, double budget)
{
	double end = now() + budget;
	while (a->n_queue) {
		const struct filter_ref q = a->queue[--a->n_queue];
		a->queue_done++;
		if (analysis_saliency_cached(a, q.layer, q.filter))
			continue;
		analysis_saliency(a, q.layer, q.filter);
		if (now() >= end)
			break;
	}
	return a->n_queue > 0;
}

void analysis_progress(const struct analysis *a, int64_t *done, int64_t *total)
{
	*done = a->queue_done;
	*total = a->queue_done + a->n_queue;
}
