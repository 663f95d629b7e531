/* Keras layers that look at all steps at once, attention, and tables of positions and words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

static int need_series(struct kcall *c)
{
	for (int i = 0; i < c->n_x; i++)
		if (k_rank(c, c->x[i]) != 3)
			return k_fail(c, ERR_UNSUPPORTED, "it reads series; an input of rank %d is not supported",
			              k_rank(c, c->x[i]));
	return c->bad;
}

/* ---- scores ---- */

/* Makes a mask (N,T) of queries or keys one of the scores (N,...,T,S): `axis` is where its steps are. */
static int along(struct kcall *c, int mask, int rank, int axis)
{
	int64_t dim[RANK_MAX] = { k_dim(c, mask, 0), 1, 1, 1 };
	if (mask < 0 || c->bad)
		return mask;
	dim[axis] = k_dim(c, mask, 1);
	return k_reshape(c, mask, rank, dim);
}

/* Makes the argument attention_mask, (N,T,S), (T,S) or (N,heads,T,S) of Keras, one of the scores (N,heads,T,S). */
static int given_mask(struct kcall *c, int mask, int64_t T, int64_t S)
{
	struct shape s = k_shape(c, mask);
	int64_t dim[RANK_MAX] = { 1, 1, 1, 1 };
	if (mask < 0 || c->bad)
		return mask;
	if (s.rank < 2 || s.rank > 4 || (s.dim[s.rank - 1] != S && s.dim[s.rank - 1] != 1) ||
	    (s.dim[s.rank - 2] != T && s.dim[s.rank - 2] != 1))
		return k_fail(c, ERR_UNSUPPORTED, "its attention_mask has another shape than (batch, steps, steps)");
	/* The axis of heads is inserted before the last two. */
	dim[2] = s.dim[s.rank - 2];
	dim[3] = s.dim[s.rank - 1];
	for (int i = 0; i < s.rank - 2; i++)
		dim[i] = s.dim[i];
	return k_reshape(c, k_keras(c, k_real(c, mask)), 4, dim);
}

/* A query may look at a key if both masks say so. -1: a mask that there is not. */
static int both_masks(struct kcall *c, int a, int b)
{
	return a < 0 ? b : b < 0 ? a : k_op2(c, "Mul", a, b);
}

/* The mask of a tensor that the layer reads. */
static int mask_of(const struct kcall *c, int x)
{
	for (int i = 0; i < c->n_all; i++)
		if (c->x[i] == x)
			return c->masks[i];
	return -1;
}

/* The mask (T,S) of a layer in which a query sees no later key; -1: the layer is none. */
static int causal_mask(struct kcall *c, int64_t T, int64_t S)
{
	struct shape s = { 2, { T, S } };
	if (!cJSON_IsTrue(k_arg(c, BY_NAME, "use_causal_mask")) && !cJSON_IsTrue(k_arg(c, BY_NAME, "causal")))
		return -1;
	real *seen = xcalloc((size_t)(T * S), sizeof *seen);
	for (int64_t t = 0; t < T; t++)
		for (int64_t i = 0; i <= t && i < S; i++)
			seen[t * S + i] = 1;
	int id = c->bad ? c->bad : graph_const_real(c->g, NULL, &s, seen, false, c->e);
	free(seen);
	return id;
}

/* Adds what keeps a query from looking at a key: a number so low that softmax makes it 0. mask: value that can be
 * broadcast to the scores (N,...,T,S), 1 where a query may look; -1: none. */
static int hide(struct kcall *c, int scores, int mask)
{
	int rank = k_rank(c, scores);
	if (rank < 3 || rank > 4 || c->bad)
		return c->bad ? c->bad : scores;
	mask = both_masks(c, mask, causal_mask(c, k_dim(c, scores, rank - 2), k_dim(c, scores, rank - 1)));
	return mask < 0 ? scores
	                : k_op2(c, "Add", scores,
	                        k_op2(c, "Mul", k_op2(c, "Sub", k_scalar(c, 1), mask), k_scalar(c, -1e9)));
}

static int last_softmax(struct kcall *c, int scores)
{
	return k_softmax(c, "Softmax", scores, k_rank(c, scores) - 1);
}

/* Multiplies a (...,M,K) by b (...,N,K), transposed. */
static int times_turned(struct kcall *c, int a, int b)
{
	int rank = k_rank(c, b);
	int64_t perm[RANK_MAX];
	for (int i = 0; i < RANK_MAX; i++)
		perm[i] = i;
	if (rank < 2)
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "it reads no series");
	perm[rank - 1] = rank - 2;
	perm[rank - 2] = rank - 1;
	return k_op2(c, "MatMul", a, k_perm(c, b, perm));
}

static int turned(struct kcall *c, int x, int rank)
{
	int64_t perm[RANK_MAX];
	for (int i = 0; i < RANK_MAX; i++)
		perm[i] = i;
	perm[rank - 1] = rank - 2;
	perm[rank - 2] = rank - 1;
	return k_perm(c, x, perm);
}

/* ---- several heads ---- */

/* One of the four dense layers of MultiHeadAttention: its kernel and bias. at: where they are in the list of an .h5
 * file. */
struct projection {
	const struct keras_weight *w, *b;
};

static struct projection projection(struct kcall *c, const char *part, int at, bool bias)
{
	struct kcall sub = *c;
	struct projection p = { NULL, NULL };
	sub.weights = k_part(c, part);
	at = c->f->tree ? 0 : at;
	p.w = c->bad ? NULL : k_weight(&sub, at, part, 3);
	p.b = p.w && bias ? k_weight(&sub, at + 1, "bias", -1) : NULL;
	c->bad = c->bad ? c->bad : sub.bad;
	return p;
}

/* Projects a series (N,C,T) with a kernel of `in` rows and `out` columns: (N,out,T). */
static int project(struct kcall *c, int x, const char *what, const struct projection *p, int64_t in, int64_t out)
{
	char name[64];
	if (c->bad || x < 0)
		return c->bad ? c->bad : x;
	if (k_dim(c, x, 1) != in || shape_count(&p->w->shape) != in * out)
		return k_fail(c, ERR_FORMAT, "its %s kernel does not fit an input of %lld channels", what,
		              (long long)k_dim(c, x, 1));
	struct shape s = { 3, { out, in, 1 } };
	float *t = xcalloc((size_t)(in * out), sizeof *t);
	for (int64_t i = 0; i < in; i++)
		for (int64_t o = 0; o < out; o++)
			t[o * in + i] = p->w->data[i * out + o];
	snprintf(name, sizeof name, "%s/kernel", what);
	int list[] = { x, k_const_shape(c, name, &s, t), -1 };
	free(t);
	snprintf(name, sizeof name, "%s/bias", what);
	if (p->b)
		list[2] = k_vector(c, name, p->b, out, 0);
	return k_op(c, "Conv", p->b ? 3 : 2, list, 0, NULL);
}

/* Kernels are (channels, heads, size) and, at the output, (heads, size, channels)
 * (keras/src/layers/attention/multi_head_attention.py). */
static int build_multi_head(struct kcall *c)
{
	/* The kernels in the file tell these sizes. */
	static const char *const sizes[] = { "output_shape", "query_shape", "key_shape", "value_shape", NULL };
	bool bias = k_bool(c, "use_bias", true);
	const cJSON *axes = k_get(c, "attention_axes", NULL);
	k_ask_all(c, sizes);
	if (need_series(c))
		return c->bad;
	if (axes && (cJSON_GetArraySize(axes) != 1 || axes->child->valuedouble != 1))
		return k_fail(c, ERR_UNSUPPORTED, "attention along other axes than time is not supported");
	/* The query is first; value and key may be passed by name, and the key is the value if it is missing. */
	const cJSON *v = k_arg(c, 1, "value"), *key = k_arg(c, 2, "key");
	int query = c->x[0], value = c->n_x > 1 ? c->x[1] : v ? k_value(c, v) : query;
	int keys = c->n_x > 2 ? c->x[2] : key && keras_is_tensor(key) ? k_value(c, key) : value;
	const cJSON *m = k_arg(c, BY_NAME, "attention_mask");
	/* A query that is left out looks at nothing, a key that is left out is not looked at. */
	int asks = along(c, c->mask, 4, 2), seen = both_masks(c, mask_of(c, value), mask_of(c, keys)),
	    step = bias ? 2 : 1;
	int mask = both_masks(c, asks, along(c, seen, 4, 3));
	struct projection q = projection(c, "query_dense", 0, bias), k = projection(c, "key_dense", step, bias),
	                  w = projection(c, "value_dense", 2 * step, bias),
	                  o = projection(c, "output_dense", 3 * step, bias);
	if (c->bad)
		return c->bad;
	int64_t h = q.w->shape.dim[1], d = q.w->shape.dim[2], dv = w.w->shape.dim[2], out = o.w->shape.dim[2];
	int64_t N = k_dim(c, query, 0), T = k_dim(c, query, 2), S = k_dim(c, value, 2);
	if (k_int(c, "num_heads", NULL, h, 1, COUNT_MAX) != h || k_int(c, "key_dim", NULL, d, 1, COUNT_MAX) != d ||
	    k_int(c, "value_dim", NULL, dv, 1, COUNT_MAX) != dv || k.w->shape.dim[1] != h || k.w->shape.dim[2] != d ||
	    w.w->shape.dim[1] != h || o.w->shape.dim[0] != h || o.w->shape.dim[1] != dv || k_dim(c, keys, 2) != S)
		return c->bad ? c->bad
		              : k_fail(c, ERR_FORMAT, "its kernels do not fit %lld heads of size %lld", (long long)h,
		                       (long long)d);
	query = project(c, query, "query", &q, q.w->shape.dim[0], h * d);
	keys = project(c, keys, "key", &k, k.w->shape.dim[0], h * d);
	value = project(c, value, "value", &w, w.w->shape.dim[0], h * dv);
	query = k_label(c, k_reshape(c, query, 4, (int64_t[]){ N, h, d, T }), "NCCT");
	keys = k_label(c, k_reshape(c, keys, 4, (int64_t[]){ N, h, d, S }), "NCCT");
	value = k_label(c, k_reshape(c, value, 4, (int64_t[]){ N, h, dv, S }), "NCCT");
	query = k_op2(c, "Mul", query, k_scalar(c, 1 / sqrt((double)d)));
	int scores = k_label(c, k_op2(c, "MatMul", turned(c, query, 4), keys), "NCT1");
	mask = both_masks(c, mask, m ? given_mask(c, k_value(c, m), T, S) : -1);
	scores = k_label(c, last_softmax(c, hide(c, scores, mask)), "NCT1");
	int y = k_label(c, times_turned(c, value, scores), "NCCT");
	y = k_label(c, k_reshape(c, y, 3, (int64_t[]){ N, h * dv, T }), "NCT");
	if (cJSON_IsTrue(k_arg(c, BY_NAME, "return_attention_scores")))
		c->out[c->n_out++] = scores < 0 ? scores : k_core(c, scores);
	c->mask_out = c->mask;
	return project(c, y, "output", &o, h * dv, out);
}

/* ---- one head without kernels ---- */

/* query (N,C,T), value and key (N,C,S); scores (N,T,S) (keras/src/layers/attention/attention.py). */
static int attend(struct kcall *c, int scores, int value)
{
	/* The mask of the value says at what a query may look, that of the query where the output is 0. */
	int seen = along(c, c->masks[1], 3, 2);
	scores = k_label(c, last_softmax(c, hide(c, scores, seen)), "NT1");
	int y = k_label(c, times_turned(c, value, scores), "NCT");
	c->mask_out = c->mask;
	if (c->mask >= 0)
		y = k_op2(c, "Mul", y, along(c, c->mask, 3, 2));
	if (cJSON_IsTrue(k_arg(c, BY_NAME, "return_attention_scores")))
		c->out[c->n_out++] = scores < 0 ? scores : k_core(c, scores);
	return y;
}

/* tanh(q + k) for every pair of a query and a key: (N,C,T,S). */
static int sum_of_pairs(struct kcall *c, int query, int key)
{
	int64_t N = k_dim(c, query, 0), C = k_dim(c, query, 1), T = k_dim(c, query, 2), S = k_dim(c, key, 2);
	int q = k_label(c, k_reshape(c, query, 4, (int64_t[]){ N, C, T, 1 }), "NCT1");
	int k = k_reshape(c, key, 4, (int64_t[]){ N, C, 1, S });
	return k_label(c, k_op2(c, "Add", q, k), "NCT1");
}

static int sum_channels(struct kcall *c, int x)
{
	struct attr keep = attr_i("keepdims", 0);
	int in[] = { x, k_ints(c, 1, (int64_t[]){ 1 }) };
	return k_op(c, "ReduceSum", 2, in, 1, &keep);
}

/* A number that the layer learned. */
static int learned(struct kcall *c, int i, const char *what)
{
	const struct keras_weight *w = k_weight(c, i, what, -1);
	if (w && shape_count(&w->shape) != 1)
		k_fail(c, ERR_FORMAT, "its %s is not one number", what);
	struct shape s = { 0 };
	return c->bad ? c->bad : k_const_shape(c, what, &s, w->data);
}

static int build_attention(struct kcall *c)
{
	if (need_series(c))
		return c->bad;
	int query = c->x[0], value = c->x[1], key = c->n_x > 2 ? c->x[2] : value, scores;
	bool scaled = k_bool(c, "use_scale", false);
	if (!strcmp(k_text(c, "score_mode", NULL, "dot"), "concat")) {
		int sum = sum_of_pairs(c, query, key);
		if (scaled)
			sum = k_op2(c, "Mul", sum, learned(c, 0, "scale"));
		scores = k_op2(c, "Mul", sum_channels(c, k_op1(c, "Tanh", sum)),
		               learned(c, scaled, "concat_score_weight"));
	} else {
		scores = k_op2(c, "MatMul", turned(c, query, 3), key);
		if (scaled)
			scores = k_op2(c, "Mul", scores, learned(c, 0, "scale"));
	}
	return attend(c, scores, value);
}

static int build_additive(struct kcall *c)
{
	if (need_series(c))
		return c->bad;
	int query = c->x[0], value = c->x[1], key = c->n_x > 2 ? c->x[2] : value;
	int pairs = k_op1(c, "Tanh", sum_of_pairs(c, query, key));
	if (k_bool(c, "use_scale", true)) {
		const struct keras_weight *w = k_weight(c, 0, "scale", 1);
		struct shape s = { 3, { k_dim(c, query, 1), 1, 1 } };
		if (w && w->shape.dim[0] != s.dim[0])
			k_fail(c, ERR_FORMAT, "its scale does not fit its input");
		pairs = k_op2(c, "Mul", pairs, c->bad ? c->bad : k_const_shape(c, "scale", &s, w->data));
	}
	return attend(c, sum_channels(c, pairs), value);
}

/* ---- tables ---- */

/* Rows of a table, for positions or for words that the window itself holds, as whole numbers in one channel. A word
 * behind the last row is taken for the last one. mask_zero leaves out the steps whose number is 0. */
static int build_embedding(struct kcall *c)
{
	int x = k_real(c, c->x[0]);
	const struct keras_weight *w = k_weight(c, 0, "table", 2);
	if (!w || x < 0)
		return c->bad ? c->bad : x;
	if (k_rank(c, x) < 1 || k_rank(c, x) > 2)
		return k_fail(c, ERR_FORMAT, "it reads whole numbers (batch,steps), but gets a value of rank %d",
		              k_rank(c, x));
	if (k_int(c, "output_dim", NULL, w->shape.dim[1], 1, COUNT_MAX) != w->shape.dim[1])
		return k_fail(c, ERR_FORMAT, "its table does not have output_dim columns");
	bool words = c->g->value[x].depends;
	c->kind = words ? LAYER_ANALYSED : c->kind;
	if (words)
		keras_warn(c->m,
		           "layer '%.100s' looks the numbers of the window up in a table of %lld rows, which has no "
		           "derivative: gradients by the window are 0",
		           c->name, (long long)w->shape.dim[0]);
	if (k_bool(c, "mask_zero", false) && k_rank(c, x) == 2)
		c->mask_out = k_cast(c, k_op1(c, "Not", k_op2(c, "Equal", x, k_scalar(c, 0))), K_REAL);
	int within[] = { x, k_scalar(c, 0), k_scalar(c, (double)(w->shape.dim[0] - 1)) };
	int row = k_cast(c, words ? k_op(c, "Clip", 3, within, 0, NULL) : x, K_WHOLE);
	int in[] = { k_const(c, "embeddings", w), row };
	struct attr axis = attr_i("axis", 0);
	int y = k_core(c, k_op(c, "Gather", 2, in, 1, &axis));
	return words ? k_label(c, y, "NCT") : y;
}

const struct kclass keras_attention_classes[] = {
	{ "MultiHeadAttention", build_multi_head, LAYER_ANALYSED, 1, 3, 0 },
	{ "Attention", build_attention, LAYER_ANALYSED, 2, 3, 0 },
	{ "AdditiveAttention", build_additive, LAYER_ANALYSED, 2, 3, 0 },
	{ "Embedding", build_embedding, LAYER_LAYOUT, 1, 1, 0 },
	{ 0 },
};
