#include "core/probe/cluster.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/rng.h"

enum { RESTARTS = 10, ITERATIONS_MAX = 300 };

int cluster_default_k(int64_t n)
{
	return n >= 10 ? (int)(n / 5) : 1;
}

void cluster_distances(const real *x, int64_t n, int64_t d, double *d2)
{
	for (int64_t i = 0; i < n; i++) {
		d2[i * n + i] = 0;
		for (int64_t j = 0; j < i; j++) {
			double sum = 0;
			for (int64_t t = 0; t < d; t++) {
				double q = (double)x[i * d + t] - (double)x[j * d + t];
				sum += q * q;
			}
			d2[i * n + j] = d2[j * n + i] = sum;
		}
	}
}

int cluster_renumber(int *label, int n)
{
	int *name = xmalloc((size_t)n * sizeof *name), k = 0;
	for (int i = 0; i < n; i++)
		name[i] = -1;
	for (int i = 0; i < n; i++) {
		if (name[label[i]] < 0)
			name[label[i]] = k++;
		label[i] = name[label[i]];
	}
	free(name);
	return k;
}

/* ---- k-means on distances ----
 * With centre m of cluster A:  |x_i - m|^2 = mean over j in A of d2_ij  -  (mean over j, l in A of d2_jl) / 2. */
struct fit {
	const double *d2; /* (n,n) */
	int n, k;
	int *label, *size; /* (n), (k) */
	double *near;      /* (n): squared distance to the own centre, or while seeding to the nearest seed */
	double *sum;       /* (n,k): sum of d2_ij over j in cluster */
	double *within;    /* (k): sum of d2_jl over pairs of the cluster, both orders */
};

static double centre_distance(const struct fit *q, int i, int c)
{
	double m = q->size[c];
	double v = q->sum[(size_t)i * (size_t)q->k + (size_t)c] / m - q->within[c] / (2 * m * m);
	return v > 0 ? v : 0;
}

/* Sums of distances between points and clusters, from the labels. */
static void fit_sums(struct fit *q)
{
	size_t n = (size_t)q->n, k = (size_t)q->k;
	memset(q->size, 0, k * sizeof *q->size);
	memset(q->sum, 0, n * k * sizeof *q->sum);
	memset(q->within, 0, k * sizeof *q->within);
	for (size_t i = 0; i < n; i++) {
		q->size[q->label[i]]++;
		for (size_t j = 0; j < n; j++)
			q->sum[i * k + (size_t)q->label[j]] += q->d2[i * n + j];
	}
	for (size_t i = 0; i < n; i++)
		q->within[q->label[i]] += q->sum[i * k + (size_t)q->label[i]];
}

/* An index with probability proportional to weight; the last with any weight when rounding overshoots. -1: all are
 * zero. */
static int draw(struct rng *r, const double *weight, int n)
{
	double total = 0;
	int last = -1;
	for (int i = 0; i < n; i++)
		total += weight[i];
	double at = rng_uniform(r) * total;
	for (int i = 0; i < n; i++) {
		if (weight[i] > 0)
			last = i;
		at -= weight[i];
		if (at < 0 && weight[i] > 0)
			return i;
	}
	return last;
}

/* D^2 seeding. Returns the number of seeds: fewer than k when all points coincide with one. */
static int fit_seed(struct fit *q, struct rng *r)
{
	int n = q->n, seed = (int)rng_below(r, n), c = 0;
	for (int i = 0; i < n; i++)
		q->near[i] = INFINITY;
	for (; c < q->k && seed >= 0; c++) {
		for (int i = 0; i < n; i++) {
			double d = q->d2[(size_t)i * (size_t)n + (size_t)seed];
			if (d < q->near[i]) {
				q->near[i] = d;
				q->label[i] = c;
			}
		}
		seed = draw(r, q->near, n);
	}
	return c;
}

/* Give an empty cluster the point farthest from its centre. false: every point lies on its centre. */
static bool fit_reseed(struct fit *q)
{
	for (int c = 0; c < q->k; c++) {
		if (q->size[c])
			continue;
		int far = -1;
		double most = 0;
		for (int i = 0; i < q->n; i++) {
			double d = centre_distance(q, i, q->label[i]);
			if (q->size[q->label[i]] > 1 && d > most) {
				most = d;
				far = i;
			}
		}
		if (far < 0)
			return false;
		q->label[far] = c;
		fit_sums(q);
	}
	return true;
}

/* Move every point to its nearest centre (the first of equals, staying where it is on a tie). true: something moved. */
static bool fit_assign(struct fit *q)
{
	bool moved = false;
	for (int i = 0; i < q->n; i++) {
		int best = q->label[i];
		double least = centre_distance(q, i, best);
		for (int c = 0; c < q->k; c++) {
			if (!q->size[c] || c == q->label[i])
				continue;
			double d = centre_distance(q, i, c);
			/* a gain below rounding would let points swing for ever */
			if (d < least - 1e-12 * (1 + least)) {
				least = d;
				best = c;
			}
		}
		q->near[i] = least;
		moved |= best != q->label[i];
		q->label[i] = best;
	}
	return moved;
}

static double fit_lloyd(struct fit *q)
{
	fit_sums(q);
	for (int it = 0; it < ITERATIONS_MAX; it++) {
		bool moved = fit_assign(q);
		fit_sums(q);
		fit_reseed(q);
		if (!moved)
			break;
	}
	double inertia = 0;
	for (int c = 0; c < q->k; c++)
		if (q->size[c])
			inertia += q->within[c] / (2.0 * q->size[c]);
	return inertia;
}

int cluster_kmeans(const double *d2, int n, int k, uint64_t seed, int *label, double *inertia)
{
	*inertia = 0;
	if (n < 1)
		return 0;
	k = k < 1 ? 1 : k > n ? n : k;
	struct fit q = { .d2 = d2, .n = n };
	q.label = xcalloc((size_t)n, sizeof *q.label);
	q.size = xcalloc((size_t)k, sizeof *q.size);
	q.near = xcalloc((size_t)n, sizeof *q.near);
	q.sum = xcalloc((size_t)n * (size_t)k, sizeof *q.sum);
	q.within = xcalloc((size_t)k, sizeof *q.within);
	struct rng r;
	rng_init(&r, seed);
	double best = INFINITY;
	for (int t = 0; t < RESTARTS; t++) {
		q.k = k;
		q.k = fit_seed(&q, &r);
		double found = fit_lloyd(&q);
		if (found < best || t == 0) {
			best = found;
			memcpy(label, q.label, (size_t)n * sizeof *label);
		}
	}
	*inertia = best;
	free(q.label);
	free(q.size);
	free(q.near);
	free(q.sum);
	free(q.within);
	return cluster_renumber(label, n);
}

/* ---- silhouette ---- */

/* Of point i; mean[c] is scratch (k). */
static double silhouette_of(const double *dist, int n, const int *label, const int *size, int k, int i, double *mean)
{
	if (size[label[i]] < 2)
		return 0;
	memset(mean, 0, (size_t)k * sizeof *mean);
	for (int j = 0; j < n; j++)
		mean[label[j]] += dist[(size_t)i * (size_t)n + (size_t)j];
	double own = mean[label[i]] / (size[label[i]] - 1), other = INFINITY;
	for (int c = 0; c < k; c++)
		if (c != label[i] && size[c] && mean[c] / size[c] < other)
			other = mean[c] / size[c];
	double big = own > other ? own : other;
	return big > 0 && isfinite(big) ? (other - own) / big : 0;
}

double cluster_silhouette(const double *dist, int n, const int *label, int k)
{
	if (k < 2)
		return NAN;
	int *size = xcalloc((size_t)k, sizeof *size);
	double *mean = xcalloc((size_t)k, sizeof *mean), sum = 0;
	for (int i = 0; i < n; i++)
		size[label[i]]++;
	for (int i = 0; i < n; i++)
		sum += silhouette_of(dist, n, label, size, k, i, mean);
	free(size);
	free(mean);
	return sum / n;
}
