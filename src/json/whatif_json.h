/* Writes the results of `tsviz counterfactual` and `tsviz invert` as JSON. */
#ifndef SRC_WHATIF_JSON_H
#define SRC_WHATIF_JSON_H

#include "core/whatif/counterfactual.h"
#include "core/whatif/invert.h"
#include "src/json/envelope.h"

/* e says what was read. {"schema": 2, "kind": "counterfactual", "sentence", ...} and a newline. */
void counterfactual_json(FILE *f, const struct envelope *e, const struct counterfactual_job *q,
                         const struct counterfactual *r);
/* {"schema": 2, "kind": "invert", "sentence", ...} and a newline. */
void inversion_json(FILE *f, const struct envelope *e, const struct invert_job *q, const struct inversion *r);

#endif
