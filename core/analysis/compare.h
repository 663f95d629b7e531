/* One analysis beside another: the same window with filters switched off, or another window. Differences are the second
 * less the first.
 *
 *	b = analysis_copy(a);                 the same window and question
 *	analysis_ask(a, &other);              a goes on to another question
 *	compare_outputs(b, a, &c); compare_importance(b, a, layer, diff, NULL) ...
 *
 * Both must be of the same model. */
#ifndef CORE_COMPARE_H
#define CORE_COMPARE_H

#include "core/analysis/analysis.h"

/* Another analysis with the same data, window, true values and question; nothing that was computed is copied. The
 * caller frees it with analysis_free. */
struct analysis *analysis_copy(const struct analysis *a);

struct comparison {
	double target[2], loss[2]; /* NaN: there is none */
	int cls[2];                /* predicted class, -1 for a regression */
	bool same_window;
	double output; /* largest abs difference of an output */
};
void compare_outputs(struct analysis *a, struct analysis *b, struct comparison *c);
/* diff (F): raw importance of b less that of a, by each one's own measure. moved (F) or NULL: places that the filter
 * rose in the ranking. false: one of the targets does not depend on the layer; zeros. */
bool compare_importance(struct analysis *a, struct analysis *b, int layer, double *diff, int *moved);
/* diff (T,C): map of b less that of a (layer -1: of the target). Computes both maps. Returns the share of the first map
 * that changed: sum of abs(diff) over sum of abs(map of a); NaN for a map of zeros. */
double compare_saliency(struct analysis *a, struct analysis *b, int layer, int64_t filter, real *diff);

#endif
