#include "core/prune/prune_build.h"

#include <stdlib.h>
#include <string.h>
#include "core/prune/prune_rules.h"

void prune_edits_init(struct prune_edits *q, const struct prune_map *p)
{
	const struct graph *g = p->m->graph;
	q->constant = xcalloc((size_t)g->n_value + 1, sizeof *q->constant);
	q->bias = xcalloc((size_t)g->n_node + 1, sizeof *q->bias);
}

void prune_edits_release(struct prune_edits *q, const struct prune_map *p)
{
	const struct graph *g = p->m->graph;
	for (int i = 0; q->constant && i < g->n_value; i++)
		free(q->constant[i]);
	for (int i = 0; q->bias && i < g->n_node; i++)
		free(q->bias[i]);
	free(q->constant);
	free(q->bias);
	*q = (struct prune_edits){ 0 };
}

struct builder {
	const struct prune_map *p;
	const bool *removed;
	const struct prune_edits *edits;
	const struct graph *g; /* the old one */
	struct model *m;
	int *id; /* (n_value) ids in the new graph; -1: not made yet */
	int layer;
};

/* ---- constants ---- */

/* Calls take(ctx, i) for every element of a value that stays, in order. */
static void each_element(const struct prune_map *p, const bool *removed, int value, void (*take)(void *ctx, int64_t i),
                         void *ctx)
{
	const struct shape *s = &p->m->graph->value[value].shape;
	int64_t n = shape_count(s);
	bool *stays[RANK_MAX] = { 0 };
	for (int k = 0; k < s->rank; k++) {
		stays[k] = xcalloc((size_t)s->dim[k] + 1, sizeof **stays);
		for (int64_t i = 0; i < s->dim[k]; i++)
			stays[k][i] = prune_stays(p, removed, value, k, i);
	}
	for (int64_t i = 0; i < n; i++) {
		bool in = true;
		int64_t rest = i;
		for (int k = s->rank - 1; k >= 0 && in; rest /= s->dim[k--])
			in = stays[k][rest % s->dim[k]];
		if (in)
			take(ctx, i);
	}
	for (int k = 0; k < s->rank; k++)
		free(stays[k]);
}

struct picked {
	const struct value *from;
	real *r;
	int64_t *i, n;
};

static void pick(void *ctx, int64_t i)
{
	struct picked *q = ctx;
	if (q->r)
		q->r[q->n++] = q->from->r[i];
	else
		q->i[q->n++] = q->from->i[i];
}

void prune_slice(const struct prune_map *p, const bool *removed, int value, real *to)
{
	struct picked q = { .from = &p->m->graph->value[value], .r = to };
	each_element(p, removed, value, pick, &q);
}

/* The constant in the new graph, made when it is first asked for. */
static int constant(struct builder *b, int v, struct err *e)
{
	const struct value *x = &b->g->value[v];
	if (b->id[v] >= 0)
		return b->id[v];
	struct shape s = prune_shape(b->p, b->removed, v);
	size_t n = (size_t)shape_count(&s);
	const real *own = b->edits && b->edits->constant ? b->edits->constant[v] : NULL;
	struct picked q = { .from = x };
	if (x->dtype == DT_REAL) {
		q.r = xcalloc(n + 1, sizeof *q.r);
		if (!own)
			each_element(b->p, b->removed, v, pick, &q);
		b->id[v] = graph_const_real(b->m->graph, x->name, &s, own ? own : q.r, x->weight, e);
	} else {
		q.i = xcalloc(n + 1, sizeof *q.i);
		each_element(b->p, b->removed, v, pick, &q);
		b->id[v] = graph_const_int(b->m->graph, x->name, &s, q.i, e);
	}
	free(q.r);
	free(q.i);
	return b->id[v];
}

/* A weight that the old network does not have. */
static int new_weight(struct builder *b, const char *like, const char *what, int64_t n, const real *data, struct err *e)
{
	struct shape s = { .rank = 1, .dim = { n } };
	for (int i = 0;; i++) {
		char *name = i ? xasprintf("%.200s.%s%d", like, what, i) : xasprintf("%.200s.%s", like, what);
		bool used = graph_find(b->m->graph, name) >= 0 || graph_find(b->g, name) >= 0;
		int id = used ? 0 : graph_const_real(b->m->graph, name, &s, data, true, e);
		free(name);
		if (!used)
			return id;
	}
}

/* ---- nodes ---- */

static int check_shapes(const struct builder *b, const struct node *n, struct err *e)
{
	for (int k = 0; k < n->n_out; k++) {
		if (n->out[k] < 0)
			continue;
		struct shape want = prune_shape(b->p, b->removed, n->out[k]);
		if (!shape_equal(&want, &b->m->graph->value[b->id[n->out[k]]].shape))
			return err_set(e, ERR_UNSUPPORTED, "tsviz cannot make node '%s' (%s) smaller", n->name,
			               n->op->name);
	}
	return 0;
}

/* A bias that was solved: input 2, which may be new, or an Add behind a MatMul. */
static int give_bias(struct builder *b, struct prune_patch *q, int *bias, struct err *e)
{
	const real *data = b->edits && b->edits->bias ? b->edits->bias[q->node] : NULL;
	const struct value *w = &b->g->value[q->n->in[1]];
	*bias = -1;
	if (!data)
		return 0;
	struct shape y = prune_shape(b->p, b->removed, q->n->out[0]);
	bool behind = !strcmp(q->n->op->name, "MatMul"), dense = behind || !strcmp(q->n->op->name, "Gemm");
	int made = new_weight(b, w->name, "bias", y.dim[dense ? y.rank - 1 : 1], data, e);
	if (made < 0)
		return made;
	if (behind) {
		*bias = made;
		return 0;
	}
	for (; q->n_in < 3; q->n_in++)
		q->in[q->n_in] = -1;
	q->in[2] = made;
	for (int i = 0; i < q->n_attr; i++) /* they are in the weights and the bias now */
		if (dense && (!strcmp(q->attr[i].name, "alpha") || !strcmp(q->attr[i].name, "beta")))
			q->attr[i].f = 1;
	return 0;
}

static int emit(struct builder *b, struct prune_patch *q, int bias, struct err *e)
{
	const struct node *n = q->n;
	const char *names[32];
	int out[32], bad;
	for (int k = 0; k < n->n_out; k++)
		names[k] = n->out[k] < 0 ? "" : b->g->value[n->out[k]].name;
	if (bias >= 0) {
		bad = graph_op(b->m->graph, n->op->name, n->name, q->n_in, q->in, q->n_attr, q->attr, e);
		if (bad >= 0)
			bad = graph_node(b->m->graph, "Add", NULL, 2, (int[]){ bad, bias }, 1, names, 0, NULL, out, e);
	} else {
		bad = graph_node(b->m->graph, n->op->name, n->name, q->n_in, q->in, n->n_out, names, q->n_attr, q->attr,
		                 out, e);
	}
	for (int k = 0; k < n->n_out && bad >= 0; k++)
		if (n->out[k] >= 0) {
			b->id[n->out[k]] = out[k];
			memcpy(b->m->graph->value[out[k]].axis, b->g->value[n->out[k]].axis, RANK_MAX + 1);
		}
	return bad < 0 ? bad : check_shapes(b, n, e);
}

static int build_node(struct builder *b, int node, struct err *e)
{
	const struct node *n = &b->g->node[node];
	const struct prune_rule *rule = prune_rule_find(n->op->name);
	struct prune_patch q = { .p = b->p, .removed = b->removed, .to = b->m->graph, .n = n, .node = node };
	int bias = -1, bad = 0;
	if (n->n_in > 32 || n->n_out > 32 || n->n_attr > 30)
		return err_set(e, ERR_LIMIT, "node '%s' has too many inputs or outputs to be rebuilt", n->name);
	bool smaller = false;
	for (int k = 0; k < n->n_in; k++)
		smaller |= n->in[k] >= 0 && prune_axis(b->p, n->in[k]) >= 0;
	q.n_in = n->n_in;
	q.n_attr = n->n_attr;
	memcpy(q.attr, n->attr, (size_t)n->n_attr * sizeof *q.attr);
	for (int k = 0; k < n->n_in; k++)
		q.in[k] = -1;
	if (smaller && rule && rule->patch)
		bad = rule->patch(&q, e);
	if (!bad && n->n_in > 1)
		bad = give_bias(b, &q, &bias, e);
	for (int k = 0; k < n->n_in && !bad; k++) {
		if (n->in[k] < 0 || q.in[k] >= 0)
			continue;
		q.in[k] = b->g->value[n->in[k]].constant ? constant(b, n->in[k], e) : b->id[n->in[k]];
		bad = q.in[k] < 0 ? q.in[k] : 0;
	}
	bad = bad ? bad : emit(b, &q, bias, e);
	arena_release(&q.arena);
	return bad;
}

/* ---- the model ---- */

static int build_layer(struct builder *b, const struct layer *l, struct err *e)
{
	int pre = l->pre < 0 ? -1 : b->id[l->pre], act = l->act < 0 ? -1 : b->id[l->act];
	int bad = model_layer(b->m, l->name, l->type, l->activation, l->kind, pre, act, l->n_in, l->in, e);
	return bad < 0 ? bad : 0;
}

static int build_inputs(struct builder *b, struct err *e)
{
	const struct model *old = b->p->m;
	int bad = 0;
	for (int i = 0; i < b->g->n_input && bad >= 0; i++) {
		int v = b->g->input[i];
		const struct value *x = &b->g->value[v];
		bad = v == old->input
		              ? model_input(b->m, x->name, old->layer[0].type, old->layout, old->T, old->C, 1, e)
		              : graph_input(b->m->graph, x->name, x->dtype, &x->shape, e);
		b->id[v] = bad;
	}
	b->layer = 1;
	return bad < 0 ? bad : 0;
}

static const char **texts(struct model *m, const char *const *from, int64_t n)
{
	if (!from)
		return NULL;
	const char **to = arena_alloc(&m->arena, (size_t)n, sizeof *to);
	for (int64_t i = 0; i < n; i++)
		to[i] = model_text(m, from[i]);
	return to;
}

static void copy_meta(struct model *to, const struct model *from)
{
	to->producer = model_text(to, from->producer);
	to->fixed_batch = from->fixed_batch;
	to->layout_how = from->layout_how ? model_text(to, from->layout_how) : NULL;
	for (int i = 0; i < from->n_port; i++)
		model_add_port(to, from->port[i].output, from->port[i].name, from->port[i].shape, from->port[i].use);
	to->channel = texts(to, from->channel, from->C);
	to->class_name = texts(to, from->class_name, from->n_class_name);
	to->n_class_name = from->n_class_name;
	if (from->recipe) {
		to->recipe = xcalloc(1, sizeof *to->recipe);
		recipe_init(to->recipe);
		recipe_copy(to->recipe, from->recipe);
	}
}

/* The output has the shape that it had, so its axes mean the same, whoever said it. */
static void copy_output(struct model *to, const struct model *from)
{
	to->out_steps = from->out_steps;
	to->out_channels = from->out_channels;
	to->out_steps_first = from->out_steps_first;
	to->out_steps_outer = from->out_steps_outer;
	to->out_flat = from->out_flat;
	to->task = from->task;
}

static int build_all(struct builder *b, struct err *e)
{
	const struct model *old = b->p->m;
	int bad = build_inputs(b, e);
	for (int i = 0; i < b->g->n_node && !bad; i++) {
		for (; b->layer < old->n_layer && old->layer[b->layer].end_node <= i && !bad; b->layer++)
			bad = build_layer(b, &old->layer[b->layer], e);
		bad = bad ? bad : build_node(b, i, e);
	}
	for (; b->layer < old->n_layer && !bad; b->layer++)
		bad = build_layer(b, &old->layer[b->layer], e);
	if (bad)
		return bad;
	copy_meta(b->m, old);
	bad = model_finish(b->m, b->id[old->output], e);
	copy_output(b->m, old);
	return bad;
}

struct model *prune_build(const struct prune_map *p, const bool *removed, const struct prune_edits *q, struct err *e)
{
	struct builder b = { .p = p, .removed = removed, .edits = q, .g = p->m->graph };
	b.m = model_new(p->m->file, p->m->format);
	b.id = xcalloc((size_t)b.g->n_value + 1, sizeof *b.id);
	for (int i = 0; i < b.g->n_value; i++)
		b.id[i] = -1;
	int bad = build_all(&b, e);
	free(b.id);
	if (bad) {
		model_free(b.m);
		return NULL;
	}
	return b.m;
}
