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
/* a * b, or INT64_MAX if the product is larger. Neither is negative. */
int64_t work_times(int64_t a, int64_t b);

/* Returns the axis, given as -rank..rank-1, as 0..rank-1, or a negative code. */
int axis_check(int64_t axis, int rank, const char *what, struct err *e);
/* The same for an axis of a list that may name each axis once: named (rank) holds which have been named. */
int axis_once(int64_t axis, int rank, bool *named, struct err *e);
/* The data (*n elements) of input k, which must be constant and int64 because it decides a shape. NULL: it is not; e
 * says so. */
const int64_t *const_ints(const struct op_infer *q, int k, int64_t *n, const char *what, struct err *e);
/* Sets *out to the first element of the real constant k, or to fallback if the input is absent. false: the input is not
 * constant. */
bool const_scalar(const struct op_infer *q, int k, double fallback, double *out);
/* 0 if input k is real, else a negative code. */
int need_real(const struct op_infer *q, int k, struct err *e);
/* Gives output i the shape and the dtype of input k. */
void out_like(struct op_infer *q, int i, int k);
/* Allocates n->param from g->arena, zeroed. */
void *op_param(struct op_infer *q, size_t size);
/* Row-major strides of s. */
void shape_strides(const struct shape *s, int64_t *stride);

/* 0, or a negative code if the shape has more elements than a tensor may have. Dims of 0 are left out of the product,
 * so that no product of some of the dims overflows either. Call it before computing anything from a new shape. */
int shape_fits(const struct shape *s, struct err *e);

static inline int64_t call_count_in(const struct op_call *c, int i)
{
	return shape_count(&call_in(c, i)->shape);
}
static inline int64_t call_count_out(const struct op_call *c, int i)
{
	return shape_count(&call_out(c, i)->shape);
}

/* Answers of struct op, lanes: of the inputs, only input 0 depends on the network's input. */
bool lanes_first(const struct graph *g, const struct node *n);

/* Sets named (rank) for the axes that the constant input k or the attribute `axes` lists. Returns how many they are (0:
 * none is listed) or a negative code. */
int axes_list(const struct op_infer *q, int k, int rank, bool *named, struct err *e);
/* Sets *count to how many axes are listed, before the rank is known. 0 or a negative code. */
int axes_count(const struct op_infer *q, int k, int64_t *count, struct err *e);

/* The largest and the second largest of x[0], x[step] ... (n numbers), -INFINITY where there is none. NaN is passed
 * over. */
void two_largest(const real *x, int64_t n, int64_t step, double *first, double *second);

/* The sum, added in double precision in a fixed order. */
double sum_in_double(int64_t n, const real *x);
/* The same for each of TILE_LANES windows: x (n,TILE_LANES), y (TILE_LANES), with the same bits. */
void sum_in_double_lanes(int64_t n, const real *x, double *y);

/* Gives output 0 the axis labels of input k. */
void axes_copy(struct op_infer *q, int k);

#endif
