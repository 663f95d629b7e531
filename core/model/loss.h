/* Losses compare the output, or the logits, with the true value. The gradient starts from them:
 *
 *	mse                  mean over outputs of (output - y)^2
 *	mae                  mean over outputs of abs(output - y)
 *	crossentropy         -log softmax(logits)[y]
 *	binary_crossentropy  mean over outputs of log(1 + e^z) - y z of the logits z */
#ifndef CORE_LOSS_H
#define CORE_LOSS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/model/model.h"

enum loss_kind { LOSS_NONE, LOSS_MSE, LOSS_MAE, LOSS_CROSSENTROPY, LOSS_BINARY_CROSSENTROPY };
const char *loss_name(enum loss_kind k);    /* "mse", "crossentropy" ...; "" for none */
enum loss_kind loss_find(const char *name); /* LOSS_NONE: unknown */
/* mse for a regression. For a classification binary_crossentropy behind a final sigmoid and for the logit of one
 * output, else crossentropy. */
enum loss_kind loss_for(enum task task, const struct model *m);
/* Is the loss taken of the logits (else of the outputs)? */
bool loss_of_logits(enum loss_kind k);
/* v (n): outputs or logits. y (n) true values, or NULL: the class cls (crossentropy: its index; binary: 0 or 1 for one
 * output, else the index of the output that is 1). seed (n) or NULL: d loss / d v. NaN, and a seed of zeros, when the
 * truth is missing. */
double loss_eval(enum loss_kind k, int64_t n, const real *v, const real *y, int cls, real *seed);

#endif
