/* Attack: how little a window has to change for the model to be wrong.
 *
 *	struct attack_job j = { .m = m, .d = d, ... };
 *	if (!attack_run(&j, &r, &e)) ...
 *	attack_release(&r);
 *
 * What is changed is the series: channels that the recipe derives follow the channels that they are computed from
 * (core/data/perturb.h), so that the result is the window of a series. The loss against the true values rises by its
 * gradient. The numbers do not depend on the number of threads. */
#ifndef CORE_ATTACK_H
#define CORE_ATTACK_H

#include "core/data/perturb.h"

enum attack_method {
#define ATTACK_METHOD(id, name, label, formula, source) ATTACK_##id,
#include "core/attack/attack_methods.def"
#undef ATTACK_METHOD
	ATTACK_METHODS
};
struct attack_method_row {
	const char *name, *label, *formula, *source;
};
extern const struct attack_method_row attack_methods[]; /* [ATTACK_METHODS], and a row of NULL */

enum { ATTACK_EPSILONS_MAX = 32, ATTACK_WINDOWS = 200, ATTACK_STEPS = 40, ATTACK_WORST = 5 };
struct attack_job {
	const struct model *m;
	const struct dataset *d;
	enum task task;
	int n_method;
	enum attack_method method[ATTACK_METHODS];
	int n_epsilon;
	double epsilon[ATTACK_EPSILONS_MAX]; /* ascending, none negative */
	bool scaled;     /* epsilon is on the scale that the model reads; else in deviations of each channel */
	bool free;       /* derived channels are changed by themselves */
	bool clip;       /* values stay in the range that each channel has in the data */
	int steps;       /* N */
	int64_t segment; /* steps that `local` may change; 0: a fifth of the window */
	int64_t reach;   /* steps to each side of which `smooth` takes the mean; 0: a sixteenth of the window */
	double by;       /* a window falls if an output changes by so much; 0: only classes fall */
	int64_t windows; /* so many, spread evenly over those with true values */
	uint64_t seed;
	int threads;
	bool written; /* the windows that are kept are rounded as a reader will see what is written of them */
	void *ctx;
	/* Called by one thread at a time; may be NULL. */
	void (*progress)(void *ctx, int64_t windows, int64_t of);
};

/* What is known of a window under one method and one epsilon. */
struct attack_point {
	double loss;
	bool fell; /* its class is wrong, or an output changed by `by` */
};
/* Of one method. */
struct attack_curve {
	enum attack_method method;
	double *loss;   /* [n_epsilon] mean over windows */
	double *fallen; /* [n_epsilon] share of windows that fell, those that are wrong without a change included */
	double *least;  /* [n] the smallest epsilon that makes a window fall, by bisection; 0: wrong without a change;
	                 * infinite: none up to the largest epsilon does; NaN: nothing falls in this task */
	double quartile[3];          /* of `least` over windows that are not wrong before: 25 %, 50 %, 75 % */
	int64_t first[ATTACK_WORST]; /* the windows with the smallest `least` (indices into the arrays); n_first of them
	                              */
	int n_first;
};
struct attack_result {
	int64_t n, *window;         /* [n] */
	int64_t not_finite;         /* windows that were left out because their loss is not finite */
	int64_t flat;               /* windows for which no gradient was met that is a number other than 0 */
	int64_t broken;             /* windows whose gradient is no finite number at some point; such points stay */
	bool falls;                 /* there is something that falls: see attack_job.by */
	double loss;                /* mean of the windows as they are */
	int64_t wrong;              /* windows that are wrong as they are */
	double *deviation;          /* (C) of each channel over all windows, on the scale that the model reads */
	struct attack_curve *curve; /* [n_method] */
	struct attack_point *point; /* [n][n_method][n_epsilon] */
	/* The windows as the last method left them at the largest epsilon, and the outputs: before (n,outputs) and now.
	 */
	real *x; /* (n,T,C) */
	real *before, *now;
	int n_method, n_epsilon;
};
/* Fills r, which the caller releases also after an error: there are no windows with true values, or the gradient of the
 * loss by the input is 0, or no number, for all of them. */
int attack_run(const struct attack_job *j, struct attack_result *r, struct err *e);
void attack_release(struct attack_result *r);
/* Whether windows can fall in this task: they have a class, or `by` is given. */
bool attack_falls(const struct attack_job *j);
/* Writes in one sentence what the result says. */
void attack_sentence(const struct attack_job *j, const struct attack_result *r, char *buf, size_t size);

#endif
