/* What the parts of dataset_cut share: columns and rows (core/dataset_cut.c), labels (core/dataset_label.c).
 */
#ifndef CORE_DATASET_CUT_H
#define CORE_DATASET_CUT_H

#include "core/dataset.h"

enum { CLASSES_MAX = 1000 };

struct cut {
	struct dataset *d;
	const struct table *t;
	const struct recipe *r;
	const struct model *m;      /* NULL: none */
	int *col;                   /* [held]: column of the table */
	int label_col;              /* -1: none */
	int64_t file_from, file_to; /* rows of the file that are cut */
	int64_t T, steps;           /* steps that are forecast */
};

int64_t table_line(const struct table *t, int64_t row);
/* Column by name or 1-based number. */
int table_column(const struct table *t, const char *option, const char *name, struct err *e);
/* File row of a kept row. */
int64_t cut_file_row(const struct dataset *d, int64_t row);
/* Fill the labels of d's windows. */
int cut_labels(struct cut *c, struct err *e);
/* Class indices from the forecast column. */
int cut_class_numbers(struct cut *c, struct err *e);

#endif
