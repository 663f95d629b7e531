/* Which axis of an ONNX input is time, what several inputs are, loops: tests/onnx/axes.py made the files and says what
 * onnxruntime answers for them. */
#define UNIT_ONE_PROCESS
#include "src/onnx/onnx_net.h"
#include "tests/unit/onnx_cases.h"

static cJSON *cases;

/* "layout=NTC", "input=a,b", "set=h0=0.5" */
static void take_options(const cJSON *c, struct read_options *o, const char **set)
{
	const cJSON *x;
	cJSON_ArrayForEach(x, json_get(c, "options"))
	{
		const char *s = x->valuestring, *value = strchr(s, '=') + 1;
		if (!strncmp(s, "layout=", 7))
			o->layout = value;
		else if (!strncmp(s, "input=", 6))
			o->input = value;
		else if (!strncmp(s, "set=", 4))
			set[o->n_set++] = value;
		else
			ck_abort_msg("option %s", s);
	}
	o->set = set;
}

static struct model *read_case(const cJSON *c)
{
	struct read_options o = { 0 };
	const char *set[8];
	size_t n;
	struct read_side side = { 0 };
	e = (struct err){ 0 };
	json_whole(json_get(c, "window"), &o.window);
	take_options(c, &o, set);
	unsigned char *data = decode(json_text(c, "model", ""), &n);
	struct model *m = NULL;
	if (!input_settings_read(&o, &e))
		m = reader_onnx.read("case.onnx", data, n, &side, &o, &e);
	input_settings_free(&o);
	free(data);
	return m ? through_serial(m) : NULL;
}

/* What is drawn of a layer: its filters and their steps. */
static void check_shapes(const char *name, const struct model *m, const cJSON *want)
{
	const cJSON *x;
	cJSON_ArrayForEach(x, want)
	{
		int i = 0;
		while (i < m->n_layer && strcmp(m->layer[i].name, x->string) != 0)
			i++;
		ck_assert_msg(i < m->n_layer, "%s: no layer '%s'", name, x->string);
		ck_assert_msg(m->layer[i].filters == cJSON_GetArrayItem(x, 0)->valueint &&
		                      m->layer[i].times == cJSON_GetArrayItem(x, 1)->valueint,
		              "%s: layer '%s' is %lld x %lld", name, x->string, (long long)m->layer[i].filters,
		              (long long)m->layer[i].times);
	}
}

START_TEST(file)
{
	const cJSON *c = cJSON_GetArrayItem(cases, _i);
	const char *name = json_text(c, "name", ""), *part = json_text(c, "error", NULL);
	struct model *m = read_case(c);
	const char *said = m && m->n_unsupported ? m->unsupported : e.text;
	if (part) {
		ck_assert_msg((!m || m->n_unsupported) && strstr(said, part) && !strchr(said, '\n'), "%s: %s", name,
		              m && !m->n_unsupported ? "was read" : said);
		model_free(m);
		return;
	}
	ck_assert_msg(m && !m->n_unsupported, "%s: %s", name, said);
	bool doubt = m->warning && strstr(m->warning, "reads it otherwise");
	ck_assert_msg(!strcmp(m->layout, json_text(c, "read", "")), "%s: read as %s (%s)", name, m->layout,
	              m->layout_how);
	ck_assert_msg(doubt == cJSON_IsTrue(json_get(c, "doubt")), "%s: %s", name, m->warning ? m->warning : "");
	ck_assert_msg(m->layout_how && *m->layout_how, "%s: nothing says how the layout is known", name);
	const char *warns = json_text(c, "said", NULL);
	ck_assert_msg(!warns || (m->warning && strstr(m->warning, warns)), "%s: %s", name,
	              m->warning ? m->warning : "no warning");
	const char *layers = json_text(c, "layers", NULL);
	for (int i = 1; i < m->n_layer && layers; i++) {
		size_t k = strlen(m->layer[i].type);
		ck_assert_msg(!strncmp(layers, m->layer[i].type, k), "%s: layer %s instead of %s", name,
		              m->layer[i].type, layers);
		layers += k + (layers[k] == ' ');
	}
	ck_assert_msg(!layers || !*layers, "%s: no layer %s", name, layers);
	check_shapes(name, m, json_get(c, "shapes"));
	check_output(name, m, c);
	model_free(m);
}
END_TEST

START_TEST(files_are_many)
{
	ck_assert_int_ge(cJSON_GetArraySize(cases), 100);
}
END_TEST

static void add_tests(TCase *c)
{
	cases = open_cases("tests/onnx/axes.json");
	tcase_add_test(c, files_are_many);
	tcase_add_loop_test(c, file, 0, cJSON_GetArraySize(cases));
}
UNIT_MAIN_WITH("onnx_axes", add_tests)
