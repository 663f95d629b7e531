/* Counterfactual: the window as it is but for one segment, taken from another window, so that the model says something
 * else: "it would be class B if steps 31-38 of torque looked like window 812's".
 *
 * The guide is the nearest window, without a row in common, of which the model says what is wished (the nearest unlike
 * neighbour of Delaney, Greene, Keane 2021, Instance-based counterfactual explanations for time series classification,
 * ICCBR). The segment grows from the peak of
 *
 *	s_t = sum over channels of abs(dL/dx_tc (guide_tc - x_tc)),    L: the loss against what is wished,
 *
 * to the side with the larger s, until the model says it, and is then shortened at the end with the smaller s as long
 * as the model still says it. Where each s is 0, abs(guide_tc - x_tc) in deviations takes its place. This is done for
 *each channel alone and for all together; the fewest points count, then the smallest L1. Channels that the recipe
 *derives follow (core/data/perturb.h). */
#ifndef CORE_COUNTERFACTUAL_H
#define CORE_COUNTERFACTUAL_H

#include "core/model/model.h"
#include "core/whatif/nearest.h"

enum { COUNTERFACTUAL_CHANNELS = 16 }; /* so many channels are tried alone: those with the largest sum of s */
struct counterfactual_job {
	const struct model *m;
	const struct dataset *d;
	enum task task;
	int64_t window;
	int cls;          /* what the model shall say in a classification */
	double low, high; /* in all other tasks: each output lies between them */
	/* Asked now and then whether the search is of no use any more; it then ends with an error. NULL: it goes on. */
	bool (*stop)(void *ctx);
	void *ctx;
};
struct counterfactual {
	int64_t guide;
	double guide_distance;
	int64_t looked; /* windows that were asked before the guide was found, the guide included */
	bool flat;      /* the loss has no gradient but 0: the segment grows from the largest difference to the guide */
	int64_t channel;                 /* -1: all */
	int64_t from, end;               /* steps [from, end) */
	real *x;                         /* (T,C), rounded as a reader will see what is written of it */
	real *before, *now;              /* (outputs) */
	bool valid;                      /* the model says it of x */
	double l1;                       /* sum over the points of abs(x - window) / deviation of the channel */
	int64_t points, steps, segments; /* that changed; segments: runs of steps */
	int64_t own;                     /* channels that are not derived */
	struct near_window near[NEAREST_WINDOWS], as_is[NEAREST_WINDOWS]; /* nearest to x, and to the window itself */
	int n_near, n_as_is;
	int64_t passes; /* windows that the model computed */
};
/* Fills r, which the caller releases also after an error: the model says it already, no window is like that. */
int counterfactual_find(const struct counterfactual_job *j, struct counterfactual *r, struct err *e);
void counterfactual_release(struct counterfactual *r);
/* Whether the outputs (outputs) are what is wished. */
bool counterfactual_met(const struct counterfactual_job *j, const real *output);
/* What is wished in words: "class B", "between 1 and 2". Returns buf. */
const char *counterfactual_wish(const struct counterfactual_job *j, char *buf, size_t size);
/* Writes in one sentence what the result says. Returns where in buf it goes on behind "it would be", for where there is
 * little room. size is at least 16. */
const char *counterfactual_sentence(const struct counterfactual_job *j, const struct counterfactual *r, char *buf,
                                    size_t size);

#endif
