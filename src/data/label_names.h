/* The names that people give to the column of the labels. The readers of tables of windows and of ARFF share them. */
#ifndef SRC_LABEL_NAMES_H
#define SRC_LABEL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* What the name of a column says about labels. Case, blanks and marks do not matter (core/data/column_name.h). */
enum label_sign {
	LABEL_NO,
	LABEL_MAYBE, /* labels or something measured: state, result, type, output ... */
	LABEL_YES,   /* label, class, target, y ... */
};
enum label_sign label_name(const char *name);
/* Returns whether a column of this name usually numbers or names the rows: id, index, subject ... A name that is empty
 * or that pandas gives ("Unnamed: 0") is one, too. */
bool id_name(const char *name);
/* Returns the column, counted from 0, that --label means by "first", "last" or a number from 1 to n; -1: none of these.
 */
int64_t label_position(const char *asked, int64_t n);

#endif
