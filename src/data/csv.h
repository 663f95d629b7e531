/* Tables from text: comma, semicolon or tab between cells, quotes as in RFC 4180, LF, CRLF or CR, UTF-8 with
 * or without its mark, with or without a header line. Between semicolons numbers may have a decimal comma. */
#ifndef SRC_CSV_H
#define SRC_CSV_H

#include "core/data/dataset.h"

enum {
	CSV_COLUMNS_MAX = 4096,
	CSV_FIELD_MAX = 1 << 16, /* bytes of one cell */
	CSV_CELLS_MAX = 1 << 26,
};
#define CSV_BYTES_MAX ((int64_t)1 << 30)

/* data is the whole file, `file` its name for messages. On error there is nothing to release. */
int table_from_csv(struct table *t, const char *file, const unsigned char *data, size_t n, struct err *e);
/* The same, in no more memory than `budget`. */
int table_from_csv_within(struct table *t, const char *file, const unsigned char *data, size_t n, int64_t budget,
                          struct err *e);
/* The same as the first from a path, "-" for standard input. */
int table_read(struct table *t, const char *path, struct err *e);

/* "3.0.3" */
const char *csv_library_version(void);

#endif
