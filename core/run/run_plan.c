#include "core/run/run_plan.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/kernels/op_move.h"
#include "core/run/run_lanes.h"

/* A free part of the block. The list is sorted by place, and no two holes touch each other. */
struct hole {
	size_t at, n;
};

struct planner {
	const struct graph *g;
	struct run_plan *p;
	int64_t lanes;
	struct hole *hole;
	int n_hole, cap;
	int *last;           /* (n_value) the last node that reads the value; n_node: it is kept */
	int *within;         /* (n_value) the larger value inside which it lies; -1: it has a place of its own */
	size_t *at;          /* (n_value) where it begins inside that one, in bytes */
	bool *taken, *holds; /* (n_value) taken: it has a place already; holds: others lie inside it */
	bool reuse;          /* n_keep >= 0: places are used again */
	size_t scratch;      /* without reuse: the place of the scratch memory that all nodes share */
};

/* At most so many holes are searched, because a file could be made to have very many. Networks in use have fewer. */
enum { HOLES_SEARCHED = 1024 };

static size_t align64(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

/* The bytes that a value takes in the block, with a guard behind it if places are not used again. */
static size_t place_bytes(const struct planner *q, int v)
{
	return align64(value_lanes_bytes(&q->g->value[v], q->lanes)) + (q->reuse ? 0 : MEM_GUARD);
}

static size_t node_scratch(const struct planner *q, const struct node *n)
{
	return q->lanes > 1 && n->tmp_lanes > n->tmp_bytes ? n->tmp_lanes : n->tmp_bytes;
}

static void hole_remove(struct planner *q, int i)
{
	memmove(&q->hole[i], &q->hole[i + 1], (size_t)(--q->n_hole - i) * sizeof *q->hole);
}

/* Takes n bytes from the first hole that is large enough. If none is, the block grows; a hole at its end is used first.
 */
static size_t take(struct planner *q, size_t n)
{
	size_t at = q->p->bytes;
	for (int i = 0; n && i < q->n_hole && i < HOLES_SEARCHED; i++) {
		struct hole *h = &q->hole[i];
		if (h->n < n)
			continue;
		at = h->at;
		h->at += n;
		h->n -= n;
		if (!h->n)
			hole_remove(q, i);
		return at;
	}
	struct hole *end = q->n_hole ? &q->hole[q->n_hole - 1] : NULL;
	if (n && end && end->at + end->n == q->p->bytes) {
		at = end->at;
		q->n_hole--;
	}
	q->p->bytes = at + n;
	return at;
}

static void give_back(struct planner *q, size_t at, size_t n)
{
	if (!n)
		return;
	int low = 0, high = q->n_hole;
	while (low < high) {
		int mid = (low + high) / 2;
		if (q->hole[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	struct hole *before = low > 0 ? &q->hole[low - 1] : NULL, *after = low < q->n_hole ? &q->hole[low] : NULL;
	bool joins_before = before && before->at + before->n == at, joins_after = after && at + n == after->at;
	if (joins_before) {
		before->n += n;
		if (joins_after) {
			before->n += after->n;
			hole_remove(q, low);
		}
	} else if (joins_after) {
		after->at = at;
		after->n += n;
	} else {
		if (q->n_hole == q->cap) {
			q->cap = q->cap ? 2 * q->cap : 16;
			q->hole = xrealloc(q->hole, (size_t)q->cap, sizeof *q->hole);
		}
		memmove(&q->hole[low + 1], &q->hole[low], (size_t)(q->n_hole - low) * sizeof *q->hole);
		q->hole[low] = (struct hole){ at, n };
		q->n_hole++;
	}
}

/* Finds the last node that reads each value. For a value that no node reads it is the node that computes it. */
static void find_last(struct planner *q, int n_keep, const int *keep)
{
	const struct graph *g = q->g;
	for (int i = 0; i < g->n_value; i++)
		q->last[i] = n_keep < 0 || g->value[i].node < 0 ? g->n_node : g->value[i].node;
	for (int i = 0; i < n_keep; i++)
		q->last[keep[i]] = g->n_node;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++) {
			int v = g->node[i].in[k];
			if (v >= 0 && q->last[v] < i)
				q->last[v] = i;
		}
}

/* Finds the values that a node would only copy into its output 0 (Concat, Reshape and the like). They are computed
 * there at once. */
static void find_within(struct planner *q)
{
	const struct graph *g = q->g;
	for (int i = 0; i < g->n_value; i++)
		q->within[i] = -1;
	for (int i = 0; q->reuse && i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		int y = n->n_out ? n->out[0] : -1;
		for (int k = 0; k < n->n_in && y >= 0; k++) {
			int x = n->in[k];
			int64_t at;
			if (x < 0 || g->value[x].node < 0 || q->last[x] != i || q->within[x] >= 0 || q->holds[x] ||
			    !move_keeps(g, n, k, &at) || g->value[x].depends != g->value[y].depends)
				continue;
			size_t bytes = (size_t)at * (g->value[x].dtype == DT_REAL ? sizeof(real) : sizeof(int64_t)) *
			               (size_t)value_lanes(&g->value[x], q->lanes);
			if (bytes % 64)
				continue;
			q->within[x] = y;
			q->at[x] = bytes;
			q->holds[y] = true;
		}
	}
}

static void value_begins(struct planner *q, int v)
{
	int in = q->within[v] >= 0 ? q->within[v] : v;
	if (!q->taken[in])
		q->p->value[in] = take(q, place_bytes(q, in));
	q->taken[in] = q->taken[v] = true;
	q->p->value[v] = q->p->value[in] + (in == v ? 0 : q->at[v]);
}

/* Gives output 0 of node i the place of input 0 if the operator allows it and no later node reads the input. */
static bool in_place(struct planner *q, int i)
{
	const struct node *n = &q->g->node[i];
	int x = n->n_in ? n->in[0] : -1, y = n->n_out ? n->out[0] : -1;
	if (!q->reuse || !(n->op->flags & OP_IN_PLACE) || x < 0 || y < 0 || q->last[x] != i || q->within[x] >= 0 ||
	    q->within[y] >= 0 || q->taken[y] || place_bytes(q, x) != place_bytes(q, y) ||
	    shape_count(&q->g->value[x].shape) != shape_count(&q->g->value[y].shape))
		return false;
	q->p->value[y] = q->p->value[x];
	q->taken[y] = true;
	q->last[x] = q->g->n_node;
	return true;
}

static void value_ends(struct planner *q, int v, int node)
{
	if (v < 0 || q->g->value[v].constant || q->last[v] != node)
		return;
	if (q->within[v] < 0)
		give_back(q, q->p->value[v], place_bytes(q, v));
	/* a node may read a value twice, whose place must be given back once */
	q->last[v] = q->g->n_node;
}

static void node_places(struct planner *q, int i)
{
	const struct node *n = &q->g->node[i];
	size_t lanes = node_depends(q->g, n) ? (size_t)q->lanes : 1, tmp = align64(node_scratch(q, n)),
	       save = node_save_bytes(n) * lanes + (q->reuse ? 0 : MEM_GUARD);
	for (int k = in_place(q, i) ? 1 : 0; k < n->n_out; k++)
		if (n->out[k] >= 0 && !q->g->value[n->out[k]].constant)
			value_begins(q, n->out[k]);
	q->p->save[i] = take(q, save);
	q->p->tmp[i] = q->reuse ? take(q, tmp) : q->scratch;
	if (q->reuse) {
		give_back(q, q->p->tmp[i], tmp);
		give_back(q, q->p->save[i], save);
	}
	for (int k = 0; k < n->n_in; k++)
		value_ends(q, n->in[k], i);
	for (int k = 0; k < n->n_out; k++)
		value_ends(q, n->out[k], i);
}

void run_plan_make(struct run_plan *p, const struct graph *g, int64_t lanes, int n_keep, const int *keep)
{
	*p = (struct run_plan){ .value = xcalloc((size_t)g->n_value + 1, sizeof *p->value),
		                .save = xcalloc((size_t)g->n_node + 1, sizeof *p->save),
		                .tmp = xcalloc((size_t)g->n_node + 1, sizeof *p->tmp) };
	size_t nv = (size_t)g->n_value + 1;
	struct planner q = { .g = g,
		             .p = p,
		             .lanes = lanes,
		             .last = xcalloc(nv, sizeof *q.last),
		             .within = xcalloc(nv, sizeof *q.within),
		             .at = xcalloc(nv, sizeof *q.at),
		             .taken = xcalloc(2 * nv, sizeof *q.taken),
		             .reuse = n_keep >= 0 };
	q.holds = q.taken + nv;
	for (int i = 0; i < g->n_node; i++)
		p->scratch = node_scratch(&q, &g->node[i]) > p->scratch ? node_scratch(&q, &g->node[i]) : p->scratch;
	if (!q.reuse)
		q.scratch = take(&q, align64(p->scratch) + MEM_GUARD);
	find_last(&q, n_keep, keep);
	find_within(&q);
	for (int i = 0; i < g->n_value; i++)
		if (g->value[i].node < 0 && !g->value[i].constant)
			value_begins(&q, i);
	for (int i = 0; i < g->n_node; i++)
		node_places(&q, i);
	free(q.last);
	free(q.within);
	free(q.at);
	free(q.taken);
	free(q.hole);
}

/* ---- gradients ---- */

static void gradient_begins(struct planner *q, int v, const unsigned char *reach)
{
	if (v < 0 || !reach[v] || q->taken[v] || q->g->value[v].constant)
		return;
	q->p->value[v] = take(q, place_bytes(q, v));
	q->taken[v] = true;
}

size_t run_plan_gradients(const struct graph *g, int64_t lanes, int last, const unsigned char *reach,
                          const unsigned char *kept, size_t *at)
{
	struct run_plan p = { .value = at };
	/* guards between gradients would lie inside later ones */
	struct planner q = { .g = g,
		             .p = &p,
		             .lanes = lanes,
		             .taken = xcalloc((size_t)g->n_value + 1, sizeof *q.taken),
		             .reuse = !MEM_GUARD };
	for (int i = last; i >= 0; i--) {
		const struct node *n = &g->node[i];
		for (int k = 0; k < n->n_out; k++)
			gradient_begins(&q, n->out[k], reach);
		for (int k = 0; k < n->n_in; k++)
			gradient_begins(&q, n->in[k], reach);
		for (int k = 0; k < n->n_out && q.reuse; k++)
			if (n->out[k] >= 0 && q.taken[n->out[k]] && !kept[n->out[k]])
				give_back(&q, at[n->out[k]], place_bytes(&q, n->out[k]));
	}
	for (int v = 0; v < g->n_value; v++)
		gradient_begins(&q, v, reach);
	free(q.taken);
	free(q.hole);
	return p.bytes;
}

void run_plan_release(struct run_plan *p)
{
	free(p->value);
	free(p->save);
	free(p->tmp);
}
