/* Writes a file so that its old contents survive every failure. All files that tsviz writes by name go through here.
 *
 * save_begin() makes a temporary file in the target's folder. save_commit() writes it to the disk, renames it over
 * the target and syncs the folder. After a failure the old file is unchanged and the temporary file is removed;
 * `keep` is an exception. A file that is replaced gives its permissions to the new one. A symbolic link at the target
 * is replaced, never followed. A target that leads to standard input, output or error is refused.
 *
 * A save that was killed leaves its temporary file. The next save in that folder removes it, if it belongs to this
 * user and no process has locked it. */
#ifndef SRC_SAVE_H
#define SRC_SAVE_H

#include <stdbool.h>
#include <stdio.h>
#include "core/base/err.h"

struct save {
	FILE *f; /* write to this stream; the struct must not be moved meanwhile */
	char *path, *temp;
	/* The contents are costly. If only the rename fails, the file is kept and the message tells its name. */
	bool keep;
	int fd, dir; /* descriptors of the temporary file and the folder; -1: none */
};
/* Begins to write a file that the user asked for: opens s->f. A new file gets the permissions that the umask leaves.
 * Returns 0, or ERR_IO with the path and a remedy; then nothing has to be released. */
int save_begin(struct save *s, const char *path, struct err *e);
/* The same for what the program keeps for itself (settings, sessions, caches): a new file is for its owner alone. */
int save_begin_private(struct save *s, const char *path, struct err *e);
/* Puts the file in place. Returns 0 or an error. The struct is released in both cases. */
int save_commit(struct save *s, struct err *e);
/* Removes the temporary file and releases the struct. The target is unchanged. */
void save_abort(struct save *s);

#endif
