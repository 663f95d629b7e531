/* Pieces of a page in mdoc, for manual.c and the pages that stand in files of their own. */
#ifndef SRC_MANUAL_TEXT_H
#define SRC_MANUAL_TEXT_H

#include <stdio.h>

/* Text with dashes and backslashes escaped, broken between words. */
void man_text(FILE *f, const char *s);
/* A quoted argument of a macro, and ".It MACRO argument". */
void man_argument(FILE *f, const char *s);
void man_item(FILE *f, const char *macro, const char *s);
/* A line; sentences, a line each; text with a full stop. */
void man_line(FILE *f, const char *s);
void man_paragraph(FILE *f, const char *s);
void man_sentence(FILE *f, const char *s);
/* The beginning of a page, and ".Sh" or ".Ss" with a title. */
void man_head(FILE *f, const char *name, int section, const char *what);
void man_heading(FILE *f, const char *kind, const char *title);
/* A label, a formula and where it is from. */
void man_formula(FILE *f, const char *label, const char *formula, const char *source);

/* The page tsviz-prune(7), in manual_prune.c. */
void man_prune_7(FILE *f);

#endif
