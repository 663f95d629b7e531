/* Cells of CSV files. */
#ifndef SRC_EXPORT_CELLS_H
#define SRC_EXPORT_CELLS_H

#include <stdio.h>

/* Writes a text, in quotes where it needs them. */
void csv_cell(FILE *f, const char *s);
/* Writes a comma and a number with 9 significant digits; "nan", "inf" or "-inf". */
void csv_number(FILE *f, double v);

#endif
