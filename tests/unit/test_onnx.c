/* ONNX models: tests/onnx (make.py there wrote files and numbers with torch): outputs at three opsets, layers and their
 * names. What `analyze` says of every node is test_onnx_golden.c's. */
#include <math.h>
#include <sys/stat.h>
#include "core/analysis/analysis.h"
#include "src/onnx/onnx.h"
#include "tests/unit/onnx_cases.h"

static const char *const nets[] = { "fcn",      "resnet", "inception", "tcn",         "separable",  "squeeze_excite",
	                            "lstm_fcn", "gru",    "states",    "autoencoder", "forecaster", "activations",
	                            "norms",    "shapes", "plane",     "series" };
static const int opsets[] = { 11, 13, 16 };
enum { N_NETS = sizeof nets / sizeof *nets };

static const struct read_options plain;

static struct model *open_net(const char *name, int opset)
{
	char path[128];
	snprintf(path, sizeof path, "tests/onnx/%s_%d.onnx", name, opset);
	struct model *m = read_model(path, &plain, &e);
	ck_assert_msg(m != NULL, "%s: %s", path, e.text);
	return m;
}

static cJSON *numbers(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "tests/onnx/%s.json", name);
	cJSON *j = open_cases(path);
	ck_assert_msg(j != NULL, "%s", e.text);
	return j;
}

START_TEST(outputs)
{
	const char *name = nets[_i / 3];
	struct model *m = open_net(name, opsets[_i % 3]);
	cJSON *j = numbers(name);
	ck_assert_str_eq(m->layout, json_text(j, "layout", ""));
	check_output(name, m, j);
	model_free(m);
	cJSON_Delete(j);
}
END_TEST

/* ---- layers ---- */

struct expect {
	const char *name, *type, *activation;
	enum layer_kind kind;
};

static void check_layers(const char *net, int opset, int n, const struct expect *x)
{
	struct model *m = open_net(net, opset);
	ck_assert_int_eq(m->n_layer, n);
	for (int i = 0; i < n; i++) {
		const struct layer *l = &m->layer[i];
		ck_assert_str_eq(l->name, x[i].name);
		ck_assert_str_eq(l->type, x[i].type);
		ck_assert_str_eq(l->activation, x[i].activation);
		ck_assert_int_eq(l->kind, x[i].kind);
		if (*l->activation)
			ck_assert(l->pre != l->act);
	}
	model_free(m);
}

START_TEST(layers_resnet)
{
	static const struct expect x[] = {
		{ "input", "Input", "", LAYER_INPUT },
		{ "block1/conv1", "Conv", "relu", LAYER_ANALYSED },
		{ "block1/conv2", "Conv", "", LAYER_ANALYSED },
		{ "block1/short", "Conv", "", LAYER_ANALYSED },
		{ "block1/Add", "Add", "relu", LAYER_ANALYSED },
		{ "block2/conv1", "Conv", "relu", LAYER_ANALYSED },
		{ "block2/conv2", "Conv", "", LAYER_ANALYSED },
		{ "block2/short", "BatchNormalization", "", LAYER_ANALYSED },
		{ "block2/Add", "Add", "relu", LAYER_ANALYSED },
		{ "GlobalAveragePool", "GlobalAveragePool", "", LAYER_ANALYSED },
		{ "Squeeze", "Squeeze", "", LAYER_LAYOUT },
		{ "fc", "Gemm", "", LAYER_ANALYSED },
	};
	for (int i = 0; i < 3; i++)
		check_layers("resnet", opsets[i], sizeof x / sizeof *x, x);
}
END_TEST

START_TEST(layers_activations)
{
	static const struct expect x[] = {
		{ "input", "Input", "", LAYER_INPUT },
		{ "c.0", "Conv", "gelu", LAYER_ANALYSED },
		{ "c.1", "Conv", "silu", LAYER_ANALYSED },
		{ "c.2", "Conv", "hard_swish", LAYER_ANALYSED },
		{ "c.3", "Conv", "mish", LAYER_ANALYSED },
		{ "c.4", "Conv", "prelu", LAYER_ANALYSED },
		{ "c.5", "Conv", "hard_sigmoid", LAYER_ANALYSED },
		{ "c.6", "Conv", "elu", LAYER_ANALYSED },
		{ "Mul_5", "Mul", "silu", LAYER_ANALYSED },
		{ "Add_1", "Add", "", LAYER_ANALYSED },
		{ "ReduceMean", "ReduceMean", "", LAYER_ANALYSED },
		{ "fc", "Gemm", "", LAYER_ANALYSED },
	};
	check_layers("activations", 16, sizeof x / sizeof *x, x);
}
END_TEST

START_TEST(layers_of_several_operators)
{
	static const struct expect norms[] = {
		{ "input", "Input", "", LAYER_INPUT },
		{ "c1", "Conv", "", LAYER_ANALYSED },
		{ "inorm", "InstanceNormalization", "relu", LAYER_ANALYSED },
		{ "c2", "Conv", "", LAYER_ANALYSED },
		{ "gnorm/Reshape", "Reshape", "", LAYER_LAYOUT },
		{ "gnorm", "InstanceNormalization", "relu", LAYER_ANALYSED },
		{ "c3", "Conv", "", LAYER_ANALYSED },
		{ "Transpose", "Transpose", "", LAYER_LAYOUT },
		{ "lnorm", "LayerNormalization", "", LAYER_ANALYSED },
		{ "Transpose_1", "Transpose", "", LAYER_LAYOUT },
		{ "ReduceMean", "ReduceMean", "", LAYER_ANALYSED },
		{ "fc", "Gemm", "", LAYER_ANALYSED },
	};
	static const struct expect tcn[] = {
		{ "input", "Input", "", LAYER_INPUT },    { "c1", "Conv", "relu", LAYER_ANALYSED },
		{ "c2", "Conv", "relu", LAYER_ANALYSED }, { "c3", "Conv", "relu", LAYER_ANALYSED },
		{ "down", "Conv", "", LAYER_ANALYSED },   { "Add", "Add", "", LAYER_ANALYSED },
		{ "Gather", "Gather", "", LAYER_LAYOUT }, { "out", "Gemm", "", LAYER_ANALYSED },
	};
	/* without the Transpose whose shape alone the exporter asks for */
	static const struct expect lstm_fcn[] = {
		{ "input", "Input", "", LAYER_INPUT },
		{ "lstm/Transpose", "Transpose", "", LAYER_LAYOUT },
		{ "lstm", "LSTM", "", LAYER_ANALYSED },
		{ "lstm/Transpose_1", "Transpose", "", LAYER_LAYOUT },
		{ "Gather", "Gather", "", LAYER_LAYOUT },
		{ "conv", "Conv", "relu", LAYER_ANALYSED },
		{ "ReduceMean", "ReduceMean", "", LAYER_ANALYSED },
		{ "Concat", "Concat", "", LAYER_ANALYSED },
		{ "fc", "Gemm", "", LAYER_ANALYSED },
	};
	check_layers("lstm_fcn", 16, sizeof lstm_fcn / sizeof *lstm_fcn, lstm_fcn);
	check_layers("norms", 13, sizeof norms / sizeof *norms, norms);
	check_layers("tcn", 13, sizeof tcn / sizeof *tcn, tcn);
}
END_TEST

/* Kernels that files keep in parts are parameters all the same. */
START_TEST(weight_norm_is_counted)
{
	struct model *m = open_net("tcn", 13);
	ck_assert_int_eq(m->params, (2 * 3 * 3 + 3) + 2 * (3 * 3 * 3 + 3) + (2 * 3 + 3) + (3 + 1));
	model_free(m);
}
END_TEST

/* Shares of a point of the output: they come together in the input again, but for those that end before a shut relu. */
START_TEST(shares_come_from_the_input)
{
	struct model *m = open_net(nets[_i], 16);
	struct analysis *a = analysis_new(m);
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x);
	int n, last;
	for (int64_t k = 0; k < m->T * m->C; k++)
		x[k] = (real)(sin((double)k * 1.3) + 0.4 * cos((double)k * 0.37));
	analysis_window(a, x, NULL, -1);
	const struct layer *l = analysis_layers(a, &n);
	for (last = n - 1; l[last].kind != LAYER_ANALYSED;)
		last--;
	const struct trace *t = analysis_trace(a, last, 0, 0);
	for (int k = 0; k <= last; k++) {
		double sum = 0;
		int64_t count = k ? l[k].filters * l[k].times : m->T * m->C;
		for (int64_t i = 0; i < count && t->share[k]; i++) {
			ck_assert_msg(t->share[k][i] >= 0, "%s: %s", nets[_i], l[k].name);
			sum += (double)t->share[k][i];
		}
		ck_assert_msg(sum <= 1.0001, "%s: %s has %g in all", nets[_i], l[k].name, sum);
		ck_assert_msg(k || sum > 0.95, "%s: the input has %g in all", nets[_i], sum);
	}
	analysis_free(a);
	model_free(m);
	free(x);
}
END_TEST

/* Highlighting forward says of each later point what highlighting backward from there says of this one. */
START_TEST(shares_forward_are_those_backward)
{
	struct model *m = open_net(nets[_i], 16);
	struct analysis *a = analysis_new(m);
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x);
	int n, compared = 0;
	for (int64_t k = 0; k < m->T * m->C; k++)
		x[k] = (real)(sin((double)k * 1.3) + 0.4 * cos((double)k * 0.37));
	analysis_window(a, x, NULL, -1);
	const struct layer *l = analysis_layers(a, &n);
	for (int from = 0; from < n; from++) {
		if (l[from].kind != LAYER_ANALYSED && from)
			continue;
		int64_t f = l[from].filters / 2, step = l[from].times / 2, width = l[from].times;
		f = from ? f : m->C - 1, step = from ? step : m->T / 2;
		const struct trace *t = analysis_feeds(a, from, f, step);
		ck_assert_msg(t->complete, "%s: from %s: not complete", nets[_i], l[from].name);
		for (int to = from + 1; to < n; to++) {
			if (l[to].kind != LAYER_ANALYSED)
				continue;
			/* the largest share and one elsewhere */
			int64_t count = l[to].filters * l[to].times, at = count / 3, most = 0;
			for (int64_t i = 0; i < count && t->share[to]; i++)
				most = t->share[to][i] > t->share[to][most] ? i : most;
			for (int pass = 0; pass < 2; pass++) {
				int64_t i = pass ? at : most;
				double forward = t->share[to] ? (double)t->share[to][i] : 0;
				const struct trace *b = analysis_trace(a, to, i / l[to].times, i % l[to].times);
				double backward =
				        !b->share[from]
				                ? 0
				                : (double)b->share[from][from ? f * width + step : step * m->C + f];
				ck_assert_msg(fabs(forward - backward) <= 1e-4 * fmax(forward, backward) + 1e-6,
				              "%s: %s %lld of %s: %g forward, %g backward", nets[_i], l[to].name,
				              (long long)i, l[from].name, forward, backward);
				compared += backward > 0;
			}
		}
	}
	ck_assert_int_gt(compared, 0);
	analysis_free(a);
	model_free(m);
	free(x);
}
END_TEST

START_TEST(shared_models)
{
	static const char *const names[] = { "big_fcn", "big_resnet", "big_inceptiontime" };
	char part[64];
	snprintf(part, sizeof part, "models/%s.onnx", names[_i]);
	const char *path = unit_shared(part);
	if (!path)
		unit_skip("no shared models");
	struct model *m = read_model(path, &plain, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_int_eq(m->T, 1000);
	ck_assert_int_eq(m->C, 1);
	ck_assert_int_eq(m->outputs, 10);
	ck_assert_str_eq(m->format, "ONNX 7 opset 13");
	model_free(m);
}
END_TEST

static void add_tests(TCase *c)
{
	tcase_add_loop_test(c, outputs, 0, N_NETS * 3);
	tcase_add_loop_test(c, shares_come_from_the_input, 0, N_NETS);
	tcase_add_loop_test(c, shares_forward_are_those_backward, 0, N_NETS);
	tcase_add_test(c, layers_resnet);
	tcase_add_test(c, layers_activations);
	tcase_add_test(c, layers_of_several_operators);
	tcase_add_test(c, weight_norm_is_counted);
	tcase_add_loop_test(c, shared_models, 0, 3);
}
UNIT_MAIN_WITH("onnx", add_tests)
