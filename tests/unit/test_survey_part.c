/* Figures over a whole set: buckets, sampling, the tree of parts (core/survey), and hashes (core/base/sha256.h). */
#include "core/survey/survey_part.h"
#include "core/base/rng.h"
#include "core/base/sha256.h"
#include "core/run/run.h"
#include "tests/unit/hand_net.h"

START_TEST(a_bucket_is_one_per_cent_wide_and_begins_at_a_root_of_two)
{
	struct rng r;
	rng_init(&r, 1);
	ck_assert_int_eq(survey_bucket(1), 24 * SURVEY_OCTAVE);
	ck_assert_int_eq(survey_bucket(-2), 25 * SURVEY_OCTAVE);
	ck_assert_int_eq(survey_bucket(nextafterf(1, 0)), 24 * SURVEY_OCTAVE - 1);
	ck_assert_int_eq(survey_bucket(ldexpf(1, SURVEY_LOWEST)), 0);
	ck_assert_int_eq(survey_bucket(nextafterf(ldexpf(1, SURVEY_LOWEST), 0)), -1);
	ck_assert_int_eq(survey_bucket(ldexpf(1, 24)), SURVEY_BUCKETS);
	ck_assert_int_eq(survey_bucket(nextafterf(ldexpf(1, 24), 0)), SURVEY_BUCKETS - 1);
	ck_assert_int_eq(survey_bucket(1e-45f), -1);
	for (int i = 0; i < 200000; i++) {
		float v = (float)exp2(rng_uniform(&r) * 48 + SURVEY_LOWEST);
		double k = SURVEY_OCTAVE * (log2((double)v) - SURVEY_LOWEST);
		int got = survey_bucket(v);
		if (v < 16777216)
			ck_assert_msg(k > got - 1e-9 && k < got + 1 + 1e-9, "%.9g: %d, %.9g", (double)v, got, k);
	}
	ck_assert(exp2(1.0 / SURVEY_OCTAVE) - 1 < 0.01);
}
END_TEST

START_TEST(sampled_windows_are_as_many_as_asked_and_evenly_spread)
{
	for (int64_t n = 1; n < 60; n++)
		for (int64_t some = 0; some < 70; some++) {
			int64_t have = 0, last = -1;
			for (int64_t i = 0; i < n; i++) {
				if (!survey_sampled(i, some, n))
					continue;
				if (have && some < n)
					ck_assert(i - last == n / some || i - last == (n + some - 1) / some);
				have++;
				last = i;
			}
			ck_assert_int_eq(have, some < n ? some : n);
		}
}
END_TEST

START_TEST(shards_cover_every_chunk_once)
{
	for (int64_t chunks = 0; chunks < 20; chunks++)
		for (int64_t n = 1; n < 30; n++) {
			int64_t next = 0, from, to;
			for (int64_t k = 1; k <= n; k++) {
				survey_shard(chunks, k, n, &from, &to);
				ck_assert(from == next && to >= from);
				next = to;
			}
			ck_assert_int_eq(next, chunks);
		}
}
END_TEST

START_TEST(a_spread_counts_what_is_not_finite_and_joins_in_any_cut)
{
	double v[] = { 3, -1, 0, NAN, 5.5, INFINITY, 0, -INFINITY, 1e6 };
	for (int cut = 0; cut <= 9; cut++) {
		struct spread a = { 0 }, b = { 0 };
		for (int i = 0; i < 9; i++)
			spread_add(i < cut ? &a : &b, v[i]);
		spread_join(&a, &b);
		ck_assert(a.n == 6 && a.zero == 2 && a.nan == 1 && a.inf == 2 && a.min == -1 && a.max == 1e6);
		ck_assert_double_eq_tol(a.mean, 1000007.5 / 6, 1e-6);
		ck_assert_double_eq_tol(spread_deviation(&a), 372677.4372, 0.01);
	}
}
END_TEST

/* A plan of n chunks of one window, without layers. */
static struct survey_plan plan_of(int64_t n)
{
	return (struct survey_plan){
		.windows = n, .chunk = 1, .T = 1, .C = 1, .outputs = 1, .groups = 1, .error_shape = { .normal = -1 }
	};
}

static struct survey_part *leaf(const struct survey_plan *p, int64_t chunk)
{
	struct survey_part *q = survey_part_new(p, chunk, 1);
	q->saliency_channel[0] = 1.0 / (double)(chunk * chunk + 1);
	q->output[0] = (real)chunk;
	return q;
}

/* The sum of a node by its definition. */
static double node(int64_t first, int64_t size, int64_t n)
{
	if (size == 1)
		return 1.0 / (double)(first * first + 1);
	double left = node(first, size / 2, n);
	return first + size / 2 < n ? left + node(first + size / 2, size / 2, n) : left;
}

START_TEST(the_tree_adds_in_one_order_whatever_the_order_of_the_parts)
{
	struct rng r;
	rng_init(&r, 3);
	for (int64_t n = 1; n < 40; n++) {
		struct survey_plan p = plan_of(n);
		struct survey_tree t = { .plan = &p };
		int64_t order[40], size = 1;
		while (size < n)
			size *= 2;
		for (int64_t i = 0; i < n; i++) {
			int64_t k = rng_below(&r, i + 1);
			order[i] = order[k];
			order[k] = i;
		}
		for (int64_t i = 0; i < n; i++) {
			ck_assert(!survey_tree_all(&t));
			survey_tree_add(&t, leaf(&p, order[i]));
			for (int k = 0; k < t.n; k++)
				ck_assert(survey_is_node(&p, t.part[k]->first, t.part[k]->chunks));
		}
		const struct survey_part *all = survey_tree_all(&t);
		ck_assert(all && all->windows == n);
		ck_assert(all->saliency_channel[0] == node(0, size, n));
		for (int64_t i = 0; i < n; i++)
			ck_assert(all->output[i] == (real)i);
		survey_tree_release(&t);
	}
}
END_TEST

START_TEST(the_strongest_windows_are_ordered_by_value_and_then_by_index)
{
	struct survey_window top[SURVEY_TOP];
	int n = 0;
	for (int64_t i = 19; i >= 0; i--)
		survey_top_offer(top, &n, (struct survey_window){ i, 0, (double)(i % 5) });
	ck_assert_int_eq(n, SURVEY_TOP);
	int64_t want[] = { 4, 9, 14, 19, 3, 8, 13, 18 };
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(top[i].window, want[i]);
}
END_TEST

/* A network that is one operator with attribute alpha (0: without), or Clip to -2 .. 3. */
static struct model *one_operator(const char *op, double alpha)
{
	struct model *m = model_new("one", "test");
	struct attr a = attr_f("alpha", alpha);
	real limit[2] = { -2, 3 };
	int in[3], n_in = 1, from = 0;
	in[0] = model_input(m, "x", "Input", "NCT", 4, 1, 1, &e);
	for (int k = 0; k < 2 && !strcmp(op, "Clip"); k++)
		in[n_in++] = graph_const_real(m->graph, NULL, &(struct shape){ 0 }, &limit[k], false, &e);
	int y = graph_op(m->graph, op, "y", n_in, in, alpha > 0, &a, &e);
	ck_assert_msg(y >= 0 && model_layer(m, "y", op, "", LAYER_ANALYSED, y, y, 1, &from, &e) == 1, "%s", e.text);
	ck_assert_msg(model_finish(m, y, &e) == 0, "%s", e.text);
	return m;
}

/* The outputs far below and far above 0, where the function is saturated, are the values that count as rest: the same
 * numbers in the precision of the network. */
START_TEST(a_layer_rests_where_its_activation_function_is_saturated)
{
	static const struct {
		const char *op;
		double alpha;
		int n;
	} of[] = {
		{ "Relu", 0, 1 },        { "Elu", 0, 1 },  { "Elu", 0.3, 1 }, { "Selu", 0, 1 },
		{ "Selu", 1.1, 1 },      { "Celu", 2, 1 }, { "Tanh", 0, 2 },  { "Sigmoid", 0, 2 },
		{ "HardSigmoid", 0, 2 }, { "Clip", 0, 2 }, { "Erf", 0, 2 },   { "Softplus", 0, 1 },
		{ "Softsign", 0, 2 },
	};
	real x[4] = { -1e9f, 1e9f, 0, 1 };
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		struct model *m = one_operator(of[i].op, of[i].alpha);
		struct survey_layer_plan y = { 0 };
		struct run *r = run_new(m->graph);
		survey_rest(&y, m, 1);
		run_input(r, 0, x);
		run_forward(r);
		const real *v = run_real(r, m->output);
		ck_assert_msg(y.n_rest == of[i].n, "%s: %d values", of[i].op, y.n_rest);
		for (int k = 0; k < y.n_rest; k++)
			ck_assert_msg((double)v[k] == y.rest[k], "%s: %.9g, not %.9g", of[i].op, (double)v[k],
			              y.rest[k]);
		run_free(r);
		model_free(m);
	}
}
END_TEST

/* What a consumer reads at one position, by definition. */
static double number_at(const struct survey_consumer *c, const real *v, int64_t at, int64_t i)
{
	int64_t t = at * c->stride + i % c->taps * c->dilation - c->pad;
	return t < 0 || t >= c->times ? 0 : (double)v[i / c->taps * c->times + t];
}

/* Windows in two parts that are joined, against means and covariances by definition over all positions. */
START_TEST(moments_are_those_of_all_positions_with_zeros_outside)
{
	enum { WINDOWS = 5 };
	struct survey_consumer of[] = {
		{ .channels = 3, .times = 11, .taps = 1, .stride = 1, .dilation = 1, .positions = 11 },
		{ .channels = 2, .times = 11, .taps = 3, .stride = 2, .dilation = 2, .pad = 3, .positions = 6 },
		{ .channels = 2, .times = 4, .taps = 4, .stride = 1, .dilation = 1, .positions = 1 },
	};
	struct rng r;
	rng_init(&r, 8);
	for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
		struct survey_consumer *c = &of[k];
		struct survey_moments part[2];
		int64_t n = c->channels * c->taps, size = c->channels * c->times, all = WINDOWS * c->positions, at = 0;
		real v[WINDOWS][64];
		c->covariance = true;
		moments_init(&part[0], c);
		moments_init(&part[1], c);
		for (int w = 0; w < WINDOWS; w++) {
			for (int64_t i = 0; i < size; i++)
				v[w][i] = (real)(100 + rng_uniform(&r));
			moments_add(&part[w >= 2], c, v[w]);
		}
		real last = v[0][size - 1];
		v[0][size - 1] = (real)NAN;
		moments_add(&part[0], c, v[0]);
		v[0][size - 1] = last;
		moments_join(&part[0], &part[1], c);
		ck_assert(part[0].n == all && part[0].not_finite == 1);
		for (int64_t i = 0; i < n; i++)
			for (int64_t m = i; m < n; m++, at++) {
				double a = 0, b = 0, product = 0;
				for (int64_t p = 0; p < all; p++) {
					const real *x = v[p / c->positions];
					a += number_at(c, x, p % c->positions, i) / (double)all;
					b += number_at(c, x, p % c->positions, m) / (double)all;
				}
				for (int64_t p = 0; p < all; p++) {
					const real *x = v[p / c->positions];
					product += (number_at(c, x, p % c->positions, i) - a) *
					           (number_at(c, x, p % c->positions, m) - b);
				}
				ck_assert_double_eq_tol(part[0].mean[i], a, 1e-9);
				ck_assert_double_eq_tol(part[0].m2[at], product, 1e-7);
			}
		moments_release(&part[0]);
		moments_release(&part[1]);
	}
}
END_TEST

/* Conv with two taps reads the input; the dense layer reads the pooled steps through Flatten. */
START_TEST(the_consumers_of_a_small_net_are_found)
{
	struct net n = net_new();
	for (int kind = MOMENTS_CHANNELS; kind <= MOMENTS_NONE; kind++) {
		struct survey_consumer *c;
		int have = survey_consumers(n.m, (enum moments_kind)kind, &c);
		bool taps = kind == MOMENTS_TAPS;
		ck_assert_int_eq(have, kind == MOMENTS_NONE ? 0 : 2);
		if (have) {
			ck_assert(!strcmp(c[0].name, "conv") && !strcmp(c[0].reads, "input") && c[0].channels == 1);
			ck_assert(c[0].taps == (taps ? 2 : 1) && c[0].positions == (taps ? 3 : 4) && c[0].outputs == 2);
			ck_assert(!strcmp(c[1].name, "dense") && !strcmp(c[1].reads, "pool") && c[1].channels == 2);
			ck_assert(c[1].taps == (taps ? 2 : 1) && c[1].positions == (taps ? 1 : 2) && c[1].steps == 1);
		}
		for (int i = 0; i < have; i++)
			survey_consumer_release(&c[i]);
		free(c);
	}
	model_free(n.m);
}
END_TEST

/* FIPS 180-4's examples of one and of two blocks, and a million times the letter a. */
START_TEST(sha256_gives_the_hashes_of_the_standard)
{
	static const struct {
		const char *text, *hash;
	} of[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char text[SHA256_TEXT];
	struct sha256 s;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		for (size_t cut = 0; cut <= strlen(of[i].text); cut++) {
			sha256_init(&s);
			sha256_add(&s, of[i].text, cut);
			sha256_add(&s, of[i].text + cut, strlen(of[i].text) - cut);
			sha256_end(&s, text);
			ck_assert_str_eq(text, of[i].hash);
		}
	sha256_init(&s);
	for (int i = 0; i < 1000000; i++)
		sha256_add(&s, "a", 1);
	sha256_end(&s, text);
	ck_assert_str_eq(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

UNIT_MAIN("survey_part", a_bucket_is_one_per_cent_wide_and_begins_at_a_root_of_two,
          sampled_windows_are_as_many_as_asked_and_evenly_spread, shards_cover_every_chunk_once,
          a_spread_counts_what_is_not_finite_and_joins_in_any_cut,
          the_tree_adds_in_one_order_whatever_the_order_of_the_parts,
          the_strongest_windows_are_ordered_by_value_and_then_by_index,
          a_layer_rests_where_its_activation_function_is_saturated,
          moments_are_those_of_all_positions_with_zeros_outside, the_consumers_of_a_small_net_are_found,
          sha256_gives_the_hashes_of_the_standard)
