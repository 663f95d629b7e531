#include "ui/state/pin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 1 << 22 }; /* numbers of activations of all layers */
enum {
	HELD_MOST = 9
}; /* a bar on a held scale ends far above its full length: its value has one digit before the point */

double importance_on(struct range scale, double raw)
{
	double span = scale.hi - scale.lo, v = span > 0 ? (raw - scale.lo) / span : 0;
	return isnan(raw) ? raw : fmin(fmax(v, 0), HELD_MOST);
}

/* What is drawn of the numbers that there are, on scales of their own or on those that are held. */
static void rows_rescale(struct rows *r)
{
	const struct layer_numbers *n = r->numbers;
	const struct layer_importance *q = r->importance;
	if (!r->held && q->raw)
		r->raw = series_range(series_of(q->raw, r->F));
	for (int64_t f = 0; f < r->F; f++) {
		if (!r->held)
			r->range_then[f] = n->range[f];
		r->range[f] = range_join(r->range_then[f], n->range[f]);
		r->scaled[f] = !q->scaled            ? (double)NAN
		               : r->held && !r->over ? importance_on(r->raw, (double)q->raw[f])
		                                     : (double)q->scaled[f];
	}
	r->ordered = false;
}

/* The numbers of the window or those over all windows become the ones that are shown. */
static void rows_choose(struct rows *r)
{
	r->importance = r->over ? &r->of_set : &r->numbers->importance;
	r->mean = r->over ? r->set_mean : r->numbers->mean;
	const struct answer *clustered = r->over ? r->set_clustered : r->clustered;
	r->clusters = clustered ? &clustered->clusters : NULL;
	rows_rescale(r);
}

static void rows_numbers(struct rows *r, struct layer_numbers *n)
{
	layer_numbers_free(r->numbers);
	r->numbers = n;
	r->dead = n->dead;
	r->stale = false;
	if (r->returned)
		r->held = r->returned = false;
	rows_choose(r);
}

static double *missing(int64_t n)
{
	double *v = xcalloc((size_t)n + 1, sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = NAN;
	return v;
}

static void rows_make(struct rows *r, const struct layer *l, int64_t C)
{
	size_t F = (size_t)l->filters + 1;
	struct layer_numbers *n = xcalloc(1, sizeof *n);
	r->F = n->F = l->filters;
	r->times = n->times = l->times;
	r->seen = (struct span){ 0, l->times };
	n->importance.F = l->filters;
	n->range = xcalloc(F, sizeof *n->range);
	n->mean = xcalloc(F, sizeof *n->mean);
	n->dead = xcalloc(F, sizeof *n->dead);
	n->peak = xcalloc(F, sizeof *n->peak);
	r->look = missing(r->F * C);
	r->ablation = missing(r->F);
	r->range = xcalloc(F, sizeof *r->range);
	r->range_then = xcalloc(F, sizeof *r->range_then);
	r->scaled = xcalloc(F, sizeof *r->scaled);
	r->placed = xcalloc(F, sizeof *r->placed);
	r->off = xcalloc(F, sizeof *r->off);
	r->shown = xcalloc(F, sizeof *r->shown);
	r->order = xcalloc(F, sizeof *r->order);
	r->list = xcalloc(F, sizeof *r->list);
	rows_numbers(r, n);
	r->stale = r->clusters_stale = r->set_clusters_stale = r->ablation_stale = true;
}

static void of_set_release(struct rows *r)
{
	free((void *)r->of_set.raw);
	free((void *)r->of_set.scaled);
	free((void *)r->of_set.order);
	free((void *)r->of_set.rank);
	free(r->set_mean);
	free(r->set_look);
	r->of_set = (struct layer_importance){ 0 };
	r->set_mean = r->set_look = NULL;
}

static void rows_release(struct rows *r)
{
	of_set_release(r);
	layer_numbers_free(r->numbers);
	answer_free(r->clustered);
	answer_free(r->set_clustered);
	free(r->range);
	free(r->range_then);
	filter_set_release(&r->off_then);
	free(r->scaled);
	free(r->look);
	free(r->ablation);
	free(r->placed);
	free(r->off);
	free(r->shown);
	free(r->order);
	free(r->list);
	*r = (struct rows){ 0 };
}

static int64_t map_count(const struct session *s, int layer)
{
	return layer < 0 ? 1 : s->m->layer[layer].filters;
}

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
			rows_make(&c->rows[i], &m->layer[i], m->C);
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
		c->worker = worker_new(m, s->d, s->truth, s->beside, windows);
	return !s->runs || c->worker;
}

/* ---- all windows ---- */

void scene_survey(struct scene *c, const struct session *s)
{
	if (!c->worker || (c->survey.on && target_equal(&c->survey.target, &s->q.target)))
		return;
	c->survey.on = true;
	c->survey.fits = c->survey.failed = false;
	c->survey.done = c->survey.total = 0;
	c->survey.target = s->q.target;
	worker_survey(c->worker, &s->q, c->survey.source, s->origin, ++c->survey.number);
}

static bool place_survey(struct scene *c, struct answer *r)
{
	bool wanted = r->total > 0 && r->ask.time == c->survey.number;
	if (wanted) {
		c->survey.done = r->done;
		c->survey.total = r->total;
		c->survey.failed = r->done == r->total && !r->survey;
	}
	if (wanted && r->survey) {
		survey_set_free(c->survey.set);
		c->survey.set = r->survey;
		c->survey.fits = true;
		r->survey = NULL;
		/* an expression may read it */
		for (int i = 0; i < c->n_layer; i++)
			c->rows[i].ordered = false;
	}
	answer_free(r);
	return wanted;
}

bool scene_over_set(const struct scene *c, const struct session *s)
{
	return s->all_windows && c->survey.set && c->survey.fits && survey_set_measures(c->survey.set, s->q.measure);
}

bool scene_lacks(const struct scene *c, const struct session *s)
{
	return s->all_windows && c->survey.set && c->survey.fits && !survey_set_measures(c->survey.set, s->q.measure);
}

/* Which sums of channels the survey has for this method; -1: none. */
static int surveyed_method(int method)
{
	static const char *const names[SURVEY_METHODS] = { "gradient", "gradient-input" };
	for (int k = 0; k < SURVEY_METHODS; k++)
		if (!strcmp(saliency_methods[method].name, names[k]))
			return k;
	return -1;
}

/* What the rows of a layer show over all windows. */
static void rows_of_set(const struct scene *c, const struct session *s, int layer)
{
	struct rows *r = &c->rows[layer];
	size_t F = (size_t)r->F;
	int64_t C = c->channels.n;
	int method = surveyed_method(s->q.method);
	of_set_release(r);
	r->set_mean = missing(r->F);
	r->set_look = missing(r->F * C);
	r->of_set.F = r->F;
	if (!survey_set_filter(c->survey.set, layer, 0))
		return;
	real *raw = xcalloc(F + 1, sizeof *raw), *scaled = xcalloc(F + 1, sizeof *scaled);
	int *order = xcalloc(F + 1, sizeof *order), *rank = xcalloc(F + 1, sizeof *rank);
	for (int64_t f = 0; f < r->F; f++) {
		const struct set_filter *q = survey_set_filter(c->survey.set, layer, f);
		raw[f] = (real)survey_set_importance(q, s->q.measure, false);
		scaled[f] = (real)survey_set_importance(q, s->q.measure, true);
		r->of_set.depends |= !isnan(raw[f]);
		r->set_mean[f] = q->all.activation.n ? q->all.activation.mean : (double)NAN;
		if (method >= 0)
			survey_set_look(c->survey.set, q, method, r->set_look + f * C);
	}
	rank_order(scaled, r->F, order, rank);
	r->of_set.raw = r->of_set.depends ? raw : NULL;
	r->of_set.scaled = r->of_set.depends ? scaled : NULL;
	r->of_set.order = order;
	r->of_set.rank = rank;
	if (r->of_set.depends)
		return;
	free(raw);
	free(scaled);
}

/* Chooses what the rows show, after the user or the survey has changed it. */
static void update_over(struct scene *c, const struct session *s)
{
	const struct survey_set *set = scene_over_set(c, s) ? c->survey.set : NULL;
	if (set == c->over.set && (!set || (c->over.measure == s->q.measure && c->over.method == s->q.method)))
		return;
	c->over.set = set;
	c->over.measure = s->q.measure;
	c->over.method = s->q.method;
	for (int k = 0; k < s->n_column; k++) {
		struct rows *r = &c->rows[s->column[k]];
		if (set)
			rows_of_set(c, s, s->column[k]);
		r->over = set != NULL;
		rows_choose(r);
	}
}

static void second_forget(struct scene *c)
{
	for (int i = 0; c->second.answer && i <= c->n_layer; i++) {
		answer_free(c->second.answer[i]);
		c->second.answer[i] = NULL;
	}
}

void scene_second(struct scene *c, const struct question *q, bool beside)
{
	if (!c->worker || (c->second.on && c->second.beside == beside && question_equal(&c->second.q, q)))
		return;
	if (!c->second.answer)
		c->second.answer = xcalloc((size_t)c->n_layer + 1, sizeof *c->second.answer);
	second_forget(c);
	c->second.on = true;
	c->second.beside = beside;
	question_copy(&c->second.q, q);
	worker_second(c->worker, q, beside, ++c->second.number);
}

const struct answer *scene_second_answer(const struct scene *c, int layer)
{
	return c->second.answer ? c->second.answer[layer + 1] : NULL;
}

static bool place_second(struct scene *c, struct answer *r)
{
	bool wanted = c->second.on && (unsigned)r->ask.time == c->second.number;
	if (!wanted) {
		answer_free(r);
		return false;
	}
	answer_free(c->second.answer[r->ask.layer + 1]);
	c->second.answer[r->ask.layer + 1] = r;
	return true;
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
	second_forget(c);
	free(c->second.answer);
	question_release(&c->second.q);
	filter_set_release(&c->off);
	for (int i = 0; i <= c->n_layer; i++) {
		free(c->cache[i].map);
		free(c->cache[i].note);
	}
	for (int i = 0; i < c->n_layer; i++)
		rows_release(&c->rows[i]);
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
	for (int i = 0; i < c->n_layer; i++)
		answer_free(c->response[i]);
	free(c->response);
	kernel_release(&c->kernel);
	filter_expr_free(c->expression);
	free(c->ask);
	survey_set_free(c->survey.set);
	truth_forget(&c->truth);
	*c = (struct scene){ 0 };
}

/* Hold order and scales when filters are switched, release them when another list is asked for. They are released,
 * too, once the numbers of the network of then are there again, or those of the intact one: what is shown depends on
 * the network alone, and not on the way to it. */
static void rows_order(const struct scene *c, struct rows *r, const struct session *s, int layer);
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
			rows_order(c, r, s, layer);
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

/* ---- answers ---- */

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

static void place_map(struct scene *c, const struct session *s, struct answer *r)
{
	struct map_cache *q = &c->cache[r->ask.layer + 1];
	size_t F = (size_t)map_count(s, r->ask.layer);
	if (!q->map) {
		q->map = xcalloc(F, sizeof *q->map);
		q->note = xcalloc(F, sizeof *q->note);
	}
	free(q->map[r->ask.filter]);
	q->map[r->ask.filter] = r->input;
	q->note[r->ask.filter] = r->note;
	r->input = NULL;
	answer_free(r);
}

static void place_window(struct scene *c, const struct session *s, struct answer *r)
{
	const struct model *m = s->m;
	answer_free(c->window);
	c->window = r;
	c->window_stale = false;
	c->input = r->input;
	c->output = r->output;
	c->predicted = r->predicted;
	c->target = r->target;
	c->loss = r->loss;
	c->loss_name = r->loss_name;
	for (int64_t ch = 0; ch < m->C; ch++)
		c->channel[ch] = series_range((struct series){ c->input + ch, m->T, m->C });
}

static void place_layer(struct scene *c, struct session *s, struct answer *r)
{
	struct rows *q = &c->rows[r->ask.layer];
	if (!q->stale && q->numbers->detail > r->layer->detail) { /* it was asked for twice */
		answer_free(r);
		return;
	}
	int *f = &s->filter[r->ask.layer];
	rows_numbers(q, r->layer);
	q->loaded = true;
	r->layer = NULL;
	answer_free(r);
	if (!s->chosen[q - c->rows])
		*f = q->importance->order ? q->importance->order[0] : 0;
	s->chosen[q - c->rows] = true;
}

static void place_clusters(struct scene *c, struct answer *r)
{
	struct rows *q = &c->rows[r->ask.layer];
	bool set = r->ask.kind == ANSWER_SET_CLUSTERS;
	struct answer **place = set ? &q->set_clustered : &q->clustered;
	answer_free(*place);
	*place = r;
	if (set == q->over)
		q->clusters = &r->clusters;
	*(set ? &q->set_clusters_stale : &q->clusters_stale) = q->ordered = false;
}

static void place_trace(struct scene *c, const struct session *s, struct answer *r)
{
	answer_free(c->traced);
	c->traced = r;
	c->trace_stale = false;
	c->trace_of =
	        (struct trace){ r->ask.layer, r->ask.filter, r->ask.time, r->n_layer, (const real *const *)r->share,
		                true };
	for (int i = 0; i < r->n_layer; i++) {
		const struct layer *l = &s->m->layer[i];
		int64_t n = i == 0 ? s->m->T * s->m->C : l->filters * l->times;
		c->trace_max[i] = r->share[i] ? series_abs_max(series_of(r->share[i], n)) : 0;
	}
}

static void place_look(struct scene *c, const struct session *s, struct answer *r)
{
	struct rows *q = &c->rows[r->ask.layer];
	size_t C = (size_t)s->m->C;
	if (r->ask.filter <= q->looked && r->ask.filter + r->n > q->looked) {
		memcpy(q->look + (size_t)r->ask.filter * C, r->look, (size_t)r->n * C * sizeof *r->look);
		q->looked = r->ask.filter + r->n;
		q->ordered = false;
	}
	answer_free(r);
}

static void place_ablation(struct scene *c, struct answer *r)
{
	struct rows *q = &c->rows[r->ask.layer];
	for (int64_t f = 0; f < q->F; f++)
		q->ablation[f] = r->ablation ? (double)r->ablation[f] : (double)NAN;
	q->ablation_stale = q->ordered = false;
	answer_free(r);
}

static bool place_method(struct scene *c, const struct session *s, struct answer *r)
{
	struct method_map *q = &c->method[r->ask.method];
	bool wanted = r->ask.layer == c->method_layer && r->ask.filter == c->method_filter;
	if (wanted) {
		free(q->map);
		q->map = r->input;
		q->note = r->note;
		q->max = series_abs_max(series_of(q->map, s->m->T * s->m->C));
		saliency_channels(q->map, s->m->T, s->m->C, q->share);
		q->stale = false;
		r->input = NULL;
	}
	answer_free(r);
	return wanted;
}

const struct peek *scene_peek(const struct scene *c, int64_t window)
{
	for (int i = 0; i < c->n_peek; i++)
		if (c->peek[i].window == window)
			return &c->peek[i];
	return NULL;
}

static void place_peek(struct scene *c, const struct session *s, struct answer *r)
{
	int64_t C = s->m->C, at = -1, window = r->ask.filter;
	double most = 0;
	for (int64_t i = 0; i < s->m->T * C; i++)
		if (fabs((double)r->input[i]) > most) {
			most = fabs((double)r->input[i]);
			at = i;
		}
	if (!scene_peek(c, window)) {
		c->peek[c->peek_at] = (struct peek){ window, at < 0 ? -1 : at / C, at < 0 ? -1 : at % C };
		c->peek_at = (c->peek_at + 1) % PEEKS;
		c->n_peek += c->n_peek < PEEKS;
	}
	if (c->n_wanted && c->wanted[0] == window) {
		free(c->peeked);
		c->peeked = r->input;
		c->peeked_of = window;
		r->input = NULL;
	}
	answer_free(r);
}

void scene_where(struct scene *c, const char *text)
{
	c->where++;
	if (c->worker)
		worker_where(c->worker, text, c->where);
}

/* Into its place; true when the screen may have waited for it. */
static bool place(struct scene *c, struct session *s, struct answer *r)
{
	struct ask q = r->ask;
	if (r->generation < c->oldest[q.kind]) {
		answer_free(r);
		return false;
	}
	switch (q.kind) {
	case ANSWER_WINDOW:
		place_window(c, s, r);
		return true;
	case ANSWER_LAYER:
		place_layer(c, s, r);
		return true;
	case ANSWER_CLUSTERS:
	case ANSWER_SET_CLUSTERS:
		place_clusters(c, r);
		return true;
	case ANSWER_LOOK:
		place_look(c, s, r);
		return true;
	case ANSWER_ABLATION:
		place_ablation(c, r);
		return true;
	case ANSWER_METHOD:
		return place_method(c, s, r);
	case ANSWER_TRACE:
	case ANSWER_FEEDS:
		place_trace(c, s, r);
		return true;
	case ANSWER_TWINS:
		answer_free(c->twins);
		c->twins = r;
		c->twins_stale = false;
		return true;
	case ANSWER_RESPONSE:
		answer_free(c->response[q.layer]);
		c->response[q.layer] = r;
		return true;
	case ANSWER_TOP:
		answer_free(c->top);
		c->top = r;
		return true;
	case ANSWER_RECORD:
		answer_free(c->record);
		c->record = r;
		c->record_stale = false;
		return true;
	case ANSWER_SILENCE:
		answer_free(c->silence);
		c->silence = r;
		return true;
	case ANSWER_INTACT:
		answer_free(c->intact);
		c->intact = r;
		return true;
	case ANSWER_SECOND:
		return place_second(c, r);
	case ANSWER_SURVEY:
		return place_survey(c, r);
	case ANSWER_DOUBTS:
		answer_free(c->doubts);
		c->doubts = r;
		return true;
	case ANSWER_SPECTRUM:
		answer_free(c->spectrum);
		c->spectrum = r;
		return true;
	case ANSWER_TRUTH:
		return truth_place(&c->truth, r);
	case ANSWER_WHY:
		answer_free(c->why);
		c->why = r;
		return true;
	case ANSWER_PEEK:
		place_peek(c, s, r);
		return true;
	case ANSWER_MAP: {
		int layer;
		int64_t filter;
		scene_selected(c, s, &layer, &filter);
		place_map(c, s, r);
		return q.layer < 0 || (q.layer == layer && q.filter == filter);
	}
	default:
		break;
	}
	answer_free(r);
	if (q.kind != ANSWER_WINDOWS)
		return false;
	/* once in a while, and at the end: the screen is not a progress bar */
	int64_t done = worker_windows(c->worker);
	if (done < c->windows->n && done - c->windows->seen <= c->windows->n / 8)
		return false;
	c->windows->seen = done;
	return true;
}

bool scene_take(struct scene *c, struct session *s)
{
	bool any = false;
	for (struct answer *r; c->worker && (r = worker_take(c->worker));)
		any |= place(c, s, r);
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

/* ---- rows ---- */

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

/* Whether the filter looks at any channel: its shares are known, and its saliency is not 0 everywhere. */
static bool looks(const double *look, int64_t C)
{
	double all = 0;
	for (int64_t ch = 0; ch < C; ch++)
		all += look[ch];
	return all > 0;
}

/* The channel that the filter looks at most, and the more of its saliency lies there the earlier. */
static double look_key(const struct scene *c, const struct rows *r, int f)
{
	int64_t C = c->channels.n, most = 0;
	const double *look = rows_look(r, f, C);
	if (!looks(look, C))
		return NAN;
	for (int64_t ch = 1; ch < C; ch++)
		most = look[ch] > look[most] ? ch : most;
	return (double)(most + 1) - look[most];
}

static double sort_key(const struct scene *c, const struct rows *r, enum sort k, int f)
{
	double rank = r->importance->rank ? (double)r->importance->rank[f] : 0;
	if (r->held)
		return r->placed[f].place;
	switch (k) {
	case SORT_INDEX:
		return f;
	case SORT_CLUSTER:
		return r->clusters && r->clusters->k ? r->clusters->label[f] * (double)(r->F + 1) + rank : rank;
	case SORT_MEAN:
		return -r->mean[f];
	case SORT_LOOK:
		return look_key(c, r, f);
	case SORT_PEAK:
		return r->loaded && !r->dead[f] ? r->numbers->peak[f] : (double)NAN;
	default:
		return rank;
	}
}

struct filter_facts scene_facts(const struct scene *c, const struct session *s, int layer, int f)
{
	const struct rows *r = &c->rows[layer];
	const struct layer_importance *q = r->importance;
	const real *was = c->pin && c->pin->comparable ? c->pin->comparable[layer] : NULL;
	int place = 0;
	while (place < s->n_column && s->column[place] != layer)
		place++;
	const double *look = rows_look(r, f, c->channels.n);
	const struct set_filter *set = c->survey.set ? survey_set_filter(c->survey.set, layer, f) : NULL;
	const struct layer_importance *here = &r->numbers->importance;
	bool over = r->over && set;
	return (struct filter_facts){
		.layer = s->m->layer[layer].name,
		.place = place,
		.index = f,
		.imp = r->scaled[f],
		.raw = q->raw ? (double)q->raw[f] : (double)NAN,
		.rank = q->rank ? q->rank[f] + 1 : (double)NAN,
		.ablation = r->ablation[f],
		.cluster = r->clusters && r->clusters->k ? r->clusters->label[f] : (double)NAN,
		.mean = r->mean[f],
		.max = over ? set->all.activation.max : r->numbers->range[f].hi,
		.min = over ? set->all.activation.min : r->numbers->range[f].lo,
		.peak = r->loaded ? r->numbers->peak[f] : (double)NAN,
		.change = was && here->raw ? importance_on(c->pin->range[layer], (double)here->raw[f]) - (double)was[f]
		                           : (double)NAN,
		.look = looks(look, c->channels.n) ? look : NULL,
		.silent = rows_silent(r, f),
		.alive = set ? set->alive : (double)NAN,
		.dead = set && set->dead,
		.off = r->off[f],
		.marked = filter_set_has(&s->marks, layer, f),
		.none = NAN,
	};
}

/* Which filters the expression lets through; without one all. */
static bool lets_through(const struct scene *c, const struct rows *r, const struct session *s, int f)
{
	if (!c->expression || !r->loaded || (!c->survey.set && (filter_expr_sources(c->expression) & FROM_SURVEY)))
		return true;
	struct filter_facts facts = scene_facts(c, s, (int)(r - c->rows), f);
	return filter_expr_match(c->expression, &facts);
}

static void shown_by(const struct scene *c, struct rows *r, const struct session *s)
{
	if (c->expression || !r->importance->scaled)
		for (int f = 0; f < (int)r->F; f++)
			r->shown[f] = lets_through(c, r, s, f);
	else if (!r->held)
		percentile_shown(r->importance->scaled, r->F, s->percentile / 100.0, r->shown);
}

static void rows_order(const struct scene *c, struct rows *r, const struct session *s, int layer)
{
	struct place *p = xcalloc((size_t)r->F + 1, sizeof *p);
	for (int f = 0; f < (int)r->F; f++)
		p[f] = (struct place){ sort_key(c, r, s->sort, f), f };
	qsort(p, (size_t)r->F, sizeof *p, by_key);
	shown_by(c, r, s);
	r->n_order = r->n_shown = r->n_list = 0;
	for (int i = 0; i < (int)r->F; i++) {
		int f = p[s->reverse ? (int)r->F - 1 - i : i].f;
		if (!r->held)
			r->placed[f] = (struct placed){ s->reverse ? (int)r->F - 1 - i : i, r->scaled[f],
				                        r->dead[f] || r->off[f] };
		bool selected = !c->expression && f == s->filter[layer];
		if (!c->expression || r->shown[f])
			r->order[r->n_order++] = f;
		if (r->shown[f] || selected)
			r->list[r->n_list++] = f;
		r->n_shown += r->shown[f];
	}
	free(p);
	r->ordered = true;
}

/* The list holds the selected filter even if the percentile hides it: gone from there when the selection
 * moves on. An expression hides every filter for which it does not hold. */
static bool list_stale(const struct scene *c, const struct rows *r, const struct session *s, int layer)
{
	if (c->expression)
		return false;
	int extra = r->n_list - r->n_shown, f = s->filter[layer];
	if (r->shown[f])
		return extra != 0;
	return extra != 1 || scene_place(r, f, false) < 0;
}

/* In a list the cursor leaves a filter that the expression hides: for the first match of an expression that is new,
 * else for the next match. The filter view goes on showing its filter. */
static void select_match(const struct scene *c, struct rows *r, struct session *s, int layer)
{
	int *f = &s->filter[layer], to = 0;
	if (!r->loaded || !session_lists(s))
		return;
	bool first = r->to_first;
	r->to_first = false;
	if (!c->expression || r->n_order == 0 || r->shown[*f])
		return;
	while (!first && to < r->n_order - 1 && r->placed[r->order[to]].place < r->placed[*f].place)
		to++;
	*f = r->order[to];
}

const struct rows *scene_rows(struct scene *c, struct session *s, int layer)
{
	struct rows *r = &c->rows[layer];
	for (int64_t f = 0; f < r->F; f++)
		r->off[f] = s->q.off.n && filter_set_has(&s->q.off, layer, f);
	if (!r->ordered || list_stale(c, r, s, layer))
		rows_order(c, r, s, layer);
	select_match(c, r, s, layer);
	return r;
}

/* The cluster with the most marked filters, but not `but`; -1: no other has any. */
static int most_marked(const struct rows *r, const struct session *s, int but)
{
	int best = -1, most = 0;
	for (int label = 0; label < r->clusters->k; label++) {
		int n = 0;
		for (int i = 0; i < s->marks.n; i++)
			n += s->marks.id[i].layer == s->layer && r->clusters->label[s->marks.id[i].filter] == label;
		if (label != but && n > most) {
			most = n;
			best = label;
		}
	}
	return best;
}

bool scene_pair(const struct scene *c, const struct session *s, int pair[2])
{
	const struct rows *r = s->layer >= 0 ? &c->rows[s->layer] : NULL;
	pair[0] = pair[1] = -1;
	if (!r || !r->clusters || r->clusters->k < 2)
		return false;
	int a = most_marked(r, s, -1), b = a < 0 ? -1 : most_marked(r, s, a);
	int cursor = a >= 0 && b < 0 ? r->clusters->label[s->filter[s->layer]] : -1;
	b = cursor >= 0 && cursor != a ? cursor : b;
	bool chosen = a >= 0 && b >= 0;
	a = a < 0 ? 0 : a;
	b = b >= 0 ? b : a ? 0 : 1;
	/* in the order of marking; one that only has the cursor comes second */
	const struct filter_id *last = &s->marked_last;
	bool known = last->layer == s->layer && filter_set_has(&s->marks, last->layer, last->filter);
	int second = !chosen ? -1 : cursor >= 0 ? b : known ? r->clusters->label[last->filter] : -1;
	bool turned = second == a || (second != b && a > b);
	pair[0] = turned ? b : a;
	pair[1] = turned ? a : b;
	return chosen;
}

double cluster_look(const struct rows *r, int64_t C, int cluster, int64_t ch)
{
	double sum = 0;
	int n = 0;
	if (r->looked < r->F && !r->over)
		return NAN;
	for (int f = 0; f < (int)r->F; f++) {
		double all = 0; /* 0: a silent filter looks at nothing */
		for (int64_t k = 0; k < C; k++)
			all += rows_look(r, f, C)[k];
		if (r->clusters->label[f] == cluster && all > 0) {
			sum += rows_look(r, f, C)[ch];
			n++;
		}
	}
	return n ? sum / n : (double)NAN;
}

int scene_place(const struct rows *r, int filter, bool whole)
{
	const int *v = whole ? r->order : r->list;
	int n = whole ? r->n_order : r->n_list;
	for (int i = 0; i < n; i++)
		if (v[i] == filter)
			return i;
	return -1;
}

/* ---- the rest ---- */

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
	update_over(c, s);
	truth_ask(&c->truth, c->worker, s, (needs & NEEDS_TRUTH) != 0);
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
