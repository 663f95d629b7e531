/* What a terminal sends that is no key: answers to questions (ESC [ ? 1 ; 2 c, ESC ] 11 ; rgb:.. BEL, ESC P .. ESC \),
 * reports, keys that curses does not know. None of it may act as commands, so a sequence is recognised from its first
 * bytes to its end (ECMA-48, sections 5.4 and 5.6). Keys come here, too, when a slow line has torn them so that curses
 * did not wait for their end. */
#ifndef UI_ESCAPE_H
#define UI_ESCAPE_H

#include <stdbool.h>

enum { ESCAPE_MOST = 65536, ESCAPE_TEXT = 12 }; /* after so many characters it was no sequence; what is kept of one */

struct escape {
	enum { ESCAPE_NONE, ESCAPE_CONTROL, ESCAPE_SHORT, ESCAPE_STRING, ESCAPE_STRING_END } state;
	int n;
	char text[ESCAPE_TEXT]; /* control and short ones, from ESC on; cut when longer */
};

/* Does ESC followed by this character begin a sequence? Then all that follows goes to escape_feed while it returns
 * true. */
bool escape_begin(struct escape *e, int c);
/* Is c a part of the sequence that was begun? */
bool escape_feed(struct escape *e, int c);
/* The sequence that the last character ended; NULL: it ended none, or one that is no key. */
const char *escape_ended(const struct escape *e);

#endif
