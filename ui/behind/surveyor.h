/* The surveyor makes the figures over all windows (core/survey) while the user looks at one. */
#ifndef UI_SURVEYOR_H
#define UI_SURVEYOR_H

#include "core/survey/survey_set.h"
#include "ui/behind/behind.h"

/* Surveys of whole sets that are kept somewhere. Both functions are called in the thread of a survey. origin: that of
 * the subject. */
struct survey_source {
	/* Returns the figures of the survey p for the target of q, bound to the model, which the caller owns; NULL:
	 * there are none. */
	struct survey_set *(*find)(const void *origin, const struct survey_plan *p, const struct question *q);
	/* Keeps the figures of a survey that was just made. */
	void (*keep)(const void *origin, const struct survey_plan *p, const struct question *q,
	             const struct survey_part *all);
};

/* What is surveyed. All must outlive the surveyor. */
struct survey_job {
	const struct model *m;
	const struct dataset *d;
	const struct survey_source *source; /* surveys that are kept; NULL: none */
	const void *origin;                 /* what source needs of model and data */
	/* As in struct behind_job; the thing is a struct survey_set. */
	void (*tell)(void *ctx, void *set, int64_t done, int64_t total);
	void *ctx;
};

/* Starts a survey for the task and the target of q, with all filters on. before and result: as of behind_new. */
struct behind *surveyor_new(const struct survey_job *job, const struct question *q, struct behind *before);

#endif
