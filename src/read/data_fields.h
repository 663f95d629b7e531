/* The fields of a recipe that say how a file is read: --table, --array, --skip and so on. Each reader of data states
 * which of them it uses (struct data_reader.uses). */
#ifndef SRC_DATA_FIELDS_H
#define SRC_DATA_FIELDS_H

#include "src/read/read_data.h"

/* All fields that a reader may or may not use. Every reader uses --missing-value: see data_fields_missing(). */
unsigned data_fields(void);
/* Refuses a field that was given on the command line (q->asked) and that is not among `uses`. */
int data_fields_check(const char *format, unsigned uses, const struct data_wanted *q, struct err *e);
/* Refuses a field of the command line that is for series where ready windows were read, and the other way round. */
int data_fields_check_kind(const struct data *d, const struct data_wanted *q, struct err *e);
/* Adds a warning to the data for each other field of the recipe that is not among `uses`, if it says something else
 * than what was read. */
void data_fields_warn(struct data *d, unsigned uses, const struct data_wanted *q);
/* Makes the values that --missing-value names missing: the numbers of a table, of windows and of target values, and the
 * words in the columns of a table. Labels of windows are no values and stay. */
void data_fields_missing(struct data *d, const struct recipe *r);

#endif
