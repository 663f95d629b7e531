#include "core/survey/survey_lanes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/rank.h"
#include "core/kernels/tile.h"
#include "core/probe/batch.h"
#include "core/probe/importance.h"

bool survey_add_importance(struct survey_filter *f, int measure, const real *raw, int64_t n, real *scaled)
{
	bool finite = true;
	minmax_scale(raw, n, scaled);
	for (int64_t i = 0; i < n; i++) {
		finite &= isfinite(raw[i]) != 0;
		spread_add(&f[i].importance[measure][0], (double)raw[i]);
		spread_add(&f[i].importance[measure][1], (double)scaled[i]);
	}
	return finite;
}

void survey_add_map(const struct survey_plan *p, const real *x, const real *g, double *channel, double *step)
{
	for (int64_t t = 0; t < p->T; t++)
		for (int64_t c = 0; c < p->C; c++) {
			double v = fabs((double)g[t * p->C + c]);
			double both[SURVEY_METHODS] = { v, fabs((double)x[t * p->C + c] * v) };
			for (int k = 0; k < SURVEY_METHODS && isfinite(both[k]); k++) {
				channel[k * p->C + c] += both[k];
				if (step)
					step[k * p->T + t] += both[k];
			}
		}
}

struct survey_lanes {
	const struct model *m;
	const struct dataset *d;
	const struct survey_plan *p;
	struct batch *batch;
	int *layer_at, *consumer_at; /* [layer of the model] index into the plan's layers and consumers, or -1 */
	/* of one call */
	struct survey_part *part;
	int n;
	bool finite[RUN_LANES], has_map;
	real **raw;             /* [measure * n_layer + layer of the plan] (filters,RUN_LANES) */
	bool *depends;          /* the same: it was computed */
	bool *counted;          /* [consumer] its gradient was added */
	real *turned;           /* scratch: (RUN_LANES, numbers of a layer or of the input) */
	real *scaled;           /* scratch: filters of a layer */
	real *map, *x, *native; /* (RUN_LANES,T,C); (T,C); in the model's order */
};

/* Measures of which the importance of all lanes is computed at once. */
static bool measures(int k)
{
	return importance_measures[k].lanes != NULL;
}

static bool possible(const struct survey_lanes *s)
{
	bool all = s->batch != NULL;
	for (int y = 0; all && y < s->p->n_layer; y++)
		all = batch_is_rows(s->batch, s->p->layer[y].index);
	for (int k = 0; all && k < s->p->n_measure; k++)
		all = measures(k) || !importance_measures[k].rows;
	return all;
}

static int64_t most_numbers(const struct survey_plan *p)
{
	int64_t most = p->T * p->C;
	for (int y = 0; y < p->n_layer; y++)
		most = p->layer[y].filters * p->layer[y].times > most ? p->layer[y].filters * p->layer[y].times : most;
	return most;
}

struct survey_lanes *survey_lanes_new(const struct model *m, const struct dataset *d, const struct survey_plan *p)
{
	struct survey_lanes *s = xcalloc(1, sizeof *s);
	*s = (struct survey_lanes){ .m = m, .d = d, .p = p, .batch = batch_new(m, d) };
	if (!possible(s)) {
		survey_lanes_free(s);
		return NULL;
	}
	size_t count = (size_t)(p->T * p->C), most = (size_t)most_numbers(p);
	s->layer_at = xcalloc((size_t)m->n_layer, sizeof *s->layer_at);
	s->consumer_at = xcalloc((size_t)m->n_layer, sizeof *s->consumer_at);
	memset(s->layer_at, 0xff, (size_t)m->n_layer * sizeof *s->layer_at);
	memset(s->consumer_at, 0xff, (size_t)m->n_layer * sizeof *s->consumer_at);
	for (int y = 0; y < p->n_layer; y++)
		s->layer_at[p->layer[y].index] = y;
	for (int k = 0; k < p->n_consumer; k++)
		s->consumer_at[p->consumer[k].index] = k;
	s->raw = xcalloc((size_t)(p->n_measure * p->n_layer) + 1, sizeof *s->raw);
	s->depends = xcalloc((size_t)(p->n_measure * p->n_layer) + 1, sizeof *s->depends);
	s->counted = xcalloc((size_t)p->n_consumer + 1, sizeof *s->counted);
	for (int i = 0; i < p->n_measure * p->n_layer; i++)
		if (measures(i / p->n_layer))
			s->raw[i] = xcalloc((size_t)p->layer[i % p->n_layer].filters * RUN_LANES, sizeof **s->raw);
	s->turned = xcalloc(most * RUN_LANES + TILE_SLACK, sizeof *s->turned);
	s->scaled = xcalloc(most, sizeof *s->scaled);
	s->map = xcalloc(count * RUN_LANES, sizeof *s->map);
	s->x = xcalloc(count, sizeof *s->x);
	s->native = xcalloc(count, sizeof *s->native);
	return s;
}

void survey_lanes_free(struct survey_lanes *s)
{
	if (!s)
		return;
	for (int i = 0; s->raw && i < s->p->n_measure * s->p->n_layer; i++)
		free(s->raw[i]);
	batch_free(s->batch);
	free(s->layer_at), free(s->consumer_at);
	free(s->raw), free(s->depends), free(s->counted);
	free(s->turned), free(s->scaled);
	free(s->map), free(s->x), free(s->native);
	free(s);
}

/* ---- gradients, as the pass meets them ---- */

/* Measures that want the gradient before the activation function get the other one where there is none. */
static bool seen(int layer, bool pre, const real *gradient, void *ctx)
{
	struct survey_lanes *s = ctx;
	const struct survey_plan *p = s->p;
	int y = s->layer_at[layer], c = s->consumer_at[layer];
	bool is_before = pre || !batch_has_pre(s->batch, layer);
	for (int k = 0; y >= 0 && k < p->n_measure; k++) {
		const struct importance_measure *q = &importance_measures[k];
		if (!measures(k) || (q->before ? !is_before : pre))
			continue;
		int64_t step = p->layer[y].times * RUN_LANES;
		const real *act = q->activations ? batch_activation(s->batch, layer) : NULL;
		for (int64_t f = 0; f < p->layer[y].filters; f++)
			q->lanes(p->layer[y].times, act ? act + f * step : NULL, gradient + f * step,
			         s->raw[k * p->n_layer + y] + f * RUN_LANES);
		s->depends[k * p->n_layer + y] = true;
	}
	if (c >= 0 && is_before) {
		moments_add_gradient_lanes(&s->part->moments[c], &p->consumer[c], gradient, s->n);
		s->counted[c] = true;
	}
	return true;
}

static void seen_input(const real *gradient, void *ctx)
{
	struct survey_lanes *s = ctx;
	int64_t count = s->p->T * s->p->C;
	lanes_turn(count, gradient, s->turned);
	for (int l = 0; l < s->n; l++)
		model_unpack(s->m, s->turned + l * count, s->map + l * count);
	s->has_map = true;
}

/* Consumers on which the target does not depend: their steps are counted. */
static void consumers_end(struct survey_lanes *s)
{
	for (int c = 0; c < s->p->n_consumer; c++)
		for (int l = 0; !s->counted[c] && l < s->n; l++)
			moments_add_gradient(&s->part->moments[c], &s->p->consumer[c], NULL);
}

/* ---- figures ---- */

static void add_importances(struct survey_lanes *s, const int64_t *group)
{
	const struct survey_plan *p = s->p;
	for (int i = 0; i < p->n_measure * p->n_layer; i++) {
		int y = i % p->n_layer;
		int64_t n = p->layer[y].filters;
		if (!s->depends[i])
			continue;
		lanes_turn(n, s->raw[i], s->turned);
		for (int l = 0; l < s->n; l++)
			s->finite[l] &= survey_add_importance(&s->part->filter[y][group[l] * n], i / p->n_layer,
			                                      s->turned + l * n, n, s->scaled);
	}
}

static void add_activations(struct survey_lanes *s, int64_t first, const int64_t *group)
{
	const struct survey_plan *p = s->p;
	struct survey_filter *of[RUN_LANES];
	for (int y = 0; y < p->n_layer; y++) {
		const struct survey_layer_plan *q = &p->layer[y];
		const real *v = batch_activation(s->batch, q->index);
		for (int64_t f = 0; f < q->filters; f++) {
			for (int l = 0; l < s->n; l++)
				of[l] = &s->part->filter[y][group[l] * q->filters + f];
			survey_filter_add_lanes(of, q, first, s->n, v + f * q->times * RUN_LANES, s->finite);
		}
	}
}

/* Moments of what layers read from other layers. */
static void add_moments(struct survey_lanes *s)
{
	for (int k = 0; k < s->p->n_consumer; k++) {
		const struct survey_consumer *c = &s->p->consumer[k];
		if (c->from < 0 || s->m->layer[c->from].kind == LAYER_INPUT)
			continue;
		int64_t n = c->channels * c->times;
		lanes_turn(n, batch_activation(s->batch, c->from), s->turned);
		for (int l = 0; l < s->n; l++)
			moments_add(&s->part->moments[k], c, s->turned + l * n);
	}
}

/* What is made of the input: moments of layers that read it, and the target's map. */
static void add_inputs(struct survey_lanes *s, int64_t first)
{
	const struct survey_plan *p = s->p;
	for (int l = 0; l < s->n; l++) {
		dataset_window(s->d, first + l, s->x);
		for (int64_t i = 0; i < p->T * p->C; i++)
			s->native[i % p->C * p->T + i / p->C] = s->x[i];
		for (int k = 0; k < p->n_consumer; k++)
			if (p->consumer[k].from >= 0 && s->m->layer[p->consumer[k].from].kind == LAYER_INPUT)
				moments_add(&s->part->moments[k], &p->consumer[k], s->native);
		if (s->has_map)
			survey_add_map(p, s->x, s->map + l * p->T * p->C, s->part->saliency_channel,
			               s->part->saliency_step);
	}
}

bool survey_lanes_add(struct survey_lanes *s, struct survey_part *part, const struct question *q, int64_t first, int n,
                      const int64_t *group)
{
	s->part = part;
	s->n = n;
	s->has_map = false;
	memset(s->depends, 0, (size_t)(s->p->n_measure * s->p->n_layer) * sizeof *s->depends);
	memset(s->counted, 0, (size_t)s->p->n_consumer * sizeof *s->counted);
	for (int l = 0; l < RUN_LANES; l++)
		s->finite[l] = true;
	if (!batch_all(s->batch, q, first, n, &(struct batch_view){ seen, seen_input, s }))
		return false;
	consumers_end(s);
	add_importances(s, group);
	add_activations(s, first, group);
	add_moments(s);
	add_inputs(s, first);
	return true;
}

const real *survey_lanes_output(const struct survey_lanes *s, int lane)
{
	return batch_output(s->batch, lane);
}

bool survey_lanes_finite(const struct survey_lanes *s, int lane)
{
	return s->finite[lane];
}
