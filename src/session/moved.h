/* The session of files that were moved or renamed: it is known by the hashes of the files, not by their paths. A thread
 * reads the browser's own sessions, so that a start waits for nothing. */
#ifndef SRC_MOVED_H
#define SRC_MOVED_H

#include "src/session/keeper.h"

struct moved;

/* Begins to look for sessions other than `own` whose n files (the model first) had the sizes of these, and are no
 * longer where they were. Nothing of `now` is kept. NULL: there is no thread for it. */
struct moved *moved_new(const struct review_file *now, int n, const char *own);
bool moved_done(struct moved *m);
/* After moved_done: opens the latest of these sessions whose files have the hashes of `now`, and reads it into r, which
 * the caller releases. Returns its keeper, which holds its lock; NULL: there is none, or somebody works on it. */
struct keeper *moved_take(struct moved *m, const struct review_file *now, struct review *r);
/* The session is kept elsewhere by now: its file is renamed to FILE.moved. Frees its keeper. */
void moved_retire(struct moved *m, struct keeper *taken);
/* The file of the session that was taken. */
const char *moved_path(const struct moved *m);
/* Stops the thread and frees m, which may be NULL. */
void moved_free(struct moved *m);

#endif
