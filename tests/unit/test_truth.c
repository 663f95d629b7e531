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
static void srg_by_hand(void)
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

/* From 0 to x: y(s) = 3 s + 3 max(0, 8 s - 3) + 4 max(0, 9 s - 3) + 0.5, which rises by 42. With 16 middles of parts
 * the slopes 24 and 36 are met 10 and 11 times, which gives 42.75 and is off by more than 1 %; with 32, 20 and 21
 * times, which gives 41.625. */
static void residual_by_hand(void)
{
	struct world w;
	struct truth_result r;
	world_open(&w, 1);
	struct truth_job j = { .m = w.n.m,
		               .d = &w.d,
		               .q = &w.q,
		               .n_method = 1,
		               .method = { { "integrated", saliency_find("integrated"), NULL } },
		               .windows = 1,
		               .replaces = 1u << REPLACE_ZERO,
		               .length = 1,
		               .threads = 1 };
	truth_run(&j, &r);
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_RESIDUAL], 0.375 / 42, 1e-6);
	truth_release(&r);
	world_close(&w);
}

/* b = 3/5 leaves 2 - 6/5 and 0 - 3/5 ... */
static void infidelity_by_hand(void)
{
	const double dot[] = { 1, 2 }, change[] = { 3, 0 };
	ck_assert_double_eq_tol(truth_infidelity(dot, change, 2), (2.4 * 2.4 + 1.2 * 1.2) / 9, 1e-12);
	const double exact[] = { -2, -4 }, of[] = { 1, 2 }, still[] = { 0, 0 };
	ck_assert_double_eq_tol(truth_infidelity(exact, of, 2), 0, 1e-12);
	ck_assert_double_eq_tol(truth_infidelity(still, of, 2), 1, 1e-12);
	ck_assert(isnan(truth_infidelity(of, still, 2)));
}

static void of_window(struct probe *p, real *out)
{
	memcpy(out, p->x, 4 * sizeof *out);
}

/* The job of one method that looks at one window, with the measures that need many maps. */
static void run_one(struct world *w, const char *name, void (*map)(struct probe *p, real *out), struct truth_result *r)
{
	world_open(w, 1);
	struct truth_job j = { .m = w->n.m,
		               .d = &w->d,
		               .q = &w->q,
		               .n_method = 1,
		               .method = { { name, -1, map } },
		               .windows = 1,
		               .replaces = 1u << REPLACE_ZERO,
		               .length = 1,
		               .more = true,
		               .threads = 1 };
	truth_run(&j, r);
}

/* A map that is the window itself moves by the noise alone. The window is 1 3 2 5: deviation sqrt(35 / 16), norm
 * sqrt(39). The stream of the noise is that of window 0 and purpose 10. */
static void stability_by_hand(void)
{
	struct world w;
	struct truth_result r;
	struct rng g;
	double most = 0, by = 0.01 * sqrt(35. / 16);
	run_one(&w, "window", of_window, &r);
	rng_init(&g, 0);
	rng_init(&g, rng_next(&g) + 0);
	rng_init(&g, rng_next(&g) + 10);
	for (int draw = 0; draw < 3; draw++) {
		double squares = 0;
		for (int t = 0; t < 4; t++) {
			double off = by * rng_normal(&g);
			squares += off * off;
		}
		most = fmax(most, sqrt(squares / 39));
	}
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_STABILITY], most, 1e-6);
	ck_assert(r.row[0].stability_more > r.row[0].measure[TRUTH_STABILITY]);
	truth_release(&r);
	world_close(&w);
}

/* The window, as long as the dense layer has its own bias; else the window with steps 1 and 2 exchanged. Ranks 0 2 1 3
 * against 0 1 2 3: correlation 1 - 6 * 2 / (4 * 15) = 0.8, after the dense layer alone was randomised and after both.
 */
static void of_bias(struct probe *p, real *out)
{
	const struct graph *g = p->m->graph;
	const struct node *dense = &g->node[g->n_node - 1];
	const real *b = p->run->call[g->n_node - 1].x[1];
	bool own = b == g->value[dense->in[1]].r;
	memcpy(out, p->x, 4 * sizeof *out);
	if (!own) {
		out[1] = p->x[2];
		out[2] = p->x[1];
	}
}

static void smprt_by_hand(void)
{
	struct world w;
	struct truth_result r;
	run_one(&w, "bias", of_bias, &r);
	ck_assert_int_eq(r.layers, 2);
	for (int k = 0; k < 2; k++)
		ck_assert_double_eq_tol(r.row[0].after[k], 0.8, 1e-6);
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_SMPRT], 0.8, 1e-6);
	truth_release(&r);
	world_close(&w);
}

/* Before: 0 0 0 1, shares 3/4 and 1/4. After: 0 0 1 1, shares 1/2 and 1/2. */
static void of_share(struct probe *p, real *out)
{
	const struct graph *g = p->m->graph;
	const struct node *dense = &g->node[g->n_node - 1];
	bool own = p->run->call[g->n_node - 1].x[1] == g->value[dense->in[1]].r;
	for (int i = 0; i < 4; i++)
		out[i] = i == 3 || (i == 2 && !own);
}

static void emprt_by_hand(void)
{
	struct world w;
	struct truth_result r;
	double before = -0.75 * log(0.75) - 0.25 * log(0.25);
	run_one(&w, "share", of_share, &r);
	ck_assert_double_eq_tol(r.row[0].measure[TRUTH_EMPRT], (log(2) - before) / before, 1e-9);
	truth_release(&r);
	world_close(&w);
}

/* Scores 5 3 3 1 0, important are the first of the two equal ones and the one with 1. Thresholds: 5 finds none of 1; 3
 * one of 3; 1 two of 4: average precision (1/3 + 1/2) / 2. Pairs: 3 against 5 3 0 wins 1.5 of 3, 1 against them 1 of 3.
 * Sums: 4 of 12. The first two places: 5, and one of the equal ones, which is important in half of the orders. */
static void found_by_hand(int measure, double want)
{
	double found[TRUTH_FOUND];
	truth_find((const double[]){ 5, 3, 3, 1, 0 }, (const unsigned char[]){ 0, 1, 0, 1, 0 }, 5, found);
	ck_assert_double_eq_tol(found[measure - TRUTH_OF_MASK], want, 1e-12);
}

static void auc_pr_by_hand(void)
{
	found_by_hand(TRUTH_AUC_PR, (1. / 3 + 1. / 2) / 2);
}

static void auc_roc_by_hand(void)
{
	found_by_hand(TRUTH_AUC_ROC, 2.5 / 6);
}

static void mass_by_hand(void)
{
	found_by_hand(TRUTH_MASS, 4. / 12);
}

static void rank_by_hand(void)
{
	found_by_hand(TRUTH_RANK, 0.5 / 2);
}

static void (*const by_hand[])(void) = {
	[TRUTH_SRG] = srg_by_hand,
	[TRUTH_RESIDUAL] = residual_by_hand,
	[TRUTH_INFIDELITY] = infidelity_by_hand,
	[TRUTH_STABILITY] = stability_by_hand,
	[TRUTH_SMPRT] = smprt_by_hand,
	[TRUTH_EMPRT] = emprt_by_hand,
	[TRUTH_AUC_PR] = auc_pr_by_hand,
	[TRUTH_AUC_ROC] = auc_roc_by_hand,
	[TRUTH_MASS] = mass_by_hand,
	[TRUTH_RANK] = rank_by_hand,
};

START_TEST(every_measure_has_a_case_by_hand)
{
	for (size_t k = 0; k < TRUTH_MEASURES; k++) {
		ck_assert_msg(k < sizeof by_hand / sizeof *by_hand && by_hand[k], "%s has none", truth_measures[k].key);
		by_hand[k]();
	}
}
END_TEST

/* ---- the mask ---- */

START_TEST(a_map_without_order_finds_a_mask_by_chance)
{
	double found[TRUTH_FOUND];
	const unsigned char inside[] = { 0, 1, 0, 0 }, none[4] = { 0 }, all[] = { 1, 1, 1, 1 };
	truth_find((const double[]){ 2, 2, 2, 2 }, inside, 4, found);
	ck_assert(found[0] == 0.25 && found[1] == 0.5 && found[2] == 0.25 && found[3] == 0.25);
	truth_find((const double[]){ 0, 0, 0, 0 }, inside, 4, found);
	ck_assert(found[0] == 0.25 && isnan(found[2]));
	for (int k = 0; k < 2; k++) {
		truth_find((const double[]){ 1, 2, 3, 4 }, k ? all : none, 4, found);
		for (int i = 0; i < TRUTH_FOUND; i++)
			ck_assert(isnan(found[i]));
	}
}
END_TEST

/* Windows of 4 steps that begin at rows 2 and 4 of 8, two channels; row 3 was dropped, so the rows after it move up. */
START_TEST(a_mask_is_found_by_the_rows_of_the_file)
{
	unsigned char at[16] = { 0 }, inside[8];
	int64_t row_of[] = { 2, 4, 5, 6, 7 }, start[] = { 0, 1 };
	struct dataset d = { .T = 4, .C = 2, .n = 2, .n_source = 2, .row_of = row_of, .start = start, .step = 1 };
	struct truth_mask mask = { .rows = 8, .C = 2, .at = at };
	struct perturb p;
	at[2 * 4 + 1] = at[2 * 3] = at[2 * 7] = 1; /* row 4 of channel 1; row 3, which is gone; row 7 of channel 0 */
	perturb_init(&p, 4, 2, &d, false, 1);
	ck_assert_int_eq(truth_mask_units(&mask, &d, 0, &p, inside), 1);
	ck_assert(inside[3]);
	ck_assert_int_eq(truth_mask_units(&mask, &d, 1, &p, inside), 2);
	ck_assert(inside[1] && inside[6]);
	/* units of three steps: 4 5 6 and 7 */
	perturb_init(&p, 4, 2, &d, false, 3);
	ck_assert_int_eq(truth_mask_units(&mask, &d, 1, &p, inside), 2);
	ck_assert(inside[1] && inside[2]);
}
END_TEST

/* A linear network is described exactly by maps whose numbers are its parts, when each is taken relative to what the
 * map compares with: zeros, the baseline, or the mean of the windows that expected gradients draw. */
START_TEST(infidelity_of_a_linear_network_is_none)
{
	static const char *const parts[] = { "gradient", "gradient-input", "integrated", "occlusion", "expected" };
	struct world w;
	struct truth_result r;
	world_open(&w, WINDOWS);
	struct model *m = model_new("linear.json", "test");
	struct shape s = sh(2, 4, 1, 0);
	int x = model_input(m, "input", "InputLayer", "NCT", 4, 1, 1, &e);
	int weight = graph_const_real(m->graph, "w", &s, dense_w, true, &e);
	int y = graph_op(m->graph, "Flatten", "flat", 1, &x, 0, NULL, &e);
	y = graph_op(m->graph, "MatMul", "dense", 2, (int[]){ y, weight }, 0, NULL, &e);
	model_layer(m, "dense", "Dense", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	struct truth_job j = { .m = m,
		               .d = &w.d,
		               .q = &w.q,
		               .windows = WINDOWS,
		               .replaces = (1u << REPLACE_COUNT) - 1,
		               .length = 1,
		               .threads = 1 };
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
		j.method[j.n_method++] = (struct truth_method){ parts[k], saliency_find(parts[k]), NULL };
	truth_run(&j, &r);
	for (int k = 0; k < j.n_method; k++)
		ck_assert_msg(r.row[k].measure[TRUTH_INFIDELITY] < 1e-6, "%s: %g", parts[k],
		              r.row[k].measure[TRUTH_INFIDELITY]);
	truth_release(&r);
	model_free(m);
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
	ck_assert_str_eq(said, "no method is better than a random order; the map of constant has no order in 100 % of "
	                       "the windows");
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
          every_measure_has_a_case_by_hand, a_map_without_order_finds_a_mask_by_chance,
          a_mask_is_found_by_the_rows_of_the_file, infidelity_of_a_linear_network_is_none, a_broken_method_comes_last,
          threads_change_no_number, entropy_of_a_histogram, a_map_that_does_not_see_the_network_is_found,
          deviation_of_each_channel)
