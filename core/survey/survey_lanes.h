/* As many windows of a survey at once as a run has lanes: the figures, to the bit, that one window after the other
 * gives. */
#ifndef CORE_SURVEY_LANES_H
#define CORE_SURVEY_LANES_H

#include "core/survey/survey_part.h"

/* Model, data and plan must outlive it. NULL: windows have to be taken one by one, because the network is no faster for
 * several at once, or has layers whose values are not rows of filters. */
struct survey_lanes *survey_lanes_new(const struct model *m, const struct dataset *d, const struct survey_plan *p);
void survey_lanes_free(struct survey_lanes *s);
/* Computes windows first .. first + n - 1, 0 < n <= RUN_LANES, for the question q, and adds their activations,
 * importances, moments and the target's map to `part`. group[lane]: the class of each window, an index below
 * p->groups. false: nothing was added, and they have to be taken one by one. */
bool survey_lanes_add(struct survey_lanes *s, struct survey_part *part, const struct question *q, int64_t first, int n,
                      const int64_t *group);
/* After that: (outputs) of a window, and whether all its figures so far are finite. */
const real *survey_lanes_output(const struct survey_lanes *s, int lane);
bool survey_lanes_finite(const struct survey_lanes *s, int lane);

/* Adds the raw importance (n) of the filters f (n) by a measure, and the scaled one. scaled: scratch (n). Returns
 * whether all are finite. */
bool survey_add_importance(struct survey_filter *f, int measure, const real *raw, int64_t n, real *scaled);
/* channel (SURVEY_METHODS,C) and step (SURVEY_METHODS,T) or NULL gain the sums of abs(g) and of abs(x g); x and g
 * (T,C). */
void survey_add_map(const struct survey_plan *p, const real *x, const real *g, double *channel, double *step);

#endif
