/* Several inputs at once, for measures and methods that evaluate many, and for core/probe/batch.c. */
#include <stdlib.h>
#include "core/probe/probe.h"

static int64_t largest_value(const struct graph *g)
{
	int64_t most = 1;
	for (int i = 0; i < g->n_value; i++) {
		int64_t n = g->value[i].depends ? shape_count(&g->value[i].shape) : 0;
		most = n > most ? n : most;
	}
	return most;
}

int probe_width(struct probe *p)
{
	const struct graph *g = p->m->graph;
	if (!p->width)
		p->width = g->value[p->m->output].depends && g->value[p->m->logits].depends && run_lanes_pay(g)
		                   ? RUN_LANES
		                   : 1;
	return p->width;
}

struct run *probe_many(struct probe *p)
{
	const struct model *m = p->m;
	if (!p->many) {
		int *read = xcalloc((size_t)p->n_layer + 2, sizeof *read), n = 0;
		read[n++] = m->output;
		read[n++] = m->logits;
		for (int i = 0; i < p->n_layer; i++)
			if (layer_runs(&p->layer[i]) && probe_differentiable(p, i))
				read[n++] = p->layer[i].act;
		p->many = run_new_lanes(m->graph, n, read);
		p->many_scratch = xcalloc((size_t)largest_value(m->graph) * RUN_LANES, sizeof *p->many_scratch);
		free(read);
	}
	p->many_uses++;
	probe_set_switches(p, p->many);
	return p->many;
}

void probe_many_input(struct probe *p, struct run *many, int lane, const real *x)
{
	model_pack(p->m, x, p->native);
	run_input_lane(many, 0, lane, p->native);
}

static void take(struct run *to, const struct run *many, int lane, int v)
{
	lane_get(shape_count(&to->g->value[v].shape), run_real(many, v), lane, run_data(to, v));
}

const struct run *probe_many_lane(struct probe *p, const struct run *many, int lane, int layer)
{
	struct run *r = probe_twin(p);
	if (layer >= 0)
		take(r, many, lane, p->layer[layer].act);
	else {
		take(r, many, lane, p->m->output);
		take(r, many, lane, p->m->logits);
	}
	return r;
}
