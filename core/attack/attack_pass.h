/* Losses of changed windows, and their gradients by the input: several windows at once where that is faster. */
#ifndef CORE_ATTACK_PASS_H
#define CORE_ATTACK_PASS_H

#include "core/attack/attack.h"
#include "core/model/loss.h"
#include "core/model/task.h"
#include "core/run/run.h"

struct attack_pass {
	const struct model *m;
	enum loss_kind kind;
	int value; /* that the loss reads */
	int width; /* windows at once: RUN_LANES or 1 */
	struct run *run;
	real *native, *seed, *seeds, *turned; /* scratch */
	/* what the windows should be: */
	real *y; /* (RUN_LANES,outputs) */
	bool has_y[RUN_LANES];
	int cls[RUN_LANES]; /* -1: unknown */
	/* what the last pass computed: */
	double loss[RUN_LANES];
	real *output; /* (RUN_LANES,outputs) */
};
void attack_pass_make(struct attack_pass *a, const struct model *m, enum task task);
void attack_pass_release(struct attack_pass *a);
/* The next passes are of window i of the data, changed, in this place. */
void attack_pass_truth(struct attack_pass *a, const struct dataset *d, int place, int64_t i);
/* Computes loss and output of n windows x (n,T,C), 0 < n <= RUN_LANES, and, unless it is NULL, g (n,T,C): the gradient
 * of the loss. Returns false if the loss does not depend on the input, or has no gradient; g is zero then. */
bool attack_pass(struct attack_pass *a, int n, const real *x, real *g);

#endif
