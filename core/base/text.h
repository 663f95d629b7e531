/* The one text gate. Every string from a file, argument, environment or note passes here where it enters, and error
 * sentences pass it again. Control characters (C0, DEL, C1), bidirectional and zero-width characters, other format
 * characters and tags, line and paragraph separators, private-use and unassigned-by-design code points and bytes that
 * are not UTF-8 become U+FFFD, so that what is left can be printed anywhere. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/mem.h"

/* Decode one code point of s[0..n); *used gets the bytes it took (at least 1 when n > 0). Returns -1 for a byte that
 * starts no valid UTF-8 sequence (overlong forms, surrogates and values above U+10FFFF are invalid). */
int32_t text_decode(const char *s, size_t n, size_t *used);
/* Encode cp at dst (room for 4 bytes); returns the number of bytes. */
size_t text_encode(char *dst, int32_t cp);
/* Is the code point safe to print as it is? */
bool text_printable(int32_t cp);
/* Copy s[0..n) to dst, cleaned, cut at a character boundary so that it fits `size` with its NUL. Returns strlen(dst).
 */
size_t text_clean(char *dst, size_t size, const char *s, size_t n);
/* The whole of s, cleaned, in memory of the arena. */
char *text_clean_copy(struct arena *a, const char *s);
/* Columns that a cleaned string takes in a terminal (East Asian wide characters take 2, combining marks 0). */
int text_width(const char *s);
int text_width_cp(int32_t cp);

#endif
