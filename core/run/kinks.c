#include "core/run/kinks.h"

#include <math.h>
#include <string.h>
#include "core/graph/op.h"

static void relu(const struct run *r, const struct node *n, struct kinks *k)
{
	const real *x = run_real(r, n->in[0]);
	int64_t count = shape_count(&r->g->value[n->in[0]].shape);
	for (int64_t i = 0; i < count; i++)
		if (x[i] != 0 && fabs((double)x[i]) < k->relu_min_abs)
			k->relu_min_abs = fabs((double)x[i]);
}

/* One pooling window x[0], x[step] ... of n values. */
static void window(const real *x, int64_t n, int64_t step, struct kinks *k)
{
	double first = -INFINITY, second = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)x[i * step];
		if (v > first) {
			second = first;
			first = v;
		} else if (v > second) {
			second = v;
		}
	}
	double gap = first - second;
	if (n < 2 || isnan(gap))
		return;
	if (gap > 0 && gap < k->maxpool_min_gap)
		k->maxpool_min_gap = gap;
	k->maxpool_nonzero_ties += gap == 0 && first != 0;
}

static int64_t first_of(const struct node *n, const char *name, int64_t fallback)
{
	const struct attr *a = attr_find(n, name);
	return a && a->type == ATTR_INTS && a->n > 0 ? a->ints[0] : fallback;
}

/* Padding in front of a MaxPool over one axis of t_in steps giving t_out. */
static int64_t pool_begin(const struct node *n, int64_t kernel, int64_t stride, int64_t dilation, int64_t t_in,
                          int64_t t_out)
{
	const char *same = attr_string(n, "auto_pad", "NOTSET");
	if (strncmp(same, "SAME", 4) != 0)
		return first_of(n, "pads", 0);
	int64_t total = (t_out - 1) * stride + (kernel - 1) * dilation + 1 - t_in;
	total = total > 0 ? total : 0;
	return !strcmp(same, "SAME_LOWER") ? total - total / 2 : total / 2;
}

static void pool(const struct run *r, const struct node *n, struct kinks *k)
{
	const struct shape *si = &r->g->value[n->in[0]].shape, *so = &r->g->value[n->out[0]].shape;
	if (si->rank != 3)
		return;
	bool global = !strcmp(n->op->name, "GlobalMaxPool");
	int64_t t_in = si->dim[2], t_out = so->dim[2], kernel = global ? t_in : first_of(n, "kernel_shape", 1);
	int64_t stride = first_of(n, "strides", 1), dilation = global ? 1 : first_of(n, "dilations", 1);
	int64_t begin = global ? 0 : pool_begin(n, kernel, stride, dilation, t_in, t_out);
	const real *x = run_real(r, n->in[0]);
	for (int64_t row = 0; row < si->dim[0] * si->dim[1]; row++, x += t_in)
		for (int64_t t = 0; t < t_out; t++) {
			/* padding is minus infinity: it never comes second to a value at a finite distance */
			int64_t at = t * stride - begin, before = at < 0 ? (dilation - 1 - at) / dilation : 0;
			at += before * dilation;
			int64_t left = kernel - before, inside = at < t_in ? (t_in - 1 - at) / dilation + 1 : 0;
			left = left < inside ? left : inside;
			if (left > 1)
				window(x + at, left, dilation, k);
		}
}

void kinks_measure(const struct run *r, struct kinks *k)
{
	static const struct {
		const char *op;
		void (*measure)(const struct run *r, const struct node *n, struct kinks *k);
	} table[] = {
		{ "Relu", relu },    { "LeakyRelu", relu },     { "PRelu", relu },
		{ "MaxPool", pool }, { "GlobalMaxPool", pool },
	};
	*k = (struct kinks){ INFINITY, INFINITY, 0 };
	for (int i = 0; i < r->g->n_node; i++) {
		const struct node *n = &r->g->node[i];
		/* what does not see the window has no kinks in it */
		if (n->out[0] < 0 || !r->g->value[n->out[0]].depends || r->g->value[n->in[0]].dtype != DT_REAL)
			continue;
		for (size_t q = 0; q < sizeof table / sizeof *table; q++)
			if (!strcmp(n->op->name, table[q].op))
				table[q].measure(r, n, k);
	}
}
