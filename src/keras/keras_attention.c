/* Keras layers that look at all steps at once: attention, embedding of positions, and the temporal convolutional
 * network of the package keras-tcn, a block of convolutions that its configuration describes. */
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

/* Adds what keeps a query from looking at a key: a number so low that softmax makes it 0. mask: value (N,T,S), (N,S) or
 * (T,S) of the scores (N,...,T,S), 1 where it may look; -1: none. causal: a query sees no later key. */
static int hide(struct kcall *c, int scores, int mask, bool causal)
{
	int rank = k_rank(c, scores);
	if (rank < 3 || rank > 4)
		return scores;
	int64_t N = k_dim(c, scores, 0), T = k_dim(c, scores, rank - 2), S = k_dim(c, scores, rank - 1);
	const double never = -1e9;
	if (mask >= 0) {
		int64_t dim[RANK_MAX] = { N, 1, 1, 1 };
		int64_t count = shape_count(&c->g->value[mask].shape);
		dim[rank - 1] = S;
		dim[rank - 2] = count == N * T * S ? T : 1;
		if (count != N * T * S && count != N * S)
			return k_fail(c, ERR_UNSUPPORTED,
			              "its attention_mask has another shape than (batch, steps, "
			              "steps)");
		int off = k_op2(c, "Sub", k_scalar(c, 1), k_reshape(c, k_real(c, mask), rank, dim));
		scores = k_op2(c, "Add", scores, k_op2(c, "Mul", off, k_scalar(c, never)));
	}
	if (!causal || scores < 0)
		return scores;
	struct shape s = { 2, { T, S } };
	real *later = xcalloc((size_t)(T * S), sizeof *later);
	for (int64_t t = 0; t < T; t++)
		for (int64_t i = t + 1; i < S; i++)
			later[t * S + i] = (real)never;
	int id = c->bad ? c->bad : graph_const_real(c->g, NULL, &s, later, false, c->e);
	free(later);
	return k_op2(c, "Add", scores, id);
}

/* The mask (N,T) of what is attended to itself: neither a query nor a key that is left out counts. */
static int both_ways(struct kcall *c, int mask, int64_t T, int64_t S)
{
	int64_t N = k_dim(c, mask, 0);
	if (mask < 0 || T != S || k_dim(c, mask, 1) != T)
		return mask;
	return k_op2(c, "Mul", k_reshape(c, mask, 3, (int64_t[]){ N, T, 1 }),
	             k_reshape(c, mask, 3, (int64_t[]){ N, 1, S }));
}

static bool causal_of(struct kcall *c)
{
	return cJSON_IsTrue(k_arg(c, BY_NAME, "use_causal_mask")) || cJSON_IsTrue(k_arg(c, BY_NAME, "causal"));
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
	bool bias = k_bool(c, "use_bias", true);
	const cJSON *axes = k_get(c, "attention_axes", NULL);
	if (need_series(c))
		return c->bad;
	if (axes && (cJSON_GetArraySize(axes) != 1 || axes->child->valuedouble != 1))
		return k_fail(c, ERR_UNSUPPORTED, "attention along other axes than time is not supported");
	/* The query is first; value and key may be passed by name, and the key is the value if it is missing. */
	const cJSON *v = k_arg(c, 1, "value"), *key = k_arg(c, 2, "key");
	int query = c->x[0], value = c->n_x > 1 ? c->x[1] : v ? k_value(c, v) : query;
	int keys = c->n_x > 2 ? c->x[2] : key && keras_is_tensor(key) ? k_value(c, key) : value;
	const cJSON *m = k_arg(c, BY_NAME, "attention_mask");
	int mask = m ? k_value(c, m) : c->mask, step = bias ? 2 : 1;
	struct projection q = projection(c, "query_dense", 0, bias), k = projection(c, "key_dense", step, bias),
	                  w = projection(c, "value_dense", 2 * step, bias),
	                  o = projection(c, "output_dense", 3 * step, bias);
	if (c->bad)
		return c->bad;
	int64_t h = q.w->shape.dim[1], d = q.w->shape.dim[2], dv = w.w->shape.dim[2], out = o.w->shape.dim[2];
	int64_t N = k_dim(c, query, 0), T = k_dim(c, query, 2), S = k_dim(c, value, 2);
	if (k_int(c, "num_heads", NULL, h, 1, COUNT_MAX) != h || k_int(c, "key_dim", NULL, d, 1, COUNT_MAX) != d ||
	    k.w->shape.dim[1] != h || k.w->shape.dim[2] != d || w.w->shape.dim[1] != h || o.w->shape.dim[0] != h ||
	    o.w->shape.dim[1] != dv || k_dim(c, keys, 2) != S)
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
	mask = m ? mask : both_ways(c, mask, T, S);
	scores = k_label(c, last_softmax(c, hide(c, scores, mask, causal_of(c))), "NCT1");
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
	/* keras.layers.Attention takes the mask of the value. */
	scores = k_label(c, last_softmax(c, hide(c, scores, c->mask, causal_of(c))), "NT1");
	int y = k_label(c, times_turned(c, value, scores), "NCT");
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

/* ---- positions ---- */

/* Rows of a table. Numbers that come from the window have no derivative, so they are refused. */
static int build_embedding(struct kcall *c)
{
	int x = c->x[0];
	const struct keras_weight *w = k_weight(c, 0, "table", 2);
	if (!w)
		return c->bad;
	if (x >= 0 && c->g->value[x].depends)
		return k_fail(c, ERR_UNSUPPORTED,
		              "it looks words or symbols of the window up in a table, and a table has no "
		              "derivative; only embeddings of positions are read");
	if (k_rank(c, x) < 1 || k_rank(c, x) > 2)
		return k_fail(c, ERR_FORMAT, "it reads positions, but gets a value of rank %d", k_rank(c, x));
	int in[] = { k_const(c, "embeddings", w), k_cast(c, x, K_WHOLE) };
	struct attr axis = attr_i("axis", 0);
	return k_core(c, k_op(c, "Gather", 2, in, 1, &axis));
}

/* ---- keras-tcn ---- */

struct tcn {
	int64_t dilation;
	const char *padding;
	bool batch, layer; /* the kind of normalisation behind each convolution */
};

/* The arrays of a part of a block: in .keras those of the path, in .h5 the `n` next ones of the list. */
static const struct keras_layer *tcn_part(struct kcall *c, int block, const char *part, int n)
{
	char place[128];
	if (c->f->tree) {
		snprintf(place, sizeof place, "residual_block_%d%s%s", block, c->f->joint ? c->f->joint : "/", part);
		return k_part(c, place);
	}
	/* The name of an array holds those of block and part. If it does not, the order decides. */
	snprintf(place, sizeof place, "residual_block_%d/%s/", block, part);
	for (int i = 0; c->weights && i < c->weights->n; i++)
		if (strstr(c->weights->w[i].name, place) && i + n <= c->weights->n) {
			struct keras_layer *l = arena_alloc(&c->f->arena, 1, sizeof *l);
			*l = (struct keras_layer){ c->weights->name, n, c->weights->w + i };
			return l;
		}
	k_fail(c, ERR_FORMAT, "its weights '%s' are not in the file", place);
	return NULL;
}

static int tcn_conv(struct kcall *c, const struct keras_layer *l, const char *name, int x, int64_t dilation,
                    const char *padding)
{
	struct kcall sub = *c;
	char owner[2 * NAME_MAX_BYTES];
	if (c->bad || !l)
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "its weights '%s' are not in the file", name);
	snprintf(owner, sizeof owner, "%.*s/%s", NAME_MAX_BYTES, c->owner, name);
	cJSON *config = cJSON_CreateObject();
	cJSON_AddStringToObject(config, "padding", padding);
	cJSON_AddNumberToObject(config, "dilation_rate", (double)dilation);
	sub.cls = "Conv1D";
	sub.owner = owner;
	sub.config = config;
	sub.weights = l;
	sub.x = &x;
	int y = keras_class("Conv1D")->build(&sub);
	cJSON_Delete(config);
	c->bad = c->bad ? c->bad : sub.bad;
	return y;
}

/* The normalisation behind a convolution, which keras-tcn builds with Keras' defaults. */
static int tcn_norm(struct kcall *c, struct tcn *t, int block, int nth, int x)
{
	char part[64], owner[2 * NAME_MAX_BYTES];
	const char *kind = t->batch ? "batch_normalization" : "layer_normalization";
	if (!t->batch && !t->layer)
		return x;
	/* The second one has a number behind its name, which counts all of the model's. */
	snprintf(part, sizeof part, "%s", kind);
	struct keras_layer *l = arena_alloc(&c->f->arena, 1, sizeof *l);
	char place[64];
	int n = t->batch ? 4 : 2, seen = 0;
	snprintf(place, sizeof place, "residual_block_%d/", block);
	*l = (struct keras_layer){ part, 0, arena_alloc(&c->f->arena, 4, sizeof *l->w) };
	static const char *const arrays[] = { "gamma", "beta", "moving_mean", "moving_variance" };
	for (int a = 0; a < n && c->weights; a++) {
		seen = 0;
		for (int i = 0; i < c->weights->n; i++) {
			const char *name = c->weights->w[i].name, *end = strrchr(name, '/');
			if (strstr(name, place) && strstr(name, kind) && end &&
			    !strncmp(end + 1, arrays[a], strlen(arrays[a])) && seen++ == nth && l->n < 4)
				l->w[l->n++] = c->weights->w[i];
		}
	}
	if (l->n != n)
		return k_fail(c, ERR_FORMAT, "the weights of its %s are not in the file", kind);
	struct kcall sub = *c;
	snprintf(owner, sizeof owner, "%.*s/block_%d/%s_%d", NAME_MAX_BYTES, c->owner, block, kind, nth);
	cJSON *config = cJSON_CreateObject();
	sub.cls = t->batch ? "BatchNormalization" : "LayerNormalization";
	sub.owner = owner;
	sub.config = config;
	sub.weights = l;
	sub.x = &x;
	int y = keras_class(sub.cls)->build(&sub);
	cJSON_Delete(config);
	c->bad = c->bad ? c->bad : sub.bad;
	return y;
}

static int tcn_activate(struct kcall *c, int x)
{
	const char *name = c->activation;
	int pre = c->pre, y = k_activate(c, x);
	c->pre = pre;
	c->activation = name;
	return y;
}

/* Two dilated convolutions, each with normalisation and activation; the block's input is added, through a convolution
 * of one step if the number of filters changes (tcn/tcn.py, ResidualBlock). Returns the output; *skip is what comes
 * before the addition. */
static int tcn_block(struct kcall *c, struct tcn *t, int block, int x, int *skip)
{
	int y = x;
	char name[64];
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "conv1D_%d", i);
		const struct keras_layer *l = tcn_part(c, block, name, 2);
		snprintf(name, sizeof name, "residual_block_%d/conv1D_%d", block, i);
		y = tcn_conv(c, l, name, y, t->dilation, t->padding);
		y = tcn_activate(c, tcn_norm(c, t, block, i, y));
	}
	/* Act_Conv_Blocks is one activation more. */
	y = tcn_activate(c, y);
	*skip = y;
	if (c->bad || y < 0)
		return c->bad ? c->bad : y;
	if (k_dim(c, x, 1) != k_dim(c, y, 1)) {
		snprintf(name, sizeof name, "residual_block_%d/matching_conv1D", block);
		x = tcn_conv(c, tcn_part(c, block, "matching_conv1D", 2), name, x, 1, "same");
	}
	return tcn_activate(c, k_op2(c, "Add", x, y));
}

static int build_tcn(struct kcall *c)
{
	const cJSON *filters = k_get(c, "nb_filters", NULL), *dilations = k_get(c, "dilations", NULL), *v;
	int64_t stacks = k_int(c, "nb_stacks", NULL, 1, 1, 1000);
	struct tcn t = { .padding = k_text(c, "padding", NULL, "causal"),
		         .batch = k_bool(c, "use_batch_norm", false),
		         .layer = k_bool(c, "use_layer_norm", false) };
	int x = c->x[0], block = 0, sum = -1;
	if (need_series(c))
		return c->bad;
	if (k_bool(c, "use_weight_norm", false) || k_bool(c, "go_backwards", false) || !filters)
		return k_fail(c, ERR_UNSUPPORTED, "use_weight_norm and go_backwards of TCN are not supported");
	/* Before version 3 of keras-tcn the network began with a convolution of its own. */
	for (int i = 0; c->weights && i < c->weights->n; i++)
		if (strstr(c->weights->w[i].name, "main_conv1D"))
			return k_fail(c, ERR_UNSUPPORTED, "a TCN of keras-tcn before version 3 is not supported");
	for (int64_t s = 0; s < stacks; s++)
		cJSON_ArrayForEach(v, dilations)
		{
			int skip;
			if (!json_whole(v, &t.dilation) || t.dilation < 1 || t.dilation > COUNT_MAX)
				return k_fail(c, ERR_FORMAT, "dilations is not a list of whole numbers");
			x = tcn_block(c, &t, block++, x, &skip);
			if (x < 0 || c->bad)
				return c->bad ? c->bad : x;
			sum = sum < 0 ? skip : k_op2(c, "Add", sum, skip);
		}
	if (k_bool(c, "use_skip_connections", true) && sum >= 0)
		x = sum;
	if (k_bool(c, "return_sequences", false))
		return x;
	/* The last step; with padding `same` that in the middle, which sees the whole window. */
	int64_t T = k_dim(c, x, 2), at = !strcmp(t.padding, "same") ? T / 2 : T - 1, end = at + 1, axis = 2;
	int in[] = { x, k_ints(c, 1, &at), k_ints(c, 1, &end), k_ints(c, 1, &axis) };
	return k_op2(c, "Squeeze", k_op(c, "Slice", 4, in, 0, NULL), k_ints(c, 1, &axis));
}

const struct kclass keras_attention_classes[] = {
	{ "MultiHeadAttention", build_multi_head, LAYER_ANALYSED, 1, 3, 0 },
	{ "Attention", build_attention, LAYER_ANALYSED, 2, 3, 0 },
	{ "AdditiveAttention", build_additive, LAYER_ANALYSED, 2, 3, 0 },
	{ "Embedding", build_embedding, LAYER_LAYOUT, 1, 1, 0 },
	{ "TCN", build_tcn, LAYER_ANALYSED, 1, 1, 0 },
	{ 0 },
};
