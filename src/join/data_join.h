/* Reads the data that the arguments of the command line name, and joins several files to one table or one set of
 * windows. Each file is a group, so no window holds steps of two files. The rows (or windows) of the files follow each
 * other in the order of the files: --rows, --fit and --split count them over all files. */
#ifndef SRC_DATA_JOIN_H
#define SRC_DATA_JOIN_H

#include "src/join/data_files.h"
#include "src/read/read_data.h"

/* Reads the files that arg[0..n) name (see data_files_find). Columns are matched by name where the files have headers,
 * else by position. Refused, with the name of the file, are: another number of columns, a missing or additional one, a
 * table beside windows, another rate, another number of channels. With q->r->stack the files hold one channel each:
 * they are put side by side, and a file of labels may be among them, or named by the recipe's label. d->name says what
 * messages call the data. A message in e already names its file. On error the caller releases d, too. */
int data_read_files(struct data *d, const char *const *arg, int n, const struct data_wanted *q,
                    const struct read_options *o, struct err *e);

/* ---- shared by data_join.c and the files join_*.c ---- */

struct join {
	const struct data_files *f;
	struct data *part;  /* [f->n] as read */
	int64_t room;       /* bytes that may still be allocated */
	const char *layout; /* of the recipe, or NULL */
	bool stack;         /* the files hold one channel each */
	bool by_folder;     /* labels come from the folders */
	struct err *e;
};
/* Make one of all parts, in the order of the files. *out is empty and is the caller's to release, also after an
 * error. */
int join_tables(struct join *j, struct table *out);
int join_windows(struct join *j, struct window_set *out);
/* The same for files that hold one channel each: they become channels, not more rows. label: the value of --label, if
 * it names a file; label_data: that file as read, if it is none of j->f, else NULL. */
int join_stack(struct join *j, const char *label, struct data *label_data, struct data *d);
/* Takes bytes from j->room. Refuses more than there are. */
int join_spend(struct join *j, int64_t bytes);
/* Bytes that the data take. */
int64_t join_bytes(const struct data *d);
/* The place of a message about file i. Returns e->code. */
int join_at(struct join *j, int i);

/* Groups of the joined file: each file is one, or each group that its reader knows. */
struct join_groups {
	int *of; /* [row] */
	const char **name;
	int n;
};
/* first: [f->n + 1] where the rows of each file begin. group, name, n: what each file's reader knows. */
void join_groups(struct join *j, struct arena *a, const int64_t *first, int *const *group, const char **const *name,
                 const int *n, struct join_groups *out);
/* The parts of the joined file, for messages and for labels from folders. */
const struct file_part *join_parts(struct join *j, struct arena *a, const int64_t *first);

#endif
