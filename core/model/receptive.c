#include "core/model/receptive.h"

#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"

/* Step t of a value depends on the input's steps t*jump + first + 0 .. steps-1. jump 0: on `steps` neighbouring ones
 * that lie anywhere, or, if all is set, on any of them. One element of the step depends on `point` of them: on fewer if
 * an operator has put elements of several steps into one. */
struct field {
	bool all;
	int64_t steps, jump, first, point;
};

static const struct field everything = { .all = true };

/* The axis of time: of the axes labelled 'T' the one that is longer than 1, or the first if none is. -1: no axis is
 * labelled so, or several of them are longer than 1. */
static int time_axis(const struct value *v)
{
	int found = -1;
	for (int i = 0; i < v->shape.rank; i++) {
		if (v->axis[i] != 'T')
			continue;
		if (found >= 0 && v->shape.dim[found] > 1 && v->shape.dim[i] > 1)
			return -1;
		if (found < 0 || v->shape.dim[found] == 1)
			found = i;
	}
	return found;
}

/* The field of an element that reads, as r says, elements with the field f. */
static struct field through(struct field f, struct reach r)
{
	int64_t wide, shift;
	if (r.kind == REACH_UP)
		r = (struct reach){ REACH_SCATTERED, .n = (r.n - 1) / r.stride + 1 };
	if (f.all || r.kind == REACH_ALL || (!f.jump && r.n > 1))
		return everything;
	if (!i64_mul(r.n - 1, f.jump, &wide) || !i64_add(f.steps, wide, &f.steps))
		return everything;
	if (r.kind == REACH_SCATTERED || !f.jump) {
		f.jump = 0;
		return f;
	}
	if (!i64_mul(r.first, f.jump, &shift) || !i64_add(f.first, shift, &f.first) ||
	    !i64_mul(f.jump, r.stride, &f.jump))
		return everything;
	return f;
}

/* The field of an element that depends on elements with the fields a and b. */
static struct field unite(struct field a, struct field b)
{
	if (a.all || b.all || !a.jump || a.jump != b.jump)
		return everything;
	int64_t end_a = a.first + a.steps, end_b = b.first + b.steps, first = a.first < b.first ? a.first : b.first;
	return (struct field){ false, (end_a > end_b ? end_a : end_b) - first, a.jump, first, 0 };
}

/* The field of an element that is moved from one of two inputs, with the fields a and b. */
static struct field either(struct field a, struct field b)
{
	return a.all || b.all ? everything : (struct field){ false, a.steps > b.steps ? a.steps : b.steps, 0, 0, 0 };
}

static struct field node_field(const struct graph *g, const struct node *n, int out, const struct field *of)
{
	struct field f = everything;
	struct reach first = { REACH_ALL, 0, 0, 0, false };
	int found = 0;
	int64_t point = 0;
	int to = time_axis(&g->value[n->out[out]]);
	for (int k = 0; k < n->n_in && to >= 0; k++) {
		const struct value *x = n->in[k] < 0 ? NULL : &g->value[n->in[k]];
		if (!x || !x->depends)
			continue;
		int from = time_axis(x);
		if (from < 0)
			return everything;
		struct reach r = op_reach(&(struct reach_query){ g, n, k, from, out, to });
		struct field part = through(of[n->in[k]], r);
		bool moved = n->op->flags & OP_MOVES && (r.first != first.first || !f.jump || f.jump != part.jump);
		f = !found ? part : moved ? either(f, part) : unite(f, part);
		point = of[n->in[k]].point > point ? of[n->in[k]].point : point;
		first = found++ ? first : r;
	}
	bool one = n->op->flags & OP_MOVES || (found == 1 && n->op->flags & (OP_UNARY | OP_POINTWISE));
	f.point = one ? point : f.steps;
	return f;
}

/* ---- fields step by step ---- */

/* Where steps are put between those of the input (REACH_UP), the fields of neighbouring steps lie at different
 * distances. Then the first and the last step of the window on which each step depends are followed one by one. They
 * end at the window's ends. */
struct span {
	int64_t first, last; /* last < first: none */
};
struct spans {
	struct span *of;  /* (n) by step along the axis of time; NULL: every step may depend on the whole window */
	int64_t n, point; /* point: as in struct field */
};
/* Larger networks are left to the fields above. */
enum { SPANS_MAX = 1 << 23 };

static int64_t div_down(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* The positions of an axis of len on which position t depends. */
static struct span positions(struct reach r, int64_t t, int64_t len)
{
	struct span p = { 0, len - 1 };
	if (r.kind == REACH_WINDOW)
		p = (struct span){ t * r.stride + r.first, t * r.stride + r.first + r.n - 1 };
	else if (r.kind == REACH_UP)
		p = (struct span){ -div_down(-(t + r.first), r.stride), div_down(t + r.first + r.n - 1, r.stride) };
	bool outside = p.last < 0 || p.first >= len;
	if (outside && r.mirrored)
		return (struct span){ 0, len - 1 };
	p.first = p.first < 0 ? 0 : p.first;
	p.last = p.last >= len ? len - 1 : p.last;
	return p;
}

static void span_add(struct span *s, struct span more)
{
	if (more.last < more.first)
		return;
	bool none = s->last < s->first;
	s->first = none || more.first < s->first ? more.first : s->first;
	s->last = none || more.last > s->last ? more.last : s->last;
}

/* Adds what input k contributes to the spans of output o. Returns false if that is the whole window. */
static bool input_spans(const struct graph *g, const struct node *n, int k, int out, const struct spans *x,
                        struct spans *y)
{
	int from = time_axis(&g->value[n->in[k]]), to = time_axis(&g->value[n->out[out]]);
	struct reach r = { REACH_ALL, 0, 0, 0, false };
	if (from >= 0 && to >= 0)
		r = op_reach(&(struct reach_query){ g, n, k, from, out, to });
	if (!x->of || (r.kind != REACH_WINDOW && r.kind != REACH_UP))
		return false;
	for (int64_t t = 0; t < y->n; t++) {
		struct span p = positions(r, t, x->n);
		for (int64_t u = p.first; u <= p.last; u++)
			span_add(&y->of[t], x->of[u]);
	}
	return true;
}

static struct spans node_spans(const struct graph *g, const struct node *n, int out, const struct spans *of)
{
	const struct value *v = &g->value[n->out[out]];
	int axis = time_axis(v), found = 0;
	struct spans y = { .n = axis < 0 ? 0 : v->shape.dim[axis] };
	bool known = axis >= 0;
	int64_t point = 0;
	y.of = xcalloc((size_t)y.n + 1, sizeof *y.of);
	for (int64_t t = 0; t < y.n; t++)
		y.of[t] = (struct span){ 0, -1 };
	for (int k = 0; k < n->n_in && known; k++) {
		if (n->in[k] < 0 || !g->value[n->in[k]].depends)
			continue;
		known = input_spans(g, n, k, out, &of[n->in[k]], &y);
		point = of[n->in[k]].point > point ? of[n->in[k]].point : point;
		found++;
	}
	if (!known) {
		free(y.of);
		return (struct spans){ 0 };
	}
	y.point = 0;
	for (int64_t t = 0; t < y.n; t++) {
		int64_t wide = y.of[t].last - y.of[t].first + 1;
		y.point = wide > y.point ? wide : y.point;
	}
	bool one = n->op->flags & OP_MOVES || (found == 1 && n->op->flags & (OP_UNARY | OP_POINTWISE));
	y.point = one && point < y.point ? point : y.point;
	return y;
}

/* Returns whether output k of the node has more steps than an input because steps are put between. */
static bool puts_between(const struct graph *g, const struct node *n, int k)
{
	int to = time_axis(&g->value[n->out[k]]);
	for (int i = 0; i < n->n_in && to >= 0; i++) {
		int from = n->in[i] < 0 || !g->value[n->in[i]].depends ? -1 : time_axis(&g->value[n->in[i]]);
		if (from >= 0 && op_reach(&(struct reach_query){ g, n, i, from, k, to }).kind == REACH_UP)
			return true;
	}
	return false;
}

/* Returns whether steps are put between others somewhere, and there are not too many in all. */
static bool wants_spans(const struct graph *g)
{
	bool up = false;
	int64_t n = 0;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_out; k++) {
			const struct value *v = g->node[i].out[k] < 0 ? NULL : &g->value[g->node[i].out[k]];
			int axis = v && v->depends ? time_axis(v) : -1;
			if (axis < 0)
				continue;
			up |= puts_between(g, &g->node[i], k);
			n += v->shape.dim[axis];
			if (n > SPANS_MAX)
				return false;
		}
	return up;
}

/* Fills in the receptive fields of the layers whose fields are those of the whole window, if they are smaller. */
static void receptive_spans(struct model *m)
{
	const struct graph *g = m->graph;
	struct spans *of = xcalloc((size_t)g->n_value + 1, sizeof *of);
	for (int i = 0; i < g->n_value; i++) {
		const struct value *v = &g->value[i];
		int axis = v->depends && v->node < 0 ? time_axis(v) : -1;
		if (axis < 0 || v->shape.dim[axis] != m->T)
			continue;
		of[i] = (struct spans){ xcalloc((size_t)m->T + 1, sizeof(struct span)), m->T, 1 };
		for (int64_t t = 0; t < m->T; t++)
			of[i].of[t] = (struct span){ t, t };
	}
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_out; k++)
			if (g->node[i].out[k] >= 0 && g->value[g->node[i].out[k]].depends)
				of[g->node[i].out[k]] = node_spans(g, &g->node[i], k, of);
	for (int i = 0; i < m->n_layer; i++) {
		struct layer *l = &m->layer[i];
		const struct spans *s = l->act < 0 ? NULL : &of[l->act];
		if (s && s->of && l->stride_in == 0 && s->point < l->receptive)
			l->receptive = s->point;
	}
	for (int i = 0; i < g->n_value; i++)
		free(of[i].of);
	free(of);
}

void receptive_fields(struct model *m)
{
	const struct graph *g = m->graph;
	struct field *of = xcalloc((size_t)g->n_value, sizeof *of);
	for (int i = 0; i < g->n_value; i++)
		of[i] = (struct field){ .steps = 1, .jump = 1, .point = 1 };
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		for (int k = 0; k < n->n_out; k++)
			if (n->out[k] >= 0)
				of[n->out[k]] = node_field(g, n, k, of);
	}
	for (int i = 0; i < m->n_layer; i++) {
		struct layer *l = &m->layer[i];
		if (l->act < 0)
			continue;
		const struct field *f = &of[l->act];
		l->receptive = f->all ? m->T : f->point;
		l->stride_in = f->all ? 0 : f->jump;
	}
	free(of);
	if (wants_spans(g))
		receptive_spans(m);
}

/* ---- the field of one step ---- */

static struct span whole(const struct graph *g, int value)
{
	int axis = time_axis(&g->value[value]);
	return (struct span){ 0, axis < 0 ? 0 : g->value[value].shape.dim[axis] - 1 };
}

/* The steps of input k on which the steps p of output o of the node depend. */
static struct span span_back(const struct graph *g, const struct node *n, int o, int k, struct span p)
{
	const struct value *x = &g->value[n->in[k]];
	int from = time_axis(x), to = time_axis(&g->value[n->out[o]]);
	if (from < 0 || to < 0)
		return whole(g, n->in[k]);
	struct reach r = op_reach(&(struct reach_query){ g, n, k, from, o, to });
	if (r.kind != REACH_WINDOW && r.kind != REACH_UP)
		return whole(g, n->in[k]);
	int64_t len = x->shape.dim[from];
	struct span a = positions(r, p.first, len), b = positions(r, p.last, len);
	return (struct span){ a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last };
}

void receptive_span(const struct model *m, const struct layer *l, int64_t t, int64_t *first, int64_t *last)
{
	const struct graph *g = m->graph;
	const struct value *v = &g->value[l->act];
	struct span *of = xcalloc((size_t)g->n_value, sizeof *of);
	int axis = time_axis(v);
	for (int i = 0; i < g->n_value; i++)
		of[i] = (struct span){ 0, -1 };
	of[l->act] = axis >= 0 && v->shape.dim[axis] == l->times ? (struct span){ t, t } : whole(g, l->act);
	for (int i = g->n_node - 1; i >= 0; i--) {
		const struct node *n = &g->node[i];
		for (int o = 0; o < n->n_out; o++) {
			struct span p = n->out[o] < 0 ? (struct span){ 0, -1 } : of[n->out[o]];
			for (int k = 0; k < n->n_in && p.last >= p.first; k++)
				if (n->in[k] >= 0 && g->value[n->in[k]].depends)
					span_add(&of[n->in[k]], span_back(g, n, o, k, p));
		}
	}
	struct span s = of[m->input];
	/* an input whose axis of time is not known */
	if (s.last >= s.first && time_axis(&g->value[m->input]) < 0)
		s = (struct span){ 0, m->T - 1 };
	*first = s.first;
	*last = s.last;
	free(of);
}
