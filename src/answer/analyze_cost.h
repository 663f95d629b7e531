/* What `analyze` would write and how long it would compute. */
#ifndef SRC_ANALYZE_COST_H
#define SRC_ANALYZE_COST_H

#include "src/job/job.h"

/* Estimates the JSON of the window that the analysis has, for the layers with chosen[layer] and n_target targets, from
 * a first piece that is computed and measured. Returns an error that says what the options would save if it is more
 * than 100 MB or takes more than a minute. With --all-maps it does nothing. */
int cost_check(struct analysis *a, const struct loaded *l, const struct options *o, const bool *chosen, int n_target,
               struct err *e);

#endif
