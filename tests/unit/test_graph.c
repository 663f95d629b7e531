/* Graph, folding, runs, layers and the serialised form. */
#include <unistd.h>
#include "core/graph/flat.h"
#include "core/graph/op.h"
#include "core/run/run.h"
#include "tests/unit/serial_bytes.h"
#include "src/read/read_model.h"
#include "tests/unit/hand_net.h"
#include "tests/unit/lanes.h"
#include "tests/unit/outputs_only.h"

START_TEST(forward_by_hand)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	run_input(r, 0, window);
	run_forward(r);
	const real conv[] = { -2, 1, -3, 2, 5, 6 }, pool[] = { 1, 1, 5, 6 };
	unit_close("conv", run_real(r, n.conv), conv, 6, 0, 1e-6);
	unit_close("pool", run_real(r, n.pool), pool, 4, 0, 1e-6);
	ck_assert_double_eq_tol((double)run_real(r, n.y)[0], 42.5, 1e-5);
	run_free(r);
	model_free(n.m);
}
END_TEST

/* dy/dpool = 1 2 3 4; the winners are filter 0 t1 twice, filter 1 t1 and t2: dy/drelu = 0 3 0; 0 3 4. dy/dx by the open
 * relus: filter 0: t1: +3 x1, -3 x2; filter 1: t1: 6 x1, 3 x2; t2: 8 x2, 4 x3. Sum: 0 9 8 4. */
START_TEST(backward_by_hand)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	run_input(r, 0, window);
	run_forward(r);
	run_want(r, n.x);
	run_want(r, n.relu);
	run_backward(r, n.y, NULL);
	const real drelu[] = { 0, 3, 0, 0, 3, 4 }, dx[] = { 0, 9, 8, 4 };
	unit_close("d relu", run_grad(r, n.relu), drelu, 6, 0, 1e-6);
	unit_close("d x", run_grad(r, n.x), dx, 4, 0, 1e-6);
	ck_assert_ptr_null(run_grad(r, n.conv)); /* not asked for */
	/* seeded with 2 on the second pooled point of filter 1 only: 2 * (2 x2 + x3) */
	const real seed[] = { 0, 0, 0, 2 }, dx2[] = { 0, 0, 4, 2 };
	run_backward(r, n.pool, seed);
	unit_close("seeded d x", run_grad(r, n.x), dx2, 4, 0, 1e-6);
	/* the dense layer lies behind the seed: no dependence, not zero */
	run_want(r, n.y);
	run_backward(r, n.pool, seed);
	ck_assert_ptr_null(run_grad(r, n.y));
	run_free(r);
	model_free(n.m);
}
END_TEST

struct seen {
	int n, value[4];
	real sum[4];
	const struct run *r;
};

static void note(int value, const real *gradient, void *ctx)
{
	struct seen *s = ctx;
	ck_assert_int_lt(s->n, 4);
	s->value[s->n] = value;
	for (int64_t i = 0; i < shape_count(&s->r->g->value[value].shape); i++)
		s->sum[s->n] += gradient[i];
	s->n++;
}

/* The same gradients, shown as soon as they are complete, in less memory. */
START_TEST(gradients_can_be_shown_and_forgotten)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	struct seen s = { .r = r };
	run_input(r, 0, window);
	run_forward(r);
	run_want(r, n.x);
	run_want(r, n.relu);
	run_want(r, n.pool);
	run_want(r, n.flat);
	run_backward(r, n.y, NULL);
	size_t kept = r->grad_bytes;
	run_drop_gradients(r);
	run_want_clear(r);
	run_want_passing(r, n.x);
	run_want_passing(r, n.relu);
	run_want_passing(r, n.y);
	run_backward_passing(r, n.y, NULL, note, &s);
	ck_assert_int_eq(s.n, 3);
	ck_assert(s.value[0] == n.y && s.value[1] == n.relu && s.value[2] == n.x);
	ck_assert(s.sum[0] == 1 && s.sum[1] == 10 && s.sum[2] == 21);
	ck_assert_ptr_null(run_grad(r, n.relu));
	ck_assert(MEM_GUARD || r->grad_bytes < kept);
	/* behind the seed nothing is shown */
	s = (struct seen){ .r = r };
	run_backward_passing(r, n.pool, NULL, note, &s);
	ck_assert_int_eq(s.n, 2);
	run_free(r);
	model_free(n.m);
}
END_TEST

static void note_sum(int node, void *ctx)
{
	struct seen *s = ctx;
	for (int i = 0; i < s->n; i++)
		for (int64_t k = 0; s->r->g->value[s->value[i]].node == node && k < 2; k++)
			s->sum[i] += run_now(s->r, s->value[i])[k];
}

/* A run that keeps nothing shows each value while it is there. */
START_TEST(values_can_be_shown_and_forgotten)
{
	struct net n = net_new();
	struct run *r = run_new_outputs(n.m->graph, 0, NULL);
	struct seen s = { .n = 3, .value = { n.conv, n.relu, n.pool }, .r = r };
	run_input(r, 0, window);
	run_forward_passing(r, note_sum, &s);
	ck_assert(s.sum[0] == -1 && s.sum[1] == 1 && s.sum[2] == 2);
	run_free(r);
	model_free(n.m);
}
END_TEST

START_TEST(a_filter_switched_off_is_gone_forward_and_backward)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	run_input(r, 0, window);
	run_switch_off(r, n.relu, 1, 1);
	run_forward(r);
	ck_assert_double_eq_tol((double)run_real(r, n.y)[0], 3.5, 1e-6);
	run_want(r, n.x);
	run_backward(r, n.y, NULL);
	const real dx[] = { 0, 3, -3, 0 };
	unit_close("d x", run_grad(r, n.x), dx, 4, 0, 1e-6);
	run_switch_clear(r);
	run_forward(r);
	ck_assert_double_eq_tol((double)run_real(r, n.y)[0], 42.5, 1e-5);
	run_free(r);
	model_free(n.m);
}
END_TEST

START_TEST(a_changed_value_is_carried_forward)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	run_input(r, 0, window);
	run_forward(r);
	run_data(r, n.relu)[4] = 7;
	run_forward_after(r, n.relu);
	ck_assert_double_eq_tol((double)run_real(r, n.y)[0], 0.5 + 3 + 7 * 3 + 7 * 4, 1e-5);
	run_free(r);
	model_free(n.m);
}
END_TEST

START_TEST(weights_can_be_overridden_and_differentiated)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	const real w[] = { 0, 0, 0, 10 };
	int dw = graph_find(n.m->graph, "dw");
	run_override(r, dw, w);
	run_input(r, 0, window);
	run_forward(r);
	ck_assert_double_eq_tol((double)run_real(r, n.y)[0], 60.5, 1e-5);
	run_want(r, dw);
	run_backward(r, n.y, NULL);
	const real pool[] = { 1, 1, 5, 6 };
	unit_close("d w", run_grad(r, dw), pool, 4, 0, 1e-6);
	run_free(r);
	model_free(n.m);
}
END_TEST

START_TEST(outputs_alone_need_less_memory)
{
	struct net n = net_new();
	struct run *r = run_new(n.m->graph);
	run_input(r, 0, window);
	run_forward(r);
	ck_assert_uint_lt(check_outputs_only(r, 1, &n.y), r->data_bytes);
	check_outputs_only(r, 2, (int[]){ n.relu, n.y });
	check_outputs_only(r, 2, (int[]){ n.x, n.x });
	run_free(r);
	model_free(n.m);
}
END_TEST

/* 40 additions, each of the last value and of one 2, 3 ... back: some values live long. */
START_TEST(a_long_network_keeps_a_few_values_at_a_time)
{
	enum { LONG = 40 };
	struct graph *g = graph_new();
	struct shape s = sh(3, 1, 4, 64);
	int v[LONG + 1];
	real x[256];
	v[0] = graph_input(g, "x", DT_REAL, &s, &e);
	for (int i = 1; i <= LONG; i++)
		v[i] = graph_op(g, "Add", NULL, 2, (int[]){ v[i - 1], v[i > 1 + i % 5 ? i - 1 - i % 5 : 0] }, 0, NULL,
		                &e);
	ck_assert_int_eq(graph_finish(g, &e), 0);
	for (int i = 0; i < 256; i++)
		x[i] = (real)(i % 17 - 8) / 8;
	struct run *r = run_new(g);
	run_input(r, 0, x);
	run_forward(r);
	ck_assert_uint_le(check_outputs_only(r, 1, &v[LONG]), 7 * 256 * sizeof(real));
	check_outputs_only(r, LONG, v + 1);
	run_free(r);
	graph_free(g);
}
END_TEST

/* Whole networks: many windows at once are each window alone. */
static void check_network(const char *path)
{
	struct read_options o = { .no_sandbox = true };
	struct model *m = read_model(path, &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x);
	for (int64_t i = 0; i < m->T * m->C; i++)
		x[i] = (real)((i * 37) % 101) / 50 - 1;
	struct run *r = run_new(m->graph);
	run_input(r, 0, x);
	run_forward(r);
	check_lanes(r, 1, &m->output);
	run_free(r);
	free(x);
	model_free(m);
}

START_TEST(networks_compute_many_windows_with_the_same_bits)
{
	check_network("samples/ecg-model.json");
	check_network("samples/machine-model.json");
	check_network("samples/boxes-model.json");
	if (!access("../shared/models/internet_traffic.h5", R_OK))
		check_network("../shared/models/internet_traffic.h5");
}
END_TEST

START_TEST(inception_time_keeps_a_few_values_at_a_time)
{
	struct read_options o = { .no_sandbox = true };
	if (access("../shared/models/big_inceptiontime.onnx", R_OK))
		unit_skip("../shared is not there");
	struct model *m = read_model("../shared/models/big_inceptiontime.onnx", &o, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x);
	for (int64_t i = 0; i < m->T * m->C; i++)
		x[i] = (real)((i * 37) % 101) / 50 - 1;
	struct run *r = run_new(m->graph);
	run_input(r, 0, x);
	run_forward(r);
	size_t less = check_outputs_only(r, 1, &m->output);
	ck_assert_msg(less * 7 < r->data_bytes, "%zu of %zu bytes", less, r->data_bytes);
	run_free(r);
	free(x);
	model_free(m);
}
END_TEST

START_TEST(layers_know_their_shape)
{
	struct net n = net_new();
	ck_assert_str_eq(n.m->file, "tiny.json");
	ck_assert_int_eq(n.m->n_layer, 5);
	const struct layer *conv = &n.m->layer[1], *pool = &n.m->layer[2], *dense = &n.m->layer[4];
	ck_assert_int_eq(conv->filters, 2);
	ck_assert_int_eq(conv->times, 3);
	ck_assert_int_eq(conv->params, 6);
	ck_assert_int_eq(conv->receptive, 2);
	ck_assert_int_eq(pool->receptive, 3);
	ck_assert_int_eq(pool->times, 2);
	ck_assert_int_eq(dense->filters, 1);
	ck_assert(!dense->has_time);
	ck_assert_int_eq(dense->params, 5);
	ck_assert_int_eq(n.m->params, 11);
	ck_assert_int_eq(model_find_layer(n.m, "dense"), 4);
	ck_assert_int_eq(model_find_layer(n.m, "flat"), -1);
	model_free(n.m);
}
END_TEST

START_TEST(the_serialised_form_comes_back)
{
	struct net n = net_new();
	unsigned char *buf, *again;
	size_t size, size2;
	ck_assert_int_eq(serial_bytes(n.m, &buf, &size, &e), 0);
	struct model *m = serial_read(buf, size, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_int_eq(m->n_layer, n.m->n_layer);
	ck_assert_int_eq(m->params, 11);
	ck_assert_str_eq(m->layer[1].name, "conv");
	ck_assert_int_eq(serial_bytes(m, &again, &size2, &e), 0);
	ck_assert_uint_eq(size, size2);
	ck_assert_int_eq(memcmp(buf, again, size), 0);
	free(buf);
	free(again);
	model_free(m);
	model_free(n.m);
}
END_TEST

/* A model of 1.2 MB: its large tensor stays in the stream, and the model frees it; a stream that is cut off leaves
 * nothing behind, which the sanitizer build sees. */
START_TEST(a_large_stream_becomes_the_models)
{
	enum { ROWS = 300, COLUMNS = 1000 };
	struct model *n = model_new("large", "test");
	struct shape two = sh(2, ROWS, COLUMNS, 0);
	real *w = xcalloc((size_t)ROWS * COLUMNS, sizeof *w);
	for (int i = 0; i < ROWS * COLUMNS; i++)
		w[i] = (real)i;
	int in = model_input(n, "x", "Input", "NTC", ROWS, 1, 1, &e);
	ck_assert_msg(in >= 0, "%s", e.text);
	int flat = graph_op(n->graph, "Flatten", "flat", 1, (int[]){ in }, 0, NULL, &e);
	int k = graph_const_real(n->graph, "w", &two, w, true, &e);
	int out = graph_op(n->graph, "MatMul", "y", 2, (int[]){ flat, k }, 0, NULL, &e);
	ck_assert_msg(out >= 0 && model_finish(n, out, &e) >= 0, "%s", e.text);
	unsigned char *buf, *again;
	size_t size, size2;
	ck_assert_int_eq(serial_bytes(n, &buf, &size, &e), 0);
	unsigned char *cut = xmalloc(size), *own = xmalloc(size);
	memcpy(cut, buf, size - 1);
	memcpy(own, buf, size);
	ck_assert_ptr_null(serial_take(cut, size - 1, &e));
	struct model *m = serial_take(own, size, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	int v = graph_find(m->graph, "w");
	const unsigned char *at = (const void *)m->graph->value[v].r;
	ck_assert(m->stream == own && at > own && at < own + size);
	ck_assert_int_eq((at - own + 16) % 64, 0);
	ck_assert_int_eq(memcmp(at, w, (size_t)ROWS * COLUMNS * sizeof *w), 0);
	ck_assert_int_eq(serial_bytes(m, &again, &size2, &e), 0);
	ck_assert_uint_eq(size, size2);
	ck_assert_int_eq(memcmp(buf, again, size), 0);
	free(buf);
	free(again);
	free(w);
	model_free(m);
	model_free(n);
}
END_TEST

/* Whatever a hostile child sends: a model or a clean error. Run by the sanitizer build too. */
START_TEST(a_damaged_stream_is_refused_or_read)
{
	struct net n = net_new();
	unsigned char *buf;
	size_t size;
	int read = 0;
	serial_bytes(n.m, &buf, &size, &e);
	for (size_t i = 0; i < size; i++) {
		ck_assert_ptr_null(serial_read(buf, i, &e));
		for (int bit = 0; bit < 8; bit++) {
			buf[i] ^= (unsigned char)(1 << bit);
			struct model *m = serial_read(buf, size, &e);
			read += m != NULL;
			model_free(m);
			buf[i] ^= (unsigned char)(1 << bit);
		}
	}
	ck_assert_int_gt(read, 0); /* a flipped weight or letter is a valid model */
	free(buf);
	model_free(n.m);
}
END_TEST

START_TEST(constants_fold_while_building)
{
	struct graph *g = graph_new();
	struct shape s = sh(1, 3, 0, 0);
	const real a[] = { 1, 2, 3 }, b[] = { 10, 20, 30 }, want[] = { 11, 22, 33 };
	int va = graph_const_real(g, "a", &s, a, false, &e), vb = graph_const_real(g, "b", &s, b, false, &e);
	int sum = graph_op(g, "Add", "sum", 2, (int[]){ va, vb }, 0, NULL, &e);
	ck_assert_msg(sum >= 0, "%s", e.text);
	ck_assert(g->value[sum].constant);
	ck_assert_int_eq(g->n_node, 0);
	unit_close("sum", g->value[sum].r, want, 3, 0, 1e-6);
	graph_free(g);
}
END_TEST

START_TEST(the_builder_refuses_what_does_not_fit)
{
	struct graph *g = graph_new();
	struct shape s = sh(3, 1, 2, 8);
	int x = graph_input(g, "x", DT_REAL, &s, &e);
	ck_assert_int_eq(graph_input(g, "x", DT_REAL, &s, &e), ERR_FORMAT); /* defined twice */
	s.dim[2] = -1;
	ck_assert_int_eq(graph_input(g, "n", DT_REAL, &s, &e), ERR_FORMAT);
	s.dim[1] = s.dim[2] = INT64_MAX;
	ck_assert_int_eq(graph_input(g, "h", DT_REAL, &s, &e), ERR_LIMIT);
	s.dim[0] = 0;
	ck_assert_int_eq(graph_input(g, "z", DT_REAL, &s, &e), ERR_LIMIT);
	ck_assert_int_eq(graph_op(g, "Frobnicate", "f", 1, &x, 0, NULL, &e), ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(e.text, "Frobnicate"));
	ck_assert_int_lt(graph_op(g, "Relu", "r", 0, NULL, 0, NULL, &e), 0);
	ck_assert_int_lt(graph_op(g, "Relu", "r", 1, (int[]){ 99 }, 0, NULL, &e), 0);
	ck_assert_int_lt(graph_op(g, "Relu", "r", 1, (int[]){ -1 }, 0, NULL, &e), 0);
	graph_free(g);
}
END_TEST

/* x -> A -> B, and x + B: the operators tell where a gradient ends, and all of them with the flag have the gradient 0.
 */
START_TEST(operators_tell_where_each_gradient_is_zero)
{
	int flat = 0;
	for (int i = 0; op_table[i]; i++) {
		if (!(op_table[i]->flags & OP_FLAT))
			continue;
		struct graph *g = graph_new();
		struct shape s = sh(1, 4, 0, 0);
		const real at[] = { -1.25, 0.25, 0.75, 3.5 }, zero[] = { 0, 0, 0, 0 };
		char why[256];
		int x = graph_input(g, "x", DT_REAL, &s, &e);
		int tanh = graph_op(g, "Tanh", "before", 1, &x, 0, NULL, &e);
		int ends = graph_op(g, op_table[i]->name, "ends", 1, &tanh, 0, NULL, &e);
		int y = graph_op(g, "Exp", "after", 1, &ends, 0, NULL, &e);
		int open = graph_op(g, "Add", "beside", 2, (int[]){ x, y }, 0, NULL, &e);
		ck_assert_int_eq(graph_output(g, y, &e), 0);
		ck_assert_int_eq(graph_finish(g, &e), 0);
		ck_assert_str_eq(graph_flat(g, x, y)->name, "ends");
		ck_assert_ptr_null(graph_flat(g, x, tanh));
		ck_assert_ptr_null(graph_flat(g, x, open));
		ck_assert_ptr_null(graph_flat(g, y, tanh)); /* no way at all */
		ck_assert_ptr_nonnull(
		        strstr(graph_flat_why(g, x, y, why, sizeof why), "'ends', whose derivative is 0"));
		struct run *r = run_new(g);
		run_input(r, 0, at);
		run_want(r, x);
		run_forward(r);
		run_backward(r, y, at);
		unit_close(op_table[i]->name, run_grad(r, x), zero, 4, 0, 0);
		run_free(r);
		graph_free(g);
		flat++;
	}
	ck_assert_int_eq(flat, 4);
}
END_TEST

UNIT_MAIN("graph", forward_by_hand, backward_by_hand, gradients_can_be_shown_and_forgotten,
          values_can_be_shown_and_forgotten, a_filter_switched_off_is_gone_forward_and_backward,
          a_changed_value_is_carried_forward, weights_can_be_overridden_and_differentiated,
          outputs_alone_need_less_memory, a_long_network_keeps_a_few_values_at_a_time,
          inception_time_keeps_a_few_values_at_a_time, networks_compute_many_windows_with_the_same_bits,
          layers_know_their_shape, the_serialised_form_comes_back, a_large_stream_becomes_the_models,
          a_damaged_stream_is_refused_or_read, constants_fold_while_building, the_builder_refuses_what_does_not_fit,
          operators_tell_where_each_gradient_is_zero)
