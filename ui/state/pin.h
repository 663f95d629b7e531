/* What `p` pins: the numbers of a window, or of a variant with filters off, to compare others with. They are copied as
 * they come: of a large network the last layers may still be missing when the user goes on. */
#ifndef UI_PIN_H
#define UI_PIN_H

#include "ui/state/scene.h"

struct pin {
	bool on, filling;
	unsigned id;       /* no two pins have the same; undo knows them by it */
	struct question q; /* what was asked: window, filters off, target, measure, method */
	int n_layer;
	int64_t C;
	real *output; /* (outputs); NULL: not there */
	int predicted;
	double target;
	real **scaled; /* [n_layer] importance 0..1 (F); NULL: not there, or the target does not reach the layer */
	real *map;     /* (T,C) saliency of the target; NULL: not there */
	double *share; /* (C) */
	/* pinned by the same target, target and measure, target and method with its baseline as what is asked now: only
	 * then they compare */
	bool alike_target, alike_importance, alike_map;
	real **comparable; /* scaled where alike_importance, else NULL */
};

/* Pins what is asked now. p must be empty, or is released. */
void pin_set(struct pin *p, const struct session *s);
void pin_release(struct pin *p);
/* Is what is pinned the same window with the same filters off? */
bool pin_is(const struct pin *p, const struct session *s);
/* Another question may be asked now: sets alike_... */
void pin_follow(struct pin *p, const struct session *s);
/* Copies what has come. While p->filling it needs all layers and the saliency of the target. */
void pin_fill(struct pin *p, struct scene *c, struct session *s);
/* Another question is asked: what is missing will not come. */
void pin_gone(struct pin *p);

#endif
