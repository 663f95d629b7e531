/* The network as a graph of ONNX operators.
 *
 * Nodes are operators. Values are the tensors between them; each is an input of the graph, a constant, or an output of
 * one node. A caller builds the graph with graph_input, graph_const_* and graph_node, each node after the nodes that it
 * reads, and closes it with graph_finish. From then on nothing changes it. The numbers of one window lie in a struct
 * run (core/run/run.h), so several runs may share a graph, each in its own thread.
 *
 * A node whose inputs are all constants is computed at once, and its outputs become constants (core/graph/fold.h).
 *
 * The graph owns all that it points at. Names pass the text gate (core/base/text.h); names and data are copied.
 *
 * Functions that return int and take a struct err return a negative error code after setting e (core/base/err.h). */
#ifndef CORE_GRAPH_H
#define CORE_GRAPH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/real.h"

#define RANK_MAX 6
#define NAME_MAX_BYTES 4096          /* bytes of a name that a reader composes of several */
#define NAME_BYTES_MAX 65535         /* bytes of one name; a longer one is refused */
#define NAMES_BYTES_MAX (64 << 20)   /* bytes of all names of a graph together */
#define COUNT_MAX ((int64_t)1 << 28) /* elements of one tensor */
#define GRAPH_NODES_MAX 100000
#define WORK_MAX ((int64_t)1 << 38)        /* graph_work of one node; this much takes minutes */
#define FOLD_WORK_MAX ((int64_t)1 << 30)   /* graph_work of all nodes computed while loading */
#define GRAPH_BYTES_MAX ((int64_t)1 << 31) /* bytes of all constants of a graph, and of all values of a run */

enum dtype { DT_REAL, DT_INT64 }; /* a boolean is an int64 of 0 or 1 */

struct shape {
	int rank;              /* 0..RANK_MAX; 0 is a scalar */
	int64_t dim[RANK_MAX]; /* >= 0 */
};

/* The number of elements: at most COUNT_MAX for a value of a graph, INT64_MAX if the product overflows. */
int64_t shape_count(const struct shape *s);
bool shape_equal(const struct shape *a, const struct shape *b);
/* Writes a text such as "(1,64,50)" to buf. Returns its length, or at least `size` if it was cut to fit. */
int shape_format(const struct shape *s, char *buf, size_t size);

enum attr_type { ATTR_INT, ATTR_FLOAT, ATTR_STRING, ATTR_INTS, ATTR_FLOATS };

/* An attribute of a node, named as in ONNX. graph_node copies arrays and strings. */
struct attr {
	const char *name;
	enum attr_type type;
	int64_t i;
	double f;
	const char *s;
	const int64_t *ints;
	const double *floats;
	int n; /* length of ints or floats */
};

struct value {
	const char *name; /* the tensor's name: no two values have the same one, and it is never NULL */
	struct shape shape;
	enum dtype dtype;
	int node; /* the node that computes it; -1: an input or a constant */
	bool constant;
	bool weight;      /* a constant that the file calls a weight: it counts as parameters and can be trained */
	bool depends;     /* whether it depends on an input; only then it may have a gradient */
	const real *r;    /* the data of a DT_REAL constant, in row-major order */
	const int64_t *i; /* the data of a DT_INT64 constant */
	char axis[RANK_MAX + 1]; /* the meaning of each axis: N batch, C filter, T time, 1 other */
};

struct node {
	const struct op *op;
	const char *name; /* the node's name in the file; may be "" */
	int n_in, n_out, n_attr;
	const int *in;  /* value ids; -1: an optional input that is left out */
	const int *out; /* value ids; -1: an output that is not computed */
	const struct attr *attr;
	void *param;       /* the operator's own data, made by op.infer from attributes and shapes */
	size_t save_bytes; /* memory that a run keeps from the node's forward to its backward pass */
	size_t tmp_bytes;  /* scratch memory of one call; all nodes of a run share it */
	size_t tmp_lanes;  /* scratch of a call with TILE_LANES lanes, if that is more; see struct op, lanes */
};

struct graph {
	struct arena arena;
	struct value *value;
	struct node *node;
	int n_value, n_node;
	int *input, n_input;
	int *output, n_output;
	bool finished;
	int value_cap, node_cap;
	int64_t const_bytes, name_bytes;
	int64_t fold_bytes, fold_work; /* bytes and work that computing constants may still take */
	struct name_index *index;      /* finds values by their names */
};

/* An empty graph. The caller frees it with graph_free, which takes NULL, too. */
struct graph *graph_new(void);
void graph_free(struct graph *g);

/* Add an input or a constant. Each returns the id of the new value. A value without a name (NULL or "") gets a new one.
 * A name that another value has is an error. `data` has the elements of shape s in row-major order; it is copied. */
int graph_input(struct graph *g, const char *name, enum dtype t, const struct shape *s, struct err *e);
int graph_const_real(struct graph *g, const char *name, const struct shape *s, const real *data, bool weight,
                     struct err *e);
/* The same without a copy: the caller keeps `data` as long as the graph lives. */
int graph_const_kept(struct graph *g, const char *name, const struct shape *s, const real *data, bool weight,
                     struct err *e);
int graph_const_float(struct graph *g, const char *name, const struct shape *s, const float *data, bool weight,
                      struct err *e);
int graph_const_int(struct graph *g, const char *name, const struct shape *s, const int64_t *data, struct err *e);

/* Appends a node and infers the shapes of its outputs. Returns the id of its first output that is computed.
 *
 * in (n_in): value ids; -1 leaves an optional input out.
 * out_name (n_out): the names of the outputs. An output whose name is NULL or "" is not computed, with one exception:
 *     output 0 gets a new name instead, unless the operator has the flag OP_ANY_OUTPUT. If out_name itself is NULL,
 *     all outputs are computed and get new names.
 * out (n_out) or NULL: becomes the ids of the outputs, -1 for each that is not computed.
 *
 * ERR_UNSUPPORTED: tsviz does not have the operator. ERR_FORMAT: inputs, attributes or shapes do not fit it. */
int graph_node(struct graph *g, const char *op, const char *name, int n_in, const int *in, int n_out,
               const char *const *out_name, int n_attr, const struct attr *attr, int *out, struct err *e);
/* The same for a node with one output, which gets a new name. Returns the output's id. */
int graph_op(struct graph *g, const char *op, const char *name, int n_in, const int *in, int n_attr,
             const struct attr *attr, struct err *e);

/* Declares a value an output of the graph. Returns 0. */
int graph_output(struct graph *g, int value, struct err *e);
/* Closes the graph. Returns 0, or ERR_LIMIT if a run of it would take more than GRAPH_BYTES_MAX. */
int graph_finish(struct graph *g, struct err *e);

/* The id of the value with this name, which need not have passed the text gate; -1: there is none. */
int graph_find(const struct graph *g, const char *name);
/* The bytes of the value's elements. */
static inline size_t value_bytes(const struct value *v)
{
	return (size_t)shape_count(&v->shape) * (v->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t));
}
/* The multiply-adds of a forward pass; INT64_MAX if the sum overflows. */
int64_t graph_macs(const struct graph *g);
/* Returns whether no output of the node has an element, so that there is nothing to compute. */
bool node_is_empty(const struct graph *g, const struct node *n);
/* The steps of a forward pass of one node: op.work, or the multiply-adds if the operator has no op.work. */
int64_t graph_work(const struct graph *g, const struct node *n);
/* Writes values and nodes, one a line: the text of --dump graph. */
void graph_print(const struct graph *g, FILE *f);

/* Read an attribute of a node. They return `fallback`, or NULL, if the node has none with this name and type. */
const struct attr *attr_find(const struct node *n, const char *name);
int64_t attr_int(const struct node *n, const char *name, int64_t fallback);
double attr_float(const struct node *n, const char *name, double fallback);
const char *attr_string(const struct node *n, const char *name, const char *fallback);
/* Make an attribute. Names and arrays are not copied until graph_node. */
struct attr attr_i(const char *name, int64_t i);
struct attr attr_f(const char *name, double f);
struct attr attr_s(const char *name, const char *s);
struct attr attr_is(const char *name, int n, const int64_t *v);

#endif
