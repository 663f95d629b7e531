/* Reads and writes recipes as JSON: an object whose keys are names of recipe options, such as {"columns":
 * ["traffic"], "derive": "diff", "window": 50}. A value is a text as on the command line, a number, or a list of
 * both. */
#ifndef SRC_RECIPE_JSON_H
#define SRC_RECIPE_JSON_H

#include <stddef.h>
#include "core/model/recipe.h"

struct json;

/* Initialises *r and reads a recipe from n bytes. On error nothing has to be released. */
int recipe_from_json(struct recipe *r, const char *text, size_t n, struct err *e);
int recipe_read(struct recipe *r, const char *path, struct err *e);
/* Writes the recipe as an object of texts. */
void recipe_json(struct json *j, const struct recipe *r);
int recipe_write(const struct recipe *r, const char *path, struct err *e);
/* Returns where the recipe of a model is saved: "dir/net.h5" gives "dir/net.h5.recipe.json". The caller frees it. */
char *recipe_path(const char *model);
/* Reads the recipe beside the model (net.h5.recipe.json or net.recipe.json), if there is one: 1 read, and its path in
 * *path, malloc'd; 0 none, else the error, both with *path NULL. */
int recipe_beside(struct recipe *r, const char *model, char **path, struct err *e);

#endif
