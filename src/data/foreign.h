/* Data files of other programs, which a library of theirs (or code of ours) reads in a locked child process. The
 * child fills a struct found and sends it to the parent, which trusts no byte of it. */
#ifndef SRC_DATA_FOREIGN_H
#define SRC_DATA_FOREIGN_H

#include "src/read/read_data.h"

struct words; /* the distinct texts of a column */

/* What the child found: either the columns of a series, or an array in NumPy's format. */
struct found {
	struct arena arena;
	int64_t n_row, budget; /* budget: bytes that the numbers and texts may still take */
	int n_col;
	const char **name;    /* [n_col]; NULL stands for "column 3" */
	double **number;      /* [n_col] NULL, or [n_row] */
	struct words **words; /* [n_col] NULL, or the column's texts; see found_text() */
	double rate;          /* rows per second; 0: unknown */
	unsigned char *x, *y; /* malloc'd .npy files: the array and its labels; x NULL: columns; y NULL: no labels */
	size_t nx, ny;
	const char *x_name;   /* the array's name in the file, for messages, or NULL */
	const char **channel; /* [n_channel] names of the channels of an array of (windows, channels, steps), or NULL */
	int n_channel;
	const char *line_noun; /* as in struct table */
	const char *warning;   /* or NULL */
	struct understood *understood;
};

/* A file beside the data file that the parent has read, because the child cannot open files. */
struct foreign_file {
	const char *name; /* without a folder */
	unsigned char *data;
	size_t n;
};

struct foreign_job {
	const char *file; /* name of the data file, without folders */
	const unsigned char *data;
	size_t n;
	/* Under which the library can open the data file; only if by_path. What the caller sets is used without the
	 * sandbox alone. */
	const char *path;
	const struct foreign_file *beside;
	int n_beside;
	const struct data_wanted *q;
};

struct foreign {
	/* Loads the library before the child is locked. May be NULL. */
	int (*prepare)(struct err *e);
	int (*work)(struct found *f, const struct foreign_job *j, struct err *e);
	bool by_path;    /* the library opens a path: it gets job.path, and job.data is NULL */
	int64_t library; /* bytes of address space that the library may take */
};

/* Runs work() in a locked child process and fills *d from what it found. budget: bytes that may be allocated here and
 * in the child, with the n bytes of the file. Takes data, which is malloc'd, and frees it. */
int foreign_run(struct data *d, struct foreign_job *j, unsigned char *data, const struct foreign *how, int64_t budget,
                struct err *e);
/* Reads all of s, then does the same. */
int foreign_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget,
                 const struct foreign *how, struct err *e);

/* ---- in the child ---- */

/* Makes room for n_col columns of n_row rows. The columns have no numbers and no texts yet. */
int found_columns(struct found *f, int64_t n_row, int64_t n_col, struct err *e);
/* The numbers of a column, which are NaN until they are set. NULL: they would take more than the budget. */
double *found_numbers(struct found *f, int col, struct err *e);
/* Sets the text of a cell. Cells that are not set are "". */
int found_text(struct found *f, int col, int64_t row, const char *s, size_t n, struct err *e);
/* Adds a warning, a sentence without its full stop, to those that there are. */
void found_warn(struct found *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void found_release(struct found *f);
/* Begins a .npy file of `count` elements of the given type, such as "<f8" or "<U20", with room for them. Returns where
 * the elements go; **out is malloc'd. */
unsigned char *found_npy(unsigned char **out, size_t *n, const char *type, int size, bool fortran, int rank,
                         const int64_t *dim);

/* ---- between child and parent; here for tests ---- */

/* Gives what was found to the sink, piece by piece. */
void found_send(const struct found *f, void (*sink)(const void *p, size_t n));
/* Checks n bytes of an answer and fills *d. */
int found_receive(struct data *d, const char *file, const unsigned char *buf, size_t n, const struct data_wanted *q,
                  int64_t budget, struct err *e);

#endif
