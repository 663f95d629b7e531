/* Opens a data file. The format is recognised by the file's content, not by its name. The file becomes either a
 * table, in which each row is one time step, or a set of ready windows. */
#ifndef SRC_READ_DATA_H
#define SRC_READ_DATA_H

#include "core/data/dataset.h"
#include "src/read/source.h"

struct data {
	const char *format; /* name of the format */
	bool ready;         /* true: the windows are in `set`; false: the rows are in `table` */
	struct table table;
	struct window_set set;
	char *name; /* what messages call the data: a path, or "3 files (a.csv to c.csv)"; only of data_read_files() */
	int n_file; /* how many files were joined */
	unsigned unused;    /* fields that the reader uses (struct data_reader.uses), but not in this file */
	bool label_is_file; /* the recipe's label names a file, which only these data have */
};

/* What the caller knows before the file is read. Readers need it to decide whether a line is a window or a time
 * step. */
struct data_wanted {
	const struct recipe *r;
	unsigned asked; /* enum recipe_field: what the command line gave. It is refused if the reader does not use it */
	int64_t T, C;   /* length and channels of the model's window; 0: unknown */
	int64_t classes; /* classes of the model; 0: it forecasts, or it is unknown */
	bool training;   /* if an archive holds both x_train and x_test, read x_train (false: x_test) */
	bool no_sandbox; /* for debugging only: unpack archives in this process */
	double max_time; /* seconds that unpacking an archive may take; 0: a limit that depends on its size */
};

/* A reader of one format. `head` holds the first n bytes of the file: all of them, or SOURCE_HEAD. */
struct data_reader {
	const char *name;       /* such as "UEA .ts" */
	const char *extensions; /* file name endings, and what the reader takes from such files; for --formats */
	const char *example;    /* a call that reads such a file; for --formats */
	unsigned uses;          /* enum recipe_field: which of data_fields() (src/read/data_fields.h) it uses */
	bool (*probe)(const unsigned char *head, size_t n, const struct data_wanted *q);
	/* Reads the file into *d. budget: how many bytes the reader may allocate, including its copy of the file. On
	 * error the caller releases what the reader left in *d. */
	int (*read)(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e);
};
extern const struct data_reader reader_npz, reader_npy, reader_sound, reader_mat, reader_edf, reader_wfdb,
        reader_records, reader_ts, reader_tsf, reader_arff, reader_wide, reader_csv;
extern const struct data_reader
        /* All readers, tried in this order; NULL ends the list. The last one gets every file that no other reader
         * recognises. */
        *const data_readers[];

/* Reads a data file; "-" is standard input. Files packed with gzip are unpacked. On error nothing has to be
 * released. */
int data_read(struct data *d, const char *path, const struct data_wanted *q, const struct read_options *o,
              struct err *e);
/* The same for n bytes in memory, of a file of this name. */
int data_read_memory(struct data *d, const char *file, const unsigned char *bytes, size_t n,
                     const struct data_wanted *q, const struct read_options *o, struct err *e);
/* Cuts the data into windows as the recipe says. If d->ready, *out points into *d, and d must outlive it. */
int data_cut(struct dataset *out, struct data *d, const struct recipe *r, const struct model *m, struct err *e);
void data_release(struct data *d);

/* Does a reader recognise the file by its first n bytes? A table of text is recognised by none. */
bool data_recognised(const unsigned char *head, size_t n);
/* The format of what looks like data: the name of its reader; NULL: it does not look like data. */
const char *data_format(const unsigned char *head, size_t n);

#endif
