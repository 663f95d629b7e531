/* All saliency maps of a network in one forward sweep.
 *
 * The map of a filter is the gradient of its activation, summed over time, by the input. One backward pass for each
 * filter gives it, but repeats nearly all of its work for the next filter. A point of a convolutional layer depends on
 * the input inside its receptive field only. So d activation / d input is carried forward as a band: for each filter f
 * and step t, the derivatives by the input steps that the point can depend on. On the paper's network this takes 2
 * million multiply-adds instead of 17 million.
 *
 * A value has a jump j, an offset o and a width W. Slot (c,w) of step t is the derivative by channel c of input step
 * t*j + o + w.
 *
 *	convolution  out[w + k*d*j](t) = sum_i,k weight[i,k] in_i[w](t*s + k*d - p)
 *	             j' = j*s, o' = o - p*j, W' = W + (K-1)*d*j
 *	pooling      the same, with 1 for the winner (or 1/count for all taps) instead of weights
 *	y = g(x)     out[w](t) = g'(x(t)) in[w](t)
 *	others       sums and concatenations unite the bands of their inputs
 *
 * Global pooling and flattening end the band. Behind them whole rows over the input are carried, through dense layers
 * and small operators of any kind. Operators without a local form, such as recurrent layers and softmax over time, are
 * left to backward passes: band_covers is false for the layers behind them. */
#ifndef CORE_BAND_H
#define CORE_BAND_H

#include "core/model/model.h"
#include "core/run/run.h"

struct band;

/* Plans what can be carried forward and what it costs; this depends on the model alone. layer (n_layer) is the list
 * that the indices below refer to: m->layer, or the list of an analysis by nodes. It is not copied and must outlive the
 * band. band_free releases the result and takes NULL. */
struct band *band_new(const struct model *m, const struct layer *layer, int n_layer);
void band_free(struct band *b);
/* Cuts time into chunks of so many steps of the input, instead of chunks that keep memory small (0); for tests. */
void band_chunk(struct band *b, int64_t steps);
/* Can the maps of this layer come from the band, whatever they cost? */
bool band_covers(const struct band *b, int layer);
/* Chooses, of the layers with want[layer], those whose maps cost less in one sweep than in a backward pass for each
 * filter. chosen[layer] is set for these and cleared for the others. Returns the multiply-adds of that sweep. */
int64_t band_choose(const struct band *b, const bool *want, bool *chosen);

/* Computes the maps of all filters of the layers with map[layer] != NULL, for the window in r. map[layer][f] (T,C) gets
 * the absolute values, not scaled. All of these layers must be covered. Forward has run on r; only slices of filter
 * axes may be switched off. */
void band_maps(const struct band *b, const struct run *r, real *const *const *map);

#endif
