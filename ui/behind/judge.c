#include "ui/behind/judge.h"

#include <stdlib.h>

/* Multiply-adds: some ten seconds, also in the sanitized program, which needs a hundred times as long for one. */
#ifdef TSVIZ_SAN
static const double MODERATE = 4e9;
#else
static const double MODERATE = 4e11;
#endif

struct judge {
	struct judge_job job;
	struct question q;
	void *behind;
};

int64_t judge_windows(const struct model *m)
{
	double n = MODERATE / truth_window_cost(m);
	return n > TRUTH_WINDOWS ? TRUTH_WINDOWS : n < JUDGE_LEAST ? JUDGE_LEAST : (int64_t)n;
}

double judge_cost(const struct model *m)
{
	return (double)judge_windows(m) * truth_window_cost(m);
}

static void progress(void *ctx, int64_t windows, int64_t of)
{
	struct judge *g = ctx;
	behind_progress(g->behind, windows, of);
}

static bool stopped(void *ctx)
{
	struct judge *g = ctx;
	return behind_stopped(g->behind);
}

static bool can_measure(const struct judge *g)
{
	const struct dataset *d = g->job.d;
	int64_t n = target_is_loss(&g->q.target) ? d->n_target : d->n;
	return g->job.what != JUDGE_KEPT && n > 0 && (g->job.what != JUDGE_WINDOW || g->q.window < n);
}

static void *judge(void *ctx, void *behind)
{
	struct judge *g = ctx;
	const struct judge_job *j = &g->job;
	struct truth_standing *s = xcalloc(1, sizeof *s);
	struct truth_result r;
	struct truth_job t;
	g->behind = behind;
	if (j->what != JUDGE_WINDOW && j->source && j->source->find(j->origin, &g->q, s))
		return s;
	truth_standing_job(&t, j->m, j->d, &g->q);
	t.ctx = g;
	t.progress = progress;
	t.stop = stopped;
	t.windows = j->what == JUDGE_WINDOW ? 1 : judge_windows(j->m);
	t.only = j->what == JUDGE_WINDOW ? g->q.window : 0;
	if (!can_measure(g) || !truth_run(&t, &r)) {
		free(s);
		return NULL;
	}
	truth_standing_of(&r, s);
	truth_release(&r);
	if (j->what == JUDGE_SET && j->source)
		j->source->keep(j->origin, &g->q, s);
	return s;
}

static void tell(void *ctx, void *standing, int64_t done, int64_t total)
{
	const struct judge *g = ctx;
	g->job.tell(g->job.ctx, standing, done, total);
}

static void end(void *ctx)
{
	struct judge *g = ctx;
	question_release(&g->q);
	free(g);
}

struct behind *judge_new(const struct judge_job *job, const struct question *q, struct behind *before)
{
	struct judge *g = xcalloc(1, sizeof *g);
	g->job = *job;
	question_copy(&g->q, q);
	filter_set_release(&g->q.off);
	return behind_new(&(struct behind_job){ judge, tell, free, end, g }, before);
}
