/* Keras models: what the files hold, what the networks answer, and what is said of files that are no models.
 * The numbers of the fixtures in tests/keras are those that tests/gen_keras.py --expect works out in numpy,
 * in Keras' own order of axes; those of the .json files come from tests/gen_keras_v3.py and tests/gen_keras_more.py. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include "core/run/run.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "src/read/zip_read.h"
#include "tests/unit/lanes.h"
#include "tests/unit/outputs_only.h"
#include "tests/unit/unit.h"

static struct err e;
static const struct read_options plain;

static struct model *load(const char *path)
{
	struct model *m = read_model(path, &plain, &e);
	ck_assert_msg(m != NULL, "%s: %s", path, e.text);
	return m;
}

/* ---- the paper's model ---- */

struct expect_layer {
	const char *name, *type, *activation;
	enum layer_kind kind;
	int64_t filters, times, params, receptive;
};

static const struct expect_layer traffic[] = {
	{ "convolution1d_4_input", "InputLayer", "", LAYER_INPUT, 2, 50, 0, 1 },
	{ "convolution1d_4", "Convolution1D", "relu", LAYER_ANALYSED, 64, 50, 448, 3 },
	{ "maxpooling1d_3", "MaxPooling1D", "", LAYER_ANALYSED, 64, 25, 0, 4 },
	{ "convolution1d_5", "Convolution1D", "relu", LAYER_ANALYSED, 32, 25, 6176, 8 },
	{ "maxpooling1d_4", "MaxPooling1D", "", LAYER_ANALYSED, 32, 13, 0, 10 },
	{ "convolution1d_6", "Convolution1D", "relu", LAYER_ANALYSED, 16, 13, 1552, 18 },
	{ "flatten_2", "Flatten", "", LAYER_LAYOUT, 208, 1, 0, 50 },
	{ "dense_2", "Dense", "", LAYER_ANALYSED, 1, 1, 209, 50 },
};

START_TEST(internet_traffic_layers)
{
	const char *path = unit_shared("models/internet_traffic.h5");
	if (!path)
		unit_skip("no shared models");
	struct model *m = load(path);
	int n = sizeof traffic / sizeof *traffic;
	ck_assert_str_eq(m->file, "internet_traffic.h5");
	ck_assert_str_eq(m->format, "Keras 1.2.2 HDF5");
	ck_assert_int_eq(m->n_layer, n);
	ck_assert_int_eq(m->T, 50);
	ck_assert_int_eq(m->C, 2);
	ck_assert_int_eq(m->params, 448 + 6176 + 1552 + 209);
	for (int i = 0; i < n; i++) {
		const struct layer *l = &m->layer[i];
		const struct expect_layer *x = &traffic[i];
		ck_assert_str_eq(l->name, x->name);
		ck_assert_str_eq(l->type, x->type);
		ck_assert_str_eq(l->activation, x->activation);
		ck_assert_int_eq(l->kind, x->kind);
		ck_assert_msg(l->filters == x->filters && l->times == x->times, "%s: %lld x %lld", l->name,
		              (long long)l->filters, (long long)l->times);
		ck_assert_int_eq(l->params, x->params);
		ck_assert_int_eq(l->receptive, x->receptive);
		ck_assert_msg((l->pre != l->act) == (*x->activation != 0), "%s: pre %d act %d", l->name, l->pre,
		              l->act);
	}
	model_free(m);
}
END_TEST

/* The library stays out of this process. */
START_TEST(hdf5_is_loaded_by_the_child_alone)
{
	struct model *m = load("tests/keras/keras1.h5");
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");
	if (!f)
		unit_skip("no /proc");
	bool found = false;
	while (fgets(line, sizeof line, f))
		found |= strstr(line, "hdf5") != NULL;
	fclose(f);
	ck_assert(!found);
	model_free(m);
}
END_TEST

/* ---- answers ---- */

/* A layer's activated values: their sum and the sum of their magnitudes. */
struct expect_sum {
	const char *layer;
	double sum, abs;
};

static const struct expect_sum residual[] = {
	{ "conv1d", 10.3968903, 222.254968 },
	{ "batch_normalization", 13.6260491, 205.705342 },
	{ "activation", 109.665695, 109.665695 },
	{ "conv1d_1", -61.2594195, 305.987435 },
	{ "batch_normalization_1", -25.3951337, 364.897731 },
	{ "conv1d_2", -7.51671615, 128.606989 },
	{ "add", -32.9118499, 395.7667 },
	{ "activation_1", 181.427425, 181.427425 },
	{ "max_pooling1d", 161.25398, 161.25398 },
	{ "global_average_pooling1d", 13.4378317, 13.4378317 },
	{ "dense", 1, 1 },
	{ 0 },
};
static const struct expect_sum chain[] = {
	{ "conv1d_1", -2.77656019, 83.887578 },         { "leaky_re_lu_1", 36.2223019, 44.8887159 },
	{ "zero_padding1d_1", 36.2223019, 44.8887159 }, { "average_pooling1d_1", 18.111151, 22.0324402 },
	{ "up_sampling1d_1", 36.2223019, 44.0648805 },  { "dense_1", -9.73225832, 51.5289028 },
	{ "dense_2", 0.864915348, 0.864915348 },        { 0 },
};
static const struct expect_sum mixed[] = {
	{ "sep", -2.86654108, 19.666106 },
	{ "dw", 20.0457437, 28.954735 },
	{ "prelu", 23.2681715, 26.9864316 },
	{ "grouped", -3.03351943, 26.2531484 },
	{ "squeeze", 0.163553206, 1.62754309 },
	{ "excite", 2.16550963, 2.16550963 },
	{ "scale", -0.477094644, 14.6086559 },
	{ "crop", -0.273538048, 11.1478737 },
	{ "relu6", 5, 5 },
	{ "elu", 2.93754489, 7.93679072 },
	{ "minus", 2.06245511, 2.93679072 },
	{ "mean", 3.33333333, 3.33333333 },
	{ "max", 7.93679072, 7.93679072 },
	{ "min", -2.93679072, 2.93679072 },
	{ "cat", 8.33333333, 14.2069148 },
	{ "long", 16.6666667, 28.4138295 },
	{ "soft", 12, 12 },
	{ "out", 3.28241224, 3.28241224 },
	{ 0 },
};
static const struct expect_sum keras1[] = {
	{ "a", 17.2971741, 17.2971741 }, { "b", -24.0964275, 51.7849861 }, { "m", -6.79925335, 69.0821602 },
	{ "p", 17.2886935, 32.2949098 }, { "d", -7.53270768, 7.53270768 }, { 0 },
};

static const struct answer {
	const char *file, *format;
	int64_t params;
	int n;
	double out[4];
	const struct expect_sum *layer;
} answers[] = {
	{ "residual",
	  "Keras 2.4.0 HDF5",
	  444,
	  4,
	  { 0.0771981042, 0.922719091, 8.22584835e-05, 5.45895559e-07 },
	  residual },
	{ "chain", "Keras 2.2.4 HDF5", 319, 2, { 0.479752032, 0.385163316 }, chain },
	{ "mixed", "Keras 2.9.0 HDF5", 881, 3, { 0.507781703, 2.39594306, 0.378687472 }, mixed },
	{ "keras1", "Keras 1.2.2 HDF5", 191, 1, { -7.53270768 }, keras1 },
};

static struct run *run_sines(const struct model *m)
{
	int64_t n = m->T * m->C;
	real *tc = xcalloc((size_t)n, sizeof *tc), *native = xcalloc((size_t)n, sizeof *native);
	for (int64_t i = 0; i < n; i++)
		tc[i] = (real)(float)sin(0.37 * (double)i + 0.1);
	model_pack(m, tc, native);
	struct run *r = run_new(m->graph);
	run_input(r, 0, native);
	run_forward(r);
	check_outputs_only(r, 1, &m->output);
	check_lanes(r, 1, &m->output);
	free(tc);
	free(native);
	return r;
}

static void check_sums(const struct model *m, const struct run *r, const struct expect_sum *x)
{
	int analysed = 0, named = 0;
	for (int i = 0; i < m->n_layer; i++)
		analysed += m->layer[i].kind == LAYER_ANALYSED;
	for (; x->layer; x++, named++) {
		int at = model_find_layer(m, x->layer);
		ck_assert_msg(at >= 0, "no layer %s", x->layer);
		const struct value *v = &m->graph->value[m->layer[at].act];
		const real *y = run_real(r, m->layer[at].act);
		double sum = 0, all = 0;
		for (int64_t i = 0; i < shape_count(&v->shape); i++) {
			sum += (double)y[i];
			all += fabs((double)y[i]);
		}
		ck_assert_msg(fabs(all - x->abs) <= 2e-6 * x->abs && fabs(sum - x->sum) <= 2e-6 * x->abs,
		              "%s: sum %.9g abs %.9g instead of %.9g %.9g", x->layer, sum, all, x->sum, x->abs);
	}
	ck_assert_int_eq(analysed, named);
}

START_TEST(answers_are_those_of_numpy)
{
	const struct answer *a = &answers[_i];
	char path[128];
	snprintf(path, sizeof path, "tests/keras/%s.h5", a->file);
	struct model *m = load(path);
	ck_assert_str_eq(m->format, a->format);
	ck_assert_int_eq(m->params, a->params);
	struct run *r = run_sines(m);
	check_sums(m, r, a->layer);
	ck_assert_int_eq(m->outputs, a->n);
	for (int i = 0; i < a->n; i++) {
		double y = (double)run_real(r, m->output)[i];
		ck_assert_msg(fabs(y - a->out[i]) <= 3e-6 * fabs(a->out[i]) + 1e-8, "output %d: %.9g instead of %.9g",
		              i, y, a->out[i]);
	}
	run_free(r);
	model_free(m);
}
END_TEST

/* ---- the same networks in every container; what they answer is in the .json beside them (tests/gen_keras_v3.py) ----
 */

static const struct container {
	const char *file, *json, *format, *warning, *weights;
} containers[] = {
	{ "recurrent.keras", "recurrent", "Keras 3.4.1 .keras", NULL, NULL },
	{ "recurrent_3.h5", "recurrent", "Keras 3.4.1 HDF5", NULL, NULL },
	{ "norms.keras", "norms", "Keras 3.4.1 .keras", NULL, NULL },
	{ "norms_3.h5", "norms", "Keras 3.4.1 HDF5", NULL, NULL },
	{ "nested.keras", "nested", "Keras 3.4.1 .keras", NULL, NULL },
	{ "nested_3.h5", "nested", "Keras 3.4.1 HDF5", NULL, NULL },
	{ "nested_2.h5", "nested", "Keras 2.13.1 HDF5", NULL, NULL },
	{ "nested_2.keras", "nested", "Keras 2.13.1 .keras", NULL, NULL },
	{ "nested_windows.keras", "nested", "Keras 2.13.1 .keras", NULL, NULL },
	/* tests/gen_keras_more.py */
	{ "planes.h5", "planes", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "first.h5", "first", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "attention.h5", "attention", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "attention.keras", "attention", "Keras 3.8.0 .keras", NULL, NULL },
	{ "attention_2.keras", "attention", "Keras 2.13.1 .keras", NULL, NULL },
	{ "pieces_2.keras", "pieces", "Keras 2.13.1 .keras", "cuts a window into pieces", NULL },
	/* an architecture, and its weights in a file beside it: a whole model, a tree; or named, a list */
	{ "planes_model.json", "planes", "Keras 2.15.0 JSON", "the weights are those of 'planes.h5' beside it", NULL },
	{ "states3_model.json", "states3", "Keras 3 JSON", "the weights are those of 'states3.weights.h5' beside it",
	  NULL },
	{ "first_model.json", "first", "Keras 2.15.0 JSON", NULL, "tests/keras/first.weights.h5" },
	{ "ops2.h5", "ops2", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "ops3.keras", "ops3", "Keras 3.8.0 .keras", NULL, NULL },
	{ "states.h5", "states", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "states3.keras", "states3", "Keras 3.8.0 .keras", NULL, NULL },
	{ "masks.h5", "masks", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "pieces.h5", "pieces", "Keras 2.15.0 HDF5", "cuts a window into pieces", NULL },
	{ "pieces.keras", "pieces", "Keras 3.8.0 .keras", "cuts a window into pieces", NULL },
	{ "tcn.h5", "tcn", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "looks.h5", "looks", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "looks3.keras", "looks3", "Keras 3.8.0 .keras", NULL, NULL },
	{ "turned.h5", "turned", "Keras 2.15.0 HDF5", NULL, NULL },
	/* tests/gen_keras_settings.py */
	{ "settings_2.keras", "settings", "Keras 2.13.1 .keras", NULL, NULL },
	{ "settings3.keras", "settings3", "Keras 3.8.0 .keras", NULL, NULL },
	{ "temporal.h5", "temporal", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "temporal3.keras", "temporal3", "Keras 3.8.0 .keras", NULL, NULL },
	{ "words.h5", "words", "Keras 2.15.0 HDF5", "looks the numbers of the window up in a table of 6 rows", NULL },
	{ "words3.keras", "words3", "Keras 3.8.0 .keras", "looks the numbers of the window up in a table", NULL },
	{ "theano.h5", "theano", "Keras 2.15.0 HDF5", NULL, NULL },
	{ "fast.h5", "fast", "Keras 2.15.0 HDF5",
	  "input 'positions' is not the window; it is taken as positions from 0", NULL },
};

static void check_layers(const struct model *m, const struct run *r, const cJSON *layers)
{
	int analysed = 0, n = 0;
	const cJSON *v;
	for (int i = 0; i < m->n_layer; i++)
		analysed += m->layer[i].kind == LAYER_ANALYSED;
	cJSON_ArrayForEach(v, layers)
	{
		n++;
		const char *name = json_text(v, "name", "");
		int at = model_find_layer(m, name);
		ck_assert_msg(at >= 0, "no layer %s", name);
		const real *y = run_real(r, m->layer[at].act);
		double sum = 0, all = 0, want = json_get(v, "sum")->valuedouble,
		       want_all = json_get(v, "abs")->valuedouble;
		for (int64_t i = 0; i < shape_count(&m->graph->value[m->layer[at].act].shape); i++) {
			sum += (double)y[i];
			all += fabs((double)y[i]);
		}
		ck_assert_msg(fabs(all - want_all) <= 3e-6 * want_all && fabs(sum - want) <= 3e-6 * want_all,
		              "%s: sum %.9g abs %.9g instead of %.9g %.9g", name, sum, all, want, want_all);
	}
	ck_assert_int_eq(analysed, n);
}

/* What the child process sends has the axes that the reader gave it. */
static void check_axes(const char *path, const struct model *m, const struct read_options *o)
{
	struct read_options here = *o;
	here.no_sandbox = true;
	struct model *other = read_model(path, &here, &e);
	ck_assert_msg(other != NULL, "%s", e.text);
	ck_assert_int_eq(m->n_layer, other->n_layer);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *a = &m->layer[i], *b = &other->layer[i];
		ck_assert_msg(a->has_time == b->has_time && a->axis_t == b->axis_t && a->axis_f == b->axis_f,
		              "%s: [%s] instead of [%s]", a->name, m->graph->value[a->act].axis,
		              other->graph->value[b->act].axis);
	}
	model_free(other);
}

/* o: the options that the file is read with. */
static void check_container(const struct container *c, const struct read_options *o)
{
	char path[128], file[128];
	unsigned char *text;
	size_t n;
	snprintf(path, sizeof path, "tests/keras/%s", c->file);
	snprintf(file, sizeof file, "tests/keras/%s.json", c->json);
	ck_assert_msg(read_file(file, 1 << 20, &text, &n, &e) == 0, "%s", e.text);
	cJSON *root = json_parse((const char *)text, n, &e);
	ck_assert_msg(root != NULL, "%s", e.text);
	const cJSON *head;
	int k = 0;
	cJSON_ArrayForEach(head, json_get(root, "heads"))
	{
		char number[16];
		snprintf(number, sizeof number, "%d", k++);
		const char *by[] = { json_text(head, "name", ""), number };
		for (int i = 0; i < 2; i++) {
			struct read_options with = *o;
			with.head = by[i];
			struct model *m = read_model(path, &with, &e);
			ck_assert_msg(m != NULL, "%s", e.text);
			ck_assert_str_eq(m->format, c->format);
			ck_assert_msg(c->warning ? m->warning && strstr(m->warning, c->warning) : !m->warning, "%s",
			              m->warning ? m->warning : "no warning");
			struct run *r = run_sines(m);
			if (k == 1 && i)
				check_axes(path, m, o);
			check_layers(m, r, json_get(root, "layers"));
			ck_assert_int_eq(m->outputs, cJSON_GetArraySize(json_get(head, "values")));
			for (int j = 0; j < m->outputs; j++) {
				double y = (double)run_real(r, m->output)[model_output_at(m, j)];
				double want = cJSON_GetArrayItem(json_get(head, "values"), j)->valuedouble;
				ck_assert_msg(fabs(y - want) <= 2e-6 + 2e-6 * fabs(want), "%s %d: %.9g instead of %.9g",
				              by[0], j, y, want);
			}
			run_free(r);
			model_free(m);
		}
	}
	struct read_options none = *o;
	none.head = "nothing";
	ck_assert_ptr_null(read_model(path, &none, &e));
	ck_assert_msg(e.code == ERR_VALUE && strstr(e.text, "there is no output 'nothing'; --head takes"), "%s",
	              e.text);
	cJSON_Delete(root);
	free(text);
}

START_TEST(containers_hold_the_same_networks)
{
	struct read_options o = { .weights = containers[_i].weights };
	check_container(&containers[_i], &o);
}
END_TEST

/* Two series, a row and a state: the window goes into one or several inputs, --set fills others. */
static const struct choice {
	struct container c;
	const char *input, *set[2];
	int n_set;
} choices[] = {
	{ { "two.h5", "two", "Keras 2.15.0 HDF5", NULL, NULL }, "a,b,row", { "h=0.5" }, 1 },
	{ { "two.keras", "two", "Keras 3.8.0 .keras", NULL, NULL }, "a,b,row", { "h=0.5" }, 1 },
	{ { "two.h5", "two_b", "Keras 2.15.0 HDF5", "input 'row' is not the window; it is taken as zeros", NULL },
	  "b",
	  { "a=tests/keras/two.npy" },
	  1 },
	/* --set leaves one series */
	{ { "two.h5", "two_b", "Keras 2.15.0 HDF5", NULL, NULL }, NULL, { "a=tests/keras/two.npy", "row=zeros" }, 2 },
};

START_TEST(inputs_are_chosen)
{
	const struct choice *c = &choices[_i];
	struct read_options o = { .input = c->input, .set = c->set, .n_set = c->n_set };
	ck_assert_msg(input_settings_read(&o, &e) == 0, "%s", e.text);
	struct container wanted = c->c;
	if (!wanted.warning && !c->input)
		wanted.warning = "input 'h' is not the window; it is taken as zeros";
	check_container(&wanted, &o);
	input_settings_free(&o);
}
END_TEST

static const struct {
	const char *input, *set, *part;
} wrong_choices[] = {
	{ NULL, NULL, "of which 2 are series; --input NAME says which takes the window" },
	{ "a,c", NULL, "--input: there is no input 'c'; there are a, b, row, h" },
	{ "a,a", NULL, "--input names 'a' twice" },
	{ "a,b", "b=1", "--input and --set both name 'b'" },
	{ "", NULL, "--input names no input" },
	{ "a", "c=1", "--set: there is no input 'c'; there are a, b, row, h" },
	{ "a", "b=tests/keras/two.npy", "the array has shape (1,12,2), the input takes (1 x 3 x 12)" },
	{ "a,h", NULL, "--input joins inputs of as many steps; 'a' has 12 and 'h' 2" },
};

START_TEST(inputs_are_chosen_wrongly)
{
	const char *set[] = { wrong_choices[_i].set };
	struct read_options o = { .input = wrong_choices[_i].input, .set = set, .n_set = set[0] != NULL };
	ck_assert_msg(input_settings_read(&o, &e) == 0, "%s", e.text);
	ck_assert_ptr_null(read_model("tests/keras/two.h5", &o, &e));
	ck_assert_msg(strstr(e.text, wrong_choices[_i].part) != NULL, "%s", e.text);
	input_settings_free(&o);
}
END_TEST

/* Upsampled series and pads still are series. */
START_TEST(axes_are_followed)
{
	struct model *m = load("tests/keras/chain.h5");
	for (int i = 0; i <= model_find_layer(m, "dense_1"); i++)
		ck_assert_msg(m->layer[i].has_time && m->layer[i].axis_t == 2 && m->layer[i].axis_f == 1, "%s: [%s]",
		              m->layer[i].name, m->graph->value[m->layer[i].act].axis);
	model_free(m);
}
END_TEST

/* Two layers whose names of 301 letters agree in 300 are two layers, each with its own weights. */
START_TEST(long_names_are_whole)
{
	static const char *const paths[] = { "tests/keras/long.keras", "tests/keras/long_3.h5",
		                             "tests/keras/long_2.h5" };
	static const int64_t params[] = { 3 * 2 * 3 + 3, 1 * 3 * 2 + 2 };
	char name[302] = { 0 };
	memset(name, 'n', 300);
	struct model *m = load(paths[_i]);
	for (int k = 0; k < 2; k++) {
		name[300] = "ab"[k];
		int l = model_find_layer(m, name);
		ck_assert_int_ge(l, 0);
		ck_assert_int_eq(m->layer[l].params, params[k]);
	}
	model_free(m);
}
END_TEST

/* ---- files that are no models ---- */

static char temp[64];

static const char *write_temp(const void *data, size_t n)
{
	snprintf(temp, sizeof temp, "/tmp/tsviz-keras-XXXXXX.h5");
	int fd = mkstemps(temp, 3);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, n), (ssize_t)n);
	close(fd);
	return temp;
}

static void expect_error(const char *path, int code, const char *part)
{
	struct model *m = read_model(path, &plain, &e);
	unlink(temp);
	ck_assert_msg(!m, "%s was read", path);
	ck_assert_msg(e.code == code && strstr(e.text, part), "%d: %s", e.code, e.text);
}

START_TEST(no_hdf5_file)
{
	static const char text[] = "Keras, but as text\n";
	expect_error(write_temp(text, sizeof text - 1), ERR_FORMAT, "is not an HDF5 file, although its name ends so");
	expect_error(write_temp("", 0), ERR_FORMAT, "empty");
	expect_error("tests/keras/missing.h5", ERR_IO, "cannot be opened");
	expect_error("tests/keras", ERR_IO, "is a folder");
	expect_error("/dev/zero", ERR_IO, "not a regular file");
}
END_TEST

START_TEST(a_pipe_does_not_hang)
{
	snprintf(temp, sizeof temp, "/tmp/tsviz-pipe-%d", (int)getpid());
	ck_assert_int_eq(mkfifo(temp, 0600), 0);
	expect_error(temp, ERR_IO, "not a regular file");
}
END_TEST

/* Attributes are named by text in the file: other letters, and they are gone. */
static void rename_in(unsigned char *p, size_t n, const char *from, const char *to)
{
	size_t k = strlen(from);
	int found = 0;
	for (size_t i = 0; i + k <= n; i++)
		if (!memcmp(p + i, from, k)) {
			memcpy(p + i, to, k);
			found++;
		}
	ck_assert_int_gt(found, 0);
}

static unsigned char *slurp(const char *path, size_t *n)
{
	unsigned char *p;
	ck_assert_msg(read_file(path, 1 << 20, &p, n, &e) == 0, "%s", e.text);
	return p;
}

static void expect_changed(const char *from, const char *to, int code, const char *part)
{
	size_t n;
	unsigned char *p = slurp("tests/keras/chain.h5", &n);
	rename_in(p, n, from, to);
	expect_error(write_temp(p, n), code, part);
	free(p);
}

START_TEST(no_architecture)
{
	expect_changed("model_config", "model_confix", ERR_FORMAT, "no Keras model");
	expect_error("tests/keras/weights_only.h5", ERR_FORMAT, "holds weights only");
}
END_TEST

START_TEST(wrong_architecture)
{
	expect_changed("model_weights", "model_weightz", ERR_FORMAT, "'model_weights' is not in the file");
	expect_changed("\"Sequential\"", "\"Sequentiel\"", ERR_UNSUPPORTED, "class 'Sequentiel'");
	expect_changed("\"causal\"", "\"casual\"", ERR_UNSUPPORTED,
	               "layer 'conv1d_1' (Conv1D): padding 'casual' is not supported");
	expect_changed("\"tanh\"", "\"tonh\"", ERR_UNSUPPORTED, "layer 'dense_1' (Dense): activation 'tonh'");
	expect_changed("\"filters\": 6", "\"filters\": 7", ERR_FORMAT,
	               "filters is 7 in the architecture, but 6 in the weights");
	expect_changed("[null, 20, 2]", "[null, 20, 3]", ERR_FORMAT, "does not fit an input of 3 channels");
	expect_changed("[null, 20, 2]", "[null, -1, 2]", ERR_FORMAT, "no valid number of steps");
	expect_changed("\"units\": 5", "\"units\":  ", ERR_FORMAT, "model_config: line 1:");
	expect_changed("\"name\": \"dense_2\"", "\"name\": \"dense_1\"", ERR_FORMAT, "two layers are called 'dense_1'");
}
END_TEST

/* All at once. */
START_TEST(unsupported_layers_are_named)
{
	size_t n;
	unsigned char *p = slurp("tests/keras/chain.h5", &n);
	rename_in(p, n, "\"ZeroPadding1D\"", "\"ZoroPadding1D\"");
	rename_in(p, n, "\"Dropout\"", "\"Lambdas\"");
	expect_error(write_temp(p, n), ERR_UNSUPPORTED,
	             "2 layers are not supported: 'zero_padding1d_1' (ZoroPadding1D), 'dropout_1' (Lambdas)");
	free(p);
}
END_TEST

/* ---- the length of the window ---- */

START_TEST(open_length_asks_for_a_window)
{
	size_t n;
	unsigned char *p = slurp("tests/keras/residual.h5", &n);
	rename_in(p, n, "[null, 24, 3]", "[null,null,3]");
	struct read_options o = { .window = 31 };
	write_temp(p, n);
	struct model *m = read_model(temp, &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_int_eq(m->T, 31);
	model_free(m);
	expect_error(temp, ERR_VALUE, "--window");
	free(p);
	o.window = 25;
	ck_assert_ptr_null(read_model("tests/keras/residual.h5", &o, &e));
	ck_assert_msg(strstr(e.text, "24 steps, not 25"), "%s", e.text);
}
END_TEST

/* ---- damage ---- */

/* Either a model or one sentence; never the end of this process, nor a wait. */
static void survive(const unsigned char *p, size_t n, int *models, int *errors)
{
	static const struct read_options quick = { .max_time = 2 };
	const char *path = write_temp(p, n);
	e = (struct err){ 0 };
	struct model *m = read_model(path, &quick, &e);
	unlink(path);
	ck_assert(m || (e.code < 0 && *e.text));
	++*(m ? models : errors);
	model_free(m);
}

static const char *const damaged[] = { "residual.h5", "chain.h5", "mixed.h5", "keras1.h5", "nested_2.keras" };
enum { DAMAGED = sizeof damaged / sizeof *damaged };

START_TEST(cut_off_anywhere)
{
	int models = 0, errors = 0;
	char path[128];
	size_t n;
	snprintf(path, sizeof path, "tests/keras/%s", damaged[_i]);
	unsigned char *p = slurp(path, &n);
	for (size_t k = 1; k < n; k += n / 40)
		survive(p, k, &models, &errors);
	ck_assert_int_gt(errors, 35);
	free(p);
}
END_TEST

START_TEST(flipped_bytes)
{
	int models = 0, errors = 0;
	char path[128];
	size_t n;
	snprintf(path, sizeof path, "tests/keras/%s", damaged[_i]);
	unsigned char *p = slurp(path, &n);
	/* an archive is small, and its checksum finds nearly all */
	for (size_t k = 7 * (size_t)_i; k < n; k += zip_probe(p, n) ? 37 : 149) {
		unsigned char old = p[k];
		p[k] ^= k & 1 ? 0xff : 0x01;
		survive(p, n, &models, &errors);
		p[k] = old;
	}
	/* weights may be any number: some files are models still, where no checksum guards them */
	ck_assert(models > 0 || zip_probe(p, n));
	ck_assert_int_gt(errors, 0);
	free(p);
}
END_TEST

static void setup(TCase *c)
{
	const TTest *const once[] = { internet_traffic_layers,
		                      hdf5_is_loaded_by_the_child_alone,
		                      axes_are_followed,
		                      no_hdf5_file,
		                      a_pipe_does_not_hang,
		                      no_architecture,
		                      wrong_architecture,
		                      unsupported_layers_are_named,
		                      open_length_asks_for_a_window };
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		tcase_add_test(c, once[i]);
	tcase_add_loop_test(c, answers_are_those_of_numpy, 0, sizeof answers / sizeof *answers);
	tcase_add_loop_test(c, inputs_are_chosen, 0, sizeof choices / sizeof *choices);
	tcase_add_loop_test(c, inputs_are_chosen_wrongly, 0, sizeof wrong_choices / sizeof *wrong_choices);
	tcase_add_loop_test(c, containers_hold_the_same_networks, 0, sizeof containers / sizeof *containers);
	tcase_add_loop_test(c, long_names_are_whole, 0, 3);
	tcase_add_loop_test(c, cut_off_anywhere, 0, DAMAGED);
	tcase_add_loop_test(c, flipped_bytes, 0, DAMAGED);
}

UNIT_MAIN_WITH("keras", setup)
