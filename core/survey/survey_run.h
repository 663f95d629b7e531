/* Runs a survey: every chunk is computed by one thread, and its part goes into the tree. */
#ifndef CORE_SURVEY_RUN_H
#define CORE_SURVEY_RUN_H

#include "core/survey/survey_part.h"

/* The four functions are called by one thread at a time, and may be NULL. */
struct survey_run {
	const struct survey_plan *plan;
	const struct model *m;
	const struct dataset *d;
	const struct question *q; /* its window and measure are ignored */
	int64_t from, to;         /* chunks from .. to-1 */
	int threads;
	void *ctx;
	/* Returns a part that was computed before, or NULL. */
	struct survey_part *(*have)(void *ctx, int64_t chunk);
	/* Keeps a part that was just computed. Not 0: the survey ends with an error. */
	int (*keep)(void *ctx, const struct survey_part *q, struct err *e);
	void (*progress)(void *ctx, int64_t windows, int64_t of);
	/* Asked before every few windows. true: the survey ends, and chunks that are begun are lost. */
	bool (*stop)(void *ctx);
	bool alone; /* windows are taken one by one, which gives the same bits: for tests */
};
/* Fills t, which the caller has zeroed but for t->plan and releases. Returns 0, or an error; ERR_NONE + 1: stopped. */
enum { SURVEY_STOPPED = 1 };
int survey_run(const struct survey_run *s, struct survey_tree *t, struct err *e);

#endif
