/* Whether a gradient can reach one value from another, as far as the operators alone tell. */
#ifndef CORE_FLAT_H
#define CORE_FLAT_H

#include "core/graph/graph.h"

/* Returns NULL if on some way from value `from` to value `to` each operator has a derivative other than 0, or if there
 * is no way at all. Otherwise all gradients are 0, and the result is the first node at which a way ends: one that
 * rounds, compares or chooses an index, or makes an integer. */
const struct node *graph_flat(const struct graph *g, int from, int to);
/* Writes "the only way from the input leads through Round 'quantise', whose derivative is 0 wherever it exists"; ""
 * where graph_flat returns NULL. Returns buf. 256 bytes suffice; names are cut. */
const char *graph_flat_why(const struct graph *g, int from, int to, char *buf, size_t size);

#endif
