/* Reads a table from text. The cells are separated by commas, semicolons or tabs; quotes are as in RFC 4180. Lines
 * end with LF, CRLF or CR. The text is UTF-8 with or without a byte order mark, and with or without a header line.
 * If semicolons separate the cells, numbers may have a decimal comma. */
#ifndef SRC_CSV_H
#define SRC_CSV_H

#include "core/data/dataset.h"

enum {
	CSV_COLUMNS_MAX = 4096,
	CSV_FIELD_MAX = 1 << 16, /* bytes in one cell */
	CSV_CELLS_MAX = 1 << 26,
};

/* Reads a whole file of n bytes. file: its name for messages. budget: how many bytes the table may use; t->room is what
 * is left of it. On error nothing has to be released. */
int table_from_csv(struct table *t, const char *file, const unsigned char *data, size_t n, int64_t budget,
                   struct err *e);
/* Version of libcsv, such as "3.0.3". */
const char *csv_library_version(void);

#endif
