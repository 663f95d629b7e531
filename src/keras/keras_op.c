/* Operations that Keras lists among the layers: x + y, x[:, -1], tf.reduce_mean(x) and the like. tf.keras 2.4 to 2.15
 * calls them TFOpLambda and SlicingOpLambda and names TensorFlow's function; in Keras 3 they are classes of the module
 * keras.src.ops. Their axes count in Keras' order, batch included. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { OPERANDS_MAX = 256 };

bool keras_is_operation(const char *cls, const char *module)
{
	return strstr(module, ".ops.") || !strcmp(cls, "TFOpLambda") || !strcmp(cls, "SlicingOpLambda");
}

/* ---- values ---- */

static int missing(struct kcall *c, const char *what)
{
	return k_fail(c, ERR_FORMAT, "its argument %s is missing", what);
}

/* Argument `at` as a value. */
static int operand(struct kcall *c, int at, const char *name)
{
	const cJSON *v = k_arg(c, at, name);
	return v ? k_value(c, v) : missing(c, name);
}

static int first(struct kcall *c)
{
	return k_real(c, operand(c, 0, "x"));
}

/* NumPy's broadcasting: axes are inserted before the others, in Keras' order. */
static int stretch(struct kcall *c, int x, int rank)
{
	struct shape s = k_shape(c, x);
	int64_t dim[RANK_MAX];
	if (x < 0 || s.rank == 0 || s.rank >= rank)
		return x;
	for (int i = 0; i < rank; i++)
		dim[i] = i < rank - s.rank ? 1 : s.dim[i - (rank - s.rank)];
	return k_keras_reshape(c, x, rank, dim);
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* ---- axes ---- */

/* Reads the argument `axis`. Returns how many axes it names, in Keras' order and from 0 on; 0: all. */
static int axes_arg(struct kcall *c, int at, const char *name, int rank, int64_t out[RANK_MAX])
{
	const cJSON *v = k_arg(c, at, name);
	int n = !v ? 0 : cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 1;
	if (n > RANK_MAX)
		return k_fail(c, ERR_FORMAT, "axis names more axes than there are"), 0;
	for (int i = 0; i < n; i++) {
		out[i] = 0;
		if (!json_whole(cJSON_IsArray(v) ? cJSON_GetArrayItem(v, i) : v, &out[i]) || out[i] < -rank ||
		    out[i] >= rank) {
			k_fail(c, ERR_FORMAT, "axis is not one of the %d axes", rank);
			out[i] = 0;
		}
		out[i] += out[i] < 0 ? rank : 0;
	}
	return n;
}

static int64_t axis_arg(struct kcall *c, int at, const char *name, int rank, int64_t fallback)
{
	int64_t a[RANK_MAX];
	int n = axes_arg(c, at, name, rank, a);
	if (n > 1)
		k_fail(c, ERR_UNSUPPORTED, "several axes are not supported");
	return n ? a[0] : fallback < 0 ? fallback + rank : fallback;
}

static bool true_arg(struct kcall *c, int at, const char *name)
{
	return cJSON_IsTrue(k_arg(c, at, name));
}

/* ---- elements ---- */

static int unary(struct kcall *c, const char *op)
{
	return k_op1(c, op, first(c));
}

/* A function that has a name as activation. */
static int active(struct kcall *c, const char *op)
{
	int x = first(c), y = k_op1(c, op, x);
	if (y >= 0 && !c->g->value[x].constant) {
		c->pre = x;
		c->activation = json_text(c->config, "function", c->cls);
		const char *dot = strrchr(c->activation, '.');
		c->activation = dot ? dot + 1 : c->activation;
	}
	return y;
}

static int two(struct kcall *c, const char *op, bool turned)
{
	static const char *const names[] = { "x2", "bias", "b" };
	const cJSON *v = k_arg(c, 0, "x"), *w = k_arg(c, 1, turned ? "x" : "y");
	for (int i = 0; i < 3 && !w; i++)
		w = k_arg(c, 1, names[i]);
	if (!v || !w)
		return missing(c, v ? "y" : "x");
	int x = k_real(c, k_value(c, v)), y = k_real(c, k_value(c, w)), rank = most(k_rank(c, x), k_rank(c, y));
	x = stretch(c, x, rank);
	y = stretch(c, y, rank);
	return turned ? k_op2(c, op, y, x) : k_op2(c, op, x, y);
}

static int binary(struct kcall *c, const char *op)
{
	return two(c, op, false);
}

/* 1 - x: the first argument is the tensor, the second stands before it. */
static int reversed(struct kcall *c, const char *op)
{
	return two(c, op, true);
}

static int not_equal(struct kcall *c, const char *op)
{
	return k_op1(c, "Not", binary(c, op));
}

/* And, Or and Not take truth values; other numbers are true if they are not 0. */
static int truth(struct kcall *c, int x)
{
	return k_cast(c, x, K_TRUTH);
}

static int logical(struct kcall *c, const char *op)
{
	int x = truth(c, first(c)), y = truth(c, operand(c, 1, "y")), rank = most(k_rank(c, x), k_rank(c, y));
	return k_op2(c, op, stretch(c, x, rank), stretch(c, y, rank));
}

static int logical_not(struct kcall *c, const char *op)
{
	return k_op1(c, op, truth(c, first(c)));
}

static int square(struct kcall *c, const char *op)
{
	int x = first(c);
	return k_op2(c, op, x, x);
}

static int squared_difference(struct kcall *c, const char *op)
{
	int d = binary(c, op);
	return k_op2(c, "Mul", d, d);
}

static int rsqrt(struct kcall *c, const char *op)
{
	return k_op1(c, "Reciprocal", unary(c, op));
}

static int log1p_of(struct kcall *c, const char *op)
{
	return k_op1(c, op, k_op2(c, "Add", first(c), k_scalar(c, 1)));
}

static int expm1_of(struct kcall *c, const char *op)
{
	return k_op2(c, "Sub", k_op1(c, op, first(c)), k_scalar(c, 1));
}

static int silu(struct kcall *c, const char *op)
{
	int x = first(c);
	c->pre = x;
	c->activation = "silu";
	return k_op2(c, "Mul", x, k_op1(c, op, x));
}

static int relu6(struct kcall *c, const char *op)
{
	return k_op2(c, "Min", k_op1(c, op, first(c)), k_scalar(c, 6));
}

static double number_arg(struct kcall *c, int at, const char *name, double fallback)
{
	const cJSON *v = k_arg(c, at, name);
	if (v && !cJSON_IsNumber(v))
		k_fail(c, ERR_UNSUPPORTED, "%s is not a number", name);
	return cJSON_IsNumber(v) ? v->valuedouble : fallback;
}

static int leaky(struct kcall *c, const char *op)
{
	int x = first(c);
	struct attr a = attr_f("alpha", number_arg(c, 1, "negative_slope", number_arg(c, 1, "alpha", 0.2)));
	return k_op(c, op, 1, &x, 1, &a);
}

static int elu(struct kcall *c, const char *op)
{
	int x = first(c);
	struct attr a = attr_f("alpha", number_arg(c, 1, "alpha", 1));
	c->pre = x;
	c->activation = "elu";
	return k_op(c, op, 1, &x, 1, &a);
}

/* TensorFlow's default is the exact function, that of keras.ops the approximation by tanh. */
static int gelu(struct kcall *c, const char *op)
{
	int x = first(c);
	const cJSON *v = k_arg(c, 1, "approximate");
	struct attr a = attr_s("approximate", (v ? cJSON_IsTrue(v) : c->version >= 3) ? "tanh" : "none");
	return k_op(c, op, 1, &x, 1, &a);
}

static int hard_sigmoid(struct kcall *c, const char *op)
{
	int x = first(c);
	struct attr a[] = { attr_f("alpha", c->version >= 3 ? 1.0 / 6 : 0.2), attr_f("beta", 0.5) };
	return k_op(c, op, 1, &x, 2, a);
}

static int softmax(struct kcall *c, const char *op)
{
	int x = first(c), rank = k_rank(c, x);
	int y = k_softmax(c, op, x, k_axis(rank, axis_arg(c, 1, "axis", rank, -1)));
	c->pre = x;
	c->activation = !strcmp(op, "Softmax") ? "softmax" : "log_softmax";
	return y;
}

static int clip(struct kcall *c, const char *op)
{
	double low = number_arg(c, 1, c->version >= 3 ? "x_min" : "clip_value_min", 0),
	       high = number_arg(c, 2, c->version >= 3 ? "x_max" : "clip_value_max", 0);
	int in[] = { first(c), k_scalar(c, low), k_scalar(c, high) };
	return k_op(c, op, 3, in, 0, NULL);
}

static int cast_to(struct kcall *c, const char *op)
{
	(void)op;
	const cJSON *v = k_arg(c, 1, "dtype");
	const char *name = cJSON_IsString(v) ? v->valuestring : "float32";
	int x = operand(c, 0, "x");
	return k_cast(c, x, strstr(name, "float") ? K_REAL : strstr(name, "bool") ? K_TRUTH : K_WHOLE);
}

static int where(struct kcall *c, const char *op)
{
	int in[] = { truth(c, operand(c, 0, "condition")), k_real(c, operand(c, 1, c->version >= 3 ? "x1" : "x")),
		     k_real(c, operand(c, 2, c->version >= 3 ? "x2" : "y")) };
	int rank = most(k_rank(c, in[0]), most(k_rank(c, in[1]), k_rank(c, in[2])));
	for (int i = 0; i < 3; i++)
		in[i] = stretch(c, in[i], rank);
	return k_op(c, op, 3, in, 0, NULL);
}

/* ---- sums and the like along axes ---- */

static int reduce_axes(struct kcall *c, const char *op, int x, int n, const int64_t *axes, bool keep)
{
	struct attr a = attr_i("keepdims", keep);
	int rank = k_rank(c, x);
	int64_t all[RANK_MAX];
	for (int i = 0; i < RANK_MAX; i++)
		all[i] = n ? axes[i < n ? i : 0] : i;
	int in[] = { k_keras(c, x), k_ints(c, n ? n : rank, all) };
	return k_core(c, k_op(c, op, 2, in, 1, &a));
}

static int reduce_of(struct kcall *c, const char *op, int x)
{
	int64_t axes[RANK_MAX];
	int n = axes_arg(c, 1, "axis", k_rank(c, x), axes);
	return reduce_axes(c, op, x, n, axes, true_arg(c, 2, "keepdims"));
}

static int reduce(struct kcall *c, const char *op)
{
	return reduce_of(c, op, first(c));
}

static int any_of(struct kcall *c, const char *op)
{
	return truth(c, reduce_of(c, op, k_cast(c, truth(c, first(c)), K_REAL)));
}

static int variance_of(struct kcall *c, const char *op)
{
	int64_t axes[RANK_MAX];
	int x = first(c), n = axes_arg(c, 1, "axis", k_rank(c, x), axes);
	int d = k_op2(c, "Sub", x, reduce_axes(c, op, x, n, axes, true));
	return reduce_of(c, op, k_op2(c, "Mul", d, d));
}

static int deviation_of(struct kcall *c, const char *op)
{
	return k_op1(c, "Sqrt", variance_of(c, op));
}

/* x / sqrt(max(sum x^2, epsilon)) (tf.math.l2_normalize). */
static int l2_normalize(struct kcall *c, const char *op)
{
	int64_t axes[RANK_MAX];
	int x = first(c), n = axes_arg(c, 1, "axis", k_rank(c, x), axes);
	int s = reduce_axes(c, op, x, n, axes, true);
	return k_op2(c, "Div", x,
	             k_op1(c, "Sqrt", k_op2(c, "Max", s, k_scalar(c, number_arg(c, 2, "epsilon", 1e-12)))));
}

static int cumsum(struct kcall *c, const char *op)
{
	int x = first(c), rank = k_rank(c, x);
	/* Without an axis, that of Keras 3 makes one row of all values. */
	if (c->version >= 3 && !k_arg(c, 1, "axis"))
		return k_fail(c, ERR_UNSUPPORTED, "a sum without an axis is not supported");
	int64_t axis = k_axis(rank, axis_arg(c, 1, "axis", rank, 0));
	struct attr a[] = { attr_i("exclusive", true_arg(c, 2, "exclusive")),
		            attr_i("reverse", true_arg(c, 3, "reverse")) };
	struct shape s = { 0 };
	int in[] = { x, c->bad ? c->bad : graph_const_int(c->g, NULL, &s, &axis, c->e) };
	return k_op(c, op, 2, in, 2, a);
}

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
	struct attr a = attr_i("axis", k_axis(rank, axis_arg(c, 1, "axis", rank, c->version >= 3 ? -1 : 0)));
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
	int64_t axis = axis_arg(c, 1, "axis", rank, 0);
	for (int i = 0; i < n; i++)
		x[i] = insert(c, x[i], axis);
	struct attr a = attr_i("axis", k_axis(rank, axis));
	return k_op(c, op, n, x, 1, &a);
}

static int expand_dims(struct kcall *c, const char *op)
{
	(void)op;
	int x = operand(c, 0, "x"), rank = k_rank(c, x) + 1;
	return insert(c, x, axis_arg(c, 1, "axis", rank, -1));
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
	int x = operand(c, 0, "x");
	int64_t axes[RANK_MAX];
	return squeeze_axes(c, x, axes_arg(c, 1, "axis", k_rank(c, x), axes), axes);
}

static int transpose(struct kcall *c, const char *op)
{
	(void)op;
	int x = operand(c, 0, "x"), rank = k_rank(c, x);
	int64_t perm[RANK_MAX];
	int n = axes_arg(c, 1, c->version >= 3 ? "axes" : "perm", rank, perm);
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
	int x = operand(c, 0, "x"), open = -1;
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
	int x = operand(c, 0, "x");
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
		return missing(c, "start");
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
	int x = k_keras(c, first(c)), y = k_keras(c, k_real(c, operand(c, 1, c->version >= 3 ? "x2" : "b")));
	const char *const turn[] = { "transpose_a", "transpose_b" };
	int in[] = { x, y };
	for (int i = 0; i < 2; i++) {
		int rank = k_rank(c, in[i]);
		int64_t perm[RANK_MAX];
		for (int j = 0; j < RANK_MAX; j++)
			perm[j] = j;
		if (rank < 2)
			return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "it multiplies matrices, not rank %d", rank);
		if (true_arg(c, 2 + i, turn[i])) {
			perm[rank - 1] = rank - 2;
			perm[rank - 2] = rank - 1;
		}
		in[i] = k_perm(c, in[i], perm);
	}
	return k_core(c, k_op(c, op, 2, in, 0, NULL));
}

static int flip(struct kcall *c, const char *op)
{
	int x = operand(c, 0, "x"), rank = k_rank(c, x);
	int64_t axes[RANK_MAX];
	int n = axes_arg(c, 1, "axis", rank, axes);
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
	int x = first(c), rank = k_rank(c, x);
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
	int x = operand(c, 0, "x"), rank = k_rank(c, x), y = k_keras(c, x), used = 0;
	const cJSON *spec = k_arg(c, 1, c->version >= 3 ? "key" : "slice_spec");
	bool list = cJSON_IsArray(spec);
	int n = list ? cJSON_GetArraySize(spec) : spec ? 1 : 0;
	int64_t gone[RANK_MAX], fresh[RANK_MAX], axis = 0, out = 0;
	int n_gone = 0, n_fresh = 0;
	if (!n || x < 0)
		return x < 0 ? x : missing(c, "slice");
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
	int x = first(c), rank = k_rank(c, x);
	const cJSON *v = k_arg(c, 1, c->version >= 3 ? "indices_or_sections" : "num_or_size_splits");
	int64_t n = 0;
	if (!json_whole(v, &n))
		return k_fail(c, ERR_UNSUPPORTED, "parts of different sizes are not supported");
	return parts(c, x, axis_arg(c, 2, "axis", rank, 0), n, false);
}

static int unstack(struct kcall *c, const char *op)
{
	(void)op;
	int x = first(c), rank = k_rank(c, x);
	int64_t axis = axis_arg(c, 2, "axis", rank, 0);
	return x < 0 ? x : parts(c, x, axis, k_shape(c, x).dim[axis], true);
}

/* ---- the table ---- */

struct function {
	const char *name; /* TensorFlow's without its module, or the class of Keras 3 in snake case */
	int (*build)(struct kcall *c, const char *op);
	const char *op;
};

static const struct function functions[] = {
	{ "add", binary, "Add" },
	{ "radd", reversed, "Add" },
	{ "add_v2", binary, "Add" },
	{ "bias_add", binary, "Add" },
	{ "sub", binary, "Sub" },
	{ "subtract", binary, "Sub" },
	{ "rsub", reversed, "Sub" },
	{ "mul", binary, "Mul" },
	{ "multiply", binary, "Mul" },
	{ "rmul", reversed, "Mul" },
	{ "truediv", binary, "Div" },
	{ "true_divide", binary, "Div" },
	{ "divide", binary, "Div" },
	{ "div", binary, "Div" },
	{ "rtruediv", reversed, "Div" },
	{ "rdiv", reversed, "Div" },
	{ "pow", binary, "Pow" },
	{ "power", binary, "Pow" },
	{ "rpow", reversed, "Pow" },
	{ "maximum", binary, "Max" },
	{ "minimum", binary, "Min" },
	{ "squared_difference", squared_difference, "Sub" },
	{ "equal", binary, "Equal" },
	{ "eq", binary, "Equal" },
	{ "not_equal", not_equal, "Equal" },
	{ "ne", not_equal, "Equal" },
	{ "greater", binary, "Greater" },
	{ "gt", binary, "Greater" },
	{ "greater_equal", binary, "GreaterOrEqual" },
	{ "ge", binary, "GreaterOrEqual" },
	{ "less", binary, "Less" },
	{ "lt", binary, "Less" },
	{ "less_equal", binary, "LessOrEqual" },
	{ "le", binary, "LessOrEqual" },
	{ "logical_and", logical, "And" },
	{ "logical_or", logical, "Or" },
	{ "logical_not", logical_not, "Not" },
	{ "where", where, "Where" },
	{ "where_v2", where, "Where" },
	{ "neg", unary, "Neg" },
	{ "negative", unary, "Neg" },
	{ "abs", unary, "Abs" },
	{ "absolute", unary, "Abs" },
	{ "exp", unary, "Exp" },
	{ "log", unary, "Log" },
	{ "log1p", log1p_of, "Log" },
	{ "expm1", expm1_of, "Exp" },
	{ "sqrt", unary, "Sqrt" },
	{ "rsqrt", rsqrt, "Sqrt" },
	{ "square", square, "Mul" },
	{ "reciprocal", unary, "Reciprocal" },
	{ "sin", unary, "Sin" },
	{ "cos", unary, "Cos" },
	{ "erf", unary, "Erf" },
	{ "floor", unary, "Floor" },
	{ "ceil", unary, "Ceil" },
	{ "round", unary, "Round" },
	{ "sign", unary, "Sign" },
	{ "identity", unary, "Identity" },
	{ "stop_gradient", unary, "Identity" },
	{ "relu", active, "Relu" },
	{ "relu6", relu6, "Relu" },
	{ "leaky_relu", leaky, "LeakyRelu" },
	{ "elu", elu, "Elu" },
	{ "selu", active, "Selu" },
	{ "gelu", gelu, "Gelu" },
	{ "silu", silu, "Sigmoid" },
	{ "swish", silu, "Sigmoid" },
	{ "mish", active, "Mish" },
	{ "sigmoid", active, "Sigmoid" },
	{ "hard_sigmoid", hard_sigmoid, "HardSigmoid" },
	{ "tanh", active, "Tanh" },
	{ "softplus", active, "Softplus" },
	{ "softsign", active, "Softsign" },
	{ "softmax", softmax, "Softmax" },
	{ "softmax_v2", softmax, "Softmax" },
	{ "log_softmax", softmax, "LogSoftmax" },
	{ "clip", clip, "Clip" },
	{ "clip_by_value", clip, "Clip" },
	{ "cast", cast_to, NULL },
	{ "reduce_mean", reduce, "ReduceMean" },
	{ "mean", reduce, "ReduceMean" },
	{ "reduce_sum", reduce, "ReduceSum" },
	{ "sum", reduce, "ReduceSum" },
	{ "reduce_max", reduce, "ReduceMax" },
	{ "max", reduce, "ReduceMax" },
	{ "amax", reduce, "ReduceMax" },
	{ "reduce_min", reduce, "ReduceMin" },
	{ "min", reduce, "ReduceMin" },
	{ "amin", reduce, "ReduceMin" },
	{ "reduce_prod", reduce, "ReduceProd" },
	{ "prod", reduce, "ReduceProd" },
	{ "reduce_logsumexp", reduce, "ReduceLogSumExp" },
	{ "logsumexp", reduce, "ReduceLogSumExp" },
	{ "reduce_any", any_of, "ReduceMax" },
	{ "any", any_of, "ReduceMax" },
	{ "reduce_all", any_of, "ReduceMin" },
	{ "all", any_of, "ReduceMin" },
	{ "reduce_variance", variance_of, "ReduceMean" },
	{ "var", variance_of, "ReduceMean" },
	{ "reduce_std", deviation_of, "ReduceMean" },
	{ "std", deviation_of, "ReduceMean" },
	{ "l2_normalize", l2_normalize, "ReduceSumSquare" },
	{ "cumsum", cumsum, "CumSum" },
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

void keras_operations_print(FILE *f)
{
	for (const struct function *a = functions; a->name; a++)
		fprintf(f, "%s%s", a == functions ? "" : ", ", a->name);
}

static const struct function *function_of(const char *cls, const cJSON *config)
{
	char name[128];
	const char *said = json_text(config, "function", NULL), *dot;
	if (said) {
		dot = strrchr(said, '.');
		snprintf(name, sizeof name, "%s", dot ? dot + 1 : said);
	} else {
		keras_snake(cls, name, sizeof name);
	}
	for (const struct function *f = functions; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static int build_operation(struct kcall *c)
{
	const struct function *f = function_of(c->cls, c->config);
	if (!f)
		return k_fail(c, ERR_UNSUPPORTED, "the operation is not supported");
	return f->build(c, f->op);
}

const struct kclass *keras_operation(const char *cls, const cJSON *config)
{
	static const struct kclass operation = { "operation", build_operation, LAYER_ANALYSED, 0, OPERANDS_MAX, 0 };
	return function_of(cls, config) ? &operation : NULL;
}
