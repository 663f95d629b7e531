/* The target: the one number that importance and saliency explain, and that is differentiated. Source of the
 * definitions: golden/README.md, "Targets". */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include "core/model/loss.h"
#include "core/model/model.h"
#include "core/run/run.h"

enum target_kind { TARGET_SUM, TARGET_CLASS, TARGET_OUTPUT, TARGET_LOSS };
struct target {
	enum target_kind kind;
	int64_t k; /* TARGET_OUTPUT: which output; else 0 */
};

/* Reads "sum", "class", "output:3" or "loss". 0, or a negative code when the model or the task has no such target. */
int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e);
void target_format(const struct target *t, char *buf, size_t size);
/* The predicted class of a classification, the sum of the outputs of a regression. */
struct target target_default(enum task task);

/* ---- of one window: `r` is a run of the probe's graph, after run_forward ---- */
struct probe;
/* The target's value in `r`. TARGET_CLASS reads the class that the probe's own window predicts. NaN: the target is the
 * loss and there is no true value. */
double target_eval(const struct probe *p, const struct run *r);
/* seed: d target / d value at `r`, in the shape of the value that is returned; -1: the target is the loss and there is
 * no true value. */
int target_seed(const struct probe *p, const struct run *r, real *seed);
/* The mean of the seeds on the straight way from the values of `from` to those of `to`. Multiplied with the difference
 * of the values it gives the difference of the targets: exactly, or to about 1e-4 (64 points) for a cross-entropy. */
int target_seed_between(const struct probe *p, const struct run *from, const struct run *to, real *seed);

/* The loss, whatever the target is. */
enum loss_kind target_loss_kind(const struct probe *p);
/* seed as in target_seed, or NULL. *value: the loss, NaN without a true value. Returns the value to start from or -1.
 */
int target_loss_seed(const struct probe *p, const struct run *r, real *seed, double *value);

#endif
