/* What the views draw: rows and series, no screen. The numbers come from the worker. A view says what it needs; the
 * loop asks for what is missing or belongs to an earlier question (scene_fetch). Until the new numbers of a layer come
 * its old ones stay, so that the screen does not flicker, and `stale` is set. Only scene.c and needs.c talk to the
 * worker. */
#ifndef UI_SCENE_H
#define UI_SCENE_H

#include "core/analysis/filter_expr.h"
#include "ui/draw/plot.h"
#include "ui/state/session.h"
#include "ui/state/worker.h"

/* A filter as it was when its layer's order was made. */
struct placed {
	int place;         /* in the order */
	double importance; /* 0..1 */
	bool flat;         /* there was no line to draw: it was off, or without activity */
};

struct rows {                        /* the filters of one analysed layer */
	bool loaded, stale, ordered; /* loaded: there are numbers, stale: of an earlier question */
	bool clusters_stale;
	int64_t F, times;
	struct layer_numbers *numbers; /* owned; before anything was loaded: without activations and importance */
	const struct layer_importance *importance;
	const struct layer_clusters *clusters; /* NULL: not there */
	struct answer *clustered;              /* owns them */
	struct range *range;                   /* (F) of the plots; of the values: numbers->range */
	double *scaled;                        /* (F) importance 0..1, while held also more; NaN where there is none */
	const double *mean;                    /* (F) mean activation */
	const bool *dead;                      /* (F) */
	bool *off;                             /* (F) */
	bool *shown;                           /* (F) by the percentile */
	int n_shown;
	int *order, n_order; /* all that the expression lets through, and the selected one, sorted */
	int *list, n_list;   /* those shown and the selected one, sorted */
	bool to_first;       /* the expression is new: the cursor goes to the first match */
	/* While filters are switched, order, scales and clusters stay as they were, so that nothing moves under the
	 * cursor. Another window or question and sorting release them. */
	bool held, clusters_behind; /* clusters_behind: they are those from before the switch */
	struct placed *placed;      /* (F) */
	struct range raw;           /* of raw importance when the order was made: what scaled is by */
};
/* Activation of a filter; v NULL: not there yet. */
static inline struct series rows_series(const struct rows *r, int64_t f)
{
	return series_of(r->numbers->act ? r->numbers->act + f * r->times : NULL, r->times);
}

struct map_cache {
	real **map;                 /* (F) of (T,C), each NULL until it came */
	struct saliency_note *note; /* (F) */
};

/* Numbers that a view needs beside those that every screen shows: the window, the selected layer, and the saliency of
 * what is selected. */
enum scene_need {
	NEEDS_SELECTED = 1 << 0,   /* saliency of the selected filter rather than of the target */
	NEEDS_SHOWN = 1 << 1,      /* the layers of scene.shown, which the view's update sets */
	NEEDS_LAYERS = 1 << 2,     /* all analysed layers */
	NEEDS_CLUSTERS = 1 << 3,   /* clusters of all layers that it needs */
	NEEDS_COLOURS = 1 << 4,    /* the same while clusters are coloured */
	NEEDS_TARGET_MAP = 1 << 5, /* saliency of the target */
	NEEDS_MAPS = 1 << 6,     /* when nothing else is to do: saliency of all filters in the selected layer's list */
	NEEDS_TRACE = 1 << 7,    /* highlighting, when it is on */
	NEEDS_FILTER = 1 << 8,   /* the selected filter's gradient, kernel, twins and strongest windows */
	NEEDS_SILENCE = 1 << 9,  /* which filters are silent in how many windows */
	NEEDS_WINDOWS = 1 << 10, /* the list of windows */
};

struct scene {
	struct worker *worker; /* NULL: nothing to analyse */
	struct rows *rows;     /* [n_layer] */
	int n_layer;
	/* the window */
	struct answer *window; /* owns what the pointers below mean */
	bool window_stale;
	const real *input, *output; /* (T,C), (outputs) */
	struct range *channel;      /* (C) */
	int predicted;              /* class or -1 */
	double target, loss;        /* NaN: none */
	const char *loss_name;
	/* saliency */
	struct map_cache *cache; /* [1 + n_layer]: the target, the layers */
	const real *map;         /* (T,C) of what is selected; NULL: not there yet */
	double map_max;
	struct saliency_note note;
	double *share; /* (C) what part of the colouring map each channel has */
	real *colour;  /* (T,C) map that colours the plots: that of the last rest */
	double colour_max;
	bool coloured, recolour; /* recolour: as soon as the map is there */
	/* filter view */
	const real *gradient; /* (times) of the selected filter, or NULL */
	double gradient_max;
	struct answer *twins; /* of the selected filter, or NULL */
	bool twins_stale;
	struct answer *top;              /* windows that drive it most, or NULL */
	struct kernel kernel;            /* its weights; w NULL: none */
	int kernel_layer, kernel_filter; /* whose they are */
	struct answer *traced;
	bool trace_stale;
	struct trace trace_of;
	const struct trace *trace; /* highlighting, or NULL */
	double *trace_max;         /* [n_layer] */
	struct answer *silence;    /* NULL: not there yet */
	struct windows *windows;
	struct filter_expr *expression; /* parsed; NULL: none */
	char parsed[128];               /* its text */
	real **const *pinned;           /* where the pin has [n_layer] scaled importance of what is pinned, or NULL */
	/* what to ask */
	unsigned needs; /* enum scene_need: of the view at the last scene_update */
	struct {
		int first, n;
	} shown;                       /* analysed layers that the view shows: places in session.column */
	unsigned oldest[ANSWER_KINDS]; /* answers to earlier questions are of no use */
	struct ask *ask;
	int n_ask, cap_ask;
};

/* false: no thread for the worker. */
bool scene_init(struct scene *c, const struct session *s, struct windows *windows);
void scene_release(struct scene *c);
/* Note what is stale, and tell the worker the new question. */
void scene_changed(struct scene *c, const struct session *s, unsigned changed);
/* Rows of a layer in the order that is asked for, from the numbers that there are. */
const struct rows *scene_rows(struct scene *c, struct session *s, int layer);
/* Saliency of a filter, or of the target (layer -1), (T,C); NULL: not there. */
const real *scene_map(const struct scene *c, int layer, int64_t filter);
/* The filter's place in its layer's list (whole: in the full order); -1: it is not in it. */
int scene_place(const struct rows *r, int filter, bool whole);
/* Whose saliency is shown: the selected filter's, or the target's (layer -1). */
void scene_selected(const struct scene *c, const struct session *s, int *layer, int64_t *filter);
/* The highlighting that is asked for; false: none. */
bool scene_traced(const struct scene *c, const struct session *s, struct ask *q);
/* Is the answer there, and about this filter? */
bool answer_about(const struct answer *r, int layer, int64_t filter);
/* Puts what has come together for a view that needs `needs` (enum scene_need). rested: the cursor has rested. */
void scene_update(struct scene *c, struct session *s, unsigned needs, unsigned changed, bool rested);
/* Takes what has come, into the places above; true: something that the view may have waited for. */
bool scene_take(struct scene *c, struct session *s);
/* Asks for what is missing and waits for it, at most so many seconds (negative: no limit). True: something came, update
 * again. */
bool scene_fetch(struct scene *c, struct session *s, double seconds);
/* ui/state/needs.c: lists in c->ask what is missing; then what the view will want next. */
void scene_list_missing(struct scene *c, const struct session *s);
void scene_list_later(struct scene *c, const struct session *s);

#endif
