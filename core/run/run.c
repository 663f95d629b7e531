#include "core/run/run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "core/run/run_plan.h"

enum { EVERY_LANE = -1 };

struct switch_off {
	int value, axis, lane;
	int64_t index;
};

static size_t align64(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

/* Numbers of a value in this run. */
static size_t numbers(const struct run *r, int value)
{
	const struct value *v = &r->g->value[value];
	return (size_t)(shape_count(&v->shape) * value_lanes(v, r->lanes));
}

/* Guards the memory between the end of a piece of `bytes` bytes and the next piece (see mem_guard). */
static void guard(void *at, size_t bytes)
{
	mem_guard((unsigned char *)at + bytes, align64(bytes) - bytes + MEM_GUARD);
}

/* Points the inputs and outputs of all calls at the values. */
static void calls_wire(struct run *r)
{
	const struct graph *g = r->g;
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		struct op_call *c = &r->call[i];
		for (int k = 0; k < n->n_in; k++)
			c->x[k] = n->in[k] < 0 ? NULL : r->val[n->in[k]];
		for (int k = 0; k < n->n_out; k++)
			c->y[k] = n->out[k] < 0 ? NULL : r->val[n->out[k]];
	}
}

/* The only node that reads each value, or -1. The caller frees the list. */
static int *only_readers(const struct graph *g)
{
	int *reader = xcalloc((size_t)g->n_value + 1, sizeof *reader),
	    *times = xcalloc((size_t)g->n_value + 1, sizeof *times);
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] >= 0) {
				reader[g->node[i].in[k]] = i;
				times[g->node[i].in[k]]++;
			}
	for (int i = 0; i < g->n_value; i++)
		reader[i] = times[i] == 1 ? reader[i] : -1;
	free(times);
	return reader;
}

/* Lets nodes with lanes compute the Relu behind them, too. The value between the two takes the place of the Relu's
 * output, of which the Relu's gradient is the same: each is positive where the other is. */
static void join_relus(struct run *r)
{
	const struct graph *g = r->g;
	int *reader = only_readers(g);
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		int z = n->n_out ? n->out[0] : -1, next = z < 0 ? -1 : reader[z];
		if (next < 0 || r->kept[z] || !(n->op->flags & OP_RECTIFIES) || !(g->node[next].op->flags & OP_RELU) ||
		    r->call[i].lanes == 1 || r->call[next].lanes == 1 || g->node[next].out[0] < 0)
			continue;
		int y = g->node[next].out[0];
		if (r->outputs_only && r->val[z] != r->val[y])
			continue;
		r->val[z] = r->val[y];
		r->call[i].rectify = true;
		r->joined[next] = 1;
	}
	free(reader);
}

static bool apart(const void *a, size_t n, const void *b, size_t m)
{
	return (uintptr_t)a + n <= (uintptr_t)b || (uintptr_t)b + m <= (uintptr_t)a;
}

/* Whether node `next` may write its output while node i still computes: where values share memory, one of those that
 * node i uses may lie there. */
static bool may_overlap(const struct run *r, int i, int next)
{
	const struct graph *g = r->g;
	const struct node *n = &g->node[i], *m = &g->node[next];
	const void *to[] = { r->val[m->out[0]], r->call[next].save };
	size_t bytes[] = { value_lanes_bytes(&g->value[m->out[0]], r->lanes), node_save_bytes(m) * (size_t)r->lanes };
	bool free_of = true;
	for (int w = 0; w < 2; w++) {
		free_of &= apart(to[w], bytes[w], r->call[i].tmp,
		                 n->tmp_lanes > n->tmp_bytes ? n->tmp_lanes : n->tmp_bytes);
		free_of &= apart(to[w], bytes[w], r->val[n->out[0]], value_lanes_bytes(&g->value[n->out[0]], r->lanes));
		for (int k = 0; k < n->n_in; k++)
			free_of &= n->in[k] < 0 || apart(to[w], bytes[w], r->val[n->in[k]],
			                                 value_lanes_bytes(&g->value[n->in[k]], r->lanes));
	}
	return !free_of;
}

/* Lets nodes with lanes call the one that reads their output, or that of the Relu behind them, while they compute. */
static void join_pieces(struct run *r)
{
	const struct graph *g = r->g;
	int *reader = only_readers(g);
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		int z = n->n_out ? n->out[0] : -1, next = z < 0 ? -1 : reader[z];
		if (next >= 0 && r->joined[next])
			next = reader[g->node[next].out[0]];
		if (next < 0 || !(n->op->flags & OP_RECTIFIES) || !g->node[next].op->forward_until ||
		    r->call[i].lanes == 1 || r->call[next].lanes == 1 || g->node[next].out[0] < 0 ||
		    node_is_empty(g, &g->node[next]) || may_overlap(r, i, next))
			continue;
		r->call[i].next = &r->call[next];
	}
	free(reader);
}

enum run_kind {
	RUN_ALL,    /* all values are kept */
	RUN_JOINED, /* those named are kept; all gradients can be computed */
	RUN_OUTPUTS /* those named are kept; there are no gradients */
};

static struct run *run_make(const struct graph *g, int64_t lanes, enum run_kind kind, int n_named, const int *named)
{
	struct run_plan plan;
	int n_keep = kind == RUN_OUTPUTS ? n_named : -1;
	assert(g->finished && (lanes == 1 || run_lanes_possible(g)));
	run_plan_make(&plan, g, lanes, n_keep, named);
	size_t ptrs = 0, nv = (size_t)g->n_value, nn = (size_t)g->n_node;
	for (int i = 0; i < g->n_node; i++)
		ptrs += 2 * (size_t)(g->node[i].n_in + g->node[i].n_out);
	size_t head = align64(sizeof(struct run)) + align64(nv * (sizeof(void *) + sizeof(real *) + 3)) +
	              align64(nn * (sizeof(struct op_call) + 1)) + align64(ptrs * sizeof(void *));
	struct run *r = xalloc_aligned(head);
	memset(r, 0, head);
	unsigned char *at = (unsigned char *)r + align64(sizeof *r);
	r->g = g;
	r->lanes = lanes;
	by_lane_make(&r->by_lane, g, lanes);
	r->outputs_only = kind == RUN_OUTPUTS;
	r->data_bytes = plan.bytes;
	r->val = (void **)(void *)at;
	r->grad = (real **)(void *)(at + nv * sizeof(void *));
	r->want = at + nv * (sizeof(void *) + sizeof(real *));
	r->reach = r->want + nv;
	r->kept = r->reach + nv;
	at += align64(nv * (sizeof(void *) + sizeof(real *) + 3));
	r->call = (struct op_call *)(void *)at;
	r->joined = at + nn * sizeof(struct op_call);
	at += align64(nn * (sizeof(struct op_call) + 1));
	void **p = (void **)(void *)at;
	/* Values begin as 0: no forward function sets the outputs of a node that is empty. */
	r->data = at = xcalloc_aligned(plan.bytes, &r->block);
	for (int i = 0; i < g->n_value; i++) {
		const struct value *v = &g->value[i];
		const void *constant = v->dtype == DT_REAL ? (const void *)v->r : (const void *)v->i;
		r->val[i] = v->constant ? (void *)(uintptr_t)constant : at + plan.value[i];
		if (n_keep < 0 && !v->constant)
			guard(r->val[i], value_lanes_bytes(v, lanes));
		r->kept[i] = kind == RUN_ALL || v->node < 0;
	}
	for (int i = 0; i < n_named; i++)
		r->kept[named[i]] = 1;
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		struct op_call *c = &r->call[i];
		c->g = g;
		c->n = n;
		c->x = (const void **)p;
		c->dx = (real **)(void *)(p + n->n_in);
		c->y = p + 2 * n->n_in;
		c->dy = (const real **)(void *)(p + 2 * n->n_in + n->n_out);
		p += 2 * (n->n_in + n->n_out);
		c->tmp = at + plan.tmp[i];
		c->save = at + plan.save[i];
		c->lanes = node_lanes(g, n, lanes);
		if (n_keep < 0)
			guard(c->save,
			      node_depends(g, n) && lanes > 1 ? node_save_bytes(n) * (size_t)lanes : n->save_bytes);
	}
	if (n_keep < 0 && g->n_node)
		guard(r->call[0].tmp, plan.scratch); /* all calls share it */
	run_plan_release(&plan);
	if (kind != RUN_ALL && lanes > 1)
		join_relus(r);
	calls_wire(r);
	if (kind != RUN_ALL && lanes > 1)
		join_pieces(r);
	return r;
}

struct run *run_new(const struct graph *g)
{
	return run_make(g, 1, RUN_ALL, 0, NULL);
}

struct run *run_new_outputs(const struct graph *g, int n, const int *value)
{
	return run_make(g, 1, RUN_OUTPUTS, n, value);
}

struct run *run_new_lanes(const struct graph *g, int n, const int *value)
{
	return n < 0 ? run_make(g, RUN_LANES, RUN_ALL, 0, NULL) : run_make(g, RUN_LANES, RUN_JOINED, n, value);
}

struct run *run_new_outputs_lanes(const struct graph *g, int n, const int *value)
{
	return run_make(g, RUN_LANES, RUN_OUTPUTS, n, value);
}

void run_free(struct run *r)
{
	if (!r)
		return;
	const struct graph *g = r->g;
	for (int i = 0; i < g->n_value; i++)
		if (g->value[i].constant)
			free(r->grad[i]);
	free(r->grad_block);
	free(r->planned);
	free(r->off);
	by_lane_release(&r->by_lane);
	free(r->block);
	free(r);
}

void run_input(struct run *r, int k, const real *x)
{
	int v = r->g->input[k];
	assert(r->g->value[v].dtype == DT_REAL && r->lanes == 1);
	memcpy(r->val[v], x, (size_t)shape_count(&r->g->value[v].shape) * sizeof *x);
	r->fresh = false;
}

void run_input_lane(struct run *r, int k, int lane, const real *x)
{
	int v = r->g->input[k];
	assert(r->g->value[v].dtype == DT_REAL && lane >= 0 && lane < r->lanes && r->lanes == RUN_LANES);
	lane_put(shape_count(&r->g->value[v].shape), x, lane, r->val[v]);
	r->fresh = false;
}

void run_override(struct run *r, int value, const real *data)
{
	const struct value *v = &r->g->value[value];
	assert(v->constant && v->dtype == DT_REAL && r->lanes == 1);
	r->val[value] = (void *)(uintptr_t)(data ? data : v->r);
	calls_wire(r);
	r->fresh = false;
}

static void switch_add(struct run *r, int lane, int value, int axis, int64_t index)
{
	assert(axis >= -1 && axis < r->g->value[value].shape.rank);
	assert(index >= 0 &&
	       index < (axis < 0 ? shape_count(&r->g->value[value].shape) : r->g->value[value].shape.dim[axis]));
	r->off = xrealloc(r->off, (size_t)r->n_off + 1, sizeof *r->off);
	r->off[r->n_off++] = (struct switch_off){ value, axis, lane, index };
	r->fresh = false;
}

void run_switch_off(struct run *r, int value, int axis, int64_t index)
{
	switch_add(r, EVERY_LANE, value, axis, index);
}

void run_switch_off_lane(struct run *r, int lane, int value, int axis, int64_t index)
{
	assert(lane >= 0 && lane < r->lanes && r->g->value[value].depends);
	switch_add(r, lane, value, axis, index);
}

void run_switch_clear(struct run *r)
{
	r->n_off = 0;
	r->fresh = false;
}

bool run_is_off(const struct run *r, int value, int axis, int64_t index)
{
	for (int i = 0; i < r->n_off; i++)
		if (r->off[i].value == value && r->off[i].axis == axis && r->off[i].index == index)
			return true;
	return false;
}

/* Sets n elements with so many lanes to 0, in one lane or in all. */
static void clear(real *data, int64_t n, int64_t lanes, int lane)
{
	if (lane == EVERY_LANE)
		memset(data, 0, (size_t)(n * lanes) * sizeof *data);
	for (int64_t i = 0; lane != EVERY_LANE && i < n; i++)
		data[i * lanes + lane] = 0;
}

/* Sets the elements of `value` that are switched off to 0. `data` holds the elements or their gradients. */
static void switch_apply(const struct run *r, int value, real *data)
{
	const struct shape *s = &r->g->value[value].shape;
	int64_t lanes = value_lanes(&r->g->value[value], r->lanes);
	for (int i = 0; i < r->n_off; i++) {
		const struct switch_off *off = &r->off[i];
		if (off->value != value)
			continue;
		if (off->axis < 0) {
			clear(data + off->index * lanes, 1, lanes, off->lane);
			continue;
		}
		int64_t outer = 1, inner = 1, n = s->dim[off->axis];
		for (int a = 0; a < s->rank; a++)
			if (a < off->axis)
				outer *= s->dim[a];
			else if (a > off->axis)
				inner *= s->dim[a];
		for (int64_t o = 0; o < outer; o++)
			clear(data + (o * n + off->index) * inner * lanes, inner, lanes, off->lane);
	}
}

/* What a filter that is switched off feeds must wait until its values are 0. */
static void node_computes(const struct run *r, struct op_call *c)
{
	struct op_call *next = c->next;
	c->next = r->n_off ? NULL : next;
	c->n->op->forward(c);
	c->next = next;
}

static void node_forward(struct run *r, int i)
{
	struct op_call *c = &r->call[i];
	if (node_is_empty(r->g, c->n))
		return;
	assert(r->lanes == 1 || !r->training);
	c->training = r->training;
	if (r->by_lane.node && r->by_lane.node[i])
		by_lane_call(&r->by_lane, c, r->lanes, false);
	else if (!r->joined[i] && !c->made)
		node_computes(r, c);
	c->made = 0;
	for (int k = 0; r->n_off && k < c->n->n_out; k++)
		if (c->n->out[k] >= 0 && r->g->value[c->n->out[k]].dtype == DT_REAL)
			switch_apply(r, c->n->out[k], r->val[c->n->out[k]]);
}

void run_forward(struct run *r)
{
	for (int i = 0; i < r->g->n_node; i++)
		node_forward(r, i);
	r->fresh = true;
}

void run_forward_passing(struct run *r, void (*node)(int i, void *ctx), void *ctx)
{
	for (int i = 0; i < r->g->n_node; i++) {
		node_forward(r, i);
		node(i, ctx);
	}
	r->fresh = true;
}

const real *run_now(const struct run *r, int value)
{
	assert(r->g->value[value].dtype == DT_REAL);
	return r->val[value];
}

void run_forward_after(struct run *r, int value)
{
	const struct graph *g = r->g;
	unsigned char *dirty = r->reach;
	assert(!r->outputs_only && r->kept[value]);
	memset(dirty, 0, (size_t)g->n_value);
	dirty[value] = 1;
	switch_apply(r, value, r->val[value]);
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		bool again = false;
		for (int k = 0; k < n->n_in; k++)
			again |= n->in[k] >= 0 && dirty[n->in[k]];
		if (!again)
			continue;
		node_forward(r, i);
		for (int k = 0; k < n->n_out; k++)
			if (n->out[k] >= 0)
				dirty[n->out[k]] = 1;
	}
	memset(dirty, 0, (size_t)g->n_value);
	r->fresh = true;
}

bool run_after_is_alone(const struct graph *g, int value)
{
	bool *after = xcalloc((size_t)g->n_value + 1, sizeof *after), alone = true;
	after[value] = true;
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		bool some = false, all = true;
		for (int k = 0; k < n->n_in; k++)
			if (n->in[k] >= 0 && g->value[n->in[k]].depends) {
				some |= after[n->in[k]];
				all &= after[n->in[k]];
			}
		alone &= !some || all;
		for (int k = 0; some && k < n->n_out; k++)
			if (n->out[k] >= 0)
				after[n->out[k]] = true;
	}
	free(after);
	return alone;
}

real *run_data(struct run *r, int value)
{
	assert(!r->g->value[value].constant && r->g->value[value].dtype == DT_REAL);
	return r->val[value];
}

/* ---- backward ---- */

enum run_want { WANT_KEPT = 1, WANT_PASSING = 2 };

void run_want(struct run *r, int value)
{
	assert(r->g->value[value].dtype == DT_REAL && (r->lanes == 1 || r->g->value[value].depends));
	r->want[value] |= WANT_KEPT;
	/* The gradient of a weight has a block of its own, since only training wants it. */
	if (r->g->value[value].constant && !r->grad[value])
		r->grad[value] = xalloc_aligned(align64(value_bytes(&r->g->value[value])) + MEM_GUARD);
}

void run_want_passing(struct run *r, int value)
{
	assert(r->g->value[value].dtype == DT_REAL && !r->g->value[value].constant);
	r->want[value] |= WANT_PASSING;
}

void run_want_clear(struct run *r)
{
	memset(r->want, 0, (size_t)r->g->n_value);
}

void run_drop_gradients(struct run *r)
{
	for (int i = 0; i < r->g->n_value; i++)
		if (!r->g->value[i].constant)
			r->grad[i] = NULL;
	free(r->grad_block);
	free(r->planned);
	r->grad_block = NULL;
	r->planned = NULL;
	r->grad_bytes = 0;
}

/* Gives every gradient that the pass from node `last` computes its memory. */
static void grads_place(struct run *r, int last)
{
	const struct graph *g = r->g;
	size_t nv = (size_t)g->n_value, *at = xcalloc(nv + 1, sizeof *at);
	unsigned char *kept = xcalloc(nv + 1, 1);
	for (size_t i = 0; i < nv; i++)
		kept[i] = r->want[i] & WANT_KEPT;
	size_t bytes = run_plan_gradients(g, r->lanes, last, r->reach, kept, at);
	if (!r->grad_block || bytes > r->grad_bytes || MEM_GUARD) {
		run_drop_gradients(r);
		r->grad_block = xalloc_aligned(bytes);
		r->grad_bytes = bytes;
	}
	for (int i = 0; i < g->n_value; i++) {
		if (g->value[i].constant)
			continue;
		r->grad[i] = r->reach[i] ? (real *)(void *)((unsigned char *)r->grad_block + at[i]) : NULL;
		if (r->grad[i])
			guard(r->grad[i], value_lanes_bytes(&g->value[i], r->lanes));
	}
	free(at);
	free(kept);
}

/* The memory plan of the pass whose values mark_paths has marked: the last one if it serves. */
static void grads_plan(struct run *r, int value)
{
	size_t nv = (size_t)r->g->n_value;
	if (r->planned && !memcmp(r->planned, r->reach, nv) && !memcmp(r->planned + nv, r->want, nv))
		return;
	grads_place(r, r->g->value[value].node);
	r->planned = r->planned ? r->planned : xcalloc(2 * nv + 1, 1);
	memcpy(r->planned, r->reach, nv);
	memcpy(r->planned + nv, r->want, nv);
}

enum { NEEDED = 2, REACHED = 1, STARTED = 4 };

/* Marks the values on a path from a wanted value to the seed with REACHED. NEEDED marks those that are wanted or depend
 * on a wanted value. */
static void mark_paths(struct run *r, int seed)
{
	const struct graph *g = r->g;
	for (int i = 0; i < g->n_value; i++)
		r->reach[i] = r->want[i] ? NEEDED : 0;
	int last = g->value[seed].node;
	for (int i = 0; i <= last; i++) {
		const struct node *n = &g->node[i];
		bool need = false;
		for (int k = 0; n->op->backward && k < n->n_in; k++)
			need |= n->in[k] >= 0 && g->value[n->in[k]].dtype == DT_REAL && r->reach[n->in[k]];
		for (int k = 0; need && k < n->n_out; k++)
			if (n->out[k] >= 0 && g->value[n->out[k]].dtype == DT_REAL)
				r->reach[n->out[k]] = NEEDED;
	}
	r->reach[seed] |= r->reach[seed] & NEEDED ? REACHED : 0;
	for (int i = last; i >= 0; i--) {
		const struct node *n = &g->node[i];
		bool reached = false;
		for (int k = 0; n->op->backward && k < n->n_out; k++)
			reached |= n->out[k] >= 0 && (r->reach[n->out[k]] & REACHED);
		for (int k = 0; reached && k < n->n_in; k++)
			if (n->in[k] >= 0 && (r->reach[n->in[k]] & NEEDED))
				r->reach[n->in[k]] |= REACHED;
	}
	for (int i = 0; i < g->n_value; i++)
		r->reach[i] &= REACHED;
}

/* The gradient of v, to which a caller adds. The first call sets it to 0, just before it is used, so that it is in the
 * processor's cache. NULL: v is on no path. */
static real *grad_open(struct run *r, int v)
{
	if (v < 0 || !r->reach[v])
		return NULL;
	if (!(r->reach[v] & STARTED))
		memset(r->grad[v], 0, numbers(r, v) * sizeof(real));
	r->reach[v] |= STARTED;
	return r->grad[v];
}

/* Returns whether node n is the first to use the gradient of its input k, so that it may write it (OP_FRESH). */
static bool fresh_input(const struct run *r, const struct node *n, int k)
{
	int v = n->in[k];
	if (!(n->op->flags & OP_FRESH) || k > 63 || v < 0 || !r->reach[v] || (r->reach[v] & STARTED))
		return false;
	for (int j = k + 1; j < n->n_in; j++)
		if (n->in[j] == v)
			return false;
	return true;
}

static void node_backward(struct run *r, int i, bool (*rule)(struct op_call *c, int node, void *ctx), void *ctx)
{
	struct op_call *c = &r->call[i];
	const struct node *n = c->n;
	bool any = false;
	if (node_is_empty(r->g, n))
		return;
	for (int k = 0; k < n->n_out; k++) {
		real *dy = grad_open(r, n->out[k]);
		c->dy[k] = dy;
		any |= dy != NULL;
		if (dy && r->n_off)
			switch_apply(r, n->out[k], dy);
	}
	if (!any || !n->op->backward)
		return;
	any = false;
	for (int k = 0; k < n->n_in; k++) {
		if (fresh_input(r, n, k) && !rule) {
			c->fresh |= (uint64_t)1 << k;
			r->reach[n->in[k]] |= STARTED;
		}
		c->dx[k] = grad_open(r, n->in[k]);
		any |= c->dx[k] != NULL;
	}
	if (any && r->by_lane.node && r->by_lane.node[i])
		by_lane_call(&r->by_lane, c, r->lanes, true);
	else if (any && !(rule && rule(c, i, ctx)))
		n->op->backward(c);
	c->fresh = 0;
}

/* What a pass calls on its way; each may be NULL. */
struct visitor {
	bool (*rule)(struct op_call *c, int node, void *ctx);
	void (*passing)(int value, const real *gradient, void *ctx);
	void *ctx;
};

/* The gradient of v is complete. */
static void pass_by(struct run *r, int v, const struct visitor *q)
{
	if (v < 0 || !(r->want[v] & WANT_PASSING) || !r->reach[v])
		return;
	grad_open(r, v);
	if (q->passing)
		q->passing(v, r->grad[v], q->ctx);
}

static void backward(struct run *r, int value, const real *seed, const struct visitor *q)
{
	const struct graph *g = r->g;
	assert(r->fresh && !r->outputs_only && !(q->rule && r->lanes > 1) && g->value[value].dtype == DT_REAL &&
	       !g->value[value].constant);
	mark_paths(r, value);
	if (!r->reach[value])
		return;
	grads_plan(r, value);
	r->reach[value] |= STARTED;
	size_t count = numbers(r, value);
	if (seed)
		memcpy(r->grad[value], seed, count * sizeof *seed);
	else
		for (size_t i = 0; i < count; i++)
			r->grad[value][i] = 1;
	for (int i = g->value[value].node; i >= 0; i--) {
		node_backward(r, i, q->rule, q->ctx);
		for (int k = 0; k < g->node[i].n_out; k++)
			pass_by(r, g->node[i].out[k], q);
	}
	for (int i = 0; i < g->n_value; i++)
		if (r->want[i] & WANT_KEPT)
			grad_open(r, i);
	for (int i = 0; i < g->n_value; i++)
		if (g->value[i].node < 0)
			pass_by(r, i, q);
}

void run_backward(struct run *r, int value, const real *seed)
{
	backward(r, value, seed, &(struct visitor){ 0 });
}

void run_backward_by(struct run *r, int value, const real *seed, bool (*rule)(struct op_call *c, int node, void *ctx),
                     void *ctx)
{
	backward(r, value, seed, &(struct visitor){ .rule = rule, .ctx = ctx });
}

void run_backward_passing(struct run *r, int value, const real *seed,
                          void (*passing)(int value, const real *gradient, void *ctx), void *ctx)
{
	backward(r, value, seed, &(struct visitor){ .passing = passing, .ctx = ctx });
}

const real *run_real(const struct run *r, int value)
{
	assert(r->g->value[value].dtype == DT_REAL && r->kept[value]);
	return r->val[value];
}

const int64_t *run_int(const struct run *r, int value)
{
	assert(r->g->value[value].dtype == DT_INT64 && r->kept[value]);
	return r->val[value];
}

const real *run_grad(const struct run *r, int value)
{
	return (r->want[value] & WANT_KEPT) && r->reach[value] ? r->grad[value] : NULL;
}
