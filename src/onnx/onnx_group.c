/* Decides which operators of an ONNX graph make one layer: a head (Conv, Add, Concat ...), the operators that scale
 * or normalise its output, and an activation function. An activation function is one operator, or several that
 * together are one (SiLU, GELU, Mish ...). */
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "src/onnx/onnx_net.h"

/* Is it an operator of one of these kinds (enum op_flags)? */
static bool is_kind(const char *op, unsigned flags)
{
	const struct op *row = op_find(op);
	return row && row->flags & flags;
}

static bool is_one_of(const char *op, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(op, *list))
			return true;
	return false;
}

/* Returns whether operators that scale or shift the output of this head belong to its layer. */
static bool is_linear(const char *op)
{
	return (is_kind(op, OP_BILINEAR) && !is_kind(op, OP_POINTWISE)) || is_kind(op, OP_BATCH_NORM) ||
	       !strcmp(op, "InstanceNormalization");
}

static const char *const affine_ops[] = { "Add", "Sub", "Mul", "Div", NULL };
/* Operators of one number and constants, of which activation functions consist. */
static const char *const part_ops[] = { "Add",  "Sub",      "Mul", "Div",  "Pow", "Erf",         "Sigmoid",
	                                "Tanh", "Softplus", "Exp", "Log",  "Neg", "HardSigmoid", "Clip",
	                                "Relu", "Max",      "Min", "Sqrt", "Abs", "Reciprocal",  NULL };

static const struct {
	const char *op, *name;
} activations[] = {
	{ "Relu", "relu" },
	{ "LeakyRelu", "leaky_relu" },
	{ "Elu", "elu" },
	{ "Selu", "selu" },
	{ "Celu", "celu" },
	{ "Sigmoid", "sigmoid" },
	{ "Tanh", "tanh" },
	{ "Softplus", "softplus" },
	{ "Softsign", "softsign" },
	{ "HardSigmoid", "hard_sigmoid" },
	{ "HardSwish", "hard_swish" },
	{ "Gelu", "gelu" },
	{ "Mish", "mish" },
	{ "ThresholdedRelu", "thresholded_relu" },
	{ "Clip", "clip" },
	{ "PRelu", "prelu" },
};

bool onnx_is_layout(const char *op)
{
	return is_kind(op, OP_LAYOUT) || !strcmp(op, "Constant") || !strcmp(op, "If");
}

static const char *activation_name(const char *op)
{
	for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
		if (!strcmp(op, activations[i].op))
			return activations[i].name;
	return NULL;
}

static bool own_domain(const struct onnx_node *n)
{
	return !*n->domain || !strcmp(n->domain, "ai.onnx");
}

static bool dep(const struct scope *s, int y, const char *name)
{
	if (y < 0)
		return false;
	if (s->sym[y].made)
		return s->sym[y].dep;
	const struct sym *outer = s->up ? scope_sym(s->up, name) : NULL;
	return outer && outer->dep;
}

void onnx_depends(struct scope *s)
{
	for (int i = 0; i < s->g->n_node; i++) {
		const struct onnx_node *n = &s->g->node[i];
		/* a branch or a body may read tensors that are no inputs of the node */
		bool d = !strcmp(n->op, "If") || !strcmp(n->op, "Loop") || !strcmp(n->op, "Scan");
		for (int k = 0; k < n->n_in; k++)
			d |= dep(s, s->in[i][k], n->in[k]);
		if (is_kind(n->op, OP_OF_SHAPE))
			d = false;
		for (int k = 0; k < n->n_out; k++)
			if (s->out[i][k] >= 0)
				s->sym[s->out[i][k]].dep = d;
	}
}

static bool node_dep(const struct scope *s, int i)
{
	for (int k = 0; k < s->g->node[i].n_out; k++)
		if (s->out[i][k] >= 0)
			return s->sym[s->out[i][k]].dep;
	return false;
}

/* Returns whether node i reads y and otherwise only values that do not depend on the window. */
static bool reads_only(const struct scope *s, int i, int y)
{
	bool there = false;
	for (int k = 0; k < s->g->node[i].n_in; k++)
		if (s->in[i][k] == y)
			there = true;
		else if (dep(s, s->in[i][k], s->g->node[i].in[k]))
			return false;
	return there;
}

static int only_output(const struct scope *s, int i)
{
	return s->g->node[i].n_out == 1 ? s->out[i][0] : -1;
}

/* Returns the only node that reads y, if it reads nothing else that depends on the window and is in no group; else
 * -1. */
static int single_user(const struct scope *s, int y)
{
	if (y < 0 || s->sym[y].uses != 1)
		return -1;
	int i = s->sym[y].user;
	return s->group[i] < 0 && reads_only(s, i, y) && only_output(s, i) >= 0 && own_domain(&s->g->node[i]) ? i : -1;
}

/* ---- functions made of several operators: activations, layer normalisation ---- */

static const char *const norm_ops[] = { "ReduceMean", "Sub", "Pow", "Mul", "Add", "Sqrt", "Div", NULL };

struct region {
	int n, node[10];
	int from; /* the symbol that the function reads */
	int sink; /* the symbol that the last node makes */
};

static bool in_region(const struct region *r, int node)
{
	for (int i = 0; i < r->n; i++)
		if (r->node[i] == node)
			return true;
	return false;
}

static bool made_within(const struct scope *s, const struct region *r, int y)
{
	return y == r->from || (s->sym[y].node >= 0 && in_region(r, s->sym[y].node));
}

static bool fits_region(const struct scope *s, const struct region *r, const char *const *ops, int i)
{
	const struct onnx_node *n = &s->g->node[i];
	bool any = false;
	if (s->group[i] >= 0 || !own_domain(n) || !is_one_of(n->op, ops) || only_output(s, i) < 0)
		return false;
	for (int k = 0; k < n->n_in; k++) {
		int y = s->in[i][k];
		if (y >= 0 && made_within(s, r, y))
			any = true;
		else if (dep(s, y, n->in[k]))
			return false;
	}
	return any;
}

/* Returns whether all outputs in the region except the last are read only inside it. `from` may be read outside only
 * if shared. */
static bool closed(const struct scope *s, const struct region *r, bool shared)
{
	int inside[11] = { 0 }; /* number of readers in the region, of `from` and of each node */
	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < s->g->node[r->node[i]].n_in; k++) {
			int y = s->in[r->node[i]][k];
			for (int j = 0; j < r->n; j++)
				inside[j + 1] += y >= 0 && y == s->out[r->node[j]][0];
			inside[0] += y == r->from;
		}
	if (!shared && inside[0] != s->sym[r->from].uses)
		return false;
	for (int j = 0; j < r->n - 1; j++)
		if (inside[j + 1] != s->sym[s->out[r->node[j]][0]].uses)
			return false;
	return true;
}

static bool has(const struct scope *s, const struct region *r, const char *op)
{
	for (int i = 0; i < r->n; i++)
		if (!strcmp(s->g->node[r->node[i]].op, op))
			return true;
	return false;
}

static const char *recognise(const struct scope *s, const struct region *r)
{
	bool mul = has(s, r, "Mul");
	const char *last = s->g->node[r->node[r->n - 1]].op;
	if (!strcmp(last, "Div") && has(s, r, "ReduceMean") && has(s, r, "Sqrt") && has(s, r, "Sub"))
		return "";
	if (r->n < 2 || !mul)
		return NULL;
	if (has(s, r, "Erf"))
		return "gelu";
	if (has(s, r, "Tanh"))
		return has(s, r, "Softplus") || has(s, r, "Log") ? "mish" : r->n > 3 ? "gelu" : NULL;
	if (has(s, r, "HardSigmoid") || (has(s, r, "Clip") && has(s, r, "Add")))
		return "hard_swish";
	if (has(s, r, "Sigmoid"))
		return r->n == 2 ? "silu" : r->n == 3 ? "quick_gelu" : NULL;
	return NULL;
}

/* Looks for a function made of several operators that reads `from`. Returns its name, or NULL. */
static const char *find_region(const struct scope *s, int from, const char *const *ops, bool shared, struct region *r)
{
	*r = (struct region){ .from = from };
	const char *found = NULL;
	int first = s->sym[from].node, n = s->g->n_node;
	int end = first + 200 < n ? first + 200 : n;
	for (int i = first + 1; i < end && r->n < 10; i++) {
		if (!fits_region(s, r, ops, i))
			continue;
		/* Stop here, unless this node continues from the sink alone. */
		if (found && !(is_one_of(s->g->node[i].op, (const char *const[]){ "Mul", "Div", NULL }) &&
		               reads_only(s, i, r->sink) && s->sym[r->sink].uses == 1))
			continue;
		r->node[r->n++] = i;
		r->sink = s->out[i][0];
		if (found)
			break;
		found = closed(s, r, shared) ? recognise(s, r) : NULL;
		if (found && !*found)
			break; /* The scale of a normalisation is found as for any other layer. */
	}
	return found;
}

/* ---- groups ---- */

static void take(struct scope *s, struct group *g, int node)
{
	if (g->n == (int)(sizeof g->node / sizeof *g->node))
		return;
	g->node[g->n++] = node;
	g->last = node > g->last ? node : g->last;
	s->group[node] = s->n_group;
}

static void take_region(struct scope *s, struct group *g, const struct region *r, const char *name)
{
	for (int i = 0; i < r->n; i++)
		take(s, g, r->node[i]);
	g->act = r->sink;
	g->activation = name;
}

static void take_activation(struct scope *s, struct group *g)
{
	struct region r;
	int next = single_user(s, g->act);
	const char *name = s->sym[g->act].uses > 0 ? find_region(s, g->act, part_ops, false, &r) : NULL;
	if (name) {
		g->pre = g->act;
		take_region(s, g, &r, name);
		return;
	}
	name = next >= 0 ? activation_name(s->g->node[next].op) : NULL;
	/* PRelu(c, x): the tensor x must be the one that the function is applied to. */
	if (!name || s->in[next][0] != g->act)
		return;
	g->pre = g->act;
	take(s, g, next);
	g->act = s->out[next][0];
	g->activation = name;
	next = !strcmp(name, "relu") ? single_user(s, g->act) : -1;
	if (next >= 0 && !strcmp(s->g->node[next].op, "Clip")) {
		take(s, g, next);
		g->act = s->out[next][0];
		g->activation = "relu6";
	}
}

/* Returns whether the operator belongs to the layer of this head: it cuts a causal convolution to length, removes
 * the axis of directions of a recurrent layer, or ends a group normalisation. */
static bool goes_with(const char *head, const char *op)
{
	if (!strcmp(op, "Slice"))
		return !strcmp(head, "Conv") || !strcmp(head, "ConvTranspose");
	/* Group normalisation is written as InstanceNormalization between two Reshapes. */
	if (!strcmp(op, "Reshape"))
		return !strcmp(head, "InstanceNormalization");
	return !strcmp(op, "Squeeze") && is_one_of(head, (const char *const[]){ "LSTM", "GRU", "RNN", NULL });
}

/* Returns whether the operator scales, shifts or normalises. */
static bool is_affine(const char *op)
{
	return is_kind(op, OP_BATCH_NORM) || is_one_of(op, affine_ops);
}

/* Returns whether y passes through operators that only move axes to a bias or an activation. Some files, such as
 * TensorFlow's, have them between a layer's operator and its bias or activation; they belong to the layer. So does the
 * Reshape with which onnxruntime's optimiser ends a product of matrices that it writes as Gemm. */
static bool leads_on(const struct scope *s, int y)
{
	static const char *const steps[] = { "Squeeze", "Unsqueeze", "Transpose", "Identity", "Dropout", "Cast", NULL };
	for (int i = 0, node; i < 5 && (node = single_user(s, y)) >= 0; i++) {
		const char *op = s->g->node[node].op;
		bool of_gemm = !strcmp(op, "Reshape") && !strncmp(s->g->node[node].name, "gemm_output_reshape", 19);
		if (!is_one_of(op, steps) && !of_gemm)
			return i > 0 && (is_affine(op) || (activation_name(op) && s->in[node][0] == y));
		y = s->out[node][0];
	}
	return false;
}

static void make_group(struct scope *s, int i)
{
	const struct onnx_node *n = &s->g->node[i];
	struct group *g = &s->groups[s->n_group];
	*g = (struct group){ .head = i, .last = i, .pre = -1, .act = -1, .activation = "" };
	for (int k = 0; k < n->n_out && g->act < 0; k++)
		g->act = s->out[i][k];
	if (g->act < 0)
		return;
	struct region r;
	const char *own = own_domain(n) ? activation_name(n->op) : NULL;
	int x = n->n_in ? s->in[i][0] : -1;
	bool norm = !strcmp(n->op, "ReduceMean"), linear = is_linear(n->op);
	/* an activation of a tensor that other nodes also read */
	const char *name = x >= 0 && s->sym[x].node >= 0 && (norm || is_one_of(n->op, part_ops))
	                           ? find_region(s, x, norm ? norm_ops : part_ops, true, &r)
	                           : NULL;
	if (name && in_region(&r, i)) {
		g->head = r.node[r.n - 1];
		take_region(s, g, &r, name);
		if (norm)
			g->type = "LayerNormalization";
		else
			g->pre = x;
	} else if (own && x >= 0) {
		take(s, g, i);
		g->pre = x;
		g->activation = own;
	} else {
		take(s, g, i);
	}
	if (g->pre < 0) {
		linear |= g->type != NULL;
		for (int next; (next = single_user(s, g->act)) >= 0 && g->n < 16;) {
			const char *op = s->g->node[next].op;
			if (!(linear && (is_affine(op) || leads_on(s, g->act))) && !goes_with(n->op, op))
				break;
			take(s, g, next);
			g->act = s->out[next][0];
		}
		take_activation(s, g);
	}
	s->n_group++;
}

void onnx_groups(struct scope *s)
{
	int n = s->g->n_node;
	s->groups = xcalloc((size_t)n + 1, sizeof *s->groups);
	for (int i = 0; i < n; i++)
		s->group[i] = -1;
	for (int i = 0; i < n; i++)
		if (s->group[i] < 0 && node_dep(s, i) && !onnx_is_layout(s->g->node[i].op))
			make_group(s, i);
}
