/* The serialised form of a model: what a reading child sends to its parent, and nothing else writes to disk. A byte stream of
 * little-endian records that mirror the builder's calls; the reader treats every byte as hostile and calls the same
 * builder, so that a model from a child passes the same checks as one from anywhere. */
#ifndef CORE_SERIAL_H
#define CORE_SERIAL_H

#include "core/model.h"

/* Growing buffer, freed by the caller (free(buf)). */
int serial_write(const struct model *m, unsigned char **buf, size_t *n, struct err *e);
/* NULL on error. */
struct model *serial_read(const unsigned char *buf, size_t n, struct err *e);

#endif
