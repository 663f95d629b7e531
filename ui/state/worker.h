/* The worker is a thread that computes all numbers that the browser shows, so that no key waits for them. The browser
 * sets a question (window, target, method ...), lists the answers that it wants, and takes them when they are there.
 * Answers are copies: the caller who takes one owns it.
 *
 *	worker_question(w, &q); worker_ask(w, asks, n, urgent);
 *	worker_wait(w, seconds);                 for one frame, so that quick answers are on the first screen
 *	while ((a = worker_take(w))) ...
 *
 * A new list of asks replaces the old one. Importance, maps, clusters and searches are computed in pieces. Between two
 * pieces the worker looks for a new question or a more urgent ask. If there is one, the worker leaves its current work,
 * and continues it when it is asked for again. */
#ifndef UI_WORKER_H
#define UI_WORKER_H

#include "core/analysis/doubts.h"
#include "core/analysis/response.h"
#include "core/analysis/top_windows.h"
#include "core/analysis/twins.h"
#include "core/analysis/why.h"
#include "core/record/record_live.h"
#include "ui/behind/judge.h"
#include "ui/draw/plot.h"
#include "ui/state/browse_options.h"
#include "ui/state/session.h"
#include "ui/state/windows.h"

enum answer_kind {
	ANSWER_WINDOW,       /* input, output, class, target, loss */
	ANSWER_LAYER,        /* importance and figures of one layer; by ask.detail also activations and gradients */
	ANSWER_MAP,          /* input saliency of a filter, or of the target (layer -1) */
	ANSWER_CLUSTERS,     /* of a layer */
	ANSWER_SET_CLUSTERS, /* the same by the activations in windows spread over the data */
	ANSWER_LOOK,     /* how the saliency of filters divides over the channels: of some filters from ask.filter on */
	ANSWER_ABLATION, /* of a layer: importance by ablation, beside that of the question's measure */
	ANSWER_METHOD,   /* like ANSWER_MAP, but by method ask.method, whatever the question's method is */
	ANSWER_TRACE,    /* recursive highlighting, backward from a point */
	ANSWER_FEEDS,    /* recursive highlighting, forward from a point */
	ANSWER_TWINS,    /* the filters most like a filter */
	ANSWER_RESPONSE, /* the frequency response of all filters of a layer, as measured */
	ANSWER_TOP,      /* the windows in which a filter is most active; the best so far while done < total */
	ANSWER_SILENCE,  /* which filters are silent in how many windows */
	ANSWER_WINDOWS,  /* more of the list of windows was computed (worker_windows) */
	ANSWER_PEEK,     /* saliency of the target in window ask.filter, which need not be the current one */
	ANSWER_INTACT,   /* output and class of window ask.filter with no filter switched off */
	ANSWER_SECOND,   /* the second question: of layer -1 output and saliency, else importance of the layer */
	ANSWER_SURVEY,   /* the survey ask.time: so many windows are done, and at the end the figures */
	ANSWER_TRUTH,    /* the same of the standing of the methods: of filter 0 over the set, of 1 in one window */
	ANSWER_SPECTRUM, /* the target's map over frequencies */
	ANSWER_DOUBTS,   /* what makes maps of the window doubtful */
	ANSWER_WHY,      /* why window ask.filter, the current one, is predicted wrong; the list has to be complete */
	/* What is known of the record: ask.filter and ask.time are its first step and the number of steps, ask.method
	 * the columns, ask.layer the number of the expression (worker_where). */
	ANSWER_RECORD,
	ANSWER_KINDS,
};

enum { TWINS = 8 };
enum { CURVE = 48 }; /* columns of a filter's small curve */

/* What an answer has of a layer; each has what stands before it, too. */
enum layer_detail { DETAIL_FIGURES, DETAIL_ACTIVATIONS, DETAIL_GRADIENTS };

struct ask {
	enum answer_kind kind;
	int layer;
	int64_t filter, time;     /* time: of ANSWER_SECOND the number of the second question */
	enum layer_detail detail; /* of ANSWER_LAYER */
	int method;               /* of ANSWER_METHOD */
};
static inline bool ask_equal(const struct ask *a, const struct ask *b)
{
	return a->kind == b->kind && a->layer == b->layer && a->filter == b->filter && a->time == b->time &&
	       a->detail == b->detail && a->method == b->method;
}

struct layer_numbers {
	int64_t F, times;
	enum layer_detail detail;
	real *act, *grad; /* (F,times); NULL by detail, grad also when the target does not depend on the layer */
	struct layer_importance importance; /* its pointers belong to this struct */
	struct range *range;                /* (F) */
	double *mean;                       /* (F) */
	int *peak;                          /* (F) the step of the largest value */
	real *curve;                        /* (F,curve_n) the activation in few columns: of each its extreme value */
	int64_t curve_n;                    /* times, but at most CURVE */
	bool *dead;                         /* (F) */
	int not_finite;                     /* filters with NaN or infinities */
};

struct answer {
	struct ask ask;
	unsigned generation; /* number of the question that it answers */
	struct answer *next;
	struct why *why;                 /* ANSWER_WHY */
	struct survey_set *survey;       /* ANSWER_SURVEY; NULL: not yet, or with done == total: there is none */
	struct doubts doubts;            /* ANSWER_DOUBTS */
	struct truth_standing *standing; /* ANSWER_TRUTH: the same */
	struct record_picture *record;   /* ANSWER_RECORD */
	/* ANSWER_WINDOW, and ANSWER_SECOND of layer -1, whose input is the saliency map of the target; output and
	 * predicted also ANSWER_INTACT */
	real *input, *output; /* (T,C), (outputs) */
	int predicted;        /* class or -1 */
	double target, loss;  /* NaN: none */
	const char *loss_name;
	double *bands;    /* ANSWER_SPECTRUM: (T/2+1,C); NULL: the method has none */
	double *look;     /* ANSWER_LOOK: (n,C) */
	real *ablation;   /* ANSWER_ABLATION: (F); NULL: the target does not depend on the layer */
	real *scaled;     /* ANSWER_SECOND: (F) importance 0..1; NULL: the same */
	struct range raw; /* the same: the range of the raw importance */
	/* ANSWER_MAP, ANSWER_METHOD, ANSWER_PEEK: input is the map (T,C) */
	struct saliency_note note;
	/* ANSWER_LAYER */
	struct layer_numbers *layer;
	/* ANSWER_CLUSTERS, ANSWER_SET_CLUSTERS (n: in so many windows): its pointers belong to the answer */
	struct layer_clusters clusters;
	struct twin twin[TWINS];
	struct top_window top[TOP_WINDOWS];
	int n; /* twins, top windows, filters of ANSWER_LOOK */
	int64_t done, total;
	/* ANSWER_TRACE, ANSWER_FEEDS: share[layer] as in struct trace */
	real **share;
	int n_layer;
	/* ANSWER_RESPONSE: (F,response_channels,RESPONSE_BINS) */
	real *response;
	int64_t response_channels;
	/* ANSWER_SILENCE: in count[layer][filter] of `windows` windows the filter is silent */
	int **count, windows;
};

struct worker;

/* Starts the worker; the caller ends it with worker_free. truth: true values given by hand; NULL: those of the data.
 * beside: another model, or NULL. windows: the list that ANSWER_WINDOWS fills. All of them must outlive the worker.
 * Returns NULL if the system gives no thread. */
struct worker *worker_new(const struct model *m, const struct dataset *d, const struct truth *truth,
                          const struct beside *beside, struct windows *windows);
/* Ends the thread after its current piece of work, and frees all answers that were not taken. NULL is fine. */
void worker_free(struct worker *w);
/* Sets the question, which is copied, and drops the list of asks. Returns the generation that its answers will have. */
unsigned worker_question(struct worker *w, const struct question *q);
/* Sets the second question, which is copied, of this model or of the one beside; `number` is not that of an earlier
 * one. The asks for ANSWER_SECOND carry it. Their layers are this model's: those of the model beside that belong to
 * them answer, and its outputs are as this model gives them. */
void worker_second(struct worker *w, const struct question *q, bool beside, unsigned number);
/* Starts a survey of all windows for the target of q, in a thread of its own, and ends the one before. Its answers come
 * without being asked for, and carry `number`. An ask for ANSWER_SURVEY only waits for the end. */
void worker_survey(struct worker *w, const struct question *q, const struct survey_source *source, const void *origin,
                   int64_t number);
/* Starts a judge of what the methods are worth, in a thread of its own, and ends the one before: one that looks at one
 * window and one that looks at the set go on side by side. Its answers come as those of a survey, and carry `number`.
 */
void worker_judge(struct worker *w, const struct question *q, enum judge_what what,
                  const struct standing_source *source, const void *origin, int64_t number);
/* Sets the expression whose steps are events of the record, which is copied. `number` is not that of an earlier one. */
void worker_where(struct worker *w, const char *text, int number);
/* Replaces the list of asks by these n, which are copied. worker_wait waits for the first `urgent` of them. */
void worker_ask(struct worker *w, const struct ask *ask, int n, int urgent);
/* Waits until the urgent asks are answered, for at most `seconds` (negative: without limit). */
void worker_wait(struct worker *w, double seconds);
/* Returns the next answer, or NULL if there is none. The caller owns it and frees it with answer_free. */
struct answer *worker_take(struct worker *w);
void answer_free(struct answer *a);
void layer_numbers_free(struct layer_numbers *n);
/* Returns a file descriptor that is readable when answers are there; -1: there is none. */
int worker_fd(const struct worker *w);
/* Returns how many entries of the list of windows are computed. Only these may be read. */
int64_t worker_windows(struct worker *w);

#endif
