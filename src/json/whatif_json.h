/* Writes the results of `tsviz counterfactual` as JSON. */
#ifndef SRC_WHATIF_JSON_H
#define SRC_WHATIF_JSON_H

#include "core/whatif/counterfactual.h"

/* What the file says of itself; NULL: left out. */
struct whatif_head {
	const char *version, *model, *data, *recipe;
};
/* {"schema": 2, "kind": "counterfactual", "sentence", ...} and a newline. */
void counterfactual_json(FILE *f, const struct whatif_head *h, const struct counterfactual_job *q,
                         const struct counterfactual *r);

#endif
