/* Which filters are removed first: a table of rankings, and the budget that says how many.
 *
 * To add a ranking: a row in prune_rank.c and a function that scores classes. */
#ifndef CORE_PRUNE_RANK_H
#define CORE_PRUNE_RANK_H

#include "core/prune/prune_facts.h"

struct prune_budget {
	double ratio;      /* of the filters of each layer, rounded down; 0 <= ratio < 1 */
	int64_t count;     /* so many of each layer instead; -1: by ratio */
	bool global;       /* the ratio is that of all filters together, wherever the scores are lowest */
	int64_t keep_min;  /* so many stay in each layer */
	const bool *layer; /* (n_layer) only these, dense layers, too; NULL: all convolutions, and dense layers
	                      that belong together with one, as in a gate */
	const bool *marks; /* (n_atom) of ranking `marks`: these filters are removed, also of dense
	                      layers, and the ratio is ignored */
	uint64_t seed;
};

struct prune_rank {
	const char *name, *formula, *source;
	bool survey; /* it needs the importances or the moments of a survey */
	/* score (n_atom), by class: the lowest are removed first. Zeros before. */
	int (*score)(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e);
};
extern const struct prune_rank prune_ranks[]; /* name NULL ends */
int prune_rank_find(const char *name);        /* index, or -1 */

/* Chooses. removed (n_atom), by class. ERR_VALUE: a number of the budget is wrong, or there is nothing to remove. */
int prune_choose(const struct prune_facts *f, const struct prune_budget *b, int rank, bool *removed, struct err *e);
/* Filters of a maker that are removed. */
int64_t prune_removed(const struct prune_map *p, const bool *removed, int maker);
/* Whether the budget speaks of a maker. */
bool prune_in_budget(const struct prune_map *p, const struct prune_budget *b, int maker);

/* The removal of one filter after the other from the family that raises the consumers' error least: score by class
 * (prune_obs.c). */
int prune_score_obs(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e);
/* The best of each cluster stays (prune_obs.c). */
int prune_score_clusters(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e);
/* How many of n classes of a family are removed by the budget's ratio or count. */
int64_t prune_quota(const struct prune_budget *b, int64_t n);

#endif
