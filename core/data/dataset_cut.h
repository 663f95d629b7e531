/* What the parts of dataset_cut share: columns and rows (core/data/dataset_cut.c), ready windows
 * (core/data/dataset_ready.c), labels (core/data/dataset_label.c). */
#ifndef CORE_DATASET_CUT_H
#define CORE_DATASET_CUT_H

#include <math.h>
#include "core/base/words.h"
#include "core/data/dataset.h"

enum { CLASSES_MAX = 1000 };

struct cut {
	struct dataset *d;
	const struct table *t; /* or: */
	struct window_set *set;
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
/* --rows, --split as [from,to) of n rows or windows ("row", "window"). */
int cut_rows(const struct recipe *r, int64_t n, const char *noun, int64_t *from, int64_t *to, struct err *e);
/* One range of them. */
int cut_range(struct row_range r, int64_t n, const char *noun, const char *option, const char *remedy, int64_t *from,
              int64_t *to, struct err *e);
/* d->scaler: the recipe's own, or what `fit` makes of the data (it fills shift, scale, low and high). */
int cut_scaler(struct cut *c, int (*fit)(struct cut *c, struct err *e), struct err *e);
/* A sentence more for d->warning. */
void cut_warn(struct dataset *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A sum that loses nothing that matters (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation
 * endlicher Summen"). */
struct sum {
	double s, c;
};
static inline void sum_add(struct sum *q, double v)
{
	double t = q->s + v;
	q->c += fabs(q->s) >= fabs(v) ? (q->s - t) + v : (v - t) + q->s;
	q->s = t;
}

/* Labels of ready windows. */
int cut_set_labels(struct cut *c, struct err *e);
/* Class indices of ready windows from rows with one 1 and else 0. false: they are none. */
bool cut_one_hot(struct cut *c);
/* Channel c of window w of d's set: the first value; the next lies *step further. */
const float *cut_channel(const struct dataset *d, int64_t w, int64_t c, int64_t *step);
/* Fill the labels of d's windows. */
int cut_labels(struct cut *c, struct err *e);
/* Class indices from the forecast column. */
int cut_class_numbers(struct cut *c, struct err *e);

#endif
