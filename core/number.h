/* Numbers in text files, the same in every locale: [+-]digits[.digits][e[+-]digits] and nothing else (no
 * hexadecimal, no inf, no thousands). */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stddef.h>

enum number { NUMBER_OK, NUMBER_NOT, NUMBER_RANGE }; /* RANGE: well-formed, but beyond double */

/* All of s[0..n) must be the number; point is its decimal mark ('.' or ','). The nearest double, ties to even, whatever its length. *out
 * untouched unless OK; NULL: only look. */
enum number number_parse(const char *s, size_t n, char point, double *out);
/* The number that s begins with, s <= end: returns where it ends; NULL where there is none that a double can hold. */
const char *number_begin(const char *s, const char *end, char point, double *out);

#endif
