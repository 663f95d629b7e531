#include "ui/behind/behind.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include "core/base/mem.h"

enum { LOWER = 10 };             /* of nice(1) */
static const double TOLD = 0.25; /* seconds between two reports of progress */

struct behind {
	struct behind_job job;
	struct behind *before;
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

bool behind_stopped(void *behind)
{
	struct behind *b = behind;
	return atomic_load(&b->stop);
}

/* Work that was stopped tells nothing. */
static void tell(struct behind *b, void *made, int64_t done, int64_t total)
{
	pthread_mutex_lock(&b->lock);
	bool stop = behind_stopped(b);
	if (!stop)
		b->job.tell(b->job.ctx, made, done, total);
	pthread_mutex_unlock(&b->lock);
	if (stop && made)
		b->job.drop(made);
}

void behind_tell(void *behind, void *made, int64_t done, int64_t total)
{
	tell(behind, made, done, total);
}

void behind_progress(void *behind, int64_t done, int64_t total)
{
	struct behind *b = behind;
	if (done == total || now() - b->told < TOLD)
		return;
	b->told = now();
	tell(b, NULL, done, total);
}

static void *work(void *arg)
{
	struct behind *b = arg;
#ifdef __linux__
	(void)setpriority(PRIO_PROCESS, 0, LOWER); /* there it is that of this thread alone */
#endif
	behind_free(b->before);
	b->told = now();
	tell(b, b->job.make(b->job.ctx, b), 1, 1);
	pthread_mutex_lock(&b->lock);
	b->over = true;
	pthread_cond_broadcast(&b->ended);
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

static void release(struct behind *b)
{
	b->job.end(b->job.ctx);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->ended);
	free(b);
}

struct behind *behind_new(const struct behind_job *job, struct behind *before)
{
	struct behind *b = xcalloc(1, sizeof *b);
	sigset_t all, was;
	b->job = *job;
	b->before = before;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->ended, NULL);
	/* signals are for the thread that has the terminal */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	bool started = pthread_create(&b->thread, NULL, work, b) == 0;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (started)
		return b;
	behind_free(before);
	release(b);
	return NULL;
}

void behind_stop(struct behind *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->lock); /* what it tells now has been told */
	atomic_store(&b->stop, true);
	pthread_mutex_unlock(&b->lock);
}

void behind_wait(struct behind *b)
{
	pthread_mutex_lock(&b->lock);
	while (!b->over)
		pthread_cond_wait(&b->ended, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

void behind_free(struct behind *b)
{
	if (!b)
		return;
	atomic_store(&b->stop, true);
	pthread_join(b->thread, NULL);
	release(b);
}
