/* Gradients of every operator against central differences, in double precision (the f64 build; the float build runs the
 * same cases with a tolerance that only catches gross errors). The table below holds at least one case for every row of
 * op_table: a test walks the table and fails for an operator without one.
 *
 * A case is a text: the operator, its inputs as shapes, its attributes. Inputs are random numbers kept off kinks; those
 * marked c are constants that are not differentiated (int64 lists). L = sum of w * y with random w; every other input
 * is differentiated. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include "core/graph/op.h"
#include "core/base/rng.h"
#include "core/run/run.h"
#include "core/kernels/tile.h"
#include "tests/unit/unit.h"

enum { INPUTS = 8 };

struct in {
	struct shape shape;
	bool is_int, is_real, absent; /* constant of v or c; left out */
	double c[12];
	int64_t v[12];
	double low, high; /* range of the random numbers; both 0: -1..1 */
};

struct grad_case {
	const char *op;
	struct in in[INPUTS];
	int n_in;
	struct attr attr[6];
	int n_out; /* 0: one */
	bool training;
};

#define S1(a)                         \
	{                             \
		.shape = { 1, { a } } \
	}
#define S2(a, b)                         \
	{                                \
		.shape = { 2, { a, b } } \
	}
#define S3(a, b, c)                         \
	{                                   \
		.shape = { 3, { a, b, c } } \
	}
#define S4(a, b, c, d)                         \
	{                                      \
		.shape = { 4, { a, b, c, d } } \
	}
#define POSITIVE(...)                                                                                       \
	{                                                                                                   \
		.shape = { sizeof((int64_t[]){ __VA_ARGS__ }) / 8, { __VA_ARGS__ } }, .low = 0.5, .high = 2 \
	}
#define BETWEEN(a, b, ...)                                                                                \
	{                                                                                                 \
		.shape = { sizeof((int64_t[]){ __VA_ARGS__ }) / 8, { __VA_ARGS__ } }, .low = a, .high = b \
	}
#define REALS(...)                                                                                               \
	{                                                                                                        \
		.shape = { 1, { sizeof((double[]){ __VA_ARGS__ }) / 8 } }, .is_real = true, .c = { __VA_ARGS__ } \
	}
#define ABSENT                 \
	{                      \
		.absent = true \
	}
#define INTS(...)                                                                                                \
	{                                                                                                        \
		.shape = { 1, { sizeof((int64_t[]){ __VA_ARGS__ }) / 8 } }, .is_int = true, .v = { __VA_ARGS__ } \
	}
#define I(nm, x)                                     \
	{                                            \
		.name = nm, .type = ATTR_INT, .i = x \
	}
#define F(nm, x)                                       \
	{                                              \
		.name = nm, .type = ATTR_FLOAT, .f = x \
	}
#define STR(nm, x)                                      \
	{                                               \
		.name = nm, .type = ATTR_STRING, .s = x \
	}
#define LIST(nm, ...)                                                                                                 \
	{                                                                                                             \
		.name = nm, .type = ATTR_INTS, .n = sizeof((int64_t[]){ __VA_ARGS__ }) / 8, .ints = (const int64_t[]) \
		{                                                                                                     \
			__VA_ARGS__                                                                                   \
		}                                                                                                     \
	}

static const struct grad_case cases[] = {
	{ "Conv", { S3(1, 2, 7), S3(3, 2, 3), S1(3) }, 3, { LIST("pads", 1, 1) } },
	{ "Conv", { S3(2, 2, 8), S3(3, 2, 3) }, 2, { LIST("strides", 2), LIST("pads", 2, 0) } },
	{ "Conv", { S3(2, 2, 9), S3(2, 2, 2), S1(2) }, 3, { LIST("strides", 3) } },
	{ "Conv", { S3(1, 1, 1), S3(1, 1, 1), S1(1) }, 3, { { 0 } } },
	{ "Conv", { S3(1, 3, 11), S3(2, 3, 3), S1(2) }, 3, { LIST("dilations", 3), STR("auto_pad", "SAME_UPPER") } },
	{ "Conv",
	  { S3(1, 4, 10), S3(6, 2, 3), S1(6) },
	  3,
	  { I("group", 2), STR("auto_pad", "SAME_LOWER"), LIST("strides", 3) } },
	{ "Conv", { S3(2, 3, 6), S3(3, 1, 4) }, 2, { I("group", 3), LIST("pads", 6, 1), LIST("dilations", 2) } },
	{ "Conv", { S4(1, 2, 1, 9), S4(3, 2, 1, 3), S1(3) }, 3, { LIST("pads", 0, 1, 0, 1) } },
	{ "Conv", { S4(1, 2, 9, 1), S4(3, 2, 5, 1) }, 2, { LIST("strides", 2, 1) } },
	{ "Conv", { S4(2, 2, 4, 5), S4(3, 2, 2, 3), S1(3) }, 3, { LIST("pads", 1, 1, 0, 2), LIST("strides", 2, 1) } },
	{ "Conv", { S4(1, 1, 7, 3), S4(4, 1, 3, 3) }, 2, { { 0 } } },
	{ "Conv",
	  { S4(1, 4, 3, 6), S4(4, 2, 1, 3), S1(4) },
	  3,
	  { I("group", 2), LIST("dilations", 1, 2), STR("auto_pad", "SAME_UPPER") } },
	{ "Conv",
	  { { .shape = { 5, { 1, 2, 2, 3, 4 } } }, { .shape = { 5, { 2, 2, 2, 2, 2 } } }, S1(2) },
	  3,
	  { { 0 } } },
	{ "MaxPool", { S3(2, 3, 9) }, 1, { LIST("kernel_shape", 2), LIST("strides", 2) } },
	{ "MaxPool",
	  { S3(1, 2, 9) },
	  1,
	  { LIST("kernel_shape", 3), LIST("strides", 1), STR("auto_pad", "SAME_UPPER") } },
	{ "MaxPool", { S3(1, 2, 7) }, 1, { LIST("kernel_shape", 2), LIST("strides", 4), I("ceil_mode", 1) } },
	{ "MaxPool", { S3(1, 2, 9) }, 1, { LIST("kernel_shape", 3), LIST("dilations", 2), LIST("pads", 2, 1) } },
	{ "MaxPool", { S3(1, 1, 1) }, 1, { LIST("kernel_shape", 1) } },
	{ "MaxPool",
	  { S4(2, 2, 5, 6) },
	  1,
	  { LIST("kernel_shape", 3, 2), LIST("pads", 1, 0, 1, 1), LIST("strides", 2, 2) } },
	{ "MaxPool", { S4(1, 2, 6, 3) }, 1, { LIST("kernel_shape", 2, 1), LIST("strides", 2, 1) } },
	{ "AveragePool",
	  { S4(2, 2, 5, 6) },
	  1,
	  { LIST("kernel_shape", 3, 2), LIST("pads", 1, 0, 1, 1), I("count_include_pad", 1) } },
	{ "AveragePool",
	  { S4(1, 2, 3, 7) },
	  1,
	  { LIST("kernel_shape", 1, 3), LIST("strides", 1, 2), I("ceil_mode", 1) } },
	{ "AveragePool", { S3(2, 3, 9) }, 1, { LIST("kernel_shape", 2), LIST("strides", 2) } },
	{ "AveragePool",
	  { S3(1, 2, 9) },
	  1,
	  { LIST("kernel_shape", 4), LIST("pads", 2, 1), I("count_include_pad", 1) } },
	{ "AveragePool",
	  { S3(1, 2, 9) },
	  1,
	  { LIST("kernel_shape", 4), LIST("strides", 3), LIST("pads", 1, 1), I("ceil_mode", 1) } },
	{ "AveragePool", { S3(1, 2, 8) }, 1, { LIST("kernel_shape", 3), LIST("strides", 5), LIST("dilations", 2) } },
	{ "GlobalAveragePool", { S3(2, 3, 5) }, 1, { { 0 } } },
	{ "GlobalAveragePool", { S4(1, 2, 3, 2) }, 1, { { 0 } } },
	{ "GlobalMaxPool", { S3(2, 3, 5) }, 1, { { 0 } } },
	{ "GlobalLpPool", { S3(2, 3, 5) }, 1, { { 0 } } },
	{ "GlobalLpPool", { S3(1, 2, 5) }, 1, { I("p", 1) } },
	{ "GlobalLpPool", { S3(1, 2, 5) }, 1, { I("p", 3) } },
	{ "Gemm", { S2(1, 5), S2(5, 3), S1(3) }, 3, { { 0 } } },
	{ "Gemm",
	  { S2(6, 2), S2(5, 6), S2(2, 1) },
	  3,
	  { I("transA", 1), I("transB", 1), F("alpha", 0.5), F("beta", 2) } },
	{ "Gemm", { S2(6, 7), S2(7, 5) }, 2, { { 0 } } },
	{ "Gemm", { S2(5, 7), S2(1, 7), S1(1) }, 3, { I("transB", 1) } },
	{ "Gemm", { S2(5, 6), S2(5, 7), S2(6, 7) }, 3, { I("transA", 1), F("alpha", -1) } },
	{ "MatMul", { S2(2, 5), S2(5, 3) }, 2, { { 0 } } },
	{ "MatMul", { S3(2, 5, 4), S2(4, 3) }, 2, { { 0 } } },
	{ "MatMul", { S3(2, 1, 4), S3(1, 4, 3) }, 2, { { 0 } } },
	{ "MatMul", { S4(2, 1, 2, 4), S3(3, 4, 3) }, 2, { { 0 } } },
	{ "MatMul", { S1(4), S2(4, 3) }, 2, { { 0 } } },
	{ "MatMul", { S3(2, 3, 4), S1(4) }, 2, { { 0 } } },
	{ "BatchNormalization", { S3(2, 3, 4), S1(3), S1(3), S1(3), POSITIVE(3) }, 5, { F("epsilon", 0.01) } },
	{ "BatchNormalization", { S2(4, 3), S1(3), S1(3), S1(3), POSITIVE(3) }, 5, { { 0 } } },
	{ "BatchNormalization", { S3(3, 2, 4), S1(2), S1(2), S1(2), POSITIVE(2) }, 5, { { 0 } }, .training = true },
	{ "Softmax", { S2(2, 5) }, 1, { { 0 } } },
	{ "Softmax", { S3(2, 4, 3) }, 1, { I("axis", 1) } },
	{ "LogSoftmax", { S2(2, 5) }, 1, { { 0 } } },
	{ "LogSoftmax", { S3(2, 4, 3) }, 1, { I("axis", 0) } },
	{ "Add", { S3(2, 3, 4), S3(2, 3, 4) }, 2, { { 0 } } },
	{ "Add", { S3(2, 3, 4), S1(4) }, 2, { { 0 } } },
	{ "Add", { S1(1), S3(2, 3, 4) }, 2, { { 0 } } },
	{ "Sub", { S3(2, 3, 4), S3(1, 3, 1) }, 2, { { 0 } } },
	{ "Sub", { S2(3, 1), S3(2, 3, 4) }, 2, { { 0 } } },
	{ "Mul", { S3(2, 3, 4), S3(2, 3, 4) }, 2, { { 0 } } },
	{ "Mul", { S3(2, 3, 4), S3(1, 3, 1) }, 2, { { 0 } } },
	{ "Mul", { S3(2, 1, 4), S3(1, 3, 1) }, 2, { { 0 } } },
	{ "Div", { S3(2, 3, 4), POSITIVE(3, 4) }, 2, { { 0 } } },
	{ "Div", { S2(3, 1), POSITIVE(2, 1, 4) }, 2, { { 0 } } },
	{ "Pow", { POSITIVE(2, 3), S2(2, 3) }, 2, { { 0 } } },
	{ "Pow", { POSITIVE(2, 3), S1(1) }, 2, { { 0 } } },
	{ "Sum", { S2(2, 3) }, 1, { { 0 } } },
	{ "Sum", { S2(2, 3), S1(3), S2(2, 1) }, 3, { { 0 } } },
	{ "Mean", { S2(2, 3), S1(3), S2(2, 1), S2(2, 3) }, 4, { { 0 } } },
	{ "Max", { S2(2, 5), S2(2, 5), S1(5) }, 3, { { 0 } } },
	{ "Max", { S2(2, 5) }, 1, { { 0 } } },
	{ "Min", { S2(2, 5), S2(2, 1) }, 2, { { 0 } } },
	{ "Relu", { S3(2, 3, 4) }, 1, { { 0 } } },
	{ "Relu", { S1(1) }, 1, { { 0 } } },
	{ "LeakyRelu", { S2(3, 4) }, 1, { { 0 } } },
	{ "LeakyRelu", { S2(3, 4) }, 1, { F("alpha", 0.3) } },
	{ "Elu", { S2(3, 4) }, 1, { { 0 } } },
	{ "Elu", { S2(3, 4) }, 1, { F("alpha", 2) } },
	{ "Selu", { S2(3, 4) }, 1, { { 0 } } },
	{ "Celu", { S2(3, 4) }, 1, { F("alpha", 0.7) } },
	{ "Sigmoid", { S2(3, 4) }, 1, { { 0 } } },
	{ "Tanh", { S2(3, 4) }, 1, { { 0 } } },
	{ "Softplus", { S2(3, 4) }, 1, { { 0 } } },
	{ "Softsign", { S2(3, 4) }, 1, { { 0 } } },
	{ "HardSigmoid", { { .shape = { 1, { 9 } }, .low = -4, .high = 4 } }, 1, { { 0 } } },
	{ "HardSwish", { { .shape = { 1, { 9 } }, .low = -4, .high = 4 } }, 1, { { 0 } } },
	{ "Gelu", { S2(3, 4) }, 1, { { 0 } } },
	{ "Gelu", { S2(3, 4) }, 1, { STR("approximate", "tanh") } },
	{ "Mish", { S2(3, 4) }, 1, { { 0 } } },
	{ "ThresholdedRelu", { { .shape = { 1, { 9 } }, .low = -1, .high = 3 } }, 1, { F("alpha", 0.8) } },
	{ "Exp", { S2(3, 4) }, 1, { { 0 } } },
	{ "Log", { POSITIVE(3, 4) }, 1, { { 0 } } },
	{ "Sqrt", { POSITIVE(3, 4) }, 1, { { 0 } } },
	{ "Neg", { S2(3, 4) }, 1, { { 0 } } },
	{ "Abs", { S2(3, 4) }, 1, { { 0 } } },
	{ "Reciprocal", { POSITIVE(3, 4) }, 1, { { 0 } } },
	{ "Erf", { S2(3, 4) }, 1, { { 0 } } },
	{ "Sin", { S2(3, 4) }, 1, { { 0 } } },
	{ "Cos", { S2(3, 4) }, 1, { { 0 } } },
	{ "Floor", { S2(3, 4) }, 1, { { 0 } } },
	{ "Ceil", { S2(3, 4) }, 1, { { 0 } } },
	{ "Concat", { S3(2, 3, 4), S3(2, 1, 4), S3(2, 2, 4) }, 3, { I("axis", 1) } },
	{ "Concat", { S2(2, 3), S2(2, 1) }, 2, { I("axis", -1) } },
	{ "Flatten", { S3(2, 3, 4) }, 1, { { 0 } } },
	{ "Flatten", { S3(2, 3, 4) }, 1, { I("axis", 0) } },
	{ "Reshape", { S3(2, 3, 4), INTS(0, -1, 2, 1) }, 2, { { 0 } } },
	{ "Transpose", { S3(2, 3, 4) }, 1, { LIST("perm", 2, 0, 1) } },
	{ "Transpose", { S3(2, 3, 4) }, 1, { { 0 } } },
	{ "Pad", { S3(2, 2, 3), INTS(0, 1, 2, 0, 0, 1), S1(1) }, 3, { { 0 } } },
	{ "Pad", { S2(2, 5), INTS(0, -1, 0, -2) }, 2, { { 0 } } },
	{ "Pad", { S2(2, 5), INTS(0, 3, 0, 2) }, 2, { STR("mode", "reflect") } },
	{ "Pad", { S2(2, 3), INTS(1, 4, 0, 2) }, 2, { STR("mode", "edge") } },
	{ "Pad", { S2(2, 3), INTS(4, 2), { .shape = { 0, { 0 } } }, INTS(-1) }, 4, { STR("mode", "wrap") } },
	{ "Slice", { S3(2, 5, 7), INTS(1, -6), INTS(4, INT64_MAX), INTS(1, 2), INTS(2, 3) }, 5, { { 0 } } },
	{ "Slice", { S2(3, 7), INTS(-1), INTS(INT64_MIN), INTS(1), INTS(-2) }, 5, { { 0 } } },
	{ "Slice", { S2(3, 7), INTS(1, 0), INTS(2, 3) }, 3, { { 0 } } },
	{ "Split", { S2(3, 7), INTS(2, 1, 4) }, 2, { I("axis", 1) }, .n_out = 3 },
	{ "Split", { S2(5, 2) }, 1, { { 0 } }, .n_out = 2 },
	{ "Identity", { S2(3, 4) }, 1, { { 0 } } },
	{ "Dropout", { S2(3, 4) }, 1, { { 0 } } },
	{ "Squeeze", { S4(2, 1, 3, 1), INTS(1, -1) }, 2, { { 0 } } },
	{ "Squeeze", { S4(1, 1, 3, 1) }, 1, { { 0 } } },
	{ "Unsqueeze", { S2(2, 3), INTS(0, -1) }, 2, { { 0 } } },
	{ "Unsqueeze", { S1(1), INTS(1) }, 2, { { 0 } } },
	{ "Expand", { S3(2, 1, 3), INTS(2, 4, 1) }, 2, { { 0 } } },
	{ "Expand", { S2(3, 1), INTS(2, 1, 4) }, 2, { { 0 } } },
	{ "Expand", { S1(1), INTS(1) }, 2, { { 0 } } },
	{ "Tile", { S3(2, 1, 3), INTS(2, 3, 2) }, 2, { { 0 } } },
	{ "Tile", { S1(1), INTS(1) }, 2, { { 0 } } },
	{ "Gather", { S3(2, 4, 3), INTS(3, 0, -1, 3) }, 2, { I("axis", 1) } },
	{ "Gather", { S2(3, 4), INTS(1) }, 2, { { 0 } } },
	{ "Gather", { S2(3, 4), { .shape = { 0, { 0 } }, .is_int = true, .v = { -2 } } }, 2, { I("axis", -1) } },
	{ "Gather", { S2(3, 4), { .shape = { 2, { 2, 2 } }, .is_int = true, .v = { 0, 1, 2, 0 } } }, 2, { { 0 } } },
	{ "Cast", { S2(3, 4) }, 1, { I("to", 1) } },
	{ "CastLike", { S2(3, 4), S1(1) }, 2, { { 0 } } },
	{ "ReduceSum", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "ReduceSum", { S3(2, 3, 4), INTS(0, -1) }, 2, { I("keepdims", 0) } },
	{ "ReduceSum", { S3(2, 1, 1) }, 1, { I("noop_with_empty_axes", 1) } },
	{ "ReduceMean", { S3(2, 3, 4), INTS(-1) }, 2, { { 0 } } },
	{ "ReduceMean", { S3(2, 3, 4) }, 1, { I("keepdims", 0) } },
	{ "ReduceMean", { S1(1) }, 1, { { 0 } } },
	{ "ReduceMax", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "ReduceMax", { S2(2, 1), INTS(1) }, 2, { { 0 } } },
	{ "ReduceMin", { S3(2, 3, 4), INTS(0, 2) }, 2, { { 0 } } },
	{ "ReduceProd", { S3(2, 3, 2), INTS(1) }, 2, { { 0 } } },
	{ "ReduceL1", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "ReduceL2", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "ReduceSumSquare", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "ReduceLogSum", { POSITIVE(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "ReduceLogSumExp", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "Where",
	  { { .shape = { 2, { 2, 3 } }, .is_int = true, .v = { 1, 0, 0, 1, 1, 0 } }, S2(2, 3), S1(3) },
	  3,
	  { { 0 } } },
	{ "Where", { { .shape = { 2, { 1, 2 } }, .is_int = true, .v = { 0, 1 } }, S1(1), S3(2, 3, 2) }, 3, { { 0 } } },
	{ "Clip",
	  { { .shape = { 2, { 2, 6 } }, .low = -2, .high = 2 },
	    { .shape = { 0, { 0 } }, .low = -1, .high = -0.5 },
	    { .shape = { 0, { 0 } }, .low = 0.5, .high = 1 } },
	  3,
	  { { 0 } } },
	{ "Clip", { S2(2, 3), S1(1) }, 2, { { 0 } } },
	{ "Clip", { S2(2, 3) }, 1, { { 0 } } },
	{ "PRelu", { S3(2, 3, 4), S2(3, 1) }, 2, { { 0 } } },
	{ "PRelu", { S3(2, 3, 4), S1(1) }, 2, { { 0 } } },
	{ "PRelu", { S2(1, 1), S2(1, 1) }, 2, { { 0 } } },
	{ "ConvTranspose", { S3(2, 2, 5), S3(2, 3, 3), S1(3) }, 3, { { 0 } } },
	{ "ConvTranspose",
	  { S3(1, 2, 5), S3(2, 3, 4), S1(3) },
	  3,
	  { LIST("strides", 3), LIST("pads", 2, 1), LIST("output_padding", 2) } },
	{ "ConvTranspose",
	  { S3(1, 4, 5), S3(4, 2, 3) },
	  2,
	  { LIST("strides", 2), I("group", 2), LIST("dilations", 3) } },
	{ "ConvTranspose", { S3(2, 2, 4), S3(2, 1, 2) }, 2, { LIST("strides", 5), STR("auto_pad", "SAME_UPPER") } },
	{ "ConvTranspose", { S3(1, 2, 4), S3(2, 2, 3), S1(2) }, 3, { LIST("strides", 2), LIST("output_shape", 13) } },
	{ "ConvTranspose", { S3(1, 1, 1), S3(1, 1, 1), S1(1) }, 3, { { 0 } } },
	{ "ConvTranspose", { S4(1, 2, 1, 5), S4(2, 3, 1, 3) }, 2, { LIST("strides", 1, 2) } },
	{ "InstanceNormalization", { S3(2, 3, 5), S1(3), S1(3) }, 3, { { 0 } } },
	{ "InstanceNormalization", { S3(1, 1, 1), S1(1), S1(1) }, 3, { { 0 } } },
	{ "GroupNormalization", { S3(2, 4, 3), S1(4), S1(4) }, 3, { I("num_groups", 2) } },
	{ "GroupNormalization", { S3(2, 6, 2), S1(3), S1(3) }, 3, { I("num_groups", 3), F("epsilon", 0.1) } },
	{ "LayerNormalization", { S3(2, 3, 4), S1(4), S1(4) }, 3, { { 0 } } },
	{ "LayerNormalization", { S3(2, 3, 4), S2(3, 4), S2(3, 4) }, 3, { I("axis", 1) }, .n_out = 3 },
	{ "LayerNormalization", { S3(2, 3, 4), S2(3, 1) }, 2, { I("axis", -2) }, .n_out = 2 },
	{ "LayerNormalization", { S2(1, 1), S1(1) }, 2, { { 0 } } },
	{ "MeanVarianceNormalization", { S3(2, 3, 4) }, 1, { { 0 } } },
	{ "MeanVarianceNormalization", { S3(2, 3, 4) }, 1, { LIST("axes", 1, -1) } },
	{ "LpNormalization", { S3(2, 3, 4) }, 1, { I("axis", 1) } },
	{ "LpNormalization", { S3(2, 3, 4) }, 1, { I("p", 1) } },
	{ "RNN", { S3(4, 1, 3), S3(1, 2, 3), S3(1, 2, 2) }, 3, { { 0 } } },
	{ "RNN",
	  { S3(4, 2, 3), S3(2, 2, 3), S3(2, 2, 2), S2(2, 4), INTS(4, 4), S3(2, 2, 2) },
	  6,
	  { STR("direction", "bidirectional"), STR("activations", "Sigmoid,Softsign") },
	  .n_out = 2 },
	{ "RNN", { S3(1, 1, 1), S3(1, 1, 1), S3(1, 1, 1), S2(1, 2) }, 4, { { 0 } } },
	{ "GRU", { S3(4, 1, 3), S3(1, 6, 3), S3(1, 6, 2), S2(1, 12) }, 4, { { 0 } } },
	{ "GRU",
	  { S3(4, 1, 3), S3(1, 6, 3), S3(1, 6, 2), S2(1, 12) },
	  4,
	  { I("linear_before_reset", 1), STR("direction", "reverse") } },
	{ "GRU",
	  { S3(2, 4, 3), S3(2, 6, 3), S3(2, 6, 2), S2(2, 12), INTS(4, 4), S3(2, 2, 2) },
	  6,
	  { STR("direction", "bidirectional"), I("layout", 1), I("linear_before_reset", 1) },
	  .n_out = 2 },
	{ "GRU",
	  { S3(3, 5, 3), S3(2, 6, 3), S3(2, 6, 2), S2(2, 12) },
	  4,
	  { STR("direction", "bidirectional") },
	  .n_out = 2 },
	{ "GRU", { S3(1, 1, 1), S3(1, 3, 1), S3(1, 3, 1) }, 3, { { 0 } } },
	{ "LSTM", { S3(4, 1, 3), S3(1, 8, 3), S3(1, 8, 2), S2(1, 16) }, 4, { { 0 } }, .n_out = 3 },
	{ "LSTM",
	  { S3(3, 2, 3), S3(2, 8, 3), S3(2, 8, 2), S2(2, 16), INTS(3, 3), S3(2, 2, 2), S3(2, 2, 2), S2(2, 6) },
	  8,
	  { STR("direction", "bidirectional"),
	    STR("activations", "HardSigmoid,Tanh,Tanh,Sigmoid,ScaledTanh,Softsign") },
	  .n_out = 3 },
	{ "LSTM",
	  { S3(2, 4, 3), S3(1, 8, 3), S3(1, 8, 2), S2(1, 16), INTS(4, 4), S3(2, 1, 2), S3(2, 1, 2) },
	  7,
	  { STR("direction", "reverse"), I("layout", 1), F("clip", 10) },
	  .n_out = 3 },
	{ "LSTM", { S3(3, 5, 2), S3(1, 8, 2), S3(1, 8, 2) }, 3, { { 0 } } },
	{ "LSTM", { S3(1, 1, 1), S3(1, 4, 1), S3(1, 4, 1) }, 3, { { 0 } } },
	{ "Resize", { S3(2, 2, 5), ABSENT, ABSENT, INTS(2, 2, 12) }, 4, { { 0 } } },
	{ "Resize", { S3(2, 2, 5), ABSENT, REALS(1, 1, 2.3) }, 3, { STR("mode", "linear") } },
	{ "Resize",
	  { S3(2, 2, 6), ABSENT, ABSENT, INTS(4) },
	  4,
	  { STR("mode", "linear"), LIST("axes", -1), STR("coordinate_transformation_mode", "align_corners") } },
	{ "Resize",
	  { S4(1, 2, 3, 4), ABSENT, REALS(1, 1, 2, 0.8) },
	  3,
	  { STR("mode", "cubic"), I("exclude_outside", 1), STR("coordinate_transformation_mode", "asymmetric") } },
	{ "Resize",
	  { S3(1, 1, 5), REALS(0, 0, 0.2, 1, 1, 1.4), ABSENT, INTS(1, 1, 7) },
	  4,
	  { STR("mode", "linear"), STR("coordinate_transformation_mode", "tf_crop_and_resize"),
	    F("extrapolation_value", 3) } },
	{ "Resize", { S3(1, 1, 1), ABSENT, ABSENT, INTS(1, 1, 1) }, 4, { { 0 } } },
	{ "TopK", { S3(2, 5, 3), INTS(3) }, 2, { I("axis", 1) } },
	{ "TopK", { S2(2, 5), INTS(2) }, 2, { I("largest", 0) } },
	{ "TopK", { S1(1), INTS(1) }, 2, { { 0 } } },
	{ "CumSum", { S3(2, 4, 3), INTS(1) }, 2, { { 0 } } },
	{ "CumSum", { S2(2, 4), INTS(-1) }, 2, { I("exclusive", 1), I("reverse", 1) } },
	{ "GatherElements",
	  { S2(3, 3), { .shape = { 2, { 2, 3 } }, .is_int = true, .v = { 1, 2, 0, 2, -1, 0 } } },
	  2,
	  { { 0 } } },
	{ "DepthToSpace", { S4(2, 8, 2, 3) }, 1, { I("blocksize", 2) } },
	{ "DepthToSpace", { S4(1, 8, 2, 3) }, 1, { I("blocksize", 2), STR("mode", "CRD") } },
	{ "SpaceToDepth", { S4(2, 2, 4, 6) }, 1, { I("blocksize", 2) } },
	{ "LRN", { S3(2, 5, 3) }, 1, { I("size", 3), F("alpha", 2), F("beta", 0.5), F("bias", 0.7) } },
	{ "LRN", { S3(1, 1, 1) }, 1, { I("size", 4) } },
	{ "Mod", { S2(2, 4), POSITIVE(4) }, 2, { { 0 } } },
	{ "Mod", { S2(2, 4), POSITIVE(2, 1) }, 2, { I("fmod", 1) } },
	{ "Trilu", { S3(2, 3, 4), INTS(1) }, 2, { { 0 } } },
	{ "Trilu", { S2(4, 3) }, 1, { I("upper", 0) } },
	{ "GatherND",
	  { S3(2, 3, 4), { .shape = { 2, { 2, 2 } }, .is_int = true, .v = { 1, 2, 0, -1 } } },
	  2,
	  { { 0 } } },
	{ "GatherND",
	  { S3(2, 3, 4), { .shape = { 2, { 2, 1 } }, .is_int = true, .v = { 1, 0 } } },
	  2,
	  { I("batch_dims", 1) } },
	{ "ReverseSequence", { S3(4, 3, 2), INTS(4, 1, 3) }, 2, { { 0 } } },
	{ "ScatterND",
	  { S3(3, 2, 2), { .shape = { 2, { 2, 1 } }, .is_int = true, .v = { 2, -3 } }, S3(2, 2, 2) },
	  3,
	  { { 0 } } },
	{ "ScatterND",
	  { S2(3, 2), { .shape = { 2, { 3, 2 } }, .is_int = true, .v = { 2, 0, 0, 1, 2, 0 } }, S1(3) },
	  3,
	  { STR("reduction", "add") } },
	{ "ScatterND",
	  { S2(3, 2), { .shape = { 2, { 3, 2 } }, .is_int = true, .v = { 2, 0, 0, 1, 2, 0 } }, S1(3) },
	  3,
	  { { 0 } } },
	{ "ScatterND",
	  { S2(3, 2), { .shape = { 2, { 3, 2 } }, .is_int = true, .v = { 2, 0, 0, 1, 2, 0 } }, S1(3) },
	  3,
	  { STR("reduction", "mul") } },
	{ "ScatterElements",
	  { S2(2, 4), { .shape = { 2, { 2, 2 } }, .is_int = true, .v = { 1, 3, 0, -1 } }, S2(2, 2) },
	  3,
	  { I("axis", 1) } },
	{ "Einsum", { S3(2, 3, 4), S3(2, 4, 5) }, 2, { STR("equation", "bij,bjk->bik") } },
	{ "Einsum", { S3(2, 3, 4), S2(4, 5), S1(5) }, 3, { STR("equation", "...ij, jk, k -> ...i") } },
	{ "Einsum", { S3(2, 3, 3) }, 1, { STR("equation", "bii->b") } },
	{ "Einsum", { S2(2, 4), S3(2, 4, 1) }, 2, { STR("equation", "...a,...ab") } },
	{ "Einsum", { S1(1), S1(1) }, 2, { STR("equation", "i,j->") } },
	{ "Round", { S2(3, 4) }, 1, { { 0 } } },
	{ "Sign", { S2(3, 4) }, 1, { { 0 } } },
	{ "Tan", { S2(3, 4) }, 1, { { 0 } } },
	{ "Sinh", { S2(3, 4) }, 1, { { 0 } } },
	{ "Cosh", { S2(3, 4) }, 1, { { 0 } } },
	{ "Asin", { BETWEEN(-0.8, 0.8, 3, 4) }, 1, { { 0 } } },
	{ "Acos", { BETWEEN(-0.8, 0.8, 3, 4) }, 1, { { 0 } } },
	{ "Atan", { S2(3, 4) }, 1, { { 0 } } },
	{ "Asinh", { S2(3, 4) }, 1, { { 0 } } },
	{ "Acosh", { BETWEEN(1.3, 3, 3, 4) }, 1, { { 0 } } },
	{ "Atanh", { BETWEEN(-0.8, 0.8, 3, 4) }, 1, { { 0 } } },
	{ "Shrink", { S2(3, 4) }, 1, { F("lambd", 0.4), F("bias", 0.2) } },
};
enum { N_CASES = sizeof cases / sizeof *cases };

struct bench {
	struct graph *g;
	struct run *r;
	int in[INPUTS], out[INPUTS], n_out;
	real *x[INPUTS]; /* data of the real inputs */
	real *w[INPUTS]; /* (count) weights of the outputs in L */
};

static void fill(real *v, int64_t n, struct rng *g, double low, double high)
{
	for (int64_t i = 0; i < n; i++)
		v[i] = (real)(low + (high - low) * rng_uniform(g));
}

static int attrs(const struct grad_case *c)
{
	int n = 0;
	while (n < 6 && c->attr[n].name)
		n++;
	return n;
}

static void bench_open(struct bench *b, const struct grad_case *c, struct rng *rng)
{
	struct err e = { 0 };
	memset(b, 0, sizeof *b);
	b->g = graph_new();
	for (int k = 0; k < c->n_in; k++) {
		const struct in *in = &c->in[k];
		int64_t n = shape_count(&in->shape);
		if (in->absent) {
			b->in[k] = -1;
		} else if (in->is_real) {
			real data[12];
			for (int64_t i = 0; i < n; i++)
				data[i] = (real)in->c[i];
			b->in[k] = graph_const_real(b->g, NULL, &in->shape, data, false, &e);
		} else if (in->is_int) {
			b->in[k] = graph_const_int(b->g, NULL, &in->shape, in->v, &e);
		} else {
			b->x[k] = xcalloc((size_t)n, sizeof(real));
			fill(b->x[k], n, rng, in->low || in->high ? in->low : -1, in->low || in->high ? in->high : 1);
			b->in[k] = graph_input(b->g, NULL, DT_REAL, &in->shape, &e);
		}
	}
	b->n_out = c->n_out ? c->n_out : 1;
	static const char *const names[INPUTS] = { "y0", "y1", "y2", "y3", "y4", "y5", "y6", "y7" };
	int id = graph_node(b->g, c->op, c->op, c->n_in, b->in, b->n_out, names, attrs(c), c->attr, b->out, &e);
	ck_assert_msg(id >= 0, "%s: %s", c->op, e.text);
	graph_output(b->g, b->out[0], &e);
	ck_assert_msg(graph_finish(b->g, &e) == 0, "%s: %s", c->op, e.text);
	b->r = run_new(b->g);
	b->r->training = c->training;
	for (int k = 0; k < b->n_out; k++) {
		int64_t n = shape_count(&b->g->value[b->out[k]].shape);
		ck_assert_int_gt(n, 0);
		b->w[k] = xcalloc((size_t)n, sizeof(real));
		fill(b->w[k], n, rng, -1, 1);
	}
}

static void bench_close(struct bench *b)
{
	for (int k = 0; k < INPUTS; k++) {
		free(b->x[k]);
		free(b->w[k]);
	}
	run_free(b->r);
	graph_free(b->g);
}

static void bench_forward(struct bench *b)
{
	for (int k = 0, real_in = 0; k < INPUTS; k++)
		if (b->x[k])
			run_input(b->r, real_in++, b->x[k]);
	run_forward(b->r);
}

static double bench_loss(struct bench *b)
{
	double sum = 0;
	bench_forward(b);
	for (int k = 0; k < b->n_out; k++) {
		int64_t n = shape_count(&b->g->value[b->out[k]].shape);
		for (int64_t i = 0; i < n; i++)
			sum += (double)b->w[k][i] * (double)run_real(b->r, b->out[k])[i];
	}
	return sum;
}

/* Random inputs until none lies near a kink. */
static void off_kinks(struct bench *b, const struct grad_case *c, struct rng *rng, double least)
{
	const struct op *op = op_find(c->op);
	for (int tries = 0; tries < 1000; tries++) {
		bench_forward(b);
		if (!op->kink || op->kink(&b->r->call[0]) > least)
			return;
		for (int k = 0; k < c->n_in; k++)
			if (b->x[k])
				fill(b->x[k], shape_count(&c->in[k].shape), rng,
				     c->in[k].low || c->in[k].high ? c->in[k].low : -1,
				     c->in[k].low || c->in[k].high ? c->in[k].high : 1);
	}
	ck_abort_msg("%s: no inputs off its kinks found", c->op);
}

/* The loops run over all cases once for every instruction set that this processor has. */
static int isa_count(void)
{
	int n = 0;
	for (const struct isa *i = isa_table; i->name; i++)
		n += i->usable() != 0;
	return n;
}

static const struct grad_case *case_on_isa(int i)
{
	int skip = i / N_CASES;
	const struct isa *isa = isa_table;
	while (!isa->usable() || skip-- > 0)
		isa++;
	ck_assert(isa_select(isa->name));
	return &cases[i % N_CASES];
}

START_TEST(gradients_are_central_differences)
{
	const struct grad_case *c = case_on_isa(_i);
	double h = sizeof(real) == 8 ? 1e-5 : 5e-3, tolerance = sizeof(real) == 8 ? 1e-6 : 2e-2;
	struct rng rng;
	struct bench b;
	rng_init(&rng, 1 + (uint64_t)(_i % N_CASES));
	bench_open(&b, c, &rng);
	off_kinks(&b, c, &rng, 4 * h);
	for (int k = 0; k < c->n_in; k++) {
		/* stored statistics are not differentiated while training */
		if (!b.x[k] || (c->training && k > 2))
			continue;
		int64_t n = shape_count(&c->in[k].shape);
		double *got = xcalloc((size_t)n, sizeof *got), *want = xcalloc((size_t)n, sizeof *want);
		bench_forward(&b);
		run_want_clear(b.r);
		run_want(b.r, b.in[k]);
		for (int o = 0; o < b.n_out; o++) {
			run_backward(b.r, b.out[o], b.w[o]);
			const real *g = run_grad(b.r, b.in[k]);
			for (int64_t i = 0; i < n; i++)
				got[i] += g ? (double)g[i] : 0;
		}
		for (int64_t i = 0; i < n; i++) {
			real x = b.x[k][i];
			b.x[k][i] = x + (real)h;
			double up = bench_loss(&b);
			b.x[k][i] = x - (real)h;
			double down = bench_loss(&b);
			b.x[k][i] = x;
			want[i] = (up - down) / (2 * h);
		}
		char what[80];
		snprintf(what, sizeof what, "case %d, %s, input %d", _i, c->op, k);
		unit_close(what, got, want, n, tolerance, tolerance * 1e-1);
		free(got);
		free(want);
	}
	bench_close(&b);
}
END_TEST

/* Adds into what is there, and does nothing for what is not wanted: all inputs at once give the same as one by one. */
START_TEST(gradients_of_all_inputs_at_once)
{
	const struct grad_case *c = case_on_isa(_i);
	struct rng rng;
	struct bench b;
	rng_init(&rng, 77 + (uint64_t)(_i % N_CASES));
	bench_open(&b, c, &rng);
	off_kinks(&b, c, &rng, 1e-3);
	real *one[INPUTS] = { 0 };
	for (int k = 0; k < c->n_in; k++) {
		if (!b.x[k] || (c->training && k > 2))
			continue;
		size_t bytes = (size_t)shape_count(&c->in[k].shape) * sizeof(real);
		run_want_clear(b.r);
		run_want(b.r, b.in[k]);
		run_backward(b.r, b.out[0], b.w[0]);
		one[k] = xmalloc(bytes);
		if (run_grad(b.r, b.in[k]))
			memcpy(one[k], run_grad(b.r, b.in[k]), bytes);
		else
			memset(one[k], 0, bytes);
	}
	run_want_clear(b.r);
	for (int k = 0; k < c->n_in; k++)
		if (one[k])
			run_want(b.r, b.in[k]);
	run_backward(b.r, b.out[0], b.w[0]);
	for (int k = 0; k < c->n_in; k++)
		if (one[k] && run_grad(b.r, b.in[k]))
			unit_close(c->op, run_grad(b.r, b.in[k]), one[k], shape_count(&c->in[k].shape), 1e-12, 0);
	for (int k = 0; k < INPUTS; k++)
		free(one[k]);
	bench_close(&b);
}
END_TEST

/* Operators behind some of whose outputs nothing lies: shut functions, filled or cut-off places, a lone number less its
 * own mean; of Split's pieces only the first is entered here. */
static bool may_lose(const struct grad_case *c)
{
	static const char *const names[] = { "Relu",   "HardSigmoid", "HardSwish", "ThresholdedRelu",
		                             "Shrink", "Floor",       "Ceil",      "Round",
		                             "Sign",   "Pad",         "CumSum",    "Clip",
		                             "Trilu",  "Split" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], c->op))
			return true;
	const char *mode = c->attr[1].name && c->attr[1].s ? c->attr[1].s : "";
	if (strstr(mode, "HardSigmoid"))
		return true;
	/* outputs that no tap reaches hold the bias alone */
	if (!strcmp(c->op, "ConvTranspose") && c->attr[0].name)
		return true;
	return shape_count(&c->in[0].shape) == 1 || !strcmp(mode, "tf_crop_and_resize");
}

/* What recursive highlighting hands on: never more than came in, never negative, and all of it where an input is
 * active. */
START_TEST(trace_hands_on_what_came_in)
{
	const struct grad_case *c = case_on_isa(_i);
	const struct op *op = op_find(c->op);
	struct rng rng;
	struct bench b;
	if (!op->trace)
		return;
	rng_init(&rng, 177 + (uint64_t)(_i % N_CASES));
	bench_open(&b, c, &rng);
	off_kinks(&b, c, &rng, 1e-3);
	real *share[INPUTS] = { 0 };
	double given = 0, got = 0;
	for (int k = 0; k < c->n_in; k++)
		if (b.x[k])
			share[k] = xcalloc((size_t)shape_count(&c->in[k].shape), sizeof(real));
	int64_t n = shape_count(&b.g->value[b.out[0]].shape);
	for (int64_t i = 0; i < n; i++) {
		b.w[0][i] = real_abs(b.w[0][i]);
		given += (double)b.w[0][i];
	}
	op->trace(&b.r->call[0], b.w[0], share);
	for (int k = 0; k < c->n_in; k++)
		for (int64_t i = 0; share[k] && i < shape_count(&c->in[k].shape); i++) {
			ck_assert_msg(share[k][i] >= 0, "%s: a negative share", c->op);
			got += (double)share[k][i];
		}
	ck_assert_msg(got <= given * (1 + 1e-5), "%s: %g came in, %g went out", c->op, given, got);
	ck_assert_msg(got >= given * (1 - 1e-4) || may_lose(c), "%s: %g came in, only %g went out", c->op, given, got);
	for (int k = 0; k < INPUTS; k++)
		free(share[k]);
	bench_close(&b);
}
END_TEST

START_TEST(every_operator_has_a_case)
{
	for (int i = 0; op_table[i]; i++) {
		bool found = (op_table[i]->flags & OP_NODIFF) != 0;
		ck_assert_msg(!found == (op_table[i]->backward != NULL), "%s: OP_NODIFF and backward disagree",
		              op_table[i]->name);
		for (int k = 0; k < N_CASES; k++)
			found |= !strcmp(cases[k].op, op_table[i]->name);
		ck_assert_msg(found, "operator %s has no gradient case", op_table[i]->name);
	}
}
END_TEST

static void setup(TCase *t)
{
	tcase_add_test(t, every_operator_has_a_case);
	tcase_add_loop_test(t, gradients_are_central_differences, 0, N_CASES * isa_count());
	tcase_add_loop_test(t, gradients_of_all_inputs_at_once, 0, N_CASES * isa_count());
	tcase_add_loop_test(t, trace_hands_on_what_came_in, 0, N_CASES * isa_count());
}
UNIT_MAIN_WITH("grad", setup)
