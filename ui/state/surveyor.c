#include "ui/state/surveyor.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include "core/survey/survey_run.h"

enum { LOWER = 10 };                 /* of nice(1) */
static const double TOLD = 0.25;     /* seconds between two reports of progress */
static const double MAPS_COST = 1e9; /* multiply-adds: maps of a window that cost more are left out */

struct surveyor {
	struct survey_job job;
	struct question q;
	struct surveyor *before;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool over; /* under the lock */
	atomic_bool stop;
	double told;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stopped(void *ctx)
{
	struct surveyor *s = ctx;
	return atomic_load(&s->stop);
}

/* A survey that was stopped tells nothing. */
static void tell(struct surveyor *s, struct survey_set *set, int64_t done, int64_t total)
{
	pthread_mutex_lock(&s->lock);
	bool stop = stopped(s);
	if (!stop)
		s->job.tell(s->job.ctx, set, done, total);
	pthread_mutex_unlock(&s->lock);
	if (stop)
		survey_set_free(set);
}

static void progress(void *ctx, int64_t windows, int64_t of)
{
	struct surveyor *s = ctx;
	if (windows == of || now() - s->told < TOLD)
		return;
	s->told = now();
	tell(s, NULL, windows, of);
}

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
static struct survey_set *survey(struct surveyor *s)
{
	const struct survey_job *j = &s->job;
	struct survey_plan p;
	int64_t windows = j->d->n_target ? j->d->n_target : j->d->n;
	survey_plan_init(&p, j->m, j->d, &s->q, windows, SURVEY_CHUNK, maps_of(j), 0);
	struct survey_set *set = j->source ? j->source->find(j->origin, &p, &s->q) : NULL;
	struct survey_tree tree = { .plan = &p };
	struct survey_run r = { .plan = &p,
		                .m = j->m,
		                .d = j->d,
		                .q = &s->q,
		                .to = survey_chunks(&p),
		                .threads = 1,
		                .ctx = s,
		                .progress = progress,
		                .stop = stopped };
	struct err e;
	if (!set && !survey_run(&r, &tree, &e)) {
		char target[TARGET_TEXT];
		const struct survey_part *all = survey_tree_all(&tree);
		target_format(&s->q.target, j->m, target, sizeof target);
		if (all && j->source)
			j->source->keep(j->origin, &p, &s->q, all);
		if (all)
			set = survey_set_of(&p, all, target);
		tree.plan = set ? &set->plan : &p;
	}
	survey_tree_release(&tree);
	survey_plan_release(&p);
	return set;
}

static void *work(void *arg)
{
	struct surveyor *s = arg;
#ifdef __linux__
	(void)setpriority(PRIO_PROCESS, 0, LOWER); /* there it is that of this thread alone */
#endif
	surveyor_free(s->before);
	s->told = now();
	struct survey_set *set = survey(s);
	tell(s, set, 1, 1);
	pthread_mutex_lock(&s->lock);
	s->over = true;
	pthread_cond_broadcast(&s->ended);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

struct surveyor *surveyor_new(const struct survey_job *job, const struct question *q, struct surveyor *before)
{
	struct surveyor *s = xcalloc(1, sizeof *s);
	sigset_t all, was;
	s->job = *job;
	s->before = before;
	question_copy(&s->q, q);
	filter_set_release(&s->q.off);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ended, NULL);
	/* signals are for the thread that has the terminal */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	bool started = pthread_create(&s->thread, NULL, work, s) == 0;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (started)
		return s;
	surveyor_free(before);
	question_release(&s->q);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->ended);
	free(s);
	return NULL;
}

void surveyor_stop(struct surveyor *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock); /* what it tells now has been told */
	atomic_store(&s->stop, true);
	pthread_mutex_unlock(&s->lock);
}

void surveyor_wait(struct surveyor *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->over)
		pthread_cond_wait(&s->ended, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

void surveyor_free(struct surveyor *s)
{
	if (!s)
		return;
	atomic_store(&s->stop, true);
	pthread_join(s->thread, NULL);
	question_release(&s->q);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->ended);
	free(s);
}
