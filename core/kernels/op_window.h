/* The windows of Conv and the pools: kernel, strides, dilations and pads from ONNX's attributes, checked, one to three
 * spatial axes of which at most one is longer than 1 (what tsviz calls 1-D). */
#ifndef CORE_OP_WINDOW_H
#define CORE_OP_WINDOW_H

#include "core/graph/op.h"

/* Output step t reads the input's steps t*stride + i*dilation - pad, 0 <= i < k, as far as they exist. */
struct window {
	int64_t k, stride, dilation, pad, pad_end; /* pad: steps in front of the input, pad_end: behind it */
	int64_t ti, to;                            /* steps of input and output */
	int axis;                                  /* the axis of the shape along which it slides (>= 2) */
	const struct window *across;               /* (rank) the windows along all axes; NULL: there is only this one */
};

/* The window of a node along an axis of its input 0. false: the node has no window, or slides along another axis. */
bool window_along(const struct node *n, int axis, struct window *w);

/* kernel: the spatial kernel sizes (rank - 2 of them). Sets the output's spatial dims in *out (rank and dims 0, 1 are
 * the caller's) and w. */
int window_infer(const struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w, struct err *e);
/* At most one spatial axis longer than 1, or with a kernel or padding? false also where the attributes are wrong
 * (window_infer says so). */
bool window_single(const struct op_infer *q, const int64_t *kernel, struct err *e);
/* One axis (of the shape) alone: its window and number of outputs. */
int window_axis(const struct op_infer *q, int axis, int64_t kernel, struct window *w, struct err *e);
/* Labels of output 0 behind a window: N and C, and T for the axis that is time. */
void window_labels(struct op_infer *q);
/* The same as window_infer for ConvTranspose, whose output is the longer one (output_padding, output_shape): input step
 * t is added to outputs t*stride + i*dilation - pad. */
int window_transposed(const struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w,
                      struct err *e);
/* kernel_shape attribute, checked against rank; NULL with a sentence. */
const int64_t *window_kernel(const struct op_infer *q, struct err *e);
/* Input, kernel (inputs 0, 1) and the attribute kernel_shape of Conv and ConvTranspose agree: real, of one rank of at
 * least 3. */
int conv_operands(const struct op_infer *q, struct err *e);
/* The sentence for channels or groups that do not. */
int conv_unfit(const struct op_infer *q, int64_t group, struct err *e);
/* Input 2, the bias of co outputs, may be absent. */
int conv_bias(const struct op_infer *q, int64_t co, struct err *e);
/* "k3 s2 d2 same" */
int window_describe(const struct window *w, char *buf, size_t size);

#endif
