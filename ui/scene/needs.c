/* What is asked of the worker: what the view needs and is not there, or belongs to an earlier question. The most urgent
 * stands first. */
#include <string.h>
#include "ui/scene/scene.h"

static void add(struct scene *c, struct ask q)
{
	for (int i = 0; i < c->n_ask; i++)
		if (ask_equal(&c->ask[i], &q))
			return;
	if (c->n_ask == c->cap_ask) {
		c->cap_ask = 2 * c->cap_ask + 32;
		c->ask = xrealloc(c->ask, (size_t)c->cap_ask, sizeof *c->ask);
	}
	c->ask[c->n_ask++] = q;
}

static void want(struct scene *c, enum answer_kind kind, int layer, int64_t filter, int64_t time)
{
	add(c, (struct ask){ .kind = kind, .layer = layer, .filter = filter, .time = time });
}

static void want_map(struct scene *c, int layer, int64_t filter)
{
	if (!scene_map(c, layer, filter))
		want(c, ANSWER_MAP, layer, filter, 0);
}

/* The order of a layer's filters, or what the view draws of them, depends on its clusters. */
static bool clustered(const struct scene *c, const struct session *s)
{
	return (c->needs & NEEDS_CLUSTERS) || ((c->needs & NEEDS_COLOURS) && s->cluster_colours) ||
	       s->sort == SORT_CLUSTER || (filter_expr_sources(c->expression) & FROM_CLUSTERS);
}

/* The same of what each of its filters looks at, and of what is lost without it. */
static void want_facts(struct scene *c, const struct session *s, int layer)
{
	bool look = (c->needs & NEEDS_LOOK) || s->sort == SORT_LOOK || (c->wants_look && layer == s->layer);
	const struct rows *r = &c->rows[layer];
	unsigned sources = filter_expr_sources(c->expression);
	if ((look || (sources & FROM_MAPS)) && r->looked < r->F)
		want(c, ANSWER_LOOK, layer, r->looked, 0);
	if (((c->needs & NEEDS_ABLATION) || (sources & FROM_ABLATION)) && r->ablation_stale)
		want(c, ANSWER_ABLATION, layer, 0, 0);
}

static void want_methods(struct scene *c)
{
	for (int i = 0; i < c->n_method; i++)
		if (!c->method[i].map || c->method[i].stale)
			add(c, (struct ask){ .kind = ANSWER_METHOD,
			                     .layer = c->method_layer,
			                     .filter = c->method_filter,
			                     .method = i });
}

static void want_second(struct scene *c, const struct session *s)
{
	for (int k = -1; k < s->n_column && c->second.on; k++) {
		int layer = k < 0 ? -1 : s->column[k];
		if (!scene_second_answer(c, layer))
			want(c, ANSWER_SECOND, layer, 0, c->second.number);
	}
}

static void want_numbers(struct scene *c, int layer, enum layer_detail detail)
{
	const struct rows *r = &c->rows[layer];
	detail = c->small ? DETAIL_GRADIENTS : detail;
	if (!r->stale && r->numbers->detail >= detail)
		return;
	for (int i = 0; i < c->n_ask; i++)
		if (c->ask[i].kind == ANSWER_LAYER && c->ask[i].layer == layer && c->ask[i].detail >= detail)
			return;
	add(c, (struct ask){ .kind = ANSWER_LAYER, .layer = layer, .detail = detail });
}

static void want_layer(struct scene *c, const struct session *s, int layer, enum layer_detail detail)
{
	want_numbers(c, layer, detail);
	want_facts(c, s, layer);
	const struct rows *r = &c->rows[layer];
	if (clustered(c, s) && (r->over ? r->set_clusters_stale : r->clusters_stale))
		want(c, r->over ? ANSWER_SET_CLUSTERS : ANSWER_CLUSTERS, layer, 0, 0);
}

/* Numbers first, clusters last: those of a large layer take long. */
static void want_layers(struct scene *c, const struct session *s, int first, int n, enum layer_detail detail)
{
	for (int k = first; k < first + n && k < s->n_column; k++)
		want_numbers(c, s->column[k], detail);
	for (int k = first; k < first + n && k < s->n_column; k++)
		want_layer(c, s, s->column[k], detail);
}

static void want_about_filter(struct scene *c, const struct session *s)
{
	int f = s->filter[s->layer];
	if (c->twins_stale || !answer_about(c->twins, s->layer, f))
		want(c, ANSWER_TWINS, s->layer, f, 0);
	if (!c->response[s->layer] && scene_measures(s, s->layer))
		want(c, ANSWER_RESPONSE, s->layer, 0, 0);
	if (!answer_about(c->top, s->layer, f) || c->top->done < c->top->total)
		want(c, ANSWER_TOP, s->layer, f, 0);
}

static void want_likes(struct scene *c, const struct session *s)
{
	int f = s->filter[s->layer];
	for (int i = 0; i < LIKES; i++)
		if (!answer_about(c->likes[i], s->layer, f))
			add(c, (struct ask){ .kind = ANSWER_LIKES, .layer = s->layer, .filter = f, .method = i });
}

static void want_trace(struct scene *c, const struct session *s)
{
	struct ask q;
	if (!c->trace && scene_traced(c, s, &q))
		want(c, q.kind, q.layer, q.filter, q.time);
}

bool scene_record_fits(const struct scene *c)
{
	const struct record_look *q = &c->record_look;
	return c->record && !c->record_stale && c->record->ask.filter == q->first && c->record->ask.time == q->steps &&
	       c->record->ask.method == q->n && c->record->ask.layer == c->where;
}

static void want_record(struct scene *c)
{
	const struct record_look *q = &c->record_look;
	add(c,
	    (struct ask){
	            .kind = ANSWER_RECORD, .layer = c->where, .filter = q->first, .time = q->steps, .method = q->n });
}

void scene_list_missing(struct scene *c, const struct session *s)
{
	int layer;
	int64_t filter;
	c->n_ask = 0;
	if (c->window_stale)
		want(c, ANSWER_WINDOW, 0, 0, 0);
	if (session_changed(s) && (!c->intact || c->intact->ask.filter != s->q.window))
		want(c, ANSWER_INTACT, 0, s->q.window, 0);
	if (s->layer >= 0)
		want_layer(c, s, s->layer, c->needs & NEEDS_FILTER ? DETAIL_GRADIENTS : DETAIL_ACTIVATIONS);
	scene_selected(c, s, &layer, &filter);
	want_map(c, layer, filter);
	if ((c->needs & NEEDS_FILTER) && s->layer >= 0)
		want_about_filter(c, s);
	want_trace(c, s);
	if (c->needs & NEEDS_SHOWN)
		want_layers(c, s, c->shown.first, c->shown.n, DETAIL_ACTIVATIONS);
	if (c->needs & NEEDS_TARGET_MAP)
		want_map(c, -1, 0);
	if (c->needs & NEEDS_LAYERS)
		want_layers(c, s, 0, s->n_column, DETAIL_FIGURES);
	if (c->needs & NEEDS_METHODS)
		want_methods(c);
	/* another layer may have been selected since the view was laid out */
	for (int i = 0; (c->needs & NEEDS_PICKED) && c->picked_of == s->layer && i < c->n_picked; i++)
		want_map(c, s->layer, c->picked[i]);
	if (c->needs & NEEDS_SECOND)
		want_second(c, s);
	if ((c->needs & NEEDS_RECORD) && c->record_look.n && !(scene_record_fits(c) && c->record->record->complete))
		want_record(c);
	if ((c->needs & NEEDS_DOUBTS) && !c->doubts)
		want(c, ANSWER_DOUBTS, 0, 0, 0);
	if ((c->needs & NEEDS_SPECTRUM) && !c->spectrum && saliency_methods[s->q.method].spectrum)
		want(c, ANSWER_SPECTRUM, -1, 0, 0);
	if ((c->needs & NEEDS_SILENCE) && !c->silence)
		want(c, ANSWER_SILENCE, 0, 0, 0);
	if (c->survey.wait && c->survey.on && !c->survey.fits && !c->survey.failed)
		want(c, ANSWER_SURVEY, 0, 0, c->survey.number);
	if (c->counter.wait && c->counter.going)
		want(c, ANSWER_COUNTER, 0, 0, c->counter.number);
	if (c->prune.wait && c->prune.going)
		want(c, ANSWER_PRUNED, 0, 0, c->prune.number);
	for (int k = 0; k < 2; k++)
		if (truth_awaited(&c->truth, k))
			want(c, ANSWER_TRUTH, 0, k, c->truth.at[k].number);
	bool listed = c->windows->seen == c->windows->n;
	for (int i = 0; (c->needs & NEEDS_PEEKS) && listed && i < c->n_wanted; i++)
		if (!scene_peek(c, c->wanted[i]) || (!i && (!c->peeked || c->peeked_of != c->wanted[0])))
			want(c, ANSWER_PEEK, 0, c->wanted[i], 0);
	if ((c->needs & NEEDS_WHY) && !s->q.edited && (listed || !windows_have_truth(c->windows)) && !c->why)
		want(c, ANSWER_WHY, 0, s->q.window, 0);
	if ((c->needs & NEEDS_WINDOWS) && c->windows->seen < c->windows->n)
		want(c, ANSWER_WINDOWS, 0, 0, 0);
	if ((c->needs & NEEDS_FILTER) && s->layer >= 0 && c->likes_shown)
		want_likes(c, s);
}

void scene_list_later(struct scene *c, const struct session *s)
{
	const struct rows *r = s->layer >= 0 ? &c->rows[s->layer] : NULL;
	for (int i = 0; (c->needs & NEEDS_MAPS) && r && r->loaded && i < r->n_list; i++)
		want_map(c, s->layer, r->list[i]);
	if ((c->needs & NEEDS_RECORD) && scene_record_fits(c) && c->record->record->done < c->record->record->total)
		want_record(c);
	if ((c->needs & NEEDS_RANK) && c->windows->seen < c->windows->n)
		want(c, ANSWER_WINDOWS, 0, 0, 0);
}
