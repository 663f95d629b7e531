/* Maps beside a mask: for data whose important points are known, how well a map finds them. */
#ifndef CORE_TRUTH_MASK_H
#define CORE_TRUTH_MASK_H

#include "core/data/perturb.h"

/* The important points of all rows of a series, or of all steps of ready windows, one window after the other. */
struct truth_mask {
	int64_t rows, C;         /* C: the channels of the window that are not derived from others */
	const unsigned char *at; /* (rows,C) 1: important, 0: not */
};
enum { TRUTH_FOUND = 4 }; /* the measures against a mask: AUC-PR, AUC-ROC, mass, rank, in this order */

/* inside (units): whether a unit of window i of d has an important point. p->own is mask->C, and the mask has all rows
 * of d. Returns the number of such units. */
int64_t truth_mask_units(const struct truth_mask *mask, const struct dataset *d, int64_t i, const struct perturb *p,
                         unsigned char *inside);
/* Compares the scores of n units with the mask `inside`. Units of equal score are taken together: what depends on
 * their order gets the mean over all orders. found: see truth_measures.def; all NaN if no unit is inside, or all are;
 * mass is NaN if all scores are 0. */
void truth_find(const double *score, const unsigned char *inside, int64_t n, double found[TRUTH_FOUND]);

#endif
