/* Loop and Scan: their bodies are added to the graph once for each round, so the number of rounds must be known while
 * loading. The rounds share what is constant in the body. */
#include <stdlib.h>
#include <string.h>
#include "src/onnx/onnx_net.h"

/* Loops within one another; nodes that all rounds of one may have, in a trial (src/onnx/onnx_axes.c) and in earnest. */
/* A loop that only its condition ends is not known to end; it is given up sooner, so that reading stays quick. */
enum { NESTED_MAX = 8, NODES_OF_TRIAL = 4000, NODES_OF_CONDITION = 30000, NODES_MAX = GRAPH_NODES_MAX };

/* The rounds of a loop. */
struct rounds {
	struct onnx_net *net;
	const struct onnx_node *n;
	struct scope body;
	int n_state, n_stack; /* values that go from round to round, and those that are collected of each */
	int *state;           /* [n_state] */
	int *stack;           /* [n_stack * rounds_cap] values, round after round */
	int64_t cap, done;
};

static int cannot(struct rounds *r, const char *why)
{
	return err_set(r->net->e, ERR_UNSUPPORTED, "%s", why);
}

static const struct onnx_graph *body_of(const struct onnx_node *n)
{
	const struct onnx_attr *a = onnx_attr_of(n, "body");
	return a && a->type == ONNX_A_GRAPH ? a->g : NULL;
}

static int int_const(struct onnx_net *net, int64_t v)
{
	struct shape scalar = { 0 };
	return graph_const_int(net->g, NULL, &scalar, &v, net->e);
}

/* Opens the body. Its graph reads `first` inputs before the states. */
static int rounds_open(struct rounds *r, struct onnx_net *net, struct scope *s, int node, int first, int n_state,
                       int n_out)
{
	*r = (struct rounds){ .net = net, .n = &s->g->node[node], .n_state = n_state };
	const struct onnx_graph *g = body_of(r->n);
	if (!g)
		return err_set(net->e, ERR_FORMAT, "it has no body");
	if (net->depth >= NESTED_MAX)
		return err_set(net->e, ERR_LIMIT, "more than %d loops within one another", NESTED_MAX);
	r->n_stack = g->n_out - n_out - n_state;
	if (n_state < 0 || r->n_stack < 0 || g->n_in < first + n_state || r->n->n_out > n_state + r->n_stack)
		return err_set(net->e, ERR_FORMAT, "its body has %d inputs and %d outputs, which do not fit it",
		               g->n_in, g->n_out);
	int bad = scope_new(&r->body, s, g, net->e);
	if (bad)
		return bad;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++) {
			const struct sym *y = scope_sym(&r->body, g->node[i].in[k]);
			if (y && y->lost)
				return cannot(r, "its body reads what an operator gives that is not supported");
		}
	r->state = xcalloc((size_t)n_state + 1, sizeof *r->state);
	return 0;
}

static void rounds_close(struct rounds *r)
{
	scope_free(&r->body);
	free(r->state);
	free(r->stack);
}

/* Returns an error if so many rounds make the graph too large. */
static int check_rounds(struct rounds *r, int64_t rounds, int most)
{
	int64_t nodes;
	int each = body_of(r->n)->n_node + r->n_stack + 1;
	if (r->net->trial && most > NODES_OF_TRIAL)
		most = NODES_OF_TRIAL;
	if (rounds < 1)
		return cannot(r, "it runs no round");
	if (!i64_mul(rounds, each, &nodes) || nodes > most)
		return err_set(r->net->e, ERR_UNSUPPORTED,
		               "it runs %lld rounds of %d nodes; loops are written out while loading, up to %d nodes",
		               (long long)rounds, each, most);
	return 0;
}

static void give(struct rounds *r, int input, int value)
{
	struct sym *y = scope_sym(&r->body, body_of(r->n)->in[input].name);
	if (y)
		y->value = value;
}

static int output_of(struct rounds *r, int k)
{
	const char *name = body_of(r->n)->out[k].name;
	struct sym *y = scope_sym(&r->body, name);
	return y ? onnx_value_of(r->net, y, false)
	         : err_set(r->net->e, ERR_FORMAT, "nothing makes output '%.80s' of its body", name);
}

/* Forgets the values of the round before, but for those that are the same in each. */
static void forget(struct rounds *r)
{
	for (int i = 0; i < r->body.n; i++) {
		struct sym *y = &r->body.sym[i];
		if (y->made && !y->init && !(y->node >= 0 && !strcmp(r->body.g->node[y->node].op, "Constant")))
			y->value = -1;
	}
}

/* Adds one round; the inputs of the body have been given. The body's outputs are: `first` that the caller reads, the
 * states, the collected ones. */
static int add_round(struct rounds *r, int first)
{
	struct onnx_net *net = r->net;
	const struct onnx_graph *g = r->body.g;
	struct model *m = net->m;
	int bad = 0;
	/* The loop is one layer, so the nodes of its rounds are none. */
	net->m = NULL;
	net->depth++;
	for (int i = 0; i < g->n_node && !bad; i++)
		if (!r->done || strcmp(g->node[i].op, "Constant") != 0)
			bad = onnx_emit(net, &r->body, i);
	net->depth--;
	net->m = m;
	if (r->done == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->stack = xrealloc(r->stack, (size_t)r->cap * (size_t)(r->n_stack + 1), sizeof *r->stack);
	}
	for (int k = 0; k < r->n_state && !bad; k++)
		bad = (r->state[k] = output_of(r, first + k)) < 0 ? r->state[k] : 0;
	for (int k = 0; k < r->n_stack && !bad; k++) {
		int v = output_of(r, first + r->n_state + k);
		r->stack[r->done * r->n_stack + k] = v;
		bad = v < 0 ? v : 0;
	}
	r->done++;
	for (int k = 0; k < r->n_state && net->log && !bad; k++)
		if (k < LOOP_STATES && r->done <= 2)
			(r->done == 1 ? net->log->before : net->log->after)[k] = r->state[k];
	if (net->log) {
		net->log->n_state = r->n_state;
		net->log->rounds = r->n_state <= LOOP_STATES ? r->done : 0;
	}
	return bad;
}

/* Joins what the rounds gave along a new axis. */
static int join_rounds(struct rounds *r, int k, int64_t axis, bool backwards)
{
	struct onnx_net *net = r->net;
	struct shape one = { 1, { 1 } };
	int *in = xcalloc((size_t)r->done, sizeof *in), at = graph_const_int(net->g, NULL, &one, &axis, net->e);
	int bad = at < 0 ? at : 0;
	for (int64_t i = 0; i < r->done && !bad; i++) {
		int64_t from = backwards ? r->done - 1 - i : i;
		int v[] = { r->stack[from * r->n_stack + k], at };
		in[i] = graph_op(net->g, "Unsqueeze", "", 2, v, 0, NULL, net->e);
		bad = in[i] < 0 ? in[i] : 0;
	}
	struct attr along = attr_i("axis", axis);
	int v = bad ? bad : r->done == 1 ? in[0] : graph_op(net->g, "Concat", "", (int)r->done, in, 1, &along, net->e);
	free(in);
	return v;
}

static int64_t listed(const struct onnx_node *n, const char *name, int k)
{
	const struct onnx_attr *a = onnx_attr_of(n, name);
	return a && a->type == ONNX_A_INTS && k < a->n ? a->ints[k] : 0;
}

/* The outputs of the node: the last states, then what the rounds gave. */
static int set_outputs(struct rounds *r, struct scope *s, int node)
{
	int bad = 0;
	for (int k = 0; k < r->n->n_out && !bad; k++) {
		int y = s->out[node][k], stack = k - r->n_state;
		if (y < 0 || (stack >= 0 && !s->sym[y].uses))
			continue;
		int v = stack < 0 ? r->state[k]
		                  : join_rounds(r, stack, listed(r->n, "scan_output_axes", stack),
		                                listed(r->n, "scan_output_directions", stack) == 1);
		s->sym[y].value = v;
		bad = v < 0 ? v : 0;
	}
	return bad;
}

/* Returns the value of input k of the node, -1 if it is left out, or an error below that. */
static int input_of(struct onnx_net *net, struct scope *s, const struct onnx_node *n, int k)
{
	if (k >= n->n_in || !*n->in[k])
		return -1;
	struct sym *y = scope_sym(s, n->in[k]);
	int v = y ? onnx_value_of(net, y, false) : -1;
	return v >= 0 ? v : err_set(net->e, ERR_FORMAT, "it reads tensor '%.80s', which nothing makes", n->in[k]) - 1;
}

/* The single whole number of a value. Returns false if it is not constant. */
static bool known(const struct onnx_net *net, int value, int64_t *out)
{
	const struct value *v = &net->g->value[value];
	if (!v->constant || v->dtype != DT_INT64 || shape_count(&v->shape) != 1)
		return false;
	*out = v->i[0];
	return true;
}

static int run_loop(struct rounds *r, int most_value, int cond)
{
	struct onnx_net *net = r->net;
	int64_t most = INT64_MAX, go = 1;
	int bad = 0, nodes = NODES_OF_CONDITION;
	if (most_value >= 0 && !known(net, most_value, &most))
		return cannot(r, "its number of rounds depends on the input");
	if (cond >= 0 && !known(net, cond, &go))
		return cannot(r, "its condition depends on the input");
	/* Exporters write the largest number for a loop that its condition ends. */
	if (most_value >= 0 && go && most < INT32_MAX) {
		nodes = NODES_MAX;
		if ((bad = check_rounds(r, most, nodes)))
			return bad;
	}
	if (cond < 0 && (cond = int_const(net, 1)) < 0)
		return cond;
	while (r->done < most && go && !bad) {
		int round = int_const(net, r->done);
		forget(r);
		give(r, 0, round);
		give(r, 1, cond);
		for (int k = 0; k < r->n_state; k++)
			give(r, 2 + k, r->state[k]);
		bad = round < 0 ? round : add_round(r, 1);
		cond = bad ? -1 : output_of(r, 0);
		if (!bad && cond < 0)
			bad = cond;
		if (!bad && !known(net, cond, &go))
			bad = cannot(r, "its condition depends on the input");
		bad = bad ? bad : check_rounds(r, r->done, nodes);
	}
	return bad || r->done ? bad : check_rounds(r, 0, nodes);
}

int onnx_inline_loop(struct onnx_net *net, struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	struct rounds r;
	int bad = rounds_open(&r, net, s, node, 2, n->n_in - 2, 1);
	int most = bad ? -1 : input_of(net, s, n, 0), cond = bad ? -1 : input_of(net, s, n, 1);
	bad = bad ? bad : most < -1 ? most + 1 : cond < -1 ? cond + 1 : 0;
	for (int k = 0; k < r.n_state && !bad; k++) {
		r.state[k] = input_of(net, s, n, 2 + k);
		bad = r.state[k] < -1 ? r.state[k] + 1 : r.state[k] < 0 ? cannot(&r, "it leaves out a state") : 0;
	}
	bad = bad ? bad : run_loop(&r, most, cond);
	bad = bad ? bad : set_outputs(&r, s, node);
	rounds_close(&r);
	return bad;
}

/* Takes round i of each series that a Scan walks along. */
static int give_steps(struct rounds *r, const int *series, int n, int64_t rounds)
{
	struct onnx_net *net = r->net;
	for (int k = 0; k < n; k++) {
		int64_t at = listed(r->n, "scan_input_directions", k) == 1 ? rounds - 1 - r->done : r->done;
		int in[] = { series[k], int_const(net, at) };
		struct attr axis = attr_i("axis", listed(r->n, "scan_input_axes", k));
		int v = in[1] < 0 ? in[1] : graph_op(net->g, "Gather", "", 2, in, 1, &axis, net->e);
		if (v < 0)
			return v;
		give(r, r->n_state + k, v);
	}
	return 0;
}

/* Returns how many steps all series have, or an error. */
static int64_t scan_length(struct rounds *r, const int *series, int n)
{
	int64_t rounds = -1;
	for (int k = 0; k < n; k++) {
		const struct shape *sh = &r->net->g->value[series[k]].shape;
		int64_t axis = listed(r->n, "scan_input_axes", k);
		axis += axis < 0 ? sh->rank : 0;
		if (axis < 0 || axis >= sh->rank || (rounds >= 0 && sh->dim[axis] != rounds))
			return err_set(r->net->e, ERR_FORMAT, "its series have no steps, or not as many as each other");
		rounds = sh->dim[axis];
	}
	return rounds;
}

int onnx_inline_scan(struct onnx_net *net, struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	const struct onnx_attr *count = onnx_attr_of(n, "num_scan_inputs");
	int series[16],
	        n_series = count && count->type == ONNX_A_INT && count->i > 0 && count->i <= 16 ? (int)count->i : 0;
	if (net->opset < 9)
		return err_set(net->e, ERR_UNSUPPORTED, "a Scan of opset 8 is not supported; export with 9 or later");
	if (!n_series || n_series > n->n_in)
		return err_set(net->e, ERR_UNSUPPORTED, "it walks along no series, or along more than 16");
	struct rounds r;
	int bad = rounds_open(&r, net, s, node, n_series, n->n_in - n_series, 0);
	for (int k = 0; k < n->n_in && !bad; k++) {
		int v = input_of(net, s, n, k);
		bad = v < -1 ? v + 1 : v < 0 ? cannot(&r, "it leaves out an input") : 0;
		*(k < r.n_state ? &r.state[k] : &series[k - r.n_state]) = v;
	}
	int64_t rounds = bad ? bad : scan_length(&r, series, n_series);
	bad = rounds < 0 ? (int)rounds : check_rounds(&r, rounds, NODES_MAX);
	while (!bad && r.done < rounds) {
		forget(&r);
		for (int k = 0; k < r.n_state; k++)
			give(&r, k, r.state[k]);
		bad = give_steps(&r, series, n_series, rounds);
		bad = bad ? bad : add_round(&r, 0);
	}
	bad = bad ? bad : set_outputs(&r, s, node);
	rounds_close(&r);
	return bad;
}
