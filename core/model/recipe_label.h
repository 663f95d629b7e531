/* What a recipe says about labels beside its fields. */
#ifndef CORE_MODEL_RECIPE_LABEL_H
#define CORE_MODEL_RECIPE_LABEL_H

#include "core/model/recipe.h"

/* Returns whether the recipe says that no column and no array is a label: --label none. */
bool recipe_no_label(const struct recipe *r);
/* Returns whether the recipe says where labels are: a column, an array, or the folders of the files. */
bool recipe_has_label(const struct recipe *r);
/* Gives the recipe the names of n classes, in the order of the model's outputs. The texts are copied. */
void recipe_set_classes(struct recipe *r, int n, const char *const *name);

#endif
