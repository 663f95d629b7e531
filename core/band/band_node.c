/* The sweep of core/band/band.h: what each kind of node does to the band. */
#include <stdlib.h>
#include <string.h>
#include "core/band/band_sweep.h"
#include "core/graph/op.h"
#include "core/kernels/tile.h"

enum {
	STRIP = 48,         /* steps of a convolution at a time, */
	STRIP_REALS = 5120, /* what their rows may take, */
	SLOTS = 8,          /* and for how many slots: the weights of a block of filters stay in the first cache */
};

void sweep_slope(const struct sweep *q, int node, int k, int64_t from, int64_t step, int64_t n, real *d)
{
	q->g->node[node].op->slope(&q->r->call[node], k, from, step, n, d);
}

/* Adds the band of input k, times the slope of the node by it. in == p: in its place. */
static void scale_rows(const struct sweep *q, int node, int k, const struct carried *to, struct piece *p,
                       const struct carried *from, const struct piece *in)
{
	real *gate = xalloc_aligned((size_t)(p->b - p->a) * sizeof *gate);
	for (int64_t f = 0; f < to->F; f++) {
		int64_t lo, hi;
		fresh_steps(to, p, &lo, &hi);
		if (lo >= hi)
			break;
		sweep_slope(q, node, k, f * to->sf + lo * to->st, to->st, hi - lo, gate);
		if (in == p) {
			isa_active()->scale_rows(slots(q, to), hi - lo, gate, slot_row(to, p, 0, f) + (lo - p->a),
			                         to->F * p->ld);
			continue;
		}
		for (int64_t c = 0; c < q->m->C; c++)
			isa_active()->add_gated(from->W, hi - lo, gate, 0,
			                        slot_row(from, in, c * from->W, f) + (lo - in->a), from->F * in->ld, 1,
			                        slot_row(to, p, c * to->W + from->offset - to->offset, f) + (lo - p->a),
			                        to->F * p->ld);
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
	sweep_tail_save(q, from);
	out->d = in->d;
	out->n = in->n;
	out->ld = in->ld;
	out->a = in->a;
	out->b = in->b;
	in->d = NULL;
	sweep_tail_restore(q, to);
	return true;
}

int sweep_inputs(const struct sweep *q, const struct node *n, int *only)
{
	int count = 0;
	for (int k = 0; k < n->n_in; k++)
		if (n->in[k] >= 0 && q->g->value[n->in[k]].depends) {
			*only = k;
			count++;
		}
	return count;
}

void sweep_point(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	int only = 0;
	if (sweep_inputs(q, n, &only) == 1 && take_over(q, i, n->in[only], n->out[0])) {
		scale_rows(q, i, only, out, p, out, p);
		return;
	}
	sweep_piece_alloc(q, n->out[0]);
	for (int k = 0; k < n->n_in; k++) {
		if (n->in[k] < 0 || !q->g->value[n->in[k]].depends)
			continue;
		scale_rows(q, i, k, out, p, &q->b->of[n->in[k]], &q->piece[n->in[k]]);
	}
}

/* The new steps of the input's band, in filters from f0 on; zeros in slots that it does not have. */
static void copy_band(const struct sweep *q, const struct carried *to, struct piece *p, int64_t f0,
                      const struct carried *from, const struct piece *in)
{
	size_t bytes = (size_t)(p->b - p->from) * sizeof(real);
	for (int64_t c = 0; c < q->m->C; c++)
		for (int64_t w = 0; w < to->W; w++) {
			int64_t slot = w - (from->offset - to->offset);
			bool has = slot >= 0 && slot < from->W;
			for (int64_t f = 0; f < from->F; f++) {
				real *y = slot_row(to, p, c * to->W + w, f0 + f) + (p->from - p->a);
				if (has)
					memcpy(y, slot_row(from, in, c * from->W + slot, f) + (p->from - in->a), bytes);
				else
					memset(y, 0, bytes);
			}
		}
}

void sweep_concat(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	int64_t f0 = 0;
	if (n->n_in == 1 && take_over(q, i, n->in[0], n->out[0]))
		return;
	sweep_piece_open(q, n->out[0]);
	for (int k = 0; k < n->n_in; k++) {
		const struct carried *in = &q->b->of[n->in[k]];
		copy_band(q, out, p, f0, in, &q->piece[n->in[k]]);
		f0 += in->F;
	}
}

void sweep_alias(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	if (take_over(q, i, n->in[0], n->out[0]))
		return;
	sweep_piece_open(q, n->out[0]);
	copy_band(q, &q->b->of[n->out[0]], &q->piece[n->out[0]], 0, &q->b->of[n->in[0]], &q->piece[n->in[0]]);
}

/* With stride s the input's rows are kept as s rows (phases) each: tap k then reads row (k*d - p) mod s, contiguous in
 * t. */
struct phases {
	real *d;
	int64_t s, ld, q0; /* q0: step / s of the first element */
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

/* The steps [t0,t1) of an output slot, and its taps: neighbours from the first one whose source slot exists. */
struct slot_taps {
	int64_t t0, t1, first, n;
	int64_t *xo;
};

static void slot_taps(const struct sweep *q, int i, const struct phases *h, int64_t c, int64_t w, int64_t from,
                      int64_t to, struct slot_taps *a)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct window *s = &q->b->slide[i];
	int64_t shift = s->dilation * in->jump;
	a->first = a->n = 0;
	sweep_slot_steps(q, out, &q->piece[n->out[0]], w, &a->t0, &a->t1);
	a->t0 = a->t0 > from ? a->t0 : from;
	a->t1 = a->t1 < to ? a->t1 : to;
	if (a->t0 >= a->t1)
		return;
	while (a->first < s->k && w - a->first * shift >= in->W)
		a->first++;
	for (int64_t k = a->first; k < s->k && w - k * shift >= 0; k++)
		a->xo[a->n++] = phase_at(h, in->F, c * in->W + w - k * shift, a->t0, k * s->dilation - s->pad);
}

/* Slots (c,w), w0 <= w < w1, of a convolution for steps [from,to): a block of input filters after the other, so that
 * their rows stay in the first cache while all output filters read them. */
static void conv_slots(const struct sweep *q, int i, const struct phases *h, int64_t c, int64_t w0, int64_t w1,
                       int64_t from, int64_t to, struct slot_taps *of)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct piece *p = &q->piece[n->out[0]];
	const struct window *s = &q->b->slide[i];
	int64_t ci = q->g->value[n->in[1]].shape.dim[1], groups = in->F / ci, co = out->F / groups, most = 1;
	struct tile tile = { .n_out = co, .sc = ci * s->k, .si = s->k, .sk = 1, .ldx = h->s * h->ld, .ldy = p->ld };
	for (int64_t w = w0; w < w1; w++) {
		slot_taps(q, i, h, c, w, from, to, &of[w - w0]);
		most = of[w - w0].n > most ? of[w - w0].n : most;
	}
	int64_t block = STRIP_REALS / (most * (to - from)) + 1;
	for (int64_t g = 0; g < groups; g++)
		for (int64_t f = 0; f < ci; f += block) {
			tile.n_in = ci - f < block ? ci - f : block;
			tile.add = f > 0;
			for (int64_t w = w0; w < w1; w++) {
				const struct slot_taps *a = &of[w - w0];
				tile.T = a->t1 - a->t0;
				tile.n_tap = a->n;
				tile.xo = a->xo;
				if (a->n)
					isa_active()->tile(&tile,
					                   (const real *)q->r->val[n->in[1]] +
					                           (g * co * ci + f) * s->k + a->first,
					                   h->d + (g * ci + f) * h->s * h->ld, NULL,
					                   slot_row(out, p, c * out->W + w, g * co) + (a->t0 - p->a));
			}
		}
}

/* The new steps of slot (c,w) that conv_slots does not write. */
static void zero_outside(const struct sweep *q, int i, int64_t c, int64_t w)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct piece *p = &q->piece[n->out[0]];
	const struct window *s = &q->b->slide[i];
	int64_t t0, t1, shift = s->dilation * in->jump, k = 0;
	while (k < s->k && w - k * shift >= in->W)
		k++;
	if (!sweep_slot_steps(q, out, p, w, &t0, &t1) || k == s->k || w - k * shift < 0)
		t0 = t1 = p->b;
	for (int64_t f = 0; f < out->F; f++) {
		real *row = slot_row(out, p, c * out->W + w, f);
		memset(row + (p->from - p->a), 0, (size_t)(t0 - p->from) * sizeof *row);
		memset(row + (t1 - p->a), 0, (size_t)(p->b - t1) * sizeof *row);
	}
}

void sweep_conv(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	const struct window *s = &q->b->slide[i];
	sweep_piece_open(q, n->out[0]);
	for (int64_t c = 0; c < q->m->C; c++)
		for (int64_t w = 0; w < out->W; w++)
			zero_outside(q, i, c, w);
	struct phases h = phases_of(q, in, &q->piece[n->in[0]], s->stride);
	int64_t *xo = xcalloc((size_t)(SLOTS * s->k), sizeof *xo);
	struct slot_taps of[SLOTS];
	for (int w = 0; w < SLOTS; w++)
		of[w].xo = xo + w * s->k;
	for (int64_t t = p->from; t < p->b; t += STRIP)
		for (int64_t c = 0; c < q->m->C; c++)
			for (int64_t w = 0; w < out->W; w += SLOTS)
				conv_slots(q, i, &h, c, w, w + SLOTS < out->W ? w + SLOTS : out->W, t,
				           t + STRIP < p->b ? t + STRIP : p->b, of);
	free(xo);
	if (h.own)
		free(h.d);
}

void sweep_shift(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct piece *x = &q->piece[n->in[0]];
	struct piece *p = &q->piece[n->out[0]];
	const struct window *s = &q->b->slide[i];
	sweep_piece_alloc(q, n->out[0]);
	for (int64_t slot = 0; slot < slots(q, out); slot++)
		for (int64_t f = 0; f < out->F; f++)
			for (int64_t t = p->from; t < p->b; t++) {
				int64_t u = t * s->stride - s->pad;
				if (t >= 0 && t < out->L && u >= 0 && u < in->L)
					slot_row(out, p, slot, f)[t - p->a] = slot_row(in, x, slot, f)[u - x->a];
			}
}

/* One over the number of taps that step t finds inside. */
static real average_gate(const struct window *s, int64_t t, int64_t L, bool all)
{
	int64_t count = 0;
	for (int64_t k = 0; k < s->k; k++) {
		int64_t u = t * s->stride + k * s->dilation - s->pad;
		count += u >= 0 && u < L;
	}
	return count ? 1 / (real)(all ? s->k : count) : 0;
}

/* gate(f,t) of tap k for steps [from,to): 1 where it wins (MaxPool's forward has left the winners), or 1/count. */
static void pool_gates(const struct sweep *q, int i, int64_t k, int64_t from, int64_t to, real *gate)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	const struct window *s = &q->b->slide[i];
	bool max = n->op->flags & OP_MAXIMUM, all = attr_int(n, "count_include_pad", 0) != 0;
	const int32_t *winner = q->r->call[i].save;
	for (int64_t f = 0; f < out->F; f++, gate += to - from)
		for (int64_t t = from; t < to; t++) {
			int32_t here = (int32_t)(t * s->stride + k * s->dilation - s->pad);
			if (max)
				gate[t - from] = winner[f * out->L + t] == here ? 1 : 0;
			else
				gate[t - from] = average_gate(s, t, in->L, all);
		}
}

void sweep_pool(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct carried *in = &q->b->of[n->in[0]], *out = &q->b->of[n->out[0]];
	struct piece *p = &q->piece[n->out[0]];
	const struct window *s = &q->b->slide[i];
	int64_t from, to;
	fresh_steps(out, p, &from, &to);
	sweep_piece_alloc(q, n->out[0]);
	if (from >= to)
		return;
	real *gate = xalloc_aligned((size_t)(out->F * (to - from)) * sizeof *gate);
	const struct piece *x = &q->piece[n->in[0]];
	for (int64_t k = 0; k < s->k; k++) {
		int64_t lag = k * s->dilation - s->pad;
		pool_gates(q, i, k, from, to, gate);
		for (int64_t c = 0; c < q->m->C; c++)
			for (int64_t w = 0; w < in->W; w++) {
				int64_t t0, t1, slot = w + k * s->dilation * in->jump;
				if (!sweep_slot_steps(q, out, p, slot, &t0, &t1))
					continue;
				isa_active()->add_gated(
				        out->F, t1 - t0, gate + t0 - from, to - from,
				        slot_row(in, x, c * in->W + w, 0) + (t0 * s->stride + lag - x->a), x->ld,
				        s->stride, slot_row(out, p, c * out->W + slot, 0) + (t0 - p->a), p->ld);
			}
	}
	free(gate);
}
