/* The windows of convolutions and pools: kernel, strides, dilations and pads from ONNX's attributes, checked. There are
 * one to three spatial axes. All that read a window's geometry ask window_along. */
#ifndef CORE_OP_WINDOW_H
#define CORE_OP_WINDOW_H

#include "core/graph/op.h"

/* Output step t reads the input's steps t*stride + i*dilation - pad, 0 <= i < k, as far as they exist. */
struct window {
	int64_t k, stride, dilation, pad, pad_end; /* pad: steps in front of the input, pad_end: behind it */
	int64_t ti, to;                            /* steps of input and output */
	int axis;                                  /* the axis of the shape along which it slides (>= 2) */
	const struct window *across;               /* (rank) the windows along all axes; NULL: there is only this one */
	int64_t taps_across; /* elements of the kernel along the other axes; 0: there is only this one */
};

/* The window of a node along an axis of its input 0. false: the node has no window, or slides along another axis. */
bool window_along(const struct node *n, int axis, struct window *w);

/* Sets w and the spatial dims of *out for an input of which at most one spatial axis is longer than 1. kernel (rank -
 * 2) holds the sizes of the kernel. Rank, dim 0 and dim 1 of *out are the caller's. 0 or a negative code. */
int window_infer(const struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w, struct err *e);
/* True if at most one spatial axis is longer than 1 or has a kernel or padding. True also if the attributes are wrong:
 * window_infer then reports the error. */
bool window_single(const struct op_infer *q, const int64_t *kernel, struct err *e);
/* Sets w for one axis of the shape. 0 or a negative code. */
int window_axis(const struct op_infer *q, int axis, int64_t kernel, struct window *w, struct err *e);
/* Labels the axes of output 0: N, C, and T for the axis that is time. */
void window_labels(struct op_infer *q);
/* Like window_infer, for a transposed convolution: input step t is added to the output steps t*stride + i*dilation -
 * pad. Reads output_padding and output_shape, too. */
int window_transposed(const struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w,
                      struct err *e);
/* The attribute kernel_shape (rank - 2). NULL: it is missing or does not fit the rank; e says so. */
const int64_t *window_kernel(const struct op_infer *q, struct err *e);
/* Checks that input and weights (inputs 0 and 1) are real and of one rank of at least 3, and that kernel_shape, if
 * given, is that of the weights. 0 or a negative code. */
int conv_operands(const struct op_infer *q, struct err *e);
/* Reports that channels or groups of input and weights do not fit. */
int conv_unfit(const struct op_infer *q, int64_t group, struct err *e);
/* Checks that input 2, the bias, is absent or has co elements. 0 or a negative code. */
int conv_bias(const struct op_infer *q, int64_t co, struct err *e);
/* Writes what describes the window: "k3 s2 d2 same". Returns its length. */
int window_describe(const struct window *w, char *buf, size_t size);

#endif
