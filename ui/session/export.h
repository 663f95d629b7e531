/* How the browser hands out what is seen. It knows no file format: it gives a screen, numbers or a writer of plain text
 * to the callbacks of whoever called it (src/export/export.c), and the name's end says what is written: .svg or .txt of
 * a screen; .npy, .csv, .json or .txt of numbers. All return 0 or a negative code with a sentence in e; a file that
 * exists is not overwritten. */
#ifndef UI_EXPORT_H
#define UI_EXPORT_H

#include <stdio.h>
#include "core/base/real.h"
#include "ui/draw/canvas.h"
#include "ui/draw/style.h"

enum { EXPORT_RANK = 6 };

struct export_numbers {
	const char *name; /* what they are: "conv1d_4 activation, window 1234" */
	int rank;         /* 0..EXPORT_RANK */
	int64_t dim[EXPORT_RANK];
	const char *axis[EXPORT_RANK];         /* "filter", "step", "channel" */
	const char *const *label[EXPORT_RANK]; /* names along an axis (dim), or NULL: numbers from 0 */
	const real *v;                         /* row-major */
};

struct export_look {
	enum theme theme;
	int clusters;      /* how many are drawn: chooses the palette (ui/draw/style.h) */
	const char *title; /* the picture's title, for screen readers and tabs */
};

struct edited;
struct model;
struct dataset;

struct export_ops {
	int (*screen)(const char *path, const struct canvas *c, const struct export_look *look, struct err *e);
	int (*numbers)(const char *path, const struct export_numbers *n, struct err *e);
	/* The raw rows of an edited window of d as CSV, and beside it, as PATH.recipe.json, the recipe by which the
	 * window is read again. */
	int (*rows)(const char *path, const struct edited *e, const struct model *m, const struct dataset *d,
	            struct err *err);
	/* write(arg, f): a view's dump */
	int (*text)(const char *path, void (*write)(void *arg, FILE *f), void *arg, struct err *e);
};

#endif
