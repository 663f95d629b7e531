/* The recipe: how a table of data becomes windows. It comes from options of the command line, a recipe file, or the
 * model file. */
#ifndef CORE_RECIPE_H
#define CORE_RECIPE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/err.h"
#include "core/base/mem.h"

enum scale { SCALE_NONE, SCALE_STANDARD, SCALE_MINMAX };
enum scale_by { SCALE_BY_ALL, SCALE_BY_GROUP }; /* GROUP: the columns of each group by its own statistics */
enum derive { DERIVE_NONE, DERIVE_DIFF };
enum gaps { GAPS_WARN, GAPS_DROP };
enum missing { MISSING_ERROR, MISSING_DROP, MISSING_INTERPOLATE };
/* LONG: a row of a table is a step; WIDE: it is a window; COLUMNS: a column is a window */
enum table_form { TABLE_AUTO, TABLE_LONG, TABLE_WIDE, TABLE_COLUMNS };
enum lengths {
	LENGTHS_AUTO,
	LENGTHS_FIT,
	LENGTHS_SAME
}; /* FIT: windows are cut and padded to T steps; SAME: all must have T */
enum label_from { LABEL_FROM_COLUMN, LABEL_FROM_FOLDER }; /* FOLDER: the folder that holds the file is the class */
enum stacking { STACK_NO, STACK_YES }; /* YES: each file of several holds one channel of the same windows or rows */
enum decimal { DECIMAL_AUTO, DECIMAL_POINT, DECIMAL_COMMA };
enum label_rule { LABEL_LAST, LABEL_MAJORITY, LABEL_ANY };

/* One bit for each field, that is for each row of core/model/recipe.def: RECIPE_COLUMNS and so on. A recipe knows which
 * fields were given, because options override a recipe file, and a file overrides the model's own recipe. */
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

/* What the value of a field is. */
enum recipe_kind {
	RECIPE_IS_LIST,
	RECIPE_IS_TEXT,
	RECIPE_IS_CHOICE,
	RECIPE_IS_COUNT,
	RECIPE_IS_POSITIVE,
	RECIPE_IS_RANGE,
	RECIPE_IS_SCALER
};

enum { RECIPE_LIST_MAX = 100000, RECIPE_TEXT_MAX = 1 << 18 };

struct row_range {
	int64_t from, to;
}; /* from <= row < to; to = -1: up to the last row */

/* The scaling of columns: x becomes (x - shift) / scale. The difference and the quotient are each rounded to float. */
struct scaler {
	int n;                 /* columns */
	double *shift, *scale; /* (n) */
	double *low, *high;    /* (n) smallest and largest value in the rows of --fit, unscaled; NULL: not known */
};

struct recipe {
	unsigned given; /* enum recipe_field */
	char **columns;
	int n_columns; /* columns by names, or by numbers from 1 as text; 0: all columns of numbers */
	char **predict;
	int n_predict;
	enum derive derive;
	int64_t window, step, horizon; /* 0: default */
	enum scale scale;
	enum scale_by scale_by;
	struct row_range fit, rows;
	/* "train": the rows of --fit. "test": the rows after them, or before them if they end the file. "all". NULL:
	 * not given. If --rows is given, too, only the rows that both name are used. */
	char *split;
	char *label;
	enum label_from label_from; /* label and label_from replace each other */
	enum label_rule label_rule;
	char **classes;
	int n_classes;
	char **group;
	int n_group; /* columns whose cells name the group of a row; 0: only the groups that the reader knows */
	double rate; /* rows per second, where neither the file nor a column of times says it; 0: not given */
	enum gaps gaps;
	enum missing missing;
	char *layout;
	char *array, *label_array; /* names of the arrays of an archive with the windows and with the labels */
	enum table_form table;
	enum lengths lengths; /* LENGTHS_AUTO: as LENGTHS_FIT if the lengths in the file differ */
	int64_t skip;         /* lines at the top of a text that are left out; 0: the table is searched for */
	char *encoding;       /* of a text, by its name in iconv; NULL: not given */
	char *comment;        /* lines of a text that begin so are left out; NULL: not given */
	char **missing_value; /* numbers or words that mark a missing cell of a text */
	int n_missing_value;
	enum decimal decimal; /* the decimal mark of a text */
	enum stacking stack;
	struct scaler scaler; /* n is 0 until it is fitted */
};

/* Makes r an empty recipe, which owns its strings and lists. recipe_release frees them. */
void recipe_init(struct recipe *r);
void recipe_release(struct recipe *r);
/* Makes these fields (enum recipe_field) as if they had not been given. */
void recipe_forget(struct recipe *r, unsigned of);
/* Makes dst a copy of src that shares nothing with it. */
void recipe_copy(struct recipe *dst, const struct recipe *src);
/* Replaces the fields of r that are given in `over`. If `over` has another scale, scale-by or fit, the fitted
 * scaler of r is removed. rows and split replace each other, and so do label and label-from. Scale "none" takes
 * scale-by away. */
void recipe_merge(struct recipe *r, const struct recipe *over);
/* Sets one field by the name of its option without dashes: "columns", "fit" ... The command line, recipe files and
 * train specs all use it. The value is text: "2,3", "diff", "0:14000". In a list, a name with a comma is quoted as in
 * CSV: "a,b",c. The field "scaler" is the fitted scaler, "shift 1;scale 2;low 0;high 5", where each is a list of
 * numbers. Returns 0, or ERR_VALUE if there is no such field or the value does not fit it. */
int recipe_set(struct recipe *r, const char *name, const char *value, struct err *e);
/* The value of a field as recipe_set takes it; the caller frees it. NULL: the field is not given. */
char *recipe_text(const struct recipe *r, const char *name);
/* The value of a field as it is kept: LIST: char *const *, and its length in *n; TEXT: const char *, also of a choice,
 * of which it is the word; COUNT: const int64_t *; POSITIVE: const double *; RANGE: const struct row_range *; SCALER:
 * const struct scaler *. It is the recipe's. NULL: the field is not given. */
const void *recipe_value(const struct recipe *r, const char *name, enum recipe_kind *kind, int *n);
/* The same as recipe_text, written to buf. Returns false if the field is not given or its value does not fit in buf. */
bool recipe_get(const struct recipe *r, const char *name, char *buf, size_t size);
/* Gives the recipe a fitted scaler for n columns. The arrays are copied; low and high may be NULL. */
void recipe_set_scaler(struct recipe *r, int n, const double *shift, const double *scale, const double *low,
                       const double *high);
extern const char *const recipe_fields[]; /* the names of all fields, in the order of recipe.def; NULL ends the list */
/* The words from which the value of a field is chosen; NULL ends the list. Returns NULL if the field takes other values
 * or does not exist. */
const char *const *recipe_choices(const char *name);
/* The orders of axes in which a window can enter a model: N batch, C channels, T steps, 1 an axis of length 1.
 * Orders without N take one window that has no axis for the batch. NULL ends the list. */
extern const char *const layout_names[];

#endif
