/* Operations that Keras lists among the layers: x + y, x[:, -1], tf.reduce_mean(x) and the like. tf.keras 2.4 to 2.15
 * calls them TFOpLambda and SlicingOpLambda and names TensorFlow's function; in Keras 3 they are classes of the module
 * keras.src.ops. Their axes count in Keras' order, batch included. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_op.h"

bool keras_is_operation(const char *cls, const char *module)
{
	return strstr(module, ".ops.") || !strcmp(cls, "TFOpLambda") || !strcmp(cls, "SlicingOpLambda");
}

/* ---- values ---- */

int op_missing(struct kcall *c, const char *what)
{
	return k_fail(c, ERR_FORMAT, "its argument %s is missing", what);
}

int op_operand(struct kcall *c, int at, const char *name)
{
	const cJSON *v = k_arg(c, at, name);
	return v ? k_value(c, v) : op_missing(c, name);
}

int op_first(struct kcall *c)
{
	return k_real(c, op_operand(c, 0, "x"));
}

/* NumPy's broadcasting: axes are inserted before the others, in Keras' order. */
static int stretch(struct kcall *c, int x, int rank)
{
	struct shape s = k_shape(c, x);
	int64_t dim[RANK_MAX];
	if (x < 0 || s.rank == 0 || s.rank >= rank)
		return x;
	for (int i = 0; i < rank; i++)
		dim[i] = i < rank - s.rank ? 1 : s.dim[i - (rank - s.rank)];
	return k_keras_reshape(c, x, rank, dim);
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* ---- axes ---- */

int op_axes(struct kcall *c, int at, const char *name, int rank, int64_t out[RANK_MAX])
{
	const cJSON *v = k_arg(c, at, name);
	int n = !v ? 0 : cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 1;
	if (n > RANK_MAX)
		return k_fail(c, ERR_FORMAT, "axis names more axes than there are"), 0;
	for (int i = 0; i < n; i++) {
		out[i] = 0;
		if (!json_whole(cJSON_IsArray(v) ? cJSON_GetArrayItem(v, i) : v, &out[i]) || out[i] < -rank ||
		    out[i] >= rank) {
			k_fail(c, ERR_FORMAT, "axis is not one of the %d axes", rank);
			out[i] = 0;
		}
		out[i] += out[i] < 0 ? rank : 0;
	}
	return n;
}

int64_t op_axis(struct kcall *c, int at, const char *name, int rank, int64_t fallback)
{
	int64_t a[RANK_MAX];
	int n = op_axes(c, at, name, rank, a);
	if (n > 1)
		k_fail(c, ERR_UNSUPPORTED, "several axes are not supported");
	return n ? a[0] : fallback < 0 ? fallback + rank : fallback;
}

bool op_true(struct kcall *c, int at, const char *name)
{
	return cJSON_IsTrue(k_arg(c, at, name));
}

/* ---- elements ---- */

static int unary(struct kcall *c, const char *op)
{
	return k_op1(c, op, op_first(c));
}

/* A function that has a name as activation. */
static int active(struct kcall *c, const char *op)
{
	int x = op_first(c), y = k_op1(c, op, x);
	if (y >= 0 && !c->g->value[x].constant) {
		c->pre = x;
		c->activation = json_text(c->config, "function", c->cls);
		const char *dot = strrchr(c->activation, '.');
		c->activation = dot ? dot + 1 : c->activation;
	}
	return y;
}

static int two(struct kcall *c, const char *op, bool turned)
{
	static const char *const names[] = { "x2", "bias", "b" };
	const cJSON *v = k_arg(c, 0, "x"), *w = k_arg(c, 1, turned ? "x" : "y");
	for (int i = 0; i < 3 && !w; i++)
		w = k_arg(c, 1, names[i]);
	if (!v || !w)
		return op_missing(c, v ? "y" : "x");
	int x = k_real(c, k_value(c, v)), y = k_real(c, k_value(c, w)), rank = most(k_rank(c, x), k_rank(c, y));
	x = stretch(c, x, rank);
	y = stretch(c, y, rank);
	return turned ? k_op2(c, op, y, x) : k_op2(c, op, x, y);
}

static int binary(struct kcall *c, const char *op)
{
	return two(c, op, false);
}

/* 1 - x: the first argument is the tensor, the second stands before it. */
static int reversed(struct kcall *c, const char *op)
{
	return two(c, op, true);
}

static int not_equal(struct kcall *c, const char *op)
{
	return k_op1(c, "Not", binary(c, op));
}

/* And, Or and Not take truth values; other numbers are true if they are not 0. */
static int truth(struct kcall *c, int x)
{
	return k_cast(c, x, K_TRUTH);
}

static int logical(struct kcall *c, const char *op)
{
	int x = truth(c, op_first(c)), y = truth(c, op_operand(c, 1, "y")), rank = most(k_rank(c, x), k_rank(c, y));
	return k_op2(c, op, stretch(c, x, rank), stretch(c, y, rank));
}

static int logical_not(struct kcall *c, const char *op)
{
	return k_op1(c, op, truth(c, op_first(c)));
}

static int square(struct kcall *c, const char *op)
{
	int x = op_first(c);
	return k_op2(c, op, x, x);
}

static int squared_difference(struct kcall *c, const char *op)
{
	int d = binary(c, op);
	return k_op2(c, "Mul", d, d);
}

static int reciprocal_root(struct kcall *c, const char *op)
{
	return k_op1(c, "Reciprocal", unary(c, op));
}

static int log1p_of(struct kcall *c, const char *op)
{
	return k_op1(c, op, k_op2(c, "Add", op_first(c), k_scalar(c, 1)));
}

static int expm1_of(struct kcall *c, const char *op)
{
	return k_op2(c, "Sub", k_op1(c, op, op_first(c)), k_scalar(c, 1));
}

static int silu(struct kcall *c, const char *op)
{
	int x = op_first(c);
	c->pre = x;
	c->activation = "silu";
	return k_op2(c, "Mul", x, k_op1(c, op, x));
}

static int relu6(struct kcall *c, const char *op)
{
	return k_op2(c, "Min", k_op1(c, op, op_first(c)), k_scalar(c, 6));
}

static double number_arg(struct kcall *c, int at, const char *name, double fallback)
{
	const cJSON *v = k_arg(c, at, name);
	if (v && !cJSON_IsNumber(v))
		k_fail(c, ERR_UNSUPPORTED, "%s is not a number", name);
	return cJSON_IsNumber(v) ? v->valuedouble : fallback;
}

static int leaky(struct kcall *c, const char *op)
{
	int x = op_first(c);
	struct attr a = attr_f("alpha", number_arg(c, 1, "negative_slope", number_arg(c, 1, "alpha", 0.2)));
	return k_op(c, op, 1, &x, 1, &a);
}

static int elu(struct kcall *c, const char *op)
{
	int x = op_first(c);
	struct attr a = attr_f("alpha", number_arg(c, 1, "alpha", 1));
	c->pre = x;
	c->activation = "elu";
	return k_op(c, op, 1, &x, 1, &a);
}

/* TensorFlow's default is the exact function, that of keras.ops the approximation by tanh. */
static int gelu(struct kcall *c, const char *op)
{
	int x = op_first(c);
	const cJSON *v = k_arg(c, 1, "approximate");
	struct attr a = attr_s("approximate", (v ? cJSON_IsTrue(v) : c->version >= 3) ? "tanh" : "none");
	return k_op(c, op, 1, &x, 1, &a);
}

static int hard_sigmoid(struct kcall *c, const char *op)
{
	int x = op_first(c);
	struct attr a[] = { attr_f("alpha", c->version >= 3 ? 1.0 / 6 : 0.2), attr_f("beta", 0.5) };
	return k_op(c, op, 1, &x, 2, a);
}

static int softmax(struct kcall *c, const char *op)
{
	int x = op_first(c), rank = k_rank(c, x);
	int y = k_softmax(c, op, x, k_axis(rank, op_axis(c, 1, "axis", rank, -1)));
	c->pre = x;
	c->activation = !strcmp(op, "Softmax") ? "softmax" : "log_softmax";
	return y;
}

static int clip(struct kcall *c, const char *op)
{
	double low = number_arg(c, 1, c->version >= 3 ? "x_min" : "clip_value_min", 0),
	       high = number_arg(c, 2, c->version >= 3 ? "x_max" : "clip_value_max", 0);
	int in[] = { op_first(c), k_scalar(c, low), k_scalar(c, high) };
	return k_op(c, op, 3, in, 0, NULL);
}

static int cast_to(struct kcall *c, const char *op)
{
	(void)op;
	const cJSON *v = k_arg(c, 1, "dtype");
	const char *name = cJSON_IsString(v) ? v->valuestring : "float32";
	int x = op_operand(c, 0, "x");
	return k_cast(c, x, strstr(name, "float") ? K_REAL : strstr(name, "bool") ? K_TRUTH : K_WHOLE);
}

static int where(struct kcall *c, const char *op)
{
	int in[] = { truth(c, op_operand(c, 0, "condition")), k_real(c, op_operand(c, 1, c->version >= 3 ? "x1" : "x")),
		     k_real(c, op_operand(c, 2, c->version >= 3 ? "x2" : "y")) };
	int rank = most(k_rank(c, in[0]), most(k_rank(c, in[1]), k_rank(c, in[2])));
	for (int i = 0; i < 3; i++)
		in[i] = stretch(c, in[i], rank);
	return k_op(c, op, 3, in, 0, NULL);
}

/* ---- sums and the like along axes ---- */

static int reduce_axes(struct kcall *c, const char *op, int x, int n, const int64_t *axes, bool keep)
{
	struct attr a = attr_i("keepdims", keep);
	int rank = k_rank(c, x);
	int64_t all[RANK_MAX];
	for (int i = 0; i < RANK_MAX; i++)
		all[i] = n ? axes[i < n ? i : 0] : i;
	int in[] = { k_keras(c, x), k_ints(c, n ? n : rank, all) };
	return k_core(c, k_op(c, op, 2, in, 1, &a));
}

static int reduce_of(struct kcall *c, const char *op, int x)
{
	int64_t axes[RANK_MAX];
	int n = op_axes(c, 1, "axis", k_rank(c, x), axes);
	return reduce_axes(c, op, x, n, axes, op_true(c, 2, "keepdims"));
}

static int reduce(struct kcall *c, const char *op)
{
	return reduce_of(c, op, op_first(c));
}

static int any_of(struct kcall *c, const char *op)
{
	return truth(c, reduce_of(c, op, k_cast(c, truth(c, op_first(c)), K_REAL)));
}

static int variance_of(struct kcall *c, const char *op)
{
	int64_t axes[RANK_MAX];
	int x = op_first(c), n = op_axes(c, 1, "axis", k_rank(c, x), axes);
	int d = k_op2(c, "Sub", x, reduce_axes(c, op, x, n, axes, true));
	return reduce_of(c, op, k_op2(c, "Mul", d, d));
}

static int deviation_of(struct kcall *c, const char *op)
{
	return k_op1(c, "Sqrt", variance_of(c, op));
}

/* x / sqrt(max(sum x^2, epsilon)) (tf.math.l2_normalize). */
static int l2_normalize(struct kcall *c, const char *op)
{
	int64_t axes[RANK_MAX];
	int x = op_first(c), n = op_axes(c, 1, "axis", k_rank(c, x), axes);
	int s = reduce_axes(c, op, x, n, axes, true);
	return k_op2(c, "Div", x,
	             k_op1(c, "Sqrt", k_op2(c, "Max", s, k_scalar(c, number_arg(c, 2, "epsilon", 1e-12)))));
}

static int cumsum(struct kcall *c, const char *op)
{
	int x = op_first(c), rank = k_rank(c, x);
	/* Without an axis, that of Keras 3 makes one row of all values. */
	if (c->version >= 3 && !k_arg(c, 1, "axis"))
		return k_fail(c, ERR_UNSUPPORTED, "a sum without an axis is not supported");
	int64_t axis = k_axis(rank, op_axis(c, 1, "axis", rank, 0));
	struct attr a[] = { attr_i("exclusive", op_true(c, 2, "exclusive")),
		            attr_i("reverse", op_true(c, 3, "reverse")) };
	struct shape s = { 0 };
	int in[] = { x, c->bad ? c->bad : graph_const_int(c->g, NULL, &s, &axis, c->e) };
	return k_op(c, op, 2, in, 2, a);
}

/* ---- the table ---- */

static const struct function functions[] = {
	{ "add", binary, "Add" },
	{ "radd", reversed, "Add" },
	{ "add_v2", binary, "Add" },
	{ "bias_add", binary, "Add" },
	{ "sub", binary, "Sub" },
	{ "subtract", binary, "Sub" },
	{ "rsub", reversed, "Sub" },
	{ "mul", binary, "Mul" },
	{ "multiply", binary, "Mul" },
	{ "rmul", reversed, "Mul" },
	{ "truediv", binary, "Div" },
	{ "true_divide", binary, "Div" },
	{ "divide", binary, "Div" },
	{ "div", binary, "Div" },
	{ "rtruediv", reversed, "Div" },
	{ "rdiv", reversed, "Div" },
	{ "pow", binary, "Pow" },
	{ "power", binary, "Pow" },
	{ "rpow", reversed, "Pow" },
	{ "maximum", binary, "Max" },
	{ "minimum", binary, "Min" },
	{ "squared_difference", squared_difference, "Sub" },
	{ "equal", binary, "Equal" },
	{ "eq", binary, "Equal" },
	{ "not_equal", not_equal, "Equal" },
	{ "ne", not_equal, "Equal" },
	{ "greater", binary, "Greater" },
	{ "gt", binary, "Greater" },
	{ "greater_equal", binary, "GreaterOrEqual" },
	{ "ge", binary, "GreaterOrEqual" },
	{ "less", binary, "Less" },
	{ "lt", binary, "Less" },
	{ "less_equal", binary, "LessOrEqual" },
	{ "le", binary, "LessOrEqual" },
	{ "logical_and", logical, "And" },
	{ "logical_or", logical, "Or" },
	{ "logical_not", logical_not, "Not" },
	{ "where", where, "Where" },
	{ "where_v2", where, "Where" },
	{ "neg", unary, "Neg" },
	{ "negative", unary, "Neg" },
	{ "abs", unary, "Abs" },
	{ "absolute", unary, "Abs" },
	{ "exp", unary, "Exp" },
	{ "log", unary, "Log" },
	{ "log1p", log1p_of, "Log" },
	{ "expm1", expm1_of, "Exp" },
	{ "sqrt", unary, "Sqrt" },
	{ "rsqrt", reciprocal_root, "Sqrt" },
	{ "square", square, "Mul" },
	{ "reciprocal", unary, "Reciprocal" },
	{ "sin", unary, "Sin" },
	{ "cos", unary, "Cos" },
	{ "erf", unary, "Erf" },
	{ "floor", unary, "Floor" },
	{ "ceil", unary, "Ceil" },
	{ "round", unary, "Round" },
	{ "sign", unary, "Sign" },
	{ "identity", unary, "Identity" },
	{ "stop_gradient", unary, "Identity" },
	{ "relu", active, "Relu" },
	{ "relu6", relu6, "Relu" },
	{ "leaky_relu", leaky, "LeakyRelu" },
	{ "elu", elu, "Elu" },
	{ "selu", active, "Selu" },
	{ "gelu", gelu, "Gelu" },
	{ "silu", silu, "Sigmoid" },
	{ "swish", silu, "Sigmoid" },
	{ "mish", active, "Mish" },
	{ "sigmoid", active, "Sigmoid" },
	{ "hard_sigmoid", hard_sigmoid, "HardSigmoid" },
	{ "tanh", active, "Tanh" },
	{ "softplus", active, "Softplus" },
	{ "softsign", active, "Softsign" },
	{ "softmax", softmax, "Softmax" },
	{ "softmax_v2", softmax, "Softmax" },
	{ "log_softmax", softmax, "LogSoftmax" },
	{ "clip", clip, "Clip" },
	{ "clip_by_value", clip, "Clip" },
	{ "cast", cast_to, NULL },
	{ "reduce_mean", reduce, "ReduceMean" },
	{ "mean", reduce, "ReduceMean" },
	{ "reduce_sum", reduce, "ReduceSum" },
	{ "sum", reduce, "ReduceSum" },
	{ "reduce_max", reduce, "ReduceMax" },
	{ "max", reduce, "ReduceMax" },
	{ "amax", reduce, "ReduceMax" },
	{ "reduce_min", reduce, "ReduceMin" },
	{ "min", reduce, "ReduceMin" },
	{ "amin", reduce, "ReduceMin" },
	{ "reduce_prod", reduce, "ReduceProd" },
	{ "prod", reduce, "ReduceProd" },
	{ "reduce_logsumexp", reduce, "ReduceLogSumExp" },
	{ "logsumexp", reduce, "ReduceLogSumExp" },
	{ "reduce_any", any_of, "ReduceMax" },
	{ "any", any_of, "ReduceMax" },
	{ "reduce_all", any_of, "ReduceMin" },
	{ "all", any_of, "ReduceMin" },
	{ "reduce_variance", variance_of, "ReduceMean" },
	{ "var", variance_of, "ReduceMean" },
	{ "reduce_std", deviation_of, "ReduceMean" },
	{ "std", deviation_of, "ReduceMean" },
	{ "l2_normalize", l2_normalize, "ReduceSumSquare" },
	{ "cumsum", cumsum, "CumSum" },
	{ 0 },
};

static const struct function *const tables[] = { functions, keras_moves };

void keras_operations_print(FILE *f)
{
	for (int i = 0; i < 2; i++)
		for (const struct function *a = tables[i]; a->name; a++)
			fprintf(f, "%s%s", a == functions ? "" : ", ", a->name);
}

static const struct function *function_of(const char *cls, const cJSON *config)
{
	char name[128];
	const char *said = json_text(config, "function", NULL), *dot;
	if (said) {
		dot = strrchr(said, '.');
		snprintf(name, sizeof name, "%s", dot ? dot + 1 : said);
	} else {
		keras_snake(cls, name, sizeof name);
	}
	for (int i = 0; i < 2; i++)
		for (const struct function *f = tables[i]; f->name; f++)
			if (!strcmp(f->name, name))
				return f;
	return NULL;
}

static int build_operation(struct kcall *c)
{
	const struct function *f = function_of(c->cls, c->config);
	if (!f)
		return k_fail(c, ERR_UNSUPPORTED, "the operation is not supported");
	return f->build(c, f->op);
}

const struct kclass *keras_operation(const char *cls, const cJSON *config)
{
	static const struct kclass operation = { "operation", build_operation, LAYER_ANALYSED, 0, OPERANDS_MAX, 0 };
	return function_of(cls, config) ? &operation : NULL;
}
