/* What every JSON object of schema 2 begins with: what made it, and of what. */
#ifndef SRC_ENVELOPE_H
#define SRC_ENVELOPE_H

#include "core/model/recipe.h"
#include "src/json/json_write.h"

enum { ENVELOPE_SCHEMA = 2 };
struct envelope {
	const char *kind; /* that of schema.def */
	const char *version;
	const char *model; /* the file; NULL: the object is about no single model, and says so elsewhere */
	const char *data;  /* the file; NULL: no data */
	const char
	        *recipe; /* how the data became windows, as options: "--columns 2 --scale standard"; NULL: left out */
	const struct recipe *fields; /* the same, whose fields are written one by one; NULL: left out */
	const char *model_hash;      /* the hash of all that tsviz reads of the model; NULL: left out */
	/* What was asked, and the answer in one sentence; NULL: left out. */
	const char *task, *target, *sentence;
	const uint64_t *seed;
};
/* Begins an object in f with the members "schema", "kind", "tsviz", "model": {"name", "sha256"}, "data": {"name"},
 * "recipe": {"options", and its fields}, "task", "target", "seed" and "sentence". What is not there is left out. */
void json_begin(struct json *j, FILE *f, const struct envelope *e);
/* Ends it, and the line. */
void json_end(struct json *j);
/* The members of a recipe but its scaler: "columns": ["load"], "derive": "diff", "window": 50, "fit": {"from": 0, "to":
 * 14000} and so on, as far as they are given. Names have _ where options have a hyphen. */
void json_recipe_fields(struct json *j, const struct recipe *r);

#endif
