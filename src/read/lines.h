/* Reads a text in memory line by line and finds the words of a line. The readers of .ts, ARFF and wide tables share
 * it.
 *
 * Call lines_here() for the first line. For each further line call lines_next() and then lines_here(). */
#ifndef SRC_LINES_H
#define SRC_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
	const char *p, *end; /* the text that is left; it begins with the current line */
	const char *eol;     /* end of the current line without its \n, \r\n or \r; lines_here() sets it */
	int64_t line;        /* number of the current line */
	const char *comment; /* lines that begin so are comments, too: --comment; NULL: none */
};

/* Finds the end of the line that begins at p and stores it in eol. */
void lines_here(struct lines *l);
/* Moves to the next line. lines_here() must have been called for the current line. At the end of the text p == end. */
void lines_next(struct lines *l);
/* Returns the first character of [p,eol) that is neither a blank nor a tab, or eol if there is none. */
const char *skip_blanks(const char *p, const char *eol);
/* Finds the next word of [*p,eol), which blanks end, and moves *p behind it. Returns its length; 0: there is none. */
size_t take_word(const char **p, const char *eol, const char **word);
/* Returns whether the current line is blank or begins with #, with % or as l->comment says. lines_here() must have been
 * called for it. */
bool line_is_comment(const struct lines *l);
/* Returns whether s[0..n) equals the word. Upper and lower case of ASCII letters are not distinguished. */
bool word_is(const char *s, size_t n, const char *word);

#endif
