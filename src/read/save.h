/* The one way to write a file: temporary file in the target's folder (O_EXCL|O_NOFOLLOW, 0600 or the old file's mode),
 * write, fsync, rename over the target, fsync of the folder. On any failure the old file is as before and the temporary
 * one is gone (but see `keep`). A link at the target is replaced, never followed; one that leads to a standard stream
 * is refused. Temporary files of saves that were killed are removed by the next save in their folder: those of this
 * user that no process has locked. */
#ifndef SRC_SAVE_H
#define SRC_SAVE_H

#include <stdbool.h>
#include <stdio.h>
#include "core/base/err.h"

struct save {
	FILE *f; /* write here; the struct must stay where it is meanwhile */
	char *path, *temp;
	bool keep;   /* costly: when only the rename fails, the file stays under a name that is told */
	int fd, dir; /* descriptors of the temporary file and of the folder; -1: none */
};
int save_begin(struct save *s, const char *path, struct err *e);
/* Make it so, or say why not. The struct is released either way. */
int save_commit(struct save *s, struct err *e);
void save_abort(struct save *s);

#endif
