/* The network as an immutable graph of ONNX operators.
 *
 * Values are the edges (one producer each: an input, a constant or a node's output), nodes the operators. A graph is
 * built in topological order by graph_input / graph_const_* / graph_node, closed by graph_finish and never changed
 * again; what depends on a window lives in struct run (core/run/run.h), so any number of runs may share a graph, one
 * per thread.
 *
 * A node whose inputs are all constants is evaluated while building and its outputs become constants
 * (core/graph/fold.c), so the chains of Shape, Gather, Concat ... that exporters write vanish at load.
 *
 * Ownership: everything hangs on graph->arena. Names are cleaned by the text gate on entry, data is copied. */
#ifndef CORE_GRAPH_H
#define CORE_GRAPH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/real.h"

#define RANK_MAX 6
#define NAME_MAX_BYTES 4096          /* of names that readers put together */
#define NAME_BYTES_MAX 65535         /* of one name; more is refused */
#define NAMES_BYTES_MAX (64 << 20)   /* of all names of a graph together */
#define COUNT_MAX ((int64_t)1 << 28) /* elements of one tensor */
#define GRAPH_NODES_MAX 100000
#define WORK_MAX ((int64_t)1 << 38)        /* op.work of one node: minutes */
#define FOLD_WORK_MAX ((int64_t)1 << 30)   /* graph_work of all that is computed while loading */
#define GRAPH_BYTES_MAX ((int64_t)1 << 31) /* constants of one graph together; activations of one run together */

enum dtype { DT_REAL, DT_INT64 }; /* booleans are int64 0/1 */

struct shape {
	int rank;              /* 0..RANK_MAX; 0 is a scalar */
	int64_t dim[RANK_MAX]; /* >= 0 */
};

int64_t shape_count(const struct shape *s); /* product of dims; the graph guarantees <= COUNT_MAX */
bool shape_equal(const struct shape *a, const struct shape *b);
int shape_format(const struct shape *s, char *buf, size_t size); /* "(1,64,50)" */

enum attr_type { ATTR_INT, ATTR_FLOAT, ATTR_STRING, ATTR_INTS, ATTR_FLOATS };

/* Attributes as ONNX names them. Arrays and strings are copied by graph_node. */
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
	const char *name; /* tensor name: unique, cleaned, never NULL */
	struct shape shape;
	enum dtype dtype;
	int node; /* producing node, -1: input or constant */
	bool constant;
	bool weight;             /* constant that a file calls a weight: counted as parameter, trainable */
	bool depends;            /* depends on an input (so a gradient may exist) */
	const real *r;           /* constants: data of DT_REAL */
	const int64_t *i;        /* constants: data of DT_INT64 */
	char axis[RANK_MAX + 1]; /* labels: N batch, C filter, T time, 1 other; an operator's `axes` sets them */
};

struct node {
	const struct op *op;
	const char *name; /* the file's node name, cleaned; may be "" */
	int n_in, n_out, n_attr;
	const int *in;  /* value ids; -1: optional input left out */
	const int *out; /* value ids; -1: output not wanted */
	const struct attr *attr;
	void *param;       /* what the op's infer made of attributes and shapes */
	size_t save_bytes; /* per run: kept from forward to backward */
	size_t tmp_bytes;  /* per run: scratch, shared by all nodes */
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
	int64_t fold_bytes, fold_work; /* what may still be computed while loading */
	struct name_index *index;      /* names to values, while building */
};

/* Heap; graph_free takes NULL. */
struct graph *graph_new(void);
void graph_free(struct graph *g);

/* Each returns a value id >= 0, or a negative error code with a sentence in e. name NULL or "": one is made up; a name
 * that is taken already is an error (SSA). */
int graph_input(struct graph *g, const char *name, enum dtype t, const struct shape *s, struct err *e);
int graph_const_real(struct graph *g, const char *name, const struct shape *s, const real *data, bool weight,
                     struct err *e);
int graph_const_float(struct graph *g, const char *name, const struct shape *s, const float *data, bool weight,
                      struct err *e);
int graph_const_int(struct graph *g, const char *name, const struct shape *s, const int64_t *data, struct err *e);

/* Append an operator. `in` value ids (-1: absent), out_name[i] names output i (NULL: not wanted, or its name is made up
 * where the operator makes its first output in any case; out_name NULL: all names are). out (may be NULL) gets the
 * output's ids (-1 where not wanted). Shapes are inferred and checked here. Returns the id of the first output, or a
 * negative code. ERR_UNSUPPORTED: op unknown (names it). */
int graph_node(struct graph *g, const char *op, const char *name, int n_in, const int *in, int n_out,
               const char *const *out_name, int n_attr, const struct attr *attr, int *out, struct err *e);
/* The usual case: one output, attributes as list. */
int graph_op(struct graph *g, const char *op, const char *name, int n_in, const int *in, int n_attr,
             const struct attr *attr, struct err *e);

int graph_output(struct graph *g, int value, struct err *e);
/* Close the graph: checks totals, marks what depends on the input, labels axes from the inputs' labels. */
int graph_finish(struct graph *g, struct err *e);

int graph_find(const struct graph *g, const char *name); /* value id or -1 */
/* What its numbers take. */
static inline size_t value_bytes(const struct value *v)
{
	return (size_t)shape_count(&v->shape) * (v->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t));
}
/* Multiply-adds of the graph (forward). */
int64_t graph_macs(const struct graph *g);
/* All outputs are empty: there is nothing to compute, however long their other axes are. */
bool node_is_empty(const struct graph *g, const struct node *n);
/* What a forward pass of one node takes beside a look at each number. */
int64_t graph_work(const struct graph *g, const struct node *n);
void graph_print(const struct graph *g, FILE *f); /* --dump graph */

/* Attribute access for infer functions. */
const struct attr *attr_find(const struct node *n, const char *name);
int64_t attr_int(const struct node *n, const char *name, int64_t fallback);
double attr_float(const struct node *n, const char *name, double fallback);
const char *attr_string(const struct node *n, const char *name, const char *fallback);
/* Shorthands for readers. */
struct attr attr_i(const char *name, int64_t i);
struct attr attr_f(const char *name, double f);
struct attr attr_s(const char *name, const char *s);
struct attr attr_is(const char *name, int n, const int64_t *v);

#endif
