/* What operator files share: shapes by axis, attributes with checks, and labels of axes. */
#ifndef CORE_OP_UTIL_H
#define CORE_OP_UTIL_H

#include "core/graph/op.h"

#define ANY_NUMBER 0x7fff

/* One axis of a row-major tensor: element (o, i, k) lies at (o*n + i)*inner + k. */
struct axis_view {
	int64_t outer, n, inner;
};
struct axis_view axis_view(const struct shape *s, int axis);
/* a * b, the largest number where that is more. Neither is negative. */
int64_t work_times(int64_t a, int64_t b);

/* Axis in -rank..rank-1 made non-negative, or a negative code with a sentence. */
int axis_check(int64_t axis, int rank, const char *what, struct err *e);
/* The same, of a list that may name each axis once: named (rank) says which have been. */
int axis_once(int64_t axis, int rank, bool *named, struct err *e);
/* The data of a constant int64 input k (*n elements), or NULL with a sentence: what must be known while loading. */
const int64_t *const_ints(const struct op_infer *q, int k, int64_t *n, const char *what, struct err *e);
/* A real constant's first element, or fallback where the input is absent. false: not constant. */
bool const_scalar(const struct op_infer *q, int k, double fallback, double *out);
/* Input k must be real. */
int need_real(const struct op_infer *q, int k, struct err *e);
/* Output i like input k. */
void out_like(struct op_infer *q, int i, int k);
/* op_infer's memory for n->param, zeroed. */
void *op_param(struct op_infer *q, size_t size);
/* Row-major strides of s. */
void shape_strides(const struct shape *s, int64_t *stride);

/* 0, or a negative code: more elements than a tensor may have (zeros left out, so that no product of dims overflows).
 * To be called before anything is computed from a shape that is not that of an input. */
int shape_fits(const struct shape *s, struct err *e);

static inline int64_t call_count_in(const struct op_call *c, int i)
{
	return shape_count(&call_in(c, i)->shape);
}
static inline int64_t call_count_out(const struct op_call *c, int i)
{
	return shape_count(&call_out(c, i)->shape);
}

/* The axes that input k (a constant) or the attribute `axes` names, for a tensor of that rank: named[i]. Returns how
 * many (0: none are named) or a negative code. */
int axes_list(const struct op_infer *q, int k, int rank, bool *named, struct err *e);
/* How many it holds, whatever the rank. 0 or a negative code. */
int axes_count(const struct op_infer *q, int k, int64_t *count, struct err *e);

/* In a fixed order. */
double sum_in_double(int64_t n, const real *x);

/* Labels of output 0 from input k. */
void axes_copy(struct op_infer *q, int k);

#endif
