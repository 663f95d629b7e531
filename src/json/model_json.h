/* tsviz's own model format: any model, whatever it was read from, as one JSON text. src/json/model_json.c
 * describes it. */
#ifndef SRC_MODEL_JSON_H
#define SRC_MODEL_JSON_H

#include <stdio.h>
#include "core/model/model.h"
#include "src/json/json_read.h"

/* Errors of the stream are the caller's to find. A model with unsupported layers cannot be written. */
int model_json_write(const struct model *m, FILE *f, struct err *e);
/* `file` names the model. NULL on error. */
struct model *model_json_read(const char *file, const char *text, size_t n, struct err *e);

/* The texts of a list, cleaned, as long as the model lives; NULL: none. */
const char **model_json_names(struct model *m, const cJSON *list, int *n);

#endif
