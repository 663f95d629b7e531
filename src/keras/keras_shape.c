/* Keras layers that merge values, move them, or leave them unchanged. */
#include <stdio.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* ---- merging ---- */

/* Keras inserts axes directly after the batch: a value (N,C) beside (N,T,C) is used at every step. */
static int align(struct kcall *c, int x, int rank)
{
	struct shape s = k_shape(c, x);
	int64_t dim[RANK_MAX] = { s.dim[0] };
	if (x < 0 || s.rank < 1 || s.rank == rank)
		return x;
	for (int i = 1; i < rank; i++)
		dim[i] = i <= rank - s.rank ? 1 : s.dim[i - (rank - s.rank)];
	return k_keras_reshape(c, x, rank, dim);
}

static int most_rank(const struct kcall *c)
{
	int rank = 0;
	for (int i = 0; i < c->n_x; i++)
		if (k_rank(c, c->x[i]) > rank)
			rank = k_rank(c, c->x[i]);
	return rank;
}

enum { MERGE_MAX = 1024 };

static int merge(struct kcall *c, const char *op)
{
	int in[MERGE_MAX], rank = most_rank(c);
	for (int i = 0; i < c->n_x; i++)
		in[i] = align(c, c->x[i], rank);
	return k_op(c, op, c->n_x, in, 0, NULL);
}

static int build_add(struct kcall *c)
{
	return merge(c, "Sum");
}

static int build_subtract(struct kcall *c)
{
	return merge(c, "Sub");
}

/* A mask (N,T) as a factor of a series (N,C,T). */
static int factor(struct kcall *c, int mask)
{
	return k_reshape(c, mask, 3, (int64_t[]){ k_dim(c, mask, 0), 1, k_dim(c, mask, 1) });
}

/* In Keras 3, what a mask leaves out counts as 1, and the product is 0 at steps that all masks leave out
 * (keras/src/layers/merging/multiply.py). */
static int build_multiply(struct kcall *c)
{
	int y = -1, rank = most_rank(c), n = 0;
	for (int i = 0; i < c->n_x; i++) {
		int x = align(c, c->x[i], rank);
		if (c->masks[i] >= 0 && c->version >= 3) {
			int on = factor(c, c->masks[i]);
			x = k_op2(c, "Add", k_op2(c, "Mul", x, on), k_op2(c, "Sub", k_scalar(c, 1), on));
			n++;
		}
		y = i ? k_op2(c, "Mul", y, x) : x;
	}
	return n == c->n_x && c->mask >= 0 ? k_op2(c, "Mul", y, factor(c, c->mask)) : y;
}

static int build_average(struct kcall *c)
{
	return merge(c, "Mean");
}

/* Keras 3 takes an input's steps that a mask leaves out from the other inputs. */
static int extreme(struct kcall *c, const char *op)
{
	for (int i = 0; i < c->n_x && c->version >= 3; i++)
		if (c->masks[i] >= 0)
			return k_fail(c, ERR_UNSUPPORTED, "an input with a mask is not supported");
	return merge(c, op);
}

static int build_maximum(struct kcall *c)
{
	return extreme(c, "Max");
}

static int build_minimum(struct kcall *c)
{
	return extreme(c, "Min");
}

/* The mask of series that are joined one behind the other. Where an input has none, all of its steps count. */
static int concat_masks(struct kcall *c)
{
	int in[MERGE_MAX];
	struct attr axis = attr_i("axis", 1);
	for (int i = 0; i < c->n_x; i++) {
		int64_t size[2] = { k_dim(c, c->x[i], 0), k_dim(c, c->x[i], 2) };
		in[i] = c->masks[i] >= 0 ? c->masks[i] : k_op2(c, "Expand", k_scalar(c, 1), k_ints(c, 2, size));
	}
	return k_op(c, "Concat", c->n_x, in, 1, &axis);
}

static int concat(struct kcall *c, const char *key)
{
	int rank = most_rank(c);
	int64_t axis = k_int(c, key, NULL, -1, -RANK_MAX, RANK_MAX);
	axis = axis < 0 ? axis + rank : axis;
	for (int i = 0; i < c->n_x; i++)
		if (k_rank(c, c->x[i]) != rank)
			return k_fail(c, ERR_FORMAT, "it joins inputs of different ranks");
	if (!c->bad && (axis < 1 || axis >= rank))
		return k_fail(c, ERR_UNSUPPORTED, "joining along axis %lld is not supported", (long long)axis);
	struct attr a = attr_i("axis", k_axis(rank, axis));
	if (rank == 3 && axis == 1 && c->mask >= 0)
		c->mask_out = concat_masks(c);
	return k_op(c, "Concat", c->n_x, c->x, 1, &a);
}

/* Sums the products of two inputs along an axis of each. The other axes of the first input come before those of the
 * second (keras/src/layers/merging/dot.py). */
static int build_dot(struct kcall *c)
{
	const cJSON *v = k_get(c, "axes", NULL);
	bool normal = k_bool(c, "normalize", false);
	int in[2], rank[2];
	for (int i = 0; i < 2; i++) {
		const cJSON *a = cJSON_IsArray(v) ? cJSON_GetArrayItem(v, i) : v;
		int64_t axis = 0;
		rank[i] = k_rank(c, c->x[i]);
		if (rank[i] != 2 && rank[i] != 3)
			return k_fail(c, ERR_UNSUPPORTED, "an input of rank %d is not supported", rank[i]);
		if (!json_whole(a, &axis) || (axis += axis < 0 ? rank[i] : 0) < 1 || axis >= rank[i])
			return k_fail(c, ERR_FORMAT, "axes are not two of the axes behind the batch");
		int x = k_keras(c, c->x[i]);
		x = normal ? k_unit(c, x, 1, &axis) : x;
		/* (N,rest,K) and (N,K,rest) */
		int64_t K = k_dim(c, x, (int)axis), N = k_dim(c, x, 0);
		if (rank[i] == 2)
			in[i] = k_reshape(c, x, 3, (int64_t[]){ N, i ? K : 1, i ? 1 : K });
		else
			in[i] = axis == (i ? 1 : 2) ? x : k_perm(c, x, (int64_t[]){ 0, 2, 1 });
	}
	if (k_dim(c, in[0], 2) != k_dim(c, in[1], 1))
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "its inputs have different sizes along axes");
	int y = k_op2(c, "MatMul", in[0], in[1]);
	if (rank[0] == 3 && rank[1] == 3)
		return k_core(c, y);
	return k_op1(c, "Flatten", y);
}

static int build_concatenate(struct kcall *c)
{
	return concat(c, "axis");
}

/* Keras 1 has one class for all ways to merge. */
static int build_merge(struct kcall *c)
{
	static const char *const others[] = { "mode_type",        "concat_axis",       "dot_axes",
		                              "output_mask_type", "output_shape_type", NULL };
	const char *mode = k_text(c, "mode", NULL, "sum");
	k_ask_all(c, others);
	if (!strcmp(mode, "concat"))
		return concat(c, "concat_axis");
	if (!strcmp(mode, "sum"))
		return build_add(c);
	if (!strcmp(mode, "mul"))
		return build_multiply(c);
	if (!strcmp(mode, "ave"))
		return build_average(c);
	if (!strcmp(mode, "max"))
		return build_maximum(c);
	return k_fail(c, ERR_UNSUPPORTED, "merge mode '%s' is not supported", mode);
}

/* ---- moving ---- */

/* How many axes lie between batch and channels: ZeroPadding1D 1, ZeroPadding2D 2. Sets an error if the input does not
 * have them. */
static int space(struct kcall *c)
{
	int n = strstr(c->cls, "2D") ? 2 : 1;
	if (k_rank(c, c->x[0]) != n + 2)
		k_fail(c, ERR_FORMAT, "it reads %s, but gets an input of rank %d",
		       n == 1 ? "a series" : "planes of two axes and channels", k_rank(c, c->x[0]));
	return n;
}

/* The axis of core's order that is axis i of those between batch and channels. */
static int space_axis(struct kcall *c, int n, int i)
{
	return k_axis(n + 2, k_channels_first(c) ? i + 2 : i + 1);
}

/* Keras flattens in the order of its axes. With channels first it moves the channels behind the others before
 * (keras/src/layers/reshaping/flatten.py). */
static int build_flatten(struct kcall *c)
{
	int x = c->x[0], rank = k_rank(c, x);
	int64_t perm[RANK_MAX] = { 0 };
	if (rank < 3)
		return x;
	x = k_keras(c, x);
	for (int i = 1; i < rank; i++)
		perm[i] = k_channels_first(c) ? i % (rank - 1) + 1 : i;
	return k_op1(c, "Flatten", k_perm(c, x, perm));
}

static int build_reshape(struct kcall *c)
{
	const cJSON *v = k_get(c, "target_shape", "dims");
	int n = cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 0, x = c->x[0], open = -1;
	if (n < 1 || n >= RANK_MAX)
		return k_fail(c, ERR_UNSUPPORTED, "a target_shape of %d dimensions is not supported, 1 to %d are", n,
		              RANK_MAX - 1);
	int64_t dim[RANK_MAX] = { k_dim(c, x, 0) }, known = 1,
	        all = shape_count(&c->g->value[x].shape) / (dim[0] ? dim[0] : 1);
	for (int i = 1; i <= n; i++) {
		const cJSON *d = cJSON_GetArrayItem(v, i - 1);
		if (!json_whole(d, &dim[i]) || dim[i] < -1 || !dim[i] || dim[i] > COUNT_MAX ||
		    (dim[i] < 0 && open >= 0))
			return k_fail(c, ERR_FORMAT, "target_shape is not a list of sizes");
		if (dim[i] < 0)
			open = i;
		else if (!i64_mul(known, dim[i], &known))
			return k_fail(c, ERR_LIMIT, "target_shape is too large");
	}
	if (open >= 0 && all % known == 0)
		dim[open] = all / known;
	if (known > all || known * (open >= 0 ? dim[open] : 1) != all)
		return k_fail(c, ERR_FORMAT, "its target_shape does not hold the %lld values of its input",
		              (long long)all);
	int y = k_keras_reshape(c, x, n + 1, dim);
	/* A vector that becomes a series gets a time axis. */
	return n == 2 && y >= 0 && !memchr(c->g->value[y].axis, 'T', 3) ? k_label(c, y, "NCT") : y;
}

static int build_permute(struct kcall *c)
{
	const cJSON *v = k_get(c, "dims", NULL), *d = v ? v->child : NULL;
	int rank = k_rank(c, c->x[0]);
	int64_t perm[RANK_MAX] = { 0 };
	bool seen[RANK_MAX] = { false }, good = cJSON_IsArray(v) && cJSON_GetArraySize(v) == rank - 1;
	for (int i = 1; i < rank && good; i++, d = d->next) {
		int64_t a = 0;
		good = json_whole(d, &a) && a >= 1 && a < rank && !seen[a];
		if (good) {
			seen[a] = true;
			perm[k_axis(rank, i)] = k_axis(rank, a);
		}
	}
	if (!good)
		return k_fail(c, ERR_FORMAT, "dims is no order of the %d axes behind the batch", rank - 1);
	return k_perm(c, c->x[0], perm);
}

/* Reads what is added or cut at both ends of n axes: a number for all, a list with a number or a pair for each axis,
 * or, for one axis, a pair. */
static void ends_of(struct kcall *c, const char *key, int n, int64_t (*out)[2])
{
	const cJSON *v = k_get(c, key, NULL);
	if (n == 1) {
		k_pair(c, key, out[0]);
		return;
	}
	bool good = true;
	for (int i = 0; i < n; i++) {
		const cJSON *a = cJSON_IsArray(v) ? cJSON_GetArrayItem(v, i) : v;
		bool two = cJSON_IsArray(a) && cJSON_GetArraySize(a) == 2;
		out[i][0] = out[i][1] = 1;
		if (v)
			good = good && json_whole(two ? a->child : a, &out[i][0]) &&
			       json_whole(two ? a->child->next : a, &out[i][1]);
		for (int k = 0; k < 2; k++)
			good = good && out[i][k] >= 0 && out[i][k] <= COUNT_MAX;
	}
	if (!good || (cJSON_IsArray(v) && cJSON_GetArraySize(v) != n))
		k_fail(c, ERR_FORMAT, "%s is not a whole number from 0, or a pair for each of %d axes", key, n);
}

static int build_zero_padding(struct kcall *c)
{
	int n = space(c);
	int64_t p[2][2], pads[2 * RANK_MAX] = { 0 };
	ends_of(c, "padding", n, p);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < 2; k++)
			pads[k * (n + 2) + space_axis(c, n, i)] = p[i][k];
	return k_op2(c, "Pad", c->x[0], k_ints(c, 2 * (n + 2), pads));
}

static int build_cropping(struct kcall *c)
{
	int n = space(c), y = c->x[0];
	int64_t p[2][2];
	ends_of(c, "cropping", n, p);
	for (int i = 0; i < n && !c->bad; i++) {
		int64_t axis = space_axis(c, n, i), T = k_dim(c, y, (int)axis), end = T - p[i][1];
		if (p[i][0] >= end)
			return k_fail(c, ERR_FORMAT, "it cuts %lld and %lld off %lld steps", (long long)p[i][0],
			              (long long)p[i][1], (long long)T);
		int in[] = { y, k_ints(c, 1, &p[i][0]), k_ints(c, 1, &end), k_ints(c, 1, &axis) };
		y = k_op(c, "Slice", 4, in, 0, NULL);
	}
	return y;
}

/* Repeats every step n times along an axis: makes n copies along a new axis and joins that axis with the first. */
static int repeat(struct kcall *c, int x, int axis, int64_t n)
{
	enum { MOST = 256 };
	int copy[MOST], rank = k_rank(c, x);
	int64_t dim[RANK_MAX + 1] = { 0 };
	if (n > MOST || rank >= RANK_MAX)
		return k_fail(c, ERR_LIMIT, "size is larger than %d", MOST);
	for (int i = 0; i <= rank; i++)
		dim[i] = i == axis + 1 ? 1 : k_dim(c, x, i > axis ? i - 1 : i);
	int one = k_reshape(c, x, rank + 1, dim);
	for (int64_t i = 0; i < n; i++)
		copy[i] = one;
	struct attr a = attr_i("axis", axis + 1);
	for (int i = 0; i < rank; i++)
		dim[i] = k_dim(c, x, i) * (i == axis ? n : 1);
	return k_reshape(c, k_op(c, "Concat", (int)n, copy, 1, &a), rank, dim);
}

static int build_up_sampling(struct kcall *c)
{
	int n = space(c), x = c->x[0];
	int64_t size[2];
	k_sizes(c, "size", n == 1 ? "length" : NULL, n, 2, 1, size);
	if (strcmp(k_text(c, "interpolation", NULL, "nearest"), "nearest") != 0)
		return k_fail(c, ERR_UNSUPPORTED, "an interpolation other than nearest is not supported");
	bool none = true;
	for (int i = 0; i < n && !c->bad; i++)
		if (size[i] > 1) {
			x = repeat(c, x, space_axis(c, n, i), size[i]);
			none = false;
		}
	return none ? k_op1(c, "Identity", x) : x;
}

/* (N,C) becomes (N,n,C): the same at every one of n steps. */
static int build_repeat_vector(struct kcall *c)
{
	int64_t n = k_int(c, "n", NULL, 1, 1, COUNT_MAX), N = k_dim(c, c->x[0], 0), C = k_dim(c, c->x[0], 1);
	if (k_rank(c, c->x[0]) != 2)
		return k_fail(c, ERR_FORMAT, "it repeats a vector, but gets an input of rank %d", k_rank(c, c->x[0]));
	int x = k_reshape(c, c->x[0], 3, (int64_t[]){ N, C, 1 });
	return k_label(c, k_op2(c, "Expand", x, k_ints(c, 3, (int64_t[]){ N, C, n })), "NCT");
}

/* Noise and dropout act only in training. */
static int build_nothing(struct kcall *c)
{
	k_ask(c, "data_format");
	k_ask(c, "dim_ordering");
	if (cJSON_IsTrue(k_arg(c, BY_NAME, "training")))
		keras_warn(
		        c->m,
		        "layer '%.100s' (%.60s) acts in Keras also when it predicts (training=True); here it does not",
		        c->name, c->cls);
	return c->x[0];
}

/* Steps whose channels all have the mask value become 0, and layers behind it that know masks leave them out
 * (keras/src/layers/core/masking.py). */
static int build_masking(struct kcall *c)
{
	int x = c->x[0], rank = k_rank(c, x);
	if (rank != 3)
		return k_fail(c, ERR_FORMAT, "it reads a series, but gets an input of rank %d", rank);
	int differs = k_op1(c, "Not", k_op2(c, "Equal", x, k_scalar(c, k_float(c, "mask_value", NULL, 0))));
	struct attr keep = attr_i("keepdims", 1);
	int any = k_op(c, "ReduceMax", 2, (int[]){ k_cast(c, differs, K_REAL), k_ints(c, 1, (int64_t[]){ 1 }) }, 1,
	               &keep);
	if (any < 0)
		return any;
	c->mask_out = k_reshape(c, any, 2, (int64_t[]){ k_dim(c, x, 0), k_dim(c, x, 2) });
	return k_op2(c, "Mul", x, any);
}

const struct kclass keras_shape_classes[] = {
	{ "Add", build_add, LAYER_ANALYSED, 2, MERGE_MAX, K_KEEPS_MASK | K_MERGES },
	{ "Subtract", build_subtract, LAYER_ANALYSED, 2, 2, K_KEEPS_MASK | K_MERGES },
	{ "Multiply", build_multiply, LAYER_ANALYSED, 2, MERGE_MAX, K_KEEPS_MASK | K_MERGES },
	{ "Average", build_average, LAYER_ANALYSED, 2, MERGE_MAX, K_KEEPS_MASK | K_MERGES },
	{ "Maximum", build_maximum, LAYER_ANALYSED, 2, MERGE_MAX, K_KEEPS_MASK | K_MERGES },
	{ "Minimum", build_minimum, LAYER_ANALYSED, 2, MERGE_MAX, K_KEEPS_MASK | K_MERGES },
	{ "Concatenate", build_concatenate, LAYER_ANALYSED, 1, MERGE_MAX, K_KEEPS_MASK | K_MERGES },
	{ "Dot", build_dot, LAYER_ANALYSED, 2, 2, 0 },
	{ "Merge", build_merge, LAYER_ANALYSED, 2, MERGE_MAX, 0 },
	{ "Flatten", build_flatten, LAYER_LAYOUT, 1, 1, 0 },
	{ "Reshape", build_reshape, LAYER_LAYOUT, 1, 1, 0 },
	{ "Permute", build_permute, LAYER_LAYOUT, 1, 1, 0 },
	{ "RepeatVector", build_repeat_vector, LAYER_ANALYSED, 1, 1, 0 },
	{ "ZeroPadding1D", build_zero_padding, LAYER_ANALYSED, 1, 1, 0 },
	{ "ZeroPadding2D", build_zero_padding, LAYER_ANALYSED, 1, 1, 0 },
	{ "Cropping1D", build_cropping, LAYER_ANALYSED, 1, 1, 0 },
	{ "Cropping2D", build_cropping, LAYER_ANALYSED, 1, 1, 0 },
	{ "UpSampling1D", build_up_sampling, LAYER_ANALYSED, 1, 1, 0 },
	{ "UpSampling2D", build_up_sampling, LAYER_ANALYSED, 1, 1, 0 },
	{ "Masking", build_masking, LAYER_LAYOUT, 1, 1, 0 },
	{ "Dropout", build_nothing, LAYER_LAYOUT, 1, 1, K_KEEPS_MASK },
	{ "SpatialDropout1D", build_nothing, LAYER_LAYOUT, 1, 1, K_KEEPS_MASK },
	{ "SpatialDropout2D", build_nothing, LAYER_LAYOUT, 1, 1, 0 },
	{ "GaussianDropout", build_nothing, LAYER_LAYOUT, 1, 1, K_KEEPS_MASK },
	{ "AlphaDropout", build_nothing, LAYER_LAYOUT, 1, 1, K_KEEPS_MASK },
	{ "GaussianNoise", build_nothing, LAYER_LAYOUT, 1, 1, K_KEEPS_MASK },
	{ "ActivityRegularization", build_nothing, LAYER_LAYOUT, 1, 1, K_KEEPS_MASK },
	{ 0 },
};
