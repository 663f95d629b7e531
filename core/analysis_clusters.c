/* Clusters of a layer's filters in the current window. */
#include "core/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis_state.h"

static void clusters_allocate(struct layer_state *s, int64_t F)
{
	if (s->label)
		return;
	s->label = xcalloc((size_t)F, sizeof *s->label);
	s->size = xcalloc((size_t)F, sizeof *s->size);
	s->silent = xcalloc((size_t)F, sizeof *s->silent);
}

/* The layer's activations, each filter min-max scaled over time; the caller frees them. */
static real *scaled_rows(struct analysis *a, int layer)
{
	const struct layer *l = &a->layer[layer];
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

static void cluster_layer(struct analysis *a, int layer)
{
	const struct layer *l = &a->layer[layer];
	struct layer_state *s = &a->state[layer];
	int n = (int)l->filters;
	struct layer_clusters *q = &s->clusters;
	real *x = scaled_rows(a, layer);
	double *d = xcalloc((size_t)n * (size_t)n, sizeof *d);
	cluster_distances(x, n, l->times, d);
	free(x);
	q->k = cluster_kmeans(d, n, a->k ? a->k : cluster_default_k(n), a->seed, s->label, &q->inertia);
	for (size_t i = 0; i < (size_t)n * (size_t)n; i++)
		d[i] = sqrt(d[i]);
	q->silhouette = cluster_silhouette(d, n, s->label, q->k);
	free(d);
	memset(s->size, 0, (size_t)n * sizeof *s->size);
	for (int f = 0; f < n; f++)
		s->silent[f] = true;
	for (int f = 0; f < n; f++) {
		s->size[s->label[f]]++;
		s->silent[s->label[f]] = s->silent[s->label[f]] && analysis_dead(a, layer, f);
	}
}

const struct layer_clusters *analysis_clusters(struct analysis *a, int layer)
{
	const struct layer *l = &a->layer[layer];
	struct layer_state *s = &a->state[layer];
	analysis_forward(a);
	if (s->clusters_valid)
		return &s->clusters;
	clusters_allocate(s, l->filters);
	s->clusters = (struct layer_clusters){ .method = a->cluster_method, .label = s->label, .size = s->size, .silent = s->silent,
					       .inertia = NAN, .silhouette = NAN, .seed = a->seed };
	if (l->has_time && l->filters <= CLUSTER_FILTERS_MAX)
		cluster_layer(a, layer);
	else
		for (int64_t f = 0; f < l->filters; f++)
			s->label[f] = -1;
	s->clusters_valid = true;
	return &s->clusters;
}
