#include <float.h>
#include "core/data/dataset.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"

/* What a model wants of its data; nothing is computed with it. */
static struct model wants(int64_t T, int64_t C, int64_t outputs, enum head head)
{
	struct model m;
	memset(&m, 0, sizeof m);
	m.T = T;
	m.C = C;
	m.outputs = outputs;
	m.head = head;
	return m;
}

/* "columns=2 derive=diff" */
static void options(struct recipe *r, const char *text)
{
	char *copy = strdup(text);
	recipe_init(r);
	for (char *at = NULL, *word = strtok_r(copy, " ", &at); word; word = strtok_r(NULL, " ", &at)) {
		char *value = strchr(word, '=');
		struct err e = { 0 };
		*value++ = 0;
		ck_assert_msg(!recipe_set(r, word, value, &e), "%s", e.text);
	}
	free(copy);
}

static int cut(struct dataset *d, const char *csv, const char *recipe, const struct model *m, struct err *e)
{
	struct table t;
	struct recipe r;
	options(&r, recipe);
	ck_assert_msg(!table_from_csv(&t, "x.csv", (const unsigned char *)csv, strlen(csv), INT64_MAX, e), "%s",
	              e->text);
	int bad = dataset_cut(d, &t, &r, m, e);
	table_release(&t);
	recipe_release(&r);
	return bad;
}

static void cut_good(struct dataset *d, const char *csv, const char *recipe, const struct model *m)
{
	struct err e = { 0 };
	ck_assert_msg(!cut(d, csv, recipe, m, &e), "%s: %s", recipe, e.text);
}

static void cut_bad(const char *csv, const char *recipe, const struct model *m, const char *says)
{
	struct dataset d;
	struct err e = { 0 };
	ck_assert_msg(cut(&d, csv, recipe, m, &e) < 0, "%s was taken", recipe);
	ck_assert_msg(strstr(e.text, says) != NULL, "'%s' does not say '%s'", e.text, says);
	ck_assert_ptr_null(strchr(e.text, '\n'));
}

/* ---- the paper's windows ---- */

static cJSON *golden(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "golden/%s", name);
	const char *file = unit_shared(path);
	unsigned char *data;
	size_t n;
	struct err e = { 0 };
	if (!file)
		return NULL;
	ck_assert_msg(!read_file(file, 1 << 28, &data, &n, &e), "%s", e.text);
	cJSON *o = json_parse((const char *)data, n, &e);
	ck_assert_msg(o != NULL, "%s", e.text);
	free(data);
	return o;
}

static bool traffic(struct dataset *d, const char *more)
{
	const char *path = unit_shared("data/internet_traffic.csv");
	struct table t;
	struct recipe r;
	struct err e = { 0 };
	char text[256];
	if (!path)
		return false;
	struct model m = wants(50, 2, 1, HEAD_LINEAR);
	snprintf(text, sizeof text, "columns=2 derive=diff scale=standard fit=0:14000 %s", more);
	options(&r, text);
	ck_assert_msg(!table_from_file(&t, path, &e), "%s", e.text);
	ck_assert_msg(!dataset_cut(d, &t, &r, &m, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&r);
	return true;
}

static void same_window(const struct dataset *d, const char *name)
{
	cJSON *o = golden(name);
	ck_assert_ptr_nonnull(o);
	const cJSON *data = json_get(json_get(o, "input"), "data"), *v;
	int64_t i;
	ck_assert(json_whole(json_get(json_get(o, "window"), "index"), &i));
	real x[100], y;
	dataset_window(d, i, x);
	int k = 0;
	cJSON_ArrayForEach(v, data)
	{
		ck_assert_msg((float)v->valuedouble == (float)x[k], "%s: element %d is %.9g instead of %.9g", name, k,
		              (double)x[k], v->valuedouble);
		k++;
	}
	ck_assert_int_eq(k, 100);
	ck_assert(dataset_truth(d, i, &y));
	ck_assert_msg((float)json_get(o, "y")->child->valuedouble == (float)y, "%s: y is %.9g", name, (double)y);
	cJSON_Delete(o);
}

START_TEST(the_paper_s_windows_to_the_bit)
{
	struct dataset d;
	if (!traffic(&d, "rows=14000:18000"))
		unit_skip("../shared is not there");
	ck_assert_int_eq(d.n_target, 3950);
	ck_assert_int_eq(d.n, 3951);
	ck_assert_int_eq(d.C, 2);
	same_window(&d, "internet_traffic_0000.json");
	same_window(&d, "internet_traffic_0001.json");
	same_window(&d, "internet_traffic_0100.json");
	same_window(&d, "internet_traffic_1234.json");
	same_window(&d, "internet_traffic_3000.json");
	ck_assert_int_eq(dataset_row(&d, 7), 14007);
	ck_assert_str_eq(dataset_stamp(&d, 0, 0), "2005-01-07 00:10:00");
	ck_assert_str_eq(d.channel[0], "Internet-Traffic");
	ck_assert_str_eq(d.channel[1], "Δ Internet-Traffic");
	real y;
	double raw;
	ck_assert(dataset_truth(&d, 3949, &y) && dataset_truth_raw(&d, 3949, &raw));
	ck_assert(!dataset_truth(&d, 3950, &y) && !dataset_truth_raw(&d, 3950, &raw));
	ck_assert_double_eq_tol(dataset_unscale(&d, 0, 0, (double)y), raw, 1e-3);
	dataset_release(&d);
}
END_TEST

START_TEST(the_paper_s_scaler)
{
	struct dataset d;
	cJSON *o = golden("internet_traffic_test.json");
	if (!o || !traffic(&d, "rows=14000:18000"))
		unit_skip("../shared is not there");
	double mean = json_get(json_get(o, "scaler"), "mean")->valuedouble,
	       std = json_get(json_get(o, "scaler"), "std")->valuedouble;
	ck_assert_double_eq_tol(d.scaler.shift[0], mean, 1e-12 * mean);
	ck_assert_double_eq_tol(d.scaler.scale[0], std, 1e-12 * std);
	ck_assert_double_eq_tol(mean, 3725.174770202637, 1e-11);
	ck_assert_int_eq(d.scale, SCALE_STANDARD);
	cJSON_Delete(o);
	dataset_release(&d);
}
END_TEST

START_TEST(splits_are_the_fit_rows_and_those_after)
{
	struct dataset d;
	if (!traffic(&d, "split=train"))
		unit_skip("../shared is not there");
	ck_assert_int_eq(d.n_target, 13950);
	ck_assert_int_eq(d.first_row, 0);
	dataset_release(&d);
	ck_assert(traffic(&d, "split=test"));
	ck_assert_int_eq(d.first_row, 14000);
	ck_assert_int_eq(d.n_row, 5888);
	dataset_release(&d);
	ck_assert(traffic(&d, "split=test rows=0:18000"));
	ck_assert_int_eq(d.n_target, 3950);
	dataset_release(&d);
	ck_assert(traffic(&d, "split=all"));
	ck_assert_int_eq(d.n_row, 19888);
	dataset_release(&d);
}
END_TEST

/* ---- windows and truth ---- */

static const char *const ramp = "t,a,b\n10:00,1,10\n10:01,2,20\n10:02,4,40\n10:03,7,70\n10:04,11,110\n10:05,16,160\n";
static const char *const named = "t,traffic\n1,1\n2,2\n3,4\n";

START_TEST(windows_are_time_major_with_differences_behind)
{
	struct dataset d;
	struct model m = wants(3, 4, 1, HEAD_LINEAR);
	cut_good(&d, ramp, "derive=diff", &m);
	ck_assert_int_eq(d.n, 4);
	ck_assert_int_eq(d.n_target, 3);
	const real want[12] = { 2, 20, 2, 20, 4, 40, 3, 30, 7, 70, (real)2.5, 25 };
	real x[12], y;
	dataset_window(&d, 1, x);
	unit_close("window", x, want, 12, 0, 0);
	ck_assert(dataset_truth(&d, 1, &y));
	ck_assert_double_eq((double)y, 11);
	ck_assert_str_eq(dataset_stamp(&d, 1, 2), "10:03");
	ck_assert_str_eq(dataset_stamp(&d, 3, 3), "");
	dataset_release(&d);
}
END_TEST

static const struct {
	const char *recipe;
	int64_t T, C, outputs, n, n_target;
	double first, last; /* of the truth of window 0 */
} truths[] = {
	{ "columns=a", 2, 1, 1, 5, 4, 4, 4 },
	{ "columns=a horizon=3", 2, 1, 1, 5, 2, 11, 11 },
	{ "columns=a step=2", 2, 1, 1, 3, 2, 4, 4 },
	{ "columns=a", 2, 1, 3, 5, 2, 4, 11 },
	{ "columns=a,b predict=b,a", 2, 2, 4, 5, 3, 40, 7 },
	{ "columns=a predict=b", 2, 1, 1, 5, 4, 40, 40 },
	{ "columns=2 predict=3", 2, 1, 2, 5, 3, 40, 70 },
	{ "columns=a rows=1:4", 3, 1, 1, 1, 0, 0, 0 },
	{ "columns=a", 6, 1, 1, 1, 0, 0, 0 },
	{ "columns=a horizon=999999999999999", 2, 1, 1, 5, 0, 0, 0 },
	{ "columns=a step=999999999999999", 2, 1, 1, 1, 1, 4, 4 },
};

START_TEST(the_truth_lies_where_horizon_and_outputs_say)
{
	struct dataset d;
	struct model m = wants(truths[_i].T, truths[_i].C, truths[_i].outputs, HEAD_LINEAR);
	cut_good(&d, ramp, truths[_i].recipe, &m);
	ck_assert_int_eq(d.n, truths[_i].n);
	ck_assert_int_eq(d.n_target, truths[_i].n_target);
	real y[4] = { 0 };
	double raw[4];
	for (int64_t i = 0; i < d.n; i++)
		ck_assert_int_eq(dataset_truth(&d, i, y), i < d.n_target);
	if (dataset_truth(&d, 0, y) && dataset_truth_raw(&d, 0, raw)) {
		ck_assert_double_eq((double)y[0], truths[_i].first);
		ck_assert_double_eq((double)y[d.n_y - 1], truths[_i].last);
		ck_assert_double_eq(raw[d.n_y - 1], truths[_i].last);
	}
	dataset_release(&d);
}
END_TEST

/* ---- scaling ---- */

START_TEST(minmax_scales_to_the_unit_interval_and_back)
{
	struct dataset d;
	struct model m = wants(3, 2, 1, HEAD_LINEAR);
	cut_good(&d, ramp, "scale=minmax fit=0:3", &m);
	ck_assert_double_eq(d.scaler.shift[0], 1);
	ck_assert_double_eq(d.scaler.scale[0], 3);
	ck_assert_double_eq(d.scaler.low[1], 10);
	ck_assert_double_eq(d.scaler.high[1], 40);
	real x[6], y;
	dataset_window(&d, 0, x);
	const real want[6] = { 0, 0, (real)(float)(1 / 3.0), (real)(float)(1 / 3.0), 1, 1 };
	unit_close("scaled", x, want, 6, 0, 0);
	dataset_truth(&d, 0, &y);
	ck_assert_double_eq(dataset_unscale(&d, 0, 0, (double)y), 7);
	ck_assert_double_eq(dataset_unscale_channel(&d, 0, 1, 0.5), 25);
	dataset_release(&d);
	struct model with_diff = wants(3, 4, 1, HEAD_LINEAR);
	cut_good(&d, ramp, "scale=minmax fit=0:3 derive=diff", &with_diff);
	ck_assert_double_eq(dataset_unscale_channel(&d, 0, 3, 0.5), 15); /* a difference is not shifted */
	dataset_release(&d);
}
END_TEST

START_TEST(standard_divides_by_the_population)
{
	struct dataset d;
	struct model m = wants(2, 1, 1, HEAD_LINEAR);
	cut_good(&d, "x\n2\n4\n4\n4\n5\n5\n7\n9\n", "scale=standard", &m);
	ck_assert_double_eq(d.scaler.shift[0], 5);
	ck_assert_double_eq(d.scaler.scale[0], 2);
	dataset_release(&d);
}
END_TEST

START_TEST(a_scaling_that_comes_along_is_used_and_not_fitted)
{
	struct dataset d;
	struct recipe r;
	struct table t;
	struct err e = { 0 };
	struct model m = wants(3, 1, 1, HEAD_LINEAR);
	ck_assert_int_eq(table_from_csv(&t, "x", (const unsigned char *)ramp, strlen(ramp), INT64_MAX, &e), 0);
	/* its fit range is of another file: it is not looked at */
	options(&r, "columns=a scale=standard fit=0:14000");
	ck_assert_int_eq(recipe_set(&r, "scaler", "shift 1;scale 2", &e), 0);
	ck_assert_msg(!dataset_cut(&d, &t, &r, &m, &e), "%s", e.text);
	real x[3];
	dataset_window(&d, 0, x);
	const real want[3] = { 0, (real)0.5, (real)1.5 };
	unit_close("scaled", x, want, 3, 0, 0);
	dataset_release(&d);
	ck_assert_int_eq(recipe_set(&r, "columns", "a,b", &e), 0);
	struct model two = wants(3, 2, 1, HEAD_LINEAR);
	ck_assert_int_lt(dataset_cut(&d, &t, &r, &two, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "is for 1 column, here are 2"));
	recipe_release(&r);
	table_release(&t);
}
END_TEST

START_TEST(a_constant_column_is_shifted_and_said)
{
	struct dataset d;
	struct model m = wants(2, 1, 1, HEAD_LINEAR);
	cut_good(&d, "x\n5\n5\n5\n6\n", "scale=standard fit=0:3", &m);
	ck_assert_ptr_nonnull(d.warning);
	ck_assert_ptr_nonnull(strstr(d.warning, "'x' is constant"));
	real x[2];
	dataset_window(&d, 2, x);
	ck_assert_double_eq((double)x[0], 0);
	ck_assert_double_eq((double)x[1], 1);
	dataset_release(&d);
}
END_TEST

/* ---- missing cells ---- */

static const char *const gaps = "a,b\n,1\n2,2\nNA,3\nx,4\n8,5\n,6\n";

START_TEST(missing_cells_are_errors_with_line_and_column)
{
	struct model one = wants(2, 1, 1, HEAD_LINEAR);
	cut_bad(gaps, "columns=a", &one, "line 2, column 'a': the cell is empty; --missing");
	cut_bad(gaps, "columns=a rows=3:", &one, "line 5, column 'a': 'x' is not a number; --missing");
	cut_bad("v\n1\n1e39\n", "columns=v", &one, "line 3, column 'v': 1e+39 is beyond 32-bit");
	cut_bad("v\n1\n1e999\n2\n", "columns=v", &one, "line 3, column 'v': '1e999' is not a number");
	/* rows and columns that are not used do not matter */
	struct dataset d;
	cut_good(&d, gaps, "columns=b", &one);
	dataset_release(&d);
	cut_good(&d, "a\n1\n2\n3\nx\n", "rows=0:3", &one);
	dataset_release(&d);
	/* but those of --fit do */
	cut_bad("a\n1\n2\n3\nx\n", "rows=0:3 scale=standard", &one, "line 5, column 'a': 'x'");
}
END_TEST

START_TEST(missing_cells_are_filled_by_lines)
{
	struct dataset d;
	struct model m = wants(6, 1, 1, HEAD_LINEAR);
	cut_good(&d, gaps, "columns=a missing=interpolate", &m);
	real x[6];
	const real want[6] = { 2, 2, 4, 6, 8, 8 };
	dataset_window(&d, 0, x);
	unit_close("filled", x, want, 6, 0, 0);
	ck_assert_int_eq(d.n_missing, 4);
	dataset_release(&d);
	struct model two = wants(1, 1, 1, HEAD_LINEAR);
	cut_bad(gaps, "columns=a rows=2:4 missing=interpolate", &two, "holds no number");
}
END_TEST

START_TEST(rows_with_missing_cells_are_dropped)
{
	struct dataset d;
	struct model m = wants(2, 2, 1, HEAD_LINEAR);
	cut_good(&d, gaps, "columns=a,b missing=drop", &m);
	ck_assert_int_eq(d.n_row, 2);
	ck_assert_int_eq(d.n_missing, 4);
	ck_assert_int_eq(d.n, 1);
	ck_assert_int_eq(dataset_row(&d, 0), 1);
	real x[4];
	const real want[4] = { 2, 2, 8, 5 };
	dataset_window(&d, 0, x);
	unit_close("kept", x, want, 4, 0, 0);
	dataset_release(&d);
	struct model three = wants(3, 2, 1, HEAD_LINEAR);
	cut_bad(gaps, "columns=a,b missing=drop", &three,
	        "2 rows (4 with missing cells dropped) are too few for a window of 3 steps");
	struct model none = wants(1, 1, 1, HEAD_LINEAR);
	cut_bad(gaps, "columns=a rows=2:4 missing=drop", &none, "0 rows");
}
END_TEST

/* ---- what does not fit ---- */

START_TEST(recipes_that_do_not_fit_say_what_would)
{
	struct model one = wants(2, 1, 1, HEAD_LINEAR), two = wants(2, 2, 1, HEAD_LINEAR),
	             four = wants(2, 4, 1, HEAD_LINEAR);
	struct model three = wants(2, 3, 1, HEAD_LINEAR), outs = wants(2, 2, 3, HEAD_LINEAR),
	             longer = wants(7, 2, 1, HEAD_LINEAR);
	cut_bad(ramp, "columns=a", &two,
	        "the model reads 2 channels, the recipe gives 1 (1 column); --derive diff or --columns A,B "
	        "would give 2");
	cut_bad("a\n1\n2\n", "columns=a", &two,
	        "the model reads 2 channels, the recipe gives 1 (1 column); --derive diff would give 2");
	cut_bad(ramp, "derive=diff", &two,
	        "gives 4 (2 columns and differences); --derive none or --columns A would give 2");
	cut_bad(ramp, "step=1", &one, "reads 1 channel, the recipe gives 2 (2 columns); --columns A would give 1");
	cut_bad(ramp, "step=1", &four, "--derive diff would give 4");
	cut_bad(ramp, "step=1", &three, "--columns A,B,C would give 3, but only 2 columns of the file hold numbers");
	cut_bad(ramp, "columns=c", &one, "--columns c: no such column; there are 3: t, a, b");
	cut_bad(named, "columns=trafic", &one, "there are 2: t, traffic; did you mean 'traffic'?");
	cut_bad(ramp, "columns=4", &one, "--columns 4: no such column; there are 3");
	cut_bad(ramp, "columns=0", &one, "no such column");
	cut_bad(ramp, "columns=t", &one, "column 't' holds no numbers, but cells such as '");
	cut_bad("a,u\n1,20.000 mV\n2,21.5 mV\n3,20 V\n", "columns=u", &one,
	        "--columns u: column 'u' holds no numbers, but cells such as '20.000 mV'; write its cells as numbers "
	        "alone, "
	        "without units");
	cut_bad("a,u\n1,$3.1\n2,€3.2\n3,$4\n", "columns=a predict=u", &one,
	        "--predict u: column 'u' holds no numbers, but cells such as '$3.1'; write its cells as numbers alone");
	cut_bad("a,u,b\n1,,2\n2,,3\n3,,1\n", "columns=u", &one, "column 'u' holds no numbers: all its cells are empty");
	cut_bad(ramp, "columns=a,2", &two, "'a' is named twice");
	cut_bad(ramp, "columns=a predict=t", &one, "column 't' holds no numbers");
	cut_bad(ramp, "predict=a,b", &outs, "names 2 columns, but the model has 3 outputs");
	cut_bad(ramp, "step=1", &longer, "6 rows are too few for a window of 7 steps");
	cut_bad(ramp, "window=3", &two, "--window 3: the model reads windows of 2 steps");
	cut_bad(ramp, "rows=6:", &two, "--rows 6:: the file has 6 rows");
	cut_bad(ramp, "rows=0:7", &two, "--rows 0:7: the file has 6 rows");
	cut_bad(ramp, "scale=standard fit=0:7", &two, "--fit 0:7: the file has 6 rows");
	cut_bad(ramp, "split=test", &two, "--split test: give the rows of the training set with --fit A:B");
	cut_bad(ramp, "split=test fit=0:6", &two, "--split test: no rows are left");
	cut_bad("t,u\n10:00,x\n10:01,y\n", "step=1", &one, "no column holds numbers");
	cut_bad("a,a\n1,2\n3,4\n", "columns=a", &one, "2 columns have this name; '#1' is the first of them");
	cut_bad(ramp, "columns=a label=c", &one, "--label c: no such column");
}
END_TEST

START_TEST(rows_have_the_rate_that_the_recipe_says)
{
	struct model one = wants(2, 1, 1, HEAD_LINEAR);
	struct dataset d;
	cut_good(&d, ramp, "columns=a", &one);
	ck_assert(d.rate == 0);
	dataset_release(&d);
	cut_good(&d, ramp, "columns=a rate=180.5", &one);
	ck_assert(d.rate == 180.5);
	dataset_release(&d);
}
END_TEST

/* ---- labels ---- */

static const char *const labelled = "x,y\n1,no\n2,no\n3,yes\n4,no\n5,no\n6,maybe\n7,yes\n8,\n";

static void expect_labels(const char *csv, const char *recipe, const struct model *m, const char *names,
                          const char *want)
{
	struct dataset d;
	char got[64] = "", all[64] = "";
	cut_good(&d, csv, recipe, m);
	ck_assert(d.has_labels);
	ck_assert_int_eq(d.n_y, 0);
	ck_assert_int_eq(d.n_target, d.n);
	for (int k = 0; k < d.n_class; k++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", k ? "," : "", d.class_name[k]);
	for (int64_t i = 0; i < d.n; i++) {
		int k = dataset_class(&d, i);
		snprintf(got + strlen(got), sizeof got - strlen(got), "%c", k < 0 ? '-' : '0' + k);
	}
	ck_assert_str_eq(all, names);
	ck_assert_str_eq(got, want);
	dataset_release(&d);
}

START_TEST(labels_of_windows_by_every_rule)
{
	struct model m = wants(3, 1, 3, HEAD_SOFTMAX);
	/* rows: n n y n n m y - */
	expect_labels(labelled, "label=y", &m, "maybe,no,yes", "21102-");
	expect_labels(labelled, "label=y classes=no,maybe,yes", &m, "no,maybe,yes", "20012-");
	expect_labels(labelled, "label=y classes=no,maybe,yes label-rule=majority", &m, "no,maybe,yes", "000001");
	expect_labels(labelled, "label=y classes=no,maybe,yes label-rule=any", &m, "no,maybe,yes", "222122");
	expect_labels(labelled, "label=y classes=no,maybe,yes label-rule=any step=4", &m, "no,maybe,yes", "22");
	expect_labels(labelled, "label=y classes=no,maybe,yes label-rule=majority step=2", &m, "no,maybe,yes", "000");
}
END_TEST

START_TEST(labels_that_are_numbers)
{
	struct model three = wants(1, 1, 3, HEAD_SOFTMAX), sigmoid = wants(1, 1, 1, HEAD_SIGMOID),
	             two = wants(1, 1, 2, HEAD_SOFTMAX);
	expect_labels("x,y\n1,0\n2,2\n3,\n", "label=y", &three, "0,1,2", "02-"); /* class 1 does not occur */
	expect_labels("x,y\n1,10\n2,9\n3,-1\n", "label=y", &three, "-1,9,10", "210");
	expect_labels("x,y\n1,1\n2,0\n", "label=y", &sigmoid, "0,1", "10");
	expect_labels("x,y\n1,1.0\n2,2\n", "label=y classes=2,1", &two, "2,1", "10");
	const char *names[] = { "walk", "run", "rest" };
	three.class_name = names;
	three.n_class_name = 3;
	expect_labels("x,y\n1,rest\n2,walk\n", "label=y", &three, "walk,run,rest", "20");
	expect_labels("x,y\n1,2\n2,0\n", "label=y", &three, "walk,run,rest", "20");
}
END_TEST

START_TEST(labels_that_do_not_fit)
{
	struct model three = wants(1, 1, 3, HEAD_SOFTMAX), two = wants(1, 1, 2, HEAD_SOFTMAX);
	cut_bad(labelled, "label=y", &two,
	        "column 'y' holds 3 labels (no, yes, maybe), but the model has 2 classes; --classes");
	cut_bad(labelled, "label=y classes=no,yes,other", &three,
	        "line 7, column 'y': label 'maybe' is not among --classes");
	cut_bad(labelled, "label=y classes=no,yes", &three, "--classes names 2, but the model has 3");
	cut_bad("x,y\n1,a\n2,\n", "label=y rows=1:2", &three, "column 'y' is empty");
}
END_TEST

START_TEST(class_numbers_from_a_forecast_column)
{
	struct dataset d;
	struct model m = wants(2, 1, 3, HEAD_SOFTMAX);
	cut_good(&d, "x,k\n1,0\n2,1\n3,2\n4,0\n", "columns=x predict=k", &m);
	ck_assert(d.has_labels);
	ck_assert_int_eq(d.n_target, 2);
	ck_assert_int_eq(dataset_class(&d, 0), 2);
	ck_assert_int_eq(dataset_class(&d, 1), 0);
	ck_assert_int_eq(dataset_class(&d, 2), -1);
	dataset_release(&d);
	cut_bad("x,k\n1,0\n2,1\n3,3\n", "columns=x predict=k", &m,
	        "line 4, column 'k': 3 is no class index from 0 to 2");
	/* without --predict nothing is known to compare with */
	cut_good(&d, "x\n1\n2\n3\n", "step=1", &m);
	ck_assert(!d.has_labels);
	ck_assert_int_eq(d.n_y, 0);
	ck_assert_int_eq(d.n_target, 0);
	ck_assert_int_eq(d.n, 2);
	dataset_release(&d);
}
END_TEST

/* ---- ready windows ---- */

/* 4 windows of 2 channels, 3 steps: value = 100 w + 10 c + t. */
static void ready_set(struct window_set *s, const char *axes, const char **label)
{
	memset(s, 0, sizeof *s);
	s->n = s->n_truth = 4;
	s->rank = 3;
	bool nct = !strcmp(axes, "NCT");
	memcpy(s->dim, (int64_t[4]){ 4, nct ? 2 : 3, nct ? 3 : 2 }, sizeof s->dim);
	memcpy(s->stride, (int64_t[4]){ 6, s->dim[2], 1 }, sizeof s->stride);
	s->x = calloc(24, sizeof *s->x);
	for (int w = 0; w < 4; w++)
		for (int c = 0; c < 2; c++)
			for (int t = 0; t < 3; t++)
				s->x[6 * w + (nct ? 3 * c + t : 2 * t + c)] = (float)(100 * w + 10 * c + t);
	s->format = "test";
	s->label = label;
}

static int ready(struct dataset *d, struct window_set *s, const char *recipe, const struct model *m, struct err *e)
{
	struct recipe r;
	options(&r, recipe);
	int bad = dataset_of_windows(d, s, &r, m, e);
	recipe_release(&r);
	return bad;
}

static void ready_bad(struct window_set *s, const char *recipe, const struct model *m, const char *says)
{
	struct dataset d;
	struct err e = { 0 };
	ck_assert_msg(ready(&d, s, recipe, m, &e) < 0, "%s was taken", recipe);
	ck_assert_msg(strstr(e.text, says) != NULL, "'%s' does not say '%s'", e.text, says);
}

START_TEST(ready_windows_in_any_order_of_axes)
{
	struct dataset d;
	struct window_set s;
	struct err e = { 0 };
	struct model m = wants(3, 2, 3, HEAD_SOFTMAX);
	const char *label[] = { "walk", "run", "walk", "stand" };
	real x[12];
	for (int k = 0; k < 2; k++) {
		ready_set(&s, k ? "NTC" : "NCT", label);
		ck_assert_msg(!ready(&d, &s, "rows=1:4", &m, &e), "%s", e.text);
		ck_assert_int_eq(d.n, 3);
		ck_assert_int_eq(d.n_target, 3);
		dataset_window(&d, 1, x);
		const real want[] = { 200, 210, 201, 211, 202, 212 };
		unit_close("window", x, want, 6, 0, 0);
		ck_assert_int_eq(dataset_row(&d, 1), 2);
		ck_assert_int_eq(d.n_class, 3);
		ck_assert_str_eq(d.class_name[0], "run");
		ck_assert_int_eq(dataset_class(&d, 0), 0);
		ck_assert_int_eq(dataset_class(&d, 1), 2);
		ck_assert_int_eq(dataset_class(&d, 2), 1);
		ck_assert_str_eq(dataset_stamp(&d, 1, 0), "");
		ck_assert(!dataset_truth(&d, 0, x));
		dataset_release(&d);
		/* differences, one channel, scaling by the first two windows: mean 51, values 0 1 2 100 101 102 */
		struct model two = wants(3, 2, 3, HEAD_SOFTMAX);
		ck_assert_msg(!ready(&d, &s, "columns=1 derive=diff scale=minmax fit=0:2", &two, &e), "%s", e.text);
		dataset_window(&d, 3, x);
		const real scaled[] = { (real)(300 / 102.0f), (real)(301 / 102.0f - 300 / 102.0f),
			                (real)(301 / 102.0f), (real)(302 / 102.0f - 301 / 102.0f),
			                (real)(302 / 102.0f), (real)(1 / 102.0f) };
		unit_close("scaled", x, scaled, 6, 1e-6, 0);
		ck_assert_double_eq_tol(dataset_unscale_channel(&d, 3, 0, (double)x[0]), 300, 1e-3);
		dataset_release(&d);
		s.label = NULL;
		window_set_release(&s);
	}
}
END_TEST

START_TEST(ready_windows_of_other_lengths)
{
	struct dataset d;
	struct window_set s;
	struct err e = { 0 };
	real x[10];
	struct model m = wants(3, 2, 1, HEAD_LINEAR), longer = wants(5, 2, 1, HEAD_LINEAR),
	             shorter = wants(2, 2, 1, HEAD_LINEAR);
	ready_set(&s, "NCT", NULL);
	ready_bad(&s, "step=1", &longer, "the windows have 3 steps, the model reads 5; --lengths fit");
	ck_assert_msg(!ready(&d, &s, "lengths=fit", &longer, &e), "%s", e.text);
	dataset_window(&d, 1, x);
	const real padded[] = { 100, 110, 101, 111, 102, 112, 0, 0, 0, 0 };
	unit_close("padded", x, padded, 10, 0, 0);
	ck_assert_ptr_nonnull(strstr(d.warning, "4 of 4 windows end before step 5"));
	dataset_release(&d);
	ck_assert_msg(!ready(&d, &s, "lengths=fit", &shorter, &e), "%s", e.text);
	ck_assert_ptr_nonnull(strstr(d.warning, "longer than 2 steps"));
	dataset_release(&d);
	/* values that end early: lengths differ, so they are padded without being asked for */
	s.x[6 + 2] = s.x[6 + 5] = NAN;
	ck_assert_msg(!ready(&d, &s, "step=1", &m, &e), "%s", e.text);
	dataset_window(&d, 1, x);
	const real end[] = { 100, 110, 101, 111, 0, 0 };
	unit_close("early end", x, end, 6, 0, 0);
	dataset_release(&d);
	ready_bad(&s, "lengths=same", &m, "2 to 3 steps");
	/* a hole is no end */
	s.x[7] = NAN;
	ready_bad(&s, "step=1", &m, "window 1, channel 1, step 1: the value is missing; --missing interpolate");
	ck_assert_msg(!ready(&d, &s, "missing=drop", &m, &e), "%s", e.text);
	ck_assert_int_eq(d.n, 3);
	ck_assert_int_eq(dataset_row(&d, 1), 2);
	dataset_release(&d);
	s.x[8] = 102;
	ck_assert_msg(!ready(&d, &s, "missing=interpolate", &m, &e), "%s", e.text);
	dataset_window(&d, 1, x);
	const real filled[] = { 100, 110, 101, 111, 102, 111 };
	unit_close("filled", x, filled, 6, 0, 0);
	dataset_release(&d);
	s.x[0] = INFINITY;
	ready_bad(&s, "step=1", &m, "beyond 32-bit numbers");
	window_set_release(&s);
}
END_TEST

START_TEST(ready_windows_that_do_not_fit)
{
	struct dataset d;
	struct window_set s;
	struct err e = { 0 };
	double value[] = { 1, 0, 0, 1, 0, 1, 1, 0 }, y[2];
	struct model m = wants(3, 2, 2, HEAD_LINEAR), c = wants(3, 2, 2, HEAD_SOFTMAX),
	             other = wants(7, 5, 2, HEAD_LINEAR);
	ready_set(&s, "NCT", NULL);
	s.value = value;
	s.n_value = 2;
	ck_assert_msg(!ready(&d, &s, "rows=1:", &m, &e), "%s", e.text);
	ck_assert_int_eq(d.n_y, 2);
	ck_assert(dataset_truth_raw(&d, 1, y) && y[0] == 0 && y[1] == 1);
	ck_assert(!d.has_labels);
	dataset_release(&d);
	/* rows with one 1 are classes of a classifier */
	ck_assert_msg(!ready(&d, &s, "rows=1:", &c, &e), "%s", e.text);
	ck_assert(d.has_labels && dataset_class(&d, 0) == 1 && dataset_class(&d, 2) == 0);
	dataset_release(&d);
	ready_bad(&s, "predict=1", &m, "ready windows");
	ready_bad(&s, "columns=1,1", &m, "--columns 1: this channel is named twice");
	ready_bad(&s, "columns=3", &m, "no such channel; there are 2");
	ready_bad(&s, "step=1", &other, "shape (4,2,3) holds no windows of 7 steps and 5 channels; --layout");
	ready_bad(&s, "columns=1", &m, "the model reads 2 channels, the windows have 1");
	ready_bad(&s, "rows=3:9", &m, "the file has 4 windows");
	s.n_truth = 3;
	ready_bad(&s, "step=1", &m, "4 windows, but 3 labels");
	window_set_release(&s);
}
END_TEST

/* ---- scaling by group ---- */

static const char grouped[] = "who,a,b\nx,1,10\nx,2,20\nx,3,30\nx,5,40\ny,100,7\ny,300,7\ny,500,7\ny,700,7\n"
                              "z,-1,2\nz,0,4\nz,3,6\n";

START_TEST(each_group_is_scaled_by_its_own_rows)
{
	struct dataset d;
	struct model m = wants(2, 2, 1, HEAD_LINEAR);
	real x[4], y;
	cut_good(&d, grouped, "columns=a,b predict=a group=who scale=minmax scale-by=group fit=0:6", &m);
	ck_assert_int_eq(d.n, 8);
	ck_assert_int_eq(d.n_target, 5);
	/* x by rows 0 to 3: a from 1 to 5, b from 10 to 40 */
	dataset_window(&d, 0, x);
	const real first[] = { 0, 0, (real)0.25f, (real)(float)(10 / 30.0) };
	unit_close("x", x, first, 4, 0, 0);
	/* y by rows 4 and 5: a from 100 to 300; b is 7 and only shifted */
	dataset_window(&d, 2, x);
	const real second[] = { 0, 0, 1, 0 };
	unit_close("y", x, second, 4, 0, 0);
	ck_assert(dataset_truth(&d, 2, &y));
	ck_assert_double_eq((double)y, 2);
	ck_assert_double_eq(dataset_unscale(&d, 2, 0, 2), 500);
	ck_assert_double_eq(dataset_unscale(&d, 0, 0, 2), 9);
	ck_assert_double_eq(dataset_unscale_channel(&d, 2, 1, 0.5), 7.5);
	ck_assert_ptr_nonnull(strstr(d.warning, "column 'b' is constant in the rows on which the scaling of 1 group is "
	                                        "fitted: 'y'; there it is only shifted"));
	/* z has no row of --fit: all its rows, a from -1 to 3, b from 2 to 6 */
	dataset_window(&d, 4, x);
	const real third[] = { 0, 0, (real)0.25f, (real)0.5f };
	unit_close("z", x, third, 4, 0, 0);
	ck_assert_double_eq(dataset_unscale_channel(&d, 7, 1, 0.5), 4); /* the last window is one of z */
	ck_assert_double_eq(dataset_scaler(&d, 7)->high[0], 3);
	ck_assert_ptr_nonnull(strstr(d.warning, "--fit has no rows of 1 group: 'z'; it is scaled by the statistics of "
	                                        "all its rows"));
	dataset_release(&d);
	/* the population of a in x: mean 2.75, variance (1.75^2 + 0.75^2 + 0.25^2 + 2.25^2) / 4 = 2.1875 */
	cut_good(&d, grouped, "columns=a,b predict=a group=who scale=standard scale-by=group", &m);
	ck_assert_double_eq(dataset_scaler(&d, 0)->shift[0], 2.75);
	ck_assert_double_eq(dataset_scaler(&d, 0)->scale[0], sqrt(2.1875));
	ck_assert_double_eq(dataset_scaler(&d, 2)->shift[0], 400);
	dataset_release(&d);
	/* rows that are not cut may be those of --fit, and a group without a window has no scaler */
	cut_good(&d, grouped, "columns=a,b predict=a group=who scale=minmax scale-by=group fit=0:5 rows=2:9", &m);
	ck_assert_int_eq(d.n_group, 2);
	ck_assert_str_eq(dataset_group_name(&d, 2), "x");
	ck_assert_double_eq(dataset_scaler(&d, 2)->shift[0], 1);
	ck_assert_double_eq(dataset_scaler(&d, 0)->shift[0], 100);
	ck_assert_ptr_null(strstr(d.warning, "no rows of"));
	dataset_release(&d);
}
END_TEST

START_TEST(scaling_by_group_that_does_not_fit)
{
	struct model m = wants(2, 2, 1, HEAD_LINEAR);
	cut_bad(grouped, "columns=a,b scale=minmax scale-by=group", &m, "the rows have no groups; --group COL");
	cut_bad(grouped, "columns=a,b group=who scale-by=group", &m, "add --scale standard or --scale minmax");
	/* rows by which a group is scaled are read like those of --fit */
	cut_bad("who,a\nx,1\nx,2\nx,3\ny,\ny,5\ny,6\ny,7\n", "group=who scale=minmax scale-by=group fit=0:3 rows=4:",
	        &(struct model){ .T = 2, .C = 1, .outputs = 1, .head = HEAD_LINEAR }, "the cell is empty");
}
END_TEST

START_TEST(ready_windows_are_scaled_by_group)
{
	struct dataset d;
	struct window_set s;
	struct err e = { 0 };
	struct model m = wants(3, 2, 1, HEAD_LINEAR);
	int group[] = { 1, 0, 1, 0 };
	const char *name[] = { "b.npy", "a.npy" };
	real x[6];
	ready_set(&s, "NCT", NULL);
	ready_bad(&s, "scale=minmax scale-by=group", &m, "have no groups; each of several files is a group");
	s.group = group;
	s.group_name = name;
	s.n_group = 2;
	s.n_grouped = 4;
	/* windows 1 and 3 are b.npy: channel 2 from 110 to 312; window 0 alone is of --fit, so all of b.npy are taken
	 */
	ck_assert_msg(!ready(&d, &s, "scale=minmax scale-by=group fit=0:1 rows=0:4", &m, &e), "%s", e.text);
	dataset_window(&d, 3, x);
	const real third[] = { (real)(float)(200 / 202.0),
		               (real)(float)(200 / 202.0),
		               (real)(float)(201 / 202.0),
		               (real)(float)(201 / 202.0),
		               1,
		               1 };
	unit_close("b.npy", x, third, 6, 1e-6, 0);
	ck_assert_double_eq(dataset_unscale_channel(&d, 3, 1, 1), 312);
	ck_assert_double_eq(dataset_unscale_channel(&d, 2, 1, 0.5), 11);
	ck_assert_ptr_nonnull(strstr(d.warning, "--fit has no windows of 1 group: 'b.npy'; it is scaled by the "
	                                        "statistics of all its windows"));
	dataset_release(&d);
	ready_bad(&s, "group=who", &m, "ready windows");
	window_set_release(&s);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, the_paper_s_windows_to_the_bit);
	tcase_add_test(c, the_paper_s_scaler);
	tcase_add_test(c, splits_are_the_fit_rows_and_those_after);
	tcase_add_test(c, windows_are_time_major_with_differences_behind);
	tcase_add_loop_test(c, the_truth_lies_where_horizon_and_outputs_say, 0, sizeof truths / sizeof *truths);
	tcase_add_test(c, minmax_scales_to_the_unit_interval_and_back);
	tcase_add_test(c, standard_divides_by_the_population);
	tcase_add_test(c, a_scaling_that_comes_along_is_used_and_not_fitted);
	tcase_add_test(c, a_constant_column_is_shifted_and_said);
	tcase_add_test(c, each_group_is_scaled_by_its_own_rows);
	tcase_add_test(c, scaling_by_group_that_does_not_fit);
	tcase_add_test(c, ready_windows_are_scaled_by_group);
	tcase_add_test(c, missing_cells_are_errors_with_line_and_column);
	tcase_add_test(c, missing_cells_are_filled_by_lines);
	tcase_add_test(c, rows_with_missing_cells_are_dropped);
	tcase_add_test(c, recipes_that_do_not_fit_say_what_would);
	tcase_add_test(c, rows_have_the_rate_that_the_recipe_says);
	tcase_add_test(c, labels_of_windows_by_every_rule);
	tcase_add_test(c, labels_that_are_numbers);
	tcase_add_test(c, labels_that_do_not_fit);
	tcase_add_test(c, class_numbers_from_a_forecast_column);
	tcase_add_test(c, ready_windows_in_any_order_of_axes);
	tcase_add_test(c, ready_windows_of_other_lengths);
	tcase_add_test(c, ready_windows_that_do_not_fit);
}

UNIT_MAIN_WITH("dataset", setup)
