/* Data as windows. A reader fills a table (CSV) or a block of windows (.ts, .npy); dataset_cut applies the recipe. */
#ifndef CORE_DATASET_H
#define CORE_DATASET_H

#include "core/model/model.h"
#include "core/model/recipe.h"

/* Columns as a reader found them; owned by its arena. */
struct table {
	struct arena arena;
	const char *file; /* cleaned */
	int64_t n_row;
	int n_col;
	const char **name; /* n_col, cleaned; never NULL ("column 2" without a header) */
	bool has_header;
	double **number; /* [col][row]; NaN where it is none; NULL: column without any number */
	/* [col][row], cleaned; only for columns with a cell that is neither empty, a number nor one of NA, NaN, null,
	 * ?: else NULL */
	const char ***text;
	int64_t *line;         /* [row]: line in the file, for messages; NULL: row + 2 */
	int64_t room;          /* bytes that a dataset of it may take; 0: no limit */
	const char *line_noun; /* what such a line is called; NULL: "line" */
};
void table_release(struct table *t);

/* Ready windows as a reader found them (UCR, UEA, NumPy, a line of CSV a window). Values are kept as the file orders
 * them. */
struct window_set {
	struct arena arena; /* all but x */
	const char *file;   /* cleaned */
	const char *format; /* "UEA .ts" */
	float *x;           /* malloc'd; NaN: missing; beyond float: infinite */
	int64_t n;          /* windows */
	/* Of equal lengths: an array of 2 to 4 axes, with strides in elements. axes: "NCT", "NT", where the format
	 * tells them, else NULL: the recipe, the model and the sizes do. */
	int rank;
	int64_t dim[4], stride[4];
	const char *axes;
	/* Of unequal lengths (rank 0): window i is (C, length[i]) at x + at[i]; length[i] >= 0. */
	int64_t C;
	int64_t *at, *length;
	const char **label;    /* [n] cleaned, "": unknown; NULL: none */
	const char **declared; /* labels that the file says there are */
	int n_declared;
	int64_t n_truth; /* windows that have a label or value: must be n */
	double *value;   /* (n, n_value) numbers to be predicted, NaN: unknown; NULL: none */
	int64_t n_value;
	const char **channel; /* names or NULL */
	const char **stamp;   /* [n] time stamp of the first step, or NULL */
	int64_t *line;        /* [n] line of the file, for messages, or NULL */
	const char *warning;  /* what the reader wants said, or NULL */
};
void window_set_release(struct window_set *s);

struct dataset {
	struct arena arena;
	const char *file;
	int64_t T, C;
	int64_t n;        /* windows reachable, those without a true value last */
	int64_t n_target; /* windows with a full target: 0..n_target-1 */
	/* a series cut into windows, window i starts at row start[i] ... */
	int64_t n_row;
	int n_source;      /* source columns before derive */
	int n_held;        /* columns below: the sources, then those that are only forecast */
	float **series;    /* [held][row], scaled */
	double **raw;      /* [held][row], raw units */
	int64_t first_row; /* row of the file that series[.][0] is */
	int64_t step, horizon;
	int64_t *row_of; /* [row]: row (window) of the file, where some were dropped; NULL: first_row + row */
	enum derive derive;
	/* ... or ready windows: window i is row_of[i] or first_row + i of the set, which must outlive this. NULL: a
	 * series */
	const struct window_set *set;
	int64_t stride_n, stride_c, stride_t; /* of set->x, where the lengths are equal */
	int64_t *length; /* [window of the set] steps before the padding; NULL: T or more everywhere */
	int *source;     /* [n_source] channels of the set */
	/* truth */
	int n_predict, *predict; /* held columns that are forecast */
	int64_t n_y;             /* outputs: steps x n_predict, time first; 0: no forecast truth */
	bool has_labels;
	int *label; /* [n], class index; -1 unknown. NULL: none */
	int n_class;
	const char **class_name;
	const char **stamp;     /* [row] time stamps where the file has them, else NULL */
	const char **channel;   /* C names */
	const char **held_name; /* n_held names */
	struct scaler scaler;   /* of the held columns, fitted or given; 0 and 1 without scaling */
	enum scale scale;
	int64_t n_missing;   /* cells interpolated, rows dropped */
	const char *warning; /* or NULL */
};

/* Cut a table by a recipe into windows for the model (its T, C, outputs; NULL: as the recipe says, one step is
 * forecast). `r` is not changed; what it did not give gets the defaults. The table must outlive the call only.
 *
 * Row ranges count rows of the file; rows dropped for a missing cell close up behind. With --label the label is the
 * truth and there is none to forecast. A window's label: that of its last row; the one that most of its rows have (the
 * earlier class on a tie); or by `any` the last of the classes, in their order, that one of its rows has. A network
 * that ends in Softmax and has --predict takes the class index from that column. On error there is nothing to release.
 */
int dataset_cut(struct dataset *d, const struct table *t, const struct recipe *r, const struct model *m, struct err *e);
/* The same of ready windows. A row is a window: --rows, --fit and --split count them. Where lengths differ (or values
 * end before the window does) windows are cut to the model's T steps, and shorter ones get zeros, after scaling, behind
 * their end; a warning says so. Missing values inside are interpolated in the set itself, if asked for. A label per
 * window is its class; numbers to be predicted are the truth of a network that is no classifier. */
int dataset_of_windows(struct dataset *d, struct window_set *s, const struct recipe *r, const struct model *m,
                       struct err *e);
void dataset_release(struct dataset *d);

/* Window i as (T,C) time-major, standardized. */
void dataset_window(const struct dataset *d, int64_t i, real *tc);
/* True values of window i, scaled, n_y of them; false when it has none (the window lies at the end). */
bool dataset_truth(const struct dataset *d, int64_t i, real *y);
/* The same in raw units, from the file itself. */
bool dataset_truth_raw(const struct dataset *d, int64_t i, double *y);
int dataset_class(const struct dataset *d, int64_t i); /* class index or -1 */
/* Scaled value of output k to raw units and back. */
double dataset_unscale(const struct dataset *d, int64_t k, double y);
/* channel c of the window in raw units (a derived channel: differences in raw units) */
double dataset_unscale_channel(const struct dataset *d, int64_t c, double x);
/* File row of the first step of window i; of ready windows its number in the file. */
int64_t dataset_row(const struct dataset *d, int64_t i);
/* Time stamp of step t of window i ("" when there is none). t may reach T + horizon - 1. */
const char *dataset_stamp(const struct dataset *d, int64_t i, int64_t t);

#endif
