/* `analyze --nodes --y` of networks that torch exported at three opsets, against what torch's autograd makes of each
 * node: tests/onnx/ make.py wrote the files and the numbers. Importance, influence and all that is scaled are worked
 * out here, from its gradients. */
#include "core/base/real.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

static const char *const nets[] = { "fcn",      "resnet", "inception", "tcn",         "separable",  "squeeze_excite",
	                            "lstm_fcn", "gru",    "states",    "autoencoder", "forecaster", "activations",
	                            "norms",    "shapes", "plane",     "series" };
static const int opsets[] = { 11, 13, 16 };
/* of an array's largest, and absolute: those of the goldens, and what the files' 8 digits allow */
#define RELATIVE (sizeof(real) == sizeof(double) ? 1e-7 : 1e-5)
#define ABSOLUTE (sizeof(real) == sizeof(double) ? 1e-9 : 1e-7)
enum { N_NETS = sizeof nets / sizeof *nets };

static cJSON *parse(const char *path)
{
	unsigned char *data;
	size_t n;
	struct err e = { 0 };
	ck_assert_msg(!read_file(path, 1 << 26, &data, &n, &e), "%s: %s", path, e.text);
	cJSON *j = json_parse((const char *)data, n, &e);
	ck_assert_msg(j != NULL, "%s: %s", path, e.text);
	free(data);
	return j;
}

/* ---- running the program ---- */

static void write_window(FILE *f, const cJSON *net)
{
	int C = json_get(net, "C")->valueint, i = 0;
	const cJSON *v;
	for (int c = 0; c < C; c++)
		fprintf(f, "%sc%d", c ? "," : "", c);
	cJSON_ArrayForEach(v, json_get(net, "input")) fprintf(f, "%s%.9g", i++ % C ? "," : "\n", v->valuedouble);
	fprintf(f, "\n");
}

static void format_truth(char *to, size_t size, const cJSON *y)
{
	const cJSON *v;
	size_t n = 0;
	if (cJSON_IsNumber(y))
		n += (size_t)snprintf(to, size, "%d", y->valueint);
	else
		cJSON_ArrayForEach(v, y) n +=
		        (size_t)snprintf(to + n, size - n, "%s%.9g", n ? "," : "", v->valuedouble);
	ck_assert_uint_lt(n, size);
}

static cJSON *analyze(const char *name, int opset, const cJSON *net)
{
	const char *program = getenv("TSVIZ");
	char data[] = "/tmp/tsviz-onnx-XXXXXX", out[] = "/tmp/tsviz-onnx-XXXXXX", y[512], command[1200];
	int fd = mkstemp(data), fd_out = mkstemp(out);
	ck_assert(fd >= 0 && fd_out >= 0);
	close(fd_out);
	FILE *f = fdopen(fd, "w");
	ck_assert_msg(program != NULL, "TSVIZ does not name the program; run make test");
	write_window(f, net);
	fclose(f);
	format_truth(y, sizeof y, json_get(net, "y"));
	snprintf(command, sizeof command, "'%s' analyze tests/onnx/%s_%d.onnx %s --nodes --y=%s --json -o %s", program,
	         name, opset, data, y, out);
	ck_assert_msg(system(command) == 0, "failed: %s", command);
	cJSON *j = parse(out);
	unlink(data);
	unlink(out);
	return j;
}

/* ---- comparing ---- */

struct list {
	double *v;
	int n;
};

static struct list list_of(const cJSON *a)
{
	struct list l = { calloc((size_t)cJSON_GetArraySize(a) + 1, sizeof *l.v), 0 };
	const cJSON *x;
	cJSON_ArrayForEach(x, a) l.v[l.n++] = x->valuedouble;
	return l;
}

/* worse: how many times the usual tolerance */
static void same_list(const char *what, const cJSON *got, const struct list *want, double worse)
{
	ck_assert_msg(cJSON_IsArray(got), "%s is missing", what);
	struct list l = list_of(got);
	ck_assert_msg(l.n == want->n, "%s: %d numbers instead of %d", what, l.n, want->n);
	unit_close(what, l.v, want->v, l.n, worse * RELATIVE, worse * ABSOLUTE);
	free(l.v);
}

/* null where torch's is null, as where nothing depends on it */
static bool same_array(const char *where, const char *key, const cJSON *got, const cJSON *want)
{
	char what[400];
	snprintf(what, sizeof what, "%s/%s", where, key);
	ck_assert_msg(want != NULL, "%s is not in the numbers", what);
	if (cJSON_IsNull(want)) {
		ck_assert_msg(cJSON_IsNull(got), "%s should be null", what);
		return false;
	}
	struct list l = list_of(want);
	same_list(what, got, &l, 1);
	free(l.v);
	return true;
}

/* Returns by how much it makes errors larger, relative to the largest: numbers that lie near one another lose digits.
 */
static double minmax(struct list *l, int from, int n)
{
	double low = INFINITY, high = -INFINITY;
	for (int i = from; i < from + n; i++) {
		low = fmin(low, l->v[i]);
		high = fmax(high, l->v[i]);
	}
	for (int i = from; i < from + n; i++)
		l->v[i] = high > low ? (l->v[i] - low) / (high - low) : 0;
	return high > low ? fmax(1, high / (high - low)) : 1;
}

/* raw: a sum of absolute gradients for each filter; scaled: min-max of these */
static void same_sums(const char *where, const char *key, const cJSON *got, const cJSON *grad, int filters)
{
	char what[400];
	if (cJSON_IsNull(grad)) {
		ck_assert_msg(cJSON_IsNull(got), "%s/%s should be null", where, key);
		return;
	}
	struct list g = list_of(grad), sum = { calloc((size_t)filters, sizeof(double)), filters };
	for (int i = 0; i < g.n; i++)
		sum.v[i / (g.n / filters)] += fabs(g.v[i]);
	snprintf(what, sizeof what, "%s/%s/raw", where, key);
	same_list(what, json_get(got, "raw"), &sum, 1);
	double worse = minmax(&sum, 0, filters);
	snprintf(what, sizeof what, "%s/%s/scaled", where, key);
	same_list(what, json_get(got, "scaled"), &sum, worse);
	free(g.v);
	free(sum.v);
}

static double largest(const struct list *l)
{
	double most = 0;
	for (int i = 0; i < l->n; i++)
		most = fmax(most, fabs(l->v[i]));
	return most;
}

static void same_maps(const char *where, const cJSON *got, const cJSON *want, int filters)
{
	char what[400];
	struct list l = list_of(want);
	int size = l.n / filters;
	double most = largest(&l), worse = 1;
	snprintf(what, sizeof what, "%s/saliency/raw", where);
	same_list(what, json_get(got, "raw"), &l, 1);
	/* the sum of what is normalised over time is constant: of nothing but rounding there is no scaled map */
	for (int f = 0; f < filters && most > 1e-6; f++) {
		struct list one = { l.v + f * size, size };
		worse = fmax(worse, most / largest(&one) * minmax(&l, f * size, size));
	}
	snprintf(what, sizeof what, "%s/saliency/scaled", where);
	if (most > 1e-6)
		same_list(what, json_get(got, "scaled"), &l, worse);
	free(l.v);
}

static void same_number(const char *where, const char *key, const cJSON *got, const cJSON *want)
{
	ck_assert_msg(cJSON_IsNumber(got), "%s/%s is missing", where, key);
	double a = got->valuedouble, b = want->valuedouble;
	ck_assert_msg(fabs(a - b) <= 1e-5 * fabs(b) + 1e-7, "%s/%s: %.9g instead of %.9g", where, key, a, b);
}

static void check_node(const char *net, const cJSON *got, const cJSON *want)
{
	char where[300];
	const cJSON *t;
	int filters = json_get(want, "shape")->child->valueint;
	snprintf(where, sizeof where, "%s: %s", net, json_text(want, "tensor", ""));
	ck_assert_msg(!strcmp(json_text(got, "tensor", ""), json_text(want, "tensor", "")), "%s: %s in its place",
	              where, json_text(got, "tensor", ""));
	ck_assert_str_eq(json_text(got, "type", ""), json_text(want, "type", ""));
	ck_assert(same_array(where, "shape", json_get(got, "shape"), json_get(want, "shape")));
	ck_assert(same_array(where, "act", json_get(got, "act"), json_get(want, "act")));
	cJSON_ArrayForEach(t, json_get(want, "grad"))
	{
		same_array(where, t->string, json_get(json_get(got, "grad"), t->string), t);
		same_sums(where, t->string, json_get(json_get(got, "importance"), t->string), t, filters);
	}
	same_array(where, "dloss", json_get(got, "dloss"), json_get(want, "dloss"));
	same_sums(where, "loss_influence", json_get(got, "loss_influence"), json_get(want, "dloss"), filters);
	same_maps(where, json_get(got, "saliency"), json_get(want, "saliency"), filters);
}

static void check_window(const char *net, const cJSON *got, const cJSON *want)
{
	const cJSON *t;
	ck_assert_str_eq(json_text(got, "task", ""), json_text(want, "task", ""));
	ck_assert(same_array(net, "input", json_get(json_get(got, "input"), "data"), json_get(want, "input")));
	ck_assert(same_array(net, "output", json_get(got, "output"), json_get(want, "output")));
	ck_assert(same_array(net, "logits", json_get(got, "logits"), json_get(want, "logits")));
	cJSON_ArrayForEach(t, json_get(want, "targets"))
	        same_number(net, t->string, json_get(json_get(got, "targets"), t->string), t);
	ck_assert_str_eq(json_text(json_get(got, "loss"), "kind", ""), json_text(json_get(want, "loss"), "kind", ""));
	same_number(net, "loss", json_get(json_get(got, "loss"), "value"), json_get(json_get(want, "loss"), "value"));
	cJSON_ArrayForEach(t, json_get(want, "output_saliency"))
	        same_array(net, t->string, json_get(json_get(json_get(got, "output_saliency"), t->string), "grad"),
	                   json_get(t, "grad"));
	ck_assert(same_array(net, "loss_gradient", json_get(got, "loss_gradient"), json_get(want, "loss_gradient")));
}

START_TEST(every_array_of_every_node)
{
	const char *name = nets[_i / 3];
	int opset = opsets[_i % 3];
	char path[64], keys[32];
	snprintf(path, sizeof path, "tests/onnx/%s.json", name);
	snprintf(keys, sizeof keys, "nodes_%d", opset);
	cJSON *want = parse(path), *got = analyze(name, opset, want);
	const cJSON *key, *layers = json_get(got, "layers"), *list = json_get(want, keys);
	check_window(path, got, want);
	ck_assert_int_gt(cJSON_GetArraySize(list), 3);
	ck_assert_msg(cJSON_GetArraySize(list) == cJSON_GetArraySize(layers), "%s: %d nodes instead of %d", path,
	              cJSON_GetArraySize(layers), cJSON_GetArraySize(list));
	int i = 0;
	cJSON_ArrayForEach(key, list)
	        check_node(path, cJSON_GetArrayItem(layers, i++), json_get(json_get(want, "nodes"), key->valuestring));
	cJSON_Delete(want);
	cJSON_Delete(got);
}
END_TEST

static void add_tests(TCase *c)
{
	tcase_add_loop_test(c, every_array_of_every_node, 0, N_NETS * 3);
}
UNIT_MAIN_WITH("onnx_golden", add_tests)
