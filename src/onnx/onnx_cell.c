/* Loops that are recurrent layers: a Loop or Scan whose body is the cell of an LSTM, a GRU or an RNN becomes one node.
 *
 * The loop is written out in a graph of its own. There its second round is searched for the products and sums of a
 * cell. What goes into the gates is taken to be linear in the step and in the state before, so its weights are its
 * derivatives. A node with these weights is accepted only if it gives what the loop gives for a window of random
 * numbers, so a body that only looks like a cell stays a loop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "core/graph/op.h"
#include "core/run/run.h"
#include "src/onnx/onnx_net.h"

/* Rounds below which a loop stays one; multiply-adds that finding the weights may take. */
enum { ROUNDS_MIN = 3, GATES_MAX = 4, NAMES_MAX = 64 };
#define WORK_OF_WEIGHTS 4e9

struct cell {
	const char *op;         /* "LSTM", "GRU" or "RNN" */
	const char *activation; /* RNN: "Tanh" or "Relu" */
	int gates, h, c;        /* gates of the node; which states are the output and the cell's memory; c -1: none */
	int z[GATES_MAX];       /* what goes into each gate, in ONNX's order: values of the written-out loop */
	int reset;              /* GRU: the product of reset gate and state before the weights, or -1 */
	int of_state;           /* GRU: the part of the last gate that the reset gate multiplies, or -1 */
	int64_t T, D, H;
	real *w, *r, *b; /* [gates * H * D], [gates * H * H], [2 * gates * H] */
};

struct attempt {
	struct onnx_net *net;
	struct scope *s;
	const struct onnx_node *n;
	int first;              /* the input of the node that is its first state */
	struct onnx_net trial;  /* the loop written out */
	struct scope names;     /* of the trial */
	struct onnx_graph mini; /* the loop alone */
	struct loop_log log;
	int series, trial_series; /* the only tensor that depends on the window, in the network and in the trial */
	real *x;                  /* the random window of the series */
	struct run *run;
};

/* ---- the loop, written out alone ---- */

/* Gives the trial what the loop reads by this name. Returns false if it cannot. */
static bool hand_in(struct attempt *t, const char *name)
{
	const struct graph *g = t->net->g;
	struct sym *outer = scope_sym(t->s, name), *y = scope_sym(&t->names, name);
	int v = outer && !outer->lost ? onnx_value_of(t->net, outer, false) : -1;
	if (v < 0 || !y)
		return false;
	const struct value *x = &g->value[v];
	if (y->value >= 0)
		return true;
	if (x->constant) {
		y->value = x->dtype == DT_REAL ? graph_const_real(t->trial.g, NULL, &x->shape, x->r, false, t->trial.e)
		                               : graph_const_int(t->trial.g, NULL, &x->shape, x->i, t->trial.e);
		return y->value >= 0;
	}
	if (x->dtype != DT_REAL || t->series >= 0)
		return false;
	t->series = v;
	y->value = t->trial_series = graph_input(t->trial.g, NULL, DT_REAL, &x->shape, t->trial.e);
	return y->value >= 0;
}

/* Lists the names that the node and its body read of the graph around it. Returns how many, or -1. */
static int names_read(const struct onnx_node *n, const struct onnx_graph *body, struct onnx_value *in)
{
	struct scope inner;
	struct err e = { 0 };
	int count = 0;
	bool good = !scope_new(&inner, NULL, body, &e);
	for (int i = -1; i < body->n_node && good; i++) {
		const struct onnx_node *q = i < 0 ? n : &body->node[i];
		for (int k = 0; k < q->n_attr && i >= 0; k++)
			good &= !q->attr[k].g;
		for (int k = 0; k < q->n_in && good; k++) {
			bool known = !*q->in[k] || (i >= 0 && scope_sym(&inner, q->in[k]));
			for (int j = 0; j < count && !known; j++)
				known = !strcmp(in[j].name, q->in[k]);
			good = known || count < NAMES_MAX;
			if (!known && good)
				in[count++].name = q->in[k];
		}
	}
	for (int k = 0; k < body->n_out && good; k++)
		good = scope_sym(&inner, body->out[k].name) != NULL;
	scope_free(&inner);
	return good ? count : -1;
}

/* Writes the loop out in a graph of its own. Returns false if that cannot be. */
static bool write_out(struct attempt *t, const struct onnx_graph *body)
{
	struct onnx_value *in = arena_alloc(&t->trial.arena, NAMES_MAX, sizeof *in),
	                  *out = arena_alloc(&t->trial.arena, (size_t)t->n->n_out + 1, sizeof *out);
	int n_in = names_read(t->n, body, in);
	for (int k = 0; k < t->n->n_out; k++) {
		const struct sym *y = *t->n->out[k] ? scope_sym(t->s, t->n->out[k]) : NULL;
		if (y && y->uses)
			out[t->mini.n_out++].name = t->n->out[k];
	}
	t->mini.node = t->n;
	t->mini.n_node = 1;
	t->mini.in = in;
	t->mini.out = out;
	t->mini.n_in = n_in;
	if (n_in < 0 || scope_new(&t->names, NULL, &t->mini, t->trial.e))
		return false;
	for (int i = 0; i < n_in; i++)
		if (!hand_in(t, in[i].name))
			return false;
	return t->series >= 0 && onnx_emit(&t->trial, &t->names, 0) == 0 && t->log.rounds >= ROUNDS_MIN;
}

/* ---- the products and sums of a cell ---- */

/* Returns the value of which v is a copy in another shape. */
static int same(const struct graph *g, int v)
{
	for (;;) {
		const struct value *x = &g->value[v];
		const struct node *n = x->node >= 0 ? &g->node[x->node] : NULL;
		if (!n || !(n->op->flags & OP_COPIES || !strcmp(n->op->name, "Identity")) || n->in[0] < 0 ||
		    shape_count(&g->value[n->in[0]].shape) != shape_count(&x->shape))
			return v;
		v = n->in[0];
	}
}

static const struct node *made_by(const struct graph *g, int v, const char *op)
{
	const struct value *x = &g->value[same(g, v)];
	const struct node *n = x->node >= 0 ? &g->node[x->node] : NULL;
	return n && !strcmp(n->op->name, op) ? n : NULL;
}

static int argument(const struct graph *g, int v, const char *op)
{
	const struct node *n = made_by(g, v, op);
	return n ? n->in[0] : -1;
}

/* Is v = sigmoid(z) other? */
static bool gated(const struct graph *g, int v, int *z, int *other)
{
	const struct node *n = made_by(g, v, "Mul");
	for (int k = 0; n && k < 2; k++)
		if ((*z = argument(g, n->in[k], "Sigmoid")) >= 0) {
			*other = n->in[1 - k];
			return true;
		}
	return false;
}

/* c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'); ONNX's order is i, o, f, g. */
static bool is_lstm(const struct graph *g, const struct loop_log *s, struct cell *q, int h, int c)
{
	int tanh_c, old, in, *z = q->z;
	const struct node *sum = made_by(g, s->after[c], "Add");
	if (!gated(g, s->after[h], &z[1], &tanh_c) || !sum)
		return false;
	int memory = argument(g, tanh_c, "Tanh");
	if (memory < 0 || same(g, memory) != same(g, s->after[c]))
		return false;
	for (int k = 0; k < 2; k++)
		if (gated(g, sum->in[k], &z[2], &old) && same(g, old) == same(g, s->before[c]) &&
		    gated(g, sum->in[1 - k], &z[0], &in) && (z[3] = argument(g, in, "Tanh")) >= 0) {
			*q = (struct cell){ "LSTM", "", 4, h, c, { z[0], z[1], z[2], z[3] }, -1, -1, 0, 0, 0, 0, 0, 0 };
			return true;
		}
	return false;
}

/* Is v = (1 - sigmoid(z)) other? */
static bool gated_less(const struct graph *g, int v, int z, int *other)
{
	const struct node *n = made_by(g, v, "Mul");
	for (int k = 0; n && k < 2; k++) {
		const struct node *less = made_by(g, n->in[k], "Sub");
		if (!less || argument(g, less->in[1], "Sigmoid") != z || !g->value[less->in[0]].constant)
			continue;
		*other = n->in[1 - k];
		return true;
	}
	return false;
}

/* Returns the product of a sigmoid other than that of z and the state, made in this graph; -1: there is none. */
static int reset_product(const struct graph *g, int state, int z, int *r)
{
	int other;
	for (int i = 0; i < g->n_node; i++)
		if (!strcmp(g->node[i].op->name, "Mul") && gated(g, g->node[i].out[0], r, &other) && *r != z &&
		    same(g, other) == same(g, state))
			return g->node[i].out[0];
	return -1;
}

/* h' = z h + (1 - z) tanh(x W + r (h R + b)), or with (r h) R in place of r (h R + b); ONNX's order is z, r, h. */
static bool is_gru(const struct graph *g, const struct loop_log *s, struct cell *q, int h)
{
	const struct node *sum = made_by(g, s->after[h], "Add");
	int z, r, old, fresh, inner;
	for (int k = 0; sum && k < 2; k++) {
		if (!gated(g, sum->in[k], &z, &old) || same(g, old) != same(g, s->before[h]) ||
		    !gated_less(g, sum->in[1 - k], z, &fresh) || (inner = argument(g, fresh, "Tanh")) < 0)
			continue;
		*q = (struct cell){ "GRU", "", 3, h, -1, { z, -1, inner, 0 }, -1, -1, 0, 0, 0, 0, 0, 0 };
		const struct node *parts = made_by(g, inner, "Add");
		for (int i = 0; parts && i < 2; i++)
			if (gated(g, parts->in[i], &r, &q->of_state)) {
				q->z[1] = r;
				q->z[2] = parts->in[1 - i];
				return true;
			}
		q->of_state = -1;
		q->reset = reset_product(g, s->before[h], z, &q->z[1]);
		return q->reset >= 0;
	}
	return false;
}

static bool is_rnn(const struct graph *g, const struct loop_log *s, struct cell *q, int h)
{
	static const char *const functions[] = { "Tanh", "Relu" };
	for (int i = 0; i < 2; i++) {
		int z = argument(g, s->after[h], functions[i]);
		*q = (struct cell){ "RNN", functions[i], 1, h, -1, { z, 0, 0, 0 }, -1, -1, 0, 0, 0, 0, 0, 0 };
		if (z >= 0)
			return true;
	}
	return false;
}

/* Recognises the second round. The states that depend on the window are one or two. */
static bool recognise(const struct attempt *t, struct cell *q)
{
	const struct graph *g = t->trial.g;
	int state[2], n = 0;
	for (int k = 0; k < t->log.n_state; k++) {
		if (!g->value[t->log.after[k]].depends)
			continue;
		if (n == 2 || g->value[t->log.after[k]].dtype != DT_REAL)
			return false;
		state[n++] = k;
	}
	if (n == 2)
		return is_lstm(g, &t->log, q, state[0], state[1]) || is_lstm(g, &t->log, q, state[1], state[0]);
	return n == 1 && (is_gru(g, &t->log, q, state[0]) || is_rnn(g, &t->log, q, state[0]));
}

/* ---- its weights ---- */

/* Sets the sizes. The series is steps x 1 x features, with the first two in any order, or steps x features. */
static bool sizes(const struct attempt *t, struct cell *q)
{
	const struct shape *s = &t->trial.g->value[t->trial_series].shape;
	q->T = t->log.rounds;
	q->H = shape_count(&t->trial.g->value[t->log.after[q->h]].shape);
	q->D = s->rank > 0 ? s->dim[s->rank - 1] : 0;
	bool steps = s->rank == 3 ? (s->dim[0] == q->T && s->dim[1] == 1) || (s->dim[0] == 1 && s->dim[1] == q->T)
	                          : s->rank == 2 && s->dim[0] == q->T;
	for (int i = 0; i < q->gates; i++)
		if (shape_count(&t->trial.g->value[q->z[i]].shape) != q->H)
			return false;
	double passes = (double)(q->gates * q->H);
	return steps && q->D > 0 && q->H > 0 && passes * passes * (double)(q->H + q->D) < WORK_OF_WEIGHTS;
}

static double dot(const real *a, const real *b, int64_t n)
{
	double sum = 0;
	for (int64_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

/* Row j of a gate: derivatives of element j of z by the second step (w) and by the value `of` (r), each with the other
 * held. Returns what is left of z without these parts. */
static double row(struct attempt *t, const struct cell *q, int z, int64_t j, int of, real *w, real *r)
{
	real *seed = xcalloc((size_t)q->H, sizeof *seed);
	seed[j] = 1;
	run_backward(t->run, z, seed);
	free(seed);
	double rest = (double)run_real(t->run, z)[j];
	const real *by_x = w ? run_grad(t->run, t->trial_series) : NULL, *by_h = r ? run_grad(t->run, of) : NULL;
	if (by_x)
		memcpy(w, by_x + q->D, (size_t)q->D * sizeof *w);
	if (by_h)
		memcpy(r, by_h, (size_t)q->H * sizeof *r);
	/* The product with the reset gate depends on the step, too. */
	if (by_x && of == q->reset) {
		run_backward(t->run, of, r);
		by_x = run_grad(t->run, t->trial_series);
		for (int64_t i = 0; by_x && i < q->D; i++)
			w[i] -= by_x[q->D + i];
	}
	rest -= w ? dot(w, t->x + q->D, q->D) : 0;
	return rest - (r ? dot(r, run_real(t->run, of), q->H) : 0);
}

static void find_weights(struct attempt *t, struct cell *q)
{
	int before = t->log.before[q->h];
	int64_t n = q->gates * q->H;
	q->w = xcalloc((size_t)(n * q->D), sizeof *q->w);
	q->r = xcalloc((size_t)(n * q->H), sizeof *q->r);
	q->b = xcalloc((size_t)(2 * n), sizeof *q->b);
	run_want(t->run, t->trial_series);
	run_want(t->run, before);
	if (q->reset >= 0)
		run_want(t->run, q->reset);
	for (int64_t i = 0; i < n; i++) {
		int gate = (int)(i / q->H);
		bool apart = gate == 2 && q->of_state >= 0;
		int of = gate == 2 && q->reset >= 0 ? q->reset : before;
		real *w = q->w + i * q->D, *r = q->r + i * q->H;
		q->b[i] = (real)row(t, q, q->z[gate], i % q->H, of, w, apart ? NULL : r);
		if (apart)
			q->b[n + i] = (real)row(t, q, q->of_state, i % q->H, before, NULL, r);
	}
}

/* ---- the node ---- */

static int constant(struct graph *g, int64_t a, int64_t b, int64_t c, const real *v, struct err *e)
{
	struct shape s = { c ? 3 : 2, { a, b, c } };
	return graph_const_real(g, NULL, &s, v, c != 0, e);
}

static int into_shape(struct graph *g, int v, const struct shape *s, struct err *e)
{
	struct shape list = { 1, { s->rank } };
	int in[] = { v, graph_const_int(g, NULL, &list, s->dim, e) };
	return v < 0 ? v : in[1] < 0 ? in[1] : graph_op(g, "Reshape", "", 2, in, 0, NULL, e);
}

/* Returns whether the cell has biases: what is left of the gates may be the error of rounding alone. */
static bool biased(const struct cell *q)
{
	const double rounding = sizeof(real) == sizeof(double) ? 1e-13 : 1e-6;
	for (int64_t i = 0; i < 2 * q->gates * q->H; i++)
		if (fabs((double)q->b[i]) > rounding)
			return true;
	return false;
}

/* Adds the node and the outputs of the loop that are read. first: the start of each state, values of g. out: the
 * outputs in the order of the trial's. Returns 0 or an error. */
static int build(const struct attempt *t, const struct cell *q, struct graph *g, int series, const int *first, int *out)
{
	struct err *e = t->net->e;
	const struct graph *like = t->trial.g;
	const struct shape steps = { 3, { q->T, 1, q->D } }, state = { 3, { 1, 1, q->H } };
	const char *names[3] = { NULL, NULL, NULL };
	char of_steps[40], memory[40];
	int made[3], n_attr = 1, in[7] = { into_shape(g, series, &steps, e) };
	struct attr attr[2] = { attr_i("hidden_size", q->H) };
	if (q->of_state >= 0)
		attr[n_attr++] = attr_i("linear_before_reset", 1);
	if (*q->activation)
		attr[n_attr++] = attr_s("activations", q->activation);
	in[1] = constant(g, 1, q->gates * q->H, q->D, q->w, e);
	in[2] = constant(g, 1, q->gates * q->H, q->H, q->r, e);
	in[3] = graph_const_real(g, NULL, &(struct shape){ 2, { 1, 2 * q->gates * q->H } }, q->b, true, e);
	in[4] = -1;
	in[5] = into_shape(g, first[q->h], &state, e);
	in[6] = q->c >= 0 ? into_shape(g, first[q->c], &state, e) : -1;
	for (int i = 0; i < (q->c >= 0 ? 7 : 6); i++)
		if (in[i] < 0 && i != 4)
			return in[i];
	snprintf(of_steps, sizeof of_steps, "steps.%d", g->n_value);
	snprintf(memory, sizeof memory, "memory.%d", g->n_value);
	names[0] = of_steps;
	names[2] = q->c >= 0 ? memory : NULL;
	if (!biased(q))
		in[3] = -1;
	int bad = graph_node(g, q->op, t->n->name, q->c >= 0 ? 7 : 6, in, q->c >= 0 ? 3 : 1, names, n_attr, attr, made,
	                     e);
	if (bad < 0)
		return bad;
	int64_t last = q->T - 1, one = 1;
	int cut[] = { made[0], graph_const_int(g, NULL, &(struct shape){ 1, { 1 } }, &one, e) };
	int all = cut[1] < 0 ? cut[1] : graph_op(g, "Squeeze", "", 2, cut, 0, NULL, e);
	int at[] = { all, graph_const_int(g, NULL, &(struct shape){ 0 }, &last, e) };
	struct attr axis = attr_i("axis", 0);
	if (all < 0 || at[1] < 0)
		return all < 0 ? all : at[1];
	for (int k = 0, i = 0; k < t->n->n_out; k++) {
		if (i == t->mini.n_out || strcmp(t->n->out[k], t->mini.out[i].name) != 0)
			continue;
		const struct value *want = &like->value[scope_sym(&t->names, t->n->out[k])->value];
		int64_t n = shape_count(&want->shape);
		if (want->constant && want->dtype == DT_INT64)
			out[i] = graph_const_int(g, NULL, &want->shape, want->i, e);
		else if (want->constant)
			out[i] = graph_const_real(g, NULL, &want->shape, want->r, false, e);
		else if (k >= t->log.n_state)
			out[i] = n == q->T * q->H ? into_shape(g, all, &want->shape, e) : ERR_UNSUPPORTED;
		else if (k == q->h)
			out[i] = into_shape(g, graph_op(g, "Gather", "", 2, at, 1, &axis, e), &want->shape, e);
		else
			out[i] = k == q->c ? into_shape(g, made[2], &want->shape, e) : ERR_UNSUPPORTED;
		if (out[i++] < 0)
			return out[i - 1];
	}
	return 0;
}

/* The starts of the states, as values of the network, or of a graph of their own if `to` is not NULL. */
static bool starts(const struct attempt *t, struct graph *to, int *first)
{
	for (int k = 0; k < t->log.n_state; k++) {
		const struct sym *y = scope_sym(t->s, t->n->in[t->first + k]);
		const struct value *v = y && y->value >= 0 ? &t->net->g->value[y->value] : NULL;
		if (!v || !v->constant)
			return false;
		first[k] = !to                   ? y->value
		           : v->dtype == DT_REAL ? graph_const_real(to, NULL, &v->shape, v->r, false, t->net->e)
		                                 : 0;
	}
	return true;
}

/* Returns whether the node gives what the loop gives. */
static bool agrees(const struct attempt *t, const struct cell *q)
{
	const double allowed = sizeof(real) == sizeof(double) ? 1e-9 : 2e-5;
	struct graph *g = graph_new();
	int first[LOOP_STATES], out[NAMES_MAX];
	int series = graph_input(g, NULL, DT_REAL, &t->trial.g->value[t->trial_series].shape, t->net->e);
	bool good = series >= 0 && t->mini.n_out <= NAMES_MAX && starts(t, g, first) &&
	            !build(t, q, g, series, first, out) && !graph_finish(g, t->net->e);
	struct run *r = good ? run_new(g) : NULL;
	if (good) {
		run_input(r, 0, t->x);
		run_forward(r);
	}
	for (int i = 0; i < t->mini.n_out && good; i++) {
		int v = scope_sym(&t->names, t->mini.out[i].name)->value;
		const struct value *want = &t->trial.g->value[v];
		if (want->constant)
			continue;
		const real *a = run_real(t->run, v), *b = run_real(r, out[i]);
		for (int64_t k = 0, n = shape_count(&want->shape); k < n && good; k++)
			good = fabs((double)a[k] - (double)b[k]) <= allowed * (1 + fabs((double)a[k]));
	}
	run_free(r);
	graph_free(g);
	return good;
}

static bool try_window(struct attempt *t, struct cell *q)
{
	struct rng random;
	const struct shape *s = &t->trial.g->value[t->trial_series].shape;
	int64_t n = shape_count(s);
	if (!recognise(t, q) || !sizes(t, q) || graph_finish(t->trial.g, t->trial.e))
		return false;
	rng_init(&random, 1);
	t->x = xcalloc((size_t)n, sizeof *t->x);
	for (int64_t i = 0; i < n; i++)
		t->x[i] = (real)rng_normal(&random);
	t->run = run_new(t->trial.g);
	run_input(t->run, 0, t->x);
	run_forward(t->run);
	find_weights(t, q);
	return agrees(t, q);
}

static int build_in_network(const struct attempt *t, const struct cell *q)
{
	int first[LOOP_STATES], out[NAMES_MAX];
	int bad = starts(t, NULL, first) ? build(t, q, t->net->g, t->series, first, out) : ERR_UNSUPPORTED;
	for (int i = 0; i < t->mini.n_out && !bad; i++)
		scope_sym(t->s, t->mini.out[i].name)->value = out[i];
	return bad < 0 ? bad : 1;
}

int onnx_loop_as_cell(struct onnx_net *net, struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	const struct onnx_attr *body = onnx_attr_of(n, "body"), *count = onnx_attr_of(n, "num_scan_inputs");
	struct err e = { 0 };
	struct cell q = { 0 };
	struct attempt t = { .net = net, .s = s, .n = n, .series = -1, .trial_series = -1 };
	int done = 0;
	if (net->trial || net->log || !body || body->type != ONNX_A_GRAPH)
		return 0;
	t.first = count ? 0 : 2;
	t.trial = (struct onnx_net){ .g = graph_new(),
		                     .f = net->f,
		                     .side = net->side,
		                     .e = &e,
		                     .opset = net->opset,
		                     .depth = net->depth,
		                     .log = &t.log };
	t.trial.g->fold_bytes = net->g->fold_bytes;
	struct err kept = *net->e;
	if (write_out(&t, body->g) && try_window(&t, &q))
		done = build_in_network(&t, &q);
	if (done == 0)
		*net->e = kept;
	run_free(t.run);
	free(t.x);
	free(q.w);
	free(q.r);
	free(q.b);
	scope_free(&t.names);
	graph_free(t.trial.g);
	arena_release(&t.trial.arena);
	return done;
}
