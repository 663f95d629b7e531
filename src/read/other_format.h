/* Formats that tsviz does not read and that people have: other kinds of data, packed files, and what a download leaves
 * instead of a file. They are recognised by content; the message says what to run. */
#ifndef SRC_OTHER_FORMAT_H
#define SRC_OTHER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "core/base/err.h"

/* Returns 0 if the bytes are none of these formats, else a negative code and the message. path: as the user wrote it,
 * or NULL. as_model: the file stands where the model should. before: what the sentence begins with, or "". */
int other_format(const char *path, const unsigned char *data, size_t n, bool as_model, const char *before,
                 struct err *e);
/* Prints the names of these formats in one line, for --formats. */
void other_formats_print(FILE *f);

#endif
