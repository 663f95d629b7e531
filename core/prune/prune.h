/* A smaller network: filters are removed, and what reads them is repaired.
 *
 *	struct prune p;
 *	prune_open(&p, &job, e);            calibration and held-out windows, a survey of the first, the old predictions
 *	prune_at(&p, &budget, rank, repair, &r, e);     one smaller network, and what it is worth
 *	prune_result_release(&r); prune_close(&p);
 *
 * Calibration windows are spread evenly over the windows without the last fifth and without those that overlap it.
 * Errors are those of the last fifth, and of the test windows where there are any. */
#ifndef CORE_PRUNE_H
#define CORE_PRUNE_H

#include "core/data/metrics.h"
#include "core/diff/beside.h"
#include "core/probe/question.h"
#include "core/prune/prune_rank.h"
#include "core/prune/prune_repair.h"

enum { PRUNE_CALIBRATE = 2000, PRUNE_ABLATIONS = 64 };
#define PRUNE_TUNE_RATE 0.001

struct prune_job {
	const struct model *m;
	const struct dataset *d, *test; /* NULL: there are none; without d, a survey is needed */
	const struct question *q;       /* task and target */
	int64_t calibrate;              /* windows at most */
	bool renorm;
	int threads;
	bool draw;         /* the calibration windows are drawn by chance, by q->seed; else they are spread evenly */
	int tune;          /* epochs of training after the repair; 0: none (prune_tune.h) */
	bool tune_outputs; /* towards the outputs of the old network, not the true values */
	double tune_rate;  /* of Adam, falling to 0 by half a cosine */
	void (*on_tune)(void *ctx, int64_t done, int64_t windows); /* after each batch; may be NULL */
	/* A survey that was read from a file; NULL: it is made of the calibration windows. */
	const struct survey_plan *plan;
	const struct survey_part *part;
	bool ablations; /* the survey needs importance by ablation */
	/* All may be NULL. stop is asked between two pieces of the work, also by other threads; progress is that of the
	 * survey. */
	bool (*stop)(void *ctx);
	void (*progress)(void *ctx, int64_t windows, int64_t of);
	void *ctx; /* of on_tune, stop and progress */
};
enum { PRUNE_STOPPED = 1 }; /* what prune_open and prune_at return once stop has said so */

/* How good a network is on some windows. */
struct prune_worth {
	double error; /* accuracy of a classification or segmentation, else the mean squared error, scaled; NaN: unknown
	               */
	double changed; /* share of windows (segmentation: of steps) whose class is another one than the old network's;
	                   of numbers the root mean squared change by their standard deviation */
};
struct prune_set {
	const char *name; /* "held out", "test" */
	struct dataset d;
	bool own;  /* d is a view of the job's data */
	real *old; /* (n_target or n, outputs) of the old network */
	int64_t windows;
	struct prune_worth before;
	double naive; /* of the last value, or of the majority class */
};

struct prune {
	const struct prune_job *job;
	struct prune_map map;
	struct prune_facts facts;
	bool has_accuracy; /* error is an accuracy: more is better */
	int64_t calibrated;
	struct dataset calibration; /* a view */
	struct survey_plan plan;
	struct survey_tree tree;
	int n_set;
	struct prune_set set[2];
};

/* How the training after the repair went. */
struct prune_tuning {
	bool done;
	int epoch;             /* whose weights were kept, from 1; 0: those before the training, which were no worse */
	int64_t train, decide; /* windows */
	double before, after;  /* mean loss of the windows that decide: before, and after the best epoch */
	bool diverged;
};

struct prune_result {
	bool *removed;               /* (n_atom) by class */
	struct model *m;             /* the smaller network, repaired */
	int64_t filters, gone;       /* of all layers of the budget; those that are removed */
	struct prune_worth worth[2]; /* by set */
	struct prune_worth tuned[2]; /* the same of m after prune_tune */
	struct prune_tuning tuning;
	double condition;
	int solved, by_gram, untouched;
	int64_t not_finite;
	char note[256];
};

/* Sets b up for the networks before and after: the same layers, and each filter beside itself. removed (n_atom) by
 * class. The caller has set the models, data and names, and releases b. */
int prune_beside(const struct prune *p, const bool *removed, struct beside *b, struct err *e);
/* Returns 0; ERR_VALUE where there are too few windows, or the weights are not finite. The caller closes it, also after
 * an error. The job must outlive it. */
int prune_open(struct prune *p, const struct prune_job *job, struct err *e);
void prune_close(struct prune *p);
/* Makes one smaller network. The caller releases the result, also after an error. */
int prune_at(const struct prune *p, const struct prune_budget *b, int rank, int repair, struct prune_result *r,
             struct err *e);
void prune_result_release(struct prune_result *r);

/* One smaller network beside others, for a report. */
struct prune_point {
	double asked; /* the ratio of the budget */
	double ratio; /* share of the filters of the budget that were removed, after rounding */
	int64_t filters, gone, params, macs;
	struct prune_worth cut[2], fixed[2],
	        chance[2];           /* not repaired; repaired; a random choice with the same repair */
	struct prune_worth tuned[2]; /* tuning.done: repaired and trained */
	struct prune_tuning tuning;
	double condition;
	int solved, by_gram, untouched;
	int64_t not_finite;
	char note[256];
};
/* Computes a point. *m, which the caller frees, becomes the repaired network, after training where the job asks for
 * it; m NULL: it is not wanted. */
int prune_compare(const struct prune *p, const struct prune_budget *b, int rank, int repair, struct prune_point *q,
                  struct model **m, struct err *e);
/* How good a network of the same inputs and outputs is. */
struct prune_worth prune_judge(const struct prune *p, const struct prune_set *s, const struct model *m);
/* The loss of quality from `before` to `now` as a part: of the error, or of the accuracy. */
double prune_loss(const struct prune *p, double before, double now);

#endif
