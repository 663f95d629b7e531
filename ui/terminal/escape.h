/* Sequences that a terminal sends and that are no keys: answers to questions (ESC [ ? 1 ; 2 c, ESC ] 11 ; rgb:.. BEL,
 * ESC P .. ESC \), reports, and keys that curses does not know. None of them may act as a command, so a sequence is
 * recognised from its first byte to its last (ECMA-48, sections 5.4 and 5.6). A slow line may tear the sequence of a
 * key apart so that curses does not wait for its end: such a key comes here, too. */
#ifndef UI_ESCAPE_H
#define UI_ESCAPE_H

#include <stdbool.h>

enum {
	ESCAPE_MOST = 65536, /* a longer one is no sequence */
	ESCAPE_TEXT = 24,    /* characters that are kept of one */
};

struct escape {
	enum { ESCAPE_NONE, ESCAPE_CONTROL, ESCAPE_SHORT, ESCAPE_STRING, ESCAPE_STRING_END, ESCAPE_MOUSE } state;
	int n;
	char text[ESCAPE_TEXT]; /* of control and short sequences: the first characters, from ESC on */
};

/* True: ESC followed by this character begins a sequence. The characters that follow go to escape_feed as long as it
 * returns true. */
bool escape_begin(struct escape *e, int c);
/* True: c belongs to the sequence. */
bool escape_feed(struct escape *e, int c);
/* The sequence that ended with the last character; NULL: no sequence ended, or one that cannot be a key. */
const char *escape_ended(const struct escape *e);

#endif
