/* Keras layers that shift and scale: normalisation by learned values or by the window's own values, and rescaling. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* ---- axes ---- */

/* Reads axes in Keras' order, (N,T,C) or (N,C), given as a number, a list or null (none). Sets on[i] for each axis i
 * among them. Returns how many. */
static int axes_of(struct kcall *c, int rank, bool on[3])
{
	const cJSON *v = json_get(c->config, "axis");
	k_ask(c, "axis");
	int n = v && !cJSON_IsNull(v) ? cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 1 : v ? 0 : -1, found = 0;
	on[0] = on[1] = on[2] = false;
	if (n < 0)
		on[rank - 1] = true; /* the default of all these layers is the last axis */
	for (int i = 0; i < n; i++) {
		int64_t a = 0;
		if (!json_whole(cJSON_IsArray(v) ? cJSON_GetArrayItem(v, i) : v, &a) ||
		    (a = a < 0 ? a + rank : a) < 1 || a >= rank) {
			k_fail(c, ERR_UNSUPPORTED, "its axis is not one of the %d behind the batch", rank - 1);
			return 0;
		}
		on[a] = true;
	}
	for (int i = 0; i < 3; i++)
		found += on[i];
	return found;
}

static int need_rank(struct kcall *c)
{
	int rank = k_rank(c, c->x[0]);
	return rank == 2 || rank == 3 ? rank
	                              : (k_fail(c, ERR_UNSUPPORTED, "an input of rank %d is not supported", rank), 2);
}

/* ---- by learned values ---- */

/* Exchanges the axes 1 and `axis` of a value in core's order. */
static int swap(struct kcall *c, int x, int axis)
{
	int64_t perm[RANK_MAX];
	for (int i = 0; i < RANK_MAX; i++)
		perm[i] = i;
	perm[1] = axis;
	perm[axis] = 1;
	return k_perm(c, x, perm);
}

static int build_batch_norm(struct kcall *c)
{
	int x = c->x[0], rank = k_rank(c, x);
	int64_t axis = k_int(c, "axis", NULL, -1, -RANK_MAX, RANK_MAX);
	if (k_int(c, "mode", NULL, 0, 0, 2) != 0)
		return k_fail(c, ERR_UNSUPPORTED,
		              "normalisation by the batch's own values (mode 1 or 2) is not supported");
	axis = axis < 0 ? axis + rank : axis;
	if (c->bad || axis < 1 || axis >= rank)
		return k_fail(c, ERR_UNSUPPORTED, "normalisation along axis %lld is not supported", (long long)axis);
	int at = 0, along = k_axis(rank, axis);
	int64_t C = k_dim(c, x, along);
	bool scale = k_bool(c, "scale", true), center = k_bool(c, "center", true);
	const struct keras_weight *gamma = scale ? k_weight(c, at++, "gamma", 1) : NULL;
	const struct keras_weight *beta = center ? k_weight(c, at++, "beta", 1) : NULL;
	const struct keras_weight *mean = k_weight(c, at++, "moving mean", 1),
	                          *var = k_weight(c, at, "moving variance", 1);
	int in[] = { swap(c, x, along), k_vector(c, "gamma", gamma, C, 1), k_vector(c, "beta", beta, C, 0),
		     k_vector(c, "moving_mean", mean, C, 0), k_vector(c, "moving_variance", var, C, 1) };
	struct attr a = attr_f("epsilon", k_float(c, "epsilon", NULL, 1e-3));
	return swap(c, k_op(c, "BatchNormalization", 5, in, 1, &a), along);
}

/* Returns n numbers by their key; a single number is repeated. The result is malloc'd; NULL on error. */
static float *numbers_of(struct kcall *c, const char *key, double fallback, int64_t n)
{
	const cJSON *v = k_get(c, key, NULL);
	float *out = xcalloc((size_t)n, sizeof *out);
	int64_t got = v ? keras_numbers(v, out, n, 0) : 1;
	if (!v)
		*out = (float)fallback;
	if (got != n && got != 1)
		k_fail(c, ERR_FORMAT, "%s has %lld numbers instead of %lld", key, (long long)got, (long long)n);
	for (int64_t i = 1; got == 1 && i < n; i++)
		out[i] = *out;
	return out;
}

/* Adds numbers that lie along the axes that are on, in Keras' order, so that they broadcast over (N,C,T) or (N,C). */
static int spread(struct kcall *c, const char *what, int rank, const bool on[3], const float *v)
{
	int64_t C = on[rank - 1] ? k_dim(c, c->x[0], 1) : 1, T = rank == 3 && on[1] ? k_dim(c, c->x[0], 2) : 1;
	struct shape s = { rank, { 1, C, T } };
	float *t = xcalloc((size_t)(C * T), sizeof *t);
	for (int64_t i = 0; i < C * T; i++)
		t[i] = v[i % T * C + i / T];
	int id = k_const_shape(c, what, &s, t);
	free(t);
	return id;
}

static const float *learned(struct kcall *c, int i, const char *what, int64_t n)
{
	const struct keras_weight *w = k_weight(c, i, what, -1);
	if (w && shape_count(&w->shape) != n)
		k_fail(c, ERR_FORMAT, "its %s has %lld numbers instead of %lld", what,
		       (long long)shape_count(&w->shape), (long long)n);
	return w && !c->bad ? w->data : NULL;
}

/* (x - mean) / max(sqrt(variance), epsilon), or its inverse, with epsilon 1e-7
 * (keras/src/layers/preprocessing/normalization.py). Mean and variance were adapted to data or are given. */
static int build_normalization(struct kcall *c)
{
	bool on[3];
	int rank = need_rank(c);
	axes_of(c, rank, on);
	int64_t n = (on[rank - 1] ? k_dim(c, c->x[0], 1) : 1) * (rank == 3 && on[1] ? k_dim(c, c->x[0], 2) : 1);
	bool given = k_get(c, "mean", NULL) != NULL;
	float *mean = given ? numbers_of(c, "mean", 0, n) : NULL, *var = given ? numbers_of(c, "variance", 1, n) : NULL;
	const float *m = given ? mean : learned(c, 0, "mean", n), *v = given ? var : learned(c, 1, "variance", n);
	int y = c->bad;
	if (!c->bad) {
		float *sd = xcalloc((size_t)n, sizeof *sd);
		for (int64_t i = 0; i < n; i++)
			sd[i] = fmaxf(sqrtf(v[i]), 1e-7F);
		int shift = spread(c, "mean", rank, on, m), scale = spread(c, "deviation", rank, on, sd);
		y = k_bool(c, "invert", false) ? k_op2(c, "Add", k_op2(c, "Mul", c->x[0], scale), shift)
		                               : k_op2(c, "Div", k_op2(c, "Sub", c->x[0], shift), scale);
		free(sd);
	}
	free(mean);
	free(var);
	return y;
}

/* x * scale + offset, with one number or one for each channel. */
static int build_rescaling(struct kcall *c)
{
	int rank = need_rank(c);
	bool on[3] = { false };
	on[rank - 1] = true;
	int64_t C = k_dim(c, c->x[0], 1);
	float *scale = numbers_of(c, "scale", 1, C), *offset = numbers_of(c, "offset", 0, C);
	int y = k_op2(c, "Mul", c->x[0], spread(c, "scale", rank, on, scale));
	y = k_op2(c, "Add", y, spread(c, "offset", rank, on, offset));
	free(scale);
	free(offset);
	return y;
}

/* ---- by the window's own values ---- */

static int scale_or_ones(struct kcall *c, const struct keras_weight *w, const struct shape *s)
{
	if (w && !shape_equal(&w->shape, s))
		return k_fail(c, ERR_FORMAT, "its gamma does not fit its input");
	if (w)
		return k_const(c, "gamma", w);
	int64_t n = shape_count(s);
	real *r = xcalloc((size_t)n, sizeof *r);
	for (int64_t i = 0; i < n; i++)
		r[i] = 1;
	int v = c->bad ? c->bad : graph_const_real(c->g, NULL, s, r, false, c->e);
	free(r);
	return v;
}

/* Normalises over the last axes of Keras' order, or over time alone, which is the last axis here. gamma and beta
 * have these axes' sizes (keras/src/layers/normalization/layer_normalization.py; epsilon 1e-3). */
static int last_axes_norm(struct kcall *c, const char *op, bool scale, bool center, double epsilon)
{
	bool on[3];
	int rank = need_rank(c), n = axes_of(c, rank, on), x = c->x[0];
	if (n < 1)
		return c->bad ? c->bad : k_fail(c, ERR_UNSUPPORTED, "it names no axis");
	const struct keras_weight *gamma = scale ? k_weight(c, 0, "gamma", n) : NULL,
	                          *beta = center ? k_weight(c, scale, "beta", n) : NULL;
	bool turned = rank == 3 && on[2];
	int64_t C = k_dim(c, x, 1), T = rank == 3 ? k_dim(c, x, 2) : 1;
	struct shape s = { n, { turned && on[1] ? T : on[rank - 1] ? C : T, C } };
	if (beta && !shape_equal(&beta->shape, &s))
		return k_fail(c, ERR_FORMAT, "its beta does not fit its input");
	int in[] = { turned ? k_keras(c, x) : x, scale_or_ones(c, gamma, &s), beta ? k_const(c, "beta", beta) : -1 };
	struct attr a[] = { attr_f("epsilon", k_float(c, "epsilon", NULL, epsilon)), attr_i("axis", -n) };
	int y = k_op(c, op, beta ? 3 : 2, in, 2, a);
	return turned ? k_core(c, y) : y;
}

static int build_layer_norm(struct kcall *c)
{
	bool scale = k_bool(c, "scale", true), center = k_bool(c, "center", true);
	if (k_bool(c, "rms_scaling", false))
		return k_fail(c, ERR_UNSUPPORTED, "rms_scaling is not supported");
	return last_axes_norm(c, "LayerNormalization", scale, center, 1e-3);
}

/* x / sqrt(mean of x^2 + epsilon) * scale (keras/src/layers/normalization/rms_normalization.py; epsilon 1e-6). */
static int build_rms_norm(struct kcall *c)
{
	return last_axes_norm(c, "RMSNormalization", true, false, 1e-6);
}

static int build_group_norm(struct kcall *c)
{
	bool on[3];
	int rank = need_rank(c), x = c->x[0];
	if (axes_of(c, rank, on) != 1 || !on[rank - 1])
		return k_fail(c, ERR_UNSUPPORTED, "groups along another axis than the last are not supported");
	bool scale = k_bool(c, "scale", true), center = k_bool(c, "center", true);
	const struct keras_weight *gamma = scale ? k_weight(c, 0, "gamma", 1) : NULL,
	                          *beta = center ? k_weight(c, scale, "beta", 1) : NULL;
	bool each = strstr(c->cls, "Instance") != NULL;
	int64_t C = k_dim(c, x, 1), groups = k_int(c, "groups", NULL, each ? -1 : 32, -1, COUNT_MAX);
	groups = groups == -1 ? C : groups;
	if (!c->bad && (!groups || C % groups))
		return k_fail(c, ERR_FORMAT, "%lld channels cannot be split into %lld groups", (long long)C,
		              (long long)groups);
	int in[] = { x, k_vector(c, "gamma", gamma, C, 1), k_vector(c, "beta", beta, C, 0) };
	struct attr a[] = { attr_f("epsilon", k_float(c, "epsilon", NULL, 1e-3)), attr_i("num_groups", groups) };
	return k_op(c, "GroupNormalization", 3, in, 2, a);
}

/* x / max(norm, epsilon) along n axes (keras/src/utils/numerical_utils.py, normalize). Keras 2 bounds the square of the
 * norm. Both bounds are 1e-12. */
int k_unit(struct kcall *c, int x, int n, const int64_t *axes)
{
	int square = k_op2(c, "ReduceSumSquare", x, k_ints(c, n, axes));
	square = k_op2(c, "Max", square, k_scalar(c, c->version >= 3 ? 1e-24 : 1e-12));
	return k_op2(c, "Div", x, k_op1(c, "Sqrt", square));
}

static int build_unit_norm(struct kcall *c)
{
	bool on[3];
	int rank = need_rank(c), n = 0;
	int64_t axes[2];
	axes_of(c, rank, on);
	if (on[rank - 1])
		axes[n++] = 1;
	if (rank == 3 && on[1])
		axes[n++] = 2;
	if (!n)
		return c->bad ? c->bad : k_fail(c, ERR_UNSUPPORTED, "it names no axis");
	return k_unit(c, c->x[0], n, axes);
}

/* InstanceNormalization of the package keras-contrib: (x - mean) / (deviation + epsilon) over the whole window with one
 * gamma and beta, or over all axes but one with a gamma and beta for each of its elements
 * (keras_contrib/layers/normalization/instancenormalization.py). */
static int build_instance_norm(struct kcall *c)
{
	int rank = need_rank(c), x = c->x[0], n = 0, at = 0;
	const cJSON *v = k_get(c, "axis", NULL);
	bool on[3] = { false };
	int64_t axes[2];
	if (v && axes_of(c, rank, on) != 1)
		return c->bad ? c->bad : k_fail(c, ERR_UNSUPPORTED, "several axes are not supported");
	for (int i = 1; i < rank; i++)
		if (!on[i])
			axes[n++] = k_axis(rank, i);
	if (!n)
		return k_fail(c, ERR_UNSUPPORTED, "it leaves no axis to take the mean of");
	int d = k_op2(c, "Sub", x, k_op2(c, "ReduceMean", x, k_ints(c, n, axes)));
	int deviation = k_op1(c, "Sqrt", k_op2(c, "ReduceMean", k_op2(c, "Mul", d, d), k_ints(c, n, axes)));
	int y = k_op2(c, "Div", d, k_op2(c, "Add", deviation, k_scalar(c, k_float(c, "epsilon", NULL, 1e-3))));
	int64_t count = !v ? 1 : on[rank - 1] ? k_dim(c, x, 1) : k_dim(c, x, 2);
	static const struct {
		const char *key, *what, *op;
	} parts[] = { { "scale", "gamma", "Mul" }, { "center", "beta", "Add" } };
	for (int i = 0; i < 2; i++) {
		if (!k_bool(c, parts[i].key, true))
			continue;
		const float *w = learned(c, at++, parts[i].what, count);
		y = w ? k_op2(c, parts[i].op, y, spread(c, parts[i].what, rank, on, w)) : c->bad;
	}
	return y;
}

const struct kclass keras_norm_classes[] = {
	{ "BatchNormalization", build_batch_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "LayerNormalization", build_layer_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "RMSNormalization", build_rms_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "GroupNormalization", build_group_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "Addons>GroupNormalization", build_group_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "Addons>InstanceNormalization", build_group_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "InstanceNormalization", build_instance_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "UnitNormalization", build_unit_norm, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "Normalization", build_normalization, LAYER_ANALYSED, 1, 1, 0 },
	{ "Rescaling", build_rescaling, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ 0 },
};
