/* What the files of the worker share: its state, and the functions that make one answer each. They run in the worker's
 * thread. Nobody else includes this. */
#ifndef UI_WORKER_STATE_H
#define UI_WORKER_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include "ui/scene/worker.h"

struct worker {
	const struct model *m;
	const struct dataset *d;
	const struct truth *truth; /* given by hand, or NULL */
	struct windows *windows;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	int pipe[2];
	/* under the lock */
	bool quit, busy;
	atomic_bool busy_urgent; /* the thread reads it without the lock, too */
	bool wanted;             /* what it is busy with is still asked for */
	struct question q, second;
	const struct beside *second_beside; /* the second question is asked of the model beside; NULL: of this one */
	unsigned second_number;
	char where[256]; /* the expression of the record */
	int where_number;
	unsigned generation, busy_generation;
	struct ask *queue, at; /* at: what it is busy with */
	int n_queue, cap_queue, urgent;
	struct answer *first, **last;
	int64_t windows_done;
	int64_t survey_number, judge_number[2], prune_number, counter_number;
	/* the browser's own; NULL: there was none yet. judge: over the set, and in one window */
	struct behind *surveyor, *judge[2], *pruner, *counter;
	/* the thread's own */
	struct analysis *a;
	struct analysis *other; /* of windows and questions other than the current ones; NULL: not needed yet */
	struct analysis *next;  /* of the model of next_of; NULL: not needed yet */
	const struct beside *next_of;
	struct top_windows *top;
	struct likes *likes;       /* NULL: not needed yet */
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

static const double SLICE = 0.01; /* seconds after which long work looks up */

/* Something else is asked, or wanted first. */
bool worker_interrupted(struct worker *w);
/* Seconds of a clock that only goes forward. */
double worker_clock(void);
/* A second analysis, so that the answers about the current window are kept. It belongs to the worker. */
struct analysis *worker_other(struct worker *w);
/* Copies clusters into an answer, which owns them then. */
void copy_clusters(struct worker *w, struct answer *r, const struct layer_clusters *q);
/* Frees counts that are unfinished. NULL is fine. */
void silence_free(struct silence *q);

/* Each makes the answer r to r->ask. False: something more urgent came, or there is nothing worth telling yet; what was
 * computed so far goes on when the same is asked for again. */
bool answer_window(struct worker *w, struct answer *r);
bool answer_layer(struct worker *w, struct answer *r);
bool answer_map(struct worker *w, struct answer *r);
bool answer_spectrum(struct worker *w, struct answer *r);
bool answer_clusters(struct worker *w, struct answer *r);
bool answer_look(struct worker *w, struct answer *r);
bool answer_ablation(struct worker *w, struct answer *r);
bool answer_method(struct worker *w, struct answer *r);
bool answer_trace(struct worker *w, struct answer *r);
bool answer_set_clusters(struct worker *w, struct answer *r);
bool answer_top(struct worker *w, struct answer *r);
bool answer_intact(struct worker *w, struct answer *r);
bool answer_second(struct worker *w, struct answer *r);
bool answer_why(struct worker *w, struct answer *r);
bool answer_peek(struct worker *w, struct answer *r);
bool answer_windows(struct worker *w, struct answer *r);
bool answer_record(struct worker *w, struct answer *r);
bool answer_response(struct worker *w, struct answer *r);
bool answer_silence(struct worker *w, struct answer *r);
bool answer_likes(struct worker *w, struct answer *r);

/* Frees what answer_likes keeps. NULL is fine. */
void likes_free(struct likes *q);

#endif
