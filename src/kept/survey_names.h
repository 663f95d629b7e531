/* What a file of a survey says of itself: model, data and recipe by their contents. */
#ifndef SRC_SURVEY_NAMES_H
#define SRC_SURVEY_NAMES_H

#include "src/json/survey_json.h"
#include "src/job/job.h"

/* The head of a survey of windows 0 .. windows-1 of what was loaded, for this target. All of these windows are read.
 * The caller releases h with survey_head_release, also after an error. */
int survey_head_of(struct survey_head *h, const struct loaded *l, const struct target *t, int64_t windows,
                   struct err *e);
/* What a recipe gives, as options: "--columns 2 --scale standard", malloc'd. */
char *recipe_options(const struct recipe *r);
/* *text, malloc'd: the hash of all that tsviz reads of a model. */
int model_hash(const struct model *m, char **text, struct err *e);

#endif
