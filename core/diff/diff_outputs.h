/* What two models say of the same windows. */
#ifndef CORE_DIFF_OUTPUTS_H
#define CORE_DIFF_OUTPUTS_H

#include "core/data/metrics.h"

enum { DIFF_WORST = 5, DIFF_DRAWS = 1000, DIFF_BLOCKS_LEAST = 5 };

/* A window in which the outputs differ most. */
struct diff_worst {
	int64_t window, output; /* output: which one, in the order of the first model's framework; of
	                         * probabilities, the class */
	double difference;      /* its abs difference */
	double said[2];         /* that output of each model */
	int cls[2], truth;      /* predicted classes and the true one; -1: none */
};

struct diff_outputs {
	bool probabilities;     /* those of the classes are compared, because one model ends in logits or logarithms */
	bool converted;         /* the outputs of the second model were converted to the scale of the first one */
	int64_t windows;        /* in which all outputs of both are finite */
	int64_t not_finite[2];  /* windows in which an output of this model is not */
	int64_t not_finite_one; /* windows in which that is so of one of them alone */
	/* Of abs differences over all windows and outputs; raw: in the units of the data (NaN: they are not scaled). */
	double largest, mean, raw_largest, raw_mean;
	int n_worst;
	struct diff_worst worst[DIFF_WORST]; /* the largest difference first */
	/* Of a classification windows, of a segmentation steps; else units is 0. */
	int64_t units, flips;
	int64_t known, right_to_wrong, wrong_to_right; /* of those whose class is known */
	/* The error of a window: 1 if its class is wrong, the share of its steps that are, or the mean squared error of
	 * its outputs on the scale of the first model; means over the windows that have true values. */
	int64_t errors;
	double error[2];
	/* The difference of the two errors with its 95 % interval by a paired bootstrap of blocks (circular: Politis
	 * and Romano 1992): windows that follow each other and share rows are drawn together. NaN: fewer than
	 * DIFF_BLOCKS_LEAST blocks. */
	double difference, low, high;
	int64_t block; /* windows of a block */
};

/* m, d: both models and their windows; d[1] has the same rows as d[0]. out: the outputs (d[0]->n, outputs) of each,
 * scaled by its own scaler. */
void diff_outputs(const struct model *const m[2], const struct dataset *const d[2], enum task task, uint64_t seed,
                  real *const out[2], struct diff_outputs *r);
/* low and high: the 2.5 % and 97.5 % points of the mean of v (n) over DIFF_DRAWS draws of blocks of so many. */
void diff_bootstrap(const double *v, int64_t n, int64_t block, uint64_t seed, double *low, double *high);
/* to (outputs): the outputs of the second model in the order of the first one's graph. */
void diff_reorder(const struct model *const m[2], const real *out, real *to);
/* Whether outputs have units and the two scale them differently: then diff_convert brings y (outputs) of window i from
 * the scale of the second to that of the first. */
bool diff_converts(const struct model *const m[2], const struct dataset *const d[2], enum task task);
void diff_convert(const struct model *const m[2], const struct dataset *const d[2], int64_t i, real *y);
/* Whether the two scale an output or a channel differently. */
bool diff_scalers_differ(const struct dataset *a, const struct dataset *b);

#endif
