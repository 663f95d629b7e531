/* Turns the configuration of a Keras model into a list of layers: what each layer reads, which are inputs and
 * outputs, and in a .keras file the path of each layer's variables. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { KERAS_LAYERS_MAX = 5000, ENDS_MAX = 256 };

bool keras_is_model(const char *cls)
{
	return !strcmp(cls, "Sequential") || !strcmp(cls, "Functional") || !strcmp(cls, "Model");
}

static const cJSON *layers_of(const cJSON *config)
{
	return cJSON_IsArray(config) ? config : json_get(config, "layers");
}

/* ---- layers that are not supported ---- */

/* Returns whether the class is the user's own. Such a class is registered as "package>name", or its module is not
 * Keras'. */
static bool is_custom(const cJSON *v)
{
	/* keras-tcn's layer is known by its configuration. */
	if (!strcmp(json_text(v, "class_name", ""), "TCN"))
		return false;
	const char *module = json_text(v, "module", "keras"), *registered = json_text(v, "registered_name", "");
	return strchr(registered, '>') || (strncmp(module, "keras", 5) != 0 && strncmp(module, "tf_keras", 8) != 0 &&
	                                   strncmp(module, "tensorflow", 10) != 0);
}

struct names {
	char text[800];
	size_t at;
	int n;
	bool lambda; /* a Lambda is among them */
};

static void add_name(struct names *t, const char *name, const char *cls, const char *what)
{
	char one[200];
	snprintf(one, sizeof one, "%s'%.60s' (%.60s%s)", t->n++ ? ", " : "", name, cls, what);
	if (t->at + strlen(one) + 8 < sizeof t->text)
		t->at += (size_t)snprintf(t->text + t->at, sizeof t->text - t->at, "%s", one);
	else if (t->text[t->at - 1] != '.')
		t->at += (size_t)snprintf(t->text + t->at, sizeof t->text - t->at, " ...");
}

/* What a reader of the message may do about a class. */
static const char *remedy(const cJSON *v, const char *cls)
{
	if (is_custom(v))
		return ", a custom class";
	return keras_is_operation(cls, json_text(v, "module", "")) ? ", an operation" : "";
}

static void find_unsupported(struct names *t, const cJSON *config, int depth);

static void check_entry(struct names *t, const cJSON *v, int depth)
{
	const char *cls = json_text(v, "class_name", NULL);
	const cJSON *own = json_get(v, "config"), *inner = json_get(own, "layer");
	if (!cls || depth > JSON_DEPTH_MAX)
		return; /* list_layers() reports it */
	if (!is_custom(v) && keras_is_model(cls))
		find_unsupported(t, own, depth + 1);
	else if (is_custom(v) ||
	         (strcmp(cls, "InputLayer") != 0 && !keras_class_of(cls, json_text(v, "module", ""), own))) {
		add_name(t, json_text(v, "name", json_text(own, "name", cls)), cls, remedy(v, cls));
		t->lambda = t->lambda || !strcmp(cls, "Lambda");
	} else if (!strcmp(cls, "TimeDistributed"))
		check_entry(t, inner, depth + 1);
}

static void find_unsupported(struct names *t, const cJSON *config, int depth)
{
	const cJSON *list = layers_of(config);
	for (const cJSON *v = list ? list->child : NULL; v; v = v->next)
		check_entry(t, v, depth);
}

/* Names all layers that are not supported, so that one message tells everything. */
int keras_unsupported(const char *cls, const cJSON *config, struct err *e)
{
	if (!keras_is_model(cls))
		return err_set(e, ERR_UNSUPPORTED,
		               "the model is of class '%s'; Sequential and functional models are read", cls);
	struct names t = { .n = 0 };
	find_unsupported(&t, config, 0);
	return !t.n ? 0
	            : err_set(e, ERR_UNSUPPORTED, "%d layer%s not supported: %s%s", t.n, t.n > 1 ? "s are" : " is",
	                      t.text,
	                      t.lambda ? "; a Lambda holds Python code, which is not run: write it as layers or as "
	                                 "operations such as x[:, -1] or keras.ops.mean(x), and save the model again"
	                               : "");
}

/* ---- the list ---- */

/* Returns the entry of the layer's first call. */
static int find_layer(const struct knet *k, const char *name)
{
	for (int i = 0; i < k->n; i++)
		if (!k->layer[i].nth && !strcmp(k->layer[i].name, name))
			return i;
	return -1;
}

static int calls_of(const struct knet *k, int first)
{
	int n = 1;
	while (first + n < k->n && k->layer[first + n].nth)
		n++;
	return n;
}

/* Adds the input of a Sequential model that does not begin with an InputLayer. Its first layer has the input's
 * shape. */
static void made_input(struct knet *k, const cJSON *first)
{
	char name[NAME_MAX_BYTES];
	const cJSON *config = json_get(first, "config");
	snprintf(name, sizeof name, "%.*s_input", NAME_MAX_BYTES - 16,
	         json_text(first, "name", json_text(config, "name", json_text(first, "class_name", ""))));
	k->layer[k->n++] = (struct klayer){ .name = arena_strdup(k->arena, name),
		                            .cls = "InputLayer",
		                            .module = "",
		                            .config = config,
		                            .input = true,
		                            .mask = -1 };
}

/* How many entries a layer takes: one for each of its calls. */
static int entries(const cJSON *layer)
{
	const cJSON *calls = json_get(layer, "inbound_nodes");
	int n = cJSON_IsArray(calls) ? cJSON_GetArraySize(calls) : 0;
	return n > 1 ? n : 1;
}

static int list_layers(struct knet *k, const cJSON *list, bool sequential)
{
	int n = 0;
	const cJSON *v;
	cJSON_ArrayForEach(v, list) n += n <= KERAS_LAYERS_MAX ? sequential ? 1 : entries(v) : 0;
	if (!cJSON_IsArray(list) || n < 1)
		return err_set(k->e, ERR_FORMAT, "model_config lists no layers");
	if (n > KERAS_LAYERS_MAX)
		return err_set(k->e, ERR_LIMIT, "more than %d layers", KERAS_LAYERS_MAX);
	k->layer = arena_alloc(k->arena, (size_t)n + 1, sizeof *k->layer);
	if (sequential && strcmp(json_text(list->child, "class_name", ""), "InputLayer") != 0)
		made_input(k, list->child);
	cJSON_ArrayForEach(v, list)
	{
		struct klayer l = { .config = json_get(v, "config"), .module = json_text(v, "module", ""), .mask = -1 };
		l.cls = json_text(v, "class_name", NULL);
		l.name = json_text(v, "name", json_text(l.config, "name", l.cls));
		if (!l.cls)
			return err_set(k->e, ERR_FORMAT, "model_config: layer %d has no class_name", k->n);
		if (find_layer(k, l.name) >= 0)
			return err_set(k->e, ERR_FORMAT, "two layers are called '%s'", l.name);
		l.input = !strcmp(l.cls, "InputLayer");
		const cJSON *calls = sequential || l.input ? NULL : json_get(v, "inbound_nodes");
		for (l.nth = 0; l.nth < (calls ? entries(v) : 1); l.nth++) {
			l.call = cJSON_IsArray(calls) ? cJSON_GetArrayItem(calls, l.nth) : NULL;
			k->layer[k->n++] = l;
		}
	}
	return 0;
}

/* ---- paths in a .keras file ---- */

/* Turns a class name into snake case: Conv1DTranspose becomes conv1d_transpose, PReLU becomes p_re_lu
 * (keras/src/utils/naming.py, to_snake_case). */
void keras_snake(const char *cls, char *out, size_t size)
{
	size_t at = 0;
	for (const char *p = cls; *p && at + 2 < size; p++) {
		unsigned char c = (unsigned char)*p, next = (unsigned char)p[1],
		              last = p > cls ? (unsigned char)p[-1] : 0;
		if (last && isupper(c) && (islower(next) || islower(last)))
			out[at++] = '_';
		if (isalnum(c) || c == '_')
			out[at++] = (char)tolower(c);
	}
	out[at] = '\0';
}

static const char *place(const struct knet *k, const char *inside, const char *joint, const char *name, int nth)
{
	char text[NAME_MAX_BYTES], number[16] = "";
	if (nth)
		snprintf(number, sizeof number, "_%d", nth);
	snprintf(text, sizeof text, "%s%s%s%s%s%s", k->place, *k->place ? joint : "", inside, joint, name, number);
	return arena_strdup(k->arena, text);
}

/* Finds how this file writes paths. Keras 3 puts layers into the group `layers`, Keras 2.12 to 2.15 into
 * `_layer_checkpoint_dependencies`. Files written under Windows have a backslash as separator. */
static void find_style(struct knet *k)
{
	static const char *const inside[] = { "layers", "_layer_checkpoint_dependencies" }, *const joint[] = { "/",
		                                                                                               "\\" };
	for (int i = 0; i < 4 && !k->f->inside; i++)
		for (int l = 0; l < k->n && !k->f->inside; l++) {
			char name[NAME_MAX_BYTES];
			keras_snake(k->layer[l].cls, name, sizeof name);
			if (keras_h5_has(k->f, place(k, inside[i & 1], joint[i >> 1], name, 0))) {
				k->f->inside = inside[i & 1];
				k->f->joint = joint[i >> 1];
			}
		}
	if (!k->f->inside) {
		k->f->inside = inside[0];
		k->f->joint = joint[0];
	}
}

/* The number of the layer of this class that comes before layer i, in `number`; -1: it is the first. */
static int number_before(const struct knet *k, int i, const int *number)
{
	for (int j = i - 1; j >= 0; j--)
		if (!strcmp(k->layer[j].cls, k->layer[i].cls))
			return number[j];
	return -1;
}

/* Finds each layer's path: the class name and the layer's number within its class (keras/src/saving/saving_lib.py,
 * _save_container_state). Keras 2 counts every layer that has weights twice and saves nothing under the second
 * number. */
static void find_places(struct knet *k)
{
	if (!k->f->inside)
		find_style(k);
	bool old = strcmp(k->f->inside, "layers") != 0;
	int *number = arena_alloc(k->arena, (size_t)k->n, sizeof *number);
	for (int i = 0; i < k->n; i++) {
		char name[NAME_MAX_BYTES];
		if (k->layer[i].nth) {
			k->layer[i].place = k->layer[i - 1].place;
			number[i] = number[i - 1];
			continue;
		}
		keras_snake(k->layer[i].cls, name, sizeof name);
		int n = number_before(k, i, number) + 1;
		number[i] = old && n && !keras_h5_has(k->f, place(k, k->f->inside, k->f->joint, name, n)) ? n + 1 : n;
		k->layer[i].place = place(k, k->f->inside, k->f->joint, name, number[i]);
	}
}

/* ---- connections ---- */

/* Reads an entry that names a layer's output: ["name", node, tensor, ...] or, in Keras 3, {"config":
 * {"keras_history": [...]}}. */
static int source(const struct knet *k, const char *reader, const cJSON *v, struct kend *out)
{
	if (cJSON_IsObject(v))
		v = json_get(json_get(v, "config"), "keras_history");
	int64_t node = 0, tensor = 0;
	if (!cJSON_IsArray(v) || cJSON_GetArraySize(v) < 3 || !cJSON_IsString(v->child) ||
	    !json_whole(v->child->next, &node) || !json_whole(v->child->next->next, &tensor))
		return err_set(k->e, ERR_FORMAT, "layer '%s': what it reads is not given as [name, node, tensor]",
		               reader);
	int from = find_layer(k, v->child->valuestring);
	if (from < 0)
		return err_set(k->e, ERR_FORMAT, "layer '%s' reads '%s', which is not in the model", reader,
		               v->child->valuestring);
	/* Node 0 of an inner model is its own inputs; Sequential models of Keras 3 do not count so. */
	int calls = calls_of(k, from), base = 0;
	if (keras_is_model(k->layer[from].cls))
		base = calls == 1                                      ? node == 1
		       : strcmp(k->layer[from].cls, "Sequential") != 0 ? 1
		                                                       : atoi(k->f->version) < 3;
	if (node < base || node - base >= calls)
		return err_set(k->e, ERR_FORMAT, "layer '%s' reads call %lld of '%s', which has %d", reader,
		               (long long)node, v->child->valuestring, calls);
	from += (int)node - base;
	if (tensor < 0 || tensor >= ENDS_MAX)
		return err_set(k->e, ERR_FORMAT, "layer '%s' reads output %lld of '%s'", reader, (long long)tensor,
		               v->child->valuestring);
	*out = (struct kend){ from, (int)tensor, NULL };
	return 0;
}

enum { TENSORS_MAX = 4096 };

static int add_tensor(struct knet *k, struct klayer *l, const cJSON *v)
{
	if (cJSON_IsArray(v) && !strcmp(v->child->valuestring, "_CONSTANT_VALUE"))
		return 0;
	if (l->n_in >= TENSORS_MAX)
		return err_set(k->e, ERR_LIMIT, "layer '%s' reads more than %d tensors", l->name, TENSORS_MAX);
	l->arg[l->n_in] = v;
	return source(k, l->name, v, &l->in[l->n_in++]);
}

static int count_tensors(const cJSON *v, int depth)
{
	if (keras_is_tensor(v))
		return 1;
	int n = 0;
	for (const cJSON *a = v && depth < JSON_DEPTH_MAX ? v->child : NULL; a && n < TENSORS_MAX; a = a->next)
		n += count_tensors(a, depth + 1);
	return n;
}

/* Adds all tensors at or below an entry of a call, in their order. */
static int add_tensors(struct knet *k, struct klayer *l, const cJSON *v, int depth)
{
	if (keras_is_tensor(v))
		return add_tensor(k, l, v);
	int bad = 0;
	for (const cJSON *a = v && depth < JSON_DEPTH_MAX ? v->child : NULL; a && !bad; a = a->next)
		bad = add_tensors(k, l, a, depth + 1);
	return bad;
}

/* The arguments that a call of Keras 2 passes by keyword stand behind its first tensor, and again behind the others. */
static const cJSON *keywords(const cJSON *v, int depth)
{
	if (keras_is_tensor(v))
		return cJSON_GetArrayItem(v, 3);
	const cJSON *found = NULL;
	for (const cJSON *a = v && depth < 4 ? v->child : NULL; a && !found; a = a->next)
		found = keywords(a, depth + 1);
	return found;
}

/* The first argument of a call in which all are passed by keyword. Layers call it by one of these names. */
static const cJSON *first_argument(const cJSON *named)
{
	static const char *const names[] = { "inputs", "query", "sequence", "sequences", "x" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_get(named, names[i]))
			return json_get(named, names[i]);
	return NULL;
}

/* Reads one entry of inbound_nodes: [[...], [...]] in Keras 1 and 2, [...] for their operations, {"args": [...],
 * "kwargs": {...}} in Keras 3. */
static int connect_layer(struct knet *k, struct klayer *l)
{
	if (l->input)
		return 0;
	bool new = cJSON_IsObject(l->call);
	const cJSON *list = new ? json_get(l->call, "args") : l->call, *v;
	const cJSON *named = new ? json_get(l->call, "kwargs") : keywords(list, 0);
	size_t room = 1 + (size_t)count_tensors(list, 0) + (size_t)count_tensors(named, 0);
	l->in = arena_alloc(k->arena, room, sizeof *l->in);
	l->arg = arena_alloc(k->arena, room, sizeof *l->arg);
	int bad = 0;
	if (new || keras_is_tensor(list) || !cJSON_IsArray(list))
		bad = add_tensors(k, l, list, 0);
	else
		for (v = list->child; v && !bad; v = v->next)
			/* In Keras 2, anything else than a tensor at this place is an error of the file. */
			bad = count_tensors(v, 0) ? add_tensors(k, l, v, 0) : source(k, l->name, v, &l->in[0]);
	/* Keras 3 lets a call pass its first argument by keyword, too. */
	const cJSON *front = new && !l->n_in && !keras_is_operation(l->cls, l->module) ? first_argument(named) : NULL;
	if (!bad)
		bad = add_tensors(k, l, front, 0);
	l->n_pos = l->n_in;
	for (v = named ? named->child : NULL; v && !bad; v = v->next)
		if (v != front)
			bad = add_tensors(k, l, v, 0);
	if (bad)
		return bad;
	return l->n_in || keras_is_operation(l->cls, l->module)
	               ? 0
	               : err_set(k->e, ERR_FORMAT, "layer '%s': nothing feeds it", l->name);
}

/* Reads input_layers or output_layers: [["a",0,0]], or ["a",0,0] if there is one, or {"key": ["a",0,0]}, or lists of
 * lists. */
static int list_ends(struct knet *k, const cJSON *v, const char *place_name, struct kend *out, int *n, int depth)
{
	if (keras_is_tensor(v)) {
		if (*n == ENDS_MAX)
			return err_set(k->e, ERR_LIMIT, "%s has more than %d entries", place_name, ENDS_MAX);
		int bad = source(k, place_name, v, &out[*n]);
		out[(*n)++].key = v->string;
		return bad;
	}
	if (depth > 4 || (!cJSON_IsArray(v) && !cJSON_IsObject(v)))
		return err_set(k->e, ERR_FORMAT, "model_config: %s is no list of [name, node, tensor]", place_name);
	int bad = 0;
	for (const cJSON *c = v->child; c && !bad; c = c->next)
		bad = list_ends(k, c, place_name, out, n, depth + 1);
	return bad;
}

static int connect_functional(struct knet *k, const cJSON *config)
{
	int i = 0, bad = 0;
	for (; i < k->n && !bad; i++)
		bad = connect_layer(k, &k->layer[i]);
	if (bad)
		return bad;
	bad = list_ends(k, json_get(config, "input_layers"), "input_layers", k->input, &k->n_input, 0);
	if (!bad)
		bad = list_ends(k, json_get(config, "output_layers"), "output_layers", k->output, &k->n_output, 0);
	if (!bad && (!k->n_input || !k->n_output))
		bad = err_set(k->e, ERR_FORMAT, "model_config has no %s",
		              k->n_input ? "output_layers" : "input_layers");
	for (i = 0; i < k->n_input && !bad; i++)
		if (!k->layer[k->input[i].layer].input)
			bad = err_set(k->e, ERR_FORMAT, "input_layers names '%s', which is no input",
			              k->layer[k->input[i].layer].name);
	return bad;
}

static int connect_sequential(struct knet *k)
{
	for (int i = 1; i < k->n; i++) {
		struct klayer *l = &k->layer[i];
		if (l->input)
			return err_set(k->e, ERR_FORMAT, "layer '%s' is an input in the middle of the network",
			               l->name);
		struct kend last = { i - 1, 0, NULL };
		l->in = arena_dup(k->arena, &last, 1, sizeof last);
		l->arg = arena_alloc(k->arena, 1, sizeof *l->arg);
		l->n_in = l->n_pos = 1;
	}
	k->input[k->n_input++] = (struct kend){ 0, 0, NULL };
	k->output[k->n_output++] = (struct kend){ k->n - 1, 0, NULL };
	return 0;
}

int keras_list(struct knet *k, const char *cls, const cJSON *config)
{
	bool sequential = !strcmp(cls, "Sequential");
	k->input = arena_alloc(k->arena, ENDS_MAX, sizeof *k->input);
	k->output = arena_alloc(k->arena, ENDS_MAX, sizeof *k->output);
	int bad = list_layers(k, layers_of(config), sequential);
	if (!bad && k->f->tree)
		find_places(k);
	if (!bad)
		bad = sequential ? connect_sequential(k) : connect_functional(k, config);
	return bad;
}
