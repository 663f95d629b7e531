/* Writes the results of `tsviz counterfactual` and `tsviz invert` as JSON. */
#ifndef SRC_WHATIF_JSON_H
#define SRC_WHATIF_JSON_H

#include "core/whatif/counterfactual.h"
#include "core/whatif/invert.h"

/* What the file says of itself; NULL: left out. */
struct whatif_head {
	const struct recipe *fields; /* those of the recipe; NULL: left out */
	const char *version, *model, *data, *recipe;
};
/* {"schema": 2, "kind": "counterfactual", "sentence", ...} and a newline. */
void counterfactual_json(FILE *f, const struct whatif_head *h, const struct counterfactual_job *q,
                         const struct counterfactual *r);
/* {"schema": 2, "kind": "invert", "sentence", ...} and a newline. */
void inversion_json(FILE *f, const struct whatif_head *h, const struct invert_job *q, const struct inversion *r);

#endif
