/* The weights of a consumer as one matrix: what a number of its output is made of, whatever the operator.
 *
 * A column is a number that the operator multiplies: a channel at a tap of a convolution, an element of the axis that a
 * dense layer reads. */
#ifndef CORE_PRUNE_WEIGHTS_H
#define CORE_PRUNE_WEIGHTS_H

#include "core/prune/prune_map.h"

struct prune_matrix {
	int64_t columns, outputs;
	double *w;    /* (columns,outputs) */
	double *bias; /* (outputs) */
	int *atom;    /* (columns) atom of each column; -1: none */
	int *slot;    /* (columns) which column of its channel it is: the tap, or the step */
	int *maker;   /* (outputs) atom of each output; -1: none */
};
/* false: the consumer has no weights that can be solved for, because other nodes share them or it is recurrent. */
bool prune_matrix_init(struct prune_matrix *q, const struct prune_map *p, const struct prune_consumer *c);
void prune_matrix_release(struct prune_matrix *q);
/* Numbers from the columns that stay, in order, to the outputs that stay: w (kept columns, kept outputs) in the order
 * of the constant in input 1 of the smaller node. to has as many elements. */
void prune_matrix_pack(const struct prune_map *p, const struct prune_consumer *c, int64_t columns, int64_t outputs,
                       const double *w, real *to);

#endif
