/* k-means++, inertia and silhouette against an independent computation: numpy over every partition of eight rows,
 *
 *	inertia = sum(((x[l == c] - x[l == c].mean(0)) ** 2).sum() for c in set(l)), least over
 *itertools.product(range(k), repeat=8)
 *
 * and the silhouette of the best by Rousseeuw's definition on Euclidean distances. */
#include "core/probe/cluster.h"
#include "core/analysis/rank.h"
#include "core/base/rng.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

enum { N = 8, D = 5 };
static const real rows[N * D] = {
	(real)0.09, (real)0.24, (real)0.8,  (real)0.58, (real)0.09, (real)0.43, (real)0.48, (real)0.16,
	(real)0.73, (real)0.11, (real)0.39, (real)0.52, (real)0.43, (real)0.59, (real)0.74, (real)0.96,
	(real)0.28, (real)0.65, (real)0.7,  (real)0.29, 0,          (real)0.97, (real)0.3,  (real)0.31,
	(real)0.89, 0,          0,          0,          0,          0,          0,          0,
	0,          0,          0,          (real)0.63, (real)0.3,  (real)0.74, (real)0.72, (real)0.22,
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

/* ---- as the paper's own tool ---- */

/* The least sum over all warping paths, each of them walked. */
static double warp_all(const real *x, const real *y, int i, int j)
{
	double e = (double)x[i] - (double)y[j], least = i || j ? INFINITY : 0;
	if (i)
		least = fmin(least, warp_all(x, y, i - 1, j));
	if (j)
		least = fmin(least, warp_all(x, y, i, j - 1));
	if (i && j)
		least = fmin(least, warp_all(x, y, i - 1, j - 1));
	return e * e + least;
}

/* Merge the two clusters whose farthest members are nearest until k are left: looked for from the start each time. */
static void linkage_plain(const double *dist, int n, int k, int *label)
{
	for (int i = 0; i < n; i++)
		label[i] = i;
	for (int left = n; left > k; left--) {
		double least = INFINITY;
		int a = -1, b = -1;
		for (int p = 0; p < n; p++)
			for (int q = 0; q < p; q++) {
				double far = 0;
				if (label[p] == label[q])
					continue;
				for (int i = 0; i < n; i++)
					for (int j = 0; j < n; j++)
						if (label[i] == label[p] && label[j] == label[q])
							far = fmax(far, dist[i * n + j]);
				if (far < least) {
					least = far;
					a = label[p], b = label[q];
				}
			}
		for (int i = 0; i < n; i++)
			label[i] = label[i] == a ? b : label[i];
	}
	cluster_renumber(label, n);
}

START_TEST(dtw_clusters_by_plain_search)
{
	enum { F = 14, STEPS = 6 };
	real x[F * STEPS];
	double dist[F * F], own_dist[F * F], row[2 * STEPS], silhouettes[F], own;
	int label[F], plain[F];
	struct rng r;
	rng_init(&r, (uint64_t)_i);
	for (int i = 0; i < F * STEPS; i++)
		x[i] = (real)rng_uniform(&r);
	/* two that are silent */
	memset(x + 3 * STEPS, 0, STEPS * sizeof *x);
	memset(x + 8 * STEPS, 0, STEPS * sizeof *x);
	for (int i = 0; i < F; i++)
		for (int j = 0; j < F; j++)
			dist[i * F + j] =
			        i == j ? 0 : sqrt(warp_all(x + i * STEPS, x + j * STEPS, STEPS - 1, STEPS - 1));
	int want = 0;
	double most = -INFINITY;
	for (int k = F - 1; k >= 2; k--) {
		linkage_plain(dist, F, k, plain);
		double s = cluster_silhouette(dist, F, plain, k);
		if (s > most + 1e-12) {
			most = s;
			want = k;
		}
	}
	struct cluster_dtw *q = cluster_dtw_new(x, F, STEPS, 0);
	int64_t slices = 0;
	while (cluster_dtw_step(q, 0))
		slices++;
	ck_assert_int_gt(slices, F * (F - 1) / 2);
	for (int i = 0; i < F; i++)
		for (int j = 0; j < F; j++)
			own_dist[i * F + j] = cluster_dtw_distance(x + i * STEPS, x + j * STEPS, STEPS, row);
	unit_close("distances", own_dist, dist, F * F, 1e-6, 1e-9);
	int k = cluster_dtw_result(q, label, silhouettes, &own);
	ck_assert_int_eq(k, want);
	ck_assert_double_eq_tol(own, most, 1e-6);
	ck_assert_double_eq_tol(silhouettes[k - 2], most, 1e-6);
	linkage_plain(dist, F, k, plain);
	for (int i = 0; i < F; i++)
		ck_assert_int_eq(label[i], plain[i]);
	cluster_dtw_free(q);
	/* k by hand */
	q = cluster_dtw_new(x, F, STEPS, 5);
	while (cluster_dtw_step(q, 1))
		;
	ck_assert_int_eq(cluster_dtw_result(q, label, NULL, &own), 5);
	linkage_plain(dist, F, 5, plain);
	for (int i = 0; i < F; i++)
		ck_assert_int_eq(label[i], plain[i]);
	ck_assert_double_eq_tol(own, cluster_silhouette(dist, F, plain, 5), 1e-6);
	cluster_dtw_free(q);
}
END_TEST

/* One, two and three filters: nothing to choose from. */
START_TEST(dtw_clusters_of_few_filters)
{
	const real x[] = { 0, 1, 1, 0, 1, 0 };
	for (int n = 1; n <= 3; n++) {
		int label[3] = { 9, 9, 9 };
		double s;
		struct cluster_dtw *q = cluster_dtw_new(x, n, 2, 0);
		while (cluster_dtw_step(q, 1))
			;
		int k = cluster_dtw_result(q, label, NULL, &s);
		ck_assert_int_eq(k, n < 3 ? 1 : 2);
		ck_assert_int_eq(label[0], 0);
		ck_assert(n < 3 ? isnan(s) : s > 0);
		cluster_dtw_free(q);
	}
}
END_TEST

static cJSON *parse_file(const char *path)
{
	unsigned char *data;
	size_t n;
	struct err e = { 0 };
	ck_assert_msg(!read_file(path, 1 << 28, &data, &n, &e), "%s: %s", path, e.text);
	cJSON *o = json_parse((const char *)data, n, &e);
	ck_assert_msg(o != NULL, "%s: %s", path, e.text);
	free(data);
	return o;
}

/* (F,T) of a layer of a golden window, min-max scaled. */
static real *golden_rows(const cJSON *window, const char *name, int *F, int *steps)
{
	const cJSON *l;
	cJSON_ArrayForEach(l, json_get(window, "layers")) if (!strcmp(json_get(l, "name")->valuestring, name)) break;
	ck_assert_ptr_nonnull(l);
	*F = json_get(l, "shape")->child->valueint;
	*steps = json_get(l, "shape")->child->next->valueint;
	real *x = calloc((size_t)(*F * *steps), sizeof *x);
	int at = 0;
	for (const cJSON *v = json_get(l, "act")->child; v; v = v->next)
		x[at++] = (real)v->valuedouble;
	for (int f = 0; f < *F; f++)
		minmax_scale(x + f * *steps, *steps, x + f * *steps);
	return x;
}

/* Where two merges have equal heights, the labels depend on the order of the merges. So the silhouettes are compared
 * and, for small layers, the distances (tsviz-methods(7) in src/cli/pages). */
START_TEST(dtw_clusters_of_the_paper_s_model)
{
	const char *path = unit_shared("golden/internet_traffic_extras.json");
	if (!path)
		unit_skip("../shared is not there");
	cJSON *extras = parse_file(path);
	const cJSON *w = cJSON_GetArrayItem(json_get(extras, "windows"), _i), *q;
	char name[64];
	snprintf(name, sizeof name, "golden/internet_traffic_%04d.json", json_get(w, "index")->valueint);
	cJSON *window = parse_file(unit_shared(name));
	int layers = 0, same_labels = 0;
	cJSON_ArrayForEach(q, json_get(w, "clusters"))
	{
		int F, steps, label[64], at = 0;
		double got[64], own;
		real *x = golden_rows(window, json_get(q, "name")->valuestring, &F, &steps);
		struct cluster_dtw *c = cluster_dtw_new(x, F, steps, 0);
		while (cluster_dtw_step(c, 1))
			;
		double *row = xcalloc(2 * (size_t)steps, sizeof *row);
		int k = cluster_dtw_result(c, label, got, &own), want_k = json_get(q, "k")->valueint;
		for (const cJSON *v = json_get(q, "silhouette")->child; v; v = v->next, at++)
			if (at + 2 == want_k)
				ck_assert_msg(fabs(v->valuedouble - own) < 1e-5,
				              "%s: silhouette %.9g of %d clusters instead of %.9g of %d",
				              json_get(q, "name")->valuestring, own, k, v->valuedouble, want_k);
		ck_assert_int_eq(at, F - 2);
		ck_assert_int_eq(k, want_k);
		const cJSON *dtw = json_get(q, "dtw");
		int pair = 0;
		for (int i = 0; dtw && i < F; i++)
			for (int j = i + 1; j < F; j++) {
				double want = cJSON_GetArrayItem(dtw, pair++)->valuedouble;
				double got_pair = cluster_dtw_distance(x + i * steps, x + j * steps, steps, row);
				ck_assert_double_eq_tol(got_pair, want, 1e-5);
			}
		ck_assert(!dtw || pair == cJSON_GetArraySize(dtw));
		bool same = true;
		at = 0;
		for (const cJSON *v = json_get(q, "labels")->child; v; v = v->next)
			same &= v->valueint == label[at++];
		same_labels += same;
		layers++;
		cluster_dtw_free(c);
		free(row);
		free(x);
	}
	ck_assert_int_eq(layers, 5);
	ck_assert_msg(same_labels >= 4, "labels of %d of 5 layers agree", same_labels);
	cJSON_Delete(extras);
	cJSON_Delete(window);
}
END_TEST

static void suite(TCase *t)
{
	tcase_add_loop_test(t, the_best_partition, 0, sizeof best / sizeof *best);
	tcase_add_test(t, the_same_seed_gives_the_same_clusters);
	tcase_add_test(t, fewer_distinct_rows_than_clusters);
	tcase_add_test(t, the_paper_s_number_of_clusters);
	tcase_add_loop_test(t, dtw_clusters_by_plain_search, 0, 20);
	tcase_add_test(t, dtw_clusters_of_few_filters);
	tcase_add_loop_test(t, dtw_clusters_of_the_paper_s_model, 0, 5);
}
UNIT_MAIN_WITH("cluster", suite)
