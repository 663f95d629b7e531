/* Opening a data file: recognised by content, read into a table (rows are time steps) or into ready windows. */
#ifndef SRC_READ_DATA_H
#define SRC_READ_DATA_H

#include "core/data/dataset.h"
#include "src/read/source.h"

struct data {
	const char *format; /* its reader's name */
	bool ready;         /* windows are in `set`, else rows in `table` */
	struct table table;
	struct window_set set;
};

/* What is known before reading: it tells a line that is a window from one that is a time step. */
struct data_wanted {
	const struct recipe *r;
	int64_t T, C;    /* of the model; 0: not known */
	bool training;   /* of arrays x_train and x_test the former */
	bool no_sandbox; /* unpack archives in this process: debugging only */
	double max_time; /* seconds for unpacking them; 0: by their size */
};

/* A reader of one format. `head` is how the file begins: all of it, or SOURCE_HEAD bytes. */
struct data_reader {
	const char *name;       /* "UEA .ts" */
	const char *extensions; /* for --formats, with what is read of it */
	bool (*probe)(const unsigned char *head, size_t n, const struct data_wanted *q);
	/* Budget: bytes that reading may take, with what is held of the file meanwhile. What it leaves in d on an error
	 * is released by the caller. */
	int (*read)(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e);
};
extern const struct data_reader reader_npz, reader_npy, reader_ts, reader_arff, reader_wide, reader_csv;
extern const struct data_reader
        *const data_readers[]; /* NULL-terminated, tried in order; the last takes what is left */

/* Read it; "-" is standard input. Packed files (gzip) are unpacked on the way. On error there is nothing to release. */
int data_read(struct data *d, const char *path, const struct data_wanted *q, const struct read_options *o,
              struct err *e);
/* The same of bytes in memory. */
int data_from_memory(struct data *d, const char *file, const unsigned char *bytes, size_t n,
                     const struct data_wanted *q, struct err *e);
/* Windows by the recipe; d must outlive them where it holds ready ones. */
int data_cut(struct dataset *out, struct data *d, const struct recipe *r, const struct model *m, struct err *e);
void data_release(struct data *d);

#endif
