/* Files that hold models, but in formats that tsviz does not read: recognised by content, and refused with what to run
 * in Python to get one that it does. */
#ifndef SRC_WRONG_FORMAT_H
#define SRC_WRONG_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "core/base/err.h"

struct zip_reader;

/* 0: none of those that are known, else a negative code with the sentence. `path` is as the user wrote it. */
int wrong_format(const char *path, const unsigned char *data, size_t n, struct err *e);
/* The same for a zip archive that is no .keras; never 0. */
int wrong_zip(const char *path, struct zip_reader *z, struct err *e);
/* The same for a folder, which may be a SavedModel. */
int wrong_folder(const char *path, struct err *e);
/* One line, for --formats. */
void wrong_formats_print(FILE *f);

#endif
