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
	struct reach first = { REACH_ALL, 0, 0, 0 };
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
}
