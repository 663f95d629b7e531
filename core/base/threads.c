#include "core/base/threads.h"

#include <pthread.h>
#include <stdbool.h>

struct one {
	pthread_t thread;
	void (*work)(void *);
	void *share;
	bool started;
};

static void *begin(void *arg)
{
	const struct one *t = arg;
	t->work(t->share);
	return NULL;
}

int threads_of(int threads, int64_t pieces)
{
	int64_t most = pieces < THREADS_MAX ? pieces : THREADS_MAX;
	return threads < 1 || most < 1 ? 1 : threads < most ? threads : (int)most;
}

/* Starts the threads from 1 on; the calling thread is number 0. */
static void start(struct one *t, int n, void (*work)(void *), char *shares, size_t size)
{
	for (int k = 1; k < n; k++) {
		t[k] = (struct one){ .work = work, .share = shares + (size_t)k * size };
		t[k].started = !pthread_create(&t[k].thread, NULL, begin, &t[k]);
	}
}

static void end(struct one *t, int n)
{
	for (int k = 1; k < n; k++)
		if (t[k].started)
			pthread_join(t[k].thread, NULL);
}

void threads_run(int n, void (*work)(void *), void *shares, size_t size)
{
	struct one t[THREADS_MAX];
	start(t, n, work, shares, size);
	work(shares);
	for (int k = 1; k < n; k++)
		if (!t[k].started)
			work(t[k].share);
	end(t, n);
}

void threads_share(int n, void (*work)(void *), void *job)
{
	struct one t[THREADS_MAX];
	start(t, n, work, job, 0);
	work(job);
	end(t, n);
}
