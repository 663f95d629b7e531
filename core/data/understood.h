/* What a reader understood of a data file, in sentences for the user: `info MODEL DATA` prints them. A reader adds
 * facts to the list of its struct table or struct window_set; struct dataset gets a copy. A fact is a pair such as
 * ("separator", "semicolon") or ("label", "the last cell of each row ('y')"). */
#ifndef CORE_UNDERSTOOD_H
#define CORE_UNDERSTOOD_H

#include "core/base/mem.h"

struct understood {
	const char *what; /* one or two words, such as "separator" */
	const char *text; /* a sentence without its full stop; it has passed the text gate */
	struct understood *next;
};

/* Adds a fact to the end of *list. The text is made by printf's rules and passes the text gate. The arena owns the fact
 * and its strings. */
void understood_add(struct arena *a, struct understood **list, const char *what, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
/* Adds copies of all facts of `from` to the end of *list, in memory of the arena. */
void understood_copy(struct arena *a, struct understood **list, const struct understood *from);

/* Adds a line to the warnings of a table or a set of windows, one a line; NULL: there are none yet. They are put into
 * memory of the arena. */
void warnings_add(struct arena *a, const char **warnings, const char *line);

#endif
