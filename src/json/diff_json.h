/* Writes the result of `tsviz diff` as JSON. */
#ifndef SRC_DIFF_JSON_H
#define SRC_DIFF_JSON_H

#include "core/diff/diff.h"

/* What the file says of itself; NULL: left out. Of both models: file, and the hash of all that tsviz reads of it. */
struct diff_head {
	const char *version, *model[2], *hash[2], *data, *recipe[2], *target, *method;
	int n_differ; /* options of the two recipes that differ */
	const char *const *differ;
	uint64_t seed;
};
/* {"schema": 2, "kind": "diff", "sentence", ..., "layers": [...], "weights": [...]} and a newline. */
void diff_json(FILE *f, const struct diff_head *h, const struct diff_job *q, const struct diff_result *r);

#endif
