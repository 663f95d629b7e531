#include "core/kernels/op_util.h"

#include <math.h>
#include <string.h>
#include "core/kernels/tile.h"

int64_t work_times(int64_t a, int64_t b)
{
	int64_t all;
	return i64_mul(a, b, &all) ? all : INT64_MAX;
}

struct axis_view axis_view(const struct shape *s, int axis)
{
	struct axis_view v = { 1, s->dim[axis], 1 };
	for (int i = 0; i < s->rank; i++)
		if (i < axis)
			v.outer *= s->dim[i];
		else if (i > axis)
			v.inner *= s->dim[i];
	return v;
}

int axis_check(int64_t axis, int rank, const char *what, struct err *e)
{
	if (axis < -rank || axis >= rank)
		return err_set(e, ERR_FORMAT, "%s %lld lies outside a tensor of rank %d", what, (long long)axis, rank);
	return (int)(axis < 0 ? axis + rank : axis);
}

int axis_once(int64_t axis, int rank, bool *named, struct err *e)
{
	int a = axis_check(axis, rank, "axis", e);
	if (a >= 0 && named[a])
		return err_set(e, ERR_FORMAT, "axis %d is named twice", a);
	if (a >= 0)
		named[a] = true;
	return a;
}

const int64_t *const_ints(const struct op_infer *q, int k, int64_t *n, const char *what, struct err *e)
{
	const struct value *v = k < q->n->n_in ? q->in[k] : NULL;
	if (!v || v->dtype != DT_INT64) {
		err_set(e, ERR_FORMAT, "%s is not a tensor of integers", what);
		return NULL;
	}
	if (!v->constant) {
		err_set(e, ERR_UNSUPPORTED, "%s depends on the input; tsviz needs it to be known while loading", what);
		return NULL;
	}
	*n = shape_count(&v->shape);
	return v->i;
}

bool const_scalar(const struct op_infer *q, int k, double fallback, double *out)
{
	const struct value *v = k < q->n->n_in ? q->in[k] : NULL;
	*out = fallback;
	if (!v)
		return true;
	if (!v->constant || shape_count(&v->shape) < 1)
		return false;
	*out = v->dtype == DT_REAL ? (double)v->r[0] : (double)v->i[0];
	return true;
}

int need_real(const struct op_infer *q, int k, struct err *e)
{
	if (q->in[k]->dtype == DT_REAL)
		return 0;
	return err_set(e, ERR_UNSUPPORTED, "input %d holds integers; %s is supported on real numbers only", k,
	               q->n->op->name);
}

void out_like(struct op_infer *q, int i, int k)
{
	q->out[i].shape = q->in[k]->shape;
	q->out[i].dtype = q->in[k]->dtype;
}

void *op_param(struct op_infer *q, size_t size)
{
	return q->n->param = arena_alloc(&q->g->arena, 1, size);
}

void shape_strides(const struct shape *s, int64_t *stride)
{
	int64_t n = 1;
	for (int i = s->rank - 1; i >= 0; i--) {
		stride[i] = n;
		n *= s->dim[i];
	}
}

int shape_fits(const struct shape *s, struct err *e)
{
	int64_t n = 1;
	for (int i = 0; i < s->rank; i++)
		if (s->dim[i] < 0 || !i64_mul(n, s->dim[i] ? s->dim[i] : 1, &n) || n > COUNT_MAX) {
			char b[160];
			shape_format(s, b, sizeof b);
			return err_set(e, s->dim[i] < 0 ? ERR_FORMAT : ERR_LIMIT,
			               "a result of shape %s; at most %lld elements are possible", b,
			               (long long)COUNT_MAX);
		}
	return 0;
}

/* The list itself; *count 0 and NULL without one. */
static int axes_find(const struct op_infer *q, int k, const int64_t **list, int64_t *count, struct err *e)
{
	const struct attr *a = attr_find(q->n, "axes");
	*list = NULL;
	*count = 0;
	if (k < q->n->n_in && q->in[k]) {
		*list = const_ints(q, k, count, "axes", e);
		return *list ? 0 : e ? e->code : ERR_UNSUPPORTED;
	}
	if (a && a->type != ATTR_INTS)
		return err_set(e, ERR_FORMAT, "axes must be a list of integers");
	if (a) {
		*list = a->ints;
		*count = a->n;
	}
	return 0;
}

int axes_count(const struct op_infer *q, int k, int64_t *count, struct err *e)
{
	const int64_t *list;
	return axes_find(q, k, &list, count, e);
}

int axes_list(const struct op_infer *q, int k, int rank, bool *named, struct err *e)
{
	const int64_t *list;
	int64_t count;
	int bad = axes_find(q, k, &list, &count, e);
	if (bad)
		return bad;
	for (int i = 0; i < rank; i++)
		named[i] = false;
	for (int64_t i = 0; i < count; i++) {
		int a = axis_once(list[i], rank, named, e);
		if (a < 0)
			return a;
	}
	return (int)count;
}

void axes_copy(struct op_infer *q, int k)
{
	memcpy(q->out[0].axis, q->in[k]->axis, sizeof q->out[0].axis);
}

double sum_in_double(int64_t n, const real *x)
{
	/* eight sums: one alone waits for every addition */
	enum { LANES = 8 };
	double s[LANES] = { 0 };
	int64_t t = 0;
	for (; t + LANES <= n; t += LANES)
		for (int l = 0; l < LANES; l++)
			s[l] += (double)x[t + l];
	for (; t < n; t++)
		s[0] += (double)x[t];
	return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

void sum_in_double_lanes(int64_t n, const real *x, double *y)
{
	enum { LANES = 8 };
	double s[LANES][TILE_LANES] = { { 0 } };
	int64_t whole = n / LANES * LANES;
	for (int64_t t = 0; t < n; t++)
		for (int l = 0; l < TILE_LANES; l++)
			s[t < whole ? t % LANES : 0][l] += (double)x[t * TILE_LANES + l];
	for (int l = 0; l < TILE_LANES; l++)
		y[l] = ((s[0][l] + s[1][l]) + (s[2][l] + s[3][l])) + ((s[4][l] + s[5][l]) + (s[6][l] + s[7][l]));
}

void two_largest(const real *x, int64_t n, int64_t step, double *first, double *second)
{
	*first = *second = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)x[i * step];
		if (v > *first) {
			*second = *first;
			*first = v;
		} else if (v > *second) {
			*second = v;
		}
	}
}

bool lanes_first(const struct graph *g, const struct node *n)
{
	for (int k = 1; k < n->n_in; k++)
		if (n->in[k] >= 0 && g->value[n->in[k]].depends)
			return false;
	return g->value[n->in[0]].depends;
}
