/* The temporal convolutional network of the package keras-tcn: blocks of convolutions that its configuration describes
 * (tcn/tcn.py). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

struct tcn {
	int64_t dilation;
	const char *padding;
	bool batch, layer; /* the kind of normalisation behind each convolution */
	bool weight;       /* the kernels are normalised */
};

/* Whether the last part of an array's name is `what`: ".../what" or ".../what:0". */
static bool is_called(const char *name, const char *what)
{
	const char *end = strrchr(name, '/');
	size_t n = strlen(what);
	end = end ? end + 1 : name;
	return !strncmp(end, what, n) && (!end[n] || end[n] == ':');
}

/* The n arrays of a part of a block. In a .keras file they are those of the path. In an .h5 file their names begin with
 * the part and end with `what`; the nth ones of these names count. */
static const struct keras_layer *tcn_part(struct kcall *c, const char *part, const char *path, int n,
                                          const char *const *what, int nth)
{
	char place[160];
	struct keras_layer *l = arena_alloc(&c->f->arena, 1, sizeof *l);
	*l = (struct keras_layer){ part, 0, arena_alloc(&c->f->arena, (size_t)n, sizeof *l->w) };
	if (c->f->tree) {
		size_t at = 0;
		for (; *path && at + 2 < sizeof place; path++)
			place[at++] = *path == '/' && c->f->joint ? *c->f->joint : *path;
		place[at] = '\0';
		const struct keras_layer *found = k_part(c, place);
		if (!found || found->n < n)
			k_fail(c, ERR_FORMAT, "its weights '%s' are not in the file", place);
		return c->bad ? NULL : found;
	}
	for (int a = 0; a < n && c->weights; a++)
		for (int i = 0, seen = 0; i < c->weights->n && l->n == a; i++)
			if (strstr(c->weights->w[i].name, part) && is_called(c->weights->w[i].name, what[a]) &&
			    seen++ == nth)
				l->w[l->n++] = c->weights->w[i];
	if (l->n != n)
		k_fail(c, ERR_FORMAT, "its weights '%s%s' are not in the file", part, what[l->n]);
	return c->bad ? NULL : l;
}

/* A convolution whose kernel is v / |v| * g for each filter (WeightNormalization of TensorFlow Addons). */
static void normalise(struct kcall *c, struct keras_weight *v, const struct keras_weight *g)
{
	int64_t out = v->shape.dim[v->shape.rank - 1], rows = shape_count(&v->shape) / out;
	if (shape_count(&g->shape) != out) {
		k_fail(c, ERR_FORMAT, "its g has %lld numbers instead of %lld", (long long)shape_count(&g->shape),
		       (long long)out);
		return;
	}
	float *to = arena_alloc(&c->f->arena, (size_t)(rows * out), sizeof *to);
	for (int64_t o = 0; o < out; o++) {
		double square = 0;
		for (int64_t i = 0; i < rows; i++)
			square += (double)v->data[i * out + o] * v->data[i * out + o];
		for (int64_t i = 0; i < rows; i++)
			to[i * out + o] = (float)(v->data[i * out + o] / sqrt(fmax(square, 1e-12)) * g->data[o]);
	}
	v->data = to;
}

static const struct keras_layer *conv_part(struct kcall *c, int block, const char *name, bool weight_norm)
{
	static const char *const what[] = { "kernel", "bias", "g" };
	char part[96];
	snprintf(part, sizeof part, "residual_block_%d/%s/", block, name);
	char path[96];
	snprintf(path, sizeof path, "residual_block_%d/%s", block, name);
	const struct keras_layer *l = tcn_part(c, part, path, weight_norm ? 3 : 2, what, 0);
	if (l && weight_norm && !c->bad)
		normalise(c, &l->w[0], &l->w[2]);
	return c->bad ? NULL : l;
}

static int tcn_conv(struct kcall *c, const struct keras_layer *l, const char *name, int x, int64_t dilation,
                    const char *padding)
{
	struct kcall sub = *c;
	char owner[2 * NAME_MAX_BYTES];
	if (c->bad || !l)
		return c->bad ? c->bad : k_fail(c, ERR_FORMAT, "its weights '%s' are not in the file", name);
	snprintf(owner, sizeof owner, "%.*s/%s", NAME_MAX_BYTES, c->owner, name);
	cJSON *config = cJSON_CreateObject();
	cJSON_AddStringToObject(config, "padding", padding);
	cJSON_AddNumberToObject(config, "dilation_rate", (double)dilation);
	sub.cls = "Conv1D";
	sub.owner = owner;
	sub.config = config;
	sub.weights = l;
	sub.x = &x;
	int y = keras_class("Conv1D")->build(&sub);
	cJSON_Delete(config);
	c->bad = c->bad ? c->bad : sub.bad;
	return y;
}

/* The normalisation behind a convolution, which keras-tcn builds with Keras' defaults. */
static int tcn_norm(struct kcall *c, const struct tcn *t, int block, int nth, int x)
{
	static const char *const what[] = { "gamma", "beta", "moving_mean", "moving_variance" };
	const char *kind = t->batch ? "batch_norm" : "layer_norm";
	char part[64], path[128], owner[2 * NAME_MAX_BYTES];
	if ((!t->batch && !t->layer) || c->bad)
		return c->bad ? c->bad : x;
	snprintf(part, sizeof part, "residual_block_%d/", block);
	snprintf(path, sizeof path, "residual_block_%d/%s_layers/%salization%s", block, kind, kind, nth ? "_1" : "");
	const struct keras_layer *l = tcn_part(c, part, path, t->batch ? 4 : 2, what, nth);
	if (!l)
		return c->bad;
	struct kcall sub = *c;
	snprintf(owner, sizeof owner, "%.*s/block_%d/%salization_%d", NAME_MAX_BYTES, c->owner, block, kind, nth);
	cJSON *config = cJSON_CreateObject();
	sub.cls = t->batch ? "BatchNormalization" : "LayerNormalization";
	sub.owner = owner;
	sub.config = config;
	sub.weights = l;
	sub.x = &x;
	int y = keras_class(sub.cls)->build(&sub);
	cJSON_Delete(config);
	c->bad = c->bad ? c->bad : sub.bad;
	return y;
}

static int tcn_activate(struct kcall *c, int x)
{
	const char *name = c->activation;
	int pre = c->pre, y = k_activate(c, x);
	c->pre = pre;
	c->activation = name;
	return y;
}

/* Two dilated convolutions, each with normalisation and activation; the block's input is added, through a convolution
 * of one step if the number of filters changes (tcn/tcn.py, ResidualBlock). Returns the output; *skip is what comes
 * before the addition. */
static int tcn_block(struct kcall *c, struct tcn *t, int block, int x, int *skip)
{
	int y = x;
	char name[64];
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "conv1D_%d", i);
		const struct keras_layer *l = conv_part(c, block, name, t->weight);
		snprintf(name, sizeof name, "residual_block_%d/conv1D_%d", block, i);
		y = tcn_conv(c, l, name, y, t->dilation, t->padding);
		y = tcn_activate(c, tcn_norm(c, t, block, i, y));
	}
	/* Act_Conv_Blocks is one activation more. */
	y = tcn_activate(c, y);
	*skip = y;
	if (c->bad || y < 0)
		return c->bad ? c->bad : y;
	if (k_dim(c, x, 1) != k_dim(c, y, 1)) {
		snprintf(name, sizeof name, "residual_block_%d/matching_conv1D", block);
		x = tcn_conv(c, conv_part(c, block, "matching_conv1D", false), name, x, 1, "same");
	}
	return tcn_activate(c, k_op2(c, "Add", x, y));
}

static int build_tcn(struct kcall *c)
{
	const cJSON *dilations = k_get(c, "dilations", NULL), *v;
	int64_t stacks = k_int(c, "nb_stacks", NULL, 1, 1, 1000);
	struct tcn t = { .padding = k_text(c, "padding", NULL, "causal"),
		         .batch = k_bool(c, "use_batch_norm", false),
		         .layer = k_bool(c, "use_layer_norm", false),
		         .weight = k_bool(c, "use_weight_norm", false) };
	int x = c->x[0], block = 0, sum = -1;
	if (k_rank(c, x) != 3)
		return k_fail(c, ERR_UNSUPPORTED, "it reads a series; an input of rank %d is not supported",
		              k_rank(c, x));
	k_ask(c, "kernel_size");
	k_ask(c, "return_state");
	k_ask(c, "nb_filters"); /* the kernels tell it */
	if (t.weight && c->f->tree)
		return k_fail(c, ERR_UNSUPPORTED, "use_weight_norm is not supported in a .keras file");
	if (t.batch + t.layer + t.weight > 1)
		return k_fail(c, ERR_FORMAT, "it names more than one normalisation");
	if (k_bool(c, "go_backwards", false))
		x = k_flip(c, x);
	/* Before version 3 of keras-tcn the network began with a convolution of its own. */
	for (int i = 0; c->weights && i < c->weights->n; i++)
		if (strstr(c->weights->w[i].name, "main_conv1D"))
			return k_fail(c, ERR_UNSUPPORTED, "a TCN of keras-tcn before version 3 is not supported");
	for (int64_t s = 0; s < stacks; s++)
		cJSON_ArrayForEach(v, dilations)
		{
			int skip;
			if (!json_whole(v, &t.dilation) || t.dilation < 1 || t.dilation > COUNT_MAX)
				return k_fail(c, ERR_FORMAT, "dilations is not a list of whole numbers");
			x = tcn_block(c, &t, block++, x, &skip);
			if (x < 0 || c->bad)
				return c->bad ? c->bad : x;
			sum = sum < 0 ? skip : k_op2(c, "Add", sum, skip);
		}
	if (k_bool(c, "use_skip_connections", true) && sum >= 0)
		x = sum;
	if (k_bool(c, "return_sequences", false))
		return x;
	/* The last step; with padding `same` that in the middle, which sees the whole window. */
	int64_t T = k_dim(c, x, 2), at = !strcmp(t.padding, "same") ? T / 2 : T - 1, end = at + 1, axis = 2;
	int in[] = { x, k_ints(c, 1, &at), k_ints(c, 1, &end), k_ints(c, 1, &axis) };
	return k_op2(c, "Squeeze", k_op(c, "Slice", 4, in, 0, NULL), k_ints(c, 1, &axis));
}

const struct kclass keras_tcn_classes[] = {
	{ "TCN", build_tcn, LAYER_ANALYSED, 1, 1, 0 },
	{ 0 },
};
