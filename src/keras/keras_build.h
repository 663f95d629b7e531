/* Between the files that build a network from a Keras configuration. Rank-3 values are N,C,T inside, where Keras has
 * N,T,C; rank-2 values are N,C. */
#ifndef SRC_KERAS_BUILD_H
#define SRC_KERAS_BUILD_H

#include "core/model/model.h"
#include "src/json/json_read.h"
#include "src/keras/keras.h"

/* An output of a layer: its index in the list, and which of its outputs. */
struct kend {
	int layer, tensor;
	const char *key; /* where outputs have names of their own; NULL */
};

/* One layer of the configuration. */
struct klayer {
	const char *name, *cls;
	const cJSON *config;
	const char *place; /* .keras: where its variables lie */
	struct kend *in;   /* what it reads */
	int n_in;
	bool input; /* InputLayer */
	/* once built: its outputs, and the layers of the model that they belong to */
	int n_out, *value, *at;
};

/* A model of the configuration: the file's own, or one inside it, whose layers are laid out like all others. */
struct knet {
	struct keras_file *f;
	struct arena *arena;
	struct err *e;
	const char *prefix;             /* in front of its layers' names: "", "encoder/" */
	const char *place;              /* .keras: its own, "" for the file's */
	const struct keras_layer *pool; /* .h5: inside another model, all weights of that one */
	struct klayer *layer;
	int n, n_input, n_output, depth;
	struct kend *input, *output;
};

/* What a layer is built from, and what comes out. */
struct kcall {
	struct model *m;
	struct graph *g;
	struct err *e;
	struct keras_file *f;
	int version; /* 1, 2 or 3 */
	const char *name, *cls, *place;
	const cJSON *config;
	const struct keras_layer *weights; /* NULL: none */
	const int *x;
	int n_x;
	int bad; /* first error while reading the configuration */
	int pre; /* value before the activation, -1: as the output */
	const char *activation;
	enum layer_kind kind;
};

struct kclass {
	const char *name;
	/* the output value or a negative code */
	int (*build)(struct kcall *c);
	enum layer_kind kind;
	int x_min, x_max;
};
extern const struct kclass keras_conv_classes[], keras_norm_classes[], keras_recurrent_classes[], keras_shape_classes[],
        keras_activation_classes[];
const struct kclass *keras_class(const char *name);
/* Sequential, Functional or Model: layers of its own. */
bool keras_is_model(const char *cls);

/* keras_list.c: the layers of a model, what they read, its inputs and outputs. `unsupported` names every layer in it
 * that is not read, at any depth. */
int keras_list(struct knet *k, const char *cls, const cJSON *config);
int keras_unsupported(const char *cls, const cJSON *config, struct err *e);

/* keras_call.c: reading the configuration. A wrong value sets c->bad (once) and gives the fallback. */
const cJSON *k_get(const struct kcall *c, const char *key, const char *key1);
int64_t k_int(struct kcall *c, const char *key, const char *key1, int64_t fallback, int64_t least, int64_t most);
void k_pair(struct kcall *c, const char *key, int64_t out[2]);
double k_float(struct kcall *c, const char *key, const char *key1, double fallback);
bool k_bool(struct kcall *c, const char *key, bool fallback);
const char *k_text(struct kcall *c, const char *key, const char *key1, const char *fallback);
int k_fail(struct kcall *c, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Graph calls; a negative input is an error that went before and is passed on. */
int k_rank(const struct kcall *c, int v);
int64_t k_dim(const struct kcall *c, int v, int axis);
int k_op(struct kcall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a);
int k_op1(struct kcall *c, const char *op, int x);
int k_op2(struct kcall *c, const char *op, int x, int y);
int k_transpose(struct kcall *c, int x); /* the last two of three axes */
int k_reshape(struct kcall *c, int x, int n, const int64_t *dims);
int k_ints(struct kcall *c, int n, const int64_t *v);
int k_scalar(struct kcall *c, double v);
/* The variables of a part of the layer, in .keras those of its attribute; in .h5 they stand in the layer's own list.
 * NULL: none. */
const struct keras_layer *k_part(struct kcall *c, const char *attribute);
/* Weight i of the layer, which must have this rank. NULL: c->bad says why. */
const struct keras_weight *k_weight(struct kcall *c, int i, const char *what, int rank);
/* A weight as it is. */
int k_const(struct kcall *c, const char *what, const struct keras_weight *w);
int k_const_shape(struct kcall *c, const char *what, const struct shape *s, const float *data);
/* A vector of n numbers; fill gives what stands there when the layer has no such weight (w NULL). */
int k_vector(struct kcall *c, const char *what, const struct keras_weight *w, int64_t n, float fill);

/* keras_activation.c: the layer's own `activation`, with c->pre and c->activation set; or one by name. */
int k_activate(struct kcall *c, int x);
int k_softmax(struct kcall *c, const char *op, int x, int64_t axis);

/* keras_net.c */
struct model *keras_build(const char *file, struct keras_file *k, const char *head, int64_t window, struct err *e);

#endif
