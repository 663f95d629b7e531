/* Statistics of BatchNormalization over the calibration windows, on what the smaller network gives it. */
#include <math.h>
#include <stdlib.h>
#include "core/prune/prune_repair.h"
#include "core/run/run.h"

/* Mean and variance of each channel of a value over windows and steps, added in the order of the windows (Welford 1962,
 * Technometrics 4). mean, variance (channels) */
static void statistics(const struct prune_fix *q, const struct model *now, int value, double *mean, double *variance)
{
	const struct model *m = now;
	const struct shape *s = &m->graph->value[value].shape;
	int64_t channels = s->dim[1], steps = shape_count(s) / channels, n = 0;
	real *tc = xcalloc((size_t)(m->T * m->C), sizeof *tc), *native = xcalloc((size_t)(m->T * m->C), sizeof *native);
	struct run *r = run_new_outputs(m->graph, 1, &value);
	for (int64_t i = 0; i < q->windows; i++) {
		dataset_window(q->d, i, tc);
		model_pack(m, tc, native);
		run_input(r, 0, native);
		run_forward(r);
		const real *x = run_real(r, value);
		for (int64_t t = 0; t < steps; t++, n++)
			for (int64_t c = 0; c < channels; c++) {
				double v = (double)x[c * steps + t], gap = v - mean[c];
				mean[c] += gap / (double)(n + 1);
				variance[c] += gap * (v - mean[c]);
			}
	}
	for (int64_t c = 0; c < channels; c++)
		variance[c] /= (double)n;
	run_free(r);
	free(tc);
	free(native);
}

static void set_numbers(struct prune_fix *q, int value, int64_t n, const double *v)
{
	real *to = xcalloc((size_t)n + 1, sizeof *to);
	for (int64_t i = 0; i < n; i++)
		to[i] = (real)v[i];
	free(q->edits.constant[value]);
	q->edits.constant[value] = to;
}

int prune_renorm(struct prune_fix *q, struct err *e)
{
	const struct prune_map *p = q->facts->p;
	const struct graph *g = p->m->graph;
	if (!q->d)
		return err_set(e, ERR_VALUE, "--renorm needs data");
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		if (!(n->op->flags & OP_BATCH_NORM) || !g->value[n->in[3]].constant || !g->value[n->in[4]].constant)
			continue;
		struct model *now = prune_build(p, q->removed, &q->edits, e);
		if (!now)
			return e->code;
		int value = graph_find(now->graph, g->value[n->in[0]].name);
		int64_t channels = now->graph->value[value].shape.dim[1];
		double *mean = xcalloc((size_t)channels + 1, sizeof *mean);
		double *variance = xcalloc((size_t)channels + 1, sizeof *variance);
		statistics(q, now, value, mean, variance);
		set_numbers(q, n->in[3], channels, mean);
		set_numbers(q, n->in[4], channels, variance);
		free(mean);
		free(variance);
		model_free(now);
	}
	return 0;
}
