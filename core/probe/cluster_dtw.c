/* Clusters as the paper's own tool makes them: see core/probe/cluster.h. Work comes in slices: rows of distances,
 * the merges of the tree, then one number of clusters after the other. */
#include "core/probe/cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/base/mem.h"

const char *const cluster_method_names[] = { [CLUSTER_KMEANS] = "kmeans", [CLUSTER_DTW] = "dtw", NULL };

enum phase { DISTANCES, TREE, SILHOUETTES, DONE };

struct merge {
	int a, b; /* members: the smallest of each cluster */
	double height;
};

struct cluster_dtw {
	int n, k; /* k 0: by silhouette */
	int64_t d;
	enum phase phase;
	real *x;             /* (n,d) */
	double *row;         /* (2,d): two rows of the warping table */
	double *dist;        /* (n,n) */
	int *twin;           /* (n): the first row that is the same; many filters are silent */
	int i, j;            /* the next distance, j < i */
	struct merge *merge; /* (n-1), by height */
	/* silhouettes: clusters are merged one by one, sum[p,c] the distances from p to the members of cluster c */
	double *sum;       /* (n,n) */
	int *label, *size; /* (n): name of the cluster: its smallest member */
	int n_cluster, next_merge;
	double *silhouette; /* (n): by number of clusters */
	int best;
};

struct cluster_dtw *cluster_dtw_new(const real *x, int n, int64_t d, int k)
{
	struct cluster_dtw *q = xcalloc(1, sizeof *q);
	size_t m = (size_t)n;
	q->n = n;
	q->d = d;
	q->k = k > n ? n : k;
	q->i = 1;
	q->x = xcalloc(m * (size_t)d, sizeof *q->x);
	memcpy(q->x, x, m * (size_t)d * sizeof *x);
	q->row = xcalloc(2 * (size_t)d, sizeof *q->row);
	q->dist = xcalloc(m * m, sizeof *q->dist);
	q->merge = xcalloc(m, sizeof *q->merge);
	q->sum = xcalloc(m * m, sizeof *q->sum);
	q->label = xcalloc(m, sizeof *q->label);
	q->size = xcalloc(m, sizeof *q->size);
	q->silhouette = xcalloc(m + 1, sizeof *q->silhouette);
	q->twin = xcalloc(m, sizeof *q->twin);
	for (int i = 0; i < n; i++)
		while (q->twin[i] < i && memcmp(x + q->twin[i] * d, x + i * d, (size_t)d * sizeof *x) != 0)
			q->twin[i]++;
	return q;
}

void cluster_dtw_free(struct cluster_dtw *q)
{
	if (!q)
		return;
	free(q->x), free(q->row), free(q->dist), free(q->merge), free(q->sum), free(q->label), free(q->size),
	        free(q->silhouette), free(q->twin);
	free(q);
}

/* ---- distances ---- */

/* x, y (d); row (2,d) scratch: D[i,j] = (x_i - y_j)^2 + min(D[i-1,j-1], D[i-1,j], D[i,j-1]) */
double cluster_dtw_distance(const real *x, const real *y, int64_t d, double *row)
{
	double *up = row, *now = row + d;
	for (int64_t i = 0; i < d; i++) {
		for (int64_t j = 0; j < d; j++) {
			double e = (double)x[i] - (double)y[j], least = i || j ? INFINITY : 0;
			if (i && up[j] < least)
				least = up[j];
			if (i && j && up[j - 1] < least)
				least = up[j - 1];
			if (j && now[j - 1] < least)
				least = now[j - 1];
			now[j] = e * e + least;
		}
		double *swap = up;
		up = now;
		now = swap;
	}
	return sqrt(up[d - 1]);
}

static void distance_step(struct cluster_dtw *q)
{
	if (q->i >= q->n) {
		q->phase = TREE;
		return;
	}
	size_t n = (size_t)q->n, i = (size_t)q->i, j = (size_t)q->j;
	size_t a = (size_t)q->twin[i], b = (size_t)q->twin[j];
	bool known = a == b || a != i || b != j;
	double v =
	        known ? q->dist[a * n + b] : cluster_dtw_distance(q->x + q->i * q->d, q->x + q->j * q->d, q->d, q->row);
	q->dist[i * n + j] = q->dist[j * n + i] = v;
	if (++q->j == q->i) {
		q->i++;
		q->j = 0;
	}
}

/* ---- the tree: complete linkage ---- */

static int by_height(const void *pa, const void *pb)
{
	const struct merge *a = pa, *b = pb;
	if (a->height != b->height)
		return a->height < b->height ? -1 : 1;
	return a->a != b->a ? (a->a < b->a ? -1 : 1) : a->b < b->b ? -1 : a->b > b->b;
}

/* Nearest neighbour of cluster c among the living, `before` on a tie. */
static int nearest(const double *h, const bool *alive, int n, int c, int before)
{
	int best = before;
	for (int i = 0; i < n; i++)
		if (alive[i] && i != c &&
		    (best < 0 || h[(size_t)c * (size_t)n + (size_t)i] < h[(size_t)c * (size_t)n + (size_t)best]))
			best = i;
	return best;
}

/* Chains of nearest neighbours (Murtagh 1983, Computer Journal 26): n^2 steps, the same tree as by always merging the
 * closest pair, because complete linkage never brings clusters nearer. */
static void tree_make(struct cluster_dtw *q)
{
	int n = q->n, depth = 0;
	if (n < 2)
		return;
	int *chain = xcalloc((size_t)n + 1, sizeof *chain);
	bool *alive = xcalloc((size_t)n, sizeof *alive);
	double *h = xcalloc((size_t)n * (size_t)n, sizeof *h);
	memcpy(h, q->dist, (size_t)n * (size_t)n * sizeof *h);
	memset(alive, true, (size_t)n * sizeof *alive);
	for (int m = 0; m < n - 1;) {
		for (int i = 0; i < n && !depth; i++)
			if (alive[i])
				chain[depth++] = i;
		int top = chain[depth - 1], before = depth > 1 ? chain[depth - 2] : -1,
		    next = nearest(h, alive, n, top, before);
		if (next != before) {
			chain[depth++] = next;
			continue;
		}
		int a = top < before ? top : before, b = top < before ? before : top;
		q->merge[m++] = (struct merge){ a, b, h[(size_t)a * (size_t)n + (size_t)b] };
		for (int i = 0; i < n; i++) {
			double *to = &h[(size_t)a * (size_t)n + (size_t)i],
			       other = h[(size_t)b * (size_t)n + (size_t)i];
			if (other > *to)
				*to = h[(size_t)i * (size_t)n + (size_t)a] = other;
		}
		alive[b] = false;
		depth -= 2;
	}
	qsort(q->merge, (size_t)(n - 1), sizeof *q->merge, by_height);
	free(chain);
	free(alive);
	free(h);
}

/* ---- silhouettes ---- */

static int cluster_of(const struct cluster_dtw *q, int member)
{
	return q->label[member];
}

static void merge_next(struct cluster_dtw *q)
{
	const struct merge *m = &q->merge[q->next_merge++];
	int a = cluster_of(q, m->a), b = cluster_of(q, m->b);
	if (a > b) {
		int swap = a;
		a = b;
		b = swap;
	}
	for (int i = 0; i < q->n; i++) {
		double *row = q->sum + (size_t)i * (size_t)q->n;
		row[a] += row[b];
		q->label[i] = q->label[i] == b ? a : q->label[i];
	}
	q->size[a] += q->size[b];
	q->size[b] = 0;
	q->n_cluster--;
}

/* Mean silhouette of the clusters as they are: as in cluster_silhouette, from the sums. */
static double silhouette_now(const struct cluster_dtw *q)
{
	double total = 0;
	for (int i = 0; i < q->n; i++) {
		const double *sum = q->sum + (size_t)i * (size_t)q->n;
		int own = q->label[i];
		if (q->size[own] < 2)
			continue;
		double a = sum[own] / (q->size[own] - 1), b = INFINITY;
		for (int c = 0; c < q->n; c++)
			if (c != own && q->size[c] && sum[c] / q->size[c] < b)
				b = sum[c] / q->size[c];
		double big = a > b ? a : b;
		total += big > 0 && isfinite(big) ? (b - a) / big : 0;
	}
	return total / q->n;
}

static void silhouettes_begin(struct cluster_dtw *q)
{
	memcpy(q->sum, q->dist, (size_t)q->n * (size_t)q->n * sizeof *q->sum);
	for (int i = 0; i < q->n; i++) {
		q->label[i] = i;
		q->size[i] = 1;
	}
	q->n_cluster = q->n;
	q->next_merge = 0;
}

static void silhouettes_step(struct cluster_dtw *q)
{
	if (q->n_cluster <= 2) {
		q->phase = DONE;
		return;
	}
	merge_next(q);
	double s = q->silhouette[q->n_cluster] = silhouette_now(q);
	/* from many clusters to few: on a tie the larger number stays. Sums in another order differ by rounding */
	if (!q->best || s > q->silhouette[q->best] + 1e-12)
		q->best = q->n_cluster;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool cluster_dtw_step(struct cluster_dtw *q, double budget)
{
	double end = now() + budget;
	while (q->phase != DONE) {
		switch (q->phase) {
		case DISTANCES:
			distance_step(q);
			break;
		case TREE:
			tree_make(q);
			silhouettes_begin(q);
			q->phase = SILHOUETTES;
			break;
		default:
			silhouettes_step(q);
		}
		if (now() >= end)
			break;
	}
	return q->phase != DONE;
}

int cluster_dtw_result(const struct cluster_dtw *q, int *label, double *silhouettes, double *silhouette)
{
	int k = q->k ? q->k : q->best ? q->best : q->n > 0, n = q->n;
	struct cluster_dtw cut = *q;
	cut.label = xcalloc((size_t)n + 1, sizeof *cut.label);
	cut.size = xcalloc((size_t)n + 1, sizeof *cut.size);
	cut.sum = xcalloc((size_t)n * (size_t)n + 1, sizeof *cut.sum);
	silhouettes_begin(&cut);
	while (cut.n_cluster > k)
		merge_next(&cut);
	memcpy(label, cut.label, (size_t)n * sizeof *label);
	*silhouette = k > 1 ? silhouette_now(&cut) : NAN;
	for (int c = 2; silhouettes && c < n; c++)
		silhouettes[c - 2] = q->silhouette[c];
	free(cut.label);
	free(cut.size);
	free(cut.sum);
	return n ? cluster_renumber(label, n) : 0;
}
