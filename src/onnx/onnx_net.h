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

struct onnx_net {
	struct model *m; /* NULL: build only the graph (for ONNX's own test cases) */
	struct graph *g;
	const struct onnx_file *f;
	struct read_side *side;
	struct err *e;
	int64_t opset;
	int *layer_of; /* [value]: its layer */
	int layers_cap;
	struct arena arena;  /* owns the names that are made here */
	struct scope *names; /* the names of the layers so far, as a set */
	int values_done;     /* values below this one have a layer */
	int depth;           /* depth of nested If nodes */
};

/* ---- src/onnx/onnx_scope.c ---- */
int scope_new(struct scope *s, struct scope *up, const struct onnx_graph *g, struct err *e);
void scope_free(struct scope *s);
int scope_find(const struct scope *s, const char *name);
int scope_add(struct scope *s, const char *name);
/* Returns the symbol in this scope or a scope around it, or NULL. */
struct sym *scope_sym(const struct scope *s, const char *name);

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

/* ---- src/onnx/onnx_old.c: operators' older forms ---- */
struct ocall {
	struct onnx_net *net;
	const struct onnx_node *n;
	int64_t opset;
	const char *op; /* name of core's operator */
	int n_in, *in;  /* there is room for 8 inputs more than the node has */
	int n_attr;
	struct attr attr[48];
	int n_out;
	const char **out; /* names of the outputs; NULL: not wanted */
	int *id;          /* values of the outputs */
};
struct op_row {
	const char *op;
	int from, to; /* the opsets whose form this row reads */
	/* Turns the call into core's form. Returns 0, 1 if it has added all nodes itself, or an error. NULL: the
	 * form is core's. */
	int (*old)(struct ocall *c);
};
/* Returns the row for an operator of this opset, or NULL if it is not supported. */
const struct op_row *onnx_row(const char *op, int64_t opset);
/* Returns all rows, so that a test can go through them. */
const struct op_row *onnx_rows(int *n);
int ocall_emit(struct ocall *c);

/* ---- src/onnx/onnx_name.c ---- */
/* Return names for a layer and for a node: readable, and unique within the model. */
const char *onnx_layer_name(struct onnx_net *net, struct scope *s, const struct group *grp);
const char *onnx_node_name(struct onnx_net *net, const struct scope *s, int node);

/* ---- src/onnx/onnx_graph.c ---- */
/* Adds a whole graph. The symbols of its inputs must have been made. */
int onnx_emit_graph(struct onnx_net *net, struct scope *s);

#endif
