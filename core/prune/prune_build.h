/* The smaller network: the same nodes, layers and names, without the channels that are removed. */
#ifndef CORE_PRUNE_BUILD_H
#define CORE_PRUNE_BUILD_H

#include "core/prune/prune_map.h"

/* New numbers of the smaller network. Zeroed, it changes nothing. */
struct prune_edits {
	real **constant; /* (n_value) instead of a constant, in its smaller shape; NULL: the old ones */
	real **bias;     /* (n_node) of a Conv, Gemm or MatMul: a bias in place of the one it has, or NULL */
};
void prune_edits_init(struct prune_edits *q, const struct prune_map *p);
void prune_edits_release(struct prune_edits *q, const struct prune_map *p);

/* removed (n_atom): by class. The caller frees the model with model_free. NULL: an operator cannot be made smaller. */
struct model *prune_build(const struct prune_map *p, const bool *removed, const struct prune_edits *q, struct err *e);
/* Elements of a constant that stay, in the smaller shape. to (as many as prune_shape says). */
void prune_slice(const struct prune_map *p, const bool *removed, int value, real *to);

#endif
