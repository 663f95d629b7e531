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
/* What is counted, by task. Steps and channels are those of the output, 0 without a time axis. */
struct error_shape {
	enum task task;
	int64_t K; /* classes of a classification, or of the steps of a segmentation; else 0 */
	int64_t steps, channels;
	bool several; /* of a segmentation: the classes of a step need not exclude each other */
	bool scores;  /* the score of every window is kept: of a reconstruction */
	int normal;   /* see struct anomalies */
};
struct error_shape error_shape_of(const struct model *m, const struct dataset *d, enum task task);
/* One class against all others. */
struct class_counts {
	int64_t hit, said, truth;
};
/* Steps of a segmentation whose class is known, by step, and those that are right. */
struct step_counts {
	int64_t known, right;
};
/* The errors of some windows before they become means: sums of two sets of windows can be added. error_sums_init makes
 * them, error_sums_release frees them. */
struct error_sums {
	struct tally model, model_raw, last, last_raw; /* of all tasks but those with classes */
	int64_t n_axis;                                /* windows that step and channel are of */
	struct axis_errors step, channel;              /* (steps), (channels) sums */
	int64_t *confusion;                            /* (K,K) windows or steps [true][predicted] */
	/* Of a segmentation. A step of which none or several classes are true is `unclear`; then each class counts on
	 * its own: each (K), and each_step (steps), which counts classes of steps. */
	int64_t n_unclear;
	struct step_counts *one_step, *each_step; /* (steps) */
	struct class_counts *each;                /* (K) */
	int64_t n_score;
	double *score;    /* (n_score) */
	int *score_class; /* (n_score) -1: unknown */
	int64_t n_bad;    /* windows whose output is NaN or infinite */
};
void error_sums_init(struct error_sums *s, const struct error_shape *h);
void error_sums_release(struct error_sums *s);
void error_sums_add(struct error_sums *to, const struct error_sums *from, const struct error_shape *h);
/* Makes room for n scores. */
void error_scores_room(struct error_sums *s, int64_t n);
/* What counts the errors of windows: see metrics_counter_new. */
struct metrics_counter;
/* Makes a counter. Returns NULL, with the reason in e, if the data have no true values of that kind. The caller frees
 * it with metrics_counter_free. Each thread needs its own. */
struct metrics_counter *metrics_counter_new(const struct model *m, const struct dataset *d, const struct error_shape *h,
                                            struct err *e);
void metrics_counter_free(struct metrics_counter *c);
/* Adds window i, whose output is p (outputs), scaled. Returns 0, or an error if its class is not one of the model's. */
int metrics_count(struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s, struct err *e);
/* Makes the figures of so many windows. The caller calls metrics_release(). */
void metrics_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h, int64_t windows);
/* Computes the errors. predictions: (n_target, outputs), scaled. The caller calls metrics_release(). Returns 0 or an
 * error. */
int metrics_compute(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                    const real *predictions, struct err *e);
void metrics_release(struct metrics *q);
/* What the baseline of a forecast, regression or reconstruction says: "last value", "window mean" or "mean value". */
const char *metrics_baseline(const struct dataset *d);
/* What it means that the model is no better than the baseline: such a model was most likely given other input than in
 * its training. NULL: it is better. */
const char *metrics_worse(const struct metrics *q, const struct dataset *d);
/* The errors and those of the baseline in one sentence of at most size bytes. */
void metrics_sentence(const struct metrics *q, const struct dataset *d, char *buf, size_t size);
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
