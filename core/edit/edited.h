/* An edited window: raw rows, and the window that the model reads if a file holds them. It does not change after it is
 * made, so threads share it. Whoever keeps one holds it, and drops it when it is no longer needed.
 *
 *	struct edited *e = edited_new(d, window);   the window as it is in the file
 *	e->raw[t * e->own + c] = v;                 only before anybody else holds it
 *	edited_derive(e, d);
 *	edited_drop(e); */
#ifndef CORE_EDITED_H
#define CORE_EDITED_H

#include <stdatomic.h>
#include "core/data/dataset.h"

enum { EDITED_NOTE = 160 };
struct edited {
	atomic_int *holders;
	int64_t window;         /* of the data: labels, true values and time stamps are those of this window */
	int64_t T, C;           /* as the model reads it */
	int64_t own;            /* channels that the recipe does not derive: the first ones */
	int64_t length;         /* steps before the padding, which nothing changes */
	float *raw;             /* (T,own) as a file would have them */
	real *x;                /* (T,C) scaled and derived */
	char note[EDITED_NOTE]; /* what it is, in words; "": edited by hand */
};

/* Makes window i of d as it is in the file: x is that of dataset_window. The caller drops it. */
struct edited *edited_new(const struct dataset *d, int64_t i);
/* The same, but x becomes tc (T,C), as near as a file can say it: the raw value of each point that is not derived is
 * rounded to float, and what is derived is computed again. Returns NULL if a value is not finite. */
struct edited *edited_of(const struct dataset *d, int64_t i, const real *tc);
/* A copy that may be changed. The caller drops it. */
struct edited *edited_copy(const struct edited *e);
/* Computes x from raw, as a reader of the raw rows does. */
void edited_derive(struct edited *e, const struct dataset *d);
/* Returns e, which may be NULL, with one more holder; edited_drop frees it with its last one. */
const struct edited *edited_hold(const struct edited *e);
void edited_drop(const struct edited *e);
/* Returns whether the raw rows are the same. */
bool edited_equal(const struct edited *a, const struct edited *b);
/* Writes the true values of the window to y, as dataset_truth does; where the window itself is the truth, they are the
 * edited ones. */
bool edited_truth(const struct edited *e, const struct dataset *d, real *y);

#endif
