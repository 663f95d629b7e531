/* Highlighting backward. An operator's output point z = sum over j of w_j x_j + b has the input points x_j, each with
 * the share abs(w_j x_j) / sum over j of abs(w_j x_j); the bias is left out. Shares multiply along a path and add where
 * paths meet. */
#include "core/probe/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	struct run *r;
	real **share; /* per value, NULL: nothing leads there */
};

static bool has_share(const struct graph *g, int v)
{
	return v >= 0 && g->value[v].depends && g->value[v].dtype == DT_REAL;
}

static size_t count_of(const struct graph *g, int v)
{
	return (size_t)shape_count(&g->value[v].shape);
}

/* Shares of the inputs: made when first reached. dx of inputs that do not depend on the window stays NULL. */
static void inputs_open(struct walk *w, struct op_call *c, real **dx)
{
	const struct graph *g = w->r->g;
	for (int k = 0; k < c->n->n_in; k++) {
		int v = c->n->in[k];
		dx[k] = NULL;
		if (!has_share(g, v))
			continue;
		if (!w->share[v])
			w->share[v] = xcalloc(count_of(g, v), sizeof **w->share);
		dx[k] = w->share[v];
	}
}

/* An operator that only moves values: back-propagating the shares moves them back. */
static void trace_moves(struct walk *w, struct op_call *c)
{
	for (int k = 0; k < c->n->n_out; k++)
		c->dy[k] = c->n->out[k] >= 0 ? w->share[c->n->out[k]] : NULL;
	inputs_open(w, c, c->dx);
	c->n->op->backward(c);
}

/* Without a rule of its own: abs(x_j dz/dx_j), one backward pass of the operator for every point that has a share. */
static void trace_by_backward(struct walk *w, struct op_call *c)
{
	const struct graph *g = w->r->g;
	int n_in = c->n->n_in;
	real **to = xcalloc((size_t)n_in, sizeof *to), **dx = xcalloc((size_t)n_in, sizeof *dx);
	inputs_open(w, c, to);
	for (int k = 0; k < n_in; k++)
		dx[k] = to[k] ? xcalloc(count_of(g, c->n->in[k]), sizeof **dx) : NULL;
	for (int o = 0; o < c->n->n_out; o++) {
		const real *share = c->n->out[o] >= 0 ? w->share[c->n->out[o]] : NULL;
		size_t points = share ? count_of(g, c->n->out[o]) : 0;
		real *dy = share ? xcalloc(points, sizeof *dy) : NULL;
		for (size_t i = 0; i < points; i++) {
			double total = 0;
			if (!(share[i] > 0))
				continue;
			for (int k = 0; k < n_in; k++) {
				if (dx[k])
					memset(dx[k], 0, count_of(g, c->n->in[k]) * sizeof **dx);
				c->dx[k] = dx[k];
			}
			for (int k = 0; k < c->n->n_out; k++)
				c->dy[k] = k == o ? dy : NULL;
			dy[i] = 1;
			c->n->op->backward(c);
			dy[i] = 0;
			for (int k = 0; k < n_in; k++)
				for (size_t j = 0; dx[k] && j < count_of(g, c->n->in[k]); j++)
					total += fabs((double)(dx[k][j] * ((const real *)c->x[k])[j]));
			for (int k = 0; k < n_in && total > 0; k++)
				for (size_t j = 0; dx[k] && j < count_of(g, c->n->in[k]); j++)
					to[k][j] +=
					        (real)((double)share[i] *
					               fabs((double)(dx[k][j] * ((const real *)c->x[k])[j])) / total);
		}
		free(dy);
	}
	for (int k = 0; k < n_in; k++)
		free(dx[k]);
	free(dx);
	free(to);
}

static void trace_node(struct walk *w, int i)
{
	struct op_call *c = &w->r->call[i];
	const struct op *op = c->n->op;
	int reached = 0;
	for (int k = 0; k < c->n->n_out; k++)
		reached += c->n->out[k] >= 0 && w->share[c->n->out[k]];
	if (!reached)
		return;
	bool one = c->n->n_out == 1 ||
	           (reached == 1 && c->n->out[0] >= 0 && w->share[c->n->out[0]] && !(op->flags & OP_LAYOUT));
	if (op->trace && (one || op->flags & OP_TRACE_ALL)) {
		for (int k = 0; k < c->n->n_out; k++)
			c->dy[k] = c->n->out[k] >= 0 ? w->share[c->n->out[k]] : NULL;
		inputs_open(w, c, c->dx);
		op->trace(c, c->dy[0], c->dx);
	} else if (op->backward && op->flags & OP_LAYOUT) {
		trace_moves(w, c);
	} else if (op->backward) {
		trace_by_backward(w, c);
	}
}

static bool any(const real *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] > 0)
			return true;
	return false;
}

void trace_points(struct run *r, int node, int output, real *const *feed, real *to)
{
	struct walk w = { r, xcalloc((size_t)r->g->n_value, sizeof *w.share) };
	const struct node *n = &r->g->node[node];
	size_t count = count_of(r->g, n->out[output]);
	real *one = w.share[n->out[output]] = xcalloc(count, sizeof *one);
	for (size_t i = 0; i < count; i++) {
		double sum = 0;
		one[i] = 1;
		trace_node(&w, node);
		one[i] = 0;
		for (int k = 0; k < n->n_in; k++) {
			real *share = n->in[k] < 0 ? NULL : w.share[n->in[k]];
			const real *f = share ? feed[n->in[k]] : NULL;
			for (size_t j = 0; f && j < count_of(r->g, n->in[k]); j++)
				sum += (double)share[j] * (double)f[j];
			if (share)
				memset(share, 0, count_of(r->g, n->in[k]) * sizeof *share);
		}
		to[i] = (real)sum;
	}
	for (int v = 0; v < r->g->n_value; v++)
		free(w.share[v]);
	free(w.share);
}

void trace_collect(struct probe *p, real *const *value, real **share)
{
	const struct graph *g = p->m->graph;
	for (int i = 0; i < p->n_layer; i++) {
		const struct layer *q = &p->layer[i];
		const real *s = q->act >= 0 ? value[q->act] : NULL;
		free(share[i]);
		share[i] = NULL;
		if (!s || !layer_runs(q) || !any(s, count_of(g, q->act)))
			continue;
		share[i] = xcalloc(count_of(g, q->act), sizeof *s);
		if (q->kind == LAYER_INPUT)
			model_unpack(p->m, s, share[i]);
		else
			layer_rows(p->m, q, s, share[i]);
	}
}

void trace_back(struct probe *p, int layer, int64_t filter, int64_t t, real **share)
{
	const struct graph *g = p->m->graph;
	const struct layer *l = &p->layer[layer];
	probe_forward(p);
	struct walk w = { p->run, xcalloc((size_t)g->n_value, sizeof *w.share) };
	real *rows = xcalloc((size_t)layer_count(l), sizeof *rows);
	rows[filter * l->times + t] = 1;
	w.share[l->act] = xcalloc(count_of(g, l->act), sizeof **w.share);
	layer_unrows(p->m, l, rows, w.share[l->act]);
	free(rows);
	for (int i = g->value[l->act].node; i >= 0; i--)
		trace_node(&w, i);
	trace_collect(p, w.share, share);
	for (int i = 0; i < g->n_value; i++)
		free(w.share[i]);
	free(w.share);
}
