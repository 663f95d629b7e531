/* Text in HTML and SVG. */
#ifndef SRC_EXPORT_MARKUP_H
#define SRC_EXPORT_MARKUP_H

#include <stdio.h>

/* Writes a cleaned text so that it is only text, also within a value in double quotes. */
void markup_text(FILE *f, const char *s);

#endif
