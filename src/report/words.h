/* Command lines of tsviz that read the same model and data in the same way. */
#ifndef SRC_REPORT_WORDS_H
#define SRC_REPORT_WORDS_H

#include <stdio.h>
#include "src/cli/options.h"

/* Words of a command, NULL behind the last; words_release frees them. */
struct words {
	int n;
	char **word;
};
void words_add(struct words *w, const char *word);
/* "--name value"; nothing if value is NULL. */
void words_pair(struct words *w, const char *name, const char *value);
/* "tsviz VERB MODEL DATA", the recipe, and how the model is read, as the command line of o gave them. */
void words_begin(struct words *w, const struct options *o, const char *verb);
/* Writes the command for a POSIX shell: words that it would change are in single quotes. */
void words_print(const struct words *w, FILE *f);
void words_release(struct words *w);

#endif
