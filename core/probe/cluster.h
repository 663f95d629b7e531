/* Groups the filters of a layer by their activation in one window. A row is the activation of one filter, min-max
 * scaled over time; a constant row becomes zeros. Pairwise distances are computed once, and the rest works on them. */
#ifndef CORE_CLUSTER_H
#define CORE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/real.h"

enum { CLUSTER_FILTERS_MAX = 4096 }; /* distances are n x n doubles: 128 MB at most */

enum cluster_method {
	CLUSTER_KMEANS, /* the paper: k-means++ on the scaled activations */
	CLUSTER_DTW,    /* the paper's own tool: dynamic time warping, complete linkage, k by silhouette */
};

/* The paper's number of clusters for n filters: a fifth, at least 1. */
int cluster_default_k(int64_t n);

/* d2 (n,n): squared Euclidean distances of the rows of x (n,d), accumulated in double. */
void cluster_distances(const real *x, int64_t n, int64_t d, double *d2);

/* k-means on squared distances d2 (n,n): seeding by D^2 (Arthur and Vassilvitskii 2007, "k-means++", SODA), Lloyd's
 * iteration until nothing moves, the best of several restarts by inertia (sum of squared distances to the centres). A
 * cluster that runs empty is re-seeded with the point farthest from its centre. label (n): 0..k-1 in order of first
 * appearance. Returns the number of clusters: min(k, n), or fewer where the rows have fewer distinct values.
 * Deterministic for a seed. */
int cluster_kmeans(const double *d2, int n, int k, uint64_t seed, int *label, double *inertia);

/* Mean silhouette (Rousseeuw 1987) by distances dist (n,n), not squared; 0 for a point alone in its cluster. NaN for k
 * < 2. */
double cluster_silhouette(const double *dist, int n, const int *label, int k);

/* ---- the paper's own tool (CLUSTER_DTW), in slices ----
 * Distance: dynamic time warping, the square root of the least sum of squared differences over all warping paths, no
 * band (Sakoe and Chiba 1978, IEEE Transactions on Acoustics, symmetric form with all weights 1). Agglomerative
 * clustering with complete linkage. For every number of clusters 2..n-1 the mean silhouette; the number with the
 * largest is taken, the larger on a tie. */
/* That distance of the rows x and y (d). row (2,d) is scratch. */
double cluster_dtw_distance(const real *x, const real *y, int64_t d, double *row);
struct cluster_dtw;
extern const char *const cluster_method_names[]; /* by enum cluster_method, NULL-terminated */
/* x (n,d) rows, copied. k 0: by silhouette. Heap. */
struct cluster_dtw *cluster_dtw_new(const real *x, int n, int64_t d, int k);
void cluster_dtw_free(struct cluster_dtw *q);                /* NULL is fine */
bool cluster_dtw_step(struct cluster_dtw *q, double budget); /* about that many seconds; false: done */
/* When done: label (n) in order of first appearance, the mean silhouettes of 2, 3 ... n-1 clusters (n - 2 numbers; may
 * be NULL). Returns the number of clusters; *silhouette is theirs, NaN for one cluster. */
int cluster_dtw_result(const struct cluster_dtw *q, int *label, double *silhouettes, double *silhouette);

/* Renumber labels by first appearance; returns their number. */
int cluster_renumber(int *label, int n);

#endif
