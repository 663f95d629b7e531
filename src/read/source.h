/* The bytes of a data file, in their order: a regular file or standard input, unpacked on the way where it is gzip. */
#ifndef SRC_SOURCE_H
#define SRC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "src/read/read_model.h"

enum { SOURCE_HEAD = 1 << 20 };

struct source {
	const char *file;          /* name without folders, as it was given */
	const unsigned char *head; /* the first bytes, for probes: SOURCE_HEAD of them or all */
	size_t n_head;
	bool packed;  /* gzip */
	int64_t size; /* of all bytes; -1: not known before the end */
	int64_t cap;  /* most bytes that may be read; what is made of them should not be much more */
	/* private */
	unsigned char *owned;
	void *gz;
	size_t at; /* taken of the head */
	int64_t total;
};

/* "-" is standard input. A file may have as many bytes as reading may take; what is unpacked or comes from standard
 * input half of them, since what is made of it needs the other half. On error there is nothing to close. */
int source_open(struct source *s, const char *path, const struct read_options *o, struct err *e);
/* Bytes in memory, which stay the caller's. */
void source_memory(struct source *s, const char *file, const unsigned char *data, size_t n);
void source_close(struct source *s);
/* The next n bytes, or those up to the end: *got says how many. */
int source_read(struct source *s, void *p, size_t n, size_t *got, struct err *e);
/* All from here to the end, malloc'd, with a NUL behind it. */
int source_rest(struct source *s, unsigned char **data, size_t *n, struct err *e);

const char *zlib_library_version(void);

#endif
