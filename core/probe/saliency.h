/* A saliency map in the making: what the methods of the table in core/probe/saliency.c work on. One step is one pass
 * of the network or so, so that a browser can stop between two of them; nothing but the job is kept from one step to
 * the next (the runs of the analysis may be used for other things meanwhile).
 *
 * f is what the map explains: the sum over time of a filter's activation, or the target. x is the window, x' the
 * baseline. */
#ifndef CORE_SALIENCY_H
#define CORE_SALIENCY_H

#include "core/analysis/analysis.h"
#include "core/base/rng.h"

struct saliency_job {
	struct analysis *a;
	bool active;
	int layer; /* -1: the target */
	int64_t filter;
	real *out;                  /* (T,C): the map, complete once the method's step has returned false */
	struct saliency_note *note; /* preset to: NaN, 0, -1 */
	/* what methods keep between steps; zero at the beginning */
	int64_t i, n;         /* pass i of n */
	double whole, none;   /* f(x), f(x') */
	double *sum, *weight; /* (T,C) accumulators */
	struct rng rng;
	real *x, *g, *native; /* (T,C) each: scratch */
};

/* Buffers are made once and stay. */
void saliency_begin(struct saliency_job *j, struct analysis *a, int layer, int64_t filter, real *out,
                    struct saliency_note *note);
bool saliency_step(struct saliency_job *j); /* false: done */
void saliency_release(struct saliency_job *j);

/* ---- for the methods ---- */
/* Run the twin of the analysis on x (T,C). */
struct run *saliency_run(struct saliency_job *j, const real *x);
/* f in a run of this graph. */
double saliency_value(struct saliency_job *j, const struct run *r);
/* df / d value in run r; returns the value, -1: f does not exist or does not depend on the input. */
int saliency_seed(struct saliency_job *j, const struct run *r, real *seed);
/* g (T,C): df/dx in run r, signed; zeros without a dependence. */
void saliency_gradient(struct saliency_job *j, struct run *r, real *g);
/* Relative to the difference f(x) - f(x'), or to the sum of abs(map) where that difference is less than a millionth of
 * it. */
double saliency_residual(const struct saliency_job *j);
void saliency_absolute(struct saliency_job *j);

bool saliency_integrated(struct saliency_job *j); /* core/probe/saliency_path.c */
bool saliency_smooth(struct saliency_job *j);
bool saliency_occlusion(struct saliency_job *j);
bool saliency_cam(struct saliency_job *j);    /* core/probe/saliency_cam.c */
bool saliency_guided(struct saliency_job *j); /* core/probe/saliency_rules.c */
bool saliency_deeplift(struct saliency_job *j);

#endif
