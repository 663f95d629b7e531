/* Standings of the saliency methods that `tsviz truth` or the browser measured before: they are kept in the cache under
 * a name by contents of model, data and recipe. */
#ifndef SRC_KEPT_TRUTHS_H
#define SRC_KEPT_TRUTHS_H

#include "core/truth/truth_standing.h"
#include "src/job/job.h"
#include "ui/behind/judge.h"

/* The origin is a struct browsed. */
extern const struct standing_source kept_truths;
/* Whether the standing for the question q is kept. */
bool kept_truth_find(const struct loaded *l, const struct question *q, struct truth_standing *s);
/* Keeps it, unless one of more windows is kept. What cannot be kept is measured again the next time. */
void kept_truth_keep(const struct loaded *l, const struct question *q, const struct truth_standing *s);
/* Resolves --method auto: sets l->q.method by the standing that is kept, and says on standard error which and why,
 * unless it shall be quiet. Without --method auto nothing happens. Returns an error that names the command which
 * measures, if nothing is kept. */
int kept_truth_method(struct loaded *l, const struct options *o, struct err *e);

#endif
