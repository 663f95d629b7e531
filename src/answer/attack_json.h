/* Writes the result of `tsviz attack` as JSON. */
#ifndef SRC_ATTACK_JSON_H
#define SRC_ATTACK_JSON_H

#include "core/attack/attack.h"
#include "src/json/envelope.h"

/* e says what was read. {"schema": 2, "kind": "attack", "sentence", ..., "methods": [...], "per_window": [...]} and a
 * newline. */
void attack_json(FILE *f, const struct envelope *e, const struct attack_job *q, const struct attack_result *r);

#endif
