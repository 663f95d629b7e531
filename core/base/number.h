/* Numbers in text, the same in every locale: [+-]digits[.digits][e[+-]digits] and nothing else (no
 * hexadecimal, no inf, no thousands). */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stddef.h>

enum number { NUMBER_OK, NUMBER_NOT, NUMBER_RANGE }; /* RANGE: well-formed, but beyond double */

/* All of s[0..n) must be the number; point is its decimal mark ('.' or ','). The nearest double, ties to even, whatever
 * its length. *out untouched unless OK; NULL: only look. */
enum number number_parse(const char *s, size_t n, char point, double *out);
/* The number that s begins with, s <= end: returns where it ends; NULL where there is none that a double can hold. */
const char *number_begin(const char *s, const char *end, char point, double *out);

enum { NUMBER_TEXT = 32 }; /* room for a number's text */
/* A finite number with 1 to 17 significant digits, rounded from its exact value, ties to even: what printf's "%.9g"
 * writes where the locale is C. Returns the length; there is no NUL. */
size_t number_write(char out[NUMBER_TEXT], double v, int digits);

#endif
