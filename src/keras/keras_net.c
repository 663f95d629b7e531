/* Builds the model from the list of its Keras layers: the input, the layers in order, inner models, the output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { CONFIG_MAX = 16 << 20, INSIDE_MAX = 16 };

const struct kclass *keras_class(const char *name)
{
	const struct kclass *const tables[] = { keras_conv_classes, keras_norm_classes, keras_recurrent_classes,
		                                keras_shape_classes, keras_activation_classes };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct kclass *k = tables[i]; k->name; k++)
			if (!strcmp(k->name, name))
				return k;
	return NULL;
}

static void set_outputs(struct knet *k, struct klayer *l, int n, const int *value, const int *at)
{
	l->n_out = n;
	l->value = arena_dup(k->arena, value, (size_t)n, sizeof *value);
	l->at = arena_dup(k->arena, at, (size_t)n, sizeof *at);
}

/* ---- the input ---- */

static const cJSON *input_shape(const struct klayer *l, const cJSON *config)
{
	static const char *const keys[] = { "batch_input_shape", "batch_shape" };
	for (int i = 0; i < 2; i++)
		if (cJSON_IsArray(json_get(l->config, keys[i])))
			return json_get(l->config, keys[i]);
	return json_get(config, "build_input_shape");
}

/* Reads a size. Returns 0 for null, which means that the size is not fixed, and -1 for a wrong value. */
static int64_t size_of(const cJSON *v)
{
	int64_t n = 0;
	if (cJSON_IsNull(v))
		return 0;
	return json_whole(v, &n) && n > 0 && n <= COUNT_MAX ? n : -1;
}

static int build_input(struct knet *k, struct model *m, const cJSON *config, int64_t window)
{
	if (k->n_input > 1)
		return err_set(k->e, ERR_UNSUPPORTED, "the network has %d inputs; tsviz takes one", k->n_input);
	struct klayer *l = &k->layer[k->input[0].layer];
	const cJSON *s = input_shape(l, config);
	int rank = cJSON_IsArray(s) ? cJSON_GetArraySize(s) : 0;
	if (rank != 2 && rank != 3)
		return err_set(k->e, rank ? ERR_UNSUPPORTED : ERR_FORMAT,
		               "the input has %d dimensions instead of (batch, steps, channels)", rank);
	int64_t T = size_of(cJSON_GetArrayItem(s, 1)), C = rank == 3 ? size_of(cJSON_GetArrayItem(s, 2)) : 1;
	if (T < 0 || C <= 0)
		return err_set(k->e, ERR_FORMAT, "the input has no valid number of %s", C <= 0 ? "channels" : "steps");
	if (T && window && window != T)
		return err_set(k->e, ERR_VALUE, "the network takes windows of %lld steps, not %lld", (long long)T,
		               (long long)window);
	if (!T && !window)
		return err_set(k->e, ERR_VALUE, "the network takes windows of any length; say which with --window");
	int v = model_input(m, l->name, "InputLayer", rank == 3 ? "NCT" : "NT", T ? T : window, C, 1, k->e), at = 0;
	if (v < 0)
		return v;
	set_outputs(k, l, 1, &v, &at);
	return 0;
}

/* ---- weights of an .h5 file ---- */

static const struct keras_layer *weights_of(const struct keras_file *f, const char *name)
{
	for (int i = 0; i < f->n_layer; i++)
		if (!strcmp(f->layer[i].name, name))
			return &f->layer[i];
	return NULL;
}

/* An inner model has one list of weights: first the trainable ones, then the others. Returns those that are called
 * "NAME/...", with this prefix removed. */
static const struct keras_layer *weights_named(struct arena *a, const struct keras_layer *all, const char *name)
{
	size_t len = strlen(name);
	struct keras_layer *l = arena_alloc(a, 1, sizeof *l);
	l->name = name;
	l->w = arena_alloc(a, all ? (size_t)all->n : 0, sizeof *l->w);
	for (int i = 0; all && i < all->n; i++)
		if (!strncmp(all->w[i].name, name, len) && all->w[i].name[len] == '/') {
			l->w[l->n] = all->w[i];
			l->w[l->n++].name += len + 1;
		}
	return l->n ? l : NULL;
}

static int find_weights(struct knet *k, const struct klayer *l, const struct keras_layer **w)
{
	*w = NULL;
	if (k->f->tree)
		return l->place ? keras_h5_vars(k->f, l->place, w, k->e) : 0;
	*w = k->depth ? weights_named(k->arena, k->pool, l->name) : weights_of(k->f, l->name);
	return 0;
}

/* ---- layers in order ---- */

static int build_layers(struct knet *k, struct model *m);

static const char *full_name(const struct knet *k, const char *name, const char *end)
{
	char text[2 * NAME_MAX_BYTES];
	snprintf(text, sizeof text, "%s%s%s", k->prefix, name, end);
	return arena_strdup(k->arena, text);
}

/* Builds an inner model. Its layers become layers of the whole. */
static int build_inside(struct knet *k, struct klayer *l, struct model *m, const int *x, const int *at)
{
	struct knet in = {
		.f = k->f, .arena = k->arena, .e = k->e, .depth = k->depth + 1, .place = l->place ? l->place : ""
	};
	if (in.depth > INSIDE_MAX)
		return err_set(k->e, ERR_LIMIT, "models inside models, more than %d deep", INSIDE_MAX);
	in.prefix = full_name(k, l->name, "/");
	if (!k->f->tree) {
		const struct keras_layer *all = k->depth ? k->pool : weights_of(k->f, l->name);
		in.pool = weights_named(k->arena, all, l->name);
		in.pool = in.pool ? in.pool : all;
	}
	int bad = keras_list(&in, l->cls, l->config);
	if (!bad && in.n_input != l->n_in)
		bad = err_set(k->e, ERR_FORMAT, "it has %d inputs, but reads %d", in.n_input, l->n_in);
	for (int i = 0; i < in.n_input && !bad; i++)
		set_outputs(&in, &in.layer[in.input[i].layer], 1, &x[i], &at[i]);
	if (!bad)
		bad = build_layers(&in, m);
	int *value = xcalloc((size_t)in.n_output, sizeof *value), *of = xcalloc((size_t)in.n_output, sizeof *of);
	for (int i = 0; i < in.n_output && !bad; i++) {
		const struct klayer *o = &in.layer[in.output[i].layer];
		value[i] = o->value[in.output[i].tensor];
		of[i] = o->at[in.output[i].tensor];
	}
	if (!bad)
		set_outputs(k, l, in.n_output, value, of);
	free(value);
	free(of);
	return bad;
}

static int version_of(const struct keras_file *f)
{
	int v = atoi(f->version);
	return v >= 3 ? 3 : v == 1 ? 1 : 2;
}

static int build_one(struct knet *k, struct klayer *l, struct model *m, const int *x, const int *at)
{
	const struct kclass *cls = keras_class(l->cls);
	const struct keras_layer *w;
	int bad = find_weights(k, l, &w), n = l->n_in;
	if (bad)
		return bad;
	struct kcall c = { .m = m,
		           .g = m->graph,
		           .e = k->e,
		           .f = k->f,
		           .version = version_of(k->f),
		           .name = full_name(k, l->name, ""),
		           .cls = l->cls,
		           .place = l->place,
		           .config = l->config,
		           .weights = w,
		           .x = x,
		           .n_x = n,
		           .pre = -1,
		           .activation = "",
		           .kind = cls->kind };
	int v, mine;
	if (n < cls->x_min || n > cls->x_max)
		v = err_set(k->e, ERR_FORMAT, "it reads %d layers instead of %d%s", n, cls->x_min,
		            cls->x_max > cls->x_min ? " or more" : "");
	else
		v = cls->build(&c);
	/* The first error in the configuration is the cause of what follows. */
	v = c.bad ? c.bad : v;
	if (v < 0)
		return v;
	mine = model_layer(m, c.name, l->cls, c.activation, c.kind, c.pre >= 0 ? c.pre : v, v, n, at, k->e);
	if (mine < 0)
		return mine;
	set_outputs(k, l, 1, &v, &mine);
	return 0;
}

static int build_layer(struct knet *k, struct klayer *l, struct model *m)
{
	int *x = xcalloc((size_t)l->n_in + 1, sizeof *x), *at = xcalloc((size_t)l->n_in + 1, sizeof *at), bad = 0;
	for (int i = 0; i < l->n_in; i++) {
		const struct klayer *from = &k->layer[l->in[i].layer];
		x[i] = from->value[l->in[i].tensor];
		at[i] = from->at[l->in[i].tensor];
	}
	bad = keras_is_model(l->cls) ? build_inside(k, l, m, x, at) : build_one(k, l, m, x, at);
	free(x);
	free(at);
	return bad ? err_at(k->e, "layer '%s' (%s)", l->name, l->cls) : 0;
}

static int check_tensor(const struct knet *k, const struct kend *end)
{
	const struct klayer *l = &k->layer[end->layer];
	return end->tensor < l->n_out ? 0
	                              : err_set(k->e, ERR_UNSUPPORTED,
	                                        "output %d of layer '%s' (%s) is used; tsviz knows %d of its outputs",
	                                        end->tensor, l->name, l->cls, l->n_out);
}

/* Returns 1 if everything that the layer reads has been built, 0 if not, or an error. */
static int ready(const struct knet *k, const struct klayer *l)
{
	for (int i = 0; i < l->n_in; i++) {
		if (!k->layer[l->in[i].layer].n_out)
			return 0;
		int bad = check_tensor(k, &l->in[i]);
		if (bad)
			return bad;
	}
	return 1;
}

/* Builds all layers, in the order of the file if possible. */
static int build_layers(struct knet *k, struct model *m)
{
	for (bool more = true, moved; more;) {
		more = moved = false;
		for (int i = 0; i < k->n; i++) {
			struct klayer *l = &k->layer[i];
			if (l->n_out)
				continue;
			int now = l->input ? 0 : ready(k, l);
			if (now <= 0) {
				more = true;
				if (now < 0)
					return now;
				continue;
			}
			int bad = build_layer(k, l, m);
			if (bad)
				return bad;
			moved = true;
		}
		if (more && !moved)
			return err_set(k->e, ERR_FORMAT,
			               "the layers read one another in a circle, or an input is not connected");
	}
	for (int i = 0; i < k->n_output; i++)
		if (check_tensor(k, &k->output[i]))
			return k->e->code;
	return 0;
}

/* ---- the model ---- */

/* Finds the output that --head names by its number, its key or its layer's name. */
static int find_head(const struct knet *k, const char *head)
{
	char *end;
	long want = head ? strtol(head, &end, 10) : 0;
	bool by_number = !head || (*head && !*end);
	for (int i = 0; i < k->n_output; i++) {
		const struct kend *o = &k->output[i];
		if (by_number ? i == want : !strcmp(k->layer[o->layer].name, head) || (o->key && !strcmp(o->key, head)))
			return i;
	}
	return err_set(k->e, ERR_VALUE, "there is no output '%s'; --head takes a layer's name or 0 to %d", head,
	               k->n_output - 1);
}

/* Keras has steps before channels, (N,T,C), and the graph has (N,C,T). */
static int finish(struct knet *k, struct model *m, int output)
{
	const struct shape *s = &m->graph->value[output].shape;
	if (s->rank == 3) {
		m->out_steps = s->dim[2];
		m->out_channels = s->dim[1];
		m->out_steps_first = true;
		m->out_steps_outer = false;
	}
	return model_finish(m, output, k->e);
}

static int build_net(struct knet *k, const cJSON *root, struct model *m, const char *head, int64_t window)
{
	const char *cls = json_text(root, "class_name", "");
	const cJSON *config = json_get(root, "config");
	int bad = keras_unsupported(cls, config, k->e), out = 0;
	if (!bad)
		bad = keras_list(k, cls, config);
	if (!bad)
		bad = out = find_head(k, head);
	if (bad >= 0)
		bad = build_input(k, m, config, window);
	if (!bad)
		bad = build_layers(k, m);
	return bad ? bad : finish(k, m, k->layer[k->output[out].layer].value[k->output[out].tensor]);
}

struct model *keras_build(const char *file, struct keras_file *f, const char *head, int64_t window, struct err *e)
{
	if (f->config_size > CONFIG_MAX) {
		err_set(e, ERR_LIMIT, "model_config has more than %d MB", CONFIG_MAX >> 20);
		return NULL;
	}
	cJSON *root = json_parse(f->config, f->config_size, e);
	if (!root) {
		err_at(e, f->tree ? "config.json" : "model_config");
		return NULL;
	}
	char format[64];
	snprintf(format, sizeof format, "Keras %.20s%s%s", f->version, *f->version ? " " : "",
	         f->container ? f->container : "HDF5");
	struct model *m = model_new(file, format);
	struct arena arena = { 0 };
	struct knet k = { .f = f, .arena = &arena, .e = e, .prefix = "", .place = "" };
	if (build_net(&k, root, m, head, window) < 0) {
		model_free(m);
		m = NULL;
	}
	arena_release(&arena);
	cJSON_Delete(root);
	return m;
}
