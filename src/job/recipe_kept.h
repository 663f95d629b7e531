/* The recipe that was in force, as it is kept for other data: beside the model, or inside a model that is written. */
#ifndef SRC_JOB_RECIPE_KEPT_H
#define SRC_JOB_RECIPE_KEPT_H

#include "src/job/job.h"
#include "src/job/model_write.h"

/* Makes r the recipe that was in force, with the scaler that was fitted: other data will be scaled alike. With the
 * classes in their order, too: other data may lack one or have another one, and then the same output would have another
 * name. The caller releases r. */
void recipe_kept(const struct loaded *l, struct recipe *r);
/* Writes it beside the model, for --save-recipe. Returns 0, or a negative code with the path in e. */
int recipe_kept_save(const struct loaded *l, const struct options *o, struct err *e);
/* Writes m as model_write() does, with this recipe inside but for --rows and --split: they are those of the data of
 * this session, and the model is for other data. */
int recipe_kept_write(const struct loaded *l, const struct model *m, const struct options *o, struct err *e);

#endif
