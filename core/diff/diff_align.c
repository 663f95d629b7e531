#include "core/diff/diff_align.h"

#include <stdlib.h>
#include <string.h>

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
	       p->times == q->times && p->has_time == q->has_time;
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
			p[n++] = (struct diff_pair){ la[i++], lb[k++], !strcmp(x->name, y->name), same_shape(x, y) };
		} else if (i < n_a && (k == n_b || *at == at[w])) {
			p[n++] = (struct diff_pair){ .a = la[i++], .b = -1 };
		} else {
			p[n++] = (struct diff_pair){ .a = -1, .b = lb[k++] };
		}
	}
	free(best);
	free(la);
	free(lb);
	*out = p;
	return n;
}
