/* Times that stand in a column of a table: as text in the usual forms of dates and clocks, or as numbers. A column is
 * read as a whole, because one cell alone does not say whether 03/04/2024 is in March or in April. */
#ifndef CORE_TIME_STAMP_H
#define CORE_TIME_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum time_kind {
	TIME_DATE,    /* seconds since 1970-01-01 UTC, where a zone is given; local time otherwise */
	TIME_ELAPSED, /* seconds since an unknown moment */
	TIME_COUNT,   /* numbers of unknown unit, such as an index */
};

struct time_form {
	enum time_kind kind;
	const char *what; /* in words, such as "dates, day first" or "Unix milliseconds" */
	bool has_date;    /* of text: the cells hold a date */
	bool has_clock;   /* of text: the cells hold a time of day, or an elapsed time */
	bool ambiguous;   /* the day may stand first or the month, nothing decides; the month is taken to be first */
};

/* Reads n cells of text. Writes the time of each cell to `at`; an empty cell gives NaN. It reads ISO 8601 with T and
 * zone, 02.01.2024 15:04, 01/02/2024 3:04 PM, 2 Jan 2024, Jan 02, 2024, 20240102150405 and parts of these; of two such
 * times with " - " between them, the first; clocks
 * 15:04:05.678 without a date and elapsed times such as 100:00:00 or 1 days 02:03:04. Clocks without a date that go on
 * after midnight are counted on. The order of day and month is what all cells allow; if more than one order fits, the
 * one in which the times fall and jump least often. Returns false if a cell is no time, or all are empty. */
bool time_of_texts(const char *const *cell, int64_t n, double *at, struct time_form *form);

/* The same for numbers: 20240102, 2024010215, 202401021504, 20240102150405; Unix seconds, milliseconds, microseconds
 * and nanoseconds from 1980 to 2100. Other numbers are elapsed times if the column's name gives a unit, as in "time
 * (ms)", or numbers of unknown unit. Never fails; NaN stays NaN. */
void time_of_numbers(const double *cell, int64_t n, const char *name, double *at, struct time_form *form);

/* What the steps from each time to the next are like. NaN on either side: the step is unknown and not counted. */
struct time_steps {
	double usual;           /* median of the positive steps; 0: there are none */
	int64_t up, same, down; /* steps that rise, stay, fall */
	int64_t jumps;          /* steps longer than 1.5 times the usual one */
	double longest;
	double mean; /* of the steps that are no jump and no fall; stamps may be rounded */
	bool even;   /* at most a third of the steps that rise are jumps */
};
/* Looks at n times. border: [n] whether the step to time i from the one before does not count; NULL: all steps count.
 */
struct time_steps time_steps_of(const double *at, int64_t n, const bool *border);
/* Returns whether a step is a jump forward, more than 1.5 times the usual one. */
bool time_is_jump(const struct time_steps *s, double step);

/* Writes a length of time as people say it: "3 h", "1.5 s", "2 d"; a number alone for TIME_COUNT. */
const char *time_say(double seconds, enum time_kind kind, char *buf, size_t size);

#endif
