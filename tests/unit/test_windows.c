/* The list of windows: errors and ranks against the definition, computed here from the predictions alone. */
#include "core/data/metrics.h"
#include "core/model/task.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"
#include "ui/state/windows.h"

struct data {
	struct model *m;
	struct dataset d;
	real *out; /* (n, outputs) */
};

struct setting {
	const char *name, *value;
};

static void data_make(struct data *q, const char *model, const char *csv, const struct setting *s)
{
	struct read_options r = { 0 };
	struct recipe recipe;
	struct table t;
	struct err e;
	memset(q, 0, sizeof *q);
	recipe_init(&recipe);
	q->m = read_model(model, &r, &e);
	ck_assert_msg(q->m != NULL, "%s", e.text);
	ck_assert_msg(!table_from_file(&t, csv, &e), "%s", e.text);
	for (; s->name; s++)
		ck_assert_msg(recipe_set(&recipe, s->name, s->value, &e) >= 0, "%s", e.text);
	ck_assert_msg(!dataset_cut(&q->d, &t, &recipe, q->m, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&recipe);
	q->out = malloc((size_t)(q->d.n * q->m->outputs) * sizeof *q->out);
	model_predict(q->m, &q->d, 0, q->d.n, 1, q->out);
}

static void data_release(struct data *q)
{
	free(q->out);
	dataset_release(&q->d);
	model_free(q->m);
}

/* The rest of the windows, as the browser sees them when the worker has finished. */
static void list_finish(struct windows *w)
{
	while (windows_step(w, 0.001))
		;
	w->seen = w->done;
	windows_sort(w);
}

static void list_make(struct windows *w, const struct data *q, enum task task)
{
	windows_init(w, q->m, &q->d, task);
	list_finish(w);
}

/* 1 and the number of windows whose error is larger, or equal with a smaller index. */
static int place(const double *error, const bool *wrong, int64_t n, int64_t i)
{
	int place = 1;
	for (int64_t k = 0; k < n; k++) {
		bool larger = error[k] > error[i] || (error[k] == error[i] && k < i);
		place += wrong[k] != wrong[i] ? wrong[k] : !isnan(error[k]) && larger;
	}
	return place;
}

static void check_ranks(const struct windows *w, const double *error, const bool *wrong, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		int want = place(error, wrong, n, i);
		ck_assert_msg(windows_rank(w, i) == want, "window %d: rank %d, want %d", (int)i, windows_rank(w, i),
		              want);
		ck_assert_msg(w->order[want - 1] == i, "window %d is not at place %d of the list", (int)i, want);
		ck_assert_msg(fabs(w->error[i] - error[i]) <= 1e-5 * fabs(error[i]) + 1e-7, "window %d: %g, want %g",
		              (int)i, w->error[i], error[i]);
	}
}

static const struct setting load[] = { { "columns", "load,temp" }, { "predict", "load" }, { NULL, NULL } };

START_TEST(forecasts_are_ranked_by_their_distance_from_the_true_value)
{
	struct data q;
	struct windows w;
	data_make(&q, "tests/screens/net.json", "tests/screens/load.csv", load);
	list_make(&w, &q, TASK_REGRESSION);
	int64_t n = q.d.n_target;
	double *error = calloc((size_t)n, sizeof *error);
	bool *wrong = calloc((size_t)n, sizeof *wrong);
	for (int64_t i = 0; i < n; i++) {
		real y;
		ck_assert(dataset_truth(&q.d, i, &y));
		error[i] = fabs((double)q.out[i] - (double)y);
		double eval = sqrt(metrics_window_error(q.m, &q.d, i, &q.out[i]));
		ck_assert_msg(fabs(eval - error[i]) < 1e-6, "eval says %g, not %g", eval, error[i]);
	}
	ck_assert(n == q.d.n - 1 && w.ranked == n && w.sort == WINDOWS_ERROR);
	check_ranks(&w, error, wrong, n);
	ck_assert_msg(!windows_rank(&w, n), "a window without a true value has a rank");
	w.seen = w.n - 1;
	ck_assert_msg(!windows_rank(&w, 0), "there are ranks before all windows are seen");
	free(error);
	free(wrong);
	windows_release(&w);
	data_release(&q);
}
END_TEST

/* The groups are scaled apart, so that the order of scaled errors is not that of the data's own. */
START_TEST(errors_of_groups_with_scalers_of_their_own_are_in_raw_units)
{
	static const struct setting s[] = { { "columns", "u,v" },    { "predict", "u" },      { "group", "part" },
		                            { "scale", "standard" }, { "scale-by", "group" }, { NULL, NULL } };
	struct data q;
	struct windows w;
	bool turned = false;
	data_make(&q, "tests/screens/net.json", "tests/screens/classes.csv", s);
	list_make(&w, &q, TASK_REGRESSION);
	int64_t n = q.d.n_target;
	double *error = calloc((size_t)n, sizeof *error), *scaled = calloc((size_t)n, sizeof *scaled);
	bool *wrong = calloc((size_t)n, sizeof *wrong);
	for (int64_t i = 0; i < n; i++) {
		real y;
		double raw;
		const struct scaler *own = dataset_scaler(&q.d, i);
		ck_assert(dataset_truth(&q.d, i, &y) && dataset_truth_raw(&q.d, i, &raw));
		error[i] = fabs((double)q.out[i] * own->scale[0] + own->shift[0] - raw);
		scaled[i] = fabs((double)q.out[i] - (double)y);
	}
	check_ranks(&w, error, wrong, n);
	for (int64_t i = 0; i < n; i++)
		turned |= place(scaled, wrong, n, i) != place(error, wrong, n, i);
	ck_assert_msg(turned, "the groups have the same scaler, so this test sees nothing");
	free(error);
	free(scaled);
	free(wrong);
	windows_release(&w);
	data_release(&q);
}
END_TEST

START_TEST(wrong_classes_come_first_and_then_the_larger_loss)
{
	static const struct setting s[] = {
		{ "columns", "u,v" }, { "label", "state" }, { "classes", "idle,down,busy" }, { NULL, NULL }
	};
	struct data q;
	struct windows w;
	data_make(&q, "tests/screens/branch.json", "tests/screens/classes.csv", s);
	int64_t K = q.m->outputs, n = q.d.n;
	int n_wrong = 0;
	list_make(&w, &q, TASK_CLASSIFICATION);
	double *error = calloc((size_t)n, sizeof *error);
	bool *wrong = calloc((size_t)n, sizeof *wrong);
	for (int64_t i = 0; i < n; i++) {
		const real *o = q.out + i * K;
		int cls = dataset_class(&q.d, i), best = 0;
		for (int k = 1; k < K; k++)
			best = o[k] > o[best] ? k : best;
		/* the outputs are probabilities: the network ends in Softmax */
		error[i] = -log((double)o[cls]);
		wrong[i] = best != cls;
		n_wrong += wrong[i];
	}
	check_ranks(&w, error, wrong, n);
	ck_assert_msg(n_wrong > 1 && n_wrong < n - 1, "%d windows are wrong", n_wrong);
	windows_release(&w);
	/* a wrong window with the smallest loss of all, and a right one with the largest, told before the ranks are
	 * made */
	windows_init(&w, q.m, &q.d, TASK_CLASSIFICATION);
	while (w.done < n - 1)
		windows_step(&w, 0);
	for (int64_t i = 0; i < n - 1; i++) {
		error[i] = wrong[i] ? error[i] / 100 : error[i] * 100;
		w.error[i] = error[i];
	}
	list_finish(&w);
	check_ranks(&w, error, wrong, n);
	free(error);
	free(wrong);
	windows_release(&w);
	data_release(&q);
}
END_TEST

UNIT_MAIN("windows", forecasts_are_ranked_by_their_distance_from_the_true_value,
          errors_of_groups_with_scalers_of_their_own_are_in_raw_units,
          wrong_classes_come_first_and_then_the_larger_loss)
