#include "core/kernels/broadcast.h"

#include <string.h>
#include "core/kernels/op_util.h"

static int joint_shape(const struct op_infer *q, struct shape *out, struct err *e)
{
	*out = (struct shape){ 0 };
	for (int k = 0; k < q->n->n_in; k++) {
		const struct shape *s = &q->in[k]->shape;
		if (s->rank > out->rank) {
			int grow = s->rank - out->rank;
			memmove(out->dim + grow, out->dim, sizeof *out->dim * (size_t)out->rank);
			for (int i = 0; i < grow; i++)
				out->dim[i] = 1;
			out->rank = s->rank;
		}
		for (int i = 0; i < s->rank; i++) {
			int64_t *d = &out->dim[out->rank - s->rank + i];
			if (*d != s->dim[i] && *d != 1 && s->dim[i] != 1) {
				char a[160], b[160];
				shape_format(&q->in[0]->shape, a, sizeof a);
				shape_format(s, b, sizeof b);
				return err_set(e, ERR_FORMAT, "shapes %s and %s cannot be broadcast together", a, b);
			}
			*d = *d == 1 ? s->dim[i] : *d;
		}
	}
	return shape_fits(out, e);
}

int broadcast_make(struct op_infer *q, struct broadcast *b, struct shape *out, struct err *e)
{
	int bad = joint_shape(q, out, e), m = q->n->n_in, rank = out->rank;
	if (bad)
		return bad;
	int64_t *full = arena_alloc(&q->g->arena, (size_t)m * (RANK_MAX + 1), sizeof *full);
	int64_t dim[RANK_MAX + 1] = { 1 };
	for (int i = 0; i < rank; i++)
		dim[i + 1] = out->dim[i];
	/* axis 0 is one of our own so that a scalar has a row; strides by input */
	for (int k = 0; k < m; k++) {
		const struct shape *s = &q->in[k]->shape;
		int64_t native[RANK_MAX];
		shape_strides(s, native);
		for (int i = 0; i < s->rank; i++)
			full[k * (RANK_MAX + 1) + rank - s->rank + i + 1] = s->dim[i] == 1 ? 0 : native[i];
	}
	/* join axis i with i+1 where every input goes on seamlessly */
	int n = rank + 1;
	for (int i = n - 2; i >= 0; i--) {
		bool seamless = true;
		for (int k = 0; k < m && dim[i] != 1; k++) {
			const int64_t *f = &full[k * (RANK_MAX + 1)];
			seamless &= f[i] == f[i + 1] * dim[i + 1];
		}
		if (!seamless && dim[i + 1] != 1)
			continue;
		for (int k = 0; k < m; k++) {
			int64_t *f = &full[k * (RANK_MAX + 1)];
			if (dim[i + 1] == 1)
				f[i + 1] = f[i];
			memmove(f + i, f + i + 1, sizeof *f * (size_t)(n - i - 1));
		}
		dim[i + 1] *= dim[i];
		memmove(dim + i, dim + i + 1, sizeof *dim * (size_t)(n - i - 1));
		n--;
	}
	*b = (struct broadcast){ .m = m, .rank = n - 1, .rows = 1, .row = dim[n - 1] };
	b->stride = arena_alloc(&q->g->arena, (size_t)m * (size_t)n, sizeof *b->stride);
	for (int k = 0; k < m; k++)
		memcpy(b->stride + k * n, full + k * (RANK_MAX + 1), sizeof *full * (size_t)n);
	for (int i = 0; i < b->rank; i++)
		b->rows *= b->dim[i] = dim[i];
	return 0;
}

void broadcast_row(const struct broadcast *b, int64_t i, int64_t *offset)
{
	memset(offset, 0, sizeof *offset * (size_t)b->m);
	for (int a = b->rank - 1; a >= 0; a--) {
		int64_t at = i % b->dim[a];
		i /= b->dim[a];
		for (int k = 0; k < b->m; k++)
			offset[k] += at * b->stride[k * (b->rank + 1) + a];
	}
}
