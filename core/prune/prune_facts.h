/* What a survey of the calibration windows says of the filters of a network: the importance of each, and the moments of
 * what the consumers read. The survey may be of a file, so layers are found by their names. */
#ifndef CORE_PRUNE_FACTS_H
#define CORE_PRUNE_FACTS_H

#include "core/prune/prune_map.h"
#include "core/prune/prune_weights.h"
#include "core/survey/survey_part.h"

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

#endif
