/* Errors of a model over a set of windows, beside the forecast "last value again" (of ready windows, whose truth is no
 * column: the mean of all true values) or the majority class. */
#ifndef CORE_METRICS_H
#define CORE_METRICS_H

#include "core/data/dataset.h"

struct forecast_errors {
	double mse, rmse, mae, mape, smape;
};
struct metrics {
	int64_t windows;
	bool classification;
	/* forecast: standardized and raw units (mape and smape only raw) */
	struct forecast_errors model, model_raw, last, last_raw;
	/* classes */
	int K;
	int64_t *confusion; /* (K,K): [true][predicted] */
	double accuracy, majority_accuracy;
	int majority;
	double *precision, *recall, *f1; /* (K) */
	int64_t n_bad;                   /* windows whose output is NaN or infinite */
};
/* predictions (n_target, outputs); release with metrics_release. */
int metrics_compute(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                    const real *predictions, struct err *e);
void metrics_release(struct metrics *q);
/* outputs of windows [from,to) in `threads` threads, (n, outputs) */
void model_predict(const struct model *m, const struct dataset *d, int64_t from, int64_t to, int threads, real *out);

#endif
