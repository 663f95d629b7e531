#include "core/diff/beside.h"

#include <math.h>
#include <stdlib.h>

static void find_layers(struct beside *b)
{
	struct diff_pair *p;
	int n = diff_align(b->m[0], b->m[1], &p);
	b->layer = xcalloc((size_t)b->m[0]->n_layer + 1, sizeof *b->layer);
	for (int i = 0; i < b->m[0]->n_layer; i++) {
		b->layer[i] = -1;
		b->layers += b->m[0]->layer[i].kind == LAYER_ANALYSED;
	}
	for (int k = 0; k < n; k++)
		if (p[k].a >= 0 && p[k].b >= 0 && p[k].shaped) {
			b->layer[p[k].at[0]] = p[k].at[1];
			b->fit++;
		}
	free(p);
}

int beside_make(struct beside *b, const struct question *const q[2], struct err *e)
{
	const struct diff_job j = { .m = { b->m[0], b->m[1] },
		                    .d = { b->d[0], b->d[1] },
		                    .q = { q[0], q[1] },
		                    .name = { b->name[0], b->name[1] } };
	int bad = diff_check(&j, e);
	if (bad)
		return bad;
	find_layers(b);
	b->converts = diff_converts(b->m, b->d, q[0]->task);
	return 0;
}

void beside_release(struct beside *b)
{
	for (int i = 0; b->filter && i < b->m[0]->n_layer; i++)
		free(b->filter[i]);
	free(b->filter);
	free(b->layer);
	b->filter = NULL;
	b->layer = NULL;
}

static bool same_head(const struct model *a, const struct model *b)
{
	return a->head == b->head && a->logarithms == b->logarithms;
}

/* Probabilities as the first model's head writes them. */
static void as_head(const struct model *m, const double *p, real *to)
{
	double v;
	for (int64_t k = 0; k < m->outputs; k++) {
		v = p[m->outputs == 1 ? 1 : k];
		if (m->logarithms || (m->head == HEAD_LINEAR && m->outputs > 1))
			v = log(v);
		else if (m->head == HEAD_LINEAR)
			v = log(v / (1 - v));
		to[k] = (real)v;
	}
}

void beside_outputs(const struct beside *b, int64_t i, const real *out, real *to)
{
	const struct model *m = b->m[0];
	if (m->task == TASK_CLASSIFICATION && !same_head(m, b->m[1])) {
		double *p = xcalloc((size_t)model_classes(m) + 1, sizeof *p);
		model_probabilities(b->m[1], out, p);
		as_head(m, p, to);
		free(p);
		return;
	}
	diff_reorder(b->m, out, to);
	if (b->converts)
		diff_convert(b->m, b->d, i, to);
}
