#include "core/kernels/op_planes.h"

#include <string.h>
#include "core/kernels/op_util.h"

enum { TABLE_MAX = 1 << 24 };

/* The spatial axis that is time: by its label, else the longest, of equals the last. */
static int time_axis(const struct value *x)
{
	int found = -1, longest = 2;
	for (int i = 2; i < x->shape.rank; i++) {
		if (x->axis[i] == 'T' && x->shape.dim[i] > 1)
			found = found == -1 ? i : -2;
		if (x->shape.dim[i] >= x->shape.dim[longest])
			longest = i;
	}
	return found >= 0 ? found : longest;
}

/* Strides of the spatial axes inside a plane. */
static int64_t plane_strides(const struct shape *s, int64_t *stride)
{
	int64_t n = 1;
	for (int i = s->rank - 1; i >= 2; i--) {
		stride[i] = n;
		n *= s->dim[i];
	}
	return n;
}

/* Fill the tables: every position and tap of the outer axes in row-major order. */
static void tables(struct planes *p, const struct shape *x, const struct shape *y, const struct window *axis, int time,
                   int rank)
{
	int64_t si[RANK_MAX] = { 0 }, so[RANK_MAX] = { 0 }, sk[RANK_MAX] = { 0 }, k_all = 1;
	p->plane_in = plane_strides(x, si);
	p->plane_out = plane_strides(y, so);
	p->step_in = si[time];
	p->step_out = so[time];
	for (int a = rank - 1; a >= 2; a--) {
		sk[a] = k_all;
		k_all *= axis[a].k;
	}
	for (int64_t pos = 0; pos < p->n; pos++) {
		p->padded[pos] = 0;
		for (int64_t tap = 0; tap < p->taps; tap++) {
			int64_t at = 0, o = pos, k = tap, to = 0, element = 0;
			bool inside = true, padded = true;
			for (int a = rank - 1; a >= 2; a--) {
				const struct window *w = &axis[a];
				if (a == time)
					continue;
				int64_t i = o % w->to * w->stride + k % w->k * w->dilation - w->pad;
				to += o % w->to * so[a];
				element += k % w->k * sk[a];
				inside &= i >= 0 && i < w->ti;
				padded &= i < w->ti + w->pad_end;
				at += inside ? i * si[a] : 0;
				o /= w->to;
				k /= w->k;
			}
			p->from[pos * p->taps + tap] = inside ? at : -1;
			p->to[pos] = to;
			p->padded[pos] += padded;
			for (int64_t t = 0; pos == 0 && t < axis[time].k; t++)
				p->kernel[tap * axis[time].k + t] = element + t * sk[time];
		}
	}
}

int planes_infer(struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w, struct planes **made,
                 struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int time = -1, bad;
	*made = NULL;
	if (window_single(q, kernel, e))
		return window_infer(q, kernel, out, w, e);
	struct window *axis = arena_alloc(&q->g->arena, (size_t)x->rank, sizeof *axis);
	for (int a = 2; a < x->rank; a++)
		if ((bad = window_axis(q, a, kernel[a - 2], &axis[a], e)))
			return bad;
	time = time_axis(q->in[0]);
	struct planes *p = *made = arena_alloc(&q->g->arena, 1, sizeof *p);
	p->n = p->taps = 1;
	for (int a = 2; a < x->rank; a++) {
		out->dim[a] = axis[a].to;
		if (a == time)
			continue;
		if (!i64_mul(p->n, axis[a].to, &p->n) || !i64_mul(p->taps, axis[a].k, &p->taps) || p->n > TABLE_MAX ||
		    p->taps > TABLE_MAX)
			return err_set(e, ERR_LIMIT, "a window over too many elements");
	}
	*w = axis[time];
	w->across = axis;
	w->taps_across = p->taps;
	if (p->n * p->taps > TABLE_MAX || p->taps * w->k > TABLE_MAX)
		return err_set(e, ERR_LIMIT, "a window over too many elements");
	if ((bad = shape_fits(out, e)))
		return bad;
	p->from = arena_alloc(&q->g->arena, (size_t)(p->n * p->taps), sizeof *p->from);
	p->to = arena_alloc(&q->g->arena, (size_t)p->n, sizeof *p->to);
	p->padded = arena_alloc(&q->g->arena, (size_t)p->n, sizeof *p->padded);
	p->kernel = arena_alloc(&q->g->arena, (size_t)(p->taps * w->k), sizeof *p->kernel);
	tables(p, x, out, axis, time, x->rank);
	return 0;
}

void planes_gather(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *x,
                   real *rows)
{
	for (int64_t i = 0; i < channels; i++, x += p->plane_in)
		for (int64_t k = 0; k < p->taps; k++, rows += w->ti) {
			int64_t from = p->from[pos * p->taps + k];
			if (from < 0)
				memset(rows, 0, (size_t)w->ti * sizeof *rows);
			for (int64_t t = 0; from >= 0 && t < w->ti; t++)
				rows[t] = x[from + t * p->step_in];
		}
}

void planes_add(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *rows,
                real *x)
{
	for (int64_t i = 0; i < channels; i++, x += p->plane_in)
		for (int64_t k = 0; k < p->taps; k++, rows += w->ti) {
			int64_t from = p->from[pos * p->taps + k];
			for (int64_t t = 0; from >= 0 && t < w->ti; t++)
				x[from + t * p->step_in] += rows[t];
		}
}

void planes_read(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *y,
                 real *rows)
{
	for (int64_t i = 0; i < channels; i++, y += p->plane_out, rows += w->to)
		for (int64_t t = 0; t < w->to; t++)
			rows[t] = y[p->to[pos] + t * p->step_out];
}

void planes_write(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *rows,
                  real *y)
{
	for (int64_t i = 0; i < channels; i++, y += p->plane_out, rows += w->to)
		for (int64_t t = 0; t < w->to; t++)
			y[p->to[pos] + t * p->step_out] = rows[t];
}
