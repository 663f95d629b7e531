/* Changes of a JSON object as JSON merge patches (RFC 7396): an object that has the keys that change; an object within
 * is a patch again, null removes a key, and any other value replaces. Sessions have no nulls themselves. */
#ifndef SRC_PATCH_H
#define SRC_PATCH_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes the patch that makes `to` of `from`, two objects. Returns whether they differ; if not, {} is written. Keys at
 * the top that are named `but` are written if they differ, but alone are no difference. */
bool patch_write(FILE *f, const cJSON *from, const cJSON *to, const char *but);
/* Applies a patch, an object, to an object. */
void patch_apply(cJSON *to, const cJSON *patch);

#endif
