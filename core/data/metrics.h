/* Errors of a model over a set of windows, and those of a baseline. The baseline of a forecast is the column's last
 * value; for ready windows, whose truth is not a column, it is the mean of all true values. The baseline of a
 * classifier is the majority class, that of a reconstruction the mean of each channel of the window. */
#ifndef CORE_METRICS_H
#define CORE_METRICS_H

#include "core/data/dataset.h"
#include "core/model/task.h"

/* Of predictions p and true values y: mape is the mean of 100 |p - y| / |y|, smape the mean of 200 |p - y| / (|p| +
 * |y|). A true value of 0 that is predicted exactly counts as no error; one that is missed makes mape infinite. */
struct forecast_errors {
	double mse, rmse, mae, mape, smape;
};
/* Errors along an axis of the output, (n) each: of its steps, or of its channels. */
struct axis_errors {
	int64_t n;
	double *mse, *mae, *raw_mse, *raw_mae;
};
/* How well a score of windows tells anomalies from others. The score of a reconstruction is the mean squared error of
 * the window. */
struct anomalies {
	int64_t n;     /* windows with a score */
	double *score; /* (n) in ascending order */
	int normal;    /* the label of windows that are no anomalies; -1: there are no labels of both kinds */
	int64_t n_normal, n_anomaly;
	/* The area under the ROC curve: the probability that an anomaly has a larger score than a normal window, where
	 * equal scores count half (Hanley and McNeil 1982, Radiology 143). */
	double roc_auc;
	/* The area under the curve of precision and recall as average precision: the sum over thresholds of precision
	 * times the rise of recall, without interpolation. Windows of equal score are one threshold. */
	double pr_area;
};
struct metrics {
	int64_t windows;
	enum task task;
	bool classification;
	/* Of a forecast, in scaled and in raw units. mape and smape exist only in raw units. last: the baseline. */
	struct forecast_errors model, model_raw, last, last_raw;
	struct axis_errors step, channel; /* if the output has a time axis; else n is 0 */
	struct anomalies anomalies;       /* of a reconstruction */
	/* of a classifier, or of the steps of a segmentation */
	int K;
	/* (K,K): number of windows or steps [true][predicted]; NULL if the classes do not exclude each other */
	int64_t *confusion;
	double accuracy, majority_accuracy;
	int majority;
	double *precision, *recall, *f1; /* (K) */
	int64_t *support;                /* (K) windows or steps of the class */
	double macro_f1;                 /* the mean of f1 over the classes that occur, in truth or prediction */
	int64_t steps;                   /* of a segmentation: steps whose class is known */
	double *step_accuracy;           /* (step.n) of a segmentation: share of windows that are right at this step */
	int64_t n_bad;                   /* windows whose output is NaN or infinite */
};
/* Sums of which the errors of a forecast are made. */
struct tally {
	double square, size, mape, smape;
	int64_t n;
};
/* The errors of some windows before they become means: sums of two sets of windows can be added. Start with { 0 }. */
struct error_sums {
	struct tally model, model_raw, last, last_raw; /* of all tasks but a classification */
	int64_t *confusion;                            /* (K,K) of a classification, which the caller makes */
	int64_t n_bad;                                 /* windows whose output is NaN or infinite */
};
/* What counts the errors of windows: see metrics_counter_new. */
struct metrics_counter;
/* Makes a counter for all tasks but a segmentation. Returns NULL, with the reason in e, if the data have no true values
 * of that kind. The caller frees it with metrics_counter_free. Each thread needs its own. */
struct metrics_counter *metrics_counter_new(const struct model *m, const struct dataset *d, enum task task,
                                            struct err *e);
void metrics_counter_free(struct metrics_counter *c);
/* Adds window i, whose output is p (outputs), scaled. Returns 0, or an error if its class is not one of the model's. */
int metrics_count(struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s, struct err *e);
void error_sums_add(struct error_sums *to, const struct error_sums *from, int64_t K);
/* Fills the figures of q that come from sums. K: classes of a classification. */
void metrics_from_sums(struct metrics *q, const struct error_sums *s, enum task task, int64_t windows, int64_t K);
/* Computes the errors. predictions: (n_target, outputs), scaled. The caller calls metrics_release(). Returns 0 or an
 * error. */
int metrics_compute(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                    const real *predictions, struct err *e);
void metrics_release(struct metrics *q);
/* Computes the outputs of windows [from,to) with `threads` threads. out: (to - from, outputs). */
void model_predict(const struct model *m, const struct dataset *d, int64_t from, int64_t to, int threads, real *out);
/* The mean squared error of window i, over outputs o (outputs), scaled; NaN: it has no true values. */
double metrics_window_error(const struct model *m, const struct dataset *d, int64_t i, const real *o);
/* The label of windows that are no anomalies: the class that is called 0, normal, ok, good, healthy, negative, false or
 * no, in small or capital letters; otherwise the first class. */
int metrics_normal_class(const struct dataset *d);
/* Fills roc_auc and pr_area, and n_normal and n_anomaly, from n scores and whether each is of an anomaly. */
void metrics_rank(struct anomalies *a, int64_t n, const double *score, const bool *anomaly);

#endif
