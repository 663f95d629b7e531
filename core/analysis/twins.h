/* Two properties of a filter: its twins, which are the filters of its layer with a similar activation in the window,
 * and its kernel, which is its weights. */
#ifndef CORE_TWINS_H
#define CORE_TWINS_H

#include "core/analysis/analysis.h"

/* ---- twins ---- */
struct twin {
	int filter;
	double correlation; /* Pearson's, of the activations over time: -1..1 */
};
/* Fills out (most) with the filters of the layer that correlate most with `filter`: the best first, ties by index. A
 * filter that is constant in this window has no correlation and is left out. Returns the number of filters in out. It
 * is 0 for a layer without a time axis. */
int twins_find(struct analysis *a, int layer, int64_t filter, int most, struct twin *out);

/* Sets the least and the largest correlation between two different filters of the layer in this window. Returns false
 * if no two filters have one. The time is that of all pairs. */
bool twins_range(struct analysis *a, int layer, double *low, double *high);

/* ---- kernel ---- */
enum { KERNEL_BINS = 16 };
struct kernel_channel {
	double mean, norm, min, max; /* norm: square root of the sum of squares */
};
struct kernel {
	int64_t channels, taps;           /* taps: 1 for a dense layer, whose inputs are the channels */
	const real *w;                    /* (channels,taps) */
	double bias;                      /* NaN: none */
	double mean, std, norm, min, max; /* of all weights; std of the population */
	struct kernel_channel *channel;   /* (channels) */
	int *order;                       /* (channels) by norm, largest first */
	int64_t bin[KERNEL_BINS];         /* histogram of the weights from min to max; the last bin holds max */
	real *own;                        /* the copy that w points to, if it had to be copied */
};
/* Sets *k to the weights of one filter of a convolution, a transposed convolution or a dense layer. Returns false and
 * zeroes *k if the layer has no such weights (pooling, normalisation, recurrent layers). The caller releases k. The
 * model must outlive it. */
bool kernel_of(struct kernel *k, const struct model *m, int layer, int64_t filter);
void kernel_release(struct kernel *k);

#endif
