/* Turns older forms of operators into the newest, which is the only one in core. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/graph/op.h"
#include "src/onnx/onnx_call.h"

/* ---- older forms ---- */

int form_axes(struct ocall *c)
{
	return ocall_attr_to_input(c, "axes", 1);
}

int form_split(struct ocall *c)
{
	return ocall_attr_to_input(c, "split", 1);
}

int form_slice(struct ocall *c)
{
	int bad = ocall_attr_to_input(c, "starts", 1);
	bad = bad ? bad : ocall_attr_to_input(c, "ends", 2);
	bad = bad ? bad : ocall_attr_to_input(c, "axes", 3);
	return bad ? bad : c->n_in < 3 ? ocall_fail(c, ERR_FORMAT, "starts or ends are missing") : 0;
}

int form_pad(struct ocall *c)
{
	int bad = ocall_attr_to_input(c, "pads", 1);
	bad = bad ? bad : ocall_attr_to_input(c, "paddings", 1);
	return bad ? bad : ocall_real_to_input(c, "value", 2);
}

int form_clip(struct ocall *c)
{
	int bad = ocall_real_to_input(c, "min", 1);
	return bad ? bad : ocall_real_to_input(c, "max", 2);
}

int form_reshape(struct ocall *c)
{
	return ocall_attr_to_input(c, "shape", 1);
}

int form_top_k(struct ocall *c)
{
	return ocall_attr_to_input(c, "k", 1);
}

int form_tile(struct ocall *c)
{
	int n;
	const struct value *t = ocall_there(c, 1) ? &c->net->g->value[c->in[1]] : NULL,
	                   *a = ocall_there(c, 2) ? &c->net->g->value[c->in[2]] : NULL;
	if (!t || !a || !t->constant || !a->constant)
		return ocall_fail(c, ERR_UNSUPPORTED, "tiles depend on the input");
	if (shape_count(&t->shape) != 1 || shape_count(&a->shape) != 1)
		return ocall_fail(c, ERR_FORMAT, "tiles and axis must be one number each");
	int64_t one[RANK_MAX] = { 1, 1, 1, 1, 1, 1 };
	double axis = a->dtype == DT_INT64 ? (double)a->i[0] : (double)a->r[0];
	double times = t->dtype == DT_INT64 ? (double)t->i[0] : (double)t->r[0];
	n = ocall_shape(c, 0)->rank;
	if (!(axis >= 0 && axis < n) || !(times >= 0 && times <= (double)COUNT_MAX))
		return ocall_fail(c, ERR_FORMAT, "its axis or tiles are out of range");
	one[(int)axis] = (int64_t)times;
	c->n_in = 1;
	return ocall_put(c, 1, ocall_ints(c, n, one));
}

int form_concat(struct ocall *c)
{
	if (!ocall_attr(c, "axis"))
		ocall_set(c, attr_i("axis", 1));
	return 0;
}

int form_cast(struct ocall *c)
{
	static const char *const names[] = { "",      "FLOAT",  "UINT8", "INT8",    "UINT16", "INT16",  "INT32",
		                             "INT64", "STRING", "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64" };
	const struct attr *a = ocall_attr(c, "to");
	for (int i = 1; a && a->type == ATTR_STRING && i < (int)(sizeof names / sizeof *names); i++)
		if (!strcmp(a->s, names[i])) {
			ocall_set(c, attr_i("to", i));
			break;
		}
	return 0;
}

/* Before opset 7, broadcasting had to be requested, and the axes of the second operand began at `axis` of the first. */
int form_broadcast(struct ocall *c)
{
	const struct attr *a = ocall_attr(c, "axis");
	int64_t axis = a && a->type == ATTR_INT ? a->i : -1;
	bool wide = ocall_int(c, "broadcast", 0) != 0;
	ocall_drop(c, "axis");
	ocall_drop(c, "broadcast");
	if (!wide || !ocall_there(c, 1))
		return 0;
	const struct shape *x = ocall_shape(c, 0), *y = ocall_shape(c, 1);
	if (axis < 0 || axis >= x->rank - y->rank || y->rank == 0)
		return 0;
	int64_t dims[RANK_MAX];
	int n = 0;
	for (; n < y->rank; n++)
		dims[n] = y->dim[n];
	for (; n < x->rank - axis; n++)
		dims[n] = 1;
	return ocall_put(c, 1, ocall_reshape(c, c->in[1], n, dims));
}

/* One slope for each channel; the channels are axis 1. */
int form_prelu(struct ocall *c)
{
	if (!ocall_there(c, 1) || ocall_shape(c, 1)->rank != 1 || ocall_shape(c, 1)->dim[0] == 1)
		return 0;
	int64_t dims[RANK_MAX] = { ocall_shape(c, 1)->dim[0], 1, 1, 1, 1, 1 };
	return ocall_put(c, 1, ocall_reshape(c, c->in[1], ocall_shape(c, 0)->rank - 1, dims));
}

/* Before opset 13, all axes from `axis` on were treated as one. */
int form_softmax(struct ocall *c)
{
	const struct shape x = *ocall_shape(c, 0);
	int64_t axis = ocall_int(c, "axis", 1), inner = 1;
	axis += axis < 0 ? x.rank : 0;
	if (axis < 0 || axis > x.rank)
		return ocall_fail(c, ERR_FORMAT, "its axis does not exist");
	for (int64_t i = axis + 1; i < x.rank; i++)
		inner *= x.dim[i];
	if (inner == 1 && axis < x.rank) {
		ocall_set(c, attr_i("axis", axis));
		return 0;
	}
	struct attr flat = attr_i("axis", axis), last = attr_i("axis", 1);
	int y = ocall_step(c, "Flatten", 1, c->in, 1, &flat);
	y = ocall_step(c, c->op, 1, &y, 1, &last);
	int in[] = { y, ocall_ints(c, x.rank, x.dim) };
	if (y < 0 || in[1] < 0)
		return y < 0 ? y : in[1];
	int bad = graph_node(c->net->g, "Reshape", c->n->name, 2, in, 1, c->out, 0, NULL, c->id, c->net->e);
	return bad < 0 ? bad : 1;
}

int form_norm(struct ocall *c)
{
	int64_t spatial = ocall_int(c, "spatial", 1);
	if (ocall_int(c, "training_mode", 0))
		return ocall_fail(
		        c, ERR_UNSUPPORTED,
		        "it normalises by the window's own values (training_mode); export the network in eval mode");
	if (c->n_out > 1)
		return ocall_fail(c, ERR_UNSUPPORTED,
		                  "its outputs of training are not supported; export the network in eval mode");
	const struct shape *x = ocall_shape(c, 0);
	int64_t behind = 1;
	for (int i = 2; i < x->rank; i++)
		behind *= x->dim[i];
	if (!spatial && behind > 1)
		return ocall_fail(c, ERR_UNSUPPORTED, "spatial = 0 (a mean for every step) is not supported");
	static const char *const gone[] = { "spatial", "is_test", "momentum", "training_mode" };
	for (int i = 0; i < 4; i++)
		ocall_drop(c, gone[i]);
	return 0;
}

int form_dropout(struct ocall *c)
{
	const struct value *t = ocall_there(c, 2) ? &c->net->g->value[c->in[2]] : NULL;
	if (t && t->constant && t->dtype == DT_INT64 && shape_count(&t->shape) == 1 && t->i[0]) {
		const struct value *r = ocall_there(c, 1) ? &c->net->g->value[c->in[1]] : NULL;
		if (!r || !r->constant || r->dtype != DT_REAL || shape_count(&r->shape) != 1 || r->r[0] != 0)
			return ocall_fail(c, ERR_UNSUPPORTED,
			                  "it is in training mode; export the network in eval mode");
	}
	c->n_attr = 0;
	c->n_in = 1;
	if (c->n_out < 2 || !c->out[1])
		return 0;
	/* the mask: nothing is dropped, so it is 1 everywhere */
	struct attr one = attr_i("value", 1);
	int shape = ocall_step(c, "Shape", 1, c->in, 0, NULL);
	c->id[1] = shape < 0 ? shape
	                     : graph_node(c->net->g, "ConstantOfShape", c->n->name, 1, &shape, 1, c->out + 1, 1, &one,
	                                  NULL, c->net->e);
	c->n_out = 1;
	return c->id[1] < 0 ? c->id[1] : 0;
}

int form_gemm(struct ocall *c)
{
	ocall_drop(c, "broadcast");
	return 0;
}

/* Before opset 11 the nearest input was the one before the place if an axis grew, and the one behind it if the axis
 * shrank. Where both kinds of axes are there, a Resize of its own shrinks first. */
static int shrink_first(struct ocall *c)
{
	const struct value *s = &c->net->g->value[c->in[2]];
	const struct attr *mode = ocall_attr(c, "mode");
	real small[RANK_MAX], rest[RANK_MAX];
	int n = (int)shape_count(&s->shape), less = 0, more = 0;
	if (!s->constant || s->dtype != DT_REAL || n > RANK_MAX ||
	    (mode && mode->type == ATTR_STRING && strcmp(mode->s, "nearest") != 0))
		return 0;
	for (int i = 0; i < n; i++) {
		less += s->r[i] < 1;
		more += s->r[i] > 1;
		small[i] = s->r[i] < 1 ? s->r[i] : 1;
		rest[i] = s->r[i] < 1 ? 1 : s->r[i];
	}
	if (!less)
		return 0;
	ocall_set(c, attr_s("nearest_mode", "ceil"));
	if (!more)
		return 0;
	struct shape list = { 1, { n } };
	int in[] = { c->in[0], -1, graph_const_real(c->net->g, NULL, &list, small, false, c->net->e) };
	if (in[2] < 0)
		return in[2];
	c->in[0] = graph_op(c->net->g, "Resize", c->n->name, 3, in, c->n_attr, c->attr, c->net->e);
	ocall_set(c, attr_s("nearest_mode", "floor"));
	return c->in[0] < 0 ? c->in[0]
	                    : ocall_put(c, 2, graph_const_real(c->net->g, NULL, &list, rest, false, c->net->e));
}

/* Upsample, and Resize before opset 11: only scales, and asymmetric coordinates. */
int form_old_resize(struct ocall *c)
{
	const struct attr *a = ocall_attr(c, "scales");
	int scales = ocall_there(c, 1) ? c->in[1] : -1, bad = 0;
	real v[RANK_MAX];
	if (a && a->type == ATTR_FLOATS && a->n <= RANK_MAX) {
		struct shape s = { 1, { a->n } };
		for (int i = 0; i < a->n; i++)
			v[i] = (real)a->floats[i];
		scales = graph_const_real(c->net->g, NULL, &s, v, false, c->net->e);
		ocall_drop(c, "scales");
	}
	if (scales < 0)
		return ocall_fail(c, ERR_FORMAT, "its scales are missing");
	c->op = "Resize";
	c->n_in = 1;
	bad = ocall_put(c, 2, scales);
	const struct attr *mode = ocall_attr(c, "mode");
	if (mode && mode->type == ATTR_STRING && !strcmp(mode->s, "bilinear"))
		ocall_set(c, attr_s("mode", "linear"));
	ocall_set(c, attr_s("coordinate_transformation_mode", "asymmetric"));
	ocall_set(c, attr_s("nearest_mode", "floor"));
	return bad ? bad : shrink_first(c);
}

int form_resize(struct ocall *c)
{
	/* an empty list of scales or sizes means that it is absent */
	for (int k = 1; k < c->n_in; k++)
		if (c->in[k] >= 0 && shape_count(ocall_shape(c, k)) == 0)
			c->in[k] = -1;
	return 0;
}

/* One factor for each group; from opset 21 on one for each channel. */
int form_group_norm(struct ocall *c)
{
	int64_t groups = ocall_int(c, "num_groups", 1),
	        channels = ocall_shape(c, 0)->rank > 1 ? ocall_shape(c, 0)->dim[1] : 0;
	if (groups < 1 || channels < 1 || channels % groups)
		return ocall_fail(c, ERR_FORMAT, "num_groups does not divide the channels");
	for (int k = 1; k < 3 && ocall_there(c, k); k++) {
		if (shape_count(ocall_shape(c, k)) != groups)
			continue;
		int64_t column[] = { groups, 1 }, wide[] = { groups, channels / groups };
		int in[] = { ocall_reshape(c, c->in[k], 2, column), ocall_ints(c, 2, wide) };
		int y = ocall_step(c, "Expand", 2, in, 0, NULL);
		y = y < 0 ? y : ocall_reshape(c, y, 1, &channels);
		if (y < 0)
			return y;
		c->in[k] = y;
	}
	return 0;
}

int form_old_lp_pool(struct ocall *c)
{
	const struct attr *a = ocall_attr(c, "p");
	if (a && a->type == ATTR_FLOAT) {
		int64_t p = a->f >= 1 && a->f < 64 ? (int64_t)a->f : 0;
		ocall_set(c, attr_i("p", p));
	}
	return 0;
}

static int64_t int_at(struct ocall *c, const char *name, int i, int64_t fallback)
{
	const struct attr *a = ocall_attr(c, name);
	return a && a->type == ATTR_INTS && i < a->n ? a->ints[i] : fallback;
}

/* Turns ceil_mode into zeros behind the input that give as many windows. */
static int ceil_as_pads(struct ocall *c)
{
	const struct shape *x = ocall_shape(c, 0);
	int64_t pads[2 * RANK_MAX];
	const struct attr *mode = ocall_attr(c, "auto_pad");
	int n = x->rank - 2;
	if (!ocall_int(c, "ceil_mode", 0) || n < 1 || (mode && mode->type == ATTR_STRING && *mode->s == 'S'))
		return 0;
	for (int i = 0; i < n; i++) {
		int64_t k = int_at(c, "kernel_shape", i, 1), s = int_at(c, "strides", i, 1), reach, room;
		pads[i] = int_at(c, "pads", i, 0);
		pads[n + i] = int_at(c, "pads", n + i, 0);
		if (s < 1 || k < 1 || pads[i] < 0 || pads[n + i] < 0 || pads[i] > COUNT_MAX ||
		    pads[n + i] > COUNT_MAX || !i64_mul(k - 1, int_at(c, "dilations", i, 1), &reach))
			return ocall_fail(c, ERR_FORMAT, "its window is out of range");
		room = x->dim[i + 2] + pads[i] + pads[n + i] - reach - 1;
		/* unless the window more would lie in the padding alone */
		if (room > 0 && room % s && (room / s + 1) * s < x->dim[i + 2] + pads[i])
			pads[n + i] += s - room % s;
	}
	ocall_drop(c, "ceil_mode");
	ocall_set(c, attr_is("pads", 2 * n, arena_dup(&c->net->arena, pads, 2 * (size_t)n, sizeof *pads)));
	return 0;
}

/* (sum abs(x)^p)^(1/p) over a window: an average times the window's length. */
int form_lp_pool(struct ocall *c)
{
	int bad = form_old_lp_pool(c);
	int64_t p = ocall_int(c, "p", 2), k = 1;
	bad = bad ? bad : ceil_as_pads(c);
	const struct attr *ks = ocall_attr(c, "kernel_shape");
	if (bad || !ks || ks->type != ATTR_INTS)
		return bad ? bad : ocall_fail(c, ERR_UNSUPPORTED, "kernel_shape is missing");
	for (int i = 0; i < ks->n; i++)
		if (!i64_mul(k, ks->ints[i], &k))
			return ocall_fail(c, ERR_FORMAT, "kernel_shape is too large");
	ocall_drop(c, "p");
	ocall_set(c, attr_i("count_include_pad", 1));
	struct shape s = { 0 };
	real v[] = { (real)p, (real)k, (real)1 / (real)p };
	int id[3];
	for (int i = 0; i < 3; i++)
		if ((id[i] = graph_const_real(c->net->g, NULL, &s, &v[i], false, c->net->e)) < 0)
			return id[i];
	int y = ocall_step(c, "Abs", 1, c->in, 0, NULL), in[] = { y, id[0] };
	in[0] = ocall_step(c, "Pow", 2, in, 0, NULL);
	in[0] = ocall_step(c, "AveragePool", 1, in, c->n_attr, c->attr);
	in[1] = id[1];
	in[0] = ocall_step(c, "Mul", 2, in, 0, NULL);
	in[1] = id[2];
	if (in[0] < 0)
		return in[0];
	bad = graph_node(c->net->g, "Pow", c->n->name, 2, in, 1, c->out, 0, NULL, c->id, c->net->e);
	return bad < 0 ? bad : 1;
}

int form_constant_of_shape(struct ocall *c)
{
	const struct onnx_attr *a = onnx_attr_of(c->n, "value");
	struct onnx_data d;
	if (!a)
		return 0;
	if (a->type != ONNX_A_TENSOR)
		return ocall_fail(c, ERR_FORMAT, "value is no tensor");
	int bad = onnx_tensor_read(a->t, c->net->side, &d, c->net->e);
	if (bad)
		return bad;
	if (shape_count(&d.shape) != 1)
		bad = ocall_fail(c, ERR_FORMAT, "value must be one number");
	else if (d.dtype == DT_REAL)
		ocall_set(c, attr_f("value", (double)d.r[0]));
	else
		ocall_set(c, attr_i("value", d.i[0]));
	onnx_data_free(&d);
	return bad;
}

/* ---- parts of operators that stand for several (src/onnx/onnx_fused.c), where the axes of an input have to be known
 * ---- */

/* A mask that is added to attention's scores may be logical: a score that it does not allow becomes `hidden`. */
int form_add(struct ocall *c)
{
	const real hidden = (real)-1e30;
	const struct shape scalar = { 0 };
	bool mask = c->n->part && ocall_attr(c, "mask") && ocall_there(c, 1);
	if (c->n->part)
		ocall_drop(c, "mask");
	if (!mask || c->net->g->value[c->in[1]].dtype != DT_INT64)
		return 0;
	int scores = c->in[0];
	c->op = "Where";
	c->in[0] = c->in[1];
	c->in[1] = scores;
	return ocall_put(c, 2, graph_const_real(c->net->g, NULL, &scalar, &hidden, false, c->net->e));
}

/* Puts the first axis behind the others but the last (batch), then exchanges the last two (flip). */
static int turn(struct ocall *c, int k, bool batch, bool flip)
{
	int rank = ocall_shape(c, k)->rank;
	int64_t perm[RANK_MAX] = { 0, 1, 2, 3, 4, 5 };
	if (rank < 2 && (batch || flip))
		return ocall_fail(c, ERR_FORMAT, "an input of rank below 2 cannot be transposed");
	for (int i = 0; batch && i < rank - 1; i++)
		perm[i] = i < rank - 2 ? i + 1 : 0;
	if (flip) {
		int64_t last = perm[rank - 1];
		perm[rank - 1] = perm[rank - 2];
		perm[rank - 2] = last;
	}
	struct attr order = attr_is("perm", rank, perm);
	if (batch || flip)
		c->in[k] = ocall_step(c, "Transpose", 1, &c->in[k], 1, &order);
	return c->in[k] < 0 ? c->in[k] : 0;
}

int form_mat_mul(struct ocall *c)
{
	static const char *const names[] = { "transA", "transB", "transBatchA", "transBatchB" };
	int bad = 0;
	for (int k = 0; k < 2 && c->n->part && ocall_there(c, k) && !bad; k++)
		bad = turn(c, k, ocall_int(c, names[2 + k], 0), ocall_int(c, names[k], 0));
	for (int i = 0; i < 4 && c->n->part; i++)
		ocall_drop(c, names[i]);
	return bad;
}

int form_reshape_part(struct ocall *c)
{
	const struct attr *rank = c->n->part ? ocall_attr(c, "input_rank") : NULL;
	if (rank && ocall_shape(c, 0)->rank != rank->i)
		return err_set(c->net->e, ERR_UNSUPPORTED, "an input of rank %d instead of %lld is not supported",
		               ocall_shape(c, 0)->rank, (long long)rank->i);
	if (rank)
		ocall_drop(c, "input_rank");
	return 0;
}
