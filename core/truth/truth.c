#include "core/truth/truth.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "core/model/task.h"
#include "core/survey/survey_plan.h"
#include "core/truth/truth_checks.h"
#include "core/truth/truth_sum.h"

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
	double *deviation;
	struct truth_random random;
	pthread_mutex_t lock;
	int64_t next, done;
};

bool truth_stopped(const struct truth_job *j)
{
	return j->stop && j->stop(j->ctx);
}

static void one_window(struct shared *all, struct truth_worker *w, int64_t i)
{
	struct truth_window *to = &all->window[i];
	truth_window(w, all->r->window[i], to);
	if (to->stable)
		truth_stability(w, all->r->window[i], to);
	if (to->after)
		truth_randomise(w, all->r->window[i], to);
}

static void work(void *arg)
{
	struct shared *all = arg;
	struct truth_worker w;
	truth_worker_make(&w, all->j, &all->p, all->r->share);
	w.deviation = all->deviation;
	w.random = &all->random;
	for (;;) {
		pthread_mutex_lock(&all->lock);
		int64_t i = all->next < all->r->windows ? all->next++ : -1;
		pthread_mutex_unlock(&all->lock);
		if (i < 0)
			break;
		one_window(all, &w, i);
		if (truth_stopped(all->j))
			break;
		pthread_mutex_lock(&all->lock);
		all->done++;
		if (all->j->progress)
			all->j->progress(all->j->ctx, all->done, all->r->windows);
		pthread_mutex_unlock(&all->lock);
	}
	truth_worker_release(&w);
}

static void run_threads(struct shared *all)
{
	pthread_mutex_init(&all->lock, NULL);
	threads_share(threads_of(all->j->threads, all->r->windows), work, all);
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
		r->window[i] = r->windows == 1 ? j->only : i * n / r->windows;
}

static void result_make(const struct truth_job *j, const struct perturb *p, int layers, struct truth_result *r)
{
	*r = (struct truth_result){ .n_row = j->n_method + 1,
		                    .replaces = j->replaces,
		                    .series = p->derived,
		                    .length = p->length,
		                    .layers = layers,
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

/* Measures that need many maps look at fewer windows. */
static int64_t fewer(int64_t windows, int part, int most)
{
	int64_t n = (windows + part - 1) / part;
	return n < most ? n : most;
}

static void windows_make(struct shared *all)
{
	struct truth_result *r = all->r;
	size_t rows = (size_t)r->n_row;
	all->window = xcalloc((size_t)r->windows + 1, sizeof *all->window);
	for (int64_t i = 0; i < r->windows; i++) {
		struct truth_window *w = &all->window[i];
		w->at = xcalloc(rows * REPLACE_COUNT, sizeof *w->at);
		w->residual = xcalloc(rows, sizeof *w->residual);
		w->found = all->j->mask ? xcalloc(rows * TRUTH_FOUND, sizeof *w->found) : NULL;
		w->alike = xcalloc(rows, 1);
		if (survey_sampled(i, r->stability_windows, r->windows))
			w->stable = xcalloc(2 * rows, sizeof *w->stable);
		if (survey_sampled(i, r->random_windows, r->windows)) {
			w->after = xcalloc(rows * (size_t)r->layers + 1, sizeof *w->after);
			w->entropy = xcalloc(rows, sizeof *w->entropy);
		}
	}
}

static void windows_free(struct shared *all)
{
	for (int64_t i = 0; i < all->r->windows; i++) {
		struct truth_window *w = &all->window[i];
		free(w->at), free(w->residual), free(w->found), free(w->alike), free(w->stable), free(w->after),
		        free(w->entropy);
	}
	free(all->window);
}

bool truth_run(const struct truth_job *j, struct truth_result *r)
{
	struct shared all = { .j = j, .r = r };
	perturb_init(&all.p, j->m->T, j->m->C, j->d, j->series, j->length);
	if (j->more)
		truth_random_make(&all.random, j->m->graph, j->q->seed);
	result_make(j, &all.p, all.random.stages, r);
	r->stability_windows = j->more ? fewer(r->windows, 10, 20) : 0;
	r->random_windows = j->more && r->layers ? fewer(r->windows, 20, 10) : 0;
	all.deviation = xcalloc((size_t)j->m->C, sizeof *all.deviation);
	if (j->more)
		truth_deviation(j->d, r->window, r->windows, all.deviation);
	windows_make(&all);
	run_threads(&all);
	bool stopped = truth_stopped(j);
	if (!stopped)
		truth_sum(j, all.window, r);
	windows_free(&all);
	truth_random_release(&all.random);
	free(all.deviation);
	if (stopped)
		truth_release(r);
	return !stopped;
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
