#include "core/analysis/survey.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "core/kernels/figures.h"
#include "core/probe/batch.h"

/* Sums are taken over blocks of windows and the blocks added in order, so that the threads do not change a bit. */
enum { BLOCK = 64, FIGURES = 6 };

struct job {
	const struct model *m;
	const struct dataset *d;
	const struct question *q;
	int64_t from, to, blocks;
	int64_t width; /* filters of all layers together */
	int64_t *at;   /* [layer] first filter in a row of figures; -1: not analysed */
	real *output;
	atomic_llong next;
	/* under the lock */
	pthread_mutex_t lock;
	struct block **ready, *spare; /* [blocks] those that are done and not yet added; list of those that were */
	int64_t added;                /* blocks that are in `all` */
	struct block *all;
};

/* The figures of one block, or of all that were added. */
struct block {
	struct block *next;
	int64_t *count; /* (layers) windows with an importance */
	double *figure; /* (FIGURES, width) */
};

static void merge(double *low, double *high, double *sum, double l, double h, double s)
{
	*low = l < *low ? l : *low;
	*high = h > *high ? h : *high;
	*sum += s;
}

/* (FIGURES, width): min, max, sum of raw, then of scaled. */
static void figures_clear(double *q, int64_t width)
{
	for (int k = 0; k < FIGURES; k++)
		for (int64_t i = 0; i < width; i++)
			q[k * width + i] = k % 3 == 0 ? INFINITY : k % 3 == 1 ? -INFINITY : 0;
}

static struct block *block_new(const struct job *j)
{
	struct block *b = xcalloc(1, sizeof *b);
	b->count = xcalloc((size_t)j->m->n_layer, sizeof *b->count);
	b->figure = xcalloc((size_t)(FIGURES * j->width) + 1, sizeof *b->figure);
	figures_clear(b->figure, j->width);
	return b;
}

static void block_free(struct block *b)
{
	free(b->count);
	free(b->figure);
	free(b);
}

/* A block without figures, one that was used before if there is any. */
static struct block *block_take(struct job *j)
{
	pthread_mutex_lock(&j->lock);
	struct block *b = j->spare;
	if (b)
		j->spare = b->next;
	pthread_mutex_unlock(&j->lock);
	if (!b)
		return block_new(j);
	memset(b->count, 0, (size_t)j->m->n_layer * sizeof *b->count);
	figures_clear(b->figure, j->width);
	return b;
}

static void block_add(const struct job *j, struct block *all, const struct block *b)
{
	int64_t w = j->width;
	for (int k = 0; k < j->m->n_layer; k++)
		all->count[k] += b->count[k];
	for (int k = 0; k < FIGURES; k += 3) {
		double *low = all->figure + k * w, *high = low + w, *sum = high + w;
		const double *l = b->figure + k * w, *h = l + w, *s = h + w;
		for (int64_t i = 0; i < w; i++)
			merge(&low[i], &high[i], &sum[i], l[i], h[i], s[i]);
	}
}

/* Block number `at` is done: it and those that waited for it are added in their order. */
static void block_done(struct job *j, int64_t at, struct block *b)
{
	pthread_mutex_lock(&j->lock);
	j->ready[at] = b;
	for (; j->added < j->blocks && (b = j->ready[j->added]); j->added++) {
		block_add(j, j->all, b);
		b->next = j->spare;
		j->spare = b;
	}
	pthread_mutex_unlock(&j->lock);
}

/* scaled: scratch for the layer's filters. */
static void layer_add(const struct job *j, int layer, const real *raw, real *scaled, double *q)
{
	int64_t n = j->m->layer[layer].filters, w = j->width;
	q += j->at[layer];
	minmax_scale(raw, n, scaled);
	const real *v[] = { raw, scaled };
	for (int k = 0; k < 2; k++, q += 3 * w)
		figures_active()->gain(n, v[k], q, q + w, q + 2 * w);
}

/* What a thread works with. */
struct worker {
	struct analysis *a;
	struct batch *batch; /* NULL: one window at a time */
	struct question question;
	real *scaled;
};

enum { FEW = RUN_LANES / 4 }; /* fewer windows than this are faster one by one */

/* The figures of window i, whose importances raw(layer) returns. b: its block. */
static void window_add(const struct job *j, struct worker *w, int64_t i, const real *output,
                       const real *(*raw)(struct worker *w, int lane, int layer), int lane, struct block *b)
{
	const struct model *m = j->m;
	memcpy(j->output + (i - j->from) * m->outputs, output, (size_t)m->outputs * sizeof *output);
	for (int k = 0; k < m->n_layer; k++) {
		const real *values = j->at[k] < 0 ? NULL : raw(w, lane, k);
		if (!values)
			continue;
		layer_add(j, k, values, w->scaled, b->figure);
		b->count[k]++;
	}
}

static const real *raw_alone(struct worker *w, int lane, int layer)
{
	(void)lane;
	return analysis_importance_raw(w->a, layer);
}

static const real *raw_of_batch(struct worker *w, int lane, int layer)
{
	return batch_raw(w->batch, lane, layer);
}

/* Up to n windows from i on. */
static void windows_add(const struct job *j, struct worker *w, int64_t i, int n, struct block *b)
{
	bool together = w->batch && n >= FEW && batch_importance(w->batch, &w->question, i, n);
	for (int l = 0; l < n; l++) {
		if (together) {
			window_add(j, w, i + l, batch_output(w->batch, l), raw_of_batch, l, b);
			continue;
		}
		w->question.window = i + l;
		analysis_ask(w->a, &w->question);
		window_add(j, w, i + l, analysis_output(w->a), raw_alone, 0, b);
	}
}

static void work(void *arg)
{
	struct job *j = arg;
	const struct model *m = j->m;
	struct worker w = { .a = analysis_new(m),
		            .batch = j->to - j->from < FEW ? NULL : batch_new(m, j->d),
		            .scaled = xcalloc((size_t)j->width + 1, sizeof *w.scaled) };
	int64_t block;
	question_copy(&w.question, j->q);
	analysis_data(w.a, j->d);
	analysis_set_importances_only(w.a);
	while ((block = atomic_fetch_add(&j->next, 1)) < j->blocks) {
		struct block *b = block_take(j);
		int64_t first = j->from + block * BLOCK, end = first + BLOCK < j->to ? first + BLOCK : j->to;
		for (int64_t i = first; i < end; i += RUN_LANES)
			windows_add(j, &w, i, end - i < RUN_LANES ? (int)(end - i) : RUN_LANES, b);
		block_done(j, block, b);
	}
	analysis_free(w.a);
	batch_free(w.batch);
	question_release(&w.question);
	free(w.scaled);
}

static void collect(struct survey *s, const struct job *j)
{
	int64_t w = j->width;
	const double *q = j->all->figure;
	for (int i = 0; i < s->n_layer; i++) {
		struct survey_layer *l = &s->layer[i];
		double **column[FIGURES] = { &l->raw_min,    &l->raw_max,    &l->raw_mean,
			                     &l->scaled_min, &l->scaled_max, &l->scaled_mean };
		int64_t n = j->all->count[i];
		if (j->at[i] < 0)
			continue;
		l->F = j->m->layer[i].filters;
		l->depends = n > 0;
		for (int k = 0; k < FIGURES; k++) {
			*column[k] = xcalloc((size_t)l->F, sizeof **column[k]);
			for (int64_t f = 0; f < l->F; f++)
				(*column[k])[f] = q[k * w + j->at[i] + f] / (k % 3 == 2 && n ? (double)n : 1);
		}
	}
}

void survey_make(struct survey *s, const struct model *m, const struct dataset *d, const struct question *q,
                 int64_t from, int64_t to, int threads)
{
	struct job j = { .m = m, .d = d, .q = q, .from = from, .to = to, .lock = PTHREAD_MUTEX_INITIALIZER };
	j.blocks = (to - from + BLOCK - 1) / BLOCK;
	j.at = xcalloc((size_t)m->n_layer, sizeof *j.at);
	j.ready = xcalloc((size_t)j.blocks + 1, sizeof *j.ready);
	for (int i = 0; i < m->n_layer; i++) {
		bool on = m->layer[i].kind == LAYER_ANALYSED;
		j.at[i] = on ? j.width : -1;
		j.width += on ? m->layer[i].filters : 0;
	}
	j.all = block_new(&j);
	s->n_layer = m->n_layer;
	s->layer = xcalloc((size_t)m->n_layer, sizeof *s->layer);
	s->output = j.output = xcalloc((size_t)((to - from) * m->outputs), sizeof *s->output);
	threads_share(threads_of(threads, j.blocks), work, &j);
	collect(s, &j);
	for (struct block *b = j.spare, *next; b; b = next) {
		next = b->next;
		block_free(b);
	}
	block_free(j.all);
	pthread_mutex_destroy(&j.lock);
	free(j.ready);
	free(j.at);
}

void survey_release(struct survey *s)
{
	for (int i = 0; i < s->n_layer; i++) {
		struct survey_layer *l = &s->layer[i];
		free(l->raw_min), free(l->raw_max), free(l->raw_mean);
		free(l->scaled_min), free(l->scaled_max), free(l->scaled_mean);
	}
	free(s->layer);
	free(s->output);
	memset(s, 0, sizeof *s);
}
