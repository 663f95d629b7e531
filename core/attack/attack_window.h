/* The methods, on as many windows at once as a pass computes. */
#ifndef CORE_ATTACK_WINDOW_H
#define CORE_ATTACK_WINDOW_H

#include "core/attack/attack_pass.h"
#include "core/base/rng.h"
#include "core/data/channel_spread.h"

/* What is asked of all windows alike. The threads share it. */
struct attack_space {
	const struct attack_job *j;
	struct perturb p;
	double *unit; /* (C) what an epsilon of 1 is for each channel, on the scale that the model reads */
	struct channel_spread spread;
	int64_t segment; /* steps of `local` */
	int64_t reach;   /* steps to each side that `smooth` takes the mean of */
	double *kernel;  /* [reach + 1] its weights, from the middle on */
};

/* A thread's. Arrays of changes are (RUN_LANES,T,own channels), those of windows (RUN_LANES,T,C). */
struct attack_worker {
	const struct attack_space *s;
	struct attack_pass pass;
	int n; /* windows at once now */
	int64_t window[RUN_LANES];
	real *x0, *x, *g;          /* the windows as they are, changed, and the gradient */
	real *u, *best, *part;     /* changes: now, the best so far, scratch */
	unsigned char *mask;       /* (RUN_LANES,T) steps that may change */
	int64_t length[RUN_LANES]; /* steps before the padding */
	double epsilon[RUN_LANES];
	real *first;             /* (RUN_LANES,outputs) outputs of x0 */
	bool started[RUN_LANES]; /* best has something */
	struct attack_point at_best[RUN_LANES], intact[RUN_LANES];
	struct rng rng[RUN_LANES];
	bool slopes[RUN_LANES]; /* a gradient was met that is a number other than 0 at some point */
	bool broken[RUN_LANES]; /* the gradient of x0 is no finite number at some point; such points stay as they are */
};
void attack_worker_make(struct attack_worker *w, const struct attack_space *s);
void attack_worker_release(struct attack_worker *w);
/* Takes n windows, 0 < n <= RUN_LANES, and computes them as they are. */
void attack_take(struct attack_worker *w, int n, const int64_t *window);
/* Before the first epsilon of a method: forgets what the one before found. */
void attack_begin(struct attack_worker *w, enum attack_method m);
/* Attacks each window with its own w->epsilon: w->at_best and w->best are the result, which is never worse than that of
 * a call before, with a smaller epsilon, since attack_begin. */
void attack_windows(struct attack_worker *w, enum attack_method m);
/* Fills w->x from changes u. */
void attack_apply(struct attack_worker *w, enum attack_method m, const real *u);

#endif
