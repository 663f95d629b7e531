/* Recipes as JSON files: an object of recipe options by their names, {"columns": ["traffic"], "derive":
 * "diff", "window": 50}. Values are texts as on the command line, numbers, or arrays of both for lists. */
#ifndef SRC_RECIPE_JSON_H
#define SRC_RECIPE_JSON_H

#include <stddef.h>
#include "core/model/recipe.h"

struct json;

/* Into r, which is initialised here. On error there is nothing to release. */
int recipe_from_json(struct recipe *r, const char *text, size_t n, struct err *e);
int recipe_read(struct recipe *r, const char *path, struct err *e);
/* As an object of texts. */
void recipe_json(struct json *j, const struct recipe *r);
int recipe_write(const struct recipe *r, const char *path, struct err *e);
/* "dir/net.h5" -> "dir/net.h5.recipe.json", malloc'd: where the recipe of a model lies. */
char *recipe_path(const char *model);
/* The recipe beside the model (net.h5.recipe.json or net.recipe.json), if there is one: 1 read, 0 none, else
 * the error. */
int recipe_beside(struct recipe *r, const char *model, struct err *e);

#endif
