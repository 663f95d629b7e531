#include "ui/behind/counter.h"

#include <stdio.h>
#include <stdlib.h>

struct counter {
	struct counterfactual_job job;
	void (*tell)(void *ctx, void *countered, int64_t done, int64_t total);
	void *ctx, *behind;
};

void countered_free(void *countered)
{
	struct countered *r = countered;
	if (!r)
		return;
	edited_drop(r->edited);
	free(r);
}

static bool stopped(void *ctx)
{
	const struct counter *g = ctx;
	return behind_stopped(g->behind);
}

static void *find(void *ctx, void *behind)
{
	struct counter *g = ctx;
	struct counterfactual q;
	struct err e = { 0 };
	struct countered *r = xcalloc(1, sizeof *r);
	g->behind = behind;
	g->job.stop = stopped;
	g->job.ctx = g;
	int bad = counterfactual_find(&g->job, &q, &e);
	if (!bad)
		r->edited = edited_of(g->job.d, g->job.window, q.x);
	if (r->edited) {
		r->brief = counterfactual_sentence(&g->job, &q, r->said, sizeof r->said);
		snprintf(r->edited->note, sizeof r->edited->note, "%.*s", (int)sizeof r->edited->note - 1, r->said);
	} else {
		snprintf(r->said, sizeof r->said, "counterfactual: %.400s", bad ? e.text : "a value is not finite");
		r->brief = r->said;
	}
	counterfactual_release(&q);
	if (!behind_stopped(behind))
		return r;
	countered_free(r);
	return NULL;
}

static void tell(void *ctx, void *countered, int64_t done, int64_t total)
{
	const struct counter *g = ctx;
	g->tell(g->ctx, countered, done, total);
}

struct behind *counter_new(const struct counterfactual_job *j,
                           void (*told)(void *ctx, void *countered, int64_t done, int64_t total), void *ctx,
                           struct behind *before)
{
	struct counter *g = xcalloc(1, sizeof *g);
	g->job = *j;
	g->tell = told;
	g->ctx = ctx;
	return behind_new(&(struct behind_job){ find, tell, countered_free, free, g }, before);
}
