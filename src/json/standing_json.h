/* Files of standings: which saliency method may be believed how far on one model, data and recipe (core/truth), as the
 * browser and `tsviz truth` keep them. {"schema": 1, "kind": "truth-standing", "windows", ..., "methods": [...]} */
#ifndef SRC_STANDING_JSON_H
#define SRC_STANDING_JSON_H

#include <stdio.h>
#include "core/base/err.h"
#include "core/truth/truth_standing.h"

/* model and data are the names of the files, for people. */
void standing_json(FILE *f, const struct truth_standing *s, const char *version, const char *model, const char *data);
/* Reads it from n bytes; path is for messages. The file may be anything. Methods that this program does not have are
 * left out. */
int standing_parse(struct truth_standing *s, const char *path, const char *text, size_t n, struct err *e);
/* The same from a file. */
int standing_read(struct truth_standing *s, const char *path, struct err *e);

#endif
