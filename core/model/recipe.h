/* How a table becomes windows: the recipe options of the command line, a recipe file, or what a model carries. */
#ifndef CORE_RECIPE_H
#define CORE_RECIPE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/err.h"
#include "core/base/mem.h"

enum scale { SCALE_NONE, SCALE_STANDARD, SCALE_MINMAX };
enum derive { DERIVE_NONE, DERIVE_DIFF };
enum missing { MISSING_ERROR, MISSING_DROP, MISSING_INTERPOLATE };
enum table_form { TABLE_AUTO, TABLE_LONG, TABLE_WIDE };   /* a row of a table is a time step; is a window */
enum lengths { LENGTHS_AUTO, LENGTHS_FIT, LENGTHS_SAME }; /* cut and padded to the model's T; all must have it */
enum label_rule { LABEL_LAST, LABEL_MAJORITY, LABEL_ANY };

/* Which fields were given (so that options override a file and a file overrides the model's own): a bit for every row
 * of core/model/recipe.def, RECIPE_COLUMNS and so on. */
enum recipe_place {
#define FIELD(bit, name, kind, at, count, choice) RECIPE_AT_##bit,
#include "core/model/recipe.def"
#undef FIELD
};
enum recipe_field {
#define FIELD(bit, name, kind, at, count, choice) RECIPE_##bit = 1 << RECIPE_AT_##bit,
#include "core/model/recipe.def"
#undef FIELD
};

enum { RECIPE_LIST_MAX = 100000, RECIPE_TEXT_MAX = 1 << 18 };

struct row_range {
	int64_t from, to;
}; /* half open; to = -1: the end */

struct scaler { /* x -> (x - shift) / scale per source column, two roundings to float */
	int n;
	double *shift, *scale;
	double *low, *high; /* range seen while fitting, raw units; NULL: unknown */
};

struct recipe {
	unsigned given; /* enum recipe_field */
	char **columns;
	int n_columns; /* names or 1-based numbers as text; n 0: all numeric columns */
	char **predict;
	int n_predict;
	enum derive derive;
	int64_t window, step, horizon; /* 0: default */
	enum scale scale;
	struct row_range fit, rows;
	/* "train": the rows of --fit; "test": those after it (before it, where it ends the file); "all". With --rows:
	 * only rows that both name. NULL: not given */
	char *split;
	char *label;
	enum label_rule label_rule;
	char **classes;
	int n_classes;
	enum missing missing;
	char *layout;
	enum table_form table;
	enum lengths lengths; /* auto: fit where the file's own lengths differ */
	struct scaler scaler; /* fitted; n 0: not yet */
};

void recipe_init(struct recipe *r);
void recipe_release(struct recipe *r);
/* Deep copy. */
void recipe_copy(struct recipe *dst, const struct recipe *src);
/* Fields given in `over` replace those of r. Another --scale or --fit drops a fitted scaler; --rows and --split replace
 * each other. */
void recipe_merge(struct recipe *r, const struct recipe *over);
/* Set one field by its option name without dashes ("columns", "fit", ...): the command line, recipe files and train
 * specs share it. The value is text: "2,3", "diff", "0:14000". In a list, names with a comma are quoted as in CSV:
 * "a,b",c. "scaler" is the fitted one: "shift 1;scale 2;low 0;high 5", each a list. Unknown name: ERR_VALUE. */
int recipe_set(struct recipe *r, const char *name, const char *value, struct err *e);
/* The value of a field as recipe_set would take it, malloc'd; NULL when not given. */
char *recipe_text(const struct recipe *r, const char *name);
/* The same into a buffer; false when not given or too long for it. */
bool recipe_get(const struct recipe *r, const char *name, char *buf, size_t size);
/* Copies; low and high may be NULL. */
void recipe_set_scaler(struct recipe *r, int n, const double *shift, const double *scale, const double *low,
                       const double *high);
extern const char *const recipe_fields[]; /* the keys, NULL-terminated, in the order of recipe.def */
/* The words that a field chooses from, NULL-terminated; NULL: it takes other values, or there is no such field. */
const char *const *recipe_choices(const char *name);
/* The axis orders of a window that enters a model: N batch, C channels, T steps, 1 an axis of size one. */
extern const char *const layout_names[]; /* NULL-terminated */

#endif
