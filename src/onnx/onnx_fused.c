/* Operators that stand for several others: those that onnxruntime's optimiser writes (domain com.microsoft) and newer
 * ones of ONNX. Each is replaced by the others before the graph is built, so that its parts become the same layers as
 * in a file that has them apart, and core needs no row for it. Sources: onnxruntime's docs/ContribOperators.md, ONNX's
 * docs/Operators.md. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/onnx/onnx.h"

/* All parts have the form of this opset. */
enum { PARTS_OPSET = 23, ATTRS_MAX = 8 };

struct lowering {
	struct arena *a;
	const struct onnx_node *n;
	const char *prefix; /* of the names of tensors between the parts */
	struct onnx_parts *to;
	bool apart; /* the parts were layers of their own, so they are named by their operators and weights */
};

/* ---- what the operator says ---- */

static const struct onnx_attr *attr_of(const struct lowering *w, const char *name)
{
	for (int i = 0; i < w->n->n_attr; i++)
		if (!strcmp(w->n->attr[i].name, name))
			return &w->n->attr[i];
	return NULL;
}

static double real_of(const struct lowering *w, const char *name, double fallback)
{
	const struct onnx_attr *a = attr_of(w, name);
	return a && a->type == ONNX_A_FLOAT ? a->f : fallback;
}

static int64_t int_of(const struct lowering *w, const char *name, int64_t fallback)
{
	const struct onnx_attr *a = attr_of(w, name);
	return a && a->type == ONNX_A_INT ? a->i : fallback;
}

static bool has(const struct lowering *w, int k)
{
	return k < w->n->n_in && *w->n->in[k];
}

static const char *in(const struct lowering *w, int k)
{
	return k < w->n->n_in ? w->n->in[k] : "";
}

static bool wanted(const struct lowering *w, int k)
{
	return k < w->n->n_out && *w->n->out[k];
}

static void refuse(struct lowering *w, const char *why)
{
	if (!w->to->why)
		w->to->why = why;
}

/* ---- its parts ---- */

static const char *new_tensor(struct lowering *w)
{
	char *s = xasprintf("%s%d", w->prefix, w->to->tensors++);
	const char *own = arena_strdup(w->a, s);
	w->to->bytes += (int64_t)strlen(s);
	free(s);
	return own;
}

/* Adds a part whose outputs are `out`. */
static void put_all(struct lowering *w, const char *op, int n_in, const char *const *from, int n_out,
                    const char *const *out)
{
	if (w->to->n == ONNX_PARTS_MAX) {
		refuse(w, "it has too many parts");
		return;
	}
	struct onnx_node *p = &w->to->node[w->to->n++];
	*p = (struct onnx_node){ .op = op, .domain = "", .overload = "", .opset = PARTS_OPSET };
	p->part = true;
	p->name = w->apart ? op : w->n->name;
	p->n_in = n_in;
	p->in = arena_dup(w->a, from, (size_t)n_in, sizeof *from);
	p->n_out = n_out;
	p->out = arena_dup(w->a, out, (size_t)n_out, sizeof *out);
	p->attr = arena_alloc(w->a, ATTRS_MAX + (size_t)w->n->n_attr, sizeof *p->attr);
}

/* Adds a part with one output. out NULL: a new tensor. Returns the output. */
static const char *put(struct lowering *w, const char *op, const char *out, int n_in, const char *const *from)
{
	out = out && *out ? out : new_tensor(w);
	put_all(w, op, n_in, from, 1, &out);
	return out;
}

#define PUT1(w, op, out, a) put(w, op, out, 1, (const char *const[]){ a })
#define PUT2(w, op, out, a, b) put(w, op, out, 2, (const char *const[]){ a, b })
#define PUT3(w, op, out, a, b, c) put(w, op, out, 3, (const char *const[]){ a, b, c })

/* Give the last part an attribute. */
static void with(struct lowering *w, struct onnx_attr a)
{
	if (!w->to->n || w->to->why)
		return;
	struct onnx_node *p = &w->to->node[w->to->n - 1];
	struct onnx_attr *list = (struct onnx_attr *)p->attr;
	list[p->n_attr++] = a;
}

static void with_int(struct lowering *w, const char *name, int64_t i)
{
	with(w, (struct onnx_attr){ .name = name, .type = ONNX_A_INT, .i = i });
}

static void with_real(struct lowering *w, const char *name, double f)
{
	with(w, (struct onnx_attr){ .name = name, .type = ONNX_A_FLOAT, .f = f });
}

static void with_ints(struct lowering *w, const char *name, int n, const int64_t *v)
{
	const int64_t *own = arena_dup(w->a, v, (size_t)n, sizeof *v);
	with(w, (struct onnx_attr){ .name = name, .type = ONNX_A_INTS, .n = n, .ints = own });
}

static const char *real_const(struct lowering *w, double v)
{
	const char *out = put(w, "Constant", NULL, 0, NULL);
	with_real(w, "value_float", v);
	return out;
}

static const char *ints_const(struct lowering *w, int n, const int64_t *v)
{
	const char *out = put(w, "Constant", NULL, 0, NULL);
	with_ints(w, "value_ints", n, v);
	return out;
}

static const char *transpose(struct lowering *w, const char *x, const char *out, int64_t a, int64_t b, int64_t c,
                             int64_t d)
{
	out = PUT1(w, "Transpose", out, x);
	with_ints(w, "perm", 4, (const int64_t[]){ a, b, c, d });
	return out;
}

/* Returns x + input k, or x if that is left out. */
static const char *plus_input(struct lowering *w, const char *x, int k)
{
	return has(w, k) ? PUT2(w, "Add", NULL, x, in(w, k)) : x;
}

/* ---- convolution and products with an activation ---- */

/* The parameters of activations in the order in which FusedConv lists them. */
static const struct {
	const char *op, *param[2];
} activations[] = {
	{ "Relu", { NULL } },
	{ "Sigmoid", { NULL } },
	{ "Tanh", { NULL } },
	{ "Softplus", { NULL } },
	{ "Softsign", { NULL } },
	{ "LeakyRelu", { "alpha" } },
	{ "Elu", { "alpha" } },
	{ "ThresholdedRelu", { "alpha" } },
	{ "HardSigmoid", { "alpha", "beta" } },
	{ "Selu", { "alpha", "gamma" } },
	{ "Clip", { "min", "max" } },
};

/* Applies the activation that the attribute names to x. Its parameters are a list, or attributes with their names. */
static void activate(struct lowering *w, const char *x)
{
	const struct onnx_attr *name = attr_of(w, "activation"), *list = attr_of(w, "activation_params");
	const char *op = name && name->type == ONNX_A_STRING ? name->s : "", *out = w->n->out[0];
	size_t k = 0, n = sizeof activations / sizeof *activations;
	while (k < n && strcmp(activations[k].op, op) != 0)
		k++;
	if (k == n) {
		refuse(w, "its activation is not supported");
		return;
	}
	const char *bound[2] = { "", "" };
	struct onnx_attr own[2] = { 0 };
	for (int i = 0; i < 2 && activations[k].param[i]; i++) {
		char *text = xasprintf("activation_%s", activations[k].param[i]);
		const struct onnx_attr *a = attr_of(w, text);
		free(text);
		own[i] = (struct onnx_attr){ .name = activations[k].param[i], .type = ONNX_A_FLOAT };
		if (list && list->type == ONNX_A_FLOATS && i < list->n)
			own[i].f = list->floats[i];
		else if (a && a->type == ONNX_A_FLOAT)
			own[i].f = a->f;
		else
			own[i].name = NULL;
		if (!strcmp(op, "Clip") && own[i].name)
			bound[i] = real_const(w, own[i].f);
	}
	if (!strcmp(op, "Clip")) {
		/* ReLU6 has two parts in PyTorch's files. */
		if (own[0].name && own[0].f == 0 && own[1].f == 6)
			x = PUT1(w, "Relu", NULL, x);
		PUT3(w, op, out, x, bound[0], bound[1]);
		return;
	}
	PUT1(w, op, out, x);
	for (int i = 0; i < 2; i++)
		if (own[i].name)
			with(w, own[i]);
}

/* Adds the operator itself: with the same attributes, but for those of the activation. */
static const char *put_head(struct lowering *w, const char *op, const char *out, int n_in)
{
	out = put(w, op, out, n_in < w->n->n_in ? n_in : w->n->n_in, w->n->in);
	for (int i = 0; i < w->n->n_attr && !w->to->why; i++)
		if (strncmp(w->n->attr[i].name, "activation", 10) != 0)
			with(w, w->n->attr[i]);
	return out;
}

static void fused_conv(struct lowering *w)
{
	bool last = !attr_of(w, "activation");
	const char *y = put_head(w, "Conv", last && !has(w, 3) ? w->n->out[0] : NULL, 3);
	if (has(w, 3))
		y = PUT2(w, "Add", last ? w->n->out[0] : NULL, y, in(w, 3));
	if (!last)
		activate(w, y);
}

static void fused_gemm(struct lowering *w)
{
	bool last = !attr_of(w, "activation");
	const char *y = put_head(w, "Gemm", last ? w->n->out[0] : NULL, 3);
	if (!last)
		activate(w, y);
}

static void fused_mat_mul(struct lowering *w)
{
	static const char *const flips[] = { "transA", "transB", "transBatchA", "transBatchB" };
	double alpha = real_of(w, "alpha", 1);
	const char *y = PUT2(w, "MatMul", alpha == 1 ? w->n->out[0] : NULL, in(w, 0), in(w, 1));
	for (int i = 0; i < 4; i++)
		if (int_of(w, flips[i], 0))
			with_int(w, flips[i], 1);
	if (alpha != 1)
		PUT2(w, "Mul", w->n->out[0], y, real_const(w, alpha));
}

/* ---- activations ---- */

static void gelu_of(struct lowering *w, const char *x, const char *out, bool tanh)
{
	PUT1(w, "Gelu", out, x);
	if (tanh)
		with(w, (struct onnx_attr){ .name = "approximate", .type = ONNX_A_STRING, .s = "tanh" });
}

static void gelu(struct lowering *w)
{
	gelu_of(w, plus_input(w, in(w, 0), 1), w->n->out[0], false);
}

static void fast_gelu(struct lowering *w)
{
	gelu_of(w, plus_input(w, in(w, 0), 1), w->n->out[0], true);
}

/* x sigmoid(alpha x) */
static void swish(struct lowering *w, double fallback)
{
	double alpha = real_of(w, "alpha", fallback);
	const char *x = in(w, 0), *z = alpha == 1 ? x : PUT2(w, "Mul", NULL, x, real_const(w, alpha));
	PUT2(w, "Mul", w->n->out[0], x, PUT1(w, "Sigmoid", NULL, z));
}

static void quick_gelu(struct lowering *w)
{
	swish(w, 1.702);
}

static void onnx_swish(struct lowering *w)
{
	swish(w, 1);
}

static void bias_add(struct lowering *w)
{
	const char *y = PUT2(w, "Add", has(w, 2) ? NULL : w->n->out[0], in(w, 0), in(w, 1));
	if (has(w, 2))
		PUT2(w, "Add", w->n->out[0], y, in(w, 2));
}

static void bias_split_gelu(struct lowering *w)
{
	const char *x = plus_input(w, in(w, 0), 1), *half[] = { new_tensor(w), new_tensor(w) };
	put_all(w, "Split", 1, &x, 2, half);
	with_int(w, "axis", -1);
	const char *gate = new_tensor(w);
	gelu_of(w, half[1], gate, false);
	PUT2(w, "Mul", w->n->out[0], half[0], gate);
}

static void bias_softmax(struct lowering *w)
{
	PUT1(w, "Softmax", w->n->out[0], plus_input(w, in(w, 0), 1));
	with_int(w, "axis", int_of(w, "axis", 1));
}

/* ---- normalisation ---- */

static void simplified_norm(struct lowering *w)
{
	if (wanted(w, 1))
		refuse(w, "its second output is not supported");
	PUT2(w, "RMSNormalization", w->n->out[0], in(w, 0), in(w, 1));
	with_int(w, "axis", int_of(w, "axis", -1));
	with_real(w, "epsilon", real_of(w, "epsilon", 1e-5));
}

/* The sum of two inputs and a bias (input `bias`), which output 3 is, too. */
static const char *skip_sum(struct lowering *w, int bias)
{
	w->apart = true;
	const char *sum = wanted(w, 3) ? w->n->out[3] : NULL;
	if (wanted(w, 1) || wanted(w, 2))
		refuse(w, "its mean and deviation as outputs are not supported");
	const char *x = PUT2(w, "Add", has(w, bias) ? NULL : sum, in(w, 0), in(w, 1));
	return has(w, bias) ? PUT2(w, "Add", sum, x, in(w, bias)) : x;
}

static void skip_norm(struct lowering *w)
{
	const char *x = skip_sum(w, 4);
	if (has(w, 3))
		PUT3(w, "LayerNormalization", w->n->out[0], x, in(w, 2), in(w, 3));
	else
		PUT2(w, "LayerNormalization", w->n->out[0], x, in(w, 2));
	with_real(w, "epsilon", real_of(w, "epsilon", 1e-12));
}

static void skip_simplified_norm(struct lowering *w)
{
	PUT2(w, "RMSNormalization", w->n->out[0], skip_sum(w, 3), in(w, 2));
	with_real(w, "epsilon", real_of(w, "epsilon", 1e-12));
}

/* ---- attention: softmax(q k' scale + mask) v ---- */

/* A score that no softmax sees. */
#define HIDDEN (-1e30)

struct attention {
	const char *q, *k, *v; /* N x heads x steps x size */
	const char *add;       /* what is added to the scores; "": nothing. In ONNX's own operator it may be logical */
	bool causal;           /* a step sees no later ones */
	double scale;          /* 0: 1 / sqrt(size) */
	double cap;            /* scores become cap tanh(score / cap); 0: they do not */
};

/* Parts N x steps x (heads size) into N x heads x steps x size. */
static const char *into_heads(struct lowering *w, const char *x, int64_t heads)
{
	const char *to = ints_const(w, 4, (const int64_t[]){ 0, 0, heads, -1 });
	x = PUT2(w, "Reshape", NULL, x, to);
	with_int(w, "input_rank", 3);
	return transpose(w, x, NULL, 0, 2, 1, 3);
}

static void out_of_heads(struct lowering *w, const char *x, const char *out)
{
	const char *to = ints_const(w, 3, (const int64_t[]){ 0, 0, -1 });
	PUT2(w, "Reshape", out, transpose(w, x, NULL, 0, 2, 1, 3), to);
}

/* Numbers of the shape of x at these places. */
static const char *sizes(struct lowering *w, const char *x, int n, const int64_t *at)
{
	const char *shape = PUT1(w, "Shape", NULL, x);
	return PUT2(w, "Gather", NULL, shape, ints_const(w, n, at));
}

static const char *scaled(struct lowering *w, const struct attention *a, const char *scores)
{
	if (a->scale != 0)
		return PUT2(w, "Mul", NULL, scores, real_const(w, a->scale));
	const char *size = PUT1(w, "Cast", NULL, sizes(w, a->q, 1, (const int64_t[]){ 3 }));
	with_int(w, "to", ONNX_FLOAT);
	return PUT2(w, "Div", NULL, scores, PUT1(w, "Sqrt", NULL, size));
}

static const char *without_later(struct lowering *w, const char *scores)
{
	const char *shape = sizes(w, scores, 2, (const int64_t[]){ 2, 3 });
	const char *all = PUT2(w, "Expand", NULL, real_const(w, HIDDEN), shape);
	const char *above = PUT2(w, "Trilu", NULL, all, ints_const(w, 1, (const int64_t[]){ 1 }));
	with_int(w, "upper", 1);
	return PUT2(w, "Add", NULL, scores, above);
}

/* Makes `out`, N x heads x steps x size. */
static const char *attend(struct lowering *w, const struct attention *a, const char *out)
{
	const char *s = PUT2(w, "MatMul", NULL, a->q, transpose(w, a->k, NULL, 0, 1, 3, 2));
	s = scaled(w, a, s);
	if (a->causal)
		s = without_later(w, s);
	if (*a->add) {
		s = PUT2(w, "Add", NULL, s, a->add);
		with_int(w, "mask", 1);
	}
	if (a->cap > 0) {
		s = PUT1(w, "Tanh", NULL, PUT2(w, "Div", NULL, s, real_const(w, a->cap)));
		s = PUT2(w, "Mul", NULL, s, real_const(w, a->cap));
	}
	s = PUT1(w, "Softmax", NULL, s);
	with_int(w, "axis", -1);
	return PUT2(w, "MatMul", out, s, a->v);
}

/* Puts what earlier calls saw (input `past`) before the steps of x. Output `present` is the whole. */
static const char *with_past(struct lowering *w, const char *x, int past, int present)
{
	const char *out = wanted(w, present) ? w->n->out[present] : NULL;
	if (!has(w, past)) {
		if (out)
			PUT1(w, "Identity", out, x);
		return x;
	}
	x = PUT2(w, "Concat", out, in(w, past), x);
	with_int(w, "axis", 2);
	return x;
}

/* com.microsoft's Attention: the products with the weights belong to it. */
static void packed_attention(struct lowering *w)
{
	const struct onnx_attr *parts = attr_of(w, "qkv_hidden_sizes");
	int64_t heads = int_of(w, "num_heads", 0);
	if (has(w, 3))
		refuse(w, "its mask is not supported");
	if (has(w, 4) || has(w, 6) || wanted(w, 1))
		refuse(w, "its cache of earlier steps is not supported");
	if (int_of(w, "do_rotary", 0) || heads < 1)
		refuse(w, heads < 1 ? "num_heads is missing" : "do_rotary is not supported");
	const char *x = PUT2(w, "MatMul", NULL, in(w, 0), in(w, 1));
	x = plus_input(w, x, 2);
	const char *to[] = { new_tensor(w), new_tensor(w), new_tensor(w) }, *from[] = { x, "" };
	bool given = parts && parts->type == ONNX_A_INTS && parts->n == 3;
	from[1] = given ? ints_const(w, 3, parts->ints) : "";
	put_all(w, "Split", given ? 2 : 1, from, 3, to);
	with_int(w, "axis", -1);
	struct attention a = { .add = in(w, 5),
		               .causal = int_of(w, "unidirectional", 0),
		               .scale = real_of(w, "scale", 0) };
	a.q = into_heads(w, to[0], heads);
	a.k = into_heads(w, to[1], heads);
	a.v = into_heads(w, to[2], heads);
	out_of_heads(w, attend(w, &a, NULL), w->n->out[0]);
}

static void multi_head_attention(struct lowering *w)
{
	int64_t heads = int_of(w, "num_heads", 0);
	struct attention a = { .add = in(w, 5),
		               .causal = int_of(w, "unidirectional", 0),
		               .scale = real_of(w, "scale", 0) };
	const char *x[] = { in(w, 0), in(w, 1), in(w, 2) }, *bias[3];
	if (!has(w, 1) || !has(w, 2))
		refuse(w, "query, key and value in one tensor are not supported");
	if (has(w, 4))
		refuse(w, "its mask is not supported");
	if (heads < 1)
		refuse(w, "num_heads is missing");
	if (a.causal && has(w, 6))
		refuse(w, "a cache of earlier steps with unidirectional is not supported");
	if (has(w, 3)) {
		const char *from = in(w, 3);
		for (int i = 0; i < 3; i++)
			bias[i] = new_tensor(w);
		put_all(w, "Split", 1, &from, 3, bias);
		with_int(w, "axis", 0);
	}
	for (int i = 0; i < 3; i++)
		x[i] = into_heads(w, has(w, 3) ? PUT2(w, "Add", NULL, x[i], bias[i]) : x[i], heads);
	a.q = x[0];
	a.k = with_past(w, x[1], 6, 1);
	a.v = with_past(w, x[2], 7, 2);
	out_of_heads(w, attend(w, &a, NULL), w->n->out[0]);
}

/* Repeats each of n heads, so that there are `to`. */
static const char *repeat_heads(struct lowering *w, const char *x, int64_t n, int64_t to)
{
	int64_t from[256];
	if (n == to)
		return x;
	if (to % n || to > (int64_t)(sizeof from / sizeof *from)) {
		refuse(w, "its numbers of heads do not fit each other");
		return x;
	}
	for (int64_t i = 0; i < to; i++)
		from[i] = i / (to / n);
	x = PUT2(w, "Gather", NULL, x, ints_const(w, (int)to, from));
	with_int(w, "axis", 1);
	return x;
}

/* ONNX's Attention of opset 23. */
static void onnx_attention(struct lowering *w)
{
	int64_t heads = int_of(w, "q_num_heads", 0), kv = int_of(w, "kv_num_heads", heads);
	struct attention a = { .q = in(w, 0),
		               .k = in(w, 1),
		               .v = in(w, 2),
		               .add = in(w, 3),
		               .causal = int_of(w, "is_causal", 0),
		               .scale = real_of(w, "scale", 0),
		               .cap = real_of(w, "softcap", 0) };
	if (wanted(w, 3))
		refuse(w, "its output of scores is not supported");
	if (has(w, 6))
		refuse(w, "nonpad_kv_seqlen is not supported");
	if (a.causal && has(w, 4))
		refuse(w, "a cache of earlier steps with is_causal is not supported");
	if (heads < 0 || kv < 0 || !heads != !kv)
		refuse(w, "its numbers of heads do not fit each other");
	if (heads && !w->to->why) {
		a.q = into_heads(w, a.q, heads);
		a.k = into_heads(w, a.k, kv);
		a.v = into_heads(w, a.v, kv);
	}
	a.k = with_past(w, a.k, 4, 1);
	a.v = with_past(w, a.v, 5, 2);
	if (heads && !w->to->why) {
		a.k = repeat_heads(w, a.k, kv, heads);
		a.v = repeat_heads(w, a.v, kv, heads);
		out_of_heads(w, attend(w, &a, NULL), w->n->out[0]);
	} else {
		attend(w, &a, w->n->out[0]);
	}
}

/* ---- RotaryEmbedding of opset 23: pairs of numbers are turned by angles that grow with the step ---- */

static const char *slice(struct lowering *w, const char *x, int64_t from, int64_t to, int64_t by)
{
	const char *from_to[] = { x, ints_const(w, 1, &from), ints_const(w, 1, &to),
		                  ints_const(w, 1, (const int64_t[]){ -1 }), ints_const(w, 1, &by) };
	return put(w, "Slice", NULL, 5, from_to);
}

/* The cosines or sines for each step: N x steps x 1 x pairs. */
static const char *angles(struct lowering *w, int k)
{
	const char *x = in(w, k);
	if (has(w, 3))
		x = PUT2(w, "Gather", NULL, x, in(w, 3));
	return PUT2(w, "Unsqueeze", NULL, x, ints_const(w, 1, (const int64_t[]){ 2 }));
}

static const char *along_last(struct lowering *w, const char *a, const char *b)
{
	const char *y = PUT2(w, "Concat", NULL, a, b);
	with_int(w, "axis", -1);
	return y;
}

static void rotary(struct lowering *w)
{
	int64_t heads = int_of(w, "num_heads", 0), turned = int_of(w, "rotary_embedding_dim", 0), end = INT32_MAX;
	bool apart = !int_of(w, "interleaved", 0);
	const char *x = in(w, 0), *one, *two;
	if (heads > 0) {
		x = PUT2(w, "Reshape", NULL, x, ints_const(w, 4, (const int64_t[]){ 0, 0, heads, -1 }));
		with_int(w, "input_rank", 3);
	} else {
		x = transpose(w, x, NULL, 0, 2, 1, 3);
	}
	const char *rest = turned > 0 ? slice(w, x, turned, end, 1) : NULL,
	           *all = turned > 0 ? slice(w, x, 0, turned, 1) : x;
	if (apart) {
		const char *half[] = { new_tensor(w), new_tensor(w) };
		put_all(w, "Split", 1, &all, 2, half);
		with_int(w, "axis", -1);
		one = half[0];
		two = half[1];
	} else {
		one = slice(w, all, 0, end, 2);
		two = slice(w, all, 1, end, 2);
	}
	const char *cosine = angles(w, 1), *sine = angles(w, 2);
	const char *a = PUT2(w, "Sub", NULL, PUT2(w, "Mul", NULL, cosine, one), PUT2(w, "Mul", NULL, sine, two));
	const char *b = PUT2(w, "Add", NULL, PUT2(w, "Mul", NULL, sine, one), PUT2(w, "Mul", NULL, cosine, two));
	if (!apart) {
		const char *last = ints_const(w, 1, (const int64_t[]){ -1 });
		a = PUT2(w, "Unsqueeze", NULL, a, last);
		b = PUT2(w, "Unsqueeze", NULL, b, last);
	}
	const char *y = along_last(w, a, b);
	if (!apart)
		y = PUT2(w, "Reshape", NULL, y, ints_const(w, 4, (const int64_t[]){ 0, 0, 0, -1 }));
	y = rest ? along_last(w, y, rest) : y;
	if (heads > 0)
		PUT2(w, "Reshape", w->n->out[0], y, ints_const(w, 3, (const int64_t[]){ 0, 0, -1 }));
	else
		transpose(w, y, w->n->out[0], 0, 2, 1, 3);
}

/* ---- the table ---- */

#define MICROSOFT "com.microsoft"

static const struct fused_row {
	const char *domain, *op;
	int in_min, out_max;
	void (*lower)(struct lowering *w);
} rows[] = {
	{ "", "Attention", 3, 4, onnx_attention },
	{ "", "RotaryEmbedding", 3, 1, rotary },
	{ "", "SimplifiedLayerNormalization", 2, 2, simplified_norm },
	{ "", "Swish", 1, 1, onnx_swish },
	{ MICROSOFT, "Attention", 2, 2, packed_attention },
	{ MICROSOFT, "BiasAdd", 2, 1, bias_add },
	{ MICROSOFT, "BiasGelu", 2, 1, gelu },
	{ MICROSOFT, "BiasSoftmax", 2, 1, bias_softmax },
	{ MICROSOFT, "BiasSplitGelu", 2, 1, bias_split_gelu },
	{ MICROSOFT, "FastGelu", 1, 1, fast_gelu },
	{ MICROSOFT, "FusedConv", 2, 1, fused_conv },
	{ MICROSOFT, "FusedGemm", 2, 1, fused_gemm },
	{ MICROSOFT, "FusedMatMul", 2, 1, fused_mat_mul },
	{ MICROSOFT, "Gelu", 1, 1, gelu },
	{ MICROSOFT, "MultiHeadAttention", 1, 3, multi_head_attention },
	{ MICROSOFT, "QuickGelu", 1, 1, quick_gelu },
	{ MICROSOFT, "SkipLayerNormalization", 3, 4, skip_norm },
	{ MICROSOFT, "SkipSimplifiedLayerNormalization", 3, 4, skip_simplified_norm },
	{ MICROSOFT, "TransposeMatMul", 2, 1, fused_mat_mul },
};

const char *onnx_fused_op(int k, const char **domain)
{
	if (k < 0 || (size_t)k >= sizeof rows / sizeof *rows)
		return NULL;
	*domain = rows[k].domain;
	return rows[k].op;
}

static const struct fused_row *row_of(const struct onnx_node *n)
{
	const char *domain = strcmp(n->domain, "ai.onnx") != 0 ? n->domain : "";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].op, n->op) && !strcmp(rows[i].domain, domain))
			return &rows[i];
	return NULL;
}

bool onnx_is_fused(const struct onnx_node *n)
{
	return row_of(n) != NULL;
}

void onnx_lower(struct arena *a, const struct onnx_node *n, const char *prefix, struct onnx_parts *to)
{
	const struct fused_row *row = row_of(n);
	struct lowering w = { .a = a, .n = n, .prefix = prefix, .to = to };
	*to = (struct onnx_parts){ 0 };
	for (int k = 0; k < row->in_min; k++)
		if (!has(&w, k))
			refuse(&w, "one of its inputs is missing");
	if (!wanted(&w, 0) || n->n_out > row->out_max)
		refuse(&w, "its outputs do not fit it");
	if (!to->why)
		row->lower(&w);
	if (!to->why)
		return;
	to->node[0] = *n;
	to->node[0].refused = to->why;
	to->n = 1;
}
