/* From a Keras configuration to builder calls: the list of layers, their order, the input, the output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras_build.h"
#include "src/read_model.h"

enum { KERAS_LAYERS_MAX = 5000, CONFIG_MAX = 16 << 20 };

struct knet {
	struct klayer *layer;
	int n;
	struct arena arena;
	int input, output; /* indices of layers */
	struct err *e;
};

const struct kclass *keras_class(const char *name)
{
	const struct kclass *const tables[] = { keras_conv_classes, keras_shape_classes, keras_activation_classes };
	for (int i = 0; i < 3; i++)
		for (const struct kclass *k = tables[i]; k->name; k++)
			if (!strcmp(k->name, name))
				return k;
	return NULL;
}

static bool is_input(const char *cls)
{
	return !strcmp(cls, "InputLayer");
}

/* ---- the list of layers ---- */

static int find_layer(const struct knet *k, const char *name)
{
	for (int i = 0; i < k->n; i++)
		if (!strcmp(k->layer[i].name, name))
			return i;
	return -1;
}

static int list_layers(struct knet *k, const cJSON *list)
{
	int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
	if (n < 1)
		return err_set(k->e, ERR_FORMAT, "model_config lists no layers");
	if (n > KERAS_LAYERS_MAX)
		return err_set(k->e, ERR_LIMIT, "more than %d layers", KERAS_LAYERS_MAX);
	k->layer = arena_alloc(&k->arena, (size_t)n, sizeof *k->layer);
	const cJSON *v;
	cJSON_ArrayForEach(v, list)
	{
		struct klayer l = { .config = json_get(v, "config"), .value = -1, .at = -1 };
		l.cls = json_text(v, "class_name", NULL);
		l.name = json_text(v, "name", json_text(l.config, "name", l.cls));
		if (!l.cls)
			return err_set(k->e, ERR_FORMAT, "model_config: layer %d has no class_name", k->n);
		if (find_layer(k, l.name) >= 0)
			return err_set(k->e, ERR_FORMAT, "two layers are called '%s'", l.name);
		l.input = is_input(l.cls);
		k->layer[k->n++] = l;
	}
	return 0;
}

/* Every layer that is not read, at once, so that nobody has to ask again. */
static int name_unsupported(struct knet *k)
{
	char text[800] = "";
	size_t at = 0;
	int n = 0;
	for (int i = 0; i < k->n; i++) {
		const struct klayer *l = &k->layer[i];
		if (l->input || keras_class(l->cls))
			continue;
		n++;
		char one[160];
		snprintf(one, sizeof one, "%s'%.60s' (%.60s)", n > 1 ? ", " : "", l->name, l->cls);
		if (at + strlen(one) + 8 < sizeof text)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s", one);
		else if (text[at - 1] != '.')
			at += (size_t)snprintf(text + at, sizeof text - at, " ...");
	}
	return n ? err_set(k->e, ERR_UNSUPPORTED, "%d layer%s not supported: %s", n, n > 1 ? "s are" : " is", text) : 0;
}

/* ---- connections ---- */

/* An entry that names a layer's output: ["name", node, tensor, ...] or, in Keras 3, {"config": {"keras_history": [...]}}. */
static int source(const struct knet *k, const struct klayer *l, const cJSON *v)
{
	if (cJSON_IsObject(v))
		v = json_get(json_get(v, "config"), "keras_history");
	int64_t node = 0, tensor = 0;
	if (!cJSON_IsArray(v) || cJSON_GetArraySize(v) < 3 || !cJSON_IsString(v->child) || !json_whole(v->child->next, &node) ||
	    !json_whole(v->child->next->next, &tensor))
		return err_set(k->e, ERR_FORMAT, "layer '%s': what it reads is not given as [name, node, tensor]", l->name);
	int from = find_layer(k, v->child->valuestring);
	if (from < 0)
		return err_set(k->e, ERR_FORMAT, "layer '%s' reads '%s', which is not in the model", l->name,
		               v->child->valuestring);
	if (node || tensor)
		return err_set(k->e, ERR_UNSUPPORTED, "layer '%s' is used more than once, which is not supported",
		               v->child->valuestring);
	return from;
}

static bool is_tensor(const cJSON *v)
{
	return json_get(json_get(v, "config"), "keras_history") != NULL || (cJSON_IsArray(v) && cJSON_IsString(v->child));
}

/* The list of entries of one call: Keras 1 and 2 [[...], [...]], Keras 3 {"args": [...]} with a list inside for merging layers.
 */
static const cJSON *call_inputs(const cJSON *call)
{
	const cJSON *v = cJSON_IsObject(call) ? json_get(call, "args") : call;
	if (cJSON_IsArray(v) && v->child && !is_tensor(v->child) && cJSON_IsArray(v->child))
		v = v->child;
	return v;
}

static int connect_layer(struct knet *k, struct klayer *l, const cJSON *calls)
{
	int n = cJSON_IsArray(calls) ? cJSON_GetArraySize(calls) : 0;
	if (l->input)
		return 0;
	if (n != 1)
		return err_set(k->e, n ? ERR_UNSUPPORTED : ERR_FORMAT, "layer '%s' is used %d times%s", l->name, n,
		               n ? ", which is not supported" : ": nothing feeds it");
	const cJSON *list = call_inputs(calls->child), *v;
	l->in = arena_alloc(&k->arena, (size_t)cJSON_GetArraySize(list), sizeof *l->in);
	cJSON_ArrayForEach(v, list)
	{
		/* Keras 3 lists arguments that are no tensors, too */
		if (cJSON_IsObject(calls->child) && !is_tensor(v))
			continue;
		int from = source(k, l, v);
		if (from < 0)
			return from;
		l->in[l->n_in++] = from;
	}
	return l->n_in ? 0 : err_set(k->e, ERR_FORMAT, "layer '%s': nothing feeds it", l->name);
}

/* Entries of input_layers and output_layers: [["a",0,0]], or ["a",0,0] where there is one. */
static int end_layer(const struct knet *k, const cJSON *config, const char *key, const char *head, int *out)
{
	const cJSON *list = json_get(config, key), *v;
	struct klayer l = { .name = key };
	int n = 0, got = -1;
	if (is_tensor(list)) {
		*out = source(k, &l, list);
		return *out < 0 ? *out : 1;
	}
	char *end;
	long want = head ? strtol(head, &end, 10) : 0;
	bool by_number = !head || (*head && !*end);
	cJSON_ArrayForEach(v, list)
	{
		int at = source(k, &l, v);
		if (at < 0)
			return at;
		if (by_number ? n == want : !strcmp(k->layer[at].name, head))
			got = at;
		n++;
	}
	if (!n)
		return err_set(k->e, ERR_FORMAT, "model_config has no %s", key);
	if (got < 0)
		return err_set(k->e, ERR_VALUE, "there is no output '%s'; --head takes a layer's name or 0 to %d", head, n - 1);
	*out = got;
	return n;
}

static int connect_functional(struct knet *k, const cJSON *config, const char *head)
{
	const cJSON *v, *list = json_get(config, "layers");
	int i = 0;
	cJSON_ArrayForEach(v, list)
	{
		int bad = connect_layer(k, &k->layer[i++], json_get(v, "inbound_nodes"));
		if (bad)
			return bad;
	}
	int n = end_layer(k, config, "input_layers", NULL, &k->input);
	if (n > 1)
		return err_set(k->e, ERR_UNSUPPORTED, "the network has %d inputs; tsviz takes one", n);
	if (n < 0)
		return n;
	if (!k->layer[k->input].input)
		return err_set(k->e, ERR_FORMAT, "input_layers names '%s', which is no input", k->layer[k->input].name);
	n = end_layer(k, config, "output_layers", head, &k->output);
	return n < 0 ? n : 0;
}

static int connect_sequential(struct knet *k)
{
	for (int i = 1; i < k->n; i++) {
		struct klayer *l = &k->layer[i];
		if (l->input)
			return err_set(k->e, ERR_FORMAT, "layer '%s' is an input in the middle of the network", l->name);
		l->in = arena_alloc(&k->arena, 1, sizeof *l->in);
		l->in[0] = i - 1;
		l->n_in = 1;
	}
	k->input = k->layer[0].input ? 0 : -1;
	k->output = k->n - 1;
	return 0;
}

/* ---- the input ---- */

static const cJSON *input_shape(const struct knet *k, const cJSON *config)
{
	const struct klayer *l = &k->layer[k->input < 0 ? 0 : k->input];
	static const char *const keys[] = { "batch_input_shape", "batch_shape" };
	for (int i = 0; i < 2; i++)
		if (cJSON_IsArray(json_get(l->config, keys[i])))
			return json_get(l->config, keys[i]);
	return json_get(config, "build_input_shape");
}

/* A size, or null for one that is left open. */
static int64_t size_of(const cJSON *v)
{
	int64_t n = 0;
	if (cJSON_IsNull(v))
		return 0;
	return json_whole(v, &n) && n > 0 && n <= COUNT_MAX ? n : -1;
}

static int build_input(struct knet *k, struct model *m, const cJSON *config, int64_t window)
{
	const cJSON *s = input_shape(k, config);
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
	char made[NAME_MAX_BYTES];
	struct klayer *l = k->input >= 0 ? &k->layer[k->input] : NULL;
	if (!l)
		snprintf(made, sizeof made, "%.*s_input", NAME_MAX_BYTES - 16, k->layer[0].name);
	int v = model_input(m, l ? l->name : made, "InputLayer", rank == 3 ? "NCT" : "NT", T ? T : window, C, 1, k->e);
	if (v < 0)
		return v;
	if (l) {
		l->value = v;
		l->at = 0;
	}
	return 0;
}

/* ---- layers in order ---- */

static int version_of(const struct keras_file *f)
{
	int v = atoi(f->version);
	return v >= 3 ? 3 : v == 1 ? 1 : 2;
}

static const struct keras_layer *weights_of(const struct keras_file *f, const char *name)
{
	for (int i = 0; i < f->n_layer; i++)
		if (!strcmp(f->layer[i].name, name))
			return &f->layer[i];
	return NULL;
}

static int build_layer(struct knet *k, struct klayer *l, struct model *m, const struct keras_file *f)
{
	const struct kclass *cls = keras_class(l->cls);
	int n = l->n_in ? l->n_in : 1;
	int *x = xcalloc((size_t)n, sizeof *x), *at = xcalloc((size_t)n, sizeof *at);
	for (int i = 0; i < n; i++) {
		x[i] = l->n_in ? k->layer[l->in[i]].value : m->input;
		at[i] = l->n_in ? k->layer[l->in[i]].at : 0;
	}
	struct kcall c = { .m = m,
		           .g = m->graph,
		           .e = k->e,
		           .version = version_of(f),
		           .name = l->name,
		           .cls = l->cls,
		           .config = l->config,
		           .weights = weights_of(f, l->name),
		           .x = x,
		           .n_x = n,
		           .pre = -1,
		           .activation = "",
		           .kind = cls->kind };
	int v;
	if (n < cls->x_min || n > cls->x_max)
		v = err_set(k->e, ERR_FORMAT, "it reads %d layers instead of %d%s", n, cls->x_min,
		            cls->x_max > cls->x_min ? " or more" : "");
	else
		v = cls->build(&c);
	/* the first thing found wrong in the configuration is the cause of what follows */
	v = c.bad ? c.bad : v;
	if (v >= 0)
		l->at = model_layer(m, l->name, l->cls, c.activation, c.kind, c.pre >= 0 ? c.pre : v, v, n, at, k->e);
	free(x);
	free(at);
	if (v < 0)
		return err_at(k->e, "layer '%s' (%s)", l->name, l->cls);
	l->value = v;
	return l->at < 0 ? l->at : 0;
}

static bool ready(const struct knet *k, const struct klayer *l)
{
	for (int i = 0; i < l->n_in; i++)
		if (k->layer[l->in[i]].value < 0)
			return false;
	return true;
}

/* The file's order is kept where it can be. */
static int build_layers(struct knet *k, struct model *m, const struct keras_file *f)
{
	for (bool more = true, moved; more;) {
		more = moved = false;
		for (int i = 0; i < k->n; i++) {
			struct klayer *l = &k->layer[i];
			if (l->value >= 0)
				continue;
			if (l->input || !ready(k, l)) {
				more = true;
				continue;
			}
			int bad = build_layer(k, l, m, f);
			if (bad)
				return bad;
			moved = true;
		}
		if (more && !moved)
			return err_set(k->e, ERR_FORMAT,
			               "the layers read one another in a circle, or an input is not connected");
	}
	return 0;
}

static int build_net(struct knet *k, const cJSON *root, struct model *m, const struct keras_file *f, const char *head,
                     int64_t window)
{
	const char *cls = json_text(root, "class_name", "");
	const cJSON *config = json_get(root, "config");
	bool sequential = !strcmp(cls, "Sequential");
	if (!sequential && strcmp(cls, "Model") != 0 && strcmp(cls, "Functional") != 0)
		return err_set(k->e, ERR_UNSUPPORTED, "the model is of class '%s'; Sequential and functional models are read",
		               cls);
	int bad = list_layers(k, cJSON_IsArray(config) ? config : json_get(config, "layers"));
	if (!bad)
		bad = name_unsupported(k);
	if (!bad)
		bad = sequential ? connect_sequential(k) : connect_functional(k, config, head);
	if (!bad)
		bad = build_input(k, m, config, window);
	if (!bad)
		bad = build_layers(k, m, f);
	return bad ? bad : model_finish(m, k->layer[k->output].value, k->e);
}

struct model *keras_build(const char *file, const struct keras_file *f, const char *head, int64_t window, struct err *e)
{
	if (f->config_size > CONFIG_MAX) {
		err_set(e, ERR_LIMIT, "model_config has more than %d MB", CONFIG_MAX >> 20);
		return NULL;
	}
	cJSON *root = json_parse(f->config, f->config_size, e);
	if (!root) {
		err_at(e, "model_config");
		return NULL;
	}
	char format[64];
	snprintf(format, sizeof format, "Keras %.20s%sHDF5", f->version, *f->version ? " " : "");
	struct model *m = model_new(file, format);
	struct knet k = { .input = -1, .output = -1, .e = e };
	if (build_net(&k, root, m, f, head, window) < 0) {
		model_free(m);
		m = NULL;
	}
	arena_release(&k.arena);
	cJSON_Delete(root);
	return m;
}

static struct model *read_keras(const char *file, const unsigned char *data, size_t n, struct read_side *side, const struct read_options *o,
                                struct err *e)
{
	(void)side;
	struct keras_file k;
	struct model *m = NULL;
	if (keras_h5_read(data, n, &k, e) >= 0)
		m = keras_build(file, &k, o->head, o->window, e);
	keras_file_release(&k);
	return m;
}

const struct reader reader_keras = {
	.name = "Keras HDF5",
	.extensions = ".h5 .hdf5",
	.foreign = true,
	.probe = keras_h5_probe,
	.prepare = keras_h5_prepare,
	.read = read_keras,
};
