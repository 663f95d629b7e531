#include "core/model/receptive.h"

#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"

struct field {
	int64_t steps, jump; /* jump 0: no longer a series of the input's steps */
};

/* The axis of input 0 that is time: the first one longer than 1 with its label; -1: none. */
static int time_axis(const struct graph *g, const struct node *n)
{
	const struct value *x = &g->value[n->in[0]];
	for (int i = 2; i < x->shape.rank; i++)
		if (x->axis[i] == 'T' && x->shape.dim[i] > 1)
			return i;
	return -1;
}

/* ONNX lists one number a spatial axis: that of time; where no axis is longer than 1, all others are 1. */
static int64_t spatial(const struct graph *g, const struct node *n, const char *name, int64_t fallback)
{
	const struct attr *a = attr_find(n, name);
	int64_t p = 1;
	int time = time_axis(g, n) - 2;
	if (!a || a->type != ATTR_INTS)
		return fallback;
	if (time >= 0 && time < a->n)
		return a->ints[time];
	for (int i = 0; i < a->n; i++)
		if (!i64_mul(p, a->ints[i], &p))
			return fallback;
	return p;
}

static int64_t kernel_steps(const struct graph *g, const struct node *n)
{
	int64_t k = spatial(g, n, "kernel_shape", 0);
	if (k || n->n_in < 2 || n->in[1] < 0)
		return k ? k : 1;
	const struct shape *w = &g->value[n->in[1]].shape;
	int time = time_axis(g, n);
	k = 1;
	for (int i = 2; i < w->rank; i++)
		k *= time < 0 || i == time ? w->dim[i] : 1;
	return k;
}

static bool is_sliding(const char *op)
{
	return !strcmp(op, "Conv") || !strcmp(op, "MaxPool") || !strcmp(op, "AveragePool") || !strcmp(op, "LpPool");
}

static bool has_time(const struct value *v)
{
	return memchr(v->axis, 'T', (size_t)v->shape.rank) != NULL;
}

static int64_t time_steps(const struct value *v)
{
	int64_t n = 1;
	for (int i = 0; i < v->shape.rank; i++)
		if (v->axis[i] == 'T')
			n *= v->shape.dim[i];
	return n;
}

static bool mixes_time(const char *op)
{
	static const char *const ops[] = { "LSTM",
		                           "GRU",
		                           "RNN",
		                           "ConvTranspose",
		                           "Resize",
		                           "Softmax",
		                           "LogSoftmax",
		                           "InstanceNormalization",
		                           "GroupNormalization",
		                           NULL };
	for (int i = 0; ops[i]; i++)
		if (!strcmp(op, ops[i]))
			return true;
	return false;
}

/* Of the inputs that depend on the window the widest field; zero when none does. */
static struct field widest_input(const struct graph *g, const struct node *n, const struct field *of, int64_t *steps_in)
{
	struct field f = { 0, 1 };
	for (int k = 0; k < n->n_in; k++) {
		if (n->in[k] < 0 || !g->value[n->in[k]].depends)
			continue;
		const struct field *in = &of[n->in[k]];
		if (in->steps > f.steps || !in->jump)
			f = *in;
		if (time_steps(&g->value[n->in[k]]) > *steps_in)
			*steps_in = time_steps(&g->value[n->in[k]]);
	}
	return f;
}

static struct field node_field(const struct model *m, const struct node *n, const struct value *out,
                               const struct field *of)
{
	const struct graph *g = m->graph;
	struct field all = { m->T, 0 };
	int64_t steps_in = 1;
	struct field f = widest_input(g, n, of, &steps_in);
	if (!f.jump || !has_time(out) || mixes_time(n->op->name))
		return all;
	if (is_sliding(n->op->name)) {
		int64_t reach, grow;
		if (!i64_mul(kernel_steps(g, n) - 1, spatial(g, n, "dilations", 1), &reach) ||
		    !i64_mul(reach, f.jump, &grow) || !i64_add(f.steps, grow, &f.steps) ||
		    !i64_mul(f.jump, spatial(g, n, "strides", 1), &f.jump))
			return all;
	} else if (time_steps(out) == 1 && steps_in > 1 && !(n->op->flags & OP_LAYOUT)) {
		return all; /* a reduction over time */
	}
	return f;
}

void receptive_fields(struct model *m)
{
	const struct graph *g = m->graph;
	struct field *of = xcalloc((size_t)g->n_value, sizeof *of);
	for (int i = 0; i < g->n_value; i++)
		of[i] = (struct field){ 1, 1 };
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		for (int k = 0; k < n->n_out; k++)
			if (n->out[k] >= 0)
				of[n->out[k]] = node_field(m, n, &g->value[n->out[k]], of);
	}
	for (int i = 0; i < m->n_layer; i++) {
		struct layer *l = &m->layer[i];
		if (l->act < 0)
			continue;
		l->receptive = of[l->act].steps;
		l->stride_in = of[l->act].jump;
	}
	free(of);
}
