/* Parts of core/data/metrics.c for outputs with a time axis. */
#ifndef CORE_METRICS_STEPS_H
#define CORE_METRICS_STEPS_H

#include "core/data/metrics.h"

/* Fills precision, recall, f1, support, macro_f1 and the accuracies from the confusion matrix. */
void metrics_rates(struct metrics *q);
/* Fills q->step and q->channel. */
void metrics_axes(struct metrics *q, const struct model *m, const struct dataset *d, const real *predictions);
/* Fills q->anomalies. */
void metrics_anomalies(struct metrics *q, const struct model *m, const struct dataset *d, const real *predictions);
/* Fills the figures of a segmentation. */
int metrics_segmentation(struct metrics *q, const struct model *m, const struct dataset *d, const real *predictions,
                         struct err *e);
bool metrics_all_finite(const real *v, int64_t n);

#endif
