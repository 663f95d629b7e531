/* A Keras model file between its container (src/keras/keras_h5.c, the only file that knows HDF5, and
 * src/read/zip_read.c) and what builds the network from it
 * (src/keras/keras_net.c, src/keras/keras_layers.c ..., which know Keras but no container). */
#ifndef SRC_KERAS_H
#define SRC_KERAS_H

#include "core/graph/graph.h"
#include "core/base/mem.h"

struct keras_weight {
	const char *name;   /* "conv1d/kernel:0" */
	struct shape shape; /* rank 0 to 4, no dimension 0 */
	float *data;
};

struct keras_layer {
	const char *name;
	int n;
	struct keras_weight *w;
};

struct keras_file {
	struct arena arena;
	const char *path;      /* as the user wrote it, for what is said; NULL */
	const char *container; /* "HDF5", ".keras" */
	char *config;          /* JSON text */
	size_t config_size;
	char *version; /* "2.4.0", "" unknown */
	/* .h5: weights by layers' names */
	int n_layer;
	struct keras_layer *layer;
	/* .keras: weights by their places, read when they are asked for */
	bool tree;
	int64_t root, budget;
	size_t size;
	const char *inside, *joint; /* how places are written: "layers" or another word for it, and "/" or "\\"; NULL:
	                               not yet seen */
};

/* Load libhdf5; only the child that parses does so. */
int keras_h5_prepare(struct err *e);
/* "libhdf5 1.10 is ...": how it comes into the program. */
const char *keras_h5_library(void);
bool keras_h5_probe(const unsigned char *data, size_t n);
/* Read the image of a file. k is released by the caller in any case. */
int keras_h5_read(const char *path, const unsigned char *data, size_t n, struct keras_file *k, struct err *e);
/* Open the image of a .keras archive's model.weights.h5, which must stay until keras_file_release. */
int keras_h5_open(const unsigned char *data, size_t n, struct keras_file *k, struct err *e);
bool keras_h5_has(const struct keras_file *k, const char *place);
/* The variables PLACE/vars/0, 1 ...; *l is NULL when there is no such place. */
int keras_h5_vars(struct keras_file *k, const char *place, const struct keras_layer **l, struct err *e);
void keras_file_release(struct keras_file *k);

#endif
