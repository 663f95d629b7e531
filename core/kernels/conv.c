/* How the tile kernel is fed: blocks of input rows, output rows and steps, so that the rows of one strip of steps lie
 * in the first cache and the weights in the second, each copied together. (Rows of a long series are a page apart: read
 * in place they cost more in address translation than in arithmetic.) */
#include "core/kernels/conv.h"

#include <string.h>
#include "core/kernels/tile.h"

enum {
	STRIP = 48,           /* steps: whole tiles on every instruction set */
	ROWS_REALS = 4096,    /* of rows copied at a time */
	WEIGHT_REALS = 65536, /* of weights used for one strip after the other */
	PACK_STEPS = 64,      /* fewer steps than this do not pay for copying weights, */
	PACK_WEIGHTS = 8192,  /* nor do weights that fit the first cache */
	MADE_REALS = 6144,    /* of the output that are shown to the caller at a time: half of the first cache */
	GRAD_STEPS = 128,     /* of the output at a time for the gradient of the weights */
};

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
	return (a + b - 1) / b;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* y[c][t] = (add ? y[c][t] : 0) + bias[c] + sum_i,k w[c*sc + i*si + k*sk] x[i][t*stride + lag + k*step], zero where x
 * has no such step; for each of n series, x being nx and y ny apart. A step has `lanes` numbers side by side; T, len,
 * stride, lag and step count steps, nx, ny and ldy numbers. */
struct product {
	int64_t n, n_in, n_out, n_tap, T;
	int64_t sc, si, sk;
	int64_t len, stride, lag, step;
	int64_t nx, ny, ldy;
	int64_t lanes;
	bool add, rectify;                   /* rectify: the result is 0 where it is negative */
	void (*made)(void *ctx, int64_t to); /* as in struct conv */
	void *ctx;
};

/* Steps [from,to) of the output. */
struct steps {
	int64_t from, to;
};

/* A row of x as the taps of a strip see it, contiguous in t: `rows` rows of `len` steps, one for each phase of the
 * stride so that neighbouring taps share them, or one for each tap where taps lie far apart. */
struct layout {
	int64_t rows, len;
	bool by_tap;
};

static int64_t first_lag(const struct product *p)
{
	return p->lag + (p->step < 0 ? (p->n_tap - 1) * p->step : 0);
}

static struct layout layout_of(const struct product *p, int64_t steps)
{
	int64_t reach = (p->n_tap - 1) * (p->step < 0 ? -p->step : p->step);
	struct layout l = { .rows = min(p->stride, reach + 1), .len = steps + reach / p->stride };
	if (p->n_tap * steps < l.rows * l.len)
		l = (struct layout){ .rows = p->n_tap, .len = steps, .by_tap = true };
	return l;
}

/* Where each tap begins in the layout. */
static void tap_offsets(const struct product *p, const struct layout *l, int64_t *xo)
{
	for (int64_t k = 0; k < p->n_tap; k++) {
		int64_t lag = p->lag + k * p->step - first_lag(p);
		xo[k] = (l->by_tap ? k * l->len : lag % p->stride * l->len + lag / p->stride) * p->lanes;
	}
}

/* Steps to[q] = x[from + q*stride], 0 <= q < n; zero outside 0..len-1. */
static void lay_row(const real *x, int64_t len, int64_t from, int64_t stride, int64_t n, int64_t lanes, real *to)
{
	int64_t a = from < 0 ? min(ceil_div(-from, stride), n) : 0;
	int64_t b = max(a, min(floor_div(len - 1 - from, stride) + 1, n));
	memset(to, 0, (size_t)(a * lanes) * sizeof *to);
	for (int64_t q = a; q < b; q++)
		if (lanes == 1)
			to[q] = x[from + q * stride];
		else
			memcpy(to + q * lanes, x + (from + q * stride) * lanes, (size_t)lanes * sizeof *to);
	memset(to + b * lanes, 0, (size_t)((n - b) * lanes) * sizeof *to);
}

static void lay_rows(const struct product *p, const struct layout *l, const real *x, int64_t n_in, int64_t t0, real *to)
{
	if (p->stride == 1 && !l->by_tap) {
		isa_active()->lay(n_in, l->len * p->lanes, x, p->len * p->lanes, (t0 + first_lag(p)) * p->lanes,
		                  p->len * p->lanes, to);
		return;
	}
	for (int64_t i = 0; i < n_in; i++, x += p->len * p->lanes)
		for (int64_t r = 0; r < l->rows; r++, to += l->len * p->lanes) {
			int64_t lag = l->by_tap ? p->lag + r * p->step : first_lag(p) + r;
			lay_row(x, p->len, t0 * p->stride + lag, p->stride, l->len, p->lanes, to);
		}
}

/* Rows of x, outputs and steps that are worked on at a time. */
struct blocks {
	int64_t in, out, T;
};

static struct blocks blocks_of(const struct product *p)
{
	int64_t strip = max(1, STRIP / p->lanes);
	struct blocks b = { .T = min(p->T, strip) };
	struct layout l = layout_of(p, b.T);
	b.in = max(1, min(p->n_in, ROWS_REALS / (l.rows * l.len * p->lanes)));
	b.in = ceil_div(p->n_in, ceil_div(p->n_in, b.in));
	/* few rows: longer strips */
	while (b.T < p->T && b.in == p->n_in) {
		l = layout_of(p, min(p->T, b.T + strip));
		if (l.rows * l.len * p->lanes * b.in > ROWS_REALS)
			break;
		b.T = min(p->T, b.T + strip);
	}
	b.out = max(8, WEIGHT_REALS / (b.in * p->n_tap) / 8 * 8);
	b.out = min(b.out, p->n_out);
	return b;
}

/* Weights that lie scattered are copied where many steps use them. */
static bool packs(const struct product *p)
{
	return p->si > p->sc && p->n * p->T * p->lanes >= PACK_STEPS && p->n_out * p->n_in * p->n_tap > PACK_WEIGHTS;
}

static size_t product_scratch(const struct product *p)
{
	struct blocks b = blocks_of(p);
	struct layout l = layout_of(p, b.T);
	int64_t rows = b.in * l.rows * l.len * p->lanes + TILE_SLACK, weights = packs(p) ? b.out * b.in * p->n_tap : 0;
	return (size_t)(rows + weights) * sizeof(real) + (size_t)(p->n_tap + 8) * sizeof(int64_t);
}

static const real *pack_weights(const struct product *p, struct tile *t, const real *w, real *to)
{
	real *at = to;
	for (int64_t c = 0; c < t->n_out; c++)
		for (int64_t i = 0; i < t->n_in; i++)
			for (int64_t k = 0; k < p->n_tap; k++)
				*at++ = w[c * p->sc + i * p->si + k * p->sk];
	t->sc = t->n_in * p->n_tap;
	t->si = p->n_tap;
	t->sk = 1;
	return to;
}

/* One block of weights over some steps of all series. */
static void block_run(const struct product *p, const struct blocks *b, struct steps at, struct tile *t, const real *w,
                      const real *x, const real *bias, real *y, real *rows, int64_t *xo)
{
	for (int64_t n = 0; n < p->n; n++)
		for (int64_t t0 = at.from; t0 < at.to; t0 += b->T) {
			int64_t steps = min(b->T, at.to - t0);
			struct layout l = layout_of(p, steps);
			tap_offsets(p, &l, xo);
			t->T = steps * p->lanes;
			t->ldx = l.rows * l.len * p->lanes;
			lay_rows(p, &l, x + n * p->nx, t->n_in, t0, rows);
			isa_active()->tile(t, w, rows, bias, y + n * p->ny + t0 * p->lanes);
		}
}

static struct tile tile_of(const struct product *p)
{
	return (struct tile){ .n_out = p->n_out,
		              .n_in = p->n_in,
		              .n_tap = p->n_tap,
		              .sc = p->sc,
		              .si = p->si,
		              .sk = p->sk,
		              .ldy = p->ldy,
		              .add = p->add,
		              .rectify = p->rectify };
}

/* Some steps of the output, from rows that are copied. */
static void product_laid(const struct product *p, struct steps at, const real *w, const real *x, const real *bias,
                         real *y, void *tmp)
{
	struct blocks b = blocks_of(p);
	struct layout l = layout_of(p, b.T);
	int64_t *xo = tmp;
	real *rows = (real *)(void *)(xo + (p->n_tap + 7) / 8 * 8),
	     *weights = rows + b.in * l.rows * l.len * p->lanes + TILE_SLACK;
	if (at.from >= at.to)
		return;
	/* what the slack holds is read, not used: it must not be a number that takes long */
	memset(weights - TILE_SLACK, 0, TILE_SLACK * sizeof *rows);
	for (int64_t i = 0; i < p->n_in; i += b.in)
		for (int64_t c = 0; c < p->n_out; c += b.out) {
			struct tile t = tile_of(p);
			const real *from = w + c * p->sc + i * p->si;
			t.n_out = min(b.out, p->n_out - c);
			t.n_in = min(b.in, p->n_in - i);
			t.xo = xo;
			t.add = p->add || i > 0;
			t.rectify = p->rectify && i + b.in >= p->n_in;
			if (packs(p))
				from = pack_weights(p, &t, from, weights);
			block_run(p, &b, at, &t, from, x + i * p->len * p->lanes, bias && !i ? bias + c : NULL,
			          y + c * p->ldy, rows, xo);
		}
}

/* With lanes the rows of a step are whole vectors, so that taps can read x where it lies: at these steps all of them
 * do. Where rows lie a multiple of 512 bytes apart, they would share too few places of the first cache. The tile is
 * best at three vectors and slow at one: so the steps are a multiple of three, and at least two are left at an end. */
static struct steps steps_in_place(const struct product *p)
{
	int64_t lag = first_lag(p), reach = (p->n_tap - 1) * (p->step < 0 ? -p->step : p->step);
	bool apart = p->n_in <= 8 || p->len * p->lanes * (int64_t)sizeof(real) % 512;
	struct steps at = { max(0, -lag), min(p->T, p->len - reach - lag) };
	at.from = at.from > 0 ? max(at.from, 2) : 0;
	if (at.to < p->T) {
		at.to = min(at.to, p->T - 2);
		at.to -= max(0, at.to - at.from) % 3;
	}
	return p->lanes > 1 && p->stride == 1 && apart && at.from < at.to ? at : (struct steps){ 0, 0 };
}

static void product_in_place(const struct product *p, struct steps at, const real *w, const real *x, const real *bias,
                             real *y, int64_t *xo)
{
	int64_t out = max(8, WEIGHT_REALS / (p->n_in * p->n_tap) / 8 * 8);
	if (at.from >= at.to)
		return;
	for (int64_t k = 0; k < p->n_tap; k++)
		xo[k] = (p->lag + k * p->step) * p->lanes;
	for (int64_t c = 0; c < p->n_out; c += out) {
		struct tile t = tile_of(p);
		t.n_out = min(out, p->n_out - c);
		t.T = (at.to - at.from) * p->lanes;
		t.ldx = p->len * p->lanes;
		t.xo = xo;
		for (int64_t n = 0; n < p->n; n++)
			isa_active()->tile(&t, w + c * p->sc, x + n * p->nx + at.from * p->lanes,
			                   bias ? bias + c : NULL, y + n * p->ny + c * p->ldy + at.from * p->lanes);
	}
}

/* Steps between two calls of `made`: whole tiles. */
static int64_t steps_shown(const struct product *p)
{
	return p->made ? max(3, MADE_REALS / (p->n_out * p->lanes) / 3 * 3) : p->T;
}

static void product_run(const struct product *p, const real *w, const real *x, const real *bias, real *y, void *tmp)
{
	struct steps middle = steps_in_place(p);
	int64_t some = steps_shown(p);
	product_laid(p, (struct steps){ 0, middle.from }, w, x, bias, y, tmp);
	for (int64_t t = middle.from; t < middle.to; t += some) {
		struct steps now = { t, min(t + some, middle.to) };
		product_in_place(p, now, w, x, bias, y, tmp);
		if (p->made && now.to < p->T)
			p->made(p->ctx, now.to);
	}
	product_laid(p, (struct steps){ middle.to, p->T }, w, x, bias, y, tmp);
	if (p->made)
		p->made(p->ctx, p->T);
}

/* ---- the three products of a convolution, of one group ---- */

static int64_t lanes_of(const struct conv *q)
{
	return max(1, q->lanes);
}

static struct product forward_of(const struct conv *q)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group, lanes = lanes_of(q);
	return (struct product){ .n = q->n,
		                 .n_in = ci,
		                 .n_out = co,
		                 .n_tap = q->k,
		                 .T = q->to,
		                 .sc = ci * q->k,
		                 .si = q->k,
		                 .sk = 1,
		                 .len = q->ti,
		                 .stride = q->stride,
		                 .lag = -q->pad,
		                 .step = q->dilation,
		                 .nx = q->ci * q->ti * lanes,
		                 .ny = q->co * q->to * lanes,
		                 .ldy = q->to * lanes,
		                 .lanes = lanes,
		                 .rectify = q->rectify };
}

void conv_forward(const struct conv *q, const real *x, const real *w, const real *b, real *y, void *tmp)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	struct product p = forward_of(q);
	bool shown = q->made && q->n == 1 && q->group == 1;
	p.made = shown ? q->made : NULL;
	p.ctx = q->ctx;
	for (int64_t g = 0; g < q->group; g++)
		product_run(&p, w + g * co * ci * q->k, x + g * ci * q->ti * p.lanes, b ? b + g * co : NULL,
		            y + g * co * p.ldy, tmp);
	if (q->made && !shown)
		q->made(q->ctx, q->to);
}

/* Taps this far apart reach the same steps of the input: how many taps there are with remainders of their own. */
static int64_t taps_apart(const struct conv *q)
{
	int64_t a = q->stride, b = q->dilation;
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return q->stride / a;
}

/* dx[u] = sum_k w[k] dy[(u + pad - k*dilation) / stride] over the taps that leave no remainder. Steps u = t*stride + r
 * - pad of one remainder r make a product: its taps k0, k0 + every, ... are `every` apart. k0 < every, k. */
static struct product backward_of(const struct conv *q, int64_t k0)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group, s = q->stride, every = taps_apart(q),
	        r = k0 * q->dilation % s, lanes = lanes_of(q);
	struct product p = { .n = s == 1 ? q->n : 1,
		             .n_in = co,
		             .n_out = ci,
		             .T = s == 1 ? q->ti : (q->pad + q->ti - 1) / s + 1,
		             .sc = q->k,
		             .si = ci * q->k,
		             .len = q->to,
		             .stride = 1,
		             .nx = q->co * q->to * lanes,
		             .ny = q->ci * q->ti * lanes,
		             .ldy = (s == 1 ? q->ti : (q->pad + q->ti - 1) / s + 1) * lanes,
		             .lanes = lanes,
		             .add = s == 1 };
	p.n_tap = (q->k - 1 - k0) / every + 1;
	p.sk = every;
	p.lag = floor_div(r - k0 * q->dilation, s) + (s == 1 ? q->pad : 0);
	p.step = -every * q->dilation / s;
	return p;
}

/* Stride above 1: the steps of each remainder apart, then put where they belong. */
static void backward_strided(const struct conv *q, const real *dy, const real *w, real *dx, real *out, void *tmp)
{
	int64_t ci = q->ci / q->group, n = min(q->k, taps_apart(q));
	for (int64_t k0 = 0; k0 < n; k0++) {
		struct product p = backward_of(q, k0);
		int64_t r = k0 * q->dilation % q->stride;
		product_run(&p, w + k0, dy, NULL, out, tmp);
		int64_t first = r >= q->pad ? 0 : ceil_div(q->pad - r, q->stride);
		for (int64_t i = 0; i < ci; i++)
			for (int64_t t = first, u = first * q->stride + r - q->pad; u < q->ti; t++, u += q->stride)
				for (int64_t l = 0; l < p.lanes; l++)
					dx[(i * q->ti + u) * p.lanes + l] += out[i * p.ldy + t * p.lanes + l];
	}
}

static size_t aligned(size_t bytes)
{
	return (bytes + 63) / 64 * 64;
}

/* Bytes of the largest product; behind them `out` of backward_strided. */
static size_t backward_scratch(const struct conv *q)
{
	size_t most = 0;
	int64_t n = min(q->k, taps_apart(q));
	for (int64_t k0 = 0; k0 < n; k0++) {
		struct product p = backward_of(q, k0);
		size_t bytes = product_scratch(&p);
		most = bytes > most ? bytes : most;
	}
	return aligned(most);
}

void conv_backward_x(const struct conv *q, const real *dy, const real *w, real *dx, bool fresh, void *tmp)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group, lanes = lanes_of(q);
	real *out = (real *)(void *)((char *)tmp + (q->stride > 1 ? backward_scratch(q) : 0));
	if (fresh && q->stride > 1)
		memset(dx, 0, (size_t)(q->n * q->ci * q->ti * lanes) * sizeof *dx);
	for (int64_t g = 0; g < q->group; g++) {
		const real *wg = w + g * co * ci * q->k, *from = dy + g * co * q->to * lanes;
		real *to = dx + g * ci * q->ti * lanes;
		if (q->stride == 1) {
			struct product p = backward_of(q, 0);
			p.add = !fresh;
			product_run(&p, wg, from, NULL, to, tmp);
			continue;
		}
		for (int64_t n = 0; n < q->n; n++)
			backward_strided(q, from + n * q->co * q->to * lanes, wg, to + n * q->ci * q->ti * lanes, out,
			                 tmp);
	}
}

/* ---- the gradient of the weights ----
 * dw[o][i][k] = sum over series and steps of dy[o][t] x[i][t*stride + k*dilation - pad]: for each tap a product whose
 * inner sum runs over the steps, a chunk of them at a time, with dy turned so that filters are innermost, and x read
 * where it lies. */

struct grad {
	int64_t ci, co;        /* of a group */
	int64_t steps, series; /* of one chunk */
	int64_t out;           /* filters at a time */
};

static struct grad grad_of(const struct conv *q)
{
	struct grad g = {
		.ci = q->ci / q->group, .co = q->co / q->group, .steps = min(q->to, GRAD_STEPS), .series = 1
	};
	if (q->to < GRAD_STEPS)
		g.series = max(1, min(q->n, GRAD_STEPS / max(1, q->to)));
	g.out = min(g.co, max(STRIP, WEIGHT_REALS / (g.ci * q->k) / STRIP * STRIP));
	return g;
}

/* Scratch: offsets of the series, dy turned, sums. */
static size_t grad_scratch(const struct conv *q)
{
	struct grad g = grad_of(q);
	return (size_t)(g.series + 8) * sizeof(int64_t) +
	       (size_t)(g.series * g.steps * g.out + TILE_SLACK + q->k * g.ci * g.out) * sizeof(real);
}

/* sums[i][k][o] += over the chunk that starts at series n, step t0 */
static void grad_chunk(const struct conv *q, const struct grad *g, int64_t filters, const real *dy, const real *x,
                       int64_t n, int64_t t0, int64_t *so, real *turned, real *sums)
{
	int64_t series = min(g->series, q->n - n), end = min(t0 + g->steps, q->to);
	x += n * q->ci * q->ti;
	for (int64_t s = 0; s < series; s++) {
		so[s] = s * (end - t0) * filters;
		isa_active()->turn(filters, end - t0, dy + (n + s) * q->co * q->to + t0, q->to, false, turned + so[s],
		                   filters);
	}
	struct tile t = { .n_out = g->ci,
		          .n_tap = series,
		          .T = filters,
		          .sc = q->ti,
		          .si = q->stride,
		          .sk = q->ci * q->ti,
		          .ldx = filters,
		          .ldy = q->k * filters,
		          .xo = so,
		          .add = true };
	for (int64_t k = 0; k < q->k; k++) {
		/* the steps at which this tap meets x */
		int64_t lag = k * q->dilation - q->pad, a = max(t0, ceil_div(-lag, q->stride));
		t.n_in = min(end, floor_div(q->ti - 1 - lag, q->stride) + 1) - a;
		if (t.n_in > 0)
			isa_active()->tile(&t, x + a * q->stride + lag, turned + (a - t0) * filters, NULL,
			                   sums + k * filters);
	}
}

static void backward_w(const struct conv *q, const real *dy, const real *x, real *dw, void *tmp)
{
	struct grad g = grad_of(q);
	int64_t *so = tmp, taps = g.ci * q->k;
	real *turned = (real *)(void *)(so + (g.series + 7) / 8 * 8),
	     *sums = turned + g.series * g.steps * g.out + TILE_SLACK;
	memset(sums - TILE_SLACK, 0, TILE_SLACK * sizeof *sums);
	for (int64_t o = 0; o < g.co; o += g.out) {
		int64_t filters = min(g.out, g.co - o);
		memset(sums, 0, (size_t)(taps * filters) * sizeof *sums);
		for (int64_t n = 0; n < q->n; n += g.series)
			for (int64_t t0 = 0; t0 < q->to; t0 += g.steps)
				grad_chunk(q, &g, filters, dy + o * q->to, x, n, t0, so, turned, sums);
		isa_active()->turn(taps, filters, sums, filters, true, dw + o * taps, taps);
	}
}

void conv_backward_w(const struct conv *q, const real *dy, const real *x, real *dw, real *db, void *tmp)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	for (int64_t g = 0; dw && g < q->group; g++)
		backward_w(q, dy + g * co * q->to, x + g * ci * q->ti, dw + g * co * ci * q->k, tmp);
	const struct isa *isa = isa_active();
	for (int64_t n = 0; db && n < q->n; n++)
		for (int64_t c = 0; c < q->co; c++, dy += q->to)
			db[c] += isa->sum(q->to, dy);
}

size_t conv_scratch(const struct conv *q)
{
	struct product f = forward_of(q);
	size_t forward = product_scratch(&f), x = backward_scratch(q), w = grad_scratch(q);
	if (q->stride > 1)
		x += (size_t)(q->ci / q->group * ((q->pad + q->ti - 1) / q->stride + 1) * lanes_of(q)) * sizeof(real);
	size_t most = forward > x ? forward : x;
	return aligned(most > w ? most : w);
}
