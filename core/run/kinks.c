#include "core/run/kinks.h"

#include <math.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_window.h"

static void hinge(const struct run *r, const struct node *n, struct kinks *k)
{
	const real *x = run_real(r, n->in[0]);
	int64_t count = shape_count(&r->g->value[n->in[0]].shape);
	for (int64_t i = 0; i < count; i++)
		if (x[i] != 0 && fabs((double)x[i]) < k->relu_min_abs)
			k->relu_min_abs = fabs((double)x[i]);
}

/* Measures one pooling window, of the n elements x[0], x[step], x[2 * step] ... */
static void window(const real *x, int64_t n, int64_t step, struct kinks *k)
{
	double first, second;
	two_largest(x, n, step, &first, &second);
	double gap = first - second;
	if (n < 2 || isnan(gap))
		return;
	if (gap > 0 && gap < k->maxpool_min_gap)
		k->maxpool_min_gap = gap;
	k->maxpool_nonzero_ties += gap == 0 && first != 0;
}

static void pool(const struct run *r, const struct node *n, struct kinks *k)
{
	const struct shape *si = &r->g->value[n->in[0]].shape;
	struct window w;
	if (si->rank != 3 || !window_along(n, 2, &w))
		return;
	const real *x = run_real(r, n->in[0]);
	for (int64_t row = 0; row < si->dim[0] * si->dim[1]; row++, x += w.ti)
		for (int64_t t = 0; t < w.to; t++) {
			/* Padding counts as minus infinity, at an infinite distance from every element. So only
			 * elements inside the input are compared. */
			int64_t at = t * w.stride - w.pad, before = at < 0 ? (w.dilation - 1 - at) / w.dilation : 0;
			at += before * w.dilation;
			int64_t left = w.k - before, inside = at < w.ti ? (w.ti - 1 - at) / w.dilation + 1 : 0;
			left = left < inside ? left : inside;
			if (left > 1)
				window(x + at, left, w.dilation, k);
		}
}

void kinks_measure(const struct run *r, struct kinks *k)
{
	*k = (struct kinks){ INFINITY, INFINITY, 0 };
	for (int i = 0; i < r->g->n_node; i++) {
		const struct node *n = &r->g->node[i];
		/* a node that does not depend on the input has the same value for every window */
		if (n->out[0] < 0 || !r->g->value[n->out[0]].depends || r->g->value[n->in[0]].dtype != DT_REAL)
			continue;
		if (n->op->flags & OP_HINGE)
			hinge(r, n, k);
		else if (n->op->flags & OP_MAXIMUM && n->op->window)
			pool(r, n, k);
	}
}
