/* The list of all rows; core/ops/op.c makes the table of them. */
#ifndef CORE_OPS_H
#define CORE_OPS_H

#include "core/graph/op.h"

/* clang-format off */
#define OPS(X) \
	X(conv) X(max_pool) X(average_pool) X(global_average_pool) X(global_max_pool) X(global_lp_pool) X(gemm) \
	X(matmul) X(batch_normalization) X(softmax) X(log_softmax) X(add) X(sub) X(mul) X(div) X(pow) X(sum) X(mean) \
	X(max) X(min) X(relu) X(leaky_relu) X(elu) X(selu) X(celu) X(sigmoid) X(tanh) X(softplus) X(softsign) \
	X(hard_sigmoid) X(hard_swish) X(gelu) X(mish) X(thresholded_relu) X(exp) X(log) X(sqrt) X(neg) X(abs) \
	X(reciprocal) X(erf) X(sin) X(cos) X(floor) X(ceil) X(round) X(sign) X(tan) X(sinh) X(cosh) X(asin) X(acos) \
	X(atan) X(asinh) X(acosh) X(atanh) X(shrink) X(concat) X(flatten) X(reshape) X(transpose) X(pad) X(slice) \
	X(split) X(identity) X(dropout) X(squeeze) X(unsqueeze) X(expand) X(tile) X(gather) X(cast) X(cast_like) \
	X(shape) X(size) X(constant_of_shape) X(range) X(reduce_sum) X(reduce_mean) X(reduce_max) X(reduce_min) \
	X(reduce_prod) X(reduce_l1) X(reduce_l2) X(reduce_sum_square) X(reduce_log_sum) X(reduce_log_sum_exp) \
	X(arg_max) X(arg_min) X(equal) X(less) X(less_or_equal) X(greater) X(greater_or_equal) X(and) X(or) X(xor) \
	X(not) X(is_nan) X(is_inf) X(where) X(clip) X(prelu) X(conv_transpose) X(instance_normalization) \
	X(group_normalization) X(layer_normalization) X(rms_normalization) X(mean_variance_normalization) \
	X(lp_normalization) X(lstm) X(gru) X(rnn) X(resize) X(top_k) X(cum_sum) X(hardmax) X(gather_elements) \
	X(depth_to_space) X(space_to_depth) X(lrn) X(mod) X(trilu) X(gather_nd) \
	X(reverse_sequence) X(scatter_nd) X(scatter_elements) X(one_hot) X(eye_like) X(non_zero) X(einsum)

/* clang-format on */
#define OPS_DECLARE(id) extern const struct op op_##id;
OPS(OPS_DECLARE)

#endif
