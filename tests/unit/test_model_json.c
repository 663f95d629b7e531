/* The tsviz JSON model format: what is written is read again, bit for bit; what does not follow the format is
 * refused. */
#include "core/run/run.h"
#include "core/train/train.h"
#include "src/json/model_json.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

static struct err e;

static char *to_text(const struct model *m, size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);
	ck_assert_msg(model_json_write(m, f, &e) == 0, "%s", e.text);
	ck_assert_int_eq(fclose(f), 0);
	return text;
}

static void same_output(const struct model *a, const struct model *b)
{
	int64_t n = a->T * a->C;
	real *tc = xcalloc((size_t)n, sizeof *tc), *native = xcalloc((size_t)n, sizeof *native);
	for (int64_t i = 0; i < n; i++)
		tc[i] = (real)sin(0.7 * (double)i);
	model_pack(a, tc, native);
	struct run *ra = run_new(a->graph), *rb = run_new(b->graph);
	run_input(ra, 0, native);
	run_input(rb, 0, native);
	run_forward(ra);
	run_forward(rb);
	ck_assert_mem_eq(run_real(ra, a->output), run_real(rb, b->output), sizeof(real) * (size_t)a->outputs);
	run_free(ra);
	run_free(rb);
	free(tc);
	free(native);
}

static void same_layers(const struct model *a, const struct model *b)
{
	ck_assert_int_eq(a->n_layer, b->n_layer);
	for (int i = 0; i < a->n_layer; i++) {
		const struct layer *x = &a->layer[i], *y = &b->layer[i];
		ck_assert_str_eq(x->name, y->name);
		ck_assert_str_eq(x->type, y->type);
		ck_assert_str_eq(x->activation, y->activation);
		ck_assert_str_eq(x->tensor, y->tensor);
		ck_assert_str_eq(x->detail, y->detail);
		ck_assert_int_eq(x->kind, y->kind);
		ck_assert_int_eq(x->params, y->params);
		ck_assert_int_eq(x->n_in, y->n_in);
		ck_assert_int_eq(x->pre == x->act, y->pre == y->act);
		if (x->n_in)
			ck_assert_mem_eq(x->in, y->in, sizeof *x->in * (size_t)x->n_in);
	}
}

static const char *const files[] = { "residual", "chain", "mixed", "keras1", "nested_3", "norms_3", "recurrent_3" };

START_TEST(round_trip)
{
	char path[128];
	struct read_options o = { 0 };
	snprintf(path, sizeof path, "tests/keras/%s.h5", files[_i]);
	struct model *m = read_model(path, &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	size_t n, again;
	char *text = to_text(m, &n);
	struct model *b = model_json_read("net.json", text, n, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	ck_assert_str_eq(b->format, "tsviz JSON");
	ck_assert_str_eq(b->producer, m->format);
	ck_assert_int_eq(b->params, m->params);
	same_layers(m, b);
	same_output(m, b);
	/* the second writing is the first, to the byte */
	char *twice = to_text(b, &again);
	ck_assert_str_eq(text, twice);
	model_free(m);
	model_free(b);
	free(text);
	free(twice);
}
END_TEST

static struct model *small(void)
{
	struct model *m = model_new("small.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "in", "InputLayer", "NCT", 3, 1, 1, &e);
	/* numbers that text cannot hold, and one that a double cannot */
	const real odd[] = { (real)NAN, (real)-INFINITY, (real)1e-40f };
	struct shape s = { 3, { 1, 1, 3 } };
	int w = graph_const_real(g, "w", &s, odd, true, &e);
	int y = graph_op(g, "Add", "add", 2, (int[]){ x, w }, 0, NULL, &e);
	model_layer(m, "add", "Add", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	struct shape one = { 1, { 1 } };
	const int64_t from[] = { 1 }, to[] = { INT64_MAX }, axis[] = { 2 };
	int in[] = { y, graph_const_int(g, "from", &one, from, &e), graph_const_int(g, "to", &one, to, &e),
		     graph_const_int(g, "axis", &one, axis, &e) };
	y = graph_op(g, "Slice", "cut", 4, in, 0, NULL, &e);
	ck_assert_msg(y >= 0, "%s", e.text);
	m->channel = arena_alloc(&m->arena, 1, sizeof *m->channel);
	m->channel[0] = "pressure \"p\"";
	m->class_name = arena_alloc(&m->arena, 2, sizeof *m->class_name);
	m->class_name[0] = "low";
	m->class_name[1] = "high";
	m->n_class_name = 2;
	m->history.n = 2;
	m->history.best = 1;
	m->history.loss = arena_alloc(&m->arena, 2, sizeof(double));
	m->history.val_loss = arena_alloc(&m->arena, 2, sizeof(double));
	m->history.loss[0] = 0.1;
	m->history.loss[1] = 1.0 / 3;
	m->history.val_loss[0] = (double)NAN;
	m->history.val_loss[1] = 2e-300;
	ck_assert_msg(model_finish(m, y, &e) == 0, "%s", e.text);
	return m;
}

START_TEST(everything_is_carried)
{
	struct model *m = small();
	size_t n;
	char *text = to_text(m, &n);
	struct model *b = model_json_read("small.json", text, n, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	int w = graph_find(b->graph, "w"), to = graph_find(b->graph, "to");
	ck_assert_int_ge(w, 0);
	const real *r = b->graph->value[w].r;
	ck_assert(isnan(r[0]) && isinf(r[1]) && r[1] < 0);
	ck_assert((float)r[2] == 1e-40f);
	ck_assert(b->graph->value[w].weight && b->params == 3);
	ck_assert(b->graph->value[to].i[0] == INT64_MAX && !b->graph->value[to].weight);
	ck_assert_str_eq(b->channel[0], "pressure \"p\"");
	ck_assert_int_eq(b->n_class_name, 2);
	ck_assert_str_eq(b->class_name[1], "high");
	ck_assert_int_eq(b->history.n, 2);
	ck_assert_int_eq(b->history.best, 1);
	ck_assert(b->history.loss[1] == 1.0 / 3 && isnan(b->history.val_loss[0]) && b->history.val_loss[1] == 2e-300);
	/* the node behind the last layer */
	ck_assert_int_eq(b->graph->n_node, 2);
	ck_assert_int_eq(b->graph->value[b->output].shape.dim[2], 2);
	model_free(m);
	model_free(b);
	free(text);
}
END_TEST

/* ---- written by hand ---- */

#define HEAD                                                                                                 \
	"{\"format\":\"tsviz-model\",\"version\":1,\"input\":{\"name\":\"x\",\"type\":\"Input\",\"layout\":" \
	"\"NCT\",\"steps\":4,"                                                                               \
	"\"channels\":1},\"constants\":[{\"name\":\"w\",\"shape\":[2,1,2],\"weight\":true,\"float32\":"
#define MIDDLE                                                                                               \
	"}],\"layers\":[{\"name\":\"c\",\"type\":\"Conv\",\"activation\":\"\",\"kind\":\"analysed\","        \
	"\"nodes\":[{\"op\":"                                                                                \
	"\"Conv\",\"name\":\"c\",\"inputs\":[\"x\",\"w\"],\"outputs\":[\"y\"],\"attributes\":{\"strides\":{" \
	"\"ints\":[1]}}}],"                                                                                  \
	"\"pre\":\"y\",\"act\":\"y\",\"reads\":[0]}],\"output\":\"y\""

START_TEST(plain_numbers_or_base64)
{
	static const char *const ways[] = { "[1,-2,0.5,3e0]", "[\"AACAPwAAAMA=\",\"AAAAPwAAQEA=\"]",
		                            "[\"AACAPwAAAMAAAAA/AABAQA==\"]" };
	const float expect[] = { 1, -2, 0.5f, 3 };
	for (int i = 0; i < 3; i++) {
		char text[2048];
		int n = snprintf(text, sizeof text, "%s%s%s}", HEAD, ways[i], MIDDLE);
		struct model *m = model_json_read("x.json", text, (size_t)n, &e);
		ck_assert_msg(m != NULL, "%s: %s", ways[i], e.text);
		for (int k = 0; k < 4; k++)
			ck_assert((float)m->graph->value[graph_find(m->graph, "w")].r[k] == expect[k]);
		model_free(m);
	}
}
END_TEST

static const struct bad {
	const char *weights, *tail, *part;
} bad[] = {
	{ "[1,2,3]", "}", "4 numbers" },
	{ "[1,2,3,4,5]", "}", "4 numbers" },
	{ "[1,2,3,null]", "}", "4 numbers" },
	{ "[1,2,3,1e39]", "}", "4 numbers" },
	{ "[1,2,3,1e999]", "}", "beyond" },
	{ "[1,2,3,NaN]", "}", "line 1" },
	{ "[1,2,3,04]", "}", "line 1: a bad number" },
	{ "[1,2,3,4.]", "}", "line 1: a bad number" },
	{ "[\"AACAPwAAAMA=\"]", "}", "4 numbers" },
	{ "[\"AACAPwAAAMAAAAA/AABAQA=\"]", "}", "4 numbers" },
	{ "[\"AACAPwAAAMAAAAA/AAB QA==\"]", "}", "4 numbers" },
	{ "[\"AACAPw==AAAMAAAAA/AABAQA==\"]", "}", "4 numbers" },
	{ "[1,2,3,4]", "", "ends too early" },
	{ "[1,2,3,4]", "} x", "after the end" },
	{ "[1,2,3,4]", ",\"outputs\":1}", "\"outputs\" is unknown" },
	{ "[1,2,3,4]", ",\"output\":\"x\"}", "given twice" },
	{ "[1,2,3,4]", ",\"class_names\":[\"\xff\"]}", "UTF-8" },
	{ "[1,2,3,4]", ",\"class_names\":[\"\\ud800\"]}", "surrogate" },
	{ "[1,2,3,4]", ",\"class_names\":[\"a\\u0000b\"]}", "\\u0000" },
	{ "[1,2,3,4]", ",\"channel_names\":[\"a\",\"b\"]}", "2 names for 1 channels" },
	{ "[1,2,3,4]", ",\"history\":{\"loss\":[1],\"val_loss\":[],\"best\":0}}", "differ in length" },
	{ "[1,2,3,4]", ",\"history\":{\"loss\":[1],\"val_loss\":[1],\"best\":1}}", "differ in length" },
	{ "[1,2,3,4]",
	  ",\"nodes\":[{\"op\":\"Relu\",\"name\":\"r\",\"inputs\":[\"z\"],\"outputs\":[\"z\"],\"attributes\":"
	  "{}}]}",
	  "does not come before" },
	{ "[1,2,3,4]",
	  ",\"nodes\":[{\"op\":\"Evil\",\"name\":\"r\",\"inputs\":[\"y\"],\"outputs\":[\"z\"],\"attributes\":"
	  "{}}]}",
	  "Evil is not supported" },
	{ "[1,2,3,4]",
	  ",\"nodes\":[{\"op\":\"Relu\",\"name\":\"r\",\"inputs\":[\"y\"],\"outputs\":[\"x\"],\"attributes\":"
	  "{}}]}",
	  "defined twice" },
};

/* Whoever runs the network feeds it one window. */
START_TEST(a_batch_is_refused)
{
	char text[4096];
	snprintf(text, sizeof text, "%s[1,2,3,4]%s}", HEAD, MIDDLE);
	char *at = strstr(text, "\"channels\":1}");
	ck_assert(at != NULL);
	memmove(at + 10, at, strlen(at) + 1);
	memcpy(at, "\"batch\":3,", 10);
	ck_assert_ptr_null(model_json_read("x.json", text, strlen(text), &e));
	ck_assert_msg(strstr(e.text, "a batch of 3 windows; write 1"), "%s", e.text);
}
END_TEST

START_TEST(wrong_text_is_refused)
{
	char text[4096];
	const struct bad *b = &bad[_i];
	int n = snprintf(text, sizeof text, "%s%s%s%s", HEAD, b->weights, MIDDLE, b->tail);
	struct model *m = model_json_read("x.json", text, (size_t)n, &e);
	ck_assert_msg(!m, "was read: %s", text);
	ck_assert_msg(strstr(e.text, b->part), "%s", e.text);
}
END_TEST

START_TEST(hostile_sizes)
{
	/* deep, and many: refused before a tree is built */
	size_t n = 6 << 20;
	char *text = xmalloc(n + 1);
	memset(text, '[', n);
	ck_assert_ptr_null(model_json_read("x.json", text, n, &e));
	ck_assert_msg(strstr(e.text, "nested too deeply"), "%s", e.text);
	for (size_t i = 1; i < n; i += 2) {
		text[i] = '1';
		text[i + 1] = ',';
	}
	ck_assert_ptr_null(model_json_read("x.json", text, n, &e));
	ck_assert_msg(strstr(e.text, "too many values"), "%s", e.text);
	free(text);
	/* a shape beyond what its numbers could fill */
	char shape[2048];
	int k = snprintf(shape, sizeof shape, "%s%s%s}", HEAD, "[1,2,3,4]", MIDDLE);
	memcpy(strstr(shape, "[2,1,2]"), "[2e8,1]", 7);
	ck_assert_ptr_null(model_json_read("x.json", shape, (size_t)k, &e));
	ck_assert_msg(strstr(e.text, "200000000 numbers"), "%s", e.text);
}
END_TEST

/* Every prefix of a good text is an error, and every single changed byte a model or an error. */
START_TEST(every_prefix_and_byte)
{
	char text[2048];
	int n = snprintf(text, sizeof text, "%s%s%s}", HEAD, "[1,-2,0.5,3e0]", MIDDLE);
	for (int i = 0; i < n; i++) {
		e = (struct err){ 0 };
		ck_assert_ptr_null(model_json_read("x.json", text, (size_t)i, &e));
		ck_assert(e.code < 0 && *e.text);
	}
	int models = 0;
	for (int i = 0; i < n; i++)
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ (1 << bit));
			e = (struct err){ 0 };
			struct model *m = model_json_read("x.json", text, (size_t)n, &e);
			ck_assert(m || (e.code < 0 && *e.text));
			models += m != NULL;
			model_free(m);
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	/* names and digits may change */
	ck_assert(models > 20 && models < n * 4);
}
END_TEST

START_TEST(the_longest_training_can_be_read)
{
	struct model *m = small();
	struct history *h = &m->history;
	h->n = TRAIN_EPOCHS_MAX;
	h->loss = arena_alloc(&m->arena, (size_t)h->n, sizeof *h->loss);
	h->val_loss = arena_alloc(&m->arena, (size_t)h->n, sizeof *h->val_loss);
	for (int i = 0; i < h->n; i++) {
		h->loss[i] = 1.0 / (i + 1);
		h->val_loss[i] = (double)NAN;
	}
	size_t n;
	char *text = to_text(m, &n);
	struct model *b = model_json_read("small.json", text, n, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	ck_assert_int_eq(b->history.n, TRAIN_EPOCHS_MAX);
	free(text);
	model_free(m);
	model_free(b);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, round_trip, 0, sizeof files / sizeof *files);
	tcase_add_test(c, a_batch_is_refused);
	tcase_add_loop_test(c, wrong_text_is_refused, 0, sizeof bad / sizeof *bad);
	tcase_add_test(c, everything_is_carried);
	tcase_add_test(c, plain_numbers_or_base64);
	tcase_add_test(c, hostile_sizes);
	tcase_add_test(c, the_longest_training_can_be_read);
	tcase_add_test(c, every_prefix_and_byte);
}

UNIT_MAIN_WITH("model_json", setup)
