#include "core/prune/prune_map.h"

#include <stdlib.h>
#include <string.h>
#include "core/prune/prune_rules.h"

/* ---- classes of atoms ---- */

int prune_class(const struct prune_map *p, int atom)
{
	while (p->atom[atom].parent != atom)
		atom = p->atom[atom].parent;
	return atom;
}

bool prune_removable(const struct prune_map *p, int atom)
{
	return !p->atom[prune_class(p, atom)].stays;
}

void walk_stay(struct prune_walk *w, int atom)
{
	if (atom < 0)
		return;
	struct prune_atom *a = &w->p->atom[prune_class(w->p, atom)];
	if (a->stays)
		return;
	a->stays = true;
	a->why = w->why;
	a->where = w->node;
}

void walk_join(struct prune_walk *w, int a, int b)
{
	if (a < 0 || b < 0) {
		walk_stay(w, a < 0 ? b : a);
		return;
	}
	int x = prune_class(w->p, a), y = prune_class(w->p, b);
	if (x == y)
		return;
	struct prune_atom *to = &w->p->atom[x < y ? x : y], *from = &w->p->atom[x < y ? y : x];
	from->parent = x < y ? x : y;
	if (from->stays && !to->stays) {
		to->stays = true;
		to->why = from->why;
		to->where = from->where;
	}
}

/* ---- tags ---- */

int prune_axis(const struct prune_map *p, int value)
{
	for (int i = 0; value >= 0 && i < p->m->graph->value[value].shape.rank; i++)
		if (p->tag[value].atom[i])
			return i;
	return -1;
}

int walk_axis(const struct prune_walk *w, int k, const int **atoms)
{
	const struct value *v = walk_value(w, k);
	int axis = v && v->depends ? prune_axis(w->p, w->n->in[k]) : -1;
	if (atoms)
		*atoms = axis < 0 ? NULL : w->p->tag[w->n->in[k]].atom[axis];
	return axis;
}

static void set_tag(struct prune_walk *w, int value, int axis, const int *atoms)
{
	struct prune_tag *t = &w->p->tag[value];
	int64_t n = w->g->value[value].shape.dim[axis];
	for (int64_t i = 0; i < n && (t->plain >> axis & 1 || t->atom[axis]); i++)
		walk_join(w, atoms[i], t->plain >> axis & 1 ? -1 : t->atom[axis][i]);
	if (!t->atom[axis])
		t->atom[axis] = arena_dup(&w->p->arena, atoms, (size_t)n, sizeof *atoms);
}

void walk_out(struct prune_walk *w, int k, int axis, const int *atoms)
{
	if (w->n->out[k] >= 0)
		set_tag(w, w->n->out[k], axis, atoms);
}

void walk_const(struct prune_walk *w, int k, int axis, const int *atoms)
{
	const struct value *v = walk_value(w, k);
	if (!v)
		return;
	w->touched[k] |= 1u << axis;
	set_tag(w, w->n->in[k], axis, atoms);
}

/* What a rule does not speak of is read whole. */
static void read_whole(struct prune_walk *w)
{
	for (int k = 0; k < w->n->n_in; k++) {
		const struct value *v = walk_value(w, k);
		if (!v || v->depends)
			continue;
		struct prune_tag *t = &w->p->tag[w->n->in[k]];
		for (int i = 0; i < v->shape.rank; i++) {
			if (k < 32 && w->touched[k] >> i & 1)
				continue;
			t->plain |= 1u << i;
			for (int64_t f = 0; t->atom[i] && f < v->shape.dim[i]; f++)
				walk_stay(w, t->atom[i][f]);
		}
	}
}

static void stay_all(struct prune_walk *w, int value)
{
	int axis = prune_axis(w->p, value);
	for (int64_t i = 0; axis >= 0 && i < w->g->value[value].shape.dim[axis]; i++)
		walk_stay(w, w->p->tag[value].atom[axis][i]);
}

/* ---- makers and consumers ---- */

static int layer_of_node(const struct model *m, int node)
{
	for (int i = 0; i < m->n_layer; i++)
		if (node >= m->layer[i].first_node && node < m->layer[i].end_node)
			return i;
	return -1;
}

const int *walk_make(struct prune_walk *w, int axis, bool convolution)
{
	struct prune_map *p = w->p;
	int value = w->n->out[0];
	int64_t n = w->g->value[value].shape.dim[axis];
	int *atoms = arena_alloc(&p->arena, (size_t)n, sizeof *atoms);
	p->maker = xrealloc(p->maker, (size_t)p->n_maker + 1, sizeof *p->maker);
	p->maker[p->n_maker] = (struct prune_maker){ .node = w->node,
		                                     .value = value,
		                                     .axis = axis,
		                                     .layer = layer_of_node(p->m, w->node),
		                                     .n = n,
		                                     .first = p->n_atom,
		                                     .convolution = convolution,
		                                     .family = p->n_maker };
	if (p->n_atom + n > p->cap_atom) {
		p->cap_atom = 2 * (p->n_atom + (int)n);
		p->atom = xrealloc(p->atom, (size_t)p->cap_atom, sizeof *p->atom);
	}
	for (int64_t i = 0; i < n; i++) {
		atoms[i] = p->n_atom++;
		p->atom[atoms[i]] =
		        (struct prune_atom){ .parent = atoms[i], .maker = p->n_maker, .filter = i, .where = -1 };
	}
	p->n_maker++;
	walk_out(w, 0, axis, atoms);
	return atoms;
}

void walk_consumer(struct prune_walk *w, int k, int axis, enum prune_reader kind)
{
	struct prune_map *p = w->p;
	p->consumer = xrealloc(p->consumer, (size_t)p->n_consumer + 1, sizeof *p->consumer);
	p->consumer[p->n_consumer++] = (struct prune_consumer){
		.node = w->node, .value = w->n->in[k], .axis = axis, .layer = layer_of_node(p->m, w->node), .kind = kind
	};
}

/* Makers whose atoms share a class are one family, which has the number of its first maker. */
static void find_families(struct prune_map *p)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (int a = 0; a < p->n_atom; a++) {
			int *x = &p->maker[p->atom[a].maker].family;
			int *y = &p->maker[p->atom[prune_class(p, a)].maker].family;
			changed |= *x != *y;
			*x = *y = *x < *y ? *x : *y;
		}
	}
}

/* ---- values that are only moved ---- */

/* The numbers of the atoms, plus 1, at every element of a value; 0: what always stays. */
static void *codes_of(const struct prune_walk *w, int value)
{
	const struct value *v = &w->g->value[value];
	int64_t n = shape_count(&v->shape);
	int axis = v->depends ? prune_axis(w->p, value) : -1;
	bool is_real = v->dtype == DT_REAL;
	real *r = is_real ? xcalloc((size_t)n + 1, sizeof *r) : NULL;
	int64_t *whole = is_real ? NULL : xcalloc((size_t)n + 1, sizeof *whole), inner = 1;
	for (int i = axis + 1; axis >= 0 && i < v->shape.rank; i++)
		inner *= v->shape.dim[i];
	for (int64_t i = 0; axis >= 0 && i < n; i++) {
		int code = w->p->tag[value].atom[axis][i / inner % v->shape.dim[axis]] + 1;
		if (is_real)
			r[i] = (real)code;
		else
			whole[i] = code;
	}
	return is_real ? (void *)r : whole;
}

static int code_at(const struct value *v, const void *y, int64_t i)
{
	return v->dtype == DT_REAL ? (int)((const real *)y)[i] : (int)((const int64_t *)y)[i];
}

/* Whether the code of each element depends on its position along this axis alone. atoms (dim of the axis) */
static bool codes_lie_along(const struct value *v, const void *y, int axis, int *atoms)
{
	int64_t n = shape_count(&v->shape), inner = 1, dim = v->shape.dim[axis];
	for (int i = axis + 1; i < v->shape.rank; i++)
		inner *= v->shape.dim[i];
	for (int64_t k = 0; k < dim; k++)
		atoms[k] = code_at(v, y, k * inner) - 1;
	for (int64_t i = 0; i < n; i++)
		if (code_at(v, y, i) != atoms[i / inner % dim] + 1)
			return false;
	return true;
}

/* Gives output k the atoms whose codes were computed. false: they lie along no axis. */
static bool take_codes(struct prune_walk *w, int k, const void *y)
{
	const struct value *v = &w->g->value[w->n->out[k]];
	int64_t n = shape_count(&v->shape);
	bool any = false, found = false;
	for (int64_t i = 0; i < n && !any; i++)
		any = code_at(v, y, i) != 0;
	/* Axes that the graph calls filters come first: of a single filter, every axis would do. */
	for (int pass = 0; pass < 2 && any && !found; pass++)
		for (int i = 0; i < v->shape.rank && !found; i++) {
			if ((v->axis[i] == 'C') != (pass == 0))
				continue;
			int *atoms = xcalloc((size_t)v->shape.dim[i] + 1, sizeof *atoms);
			found = codes_lie_along(v, y, i, atoms);
			if (found)
				walk_out(w, k, i, atoms);
			free(atoms);
		}
	return found || !any;
}

const char *walk_moves(struct prune_walk *w)
{
	const struct node *n = w->n;
	const char *why = NULL;
	if (n->n_in > 32 || n->n_out > 32)
		return "it has too many inputs or outputs";
	const void *x[32] = { 0 };
	void *own[32] = { 0 }, *y[32] = { 0 };
	for (int k = 0; k < n->n_in; k++) {
		const struct value *v = walk_value(w, k);
		if (v && !v->depends && v->dtype == DT_INT64)
			x[k] = v->i;
		else if (v)
			x[k] = own[k] = codes_of(w, n->in[k]);
	}
	for (int k = 0; k < n->n_out; k++)
		if (n->out[k] >= 0)
			y[k] = xcalloc(1, value_bytes(&w->g->value[n->out[k]]) + 1);
	struct op_call call = { .g = w->g, .n = n, .x = x, .y = y, .lanes = 1 };
	call.save = xcalloc(1, n->save_bytes + 1);
	call.tmp = xcalloc(1, n->tmp_bytes + 1);
	if (!node_is_empty(w->g, n))
		n->op->forward(&call);
	for (int k = 0; k < n->n_out && !why; k++)
		if (n->out[k] >= 0 && !take_codes(w, k, y[k]))
			why = "it mixes the axis of the filters with another one";
	for (int k = 0; k < 32; k++) {
		free(own[k]);
		free(y[k]);
	}
	free(call.save);
	free(call.tmp);
	return why;
}

/* ---- the walk ---- */

static void walk_node(struct prune_map *p, int node)
{
	const struct graph *g = p->m->graph;
	struct prune_walk w = { .p = p, .g = g, .n = &g->node[node], .node = node };
	const struct prune_rule *rule = prune_rule_find(w.n->op->name);
	w.why = "what it is joined with cannot be followed";
	const char *why = rule && rule->follow && w.n->n_in <= 32 ? rule->follow(&w)
	                  : rule && rule->why                     ? rule->why
	                                                          : "tsviz has no rule for it";
	if (why) {
		w.why = why;
		for (int k = 0; k < w.n->n_in; k++)
			if (w.n->in[k] >= 0 && g->value[w.n->in[k]].depends)
				stay_all(&w, w.n->in[k]);
		for (int k = 0; k < w.n->n_out; k++)
			if (w.n->out[k] >= 0) {
				stay_all(&w, w.n->out[k]);
				p->tag[w.n->out[k]] = (struct prune_tag){ 0 };
			}
	}
	w.why = "its weights are also read whole";
	read_whole(&w);
}

void prune_map_init(struct prune_map *p, const struct model *m)
{
	const struct graph *g = m->graph;
	*p = (struct prune_map){ .m = m };
	p->tag = xcalloc((size_t)g->n_value + 1, sizeof *p->tag);
	for (int i = 0; i < g->n_node; i++)
		walk_node(p, i);
	struct prune_walk end = { .p = p, .g = g, .node = -1, .why = "they are the output of the network" };
	stay_all(&end, m->output);
	for (int i = 0; i < g->n_output; i++)
		stay_all(&end, g->output[i]);
	find_families(p);
}

void prune_map_release(struct prune_map *p)
{
	arena_release(&p->arena);
	free(p->tag);
	free(p->atom);
	free(p->maker);
	free(p->consumer);
	*p = (struct prune_map){ 0 };
}

const char *prune_why(const struct prune_map *p, int maker, char *buf, size_t size)
{
	const struct prune_maker *q = &p->maker[maker];
	const struct prune_atom *first = NULL;
	*buf = '\0';
	for (int64_t i = 0; i < q->n; i++) {
		const struct prune_atom *a = &p->atom[prune_class(p, q->first + (int)i)];
		if (!a->stays)
			return buf;
		first = first ? first : a;
	}
	if (!first)
		return buf;
	if (first->where < 0) {
		snprintf(buf, size, "%s", first->why);
		return buf;
	}
	const struct node *n = &p->m->graph->node[first->where];
	int layer = layer_of_node(p->m, first->where);
	snprintf(buf, size, "at %s (%s): %s", layer >= 0 ? p->m->layer[layer].name : n->name, n->op->name, first->why);
	return buf;
}

/* ---- what is removed ---- */

bool prune_stays(const struct prune_map *p, const bool *removed, int value, int axis, int64_t i)
{
	const int *atoms = p->tag[value].atom[axis];
	return !atoms || atoms[i] < 0 || !removed[prune_class(p, atoms[i])];
}

struct shape prune_shape(const struct prune_map *p, const bool *removed, int value)
{
	struct shape s = p->m->graph->value[value].shape;
	for (int k = 0; k < s.rank; k++) {
		int64_t n = 0;
		for (int64_t i = 0; i < s.dim[k]; i++)
			n += prune_stays(p, removed, value, k, i);
		s.dim[k] = n;
	}
	return s;
}
