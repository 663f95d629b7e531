#include "core/band/band.h"

#include <stdlib.h>
#include <string.h>
#include "core/band/band_plan.h"
#include "core/kernels/op_move.h"
#include "core/kernels/op_util.h"

/* Rows over the whole input for every element: more than this is left to the backward way. */
enum { ROWS_MAX = 1 << 24, JACOBIAN_MAX = 1 << 16 };

/* The filter and time axis of a value that has one of each and nothing else. */
static bool series_axes(const struct value *v, struct carried *c)
{
	int64_t stride = 1;
	int filters = 0, times = 0;
	*c = (struct carried){ .F = 1, .L = 1 };
	for (int i = v->shape.rank - 1; i >= 0; i--) {
		int64_t n = v->shape.dim[i];
		if (v->axis[i] == 'C') {
			filters++;
			c->F = n;
			c->sf = stride;
		} else if (v->axis[i] == 'T') {
			times++;
			c->L = n;
			c->st = stride;
		} else if (n != 1) {
			return false;
		}
		stride *= n;
	}
	return filters <= 1 && times == 1;
}

/* The only input that depends on the window, or -1. */
static int lone_input(const struct graph *g, const struct node *n)
{
	int found = -1;
	for (int i = 0; i < n->n_in; i++)
		if (n->in[i] >= 0 && g->value[n->in[i]].depends) {
			if (found >= 0)
				return -1;
			found = i;
		}
	return found;
}

/* Unite the bands of all inputs that depend on the window; they must walk at the same pace. */
static bool unite(const struct band *b, const struct node *n, struct carried *out)
{
	const struct graph *g = b->m->graph;
	bool first = true;
	int64_t end = 0;
	for (int i = 0; i < n->n_in; i++) {
		const struct carried *in = n->in[i] < 0 ? NULL : &b->of[n->in[i]];
		if (!in || !g->value[n->in[i]].depends)
			continue;
		if (in->kind != CARRY_BAND || in->L != out->L || (!first && in->jump != out->jump))
			return false;
		if (first || in->offset + in->W > end)
			end = in->offset + in->W;
		if (first || in->offset < out->offset)
			out->offset = in->offset;
		out->jump = in->jump;
		first = false;
	}
	out->W = end - out->offset;
	return !first;
}

static bool same_size(const struct band *b, const struct node *n, enum carry kind, int64_t F)
{
	const struct graph *g = b->m->graph;
	for (int i = 0; i < n->n_in; i++)
		if (n->in[i] >= 0 && g->value[n->in[i]].depends &&
		    (b->of[n->in[i]].kind != kind || b->of[n->in[i]].F != F ||
		     shape_count(&g->value[n->in[i]].shape) != shape_count(&g->value[n->out[0]].shape)))
			return false;
	return true;
}

/* A window along the time axis, while all other axes behind the filters have one element. */
static bool slides_in_time(const struct graph *g, const struct node *n, struct window *w)
{
	const struct value *x = &g->value[n->in[0]], *y = &g->value[n->out[0]];
	int time = -1;
	if (x->shape.rank != y->shape.rank)
		return false;
	for (int i = 2; i < x->shape.rank; i++)
		if (x->axis[i] == 'T')
			time = time < 0 ? i : RANK_MAX;
	if (time < 0 || time == RANK_MAX || !window_along(n, time, w) || w->across)
		return false;
	for (int i = 2; i < x->shape.rank; i++)
		if (i != time && (x->shape.dim[i] != 1 || y->shape.dim[i] != 1))
			return false;
	return true;
}

static enum step plan_sliding(struct band *b, int node, const struct node *n, struct carried *out)
{
	const struct graph *g = b->m->graph;
	bool conv = n->op->flags & OP_BILINEAR;
	struct window *s = &b->slide[node];
	const struct carried *in = &b->of[n->in[0]];
	if (lone_input(g, n) != 0 || in->kind != CARRY_BAND || !slides_in_time(g, n, s) ||
	    (n->n_out > 1 && n->out[1] >= 0))
		return STEP_NONE;
	out->jump = in->jump * s->stride;
	out->offset = in->offset - s->pad * in->jump;
	out->W = in->W + (s->k - 1) * s->dilation * in->jump;
	if (conv)
		out->cost = (out->W < b->m->T ? out->W : b->m->T) * b->m->C * out->L * out->F * s->k *
		            (g->value[n->in[1]].shape.dim[1]);
	return conv ? STEP_CONV : STEP_POOL;
}

/* Values that move along the time axis alone, as by Slice or Pad: a window of one tap. */
static bool shift_of(const struct graph *g, const struct node *n, struct window *s)
{
	const struct move *m = n->param;
	const struct value *x = &g->value[n->in[0]], *y = &g->value[n->out[0]];
	const struct view *v = m->view;
	int64_t xs[RANK_MAX], ys[RANK_MAX];
	if (m->index || m->n_view != 1 || v->rank != x->shape.rank || x->shape.rank != y->shape.rank)
		return false;
	shape_strides(&x->shape, xs);
	shape_strides(&y->shape, ys);
	*s = (struct window){ .k = 1, .stride = 1, .dilation = 1 };
	for (int a = 0; a < x->shape.rank; a++)
		if (x->axis[a] != y->axis[a] ||
		    (x->axis[a] != 'T' && (x->shape.dim[a] != y->shape.dim[a] || v->from[a] != xs[a])))
			return false;
		else if (x->axis[a] == 'T')
			*s = (struct window){ .k = 1,
				              .stride = v->from[a] / xs[a],
				              .dilation = 1,
				              .pad = v->y0 / ys[a] * (v->from[a] / xs[a]) - v->x0 / xs[a] };
	return s->stride > 0;
}

static enum step plan_shift(struct band *b, int node, const struct node *n, struct carried *out)
{
	struct window *s = &b->slide[node];
	const struct carried *in = &b->of[n->in[0]];
	if (!(n->op->flags & OP_MOVES) || lone_input(b->m->graph, n) != 0 || in->kind != CARRY_BAND ||
	    in->F != out->F || !shift_of(b->m->graph, n, s))
		return STEP_NONE;
	out->jump = in->jump * s->stride;
	out->offset = in->offset - s->pad * in->jump;
	out->W = in->W;
	return STEP_SHIFT;
}

static int find_axis(const struct value *v, char label)
{
	const char *at = memchr(v->axis, label, (size_t)v->shape.rank);
	return at ? (int)(at - v->axis) : -1;
}

/* Position p along the axis with this label is position p of the input. */
static bool keeps_axis(const struct graph *g, const struct node *n, char label)
{
	int in = find_axis(&g->value[n->in[0]], label), out = find_axis(&g->value[n->out[0]], label);
	if (in < 0 || out < 0)
		return in == out;
	struct reach r = op_reach(&(struct reach_query){ g, n, 0, in, 0, out });
	return r.kind == REACH_WINDOW && r.stride == 1 && r.first == 0 && r.n == 1;
}

/* Each filter's steps stay what they are, perhaps in another order of the axes. */
static bool is_alias(const struct band *b, const struct node *n, const struct carried *out)
{
	const struct graph *g = b->m->graph;
	const struct carried *in = &b->of[n->in[0]];
	bool all = n->op->flags & OP_COPIES || (n->op->flags & OP_MOVES && !((const struct move *)n->param)->fill);
	return all && in->F == out->F && (in->F == 1 || keeps_axis(g, n, 'C')) && (in->L == 1 || keeps_axis(g, n, 'T'));
}

/* Rows: an element each, over the whole input. */
static bool rows_fit(const struct band *b, const struct value *v, struct carried *out)
{
	*out = (struct carried){ .kind = CARRY_ROWS, .F = shape_count(&v->shape), .L = 1, .sf = 1 };
	return out->F <= ROWS_MAX / (b->m->T * b->m->C);
}

static bool reduces_time(const struct band *b, const struct node *n)
{
	const struct value *y = &b->m->graph->value[n->out[0]];
	const struct carried *in = &b->of[n->in[0]];
	return in->kind == CARRY_BAND && shape_count(&y->shape) == in->F && in->L > 1;
}

/* A product with a matrix of weights. */
static bool is_dense(const struct graph *g, const struct node *n)
{
	return n->op->filter_axis && g->value[n->in[1]].shape.rank == 2;
}

static enum step plan_rows(struct band *b, const struct node *n, struct carried *out)
{
	const struct graph *g = b->m->graph;
	const struct value *y = &g->value[n->out[0]];
	unsigned is = n->op->flags;
	int x = lone_input(g, n);
	if (!rows_fit(b, y, out))
		return STEP_NONE;
	const struct carried *in = x < 0 ? NULL : &b->of[n->in[x]];
	if (in && reduces_time(b, n)) {
		out->cost = in->F * in->L * in->W * b->m->C;
		return !(is & OP_REDUCES) ? STEP_NONE
		       : is & OP_MEAN     ? STEP_REDUCE_MEAN
		       : is & OP_MAXIMUM  ? STEP_REDUCE_MAX
		                          : STEP_NONE;
	}
	if (in && is & OP_COPIES) {
		out->cost = out->F * b->m->T * b->m->C;
		return in->kind == CARRY_BAND ? STEP_FLATTEN : STEP_ALIAS;
	}
	if (in && x == 0 && in->kind == CARRY_ROWS && is_dense(g, n)) {
		const struct value *w = &g->value[n->in[1]];
		bool vector = g->value[n->in[0]].shape.rank >= 1 && w->shape.rank == 2 &&
		              g->value[n->in[0]].shape.dim[g->value[n->in[0]].shape.rank - 1] == in->F &&
		              !attr_int(n, "transA", 0);
		out->cost = in->F * out->F * b->m->T * b->m->C;
		return vector ? STEP_MATMUL : STEP_NONE;
	}
	if (n->op->slope && same_size(b, n, CARRY_ROWS, out->F))
		return STEP_POINT;
	if (in && in->kind == CARRY_ROWS && n->op->backward && n->n_out == 1 && in->F * out->F <= JACOBIAN_MAX) {
		out->cost = in->F * out->F * b->m->T * b->m->C;
		return STEP_JACOBIAN;
	}
	return STEP_NONE;
}

static enum step plan_series(struct band *b, int node, const struct node *n, struct carried *out)
{
	const struct graph *g = b->m->graph;
	unsigned is = n->op->flags;
	out->kind = CARRY_BAND;
	if (n->op->window && !(is & OP_REDUCES))
		return plan_sliding(b, node, n, out);
	if (plan_shift(b, node, n, out) == STEP_SHIFT)
		return STEP_SHIFT;
	if (!unite(b, n, out))
		return STEP_NONE;
	if (lone_input(g, n) == 0 && is_alias(b, n, out))
		return STEP_ALIAS;
	if (n->op->slope && same_size(b, n, CARRY_BAND, out->F))
		return STEP_POINT;
	int64_t axis = attr_int(n, "axis", 0);
	const struct value *y = &g->value[n->out[0]];
	if (is & OP_JOINS && y->axis[axis < 0 ? axis + y->shape.rank : axis] == 'C') {
		for (int i = 0; i < n->n_in; i++)
			if (!g->value[n->in[i]].depends)
				return STEP_NONE;
		return STEP_CONCAT;
	}
	return STEP_NONE;
}

static void plan_node(struct band *b, int i)
{
	const struct graph *g = b->m->graph;
	const struct node *n = &g->node[i];
	if (n->n_out < 1 || n->out[0] < 0 || !g->value[n->out[0]].depends || g->value[n->out[0]].dtype != DT_REAL)
		return;
	for (int k = 0; k < n->n_in; k++)
		if (n->in[k] >= 0 && g->value[n->in[k]].depends && b->of[n->in[k]].kind == CARRY_NONE)
			return;
	struct carried *out = &b->of[n->out[0]], c;
	enum step s = series_axes(&g->value[n->out[0]], &c) && c.L >= 1 ? plan_series(b, i, n, &c) : STEP_NONE;
	if (s == STEP_NONE)
		s = plan_rows(b, n, &c);
	if (s == STEP_NONE)
		return;
	if (c.kind == CARRY_BAND)
		c.cost += c.F * c.L * c.W * b->m->C;
	*out = c;
	b->step[i] = (unsigned char)s;
}

/* One backward pass through all that lies before the layer costs about twice its forward. */
static int64_t backward_cost(const struct model *m, const struct layer *l)
{
	int64_t macs = 0;
	for (int i = 0; i < m->graph->n_node && i <= m->graph->value[l->act].node; i++) {
		const struct node *n = &m->graph->node[i];
		macs += n->op->macs ? n->op->macs(m->graph, n) : 0;
	}
	return macs;
}

static bool layer_covered(const struct band *b, const struct layer *l)
{
	if (l->kind != LAYER_ANALYSED)
		return false;
	const struct carried *c = &b->of[l->act];
	return c->kind != CARRY_NONE && (c->kind != CARRY_ROWS || l->times == 1) && c->F == l->filters;
}

struct band *band_new(const struct model *m, const struct layer *layer, int n_layer)
{
	const struct graph *g = m->graph;
	struct band *b = xcalloc(1, sizeof *b);
	b->m = m;
	b->layer = layer;
	b->n_layer = n_layer;
	b->of = xcalloc((size_t)g->n_value, sizeof *b->of);
	b->step = xcalloc((size_t)g->n_node, sizeof *b->step);
	b->slide = xcalloc((size_t)g->n_node, sizeof *b->slide);
	b->covers = xcalloc((size_t)n_layer, sizeof *b->covers);
	struct carried *in = &b->of[m->input];
	if (series_axes(&g->value[m->input], in)) {
		in->kind = CARRY_BAND;
		in->jump = in->W = 1;
	}
	for (int i = 0; i < g->n_node; i++)
		plan_node(b, i);
	for (int i = 0; i < n_layer; i++)
		b->covers[i] = layer_covered(b, &layer[i]);
	return b;
}

void band_free(struct band *b)
{
	if (!b)
		return;
	free(b->of);
	free(b->step);
	free(b->slide);
	free(b->covers);
	free(b);
}

void band_chunk(struct band *b, int64_t steps)
{
	b->chunk_steps = steps;
}

bool band_covers(const struct band *b, int layer)
{
	return b->covers[layer];
}

/* Mark the nodes before `value` that are not marked yet; returns what they cost. */
static int64_t mark_before(const struct band *b, int value, bool *marked)
{
	const struct graph *g = b->m->graph;
	bool *need = xcalloc((size_t)g->n_value, sizeof *need);
	int64_t cost = 0;
	need[value] = true;
	for (int i = g->value[value].node; i >= 0; i--) {
		const struct node *n = &g->node[i];
		if (b->step[i] == STEP_NONE || !need[n->out[0]])
			continue;
		cost += marked[i] ? 0 : b->of[n->out[0]].cost;
		marked[i] = true;
		for (int k = 0; k < n->n_in; k++)
			if (n->in[k] >= 0)
				need[n->in[k]] = true;
	}
	free(need);
	return cost;
}

int64_t band_choose(const struct band *b, const bool *want, bool *chosen)
{
	size_t n = (size_t)b->m->graph->n_node;
	bool *marked = xcalloc(n, sizeof *marked), *trial = xcalloc(n, sizeof *trial);
	int64_t total = 0;
	memset(chosen, 0, (size_t)b->n_layer * sizeof *chosen);
	/* the second time round for layers that cost nothing more because later ones pass through them */
	for (int round = 0; round < 2; round++)
		for (int l = 0; l < b->n_layer; l++) {
			if (!want[l] || !b->covers[l] || chosen[l])
				continue;
			memcpy(trial, marked, n * sizeof *trial);
			int64_t cost = mark_before(b, b->layer[l].act, trial);
			if (cost > b->layer[l].filters * backward_cost(b->m, &b->layer[l]))
				continue;
			memcpy(marked, trial, n * sizeof *trial);
			chosen[l] = true;
			total += cost;
		}
	free(marked);
	free(trial);
	return total;
}
