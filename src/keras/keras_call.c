/* Functions that all builders of Keras layers share: reading the configuration, short graph calls, weights. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* ---- configuration ---- */

int k_fail(struct kcall *c, int code, const char *fmt, ...)
{
	if (c->bad)
		return c->bad;
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	c->bad = err_set(c->e, code, "%s", text);
	return c->bad;
}

/* Looks for the key of Keras 2, then for that of Keras 1. null counts as missing. */
const cJSON *k_get(const struct kcall *c, const char *key, const char *key1)
{
	const cJSON *v = json_get(c->config, key);
	if ((!v || cJSON_IsNull(v)) && key1)
		v = json_get(c->config, key1);
	return v && !cJSON_IsNull(v) ? v : NULL;
}

int64_t k_int(struct kcall *c, const char *key, const char *key1, int64_t fallback, int64_t least, int64_t most)
{
	const cJSON *v = k_get(c, key, key1);
	int64_t n = fallback;
	if (!v)
		return fallback;
	if (cJSON_IsArray(v) && cJSON_GetArraySize(v) == 1)
		v = v->child;
	if (!json_whole(v, &n) || n < least || n > most) {
		k_fail(c, ERR_FORMAT, "%s is not a whole number from %lld to %lld", key, (long long)least,
		       (long long)most);
		return fallback;
	}
	return n;
}

/* Reads a number for both ends, or a list with one number for each. */
void k_pair(struct kcall *c, const char *key, int64_t out[2])
{
	const cJSON *v = k_get(c, key, NULL);
	bool two = cJSON_IsArray(v) && cJSON_GetArraySize(v) == 2;
	out[0] = out[1] = 1;
	if (!v)
		return;
	bool good = two ? json_whole(v->child, &out[0]) && json_whole(v->child->next, &out[1])
	                : (out[0] = out[1] = k_int(c, key, NULL, 1, 0, COUNT_MAX), true);
	if (!good || out[0] < 0 || out[1] < 0 || out[0] > COUNT_MAX || out[1] > COUNT_MAX)
		k_fail(c, ERR_FORMAT, "%s is not one or two whole numbers from 0", key);
}

double k_float(struct kcall *c, const char *key, const char *key1, double fallback)
{
	const cJSON *v = k_get(c, key, key1);
	/* NumPy scalars are written as {"type": "ndarray", "value": 0.3}. */
	if (cJSON_IsObject(v))
		v = json_get(v, "value");
	else if (cJSON_IsArray(v) && cJSON_GetArraySize(v) == 1)
		v = v->child;
	if (!v)
		return fallback;
	if (!cJSON_IsNumber(v)) {
		k_fail(c, ERR_FORMAT, "%s is not a number", key);
		return fallback;
	}
	return v->valuedouble;
}

bool k_bool(struct kcall *c, const char *key, bool fallback)
{
	const cJSON *v = k_get(c, key, NULL);
	if (v && !cJSON_IsBool(v))
		k_fail(c, ERR_FORMAT, "%s is neither true nor false", key);
	return v ? cJSON_IsTrue(v) : fallback;
}

const char *k_text(struct kcall *c, const char *key, const char *key1, const char *fallback)
{
	const cJSON *v = k_get(c, key, key1);
	if (v && !cJSON_IsString(v))
		k_fail(c, ERR_FORMAT, "%s is not a name", key);
	return cJSON_IsString(v) ? v->valuestring : fallback;
}

/* ---- graph ---- */

int k_rank(const struct kcall *c, int v)
{
	return v < 0 ? 0 : c->g->value[v].shape.rank;
}

int64_t k_dim(const struct kcall *c, int v, int axis)
{
	return v < 0 || axis >= c->g->value[v].shape.rank ? 0 : c->g->value[v].shape.dim[axis];
}

int k_op(struct kcall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a)
{
	if (c->bad)
		return c->bad;
	for (int i = 0; i < n_in; i++)
		if (in[i] < 0)
			return in[i];
	return graph_op(c->g, op, c->name, n_in, in, n_attr, a, c->e);
}

int k_op1(struct kcall *c, const char *op, int x)
{
	return k_op(c, op, 1, &x, 0, NULL);
}

int k_op2(struct kcall *c, const char *op, int x, int y)
{
	return k_op(c, op, 2, (int[]){ x, y }, 0, NULL);
}

int k_transpose(struct kcall *c, int x)
{
	struct attr perm = attr_is("perm", 3, (int64_t[]){ 0, 2, 1 });
	return k_op(c, "Transpose", 1, &x, 1, &perm);
}

int k_reshape(struct kcall *c, int x, int n, const int64_t *dims)
{
	return k_op2(c, "Reshape", x, k_ints(c, n, dims));
}

int k_ints(struct kcall *c, int n, const int64_t *v)
{
	struct shape s = { 1, { n } };
	return c->bad ? c->bad : graph_const_int(c->g, NULL, &s, v, c->e);
}

int k_scalar(struct kcall *c, double v)
{
	struct shape s = { 0 };
	real r = (real)v;
	return c->bad ? c->bad : graph_const_real(c->g, NULL, &s, &r, false, c->e);
}

/* ---- weights ---- */

const struct keras_layer *k_part(struct kcall *c, const char *attribute)
{
	if (!c->f->tree)
		return c->weights;
	char place[NAME_MAX_BYTES];
	const struct keras_layer *l = NULL;
	snprintf(place, sizeof place, "%s%s%s", c->place, c->f->joint ? c->f->joint : "/", attribute);
	int bad = keras_h5_vars(c->f, place, &l, c->e);
	if (bad)
		c->bad = c->bad ? c->bad : bad;
	return bad ? NULL : l;
}

const struct keras_weight *k_weight(struct kcall *c, int i, const char *what, int rank)
{
	if (!c->weights || i >= c->weights->n) {
		k_fail(c, ERR_FORMAT, "its %s is not in the file", what);
		return NULL;
	}
	const struct keras_weight *w = &c->weights->w[i];
	if (rank >= 0 && w->shape.rank != rank) {
		k_fail(c, ERR_FORMAT, "its %s '%s' has %d dimensions instead of %d", what, w->name, w->shape.rank,
		       rank);
		return NULL;
	}
	return w;
}

int k_const_shape(struct kcall *c, const char *what, const struct shape *s, const float *data)
{
	if (c->bad)
		return c->bad;
	char *name = xasprintf("%s/%s", c->name, what);
	int id = graph_const_float(c->g, name, s, data, true, c->e);
	free(name);
	return id;
}

int k_const(struct kcall *c, const char *what, const struct keras_weight *w)
{
	return w ? k_const_shape(c, what, &w->shape, w->data) : c->bad;
}

int k_vector(struct kcall *c, const char *what, const struct keras_weight *w, int64_t n, float fill)
{
	if (c->bad)
		return c->bad;
	struct shape s = { 1, { n } };
	if (w && shape_count(&w->shape) != n)
		return k_fail(c, ERR_FORMAT, "its %s has %lld numbers instead of %lld", what,
		              (long long)shape_count(&w->shape), (long long)n);
	if (w)
		return k_const_shape(c, what, &s, w->data);
	real *r = xcalloc((size_t)n, sizeof *r);
	for (int64_t i = 0; i < n; i++)
		r[i] = (real)fill;
	int v = graph_const_real(c->g, NULL, &s, r, false, c->e);
	free(r);
	return v;
}
