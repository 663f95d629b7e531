/* Keras layers with a kernel: convolution, pooling, dense. */
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { SPACE_MAX = 2 };

/* ---- the input ---- */

/* How many axes a kernel slides along: Conv1D 1, Conv2D 2. */
static int space_of(const struct kcall *c)
{
	return strstr(c->cls, "2D") ? 2 : 1;
}

/* Returns the layer's input as (N,C,T) or (N,C,H,W), whichever axis of Keras holds its channels. */
static int enter(struct kcall *c)
{
	int n = space_of(c), rank = k_rank(c, c->x[0]);
	if (rank != n + 2)
		return k_fail(c, ERR_FORMAT, "it reads %s, but gets an input of rank %d",
		              n == 1 ? "a series" : "planes of two axes and channels", rank);
	return k_channels_first(c) ? k_keras(c, c->x[0]) : c->x[0];
}

static int leave(struct kcall *c, int y)
{
	return k_channels_first(c) ? k_core(c, y) : y;
}

/* Writes the padding of the layer as attributes from a[0] on. Returns how many. */
static int padding(struct kcall *c, int n, const int64_t *k, const int64_t *dilation, int64_t *pads, struct attr *a)
{
	const char *p = k_text(c, "padding", "border_mode", "valid");
	if (!strcmp(p, "causal") && n == 1) {
		pads[0] = (k[0] - 1) * dilation[0];
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
	int n;                      /* axes along which the kernel slides */
	int64_t out, in;            /* filters; input channels of one filter */
	int64_t k[SPACE_MAX], taps; /* taps: the product of k */
	int64_t stride[SPACE_MAX], dilation[SPACE_MAX], group;
};

static const struct conv point = { .n = 1, .k = { 1 }, .taps = 1, .stride = { 1 }, .dilation = { 1 }, .group = 1 };

/* Adds a kernel. Keras stores it as (k,in,out), with one or two axes k, ONNX as (out,in,k). On Theano, Keras 2 stores
 * it reversed along every axis k (keras/utils/conv_utils.py, convert_kernel). */
static int kernel(struct kcall *c, const char *what, const struct keras_weight *w, const struct conv *v)
{
	if (c->bad)
		return c->bad;
	struct shape s = { v->n + 2, { v->out, v->in } };
	memcpy(s.dim + 2, v->k, (size_t)v->n * sizeof *v->k);
	float *t = xcalloc((size_t)shape_count(&s), sizeof *t);
	for (int64_t j = 0; j < v->taps; j++)
		for (int64_t i = 0; i < v->in; i++)
			for (int64_t o = 0; o < v->out; o++)
				t[(o * v->in + i) * v->taps + (c->f->theano ? v->taps - 1 - j : j)] =
				        w->data[(j * v->in + i) * v->out + o];
	int id = k_const_shape(c, what, &s, t);
	free(t);
	return id;
}

static void steps(struct kcall *c, struct conv *v)
{
	k_sizes(c, "strides", v->n == 1 ? "subsample_length" : "subsample", v->n, 1, 1, v->stride);
	k_sizes(c, "dilation_rate", "atrous_rate", v->n, 1, 1, v->dilation);
}

/* Makes the kernel one of as many axes as the input has: a kernel of one step along each. */
static void widen(struct conv *v, int n)
{
	v->n = n;
	for (int i = 0; i < n; i++)
		v->k[i] = v->stride[i] = v->dilation[i] = 1;
}

static int convolve(struct kcall *c, int x, int w, const struct keras_weight *bias, const struct conv *v, bool padded)
{
	int64_t pads[2 * SPACE_MAX];
	struct attr a[5] = { attr_is("kernel_shape", v->n, v->k), attr_is("strides", v->n, v->stride),
		             attr_is("dilations", v->n, v->dilation), attr_i("group", v->group) };
	int n = 4 + (padded ? padding(c, v->n, v->k, v->dilation, pads, a + 4) : 0);
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

static void compare_kernel(struct kcall *c, const struct conv *v)
{
	int64_t said[SPACE_MAX];
	if (v->n == 1) {
		compare(c, "kernel_size", "filter_length", v->k[0]);
		return;
	}
	if (!k_get(c, "kernel_size", NULL)) {
		compare(c, "nb_row", NULL, v->k[0]);
		compare(c, "nb_col", NULL, v->k[1]);
		return;
	}
	k_sizes(c, "kernel_size", NULL, v->n, 1, 1, said);
	if (said[0] != v->k[0] || said[1] != v->k[1])
		k_fail(c, ERR_FORMAT, "kernel_size is [%lld,%lld] in the architecture, but [%lld,%lld] in the weights",
		       (long long)said[0], (long long)said[1], (long long)v->k[0], (long long)v->k[1]);
}

/* Reads the axes of a kernel (k,a,b) with one or two axes k. */
static bool kernel_axes(struct kcall *c, const struct keras_weight *w, struct conv *v, int64_t *a, int64_t *b)
{
	const int64_t *d = w->shape.dim;
	v->n = space_of(c);
	/* Keras 1 stores (k,1,in,out). */
	int skip = v->n == 1 && w->shape.rank == 4 && d[1] == 1;
	if (w->shape.rank != v->n + 2 + skip) {
		k_fail(c, ERR_FORMAT, "its kernel '%s' is not (%s,channels,filters)", w->name,
		       v->n == 1 ? "steps" : "rows,columns");
		return false;
	}
	v->taps = 1;
	for (int i = 0; i < v->n; i++) {
		v->k[i] = d[i];
		v->taps *= d[i];
	}
	*a = d[v->n + skip];
	*b = d[v->n + skip + 1];
	return true;
}

static int build_conv(struct kcall *c)
{
	int x = enter(c);
	const struct keras_weight *w = x < 0 ? NULL : k_weight(c, 0, "kernel", -1);
	struct conv v;
	if (!w || !kernel_axes(c, w, &v, &v.in, &v.out))
		return c->bad;
	v.group = k_int(c, "groups", NULL, 1, 1, v.out);
	steps(c, &v);
	compare(c, "filters", "nb_filter", v.out);
	compare_kernel(c, &v);
	if (c->version == 1 && v.n == 2 && k_channels_first(c))
		return k_fail(c, ERR_UNSUPPORTED,
		              "dim_ordering th of Keras 1 is not supported: whether its kernels are reversed depends "
		              "on the backend, which the file does not name; load the model with Keras 2 and the "
		              "backend that it was trained on, and save it again");
	int64_t C = k_dim(c, x, 1);
	if (v.in * v.group != C || v.out % v.group)
		return k_fail(c, ERR_FORMAT,
		              "its kernel (%lld,%lld,%lld) in %lld groups does not fit an input of %lld channels",
		              (long long)v.taps, (long long)v.in, (long long)v.out, (long long)v.group, (long long)C);
	const struct keras_weight *b = bias_weight(c, 1);
	return k_activate(c, leave(c, convolve(c, x, kernel(c, "kernel", w, &v), b, &v, true)));
}

/* The kernel is (k,in,mult); filter i * mult + m reads channel i. In memory this equals (k,1,in*mult). */
static int depthwise(struct kcall *c, int x, const struct keras_weight *w, const struct keras_weight *b, struct conv *v)
{
	int64_t C = k_dim(c, x, 1), in, mult;
	if (!w || !kernel_axes(c, w, v, &in, &mult))
		return c->bad;
	v->in = 1;
	v->group = C;
	v->out = in * mult;
	steps(c, v);
	k_int(c, "groups", NULL, 1, 1, 1);
	if (c->f->theano)
		return k_fail(c, ERR_UNSUPPORTED, "kernels for each channel that Theano saved are not supported");
	compare(c, "depth_multiplier", NULL, mult);
	compare_kernel(c, v);
	if (in != C)
		return k_fail(c, ERR_FORMAT, "its kernel has %lld channels, its input %lld", (long long)in,
		              (long long)C);
	return convolve(c, x, kernel(c, "depthwise_kernel", w, v), b, v, true);
}

static int build_depthwise(struct kcall *c)
{
	int x = enter(c);
	const struct keras_weight *w = x < 0 ? NULL : k_weight(c, 0, "kernel", -1), *b = w ? bias_weight(c, 1) : NULL;
	struct conv v;
	return c->bad ? c->bad : k_activate(c, leave(c, depthwise(c, x, w, b, &v)));
}

static int build_separable(struct kcall *c)
{
	int x = enter(c);
	const struct keras_weight *w = x < 0 ? NULL : k_weight(c, 0, "depthwise kernel", -1),
	                          *p = w ? k_weight(c, 1, "pointwise kernel", -1) : NULL;
	const struct keras_weight *b = p ? bias_weight(c, 2) : NULL;
	struct conv v, q;
	if (c->bad || !kernel_axes(c, p, &q, &q.in, &q.out))
		return c->bad;
	q.group = 1;
	for (int i = 0; i < q.n; i++)
		q.stride[i] = q.dilation[i] = 1;
	compare(c, "filters", "nb_filter", q.out);
	x = depthwise(c, x, w, NULL, &v);
	if (!c->bad && (q.taps != 1 || q.in != v.out))
		return k_fail(c, ERR_FORMAT, "its pointwise kernel does not fit its depthwise kernel");
	return k_activate(c, leave(c, convolve(c, x, kernel(c, "pointwise_kernel", p, &q), b, &q, false)));
}

/* Works out the padding of a transposed convolution along axis i, which makes the series longer by the factor stride s.
 * Without output_padding the length is T s for `same` and (T-1) s + max(k,s) for `valid`, where k is the dilated kernel
 * (keras/src/backend/common/backend_utils.py, _get_output_shape_given_tf_padding). `same` removes what the
 * convolution with this gradient would have padded: the smaller half at the beginning. */
static void transposed_ends(struct kcall *c, const struct conv *v, int i, int64_t T, int64_t more_given, int64_t *pads,
                            int64_t *more)
{
	const char *p = k_text(c, "padding", "border_mode", "valid");
	int64_t s = v->stride[i], k = (v->k[i] - 1) * v->dilation[i] + 1, full = (T - 1) * s + k, length = T * s;
	bool same = !strcmp(p, "same");
	if (!same && strcmp(p, "valid") != 0)
		k_fail(c, ERR_UNSUPPORTED, "padding '%s' is not supported", p);
	if (more_given >= 0)
		length = full - (same ? k - k % 2 : 0) + more_given;
	else if (!same)
		length = (T - 1) * s + (k > s ? k : s);
	int64_t cut = full > length ? full - length : 0;
	pads[i] = cut / 2;
	pads[v->n + i] = cut - pads[i];
	more[i] = length > full ? length - full : 0;
}

/* Keras' kernel is (k,out,in), ONNX's (in,out,k). */
static int build_transposed(struct kcall *c)
{
	int x = enter(c);
	const struct keras_weight *w = x < 0 ? NULL : k_weight(c, 0, "kernel", -1), *b = w ? bias_weight(c, 1) : NULL;
	struct conv v;
	if (c->bad || !kernel_axes(c, w, &v, &v.in, &v.out))
		return c->bad;
	v.group = 1;
	int64_t pads[2 * SPACE_MAX], more[SPACE_MAX], given[SPACE_MAX];
	steps(c, &v);
	k_int(c, "groups", NULL, 1, 1, 1);
	compare(c, "filters", NULL, v.in);
	compare_kernel(c, &v);
	if (v.out != k_dim(c, x, 1))
		return k_fail(c, ERR_FORMAT, "its kernel has %lld channels, its input %lld", (long long)v.out,
		              (long long)k_dim(c, x, 1));
	k_sizes(c, "output_padding", NULL, v.n, -1, 0, given);
	for (int i = 0; i < v.n; i++) {
		if (v.dilation[i] > COUNT_MAX / v.k[i] || v.stride[i] > COUNT_MAX / k_dim(c, x, 2 + i))
			return k_fail(c, ERR_LIMIT, "its strides or dilation_rate are too large");
		transposed_ends(c, &v, i, k_dim(c, x, 2 + i), given[i], pads, more);
	}
	struct attr a[] = { attr_is("kernel_shape", v.n, v.k), attr_is("strides", v.n, v.stride),
		            attr_is("dilations", v.n, v.dilation), attr_is("pads", 2 * v.n, pads),
		            attr_is("output_padding", v.n, more) };
	int in[] = { x, kernel(c, "kernel", w, &v), b ? k_vector(c, "bias", b, v.in, 0) : -1 };
	return k_activate(c, leave(c, k_op(c, "ConvTranspose", b ? 3 : 2, in, 5, a)));
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
	if (in != k_dim(c, x, 1) || rank < 2 || rank > SPACE_MAX + 2)
		return k_fail(c, ERR_FORMAT, "its kernel (%lld,%lld) does not fit an input of %lld", (long long)in,
		              (long long)out, (long long)k_dim(c, x, 1));
	if (rank > 2) {
		struct conv v = point;
		widen(&v, rank - 2);
		v.in = in;
		v.out = out;
		return k_activate(c, convolve(c, x, kernel(c, "kernel", w, &v), b, &v, false));
	}
	int list[] = { x, k_const(c, "kernel", w), b ? k_vector(c, "bias", b, out, 0) : -1 };
	return k_activate(c, k_op(c, "Gemm", b ? 3 : 2, list, 0, NULL));
}

/* ---- pooling ---- */

static int pool(struct kcall *c, const char *op)
{
	int x = enter(c), n = space_of(c);
	int64_t k[SPACE_MAX], s[SPACE_MAX], pads[2 * SPACE_MAX];
	static const int64_t one[SPACE_MAX] = { 1, 1 };
	if (x < 0)
		return c->bad;
	k_sizes(c, "pool_size", "pool_length", n, 2, 1, k);
	if (k_get(c, "strides", "stride"))
		k_sizes(c, "strides", "stride", n, 1, 1, s);
	else
		memcpy(s, k, sizeof s);
	struct attr a[3] = { attr_is("kernel_shape", n, k), attr_is("strides", n, s) };
	return leave(c, k_op(c, op, 1, &x, 2 + padding(c, n, k, one, pads, a + 2), a));
}

static int build_max_pool(struct kcall *c)
{
	return pool(c, "MaxPool");
}

static int build_average_pool(struct kcall *c)
{
	return pool(c, "AveragePool");
}

/* The mean over the steps that the mask (N,T) leaves. */
static int masked_mean(struct kcall *c, int x)
{
	int64_t N = k_dim(c, x, 0), T = k_dim(c, x, 2), time = 2;
	int mask = k_reshape(c, c->mask, 3, (int64_t[]){ N, 1, T }), axis = k_ints(c, 1, &time);
	return k_op2(c, "Div", k_op2(c, "ReduceSum", k_op2(c, "Mul", x, mask), axis),
	             k_op2(c, "ReduceSum", mask, axis));
}

static int global_pool(struct kcall *c, const char *op)
{
	int x = enter(c);
	if (x < 0)
		return c->bad;
	bool mean = !strcmp(op, "GlobalAveragePool") && c->mask >= 0 && k_rank(c, x) == 3 && !k_channels_first(c);
	int y = mean ? masked_mean(c, x) : k_op1(c, op, x);
	return k_bool(c, "keepdims", false) ? leave(c, y) : k_op1(c, "Flatten", y);
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
	{ "Conv1D", build_conv, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "Convolution1D", build_conv, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "AtrousConvolution1D", build_conv, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "SeparableConv1D", build_separable, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "SeparableConvolution1D", build_separable, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "DepthwiseConv1D", build_depthwise, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "Conv1DTranspose", build_transposed, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "Conv2D", build_conv, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "Convolution2D", build_conv, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "SeparableConv2D", build_separable, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "SeparableConvolution2D", build_separable, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "DepthwiseConv2D", build_depthwise, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "Conv2DTranspose", build_transposed, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "Dense", build_dense, LAYER_ANALYSED, 1, 1, K_ACTIVATES | K_KEEPS_MASK },
	{ "TimeDistributedDense", build_dense, LAYER_ANALYSED, 1, 1, K_ACTIVATES },
	{ "MaxPooling1D", build_max_pool, LAYER_ANALYSED, 1, 1, 0 },
	{ "AveragePooling1D", build_average_pool, LAYER_ANALYSED, 1, 1, 0 },
	{ "MaxPooling2D", build_max_pool, LAYER_ANALYSED, 1, 1, 0 },
	{ "AveragePooling2D", build_average_pool, LAYER_ANALYSED, 1, 1, 0 },
	{ "GlobalMaxPooling1D", build_global_max, LAYER_ANALYSED, 1, 1, 0 },
	{ "GlobalAveragePooling1D", build_global_average, LAYER_ANALYSED, 1, 1, 0 },
	{ "GlobalMaxPooling2D", build_global_max, LAYER_ANALYSED, 1, 1, 0 },
	{ "GlobalAveragePooling2D", build_global_average, LAYER_ANALYSED, 1, 1, 0 },
	{ 0 },
};
