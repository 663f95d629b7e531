/* Edited windows (core/edit): each operation against values by hand, and that a window stays one of a series. */
#include "core/base/rng.h"
#include "core/data/perturb.h"
#include "core/edit/edit.h"
#include "core/edit/edits.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"

enum { T = 5, OWN = 2 };

static struct err e;

/* Windows of five rows of two columns by a recipe; without a model. */
static void data_of(struct dataset *d, const char *csv, const char *more, const char *value)
{
	struct table t;
	struct recipe r;
	recipe_init(&r);
	ck_assert(!recipe_set(&r, "window", "5", &e));
	ck_assert(!recipe_set(&r, "columns", "1,2", &e));
	ck_assert(!recipe_set(&r, "derive", "diff", &e));
	if (more)
		ck_assert_msg(!recipe_set(&r, more, value, &e), "%s", e.text);
	ck_assert_msg(!table_from_csv(&t, "x.csv", (const unsigned char *)csv, strlen(csv), INT64_MAX, &e), "%s",
	              e.text);
	ck_assert_msg(!dataset_cut(d, &t, &r, NULL, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&r);
}

static const char rows[] = "a,b\n1,10\n2,30\n4,20\n8,60\n0,40\n5,50\n7,0\n3,10\n";

static const double unit[OWN] = { 2, 10 };

/* Window 0 has a = 1 2 4 8 0 and b = 10 30 20 60 40. Steps 1 to 3 of one channel are edited. */
static float clip_values[] = { 7, 70, 9, 90 };
static const struct edit_clip clip = { 2, OWN, 0, clip_values }, clip_all = { 2, OWN, EDIT_ALL, clip_values };
static const struct by_hand {
	struct edit s;
	double a[T], b[T]; /* after it */
} by_hand[] = {
	{ { .op = EDIT_FLAT, .from = 1, .n = 3, .channel = 1 },
	  { 1, 2, 4, 8, 0 },
	  { 10, 110. / 3, 110. / 3, 110. / 3, 40 } },
	{ { .op = EDIT_LINE, .from = 1, .n = 3, .channel = EDIT_ALL }, { 1, 2, 5, 8, 0 }, { 10, 30, 45, 60, 40 } },
	{ { .op = EDIT_SHIFT, .from = 1, .n = 3, .channel = EDIT_ALL, .by = -0.5 },
	  { 1, 1, 3, 7, 0 },
	  { 10, 25, 15, 55, 40 } },
	{ { .op = EDIT_SCALE, .from = 1, .n = 2, .channel = 0, .by = 3 }, { 1, 0, 6, 8, 0 }, { 10, 30, 20, 60, 40 } },
	{ { .op = EDIT_SMOOTH, .from = 3, .n = 9, .channel = 0 }, { 1, 2, 4, 5, 2 }, { 10, 30, 20, 60, 40 } },
	{ { .op = EDIT_REVERSE, .from = 0, .n = 4, .channel = EDIT_ALL }, { 8, 4, 2, 1, 0 }, { 60, 20, 30, 10, 40 } },
	{ { .op = EDIT_PASTE, .from = 1, .n = 3, .channel = 1, .clip = &clip },
	  { 1, 2, 4, 8, 0 },
	  { 10, 7, 9, 60, 40 } },
	{ { .op = EDIT_PASTE, .from = 4, .n = 3, .channel = EDIT_ALL, .clip = &clip },
	  { 1, 2, 4, 8, 7 },
	  { 10, 30, 20, 60, 40 } },
	{ { .op = EDIT_PASTE, .from = 0, .n = 5, .channel = EDIT_ALL, .clip = &clip_all },
	  { 7, 9, 4, 8, 0 },
	  { 70, 90, 20, 60, 40 } },
	{ { .op = EDIT_PASTE, .from = 0, .n = 1, .channel = 0, .clip = &clip_all },
	  { 7, 2, 4, 8, 0 },
	  { 10, 30, 20, 60, 40 } },
	{ { .op = EDIT_SET, .from = 2, .n = 1, .channel = 0, .by = -3.25 },
	  { 1, 2, -3.25, 8, 0 },
	  { 10, 30, 20, 60, 40 } },
	{ { .op = EDIT_LINE, .from = 2, .n = 3, .channel = 0 }, { 1, 2, 4, 2, 0 }, { 10, 30, 20, 60, 40 } },
};
enum { BY_HAND = sizeof by_hand / sizeof *by_hand };

START_TEST(each_operation_gives_the_values_by_hand)
{
	struct dataset d;
	const struct by_hand *q = &by_hand[_i];
	data_of(&d, rows, NULL, NULL);
	struct edit s = q->s;
	s.unit = unit;
	struct edited *was = edited_new(&d, 0), *now = edit_apply(was, &s, &d, &e);
	ck_assert_msg(now != NULL, "%s", e.text);
	for (int t = 0; t < T; t++) {
		ck_assert_double_eq_tol((double)now->raw[t * OWN], q->a[t], 1e-5);
		ck_assert_double_eq_tol((double)now->raw[t * OWN + 1], q->b[t], 1e-5);
		/* no scaling: the model reads the rows, and their differences behind them */
		ck_assert(now->x[t * 2 * OWN] == (real)now->raw[t * OWN]);
		if (t + 1 < T)
			ck_assert_double_eq_tol((double)now->x[t * 2 * OWN + 3], q->b[t + 1] - q->b[t], 1e-4);
	}
	ck_assert(was->raw[2] == 2 && was->raw[3] == 30); /* the window before stays as it is */
	edited_drop(was);
	edited_drop(now);
	dataset_release(&d);
}
END_TEST

/* restore is checked in its own test, noise by its statistics */
START_TEST(every_operation_is_checked)
{
	for (int op = 0; op < EDIT_OPS; op++) {
		bool found = op == EDIT_NOISE || op == EDIT_RESTORE;
		for (int i = 0; i < BY_HAND; i++)
			found |= (int)by_hand[i].s.op == op;
		ck_assert_msg(found, "%s has no values by hand", edit_ops[op].name);
	}
}
END_TEST

START_TEST(noise_has_its_size_and_depends_on_the_seed_alone)
{
	enum { N = 4000 };
	struct dataset d = { .T = N, .C = 1, .n = 1, .n_source = 1 };
	double *column = calloc(N, sizeof *column), one = 2, sum = 0, square = 0;
	double *raw[] = { column };
	d.raw = raw;
	d.n_row = N;
	struct edited *was = edited_new(&d, 0);
	struct edit s = { .op = EDIT_NOISE, .n = N, .channel = 0, .by = 0.5, .unit = &one, .seed = 3 };
	struct edited *a = edit_apply(was, &s, &d, &e), *again = edit_apply(was, &s, &d, &e);
	s.seed = 4;
	struct edited *b = edit_apply(was, &s, &d, &e);
	ck_assert(edited_equal(a, again) && !edited_equal(a, b));
	for (int t = 0; t < N; t++) {
		sum += (double)a->raw[t];
		square += (double)a->raw[t] * (double)a->raw[t];
	}
	/* a standard deviation of 1 unit x 0.5; five standard errors */
	ck_assert_double_eq_tol(sum / N, 0, 5 / sqrt(N));
	ck_assert_double_eq_tol(square / N, 1, 5 * sqrt(2. / N));
	edited_drop(was);
	edited_drop(a);
	edited_drop(again);
	edited_drop(b);
	free(column);
}
END_TEST

static const struct {
	const char *more, *value;
} recipes[] = { { NULL, NULL }, { "scale", "standard" }, { "scale", "minmax" } };

/* Writes the raw rows of an edited window as a reader of text sees them, and reads them by the same recipe. */
static void read_again(const struct edited *w, const struct dataset *d, real *x)
{
	char csv[1024];
	struct table t;
	struct recipe r;
	struct dataset again;
	size_t n = (size_t)snprintf(csv, sizeof csv, "a,b\n");
	for (int k = 0; k < T; k++)
		n += (size_t)snprintf(csv + n, sizeof csv - n, "%.9g,%.9g\n", (double)w->raw[k * OWN],
		                      (double)w->raw[k * OWN + 1]);
	recipe_init(&r);
	recipe_set(&r, "window", "5", &e);
	recipe_set(&r, "columns", "1,2", &e);
	recipe_set(&r, "derive", "diff", &e);
	if (d->scale != SCALE_NONE)
		recipe_set(&r, "scale", d->scale == SCALE_STANDARD ? "standard" : "minmax", &e);
	if (d->scale != SCALE_NONE)
		recipe_set_scaler(&r, OWN, d->scaler.shift, d->scaler.scale, NULL, NULL);
	ck_assert_msg(!table_from_csv(&t, "x.csv", (const unsigned char *)csv, n, INT64_MAX, &e), "%s", e.text);
	ck_assert_msg(!dataset_cut(&again, &t, &r, NULL, &e), "%s", e.text);
	ck_assert(again.n == 1);
	dataset_window(&again, 0, x);
	dataset_release(&again);
	table_release(&t);
	recipe_release(&r);
}

START_TEST(after_any_steps_the_rows_read_again_give_the_window_and_undo_gives_every_bit)
{
	enum { STEPS = 60 };
	struct dataset d;
	struct rng r;
	double units[OWN];
	data_of(&d, rows, recipes[_i].more, recipes[_i].value);
	edit_units(&d, units);
	rng_init(&r, (uint64_t)_i);
	struct edited *state[STEPS + 1] = { edited_new(&d, 1) };
	struct edit_clip copied = { 0 };
	real first[T * 2 * OWN], again[T * 2 * OWN];
	dataset_window(&d, 1, first);
	ck_assert(!memcmp(first, state[0]->x, sizeof first));
	int n = 0;
	for (int k = 0; k < STEPS; k++) {
		struct edit s = { .op = (enum edit_op)rng_below(&r, EDIT_OPS), .from = rng_below(&r, T) };
		s.n = 1 + rng_below(&r, T);
		s.channel = rng_below(&r, OWN + 1) - 1;
		s.by = rng_normal(&r);
		s.unit = units;
		s.seed = (uint64_t)k;
		s.clip = &copied;
		if (k % 7 == 0)
			edit_copy(&copied, state[n], rng_below(&r, T), 1 + rng_below(&r, T),
			          rng_below(&r, OWN + 1) - 1);
		struct edited *next = edit_apply(state[n], &s, &d, &e);
		if (!next)
			continue;
		state[++n] = next;
		read_again(next, &d, again);
		for (int i = 0; i < T * 2 * OWN; i++)
			ck_assert_msg(fabs((double)(again[i] - next->x[i])) <= 1e-6, "%s: %.9g, read %.9g",
			              edit_ops[s.op].name, (double)next->x[i], (double)again[i]);
	}
	ck_assert(n > STEPS / 2);
	/* the way back: each state is there as it was, whatever came after */
	ck_assert(!memcmp(first, state[0]->x, sizeof first));
	struct edit all = { .op = EDIT_RESTORE, .n = T, .channel = EDIT_ALL };
	struct edited *restored = edit_apply(state[n], &all, &d, &e);
	ck_assert(restored && edited_equal(restored, state[0]));
	ck_assert(!memcmp(restored->x, first, sizeof first));
	edited_drop(restored);
	for (int k = 0; k <= n; k++)
		edited_drop(state[k]);
	edit_clip_release(&copied);
	dataset_release(&d);
}
END_TEST

START_TEST(a_window_of_values_is_the_nearest_that_a_file_can_say)
{
	struct dataset d;
	data_of(&d, rows, "scale", "standard");
	struct edited *was = edited_new(&d, 0);
	real x[T * 2 * OWN], again[T * 2 * OWN];
	memcpy(x, was->x, sizeof x);
	struct edited *same = edited_of(&d, 0, x);
	ck_assert(edited_equal(was, same));
	x[2 * 2 * OWN] = (real)0.125; /* step 2 of a */
	struct edited *now = edited_of(&d, 0, x);
	ck_assert_double_eq_tol((double)now->x[2 * 2 * OWN], 0.125, 1e-6);
	ck_assert_double_eq_tol((double)now->raw[2 * OWN], d.scaler.shift[0] + 0.125 * d.scaler.scale[0], 1e-5);
	/* the difference before the point follows it */
	ck_assert_double_eq_tol((double)(now->x[1 * 2 * OWN + 2]), 0.125 - (double)x[1 * 2 * OWN], 1e-6);
	read_again(now, &d, again);
	ck_assert(!memcmp(again, now->x, sizeof again));
	x[0] = (real)NAN;
	ck_assert(edited_of(&d, 0, x) == NULL);
	edited_drop(was);
	edited_drop(same);
	edited_drop(now);
	dataset_release(&d);
}
END_TEST

START_TEST(what_changes_nothing_or_has_no_number_is_refused)
{
	struct dataset d;
	data_of(&d, rows, NULL, NULL);
	struct edited *w = edited_new(&d, 0);
	const struct edit refused[] = {
		{ .op = EDIT_REVERSE, .from = 1, .n = 1, .channel = 0 },
		{ .op = EDIT_SHIFT, .from = 0, .n = 1, .channel = 0, .by = 1e300, .unit = unit },
		{ .op = EDIT_FLAT, .from = T, .n = 1, .channel = 0 },
		{ .op = EDIT_PASTE, .from = 0, .n = 1, .channel = 0 },
	};
	static const char *const says[] = { "nothing changes", "too large", "5 steps", "nothing was copied" };
	for (int i = 0; i < 4; i++) {
		ck_assert(edit_apply(w, &refused[i], &d, &e) == NULL);
		ck_assert_msg(strstr(e.text, says[i]) != NULL, "%s", e.text);
	}
	edited_drop(w);
	dataset_release(&d);
}
END_TEST

START_TEST(padding_stays_zero_and_is_not_edited)
{
	float x[2 * 4] = { 1, 2, 3, 0, 4, 5, 6, 7 };
	int64_t length[] = { 3, 4 }, rows_of[] = { 0, 1 };
	int source[] = { 0 };
	struct window_set set = { .x = x, .n = 2 };
	struct dataset d = { .T = 4, .C = 1, .n = 2, .set = &set, .length = length, .row_of = rows_of, .stride_n = 4 };
	d.stride_t = 1;
	d.source = source;
	d.n_source = 1;
	struct edited *was = edited_new(&d, 0);
	struct edit s = { .op = EDIT_SET, .from = 1, .n = 9, .channel = EDIT_ALL, .by = 5 };
	struct edited *now = edit_apply(was, &s, &d, &e);
	ck_assert(was->length == 3 && now->x[1] == 5 && now->x[2] == 5 && now->x[3] == 0);
	edited_drop(was);
	edited_drop(now);
}
END_TEST

START_TEST(a_list_has_one_edited_window_of_each_and_holds_it)
{
	struct dataset d;
	struct edits list = { 0 }, copy = { 0 };
	data_of(&d, rows, NULL, NULL);
	for (int k = 0; k < 6; k++) {
		struct edited *w = edited_new(&d, (k * 2) % 3);
		w->raw[0] = (float)k;
		edits_put(&list, w);
		edited_drop(w);
	}
	ck_assert(list.n == 3 && edits_find(&list, 0)->raw[0] == 3 && edits_find(&list, 1)->raw[0] == 5);
	edits_copy(&copy, &list);
	ck_assert(edits_same(&copy, &list));
	edits_remove(&list, 1);
	ck_assert(!edits_same(&copy, &list) && !edits_find(&list, 1) && edits_find(&copy, 1)->raw[0] == 5);
	edits_release(&list);
	edits_release(&copy);
	dataset_release(&d);
}
END_TEST

/* Where the window itself is the truth, the edited one is; else the truth of the window stays. */
START_TEST(the_truth_follows_where_the_window_is_its_own_truth)
{
	struct dataset d;
	data_of(&d, rows, NULL, NULL);
	real y[T * 2 * OWN];
	struct edited *was = edited_new(&d, 0);
	struct edit s = { .op = EDIT_SET, .from = 1, .n = 1, .channel = 0, .by = 5 };
	struct edited *now = edit_apply(was, &s, &d, &e);
	d.truth = TRUTH_WINDOW;
	d.n_y = T * 2 * OWN;
	d.n_target = d.n;
	ck_assert(edited_truth(now, &d, y) && !memcmp(y, now->x, sizeof y));
	ck_assert(dataset_truth(&d, 0, y) && !memcmp(y, was->x, sizeof y));
	edited_drop(was);
	edited_drop(now);
	dataset_release(&d);
}
END_TEST

static void setup(TCase *tc)
{
	tcase_add_loop_test(tc, each_operation_gives_the_values_by_hand, 0, BY_HAND);
	tcase_add_loop_test(tc, after_any_steps_the_rows_read_again_give_the_window_and_undo_gives_every_bit, 0, 3);
	tcase_add_test(tc, every_operation_is_checked);
	tcase_add_test(tc, noise_has_its_size_and_depends_on_the_seed_alone);
	tcase_add_test(tc, a_window_of_values_is_the_nearest_that_a_file_can_say);
	tcase_add_test(tc, what_changes_nothing_or_has_no_number_is_refused);
	tcase_add_test(tc, padding_stays_zero_and_is_not_edited);
	tcase_add_test(tc, a_list_has_one_edited_window_of_each_and_holds_it);
	tcase_add_test(tc, the_truth_follows_where_the_window_is_its_own_truth);
}

UNIT_MAIN_WITH("edit", setup)
