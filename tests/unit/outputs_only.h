/* Checks that a run that keeps only the outputs gives the same bits as a run that keeps everything, whatever its
 * memory held before. */
#ifndef TESTS_OUTPUTS_ONLY_H
#define TESTS_OUTPUTS_ONLY_H

#include "core/run/run.h"
#include "tests/unit/unit.h"

/* all: a run after run_forward() on the graph's own weights. Returns the bytes of the other run's data. */
static inline size_t check_outputs_only(const struct run *all, int n, const int *value)
{
	const struct graph *g = all->g;
	struct run *r = run_new_outputs(g, n, value);
	for (int round = 0; round < 2; round++) {
		memset(r->data, round ? 0x3f : 0xff, r->data_bytes);
		for (int k = 0; k < g->n_input; k++) {
			const struct value *v = &g->value[g->input[k]];
			size_t bytes =
			        (size_t)shape_count(&v->shape) * (v->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t));
			memcpy(r->val[g->input[k]], all->val[g->input[k]], bytes);
		}
		run_forward(r);
		for (int i = 0; i < n; i++) {
			const struct value *v = &g->value[value[i]];
			size_t bytes =
			        (size_t)shape_count(&v->shape) * (v->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t));
			ck_assert_msg(!memcmp(r->val[value[i]], all->val[value[i]], bytes), "value '%s' in round %d",
			              v->name, round);
		}
	}
	size_t bytes = r->data_bytes;
	run_free(r);
	return bytes;
}

#endif
