#include "ui/scene/scene_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 1 << 22 }; /* numbers of activations of all layers */

bool scene_init(struct scene *c, const struct session *s, struct windows *windows)
{
	const struct model *m = s->m;
	*c = (struct scene){ .n_layer = m->n_layer,
		             .target = NAN,
		             .loss = NAN,
		             .predicted = -1,
		             .loss_name = "",
		             .window_stale = true,
		             .trace_stale = true,
		             .windows = windows };
	filter_set_copy(&c->off, &s->q.off);
	c->rows = xcalloc((size_t)m->n_layer + 1, sizeof *c->rows);
	c->response = xcalloc((size_t)m->n_layer + 1, sizeof *c->response);
	c->cache = xcalloc((size_t)m->n_layer + 1, sizeof *c->cache);
	int64_t all = 0;
	for (int i = 0; i < m->n_layer; i++)
		if (m->layer[i].kind == LAYER_ANALYSED) {
			rows_init(&c->rows[i], &m->layer[i], m->C);
			all += m->layer[i].filters * m->layer[i].times;
		}
	c->small = all <= SMALL;
	c->channel = xcalloc((size_t)m->C + 1, sizeof *c->channel);
	c->colour = xcalloc((size_t)(m->T * m->C) + 1, sizeof *c->colour);
	c->share = xcalloc((size_t)m->C + 1, sizeof *c->share);
	c->trace_max = xcalloc((size_t)m->n_layer + 1, sizeof *c->trace_max);
	c->channels = (struct fact_channels){ m->C, (const char *const *)(s->d && s->d->channel ? s->d->channel
		                                                                                : m->channel) };
	while (saliency_methods[c->n_method].name)
		c->n_method++;
	c->method = xcalloc((size_t)c->n_method, sizeof *c->method);
	for (int i = 0; i < c->n_method; i++)
		c->method[i].share = xcalloc((size_t)m->C + 1, sizeof *c->method[i].share);
	if (s->runs)
		c->worker = worker_new(m, s->d, s->truth, windows);
	return !s->runs || c->worker;
}

static void maps_forget(struct scene *c)
{
	for (int i = 0; i <= c->n_layer; i++) {
		int64_t F = i ? c->rows[i - 1].F : 1;
		for (int64_t f = 0; c->cache[i].map && f < F; f++) {
			free(c->cache[i].map[f]);
			c->cache[i].map[f] = NULL;
		}
	}
	c->map = NULL;
}

void scene_release(struct scene *c)
{
	worker_free(c->worker);
	maps_forget(c);
	scene_second_forget(c);
	free(c->second.answer);
	question_release(&c->second.q);
	filter_set_release(&c->off);
	for (int i = 0; i <= c->n_layer; i++) {
		free(c->cache[i].map);
		free(c->cache[i].note);
	}
	for (int i = 0; i < c->n_layer; i++)
		rows_clear(&c->rows[i]);
	for (int i = 0; i < c->n_method; i++) {
		free(c->method[i].map);
		free(c->method[i].share);
	}
	free(c->method);
	answer_free(c->window);
	answer_free(c->traced);
	answer_free(c->record);
	answer_free(c->silence);
	answer_free(c->intact);
	answer_free(c->why);
	answer_free(c->doubts);
	answer_free(c->spectrum);
	free(c->peeked);
	free(c->rows);
	free(c->cache);
	free(c->channel);
	free(c->colour);
	free(c->share);
	free(c->trace_max);
	answer_free(c->twins);
	answer_free(c->top);
	for (int i = 0; i < LIKES; i++)
		answer_free(c->likes[i]);
	for (int i = 0; i < c->n_layer; i++)
		answer_free(c->response[i]);
	free(c->response);
	kernel_release(&c->kernel);
	filter_expr_free(c->expression);
	free(c->ask);
	survey_set_free(c->survey.set);
	truth_forget(&c->truth);
	prune_forget(&c->prune);
	countered_free(c->counter.found);
	*c = (struct scene){ 0 };
}

/* Hold order and scales when filters are switched, release them when another list is asked for. They are released,
 * too, once the numbers of the network of then are there again, or those of the intact one: what is shown depends on
 * the network alone, and not on the way to it. */
static void rows_hold(const struct scene *c, const struct session *s, int layer, unsigned changed)
{
	struct rows *r = &c->rows[layer];
	if (changed & (CHANGED_WINDOW | CHANGED_VALUES | CHANGED_ORDER)) {
		bool was = r->held;
		r->held = r->returned = false;
		if (was && !(changed & CHANGED_NUMBERS))
			rows_rescale(r);
		return;
	}
	if (!(changed & CHANGED_SWITCHES))
		return;
	if (!r->held && r->loaded && !r->stale) {
		if (!r->ordered)
			scene_order(c, r, s, layer);
		r->held = true;
		filter_set_copy(&r->off_then, &c->off);
	}
	r->returned = r->held && (!s->q.off.n || filter_set_equal(&r->off_then, &s->q.off));
}

/* Maps that are about another thing are dropped; those of an earlier question stay until new ones come. */
static void methods_changed(struct scene *c, const struct session *s, unsigned changed)
{
	int layer;
	int64_t filter;
	scene_explained(s, &layer, &filter);
	bool other = layer != c->method_layer || filter != c->method_filter,
	     baseline = s->q.baseline != c->method_baseline || s->q.baseline_window != c->method_window;
	for (int i = 0; i < c->n_method; i++) {
		struct method_map *q = &c->method[i];
		q->stale |= other || (changed & CHANGED_NUMBERS) || (baseline && saliency_methods[i].baseline);
		if (!other)
			continue;
		free(q->map);
		q->map = NULL;
	}
	c->method_layer = layer;
	c->method_filter = filter;
	c->method_baseline = s->q.baseline;
	c->method_window = s->q.baseline_window;
}

void scene_changed(struct scene *c, const struct session *s, unsigned changed)
{
	static const unsigned stale[ANSWER_KINDS] = {
		[ANSWER_WINDOW] = CHANGED_NUMBERS,
		[ANSWER_LAYER] = CHANGED_NUMBERS,
		[ANSWER_TRACE] = CHANGED_NUMBERS,
		[ANSWER_FEEDS] = CHANGED_NUMBERS,
		[ANSWER_TWINS] = CHANGED_NUMBERS,
		[ANSWER_MAP] = CHANGED_NUMBERS | CHANGED_METHOD,
		[ANSWER_LOOK] = CHANGED_NUMBERS | CHANGED_METHOD,
		[ANSWER_ABLATION] = CHANGED_NUMBERS,
		[ANSWER_METHOD] = CHANGED_NUMBERS | CHANGED_METHOD,
		[ANSWER_CLUSTERS] = CHANGED_NUMBERS | CHANGED_CLUSTERS,
		[ANSWER_SET_CLUSTERS] = CHANGED_CLUSTERS,
		[ANSWER_DOUBTS] = CHANGED_NUMBERS,
		[ANSWER_SPECTRUM] = CHANGED_NUMBERS | CHANGED_METHOD,
		[ANSWER_WHY] = CHANGED_NUMBERS,
		[ANSWER_RECORD] = CHANGED_VALUES | CHANGED_SWITCHES | CHANGED_METHOD,
		[ANSWER_PEEK] = CHANGED_VALUES | CHANGED_METHOD,
	};
	for (int i = 0; i < c->n_layer; i++) {
		struct rows *r = &c->rows[i];
		rows_hold(c, s, i, changed);
		r->stale |= (changed & stale[ANSWER_LAYER]) != 0;
		r->looked = changed & stale[ANSWER_LOOK] ? 0 : r->looked;
		r->ablation_stale |= (changed & stale[ANSWER_ABLATION]) != 0;
		r->set_clusters_stale |= (changed & stale[ANSWER_SET_CLUSTERS]) != 0;
		r->clusters_stale |= (changed & stale[ANSWER_CLUSTERS]) != 0;
		if (changed & (CHANGED_ORDER | CHANGED_CLUSTERS | CHANGED_VALUES | CHANGED_SWITCHES | CHANGED_MARKS))
			r->ordered = false;
	}
	filter_set_copy(&c->off, &s->q.off);
	c->lists += (changed & (CHANGED_WINDOW | CHANGED_VALUES | CHANGED_ORDER)) != 0;
	c->window_stale |= (changed & stale[ANSWER_WINDOW]) != 0;
	c->trace_stale |= (changed & (stale[ANSWER_TRACE] | CHANGED_TIME)) != 0;
	c->twins_stale |= (changed & stale[ANSWER_TWINS]) != 0;
	c->record_stale |= (changed & stale[ANSWER_RECORD]) != 0;
	if (changed & stale[ANSWER_MAP])
		maps_forget(c);
	methods_changed(c, s, changed);
	if (changed & stale[ANSWER_DOUBTS]) {
		answer_free(c->doubts);
		c->doubts = NULL;
	}
	if (changed & stale[ANSWER_SPECTRUM]) {
		answer_free(c->spectrum);
		c->spectrum = NULL;
	}
	if (changed & stale[ANSWER_WHY]) {
		answer_free(c->why);
		c->why = NULL;
	}
	if (changed & stale[ANSWER_PEEK]) {
		c->n_peek = c->peek_at = 0;
		free(c->peeked);
		c->peeked = NULL;
	}
	if (!c->worker || !(changed & CHANGED_QUESTION))
		return;
	unsigned generation = worker_question(c->worker, &s->q);
	for (int k = 0; k < ANSWER_KINDS; k++)
		if (changed & stale[k])
			c->oldest[k] = generation;
}

/* ---- what numbers are asked for ---- */

void scene_selected(const struct scene *c, const struct session *s, int *layer, int64_t *filter)
{
	bool one = (c->needs & NEEDS_SELECTED) && s->layer >= 0 && s->chosen[s->layer];
	*layer = one ? s->layer : -1;
	*filter = one ? s->filter[s->layer] : 0;
}

void scene_explained(const struct session *s, int *layer, int64_t *filter)
{
	bool one = s->one_filter && s->view == VIEW_METHODS && s->layer >= 0;
	*layer = one ? s->layer : -1;
	*filter = one ? s->filter[s->layer] : 0;
}

bool scene_measures(const struct session *s, int layer)
{
	const struct layer *l = &s->m->layer[layer];
	struct kernel k;
	if (!l->has_time || l->times < 2)
		return false;
	if (l->n_in != 1 || s->m->layer[l->in[0]].kind != LAYER_INPUT || !kernel_of(&k, s->m, layer, 0))
		return true;
	bool input = k.channels == s->m->C;
	kernel_release(&k);
	return !input;
}

bool answer_about(const struct answer *r, int layer, int64_t filter)
{
	return r && r->ask.layer == layer && r->ask.filter == filter;
}

void scene_where(struct scene *c, const char *text)
{
	c->where++;
	if (c->worker)
		worker_where(c->worker, text, c->where);
}

bool scene_take(struct scene *c, struct session *s)
{
	bool any = false;
	for (struct answer *r; c->worker && (r = worker_take(c->worker));)
		any |= scene_place_answer(c, s, r);
	return any;
}

bool scene_fetch(struct scene *c, struct session *s, double seconds)
{
	if (!c->worker)
		return false;
	scene_list_missing(c, s);
	int n = c->n_ask;
	scene_list_later(c, s);
	worker_ask(c->worker, c->ask, c->n_ask, n);
	if (!n)
		return false;
	worker_wait(c->worker, seconds);
	return scene_take(c, s) || seconds < 0; /* who waits for all asks until nothing is missing */
}

const real *scene_map(const struct scene *c, int layer, int64_t filter)
{
	const struct map_cache *q = &c->cache[layer + 1];
	return q->map ? q->map[filter] : NULL;
}

static void update_map(struct scene *c, struct session *s)
{
	int layer;
	int64_t filter, n = s->m->T * s->m->C;
	scene_selected(c, s, &layer, &filter);
	c->map = scene_map(c, layer, filter);
	if (!c->map)
		return;
	c->map_max = series_abs_max(series_of(c->map, n));
	c->note = c->cache[layer + 1].note[filter];
	c->share_stale = layer != c->colour_layer || filter != c->colour_filter;
	if (!c->recolour)
		return;
	c->recolour = c->share_stale = false;
	c->colour_layer = layer;
	c->colour_filter = filter;
	saliency_channels(c->map, s->m->T, s->m->C, c->share);
	memcpy(c->colour, c->map, (size_t)n * sizeof *c->colour);
	c->colour_max = c->map_max;
	c->colour_signed = saliency_methods[s->q.method].is_signed;
	c->coloured = true;
}

static void update_filter(struct scene *c, struct session *s)
{
	const struct rows *r = scene_rows(c, s, s->layer);
	int f = s->filter[s->layer];
	const real *g = r->numbers->grad;
	c->gradient = g ? g + (int64_t)f * r->times : NULL;
	c->gradient_max = g ? series_abs_max(series_of(c->gradient, r->times)) : 0;
	if (!answer_about(c->top, s->layer, f)) {
		answer_free(c->top);
		c->top = NULL;
	}
	for (int i = 0; i < LIKES; i++)
		if (!answer_about(c->likes[i], s->layer, f)) {
			answer_free(c->likes[i]);
			c->likes[i] = NULL;
		}
	if (!c->kernel.w || c->kernel_layer != s->layer || c->kernel_filter != f) {
		kernel_release(&c->kernel);
		kernel_of(&c->kernel, s->m, s->layer, f);
		c->kernel_layer = s->layer;
		c->kernel_filter = f;
	}
}

/* The time cursor stands on a step that is shown. It starts at the filter's largest value among these. */
static void place_time(struct scene *c, struct session *s)
{
	const struct rows *r = scene_rows(c, s, s->layer);
	int64_t *t = &s->time[s->layer];
	if (!r->loaded || (*t >= r->seen.from && *t < r->seen.from + r->seen.n))
		return;
	struct series v = rows_seen(r, s->filter[s->layer]);
	if (!v.v)
		return;
	int64_t best = 0;
	for (int64_t i = 1; i < v.n; i++)
		if (v.v[i] > v.v[best])
			best = i;
	*t = r->seen.from + best;
}

bool scene_traced(const struct scene *c, const struct session *s, struct ask *q)
{
	if (!s->highlight || s->layer < 0 || !(c->needs & NEEDS_TRACE) || s->time[s->layer] < 0)
		return false;
	*q = (struct ask){ .kind = s->highlight == HIGHLIGHT_FORWARD ? ANSWER_FEEDS : ANSWER_TRACE,
		           .layer = s->layer,
		           .filter = s->filter[s->layer],
		           .time = s->time[s->layer] };
	return true;
}

static void update_trace(struct scene *c, const struct session *s)
{
	struct ask q;
	bool there = scene_traced(c, s, &q) && !c->trace_stale && ask_equal(&c->traced->ask, &q);
	c->trace = there ? &c->trace_of : NULL;
}

/* The text was checked when it was typed. */
static void update_expression(struct scene *c, const struct session *s)
{
	struct err e;
	if (!strcmp(c->parsed, s->expression))
		return;
	filter_expr_free(c->expression);
	c->expression = *s->expression ? filter_expr_parse(s->expression, &c->channels, &e) : NULL;
	memcpy(c->parsed, s->expression, sizeof c->parsed);
	for (int i = 0; i < c->n_layer; i++)
		c->rows[i].ordered = false, c->rows[i].to_first = true;
}

/* Drops the activations of layers that are not on the screen, if those of all layers are many. */
static void drop_activations(struct scene *c, const struct session *s)
{
	for (int k = 0; !c->small && k < s->n_column; k++) {
		struct layer_numbers *n = c->rows[s->column[k]].numbers;
		bool shown = (c->needs & NEEDS_SHOWN) && k >= c->shown.first && k < c->shown.first + c->shown.n;
		if (shown || s->column[k] == s->layer || n->detail == DETAIL_FIGURES)
			continue;
		free(n->act);
		free(n->grad);
		n->act = n->grad = NULL;
		n->detail = DETAIL_FIGURES;
	}
}

void scene_update(struct scene *c, struct session *s, unsigned needs, unsigned changed, bool rested)
{
	c->needs = needs;
	for (int i = 0; i < c->n_layer; i++)
		c->rows[i].seen = session_span(s, i);
	if (!c->worker)
		return;
	update_expression(c, s);
	if (c->survey.always || s->all_windows || s->both_bars || (filter_expr_sources(c->expression) & FROM_SURVEY))
		scene_survey(c, s);
	scene_choose_set(c, s);
	truth_ask(&c->truth, c->worker, s, (needs & NEEDS_TRUTH) != 0);
	if (needs & NEEDS_CURVE)
		prune_curve(&c->prune, c->worker, s);
	drop_activations(c, s);
	if (s->layer >= 0) {
		scene_rows(c, s, s->layer);
		place_time(c, s);
	}
	/* recolouring costs bytes: from filter to filter only at rest */
	if (rested || !c->coloured ||
	    (changed & (CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_VIEW | CHANGED_LAYER | CHANGED_LOOK)))
		c->recolour = true;
	update_map(c, s);
	if ((needs & NEEDS_FILTER) && s->layer >= 0)
		update_filter(c, s);
	update_trace(c, s);
}
