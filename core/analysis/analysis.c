#include "core/analysis/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis_state.h"
#include "core/band/band.h"

/* ---- making and freeing ---- */

static struct analysis *analysis_over(const struct model *m, bool nodes)
{
	struct analysis *a = xcalloc(1, sizeof *a);
	probe_init(&a->p, m, nodes);
	size_t n = (size_t)a->p.n_layer;
	a->state = xcalloc(n, sizeof *a->state);
	a->target_map = xcalloc((size_t)probe_window_count(&a->p), sizeof *a->target_map);
	a->trace_share = xcalloc(n, sizeof *a->trace_share);
	a->feeds_share = xcalloc(n, sizeof *a->feeds_share);
	return a;
}

struct analysis *analysis_new(const struct model *m)
{
	return analysis_over(m, false);
}

struct analysis *analysis_new_nodes(const struct model *m)
{
	return analysis_over(m, true);
}

static void importance_release(struct importance_state *s)
{
	free(s->raw);
	free(s->scaled);
	free(s->order);
	free(s->rank);
}

static void layer_state_release(struct layer_state *s, int64_t F)
{
	importance_release(&s->importance);
	importance_release(&s->influence);
	free(s->ablation);
	for (int64_t f = 0; s->map && f < F; f++)
		free(s->map[f]);
	free(s->map);
	free(s->note);
	free(s->map_valid);
	free(s->label);
	free(s->size);
	free(s->silent);
	free(s->prototype);
	free(s->silhouettes);
}

void analysis_free(struct analysis *a)
{
	if (!a)
		return;
	for (int i = 0; i < a->p.n_layer; i++) {
		layer_state_release(&a->state[i], a->p.layer[i].filters);
		free(a->trace_share[i]);
		free(a->feeds_share[i]);
	}
	band_free(a->band);
	free(a->state);
	free(a->target_map);
	free(a->factors);
	free(a->spectrum);
	free(a->trace_share);
	free(a->feeds_share);
	cluster_dtw_free(a->clustering);
	saliency_release(&a->saliency);
	saliency_release(&a->method);
	analysis_free_methods(a);
	probe_release(&a->p);
	free(a);
}

const struct model *analysis_model(const struct analysis *a)
{
	return a->p.m;
}

const struct layer *analysis_layers(const struct analysis *a, int *n)
{
	*n = a->p.n_layer;
	return a->p.layer;
}

int analysis_find_layer(const struct analysis *a, const char *name)
{
	for (int i = 0; i < a->p.n_layer; i++)
		if (a->p.layer[i].kind == LAYER_ANALYSED && !strcmp(a->p.layer[i].name, name))
			return i;
	return -1;
}

/* ---- window and question ---- */

static void forget_layer(struct layer_state *s, int64_t F, unsigned stale, bool maps)
{
	if (stale & STALE_IMPORTANCE)
		s->importance.valid = s->importance.raw_valid = s->ablation_valid = false;
	if (stale & STALE_LOSS)
		s->influence.valid = false;
	if (stale & STALE_CLUSTERS)
		s->clusters_valid = false;
	if (maps && s->map_valid)
		memset(s->map_valid, 0, (size_t)F);
}

static void forget(struct analysis *a, unsigned stale)
{
	int method = a->p.q.method;
	bool maps = saliency_stale(stale, method, false), target_map = saliency_stale(stale, method, true);
	for (int i = 0; i < a->p.n_layer; i++)
		forget_layer(&a->state[i], a->p.layer[i].filters, stale, maps);
	if (stale & STALE_FORWARD)
		a->kinks_valid = false;
	if (stale & STALE_IMPORTANCE)
		a->importance.active = a->ablation.active = false;
	if (target_map)
		a->target_map_valid = false;
	if (a->saliency.layer < 0 ? target_map : maps)
		a->saliency.active = false;
	analysis_forget_methods(a, stale);
	if (stale & STALE_CLUSTERS) {
		cluster_dtw_free(a->clustering);
		a->clustering = NULL;
	}
}

void analysis_data(struct analysis *a, const struct dataset *d)
{
	probe_data(&a->p, d);
}

void analysis_truth(struct analysis *a, const struct truth *t)
{
	probe_truth(&a->p, t);
	forget(a, STALE_ALL);
}

void analysis_window(struct analysis *a, const real *tc, const real *y, int cls)
{
	probe_window(&a->p, tc, y, cls);
	forget(a, STALE_ALL);
}

void analysis_baseline_window(struct analysis *a, const real *tc)
{
	probe_baseline_window(&a->p, tc);
	forget(a, STALE_BASELINE_MAPS);
}

void analysis_ask(struct analysis *a, const struct question *q)
{
	assert(q->measure >= 0 && importance_measures[q->measure].name);
	assert(q->method >= 0 && saliency_methods[q->method].name);
	forget(a, probe_ask(&a->p, q));
	importance_prepare(&a->p);
}

const struct question *analysis_question(const struct analysis *a)
{
	return &a->p.q;
}

void analysis_set_importances_only(struct analysis *a)
{
	a->p.input_unwanted = true;
}

/* ---- what the probe answers ---- */

const struct run *analysis_run(struct analysis *a)
{
	probe_forward(&a->p);
	return a->p.run;
}

const real *analysis_input(struct analysis *a)
{
	return a->p.x;
}

const real *analysis_output(struct analysis *a)
{
	return run_real(analysis_run(a), a->p.m->output);
}

const real *analysis_logits(struct analysis *a)
{
	return run_real(analysis_run(a), a->p.m->logits);
}

int analysis_class(struct analysis *a)
{
	probe_forward(&a->p);
	return a->p.predicted;
}

bool analysis_loss(struct analysis *a, enum loss_kind *kind, double *value)
{
	*kind = probe_loss_kind(&a->p);
	return probe_loss_seed(&a->p, analysis_run(a), NULL, value) >= 0;
}

double analysis_target_value(struct analysis *a)
{
	return probe_target(&a->p, analysis_run(a));
}

const struct kinks *analysis_kinks(struct analysis *a)
{
	probe_forward(&a->p);
	if (!a->kinks_valid)
		kinks_measure(a->p.run, &a->kinks);
	a->kinks_valid = true;
	return &a->kinks;
}

const real *analysis_activation(struct analysis *a, int layer)
{
	return probe_activation(&a->p, layer);
}

bool analysis_silent(struct analysis *a, int layer, int64_t filter)
{
	int64_t times = a->p.layer[layer].times;
	return probe_silent(probe_activation(&a->p, layer) + filter * times, times);
}

const real *analysis_gradient(struct analysis *a, int layer)
{
	return probe_gradient(&a->p, layer);
}

const real *analysis_pre_gradient(struct analysis *a, int layer)
{
	probe_want_pre(&a->p, true);
	const real *pre = probe_pre_gradient(&a->p, layer);
	return pre ? pre : probe_gradient(&a->p, layer);
}

const real *analysis_loss_gradient(struct analysis *a, int layer)
{
	return probe_loss_gradient(&a->p, layer);
}

const real *analysis_input_gradient(struct analysis *a)
{
	return probe_input_gradient(&a->p);
}

const real *analysis_input_loss_gradient(struct analysis *a)
{
	return probe_input_loss_gradient(&a->p);
}

const real *analysis_baseline(struct analysis *a)
{
	return probe_baseline(&a->p);
}

static void set_trace(struct trace *t, const struct analysis *a, int layer, int64_t filter, int64_t time, real **share)
{
	*t = (struct trace){ layer, filter, time, a->p.n_layer, (const real *const *)share, true };
}

const struct trace *analysis_trace(struct analysis *a, int layer, int64_t filter, int64_t t)
{
	trace_back(&a->p, layer, filter, t, a->trace_share);
	set_trace(&a->trace, a, layer, filter, t, a->trace_share);
	return &a->trace;
}

const struct trace *analysis_feeds(struct analysis *a, int layer, int64_t filter, int64_t t)
{
	bool complete = trace_feeds(&a->p, layer, filter, t, a->feeds_share);
	set_trace(&a->feeds, a, layer, filter, t, a->feeds_share);
	a->feeds.complete = complete;
	return &a->feeds;
}

/* ---- importance ---- */

static void importance_allocate(struct importance_state *s, int64_t F)
{
	if (s->raw)
		return;
	s->raw = xcalloc((size_t)F, sizeof *s->raw);
	s->scaled = xcalloc((size_t)F, sizeof *s->scaled);
	s->order = xcalloc((size_t)F, sizeof *s->order);
	s->rank = xcalloc((size_t)F, sizeof *s->rank);
}

/* From raw the rest: scaled, order, rank. */
static void importance_finish(struct importance_state *s, int64_t F, bool depends)
{
	if (!depends)
		memset(s->raw, 0, (size_t)F * sizeof *s->raw);
	rank_order(s->raw, F, s->order, s->rank);
	minmax_scale(s->raw, F, s->scaled);
	s->out = (struct layer_importance){ F,        depends, depends ? s->raw : NULL, depends ? s->scaled : NULL,
		                            s->order, s->rank };
	s->valid = true;
}

bool analysis_importance_step(struct analysis *a, int layer)
{
	struct importance_state *s = &a->state[layer].importance;
	struct importance_job *j = &a->importance;
	if (s->raw_valid)
		return false;
	importance_allocate(s, a->p.layer[layer].filters);
	if (!importance_depends(&a->p, layer)) {
		s->raw_valid = true;
		return false;
	}
	if (!j->active || j->layer != layer)
		importance_begin(j, &a->p, a->p.q.measure, layer, s->raw);
	s->raw_valid = !importance_step(j);
	return !s->raw_valid;
}

const real *analysis_importance_raw(struct analysis *a, int layer)
{
	while (analysis_importance_step(a, layer))
		;
	return importance_depends(&a->p, layer) ? a->state[layer].importance.raw : NULL;
}

const struct layer_importance *analysis_importance(struct analysis *a, int layer)
{
	struct importance_state *s = &a->state[layer].importance;
	if (!s->valid)
		importance_finish(s, a->p.layer[layer].filters, analysis_importance_raw(a, layer) != NULL);
	return &s->out;
}

/* The job keeps the index of its measure, so that both can be unfinished at once. */
bool analysis_ablation_step(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	struct importance_job *j = &a->ablation;
	if (s->ablation_valid)
		return false;
	s->ablation = s->ablation ? s->ablation : xcalloc((size_t)a->p.layer[layer].filters, sizeof *s->ablation);
	if (!importance_depends(&a->p, layer)) {
		s->ablation_valid = true;
		return false;
	}
	if (!j->active || j->layer != layer)
		importance_begin(j, &a->p, importance_find("ablation"), layer, s->ablation);
	s->ablation_valid = !importance_step(j);
	return !s->ablation_valid;
}

const real *analysis_ablation(struct analysis *a, int layer)
{
	while (analysis_ablation_step(a, layer))
		;
	return importance_depends(&a->p, layer) ? a->state[layer].ablation : NULL;
}

const struct layer_importance *analysis_loss_influence(struct analysis *a, int layer)
{
	struct importance_state *s = &a->state[layer].influence;
	const struct layer *l = &a->p.layer[layer];
	if (s->valid)
		return &s->out;
	const real *g = probe_loss_gradient(&a->p, layer);
	importance_allocate(s, l->filters);
	if (g)
		importance_abs_sum(g, l->filters, l->times, s->raw);
	importance_finish(s, l->filters, g != NULL);
	return &s->out;
}
