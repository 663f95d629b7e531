/* Reads members of a zip archive in memory. Nothing is unpacked to disk. Names of members are only compared; folders
 * in them have no meaning.
 *
 * zip_prepare() loads libzip and must be called first. For models the child process that reads them calls it. */
#ifndef SRC_ZIP_READ_H
#define SRC_ZIP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

enum { ZIP_MEMBERS_MAX = 10000 };

struct zip_reader;

bool zip_probe(const unsigned char *data, size_t n);
/* Loads libzip. Returns 0, or ERR_UNSUPPORTED if that fails. */
int zip_prepare(struct err *e);
/* Reads and checks the archive's directory: no two members have the same name, and none is encrypted or packed by a
 * method other than deflate. `data` belongs to the caller and must outlive the reader. Returns NULL on error. */
struct zip_reader *zip_reader_open(const unsigned char *data, size_t n, struct err *e);
void zip_reader_close(struct zip_reader *z);
int zip_reader_count(const struct zip_reader *z);
/* as in the archive; clean it with text_clean() before it is shown */
const char *zip_reader_name(const struct zip_reader *z, int i);
int zip_reader_find(const struct zip_reader *z, const char *name); /* index, or -1 if there is none */
/* Reads a whole member and checks its checksum. most: how many bytes it may have. *data is malloc'd, has a NUL after
 * the last byte and belongs to the caller. */
int zip_reader_read(struct zip_reader *z, int i, size_t most, unsigned char **data, size_t *n, struct err *e);

/* Reads the first bytes of a member, at most `most`, without its checksum: enough for a header. Returns how many there
 * are; 0 if it cannot be read. */
size_t zip_reader_begin(struct zip_reader *z, int i, unsigned char *buf, size_t most);

#endif
