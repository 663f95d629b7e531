/* Receptive fields: how many input steps one point of a layer depends on, and how many input steps lie between the
 * fields of two neighbouring points (the product of the strides). */
#ifndef CORE_RECEPTIVE_H
#define CORE_RECEPTIVE_H

#include "core/model/model.h"

/* Fills receptive and stride_in of every layer, from what op_reach says of each node.
 *
 * receptive is the window's length T where a point may depend on every step: behind flattening, global pooling,
 * recurrent layers, sums and norms over time, resampling. Elsewhere it is the distance from the first to the last step
 * that a point can depend on, plus one; it may exceed T, because the field of a point near an end reaches into the
 * padding. stride_in is 0 where the points do not lie a fixed number of input steps apart. */
void receptive_fields(struct model *m);

#endif
