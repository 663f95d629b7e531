/* What is written as ONNX is read again and answers the same; the forms that opset 17 does not have are taken apart.
 * That other programs read it, too, is tests/cli/convert.sh's business. */
#include <glob.h>
#include "core/run/run.h"
#include "src/onnx/onnx_write.h"
#include "src/read/read_model.h"
#include "tests/unit/outputs_only.h"
#include "tests/unit/unit.h"

static struct err e;

static unsigned char *to_bytes(const struct model *m, size_t *n)
{
	char *bytes = NULL;
	FILE *f = open_memstream(&bytes, n);
	ck_assert_msg(onnx_write(m, f, &e) == 0, "%s", e.text);
	ck_assert_int_eq(fclose(f), 0);
	return (unsigned char *)bytes;
}

static struct model *again(const struct model *m)
{
	static const struct read_options plain;
	struct read_side side = { 0 };
	size_t n;
	unsigned char *bytes = to_bytes(m, &n);
	ck_assert(reader_onnx.probe(bytes, n));
	struct model *b = reader_onnx.read("again.onnx", bytes, n, &side, &plain, &e);
	ck_assert_msg(b != NULL, "%s", e.text);
	free(bytes);
	return b;
}

static struct run *run_sines(const struct model *m)
{
	int64_t n = m->T * m->C;
	real *tc = xcalloc((size_t)n, sizeof *tc), *native = xcalloc((size_t)n, sizeof *native);
	for (int64_t i = 0; i < n; i++)
		tc[i] = (real)(1.5 * sin(0.7 * (double)i + 0.2));
	model_pack(m, tc, native);
	struct run *r = run_new(m->graph);
	run_input(r, 0, native);
	run_forward(r);
	check_outputs_only(r, 1, &m->output);
	free(tc);
	free(native);
	return r;
}

/* Where element i of the output, counted in the order of the model's own framework, stands in the graph. */
static int64_t place(const struct model *m, int64_t i)
{
	if (!m->out_steps)
		return i;
	return m->out_steps_first ? model_output_index(m, i / m->out_channels, i % m->out_channels)
	                          : model_output_index(m, i % m->out_steps, i / m->out_steps);
}

static void same_answers(const struct model *a, const struct model *b)
{
	if (strcmp(b->format, "ONNX 9 opset 19"))
		ck_assert_str_eq(b->format, "ONNX 8 opset 17");
	ck_assert_str_eq(a->layout, b->layout);
	ck_assert_int_eq(a->outputs, b->outputs);
	struct run *ra = run_sines(a), *rb = run_sines(b);
	const real *x = run_real(ra, a->output), *y = run_real(rb, b->output);
	for (int64_t i = 0; i < a->outputs; i++) {
		double u = (double)x[place(a, i)], v = (double)y[place(b, i)];
		ck_assert_msg(fabs(u - v) <= 1e-6 * fmax(1, fabs(u)) || (isnan(u) && isnan(v)),
		              "output %lld: %.9g instead of %.9g", (long long)i, v, u);
	}
	run_free(ra);
	run_free(rb);
}

/* ---- every network that the tests have ---- */

static glob_t files;

START_TEST(networks)
{
	/* some have several series */
	bool two = strstr(files.gl_pathv[_i], "/two.") != NULL;
	struct read_options o = { .input = two ? "a,b" : NULL };
	struct model *a = read_model(files.gl_pathv[_i], &o, &e);
	/* some are there to be refused */
	if (!a || a->n_unsupported) {
		ck_assert_msg(strstr(files.gl_pathv[_i], "unsupported") || strstr(files.gl_pathv[_i], "weights"),
		              "%s: %s", files.gl_pathv[_i], e.text);
		model_free(a);
		return;
	}
	struct model *b = again(a);
	same_answers(a, b);
	model_free(a);
	model_free(b);
}
END_TEST

/* ---- forms of core that opset 17 has not ---- */

static int reals(struct graph *g, int n, const real *v)
{
	struct shape s = { 1, { n } };
	return graph_const_real(g, NULL, &s, v, false, &e);
}

static int whole(struct graph *g, int n, const int64_t *v)
{
	struct shape s = { 1, { n } };
	return graph_const_int(g, NULL, &s, v, &e);
}

static int op(struct graph *g, const char *name, int x, int y, int z)
{
	int in[] = { x, y, z };
	return graph_op(g, name, name, z >= 0 ? 3 : y >= 0 ? 2 : 1, in, 0, NULL, &e);
}

static int f_reduce(struct graph *g, int x)
{
	static const char *const ops[] = { "ReduceMean", "ReduceMax", "ReduceMin",       "ReduceProd",     "ReduceL1",
		                           "ReduceL2",   "ReduceSum", "ReduceSumSquare", "ReduceLogSumExp" };
	int y = x;
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		y = op(g, "Add", y, op(g, ops[i], x, whole(g, 1, (int64_t[]){ i % 2 ? 2 : -2 }), -1), -1);
	return y;
}

static int f_reduce_all(struct graph *g, int x)
{
	struct attr keep = attr_i("noop_with_empty_axes", 1);
	int same = graph_op(g, "ReduceMean", "r", 1, &x, 1, &keep, &e);
	return op(g, "Add", same, op(g, "ReduceMean", x, -1, -1), -1);
}

static int f_gelu(struct graph *g, int x)
{
	struct attr a = attr_s("approximate", "tanh");
	return op(g, "Mul", op(g, "Gelu", x, -1, -1), graph_op(g, "Gelu", "fast", 1, &x, 1, &a, &e), -1);
}

static int f_mish(struct graph *g, int x)
{
	return op(g, "Mish", x, -1, -1);
}

static int f_group(struct graph *g, int x)
{
	struct attr a[] = { attr_i("num_groups", 2), attr_f("epsilon", 0.01) };
	int in[] = { x, reals(g, 4, (real[]){ 1, 2, 3, -1 }), reals(g, 4, (real[]){ 0, 0.5, -1, 2 }) };
	return graph_op(g, "GroupNormalization", "g", 3, in, 2, a, &e);
}

static int f_split(struct graph *g, int x)
{
	struct attr a = attr_i("axis", -1);
	int in[] = { x, whole(g, 3, (int64_t[]){ 2, 1, 3 }) }, out[3];
	const char *const names[] = { "a", NULL, "c" };
	ck_assert_int_ge(graph_node(g, "Split", "s", 2, in, 3, names, 1, &a, out, &e), 0);
	return op(g, "Mul", op(g, "ReduceMax", out[0], whole(g, 1, (int64_t[]){ 2 }), -1), out[2], -1);
}

static int f_split_even(struct graph *g, int x)
{
	struct attr a[] = { attr_i("axis", 1), attr_i("num_outputs", 2) };
	int out[2];
	const char *const names[] = { "a", "b" };
	ck_assert_int_ge(graph_node(g, "Split", "s", 1, &x, 2, names, 2, a, out, &e), 0);
	return op(g, "Sub", out[0], out[1], -1);
}

static int f_pad(struct graph *g, int x)
{
	int in[] = { x, whole(g, 4, (int64_t[]){ 1, 2, 3, -1 }), reals(g, 1, (real[]){ 7 }),
		     whole(g, 2, (int64_t[]){ -1, 1 }) };
	struct shape none = { 0 };
	in[2] = graph_const_real(g, NULL, &none, (real[]){ 7 }, false, &e);
	return graph_op(g, "Pad", "p", 4, in, 0, NULL, &e);
}

static int f_same(struct graph *g, int x)
{
	static const real w[] = { 1, -2, 3, 0.5, 1, 2, -1, 1 };
	struct shape s = { 3, { 1, 4, 2 } };
	struct attr conv[] = { attr_s("auto_pad", "SAME_UPPER"), attr_is("dilations", 1, (int64_t[]){ 3 }) };
	struct attr pool[] = { attr_s("auto_pad", "SAME_LOWER"), attr_is("kernel_shape", 1, (int64_t[]){ 4 }),
		               attr_is("strides", 1, (int64_t[]){ 1 }) };
	int in[] = { x, graph_const_real(g, "w", &s, w, true, &e) }, y = graph_op(g, "Conv", "c", 2, in, 2, conv, &e);
	return op(g, "Add", graph_op(g, "AveragePool", "a", 1, &y, 3, pool, &e),
	          graph_op(g, "MaxPool", "m", 1, &y, 3, pool, &e), -1);
}

static int f_resize(struct graph *g, int x)
{
	struct attr a[] = { attr_is("axes", 1, (int64_t[]){ 2 }), attr_s("mode", "nearest") };
	int in[] = { x, -1, reals(g, 1, (real[]){ 2 }) };
	return graph_op(g, "Resize", "r", 3, in, 2, a, &e);
}

/* 0.7 of 6 steps are 4: as sizes it would be another scale. */
static int f_resize_scale(struct graph *g, int x)
{
	struct attr a[] = { attr_is("axes", 1, (int64_t[]){ -1 }), attr_s("mode", "linear") };
	int in[] = { x, -1, reals(g, 1, (real[]){ (real)0.7 }) };
	return graph_op(g, "Resize", "r", 3, in, 2, a, &e);
}

static int f_resize_roi(struct graph *g, int x)
{
	struct attr a[] = { attr_is("axes", 2, (int64_t[]){ 2, 1 }), attr_s("mode", "linear"),
		            attr_s("coordinate_transformation_mode", "tf_crop_and_resize") };
	int in[] = { x, reals(g, 4, (real[]){ (real)0.1, 0, (real)0.9, 1 }), reals(g, 2, (real[]){ 2, 1 }) };
	return graph_op(g, "Resize", "r", 3, in, 3, a, &e);
}

static int f_top_k(struct graph *g, int x)
{
	struct attr a = attr_i("axis", 2);
	int in[] = { x, whole(g, 1, (int64_t[]){ 3 }) };
	const char *out = "largest";
	return graph_node(g, "TopK", "t", 2, in, 1, &out, 1, &a, NULL, &e);
}

static int f_truths(struct graph *g, int x)
{
	int zero = reals(g, 1, (real[]){ 0 }), one = reals(g, 1, (real[]){ 1 });
	int positive = op(g, "Greater", x, zero, -1), small = op(g, "LessOrEqual", x, one, -1);
	int both = op(g, "And", positive, op(g, "Not", op(g, "Not", small, -1, -1), -1, -1), -1);
	int either = op(g, "Xor", op(g, "Or", positive, both, -1), op(g, "IsNaN", x, -1, -1), -1);
	struct attr to = attr_i("to", 1), truth = attr_i("to", 9);
	int number = graph_op(g, "Cast", "n", 1, &either, 1, &to, &e),
	    cast = graph_op(g, "Cast", "b", 1, &x, 1, &truth, &e);
	int y = op(g, "Where", both, x, op(g, "Neg", x, -1, -1));
	return op(g, "Add", op(g, "Mul", y, number, -1), op(g, "CastLike", op(g, "Add", cast, positive, -1), x, -1),
	          -1);
}

static int f_lstm(struct graph *g, int x)
{
	static real w[4 * 3 * 6], r[4 * 3 * 3], b[24];
	for (size_t i = 0; i < sizeof w / sizeof *w; i++)
		w[i] = (real)sin((double)i);
	for (size_t i = 0; i < sizeof r / sizeof *r; i++)
		r[i] = (real)cos((double)i);
	struct shape sw = { 3, { 1, 12, 6 } }, sr = { 3, { 1, 12, 3 } }, sb = { 2, { 1, 24 } };
	struct attr a[] = { attr_s("activations", "HardSigmoid,Tanh,Relu"),
		            attr_i("hidden_size", 3),
		            { .name = "activation_alpha", .type = ATTR_FLOATS, .floats = (double[]){ 0.3 }, .n = 1 },
		            { .name = "activation_beta", .type = ATTR_FLOATS, .floats = (double[]){ 0.4 }, .n = 1 } };
	int in[] = { x, graph_const_real(g, NULL, &sw, w, true, &e), graph_const_real(g, NULL, &sr, r, true, &e),
		     graph_const_real(g, NULL, &sb, b, true, &e) };
	return graph_op(g, "LSTM", "l", 4, in, 4, a, &e);
}

static int f_dropout(struct graph *g, int x)
{
	struct attr a = attr_f("ratio", 0.5);
	return graph_op(g, "Dropout", "d", 1, &x, 1, &a, &e);
}

static const struct form {
	const char *name;
	int (*build)(struct graph *g, int x);
} forms[] = {
	{ "reductions", f_reduce },
	{ "reductions of nothing and of all", f_reduce_all },
	{ "Gelu", f_gelu },
	{ "Mish", f_mish },
	{ "GroupNormalization", f_group },
	{ "Split", f_split },
	{ "Split in equal parts", f_split_even },
	{ "Pad of some axes", f_pad },
	{ "SAME pads", f_same },
	{ "Resize of one axis", f_resize },
	{ "Resize by a scale that leaves a rest", f_resize_scale },
	{ "Resize of a part", f_resize_roi },
	{ "TopK", f_top_k },
	{ "truth values", f_truths },
	{ "LSTM", f_lstm },
	{ "Dropout", f_dropout },
};

static struct model *form_model(int (*build)(struct graph *, int))
{
	struct model *m = model_new("form.onnx", "test");
	int x = model_input(m, "x", "Input", "NCT", 6, 4, 1, &e), y = build(m->graph, x);
	ck_assert_msg(y >= 0, "%s", e.text);
	model_layer(m, "form", "Form", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	ck_assert_msg(model_finish(m, y, &e) == 0, "%s", e.text);
	return m;
}

START_TEST(newer_forms)
{
	struct model *a = form_model(forms[_i].build), *b = again(a);
	same_answers(a, b);
	model_free(a);
	model_free(b);
}
END_TEST

/* ---- forms that opset 17 lacks ---- */

static int f_wrap(struct graph *g, int x)
{
	struct attr a = attr_s("mode", "wrap");
	int in[] = { x, whole(g, 6, (int64_t[]){ 0, 0, 1, 0, 0, 1 }) };
	return graph_op(g, "Pad", "wrapped", 2, in, 1, &a, &e);
}

static int f_wrap_axes(struct graph *g, int x)
{
	struct attr a = attr_s("mode", "wrap");
	int in[] = { x, whole(g, 2, (int64_t[]){ 2, 1 }), -1, whole(g, 1, (int64_t[]){ -1 }) };
	return op(g, "ReduceMax", graph_op(g, "Pad", "wrapped", 4, in, 1, &a, &e), whole(g, 1, (int64_t[]){ 1 }), -1);
}

static int f_symmetric(struct graph *g, int x)
{
	struct attr a[] = { attr_s("coordinate_transformation_mode", "half_pixel_symmetric"),
		            attr_s("mode", "linear") };
	int in[] = { x, -1, reals(g, 3, (real[]){ 1, 1, (real)1.7 }) };
	return graph_op(g, "Resize", "symmetric", 3, in, 2, a, &e);
}

static int f_antialias(struct graph *g, int x)
{
	struct attr a[] = { attr_i("antialias", 1), attr_s("mode", "linear"), attr_is("axes", 1, (int64_t[]){ 2 }) };
	int in[] = { x, -1, -1, whole(g, 1, (int64_t[]){ 3 }) };
	return graph_op(g, "Resize", "smooth", 4, in, 3, a, &e);
}

static int f_dilated(struct graph *g, int x)
{
	struct attr a[] = { attr_is("kernel_shape", 1, (int64_t[]){ 2 }), attr_is("dilations", 1, (int64_t[]){ 3 }) };
	int mean = graph_op(g, "AveragePool", "a", 1, &x, 2, a, &e);
	return op(g, "Gelu", op(g, "ReduceMean", mean, whole(g, 1, (int64_t[]){ 2 }), -1), -1, -1);
}

static int f_scatter(struct graph *g, int x)
{
	struct attr a[] = { attr_s("reduction", "max"), attr_i("axis", 2) };
	struct shape s = { 3, { 1, 4, 1 } };
	int in[] = { x, graph_const_int(g, NULL, &s, (int64_t[]){ 0, 1, 5, 2 }, &e),
		     graph_const_real(g, NULL, &s, (real[]){ 0.5, 0, 1, -2 }, false, &e) };
	return graph_op(g, "ScatterElements", "s", 3, in, 2, a, &e);
}

static int f_sizes(struct graph *g, int x)
{
	struct attr a[] = { attr_s("mode", "linear"), attr_is("axes", 1, (int64_t[]){ 2 }) };
	int in[] = { x, -1, -1, whole(g, 1, (int64_t[]){ 9 }) };
	return graph_op(g, "Resize", "sized", 4, in, 2, a, &e);
}

static const struct form newer[] = {
	{ "sizes of one axis", f_sizes },
	{ "Pad that wraps", f_wrap },
	{ "Pad of one axis that wraps", f_wrap_axes },
	{ "half_pixel_symmetric", f_symmetric },
	{ "antialias", f_antialias },
	{ "dilated AveragePool", f_dilated },
	{ "Scatter by max", f_scatter },
};

START_TEST(opset_by_need)
{
	struct model *a = form_model(newer[_i].build), *b = again(a);
	ck_assert_str_eq(b->format, "ONNX 9 opset 19");
	same_answers(a, b);
	model_free(a);
	model_free(b);
}
END_TEST

/* ---- what is in the file ---- */

/* *bytes: the caller frees them after the file is released. */
static struct onnx_file parsed(const struct model *m, unsigned char **bytes)
{
	size_t n;
	struct onnx_file f;
	*bytes = to_bytes(m, &n);
	ck_assert_msg(onnx_parse(*bytes, n, 1 << 26, &f, &e) == 0, "%s", e.text);
	return f;
}

/* ONNX demands both outputs of TopK, whoever reads them. */
START_TEST(top_k_has_two_outputs)
{
	struct model *m = form_model(f_top_k);
	unsigned char *bytes;
	struct onnx_file f = parsed(m, &bytes);
	ck_assert_int_eq(f.graph->n_node, 1);
	ck_assert_int_eq(f.graph->node[0].n_out, 2);
	ck_assert(*f.graph->node[0].out[1]);
	onnx_release(&f);
	free(bytes);
	model_free(m);
}
END_TEST

static int f_flat(struct graph *g, int x)
{
	return op(g, "Reshape", op(g, "Relu", x, -1, -1), whole(g, 2, (int64_t[]){ 1, 24 }), -1);
}

/* A row for each window at the beginning of the state, all zeros. */
static int f_state(struct graph *g, int x)
{
	static const real zeros[3];
	static real w[12 * 4], r[12 * 3];
	for (int i = 0; i < 36; i++)
		w[i] = r[i] = (real)sin(i);
	struct shape sw = { 3, { 1, 12, 4 } }, sr = { 3, { 1, 12, 3 } }, sh = { 3, { 1, 1, 3 } };
	struct attr perm = attr_is("perm", 3, (int64_t[]){ 2, 0, 1 }), size = attr_i("hidden_size", 3);
	int zero = graph_const_real(g, NULL, &sh, zeros, false, &e);
	int in[] = { graph_op(g, "Transpose", "t", 1, &x, 1, &perm, &e),
		     graph_const_real(g, NULL, &sw, w, true, &e),
		     graph_const_real(g, NULL, &sr, r, true, &e),
		     -1,
		     -1,
		     zero,
		     zero };
	const char *const out[] = { NULL, "last" };
	int id[2];
	ck_assert_msg(graph_node(g, "LSTM", "l", 7, in, 2, out, 1, &size, id, &e) >= 0, "%s", e.text);
	return id[1];
}

/* A constant beside the window: only one window fits. */
static int f_token(struct graph *g, int x)
{
	static const real ones[] = { 1, 2, 3, 4 };
	struct shape s = { 3, { 1, 4, 1 } };
	struct attr axis = attr_i("axis", 2);
	int in[] = { graph_const_real(g, NULL, &s, ones, true, &e), x };
	return graph_op(g, "Concat", "c", 2, in, 1, &axis, &e);
}

/* Takes the batch for something else. */
static int f_first(struct graph *g, int x)
{
	return op(g, "ReduceMean", x, whole(g, 1, (int64_t[]){ 0 }), -1);
}

static const struct {
	int (*build)(struct graph *g, int x);
	int in, out; /* the axes of the batch; -1: it is 1 */
} batches[] = { { f_gelu, 0, 0 },  { f_group, 0, 0 },   { f_flat, 0, 0 },
	        { f_state, 0, 1 }, { f_token, -1, -1 }, { f_first, -1, -1 } };

static int open_axis(const struct onnx_value *v)
{
	int axis = -1;
	for (int i = 0; i < v->rank; i++)
		if (v->dim[i] < 0) {
			ck_assert_int_eq(axis, -1);
			ck_assert_str_eq(v->param[i], "N");
			axis = i;
		}
	return axis;
}

/* No constant of a file whose batch is open says that it is 1. */
static void no_fixed_shape(const struct onnx_file *f)
{
	for (int i = 0; i < f->graph->n_node; i++) {
		const struct onnx_node *n = &f->graph->node[i];
		for (int k = 0; k < f->graph->n_init && !strcmp(n->op, "Reshape"); k++) {
			const struct onnx_tensor *t = &f->graph->init[k];
			int64_t first;
			if (strcmp(t->name, n->in[1]) != 0 || t->dim[0] < 3)
				continue;
			memcpy(&first, t->raw, sizeof first);
			ck_assert_msg(first == 0, "%s names %lld", n->name, (long long)first);
		}
	}
}

START_TEST(batch_stays_open)
{
	for (int fixed = 0; fixed < 2; fixed++) {
		struct model *m = form_model(batches[_i].build);
		m->fixed_batch = fixed;
		unsigned char *bytes;
		struct onnx_file f = parsed(m, &bytes);
		ck_assert_int_eq(open_axis(f.graph->in), fixed ? -1 : batches[_i].in);
		ck_assert_int_eq(open_axis(f.graph->out), fixed ? -1 : batches[_i].out);
		if (open_axis(f.graph->in) >= 0)
			no_fixed_shape(&f);
		onnx_release(&f);
		free(bytes);
		struct model *b = again(m);
		same_answers(m, b);
		ck_assert_int_eq(b->fixed_batch, fixed || batches[_i].in < 0);
		model_free(b);
		model_free(m);
	}
}
END_TEST

/* ---- what goes with the network ---- */

START_TEST(recipe_scaler_and_names_come_back)
{
	static const char *channels[] = { "pressure", "\"flow\", raw" }, *classes[] = { "normal", "leak" };
	static const real w[] = { 1, 2, 3, 4 };
	struct recipe r;
	recipe_init(&r);
	ck_assert_int_eq(recipe_set(&r, "columns", "pressure,flow", &e), 0);
	ck_assert_int_eq(recipe_set(&r, "scale", "standard", &e), 0);
	ck_assert_int_eq(recipe_set(&r, "window", "5", &e), 0);
	recipe_set_scaler(&r, 2, (double[]){ 1.0 / 3, -2 }, (double[]){ 0.1, 7 }, NULL, NULL);
	struct model *m = model_new("names.h5", "test");
	/* a square that would be taken for (channels,steps) */
	int x = model_input(m, "x", "Input", "NTC", 2, 2, 1, &e);
	struct shape s = { 2, { 2, 2 } };
	int y = op(m->graph, "MatMul", x, graph_const_real(m->graph, "w", &s, w, true, &e), -1);
	y = op(m->graph, "ReduceMean", y, whole(m->graph, 1, (int64_t[]){ 1 }), -1);
	model_layer(m, "d", "Dense", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	ck_assert_msg(model_finish(m, y, &e) == 0, "%s", e.text);
	m->recipe = &r;
	m->channel = channels;
	m->class_name = classes;
	m->n_class_name = 2;
	struct model *b = again(m);
	same_answers(m, b);
	ck_assert_ptr_nonnull(b->recipe);
	ck_assert_uint_eq(b->recipe->given, r.given);
	for (int i = 0; recipe_fields[i]; i++) {
		char *p = recipe_text(&r, recipe_fields[i]), *q = recipe_text(b->recipe, recipe_fields[i]);
		ck_assert_int_eq(!p, !q);
		if (p)
			ck_assert_str_eq(p, q);
		free(p);
		free(q);
	}
	ck_assert(b->recipe->scaler.shift[0] == 1.0 / 3);
	ck_assert_int_eq(b->n_class_name, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_str_eq(b->channel[i], channels[i]);
		ck_assert_str_eq(b->class_name[i], classes[i]);
	}
	model_free(b);
	m->recipe = NULL;
	recipe_release(&r);
	model_free(m);
}
END_TEST

/* Metadata are bytes of a file like all others. */
START_TEST(metadata_that_lie)
{
	struct model *m = form_model(f_mish);
	static const struct read_options plain;
	static const struct {
		const char *key, *value, *part;
	} cases[] = {
		{ "tsviz.recipe", "{\"window\": ", "metadata tsviz.recipe: line 1" },
		{ "tsviz.recipe", "{\"windows\": \"3\"}", "metadata tsviz.recipe" },
		{ "tsviz.channel_names", "[\"a\"]", "tsviz.channel_names has 1 names for 4 channels" },
		{ "tsviz.class_names", "[", "metadata tsviz.class_names" },
		{ "tsviz.layout", "XYZ", "layout 'XYZ' is unknown" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		/* a short entry behind the rest: field 14, key 1, value 2; the first of a key counts, so the writer's
		 * own is spoilt */
		size_t n, k = strlen(cases[i].key), v = strlen(cases[i].value), at;
		unsigned char *bytes = to_bytes(m, &n), *all = xmalloc(n + k + v + 16),
		              *own = memmem(bytes, n, cases[i].key, k);
		if (own)
			own[k - 1] = '_';
		memcpy(all, bytes, at = n);
		const unsigned char head[] = { 14 << 3 | 2, (unsigned char)(k + v + 4), 1 << 3 | 2, (unsigned char)k };
		memcpy(all + at, head, sizeof head), at += sizeof head;
		memcpy(all + at, cases[i].key, k), at += k;
		all[at++] = 2 << 3 | 2;
		all[at++] = (unsigned char)v;
		memcpy(all + at, cases[i].value, v), at += v;
		struct read_side side = { 0 };
		struct model *b = reader_onnx.read("lie.onnx", all, at, &side, &plain, &e);
		ck_assert_msg(!b && strstr(e.text, cases[i].part), "%s", b ? "was read" : e.text);
		free(all);
		free(bytes);
	}
	model_free(m);
}
END_TEST

/* Two tensors of a file whose names agree in 255 bytes, or in 300, are two. */
START_TEST(long_names_are_whole)
{
	char name[2][302] = { { 0 } };
	size_t same = _i ? 300 : 255;
	struct model *m = model_new("long", "by hand");
	int x = model_input(m, "x", "Input", "NCT", 8, 2, 1, &e), y = x, layer = 0;
	for (int k = 0; k < 2; k++) {
		memset(name[k], 'n', same);
		name[k][same] = "ab"[k];
		const char *out = name[k];
		y = graph_node(m->graph, k ? "Tanh" : "Relu", out, 1, &y, 1, &out, 0, NULL, NULL, &e);
		ck_assert_msg(y >= 0, "%s", e.text);
		layer = model_layer(m, out, k ? "Tanh" : "Relu", "", LAYER_ANALYSED, y, y, 1, &layer, &e);
		ck_assert_int_ge(layer, 0);
	}
	ck_assert_int_eq(model_finish(m, y, &e), 0);
	struct model *b = again(m);
	int a0 = graph_find(b->graph, name[0]), a1 = graph_find(b->graph, name[1]);
	ck_assert(a0 >= 0 && a1 >= 0 && a0 != a1);
	ck_assert_str_eq(b->graph->value[a0].name, name[0]);
	ck_assert_str_eq(b->graph->value[a1].name, name[1]);
	same_answers(m, b);
	model_free(b);
	model_free(m);
}
END_TEST

static void setup(TCase *c)
{
	glob("tests/onnx/*.onnx", 0, NULL, &files);
	glob("tests/keras/*.h5", GLOB_APPEND, NULL, &files);
	glob("tests/keras/*.keras", GLOB_APPEND, NULL, &files);
	glob("samples/*-model.json", GLOB_APPEND, NULL, &files);
	tcase_add_loop_test(c, networks, 0, (int)files.gl_pathc);
	tcase_add_loop_test(c, newer_forms, 0, sizeof forms / sizeof *forms);
	tcase_add_loop_test(c, opset_by_need, 0, sizeof newer / sizeof *newer);
	tcase_add_test(c, top_k_has_two_outputs);
	tcase_add_loop_test(c, batch_stays_open, 0, sizeof batches / sizeof *batches);
	tcase_add_test(c, recipe_scaler_and_names_come_back);
	tcase_add_test(c, metadata_that_lie);
	tcase_add_loop_test(c, long_names_are_whole, 0, 2);
}

UNIT_MAIN_WITH("onnx_write", setup)
