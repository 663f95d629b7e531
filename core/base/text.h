/* The text gate. Every string from a file, an argument, the environment or a note passes through it where it enters
 * the program; error messages pass through it again. What comes out can be printed anywhere. These become U+FFFD:
 * control characters (C0, DEL, C1), bidirectional and zero-width characters, other format characters and tags, line
 * and paragraph separators, private-use code points, noncharacters, and bytes that are not UTF-8. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/mem.h"

/* Returns the first code point of s[0..n), or -1 if no valid UTF-8 sequence starts there. Overlong forms, surrogates
 * and values above U+10FFFF are invalid. Sets *used to the number of bytes taken, at least 1 when n > 0. */
int32_t text_decode(const char *s, size_t n, size_t *used);
/* Writes cp in UTF-8 to dst, which has room for 4 bytes. Returns the number of bytes. */
size_t text_encode(char *dst, int32_t cp);
/* Returns whether the gate lets the code point pass. */
bool text_printable(int32_t cp);
/* Copies s[0..n) through the gate to dst, which has room for `size` bytes. A text that is too long with its NUL is cut
 * between two characters. Returns strlen(dst). */
size_t text_clean(char *dst, size_t size, const char *s, size_t n);
/* A copy of the whole of s that has passed the gate, in memory of the arena. */
char *text_clean_copy(struct arena *a, const char *s);
/* The columns that a string that has passed the gate, or one code point, takes in a terminal: 2 for an East Asian wide
 * character, 0 for a combining mark. */
int text_width(const char *s);
int text_width_cp(int32_t cp);
/* Copies a cleaned string to dst. If it takes more than `most` columns (at least 5), "..." replaces its middle, so
 * that it takes no more. size: 8 bytes for each column suffice. Returns whether it was shortened. */
bool text_shorten(char *dst, size_t size, const char *s, int most);
/* Formats behind the text that is in buf (size); what does not fit is left out. */
void text_add(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
