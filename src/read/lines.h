/* A text in memory, line by line, and the words in it: what the readers of .ts, ARFF and wide tables share. */
#ifndef SRC_LINES_H
#define SRC_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
	const char *p, *end; /* what is left, beginning with the line that is read now */
	const char *eol;     /* end of that line, without its \r and \n: set by lines_here */
	int64_t line;        /* its number */
};

/* Finds where the line at p ends; l->p < l->end or the line is empty. */
void lines_here(struct lines *l);
/* On to the next line; lines_here was called for this one. At the end of the text p == end. */
void lines_next(struct lines *l);
/* The first of [p,eol) that is neither blank nor tab; eol where there is none. */
const char *skip_blanks(const char *p, const char *eol);
/* s[0..n) is the word, in any case of letters. */
bool word_is(const char *s, size_t n, const char *word);

#endif
