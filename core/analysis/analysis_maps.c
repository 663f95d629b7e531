/* Saliency maps: kept once computed, and filled in slices between keys. */
#include "core/analysis/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/analysis/analysis_state.h"
#include "core/band/band.h"

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

static void maps_allocate(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	if (s->map)
		return;
	size_t F = (size_t)a->layer[layer].filters;
	s->map = xcalloc(F, sizeof *s->map);
	s->note = xcalloc(F, sizeof *s->note);
	s->map_valid = xcalloc(F, 1);
}

static void mark_done(struct analysis *a, int layer, int64_t filter)
{
	if (layer < 0)
		a->target_map_valid = true;
	else
		a->state[layer].map_valid[filter] = 1;
}

/* One piece of work on a map that is not there yet; false: it is now. */
static bool map_step(struct analysis *a, int layer, int64_t filter)
{
	struct saliency_job *j = &a->job;
	struct saliency_note *note = &a->target_note;
	real *out = a->target_map;
	analysis_forward(a);
	if (!j->active || j->layer != layer || j->filter != filter) {
		if (layer >= 0) {
			assert(layer_runs(&a->layer[layer]) && filter >= 0 && filter < a->layer[layer].filters);
			maps_allocate(a, layer);
			note = &a->state[layer].note[filter];
			out = analysis_buffer(&a->state[layer].map[filter], analysis_window_count(a));
		}
		saliency_begin(j, a, layer, filter, out, note);
		if (layer >= 0 && !analysis_differentiable(a, layer)) {
			memset(out, 0, (size_t)analysis_window_count(a) * sizeof *out);
			j->active = false;
		}
	}
	if (j->active && saliency_step(j))
		return true;
	mark_done(a, layer, filter);
	return false;
}

const real *analysis_saliency(struct analysis *a, int layer, int64_t filter)
{
	while (!analysis_saliency_cached(a, layer, filter))
		map_step(a, layer, filter);
	return layer < 0 ? a->target_map : a->state[layer].map[filter];
}

const real *analysis_saliency_cached(const struct analysis *a, int layer, int64_t filter)
{
	if (layer < 0)
		return a->target_map_valid ? a->target_map : NULL;
	const struct layer_state *s = &a->state[layer];
	return s->map_valid && s->map_valid[filter] ? s->map[filter] : NULL;
}

/* ---- many maps by one sweep forward (core/band/band.h) ---- */

static bool layer_complete(const struct analysis *a, int layer)
{
	const struct layer_state *s = &a->state[layer];
	for (int64_t f = 0; f < a->layer[layer].filters; f++)
		if (!s->map_valid || !s->map_valid[f])
			return false;
	return true;
}

/* The band gives the plain gradient, and knows switches of whole filters only. */
static bool band_usable(struct analysis *a)
{
	for (int i = 0; i < a->n_off; i++) {
		const struct layer *l = &a->layer[a->off[i].layer];
		if (l->axis_f < 0 || layer_value(a, a->off[i].layer)->shape.dim[l->axis_f] != l->filters)
			return false;
	}
	if (a->method != 0)
		return false;
	if (!a->band)
		a->band = band_new(a->m, a->layer, a->n_layer);
	return true;
}

static void band_fill(struct analysis *a, const bool *chosen)
{
	real ***map = xcalloc((size_t)a->n_layer, sizeof *map);
	for (int i = 0; i < a->n_layer; i++) {
		if (!chosen[i])
			continue;
		struct layer_state *s = &a->state[i];
		maps_allocate(a, i);
		for (int64_t f = 0; f < a->layer[i].filters; f++) {
			analysis_buffer(&s->map[f], analysis_window_count(a));
			s->note[f] = (struct saliency_note){ .residual = NAN, .at = -1 };
			s->map_valid[f] = 1;
		}
		map[i] = s->map;
	}
	/* rows of what is needed of them have been taken */
	run_drop_gradients(a->run);
	band_maps(a->band, a->run, (real *const *const *)map);
	free(map);
}

void analysis_saliency_layers(struct analysis *a, const bool *want)
{
	size_t n = (size_t)a->n_layer;
	bool *missing = xcalloc(n, sizeof *missing), *chosen = xcalloc(n, sizeof *chosen);
	analysis_forward(a);
	for (int i = 0; i < a->n_layer; i++)
		missing[i] = a->layer[i].kind == LAYER_ANALYSED && (!want || want[i]) && !layer_complete(a, i);
	if (band_usable(a)) {
		if (band_choose(a->band, missing, chosen) > 0)
			band_fill(a, chosen);
	}
	for (int i = 0; i < a->n_layer; i++)
		for (int64_t f = 0; missing[i] && f < a->layer[i].filters; f++)
			analysis_saliency(a, i, f);
	free(missing);
	free(chosen);
}

const real *const *analysis_saliency_layer(struct analysis *a, int layer)
{
	bool *want = xcalloc((size_t)a->n_layer, sizeof *want);
	want[layer] = true;
	analysis_saliency_layers(a, want);
	free(want);
	return (const real *const *)a->state[layer].map;
}

const struct saliency_note *analysis_saliency_note(const struct analysis *a, int layer, int64_t filter)
{
	if (!analysis_saliency_cached(a, layer, filter))
		return NULL;
	return layer < 0 ? &a->target_note : &a->state[layer].note[filter];
}

double analysis_saliency_residual(struct analysis *a, int layer, int64_t filter)
{
	analysis_saliency(a, layer, filter);
	return analysis_saliency_note(a, layer, filter)->residual;
}

/* ---- background work ---- */

void analysis_queue_saliency(struct analysis *a, int layer, int n, const int *filters)
{
	if (a->n_queue + n > a->queue_cap) {
		a->queue_cap = a->n_queue + n + 64;
		a->queue = xrealloc(a->queue, (size_t)a->queue_cap, sizeof *a->queue);
	}
	if (!a->n_queue && !a->n_cluster_queue)
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

static bool maps_step(struct analysis *a, double end)
{
	while (a->n_queue) {
		const struct filter_ref q = a->queue[a->n_queue - 1];
		if (analysis_saliency_cached(a, q.layer, q.filter) || !map_step(a, q.layer, q.filter)) {
			a->n_queue--;
			a->queue_done++;
		}
		if (now() >= end)
			break;
	}
	return a->n_queue > 0;
}

bool analysis_step(struct analysis *a, double budget)
{
	double end = now() + budget;
	return maps_step(a, end) || analysis_step_clusters(a, end - now());
}

void analysis_progress(const struct analysis *a, int64_t *done, int64_t *total)
{
	*done = a->queue_done;
	*total = a->queue_done + a->n_queue + a->n_cluster_queue;
}
