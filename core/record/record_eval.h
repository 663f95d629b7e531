/* Evaluates the windows of a record: outputs, and the saliency map of the target by the question's method. */
#ifndef CORE_RECORD_EVAL_H
#define CORE_RECORD_EVAL_H

#include "core/probe/batch.h"
#include "core/record/record_plan.h"

struct analysis;

/* Of one thread. */
struct record_eval {
	const struct record_plan *p;
	struct question q;
	struct analysis *a;
	struct batch *batch; /* NULL: one window at a time */
};
/* The plan must outlive it; q is copied. */
void record_eval_init(struct record_eval *v, const struct record_plan *p, const struct question *q);
void record_eval_release(struct record_eval *v);
/* The n windows at places [from, from + n): output (n, outputs); map (n, T*C), abs of the saliency, or NULL. */
void record_eval_windows(struct record_eval *v, int64_t from, int64_t n, real *output, real *map);

/* Several threads, which share the work and give the same bits as one. */
struct record_team;
struct record_team *record_team_new(const struct record_plan *p, const struct question *q, int threads);
void record_team_free(struct record_team *t);
void record_team_windows(struct record_team *t, int64_t from, int64_t n, real *output, real *map);

#endif
