/* What makes the saliency maps of a window doubtful, whatever the method: the network is saturated there, or lies at a
 * point where it is not differentiable. */
#ifndef CORE_DOUBTS_H
#define CORE_DOUBTS_H

#include "core/analysis/analysis.h"

struct doubts {
	struct kinks kinks;
	double certainty; /* the probability of the predicted class; NaN: the task is no classification */
	/* By how much the target would change, to first order, if each point moved by the range that its channel has in
	 * this window: the sum of abs(df/dx) times the range. NaN: the target does not depend on the input. */
	double reach;
};
/* Measures the window of the analysis, which has been asked: one pass back, unless the gradient is there. */
void doubts_measure(struct analysis *a, struct doubts *d);
/* The class is certain, and the target hardly changes with the input: what a map shows of it is little but rounding. */
bool doubts_saturated(const struct doubts *d);
/* The largest two values of a max-pooling window are equal: the gradient goes to the first one, and could as well go to
 * the other. */
bool doubts_tie(const struct doubts *d);
/* A value lies so near to a kink that rounding decides on which side it is. */
bool doubts_kink(const struct doubts *d);

static const double DOUBT_CERTAIN = 0.99, DOUBT_REACH = 0.01, DOUBT_NEAR = 1e-6;

#endif
