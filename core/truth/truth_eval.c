#include "core/truth/truth_eval.h"

#include <stdlib.h>

void truth_eval_make(struct truth_eval *v, struct probe *p)
{
	const struct model *m = p->m;
	int value[] = { m->output, m->logits };
	*v = (struct truth_eval){ .p = p };
	bool depends = m->graph->value[m->output].depends && m->graph->value[m->logits].depends;
	if (depends && run_lanes_pay(m->graph))
		v->lanes = run_new_outputs_lanes(m->graph, 2, value);
	v->native = xcalloc((size_t)probe_window_count(p), sizeof *v->native);
	v->row = xcalloc((size_t)m->outputs, sizeof *v->row);
}

void truth_eval_release(struct truth_eval *v)
{
	run_free(v->lanes);
	free(v->native);
	free(v->row);
}

void truth_eval_add(struct truth_eval *v, const real *x, double *to)
{
	if (!v->lanes) {
		*to = probe_target(v->p, probe_twin_run(v->p, x));
		return;
	}
	model_pack(v->p->m, x, v->native);
	run_input_lane(v->lanes, 0, v->n, v->native);
	v->to[v->n++] = to;
	if (v->n == RUN_LANES)
		truth_eval_end(v);
}

/* The lanes that are not used hold windows of the past. */
void truth_eval_end(struct truth_eval *v)
{
	const struct model *m = v->p->m;
	if (!v->n)
		return;
	probe_set_switches(v->p, v->lanes);
	run_forward(v->lanes);
	struct run *twin = probe_twin(v->p);
	for (int l = 0; l < v->n; l++) {
		lane_get(m->outputs, run_real(v->lanes, m->output), l, run_data(twin, m->output));
		lane_get(m->outputs, run_real(v->lanes, m->logits), l, run_data(twin, m->logits));
		*v->to[l] = probe_target(v->p, twin);
	}
	v->n = 0;
}
