/* The sweep of core/band.h: forward through the nodes, a stretch of time steps (a chunk) after the other so that memory stays small; each
 * chunk computes the halo that its deeper layers read anew. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/band_plan.h"
#include "core/op.h"
#include "core/tile.h"

enum {
	CHUNK_BYTES = 12 << 20, CHUNK_STEPS = 96,  /* of the largest band, at most; of the deepest layer, at least */
	STRIP = 48, STRIP_REALS = 4096,           /* steps of a convolution at a time, and what their rows may take */
	SPARES = 8,
};

/* The band of one value for steps [a,b): slot s = c*W + w of filter f lies at d + (s*F + f)*ld + (t - a). Steps outside the
 * value's own 0..L-1 (padding) hold zeros. */
struct piece {
	real *d;
	size_t n;                                  /* reals of d */
	int64_t a, b, ld;
};

struct sweep {
	const struct band *b;
	const struct model *m;
	const struct graph *g;
	const struct run *r;
	struct piece *piece;                       /* per value */
	real **rows;                               /* per value of CARRY_ROWS: (F, T*C) */
	bool *need;                                /* per value */
	int *last;                                 /* per value: node that reads it last */
	real *const *const *map;
	int64_t chunk, n_chunk;
	struct spare {
		real *d;
		size_t n;
	} spare[SPARES];                           /* memory of pieces that are done, for the next: new pages cost more than the arithmetic */
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t core_from(const struct sweep *q, int64_t L)
{
	return L * q->chunk / q->n_chunk;
}

static int64_t core_to(const struct sweep *q, int64_t L)
{
	return L * (q->chunk + 1) / q->n_chunk;
}

static int64_t slots(const struct sweep *q, const struct carried *c)
{
	return q->m->C * c->W;
}

static real *slot_row(const struct carried *c, const struct piece *p, int64_t slot, int64_t f)
{
	return p->d + (slot * c->F + f) * p->ld;
}

/* The spare that fits best, or new memory. */
static real *memory_take(struct sweep *q, size_t *n)
{
	struct spare *best = NULL;
	for (int i = 0; i < SPARES; i++)
		if (q->spare[i].d && q->spare[i].n >= *n && (!best || q->spare[i].n < best->n))
			best = &q->spare[i];
	if (!best)
		return xalloc_aligned(*n * sizeof(real));
	real *d = best->d;
	*n = best->n;
	best->d = NULL;
	return d;
}

static void memory_give(struct sweep *q, real *d, size_t n)
{
	struct spare *least = &q->spare[0];
	for (int i = 0; i < SPARES; i++) {
		if (!q->spare[i].d) {
			q->spare[i] = (struct spare){ d, n };
			return;
		}
		if (q->spare[i].n < least->n)
			least = &q->spare[i];
	}
	if (least->n < n) {
		free(least->d);
		*least = (struct spare){ d, n };
	} else {
		free(d);
	}
}

static void piece_open(struct sweep *q, const struct carried *c, struct piece *p)
{
	p->ld = p->b - p->a;
	p->n = (size_t)(slots(q, c) * c->F * p->ld + TILE_SLACK);
	p->d = memory_take(q, &p->n);
}

static void piece_alloc(struct sweep *q, const struct carried *c, struct piece *p)
{
	piece_open(q, c, p);
	memset(p->d, 0, (size_t)(slots(q, c) * c->F * p->ld + TILE_SLACK) * sizeof(real));
}

static void piece_free(struct sweep *q, struct piece *p)
{
	if (p->d)
		memory_give(q, p->d, p->n);
	p->d = NULL;
}

/* Steps of the piece that exist and whose slot lies inside the window. */
static bool slot_steps(const struct sweep *q, const struct carried *c, const struct piece *p, int64_t w, int64_t *from, int64_t *to)
{
	int64_t first = -floor_div(c->offset + w, c->jump), behind = floor_div(q->m->T - 1 - c->offset - w, c->jump) + 1;
	*from = p->a > 0 ? p->a : 0;
	*to = p->b < c->L ? p->b : c->L;
	if (first > *from)
		*from = first;
	if (behind < *to)
		*to = behind;
	return *from < *to;
}

/* ---- nodes ---- */

/* dy[i]/dx[i] of an operator whose points do not mix, by its own backward seeded with ones: (count) for input k. */
static real *diagonal(const struct sweep *q, int node, int k)
{
	const struct node *n = &q->g->node[node];
	struct op_call c = q->r->call[node];
	size_t count = (size_t)shape_count(&q->g->value[n->out[0]].shape);
	real *one = xalloc_aligned(count * sizeof *one), *d = xalloc_aligned(count * sizeof *d);
	const real **dy = xcalloc((size_t)n->n_out, sizeof *dy);
	real **dx = xcalloc((size_t)n->n_in, sizeof *dx);
	for (size_t i = 0; i < count; i++)
		one[i] = 1;
	memset(d, 0, count * sizeof *d);
	dy[0] = one;
	dx[k] = d;
	c.dy = dy;
	c.dx = dx;
	n->op->backward(&c);
	free(one);
	free(dy);
	free(dx);
	return d;
}

static void scale_rows(const struct sweep *q, const struct carried *to, struct piece *p, const struct carried *from,
		       const struct piece *in, const real *diag, const struct carried *like)
{
	real *gate = xalloc_aligned((size_t)(p->b - p->a) * sizeof *gate);
	for (int64_t f = 0; f < to->F; f++) {
		int64_t lo = p->a > 0 ? p->a : 0, hi = p->b < to->L ? p->b : to->L;
		for (int64_t t = lo; t < hi; t++)
			gate[t - lo] = diag[f * like->sf + t * like->st];
		if (in == p) {
			isa_active()->scale_rows(slots(q, to), hi - lo, gate, slot_row(to, p, 0, f) + (lo - p->a), to->F * p->ld);
			continue;
		}
		for (int64_t c = 0; c < q->m->C; c++)
			isa_active()->add_gated(from->W, hi - lo, gate, 0, slot_row(from, in, c * from->W, f) + (lo - in->a), from->F * in->ld, 1,
						slot_row(to, p, c * to->W + from->offset - to->offset, f) + (lo - p->a), to->F * p->ld);
	}
	free(gate);
}

/* A value that nobody reads again hands its memory on. */
static bool take_over(struct sweep *q, int node, int from, int to)
{
	const struct carried *a = &q->b->of[from], *b = &q->b->of[to];
	if (q->last[from] != node || a->W != b->W || a->F != b->F)
		return false;
	struct piece *in = &q->piece[from], *out = &q->piece[to];
	out->d = in->d;
	out->n = in->n;
	out->ld = in->ld;
	out->a = in->a;
	out->b = in->b;
	in->d = NULL;
	return true;
}

static int dependent_inputs(const struct sweep *q, const struct node *n, int *only)
{
	int count = 0;
	for (int k = 0; k < n->n_in; k++)
		if (n->in[k] >= 0 && q->g->value[n->in[k]].depends) {
			*only = k;
			count++;
		}
	return count;
}

static void sweep_point(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	int only = 0;
	if (dependent_inputs(q, n, &only) == 1 && take_over(q, i, n->in[only], n->out[0])) {
		real *d = diagonal(q, i, only);
		scale_rows(q, out, p, out, p, d, out);
		free(d);
		return;
	}
	piece_alloc(q, out, p);
	for (int k = 0; k < n->n_in; k++) {
		if (n->in[k] < 0 || !q->g->value[n->in[k]].depends)
			continue;
		real *d = diagonal(q, i, k);
		scale_rows(q, out, p, &q->b->of[n->in[k]], &q->piece[n->in[k]], d, out);
		free(d);
	}
}

static void copy_band(const struct sweep *q, const struct carried *to, struct piece *p, int64_t f0, const struct carried *from,
		      const struct piece *in)
{
	int64_t lo = p->a > in->a ? p->a : in->a, hi = p->b < in->b ? p->b : in->b;
	for (int64_t c = 0; c < q->m->C; c++)
		for (int64_t w = 0; w < from->W; w++)
			for (int64_t f = 0; f < from->F; f++)
				memcpy(slot_row(to, p, c * to->W + w + from->offset - to->offset, f0 + f) + (lo - p->a),
				       slot_row(from, in, c * from->W + w, f) + (lo - in->a), (size_t)(hi - lo) * sizeof(real));
}

static void sweep_concat(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	int64_t f0 = 0;
	if (n->n_in == 1 && take_over(q, i, n->in[0], n->out[0]))
		return;
	piece_alloc(q, out, p);
	for (int k = 0; k < n->n_in; k++) {
		const struct carried *in = &q->b->of[n->in[k]];
		copy_band(q, out, p, f0, in, &q->piece[n->in[k]]);
		f0 += in->F;
	}
}

static void sweep_alias(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	if (take_over(q, i, n->in[0], n->out[0]))
		return;
	piece_alloc(q, &q->b->of[n->out[0]], &q->piece[n->out[0]]);
	copy_band(q, &q->b->of[n->out[0]], &q->piece[n->out[0]], 0, &q->b->of[n->in[0]], &q->piece[n->in[0]]);
}

/* With stride s the input's rows are kept as s rows (phases) each: tap k then reads row (k*d - p) mod s, contiguous in t. */
struct phases {
	real *d;
	int64_t s, ld, q0;                         /* q0: step / s of the first element */
	bool own;
};

static struct phases phases_of(const struct sweep *q, const struct carried *in, const struct piece *p, int64_t s)
{
	struct phases h = { .d = p->d, .s = s, .ld = p->ld, .q0 = p->a };
	if (s == 1)
		return h;
	h.own = true;
	h.q0 = floor_div(p->a, s);
	h.ld = floor_div(p->b - 1, s) - h.q0 + 1;
	int64_t rows = slots(q, in) * in->F;
	size_t n = (size_t)(rows * s * h.ld + TILE_SLACK);
	h.d = xalloc_aligned(n * sizeof(real));
	memset(h.d, 0, n * sizeof(real));
	for (int64_t phase = 0; phase < s; phase++) {
		int64_t first = p->a + (phase - p->a % s + 2 * s) % s;
		for (int64_t r = 0; r < rows; r++) {
			const real *x = p->d + r * p->ld - p->a;
			real *y = h.d + (r * s + phase) * h.ld + floor_div(first, s) - h.q0;
			for (int64_t t = first; t < p->b; t += s)
				*y++ = x[t];
		}
	}
	return h;
}

/* Where step t*s + lag of the first filter of a slot lies. */
static int64_t phase_at(const struct phases *h, int64_t F, int64_t slot, int64_t t, int64_t lag)
{
	int64_t q = floor_div(lag, h->s), row = lag - q * h->s;
	return (slot * F * h->s + row) * h->ld + t + q - h->q0;
}

/* Slot (c,w) of a convolution for steps [t0,t1): a block of input filters after the other, so that their rows stay in the first cache while
 * all output filters read them. */
static void conv_slot(const struct sweep *q, int i, const struct phases *h, int64_t c, int64_t w, int64_t t0, int64_t t1, int64_t *xo)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct piece *p = &q->piece[n->out[0]];
	const struct sliding *s = &q->b->slide[i];
	int64_t ci = q->g->value[n->in[1]].shape.dim[1], groups = in->F / ci, co = out->F / groups;
	int64_t shift = s->dilation * in->jump, k0 = 0;
	struct tile tile = { .T = t1 - t0, .n_out = co, .sc = ci * s->k, .si = s->k, .sk = 1, .ldx = h->s * h->ld, .ldy = p->ld, .xo = xo };
	/* taps k whose source slot w - k*shift exists are neighbours */
	while (k0 < s->k && w - k0 * shift >= in->W)
		k0++;
	for (int64_t k = k0; k < s->k && w - k * shift >= 0; k++)
		xo[tile.n_tap++] = phase_at(h, in->F, c * in->W + w - k * shift, t0, k * s->dilation - s->pad);
	int64_t block = tile.n_tap ? STRIP_REALS / (tile.n_tap * STRIP) + 1 : ci;
	for (int64_t g = 0; tile.n_tap && g < groups; g++)
		for (int64_t f = 0; f < ci; f += block) {
			tile.n_in = ci - f < block ? ci - f : block;
			tile.add = f > 0;
			isa_active()->tile(&tile, (const real *)q->r->val[n->in[1]] + (g * co * ci + f) * s->k + k0,
					   h->d + (g * ci + f) * h->s * h->ld, NULL,
					   slot_row(out, p, c * out->W + w, g * co) + (t0 - p->a));
		}
}

/* The steps of slot (c,w) that conv_slot does not write. */
static void zero_outside(const struct sweep *q, int i, int64_t c, int64_t w)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct piece *p = &q->piece[n->out[0]];
	const struct sliding *s = &q->b->slide[i];
	int64_t t0, t1, shift = s->dilation * in->jump, k = 0;
	while (k < s->k && w - k * shift >= in->W)
		k++;
	if (!slot_steps(q, out, p, w, &t0, &t1) || k == s->k || w - k * shift < 0)
		t0 = t1 = p->b;
	for (int64_t f = 0; f < out->F; f++) {
		real *row = slot_row(out, p, c * out->W + w, f);
		memset(row, 0, (size_t)(t0 - p->a) * sizeof *row);
		memset(row + (t1 - p->a), 0, (size_t)(p->b - t1) * sizeof *row);
	}
}

static void sweep_conv(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	const struct sliding *s = &q->b->slide[i];
	piece_open(q, out, p);
	memset(p->d + slots(q, out) * out->F * p->ld, 0, TILE_SLACK * sizeof(real));
	for (int64_t c = 0; c < q->m->C; c++)
		for (int64_t w = 0; w < out->W; w++)
			zero_outside(q, i, c, w);
	struct phases h = phases_of(q, in, &q->piece[n->in[0]], s->stride);
	int64_t *xo = xcalloc((size_t)s->k, sizeof *xo);
	for (int64_t t = p->a; t < p->b; t += STRIP)
		for (int64_t c = 0; c < q->m->C; c++)
			for (int64_t w = 0; w < out->W; w++) {
				int64_t t0, t1;
				slot_steps(q, out, p, w, &t0, &t1);
				t0 = t0 > t ? t0 : t;
				t1 = t1 < t + STRIP ? t1 : t + STRIP;
				if (t0 < t1)
					conv_slot(q, i, &h, c, w, t0, t1, xo);
			}
	free(xo);
	if (h.own)
		free(h.d);
}

static void sweep_shift(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct piece *x = &q->piece[n->in[0]];
	struct piece *p = &q->piece[n->out[0]];
	const struct sliding *s = &q->b->slide[i];
	piece_alloc(q, out, p);
	for (int64_t slot = 0; slot < slots(q, out); slot++)
		for (int64_t f = 0; f < out->F; f++)
			for (int64_t t = p->a; t < p->b; t++) {
				int64_t u = t * s->stride - s->pad;
				if (t >= 0 && t < out->L && u >= 0 && u < in->L)
					slot_row(out, p, slot, f)[t - p->a] = slot_row(in, x, slot, f)[u - x->a];
			}
}

/* One over the number of taps that step t finds inside. */
static real average_gate(const struct sliding *s, int64_t t, int64_t L, bool all)
{
	int64_t count = 0;
	for (int64_t k = 0; k < s->k; k++) {
		int64_t u = t * s->stride + k * s->dilation - s->pad;
		count += u >= 0 && u < L;
	}
	return count ? 1 / (real)(all ? s->k : count) : 0;
}

/* gate(f,t) of tap k: 1 where it wins (MaxPool's forward has left the winners), or 1/count. */
static void pool_gates(const struct sweep *q, int i, int64_t k, real *gate)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct sliding *s = &q->b->slide[i];
	bool max = !strcmp(n->op->name, "MaxPool"), all = attr_int(n, "count_include_pad", 0) != 0;
	const int32_t *winner = q->r->call[i].save;
	for (int64_t f = 0; f < out->F; f++, gate += out->L)
		for (int64_t t = 0; t < out->L; t++) {
			int32_t here = (int32_t)(t * s->stride + k * s->dilation - s->pad);
			if (max)
				gate[t] = winner[f * out->L + t] == here ? 1 : 0;
			else
				gate[t] = average_gate(s, t, in->L, all);
		}
}

static void sweep_pool(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	const struct sliding *s = &q->b->slide[i];
	real *gate = xalloc_aligned((size_t)(out->F * out->L) * sizeof *gate);
	piece_alloc(q, out, p);
	const struct piece *x = &q->piece[n->in[0]];
	for (int64_t k = 0; k < s->k; k++) {
		int64_t lag = k * s->dilation - s->pad;
		pool_gates(q, i, k, gate);
		for (int64_t c = 0; c < q->m->C; c++)
			for (int64_t w = 0; w < in->W; w++) {
				int64_t t0, t1, to = w + k * s->dilation * in->jump;
				if (!slot_steps(q, out, p, to, &t0, &t1))
					continue;
				isa_active()->add_gated(out->F, t1 - t0, gate + t0, out->L,
							slot_row(in, x, c * in->W + w, 0) + (t0 * s->stride + lag - x->a), x->ld,
							s->stride, slot_row(out, p, c * out->W + to, 0) + (t0 - p->a), p->ld);
			}
	}
	free(gate);
}

/* ---- from bands to rows and maps ---- */

/* The chunk's own steps, each to its place in the rows over the whole input. */
static void band_to_rows(const struct sweep *q, int node, enum step step)
{
	const struct node *n = &q->g->node[node];
	int v = n->in[0];
	const struct carried *in = &q->b->of[v];
	const struct piece *p = &q->piece[v];
	const real *x = q->r->val[v];
	int64_t T = q->m->T, C = q->m->C, from = core_from(q, in->L), to = core_to(q, in->L);
	real *rows = q->rows[n->out[0]];
	for (int64_t f = 0; f < in->F; f++) {
		int64_t winner = 0;
		for (int64_t t = 1; t < in->L && step == STEP_REDUCE_MAX; t++)
			if (x[f * in->sf + t * in->st] > x[f * in->sf + winner * in->st])
				winner = t;
		for (int64_t c = 0; c < C; c++)
			for (int64_t w = 0; w < in->W; w++) {
				int64_t t0, t1;
				slot_steps(q, in, p, w, &t0, &t1);
				t0 = step == STEP_REDUCE_MAX && winner > t0 ? winner : t0 > from ? t0 : from;
				t1 = step == STEP_REDUCE_MAX && winner + 1 < t1 ? winner + 1 : t1 < to ? t1 : to;
				if (t0 < from || t1 > to)
					continue;
				/* one step on: to the next element's row, or along the filter's */
				int64_t on = in->jump * C + (step == STEP_FLATTEN ? in->st * T * C : 0);
				const real *d = slot_row(in, p, c * in->W + w, f) - p->a;
				real *y = rows + (step == STEP_FLATTEN ? f * in->sf : f) * T * C + (in->offset + w) * C + c;
				real scale = step == STEP_REDUCE_MEAN ? 1 / (real)in->L : 1;
				for (int64_t t = t0; t < t1; t++)
					y[t * on] += scale * d[t];
			}
	}
}

/* Slots are added for each filter, channel and remainder of the place in the window by the jump, where steps are neighbours; then the
 * sums are put where they belong. */
static void emit_map(struct sweep *q, const struct layer *l, real *const *map)
{
	const struct carried *c = &q->b->of[l->act];
	const struct piece *p = &q->piece[l->act];
	int64_t C = q->m->C, T = q->m->T, from = core_from(q, c->L), to = core_to(q, c->L), per = T / c->jump + 1, each = C * c->jump * per;
	size_t n = (size_t)(c->F * each);
	real *sum = memory_take(q, &n);
	memset(sum, 0, (size_t)(c->F * each) * sizeof *sum);
	for (int64_t i = 0; i < slots(q, c); i++) {
		int64_t t0, t1, place = c->offset + i % c->W, q0 = floor_div(place, c->jump);
		slot_steps(q, c, p, i % c->W, &t0, &t1);
		t0 = t0 > from ? t0 : from;
		t1 = t1 < to ? t1 : to;
		if (t0 < t1)
			isa_active()->add_rows(c->F, t1 - t0, slot_row(c, p, i, 0) + (t0 - p->a), p->ld,
					       sum + (i / c->W * c->jump + place - q0 * c->jump) * per + q0 + t0, each);
	}
	for (int64_t f = 0; f < c->F; f++)
		for (int64_t ch = 0; ch < C; ch++)
			for (int64_t r = 0; r < c->jump; r++) {
				const real *x = sum + f * each + (ch * c->jump + r) * per;
				for (int64_t t = r; t < T; t += c->jump)
					map[f][t * C + ch] += *x++;
			}
	memory_give(q, sum, n);
}

/* A filter switched off passes nothing on. */
static void silence(const struct sweep *q, int v)
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
			memset(slot_row(c, &q->piece[v], s, f), 0, (size_t)(q->piece[v].b - q->piece[v].a) * sizeof(real));
	}
}

static void rows_matmul(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	int64_t TC = q->m->T * q->m->C;
	bool across = !strcmp(n->op->name, "Gemm") && attr_int(n, "transB", 0);
	const int64_t xo[] = { 0 };
	struct tile t = { .n_out = out->F, .n_in = in->F, .n_tap = 1, .T = TC, .sc = across ? in->F : 1, .si = across ? 1 : out->F,
			  .sk = 0, .ldx = TC, .ldy = TC, .xo = xo };
	isa_active()->tile(&t, q->r->val[n->in[1]], q->rows[n->in[0]], NULL, q->rows[n->out[0]]);
	real alpha = !strcmp(n->op->name, "Gemm") ? (real)attr_float(n, "alpha", 1) : 1;
	for (int64_t k = 0; alpha != 1 && k < out->F * TC; k++)
		q->rows[n->out[0]][k] *= alpha;
}

static void rows_point(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *out = &q->b->of[n->out[0]];
	int64_t TC = q->m->T * q->m->C;
	for (int k = 0; k < n->n_in; k++) {
		if (n->in[k] < 0 || !q->g->value[n->in[k]].depends)
			continue;
		real *d = diagonal(q, i, k);
		for (int64_t f = 0; f < out->F; f++)
			isa_active()->axpy(TC, d[f], q->rows[n->in[k]] + f * TC, q->rows[n->out[0]] + f * TC);
		free(d);
	}
}

/* d y[i] / d x[j] by one backward call for each i. */
static void rows_jacobian(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	int only = 0;
	dependent_inputs(q, n, &only);
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
				isa_active()->axpy(TC, d[k], q->rows[n->in[only]] + k * TC, q->rows[n->out[0]] + o * TC);
	}
	free(dy);
	free(d);
	free(dx);
}

/* ---- the sweep ---- */

static void widen(struct piece *p, int64_t a, int64_t b)
{
	if (p->a >= p->b) {
		p->a = a;
		p->b = b;
		return;
	}
	if (a < p->a)
		p->a = a;
	if (b > p->b)
		p->b = b;
}

/* Which steps of every value this chunk needs, from the back. */
static void ranges(struct sweep *q)
{
	for (int v = 0; v < q->g->n_value; v++)
		q->piece[v] = (struct piece){ 0 };
	for (int l = 0; l < q->b->n_layer; l++) {
		int v = q->b->layer[l].act;
		if (q->map[l] && q->b->of[v].kind == CARRY_BAND)
			widen(&q->piece[v], core_from(q, q->b->of[v].L), core_to(q, q->b->of[v].L));
	}
	for (int i = q->g->n_node - 1; i >= 0; i--) {
		const struct node *n = &q->g->node[i];
		enum step step = q->b->step[i];
		if (step == STEP_NONE || !q->need[n->out[0]])
			continue;
		const struct carried *in = &q->b->of[n->in[0]];
		const struct piece *p = &q->piece[n->out[0]];
		const struct sliding *s = &q->b->slide[i];
		if (step >= STEP_FLATTEN && step <= STEP_REDUCE_MAX) {
			widen(&q->piece[n->in[0]], core_from(q, in->L), core_to(q, in->L));
		} else if (q->b->of[n->out[0]].kind != CARRY_BAND || p->a >= p->b) {
			continue;
		} else if (step == STEP_CONV || step == STEP_POOL || step == STEP_SHIFT) {
			widen(&q->piece[n->in[0]], p->a * s->stride - s->pad,
			      (p->b - 1) * s->stride + (s->k - 1) * s->dilation - s->pad + 1);
		} else {
			for (int k = 0; k < n->n_in; k++)
				if (n->in[k] >= 0 && q->g->value[n->in[k]].depends)
					widen(&q->piece[n->in[k]], p->a, p->b);
		}
	}
}

static void input_band(struct sweep *q)
{
	const struct carried *c = &q->b->of[q->m->input];
	struct piece *p = &q->piece[q->m->input];
	if (p->a >= p->b)
		return;
	piece_alloc(q, c, p);
	for (int64_t f = 0; f < q->m->C; f++)
		for (int64_t t = p->a; t < p->b; t++)
			if (t >= 0 && t < c->L)
				slot_row(c, p, f, f)[t - p->a] = 1;
}

static void finish_value(struct sweep *q, int v)
{
	if (q->r->n_off)
		silence(q, v);
	for (int l = 0; l < q->b->n_layer; l++)
		if (q->map[l] && q->b->layer[l].act == v && q->b->of[v].kind == CARRY_BAND)
			emit_map(q, &q->b->layer[l], q->map[l]);
}

static void drop_inputs(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	for (int k = 0; k < n->n_in; k++)
		if (n->in[k] >= 0 && q->last[n->in[k]] == i) {
			piece_free(q, &q->piece[n->in[k]]);
		}
}

static void sweep_chunk(struct sweep *q)
{
	static void (*const run[])(struct sweep *, int) = {
		[STEP_ALIAS] = sweep_alias, [STEP_POINT] = sweep_point, [STEP_CONV] = sweep_conv,
		[STEP_POOL] = sweep_pool,   [STEP_CONCAT] = sweep_concat, [STEP_SHIFT] = sweep_shift,
	};
	ranges(q);
	input_band(q);
	for (int i = 0; i < q->g->n_node; i++) {
		const struct node *n = &q->g->node[i];
		enum step step = q->b->step[i];
		if (step == STEP_NONE || !q->need[n->out[0]])
			continue;
		if (step >= STEP_FLATTEN && step <= STEP_REDUCE_MAX) {
			if (q->piece[n->in[0]].d)
				band_to_rows(q, i, step);
		} else if (q->b->of[n->out[0]].kind == CARRY_BAND && q->piece[n->out[0]].a < q->piece[n->out[0]].b) {
			run[step](q, i);
			finish_value(q, n->out[0]);
			if (q->last[n->out[0]] < 0) {
				piece_free(q, &q->piece[n->out[0]]);
			}
		}
		drop_inputs(q, i);
	}
	piece_free(q, &q->piece[q->m->input]);
}

static void sweep_rows(struct sweep *q)
{
	for (int i = 0; i < q->g->n_node; i++) {
		const struct node *n = &q->g->node[i];
		int v = n->n_out ? n->out[0] : -1;
		if (v < 0 || !q->need[v] || q->b->of[v].kind != CARRY_ROWS)
			continue;
		size_t bytes = (size_t)(q->b->of[v].F * q->m->T * q->m->C) * sizeof(real);
		if (q->b->step[i] == STEP_MATMUL)
			rows_matmul(q, i);
		else if (q->b->step[i] == STEP_POINT)
			rows_point(q, i);
		else if (q->b->step[i] == STEP_JACOBIAN)
			rows_jacobian(q, i);
		else if (q->b->step[i] == STEP_ALIAS)
			memcpy(q->rows[v], q->rows[n->in[0]], bytes);
		if (q->r->n_off)
			silence(q, v);
	}
	for (int l = 0; l < q->b->n_layer; l++) {
		int v = q->b->layer[l].act;
		int64_t n = q->m->T * q->m->C;
		for (int64_t f = 0; q->map[l] && q->b->of[v].kind == CARRY_ROWS && f < q->b->of[v].F; f++)
			memcpy(q->map[l][f], q->rows[v] + f * n, (size_t)n * sizeof(real));
	}
}

/* Which values lead to the wanted layers, who reads them last, and how many chunks keep memory small. */
static void prepare(struct sweep *q)
{
	int64_t biggest = 0;
	for (int l = 0; l < q->b->n_layer; l++)
		if (q->map[l])
			q->need[q->b->layer[l].act] = true;
	for (int v = 0; v < q->g->n_value; v++)
		q->last[v] = -1;
	for (int i = q->g->n_node - 1; i >= 0; i--) {
		const struct node *n = &q->g->node[i];
		if (q->b->step[i] == STEP_NONE || !q->need[n->out[0]])
			continue;
		for (int k = 0; k < n->n_in; k++)
			if (n->in[k] >= 0 && q->g->value[n->in[k]].depends) {
				q->need[n->in[k]] = true;
				if (q->last[n->in[k]] < 0)
					q->last[n->in[k]] = i;
			}
	}
	for (int v = 0; v < q->g->n_value; v++) {
		const struct carried *c = &q->b->of[v];
		if (!q->need[v])
			continue;
		if (c->kind == CARRY_ROWS) {
			size_t n = (size_t)(c->F * q->m->T * q->m->C + TILE_SLACK);
			q->rows[v] = xalloc_aligned(n * sizeof(real));
			memset(q->rows[v], 0, n * sizeof(real));
		} else if (c->kind == CARRY_BAND && slots(q, c) * c->F * c->L > biggest) {
			biggest = slots(q, c) * c->F * c->L;
		}
	}
	q->n_chunk = biggest * (int64_t)sizeof(real) / CHUNK_BYTES + 1;
	if (q->n_chunk > q->m->T / CHUNK_STEPS)
		q->n_chunk = q->m->T / CHUNK_STEPS;
	if (q->n_chunk < 1)
		q->n_chunk = 1;
}

void band_maps(const struct band *b, const struct run *r, real *const *const *map)
{
	const struct model *m = b->m;
	size_t nv = (size_t)m->graph->n_value;
	struct sweep q = { .b = b, .m = m, .g = m->graph, .r = r, .map = map };
	q.piece = xcalloc(nv, sizeof *q.piece);
	q.rows = xcalloc(nv, sizeof *q.rows);
	q.need = xcalloc(nv, sizeof *q.need);
	q.last = xcalloc(nv, sizeof *q.last);
	prepare(&q);
	size_t window = (size_t)(m->T * m->C);
	for (int l = 0; l < b->n_layer; l++)
		for (int64_t f = 0; map[l] && f < b->layer[l].filters; f++)
			memset(map[l][f], 0, window * sizeof(real));
	for (q.chunk = 0; q.chunk < q.n_chunk; q.chunk++)
		sweep_chunk(&q);
	sweep_rows(&q);
	for (int l = 0; l < b->n_layer; l++)
		for (int64_t f = 0; map[l] && f < b->layer[l].filters; f++)
			for (size_t i = 0; i < window; i++)
				map[l][f][i] = real_abs(map[l][f][i]);
	for (size_t v = 0; v < nv; v++)
		free(q.rows[v]);
	for (int i = 0; i < SPARES; i++)
		free(q.spare[i].d);
	free(q.piece);
	free(q.rows);
	free(q.need);
	free(q.last);
}
