#include "core/graph/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/fold.h"
#include "core/graph/op.h"
#include "core/base/text.h"

/* ---- shapes ---- */

int64_t shape_count(const struct shape *s)
{
	int64_t n = 1;
	for (int i = 0; i < s->rank; i++)
		if (!i64_mul(n, s->dim[i], &n))
			return INT64_MAX;
	return n;
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
	return a->rank == b->rank && !memcmp(a->dim, b->dim, sizeof *a->dim * (size_t)a->rank);
}

int shape_format(const struct shape *s, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "(");
	for (int i = 0; i < s->rank && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%lld", i ? "," : "", (long long)s->dim[i]);
	if (at < size)
		at += (size_t)snprintf(buf + at, size - at, ")");
	return (int)at;
}

static int shape_check(const struct shape *s, const char *what, struct err *e)
{
	if (s->rank < 0 || s->rank > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "%s: a tensor of rank %d; tsviz reads rank 0 to %d", what, s->rank,
		               RANK_MAX);
	/* dimensions of 0 are left out of the product, so that (0, 2^62, 2^62) is refused, too */
	int64_t n = 1;
	for (int i = 0; i < s->rank; i++) {
		int64_t d = s->dim[i];
		if (d < 0)
			return err_set(e, ERR_FORMAT, "%s: negative dimension %lld", what, (long long)d);
		if (!i64_mul(n, d ? d : 1, &n) || n > COUNT_MAX) {
			char b[160];
			shape_format(s, b, sizeof b);
			return err_set(e, ERR_LIMIT, "%s: shape %s has more than %lld elements", what, b,
			               (long long)COUNT_MAX);
		}
	}
	return 0;
}

/* ---- names: a hash table with open addressing and FNV-1a (Fowler, Noll, Vo 1991) ---- */

struct name_index {
	int *slot; /* value id + 1 */
	size_t cap;
};

static size_t name_hash(const char *s)
{
	uint64_t h = 14695981039346656037u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ (h >> 32));
}

static size_t name_slot(const struct graph *g, const char *name)
{
	const struct name_index *x = g->index;
	size_t i = name_hash(name) & (x->cap - 1);
	while (x->slot[i] && strcmp(g->value[x->slot[i] - 1].name, name) != 0)
		i = (i + 1) & (x->cap - 1);
	return i;
}

static void name_add(struct graph *g, int id)
{
	struct name_index *x = g->index;
	if ((size_t)g->n_value * 2 >= x->cap) {
		free(x->slot);
		x->cap *= 2;
		x->slot = xcalloc(x->cap, sizeof *x->slot);
		for (int i = 0; i < id; i++)
			x->slot[name_slot(g, g->value[i].name)] = i + 1;
	}
	x->slot[name_slot(g, g->value[id].name)] = id + 1;
}

int graph_find(const struct graph *g, const char *name)
{
	/* The names in the graph have passed the text gate, which makes at most three bytes of one. */
	char small[512];
	size_t n = strlen(name), size = 3 * n + 1;
	char *clean = size <= sizeof small ? small : xmalloc(size);
	text_clean(clean, size, name, n);
	int id = g->index->slot[name_slot(g, clean)] - 1;
	if (clean != small)
		free(clean);
	return id;
}

/* ---- values ---- */

struct graph *graph_new(void)
{
	struct graph *g = xcalloc(1, sizeof *g);
	g->index = xcalloc(1, sizeof *g->index);
	g->index->cap = 64;
	g->index->slot = xcalloc(g->index->cap, sizeof *g->index->slot);
	g->fold_bytes = GRAPH_BYTES_MAX / 4;
	g->fold_work = FOLD_WORK_MAX;
	return g;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	arena_release(&g->arena);
	free(g->index->slot);
	free(g->index);
	free(g->value);
	free(g->node);
	free(g->input);
	free(g->output);
	free(g);
}

static char *clean_name(struct graph *g, const char *name)
{
	return text_clean_copy(&g->arena, name ? name : "");
}

/* A new name for a value that has none in the file: the hint, or the hint with a number behind it. */
static char *make_name(struct graph *g, const char *hint)
{
	if (graph_find(g, hint) < 0)
		return clean_name(g, hint);
	/* Each attempt gives another name, so one of them is free. */
	for (int i = g->n_value;; i++) {
		char *made = xasprintf("%s.%d", hint, i);
		char *own = graph_find(g, made) < 0 ? clean_name(g, made) : NULL;
		free(made);
		if (own)
			return own;
	}
}

/* Names are kept whole, so their lengths are limited. */
static int name_check(struct graph *g, const char *name, struct err *e)
{
	size_t n = strlen(name);
	if (n > NAME_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a name of %zu bytes ('%.40s...'); up to %d are read", n, name,
		               NAME_BYTES_MAX);
	g->name_bytes += (int64_t)n;
	return g->name_bytes <= NAMES_BYTES_MAX
	               ? 0
	               : err_set(e, ERR_LIMIT, "the names together exceed %d bytes", NAMES_BYTES_MAX);
}

static int value_add(struct graph *g, const char *name, const char *hint, const struct value *proto, struct err *e)
{
	int bad = shape_check(&proto->shape, name && *name ? name : hint, e);
	if (bad)
		return bad;
	assert(!g->finished);
	if ((bad = name_check(g, name && *name ? name : hint, e)))
		return bad;
	if (g->n_value >= 8 * GRAPH_NODES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d tensors", 8 * GRAPH_NODES_MAX);
	char *own = name && *name ? clean_name(g, name) : make_name(g, hint);
	if (graph_find(g, own) >= 0)
		return err_set(e, ERR_FORMAT, "tensor '%s' is defined twice", own);
	if (g->n_value == g->value_cap) {
		g->value_cap = g->value_cap ? g->value_cap * 2 : 64;
		g->value = xrealloc(g->value, (size_t)g->value_cap, sizeof *g->value);
	}
	int id = g->n_value;
	g->value[id] = *proto;
	g->value[id].name = own;
	for (int i = 0; i < RANK_MAX; i++)
		if (i >= proto->shape.rank)
			g->value[id].axis[i] = '\0';
		else if (!proto->axis[i])
			g->value[id].axis[i] = '1';
	g->n_value++;
	name_add(g, id);
	return id;
}

static void id_append(int **list, int *n, int id)
{
	*list = xrealloc(*list, (size_t)*n + 1, sizeof **list);
	(*list)[(*n)++] = id;
}

int graph_input(struct graph *g, const char *name, enum dtype t, const struct shape *s, struct err *e)
{
	struct value v = { .shape = *s, .dtype = t, .node = -1, .depends = true };
	int id = value_add(g, name, "input", &v, e);
	if (id >= 0)
		id_append(&g->input, &g->n_input, id);
	return id;
}

static int const_add(struct graph *g, const char *name, struct value *v, struct err *e)
{
	size_t width = v->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t);
	int bad = shape_check(&v->shape, name && *name ? name : "constant", e);
	if (bad)
		return bad;
	int64_t bytes = shape_count(&v->shape) * (int64_t)width;
	if (bytes > GRAPH_BYTES_MAX - g->const_bytes)
		return err_set(e, ERR_LIMIT, "tensor '%s': the weights together exceed %lld bytes",
		               name ? name : "constant", (long long)GRAPH_BYTES_MAX);
	int id = value_add(g, name, "constant", v, e);
	if (id >= 0)
		g->const_bytes += bytes;
	return id;
}

int graph_const_real(struct graph *g, const char *name, const struct shape *s, const real *data, bool weight,
                     struct err *e)
{
	struct value v = { .shape = *s, .dtype = DT_REAL, .node = -1, .constant = true, .weight = weight };
	int id = const_add(g, name, &v, e);
	if (id >= 0)
		g->value[id].r = arena_dup(&g->arena, data, (size_t)shape_count(s), sizeof *data);
	return id;
}

int graph_const_kept(struct graph *g, const char *name, const struct shape *s, const real *data, bool weight,
                     struct err *e)
{
	struct value v = { .shape = *s, .dtype = DT_REAL, .node = -1, .constant = true, .weight = weight, .r = data };
	return const_add(g, name, &v, e);
}

int graph_const_float(struct graph *g, const char *name, const struct shape *s, const float *data, bool weight,
                      struct err *e)
{
	struct value v = { .shape = *s, .dtype = DT_REAL, .node = -1, .constant = true, .weight = weight };
	int id = const_add(g, name, &v, e);
	if (id >= 0) {
		size_t n = (size_t)shape_count(s);
		real *r = arena_alloc(&g->arena, n, sizeof *r);
		for (size_t i = 0; i < n; i++)
			r[i] = (real)data[i];
		g->value[id].r = r;
	}
	return id;
}

int graph_const_int(struct graph *g, const char *name, const struct shape *s, const int64_t *data, struct err *e)
{
	struct value v = { .shape = *s, .dtype = DT_INT64, .node = -1, .constant = true };
	int id = const_add(g, name, &v, e);
	if (id >= 0)
		g->value[id].i = arena_dup(&g->arena, data, (size_t)shape_count(s), sizeof *data);
	return id;
}

/* ---- nodes ---- */

static const struct attr *copy_attrs(struct graph *g, int n, const struct attr *from)
{
	struct attr *to = arena_alloc(&g->arena, (size_t)n, sizeof *to);
	for (int i = 0; i < n; i++) {
		to[i] = from[i];
		to[i].name = clean_name(g, from[i].name);
		if (from[i].s)
			to[i].s = clean_name(g, from[i].s);
		if (from[i].ints)
			to[i].ints = arena_dup(&g->arena, from[i].ints, (size_t)from[i].n, sizeof(int64_t));
		if (from[i].floats)
			to[i].floats = arena_dup(&g->arena, from[i].floats, (size_t)from[i].n, sizeof(double));
	}
	return to;
}

static int node_check(struct graph *g, const struct op *op, const char *name, int n_in, const int *in, int n_out,
                      struct err *e)
{
	if (g->n_node >= GRAPH_NODES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d operators", GRAPH_NODES_MAX);
	if (n_in < op->in_min || n_in > op->in_max)
		return err_set(e, ERR_FORMAT, "node '%s': %s takes %d to %d inputs, not %d", name, op->name, op->in_min,
		               op->in_max, n_in);
	if (n_out < 1 || n_out > op->out_max)
		return err_set(e, ERR_FORMAT, "node '%s': %s has 1 to %d outputs, not %d", name, op->name, op->out_max,
		               n_out);
	for (int i = 0; i < n_in; i++) {
		if (in[i] >= g->n_value)
			return err_set(e, ERR_FORMAT, "node '%s': input %d does not exist", name, i);
		if (in[i] < 0 && i < op->in_min)
			return err_set(e, ERR_FORMAT, "node '%s': %s needs its input %d", name, op->name, i);
	}
	return 0;
}

/* Labels the outputs of an operator without op.axes. They get the labels of one input: of those that depend on the
 * network's input, the one with the largest rank, then with the most elements. */
static void axes_default(struct op_infer *q)
{
	const struct value *best = NULL;
	for (int i = 0; i < q->n->n_in; i++) {
		const struct value *v = q->in[i];
		if (v && v->depends &&
		    (!best || v->shape.rank > best->shape.rank ||
		     (v->shape.rank == best->shape.rank && shape_count(&v->shape) > shape_count(&best->shape))))
			best = v;
	}
	for (int i = 0; best && i < q->n->n_out; i++)
		if (q->out[i].shape.rank == best->shape.rank)
			memcpy(q->out[i].axis, best->axis, sizeof best->axis);
}

static int node_infer(struct graph *g, struct node *n, struct value *out, struct err *e)
{
	const struct value **in = xcalloc((size_t)n->n_in, sizeof *in);
	struct op_infer q = { .g = g, .n = n, .in = in, .out = out };
	bool depends = false;
	for (int i = 0; i < n->n_in; i++) {
		in[i] = n->in[i] >= 0 ? &g->value[n->in[i]] : NULL;
		depends |= in[i] && in[i]->depends;
	}
	int bad = n->op->infer(&q, e);
	if (!bad && n->op->work && n->op->work(g, n) > WORK_MAX)
		bad = err_set(e, ERR_LIMIT, "it would take more than %lld steps; a smaller window or k takes fewer",
		              (long long)WORK_MAX);
	if (!bad && depends)
		(n->op->axes ? n->op->axes : axes_default)(&q);
	for (int i = 0; i < n->n_out; i++) {
		out[i].node = g->n_node;
		out[i].depends = depends;
	}
	free(in);
	return bad;
}

int graph_node(struct graph *g, const char *op_name, const char *name, int n_in, const int *in, int n_out,
               const char *const *out_name, int n_attr, const struct attr *attr, int *out, struct err *e)
{
	const struct op *op = op_find(op_name);
	int bad = name_check(g, name ? name : "", e);
	if (bad)
		return bad;
	const char *own = clean_name(g, name);
	if (!op)
		return err_set(e, ERR_UNSUPPORTED, "node '%s': operator %s is not supported", own, op_name);
	bad = node_check(g, op, own, n_in, in, n_out, e);
	if (bad)
		return bad;
	struct node n = { .op = op, .name = own, .n_in = n_in, .n_out = n_out, .n_attr = n_attr };
	int *ids = arena_alloc(&g->arena, (size_t)n_out, sizeof *ids);
	n.in = arena_dup(&g->arena, in, (size_t)n_in, sizeof *in);
	n.out = ids;
	n.attr = copy_attrs(g, n_attr, attr);
	struct value *fresh = xcalloc((size_t)n_out, sizeof *fresh);
	bad = node_infer(g, &n, fresh, e);
	int first = -1;
	for (int i = 0; i < n_out && !bad; i++) {
		bool wanted = (i == 0 && !(op->flags & OP_ANY_OUTPUT)) || !out_name || (out_name[i] && *out_name[i]);
		ids[i] = wanted ? value_add(g, out_name ? out_name[i] : NULL, *own ? own : op_name, &fresh[i], e) : -1;
		bad = wanted && ids[i] < 0 ? ids[i] : 0;
		first = first < 0 ? ids[i] : first;
	}
	if (!bad && first < 0)
		bad = err_set(e, ERR_FORMAT, "none of its outputs has a name");
	free(fresh);
	if (bad)
		return err_at(e, "node '%s' (%s)", own, op_name);
	if (g->n_node == g->node_cap) {
		g->node_cap = g->node_cap ? g->node_cap * 2 : 64;
		g->node = xrealloc(g->node, (size_t)g->node_cap, sizeof *g->node);
	}
	g->node[g->n_node++] = n;
	if (fold_wanted(g, &n)) {
		bad = fold_last_node(g, e);
		if (bad)
			return bad;
	}
	if (out)
		memcpy(out, ids, sizeof *out * (size_t)n_out);
	return first;
}

int graph_op(struct graph *g, const char *op, const char *name, int n_in, const int *in, int n_attr,
             const struct attr *attr, struct err *e)
{
	return graph_node(g, op, name, n_in, in, 1, NULL, n_attr, attr, NULL, e);
}

int graph_output(struct graph *g, int value, struct err *e)
{
	if (value < 0 || value >= g->n_value)
		return err_set(e, ERR_FORMAT, "the output names a tensor that does not exist");
	id_append(&g->output, &g->n_output, value);
	return 0;
}

int graph_finish(struct graph *g, struct err *e)
{
	int64_t bytes = 0;
	for (int i = 0; i < g->n_value; i++) {
		const struct value *v = &g->value[i];
		if (!v->constant && !i64_add(bytes, shape_count(&v->shape) * (int64_t)sizeof(int64_t), &bytes))
			bytes = INT64_MAX;
	}
	int64_t scratch = 0;
	for (int i = 0; i < g->n_node; i++) {
		int64_t tmp = (int64_t)g->node[i].tmp_bytes;
		scratch = tmp > scratch ? tmp : scratch;
		if (!i64_add(bytes, (int64_t)g->node[i].save_bytes, &bytes))
			bytes = INT64_MAX;
	}
	if (!i64_add(bytes, scratch, &bytes) || bytes > GRAPH_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the activations, with what operators keep of them, exceed %lld bytes",
		               (long long)GRAPH_BYTES_MAX);
	g->finished = true;
	return 0;
}

int64_t graph_macs(const struct graph *g)
{
	int64_t sum = 0;
	for (int i = 0; i < g->n_node; i++)
		if (g->node[i].op->macs && !i64_add(sum, g->node[i].op->macs(g, &g->node[i]), &sum))
			return INT64_MAX;
	return sum;
}

bool node_is_empty(const struct graph *g, const struct node *n)
{
	for (int k = 0; k < n->n_out; k++)
		if (n->out[k] >= 0 && shape_count(&g->value[n->out[k]].shape) > 0)
			return false;
	return true;
}

int64_t graph_work(const struct graph *g, const struct node *n)
{
	return n->op->work ? n->op->work(g, n) : n->op->macs ? n->op->macs(g, n) : 0;
}

void graph_print(const struct graph *g, FILE *f)
{
	char shape[160], detail[128];
	for (int i = 0; i < g->n_value; i++) {
		const struct value *v = &g->value[i];
		if (v->node >= 0)
			continue;
		shape_format(&v->shape, shape, sizeof shape);
		fprintf(f, "%s %s %s%s\n", v->constant ? v->weight ? "weight" : "const " : "input ", v->name, shape,
		        v->dtype == DT_INT64 ? " int64" : "");
	}
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		fprintf(f, "%4d %s '%s':", i, n->op->name, n->name);
		for (int k = 0; k < n->n_in; k++)
			fprintf(f, " %s", n->in[k] < 0 ? "-" : g->value[n->in[k]].name);
		fprintf(f, " ->");
		for (int k = 0; k < n->n_out; k++) {
			if (n->out[k] < 0)
				continue;
			const struct value *v = &g->value[n->out[k]];
			shape_format(&v->shape, shape, sizeof shape);
			fprintf(f, " %s %s [%s]", v->name, shape, v->axis);
		}
		if (n->op->describe && n->op->describe(g, n, detail, sizeof detail) > 0)
			fprintf(f, "  %s", detail);
		fputc('\n', f);
	}
	for (int i = 0; i < g->n_output; i++)
		fprintf(f, "output %s\n", g->value[g->output[i]].name);
}

/* ---- attributes ---- */

const struct attr *attr_find(const struct node *n, const char *name)
{
	for (int i = 0; i < n->n_attr; i++)
		if (!strcmp(n->attr[i].name, name))
			return &n->attr[i];
	return NULL;
}

int64_t attr_int(const struct node *n, const char *name, int64_t fallback)
{
	const struct attr *a = attr_find(n, name);
	return a && a->type == ATTR_INT ? a->i : fallback;
}

double attr_float(const struct node *n, const char *name, double fallback)
{
	const struct attr *a = attr_find(n, name);
	return a && a->type == ATTR_FLOAT ? a->f : fallback;
}

const char *attr_string(const struct node *n, const char *name, const char *fallback)
{
	const struct attr *a = attr_find(n, name);
	return a && a->type == ATTR_STRING ? a->s : fallback;
}

struct attr attr_i(const char *name, int64_t i)
{
	return (struct attr){ .name = name, .type = ATTR_INT, .i = i };
}

struct attr attr_f(const char *name, double f)
{
	return (struct attr){ .name = name, .type = ATTR_FLOAT, .f = f };
}

struct attr attr_s(const char *name, const char *s)
{
	return (struct attr){ .name = name, .type = ATTR_STRING, .s = s };
}

struct attr attr_is(const char *name, int n, const int64_t *v)
{
	return (struct attr){ .name = name, .type = ATTR_INTS, .ints = v, .n = n };
}
