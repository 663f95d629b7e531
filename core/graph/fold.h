/* Constant folding while building: a node whose inputs are all constants is evaluated at once and its outputs become
 * constants. Exporters write `padding="same"` and the states of recurrent layers as chains of Shape, Gather, Concat,
 * ConstantOfShape, Expand, Slice ...; after this none of them is left. */
#ifndef CORE_FOLD_H
#define CORE_FOLD_H

#include "core/graph/graph.h"

/* Can the node (just inferred) be evaluated now? Shape and Size need only the shape of their input. */
bool fold_wanted(const struct graph *g, const struct node *n);
/* Evaluate the last node of g and take it out again. */
int fold_last_node(struct graph *g, struct err *e);

#endif
