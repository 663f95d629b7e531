/* Constant folding. While a graph is built, a node whose inputs are all constants is computed at once, and its outputs
 * become constants. Exporters write the padding of a layer and the initial states of recurrent layers as chains of
 * Shape, Gather, Concat, ConstantOfShape, Expand, Slice and the like. Folding removes these chains. */
#ifndef CORE_FOLD_H
#define CORE_FOLD_H

#include "core/graph/graph.h"

/* Returns whether the node can be computed now. An operator with OP_OF_SHAPE needs only the shapes of its inputs. */
bool fold_wanted(const struct graph *g, const struct node *n);
/* Computes the last node of g and removes it. Returns 0, or ERR_LIMIT if it takes more memory or work than is left. */
int fold_last_node(struct graph *g, struct err *e);

#endif
