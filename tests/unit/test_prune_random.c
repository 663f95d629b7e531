/* Removing filters of random networks (core/prune): the smaller network computes what the old one does with the same
 * filters switched off. */
#define UNIT_ONE_PROCESS
#include "tests/unit/prune_case.h"

enum { STEPS = 8, MOST = 40, NETWORKS = 800 };

struct growing {
	struct graph *g;
	struct rng r;
	int v[MOST], n;             /* values (1,C,STEPS) */
	int shared[MOST], n_shared; /* weights of several convolutions */
	unsigned used;              /* a bit for each way */
};

static int any(struct growing *q)
{
	return q->v[rng_below(&q->r, q->n)];
}

/* A value of the same shape as x; -1: there is none but x. */
static int like(struct growing *q, int x)
{
	for (int i = 0; i < 20; i++) {
		int y = any(q);
		if (y != x && shape_equal(&q->g->value[x].shape, &q->g->value[y].shape))
			return y;
	}
	return -1;
}

static int transpose(struct graph *g, int x, int64_t a, int64_t b, int64_t c)
{
	return op(g, "Transpose", 1, &x, 1, (struct attr[]){ attr_is("perm", 3, (int64_t[]){ a, b, c }) });
}

static int reshape(struct graph *g, int x, int64_t a, int64_t b, int64_t c, int64_t d)
{
	int n = d ? 4 : c ? 3 : 2;
	return op(g, "Reshape", 2, (int[]){ x, ints(g, n, (int64_t[]){ a, b, c, d }) }, 0, NULL);
}

/* ---- what a network is grown of: each takes (1,c,STEPS) and returns such a value ---- */

static int grow_pointwise(struct growing *q, int x, int64_t c)
{
	static const char *const names[] = { "Relu", "Sigmoid", "Tanh", "Softsign", "Abs", "Neg" };
	(void)c;
	return op(q->g, names[rng_below(&q->r, 6)], 1, &x, 0, NULL);
}

static int grow_add(struct growing *q, int x, int64_t c)
{
	static const char *const names[] = { "Add", "Sub", "Mul", "Max", "Sum" };
	int y = like(q, x);
	(void)c;
	return y < 0 ? conv(q->g, &q->r, x, 4, 1, 1)
	             : op(q->g, names[rng_below(&q->r, 5)], 2, (int[]){ x, y }, 0, NULL);
}

static int grow_concat(struct growing *q, int x, int64_t c)
{
	(void)c;
	return op(q->g, "Concat", 2, (int[]){ x, any(q) }, 1, (struct attr[]){ attr_i("axis", 1) });
}

static int grow_depthwise(struct growing *q, int x, int64_t c)
{
	return conv(q->g, &q->r, x, c * (1 + rng_below(&q->r, 2)), 3, c);
}

static int grow_groups(struct growing *q, int x, int64_t c)
{
	int64_t groups = c % 3 ? 2 : 3;
	return c % groups ? x : conv(q->g, &q->r, x, groups * (1 + rng_below(&q->r, 3)), 3, groups);
}

static int grow_pool(struct growing *q, int x, int64_t c)
{
	int64_t pads[] = { 1, 1 }, three = 3;
	(void)c;
	return op(q->g, rng_below(&q->r, 2) ? "MaxPool" : "AveragePool", 1, &x, 2,
	          (struct attr[]){ attr_is("kernel_shape", 1, &three), attr_is("pads", 2, pads) });
}

/* Squeeze and excite: with convolutions, or with dense layers, as PyTorch writes it. */
static int grow_gate(struct growing *q, int x, int64_t c)
{
	struct graph *g = q->g;
	bool dense = rng_below(&q->r, 2);
	int s = op(g, "GlobalAveragePool", 1, &x, 0, NULL);
	if (dense) {
		s = reshape(g, s, 1, c, 0, 0);
		s = op(g, "Gemm", 2, (int[]){ s, numbers(g, &q->r, 2, (int64_t[]){ c, 3 }, -1, 1, true) }, 0, NULL);
		s = op(g, "Relu", 1, &s, 0, NULL);
		s = op(g, "Gemm", 2, (int[]){ s, numbers(g, &q->r, 2, (int64_t[]){ 3, c }, -1, 1, true) }, 0, NULL);
		s = op(g, "Unsqueeze", 2, (int[]){ s, ints(g, 1, &(int64_t){ 2 }) }, 0, NULL);
	} else {
		s = op(g, "Relu", 1, (int[]){ conv(g, &q->r, s, 3, 1, 1) }, 0, NULL);
		s = conv(g, &q->r, s, c, 1, 1);
	}
	s = op(g, "Sigmoid", 1, &s, 0, NULL);
	return op(g, "Mul", 2, (int[]){ x, s }, 0, NULL);
}

static int grow_norm(struct growing *q, int x, int64_t c)
{
	struct graph *g = q->g;
	int in[] = { x, numbers(g, &q->r, 1, &c, 0.5, 2, true), numbers(g, &q->r, 1, &c, -1, 1, true),
		     numbers(g, &q->r, 1, &c, -1, 1, true), numbers(g, &q->r, 1, &c, 0.5, 2, true) };
	if (rng_below(&q->r, 3))
		return op(g, "BatchNormalization", 5, in, 0, NULL);
	return op(g, "InstanceNormalization", 3, in, 0, NULL);
}

static int grow_slice(struct growing *q, int x, int64_t c)
{
	int64_t from = rng_below(&q->r, 2) ? 0 : c / 2, to = from ? c : c - c / 2;
	return c < 2 ? x
	             : op(q->g, "Slice", 4,
	                  (int[]){ x, ints(q->g, 1, &from), ints(q->g, 1, &to), ints(q->g, 1, &(int64_t){ 1 }) }, 0,
	                  NULL);
}

/* Two halves change places. */
static int grow_split(struct growing *q, int x, int64_t c)
{
	int out[2];
	char names[2][32];
	if (c < 2)
		return x;
	for (int k = 0; k < 2; k++)
		snprintf(names[k], sizeof names[k], "half%d.%d", q->g->n_value, k);
	must(graph_node(q->g, "Split", NULL, 2, (int[]){ x, ints(q->g, 2, (int64_t[]){ c / 2, c - c / 2 }) }, 2,
	                (const char *[]){ names[0], names[1] }, 1, (struct attr[]){ attr_i("axis", 1) }, out, &e));
	return op(q->g, "Concat", 2, (int[]){ out[1], out[0] }, 1, (struct attr[]){ attr_i("axis", 1) });
}

static int grow_gather(struct growing *q, int x, int64_t c)
{
	int64_t index[64], n = 1 + rng_below(&q->r, (int)(c < 8 ? c : 8));
	for (int64_t i = 0; i < n; i++)
		index[i] = rng_below(&q->r, (int)c);
	return op(q->g, "Gather", 2, (int[]){ x, ints(q->g, (int)n, index) }, 1, (struct attr[]){ attr_i("axis", 1) });
}

/* All numbers in a row, and back; in half of the cases the channels are shuffled, which cannot be followed. */
static int grow_reshape(struct growing *q, int x, int64_t c)
{
	struct graph *g = q->g;
	if (c % 2 || rng_below(&q->r, 2))
		return reshape(g, reshape(g, x, 1, c * STEPS, 0, 0), 1, c, STEPS, 0);
	x = reshape(g, x, 1, 2, c / 2, STEPS);
	x = op(g, "Transpose", 1, &x, 1, (struct attr[]){ attr_is("perm", 4, (int64_t[]){ 0, 2, 1, 3 }) });
	return reshape(g, x, 1, c, STEPS, 0);
}

/* A dense layer over the channels of each step. */
static int grow_dense(struct growing *q, int x, int64_t c)
{
	int64_t f = 2 + rng_below(&q->r, 5);
	x = transpose(q->g, x, 0, 2, 1);
	x = op(q->g, "MatMul", 2, (int[]){ x, numbers(q->g, &q->r, 2, (int64_t[]){ c, f }, -1, 1, true) }, 0, NULL);
	if (rng_below(&q->r, 2))
		x = op(q->g, "Add", 2, (int[]){ x, numbers(q->g, &q->r, 1, &f, -1, 1, true) }, 0, NULL);
	return transpose(q->g, x, 0, 2, 1);
}

static int grow_recurrent(struct growing *q, int x, int64_t c)
{
	struct graph *g = q->g;
	bool lstm = rng_below(&q->r, 2);
	int64_t h = 2 + rng_below(&q->r, 3), gates = (lstm ? 4 : 3) * h;
	int in[] = { transpose(g, x, 2, 0, 1), numbers(g, &q->r, 3, (int64_t[]){ 1, gates, c }, -1, 1, true),
		     numbers(g, &q->r, 3, (int64_t[]){ 1, gates, h }, -1, 1, true) };
	x = op(g, lstm ? "LSTM" : "GRU", 3, in, 1, (struct attr[]){ attr_i("hidden_size", h) });
	x = op(g, "Squeeze", 2, (int[]){ x, ints(g, 1, &(int64_t){ 1 }) }, 0, NULL); /* (STEPS,1,h) */
	return transpose(g, x, 1, 2, 0);
}

/* Weights that an earlier convolution has, too. */
static int grow_shared(struct growing *q, int x, int64_t c)
{
	for (int i = 0; i < q->n_shared; i++)
		if (q->g->value[q->shared[i]].shape.dim[1] == c)
			return op(q->g, "Conv", 2, (int[]){ x, q->shared[i] }, 0, NULL);
	if (q->n_shared == MOST)
		return x;
	int w = numbers(q->g, &q->r, 3, (int64_t[]){ 2 + rng_below(&q->r, 4), c, 1 }, -1, 1, true);
	q->shared[q->n_shared++] = w;
	return op(q->g, "Conv", 2, (int[]){ x, w }, 0, NULL);
}

/* The mean over the steps, taken from all of them. */
static int grow_centre(struct growing *q, int x, int64_t c)
{
	(void)c;
	int mean = op(q->g, "ReduceMean", 1, &x, 1, (struct attr[]){ attr_is("axes", 1, (int64_t[]){ 2 }) });
	return op(q->g, "Sub", 2, (int[]){ x, mean }, 0, NULL);
}

static int grow_slope(struct growing *q, int x, int64_t c)
{
	return op(q->g, "PRelu", 2, (int[]){ x, numbers(q->g, &q->r, 2, (int64_t[]){ c, 1 }, -1, 1, true) }, 0, NULL);
}

static int grow_soft(struct growing *q, int x, int64_t c)
{
	(void)c;
	return op(q->g, "Softmax", 1, &x, 1, (struct attr[]){ attr_i("axis", rng_below(&q->r, 6) ? 2 : 1) });
}

static int grow_up(struct growing *q, int x, int64_t c)
{
	int64_t f = 1 + rng_below(&q->r, 4);
	int w = numbers(q->g, &q->r, 3, (int64_t[]){ c, f, 3 }, -1, 1, true);
	return op(q->g, "ConvTranspose", 2, (int[]){ x, w }, 1,
	          (struct attr[]){ attr_is("pads", 2, (int64_t[]){ 1, 1 }) });
}

static int grow_conv(struct growing *q, int x, int64_t c)
{
	(void)c;
	return conv(q->g, &q->r, x, 2 + rng_below(&q->r, 7), 3, 1);
}

static int (*const ways[])(struct growing *q, int x, int64_t c) = {
	grow_pointwise, grow_add,   grow_concat, grow_depthwise, grow_groups, grow_pool,   grow_gate, grow_norm,
	grow_slice,     grow_split, grow_gather, grow_reshape,   grow_dense,  grow_shared, grow_soft, grow_recurrent,
	grow_centre,    grow_slope, grow_up,     grow_conv,      grow_conv,   grow_add,    grow_conv,
};
enum { WAYS = sizeof ways / sizeof *ways };

static int grow(struct growing *q)
{
	int x = any(q), way = (int)rng_below(&q->r, WAYS);
	int y = ways[way](q, x, q->g->value[x].shape.dim[1]);
	q->used |= 1u << way;
	return q->g->value[y].shape.dim[1] > 48 ? x : y; /* channels of a Concat of Concats are too many */
}

static struct model *random_net(uint64_t seed, unsigned *used)
{
	struct model *m = model_new("net", "test");
	struct growing q = { .g = m->graph, .n = 1 };
	rng_init(&q.r, seed);
	q.v[0] = must(model_input(m, "x", "Input", "NCT", STEPS, 3, 1, &e));
	for (int i = 0; i < 14; i++) {
		int v = grow(&q), layer = q.n;
		if (v == q.v[0] || m->graph->value[v].node < 0)
			continue;
		bool old = false;
		for (int k = 0; k < q.n; k++)
			old |= q.v[k] == v;
		if (old)
			continue;
		char name[32];
		snprintf(name, sizeof name, "layer%d", layer);
		must(model_layer(m, name, "Layer", "", LAYER_ANALYSED, v, v, 1, (int[]){ 0 }, &e));
		q.v[q.n++] = v;
	}
	int x = q.v[q.n - 1];
	if (rng_below(&q.r, 2))
		x = op(q.g, "GlobalAveragePool", 1, &x, 0, NULL);
	*used |= q.used;
	x = dense(q.g, &q.r, x);
	must(model_layer(m, "out", "Dense", "", LAYER_ANALYSED, x, x, 1, (int[]){ 0 }, &e));
	must(model_finish(m, x, &e));
	return m;
}

START_TEST(removing_filters_of_random_networks_equals_switching_them_off)
{
	int removed = 0;
	unsigned used = 0;
	for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
		struct model *m = random_net(seed, &used);
		char what[64];
		snprintf(what, sizeof what, "random network %d", (int)seed);
		removed += compare(m, seed, what) > 0;
		model_free(m);
	}
	ck_assert_int_gt(removed, NETWORKS / 2);
	ck_assert_uint_eq(used, (1u << WAYS) - 1);
}
END_TEST

UNIT_MAIN("prune_random", removing_filters_of_random_networks_equals_switching_them_off)
