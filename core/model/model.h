/* A trained network: named layers, and the graph that computes them.
 *
 * A layer is what a Keras file calls a layer, or a group of ONNX operators that belong together, such as Conv,
 * BatchNormalization and an activation function. It has two values of the graph: `pre`, before the activation function
 * (z in formulas), and `act`, behind it (a). Without an activation function both are the same value.
 *
 * Readers build a model: they call model_new and model_input, then add nodes to m->graph and call model_layer after the
 * nodes of each layer, and close it with model_finish. From then on nothing changes it.
 *
 * The model owns its graph and all that it points at. Functions that return int and take a struct err return a negative
 * code after setting e. */
#ifndef CORE_MODEL_H
#define CORE_MODEL_H

#include "core/graph/graph.h"
#include "core/model/recipe.h"

/* A setting that the file gives: text for a person to read, such as "dropout" "0.5". The numbers of the network do not
 * depend on it. A value that is too long is cut, and a fact that is too many is counted, not kept. */
struct model_fact {
	const char *name, *value;
};
struct model_facts {
	int n, cap, left_out; /* left_out: how many more the file had */
	struct model_fact *v;
};
enum { FACT_COUNT_MAX = 64, FACT_NAME_MAX = 80, FACT_VALUE_MAX = 400, FACT_BYTES_MAX = 8 << 20 };

enum layer_kind {
	LAYER_INPUT,
	LAYER_ANALYSED,    /* has an activation of its own, which is analysed */
	LAYER_LAYOUT,      /* only moves values (flatten, dropout, reshape, permute): only in the architecture */
	LAYER_UNSUPPORTED, /* an operator that tsviz cannot run: only in the architecture */
	LAYER_SHAPELESS,   /* behind such an operator: its shape is not known */
};

struct layer {
	const char *name;       /* "conv1d_3", "/block1/conv1/Conv" */
	const char *type;       /* a Keras class or an ONNX operator: "Conv1D", "MaxPool" */
	const char *tensor;     /* the name of value `act`, the key "tensor" in JSON */
	const char *activation; /* "relu" and so on; "": none */
	enum layer_kind kind;
	int pre, act;  /* value ids; of LAYER_INPUT both are the input; -1: LAYER_UNSUPPORTED, LAYER_SHAPELESS */
	int *in, n_in; /* the indices of the layers that it reads */
	int first_node, end_node; /* its nodes are first_node <= i < end_node */
	/* set by model_finish */
	int axis_f, axis_t; /* the axes of act's shape that are filter and time; -1: there is none */
	int64_t filters;    /* F: the product of the filter axes; without a time axis, all elements of a window */
	int64_t times;      /* the product of all other axes but batch; 1 without a time axis */
	bool has_time;      /* its shape in JSON is [F,T] if true, else [F] */
	int64_t params, macs;
	int64_t receptive, stride_in; /* see core/model/receptive.h */
	char detail[96];              /* what op.describe says of its nodes: "64 k3 same" */
	struct model_facts facts;     /* its settings, as the file names them */
};

/* How the training of a model by tsviz went. */
struct history {
	int n;                   /* epochs; 0: there is no history */
	double *loss, *val_loss; /* (n) val_loss[i] is NaN if it was not measured */
	int best;                /* the epoch whose weights were kept, from 0 */
};

/* What a network does with a window: see core/model/task.h. */
enum task {
	TASK_AUTO,
	TASK_REGRESSION,
	TASK_CLASSIFICATION,
	TASK_FORECAST,
	TASK_RECONSTRUCTION,
	TASK_SEGMENTATION,
	TASK_SEQUENCE
};
enum head { HEAD_LINEAR, HEAD_SOFTMAX, HEAD_SIGMOID };

struct model_port;

struct model {
	struct arena arena;
	void *stream; /* malloc'd: the bytes in which weights of the graph lie, or NULL */
	struct graph *graph;
	const char *file;   /* the file's name without folders */
	const char *format; /* "Keras 1.2.2 HDF5", "ONNX 7 opset 13", "tsviz JSON" */
	const char *producer;
	struct layer *layer;
	int n_layer, layer_cap;
	int input;          /* the graph input that takes the window */
	const char *layout; /* one of layout_names: the order of the input's axes */
	int64_t T, C;       /* steps and channels of a window */
	int output;         /* the value that is analysed as the output (--head) */
	bool fixed_batch;   /* the file takes one window at a time, no more */
	int logits;         /* the value that a final Softmax, LogSoftmax or Sigmoid reads; without one, the output */
	enum head head;
	bool logarithms; /* the output holds logarithms of probabilities (LogSoftmax) */
	int64_t outputs; /* the elements of the output */
	/* The time axis of the output. out_steps > 0: there is one, and outputs is out_steps * out_channels.
	 * out_steps_first: the model's own framework has the steps as the outer axis, as Keras does with (T,C); else
	 * the channels are outer. out_steps_outer says the same of the graph. model_output_index joins the two. A
	 * reader sets all four before model_finish; otherwise model_finish takes them from the axis labels. */
	int64_t out_steps, out_channels;
	bool out_steps_first, out_steps_outer;
	bool out_flat;           /* the file's output has no time axis; the task gave it one */
	enum task task;          /* set by model_set_task; TASK_AUTO: nobody asked yet */
	const char **channel;    /* (C) the names of the channels, or NULL */
	const char **class_name; /* (n_class_name) the names of the classes, or NULL */
	int n_class_name;
	struct recipe *recipe; /* the recipe that the file holds, or NULL */
	struct history history;
	int64_t params;    /* the elements of all weights */
	int n_unsupported; /* if > 0, only the architecture can be shown; `unsupported` says why */
	const char *unsupported;
	const char *warning;    /* warnings of the reader for the user, joined by "; ", or NULL */
	const char *layout_how; /* how the reader knew the layout: the rest of a sentence "NCT, ..."; NULL: it always is
	                           so */
	struct model_port *port; /* (n_port) the inputs and outputs of a file that has several */
	int n_port;
	struct model_facts facts; /* what the file says of itself: versions, metadata, settings of the training */
	size_t fact_bytes;        /* of all facts of model and layers */
};

/* An input or an output of the file. */
struct model_port {
	bool output;
	const char *name, *shape; /* "h0", "1 x 1 x 4" */
	const char *use;          /* what becomes of it: "zeros; --set h0=... sets it" */
};

/* An empty model. The caller frees it with model_free, which takes NULL, too. */
struct model *model_new(const char *file, const char *format);
void model_free(struct model *m);
/* Adds a warning for the user. */
void model_warn(struct model *m, const char *text);
/* Adds a row to m->port. Strings pass the text gate and are copied. */
void model_add_port(struct model *m, bool output, const char *name, const char *shape, const char *use);
/* Adds a fact about the layer with this index, or about the model (-1). Both texts pass the text gate and are copied.
 * An empty value adds nothing. */
void model_add_fact(struct model *m, int layer, const char *name, const char *value);
/* A copy of s (NULL: "") that has passed the text gate and lives as long as the model. */
const char *model_text(struct model *m, const char *s);

/* Makes the input of the graph and its layer, which has index 0. The input takes n windows of T steps and C channels,
 * in the order of axes `layout`. n is 1 except for training. Returns the input's value id. */
int model_input(struct model *m, const char *name, const char *type, const char *layout, int64_t T, int64_t C,
                int64_t n, struct err *e);
/* Makes a layer of all nodes that were added since the last layer. `in` holds the indices of the n_in layers that it
 * reads. Strings pass the text gate and are copied. Returns the layer's index. */
int model_layer(struct model *m, const char *name, const char *type, const char *activation, enum layer_kind kind,
                int pre, int act, int n_in, const int *in, struct err *e);
/* Closes graph and model: finds logits and head, labels the axes of layers, counts parameters, and works out receptive
 * fields. `output` is the value id of the network's output. Returns 0. */
int model_finish(struct model *m, int output, struct err *e);

/* Sets the time axis of the output from the axis labels of value `v`, whose elements lie in the graph as in the file.
 * Without a label T nothing is set. */
void model_label_output(struct model *m, int v);
/* The index of step t and channel c among the m->outputs elements of the output, in the order of the graph. The output
 * has a time axis. */
int64_t model_output_index(const struct model *m, int64_t t, int64_t c);
/* The index, in the order of the graph, of element k of the output in the order of the model's own framework. Without a
 * time axis both are the same. */
int64_t model_output_at(const struct model *m, int64_t k);

/* Copy the m->outputs elements of an output from the order of the graph to that of the model's own framework, and
 * back. */
void model_outputs_unpack(const struct model *m, const real *graph, real *own);
void model_outputs_pack(const struct model *m, const real *own, real *graph);

/* Copy a window or its gradient between the order (T,C), with all channels of a step together, and the order of axes of
 * the input. Both arrays have T * C elements. */
void model_pack(const struct model *m, const real *tc, real *native);
void model_unpack(const struct model *m, const real *native, real *tc);

/* Sets axis_f, axis_t, filters, times and has_time from the axis labels of l->act. */
void layer_axes(const struct model *m, struct layer *l);
/* Copy a value that has the shape of the layer's act from the order of its axes to (filters, times), a row for each
 * filter, and back. Both arrays have filters * times elements. */
void layer_rows(const struct model *m, const struct layer *l, const real *native, real *ft);
void layer_unrows(const struct model *m, const struct layer *l, const real *ft, real *native);
/* Returns true if the value's elements are rows already, so that layer_rows would copy them in the same order. */
bool layer_is_rows(const struct model *m, const struct layer *l);
/* The index of the layer whose filters this layer only thins; -1: it does anything else. Such a layer is a max-pooling
 * over time whose windows do not overlap. It alone reads the other layer, and both have the same filters. So each of
 * its values is one of the other layer's, and the gradient of each of its values goes to that value alone. */
int layer_thins(const struct model *m, int layer);
/* The distance of the taps along time of the layer's first operator with a sliding window; 1 without one. */
int64_t layer_dilation(const struct model *m, int layer);
/* The index of the LAYER_ANALYSED with this name; -1: there is none. */
int model_find_layer(const struct model *m, const char *name);
/* What the outputs of a classifier mean. All code that names a class or a probability asks these functions. `output`
 * holds the m->outputs outputs of the network.
 *
 * model_classes is the number of classes. K > 1 outputs belong to K classes. A single output belongs to class 1 of two;
 * it is a probability if the network ends in Sigmoid, else a logit. */
int64_t model_classes(const struct model *m);
/* The predicted class: that of the largest output, of the first one if several are equally large. With a single output
 * it is class 1 if a probability is above 0.5 or a logit above 0. */
int model_class(const struct model *m, const real *output);
/* The probability of class k: the output itself if the network ends in Softmax or Sigmoid, exp(output) for LogSoftmax,
 * else the softmax function of all logits or the logistic function of a single one. */
double model_class_probability(const struct model *m, const real *output, int64_t k);
/* Sets p (model_classes(m)) to the probabilities of all classes. */
void model_probabilities(const struct model *m, const real *output, double *p);

#endif
