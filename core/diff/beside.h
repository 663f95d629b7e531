/* A second model beside the one that is browsed: the same windows, the layers that fit, and outputs on one scale.
 *
 *	struct beside b = { .m = { a, other }, .d = { &da, &dother }, ... };
 *	if (!beside_make(&b, tasks, &e)) layer = b.layer[i]; beside_outputs(&b, window, out, to);
 *	beside_release(&b); */
#ifndef CORE_BESIDE_H
#define CORE_BESIDE_H

#include "core/diff/diff.h"

struct beside {
	const struct model *m[2];   /* the first is the one that is browsed */
	const struct dataset *d[2]; /* of each its own windows */
	const struct truth *truth;  /* true values by hand for the second, or NULL */
	const char *name[2];        /* how they are told apart */
	/* set by beside_make */
	/* [layers of the first] the layer of the second with the same shape whose activations belong to its own
	 * (diff_align: `at`); -1: none */
	int *layer;
	/* [layers of the first] of (filters): the filter of the second that belongs to each; -1: none, as it was
	 * removed. NULL: they belong together by their numbers. Who sets it leaves it to beside_release. */
	int **filter;
	int fit, layers; /* of `layers` analysed layers of the first so many have such a partner */
	bool converts;   /* outputs are converted from the second one's scale to the first one's */
};
/* q: the question of each, of which task and target are read. Returns 0, or an error with both names if the two cannot
 * be compared (diff_check). The caller sets the other fields before and calls beside_release after. */
int beside_make(struct beside *b, const struct question *const q[2], struct err *e);
void beside_release(struct beside *b);
/* to (outputs): the outputs of the second model in window i as the first one would give them: in the order of its
 * graph, on its scale, as its probabilities or logits. Logits of probabilities have an additive constant of their own.
 */
void beside_outputs(const struct beside *b, int64_t i, const real *out, real *to);

#endif
