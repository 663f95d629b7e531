/* A trained network as a person knows it: layers with names, over the graph that computes it.
 *
 * Layer i was built from what the file calls a layer (Keras) or from a run of operators that belong together (ONNX:
 * Conv + BatchNormalization + activation). It knows its pre-activation value `pre` (z) and its activated value `act`
 * (a; equal to pre without an activation function), which axes of act are filter and time, and which layers it reads.
 *
 * Building: model_new, then graph calls on m->graph mixed with model_layer, then model_finish, which labels axes,
 * counts parameters and receptive fields and makes the whole immutable. Readers only do this; everything else only
 * reads. */
#ifndef CORE_MODEL_H
#define CORE_MODEL_H

#include "core/graph/graph.h"
#include "core/model/recipe.h"

enum layer_kind {
	LAYER_INPUT,
	LAYER_ANALYSED,    /* has an activation of its own, which is analysed */
	LAYER_LAYOUT,      /* flatten, dropout, reshape, permute ...: only in the architecture */
	LAYER_UNSUPPORTED, /* an operator that tsviz cannot run: only in the architecture */
	LAYER_SHAPELESS,   /* behind such a one: its shape is not known */
};

struct layer {
	const char *name;       /* "conv1d_3", "/block1/conv1/Conv" */
	const char *type;       /* Keras class or ONNX operator: "Conv1D", "MaxPool" */
	const char *tensor;     /* the "tensor" key of the JSON: the activated value's name */
	const char *activation; /* "relu" ..., "" without */
	enum layer_kind kind;
	int pre, act;             /* values; for LAYER_INPUT both the input value, -1 for unsupported */
	int *in, n_in;            /* indices of the layers that it reads (LAYER_INPUT: none) */
	int first_node, end_node; /* nodes [first, end) belong to it */
	/* filled by model_finish */
	int axis_f, axis_t; /* axes of act's shape; -1: no such axis */
	int64_t filters;    /* F */
	int64_t times;      /* product of all other axes but batch; 1 without a time axis */
	bool has_time;      /* JSON shape [F,T] when true, else [F] */
	int64_t params, macs;
	int64_t receptive, stride_in; /* see core/model/receptive.h */
	char detail[96];              /* "64 k3 same relu": from the ops' describe */
};

struct history { /* of a model that tsviz trained; n = 0: none */
	int n;
	double *loss, *val_loss; /* val_loss[i] NaN: not measured */
	int best;                /* epoch kept, 0-based */
};

enum task { TASK_AUTO, TASK_REGRESSION, TASK_CLASSIFICATION };
enum head { HEAD_LINEAR, HEAD_SOFTMAX, HEAD_SIGMOID };

struct model {
	struct arena arena;
	struct graph *graph;
	const char *file;   /* name without folders, cleaned */
	const char *format; /* "Keras 1.2.2 HDF5", "ONNX 7 opset 13", "tsviz JSON" */
	const char *producer;
	struct layer *layer;
	int n_layer, layer_cap;
	int input;          /* the graph input that takes the window */
	const char *layout; /* one of layout_names: how a window (T,C) goes into it */
	int64_t T, C;       /* window length and channels */
	int output;         /* value: the output analysed (--head) */
	int logits;         /* value: input of the final Softmax, LogSoftmax or Sigmoid; else output */
	enum head head;
	bool logarithms;         /* the output holds logarithms of probabilities (LogSoftmax) */
	int64_t outputs;         /* elements of the output */
	const char **channel;    /* C names or NULL */
	const char **class_name; /* outputs names or NULL */
	int n_class_name;
	struct recipe *recipe; /* carried inside the file, or NULL */
	struct history history;
	int64_t params;
	int n_unsupported; /* > 0: architecture only; `unsupported` says why */
	const char *unsupported;
	const char *warning; /* what the reader wants said, or NULL */
};

struct model *model_new(const char *file, const char *format);
void model_free(struct model *m);
/* A cleaned copy that lives as long as the model. */
const char *model_text(struct model *m, const char *s);

/* The input layer (index 0): creates the graph input of `layout` for windows of T steps and C channels, batch axis n (1
 * but for training). Returns the value id or a negative code. */
int model_input(struct model *m, const char *name, const char *type, const char *layout, int64_t T, int64_t C,
                int64_t n, struct err *e);
/* Declare the layer made of all nodes appended since the last layer. Strings are cleaned and copied. in: layer indices.
 * Returns its index or a negative code. */
int model_layer(struct model *m, const char *name, const char *type, const char *activation, enum layer_kind kind,
                int pre, int act, int n_in, const int *in, struct err *e);
/* Close graph and model; `output` is the network's output value. Finds head and logits. */
int model_finish(struct model *m, int output, struct err *e);

/* Copy a window (T,C) time-major into the model's input layout, and back for gradients. count = T*C. */
void model_pack(const struct model *m, const real *tc, real *native);
void model_unpack(const struct model *m, const real *native, real *tc);

/* Fill axis_f, axis_t, filters, times and has_time from the axis labels of l->act. */
void layer_axes(const struct model *m, struct layer *l);
/* filter-major (F, times) copy of a value that has the shape of the layer's act (or pre) */
void layer_rows(const struct model *m, const struct layer *l, const real *native, real *ft);
void layer_unrows(const struct model *m, const struct layer *l, const real *ft, real *native);
/* Index of analysed layer by name, or -1. */
int model_find_layer(const struct model *m, const char *name);
/* The task that was asked for. If none was, it is a classification when the network ends in Softmax, LogSoftmax or
 * Sigmoid, when the recipe has a label column, or when the true value is a class index of a network with several
 * outputs (truth_is_class); else a regression. */
enum task model_task(const struct model *m, enum task asked, const struct recipe *r, bool truth_is_class);

/* What the outputs of a classifier mean. All that names a class or a probability asks here.
 *
 * K outputs are K classes. One output is that of class 1 of two: a probability behind a Sigmoid, else a logit. */
int64_t model_classes(const struct model *m);
/* The predicted class. output (outputs) of the network. The largest output, the first of several; one output: class 1
 * above 0.5 behind a Sigmoid, above 0 as a logit. */
int model_class(const struct model *m, const real *output);
/* The probability of class k: the output itself behind Softmax or Sigmoid, the softmax or the logistic function of
 * logits. */
double model_class_probability(const struct model *m, const real *output, int64_t k);
/* That of each class: p (model_classes(m)). */
void model_probabilities(const struct model *m, const real *output, double *p);

#endif
