/* The target: the one number that importance and saliency explain, and that is differentiated. */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include "core/model/model.h"

enum target_kind {
	TARGET_SUM,    /* the sum of all outputs; before a final softmax */
	TARGET_CLASS,  /* the logit of the class that is predicted */
	TARGET_OUTPUT, /* one output; before a final softmax */
	TARGET_LOSS,   /* the loss against the true value */
};
struct target {
	enum target_kind kind;
	int64_t k; /* TARGET_OUTPUT: which output; else 0 */
};

/* Reads "sum", "class", "output:3" or "loss". 0, or a negative code when the model or the task has no such target. */
int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e);
void target_format(const struct target *t, char *buf, size_t size);
/* The predicted class of a classification, the sum of the outputs of a regression. */
struct target target_default(enum task task);

#endif
