#include "core/diff/diff_maps.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include "core/base/threads.h"
#include "core/probe/saliency.h"
#include "core/truth/truth.h"

struct shared {
	const struct diff_job *j;
	struct diff_maps *r;
	int64_t n;
	const int64_t *window;
	pthread_mutex_t lock;
	int64_t next, done;
};

/* What a thread has for its windows: of each model. */
struct worker {
	struct probe p[2];
	struct saliency_job map[2];
	real *x;      /* (T,C) */
	double *v[2]; /* (T,C) abs of a map */
};

static void worker_make(struct worker *w, const struct diff_job *j)
{
	size_t n = (size_t)(j->m[0]->T * j->m[0]->C);
	*w = (struct worker){ .x = xcalloc(n + 1, sizeof *w->x) };
	for (int s = 0; s < 2; s++) {
		probe_init(&w->p[s], j->m[s], false);
		probe_data(&w->p[s], j->d[s]);
		w->v[s] = xcalloc(n + 1, sizeof *w->v[s]);
	}
}

static void worker_release(struct worker *w)
{
	for (int s = 0; s < 2; s++) {
		saliency_release(&w->map[s]);
		probe_release(&w->p[s]);
		free(w->v[s]);
	}
	free(w->x);
}

static double one_window(const struct diff_job *j, struct worker *w, int64_t i)
{
	int64_t n = j->m[0]->T * j->m[0]->C;
	for (int s = 0; s < 2; s++) {
		struct question q = *j->q[s];
		struct saliency_note note;
		q.window = i;
		probe_ask(&w->p[s], &q);
		saliency_begin(&w->map[s], &w->p[s], q.method, -1, 0, w->x, &note);
		while (saliency_step(&w->map[s]))
			;
		for (int64_t k = 0; k < n; k++) {
			if (!isfinite((double)w->x[k]))
				return NAN;
			w->v[s][k] = fabs((double)w->x[k]);
		}
	}
	return truth_rank_correlation(w->v[0], w->v[1], n);
}

static void work(void *arg)
{
	struct shared *all = arg;
	struct worker w;
	worker_make(&w, all->j);
	for (;;) {
		pthread_mutex_lock(&all->lock);
		int64_t i = all->next < all->n ? all->next++ : -1;
		pthread_mutex_unlock(&all->lock);
		if (i < 0)
			break;
		all->r->rank[i] = one_window(all->j, &w, all->window[i]);
		pthread_mutex_lock(&all->lock);
		all->done++;
		if (all->j->progress)
			all->j->progress(all->j->ctx, all->done, all->n);
		pthread_mutex_unlock(&all->lock);
	}
	worker_release(&w);
}

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

static void sum_up(struct diff_maps *r, int64_t n, const int64_t *window)
{
	double *v = xcalloc((size_t)n + 1, sizeof *v), sum = 0;
	r->mean = r->median = r->lowest = NAN;
	for (int64_t i = 0; i < n; i++) {
		if (!isfinite(r->rank[i])) {
			r->without++;
			continue;
		}
		if (!r->n || r->rank[i] < r->lowest) {
			r->lowest = r->rank[i];
			r->lowest_window = window[i];
		}
		sum += r->rank[i];
		v[r->n++] = r->rank[i];
	}
	if (r->n) {
		qsort(v, (size_t)r->n, sizeof *v, ascending);
		r->mean = sum / (double)r->n;
		r->median = (v[(r->n - 1) / 2] + v[r->n / 2]) / 2;
	}
	free(v);
}

void diff_maps(const struct diff_job *j, int64_t n, const int64_t *window, struct diff_maps *r)
{
	struct shared all = { .j = j, .r = r, .n = n, .window = window };
	*r = (struct diff_maps){ .rank = xcalloc((size_t)n + 1, sizeof *r->rank) };
	pthread_mutex_init(&all.lock, NULL);
	threads_share(threads_of(j->threads, n), work, &all);
	pthread_mutex_destroy(&all.lock);
	sum_up(r, n, window);
}
