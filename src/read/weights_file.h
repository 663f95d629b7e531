/* The file that holds the weights of a model whose own file holds only the architecture. */
#ifndef SRC_WEIGHTS_FILE_H
#define SRC_WEIGHTS_FILE_H

#include "core/base/err.h"

/* Finds the weights beside a model by their name: net.h5, net_weights.h5, net.weights.h5 and the like for net.json or
 * net_architecture.json. Returns the path, which the caller frees. If there is none, or several fit, it returns NULL
 * and sets *e to a sentence that names --weights. */
char *weights_beside(const char *model, struct err *e);

#endif
