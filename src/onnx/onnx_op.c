/* Adds one ONNX node: the values of its inputs, its attributes, the names of its outputs. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/onnx/onnx_call.h"

enum { INLINE_MAX = 8 };

const struct onnx_attr *onnx_attr_of(const struct onnx_node *n, const char *name)
{
	for (int i = 0; i < n->n_attr; i++)
		if (!strcmp(n->attr[i].name, name))
			return &n->attr[i];
	return NULL;
}

static int64_t opset_of(const struct onnx_net *net, const struct onnx_node *n)
{
	return n->opset ? n->opset : net->opset;
}

/* Returns the file's name for a tensor, or another name if cleaning made two names equal. */
static const char *free_name(struct onnx_net *net, const char *raw)
{
	if (*raw && graph_find(net->g, raw) < 0)
		return raw;
	for (int i = net->g->n_value;; i++) {
		char *made = xasprintf("%s.%d", raw, i);
		const char *own = graph_find(net->g, made) < 0 ? arena_strdup(&net->arena, made) : NULL;
		free(made);
		if (own)
			return own;
	}
}

static int make_const(struct onnx_net *net, const char *name, const struct onnx_tensor *t, bool weight)
{
	struct onnx_data d;
	int bad = onnx_tensor_read(t, net->side, &d, net->e);
	if (bad)
		return bad;
	bool param = weight && d.shape.rank > 0;
	int id = d.kept               ? graph_const_kept(net->g, name, &d.shape, d.r, param, net->e)
	         : d.dtype == DT_REAL ? graph_const_real(net->g, name, &d.shape, d.r, param, net->e)
	                              : graph_const_int(net->g, name, &d.shape, d.i, net->e);
	onnx_data_free(&d);
	return id;
}

int onnx_value_of(struct onnx_net *net, struct sym *y, bool weight)
{
	if (y->value < 0 && y->init)
		y->value = make_const(net, free_name(net, y->name), y->init, weight);
	if (y->value < 0 && !y->init)
		return err_set(net->e, ERR_FORMAT, "it reads tensor '%s' before anything makes it", y->name);
	return y->value;
}

/* Returns whether the real inputs after the first are parameters. For the others they only say where and how much. */
static bool has_weights(const char *op)
{
	return strcmp(op, "Resize") != 0 && strcmp(op, "Upsample") != 0 && strcmp(op, "Pad") != 0 &&
	       strcmp(op, "Clip") != 0 && strcmp(op, "Range") != 0 && strcmp(op, "Dropout") != 0;
}

static int inputs(struct ocall *c, struct scope *s, int node)
{
	const struct onnx_node *n = c->n;
	for (int k = 0; k < n->n_in; k++) {
		c->in[c->n_in++] = -1;
		if (!*n->in[k])
			continue;
		struct sym *y = s->sym[s->in[node][k]].made ? &s->sym[s->in[node][k]]
		                : s->up                     ? scope_sym(s->up, n->in[k])
		                                            : NULL;
		if (!y)
			return err_set(c->net->e, ERR_FORMAT, "it reads tensor '%s', which nothing makes", n->in[k]);
		int v = onnx_value_of(c->net, y, has_weights(n->op));
		if (v < 0)
			return v;
		c->in[k] = v;
	}
	while (c->n_in > 0 && c->in[c->n_in - 1] < 0)
		c->n_in--;
	return 0;
}

/* Joins a list of texts with commas. */
static const char *join(struct onnx_net *net, const struct onnx_attr *a)
{
	size_t n = 1;
	for (int i = 0; i < a->n; i++)
		n += strlen(a->strings[i]) + 1;
	char *s = arena_alloc(&net->arena, n, 1), *p = s;
	for (int i = 0; i < a->n; i++) {
		size_t len = strlen(a->strings[i]);
		if (i)
			*p++ = ',';
		memcpy(p, a->strings[i], len);
		p += len;
	}
	return s;
}

static int attributes(struct ocall *c)
{
	for (int k = 0; k < c->n->n_attr; k++) {
		const struct onnx_attr *a = &c->n->attr[k];
		struct attr *to = &c->attr[c->n_attr];
		for (int i = 0; i < k; i++)
			if (!strcmp(c->n->attr[i].name, a->name))
				return err_set(c->net->e, ERR_FORMAT, "attribute '%s' is there twice", a->name);
		if (c->n_attr >= 40)
			return err_set(c->net->e, ERR_LIMIT, "more than 40 attributes");
		switch (a->type) {
		case ONNX_A_FLOAT:
			*to = attr_f(a->name, a->f);
			break;
		case ONNX_A_INT:
			*to = attr_i(a->name, a->i);
			break;
		case ONNX_A_STRING:
			*to = attr_s(a->name, a->s);
			break;
		case ONNX_A_INTS:
			*to = attr_is(a->name, a->n, a->ints);
			break;
		case ONNX_A_FLOATS:
			*to = (struct attr){ .name = a->name, .type = ATTR_FLOATS, .floats = a->floats, .n = a->n };
			break;
		case ONNX_A_STRINGS:
			*to = attr_s(a->name, join(c->net, a));
			break;
		case ONNX_A_TENSOR:
			continue; /* operators with a tensor as attribute read it themselves */
		default:
			return err_set(c->net->e, ERR_UNSUPPORTED, "attribute '%s' is of a kind that is not supported",
			               a->name);
		}
		c->n_attr++;
	}
	return 0;
}

static int outputs_done(struct ocall *c, struct scope *s, int node)
{
	for (int k = 0; k < c->n->n_out; k++)
		if (s->out[node][k] >= 0)
			s->sym[s->out[node][k]].value = c->id[k];
	return 0;
}

/* ---- Constant ---- */

static int constant(struct onnx_net *net, struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	if (n->n_out != 1 || n->n_attr != 1 || s->out[node][0] < 0)
		return err_set(net->e, ERR_FORMAT, "a Constant has one output and one attribute");
	const struct onnx_attr *a = n->attr;
	const char *name = free_name(net, n->out[0]);
	struct shape sh = { .rank = a->type == ONNX_A_INTS || a->type == ONNX_A_FLOATS, .dim = { a->n } };
	real one = (real)a->f;
	int id;
	switch (a->type) {
	case ONNX_A_TENSOR:
		id = make_const(net, name, a->t, false);
		break;
	case ONNX_A_INT:
		id = graph_const_int(net->g, name, &sh, &a->i, net->e);
		break;
	case ONNX_A_INTS:
		id = graph_const_int(net->g, name, &sh, a->ints, net->e);
		break;
	case ONNX_A_FLOAT:
		id = graph_const_real(net->g, name, &sh, &one, false, net->e);
		break;
	case ONNX_A_FLOATS: {
		real *v = xcalloc((size_t)a->n + 1, sizeof *v);
		for (int i = 0; i < a->n; i++)
			v[i] = (real)a->floats[i];
		id = graph_const_real(net->g, name, &sh, v, false, net->e);
		free(v);
		break;
	}
	default:
		return err_set(net->e, ERR_UNSUPPORTED, "a constant '%s' is not supported", a->name);
	}
	s->sym[s->out[node][0]].value = id;
	return id < 0 ? id : 0;
}

/* ---- If ---- */

/* Adds the branch of an If that the condition selects. */
static int inline_if(struct onnx_net *net, struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	struct sym *y = n->n_in == 1 ? scope_sym(s, n->in[0]) : NULL;
	const struct onnx_attr *yes = onnx_attr_of(n, "then_branch"), *no = onnx_attr_of(n, "else_branch");
	int cond = y ? onnx_value_of(net, y, false) : -1;
	if (cond < 0 || !yes || !no || !yes->g || !no->g)
		return err_set(net->e, ERR_FORMAT, "an If needs a condition and two branches");
	const struct value *v = &net->g->value[cond];
	if (!v->constant || v->dtype != DT_INT64 || shape_count(&v->shape) != 1)
		return err_set(net->e, ERR_UNSUPPORTED,
		               "its condition depends on the input; only an If decided while loading is supported");
	if (net->depth >= INLINE_MAX)
		return err_set(net->e, ERR_LIMIT, "more than %d If within one another", INLINE_MAX);
	struct scope b;
	const struct onnx_graph *g = v->i[0] ? yes->g : no->g;
	int bad = scope_new(&b, s, g, net->e);
	if (!bad && g->n_out < n->n_out)
		bad = err_set(net->e, ERR_FORMAT, "its branch has %d outputs instead of %d", g->n_out, n->n_out);
	net->depth++;
	if (!bad)
		bad = onnx_emit_graph(net, &b);
	net->depth--;
	for (int k = 0; k < n->n_out && !bad; k++) {
		struct sym *from = scope_sym(&b, g->out[k].name);
		if (s->out[node][k] < 0)
			continue;
		struct sym *to = &s->sym[s->out[node][k]];
		if (!from)
			bad = err_set(net->e, ERR_FORMAT, "nothing makes the branch's output '%s'", g->out[k].name);
		else if (from->lost)
			to->lost = true, to->layer = from->layer;
		else if ((to->value = onnx_value_of(net, from, false)) < 0)
			bad = to->value;
	}
	scope_free(&b);
	return bad;
}

/* ---- all others ---- */

static int emit(struct onnx_net *net, struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	if (n->refused)
		return err_set(net->e, ERR_UNSUPPORTED, "%s", n->refused);
	if (!strncmp(n->domain, "com.microsoft", 13))
		return err_set(
		        net->e, ERR_UNSUPPORTED,
		        "operators of domain '%s' like this are not supported; save the model without onnxruntime's "
		        "optimisation, or with its level 'extended' instead of 'all'",
		        n->domain);
	if (*n->domain && strcmp(n->domain, "ai.onnx") != 0)
		return err_set(net->e, ERR_UNSUPPORTED, "operators of domain '%s' are not supported", n->domain);
	if (!strcmp(n->op, "Constant"))
		return constant(net, s, node);
	if (!strcmp(n->op, "If"))
		return inline_if(net, s, node);
	bool loop = !strcmp(n->op, "Loop"), scan = !strcmp(n->op, "Scan");
	int cell = loop || scan ? onnx_loop_as_cell(net, s, node) : 0;
	if (cell)
		return cell < 0 ? cell : 0;
	if (loop)
		return onnx_inline_loop(net, s, node);
	if (scan)
		return onnx_inline_scan(net, s, node);
	struct ocall c = { .net = net, .n = n, .opset = opset_of(net, n), .op = n->op };
	/* The number of outputs of Split decides their lengths, so all are made. */
	bool all = !strcmp(n->op, "Split");
	if (n->n_out < 1)
		return err_set(net->e, ERR_FORMAT, "it has no output");
	c.in = xcalloc((size_t)n->n_in + 8, sizeof *c.in);
	c.id = xcalloc((size_t)n->n_out, sizeof *c.id);
	c.out = xcalloc((size_t)n->n_out, sizeof *c.out);
	for (int k = 0; k < n->n_out; k++) {
		int y = s->out[node][k];
		c.id[k] = -1;
		/* An output that nobody reads is not made, except the first. */
		if (y >= 0 && (k == 0 || all || s->sym[y].uses))
			c.out[k] = free_name(net, n->out[k]);
		if (c.out[k] || all)
			c.n_out = k + 1;
	}
	int bad = inputs(&c, s, node);
	bad = bad ? bad : attributes(&c);
	bad = bad ? bad : ocall_emit(&c);
	if (bad >= 0)
		bad = outputs_done(&c, s, node);
	free(c.in);
	free(c.id);
	free(c.out);
	return bad < 0 ? bad : 0;
}

int onnx_emit(struct onnx_net *net, struct scope *s, int node)
{
	int bad = emit(net, s, node);
	if (!bad)
		return 0;
	const struct onnx_node *n = &s->g->node[node];
	/* core's messages name the node themselves */
	struct err *e = net->e;
	const char *rest = strncmp(e->text, "node '", 6) ? NULL : strchr(e->text, ':');
	if (!rest)
		return err_at(e, "node '%s' (%s, opset %lld)", onnx_node_name(net, s, node), n->op,
		              (long long)opset_of(net, n));
	char copy[sizeof e->text];
	snprintf(copy, sizeof copy, "%s", rest + 2);
	return err_set(e, e->code, "node '%s' (%s, opset %lld): %s", onnx_node_name(net, s, node), n->op,
	               (long long)opset_of(net, n), copy);
}
