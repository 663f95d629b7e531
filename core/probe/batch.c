#include "core/probe/batch.h"

#include <stdlib.h>
#include <string.h>
#include "core/probe/importance.h"

struct truth_of {
	bool has_y;
	int cls;
};

struct batch {
	struct probe p;
	struct run *lanes;
	struct question q; /* the one that is asked, window by window */
	struct truth_of truth[RUN_LANES];
	real *y, *output;       /* (RUN_LANES, outputs) */
	real *seed;             /* (outputs, RUN_LANES) */
	int64_t *at, width;     /* [layer] first filter in a row of raw; filters of all layers */
	real *raw;              /* (RUN_LANES, width) */
	real *raw_lanes;        /* (width, RUN_LANES): those of `together` */
	unsigned char *depends; /* [layer] */
};

struct batch *batch_new(const struct model *m, const struct dataset *d)
{
	const struct graph *g = m->graph;
	if (!run_lanes_pay(g) || !g->value[m->output].depends || !g->value[m->logits].depends)
		return NULL;
	struct batch *b = xcalloc(1, sizeof *b);
	size_t n = (size_t)m->outputs * RUN_LANES;
	probe_init(&b->p, m, false);
	probe_data(&b->p, d);
	b->p.input_unwanted = true;
	b->lanes = probe_many(&b->p);
	b->y = xcalloc(n, sizeof *b->y);
	b->output = xcalloc(n, sizeof *b->output);
	b->seed = xcalloc(n, sizeof *b->seed);
	b->at = xcalloc((size_t)b->p.n_layer, sizeof *b->at);
	b->depends = xcalloc((size_t)b->p.n_layer, 1);
	for (int i = 0; i < b->p.n_layer; i++) {
		b->at[i] = b->width;
		b->width += b->p.layer[i].kind == LAYER_ANALYSED ? b->p.layer[i].filters : 0;
	}
	b->raw = xcalloc((size_t)b->width * RUN_LANES + 1, sizeof *b->raw);
	b->raw_lanes = xcalloc((size_t)b->width * RUN_LANES + 1, sizeof *b->raw_lanes);
	return b;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	probe_release(&b->p);
	question_release(&b->q);
	free(b->y), free(b->output), free(b->seed);
	free(b->at), free(b->depends), free(b->raw), free(b->raw_lanes);
	free(b);
}

/* window: [n] their numbers */
static void take_windows(struct batch *b, const int64_t *window, int n)
{
	struct probe *p = &b->p;
	const struct model *m = p->m;
	for (int l = 0; l < n; l++) {
		b->q.window = window[l];
		probe_ask(p, &b->q);
		b->truth[l] = (struct truth_of){ p->has_y, p->cls };
		memcpy(b->y + l * m->outputs, p->y, (size_t)m->outputs * sizeof *b->y);
		model_pack(m, p->x, p->native);
		run_input_lane(b->lanes, 0, l, p->native);
	}
	probe_set_switches(p, b->lanes);
}

static void enter_lane(struct batch *b, int lane)
{
	const real *y = b->y + lane * b->p.m->outputs;
	probe_lane(&b->p, b->lanes, lane, b->truth[lane].has_y ? y : NULL, b->truth[lane].cls);
}

/* Outputs and seeds of the lanes. Returns the value at which the backward pass begins, or -1. */
static int begin(struct batch *b, int n)
{
	struct probe *p = &b->p;
	int64_t outputs = p->m->outputs;
	int v = -1;
	for (int l = 0; l < n; l++) {
		enter_lane(b, l);
		memcpy(b->output + l * outputs, run_real(p->run, p->m->output), (size_t)outputs * sizeof *b->output);
		v = probe_target_seed(p, p->run, p->seed);
		if (v < 0)
			return -1;
		lane_put(outputs, p->seed, l, b->seed);
	}
	return v;
}

/* As in core/probe/importance.c: what comes from the gradient before the activation function replaces the other. */
static void seen(int layer, int lane, const real *rows, void *ctx)
{
	struct batch *b = ctx;
	if (b->p.layer[layer].kind != LAYER_ANALYSED)
		return;
	if (importance_measures[b->q.measure].activations)
		enter_lane(b, lane);
	b->depends[layer] = 1;
	importance_measures[b->q.measure].rows(&b->p, layer, rows, b->raw + lane * b->width + b->at[layer]);
}

static bool together(int layer, bool pre, const real *gradient, void *ctx)
{
	(void)pre;
	struct batch *b = ctx;
	const struct importance_measure *q = &importance_measures[b->q.measure];
	const struct layer *l = &b->p.layer[layer];
	int64_t step = l->times * RUN_LANES, at = b->at[layer];
	if (!q->lanes || l->kind != LAYER_ANALYSED || !b->p.m->graph->value[l->act].depends)
		return false;
	const real *act = q->activations ? run_real(b->lanes, l->act) : NULL;
	for (int64_t f = 0; f < l->filters; f++)
		q->lanes(l->times, act ? act + f * step : NULL, gradient + f * step,
		         b->raw_lanes + (at + f) * RUN_LANES);
	isa_active()->turn(l->filters, RUN_LANES, b->raw_lanes + at * RUN_LANES, RUN_LANES, false, b->raw + at,
	                   b->width);
	b->depends[layer] = 1;
	return true;
}

bool batch_importance(struct batch *b, const struct question *q, int64_t first, int n)
{
	struct probe *p = &b->p;
	if (!importance_measures[q->measure].rows)
		return false;
	int64_t window[RUN_LANES];
	for (int l = 0; l < n; l++)
		window[l] = first + l;
	question_copy(&b->q, q);
	take_windows(b, window, n);
	run_forward(b->lanes);
	int v = begin(b, n);
	if (v < 0)
		return false;
	importance_prepare(p);
	memset(b->depends, 0, (size_t)p->n_layer);
	probe_lanes_gradient(p,
	                     &(struct lanes_pass){ .lanes = b->lanes,
	                                           .n = n,
	                                           .seen = seen,
	                                           .together = together,
	                                           .ctx = b,
	                                           .turned = b->p.many_scratch },
	                     v, b->seed);
	return true;
}

bool batch_all(struct batch *b, const struct question *q, int64_t first, int n, const struct batch_view *v)
{
	struct probe *p = &b->p;
	int64_t window[RUN_LANES];
	for (int l = 0; l < n; l++)
		window[l] = first + l;
	question_copy(&b->q, q);
	take_windows(b, window, n);
	run_forward(b->lanes);
	int value = begin(b, n);
	if (value < 0)
		return false;
	probe_want_pre(p, true);
	probe_lanes_gradient(
	        p,
	        &(struct lanes_pass){
	                .lanes = b->lanes, .n = n, .together = v->gradient, .input = v->input, .ctx = v->ctx },
	        value, b->seed);
	return true;
}

bool batch_is_rows(const struct batch *b, int layer)
{
	const struct probe *p = &b->p;
	return probe_value(p, layer)->depends && layer_is_rows(p->m, &p->layer[layer]) &&
	       probe_differentiable(p, layer);
}

bool batch_has_pre(const struct batch *b, int layer)
{
	const struct layer *l = &b->p.layer[layer];
	const struct value *v = b->p.m->graph->value;
	return l->pre != l->act && shape_equal(&v[l->pre].shape, &v[l->act].shape);
}

const real *batch_activation(const struct batch *b, int layer)
{
	return run_real(b->lanes, b->p.layer[layer].act);
}

/* The gradient of the input, of the lanes after a forward pass. */
static bool input_gradients(struct batch *b, int n, real *gradient)
{
	const struct model *m = b->p.m;
	int64_t count = m->T * m->C;
	int v = begin(b, n);
	if (v < 0)
		return false;
	run_want_clear(b->lanes);
	run_want(b->lanes, m->input);
	run_backward(b->lanes, v, b->seed);
	const real *g = run_grad(b->lanes, m->input);
	memset(gradient, 0, (size_t)(n * count) * sizeof *gradient);
	if (g)
		lanes_turn(count, g, b->p.many_scratch);
	for (int l = 0; l < n && g; l++) {
		real *to = gradient + l * count;
		model_unpack(m, b->p.many_scratch + l * count, to);
		for (int64_t i = 0; i < count; i++)
			to[i] = real_abs(to[i]);
	}
	run_want_clear(b->lanes);
	return true;
}

bool batch_windows(struct batch *b, const struct question *q, const int64_t *window, int n, real *gradient)
{
	const struct model *m = b->p.m;
	question_copy(&b->q, q);
	take_windows(b, window, n);
	run_forward(b->lanes);
	if (gradient)
		return input_gradients(b, n, gradient);
	for (int l = 0; l < n; l++)
		lane_get(m->outputs, run_real(b->lanes, m->output), l, b->output + l * m->outputs);
	return true;
}

const real *batch_output(const struct batch *b, int lane)
{
	return b->output + lane * b->p.m->outputs;
}

const real *batch_raw(const struct batch *b, int lane, int layer)
{
	return b->depends[layer] ? b->raw + lane * b->width + b->at[layer] : NULL;
}
