/* Windows of a survey that are taken as many at once as a run has lanes (core/survey/survey_lanes.h), and the figures
 * of rows that this is made of (core/kernels/figures.h). */
#include "core/survey/survey_run.h"
#include "core/base/rng.h"
#include "core/kernels/figures.h"
#include "core/run/run.h"
#include "src/json/survey_code.h"
#include "tests/unit/hand_net.h"

enum { MANY = 3 * RUN_LANES + 7 };

/* All figures of a survey as text; the caller frees it. */
static char *survey_text(const struct net *n, const struct dataset *d, const struct question *q, bool alone)
{
	struct survey_plan p;
	struct survey_tree t = { .plan = &p };
	char *text = NULL;
	size_t size = 0;
	survey_plan_init(&p, n->m, d, q, d->n, 20, 7, 3);
	survey_plan_moments(&p, n->m, MOMENTS_TAPS);
	struct survey_run s = {
		.plan = &p, .m = n->m, .d = d, .q = q, .to = survey_chunks(&p), .threads = 1, .alone = alone
	};
	ck_assert_msg(survey_run(&s, &t, &e) == 0, "%s", e.text);
	struct survey_part *all = t.part[0];
	ck_assert_ptr_eq(survey_tree_all(&t), all);
	FILE *f = open_memstream(&text, &size);
	struct code c = { .to = f, .plan = &p, .part = all };
	code_network(&c, all);
	code_outputs(&c, all);
	for (int k = 0; k < p.n_consumer; k++)
		code_moments(&c, &p.consumer[k], &all->moments[k]);
	for (int y = 0; y < p.n_layer; y++)
		for (int64_t i = 0; i < p.layer[y].filters; i++)
			code_filter(&c, &p.layer[y], &all->filter[y][i]);
	fclose(f);
	survey_tree_release(&t);
	survey_plan_release(&p);
	return text;
}

/* kind 0: ordinary numbers; 1: some are zero, tiny or huge; 2: some let the network's overflow. */
static void fill(float *x, int kind)
{
	struct rng r;
	rng_init(&r, 5);
	for (int i = 0; i < MANY * 4; i++) {
		x[i] = (float)rng_normal(&r);
		if (kind >= 1 && i % 5 == 0)
			x[i] = i % 2 ? -0.0f : i % 3 ? 1e-20f : 3e30f;
		if (kind == 2 && i % 37 == 0)
			x[i] = i % 2 ? -3e38f : 3e38f;
	}
}

START_TEST(windows_at_once_give_the_same_survey_to_the_bit)
{
	struct net n = net_new();
	static float x[MANY * 4];
	double truth[MANY];
	struct window_set set = {
		.x = x, .n = MANY, .rank = 2, .dim = { MANY, 4 }, .n_value = 1, .value = truth, .n_truth = MANY
	};
	for (int i = 0; i < MANY; i++)
		truth[i] = i % 5 * 7;
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int kind = 0; kind < 3 && isa_select(isa->name); kind++)
			for (int loss = 0; loss < 2; loss++) {
				struct dataset d;
				struct recipe r;
				struct question q = { .task = TASK_REGRESSION,
					              .target = { .kind = loss ? TARGET_LOSS : TARGET_SUM } };
				fill(x, kind);
				recipe_init(&r);
				ck_assert_msg(dataset_of_windows(&d, &set, &r, n.m, &e) == 0, "%s", e.text);
				char *alone = survey_text(&n, &d, &q, true), *together = survey_text(&n, &d, &q, false);
				ck_assert_msg(!strcmp(alone, together), "%s, kind %d, loss %d:\n%s\nalone\n%s",
				              isa->name, kind, loss, together, alone);
				ck_assert(strlen(alone) > 1000);
				free(alone);
				free(together);
				recipe_release(&r);
				dataset_release(&d);
			}
	ck_assert(isa_select(NULL));
	model_free(n.m);
}
END_TEST

/* The same in plain loops. */
static void row_by_hand(int64_t times, const real *x, int l, const real rest[2], const struct row_figures *got)
{
	real low = x[l], high = x[l];
	int32_t at = 0, zero = 0, rests = 0;
	volatile double sum = 0, square = 0; /* volatile: no fused multiply-adds */
	for (int64_t t = 0; t < times; t++) {
		real v = x[t * TILE_LANES + l];
		at = v > high ? (int32_t)t : at;
		low = v < low ? v : low;
		high = v > high ? v : high;
		zero += v == 0;
		rests += v == rest[0] || v == rest[1];
		volatile double d = (double)v - (double)x[l], dd = d * d;
		sum += d;
		square += dd;
	}
	ck_assert(got->finite && got->first[l] == x[l] && got->min[l] == low && got->max[l] == high);
	ck_assert(got->at[l] == at && got->zero[l] == zero && got->rest[l] == rests);
	ck_assert_msg(got->sum[l] == sum && got->square[l] == square, "lane %d: %.17g %.17g instead of %.17g %.17g", l,
	              got->sum[l], got->square[l], sum, square);
}

START_TEST(figures_of_rows_are_those_of_plain_loops)
{
	enum { STEPS = 37, N = 41 };
	real x[STEPS * TILE_LANES], rest[2] = { 0, 1 };
	double rows[STEPS * N], gap[N], m2[N * (N + 1) / 2] = { 0 }, square[TILE_LANES];
	struct row_figures r;
	struct rng g;
	rng_init(&g, 3);
	for (int i = 0; i < STEPS * TILE_LANES; i++)
		x[i] = i % 7 == 0 ? 0 : i % 11 == 0 ? 1 : (real)(100 + rng_normal(&g));
	for (int i = 0; i < STEPS * N; i++)
		rows[i] = rng_normal(&g);
	for (int i = 0; i < N; i++)
		gap[i] = rng_normal(&g);
	for (const struct isa *isa = isa_table; isa->name; isa++) {
		if (!isa_select(isa->name))
			continue;
		const struct figures *q = figures_active();
		q->row_lanes(STEPS, x, rest, &r);
		q->square_sum_lanes(STEPS, x, square);
		for (int l = 0; l < TILE_LANES; l++) {
			volatile double sum = 0;
			for (int t = 0; t < STEPS; t++)
				sum += (double)x[t * TILE_LANES + l] * (double)x[t * TILE_LANES + l];
			ck_assert(square[l] == sum);
			row_by_hand(STEPS, x, l, rest, &r);
		}
		x[5] = (real)NAN;
		q->row_lanes(STEPS, x, rest, &r);
		ck_assert(!r.finite);
		x[5] = 0;
		real low, high;
		q->extremes(STEPS, x, &low, &high);
		ck_assert(low == 0 && high > 90);
		q->extremes(0, x, &low, &high);
		ck_assert(low > high);
		double figure[3][STEPS];
		for (int i = 0; i < STEPS; i++)
			figure[0][i] = 1, figure[1][i] = 2, figure[2][i] = 0.1;
		q->gain(STEPS, x, figure[0], figure[1], figure[2]);
		for (int i = 0; i < STEPS; i++)
			ck_assert(figure[0][i] == (x[i] < 1 ? (double)x[i] : 1) &&
			          figure[1][i] == (x[i] > 2 ? (double)x[i] : 2) && figure[2][i] == 0.1 + (double)x[i]);
		memset(m2, 0, sizeof m2);
		for (int turn = 0; turn < 2; turn++)
			q->products(N, STEPS, rows, 0.7, turn ? gap : NULL, m2);
		for (int i = 0, at = 0; i < N; i++)
			for (int k = i; k < N; k++, at++) {
				volatile double p = 0, one, far = 0.7 * gap[i], all;
				for (int j = 0; j < STEPS; j++) {
					one = rows[j * N + i] * rows[j * N + k];
					p += one;
				}
				far = far * gap[k];
				all = p + p;
				all = all + far;
				ck_assert_msg(m2[at] == all, "%s %d %d: %.17g instead of %.17g", isa->name, i, k,
				              m2[at], all);
			}
	}
	ck_assert(isa_select(NULL));
}
END_TEST

UNIT_MAIN("survey_lanes", windows_at_once_give_the_same_survey_to_the_bit, figures_of_rows_are_those_of_plain_loops)
