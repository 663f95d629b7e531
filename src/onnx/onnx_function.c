/* Functions of an ONNX file, as PyTorch's newer exporter writes them: each call is replaced by the nodes of the
 * function. A tensor inside gets a name of its own for each call. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/onnx/onnx.h"

enum { CALLS_MAX = 16 };

struct inliner {
	const struct onnx_file *f;
	struct arena *a;
	struct err *e;
	int64_t nodes, bytes; /* made so far */
	int calls;
};

/* A call: what the names and attributes of its function mean. NULL: the graph itself. */
struct call {
	const struct call *up;
	const struct onnx_function *function;
	const struct onnx_node *node; /* its inputs and outputs have the names of the graph around it */
	const char *prefix;           /* of the names inside */
	int depth;
};

struct nodes {
	struct onnx_node *node;
	int n, cap;
};

static const struct onnx_function *function_of(const struct onnx_file *f, const struct onnx_node *n)
{
	for (int i = 0; i < f->n_function; i++) {
		const struct onnx_function *q = &f->function[i];
		if (!strcmp(q->name, n->op) && !strcmp(q->domain, n->domain) && !strcmp(q->overload, n->overload))
			return q;
	}
	return NULL;
}

static int too_long(struct inliner *q)
{
	return err_set(q->e, ERR_LIMIT, "the names in the calls of its functions take too much memory");
}

/* Returns the text "a" + "b" + "c", counted in the bytes of all names; NULL: too many. */
static const char *joined(struct inliner *q, const char *a, const char *b, const char *c)
{
	char *s = xasprintf("%s%s%s", a, b, c);
	const char *own = NULL;
	q->bytes += (int64_t)strlen(s);
	if (q->bytes <= NAMES_BYTES_MAX && strlen(s) <= NAME_BYTES_MAX)
		own = arena_strdup(q->a, s);
	else
		too_long(q);
	free(s);
	return own;
}

/* Returns the name that a tensor of the function has in the graph; NULL on error. */
static const char *renamed(struct inliner *q, const struct call *c, const char *name)
{
	if (!c || !*name)
		return name;
	for (int i = 0; i < c->function->n_in; i++)
		if (!strcmp(c->function->in[i], name))
			return i < c->node->n_in ? c->node->in[i] : "";
	for (int i = 0; i < c->function->n_out && i < c->node->n_out; i++)
		if (!strcmp(c->function->out[i], name) && *c->node->out[i])
			return c->node->out[i];
	return joined(q, c->prefix, name, "");
}

static const char *const *renamed_all(struct inliner *q, const struct call *c, int n, const char *const *names)
{
	const char **to = arena_alloc(q->a, (size_t)n + 1, sizeof *to);
	for (int i = 0; i < n; i++)
		if (!(to[i] = renamed(q, c, names[i])))
			return NULL;
	return to;
}

/* Returns the attribute of the call, else the function's default; NULL: neither is there. */
static const struct onnx_attr *meant(const struct call *c, const char *name)
{
	for (int i = 0; c && i < c->node->n_attr; i++)
		if (!strcmp(c->node->attr[i].name, name))
			return &c->node->attr[i];
	for (int i = 0; c && i < c->function->n_attr; i++)
		if (!strcmp(c->function->attr[i].name, name))
			return &c->function->attr[i];
	return NULL;
}

static int expand(struct inliner *q, const struct call *c, int n, const struct onnx_node *node, struct nodes *to);

static const struct onnx_graph *inner_graph(struct inliner *q, const struct call *c, const struct onnx_graph *g)
{
	struct onnx_graph *to = arena_dup(q->a, g, 1, sizeof *g);
	struct onnx_tensor *init = arena_dup(q->a, g->init, (size_t)g->n_init, sizeof *init);
	struct onnx_value *in = arena_dup(q->a, g->in, (size_t)g->n_in, sizeof *in),
	                  *out = arena_dup(q->a, g->out, (size_t)g->n_out, sizeof *out);
	struct nodes nodes = { 0 };
	bool good = true;
	for (int i = 0; i < g->n_init; i++)
		good &= (init[i].name = renamed(q, c, g->init[i].name)) != NULL;
	for (int i = 0; i < g->n_in; i++)
		good &= (in[i].name = renamed(q, c, g->in[i].name)) != NULL;
	for (int i = 0; i < g->n_out; i++)
		good &= (out[i].name = renamed(q, c, g->out[i].name)) != NULL;
	good = good && !expand(q, c, g->n_node, g->node, &nodes);
	to->init = init;
	to->in = in;
	to->out = out;
	to->n_node = nodes.n;
	to->node = arena_dup(q->a, nodes.node, (size_t)nodes.n, sizeof *nodes.node);
	free(nodes.node);
	return good ? to : NULL;
}

/* Sets the attributes of a node: those of the call in place of references, graphs with their names changed. */
static int attributes(struct inliner *q, const struct call *c, const struct onnx_node *from, struct onnx_node *to)
{
	struct onnx_attr *a = arena_alloc(q->a, (size_t)from->n_attr + 1, sizeof *a);
	to->n_attr = 0;
	to->attr = a;
	for (int i = 0; i < from->n_attr; i++) {
		const struct onnx_attr *x = &from->attr[i], *value = x->ref ? meant(c, x->ref) : x;
		if (!value)
			continue;
		a[to->n_attr] = *value;
		a[to->n_attr].name = x->name;
		/* a graph that the call hands in has its names already */
		if (value == x && value->g && !(a[to->n_attr].g = inner_graph(q, c, value->g)))
			return q->e->code;
		to->n_attr++;
	}
	return 0;
}

static int append(struct inliner *q, struct nodes *to, const struct onnx_node *n)
{
	if (++q->nodes > GRAPH_NODES_MAX)
		return err_set(q->e, ERR_LIMIT, "its functions make more than %d nodes", GRAPH_NODES_MAX);
	if (to->n == to->cap) {
		to->cap = to->cap ? to->cap * 2 : 64;
		to->node = xrealloc(to->node, (size_t)to->cap, sizeof *to->node);
	}
	to->node[to->n++] = *n;
	return 0;
}

/* A function may hand an input on as its output. */
static int hand_on(struct inliner *q, const struct call *c, struct nodes *to)
{
	const struct onnx_function *fn = c->function;
	int bad = 0;
	for (int i = 0; i < fn->n_out && i < c->node->n_out && !bad; i++)
		for (int k = 0; k < fn->n_in && *c->node->out[i] && !bad; k++) {
			if (strcmp(fn->in[k], fn->out[i]) != 0 || k >= c->node->n_in)
				continue;
			struct onnx_node same = {
				.name = c->node->name, .op = "Identity", .domain = "", .overload = ""
			};
			same.n_in = same.n_out = 1;
			same.in = &c->node->in[k];
			same.out = &c->node->out[i];
			bad = append(q, to, &same);
		}
	return bad;
}

static int call(struct inliner *q, const struct call *up, const struct onnx_function *fn, const struct onnx_node *node,
                struct nodes *to)
{
	char number[32];
	struct call c = { .up = up, .function = fn, .node = node, .depth = up ? up->depth + 1 : 1 };
	if (c.depth > CALLS_MAX)
		return err_set(q->e, ERR_LIMIT, "function '%s' is called by more than %d others", fn->name, CALLS_MAX);
	for (const struct call *p = up; p; p = p->up)
		if (p->function == fn)
			return err_set(q->e, ERR_FORMAT, "function '%s' calls itself", fn->name);
	if (node->n_in > fn->n_in || node->n_out > fn->n_out)
		return err_set(q->e, ERR_FORMAT, "function '%s' has %d inputs and %d outputs, a call has %d and %d",
		               fn->name, fn->n_in, fn->n_out, node->n_in, node->n_out);
	snprintf(number, sizeof number, ".%d.", q->calls++);
	c.prefix = joined(q, *node->name ? node->name : node->op, number, "");
	int bad = c.prefix ? expand(q, &c, fn->n_node, fn->node, to) : q->e->code;
	return bad ? bad : hand_on(q, &c, to);
}

/* Appends the parts of an operator that stands for several. */
static int append_parts(struct inliner *q, const struct onnx_node *n, struct nodes *to)
{
	char number[32];
	struct onnx_parts parts;
	snprintf(number, sizeof number, ".%d.", q->calls++);
	const char *prefix = joined(q, n->n_out ? n->out[0] : n->op, number, "");
	if (!prefix)
		return q->e->code;
	onnx_lower(q->a, n, prefix, &parts);
	q->bytes += parts.bytes;
	int bad = q->bytes > NAMES_BYTES_MAX ? too_long(q) : 0;
	for (int i = 0; i < parts.n && !bad; i++)
		bad = append(q, to, &parts.node[i]);
	return bad;
}

static int expand(struct inliner *q, const struct call *c, int n, const struct onnx_node *node, struct nodes *to)
{
	int bad = 0;
	for (int i = 0; i < n && !bad; i++) {
		struct onnx_node one = node[i];
		const struct onnx_function *fn = function_of(q->f, &node[i]);
		if (c) {
			const char *own = *one.name ? one.name : one.op;
			one.name = joined(q, *c->node->name ? c->node->name : c->node->op, "/", own);
			one.in = renamed_all(q, c, one.n_in, one.in);
			one.out = renamed_all(q, c, one.n_out, one.out);
			one.opset = c->function->opset;
			if (!one.name || !one.in || !one.out)
				return q->e->code;
		}
		bad = attributes(q, c, &node[i], &one);
		if (!bad)
			bad = fn                    ? call(q, c, fn, &one, to)
			      : onnx_is_fused(&one) ? append_parts(q, &one, to)
			                            : append(q, to, &one);
	}
	return bad;
}

/* Returns whether the graph, or one in its nodes, has an operator that stands for several. */
static bool any_fused(const struct onnx_graph *g)
{
	bool any = false;
	for (int i = 0; i < g->n_node && !any; i++) {
		any = onnx_is_fused(&g->node[i]);
		for (int k = 0; k < g->node[i].n_attr && !any; k++)
			any = g->node[i].attr[k].g && any_fused(g->node[i].attr[k].g);
	}
	return any;
}

int onnx_inline(struct onnx_file *f, struct err *e)
{
	if (!f->n_function && !any_fused(f->graph))
		return 0;
	struct inliner q = { .f = f, .a = &f->arena, .e = e };
	struct nodes nodes = { 0 };
	int bad = expand(&q, NULL, f->graph->n_node, f->graph->node, &nodes);
	struct onnx_graph *g = arena_dup(&f->arena, f->graph, 1, sizeof *g);
	g->n_node = nodes.n;
	g->node = arena_dup(&f->arena, nodes.node, (size_t)nodes.n, sizeof *nodes.node);
	free(nodes.node);
	f->graph = g;
	return bad;
}
