/* Shared by the files that build a network from a Keras configuration.
 *
 * A value of the graph has its axes in core's order: Keras' last axis, the channels, comes directly after the batch.
 * (N,T,C) of Keras is (N,C,T) here, and (N,H,W,C) is (N,C,H,W). Values of rank 0 to 2 have the same order in both. */
#ifndef SRC_KERAS_BUILD_H
#define SRC_KERAS_BUILD_H

#include <stdio.h>
#include "core/model/model.h"
#include "src/json/json_read.h"
#include "src/keras/keras.h"
#include "src/read/read_model.h"

/* An output of a layer: the layer's index in the list, and the number of the output. */
struct kend {
	int layer, tensor;
	const char *key; /* the output's own name, or NULL */
};

/* One call of a layer of the configuration. A layer that is used several times has an entry for each call, one behind
 * the other; all of them have its weights. */
struct klayer {
	const char *name, *cls, *module;
	const cJSON *config;
	const char *place; /* .keras: path of its variables */
	int nth;           /* which call it is, from 0 */
	const cJSON *call; /* the call's entry in inbound_nodes; NULL in a Sequential model */
	/* The outputs that it reads. First come n_pos tensors of the first argument or, in Keras 3, of the positional
	 * arguments, then those that are passed by keyword. arg: the entry of each in the configuration. */
	struct kend *in;
	const cJSON **arg;
	int n_in, n_pos;
	bool input; /* it is an InputLayer */
	/* After it is built: its output values in the graph, and the layers of the model that they belong to. mask:
	 * value (N,T) that is 1 at the steps that count and 0 at the others; -1: all steps count. */
	int n_out, *value, *at, mask;
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
	bool timed;    /* it is inside TimeDistributed: each of its layers is applied at every step of axis 1 */
	bool training; /* it is called with training=True */
	int nth;       /* which call of the inner model it is */
};

enum { KOUT_MAX = 8, ASKED_MAX = 64 };

/* The keys and arguments that a builder has read, so that none that matters is passed over in silence. */
struct asked {
	const char *key[ASKED_MAX];
	int n;
	unsigned at; /* bit i: the argument at position i */
};

/* What a layer is built from, and what the builder returns beside the output value. */
struct kcall {
	struct model *m;
	struct graph *g;
	struct err *e;
	struct keras_file *f;
	int version; /* major version of Keras: 1, 2 or 3 */
	const char *name, *cls, *place;
	const char *owner; /* the name without the number of the call; names of weights begin with it */
	int nth;
	const cJSON *config;
	const struct keras_layer *weights; /* NULL: none */
	const int *x;
	int n_x; /* inputs that are not passed by keyword */
	/* The call as struct klayer has it: x[i] is the tensor arg[i], i < n_all. used[i]: the builder has read the
	 * tensor that is passed by keyword. */
	const cJSON *call, *const *arg;
	int n_all;
	bool *used;
	const int *masks;    /* [n_all] the mask of each tensor of x; -1: none */
	int mask, mask_out;  /* of all inputs together and of the output; -1: none */
	struct asked *asked; /* also what is read inside the layer, such as of its cell */
	int bad;             /* the first error found in the configuration; 0: none */
	int pre;             /* value before the activation; -1: the same as the output */
	const char *activation;
	bool plain; /* k_activate() does nothing, because the caller does it later */
	enum layer_kind kind;
	int out[KOUT_MAX], n_out; /* outputs beside the one that is returned, such as states */
};

struct kclass {
	const char *name;
	/* Builds the layer. Returns its output value or a negative error code. */
	int (*build)(struct kcall *c);
	enum layer_kind kind;
	int x_min, x_max;
	unsigned flags; /* enum kclass_flags */
};
enum kclass_flags {
	K_ACTIVATES = 1,  /* the builder ends with k_activate() */
	K_KEEPS_MASK = 2, /* the output's steps are the input's, and so is its mask */
	K_MERGES = 4,     /* the masks of all inputs are joined; without it the mask is that of the first input */
};
extern const struct kclass keras_conv_classes[], keras_norm_classes[], keras_recurrent_classes[], keras_shape_classes[],
        keras_activation_classes[], keras_attention_classes[], keras_tcn_classes[];
const struct kclass *keras_class(const char *name);
/* Returns the row of a layer of the configuration: a class, or an operation such as x + y. NULL: there is none. */
const struct kclass *keras_class_of(const char *cls, const char *module, const cJSON *config);
/* Returns whether an entry with this class and module is an operation that Keras lists among the layers. */
bool keras_is_operation(const char *cls, const char *module);
/* src/keras/keras_op.c. Returns the row of an operation, or NULL. */
const struct kclass *keras_operation(const char *cls, const cJSON *config);
void keras_operations_print(FILE *f);
/* Returns whether the class is a model with layers of its own: Sequential, Functional or Model. */
bool keras_is_model(const char *cls);

/* src/keras/keras_list.c. keras_list() lists the layers of a model, what each reads, and the model's inputs and
 * outputs. keras_unsupported() returns an error that names all layers, at any depth, that tsviz cannot build. */
int keras_list(struct knet *k, const char *cls, const cJSON *config);
int keras_unsupported(const char *cls, const cJSON *config, struct err *e);

/* .keras: the path of a part of the object at `place`. */
const char *keras_place(struct keras_file *f, const char *place, const char *part);

void keras_snake(const char *cls, char *out, size_t size);

/* src/keras/keras_call.c: read the configuration. Keras 1 may have another key, key1. A wrong value sets c->bad to
 * the first error, and the fallback is returned. */
const cJSON *k_get(const struct kcall *c, const char *key, const char *key1);
int64_t k_int(struct kcall *c, const char *key, const char *key1, int64_t fallback, int64_t least, int64_t most);
/* Reads n whole numbers: a list of n, or one number that stands for all. */
void k_sizes(struct kcall *c, const char *key, const char *key1, int n, int64_t fallback, int64_t least, int64_t *out);
void k_pair(struct kcall *c, const char *key, int64_t out[2]);
double k_float(struct kcall *c, const char *key, const char *key1, double fallback);
bool k_bool(struct kcall *c, const char *key, bool fallback);
const char *k_text(struct kcall *c, const char *key, const char *key1, const char *fallback);
/* Returns whether Keras has the layer's channels directly behind the batch: (N,C,T). */
bool k_channels_first(struct kcall *c);
/* Notes that a key is read, or that it does not matter to this layer. */
void k_ask(const struct kcall *c, const char *key);
void k_ask_all(const struct kcall *c, const char *const *keys); /* NULL ends them */
/* k_unread() warns of keys of a layer's configuration that nothing has read and that may matter. k_unread_arguments()
 * refuses such arguments of the call; the configuration of an operation holds arguments, too. */
void k_unread(struct kcall *c, const cJSON *config);
void k_unread_arguments(struct kcall *c, bool operation);
/* Adds to the model's warning. */
void keras_warn(struct model *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int k_fail(struct kcall *c, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Graph calls. They return a value, or a negative error code. A negative input is an earlier error, which they
 * return. */
int k_rank(const struct kcall *c, int v);
int64_t k_dim(const struct kcall *c, int v, int axis);
int k_op(struct kcall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a);
int k_op1(struct kcall *c, const char *op, int x);
int k_op2(struct kcall *c, const char *op, int x, int y);
/* Return the value with its axes in Keras' order, and back in core's. */
int k_keras(struct kcall *c, int x);
int k_core(struct kcall *c, int x);
int k_perm(struct kcall *c, int x, const int64_t *perm);
/* Where axis `axis` of Keras' order is in a value of this rank. */
int k_axis(int rank, int64_t axis);
/* The shape in Keras' order. */
struct shape k_shape(const struct kcall *c, int x);
/* Reshapes a value in Keras' order to a shape in Keras' order; both values are in core's order. */
int k_keras_reshape(struct kcall *c, int x, int rank, const int64_t *dims);
/* Says what the axes of a value mean, which is in core's order. Returns the value. */
int k_label(struct kcall *c, int v, const char *labels);
/* ONNX's numbers of types. k_real() makes truth values and whole numbers real. */
enum k_type { K_REAL = 1, K_WHOLE = 7, K_TRUTH = 9 };
int k_cast(struct kcall *c, int x, enum k_type to);
int k_real(struct kcall *c, int x);
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

/* Returns an argument of the call: its entry in the configuration at this position or by its name, else the value of
 * that key in the layer's configuration, where Keras 3 keeps it. NULL: there is none, or it is null. */
enum { BY_NAME = 1 << 20 }; /* the position of an argument that is not looked for by position */
const cJSON *k_arg(struct kcall *c, int at, const char *name);
/* The arguments that the call passes by keyword, or NULL. */
const cJSON *k_keywords(const struct kcall *c);
/* Returns the value of an argument: the tensor that it names, or a constant. -1: v is NULL. */
int k_value(struct kcall *c, const cJSON *v);
/* Returns whether an entry of a call names a tensor. */
bool keras_is_tensor(const cJSON *v);
/* Reads numbers from the configuration: a number, true or false, nested lists, or a form of an array. Writes at most
 * `room` of them to out. Returns how many there are. */
int64_t keras_numbers(const cJSON *v, float *out, int64_t room, int depth);

/* src/keras/keras_time.c: TimeDistributed. Makes the axes batch and 1 of x (Keras' order) one, builds the layer and
 * divides them again. */
int k_timed(struct kcall *c, const struct kclass *cls);

/* src/keras/keras_activation.c. k_activate() applies the layer's `activation` and sets c->pre and c->activation. */
int k_activate(struct kcall *c, int x);
int k_softmax(struct kcall *c, const char *op, int x, int64_t axis);

/* src/keras/keras_facts.c: what the file says beside the network, as facts of the model and its layers. */
void keras_facts(struct model *m, const struct keras_file *f, const cJSON *root);
void keras_layer_facts(struct model *m, int layer, const cJSON *config);

/* src/keras/keras_norm.c: divides a value by its norm along n axes of the graph. */
int k_unit(struct kcall *c, int x, int n, const int64_t *axes);

/* src/keras/keras_recurrent.c: reverses the steps of a series. */
int k_flip(struct kcall *c, int x);

/* src/keras/keras_input.c: makes the graph's input and what the model's own inputs are in the graph. */
int keras_input(struct knet *k, struct model *m, const cJSON *root, const struct read_options *o);

/* src/keras/keras_net.c: builds the model, which the caller frees. NULL on error. */
struct model *keras_build(const char *file, struct keras_file *k, const struct read_options *o, struct err *e);
const struct keras_layer *keras_weights_of(const struct knet *k, const struct klayer *l, int *bad);

#endif
