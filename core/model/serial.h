/* A model as a stream of bytes. The child process that reads a file sends it to its parent in this form; it is never
 * written to disk. The stream consists of little-endian records, one for each call that builds the model. The reader
 * trusts no byte: it makes the same calls again, so that they check the model as they check one from a file. */
#ifndef CORE_SERIAL_H
#define CORE_SERIAL_H

#include "core/model/model.h"

/* Gives the bytes to `sink` in pieces; large tensors are not copied. m must be finished. Returns 0 or a negative code.
 */
typedef void (*serial_sink)(void *arg, const void *p, size_t n);
int serial_send(const struct model *m, serial_sink sink, void *arg, struct err *e);
/* Reads the n bytes at buf, which must be aligned as malloc aligns memory. The caller frees the model with model_free.
 * Returns NULL on error. */
struct model *serial_read(const unsigned char *buf, size_t n, struct err *e);
/* The same for bytes that are malloc'd, which become the model's in every case. Weights of a large stream stay where
 * they lie in it, instead of being copied. */
struct model *serial_take(unsigned char *buf, size_t n, struct err *e);

#endif
