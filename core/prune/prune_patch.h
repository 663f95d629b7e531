/* What changes in a node whose tensors become smaller: shapes, ranges and indices that stand in its constant inputs or
 * in its attributes. See struct prune_rule. */
#ifndef CORE_PRUNE_PATCH_H
#define CORE_PRUNE_PATCH_H

#include "core/prune/prune_rules.h"

int patch_group(struct prune_patch *q, struct err *e);
int patch_reshape(struct prune_patch *q, struct err *e);
int patch_expand(struct prune_patch *q, struct err *e);
int patch_slice(struct prune_patch *q, struct err *e);
int patch_split(struct prune_patch *q, struct err *e);
int patch_gather(struct prune_patch *q, struct err *e);
int patch_resize(struct prune_patch *q, struct err *e);

/* What a Slice does along an axis: start <= i < end, or backwards. false: nothing. */
bool slice_along(const struct graph *g, const struct node *n, int axis, int64_t *start, int64_t *end, int64_t *step);

#endif
