/* Lists of words that a user chooses from, and the nearest word where what the user wrote is none of them. */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include <stddef.h>

/* The place of a word in a list that ends with NULL; -1: it is not there. */
int words_find(const char *const *list, const char *word);
/* All words of the list in buf with ", " between them, cut where buf ends. Returns buf. */
char *words_join(const char *const *list, char *buf, size_t size);

/* The number of edits that turn a into b: a letter inserted, removed or replaced, or two neighbours exchanged, each
 * part edited once (optimal string alignment: Damerau 1964, Communications of the ACM 7(3); Levenshtein 1966). Case of
 * ASCII letters does not count. Bytes, not characters. Words longer than WORD_BYTES_MAX are as far apart as their
 * lengths allow. */
enum { WORD_BYTES_MAX = 64 };
int word_distance(const char *a, const char *b);

/* The search for the nearest word:
 *
 *	struct nearest n = { .asked = "grdient" };
 *	for each word of the list: nearest_try(&n, word);
 *	err_set(e, ERR_VALUE, "...%s", nearest_say(&n, buf, sizeof buf));
 *
 * Words are kept by reference: they must live until nearest_say. */
struct nearest {
	const char *asked;
	const char *best; /* NULL: none is near enough */
	int distance;     /* of best */
};
void nearest_try(struct nearest *n, const char *word);
/* "; did you mean 'gradient'?", or "" where no word is near. Returns buf. */
char *nearest_say(const struct nearest *n, char *buf, size_t size);
enum { NEAREST_SAY = 128 }; /* bytes that suffice for the sentence */

#endif
