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

void keras_warn(struct model *m, const char *fmt, ...)
{
	char text[2 * NAME_MAX_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	model_warn(m, text);
}

static bool was_asked(const struct kcall *c, const char *key)
{
	for (int i = 0; i < c->asked->n; i++)
		if (!strcmp(c->asked->key[i], key))
			return true;
	return false;
}

void k_ask(const struct kcall *c, const char *key)
{
	if (c->asked && c->asked->n < ASKED_MAX && !was_asked(c, key))
		c->asked->key[c->asked->n++] = key;
}

void k_ask_all(const struct kcall *c, const char *const *keys)
{
	for (; *keys; keys++)
		k_ask(c, *keys);
}

/* Looks for the key of Keras 2, then for that of Keras 1. null counts as missing. */
const cJSON *k_get(const struct kcall *c, const char *key, const char *key1)
{
	k_ask(c, key);
	if (key1)
		k_ask(c, key1);
	const cJSON *v = json_get(c->config, key);
	if ((!v || cJSON_IsNull(v)) && key1)
		v = json_get(c->config, key1);
	return v && !cJSON_IsNull(v) ? v : NULL;
}

void k_sizes(struct kcall *c, const char *key, const char *key1, int n, int64_t fallback, int64_t least, int64_t *out)
{
	const cJSON *v = k_get(c, key, key1);
	bool list = cJSON_IsArray(v), good = !list || cJSON_GetArraySize(v) == n;
	const cJSON *at = v && list ? v->child : v;
	for (int i = 0; i < n; i++) {
		out[i] = fallback;
		if (v && good && (!json_whole(at, &out[i]) || out[i] < least || out[i] > COUNT_MAX))
			good = false;
		at = list && at ? at->next : at;
	}
	if (good)
		return;
	for (int i = 0; i < n; i++)
		out[i] = fallback;
	if (n == 1)
		k_fail(c, ERR_FORMAT, "%s is not a whole number from %lld to %lld", key, (long long)least,
		       (long long)COUNT_MAX);
	else
		k_fail(c, ERR_FORMAT, "%s is not %d whole numbers from %lld", key, n, (long long)least);
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

bool k_channels_first(struct kcall *c)
{
	const char *f = k_text(c, "data_format", "dim_ordering", "");
	return !strcmp(f, "channels_first") || !strcmp(f, "th");
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

int k_perm(struct kcall *c, int x, const int64_t *perm)
{
	int rank = k_rank(c, x);
	bool same = true;
	for (int i = 0; i < rank; i++)
		same = same && perm[i] == i;
	struct attr a = attr_is("perm", rank, perm);
	return x < 0 || same ? x : k_op(c, "Transpose", 1, &x, 1, &a);
}

int k_axis(int rank, int64_t axis)
{
	return rank < 3 || !axis ? (int)axis : axis == rank - 1 ? 1 : (int)axis + 1;
}

int k_keras(struct kcall *c, int x)
{
	int64_t perm[RANK_MAX] = { 0 };
	int rank = k_rank(c, x);
	for (int i = 0; i < rank; i++)
		perm[i] = k_axis(rank, i);
	return k_perm(c, x, perm);
}

int k_core(struct kcall *c, int x)
{
	int64_t perm[RANK_MAX] = { 0 };
	int rank = k_rank(c, x);
	for (int i = 0; i < rank; i++)
		perm[k_axis(rank, i)] = i;
	return k_perm(c, x, perm);
}

struct shape k_shape(const struct kcall *c, int x)
{
	struct shape s = { .rank = k_rank(c, x) };
	for (int i = 0; i < s.rank; i++)
		s.dim[i] = k_dim(c, x, k_axis(s.rank, i));
	return s;
}

int k_keras_reshape(struct kcall *c, int x, int rank, const int64_t *dims)
{
	return k_core(c, k_reshape(c, k_keras(c, x), rank, dims));
}

int k_label(struct kcall *c, int v, const char *labels)
{
	if (v >= 0 && (int)strlen(labels) == k_rank(c, v) && !c->g->value[v].constant && v != c->m->input)
		memcpy(c->g->value[v].axis, labels, strlen(labels) + 1);
	return v;
}

int k_cast(struct kcall *c, int x, enum k_type to)
{
	struct attr a = attr_i("to", to);
	return x < 0 ? x : k_op(c, "Cast", 1, &x, 1, &a);
}

int k_real(struct kcall *c, int x)
{
	return x >= 0 && c->g->value[x].dtype != DT_REAL ? k_cast(c, x, K_REAL) : x;
}

int k_reshape(struct kcall *c, int x, int n, const int64_t *dims)
{
	return x < 0 ? x : k_op2(c, "Reshape", x, k_ints(c, n, dims));
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

/* ---- arguments ---- */

bool keras_is_tensor(const cJSON *v)
{
	return json_get(json_get(v, "config"), "keras_history") != NULL ||
	       (cJSON_IsArray(v) && cJSON_IsString(v->child) && cJSON_IsNumber(v->child->next) &&
	        cJSON_GetArraySize(v) >= 3);
}

/* Keras 2 writes ["_CONSTANT_VALUE", -1, value, ...] where a tensor would stand. */
static bool is_constant(const cJSON *v)
{
	return cJSON_IsArray(v) && cJSON_IsString(v->child) && !strcmp(v->child->valuestring, "_CONSTANT_VALUE");
}

/* The first tensor of a call of Keras 2. Its fourth entry holds the arguments that are passed by keyword. */
static const cJSON *first_tensor(const cJSON *call, int depth)
{
	if (keras_is_tensor(call))
		return call;
	for (const cJSON *v = cJSON_IsArray(call) && depth < 4 ? call->child : NULL; v; v = v->next) {
		const cJSON *t = first_tensor(v, depth + 1);
		if (t)
			return t;
	}
	return NULL;
}

const cJSON *k_keywords(const struct kcall *c)
{
	return cJSON_IsObject(c->call) ? json_get(c->call, "kwargs")
	       : c->call               ? cJSON_GetArrayItem(first_tensor(c->call, 0), 3)
	                               : NULL;
}

const cJSON *k_arg(struct kcall *c, int at, const char *name)
{
	const cJSON *v = NULL;
	k_ask(c, name);
	if (c->asked && at < 32)
		c->asked->at |= 1U << at;
	if (cJSON_IsObject(c->call)) {
		v = cJSON_GetArrayItem(json_get(c->call, "args"), at);
		v = v ? v : json_get(k_keywords(c), name);
	} else if (c->call && at == 0) {
		v = cJSON_GetArraySize(c->call) == 1 && keras_is_tensor(c->call->child) ? c->call->child : c->call;
	} else if (c->call) {
		v = json_get(k_keywords(c), name);
	}
	v = v ? v : json_get(c->config, name);
	return v && !cJSON_IsNull(v) ? v : NULL;
}

int64_t keras_numbers(const cJSON *v, float *out, int64_t room, int depth)
{
	int64_t n = 0;
	if (cJSON_IsNumber(v) || cJSON_IsBool(v)) {
		if (room > 0)
			*out = cJSON_IsBool(v) ? (float)cJSON_IsTrue(v) : (float)v->valuedouble;
		return 1;
	}
	if (cJSON_IsObject(v))
		return depth < 8 ? keras_numbers(json_get(json_get(v, "config") ? json_get(v, "config") : v, "value"),
		                                 out, room, depth + 1)
		                 : 0;
	for (const cJSON *e = cJSON_IsArray(v) && depth < 8 ? v->child : NULL; e; e = e->next)
		n += n < room ? keras_numbers(e, out + n, room - n, depth + 1) : keras_numbers(e, NULL, 0, depth + 1);
	return n;
}

/* The list or number behind NumPy's and TensorFlow's forms of an array. */
static const cJSON *bare(const cJSON *v)
{
	for (int i = 0; i < 4 && cJSON_IsObject(v); i++)
		v = json_get(json_get(v, "config") ? json_get(v, "config") : v, "value");
	return v;
}

/* Adds an array of the configuration as a constant. Whole numbers stay whole where no real number is among them, but
 * a constant that meets real numbers must be real, so this makes reals. */
static int constant(struct kcall *c, const cJSON *v)
{
	struct shape s = { 0 };
	v = is_constant(v) ? v->child->next->next : v;
	v = bare(v);
	for (const cJSON *a = v; cJSON_IsArray(a); a = a->child) {
		if (s.rank == RANK_MAX)
			return k_fail(c, ERR_UNSUPPORTED, "a constant of more than %d dimensions is not supported",
			              RANK_MAX);
		s.dim[s.rank++] = cJSON_GetArraySize(a);
	}
	int64_t n = shape_count(&s);
	if (!v || n < 1 || n > COUNT_MAX || keras_numbers(v, NULL, 0, 0) != n)
		return k_fail(c, ERR_UNSUPPORTED,
		              "an argument that is neither a tensor nor an array of numbers is not "
		              "supported");
	float *data = xcalloc((size_t)n, sizeof *data);
	keras_numbers(v, data, n, 0);
	int id = c->bad ? c->bad : graph_const_float(c->g, NULL, &s, data, false, c->e);
	free(data);
	return k_core(c, id);
}

int k_value(struct kcall *c, const cJSON *v)
{
	if (!v)
		return -1;
	if (!is_constant(v) && keras_is_tensor(v))
		for (int i = 0; i < c->n_all; i++)
			if (c->arg[i] == v) {
				c->used[i] = true;
				return c->x[i];
			}
	return c->bad ? c->bad : constant(c, v);
}

/* ---- what nothing has read ---- */

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && !strcmp(s + n - m, end);
}

/* Keys that do not change what a layer answers: they matter in training, or while the layer is made. */
static bool is_harmless(const char *key)
{
	static const char *const keys[] = {
		"name",
		"trainable",
		"dtype",
		"function",
		"num",
		"conjugate",
		"batch_input_shape",
		"batch_shape",
		"input_shape",
		"input_dim",
		"input_length",
		"input_dtype",
		"sparse",
		"ragged",
		"dynamic",
		"autocast",
		"init",
		"weights",
		"seed",
		"rate",
		"p",
		"sigma",
		"stddev",
		"noise_shape",
		"l1",
		"l2",
		"dropout",
		"dropout_rate",
		"dropout_W",
		"dropout_U",
		"recurrent_dropout",
		"unit_forget_bias",
		"implementation",
		"unroll",
		"consume_less",
		"momentum",
		"renorm",
		"renorm_clipping",
		"renorm_momentum",
		"fused",
		"virtual_batch_size",
		"synchronized",
		"flash_attention",
		"lora_rank",
		"lora_alpha",
	};
	static const char *const ends[] = { "_initializer", "_regularizer", "_constraint", "_init" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(key, keys[i]))
			return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends_with(key, ends[i]))
			return true;
	return false;
}

/* Whether nothing has read this entry and it says more than its absence would. */
static bool is_unread(const struct kcall *c, const cJSON *v)
{
	bool empty = (cJSON_IsArray(v) || cJSON_IsObject(v)) && !v->child;
	return v->string && !empty && !cJSON_IsNull(v) && !cJSON_IsFalse(v) && !is_harmless(v->string) &&
	       !was_asked(c, v->string);
}

void k_unread(struct kcall *c, const cJSON *config)
{
	const char *policy = json_text(json_get(config, "dtype"), "class_name", "");
	const cJSON *v;
	if (strstr(policy, "Quantized"))
		k_fail(c, ERR_UNSUPPORTED, "its weights are quantised, which is not supported");
	cJSON_ArrayForEach(v, config) if (is_unread(c, v)) keras_warn(
	        c->m, "layer '%.100s' (%.60s) has a setting '%.60s' that is not known, and is read without it", c->name,
	        c->cls, v->string);
}

/* An argument of a call that is no tensor. Tensors that nothing has read are refused where they are counted. */
static bool is_plain(const cJSON *v)
{
	return cJSON_IsBool(v) || cJSON_IsNumber(v) || cJSON_IsString(v);
}

static void refuse_unread(struct kcall *c, const cJSON *arguments, bool any)
{
	const cJSON *v;
	cJSON_ArrayForEach(v, arguments) if ((any || is_plain(v)) && is_unread(c, v))
	        k_fail(c, ERR_UNSUPPORTED, "its argument %s is not supported", v->string);
}

void k_unread_arguments(struct kcall *c, bool operation)
{
	const cJSON *v;
	int at = 0;
	refuse_unread(c, k_keywords(c), operation);
	if (operation)
		refuse_unread(c, c->config, true);
	if (!cJSON_IsObject(c->call))
		return;
	cJSON_ArrayForEach(v, json_get(c->call, "args"))
	{
		if (is_plain(v) && !cJSON_IsFalse(v) && at < 32 && !(c->asked->at & 1U << at))
			k_fail(c, ERR_UNSUPPORTED, "its argument %d is not supported", at + 1);
		at++;
	}
}

/* ---- weights ---- */

const struct keras_layer *k_part(struct kcall *c, const char *attribute)
{
	if (!c->f->tree)
		return c->weights;
	char place[NAME_MAX_BYTES];
	const struct keras_layer *l = NULL;
	/* An attribute may be private: Keras has both `query_dense` and `_query_dense`. */
	static const char *const private[] = { "", "_" };
	for (int i = 0; i < 2 && !l && !c->bad && c->place; i++) {
		snprintf(place, sizeof place, "%s%s%s%s", c->place, c->f->joint ? c->f->joint : "/", private[i],
		         attribute);
		int bad = keras_h5_vars(c->f, place, &l, c->e);
		if (bad)
			c->bad = bad;
	}
	return c->bad ? NULL : l;
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
	char *name = xasprintf("%s/%s", c->owner, what);
	/* Another call of the same layer has added it. */
	int id = c->nth ? graph_find(c->g, name) : -1;
	if (id >= 0 && c->g->value[id].weight && shape_equal(&c->g->value[id].shape, s)) {
		free(name);
		return id;
	}
	id = graph_const_float(c->g, name, s, data, true, c->e);
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
