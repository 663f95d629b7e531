/* Reads a table of time steps from text. src/text/text_decode.c makes it UTF-8, src/text/text_layout.c finds the table
 * in it; this reader then takes the numbers, texts and names, and says what was understood. Quotes are as in RFC 4180;
 * lines end with LF, CRLF or CR. */
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
/* The same with what the recipe says about texts: skip, comment, missing-value, decimal; and where it has a rule for
 * missing cells, a row with another number of cells is a row of missing cells instead of an error. r may be NULL. */
int table_from_text(struct table *t, const char *file, const unsigned char *data, size_t n, const struct recipe *r,
                    int64_t budget, struct err *e);
/* The same for malloc'd bytes, which it takes over and releases, on error too. As long as each column holds only
 * numbers, it gives the memory of the bytes back while it reads, so that text and numbers are not in memory together. A
 * word further down may need the bytes again: it then returns an error without a sentence and sets *again; the caller
 * reads the file once more and calls with *again still true, which keeps the bytes to the end. again is NULL where that
 * cannot be done. */
int table_from_own_text(struct table *t, const char *file, unsigned char *data, size_t n, bool *again,
                        const struct recipe *r, int64_t budget, struct err *e);
/* Version of libcsv, such as "3.0.3". */
const char *csv_library_version(void);

#endif
