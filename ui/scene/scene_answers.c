/* Every answer into its place. */
#include "ui/scene/scene_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t map_count(const struct session *s, int layer)
{
	return layer < 0 ? 1 : s->m->layer[layer].filters;
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

static bool place_counter(struct scene *c, struct answer *r)
{
	bool wanted = r->ask.time == c->counter.number && c->counter.going && r->done == r->total;
	if (wanted) {
		c->counter.going = false;
		c->counter.found = r->countered;
		r->countered = NULL;
	}
	answer_free(r);
	return wanted;
}

void scene_counter(struct scene *c, const struct counterfactual_job *j)
{
	countered_free(c->counter.found);
	c->counter.found = NULL;
	c->counter.going = true;
	worker_counter(c->worker, j, ++c->counter.number);
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

/* Into its place; true when the screen may have waited for it. */
bool scene_place_answer(struct scene *c, struct session *s, struct answer *r)
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
	case ANSWER_LIKES:
		answer_free(c->likes[q.method]);
		c->likes[q.method] = r;
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
		return scene_place_second(c, r);
	case ANSWER_SURVEY:
		return scene_place_survey(c, r);
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
	case ANSWER_COUNTER:
		return place_counter(c, r);
	case ANSWER_PRUNED:
		return prune_place(&c->prune, r);
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
