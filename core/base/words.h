/* Lists of words from which a user chooses, and the search for the word that a user who mistyped it meant. */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include <stddef.h>

/* The index of a word in a list that ends with NULL, or -1 if the list does not contain it. */
int words_find(const char *const *list, const char *word);
/* Writes all words of the list to buf, with ", " between them. What does not fit is cut off. Returns buf. */
char *words_join(const char *const *list, char *buf, size_t size);

/* The smallest number of edits that turn a into b. An edit inserts, removes or replaces a byte or exchanges two
 * neighbours; no part is edited twice (optimal string alignment: Damerau 1964, Communications of the ACM 7(3);
 * Levenshtein 1966). Upper and lower case of ASCII letters count as equal. If a word is longer than WORD_BYTES_MAX,
 * the result is the length of the longer word. */
enum { WORD_BYTES_MAX = 64 };
int word_distance(const char *a, const char *b);

/* The search for the nearest word:
 *
 *	struct nearest n = { .asked = "grdient" };
 *	for each word of the list: nearest_try(&n, word);
 *	err_set(e, ERR_VALUE, "...%s", nearest_say(&n, buf, sizeof buf));
 *
 * The struct points at the words, so they must live until nearest_say. */
struct nearest {
	const char *asked;
	const char *best; /* the nearest word so far; NULL: none is near enough */
	int distance;     /* from `asked` to `best` */
};
void nearest_try(struct nearest *n, const char *word);
/* Writes "; did you mean 'gradient'?" to buf, or "" if no word is near. Returns buf. */
char *nearest_say(const struct nearest *n, char *buf, size_t size);
enum { NEAREST_SAY = 128 }; /* bytes that suffice for the sentence */

#endif
