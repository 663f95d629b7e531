/* Saliency maps: computed one after the other, or those of whole layers in one sweep, and kept. */
#include "core/analysis/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis_state.h"
#include "core/band/band.h"
#include "core/probe/spectrum.h"

static void maps_allocate(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	if (s->map)
		return;
	size_t F = (size_t)a->p.layer[layer].filters;
	s->map = xcalloc(F, sizeof *s->map);
	s->note = xcalloc(F, sizeof *s->note);
	s->map_valid = xcalloc(F, 1);
}

/* What a spectrum is made of belongs to the job, which goes on to other maps. */
static void keep_factors(struct analysis *a)
{
	size_t n = (size_t)probe_window_count(&a->p);
	a->spectrum_valid = false;
	if (!saliency_methods[a->saliency.method].spectrum)
		return;
	if (!a->factors)
		a->factors = xcalloc(2 * n, sizeof *a->factors);
	spectrum_factors(&a->saliency, a->factors, a->factors + n);
}

static void mark_done(struct analysis *a, int layer, int64_t filter)
{
	if (layer < 0) {
		a->target_map_valid = true;
		keep_factors(a);
	} else
		a->state[layer].map_valid[filter] = 1;
}

bool analysis_saliency_step(struct analysis *a, int layer, int64_t filter)
{
	struct saliency_job *j = &a->saliency;
	struct saliency_note *note = &a->target_note;
	real *out = a->target_map;
	if (analysis_saliency_cached(a, layer, filter))
		return false;
	probe_forward(&a->p);
	if (!j->active || j->layer != layer || j->filter != filter) {
		if (layer >= 0) {
			assert(layer_runs(&a->p.layer[layer]) && filter >= 0 && filter < a->p.layer[layer].filters);
			maps_allocate(a, layer);
			note = &a->state[layer].note[filter];
			out = real_buffer(&a->state[layer].map[filter], probe_window_count(&a->p));
		}
		saliency_begin(j, &a->p, a->p.q.method, layer, filter, out, note);
		if (layer >= 0 && !probe_differentiable(&a->p, layer)) {
			memset(out, 0, (size_t)probe_window_count(&a->p) * sizeof *out);
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
	while (analysis_saliency_step(a, layer, filter))
		;
	return layer < 0 ? a->target_map : a->state[layer].map[filter];
}

const real *analysis_saliency_cached(const struct analysis *a, int layer, int64_t filter)
{
	if (layer < 0)
		return a->target_map_valid ? a->target_map : NULL;
	const struct layer_state *s = &a->state[layer];
	return s->map_valid && s->map_valid[filter] ? s->map[filter] : NULL;
}

const double *analysis_spectrum(struct analysis *a)
{
	int64_t T = a->p.m->T, C = a->p.m->C;
	if (!saliency_methods[a->p.q.method].spectrum)
		return NULL;
	analysis_saliency(a, -1, 0);
	if (!a->spectrum)
		a->spectrum = xcalloc((size_t)(spectrum_bands(T) * C), sizeof *a->spectrum);
	if (!a->spectrum_valid)
		spectrum_of(T, C, a->factors, a->factors + T * C, a->spectrum);
	a->spectrum_valid = true;
	return a->spectrum;
}

/* ---- many maps by one sweep forward (core/band/band.h) ---- */

static bool layer_complete(const struct analysis *a, int layer)
{
	const struct layer_state *s = &a->state[layer];
	for (int64_t f = 0; f < a->p.layer[layer].filters; f++)
		if (!s->map_valid || !s->map_valid[f])
			return false;
	return true;
}

/* The band gives the plain gradient, and knows switches of whole filters only. */
static bool band_usable(struct analysis *a)
{
	for (int i = 0; i < a->p.q.off.n; i++) {
		int layer = a->p.q.off.id[i].layer;
		const struct layer *l = &a->p.layer[layer];
		if (l->axis_f < 0 || probe_value(&a->p, layer)->shape.dim[l->axis_f] != l->filters)
			return false;
	}
	if (a->p.q.method != 0)
		return false;
	if (!a->band)
		a->band = band_new(a->p.m, a->p.layer, a->p.n_layer);
	return true;
}

static void band_fill(struct analysis *a, const bool *chosen)
{
	real ***map = xcalloc((size_t)a->p.n_layer, sizeof *map);
	for (int i = 0; i < a->p.n_layer; i++) {
		if (!chosen[i])
			continue;
		struct layer_state *s = &a->state[i];
		maps_allocate(a, i);
		for (int64_t f = 0; f < a->p.layer[i].filters; f++) {
			real_buffer(&s->map[f], probe_window_count(&a->p));
			s->note[f] = (struct saliency_note){ .residual = NAN, .at = -1 };
			s->map_valid[f] = 1;
		}
		map[i] = s->map;
	}
	/* rows of what is needed of them have been taken */
	run_drop_gradients(a->p.run);
	band_maps(a->band, a->p.run, (real *const *const *)map);
	free(map);
}

void analysis_saliency_layers(struct analysis *a, const bool *want)
{
	size_t n = (size_t)a->p.n_layer;
	bool *missing = xcalloc(n, sizeof *missing), *chosen = xcalloc(n, sizeof *chosen);
	probe_forward(&a->p);
	for (int i = 0; i < a->p.n_layer; i++)
		missing[i] = a->p.layer[i].kind == LAYER_ANALYSED && (!want || want[i]) && !layer_complete(a, i);
	if (band_usable(a)) {
		if (band_choose(a->band, missing, chosen) > 0)
			band_fill(a, chosen);
	}
	for (int i = 0; i < a->p.n_layer; i++)
		for (int64_t f = 0; missing[i] && f < a->p.layer[i].filters; f++)
			analysis_saliency(a, i, f);
	free(missing);
	free(chosen);
}

void analysis_drop_maps(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	/* an unfinished map would be written into freed memory */
	if (a->saliency.layer == layer)
		a->saliency.active = false;
	for (int64_t f = 0; s->map && f < a->p.layer[layer].filters; f++) {
		free(s->map[f]);
		s->map[f] = NULL;
		s->map_valid[f] = 0;
	}
}

void analysis_saliency_cost(struct analysis *a, const bool *want, int64_t *sweep, int64_t *single, int *layer)
{
	size_t n = (size_t)a->p.n_layer;
	bool *chosen = xcalloc(n, sizeof *chosen);
	*single = 0;
	*layer = -1;
	probe_forward(&a->p);
	*sweep = band_usable(a) ? band_choose(a->band, want, chosen) : 0;
	for (size_t i = 0; i < n; i++)
		*single += want[i] && !chosen[i] ? a->p.layer[i].filters : 0;
	int64_t before = 0;
	for (size_t i = 0; i < n && *layer < 0; i++) {
		before += want[i] && !chosen[i] ? a->p.layer[i].filters : 0;
		*layer = *single && 2 * before >= *single ? (int)i : -1;
	}
	free(chosen);
}

const real *const *analysis_saliency_layer(struct analysis *a, int layer)
{
	bool *want = xcalloc((size_t)a->p.n_layer, sizeof *want);
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

/* ---- the same map by other methods ---- */

static int methods(void)
{
	int n = 0;
	while (saliency_methods[n].name)
		n++;
	return n;
}

void analysis_forget_methods(struct analysis *a, unsigned stale)
{
	for (int i = 0; a->by_method && i < methods(); i++)
		if (saliency_stale(stale, i, a->by_method[i].layer < 0))
			a->by_method[i].valid = false;
	if (saliency_stale(stale, a->method.method, a->method.layer < 0))
		a->method.active = false;
}

void analysis_free_methods(struct analysis *a)
{
	for (int i = 0; a->by_method && i < methods(); i++)
		free(a->by_method[i].map);
	free(a->by_method);
}

bool analysis_method_step(struct analysis *a, int method, int layer, int64_t filter)
{
	struct saliency_job *j = &a->method;
	if (!a->by_method)
		a->by_method = xcalloc((size_t)methods(), sizeof *a->by_method);
	struct method_state *s = &a->by_method[method];
	if (s->valid && s->layer == layer && s->filter == filter)
		return false;
	probe_forward(&a->p);
	if (!j->active || j->method != method || j->layer != layer || j->filter != filter) {
		s->valid = false;
		s->layer = layer;
		s->filter = filter;
		real *out = real_buffer(&s->map, probe_window_count(&a->p));
		saliency_begin(j, &a->p, method, layer, filter, out, &s->note);
		if (layer >= 0 && !probe_differentiable(&a->p, layer)) {
			memset(out, 0, (size_t)probe_window_count(&a->p) * sizeof *out);
			j->active = false;
		}
	}
	if (j->active && saliency_step(j))
		return true;
	s->valid = true;
	return false;
}

const real *analysis_method(struct analysis *a, int method, int layer, int64_t filter, struct saliency_note *note)
{
	while (analysis_method_step(a, method, layer, filter))
		;
	*note = a->by_method[method].note;
	return a->by_method[method].map;
}
