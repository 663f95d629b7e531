/* Gradients of target and loss by the values of layers: one backward pass gives those of all layers. If they are too
 * many to be kept, a pass gives those of some layers, or shows each to a caller and forgets it. */
#include <stdlib.h>
#include <string.h>
#include "core/probe/probe.h"

enum { ROOM = 1 << 24 };

/* Entry 2*i of value_next belongs to the act of layer i, entry 2*i+1 to its pre. value_first[v] is the first entry of
 * value v, and -1 ends a list. */
static void entries_make(struct probe *p)
{
	const struct graph *g = p->m->graph;
	p->value_first = xcalloc((size_t)g->n_value + 1, sizeof *p->value_first);
	p->value_next = xcalloc(2 * (size_t)p->n_layer + 1, sizeof *p->value_next);
	for (int i = 0; i < g->n_value; i++)
		p->value_first[i] = -1;
	for (int e = 0; e < 2 * p->n_layer; e++) {
		const struct layer *l = &p->layer[e / 2];
		int v = e % 2 ? l->pre : l->act;
		if (!layer_runs(l) || (e % 2 && v == l->act))
			continue;
		p->value_next[e] = p->value_first[v];
		p->value_first[v] = e;
	}
}

void probe_gradients_init(struct probe *p)
{
	struct probe_gradients *both[] = { &p->of_target, &p->of_loss };
	for (int k = 0; k < 2; k++) {
		both[k]->layer = xcalloc((size_t)p->n_layer, sizeof *both[k]->layer);
		both[k]->input = xcalloc((size_t)probe_window_count(p), sizeof *both[k]->input);
	}
	p->room = ROOM;
	p->raw_measure = -1;
	for (int i = 0; i < p->n_layer; i++)
		p->gradients += layer_runs(&p->layer[i]) ? layer_count(&p->layer[i]) : 0;
	entries_make(p);
}

static void drop(struct layer_gradient *q)
{
	free(q->act);
	free(q->pre);
	q->act = q->pre = NULL;
	q->state = q->state == GRADIENT_HELD ? GRADIENT_PAST : q->state;
}

void probe_gradients_release(struct probe *p)
{
	struct probe_gradients *both[] = { &p->of_target, &p->of_loss };
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < p->n_layer; i++)
			drop(&both[k]->layer[i]);
		free(both[k]->layer);
		free(both[k]->input);
	}
	free(p->value_first);
	free(p->value_next);
}

void probe_gradients_forget(struct probe *p, struct probe_gradients *q)
{
	for (int i = 0; i < p->n_layer; i++)
		q->layer[i].state = GRADIENT_UNKNOWN;
	q->input_valid = false;
	if (q == &p->of_target)
		p->raw_measure = -1;
}

void probe_want_pre(struct probe *p, bool wanted)
{
	if (wanted && !p->pre_wanted)
		probe_gradients_forget(p, &p->of_target);
	p->pre_wanted = wanted;
}

/* The layers of a pass, and what becomes of their gradients: they are kept in q, or `seen` gets them. */
struct pass {
	struct probe *p;
	struct probe_gradients *q;
	int first, end;
	bool input;
	void (*seen)(struct probe *p, int layer, const real *rows);
	bool keep;
	const struct lanes_pass *lanes; /* NULL: the pass is that of one window */
};

static bool has_pre(const struct probe *p, const struct pass *s, int layer)
{
	const struct layer *l = &p->layer[layer];
	const struct value *v = p->m->graph->value;
	return s->q == &p->of_target && p->pre_wanted && l->pre != l->act &&
	       shape_equal(&v[l->pre].shape, &v[l->act].shape);
}

static bool in_pass(const struct pass *s, int layer)
{
	const struct layer *l = &s->p->layer[layer];
	return layer >= s->first && layer < s->end && layer_runs(l) && probe_differentiable(s->p, layer) &&
	       (l->kind == LAYER_ANALYSED || !s->p->input_unwanted);
}

static void keep_rows(const struct pass *s, int layer, bool pre, const real *gradient)
{
	const struct layer *l = &s->p->layer[layer];
	struct layer_gradient *q = &s->q->layer[layer];
	layer_rows(s->p->m, l, gradient, real_buffer(pre ? &q->pre : &q->act, layer_count(l)));
	q->has_pre |= pre;
	q->state = pre ? q->state : GRADIENT_HELD;
}

static void show_rows(const struct pass *s, int layer, const real *gradient)
{
	struct probe *p = s->p;
	s->q->layer[layer].state = GRADIENT_PAST;
	if (!s->seen)
		return;
	if (!layer_is_rows(p->m, &p->layer[layer])) {
		layer_rows(p->m, &p->layer[layer], gradient, p->rows);
		gradient = p->rows;
	}
	s->seen(p, layer, gradient);
}

/* The gradients of all lanes, one after the other. */
static void show_lanes(const struct pass *s, int layer, bool pre, const real *gradient)
{
	struct probe *p = s->p;
	const struct lanes_pass *q = s->lanes;
	int64_t n = shape_count(&probe_value(p, layer)->shape);
	bool is_rows = layer_is_rows(p->m, &p->layer[layer]);
	if (is_rows && q->together && q->together(layer, pre, gradient, q->ctx))
		return;
	lanes_turn(n, gradient, q->turned);
	for (int l = 0; l < q->n; l++) {
		if (!is_rows)
			layer_rows(p->m, &p->layer[layer], q->turned + l * n, p->rows);
		q->seen(layer, l, is_rows ? q->turned + l * n : p->rows, q->ctx);
	}
}

static void passing(int value, const real *gradient, void *ctx)
{
	const struct pass *s = ctx;
	struct probe *p = s->p;
	if (value == p->m->input && s->lanes && s->input) {
		s->lanes->input(gradient, s->lanes->ctx);
	} else if (value == p->m->input && s->input) {
		model_unpack(p->m, gradient, s->q->input);
		s->q->input_depends = true;
	}
	for (int e = p->value_first[value]; e >= 0; e = p->value_next[e]) {
		int layer = e / 2;
		if (!in_pass(s, layer) || (e % 2 && !has_pre(p, s, layer)))
			continue;
		if (s->lanes)
			show_lanes(s, layer, e % 2, gradient);
		else if (s->keep)
			keep_rows(s, layer, e % 2, gradient);
		else
			show_rows(s, layer, gradient);
	}
}

/* Asks run r for what the pass needs. */
static void pass_want(struct pass *s, struct run *r)
{
	struct probe *p = s->p;
	run_want_clear(r);
	if (s->input) {
		run_want_passing(r, p->m->input);
		s->q->input_depends = false;
		s->q->input_valid = true;
	}
	for (int i = s->first; i < s->end; i++) {
		s->q->layer[i].state = GRADIENT_NONE;
		s->q->layer[i].has_pre = false;
		if (!in_pass(s, i))
			continue;
		run_want_passing(r, p->layer[i].act);
		if (has_pre(p, s, i))
			run_want_passing(r, p->layer[i].pre);
	}
}

static void pass_run(struct pass *s)
{
	struct probe *p = s->p;
	double loss;
	probe_forward(p);
	pass_want(s, p->run);
	int v = s->q == &p->of_loss ? probe_loss_seed(p, p->run, p->seed, &loss)
	                            : probe_target_seed(p, p->run, p->seed);
	if (v >= 0)
		run_backward_passing(p->run, v, p->seed, passing, s);
	run_want_clear(p->run);
}

static int64_t kept_count(const struct probe *p, int layer)
{
	return layer_runs(&p->layer[layer]) ? layer_count(&p->layer[layer]) * (p->pre_wanted ? 2 : 1) : 0;
}

bool probe_keeps_gradients(const struct probe *p)
{
	return p->gradients * (p->pre_wanted ? 2 : 1) <= p->room;
}

/* Makes the gradient of this layer one that is kept, if there is one. */
static struct layer_gradient *hold(struct probe *p, struct probe_gradients *q, int layer)
{
	struct pass s = { .p = p, .q = q, .end = p->n_layer, .keep = true };
	enum gradient_state now = q->layer[layer].state;
	if (now == GRADIENT_HELD || now == GRADIENT_NONE)
		return &q->layer[layer];
	if (probe_keeps_gradients(p)) {
		s.input = !p->input_unwanted;
		pass_run(&s);
		return &q->layer[layer];
	}
	int64_t n = 0;
	for (int i = 0; i < p->n_layer; i++)
		drop(&q->layer[i]);
	s.first = s.end = layer;
	while (s.end < p->n_layer && (s.end == layer || n + kept_count(p, s.end) <= p->room))
		n += kept_count(p, s.end++);
	pass_run(&s);
	return &q->layer[layer];
}

static const real *input_gradient(struct probe *p, struct probe_gradients *q)
{
	if (!q->input_valid && probe_keeps_gradients(p) && !p->input_unwanted)
		hold(p, q, 0);
	if (!q->input_valid)
		pass_run(&(struct pass){ .p = p, .q = q, .input = true, .keep = true });
	return q->input_depends ? q->input : NULL;
}

const real *probe_gradient(struct probe *p, int layer)
{
	const struct layer_gradient *q = hold(p, &p->of_target, layer);
	return q->state == GRADIENT_HELD ? q->act : NULL;
}

const real *probe_pre_gradient(struct probe *p, int layer)
{
	const struct layer_gradient *q = hold(p, &p->of_target, layer);
	return q->state == GRADIENT_HELD && q->has_pre ? q->pre : NULL;
}

const real *probe_loss_gradient(struct probe *p, int layer)
{
	const struct layer_gradient *q = hold(p, &p->of_loss, layer);
	return q->state == GRADIENT_HELD ? q->act : NULL;
}

bool probe_depends(struct probe *p, int layer)
{
	enum gradient_state *state = &p->of_target.layer[layer].state;
	if (*state == GRADIENT_UNKNOWN && probe_keeps_gradients(p))
		hold(p, &p->of_target, layer);
	else if (*state == GRADIENT_UNKNOWN)
		probe_each_gradient(p, NULL);
	return *state != GRADIENT_NONE;
}

void probe_each_gradient(struct probe *p, void (*seen)(struct probe *p, int layer, const real *rows))
{
	struct pass s = { .p = p, .q = &p->of_target, .end = p->n_layer, .input = !p->input_unwanted, .seen = seen };
	for (int i = 0; i < p->n_layer; i++)
		drop(&s.q->layer[i]);
	pass_run(&s);
}

void probe_lanes_gradient(struct probe *p, const struct lanes_pass *q, int v, const real *seed)
{
	struct pass s = { .p = p, .q = &p->of_target, .end = p->n_layer, .lanes = q, .input = q->input != NULL };
	pass_want(&s, q->lanes);
	run_backward_passing(q->lanes, v, seed, passing, &s);
	run_want_clear(q->lanes);
	probe_gradients_forget(p, &p->of_target);
}

const real *probe_input_gradient(struct probe *p)
{
	return input_gradient(p, &p->of_target);
}

const real *probe_input_loss_gradient(struct probe *p)
{
	return input_gradient(p, &p->of_loss);
}
