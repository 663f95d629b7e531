/* What differs between two networks (core/diff). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/rng.h"
#include "core/diff/diff.h"
#include "core/diff/diff_match.h"
#include "core/diff/diff_outputs.h"
#include "tests/unit/unit.h"

static struct err e;

/* ---- partners ---- */

/* The largest sum of gain over all ways to give rows columns, by trying all. */
static double best_sum(int n, int m, const double *gain, int i, unsigned used, int skip)
{
	double best = -INFINITY;
	if (i == n)
		return 0;
	if (skip)
		best = best_sum(n, m, gain, i + 1, used, skip - 1);
	for (int k = 0; k < m; k++)
		if (!(used >> k & 1))
			best = fmax(best, gain[i * m + k] + best_sum(n, m, gain, i + 1, used | 1u << k, skip));
	return best;
}

START_TEST(partners_have_the_largest_sum)
{
	struct rng rng;
	rng_init(&rng, 7);
	for (int round = 0; round < 300; round++) {
		int n = 1 + (int)rng_below(&rng, 6), m = 1 + (int)rng_below(&rng, 6), to[6];
		double gain[36], sum = 0;
		unsigned used = 0;
		for (int i = 0; i < n * m; i++)
			gain[i] = round % 3 ? 2 * rng_uniform(&rng) - 1 : (double)rng_below(&rng, 3);
		diff_assign(n, m, gain, to);
		int with = 0;
		for (int i = 0; i < n; i++) {
			if (to[i] < 0)
				continue;
			ck_assert(!(used >> to[i] & 1) && to[i] < m);
			used |= 1u << to[i];
			sum += gain[i * m + to[i]];
			with++;
		}
		ck_assert_int_eq(with, n < m ? n : m);
		ck_assert_double_eq_tol(sum, best_sum(n, m, gain, 0, 0, n > m ? n - m : 0), 1e-12);
	}
}
END_TEST

/* Sums of scipy 1.10's linear_sum_assignment (tests/gen_diff.py --assignments). */
START_TEST(partners_of_many_filters_are_those_of_scipy)
{
	static const struct {
		int n, m;
		double sum;
	} want[] = { { 50, 50, 45.9012904462 },
		     { 64, 40, 37.5589954743 },
		     { 30, 90, 29.0513917689 },
		     { 1, 70, 0.999806348733 } };
	struct rng rng;
	rng_init(&rng, 9);
	for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
		int n = want[k].n, m = want[k].m, to[64], with = 0;
		double *gain = xcalloc((size_t)(n * m), sizeof *gain), sum = 0;
		bool used[90] = { 0 };
		for (int i = 0; i < n * m; i++) {
			double u = rng_uniform(&rng);
			gain[i] = u * u * u;
		}
		diff_assign(n, m, gain, to);
		for (int i = 0; i < n; i++) {
			if (to[i] < 0)
				continue;
			ck_assert(!used[to[i]]);
			used[to[i]] = true;
			sum += gain[i * m + to[i]];
			with++;
		}
		ck_assert_int_eq(with, n < m ? n : m);
		ck_assert_double_eq_tol(sum, want[k].sum, 1e-9);
		free(gain);
	}
}
END_TEST

/* ---- the bootstrap ---- */

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

START_TEST(blocks_are_drawn_in_a_circle)
{
	enum { N = 11, BLOCK = 3 };
	double v[N], draw[DIFF_DRAWS], low, high;
	struct rng rng;
	for (int i = 0; i < N; i++)
		v[i] = i * i - 20;
	diff_bootstrap(v, N, BLOCK, 5, &low, &high);
	rng_init(&rng, 5);
	for (int b = 0; b < DIFF_DRAWS; b++) {
		double sum = 0;
		for (int n = 0; n < N;) {
			int64_t at = rng_below(&rng, N);
			for (int k = 0; k < BLOCK && n < N; k++, n++)
				sum += v[(at + k) % N];
		}
		draw[b] = sum / N;
	}
	qsort(draw, DIFF_DRAWS, sizeof *draw, ascending);
	ck_assert_double_eq_tol(low, draw[25], 1e-9);
	ck_assert_double_eq_tol(high, draw[974], 1e-9);
	/* a block as long as all is the mean, whatever is drawn */
	diff_bootstrap(v, N, N, 5, &low, &high);
	ck_assert_double_eq_tol(low, (385 - 220) / 11., 1e-9);
	ck_assert_double_eq_tol(high, low, 1e-9);
}
END_TEST

/* ---- layers and weights ---- */

/* x (1,1,4) -> a chain of relus and convolutions with kernel 1: each layer has a name and so many filters; 0: a relu.
 */
struct chain {
	const char *name;
	int filters;
};

static struct model *chain_new(const struct chain *c, int n)
{
	struct model *m = model_new("chain", "test");
	struct graph *g = m->graph;
	int v = model_input(m, "input", "InputLayer", "NCT", 4, 1, 1, &e), l = 0, had = 1;
	for (int i = 0; i < n; i++) {
		int in[2] = { v, -1 };
		char name[32];
		if (c[i].filters) {
			real w[64] = { 0 };
			struct shape s = { 3, { c[i].filters, had, 1 } };
			for (int k = 0; k < c[i].filters * had; k++)
				w[k] = (real)(k + 1);
			snprintf(name, sizeof name, "%s/w", c[i].name);
			in[1] = graph_const_real(g, name, &s, w, true, &e);
			had = c[i].filters;
		}
		v = graph_op(g, in[1] < 0 ? "Relu" : "Conv", c[i].name, in[1] < 0 ? 1 : 2, in, 0, NULL, &e);
		ck_assert_msg(v >= 0, "%s", e.text);
		l = model_layer(m, c[i].name, "X", "", LAYER_ANALYSED, v, v, 1, &l, &e);
	}
	ck_assert_msg(model_finish(m, v, &e) == 0, "%s", e.text);
	return m;
}

/* The pairs as text: "a=a b=- -=c", shapes that differ with a ~. */
static void aligned(const struct chain *a, int n_a, const struct chain *b, int n_b, const char *want)
{
	struct model *m = chain_new(a, n_a), *o = chain_new(b, n_b);
	struct diff_pair *p;
	char text[256] = "";
	int n = diff_align(m, o, &p);
	for (int i = 0; i < n; i++) {
		size_t at = strlen(text);
		snprintf(text + at, sizeof text - at, "%s%s%s%s", i ? " " : "",
		         p[i].a < 0 ? "-" : m->layer[p[i].a].name, p[i].a < 0 || p[i].b < 0 || p[i].shaped ? "=" : "~",
		         p[i].b < 0 ? "-" : o->layer[p[i].b].name);
		ck_assert(p[i].named ==
		          (p[i].a >= 0 && p[i].b >= 0 && !strcmp(m->layer[p[i].a].name, o->layer[p[i].b].name)));
	}
	ck_assert_str_eq(text, want);
	free(p);
	model_free(m);
	model_free(o);
}

START_TEST(layers_are_aligned_by_name_and_by_shape)
{
	const struct chain net[] = { { "c1", 3 }, { "r1", 0 }, { "c2", 5 }, { "r2", 0 } };
	const struct chain other[] = { { "p", 3 }, { "q", 0 }, { "r", 5 }, { "s", 0 } };
	const struct chain thin[] = { { "c1", 2 }, { "r1", 0 }, { "c2", 5 }, { "r2", 0 } };
	const struct chain more[] = { { "c1", 3 }, { "r1", 0 }, { "new", 2 }, { "rn", 0 }, { "c2", 5 }, { "r2", 0 } };
	const struct chain less[] = { { "c2", 5 } };
	aligned(net, 4, net, 4, "c1=c1 r1=r1 c2=c2 r2=r2");
	aligned(net, 4, other, 4, "c1=p r1=q c2=r r2=s");
	aligned(net, 4, thin, 4, "c1~c1 r1~r1 c2=c2 r2=r2");
	aligned(net, 4, more, 6, "c1=c1 r1=r1 -=new -=rn c2=c2 r2=r2");
	aligned(more, 6, net, 4, "c1=c1 r1=r1 new=- rn=- c2=c2 r2=r2");
	aligned(net, 4, less, 1, "c1=- r1=- c2=c2 r2=-");
}
END_TEST

START_TEST(weights_by_hand)
{
	const struct chain net[] = { { "c1", 2 }, { "c2", 2 } };
	const struct chain other[] = { { "k1", 2 }, { "k2", 3 } };
	struct model *a = chain_new(net, 2), *b = chain_new(other, 2);
	struct diff_pair *p;
	struct diff_weight *w;
	char hash[2][SHA256_TEXT];
	/* numbers of the other model's first layer: 1 2 becomes 3 1 */
	int k1 = graph_find(b->graph, "k1/w");
	real *data = (real *)(uintptr_t)b->graph->value[k1].r;
	data[0] = 3, data[1] = 1;
	int n_pair = diff_align(a, b, &p), n = diff_weights(a, b, n_pair, p, &w);
	ck_assert_int_eq(n, 2);
	ck_assert(w[0].b == k1 && w[0].shaped && !w[0].equal && !w[0].turned);
	ck_assert_double_eq_tol(w[0].largest, 2, 1e-12);
	ck_assert_double_eq_tol(w[0].relative, sqrt(5) / sqrt(5), 1e-12); /* 2 and -1 of 1 and 2 */
	ck_assert_double_eq_tol(w[0].cosine, 5 / sqrt(5) / sqrt(10), 1e-12);
	ck_assert(w[1].a >= 0 && w[1].b >= 0 && !w[1].shaped && isnan(w[1].largest)); /* (2,2,1) and (3,2,1) */
	free(w);
	free(p);
	diff_weights_hash(a, hash[0]);
	model_free(a);
	a = chain_new(net, 2);
	diff_weights_hash(a, hash[1]);
	ck_assert_str_eq(hash[0], hash[1]);
	diff_weights_hash(b, hash[1]);
	ck_assert_str_ne(hash[0], hash[1]);
	model_free(a);
	model_free(b);
}
END_TEST

/* ---- scales ---- */

/* Two windows of one output; the second model's outputs are those of the first on another scale, in one window 3 raw
 * units more. */
START_TEST(outputs_are_compared_on_one_scale)
{
	const struct chain net[] = { { "c1", 1 } };
	struct model *m = chain_new(net, 1);
	m->outputs = 1; /* of four only the first is looked at */
	m->out_steps = 0;
	double values[8] = { 10, 20, 30, 40, 50, 60, 70, 80 }, *raw[] = { values };
	double shift[] = { 10, 20 }, scale[] = { 2, 5 };
	struct dataset d[2];
	int predict[] = { 0 };
	for (int s = 0; s < 2; s++)
		d[s] = (struct dataset){ .T = 4,
			                 .C = 1,
			                 .n = 2,
			                 .n_row = 8,
			                 .n_source = 1,
			                 .n_held = 1,
			                 .raw = raw,
			                 .step = 1,
			                 .horizon = 1,
			                 .n_y = 1,
			                 .n_predict = 1,
			                 .predict = predict,
			                 .scale = SCALE_STANDARD,
			                 .scaler = { 1, &shift[s], &scale[s], NULL, NULL } };
	ck_assert(diff_scalers_differ(&d[0], &d[1]) && !diff_scalers_differ(&d[0], &d[0]));
	/* raw 12 and 20; there 12 and 23 */
	real here[] = { 1, 5 }, there[] = { (real)-1.6, (real)0.6 };
	real *out[] = { here, there };
	const struct model *both[] = { m, m };
	const struct dataset *sets[] = { &d[0], &d[1] };
	struct diff_outputs r;
	diff_outputs(both, sets, TASK_REGRESSION, 0, out, &r);
	ck_assert(r.converted && r.windows == 2 && r.errors == 0 && isnan(r.difference));
	ck_assert_double_eq_tol(r.largest, 1.5, 1e-6);
	ck_assert_double_eq_tol(r.raw_largest, 3, 1e-6);
	ck_assert_double_eq_tol(r.raw_mean, 1.5, 1e-6);
	ck_assert(r.worst[0].window == 1 && fabs(r.worst[0].said[1] - 6.5) < 1e-6);
	there[0] = (real)NAN;
	diff_outputs(both, sets, TASK_REGRESSION, 0, out, &r);
	ck_assert(r.windows == 1 && r.not_finite_one == 1 && r.not_finite[1] == 1 && r.not_finite[0] == 0);
	model_free(m);
}
END_TEST

UNIT_MAIN("diff", partners_have_the_largest_sum, partners_of_many_filters_are_those_of_scipy,
          blocks_are_drawn_in_a_circle, layers_are_aligned_by_name_and_by_shape, weights_by_hand,
          outputs_are_compared_on_one_scale)
