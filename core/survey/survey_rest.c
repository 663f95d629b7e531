/* At which values the outputs of a layer rest. */
#include <math.h>
#include <string.h>
#include "core/graph/op.h"
#include "core/survey/survey_plan.h"

/* Operators that rest at other values than 0: the values by which attribute 'alpha' (0: there is none) is multiplied.
 * Formulas: core/ops/op_activation.c. */
static const struct resting {
	const char *op;
	int n;
	double at[2];
	double alpha, gamma;
} resting[] = {
	{ "Tanh", 2, { -1, 1 }, 0, 0 },
	{ "Sigmoid", 2, { 0, 1 }, 0, 0 },
	{ "HardSigmoid", 2, { 0, 1 }, 0, 0 },
	{ "Softsign", 2, { -1, 1 }, 0, 0 },
	{ "Erf", 2, { -1, 1 }, 0, 0 },
	{ "Elu", 1, { -1 }, 1, 0 },
	{ "Celu", 1, { -1 }, 1, 0 },
	{ "Selu", 1, { -1 }, 1.67326319217681884765625, 1.05070102214813232421875 },
	{ NULL, 0, { 0 }, 0, 0 },
};

/* The saturated value as the operator computes it, in the precision of the outputs. */
static double saturated(const struct resting *r, const struct node *n, double at)
{
	real v = (real)at;
	if (r->alpha > 0)
		v *= (real)attr_float(n, "alpha", r->alpha);
	if (r->gamma > 0)
		v *= (real)attr_float(n, "gamma", r->gamma);
	return (double)v;
}

/* The only number of a constant, or NaN. */
static double constant_of(const struct graph *g, const struct node *n, int k)
{
	const struct value *v = k < n->n_in && n->in[k] >= 0 ? &g->value[n->in[k]] : NULL;
	return v && v->constant && v->r && shape_count(&v->shape) == 1 ? (double)v->r[0] : (double)NAN;
}

/* The limits of Clip, or the least and the largest value of Min(Relu(x), limit), which is how relu6 is written. */
static void limits_of(struct survey_layer_plan *y, const struct graph *g, const struct node *n)
{
	double low = 0, high = (double)NAN;
	if (!strcmp(n->op->name, "Clip")) {
		low = constant_of(g, n, 1);
		high = constant_of(g, n, 2);
	} else if (!strcmp(n->op->name, "Min")) {
		high = constant_of(g, n, isnan(constant_of(g, n, 1)) ? 0 : 1);
	}
	y->n_rest = 0;
	if (isfinite(low))
		y->rest[y->n_rest++] = low;
	if (isfinite(high))
		y->rest[y->n_rest++] = high;
	if (!y->n_rest)
		y->rest[y->n_rest++] = 0;
}

void survey_rest(struct survey_layer_plan *y, const struct model *m, int layer)
{
	int thinned;
	/* a max-pooling rests where the layer does that it thins */
	while ((thinned = layer_thins(m, layer)) >= 0)
		layer = thinned;
	const struct layer *l = &m->layer[layer];
	int node = m->graph->value[l->act].node;
	y->n_rest = 1;
	y->rest[0] = 0;
	if (node < 0)
		return;
	const struct node *n = &m->graph->node[node];
	for (const struct resting *r = resting; r->op; r++) {
		if (strcmp(r->op, n->op->name) != 0)
			continue;
		y->n_rest = r->n;
		for (int i = 0; i < r->n; i++)
			y->rest[i] = saturated(r, n, r->at[i]);
		return;
	}
	limits_of(y, m->graph, n);
}
