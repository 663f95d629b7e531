#include "core/prune/prune_rules.h"

#include <stdlib.h>
#include <string.h>

/* ---- layers with weights ---- */

/* Every input channel of a group and every filter of it belong together. */
static void join_groups(struct prune_walk *w, const int *in, int *out, int64_t groups, int64_t ci, int64_t co)
{
	for (int64_t q = 0; q < groups; q++) {
		int first = in[q * ci];
		for (int64_t i = 1; i < ci; i++)
			walk_join(w, first, in[q * ci + i]);
		for (int64_t i = 0; i < co; i++)
			out[q * co + i] = first;
	}
}

/* out_axis: the axis of the weights along which the output's channels lie, of a single group */
static const char *conv_like(struct prune_walk *w, int out_axis, enum prune_reader kind)
{
	const struct value *x = walk_value(w, 0), *weights = walk_value(w, 1);
	int64_t groups = attr_int(w->n, "group", 1), ci = x->shape.dim[1];
	int64_t co = w->g->value[w->n->out[0]].shape.dim[1];
	const int *in, *made;
	int axis = walk_axis(w, 0, &in);
	if (!weights || !weights->constant || (walk_value(w, 2) && !walk_value(w, 2)->constant))
		return "its weights are computed";
	if (axis >= 0 && axis != 1)
		return "it slides along the axis of the filters";
	if (groups == 1) {
		if (in) {
			walk_const(w, 1, 1 - out_axis, in);
			walk_consumer(w, 0, 1, kind);
		}
		made = walk_make(w, 1, true);
		walk_const(w, 1, out_axis, made);
		walk_const(w, 2, 0, made);
		return NULL;
	}
	if (!in)
		return NULL; /* the groups are of the input's channels, which stay */
	w->why = "a channel of its group stays";
	int *out = xcalloc((size_t)co, sizeof *out);
	join_groups(w, in, out, groups, ci / groups, co / groups);
	walk_out(w, 0, 1, out);
	/* the axis of the weights that holds all channels, group by group */
	walk_const(w, 1, 0, out_axis ? in : out);
	walk_const(w, 2, 0, out);
	free(out);
	return NULL;
}

static const char *conv(struct prune_walk *w)
{
	return conv_like(w, 0, PRUNE_CONV);
}

static const char *conv_transpose(struct prune_walk *w)
{
	return conv_like(w, 1, PRUNE_WEIGHTS);
}

static const char *gemm(struct prune_walk *w)
{
	const struct value *b = walk_value(w, 1), *c = walk_value(w, 2);
	bool ta = attr_int(w->n, "transA", 0) != 0, tb = attr_int(w->n, "transB", 0) != 0;
	const int *in;
	int axis = walk_axis(w, 0, &in);
	if (!walk_value(w, 0)->depends)
		return "its weights stand on the left";
	if (!b->constant || (c && !c->constant))
		return "it multiplies two values that are computed";
	if (axis >= 0 && axis != !ta)
		return "the filters lie along the rows";
	if (in) {
		walk_const(w, 1, tb, in);
		walk_consumer(w, 0, axis, PRUNE_GEMM);
	}
	const int *made = walk_make(w, 1, false);
	walk_const(w, 1, !tb, made);
	if (c && c->shape.rank && c->shape.dim[c->shape.rank - 1] == b->shape.dim[!tb])
		walk_const(w, 2, c->shape.rank - 1, made);
	return NULL;
}

static const char *matmul(struct prune_walk *w)
{
	const struct value *a = walk_value(w, 0), *b = walk_value(w, 1);
	const struct value *y = &w->g->value[w->n->out[0]];
	const int *in;
	int axis = walk_axis(w, 0, &in);
	if (!a->depends)
		return "its weights stand on the left";
	if (!b->constant || b->shape.rank != 2 || y->shape.rank != a->shape.rank)
		return "it multiplies two values that are computed, or of several axes";
	if (axis >= 0 && axis != a->shape.rank - 1) {
		walk_out(w, 0, axis, in);
		return NULL;
	}
	if (in) {
		walk_const(w, 1, 0, in);
		walk_consumer(w, 0, axis, PRUNE_MATMUL);
	}
	if (y->axis[y->shape.rank - 1] != 'T')
		walk_const(w, 1, 1, walk_make(w, y->shape.rank - 1, false));
	return NULL;
}

static const char *recurrent(struct prune_walk *w)
{
	const int *in;
	int axis = walk_axis(w, 0, &in);
	w->why = "it is the state of a recurrent layer";
	for (int k = 1; k < w->n->n_in; k++) {
		const int *other;
		if (walk_axis(w, k, &other) >= 0)
			return "it is the state of a recurrent layer";
	}
	if (axis >= 0 && axis != 2)
		return "the filters lie along its steps";
	if (in) {
		walk_const(w, 1, 2, in);
		walk_consumer(w, 0, 2, PRUNE_RECURRENT);
	}
	return NULL;
}

/* ---- operators that keep channels apart ---- */

/* Axis 1 are channels; inputs 1 to 4 are numbers of each. */
static const char *channels(struct prune_walk *w)
{
	const int *in;
	int axis = walk_axis(w, 0, &in);
	for (int k = 1; k < w->n->n_in; k++)
		if (walk_value(w, k) && !walk_value(w, k)->constant)
			return "its parameters are computed";
	if (axis >= 0 && axis != 1)
		return "it works along the axis of the filters";
	if (w->n->n_out > 1 && w->n->out[1] >= 0 && in)
		return "its second output counts positions";
	for (int k = 1; k < w->n->n_in && in; k++)
		walk_const(w, k, 0, in);
	if (in)
		walk_out(w, 0, 1, in);
	return NULL;
}

/* The axis of input k that is axis `axis` of output 0 after broadcasting; -1: none. */
static int broadcast_axis(const struct prune_walk *w, int k, int axis)
{
	int shift = w->g->value[w->n->out[0]].shape.rank - walk_value(w, k)->shape.rank;
	return axis - shift;
}

/* Input k meets the atoms of the output along an axis. */
static void meet(struct prune_walk *w, int k, int axis, int *out, int64_t n)
{
	const struct value *v = walk_value(w, k);
	int own = broadcast_axis(w, k, axis);
	const int *in;
	if (own < 0 || v->shape.dim[own] != n || (n == 1 && v->shape.rank == 0))
		return;
	if (!v->depends) {
		walk_const(w, k, own, out);
		return;
	}
	int at = walk_axis(w, k, &in);
	for (int64_t i = 0; i < n; i++)
		walk_join(w, out[i], at == own ? in[i] : -1);
}

static const char *pointwise(struct prune_walk *w)
{
	const struct shape *y = &w->g->value[w->n->out[0]].shape;
	const int *in;
	int lead = -1, axis = -1;
	if (w->n->n_out > 1 && w->n->out[1] >= 0)
		return "its second output cannot be followed";
	for (int k = 0; k < w->n->n_in; k++) {
		int own = walk_axis(w, k, &in);
		if (own < 0)
			continue;
		int at = own + y->rank - walk_value(w, k)->shape.rank;
		/* filters that are spread over others, and filters along two axes */
		if (walk_value(w, k)->shape.dim[own] != y->dim[at] || (axis >= 0 && axis != at))
			return "filters of two kinds meet";
		lead = lead < 0 ? k : lead;
		axis = at;
	}
	if (lead < 0)
		return NULL;
	walk_axis(w, lead, &in);
	int64_t n = y->dim[axis];
	int *out = xcalloc((size_t)n, sizeof *out);
	memcpy(out, in, (size_t)n * sizeof *out);
	for (int k = 0; k < w->n->n_in; k++)
		if (walk_value(w, k) && k != lead)
			meet(w, k, axis, out, n);
	walk_out(w, 0, axis, out);
	free(out);
	return NULL;
}

/* ---- operators that mix some axes ---- */

static int positive(int64_t axis, int rank)
{
	return (int)(axis < 0 ? axis + rank : axis);
}

/* Whether a list of integers in an attribute or a constant input names the axis; `none`: there is no list. */
static bool listed(const struct prune_walk *w, int k, int rank, int axis, bool none)
{
	const struct value *v = k > 0 ? walk_value(w, k) : NULL;
	const struct attr *a = attr_find(w->n, "axes");
	const int64_t *list = v && v->constant ? v->i : a ? a->ints : NULL;
	int64_t n = v && v->constant ? shape_count(&v->shape) : a ? a->n : 0;
	for (int64_t i = 0; i < n && list; i++)
		if (positive(list[i], rank) == axis)
			return true;
	return n ? false : none;
}

static const char *keep_axis(struct prune_walk *w, bool (*mixes)(const struct prune_walk *w, int rank, int axis))
{
	const int *in;
	int axis = walk_axis(w, 0, &in);
	if (axis < 0)
		return NULL;
	if (mixes(w, walk_value(w, 0)->shape.rank, axis))
		return "it mixes the filters";
	for (int k = 1; k < w->n->n_in; k++)
		if (walk_value(w, k) && walk_value(w, k)->depends)
			return "its parameters are computed";
	for (int k = 1; k < w->n->n_out; k++)
		if (w->n->out[k] >= 0)
			return "its second output cannot be followed";
	walk_out(w, 0, axis, in);
	return NULL;
}

static bool mixes_axis(const struct prune_walk *w, int rank, int axis)
{
	return positive(attr_int(w->n, "axis", -1), rank) == axis;
}
static bool mixes_from_axis(const struct prune_walk *w, int rank, int axis)
{
	return axis >= positive(attr_int(w->n, "axis", -1), rank);
}
static bool mixes_axes(const struct prune_walk *w, int rank, int axis)
{
	return listed(w, 0, rank, axis, axis == 0 || axis >= 2);
}
static bool mixes_input_1(const struct prune_walk *w, int rank, int axis)
{
	const struct value *v = walk_value(w, 1);
	return !v || !v->constant || positive(v->i[0], rank) == axis;
}
static bool mixes_last_two(const struct prune_walk *w, int rank, int axis)
{
	(void)w;
	return axis >= rank - 2;
}
static bool resizes(const struct prune_walk *w, int rank, int axis)
{
	(void)rank;
	return walk_value(w, 0)->shape.dim[axis] != w->g->value[w->n->out[0]].shape.dim[axis] ||
	       !strcmp(attr_string(w->n, "coordinate_transformation_mode", ""), "tf_crop_and_resize");
}
static const char *along(struct prune_walk *w)
{
	return keep_axis(w, mixes_axis);
}
static const char *along_rest(struct prune_walk *w)
{
	return keep_axis(w, mixes_from_axis);
}
static const char *along_axes(struct prune_walk *w)
{
	return keep_axis(w, mixes_axes);
}
static const char *along_input_1(struct prune_walk *w)
{
	return keep_axis(w, mixes_input_1);
}
static const char *last_two(struct prune_walk *w)
{
	return keep_axis(w, mixes_last_two);
}
static const char *resize(struct prune_walk *w)
{
	return keep_axis(w, resizes);
}

static const char *reduce_with(struct prune_walk *w, bool sum)
{
	const int *in;
	int axis = walk_axis(w, 0, &in), rank = walk_value(w, 0)->shape.rank, before = 0;
	bool none = !attr_int(w->n, "noop_with_empty_axes", 0);
	if (axis < 0)
		return NULL;
	if (listed(w, 1, rank, axis, none)) {
		if (sum)
			walk_consumer(w, 0, axis, PRUNE_SUM);
		return sum ? NULL : "it reduces the filters to one number";
	}
	for (int i = 0; i < axis && !attr_int(w->n, "keepdims", 1); i++)
		before += listed(w, 1, rank, i, none);
	walk_out(w, 0, axis - before, in);
	return NULL;
}
static const char *reduce(struct prune_walk *w)
{
	return reduce_with(w, false);
}
static const char *reduce_sum(struct prune_walk *w)
{
	return reduce_with(w, true);
}

/* ---- operators that move values ---- */

/* Whether the other inputs than the data are constants. */
static bool steered(const struct prune_walk *w)
{
	for (int k = 1; k < w->n->n_in; k++)
		if (walk_value(w, k) && walk_value(w, k)->depends)
			return true;
	return false;
}

static const char *moves(struct prune_walk *w)
{
	return steered(w) ? "what it moves is computed" : walk_moves(w);
}

static const char *gather(struct prune_walk *w)
{
	int axis = walk_axis(w, 0, NULL), at = positive(attr_int(w->n, "axis", 0), walk_value(w, 0)->shape.rank);
	if (axis == at && walk_value(w, 1)->shape.rank != 1)
		return "it takes a filter out of its axis";
	return moves(w);
}

static const char *slice(struct prune_walk *w)
{
	int axis = walk_axis(w, 0, NULL);
	int64_t start, end, step;
	if (!steered(w) && axis >= 0 && slice_along(w->g, w->n, axis, &start, &end, &step) && step != 1)
		return "it takes every other filter";
	return moves(w);
}

static const char *pad(struct prune_walk *w)
{
	int axis = walk_axis(w, 0, NULL), rank = walk_value(w, 0)->shape.rank;
	const struct value *pads = walk_value(w, 1), *axes = walk_value(w, 3);
	if (steered(w) || !pads)
		return "what it moves is computed";
	int64_t n = shape_count(&pads->shape) / 2;
	for (int64_t i = 0; i < n && axis >= 0; i++) {
		int at = axes ? positive(axes->i[i], rank) : (int)i;
		int64_t low = pads->i[i], high = pads->i[n + i];
		bool constant = !strcmp(attr_string(w->n, "mode", "constant"), "constant");
		if (at == axis && (low < 0 || high < 0 || (!constant && (low || high))))
			return "it repeats or cuts filters";
	}
	return walk_moves(w);
}

/* ---- the table ---- */

#define MIXES "it mixes the filters"
#define SHAPES "its output depends on the shape"

const struct prune_rule prune_rules[] = {
	{ "Conv", conv, patch_group, NULL },
	{ "ConvTranspose", conv_transpose, patch_group, NULL },
	{ "Gemm", gemm, NULL, NULL },
	{ "MatMul", matmul, NULL, NULL },
	{ "LSTM", recurrent, NULL, NULL },
	{ "GRU", recurrent, NULL, NULL },
	{ "RNN", recurrent, NULL, NULL },
	{ "MaxPool", channels, NULL, NULL },
	{ "AveragePool", channels, NULL, NULL },
	{ "GlobalAveragePool", channels, NULL, NULL },
	{ "GlobalMaxPool", channels, NULL, NULL },
	{ "GlobalLpPool", channels, NULL, NULL },
	{ "BatchNormalization", channels, NULL, NULL },
	{ "InstanceNormalization", channels, NULL, NULL },
#define POINTWISE(name) { name, pointwise, NULL, NULL },
	POINTWISE("Add") POINTWISE("Sub") POINTWISE("Mul") POINTWISE("Div") POINTWISE("Pow") POINTWISE("Sum") POINTWISE(
	        "Mean") POINTWISE("Max") POINTWISE("Min") POINTWISE("Relu") POINTWISE("LeakyRelu") POINTWISE("Elu")
	        POINTWISE("Selu") POINTWISE("Celu") POINTWISE("Sigmoid") POINTWISE("Tanh") POINTWISE(
	                "Softplus") POINTWISE("Softsign") POINTWISE("HardSigmoid") POINTWISE("HardSwish")
	                POINTWISE("Gelu") POINTWISE("Mish") POINTWISE("ThresholdedRelu") POINTWISE("Exp") POINTWISE(
	                        "Log") POINTWISE("Sqrt") POINTWISE("Neg") POINTWISE("Abs") POINTWISE("Reciprocal")
	                        POINTWISE("Erf") POINTWISE("Sin") POINTWISE("Cos") POINTWISE("Floor") POINTWISE(
	                                "Ceil") POINTWISE("Round") POINTWISE("Sign") POINTWISE("Tan") POINTWISE("Sinh")
	                                POINTWISE("Cosh") POINTWISE("Asin") POINTWISE("Acos") POINTWISE(
	                                        "Atan") POINTWISE("Asinh") POINTWISE("Acosh") POINTWISE("Atanh")
	                                        POINTWISE("Shrink") POINTWISE("Identity") POINTWISE(
	                                                "Dropout") POINTWISE("Cast") POINTWISE("CastLike")
	                                                POINTWISE("Equal") POINTWISE("Less") POINTWISE(
	                                                        "LessOrEqual") POINTWISE("Greater")
	                                                        POINTWISE("GreaterOrEqual") POINTWISE("And") POINTWISE(
	                                                                "Or") POINTWISE("Xor") POINTWISE("Not")
	                                                                POINTWISE("IsNaN") POINTWISE("IsInf") POINTWISE(
	                                                                        "Where") POINTWISE("Clip")
	                                                                        POINTWISE("PRelu") POINTWISE("Mod")
#undef POINTWISE
	                                                                                { "Softmax", along, NULL,
	                                                                                  NULL },
	{ "LogSoftmax", along, NULL, NULL },
	{ "Hardmax", along, NULL, NULL },
	{ "LpNormalization", along, NULL, NULL },
	{ "LayerNormalization", along_rest, NULL, NULL },
	{ "RMSNormalization", along_rest, NULL, NULL },
	{ "MeanVarianceNormalization", along_axes, NULL, NULL },
	{ "CumSum", along_input_1, NULL, NULL },
	{ "Trilu", last_two, NULL, NULL },
	{ "Resize", resize, patch_resize, NULL },
	{ "ReduceSum", reduce_sum, NULL, NULL },
	{ "ReduceL1", reduce_sum, NULL, NULL },
	{ "ReduceL2", reduce_sum, NULL, NULL },
	{ "ReduceSumSquare", reduce_sum, NULL, NULL },
	{ "ReduceLogSum", reduce_sum, NULL, NULL },
	{ "ReduceMean", reduce, NULL, NULL },
	{ "ReduceMax", reduce, NULL, NULL },
	{ "ReduceMin", reduce, NULL, NULL },
	{ "ReduceProd", reduce, NULL, NULL },
	{ "ReduceLogSumExp", reduce, NULL, NULL },
	{ "ArgMax", NULL, NULL, "it counts positions" },
	{ "ArgMin", NULL, NULL, "it counts positions" },
	{ "Concat", walk_moves, NULL, NULL },
	{ "Flatten", moves, NULL, NULL },
	{ "Reshape", moves, patch_reshape, NULL },
	{ "Transpose", moves, NULL, NULL },
	{ "Squeeze", moves, NULL, NULL },
	{ "Unsqueeze", moves, NULL, NULL },
	{ "Pad", pad, NULL, NULL },
	{ "Slice", slice, patch_slice, NULL },
	{ "Split", moves, patch_split, NULL },
	{ "Expand", moves, patch_expand, NULL },
	{ "Tile", moves, NULL, NULL },
	{ "Gather", gather, patch_gather, NULL },
	{ "DepthToSpace", NULL, NULL, "it moves filters to steps" },
	{ "SpaceToDepth", moves, NULL, NULL },
	{ "GroupNormalization", NULL, NULL, MIXES },
	{ "LRN", NULL, NULL, MIXES },
	{ "TopK", NULL, NULL, "it sorts" },
	{ "Einsum", NULL, NULL, "tsviz does not follow its formula" },
	{ "GatherElements", NULL, NULL, "it picks single values" },
	{ "GatherND", NULL, NULL, "it picks single values" },
	{ "ScatterND", NULL, NULL, "it writes single values" },
	{ "ScatterElements", NULL, NULL, "it writes single values" },
	{ "ReverseSequence", NULL, NULL, "it turns parts of an axis round" },
	{ "Shape", NULL, NULL, SHAPES },
	{ "Size", NULL, NULL, SHAPES },
	{ "ConstantOfShape", NULL, NULL, SHAPES },
	{ "Range", NULL, NULL, SHAPES },
	{ "OneHot", NULL, NULL, "its output depends on what its input counts" },
	{ "EyeLike", NULL, NULL, SHAPES },
	{ "NonZero", NULL, NULL, "it counts positions" },
	{ NULL, NULL, NULL, NULL },
};

const struct prune_rule *prune_rule_find(const char *op)
{
	for (const struct prune_rule *r = prune_rules; r->op; r++)
		if (!strcmp(r->op, op))
			return r;
	return NULL;
}
