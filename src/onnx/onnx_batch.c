/* Finds out whether a network, which tsviz builds for one window, can be written for any number of windows at once. It
 * builds it for two windows and compares the answers with those for each window alone. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "core/graph/op.h"
#include "core/run/run.h"
#include "src/onnx/onnx_write.h"

/* The first state of a recurrent layer has a row for each window. Zeros need not be written. */
static bool zero_state(const struct graph *g, const struct node *n, int k)
{
	static const char *const cells[] = { "LSTM", "GRU", "RNN" };
	bool cell = false;
	for (int i = 0; i < 3; i++)
		cell |= !strcmp(n->op->name, cells[i]);
	if (!cell || (k != 5 && k != 6) || n->in[k] < 0)
		return false;
	const struct value *v = &g->value[n->in[k]];
	if (!v->constant || v->dtype != DT_REAL)
		return false;
	for (int64_t i = 0; i < shape_count(&v->shape); i++)
		if (v->r[i] != 0)
			return false;
	return true;
}

/* A Reshape names its axes. 0 stands for the length that the input has there, which is that of the batch. */
static bool batch_shape(const struct graph *g, const struct node *n, int k, struct batch_input *c)
{
	if (strcmp(n->op->name, "Reshape") != 0 || k != 1 || n->out[0] < 0)
		return false;
	const struct shape *x = &g->value[n->in[0]].shape, *y = &g->value[n->out[0]].shape;
	bool any = false;
	c->n = y->rank;
	for (int i = 0; i < y->rank; i++) {
		bool kept = i < x->rank && x->dim[i] == 1 && y->dim[i] == 1;
		c->dim[i] = kept ? 0 : y->dim[i];
		any |= kept;
	}
	return any && shape_count(y) > 0;
}

bool onnx_batch_input(const struct graph *g, const struct node *n, int k, struct batch_input *c)
{
	*c = (struct batch_input){ 0 };
	c->gone = zero_state(g, n, k);
	return c->gone || batch_shape(g, n, k, c);
}

/* ---- the network for two windows ---- */

static int copy_constant(struct graph *to, const struct value *v, struct err *e)
{
	return v->dtype == DT_REAL ? graph_const_real(to, v->name, &v->shape, v->r, v->weight, e)
	                           : graph_const_int(to, v->name, &v->shape, v->i, e);
}

static int copy_input(struct graph *to, const struct model *m, struct err *e)
{
	const struct value *v = &m->graph->value[m->input];
	struct shape s = v->shape;
	s.dim[strchr(m->layout, 'N') - m->layout] = 2;
	int id = graph_input(to, v->name, v->dtype, &s, e);
	if (id >= 0)
		memcpy(to->value[id].axis, v->axis, sizeof v->axis);
	return id;
}

static int copy_node(struct graph *to, const struct graph *g, const struct node *n, int *id, struct err *e)
{
	int *in = xcalloc((size_t)n->n_in + 1, sizeof *in), *out = xcalloc((size_t)n->n_out + 1, sizeof *out), bad = 0;
	const char **name = xcalloc((size_t)n->n_out + 1, sizeof *name);
	for (int k = 0; k < n->n_in && bad >= 0; k++) {
		struct batch_input c;
		in[k] = n->in[k] < 0 ? -1 : id[n->in[k]];
		if (!onnx_batch_input(g, n, k, &c))
			continue;
		struct shape s = { 1, { c.n } };
		in[k] = c.gone ? -1 : graph_const_int(to, NULL, &s, c.dim, e);
		bad = c.gone ? 0 : in[k];
	}
	for (int k = 0; k < n->n_out; k++)
		name[k] = n->out[k] < 0 ? NULL : g->value[n->out[k]].name;
	if (bad >= 0)
		bad = graph_node(to, n->op->name, n->name, n->n_in, in, n->n_out, name, n->n_attr, n->attr, out, e);
	for (int k = 0; k < n->n_out && bad >= 0; k++)
		if (n->out[k] >= 0)
			id[n->out[k]] = out[k];
	free(in);
	free(out);
	free(name);
	return bad < 0 ? bad : 0;
}

/* Returns the network for two windows, which the caller frees, or NULL. Sets *output to the output's value. */
static struct graph *for_two(const struct model *m, int *output)
{
	const struct graph *g = m->graph;
	struct graph *to = graph_new();
	struct err e = { 0 };
	int *id = xcalloc((size_t)g->n_value + 1, sizeof *id), bad = 0;
	for (int v = 0; v < g->n_value && bad >= 0; v++) {
		const struct value *x = &g->value[v];
		if (x->node < 0 && x->constant)
			bad = id[v] = copy_constant(to, x, &e);
		else if (x->node < 0)
			bad = id[v] = v == m->input ? copy_input(to, m, &e) : ERR_UNSUPPORTED;
		else if (v == g->node[x->node].out[0] || g->node[x->node].out[0] < 0)
			bad = copy_node(to, g, &g->node[x->node], id, &e);
	}
	*output = bad < 0 ? -1 : id[m->output];
	free(id);
	if (bad >= 0)
		bad = graph_output(to, *output, &e);
	if (bad >= 0)
		bad = graph_finish(to, &e);
	if (bad >= 0)
		return to;
	graph_free(to);
	return NULL;
}

/* ---- two windows at once and one by one ---- */

/* Returns the axis that is 1 in one shape and 2 in the other, all others being equal; -1: it is not so. */
static int batch_axis(const struct shape *one, const struct shape *two)
{
	int axis = -1;
	if (one->rank != two->rank)
		return -1;
	for (int i = 0; i < one->rank; i++) {
		if (one->dim[i] == two->dim[i])
			continue;
		if (axis >= 0 || one->dim[i] != 1 || two->dim[i] != 2)
			return -1;
		axis = i;
	}
	return axis;
}

/* Copies element i of window k of a tensor that has one window (n elements; `inner` behind the axis of the batch) to
 * its place among two. */
static int64_t among_two(int64_t i, int k, int64_t inner)
{
	return (i / inner * 2 + k) * inner + i % inner;
}

static int64_t behind(const struct shape *s, int axis)
{
	int64_t n = 1;
	for (int i = axis + 1; i < s->rank; i++)
		n *= s->dim[i];
	return n;
}

static bool close_to(double a, double b, double scale)
{
	return (isnan(a) && isnan(b)) || a == b || fabs(a - b) <= 1e-4 * scale;
}

static bool same_answers(const struct model *m, const struct graph *two, int output)
{
	const struct shape *x = &m->graph->value[m->input].shape, *y = &m->graph->value[m->output].shape;
	int out_axis = batch_axis(y, &two->value[output].shape);
	if (out_axis < 0)
		return false;
	int64_t n = shape_count(x), in = behind(x, (int)(strchr(m->layout, 'N') - m->layout)),
	        out = behind(y, out_axis);
	real *window = xcalloc((size_t)n, sizeof *window), *both = xcalloc((size_t)n * 2, sizeof *both);
	struct run *one = run_new_outputs(m->graph, 1, &m->output), *run = run_new_outputs(two, 1, &output);
	struct rng rng;
	bool same = true;
	rng_init(&rng, 17);
	for (int64_t i = 0; i < 2 * n; i++)
		both[i] = (real)rng_normal(&rng);
	run_input(run, 0, both);
	run_forward(run);
	const real *q = run_real(run, output);
	for (int k = 0; k < 2 && same; k++) {
		for (int64_t i = 0; i < n; i++)
			window[i] = both[among_two(i, k, in)];
		run_input(one, 0, window);
		run_forward(one);
		const real *p = run_real(one, m->output);
		double scale = 1e-3;
		for (int64_t i = 0; i < m->outputs; i++)
			scale = fmax(scale, fabs((double)p[i]));
		for (int64_t i = 0; i < m->outputs && same; i++)
			same = close_to((double)p[i], (double)q[among_two(i, k, out)], scale);
	}
	run_free(one);
	run_free(run);
	free(window);
	free(both);
	return same;
}

int onnx_batch_axis(const struct model *m)
{
	if (m->fixed_batch || m->graph->n_input != 1 || !strchr(m->layout, 'N'))
		return -1;
	int output;
	struct graph *two = for_two(m, &output);
	int axis = two && same_answers(m, two, output)
	                   ? batch_axis(&m->graph->value[m->output].shape, &two->value[output].shape)
	                   : -1;
	graph_free(two);
	return axis;
}
