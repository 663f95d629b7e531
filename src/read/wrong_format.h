/* Refuses files that tsviz does not read but people often have: models of other programs, and data given as the
 * model. They are recognised by content. The message says what to run to get a model that tsviz reads. */
#ifndef SRC_WRONG_FORMAT_H
#define SRC_WRONG_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "core/base/err.h"

struct zip_reader;

/* Returns 0 if the bytes are none of these formats, else a negative code and the message. path: as the user wrote
 * it. */
int wrong_format(const char *path, const unsigned char *data, size_t n, struct err *e);
/* Does the same for a zip archive that is not a .keras file. Always returns an error. */
int wrong_zip(const char *path, struct zip_reader *z, struct err *e);
/* Refuses a folder, which may be a SavedModel. Returns 0 if the path is no folder. */
int wrong_folder(const char *path, struct err *e);
/* Prints the names of these formats in one line, for --formats. */
void wrong_formats_print(FILE *f);

#endif
