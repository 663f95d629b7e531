/* Shared by the two files of operations. An operation's axes count in Keras' order, batch included. */
#ifndef SRC_KERAS_OP_H
#define SRC_KERAS_OP_H

#include "src/keras/keras_build.h"

enum { OPERANDS_MAX = 256 };

struct function {
	const char *name; /* TensorFlow's without its module, or the class of Keras 3 in snake case */
	int (*build)(struct kcall *c, const char *op);
	const char *op;
};
/* src/keras/keras_op_move.c: operations that move values. A row without a name ends the table. */
extern const struct function keras_moves[];

/* Sets the error that an argument is missing. */
int op_missing(struct kcall *c, const char *what);
/* Argument `at` as a value. op_first() makes the first one real. */
int op_operand(struct kcall *c, int at, const char *name);
int op_first(struct kcall *c);
/* Reads the argument `axis`. Returns how many axes it names, in Keras' order and from 0 on; 0: all. */
int op_axes(struct kcall *c, int at, const char *name, int rank, int64_t out[RANK_MAX]);
/* Reads an argument that names one axis. */
int64_t op_axis(struct kcall *c, int at, const char *name, int rank, int64_t fallback);
bool op_true(struct kcall *c, int at, const char *name);

#endif
