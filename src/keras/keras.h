/* A Keras model file as plain structs. src/keras/keras_h5.c (the only file that uses HDF5) and src/read/zip_read.c
 * fill them from the container. src/keras/keras_net.c and the files it calls build the network from them; they know
 * Keras but no container. */
#ifndef SRC_KERAS_H
#define SRC_KERAS_H

#include <stdio.h>
#include "core/graph/graph.h"
#include "core/base/mem.h"

struct keras_weight {
	const char *name;   /* such as "conv1d/kernel:0" */
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
	const char *path;      /* as the user wrote it, for messages; may be NULL */
	const char *container; /* "HDF5" or ".keras" */
	char *config;          /* JSON text */
	size_t config_size;
	char *version; /* version of Keras, such as "2.4.0"; "": unknown */
	/* what the file says of itself; NULL: nothing */
	const char *backend, *saved; /* "theano"; when it was saved */
	const char *training;        /* .h5: JSON text of optimizer, loss and metrics */
	bool theano;                 /* the weights are Theano's, whose convolution reverses its kernels */
	/* .h5: the weights of each layer, by the layer's name */
	int n_layer;
	struct keras_layer *layer;
	/* .keras: the weights are found by their path in the file and read when a layer asks for them */
	bool tree;
	int64_t root, budget;
	size_t size;
	/* How this file writes such a path: "layers" or another group name, and "/" or "\\" as separator. NULL: not
	 * yet known. */
	const char *inside, *joint;
};

/* Loads libhdf5. Only the child process that parses does this. Returns 0, or ERR_UNSUPPORTED if that fails. */
int keras_h5_prepare(struct err *e);
/* Version of libhdf5 and how it comes into the program, for --version. */
const char *keras_h5_library(void);
bool keras_h5_probe(const unsigned char *data, size_t n);
/* Reads an .h5 file of n bytes in memory into *k. The caller releases k in every case. */
int keras_h5_read(const char *path, const unsigned char *data, size_t n, struct keras_file *k, struct err *e);
/* Reads the weights of a model whose architecture is in another file: what model.save_weights() wrote, in the form of
 * Keras 2 or 3, or a whole model. k->config and k->path are the caller's. The n bytes must stay until
 * keras_file_release(). */
int keras_h5_weights(const unsigned char *data, size_t n, struct keras_file *k, struct err *e);
/* Opens the model.weights.h5 of a .keras archive. The n bytes must stay until keras_file_release(). */
int keras_h5_open(const unsigned char *data, size_t n, struct keras_file *k, struct err *e);
/* Returns whether the file has a group or data set at this path. */
bool keras_h5_has(const struct keras_file *k, const char *place);
/* Reads the variables PLACE/vars/0, PLACE/vars/1 and so on. *l belongs to k; it is NULL if the path does not exist. */
int keras_h5_vars(struct keras_file *k, const char *place, const struct keras_layer **l, struct err *e);
void keras_file_release(struct keras_file *k);
/* Writes the layers and operations of Keras that are read, for --formats. */
void keras_layers_print(FILE *f);

#endif
