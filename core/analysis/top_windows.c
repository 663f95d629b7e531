#include "core/analysis/top_windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/run/run.h"

struct best {
	int n;
	struct top_window w[TOP_WINDOWS];
};

struct top_windows {
	const struct model *m;
	const struct dataset *d;
	bool overlap;
	int64_t next;
	struct run *run;
	struct best **best; /* [layer] of (F), NULL: not analysed */
	real *tc, *native, *rows;
};

struct top_windows *top_windows_new(const struct model *m, const struct dataset *d, bool overlap)
{
	struct top_windows *t = xcalloc(1, sizeof *t);
	size_t n = (size_t)(m->T * m->C), largest = 1;
	t->m = m;
	t->d = d;
	t->overlap = overlap;
	t->run = run_new_outputs(m->graph, 0, NULL);
	t->best = xcalloc((size_t)m->n_layer + 1, sizeof *t->best);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		if (l->kind != LAYER_ANALYSED || m->graph->value[l->act].dtype != DT_REAL)
			continue;
		t->best[i] = xcalloc((size_t)l->filters + 1, sizeof **t->best);
		size_t count = (size_t)(l->filters * l->times);
		largest = count > largest ? count : largest;
	}
	t->tc = xcalloc(n, sizeof *t->tc);
	t->native = xcalloc(n, sizeof *t->native);
	t->rows = xcalloc(largest, sizeof *t->rows);
	return t;
}

void top_windows_free(struct top_windows *t)
{
	if (!t)
		return;
	for (int i = 0; i < t->m->n_layer; i++)
		free(t->best[i]);
	run_free(t->run);
	free(t->best), free(t->tc), free(t->native), free(t->rows);
	free(t);
}

static void remove_at(struct best *b, int i)
{
	memmove(&b->w[i], &b->w[i + 1], (size_t)(b->n - i - 1) * sizeof *b->w);
	b->n--;
}

/* Returns whether only one of two windows may be listed. */
static bool excludes(const struct top_windows *t, int64_t a, int64_t b)
{
	return !t->overlap && dataset_overlap(t->d, a, b);
}

/* Windows come in order of their index, so ties keep the earlier. */
static void offer(const struct top_windows *t, struct best *b, struct top_window w)
{
	for (int i = 0; i < b->n; i++)
		if (excludes(t, w.window, b->w[i].window) && !(w.value > b->w[i].value))
			return;
	if (b->n == TOP_WINDOWS && !(w.value > b->w[b->n - 1].value))
		return;
	for (int i = b->n - 1; i >= 0; i--)
		if (excludes(t, w.window, b->w[i].window))
			remove_at(b, i);
	int at = b->n < TOP_WINDOWS ? b->n++ : TOP_WINDOWS - 1;
	for (; at > 0 && w.value > b->w[at - 1].value; at--)
		b->w[at] = b->w[at - 1];
	b->w[at] = w;
}

bool top_window_peak(const real *v, int64_t times, struct top_window *w)
{
	bool any = false;
	*w = (struct top_window){ 0, 0, -INFINITY };
	for (int64_t i = 0; i < times; i++)
		if ((double)v[i] > w->value || (!any && !isnan(v[i]))) {
			w->value = (double)v[i];
			w->time = i;
			any = true;
		}
	return any;
}

static void layer_offer(struct top_windows *t, int layer, int64_t window)
{
	const struct layer *l = &t->m->layer[layer];
	layer_rows(t->m, l, run_now(t->run, l->act), t->rows);
	for (int64_t f = 0; f < l->filters; f++) {
		struct top_window w;
		bool any = top_window_peak(t->rows + f * l->times, l->times, &w);
		w.window = window;
		if (any)
			offer(t, &t->best[layer][f], w);
	}
}

/* The layers that this node completes. */
static void node_offer(int node, void *ctx)
{
	struct top_windows *t = ctx;
	for (int k = 0; k < t->m->n_layer; k++)
		if (t->best[k] && t->m->graph->value[t->m->layer[k].act].node == node)
			layer_offer(t, k, t->next);
}

static void one_window(struct top_windows *t)
{
	int64_t i = t->next;
	dataset_window(t->d, i, t->tc);
	model_pack(t->m, t->tc, t->native);
	run_input(t->run, 0, t->native);
	run_forward_passing(t->run, node_offer, t);
	t->next++;
}

static double now(void)
{
	struct timespec s;
	clock_gettime(CLOCK_MONOTONIC, &s);
	return (double)s.tv_sec + (double)s.tv_nsec * 1e-9;
}

bool top_windows_step(struct top_windows *t, double budget)
{
	double end = now() + budget;
	while (t->next < t->d->n) {
		one_window(t);
		if (now() >= end)
			break;
	}
	return t->next < t->d->n;
}

void top_windows_progress(const struct top_windows *t, int64_t *done, int64_t *total)
{
	*done = t->next;
	*total = t->d->n;
}

const struct top_window *top_windows_get(const struct top_windows *t, int layer, int64_t filter, int *n)
{
	*n = 0;
	if (layer < 0 || layer >= t->m->n_layer || !t->best[layer])
		return NULL;
	*n = t->best[layer][filter].n;
	return t->best[layer][filter].w;
}
