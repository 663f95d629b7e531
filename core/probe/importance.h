/* Importance: how much each filter of a layer matters for the target, by one of the measures in a table.
 *
 *	struct importance_job j;
 *	importance_begin(&j, p, measure, layer, raw);
 *	while (importance_step(&j)) ...      other work may be done between two steps
 *
 * To add a measure: a function `rows` or `step` and a row in the table of importance.c. */
#ifndef CORE_IMPORTANCE_H
#define CORE_IMPORTANCE_H

#include "core/probe/probe.h"

/* What a measure works on. Between two steps nothing but the job is kept: the probe's runs may have been used for
 * something else. */
struct importance_job {
	struct probe *p;
	bool active;
	int measure; /* index into importance_measures */
	int layer;
	real *raw; /* (F): complete once the last step has returned false */
	/* for the measures; zero at the beginning */
	int64_t i;     /* filter that is next */
	double whole;  /* the target's value with all filters */
	uint64_t twin; /* p->twin_uses, or p->many_uses, when this job last used that run */
};

struct importance_measure {
	const char *name, *label, *formula, *source;
	/* The raw values of a layer from its gradient g (F,times), or NULL: the measure has a function `step`. */
	void (*rows)(struct probe *p, int layer, const real *g, real *raw);
	/* The same for RUN_LANES windows at once: a and g (times,RUN_LANES) are activation and gradient of one filter,
	 * raw (RUN_LANES). Each lane gets the bits of `rows`. NULL: the measure has none. */
	void (*lanes)(int64_t times, const real *a, const real *g, real *raw);
	/* About one pass of the network's worth of work on the raw values of one layer that the target depends on.
	 * true: there is more to do. NULL: the measure has a function `rows`. */
	bool (*step)(struct importance_job *j);
	bool before;      /* it needs gradients before activation functions */
	bool activations; /* `rows` asks for activations */
};
extern const struct importance_measure importance_measures[]; /* name NULL ends */
int importance_find(const char *name);                        /* index, or -1 */

/* Tells the probe which gradients the measure in use needs. Called before the first gradient is computed it saves a
 * backward pass. */
void importance_prepare(struct probe *p);
/* raw (F) is filled by the measure: an index into importance_measures. A measure other than the question's must have a
 * function `step`. */
void importance_begin(struct importance_job *j, struct probe *p, int measure, int layer, real *raw);
bool importance_step(struct importance_job *j); /* false: done */
/* Does the target depend on the layer? It computes what the measure needs, too, if one pass gives both. */
bool importance_depends(struct probe *p, int layer);

/* raw (F): the sum over time of abs(g (F,times)). */
void importance_abs_sum(const real *g, int64_t F, int64_t times, real *raw);

#endif
