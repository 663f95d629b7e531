/* What a survey of the calibration windows says of the filters of a network: the importance of each, and the moments of
 * what the consumers read. The survey may be of a file, so layers are found by their names. */
#ifndef CORE_PRUNE_FACTS_H
#define CORE_PRUNE_FACTS_H

#include "core/prune/prune_map.h"
#include "core/prune/prune_weights.h"
#include "core/survey/survey_set.h"

/* Of one consumer: the layer that it reads, channel by channel. */
struct prune_moments {
	const struct survey_moments *q;
	int64_t channels;
	const int *atom;    /* (channels) -1: none */
	double *covariance; /* (channels,channels), all of it */
	double *square;     /* (outputs) mean of (dy/dz)^2 of each filter; 1 where it is not known */
};
struct prune_facts {
	const struct prune_map *p;
	const struct survey_plan *plan; /* NULL: there is no survey */
	const struct survey_part *part;
	struct prune_moments *moments; /* (n_consumer of the map) q NULL: there are none */
	struct prune_matrix *matrix;   /* (n_consumer of the map) */
	bool *weighted;                /* (n_consumer) the matrix exists */
};
/* Neither model nor survey is copied. The caller frees the facts. */
void prune_facts_init(struct prune_facts *f, const struct prune_map *p, const struct survey_plan *plan,
                      const struct survey_part *part);
void prune_facts_release(struct prune_facts *f);
/* Adds the mean importance of each filter, by a measure of importance.h, to the score (n_atom) of its class. Returns
 * false if a filter that may be removed has none, and the layer in *layer. */
bool prune_importance(const struct prune_facts *f, const char *measure, double *score, int *layer);

/* ---- the unique part of a filter ---- */
/* It is the share of its variance over all windows that the other filters of its layer cannot
 * explain by an affine function (the Schur complement of the siblings' covariance, prune_solve.h). 0: what reads the
 * filter loses nothing without it, once its weights are repaired, however important the filter looks.
 *
 * A survey holds covariances of what layers with weights read. So the figure of a convolution is that of its filters
 * as they arrive there: behind the activation function, a pool, or an addition. */
/* So many positions a channel are needed: with fewer the siblings explain a filter by chance. */
enum { UNIQUE_POSITIONS = 4 };
/* Filters with a smaller part are called redundant. */
#define UNIQUE_REDUNDANT 0.01

/* unique (channels): that of each channel that consumer c reads. false: there are no covariances of channels, or too
 * few positions. */
bool prune_unique_channels(const struct survey_consumer *c, const struct survey_moments *q, double *unique);
/* Sets s->unique from the figures of all chunks, of which s was made. */
void prune_unique_measure(struct survey_set *s, const struct survey_part *all);
/* Sets the figure of every filter of s, which is bound to m, from s->unique. Where several layers read a filter, it is
 * the largest: it can be done without only if all of them can. NaN: nothing that is known reads it. */
void prune_unique_filters(struct survey_set *s, const struct model *m);

#endif
