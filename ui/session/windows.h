/* The list of the data set's windows with their forecasts and errors. The worker computes it in slices and writes the
 * entries from index `done` on. The browser reads only the entries before `seen`. */
#ifndef UI_WINDOWS_H
#define UI_WINDOWS_H

#include "core/data/metrics.h"
#include "core/edit/edits.h"

/* The columns of the list, from left to right. The list can be sorted by each of them. */
enum windows_sort {
	WINDOWS_INDEX,
	WINDOWS_FROM,
	WINDOWS_GROUP,
	WINDOWS_LABEL,
	WINDOWS_TRUTH,
	WINDOWS_PREDICTED,
	WINDOWS_ERROR, /* wrong classes before right ones, then by the error */
	WINDOWS_SORTS
};
extern const char *const windows_sort_names[WINDOWS_SORTS];

/* Rows i of the arrays: below n the windows of the data, from n on the edited windows, which stand in the list beside
 * those that they were made from. */
enum { WINDOWS_EDITED = 64 }; /* at most so many edited windows are listed */
struct windows {
	const struct model *m;
	const struct dataset *d;
	enum task task;
	int64_t n, done; /* n: windows, 0 without data or with too many numbers to keep; done: windows computed */
	int n_edited;    /* rows of edited windows */
	const struct edited *edited[WINDOWS_EDITED]; /* [n_edited] held */
	int64_t changed[WINDOWS_EDITED];             /* [n_edited] steps that differ from the file */
	real *output;                                /* (n + n_edited,outputs), and so on */
	double *truth, *predicted;                   /* (n) first output or class; NaN: there is none */
	/* (n) NaN: there is no true value. Of a classification the loss, of a segmentation the share of its steps that
	 * are wrong, else the root of the mean square; scaled, but in the units of the data if groups have scalers of
	 * their own. */
	double *error;
	bool *wrong;    /* (n) another class than the true one is predicted */
	int *rank;      /* (n) 1: the worst; 0: no error. Wrong classes come before right ones. Made when done is n */
	int64_t ranked; /* windows that have an error; made with rank */
	char quality[160]; /* the errors over all windows, those of `eval`; "": there are none. Made with rank */
	struct run *run;   /* of the network, until all windows are done */
	int *order;        /* (listed) windows in the order of the list */
	int64_t listed;    /* windows that the list shows */
	char only[128];    /* group, or part of a group's name, whose windows are listed; "": all */
	int64_t seen;      /* the value of done that the browser knows; the worker may be further */
	int64_t sorted;    /* the value of seen when the order was made; -1: it was never made */
	enum windows_sort sort;
	bool reverse;
	bool raw; /* true values and forecasts are sorted in the units of the data; else scaled, as they are kept */
	int64_t at, first; /* cursor and first row shown, as places in the order */
	bool visited;      /* the list was opened before */
};

/* Makes an empty list. Model and data set must outlive it; d may be NULL. The caller releases it. */
void windows_init(struct windows *w, const struct model *m, const struct dataset *d, enum task task);
void windows_release(struct windows *w);
/* Computes more windows for about `budget` seconds, at least one. Returns true while windows are left. */
bool windows_step(struct windows *w, double budget);
/* Makes the edited windows of the list those of e, and computes the new ones. Returns whether anything is different. */
bool windows_take_edits(struct windows *w, const struct edits *e);
/* Of row i: the number of the window, its edited version or NULL, and whether its numbers are there. */
int64_t windows_number(const struct windows *w, int64_t i);
const struct edited *windows_edited(const struct windows *w, int64_t i);
bool windows_known(const struct windows *w, int64_t i);
/* Writes "5", or "5*" of an edited window. Returns buf. */
const char *windows_name(const struct windows *w, int64_t i, char *buf, size_t size);
/* Writes what differs in the edited window of row i: "7 steps changed: it would be ...". Returns buf. */
const char *windows_changes(const struct windows *w, int64_t i, char *buf, size_t size);
/* The row of window i, or of its edited version. */
int64_t windows_row_of(const struct windows *w, int64_t i, const struct edited *e);
/* Chooses the windows that are listed and sorts `order` by the column `sort`. */
void windows_sort(struct windows *w);
/* Returns true if the windows have labels that are not the true values themselves: the task is no classification. */
bool windows_labelled(const struct windows *w);
/* Returns true if the windows are of groups. */
bool windows_grouped(const struct windows *w);
/* Returns true if the list has the column. */
bool windows_has(const struct windows *w, enum windows_sort column);
/* Returns the error of outputs o (n) against the true values y (n) of window i: the root of the mean square; scaled,
 * but in the units of the data if groups have scalers of their own. */
double windows_miss(const struct dataset *d, int64_t i, const real *o, const real *y, int64_t n);
/* Lists only the windows of the group of this name; or, if there is none, of all groups whose names have the word in
 * them, in upper or lower case; "": all windows. Returns false, and changes nothing, if no group is meant. */
bool windows_filter(struct windows *w, const char *word);
/* Sorts in the units of the data, or scaled. They differ where each group has a scaler of its own. */
void windows_units(struct windows *w, bool raw);
/* Returns the next column to sort by. The columns go from right to left, so that the worst errors come first. A
 * column that is not there is left out. */
enum windows_sort windows_next_sort(const struct windows *w);
/* Returns the name of the class of row i, which belongs to the data set; "": the window has none. */
const char *windows_label(const struct windows *w, int64_t i);
/* Returns true if the list shows small values first. Index, time and label ascend. The numbers descend, so that the
 * worst forecasts stand at the top. `reverse` turns both round. */
bool windows_ascend(const struct windows *w);
/* Returns the place of window i among all that have an error: 1 is the worst. 0: there is none, or not all windows are
 * seen yet. */
int windows_rank(const struct windows *w, int64_t i);
/* Returns true if the prediction of window i is bad: its class is wrong, or its error is among the largest twentieth.
 * All windows have to be done. windows_is_right: its class is right, or its error is in the smaller half. */
bool windows_is_bad(const struct windows *w, int64_t i);
bool windows_is_right(const struct windows *w, int64_t i);
/* Returns true if the windows, or some of them, have true values. */
bool windows_have_truth(const struct windows *w);
/* Returns how good the model is over all windows and how good the baseline, in a sentence; "": not all are seen, or
 * there are no true values. */
const char *windows_quality(const struct windows *w);
/* Returns about how many multiply-adds the errors of all windows need. */
double windows_cost(const struct windows *w);
/* Place of row i in the order; 0: it is not listed. */
int64_t windows_place(const struct windows *w, int64_t i);

#endif
