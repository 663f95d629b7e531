/* The pin: a copy of the numbers of one window, with some filters perhaps switched off. The user sets it with `p` and
 * then compares other windows or variants with it. The numbers are copied as they arrive from the worker. What is still
 * missing when the user goes on is asked for as the scene's second question, once a view compares. */
#ifndef UI_PIN_H
#define UI_PIN_H

#include "ui/scene/scene.h"

struct pin {
	bool on, filling; /* on: something is pinned; filling: numbers of the pin may still arrive */
	/* The numbers are those of the model beside; its layers are those that belong to this model's. NULL: of this
	 * model. */
	const struct beside *beside;
	unsigned id;       /* identifies the pin for undo; no two pins share one */
	struct question q; /* the question when it was pinned: window, filters off, target, measure, method */
	int n_layer;
	int64_t C;
	real *input; /* (T,C) the window */
	real *y;     /* (outputs) true values, when has_y */
	bool has_y;
	int cls;      /* true class, or -1 */
	real *output; /* (outputs); NULL: not copied yet */
	int predicted;
	double target, loss; /* loss: NaN: none */
	real **scaled; /* [n_layer] of (F), importance 0..1; NULL: not copied yet, or the target does not depend on the
	                  layer */
	struct range *range; /* [n_layer] of the raw importance, which is 0 to 1 in `scaled` */
	bool *has;           /* [n_layer]: what the target depends on in this layer is known */
	real *map;           /* (T,C) saliency of the target; NULL: not copied yet */
	double *share;       /* (C) the share of each channel in map */
	/* Whether the pin's numbers can be compared with those of the current question. alike_target: the target is the
	 * same. alike_importance: target and measure are the same. alike_map: target, method and the method's baseline
	 * are the same. */
	bool alike_target, alike_importance, alike_map;
	real **comparable; /* equal to scaled if alike_importance is true, else NULL */
};

/* Pins the current question. It copies the question and releases what p held before. No numbers are copied yet. The
 * caller releases p with pin_release. */
void pin_set(struct pin *p, const struct session *s);
/* Makes p what is compared with where nothing is pinned: the model beside, or, where there is none, the intact network,
 * at the session's question with no filter off. Does nothing if it is that already. The caller releases p with
 * pin_release. */
void pin_intact(struct pin *p, const struct session *s);
/* Frees what p owns and leaves p empty. An empty p is fine. */
void pin_release(struct pin *p);
/* Returns true if the pin has the session's current window and the same filters off; false if nothing is pinned. */
bool pin_is(const struct pin *p, const struct session *s);
/* Sets the alike_... flags and `comparable` for the session's current question. Call it when the question may have
 * changed. */
void pin_follow(struct pin *p, const struct session *s);
/* Copies the numbers that have arrived and are not stale. Does nothing unless p->filling. While p->filling is true the
 * scene has to fetch all layers and the saliency of the target. */
void pin_fill(struct pin *p, struct scene *c, struct session *s);
/* Copies what is missing from the answers to the scene's second question, if that is the pin's. Returns true if nothing
 * is missing any more. */
bool pin_complete(struct pin *p, const struct scene *c, const struct session *s);
/* Stops the filling: the user asks another question, so the missing numbers will not arrive. */
void pin_gone(struct pin *p);

#endif
