/* The layers of a model as JSON, as `info --json` has them. */
#ifndef SRC_LAYERS_JSON_H
#define SRC_LAYERS_JSON_H

#include "core/model/model.h"
#include "src/json/json_write.h"

/* The key `layers`. */
void layers_json(struct json *j, const struct model *m);
/* The key `weights` of a layer: each weight with its shape, spread and histogram. */
void weights_json(struct json *j, const struct model *m, int layer);
/* The key `facts`. */
void facts_json(struct json *j, const struct model_facts *f);

#endif
