#include "src/onnx/onnx_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "src/read/version.h"

enum { IO_MAX = 64, ATTRS_MAX = 48 };

/* What has been written so far. */
struct writer {
	const struct model *m;
	const struct graph *g;
	struct arena a;
	struct err *e;
	struct onnx_node *node;
	struct onnx_tensor *init;
	int n_node, node_cap, n_init, init_cap, made;
	int opset;
	int batch; /* the output's axis of the batch, whose length is left open; -1: it is one window */
	/* The output in the order of the graph, where the file has it in the order of the model's own framework; NULL:
	 * the orders are the same, or the last node has them exchanged. */
	const char *inner;
};

/* A node of core that is being turned into the form of the opset that is written. */
struct wcall {
	struct writer *w;
	const struct node *n;
	const char *op, *name;
	int n_in, n_out, n_attr;
	const char **in, **out;
	struct onnx_attr attr[ATTRS_MAX];
};

/* ---- parts ---- */

static const char *made_name(struct writer *w, const char *what)
{
	char text[64];
	do
		snprintf(text, sizeof text, "tsviz/%s_%d", what, w->made++);
	while (graph_find(w->g, text) >= 0);
	return arena_strdup(&w->a, text);
}

static const void *little(struct writer *w, const struct value *v, size_t *n)
{
	size_t count = (size_t)shape_count(&v->shape);
	*n = count * (v->dtype == DT_REAL ? sizeof(float) : sizeof(int64_t));
	unsigned char *to = arena_alloc(&w->a, *n, 1);
	for (size_t i = 0; i < count; i++) {
		uint64_t bits;
		float f = v->dtype == DT_REAL ? (float)v->r[i] : 0;
		uint32_t half;
		memcpy(&half, &f, sizeof half);
		bits = v->dtype == DT_REAL ? half : (uint64_t)v->i[i];
		for (size_t k = *n / count, b = 0; b < k; b++)
			to[i * k + b] = (unsigned char)(bits >> (8 * b));
	}
	return to;
}

static struct onnx_tensor tensor_of(struct writer *w, const char *name, const struct value *v)
{
	struct onnx_tensor t = { .name = name,
		                 .n_dim = v->shape.rank,
		                 .type = v->dtype == DT_REAL ? ONNX_FLOAT : ONNX_INT64 };
	t.dim = arena_dup(&w->a, v->shape.dim, (size_t)t.n_dim, sizeof *t.dim);
	t.raw = little(w, v, &t.n_raw);
	return t;
}

static const char *put_init(struct writer *w, const char *name, const struct value *v)
{
	if (w->n_init == w->init_cap) {
		w->init_cap = w->init_cap ? 2 * w->init_cap : 64;
		w->init = xrealloc(w->init, (size_t)w->init_cap, sizeof *w->init);
	}
	w->init[w->n_init++] = tensor_of(w, name, v);
	return name;
}

static const char *put_ints(struct writer *w, int n, const int64_t *v)
{
	struct value x = { .shape = { 1, { n } }, .dtype = DT_INT64, .i = v };
	return put_init(w, made_name(w, "shape"), &x);
}

/* Adds a constant: a number for every element of this shape, or a single one. */
static const char *put_reals(struct writer *w, const struct shape *s, double v)
{
	int64_t n = s ? shape_count(s) : 1;
	real *r = xcalloc((size_t)n, sizeof *r);
	for (int64_t i = 0; i < n; i++)
		r[i] = (real)v;
	struct value x = { .dtype = DT_REAL, .r = r };
	if (s)
		x.shape = *s;
	const char *name = put_init(w, made_name(w, "number"), &x);
	free(r);
	return name;
}

static void put_node(struct writer *w, const char *op, const char *name, int n_in, const char *const *in, int n_out,
                     const char *const *out, int n_attr, const struct onnx_attr *attr)
{
	if (w->n_node == w->node_cap) {
		w->node_cap = w->node_cap ? 2 * w->node_cap : 64;
		w->node = xrealloc(w->node, (size_t)w->node_cap, sizeof *w->node);
	}
	struct onnx_node *n = &w->node[w->n_node++];
	*n = (struct onnx_node){ .name = name, .op = op, .domain = "", .n_in = n_in, .n_out = n_out, .n_attr = n_attr };
	n->in = arena_dup(&w->a, in, (size_t)n_in, sizeof *in);
	n->out = arena_dup(&w->a, out, (size_t)n_out, sizeof *out);
	n->attr = arena_dup(&w->a, attr, (size_t)n_attr, sizeof *attr);
}

/* Adds an intermediate operator with one output. out NULL: its name is generated. Returns the name. */
static const char *step(struct wcall *c, const char *op, const char *x, const char *y, const char *out,
                        const struct onnx_attr *a)
{
	const char *in[] = { x, y };
	out = out ? out : made_name(c->w, "step");
	put_node(c->w, op, c->name, y ? 2 : 1, in, 1, &out, a ? 1 : 0, a);
	return out;
}

static struct onnx_attr attr_int_of(const char *name, int64_t i)
{
	return (struct onnx_attr){ .name = name, .type = ONNX_A_INT, .i = i };
}

static struct onnx_attr *attr_get(struct wcall *c, const char *name)
{
	for (int i = 0; i < c->n_attr; i++)
		if (!strcmp(c->attr[i].name, name))
			return &c->attr[i];
	return NULL;
}

static void attr_drop(struct wcall *c, const char *name)
{
	struct onnx_attr *a = attr_get(c, name);
	if (a)
		*a = c->attr[--c->n_attr];
}

static const struct value *in_value(const struct wcall *c, int i)
{
	return i < c->n->n_in && c->n->in[i] >= 0 ? &c->w->g->value[c->n->in[i]] : NULL;
}

static const struct value *out_value(const struct wcall *c, int i)
{
	return i < c->n->n_out && c->n->out[i] >= 0 ? &c->w->g->value[c->n->out[i]] : NULL;
}

static int cannot(struct wcall *c, const char *what)
{
	return err_set(c->w->e, ERR_UNSUPPORTED, "node '%s' (%s): opset %d knows no %s", c->name, c->op, c->w->opset,
	               what);
}

/* ---- core's newer forms as older ones: 0 continue, 1 all nodes are written, or a negative code ---- */

/* Turns the axes, which are an input from opset 18 on, into an attribute. */
static int axes_as_attribute(struct wcall *c)
{
	const struct value *axes = in_value(c, 1);
	const struct onnx_attr *noop = attr_get(c, "noop_with_empty_axes");
	if ((!axes || !shape_count(&axes->shape)) && noop && noop->i) {
		step(c, "Identity", c->in[0], NULL, c->out[0], NULL);
		return 1;
	}
	attr_drop(c, "noop_with_empty_axes");
	c->n_in = 1;
	if (!axes || !shape_count(&axes->shape))
		return 0;
	if (!axes->constant)
		return cannot(c, "axes that depend on the input");
	c->attr[c->n_attr++] = (struct onnx_attr){
		.name = "axes", .type = ONNX_A_INTS, .n = (int)shape_count(&axes->shape), .ints = axes->i
	};
	return 0;
}

/* 0.5 x (1 + erf(x / sqrt 2)), or with tanh 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), as opset 20 defines
 * Gelu. */
static int gelu(struct wcall *c)
{
	struct writer *w = c->w;
	const struct onnx_attr *a = attr_get(c, "approximate");
	const char *x = c->in[0], *y;
	if (a && !strcmp(a->s, "tanh")) {
		const char *cube = step(c, "Mul", step(c, "Mul", x, x, NULL, NULL), x, NULL, NULL);
		y = step(c, "Add", x, step(c, "Mul", cube, put_reals(w, NULL, 0.044715), NULL, NULL), NULL, NULL);
		y = step(c, "Tanh", step(c, "Mul", y, put_reals(w, NULL, 0.79788456080286535588), NULL, NULL), NULL,
		         NULL, NULL);
	} else {
		y = step(c, "Erf", step(c, "Mul", x, put_reals(w, NULL, 0.70710678118654752440), NULL, NULL), NULL,
		         NULL, NULL);
	}
	y = step(c, "Add", y, put_reals(w, NULL, 1), NULL, NULL);
	step(c, "Mul", step(c, "Mul", x, put_reals(w, NULL, 0.5), NULL, NULL), y, c->out[0], NULL);
	return 1;
}

/* x tanh(log(1 + e^x)) */
static int mish(struct wcall *c)
{
	step(c, "Mul", c->in[0], step(c, "Tanh", step(c, "Softplus", c->in[0], NULL, NULL, NULL), NULL, NULL, NULL),
	     c->out[0], NULL);
	return 1;
}

/* Writes the groups as channels of an InstanceNormalization, then one factor and one offset for each channel. */
static int group_norm(struct wcall *c)
{
	struct writer *w = c->w;
	const struct shape *x = &in_value(c, 0)->shape;
	const struct onnx_attr *g = attr_get(c, "num_groups"), *eps = attr_get(c, "epsilon");
	int64_t groups = g ? g->i : 1, each = shape_count(&in_value(c, 1)->shape), wide[RANK_MAX] = { each };
	struct shape one = { 1, { groups } };
	struct onnx_attr epsilon = { .name = "epsilon", .type = ONNX_A_FLOAT, .f = eps ? eps->f : 1e-5 };
	if (each != x->dim[1] || x->rank < 2)
		return cannot(c, "one factor a group");
	const char *y = step(c, "Reshape", c->in[0], put_ints(w, 3, (int64_t[]){ 0, groups, -1 }), NULL, NULL);
	const char *in[] = { y, put_reals(w, &one, 1), put_reals(w, &one, 0) }, *out = made_name(w, "step");
	put_node(w, "InstanceNormalization", c->name, 3, in, 1, &out, 1, &epsilon);
	int64_t back[RANK_MAX];
	memcpy(back, x->dim, sizeof back);
	back[0] = 0; /* as many windows as there are */
	y = step(c, "Reshape", out, put_ints(w, x->rank, back), NULL, NULL);
	for (int i = 1; i < RANK_MAX; i++)
		wide[i] = 1;
	const char *shape = put_ints(w, x->rank - 1, wide);
	y = step(c, "Mul", y, step(c, "Reshape", c->in[1], shape, NULL, NULL), NULL, NULL);
	step(c, "Add", y, step(c, "Reshape", c->in[2], shape, NULL, NULL), c->out[0], NULL);
	return 1;
}

/* x / sqrt(mean of x^2 over the axes from `axis` on + epsilon) * scale, as opset 23 defines RMSNormalization. */
static int rms_norm(struct wcall *c)
{
	struct writer *w = c->w;
	const struct attr *a = attr_find(c->n, "axis");
	int rank = in_value(c, 0)->shape.rank, first = (int)(a ? a->i : -1);
	int64_t axes[RANK_MAX];
	int n = 0;
	for (int i = first < 0 ? first + rank : first; i < rank; i++)
		axes[n++] = i;
	struct onnx_attr over = {
		.name = "axes", .type = ONNX_A_INTS, .n = n, .ints = arena_dup(&w->a, axes, (size_t)n, sizeof *axes)
	};
	const char *square = step(c, "Mul", c->in[0], c->in[0], NULL, NULL);
	const char *mean = w->opset < 18 ? step(c, "ReduceMean", square, NULL, NULL, &over)
	                                 : step(c, "ReduceMean", square, put_ints(w, n, axes), NULL, NULL);
	const struct onnx_attr *eps = attr_get(c, "epsilon");
	mean = step(c, "Add", mean, put_reals(w, NULL, eps ? eps->f : 1e-5), NULL, NULL);
	const char *y = step(c, "Div", c->in[0], step(c, "Sqrt", mean, NULL, NULL, NULL), NULL, NULL);
	step(c, "Mul", y, c->in[1], c->out[0], NULL);
	return 1;
}

/* Writes the lengths of the parts. A part that nobody reads still has a name. */
static int split(struct wcall *c)
{
	int64_t length[IO_MAX], axis = 0;
	const struct onnx_attr *a = attr_get(c, "axis");
	int rank = in_value(c, 0)->shape.rank;
	if (c->n_out > IO_MAX)
		return cannot(c, "so many outputs here");
	axis = a ? a->i < 0 ? a->i + rank : a->i : 0;
	attr_drop(c, "num_outputs");
	const struct value *given = in_value(c, 1);
	for (int i = 0; i < c->n_out; i++) {
		const struct value *y = out_value(c, i);
		if (!y && (!given || !given->constant))
			return cannot(c, "unread parts of equal length");
		length[i] = y ? y->shape.dim[axis] : given->i[i];
		if (!*c->out[i])
			c->out[i] = made_name(c->w, "unread");
	}
	c->in[1] = put_ints(c->w, c->n_out, length);
	c->n_in = 2;
	return 0;
}

/* Since opset 18 Pad may list only some axes; writes the padding of all. */
static int pad(struct wcall *c)
{
	const struct value *x = in_value(c, 0), *pads = in_value(c, 1), *axes = in_value(c, 3);
	if (!axes)
		return 0;
	if (!pads->constant || !axes->constant)
		return cannot(c, "axes that depend on the input");
	int64_t all[2 * RANK_MAX] = { 0 };
	int n = (int)shape_count(&axes->shape), rank = x->shape.rank;
	for (int i = 0; i < n; i++) {
		int64_t k = axes->i[i] < 0 ? axes->i[i] + rank : axes->i[i];
		all[k] = pads->i[i];
		all[rank + k] = pads->i[n + i];
	}
	c->in[1] = put_ints(c->w, 2 * rank, all);
	c->n_in = *c->in[2] ? 3 : 2;
	return 0;
}

static int64_t attr_at(struct wcall *c, const char *name, int i)
{
	const struct onnx_attr *a = attr_get(c, name);
	return a && i < a->n ? a->ints[i] : 1;
}

/* Writes the padding that `auto_pad` means as numbers, because onnxruntime does not work it out for kernels with
 * dilation. With SAME_UPPER the odd one is at the end. */
static int same_pads(struct wcall *c)
{
	struct onnx_attr *mode = attr_get(c, "auto_pad"), *kernel = attr_get(c, "kernel_shape");
	const struct shape *x = &in_value(c, 0)->shape, *y = &out_value(c, 0)->shape;
	int n = x->rank - 2;
	if (!mode || strncmp(mode->s, "SAME", 4) != 0)
		return 0;
	bool upper = !strcmp(mode->s, "SAME_UPPER");
	int64_t *pads = arena_alloc(&c->w->a, 2 * (size_t)n, sizeof *pads);
	for (int i = 0; i < n; i++) {
		int64_t k = kernel ? kernel->ints[i] : in_value(c, 1)->shape.dim[i + 2];
		int64_t all = (y->dim[i + 2] - 1) * attr_at(c, "strides", i) + (k - 1) * attr_at(c, "dilations", i) +
		              1 - x->dim[i + 2];
		all = all > 0 ? all : 0;
		pads[i] = upper ? all / 2 : all - all / 2;
		pads[n + i] = all - pads[i];
	}
	*mode = (struct onnx_attr){ .name = "pads", .type = ONNX_A_INTS, .n = 2 * n, .ints = pads };
	return 0;
}

static int average_pool(struct wcall *c)
{
	same_pads(c);
	attr_drop(c, "dilations"); /* all are 1 */
	return 0;
}

/* Turns scales or roi of some axes into those of all axes; `other` is for the axes that stay. */
static const char *all_axes(struct wcall *c, int k, int per_axis, double other)
{
	const struct value *v = in_value(c, k);
	const struct onnx_attr *axes = attr_get(c, "axes");
	int rank = in_value(c, 0)->shape.rank;
	real all[2 * RANK_MAX];
	if (!v || !shape_count(&v->shape))
		return "";
	for (int i = 0; i < per_axis * rank; i++)
		all[i] = (real)(i < rank && per_axis == 2 ? 0 : other);
	for (int i = 0; i < axes->n; i++)
		for (int part = 0; part < per_axis; part++) {
			int64_t at = axes->ints[i] < 0 ? axes->ints[i] + rank : axes->ints[i];
			all[part * rank + at] = v->r[part * axes->n + i];
		}
	struct value x = { .shape = { 1, { per_axis * rank } }, .dtype = DT_REAL, .r = all };
	return put_init(c->w, made_name(c->w, "number"), &x);
}

static int resize(struct wcall *c)
{
	static const char *const newer[] = { "axes", "antialias", "keep_aspect_ratio_policy" };
	if (attr_get(c, "axes")) {
		c->in[1] = all_axes(c, 1, 2, 1);
		c->in[2] = all_axes(c, 2, 1, 1);
		c->n_in = 3;
	}
	for (int i = 0; i < 3; i++)
		attr_drop(c, newer[i]);
	return 0;
}

/* An output that nobody reads has a name where the operator must have all of its outputs. */
static int all_outputs(struct wcall *c)
{
	if (c->n_out < c->n->op->out_max) {
		const char **out = arena_alloc(&c->w->a, (size_t)c->n->op->out_max, sizeof *out);
		memcpy(out, c->out, (size_t)c->n_out * sizeof *out);
		c->out = out;
		c->n_out = c->n->op->out_max;
	}
	for (int i = 0; i < c->n_out; i++)
		if (!c->out[i] || !*c->out[i])
			c->out[i] = made_name(c->w, "unread");
	return 0;
}

/* Splits a text with commas into a list. */
static int recurrent(struct wcall *c)
{
	struct onnx_attr *a = attr_get(c, "activations");
	if (!a)
		return 0;
	char *s = arena_strdup(&c->w->a, a->s);
	const char **list = arena_alloc(&c->w->a, 8, sizeof *list);
	a->type = ONNX_A_STRINGS;
	a->strings = list;
	for (a->n = 0; s && a->n < 8;)
		list[a->n++] = strsep(&s, ",");
	return 0;
}

static int dropout(struct wcall *c)
{
	c->n_in = 1;
	c->n_attr = 0;
	return 0;
}

static int constant_of_shape(struct wcall *c)
{
	struct onnx_attr *a = attr_get(c, "value");
	if (!a)
		return 0;
	real r = (real)a->f;
	struct value v = {
		.shape = { 1, { 1 } }, .dtype = a->type == ONNX_A_INT ? DT_INT64 : DT_REAL, .r = &r, .i = &a->i
	};
	struct onnx_tensor t = tensor_of(c->w, "", &v);
	*a = (struct onnx_attr){ .name = "value", .type = ONNX_A_TENSOR, .t = arena_dup(&c->w->a, &t, 1, sizeof t) };
	return 0;
}

/* ---- truth values: core uses 0 and 1, ONNX has a type for them ---- */

static const char *to_type(struct wcall *c, const char *x, int type, const char *out)
{
	struct onnx_attr to = attr_int_of("to", type);
	return step(c, "Cast", x, NULL, out, &to);
}

static int truths_in(struct wcall *c)
{
	for (int i = 0; i < c->n_in; i++)
		c->in[i] = to_type(c, c->in[i], ONNX_BOOL, NULL);
	return 0;
}

static int condition_in(struct wcall *c)
{
	c->in[0] = to_type(c, c->in[0], ONNX_BOOL, NULL);
	return 0;
}

static int cast(struct wcall *c)
{
	struct onnx_attr *to = attr_get(c, "to");
	attr_drop(c, "saturate");
	if (to && to->i != ONNX_BOOL)
		to->i = out_value(c, 0)->dtype == DT_REAL ? ONNX_FLOAT : ONNX_INT64;
	return 0;
}

static bool gives_truths(struct wcall *c)
{
	static const char *const ops[] = { "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And",
		                           "Or",    "Xor",  "Not",         "IsNaN",   "IsInf" };
	const struct onnx_attr *to = attr_get(c, "to");
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (!strcmp(ops[i], c->op))
			return true;
	return !strcmp(c->op, "Cast") && to && to->i == ONNX_BOOL;
}

/* Casts to the type of another tensor, which is known here. */
static int cast_like(struct wcall *c)
{
	to_type(c, c->in[0], out_value(c, 0)->dtype == DT_REAL ? ONNX_FLOAT : ONNX_INT64, c->out[0]);
	return 1;
}

/* ---- the opset that a node needs ---- */

static int need_pad(const struct node *n)
{
	return strcmp(attr_string(n, "mode", "constant"), "wrap") ? 0 : 19;
}

static int need_average_pool(const struct node *n)
{
	const struct attr *d = attr_find(n, "dilations");
	for (int i = 0; d && d->type == ATTR_INTS && i < d->n; i++)
		if (d->ints[i] != 1)
			return 19;
	return 0;
}

static int need_resize(const struct node *n)
{
	bool symmetric = !strcmp(attr_string(n, "coordinate_transformation_mode", ""), "half_pixel_symmetric");
	bool keeps = strcmp(attr_string(n, "keep_aspect_ratio_policy", "stretch"), "stretch") != 0;
	/* sizes of all axes would fix the batch */
	bool sizes = attr_find(n, "axes") && n->n_in > 3 && n->in[3] >= 0;
	return symmetric ? 19 : keeps || sizes || attr_int(n, "antialias", 0) ? 18 : 0;
}

static int need_scatter(const struct node *n)
{
	const char *how = attr_string(n, "reduction", "none");
	return !strcmp(how, "max") || !strcmp(how, "min") ? 18 : 0;
}

static const struct {
	const char *op;
	int (*need)(const struct node *n);
} needs[] = {
	{ "Pad", need_pad },           { "AveragePool", need_average_pool }, { "Resize", need_resize },
	{ "ScatterND", need_scatter }, { "ScatterElements", need_scatter },
};

static int opset_of(const struct graph *g)
{
	int most = ONNX_WRITE_OPSET;
	for (int i = 0; i < g->n_node; i++)
		for (size_t k = 0; k < sizeof needs / sizeof *needs; k++)
			if (!strcmp(needs[k].op, g->node[i].op->name) && needs[k].need(&g->node[i]) > most)
				most = ONNX_WRITE_NEWER;
	return most;
}

/* A change is made up to the opset `to`; newer ones have core's form. */
enum { ALWAYS = 99 };
static const struct {
	const char *op;
	int (*change)(struct wcall *c);
	int to;
} changes[] = {
	{ "ReduceMean", axes_as_attribute, 17 },
	{ "ReduceMax", axes_as_attribute, 17 },
	{ "ReduceMin", axes_as_attribute, 17 },
	{ "ReduceProd", axes_as_attribute, 17 },
	{ "ReduceL1", axes_as_attribute, 17 },
	{ "ReduceL2", axes_as_attribute, 17 },
	{ "ReduceSumSquare", axes_as_attribute, 17 },
	{ "ReduceLogSum", axes_as_attribute, 17 },
	{ "ReduceLogSumExp", axes_as_attribute, 17 },
	{ "Gelu", gelu, ALWAYS },
	{ "Mish", mish, ALWAYS },
	{ "GroupNormalization", group_norm, ALWAYS },
	{ "RMSNormalization", rms_norm, ALWAYS },
	{ "Split", split, ALWAYS },
	{ "Pad", pad, 17 },
	{ "AveragePool", average_pool, 18 },
	{ "AveragePool", same_pads, ALWAYS },
	{ "MaxPool", same_pads, ALWAYS },
	{ "Conv", same_pads, ALWAYS },
	{ "Resize", resize, 17 },
	{ "TopK", all_outputs, ALWAYS },
	{ "LSTM", recurrent, ALWAYS },
	{ "GRU", recurrent, ALWAYS },
	{ "RNN", recurrent, ALWAYS },
	{ "Dropout", dropout, ALWAYS },
	{ "ConstantOfShape", constant_of_shape, ALWAYS },
	{ "And", truths_in, ALWAYS },
	{ "Or", truths_in, ALWAYS },
	{ "Xor", truths_in, ALWAYS },
	{ "Not", truths_in, ALWAYS },
	{ "Where", condition_in, ALWAYS },
	{ "Cast", cast, ALWAYS },
	{ "CastLike", cast_like, ALWAYS },
};

/* ---- nodes ---- */

static struct onnx_attr attribute(const struct attr *a)
{
	static const int types[] = { ONNX_A_INT, ONNX_A_FLOAT, ONNX_A_STRING, ONNX_A_INTS, ONNX_A_FLOATS };
	return (struct onnx_attr){ .name = a->name,
		                   .type = types[a->type],
		                   .i = a->i,
		                   .f = a->f,
		                   .s = a->s,
		                   .n = a->n,
		                   .ints = a->ints,
		                   .floats = a->floats };
}

static const char *name_of(const struct writer *w, int value)
{
	if (w->inner && value == w->m->output)
		return w->inner;
	return value < 0 ? "" : w->g->value[value].name;
}

static const char *name_of_input(struct writer *w, const struct node *n, int k)
{
	struct batch_input c;
	if (w->batch < 0 || !onnx_batch_input(w->g, n, k, &c))
		return name_of(w, n->in[k]);
	return c.gone ? "" : put_ints(w, c.n, c.dim);
}

static int write_node(struct writer *w, const struct node *n)
{
	struct wcall c = { .w = w,
		           .n = n,
		           .op = n->op->name,
		           .name = n->name,
		           .n_in = n->n_in,
		           .n_out = n->n_out,
		           .n_attr = n->n_attr };
	if (n->n_attr > ATTRS_MAX - 4)
		return err_set(w->e, ERR_LIMIT, "node '%s' has %d attributes", n->name, n->n_attr);
	c.in = arena_alloc(&w->a, (size_t)n->n_in + 4, sizeof *c.in);
	c.out = arena_alloc(&w->a, (size_t)n->n_out, sizeof *c.out);
	for (int i = 0; i < n->n_in + 4; i++)
		c.in[i] = i < n->n_in ? name_of_input(w, n, i) : "";
	for (int i = 0; i < n->n_out; i++)
		c.out[i] = name_of(w, n->out[i]);
	for (int i = 0; i < n->n_attr; i++)
		c.attr[i] = attribute(&n->attr[i]);
	int done = 0;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (!done && !strcmp(changes[i].op, c.op) && w->opset <= changes[i].to)
			done = changes[i].change(&c);
	if (done)
		return done < 0 ? done : 0;
	const char *out = c.out[0];
	bool truths = gives_truths(&c);
	if (truths)
		c.out[0] = made_name(w, "truth");
	put_node(w, c.op, c.name, c.n_in, c.in, c.n_out, c.out, c.n_attr, c.attr);
	if (truths)
		to_type(&c, c.out[0], ONNX_INT64, out);
	return 0;
}

/* ---- the order of the output ---- */

/* The graph has an output (1,C,T) that the model's own framework has as (1,T,C). */
static bool output_turned(const struct model *m)
{
	return m->out_steps && !m->out_flat && m->out_steps_first != m->out_steps_outer &&
	       m->graph->value[m->output].shape.rank == 3;
}

static void put_transpose(struct writer *w, const char *from, const char *to)
{
	static const int64_t perm[] = { 0, 2, 1 };
	struct onnx_attr a = { .name = "perm", .type = ONNX_A_INTS, .n = 3, .ints = perm };
	put_node(w, "Transpose", made_name(w, "order"), 1, &from, 1, &to, 1, &a);
}

static bool is_read(const struct graph *g, int value)
{
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] == value)
				return true;
	return false;
}

/* If the last node makes probabilities of the output's shape, its input is turned and not its output. So a reader finds
 * the probabilities at the end. */
static bool write_turned_head(struct writer *w, const struct node *n)
{
	const struct model *m = w->m;
	if (n->op->link == LINK_NONE || n->out[0] != m->output || n->n_in != 1 || is_read(w->g, m->output) ||
	    !shape_equal(&w->g->value[n->in[0]].shape, &w->g->value[m->output].shape))
		return false;
	struct onnx_attr axis = attr_int_of("axis", n->op->link == LINK_LOGISTIC ? 0 : -1);
	for (int i = 0; i < n->n_attr; i++)
		if (!strcmp(n->attr[i].name, "axis")) {
			int64_t was = n->attr[i].i + (n->attr[i].i < 0 ? 3 : 0);
			axis.i = was == 1 ? 2 : was == 2 ? 1 : was;
		}
	const char *in = made_name(w, "order"), *out = w->g->value[m->output].name;
	if (axis.i == -1)
		axis.i = 1; /* the last axis of the graph is the first but one of the file */
	put_transpose(w, name_of(w, n->in[0]), in);
	put_node(w, n->op->name, n->name, 1, &in, 1, &out, n->op->link == LINK_LOGISTIC ? 0 : 1, &axis);
	w->inner = NULL;
	return true;
}

static int write_nodes(struct writer *w)
{
	const struct graph *g = w->g;
	bool turned = output_turned(w->m), done = false;
	int bad = 0;
	w->inner = turned ? made_name(w, "order") : NULL;
	for (int i = 0; i < g->n_node && !bad; i++)
		if (turned && write_turned_head(w, &g->node[i]))
			done = true;
		else
			bad = write_node(w, &g->node[i]);
	if (turned && !done)
		put_transpose(w, w->inner, g->value[w->m->output].name);
	return bad;
}

/* The output as the file has it. */
static struct onnx_value output_value(struct writer *w, struct onnx_value v)
{
	if (output_turned(w->m)) {
		const int64_t dim[] = { v.dim[0], v.dim[2], v.dim[1] };
		v.dim = arena_dup(&w->a, dim, 3, sizeof *dim);
	}
	return v;
}

static void write_constants(struct writer *w)
{
	const struct graph *g = w->g;
	struct batch_input c;
	bool *used = xcalloc((size_t)g->n_value + 1, sizeof *used);
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] >= 0 && (w->batch < 0 || !onnx_batch_input(g, &g->node[i], k, &c)))
				used[g->node[i].in[k]] = true;
	for (int i = 0; i < g->n_value; i++)
		if (used[i] && g->value[i].constant)
			put_init(w, g->value[i].name, &g->value[i]);
	free(used);
}

static int by_name(const void *a, const void *b)
{
	const struct onnx_node *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);
	return order ? order : (*x > *y) - (*x < *y);
}

/* All nodes of a layer have the layer's name, but onnxruntime requires unique names. The first node keeps it, the
 * others get suffixes: "conv1d", "conv1d/Relu_1". */
static void name_nodes(struct writer *w)
{
	struct onnx_node **sorted = xcalloc((size_t)w->n_node + 1, sizeof *sorted);
	for (int i = 0; i < w->n_node; i++)
		sorted[i] = &w->node[i];
	qsort(sorted, (size_t)w->n_node, sizeof *sorted, by_name);
	const char *last = NULL;
	for (int i = 0, nth = 0; i < w->n_node; i++) {
		const char *name = sorted[i]->name;
		nth = last && !strcmp(last, name) ? nth + 1 : 0;
		last = name;
		if (!nth || !*name)
			continue;
		char *text = xasprintf("%s/%s_%d", name, sorted[i]->op, nth);
		sorted[i]->name = arena_strdup(&w->a, text);
		free(text);
	}
	free(sorted);
}

/* axis: whose length is left open; -1: none */
static struct onnx_value value_of(struct writer *w, int value, int axis)
{
	const struct value *v = &w->g->value[value];
	int64_t *dim = arena_dup(&w->a, v->shape.dim, (size_t)v->shape.rank, sizeof *dim);
	if (axis >= 0)
		dim[axis] = -1;
	return (struct onnx_value){ .name = v->name,
		                    .type = v->dtype == DT_REAL ? ONNX_FLOAT : ONNX_INT64,
		                    .rank = v->shape.rank,
		                    .dim = dim };
}

int onnx_write(const struct model *m, FILE *f, struct err *e)
{
	if (m->n_unsupported)
		return err_set(e, ERR_UNSUPPORTED, "a model with unsupported layers cannot be written");
	struct writer w = { .m = m, .g = m->graph, .e = e, .opset = opset_of(m->graph), .batch = onnx_batch_axis(m) };
	struct onnx_value *in = arena_alloc(&w.a, (size_t)m->graph->n_input, sizeof *in),
	                  out = value_of(&w, m->output, w.batch);
	int bad;
	for (int i = 0; i < m->graph->n_input; i++)
		in[i] = value_of(&w, m->graph->input[i], w.batch < 0 ? -1 : (int)(strchr(m->layout, 'N') - m->layout));
	write_constants(&w);
	out = output_value(&w, out);
	bad = write_nodes(&w);
	name_nodes(&w);
	struct onnx_graph g = { .name = m->file,
		                .n_node = w.n_node,
		                .n_init = w.n_init,
		                .n_in = m->graph->n_input,
		                .n_out = 1,
		                .node = w.node,
		                .init = w.init,
		                .in = in,
		                .out = &out };
	struct onnx_file file = { .ir = w.opset > ONNX_WRITE_OPSET ? ONNX_WRITE_NEWER_IR : ONNX_WRITE_IR,
		                  .opset = w.opset,
		                  .producer = "tsviz",
		                  .producer_version = TSVIZ_VERSION,
		                  .graph = &g };
	onnx_meta_write(m, &w.a, &file);
	if (!bad)
		bad = onnx_pack(&file, f, e);
	free(w.node);
	free(w.init);
	arena_release(&w.a);
	return bad;
}
