/* Reads a table of time steps from text. src/text/text_decode.c makes it UTF-8, src/text/text_layout.c finds the table
 * in it; this reader then takes the numbers, texts and names, and says what was understood. Quotes are as in RFC 4180;
 * lines end with LF, CRLF or CR. */
#ifndef SRC_CSV_H
#define SRC_CSV_H

#include "core/data/dataset.h"
#include "src/read/source.h"

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
/* The same for what a source holds. A large file is read piece by piece, once for each pass, so that its text is never
 * in memory as a whole. */
int table_from_source(struct table *t, struct source *s, const struct recipe *r, int64_t budget, struct err *e);
/* Version of libcsv, such as "3.0.3". */
const char *csv_library_version(void);

#endif
