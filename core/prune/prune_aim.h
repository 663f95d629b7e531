/* The sum at which the last convolution of a branch may aim (repair ls-sum): an Add, or a Sum of two, that alone reads
 * the convolution, with at most two normalisations between. The convolution then makes up for what the other branch
 * lost. */
#ifndef CORE_PRUNE_AIM_H
#define CORE_PRUNE_AIM_H

#include "core/prune/prune_map.h"

struct prune_aim {
	int other;     /* the value of the other branch; -1: none */
	double *scale; /* (filters) by which the normalisations between multiply */
};

/* c: a convolution; filters: those of it in the old network. There is none where the other branch still changes after
 * the convolution is solved: where it follows from the convolution, or holds consumers that are solved later. The
 * caller releases it. */
void prune_aim_init(struct prune_aim *a, const struct prune_map *p, const struct prune_consumer *c, int64_t filters);
void prune_aim_release(struct prune_aim *a);

#endif
