#include "core/diff/diff_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A weight where it is first read. */
struct place {
	int value, slot; /* slot: which input of the operator */
	int pair;        /* of layers; -1: none */
	int next;        /* the next place of the same pair; -1: none */
	const struct op *op;
	bool taken;
};
struct places {
	struct place *at;
	int n;
	int *first;    /* [n_pair] the first place of a pair; -1: none */
	int *of_value; /* [n_value] index into at; -1: no weight */
};

/* The pair of layers to which each node belongs, -1 if to none. side 0: nodes of the first model. */
static int *pairs_of(const struct model *m, int side, int n_pair, const struct diff_pair *pair)
{
	int *of = xcalloc((size_t)m->graph->n_node + 1, sizeof *of);
	for (int i = 0; i < m->graph->n_node; i++)
		of[i] = -1;
	for (int p = 0; p < n_pair; p++) {
		int l = side ? pair[p].b : pair[p].a;
		for (int i = l < 0 ? 0 : m->layer[l].first_node; l >= 0 && i < m->layer[l].end_node; i++)
			of[i] = p;
	}
	return of;
}

static void chain(struct places *q, int n_pair)
{
	q->first = xcalloc((size_t)n_pair + 1, sizeof *q->first);
	for (int p = 0; p < n_pair; p++)
		q->first[p] = -1;
	for (int i = q->n - 1; i >= 0; i--) {
		struct place *x = &q->at[i];
		x->next = x->pair >= 0 ? q->first[x->pair] : -1;
		if (x->pair >= 0)
			q->first[x->pair] = i;
	}
}

static struct places places_of(const struct model *m, int side, int n_pair, const struct diff_pair *pair)
{
	const struct graph *g = m->graph;
	struct places q = { .at = xcalloc((size_t)g->n_value + 1, sizeof *q.at),
		            .of_value = xcalloc((size_t)g->n_value + 1, sizeof *q.of_value) };
	int *of = pairs_of(m, side, n_pair, pair);
	for (int v = 0; v < g->n_value; v++)
		q.of_value[v] = -1;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++) {
			int v = g->node[i].in[k];
			if (v < 0 || q.of_value[v] >= 0 || !g->value[v].weight || !g->value[v].r)
				continue;
			q.of_value[v] = q.n;
			q.at[q.n++] = (struct place){ .value = v, .slot = k, .op = g->node[i].op, .pair = of[i] };
		}
	free(of);
	chain(&q, n_pair);
	return q;
}

static void places_release(struct places *q)
{
	free(q->at);
	free(q->first);
	free(q->of_value);
}

/* ---- which belong together ---- */

struct two {
	const struct graph *g, *h;
	struct places a, b;
	int *partner; /* [a.n] index into b; -1: none yet */
};

static bool turned(const struct value *p, const struct value *q)
{
	const struct shape *s = &p->shape, *t = &q->shape;
	return s->rank == 2 && t->rank == 2 && s->dim[0] == t->dim[1] && s->dim[1] == t->dim[0] && !shape_equal(s, t);
}

typedef bool belong(const struct two *w, const struct place *x, const struct place *y);

static bool same_place(const struct two *w, const struct place *x, const struct place *y)
{
	(void)w;
	return x->op == y->op && x->slot == y->slot;
}

static bool same_shape(const struct two *w, const struct place *x, const struct place *y)
{
	return shape_equal(&w->g->value[x->value].shape, &w->h->value[y->value].shape);
}

static bool same_turned(const struct two *w, const struct place *x, const struct place *y)
{
	return turned(&w->g->value[x->value], &w->h->value[y->value]);
}

static void take(struct two *w, int i, int k)
{
	w->partner[i] = k;
	w->b.at[k].taken = true;
}

static void join_names(struct two *w)
{
	for (int i = 0; i < w->a.n; i++) {
		int v = graph_find(w->h, w->g->value[w->a.at[i].value].name);
		int k = v < 0 ? -1 : w->b.of_value[v];
		if (k >= 0 && !w->b.at[k].taken && same_shape(w, &w->a.at[i], &w->b.at[k]))
			take(w, i, k);
	}
}

/* Each weight without a partner gets the first free one of its layer that belongs to it. */
static void join(struct two *w, belong *rule)
{
	for (int i = 0; i < w->a.n; i++) {
		const struct place *x = &w->a.at[i];
		for (int k = x->pair < 0 ? -1 : w->b.first[x->pair]; k >= 0 && w->partner[i] < 0; k = w->b.at[k].next)
			if (!w->b.at[k].taken && rule(w, x, &w->b.at[k]))
				take(w, i, k);
	}
}

/* ---- figures ---- */

static void compare(const struct value *p, const struct value *q, struct diff_weight *w)
{
	int64_t n = shape_count(&p->shape), rows = w->turned ? p->shape.dim[0] : n, columns = w->turned ? n / rows : 1;
	double aa = 0, bb = 0, ab = 0, dd = 0;
	w->largest = 0;
	w->equal = true;
	for (int64_t i = 0; i < n; i++) {
		double x = (double)p->r[i], y = (double)q->r[w->turned ? i % columns * rows + i / columns : i];
		double d = y - x;
		w->equal = w->equal && (x == y || (isnan(x) && isnan(y)));
		w->largest = isnan(d) || isnan(w->largest) ? (double)NAN : fmax(w->largest, fabs(d));
		aa += x * x, bb += y * y, ab += x * y, dd += d * d;
	}
	w->relative = aa > 0 ? sqrt(dd / aa) : NAN;
	w->cosine = aa > 0 && bb > 0 ? ab / sqrt(aa) / sqrt(bb) : NAN;
}

static struct diff_weight figures(const struct two *q, int a, int b, int pair)
{
	struct diff_weight w = { a, b, pair, .largest = NAN, .relative = NAN, .cosine = NAN };
	if (a < 0 || b < 0)
		return w;
	const struct value *p = &q->g->value[a], *r = &q->h->value[b];
	w.turned = turned(p, r);
	w.shaped = w.turned || shape_equal(&p->shape, &r->shape);
	if (w.shaped)
		compare(p, r, &w);
	return w;
}

int diff_weights(const struct model *a, const struct model *b, int n_pair, const struct diff_pair *pair,
                 struct diff_weight **out)
{
	belong *const rules[] = { same_place, same_shape, same_turned };
	struct two q = { a->graph, b->graph, places_of(a, 0, n_pair, pair), places_of(b, 1, n_pair, pair), NULL };
	struct diff_weight *w = xcalloc((size_t)q.a.n + (size_t)q.b.n + 1, sizeof *w);
	int n = 0;
	q.partner = xcalloc((size_t)q.a.n + 1, sizeof *q.partner);
	for (int i = 0; i < q.a.n; i++)
		q.partner[i] = -1;
	join_names(&q);
	for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
		join(&q, rules[k]);
	for (int i = 0; i < q.a.n; i++) {
		const struct place *x = &q.a.at[i];
		w[n++] = figures(&q, x->value, q.partner[i] < 0 ? -1 : q.b.at[q.partner[i]].value, x->pair);
	}
	for (int k = 0; k < q.b.n; k++)
		if (!q.b.at[k].taken)
			w[n++] = figures(&q, -1, q.b.at[k].value, q.b.at[k].pair);
	free(q.partner);
	places_release(&q.a);
	places_release(&q.b);
	*out = w;
	return n;
}

void diff_weights_hash(const struct model *m, char text[SHA256_TEXT])
{
	struct places q = places_of(m, 0, 0, NULL);
	struct sha256 s;
	sha256_init(&s);
	for (int i = 0; i < q.n; i++) {
		const struct value *v = &m->graph->value[q.at[i].value];
		sha256_add(&s, v->shape.dim, (size_t)v->shape.rank * sizeof *v->shape.dim);
		sha256_add(&s, v->r, value_bytes(v));
	}
	sha256_end(&s, text);
	places_release(&q);
}
