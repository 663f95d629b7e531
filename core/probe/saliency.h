/* Saliency: which points of the window a filter, or the target, depends on, by one of the methods in a table.
 *
 *	struct saliency_job j = { 0 };
 *	saliency_begin(&j, p, method, layer, filter, out, &note);
 *	while (saliency_step(&j)) ...      other work may be done between two steps
 *	saliency_release(&j);
 *
 * f is what the map explains: the sum over time of a filter's activation, or the target. x is the window, x' the
 * baseline. To add a method: a function `step` and a row in the table of saliency.c. */
#ifndef CORE_SALIENCY_H
#define CORE_SALIENCY_H

#include "core/base/rng.h"
#include "core/probe/probe.h"

/* How a map came about, for the line beside it. */
struct saliency_note {
	double residual; /* how far the map is from adding up to f(x) - f(x'), relative to it; NaN: the method makes no
	                  * such promise */
	int64_t steps;   /* points of the path, samples, or patches that were tried; 0: one pass was all */
	int at;          /* Grad-CAM: the layer whose activations were weighed; else -1 */
};

/* What a method works on. Between two steps nothing but the job is kept: the probe's runs may have been used for
 * something else. */
struct saliency_job {
	struct probe *p;
	bool active;
	int method; /* index into saliency_methods */
	int layer;  /* -1: the target */
	int64_t filter;
	real *out;                  /* (T,C): the map, complete once the last step has returned false */
	struct saliency_note *note; /* preset to NaN, 0 and -1 */
	/* for the methods; zero at the beginning */
	int64_t i, n;         /* pass i of n */
	double whole, none;   /* f(x), f(x') */
	double *sum, *weight; /* (T,C) accumulators */
	struct rng rng;       /* started from the question's seed */
	real *x, *g;          /* (probe_width,T,C) each: scratch */
	real *from;           /* the same, or NULL until a method needs it */
};

struct saliency_method {
	const char *name, *label, *formula, *source;
	bool is_signed;      /* the map has signs; others are absolute values */
	bool baseline;       /* it compares with the question's baseline */
	bool random;         /* it draws random numbers from the question's seed */
	bool parts;          /* its numbers are parts of f, where those of others are slopes of f: df is not m dx */
	bool hides;          /* it hides parts of the window, as question.series says */
	bool draws;          /* it compares with windows of the data that it draws */
	bool spectrum;       /* the map is (x - x') g, and j->sum / j->n is g, a mean gradient */
	bool channels_alike; /* the map has the same values for all channels, so their shares mean nothing */
	/* About one pass of the network's worth of work. true: there is more to do. */
	bool (*step)(struct saliency_job *j);
};
extern const struct saliency_method saliency_methods[]; /* `gradient` is first; name NULL ends */
int saliency_find(const char *name);                    /* index, or -1 */
/* Do bits of enum stale concern the maps that a method makes of filters (target: of the target)? */
bool saliency_stale(unsigned stale, int method, bool target);

/* A job is zeroed before its first use; its buffers are made once and stay. method: index into saliency_methods, which
 * need not be the question's. */
void saliency_begin(struct saliency_job *j, struct probe *p, int method, int layer, int64_t filter, real *out,
                    struct saliency_note *note);
bool saliency_step(struct saliency_job *j); /* false: done */
void saliency_release(struct saliency_job *j);
/* x0 (T,C): with what the map that was finished compared the window: the baseline; the mean of the windows that the
 * method drew; zeros for a method that compares with nothing. */
void saliency_reference(const struct saliency_job *j, real *x0);
/* share (C): what part of the sum of abs(map (T,C)) each channel has; zeros for a map of zeros. */
void saliency_channels(const real *tc, int64_t T, int64_t C, double *share);

/* ---- for the methods ---- */
/* f in a run of this graph. */
double saliency_value(struct saliency_job *j, const struct run *r);
/* seed: df / d value in run r. Returns the value; -1: f does not exist or does not depend on the input. */
int saliency_seed(struct saliency_job *j, const struct run *r, real *seed);
/* g (T,C): df/dx in run r, signed; zeros without a dependence. */
void saliency_gradient(struct saliency_job *j, struct run *r, real *g);
/* value (n) and g (n,T,C), each as above or NULL, for n inputs x (n,T,C), 0 < n <= probe_width: in one pass. */
void saliency_many(struct saliency_job *j, int n, const real *x, double *value, real *g);
/* How far the map is from adding up to f(x) - f(x'), relative to that difference, or to the sum of abs(map) where the
 * difference is less than a millionth of it. */
double saliency_residual(const struct saliency_job *j);
void saliency_absolute(struct saliency_job *j); /* the map becomes its absolute values */

bool saliency_integrated(struct saliency_job *j); /* core/probe/saliency_path.c */
bool saliency_smooth(struct saliency_job *j);
bool saliency_occlusion(struct saliency_job *j);
bool saliency_expected(struct saliency_job *j);
bool saliency_cam(struct saliency_job *j);    /* core/probe/saliency_cam.c */
bool saliency_guided(struct saliency_job *j); /* core/probe/saliency_rules.c */
bool saliency_deeplift(struct saliency_job *j);
bool saliency_relevance(struct saliency_job *j);

#endif
