/* NumPy's broadcasting: m inputs of different shapes read as one shape, row by row. */
#ifndef CORE_BROADCAST_H
#define CORE_BROADCAST_H

#include "core/graph/op.h"

struct broadcast {
	int m, rank;                      /* of the outer axes; the innermost one is a row */
	int64_t dim[RANK_MAX], rows, row; /* outer dims, their product, length of a row */
	int64_t *stride; /* (m, rank + 1): elements per step of each axis, 0 where broadcast; last: of the row */
};

/* Sets *out to the shape to which all inputs of q are broadcast, and *b to how it is walked (memory from g->arena).
 * Axes that all inputs walk in the same way are joined. 0, or a negative code if the shapes do not fit. */
int broadcast_make(struct op_infer *q, struct broadcast *b, struct shape *out, struct err *e);
/* Sets offset (m) to the element of each input where row i begins. */
void broadcast_row(const struct broadcast *b, int64_t i, int64_t *offset);
/* Elements from one number of a row to the next in input k: 0 where the input is repeated. */
static inline int64_t broadcast_step(const struct broadcast *b, int k)
{
	return b->stride[k * (b->rank + 1) + b->rank];
}

#endif
