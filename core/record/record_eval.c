#include "core/record/record_eval.h"

#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis.h"
#include "core/base/threads.h"

void record_eval_init(struct record_eval *v, const struct record_plan *p, const struct question *q)
{
	*v = (struct record_eval){ .p = p, .a = analysis_new(p->m), .batch = batch_new(p->m, p->d) };
	question_copy(&v->q, q);
	analysis_data(v->a, p->d);
}

void record_eval_release(struct record_eval *v)
{
	question_release(&v->q);
	analysis_free(v->a);
	batch_free(v->batch);
	memset(v, 0, sizeof *v);
}

static void one_window(struct record_eval *v, int64_t window, real *output, real *map)
{
	int64_t n = v->p->m->T * v->p->m->C;
	v->q.window = window;
	analysis_ask(v->a, &v->q);
	memcpy(output, analysis_output(v->a), (size_t)v->p->m->outputs * sizeof *output);
	if (!map)
		return;
	const real *s = analysis_saliency(v->a, -1, 0);
	for (int64_t i = 0; i < n; i++)
		map[i] = real_abs(s[i]);
}

enum { FEW = RUN_LANES / 4 }; /* fewer windows than this are faster one by one */

void record_eval_windows(struct record_eval *v, int64_t from, int64_t n, real *output, real *map)
{
	const struct model *m = v->p->m;
	int64_t window[RUN_LANES], count = m->T * m->C;
	bool lanes = v->batch && (!map || v->q.method == saliency_find("gradient"));
	for (int64_t i = 0; i < n; i += RUN_LANES) {
		int some = n - i < RUN_LANES ? (int)(n - i) : RUN_LANES;
		real *out = output + i * m->outputs, *maps = map ? map + i * count : NULL;
		for (int l = 0; l < some; l++)
			window[l] = record_window(v->p, from + i + l);
		bool together = lanes && some >= FEW && batch_windows(v->batch, &v->q, window, some, maps);
		for (int l = 0; l < some; l++)
			if (together)
				memcpy(out + l * m->outputs, batch_output(v->batch, l),
				       (size_t)m->outputs * sizeof *out);
			else
				one_window(v, window[l], out + l * m->outputs, maps ? maps + l * count : NULL);
	}
}

/* ---- several threads ---- */

struct share {
	struct record_eval eval;
	int64_t from, n;
	real *output, *map;
};

struct record_team {
	int n;
	struct share share[THREADS_MAX];
};

struct record_team *record_team_new(const struct record_plan *p, const struct question *q, int threads)
{
	struct record_team *t = xcalloc(1, sizeof *t);
	t->n = threads_of(threads, THREADS_MAX);
	for (int i = 0; i < t->n; i++)
		record_eval_init(&t->share[i].eval, p, q);
	return t;
}

void record_team_free(struct record_team *t)
{
	for (int i = 0; t && i < t->n; i++)
		record_eval_release(&t->share[i].eval);
	free(t);
}

static void work(void *arg)
{
	struct share *s = arg;
	record_eval_windows(&s->eval, s->from, s->n, s->output, s->map);
}

/* Shares are whole batches, so that the lanes of a window do not depend on the number of threads. */
void record_team_windows(struct record_team *t, int64_t from, int64_t n, real *output, real *map)
{
	const struct model *m = t->share[0].eval.p->m;
	int64_t batches = (n + RUN_LANES - 1) / RUN_LANES, each = (batches + t->n - 1) / t->n * RUN_LANES;
	for (int i = 0; i < t->n; i++) {
		struct share *s = &t->share[i];
		int64_t first = i * each < n ? i * each : n, end = first + each < n ? first + each : n;
		s->from = from + first;
		s->n = end - first;
		s->output = output + first * m->outputs;
		s->map = map ? map + first * m->T * m->C : NULL;
	}
	threads_run(n ? (int)((n + each - 1) / each) : 1, work, t->share, sizeof *t->share);
}
