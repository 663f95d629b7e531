/* The judge measures how far the maps of the methods may be believed (core/truth) while the user looks at something
 * else: over windows spread over the set, or in one window. */
#ifndef UI_JUDGE_H
#define UI_JUDGE_H

#include "core/truth/truth_standing.h"
#include "ui/behind/behind.h"

/* Standings that are kept somewhere. Both functions are called in the thread of the judge. origin: that of the subject.
 */
struct standing_source {
	/* Fills s with what is known of model, data, recipe, target and baseline of q. Returns false if nothing is. */
	bool (*find)(const void *origin, const struct question *q, struct truth_standing *s);
	/* Keeps what was just measured. */
	void (*keep)(const void *origin, const struct question *q, const struct truth_standing *s);
};

enum judge_what {
	JUDGE_KEPT,  /* only looks whether a standing over the set is kept */
	JUDGE_SET,   /* the same; if there is none, measures it */
	JUDGE_WINDOW /* measures the window of the question alone; nothing is kept */
};

/* What is judged. All must outlive the judge. */
struct judge_job {
	const struct model *m;
	const struct dataset *d;
	const struct standing_source *source; /* NULL: none */
	const void *origin;
	enum judge_what what;
	/* As in struct behind_job; the thing is a struct truth_standing of its own block. */
	void (*tell)(void *ctx, void *standing, int64_t done, int64_t total);
	void *ctx;
};

/* Starts for task, target, baseline and seed of q, with all filters on. before and result: as of behind_new. */
struct behind *judge_new(const struct judge_job *job, const struct question *q, struct behind *before);
/* Windows that JUDGE_SET measures: as many of TRUTH_WINDOWS as a moderate time allows, and at least JUDGE_LEAST. */
enum { JUDGE_LEAST = 24 };
int64_t judge_windows(const struct model *m);
/* Multiply-adds of JUDGE_SET. */
double judge_cost(const struct model *m);

#endif
