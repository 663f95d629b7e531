/* Highlighting forward. F(z) is the share that the starting point has in the point z: what a trace back from z finds.
 * F is 1 at the starting point. With the shares of trace.c, F(z) is the sum over the input points x_j of z of
 * (share of x_j in z) F(x_j). Operators have rules for their shares backward only, so four kinds are worked out here:
 *
 *	moves       F moves as the values do
 *	functions   F(y) = F(x) where x has a share in y
 *	sums        F(y) = sum abs(w x) F / sum abs(w x): the operator is run on absolute values
 *	maxima      F(y) = F of the largest input
 *
 * Any other operator is asked for the shares of one output point after the other, unless there are too many of them. */
#include "core/probe/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t points_most = 200000000; /* outputs times inputs of an operator that is asked point by point */

struct walk {
	struct run *r;
	real **feed; /* per value: F, NULL: not reached */
	bool complete;
};

static int64_t count_of(const struct value *v)
{
	return shape_count(&v->shape);
}

static real *room(const struct value *v)
{
	size_t n = (size_t)count_of(v);
	return xcalloc(n ? n : 1, sizeof(real));
}

static const real *feed_in(const struct walk *w, const struct op_call *c, int k)
{
	return c->n->in[k] < 0 ? NULL : w->feed[c->n->in[k]];
}

/* An input that F can come through. */
static bool carries(const struct op_call *c, int k)
{
	const struct value *v = call_in(c, k);
	return v && v->depends && v->dtype == DT_REAL;
}

/* Input 0 carries, the others are constants. */
static bool only_first(const struct op_call *c)
{
	for (int k = 1; k < c->n->n_in; k++)
		if (carries(c, k))
			return false;
	return carries(c, 0);
}

/* Run the operator's forward on other inputs into y (one pointer per output that is real). */
static void run_on(const struct op_call *c, const void **x, void **y)
{
	struct op_call q = *c;
	q.x = x;
	q.y = y;
	q.save = xcalloc(c->n->save_bytes + 1, 1);
	c->n->op->forward(&q);
	free(q.save);
}

static void outputs_open(struct walk *w, const struct op_call *c)
{
	for (int k = 0; k < c->n->n_out; k++) {
		const struct value *v = call_out(c, k);
		if (v && v->dtype == DT_REAL && v->depends && !w->feed[c->n->out[k]])
			w->feed[c->n->out[k]] = room(v);
	}
}

/* ---- moves: what comes from a constant, such as padding, carries no F ---- */

static void moves(struct walk *w, const struct op_call *c)
{
	int n_in = c->n->n_in, n_out = c->n->n_out;
	const void **x = xcalloc((size_t)n_in, sizeof *x);
	void **with = xcalloc((size_t)n_out, sizeof *with), **without = xcalloc((size_t)n_out, sizeof *without);
	real **zero = xcalloc((size_t)n_in, sizeof *zero);
	for (int k = 0; k < n_in; k++) {
		zero[k] = carries(c, k) ? room(call_in(c, k)) : NULL;
		x[k] = zero[k] ? (feed_in(w, c, k) ? feed_in(w, c, k) : zero[k]) : c->x[k];
	}
	for (int k = 0; k < n_out; k++) {
		with[k] = c->y[k] ? xcalloc((size_t)count_of(call_out(c, k)) + 1, sizeof(int64_t)) : NULL;
		without[k] = c->y[k] ? xcalloc((size_t)count_of(call_out(c, k)) + 1, sizeof(int64_t)) : NULL;
	}
	run_on(c, x, with);
	for (int k = 0; k < n_in; k++)
		x[k] = zero[k] ? zero[k] : c->x[k];
	run_on(c, x, without);
	for (int k = 0; k < n_out; k++) {
		real *to = c->n->out[k] < 0 ? NULL : w->feed[c->n->out[k]];
		for (int64_t i = 0; to && i < count_of(call_out(c, k)); i++)
			to[i] = ((real *)without[k])[i] == 0 ? ((real *)with[k])[i] : 0;
		free(with[k]);
		free(without[k]);
	}
	for (int k = 0; k < n_in; k++)
		free(zero[k]);
	free(zero), free(with), free(without), free(x);
}

/* ---- functions of one point, or of one point of each input ---- */

/* out (like y): the share of input k's point in each point of y; the input has y's shape. */
static void own_share(struct op_call *c, int k, const real *ones, real *out)
{
	real **to = xcalloc((size_t)c->n->n_in, sizeof *to), **others = xcalloc((size_t)c->n->n_in, sizeof *others);
	for (int i = 0; i < c->n->n_in; i++)
		to[i] = i == k ? out : carries(c, i) ? others[i] = room(call_in(c, i)) : NULL;
	c->n->op->trace(c, ones, to);
	for (int i = 0; i < c->n->n_in; i++)
		free(others[i]);
	free(others);
	free(to);
}

/* Element of `from` that broadcasting reads for element i of `to`. */
static int64_t broadcast_index(const struct shape *from, const struct shape *to, int64_t i)
{
	int64_t at = 0, stride = 1;
	for (int a = 0; a < to->rank; a++) {
		int64_t dim = to->dim[to->rank - 1 - a], pos = i % dim;
		i /= dim;
		if (a >= from->rank)
			continue;
		int64_t own = from->dim[from->rank - 1 - a];
		at += (own == 1 ? 0 : pos) * stride;
		stride *= own;
	}
	return at;
}

/* How many inputs carry, and how many of them have another shape than y: *odd is such a one. */
static int shapes_of(const struct op_call *c, int *odd)
{
	int n_odd = 0;
	*odd = -1;
	for (int k = 0; k < c->n->n_in; k++)
		if (carries(c, k) && !shape_equal(&call_in(c, k)->shape, &call_out(c, 0)->shape)) {
			*odd = k;
			n_odd++;
		}
	return n_odd;
}

static void functions(struct walk *w, struct op_call *c, int odd)
{
	const struct value *out = call_out(c, 0);
	int64_t n = count_of(out);
	real *to = w->feed[c->n->out[0]], *ones = room(out), *rest = room(out), *part = room(out);
	for (int64_t i = 0; i < n; i++)
		ones[i] = 1;
	for (int k = 0; k < c->n->n_in; k++) {
		const real *f = carries(c, k) ? feed_in(w, c, k) : NULL;
		if (!carries(c, k) || k == odd)
			continue;
		memset(part, 0, (size_t)n * sizeof *part);
		own_share(c, k, ones, part);
		for (int64_t i = 0; i < n; i++) {
			to[i] += f ? part[i] * f[i] : 0;
			rest[i] += part[i];
		}
	}
	/* what the others leave is the share of the one that is broadcast; nothing where nothing has a share */
	const real *f = odd >= 0 ? feed_in(w, c, odd) : NULL;
	for (int64_t i = 0; f && i < n; i++)
		if (rest[i] > 0 || ((const real *)c->y[0])[i] != 0)
			to[i] += (1 - rest[i]) * f[broadcast_index(&call_in(c, odd)->shape, &out->shape, i)];
	free(ones), free(rest), free(part);
}

/* Can functions() work out the shares? The share of an input that is broadcast is what the others leave, which is known
 * where a result of 0 means that no input has a share. */
static bool is_function(const struct op_call *c, int *odd)
{
	unsigned is = c->n->op->flags;
	int n_odd = shapes_of(c, odd);
	if (!c->n->op->trace || n_odd > 1)
		return false;
	if (is & OP_UNARY)
		return only_first(c);
	return is & OP_POINTWISE && (!n_odd || is & (OP_LINEAR | OP_LINEAR_FIRST | OP_BILINEAR | OP_MAXIMUM));
}

/* ---- sums ---- */

static void sums(struct walk *w, const struct op_call *c)
{
	int n_in = c->n->n_in;
	const struct value *out = call_out(c, 0);
	int64_t n = count_of(out);
	const void **x = xcalloc((size_t)n_in, sizeof *x);
	real **size = xcalloc((size_t)n_in, sizeof *size), *all = room(out), *fed = w->feed[c->n->out[0]];
	for (int k = 0; k < n_in; k++) {
		const struct value *v = call_in(c, k);
		x[k] = c->x[k];
		if (!v || v->dtype != DT_REAL)
			continue;
		x[k] = size[k] = room(v);
		/* a constant third input is a bias: left out */
		for (int64_t i = 0; i < count_of(v) && (k < 2 || v->depends); i++)
			size[k][i] = real_abs(((const real *)c->x[k])[i]);
	}
	run_on(c, x, (void *[]){ all });
	for (int k = 0; k < n_in; k++)
		for (int64_t i = 0; carries(c, k) && i < count_of(call_in(c, k)); i++)
			size[k][i] = feed_in(w, c, k) ? size[k][i] * feed_in(w, c, k)[i] : 0;
	run_on(c, x, (void *[]){ fed });
	for (int64_t i = 0; i < n; i++)
		fed[i] = all[i] > 0 || all[i] < 0 ? fed[i] / all[i] : 0; /* below 0: a factor of all terms is */
	for (int k = 0; k < n_in; k++)
		free(size[k]);
	free(size), free(all), free(x);
}

/* ---- maxima of windows: ONNX's second output of MaxPool says where the winners are ---- */

static void maxima(struct walk *w, const struct op_call *c)
{
	const struct value *out = call_out(c, 0);
	int64_t n = count_of(out), *winner = xcalloc((size_t)n + 1, sizeof *winner);
	struct node both = *c->n;
	int names[] = { c->n->out[0], c->n->out[0] };
	struct op_call q = *c;
	real *y = room(out), *to = w->feed[c->n->out[0]];
	const real *f = feed_in(w, c, 0);
	both.n_out = 2;
	both.out = names;
	both.n_attr = 0; /* storage_order 0: the index in the tensor's own order */
	q.n = &both;
	run_on(&q, c->x, (void *[]){ y, winner });
	for (int64_t i = 0; i < n; i++)
		to[i] = winner[i] >= 0 && winner[i] < count_of(call_in(c, 0)) ? f[winner[i]] : 0;
	free(winner);
	free(y);
}

/* ---- any other: point by point ---- */

static void points(struct walk *w, struct op_call *c)
{
	int64_t inputs = 0;
	for (int k = 0; k < c->n->n_in; k++)
		inputs += carries(c, k) ? count_of(call_in(c, k)) : 0;
	for (int o = 0; o < c->n->n_out; o++) {
		const struct value *v = call_out(c, o);
		real *to = v ? w->feed[c->n->out[o]] : NULL;
		if (!to)
			continue;
		if (inputs * count_of(v) > points_most) {
			w->complete = false;
			continue;
		}
		trace_points(w->r, (int)(c - w->r->call), o, w->feed, to);
	}
}

static void node_feed(struct walk *w, int i)
{
	struct op_call *c = &w->r->call[i];
	const struct op *op = c->n->op;
	bool reached = false;
	int odd;
	for (int k = 0; k < c->n->n_in; k++)
		reached |= carries(c, k) && feed_in(w, c, k);
	if (!reached || !op->backward)
		return;
	outputs_open(w, c);
	bool first = c->n->out[0] >= 0 && w->feed[c->n->out[0]];
	if (op->flags & (OP_LAYOUT | OP_MOVES | OP_CHOOSES))
		moves(w, c);
	else if (first && is_function(c, &odd))
		functions(w, c, odd);
	else if (first && op->flags & OP_WEIGHTED_SUM && only_first(c))
		sums(w, c);
	else if (first && op->flags & OP_MAXIMUM && op->window)
		maxima(w, c);
	else
		points(w, c);
}

bool trace_feeds(struct probe *p, int layer, int64_t filter, int64_t t, real **share)
{
	const struct graph *g = p->m->graph;
	const struct layer *l = &p->layer[layer];
	probe_forward(p);
	struct walk w = { p->run, xcalloc((size_t)g->n_value, sizeof *w.feed), true };
	real *rows = xcalloc((size_t)layer_count(l) + (size_t)probe_window_count(p), sizeof *rows);
	w.feed[l->act] = room(&g->value[l->act]);
	if (l->kind == LAYER_INPUT) {
		rows[t * p->m->C + filter] = 1;
		model_pack(p->m, rows, w.feed[l->act]);
	} else {
		rows[filter * l->times + t] = 1;
		layer_unrows(p->m, l, rows, w.feed[l->act]);
	}
	free(rows);
	for (int i = g->value[l->act].node + 1; i < g->n_node; i++)
		node_feed(&w, i);
	trace_collect(p, w.feed, share);
	for (int i = 0; i < g->n_value; i++)
		free(w.feed[i]);
	free(w.feed);
	return w.complete;
}
