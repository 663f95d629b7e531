/* Errors of a model over a set of windows, and those of a baseline. The baseline of a forecast is the column's last
 * value; for ready windows, whose truth is not a column, it is the mean of all true values. The baseline of a
 * classifier is the majority class. */
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
	/* Of a forecast, in scaled and in raw units. mape and smape exist only in raw units. last: the baseline. */
	struct forecast_errors model, model_raw, last, last_raw;
	/* of a classifier */
	int K;
	int64_t *confusion; /* (K,K): number of windows [true][predicted] */
	double accuracy, majority_accuracy;
	int majority;
	double *precision, *recall, *f1; /* (K) */
	int64_t n_bad;                   /* windows whose output is NaN or infinite */
};
/* Computes the errors. predictions: (n_target, outputs), scaled. The caller calls metrics_release(). Returns 0 or an
 * error. */
int metrics_compute(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                    const real *predictions, struct err *e);
void metrics_release(struct metrics *q);
/* Computes the outputs of windows [from,to) with `threads` threads. out: (to - from, outputs). */
void model_predict(const struct model *m, const struct dataset *d, int64_t from, int64_t to, int threads, real *out);

#endif
