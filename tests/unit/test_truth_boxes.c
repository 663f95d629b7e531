/* Maps of a network whose important points are known (samples/boxes.awk): a measure must put maps that were broken on
 * purpose behind sound ones. */
#include <math.h>
#include <string.h>
#include "core/truth/truth.h"
#include "src/read/read_model.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"

enum { CHANNELS = 3, WINDOWS = 50 };

struct boxes {
	struct model *m;
	struct dataset d;
	struct question q;
	struct truth_mask mask;
	unsigned char *at;
};

static void boxes_open(struct boxes *b)
{
	struct read_options o = { 0 };
	struct recipe r;
	struct table t;
	struct err e;
	memset(b, 0, sizeof *b);
	recipe_init(&r);
	b->m = read_model("samples/boxes-model.json", &o, &e);
	ck_assert_msg(b->m != NULL, "%s", e.text);
	recipe_merge(&r, b->m->recipe);
	ck_assert(recipe_set(&r, "rows", "9600:", &e) >= 0);
	ck_assert_msg(!table_from_file(&t, "samples/boxes.csv", &e), "%s", e.text);
	ck_assert_msg(!dataset_cut(&b->d, &t, &r, b->m, &e), "%s", e.text);
	table_release(&t);
	ck_assert_msg(!table_from_file(&t, "samples/boxes-mask.csv", &e), "%s", e.text);
	b->at = xcalloc((size_t)(t.n_row * CHANNELS), 1);
	for (int64_t k = 0; k < t.n_row * CHANNELS; k++)
		b->at[k] = t.number[k % CHANNELS][k / CHANNELS] != 0;
	b->mask = (struct truth_mask){ .rows = t.n_row, .C = CHANNELS, .at = b->at };
	table_release(&t);
	recipe_release(&r);
	question_init(&b->q, b->m, TASK_CLASSIFICATION);
	b->q.target = target_default(TASK_CLASSIFICATION);
}

static void boxes_close(struct boxes *b)
{
	question_release(&b->q);
	dataset_release(&b->d);
	model_free(b->m);
	free(b->at);
}

/* ---- maps that are broken on purpose ---- */

/* What matters most has the smallest value. */
static void reversed(struct probe *p, real *out)
{
	const real *g = probe_input_gradient(p);
	for (int64_t i = 0; i < probe_window_count(p); i++)
		out[i] = 1 / (real_abs(g[i] * p->x[i]) + (real)1e-3);
}

static void constant(struct probe *p, real *out)
{
	for (int64_t i = 0; i < probe_window_count(p); i++)
		out[i] = -1;
}

static void by_chance(struct probe *p, real *out)
{
	struct rng r;
	rng_init(&r, (uint64_t)p->q.window + 12345);
	for (int64_t i = 0; i < probe_window_count(p); i++)
		out[i] = (real)rng_uniform(&r);
}

enum { REVERSED, CONSTANT, CHANCE, SOUND };
static const char *const sound[] = { "gradient-input", "integrated", "occlusion", "expected", "relevance" };

static void run(struct boxes *b, struct truth_result *r)
{
	struct truth_job j = {
		.m = b->m,
		.d = &b->d,
		.q = &b->q,
		.n_method = SOUND,
		.method = { { "reversed", -1, reversed }, { "constant", -1, constant }, { "chance", -1, by_chance } },
		.windows = WINDOWS,
		.replaces = 1u << REPLACE_ZERO | 1u << REPLACE_WINDOW,
		.length = 1,
		.mask = &b->mask,
		.threads = 2
	};
	for (size_t k = 0; k < sizeof sound / sizeof *sound; k++)
		j.method[j.n_method++] = (struct truth_method){ sound[k], saliency_find(sound[k]), NULL };
	truth_run(&j, r);
}

/* ---- */

START_TEST(broken_maps_come_last_by_order_and_by_mask)
{
	static const int by[] = { TRUTH_SRG, TRUTH_AUC_PR, TRUTH_AUC_ROC, TRUTH_MASS, TRUTH_RANK };
	struct boxes b;
	struct truth_result r;
	boxes_open(&b);
	run(&b, &r);
	for (size_t k = 0; k < sizeof by / sizeof *by; k++)
		for (int broken = 0; broken < SOUND; broken++)
			for (int m = SOUND; m < r.n_row - 1; m++)
				ck_assert_msg(r.row[m].measure[by[k]] > r.row[broken].measure[by[k]] + 0.1,
				              "%s: %s has %g, %s has %g", truth_measures[by[k]].key, r.row[m].name,
				              r.row[m].measure[by[k]], r.row[broken].name,
				              r.row[broken].measure[by[k]]);
	ck_assert(r.row[REVERSED].measure[TRUTH_SRG] < -0.2 && fabs(r.row[CHANCE].measure[TRUTH_SRG]) < 0.1);
	ck_assert(r.row[REVERSED].measure[TRUTH_AUC_ROC] < 0.3);
	/* all of them are predicted right, and 10 of 96 points are important */
	ck_assert_int_eq(r.mask_windows, WINDOWS);
	ck_assert_double_eq_tol(r.mask_share, 10. / 96, 1e-12);
	truth_release(&r);
	boxes_close(&b);
}
END_TEST

START_TEST(a_map_without_order_is_reported)
{
	struct boxes b;
	struct truth_result r;
	const struct truth_row *flat;
	char said[1024];
	boxes_open(&b);
	run(&b, &r);
	flat = &r.row[CONSTANT];
	ck_assert(flat->alike == 1 && flat->measure[TRUTH_SRG] == 0);
	ck_assert_double_eq_tol(flat->measure[TRUTH_AUC_ROC], 0.5, 1e-12);
	ck_assert_double_eq_tol(flat->measure[TRUTH_AUC_PR], r.mask_share, 1e-12);
	ck_assert_double_eq_tol(flat->measure[TRUTH_MASS], r.mask_share, 1e-12);
	ck_assert_double_eq_tol(flat->measure[TRUTH_RANK], r.mask_share, 1e-12);
	for (int m = 0; m < r.n_row - 1; m++)
		ck_assert(m == CONSTANT || r.row[m].alike == 0);
	truth_sentence(&r, said, sizeof said);
	ck_assert_msg(strstr(said, "reversed, constant and chance are no better than a random order") != NULL, "%s",
	              said);
	ck_assert_msg(strstr(said, "the map of constant has no order in 100 % of the windows") != NULL, "%s", said);
	ck_assert_msg(strstr(said, "finds most of the mask") != NULL, "%s", said);
	truth_release(&r);
	boxes_close(&b);
}
END_TEST

START_TEST(windows_that_are_predicted_wrong_are_not_compared)
{
	struct boxes b;
	struct truth_result r;
	boxes_open(&b);
	for (int64_t i = 0; i < b.d.n; i++)
		b.d.label[i] = i < 20 ? b.d.label[i] : 1 - b.d.label[i];
	run(&b, &r);
	ck_assert_int_eq(r.mask_windows, 10); /* every other one of the first 20 */
	truth_release(&r);
	boxes_close(&b);
}
END_TEST

UNIT_MAIN("truth of boxes", broken_maps_come_last_by_order_and_by_mask, a_map_without_order_is_reported,
          windows_that_are_predicted_wrong_are_not_compared)
