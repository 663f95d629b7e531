#include "core/probe/importance.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include "core/kernels/tile.h"

void importance_abs_sum(const real *g, int64_t F, int64_t times, real *raw)
{
	const struct isa *isa = isa_active();
	for (int64_t f = 0; f < F; f++)
		raw[f] = (real)isa->abs_sum(times, g + f * times);
}

static void gradient(struct probe *p, int layer, const real *g, real *raw)
{
	importance_abs_sum(g, p->layer[layer].filters, p->layer[layer].times, raw);
}

static void taylor(struct probe *p, int layer, const real *g, real *raw)
{
	const struct layer *l = &p->layer[layer];
	const real *act = probe_activation(p, layer);
	for (int64_t f = 0; f < l->filters; f++) {
		double sum = 0;
		for (int64_t i = f * l->times; i < (f + 1) * l->times; i++)
			sum += (double)act[i] * (double)g[i];
		raw[f] = (real)fabs(sum);
	}
}

static void gradient_lanes(int64_t times, const real *a, const real *g, real *raw)
{
	(void)a;
	isa_active()->abs_sum_lanes(times, g, raw);
}

static void taylor_lanes(int64_t times, const real *a, const real *g, real *raw)
{
	isa_active()->taylor_lanes(times, a, g, raw);
}

/* The twin with the window's values: computed again if someone else has used it since the last step. */
static struct run *whole_run(struct importance_job *j)
{
	struct probe *p = j->p;
	if (j->i && j->twin == p->twin_uses)
		return p->twin;
	struct run *r = probe_twin_run(p, p->x);
	j->twin = p->twin_uses;
	j->whole = probe_target(p, r);
	return r;
}

/* The run of many inputs with the window in every lane. */
static struct run *whole_lanes(struct importance_job *j)
{
	struct probe *p = j->p;
	bool fresh = j->i && j->twin == p->many_uses;
	struct run *many = probe_many(p);
	j->twin = p->many_uses;
	if (fresh)
		return many;
	j->whole = probe_target(p, p->run);
	if (run_after_is_alone(p->m->graph, p->layer[j->layer].act))
		return many;
	for (int l = 0; l < RUN_LANES; l++)
		probe_many_input(p, many, l, p->x);
	run_forward(many);
	return many;
}

/* As many filters as there are lanes, each switched off in one of them. */
static bool ablation_lanes(struct importance_job *j)
{
	struct probe *p = j->p;
	struct run *many = whole_lanes(j);
	int v = p->layer[j->layer].act;
	int64_t n = shape_count(&probe_value(p, j->layer)->shape), left = p->layer[j->layer].filters - j->i;
	const real *whole = run_real(p->run, v);
	real *data = run_data(many, v);
	for (int64_t i = 0; i < n; i++)
		for (int l = 0; l < RUN_LANES; l++)
			data[i * RUN_LANES + l] = whole[i];
	for (int l = 0; l < RUN_LANES && l < left; l++)
		probe_many_off(p, many, l, &(struct filter_id){ j->layer, j->i + l });
	run_forward_after(many, v);
	for (int l = 0; l < RUN_LANES && l < left; l++)
		j->raw[j->i++] = (real)fabs(j->whole - probe_target(p, probe_many_lane(p, many, l, -1)));
	return left > RUN_LANES;
}

/* One filter: its values are set to zero, and what comes after the layer runs again. */
static bool ablation(struct importance_job *j)
{
	struct probe *p = j->p;
	if (probe_width(p) > 1 && p->layer[j->layer].filters >= RUN_LANES / 4)
		return ablation_lanes(j);
	struct run *r = whole_run(j);
	int v = p->layer[j->layer].act;
	int64_t n = shape_count(&probe_value(p, j->layer)->shape);
	const real *whole = run_real(p->run, v);
	real *data = run_data(r, v), *mask = p->seed;
	probe_filter_seed(p, j->layer, j->i, mask);
	for (int64_t i = 0; i < n; i++)
		data[i] = mask[i] != 0 ? 0 : whole[i];
	run_forward_after(r, v);
	j->raw[j->i++] = (real)fabs(j->whole - probe_target(p, r));
	return j->i < p->layer[j->layer].filters;
}

const struct importance_measure importance_measures[] = {
	{ "gradient", "gradient", "sum over t of abs(dy / da[f,t]), a the layer's activated output",
	  "Siddiqui et al. 2019, TSViz, IEEE Access (the paper's own tool)", gradient, gradient_lanes, NULL, false,
	  false },
	{ "gated", "gated gradient", "sum over t of abs(dy / dz[f,t]), z before the activation function",
	  "Siddiqui et al. 2019, TSViz, equations 11 and 12", gradient, gradient_lanes, NULL, true, false },
	{ "taylor", "Taylor", "abs(sum over t of a[f,t] dy/da[f,t])",
	  "Molchanov et al. 2017, Pruning convolutional neural networks, ICLR, equation 8 (without its mean over time)",
	  taylor, taylor_lanes, NULL, false, true },
	{ "ablation", "ablation", "abs(y - y with a[f,.] := 0), one forward pass for each filter",
	  "exact; Zeiler and Fergus 2014 hide parts of the input in the same way", NULL, NULL, ablation, false, false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, false },
};

int importance_find(const char *name)
{
	for (int i = 0; importance_measures[i].name; i++)
		if (!strcmp(importance_measures[i].name, name))
			return i;
	return -1;
}

void importance_prepare(struct probe *p)
{
	probe_want_pre(p, importance_measures[p->q.measure].before);
}

void importance_begin(struct importance_job *j, struct probe *p, int measure, int layer, real *raw)
{
	assert(measure == p->q.measure || importance_measures[measure].step);
	*j = (struct importance_job){ .p = p, .active = true, .measure = measure, .layer = layer, .raw = raw };
	importance_prepare(p);
}

/* The importance of a layer from a gradient that is not kept. That before the activation function comes after the
 * other, and its result replaces the other's. */
static void raw_of(struct probe *p, int layer, const real *rows)
{
	real *raw = real_buffer(&p->state[layer].raw, p->layer[layer].filters);
	importance_measures[p->q.measure].rows(p, layer, rows, raw);
}

/* One pass for all layers if their gradients are not kept. */
static void raw_of_all(struct probe *p)
{
	if (p->raw_measure == p->q.measure)
		return;
	importance_prepare(p);
	probe_each_gradient(p, raw_of);
	p->raw_measure = p->q.measure;
}

bool importance_depends(struct probe *p, int layer)
{
	if (importance_measures[p->q.measure].rows && !probe_keeps_gradients(p))
		raw_of_all(p);
	return probe_depends(p, layer);
}

static void from_gradient(struct importance_job *j, const struct importance_measure *q)
{
	struct probe *p = j->p;
	if (!probe_keeps_gradients(p)) {
		raw_of_all(p);
		memcpy(j->raw, p->state[j->layer].raw, (size_t)p->layer[j->layer].filters * sizeof *j->raw);
		return;
	}
	const real *pre = q->before ? probe_pre_gradient(p, j->layer) : NULL;
	q->rows(p, j->layer, pre ? pre : probe_gradient(p, j->layer), j->raw);
}

bool importance_step(struct importance_job *j)
{
	const struct importance_measure *q = &importance_measures[j->measure];
	probe_forward(j->p);
	if (q->rows)
		from_gradient(j, q);
	j->active = !q->rows && q->step(j);
	return j->active;
}
