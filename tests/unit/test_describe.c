/* What is said of layers and models: figures of tensors, attributes of operators, facts of the file on their way
 * through the child process and through a file. */
#include "core/kernels/op_window.h"
#include "core/model/describe.h"
#include "core/model/serial.h"
#include "src/json/model_json.h"
#include "tests/unit/op_cases.h"
#include "tests/unit/hand_net.h"

static const char *value_of(const struct description *d, const char *heading, const char *name)
{
	const char *in = "";
	for (int i = 0; i < d->n; i++) {
		if (d->v[i].kind == LINE_HEADING)
			in = d->v[i].name;
		else if (!strcmp(in, heading) && !strcmp(d->v[i].name, name))
			return d->v[i].value;
	}
	return "";
}

START_TEST(figures_of_numbers)
{
	const real v[] = { 1, -1, 2, 1, 0, (real)NAN, (real)INFINITY, (real)-0.0 };
	struct tensor_figures q;
	tensor_figures(v, 8, &q);
	ck_assert_int_eq(q.n, 8);
	ck_assert_int_eq(q.zeros, 2);
	ck_assert_int_eq(q.nan, 1);
	ck_assert_int_eq(q.infinite, 1);
	ck_assert(q.min == -1 && q.max == 2 && q.mean == 0.5);
	/* squares of the distances from 0.5: .25 2.25 2.25 .25 .25 .25 */
	ck_assert_double_eq_tol(q.sd, sqrt(5.5 / 6), 1e-12);
	/* parts of 3/32: -1 in the first, 0 in number 10, 1 in number 21, 2 in the last */
	ck_assert_int_eq(q.bin[0], 1);
	ck_assert_int_eq(q.bin[10], 2);
	ck_assert_int_eq(q.bin[21], 2);
	ck_assert_int_eq(q.bin[TENSOR_BINS - 1], 1);
	tensor_figures(v + 5, 2, &q);
	ck_assert(isnan(q.min) && isnan(q.mean) && isnan(q.sd));
	tensor_figures(v + 3, 1, &q);
	ck_assert(q.sd == 0 && q.bin[TENSOR_BINS / 2] == 1);
}
END_TEST

START_TEST(a_layer_by_hand)
{
	struct net n = net_new();
	struct description d;
	describe_layer(n.m, 1, &d);
	ck_assert_str_eq(value_of(&d, "conv", "kind"), "Conv1D");
	ck_assert_str_eq(value_of(&d, "conv", "ONNX operators"), "Conv, Relu");
	ck_assert_str_eq(value_of(&d, "conv", "activation"), "relu");
	ck_assert_str_eq(value_of(&d, "conv", "input"), "1 channel x 4 steps, as (N,C,T) = (1,1,4)");
	ck_assert_str_eq(value_of(&d, "conv", "output"), "2 filters x 3 steps, as (N,C,T) = (1,2,3)");
	ck_assert_str_eq(value_of(&d, "conv", "parameters"), "6");
	ck_assert_str_eq(value_of(&d, "conv", "multiply-adds"), "12 a window");
	ck_assert_str_eq(value_of(&d, "conv", "receptive field"), "2 steps of the input, one every 1");
	ck_assert_str_eq(value_of(&d, "ONNX operator Conv", "kernel"), "2 steps");
	ck_assert_str_eq(value_of(&d, "ONNX operator Conv", "padding"), "0 before, 0 behind (valid)");
	ck_assert_str_eq(value_of(&d, "ONNX operator Conv", "group"), "1 (default)");
	/* sd: sqrt((.25² + 1.75² + 1.25² + .25²) / 4) */
	ck_assert_str_eq(value_of(&d, "weights", "w"),
	                 "(2,1,2), min -1, max 2, mean 0.75, deviation 1.09, 0 of 4 zero");
	description_release(&d);
	/* layers without filters have a page, too */
	describe_layer(n.m, 3, &d);
	ck_assert_str_eq(value_of(&d, "flat", "kind"), "Flatten");
	ck_assert_str_eq(value_of(&d, "flat", "is read by"), "dense");
	ck_assert_str_eq(value_of(&d, "ONNX operator Flatten", "axis"), "1 (default)");
	description_release(&d);
	describe_model(n.m, &d);
	ck_assert_str_eq(value_of(&d, "tiny.json", "parameters"), "11");
	ck_assert_str_eq(value_of(&d, "tiny.json", "layers"), "4: 1 Conv1D, 1 MaxPooling1D, 1 Flatten, 1 Dense");
	ck_assert_str_eq(value_of(&d, "layers", "conv"), "Conv1D, 2 filters x 3 steps, 6 parameters");
	description_release(&d);
	model_free(n.m);
}
END_TEST

/* Every attribute of every case of every operator is on the page of a layer that is this operator alone. */
START_TEST(attributes_of_every_operator)
{
	static const char *const geometry[] = { "kernel_shape", "strides", "dilations", "pads", "auto_pad", NULL };
	for (int i = 0; i < N_CASES; i++) {
		struct rng rng;
		struct bench b;
		const struct op_case *c = &cases[i];
		rng_init(&rng, 1);
		bench_open(&b, c, &rng);
		bench_forward(&b);
		struct graph *own = b.g;
		struct model *m = model_new("one", "test");
		graph_free(m->graph);
		m->graph = own;
		const struct node *n = &own->node[own->n_node - 1];
		m->layer = xcalloc(1, sizeof *m->layer);
		m->n_layer = 1;
		m->layer[0] = (struct layer){ .name = "it", .type = c->op, .activation = "", .pre = -1, .act = -1 };
		m->layer[0].first_node = own->n_node - 1;
		m->layer[0].end_node = own->n_node;
		struct description d;
		char heading[96];
		describe_layer(m, 0, &d);
		snprintf(heading, sizeof heading, "ONNX operator %s", c->op);
		bool slides = n->op->window && n->op->window(n) && n->op->window(n)->taps_across <= 1;
		for (int k = 0; k < n->n_attr; k++) {
			bool of_window = false;
			for (int j = 0; geometry[j]; j++)
				of_window |= !strcmp(geometry[j], n->attr[k].name);
			const char *name = slides && of_window ? "kernel" : n->attr[k].name;
			ck_assert_msg(*value_of(&d, heading, name) != '\0', "%s: no %s", c->op, name);
		}
		if (slides) {
			const char *const parts[] = { "kernel", "stride", "dilation", "padding" };
			for (int k = 0; k < 4; k++)
				ck_assert_msg(*value_of(&d, heading, parts[k]) != '\0', "%s: no %s", c->op, parts[k]);
		}
		description_release(&d);
		m->graph = graph_new();
		model_free(m);
		bench_close(&b);
	}
}
END_TEST

struct bytes {
	unsigned char *p;
	size_t n;
};

static void keep(void *arg, const void *p, size_t n)
{
	struct bytes *b = arg;
	b->p = xrealloc(b->p, b->n + n + 1, 1);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void same_facts(const struct model *m)
{
	ck_assert_int_eq(m->facts.n, 2);
	ck_assert_str_eq(m->facts.v[0].name, "loss");
	ck_assert_str_eq(m->facts.v[0].value, "mse");
	ck_assert_str_eq(m->facts.v[1].value, "\xef\xbf\xbd[31m");
	ck_assert_int_eq(m->layer[1].facts.n, 1);
	ck_assert_str_eq(m->layer[1].facts.v[0].name, "filters");
}

START_TEST(facts_go_through)
{
	struct net n = net_new();
	model_add_fact(n.m, -1, "loss", "mse");
	model_add_fact(n.m, -1, "note", "\x1b[31m");
	model_add_fact(n.m, -1, "empty", "");
	model_add_fact(n.m, 1, "filters", "2");
	same_facts(n.m);
	struct bytes b = { 0 };
	ck_assert_int_eq(serial_send(n.m, keep, &b, &e), 0);
	struct model *back = serial_read(b.p, b.n, &e);
	ck_assert_msg(back != NULL, "%s", e.text);
	same_facts(back);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	ck_assert_int_eq(model_json_write(back, f, &e), 0);
	fclose(f);
	struct model *json = model_json_read("x", text, size, &e);
	ck_assert_msg(json != NULL, "%s", e.text);
	same_facts(json);
	model_free(json);
	model_free(back);
	model_free(n.m);
	free(b.p);
	free(text);
}
END_TEST

START_TEST(facts_are_bounded)
{
	struct net n = net_new();
	char *longer = xcalloc(1, 100000);
	memset(longer, 'x', 99999);
	for (int i = 0; i < 1000; i++)
		model_add_fact(n.m, -1, longer, longer);
	ck_assert_int_eq(n.m->facts.n, FACT_COUNT_MAX);
	ck_assert_int_eq(n.m->facts.left_out, 1000 - FACT_COUNT_MAX);
	const char *value = n.m->facts.v[0].value;
	ck_assert_uint_lt(strlen(n.m->facts.v[0].name), FACT_NAME_MAX);
	ck_assert_uint_lt(strlen(value), FACT_VALUE_MAX);
	ck_assert_str_eq(value + strlen(value) - 4, "x...");
	struct description d;
	describe_file(n.m, &d);
	ck_assert_str_eq(value_of(&d, "what the file says", "not listed"), "936 more");
	description_release(&d);
	free(longer);
	model_free(n.m);
}
END_TEST

UNIT_MAIN("describe", figures_of_numbers, a_layer_by_hand, attributes_of_every_operator, facts_go_through,
          facts_are_bounded)
