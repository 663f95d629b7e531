/* Grad-CAM along time: formula and source in the table of core/probe/saliency.c. */
#include "core/probe/saliency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Can its activations be weighed: a series that comes before the value `v`? */
static bool candidate(const struct probe *p, int layer, int v)
{
	const struct layer *l = &p->layer[layer];
	const struct graph *g = p->m->graph;
	return l->kind == LAYER_ANALYSED && l->has_time && l->times > 1 && l->act != v &&
	       probe_differentiable(p, layer) && g->value[l->act].node <= g->value[v].node;
}

/* Value s (n steps) at place `at` of T, between the middles of the steps. */
static double stretched(const double *s, int64_t n, int64_t t, int64_t T)
{
	double at = ((double)t + 0.5) * (double)n / (double)T - 0.5;
	at = at < 0 ? 0 : at > (double)(n - 1) ? (double)(n - 1) : at;
	int64_t i = (int64_t)at, next = i + 1 < n ? i + 1 : i;
	return s[i] + (at - (double)i) * (s[next] - s[i]);
}

/* act, grad (F,n): out (T,C), every channel the same. */
static void weigh(struct saliency_job *j, const real *act, const real *grad, int64_t F, int64_t n)
{
	int64_t T = j->p->m->T, C = j->p->m->C;
	double *s = xcalloc((size_t)n, sizeof *s);
	for (int64_t f = 0; f < F; f++) {
		double mean = 0;
		for (int64_t t = 0; t < n; t++)
			mean += (double)grad[f * n + t] / (double)n;
		for (int64_t t = 0; t < n; t++)
			s[t] += mean * (double)act[f * n + t];
	}
	for (int64_t t = 0; t < n; t++)
		s[t] = s[t] > 0 ? s[t] : 0;
	for (int64_t t = 0; t < T; t++)
		for (int64_t c = 0; c < C; c++)
			j->out[t * C + c] = (real)stretched(s, n, t, T);
	free(s);
}

static void weigh_layer(struct saliency_job *j, int layer)
{
	const struct layer *l = &j->p->layer[layer];
	real *act = xcalloc((size_t)layer_count(l) * 2, sizeof *act), *grad = act + layer_count(l);
	layer_rows(j->p->m, l, run_real(j->p->run, l->act), act);
	layer_rows(j->p->m, l, run_grad(j->p->run, l->act), grad);
	weigh(j, act, grad, l->filters, l->times);
	j->note->at = layer;
	free(act);
}

/* A first layer has only the input before it: its channels are weighed. */
static void weigh_input(struct saliency_job *j)
{
	int64_t T = j->p->m->T, C = j->p->m->C;
	real *x = xcalloc((size_t)(T * C) * 2, sizeof *x), *g = x + T * C;
	saliency_gradient(j, j->p->run, j->g);
	for (int64_t t = 0; t < T; t++)
		for (int64_t c = 0; c < C; c++) {
			x[c * T + t] = j->p->x[t * C + c];
			g[c * T + t] = j->g[t * C + c];
		}
	weigh(j, x, g, C, T);
	j->note->at = 0;
	free(x);
}

bool saliency_cam(struct saliency_job *j)
{
	struct probe *p = j->p;
	int v = saliency_seed(j, p->run, p->seed), last = -1;
	memset(j->out, 0, (size_t)probe_window_count(p) * sizeof *j->out);
	if (v < 0)
		return false;
	run_want_clear(p->run);
	for (int i = 0; i < p->n_layer; i++)
		if (candidate(p, i, v))
			run_want(p->run, p->layer[i].act);
	run_backward(p->run, v, p->seed);
	for (int i = 0; i < p->n_layer; i++)
		if (candidate(p, i, v) && run_grad(p->run, p->layer[i].act) &&
		    (last < 0 ||
		     p->m->graph->value[p->layer[i].act].node >= p->m->graph->value[p->layer[last].act].node))
			last = i;
	if (last >= 0)
		weigh_layer(j, last);
	else
		weigh_input(j);
	return false;
}
