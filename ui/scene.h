/* What the views draw, fetched from the analysis: rows and series, no screen. scene_update brings it up to date after a change and
 * is the only place of ui/ that asks for numbers of a window; drawing reads. Pointers into the analysis live until its next setter,
 * after which the change bits make them be fetched again. */
#ifndef UI_SCENE_H
#define UI_SCENE_H

#include "ui/plot.h"
#include "ui/session.h"

struct rows {                                      /* the filters of one analysed layer */
	bool valid, ordered;
	int64_t F, times;
	const real *act;                           /* (F,times) */
	const struct layer_importance *importance;
	const struct layer_clusters *clusters;     /* NULL: not asked for */
	struct range *range;                       /* (F) */
	double *scaled;                            /* (F) importance 0..1, NaN where there is none */
	double *mean;                              /* (F) mean activation */
	bool *dead, *off;                          /* (F) */
	bool *shown;                               /* (F) by the percentile */
	int n_shown;
	int *order;                                /* (F) all, sorted */
	int *list, n_list;                         /* those shown and the selected one, sorted */
};

struct twin { int filter; double distance; };
enum { TWINS = 5 };

struct scene {
	struct rows *rows;                         /* [n_layer] */
	int n_layer;
	const real *input, *output;                /* (T,C), (outputs) */
	struct range *channel;                     /* (C) */
	int predicted;                             /* class or -1 */
	double target, loss;                       /* NaN: none */
	const char *loss_name;
	const real *map;                           /* (T,C) of what is selected; NULL: not computed yet */
	double map_max;
	double *share;                             /* (C) what part of the colouring map each channel has */
	real *colour;                              /* (T,C) map that colours the plots: that of the last rest */
	double colour_max;
	bool coloured;
	/* filter view */
	const real *gradient;                      /* (times) of the selected filter, or NULL */
	double gradient_max;
	struct twin twin[TWINS];
	int n_twin;
	const real *weight;                        /* kernel (channels,taps) of the selected filter; NULL: no convolution */
	int64_t weight_channels, weight_taps;
	double weight_max;
	int *weight_order;                         /* channels by norm */
	const struct trace *trace;                 /* highlighting, or NULL */
	double *trace_max;                         /* [n_layer] */
};

void scene_init(struct scene *c, const struct session *s);
void scene_release(struct scene *c);
/* Note what is stale. */
void scene_changed(struct scene *c, unsigned changed);
/* Rows of a layer, computed when they are stale. */
const struct rows *scene_rows(struct scene *c, struct session *s, int layer);
/* Clusters too. */
const struct rows *scene_clustered(struct scene *c, struct session *s, int layer);
/* The selected filter's place in its layer's list (whole: in the full order). */
int scene_place(const struct rows *r, int filter, bool whole);
/* The rest: input, output, map, and what the filter view shows. */
void scene_update(struct scene *c, struct session *s, unsigned changed, bool rested);

#endif
