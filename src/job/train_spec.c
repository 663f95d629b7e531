#include "src/job/train_spec.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/base/words.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"

enum { SPEC_BYTES_MAX = 1 << 20, SPEC_LAYERS_MAX = 2000 };

/* ---- reading ---- */

struct reading {
	struct spec *s;
	const cJSON *o; /* the object being read */
	const char *where;
	struct err *e;
	int bad;
};

static int fail(struct reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct reading *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	if (r->bad)
		return r->bad;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->bad = err_set(r->e, ERR_FORMAT, "%s", text);
	err_at(r->e, "%s", r->where);
	return r->bad;
}

static double number(struct reading *r, const char *key, double fallback, double least, double most)
{
	const cJSON *v = json_get(r->o, key);
	char range[64];
	if (!v)
		return fallback;
	snprintf(range, sizeof range, "%g to %g", least, most);
	if (!cJSON_IsNumber(v) || !(v->valuedouble >= least && v->valuedouble <= most)) {
		fail(r, "\"%s\" must be a number from %s", key, range);
		return fallback;
	}
	return v->valuedouble;
}

/* least > fallback: it must be given. */
static int64_t whole(struct reading *r, const char *key, int64_t fallback, int64_t least, int64_t most)
{
	const cJSON *v = json_get(r->o, key);
	int64_t i = fallback;
	char range[64];
	snprintf(range, sizeof range, "%lld to %lld", (long long)least, (long long)most);
	if (v ? !json_whole(v, &i) || i < least || i > most : fallback < least)
		fail(r, v ? "\"%s\" must be a whole number from %s" : "\"%s\" is missing: a whole number from %s", key,
		     range);
	return r->bad ? least : i;
}

static bool truth(struct reading *r, const char *key, bool fallback)
{
	const cJSON *v = json_get(r->o, key);
	if (v && !cJSON_IsBool(v))
		fail(r, "\"%s\" must be true or false", key);
	return v ? cJSON_IsTrue(v) : fallback;
}

/* One of the words of a list; returns its place. */
static int word(struct reading *r, const char *key, const char *fallback, const char *const *list)
{
	const cJSON *v = json_get(r->o, key);
	const char *s = v ? (cJSON_IsString(v) ? v->valuestring : "") : fallback;
	char all[256], near[NEAREST_SAY];
	struct nearest q = { .asked = s };
	int at = words_find(list, s);
	if (at >= 0)
		return at;
	for (int i = 0; list[i]; i++)
		nearest_try(&q, list[i]);
	fail(r, v ? "\"%s\" must be one of %s%s" : "\"%s\" is missing: one of %s%s", key,
	     words_join(list, all, sizeof all), nearest_say(&q, near, sizeof near));
	return 0;
}

/* Every key is in one of two lists. */
static void only(struct reading *r, const char *const *keys, const char *const *more)
{
	for (const cJSON *v = r->o->child; v; v = v->next) {
		struct nearest q = { .asked = v->string };
		char near[NEAREST_SAY];
		if (words_find(keys, v->string) >= 0 || (more && words_find(more, v->string) >= 0))
			continue;
		for (int i = 0; keys[i]; i++)
			nearest_try(&q, keys[i]);
		for (int i = 0; more && more[i]; i++)
			nearest_try(&q, more[i]);
		fail(r, "\"%s\" is no key that belongs here%s", v->string, nearest_say(&q, near, sizeof near));
	}
}

static const char *const activations[] = { "linear",  "relu",         "leaky_relu", "elu",      "selu",
	                                   "sigmoid", "tanh",         "softplus",   "softsign", "gelu",
	                                   "softmax", "hard_sigmoid", "swish",      NULL };

static const char *text_of(struct spec *s, const char *v)
{
	return text_clean_copy(&s->arena, v);
}

static int layer_named(struct spec *s, const char *name)
{
	const char *clean = text_of(s, name);
	for (int i = 0; i < s->n; i++)
		if (!strcmp(s->layer[i].name, clean))
			return i;
	return strcmp(clean, "input") ? -2 : -1;
}

static void read_inputs(struct reading *r, struct spec_layer *l)
{
	const cJSON *v = json_get(r->o, "input");
	int n = cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 1;
	l->in = arena_alloc(&r->s->arena, (size_t)n, sizeof *l->in);
	l->n_in = n;
	if (!v) {
		l->in[0] = r->s->n - 1;
		return;
	}
	const cJSON *item = cJSON_IsArray(v) ? v->child : v;
	for (int i = 0; i < n && !r->bad; i++, item = item->next) {
		if (!cJSON_IsString(item)) {
			fail(r, "\"%s\" must be the name of a layer, or a list of names", "input");
			return;
		}
		l->in[i] = layer_named(r->s, item->valuestring);
		if (l->in[i] == -2)
			fail(r, "\"input\": no layer before it is called '%s'", item->valuestring);
	}
}

struct layer_type {
	const char *name;
	const char *keys[10];
	void (*read)(struct reading *r, struct spec_layer *l);
	int (*build)(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e);
	int inputs; /* 1, or 2: at least two */
	bool layout;
};
/* Of the table of types, which stands behind the functions that it names. */
static const struct layer_type *type_of(const char *name);
static void say_type(struct reading *r, const char *type);

static void read_activation(struct reading *r, struct spec_layer *l, const char *fallback)
{
	l->activation = activations[word(r, "activation", fallback, activations)];
	l->alpha = number(r, "alpha", strcmp(l->activation, "elu") ? 0.3 : 1, 0, 1e6);
}

static void read_conv(struct reading *r, struct spec_layer *l)
{
	static const char *const paddings[] = { "valid", "same", "causal", NULL };
	l->filters = whole(r, "filters", 0, 1, 1 << 20);
	l->kernel = whole(r, "kernel", 0, 1, 1 << 20);
	l->stride = whole(r, "stride", 1, 1, 1 << 20);
	l->dilation = whole(r, "dilation", 1, 1, 1 << 20);
	l->groups = whole(r, "groups", 1, 1, 1 << 20);
	l->padding = *paddings[word(r, "padding", "valid", paddings)];
	l->bias = truth(r, "bias", true);
	read_activation(r, l, "linear");
}

static void read_pool(struct reading *r, struct spec_layer *l)
{
	static const char *const paddings[] = { "valid", "same", NULL };
	l->kernel = whole(r, "pool", 2, 1, 1 << 20);
	l->stride = whole(r, "stride", l->kernel, 1, 1 << 20);
	l->padding = *paddings[word(r, "padding", "valid", paddings)];
}

static void read_dense(struct reading *r, struct spec_layer *l)
{
	l->filters = whole(r, "units", 0, 1, 1 << 20);
	l->bias = truth(r, "bias", true);
	read_activation(r, l, "linear");
}

static void read_norm(struct reading *r, struct spec_layer *l)
{
	l->epsilon = number(r, "epsilon", 0.001, 1e-12, 1);
}

static void read_act(struct reading *r, struct spec_layer *l)
{
	read_activation(r, l, "");
}

static void read_dropout(struct reading *r, struct spec_layer *l)
{
	l->ratio = number(r, "ratio", 0.5, 0, 0.99);
}

static void read_nothing(struct reading *r, struct spec_layer *l)
{
	(void)r, (void)l;
}

static void read_layer(struct reading *r, int i)
{
	static const char *const common[] = { "type", "name", "input", NULL };
	char where[96], name[80];
	struct spec_layer *l = &r->s->layer[i];
	snprintf(where, sizeof where, "layer %d", i + 1);
	r->where = where;
	const char *type = json_text(r->o, "type", "");
	const struct layer_type *t = type_of(type);
	if (!cJSON_IsObject(r->o) || !t) {
		say_type(r, type);
		return;
	}
	only(r, common, t->keys);
	*l = (struct spec_layer){ .type = t->name, .activation = "linear" };
	snprintf(name, sizeof name, "%s_%d", type, i + 1);
	for (char *c = name; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	l->name = text_of(r->s, json_text(r->o, "name", name));
	if (!*l->name || layer_named(r->s, l->name) != -2)
		fail(r, "\"name\" '%s' is empty or taken", l->name);
	read_inputs(r, l);
	if (t->inputs == 1 ? l->n_in != 1 : l->n_in < 2)
		fail(r, "%s takes %s", type, t->inputs == 1 ? "one input" : "at least two inputs");
	t->read(r, l);
	r->s->n++;
	r->where = "spec";
}

static void read_train(struct reading *r)
{
	static const char *const losses[] = { "mse", "mae", "crossentropy", "binary_crossentropy", NULL },
	                         *const optimizers[] = { "adam", "sgd", NULL },
	                         *const schedules[] = { "constant", "step", "cosine", "plateau", NULL },
	                         *const inits[] = { "glorot", "he", NULL };
	struct train_options *o = &r->s->train;
	train_defaults(o);
	o->loss = loss_find(losses[word(r, "loss", "", losses)]);
	o->optimizer = word(r, "optimizer", "adam", optimizers) ? OPTIMIZER_SGD : OPTIMIZER_ADAM;
	o->schedule = (enum schedule)word(r, "schedule", "constant", schedules);
	r->s->he = word(r, "init", "glorot", inits);
	o->rate = number(r, "rate", o->rate, 1e-12, 1e3);
	o->momentum = number(r, "momentum", o->momentum, 0, 0.9999999);
	o->beta1 = number(r, "beta1", o->beta1, 0, 0.9999999);
	o->beta2 = number(r, "beta2", o->beta2, 0, 0.9999999);
	o->epsilon = number(r, "epsilon", o->epsilon, 1e-15, 1);
	o->schedule_epochs = (int)whole(r, "schedule_epochs", o->schedule_epochs, 1, TRAIN_EPOCHS_MAX);
	o->schedule_factor = number(r, "schedule_factor", o->schedule_factor, 0, 1);
	o->batch = whole(r, "batch", o->batch, 1, TRAIN_BATCH_MAX);
	o->epochs = (int)whole(r, "epochs", o->epochs, 1, TRAIN_EPOCHS_MAX);
	o->patience = (int)whole(r, "patience", 0, 0, TRAIN_EPOCHS_MAX);
	o->validation = number(r, "validation", 0, 0, 0.9);
	o->l1 = number(r, "l1", 0, 0, 1e6);
	o->l2 = number(r, "l2", 0, 0, 1e6);
	o->momentum_norm = number(r, "norm_momentum", o->momentum_norm, 0, 1);
	o->shuffle = truth(r, "shuffle", true);
	o->seed = (uint64_t)whole(r, "seed", 0, 0, (int64_t)1 << 53);
	if (!r->bad && o->patience && !(o->validation > 0))
		fail(r, "\"patience\" needs validation windows: \"validation\": 0.1");
}

static void read_recipe(struct reading *r)
{
	const cJSON *o = json_get(r->o, "recipe");
	if (o && !cJSON_IsObject(o))
		fail(r, "\"recipe\" must be an object");
	for (const cJSON *v = o ? o->child : NULL; v && !r->bad; v = v->next) {
		if (!cJSON_IsString(v))
			fail(r, "\"recipe\": \"%s\" must be a text", v->string);
		else if ((r->bad = recipe_set(&r->s->recipe, v->string, v->valuestring, r->e)))
			err_at(r->e, "recipe");
	}
}

int spec_from_json(struct spec *s, const char *text, size_t n, struct err *e)
{
	static const char *const keys[] = { "name",
		                            "about",
		                            "window",
		                            "layers",
		                            "init",
		                            "loss",
		                            "optimizer",
		                            "rate",
		                            "momentum",
		                            "beta1",
		                            "beta2",
		                            "epsilon",
		                            "schedule",
		                            "schedule_epochs",
		                            "schedule_factor",
		                            "batch",
		                            "epochs",
		                            "shuffle",
		                            "seed",
		                            "validation",
		                            "patience",
		                            "l1",
		                            "l2",
		                            "norm_momentum",
		                            "recipe",
		                            NULL };
	memset(s, 0, sizeof *s);
	recipe_init(&s->recipe);
	cJSON *root = json_parse(text, n, e);
	if (!root)
		return e->code;
	struct reading r = { .s = s, .o = root, .where = "spec", .e = e };
	const cJSON *layers = json_get(root, "layers");
	int count = cJSON_IsArray(layers) ? cJSON_GetArraySize(layers) : 0;
	if (!cJSON_IsObject(root)) {
		fail(&r, "is not an object");
	} else {
		only(&r, keys, NULL);
		s->name = text_of(s, json_text(root, "name", "network"));
		s->window = whole(&r, "window", 0, 1, 1 << 24);
		read_train(&r);
		read_recipe(&r);
		if (count < 1 || count > SPEC_LAYERS_MAX)
			fail(&r, "\"layers\" must hold 1 to 2000 layers");
		s->layer = arena_alloc(&s->arena, (size_t)count + 1, sizeof *s->layer);
		int i = 0;
		for (const cJSON *v = layers ? layers->child : NULL; v && !r.bad; v = v->next) {
			r.o = v;
			read_layer(&r, i++);
		}
	}
	cJSON_Delete(root);
	if (r.bad)
		spec_release(s);
	return r.bad;
}

int spec_read(struct spec *s, const char *path, struct err *e)
{
	unsigned char *data;
	size_t n;
	int bad = read_file(path, SPEC_BYTES_MAX, &data, &n, e);
	if (!bad) {
		bad = spec_from_json(s, (const char *)data, n, e);
		free(data);
	}
	return bad ? err_at(e, "%s", path) : 0;
}

void spec_release(struct spec *s)
{
	recipe_release(&s->recipe);
	arena_release(&s->arena);
}

/* ---- building ---- */

/* Weights in the order in which the layers ask: given ones, or new ones. */
struct source {
	const struct spec *s;
	const real *flat;
	int64_t at;
	struct rng rng;
};

enum fill { FILL_RANDOM, FILL_ZERO, FILL_ONE };

static int weight(struct model *m, struct source *q, const struct spec_layer *l, const char *what,
                  const struct shape *shape, enum fill fill, int64_t fan_in, int64_t fan_out, struct err *e)
{
	int64_t n = 1;
	for (int i = 0; i < shape->rank; i++)
		if (!i64_mul(n, shape->dim[i], &n) || n > COUNT_MAX)
			return err_set(e, ERR_LIMIT, "%s has more than %lld weights", what, (long long)COUNT_MAX);
	real *v = xcalloc((size_t)n, sizeof *v);
	double limit = sqrt(6.0 / (double)(fan_in + fan_out)), std = sqrt(2.0 / (double)fan_in);
	for (int64_t i = 0; i < n; i++) {
		if (q->flat)
			v[i] = q->flat[q->at + i];
		else if (fill == FILL_RANDOM)
			v[i] = (real)(q->s->he ? std * rng_normal(&q->rng) : limit * (2 * rng_uniform(&q->rng) - 1));
		else
			v[i] = fill == FILL_ONE;
	}
	q->at += n;
	char *name = xasprintf("%s/%s", l->name, what);
	int id = graph_const_real(m->graph, name, shape, v, true, e);
	free(name);
	free(v);
	return id;
}

static int op1(struct model *m, const char *op, const char *name, int x, int n_attr, const struct attr *a,
               struct err *e)
{
	return graph_op(m->graph, op, name, 1, &x, n_attr, a, e);
}

static int activate(struct model *m, const struct spec_layer *l, int x, struct err *e)
{
	static const char *const ops[][2] = { { "relu", "Relu" },         { "selu", "Selu" },
		                              { "sigmoid", "Sigmoid" },   { "tanh", "Tanh" },
		                              { "softplus", "Softplus" }, { "softsign", "Softsign" },
		                              { "gelu", "Gelu" } };
	const char *f = l->activation;
	struct attr a[2] = { attr_f("alpha", l->alpha), attr_f("beta", 0.5) };
	if (x < 0 || !strcmp(f, "linear"))
		return x;
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (!strcmp(f, ops[i][0]))
			return op1(m, ops[i][1], l->name, x, 0, NULL, e);
	if (!strcmp(f, "leaky_relu") || !strcmp(f, "elu"))
		return op1(m, *f == 'l' ? "LeakyRelu" : "Elu", l->name, x, 1, a, e);
	if (!strcmp(f, "hard_sigmoid")) {
		a[0] = attr_f("alpha", 0.2);
		return op1(m, "HardSigmoid", l->name, x, 2, a, e);
	}
	if (!strcmp(f, "softmax")) {
		a[0] = attr_i("axis", 1);
		return op1(m, "Softmax", l->name, x, 1, a, e);
	}
	int g = op1(m, "Sigmoid", l->name, x, 0, NULL, e);
	return g < 0 ? g : graph_op(m->graph, "Mul", l->name, 2, (int[]){ x, g }, 0, NULL, e);
}

static const struct shape *shape_at(const struct model *m, int v)
{
	return &m->graph->value[v].shape;
}

/* Pads of a window as Keras counts them: the odd one at the end; causal: all at the begin. */
static void pads(const struct spec_layer *l, int64_t T, int64_t *p)
{
	int64_t reach = (l->kernel - 1) * l->dilation, out = (T + l->stride - 1) / l->stride;
	int64_t total = (out - 1) * l->stride + reach + 1 - T;
	total = total < 0 ? 0 : total;
	p[0] = l->padding == 's' ? total / 2 : l->padding == 'c' ? reach : 0;
	p[1] = l->padding == 's' ? total - total / 2 : 0;
}

static int build_conv(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	const struct shape *s = shape_at(m, x[0]);
	if (s->rank != 3)
		return err_set(e, ERR_FORMAT, "needs an input with a time axis");
	int64_t C = s->dim[1], p[2];
	if (C % l->groups || l->filters % l->groups)
		return err_set(e, ERR_FORMAT, "%lld groups do not divide %lld channels and %lld filters",
		               (long long)l->groups, (long long)C, (long long)l->filters);
	pads(l, s->dim[2], p);
	struct shape ws = { 3, { l->filters, C / l->groups, l->kernel } }, bs = { 1, { l->filters } };
	int64_t in = C / l->groups * l->kernel, out = l->filters / l->groups * l->kernel;
	int w = weight(m, weights, l, "kernel", &ws, FILL_RANDOM, in, out, e), b = -1;
	if (w >= 0 && l->bias)
		b = weight(m, weights, l, "bias", &bs, FILL_ZERO, 1, 1, e);
	if (w < 0 || (l->bias && b < 0))
		return e->code;
	struct attr a[] = { attr_is("kernel_shape", 1, &l->kernel), attr_is("strides", 1, &l->stride),
		            attr_is("dilations", 1, &l->dilation), attr_i("group", l->groups), attr_is("pads", 2, p) };
	return graph_op(m->graph, "Conv", l->name, l->bias ? 3 : 2, (int[]){ x[0], w, b }, 5, a, e);
}

static int build_dense(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	const struct shape *s = shape_at(m, x[0]);
	if (s->rank != 2)
		return err_set(e, ERR_FORMAT,
		               "needs an input without a time axis: put Flatten or a global pooling before it");
	struct shape ws = { 2, { s->dim[1], l->filters } }, bs = { 1, { l->filters } };
	int64_t in = s->dim[1];
	int w = weight(m, weights, l, "kernel", &ws, FILL_RANDOM, in, l->filters, e), b = -1;
	if (w >= 0 && l->bias)
		b = weight(m, weights, l, "bias", &bs, FILL_ZERO, 1, 1, e);
	if (w < 0 || (l->bias && b < 0))
		return e->code;
	return graph_op(m->graph, "Gemm", l->name, l->bias ? 3 : 2, (int[]){ x[0], w, b }, 0, NULL, e);
}

static int build_pool(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	int64_t p[2];
	struct spec_layer q = *l;
	(void)weights;
	if (shape_at(m, x[0])->rank != 3)
		return err_set(e, ERR_FORMAT, "needs an input with a time axis");
	q.dilation = 1;
	pads(&q, shape_at(m, x[0])->dim[2], p);
	struct attr a[] = { attr_is("kernel_shape", 1, &l->kernel), attr_is("strides", 1, &l->stride),
		            attr_is("pads", 2, p) };
	return op1(m, *l->type == 'M' ? "MaxPool" : "AveragePool", l->name, x[0], 3, a, e);
}

static int build_global(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	(void)weights;
	if (shape_at(m, x[0])->rank != 3)
		return err_set(e, ERR_FORMAT, "needs an input with a time axis");
	int v = op1(m, strstr(l->type, "Max") ? "GlobalMaxPool" : "GlobalAveragePool", l->name, x[0], 0, NULL, e);
	return v < 0 ? v : op1(m, "Flatten", l->name, v, 0, NULL, e);
}

static int build_norm(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	static const char *const names[] = { "gamma", "beta", "moving_mean", "moving_variance" };
	struct shape s = { 1, { shape_at(m, x[0])->dim[1] } };
	int in[5] = { x[0] };
	for (int i = 0; i < 4; i++) {
		in[i + 1] = weight(m, weights, l, names[i], &s, i % 3 ? FILL_ZERO : FILL_ONE, 1, 1, e);
		if (in[i + 1] < 0)
			return in[i + 1];
	}
	struct attr a = attr_f("epsilon", l->epsilon);
	return graph_op(m->graph, "BatchNormalization", l->name, 5, in, 1, &a, e);
}

static int build_same(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	(void)m, (void)l, (void)weights, (void)e;
	return x[0]; /* Activation: what it is follows */
}

static int build_dropout(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	struct shape scalar = { 0, { 0 } };
	real ratio = (real)l->ratio;
	(void)weights;
	int r = graph_const_real(m->graph, NULL, &scalar, &ratio, false, e);
	return r < 0 ? r : graph_op(m->graph, "Dropout", l->name, 2, (int[]){ x[0], r }, 0, NULL, e);
}

static int build_flatten(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	(void)weights;
	return op1(m, "Flatten", l->name, x[0], 0, NULL, e);
}

static int build_join(struct model *m, const struct spec_layer *l, const int *x, void *weights, struct err *e)
{
	struct attr a = attr_i("axis", 1);
	bool add = *l->type == 'A';
	(void)weights;
	return graph_op(m->graph, add ? "Sum" : "Concat", l->name, l->n_in, x, !add, &a, e);
}

static const struct layer_type types[] = {
	{ "Conv1D",
	  { "filters", "kernel", "stride", "dilation", "groups", "padding", "bias", "activation", "alpha" },
	  read_conv,
	  build_conv,
	  1,
	  false },
	{ "Dense", { "units", "bias", "activation", "alpha" }, read_dense, build_dense, 1, false },
	{ "MaxPooling1D", { "pool", "stride", "padding" }, read_pool, build_pool, 1, false },
	{ "AveragePooling1D", { "pool", "stride", "padding" }, read_pool, build_pool, 1, false },
	{ "GlobalAveragePooling1D", { NULL }, read_nothing, build_global, 1, false },
	{ "GlobalMaxPooling1D", { NULL }, read_nothing, build_global, 1, false },
	{ "BatchNormalization", { "epsilon" }, read_norm, build_norm, 1, false },
	{ "Activation", { "activation", "alpha" }, read_act, build_same, 1, false },
	{ "Dropout", { "ratio" }, read_dropout, build_dropout, 1, true },
	{ "Flatten", { NULL }, read_nothing, build_flatten, 1, true },
	{ "Add", { NULL }, read_nothing, build_join, 2, false },
	{ "Concatenate", { NULL }, read_nothing, build_join, 2, false },
	{ NULL, { NULL }, NULL, NULL, 0, false },
};

static const struct layer_type *type_of(const char *name)
{
	for (const struct layer_type *t = types; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static void say_type(struct reading *r, const char *type)
{
	struct nearest q = { .asked = type };
	char near[NEAREST_SAY];
	for (const struct layer_type *t = types; t->name; t++)
		nearest_try(&q, t->name);
	fail(r, "\"type\" '%s' is unknown%s", type,
	     q.best ? nearest_say(&q, near, sizeof near) : "; README lists the types");
}

static int build_layers(const struct spec *s, struct model *m, int x, struct source *q, struct err *e)
{
	int *out = xcalloc((size_t)s->n, sizeof *out), *in = xcalloc((size_t)s->n + 1, sizeof *in),
	    *from = xcalloc((size_t)s->n + 1, sizeof *from);
	int bad = 0;
	for (int i = 0; i < s->n && !bad; i++) {
		const struct spec_layer *l = &s->layer[i];
		const struct layer_type *t = type_of(l->type);
		for (int k = 0; k < l->n_in && k <= s->n; k++) {
			in[k] = l->in[k] < 0 ? x : out[l->in[k]];
			from[k] = l->in[k] + 1; /* the model's layer 0 is the input */
		}
		int pre = l->n_in > s->n ? err_set(e, ERR_FORMAT, "too many inputs") : t->build(m, l, in, q, e);
		int act = pre < 0 ? pre : activate(m, l, pre, e);
		out[i] = act;
		bad = act < 0 ? act
		              : model_layer(m, l->name, l->type, strcmp(l->activation, "linear") ? l->activation : "",
		                            t->layout ? LAYER_LAYOUT : LAYER_ANALYSED, pre, act, l->n_in, from, e);
		bad = bad < 0 ? err_at(e, "layer '%s'", l->name) : 0;
	}
	if (!bad)
		bad = model_finish(m, out[s->n - 1], e);
	free(out);
	free(in);
	free(from);
	return bad;
}

struct model *spec_build(const struct spec *s, int64_t C, int64_t n, const real *flat, struct err *e)
{
	struct source q = { .s = s, .flat = flat };
	struct model *m = model_new(s->name, "tsviz JSON");
	rng_init(&q.rng, s->train.seed);
	int x = model_input(m, "input", "InputLayer", "NCT", s->window, C, n, e);
	if (x < 0 || build_layers(s, m, x, &q, e) < 0) {
		model_free(m);
		return NULL;
	}
	return m;
}

int64_t spec_outputs(const struct spec *s, enum head *head)
{
	int64_t units = 1;
	const struct spec_layer *last = &s->layer[s->n - 1];
	*head = !strcmp(last->activation, "softmax")   ? HEAD_SOFTMAX
	        : !strcmp(last->activation, "sigmoid") ? HEAD_SIGMOID
	                                               : HEAD_LINEAR;
	for (int i = 0; i < s->n; i++)
		units = s->layer[i].filters > 0 ? s->layer[i].filters : units;
	return units;
}
