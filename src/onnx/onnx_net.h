/* Building a network from an ONNX file: names and scopes, operators of older forms, layers. */
#ifndef SRC_ONNX_NET_H
#define SRC_ONNX_NET_H

#include "core/model/model.h"
#include "src/onnx/onnx.h"
#include "src/read/read_model.h"

enum { SYM_NONE = -1 };

/* A tensor of the file by its name. */
struct sym {
	const char *name; /* raw */
	const struct onnx_tensor *init;
	int value;       /* in the graph; -1: not made yet */
	int node;        /* in the scope's graph, that makes it; -1 */
	int uses, user;  /* how many read it (a use in a nested graph counts 2), the last of them */
	int told;        /* how many of them ask for its shape alone */
	bool input, dep; /* depends on the window, but through shapes */
	bool lost;       /* comes from an operator that tsviz cannot run */
	bool made;       /* some node or initializer defines it */
	int layer;       /* for lost ones: the layer */
};

/* The names of one graph. Those of the graphs around it are seen too. */
struct scope {
	struct scope *up;
	const struct onnx_graph *g;
	int n, cap;
	struct sym *sym;
	int *slot; /* name hash -> sym + 1 */
	size_t slots;
	/* per node: the symbols it reads and makes, -1 for "" */
	int **in, **out;
	/* per node: its group, -1 none */
	int *group;
	struct group *groups;
	int n_group;
	char **path; /* of the groups' heads, sorted (src/onnx/onnx_name.c) */
	int n_path;
};

/* A layer to be: nodes in order that belong together. */
struct group {
	int n, node[24];
	int last;     /* the member that comes last in the file: all are emitted there */
	int head;     /* node that gives type and name; -1: none */
	int pre, act; /* symbols; pre -1: as act */
	const char *activation;
	const char *type; /* NULL: the head's operator */
};

struct onnx_net {
	struct model *m; /* NULL: only the graph (ONNX's own cases) */
	struct graph *g;
	const struct onnx_file *f;
	struct read_side *side;
	struct err *e;
	int64_t opset;
	int *layer_of; /* per value: layer */
	int layers_cap;
	struct arena arena;  /* of names made here */
	struct scope *names; /* layers' names so far, as a set */
	int values_done;     /* values that have a layer */
	int depth;           /* of inlined If */
};

/* ---- src/onnx/onnx_scope.c ---- */
int scope_new(struct scope *s, struct scope *up, const struct onnx_graph *g, struct err *e);
void scope_free(struct scope *s);
int scope_find(const struct scope *s, const char *name);
int scope_add(struct scope *s, const char *name);
/* The symbol in this scope or one around it, or NULL. */
struct sym *scope_sym(const struct scope *s, const char *name);

/* ---- src/onnx/onnx_group.c: which operators make a layer ---- */
void onnx_groups(struct scope *s);
/* Mark what depends on the window. Inputs' and outer symbols' flags are set before. */
void onnx_depends(struct scope *s);

/* ---- src/onnx/onnx_op.c ---- */
bool onnx_is_layout(const char *op);
/* Emit one node whose inputs are all made. */
int onnx_emit(struct onnx_net *net, struct scope *s, int node);
/* A symbol's value in the graph: makes initializers. -1 with a sentence where there is none. */
int onnx_value_of(struct onnx_net *net, struct sym *y, bool weight);
const struct onnx_attr *onnx_attr_of(const struct onnx_node *n, const char *name);

/* ---- src/onnx/onnx_old.c: operators' older forms ---- */
struct ocall {
	struct onnx_net *net;
	const struct onnx_node *n;
	int64_t opset;
	const char *op; /* core's operator */
	int n_in, *in;  /* room for 8 more than the node has */
	int n_attr;
	struct attr attr[48];
	int n_out;
	const char **out; /* names, NULL not wanted */
	int *id;          /* their values */
};
struct op_row {
	const char *op;
	int from, to;                /* opsets whose form this row reads */
	int (*old)(struct ocall *c); /* turns it into core's form; may emit all by itself: then 1 */
};
/* NULL: not supported at all. */
const struct op_row *onnx_row(const char *op, int64_t opset);
/* All rows, for --ops. */
const struct op_row *onnx_rows(int *n);
int ocall_emit(struct ocall *c);

/* ---- src/onnx/onnx_name.c ---- */
/* Names for layers: readable, unique within the model. */
const char *onnx_layer_name(struct onnx_net *net, struct scope *s, const struct group *grp);
const char *onnx_node_name(struct onnx_net *net, const struct scope *s, int node);

/* ---- src/onnx/onnx_graph.c ---- */
/* Emit a whole graph; its inputs' symbols are made. */
int onnx_emit_graph(struct onnx_net *net, struct scope *s);

#endif
