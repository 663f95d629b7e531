/* The spectral twin of a saliency map: how much each frequency of the window, rather than each step, adds to f.
 *
 * A map by gradient x input or by integrated gradients is the product of x - x' and a mean gradient g at each step. By
 * Parseval's theorem its sum over the steps is also a sum over frequencies:
 *
 *	R[k] = w[k] Re(conj(X[k]) G[k]) / T, k = 0 .. T/2, X and G the discrete Fourier transforms of x - x' and g,
 *	w[k] = 1 at k = 0 and at k = T/2 of an even T, else 2
 *
 * so the bands of a channel add up to the map's sum over that channel. Nothing is divided by the spectrum of the
 * window: a frequency that it does not have gets 0. Source: Parseval's theorem (Oppenheim, Schafer 2010, Discrete-time
 * signal processing, section 8.6); a map in another basis by the chain rule, as in Vielhaben, Lapuschkin, Montavon,
 * Samek 2023, Explainable AI for time series via virtual inspection layers, arXiv 2303.06365. */
#ifndef CORE_SPECTRUM_H
#define CORE_SPECTRUM_H

#include "core/probe/saliency.h"

/* Bands of a window of T steps: band k has k cycles per window, and so k / T cycles per step. */
static inline int64_t spectrum_bands(int64_t T)
{
	return T / 2 + 1;
}
/* R (spectrum_bands(T),C), in units of f, from x - x' and the mean gradient g, (T,C) each. Takes about T * T * C
 * operations. */
void spectrum_of(int64_t T, int64_t C, const double *dx, const double *g, double *R);
/* x - x' and the mean gradient, (T,C) each, of the map that job j has finished: its points are their products. Returns
 * false, and leaves both alone, if the method of the job is not one with a spectrum. */
bool spectrum_factors(const struct saliency_job *j, double *dx, double *g);

#endif
