#include "core/graph/fold.h"

#include <stdlib.h>
#include "core/graph/op.h"

bool fold_wanted(const struct graph *g, const struct node *n)
{
	if (n->op->flags & OP_OF_SHAPE)
		return true;
	for (int i = 0; i < n->n_in; i++)
		if (n->in[i] >= 0 && !g->value[n->in[i]].constant)
			return false;
	return true;
}

/* Allocates the outputs. */
static int fold_outputs(struct graph *g, const struct node *n, void **y, struct err *e)
{
	for (int i = 0; i < n->n_out; i++) {
		if (n->out[i] < 0)
			continue;
		struct value *v = &g->value[n->out[i]];
		size_t bytes = value_bytes(v);
		if ((int64_t)bytes > g->fold_bytes)
			return err_set(e, ERR_LIMIT,
			               "node '%s' (%s): a constant of %zu bytes is too large to compute while loading; "
			               "see --max-mem",
			               n->name, n->op->name, bytes);
		g->fold_bytes -= (int64_t)bytes;
		g->const_bytes += (int64_t)bytes;
		y[i] = arena_alloc(&g->arena, bytes, 1);
	}
	return 0;
}

int fold_last_node(struct graph *g, struct err *e)
{
	struct node *n = &g->node[g->n_node - 1];
	const void **x = xcalloc((size_t)n->n_in, sizeof *x);
	void **y = xcalloc((size_t)n->n_out, sizeof *y);
	int64_t work = graph_work(g, n);
	int bad = work > g->fold_work ? err_set(e, ERR_LIMIT,
	                                        "node '%s' (%s): a constant that takes too long to compute while "
	                                        "loading; export it computed",
	                                        n->name, n->op->name)
	                              : fold_outputs(g, n, y, e);
	if (!bad) {
		g->fold_work -= work;
		for (int i = 0; i < n->n_in; i++) {
			const struct value *v = n->in[i] >= 0 ? &g->value[n->in[i]] : NULL;
			x[i] = !v ? NULL : v->dtype == DT_REAL ? (const void *)v->r : (const void *)v->i;
		}
		void *save = xalloc_aligned(n->save_bytes), *tmp = xalloc_aligned(n->tmp_bytes);
		struct op_call c = { .g = g, .n = n, .x = x, .y = y, .save = save, .tmp = tmp, .lanes = 1 };
		if (!node_is_empty(g, n))
			n->op->forward(&c);
		/* a constant computed from weights is a weight, such as a transposed kernel */
		bool weight = false;
		for (int i = 0; i < n->n_in; i++)
			weight |= n->in[i] >= 0 && g->value[n->in[i]].weight;
		free(save);
		free(tmp);
		for (int i = 0; i < n->n_out; i++) {
			if (n->out[i] < 0)
				continue;
			struct value *v = &g->value[n->out[i]];
			v->constant = true;
			v->depends = false;
			v->node = -1;
			v->weight = weight && v->dtype == DT_REAL;
			if (v->dtype == DT_REAL)
				v->r = y[i];
			else
				v->i = y[i];
		}
		g->n_node--;
	}
	free(x);
	free(y);
	return bad;
}
