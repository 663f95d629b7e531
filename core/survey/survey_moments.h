/* Moments of what consumer layers read, and of the gradient of what they compute, over a whole set. A consumer is a
 * layer with weights that are multiplied with what it reads: convolutions, dense and recurrent layers. From the moments
 * a channel can be written as an affine function of others, and a consumer's weights can be solved again, where neither
 * model nor data are.
 *
 * z is the value before the activation function, y the target. */
#ifndef CORE_SURVEY_MOMENTS_H
#define CORE_SURVEY_MOMENTS_H

#include "core/model/model.h"

enum moments_kind {
	MOMENTS_CHANNELS, /* of the channels that a consumer reads, over windows and steps */
	MOMENTS_TAPS,     /* of all numbers that one output is made of: channels times taps of a convolution, channels
	                     times steps of a dense layer that reads all steps */
	MOMENTS_NONE,
};
extern const char *const moments_names[]; /* by enum moments_kind; NULL ends */

/* Covariances of more numbers than this are not kept: there are n (n + 1) / 2. */
enum { MOMENTS_MOST = 1024 };

struct survey_consumer {
	char *name, *reads; /* the layer, and the one whose outputs it reads; "", and 0 channels: it does not read a
	                     * layer's outputs
	                     */
	int index, from;    /* into the layers of the model; -1: there is no model, or reads is "" */
	int64_t channels, times; /* of the layer that it reads */
	/* One position is made of `taps` steps of all channels: step t*stride + k*dilation - pad, 0 <= k < taps; zero
	 * outside. */
	int64_t taps, stride, dilation, pad, positions;
	bool covariance; /* of the channels * taps numbers of a position; they are ordered by channel, then by tap */
	int64_t outputs, steps; /* of z */
};
void survey_consumer_release(struct survey_consumer *c);
static inline int64_t consumer_numbers(const struct survey_consumer *c)
{
	return c->channels * c->taps;
}
static inline int64_t consumer_pairs(const struct survey_consumer *c)
{
	int64_t n = consumer_numbers(c);
	return c->covariance ? n * (n + 1) / 2 : 0;
}
/* Finds the consumers of m. Returns their number, and an array that the caller frees, each released. */
int survey_consumers(const struct model *m, enum moments_kind kind, struct survey_consumer **out);

struct survey_moments {
	int64_t n;          /* positions that were counted */
	int64_t not_finite; /* windows of which something was not finite: they are left out */
	double *mean;       /* (numbers) */
	double *m2; /* (pairs) sums of products of differences from the mean: the upper triangle, row after row */
	int64_t n_gradient; /* steps of z that were counted */
	double *gradient;   /* (outputs) sums of the squares of dy/dz */
	double *scratch;    /* moments_add's: (positions + 2, numbers); NULL until it is needed */
};
void moments_init(struct survey_moments *q, const struct survey_consumer *c);
void moments_release(struct survey_moments *q);
/* Adds a window: v (channels,times) is what the consumer reads. */
void moments_add(struct survey_moments *q, const struct survey_consumer *c, const real *v);
/* g (outputs,steps): dy/dz; NULL: y does not depend on z. */
void moments_add_gradient(struct survey_moments *q, const struct survey_consumer *c, const real *g);
/* The same for n windows at once: g (outputs,steps,TILE_LANES). */
void moments_add_gradient_lanes(struct survey_moments *q, const struct survey_consumer *c, const real *g, int n);
/* Chan, Golub, LeVeque 1979, equation 2.1, for pairs of numbers. */
void moments_join(struct survey_moments *to, const struct survey_moments *from, const struct survey_consumer *c);

#endif
