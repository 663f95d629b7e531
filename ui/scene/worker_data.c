/* Answers for which other windows, other questions or another model are computed. */
#include "ui/scene/worker_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/survey/set_clusters.h"

enum { SILENCE_SAMPLE = 24 }; /* windows looked at for silent filters */

/* It depends on the data and on how filters are clustered, so that it goes on where it was interrupted unless something
 * else is asked. */
bool answer_set_clusters(struct worker *w, struct answer *r)
{
	if (w->set_clusters && (w->set_clusters_layer != r->ask.layer || w->set_clusters_of != w->busy_generation)) {
		set_clusters_free(w->set_clusters);
		w->set_clusters = NULL;
	}
	if (!w->set_clusters)
		w->set_clusters = set_clusters_new(w->m, w->d, analysis_question(w->a), r->ask.layer);
	w->set_clusters_layer = r->ask.layer;
	w->set_clusters_of = w->busy_generation;
	while (set_clusters_step(w->set_clusters, worker_other(w), SLICE))
		if (worker_interrupted(w))
			return false;
	copy_clusters(w, r, set_clusters_get(w->set_clusters));
	r->n = set_clusters_windows(w->set_clusters);
	set_clusters_free(w->set_clusters);
	w->set_clusters = NULL;
	return true;
}

/* Counts of filters that are silent, over windows of the whole data set. */
struct silence {
	const struct model *m;
	struct run *run;
	real *tc, *rows; /* a window in both orders of its axes; the largest layer */
	struct answer *answer;
};

void silence_free(struct silence *q)
{
	if (!q)
		return;
	run_free(q->run);
	answer_free(q->answer);
	free(q->tc);
	free(q->rows);
	free(q);
}

static struct silence *silence_new(const struct model *m)
{
	struct silence *q = xcalloc(1, sizeof *q);
	struct answer *r = q->answer = xcalloc(1, sizeof *r);
	int64_t most = 1;
	q->m = m;
	q->run = run_new_outputs(m->graph, 0, NULL);
	r->n_layer = m->n_layer;
	r->count = xcalloc((size_t)m->n_layer + 1, sizeof *r->count);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		if (l->kind != LAYER_ANALYSED || m->graph->value[l->act].dtype != DT_REAL)
			continue;
		r->count[i] = xcalloc((size_t)l->filters + 1, sizeof **r->count);
		most = l->filters * l->times > most ? l->filters * l->times : most;
	}
	q->tc = xcalloc((size_t)(m->T * m->C) * 2, sizeof *q->tc);
	q->rows = xcalloc((size_t)most, sizeof *q->rows);
	return q;
}

/* The layers that this node completes. */
static void count_silence(int node, void *ctx)
{
	struct silence *q = ctx;
	for (int i = 0; i < q->m->n_layer; i++) {
		const struct layer *l = &q->m->layer[i];
		if (!q->answer->count[i] || q->m->graph->value[l->act].node != node)
			continue;
		layer_rows(q->m, l, run_now(q->run, l->act), q->rows);
		for (int64_t f = 0; f < l->filters; f++)
			q->answer->count[i][f] += probe_silent(q->rows + f * l->times, l->times);
	}
}

/* It depends on the data alone, so that counting goes on where it was interrupted. */
bool answer_silence(struct worker *w, struct answer *r)
{
	const struct model *m = w->m;
	struct silence *q = w->silence = w->silence ? w->silence : silence_new(m);
	struct answer *a = q->answer;
	size_t n = (size_t)(m->T * m->C);
	int64_t windows = w->d->n < SILENCE_SAMPLE ? w->d->n : SILENCE_SAMPLE;
	int input = 0;
	for (int k = 0; k < m->graph->n_input; k++)
		if (m->graph->input[k] == m->input)
			input = k;
	while (a->windows < windows) {
		dataset_window(w->d, w->d->n * a->windows / windows, q->tc);
		model_pack(m, q->tc, q->tc + n);
		run_input(q->run, input, q->tc + n);
		run_forward_passing(q->run, count_silence, q);
		a->windows++;
		if (a->windows < windows && worker_interrupted(w))
			return false;
	}
	r->n_layer = a->n_layer;
	r->windows = a->windows;
	r->count = a->count;
	a->count = NULL;
	silence_free(q);
	w->silence = NULL;
	return true;
}

/* Windows that do not overlap: one event is not listed five times. False: the next stretch has come no further than is
 * worth telling. */
bool answer_top(struct worker *w, struct answer *r)
{
	if (!w->top)
		w->top = top_windows_new(w->m, w->d, false);
	bool more = top_windows_step(w->top, SLICE);
	const struct top_window *v = top_windows_get(w->top, r->ask.layer, r->ask.filter, &r->n);
	memcpy(r->top, v, (size_t)r->n * sizeof *v);
	top_windows_progress(w->top, &r->done, &r->total);
	if (more && worker_clock() - w->top_sent < 0.3)
		return false;
	w->top_sent = worker_clock();
	return true;
}

/* A second analysis, so that the answers about the current window are kept. */
struct analysis *worker_other(struct worker *w)
{
	if (w->other)
		return w->other;
	w->other = analysis_new(w->m);
	analysis_data(w->other, w->d);
	if (w->truth)
		analysis_truth(w->other, w->truth);
	return w->other;
}

bool answer_intact(struct worker *w, struct answer *r)
{
	struct analysis *a = worker_other(w);
	struct question q = *analysis_question(w->a);
	q.window = r->ask.filter;
	q.edited = NULL;
	q.off = (struct filter_set){ 0 };
	analysis_ask(a, &q);
	r->output = answer_copy(analysis_output(a), (size_t)w->m->outputs, sizeof(real));
	r->predicted = analysis_class(a);
	return true;
}

static struct analysis *beside_analysis(struct worker *w, const struct beside *b)
{
	if (w->next && w->next_of == b)
		return w->next;
	analysis_free(w->next);
	w->next = analysis_new(b->m[1]);
	w->next_of = b;
	analysis_data(w->next, b->d[1]);
	if (b->truth)
		analysis_truth(w->next, b->truth);
	return w->next;
}

/* The target of converted outputs; NaN: it is none of them and not their sum. */
static double target_of(const struct worker *w, const struct target *t, const real *output)
{
	double sum = 0;
	if (t->kind == TARGET_OUTPUT)
		return (double)output[model_output_at(w->m, t->k)];
	for (int64_t k = 0; k < w->m->outputs; k++)
		sum += (double)output[k];
	return t->kind == TARGET_SUM ? sum : (double)NAN;
}

/* What the second question's analysis says of the window. */
static void second_window(const struct worker *w, struct analysis *a, const struct beside *beside, struct answer *r)
{
	enum loss_kind k = LOSS_NONE;
	r->input = answer_copy(analysis_saliency(a, -1, 0), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->output = answer_copy(analysis_output(a), (size_t)w->m->outputs, sizeof(real));
	r->predicted = analysis_class(a);
	r->target = analysis_target_value(a);
	if (!analysis_loss(a, &k, &r->loss))
		r->loss = (double)NAN;
	if (!beside)
		return;
	const struct question *q = analysis_question(a);
	beside_outputs(beside, q->window, analysis_output(a), r->output);
	if (beside->converts)
		r->target = target_of(w, &q->target, r->output);
}

/* The rows of an edited window as the recipe of the model beside makes a window of them. If that takes other columns,
 * the window is the one in the file. */
static void as_beside_reads(const struct beside *b, struct question *q)
{
	const struct dataset *d = b->d[1];
	struct edited *as = q->edited ? edited_new(d, q->window) : NULL;
	bool fits = as && as->T == q->edited->T && as->own == q->edited->own && as->C == q->edited->C;
	if (fits) {
		memcpy(as->raw, q->edited->raw, (size_t)(as->T * as->own) * sizeof *as->raw);
		edited_derive(as, d);
	}
	if (q->edited)
		question_edit(q, fits ? as : NULL);
	edited_drop(as);
}

/* Importance by the filters of this model: NaN of those that the other one does not have. */
static real *second_scaled(const struct worker *w, const struct beside *b, int layer, const real *scaled)
{
	int64_t F = w->m->layer[layer].filters;
	const int *to = b && b->filter ? b->filter[layer] : NULL;
	if (!to || !scaled)
		return answer_copy(scaled, (size_t)F, sizeof(real));
	real *v = xcalloc((size_t)F + 1, sizeof *v);
	for (int64_t f = 0; f < F; f++)
		v[f] = to[f] >= 0 ? scaled[to[f]] : (real)NAN;
	return v;
}

/* The question is copied under the lock: the browser may set another one while this one is worked on. */
bool answer_second(struct worker *w, struct answer *r)
{
	struct question q = { 0 };
	pthread_mutex_lock(&w->lock);
	bool known = w->second_number == (unsigned)r->ask.time;
	const struct beside *beside = w->second_beside;
	question_copy(&q, &w->second);
	pthread_mutex_unlock(&w->lock);
	if (!known) {
		question_release(&q);
		return false;
	}
	struct analysis *a = beside ? beside_analysis(w, beside) : worker_other(w);
	int layer = beside && r->ask.layer >= 0 ? beside->layer[r->ask.layer] : r->ask.layer;
	bool fits = r->ask.layer < 0 || layer >= 0;
	if (beside)
		as_beside_reads(beside, &q);
	analysis_ask(a, &q);
	question_release(&q);
	while (known && fits && (layer < 0 ? analysis_saliency_step(a, -1, 0) : analysis_importance_step(a, layer)))
		known = !worker_interrupted(w);
	if (!known)
		return false;
	if (layer >= 0) {
		const struct layer_importance *i = analysis_importance(a, layer);
		r->scaled = second_scaled(w, beside, r->ask.layer, i->scaled);
		r->raw = series_range(series_of(i->raw, i->F));
	} else if (r->ask.layer < 0) {
		second_window(w, a, beside, r);
	}
	return true;
}

static bool is_right(const void *windows, int64_t i)
{
	return windows_is_right(windows, i);
}

bool answer_why(struct worker *w, struct answer *r)
{
	bool listed = w->windows->n > 0 && w->windows->done == w->windows->n;
	if (!w->why) {
		w->why = xcalloc(1, sizeof *w->why);
		why_init(w->why, w->m, w->d);
		w->why_of = w->busy_generation - 1;
	}
	if (w->why_of != w->busy_generation) {
		why_begin(w->why, analysis_question(w->a), listed && windows_is_bad(w->windows, r->ask.filter));
		w->why_of = w->busy_generation;
	}
	why_resume(w->why);
	while (why_step(w->why, worker_other(w), is_right, w->windows))
		if (worker_interrupted(w))
			return false;
	r->why = w->why;
	w->why = NULL;
	return true;
}

/* The list of windows is that of the intact network, and so is the saliency in it. */
bool answer_peek(struct worker *w, struct answer *r)
{
	struct analysis *a = worker_other(w);
	struct question q = *analysis_question(w->a);
	q.window = r->ask.filter;
	q.edited = NULL;
	q.off = (struct filter_set){ 0 };
	analysis_ask(a, &q);
	while (analysis_saliency_step(a, -1, 0))
		if (worker_interrupted(w))
			return false;
	r->input = answer_copy(analysis_saliency(a, -1, 0), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->note = *analysis_saliency_note(a, -1, 0);
	return true;
}

/* In the background the list grows in longer stretches, which a key interrupts. */
bool answer_windows(struct worker *w, struct answer *r)
{
	(void)r;
	double end = worker_clock() + 0.1;
	while (windows_step(w->windows, w->busy_urgent ? SLICE : SLICE / 5) && !w->busy_urgent && worker_clock() < end)
		if (worker_interrupted(w))
			return false;
	return true;
}

/* Whether the record answers another question: of what a window is explained by only the target's map matters. */
static bool record_stale(const struct worker *w, struct question *q)
{
	q->window = w->record_q.window;
	unsigned stale = question_stale(&w->record_q, q);
	return (stale & STALE_FORWARD) || saliency_stale(stale, q->method, true);
}

static void record_begin(struct worker *w)
{
	struct question q = { 0 };
	char where[sizeof w->where];
	pthread_mutex_lock(&w->lock);
	question_copy(&q, &w->q);
	question_edit(&q, NULL); /* the record is that of the file */
	memcpy(where, w->where, sizeof where);
	int number = w->where_number;
	pthread_mutex_unlock(&w->lock);
	if (!w->record || record_stale(w, &q)) {
		record_live_free(w->record);
		w->record = record_live_new(w->m, w->d, &q);
		question_copy(&w->record_q, &q);
		w->record_where = 0;
	}
	if (w->record_where != number)
		record_live_where(w->record, where);
	w->record_where = number;
	question_release(&q);
}

/* A picture now and then, so that making it takes a tenth of the time at most. The first one is sent at once: the input
 * is there before anything is computed. */
bool answer_record(struct worker *w, struct answer *r)
{
	const struct ask *q = &r->ask;
	double each = 10 * w->picture_took, end = worker_clock() + (each > 0.15 ? each : 0.15);
	bool first = !w->record, more = true;
	record_begin(w);
	record_live_look(w->record, q->filter, q->time, q->method);
	while (!first && more && worker_clock() < end) {
		more = record_live_step(w->record);
		if (worker_interrupted(w))
			return false;
	}
	double begin = worker_clock();
	r->record = record_live_picture(w->record);
	w->picture_took = first ? 0 : worker_clock() - begin;
	return true;
}

/* It depends on the model and the data set alone, so that measuring goes on where it was interrupted. */
bool answer_response(struct worker *w, struct answer *r)
{
	const struct layer *l = &w->m->layer[r->ask.layer];
	if (w->response && w->response_layer != r->ask.layer) {
		response_free(w->response);
		w->response = NULL;
	}
	if (!w->response)
		w->response = response_new(w->m, w->d, r->ask.layer);
	w->response_layer = r->ask.layer;
	while (response_step(w->response))
		if (worker_interrupted(w))
			return false;
	const real *v = response_get(w->response, &r->response_channels);
	r->response = answer_copy(v, (size_t)(l->filters * r->response_channels) * RESPONSE_BINS, sizeof(real));
	response_free(w->response);
	w->response = NULL;
	return true;
}
