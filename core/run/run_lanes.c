#include "core/run/run_lanes.h"

#include <stdlib.h>
#include <string.h>
#include "core/kernels/tile.h"
#include "core/run/run.h"

/* Beyond this size the arrays of a layer leave the processor's second cache, and one window at a time is faster. */
enum { LANES_BYTES_MAX = 1 << 18 };

bool node_depends(const struct graph *g, const struct node *n)
{
	for (int k = 0; k < n->n_out; k++)
		if (n->out[k] >= 0 && g->value[n->out[k]].depends)
			return true;
	return false;
}

int64_t node_lanes(const struct graph *g, const struct node *n, int64_t lanes)
{
	return lanes > 1 && node_depends(g, n) && n->op->lanes && n->op->lanes(g, n) ? lanes : 1;
}

bool run_lanes_pay(const struct graph *g)
{
	int64_t all = 0, by_lanes = 0;
	if (!run_lanes_possible(g))
		return false;
	for (int i = 0; i < g->n_value; i++)
		if (g->value[i].depends && value_lanes_bytes(&g->value[i], RUN_LANES) > LANES_BYTES_MAX)
			return false;
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		int64_t macs = n->op->macs ? n->op->macs(g, n) : 0;
		all += macs;
		by_lanes += node_lanes(g, n, RUN_LANES) > 1 ? macs : 0;
	}
	return by_lanes >= all / 2;
}

const char *run_lanes_not(const struct graph *g, int i)
{
	const struct node *n = &g->node[i];
	return node_depends(g, n) && node_lanes(g, n, RUN_LANES) == 1 ? n->op->name : NULL;
}

bool run_lanes_possible(const struct graph *g)
{
	for (int i = 0; i < g->n_value; i++)
		if (g->value[i].depends && g->value[i].dtype != DT_REAL)
			return false;
	return true;
}

/* ---- operators that are called once for each lane ---- */

/* Numbers between two lanes of a value. */
static int64_t lane_step(const struct value *v)
{
	return (shape_count(&v->shape) + 15) / 16 * 16;
}

static const struct value *value_of(const struct graph *g, int id)
{
	return id >= 0 && g->value[id].depends ? &g->value[id] : NULL;
}

/* Twice the numbers of all values of a node: the values and their gradients. */
static size_t node_numbers(const struct graph *g, const struct node *n)
{
	size_t sum = 0;
	for (int k = 0; k < n->n_in + n->n_out; k++) {
		const struct value *v = value_of(g, k < n->n_in ? n->in[k] : n->out[k - n->n_in]);
		sum += v ? 2 * (size_t)lane_step(v) : 0;
	}
	return sum;
}

void by_lane_make(struct by_lane *q, const struct graph *g, int64_t lanes)
{
	size_t pointers = 0, numbers = 0;
	*q = (struct by_lane){ 0 };
	if (lanes == 1)
		return;
	q->node = xcalloc((size_t)g->n_node + 1, 1);
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		q->node[i] = node_depends(g, n) && node_lanes(g, n, lanes) == 1;
		size_t p = 2 * (size_t)(n->n_in + n->n_out), m = node_numbers(g, n);
		pointers = q->node[i] && p > pointers ? p : pointers;
		numbers = q->node[i] && m > numbers ? m : numbers;
	}
	q->at = xcalloc(2 * pointers + 1, sizeof *q->at);
	q->turned = xalloc_aligned((numbers * (size_t)lanes + TILE_SLACK) * sizeof *q->turned);
}

void by_lane_release(struct by_lane *q)
{
	free(q->node);
	free(q->at);
	free(q->turned);
}

/* One array of a call: with lanes, and turned so that those of one window lie side by side. */
static void turn(const struct value *v, int64_t lanes, const real *from, real *to)
{
	isa_active()->turn(shape_count(&v->shape), lanes, from, lanes, false, to, lane_step(v));
}

static void turn_back(const struct value *v, int64_t lanes, const real *from, real *to)
{
	isa_active()->turn(lanes, shape_count(&v->shape), from, lane_step(v), false, to, lanes);
}

/* Gives each array of ids a turned place from *to on; an array that several ids share has one. `filled` says which of
 * them are read. Arrays without lanes and NULL stay what they are. */
static void places(const struct graph *g, int n, const int *id, const void *const *from, uint64_t unread, int64_t lanes,
                   void **at, real **to)
{
	for (int k = 0; k < n; k++) {
		const struct value *v = value_of(g, id[k]);
		int same = 0;
		while (same < k && (id[same] != id[k] || !from[same]))
			same++;
		at[k] = !v || !from[k] ? (void *)(uintptr_t)from[k] : same < k ? at[same] : *to;
		if (!v || !from[k] || same < k)
			continue;
		if (k > 63 || !(unread >> k & 1))
			turn(v, lanes, from[k], *to);
		*to += lane_step(v) * lanes;
	}
}

static void places_back(const struct graph *g, int n, const int *id, void *const *at, int64_t lanes, void *const *to)
{
	for (int k = 0; k < n; k++) {
		const struct value *v = value_of(g, id[k]);
		if (v && to[k])
			turn_back(v, lanes, at[k], to[k]);
	}
}

/* Moves each turned array to the next window. */
static void next_lane(const struct graph *g, int n, const int *id, void **at)
{
	for (int k = 0; k < n; k++) {
		const struct value *v = value_of(g, id[k]);
		if (v && at[k])
			at[k] = (real *)at[k] + lane_step(v);
	}
}

void by_lane_call(const struct by_lane *q, const struct op_call *c, int64_t lanes, bool backward)
{
	const struct graph *g = c->g;
	const struct node *n = c->n;
	struct op_call one = *c;
	int in = n->n_in, out = n->n_out, all = 2 * (in + out);
	void **x = q->at, **y = x + in, **dx = y + out, **dy = dx + in, **first = q->at + all;
	real *to = q->turned;
	places(g, in, n->in, (const void *const *)c->x, 0, lanes, x, &to);
	places(g, out, n->out, (const void *const *)c->y, backward ? 0 : UINT64_MAX, lanes, y, &to);
	if (backward) {
		places(g, out, n->out, (const void *const *)c->dy, 0, lanes, dy, &to);
		places(g, in, n->in, (const void *const *)c->dx, c->fresh, lanes, dx, &to);
	}
	memcpy(first, q->at, (size_t)all * sizeof *first);
	one.x = (const void **)x;
	one.y = y;
	one.dx = (real **)(void *)dx;
	one.dy = (const real **)(void *)dy;
	for (int64_t l = 0; l < lanes; l++) {
		one.save = (char *)c->save + (size_t)l * node_save_bytes(n);
		(backward ? n->op->backward : n->op->forward)(&one);
		next_lane(g, in, n->in, x);
		next_lane(g, out, n->out, y);
		next_lane(g, backward ? out : 0, n->out, dy);
		next_lane(g, backward ? in : 0, n->in, dx);
	}
	if (backward)
		places_back(g, in, n->in, first + (dx - q->at), lanes, (void *const *)c->dx);
	else
		places_back(g, out, n->out, first + in, lanes, c->y);
}

/* ---- lanes of arrays ---- */

void lane_put(int64_t n, const real *x, int lane, real *to)
{
	for (int64_t i = 0; i < n; i++)
		to[i * RUN_LANES + lane] = x[i];
}

void lane_get(int64_t n, const real *x, int lane, real *to)
{
	for (int64_t i = 0; i < n; i++)
		to[i] = x[i * RUN_LANES + lane];
}

void lanes_turn(int64_t n, const real *x, real *to)
{
	isa_active()->turn(n, RUN_LANES, x, RUN_LANES, false, to, n);
}
