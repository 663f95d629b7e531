/* What a person wants to know about a layer or about a whole model: its attributes, shapes, sizes and weights, as lines
 * of a name and a value. The pages of the browser and the verb info show the same lines. */
#ifndef CORE_DESCRIBE_H
#define CORE_DESCRIBE_H

#include <stdio.h>
#include "core/model/model.h"

enum line_kind {
	LINE_HEADING, /* name alone */
	LINE_PAIR,    /* a name and a value */
	LINE_TENSOR,  /* a tensor: `of` is its value id, the value its shape and figures */
	LINE_LAYER,   /* a layer: `of` is its index, the value its kind, shape and parameters */
	LINE_WARNING, /* a value that a person should know of; the name is "" */
};

struct describe_line {
	enum line_kind kind;
	int of; /* LINE_TENSOR, LINE_LAYER; else -1 */
	char *name, *value;
};

struct description {
	int n, cap;
	struct describe_line *v;
};

/* Fill d, which the caller releases in every case, with the lines about layer `layer` of m, an index into m->layer, or
 * about the whole model. */
void describe_layer(const struct model *m, int layer, struct description *d);
void describe_model(const struct model *m, struct description *d);
/* Only what describe_model says of weights and training: numbers that are not finite, warnings of the reader, metadata
 * of the file. */
void describe_file(const struct model *m, struct description *d);
/* Inserts a line of a name and a value before line `at`, behind all if at is d->n. */
void description_insert(struct description *d, int at, const char *name, const char *value);
void description_release(struct description *d);
/* Writes the lines as text, with the names of one group in a column. */
void description_print(const struct description *d, FILE *f);

/* Figures of a tensor's numbers. Those that are not finite count in `nan` or `infinite` and in nothing else; without
 * any finite number min, max, mean and sd are NaN. sd is the standard deviation of the whole, divided by n. bin[i]
 * counts the numbers in the i-th of TENSOR_BINS equal parts of min..max; of equal numbers all are in the middle one. */
enum { TENSOR_BINS = 32 };
struct tensor_figures {
	int64_t n, zeros, nan, infinite, huge, denormal; /* huge: beyond 1e30; denormal: below 1.2e-38, not 0 */
	double min, max, mean, sd;
	int64_t bin[TENSOR_BINS];
};
void tensor_figures(const real *v, int64_t n, struct tensor_figures *out);
/* The weights that the operators of a layer read, each once: value ids, malloc'd. *n is their number. */
int *layer_weights(const struct model *m, int layer, int *n);
/* Counts, over all weights of the model, the numbers that a person should know of: nan, infinite, huge, denormal. */
void model_odd_weights(const struct model *m, struct tensor_figures *out);
/* The weights that training does not change: running means and variances, and those of layers whose setting
 * "trainable" is false. */
int64_t model_fixed_params(const struct model *m);
/* The shape of a value with the names of its axes: "64 filters x 50 steps"; what is 1 and no filter is left out. */
const char *value_words(const struct model *m, int v, char *buf, size_t size);

#endif
