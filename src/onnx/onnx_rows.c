/* Says which forms of which operators are read. */
#include <string.h>
#include "core/graph/op.h"
#include "src/onnx/onnx_call.h"

enum { NEW = 24 };
static const struct op_row rows[] = {
	{ "Abs", 1, NEW, NULL },
	{ "Acos", 7, NEW, NULL },
	{ "Acosh", 9, NEW, NULL },
	{ "Add", 1, 6, form_broadcast },
	{ "Add", 7, NEW, form_add },
	{ "And", 1, 6, form_broadcast },
	{ "And", 7, NEW, NULL },
	{ "ArgMax", 1, NEW, NULL },
	{ "ArgMin", 1, NEW, NULL },
	{ "Asin", 7, NEW, NULL },
	{ "Asinh", 9, NEW, NULL },
	{ "Atan", 7, NEW, NULL },
	{ "Atanh", 9, NEW, NULL },
	{ "AveragePool", 1, NEW, NULL },
	{ "BatchNormalization", 1, NEW, form_norm },
	{ "Cast", 1, 5, form_cast },
	{ "Cast", 6, NEW, NULL },
	{ "CastLike", 15, NEW, NULL },
	{ "Ceil", 1, NEW, NULL },
	{ "Celu", 12, NEW, NULL },
	{ "Constant", 1, NEW, NULL },
	{ "If", 1, NEW, NULL },
	{ "Loop", 1, NEW, NULL },
	{ "Scan", 9, NEW, NULL },
	{ "Clip", 1, 10, form_clip },
	{ "Clip", 11, NEW, NULL },
	{ "Concat", 1, 3, form_concat },
	{ "Concat", 4, NEW, NULL },
	{ "ConstantOfShape", 9, NEW, form_constant_of_shape },
	{ "Conv", 1, NEW, NULL },
	{ "ConvTranspose", 1, NEW, NULL },
	{ "Cos", 7, NEW, NULL },
	{ "Cosh", 9, NEW, NULL },
	{ "CumSum", 11, NEW, NULL },
	{ "DepthToSpace", 1, NEW, NULL },
	{ "Div", 1, 6, form_broadcast },
	{ "Div", 7, NEW, NULL },
	{ "Dropout", 1, NEW, form_dropout },
	{ "Elu", 1, NEW, NULL },
	{ "Equal", 1, 6, form_broadcast },
	{ "Equal", 7, NEW, NULL },
	{ "Erf", 9, NEW, NULL },
	{ "Exp", 1, NEW, NULL },
	{ "Expand", 8, NEW, NULL },
	{ "Flatten", 1, NEW, NULL },
	{ "Floor", 1, NEW, NULL },
	{ "GRU", 3, NEW, form_recurrent },
	{ "Gather", 1, NEW, NULL },
	{ "GatherElements", 11, NEW, NULL },
	{ "Gelu", 20, NEW, NULL },
	{ "Gemm", 1, 6, form_gemm },
	{ "Gemm", 7, NEW, NULL },
	{ "GlobalAveragePool", 1, NEW, NULL },
	{ "GlobalLpPool", 1, NEW, form_old_lp_pool },
	{ "GlobalMaxPool", 1, NEW, NULL },
	{ "Greater", 1, 6, form_broadcast },
	{ "Greater", 7, NEW, NULL },
	{ "GreaterOrEqual", 12, NEW, NULL },
	{ "GroupNormalization", 18, 20, form_group_norm },
	{ "GroupNormalization", 21, NEW, NULL },
	{ "HardSigmoid", 1, NEW, NULL },
	{ "HardSwish", 14, NEW, NULL },
	{ "Hardmax", 1, 12, form_softmax },
	{ "Hardmax", 13, NEW, NULL },
	{ "Identity", 1, NEW, NULL },
	{ "InstanceNormalization", 1, NEW, NULL },
	{ "IsInf", 10, NEW, NULL },
	{ "IsNaN", 9, NEW, NULL },
	{ "LRN", 1, NEW, NULL },
	{ "LSTM", 1, NEW, form_recurrent },
	/* onnxruntime's optimiser writes it into files of any opset. */
	{ "LayerNormalization", 1, NEW, NULL },
	{ "LeakyRelu", 1, NEW, NULL },
	{ "Less", 1, 6, form_broadcast },
	{ "Less", 7, NEW, NULL },
	{ "LessOrEqual", 12, NEW, NULL },
	{ "Log", 1, NEW, NULL },
	{ "LogSoftmax", 1, 12, form_softmax },
	{ "LogSoftmax", 13, NEW, NULL },
	{ "LpNormalization", 1, NEW, NULL },
	{ "LpPool", 1, NEW, form_lp_pool },
	{ "MatMul", 1, NEW, form_mat_mul },
	{ "Max", 1, NEW, NULL },
	{ "MaxPool", 1, NEW, NULL },
	{ "Mean", 1, NEW, NULL },
	{ "MeanVarianceNormalization", 9, NEW, NULL },
	{ "Min", 1, NEW, NULL },
	{ "Mish", 18, NEW, NULL },
	{ "Mod", 10, NEW, NULL },
	{ "Mul", 1, 6, form_broadcast },
	{ "Mul", 7, NEW, NULL },
	{ "Neg", 1, NEW, NULL },
	{ "Not", 1, NEW, NULL },
	{ "Or", 1, 6, form_broadcast },
	{ "Or", 7, NEW, NULL },
	{ "PRelu", 1, 6, form_prelu },
	{ "PRelu", 7, NEW, NULL },
	{ "Pad", 1, 10, form_pad },
	{ "Pad", 11, NEW, NULL },
	{ "Pow", 1, 6, form_broadcast },
	{ "Pow", 7, NEW, NULL },
	{ "RMSNormalization", 23, NEW, NULL },
	{ "RNN", 1, NEW, form_recurrent },
	{ "Range", 11, NEW, NULL },
	{ "Reciprocal", 1, NEW, NULL },
	{ "ReduceL1", 1, 17, form_axes },
	{ "ReduceL1", 18, NEW, NULL },
	{ "ReduceL2", 1, 17, form_axes },
	{ "ReduceL2", 18, NEW, NULL },
	{ "ReduceLogSum", 1, 17, form_axes },
	{ "ReduceLogSum", 18, NEW, NULL },
	{ "ReduceLogSumExp", 1, 17, form_axes },
	{ "ReduceLogSumExp", 18, NEW, NULL },
	{ "ReduceMax", 1, 17, form_axes },
	{ "ReduceMax", 18, NEW, NULL },
	{ "ReduceMean", 1, 17, form_axes },
	{ "ReduceMean", 18, NEW, NULL },
	{ "ReduceMin", 1, 17, form_axes },
	{ "ReduceMin", 18, NEW, NULL },
	{ "ReduceProd", 1, 17, form_axes },
	{ "ReduceProd", 18, NEW, NULL },
	{ "ReduceSum", 1, 12, form_axes },
	{ "ReduceSum", 13, NEW, NULL },
	{ "ReduceSumSquare", 1, 17, form_axes },
	{ "ReduceSumSquare", 18, NEW, NULL },
	{ "Relu", 1, NEW, NULL },
	{ "Reshape", 1, 4, form_reshape },
	{ "Reshape", 5, NEW, form_reshape_part },
	{ "Resize", 10, 10, form_old_resize },
	{ "Resize", 11, NEW, form_resize },
	{ "Round", 11, NEW, NULL },
	{ "Selu", 1, NEW, NULL },
	{ "Shape", 1, NEW, NULL },
	{ "Shrink", 9, NEW, NULL },
	{ "Sigmoid", 1, NEW, NULL },
	{ "Sign", 9, NEW, NULL },
	{ "Sin", 7, NEW, NULL },
	{ "Sinh", 9, NEW, NULL },
	{ "Size", 1, NEW, NULL },
	{ "Slice", 1, 9, form_slice },
	{ "Slice", 10, NEW, NULL },
	{ "Softmax", 1, 12, form_softmax },
	{ "Softmax", 13, NEW, NULL },
	{ "Softplus", 1, NEW, NULL },
	{ "Softsign", 1, NEW, NULL },
	{ "SpaceToDepth", 1, NEW, NULL },
	{ "Split", 1, 12, form_split },
	{ "Split", 13, NEW, NULL },
	{ "Sqrt", 1, NEW, NULL },
	{ "Squeeze", 1, 12, form_axes },
	{ "Squeeze", 13, NEW, NULL },
	{ "Sub", 1, 6, form_broadcast },
	{ "Sub", 7, NEW, NULL },
	{ "Sum", 1, NEW, NULL },
	{ "Tan", 7, NEW, NULL },
	{ "Tanh", 1, NEW, NULL },
	{ "ThresholdedRelu", 1, NEW, NULL },
	{ "Tile", 1, 5, form_tile },
	{ "Tile", 6, NEW, NULL },
	{ "TopK", 1, 9, form_top_k },
	{ "TopK", 10, NEW, NULL },
	{ "Transpose", 1, NEW, NULL },
	{ "Unsqueeze", 1, 12, form_axes },
	{ "Unsqueeze", 13, NEW, NULL },
	{ "Upsample", 1, 9, form_old_resize },
	{ "Where", 9, NEW, NULL },
	{ "Xor", 1, 6, form_broadcast },
	{ "Xor", 7, NEW, NULL },
	{ "Einsum", 12, NEW, NULL },
	{ "EyeLike", 9, NEW, NULL },
	{ "GatherND", 11, NEW, NULL },
	{ "NonZero", 9, NEW, NULL },
	{ "OneHot", 9, NEW, NULL },
	{ "ReverseSequence", 10, NEW, NULL },
	{ "ScatterElements", 11, NEW, NULL },
	{ "ScatterND", 11, NEW, NULL },
	{ "Trilu", 14, NEW, NULL },
};

const char *onnx_only_op(int k)
{
	const char *last = "";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (op_find(rows[i].op) || !strcmp(rows[i].op, last))
			continue;
		last = rows[i].op;
		if (!k--)
			return last;
	}
	return NULL;
}

const struct op_row *onnx_rows(int *n)
{
	*n = sizeof rows / sizeof *rows;
	return rows;
}

const struct op_row *onnx_row(const char *op, int64_t opset)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].op, op) && opset >= rows[i].from && (opset <= rows[i].to || rows[i].to == NEW))
			return &rows[i];
	return NULL;
}

bool onnx_span(const char *op, int *from, int *to)
{
	*from = NEW + 1;
	*to = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].op, op)) {
			*from = rows[i].from < *from ? rows[i].from : *from;
			*to = rows[i].to > *to ? rows[i].to : *to;
		}
	return *to > 0;
}

int ocall_emit(struct ocall *c)
{
	const struct op_row *row = onnx_row(c->op, c->opset);
	if (!row)
		return err_set(c->net->e, ERR_UNSUPPORTED, "the operator is not supported");
	/* what follows reads its shape */
	if (!ocall_there(c, 0))
		return ocall_fail(c, ERR_FORMAT, "it has no first input");
	ocall_drop(c, "consumed_inputs");
	int done = row->old ? row->old(c) : 0;
	if (done)
		return done < 0 ? done : 0;
	return graph_node(c->net->g, c->op, c->n->name, c->n_in, c->in, c->n_out, c->out, c->n_attr, c->attr, c->id,
	                  c->net->e);
}
