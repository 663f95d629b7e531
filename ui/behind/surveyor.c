#include "ui/behind/surveyor.h"

#include <stdlib.h>
#include "core/analysis/analysis.h"
#include "core/prune/prune_facts.h"
#include "core/survey/survey_run.h"

static const double MAPS_COST = 1e9; /* multiply-adds: maps of a window that cost more are left out */

struct surveyor {
	struct survey_job job;
	struct question q;
};

/* So many windows as get maps of all filters: none where those of one window would keep the user waiting who quits. */
static int64_t maps_of(const struct survey_job *j)
{
	struct analysis *a = analysis_new(j->m);
	bool *want = xcalloc((size_t)j->m->n_layer + 1, sizeof *want);
	int64_t sweep = 0, single = 0;
	int middle;
	for (int i = 0; i < j->m->n_layer; i++)
		want[i] = j->m->layer[i].kind == LAYER_ANALYSED;
	analysis_data(a, j->d);
	analysis_saliency_cost(a, want, &sweep, &single, &middle);
	analysis_free(a);
	free(want);
	double macs = 0;
	for (int i = 0; i < j->m->n_layer; i++)
		macs += (double)j->m->layer[i].macs;
	return (double)sweep + (double)single * macs <= MAPS_COST ? SURVEY_MAPS : 0;
}

/* Returns the figures; NULL: stopped, or failed. */
static void *survey(void *ctx, void *behind)
{
	struct surveyor *s = ctx;
	const struct survey_job *j = &s->job;
	struct survey_plan p;
	int64_t windows = j->d->n_target ? j->d->n_target : j->d->n;
	survey_plan_init(&p, j->m, j->d, &s->q, windows, SURVEY_CHUNK, maps_of(j), 0);
	survey_plan_moments(&p, j->m, MOMENTS_CHANNELS);
	struct survey_set *set = j->source ? j->source->find(j->origin, &p, &s->q) : NULL;
	struct survey_tree tree = { .plan = &p };
	struct survey_run r = { .plan = &p,
		                .m = j->m,
		                .d = j->d,
		                .q = &s->q,
		                .to = survey_chunks(&p),
		                .threads = 1,
		                .ctx = behind,
		                .progress = behind_progress,
		                .stop = behind_stopped };
	struct err e;
	if (!set && !survey_run(&r, &tree, &e)) {
		char target[TARGET_TEXT];
		const struct survey_part *all = survey_tree_all(&tree);
		target_format(&s->q.target, j->m, target, sizeof target);
		if (all && j->source)
			j->source->keep(j->origin, &p, &s->q, all);
		if (all)
			set = survey_set_of(&p, all, target);
		if (set)
			prune_unique_measure(set, all);
		tree.plan = set ? &set->plan : &p;
	}
	survey_tree_release(&tree);
	survey_plan_release(&p);
	if (set)
		prune_unique_filters(set, j->m);
	return set;
}

static void tell(void *ctx, void *set, int64_t done, int64_t total)
{
	const struct surveyor *s = ctx;
	s->job.tell(s->job.ctx, set, done, total);
}

static void drop(void *set)
{
	survey_set_free(set);
}

static void end(void *ctx)
{
	struct surveyor *s = ctx;
	question_release(&s->q);
	free(s);
}

struct behind *surveyor_new(const struct survey_job *job, const struct question *q, struct behind *before)
{
	struct surveyor *s = xcalloc(1, sizeof *s);
	s->job = *job;
	question_copy(&s->q, q);
	filter_set_release(&s->q.off);
	return behind_new(&(struct behind_job){ survey, tell, drop, end, s }, before);
}
