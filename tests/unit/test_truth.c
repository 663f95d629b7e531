/* How far maps may be believed (core/truth), and windows with replaced points (core/data/perturb.h). */
#include "core/truth/truth_checks.h"
#include "tests/unit/hand_net.h"

enum { WINDOWS = 6 };

/* Windows of the hand net: the first one is `window`, of which all numbers are known by hand. */
struct world {
	struct net n;
	float x[WINDOWS * 4];
	struct window_set set;
	struct dataset d;
	struct recipe r;
	struct question q;
};

static void world_open(struct world *w, int64_t windows)
{
	memset(w, 0, sizeof *w);
	w->n = net_new();
	w->set = (struct window_set){ .x = w->x, .n = windows, .rank = 2, .dim = { windows, 4 }, .stride = { 4, 1 } };
	for (int i = 0; i < WINDOWS * 4; i++)
		w->x[i] = (float)window[i % 4] + (float)(i / 4) * (float)(i % 3);
	recipe_init(&w->r);
	ck_assert_msg(dataset_of_windows(&w->d, &w->set, &w->r, w->n.m, &e) == 0, "%s", e.text);
	w->q = (struct question){ .task = TASK_REGRESSION };
}

static void world_close(struct world *w)
{
	recipe_release(&w->r);
	dataset_release(&w->d);
	model_free(w->n.m);
}

/* ---- replaced points ---- */

/* Two channels and the differences of both: T = 4, C = 4, two of them own. */
static struct dataset derived_data(void)
{
	return (struct dataset){ .T = 4, .C = 4, .n_source = 2, .derive = DERIVE_DIFF };
}

/* rows of own channels 1 3 2 6 and 0 2 4 4; differences 2 -1 4, mean size 7/3, and 2 2 0, mean size 4/3 */
static const real both[] = { 1, 0, 2, 2, 3, 2, -1, 2, 2, 4, 4, 0, 6, 4, (real)(7. / 3), (real)(4. / 3) };

static void replace(enum replace how, const real *other, const unsigned char *mask, bool series, const double *want)
{
	struct dataset d = derived_data();
	struct perturb p;
	real to[16];
	perturb_init(&p, 4, 4, &d, series, 1);
	ck_assert_int_eq(p.units, series ? 8 : 16);
	perturb_apply(&p, both, mask, how, other, to);
	unit_close("replaced", to, want, 16, 1e-6, 0);
}

/* Steps 1 and 2 of the first channel; its mean is 3. */
START_TEST(derived_channels_follow_the_replaced_points)
{
	const unsigned char mask[8] = { [2] = 1, [4] = 1 };
	const double mean[] = { 1, 0, 2, 2, 3, 2, 0, 2, 3, 4, 3, 0, 6, 4, 5. / 3, 4. / 3 };
	const double zero[] = { 1, 0, -1, 2, 0, 2, 0, 2, 0, 4, 6, 0, 6, 4, 7. / 3, 4. / 3 };
	const double line[] = { 1, 0, 5. / 3, 2, 8. / 3, 2, 5. / 3, 2, 13. / 3, 4, 5. / 3, 0, 6, 4, 5. / 3, 4. / 3 };
	replace(REPLACE_MEAN, NULL, mask, true, mean);
	replace(REPLACE_ZERO, NULL, mask, true, zero);
	replace(REPLACE_INTERPOLATE, NULL, mask, true, line);
	real other[16];
	for (int i = 0; i < 16; i++)
		other[i] = 9;
	const double window9[] = { 1, 0, 8, 2, 9, 2, 0, 2, 9, 4, -3, 0, 6, 4, 11. / 3, 4. / 3 };
	replace(REPLACE_WINDOW, other, mask, true, window9);
}
END_TEST

START_TEST(free_points_leave_the_others_alone)
{
	const unsigned char mask[16] = { [0] = 1, [6] = 1 };
	const double zero[] = { 0, 0, 2, 2, 3, 2, 0, 2, 2, 4, 4, 0, 6, 4, 7. / 3, 4. / 3 };
	replace(REPLACE_ZERO, NULL, mask, false, zero);
	/* at the end of a channel the nearest point that stays gives its value; the mean of 2 -1 4 7/3 is 11/6 */
	const double line[] = { 3, 0, 2, 2, 3, 2, 3, 2, 2, 4, 4, 0, 6, 4, 7. / 3, 4. / 3 };
	replace(REPLACE_INTERPOLATE, NULL, mask, false, line);
	const unsigned char all[16] = { [2] = 1, [6] = 1, [10] = 1, [14] = 1 };
	const double none[] = { 1, 0, 11. / 6, 2, 3, 2, 11. / 6, 2, 2, 4, 11. / 6, 0, 6, 4, 11. / 6, 4. / 3 };
	replace(REPLACE_INTERPOLATE, NULL, all, false, none);
}
END_TEST

/* Segments of three steps: the last one of a channel has one step. */
START_TEST(segments_are_scored_and_replaced_as_a_whole)
{
	struct dataset d = derived_data();
	struct perturb p;
	double score[8];
	real to[16];
	const real map[] = { 1, -2, 0, 1, 3, 0, -4, 0, 0, 0, 0, 0, (real)NAN, 5, 2, 0 };
	perturb_init(&p, 4, 4, &d, true, 3);
	ck_assert_int_eq(p.units, 4);
	perturb_scores(&p, map, score);
	const double want[] = { 1 + 0 + 3 + 4, 2 + 1, 0 + 2, 5 };
	unit_close("scores", score, want, 4, 0, 0);
	perturb_apply(&p, both, (const unsigned char[]){ 0, 0, 0, 1 }, REPLACE_ZERO, NULL, to);
	ck_assert(to[13] == 0 && to[12] == 6 && to[9] == 4 && to[11] == -4);
}
END_TEST

/* ---- orders, areas, sums ---- */

START_TEST(equal_scores_stay_in_place_in_both_orders)
{
	int64_t most[5], least[5];
	truth_order((const double[]){ 1, 3, 1, 0, 3 }, 5, true, most);
	truth_order((const double[]){ 1, 3, 1, 0, 3 }, 5, false, least);
	const int64_t want_most[] = { 1, 4, 0, 2, 3 }, want_least[] = { 3, 0, 2, 1, 4 };
	ck_assert(!memcmp(most, want_most, sizeof most) && !memcmp(least, want_least, sizeof least));
}
END_TEST

START_TEST(the_area_is_over_the_share_of_units)
{
	double d[TRUTH_STEPS + 1] = { 0 };
	int64_t share[TRUTH_STEPS + 1];
	for (int k = 0; k <= TRUTH_STEPS; k++) {
		share[k] = k < 10 ? 0 : k < 20 ? 1 : 4; /* in one step from 1 to 4 of 4 units */
		d[k] = k < 10 ? 0 : k < 20 ? 2 : 6;
	}
	ck_assert_double_eq_tol(truth_area(d, share), (1 + 3 * 4) / 4., 1e-15);
}
END_TEST

START_TEST(rank_correlation_gives_ties_their_mean_rank)
{
	const double a[] = { 1, 2, 2, 4 }, b[] = { 1, 3, 2, 4 }, flat[] = { 5, 5, 5, 5 }, back[] = { 9, 8, 8, 1 };
	/* ranks 0 1.5 1.5 3 against 0 2 1 3: sums of products 4.5, of squares 4.5 and 5 */
	ck_assert_double_eq_tol(truth_rank_correlation(a, b, 4), 4.5 / sqrt(4.5 * 5), 1e-15);
	ck_assert_double_eq_tol(truth_rank_correlation(a, back, 4), -1, 1e-15);
	ck_assert(isnan(truth_rank_correlation(a, flat, 4)));
}
END_TEST

/* b = 3/5 leaves 2 - 6/5 and 0 - 3/5 ... */
START_TEST(infidelity_is_what_the_best_scale_leaves)
{
	const double dot[] = { 1, 2 }, change[] = { 3, 0 };
	ck_assert_double_eq_tol(truth_infidelity(dot, change, 2), (2.4 * 2.4 + 1.2 * 1.2) / 9, 1e-12);
	const double exact[] = { -2, -4 }, of[] = { 1, 2 }, still[] = { 0, 0 };
	ck_assert_double_eq_tol(truth_infidelity(exact, of, 2), 0, 1e-12);
	ck_assert_double_eq_tol(truth_infidelity(still, of, 2), 1, 1e-12);
	ck_assert(isnan(truth_infidelity(of, still, 2)));
}
END_TEST

/* ---- one window by hand ---- */

/* Steps in the order 0 1 2 3. */
static void falling(struct probe *p, real *out)
{
	(void)p;
	for (int i = 0; i < 4; i++)
		out[i] = (real)(4 - i);
}

static void constant(struct probe *p, real *out)
{
	(void)p;
	for (int i = 0; i < 4; i++)
		out[i] = -1;
}

/* y with none, one .. of the steps replaced by 0, from the left: 42.5 42.5 24.5 8.5 0.5, from the right: 42.5 40.5 30.5
 * 1.5 0.5. By the mean 2.75, from the left: 44 42.5 46.25 37.25, from the right: 38.5 41.5 37.25 37.25. */
START_TEST(one_window_by_hand)
{
	struct world w;
	struct truth_result r;
	world_open(&w, 1);
	struct truth_job j = { .m = w.n.m,
		               .d = &w.d,
		               .q = &w.q,
		               .n_method = 2,
		               .method = { { "falling", -1, falling }, { "constant", -1, constant } },
		               .windows = 9,
		               .replaces = 1u << REPLACE_ZERO | 1u << REPLACE_MEAN,
		               .length = 1,
		               .threads = 1 };
	truth_run(&j, &r);
	ck_assert_int_eq(r.windows, 1);
	ck_assert_int_eq(r.n_row, 3);
	/* the share of step k is k/5, rounded */
	ck_assert(r.share[2] == 0 && r.share[3] == 1 && r.share[13] == 3 && r.share[18] == 4);
	const struct truth_srg *zero = &r.row[0].of[REPLACE_ZERO], *mean = &r.row[0].of[REPLACE_MEAN];
	ck_assert_double_eq_tol(zero->most.d[10], 18, 1e-5);
	ck_assert_double_eq_tol(zero->least.d[10], 12, 1e-5);
	ck_assert_double_eq_tol(zero->raw, 18.25 - 19, 1e-5);
	ck_assert_double_eq_tol(zero->srg, (18.25 - 19) / 42, 1e-6);
	ck_assert_double_eq_tol(mean->raw, 1.96875 - 3.21875, 1e-5);
	ck_assert_double_eq_tol(mean->srg, (1.96875 - 3.21875) / 5.25, 1e-6);
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_SRG], (zero->srg + mean->srg) / 2, 1e-12);
	ck_assert(zero->low == zero->high && fabs(zero->low - zero->srg) < 1e-9);
	ck_assert(r.row[1].of[REPLACE_ZERO].raw == 0 && r.row[1].of[REPLACE_MEAN].raw == 0);
	ck_assert(r.row[0].alike == 0 && r.row[1].alike == 1);
	truth_release(&r);
	world_close(&w);
}
END_TEST

/* ---- a measure must tell a broken method from a sound one ---- */

static void reversed(struct probe *p, real *out)
{
	const real *g = probe_input_gradient(p);
	for (int i = 0; i < 4; i++)
		out[i] = 1 / (real_abs(g[i] * p->x[i]) + (real)1e-3);
}

START_TEST(a_broken_method_comes_last)
{
	struct world w;
	struct truth_result r;
	char said[1024];
	world_open(&w, WINDOWS);
	int of[] = { saliency_find("gradient-input"), saliency_find("occlusion") };
	struct truth_job j = { .m = w.n.m,
		               .d = &w.d,
		               .q = &w.q,
		               .n_method = 4,
		               .method = { { "reversed", -1, reversed },
		                           { "constant", -1, constant },
		                           { "gradient-input", of[0], NULL },
		                           { "occlusion", of[1], NULL } },
		               .windows = WINDOWS,
		               .replaces = 1u << REPLACE_ZERO | 1u << REPLACE_MEAN,
		               .length = 1,
		               .threads = 1 };
	truth_run(&j, &r);
	for (int m = 1; m < 4; m++)
		ck_assert_msg(r.row[0].measure[TRUTH_SRG] < r.row[m].measure[TRUTH_SRG], "%s", r.row[m].name);
	for (int m = 2; m < 4; m++)
		ck_assert_msg(r.row[m].measure[TRUTH_SRG] > r.row[1].measure[TRUTH_SRG], "%s", r.row[m].name);
	ck_assert(r.best >= 2);
	truth_sentence(&r, said, sizeof said);
	ck_assert_msg(strstr(said, "reversed") && strstr(said, "constant") &&
	                      strstr(said, "no better than a random order"),
	              "%s", said);
	truth_release(&r);
	/* alone they lead nothing */
	j.n_method = 2;
	truth_run(&j, &r);
	truth_sentence(&r, said, sizeof said);
	ck_assert_str_eq(said, "no method is better than a random order");
	truth_release(&r);
	world_close(&w);
}
END_TEST

START_TEST(threads_change_no_number)
{
	struct world w;
	struct truth_result one, four;
	world_open(&w, WINDOWS);
	struct truth_job j = { .m = w.n.m,
		               .d = &w.d,
		               .q = &w.q,
		               .windows = WINDOWS,
		               .replaces = (1u << REPLACE_COUNT) - 1,
		               .length = 1,
		               .more = true,
		               .threads = 1 };
	for (int k = 0; saliency_methods[k].name; k++)
		j.method[j.n_method++] = (struct truth_method){ saliency_methods[k].name, k, NULL };
	truth_run(&j, &one);
	j.threads = 4;
	truth_run(&j, &four);
	for (int m = 0; m < one.n_row; m++) {
		for (int how = 0; how < REPLACE_COUNT; how++)
			ck_assert(!memcmp(&one.row[m].of[how], &four.row[m].of[how],
			                  offsetof(struct truth_srg, by_class)));
		ck_assert(!memcmp(one.row[m].measure, four.row[m].measure, sizeof one.row[m].measure));
	}
	truth_release(&one);
	truth_release(&four);
	world_close(&w);
}
END_TEST

/* ---- measures that need many maps ---- */

START_TEST(entropy_of_a_histogram)
{
	const real two[] = { 4, -4, 0, (real)0.01 }, one[] = { 3, 3, 3 }, none[] = { 0, 0 };
	ck_assert_double_eq_tol(truth_entropy(two, 4), log(2), 1e-12);
	ck_assert(truth_entropy(one, 3) == 0 && truth_entropy(none, 2) == 0);
}
END_TEST

static void of_window(struct probe *p, real *out)
{
	memcpy(out, p->x, 4 * sizeof *out);
}

/* A map of the window alone is the same for every network; the gradient of a random network is another one. A constant
 * map is stable, has no order, and so no rank correlation. */
START_TEST(a_map_that_does_not_see_the_network_is_found)
{
	struct world w;
	struct truth_result r;
	world_open(&w, WINDOWS);
	struct truth_job j = { .m = w.n.m,
		               .d = &w.d,
		               .q = &w.q,
		               .n_method = 3,
		               .method = { { "window", -1, of_window },
		                           { "constant", -1, constant },
		                           { "gradient", saliency_find("gradient"), NULL } },
		               .windows = WINDOWS,
		               .replaces = 1u << REPLACE_ZERO,
		               .length = 1,
		               .more = true,
		               .threads = 1 };
	truth_run(&j, &r);
	ck_assert_int_eq(r.layers, 2); /* of the convolution and of the dense layer */
	ck_assert(r.stability_windows == 1 && r.random_windows == 1);
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_SMPRT], 1, 1e-12);
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_EMPRT], 0, 1e-12);
	ck_assert(r.row[2].measure[TRUTH_SMPRT] < 0.99);
	ck_assert(r.row[1].measure[TRUTH_STABILITY] == 0 && isnan(r.row[1].measure[TRUTH_SMPRT]));
	ck_assert(r.row[0].measure[TRUTH_STABILITY] > 0);
	truth_release(&r);
	world_close(&w);
}
END_TEST

START_TEST(deviation_of_each_channel)
{
	struct world w;
	double got;
	const int64_t which[] = { 0, 2 };
	world_open(&w, WINDOWS);
	double sum = 0, squares = 0;
	for (int i = 0; i < 8; i++)
		sum += (double)w.x[i < 4 ? i : i + 4] / 8;
	for (int i = 0; i < 8; i++)
		squares += pow((double)w.x[i < 4 ? i : i + 4] - sum, 2) / 8;
	truth_deviation(&w.d, which, 2, &got);
	ck_assert_double_eq_tol(got, sqrt(squares), 1e-6);
	world_close(&w);
}
END_TEST

UNIT_MAIN("truth", derived_channels_follow_the_replaced_points, free_points_leave_the_others_alone,
          segments_are_scored_and_replaced_as_a_whole, equal_scores_stay_in_place_in_both_orders,
          the_area_is_over_the_share_of_units, rank_correlation_gives_ties_their_mean_rank,
          infidelity_is_what_the_best_scale_leaves, one_window_by_hand, a_broken_method_comes_last,
          threads_change_no_number, entropy_of_a_histogram, a_map_that_does_not_see_the_network_is_found,
          deviation_of_each_channel)
