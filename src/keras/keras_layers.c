/* Keras layers with a kernel: convolution, pooling, dense. */
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* ---- the input ---- */

static int need_series(struct kcall *c)
{
	if (k_rank(c, c->x[0]) != 3)
		return k_fail(c, ERR_FORMAT, "it reads a series, but gets an input of rank %d", k_rank(c, c->x[0]));
	if (!strcmp(k_text(c, "data_format", "dim_ordering", ""), "channels_first"))
		return k_fail(c, ERR_UNSUPPORTED, "data_format channels_first is not supported");
	return c->bad;
}

/* Writes the padding of the layer as attributes from a[0] on. Returns how many. */
static int padding(struct kcall *c, int64_t k, int64_t dilation, int64_t pads[2], struct attr *a)
{
	const char *p = k_text(c, "padding", "border_mode", "valid");
	if (!strcmp(p, "causal")) {
		pads[0] = (k - 1) * dilation;
		pads[1] = 0;
		a[0] = attr_is("pads", 2, pads);
		return 1;
	}
	if (strcmp(p, "same") != 0 && strcmp(p, "valid") != 0)
		k_fail(c, ERR_UNSUPPORTED, "padding '%s' is not supported", p);
	a[0] = attr_s("auto_pad", !strcmp(p, "same") ? "SAME_UPPER" : "VALID");
	return 1;
}

/* ---- convolution ---- */

struct conv {
	int64_t out, in, k; /* in: input channels of one filter */
	int64_t stride, dilation, group;
};

/* Adds a kernel. Keras stores it as (k,in,out), ONNX as (out,in,k). */
static int kernel(struct kcall *c, const char *what, const struct keras_weight *w, const struct conv *v)
{
	if (c->bad)
		return c->bad;
	struct shape s = { 3, { v->out, v->in, v->k } };
	float *t = xcalloc((size_t)shape_count(&s), sizeof *t);
	for (int64_t j = 0; j < v->k; j++)
		for (int64_t i = 0; i < v->in; i++)
			for (int64_t o = 0; o < v->out; o++)
				t[(o * v->in + i) * v->k + j] = w->data[(j * v->in + i) * v->out + o];
	int id = k_const_shape(c, what, &s, t);
	free(t);
	return id;
}

static void steps(struct kcall *c, struct conv *v)
{
	v->stride = k_int(c, "strides", "subsample_length", 1, 1, COUNT_MAX);
	v->dilation = k_int(c, "dilation_rate", "atrous_rate", 1, 1, COUNT_MAX);
}

static int convolve(struct kcall *c, int x, int w, const struct keras_weight *bias, const struct conv *v, bool padded)
{
	int64_t pads[2];
	struct attr a[5] = { attr_is("kernel_shape", 1, &v->k), attr_is("strides", 1, &v->stride),
		             attr_is("dilations", 1, &v->dilation), attr_i("group", v->group) };
	int n = 4 + (padded ? padding(c, v->k, v->dilation, pads, a + 4) : 0);
	int in[] = { x, w, bias ? k_vector(c, "bias", bias, v->out, 0) : -1 };
	return k_op(c, "Conv", bias ? 3 : 2, in, n, a);
}

static const struct keras_weight *bias_weight(struct kcall *c, int i)
{
	bool wanted = k_bool(c, "use_bias", k_bool(c, "bias", true));
	return wanted ? k_weight(c, i, "bias", 1) : NULL;
}

/* Checks that a number in the configuration agrees with the shape of the kernel in the file. */
static void compare(struct kcall *c, const char *key, const char *key1, int64_t have)
{
	int64_t said = k_int(c, key, key1, have, 1, COUNT_MAX);
	if (said != have)
		k_fail(c, ERR_FORMAT, "%s is %lld in the architecture, but %lld in the weights", key, (long long)said,
		       (long long)have);
}

static int build_conv(struct kcall *c)
{
	if (need_series(c))
		return c->bad;
	const struct keras_weight *w = k_weight(c, 0, "kernel", -1);
	if (!w)
		return c->bad;
	const int64_t *d = w->shape.dim;
	/* Keras 1 stores (k,1,in,out). */
	bool four = w->shape.rank == 4 && d[1] == 1;
	if (!four && w->shape.rank != 3)
		return k_fail(c, ERR_FORMAT, "its kernel '%s' is not (steps,channels,filters)", w->name);
	struct conv v = { .k = d[0], .in = d[four ? 2 : 1], .out = d[four ? 3 : 2] };
	v.group = k_int(c, "groups", NULL, 1, 1, v.out);
	steps(c, &v);
	compare(c, "filters", "nb_filter", v.out);
	compare(c, "kernel_size", "filter_length", v.k);
	int64_t C = k_dim(c, c->x[0], 1);
	if (v.in * v.group != C || v.out % v.group)
		return k_fail(c, ERR_FORMAT,
		              "its kernel (%lld,%lld,%lld) in %lld groups does not fit an input of %lld channels",
		              (long long)v.k, (long long)v.in, (long long)v.out, (long long)v.group, (long long)C);
	const struct keras_weight *b = bias_weight(c, 1);
	return k_activate(c, convolve(c, c->x[0], kernel(c, "kernel", w, &v), b, &v, true));
}

/* The kernel is (k,in,mult); filter i * mult + m reads channel i. In memory this equals (k,1,in*mult). */
static int depthwise(struct kcall *c, const struct keras_weight *w, const struct keras_weight *b, struct conv *v)
{
	int64_t C = k_dim(c, c->x[0], 1);
	*v = (struct conv){ .k = w->shape.dim[0], .in = 1, .group = C, .out = w->shape.dim[1] * w->shape.dim[2] };
	steps(c, v);
	compare(c, "depth_multiplier", NULL, w->shape.dim[2]);
	compare(c, "kernel_size", NULL, v->k);
	if (w->shape.dim[1] != C)
		return k_fail(c, ERR_FORMAT, "its kernel has %lld channels, its input %lld", (long long)w->shape.dim[1],
		              (long long)C);
	return convolve(c, c->x[0], kernel(c, "depthwise_kernel", w, v), b, v, true);
}

static int build_depthwise(struct kcall *c)
{
	if (need_series(c))
		return c->bad;
	const struct keras_weight *w = k_weight(c, 0, "kernel", 3), *b = bias_weight(c, 1);
	struct conv v;
	return c->bad ? c->bad : k_activate(c, depthwise(c, w, b, &v));
}

static int build_separable(struct kcall *c)
{
	if (need_series(c))
		return c->bad;
	const struct keras_weight *w = k_weight(c, 0, "depthwise kernel", 3),
	                          *p = k_weight(c, 1, "pointwise kernel", 3);
	const struct keras_weight *b = bias_weight(c, 2);
	if (c->bad)
		return c->bad;
	struct conv v,
	        q = { .k = 1, .in = p->shape.dim[1], .out = p->shape.dim[2], .stride = 1, .dilation = 1, .group = 1 };
	compare(c, "filters", NULL, q.out);
	int x = depthwise(c, w, NULL, &v);
	if (p->shape.dim[0] != 1 || q.in != v.out)
		return k_fail(c, ERR_FORMAT, "its pointwise kernel does not fit its depthwise kernel");
	return k_activate(c, convolve(c, x, kernel(c, "pointwise_kernel", p, &q), b, &q, false));
}

/* Works out the padding of a transposed convolution, which makes the series longer by the factor stride s. Without
 * output_padding the length is T s for `same` and (T-1) s + max(k,s) for `valid`, where k is the dilated kernel
 * (keras/src/backend/common/backend_utils.py, _get_output_shape_given_tf_padding). `same` removes what the
 * convolution with this gradient would have padded: the smaller half at the beginning. */
static void transposed_ends(struct kcall *c, const struct conv *v, int64_t T, int64_t pads[2], int64_t *more)
{
	const char *p = k_text(c, "padding", NULL, "valid");
	int64_t k = (v->k - 1) * v->dilation + 1, full = (T - 1) * v->stride + k, length = T * v->stride;
	bool same = !strcmp(p, "same"), given = k_get(c, "output_padding", NULL) != NULL;
	if (!same && strcmp(p, "valid") != 0)
		k_fail(c, ERR_UNSUPPORTED, "padding '%s' is not supported", p);
	if (given)
		length = full - (same ? k - k % 2 : 0) + k_int(c, "output_padding", NULL, 0, 0, COUNT_MAX);
	else if (!same)
		length = (T - 1) * v->stride + (k > v->stride ? k : v->stride);
	int64_t cut = full > length ? full - length : 0;
	pads[0] = cut / 2;
	pads[1] = cut - pads[0];
	*more = length > full ? length - full : 0;
}

/* Keras' kernel is (k,out,in), ONNX's (in,out,k). */
static int build_transposed(struct kcall *c)
{
	const struct keras_weight *w = need_series(c) ? NULL : k_weight(c, 0, "kernel", 3),
	                          *b = c->bad ? NULL : bias_weight(c, 1);
	if (c->bad)
		return c->bad;
	struct conv v = { .k = w->shape.dim[0], .in = w->shape.dim[1], .out = w->shape.dim[2], .group = 1 };
	int64_t T = k_dim(c, c->x[0], 2), pads[2], more;
	steps(c, &v);
	compare(c, "filters", NULL, v.in);
	compare(c, "kernel_size", NULL, v.k);
	if (v.out != k_dim(c, c->x[0], 1))
		return k_fail(c, ERR_FORMAT, "its kernel has %lld channels, its input %lld", (long long)v.out,
		              (long long)k_dim(c, c->x[0], 1));
	if (v.dilation > COUNT_MAX / v.k || v.stride > COUNT_MAX / T)
		return k_fail(c, ERR_LIMIT, "its strides or dilation_rate are too large");
	transposed_ends(c, &v, T, pads, &more);
	struct attr a[] = { attr_is("kernel_shape", 1, &v.k), attr_is("strides", 1, &v.stride),
		            attr_is("dilations", 1, &v.dilation), attr_is("pads", 2, pads),
		            attr_is("output_padding", 1, &more) };
	int in[] = { c->x[0], kernel(c, "kernel", w, &v), b ? k_vector(c, "bias", b, v.in, 0) : -1 };
	return k_activate(c, k_op(c, "ConvTranspose", b ? 3 : 2, in, 5, a));
}

/* ---- dense ---- */

/* On a series, a dense layer applies the same weights at every step: it is a convolution with a kernel of one step. */
static int build_dense(struct kcall *c)
{
	int x = c->x[0], rank = k_rank(c, x);
	const struct keras_weight *w = k_weight(c, 0, "kernel", 2), *b = bias_weight(c, 1);
	if (c->bad)
		return c->bad;
	int64_t in = w->shape.dim[0], out = w->shape.dim[1];
	compare(c, "units", "output_dim", out);
	if (in != k_dim(c, x, 1) || rank < 2)
		return k_fail(c, ERR_FORMAT, "its kernel (%lld,%lld) does not fit an input of %lld", (long long)in,
		              (long long)out, (long long)k_dim(c, x, 1));
	if (rank == 3) {
		struct conv v = { .k = 1, .in = in, .out = out, .stride = 1, .dilation = 1, .group = 1 };
		return k_activate(c, convolve(c, x, kernel(c, "kernel", w, &v), b, &v, false));
	}
	int list[] = { x, k_const(c, "kernel", w), b ? k_vector(c, "bias", b, out, 0) : -1 };
	return k_activate(c, k_op(c, "Gemm", b ? 3 : 2, list, 0, NULL));
}

/* TimeDistributed applies its layer at every step. The layers that are allowed inside do that to a series anyway. */
static int build_time_distributed(struct kcall *c)
{
	static const char *const same[] = { "Dense", "Activation", "Dropout", "ReLU", "LeakyReLU", "ELU" };
	const cJSON *inner = k_get(c, "layer", NULL);
	const char *cls = json_text(inner, "class_name", "");
	struct kcall sub = *c;
	sub.config = json_get(inner, "config");
	sub.weights = k_part(c, "layer");
	const struct kclass *k = NULL;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		k = strcmp(cls, same[i]) ? k : keras_class(cls);
	if (c->bad)
		return c->bad;
	if (!k || k_rank(c, c->x[0]) != 3)
		return k_fail(c, ERR_UNSUPPORTED, "TimeDistributed(%s) is not supported", cls);
	int y = k->build(&sub);
	*c = sub;
	return y;
}

/* ---- pooling ---- */

static int pool(struct kcall *c, const char *op)
{
	if (need_series(c))
		return c->bad;
	int64_t k = k_int(c, "pool_size", "pool_length", 2, 1, COUNT_MAX),
	        s = k_int(c, "strides", "stride", k, 1, COUNT_MAX);
	int64_t pads[2];
	struct attr a[3] = { attr_is("kernel_shape", 1, &k), attr_is("strides", 1, &s) };
	return k_op(c, op, 1, c->x, 2 + padding(c, k, 1, pads, a + 2), a);
}

static int build_max_pool(struct kcall *c)
{
	return pool(c, "MaxPool");
}

static int build_average_pool(struct kcall *c)
{
	return pool(c, "AveragePool");
}

static int global_pool(struct kcall *c, const char *op)
{
	if (need_series(c))
		return c->bad;
	int y = k_op1(c, op, c->x[0]);
	return k_bool(c, "keepdims", false) ? y : k_op1(c, "Flatten", y);
}

static int build_global_average(struct kcall *c)
{
	return global_pool(c, "GlobalAveragePool");
}

static int build_global_max(struct kcall *c)
{
	return global_pool(c, "GlobalMaxPool");
}

const struct kclass keras_conv_classes[] = {
	{ "Conv1D", build_conv, LAYER_ANALYSED, 1, 1 },
	{ "Convolution1D", build_conv, LAYER_ANALYSED, 1, 1 },
	{ "AtrousConvolution1D", build_conv, LAYER_ANALYSED, 1, 1 },
	{ "SeparableConv1D", build_separable, LAYER_ANALYSED, 1, 1 },
	{ "SeparableConvolution1D", build_separable, LAYER_ANALYSED, 1, 1 },
	{ "DepthwiseConv1D", build_depthwise, LAYER_ANALYSED, 1, 1 },
	{ "Conv1DTranspose", build_transposed, LAYER_ANALYSED, 1, 1 },
	{ "Dense", build_dense, LAYER_ANALYSED, 1, 1 },
	{ "TimeDistributedDense", build_dense, LAYER_ANALYSED, 1, 1 },
	{ "TimeDistributed", build_time_distributed, LAYER_ANALYSED, 1, 1 },
	{ "MaxPooling1D", build_max_pool, LAYER_ANALYSED, 1, 1 },
	{ "AveragePooling1D", build_average_pool, LAYER_ANALYSED, 1, 1 },
	{ "GlobalMaxPooling1D", build_global_max, LAYER_ANALYSED, 1, 1 },
	{ "GlobalAveragePooling1D", build_global_average, LAYER_ANALYSED, 1, 1 },
	{ 0 },
};
