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

/* Which fields were given (so that options override a file and a file overrides the model's own). */
enum recipe_field {
	RECIPE_COLUMNS = 1 << 0,
	RECIPE_PREDICT = 1 << 1,
	RECIPE_DERIVE = 1 << 2,
	RECIPE_WINDOW = 1 << 3,
	RECIPE_STEP = 1 << 4,
	RECIPE_HORIZON = 1 << 5,
	RECIPE_SCALE = 1 << 6,
	RECIPE_FIT = 1 << 7,
	RECIPE_ROWS = 1 << 8,
	RECIPE_SPLIT = 1 << 9,
	RECIPE_LABEL = 1 << 10,
	RECIPE_LABEL_RULE = 1 << 11,
	RECIPE_CLASSES = 1 << 12,
	RECIPE_MISSING = 1 << 13,
	RECIPE_LAYOUT = 1 << 14,
	RECIPE_SCALER = 1 << 15,
	RECIPE_TABLE = 1 << 16,
	RECIPE_LENGTHS = 1 << 17,
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
extern const char *const recipe_fields[]; /* option names, NULL-terminated, in the order of DESIGN.md */

#endif
