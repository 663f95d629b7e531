/* Inversion: the input for which the network gives a wanted output, or for which a filter is as active as it can be, by
 * descent of a loss:
 *
 *	to V          mean over outputs of (output - V)^2
 *	to a class    the loss of the class: -log of its probability
 *	a filter      - mean over steps of its activation; of the value before the activation function while it is
 *silent
 *
 * and, times their weights, with d_c the deviation of channel c over the data and x0 the window:
 *
 *	near          mean over points of ((x - x0) / d_c)^2
 *	variation     mean over points but the first step of abs(x_t - x_(t-1)) / d_c
 *	consistent    mean over derived points of ((x - what the recipe derives) / d_c)^2; 0 unless they are free
 *
 * x is what may change, in units of the deviation: x = x_start + d_c u. The limit of frequencies projects u on the
 *first functions of the discrete cosine transform (Ahmed, Natarajan, Rao 1974, IEEE Transactions on Computers C-23),
 *those with at most so many cycles in a window. Steps are those of Adam (Kingma, Ba 2015, ICLR) or along the gradient
 *by x itself. Values are clipped to the range that each channel has in the data; a point that is clipped is not pushed
 * further. Activation maximisation: Erhan, Bengio, Courville, Vincent 2009, Visualizing higher-layer features of a deep
 * network; the priors: Mahendran, Vedaldi 2015, Understanding deep image representations by inverting them, CVPR. */
#ifndef CORE_INVERT_H
#define CORE_INVERT_H

#include "core/base/err.h"
#include "core/model/model.h"
#include "core/whatif/nearest.h"

enum invert_wish { INVERT_OUTPUT, INVERT_CLASS, INVERT_FILTER };
enum invert_start { INVERT_WINDOW, INVERT_NOISE, INVERT_ZERO };
extern const char *const invert_starts[]; /* "window", "noise", "zero"; NULL ends */
enum { INVERT_ITERATIONS = 500 };
#define INVERT_RATE 0.05

struct invert_job {
	const struct model *m;
	const struct dataset *d;
	const struct channel_spread *spread; /* of d */
	enum task task;
	int64_t window;
	enum invert_wish wish;
	double value;           /* INVERT_OUTPUT */
	int cls;                /* INVERT_CLASS */
	int layer;              /* INVERT_FILTER: index of an analysed layer of m */
	int64_t filter;         /* and of its filter */
	enum invert_start from; /* noise: normal numbers with the mean and the deviation of each channel */
	uint64_t seed;
	bool free;     /* derived channels change by themselves */
	bool clip;     /* values stay in the range that each channel has in the data */
	bool gradient; /* x <- x - rate dL/dx instead of Adam with the step `rate` deviations */
	int iterations;
	double rate;
	double near, variation, consistent; /* weights */
	double cycles;                      /* the most cycles in a window; 0: no limit */
	void *ctx;
	bool (*stop)(void *ctx); /* asked after each step; may be NULL */
};
struct inversion {
	real *x; /* (T,C): the point of the descent with the smallest loss, rounded as a reader sees it unless free */
	real *start;        /* (T,C) */
	real *before, *now; /* (outputs) of start and of x */
	double reached[2];  /* the wish without its priors at start and at x: the loss, or the mean activation of a
	                       filter */
	int n;              /* losses */
	double *loss;       /* (n) of each point of the descent, priors included: the first is that of start */
	int best;           /* index of the smallest */
	double at_best;
	struct near_window nearest[NEAREST_WINDOWS];
	int n_near;
	bool stopped;
};
/* Fills r, which the caller releases also after an error: what is wished does not depend on the input. */
int invert_run(const struct invert_job *j, struct inversion *r, struct err *e);
void inversion_release(struct inversion *r);
/* What is wished in words: "class normal", "filter 13 of conv2". Returns buf. */
const char *invert_wish_text(const struct invert_job *j, char *buf, size_t size);
/* Writes in one sentence what the result says. */
void invert_sentence(const struct invert_job *j, const struct inversion *r, char *buf, size_t size);

#endif
