/* Filters switched off, and the second run that tries such things out. */
#include "core/analysis/analysis.h"

#include <assert.h>
#include <string.h>
#include "core/analysis/analysis_state.h"

int analysis_filter_seed(struct analysis *a, int layer, int64_t filter, real *seed)
{
	const struct layer *l = &a->layer[layer];
	assert(filter >= 0 && filter < l->filters);
	memset(a->rows, 0, (size_t)(l->filters * l->times) * sizeof *a->rows);
	for (int64_t t = 0; t < l->times; t++)
		a->rows[filter * l->times + t] = 1;
	memset(seed, 0, (size_t)shape_count(&layer_value(a, layer)->shape) * sizeof *seed);
	layer_unrows(a->m, l, a->rows, seed);
	return l->act;
}

/* One slice of the filter axis where there is one; single elements where filters are spread over several axes. */
static void run_set_off(struct analysis *a, struct run *r, const struct filter_ref *q)
{
	const struct layer *l = &a->layer[q->layer];
	const struct shape *s = &layer_value(a, q->layer)->shape;
	if (l->axis_f >= 0 && s->dim[l->axis_f] == l->filters) {
		run_switch_off(r, l->act, l->axis_f, q->filter);
		return;
	}
	analysis_filter_seed(a, q->layer, q->filter, a->seed_native);
	int64_t n = shape_count(s);
	for (int64_t i = 0; i < n; i++)
		if (a->seed_native[i] != 0)
			run_switch_off(r, l->act, -1, i);
}

static void run_set_switches(struct analysis *a, struct run *r)
{
	run_switch_clear(r);
	for (int i = 0; i < a->n_off; i++)
		run_set_off(a, r, &a->off[i]);
}

static int find_off(const struct analysis *a, int layer, int64_t filter)
{
	for (int i = 0; i < a->n_off; i++)
		if (a->off[i].layer == layer && a->off[i].filter == filter)
			return i;
	return -1;
}

void analysis_switch(struct analysis *a, int layer, int64_t filter, bool off)
{
	assert(a->layer[layer].kind == LAYER_ANALYSED && filter >= 0 && filter < a->layer[layer].filters);
	int at = find_off(a, layer, filter);
	if (off == (at >= 0) || !analysis_differentiable(a, layer))
		return;
	if (off) {
		a->off = xrealloc(a->off, (size_t)a->n_off + 1, sizeof *a->off);
		a->off[a->n_off++] = (struct filter_ref){ layer, filter };
	} else {
		a->off[at] = a->off[--a->n_off];
	}
	run_set_switches(a, a->run);
	analysis_stale(a, STALE_ALL);
}

bool analysis_is_off(const struct analysis *a, int layer, int64_t filter)
{
	return find_off(a, layer, filter) >= 0;
}

void analysis_switch_clear(struct analysis *a)
{
	if (!a->n_off)
		return;
	a->n_off = 0;
	run_switch_clear(a->run);
	analysis_stale(a, STALE_ALL);
}

int analysis_n_off(const struct analysis *a)
{
	return a->n_off;
}

struct run *analysis_twin(struct analysis *a)
{
	if (!a->twin)
		a->twin = run_new(a->m->graph);
	run_set_switches(a, a->twin);
	return a->twin;
}
