/* The sweep of core/band/band.h: from bands to rows over the whole window, and to maps. */
#include <stdlib.h>
#include <string.h>
#include "core/band/band_sweep.h"
#include "core/graph/op.h"
#include "core/kernels/tile.h"

/* The chunk's own steps, each to its place in the rows over the whole input. */
void sweep_to_rows(const struct sweep *q, int node, enum step step)
{
	const struct node *n = &q->g->node[node];
	int v = n->in[0];
	const struct carried *in = &q->b->of[v];
	const struct piece *p = &q->piece[v];
	const real *x = q->r->val[v];
	int64_t T = q->m->T, C = q->m->C, from, to;
	fresh_steps(in, p, &from, &to);
	real *rows = q->rows[n->out[0]];
	for (int64_t f = 0; f < in->F; f++) {
		int64_t winner = 0;
		for (int64_t t = 1; t < in->L && step == STEP_REDUCE_MAX; t++)
			if (x[f * in->sf + t * in->st] > x[f * in->sf + winner * in->st])
				winner = t;
		for (int64_t c = 0; c < C; c++)
			for (int64_t w = 0; w < in->W; w++) {
				int64_t t0, t1;
				sweep_slot_steps(q, in, p, w, &t0, &t1);
				t0 = step == STEP_REDUCE_MAX && winner > t0 ? winner : t0 > from ? t0 : from;
				t1 = step == STEP_REDUCE_MAX && winner + 1 < t1 ? winner + 1 : t1 < to ? t1 : to;
				if (t0 < from || t1 > to)
					continue;
				/* one step on: to the next element's row, or along the filter's */
				int64_t on = in->jump * C + (step == STEP_FLATTEN ? in->st * T * C : 0);
				const real *d = slot_row(in, p, c * in->W + w, f) - p->a;
				real *y = rows + (step == STEP_FLATTEN ? f * in->sf : f) * T * C +
				          (in->offset + w) * C + c;
				real scale = step == STEP_REDUCE_MEAN ? 1 / (real)in->L : 1;
				for (int64_t t = t0; t < t1; t++)
					y[t * on] += scale * d[t];
			}
	}
}

/* Slots are added for each filter, channel and remainder of the place in the window by the jump, where steps are
 * neighbours; then the sums are put where they belong. The sums cover the part of the window on which the chunk's steps
 * depend: from place first*jump on. */
void sweep_map(struct sweep *q, const struct layer *l, real *const *map)
{
	const struct carried *c = &q->b->of[l->act];
	const struct piece *p = &q->piece[l->act];
	int64_t C = q->m->C, T = q->m->T, from, to;
	fresh_steps(c, p, &from, &to);
	int64_t first = from + floor_div(c->offset, c->jump), end = to + floor_div(c->offset + c->W - 1, c->jump);
	first = first > 0 ? first : 0;
	end = end < T / c->jump + 1 ? end : T / c->jump + 1;
	int64_t per = end > first ? end - first : 0, each = C * c->jump * per;
	size_t n = (size_t)(c->F * each);
	real *sum = sweep_take(q, &n);
	memset(sum, 0, (size_t)(c->F * each) * sizeof *sum);
	for (int64_t i = 0; i < slots(q, c); i++) {
		int64_t t0, t1, place = c->offset + i % c->W, q0 = floor_div(place, c->jump);
		if (sweep_slot_steps(q, c, p, i % c->W, &t0, &t1))
			isa_active()->add_rows(
			        c->F, t1 - t0, slot_row(c, p, i, 0) + (t0 - p->a), p->ld,
			        sum + (i / c->W * c->jump + place - q0 * c->jump) * per + q0 + t0 - first, each);
	}
	if (C * c->jump == 1 && per > 0) { /* all in one row */
		int64_t n_t = (end < T ? end : T) - first;
		for (int64_t f = 0; f < c->F && n_t > 0; f++)
			isa_active()->add_rows(1, n_t, sum + f * each, 0, map[f] + first, 0);
		sweep_give(q, sum, n);
		return;
	}
	for (int64_t f = 0; f < c->F; f++)
		for (int64_t ch = 0; ch < C; ch++)
			for (int64_t r = 0; r < c->jump; r++) {
				const real *x = sum + f * each + (ch * c->jump + r) * per;
				for (int64_t t = first * c->jump + r; t < T && t < end * c->jump; t += c->jump)
					map[f][t * C + ch] += *x++;
			}
	sweep_give(q, sum, n);
}

void sweep_silence(const struct sweep *q, int v)
{
	const struct value *x = &q->g->value[v];
	const struct carried *c = &q->b->of[v];
	int axis = 0;
	while (axis < x->shape.rank && x->axis[axis] != 'C')
		axis++;
	for (int64_t f = 0; axis < x->shape.rank && f < x->shape.dim[axis]; f++) {
		if (!run_is_off(q->r, v, axis, f))
			continue;
		if (c->kind == CARRY_ROWS && c->F == x->shape.dim[axis])
			memset(q->rows[v] + f * q->m->T * q->m->C, 0, (size_t)(q->m->T * q->m->C) * sizeof(real));
		for (int64_t s = 0; c->kind == CARRY_BAND && s < slots(q, c); s++)
			memset(slot_row(c, &q->piece[v], s, f), 0,
			       (size_t)(q->piece[v].b - q->piece[v].a) * sizeof(real));
	}
}

void sweep_rows_matmul(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	int64_t TC = q->m->T * q->m->C;
	bool across = n->op->filter_axis(q->g, n) == 0;
	const int64_t xo[] = { 0 };
	struct tile t = { .n_out = out->F,
		          .n_in = in->F,
		          .n_tap = 1,
		          .T = TC,
		          .sc = across ? in->F : 1,
		          .si = across ? 1 : out->F,
		          .sk = 0,
		          .ldx = TC,
		          .ldy = TC,
		          .xo = xo };
	isa_active()->tile(&t, q->r->val[n->in[1]], q->rows[n->in[0]], NULL, q->rows[n->out[0]]);
	real alpha = (real)attr_float(n, "alpha", 1);
	for (int64_t k = 0; alpha != 1 && k < out->F * TC; k++)
		q->rows[n->out[0]][k] *= alpha;
}

void sweep_rows_point(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *out = &q->b->of[n->out[0]];
	int64_t TC = q->m->T * q->m->C;
	real *d = xcalloc((size_t)out->F, sizeof *d);
	for (int k = 0; k < n->n_in; k++) {
		if (n->in[k] < 0 || !q->g->value[n->in[k]].depends)
			continue;
		sweep_slope(q, i, k, 0, 1, out->F, d);
		for (int64_t f = 0; f < out->F; f++)
			isa_active()->axpy(TC, d[f], q->rows[n->in[k]] + f * TC, q->rows[n->out[0]] + f * TC);
	}
	free(d);
}

/* d y[i] / d x[j] by one backward call for each i. */
void sweep_rows_jacobian(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	int only = 0;
	sweep_inputs(q, n, &only);
	const struct carried *in = &q->b->of[n->in[only]], *out = &q->b->of[n->out[0]];
	int64_t TC = q->m->T * q->m->C;
	struct op_call c = q->r->call[i];
	real *dy = xcalloc((size_t)out->F, sizeof *dy), *d = xcalloc((size_t)in->F, sizeof *d);
	const real *seed[1] = { dy };
	real **dx = xcalloc((size_t)n->n_in, sizeof *dx);
	c.dy = seed;
	c.dx = dx;
	dx[only] = d;
	for (int64_t o = 0; o < out->F; o++) {
		memset(d, 0, (size_t)in->F * sizeof *d);
		dy[o] = 1;
		n->op->backward(&c);
		dy[o] = 0;
		for (int64_t k = 0; k < in->F; k++)
			if (d[k] != 0)
				isa_active()->axpy(TC, d[k], q->rows[n->in[only]] + k * TC,
				                   q->rows[n->out[0]] + o * TC);
	}
	free(dy);
	free(d);
	free(dx);
}
