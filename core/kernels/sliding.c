#include "core/kernels/sliding.h"

#include <string.h>
#include "core/graph/op.h"

static int64_t at(const struct attr *a, int i, int64_t fallback)
{
	return a && a->type == ATTR_INTS && i < a->n ? a->ints[i] : fallback;
}

bool sliding_of(const struct graph *g, const struct node *n, struct sliding *s)
{
	const struct value *x = &g->value[n->in[0]], *y = &g->value[n->out[0]];
	const struct attr *kernel = attr_find(n, "kernel_shape"), *strides = attr_find(n, "strides");
	const struct attr *dilations = attr_find(n, "dilations"), *pads = attr_find(n, "pads");
	const struct shape *w = n->n_in > 1 && n->in[1] >= 0 ? &g->value[n->in[1]].shape : NULL;
	int spatial = x->shape.rank - 2, time = -1;
	for (int i = 0; i < spatial; i++)
		if (x->axis[i + 2] == 'T')
			time = time < 0 ? i : -2;
	if (spatial < 1 || time < 0 || y->shape.rank != x->shape.rank)
		return false;
	for (int i = 0; i < spatial; i++) {
		int64_t k = kernel ? at(kernel, i, 1) : w && w->rank == spatial + 2 ? w->dim[i + 2] : 1;
		if (i == time)
			s->k = k;
		else if (x->shape.dim[i + 2] != 1 || y->shape.dim[i + 2] != 1 || k != 1)
			return false;
	}
	s->stride = at(strides, time, 1);
	s->dilation = at(dilations, time, 1);
	const char *pad = attr_string(n, "auto_pad", "NOTSET");
	if (!strcmp(pad, "VALID")) {
		s->pad = 0;
	} else if (!strncmp(pad, "SAME", 4)) {
		int64_t total = (y->shape.dim[time + 2] - 1) * s->stride + (s->k - 1) * s->dilation + 1 -
		                x->shape.dim[time + 2];
		if (total < 0)
			total = 0;
		s->pad = !strcmp(pad, "SAME_LOWER") ? total - total / 2 : total / 2;
	} else {
		s->pad = at(pads, time, 0);
	}
	return s->k > 0 && s->stride > 0 && s->dilation > 0;
}
