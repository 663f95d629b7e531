/* Parts of core/data/metrics.c for outputs with a time axis. */
#ifndef CORE_METRICS_STEPS_H
#define CORE_METRICS_STEPS_H

#include "core/data/metrics.h"

/* Fills precision, recall, f1, support, macro_f1 and the accuracies from the confusion matrix. */
void metrics_rates(struct metrics *q);
/* Makes the sums of the axes of an output, and frees them with free(a->mse). */
void axis_init(struct axis_errors *a, int64_t n);
/* Adds outputs p (outputs) of window i, whose true values are y, in raw units raw. */
void errors_of_axes(struct error_sums *s, const struct model *m, const struct dataset *d, int64_t i, const real *p,
                    const real *y, const double *raw);
/* Fills q->step and q->channel. */
void axes_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h);
/* Adds the score of window i, if it has one. */
void score_count(struct error_sums *s, const struct model *m, const struct dataset *d, int64_t i, const real *p);
/* Fills q->anomalies. */
void scores_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h);
/* Adds the steps of a window with true values y. p NULL: its output is not finite. */
void steps_count(struct error_sums *s, const struct model *m, const struct error_shape *h, const real *p,
                 const real *y);
/* Fills the figures of a segmentation. */
void steps_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h);
bool metrics_all_finite(const real *v, int64_t n);

#endif
