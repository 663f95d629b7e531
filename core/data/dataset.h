/* Data as windows. A reader fills a table (rows are time steps) or a set of ready windows. dataset_cut() or
 * dataset_of_windows() then applies the recipe: it chooses columns and rows, scales, and attaches true values or
 * labels. */
#ifndef CORE_DATASET_H
#define CORE_DATASET_H

#include "core/data/understood.h"
#include "core/model/model.h"
#include "core/model/recipe.h"

/* A file of several that were joined: the rows (or windows) from `from` on are its own. */
struct file_part {
	const char *file;   /* cleaned */
	const char *folder; /* cleaned name of the folder that holds the file; NULL: unknown */
	int64_t from;
};

/* The columns as a reader found them. The arena owns everything. */
struct table {
	struct arena arena;
	const char *file; /* cleaned */
	int64_t n_row;
	int n_col;
	const char **name; /* [n_col], cleaned; never NULL: without a header "column 2" */
	bool has_header;
	/* The lines of the header, of which name[] is joined: [line][col], "" where a line has no cell. A column may be
	 * named by one of them alone. */
	const char ***header;
	int n_header;
	double **number; /* [col][row]; NaN: the cell is not a number; NULL: the column has no number */
	/* [col][row], cleaned. NULL for a column whose cells are all numbers or missing (empty, NA, NaN, null, ?). */
	const char ***text;
	int64_t *line;         /* [row]: line of the file, for messages; NULL: row + first_line */
	int64_t first_line;    /* line of row 0, where line is NULL */
	int64_t room;          /* bytes that a dataset made from the table may use; 0: no limit */
	bool gives;            /* a dataset made from the table may take its columns, and so has to outlive it */
	const char *line_noun; /* what messages call a line; NULL: "line" */
	/* [row] index into group_name; windows do not cross from one group to another, and the rows of a group need
	 * not be neighbours. NULL: the reader knows no groups. */
	int *group;
	const char **group_name; /* [n_group], cleaned */
	int n_group;
	/* The column that holds the label of each row; NULL: only the recipe says it. The recipe's label replaces it.
	 */
	const char *label;
	double *time;        /* [row] seconds since any origin, NaN: unknown; NULL: the reader knows no times */
	double rate;         /* rows per second; 0: unknown */
	const char *warning; /* warnings of the reader, a line each, or NULL */
	struct understood *understood; /* what the reader found in the file, for `info MODEL DATA` */
	const struct file_part *part;  /* [n_part] the files, by their first rows; NULL: not known */
	int n_part;
};
void table_release(struct table *t);

/* Ready windows as a reader found them: UCR, UEA, NumPy, or CSV with one window in each row. The values stay in the
 * order of the file. */
struct window_set {
	struct arena arena; /* owns everything except x */
	const char *file;   /* cleaned */
	const char *format; /* name of the format, such as "UEA .ts" */
	float *x;           /* malloc'd; NaN: missing; infinite: beyond the range of float */
	int64_t n;          /* number of windows */
	/* If all lengths are equal: an array of 2 to 4 axes, with strides in elements. axes: "NCT", "NT" and so on
	 * if the format defines them; NULL: the recipe, the model and the sizes decide. */
	int rank;
	int64_t dim[4], stride[4];
	const char *axes;
	/* If the lengths differ, rank is 0, and window i is (C, length[i]) at x + at[i]; length[i] >= 0. */
	int64_t C;
	int64_t *at, *length;
	const char **label;    /* [n], cleaned; "": unknown; NULL: the file has no labels */
	const char **declared; /* the labels that the file's header declares */
	int n_declared;
	int64_t n_truth; /* number of labels or target values in the file; it must be n */
	double *value;   /* (n, n_value) target values; NaN: unknown; NULL: none */
	int64_t n_value;
	int value_rank;          /* axes of a window's target values; 0: they are a flat list */
	int64_t value_dim[3];    /* (value_rank) their lengths, whose product is n_value */
	const char **channel;    /* names or NULL */
	const char **stamp;      /* [n] time stamp of the first step, or NULL */
	int64_t *line;           /* [n] line of the file, for messages, or NULL */
	const char *warning;     /* warnings of the reader, a line each, or NULL */
	int *group;              /* [n] index into group_name, or NULL: the reader knows no groups */
	const char **group_name; /* [n_group], cleaned */
	int n_group;
	int64_t n_grouped;             /* number of entries of group[]; it must be n */
	bool group_asked;              /* they are the groups that --group names */
	struct understood *understood; /* what the reader found in the file, for `info MODEL DATA` */
	const struct file_part *part;  /* [n_part] the files, by their first windows; NULL: not known */
	int n_part;
};
void window_set_release(struct window_set *s);

/* Rows that follow each other. A window lies in one segment, and so do its true values. */
struct segment {
	int64_t row, n_row; /* rows [row, row + n_row) of the arrays of the dataset */
	int group;          /* index into the dataset's group_name; -1: none */
};

/* Where the true values of a window come from. */
enum truth_source {
	TRUTH_COLUMNS,   /* columns of the series, after the window or at its steps */
	TRUTH_SET,       /* target values of ready windows */
	TRUTH_WINDOW,    /* the window itself: a reconstruction */
	TRUTH_SET_STEPS, /* target values of ready windows that are a class for each step */
	TRUTH_ROWS,      /* labels of the rows: a class for each step */
};

struct dataset {
	struct arena arena;
	const char *file;
	int64_t T, C;
	int64_t n;        /* number of windows; those without a true value come last */
	int64_t n_target; /* windows 0..n_target-1 have all true values */
	/* Groups of rows or of windows, or n_group 0. Only groups that give a window are counted. */
	int n_group;
	const char **group_name; /* [n_group] */
	/* Series that are cut into windows. The rows of a group lie together, in the order of the file. dataset_start()
	 * gives the row at which a window begins. */
	int64_t n_row;
	int n_segment; /* 0: all rows are one segment, without a group */
	struct segment *segment;
	int64_t *start; /* [n] row at which window i begins; NULL: i * step, in the only segment */
	int n_source;   /* columns of the window, without derived channels */
	/* columns in the arrays below: first the columns of the window, then those that are only forecast */
	int n_held;
	double **raw;      /* [held][row], raw units; dataset_rows() scales them */
	int64_t first_row; /* row of the file at raw[.][0] */
	int64_t step, horizon;
	double rate; /* rows per second, where the reader of a series knows it; 0: unknown */
	/* [row]: row (or window) of the file if some were dropped or the order differs; NULL: first_row + row */
	int64_t *row_of;
	enum derive derive;
	/* Or ready windows: window i is window row_of[i], or first_row + i, of the set, which must outlive the
	 * dataset. NULL: a series. */
	const struct window_set *set;
	int64_t stride_n, stride_c, stride_t; /* strides of set->x if the lengths are equal */
	int64_t *length; /* [window of the set] steps before the padding; NULL: all windows have T steps or more */
	int *source;     /* [n_source] channels of the set */
	int *group;      /* [window of the set] index into group_name; NULL: no groups */
	/* truth */
	int n_predict, *predict; /* held columns that are forecast */
	int64_t n_y;             /* true values of a window, as many as outputs; 0: there are none */
	enum truth_source truth; /* where they come from; n_y > 0 */
	/* [n_y] where the true value of output k stands in its source; NULL: at k. The source has steps as the outer
	 * axis, but TRUTH_SET has the order of the file. */
	int64_t *stored;
	int64_t truth_from;   /* TRUTH_COLUMNS: row of the first true value, counted from the first row of the window */
	int64_t step_classes; /* TRUTH_SET_STEPS, TRUTH_ROWS: channels of the output */
	int *row_class;       /* TRUTH_ROWS: [row] class, -1: unknown */
	/* What the true values say of the task: TASK_SEGMENTATION if they are a class for each step, TASK_REGRESSION if
	 * they are numbers that do not suit the task that was guessed; TASK_AUTO: nothing. */
	enum task task;
	bool has_labels;
	int *label; /* [n] class index; -1: unknown; NULL: no labels */
	int n_class;
	const char **class_name;
	const char **stamp;     /* [row] time stamps, or NULL */
	const char **channel;   /* [C] names */
	const char **held_name; /* [n_held] names */
	struct scaler scaler;   /* of the held columns, fitted or given; shift 0 and scale 1 without scaling */
	enum scale scale;
	/* [n_group] the scaler of each group, and `scaler` changes nothing; NULL: `scaler` is that of all */
	struct scaler *group_scaler;
	int64_t n_missing;             /* number of cells interpolated or rows dropped */
	const char *warning;           /* a line each, or NULL */
	struct understood *understood; /* a copy of the reader's list, then what was understood while cutting */
};

/* Cuts a table into windows by a recipe. m gives T, C and the outputs; if it is NULL, the recipe decides and one
 * step is forecast. *r is not changed; options that it does not give have their defaults. The table may be released
 * after the call; if it gives its columns away, they are taken where they lie, which saves the memory of a copy.
 *
 * Row ranges count rows of the file. Where rows are dropped for a missing cell, the rows before and after become
 * neighbours, if they are of one group. No window crosses from one group to another. The windows that have true values
 * come first, then the others; both are in the order of the file, by the first row of the window. With --label the
 * label is the truth, and nothing is forecast. The label of a window is that of its last row (`last`), or the one that
 * most of its rows have, the earlier class on a tie (`majority`), or the last class, in the order of the classes, that
 * any of its rows has (`any`). If the network ends in Softmax and --predict is given, that column holds the class
 * index. On error nothing has to be released. */
int dataset_cut(struct dataset *d, struct table *t, const struct recipe *r, const struct model *m, struct err *e);
/* Makes a dataset of ready windows. --rows, --fit and --split count windows. If the lengths differ, or values end
 * before the window does, windows are cut to the model's T steps, and shorter ones are padded with zeros after
 * scaling; a warning says so. Missing values inside a window are interpolated in the set itself if the recipe asks
 * for it. The label of a window is its class. Target values are the truth of a network that is not a classifier. */
int dataset_of_windows(struct dataset *d, struct window_set *s, const struct recipe *r, const struct model *m,
                       struct err *e);
void dataset_release(struct dataset *d);
/* Makes *to the n windows of `from` that are named. Those with true values come first, so the numbers ascend. It points
 * into `from`, which must outlive it. The caller releases it. */
void dataset_pick(struct dataset *to, const struct dataset *from, int64_t n, const int64_t *window);

/* Writes the scaled values of held column h in the rows [row, row + n) of a series to x. */
void dataset_rows(const struct dataset *d, int h, int64_t row, int64_t n, float *x);
/* Writes window i to tc as (T,C), time-major and scaled. */
void dataset_window(const struct dataset *d, int64_t i, real *tc);
/* The channel that --derive diff appends: writes the differences of every C-th value of x (T of them) to every C-th
 * place of tc. The last value is their mean absolute size. */
void dataset_derive_diff(int64_t T, int64_t C, const real *x, real *tc);
/* Writes the n_y true values of window i, scaled, in the order of the outputs. A class is 1 for its channel and 0 for
 * the others, or 0 or 1 for a single channel; NaN if it is unknown. Returns false if there is none, because the window
 * lies at the end. */
bool dataset_truth(const struct dataset *d, int64_t i, real *y);
/* The same of a window whose points are tc (T,C), scaled, in place of those in the file: it differs where the window
 * itself is the truth. */
bool dataset_truth_changed(const struct dataset *d, int64_t i, const real *tc, real *y);
/* Writes the true values in raw units, as they are in the file. */
bool dataset_truth_raw(const struct dataset *d, int64_t i, double *y);
int dataset_class(const struct dataset *d, int64_t i); /* class index of window i, or -1 */
/* Returns the scaler of window i: that of its group, or that of all windows. */
const struct scaler *dataset_scaler(const struct dataset *d, int64_t i);
/* Converts a scaled value of output k, computed from window i, to raw units. */
double dataset_unscale(const struct dataset *d, int64_t i, int64_t k, double y);
/* Converts a scaled value of channel c of window i to raw units; for a derived channel, to differences in raw
 * units. */
double dataset_unscale_channel(const struct dataset *d, int64_t i, int64_t c, double x);
/* The way there: the value of channel c, which is not derived, that a reader will see where the file has `raw`. Both
 * are rounded to float as dataset_window does. */
real dataset_scale_channel(const struct dataset *d, int64_t i, int64_t c, double raw);
/* Writes channel c of window i, which is not derived, as it is in the file (T); 0 where the window is padded. */
void dataset_window_raw(const struct dataset *d, int64_t i, int64_t c, float *raw);
/* Returns the steps of window i before the padding. */
int64_t dataset_length(const struct dataset *d, int64_t i);
/* The scaled value x of channel c of window i, which is not derived, as it will be after it was written in raw units
 * and read again: rounded as a reader rounds it. */
real dataset_as_read(const struct dataset *d, int64_t i, int64_t c, double x);
/* Returns the row of d->raw at the first step of window i of a series; not for ready windows. */
int64_t dataset_start(const struct dataset *d, int64_t i);
/* Returns the group of window i, or -1 if the data have no groups. */
int dataset_group(const struct dataset *d, int64_t i);
/* Returns the name of the group of window i, or "" if the data have no groups. */
const char *dataset_group_name(const struct dataset *d, int64_t i);
/* Returns whether windows i and j have a row in common. */
bool dataset_overlap(const struct dataset *d, int64_t i, int64_t j);
/* Returns the last value of window i in the column of output k, scaled; not for ready windows. */
double dataset_last(const struct dataset *d, int64_t i, int64_t k);
/* The same in raw units. */
double dataset_last_raw(const struct dataset *d, int64_t i, int64_t k);
/* Returns the row of the file at the first step of window i; for ready windows, the number of the window in the
 * file. */
int64_t dataset_row(const struct dataset *d, int64_t i);
/* Returns the time stamp of step t of window i, or "" if there is none. t may reach T + horizon - 1; the rows of
 * another group have none. */
const char *dataset_stamp(const struct dataset *d, int64_t i, int64_t t);

#endif
