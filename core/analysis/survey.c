#include "core/analysis/survey.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "core/probe/batch.h"

/* Sums are taken over blocks of windows and the blocks added in order, so that the threads do not change a bit. */
enum { BLOCK = 64, FIGURES = 6 };

struct job {
	const struct model *m;
	const struct dataset *d;
	const struct question *q;
	int64_t from, to, blocks;
	int64_t width;  /* filters of all layers together */
	int64_t *at;    /* [layer] first filter in a row of figures; -1: not analysed */
	int64_t *count; /* (blocks, layers) windows with an importance */
	double *figure; /* (blocks, FIGURES, width) */
	real *output;
	atomic_llong next;
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

static void values_add(const real *v, int64_t n, int64_t width, double *q)
{
	double *low = q, *high = q + width, *sum = high + width;
	for (int64_t f = 0; f < n; f++)
		merge(&low[f], &high[f], &sum[f], (double)v[f], (double)v[f], (double)v[f]);
}

/* scaled: scratch for the layer's filters. */
static void layer_add(const struct job *j, int layer, const real *raw, real *scaled, double *q)
{
	int64_t n = j->m->layer[layer].filters, w = j->width;
	minmax_scale(raw, n, scaled);
	values_add(raw, n, w, q + j->at[layer]);
	values_add(scaled, n, w, q + 3 * w + j->at[layer]);
}

/* What a thread works with. */
struct worker {
	struct analysis *a;
	struct batch *batch; /* NULL: one window at a time */
	struct question question;
	real *scaled;
	/* Counted apart: the counts of two blocks share a cache line, and two threads would write to it in turn. */
	int64_t *count;
};

enum { FEW = RUN_LANES / 4 }; /* fewer windows than this are faster one by one */

/* The figures of window i, whose importances raw(layer) returns. q: those of its block. */
static void window_add(const struct job *j, struct worker *w, int64_t i, const real *output,
                       const real *(*raw)(struct worker *w, int lane, int layer), int lane, double *q)
{
	const struct model *m = j->m;
	memcpy(j->output + (i - j->from) * m->outputs, output, (size_t)m->outputs * sizeof *output);
	for (int k = 0; k < m->n_layer; k++) {
		const real *values = j->at[k] < 0 ? NULL : raw(w, lane, k);
		if (!values)
			continue;
		layer_add(j, k, values, w->scaled, q);
		w->count[k]++;
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
static void windows_add(const struct job *j, struct worker *w, int64_t i, int n, double *q)
{
	bool together = w->batch && n >= FEW && batch_importance(w->batch, &w->question, i, n);
	for (int l = 0; l < n; l++) {
		if (together) {
			window_add(j, w, i + l, batch_output(w->batch, l), raw_of_batch, l, q);
			continue;
		}
		w->question.window = i + l;
		analysis_ask(w->a, &w->question);
		window_add(j, w, i + l, analysis_output(w->a), raw_alone, 0, q);
	}
}

static void work(void *arg)
{
	struct job *j = arg;
	const struct model *m = j->m;
	struct worker w = { .a = analysis_new(m),
		            .batch = j->to - j->from < FEW ? NULL : batch_new(m, j->d),
		            .scaled = xcalloc((size_t)j->width + 1, sizeof *w.scaled),
		            .count = xcalloc((size_t)m->n_layer, sizeof *w.count) };
	int64_t block;
	question_copy(&w.question, j->q);
	analysis_data(w.a, j->d);
	analysis_set_importances_only(w.a);
	while ((block = atomic_fetch_add(&j->next, 1)) < j->blocks) {
		double *q = j->figure + block * FIGURES * j->width;
		int64_t first = j->from + block * BLOCK, end = first + BLOCK < j->to ? first + BLOCK : j->to;
		figures_clear(q, j->width);
		memset(w.count, 0, (size_t)m->n_layer * sizeof *w.count);
		for (int64_t i = first; i < end; i += RUN_LANES)
			windows_add(j, &w, i, end - i < RUN_LANES ? (int)(end - i) : RUN_LANES, q);
		memcpy(j->count + block * m->n_layer, w.count, (size_t)m->n_layer * sizeof *w.count);
	}
	analysis_free(w.a);
	batch_free(w.batch);
	question_release(&w.question);
	free(w.scaled);
	free(w.count);
}

static void collect(struct survey *s, const struct job *j)
{
	int64_t w = j->width;
	double *q = xcalloc((size_t)(FIGURES * w), sizeof *q);
	figures_clear(q, w);
	for (int64_t b = 0; b < j->blocks; b++) {
		const double *p = j->figure + b * FIGURES * w;
		for (int64_t i = 0; i < w; i++)
			for (int k = 0; k < FIGURES; k += 3)
				merge(&q[k * w + i], &q[(k + 1) * w + i], &q[(k + 2) * w + i], p[k * w + i],
				      p[(k + 1) * w + i], p[(k + 2) * w + i]);
	}
	for (int i = 0; i < s->n_layer; i++) {
		struct survey_layer *l = &s->layer[i];
		double **column[FIGURES] = { &l->raw_min,    &l->raw_max,    &l->raw_mean,
			                     &l->scaled_min, &l->scaled_max, &l->scaled_mean };
		int64_t n = 0;
		if (j->at[i] < 0)
			continue;
		for (int64_t b = 0; b < j->blocks; b++)
			n += j->count[b * s->n_layer + i];
		l->F = j->m->layer[i].filters;
		l->depends = n > 0;
		for (int k = 0; k < FIGURES; k++) {
			*column[k] = xcalloc((size_t)l->F, sizeof **column[k]);
			for (int64_t f = 0; f < l->F; f++)
				(*column[k])[f] = q[k * w + j->at[i] + f] / (k % 3 == 2 && n ? (double)n : 1);
		}
	}
	free(q);
}

void survey_make(struct survey *s, const struct model *m, const struct dataset *d, const struct question *q,
                 int64_t from, int64_t to, int threads)
{
	struct job j = { .m = m, .d = d, .q = q, .from = from, .to = to };
	j.blocks = (to - from + BLOCK - 1) / BLOCK;
	j.at = xcalloc((size_t)m->n_layer, sizeof *j.at);
	j.count = xcalloc((size_t)(j.blocks * m->n_layer), sizeof *j.count);
	for (int i = 0; i < m->n_layer; i++) {
		bool on = m->layer[i].kind == LAYER_ANALYSED;
		j.at[i] = on ? j.width : -1;
		j.width += on ? m->layer[i].filters : 0;
	}
	j.figure = xcalloc((size_t)(j.blocks * FIGURES * j.width), sizeof *j.figure);
	s->n_layer = m->n_layer;
	s->layer = xcalloc((size_t)m->n_layer, sizeof *s->layer);
	s->output = j.output = xcalloc((size_t)((to - from) * m->outputs), sizeof *s->output);
	threads_share(threads_of(threads, j.blocks), work, &j);
	collect(s, &j);
	free(j.figure);
	free(j.at);
	free(j.count);
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
