/* One step of editing: an operation on a segment of one raw channel, or of all. It makes a new window and leaves the
 * one before as it is, so a step back is that one. */
#ifndef CORE_EDIT_H
#define CORE_EDIT_H

#include "core/edit/edited.h"

enum edit_op {
#define EDIT_OP(id, name, what, formula) EDIT_##id,
#include "core/edit/edit_ops.def"
#undef EDIT_OP
	EDIT_OPS
};
struct edit_op_row {
	const char *name, *what, *formula;
};
extern const struct edit_op_row edit_ops[]; /* [EDIT_OPS], and a row of NULL */

enum { EDIT_ALL = -1 };

/* What was copied: n steps of one channel, or of all. */
struct edit_clip {
	int64_t n, own;
	int64_t channel; /* that was copied, or EDIT_ALL */
	float *v;        /* (n,own) raw; NULL: nothing was copied */
};
struct edit {
	enum edit_op op;
	int64_t from, n;              /* the segment: it is cut at the end of the window, before its padding */
	int64_t channel;              /* EDIT_ALL, or one of the first `own` ones */
	double by;                    /* SHIFT, NOISE: units; SCALE: factor; SET: raw value */
	const double *unit;           /* (own) SHIFT, NOISE: what a unit is in each channel, raw */
	uint64_t seed;                /* NOISE */
	const struct edit_clip *clip; /* PASTE; what one channel had goes to the one that is edited, or, if that is
	                               * EDIT_ALL, to where it was */
};

/* Returns the window after the step; the caller drops it. NULL: it cannot be, or changes nothing, and e->text says
 * why. */
struct edited *edit_apply(const struct edited *from, const struct edit *s, const struct dataset *d, struct err *e);
/* Copies a segment of one channel or of all to *to, whose old values are freed. The caller releases it. Returns false,
 * and copies nothing, if the segment lies in the padding. */
bool edit_copy(struct edit_clip *to, const struct edited *from, int64_t at, int64_t n, int64_t channel);
void edit_clip_release(struct edit_clip *c);
/* unit (own): the deviation of each raw channel over up to 64 windows, spread evenly over the data; where it is 0, the
 * size of the channel's values, or 1. */
void edit_units(const struct dataset *d, double *unit);

#endif
