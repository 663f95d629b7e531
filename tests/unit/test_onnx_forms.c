/* Forms of ONNX files that torch does not write, and files that mean harm: tests/onnx/forms.py made them and says what
 * comes out; what operators newer than ONNX's own cases answer in onnxruntime: tests/onnx/runtime.py; where PyTorch
 * decides: tests/onnx/torch_resize.py; operators that stand for several: tests/onnx/fused.py. */
#define UNIT_ONE_PROCESS
#include "src/onnx/onnx_call.h"
#include "tests/unit/onnx_cases.h"

static cJSON *cases, *runtime, *torch, *fused;

static void check_layers(const char *name, const struct model *m, const cJSON *want)
{
	ck_assert_msg(m->n_layer == 1 + cJSON_GetArraySize(want), "%s: %d layers", name, m->n_layer - 1);
	for (int i = 1; i < m->n_layer; i++) {
		const cJSON *x = cJSON_GetArrayItem(want, i - 1);
		ck_assert_str_eq(m->layer[i].name, cJSON_GetArrayItem(x, 0)->valuestring);
		ck_assert_str_eq(m->layer[i].type, cJSON_GetArrayItem(x, 1)->valuestring);
		ck_assert_str_eq(m->layer[i].activation, cJSON_GetArrayItem(x, 2)->valuestring);
	}
}

static void check_form(const cJSON *c)
{
	const char *name = json_text(c, "name", ""), *layout = json_text(c, "layout", NULL),
	           *part = json_text(c, "error", NULL), *never = json_text(c, "not_said", NULL);
	struct read_options o = { .layout = layout };
	json_whole(json_get(c, "window"), &o.window);
	size_t n;
	const cJSON *layers = json_get(c, "layers");
	unsigned char *data = decode(json_text(c, "model", ""), &n);
	struct read_side side = { 0 };
	part = layers ? NULL : part;
	ck_assert_msg(part || layers || json_get(c, "output"), "%s checks nothing", name);
	e = (struct err){ 0 };
	struct model *m = reader_onnx.read("form.onnx", data, n, &side, &o, &e);
	bool opens = cJSON_IsTrue(json_get(c, "opens"));
	ck_assert_msg(m ? !part || opens : part && !opens, "%s: %s", name, m ? "was read" : e.text);
	m = m ? through_serial(m) : NULL;
	const char *said = m && opens ? m->unsupported : e.text;
	if (part)
		ck_assert_msg(strstr(said, part) && !strchr(said, '\n') && !(never && strstr(said, never)), "%s: %s",
		              name, said);
	else if (layers)
		check_layers(name, m, layers);
	if (json_get(c, "output") && !part)
		check_output(name, m, c);
	if (opens) {
		ck_assert_int_eq(m->n_unsupported, 1);
		ck_assert_int_eq(m->output, -1);
	}
	model_free(m);
	free(data);
}

START_TEST(form)
{
	check_form(cJSON_GetArrayItem(cases, _i));
}
END_TEST

START_TEST(form_of_onnxruntime)
{
	check_form(cJSON_GetArrayItem(runtime, _i));
}
END_TEST

START_TEST(form_of_torch)
{
	check_form(cJSON_GetArrayItem(torch, _i));
}
END_TEST

START_TEST(form_of_several)
{
	check_form(cJSON_GetArrayItem(fused, _i));
}
END_TEST

/* Each flipped bit of an operator that stands for several ends in one sentence, or in a model. */
START_TEST(several_damaged)
{
	const cJSON *c = cJSON_GetArrayItem(fused, _i);
	struct read_options o = { .window = 16 };
	struct read_side side = { .refused = true };
	size_t n;
	unsigned char *data = decode(json_text(c, "model", ""), &n);
	for (size_t k = 0; k < n && n < 1000; k++) {
		e = (struct err){ 0 };
		data[k] ^= (unsigned char)(1u << k % 8);
		struct model *m = onnx_probe(data, n) ? reader_onnx.read("f.onnx", data, n, &side, &o, &e) : NULL;
		ck_assert_msg(m || !onnx_probe(data, n) || (e.code < 0 && *e.text && !strchr(e.text, '\n')),
		              "%s: byte %zu: no sentence", json_text(c, "name", ""), k);
		model_free(m);
		data[k] ^= (unsigned char)(1u << k % 8);
	}
	free(data);
}
END_TEST

/* All lists are there. */
START_TEST(forms_are_many)
{
	ck_assert_int_ge(cJSON_GetArraySize(cases), 190);
	ck_assert_int_ge(cJSON_GetArraySize(runtime), 410);
	ck_assert_int_ge(cJSON_GetArraySize(torch), 110);
	ck_assert_int_ge(cJSON_GetArraySize(fused), 96);
}
END_TEST

static struct model *read_case(const char *name)
{
	const cJSON *c;
	struct read_side side = { 0 };
	struct read_options o = { 0 };
	struct model *m = NULL;
	cJSON_ArrayForEach(c, cases)
	{
		if (strcmp(json_text(c, "name", ""), name) != 0)
			continue;
		size_t n;
		unsigned char *data = decode(json_text(c, "model", ""), &n);
		m = through_serial(reader_onnx.read("f.onnx", data, n, &side, &o, &e));
		free(data);
	}
	ck_assert(m != NULL);
	return m;
}

/* A final Softmax is the head, whatever turns its axes behind it; the logits are what it reads. */
START_TEST(head_is_seen)
{
	static const char *const names[] = { "softmax 11 flattens", "logsoftmax 11 flattens", "softmax 13, reshaped" };
	for (int i = 0; i < 3; i++) {
		struct model *m = read_case(names[i]);
		ck_assert_int_eq(m->head, HEAD_SOFTMAX);
		ck_assert_int_eq(m->logarithms, i == 1);
		ck_assert_int_ne(m->logits, m->output);
		ck_assert_int_eq(shape_count(&m->graph->value[m->logits].shape), 12);
		model_free(m);
	}
}
END_TEST

/* An operator that cannot be run is marked, and so is what lies behind it; what lies before keeps its shape. */
START_TEST(unsupported_is_marked)
{
	struct model *m = read_case("unsupported operator");
	ck_assert_int_eq(m->n_layer, 4);
	ck_assert_int_eq(m->layer[1].kind, LAYER_ANALYSED);
	ck_assert_int_eq(m->layer[1].times, 6);
	ck_assert_int_eq(m->layer[2].kind, LAYER_UNSUPPORTED);
	ck_assert_str_eq(m->layer[2].type, "Det");
	ck_assert_str_eq(m->layer[2].name, "b");
	ck_assert_int_eq(m->layer[2].in[0], 1);
	ck_assert_int_eq(m->layer[3].kind, LAYER_SHAPELESS);
	ck_assert_int_eq(m->layer[3].in[0], 2);
	model_free(m);
}
END_TEST

/* What core can run is read, and what is read can be run. */
START_TEST(operators_are_read)
{
	int from, to, n;
	for (int i = 0; op_table[i]; i++)
		ck_assert_msg(onnx_span(op_table[i]->name, &from, &to), "%s is not read", op_table[i]->name);
	/* the rows of which core has no operator are these: a name that is mistyped in a row is found here */
	static const char *const only[] = { "Constant", "If", "Loop", "Scan", "LpPool", "Upsample" };
	for (int k = 0; k < (int)(sizeof only / sizeof *only); k++)
		ck_assert_pstr_eq(onnx_only_op(k), only[k]);
	ck_assert_pstr_eq(onnx_only_op(sizeof only / sizeof *only), NULL);
	const struct op_row *row = onnx_rows(&n);
	for (int i = 0; i < n; i++) {
		ck_assert(row[i].from <= row[i].to);
		ck_assert(onnx_row(row[i].op, row[i].from) == &row[i] && onnx_row(row[i].op, row[i].to) == &row[i]);
	}
}
END_TEST

static void add_tests(TCase *c)
{
	cases = open_cases("tests/onnx/forms.json");
	runtime = open_cases("tests/onnx/runtime.json");
	torch = open_cases("tests/onnx/torch_resize.json");
	fused = open_cases("tests/onnx/fused.json");
	tcase_add_test(c, forms_are_many);
	tcase_add_loop_test(c, form, 0, cJSON_GetArraySize(cases));
	tcase_add_loop_test(c, form_of_onnxruntime, 0, cJSON_GetArraySize(runtime));
	tcase_add_loop_test(c, form_of_torch, 0, cJSON_GetArraySize(torch));
	tcase_add_loop_test(c, form_of_several, 0, cJSON_GetArraySize(fused));
	tcase_add_loop_test(c, several_damaged, 0, cJSON_GetArraySize(fused));
	tcase_add_test(c, head_is_seen);
	tcase_add_test(c, unsupported_is_marked);
	tcase_add_test(c, operators_are_read);
}
UNIT_MAIN_WITH("onnx_forms", add_tests)
