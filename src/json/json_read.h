/* JSON from files, which may be hostile: strict RFC 8259, checked before cJSON builds a tree of it (its nodes take 64
 * bytes, so that
 * `[1,1,1...` grows thirtyfold), and gone through by keys that must be spelt exactly. */
#ifndef SRC_JSON_READ_H
#define SRC_JSON_READ_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

/* A model's history alone has two values for each of TRAIN_EPOCHS_MAX epochs. */
enum { JSON_DEPTH_MAX = 100, JSON_VALUES_MAX = 2500000 };

/* NULL on error, with the line. No NaN, comments, duplicate keys, bad UTF-8, \u0000, numbers beyond double.
 * cJSON_Delete frees it. */
cJSON *json_parse(const char *text, size_t n, struct err *e);

/* Member by exact key, NULL without one, or when o is no object. */
const cJSON *json_get(const cJSON *o, const char *key);
/* Text of a member, or the fallback when it is missing or no text. */
const char *json_text(const cJSON *o, const char *key, const char *fallback);
/* A whole number; false for anything else. */
bool json_whole(const cJSON *v, int64_t *out);

#endif
