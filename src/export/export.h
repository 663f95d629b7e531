/* Files that hold what is seen: pictures of a screen, tables of numbers. The format goes by the name's end. */
#ifndef SRC_EXPORT_EXPORT_H
#define SRC_EXPORT_EXPORT_H

#include "ui/session/export.h"

extern const struct export_ops export_files; /* for the browser: existing files stay */

/* To a stream. The SVG's text is text: one element for every run of one style. */
void export_svg(const struct canvas *c, const struct export_look *look, FILE *f);
void export_csv(const struct export_numbers *n, FILE *f); /* a line a number, its axes before it; two axes: a table */
void export_json(const struct export_numbers *n, FILE *f);
/* NumPy's format 1.0, little-endian float (double in the f64 build); shape from n. */
void export_npy(const struct export_numbers *n, FILE *f);
void export_npy_integers(int rank, const int64_t *dim, const int64_t *v, FILE *f);
/* By the end of `path`; .npy where it says nothing. */
void export_numbers(const char *path, const struct export_numbers *n, FILE *f);

#endif
