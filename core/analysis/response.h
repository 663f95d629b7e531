/* The frequency response of filters: how much of an oscillation of each frequency comes through.
 *
 *	g = response_of_kernel(...);                            a convolution of the input: exact, from its weights
 *
 *	r = response_new(m, d, layer);                          any layer: measured
 *	while (response_step(r)) ...                            other work may be done between two steps
 *	v = response_get(r, &channels);
 *	response_free(r);
 *
 * Frequencies are in cycles per step of the input: RESPONSE_BINS of them from 0 to 0.5, the highest that steps can
 * show. */
#ifndef CORE_RESPONSE_H
#define CORE_RESPONSE_H

#include "core/data/dataset.h"
#include "core/model/model.h"

enum { RESPONSE_BINS = 33, RESPONSE_CHANNELS_MAX = 4 }; /* with more channels than that all oscillate together */

/* The frequency of a bin. */
static inline double response_frequency(int bin)
{
	return 0.5 * bin / (RESPONSE_BINS - 1);
}

/* Sets gain (RESPONSE_BINS) to abs(sum over k of w[k] exp(-2 pi i f k dilation)): the factor by which a convolution
 * with these taps, before its activation function, multiplies an oscillation of frequency f. It is the absolute value
 * of the discrete Fourier transform of the taps. w has `taps` numbers. */
void response_of_kernel(const real *w, int64_t taps, int64_t dilation, double *gain);

struct response;
/* Starts the measurement of an analysed layer with a time axis. d gives the mean b and the standard deviation A of each
 * channel over windows spread over the set; NULL: 0 and 1. Both must outlive it. Filters that are switched
 * off in a question do not matter. The caller frees it with response_free.
 *
 * The window is constant at b but for one channel, b + A sin(2 pi f t) and then b + A cos(2 pi f t). With a the
 * activation of a filter and a0 that of the constant window, the response at f is
 *
 *	1 / A * sqrt(mean over t of ((a_sin[t] - a0[t])^2 + (a_cos[t] - a0[t])^2))
 *
 * For a linear filter away from the ends this is abs(H(f)), as response_of_kernel gives it, at every t. */
struct response *response_new(const struct model *m, const struct dataset *d, int layer);
void response_free(struct response *r); /* NULL is fine */
bool response_step(struct response *r); /* one pass of the network; false: done */
/* Returns (F, *channels, RESPONSE_BINS) responses, when done; *channels is 1 if all channels oscillate together. */
const real *response_get(const struct response *r, int64_t *channels);

#endif
