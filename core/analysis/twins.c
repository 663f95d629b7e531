#include "core/analysis/twins.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"

/* ---- twins ---- */

/* d (n): v less its mean, over its norm; false: v is constant or not finite. */
static bool normed(const real *v, int64_t n, double *d)
{
	double mean = 0, norm = 0;
	bool moves = false;
	for (int64_t i = 0; i < n; i++) {
		mean += (double)v[i] / (double)n;
		moves |= v[i] != v[0];
	}
	for (int64_t i = 0; i < n; i++) {
		d[i] = (double)v[i] - mean;
		norm += d[i] * d[i];
	}
	for (int64_t i = 0; i < n; i++)
		d[i] /= sqrt(norm);
	return moves && norm > 0 && isfinite(norm);
}

static void insert(struct twin *out, int *n, int most, struct twin t)
{
	int at = *n < most ? (*n)++ : most - 1;
	while (at > 0 && out[at - 1].correlation < t.correlation) {
		out[at] = out[at - 1];
		at--;
	}
	out[at] = t;
}

int twins_find(struct analysis *a, int layer, int64_t filter, int most, struct twin *out)
{
	int n_layer, n = 0;
	const struct layer *l = &analysis_layers(a, &n_layer)[layer];
	const real *act = analysis_activation(a, layer);
	int64_t T = l->times;
	if (!l->has_time || most < 1)
		return 0;
	double *own = xcalloc((size_t)T * 2, sizeof *own), *other = own + T;
	bool moves = normed(act + filter * T, T, own);
	for (int64_t f = 0; f < l->filters && moves; f++) {
		if (f == filter || !normed(act + f * T, T, other))
			continue;
		double r = 0;
		for (int64_t t = 0; t < T; t++)
			r += own[t] * other[t];
		r = r > 1 ? 1 : r < -1 ? -1 : r;
		if (n < most || r > out[n - 1].correlation)
			insert(out, &n, most, (struct twin){ (int)f, r });
	}
	free(own);
	return n;
}

bool twins_range(struct analysis *a, int layer, double *low, double *high)
{
	int n_layer, F = (int)analysis_layers(a, &n_layer)[layer].filters;
	struct twin *all = xcalloc((size_t)F + 1, sizeof *all);
	*low = 2;
	*high = -2;
	for (int f = 0; f < F; f++) {
		int n = twins_find(a, layer, f, F, all);
		if (n) {
			*low = fmin(*low, all[n - 1].correlation);
			*high = fmax(*high, all[0].correlation);
		}
	}
	free(all);
	return *low <= *high;
}

/* ---- kernel ---- */

/* The layer's first operator with constant weights for what depends on the window; *axis is that of its filters. */
static const struct node *weighing_node(const struct model *m, const struct layer *l, int *axis)
{
	const struct graph *g = m->graph;
	for (int i = l->first_node; i < l->end_node; i++) {
		const struct node *n = &g->node[i];
		*axis = n->op->filter_axis ? n->op->filter_axis(g, n) : -1;
		if (*axis >= 0 && g->value[n->in[1]].constant && !g->value[n->in[0]].constant)
			return n;
	}
	return NULL;
}

/* The weights are (filters, channels, taps), or (channels, filters, taps), of which a filter's are copied out. */
static bool kernel_find(struct kernel *k, const struct model *m, int layer, int64_t filter, real **copy)
{
	const struct layer *l = &m->layer[layer];
	int axis;
	const struct node *n = weighing_node(m, l, &axis);
	if (!n)
		return false;
	const struct value *w = &m->graph->value[n->in[1]],
	                   *b = n->n_in > 2 && n->in[2] >= 0 ? &m->graph->value[n->in[2]] : NULL;
	int64_t F = w->shape.dim[axis], count = shape_count(&w->shape);
	if (F != l->filters || !count)
		return false;
	k->channels = w->shape.dim[!axis];
	k->taps = count / F / k->channels;
	k->bias = b && b->constant && shape_count(&b->shape) == F ? (double)b->r[filter] : NAN;
	k->w = w->r + filter * (count / F);
	if (axis == 0)
		return true;
	*copy = xcalloc((size_t)(count / F), sizeof **copy);
	for (int64_t i = 0; i < k->channels; i++)
		memcpy(*copy + i * k->taps, w->r + (i * F + filter) * k->taps, (size_t)k->taps * sizeof **copy);
	k->w = *copy;
	return true;
}

static void measure(const real *w, int64_t n, double *mean, double *norm, double *min, double *max)
{
	double sum = 0, squares = 0;
	*min = INFINITY, *max = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)w[i];
		sum += v;
		squares += v * v;
		*min = fmin(*min, v);
		*max = fmax(*max, v);
	}
	*mean = sum / (double)n;
	*norm = sqrt(squares);
}

static void histogram(struct kernel *k)
{
	double range = k->max - k->min;
	for (int64_t i = 0; i < k->channels * k->taps; i++) {
		double at = range > 0 ? ((double)k->w[i] - k->min) / range * KERNEL_BINS : 0;
		int bin = at >= KERNEL_BINS ? KERNEL_BINS - 1 : at > 0 ? (int)at : 0;
		k->bin[bin]++;
	}
}

bool kernel_of(struct kernel *k, const struct model *m, int layer, int64_t filter)
{
	memset(k, 0, sizeof *k);
	if (!kernel_find(k, m, layer, filter, &k->own))
		return false;
	int64_t n = k->channels * k->taps;
	measure(k->w, n, &k->mean, &k->norm, &k->min, &k->max);
	double variance = k->norm * k->norm / (double)n - k->mean * k->mean;
	k->std = sqrt(variance > 0 ? variance : 0);
	k->channel = xcalloc((size_t)k->channels, sizeof *k->channel);
	k->order = xcalloc((size_t)k->channels, sizeof *k->order);
	real *norm = xcalloc((size_t)k->channels, sizeof *norm);
	for (int64_t c = 0; c < k->channels; c++) {
		struct kernel_channel *q = &k->channel[c];
		measure(k->w + c * k->taps, k->taps, &q->mean, &q->norm, &q->min, &q->max);
		norm[c] = (real)q->norm;
	}
	rank_order(norm, k->channels, k->order, NULL);
	histogram(k);
	free(norm);
	return true;
}

void kernel_release(struct kernel *k)
{
	free(k->own);
	free(k->channel);
	free(k->order);
	memset(k, 0, sizeof *k);
}
