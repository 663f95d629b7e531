#include "core/survey/survey_run.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "core/analysis/analysis.h"
#include "core/survey/survey_lanes.h"

/* What the threads share, under the lock. */
struct shared {
	const struct survey_run *s;
	pthread_mutex_t lock;
	struct survey_tree *tree;
	int64_t next, windows, of; /* the next chunk; windows done, and all */
	int bad;
	struct err err;
};

struct worker {
	struct shared *all;
	const struct survey_run *s;
	const struct survey_plan *p;
	struct analysis *a;
	struct survey_lanes *lanes; /* NULL: one window at a time */
	struct question q;
	struct metrics_counter *counter;
	real *scaled; /* scratch: filters of a layer */
	real *output; /* scratch: outputs */
	real *input;  /* scratch: (C,T) */
	bool finite;  /* of the window */
};

/* ---- one window ---- */

static void check(struct worker *w, const real *v, int64_t n)
{
	for (int64_t i = 0; i < n && w->finite; i++)
		w->finite = isfinite(v[i]);
}

/* The gradient before activation functions, after an importance that asked for it. */
static void add_gradients(struct worker *w, struct survey_part *part)
{
	for (int k = 0; k < w->p->n_consumer; k++) {
		const struct survey_consumer *c = &w->p->consumer[k];
		moments_add_gradient(&part->moments[k], c, analysis_pre_gradient(w->a, c->index));
	}
}

static void add_moments(struct worker *w, struct survey_part *part)
{
	const struct survey_plan *p = w->p;
	const real *x = analysis_input(w->a);
	for (int64_t i = 0; i < p->T * p->C && p->n_consumer; i++)
		w->input[i % p->C * p->T + i / p->C] = x[i];
	for (int k = 0; k < p->n_consumer; k++) {
		const struct survey_consumer *c = &p->consumer[k];
		if (c->from < 0)
			continue;
		bool input = w->s->m->layer[c->from].kind == LAYER_INPUT;
		moments_add(&part->moments[k], c, input ? w->input : analysis_activation(w->a, c->from));
	}
}

/* The importance by every measure that a backward pass gives. Measures that need gradients before activation functions
 * come first, so that one pass is enough. */
static void add_importances(struct worker *w, struct survey_part *part, int64_t group)
{
	const struct survey_plan *p = w->p;
	for (int pass = 0; pass < 2; pass++) {
		for (int k = 0; k < p->n_measure; k++) {
			if (!importance_measures[k].rows || importance_measures[k].before == (pass == 1))
				continue;
			w->q.measure = k;
			analysis_ask(w->a, &w->q);
			for (int y = 0; y < p->n_layer; y++) {
				const real *raw = analysis_importance_raw(w->a, p->layer[y].index);
				int64_t n = p->layer[y].filters;
				if (raw)
					w->finite &= survey_add_importance(&part->filter[y][group * n], k, raw, n,
					                                   w->scaled);
			}
		}
		if (pass == 0)
			add_gradients(w, part);
	}
}

static void add_ablation(struct worker *w, struct survey_part *part, int64_t group)
{
	const struct survey_plan *p = w->p;
	int k = importance_find("ablation");
	for (int y = 0; y < p->n_layer; y++) {
		const real *raw = analysis_ablation(w->a, p->layer[y].index);
		int64_t n = p->layer[y].filters;
		if (raw)
			w->finite &= survey_add_importance(&part->filter[y][group * n], k, raw, n, w->scaled);
	}
	part->ablations++;
}

static void add_maps(struct worker *w, struct survey_part *part, int64_t group)
{
	const struct survey_plan *p = w->p;
	analysis_saliency_layers(w->a, NULL);
	const real *x = analysis_input(w->a);
	for (int y = 0; y < p->n_layer; y++) {
		int64_t n = p->layer[y].filters;
		const real *const *map = analysis_saliency_layer(w->a, p->layer[y].index);
		for (int64_t f = 0; f < n; f++)
			survey_add_map(p, x, map[f], part->filter[y][group * n + f].channel, NULL);
	}
	part->maps++;
}

static void add_activations(struct worker *w, struct survey_part *part, int64_t i, int64_t group)
{
	const struct survey_plan *p = w->p;
	for (int y = 0; y < p->n_layer; y++) {
		const struct survey_layer_plan *l = &p->layer[y];
		const real *v = analysis_activation(w->a, l->index);
		check(w, v, l->filters * l->times);
		for (int64_t f = 0; f < l->filters; f++)
			survey_filter_add(&part->filter[y][group * l->filters + f], l, i, v + f * l->times);
	}
}

/* o (outputs): those of window i. */
static int add_outputs(struct worker *w, struct survey_part *part, int64_t i, const real *o, struct err *e)
{
	const struct survey_plan *p = w->p;
	real *own = part->output ? part->output + (i - part->from) * p->outputs : w->output;
	model_outputs_unpack(w->s->m, o, own);
	for (int64_t k = 0; k < p->outputs; k++)
		spread_add(&part->of_output[k], (double)own[k]);
	check(w, o, p->outputs);
	if (p->classes)
		part->predicted[model_class(w->s->m, o)]++;
	return p->errors && i < w->s->d->n_target ? metrics_count(w->counter, i, o, &part->errors, e) : 0;
}

static int64_t group_of(const struct worker *w, int64_t i)
{
	int cls = w->p->groups > 1 ? dataset_class(w->s->d, i) : 0;
	return cls < 0 || cls >= w->p->groups ? w->p->groups - 1 : cls;
}

/* What is asked of some windows only, each alone. */
static void add_sampled(struct worker *w, struct survey_part *part, int64_t i)
{
	const struct survey_plan *p = w->p;
	bool maps = survey_sampled(i, p->maps, p->windows), ablation = survey_sampled(i, p->ablation, p->windows);
	if (!maps && !ablation)
		return;
	w->q.window = i;
	analysis_ask(w->a, &w->q);
	if (maps)
		add_maps(w, part, group_of(w, i));
	if (ablation)
		add_ablation(w, part, group_of(w, i));
}

/* All that is asked of one window. */
static int add_window(struct worker *w, struct survey_part *part, int64_t i, struct err *e)
{
	const struct survey_plan *p = w->p;
	int64_t group = group_of(w, i);
	w->q.window = i;
	w->finite = true;
	add_importances(w, part, group);
	int bad = add_outputs(w, part, i, analysis_output(w->a), e);
	add_activations(w, part, i, group);
	add_moments(w, part);
	const real *g = analysis_input_gradient(w->a);
	if (g)
		survey_add_map(p, analysis_input(w->a), g, part->saliency_channel, part->saliency_step);
	add_sampled(w, part, i);
	part->not_finite += !w->finite;
	return bad;
}

enum { FEW = RUN_LANES / 4 }; /* fewer windows than this are faster one by one */

/* All that is asked of windows i .. i+n-1, n <= RUN_LANES. Nothing else evaluates the network. */
static int add_windows(struct worker *w, struct survey_part *part, int64_t i, int n, struct err *e)
{
	int64_t group[RUN_LANES];
	int bad = 0;
	for (int l = 0; l < n; l++)
		group[l] = group_of(w, i + l);
	bool together = w->lanes && n >= FEW && survey_lanes_add(w->lanes, part, &w->q, i, n, group);
	for (int l = 0; l < n && !bad; l++) {
		if (!together) {
			bad = add_window(w, part, i + l, e);
			continue;
		}
		w->finite = survey_lanes_finite(w->lanes, l);
		bad = add_outputs(w, part, i + l, survey_lanes_output(w->lanes, l), e);
		add_sampled(w, part, i + l);
		part->not_finite += !w->finite;
	}
	return bad;
}

/* ---- threads ---- */

static bool stopped(struct worker *w)
{
	struct shared *all = w->all;
	pthread_mutex_lock(&all->lock);
	if (!all->bad && w->s->stop && w->s->stop(w->s->ctx))
		all->bad = SURVEY_STOPPED;
	bool bad = all->bad;
	pthread_mutex_unlock(&all->lock);
	return bad;
}

/* Returns NULL if the survey ends before the chunk does. */
static struct survey_part *chunk_compute(struct worker *w, int64_t chunk)
{
	struct survey_part *q = survey_part_new(w->p, chunk, 1);
	struct err e = { 0 };
	for (int64_t i = q->from, end = q->from + q->windows; i < end; i += RUN_LANES) {
		int n = end - i < RUN_LANES ? (int)(end - i) : RUN_LANES;
		int bad = stopped(w) ? SURVEY_STOPPED : add_windows(w, q, i, n, &e);
		if (!bad)
			continue;
		pthread_mutex_lock(&w->all->lock);
		if (!w->all->bad) {
			w->all->bad = bad;
			w->all->err = e;
		}
		pthread_mutex_unlock(&w->all->lock);
		survey_part_free(w->p, q);
		return NULL;
	}
	return q;
}

/* Takes over the part of a chunk. fresh: it was just computed. */
static void chunk_done(struct shared *all, struct survey_part *q, bool fresh)
{
	const struct survey_run *s = all->s;
	pthread_mutex_lock(&all->lock);
	if (fresh && s->keep && !all->bad)
		all->bad = s->keep(s->ctx, q, &all->err);
	all->windows += q->windows;
	survey_tree_add(all->tree, q);
	if (s->progress)
		s->progress(s->ctx, all->windows, all->of);
	pthread_mutex_unlock(&all->lock);
}

/* The next chunk that is not there yet, or -1. Parts that are there go into the tree. */
static int64_t chunk_next(struct shared *all)
{
	const struct survey_run *s = all->s;
	for (;;) {
		pthread_mutex_lock(&all->lock);
		int64_t chunk = all->bad || all->next >= s->to ? -1 : all->next++;
		struct survey_part *q = chunk >= 0 && s->have ? s->have(s->ctx, chunk) : NULL;
		pthread_mutex_unlock(&all->lock);
		if (!q)
			return chunk;
		chunk_done(all, q, false);
	}
}

static void work(void *arg)
{
	struct shared *all = arg;
	const struct survey_run *s = all->s;
	struct worker w = { .all = all, .s = s, .p = s->plan, .a = analysis_new(s->m) };
	int64_t most = 1, chunk;
	struct err e;
	for (int y = 0; y < w.p->n_layer; y++)
		most = w.p->layer[y].filters > most ? w.p->layer[y].filters : most;
	w.scaled = xcalloc((size_t)most, sizeof *w.scaled);
	w.input = xcalloc((size_t)(w.p->T * w.p->C), sizeof *w.input);
	w.output = xcalloc((size_t)w.p->outputs, sizeof *w.output);
	w.counter = w.p->errors ? metrics_counter_new(s->m, s->d, &w.p->error_shape, &e) : NULL;
	question_copy(&w.q, s->q);
	w.q.method = saliency_find("gradient");
	analysis_data(w.a, s->d);
	w.lanes = s->alone ? NULL : survey_lanes_new(s->m, s->d, s->plan);
	while ((chunk = chunk_next(all)) >= 0) {
		struct survey_part *q = chunk_compute(&w, chunk);
		if (q)
			chunk_done(all, q, true);
	}
	metrics_counter_free(w.counter);
	question_release(&w.q);
	analysis_free(w.a);
	survey_lanes_free(w.lanes);
	free(w.scaled);
	free(w.output);
	free(w.input);
}

int survey_run(const struct survey_run *s, struct survey_tree *t, struct err *e)
{
	struct shared all = { .s = s, .lock = PTHREAD_MUTEX_INITIALIZER, .tree = t, .next = s->from };
	int64_t end = s->to * s->plan->chunk < s->plan->windows ? s->to * s->plan->chunk : s->plan->windows;
	all.of = s->to > s->from ? end - s->from * s->plan->chunk : 0;
	threads_share(threads_of(s->threads, s->to - s->from), work, &all);
	pthread_mutex_destroy(&all.lock);
	if (all.bad && e)
		*e = all.err;
	return all.bad;
}
