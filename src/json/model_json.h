/* The model format of tsviz: one JSON text that holds any model, whatever format it was read from.
 * src/json/model_json.c describes the format. */
#ifndef SRC_MODEL_JSON_H
#define SRC_MODEL_JSON_H

#include <stdio.h>
#include "core/model/model.h"
#include "src/json/json_read.h"

/* Writes the model. The caller checks the stream for errors. Returns ERR_UNSUPPORTED for a model with unsupported
 * layers. */
int model_json_write(const struct model *m, FILE *f, struct err *e);
/* Reads a model from n bytes of text. `file` becomes its name. The caller frees the model. Returns NULL on error. */
struct model *model_json_read(const char *file, const char *text, size_t n, struct err *e);

/* Returns the texts of a list, cleaned; they belong to the model. *n is their number. Returns NULL if there are
 * none. */
const char **model_json_names(struct model *m, const cJSON *list, int *n);

/* The names of the axes of an output, as an index by whether it is the time axis. */
extern const char *const model_json_axes[];

#endif
