/* Data as windows. A reader fills a table (CSV) or a block of windows (.ts, .npy); dataset_cut applies the recipe. */
#ifndef CORE_DATASET_H
#define CORE_DATASET_H

#include "core/model.h"
#include "core/recipe.h"

/* Columns as a reader found them; owned by its arena. */
struct table {
	struct arena arena;
	const char *file;                          /* cleaned */
	int64_t n_row;
	int n_col;
	const char **name;                         /* n_col, cleaned; never NULL ("column 2" without a header) */
	bool has_header;
	double **number;                           /* [col][row]; NaN where it is none; NULL: column without any number */
	/* [col][row], cleaned; only for columns with a cell that is neither empty, a number nor one of NA, NaN, null, ?:
	 * else NULL */
	const char ***text;
	int64_t *line;                             /* [row]: line in the file, for messages; NULL: row + 2 */
};
void table_release(struct table *t);

/* Windows given one by one (UCR, UEA, npy): n windows of T steps, C channels, (n,T,C) floats, label -1 or class index. */
struct dataset {
	struct arena arena;
	const char *file;
	int64_t T, C;
	int64_t n;                                 /* windows reachable, those without a true value last */
	int64_t n_target;                          /* windows with a full target: 0..n_target-1 */
	/* a series cut into windows, window i starts at row start[i] ... */
	int64_t n_row;
	int n_source;                              /* source columns before derive */
	int n_held;                                /* columns below: the sources, then those that are only forecast */
	float **series;                            /* [held][row], scaled */
	double **raw;                              /* [held][row], raw units */
	int64_t first_row;                         /* row of the file that series[.][0] is */
	int64_t step, horizon;
	int64_t *row_of;                           /* [row]: row of the file, where some were dropped; NULL: first_row + row */
	enum derive derive;
	/* ... or a block */
	const float *block;                        /* (n,T,C), NULL for a series */
	/* truth */
	int n_predict, *predict;                   /* held columns that are forecast */
	int64_t n_y;                               /* outputs: steps x n_predict, time first; 0: no forecast truth */
	bool has_labels;
	int *label;                                /* [n], class index; -1 unknown. NULL: none */
	int n_class;
	const char **class_name;
	const char **stamp;                        /* [row] time stamps where the file has them, else NULL */
	const char **channel;                      /* C names */
	const char **held_name;                    /* n_held names */
	struct scaler scaler;                      /* of the held columns, fitted or given; 0 and 1 without scaling */
	enum scale scale;
	int64_t n_missing;                         /* cells interpolated, rows dropped */
	const char *warning;                       /* or NULL */
};

/* Cut a table by a recipe into windows for the model (its T, C, outputs; NULL: as the recipe says, one step is forecast).
 * `r` is not changed; what it did not give gets the defaults. The table must outlive the call only.
 *
 * Row ranges count rows of the file; rows dropped for a missing cell close up behind. With --label the label is the truth
 * and there is none to forecast. A window's label: that of its last row; the one that most of its rows have (the earlier
 * class on a tie); or by `any` the last of the classes, in their order, that one of its rows has. A network that ends in
 * Softmax and has --predict takes the class index from that column. On error there is nothing to release. */
int dataset_cut(struct dataset *d, const struct table *t, const struct recipe *r, const struct model *m, struct err *e);
void dataset_release(struct dataset *d);

/* Window i as (T,C) time-major, standardized. */
void dataset_window(const struct dataset *d, int64_t i, real *tc);
/* True values of window i, scaled, n_y of them; false when it has none (the window lies at the end). */
bool dataset_truth(const struct dataset *d, int64_t i, real *y);
/* The same in raw units, from the file itself. */
bool dataset_truth_raw(const struct dataset *d, int64_t i, double *y);
int dataset_class(const struct dataset *d, int64_t i);            /* class index or -1 */
/* Scaled value of output k to raw units and back. */
double dataset_unscale(const struct dataset *d, int64_t k, double y);
/* channel c of the window in raw units (a derived channel: differences in raw units) */
double dataset_unscale_channel(const struct dataset *d, int64_t c, double x);
/* File row of the first step of window i. */
int64_t dataset_row(const struct dataset *d, int64_t i);
/* Time stamp of step t of window i ("" when there is none). t may reach T + horizon - 1. */
const char *dataset_stamp(const struct dataset *d, int64_t i, int64_t t);

#endif
