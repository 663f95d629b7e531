/* Losses. They compare the outputs of a network, or its logits, with the true value. With n outputs:
 *
 *	mse                  mean over outputs of (output - y)^2
 *	mae                  mean over outputs of abs(output - y)
 *	crossentropy         -log softmax(logits)[y]
 *	binary_crossentropy  mean over outputs of log(1 + e^z) - y z of the logits z
 *	step_crossentropy    mean over steps of the sum over channels of -y log softmax(logits of the step) */
#ifndef CORE_LOSS_H
#define CORE_LOSS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/model/model.h"

enum loss_kind { LOSS_NONE, LOSS_MSE, LOSS_MAE, LOSS_CROSSENTROPY, LOSS_BINARY_CROSSENTROPY, LOSS_STEP_CROSSENTROPY };
const char *loss_name(enum loss_kind k);    /* "mse", "crossentropy" ...; "" for LOSS_NONE */
enum loss_kind loss_find(const char *name); /* LOSS_NONE: there is no such loss */
/* The usual loss of a task. For a classification it is binary_crossentropy if the network ends in
 * Sigmoid or has one output that is a logit, else crossentropy. For a segmentation it is binary_crossentropy if the
 * network ends in Sigmoid or has one channel, else step_crossentropy. For all other tasks it is mse. */
enum loss_kind loss_for(enum task task, const struct model *m);
/* Returns whether the loss is computed from the logits, not from the outputs. */
bool loss_of_logits(enum loss_kind k);
/* Returns the loss of a network, and sets seed (m->outputs) to its gradient unless it is NULL: loss_eval, and
 * step_crossentropy, which needs the axes of the output. Of y, a NaN is an unknown value: the element is left out, or
 * for step_crossentropy the step. */
double loss_of_model(const struct model *m, enum loss_kind k, const real *v, const real *y, int cls, real *seed);
/* Returns the loss, and sets seed (n) to its gradient d loss / d v unless seed is NULL.
 *
 * v (n): the logits if loss_of_logits, else the outputs.
 * y (n): the true values; NULL: the truth is the class cls. For crossentropy cls is an index in 0..n-1, and y is not
 *     used. For binary_crossentropy with one output cls is 0 or 1; with several it is the index of the output that
 * is 1.
 *
 * If the truth is missing or out of range, the loss is NaN and the gradient is 0. */
double loss_eval(enum loss_kind k, int64_t n, const real *v, const real *y, int cls, real *seed);

#endif
