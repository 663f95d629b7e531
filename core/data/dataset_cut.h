/* Shared by the files that make a dataset: columns and rows (core/data/dataset_cut.c), ready windows
 * (core/data/dataset_ready.c), scaling (core/data/dataset_scale.c), labels (core/data/dataset_label.c), groups
 * (core/data/dataset_group.c, core/data/dataset_unused.c) and the parts of a series that windows do not cross
 * (core/data/dataset_segment.c). */
#ifndef CORE_DATASET_CUT_H
#define CORE_DATASET_CUT_H

#include <math.h>
#include "core/base/words.h"
#include "core/data/dataset.h"
#include "core/model/task.h"
#include "core/data/time_stamp.h"

enum { CUT_PARTS = 9 /* parts of a time: year, month ... */ };
enum { CLASSES_MAX = 1000, GROUP_PART_MAX = 80 /* bytes of each part of a group's name */ };

/* What a column is for. Only a column of signal is a channel if --columns names none. */
enum role { ROLE_SIGNAL, ROLE_GROUP, ROLE_TIME, ROLE_INDEX };

struct cut {
	struct dataset *d;
	const struct table *t; /* NULL: the data are the set */
	struct arena *gives;   /* of the table, whose columns may be taken; NULL: they are copied */
	struct window_set *set;
	const struct recipe *r;
	const struct model *m;      /* NULL: none */
	int *col;                   /* [held]: number of the column in the table */
	int label_col;              /* -1: none */
	bool by_folder;             /* the folder of its file is the label of a row or window */
	int64_t file_from, file_to; /* the rows of the file that are used */
	int64_t n_window;           /* ready windows in the file */
	int64_t T, steps;           /* window length; steps that are forecast */
	enum role *role;            /* [column of the table] */
	int *group;                 /* [row of the table] index into group_name; NULL: there are no groups */
	const char **group_name;    /* [n_group] in the order of the file; some may have no row or window */
	int n_group;
	int time_col, clock_col; /* columns of the time of the rows, and of its clock if that is apart; -1: none */
	bool in_parts;           /* the time has its parts in several columns */
	int part[CUT_PARTS];     /* the columns of these parts; -1: none */
	bool clock_seconds;      /* a clock of numbers is HHMMSS, not HHMM */
	bool timed;              /* the times are known */
	double *time;            /* [row of the table], malloc'd; NaN: unknown */
	struct time_form form;
	struct time_steps pace;
	int64_t n_border; /* borders between rows that windows do not cross */
};

/* Returns the line of the file for messages about a row. */
int64_t table_line(const struct table *t, int64_t row);
/* The file of a row or window. Returns NULL if the files are not known. */
const struct file_part *cut_part(const struct file_part *part, int n, int64_t row);
enum { PLACE_TEXT = 160 };
/* Writes where a row is, for messages: "line 17", or "b.csv, line 17" if there are several files. */
const char *table_place(const struct table *t, int64_t row, char buf[PLACE_TEXT]);
/* The same for a window: "b.ts, line 17, window 3". Windows are counted over all files. */
const char *window_place(const struct window_set *s, int64_t w, char buf[PLACE_TEXT]);
/* Finds a column by its name or 1-based number. option: the option that names it, for messages. Returns its index or
 * an error. */
int table_column(const struct table *t, const char *option, const char *name, struct err *e);
/* Returns how many names of the model's channels choose columns: 0 if the model has none, or --columns chooses. */
int64_t cut_own_channels(const struct cut *c);
/* Notes that the columns are in the order of the model, not of the file. */
void cut_say_order(struct cut *c, int64_t n);
/* Returns the row of the file for a row of the dataset. */
int64_t cut_file_row(const struct dataset *d, int64_t row);
/* Works out --rows and --split as [from,to) of n rows or windows. noun: "row" or "window". */
int cut_rows(const struct recipe *r, int64_t n, const char *noun, int64_t *from, int64_t *to, struct err *e);
/* Works out one range of n rows or windows. remedy: what the message advises. */
int cut_range(struct row_range r, int64_t n, const char *noun, const char *option, const char *remedy, int64_t *from,
              int64_t *to, struct err *e);
/* Sets d->scaler to the recipe's own, or fits it to the rows or windows of --fit. With --scale-by group it fits
 * d->group_scaler to those of each group instead. */
int cut_scaler(struct cut *c, struct err *e);
/* Returns the number of steps of window w of the set that the file holds. */
int64_t cut_stored_length(const struct cut *c, int64_t w);
/* Finds the group of each row and the columns that are no signal. */
int cut_groups(struct cut *c, struct err *e);
/* Names the columns that look like groups and are not used as such. Those of numbers whose names say so are no
 * channels.
 */
void cut_unused_groups(struct cut *c);
/* Sets the groups of ready windows as the reader knows them. Those without a window are left out. */
int cut_set_groups(struct cut *c, struct err *e);
/* Finds the column of the times and the columns that number the rows, and gives them their roles. */
void cut_times(struct cut *c);
/* Finds a time whose parts are columns of numbers, such as year, month, day and hour, which rise together. Fills
 * c->time and gives the columns their roles. Returns false if there is none. */
bool cut_time_parts(struct cut *c);
/* Returns whether a column is called as a part of a time is. */
bool cut_is_part_name(const char *name);
/* Writes the parts of a row's time: "2024-03-01 06:30". */
void cut_part_stamp(const struct cut *c, int64_t row, char *buf, size_t size);
/* Finds the usual step of the times and says where they jump, fall or stay. */
int cut_gaps(struct cut *c, struct err *e);
/* Returns whether no window may hold both row i of the dataset and the one before, because there is a gap. */
bool cut_is_gap(const struct cut *c, int64_t i);
/* Sets the time stamps of the rows. */
void cut_stamps(struct cut *c);
/* Returns whether a column is mostly numbers. A word in such a column is an error, not a reason to leave the column
 * out. */
bool cut_is_numeric(const struct table *t, int c);
/* Returns whether column k is a channel, a forecast or the label by a name in the recipe, or a channel of the model. */
bool cut_is_asked(const struct cut *c, int k);
/* Decides which rows of the table the dataset has, and their order. */
int cut_keep_rows(struct cut *c, struct err *e);
/* Finds the segments. Rows of segments that are too short for a window are left out. */
int cut_segments(struct cut *c, struct err *e);
/* Decides where windows begin. */
void cut_windows(struct cut *c);
/* Returns whether a cell is a number within the range of float. */
bool cut_cell_ok(const struct table *t, int col, int64_t row);
/* Returns an error that names the first cell of the held columns in rows [from,to) that is no number. */
int cut_check_cells(const struct cut *c, int64_t from, int64_t to, struct err *e);
/* Returns the text of a cell, as a label or the name of a group; a number is written in its usual form. Returns "" for
 * an empty cell. */
const char *cut_label_text(const struct table *t, int col, int64_t row, char buf[32]);
/* Adds a sentence to d->warning. */
void cut_warn(struct dataset *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for each line of a reader's warnings; lines may be NULL. */
void cut_warnings(struct dataset *d, const char *lines);

/* A compensated sum (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen"). */
struct sum {
	double s, c;
};
static inline void sum_add(struct sum *q, double v)
{
	double t = q->s + v;
	q->c += fabs(q->s) >= fabs(v) ? (q->s - t) + v : (v - t) + q->s;
	q->s = t;
}

/* Returns how many classes a label has to be one of; 0: any number. */
int64_t cut_classes(const struct cut *c);
/* The true values are the columns that --predict names: those that follow the window, or for a sequence those at its
 * last steps. Call it when d->predict, d->n_y, d->T and d->horizon are known. */
void cut_columns_truth(struct cut *c);
/* The true values are the window itself. */
void cut_window_truth(struct cut *c);
/* The true values are the classes of the rows, [row]. Returns false, with a warning, if the output does not have the
 * steps of the window. */
bool cut_rows_truth(struct cut *c, int *row_class);
/* Returns an error if ready windows have a number for each step of a segmentation that is none of its classes. */
int cut_check_classes(const struct cut *c, struct err *e);
/* Finds the true values of ready windows for an output with a time axis. Returns false if there are none. */
bool cut_set_truth(struct cut *c);
/* Sets the labels of ready windows. */
int cut_set_labels(struct cut *c, struct err *e);
/* Where the data have no labels, the recipe still says what the outputs of a classifier are called. */
void cut_class_names(struct cut *c);
/* Sets the class indices of ready windows from rows of target values that are one-hot. Returns false if they are
 * not. */
bool cut_one_hot(struct cut *c);
/* Returns the first value of channel c of window w of the set; the next value is *step further. */
const float *cut_channel(const struct dataset *d, int64_t w, int64_t c, int64_t *step);
/* Sets the labels of the windows of a series, from a column or from the folders. */
int cut_labels(struct cut *c, struct err *e);
/* Sets the class indices from the column that --predict names. */
int cut_class_numbers(struct cut *c, struct err *e);

#endif
