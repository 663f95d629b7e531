/* Clusters of a layer's filters in the current window. */
#include "core/analysis/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis_state.h"

static void clusters_allocate(struct layer_state *s, int64_t F)
{
	if (s->label)
		return;
	s->label = xcalloc((size_t)F, sizeof *s->label);
	s->size = xcalloc((size_t)F, sizeof *s->size);
	s->silent = xcalloc((size_t)F, sizeof *s->silent);
	s->silhouettes = xcalloc((size_t)F, sizeof *s->silhouettes);
}

/* The layer's activations, each filter min-max scaled over time; the caller frees them. */
static real *scaled_rows(struct analysis *a, int layer)
{
	const struct layer *l = &a->p.layer[layer];
	const real *act = analysis_activation(a, layer);
	real *x = xcalloc((size_t)layer_count(l), sizeof *x);
	for (int64_t f = 0; f < l->filters; f++)
		minmax_scale(act + f * l->times, l->times, x + f * l->times);
	/* a network that computes NaN: such a step takes no part */
	for (int64_t i = 0; i < layer_count(l); i++)
		if (!isfinite(x[i]))
			x[i] = 0;
	return x;
}

/* k-means: a few milliseconds for the layers of most networks. */
static void by_kmeans(struct analysis *a, int layer)
{
	const struct layer *l = &a->p.layer[layer];
	struct layer_state *s = &a->state[layer];
	int n = (int)l->filters;
	struct layer_clusters *q = &s->clusters;
	real *x = scaled_rows(a, layer);
	double *d = xcalloc((size_t)n * (size_t)n, sizeof *d);
	cluster_distances(x, n, l->times, d);
	free(x);
	q->k = cluster_kmeans(d, n, a->p.q.clusters ? a->p.q.clusters : cluster_default_k(n), a->p.q.seed, s->label,
	                      &q->inertia);
	for (size_t i = 0; i < (size_t)n * (size_t)n; i++)
		d[i] = sqrt(d[i]);
	q->silhouette = cluster_silhouette(d, n, s->label, q->k);
	free(d);
}

/* Warping the series of many filters takes long: in slices. true: there is more to do. */
static bool by_dtw(struct analysis *a, int layer, double budget)
{
	const struct layer *l = &a->p.layer[layer];
	struct layer_state *s = &a->state[layer];
	if (!a->clustering) {
		real *x = scaled_rows(a, layer);
		a->clustering = cluster_dtw_new(x, (int)l->filters, l->times, a->p.q.clusters);
		a->clustering_layer = layer;
		free(x);
	}
	if (cluster_dtw_step(a->clustering, budget))
		return true;
	struct layer_clusters *q = &s->clusters;
	q->k = cluster_dtw_result(a->clustering, s->label, s->silhouettes, &q->silhouette);
	q->silhouettes = s->silhouettes;
	q->n_silhouettes = l->filters > 2 ? (int)l->filters - 2 : 0;
	cluster_dtw_free(a->clustering);
	a->clustering = NULL;
	return false;
}

static void count_members(struct analysis *a, int layer)
{
	struct layer_state *s = &a->state[layer];
	int n = (int)a->p.layer[layer].filters;
	memset(s->size, 0, (size_t)n * sizeof *s->size);
	for (int f = 0; f < n; f++)
		s->silent[f] = true;
	for (int f = 0; f < n; f++) {
		s->size[s->label[f]]++;
		s->silent[s->label[f]] = s->silent[s->label[f]] && analysis_silent(a, layer, f);
	}
}

static void make_prototypes(struct analysis *a, int layer)
{
	const struct layer *l = &a->p.layer[layer];
	struct layer_state *s = &a->state[layer];
	size_t n = (size_t)s->clusters.k * (size_t)l->times;
	double *sum = xcalloc(n, sizeof *sum);
	real *x = scaled_rows(a, layer);
	s->prototype = xrealloc(s->prototype, n, sizeof *s->prototype);
	for (int64_t f = 0; f < l->filters; f++)
		for (int64_t t = 0; t < l->times; t++)
			sum[s->label[f] * l->times + t] += (double)x[f * l->times + t];
	for (int64_t c = 0; c < s->clusters.k; c++)
		for (int64_t i = c * l->times; i < (c + 1) * l->times; i++)
			s->prototype[i] = (real)(sum[i] / s->size[c]);
	s->clusters.prototype = s->prototype;
	free(x);
	free(sum);
}

bool analysis_clusters_step(struct analysis *a, int layer, double budget)
{
	const struct layer *l = &a->p.layer[layer];
	struct layer_state *s = &a->state[layer];
	bool more = false;
	probe_forward(&a->p);
	if (s->clusters_valid)
		return false;
	clusters_allocate(s, l->filters);
	if (a->clustering && a->clustering_layer != layer) {
		cluster_dtw_free(a->clustering);
		a->clustering = NULL;
	}
	if (!a->clustering)
		s->clusters = (struct layer_clusters){ .method = a->p.q.cluster_method,
			                               .label = s->label,
			                               .size = s->size,
			                               .silent = s->silent,
			                               .inertia = NAN,
			                               .silhouette = NAN,
			                               .seed = a->p.q.seed };
	if (!l->has_time || l->filters > CLUSTER_FILTERS_MAX) {
		for (int64_t f = 0; f < l->filters; f++)
			s->label[f] = -1;
	} else {
		if (a->p.q.cluster_method == CLUSTER_DTW)
			more = by_dtw(a, layer, budget);
		else
			by_kmeans(a, layer);
		if (!more) {
			count_members(a, layer);
			make_prototypes(a, layer);
		}
	}
	s->clusters_valid = !more;
	return more;
}

const struct layer_clusters *analysis_clusters(struct analysis *a, int layer)
{
	while (analysis_clusters_step(a, layer, INFINITY))
		;
	return &a->state[layer].clusters;
}

const struct layer_clusters *analysis_clusters_cached(const struct analysis *a, int layer)
{
	return a->state[layer].clusters_valid ? &a->state[layer].clusters : NULL;
}
