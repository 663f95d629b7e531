/* Keras' recurrent layers as ONNX's LSTM, GRU and RNN. The order of the gates differs, and the kernels are
 * transposed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { GATES_MAX = 4 };

static const struct cell {
	const char *cls, *op;
	int gates, order[GATES_MAX]; /* gate i of ONNX is gate order[i] of Keras */
	int functions;               /* number of activation functions: first the gates', then `activation` */
} cells[] = {
	/* Keras: i f c o (keras/src/layers/rnn/lstm.py); ONNX: i o f c */
	{ "LSTM", "LSTM", 4, { 0, 3, 1, 2 }, 3 },
	/* Keras: z r h (keras/src/layers/rnn/gru.py); ONNX: the same */
	{ "GRU", "GRU", 3, { 0, 1, 2 }, 2 },
	{ "SimpleRNN", "RNN", 1, { 0 }, 1 },
};

static const struct cell *cell_of(const char *cls)
{
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		if (!strcmp(cells[i].cls, cls))
			return &cells[i];
	return NULL;
}

/* ---- functions ---- */

struct functions {
	char names[96];
	double alpha[3], beta[3];
	int n_alpha, n_beta;
};

static void add_function(struct kcall *c, struct functions *f, const char *name)
{
	static const struct {
		const char *keras, *onnx;
		double a, b;
		int takes;
	} table[] = {
		{ "sigmoid", "Sigmoid", 0, 0, 0 },   { "tanh", "Tanh", 0, 0, 0 },
		{ "relu", "Relu", 0, 0, 0 },         { "linear", "Affine", 1, 0, 2 },
		{ "softsign", "Softsign", 0, 0, 0 }, { "softplus", "Softplus", 0, 0, 0 },
		{ "elu", "Elu", 1, 0, 1 },           { "hard_sigmoid", "HardSigmoid", 0.2, 0.5, 2 },
	};
	size_t i = 0, n = sizeof table / sizeof *table;
	while (i < n && strcmp(table[i].keras, name) != 0)
		i++;
	if (i == n) {
		k_fail(c, ERR_UNSUPPORTED, "activation '%s' is not supported in a recurrent layer", name);
		return;
	}
	size_t at = strlen(f->names);
	snprintf(f->names + at, sizeof f->names - at, "%s%s", at ? "," : "", table[i].onnx);
	/* Keras 3 defines the hard sigmoid as PyTorch does. */
	bool sixth = !strcmp(name, "hard_sigmoid") && c->version >= 3;
	if (table[i].takes)
		f->alpha[f->n_alpha++] = sixth ? 1.0 / 6 : table[i].a;
	if (table[i].takes > 1)
		f->beta[f->n_beta++] = table[i].b;
}

static struct functions functions_of(struct kcall *c, const struct cell *cell)
{
	struct functions f = { .n_alpha = 0 };
	const char *name = k_text(c, "activation", NULL, "tanh");
	const char *gates =
	        k_text(c, "recurrent_activation", "inner_activation", c->version == 1 ? "hard_sigmoid" : "sigmoid");
	if (cell->functions > 1)
		add_function(c, &f, gates);
	for (int i = cell->functions > 1; i < cell->functions; i++)
		add_function(c, &f, name);
	return f;
}

/* ---- weights ---- */

struct sizes {
	int64_t in, h;
};

/* Reorders a kernel gate by gate: Keras has (rows, gates h), ONNX (1, gates h, rows). */
static int turn(struct kcall *c, const struct cell *cell, const char *what, const struct keras_weight *w, int64_t rows,
                int64_t h)
{
	if (c->bad)
		return c->bad;
	int64_t gh = cell->gates * h;
	struct shape s = { 3, { 1, gh, rows } };
	float *t = xcalloc((size_t)(gh * rows), sizeof *t);
	for (int64_t g = 0; g < cell->gates; g++)
		for (int64_t i = 0; i < h; i++)
			for (int64_t r = 0; r < rows; r++)
				t[(g * h + i) * rows + r] = w->data[r * gh + cell->order[g] * h + i];
	int id = k_const_shape(c, what, &s, t);
	free(t);
	return id;
}

/* Reorders the bias: Keras has one (gates h), or two (2, gates h) for a GRU with reset_after; ONNX has (1, 2 gates
 * h). */
static int turn_bias(struct kcall *c, const struct cell *cell, const char *what, const struct keras_weight *w,
                     int64_t h)
{
	if (c->bad)
		return c->bad;
	int64_t gh = cell->gates * h;
	struct shape s = { 2, { 1, 2 * gh } };
	float *t = xcalloc((size_t)(2 * gh), sizeof *t);
	for (int64_t b = 0; b < shape_count(&w->shape) / gh; b++)
		for (int64_t g = 0; g < cell->gates; g++)
			for (int64_t i = 0; i < h; i++)
				t[b * gh + g * h + i] = w->data[b * gh + cell->order[g] * h + i];
	int id = k_const_shape(c, what, &s, t);
	free(t);
	return id;
}

/* ---- one direction ---- */

struct way {
	const struct cell *cell;
	bool backwards, sequences;
	const char *name; /* prefix of its weights' names: "", "forward_" or "backward_" */
};

static void check_config(struct kcall *c)
{
	if (k_bool(c, "time_major", false))
		k_fail(c, ERR_UNSUPPORTED, "time_major is not supported");
}

static const char *part_name(char *buf, size_t size, const struct way *way, const char *what)
{
	snprintf(buf, size, "%s%s", way->name, what);
	return buf;
}

/* Builds one direction: (N,C,T) becomes (N,H,T), or the last state (N,H). c->config and c->weights are those of this
 * direction. */
static int run_way(struct kcall *c, const struct way *way)
{
	const struct cell *cell = way->cell;
	bool with_bias = k_bool(c, "use_bias", true),
	     after = k_bool(c, "reset_after", false) && !strcmp(cell->op, "GRU");
	const struct keras_weight *w = k_weight(c, 0, "kernel", 2), *r = k_weight(c, 1, "recurrent kernel", 2);
	const struct keras_weight *b = with_bias ? k_weight(c, 2, "bias", after ? 2 : 1) : NULL;
	check_config(c);
	struct functions f = functions_of(c, cell);
	if (c->bad)
		return c->bad;
	int64_t in = w->shape.dim[0], h = r->shape.dim[0], gh = cell->gates * h,
	        units = k_int(c, "units", "output_dim", h, 1, COUNT_MAX);
	if (units != h || in != k_dim(c, c->x[0], 1) || w->shape.dim[1] != gh || r->shape.dim[1] != gh ||
	    (b && shape_count(&b->shape) != (after ? 2 : 1) * gh))
		return k_fail(
		        c, ERR_FORMAT,
		        "its kernels (%lld,%lld) and (%lld,%lld) do not fit %lld units and an input of %lld channels",
		        (long long)in, (long long)w->shape.dim[1], (long long)h, (long long)r->shape.dim[1],
		        (long long)units, (long long)k_dim(c, c->x[0], 1));
	char name[64];
	struct attr order = attr_is("perm", 3, (int64_t[]){ 2, 0, 1 });
	int list[] = { k_op(c, "Transpose", 1, c->x, 1, &order),
		       turn(c, cell, part_name(name, sizeof name, way, "kernel"), w, in, h),
		       turn(c, cell, part_name(name, sizeof name, way, "recurrent_kernel"), r, h, h),
		       b ? turn_bias(c, cell, part_name(name, sizeof name, way, "bias"), b, h) : -1 };
	struct attr a[6] = { attr_i("hidden_size", h), attr_s("direction", way->backwards ? "reverse" : "forward"),
		             attr_s("activations", f.names) };
	int n = 3, out[2];
	if (f.n_alpha)
		a[n++] = (struct attr){
			.name = "activation_alpha", .type = ATTR_FLOATS, .floats = f.alpha, .n = f.n_alpha
		};
	if (f.n_beta)
		a[n++] = (struct attr){
			.name = "activation_beta", .type = ATTR_FLOATS, .floats = f.beta, .n = f.n_beta
		};
	if (after)
		a[n++] = attr_i("linear_before_reset", 1);
	for (int i = 0; i < (b ? 4 : 3); i++)
		if (list[i] < 0)
			return list[i];
	char made[2 * NAME_MAX_BYTES];
	snprintf(made, sizeof made, "%.*s/%s%s", NAME_MAX_BYTES - 32, c->name, way->name,
	         way->sequences ? "states" : "last");
	const char *const all[] = { made }, *const last[] = { NULL, made };
	int bad = graph_node(c->g, cell->op, c->name, b ? 4 : 3, list, way->sequences ? 1 : 2,
	                     way->sequences ? all : last, n, a, out, c->e);
	if (bad < 0)
		return bad;
	if (!way->sequences)
		return k_op2(c, "Squeeze", out[1], k_ints(c, 1, (int64_t[]){ 0 }));
	order = attr_is("perm", 3, (int64_t[]){ 1, 2, 0 });
	int y = k_op2(c, "Squeeze", out[0], k_ints(c, 1, (int64_t[]){ 1 }));
	return k_op(c, "Transpose", 1, &y, 1, &order);
}

static int need_series(struct kcall *c)
{
	return k_rank(c, c->x[0]) == 3
	               ? 0
	               : k_fail(c, ERR_FORMAT, "it reads a series, but gets an input of rank %d", k_rank(c, c->x[0]));
}

/* Reverses a backward pass: ONNX returns it in the order of time, Keras in the order of processing. */
static int flip(struct kcall *c, int y)
{
	int in[] = { y, k_ints(c, 1, (int64_t[]){ -1 }), k_ints(c, 1, (int64_t[]){ -COUNT_MAX }),
		     k_ints(c, 1, (int64_t[]){ 2 }), k_ints(c, 1, (int64_t[]){ -1 }) };
	return k_op(c, "Slice", 5, in, 0, NULL);
}

static int build_recurrent(struct kcall *c)
{
	struct way way = { cell_of(c->cls), k_bool(c, "go_backwards", false), k_bool(c, "return_sequences", false),
		           "" };
	if (need_series(c))
		return c->bad;
	struct kcall sub = *c;
	sub.weights = k_part(c, "cell");
	if (c->bad)
		return c->bad;
	int y = run_way(&sub, &way);
	c->bad = sub.bad;
	return way.backwards && way.sequences ? flip(c, y) : y;
}

/* ---- both directions ---- */

/* Returns one half of an .h5 file's list of weights. The forward layer's variables come first. */
static struct keras_layer half(const struct keras_layer *all, int which)
{
	struct keras_layer l = { .name = all->name, .n = all->n / 2 };
	l.w = all->w + which * l.n;
	return l;
}

static int run_half(struct kcall *c, const cJSON *layer, int which, bool *sequences)
{
	static const char *const attribute[] = { "forward_layer", "backward_layer" }, *const prefix[] = { "forward_",
		                                                                                          "backward_" };
	struct kcall sub = *c;
	struct keras_layer mine;
	char part[64];
	sub.config = json_get(layer, "config");
	const char *cls = json_text(layer, "class_name", "");
	if (c->f->tree) {
		snprintf(part, sizeof part, "%s%scell", attribute[which], c->f->joint ? c->f->joint : "/");
		sub.weights = k_part(c, part);
	} else if (c->weights) {
		mine = half(c->weights, which);
		sub.weights = &mine;
	}
	struct way way = { cell_of(cls), which == 1, k_bool(&sub, "return_sequences", false), prefix[which] };
	*sequences = way.sequences;
	if (!c->bad && !way.cell)
		k_fail(c, ERR_UNSUPPORTED, "Bidirectional(%s) is not supported", cls);
	if (!c->bad && k_get(c, which ? "backward_layer" : "layer", NULL) &&
	    k_bool(&sub, "go_backwards", false) != (which == 1))
		k_fail(c, ERR_UNSUPPORTED, "a forward layer that goes backwards is not supported");
	int y = c->bad ? c->bad : run_way(&sub, &way);
	c->bad = c->bad ? c->bad : sub.bad;
	return y;
}

static int build_bidirectional(struct kcall *c)
{
	const cJSON *layer = k_get(c, "layer", NULL), *back = k_get(c, "backward_layer", NULL),
	            *mode = json_get(c->config, "merge_mode");
	const char *how = k_text(c, "merge_mode", NULL, mode ? "none" : "concat");
	static const struct {
		const char *mode, *op;
	} merges[] = { { "concat", "Concat" }, { "sum", "Add" }, { "mul", "Mul" }, { "ave", "Mean" } };
	bool sequences[2];
	if (need_series(c))
		return c->bad;
	int y[] = { run_half(c, layer, 0, &sequences[0]), run_half(c, back ? back : layer, 1, &sequences[1]) };
	if (!c->bad && sequences[0] != sequences[1])
		k_fail(c, ERR_FORMAT, "one of its layers returns sequences, the other does not");
	struct attr axis = attr_i("axis", 1);
	for (size_t i = 0; i < sizeof merges / sizeof *merges; i++)
		if (!strcmp(how, merges[i].mode))
			return k_op(c, merges[i].op, 2, y, i == 0, &axis);
	return k_fail(c, ERR_UNSUPPORTED, "merge_mode '%s' is not supported", how);
}

const struct kclass keras_recurrent_classes[] = {
	{ "LSTM", build_recurrent, LAYER_ANALYSED, 1, 1 },
	{ "GRU", build_recurrent, LAYER_ANALYSED, 1, 1 },
	{ "SimpleRNN", build_recurrent, LAYER_ANALYSED, 1, 1 },
	{ "Bidirectional", build_bidirectional, LAYER_ANALYSED, 1, 1 },
	{ 0 },
};
