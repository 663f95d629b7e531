#include "core/survey/survey_moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/kernels/figures.h"
#include "core/kernels/op_window.h"

const char *const moments_names[] = { "channels", "taps", "none", NULL };

/* ---- consumers ---- */

/* Operators that multiply what they read with weights. */
static const char *const weighted[] = { "Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN", NULL };

static bool is_constant(const struct graph *g, const struct node *n, int k)
{
	return k < n->n_in && n->in[k] >= 0 && g->value[n->in[k]].constant;
}

/* The first node of a layer that multiplies a value with constant weights; NULL: there is none. *value: that value. */
static const struct node *weighted_node(const struct model *m, const struct layer *l, int *value)
{
	const struct graph *g = m->graph;
	for (int i = l->first_node; i < l->end_node; i++)
		for (int k = 0; weighted[k]; k++) {
			const struct node *n = &g->node[i];
			if (strcmp(n->op->name, weighted[k]) != 0 || is_constant(g, n, 0) == is_constant(g, n, 1))
				continue;
			*value = n->in[is_constant(g, n, 0)];
			return n;
		}
	return NULL;
}

/* Goes back from a value over nodes that only move numbers, as long as none is lost or added. */
static int moved_from(const struct graph *g, int v)
{
	for (;;) {
		const struct node *n = g->value[v].node >= 0 ? &g->node[g->value[v].node] : NULL;
		if (!n || !(n->op->flags & OP_LAYOUT) || n->n_in < 1 || n->in[0] < 0 ||
		    shape_count(&g->value[n->in[0]].shape) != shape_count(&g->value[v].shape))
			return v;
		v = n->in[0];
	}
}

/* The layer whose outputs are this value, perhaps moved; -1: there is none. */
static int layer_of(const struct model *m, int v)
{
	int from = moved_from(m->graph, v);
	for (int i = 0; i < m->n_layer; i++)
		if ((m->layer[i].kind == LAYER_ANALYSED || m->layer[i].kind == LAYER_INPUT) && m->layer[i].act == from)
			return i;
	return -1;
}

/* The taps of a convolution along the only axis of what it reads. */
static bool conv_taps(struct survey_consumer *c, const struct graph *g, const struct node *n)
{
	const struct shape *s = &g->value[n->in[0]].shape;
	const struct window *w = n->op->window && !strcmp(n->op->name, "Conv") ? n->op->window(n) : NULL;
	if (!w || s->rank != 3 || s->dim[1] != c->channels || w->ti != c->times)
		return false;
	c->taps = w->k;
	c->stride = w->stride;
	c->dilation = w->dilation;
	c->pad = w->pad;
	c->positions = w->to;
	return true;
}

/* A dense layer that reads all steps at once. */
static bool dense_taps(struct survey_consumer *c, const struct graph *g, const struct node *n, int value)
{
	const struct shape *s = &g->value[value].shape;
	bool dense = !strcmp(n->op->name, "Gemm") || !strcmp(n->op->name, "MatMul");
	int axis = is_constant(g, n, 0) ? s->rank - 2 : s->rank - 1;
	if (!strcmp(n->op->name, "Gemm") && attr_int(n, is_constant(g, n, 0) ? "transB" : "transA", 0))
		axis = s->rank - 1 - (axis == s->rank - 1);
	if (!dense || axis < 0 || s->dim[axis] != c->channels * c->times || c->times == 1)
		return false;
	c->taps = c->times;
	c->positions = 1;
	return true;
}

static void consumer_fill(struct survey_consumer *c, const struct model *m, int layer, const struct node *n, int value,
                          enum moments_kind kind)
{
	const struct layer *l = &m->layer[layer];
	int from = layer_of(m, value);
	*c = (struct survey_consumer){ .name = xstrdup(l->name),
		                       .reads = xstrdup(from >= 0 ? m->layer[from].name : ""),
		                       .index = layer,
		                       .from = from,
		                       .taps = 1,
		                       .stride = 1,
		                       .dilation = 1,
		                       .outputs = l->filters,
		                       .steps = l->times };
	if (from < 0)
		return;
	bool input = m->layer[from].kind == LAYER_INPUT;
	c->channels = input ? m->C : m->layer[from].filters;
	c->times = c->positions = input ? m->T : m->layer[from].times;
	if (kind == MOMENTS_TAPS && !conv_taps(c, m->graph, n))
		dense_taps(c, m->graph, n, value);
	c->covariance = consumer_numbers(c) <= MOMENTS_MOST;
}

int survey_consumers(const struct model *m, enum moments_kind kind, struct survey_consumer **out)
{
	int n = 0, value;
	*out = xcalloc((size_t)m->n_layer + 1, sizeof **out);
	for (int i = 0; i < m->n_layer && kind != MOMENTS_NONE; i++) {
		const struct node *node =
		        m->layer[i].kind == LAYER_ANALYSED && m->graph->value[m->layer[i].act].dtype == DT_REAL
		                ? weighted_node(m, &m->layer[i], &value)
		                : NULL;
		if (node)
			consumer_fill(&(*out)[n++], m, i, node, value, kind);
	}
	return n;
}

void survey_consumer_release(struct survey_consumer *c)
{
	free(c->name);
	free(c->reads);
	*c = (struct survey_consumer){ 0 };
}

/* ---- moments ---- */

void moments_init(struct survey_moments *q, const struct survey_consumer *c)
{
	*q = (struct survey_moments){ 0 };
	q->mean = xcalloc((size_t)consumer_numbers(c) + 1, sizeof *q->mean);
	q->m2 = xcalloc((size_t)consumer_pairs(c) + 1, sizeof *q->m2);
	q->gradient = xcalloc((size_t)c->outputs + 1, sizeof *q->gradient);
}

void moments_release(struct survey_moments *q)
{
	free(q->mean);
	free(q->m2);
	free(q->gradient);
	free(q->scratch);
	*q = (struct survey_moments){ 0 };
}

/* The numbers of position `at`: x (channels,taps). */
static void gather(const struct survey_consumer *c, const real *v, int64_t at, double *x)
{
	for (int64_t f = 0; f < c->channels; f++)
		for (int64_t k = 0; k < c->taps; k++) {
			int64_t t = at * c->stride + k * c->dilation - c->pad;
			*x++ = t >= 0 && t < c->times ? (double)v[f * c->times + t] : 0;
		}
}

static bool all_finite(const real *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (!isfinite(v[i]))
			return false;
	return true;
}

/* The means of q gain those of `other` positions, mean (n). gap: how far these are from those of before. */
static void join_means(struct survey_moments *q, int64_t n, const double *mean, double other, double *gap)
{
	double part = other / ((double)q->n + other);
	for (int64_t i = 0; i < n; i++) {
		gap[i] = mean[i] - q->mean[i];
		q->mean[i] = q->n ? q->mean[i] + gap[i] * part : mean[i];
	}
}

void moments_add(struct survey_moments *q, const struct survey_consumer *c, const real *v)
{
	int64_t n = consumer_numbers(c);
	if (!n)
		return;
	if (!all_finite(v, c->channels * c->times)) {
		q->not_finite++;
		return;
	}
	if (!q->scratch)
		q->scratch = xcalloc((size_t)(n * (c->positions + 2)), sizeof *q->scratch);
	double *mean = q->scratch, *gap = mean + n, *x = gap + n, a = (double)q->n, b = (double)c->positions;
	memset(mean, 0, (size_t)n * sizeof *mean);
	for (int64_t at = 0; at < c->positions; at++) {
		gather(c, v, at, x + at * n);
		for (int64_t i = 0; i < n; i++)
			mean[i] += x[at * n + i];
	}
	for (int64_t i = 0; i < n; i++)
		mean[i] /= b;
	for (int64_t i = 0; i < n * c->positions && c->covariance; i += n)
		for (int64_t k = 0; k < n; k++)
			x[i + k] -= mean[k];
	join_means(q, n, mean, b, gap);
	if (c->covariance)
		figures_active()->products(n, c->positions > 1 ? c->positions : 0, x, a * b / (a + b),
		                           a > 0 ? gap : NULL, q->m2);
	q->n += c->positions;
}

void moments_add_gradient(struct survey_moments *q, const struct survey_consumer *c, const real *g)
{
	if (g && !all_finite(g, c->outputs * c->steps)) {
		q->not_finite++;
		return;
	}
	q->n_gradient += c->steps;
	for (int64_t o = 0; o < c->outputs && g; o++) {
		double sum = 0;
		for (int64_t t = 0; t < c->steps; t++)
			sum += (double)g[o * c->steps + t] * (double)g[o * c->steps + t];
		q->gradient[o] += sum;
	}
}

void moments_add_gradient_lanes(struct survey_moments *q, const struct survey_consumer *c, const real *g, int n)
{
	int64_t step = c->steps * TILE_LANES, left_out = 0;
	real bad[TILE_LANES] = { 0 }; /* NaN: a number of the lane is not finite */
	for (int64_t i = 0; i < c->outputs * step; i += TILE_LANES)
		for (int l = 0; l < TILE_LANES; l++)
			bad[l] += g[i + l] - g[i + l];
	for (int l = 0; l < n; l++)
		left_out += isnan(bad[l]) != 0;
	q->not_finite += left_out;
	q->n_gradient += (n - left_out) * c->steps;
	for (int64_t o = 0; o < c->outputs; o++) {
		double sum[TILE_LANES];
		figures_active()->square_sum_lanes(c->steps, g + o * step, sum);
		for (int l = 0; l < n; l++)
			q->gradient[o] += isnan(bad[l]) ? 0 : sum[l];
	}
}

void moments_join(struct survey_moments *to, const struct survey_moments *from, const struct survey_consumer *c)
{
	int64_t n = consumer_numbers(c), pairs = consumer_pairs(c);
	to->not_finite += from->not_finite;
	to->n_gradient += from->n_gradient;
	for (int64_t o = 0; o < c->outputs; o++)
		to->gradient[o] += from->gradient[o];
	if (!from->n)
		return;
	double a = (double)to->n, b = (double)from->n, *gap = xcalloc((size_t)n + 1, sizeof *gap);
	join_means(to, n, from->mean, b, gap);
	for (int64_t i = 0; i < pairs; i++)
		to->m2[i] += from->m2[i];
	if (to->n && pairs)
		figures_active()->products(n, 0, NULL, a * b / (a + b), gap, to->m2);
	to->n += from->n;
	free(gap);
}
