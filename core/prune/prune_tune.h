/* Training after the repair: a few epochs over the calibration windows, with the loss of the network's own task or
 * towards the outputs of the old network.
 *
 * All weights are trained but the statistics of batch normalisations, which stay, and dropout does nothing: the network
 * is trained as it is used. So it makes no difference whether a file has batch normalisations folded into its
 * convolutions. The last fifth of the calibration windows decides: the weights after the epoch with the lowest loss
 * there are kept, or those before all epochs where none is lower. The held-out and test windows decide nothing. */
#ifndef CORE_PRUNE_TUNE_H
#define CORE_PRUNE_TUNE_H

#include "core/prune/prune.h"

/* Trains r->m, judges what it has become into r->tuned and r->tuning, and replaces r->m by it. Without a job to tune
 * nothing happens. ERR_VALUE: there are no true values, or too few windows. */
int prune_tune(const struct prune *p, struct prune_result *r, struct err *e);
/* Whether there is something to train with, which prune_open asks before hours are spent. */
int prune_tune_check(const struct prune *p, struct err *e);

#endif
