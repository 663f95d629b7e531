/* All saliency maps of a network in one forward sweep.
 *
 * The map of a filter is the gradient of its activation, summed over time, by the input. One backward pass per filter gives
 * it, but repeats nearly all of its work for the next filter. A point of a convolutional layer depends only on the input inside its
 * receptive field, so we carry d activation / d input forward as a *band*: for every filter f and step t only the reachable input
 * steps. On the paper's network that is 2 instead of 17 million multiply-adds.
 *
 * With jump j, offset o and width W of a value, slot (c,w) of step t is the derivative by channel c of input step t*j + o + w:
 *	Conv      out[w + k*d*j](t) = sum_i,k weight[i,k] in_i[w](t*s + k*d - p);  j' = j*s, o' = o - p*j, W' = W + (K-1)*d*j
 *	pooling   the same with the winner's 1 (or 1/count) instead of weights
 *	y = g(x)  out[w](t) = g'(x(t)) in[w](t); sums and concatenations unite their inputs' bands
 * Global pooling and flattening end the band: from there whole rows over the input are carried (`rows`), through Gemm and the like.
 * What has no local form (recurrent layers, softmax over time ...) is left to the backward way: band_covers says so. */
#ifndef CORE_BAND_H
#define CORE_BAND_H

#include "core/model.h"
#include "core/run.h"

struct band;

/* What can be carried forward, and what it costs; depends on the model alone. Heap. */
struct band *band_new(const struct model *m);
void band_free(struct band *b);
/* Can the maps of this layer come from the band, and at less cost than by one backward pass a filter? */
bool band_covers(const struct band *b, int layer);
/* Multiply-adds of a sweep up to this layer. */
int64_t band_cost(const struct band *b, int layer);

/* Maps of all filters of the layers with map[layer] != NULL (each (F,T,C), written: absolute values, raw) for the window in
 * `r` (forward has run). All of them must be covered. */
void band_maps(const struct band *b, const struct run *r, real *const *map);

#endif
