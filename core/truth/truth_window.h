/* One window: the maps of all methods, and the numbers that come of replacing its points. */
#ifndef CORE_TRUTH_WINDOW_H
#define CORE_TRUTH_WINDOW_H

#include "core/truth/truth.h"
#include "core/truth/truth_eval.h"

/* abs(y - y_k) in both directions, and what comes of them. */
struct truth_pair {
	double most[TRUTH_STEPS + 1], least[TRUTH_STEPS + 1];
	double area;       /* below `most` less that below `least` */
	double infidelity; /* NaN: nothing changed the output */
};
/* What a window adds to the result. */
struct truth_window {
	int cls;               /* predicted class, or -1 */
	struct truth_pair *at; /* [n_method + 1][REPLACE_COUNT]; the last method is a random order */
	double *residual;      /* [n_method] NaN: no promise */
	double *found;         /* [n_method + 1][TRUTH_FOUND] NaN: not compared with the mask; NULL: there is none */
	double mask_share;     /* share of the units in the mask; NaN: not compared */
	unsigned char *alike;  /* [n_method] the map has no order */
	double *stable;  /* [n_method][2] by level of noise; NaN: no draw left the output alike; NULL: not asked */
	double *after;   /* [n_method][layers] rank correlations; NULL: not asked */
	double *entropy; /* [n_method] relative rise of the entropy; NULL: not asked */
};

/* What a thread has for its windows. */
struct truth_worker {
	const struct truth_job *j;
	struct perturb p;
	const int64_t *share;       /* [TRUTH_STEPS + 1] */
	struct probe probe, second; /* second: other windows, and other parameters */
	const double *deviation;    /* (C) of the windows; NULL: stability is not asked */
	const struct truth_random *random;
	struct saliency_job map;
	struct truth_eval eval;
	struct question q;
	/* scratch */
	real *maps;                    /* [n_method] (T,C) */
	real *base;                    /* [n_method] (T,C) see saliency_reference; zeros for a map of a function */
	real *other, *x;               /* (T,C) */
	double *score;                 /* (units) */
	int64_t *order[2], *chance[2]; /* (units) most and least important first */
	unsigned char *replaced;       /* (units) */
	unsigned char *inside;         /* (units) in the mask */
	double *dot;                   /* [n_method][2 TRUTH_STEPS] */
};
/* deviation and random are left to the caller. */
void truth_worker_make(struct truth_worker *w, const struct truth_job *j, const struct perturb *p,
                       const int64_t *share);
void truth_worker_release(struct truth_worker *w);
/* Fills `to`, whose arrays are there, from window i of the data. */
void truth_window(struct truth_worker *w, int64_t i, struct truth_window *to);
/* The map of method k of the job for the window that probe p holds. note: what the method says of it. */
void truth_map(struct truth_worker *w, struct probe *p, int k, real *out, struct saliency_note *note);
/* Whether nobody wants the result any more. */
bool truth_stopped(const struct truth_job *j);
/* A stream of random numbers of its own for each window and purpose. */
struct rng truth_rng(const struct truth_job *j, int64_t window, int purpose);
/* order (n): indices by score, largest or smallest first. Equal scores stay in the order of their indices in both
 * directions, so that the two orders of a map without order are the same, which gives 0. */
void truth_order(const double *score, int64_t n, bool largest, int64_t *order);
/* Area below the curve d over the share of replaced units, by trapezoids. */
double truth_area(const double *d, const int64_t *share);
/* How badly b dot, with the best b, predicts the n changes of the output: the sum of squares that are left, relative to
 * that of the changes. NaN: there is no change. */
double truth_infidelity(const double *dot, const double *change, int n);

#endif
