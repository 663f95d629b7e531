/* Shape Size ConstantOfShape Range: tensors made from shapes and numbers. The first two need no data of their input, so
 * they are always folded while loading. */
#include <math.h>
#include "core/kernels/op_util.h"

static void nothing(struct op_infer *q)
{
	(void)q;
}

struct part {
	int from, to;
};

static int shape_infer(struct op_infer *q, struct err *e)
{
	int64_t rank = q->in[0]->shape.rank, start = attr_int(q->n, "start", 0), end = attr_int(q->n, "end", rank);
	struct part *p = op_param(q, sizeof *p);
	(void)e;
	start += start < 0 ? rank : 0;
	end += end < 0 ? rank : 0;
	p->from = (int)(start < 0 ? 0 : start > rank ? rank : start);
	p->to = (int)(end < 0 ? 0 : end > rank ? rank : end);
	p->to = p->to < p->from ? p->from : p->to;
	q->out[0].shape = (struct shape){ 1, { p->to - p->from } };
	q->out[0].dtype = DT_INT64;
	return 0;
}

static void shape_forward(struct op_call *c)
{
	const struct part *p = c->n->param;
	for (int i = p->from; i < p->to; i++)
		((int64_t *)c->y[0])[i - p->from] = call_in(c, 0)->shape.dim[i];
}

static int size_infer(struct op_infer *q, struct err *e)
{
	(void)e;
	q->out[0].dtype = DT_INT64;
	return 0;
}

static void size_forward(struct op_call *c)
{
	*(int64_t *)c->y[0] = call_count_in(c, 0);
}

const struct op op_shape = { .name = "Shape",
	                     .in_min = 1,
	                     .in_max = 1,
	                     .out_max = 1,
	                     .flags = OP_LAYOUT | OP_NODIFF | OP_OF_SHAPE,
	                     .infer = shape_infer,
	                     .forward = shape_forward,
	                     .axes = nothing };
const struct op op_size = { .name = "Size",
	                    .in_min = 1,
	                    .in_max = 1,
	                    .out_max = 1,
	                    .flags = OP_LAYOUT | OP_NODIFF | OP_OF_SHAPE,
	                    .infer = size_infer,
	                    .forward = size_forward,
	                    .axes = nothing };

/* The value: one number of either type. As an attribute, `value` of a float or an int; readers translate ONNX's tensor.
 */
static int constant_of_shape_infer(struct op_infer *q, struct err *e)
{
	int64_t n;
	const int64_t *s = const_ints(q, 0, &n, "shape", e);
	const struct attr *a = attr_find(q->n, "value");
	if (!s)
		return e ? e->code : ERR_UNSUPPORTED;
	if (n > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "a shape of rank %lld; tsviz reads rank 0 to %d", (long long)n,
		               RANK_MAX);
	if (a && !(a->type == ATTR_FLOAT || a->type == ATTR_INT || (a->type == ATTR_FLOATS && a->n == 1) ||
	           (a->type == ATTR_INTS && a->n == 1)))
		return err_set(e, ERR_FORMAT, "value must be one number");
	q->out[0].shape.rank = (int)n;
	for (int i = 0; i < n; i++)
		q->out[0].shape.dim[i] = s[i];
	q->out[0].dtype = a && (a->type == ATTR_INT || a->type == ATTR_INTS) ? DT_INT64 : DT_REAL;
	return 0;
}

static void constant_of_shape_forward(struct op_call *c)
{
	const struct attr *a = attr_find(c->n, "value");
	int64_t n = call_count_out(c, 0), v = !a                     ? 0
	                                      : a->type == ATTR_INT  ? a->i
	                                      : a->type == ATTR_INTS ? a->ints[0]
	                                                             : 0;
	double r = !a ? 0 : a->type == ATTR_FLOAT ? a->f : a->type == ATTR_FLOATS ? a->floats[0] : 0;
	bool is_real = call_out(c, 0)->dtype == DT_REAL;
	for (int64_t i = 0; i < n; i++)
		if (is_real)
			((real *)c->y[0])[i] = (real)r;
		else
			((int64_t *)c->y[0])[i] = v;
}

const struct op op_constant_of_shape = { .name = "ConstantOfShape",
	                                 .in_min = 1,
	                                 .in_max = 1,
	                                 .out_max = 1,
	                                 .flags = OP_LAYOUT | OP_NODIFF,
	                                 .infer = constant_of_shape_infer,
	                                 .forward = constant_of_shape_forward,
	                                 .axes = nothing };

static int range_infer(struct op_infer *q, struct err *e)
{
	double start, limit, step;
	enum dtype t = q->in[0]->dtype;
	if (q->in[1]->dtype != t || q->in[2]->dtype != t)
		return err_set(e, ERR_FORMAT, "its inputs are of different types");
	if (!const_scalar(q, 0, 0, &start) || !const_scalar(q, 1, 0, &limit) || !const_scalar(q, 2, 1, &step))
		return err_set(e, ERR_UNSUPPORTED,
		               "its limits depend on the input; tsviz needs them to be known while loading");
	double n = step != 0 ? ceil((limit - start) / step) : NAN;
	if (!(n <= (double)COUNT_MAX))
		return err_set(e, isnan(n) ? ERR_FORMAT : ERR_LIMIT,
		               "%g to %g in steps of %g is no range that tsviz can make", start, limit, step);
	q->out[0].shape = (struct shape){ 1, { n > 0 ? (int64_t)n : 0 } };
	q->out[0].dtype = t;
	return 0;
}

static void range_forward(struct op_call *c)
{
	int64_t n = call_count_out(c, 0);
	for (int64_t i = 0; i < n; i++)
		if (call_out(c, 0)->dtype == DT_REAL)
			((real *)c->y[0])[i] = *(const real *)c->x[0] + (real)i * *(const real *)c->x[2];
		else
			((int64_t *)c->y[0])[i] = (int64_t)((uint64_t) * (const int64_t *)c->x[0] +
			                                    (uint64_t)i * (uint64_t) * (const int64_t *)c->x[2]);
}

const struct op op_range = { .name = "Range",
	                     .in_min = 3,
	                     .in_max = 3,
	                     .out_max = 1,
	                     .flags = OP_LAYOUT | OP_NODIFF,
	                     .infer = range_infer,
	                     .forward = range_forward,
	                     .axes = nothing };
