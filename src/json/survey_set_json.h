/* Reads the figures of a whole set, as survey_json_figures writes them. */
#ifndef SRC_SURVEY_SET_JSON_H
#define SRC_SURVEY_SET_JSON_H

#include "core/survey/survey_set.h"
#include "src/json/survey_json.h"

/* Reads a file of at most `cap` bytes into *s, which the caller frees with survey_set_free, and its head into *h, which
 * the caller releases, also after an error. After an error *s is NULL. */
int survey_set_read(struct survey_set **s, struct survey_head *h, const char *path, int64_t cap, struct err *e);
/* The same from n bytes at text. */
int survey_set_parse(struct survey_set **s, struct survey_head *h, const char *path, const char *text, size_t n,
                     struct err *e);

#endif
