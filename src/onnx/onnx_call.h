/* A call of an operator in a file, which is turned into core's newest form before it becomes a node of the graph. */
#ifndef TSVIZ_ONNX_CALL_H
#define TSVIZ_ONNX_CALL_H

#include "src/onnx/onnx_net.h"

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

/* ---- src/onnx/onnx_call.c: what the translations share ----
 * Functions that return a value of the graph return its number, or an error below zero. */
/* Returns the attribute of this name, which belongs to the call, or NULL. */
struct attr *ocall_attr(struct ocall *c, const char *name);
/* Takes an attribute away, adds or replaces one, and returns one that is an integer, or `fallback`. */
void ocall_drop(struct ocall *c, const char *name);
void ocall_set(struct ocall *c, struct attr a);
int64_t ocall_int(struct ocall *c, const char *name, int64_t fallback);
/* Says whether input k is given, and what shape it has. */
bool ocall_there(const struct ocall *c, int k);
const struct shape *ocall_shape(const struct ocall *c, int k);
/* Sets the error's text and returns `code`. */
int ocall_fail(struct ocall *c, int code, const char *text);
/* Sets input k to a value; inputs before it that are missing become absent. An error as the value is returned. */
int ocall_put(struct ocall *c, int k, int value);
/* Returns a constant: a list of n integers. */
int ocall_ints(struct ocall *c, int n, const int64_t *v);
/* Turn an attribute, a list of integers or a number, into input k. Without the attribute nothing changes. */
int ocall_attr_to_input(struct ocall *c, const char *name, int k);
int ocall_real_to_input(struct ocall *c, const char *name, int k);
/* Adds an operator with one output before this call, and returns the output. An input that is an error is returned. */
int ocall_step(struct ocall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a);
/* Returns x with n other dimensions. */
int ocall_reshape(struct ocall *c, int x, int n, const int64_t *dims);

/* ---- src/onnx/onnx_old.c and onnx_recurrent.c: the translations ----
 * Each turns a call into core's form. Returns 0, 1 if it has added all nodes itself, or an error. */
int form_axes(struct ocall *c);
int form_split(struct ocall *c);
int form_slice(struct ocall *c);
int form_pad(struct ocall *c);
int form_clip(struct ocall *c);
int form_reshape(struct ocall *c);
int form_top_k(struct ocall *c);
int form_tile(struct ocall *c);
int form_concat(struct ocall *c);
int form_cast(struct ocall *c);
int form_broadcast(struct ocall *c);
int form_prelu(struct ocall *c);
int form_softmax(struct ocall *c);
int form_norm(struct ocall *c);
int form_dropout(struct ocall *c);
int form_gemm(struct ocall *c);
int form_old_resize(struct ocall *c);
int form_resize(struct ocall *c);
int form_group_norm(struct ocall *c);
int form_old_lp_pool(struct ocall *c);
int form_lp_pool(struct ocall *c);
int form_constant_of_shape(struct ocall *c);
int form_add(struct ocall *c);
int form_mat_mul(struct ocall *c);
int form_reshape_part(struct ocall *c);
int form_recurrent(struct ocall *c);

/* ---- src/onnx/onnx_rows.c: which forms are read ---- */
struct op_row {
	const char *op;
	int from, to;                /* the opsets whose form this row reads */
	int (*old)(struct ocall *c); /* the translation, or NULL if the form is core's */
};
/* Returns the row for an operator of this opset, or NULL if it is not supported. */
const struct op_row *onnx_row(const char *op, int64_t opset);
/* Returns all rows, so that a test can go through them. */
const struct op_row *onnx_rows(int *n);
/* Adds the nodes of a call. Returns 0 or an error. */
int ocall_emit(struct ocall *c);

#endif
