#include "core/analysis/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis_state.h"
#include "core/band/band.h"

bool analysis_differentiable(const struct analysis *a, int layer)
{
	const struct value *v = layer_value(a, layer);
	return v->dtype == DT_REAL && v->depends;
}

/* ---- making and freeing ---- */

/* A layer for every operator whose output depends on the input; those that only move values are no layers. */
static void nodes_as_layers(struct analysis *a)
{
	const struct graph *g = a->m->graph;
	struct layer *l = xcalloc((size_t)g->n_node + 1, sizeof *l);
	l[0] = a->m->layer[0];
	int n = 1;
	for (int i = 0; i < g->n_node; i++) {
		const struct node *q = &g->node[i];
		int v = q->out[0];
		if (v < 0 || (q->op->flags & OP_LAYOUT) || !g->value[v].depends || g->value[v].dtype != DT_REAL ||
		    !shape_count(&g->value[v].shape))
			continue;
		l[n] = (struct layer){ .name = g->value[v].name,
			               .type = q->op->name,
			               .tensor = g->value[v].name,
			               .activation = "",
			               .kind = LAYER_ANALYSED,
			               .pre = v,
			               .act = v,
			               .first_node = i,
			               .end_node = i + 1 };
		layer_axes(a->m, &l[n++]);
	}
	a->own_layer = l;
	a->layer = l;
	a->n_layer = n;
}

static struct analysis *analysis_over(const struct model *m, bool nodes)
{
	assert(!m->n_unsupported && m->output >= 0);
	struct analysis *a = xcalloc(1, sizeof *a);
	a->m = m;
	a->layer = m->layer;
	a->n_layer = m->n_layer;
	if (nodes)
		nodes_as_layers(a);
	size_t n = (size_t)analysis_window_count(a), largest = n > (size_t)m->outputs ? n : (size_t)m->outputs;
	for (int i = 0; i < a->n_layer; i++)
		if (layer_runs(&a->layer[i])) {
			size_t count = (size_t)shape_count(&layer_value(a, i)->shape);
			largest = count > largest ? count : largest;
		}
	a->state = xcalloc((size_t)a->n_layer, sizeof *a->state);
	a->run = run_new(m->graph);
	a->x = xcalloc(n, sizeof *a->x);
	a->native = xcalloc(n, sizeof *a->native);
	a->y = xcalloc((size_t)m->outputs, sizeof *a->y);
	a->input_grad = xcalloc(n, sizeof *a->input_grad);
	a->input_loss_grad = xcalloc(n, sizeof *a->input_loss_grad);
	a->target_map = xcalloc(n, sizeof *a->target_map);
	a->baseline = xcalloc(n, sizeof *a->baseline);
	a->baseline_given = xcalloc(n, sizeof *a->baseline_given);
	a->rows = xcalloc(largest, sizeof *a->rows);
	a->seed_native = xcalloc(largest, sizeof *a->seed_native);
	a->trace_share = xcalloc((size_t)a->n_layer, sizeof *a->trace_share);
	a->feeds_share = xcalloc((size_t)a->n_layer, sizeof *a->feeds_share);
	a->task = model_task(m, TASK_AUTO, m->recipe, false);
	a->target = target_default(a->task);
	a->cls = a->predicted = -1;
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
	free(s->act);
	free(s->grad);
	free(s->pre_grad);
	free(s->loss_grad);
	importance_release(&s->importance);
	importance_release(&s->influence);
	for (int64_t f = 0; s->map && f < F; f++)
		free(s->map[f]);
	free(s->map);
	free(s->note);
	free(s->map_valid);
	free(s->label);
	free(s->size);
	free(s->silent);
	free(s->silhouettes);
}

void analysis_free(struct analysis *a)
{
	if (!a)
		return;
	for (int i = 0; i < a->n_layer; i++) {
		layer_state_release(&a->state[i], a->layer[i].filters);
		free(a->trace_share[i]);
		free(a->feeds_share[i]);
	}
	run_free(a->run);
	run_free(a->twin);
	band_free(a->band);
	free(a->state);
	free(a->own_layer);
	free(a->off);
	free(a->x);
	free(a->native);
	free(a->y);
	free(a->input_grad);
	free(a->input_loss_grad);
	free(a->target_map);
	free(a->baseline);
	free(a->baseline_given);
	free(a->rows);
	free(a->seed_native);
	free(a->trace_share);
	free(a->feeds_share);
	free(a->queue);
	free(a->cluster_queue);
	cluster_dtw_free(a->clustering);
	saliency_release(&a->job);
	free(a);
}

const struct model *analysis_model(const struct analysis *a)
{
	return a->m;
}

const struct layer *analysis_layers(const struct analysis *a, int *n)
{
	*n = a->n_layer;
	return a->layer;
}

int analysis_find_layer(const struct analysis *a, const char *name)
{
	for (int i = 0; i < a->n_layer; i++)
		if (a->layer[i].kind == LAYER_ANALYSED && !strcmp(a->layer[i].name, name))
			return i;
	return -1;
}

/* ---- what becomes stale ---- */

void analysis_stale(struct analysis *a, unsigned what)
{
	for (int i = 0; i < a->n_layer; i++) {
		struct layer_state *s = &a->state[i];
		if (what & STALE_FORWARD)
			s->act_valid = false;
		if (what & (STALE_IMPORTANCE | STALE_TARGET))
			s->importance.valid = s->importance.raw_valid = false;
		if (what & STALE_LOSS)
			s->influence.valid = false;
		if (what & STALE_CLUSTERS)
			s->clusters_valid = false;
		if ((what & STALE_MAPS) && s->map_valid)
			memset(s->map_valid, 0, (size_t)a->layer[i].filters);
	}
	if (what & STALE_FORWARD)
		a->forward_valid = a->kinks_valid = false;
	if (what & STALE_TARGET)
		a->grad_valid = false;
	if (what & STALE_LOSS)
		a->loss_grad_valid = false;
	if (what & (STALE_MAPS | STALE_TARGET))
		a->target_map_valid = false;
	if (what & STALE_MAPS)
		a->n_queue = 0, a->queue_done = 0;
	if (what & STALE_MAPS || (what & STALE_TARGET && a->job.layer < 0))
		a->job.active = false;
	if (what & STALE_CLUSTERS) {
		a->n_cluster_queue = 0;
		cluster_dtw_free(a->clustering);
		a->clustering = NULL;
	}
}

void analysis_window(struct analysis *a, const real *tc, const real *y, int cls)
{
	memcpy(a->x, tc, (size_t)analysis_window_count(a) * sizeof *tc);
	a->has_y = y != NULL;
	if (y)
		memcpy(a->y, y, (size_t)a->m->outputs * sizeof *y);
	a->cls = cls;
	analysis_stale(a, STALE_ALL);
}

void analysis_set_task(struct analysis *a, enum task task)
{
	assert(task != TASK_AUTO);
	a->task = task;
	if (a->target.kind == TARGET_CLASS && task != TASK_CLASSIFICATION)
		a->target = target_default(task);
	analysis_stale(a, STALE_ALL);
}

void analysis_set_target(struct analysis *a, struct target t)
{
	assert(t.kind != TARGET_OUTPUT || (t.k >= 0 && t.k < a->m->outputs));
	assert(t.kind != TARGET_CLASS || a->task == TASK_CLASSIFICATION);
	a->target = t;
	analysis_stale(a, STALE_TARGET);
}

void analysis_set_measure(struct analysis *a, int measure)
{
	assert(measure >= 0 && importance_measures[measure].name);
	a->measure = measure;
	/* gradients before activation functions are kept only where they are asked for */
	a->grad_valid = a->grad_valid && !importance_measures[measure].before;
	analysis_stale(a, STALE_IMPORTANCE);
}

void analysis_set_importances_only(struct analysis *a)
{
	a->importances_only = true;
	analysis_stale(a, STALE_TARGET);
}

void analysis_set_method(struct analysis *a, int method)
{
	assert(method >= 0 && saliency_methods[method].name);
	a->method = method;
	analysis_stale(a, STALE_MAPS);
}

void analysis_set_seed(struct analysis *a, uint64_t seed)
{
	a->seed = seed;
	analysis_stale(a, STALE_CLUSTERS | (saliency_methods[a->method].random ? STALE_MAPS : 0));
}

void analysis_set_clusters(struct analysis *a, enum cluster_method method, int k)
{
	a->cluster_method = method;
	a->k = k;
	analysis_stale(a, STALE_CLUSTERS);
}

void analysis_set_baseline(struct analysis *a, enum baseline kind, const real *tc)
{
	assert(kind != BASELINE_WINDOW || tc);
	a->baseline_kind = kind;
	if (kind == BASELINE_WINDOW)
		memcpy(a->baseline_given, tc, (size_t)analysis_window_count(a) * sizeof *tc);
	analysis_stale(a, saliency_methods[a->method].baseline ? STALE_MAPS : 0);
}

struct target analysis_target(const struct analysis *a)
{
	return a->target;
}

enum task analysis_task(const struct analysis *a)
{
	return a->task;
}

int analysis_measure(const struct analysis *a)
{
	return a->measure;
}

int analysis_method(const struct analysis *a)
{
	return a->method;
}

enum cluster_method analysis_cluster_method(const struct analysis *a)
{
	return a->cluster_method;
}

enum baseline analysis_baseline_kind(const struct analysis *a)
{
	return a->baseline_kind;
}

uint64_t analysis_seed(const struct analysis *a)
{
	return a->seed;
}

/* ---- forward ---- */

static int predicted_class(const struct analysis *a)
{
	const real *z = run_real(a->run, a->m->logits);
	if (a->task != TASK_CLASSIFICATION)
		return -1;
	if (a->m->outputs == 1)
		return a->m->head == HEAD_SIGMOID && z[0] > 0;
	int best = 0;
	for (int64_t k = 1; k < a->m->outputs; k++)
		if (z[k] > z[best])
			best = (int)k;
	return best;
}

void analysis_forward(struct analysis *a)
{
	if (a->forward_valid)
		return;
	model_pack(a->m, a->x, a->native);
	run_input(a->run, 0, a->native);
	run_forward(a->run);
	a->predicted = predicted_class(a);
	a->forward_valid = true;
}

const struct run *analysis_run(struct analysis *a)
{
	analysis_forward(a);
	return a->run;
}

const real *analysis_input(struct analysis *a)
{
	return a->x;
}

const real *analysis_output(struct analysis *a)
{
	analysis_forward(a);
	return run_real(a->run, a->m->output);
}

const real *analysis_logits(struct analysis *a)
{
	analysis_forward(a);
	return run_real(a->run, a->m->logits);
}

int analysis_class(struct analysis *a)
{
	analysis_forward(a);
	return a->predicted;
}

bool analysis_loss(struct analysis *a, enum loss_kind *kind, double *value)
{
	analysis_forward(a);
	struct target now = a->target;
	a->target.kind = TARGET_LOSS;
	*kind = target_loss_kind(a);
	*value = target_eval(a, a->run);
	bool given = target_loss_seed(a, a->run, a->seed_native) >= 0;
	a->target = now;
	return given;
}

double analysis_target_value(struct analysis *a)
{
	analysis_forward(a);
	return target_eval(a, a->run);
}

const struct kinks *analysis_kinks(struct analysis *a)
{
	analysis_forward(a);
	if (!a->kinks_valid)
		kinks_measure(a->run, &a->kinks);
	a->kinks_valid = true;
	return &a->kinks;
}

const real *analysis_activation(struct analysis *a, int layer)
{
	const struct layer *l = &a->layer[layer];
	struct layer_state *s = &a->state[layer];
	analysis_forward(a);
	assert(layer_runs(l));
	if (s->act_valid)
		return s->act;
	int64_t n = layer_count(l);
	analysis_buffer(&s->act, n);
	layer_rows(a->m, l, run_real(a->run, l->act), s->act);
	s->act_valid = true;
	return s->act;
}

bool analysis_dead(struct analysis *a, int layer, int64_t filter)
{
	const struct layer *l = &a->layer[layer];
	const real *v = analysis_activation(a, layer) + filter * l->times;
	if (!l->has_time)
		return v[0] == 0;
	for (int64_t t = 1; t < l->times; t++)
		if (v[t] != v[0])
			return false;
	return true;
}

/* ---- gradients: one backward pass for all layers ---- */

void analysis_want_input(struct analysis *a)
{
	run_want_clear(a->run);
	run_want(a->run, a->m->input);
}

static void want_layers(struct analysis *a)
{
	bool all = !a->importances_only;
	run_want_clear(a->run);
	if (all)
		run_want(a->run, a->m->input);
	for (int i = 0; i < a->n_layer; i++) {
		const struct layer *l = &a->layer[i];
		if (!(l->kind == LAYER_ANALYSED || (all && layer_runs(l))) || !analysis_differentiable(a, i))
			continue;
		run_want(a->run, l->act);
		if (importance_measures[a->measure].before)
			run_want(a->run, l->pre);
	}
}

/* The gradient of one of the layer's values as rows; false where the seed does not depend on it. */
static bool take_rows(struct analysis *a, int layer, int value, real **rows)
{
	const struct layer *l = &a->layer[layer];
	const struct graph *g = a->m->graph;
	bool same = shape_equal(&g->value[value].shape, &g->value[l->act].shape);
	const real *d = same ? run_grad(a->run, value) : NULL;
	if (!d)
		return false;
	layer_rows(a->m, l, d, analysis_buffer(rows, layer_count(l)));
	return true;
}

static void gradients(struct analysis *a)
{
	analysis_forward(a);
	if (a->grad_valid)
		return;
	int v = target_seed(a, a->run, a->seed_native);
	want_layers(a);
	if (v >= 0)
		run_backward(a->run, v, a->seed_native);
	for (int i = 0; i < a->n_layer; i++) {
		struct layer_state *s = &a->state[i];
		bool any = v >= 0 && layer_runs(&a->layer[i]) && analysis_differentiable(a, i);
		s->grad_depends = any && take_rows(a, i, a->layer[i].act, &s->grad);
		s->pre_depends = any && importance_measures[a->measure].before && a->layer[i].pre != a->layer[i].act &&
		                 take_rows(a, i, a->layer[i].pre, &s->pre_grad);
	}
	const real *g = v >= 0 ? run_grad(a->run, a->m->input) : NULL;
	a->input_depends = g != NULL;
	if (g)
		model_unpack(a->m, g, a->input_grad);
	a->grad_valid = true;
}

static void loss_gradients(struct analysis *a)
{
	analysis_forward(a);
	if (a->loss_grad_valid)
		return;
	int v = target_loss_seed(a, a->run, a->seed_native);
	want_layers(a);
	if (v >= 0)
		run_backward(a->run, v, a->seed_native);
	for (int i = 0; i < a->n_layer; i++) {
		struct layer_state *s = &a->state[i];
		bool any = v >= 0 && layer_runs(&a->layer[i]) && analysis_differentiable(a, i);
		s->loss_depends = any && take_rows(a, i, a->layer[i].act, &s->loss_grad);
	}
	const real *g = v >= 0 ? run_grad(a->run, a->m->input) : NULL;
	a->input_loss_depends = g != NULL;
	if (g)
		model_unpack(a->m, g, a->input_loss_grad);
	a->loss_grad_valid = true;
}

const real *analysis_gradient(struct analysis *a, int layer)
{
	gradients(a);
	return a->state[layer].grad_depends ? a->state[layer].grad : NULL;
}

const real *analysis_step_influence(struct analysis *a, int layer)
{
	const real *g = analysis_gradient(a, layer);
	if (!g)
		return NULL;
	minmax_scale(g, layer_count(&a->layer[layer]), a->rows);
	return a->rows;
}

const real *analysis_loss_gradient(struct analysis *a, int layer)
{
	loss_gradients(a);
	return a->state[layer].loss_depends ? a->state[layer].loss_grad : NULL;
}

const real *analysis_input_gradient(struct analysis *a)
{
	gradients(a);
	return a->input_depends ? a->input_grad : NULL;
}

const real *analysis_input_loss_gradient(struct analysis *a)
{
	loss_gradients(a);
	return a->input_loss_depends ? a->input_loss_grad : NULL;
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

const real *analysis_importance_raw(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	gradients(a);
	importance_allocate(&s->importance, a->layer[layer].filters);
	if (s->grad_depends && !s->importance.raw_valid)
		importance_measures[a->measure].compute(a, layer, s->importance.raw);
	s->importance.raw_valid = true;
	return s->grad_depends ? s->importance.raw : NULL;
}

const struct layer_importance *analysis_importance(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	if (s->importance.valid)
		return &s->importance.out;
	analysis_importance_raw(a, layer);
	importance_finish(&s->importance, a->layer[layer].filters, s->grad_depends);
	return &s->importance.out;
}

const struct layer_importance *analysis_loss_influence(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	const struct layer *l = &a->layer[layer];
	if (s->influence.valid)
		return &s->influence.out;
	loss_gradients(a);
	importance_allocate(&s->influence, l->filters);
	if (s->loss_depends)
		importance_abs_sum(s->loss_grad, l->filters, l->times, s->influence.raw);
	importance_finish(&s->influence, l->filters, s->loss_depends);
	return &s->influence.out;
}
