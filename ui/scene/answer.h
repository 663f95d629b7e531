/* What can be asked of the worker, and what it answers. An answer is a copy: the caller who takes one owns it. */
#ifndef UI_ANSWER_H
#define UI_ANSWER_H

#include "core/analysis/doubts.h"
#include "core/analysis/response.h"
#include "core/analysis/top_windows.h"
#include "core/analysis/twins.h"
#include "core/analysis/why.h"
#include "core/record/record_live.h"
#include "ui/behind/judge.h"
#include "ui/behind/counter.h"
#include "ui/behind/pruner.h"
#include "ui/draw/plot.h"
#include "ui/session/browse_options.h"
#include "ui/session/session.h"

enum { LIKES = 4 }; /* zero, and three of noise */

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
	ANSWER_COUNTER,  /* the counterfactual ask.time: as of ANSWER_SURVEY */
	ANSWER_PRUNED,   /* the smaller network ask.time, or one of a curve of them: as of ANSWER_SURVEY */
	ANSWER_SPECTRUM, /* the target's map over frequencies */
	ANSWER_DOUBTS,   /* what makes maps of the window doubtful */
	ANSWER_WHY,      /* why window ask.filter, the current one, is predicted wrong; the list has to be complete */
	/* What is known of the record: ask.filter and ask.time are its first step and the number of steps, ask.method
	 * the columns, ask.layer the number of the expression (worker_where). */
	ANSWER_RECORD,
	ANSWER_LIKES, /* an input for which a filter is as active as it can be, from start ask.method of LIKES: input is
	               * (T,C) or NULL, target the mean activation, top[0] the nearest real window and its distance */
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
	struct pruned *pruned;           /* ANSWER_PRUNED */
	struct countered *countered;     /* ANSWER_COUNTER */
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
	double *look;     /* ANSWER_LOOK: (n,C); ANSWER_LIKES: (C,2), the least and the largest value in the data */
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

/* Returns a copy of n elements of `size` bytes, which the caller owns; NULL of NULL. */
void *answer_copy(const void *p, size_t n, size_t size);
void answer_free(struct answer *a);
void layer_numbers_free(struct layer_numbers *n);

#endif
