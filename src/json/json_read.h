/* Reads JSON (strict RFC 8259) from files that are not trusted. The text is checked before cJSON builds a tree from
 * it, because each of cJSON's nodes takes 64 bytes and a text such as [1,1,1...] grows thirtyfold. Keys must match
 * exactly. */
#ifndef SRC_JSON_READ_H
#define SRC_JSON_READ_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

/* A model's history alone has two values for each epoch, and there may be TRAIN_EPOCHS_MAX epochs. */
enum { JSON_DEPTH_MAX = 100, JSON_VALUES_MAX = 2500000 };

/* Parses n bytes. Returns a tree, which the caller frees with cJSON_Delete(), or NULL on error; the message names
 * the line. Refused are NaN, comments, duplicate keys, invalid UTF-8, \u0000, and numbers beyond the range of
 * double. */
cJSON *json_parse(const char *text, size_t n, struct err *e);

/* Returns the member with exactly this key, or NULL if there is none or o is not an object. */
const cJSON *json_get(const cJSON *o, const char *key);
/* Returns the text of a member, or the fallback if the member is missing or not a text. The text belongs to the
 * tree. */
const char *json_text(const cJSON *o, const char *key, const char *fallback);
/* Reads a whole number up to 2^53. Returns false for anything else. */
bool json_whole(const cJSON *v, int64_t *out);

#endif
