/* The numbers that the views draw. The scene knows nothing of the screen. The numbers come from the worker. A view says
 * which numbers it needs. The loop calls scene_fetch, which asks for those that are missing or answer an earlier
 * question. A layer keeps its old numbers, with `stale` set, until the new ones arrive, so that the screen does not
 * flicker. Only scene.c and needs.c talk to the worker. */
#ifndef UI_SCENE_H
#define UI_SCENE_H

#include "core/analysis/filter_expr.h"
#include "ui/scene/rows.h"
#include "ui/scene/scene_prune.h"
#include "ui/scene/scene_truth.h"
#include "ui/session/session.h"
#include "ui/scene/worker.h"

struct pin;

/* The saliency map of one thing by one method. */
struct method_map {
	real *map; /* (T,C); NULL: not there yet */
	double max;
	double *share; /* (C) */
	struct saliency_note note;
	bool stale; /* it answers an earlier question */
};

struct map_cache {
	real **map;                 /* (F) of (T,C), each NULL until it has arrived */
	struct saliency_note *note; /* (F) */
};

/* The numbers that a view needs in addition to those of every screen. Every screen has the window, the selected layer
 * and one saliency map: that of the target, or with NEEDS_SELECTED that of the selected filter. */
enum scene_need {
	NEEDS_SELECTED = 1 << 0,   /* saliency of the selected filter rather than of the target */
	NEEDS_SHOWN = 1 << 1,      /* the layers of scene.shown, which the view's update sets */
	NEEDS_LAYERS = 1 << 2,     /* all analysed layers */
	NEEDS_CLUSTERS = 1 << 3,   /* clusters of all layers that the view needs */
	NEEDS_COLOURS = 1 << 4,    /* the same, but only while clusters are coloured */
	NEEDS_TARGET_MAP = 1 << 5, /* saliency of the target */
	NEEDS_MAPS = 1 << 6, /* saliency of all filters in the selected layer's list, when nothing else is left to do */
	NEEDS_TRACE = 1 << 7,     /* highlighting, when it is on */
	NEEDS_FILTER = 1 << 8,    /* the selected filter's gradient, kernel, twins and strongest windows */
	NEEDS_SILENCE = 1 << 9,   /* which filters are silent in how many windows */
	NEEDS_WINDOWS = 1 << 10,  /* the list of windows */
	NEEDS_LOOK = 1 << 11,     /* at which channels filters look: of all layers that the view needs */
	NEEDS_ABLATION = 1 << 12, /* importance by ablation: the same */
	NEEDS_METHODS = 1 << 13,  /* maps by all methods, of the target or, in the view of methods with
	                           * session.one_filter, of the filter */
	NEEDS_RANK = 1 << 14,     /* the list of windows, when nothing else is left to do */
	NEEDS_PEEKS = 1 << 15,    /* saliency of the windows in scene.wanted, which the view's update sets */
	NEEDS_PICKED = 1 << 18,   /* saliency of the filters in scene.picked, which the view's update sets */
	NEEDS_SECOND = 1 << 17,   /* all answers to the second question (scene_second) */
	NEEDS_RECORD = 1 << 19,   /* the part of the record in scene.record_look, which the view's update sets */
	NEEDS_SPECTRUM = 1 << 22, /* the target's saliency over frequencies, where the method has it */
	NEEDS_DOUBTS = 1 << 21,   /* what makes maps of the window doubtful */
	NEEDS_TRUTH = 1 << 20,    /* the standing of the methods, over the set and in this window */
	NEEDS_CURVE = 1 << 23,    /* the curve of smaller networks */
	NEEDS_WHY = 1 << 16,      /* why the window is predicted wrong, once the list of windows is complete */
};

/* Where the target's saliency is largest in a window. */
struct peek {
	int64_t window;
	int64_t step, channel; /* -1: it is zero everywhere */
};
enum { PEEKS = 128, PICKED = 24 };

struct scene {
	struct worker *worker; /* NULL: nothing to analyse */
	struct rows *rows;     /* [n_layer] */
	int n_layer;
	bool small; /* the activations of all layers may be kept, with their gradients */
	/* the window */
	struct answer *window; /* owns input and output */
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
	double *share;    /* (C) the share of each channel in the colouring map */
	real *colour;     /* (T,C) the map that colours the plots, taken when the cursor last rested */
	int colour_layer; /* of which map that is: -1: of the target */
	int64_t colour_filter;
	double colour_max;
	bool colour_signed;         /* that map has signs */
	bool coloured, recolour;    /* recolour: take the new map as soon as it is there */
	bool share_stale;           /* share is that of another filter, until the cursor rests */
	struct method_map *method;  /* [n_method] in the order of saliency_methods */
	int n_method, method_layer; /* method_layer: -1: they explain the target */
	int64_t method_filter;
	enum baseline method_baseline;
	int64_t method_window; /* that of BASELINE_WINDOW */
	/* filter view */
	const real *gradient; /* (times) of the selected filter, or NULL */
	double gradient_max;
	struct answer *twins; /* of the selected filter, or NULL */
	bool twins_stale;
	struct answer *likes[LIKES];     /* what the selected filter likes; NULL: not there yet */
	bool likes_shown;                /* the view has room for them; its update says so */
	struct answer *top;              /* the windows in which it is most active, or NULL */
	struct answer **response;        /* [n_layer] the measured frequency response of a layer, or NULL */
	struct kernel kernel;            /* weights of a filter; w NULL: none */
	int kernel_layer, kernel_filter; /* the filter */
	struct answer *traced;
	bool trace_stale;
	struct trace trace_of;
	const struct trace *trace; /* highlighting, or NULL */
	double *trace_max;         /* [n_layer] */
	struct answer *silence;    /* NULL: not there yet */
	struct answer *intact;     /* output of the window in its ask with all filters on; NULL: not there */
	struct answer *spectrum;   /* of the target's saliency; NULL: not there, or stale */
	struct answer *doubts;     /* of the window; NULL: not there, or stale */
	struct answer *why;        /* of the window in its ask; NULL: not there, or stale */
	struct windows *windows;
	/* the figures over all windows */
	struct {
		const struct survey_source *source;
		bool always, wait; /* it is made at once; numbers are waited for, and so are these */
		bool on, failed;   /* one was started for the target in force; it came to nothing */
		int64_t number, done, total;
		struct target target;
		struct survey_set *set; /* NULL: not there yet */
		bool fits;              /* set is of the target in force */
	} survey;
	struct scene_truth truth; /* the standing of the methods */
	struct scene_prune prune; /* smaller networks */
	struct {
		bool wait;  /* numbers are waited for, and so is this */
		bool going; /* a counterfactual is looked for */
		int64_t number;
		struct countered *found; /* it has just come, and is not taken yet; NULL: none */
	} counter;
	/* what the rows over all windows were made of */
	struct {
		const struct survey_set *set; /* NULL: they are of the window */
		int measure, method;
	} over;
	struct fact_channels channels; /* of the input, for expressions; the names belong to model or data */
	struct peek peek[PEEKS];       /* a ring of the latest ones; peek_at: where the next goes */
	int n_peek, peek_at;
	real *peeked; /* (T,C) saliency of window peeked_of; NULL: not there */
	int64_t peeked_of;
	/* the second question, whose numbers are compared with those of the session's question */
	struct {
		bool on;
		unsigned number; /* how many there have been */
		struct question q;
		const struct beside *beside; /* it is asked of the model beside; NULL: of this one */
		struct answer **answer;      /* [1 + n_layer]: of the window, of the layers; NULL: not there yet */
	} second;
	struct answer *record; /* what is known of the record, or NULL */
	bool record_stale;     /* it answers an earlier question */
	struct record_look {
		int64_t first, steps;
		int n; /* columns; 0: not set yet */
	} record_look;
	int where;                    /* the number of the expression for events of the record */
	int picked[PICKED], n_picked; /* filters of layer picked_of whose saliency is wanted while it is selected */
	int picked_of;
	int64_t wanted[PEEKS]; /* windows whose peek is wanted, the first with its map */
	int n_wanted;
	struct filter_expr *expression; /* parsed; NULL: none */
	char parsed[128];               /* its text */
	const struct pin *pin;          /* what importance is compared with in facts of filters, or NULL */
	struct filter_set off;          /* the filters that were off at the last scene_changed */
	unsigned lists;                 /* counts the changes after which lists of filters are sorted anew */
	/* what to ask */
	unsigned needs;  /* enum scene_need: what the view needed at the last scene_update */
	bool wants_look; /* the view shows what the filters of the selected layer look at; its update sets it */
	struct {
		int first, n;
	} shown;                       /* analysed layers that the view shows: places in session.column */
	unsigned oldest[ANSWER_KINDS]; /* the oldest generation whose answers are still of use */
	struct ask *ask;
	int n_ask, cap_ask;
};

/* Makes the scene, and starts the worker if there is something to analyse. The session's model and data, and windows,
 * must outlive the scene. Returns false if the system gives no thread for the worker. The caller releases the scene in
 * either case. */
bool scene_init(struct scene *c, const struct session *s, struct windows *windows);
/* Ends the worker's thread and frees what the scene owns. */
void scene_release(struct scene *c);
/* Notes which numbers are stale after `changed` (enum changed), and tells the worker the new question. */
void scene_changed(struct scene *c, const struct session *s, unsigned changed);
/* Returns whether importance, order and clusters are those over all windows: the user wants them, and they are there.
 */
bool scene_over_set(const struct scene *c, const struct session *s);
/* Returns whether the user wants those over all windows, and the survey does not have them: ablation is computed only
 * where it was asked for. */
bool scene_lacks(const struct scene *c, const struct session *s);
/* Starts the survey of all windows, if none for the session's target was started yet. */
void scene_survey(struct scene *c, const struct session *s);
/* Sets the second question, which is copied, of this model or, if it is not NULL, of the one beside. Answers to an
 * earlier one are dropped.
 */
void scene_second(struct scene *c, const struct question *q, const struct beside *beside);
/* Starts to look for a counterfactual. There is a worker. */
void scene_counter(struct scene *c, const struct counterfactual_job *j);
/* Sets the expression whose steps are events of the record; "": none. */
void scene_where(struct scene *c, const char *text);
/* Returns the answer to the second question about a layer, or about the window if layer is -1; NULL: it is not there
 * yet. */
const struct answer *scene_second_answer(const struct scene *c, int layer);
/* Returns the rows of a layer, sorted and selected as the session says, made from the numbers that are there. They
 * belong to the scene. */
const struct rows *scene_rows(struct scene *c, struct session *s, int layer);
/* Returns the saliency map (T,C) of a filter, or of the target if layer is -1; NULL: it is not there yet. It belongs to
 * the scene. */
const real *scene_map(const struct scene *c, int layer, int64_t filter);
/* What is known of a filter, of which scene_rows has been asked. */
struct filter_facts scene_facts(const struct scene *c, const struct session *s, int layer, int f);
/* Returns the filter's place in r->list, or in r->order if `whole`; -1: the filter is not in it. */
int scene_place(const struct rows *r, int filter, bool whole);
/* Sets the two clusters of the selected layer that are compared: those with the most marked filters; if only one has
 * any, that and the cluster of the selected filter. Returns true if the user has chosen both; else they are the first
 * two by letter, or -1 if there are no two. */
bool scene_pair(const struct scene *c, const struct session *s, int pair[2]);
/* The mean share of channel ch of C in the saliency of the cluster's filters, without those that look at nothing; NaN:
 * it is not known yet, or there is none. */
double cluster_look(const struct rows *r, int64_t C, int cluster, int64_t ch);
/* Sets whose saliency is shown: layer and filter of the selected filter, or layer -1 for the target. */
void scene_selected(const struct scene *c, const struct session *s, int *layer, int64_t *filter);
/* Returns what is known of the saliency of this window; NULL: nothing yet. */
const struct peek *scene_peek(const struct scene *c, int64_t window);
/* Sets *q to the ask for the highlighting. Returns false if there is nothing to highlight. */
bool scene_traced(const struct scene *c, const struct session *s, struct ask *q);
/* Sets whose saliency NEEDS_METHODS is about: layer and filter, or layer -1 for the target. */
void scene_explained(const struct session *s, int *layer, int64_t *filter);
/* Whether the frequency response of a layer's filters is measured: a layer with a time axis that is not the first
 * convolution, whose response follows from its weights. */
bool scene_measures(const struct session *s, int layer);
/* Returns true if the answer is there (not NULL) and is about this filter. */
bool answer_about(const struct answer *r, int layer, int64_t filter);
/* Prepares the numbers that have arrived for a view that needs `needs` (enum scene_need). changed: enum changed.
 * rested: the cursor has rested. */
void scene_update(struct scene *c, struct session *s, unsigned needs, unsigned changed, bool rested);
/* Takes the worker's answers into the fields above. Returns true if the view may have waited for one of them. */
bool scene_take(struct scene *c, struct session *s);
/* Asks for the missing numbers and waits for them, for at most `seconds` (negative: without limit). Returns true if the
 * caller has to update the scene again. */
bool scene_fetch(struct scene *c, struct session *s, double seconds);
/* In ui/scene/needs.c. They list in c->ask the numbers that are missing, and then those that the view will need next.
 */
bool scene_record_fits(const struct scene *c); /* the record that is there is of scene.record_look */
void scene_list_missing(struct scene *c, const struct session *s);
void scene_list_later(struct scene *c, const struct session *s);

#endif
