#include "core/whatif/invert_pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/model/task.h"

void invert_pass_make(struct invert_pass *a, const struct invert_job *j)
{
	const struct model *m = j->m;
	const struct layer *l = j->wish == INVERT_FILTER ? &m->layer[j->layer] : NULL;
	size_t count = (size_t)(m->T * m->C), outputs = (size_t)m->outputs;
	size_t seeds = l ? (size_t)(l->filters * l->times) : outputs;
	*a = (struct invert_pass){ .j = j };
	a->kind = loss_for(j->wish == INVERT_CLASS ? TASK_CLASSIFICATION : TASK_REGRESSION, m);
	perturb_init(&a->p, m->T, m->C, j->d, !j->free, 1);
	perturb_init(&a->series, m->T, m->C, j->d, true, 1);
	a->run = run_new(m->graph);
	run_want(a->run, m->input);
	a->x0 = xcalloc(4 * count + 1, sizeof *a->x0);
	a->native = a->x0 + count;
	a->part = a->native + count;
	a->wide = a->part + count;
	a->seed = xcalloc(2 * seeds + 1, sizeof *a->seed);
	a->rows = a->seed + seeds;
	a->y = xcalloc(2 * outputs + 1, sizeof *a->y);
	a->output = a->y + outputs;
	for (size_t k = 0; k < outputs; k++)
		a->y[k] = (real)j->value;
	if (j->d->n)
		dataset_window(j->d, j->window, a->x0);
}

void invert_pass_release(struct invert_pass *a)
{
	run_free(a->run);
	free(a->x0), free(a->seed), free(a->y);
}

/* ---- what is wished ---- */

/* The mean of the filter's row of value v, and the seed of its negative. */
static double filter_mean(struct invert_pass *a, int v)
{
	const struct layer *l = &a->j->m->layer[a->j->layer];
	int64_t n = l->filters * l->times;
	double sum = 0;
	layer_rows(a->j->m, l, run_real(a->run, v), a->rows);
	for (int64_t t = 0; t < l->times; t++)
		sum += (double)a->rows[a->j->filter * l->times + t];
	memset(a->rows, 0, (size_t)n * sizeof *a->rows);
	for (int64_t t = 0; t < l->times; t++)
		a->rows[a->j->filter * l->times + t] = (real)(-1 / (double)l->times);
	layer_unrows(a->j->m, l, a->rows, a->seed);
	return sum / (double)l->times;
}

/* Whether the activation of the filter has the same value at each step as where nothing passes: no gradient. */
static bool filter_silent(struct invert_pass *a)
{
	const struct layer *l = &a->j->m->layer[a->j->layer];
	if (l->pre == l->act || l->pre < 0)
		return false;
	layer_rows(a->j->m, l, run_real(a->run, l->act), a->rows);
	for (int64_t t = 0; t < l->times; t++)
		if (a->rows[a->j->filter * l->times + t] != 0)
			return false;
	return true;
}

/* Returns the value at which the backward pass begins; a->seed is the gradient there. */
static int wish_loss(struct invert_pass *a)
{
	const struct model *m = a->j->m;
	if (a->j->wish == INVERT_FILTER) {
		const struct layer *l = &m->layer[a->j->layer];
		bool silent = filter_silent(a);
		double before = silent ? filter_mean(a, l->pre) : 0;
		a->wish = filter_mean(a, l->act);
		a->loss = silent ? -before : -a->wish;
		return silent ? l->pre : l->act;
	}
	int at = a->j->wish == INVERT_CLASS && loss_of_logits(a->kind) ? m->logits : m->output;
	a->loss = a->wish =
	        loss_eval(a->kind, m->outputs, run_real(a->run, at), a->j->wish == INVERT_CLASS ? NULL : a->y,
	                  a->j->wish == INVERT_CLASS ? a->j->cls : -1, a->seed);
	return at;
}

/* ---- priors ---- */

static double deviation(const struct invert_pass *a, int64_t c)
{
	double d = a->j->spread->deviation[c];
	return d > 0 ? d : 1;
}

static void add_near(struct invert_pass *a, const real *x, real *g)
{
	int64_t C = a->p.C, own = a->p.own;
	double n = (double)(a->p.T * own), sum = 0;
	for (int64_t k = 0; k < a->p.T * C; k++) {
		int64_t c = k % C;
		if (c >= own)
			continue;
		double d = deviation(a, c), v = ((double)x[k] - (double)a->x0[k]) / d;
		sum += v * v;
		if (g)
			g[k] += (real)(a->j->near * 2 * v / d / n);
	}
	a->loss += a->j->near * sum / n;
}

static void add_variation(struct invert_pass *a, const real *x, real *g)
{
	int64_t C = a->p.C, own = a->p.own;
	double n = (double)((a->p.T - 1) * own), sum = 0;
	for (int64_t k = C; k < a->p.T * C; k++) {
		int64_t c = k % C;
		if (c >= own)
			continue;
		double d = deviation(a, c), v = ((double)x[k] - (double)x[k - C]) / d;
		double slope = a->j->variation * (v > 0 ? 1 : v < 0 ? -1 : 0) / d / n;
		sum += fabs(v);
		if (g) {
			g[k] += (real)slope;
			g[k - C] -= (real)slope;
		}
	}
	a->loss += n > 0 ? a->j->variation * sum / n : 0;
}

/* r = x - derived(x): the gradient of its squares goes to both. */
static void add_consistent(struct invert_pass *a, const real *x, real *g)
{
	const struct perturb *q = &a->series;
	int64_t C = q->C;
	double n = (double)(q->T * (C - q->own)), sum = 0;
	memcpy(a->part, x, (size_t)(q->T * C) * sizeof *a->part);
	perturb_derive(q, a->part);
	for (int64_t k = 0; k < q->T * C; k++) {
		int64_t c = k % C;
		a->wide[k] = 0;
		if (c < q->own)
			continue;
		double d = deviation(a, c), v = ((double)x[k] - (double)a->part[k]) / d;
		double slope = a->j->consistent * 2 * v / d / n;
		sum += v * v;
		a->wide[k] = (real)-slope;
		if (g)
			g[k] += (real)slope;
	}
	a->loss += a->j->consistent * sum / n;
	if (!g)
		return;
	perturb_backward(q, x, a->wide);
	for (int64_t k = 0; k < q->T * C; k++)
		g[k] += a->wide[k];
}

/* ---- all of it ---- */

void invert_pass(struct invert_pass *a, const real *x, real *g)
{
	const struct model *m = a->j->m;
	int64_t count = a->p.T * a->p.C;
	model_pack(m, x, a->native);
	run_input(a->run, 0, a->native);
	run_forward(a->run);
	memcpy(a->output, run_real(a->run, m->output), (size_t)m->outputs * sizeof *a->output);
	int at = wish_loss(a);
	if (g) {
		run_backward(a->run, at, a->seed);
		const real *by = run_grad(a->run, m->input);
		memset(g, 0, (size_t)count * sizeof *g);
		if (by)
			model_unpack(m, by, g);
		a->slopes = false;
		for (int64_t k = 0; k < count && !a->slopes; k++)
			a->slopes = isfinite(g[k]) && g[k] != 0;
	}
	if (a->j->near > 0)
		add_near(a, x, g);
	if (a->j->variation > 0)
		add_variation(a, x, g);
	if (a->j->consistent > 0 && a->j->free && a->series.derived)
		add_consistent(a, x, g);
	if (g && a->p.derived)
		perturb_backward(&a->p, x, g);
}
