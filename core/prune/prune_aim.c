#include "core/prune/prune_aim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/graph/op.h"

enum { NORMS_BETWEEN = 2 };

static int only_reader(const struct graph *g, int value)
{
	int found = -1;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] == value) {
				if (found >= 0)
					return -1;
				found = i;
			}
	return found;
}

static bool consumes(const struct prune_map *p, int node)
{
	for (int k = 0; k < p->n_consumer; k++)
		if (p->consumer[k].node == node && p->consumer[k].kind != PRUNE_SUM)
			return true;
	return false;
}

/* Whether a value is final when the consumer is solved: what it follows from holds no consumer that is as late. */
static bool settled(const struct prune_map *p, const struct prune_consumer *c, int value)
{
	const struct graph *g = p->m->graph;
	bool *wanted = xcalloc((size_t)g->n_value + 1, sizeof *wanted), good = true;
	wanted[value] = true;
	for (int i = g->n_node - 1; i >= c->node && good; i--) {
		const struct node *n = &g->node[i];
		bool any = false;
		for (int k = 0; k < n->n_out; k++)
			any |= n->out[k] >= 0 && wanted[n->out[k]];
		good = !any || !consumes(p, i);
		for (int k = 0; k < n->n_in && any; k++)
			if (n->in[k] >= 0)
				wanted[n->in[k]] = true;
	}
	free(wanted);
	return good;
}

/* The other summand of a node that adds two values of one shape; -1: it does not. */
static int other_summand(const struct graph *g, const struct node *n, int value)
{
	bool adds = !strcmp(n->op->name, "Add") || !strcmp(n->op->name, "Sum");
	int other = adds && n->n_in == 2 ? n->in[n->in[0] == value] : -1;
	if (other < 0 || !g->value[other].depends || !shape_equal(&g->value[other].shape, &g->value[value].shape))
		return -1;
	return other;
}

void prune_aim_init(struct prune_aim *a, const struct prune_map *p, const struct prune_consumer *c, int64_t filters)
{
	const struct graph *g = p->m->graph;
	int value = g->node[c->node].out[0];
	*a = (struct prune_aim){ .other = -1, .scale = xcalloc((size_t)filters + 1, sizeof *a->scale) };
	for (int64_t i = 0; i < filters; i++)
		a->scale[i] = 1;
	for (int k = 0; k <= NORMS_BETWEEN; k++) {
		int at = only_reader(g, value);
		const struct node *n = at < 0 ? NULL : &g->node[at];
		int other = n ? other_summand(g, n, value) : -1;
		if (other >= 0 && settled(p, c, other))
			a->other = other;
		if (!n || !(n->op->flags & OP_BATCH_NORM) || n->in[0] != value || !g->value[n->in[1]].constant)
			return;
		double epsilon = attr_float(n, "epsilon", 1e-5);
		for (int64_t i = 0; i < filters; i++)
			a->scale[i] *=
			        (double)g->value[n->in[1]].r[i] / sqrt((double)g->value[n->in[4]].r[i] + epsilon);
		value = n->out[0];
	}
}

void prune_aim_release(struct prune_aim *a)
{
	free(a->scale);
}
