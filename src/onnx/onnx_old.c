/* Says which forms of which operators are read, and turns older forms into the newest, which is the only one in
 * core. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/graph/op.h"
#include "src/onnx/onnx_net.h"

/* ---- attributes and inputs of a call ---- */

static struct attr *attr_of(struct ocall *c, const char *name)
{
	for (int i = 0; i < c->n_attr; i++)
		if (!strcmp(c->attr[i].name, name))
			return &c->attr[i];
	return NULL;
}

static void drop(struct ocall *c, const char *name)
{
	struct attr *a = attr_of(c, name);
	if (a)
		*a = c->attr[--c->n_attr];
}

static void set(struct ocall *c, struct attr a)
{
	struct attr *old = attr_of(c, a.name);
	if (old)
		*old = a;
	else if (c->n_attr < (int)(sizeof c->attr / sizeof *c->attr))
		c->attr[c->n_attr++] = a;
}

static int64_t number(struct ocall *c, const char *name, int64_t fallback)
{
	const struct attr *a = attr_of(c, name);
	return a && a->type == ATTR_INT ? a->i : fallback;
}

static const struct shape *shape_of(const struct ocall *c, int k)
{
	return &c->net->g->value[c->in[k]].shape;
}

static bool there(const struct ocall *c, int k)
{
	return k < c->n_in && c->in[k] >= 0;
}

static int fail(struct ocall *c, int code, const char *text)
{
	return err_set(c->net->e, code, "%s", text);
}

/* Sets input k; inputs before it that are missing become absent. */
static int put_in(struct ocall *c, int k, int value)
{
	if (value < 0)
		return value;
	while (c->n_in <= k)
		c->in[c->n_in++] = -1;
	c->in[k] = value;
	return 0;
}

static int ints(struct ocall *c, int n, const int64_t *v)
{
	struct shape s = { 1, { n } };
	return graph_const_int(c->net->g, NULL, &s, v, c->net->e);
}

/* Turns a list of integers, which was an attribute, into input k. */
static int attr_to_input(struct ocall *c, const char *name, int k)
{
	const struct attr *a = attr_of(c, name);
	if (!a)
		return 0;
	int bad = 0;
	if (a->type == ATTR_INTS)
		bad = put_in(c, k, ints(c, a->n, a->ints));
	else if (a->type == ATTR_INT)
		bad = put_in(c, k, ints(c, 1, &a->i));
	else
		return err_set(c->net->e, ERR_FORMAT, "attribute %s is no list of integers", name);
	drop(c, name);
	return bad;
}

static int real_to_input(struct ocall *c, const char *name, int k)
{
	const struct attr *a = attr_of(c, name);
	if (!a)
		return 0;
	struct shape s = { 0 };
	real v = (real)(a->type == ATTR_INT ? (double)a->i : a->f);
	drop(c, name);
	return put_in(c, k, graph_const_real(c->net->g, NULL, &s, &v, false, c->net->e));
}

/* Adds an intermediate operator with one output. */
static int step(struct ocall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a)
{
	for (int i = 0; i < n_in; i++)
		if (in[i] < 0)
			return in[i];
	return graph_op(c->net->g, op, c->n->name, n_in, in, n_attr, a, c->net->e);
}

static int reshape(struct ocall *c, int x, int n, const int64_t *dims)
{
	int in[] = { x, ints(c, n, dims) };
	return step(c, "Reshape", 2, in, 0, NULL);
}

/* ---- older forms ---- */

static int old_axes(struct ocall *c)
{
	return attr_to_input(c, "axes", 1);
}

static int old_split(struct ocall *c)
{
	return attr_to_input(c, "split", 1);
}

static int old_slice(struct ocall *c)
{
	int bad = attr_to_input(c, "starts", 1);
	bad = bad ? bad : attr_to_input(c, "ends", 2);
	bad = bad ? bad : attr_to_input(c, "axes", 3);
	return bad ? bad : c->n_in < 3 ? fail(c, ERR_FORMAT, "starts or ends are missing") : 0;
}

static int old_pad(struct ocall *c)
{
	int bad = attr_to_input(c, "pads", 1);
	bad = bad ? bad : attr_to_input(c, "paddings", 1);
	return bad ? bad : real_to_input(c, "value", 2);
}

static int old_clip(struct ocall *c)
{
	int bad = real_to_input(c, "min", 1);
	return bad ? bad : real_to_input(c, "max", 2);
}

static int old_reshape(struct ocall *c)
{
	return attr_to_input(c, "shape", 1);
}

static int old_top_k(struct ocall *c)
{
	return attr_to_input(c, "k", 1);
}

static int old_tile(struct ocall *c)
{
	int n;
	const struct value *t = there(c, 1) ? &c->net->g->value[c->in[1]] : NULL,
	                   *a = there(c, 2) ? &c->net->g->value[c->in[2]] : NULL;
	if (!t || !a || !t->constant || !a->constant)
		return fail(c, ERR_UNSUPPORTED, "tiles depend on the input");
	if (shape_count(&t->shape) != 1 || shape_count(&a->shape) != 1)
		return fail(c, ERR_FORMAT, "tiles and axis must be one number each");
	int64_t one[RANK_MAX] = { 1, 1, 1, 1, 1, 1 };
	double axis = a->dtype == DT_INT64 ? (double)a->i[0] : (double)a->r[0];
	double times = t->dtype == DT_INT64 ? (double)t->i[0] : (double)t->r[0];
	n = shape_of(c, 0)->rank;
	if (!(axis >= 0 && axis < n) || !(times >= 0 && times <= (double)COUNT_MAX))
		return fail(c, ERR_FORMAT, "its axis or tiles are out of range");
	one[(int)axis] = (int64_t)times;
	c->n_in = 1;
	return put_in(c, 1, ints(c, n, one));
}

static int old_concat(struct ocall *c)
{
	if (!attr_of(c, "axis"))
		set(c, attr_i("axis", 1));
	return 0;
}

static int old_cast(struct ocall *c)
{
	static const char *const names[] = { "",      "FLOAT",  "UINT8", "INT8",    "UINT16", "INT16",  "INT32",
		                             "INT64", "STRING", "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64" };
	const struct attr *a = attr_of(c, "to");
	for (int i = 1; a && a->type == ATTR_STRING && i < (int)(sizeof names / sizeof *names); i++)
		if (!strcmp(a->s, names[i])) {
			set(c, attr_i("to", i));
			break;
		}
	return 0;
}

/* Before opset 7, broadcasting had to be requested, and the axes of the second operand began at `axis` of the first. */
static int old_broadcast(struct ocall *c)
{
	const struct attr *a = attr_of(c, "axis");
	int64_t axis = a && a->type == ATTR_INT ? a->i : -1;
	bool wide = number(c, "broadcast", 0) != 0;
	drop(c, "axis");
	drop(c, "broadcast");
	if (!wide || !there(c, 1))
		return 0;
	const struct shape *x = shape_of(c, 0), *y = shape_of(c, 1);
	if (axis < 0 || axis >= x->rank - y->rank || y->rank == 0)
		return 0;
	int64_t dims[RANK_MAX];
	int n = 0;
	for (; n < y->rank; n++)
		dims[n] = y->dim[n];
	for (; n < x->rank - axis; n++)
		dims[n] = 1;
	return put_in(c, 1, reshape(c, c->in[1], n, dims));
}

/* One slope for each channel; the channels are axis 1. */
static int old_prelu(struct ocall *c)
{
	if (!there(c, 1) || shape_of(c, 1)->rank != 1 || shape_of(c, 1)->dim[0] == 1)
		return 0;
	int64_t dims[RANK_MAX] = { shape_of(c, 1)->dim[0], 1, 1, 1, 1, 1 };
	return put_in(c, 1, reshape(c, c->in[1], shape_of(c, 0)->rank - 1, dims));
}

/* Before opset 13, all axes from `axis` on were treated as one. */
static int old_softmax(struct ocall *c)
{
	const struct shape x = *shape_of(c, 0);
	int64_t axis = number(c, "axis", 1), inner = 1;
	axis += axis < 0 ? x.rank : 0;
	if (axis < 0 || axis > x.rank)
		return fail(c, ERR_FORMAT, "its axis does not exist");
	for (int64_t i = axis + 1; i < x.rank; i++)
		inner *= x.dim[i];
	if (inner == 1 && axis < x.rank) {
		set(c, attr_i("axis", axis));
		return 0;
	}
	struct attr flat = attr_i("axis", axis), last = attr_i("axis", 1);
	int y = step(c, "Flatten", 1, c->in, 1, &flat);
	y = step(c, c->op, 1, &y, 1, &last);
	int in[] = { y, ints(c, x.rank, x.dim) };
	if (y < 0 || in[1] < 0)
		return y < 0 ? y : in[1];
	int bad = graph_node(c->net->g, "Reshape", c->n->name, 2, in, 1, c->out, 0, NULL, c->id, c->net->e);
	return bad < 0 ? bad : 1;
}

static int norm(struct ocall *c)
{
	int64_t spatial = number(c, "spatial", 1);
	if (number(c, "training_mode", 0))
		return fail(
		        c, ERR_UNSUPPORTED,
		        "it normalises by the window's own values (training_mode); export the network in eval mode");
	if (c->n_out > 1)
		return fail(c, ERR_UNSUPPORTED,
		            "its outputs of training are not supported; export the network in eval mode");
	const struct shape *x = shape_of(c, 0);
	int64_t behind = 1;
	for (int i = 2; i < x->rank; i++)
		behind *= x->dim[i];
	if (!spatial && behind > 1)
		return fail(c, ERR_UNSUPPORTED, "spatial = 0 (a mean for every step) is not supported");
	static const char *const gone[] = { "spatial", "is_test", "momentum", "training_mode" };
	for (int i = 0; i < 4; i++)
		drop(c, gone[i]);
	return 0;
}

static int dropout(struct ocall *c)
{
	const struct value *t = there(c, 2) ? &c->net->g->value[c->in[2]] : NULL;
	if (t && t->constant && t->dtype == DT_INT64 && shape_count(&t->shape) == 1 && t->i[0]) {
		const struct value *r = there(c, 1) ? &c->net->g->value[c->in[1]] : NULL;
		if (!r || !r->constant || r->dtype != DT_REAL || shape_count(&r->shape) != 1 || r->r[0] != 0)
			return fail(c, ERR_UNSUPPORTED, "it is in training mode; export the network in eval mode");
	}
	c->n_attr = 0;
	c->n_in = 1;
	if (c->n_out < 2 || !c->out[1])
		return 0;
	/* the mask: nothing is dropped, so it is 1 everywhere */
	struct attr one = attr_i("value", 1);
	int shape = step(c, "Shape", 1, c->in, 0, NULL);
	c->id[1] = shape < 0 ? shape
	                     : graph_node(c->net->g, "ConstantOfShape", c->n->name, 1, &shape, 1, c->out + 1, 1, &one,
	                                  NULL, c->net->e);
	c->n_out = 1;
	return c->id[1] < 0 ? c->id[1] : 0;
}

static int old_gemm(struct ocall *c)
{
	drop(c, "broadcast");
	return 0;
}

/* Before opset 11 the nearest input was the one before the place if an axis grew, and the one behind it if the axis
 * shrank. Where both kinds of axes are there, a Resize of its own shrinks first. */
static int shrink_first(struct ocall *c)
{
	const struct value *s = &c->net->g->value[c->in[2]];
	const struct attr *mode = attr_of(c, "mode");
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
	set(c, attr_s("nearest_mode", "ceil"));
	if (!more)
		return 0;
	struct shape list = { 1, { n } };
	int in[] = { c->in[0], -1, graph_const_real(c->net->g, NULL, &list, small, false, c->net->e) };
	if (in[2] < 0)
		return in[2];
	c->in[0] = graph_op(c->net->g, "Resize", c->n->name, 3, in, c->n_attr, c->attr, c->net->e);
	set(c, attr_s("nearest_mode", "floor"));
	return c->in[0] < 0 ? c->in[0] : put_in(c, 2, graph_const_real(c->net->g, NULL, &list, rest, false, c->net->e));
}

/* Upsample, and Resize before opset 11: only scales, and asymmetric coordinates. */
static int old_resize(struct ocall *c)
{
	const struct attr *a = attr_of(c, "scales");
	int scales = there(c, 1) ? c->in[1] : -1, bad = 0;
	real v[RANK_MAX];
	if (a && a->type == ATTR_FLOATS && a->n <= RANK_MAX) {
		struct shape s = { 1, { a->n } };
		for (int i = 0; i < a->n; i++)
			v[i] = (real)a->floats[i];
		scales = graph_const_real(c->net->g, NULL, &s, v, false, c->net->e);
		drop(c, "scales");
	}
	if (scales < 0)
		return fail(c, ERR_FORMAT, "its scales are missing");
	c->op = "Resize";
	c->n_in = 1;
	bad = put_in(c, 2, scales);
	const struct attr *mode = attr_of(c, "mode");
	if (mode && mode->type == ATTR_STRING && !strcmp(mode->s, "bilinear"))
		set(c, attr_s("mode", "linear"));
	set(c, attr_s("coordinate_transformation_mode", "asymmetric"));
	set(c, attr_s("nearest_mode", "floor"));
	return bad ? bad : shrink_first(c);
}

static int resize(struct ocall *c)
{
	/* an empty list of scales or sizes means that it is absent */
	for (int k = 1; k < c->n_in; k++)
		if (c->in[k] >= 0 && shape_count(shape_of(c, k)) == 0)
			c->in[k] = -1;
	return 0;
}

/* One factor for each group; from opset 21 on one for each channel. */
static int old_group_norm(struct ocall *c)
{
	int64_t groups = number(c, "num_groups", 1), channels = shape_of(c, 0)->rank > 1 ? shape_of(c, 0)->dim[1] : 0;
	if (groups < 1 || channels < 1 || channels % groups)
		return fail(c, ERR_FORMAT, "num_groups does not divide the channels");
	for (int k = 1; k < 3 && there(c, k); k++) {
		if (shape_count(shape_of(c, k)) != groups)
			continue;
		int64_t column[] = { groups, 1 }, wide[] = { groups, channels / groups };
		int in[] = { reshape(c, c->in[k], 2, column), ints(c, 2, wide) };
		int y = step(c, "Expand", 2, in, 0, NULL);
		y = y < 0 ? y : reshape(c, y, 1, &channels);
		if (y < 0)
			return y;
		c->in[k] = y;
	}
	return 0;
}

static int old_lp_pool(struct ocall *c)
{
	const struct attr *a = attr_of(c, "p");
	if (a && a->type == ATTR_FLOAT) {
		int64_t p = a->f >= 1 && a->f < 64 ? (int64_t)a->f : 0;
		set(c, attr_i("p", p));
	}
	return 0;
}

static int64_t int_at(struct ocall *c, const char *name, int i, int64_t fallback)
{
	const struct attr *a = attr_of(c, name);
	return a && a->type == ATTR_INTS && i < a->n ? a->ints[i] : fallback;
}

/* Turns ceil_mode into zeros behind the input that give as many windows. */
static int ceil_as_pads(struct ocall *c)
{
	const struct shape *x = shape_of(c, 0);
	int64_t pads[2 * RANK_MAX];
	const struct attr *mode = attr_of(c, "auto_pad");
	int n = x->rank - 2;
	if (!number(c, "ceil_mode", 0) || n < 1 || (mode && mode->type == ATTR_STRING && *mode->s == 'S'))
		return 0;
	for (int i = 0; i < n; i++) {
		int64_t k = int_at(c, "kernel_shape", i, 1), s = int_at(c, "strides", i, 1), reach, room;
		pads[i] = int_at(c, "pads", i, 0);
		pads[n + i] = int_at(c, "pads", n + i, 0);
		if (s < 1 || k < 1 || pads[i] < 0 || pads[n + i] < 0 || pads[i] > COUNT_MAX ||
		    pads[n + i] > COUNT_MAX || !i64_mul(k - 1, int_at(c, "dilations", i, 1), &reach))
			return fail(c, ERR_FORMAT, "its window is out of range");
		room = x->dim[i + 2] + pads[i] + pads[n + i] - reach - 1;
		/* unless the window more would lie in the padding alone */
		if (room > 0 && room % s && (room / s + 1) * s < x->dim[i + 2] + pads[i])
			pads[n + i] += s - room % s;
	}
	drop(c, "ceil_mode");
	set(c, attr_is("pads", 2 * n, arena_dup(&c->net->arena, pads, 2 * (size_t)n, sizeof *pads)));
	return 0;
}

/* (sum abs(x)^p)^(1/p) over a window: an average times the window's length. */
static int lp_pool(struct ocall *c)
{
	int bad = old_lp_pool(c);
	int64_t p = number(c, "p", 2), k = 1;
	bad = bad ? bad : ceil_as_pads(c);
	const struct attr *ks = attr_of(c, "kernel_shape");
	if (bad || !ks || ks->type != ATTR_INTS)
		return bad ? bad : fail(c, ERR_UNSUPPORTED, "kernel_shape is missing");
	for (int i = 0; i < ks->n; i++)
		if (!i64_mul(k, ks->ints[i], &k))
			return fail(c, ERR_FORMAT, "kernel_shape is too large");
	drop(c, "p");
	set(c, attr_i("count_include_pad", 1));
	struct shape s = { 0 };
	real v[] = { (real)p, (real)k, (real)1 / (real)p };
	int id[3];
	for (int i = 0; i < 3; i++)
		if ((id[i] = graph_const_real(c->net->g, NULL, &s, &v[i], false, c->net->e)) < 0)
			return id[i];
	int y = step(c, "Abs", 1, c->in, 0, NULL), in[] = { y, id[0] };
	in[0] = step(c, "Pow", 2, in, 0, NULL);
	in[0] = step(c, "AveragePool", 1, in, c->n_attr, c->attr);
	in[1] = id[1];
	in[0] = step(c, "Mul", 2, in, 0, NULL);
	in[1] = id[2];
	if (in[0] < 0)
		return in[0];
	bad = graph_node(c->net->g, "Pow", c->n->name, 2, in, 1, c->out, 0, NULL, c->id, c->net->e);
	return bad < 0 ? bad : 1;
}

static int constant_of_shape(struct ocall *c)
{
	const struct onnx_attr *a = onnx_attr_of(c->n, "value");
	struct onnx_data d;
	if (!a)
		return 0;
	if (a->type != ONNX_A_TENSOR)
		return fail(c, ERR_FORMAT, "value is no tensor");
	int bad = onnx_tensor_read(a->t, c->net->side, &d, c->net->e);
	if (bad)
		return bad;
	if (shape_count(&d.shape) != 1)
		bad = fail(c, ERR_FORMAT, "value must be one number");
	else if (d.dtype == DT_REAL)
		set(c, attr_f("value", (double)d.r[0]));
	else
		set(c, attr_i("value", d.i[0]));
	onnx_data_free(&d);
	return bad;
}

/* Returns step t of y along the axis of steps; dir selects a direction, -1 keeps all. */
static int state_at(struct ocall *c, int y, int64_t axis, int64_t t, int64_t dir)
{
	const struct shape none = { 0 };
	struct attr along = attr_i("axis", axis);
	int in[4] = { y, graph_const_int(c->net->g, NULL, &none, &t, c->net->e) };
	int state = step(c, "Gather", 2, in, 1, &along);
	if (dir < 0)
		return state;
	in[0] = state;
	in[1] = ints(c, 1, &dir);
	in[2] = ints(c, 1, &(int64_t){ dir + 1 });
	in[3] = ints(c, 1, &axis); /* the axis of steps is gone */
	return step(c, "Slice", 4, in, 0, NULL);
}

/* Returns the length of the sequence that the layer reads: sequence_lens, all of whose numbers must be the same, else
 * all steps. Returns an error if it is not known while loading. */
static int64_t sequence_length(struct ocall *c, int64_t steps)
{
	const struct value *v = there(c, 4) ? &c->net->g->value[c->in[4]] : NULL;
	int64_t n = v ? shape_count(&v->shape) : 0;
	if (!v)
		return steps;
	if (!v->constant || v->dtype != DT_INT64)
		return fail(c, ERR_UNSUPPORTED, "sequence_lens depends on the input");
	for (int64_t i = 0; i < n; i++)
		if (v->i[i] < 1 || v->i[i] > steps)
			return err_set(c->net->e, ERR_FORMAT, "sequence_lens holds %lld for %lld steps",
			               (long long)v->i[i], (long long)steps);
		else if (v->i[i] != v->i[0])
			return fail(c, ERR_UNSUPPORTED, "sequences of different lengths in one batch");
	return n ? v->i[0] : steps;
}

/* Returns x without the steps from `length` on. */
static int first_steps(struct ocall *c, int x, int64_t axis, int64_t length)
{
	int in[] = { x, ints(c, 1, &(int64_t){ 0 }), ints(c, 1, &length), ints(c, 1, &axis) };
	return step(c, "Slice", 4, in, 0, NULL);
}

/* Makes `name` of y (a sequence of states) and zeros behind it. Returns the value. */
static int zeros_behind(struct ocall *c, int y, int64_t axis, int64_t zeros, const char *name)
{
	int64_t pads[8] = { 0 };
	pads[4 + axis] = zeros;
	int in[] = { y, ints(c, 8, pads) };
	if (in[1] < 0)
		return in[1];
	return graph_node(c->net->g, "Pad", c->n->name, 2, in, 1, &name, 0, NULL, NULL, c->net->e);
}

/* Makes `name`, the last state, from the sequence of states. Returns the value. */
static int last_state(struct ocall *c, int y, int64_t axis, const char *name)
{
	const struct attr *a = attr_of(c, "direction");
	const char *direction = a && a->type == ATTR_STRING ? a->s : "forward";
	int64_t end = c->net->g->value[y].shape.dim[axis] - 1;
	struct attr along = attr_i("axis", axis);
	int in[] = { -1, -1 }, n = 1;
	if (!strcmp(direction, "bidirectional")) {
		in[0] = state_at(c, y, axis, end, 0);
		in[1] = state_at(c, y, axis, 0, 1);
		n = 2;
	} else {
		in[0] = state_at(c, y, axis, strcmp(direction, "reverse") ? end : 0, -1);
	}
	for (int i = 0; i < n; i++)
		if (in[i] < 0)
			return in[i];
	return graph_node(c->net->g, n > 1 ? "Concat" : "Identity", c->n->name, n, in, 1, &name, n > 1, &along, NULL,
	                  c->net->e);
}

static const char *new_name(struct ocall *c, const char *name)
{
	for (int i = 0;; i++) {
		char *text = xasprintf("%s.steps%d", name, i);
		const char *own = graph_find(c->net->g, text) < 0 ? arena_strdup(&c->net->arena, text) : NULL;
		free(text);
		if (own)
			return own;
	}
}

/* Reads a sequence that is shorter than the input as one of its own length, with zeros behind its states, as ONNX
 * defines it. Takes the last state from the sequence of states. The layer's activations are that sequence, so the layer
 * then has its part in an output that reads only the last state. */
static int recurrent(struct ocall *c)
{
	drop(c, "output_sequence");
	int64_t axis = number(c, "layout", 0) != 0;
	if (shape_of(c, 0)->rank != 3)
		return fail(c, ERR_FORMAT, "its input must be of rank 3");
	int64_t steps = shape_of(c, 0)->dim[axis], length = sequence_length(c, steps);
	if (length < 0)
		return (int)length;
	if (c->n_in > 4)
		c->in[4] = -1;
	if (length < steps && (c->in[0] = first_steps(c, c->in[0], axis, length)) < 0)
		return c->in[0];
	const char *whole = c->out[0], *last = c->n_out > 1 ? c->out[1] : NULL;
	bool cut = length < steps && whole, both = last && whole;
	if (!cut && !both)
		return 0;
	if (cut)
		c->out[0] = new_name(c, whole);
	if (both)
		c->out[1] = NULL;
	int bad = graph_node(c->net->g, c->op, c->n->name, c->n_in, c->in, c->n_out, c->out, c->n_attr, c->attr, c->id,
	                     c->net->e);
	int y = c->id[0];
	if (bad >= 0 && both)
		bad = c->id[1] = last_state(c, y, axis, last);
	if (bad >= 0 && cut)
		bad = c->id[0] = zeros_behind(c, y, axis, steps - length, whole);
	return bad < 0 ? bad : 1;
}

/* ---- parts of operators that stand for several (src/onnx/onnx_fused.c), where the axes of an input have to be known
 * ---- */

/* A mask that is added to attention's scores may be logical: a score that it does not allow becomes `hidden`. */
static int add(struct ocall *c)
{
	const real hidden = (real)-1e30;
	const struct shape scalar = { 0 };
	bool mask = c->n->part && attr_of(c, "mask") && there(c, 1);
	if (c->n->part)
		drop(c, "mask");
	if (!mask || c->net->g->value[c->in[1]].dtype != DT_INT64)
		return 0;
	int scores = c->in[0];
	c->op = "Where";
	c->in[0] = c->in[1];
	c->in[1] = scores;
	return put_in(c, 2, graph_const_real(c->net->g, NULL, &scalar, &hidden, false, c->net->e));
}

/* Puts the first axis behind the others but the last (batch), then exchanges the last two (flip). */
static int turn(struct ocall *c, int k, bool batch, bool flip)
{
	int rank = shape_of(c, k)->rank;
	int64_t perm[RANK_MAX] = { 0, 1, 2, 3, 4, 5 };
	if (rank < 2 && (batch || flip))
		return fail(c, ERR_FORMAT, "an input of rank below 2 cannot be transposed");
	for (int i = 0; batch && i < rank - 1; i++)
		perm[i] = i < rank - 2 ? i + 1 : 0;
	if (flip) {
		int64_t last = perm[rank - 1];
		perm[rank - 1] = perm[rank - 2];
		perm[rank - 2] = last;
	}
	struct attr order = attr_is("perm", rank, perm);
	if (batch || flip)
		c->in[k] = step(c, "Transpose", 1, &c->in[k], 1, &order);
	return c->in[k] < 0 ? c->in[k] : 0;
}

static int mat_mul(struct ocall *c)
{
	static const char *const names[] = { "transA", "transB", "transBatchA", "transBatchB" };
	int bad = 0;
	for (int k = 0; k < 2 && c->n->part && there(c, k) && !bad; k++)
		bad = turn(c, k, number(c, names[2 + k], 0), number(c, names[k], 0));
	for (int i = 0; i < 4 && c->n->part; i++)
		drop(c, names[i]);
	return bad;
}

static int reshape_part(struct ocall *c)
{
	const struct attr *rank = c->n->part ? attr_of(c, "input_rank") : NULL;
	if (rank && shape_of(c, 0)->rank != rank->i)
		return err_set(c->net->e, ERR_UNSUPPORTED, "an input of rank %d instead of %lld is not supported",
		               shape_of(c, 0)->rank, (long long)rank->i);
	if (rank)
		drop(c, "input_rank");
	return 0;
}

/* ---- the table ---- */

enum { NEW = 24 };
static const struct op_row rows[] = {
	{ "Abs", 1, NEW, NULL },
	{ "Acos", 7, NEW, NULL },
	{ "Acosh", 9, NEW, NULL },
	{ "Add", 1, 6, old_broadcast },
	{ "Add", 7, NEW, add },
	{ "And", 1, 6, old_broadcast },
	{ "And", 7, NEW, NULL },
	{ "ArgMax", 1, NEW, NULL },
	{ "ArgMin", 1, NEW, NULL },
	{ "Asin", 7, NEW, NULL },
	{ "Asinh", 9, NEW, NULL },
	{ "Atan", 7, NEW, NULL },
	{ "Atanh", 9, NEW, NULL },
	{ "AveragePool", 1, NEW, NULL },
	{ "BatchNormalization", 1, NEW, norm },
	{ "Cast", 1, 5, old_cast },
	{ "Cast", 6, NEW, NULL },
	{ "CastLike", 15, NEW, NULL },
	{ "Ceil", 1, NEW, NULL },
	{ "Celu", 12, NEW, NULL },
	{ "Constant", 1, NEW, NULL },
	{ "If", 1, NEW, NULL },
	{ "Loop", 1, NEW, NULL },
	{ "Scan", 9, NEW, NULL },
	{ "Clip", 1, 10, old_clip },
	{ "Clip", 11, NEW, NULL },
	{ "Concat", 1, 3, old_concat },
	{ "Concat", 4, NEW, NULL },
	{ "ConstantOfShape", 9, NEW, constant_of_shape },
	{ "Conv", 1, NEW, NULL },
	{ "ConvTranspose", 1, NEW, NULL },
	{ "Cos", 7, NEW, NULL },
	{ "Cosh", 9, NEW, NULL },
	{ "CumSum", 11, NEW, NULL },
	{ "DepthToSpace", 1, NEW, NULL },
	{ "Div", 1, 6, old_broadcast },
	{ "Div", 7, NEW, NULL },
	{ "Dropout", 1, NEW, dropout },
	{ "Elu", 1, NEW, NULL },
	{ "Equal", 1, 6, old_broadcast },
	{ "Equal", 7, NEW, NULL },
	{ "Erf", 9, NEW, NULL },
	{ "Exp", 1, NEW, NULL },
	{ "Expand", 8, NEW, NULL },
	{ "Flatten", 1, NEW, NULL },
	{ "Floor", 1, NEW, NULL },
	{ "GRU", 3, NEW, recurrent },
	{ "Gather", 1, NEW, NULL },
	{ "GatherElements", 11, NEW, NULL },
	{ "Gelu", 20, NEW, NULL },
	{ "Gemm", 1, 6, old_gemm },
	{ "Gemm", 7, NEW, NULL },
	{ "GlobalAveragePool", 1, NEW, NULL },
	{ "GlobalLpPool", 1, NEW, old_lp_pool },
	{ "GlobalMaxPool", 1, NEW, NULL },
	{ "Greater", 1, 6, old_broadcast },
	{ "Greater", 7, NEW, NULL },
	{ "GreaterOrEqual", 12, NEW, NULL },
	{ "GroupNormalization", 18, 20, old_group_norm },
	{ "GroupNormalization", 21, NEW, NULL },
	{ "HardSigmoid", 1, NEW, NULL },
	{ "HardSwish", 14, NEW, NULL },
	{ "Hardmax", 1, 12, old_softmax },
	{ "Hardmax", 13, NEW, NULL },
	{ "Identity", 1, NEW, NULL },
	{ "InstanceNormalization", 1, NEW, NULL },
	{ "IsInf", 10, NEW, NULL },
	{ "IsNaN", 9, NEW, NULL },
	{ "LRN", 1, NEW, NULL },
	{ "LSTM", 1, NEW, recurrent },
	/* onnxruntime's optimiser writes it into files of any opset. */
	{ "LayerNormalization", 1, NEW, NULL },
	{ "LeakyRelu", 1, NEW, NULL },
	{ "Less", 1, 6, old_broadcast },
	{ "Less", 7, NEW, NULL },
	{ "LessOrEqual", 12, NEW, NULL },
	{ "Log", 1, NEW, NULL },
	{ "LogSoftmax", 1, 12, old_softmax },
	{ "LogSoftmax", 13, NEW, NULL },
	{ "LpNormalization", 1, NEW, NULL },
	{ "LpPool", 1, NEW, lp_pool },
	{ "MatMul", 1, NEW, mat_mul },
	{ "Max", 1, NEW, NULL },
	{ "MaxPool", 1, NEW, NULL },
	{ "Mean", 1, NEW, NULL },
	{ "MeanVarianceNormalization", 9, NEW, NULL },
	{ "Min", 1, NEW, NULL },
	{ "Mish", 18, NEW, NULL },
	{ "Mod", 10, NEW, NULL },
	{ "Mul", 1, 6, old_broadcast },
	{ "Mul", 7, NEW, NULL },
	{ "Neg", 1, NEW, NULL },
	{ "Not", 1, NEW, NULL },
	{ "Or", 1, 6, old_broadcast },
	{ "Or", 7, NEW, NULL },
	{ "PRelu", 1, 6, old_prelu },
	{ "PRelu", 7, NEW, NULL },
	{ "Pad", 1, 10, old_pad },
	{ "Pad", 11, NEW, NULL },
	{ "Pow", 1, 6, old_broadcast },
	{ "Pow", 7, NEW, NULL },
	{ "RMSNormalization", 23, NEW, NULL },
	{ "RNN", 1, NEW, recurrent },
	{ "Range", 11, NEW, NULL },
	{ "Reciprocal", 1, NEW, NULL },
	{ "ReduceL1", 1, 17, old_axes },
	{ "ReduceL1", 18, NEW, NULL },
	{ "ReduceL2", 1, 17, old_axes },
	{ "ReduceL2", 18, NEW, NULL },
	{ "ReduceLogSum", 1, 17, old_axes },
	{ "ReduceLogSum", 18, NEW, NULL },
	{ "ReduceLogSumExp", 1, 17, old_axes },
	{ "ReduceLogSumExp", 18, NEW, NULL },
	{ "ReduceMax", 1, 17, old_axes },
	{ "ReduceMax", 18, NEW, NULL },
	{ "ReduceMean", 1, 17, old_axes },
	{ "ReduceMean", 18, NEW, NULL },
	{ "ReduceMin", 1, 17, old_axes },
	{ "ReduceMin", 18, NEW, NULL },
	{ "ReduceProd", 1, 17, old_axes },
	{ "ReduceProd", 18, NEW, NULL },
	{ "ReduceSum", 1, 12, old_axes },
	{ "ReduceSum", 13, NEW, NULL },
	{ "ReduceSumSquare", 1, 17, old_axes },
	{ "ReduceSumSquare", 18, NEW, NULL },
	{ "Relu", 1, NEW, NULL },
	{ "Reshape", 1, 4, old_reshape },
	{ "Reshape", 5, NEW, reshape_part },
	{ "Resize", 10, 10, old_resize },
	{ "Resize", 11, NEW, resize },
	{ "Round", 11, NEW, NULL },
	{ "Selu", 1, NEW, NULL },
	{ "Shape", 1, NEW, NULL },
	{ "Shrink", 9, NEW, NULL },
	{ "Sigmoid", 1, NEW, NULL },
	{ "Sign", 9, NEW, NULL },
	{ "Sin", 7, NEW, NULL },
	{ "Sinh", 9, NEW, NULL },
	{ "Size", 1, NEW, NULL },
	{ "Slice", 1, 9, old_slice },
	{ "Slice", 10, NEW, NULL },
	{ "Softmax", 1, 12, old_softmax },
	{ "Softmax", 13, NEW, NULL },
	{ "Softplus", 1, NEW, NULL },
	{ "Softsign", 1, NEW, NULL },
	{ "SpaceToDepth", 1, NEW, NULL },
	{ "Split", 1, 12, old_split },
	{ "Split", 13, NEW, NULL },
	{ "Sqrt", 1, NEW, NULL },
	{ "Squeeze", 1, 12, old_axes },
	{ "Squeeze", 13, NEW, NULL },
	{ "Sub", 1, 6, old_broadcast },
	{ "Sub", 7, NEW, NULL },
	{ "Sum", 1, NEW, NULL },
	{ "Tan", 7, NEW, NULL },
	{ "Tanh", 1, NEW, NULL },
	{ "ThresholdedRelu", 1, NEW, NULL },
	{ "Tile", 1, 5, old_tile },
	{ "Tile", 6, NEW, NULL },
	{ "TopK", 1, 9, old_top_k },
	{ "TopK", 10, NEW, NULL },
	{ "Transpose", 1, NEW, NULL },
	{ "Unsqueeze", 1, 12, old_axes },
	{ "Unsqueeze", 13, NEW, NULL },
	{ "Upsample", 1, 9, old_resize },
	{ "Where", 9, NEW, NULL },
	{ "Xor", 1, 6, old_broadcast },
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
	if (!there(c, 0))
		return fail(c, ERR_FORMAT, "it has no first input");
	drop(c, "consumed_inputs");
	int done = row->old ? row->old(c) : 0;
	if (done)
		return done < 0 ? done : 0;
	return graph_node(c->net->g, c->op, c->n->name, c->n_in, c->in, c->n_out, c->out, c->n_attr, c->attr, c->id,
	                  c->net->e);
}
