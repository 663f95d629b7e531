/* Twins, kernels, top windows, comparison and highlighting forward, on the network of hand_net.h. */
#include "core/analysis/compare.h"
#include "core/base/rng.h"
#include "core/analysis/top_windows.h"
#include "core/analysis/twins.h"
#include "tests/unit/hand_net.h"

enum { INPUT, CONV, POOL, FLAT, DENSE };

static struct analysis *analysis_of(const struct net *n, const real *x)
{
	struct analysis *a = analysis_new(n->m);
	analysis_window(a, x, NULL, -1);
	return a;
}

/* Relu of the convolution: 0 1 0 and 2 5 6. Less their means: -1/3 2/3 -1/3 and -7/3 2/3 5/3; product 4/9*... = 2/3,
 * norms sqrt(6)/3, sqrt(78)/3 */
START_TEST(correlation_by_hand)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n, window);
	struct twin t[3];
	ck_assert_int_eq(twins_find(a, CONV, 0, 3, t), 1);
	ck_assert_int_eq(t[0].filter, 1);
	ck_assert_double_eq_tol(t[0].correlation, (7.0 / 9 + 4.0 / 9 - 5.0 / 9) / (sqrt(6) / 3 * sqrt(78) / 3), 1e-6);
	/* the pool's filter 0 is constant: no twins, and no one's */
	ck_assert_int_eq(twins_find(a, POOL, 0, 3, t), 0);
	ck_assert_int_eq(twins_find(a, POOL, 1, 3, t), 0);
	ck_assert_int_eq(twins_find(a, DENSE, 0, 3, t), 0);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(kernels_by_hand)
{
	struct net n = net_new();
	struct kernel k;
	ck_assert(kernel_of(&k, n.m, CONV, 1));
	ck_assert_int_eq(k.channels, 1);
	ck_assert_int_eq(k.taps, 2);
	unit_close("weights", k.w, (conv_w + 2), 2, 0, 0);
	ck_assert_double_eq(k.bias, -3);
	ck_assert_double_eq(k.mean, 1.5);
	ck_assert_double_eq_tol(k.std, 0.5, 1e-12);
	ck_assert_double_eq_tol(k.norm, sqrt(5), 1e-12);
	ck_assert_double_eq(k.min, 1);
	ck_assert_double_eq(k.max, 2);
	ck_assert_int_eq(k.bin[0], 1);
	ck_assert_int_eq(k.bin[KERNEL_BINS - 1], 1);
	kernel_release(&k);
	/* Gemm: columns of (4,1) are filters */
	ck_assert(kernel_of(&k, n.m, DENSE, 0));
	ck_assert_int_eq(k.channels, 4);
	ck_assert_int_eq(k.taps, 1);
	unit_close("weights", k.w, dense_w, 4, 0, 0);
	ck_assert_int_eq(k.order[0], 3);
	ck_assert_int_eq(k.order[3], 0);
	kernel_release(&k);
	ck_assert(!kernel_of(&k, n.m, POOL, 0));
	ck_assert_ptr_null(k.w);
	model_free(n.m);
}
END_TEST

/* A data set made by hand: windows of 4 steps over a series. */
struct series {
	struct dataset d;
	struct window_set set;
	float *values;
};

static void series_make(struct series *s, int n)
{
	struct rng r;
	memset(s, 0, sizeof *s);
	rng_init(&r, 3);
	s->values = xcalloc((size_t)n, sizeof *s->values);
	for (int i = 0; i < n; i++)
		s->values[i] = (float)rng_normal(&r);
	s->set = (struct window_set){ .x = s->values,
		                      .n = n / 4,
		                      .rank = 2,
		                      .dim = { n / 4, 4 },
		                      .stride = { 4, 1 },
		                      .axes = "NT",
		                      .format = "" };
	struct recipe whole;
	recipe_init(&whole);
	ck_assert_msg(!dataset_of_windows(&s->d, &s->set, &whole, NULL, &e), "%s", e.text);
}

/* The five largest of all windows by a plain search. */
static void search(const struct net *n, const struct dataset *d, int layer, int64_t f, double *best, int64_t *which)
{
	struct analysis *a = analysis_new(n->m);
	real x[4];
	bool used[1024] = { false };
	ck_assert_int_le(d->n, 1024);
	for (int k = 0; k < TOP_WINDOWS; k++) {
		best[k] = -INFINITY;
		for (int64_t i = 0; i < d->n; i++) {
			dataset_window(d, i, x);
			analysis_window(a, x, NULL, -1);
			const struct layer *l = &n->m->layer[layer];
			const real *v = analysis_activation(a, layer) + f * l->times;
			for (int64_t t = 0; t < l->times; t++)
				if (!used[i] && (double)v[t] > best[k]) {
					best[k] = (double)v[t];
					which[k] = i;
				}
		}
		used[which[k]] = true;
	}
	analysis_free(a);
}

START_TEST(top_windows_are_those_of_a_plain_search)
{
	struct net n = net_new();
	struct series s;
	series_make(&s, 800);
	struct top_windows *t = top_windows_new(n.m, &s.d, true);
	int64_t done, total, steps = 0;
	while (top_windows_step(t, 0))
		steps++;
	top_windows_progress(t, &done, &total);
	ck_assert_int_eq(done, 200);
	ck_assert_int_eq(total, 200);
	ck_assert_int_eq(steps, 199);
	for (int layer = CONV; layer <= DENSE; layer++)
		for (int64_t f = 0; layer != FLAT && f < n.m->layer[layer].filters; f++) {
			double best[TOP_WINDOWS];
			int64_t which[TOP_WINDOWS];
			int k;
			const struct top_window *w = top_windows_get(t, layer, f, &k);
			search(&n, &s.d, layer, f, best, which);
			ck_assert_int_eq(k, TOP_WINDOWS);
			for (int i = 0; i < k; i++) {
				ck_assert_double_eq(w[i].value, best[i]);
				ck_assert_int_eq(w[i].window, which[i]);
			}
		}
	int k;
	ck_assert_ptr_null(top_windows_get(t, FLAT, 0, &k));
	top_windows_free(t);
	dataset_release(&s.d);
	free(s.values);
	model_free(n.m);
}
END_TEST

/* Windows of a series share rows with their neighbours, but not with those of another group. */
START_TEST(top_windows_that_do_not_overlap)
{
	struct net n = net_new();
	struct series s;
	series_make(&s, 800);
	struct segment part[2] = { { 0, 10, -1 }, { 10, 790, -1 } };
	int64_t start[794];
	for (int i = 0; i < 794; i++)
		start[i] = i < 7 ? i : i + 3;
	double *raw = xcalloc(800, sizeof *raw);
	for (int i = 0; i < 800; i++)
		raw[i] = (double)s.values[i];
	struct dataset d = { .T = 4,
		             .C = 1,
		             .n = 794,
		             .n_source = 1,
		             .n_row = 800,
		             .step = 1,
		             .raw = &raw,
		             .start = start,
		             .n_segment = 2,
		             .segment = part };
	struct top_windows *t = top_windows_new(n.m, &d, false);
	while (top_windows_step(t, 1))
		;
	double best[TOP_WINDOWS];
	int64_t which[TOP_WINDOWS];
	int k;
	const struct top_window *w = top_windows_get(t, CONV, 1, &k);
	search(&n, &d, CONV, 1, best, which);
	ck_assert_double_eq(w[0].value, best[0]);
	ck_assert_int_gt(k, 2);
	for (int i = 0; i < k; i++)
		for (int j = 0; j < i; j++)
			ck_assert_int_ge(llabs(start[w[i].window] - start[w[j].window]), 4);
	ck_assert(dataset_overlap(&d, 3, 6) && !dataset_overlap(&d, 3, 7));
	ck_assert(!dataset_overlap(&d, 6, 7)); /* rows 6 to 9 and 10 to 13 */
	top_windows_free(t);
	dataset_release(&s.d);
	free(s.values);
	free(raw);
	model_free(n.m);
}
END_TEST

/* test_trace.c works the same shares out backward: y is made of the input by these. */
START_TEST(feeds_by_hand)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n, window);
	const struct trace *t = analysis_feeds(a, INPUT, 0, 1);
	const double conv[] = { 0, 3.0 / 5, 0, 3.0 / 5, 6.0 / 8, 0 }, pool[] = { 3.0 / 5, 3.0 / 5, 6.0 / 8, 0 };
	ck_assert(t->complete);
	unit_close("conv", t->share[CONV], conv, 6, 1e-6, 0);
	unit_close("pool", t->share[POOL], pool, 4, 1e-6, 0);
	ck_assert_double_eq_tol((double)t->share[DENSE][0], (3 * 3.0 / 5 + 15 * 6.0 / 8) / 42, 1e-6);
	/* from the pool on: nothing before it */
	t = analysis_feeds(a, POOL, 1, 1);
	ck_assert_ptr_null(t->share[CONV]);
	ck_assert_double_eq_tol((double)t->share[DENSE][0], 24.0 / 42, 1e-6);
	/* a winner nowhere */
	t = analysis_feeds(a, CONV, 1, 0);
	ck_assert_ptr_null(t->share[POOL]);
	analysis_free(a);
	model_free(n.m);
}
END_TEST

START_TEST(a_variant_beside_the_whole)
{
	struct net n = net_new();
	struct analysis *a = analysis_of(&n, window), *b = analysis_copy(a);
	struct comparison c;
	struct question q = *analysis_question(b);
	filter_set_put(&q.off, CONV, 1, true);
	analysis_ask(b, &q);
	struct analysis *again = analysis_copy(b);
	ck_assert(question_equal(analysis_question(again), &q));
	question_release(&q);
	compare_outputs(a, b, &c);
	/* without filter 1: 1 + 2 + 0.5 */
	ck_assert_double_eq_tol(c.target[0], 42.5, 1e-5);
	ck_assert_double_eq_tol(c.target[1], 3.5, 1e-5);
	ck_assert_double_eq_tol(c.output, 39, 1e-5);
	ck_assert(c.same_window && isnan(c.loss[0]) && isnan(c.loss[1]) && c.cls[0] == -1);
	/* d y / d conv is 3 at step 1 of filter 0; 3 and 4 at steps 1 and 2 of filter 1, which stay: the weights behind
	 * it are the same */
	double diff[2];
	int moved[2];
	ck_assert(compare_importance(a, b, CONV, diff, moved));
	ck_assert_double_eq_tol(diff[0], 0, 1e-6);
	real map[4];
	/* dy/dx: filter 0 gives 3 -3 at x1 x2; filter 1 gives 6 3 at x1 x2 and 8 4 at x2 x3: abs of 9, 8, 4 together
	 * and of 3, -3 without */
	const double want[] = { 0, 3 - 9, 3 - 8, 0 - 4 };
	double share = compare_saliency(a, b, -1, 0, map);
	unit_close("map", map, want, 4, 1e-6, 0);
	ck_assert_double_eq_tol(share, 15.0 / 21, 1e-6);
	analysis_free(a);
	analysis_free(b);
	analysis_free(again);
	model_free(n.m);
}
END_TEST

UNIT_MAIN("twins", correlation_by_hand, kernels_by_hand, top_windows_are_those_of_a_plain_search,
          top_windows_that_do_not_overlap, feeds_by_hand, a_variant_beside_the_whole)
