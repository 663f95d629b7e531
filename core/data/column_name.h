/* What a column is called. Upper and lower case, blanks and marks do not matter: "Sample No.", "sample_no" and
 * "SampleNo" are one name. */
#ifndef CORE_COLUMN_NAME_H
#define CORE_COLUMN_NAME_H

#include <stdbool.h>

enum { COLUMN_NAME_MAX = 32 };

/* Writes a name in small letters and without blanks and marks: "Sample No." is "sampleno". Marks of units and formulas
 * ("m/s", "%"), letters beyond ASCII and a name of marks alone ("#") stay. Returns false, with an empty name, if it
 * does not fit, or if it stands in brackets, because that is a unit. */
bool column_name_plain(const char *name, char plain[COLUMN_NAME_MAX]);
/* Returns whether a name is in a list of plain names, which ends with NULL. */
bool column_name_among(const char *const *list, const char *name);
/* Returns whether a word of a name is in a list, which ends with NULL. Words are runs of letters and digits; a capital
 * letter after a small one begins a word. */
bool column_name_has_word(const char *const *list, const char *name);
/* Returns whether a column is called as columns of times are: "Time (s)", "unix". */
bool column_name_is_time(const char *name);

#endif
