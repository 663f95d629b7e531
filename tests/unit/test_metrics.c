#include "core/data/metrics.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"

static void cut(struct dataset *d, const char *csv, const char *columns, const char *label, const struct model *m)
{
	struct table t;
	struct recipe r;
	struct err e = { 0 };
	recipe_init(&r);
	ck_assert_int_eq(recipe_set(&r, "columns", columns, &e), 0);
	if (label)
		ck_assert_int_eq(recipe_set(&r, "label", label, &e), 0);
	else
		ck_assert_int_eq(recipe_set(&r, "scale", "minmax", &e), 0);
	ck_assert_msg(!table_from_csv(&t, "x", (const unsigned char *)csv, strlen(csv), INT64_MAX, &e), "%s", e.text);
	ck_assert_msg(!dataset_cut(d, &t, &r, m, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&r);
}

/* x is 0..8 in raw units, 0..1 scaled */
START_TEST(forecast_errors_in_both_units)
{
	struct model m = { .T = 1, .C = 1, .outputs = 1 };
	struct dataset d;
	struct metrics q;
	struct err e = { 0 };
	cut(&d, "x\n0\n8\n4\n4\n2\n", "x", NULL, &m);
	/* truths 8 4 4 2; forecasts 8 2 4 2, the last value again 0 8 4 4 */
	const real p[] = { 1, (real)0.25, (real)0.5, (real)0.25 };
	ck_assert_msg(!metrics_compute(&q, &m, &d, TASK_REGRESSION, p, &e), "%s", e.text);
	ck_assert_int_eq(q.windows, 4);
	ck_assert_int_eq(q.n_bad, 0);
	ck_assert_double_eq_tol(q.model.mse, 0.0625 / 4, 1e-15);
	ck_assert_double_eq_tol(q.model_raw.mse, 1, 1e-15);
	ck_assert_double_eq_tol(q.model_raw.rmse, 1, 1e-15);
	ck_assert_double_eq_tol(q.model_raw.mae, 0.5, 1e-15);
	ck_assert_double_eq_tol(q.model_raw.mape, 50.0 / 4, 1e-12);
	ck_assert_double_eq_tol(q.model_raw.smape, 200 * 2 / 6.0 / 4, 1e-12);
	ck_assert(isnan(q.model.mape));
	ck_assert_double_eq_tol(q.last_raw.mae, (8 + 4 + 0 + 2) / 4.0, 1e-15);
	ck_assert_double_eq_tol(q.last.mae, (8 + 4 + 0 + 2) / 32.0, 1e-15);
	ck_assert_double_eq_tol(q.last_raw.mape, (100 + 100 + 0 + 100) / 4.0, 1e-12);
	metrics_release(&q);
	/* an output that is no number is counted and left out on both sides */
	const real broken[] = { (real)NAN, (real)0.25, (real)INFINITY, (real)0.25 };
	ck_assert_int_eq(metrics_compute(&q, &m, &d, TASK_REGRESSION, broken, &e), 0);
	ck_assert_int_eq(q.n_bad, 2);
	ck_assert_double_eq_tol(q.model_raw.mae, 1, 1e-15);
	ck_assert_double_eq_tol(q.last_raw.mae, 3, 1e-15);
	metrics_release(&q);
	dataset_release(&d);
}
END_TEST

START_TEST(classes_are_counted)
{
	struct model m = { .T = 1, .C = 1, .outputs = 3, .head = HEAD_SOFTMAX };
	struct dataset d;
	struct metrics q;
	struct err e = { 0 };
	cut(&d, "x,y\n1,a\n2,a\n3,a\n4,b\n5,c\n6,\n", "x", "y", &m);
	const real p[] = { 1,      0, 0, /**/ 0,         1,         0,         /**/ 1, 0, 0,
		           /**/ 0, 1, 0, /**/ (real)0.4, (real)0.4, (real)0.2, /**/ 0, 0, 1 };
	ck_assert_msg(!metrics_compute(&q, &m, &d, TASK_CLASSIFICATION, p, &e), "%s", e.text);
	const int64_t want[9] = { 2, 1, 0, 0, 1, 0, 1, 0, 0 };
	ck_assert_int_eq(q.K, 3);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(q.confusion[i], want[i]);
	ck_assert_double_eq_tol(q.accuracy, 0.6, 1e-15);
	ck_assert_double_eq_tol(q.majority_accuracy, 0.6, 1e-15);
	ck_assert_int_eq(q.majority, 0);
	ck_assert_double_eq_tol(q.precision[0], 2 / 3.0, 1e-15);
	ck_assert_double_eq_tol(q.precision[1], 0.5, 1e-15);
	ck_assert(isnan(q.precision[2]));
	ck_assert_double_eq_tol(q.recall[0], 2 / 3.0, 1e-15);
	ck_assert_double_eq_tol(q.recall[1], 1, 1e-15);
	ck_assert_double_eq_tol(q.recall[2], 0, 1e-15);
	ck_assert_double_eq_tol(q.f1[1], 2 / 3.0, 1e-15);
	metrics_release(&q);
	dataset_release(&d);
}
END_TEST

START_TEST(one_sigmoid_tells_two_classes)
{
	struct model m = { .T = 1, .C = 1, .outputs = 1, .head = HEAD_SIGMOID };
	struct dataset d;
	struct metrics q;
	struct err e = { 0 };
	cut(&d, "x,y\n1,0\n2,1\n3,1\n", "x", "y", &m);
	const real p[] = { (real)0.1, (real)0.9, (real)0.4 };
	ck_assert_int_eq(metrics_compute(&q, &m, &d, TASK_CLASSIFICATION, p, &e), 0);
	ck_assert_int_eq(q.confusion[0], 1);
	ck_assert_int_eq(q.confusion[1], 0);
	ck_assert_int_eq(q.confusion[2], 1);
	ck_assert_int_eq(q.confusion[3], 1);
	metrics_release(&q);
	/* without a final function the output is the logit */
	m.head = HEAD_LINEAR;
	const real z[] = { (real)-0.1, (real)0.3, -2 };
	ck_assert_int_eq(metrics_compute(&q, &m, &d, TASK_CLASSIFICATION, z, &e), 0);
	ck_assert_int_eq(q.confusion[0], 1);
	ck_assert_int_eq(q.confusion[2], 1);
	ck_assert_int_eq(q.confusion[3], 1);
	metrics_release(&q);
	dataset_release(&d);
}
END_TEST

START_TEST(nothing_to_compare_with_is_said)
{
	struct model m = { .T = 2, .C = 1, .outputs = 1 };
	struct dataset d;
	struct metrics q;
	struct err e = { 0 };
	cut(&d, "x\n1\n2\n", "x", NULL, &m);
	ck_assert_int_lt(metrics_compute(&q, &m, &d, TASK_REGRESSION, NULL, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "no window has a true value"));
	ck_assert_int_lt(metrics_compute(&q, &m, &d, TASK_CLASSIFICATION, NULL, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "--label COL"));
	dataset_release(&d);
}
END_TEST

/* ---- the paper's model over its test set ---- */

static void same_errors(const char *what, const cJSON *golden, const struct forecast_errors *f)
{
	static const char *const keys[] = { "mse", "rmse", "mae", "mape", "smape" };
	const double got[] = { f->mse, f->rmse, f->mae, f->mape, f->smape };
	for (int i = 0; i < 5; i++) {
		const cJSON *v = json_get(golden, keys[i]);
		if (v)
			ck_assert_msg(fabs(got[i] - v->valuedouble) <= 2e-6 * v->valuedouble,
			              "%s %s: %.9g instead of %.9g", what, keys[i], got[i], v->valuedouble);
		else
			ck_assert(isnan(got[i]));
	}
}

static struct model *paper_model(struct dataset *d)
{
	struct read_options o = { .no_sandbox = true };
	struct err e = { 0 };
	struct table t;
	struct recipe r;
	static const char *const options[] = { "columns",  "2",   "derive",  "diff", "scale",
		                               "standard", "fit", "0:14000", "rows", "14000:18000" };
	if (!unit_shared("models/internet_traffic.h5") || !unit_shared("golden/internet_traffic_test.json"))
		return NULL;
	struct model *m = read_model(unit_shared("models/internet_traffic.h5"), &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	recipe_init(&r);
	for (size_t i = 0; i < sizeof options / sizeof *options; i += 2)
		ck_assert_int_eq(recipe_set(&r, options[i], options[i + 1], &e), 0);
	ck_assert_msg(!table_from_file(&t, unit_shared("data/internet_traffic.csv"), &e), "%s", e.text);
	ck_assert_msg(!dataset_cut(d, &t, &r, m, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&r);
	return m;
}

static cJSON *read_golden(void)
{
	unsigned char *data;
	size_t n;
	struct err e = { 0 };
	ck_assert_int_eq(read_file(unit_shared("golden/internet_traffic_test.json"), 1 << 28, &data, &n, &e), 0);
	cJSON *o = json_parse((const char *)data, n, &e);
	ck_assert_msg(o != NULL, "%s", e.text);
	free(data);
	return o;
}

START_TEST(the_paper_s_errors)
{
	struct dataset d;
	struct metrics q;
	struct err e = { 0 };
	struct model *m = paper_model(&d);
	if (!m)
		unit_skip("../shared is not there");
	cJSON *golden = read_golden();
	real *p = calloc((size_t)d.n_target, sizeof *p);
	model_predict(m, &d, 0, d.n_target, 2, p);
	double want[4000];
	int n = 0;
	const cJSON *v, *errors = json_get(golden, "errors");
	cJSON_ArrayForEach(v, json_get(golden, "predictions"))
	{
		ck_assert_int_lt(n, 4000);
		want[n++] = v->valuedouble;
	}
	ck_assert_int_eq(n, d.n_target);
	unit_close("predictions", p, want, n, 1e-6, 0);
	ck_assert_msg(!metrics_compute(&q, m, &d, TASK_REGRESSION, p, &e), "%s", e.text);
	ck_assert_int_eq(q.windows, 3950);
	same_errors("model", json_get(json_get(errors, "model"), "standardized"), &q.model);
	same_errors("model raw", json_get(json_get(errors, "model"), "raw"), &q.model_raw);
	same_errors("last", json_get(json_get(errors, "naive_last_value"), "standardized"), &q.last);
	same_errors("last raw", json_get(json_get(errors, "naive_last_value"), "raw"), &q.last_raw);
	metrics_release(&q);
	free(p);
	cJSON_Delete(golden);
	dataset_release(&d);
	model_free(m);
}
END_TEST

START_TEST(threads_do_not_change_a_bit)
{
	struct dataset d;
	struct model *m = paper_model(&d);
	if (!m)
		unit_skip("../shared is not there");
	real a[103], b[103];
	model_predict(m, &d, 3, 106, 1, a);
	static const int threads[] = { 2, 3, 8, 200, 0, -1 };
	for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
		memset(b, 0, sizeof b);
		model_predict(m, &d, 3, 106, threads[i], b);
		ck_assert_msg(!memcmp(a, b, sizeof a), "%d threads", threads[i]);
	}
	model_predict(m, &d, 50, 51, 4, b);
	ck_assert(!memcmp(b, a + 47, sizeof *b));
	model_predict(m, &d, 50, 50, 4, NULL);
	dataset_release(&d);
	model_free(m);
}
END_TEST

UNIT_MAIN("metrics", forecast_errors_in_both_units, classes_are_counted, one_sigmoid_tells_two_classes,
          nothing_to_compare_with_is_said, the_paper_s_errors, threads_do_not_change_a_bit)
