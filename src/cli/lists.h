/* What the program can do, as lists: --formats, --ops, --methods and --version. */
#ifndef SRC_LISTS_H
#define SRC_LISTS_H

#include <stdio.h>

void formats_print(FILE *f);
void ops_print(FILE *f);
void methods_print(FILE *f);
/* Prints the version, the libraries, and the instruction sets that this processor has. */
void version_print(FILE *f);

#endif
