/* Reads the bytes of a data file in order. The source is a regular file, standard input or memory. Files packed with
 * gzip are unpacked. */
#ifndef SRC_SOURCE_H
#define SRC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "src/read/read_model.h"

enum { SOURCE_HEAD = 1 << 20 };

struct source {
	const char *file;          /* file name without folders */
	const char *path;          /* as it was opened; NULL: memory, or standard input */
	const unsigned char *head; /* the first SOURCE_HEAD bytes, or all of them; for probes */
	size_t n_head;
	bool packed;  /* packed with gzip */
	bool alone;   /* --no-external-data: files beside it must not be read */
	int64_t size; /* size of the file in bytes; -1: unknown until the end */
	int64_t cap;  /* how many bytes may be read */
	/* private */
	unsigned char *owned;
	void *gz;
	size_t at; /* how much of the head has been read */
	int64_t total;
};

/* Opens a file; "-" is standard input. Names in o->bundled are read from memory. A regular file may have as many bytes
 * as read_memory_limit() says. Packed files and standard input may have half as many, because what is made of the bytes
 * needs the other half. On error nothing has to be closed. */
int source_open(struct source *s, const char *path, const struct read_options *o, struct err *e);
/* Opens n bytes in memory. They belong to the caller and must outlive the source. */
void source_memory(struct source *s, const char *file, const unsigned char *data, size_t n);
void source_close(struct source *s);
/* Reads the next n bytes, or fewer at the end. *got is how many were read. */
int source_read(struct source *s, void *p, size_t n, size_t *got, struct err *e);
/* Whether source_rewind() works: the source is a regular file that is not packed. */
bool source_rewinds(const struct source *s);
/* Begins again with the first byte. Returns an error if the file was read beyond the head and no longer begins with the
 * same bytes. */
int source_rewind(struct source *s, struct err *e);
/* All bytes of the file and a NUL after them, if the head holds them: *n is their number, and they belong to the
 * source. NULL: it does not, or the file cannot be read again. */
const unsigned char *source_all(const struct source *s, size_t *n);
/* Reads everything up to the end. *data is malloc'd, has a NUL after the last byte and belongs to the caller. */
int source_rest(struct source *s, unsigned char **data, size_t *n, struct err *e);

#endif
