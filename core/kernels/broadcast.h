/* NumPy's broadcasting: m inputs of different shapes read as one shape, row by row. */
#ifndef CORE_BROADCAST_H
#define CORE_BROADCAST_H

#include "core/graph/op.h"

struct broadcast {
	int m, rank;                      /* of the outer axes; the innermost one is a row */
	int64_t dim[RANK_MAX], rows, row; /* outer dims, their product, length of a row */
	int64_t *stride; /* (m, rank + 1): elements per step of each axis, 0 where broadcast; last: of the row */
};

/* The shape of all inputs of q together into *out, and how to walk it (from g->arena). Axes that all inputs walk alike
 * are joined. */
int broadcast_make(struct op_infer *q, struct broadcast *b, struct shape *out, struct err *e);
/* Offsets (m) of row i in each input. */
void broadcast_row(const struct broadcast *b, int64_t i, int64_t *offset);
static inline int64_t broadcast_step(const struct broadcast *b, int k)
{
	return b->stride[k * (b->rank + 1) + b->rank];
}

#endif
