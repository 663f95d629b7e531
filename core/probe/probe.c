#include "core/probe/probe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- making and freeing ---- */

/* A layer for every operator whose output depends on the input; those that only move values are no layers. */
static void nodes_as_layers(struct probe *p)
{
	const struct graph *g = p->m->graph;
	struct layer *l = xcalloc((size_t)g->n_node + 1, sizeof *l);
	l[0] = p->m->layer[0];
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
		layer_axes(p->m, &l[n++]);
	}
	p->own_layer = l;
	p->layer = l;
	p->n_layer = n;
}

void probe_init(struct probe *p, const struct model *m, bool nodes)
{
	assert(!m->n_unsupported && m->output >= 0);
	*p = (struct probe){ .m = m, .layer = m->layer, .n_layer = m->n_layer, .cls = -1, .predicted = -1 };
	if (nodes)
		nodes_as_layers(p);
	size_t n = (size_t)probe_window_count(p), largest = n > (size_t)m->outputs ? n : (size_t)m->outputs;
	for (int i = 0; i < p->n_layer; i++)
		if (layer_runs(&p->layer[i])) {
			size_t count = (size_t)shape_count(&probe_value(p, i)->shape);
			largest = count > largest ? count : largest;
		}
	p->state = xcalloc((size_t)p->n_layer, sizeof *p->state);
	p->run = run_new(m->graph);
	p->x = xcalloc(n, sizeof *p->x);
	p->native = xcalloc(n, sizeof *p->native);
	p->step_class = xcalloc((size_t)m->out_steps + 1, sizeof *p->step_class);
	p->y = xcalloc((size_t)m->outputs, sizeof *p->y);
	p->baseline = xcalloc(n, sizeof *p->baseline);
	p->baseline_given = xcalloc(n, sizeof *p->baseline_given);
	p->rows = xcalloc(largest, sizeof *p->rows);
	p->seed = xcalloc(largest, sizeof *p->seed);
	probe_gradients_init(p);
	question_init(&p->q, m, TASK_AUTO);
}

void probe_release(struct probe *p)
{
	for (int i = 0; i < p->n_layer; i++) {
		struct probe_layer *s = &p->state[i];
		free(s->act_rows), free(s->raw);
	}
	probe_gradients_release(p);
	run_free(p->run);
	run_free(p->twin);
	run_free(p->many);
	free(p->state), free(p->own_layer);
	free(p->x), free(p->native), free(p->y), free(p->step_class);
	free(p->baseline), free(p->baseline_given);
	free(p->rows), free(p->seed), free(p->many_scratch);
	question_release(&p->q);
}

bool probe_differentiable(const struct probe *p, int layer)
{
	const struct value *v = probe_value(p, layer);
	return v->dtype == DT_REAL && v->depends;
}

/* ---- window and question ---- */

static void forget(struct probe *p, unsigned stale)
{
	if (stale & STALE_FORWARD) {
		p->forward_valid = false;
		for (int i = 0; i < p->n_layer; i++)
			p->state[i].act_valid = false;
	}
	if (stale & STALE_GRADIENTS)
		probe_gradients_forget(p, &p->of_target);
	if (stale & STALE_LOSS)
		probe_gradients_forget(p, &p->of_loss);
}

static void set_truth(struct probe *p, const real *y, int cls)
{
	p->has_y = y != NULL;
	p->cls = cls;
	if (y)
		memcpy(p->y, y, (size_t)p->m->outputs * sizeof *y);
}

void probe_data(struct probe *p, const struct dataset *d)
{
	p->d = d;
	p->has_window = false;
}

void probe_truth(struct probe *p, const struct truth *t)
{
	p->truth_by_hand = t != NULL;
	p->has_window = p->has_window && (t || !p->d);
	set_truth(p, t ? t->y : NULL, t ? t->cls : -1);
	forget(p, STALE_ALL);
}

void probe_window(struct probe *p, const real *tc, const real *y, int cls)
{
	memcpy(p->x, tc, (size_t)probe_window_count(p) * sizeof *tc);
	p->has_window = true;
	set_truth(p, y, cls);
	forget(p, STALE_ALL);
}

void probe_baseline_window(struct probe *p, const real *tc)
{
	memcpy(p->baseline_given, tc, (size_t)probe_window_count(p) * sizeof *tc);
}

static void take_window(struct probe *p)
{
	int64_t i = p->q.window;
	const struct edited *e = p->q.edited;
	if (e)
		memcpy(p->x, e->x, (size_t)probe_window_count(p) * sizeof *p->x);
	else
		dataset_window(p->d, i, p->x);
	p->has_window = true;
	if (p->truth_by_hand)
		return;
	p->has_y = p->d->n_y == p->m->outputs && (e ? edited_truth(e, p->d, p->y) : dataset_truth(p->d, i, p->y));
	p->cls = dataset_class(p->d, i);
}

enum { WHOLE_RUN = -1 };

/* In one lane, or in the whole run. */
static void set_off(struct run *r, int lane, int value, int axis, int64_t index)
{
	if (lane == WHOLE_RUN)
		run_switch_off(r, value, axis, index);
	else
		run_switch_off_lane(r, lane, value, axis, index);
}

/* One slice of the filter axis where there is one; single elements where filters are spread over several axes. */
static void run_set_off(struct probe *p, struct run *r, int lane, const struct filter_id *id)
{
	const struct layer *l = &p->layer[id->layer];
	assert(l->kind == LAYER_ANALYSED && id->filter >= 0 && id->filter < l->filters);
	const struct shape *s = &probe_value(p, id->layer)->shape;
	if (!probe_differentiable(p, id->layer))
		return;
	if (l->axis_f >= 0 && s->dim[l->axis_f] == l->filters) {
		set_off(r, lane, l->act, l->axis_f, id->filter);
		return;
	}
	probe_filter_seed(p, id->layer, id->filter, p->seed);
	int64_t n = shape_count(s);
	for (int64_t i = 0; i < n; i++)
		if (p->seed[i] != 0)
			set_off(r, lane, l->act, -1, i);
}

void probe_many_off(struct probe *p, struct run *many, int lane, const struct filter_id *id)
{
	run_set_off(p, many, lane, id);
}

void probe_set_switches(struct probe *p, struct run *r)
{
	run_switch_clear(r);
	for (int i = 0; i < p->q.off.n; i++)
		run_set_off(p, r, WHOLE_RUN, &p->q.off.id[i]);
}

unsigned probe_ask(struct probe *p, const struct question *q)
{
	assert(q->task != TASK_AUTO);
	assert(q->target.kind != TARGET_OUTPUT || (q->target.k >= 0 && q->target.k < p->m->outputs));
	assert(q->target.kind != TARGET_CLASS || target_has_class(q->task));
	assert(q->target.kind != TARGET_STEPS ||
	       (q->target.t_to <= p->m->out_steps && q->target.c_to <= p->m->out_channels));
	assert(!task_has_steps(q->task) || p->m->out_steps);
	p->lanes = NULL;
	bool first = p->d && !p->has_window,
	     window = first || (p->d && (q->window != p->q.window || q->edited != p->q.edited)),
	     switches = !filter_set_equal(&p->q.off, &q->off);
	unsigned stale = question_stale(&p->q, q) | (first ? STALE_ALL : 0);
	question_copy(&p->q, q);
	if (window)
		take_window(p);
	if (switches)
		probe_set_switches(p, p->run);
	if (p->d && q->baseline == BASELINE_WINDOW && stale & STALE_BASELINE_MAPS)
		dataset_window(p->d, q->baseline_window, p->baseline_given);
	forget(p, stale);
	return stale;
}

const real *probe_baseline(struct probe *p)
{
	int64_t T = p->m->T, C = p->m->C;
	if (p->q.baseline == BASELINE_WINDOW)
		return p->baseline_given;
	for (int64_t c = 0; c < C; c++) {
		double sum = 0;
		for (int64_t t = 0; t < T && p->q.baseline == BASELINE_MEAN; t++)
			sum += (double)p->x[t * C + c];
		for (int64_t t = 0; t < T; t++)
			p->baseline[t * C + c] = (real)(sum / (double)T);
	}
	return p->baseline;
}

/* ---- forward ---- */

/* The predicted classes, from the outputs. */
static void find_classes(struct probe *p)
{
	const real *output = run_real(p->run, p->m->output);
	p->predicted = p->q.task == TASK_CLASSIFICATION ? model_class(p->m, output) : -1;
	for (int64_t t = 0; t < p->m->out_steps; t++)
		p->step_class[t] = p->q.task == TASK_SEGMENTATION ? model_step_class(p->m, output, t) : -1;
}

void probe_forward(struct probe *p)
{
	if (p->forward_valid)
		return;
	model_pack(p->m, p->x, p->native);
	run_input(p->run, 0, p->native);
	run_forward(p->run);
	find_classes(p);
	p->forward_valid = true;
}

/* Copies a value of the window's lane into the probe's own run. */
static void take_lane(struct probe *p, int v)
{
	lane_get(shape_count(&p->m->graph->value[v].shape), run_real(p->lanes, v), p->lane, run_data(p->run, v));
}

void probe_lane(struct probe *p, const struct run *lanes, int lane, const real *y, int cls)
{
	forget(p, STALE_ALL);
	set_truth(p, y, cls);
	p->lanes = lanes;
	p->lane = lane;
	take_lane(p, p->m->output);
	take_lane(p, p->m->logits);
	find_classes(p);
	p->forward_valid = true;
}

const real *probe_activation(struct probe *p, int layer)
{
	const struct layer *l = &p->layer[layer];
	struct probe_layer *s = &p->state[layer];
	probe_forward(p);
	assert(layer_runs(l));
	if (s->act_valid)
		return s->act;
	if (p->lanes && p->m->graph->value[l->act].depends)
		take_lane(p, l->act);
	s->act = run_real(p->run, l->act);
	if (!layer_is_rows(p->m, l)) {
		layer_rows(p->m, l, s->act, real_buffer(&s->act_rows, layer_count(l)));
		s->act = s->act_rows;
	}
	s->act_valid = true;
	return s->act;
}

bool probe_silent(const real *v, int64_t times)
{
	for (int64_t t = 1; t < times; t++)
		if (v[t] != v[0])
			return false;
	return times > 1 || v[0] == 0;
}

/* ---- for measures and methods ---- */

struct run *probe_twin(struct probe *p)
{
	if (!p->twin)
		p->twin = run_new(p->m->graph);
	p->twin_uses++;
	probe_set_switches(p, p->twin);
	return p->twin;
}

struct run *probe_twin_run(struct probe *p, const real *x)
{
	struct run *r = probe_twin(p);
	model_pack(p->m, x, p->native);
	run_input(r, 0, p->native);
	run_forward(r);
	return r;
}

int probe_filter_seed(struct probe *p, int layer, int64_t filter, real *seed)
{
	const struct layer *l = &p->layer[layer];
	assert(filter >= 0 && filter < l->filters);
	memset(p->rows, 0, (size_t)layer_count(l) * sizeof *p->rows);
	for (int64_t t = 0; t < l->times; t++)
		p->rows[filter * l->times + t] = 1;
	memset(seed, 0, (size_t)shape_count(&probe_value(p, layer)->shape) * sizeof *seed);
	layer_unrows(p->m, l, p->rows, seed);
	return l->act;
}
