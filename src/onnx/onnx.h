/* An ONNX file as plain structs. src/onnx/onnx_pb.c fills them with protobuf-c. src/onnx/onnx_graph.c and the files
 * beside it build the network from them; they know ONNX but not protobuf. One arena owns everything. Strings are as
 * in the file; they are cleaned (text_clean) when they enter the model. */
#ifndef SRC_ONNX_H
#define SRC_ONNX_H

#include "core/graph/graph.h"
#include "core/base/mem.h"

/* ONNX's TensorProto.DataType */
enum onnx_type {
	ONNX_FLOAT = 1,
	ONNX_UINT8,
	ONNX_INT8,
	ONNX_UINT16,
	ONNX_INT16,
	ONNX_INT32,
	ONNX_INT64,
	ONNX_STRING,
	ONNX_BOOL,
	ONNX_FLOAT16,
	ONNX_DOUBLE,
	ONNX_UINT32,
	ONNX_UINT64,
	ONNX_COMPLEX64,
	ONNX_COMPLEX128,
	ONNX_BFLOAT16,
};

struct onnx_entry {
	const char *key, *value;
};

struct onnx_tensor {
	const char *name;
	int n_dim, type;
	const int64_t *dim;
	/* the numbers are in at most one of these */
	const unsigned char *raw;
	size_t n_raw;
	const float *f;
	const int32_t *i32;
	const int64_t *i64;
	const double *d;
	const uint64_t *u64;
	size_t n_f, n_i32, n_i64, n_d, n_u64;
	bool has_raw, external;
	bool kept; /* raw: numbers of core, in onnx_file.bulk */
	int n_entry;
	const struct onnx_entry *entry; /* external data: the keys location, offset and length */
};

enum onnx_attr_type {
	ONNX_A_FLOAT = 1,
	ONNX_A_INT,
	ONNX_A_STRING,
	ONNX_A_TENSOR,
	ONNX_A_GRAPH,
	ONNX_A_FLOATS,
	ONNX_A_INTS,
	ONNX_A_STRINGS
};

struct onnx_attr {
	const char *name;
	const char *ref; /* in a function: the attribute of the call that it stands for; NULL: it has a value itself */
	int type;        /* an enum onnx_attr_type; 0: a type that is not supported */
	int64_t i;
	double f;
	const char *s;
	const struct onnx_tensor *t;
	const struct onnx_graph *g;
	int n;
	const int64_t *ints;
	const double *floats;
	const char *const *strings;
};

struct onnx_node {
	const char *name, *op, *domain, *overload;
	int64_t opset; /* of the operator, where a function has another one than the file; 0: that of the file */
	int n_in, n_out, n_attr;
	const char *const *in, *const *out;
	const struct onnx_attr *attr;
	bool part;           /* it stands for a part of an operator of the file (src/onnx/onnx_fused.c) */
	const char *refused; /* why it cannot be run, as far as that is known; else NULL */
};

/* An input or output. rank -1: unknown; dim -1: dynamic. */
struct onnx_value {
	const char *name;
	int type, rank;
	const int64_t *dim;
	const char *const *param; /* names of dynamic dimensions; "" for the others */
};

struct onnx_graph {
	const char *name;
	int n_node, n_init, n_in, n_out;
	const struct onnx_node *node;
	const struct onnx_tensor *init;
	const struct onnx_value *in, *out;
};

/* Nodes with a name of their own, which a node calls by domain, name and overload. */
struct onnx_function {
	const char *name, *domain, *overload;
	int64_t opset; /* 0: it names none */
	int n_node, n_in, n_out, n_attr;
	const char *const *in, *const *out;
	const struct onnx_node *node;
	const struct onnx_attr *attr; /* those with a default */
};

struct onnx_file {
	struct arena arena;
	void *message; /* memory of protobuf-c, to which all of this points */
	void *bulk;    /* malloc'd: the numbers of large tensors; a model may take it over. NULL: there are none */
	int64_t ir, opset, model_version;
	const char *producer, *producer_version, *domain, *doc;
	int n_opset;
	const struct onnx_entry *opset_of; /* "opset of DOMAIN" and its version, for every domain but ONNX's own */
	const struct onnx_graph *graph;    /* calls of functions are replaced by the functions' nodes */
	int n_function;
	const struct onnx_function *function;
	int n_meta;
	const struct onnx_entry *meta;
};

/* ---- src/onnx/onnx_wire.c: checks the bytes before they are unpacked ---- */

/* Returns whether the bytes may be an ONNX file. */
bool onnx_probe(const unsigned char *data, size_t n);
/* Checks the whole file without recursion: tags, lengths, wire types, depth and counts. */
int onnx_wire_check(const unsigned char *data, size_t n, struct err *e);
/* Checks a TensorProto that is a file by itself, as ONNX's test data are. */
int onnx_wire_check_tensor(const unsigned char *data, size_t n, struct err *e);
/* A field of a message: its tag begins at `start`, its content is from `at` to `end`. The content of a varint lies
 * before `at`, and `end` is `at`. */
struct onnx_wire_field {
	uint64_t number;
	size_t start, at, end;
};
/* Reads the field at *at of bytes that were checked, and moves *at behind it. Returns false at the end of the message.
 */
bool onnx_wire_next(const unsigned char *data, size_t *at, size_t end, struct onnx_wire_field *f);

/* ---- src/onnx/onnx_bulk.c: large tensors stay where they are ---- */

/* A model file whose large initializers have no numbers any more, if these are half of it. bulk: where the numbers of
 * initializer `index` are.
 */
struct onnx_light {
	const unsigned char *data; /* [n]; or the file itself */
	size_t n;
	int n_bulk;
	struct onnx_bulk {
		int index;
		const unsigned char *p;
		size_t n;
	} * bulk;
	unsigned char *owned;
};
/* data: a file that onnx_wire_check() found to be right. It must outlive l. The caller releases l. */
void onnx_lighten(const unsigned char *data, size_t n, struct onnx_light *l);
void onnx_light_release(struct onnx_light *l);

/* ---- src/onnx/onnx_pb.c ---- */

/* Unpacks a file. budget: how many bytes this may allocate. data: must outlive f, because large tensors point into it.
 * The caller releases f in every case. */
int onnx_parse(const unsigned char *data, size_t n, int64_t budget, struct onnx_file *f, struct err *e);
int onnx_parse_tensor(const unsigned char *data, size_t n, struct onnx_file *f, const struct onnx_tensor **t,
                      struct err *e);
void onnx_release(struct onnx_file *f);

/* ---- src/onnx/onnx_function.c ---- */

/* Replaces each call of a function in f->graph by the nodes of the function, and each operator that stands for several
 * by these. */
int onnx_inline(struct onnx_file *f, struct err *e);

/* ---- src/onnx/onnx_fused.c: operators that stand for several others ---- */
enum { ONNX_PARTS_MAX = 64 };
struct onnx_parts {
	int n, tensors;  /* tensors: how many new ones there are between the parts */
	int64_t bytes;   /* of their names */
	const char *why; /* NULL, or why the operator is not supported */
	struct onnx_node node[ONNX_PARTS_MAX];
};
bool onnx_is_fused(const struct onnx_node *n);
/* Writes such an operator as others, or as itself with `refused` set if this form of it is not supported. The names of
 * the tensors between them begin with `prefix`. All belongs to the arena. */
void onnx_lower(struct arena *a, const struct onnx_node *n, const char *prefix, struct onnx_parts *to);
/* Returns the name of such an operator k, from 0, and its domain. NULL: there are no more. */
const char *onnx_fused_op(int k, const char **domain);

/* ---- src/onnx/onnx_tensor.c ---- */

/* The numbers of a tensor in one of core's two types. They point into the file if it stores them in that form; else
 * they are malloc'd (own). kept: they are in a block that outlives every graph, so that no graph need copy them. */
struct onnx_data {
	enum dtype dtype;
	bool kept;
	struct shape shape;
	const real *r;
	const int64_t *i;
	void *own;
};
/* Reads the numbers of a tensor. side: the files with external data (src/read/read_model.h). */
struct read_side;
int onnx_tensor_read(const struct onnx_tensor *t, const struct read_side *side, struct onnx_data *d, struct err *e);
/* Requests the files with external data, before any number is read. */
int onnx_want_files(const struct onnx_file *f, struct read_side *side, struct err *e);
const char *onnx_location(const struct onnx_tensor *t);
void onnx_data_free(struct onnx_data *d);
/* Returns DT_REAL for floats, DT_INT64 for integers and booleans, -1 for other types. */
int onnx_dtype(int type);
/* Whether raw bytes of this type are core's floating-point numbers as they are. */
bool onnx_is_core(int type);
const char *onnx_type_name(int type);

/* ---- src/onnx/onnx_rows.c ---- */

/* Sets the first and the last opset whose form of the operator is read. Returns false if there is none. */
bool onnx_span(const char *op, int *from, int *to);
/* Returns operator k, from 0, of those that become others or disappear while a file is read, so that core has none of
 * that name. NULL: there are no more. */
const char *onnx_only_op(int k);

#endif
