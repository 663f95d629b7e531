#include "core/diff/diff_align.h"

#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"

static bool computes(const struct layer *l)
{
	return l->kind != LAYER_INPUT && l->kind != LAYER_LAYOUT;
}

int diff_layer_count(const struct model *m)
{
	int n = 0;
	for (int i = 0; i < m->n_layer; i++)
		n += computes(&m->layer[i]);
	return n;
}

static int *layers_of(const struct model *m, int n)
{
	int *list = xcalloc((size_t)n + 1, sizeof *list), k = 0;
	for (int i = 0; i < m->n_layer; i++)
		if (computes(&m->layer[i]))
			list[k++] = i;
	return list;
}

static bool same_shape(const struct layer *p, const struct layer *q)
{
	return p->kind == LAYER_ANALYSED && q->kind == LAYER_ANALYSED && p->filters == q->filters &&
	       p->times == q->times;
}

static const struct op *first_op(const struct model *m, const struct layer *l)
{
	return l->first_node < l->end_node ? m->graph->node[l->first_node].op : NULL;
}

static int score(const struct model *a, const struct model *b, int i, int k)
{
	const struct layer *p = &a->layer[i], *q = &b->layer[k];
	const struct op *op = first_op(a, p);
	return 4 * !strcmp(p->name, q->name) + 2 * same_shape(p, q) + (op && op == first_op(b, q));
}

/* best (n_a + 1, n_b + 1): the largest sum of the layers from i on and from k on. */
static void fill(const struct model *a, const struct model *b, const int *la, const int *lb, int n_a, int n_b,
                 int *best)
{
	size_t w = (size_t)n_b + 1;
	for (int i = n_a - 1; i >= 0; i--)
		for (int k = n_b - 1; k >= 0; k--) {
			int *at = &best[(size_t)i * w + (size_t)k];
			int s = score(a, b, la[i], lb[k]);
			int skip = at[w] > at[1] ? at[w] : at[1];
			*at = s && s + at[w + 1] >= skip ? s + at[w + 1] : skip;
		}
}

static bool has_flags(const struct model *m, const struct layer *l, unsigned flags)
{
	for (int i = l->first_node; i < l->end_node; i++)
		if (!(m->graph->node[i].op->flags & flags))
			return false;
	return l->first_node < l->end_node;
}

static int readers(const struct model *m, int layer)
{
	int n = 0;
	for (int i = layer + 1; i < m->n_layer; i++)
		for (int k = 0; k < m->layer[i].n_in; k++)
			n += m->layer[i].in[k] == layer;
	return n;
}

/* Whether layer i is an activation or a batch norm of layer `from`, which nothing else reads. `active`: an activation
 * may be. */
static bool refines(const struct model *m, int from, int i, bool active)
{
	const struct layer *p = &m->layer[from], *l = &m->layer[i];
	return l->n_in == 1 && l->in[0] == from && same_shape(p, l) && readers(m, from) == 1 &&
	       has_flags(m, l, OP_BATCH_NORM | (active ? OP_UNARY | OP_POINTWISE : 0));
}

/* Finds the layers of model m (side 0 or 1) that stay alone behind pair k because the layer of the other model `o` does
 * their work, too. */
static void join_within(const struct model *m, const struct model *o, int side, struct diff_pair *p, int n, int k)
{
	int mine = side ? p[k].b : p[k].a, other = side ? p[k].a : p[k].b;
	if (mine < 0 || other < 0 || m->layer[mine].activation[0])
		return;
	bool active = o->layer[other].activation[0] != '\0';
	for (int i = k + 1; i < n; i++) {
		int l = side ? p[i].b : p[i].a;
		if (l < 0 || (side ? p[i].a : p[i].b) >= 0 || !refines(m, p[k].at[side], l, active))
			break;
		p[k].at[side] = l;
		p[i].within = true;
	}
}

int diff_align(const struct model *a, const struct model *b, struct diff_pair **out)
{
	int n_a = diff_layer_count(a), n_b = diff_layer_count(b), n = 0, i = 0, k = 0;
	int *la = layers_of(a, n_a), *lb = layers_of(b, n_b);
	size_t w = (size_t)n_b + 1;
	int *best = xcalloc(((size_t)n_a + 1) * w, sizeof *best);
	struct diff_pair *p = xcalloc((size_t)n_a + (size_t)n_b + 1, sizeof *p);
	fill(a, b, la, lb, n_a, n_b, best);
	while (i < n_a || k < n_b) {
		const int *at = &best[(size_t)i * w + (size_t)k];
		int s = i < n_a && k < n_b ? score(a, b, la[i], lb[k]) : 0;
		if (s && *at == s + at[w + 1]) {
			const struct layer *x = &a->layer[la[i]], *y = &b->layer[lb[k]];
			p[n++] = (struct diff_pair){ .a = la[i++],
				                     .b = lb[k++],
				                     .named = !strcmp(x->name, y->name),
				                     .shaped = same_shape(x, y) };
		} else if (i < n_a && (k == n_b || *at == at[w])) {
			p[n++] = (struct diff_pair){ .a = la[i++], .b = -1 };
		} else {
			p[n++] = (struct diff_pair){ .a = -1, .b = lb[k++] };
		}
	}
	for (int q = 0; q < n; q++)
		p[q].at[0] = p[q].a, p[q].at[1] = p[q].b;
	for (int q = 0; q < n; q++) {
		join_within(a, b, 0, p, n, q);
		join_within(b, a, 1, p, n, q);
	}
	free(best);
	free(la);
	free(lb);
	*out = p;
	return n;
}
