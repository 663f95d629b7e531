/* The figures of a survey as they are shown: of each filter over all windows and by class, without what is needed only
 * to join parts. */
#ifndef CORE_SURVEY_SET_H
#define CORE_SURVEY_SET_H

#include "core/survey/survey_part.h"

struct set_filter {
	struct survey_filter all; /* over all windows; its channel sums may be shares */
	bool dead;                /* constant over all steps and windows */
	double alive, active;     /* shares of windows with any activity, of active steps; 0 of a dead filter */
	double unique;            /* share of its variance that its siblings cannot explain; NaN: not known */
	int n_spread;
	struct survey_window spread[SURVEY_TOP];
	struct survey_filter *class_of; /* [groups] by class, the last of windows without one; NULL: groups is 1 */
};

struct survey_set {
	struct survey_plan plan;
	char *target;
	int64_t not_finite, maps, ablations; /* numbers of windows, as in struct survey_part */
	struct set_filter **filter;          /* [layer of the plan] of (filters) */
	double **unique; /* [consumer of the plan] of (channels that it reads); NULL: not known (core/prune) */
};

/* Makes the figures from those of all chunks. Takes over *p, and leaves it empty. target: what importance explains, as
 * text. The caller frees the set with survey_set_free. */
struct survey_set *survey_set_of(struct survey_plan *p, const struct survey_part *all, const char *target);
/* Makes a set without any figures; takes over *p. */
struct survey_set *survey_set_new(struct survey_plan *p, const char *target);
void survey_set_free(struct survey_set *s); /* NULL is fine */
/* Finds the plan's layers in m. Returns false if m has other layers. */
bool survey_set_bind(struct survey_set *s, const struct model *m);
/* The figures of a filter of layer `layer` of the model; NULL: the layer is not surveyed. */
const struct set_filter *survey_set_filter(const struct survey_set *s, int layer, int64_t f);
/* How many filters of the layer are dead. */
int survey_set_dead(const struct survey_set *s, int layer);
/* Returns whether there is importance by this measure: ablation is computed only where it was asked for. */
bool survey_set_measures(const struct survey_set *s, int measure);
/* The mean over all windows of a filter's importance by a measure, raw or scaled within its window and layer; NaN:
 * there is none. */
double survey_set_importance(const struct set_filter *f, int measure, bool scaled);
/* Sets share (C) to the filter's saliency by channel, averaged over the windows with maps. method: gradient, or
 * gradient x input. Returns false if there is none. */
bool survey_set_look(const struct survey_set *s, const struct set_filter *f, int method, double *share);

#endif
