/* The list of the data set's windows with forecasts and errors, worked out in slices by the worker: it writes the
 * entries from `done` on, the browser reads those before `seen`. */
#ifndef UI_WINDOWS_H
#define UI_WINDOWS_H

#include "core/data/dataset.h"

/* The list's columns, in the order in which they stand; each sorts. */
enum windows_sort {
	WINDOWS_INDEX,
	WINDOWS_FROM,
	WINDOWS_LABEL,
	WINDOWS_TRUTH,
	WINDOWS_PREDICTED,
	WINDOWS_ERROR,
	WINDOWS_SORTS
};
extern const char *const windows_sort_names[WINDOWS_SORTS];

struct windows {
	const struct model *m;
	const struct dataset *d;
	enum task task;
	int64_t n, done;
	real *output;                      /* (n,outputs) */
	double *truth, *predicted, *error; /* (n) first output or class; NaN: none */
	struct run *run;
	int *order;     /* (n) */
	int64_t seen;   /* done, as far as the browser knows: the worker goes on meanwhile */
	int64_t sorted; /* seen when the order was made, -1: never */
	enum windows_sort sort;
	bool reverse;
	int64_t at, first; /* cursor and scroll, places in the order */
};

void windows_init(struct windows *w, const struct model *m, const struct dataset *d, enum task task);
void windows_release(struct windows *w);
/* Work on for about `budget` seconds; true while something is left. */
bool windows_step(struct windows *w, double budget);
void windows_sort(struct windows *w);
/* The windows have a label that is not y itself. */
bool windows_labelled(const struct windows *w);
/* The next column to sort by, of those there are: from right to left, so that the worst errors come first. */
enum windows_sort windows_next_sort(const struct windows *w);
/* Name of window i's class; "": it has none. */
const char *windows_label(const struct windows *w, int64_t i);
/* Small values first: place, time, name. Numbers begin with the largest: the worst forecasts above. */
bool windows_ascend(const struct windows *w);
/* Place of window i in the order. */
int64_t windows_place(const struct windows *w, int64_t i);

#endif
