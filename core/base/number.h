/* Reads and writes numbers in text, independently of the locale. A number is [+-]digits[.digits][e[+-]digits].
 * Hexadecimal numbers, "inf", "nan" and separators of thousands are refused. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stddef.h>

enum number {
	NUMBER_OK,
	NUMBER_NOT,  /* the text is no number */
	NUMBER_RANGE /* it is a number, but a double cannot hold it */
};

/* Reads s[0..n), all of which must be one number. `point` is its decimal mark, '.' or ','. Sets *out to the nearest
 * double (of two equally near ones, to the even one), however many digits the text has. *out changes only when the
 * result is NUMBER_OK. out may be NULL: then the text is only checked. */
enum number number_parse(const char *s, size_t n, char point, double *out);
/* Reads the number with which the text from s to `end` begins. Returns the place behind the number, or NULL if the text
 * begins with none or with one that a double cannot hold. */
const char *number_begin(const char *s, const char *end, char point, double *out);

enum { NUMBER_TEXT = 32 }; /* bytes that suffice for the text of a number */
/* Writes the finite number v with `digits` (1 to 17) significant digits, correctly rounded, as printf's "%.*g" does in
 * the C locale. Returns the length; there is no NUL at the end. */
size_t number_write(char out[NUMBER_TEXT], double v, int digits);

#endif
