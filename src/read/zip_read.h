/* Members of a zip archive in memory. libzip stays out of the program: it is loaded by whoever calls zip_prepare, which
 * for models is the child that reads them. Nothing is unpacked to disk, and names are only compared: what they say of
 * folders has no meaning. */
#ifndef SRC_ZIP_READ_H
#define SRC_ZIP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

enum { ZIP_MEMBERS_MAX = 10000 };

struct zip_reader;

bool zip_probe(const unsigned char *data, size_t n);
/* Load libzip. */
int zip_prepare(struct err *e);
/* The archive's directory, checked: no two members of one name, none encrypted or packed by other than deflate. `data`
 * stays the caller's and must outlive the reader. NULL on error. */
struct zip_reader *zip_reader_open(const unsigned char *data, size_t n, struct err *e);
void zip_reader_close(struct zip_reader *z);
int zip_reader_count(const struct zip_reader *z);
const char *zip_reader_name(const struct zip_reader *z, int i);    /* raw: it passes the text gate where it is shown */
int zip_reader_find(const struct zip_reader *z, const char *name); /* index or -1 */
/* The whole member, at most `most` bytes of it: malloc'd, with a NUL behind the end. Its checksum is checked. */
int zip_reader_read(struct zip_reader *z, int i, size_t most, unsigned char **data, size_t *n, struct err *e);

#endif
