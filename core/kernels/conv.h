/* Convolution in one dimension on plain arrays, forward and both gradients, made from core/kernels/tile.h.
 *
 *	y(n,co,to) = b(co) + sum_i,k w(co,ci/group,k) x(n,ci, t*stride + k*dilation - pad)      zero outside 0 <= . < ti
 *
 * (cross-correlation, as ONNX, Keras and PyTorch have it). core/kernels/conv_naive.c holds the same in plain loops: the
 *reference of the tests. */
#ifndef CORE_CONV_H
#define CORE_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/real.h"

struct conv {
	int64_t n, ci, co, ti, to, k, stride, dilation, pad, group;
};

/* Bytes of scratch (`tmp`, 64-byte aligned) that the three calls need. */
size_t conv_scratch(const struct conv *q);
/* b may be NULL. y is written. */
void conv_forward(const struct conv *q, const real *x, const real *w, const real *b, real *y, void *tmp);
/* dx(n,ci,ti) += , or = where dx holds nothing yet (fresh) */
void conv_backward_x(const struct conv *q, const real *dy, const real *w, real *dx, bool fresh, void *tmp);
/* dw += and db += ; either may be NULL */
void conv_backward_w(const struct conv *q, const real *dy, const real *x, real *dw, real *db, void *tmp);

void conv_forward_naive(const struct conv *q, const real *x, const real *w, const real *b, real *y);
void conv_backward_x_naive(const struct conv *q, const real *dy, const real *w, real *dx);
void conv_backward_w_naive(const struct conv *q, const real *dy, const real *x, real *dw, real *db);

#endif
