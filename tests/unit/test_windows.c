/* The list of windows and the reason of a wrong prediction: errors, ranks, contributions and the nearest window against
 * their definitions, computed here from the predictions alone. */
#include "core/analysis/why.h"
#include "core/data/metrics.h"
#include "core/model/task.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"
#include "ui/session/windows.h"

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

static bool is_right(const void *windows, int64_t i)
{
	return windows_is_right(windows, i);
}

/* The reason of a window, with its contributions. */
static void why_make(struct why *why, const struct data *q, const struct windows *w, enum task task, int64_t window)
{
	struct analysis *a = analysis_new(q->m);
	struct question question = { .window = window, .task = task, .target = target_default(task) };
	analysis_data(a, &q->d);
	why_init(why, q->m, &q->d);
	why_begin(why, &question, true);
	while (why_step(why, a, is_right, w))
		;
	analysis_free(a);
}

/* The outputs of the network for a window given by hand. */
static void outputs_of(const struct model *m, const real *tc, int value, real *out)
{
	real *native = malloc((size_t)(m->T * m->C) * sizeof *native);
	struct run *r = run_new(m->graph);
	model_pack(m, tc, native);
	run_input(r, 0, native);
	run_forward(r);
	memcpy(out, run_real(r, value), (size_t)m->outputs * sizeof *out);
	run_free(r);
	free(native);
}

static void check_nearest(const struct why *why, const struct data *q, const struct windows *w, int64_t window)
{
	int64_t n = q->m->T * q->m->C, best = -1;
	double least = INFINITY;
	real *a = malloc((size_t)n * sizeof *a), *b = malloc((size_t)n * sizeof *b);
	dataset_window(&q->d, window, a);
	for (int64_t i = 0; i < q->d.n; i++) {
		double sum = 0;
		bool better = w->task == TASK_CLASSIFICATION ? w->predicted[i] == w->truth[i] && !isnan(w->truth[i])
		                                             : w->rank[i] > w->ranked / 2;
		/* no row in common: it begins at least T rows away */
		if (!better || llabs((long long)(dataset_start(&q->d, i) - dataset_start(&q->d, window))) < q->m->T)
			continue;
		dataset_window(&q->d, i, b);
		for (int64_t k = 0; k < n; k++)
			sum += pow((double)a[k] - (double)b[k], 2);
		if (sqrt(sum) < least) {
			least = sqrt(sum);
			best = i;
		}
	}
	ck_assert_msg(why->nearest == best, "the nearest is %d, want %d", (int)why->nearest, (int)best);
	ck_assert(best < 0 || fabs(why->distance - least) < 1e-6);
	free(a);
	free(b);
}

static double sum_of(const real *v, int64_t n)
{
	double sum = 0;
	for (int64_t i = 0; i < n; i++)
		sum += (double)v[i];
	return sum;
}

START_TEST(contributions_lead_from_a_window_that_stays_at_its_last_values_to_the_forecast)
{
	struct data q;
	struct windows w;
	struct why why;
	data_make(&q, "tests/screens/net.json", "tests/screens/load.csv", load);
	list_make(&w, &q, TASK_REGRESSION);
	int64_t T = q.m->T, C = q.m->C, window = w.order[0];
	why_make(&why, &q, &w, TASK_REGRESSION, window);
	real *tc = malloc((size_t)(T * C) * sizeof *tc), flat;
	dataset_window(&q.d, window, tc);
	for (int64_t i = 0; i < T * C; i++)
		tc[i] = tc[(T - 1) * C + i % C];
	outputs_of(q.m, tc, q.m->output, &flat);
	ck_assert(why.explained && why.base == WHY_LAST && why.output == 0);
	double by = (double)q.out[window] - (double)flat, slack = 0.03 * fabs(by);
	ck_assert_msg(fabs(why.to - (double)q.out[window]) < 1e-5, "to %g, want %g", why.to, (double)q.out[window]);
	ck_assert_msg(fabs(by) > 0.1 && fabs(why.from - (double)flat) < 1e-5, "from %g, want %g", why.from,
	              (double)flat);
	ck_assert_msg(fabs(sum_of(why.map, T * C) - by) < slack, "sum %g, want %g", sum_of(why.map, T * C), by);
	check_nearest(&why, &q, &w, window);
	free(tc);
	why_release(&why);
	windows_release(&w);
	data_release(&q);
}
END_TEST

START_TEST(contributions_lead_to_the_predicted_logit_less_the_true_one)
{
	static const struct setting s[] = {
		{ "columns", "u,v" }, { "label", "state" }, { "classes", "busy,down,idle" }, { NULL, NULL }
	};
	struct data q;
	struct windows w;
	struct why why;
	data_make(&q, "tests/screens/branch.json", "tests/screens/classes.csv", s);
	list_make(&w, &q, TASK_CLASSIFICATION);
	int64_t T = q.m->T, C = q.m->C, window = w.order[0];
	ck_assert(windows_is_bad(&w, window) && w.wrong[window]);
	why_make(&why, &q, &w, TASK_CLASSIFICATION, window);
	real *tc = malloc((size_t)(T * C) * sizeof *tc), logit[3], mean_logit[3];
	dataset_window(&q.d, window, tc);
	outputs_of(q.m, tc, q.m->logits, logit);
	for (int64_t c = 0; c < C; c++) {
		double mean = 0;
		for (int64_t t = 0; t < T; t++)
			mean += (double)tc[t * C + c] / (double)T;
		for (int64_t t = 0; t < T; t++)
			tc[t * C + c] = (real)mean;
	}
	outputs_of(q.m, tc, q.m->logits, mean_logit);
	int is = (int)w.predicted[window], truth = (int)w.truth[window];
	double to = (double)logit[is] - (double)logit[truth], from = (double)mean_logit[is] - (double)mean_logit[truth],
	       slack = 0.03 * fabs(to - from) + 1e-4;
	ck_assert(why.explained && why.base == WHY_MEAN && why.output == is && why.less == truth);
	ck_assert_msg(fabs(why.to - to) < 1e-4, "to %g, want %g", why.to, to);
	ck_assert_msg(fabs(why.from - from) < 1e-4, "from %g, want %g", why.from, from);
	ck_assert_msg(fabs(sum_of(why.map, T * C) - (to - from)) < slack, "sum %g, want %g", sum_of(why.map, T * C),
	              to - from);
	check_nearest(&why, &q, &w, window);
	free(tc);
	why_release(&why);
	windows_release(&w);
	data_release(&q);
}
END_TEST

START_TEST(stretches_of_one_sign_are_sorted_by_their_sums)
{
	/* (T,C) = (6,2): channel 0 has +1 +2 | -4 | +1, channel 1 has a stretch of -6 at steps 2 to 4, and specks */
	static const real map[] = { 1, (real)0.001, 2, 0, -4, -3, 1, -2, (real)0.01, -1, 0, 0 };
	struct why_part v[4];
	ck_assert(why_parts(map, 6, 2, 4, v) == 4);
	ck_assert(v[0].channel == 1 && v[0].from == 2 && v[0].to == 4 && v[0].sum == -6);
	ck_assert(v[1].channel == 0 && v[1].from == 2 && v[1].to == 2 && v[1].sum == -4);
	ck_assert(v[2].channel == 0 && v[2].from == 0 && v[2].to == 1 && v[2].sum == 3);
	ck_assert(v[3].channel == 0 && v[3].from == 3 && v[3].to == 3 && v[3].sum == 1);
	ck_assert(why_parts(map, 6, 2, 2, v) == 2);
}
END_TEST

static void check_quality(const char *model, const char *csv, const struct setting *s, enum task task, const char *a,
                          const char *b)
{
	struct data q;
	struct windows w;
	struct metrics of;
	struct err e;
	char want[160];
	data_make(&q, model, csv, s);
	windows_init(&w, q.m, &q.d, task);
	ck_assert_str_eq(windows_quality(&w), "");
	list_finish(&w);
	ck_assert(!metrics_compute(&of, q.m, &q.d, task, q.out, &e));
	metrics_sentence(&of, &q.d, want, sizeof want);
	ck_assert_str_eq(windows_quality(&w), want);
	ck_assert_msg(strstr(want, a) && strstr(want, b), "%s", want);
	metrics_release(&of);
	windows_release(&w);
	data_release(&q);
}

/* How good the model is over all windows is what the verb eval says. */
START_TEST(the_error_over_all_windows_is_that_of_eval)
{
	check_quality("tests/screens/net.json", "tests/screens/load.csv", load, TASK_REGRESSION, "MSE 6.521 over 36",
	              "repeating the last value: 0.5634");
	static const struct setting state[] = {
		{ "columns", "u,v" }, { "label", "state" }, { "classes", "idle,down,busy" }, { NULL, NULL }
	};
	check_quality("tests/screens/branch.json", "tests/screens/classes.csv", state, TASK_CLASSIFICATION, "accuracy ",
	              "majority class ");
}
END_TEST

UNIT_MAIN("windows", the_error_over_all_windows_is_that_of_eval,
          forecasts_are_ranked_by_their_distance_from_the_true_value,
          errors_of_groups_with_scalers_of_their_own_are_in_raw_units,
          wrong_classes_come_first_and_then_the_larger_loss,
          contributions_lead_from_a_window_that_stays_at_its_last_values_to_the_forecast,
          contributions_lead_to_the_predicted_logit_less_the_true_one, stretches_of_one_sign_are_sorted_by_their_sums)
