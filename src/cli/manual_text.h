/* Pieces of a page in mdoc, for manual.c and the pages that stand in files of their own. */
#ifndef SRC_MANUAL_TEXT_H
#define SRC_MANUAL_TEXT_H

#include <stdio.h>
#include "src/cli/options.h"

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
/* A command, as it is typed. */
void man_example(FILE *f, const char *command);
/* A label, a formula and where it is from. */
void man_formula(FILE *f, const char *label, const char *formula, const char *source);

/* "One of: ..." with the words of an option, if it chooses from any. */
void man_choices(FILE *f, const struct option_row *r);
/* ".It Fl -name Ar value", help, choices and default of an option. */
void man_option(FILE *f, const struct option_row *r, const struct verb *v);

/* A page whose name, section and description are known here; NULL ends them. */
struct man_page {
	const char *name; /* "tsviz-prune.7" */
	void (*print)(FILE *f);
};
/* One page for each verb, in manual_verbs.c, and the pages that are files in src/cli/pages, in manual_pages.c. */
extern const struct man_page man_verbs[], man_files[];
/* The page tsviz-prune(7), in manual_prune.c. */
void man_prune_7(FILE *f);

#endif
