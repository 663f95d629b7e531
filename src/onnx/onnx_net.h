/* Shared by the files that build a network from an ONNX file: names and scopes, older forms of operators, layers. */
#ifndef SRC_ONNX_NET_H
#define SRC_ONNX_NET_H

#include "core/model/model.h"
#include "src/onnx/onnx.h"
#include "src/read/read_model.h"

enum { SYM_NONE = -1 };

/* A tensor of the file by its name. */
struct sym {
	const char *name; /* as in the file */
	const struct onnx_tensor *init;
	int value;       /* value in the graph; -1: not yet made */
	int node;        /* the node of the scope's graph that makes it; -1: none */
	int uses, user;  /* how many nodes read it (a use in a nested graph counts twice), and the last of them */
	int told;        /* how many of them read only its shape */
	bool input, dep; /* input: it is an input; dep: it depends on the values of the window, not only on its shape */
	bool lost;       /* it depends on an operator that tsviz cannot run */
	bool made;       /* a node or an initializer defines it */
	int layer;       /* the layer of a lost tensor */
};

/* The names of one graph. The names of the graphs around it are visible too (up). */
struct scope {
	struct scope *up;
	const struct onnx_graph *g;
	int n, cap;
	struct sym *sym;
	int *slot; /* hash table: index into sym + 1 */
	size_t slots;
	/* for each node the symbols that it reads and makes; -1 for "" */
	int **in, **out;
	/* for each node its group; -1: none */
	int *group;
	struct group *groups;
	int n_group;
	char **path; /* paths of the groups' heads, sorted (src/onnx/onnx_name.c) */
	int n_path;
};

/* A future layer: nodes, in order, that belong together. */
struct group {
	int n, node[24];
	int last;     /* the member that is last in the file; all members are added to the graph at its place */
	int head;     /* the node that gives type and name; -1: none */
	int pre, act; /* symbols before and after the activation; pre -1: the same as act */
	const char *activation;
	const char *type; /* name of the layer's type; NULL: the head's operator */
};

enum { LOOP_STATES = 8 };
/* What goes into the second round of a loop and what comes out of it, by state. */
struct loop_log {
	int n_state, before[LOOP_STATES], after[LOOP_STATES];
	int64_t rounds;
};

struct onnx_net {
	struct model *m; /* NULL: build only the graph (for ONNX's own test cases) */
	struct graph *g;
	const struct onnx_file *f;
	struct read_side *side;
	struct err *e;
	int64_t opset;
	int *layer_of; /* [value]: its layer */
	int layers_cap;
	struct arena arena;   /* owns the names that are made here */
	struct scope *names;  /* the names of the layers so far, as a set */
	int values_done;      /* values below this one have a layer */
	int depth;            /* depth of nested If, Loop and Scan nodes */
	bool trial;           /* the graph is built to find the layout only */
	struct loop_log *log; /* not NULL: a loop is written out here to find out whether it is a recurrent layer */
};

/* ---- src/onnx/onnx_scope.c ---- */
int scope_new(struct scope *s, struct scope *up, const struct onnx_graph *g, struct err *e);
void scope_free(struct scope *s);
int scope_find(const struct scope *s, const char *name);
int scope_add(struct scope *s, const char *name);
/* Returns the symbol in this scope or a scope around it, or NULL. */
struct sym *scope_sym(const struct scope *s, const char *name);

/* ---- src/onnx/onnx_input.c: what each input of the file is ---- */
enum input_use {
	INPUT_SERIES,  /* takes the window, or a part of its channels */
	INPUT_STATE,   /* zeros */
	INPUT_LENGTH,  /* the number of steps */
	INPUT_SETTING, /* --set says what it holds */
	INPUT_UNREAD,  /* nothing reads it */
};
struct planned_input {
	const struct onnx_value *v;
	enum input_use use;
	const struct input_setting *setting;
};
struct input_plan {
	int n;
	struct planned_input *in; /* inputs that are initializers are not among them */
	int n_series, *series;    /* which of them take the window, in the order of its channels */
	int64_t T;                /* steps of the window; 0: not known yet */
};
/* Finds out what each input is. The arrays belong to net->arena. */
int onnx_plan_inputs(struct onnx_net *net, struct scope *s, const struct read_options *o, struct input_plan *p);
/* Makes the values of all inputs but `which`; -1: of all that take no part of the window. */
int onnx_other_inputs(struct onnx_net *net, struct scope *s, const struct input_plan *p, int which);
/* Makes the inputs of the network: the window, and constants for the others. */
int onnx_make_inputs(struct onnx_net *net, struct scope *s, const struct read_options *o);

/* ---- src/onnx/onnx_axes.c: which axis is time ---- */
struct found_layout {
	const char *layout;
	char how[200];   /* "Conv 'c' reads axis 1 as its channels" */
	char doubt[512]; /* a warning, if another order fits nearly as well; else "" */
	int64_t C;       /* channels, if the file leaves them open and the weights tell; else -1 */
};
/* Returns false if no order of axes with one time axis fits the input. */
bool onnx_find_layout(const struct onnx_net *like, const struct input_plan *p, int which, struct found_layout *out);
/* Returns how many channels the first operator with weights reads, or -1. */
int64_t onnx_channels_read(const struct onnx_graph *g);
/* Writes the shape of an input or output in words, "1 x 4 x time". */
void onnx_shape_words(const struct onnx_value *v, char *buf, size_t size);

/* ---- src/onnx/onnx_group.c: which operators make a layer ---- */
void onnx_groups(struct scope *s);
/* Sets `dep` for all symbols of the scope. The flags of inputs and of outer symbols must be set before. */
void onnx_depends(struct scope *s);

/* ---- src/onnx/onnx_op.c ---- */
bool onnx_is_layout(const char *op);
/* Adds one node to the graph. All of its inputs must have been made. */
int onnx_emit(struct onnx_net *net, struct scope *s, int node);
/* Returns the value of a symbol in the graph; makes it if the symbol is an initializer. Returns -1 and sets the
 * error if there is none. */
int onnx_value_of(struct onnx_net *net, struct sym *y, bool weight);
const struct onnx_attr *onnx_attr_of(const struct onnx_node *n, const char *name);

/* ---- src/onnx/onnx_loop.c ---- */
/* Add the rounds of a Loop or a Scan. ERR_UNSUPPORTED: their number is not known while loading, or too large. */
int onnx_inline_loop(struct onnx_net *net, struct scope *s, int node);
int onnx_inline_scan(struct onnx_net *net, struct scope *s, int node);

/* ---- src/onnx/onnx_cell.c ---- */
/* Adds a Loop or a Scan that is an LSTM, a GRU or an RNN as one node. Returns 1 if it has, 0 if it is none. */
int onnx_loop_as_cell(struct onnx_net *net, struct scope *s, int node);

/* ---- src/onnx/onnx_name.c ---- */
/* Return names for a layer and for a node: readable, and unique within the model. onnx_unique_name cleans a name. */
const char *onnx_layer_name(struct onnx_net *net, struct scope *s, const struct group *grp);
const char *onnx_unique_name(struct onnx_net *net, const char *name);
const char *onnx_node_name(struct onnx_net *net, const struct scope *s, int node);

/* ---- src/onnx/onnx_meta.c ---- */
/* Adds what the file says of itself as facts of the model: versions, the graph's name, metadata. */
void onnx_facts(const struct onnx_file *f, struct model *m);

/* ---- src/onnx/onnx_graph.c ---- */
/* Assigns all values that were made since the last layer to this layer. */
void onnx_give_layer(struct onnx_net *net, int layer);
/* Adds a whole graph. The symbols of its inputs must have been made. */
int onnx_emit_graph(struct onnx_net *net, struct scope *s);

#endif
