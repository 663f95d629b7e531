/* Reads and writes numbers in text, independently of the locale. A number is [+-]digits[.digits][e[+-]digits].
 * Hexadecimal numbers, "inf", "nan" and separators of thousands are refused; number_any() alone reads more. */
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

/* How a number is written: the marks in it, and what they mean. */
enum number_marks {
	NUMBER_DECIMAL_POINT = 1, /* its point can only be a decimal mark, as in 1.5 or 1,234.5 */
	NUMBER_DECIMAL_COMMA = 2,
	NUMBER_GROUP_POINT = 4, /* its points can only group thousands, as in 1.234.567 or 1.234,5 */
	NUMBER_GROUP_COMMA = 8,
	NUMBER_EITHER_POINT = 16, /* one point before three digits, as in 1.234: either of the two */
	NUMBER_EITHER_COMMA = 32,
	NUMBER_GROUP_OTHER = 64 /* blanks, no-break blanks or apostrophes group thousands */
};
/* Returns the marks of s[0..n) as a sum of enum number_marks, or -1 if it is no number in any way of writing that
 * number_any() knows. */
int number_marks(const char *s, size_t n);
/* Reads s[0..n) as people and programs write numbers, besides what number_parse() reads: the Unicode minus, groups of
 * thousands (1.234,50 or 1,234.50 or 1 234,5 or 1'234.5), Fortran's exponents (1.5D+3), a percent sign at the end,
 * which does not change the value, and hexadecimal floats (0x1.8p3). `point` is the decimal mark, '.' or ','; the other
 * of the two can only group thousands. */
enum number number_any(const char *s, size_t n, char point, double *out);

enum { NUMBER_TEXT = 32 }; /* bytes that suffice for the text of a number */
/* Writes the finite number v with `digits` (1 to 17) significant digits, correctly rounded, as printf's "%.*g" does in
 * the C locale. Returns the length; there is no NUL at the end. */
size_t number_write(char out[NUMBER_TEXT], double v, int digits);

#endif
