/* Compares two analyses: of the same window with different filters switched off, or of two windows. A difference is the
 * second analysis minus the first.
 *
 *	b = analysis_copy(a);                 the same window and question
 *	analysis_ask(a, &other);              a goes on to another question
 *	compare_outputs(b, a, &c); compare_importance(b, a, layer, diff, NULL) ...
 *
 * Both must be of the same model. */
#ifndef CORE_COMPARE_H
#define CORE_COMPARE_H

#include "core/analysis/analysis.h"

/* Returns a new analysis with the same data, window, true values and question. Computed numbers are not copied. The
 * caller frees it with analysis_free. */
struct analysis *analysis_copy(const struct analysis *a);

struct comparison {
	double target[2], loss[2]; /* NaN: there is none */
	int cls[2];                /* predicted class, -1 for a regression */
	bool same_window;
	double output; /* largest abs difference of an output */
};
void compare_outputs(struct analysis *a, struct analysis *b, struct comparison *c);
/* Fills diff (F) with the raw importance of b minus that of a, each by its own measure. Fills moved (F), unless it is
 * NULL, with the number of places that each filter rose in the ranking. Returns false, with zeros, if one of the
 * targets does not depend on the layer. */
bool compare_importance(struct analysis *a, struct analysis *b, int layer, double *diff, int *moved);
/* Computes both maps of a filter, or of the target if layer is -1, and fills diff (T,C) with the map of b minus that of
 * a. Returns the share of the first map that changed: the sum of abs(diff) divided by the sum of abs(map of a). It is
 * NaN if the map of a is all zeros. */
double compare_saliency(struct analysis *a, struct analysis *b, int layer, int64_t filter, real *diff);

#endif
