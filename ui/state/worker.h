/* All numbers that the browser shows are worked out in a thread of its own, so that no key waits for them. The browser
 * asks a question (which window, target, method ...), lists the answers that it wants, and takes them when they are
 * there. Answers are copies: they belong to the one who took them.
 *
 *	worker_question(w, &q); worker_ask(w, asks, n, urgent);
 *	worker_wait(w, seconds);                 a frame's worth, so that quick answers are on the first screen
 *	while ((a = worker_take(w))) ...
 *
 * A new list of asks replaces the old one. Importance, maps, clusters and searches are computed in pieces: between two
 * pieces the worker looks for a new question or something more urgent, leaves what it is at, and goes on with it when
 *it is asked for again. */
#ifndef UI_WORKER_H
#define UI_WORKER_H

#include "core/analysis/top_windows.h"
#include "core/analysis/twins.h"
#include "ui/draw/plot.h"
#include "ui/state/session.h"
#include "ui/state/windows.h"

enum answer_kind {
	ANSWER_WINDOW,   /* input, output, class, target, loss */
	ANSWER_LAYER,    /* activations, gradients and importance of one layer */
	ANSWER_MAP,      /* input saliency of a filter, or of the target (layer -1) */
	ANSWER_CLUSTERS, /* of a layer */
	ANSWER_TRACE,
	ANSWER_FEEDS,   /* recursive highlighting from a point, backward and forward */
	ANSWER_TWINS,   /* the filters most alike one */
	ANSWER_TOP,     /* the windows that drive a filter most: so far, while `done` is less than `total` */
	ANSWER_SILENCE, /* which filters are silent in how many windows */
	ANSWER_WINDOWS, /* another stretch of the list of windows (worker_windows) */
	ANSWER_KINDS,
};

enum { TWINS = 8 };

struct ask {
	enum answer_kind kind;
	int layer;
	int64_t filter, time;
};
static inline bool ask_equal(const struct ask *a, const struct ask *b)
{
	return a->kind == b->kind && a->layer == b->layer && a->filter == b->filter && a->time == b->time;
}

struct layer_numbers {
	int64_t F, times;
	real *act, *grad;                   /* (F,times); grad NULL: the target does not depend on the layer */
	struct layer_importance importance; /* its pointers belong to this struct */
	struct range *range;                /* (F) */
	double *mean;                       /* (F) */
	bool *dead;                         /* (F) */
	int not_finite;                     /* filters with NaN or infinities */
};

struct answer {
	struct ask ask;
	unsigned generation; /* of the question that it answers */
	struct answer *next;
	/* ANSWER_WINDOW */
	real *input, *output; /* (T,C), (outputs) */
	int predicted;        /* class or -1 */
	double target, loss;  /* NaN: none */
	const char *loss_name;
	/* ANSWER_MAP: input is the map (T,C) */
	struct saliency_note note;
	/* ANSWER_LAYER */
	struct layer_numbers *layer;
	/* ANSWER_CLUSTERS: its pointers belong to the answer */
	struct layer_clusters clusters;
	struct twin twin[TWINS];
	struct top_window top[TOP_WINDOWS];
	int n; /* twins, top windows */
	int64_t done, total;
	/* ANSWER_TRACE, ANSWER_FEEDS: share[layer] as in struct trace */
	real **share;
	int n_layer;
	/* ANSWER_SILENCE: count[layer][filter] of `windows` */
	int **count, windows;
};

struct worker;

/* truth: by hand, copied, or NULL: the data's; windows: the list that ANSWER_WINDOWS fills. Model, data and list must
 * outlive the worker. NULL: the system gives no thread. */
struct worker *worker_new(const struct model *m, const struct dataset *d, const struct truth *truth,
                          struct windows *windows);
/* Ends the thread, after what it is at. NULL: nothing. */
void worker_free(struct worker *w);
/* Copied. Returns the new generation. */
unsigned worker_question(struct worker *w, const struct question *q);
/* The first `urgent` are those that worker_wait waits for. */
void worker_ask(struct worker *w, const struct ask *ask, int n, int urgent);
/* Until the urgent ones are answered, at most so many seconds (negative: no limit). */
void worker_wait(struct worker *w, double seconds);
/* The next answer, or NULL; answer_free when done. */
struct answer *worker_take(struct worker *w);
void answer_free(struct answer *a);
void layer_numbers_free(struct layer_numbers *n);
/* Readable when answers are there. */
int worker_fd(const struct worker *w);
/* How far the list of windows is: entries before that may be read. */
int64_t worker_windows(struct worker *w);

#endif
