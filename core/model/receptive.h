/* The receptive field of a layer: on how many input steps one element of it depends, and how many input steps lie
 * between the fields of two neighbouring elements (the product of the strides). */
#ifndef CORE_RECEPTIVE_H
#define CORE_RECEPTIVE_H

#include "core/model/model.h"

/* Sets receptive and stride_in of every layer, in input steps. They follow from op_reach (core/graph/op.h) of each
 * node.
 *
 * receptive is the number of steps from the first to the last one on which an element can depend. It may exceed the
 * window's length T, because the field of an element near an end reaches into the padding. If an element may depend on
 * every step, receptive is T: so behind flattening, global pooling, recurrent layers, and sums and norms over time.
 * Behind transposed convolutions with strides and behind resampling by a whole factor the fields are followed step by
 * step, and do not reach into the padding. stride_in is 0 if the fields do not lie a fixed number of input steps apart.
 */
void receptive_fields(struct model *m);

/* Sets *first and *last to the first and the last step of the window on which step t of layer l can depend. l: a layer
 * of m that is analysed, or its input; t: 0 to l->times - 1. They follow from op_reach of each node, and end at the
 * window's ends. *last < *first: the step depends on padding alone. */
void receptive_span(const struct model *m, const struct layer *l, int64_t t, int64_t *first, int64_t *last);

#endif
