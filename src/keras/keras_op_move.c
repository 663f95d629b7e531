/* Operations that move values: joining, cutting, reshaping, x[:, -1], and matrices. */
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_op.h"

/* ---- shapes ---- */

/* The operands of a list. Returns how many. */
static int list_of(struct kcall *c, const char *name, int x[OPERANDS_MAX])
{
	const cJSON *v = k_arg(c, 0, name);
	int n = keras_is_tensor(v) ? 1 : cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 0;
	if (n < 1 || n > OPERANDS_MAX)
		return k_fail(c, ERR_FORMAT, "it reads no list of tensors"), 0;
	for (int i = 0; i < n; i++)
		x[i] = k_real(c, k_value(c, keras_is_tensor(v) ? v : cJSON_GetArrayItem(v, i)));
	return c->bad ? 0 : n;
}

static int concat(struct kcall *c, const char *op)
{
	int x[OPERANDS_MAX], n = list_of(c, c->version >= 3 ? "xs" : "values", x), rank = n ? k_rank(c, x[0]) : 0;
	struct attr a = attr_i("axis", k_axis(rank, op_axis(c, 1, "axis", rank, c->version >= 3 ? -1 : 0)));
	for (int i = 0; i < n; i++)
		if (k_rank(c, x[i]) != rank)
			return k_fail(c, ERR_FORMAT, "it joins inputs of different ranks");
	return k_op(c, op, n, x, 1, &a);
}

/* Inserts an axis of size 1 at `axis` of the result. */
static int insert(struct kcall *c, int x, int64_t axis)
{
	if (x < 0 || k_rank(c, x) >= RANK_MAX)
		return x < 0 ? x : k_fail(c, ERR_UNSUPPORTED, "more than %d axes", RANK_MAX);
	int y = k_op2(c, "Unsqueeze", k_keras(c, x), k_ints(c, 1, &axis));
	return k_core(c, y);
}

static int stack(struct kcall *c, const char *op)
{
	int x[OPERANDS_MAX], n = list_of(c, c->version >= 3 ? "x" : "values", x), rank = n ? k_rank(c, x[0]) + 1 : 1;
	int64_t axis = op_axis(c, 1, "axis", rank, 0);
	for (int i = 0; i < n; i++)
		x[i] = insert(c, x[i], axis);
	struct attr a = attr_i("axis", k_axis(rank, axis));
	return k_op(c, op, n, x, 1, &a);
}

static int expand_dims(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_operand(c, 0, "x"), rank = k_rank(c, x) + 1;
	return insert(c, x, op_axis(c, 1, "axis", rank, -1));
}

/* Removes axes of size 1: those that are named, or all. */
static int squeeze_axes(struct kcall *c, int x, int n, const int64_t *axes)
{
	struct shape s = k_shape(c, x);
	int64_t list[RANK_MAX];
	int m = 0;
	for (int i = 0; i < s.rank; i++)
		for (int j = 0; j < (n ? n : 1); j++)
			if (n ? axes[j] == i : s.dim[i] == 1 && i > 0)
				list[m++] = i;
	return m ? k_core(c, k_op2(c, "Squeeze", k_keras(c, x), k_ints(c, m, list))) : x;
}

static int squeeze(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_operand(c, 0, "x");
	int64_t axes[RANK_MAX];
	return squeeze_axes(c, x, op_axes(c, 1, "axis", k_rank(c, x), axes), axes);
}

static int transpose(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_operand(c, 0, "x"), rank = k_rank(c, x);
	int64_t perm[RANK_MAX];
	int n = op_axes(c, 1, c->version >= 3 ? "axes" : "perm", rank, perm);
	for (int i = 0; i < rank && !n; i++)
		perm[i] = rank - 1 - i;
	if (n && n != rank)
		return k_fail(c, ERR_FORMAT, "its order of axes does not name all %d", rank);
	return k_core(c, k_perm(c, k_keras(c, x), perm));
}

/* A size: a number, or an element of a shape that is known while the file is read. */
static int64_t size_of(struct kcall *c, const cJSON *v)
{
	int64_t n = -1;
	if (cJSON_IsNull(v))
		return -1;
	if (cJSON_IsNumber(v)) {
		if (!json_whole(v, &n))
			k_fail(c, ERR_FORMAT, "a size is not a whole number");
		return n;
	}
	int x = k_value(c, v);
	const struct value *s = x < 0 ? NULL : &c->g->value[x];
	if (!s || !s->constant || shape_count(&s->shape) != 1)
		return k_fail(c, ERR_UNSUPPORTED, "a size that is computed from the window is not supported");
	return s->dtype == DT_REAL ? (int64_t)*s->r : *s->i;
}

static int reshape(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_operand(c, 0, "x"), open = -1;
	const cJSON *v = k_arg(c, 1, c->version >= 3 ? "newshape" : "shape");
	int n = cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 0;
	int64_t dim[RANK_MAX], known = 1, all = x < 0 ? 0 : shape_count(&c->g->value[x].shape);
	if (n < 1 || n > RANK_MAX || keras_is_tensor(v))
		return k_fail(c, ERR_UNSUPPORTED, "a shape that is not a list of 1 to %d sizes is not supported",
		              RANK_MAX);
	for (int i = 0; i < n; i++) {
		dim[i] = size_of(c, cJSON_GetArrayItem(v, i));
		/* The batch has one window. */
		if (dim[i] < 0 && i == 0 && n > 1)
			for (int j = 1; j < n; j++)
				dim[0] = cJSON_IsNumber(cJSON_GetArrayItem(v, j)) &&
				                         cJSON_GetArrayItem(v, j)->valuedouble < 0
				                 ? 1
				                 : dim[0];
		if (dim[i] < 0 && open < 0)
			open = i;
		else if (dim[i] < 1 || !i64_mul(known, dim[i], &known))
			return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "its shape is not a list of sizes");
	}
	if (open >= 0)
		dim[open] = known ? all / known : 0;
	return c->bad ? c->bad : k_keras_reshape(c, x, n, dim);
}

static int shape_op(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_operand(c, 0, "x");
	struct shape s = k_shape(c, x);
	return x < 0 ? x : k_ints(c, s.rank, s.dim);
}

/* tf.range(start, limit, delta) and keras.ops.arange(start, stop, step) of numbers that are known while the file is
 * read. With one number it counts from 0 to it. */
static int range(struct kcall *c, const char *op)
{
	(void)op;
	const cJSON *a = k_arg(c, 0, "start"), *b = k_arg(c, 1, c->version >= 3 ? "stop" : "limit"),
	            *s = k_arg(c, 2, c->version >= 3 ? "step" : "delta");
	if (!a)
		return op_missing(c, "start");
	int64_t from = size_of(c, a), to = b ? size_of(c, b) : from, step = s ? size_of(c, s) : 1;
	from = b ? from : 0;
	int64_t n = step > 0 && to > from && to - from < COUNT_MAX ? (to - from + step - 1) / step : 0;
	if (c->bad || n < 1 || n > COUNT_MAX)
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "it counts no numbers");
	int64_t *v = xcalloc((size_t)n, sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = from + i * step;
	int y = k_ints(c, (int)n, v);
	free(v);
	return y;
}

static int matmul(struct kcall *c, const char *op)
{
	int x = k_keras(c, op_first(c)), y = k_keras(c, k_real(c, op_operand(c, 1, c->version >= 3 ? "x2" : "b")));
	const char *const turn[] = { "transpose_a", "transpose_b" };
	int in[] = { x, y };
	for (int i = 0; i < 2; i++) {
		int rank = k_rank(c, in[i]);
		int64_t perm[RANK_MAX];
		for (int j = 0; j < RANK_MAX; j++)
			perm[j] = j;
		if (rank < 2)
			return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "it multiplies matrices, not rank %d", rank);
		if (op_true(c, 2 + i, turn[i])) {
			perm[rank - 1] = rank - 2;
			perm[rank - 2] = rank - 1;
		}
		in[i] = k_perm(c, in[i], perm);
	}
	return k_core(c, k_op(c, op, 2, in, 0, NULL));
}

static int flip(struct kcall *c, const char *op)
{
	int x = op_operand(c, 0, "x"), rank = k_rank(c, x);
	int64_t axes[RANK_MAX];
	int n = op_axes(c, 1, "axis", rank, axes);
	for (int i = 0; i < (n ? n : rank); i++) {
		int64_t a = k_axis(rank, n ? axes[i] : i);
		int in[] = { x, k_ints(c, 1, (int64_t[]){ -1 }), k_ints(c, 1, (int64_t[]){ -COUNT_MAX }),
			     k_ints(c, 1, &a), k_ints(c, 1, (int64_t[]){ -1 }) };
		x = k_op(c, op, 5, in, 0, NULL);
	}
	return x;
}

static int tile(struct kcall *c, const char *op)
{
	int x = op_first(c), rank = k_rank(c, x);
	const cJSON *v = k_arg(c, 1, c->version >= 3 ? "repeats" : "multiples");
	int64_t n[RANK_MAX];
	if (!cJSON_IsArray(v) || cJSON_GetArraySize(v) != rank)
		return k_fail(c, ERR_UNSUPPORTED, "repeats that do not name each of %d axes are not supported", rank);
	for (int i = 0; i < rank; i++)
		n[i] = size_of(c, cJSON_GetArrayItem(v, i));
	return c->bad ? c->bad : k_core(c, k_op2(c, op, k_keras(c, x), k_ints(c, rank, n)));
}

/* ---- x[...] ---- */

/* Part of one axis, in Keras' order. */
static int slice(struct kcall *c, int x, int64_t axis, int64_t from, int64_t to, int64_t step)
{
	int in[] = { x, k_ints(c, 1, &from), k_ints(c, 1, &to), k_ints(c, 1, &axis), k_ints(c, 1, &step) };
	return k_op(c, "Slice", 5, in, 0, NULL);
}

static const cJSON *slice_part(const cJSON *v, const char *key)
{
	const cJSON *config = json_get(v, "config"), *p = json_get(config ? config : v, key);
	return p && !cJSON_IsNull(p) ? p : NULL;
}

static bool is_ellipsis(const cJSON *v)
{
	return strstr(json_text(v, "class_name", cJSON_IsString(v) ? v->valuestring : ""), "llipsis") != NULL;
}

/* x[spec] for one axis that is a slice or a number. Returns whether the axis stays. */
static bool take(struct kcall *c, int *y, int64_t axis, const cJSON *v)
{
	int64_t from, to, step = 1;
	if (cJSON_IsNumber(v)) {
		if (!json_whole(v, &from))
			k_fail(c, ERR_FORMAT, "an index is not a whole number");
		else
			*y = slice(c, *y, axis, from, from == -1 ? COUNT_MAX : from + 1, 1);
		return false;
	}
	const cJSON *a = slice_part(v, "start"), *b = slice_part(v, "stop"), *s = slice_part(v, "step");
	if (s)
		step = size_of(c, s);
	/* Tensors and arrays are objects, too. */
	if (!step || !json_get(json_get(v, "config") ? json_get(v, "config") : v, "stop"))
		k_fail(c, ERR_UNSUPPORTED, "an index that is neither a number nor a slice is not supported");
	from = a ? size_of(c, a) : step > 0 ? 0 : -1;
	to = b ? size_of(c, b) : step > 0 ? COUNT_MAX : -COUNT_MAX;
	if ((a || b || s) && !c->bad)
		*y = slice(c, *y, axis, from, to, step);
	return true;
}

static int get_item(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_operand(c, 0, "x"), rank = k_rank(c, x), y = k_keras(c, x), used = 0;
	const cJSON *spec = k_arg(c, 1, c->version >= 3 ? "key" : "slice_spec");
	bool list = cJSON_IsArray(spec);
	int n = list ? cJSON_GetArraySize(spec) : spec ? 1 : 0;
	int64_t gone[RANK_MAX], fresh[RANK_MAX], axis = 0, out = 0;
	int n_gone = 0, n_fresh = 0;
	if (!n || x < 0)
		return x < 0 ? x : op_missing(c, "slice");
	for (int i = 0; i < n; i++) {
		const cJSON *v = list ? cJSON_GetArrayItem(spec, i) : spec;
		used += !cJSON_IsNull(v) && !is_ellipsis(v);
	}
	if (used > rank)
		return k_fail(c, ERR_FORMAT, "it takes parts of %d axes of %d", used, rank);
	for (int i = 0; i < n && !c->bad; i++) {
		const cJSON *v = list ? cJSON_GetArrayItem(spec, i) : spec;
		if (is_ellipsis(v)) {
			axis += rank - used;
			out += rank - used;
			used = rank;
		} else if (cJSON_IsNull(v)) {
			if (n_fresh == RANK_MAX)
				return k_fail(c, ERR_UNSUPPORTED, "more than %d axes", RANK_MAX);
			fresh[n_fresh++] = out++;
		} else if (axis < rank && take(c, &y, axis, v)) {
			axis++;
			out++;
		} else if (axis < rank) {
			gone[n_gone++] = axis++;
		}
	}
	if (n_gone)
		y = k_op2(c, "Squeeze", y, k_ints(c, n_gone, gone));
	if (n_fresh)
		y = k_op2(c, "Unsqueeze", y, k_ints(c, n_fresh, fresh));
	y = k_core(c, y);
	return y == x ? k_op1(c, "Identity", y) : y;
}

/* ---- several outputs ---- */

/* Equal parts along an axis; with `single` each has one element there, and the axis is gone. */
static int parts(struct kcall *c, int x, int64_t axis, int64_t n, bool single)
{
	struct shape s = k_shape(c, x);
	int y = 0, in = k_keras(c, x);
	if (c->bad || n < 1 || n > KOUT_MAX + 1 || s.dim[axis] % n)
		return c->bad ? c->bad : k_fail(c, ERR_UNSUPPORTED, "%lld parts are not supported", (long long)n);
	int64_t each = s.dim[axis] / n;
	for (int64_t i = n - 1; i >= 0; i--) {
		y = slice(c, in, axis, i * each, (i + 1) * each, 1);
		if (single)
			y = k_op2(c, "Squeeze", y, k_ints(c, 1, &axis));
		y = k_core(c, y);
		if (y < 0)
			return y;
		if (i)
			c->out[i - 1] = y;
	}
	c->n_out = (int)n - 1;
	return y;
}

static int split(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_first(c), rank = k_rank(c, x);
	const cJSON *v = k_arg(c, 1, c->version >= 3 ? "indices_or_sections" : "num_or_size_splits");
	int64_t n = 0;
	if (!json_whole(v, &n))
		return k_fail(c, ERR_UNSUPPORTED, "parts of different sizes are not supported");
	return parts(c, x, op_axis(c, 2, "axis", rank, 0), n, false);
}

static int unstack(struct kcall *c, const char *op)
{
	(void)op;
	int x = op_first(c), rank = k_rank(c, x);
	int64_t axis = op_axis(c, 2, "axis", rank, 0);
	return x < 0 ? x : parts(c, x, axis, k_shape(c, x).dim[axis], true);
}

/* ---- the table ---- */

const struct function keras_moves[] = {
	{ "concat", concat, "Concat" },
	{ "concatenate", concat, "Concat" },
	{ "stack", stack, "Concat" },
	{ "expand_dims", expand_dims, NULL },
	{ "expand_dims_v2", expand_dims, NULL },
	{ "squeeze", squeeze, NULL },
	{ "squeeze_v2", squeeze, NULL },
	{ "transpose", transpose, NULL },
	{ "transpose_v2", transpose, NULL },
	{ "reshape", reshape, NULL },
	{ "shape", shape_op, NULL },
	{ "shape_v2", shape_op, NULL },
	{ "range", range, NULL },
	{ "arange", range, NULL },
	{ "matmul", matmul, "MatMul" },
	{ "flip", flip, "Slice" },
	{ "reverse", flip, "Slice" },
	{ "tile", tile, "Tile" },
	{ "getitem", get_item, NULL },
	{ "get_item", get_item, NULL },
	{ "split", split, NULL },
	{ "unstack", unstack, NULL },
	{ 0 },
};
