/* --array A,B: several arrays of one shape that are the channels of the same series or of the same windows. */
#ifndef SRC_ARRAY_NAMES_H
#define SRC_ARRAY_NAMES_H

#include <stdint.h>
#include "core/base/err.h"

enum { ARRAYS_MOST = 64 };

struct array_names {
	char *text; /* malloc'd; the names lie in it */
	const char *name[ARRAYS_MOST];
	int n;
};

/* Splits what --array says at its commas. On success array_names_release() frees the result. Returns an error if a name
 * is empty or stands twice, or if there are too many. */
int array_names_split(struct array_names *a, const char *asked, struct err *e);
void array_names_release(struct array_names *a);
/* Why the arrays `first` and `name` are no channels of the same data: their shapes, as texts. */
int array_names_differ(const char *first, const char *shape, const char *name, const char *other, struct err *e);

#endif
