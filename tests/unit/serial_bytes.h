/* The serialised form of a model in one piece. */
#ifndef TESTS_SERIAL_BYTES_H
#define TESTS_SERIAL_BYTES_H

#include <string.h>
#include "core/base/mem.h"
#include "core/model/serial.h"

struct serial_bytes {
	unsigned char *p;
	size_t n;
};

static inline void serial_collect(void *arg, const void *p, size_t n)
{
	struct serial_bytes *b = arg;
	b->p = xrealloc(b->p, b->n + n + 1, 1);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

/* As serial_send; the caller frees *buf. */
static inline int serial_bytes(const struct model *m, unsigned char **buf, size_t *n, struct err *e)
{
	struct serial_bytes b = { 0 };
	int bad = serial_send(m, serial_collect, &b, e);
	*buf = b.p;
	*n = b.n;
	return bad;
}

#endif
