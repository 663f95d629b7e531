/* Surveys that the browser need not make: that of --survey FILE, and those that it made before. They are kept in the
 * cache as `tsviz survey` writes them, under a name by contents. */
#ifndef SRC_KEPT_SURVEYS_H
#define SRC_KEPT_SURVEYS_H

#include "src/job/job.h"
#include "ui/session/browse_options.h"

enum { KEPT_FILES = 32 };

/* What is browsed: the origin of a struct subject. */
struct browsed {
	struct loaded l, other;
	struct beside beside; /* l and other; layer NULL: there is no other model */
	const char *survey;   /* --survey FILE, or NULL */
	/* Writes the value of the key `errors` of a survey. */
	void (*errors)(struct json *j, const struct survey_plan *p, const struct survey_part *all);
	bool keep; /* surveys are looked for in the cache, and kept there */
};
extern const struct survey_source kept_surveys;
/* Removes the oldest files of the cache in this folder, so that KEPT_FILES are left. */
void kept_prune(const char *folder);
/* Returns an error that says in one line why the file of --survey is none of this model, recipe, data and target. */
int kept_survey_check(const struct browsed *b, struct err *e);

#endif
