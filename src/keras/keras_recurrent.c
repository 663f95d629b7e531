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
	const char *gate;            /* Keras 1: the letters of the gates, in Keras' order */
	int functions;               /* number of activation functions: first the gates', then `activation` */
} cells[] = {
	/* Keras: i f c o (keras/src/layers/rnn/lstm.py); ONNX: i o f c */
	{ "LSTM", "LSTM", 4, { 0, 3, 1, 2 }, "ifco", 3 },
	/* Keras: z r h (keras/src/layers/rnn/gru.py); ONNX: the same */
	{ "GRU", "GRU", 3, { 0, 1, 2 }, "zrh", 2 },
	{ "SimpleRNN", "RNN", 1, { 0 }, "", 1 },
	{ "CuDNNLSTM", "LSTM", 4, { 0, 3, 1, 2 }, "ifco", 3 },
	{ "CuDNNGRU", "GRU", 3, { 0, 1, 2 }, "zrh", 2 },
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
	bool backwards;
	const char *name; /* prefix of its weights' names: "", "forward_" or "backward_" */
	int h0, c0;       /* initial states (N,H); -1: zeros */
	bool give;        /* the last states are outputs, too */
	bool zero;        /* the output at steps that the mask leaves out is 0, not that of the step before */
};

/* What one direction gives: all states (N,H,T) in the order of time, and the last ones (N,H). cell: that of an LSTM,
 * else -1. */
struct states {
	int all, last, cell;
};

static void check_config(struct kcall *c)
{
	if (k_bool(c, "time_major", false))
		k_fail(c, ERR_UNSUPPORTED, "time_major is not supported");
	if (k_bool(c, "stateful", false))
		keras_warn(c->m,
		           "layer '%.100s' keeps its state from one batch to the next (stateful); here every window "
		           "begins with zeros",
		           c->name);
}

static const char *part_name(char *buf, size_t size, const struct way *way, const char *what)
{
	snprintf(buf, size, "%s%s", way->name, what);
	return buf;
}

/* Keras 1 has arrays of their own for each gate, called W_i, U_i, b_i and so on. Joins them as Keras 2 does: kernel,
 * recurrent kernel and bias with the gates side by side. */
static const struct keras_weight *gate_array(const struct keras_layer *l, char kind, char gate)
{
	const char end[] = { kind, '_', gate, '\0' };
	for (int i = 0; i < l->n; i++) {
		size_t n = strcspn(l->w[i].name, ":");
		if (n >= 3 && !strncmp(l->w[i].name + n - 3, end, 3))
			return &l->w[i];
	}
	return NULL;
}

static const struct keras_layer *join_gates(struct kcall *c, const struct cell *cell)
{
	static const char kinds[] = "WUb";
	const struct keras_layer *l = c->weights;
	if (cell->gates < 2 || !l || l->n != 3 * cell->gates)
		return l;
	struct keras_layer *to = arena_alloc(&c->f->arena, 1, sizeof *to);
	*to = (struct keras_layer){ .name = l->name, .n = 3, .w = arena_alloc(&c->f->arena, 3, sizeof *to->w) };
	for (int k = 0; k < 3; k++) {
		const struct keras_weight *first = gate_array(l, kinds[k], cell->gate[0]);
		if (!first || first->shape.rank != (k < 2 ? 2 : 1))
			return l;
		int64_t h = first->shape.dim[first->shape.rank - 1], rows = k < 2 ? first->shape.dim[0] : 1;
		struct keras_weight *w = &to->w[k];
		*w = (struct keras_weight){ .name = first->name, .shape = first->shape };
		w->shape.dim[w->shape.rank - 1] = h * cell->gates;
		w->data = arena_alloc(&c->f->arena, (size_t)(rows * h * cell->gates), sizeof *w->data);
		for (int g = 0; g < cell->gates; g++) {
			const struct keras_weight *from = gate_array(l, kinds[k], cell->gate[g]);
			if (!from || !shape_equal(&from->shape, &first->shape))
				return l;
			for (int64_t r = 0; r < rows; r++)
				memcpy(w->data + (r * cell->gates + g) * h, from->data + r * h,
				       (size_t)h * sizeof *w->data);
		}
	}
	return to;
}

/* The layers for cuDNN have each gate's kernels as cuDNN wants them, and two biases side by side
 * (keras/saving/legacy/hdf5_format.py, preprocess_weights_for_loading). Returns them in the form of the plain layers.
 */
static const struct keras_layer *plain_layout(struct kcall *c, const struct cell *cell)
{
	const struct keras_layer *l = c->weights;
	if (strncmp(cell->cls, "CuDNN", 5) != 0 || !l || l->n != 3)
		return l;
	const struct shape *u = &l->w[1].shape;
	int64_t h = u->dim[0], gh = cell->gates * h, in = l->w[0].shape.dim[0];
	if (l->w[0].shape.rank != 2 || u->rank != 2 || l->w[0].shape.dim[1] != gh || u->dim[1] != gh ||
	    shape_count(&l->w[2].shape) != 2 * gh) {
		k_fail(c, ERR_FORMAT, "its kernels do not fit one another");
		return l;
	}
	struct keras_layer *to = arena_alloc(&c->f->arena, 1, sizeof *to);
	*to = (struct keras_layer){ l->name, 3, arena_dup(&c->f->arena, l->w, 3, sizeof *l->w) };
	float *k = to->w[0].data = arena_alloc(&c->f->arena, (size_t)(in * gh), sizeof *k);
	float *r = to->w[1].data = arena_alloc(&c->f->arena, (size_t)(h * gh), sizeof *r);
	for (int64_t g = 0; g < cell->gates; g++) {
		for (int64_t i = 0; i < in * h; i++)
			k[i % in * gh + g * h + i / in] = l->w[0].data[i / h * gh + g * h + i % h];
		for (int64_t i = 0; i < h * h; i++)
			r[i / h * gh + g * h + i % h] = l->w[1].data[i % h * gh + g * h + i / h];
	}
	to->w[2].shape = (struct shape){ 2, { 2, gh } };
	if (cell->gates == 3)
		return to;
	float *b = to->w[2].data = arena_alloc(&c->f->arena, (size_t)gh, sizeof *b);
	for (int64_t i = 0; i < gh; i++)
		b[i] = l->w[2].data[i] + l->w[2].data[gh + i];
	to->w[2].shape = (struct shape){ 1, { gh } };
	return to;
}

/* The operator and its inputs and attributes. in[0] is the series (T,N,C), in[5] and in[6] are initial states. */
struct core {
	int in[7], n_in, n;
	struct attr a[6];
	struct functions f;
	int64_t h;
};

static int prepare(struct kcall *c, const struct way *way, struct core *k)
{
	const struct cell *cell = way->cell;
	c->weights = plain_layout(c, cell);
	c->weights = join_gates(c, cell);
	bool with_bias = k_bool(c, "use_bias", true),
	     after = k_bool(c, "reset_after", !strcmp(cell->cls, "CuDNNGRU")) && !strcmp(cell->op, "GRU");
	const struct keras_weight *w = k_weight(c, 0, "kernel", 2), *r = k_weight(c, 1, "recurrent kernel", 2);
	const struct keras_weight *b = with_bias ? k_weight(c, 2, "bias", after ? 2 : 1) : NULL;
	k->f = functions_of(c, cell);
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
	k->h = h;
	k->in[0] = k_perm(c, c->x[0], (int64_t[]){ 2, 0, 1 });
	k->in[1] = turn(c, cell, part_name(name, sizeof name, way, "kernel"), w, in, h);
	k->in[2] = turn(c, cell, part_name(name, sizeof name, way, "recurrent_kernel"), r, h, h);
	k->in[3] = b ? turn_bias(c, cell, part_name(name, sizeof name, way, "bias"), b, h) : -1;
	k->in[4] = -1;
	k->n_in = b ? 4 : 3;
	for (int i = 0; i < k->n_in; i++)
		if (k->in[i] < 0)
			return k->in[i];
	k->n = 3;
	k->a[0] = attr_i("hidden_size", h);
	k->a[1] = attr_s("direction", way->backwards ? "reverse" : "forward");
	k->a[2] = attr_s("activations", k->f.names);
	if (k->f.n_alpha)
		k->a[k->n++] = (struct attr){
			.name = "activation_alpha", .type = ATTR_FLOATS, .floats = k->f.alpha, .n = k->f.n_alpha
		};
	if (k->f.n_beta)
		k->a[k->n++] = (struct attr){
			.name = "activation_beta", .type = ATTR_FLOATS, .floats = k->f.beta, .n = k->f.n_beta
		};
	if (after)
		k->a[k->n++] = attr_i("linear_before_reset", 1);
	return 0;
}

/* An initial state (N,H) as the operator takes it: (1,N,H). */
static int state_in(struct kcall *c, const struct core *k, int x)
{
	int64_t N = k_dim(c, c->x[0], 0);
	if (x >= 0 && (k_rank(c, x) != 2 || k_dim(c, x, 1) != k->h))
		return k_fail(c, ERR_FORMAT, "an initial state does not have the size of its %lld units",
		              (long long)k->h);
	if (x >= 0)
		return k_reshape(c, x, 3, (int64_t[]){ 1, N, k->h });
	struct shape s = { 3, { 1, N, k->h } };
	real *zero = xcalloc((size_t)(N * k->h), sizeof *zero);
	int v = c->bad ? c->bad : graph_const_real(c->g, NULL, &s, zero, false, c->e);
	free(zero);
	return v;
}

static int state_out(struct kcall *c, int x)
{
	return k_op2(c, "Squeeze", x, k_ints(c, 1, (int64_t[]){ 0 }));
}

/* All steps in one operator. `wanted` is the output that gets a name: 0 all states, 1 the last one. */
static int run_at_once(struct kcall *c, const struct way *way, struct core *k, int wanted, struct states *s)
{
	bool lstm = !strcmp(way->cell->op, "LSTM");
	char made[2 * NAME_MAX_BYTES];
	if (way->h0 >= 0) {
		k->in[5] = state_in(c, k, way->h0);
		k->in[6] = lstm ? state_in(c, k, way->c0) : -1;
		k->n_in = lstm ? 7 : 6;
		if (c->bad)
			return c->bad;
	}
	snprintf(made, sizeof made, "%.*s/%s%s", NAME_MAX_BYTES - 32, c->name, way->name, wanted ? "last" : "states");
	const char *name[3] = { wanted ? NULL : made, wanted ? made : NULL, NULL };
	char spare[2][2 * NAME_MAX_BYTES + 8];
	int n_out = wanted ? 2 : 1, out[3] = { -1, -1, -1 };
	if (way->give) {
		n_out = lstm ? 3 : 2;
		snprintf(spare[0], sizeof spare[0], "%s:h", made);
		snprintf(spare[1], sizeof spare[1], "%s:c", made);
		name[1] = name[1] ? name[1] : spare[0];
		name[2] = spare[1];
	}
	int bad = graph_node(c->g, way->cell->op, c->name, k->n_in, k->in, n_out, name, k->n, k->a, out, c->e);
	if (bad < 0)
		return bad;
	*s = (struct states){ -1, -1, -1 };
	if (out[1] >= 0)
		s->last = state_out(c, out[1]);
	if (out[2] >= 0)
		s->cell = state_out(c, out[2]);
	if (!wanted)
		s->all = k_perm(c, k_op2(c, "Squeeze", out[0], k_ints(c, 1, (int64_t[]){ 1 })), (int64_t[]){ 1, 2, 0 });
	return c->bad;
}

static int step_of(struct kcall *c, int x, int64_t t)
{
	int64_t end = t + 1, axis = 0;
	int in[] = { x, k_ints(c, 1, &t), k_ints(c, 1, &end), k_ints(c, 1, &axis) };
	return k_op(c, "Slice", 4, in, 0, NULL);
}

/* One operator for each step. A step that the mask (N,T) leaves out keeps the states, and its output is that of the
 * step before, or 0 (keras/src/backend/tensorflow/rnn.py). */
static int run_masked(struct kcall *c, const struct way *way, struct core *k, struct states *s)
{
	bool lstm = !strcmp(way->cell->op, "LSTM");
	int64_t N = k_dim(c, c->x[0], 0), T = k_dim(c, c->x[0], 2);
	int x = k->in[0], h = state_in(c, k, way->h0), cell = state_in(c, k, way->c0);
	int steps = k_reshape(c, k_perm(c, c->mask, (int64_t[]){ 1, 0 }), 3, (int64_t[]){ T, N, 1 });
	if (k_dim(c, c->mask, 1) != T)
		return c->bad ? c->bad
		              : k_fail(c, ERR_FORMAT, "its mask does not have the %lld steps of its input",
		                       (long long)T);
	int *y = xcalloc((size_t)T, sizeof *y), bad = c->bad;
	k->a[1] = attr_s("direction", "forward");
	k->n_in = lstm ? 7 : 6;
	for (int64_t i = 0; i < T && !bad; i++) {
		int64_t t = way->backwards ? T - 1 - i : i;
		char made[2][2 * NAME_MAX_BYTES];
		snprintf(made[0], sizeof made[0], "%.*s/%sstep%lld", NAME_MAX_BYTES - 64, c->name, way->name,
		         (long long)t);
		snprintf(made[1], sizeof made[1], "%.*s/%scell%lld", NAME_MAX_BYTES - 64, c->name, way->name,
		         (long long)t);
		const char *const name[] = { NULL, made[0], made[1] };
		int out[3] = { -1, -1, -1 }, on = k_cast(c, step_of(c, steps, t), K_TRUTH);
		k->in[0] = step_of(c, x, t);
		k->in[5] = h;
		k->in[6] = cell;
		bad = c->bad ? c->bad
		             : graph_node(c->g, way->cell->op, c->name, k->n_in, k->in, lstm ? 3 : 2, name, k->n, k->a,
		                          out, c->e);
		bad = bad < 0 ? bad : 0;
		h = bad ? bad : k_op(c, "Where", 3, (int[]){ on, out[1], h }, 0, NULL);
		cell = lstm && !bad ? k_op(c, "Where", 3, (int[]){ on, out[2], cell }, 0, NULL) : cell;
		y[t] = h;
		bad = h < 0 ? h : cell < 0 ? cell : bad;
	}
	struct attr axis = attr_i("axis", 0);
	if (!bad) {
		int all = T > 1 ? k_op(c, "Concat", (int)T, y, 1, &axis) : y[0];
		all = way->zero ? k_op2(c, "Mul", all, steps) : all;
		s->all = k_label(c, k_perm(c, all, (int64_t[]){ 1, 2, 0 }), "NCT");
		s->last = k_label(c, state_out(c, h), "NC");
		s->cell = lstm ? k_label(c, state_out(c, cell), "NC") : -1;
		bad = s->all < 0 ? s->all : s->last < 0 ? s->last : 0;
	}
	free(y);
	return bad ? bad : c->bad;
}

/* Builds one direction. c->config and c->weights are those of this direction. */
static int run_way(struct kcall *c, const struct way *way, bool sequences, struct states *s)
{
	struct core k;
	int bad = prepare(c, way, &k);
	if (bad)
		return bad;
	return c->mask >= 0 ? run_masked(c, way, &k, s) : run_at_once(c, way, &k, !sequences, s);
}

static int need_series(struct kcall *c)
{
	return k_rank(c, c->x[0]) == 3
	               ? 0
	               : k_fail(c, ERR_FORMAT, "it reads a series, but gets an input of rank %d", k_rank(c, c->x[0]));
}

/* Reverses a backward pass: ONNX returns it in the order of time, Keras in the order of processing. */
int k_flip(struct kcall *c, int y)
{
	int in[] = { y, k_ints(c, 1, (int64_t[]){ -1 }), k_ints(c, 1, (int64_t[]){ -COUNT_MAX }),
		     k_ints(c, 1, (int64_t[]){ 2 }), k_ints(c, 1, (int64_t[]){ -1 }) };
	return k_op(c, "Slice", 5, in, 0, NULL);
}

enum { STATES_MAX = 4 };

/* The initial states: inputs behind the first one, or tensors that are passed as initial_state. Returns how many. */
static int initial_states(struct kcall *c, int out[STATES_MAX])
{
	int n = 0;
	for (int i = 1; i < c->n_x && n < STATES_MAX; i++)
		out[n++] = c->x[i];
	const cJSON *v = n ? NULL : k_arg(c, BY_NAME, "initial_state");
	int m = keras_is_tensor(v) ? 1 : cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 0;
	for (int i = 0; i < m && n < STATES_MAX; i++)
		out[n++] = k_value(c, keras_is_tensor(v) ? v : cJSON_GetArrayItem(v, i));
	return n;
}

static void set_states(struct way *way, int n, const int *state)
{
	way->h0 = n > 0 ? state[0] : -1;
	way->c0 = n > 1 ? state[1] : -1;
}

/* The states that are outputs beside the first one. */
static void give_states(struct kcall *c, const struct states *s)
{
	c->out[c->n_out++] = s->last;
	if (s->cell >= 0)
		c->out[c->n_out++] = s->cell;
}

static int build_recurrent(struct kcall *c)
{
	struct way way = { .cell = cell_of(c->cls), .backwards = k_bool(c, "go_backwards", false), .name = "" };
	bool sequences = k_bool(c, "return_sequences", false);
	int state[STATES_MAX];
	struct states s;
	if (need_series(c))
		return c->bad;
	struct kcall sub = *c;
	sub.weights = k_part(c, "cell");
	int n = initial_states(c, state);
	set_states(&way, n, state);
	if (n && n != (strcmp(way.cell->op, "LSTM") ? 1 : 2))
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "it reads %d initial states", n);
	way.zero = k_bool(c, "zero_output_for_mask", false);
	way.give = k_bool(c, "return_state", false);
	check_config(c);
	if (c->bad)
		return c->bad;
	int bad = run_way(&sub, &way, sequences, &s);
	c->bad = c->bad ? c->bad : sub.bad;
	if (bad)
		return bad;
	c->mask_out = sequences ? c->mask : -1;
	if (way.give)
		give_states(c, &s);
	return !sequences ? s.last : way.backwards ? k_flip(c, s.all) : s.all;
}

/* ---- cells in a layer of their own ---- */

/* The weights of cell `nth`. first: where its arrays begin in the list of an .h5 file; it becomes that of the next. */
static const struct keras_layer *cell_weights(struct kcall *c, const char *cls, bool several, int nth, int *first)
{
	char name[64], part[128], number[16] = "";
	const char *joint = c->f->joint ? c->f->joint : "/";
	if (c->f->tree && several) {
		if (nth)
			snprintf(number, sizeof number, "_%d", nth);
		keras_snake(cls, name, sizeof name);
		snprintf(part, sizeof part, "cell%scells%s%s%s", joint, joint, name, number);
		return k_part(c, part);
	}
	if (c->f->tree)
		return k_part(c, "cell");
	struct keras_layer *l = arena_alloc(&c->f->arena, 1, sizeof *l);
	int n = k_bool(c, "use_bias", true) ? 3 : 2;
	if (!c->weights || *first + n > c->weights->n)
		return NULL;
	*l = (struct keras_layer){ c->weights->name, n, c->weights->w + *first };
	*first += n;
	return l;
}

/* RNN(cell) and RNN([cell, cell]): several cells are layers one behind the other that give all of their states. */
static int build_rnn(struct kcall *c)
{
	enum { CELLS_MAX = 64 };
	const cJSON *cell = k_get(c, "cell", NULL), *list = json_get(json_get(cell, "config"), "cells"), *v;
	bool several = !strcmp(json_text(cell, "class_name", ""), "StackedRNNCells"),
	     sequences = k_bool(c, "return_sequences", false), give = k_bool(c, "return_state", false);
	int n = several ? cJSON_GetArraySize(list) : 1, state[STATES_MAX], n_state = initial_states(c, state),
	    first = 0;
	struct states s = { -1, -1, -1 };
	int x = c->x[0], seen[CELLS_MAX];
	check_config(c);
	if (need_series(c))
		return c->bad;
	if (n < 1 || n > CELLS_MAX || (n > 1 && (give || n_state)))
		return k_fail(c, ERR_UNSUPPORTED, "states of several cells, and more than %d cells, are not supported",
		              CELLS_MAX);
	for (int i = 0; i < n; i++) {
		char name[64], prefix[32] = "";
		v = several ? cJSON_GetArrayItem(list, i) : cell;
		const char *cls = json_text(v, "class_name", ""), *end = strstr(cls, "Cell");
		snprintf(name, sizeof name, "%.*s", end ? (int)(end - cls) : 0, cls);
		if (several)
			snprintf(prefix, sizeof prefix, "cell_%d_", i);
		struct way way = { .cell = end && !end[4] ? cell_of(name) : NULL,
			           .backwards = k_bool(c, "go_backwards", false),
			           .name = prefix,
			           .give = give,
			           .zero = k_bool(c, "zero_output_for_mask", false) };
		if (!way.cell)
			return k_fail(c, ERR_UNSUPPORTED, "a cell of class '%.60s' is not supported", cls);
		set_states(&way, n_state, state);
		if (n_state && n_state != (strcmp(way.cell->op, "LSTM") ? 1 : 2))
			return k_fail(c, ERR_FORMAT, "it reads %d initial states", n_state);
		/* The cells of one class are counted in a .keras file. */
		seen[i] = 0;
		for (int j = 0; j < i; j++)
			seen[i] += !strcmp(json_text(cJSON_GetArrayItem(list, j), "class_name", ""), cls);
		struct kcall sub = *c;
		sub.config = json_get(v, "config");
		sub.weights = cell_weights(&sub, cls, several, seen[i], &first);
		sub.x = &x;
		int bad = sub.bad ? sub.bad : run_way(&sub, &way, sequences || i < n - 1, &s);
		k_unread(&sub, sub.config);
		c->bad = c->bad ? c->bad : sub.bad;
		if (bad || c->bad)
			return c->bad ? c->bad : bad;
		x = s.all;
	}
	c->mask_out = sequences ? c->mask : -1;
	if (give)
		give_states(c, &s);
	return !sequences ? s.last : k_bool(c, "go_backwards", false) ? k_flip(c, s.all) : s.all;
}

/* ---- both directions ---- */

/* Returns one half of an .h5 file's list of weights. The forward layer's variables come first. */
static struct keras_layer half(const struct keras_layer *all, int which)
{
	struct keras_layer l = { .name = all->name, .n = all->n / 2 };
	l.w = all->w + which * l.n;
	return l;
}

static int run_half(struct kcall *c, const cJSON *layer, int which, int n_state, const int *state, bool *sequences,
                    struct states *s)
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
	*sequences = k_bool(&sub, "return_sequences", false);
	/* Bidirectional sets zero_output_for_mask of both layers (keras/src/layers/rnn/bidirectional.py). */
	struct way way = { .cell = cell_of(cls),
		           .backwards = which == 1,
		           .name = prefix[which],
		           .give = k_bool(&sub, "return_state", false),
		           .zero = *sequences };
	k_ask(c, "zero_output_for_mask");
	if (!which)
		check_config(&sub);
	set_states(&way, n_state / 2, state + which * (n_state / 2));
	if (!c->bad && !way.cell)
		k_fail(c, ERR_UNSUPPORTED, "Bidirectional(%s) is not supported", cls);
	if (!c->bad && k_get(c, which ? "backward_layer" : "layer", NULL) &&
	    k_bool(&sub, "go_backwards", false) != (which == 1))
		k_fail(c, ERR_UNSUPPORTED, "a forward layer that goes backwards is not supported");
	int bad = c->bad ? c->bad : sub.bad ? sub.bad : run_way(&sub, &way, *sequences, s);
	k_unread(&sub, sub.config);
	c->bad = c->bad ? c->bad : sub.bad;
	return bad;
}

static int build_bidirectional(struct kcall *c)
{
	const cJSON *layer = k_get(c, "layer", NULL), *back = k_get(c, "backward_layer", NULL),
	            *mode = json_get(c->config, "merge_mode");
	const char *how = k_text(c, "merge_mode", NULL, mode ? "none" : "concat");
	static const struct {
		const char *mode, *op;
	} merges[] = { { "concat", "Concat" }, { "sum", "Add" }, { "mul", "Mul" }, { "ave", "Mean" } };
	bool sequences[2], states = cJSON_IsTrue(json_get(json_get(layer, "config"), "return_state"));
	struct states s[2];
	int state[STATES_MAX], n, y[2];
	if (need_series(c))
		return c->bad;
	n = initial_states(c, state);
	if (n & 1)
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "it reads %d initial states", n);
	for (int i = 0; i < 2; i++) {
		int bad = run_half(c, i && back ? back : layer, i, n, state, &sequences[i], &s[i]);
		if (bad)
			return bad;
		y[i] = sequences[i] ? s[i].all : s[i].last;
	}
	if (sequences[0] != sequences[1])
		return k_fail(c, ERR_FORMAT, "one of its layers returns sequences, the other does not");
	c->mask_out = sequences[0] ? c->mask : -1;
	/* Without merging, the backward layer's output is the second one. */
	if (!strcmp(how, "none"))
		c->out[c->n_out++] = y[1];
	for (int i = 0; i < 2 && states; i++)
		give_states(c, &s[i]);
	if (!strcmp(how, "none"))
		return y[0];
	struct attr axis = attr_i("axis", 1);
	for (size_t i = 0; i < sizeof merges / sizeof *merges; i++)
		if (!strcmp(how, merges[i].mode))
			return k_op(c, merges[i].op, 2, y, i == 0, &axis);
	return k_fail(c, ERR_UNSUPPORTED, "merge_mode '%s' is not supported", how);
}

const struct kclass keras_recurrent_classes[] = {
	{ "LSTM", build_recurrent, LAYER_ANALYSED, 1, 3, 0 },
	{ "GRU", build_recurrent, LAYER_ANALYSED, 1, 2, 0 },
	{ "SimpleRNN", build_recurrent, LAYER_ANALYSED, 1, 2, 0 },
	{ "RNN", build_rnn, LAYER_ANALYSED, 1, 3, 0 },
	{ "CuDNNLSTM", build_recurrent, LAYER_ANALYSED, 1, 3, 0 },
	{ "CuDNNGRU", build_recurrent, LAYER_ANALYSED, 1, 2, 0 },
	{ "Bidirectional", build_bidirectional, LAYER_ANALYSED, 1, 5, 0 },
	{ 0 },
};
