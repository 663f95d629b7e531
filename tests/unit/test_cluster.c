/* k-means++, inertia and silhouette against an independent computation: numpy over every partition of eight rows,
 *
 *	inertia = sum(((x[l == c] - x[l == c].mean(0)) ** 2).sum() for c in set(l)), least over itertools.product(range(k), repeat=8)
 *
 * and the silhouette of the best by Rousseeuw's definition on Euclidean distances. */
#include "core/cluster.h"
#include "tests/unit/unit.h"

enum { N = 8, D = 5 };
static const real rows[N * D] = {
	(real)0.09, (real)0.24, (real)0.8,  (real)0.58, (real)0.09,
	(real)0.43, (real)0.48, (real)0.16, (real)0.73, (real)0.11,
	(real)0.39, (real)0.52, (real)0.43, (real)0.59, (real)0.74,
	(real)0.96, (real)0.28, (real)0.65, (real)0.7,  (real)0.29,
	0,	    (real)0.97, (real)0.3,  (real)0.31, (real)0.89,
	0,	    0,		0,	    0,		0,
	0,	    0,		0,	    0,		0,
	(real)0.63, (real)0.3,  (real)0.74, (real)0.72, (real)0.22,
};

static const struct {
	int k;
	double inertia, silhouette;
	int label[N];
} best[] = {
	{ 1, 3.784575, NAN, { 0, 0, 0, 0, 0, 0, 0, 0 } },
	{ 2, 2.02736667, 0.46718907, { 0, 0, 0, 0, 0, 1, 1, 0 } },
	{ 3, 0.9648, 0.483739764, { 0, 0, 1, 0, 1, 2, 2, 0 } },
	{ 4, 0.6004, 0.422717509, { 0, 0, 1, 2, 1, 3, 3, 2 } },
};

START_TEST(the_best_partition)
{
	double d2[N * N], dist[N * N], inertia;
	int label[N], k = best[_i].k;
	cluster_distances(rows, N, D, d2);
	/* each seed ends in a local optimum; the least of some seeds is the best of all partitions */
	double least = INFINITY;
	int try[N];
	for (uint64_t seed = 0; seed < 20; seed++) {
		ck_assert_int_eq(cluster_kmeans(d2, N, k, seed, try, &inertia), k);
		ck_assert_double_ge(inertia, best[_i].inertia - 1e-6);
		if (inertia < least) {
			least = inertia;
			memcpy(label, try, sizeof label);
		}
	}
	ck_assert_double_eq_tol(least, best[_i].inertia, 1e-6);
	for (int i = 0; i < N; i++)
		ck_assert_int_eq(label[i], best[_i].label[i]);
	for (int i = 0; i < N * N; i++)
		dist[i] = sqrt(d2[i]);
	double s = cluster_silhouette(dist, N, label, k);
	if (k == 1)
		ck_assert(isnan(s));
	else
		ck_assert_double_eq_tol(s, best[_i].silhouette, 1e-6);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_clusters)
{
	/* many rows without structure: restarts end in different places */
	enum { MANY = 60 };
	static real x[MANY * 3];
	static double d2[MANY * MANY];
	int a[MANY], b[MANY];
	double ia, ib;
	unsigned v = 1;
	for (int i = 0; i < MANY * 3; i++)
		x[i] = (real)((v = v * 1664525u + 1013904223u) >> 8) / (1 << 24);
	cluster_distances(x, MANY, 3, d2);
	int k = cluster_kmeans(d2, MANY, 12, 7, a, &ia);
	ck_assert_int_eq(k, 12);
	ck_assert_int_eq(cluster_kmeans(d2, MANY, 12, 7, b, &ib), 12);
	ck_assert_double_eq(ia, ib);
	ck_assert_mem_eq(a, b, sizeof a);
	/* Lloyd has converged: every row is nearest to its own centre */
	double centre[12][3] = { { 0 } };
	int size[12] = { 0 };
	for (int i = 0; i < MANY; i++) {
		size[a[i]]++;
		for (int d = 0; d < 3; d++)
			centre[a[i]][d] += (double)x[i * 3 + d];
	}
	for (int i = 0; i < MANY; i++) {
		double own = 0, least = INFINITY;
		for (int c = 0; c < 12; c++) {
			double q = 0;
			ck_assert_int_gt(size[c], 0);
			for (int d = 0; d < 3; d++)
				q += pow((double)x[i * 3 + d] - centre[c][d] / size[c], 2);
			least = q < least ? q : least;
			own = c == a[i] ? q : own;
		}
		ck_assert_double_le(own, least + 1e-12);
	}
}
END_TEST

START_TEST(fewer_distinct_rows_than_clusters)
{
	const real x[] = { 1, 1, 5, 5, 5, 1 };
	double d2[36], inertia;
	int label[6];
	cluster_distances(x, 6, 1, d2);
	ck_assert_int_eq(cluster_kmeans(d2, 6, 4, 0, label, &inertia), 2);
	ck_assert_double_eq(inertia, 0);
	const int want[] = { 0, 0, 1, 1, 1, 0 };
	ck_assert_mem_eq(label, want, sizeof want);
	/* all alike: one cluster */
	const real same[] = { 0, 0, 0, 0 };
	cluster_distances(same, 4, 1, d2);
	ck_assert_int_eq(cluster_kmeans(d2, 4, 3, 0, label, &inertia), 1);
	ck_assert_int_eq(cluster_kmeans(d2, 1, 3, 0, label, &inertia), 1);
}
END_TEST

START_TEST(the_paper_s_number_of_clusters)
{
	ck_assert_int_eq(cluster_default_k(64), 12);
	ck_assert_int_eq(cluster_default_k(16), 3);
	ck_assert_int_eq(cluster_default_k(4), 1);
	ck_assert_int_eq(cluster_default_k(1), 1);
}
END_TEST

static void suite(TCase *t)
{
	tcase_add_loop_test(t, the_best_partition, 0, sizeof best / sizeof *best);
	tcase_add_test(t, the_same_seed_gives_the_same_clusters);
	tcase_add_test(t, fewer_distinct_rows_than_clusters);
	tcase_add_test(t, the_paper_s_number_of_clusters);
}
UNIT_MAIN_WITH("cluster", suite)
