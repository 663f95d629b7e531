/* The verbs, and the pieces of one verb that another uses. Each cmd_* returns an exit status. */
#ifndef SRC_CMD_H
#define SRC_CMD_H

#include "core/data/metrics.h"
#include "core/survey/survey_part.h"
#include "src/job/job.h"

/* cmd_browse(), cmd_info() ...: one for each verb. They return an exit status; 1 and 2 with a sentence in e. */
#define VERB(id, name, args, least, most, help, example) int cmd_##name(struct options *o, struct err *e);
#include "src/cli/verbs.def"
#undef VERB
/* Runs the verb of o, or --dump. */
int verb_run(struct options *o, struct err *e);
/* Will these options open the browser on a terminal? */
bool browse_opens(const struct options *o);
/* analyze --npy TENSOR, on the analysis of a window (src/verbs/tensor.c) */
int tensor_write(struct analysis *a, const struct loaded *l, const struct options *o, FILE *f, struct err *e);
/* Says that an option names a layer (n bytes) that the analysis does not have, and which it may mean. */
int say_no_layer(struct analysis *a, const char *option, const char *name, size_t n, struct err *e);
/* Puts the filters of analyze --off LAYER:F[,..] into `off`; layers are those of the analysis (src/verbs/variant.c). */
int variant_switch(struct filter_set *off, struct analysis *a, const char *option, const char *list, struct err *e);
/* analyze --compare WHAT: the other analysis, which is compared with `a`; *window is its window, -1 for this one. NULL:
 * wrong, said in e. */
struct analysis *variant_other(struct analysis *a, const struct loaded *l, const struct options *o, int64_t *window,
                               struct err *e);
void variant_json(struct json *j, struct analysis *other, struct analysis *a, int64_t window);
void variant_text(FILE *f, struct analysis *other, struct analysis *a, int64_t window);
/* analyze --all (src/verbs/cmd_all.c) */
int cmd_all(struct options *o, struct err *e);
/* --dump STAGE (src/verbs/dump.c) */
int cmd_dump(struct options *o, struct err *e);

/* Errors of a set as the key `errors` of JSON schema 1. */
void metrics_json(struct json *j, const struct metrics *q, const struct dataset *d);
/* The same of a survey, from its sums. */
void survey_errors_json(struct json *j, const struct survey_plan *p, const struct survey_part *all);

#endif
