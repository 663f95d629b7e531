/* The serialised form of a model: what a reading child sends to its parent, and nothing else writes to disk. A byte
 * stream of little-endian records that mirror the builder's calls; the reader treats every byte as hostile and calls
 * the same builder, so that a model from a child passes the same checks as one from anywhere. */
#ifndef CORE_SERIAL_H
#define CORE_SERIAL_H

#include "core/model/model.h"

/* Gives the bytes to `sink` piece by piece, large tensors without a copy of them. 0, or a negative code. */
typedef void (*serial_sink)(void *arg, const void *p, size_t n);
int serial_send(const struct model *m, serial_sink sink, void *arg, struct err *e);
/* NULL on error. buf as malloc returns it: what is aligned in the stream is then aligned in memory. */
struct model *serial_read(const unsigned char *buf, size_t n, struct err *e);

#endif
