#include "core/prune/prune_weights.h"

#include <stdlib.h>
#include <string.h>
#include "core/prune/prune_rules.h"

/* How many inputs of nodes are this value. */
static int uses(const struct graph *g, int value)
{
	int n = 0;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			n += g->node[i].in[k] == value;
	return n;
}

/* Where element (column, output) lies in the constant, which has `columns` and `outputs` of them. */
static int64_t place(const struct node *n, enum prune_reader kind, int64_t columns, int64_t outputs, int64_t c,
                     int64_t o)
{
	bool outer = kind == PRUNE_CONV || (kind == PRUNE_GEMM && attr_int(n, "transB", 0));
	return outer ? o * columns + c : c * outputs + o;
}

/* The bias, broadcast to the outputs. */
static void fill_bias(struct prune_matrix *q, const struct graph *g, const struct node *n, double times)
{
	const struct value *b = n->n_in > 2 && n->in[2] >= 0 ? &g->value[n->in[2]] : NULL;
	int64_t count = b ? shape_count(&b->shape) : 0;
	for (int64_t o = 0; o < q->outputs && count; o++)
		q->bias[o] = times * (double)b->r[count == q->outputs ? o : 0];
}

bool prune_matrix_init(struct prune_matrix *q, const struct prune_map *p, const struct prune_consumer *c)
{
	const struct graph *g = p->m->graph;
	const struct node *n = &g->node[c->node];
	*q = (struct prune_matrix){ 0 };
	if (c->kind > PRUNE_MATMUL || uses(g, n->in[1]) != 1)
		return false;
	const struct value *w = &g->value[n->in[1]];
	const struct value *bias = n->n_in > 2 && n->in[2] >= 0 ? &g->value[n->in[2]] : NULL;
	int64_t all = shape_count(&w->shape), taps = 1;
	q->outputs = c->kind == PRUNE_CONV ? w->shape.dim[0]
	                                   : w->shape.dim[c->kind == PRUNE_GEMM && attr_int(n, "transB", 0) ? 0 : 1];
	if (bias && shape_count(&bias->shape) != q->outputs && shape_count(&bias->shape) != 1)
		return false;
	q->columns = q->outputs ? all / q->outputs : 0;
	for (int k = 2; k < w->shape.rank && c->kind == PRUNE_CONV; k++)
		taps *= w->shape.dim[k];
	double alpha = c->kind == PRUNE_GEMM ? attr_float(n, "alpha", 1) : 1;
	q->w = xcalloc((size_t)all + 1, sizeof *q->w);
	q->bias = xcalloc((size_t)q->outputs + 1, sizeof *q->bias);
	q->atom = xcalloc((size_t)q->columns + 1, sizeof *q->atom);
	q->slot = xcalloc((size_t)q->columns + 1, sizeof *q->slot);
	q->maker = xcalloc((size_t)q->outputs + 1, sizeof *q->maker);
	for (int64_t k = 0; k < q->columns; k++)
		for (int64_t o = 0; o < q->outputs; o++)
			q->w[k * q->outputs + o] =
			        alpha * (double)w->r[place(n, c->kind, q->columns, q->outputs, k, o)];
	fill_bias(q, g, n, c->kind == PRUNE_GEMM ? attr_float(n, "beta", 1) : 1);
	const int *in = p->tag[c->value].atom[c->axis];
	int *seen = xcalloc((size_t)p->n_atom + 1, sizeof *seen);
	for (int64_t k = 0; k < q->columns; k++) {
		q->atom[k] = in[k / taps];
		q->slot[k] = q->atom[k] < 0 ? 0 : seen[q->atom[k]]++;
	}
	free(seen);
	int y = n->out[0], axis = prune_axis(p, y);
	for (int64_t o = 0; o < q->outputs; o++)
		q->maker[o] = axis >= 0 ? p->tag[y].atom[axis][o] : -1;
	return true;
}

void prune_matrix_release(struct prune_matrix *q)
{
	free(q->w);
	free(q->bias);
	free(q->atom);
	free(q->slot);
	free(q->maker);
	*q = (struct prune_matrix){ 0 };
}

void prune_matrix_pack(const struct prune_map *p, const struct prune_consumer *c, int64_t columns, int64_t outputs,
                       const double *w, real *to)
{
	const struct node *n = &p->m->graph->node[c->node];
	for (int64_t k = 0; k < columns; k++)
		for (int64_t o = 0; o < outputs; o++)
			to[place(n, c->kind, columns, outputs, k, o)] = (real)w[k * outputs + o];
}
