/* The surveyor is a thread that makes the figures over all windows (core/survey) while the user looks at one. It has a
 * lower priority than the threads that answer keys. */
#ifndef UI_SURVEYOR_H
#define UI_SURVEYOR_H

#include "core/survey/survey_set.h"
#include "ui/state/browse_options.h"

/* What is surveyed. All must outlive the surveyor. */
struct survey_job {
	const struct model *m;
	const struct dataset *d;
	const struct survey_source *source; /* surveys that are kept; NULL: none */
	const void *origin;                 /* what source needs of model and data */
	/* Called in the surveyor's thread: so many windows of all are done. set: the figures, which the callee owns, at
	 * the end. NULL with done == total: it failed. */
	void (*tell)(void *ctx, struct survey_set *set, int64_t done, int64_t total);
	void *ctx;
};
struct surveyor;

/* Starts a survey for the task and the target of q, with all filters on. before: a surveyor that is ended and freed
 * first, in the new one's thread; NULL: none. Returns NULL if the system gives no thread. */
struct surveyor *surveyor_new(const struct survey_job *job, const struct question *q, struct surveyor *before);
/* Asks the survey to end, and does not wait for that: it tells nothing any more. NULL is fine. */
void surveyor_stop(struct surveyor *s);
/* Waits until the survey has ended. */
void surveyor_wait(struct surveyor *s);
/* Ends the survey, which takes as long as one window, and frees it. NULL is fine. */
void surveyor_free(struct surveyor *s);

#endif
