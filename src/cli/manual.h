/* The manual in mdoc. Whatever the program knows of itself (verbs, options, keys, measures, methods, settings) comes
 * from the tables that drive it; only what explains stands here. */
#ifndef SRC_MANUAL_H
#define SRC_MANUAL_H

#include <stdio.h>

/* What prints "tsviz.1", "tsviz-config.5" or "tsviz-methods.7"; NULL: no such page. */
void (*manual_page(const char *name))(FILE *f);
/* Prints the names of all pages, one a line. */
void manual_list(FILE *f);
/* The names of the pages by number; NULL behind the last. */
const char *manual_name(int i);

#endif
