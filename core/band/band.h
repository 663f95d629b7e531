/* All saliency maps of a network in one forward sweep.
 *
 * The map of a filter is the gradient of its activation, summed over time, by the input. One backward pass per filter
 *gives it, but repeats nearly all of its work for the next filter. A point of a convolutional layer depends only on the
 *input inside its receptive field, so we carry d activation / d input forward as a *band*: for every filter f and step
 *t only the reachable input steps. On the paper's network that is 2 instead of 17 million multiply-adds.
 *
 * With jump j, offset o and width W of a value, slot (c,w) of step t is the derivative by channel c of input step t*j +
 *o + w: Conv      out[w + k*d*j](t) = sum_i,k weight[i,k] in_i[w](t*s + k*d - p);  j' = j*s, o' = o - p*j, W' = W +
 *(K-1)*d*j pooling   the same with the winner's 1 (or 1/count) instead of weights y = g(x)  out[w](t) = g'(x(t))
 *in[w](t); sums and concatenations unite their inputs' bands Global pooling and flattening end the band: from there
 *whole rows over the input are carried (`rows`), through Gemm and the like. What has no local form (recurrent layers,
 *softmax over time ...) is left to the backward way: band_covers says so. */
#ifndef CORE_BAND_H
#define CORE_BAND_H

#include "core/model/model.h"
#include "core/run/run.h"

struct band;

/* What can be carried forward, and what it costs; depends on the model alone. layer (n_layer): the list that indices
 * below mean, kept, not copied (m->layer, or that of an analysis by nodes). Heap. */
struct band *band_new(const struct model *m, const struct layer *layer, int n_layer);
void band_free(struct band *b);
/* Can the maps of this layer come from the band? */
bool band_covers(const struct band *b, int layer);
/* Of the layers with want[layer], those whose maps one sweep gives at less cost than a backward pass for each filter:
 * chosen[layer] is set for these and cleared for the others. Returns the counted multiply-adds of that sweep. */
int64_t band_choose(const struct band *b, const bool *want, bool *chosen);

/* Maps of all filters of the layers with map[layer] != NULL: map[layer][f] (T,C) is written with absolute values, raw,
 * for the window in `r` (forward has run; nothing but slices of filter axes is switched off). All of them must be
 * covered. */
void band_maps(const struct band *b, const struct run *r, real *const *const *map);

#endif
