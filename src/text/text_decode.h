/* Turns the bytes of a text file into UTF-8 without a byte order mark, before anything else looks at them. */
#ifndef SRC_TEXT_DECODE_H
#define SRC_TEXT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

#define TEXT_MARK "\xef\xbb\xbf" /* the byte order mark of UTF-8 */
#define TEXT_UTF8 "UTF-8"        /* its name in struct decoded */

struct decoded {
	const unsigned char *text; /* UTF-8; it lies in the caller's bytes or in `owned` */
	size_t n;
	const char *encoding; /* "UTF-8", "UTF-16, little-endian", "Latin-1" ... */
	const char *warning;  /* a sentence about letters that may be wrong, or NULL */
	unsigned char *owned; /* malloc'd; NULL if the text lies in the caller's bytes */
};

/* Decodes n bytes, which must outlive the result. encoding: its name in iconv, which must outlive it too, or
 * NULL: UTF-8 is taken as it is. UTF-16 and UTF-32 are recognised by their byte order marks, or by the zero bytes of
 * their letters. Bytes that are not UTF-8 are Latin-1 with the marks of
 * Windows-1252. Zero bytes and ^Z (the end mark of DOS) at the end of the file are left out; a zero byte elsewhere is
 * an error with its line. On success decoded_release() frees the result. */
int text_to_utf8(struct decoded *d, const unsigned char *data, size_t n, const char *encoding, struct err *e);
/* Whether n bytes are UTF-8 without a zero byte. */
bool text_is_utf8(const unsigned char *s, size_t n);
void decoded_release(struct decoded *d);

#endif
