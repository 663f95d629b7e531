#ifndef SRC_VERSION_H
#define SRC_VERSION_H

#include <stdio.h>

#define TSVIZ_VERSION "0.1.0"
#define TSVIZ_DATE "November 25, 2026" /* date of the manual */
/* Prints the version, the libraries, and the instruction sets that this processor has. */
void version_print(FILE *f);

#endif
