/* How much a filter matters for the target: DESIGN.md section 4. */
#include <math.h>
#include <string.h>
#include "core/analysis/analysis_state.h"
#include "core/kernels/tile.h"

void importance_abs_sum(const real *g, int64_t F, int64_t times, real *raw)
{
	const struct isa *isa = isa_active();
	for (int64_t f = 0; f < F; f++)
		raw[f] = (real)isa->abs_sum(times, g + f * times);
}

void importance_finish(struct importance_state *s, int64_t F, bool depends)
{
	if (!depends)
		memset(s->raw, 0, (size_t)F * sizeof *s->raw);
	rank_order(s->raw, F, s->order, s->rank);
	minmax_scale(s->raw, F, s->scaled);
	s->out = (struct layer_importance){ F,        depends, depends ? s->raw : NULL, depends ? s->scaled : NULL,
		                            s->order, s->rank };
	s->valid = true;
}

static void gradient(struct analysis *a, int layer, real *raw)
{
	const struct layer *l = &a->layer[layer];
	importance_abs_sum(a->state[layer].grad, l->filters, l->times, raw);
}

static void gated(struct analysis *a, int layer, real *raw)
{
	const struct layer *l = &a->layer[layer];
	const struct layer_state *s = &a->state[layer];
	importance_abs_sum(s->pre_depends ? s->pre_grad : s->grad, l->filters, l->times, raw);
}

static void taylor(struct analysis *a, int layer, real *raw)
{
	const struct layer *l = &a->layer[layer];
	const real *g = a->state[layer].grad, *act = analysis_activation(a, layer);
	for (int64_t f = 0; f < l->filters; f++) {
		double sum = 0;
		for (int64_t i = f * l->times; i < (f + 1) * l->times; i++)
			sum += (double)act[i] * (double)g[i];
		raw[f] = (real)fabs(sum);
	}
}

/* The layer's value is set to zero for one filter after the other, and what comes after it runs again. */
static void ablation(struct analysis *a, int layer, real *raw)
{
	int v = a->layer[layer].act;
	int64_t n = shape_count(&a->m->graph->value[v].shape);
	struct run *r = analysis_twin(a);
	run_input(r, 0, a->native);
	run_forward(r);
	double y = target_eval(a, r);
	const real *whole = run_real(a->run, v);
	for (int64_t f = 0; f < a->layer[layer].filters; f++) {
		real *data = run_data(r, v), *mask = a->seed_native;
		analysis_filter_seed(a, layer, f, mask);
		for (int64_t i = 0; i < n; i++)
			data[i] = mask[i] != 0 ? 0 : whole[i];
		run_forward_after(r, v);
		raw[f] = (real)fabs(y - target_eval(a, r));
	}
}

const struct importance_measure importance_measures[] = {
	{ "gradient", "gradient", "sum over t of abs(dy / da[f,t]), a the layer's activated output",
	  "Siddiqui et al. 2019, TSViz, IEEE Access (the paper's own tool)", gradient, false },
	{ "gated", "gated gradient", "sum over t of abs(dy / dz[f,t]), z before the activation function",
	  "Siddiqui et al. 2019, TSViz, equations 11 and 12", gated, true },
	{ "taylor", "Taylor", "abs(sum over t of a[f,t] dy/da[f,t])",
	  "Molchanov et al. 2017, Pruning convolutional neural networks, ICLR, equation 8 (without its mean over time)",
	  taylor, false },
	{ "ablation", "ablation", "abs(y - y with a[f,.] := 0), one forward pass for each filter",
	  "exact; Zeiler and Fergus 2014 hide parts of the input in the same way", ablation, false },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

int importance_find(const char *name)
{
	for (int i = 0; importance_measures[i].name; i++)
		if (!strcmp(importance_measures[i].name, name))
			return i;
	return -1;
}
