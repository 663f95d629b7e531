/* Why a window is predicted wrong: what moved the output away from where it should be, by integrated gradients; and
 * the nearest window that is predicted right.
 *
 *	why_init(&w, m, d); why_begin(&w, &q, explain);
 *	while (why_step(&w, a, right, ctx)) ...       other work may be done between two steps
 *	why_release(&w);
 *
 * What is explained depends on the task: of a forecast or regression the output that is farthest from its true value;
 * of a classification the predicted class less the true one (their logits before a softmax, else their outputs); of
 * other tasks the loss. It is compared with a window that stays at its last values where the output continues columns
 * of the window, else with the mean of each channel in the window. */
#ifndef CORE_WHY_H
#define CORE_WHY_H

#include "core/analysis/analysis.h"

enum why_base { WHY_LAST, WHY_MEAN };
enum { WHY_LOSS = -1, WHY_NONE = -2 };

struct why {
	const struct model *m;
	const struct dataset *d;
	struct question q;
	bool explain; /* contributions and the nearest window are wanted; else there is nothing to do */
	/* the contributions, if `explained` */
	bool explained;
	enum why_base base;
	int output, less; /* output `output` less output `less`, or WHY_LOSS; WHY_NONE: nothing is subtracted */
	double sign;      /* -1: the output counts downwards (one output, and class 0 is predicted) */
	double from,
	        to; /* what the network gives for the base and for the window; the map adds up to about to - from */
	real *map;  /* (T,C) */
	/* the nearest window that is right: not the window itself and without a row of it; -1: there is none */
	int64_t nearest;
	double distance; /* Euclidean, of scaled values */
	/* the state between steps */
	int stage;
	bool begun;
	int64_t scanned;
	real *tc; /* (2,T,C) */
};

void why_init(struct why *w, const struct model *m, const struct dataset *d);
void why_release(struct why *w);
/* Begins with question q, which is copied. */
void why_begin(struct why *w, const struct question *q, bool explain);
/* Does one piece of work. a: an analysis of the same model and data, whose question changes. right: whether window i is
 * predicted right. Returns true while there is more to do. */
bool why_step(struct why *w, struct analysis *a, bool (*right)(const void *ctx, int64_t i), const void *ctx);
/* Has to be called if `a` was used for anything else since the last step. */
void why_resume(struct why *w);

/* A stretch of steps of one channel whose contributions have the same sign. */
struct why_part {
	int64_t channel, from, to; /* steps from..to, both included */
	double sum;
};
/* Fills v with the n stretches of map (T,C) whose sums are largest. Values below a fiftieth of the largest one belong
 * to no stretch. Returns how many there are. */
int why_parts(const real *map, int64_t T, int64_t C, int n, struct why_part *v);

#endif
