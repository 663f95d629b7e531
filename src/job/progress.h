/* One line on a terminal that says how far long work is. */
#ifndef SRC_PROGRESS_H
#define SRC_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;      /* the line is written */
	bool written; /* there is a line to clear */
	double from, last;
};
/* wanted: the answer does not go to the same terminal. The line is written only if standard error is a terminal. */
void progress_init(struct progress *p, bool wanted);
/* Says that piece i of n is next; nothing in the first second, and not more often than five times in a second. */
void progress_say(struct progress *p, int64_t i, int64_t n, const char *what);
/* Clears the line. */
void progress_end(struct progress *p);
/* Seconds of a clock that only goes forward. */
double clock_seconds(void);

#endif
