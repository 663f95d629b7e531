#include "core/truth/truth.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/model/task.h"
#include "core/truth/truth_sum.h"

enum { THREADS_MAX = 64 };

const struct truth_measure_row truth_measures[] = {
#define TRUTH_MEASURE(id, key, label, formula, source, use) { key, label, formula, source, use },
#include "core/truth/truth_measures.def"
#undef TRUTH_MEASURE
};

struct shared {
	const struct truth_job *j;
	struct truth_result *r;
	struct truth_window *window; /* [windows] */
	struct perturb p;
	pthread_mutex_t lock;
	int64_t next, done;
};

static void *work(void *arg)
{
	struct shared *all = arg;
	struct truth_worker w;
	truth_worker_make(&w, all->j, &all->p, all->r->share);
	for (;;) {
		pthread_mutex_lock(&all->lock);
		int64_t i = all->next < all->r->windows ? all->next++ : -1;
		pthread_mutex_unlock(&all->lock);
		if (i < 0)
			break;
		truth_window(&w, all->r->window[i], &all->window[i]);
		pthread_mutex_lock(&all->lock);
		all->done++;
		if (all->j->progress)
			all->j->progress(all->j->ctx, all->done, all->r->windows);
		pthread_mutex_unlock(&all->lock);
	}
	truth_worker_release(&w);
	return NULL;
}

static void run_threads(struct shared *all)
{
	pthread_t thread[THREADS_MAX];
	int started = 0, threads = all->j->threads < THREADS_MAX ? all->j->threads : THREADS_MAX;
	pthread_mutex_init(&all->lock, NULL);
	while (started < threads - 1 && started < all->r->windows - 1 &&
	       !pthread_create(&thread[started], NULL, work, all))
		started++;
	work(all);
	for (int i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	pthread_mutex_destroy(&all->lock);
}

/* Windows without a true value have no loss. */
static int64_t windows_of(const struct truth_job *j)
{
	return target_is_loss(&j->q->target) ? j->d->n_target : j->d->n;
}

static void choose_windows(const struct truth_job *j, struct truth_result *r)
{
	int64_t n = windows_of(j);
	r->windows = j->windows < n ? j->windows : n;
	r->window = xcalloc((size_t)r->windows + 1, sizeof *r->window);
	for (int64_t i = 0; i < r->windows; i++)
		r->window[i] = i * n / r->windows;
}

static void result_make(const struct truth_job *j, const struct perturb *p, struct truth_result *r)
{
	*r = (struct truth_result){ .n_row = j->n_method + 1,
		                    .replaces = j->replaces,
		                    .series = p->derived,
		                    .length = p->length,
		                    .units = p->units };
	for (int how = 0; how < REPLACE_COUNT; how++)
		r->n_replace += (j->replaces & 1u << how) != 0;
	for (int k = 0; k <= TRUTH_STEPS; k++)
		r->share[k] = (2 * k * p->units + TRUTH_STEPS) / (2 * TRUTH_STEPS);
	choose_windows(j, r);
	int64_t classes = j->q->task == TASK_CLASSIFICATION ? model_classes(j->m) : 0;
	r->classes = classes > TRUTH_CLASSES_MOST ? 0 : classes;
	r->class_windows = xcalloc((size_t)r->classes + 1, sizeof *r->class_windows);
	r->row = xcalloc((size_t)r->n_row, sizeof *r->row);
	for (int m = 0; m < r->n_row; m++) {
		r->row[m].name = m < j->n_method ? j->method[m].name : "random";
		r->row[m].method = m < j->n_method ? j->method[m].method : -1;
		r->row[m].after = xcalloc((size_t)r->layers + 1, sizeof *r->row[m].after);
		for (int how = 0; how < REPLACE_COUNT; how++)
			r->row[m].of[how].by_class =
			        xcalloc((size_t)r->classes + 1, sizeof *r->row[m].of[how].by_class);
	}
}

void truth_run(const struct truth_job *j, struct truth_result *r)
{
	struct shared all = { .j = j, .r = r };
	perturb_init(&all.p, j->m->T, j->m->C, j->d, j->series, j->length);
	result_make(j, &all.p, r);
	all.window = xcalloc((size_t)r->windows + 1, sizeof *all.window);
	for (int64_t i = 0; i < r->windows; i++) {
		struct truth_window *w = &all.window[i];
		w->at = xcalloc((size_t)r->n_row * REPLACE_COUNT, sizeof *w->at);
		w->residual = xcalloc((size_t)r->n_row, sizeof *w->residual);
		w->alike = xcalloc((size_t)r->n_row, 1);
	}
	run_threads(&all);
	truth_sum(j, all.window, r);
	for (int64_t i = 0; i < r->windows; i++) {
		free(all.window[i].at), free(all.window[i].residual), free(all.window[i].alike);
		free(all.window[i].stable), free(all.window[i].after), free(all.window[i].entropy);
	}
	free(all.window);
}

void truth_release(struct truth_result *r)
{
	for (int m = 0; m < r->n_row; m++) {
		free(r->row[m].after);
		for (int how = 0; how < REPLACE_COUNT; how++)
			free(r->row[m].of[how].by_class);
	}
	free(r->row), free(r->window), free(r->class_windows);
}
