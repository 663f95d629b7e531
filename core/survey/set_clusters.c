#include "core/survey/set_clusters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 1 << 22 }; /* of one layer in all windows together, at most: else fewer windows */

struct set_clusters {
	struct question q;
	int layer;
	bool usable;
	int64_t F, times, all; /* all: windows of the data */
	int n, done;           /* windows side by side, and how many are there */
	real *x;               /* (F, n, times) */
	bool *active;          /* (F) in any window */
	struct cluster_dtw *warping;
	struct layer_clusters found;
	int *label, *size;
	bool *silent;
	real *prototype;
};

struct set_clusters *set_clusters_new(const struct model *m, const struct dataset *d, const struct question *q,
                                      int layer)
{
	struct set_clusters *s = xcalloc(1, sizeof *s);
	const struct layer *l = &m->layer[layer];
	int64_t size = l->filters * l->times;
	int most = q->cluster_method == CLUSTER_DTW ? SET_CLUSTER_WINDOWS_DTW : SET_CLUSTER_WINDOWS;
	question_copy(&s->q, q);
	filter_set_release(&s->q.off);
	s->layer = layer;
	s->F = l->filters;
	s->times = l->times;
	s->all = d->n;
	s->usable = l->has_time && l->filters <= CLUSTER_FILTERS_MAX;
	s->n = d->n < most ? (int)d->n : most;
	while (s->n > 1 && size > NUMBERS / s->n)
		s->n--;
	s->label = xcalloc((size_t)s->F + 1, sizeof *s->label);
	s->size = xcalloc((size_t)s->F + 1, sizeof *s->size);
	s->silent = xcalloc((size_t)s->F + 1, sizeof *s->silent);
	s->active = xcalloc((size_t)s->F + 1, sizeof *s->active);
	s->x = xcalloc((size_t)(s->usable ? size * s->n : 0) + 1, sizeof *s->x);
	s->found = (struct layer_clusters){ .method = q->cluster_method,
		                            .label = s->label,
		                            .size = s->size,
		                            .silent = s->silent,
		                            .inertia = NAN,
		                            .silhouette = NAN,
		                            .seed = q->seed };
	for (int64_t f = 0; f < s->F && !s->usable; f++)
		s->label[f] = -1;
	return s;
}

void set_clusters_free(struct set_clusters *s)
{
	if (!s)
		return;
	cluster_dtw_free(s->warping);
	question_release(&s->q);
	free(s->x);
	free(s->active);
	free(s->label);
	free(s->size);
	free(s->silent);
	free(s->prototype);
	free(s);
}

/* The activations of the next window, and at the end the scaling: each filter min-max over all windows, as over one. */
static void add_window(struct set_clusters *s, struct analysis *a)
{
	s->q.window = s->all * s->done / s->n;
	analysis_ask(a, &s->q);
	const real *act = analysis_activation(a, s->layer);
	for (int64_t f = 0; f < s->F; f++) {
		s->active[f] |= !analysis_silent(a, s->layer, f);
		memcpy(s->x + (f * s->n + s->done) * s->times, act + f * s->times, (size_t)s->times * sizeof *act);
	}
	if (++s->done < s->n)
		return;
	for (int64_t f = 0; f < s->F; f++) {
		real *row = s->x + f * s->n * s->times;
		minmax_scale(row, s->n * s->times, row);
		for (int64_t i = 0; i < s->n * s->times; i++)
			row[i] = isfinite(row[i]) ? row[i] : 0;
	}
}

static void by_kmeans(struct set_clusters *s)
{
	struct layer_clusters *q = &s->found;
	int n = (int)s->F;
	size_t pairs = (size_t)n * (size_t)n;
	double *d = xcalloc(pairs + 1, sizeof *d);
	cluster_distances(s->x, n, s->n * s->times, d);
	q->k = cluster_kmeans(d, n, s->q.clusters ? s->q.clusters : cluster_default_k(n), s->q.seed, s->label,
	                      &q->inertia);
	for (size_t i = 0; i < pairs; i++)
		d[i] = sqrt(d[i]);
	q->silhouette = cluster_silhouette(d, n, s->label, q->k);
	free(d);
}

/* Returns true while there is more to do. */
static bool by_dtw(struct set_clusters *s, double budget)
{
	if (!s->warping)
		s->warping = cluster_dtw_new(s->x, (int)s->F, s->n * s->times, s->q.clusters);
	if (cluster_dtw_step(s->warping, budget))
		return true;
	double *silhouettes = xcalloc((size_t)s->F + 1, sizeof *silhouettes);
	s->found.k = cluster_dtw_result(s->warping, s->label, silhouettes, &s->found.silhouette);
	free(silhouettes);
	return false;
}

/* Sizes, which clusters are silent, and their means. */
static void describe(struct set_clusters *s)
{
	int k = s->found.k;
	double *sum = xcalloc((size_t)(k * s->times) + 1, sizeof *sum);
	s->prototype = xcalloc((size_t)(k * s->times) + 1, sizeof *s->prototype);
	for (int i = 0; i < k; i++)
		s->silent[i] = true;
	for (int64_t f = 0; f < s->F; f++) {
		int i = s->label[f];
		s->size[i]++;
		s->silent[i] = s->silent[i] && !s->active[f];
		for (int64_t t = 0; t < s->n * s->times; t++)
			sum[i * s->times + t % s->times] += (double)s->x[f * s->n * s->times + t];
	}
	for (int64_t i = 0; i < k; i++)
		for (int64_t t = 0; t < s->times; t++)
			s->prototype[i * s->times + t] = (real)(sum[i * s->times + t] / (s->size[i] * (double)s->n));
	s->found.prototype = s->prototype;
	free(sum);
}

bool set_clusters_step(struct set_clusters *s, struct analysis *a, double budget)
{
	if (!s->usable || s->found.prototype)
		return false;
	if (s->done < s->n) {
		add_window(s, a);
		return true;
	}
	if (s->q.cluster_method == CLUSTER_DTW) {
		if (by_dtw(s, budget))
			return true;
	} else {
		by_kmeans(s);
	}
	describe(s);
	return false;
}

const struct layer_clusters *set_clusters_get(const struct set_clusters *s)
{
	return &s->found;
}

int set_clusters_windows(const struct set_clusters *s)
{
	return s->n;
}
