/* Decides which axis of an input is time and which are the channels. The network is built once for trial, node by node,
 * with sizes in place of open dimensions. The axes of the input are followed through it by op_reach to the operators
 * that tell them apart: a convolution knows which axis holds its channels and along which it slides. What an operator
 * tells is a vote; the order of axes that fits the votes best is taken.
 *
 * Only axes longer than 1 are followed, because an axis of size 1 cannot be told from another one. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "core/kernels/op_window.h"
#include "src/onnx/onnx_net.h"

/* Steps of an open axis in the trial; a batch whose length, a prime, tells it from the heads of attention and shows a
 * mistake; nodes that are tried. */
enum { STEPS_TRIED = 1024, BATCH_TRIED = 7, NODES_TRIED = 3000, VOTES_MAX = 64 };
/* Elements of a tensor whose axes are followed: finding out what moves where takes time for each of them. */
enum { FOLLOWED_MAX = 1 << 21 };
/* Orders of as many axes as an input has. */
enum { LAYOUTS_MAX = 16 };

/* How much a vote counts: an operator that has fixed places for channels and steps; one that usually reads channels
 * last; one that reads them last after a transposition, which may be there to bring time there. */
#define VOTE_SURE 100.0
#define VOTE_KERNEL 60.0
#define VOTE_PATCH 12.0
#define VOTE_LAST 10.0
#define VOTE_NORM 8.0
#define VOTE_POOLED 6.0
#define VOTE_ATTENTION 5.0
#define VOTE_MOVED 1.0
/* Below this lead over the next order the reading is a guess, which is said. */
#define LEAD_SAFE 4.0

/* Which axes of the input an axis of a tensor holds, as bits: a whole axis, one of the parts into which it was cut to
 * patches, or a slice of it. */
struct origin {
	unsigned whole, part, slice;
};
struct axes {
	struct origin of[RANK_MAX];
};

struct vote {
	int axis; /* of the input */
	bool time;
	double weight;
	char who[120]; /* "Conv 'conv1'" */
};

struct trial {
	struct onnx_net *net;
	const struct onnx_value *in;
	int64_t dim[RANK_MAX]; /* sizes of the input in this trial */
	struct axes *axes;     /* (values of the graph) */
	int axes_cap, nodes_seen;
	struct vote vote[VOTES_MAX];
	int n_vote;
	unsigned mixed; /* axes whose positions have been mixed: they are no batch */
	int done, lost; /* nodes of the file that could be added, and that could not */
	bool complete;
};

/* ---- what a tensor's axes hold ---- */

static unsigned all_of(struct origin o)
{
	return o.whole | o.part | o.slice;
}

/* Returns the only axis in the set, or -1. */
static int single(unsigned set)
{
	int axis = -1;
	for (int i = 0; i < RANK_MAX; i++)
		if (set >> i & 1) {
			if (axis >= 0)
				return -1;
			axis = i;
		}
	return axis;
}

static void join(struct origin *to, struct origin from)
{
	to->whole |= from.whole;
	to->part |= from.part;
	to->slice |= from.slice;
}

static const struct value *in_value(const struct trial *t, const struct node *n, int k)
{
	return k < n->n_in && n->in[k] >= 0 ? &t->net->g->value[n->in[k]] : NULL;
}

static bool tracked(const struct trial *t, const struct node *n, int k)
{
	return k < n->n_in && n->in[k] >= 0 && n->in[k] < t->axes_cap && t->net->g->value[n->in[k]].depends;
}

static struct origin origin_of(const struct trial *t, const struct node *n, int k, int axis)
{
	return tracked(t, n, k) && axis >= 0 && axis < RANK_MAX ? t->axes[n->in[k]].of[axis] : (struct origin){ 0 };
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	return b ? common_divisor(b, a % b) : a;
}

/* What a piece of n elements holds of an axis of `all` elements that is cut. An input's axis may lie in one piece
 * whole, as the batch does when attention's heads are parted from it: then only that piece's length has a divisor in
 * common with it. */
static struct origin piece_of(const struct trial *t, struct origin o, int64_t all, int64_t n)
{
	struct origin p = { .part = o.part | o.slice };
	for (int a = 0; a < t->in->rank; a++) {
		if (!(o.whole >> a & 1))
			continue;
		bool fits = all % n == 0 && all % t->dim[a] == 0;
		if (fits && common_divisor(n, t->dim[a]) == 1)
			continue;
		*(fits && common_divisor(all / n, t->dim[a]) == 1 ? &p.whole : &p.part) |= 1u << a;
	}
	return p;
}

/* Axes of the same elements in the same order. An axis of y holds the axes of x that lie within its strides. */
static void follow_reshape(const struct trial *t, const struct shape *x, const struct axes *from, const struct shape *y,
                           struct axes *to)
{
	int64_t sx = shape_count(x), sy = sx;
	int64_t high[RANK_MAX], low[RANK_MAX];
	for (int i = 0; i < x->rank; i++) {
		high[i] = sx;
		sx /= x->dim[i] ? x->dim[i] : 1;
		low[i] = sx;
	}
	for (int j = 0; j < y->rank; j++) {
		int64_t top = sy;
		sy /= y->dim[j] ? y->dim[j] : 1;
		for (int i = 0; i < x->rank; i++) {
			if (x->dim[i] < 2 || high[i] <= sy || low[i] >= top)
				continue;
			int64_t last = sy > low[i] ? sy : low[i], first = top < high[i] ? top : high[i];
			join(&to->of[j], first == high[i] && last == low[i]
			                         ? from->of[i]
			                         : piece_of(t, from->of[i], x->dim[i], first / last));
		}
	}
}

static void follow_input(struct trial *t, const struct node *n, int k, int out)
{
	const struct graph *g = t->net->g;
	const struct value *x = in_value(t, n, k), *y = &g->value[n->out[out]];
	if (shape_count(&x->shape) > FOLLOWED_MAX || shape_count(&y->shape) > FOLLOWED_MAX)
		return;
	for (int a = 0; a < x->shape.rank; a++) {
		struct origin o = t->axes[n->in[k]].of[a];
		if (!all_of(o) || x->shape.dim[a] < 2)
			continue;
		for (int b = 0; b < y->shape.rank; b++) {
			struct reach r = op_reach(&(struct reach_query){ g, n, k, a, out, b });
			struct origin as = o;
			/* Where values only move, a position that reads several, or the one that all read, holds
			 * another axis. */
			if (r.kind == REACH_ALL || (n->op->flags & OP_MOVES && (r.kind == REACH_SCATTERED || r.n != 1)))
				continue;
			if (n->op->flags & OP_MOVES && y->shape.dim[b] < x->shape.dim[a])
				as = (struct origin){ .slice = o.whole | o.slice, .part = o.part };
			join(&t->axes[n->out[out]].of[b], as);
		}
	}
}

/* A Gather whose indices are a matrix cuts an axis into patches. */
static bool gather_patches(struct trial *t, const struct node *n)
{
	const struct value *x = in_value(t, n, 0), *index = in_value(t, n, 1);
	if (strcmp(n->op->name, "Gather") != 0 || !x || !index || !tracked(t, n, 0) || index->shape.rank != 2)
		return false;
	int64_t axis = attr_int(n, "axis", 0);
	axis += axis < 0 ? x->shape.rank : 0;
	struct axes *to = &t->axes[n->out[0]];
	for (int a = 0; a < x->shape.rank && a + 1 < RANK_MAX; a++) {
		struct origin o = t->axes[n->in[0]].of[a];
		if (a == axis)
			to->of[a].part = to->of[a + 1].part = all_of(o);
		else
			to->of[a + (a > axis)] = o;
	}
	return true;
}

/* Slices of one axis beside each other along a new axis are patches of it, as PyTorch writes unfold(). */
static void joined_slices(struct trial *t, const struct node *n)
{
	const struct value *y = &t->net->g->value[n->out[0]];
	int64_t axis = attr_int(n, "axis", 0);
	axis += axis < 0 ? y->shape.rank : 0;
	struct axes *to = &t->axes[n->out[0]];
	if (n->n_in < 2 || axis < 0 || axis >= y->shape.rank || all_of(to->of[axis]))
		return;
	for (int a = 0; a < y->shape.rank; a++) {
		unsigned cut = to->of[a].slice;
		if (!cut)
			continue;
		to->of[a] = (struct origin){ .part = cut };
		to->of[axis].part |= cut;
	}
}

static void follow(struct trial *t, const struct node *n)
{
	const struct graph *g = t->net->g;
	if (n->out[0] >= 0 && gather_patches(t, n))
		return;
	if (n->op->flags & OP_COPIES && n->out[0] >= 0 && tracked(t, n, 0)) {
		follow_reshape(t, &in_value(t, n, 0)->shape, &t->axes[n->in[0]], &g->value[n->out[0]].shape,
		               &t->axes[n->out[0]]);
		return;
	}
	for (int out = 0; out < n->n_out; out++)
		for (int k = 0; k < n->n_in; k++)
			if (n->out[out] >= 0 && tracked(t, n, k))
				follow_input(t, n, k, out);
	if (n->op->flags & OP_JOINS && n->out[0] >= 0)
		joined_slices(t, n);
}

/* ---- votes ---- */

static void vote(struct trial *t, int axis, bool time, double weight, int node)
{
	if (axis < 0)
		return;
	t->mixed |= 1u << axis;
	for (int i = 0; i < t->n_vote; i++)
		if (t->vote[i].axis == axis && t->vote[i].time == time && t->vote[i].weight >= weight)
			return;
	if (t->n_vote == VOTES_MAX)
		return;
	const struct node *n = &t->net->g->node[node];
	struct vote *v = &t->vote[t->n_vote++];
	*v = (struct vote){ .axis = axis, .time = time, .weight = weight };
	snprintf(v->who, sizeof v->who, "%s '%.80s'", n->op->name,
	         *n->name || n->out[0] < 0 ? n->name : t->net->g->value[n->out[0]].name);
}

static int whole_axis(const struct trial *t, const struct node *n, int k, int axis)
{
	return single(all_of(origin_of(t, n, k, axis)));
}

/* A kernel that covers one of two axes, and is not padded, joins channels. */
static bool covers(const struct window *w)
{
	return w->k > 1 && w->k == w->ti && !w->pad && !w->pad_end;
}

/* Operators with channels in axis 1 that slide along the axes behind it. */
static void vote_sliding(struct trial *t, const struct node *n, int i)
{
	int rank = in_value(t, n, 0)->shape.rank, n_axis = 0, axis[RANK_MAX], long_ones = 0;
	struct window w[RANK_MAX];
	for (int a = 2; a < rank; a++) {
		int from = whole_axis(t, n, 0, a);
		if (from < 0 || t->dim[from] < 2)
			continue;
		if (!window_along(n, a, &w[n_axis]))
			w[n_axis] = (struct window){ .k = 1, .ti = in_value(t, n, 0)->shape.dim[a] };
		axis[n_axis] = from;
		long_ones += w[n_axis++].k > 1;
	}
	vote(t, whole_axis(t, n, 0, 1), false, VOTE_SURE, i);
	if (n_axis == 1)
		vote(t, axis[0], true, VOTE_SURE, i);
	for (int k = 0; k < n_axis && n_axis == 2; k++) {
		const struct window *other = &w[!k];
		if (covers(&w[k]) && w[k].ti <= other->ti) {
			vote(t, axis[k], false, VOTE_KERNEL, i);
			vote(t, axis[!k], true, VOTE_KERNEL, i);
		} else if (w[k].k > 1 && long_ones == 1) {
			vote(t, axis[k], true, VOTE_KERNEL, i);
		}
	}
}

static void vote_global(struct trial *t, const struct node *n, int i)
{
	int rank = in_value(t, n, 0)->shape.rank;
	vote(t, whole_axis(t, n, 0, 1), false, rank > 2 ? VOTE_SURE : VOTE_LAST, i);
	if (rank == 3)
		vote(t, whole_axis(t, n, 0, 2), true, VOTE_SURE, i);
}

static void vote_recurrent(struct trial *t, const struct node *n, int i)
{
	int steps = attr_int(n, "layout", 0) ? 1 : 0;
	vote(t, whole_axis(t, n, 0, steps), true, VOTE_SURE, i);
	vote(t, whole_axis(t, n, 0, 2), false, VOTE_SURE, i);
}

/* A product with weights sums over features. If these are patches of an axis, that axis is time. */
static void vote_product(struct trial *t, const struct node *n, int i)
{
	const struct value *x = in_value(t, n, 0), *w = in_value(t, n, 1);
	if (!x || !w || w->depends || !tracked(t, n, 0) || x->shape.rank < 2)
		return;
	int axis = attr_int(n, "transA", 0) ? 0 : x->shape.rank - 1;
	struct origin o = origin_of(t, n, 0, axis);
	int from = single(o.whole | o.slice);
	t->mixed |= all_of(o);
	/* Flattened: all is mixed with all. */
	if (from < 0 && o.whole)
		return;
	bool moved = from >= 0 && from != t->in->rank - 1;
	for (int a = 0; a < RANK_MAX; a++)
		if (o.part >> a & 1 && a != from)
			vote(t, a, true, VOTE_PATCH, i);
	vote(t, from, false, o.part ? VOTE_PATCH : moved ? VOTE_MOVED : VOTE_LAST, i);
}

static void vote_layer_norm(struct trial *t, const struct node *n, int i)
{
	int rank = in_value(t, n, 0)->shape.rank;
	int64_t axis = attr_int(n, "axis", -1);
	if ((axis < 0 ? axis + rank : axis) == rank - 1)
		vote(t, whole_axis(t, n, 0, rank - 1), false, VOTE_NORM, i);
}

/* The only axis of the input that a reduction takes away from x, or -1. */
static int reduced_axis(const struct trial *t, const struct node *n)
{
	unsigned before = 0, after = 0;
	for (int a = 0; a < RANK_MAX; a++) {
		before |= all_of(origin_of(t, n, 0, a));
		after |= all_of(t->axes[n->out[0]].of[a]);
	}
	return single(before & ~after);
}

/* A mean that is subtracted normalises: over the last axis as layers do, over another as series are. Other reductions
 * pool over time. */
static void vote_reduction(struct trial *t, const struct node *n, int i)
{
	int axis = reduced_axis(t, n);
	bool kept = t->net->g->value[n->out[0]].shape.rank == in_value(t, n, 0)->shape.rank;
	t->mixed |= axis >= 0 ? 1u << axis : 0;
	for (int m = i + 1; m < t->net->g->n_node && m < i + 3; m++) {
		const struct node *next = &t->net->g->node[m];
		if (!strcmp(next->op->name, "Sub") && next->in[0] == n->in[0] && next->in[1] == n->out[0]) {
			bool last = axis == t->in->rank - 1;
			vote(t, axis, !last, last ? VOTE_MOVED : VOTE_NORM, i);
			return;
		}
	}
	if (!kept)
		vote(t, axis, true, VOTE_POOLED, i);
}

static void vote_softmax(struct trial *t, const struct node *n, int i)
{
	const struct value *x = in_value(t, n, 0);
	int64_t axis = attr_int(n, "axis", -1);
	axis += axis < 0 ? x->shape.rank : 0;
	if (x->shape.rank >= 3)
		vote(t, whole_axis(t, n, 0, (int)axis), true, VOTE_ATTENTION, i);
}

/* Returns the node that makes input k; NULL: none does. */
static const struct node *maker_of(const struct trial *t, const struct node *n, int k)
{
	const struct value *v = in_value(t, n, k);
	return v && v->node >= 0 ? &t->net->g->node[v->node] : NULL;
}

/* A position of a tensor that is subtracted from all of it is a step: forecasters take the last value away. */
static void vote_difference(struct trial *t, const struct node *n, int i)
{
	const struct node *at = maker_of(t, n, 1);
	const struct value *x = in_value(t, n, 0), *one = in_value(t, n, 1);
	if (at && !strcmp(at->op->name, "Unsqueeze"))
		at = maker_of(t, at, 0);
	bool picks = at && (!strcmp(at->op->name, "Slice") || !strcmp(at->op->name, "Gather"));
	if (!picks || at->in[0] != n->in[0] || one->shape.rank != x->shape.rank)
		return;
	for (int a = 0, found = 0; a < x->shape.rank; a++)
		if (one->shape.dim[a] == 1 && x->shape.dim[a] > 1 && !found++)
			vote(t, whole_axis(t, n, 0, a), true, VOTE_NORM, i);
}

static const struct {
	const char *op;
	void (*vote)(struct trial *t, const struct node *n, int i);
} voters[] = {
	{ "Conv", vote_sliding },
	{ "ConvTranspose", vote_sliding },
	{ "MaxPool", vote_sliding },
	{ "AveragePool", vote_sliding },
	{ "LpPool", vote_sliding },
	{ "GlobalAveragePool", vote_global },
	{ "GlobalMaxPool", vote_global },
	{ "GlobalLpPool", vote_global },
	{ "BatchNormalization", vote_global },
	{ "InstanceNormalization", vote_global },
	{ "GroupNormalization", vote_global },
	{ "LSTM", vote_recurrent },
	{ "GRU", vote_recurrent },
	{ "RNN", vote_recurrent },
	{ "MatMul", vote_product },
	{ "Gemm", vote_product },
	{ "LayerNormalization", vote_layer_norm },
	{ "RMSNormalization", vote_layer_norm },
	{ "Softmax", vote_softmax },
	{ "Sub", vote_difference },
};

/* ---- the trial ---- */

/* Follows the axes through the nodes that were added to the graph since the last call. */
static void look(struct trial *t)
{
	const struct graph *g = t->net->g;
	if (g->n_value > t->axes_cap) {
		int cap = g->n_value * 2;
		t->axes = xrealloc(t->axes, (size_t)cap, sizeof *t->axes);
		memset(t->axes + t->axes_cap, 0, (size_t)(cap - t->axes_cap) * sizeof *t->axes);
		t->axes_cap = cap;
	}
	for (; t->nodes_seen < g->n_node; t->nodes_seen++) {
		const struct node *n = &g->node[t->nodes_seen];
		if (n->op->flags & OP_OF_SHAPE)
			continue;
		follow(t, n);
		if (!tracked(t, n, 0))
			continue;
		for (size_t i = 0; i < sizeof voters / sizeof *voters; i++)
			if (!strcmp(voters[i].op, n->op->name))
				voters[i].vote(t, n, t->nodes_seen);
	}
}

/* What follows a reduction says what it is for, so reductions vote when the other nodes are there. */
static void look_at_reductions(struct trial *t)
{
	const struct graph *g = t->net->g;
	for (int i = 0; i < g->n_node; i++)
		if (g->node[i].op->flags & OP_REDUCES && g->node[i].out[0] >= 0 && tracked(t, &g->node[i], 0) &&
		    !strncmp(g->node[i].op->name, "Reduce", 6))
			vote_reduction(t, &g->node[i], i);
}

/* Whether channels and steps are known for sure, so that the rest of the network need not be tried. */
static bool decided(const struct trial *t)
{
	bool channels = t->in->rank != 3, steps = false;
	for (int i = 0; i < t->n_vote; i++) {
		channels |= t->vote[i].weight >= VOTE_SURE && !t->vote[i].time;
		steps |= t->vote[i].weight >= VOTE_KERNEL && t->vote[i].time;
	}
	return channels && steps;
}

static bool is_lost(const struct scope *s, int node)
{
	for (int k = 0; k < s->g->node[node].n_in; k++) {
		const struct sym *y = s->in[node][k] >= 0 ? &s->sym[s->in[node][k]] : NULL;
		if (y && (y->lost || !y->made))
			return true;
	}
	return false;
}

static void try_nodes(struct trial *t, struct scope *s)
{
	int n = s->g->n_node < NODES_TRIED ? s->g->n_node : NODES_TRIED, i;
	for (i = 0; i < n && !decided(t); i++) {
		bool bad = is_lost(s, i) || onnx_emit(t->net, s, i) < 0;
		for (int k = 0; bad && k < s->g->node[i].n_out; k++)
			if (s->out[i][k] >= 0)
				s->sym[s->out[i][k]].lost = true;
		t->lost += bad;
		t->done += !bad;
		look(t);
	}
	look_at_reductions(t);
	t->complete = i == s->g->n_node && !t->lost;
}

/* Tries the network with these sizes of the input. */
static void try_sizes(struct trial *t, const struct onnx_net *like, const struct input_plan *plan, int which,
                      const int64_t *dim)
{
	struct err e = { 0 };
	struct scope s;
	struct onnx_net net = { .g = graph_new(),
		                .f = like->f,
		                .side = like->side,
		                .e = &e,
		                .trial = true,
		                .opset = like->opset,
		                .arena = { 0 } };
	net.g->fold_bytes = like->g->fold_bytes;
	*t = (struct trial){ .net = &net, .in = plan->in[which].v };
	int rank = t->in->rank;
	struct shape shape = { .rank = rank };
	for (int i = 0; i < rank; i++)
		shape.dim[i] = t->dim[i] = dim[i];
	int bad = scope_new(&s, NULL, like->f->graph, &e);
	struct sym *y = bad ? NULL : scope_sym(&s, t->in->name);
	if (y)
		y->value = graph_input(net.g, t->in->name, DT_REAL, &shape, &e);
	if (y && y->value >= 0 && onnx_other_inputs(&net, &s, plan, which) == 0) {
		look(t);
		for (int i = 0; i < rank; i++)
			t->axes[y->value].of[i].whole = dim[i] > 1 ? 1u << i : 0;
		try_nodes(t, &s);
	}
	free(t->axes);
	t->axes = NULL;
	t->net = NULL;
	scope_free(&s);
	graph_free(net.g);
	arena_release(&net.arena);
}

/* ---- sizes of open axes ---- */

int64_t onnx_channels_read(const struct onnx_graph *g)
{
	struct err e = { 0 };
	struct scope s;
	int64_t found = -1;
	int bad = scope_new(&s, NULL, g, &e);
	for (int i = 0; i < g->n_node && found < 0 && !bad; i++) {
		const struct onnx_node *n = &g->node[i];
		const struct sym *y = n->n_in > 1 && s.in[i][1] >= 0 ? &s.sym[s.in[i][1]] : NULL;
		const struct onnx_tensor *w = y ? y->init : NULL;
		const struct onnx_attr *group = onnx_attr_of(n, "group"), *flip = onnx_attr_of(n, "transB");
		if (!w)
			continue;
		if (!strcmp(n->op, "Conv") && w->n_dim > 2 &&
		    !i64_mul(w->dim[1], group && group->type == ONNX_A_INT ? group->i : 1, &found))
			found = -1;
		if ((!strcmp(n->op, "MatMul") || !strcmp(n->op, "Gemm")) && w->n_dim == 2)
			found = w->dim[flip && flip->i ? 1 : 0];
		if ((!strcmp(n->op, "LSTM") || !strcmp(n->op, "GRU") || !strcmp(n->op, "RNN")) && w->n_dim == 3)
			found = w->dim[2];
		if (!strcmp(n->op, "BatchNormalization") && w->n_dim == 1)
			found = w->dim[0];
		found = found < 1 || found > COUNT_MAX ? -1 : found;
	}
	scope_free(&s);
	return found;
}

static bool better(const struct trial *a, const struct trial *b)
{
	bool x = decided(a), y = decided(b);
	return x != y ? x : a->lost != b->lost ? a->lost < b->lost : a->done > b->done;
}

/* Tries sizes for the open axes until the network fits them: for each but the batch the steps of a window, or the
 * channels that the first weights read. */
static void try_all(struct trial *best, const struct onnx_net *like, const struct input_plan *plan, int which,
                    int64_t channels)
{
	const struct onnx_value *in = plan->in[which].v;
	int open[RANK_MAX], n_open = 0;
	for (int i = in->rank > 1; i < in->rank; i++)
		if (in->dim[i] < 0)
			open[n_open++] = i;
	int64_t steps = plan->T > 0 ? plan->T : STEPS_TRIED, batch[] = { in->rank == 2 ? steps : BATCH_TRIED, 1 };
	bool batch_open = in->rank > 1 && in->dim[0] < 0, have = false;
	for (int b = 0; b < (batch_open ? 2 : 1); b++)
		for (unsigned set = 0; set < 1u << (channels > 0 ? n_open : 0); set++) {
			int64_t dim[RANK_MAX];
			for (int i = 0; i < in->rank; i++)
				dim[i] = in->dim[i] > 0 ? in->dim[i] : i == 0 && in->rank > 1 ? batch[b] : steps;
			for (int i = 0; i < n_open; i++)
				if (set >> i & 1)
					dim[open[i]] = channels;
			struct trial t;
			try_sizes(&t, like, plan, which, dim);
			if (!have || better(&t, best))
				*best = t;
			have = true;
			if (decided(best) || best->complete)
				return;
		}
}

/* ---- which order fits best ---- */

struct reading {
	const char *layout;
	double score;
	int64_t T, C;
	const struct vote *by; /* the vote that speaks most for it */
};

static bool is_word_of(const char *name, const char *const *words)
{
	for (; *words; words++)
		if (!strcasecmp(name, *words) || (strlen(*words) > 3 && strcasestr(name, *words)))
			return true;
	return false;
}

/* What the name of an open axis says it is: N, C, T or 0. */
static char named(const char *name)
{
	static const char *const times[] = { "time", "steps", "sequence", "length", "frames", "samples",
		                             "seq",  "len",   "t",        "l",      NULL };
	static const char *const channels[] = { "channels", "features", "channel", "feature", "chan", "c", NULL };
	static const char *const batches[] = { "batch", "n", "b", "bs", NULL };
	return is_word_of(name, batches) ? 'N' : is_word_of(name, times) ? 'T' : is_word_of(name, channels) ? 'C' : 0;
}

static double score_votes(const struct trial *t, struct reading *r)
{
	double sum = 0, most = 0;
	bool one_channel = r->C == 1, one_step = r->T == 1 && r->C > 1;
	for (int i = 0; i < t->n_vote; i++) {
		const struct vote *v = &t->vote[i];
		double w = v->weight;
		/* The first operator that tells counts most. */
		for (int k = 0; k < i; k++)
			if ((t->vote[k].time == v->time) != (t->vote[k].axis == v->axis) && t->vote[k].weight >= w)
				w *= 0.5;
		char is = r->layout[v->axis], want = v->time ? 'T' : 'C';
		/* The features of a network of one channel are its steps, so they do not speak for channels of one
		 * step. */
		if (!v->time && w <= VOTE_LAST && ((one_channel && is == 'T') || (one_step && is == 'C')))
			continue;
		if (is == want && w > most) {
			most = w;
			r->by = v;
		}
		sum += is == want ? w : -w;
	}
	return sum;
}

static double score_axis(const struct trial *t, char letter, int axis)
{
	const struct onnx_value *in = t->in;
	char says = in->dim[axis] < 0 ? named(in->param[axis]) : 0;
	double sum = !says ? 0 : says == letter ? 3 : -3;
	bool open = in->dim[axis] < 0, moves = t->mixed >> axis & 1;
	if (letter == 'N') {
		sum += axis ? -3 : 0;
		sum += open ? 4 : in->dim[axis] == 1 ? 4 : -3;
		if (t->dim[axis] > 1)
			sum += moves ? -50 : t->complete ? 15 : 0;
	}
	if (letter == 'T')
		sum += open ? 3 : 0;
	if (letter == 'C')
		sum -= open ? 3 : 0;
	if (letter == '1')
		sum -= open ? 1 : 0;
	return sum;
}

static bool read_as(const struct trial *t, const char *layout, bool tensorflow, struct reading *r)
{
	if ((int)strlen(layout) != t->in->rank)
		return false;
	*r = (struct reading){ .layout = layout, .T = 1, .C = 1 };
	for (int i = 0; i < t->in->rank; i++) {
		if (layout[i] == '1' && t->in->dim[i] > 1)
			return false;
		r->T = layout[i] == 'T' ? t->dim[i] : r->T;
		r->C = layout[i] == 'C' ? t->dim[i] : r->C;
		r->score += score_axis(t, layout[i], i);
	}
	r->score += score_votes(t, r);
	r->score += r->T == 1 && r->C > 1 ? -6 : r->T >= 2 * r->C ? 2.5 : r->T > r->C ? 1.5 : 0;
	/* TensorFlow has channels last. */
	if (tensorflow && t->in->rank == 4)
		r->score += layout[3] == 'C' || layout[3] == '1' ? 5 : 0;
	return true;
}

/* Whether both take the same numbers for the same steps and channels. */
static bool same_reading(const struct reading *a, const struct reading *b)
{
	return a->T == b->T && a->C == b->C &&
	       (a->T == 1 || strchr(a->layout, 'T') - a->layout == strchr(b->layout, 'T') - b->layout);
}

static void say_how(const struct trial *t, const struct reading *r, char *buf, size_t size)
{
	if (r->by && r->by->weight > VOTE_MOVED)
		snprintf(buf, size, "%s reads axis %d as its %s", r->by->who, r->by->axis,
		         r->by->time                    ? "steps"
		         : r->by->weight >= VOTE_KERNEL ? "channels"
		                                        : "features");
	else if (t->in->rank == 1)
		snprintf(buf, size, "the input has one axis");
	else
		snprintf(buf, size, "judged by the sizes of its axes");
}

void onnx_shape_words(const struct onnx_value *in, char *buf, size_t size)
{
	size_t n = 0;
	*buf = '\0';
	for (int i = 0; i < in->rank && n < size; i++)
		n += in->dim[i] > 0
		             ? (size_t)snprintf(buf + n, size - n, "%s%lld", i ? " x " : "", (long long)in->dim[i])
		             : (size_t)snprintf(buf + n, size - n, "%s%.20s", i ? " x " : "",
		                                *in->param[i] ? in->param[i] : "?");
}

static bool from_tensorflow(const struct onnx_file *f)
{
	return !strcmp(f->producer, "tf2onnx") || !strcmp(f->producer, "keras2onnx");
}

static void say_doubt(const struct onnx_value *in, const struct reading *r, const struct reading *other,
                      const char *how, struct found_layout *out)
{
	char shape[96];
	onnx_shape_words(in, shape, sizeof shape);
	snprintf(out->doubt, sizeof out->doubt,
	         "input '%.60s' (%s) is read as %s, %lld step%s of %lld channel%s (%s); --layout %s reads it otherwise",
	         in->name, shape, r->layout, (long long)r->T, r->T == 1 ? "" : "s", (long long)r->C,
	         r->C == 1 ? "" : "s", how, other->layout);
}

/* Returns the best of n readings; beside NULL: of all, else of those that differ from `beside`, and if `turned` have
 * its steps as channels. NULL: there is none. */
static const struct reading *best_of(const struct reading *r, int n, const struct reading *beside, bool turned)
{
	const struct reading *best = NULL;
	for (int i = 0; i < n; i++) {
		bool fits = !beside ||
		            (!same_reading(&r[i], beside) && (!turned || (r[i].T == beside->C && r[i].C == beside->T)));
		if (fits && (!best || r[i].score > best->score))
			best = &r[i];
	}
	return best;
}

bool onnx_find_layout(const struct onnx_net *like, const struct input_plan *plan, int which, struct found_layout *out)
{
	const struct onnx_value *in = plan->in[which].v;
	struct trial t;
	struct reading all[LAYOUTS_MAX];
	int n = 0;
	bool tensorflow = from_tensorflow(like->f), always = tensorflow && in->rank == 3;
	int64_t channels = onnx_channels_read(like->f->graph);
	*out = (struct found_layout){ .C = -1 };
	if (in->rank < 1 || in->rank > RANK_MAX)
		return false;
	try_all(&t, like, plan, which, channels);
	for (int i = 0; layout_names[i]; i++) {
		assert(n < LAYOUTS_MAX);
		if (!read_as(&t, layout_names[i], tensorflow, &all[n]))
			continue;
		if (always && !strcmp(all[n].layout, "NTC"))
			all[n].score += 1000;
		n++;
	}
	const struct reading *best = best_of(all, n, NULL, false), *next = best ? best_of(all, n, best, false) : NULL;
	if (!best)
		return false;
	out->layout = best->layout;
	const char *c = strchr(best->layout, 'C');
	if (c && in->dim[c - best->layout] < 0 && best->C == channels)
		out->C = channels;
	if (always)
		snprintf(out->how, sizeof out->how, "%s keeps the order of Keras", like->f->producer);
	else
		say_how(&t, best, out->how, sizeof out->how);
	if (!next)
		return true;
	double lead = best->score - next->score - (always ? 1000 : 0);
	bool close = always ? lead < -VOTE_KERNEL : lead < LEAD_SAFE;
	bool sure = always || (best->by && best->by->weight >= VOTE_KERNEL);
	/* Few steps of many channels may be the other way round. */
	const struct reading *turned = !sure && best->T < best->C ? best_of(all, n, best, true) : NULL;
	if (close || turned)
		say_doubt(in, best, turned ? turned : next, out->how, out);
	return true;
}
