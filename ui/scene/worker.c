#include "ui/scene/worker_state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/survey/set_clusters.h"

/* ---- answers ---- */

double worker_clock(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool worker_interrupted(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	bool yes = w->quit || w->generation != w->busy_generation || (w->urgent && !w->busy_urgent);
	pthread_mutex_unlock(&w->lock);
	return yes;
}

static bool answer_twins(struct worker *w, struct answer *r)
{
	r->n = twins_find(w->a, r->ask.layer, r->ask.filter, TWINS, r->twin);
	return true;
}

static bool answer_doubts(struct worker *w, struct answer *r)
{
	doubts_measure(w->a, &r->doubts);
	return true;
}

/* Those who work behind send their answers themselves. NULL: nobody does. */
static bool wait_behind(struct behind *b)
{
	if (b)
		behind_wait(b);
	return true;
}

static bool answer_survey(struct worker *w, struct answer *r)
{
	(void)r;
	return wait_behind(w->surveyor);
}

static bool answer_truth(struct worker *w, struct answer *r)
{
	return wait_behind(w->judge[r->ask.filter]);
}

static bool answer_pruned(struct worker *w, struct answer *r)
{
	(void)r;
	return wait_behind(w->pruner);
}

static bool answer_counter(struct worker *w, struct answer *r)
{
	(void)r;
	return wait_behind(w->counter);
}

/* Who makes an answer of each kind. */
static bool (*const make[ANSWER_KINDS])(struct worker *w, struct answer *r) = {
	[ANSWER_WINDOW] = answer_window,     [ANSWER_LAYER] = answer_layer,
	[ANSWER_CLUSTERS] = answer_clusters, [ANSWER_SET_CLUSTERS] = answer_set_clusters,
	[ANSWER_TRACE] = answer_trace,       [ANSWER_FEEDS] = answer_trace,
	[ANSWER_TWINS] = answer_twins,       [ANSWER_RESPONSE] = answer_response,
	[ANSWER_TOP] = answer_top,           [ANSWER_SILENCE] = answer_silence,
	[ANSWER_MAP] = answer_map,           [ANSWER_LOOK] = answer_look,
	[ANSWER_ABLATION] = answer_ablation, [ANSWER_METHOD] = answer_method,
	[ANSWER_WINDOWS] = answer_windows,   [ANSWER_INTACT] = answer_intact,
	[ANSWER_SECOND] = answer_second,     [ANSWER_SURVEY] = answer_survey,
	[ANSWER_SPECTRUM] = answer_spectrum, [ANSWER_DOUBTS] = answer_doubts,
	[ANSWER_TRUTH] = answer_truth,       [ANSWER_WHY] = answer_why,
	[ANSWER_PEEK] = answer_peek,         [ANSWER_RECORD] = answer_record,
	[ANSWER_LIKES] = answer_likes,       [ANSWER_PRUNED] = answer_pruned,
	[ANSWER_COUNTER] = answer_counter,
};

/* NULL: something more urgent came. */
static struct answer *answer_make(struct worker *w, const struct ask *q)
{
	struct answer *r = xcalloc(1, sizeof *r);
	r->ask = *q;
	if (make[q->kind](w, r))
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
		w->busy = false;
		w->busy_urgent = false;
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
                          struct windows *windows)
{
	struct worker *w = xcalloc(1, sizeof *w);
	sigset_t all, before;
	w->m = m;
	w->d = d;
	w->windows = windows;
	w->truth = truth;
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
	behind_stop(w->pruner);
	behind_stop(w->counter);
	pthread_mutex_lock(&w->lock);
	w->quit = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	if (w->started)
		pthread_join(w->thread, NULL);
	behind_free(w->surveyor);
	behind_free(w->judge[0]);
	behind_free(w->judge[1]);
	behind_free(w->pruner);
	behind_free(w->counter);
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
	likes_free(w->likes);
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

void worker_second(struct worker *w, const struct question *q, const struct beside *beside, unsigned number)
{
	pthread_mutex_lock(&w->lock);
	question_copy(&w->second, q);
	w->second_beside = beside;
	w->second_number = number;
	pthread_mutex_unlock(&w->lock);
}

void worker_leave(struct worker *w, const struct beside *beside)
{
	pthread_mutex_lock(&w->lock);
	w->n_queue = w->urgent = 0;
	if (w->second_beside == beside) {
		w->second_beside = NULL;
		w->second_number = 0;
	}
	while (w->busy)
		pthread_cond_wait(&w->done, &w->lock);
	struct analysis *next = w->next_of == beside ? w->next : NULL;
	if (next) {
		w->next = NULL;
		w->next_of = NULL;
	}
	pthread_mutex_unlock(&w->lock);
	analysis_free(next);
}

/* In the thread of the search. */
static void counter_tell(void *ctx, void *countered, int64_t done, int64_t total)
{
	struct worker *w = ctx;
	struct answer *r = xcalloc(1, sizeof *r);
	r->ask.kind = ANSWER_COUNTER;
	r->countered = countered;
	r->done = done;
	r->total = total;
	pthread_mutex_lock(&w->lock);
	r->ask.time = w->counter_number;
	push(w, r);
	pthread_mutex_unlock(&w->lock);
}

void worker_counter(struct worker *w, const struct counterfactual_job *j, int64_t number)
{
	struct behind *before = w->counter;
	behind_stop(before);
	pthread_mutex_lock(&w->lock);
	w->counter_number = number;
	pthread_mutex_unlock(&w->lock);
	w->counter = counter_new(j, counter_tell, w, before);
	if (!w->counter)
		counter_tell(w, NULL, 1, 1);
}

/* In the thread of the pruner. */
static void prune_tell(void *ctx, void *pruned, int64_t done, int64_t total)
{
	struct worker *w = ctx;
	struct answer *r = xcalloc(1, sizeof *r);
	r->ask.kind = ANSWER_PRUNED;
	r->pruned = pruned;
	r->done = done;
	r->total = total;
	pthread_mutex_lock(&w->lock);
	r->ask.time = w->prune_number;
	push(w, r);
	pthread_mutex_unlock(&w->lock);
}

void worker_prune(struct worker *w, const struct question *q, const struct filter_set *marks, double ratio,
                  int64_t number)
{
	struct pruner_job job = { w->m, w->d, w->truth, prune_tell, w };
	struct behind *before = w->pruner;
	behind_stop(before);
	pthread_mutex_lock(&w->lock);
	w->prune_number = number;
	pthread_mutex_unlock(&w->lock);
	w->pruner = pruner_new(&job, q, marks, ratio, before);
	if (!w->pruner)
		prune_tell(w, NULL, 1, 1);
}

void worker_prune_stop(struct worker *w)
{
	behind_stop(w->pruner);
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
			if (i < urgent)
				w->busy_urgent = true;
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
