/* Keras activation functions: inside a layer, as an Activation layer, and as layers of their own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* Activations that are one ONNX operator with its default attributes. */
static const struct {
	const char *name, *op;
} plain[] = {
	{ "relu", "Relu" },
	{ "elu", "Elu" },
	{ "selu", "Selu" },
	{ "sigmoid", "Sigmoid" },
	{ "tanh", "Tanh" },
	{ "softplus", "Softplus" },
	{ "softsign", "Softsign" },
	{ "exponential", "Exp" },
	{ "gelu", "Gelu" },
	{ "mish", "Mish" },
	{ "celu", "Celu" },
	{ "hard_silu", "HardSwish" },
	{ "hard_swish", "HardSwish" },
};

int k_softmax(struct kcall *c, const char *op, int x, int64_t axis)
{
	struct attr a = attr_i("axis", axis);
	return k_op(c, op, 1, &x, 1, &a);
}

static int leaky(struct kcall *c, int x, double alpha)
{
	struct attr a = attr_f("alpha", alpha);
	return k_op(c, "LeakyRelu", 1, &x, 1, &a);
}

static int hard_sigmoid(struct kcall *c, int x)
{
	/* Keras 3 defines this function as PyTorch does. */
	struct attr a[] = { attr_f("alpha", c->version >= 3 ? 1.0 / 6 : 0.2), attr_f("beta", 0.5) };
	return k_op(c, "HardSigmoid", 1, &x, 2, a);
}

/* Keras has no activation of this name. ShallowConvNet for EEG defines one, log(clip(x, 1e-7, 10000)), and files hold
 * only its name. */
static int bounded_log(struct kcall *c, int x)
{
	keras_warn(c->m,
	           "layer '%.200s' uses a function of its own called 'log'; it is taken as log(clip(x, 1e-7, 10000)), "
	           "as in ShallowConvNet",
	           c->name);
	int in[] = { x, k_scalar(c, 1e-7), k_scalar(c, 10000) };
	return k_op1(c, "Log", k_op(c, "Clip", 3, in, 0, NULL));
}

/* Applies the activation of this name. The filters are axis 1 in both ranks. */
static int by_name(struct kcall *c, const char *name, int x)
{
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (!strcmp(name, plain[i].name))
			return k_op1(c, plain[i].op, x);
	if (!strcmp(name, "softmax"))
		return k_softmax(c, "Softmax", x, 1);
	if (!strcmp(name, "log_softmax"))
		return k_softmax(c, "LogSoftmax", x, 1);
	if (!strcmp(name, "hard_sigmoid"))
		return hard_sigmoid(c, x);
	if (!strcmp(name, "swish") || !strcmp(name, "silu"))
		return k_op2(c, "Mul", x, k_op1(c, "Sigmoid", x));
	if (!strcmp(name, "leaky_relu"))
		return leaky(c, x, 0.2);
	if (!strcmp(name, "relu6"))
		return k_op2(c, "Min", k_op1(c, "Relu", x), k_scalar(c, 6));
	if (!strcmp(name, "square"))
		return k_op2(c, "Mul", x, x);
	if (!strcmp(name, "log"))
		return bounded_log(c, x);
	return k_fail(c, ERR_UNSUPPORTED, "activation '%s' is not supported", name);
}

static const struct kclass *activation_class(const char *name)
{
	for (const struct kclass *k = keras_activation_classes; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

/* Applies an activation that is given as a layer: {"class_name": "LeakyReLU", "config": {...}}. */
static int by_object(struct kcall *c, const cJSON *v, int x)
{
	const char *cls = json_text(v, "class_name", "");
	const struct kclass *k = activation_class(cls);
	/* Keras 3 writes a function that is not its own as {"class_name": "function", "config": NAME}. */
	if (!strcmp(cls, "function"))
		return k_fail(c, ERR_UNSUPPORTED,
		              "activation '%.60s' is not one of Keras', and files hold only its name",
		              json_text(v, "config", ""));
	if (!k || !strcmp(cls, "Activation"))
		return k_fail(c, ERR_UNSUPPORTED, "activation '%s' is not supported", cls);
	struct kcall sub = *c;
	sub.config = json_get(v, "config");
	sub.weights = NULL;
	sub.x = &x;
	sub.n_x = 1;
	int y = k->build(&sub);
	k_unread(&sub, sub.config);
	c->bad = sub.bad;
	c->activation = sub.activation;
	return y;
}

int k_activate(struct kcall *c, int x)
{
	const cJSON *v = k_get(c, "activation", NULL);
	if (x < 0 || c->bad || c->plain)
		return c->bad ? c->bad : x;
	if (!v || (cJSON_IsString(v) && !strcmp(v->valuestring, "linear")))
		return x;
	c->pre = x;
	if (cJSON_IsObject(v))
		return by_object(c, v, x);
	if (!cJSON_IsString(v))
		return k_fail(c, ERR_FORMAT, "activation is not a name");
	c->activation = v->valuestring;
	return by_name(c, v->valuestring, x);
}

/* ---- layers ---- */

static int build_activation(struct kcall *c)
{
	int y = k_activate(c, c->x[0]);
	return y == c->x[0] ? k_op1(c, "Identity", y) : y;
}

/* For layers that are only an activation function: the value before the activation is the layer's input. */
static int alone(struct kcall *c, const char *activation, int y)
{
	c->pre = c->x[0];
	c->activation = activation;
	return y;
}

static int build_relu(struct kcall *c)
{
	double slope = k_float(c, "negative_slope", NULL, 0), from = k_float(c, "threshold", NULL, 0);
	double most = k_float(c, "max_value", NULL, INFINITY);
	int x = c->x[0], y;
	if (from != 0 && slope == 0) {
		struct attr a = attr_f("alpha", from);
		y = k_op(c, "ThresholdedRelu", 1, &x, 1, &a);
	} else if (from != 0) {
		return k_fail(c, ERR_UNSUPPORTED, "a threshold together with a negative slope is not supported");
	} else {
		y = slope != 0 ? leaky(c, x, slope) : k_op1(c, "Relu", x);
	}
	if (isfinite(most))
		y = k_op2(c, "Min", y, k_scalar(c, most));
	return alone(c, "relu", y);
}

static int build_leaky(struct kcall *c)
{
	return alone(c, "leaky_relu", leaky(c, c->x[0], k_float(c, "negative_slope", "alpha", 0.3)));
}

static int build_elu(struct kcall *c)
{
	struct attr a = attr_f("alpha", k_float(c, "alpha", NULL, 1));
	return alone(c, "elu", k_op(c, "Elu", 1, c->x, 1, &a));
}

static int build_thresholded(struct kcall *c)
{
	struct attr a = attr_f("alpha", k_float(c, "theta", NULL, 1));
	return alone(c, "thresholded_relu", k_op(c, "ThresholdedRelu", 1, c->x, 1, &a));
}

static int build_softmax(struct kcall *c)
{
	const cJSON *v = k_get(c, "axis", NULL);
	if (cJSON_IsArray(v) && cJSON_GetArraySize(v) != 1)
		return k_fail(c, ERR_UNSUPPORTED, "a softmax over several axes is not supported");
	int rank = k_rank(c, c->x[0]);
	int64_t axis = k_int(c, "axis", NULL, -1, -RANK_MAX, RANK_MAX);
	axis = axis < 0 ? axis + rank : axis;
	if (c->mask >= 0)
		return k_fail(c, ERR_UNSUPPORTED, "a softmax of an input with a mask is not supported");
	if (!c->bad && (axis < 1 || axis >= rank))
		return k_fail(c, ERR_UNSUPPORTED, "a softmax over axis %lld is not supported", (long long)axis);
	return alone(c, "softmax", k_softmax(c, "Softmax", c->x[0], k_axis(rank, axis)));
}

/* relu(x) + alpha min(x,0), with one alpha for each element of a window, or shared along some axes. */
static int build_prelu(struct kcall *c)
{
	int x = c->x[0], rank = k_rank(c, x);
	const struct keras_weight *w = k_weight(c, 0, "alpha", rank - 1);
	k_ask(c, "shared_axes"); /* alpha has size 1 along them */
	struct shape s = k_shape(c, x), core = { .rank = rank - 1 };
	if (!w)
		return c->bad;
	for (int i = 0; i < rank - 1; i++)
		if (w->shape.dim[i] != 1 && w->shape.dim[i] != s.dim[i + 1])
			return k_fail(c, ERR_FORMAT, "its alpha does not fit its input");
	/* The channels come first: (rest, C) is transposed. */
	int64_t C = w->shape.dim[rank - 2], rest = shape_count(&w->shape) / C;
	core.dim[0] = C;
	for (int i = 0; i < rank - 2; i++)
		core.dim[i + 1] = w->shape.dim[i];
	float *t = xcalloc((size_t)(C * rest), sizeof *t);
	for (int64_t i = 0; i < C * rest; i++)
		t[i] = w->data[i % rest * C + i / rest];
	int alpha = k_const_shape(c, "alpha", &core, t);
	free(t);
	int below = k_op2(c, "Mul", k_op2(c, "Min", x, k_scalar(c, 0)), alpha);
	return alone(c, "prelu", k_op2(c, "Add", k_op1(c, "Relu", x), below));
}

const struct kclass keras_activation_classes[] = {
	{ "Activation", build_activation, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "ReLU", build_relu, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "LeakyReLU", build_leaky, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "ELU", build_elu, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "ThresholdedReLU", build_thresholded, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "Softmax", build_softmax, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ "PReLU", build_prelu, LAYER_ANALYSED, 1, 1, K_KEEPS_MASK },
	{ 0 },
};
