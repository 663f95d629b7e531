/* A data file that grows is read on as `tail -f` does: what was read stays, and of the file only the new bytes are
 *read. This holds for one file of text whose rows are lines. Whether it was only appended to is judged by its beginning
 *and its last lines, which are read again together with the new ones. Whatever else happens, all is read again, and the
 * tail says why.
 *
 *	struct data_tail *t = data_tail_new();
 *	data_tail_read(t, false, &d, ...);      reads all, and keeps a copy of the table
 *	data_tail_read(t, true, &d, ...);       reads on
 *	data_tail_free(t);                      after d was released */
#ifndef SRC_DATA_TAIL_H
#define SRC_DATA_TAIL_H

#include "src/join/data_join.h"

struct data_tail;
struct data_tail *data_tail_new(void);
void data_tail_free(struct data_tail *t); /* NULL is fine */

/* Does what data_read_files() does. on: the file has grown since the last call, so only what is new is read, if that is
 * possible. A last line that is not ended waits for its end, at the first reading, too. Then the rows of d->table
 * belong to the tail: they stay as they are until the next call. */
int data_tail_read(struct data_tail *t, bool on, struct data *d, const char *const *arg, int n,
                   const struct data_wanted *q, const struct read_options *o, struct err *e);
/* Why the last call that should have read on has read all; NULL: it has read on, or all was wanted. */
const char *data_tail_why(const struct data_tail *t);

#endif
