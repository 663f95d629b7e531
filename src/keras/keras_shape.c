/* Keras layers that merge values, move them, or leave them unchanged. */
#include <stdio.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* ---- merging ---- */

/* A value (N,C) beside (N,C,T) is used at every step. */
static int align(struct kcall *c, int x, int rank)
{
	if (k_rank(c, x) == 2 && rank == 3)
		return k_reshape(c, x, 3, (int64_t[]){ k_dim(c, x, 0), k_dim(c, x, 1), 1 });
	return x;
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

/* Applies one operator to all inputs at once, or (pairs: Mul, Sub) to one input after the other. */
static int merge(struct kcall *c, const char *op, bool pairs)
{
	int in[MERGE_MAX], rank = most_rank(c), y = align(c, c->x[0], rank);
	in[0] = y;
	for (int i = 1; i < c->n_x; i++) {
		in[i] = align(c, c->x[i], rank);
		if (pairs)
			y = k_op2(c, op, y, in[i]);
	}
	return pairs ? y : k_op(c, op, c->n_x, in, 0, NULL);
}

static int build_add(struct kcall *c)
{
	return merge(c, "Sum", false);
}

static int build_subtract(struct kcall *c)
{
	return merge(c, "Sub", true);
}

static int build_multiply(struct kcall *c)
{
	return merge(c, "Mul", true);
}

static int build_average(struct kcall *c)
{
	return merge(c, "Mean", false);
}

static int build_maximum(struct kcall *c)
{
	return merge(c, "Max", false);
}

static int build_minimum(struct kcall *c)
{
	return merge(c, "Min", false);
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
	struct attr a = attr_i("axis", rank == 3 && axis == 1 ? 2 : 1);
	return k_op(c, "Concat", c->n_x, c->x, 1, &a);
}

static int build_concatenate(struct kcall *c)
{
	return concat(c, "axis");
}

/* Keras 1 has one class for all ways to merge. */
static int build_merge(struct kcall *c)
{
	const char *mode = k_text(c, "mode", NULL, "sum");
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

static bool series(struct kcall *c)
{
	if (k_rank(c, c->x[0]) != 3)
		k_fail(c, ERR_FORMAT, "it reads a series, but gets an input of rank %d", k_rank(c, c->x[0]));
	return !c->bad;
}

/* Keras flattens with time as the outer axis. */
static int build_flatten(struct kcall *c)
{
	int x = c->x[0];
	if (!strcmp(k_text(c, "data_format", NULL, ""), "channels_first"))
		return k_fail(c, ERR_UNSUPPORTED, "data_format channels_first is not supported");
	return k_rank(c, x) == 3 ? k_op1(c, "Flatten", k_transpose(c, x)) : x;
}

static int build_reshape(struct kcall *c)
{
	const cJSON *v = k_get(c, "target_shape", "dims");
	int n = cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 0, x = c->x[0], open = -1;
	if (n < 1 || n > 2)
		return k_fail(c, ERR_UNSUPPORTED, "a target_shape of %d dimensions is not supported, 1 or 2 are", n);
	int64_t dim[3] = { k_dim(c, x, 0) }, known = 1,
	        all = shape_count(&c->g->value[x].shape) / (dim[0] ? dim[0] : 1);
	for (int i = 1; i <= n; i++) {
		const cJSON *d = cJSON_GetArrayItem(v, i - 1);
		if (!json_whole(d, &dim[i]) || dim[i] < -1 || !dim[i] || dim[i] > COUNT_MAX ||
		    (dim[i] < 0 && open >= 0))
			return k_fail(c, ERR_FORMAT, "target_shape is not a list of sizes");
		if (dim[i] < 0)
			open = i;
		else
			known *= dim[i];
	}
	if (open >= 0 && all % known == 0)
		dim[open] = all / known;
	if (known * (open >= 0 ? dim[open] : 1) != all)
		return k_fail(c, ERR_FORMAT, "its target_shape does not hold the %lld values of its input",
		              (long long)all);
	if (k_rank(c, x) == 3)
		x = k_transpose(c, x);
	x = k_reshape(c, x, n + 1, dim);
	return n == 2 ? k_transpose(c, x) : x;
}

static int build_permute(struct kcall *c)
{
	const cJSON *v = k_get(c, "dims", NULL);
	int64_t a = 0, b = 0;
	if (!series(c) || !cJSON_IsArray(v) || cJSON_GetArraySize(v) != 2 || !json_whole(v->child, &a) ||
	    !json_whole(v->child->next, &b) || a + b != 3 || a < 1 || b < 1)
		return k_fail(c, ERR_FORMAT, "dims is not [1,2] or [2,1]");
	return a == 1 ? c->x[0] : k_transpose(c, c->x[0]);
}

static int build_zero_padding(struct kcall *c)
{
	int64_t p[2];
	k_pair(c, "padding", p);
	if (!series(c))
		return c->bad;
	return k_op2(c, "Pad", c->x[0], k_ints(c, 6, (int64_t[]){ 0, 0, p[0], 0, 0, p[1] }));
}

static int build_cropping(struct kcall *c)
{
	int64_t p[2];
	k_pair(c, "cropping", p);
	if (!series(c))
		return c->bad;
	int64_t T = k_dim(c, c->x[0], 2), end = T - p[1], axis = 2;
	if (p[0] >= end)
		return k_fail(c, ERR_FORMAT, "it cuts %lld and %lld off a series of %lld steps", (long long)p[0],
		              (long long)p[1], (long long)T);
	int in[] = { c->x[0], k_ints(c, 1, &p[0]), k_ints(c, 1, &end), k_ints(c, 1, &axis) };
	return k_op(c, "Slice", 4, in, 0, NULL);
}

/* Repeats every step n times: makes n copies along a new axis and joins that axis with time. */
static int build_up_sampling(struct kcall *c)
{
	enum { MOST = 256 };
	int64_t n = k_int(c, "size", "length", 2, 1, MOST);
	if (!series(c))
		return c->bad;
	int x = c->x[0], copy[MOST];
	if (n == 1)
		return k_op1(c, "Identity", x);
	int64_t N = k_dim(c, x, 0), C = k_dim(c, x, 1), T = k_dim(c, x, 2);
	int one = k_reshape(c, x, 4, (int64_t[]){ N, C, T, 1 });
	for (int64_t i = 0; i < n; i++)
		copy[i] = one;
	struct attr a = attr_i("axis", 3);
	return k_reshape(c, k_op(c, "Concat", (int)n, copy, 1, &a), 3, (int64_t[]){ N, C, T * n });
}

/* Noise and dropout act only in training. */
static int build_nothing(struct kcall *c)
{
	return c->x[0];
}

/* Recurrent layers of Keras would skip steps in which all channels have the mask value. Here they are not skipped. */
static int build_masking(struct kcall *c)
{
	char text[2 * NAME_MAX_BYTES];
	snprintf(text, sizeof text, "layer '%s' masks steps that are %g throughout; tsviz reads them like all others",
	         c->name, k_float(c, "mask_value", NULL, 0));
	c->m->warning = model_text(c->m, text);
	return c->x[0];
}

const struct kclass keras_shape_classes[] = {
	{ "Add", build_add, LAYER_ANALYSED, 2, MERGE_MAX },
	{ "Subtract", build_subtract, LAYER_ANALYSED, 2, 2 },
	{ "Multiply", build_multiply, LAYER_ANALYSED, 2, MERGE_MAX },
	{ "Average", build_average, LAYER_ANALYSED, 2, MERGE_MAX },
	{ "Maximum", build_maximum, LAYER_ANALYSED, 2, MERGE_MAX },
	{ "Minimum", build_minimum, LAYER_ANALYSED, 2, MERGE_MAX },
	{ "Concatenate", build_concatenate, LAYER_ANALYSED, 1, MERGE_MAX },
	{ "Merge", build_merge, LAYER_ANALYSED, 2, MERGE_MAX },
	{ "Flatten", build_flatten, LAYER_LAYOUT, 1, 1 },
	{ "Reshape", build_reshape, LAYER_LAYOUT, 1, 1 },
	{ "Permute", build_permute, LAYER_LAYOUT, 1, 1 },
	{ "ZeroPadding1D", build_zero_padding, LAYER_ANALYSED, 1, 1 },
	{ "Cropping1D", build_cropping, LAYER_ANALYSED, 1, 1 },
	{ "UpSampling1D", build_up_sampling, LAYER_ANALYSED, 1, 1 },
	{ "Masking", build_masking, LAYER_LAYOUT, 1, 1 },
	{ "Dropout", build_nothing, LAYER_LAYOUT, 1, 1 },
	{ "SpatialDropout1D", build_nothing, LAYER_LAYOUT, 1, 1 },
	{ "GaussianDropout", build_nothing, LAYER_LAYOUT, 1, 1 },
	{ "AlphaDropout", build_nothing, LAYER_LAYOUT, 1, 1 },
	{ "GaussianNoise", build_nothing, LAYER_LAYOUT, 1, 1 },
	{ "ActivityRegularization", build_nothing, LAYER_LAYOUT, 1, 1 },
	{ 0 },
};
