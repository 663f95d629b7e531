/* Convolution in one dimension on plain arrays, forward and both gradients, made from core/kernels/tile.h.
 *
 *	y(n,co,to) = b(co) + sum_i,k w(co,ci/group,k) x(n,ci, t*stride + k*dilation - pad)      zero outside 0 <= . < ti
 *
 * (cross-correlation, as ONNX, Keras and PyTorch have it). core/kernels/conv_naive.c computes the same in plain
 * loops, as the reference of the tests. */
#ifndef CORE_CONV_H
#define CORE_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/real.h"

struct conv {
	int64_t n, ci, co, ti, to, k, stride, dilation, pad, group;
	/* Numbers side by side at each step of x and y: so many series, of as many windows, at once. 0 means 1. Each
	 * gets the same bits as alone. conv_backward_w takes one only. */
	int64_t lanes;
	bool rectify; /* conv_forward writes 0 where y is negative, as Relu does (NaN stays NaN) */
	/* Unless it is NULL, conv_forward calls it whenever steps [0,to) of all rows of y are complete, so that the
	 * caller can use the last ones while they are in the cache: `to` grows, and is q->to at last. */
	void (*made)(void *ctx, int64_t to);
	void *ctx;
};

/* Bytes of scratch (`tmp`, 64-byte aligned) that the three calls need. */
size_t conv_scratch(const struct conv *q);
/* Writes y (n,co,to). b may be NULL: no bias. */
void conv_forward(const struct conv *q, const real *x, const real *w, const real *b, real *y, void *tmp);
/* Adds to dx (n,ci,ti); with `fresh` it writes dx, which holds nothing yet. */
void conv_backward_x(const struct conv *q, const real *dy, const real *w, real *dx, bool fresh, void *tmp);
/* Adds to dw (co,ci/group,k) and db (co); either may be NULL: not wanted. */
void conv_backward_w(const struct conv *q, const real *dy, const real *x, real *dw, real *db, void *tmp);

void conv_forward_naive(const struct conv *q, const real *x, const real *w, const real *b, real *y);
void conv_backward_x_naive(const struct conv *q, const real *dy, const real *w, real *dx);
void conv_backward_w_naive(const struct conv *q, const real *dy, const real *x, real *dw, real *db);

#endif
