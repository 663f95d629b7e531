/* LSTM, GRU and RNN backwards: gradients through time, and the shares of recursive highlighting. Step by step only what
 * goes through the state; everything else (weights, input) in one product over all steps at the end. */
#include <math.h>
#include <string.h>
#include "core/ops/op_recurrent.h"

/* One direction's gradients, in order of processing. */
struct back {
	struct lane l;
	real *dz;      /* (t, n, gh) of what the gates' functions take */
	real *dq;      /* (t, n, h) GRU: of the hidden gate's recurrent product */
	real *dh, *dc; /* (n, h) of the state behind the step in hand */
	real *dh0;     /* (n, h) of the one before it */
};

static void add(real *to, const real *from, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		to[i] += from[i];
}

/* dh0 += d (n, rows) R[from, from + rows) */
static void through_r(struct back *b, const real *d, int64_t ld, int64_t from, int64_t rows, real *to)
{
	const struct recurrent *p = b->l.p;
	matmul_add(p->n, p->h, rows, (struct matrix){ d, ld, 1 }, (struct matrix){ b->l.r + from * p->h, p->h, 1 }, to,
	           b->l.tmp);
}

static void rnn_back(struct back *b, int64_t s)
{
	const struct recurrent *p = b->l.p;
	int64_t m = p->n * p->h;
	real *dz = b->dz + s * m;
	for (int64_t i = 0; i < m; i++)
		dz[i] = b->dh[i] * gate_d(&b->l, 0, b->l.z[s * m + i], b->l.a[s * m + i]);
	through_r(b, dz, p->h, 0, p->h, b->dh0);
}

static void lstm_back(struct back *b, int64_t s)
{
	const struct lane *l = &b->l;
	const struct recurrent *p = l->p;
	const struct gate_function *fh = &p->f[l->dir][2];
	int64_t h = p->h, m = p->n * h;
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh, k = i % h;
		const real *z = l->z + at, *a = l->a + at, *peep = l->peep;
		real *dz = b->dz + at, c0 = l->cs[s * m + i], c1 = l->cs[(s + 1) * m + i];
		real hc = fh->f(c1, fh->a, fh->b);
		dz[h + k] = b->dh[i] * hc * gate_d(l, 0, z[h + k], a[h + k]);
		real dc = b->dc[i] + b->dh[i] * a[h + k] * fh->df(c1, hc, fh->a, fh->b) +
		          (peep ? peep[h + k] * dz[h + k] : 0);
		dz[k] = dc * (a[3 * h + k] - (p->coupled ? c0 : 0)) * gate_d(l, 0, z[k], a[k]);
		dz[2 * h + k] = p->coupled ? 0 : dc * c0 * gate_d(l, 0, z[2 * h + k], a[2 * h + k]);
		dz[3 * h + k] = dc * a[k] * gate_d(l, 1, z[3 * h + k], a[3 * h + k]);
		b->dc[i] = dc * a[2 * h + k] + (peep ? peep[k] * dz[k] + peep[2 * h + k] * dz[2 * h + k] : 0);
	}
	through_r(b, b->dz + s * p->n * p->gh, p->gh, 0, p->gh, b->dh0);
}

static void gru_back(struct back *b, int64_t s)
{
	const struct lane *l = &b->l;
	const struct recurrent *p = l->p;
	int64_t h = p->h, m = p->n * h;
	const real *h0 = l->hs + s * m, *q = l->cs + s * m;
	real *dq = b->dq + s * m, *drh = b->dc; /* GRU has no cell state: its room serves for the gradient of r * h */
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh, k = i % h;
		const real *z = l->z + at, *a = l->a + at;
		real *dz = b->dz + at;
		dz[k] = b->dh[i] * (h0[i] - a[2 * h + k]) * gate_d(l, 0, z[k], a[k]);
		dz[2 * h + k] = b->dh[i] * (1 - a[k]) * gate_d(l, 1, z[2 * h + k], a[2 * h + k]);
		dq[i] = p->after ? dz[2 * h + k] * a[h + k] : dz[2 * h + k];
		b->dh0[i] += b->dh[i] * a[k];
	}
	memset(drh, 0, (size_t)m * sizeof *drh);
	through_r(b, dq, h, 2 * h, h, drh);
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh + h + i % h;
		real d = p->after ? b->dz[at + h] * q[i] : drh[i] * h0[i];
		b->dz[at] = d * gate_d(l, 0, l->z[at], l->a[at]);
		b->dh0[i] += p->after ? drh[i] : drh[i] * l->a[at];
	}
	through_r(b, b->dz + s * p->n * p->gh, p->gh, 0, 2 * h, b->dh0);
}

static real *wanted(const struct op_call *c, int k)
{
	return k < c->n->n_in ? c->dx[k] : NULL;
}

/* dw (rows, cols) += d' x, both over all steps; d's rows lie ld apart. */
static void weights(const struct back *b, const real *d, int64_t ld, int64_t rows, const real *x, int64_t cols,
                    real *dw)
{
	matmul_add(rows, cols, b->l.p->t * b->l.p->n, (struct matrix){ d, 1, ld }, (struct matrix){ x, cols, 1 }, dw,
	           b->l.tmp);
}

static void bias_back(const struct op_call *c, const struct back *b)
{
	const struct recurrent *p = b->l.p;
	real *db = wanted(c, IN_B), *dp = wanted(c, IN_P);
	int64_t h = p->h, m = p->n * h;
	for (int64_t row = 0; db && row < p->t * p->n; row++)
		for (int64_t k = 0; k < p->gh; k++) {
			real d = b->dz[row * p->gh + k], *to = db + b->l.dir * 2 * p->gh + k;
			to[0] += d;
			to[p->gh] += p->cell == CELL_GRU && k >= 2 * h ? b->dq[row * h + k - 2 * h] : d;
		}
	for (int64_t i = 0; dp && i < p->t * m; i++) {
		const real *dz = b->dz + i / h * p->gh + i % h;
		real *to = dp + b->l.dir * 3 * h + i % h;
		to[0] += dz[0] * b->l.cs[i];
		to[h] += dz[h] * b->l.cs[i + m];
		to[2 * h] += dz[2 * h] * b->l.cs[i];
	}
}

static void lane_weights(const struct op_call *c, const struct back *b)
{
	const struct lane *l = &b->l;
	const struct recurrent *p = l->p;
	int64_t tn = p->t * p->n, direct = p->cell == CELL_GRU ? 2 * p->h : p->gh;
	real *dw = wanted(c, IN_W), *dr = wanted(c, IN_R), *dx = wanted(c, IN_X);
	if (dw)
		weights(b, b->dz, p->gh, p->gh, l->x, p->i, dw + l->dir * p->gh * p->i);
	if (dr)
		weights(b, b->dz, p->gh, direct, l->hs, p->h, dr + l->dir * p->gh * p->h);
	if (dr && p->cell == CELL_GRU)
		weights(b, b->dq, p->h, p->h, p->after ? l->hs : l->cs, p->h, dr + (l->dir * p->gh + direct) * p->h);
	bias_back(c, b);
	if (!dx)
		return;
	/* the input's copy is no longer needed */
	memset(l->x, 0, (size_t)(tn * p->i) * sizeof *l->x);
	matmul_add(tn, p->i, p->gh, (struct matrix){ b->dz, p->gh, 1 }, (struct matrix){ l->w, p->i, 1 }, l->x, l->tmp);
	for (int64_t s = 0; s < p->t; s++)
		for (int64_t n = 0; n < p->n; n++)
			add(dx + lane_x(l, s, n) * p->i, l->x + (s * p->n + n) * p->i, p->i);
}

/* What comes from outside into the state behind step s; dy0: of Y. */
static void incoming(const struct op_call *c, const real *dy0, struct back *b, int64_t s)
{
	const struct lane *l = &b->l;
	const struct recurrent *p = l->p;
	bool last = s == p->t - 1;
	for (int64_t n = 0; n < p->n; n++) {
		if (dy0)
			add(b->dh + n * p->h, dy0 + lane_y(l, s, n) * p->h, p->h);
		if (last && c->n->n_out > 1 && c->dy[1])
			add(b->dh + n * p->h, c->dy[1] + lane_last(l, n) * p->h, p->h);
		if (last && c->n->n_out > 2 && c->dy[2])
			add(b->dc + n * p->h, c->dy[2] + lane_last(l, n) * p->h, p->h);
	}
}

static void back_open(const struct op_call *c, int dir, struct back *b)
{
	const struct recurrent *p = c->n->param;
	int64_t tn = p->t * p->n, m = p->n * p->h;
	lane_open(c, dir, &b->l);
	b->dz = b->l.x + tn * p->i;
	b->dq = b->dz + tn * p->gh;
	b->dh = b->dq + tn * p->h;
	b->dc = b->dh + m;
	b->dh0 = b->dc + m;
	memset(b->dh, 0, (size_t)(3 * m) * sizeof *b->dh);
}

static void initial(const struct back *b, real *to, const real *from)
{
	for (int64_t n = 0; to && n < b->l.p->n; n++)
		add(to + lane_last(&b->l, n) * b->l.p->h, from + n * b->l.p->h, b->l.p->h);
}

static void swap_states(struct back *b)
{
	real *d = b->dh;
	b->dh = b->dh0;
	b->dh0 = d;
	memset(b->dh0, 0, (size_t)(b->l.p->n * b->l.p->h) * sizeof *d);
}

void recurrent_backward(struct op_call *c)
{
	const struct recurrent *p = c->n->param;
	for (int dir = 0; dir < p->d; dir++) {
		struct back b;
		back_open(c, dir, &b);
		for (int64_t s = p->t - 1; s >= 0; s--) {
			incoming(c, c->dy[0], &b, s);
			if (p->cell == CELL_LSTM)
				lstm_back(&b, s);
			else if (p->cell == CELL_GRU)
				gru_back(&b, s);
			else
				rnn_back(&b, s);
			swap_states(&b);
		}
		lane_weights(c, &b);
		initial(&b, wanted(c, IN_H), b.dh);
		if (p->cell == CELL_LSTM)
			initial(&b, wanted(c, IN_C), b.dc);
	}
}

/* ---- shares: the cell's formulas taken apart into sums (by abs(w x)), products of two (half each) and functions
 * (whole) ---- */

struct shares {
	struct back b; /* dh, dc, dh0 and dz hold shares */
	real *x;       /* (n * t, i) of the input, or NULL */
	bool h0, c0;   /* does the state before the step depend on the input? */
};

/* The share that a gate's function hands on to what it takes. */
static real opened(const struct lane *l, int which, real z, real a, real share)
{
	return z * gate_d(l, which, z, a) != 0 ? share : 0;
}

/* What the recurrent part of a sum is multiplied with before (r) or behind the product with R (scale), by GRU's reset
 * gate. */
struct reset {
	const real *r;     /* (h) or NULL */
	const real *scale; /* one number or NULL */
	real *to_r;        /* (h), or one number with scale: the gate's half of the share */
};

/* Share of row g of W and R at step s, batch n: to the input, the state, and peep (a weight times a cell state). */
static void linear(struct shares *q, int64_t s, int64_t n, int64_t g, real share, const struct reset *reset, real peep,
                   real *to_c)
{
	const struct lane *l = &q->b.l;
	const struct recurrent *p = l->p;
	const real *x = l->x + (s * p->n + n) * p->i, *h = l->hs + (s * p->n + n) * p->h;
	const real *w = l->w + g * p->i, *u = l->r + g * p->h;
	double total = to_c ? fabs((double)peep) : 0;
	if (!(share > 0))
		return;
	for (int64_t j = 0; q->x && j < p->i; j++)
		total += fabs((double)(w[j] * x[j]));
	for (int64_t j = 0; q->h0 && j < p->h; j++)
		total += fabs((double)(u[j] * h[j] * (!reset ? 1 : reset->r ? reset->r[j] : *reset->scale)));
	if (!(total > 0))
		return;
	real per = (real)((double)share / total);
	for (int64_t j = 0; q->x && j < p->i; j++)
		q->x[lane_x(l, s, n) * p->i + j] += per * real_abs(w[j] * x[j]);
	if (to_c)
		*to_c += per * real_abs(peep);
	for (int64_t j = 0; q->h0 && j < p->h; j++) {
		real part = per * real_abs(u[j] * h[j] * (!reset ? 1 : reset->r ? reset->r[j] : *reset->scale));
		if (reset) {
			part /= 2;
			reset->to_r[reset->r ? j : 0] += part;
		}
		q->b.dh0[n * p->h + j] += part;
	}
}

static void rnn_shares(struct shares *q, int64_t s)
{
	const struct lane *l = &q->b.l;
	int64_t h = l->p->h, m = l->p->n * h;
	for (int64_t i = 0; i < m; i++)
		linear(q, s, i / h, i % h, opened(l, 0, l->z[s * m + i], l->a[s * m + i], q->b.dh[i]), NULL, 0, NULL);
}

static void lstm_shares(struct shares *q, int64_t s)
{
	const struct lane *l = &q->b.l;
	const struct recurrent *p = l->p;
	const struct gate_function *fh = &p->f[l->dir][2];
	int64_t h = p->h, m = p->n * h;
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh, k = i % h, n = i / h;
		const real *z = l->z + at, *a = l->a + at, *peep = l->peep;
		real c0 = l->cs[s * m + i], c1 = l->cs[(s + 1) * m + i], hc = fh->f(c1, fh->a, fh->b);
		real half = a[h + k] * hc != 0 ? q->b.dh[i] / 2 : 0, cell = q->b.dc[i], back = 0;
		linear(q, s, n, h + k, opened(l, 0, z[h + k], a[h + k], half), NULL, peep ? peep[h + k] * c1 : 0,
		       peep ? &cell : NULL);
		cell += c1 * fh->df(c1, hc, fh->a, fh->b) != 0 ? half : 0;
		real kept = real_abs(a[2 * h + k] * c0), made = real_abs(a[k] * a[3 * h + k]), sum = kept + made;
		kept = sum > 0 ? cell * kept / sum : 0;
		made = sum > 0 ? cell * made / sum : 0;
		back += q->c0 ? kept / 2 : 0;
		bool p0 = peep && q->c0;
		int64_t f = p->coupled ? k : 2 * h + k;
		linear(q, s, n, f, opened(l, 0, z[f], a[f], q->c0 ? kept / 2 : kept), NULL, p0 ? peep[f] * c0 : 0,
		       p0 ? &back : NULL);
		linear(q, s, n, k, opened(l, 0, z[k], a[k], made / 2), NULL, p0 ? peep[k] * c0 : 0, p0 ? &back : NULL);
		linear(q, s, n, 3 * h + k, opened(l, 1, z[3 * h + k], a[3 * h + k], made / 2), NULL, 0, NULL);
		q->b.dc[i] = back;
	}
}

static void gru_shares(struct shares *q, int64_t s)
{
	const struct lane *l = &q->b.l;
	const struct recurrent *p = l->p;
	int64_t h = p->h, m = p->n * h;
	real *r = q->b.dc; /* shares of the reset gate */
	memset(r, 0, (size_t)m * sizeof *r);
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh, k = i % h, n = i / h;
		const real *z = l->z + at, *a = l->a + at;
		real made = real_abs((1 - a[k]) * a[2 * h + k]), kept = real_abs(a[k] * l->hs[s * m + i]),
		     sum = made + kept;
		made = sum > 0 ? q->b.dh[i] * made / sum : 0;
		kept = sum > 0 ? q->b.dh[i] * kept / sum : 0;
		q->b.dh0[i] += q->h0 ? kept / 2 : 0;
		linear(q, s, n, k, opened(l, 0, z[k], a[k], made / 2 + (q->h0 ? kept / 2 : kept)), NULL, 0, NULL);
		struct reset reset = { p->after ? NULL : a + h, p->after ? a + h + k : NULL,
			               p->after ? r + i : r + n * h };
		linear(q, s, n, 2 * h + k, opened(l, 1, z[2 * h + k], a[2 * h + k], made / 2), &reset, 0, NULL);
	}
	for (int64_t i = 0; i < m; i++) {
		int64_t at = (s * p->n + i / h) * p->gh + h + i % h;
		linear(q, s, i / h, h + i % h, opened(l, 0, l->z[at], l->a[at], r[i]), NULL, 0, NULL);
	}
}

static bool depends(const struct op_call *c, int k, real *const *share_x)
{
	return k < c->n->n_in && c->x[k] && share_x[k];
}

void recurrent_trace(struct op_call *c, const real *share, real **share_x)
{
	const struct recurrent *p = c->n->param;
	for (int dir = 0; dir < p->d; dir++) {
		struct shares q = { .x = share_x[IN_X] };
		back_open(c, dir, &q.b);
		for (int64_t s = p->t - 1; s >= 0; s--) {
			q.h0 = s > 0 || depends(c, IN_H, share_x);
			q.c0 = s > 0 || depends(c, IN_C, share_x);
			incoming(c, share, &q.b, s);
			if (p->cell == CELL_LSTM)
				lstm_shares(&q, s);
			else if (p->cell == CELL_GRU)
				gru_shares(&q, s);
			else
				rnn_shares(&q, s);
			swap_states(&q.b);
		}
		if (depends(c, IN_H, share_x))
			initial(&q.b, share_x[IN_H], q.b.dh);
		if (p->cell == CELL_LSTM && depends(c, IN_C, share_x))
			initial(&q.b, share_x[IN_C], q.b.dc);
	}
}
