/* -o of the verbs that change windows: the changed windows as raw rows, and the recipe by which reading them again
 * gives what the model saw. */
#ifndef SRC_SERIES_H
#define SRC_SERIES_H

#include "core/data/dataset.h"
#include "src/cli/options.h"

struct series {
	const char *what; /* "attacked": names the first column, "attacked window" */
	const struct model *m;
	const struct dataset *d;
	int64_t n;
	const int64_t *window; /* [n] windows of d, whose scaling x has */
	const real *x;         /* (n,T,C), rounded by dataset_as_read */
	const float *raw;      /* (n,T,own channels) the rows themselves; NULL: x, not scaled any more */
};
/* Whether -o names a file that can be written; 0 without -o. */
int series_check_name(const struct options *o, struct err *e);
/* Whether the windows of d, changed as the options say, are those of a series that a file can hold; 0 without -o. */
int series_check(const struct options *o, const struct dataset *d, struct err *e);
/* Writes o->out, as .csv (a group of rows for each window, the number of the window first, its true class
 * last if it is known) or .npy (n,own channels,T),
 * and beside it o->out.recipe.json. Channels that the recipe derives are left out. */
int series_write(const struct options *o, const struct series *s, struct err *e);

/* The same in parts: the CSV to a stream, and PATH.recipe.json, by which the file of that name is read again. */
void series_csv(FILE *f, const struct series *s);
int series_recipe(const char *path, const struct series *s, struct err *e);

#endif
