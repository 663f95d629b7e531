/* The target: the one number that importance and saliency explain, and that is differentiated. */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include "core/model/task.h"

enum target_kind {
	TARGET_SUM, /* the sum of all outputs; before a final softmax */
	/* The logit of the class that is predicted. Of a segmentation, the sum over steps of the logit of the class
	 * that is predicted there; with one channel, the sum of all logits. */
	TARGET_CLASS,
	TARGET_OUTPUT, /* one output; before a final softmax */
	TARGET_LOSS,   /* the loss against the true value */
	TARGET_ERROR,  /* the same, by the name that a reconstruction gives it: the true values are the window */
	TARGET_STEPS,  /* the sum over steps and channels of the output; before a final softmax */
};
struct target {
	enum target_kind kind;
	int64_t k; /* TARGET_OUTPUT: which output, in the order of the model's own framework; else 0 */
	/* TARGET_STEPS: steps t_from <= t < t_to and channels c_from <= c < c_to; else 0 */
	int64_t t_from, t_to, c_from, c_to;
};

/* Reads "sum", "class", "output:3", "loss" or "error". For an output with a time axis also "output:T,C", in which T and
 * C are a number, a range as in 10-20 with both ends, or * for all. 0, or a negative code when the model or the task
 * has no such target. */
int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e);
enum { TARGET_TEXT = 96 }; /* bytes that suffice for target_format */
/* Writes it as target_parse reads it. m may be NULL; with it, all steps or channels are "*". */
void target_format(const struct target *t, const struct model *m, char *buf, size_t size);
/* The predicted class of a classification or segmentation, the error of a reconstruction, the sum of the outputs of all
 * others. */
struct target target_default(enum task task);
bool target_equal(const struct target *a, const struct target *b);
/* Whether the target is the loss by one of its names. */
bool target_is_loss(const struct target *t);
/* Whether a task has classes that are predicted. */
bool target_has_class(enum task task);

#endif
