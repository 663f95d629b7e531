/* A large text file that is read piece by piece, as often as needed, so that it is never in memory as a whole. The
 * text has addresses for all of its bytes. In memory are its first bytes, its last ones, and the piece that was read
 * last; all other bytes are zero or those of an earlier piece. */
#ifndef SRC_TEXT_FEED_H
#define SRC_TEXT_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "src/read/source.h"

enum {
	FEED_HEAD = SOURCE_HEAD, /* bytes that stay in memory at the beginning */
	FEED_TAIL = 1 << 17,     /* and at the end */
	FEED_PIECE = 1 << 20,
};

struct text_feed {
	unsigned char *text; /* [n] */
	size_t n;
	int64_t lines; /* ends of lines: LF or CR */
	/* private */
	struct source *source;
	size_t loaded, forgotten;
};

/* Looks at all bytes of a source at its beginning. *fits: whether the source can be read this way: it is a large
 * regular file that is not packed, and it is UTF-8 without zero bytes and ^Z. If so, text_feed_close() ends its use,
 * and the source must outlive it. If not, or on error, nothing has to be closed, and source_rewind() begins again. */
int text_feed_open(struct text_feed *f, bool *fits, struct source *s, struct err *e);
/* Begins again with the first byte. */
int text_feed_begin(struct text_feed *f, struct err *e);
/* Forgets the text before `at`, and reads on until another line has ended behind `at`. *until is where the last line
 * that is whole ends, or n. */
int text_feed_more(struct text_feed *f, size_t at, size_t *until, struct err *e);
void text_feed_close(struct text_feed *f);

#endif
