/* Builds the model from the list of its Keras layers: the input, the layers in order, inner models, the output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { CONFIG_MAX = 16 << 20, INSIDE_MAX = 16 };

const char *keras_place(struct keras_file *f, const char *place, const char *part)
{
	char text[2 * NAME_MAX_BYTES];
	snprintf(text, sizeof text, "%s%s%s", place, f->joint ? f->joint : "/", part);
	return arena_strdup(&f->arena, text);
}

static const struct kclass *const classes[] = { keras_conv_classes,  keras_norm_classes,       keras_recurrent_classes,
	                                        keras_shape_classes, keras_activation_classes, keras_attention_classes,
	                                        keras_tcn_classes };

const struct kclass *keras_class(const char *name)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		for (const struct kclass *k = classes[i]; k->name; k++)
			if (!strcmp(k->name, name))
				return k;
	return NULL;
}

void keras_layers_print(FILE *f)
{
	fprintf(f, "layers of Keras: TimeDistributed");
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		for (const struct kclass *k = classes[i]; k->name; k++)
			fprintf(f, ", %s", k->name);
	fprintf(f, "\noperations of Keras: ");
	keras_operations_print(f);
	fputc('\n', f);
}

const struct kclass *keras_class_of(const char *cls, const char *module, const cJSON *config)
{
	static const struct kclass timed = { "TimeDistributed", NULL, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK };
	if (keras_is_operation(cls, module))
		return keras_operation(cls, config);
	return strcmp(cls, timed.name) ? keras_class(cls) : &timed;
}

static void set_outputs(struct knet *k, struct klayer *l, int n, const int *value, const int *at)
{
	l->n_out = n;
	l->value = arena_dup(k->arena, value, (size_t)n, sizeof *value);
	l->at = arena_dup(k->arena, at, (size_t)n, sizeof *at);
}

/* ---- weights of an .h5 file ---- */

static const struct keras_layer *weights_of(const struct keras_file *f, const char *name)
{
	for (int i = 0; i < f->n_layer; i++)
		if (!strcmp(f->layer[i].name, name))
			return &f->layer[i];
	return NULL;
}

/* Returns where the part "NAME/" of a path of names ends, or NULL. */
static const char *behind(const char *path, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = path; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (!strncmp(p, name, len) && p[len] == '/')
			return p + len + 1;
	}
	return NULL;
}

/* An inner model has one list of weights: first the trainable ones, then the others. Returns those that are called
 * "NAME/..." or, inside TimeDistributed, ".../NAME/...", with this prefix removed. */
static const struct keras_layer *weights_named(struct arena *a, const struct keras_layer *all, const char *name)
{
	struct keras_layer *l = arena_alloc(a, 1, sizeof *l);
	l->name = name;
	l->w = arena_alloc(a, all ? (size_t)all->n : 0, sizeof *l->w);
	for (int i = 0; all && i < all->n; i++) {
		const char *rest = behind(all->w[i].name, name);
		if (rest) {
			l->w[l->n] = all->w[i];
			l->w[l->n++].name = rest;
		}
	}
	return l->n ? l : NULL;
}

const struct keras_layer *keras_weights_of(const struct knet *k, const struct klayer *l, int *bad)
{
	const struct keras_layer *w = NULL;
	if (!k->f->tree)
		return k->depth ? weights_named(k->arena, k->pool, l->name) : weights_of(k->f, l->name);
	int code = l->place ? keras_h5_vars(k->f, l->place, &w, k->e) : 0;
	*bad = *bad ? *bad : code;
	return w;
}

/* ---- layers in order ---- */

static int build_layers(struct knet *k, struct model *m);

static const char *full_name(const struct knet *k, const char *name, const char *end)
{
	char text[2 * NAME_MAX_BYTES];
	snprintf(text, sizeof text, "%s%s%s", k->prefix, name, end);
	return arena_strdup(k->arena, text);
}

/* The name of a layer in the whole; the second call of a layer is called "name:2". */
static const char *call_name(const struct knet *k, const struct klayer *l)
{
	char number[16] = "";
	if (l->nth)
		snprintf(number, sizeof number, ":%d", l->nth + 1);
	return full_name(k, l->name, number);
}

/* Builds an inner model of class `cls`. Its layers become layers of the whole. timed: all of them are applied at every
 * step of axis 1. */
/* Whether an inner model is called with training=True, as the head of a model is that stays uncertain on purpose. */
static bool called_for_training(const struct klayer *l)
{
	struct kcall c = { .call = l->call };
	return cJSON_IsTrue(json_get(k_keywords(&c), "training"));
}

/* In a model that is called with training=True, dropout acts and normalisation takes the mean of the batch. Layers that
 * are not trainable normalise as always. */
static int check_training(const struct knet *k, const struct klayer *l, struct model *m)
{
	if (!k->training)
		return 0;
	if (!strcmp(l->cls, "BatchNormalization") && !cJSON_IsFalse(json_get(l->config, "trainable")))
		return err_set(
		        k->e, ERR_UNSUPPORTED,
		        "its model is called with training=True, so it normalises by the values of a batch; call "
		        "the model with training=False and save it again");
	if (strstr(l->cls, "Dropout") || strstr(l->cls, "Noise"))
		keras_warn(
		        m,
		        "layer '%.100s' (%.60s) acts in Keras also when it predicts (training=True); here it does not",
		        l->name, l->cls);
	return 0;
}

static int build_inside(struct knet *k, struct klayer *l, struct model *m, const char *cls, const cJSON *config,
                        bool timed, const int *x, const int *at)
{
	struct knet in = { .f = k->f,
		           .arena = k->arena,
		           .e = k->e,
		           .depth = k->depth + 1,
		           .place = l->place ? l->place : "",
		           .timed = timed || k->timed,
		           .training = k->training || called_for_training(l),
		           .nth = k->nth + l->nth };
	if (in.depth > INSIDE_MAX)
		return err_set(k->e, ERR_LIMIT, "models inside models, more than %d deep", INSIDE_MAX);
	if (timed && k->timed)
		return err_set(k->e, ERR_UNSUPPORTED, "TimeDistributed inside TimeDistributed is not supported");
	if (timed && k->f->tree && l->place)
		in.place = keras_place(k->f, l->place, "layer");
	in.prefix = full_name(k, call_name(k, l) + strlen(k->prefix), "/");
	if (!k->f->tree) {
		const struct keras_layer *all = k->depth ? k->pool : weights_of(k->f, l->name);
		in.pool = weights_named(k->arena, all, l->name);
		in.pool = in.pool ? in.pool : all;
	}
	int bad = keras_list(&in, cls, config);
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

/* Layers that do the same at every step of a series as on a single vector. */
static bool works_on_steps(const char *cls, int rank)
{
	static const char *const same[] = {
		"Dense", "TimeDistributedDense", "Activation", "Dropout", "ReLU", "LeakyReLU", "ELU", NULL
	};
	for (int i = 0; same[i]; i++)
		if (!strcmp(cls, same[i]))
			return rank == 3;
	return false;
}

/* Changes the call to that of the layer inside TimeDistributed. Returns its class. */
static const struct kclass *step_inside(struct kcall *c)
{
	const cJSON *inner = k_get(c, "layer", NULL);
	const char *cls = json_text(inner, "class_name", "");
	const struct kclass *k = keras_class(cls);
	const struct keras_layer *w = k_part(c, "layer");
	if (!k)
		k_fail(c, ERR_UNSUPPORTED, "TimeDistributed(%s) is not supported", cls);
	if (c->f->tree && c->place)
		c->place = keras_place(c->f, c->place, "layer");
	c->weights = w;
	c->config = json_get(inner, "config");
	c->cls = cls;
	return k;
}

static int build_call(struct kcall *c, const struct kclass *cls, bool timed)
{
	if (!cls->build) {
		timed = true;
		cls = step_inside(c);
		if (!cls)
			return c->bad;
		c->kind = cls->kind;
	}
	if (c->n_x < cls->x_min || c->n_x > cls->x_max)
		return err_set(c->e, ERR_FORMAT, "it reads %d layers instead of %d%s", c->n_x, cls->x_min,
		               cls->x_max > cls->x_min ? " or more" : "");
	timed = timed && !works_on_steps(cls->name, c->n_x ? k_rank(c, c->x[0]) : 0);
	int v = timed ? k_timed(c, cls) : cls->build(c);
	for (int i = c->n_x; i < c->n_all && !c->bad && v >= 0; i++)
		if (!c->used[i] && strcmp(c->arg[i]->string ? c->arg[i]->string : "", "mask") != 0)
			k_fail(c, ERR_UNSUPPORTED, "it is fed by keyword '%s', which is not supported",
			       c->arg[i]->string ? c->arg[i]->string : "");
	if (!c->bad && v >= 0) {
		bool operation = keras_operation(c->cls, c->config) == cls;
		if (!operation)
			k_unread(c, c->config);
		k_unread_arguments(c, operation);
	}
	/* The first error in the configuration is the cause of what follows. */
	return c->bad ? c->bad : v;
}

/* Constants and whole numbers, such as the shape of a value, are not analysed. */
static enum layer_kind kind_of(const struct kcall *c, int pre, int act)
{
	const struct value *p = &c->g->value[pre], *a = &c->g->value[act];
	bool numbers = p->dtype == DT_REAL && !p->constant && a->dtype == DT_REAL && !a->constant;
	return c->kind == LAYER_ANALYSED && !numbers ? LAYER_LAYOUT : c->kind;
}

/* Keras 3 before 3.4 does not hand masks on through layers that merge (keras-team/keras, pull request 19685). */
static bool forgets_masks(const struct keras_file *f)
{
	int major = 0, minor = 0;
	return sscanf(f->version, "%d.%d", &major, &minor) == 2 && major == 3 && minor < 4;
}

/* The mask of a layer's inputs. A layer that merges takes, in Keras 2, the steps that all masks count; in Keras 3,
 * those that any mask counts, and none are left out if an input has no mask (keras/src/layers/merging/base_merge.py).
 * In both, Concatenate takes the steps that all masks count. */
static int join_masks(struct kcall *c, const struct kclass *cls)
{
	bool any = c->version >= 3 && strcmp(c->cls, "Concatenate") != 0;
	if (cls->flags & K_MERGES && forgets_masks(c->f))
		return -1;
	int mask = c->n_x ? c->masks[0] : -1;
	for (int i = 1; i < c->n_x && cls->flags & K_MERGES; i++) {
		int other = c->masks[i];
		if (mask < 0 || other < 0)
			mask = any ? -1 : mask < 0 ? other : mask;
		else if (mask != other)
			mask = k_op2(c, any ? "Max" : "Mul", mask, other);
		if (mask < 0 && any)
			return -1;
	}
	return mask;
}

static int build_one(struct knet *k, struct klayer *l, struct model *m, const int *x, const int *at, const int *masks)
{
	const struct kclass *cls = keras_class_of(l->cls, l->module, l->config);
	int bad = 0;
	const struct keras_layer *w = keras_weights_of(k, l, &bad);
	bool *used = arena_alloc(k->arena, (size_t)l->n_in + 1, sizeof *used);
	struct asked asked = { .n = 0 };
	if (bad)
		return bad;
	struct kcall c = { .m = m,
		           .g = m->graph,
		           .e = k->e,
		           .f = k->f,
		           .version = version_of(k->f),
		           .name = call_name(k, l),
		           .owner = full_name(k, l->name, ""),
		           .nth = l->nth + k->nth,
		           .cls = l->cls,
		           .place = l->place,
		           .config = l->config,
		           .weights = w,
		           .x = x,
		           .n_x = l->n_pos,
		           .call = l->call,
		           .arg = l->arg,
		           .n_all = l->n_in,
		           .used = used,
		           .asked = &asked,
		           .masks = masks,
		           .mask_out = -1,
		           .pre = -1,
		           .activation = "",
		           .kind = cls->kind };
	c.mask = join_masks(&c, cls);
	for (int i = l->n_pos; i < l->n_in; i++)
		if (l->arg[i]->string && !strcmp(l->arg[i]->string, "mask")) {
			if (k_rank(&c, x[i]) != 2)
				return err_set(k->e, ERR_UNSUPPORTED,
				               "a mask of other axes than (batch, steps) is not "
				               "supported");
			c.mask = k_real(&c, x[i]);
		}
	int v = check_training(k, l, m);
	v = v ? v : build_call(&c, cls, k->timed);
	if (v < 0)
		return v;
	if (cls->flags & K_KEEPS_MASK && c.mask_out < 0)
		c.mask_out = c.mask;
	int pre = c.pre >= 0 ? c.pre : v;
	int mine = model_layer(m, c.name, l->cls, c.activation, kind_of(&c, pre, v), pre, v, l->n_in, at, k->e);
	if (mine < 0)
		return mine;
	keras_layer_facts(m, mine, l->config);
	int value[KOUT_MAX + 1] = { v }, of[KOUT_MAX + 1] = { mine };
	for (int i = 0; i < c.n_out; i++) {
		value[i + 1] = c.out[i];
		of[i + 1] = mine;
	}
	set_outputs(k, l, c.n_out + 1, value, of);
	l->mask = c.mask_out;
	return 0;
}

static int build_layer(struct knet *k, struct klayer *l, struct model *m)
{
	size_t n = (size_t)l->n_in + 1;
	int *x = xcalloc(n, sizeof *x), *at = xcalloc(n, sizeof *at), *masks = xcalloc(n, sizeof *masks), bad = 0;
	for (int i = 0; i < l->n_in; i++) {
		const struct klayer *from = &k->layer[l->in[i].layer];
		x[i] = from->value[l->in[i].tensor];
		at[i] = from->at[l->in[i].tensor];
		/* A state that the layer gives beside its series has no steps and no mask. */
		masks[i] = m->graph->value[x[i]].shape.rank > 2 ? from->mask : -1;
	}
	const cJSON *inner = json_get(l->config, "layer");
	const char *cls = json_text(inner, "class_name", "");
	if (keras_is_model(l->cls))
		bad = build_inside(k, l, m, l->cls, l->config, false, x, at);
	else if (!strcmp(l->cls, "TimeDistributed") && keras_is_model(cls))
		bad = build_inside(k, l, m, cls, json_get(inner, "config"), true, x, at);
	else
		bad = build_one(k, l, m, x, at, masks);
	free(x);
	free(at);
	free(masks);
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

/* An output of three axes is a series. Keras has its steps before its channels, unless axes were exchanged. */
static void set_series(struct model *m, int output)
{
	const struct value *v = &m->graph->value[output];
	if (v->shape.rank != 3)
		return;
	bool turned = v->axis[1] == 'T' && v->axis[2] != 'T';
	m->out_steps = v->shape.dim[turned ? 1 : 2];
	m->out_channels = v->shape.dim[turned ? 2 : 1];
	m->out_steps_first = !turned;
	m->out_steps_outer = turned;
}

static int build_net(struct knet *k, const cJSON *root, struct model *m, const struct read_options *o)
{
	const char *cls = json_text(root, "class_name", "");
	const cJSON *config = json_get(root, "config");
	int bad = keras_unsupported(cls, config, k->e), out = 0;
	if (!bad)
		bad = keras_list(k, cls, config);
	if (!bad)
		bad = out = find_head(k, o->head);
	if (bad >= 0)
		bad = keras_input(k, m, root, o);
	if (!bad)
		bad = build_layers(k, m);
	if (bad)
		return bad;
	int v = k->layer[k->output[out].layer].value[k->output[out].tensor];
	set_series(m, v);
	return model_finish(m, v, k->e);
}

struct model *keras_build(const char *file, struct keras_file *f, const struct read_options *o, struct err *e)
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
	keras_facts(m, f, root);
	if (build_net(&k, root, m, o) < 0) {
		model_free(m);
		m = NULL;
	}
	arena_release(&arena);
	cJSON_Delete(root);
	return m;
}
