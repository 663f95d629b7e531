/* Answers about the window of the question. */
#include "ui/scene/worker_state.h"

#include <math.h>
#include <stdlib.h>
#include "core/probe/spectrum.h"

bool answer_window(struct worker *w, struct answer *r)
{
	struct analysis *a = w->a;
	enum loss_kind k = LOSS_NONE;
	r->input = answer_copy(analysis_input(a), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->output = answer_copy(analysis_output(a), (size_t)w->m->outputs, sizeof(real));
	r->predicted = analysis_class(a);
	r->target = analysis_target_value(a);
	if (!analysis_loss(a, &k, &r->loss))
		r->loss = (double)NAN;
	r->loss_name = loss_name(k);
	return true;
}

/* The extreme value of each column: that which lies farthest from the mean. */
static void curve_of(struct series v, double mean, int64_t n, real *curve)
{
	for (int64_t x = 0; x < n; x++) {
		int64_t from, count;
		plot_samples(v.n, (int)n, (int)x, &from, &count);
		curve[x] = v.v[from];
		for (int64_t t = from; t < from + count; t++)
			if (fabs((double)v.v[t] - mean) > fabs((double)curve[x] - mean))
				curve[x] = v.v[t];
	}
}

bool answer_layer(struct worker *w, struct answer *r)
{
	int layer = r->ask.layer;
	const struct layer *l = &w->m->layer[layer];
	while (analysis_importance_step(w->a, layer))
		if (worker_interrupted(w))
			return false;
	struct layer_numbers *n = xcalloc(1, sizeof *n);
	size_t F = (size_t)l->filters, count = F * (size_t)l->times;
	const real *act = analysis_activation(w->a, layer);
	n->F = l->filters;
	n->times = l->times;
	n->detail = r->ask.detail;
	if (n->detail >= DETAIL_ACTIVATIONS)
		n->act = answer_copy(act, count, sizeof(real));
	if (n->detail >= DETAIL_GRADIENTS)
		n->grad = answer_copy(analysis_gradient(w->a, layer), count, sizeof(real));
	n->importance = *analysis_importance(w->a, layer);
	n->importance.raw = answer_copy(n->importance.raw, F, sizeof(real));
	n->importance.scaled = answer_copy(n->importance.scaled, F, sizeof(real));
	n->importance.order = answer_copy(n->importance.order, F, sizeof(int));
	n->importance.rank = answer_copy(n->importance.rank, F, sizeof(int));
	n->range = xcalloc(F + 1, sizeof *n->range);
	n->mean = xcalloc(F + 1, sizeof *n->mean);
	n->dead = xcalloc(F + 1, sizeof *n->dead);
	n->peak = xcalloc(F + 1, sizeof *n->peak);
	n->curve_n = l->times < CURVE ? l->times : CURVE;
	n->curve = xcalloc(F * (size_t)n->curve_n + 1, sizeof *n->curve);
	for (size_t f = 0; f < F; f++) {
		struct series v = series_of(act + f * (size_t)l->times, l->times);
		double sum = 0;
		bool finite = true;
		for (int64_t t = 0; t < l->times; t++) {
			sum += (double)v.v[t];
			finite = finite && isfinite((double)v.v[t]);
			n->peak[f] = v.v[t] > v.v[n->peak[f]] ? (int)t : n->peak[f];
		}
		n->range[f] = series_range(v);
		n->mean[f] = sum / (double)l->times;
		curve_of(v, n->mean[f], n->curve_n, n->curve + f * (size_t)n->curve_n);
		n->not_finite += !finite;
		n->dead[f] = analysis_silent(w->a, layer, (int64_t)f);
	}
	r->layer = n;
	return true;
}

bool answer_map(struct worker *w, struct answer *r)
{
	int layer = r->ask.layer;
	int64_t filter = r->ask.filter;
	while (analysis_saliency_step(w->a, layer, filter))
		if (worker_interrupted(w))
			return false;
	r->input = answer_copy(analysis_saliency(w->a, layer, filter), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->note = *analysis_saliency_note(w->a, layer, filter);
	return true;
}

bool answer_spectrum(struct worker *w, struct answer *r)
{
	while (analysis_saliency_step(w->a, -1, 0))
		if (worker_interrupted(w))
			return false;
	const double *bands = analysis_spectrum(w->a);
	r->bands = bands ? answer_copy(bands, (size_t)(spectrum_bands(w->m->T) * w->m->C), sizeof *bands) : NULL;
	return true;
}

/* A copy that the answer owns. */
void copy_clusters(struct worker *w, struct answer *r, const struct layer_clusters *q)
{
	const struct layer *l = &w->m->layer[r->ask.layer];
	size_t F = (size_t)l->filters, k = (size_t)q->k;
	r->clusters = *q;
	r->clusters.silhouettes = NULL;
	r->clusters.n_silhouettes = 0;
	r->clusters.label = answer_copy(q->label, F, sizeof(int));
	r->clusters.size = answer_copy(q->size, k, sizeof(int));
	r->clusters.silent = answer_copy(q->silent, k, sizeof(bool));
	r->clusters.prototype = answer_copy(q->prototype, k * (size_t)l->times, sizeof(real));
}

bool answer_clusters(struct worker *w, struct answer *r)
{
	while (analysis_clusters_step(w->a, r->ask.layer, SLICE))
		if (worker_interrupted(w))
			return false;
	copy_clusters(w, r, analysis_clusters(w->a, r->ask.layer));
	return true;
}

/* More than these numbers of maps are not kept; a sweep of more multiply-adds would keep others waiting. */
enum { LOOK_MAPS = 1 << 22, LOOK_SWEEP = 100000000 };

static bool swept(struct worker *w, int layer)
{
	const struct model *m = w->m;
	bool *want = xcalloc((size_t)m->n_layer + 1, sizeof *want);
	int64_t sweep, single;
	int middle;
	want[layer] = true;
	analysis_saliency_cost(w->a, want, &sweep, &single, &middle);
	free(want);
	return !single && sweep <= LOOK_SWEEP && m->layer[layer].filters * m->T * m->C <= LOOK_MAPS;
}

/* All filters that are left in one sweep, or as many as a slice of time allows. */
bool answer_look(struct worker *w, struct answer *r)
{
	const struct model *m = w->m;
	int layer = r->ask.layer;
	int64_t F = m->layer[layer].filters, from = r->ask.filter;
	bool sweep = swept(w, layer);
	double until = worker_clock() + SLICE;
	if (sweep)
		analysis_saliency_layer(w->a, layer);
	r->look = xcalloc((size_t)((F - from) * m->C) + 1, sizeof *r->look);
	for (int64_t f = from; f < F && (sweep || f == from || worker_clock() < until); f++) {
		bool more = true;
		while ((more = analysis_saliency_step(w->a, layer, f)) && !worker_interrupted(w))
			;
		if (more)
			break;
		saliency_channels(analysis_saliency(w->a, layer, f), m->T, m->C, r->look + (f - from) * m->C);
		r->n++;
	}
	if (r->n && F * m->T * m->C > LOOK_MAPS)
		analysis_drop_maps(w->a, layer);
	return r->n > 0;
}

bool answer_ablation(struct worker *w, struct answer *r)
{
	while (analysis_ablation_step(w->a, r->ask.layer))
		if (worker_interrupted(w))
			return false;
	r->ablation = answer_copy(analysis_ablation(w->a, r->ask.layer), (size_t)w->m->layer[r->ask.layer].filters,
	                          sizeof(real));
	return true;
}

bool answer_method(struct worker *w, struct answer *r)
{
	const struct ask *q = &r->ask;
	while (analysis_method_step(w->a, q->method, q->layer, q->filter))
		if (worker_interrupted(w))
			return false;
	r->input = answer_copy(analysis_method(w->a, q->method, q->layer, q->filter, &r->note),
	                       (size_t)(w->m->T * w->m->C), sizeof(real));
	return true;
}

bool answer_trace(struct worker *w, struct answer *r)
{
	const struct ask *q = &r->ask;
	const struct trace *t = q->kind == ANSWER_TRACE ? analysis_trace(w->a, q->layer, q->filter, q->time)
	                                                : analysis_feeds(w->a, q->layer, q->filter, q->time);
	r->n_layer = t->n_layer;
	r->share = xcalloc((size_t)t->n_layer + 1, sizeof *r->share);
	for (int i = 0; i < t->n_layer; i++) {
		const struct layer *l = &w->m->layer[i];
		int64_t n = i == 0 ? w->m->T * w->m->C : l->filters * l->times;
		r->share[i] = answer_copy(t->share[i], (size_t)n, sizeof(real));
	}
	return true;
}
