#include "ui/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void scene_init(struct scene *c, const struct session *s)
{
	const struct model *m = s->m;
	*c = (struct scene){ .n_layer = m->n_layer, .target = NAN, .loss = NAN, .predicted = -1, .loss_name = "" };
	c->rows = xcalloc((size_t)m->n_layer + 1, sizeof *c->rows);
	c->channel = xcalloc((size_t)m->C + 1, sizeof *c->channel);
	c->colour = xcalloc((size_t)(m->T * m->C) + 1, sizeof *c->colour);
	c->share = xcalloc((size_t)m->C + 1, sizeof *c->share);
	c->trace_max = xcalloc((size_t)m->n_layer + 1, sizeof *c->trace_max);
}

static void rows_release(struct rows *r)
{
	free(r->range);
	free(r->scaled);
	free(r->mean);
	free(r->dead);
	free(r->off);
	free(r->shown);
	free(r->order);
	free(r->list);
	*r = (struct rows){ 0 };
}

void scene_release(struct scene *c)
{
	for (int i = 0; i < c->n_layer; i++)
		rows_release(&c->rows[i]);
	free(c->rows);
	free(c->channel);
	free(c->colour);
	free(c->share);
	free(c->trace_max);
	free(c->weight_order);
	*c = (struct scene){ 0 };
}

void scene_changed(struct scene *c, unsigned changed)
{
	for (int i = 0; i < c->n_layer; i++) {
		struct rows *r = &c->rows[i];
		if (changed & CHANGED_NUMBERS)
			r->valid = r->ordered = false;
		if (changed & (CHANGED_NUMBERS | CHANGED_CLUSTERS))
			r->clusters = NULL;
		if (changed & (CHANGED_ORDER | CHANGED_CLUSTERS))
			r->ordered = false;
	}
}

static void rows_make(struct rows *r, const struct layer *l)
{
	size_t F = (size_t)l->filters + 1;
	r->F = l->filters;
	r->times = l->times;
	r->range = xcalloc(F, sizeof *r->range);
	r->scaled = xcalloc(F, sizeof *r->scaled);
	r->mean = xcalloc(F, sizeof *r->mean);
	r->dead = xcalloc(F, sizeof *r->dead);
	r->off = xcalloc(F, sizeof *r->off);
	r->shown = xcalloc(F, sizeof *r->shown);
	r->order = xcalloc(F, sizeof *r->order);
	r->list = xcalloc(F, sizeof *r->list);
}

static void rows_fill(struct rows *r, struct session *s, int layer)
{
	if (!r->order)
		rows_make(r, &s->m->layer[layer]);
	r->act = analysis_activation(s->a, layer);
	r->importance = analysis_importance(s->a, layer);
	for (int64_t f = 0; f < r->F; f++) {
		struct series v = series_of(r->act + f * r->times, r->times);
		r->range[f] = series_range(v);
		double sum = 0;
		for (int64_t t = 0; t < r->times; t++)
			sum += (double)v.v[t];
		r->mean[f] = sum / (double)r->times;
		r->scaled[f] = r->importance->scaled ? (double)r->importance->scaled[f] : (double)NAN;
		r->dead[f] = analysis_dead(s->a, layer, f);
		r->off[f] = analysis_is_off(s->a, layer, f);
	}
	if (s->filter[layer] < 0 || s->filter[layer] >= r->F)
		s->filter[layer] = r->importance->order ? r->importance->order[0] : 0;
	r->valid = true;
	r->ordered = false;
}

struct place {
	double key;
	int f;
};

static int by_key(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	bool na = isnan(a->key), nb = isnan(b->key);
	if (na != nb)
		return na ? 1 : -1;
	if (!na && a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->f - b->f;
}

static double sort_key(const struct rows *r, enum sort k, int f)
{
	double rank = r->importance->rank ? (double)r->importance->rank[f] : 0;
	switch (k) {
	case SORT_INDEX:
		return f;
	case SORT_CLUSTER:
		return r->clusters && r->clusters->k ? r->clusters->label[f] * (double)(r->F + 1) + rank : rank;
	case SORT_MEAN:
		return -r->mean[f];
	default:
		return rank;
	}
}

static void rows_order(struct rows *r, const struct session *s, int layer)
{
	struct place *p = xcalloc((size_t)r->F + 1, sizeof *p);
	for (int f = 0; f < (int)r->F; f++)
		p[f] = (struct place){ sort_key(r, s->sort, f), f };
	qsort(p, (size_t)r->F, sizeof *p, by_key);
	for (int i = 0; i < (int)r->F; i++)
		r->order[i] = p[s->reverse ? (int)r->F - 1 - i : i].f;
	free(p);
	if (r->importance->scaled) {
		percentile_shown(r->importance->scaled, r->F, s->percentile / 100.0, r->shown);
	} else {
		for (int f = 0; f < (int)r->F; f++)
			r->shown[f] = true;
	}
	r->n_shown = r->n_list = 0;
	for (int i = 0; i < (int)r->F; i++) {
		int f = r->order[i];
		r->n_shown += r->shown[f];
		if (r->shown[f] || f == s->filter[layer])
			r->list[r->n_list++] = f;
	}
	r->ordered = true;
}

/* The list holds the selected filter even if the percentile hides it: gone from there when the selection moves on. */
static bool list_stale(const struct rows *r, const struct session *s, int layer)
{
	int extra = r->n_list - r->n_shown, f = s->filter[layer];
	if (r->shown[f])
		return extra != 0;
	return extra != 1 || scene_place(r, f, false) < 0;
}

const struct rows *scene_rows(struct scene *c, struct session *s, int layer)
{
	struct rows *r = &c->rows[layer];
	if (!r->valid)
		rows_fill(r, s, layer);
	if (s->sort == SORT_CLUSTER && !r->clusters) {
		r->clusters = analysis_clusters(s->a, layer);
		r->ordered = false;
	}
	if (!r->ordered || list_stale(r, s, layer))
		rows_order(r, s, layer);
	return r;
}

const struct rows *scene_clustered(struct scene *c, struct session *s, int layer)
{
	scene_rows(c, s, layer);
	if (!c->rows[layer].clusters)
		c->rows[layer].clusters = analysis_clusters(s->a, layer);
	return &c->rows[layer];
}

int scene_place(const struct rows *r, int filter, bool whole)
{
	const int *v = whole ? r->order : r->list;
	int n = whole ? (int)r->F : r->n_list;
	for (int i = 0; i < n; i++)
		if (v[i] == filter)
			return i;
	return -1;
}

static void update_window(struct scene *c, struct session *s)
{
	const struct model *m = s->m;
	enum loss_kind k = LOSS_NONE;
	c->input = analysis_input(s->a);
	c->output = analysis_output(s->a);
	c->predicted = analysis_class(s->a);
	c->target = analysis_target_value(s->a);
	if (!analysis_loss(s->a, &k, &c->loss))
		c->loss = (double)NAN;
	c->loss_name = loss_name(k);
	for (int64_t ch = 0; ch < m->C; ch++)
		c->channel[ch] = series_range((struct series){ c->input + ch, m->T, m->C });
}

static void update_map(struct scene *c, struct session *s, bool recolour)
{
	int layer;
	int64_t filter, n = s->m->T * s->m->C;
	session_selected(s, &layer, &filter);
	c->map = analysis_saliency(s->a, layer, filter);
	c->map_max = series_abs_max(series_of(c->map, n));
	if (!recolour)
		return;
	saliency_channels(c->map, s->m->T, s->m->C, c->share);
	memcpy(c->colour, c->map, (size_t)n * sizeof *c->colour);
	c->colour_max = c->map_max;
	c->coloured = true;
}

static int nearer(const void *pa, const void *pb)
{
	const struct twin *a = pa, *b = pb;
	return a->distance != b->distance ? (a->distance < b->distance ? -1 : 1) : a->filter - b->filter;
}

/* Nearest filters by the distance that clusters are made of: min-max scaled activations. */
static void update_twins(struct scene *c, const struct rows *r, int filter)
{
	c->n_twin = 0;
	if (r->times < 2)
		return;
	real *a = xcalloc((size_t)r->times * 2, sizeof *a), *b = a + r->times;
	struct twin *t = xcalloc((size_t)r->F + 1, sizeof *t);
	int n = 0;
	minmax_scale(r->act + filter * r->times, r->times, a);
	for (int f = 0; f < (int)r->F; f++) {
		if (f == filter)
			continue;
		minmax_scale(r->act + f * r->times, r->times, b);
		double sum = 0;
		for (int64_t i = 0; i < r->times; i++)
			sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
		t[n++] = (struct twin){ f, sqrt(sum / (double)r->times) };
	}
	qsort(t, (size_t)n, sizeof *t, nearer);
	c->n_twin = n < TWINS ? n : TWINS;
	memcpy(c->twin, t, (size_t)c->n_twin * sizeof *t);
	free(t);
	free(a);
}

static int heavier(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	return a->key != b->key ? (a->key > b->key ? -1 : 1) : a->f - b->f;
}

/* The kernel of a convolution: its weight constant is (filters, channels, taps). */
static void update_weights(struct scene *c, const struct session *s, int filter)
{
	const struct layer *l = session_layer_now(s);
	const struct graph *g = s->m->graph;
	c->weight = NULL;
	for (int i = l->first_node; i < l->end_node; i++) {
		const struct node *n = &g->node[i];
		if (!strcmp(n->op->name, "Conv") && n->n_in > 1 && g->value[n->in[1]].r && g->value[n->in[1]].shape.rank >= 3) {
			const struct value *w = &g->value[n->in[1]];
			if (filter >= w->shape.dim[0] || w->shape.dim[0] != l->filters)
				return;
			c->weight_channels = w->shape.dim[1];
			c->weight_taps = shape_count(&w->shape) / (w->shape.dim[0] * w->shape.dim[1]);
			c->weight = w->r + filter * c->weight_channels * c->weight_taps;
			break;
		}
	}
	if (!c->weight)
		return;
	int64_t n = c->weight_channels, taps = c->weight_taps;
	c->weight_max = series_abs_max(series_of(c->weight, n * taps));
	c->weight_order = xrealloc(c->weight_order, (size_t)n + 1, sizeof *c->weight_order);
	struct place *p = xcalloc((size_t)n + 1, sizeof *p);
	for (int64_t i = 0; i < n; i++) {
		p[i].f = (int)i;
		for (int64_t k = 0; k < taps; k++)
			p[i].key += (double)c->weight[i * taps + k] * (double)c->weight[i * taps + k];
	}
	qsort(p, (size_t)n, sizeof *p, heavier);
	for (int64_t i = 0; i < n; i++)
		c->weight_order[i] = p[i].f;
	free(p);
}

static void update_filter(struct scene *c, struct session *s)
{
	const struct rows *r = scene_clustered(c, s, s->layer);
	int f = s->filter[s->layer];
	const real *g = analysis_gradient(s->a, s->layer);
	c->gradient = g ? g + (int64_t)f * r->times : NULL;
	c->gradient_max = g ? series_abs_max(series_of(c->gradient, r->times)) : 0;
	update_twins(c, r, f);
	update_weights(c, s, f);
}

/* Where the time cursor starts: at the filter's largest value. */
static void place_time(struct scene *c, struct session *s)
{
	const struct rows *r = scene_rows(c, s, s->layer);
	if (s->time[s->layer] >= 0 && s->time[s->layer] < r->times)
		return;
	const real *v = r->act + (int64_t)s->filter[s->layer] * r->times;
	int64_t best = 0;
	for (int64_t t = 1; t < r->times; t++)
		if (v[t] > v[best])
			best = t;
	s->time[s->layer] = best;
}

static void update_trace(struct scene *c, struct session *s)
{
	c->trace = NULL;
	if (!s->highlight || s->layer < 0 || (s->view != VIEW_FILTER && s->view != VIEW_LAYERS) || s->filter[s->layer] < 0)
		return;
	c->trace = analysis_trace(s->a, s->layer, s->filter[s->layer], s->time[s->layer]);
	for (int i = 0; c->trace && i < c->trace->n_layer; i++) {
		const struct layer *l = &s->m->layer[i];
		int64_t n = i == 0 ? s->m->T * s->m->C : l->filters * l->times;
		c->trace_max[i] = c->trace->share[i] ? series_abs_max(series_of(c->trace->share[i], n)) : 0;
	}
}

void scene_update(struct scene *c, struct session *s, unsigned changed, bool rested)
{
	if (!s->a)
		return;
	if (changed & CHANGED_NUMBERS)
		update_window(c, s);
	if (s->layer >= 0) {
		scene_rows(c, s, s->layer);
		place_time(c, s);
	}
	/* recolouring costs bytes: only with a change of scene, or at rest */
	bool scene = (changed & (CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_VIEW | CHANGED_LAYER | CHANGED_LOOK)) != 0;
	if (scene || rested || (changed & CHANGED_FILTER))
		update_map(c, s, scene || rested || !c->coloured);
	if (s->view == VIEW_FILTER && s->layer >= 0)
		update_filter(c, s);
	update_trace(c, s);
}
