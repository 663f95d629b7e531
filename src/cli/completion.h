/* Completions for shells, made from the tables of verbs and options. */
#ifndef SRC_COMPLETION_H
#define SRC_COMPLETION_H

#include <stdio.h>

/* What prints the completions for "bash", "zsh" or "fish"; NULL: no such shell. */
void (*completion_of(const char *shell))(FILE *f);
/* The names of the shells by number; NULL behind the last. */
const char *completion_name(int i);

#endif
