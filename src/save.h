/* The one way to write a file: temporary file in the target's folder (O_EXCL|O_NOFOLLOW, 0600 or the old file's mode), write,
 * fsync, rename over the target, fsync of the folder. On any failure the old file is as before and the temporary one is gone. A link at the
 * target is replaced, never followed. */
#ifndef SRC_SAVE_H
#define SRC_SAVE_H

#include <stdio.h>
#include "core/err.h"

struct save {
	FILE *f;                                   /* write here */
	char *path, *temp;
	int dir;                                   /* descriptor of the folder */
};
int save_begin(struct save *s, const char *path, struct err *e);
/* Make it so, or say why not. The struct is released either way. */
int save_commit(struct save *s, struct err *e);
void save_abort(struct save *s);

#endif
