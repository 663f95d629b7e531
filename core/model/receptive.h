/* Receptive fields: how many input steps one point of a layer depends on, and how many input steps lie between two
 * neighbouring points (the product of strides). */
#ifndef CORE_RECEPTIVE_H
#define CORE_RECEPTIVE_H

#include "core/model/model.h"

/* Fill receptive and stride_in of every layer; receptive is the window's length where everything is seen (after
 * flattening, global pooling, recurrent layers), stride_in 0 where it means nothing. */
void receptive_fields(struct model *m);

#endif
