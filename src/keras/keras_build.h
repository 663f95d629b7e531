/* Shared by the files that build a network from a Keras configuration. Values of rank 3 are (N,C,T) here, where
 * Keras has (N,T,C). Values of rank 2 are (N,C). */
#ifndef SRC_KERAS_BUILD_H
#define SRC_KERAS_BUILD_H

#include "core/model/model.h"
#include "src/json/json_read.h"
#include "src/keras/keras.h"

/* An output of a layer: the layer's index in the list, and the number of the output. */
struct kend {
	int layer, tensor;
	const char *key; /* the output's own name, or NULL */
};

/* One layer of the configuration. */
struct klayer {
	const char *name, *cls;
	const cJSON *config;
	const char *place; /* .keras: path of its variables */
	struct kend *in;   /* the outputs that it reads */
	int n_in;
	bool input; /* it is an InputLayer */
	/* After it is built: its output values in the graph, and the layers of the model that they belong to. */
	int n_out, *value, *at;
};

/* A model of the configuration: the file's model, or a model that is a layer of another. The layers of an inner
 * model become layers of the whole. */
struct knet {
	struct keras_file *f;
	struct arena *arena;
	struct err *e;
	const char *prefix;             /* prefix of its layers' names: "" or such as "encoder/" */
	const char *place;              /* .keras: path of the model in the file; "" for the file's model */
	const struct keras_layer *pool; /* .h5: for an inner model, all of its weights */
	struct klayer *layer;
	int n, n_input, n_output, depth;
	struct kend *input, *output;
};

/* What a layer is built from, and what the builder returns beside the output value. */
struct kcall {
	struct model *m;
	struct graph *g;
	struct err *e;
	struct keras_file *f;
	int version; /* major version of Keras: 1, 2 or 3 */
	const char *name, *cls, *place;
	const cJSON *config;
	const struct keras_layer *weights; /* NULL: none */
	const int *x;
	int n_x;
	int bad; /* the first error found in the configuration; 0: none */
	int pre; /* value before the activation; -1: the same as the output */
	const char *activation;
	enum layer_kind kind;
};

struct kclass {
	const char *name;
	/* Builds the layer. Returns its output value or a negative error code. */
	int (*build)(struct kcall *c);
	enum layer_kind kind;
	int x_min, x_max;
};
extern const struct kclass keras_conv_classes[], keras_norm_classes[], keras_recurrent_classes[], keras_shape_classes[],
        keras_activation_classes[];
const struct kclass *keras_class(const char *name);
/* Returns whether the class is a model with layers of its own: Sequential, Functional or Model. */
bool keras_is_model(const char *cls);

/* src/keras/keras_list.c. keras_list() lists the layers of a model, what each reads, and the model's inputs and
 * outputs. keras_unsupported() returns an error that names all layers, at any depth, that tsviz cannot build. */
int keras_list(struct knet *k, const char *cls, const cJSON *config);
int keras_unsupported(const char *cls, const cJSON *config, struct err *e);

/* src/keras/keras_call.c: read the configuration. Keras 1 may have another key, key1. A wrong value sets c->bad to
 * the first error, and the fallback is returned. */
const cJSON *k_get(const struct kcall *c, const char *key, const char *key1);
int64_t k_int(struct kcall *c, const char *key, const char *key1, int64_t fallback, int64_t least, int64_t most);
void k_pair(struct kcall *c, const char *key, int64_t out[2]);
double k_float(struct kcall *c, const char *key, const char *key1, double fallback);
bool k_bool(struct kcall *c, const char *key, bool fallback);
const char *k_text(struct kcall *c, const char *key, const char *key1, const char *fallback);
int k_fail(struct kcall *c, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Graph calls. They return a value, or a negative error code. A negative input is an earlier error, which they
 * return. */
int k_rank(const struct kcall *c, int v);
int64_t k_dim(const struct kcall *c, int v, int axis);
int k_op(struct kcall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a);
int k_op1(struct kcall *c, const char *op, int x);
int k_op2(struct kcall *c, const char *op, int x, int y);
int k_transpose(struct kcall *c, int x); /* exchanges the last two of three axes */
int k_reshape(struct kcall *c, int x, int n, const int64_t *dims);
int k_ints(struct kcall *c, int n, const int64_t *v);
int k_scalar(struct kcall *c, double v);
/* Returns the variables of a part of the layer, or NULL. In .keras they belong to the attribute; in .h5 they are in
 * the layer's own list. */
const struct keras_layer *k_part(struct kcall *c, const char *attribute);
/* Returns weight i of the layer, which must have this rank (-1: any). NULL: c->bad has the error. */
const struct keras_weight *k_weight(struct kcall *c, int i, const char *what, int rank);
/* Adds a weight without changing its shape. */
int k_const(struct kcall *c, const char *what, const struct keras_weight *w);
int k_const_shape(struct kcall *c, const char *what, const struct shape *s, const float *data);
/* Adds a vector of n numbers. If the layer has no such weight (w NULL), all numbers are `fill`. */
int k_vector(struct kcall *c, const char *what, const struct keras_weight *w, int64_t n, float fill);

/* src/keras/keras_activation.c. k_activate() applies the layer's `activation` and sets c->pre and c->activation. */
int k_activate(struct kcall *c, int x);
int k_softmax(struct kcall *c, const char *op, int x, int64_t axis);

/* src/keras/keras_net.c: builds the model, which the caller frees. NULL on error. head: --head or NULL; window: 0 or
 * the length of windows. */
struct model *keras_build(const char *file, struct keras_file *k, const char *head, int64_t window, struct err *e);

#endif
