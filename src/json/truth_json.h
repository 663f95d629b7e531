/* Writes the result of `tsviz truth` as JSON. */
#ifndef SRC_TRUTH_JSON_H
#define SRC_TRUTH_JSON_H

#include "core/truth/truth.h"
#include "src/json/envelope.h"

struct truth_head {
	const struct envelope *envelope; /* what was read */
	const char *target;
	const struct dataset *d; /* names of classes */
	uint64_t seed;
};
/* {"schema": 2, "kind": "truth", "sentence", ..., "methods": [{"method", "results": [{"replacement", "points", "srg",
 * "srg_raw", "low", "high", ...}], ...}]} and a newline. */
void truth_json(FILE *f, const struct truth_head *h, const struct truth_result *r);

#endif
