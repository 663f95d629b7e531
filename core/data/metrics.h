/* Errors of a model over a set of windows, beside those of a baseline without a model. The baseline of a forecast is
 * the last value of the window. Ready windows have no column to take it from; there it is the mean of all true values.
 * The baseline of a classifier is the majority class. */
#ifndef CORE_METRICS_H
#define CORE_METRICS_H

#include "core/data/dataset.h"

/* Of predictions p and true values y: mape is the mean of 100 |p - y| / |y|, smape the mean of 200 |p - y| / (|p| +
 * |y|). A true value of 0 that is predicted exactly counts as no error; one that is missed makes mape infinite. */
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
