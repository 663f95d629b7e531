/* Windows with some of their points replaced. Everything that changes a window to see what the network makes of it asks
 * here, so that channels that are computed from others (--derive) are computed again and never contradict them.
 *
 *	perturb_init(&p, T, C, d, true, 1);
 *	perturb_apply(&p, x, replaced, REPLACE_MEAN, NULL, to);
 *
 * The points are grouped into units, which are replaced as a whole: unit u is steps u / own * length and the next ones,
 * `length` in all (the last units of a window may have fewer), of channel u % own. Windows are (T,C). */
#ifndef CORE_PERTURB_H
#define CORE_PERTURB_H

#include "core/data/dataset.h"

/* What stands where a point was: the mean of the channel in this window; 0; the straight line between the nearest
 * points of the channel that stay, and beyond the outermost of them its value, or the channel's mean where none stays;
 * the same point of another window. */
enum replace { REPLACE_MEAN, REPLACE_ZERO, REPLACE_INTERPOLATE, REPLACE_WINDOW, REPLACE_COUNT };
extern const char *const replace_names[]; /* "mean", "zero", "interpolate", "window"; NULL ends */

struct perturb {
	int64_t T, C;
	int64_t own;    /* channels that are replaced by themselves: the first ones */
	bool derived;   /* channels own .. C-1 are computed from them */
	int64_t length; /* steps of a unit */
	int64_t units;
};
/* series: channels that the recipe of d derives are computed again; otherwise every channel is replaced by itself. d
 * may be NULL: no channel is derived. length >= 1. */
void perturb_init(struct perturb *p, int64_t T, int64_t C, const struct dataset *d, bool series, int64_t length);
/* Whether the recipe of d (or NULL) derives channels. */
bool perturb_derives(const struct dataset *d);
/* score (units): the sum of abs(map (T,C)) over the points of a unit and over what is derived from its channel at the
 * same steps. What is not finite counts as 0. */
void perturb_scores(const struct perturb *p, const real *map, double *score);
/* Writes x with the units where replaced[u] is not 0 replaced. other (T,C): the other window, for REPLACE_WINDOW only.
 * `to` must be neither x nor other. */
void perturb_apply(const struct perturb *p, const real *x, const unsigned char *replaced, enum replace how,
                   const real *other, real *to);
/* Computes the derived channels of tc (T,C) again from the others, as dataset_window does. */
void perturb_derive(const struct perturb *p, real *tc);
/* The way back: adds to the gradient g (T,C) of the own channels what comes through the derived ones, whose own entries
 * become 0. x (T,C) is the window. */
void perturb_backward(const struct perturb *p, const real *x, real *g);

#endif
