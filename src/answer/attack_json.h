/* Writes the result of `tsviz attack` as JSON. */
#ifndef SRC_ATTACK_JSON_H
#define SRC_ATTACK_JSON_H

#include "core/attack/attack.h"

/* What the file says of itself; NULL: left out. */
struct attack_head {
	const struct recipe *fields; /* those of the recipe; NULL: left out */
	const char *version, *model, *data, *recipe;
};
/* {"schema": 2, "kind": "attack", "sentence", ..., "methods": [...], "per_window": [...]} and a newline. */
void attack_json(FILE *f, const struct attack_head *h, const struct attack_job *q, const struct attack_result *r);

#endif
