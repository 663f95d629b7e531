#include "ui/state/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/probe/spectrum.h"
#include "core/survey/set_clusters.h"

static const double SLICE = 0.01; /* seconds after which long work looks up */
enum { SILENCE_SAMPLE = 24 };     /* windows looked at for silent filters */

struct worker {
	const struct model *m;
	const struct dataset *d;
	const struct truth *truth;   /* given by hand, or NULL */
	const struct beside *beside; /* another model, or NULL */
	struct windows *windows;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	int pipe[2];
	/* under the lock */
	bool quit, busy, busy_urgent;
	bool wanted; /* what it is busy with is still asked for */
	struct question q, second;
	bool second_beside; /* the second question is asked of the model beside */
	unsigned second_number;
	char where[256]; /* the expression of the record */
	int where_number;
	unsigned generation, busy_generation;
	struct ask *queue, at; /* at: what it is busy with */
	int n_queue, cap_queue, urgent;
	struct answer *first, **last;
	int64_t windows_done;
	int64_t survey_number, judge_number[2];
	/* the browser's own; NULL: there was none yet. judge: over the set, and in one window */
	struct behind *surveyor, *judge[2];
	/* the thread's own */
	struct analysis *a;
	struct analysis *other; /* of windows and questions other than the current ones; NULL: not needed yet */
	struct analysis *next;  /* of the model beside; NULL: not needed yet */
	struct top_windows *top;
	struct silence *silence;   /* unfinished, or NULL */
	struct response *response; /* unfinished, of response_layer, or NULL */
	int response_layer;
	struct set_clusters *set_clusters; /* unfinished, of set_clusters_layer, or NULL */
	int set_clusters_layer;
	unsigned set_clusters_of; /* the generation of its question */
	struct why *why;          /* unfinished, or NULL */
	unsigned why_of;          /* the generation of its question */
	double top_sent;
	struct record_live *record; /* of record_q; NULL: nobody has looked at it yet */
	struct question record_q;
	int record_where;    /* the number of its expression */
	double picture_took; /* seconds, the last one of the record */
};

/* ---- answers ---- */

static void *copy(const void *p, size_t n, size_t size)
{
	if (!p)
		return NULL;
	void *q = xcalloc(n + 1, size);
	memcpy(q, p, n * size);
	return q;
}

void layer_numbers_free(struct layer_numbers *n)
{
	if (!n)
		return;
	free(n->act);
	free(n->grad);
	free((void *)n->importance.raw);
	free((void *)n->importance.scaled);
	free((void *)n->importance.order);
	free((void *)n->importance.rank);
	free(n->range);
	free(n->mean);
	free(n->peak);
	free(n->curve);
	free(n->dead);
	free(n);
}

void answer_free(struct answer *a)
{
	if (!a)
		return;
	free(a->response);
	survey_set_free(a->survey);
	free(a->standing);
	if (a->why)
		why_release(a->why);
	free(a->why);
	record_picture_free(a->record);
	free(a->input);
	free(a->output);
	free(a->look);
	free(a->bands);
	free(a->ablation);
	free(a->scaled);
	layer_numbers_free(a->layer);
	free((void *)a->clusters.label);
	free((void *)a->clusters.size);
	free((void *)a->clusters.silent);
	free((void *)a->clusters.prototype);
	for (int i = 0; a->share && i < a->n_layer; i++)
		free(a->share[i]);
	for (int i = 0; a->count && i < a->n_layer; i++)
		free(a->count[i]);
	free(a->share);
	free(a->count);
	free(a);
}

static void answer_window(struct worker *w, struct answer *r)
{
	struct analysis *a = w->a;
	enum loss_kind k = LOSS_NONE;
	r->input = copy(analysis_input(a), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->output = copy(analysis_output(a), (size_t)w->m->outputs, sizeof(real));
	r->predicted = analysis_class(a);
	r->target = analysis_target_value(a);
	if (!analysis_loss(a, &k, &r->loss))
		r->loss = (double)NAN;
	r->loss_name = loss_name(k);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Something else is asked, or wanted first. */
static bool interrupted(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	bool yes = w->quit || w->generation != w->busy_generation || (w->urgent && !w->busy_urgent);
	pthread_mutex_unlock(&w->lock);
	return yes;
}

/* The extreme value of each column: that which lies farthest from the mean. */
static void curve_of(struct series v, double mean, int64_t n, real *curve)
{
	for (int64_t x = 0; x < n; x++) {
		int64_t from, count;
		plot_samples(v.n, (int)n, (int)x, &from, &count);
		curve[x] = v.v[from];
		for (int64_t t = from; t < from + count; t++)
			if (fabs((double)v.v[t] - mean) > fabs((double)curve[x] - mean))
				curve[x] = v.v[t];
	}
}

static bool answer_layer(struct worker *w, struct answer *r)
{
	int layer = r->ask.layer;
	const struct layer *l = &w->m->layer[layer];
	while (analysis_importance_step(w->a, layer))
		if (interrupted(w))
			return false;
	struct layer_numbers *n = xcalloc(1, sizeof *n);
	size_t F = (size_t)l->filters, count = F * (size_t)l->times;
	const real *act = analysis_activation(w->a, layer);
	n->F = l->filters;
	n->times = l->times;
	n->detail = r->ask.detail;
	if (n->detail >= DETAIL_ACTIVATIONS)
		n->act = copy(act, count, sizeof(real));
	if (n->detail >= DETAIL_GRADIENTS)
		n->grad = copy(analysis_gradient(w->a, layer), count, sizeof(real));
	n->importance = *analysis_importance(w->a, layer);
	n->importance.raw = copy(n->importance.raw, F, sizeof(real));
	n->importance.scaled = copy(n->importance.scaled, F, sizeof(real));
	n->importance.order = copy(n->importance.order, F, sizeof(int));
	n->importance.rank = copy(n->importance.rank, F, sizeof(int));
	n->range = xcalloc(F + 1, sizeof *n->range);
	n->mean = xcalloc(F + 1, sizeof *n->mean);
	n->dead = xcalloc(F + 1, sizeof *n->dead);
	n->peak = xcalloc(F + 1, sizeof *n->peak);
	n->curve_n = l->times < CURVE ? l->times : CURVE;
	n->curve = xcalloc(F * (size_t)n->curve_n + 1, sizeof *n->curve);
	for (size_t f = 0; f < F; f++) {
		struct series v = series_of(act + f * (size_t)l->times, l->times);
		double sum = 0;
		bool finite = true;
		for (int64_t t = 0; t < l->times; t++) {
			sum += (double)v.v[t];
			finite = finite && isfinite((double)v.v[t]);
			n->peak[f] = v.v[t] > v.v[n->peak[f]] ? (int)t : n->peak[f];
		}
		n->range[f] = series_range(v);
		n->mean[f] = sum / (double)l->times;
		curve_of(v, n->mean[f], n->curve_n, n->curve + f * (size_t)n->curve_n);
		n->not_finite += !finite;
		n->dead[f] = analysis_silent(w->a, layer, (int64_t)f);
	}
	r->layer = n;
	return true;
}

static bool answer_map(struct worker *w, struct answer *r)
{
	int layer = r->ask.layer;
	int64_t filter = r->ask.filter;
	while (analysis_saliency_step(w->a, layer, filter))
		if (interrupted(w))
			return false;
	r->input = copy(analysis_saliency(w->a, layer, filter), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->note = *analysis_saliency_note(w->a, layer, filter);
	return true;
}

static bool answer_spectrum(struct worker *w, struct answer *r)
{
	while (analysis_saliency_step(w->a, -1, 0))
		if (interrupted(w))
			return false;
	const double *bands = analysis_spectrum(w->a);
	r->bands = bands ? copy(bands, (size_t)(spectrum_bands(w->m->T) * w->m->C), sizeof *bands) : NULL;
	return true;
}

/* A copy that the answer owns. */
static void copy_clusters(struct worker *w, struct answer *r, const struct layer_clusters *q)
{
	const struct layer *l = &w->m->layer[r->ask.layer];
	size_t F = (size_t)l->filters, k = (size_t)q->k;
	r->clusters = *q;
	r->clusters.silhouettes = NULL;
	r->clusters.n_silhouettes = 0;
	r->clusters.label = copy(q->label, F, sizeof(int));
	r->clusters.size = copy(q->size, k, sizeof(int));
	r->clusters.silent = copy(q->silent, k, sizeof(bool));
	r->clusters.prototype = copy(q->prototype, k * (size_t)l->times, sizeof(real));
}

static bool answer_clusters(struct worker *w, struct answer *r)
{
	while (analysis_clusters_step(w->a, r->ask.layer, SLICE))
		if (interrupted(w))
			return false;
	copy_clusters(w, r, analysis_clusters(w->a, r->ask.layer));
	return true;
}

static struct analysis *other_analysis(struct worker *w);

/* It depends on the data and on how filters are clustered, so that it goes on where it was interrupted unless something
 * else is asked. */
static bool answer_set_clusters(struct worker *w, struct answer *r)
{
	if (w->set_clusters && (w->set_clusters_layer != r->ask.layer || w->set_clusters_of != w->busy_generation)) {
		set_clusters_free(w->set_clusters);
		w->set_clusters = NULL;
	}
	if (!w->set_clusters)
		w->set_clusters = set_clusters_new(w->m, w->d, analysis_question(w->a), r->ask.layer);
	w->set_clusters_layer = r->ask.layer;
	w->set_clusters_of = w->busy_generation;
	while (set_clusters_step(w->set_clusters, other_analysis(w), SLICE))
		if (interrupted(w))
			return false;
	copy_clusters(w, r, set_clusters_get(w->set_clusters));
	r->n = set_clusters_windows(w->set_clusters);
	set_clusters_free(w->set_clusters);
	w->set_clusters = NULL;
	return true;
}

/* More than these numbers of maps are not kept; a sweep of more multiply-adds would keep others waiting. */
enum { LOOK_MAPS = 1 << 22, LOOK_SWEEP = 100000000 };

static bool swept(struct worker *w, int layer)
{
	const struct model *m = w->m;
	bool *want = xcalloc((size_t)m->n_layer + 1, sizeof *want);
	int64_t sweep, single;
	int middle;
	want[layer] = true;
	analysis_saliency_cost(w->a, want, &sweep, &single, &middle);
	free(want);
	return !single && sweep <= LOOK_SWEEP && m->layer[layer].filters * m->T * m->C <= LOOK_MAPS;
}

/* All filters that are left in one sweep, or as many as a slice of time allows. */
static bool answer_look(struct worker *w, struct answer *r)
{
	const struct model *m = w->m;
	int layer = r->ask.layer;
	int64_t F = m->layer[layer].filters, from = r->ask.filter;
	bool sweep = swept(w, layer);
	double until = seconds() + SLICE;
	if (sweep)
		analysis_saliency_layer(w->a, layer);
	r->look = xcalloc((size_t)((F - from) * m->C) + 1, sizeof *r->look);
	for (int64_t f = from; f < F && (sweep || f == from || seconds() < until); f++) {
		bool more = true;
		while ((more = analysis_saliency_step(w->a, layer, f)) && !interrupted(w))
			;
		if (more)
			break;
		saliency_channels(analysis_saliency(w->a, layer, f), m->T, m->C, r->look + (f - from) * m->C);
		r->n++;
	}
	if (r->n && F * m->T * m->C > LOOK_MAPS)
		analysis_drop_maps(w->a, layer);
	return r->n > 0;
}

static bool answer_ablation(struct worker *w, struct answer *r)
{
	while (analysis_ablation_step(w->a, r->ask.layer))
		if (interrupted(w))
			return false;
	r->ablation =
	        copy(analysis_ablation(w->a, r->ask.layer), (size_t)w->m->layer[r->ask.layer].filters, sizeof(real));
	return true;
}

static bool answer_method(struct worker *w, struct answer *r)
{
	const struct ask *q = &r->ask;
	while (analysis_method_step(w->a, q->method, q->layer, q->filter))
		if (interrupted(w))
			return false;
	r->input = copy(analysis_method(w->a, q->method, q->layer, q->filter, &r->note), (size_t)(w->m->T * w->m->C),
	                sizeof(real));
	return true;
}

static void answer_trace(struct worker *w, struct answer *r)
{
	const struct ask *q = &r->ask;
	const struct trace *t = q->kind == ANSWER_TRACE ? analysis_trace(w->a, q->layer, q->filter, q->time)
	                                                : analysis_feeds(w->a, q->layer, q->filter, q->time);
	r->n_layer = t->n_layer;
	r->share = xcalloc((size_t)t->n_layer + 1, sizeof *r->share);
	for (int i = 0; i < t->n_layer; i++) {
		const struct layer *l = &w->m->layer[i];
		int64_t n = i == 0 ? w->m->T * w->m->C : l->filters * l->times;
		r->share[i] = copy(t->share[i], (size_t)n, sizeof(real));
	}
}

/* Counts of filters that are silent, over windows of the whole data set. */
struct silence {
	const struct model *m;
	struct run *run;
	real *tc, *rows; /* a window in both orders of its axes; the largest layer */
	struct answer *answer;
};

static void silence_free(struct silence *q)
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
static bool answer_silence(struct worker *w, struct answer *r)
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
		if (a->windows < windows && interrupted(w))
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
static bool answer_top(struct worker *w, struct answer *r)
{
	if (!w->top)
		w->top = top_windows_new(w->m, w->d, false);
	bool more = top_windows_step(w->top, SLICE);
	const struct top_window *v = top_windows_get(w->top, r->ask.layer, r->ask.filter, &r->n);
	memcpy(r->top, v, (size_t)r->n * sizeof *v);
	top_windows_progress(w->top, &r->done, &r->total);
	if (more && seconds() - w->top_sent < 0.3)
		return false;
	w->top_sent = seconds();
	return true;
}

/* A second analysis, so that the answers about the current window are kept. */
static struct analysis *other_analysis(struct worker *w)
{
	if (w->other)
		return w->other;
	w->other = analysis_new(w->m);
	analysis_data(w->other, w->d);
	if (w->truth)
		analysis_truth(w->other, w->truth);
	return w->other;
}

static void answer_intact(struct worker *w, struct answer *r)
{
	struct analysis *a = other_analysis(w);
	struct question q = *analysis_question(w->a);
	q.window = r->ask.filter;
	q.off = (struct filter_set){ 0 };
	analysis_ask(a, &q);
	r->output = copy(analysis_output(a), (size_t)w->m->outputs, sizeof(real));
	r->predicted = analysis_class(a);
}

static struct analysis *beside_analysis(struct worker *w)
{
	if (w->next)
		return w->next;
	w->next = analysis_new(w->beside->m[1]);
	analysis_data(w->next, w->beside->d[1]);
	if (w->beside->truth)
		analysis_truth(w->next, w->beside->truth);
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
static void second_window(const struct worker *w, struct analysis *a, bool beside, struct answer *r)
{
	enum loss_kind k = LOSS_NONE;
	r->input = copy(analysis_saliency(a, -1, 0), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->output = copy(analysis_output(a), (size_t)w->m->outputs, sizeof(real));
	r->predicted = analysis_class(a);
	r->target = analysis_target_value(a);
	if (!analysis_loss(a, &k, &r->loss))
		r->loss = (double)NAN;
	if (!beside)
		return;
	const struct question *q = analysis_question(a);
	beside_outputs(w->beside, q->window, analysis_output(a), r->output);
	if (w->beside->converts)
		r->target = target_of(w, &q->target, r->output);
}

/* The question is copied under the lock: the browser may set another one while this one is worked on. */
static bool answer_second(struct worker *w, struct answer *r)
{
	struct question q = { 0 };
	pthread_mutex_lock(&w->lock);
	bool known = w->second_number == (unsigned)r->ask.time, beside = w->second_beside;
	question_copy(&q, &w->second);
	pthread_mutex_unlock(&w->lock);
	struct analysis *a = beside ? beside_analysis(w) : other_analysis(w);
	int layer = beside && r->ask.layer >= 0 ? w->beside->layer[r->ask.layer] : r->ask.layer;
	bool fits = r->ask.layer < 0 || layer >= 0;
	if (known)
		analysis_ask(a, &q);
	question_release(&q);
	while (known && fits && (layer < 0 ? analysis_saliency_step(a, -1, 0) : analysis_importance_step(a, layer)))
		known = !interrupted(w);
	if (!known)
		return false;
	if (layer >= 0) {
		int64_t F = w->m->layer[r->ask.layer].filters;
		const struct layer_importance *i = analysis_importance(a, layer);
		r->scaled = copy(i->scaled, (size_t)F, sizeof(real));
		r->raw = series_range(series_of(i->raw, F));
	} else if (r->ask.layer < 0) {
		second_window(w, a, beside, r);
	}
	return true;
}

static bool is_right(const void *windows, int64_t i)
{
	return windows_is_right(windows, i);
}

static bool answer_why(struct worker *w, struct answer *r)
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
	while (why_step(w->why, other_analysis(w), is_right, w->windows))
		if (interrupted(w))
			return false;
	r->why = w->why;
	w->why = NULL;
	return true;
}

/* The list of windows is that of the intact network, and so is the saliency in it. */
static bool answer_peek(struct worker *w, struct answer *r)
{
	struct analysis *a = other_analysis(w);
	struct question q = *analysis_question(w->a);
	q.window = r->ask.filter;
	q.off = (struct filter_set){ 0 };
	analysis_ask(a, &q);
	while (analysis_saliency_step(a, -1, 0))
		if (interrupted(w))
			return false;
	r->input = copy(analysis_saliency(a, -1, 0), (size_t)(w->m->T * w->m->C), sizeof(real));
	r->note = *analysis_saliency_note(a, -1, 0);
	return true;
}

/* In the background the list grows in longer stretches, which a key interrupts. */
static bool answer_windows(struct worker *w)
{
	double end = seconds() + 0.1;
	while (windows_step(w->windows, w->busy_urgent ? SLICE : SLICE / 5) && !w->busy_urgent && seconds() < end)
		if (interrupted(w))
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
static bool answer_record(struct worker *w, struct answer *r)
{
	const struct ask *q = &r->ask;
	double each = 10 * w->picture_took, end = seconds() + (each > 0.15 ? each : 0.15);
	bool first = !w->record, more = true;
	record_begin(w);
	record_live_look(w->record, q->filter, q->time, q->method);
	while (!first && more && seconds() < end) {
		more = record_live_step(w->record);
		if (interrupted(w))
			return false;
	}
	double begin = seconds();
	r->record = record_live_picture(w->record);
	w->picture_took = first ? 0 : seconds() - begin;
	return true;
}

/* It depends on the model and the data set alone, so that measuring goes on where it was interrupted. */
static bool answer_response(struct worker *w, struct answer *r)
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
		if (interrupted(w))
			return false;
	const real *v = response_get(w->response, &r->response_channels);
	r->response = copy(v, (size_t)(l->filters * r->response_channels) * RESPONSE_BINS, sizeof(real));
	response_free(w->response);
	w->response = NULL;
	return true;
}

/* NULL: something more urgent came. */
static struct answer *answer_make(struct worker *w, const struct ask *q)
{
	struct answer *r = xcalloc(1, sizeof *r);
	bool done = true;
	r->ask = *q;
	switch (q->kind) {
	case ANSWER_WINDOW:
		answer_window(w, r);
		break;
	case ANSWER_LAYER:
		done = answer_layer(w, r);
		break;
	case ANSWER_CLUSTERS:
		done = answer_clusters(w, r);
		break;
	case ANSWER_SET_CLUSTERS:
		done = answer_set_clusters(w, r);
		break;
	case ANSWER_TRACE:
	case ANSWER_FEEDS:
		answer_trace(w, r);
		break;
	case ANSWER_TWINS:
		r->n = twins_find(w->a, q->layer, q->filter, TWINS, r->twin);
		break;
	case ANSWER_RESPONSE:
		done = answer_response(w, r);
		break;
	case ANSWER_TOP:
		done = answer_top(w, r);
		break;
	case ANSWER_SILENCE:
		done = answer_silence(w, r);
		break;
	case ANSWER_MAP:
		done = answer_map(w, r);
		break;
	case ANSWER_LOOK:
		done = answer_look(w, r);
		break;
	case ANSWER_ABLATION:
		done = answer_ablation(w, r);
		break;
	case ANSWER_METHOD:
		done = answer_method(w, r);
		break;
	case ANSWER_WINDOWS:
		done = answer_windows(w);
		break;
	case ANSWER_INTACT:
		answer_intact(w, r);
		break;
	case ANSWER_SECOND:
		done = answer_second(w, r);
		break;
	case ANSWER_SURVEY:
		if (w->surveyor)
			behind_wait(w->surveyor);
		break;
	case ANSWER_SPECTRUM:
		done = answer_spectrum(w, r);
		break;
	case ANSWER_DOUBTS:
		doubts_measure(w->a, &r->doubts);
		break;
	case ANSWER_TRUTH:
		if (w->judge[q->filter])
			behind_wait(w->judge[q->filter]);
		break;
	case ANSWER_WHY:
		done = answer_why(w, r);
		break;
	case ANSWER_PEEK:
		done = answer_peek(w, r);
		break;
	case ANSWER_RECORD:
		done = answer_record(w, r);
		break;
	case ANSWER_KINDS:
		break;
	}
	if (done)
		return r;
	answer_free(r);
	return NULL;
}

/* ---- the thread ---- */

static void push(struct worker *w, struct answer *r)
{
	*w->last = r;
	w->last = &r->next;
	ssize_t n = write(w->pipe[1], "", 1); /* full: it is readable already */
	(void)n;
}

static void queue_room(struct worker *w, int n)
{
	if (n <= w->cap_queue)
		return;
	w->cap_queue = n + 64;
	w->queue = xrealloc(w->queue, (size_t)w->cap_queue, sizeof *w->queue);
}

/* Searches of the whole data set go on while nothing else is asked. The record, which is looked at, goes on before what
 * nobody waits for: else the list of windows, which takes as long, would have half of the time. r: the answer so far,
 * or NULL. */
static void go_on(struct worker *w, const struct answer *r)
{
	bool search = (w->at.kind == ANSWER_WINDOWS && w->windows_done < w->windows->n) ||
	              (w->at.kind == ANSWER_TOP && (!r || r->done < r->total));
	bool record = w->at.kind == ANSWER_RECORD && (!r || r->record->done < r->record->total);
	if (!record && (!search || w->n_queue))
		return;
	int at = record ? w->urgent : w->n_queue;
	queue_room(w, w->n_queue + 1);
	memmove(w->queue + at + 1, w->queue + at, (size_t)(w->n_queue++ - at) * sizeof *w->queue);
	w->queue[at] = w->at;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct question q = { 0 };
	pthread_mutex_lock(&w->lock);
	while (!w->quit) {
		if (!w->n_queue) {
			pthread_cond_wait(&w->work, &w->lock);
			continue;
		}
		w->at = w->queue[0];
		w->busy = w->wanted = true;
		w->busy_urgent = w->urgent > 0;
		w->urgent -= w->urgent > 0;
		memmove(w->queue, w->queue + 1, (size_t)--w->n_queue * sizeof *w->queue);
		unsigned generation = w->busy_generation = w->generation;
		question_copy(&q, &w->q);
		pthread_mutex_unlock(&w->lock);
		analysis_ask(w->a, &q);
		struct answer *r = answer_make(w, &w->at);
		if (r)
			r->generation = generation;
		pthread_mutex_lock(&w->lock);
		w->busy = w->busy_urgent = false;
		if (w->windows)
			w->windows_done = w->windows->done;
		if (w->wanted && generation == w->generation)
			go_on(w, r);
		if (r)
			push(w, r);
		pthread_cond_broadcast(&w->done);
	}
	pthread_mutex_unlock(&w->lock);
	question_release(&q);
	return NULL;
}

/* ---- the browser's side ---- */

struct worker *worker_new(const struct model *m, const struct dataset *d, const struct truth *truth,
                          const struct beside *beside, struct windows *windows)
{
	struct worker *w = xcalloc(1, sizeof *w);
	sigset_t all, before;
	w->m = m;
	w->d = d;
	w->windows = windows;
	w->truth = truth;
	w->beside = beside;
	w->a = analysis_new(m);
	analysis_data(w->a, d);
	if (truth)
		analysis_truth(w->a, truth);
	w->last = &w->first;
	if (pipe2(w->pipe, O_NONBLOCK | O_CLOEXEC) < 0)
		w->pipe[0] = w->pipe[1] = -1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_condattr_t clock;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&w->done, &clock);
	pthread_condattr_destroy(&clock);
	/* signals are for the thread that has the terminal */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	w->started = pthread_create(&w->thread, NULL, work, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (w->started)
		return w;
	worker_free(w);
	return NULL;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	behind_stop(w->surveyor); /* the thread may wait for it */
	behind_stop(w->judge[0]);
	behind_stop(w->judge[1]);
	pthread_mutex_lock(&w->lock);
	w->quit = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	if (w->started)
		pthread_join(w->thread, NULL);
	behind_free(w->surveyor);
	behind_free(w->judge[0]);
	behind_free(w->judge[1]);
	for (struct answer *r; (r = worker_take(w));)
		answer_free(r);
	for (int i = 0; i < 2; i++)
		if (w->pipe[i] >= 0)
			close(w->pipe[i]);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->done);
	question_release(&w->q);
	question_release(&w->second);
	silence_free(w->silence);
	set_clusters_free(w->set_clusters);
	response_free(w->response);
	if (w->why)
		why_release(w->why);
	free(w->why);
	analysis_free(w->a);
	analysis_free(w->other);
	analysis_free(w->next);
	top_windows_free(w->top);
	record_live_free(w->record);
	question_release(&w->record_q);
	free(w->queue);
	free(w);
}

unsigned worker_question(struct worker *w, const struct question *q)
{
	pthread_mutex_lock(&w->lock);
	question_copy(&w->q, q);
	w->n_queue = w->urgent = 0;
	unsigned g = ++w->generation;
	pthread_mutex_unlock(&w->lock);
	return g;
}

void worker_second(struct worker *w, const struct question *q, bool beside, unsigned number)
{
	pthread_mutex_lock(&w->lock);
	question_copy(&w->second, q);
	w->second_beside = beside && w->beside;
	w->second_number = number;
	pthread_mutex_unlock(&w->lock);
}

/* In the thread of the survey. */
static void survey_tell(void *ctx, void *set, int64_t done, int64_t total)
{
	struct worker *w = ctx;
	struct answer *r = xcalloc(1, sizeof *r);
	r->ask.kind = ANSWER_SURVEY;
	r->survey = set;
	r->done = done;
	r->total = total;
	pthread_mutex_lock(&w->lock);
	r->ask.time = w->survey_number;
	push(w, r);
	pthread_mutex_unlock(&w->lock);
}

void worker_survey(struct worker *w, const struct question *q, const struct survey_source *source, const void *origin,
                   int64_t number)
{
	struct survey_job job = { w->m, w->d, source, origin, survey_tell, w };
	struct behind *before = w->surveyor;
	behind_stop(before);
	pthread_mutex_lock(&w->lock);
	w->survey_number = number;
	pthread_mutex_unlock(&w->lock);
	w->surveyor = surveyor_new(&job, q, before);
	if (!w->surveyor)
		survey_tell(w, NULL, 1, 1);
}

/* In the thread of a judge. */
static void judge_tell(struct worker *w, int which, struct truth_standing *standing, int64_t done, int64_t total)
{
	struct answer *r = xcalloc(1, sizeof *r);
	r->ask.kind = ANSWER_TRUTH;
	r->ask.filter = which;
	r->standing = standing;
	r->done = done;
	r->total = total;
	pthread_mutex_lock(&w->lock);
	r->ask.time = w->judge_number[which];
	push(w, r);
	pthread_mutex_unlock(&w->lock);
}

static void judge_tell_set(void *ctx, void *standing, int64_t done, int64_t total)
{
	judge_tell(ctx, 0, standing, done, total);
}

static void judge_tell_window(void *ctx, void *standing, int64_t done, int64_t total)
{
	judge_tell(ctx, 1, standing, done, total);
}

void worker_judge(struct worker *w, const struct question *q, enum judge_what what,
                  const struct standing_source *source, const void *origin, int64_t number)
{
	int which = what == JUDGE_WINDOW;
	struct judge_job job = { w->m, w->d, source, origin, what, which ? judge_tell_window : judge_tell_set, w };
	struct behind *before = w->judge[which];
	behind_stop(before);
	pthread_mutex_lock(&w->lock);
	w->judge_number[which] = number;
	pthread_mutex_unlock(&w->lock);
	w->judge[which] = judge_new(&job, q, before);
	if (!w->judge[which])
		judge_tell(w, which, NULL, 1, 1);
}

void worker_where(struct worker *w, const char *text, int number)
{
	pthread_mutex_lock(&w->lock);
	snprintf(w->where, sizeof w->where, "%s", text);
	w->where_number = number;
	pthread_mutex_unlock(&w->lock);
}

void worker_ask(struct worker *w, const struct ask *ask, int n, int urgent)
{
	pthread_mutex_lock(&w->lock);
	queue_room(w, n);
	w->n_queue = w->urgent = 0;
	w->wanted = false;
	for (int i = 0; i < n; i++) {
		if (w->busy && w->busy_generation == w->generation && ask_equal(&ask[i], &w->at)) {
			w->busy_urgent |= i < urgent;
			w->wanted = true;
			continue;
		}
		w->queue[w->n_queue++] = ask[i];
		w->urgent += i < urgent;
	}
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
}

void worker_wait(struct worker *w, double seconds)
{
	struct timespec end;
	clock_gettime(CLOCK_MONOTONIC, &end);
	int64_t ns = end.tv_nsec + (int64_t)((seconds > 0 ? seconds : 0) * 1e9);
	end.tv_sec += (time_t)(ns / 1000000000);
	end.tv_nsec = (long)(ns % 1000000000);
	pthread_mutex_lock(&w->lock);
	while (w->urgent || w->busy_urgent) {
		if (seconds < 0)
			pthread_cond_wait(&w->done, &w->lock);
		else if (pthread_cond_timedwait(&w->done, &w->lock, &end) == ETIMEDOUT)
			break;
	}
	pthread_mutex_unlock(&w->lock);
}

struct answer *worker_take(struct worker *w)
{
	char drain[64];
	pthread_mutex_lock(&w->lock);
	struct answer *r = w->first;
	if (r && !(w->first = r->next))
		w->last = &w->first;
	if (!w->first)
		while (read(w->pipe[0], drain, sizeof drain) > 0)
			;
	pthread_mutex_unlock(&w->lock);
	if (r)
		r->next = NULL;
	return r;
}

int worker_fd(const struct worker *w)
{
	return w ? w->pipe[0] : -1;
}

int64_t worker_windows(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	int64_t n = w->windows_done;
	pthread_mutex_unlock(&w->lock);
	return n;
}
