/* At least one case for every differentiable row of op_table, and how to run one. The suites that walk op_table take
 * their cases from here and fail for an operator without one.
 *
 * A case is a text: the operator, its inputs as shapes, its attributes. Inputs are random numbers; those with values
 * are constants. */
#ifndef TESTS_OP_CASES_H
#define TESTS_OP_CASES_H

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include "core/base/rng.h"
#include "core/graph/op.h"
#include "core/run/run.h"
#include "tests/unit/unit.h"

enum { INPUTS = 8 };

struct in {
	struct shape shape;
	bool is_int, is_real, absent; /* constant of v or c; left out */
	bool truth;                   /* random numbers > 0: 0 or 1 as int64 */
	double c[12];
	int64_t v[12];
	double low, high; /* range of the random numbers; both 0: -1..1 */
};

struct op_case {
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

static const struct op_case cases[] = {
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
	{ "RMSNormalization", { S3(2, 3, 4), S1(4) }, 2, { { 0 } } },
	{ "RMSNormalization", { S3(2, 3, 4), S2(3, 4) }, 2, { I("axis", 1) } },
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
	{ "LSTM",
	  { S3(3, 2, 3), S3(2, 8, 3), S3(2, 8, 2), S2(2, 16), ABSENT, S3(2, 2, 2), S3(2, 2, 2), S2(2, 6) },
	  8,
	  { I("input_forget", 1), STR("direction", "bidirectional") },
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
	{ "Resize", { S3(2, 2, 11), ABSENT, ABSENT, INTS(2, 2, 4) }, 4, { STR("mode", "linear"), I("antialias", 1) } },
	{ "Resize",
	  { S3(1, 2, 11), ABSENT, ABSENT, INTS(1, 2, 3) },
	  4,
	  { STR("mode", "cubic"), I("antialias", 1), I("exclude_outside", 1) } },
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
	{ "ScatterND",
	  { S2(3, 2), { .shape = { 2, { 3, 2 } }, .is_int = true, .v = { 2, 0, 0, 1, 2, 0 } }, S1(3) },
	  3,
	  { STR("reduction", "max") } },
	{ "ScatterElements",
	  { S2(2, 4), { .shape = { 2, { 2, 2 } }, .is_int = true, .v = { 1, 3, 0, 0 } }, S2(2, 2) },
	  3,
	  { I("axis", 1), STR("reduction", "min") } },
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

/* The range of the random numbers of an input. */
static double lowest(const struct in *in)
{
	return in->low != 0 || in->high != 0 ? in->low : -1;
}

static double highest(const struct in *in)
{
	return in->low != 0 || in->high != 0 ? in->high : 1;
}

static void fill(real *v, int64_t n, struct rng *g, double low, double high)
{
	for (int64_t i = 0; i < n; i++)
		v[i] = (real)(low + (high - low) * rng_uniform(g));
}

static int attrs(const struct op_case *c)
{
	int n = 0;
	while (n < 6 && c->attr[n].name)
		n++;
	return n;
}

static int above_zero(struct graph *g, int x)
{
	const struct shape scalar = { 0 };
	int zero = graph_const_real(g, NULL, &scalar, &(real){ 0 }, false, NULL);
	return graph_op(g, "Greater", NULL, 2, (int[]){ x, zero }, 0, NULL, NULL);
}

/* Input `in` of a case as a constant: its values, or random numbers. -1: absent. */
static inline int constant_input(struct graph *g, const struct in *in, struct rng *rng)
{
	int64_t n = shape_count(&in->shape);
	if (in->absent)
		return -1;
	if (in->is_int)
		return graph_const_int(g, NULL, &in->shape, in->v, NULL);
	real *data = xcalloc((size_t)n + 1, sizeof *data);
	if (!in->is_real)
		fill(data, n, rng, lowest(in), highest(in));
	for (int64_t i = 0; in->is_real && i < n; i++)
		data[i] = (real)in->c[i];
	int id = graph_const_real(g, NULL, &in->shape, data, false, NULL);
	free(data);
	return in->truth ? above_zero(g, id) : id;
}

/* With `fixed` all inputs but the first are constants, as weights are. */
static void bench_open_with(struct bench *b, const struct op_case *c, struct rng *rng, bool fixed)
{
	struct err e = { 0 };
	memset(b, 0, sizeof *b);
	b->g = graph_new();
	for (int k = 0; k < c->n_in; k++) {
		const struct in *in = &c->in[k];
		int64_t n = shape_count(&in->shape);
		if (in->absent || in->is_real || in->is_int || (fixed && k)) {
			b->in[k] = constant_input(b->g, in, rng);
		} else {
			b->x[k] = xcalloc((size_t)n, sizeof(real));
			fill(b->x[k], n, rng, lowest(in), highest(in));
			b->in[k] = graph_input(b->g, NULL, DT_REAL, &in->shape, &e);
			if (in->truth)
				b->in[k] = above_zero(b->g, b->in[k]);
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

static void bench_open(struct bench *b, const struct op_case *c, struct rng *rng)
{
	bench_open_with(b, c, rng, false);
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

#endif
