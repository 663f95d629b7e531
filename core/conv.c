#include "core/conv.h"

#include <string.h>
#include "core/tile.h"

/* Steps of the output whose patches are laid out at a time for the gradient of the weights: stays in the second cache. */
enum { PATCH_STEPS = 128 };

/* With stride s the padded input is kept as s rows (phases) a channel, row r holding x[q*s + r - pad]: tap k then reads row (k*d) mod s from
 * element (k*d)/s on, contiguous in t. */
static int64_t phase_len(const struct conv *q)
{
	return q->to + (q->k - 1) * q->dilation / q->stride + 1;
}

/* Zeros on both sides of dy for the gradient of the input. */
static int64_t margin_left(const struct conv *q)
{
	return (q->k - 1) * q->dilation / q->stride + 1;
}

static int64_t margin_len(const struct conv *q)
{
	int64_t last = (q->pad + q->ti - 1) / q->stride;
	return margin_left(q) + (q->to > last + 1 ? q->to : last + 1) + 1;
}

static int64_t phase_steps(const struct conv *q)
{
	return (q->pad + q->ti - 1) / q->stride + 1;
}

static size_t max3(int64_t a, int64_t b, int64_t c)
{
	return (size_t)(a > b ? a > c ? a : c : b > c ? b : c);
}

size_t conv_scratch(const struct conv *q)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	int64_t phases = ci * q->stride * phase_len(q);
	int64_t margins = co * margin_len(q) + TILE_SLACK + (q->stride > 1 ? ci * phase_steps(q) : 0);
	int64_t patches = phases + TILE_SLACK + PATCH_STEPS * ci * q->k;
	size_t rows = (max3(phases, margins, patches) + TILE_SLACK) * sizeof(real);
	return (rows + 63) / 64 * 64 + (size_t)q->k * sizeof(int64_t);
}

static void lay_phases(const struct conv *q, const real *x, int64_t ci, real *to)
{
	int64_t len = phase_len(q), s = q->stride;
	memset(to, 0, (size_t)(ci * s * len + TILE_SLACK) * sizeof *to);
	for (int64_t i = 0; i < ci; i++, x += q->ti) {
		if (s == 1) {
			int64_t n = len - q->pad < q->ti ? len - q->pad : q->ti;
			if (n > 0)
				memcpy(to + i * len + q->pad, x, (size_t)n * sizeof *x);
			continue;
		}
		for (int64_t t = 0; t < q->ti && (t + q->pad) / s < len; t++)
			to[(i * s + (t + q->pad) % s) * len + (t + q->pad) / s] = x[t];
	}
}

/* Scratch ends with the offsets of the taps. */
static int64_t *tap_offsets(const struct conv *q, void *tmp)
{
	return (int64_t *)(void *)((char *)tmp + conv_scratch(q) - (size_t)q->k * sizeof(int64_t));
}

void conv_forward(const struct conv *q, const real *x, const real *w, const real *b, real *y, void *tmp)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group, len = phase_len(q);
	int64_t *xo = tap_offsets(q, tmp);
	real *rows = tmp;
	for (int64_t k = 0; k < q->k; k++)
		xo[k] = k * q->dilation % q->stride * len + k * q->dilation / q->stride;
	struct tile t = { .n_out = co, .n_in = ci, .n_tap = q->k, .T = q->to, .sc = ci * q->k, .si = q->k, .sk = 1,
			  .ldx = q->stride * len, .ldy = q->to, .xo = xo };
	for (int64_t n = 0; n < q->n; n++)
		for (int64_t g = 0; g < q->group; g++) {
			lay_phases(q, x + (n * q->ci + g * ci) * q->ti, ci, rows);
			isa_active()->tile(&t, w + g * co * ci * q->k, rows, b ? b + g * co : NULL,
					   y + (n * q->co + g * co) * q->to);
		}
}

/* dx at padded position u = q*s + r is a sum over the taps k with (r - k*d) a multiple of s, of dy at q + (r - k*d)/s. */
static void backward_phase(const struct conv *q, int64_t r, const real *rows, const real *w, real *out, int64_t ldy, bool add,
			   int64_t first, int64_t steps, int64_t *xo)
{
	int64_t ci = q->ci / q->group, s = q->stride, k0 = -1, step = 1;
	struct tile t = { .n_out = ci, .n_in = q->co / q->group, .T = steps, .sc = q->k, .si = ci * q->k,
			  .ldx = margin_len(q), .ldy = ldy, .xo = xo, .add = add };
	for (int64_t k = 0; k < q->k; k++) {
		int64_t lag = r - k * q->dilation;
		if (lag % s)
			continue;
		if (k0 >= 0 && t.n_tap == 1)
			step = k - k0;
		if (k0 < 0)
			k0 = k;
		xo[t.n_tap++] = margin_left(q) + first + lag / s;
	}
	t.sk = step;
	if (t.n_tap)
		isa_active()->tile(&t, w + k0, rows, NULL, out);
	else if (!add)
		memset(out, 0, (size_t)(ci * ldy) * sizeof *out);
}

static void lay_margins(const struct conv *q, const real *dy, real *rows)
{
	int64_t co = q->co / q->group, len = margin_len(q);
	memset(rows, 0, (size_t)(co * len + TILE_SLACK) * sizeof *rows);
	for (int64_t o = 0; o < co; o++)
		memcpy(rows + o * len + margin_left(q), dy + o * q->to, (size_t)q->to * sizeof *dy);
}

void conv_backward_x(const struct conv *q, const real *dy, const real *w, real *dx, void *tmp)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group, steps = phase_steps(q);
	int64_t *xo = tap_offsets(q, tmp);
	real *rows = tmp, *out = rows + co * margin_len(q) + TILE_SLACK;
	for (int64_t n = 0; n < q->n; n++)
		for (int64_t g = 0; g < q->group; g++) {
			const real *wg = w + g * co * ci * q->k;
			real *to = dx + (n * q->ci + g * ci) * q->ti;
			lay_margins(q, dy + (n * q->co + g * co) * q->to, rows);
			if (q->stride == 1) {
				backward_phase(q, 0, rows, wg, to, q->ti, true, q->pad, q->ti, xo);
				continue;
			}
			for (int64_t r = 0; r < q->stride; r++) {
				backward_phase(q, r, rows, wg, out, steps, false, 0, steps, xo);
				for (int64_t i = 0; i < ci; i++)
					for (int64_t at = 0; at < steps; at++) {
						int64_t u = at * q->stride + r - q->pad;
						if (u >= 0 && u < q->ti)
							to[i * q->ti + u] += out[i * steps + at];
					}
			}
		}
}

/* Patches as rows: col[t][i*k] = what the taps of step t see, so that dw(co, i*k) is a sum over t of dy times a row. */
static void lay_patches(const struct conv *q, const real *rows, int64_t from, int64_t n, real *col)
{
	int64_t ci = q->ci / q->group, len = phase_len(q), s = q->stride;
	for (int64_t i = 0; i < ci; i++)
		for (int64_t k = 0; k < q->k; k++) {
			const real *x = rows + (i * s + k * q->dilation % s) * len + k * q->dilation / s + from;
			real *c = col + i * q->k + k;
			for (int64_t t = 0; t < n; t++)
				c[t * ci * q->k] = x[t];
		}
}

void conv_backward_w(const struct conv *q, const real *dy, const real *x, real *dw, real *db, void *tmp)
{
	int64_t ci = q->ci / q->group, co = q->co / q->group;
	const int64_t none[] = { 0 };
	real *rows = tmp, *col = rows + ci * q->stride * phase_len(q) + TILE_SLACK;
	struct tile t = { .n_out = co, .n_tap = 1, .T = ci * q->k, .sc = q->to, .si = 1, .ldx = ci * q->k, .ldy = ci * q->k,
			  .xo = none, .add = true };
	for (int64_t n = 0; n < q->n; n++)
		for (int64_t g = 0; dw && g < q->group; g++) {
			const real *from = dy + (n * q->co + g * co) * q->to;
			lay_phases(q, x + (n * q->ci + g * ci) * q->ti, ci, rows);
			for (int64_t at = 0; at < q->to; at += PATCH_STEPS) {
				t.n_in = q->to - at < PATCH_STEPS ? q->to - at : PATCH_STEPS;
				lay_patches(q, rows, at, t.n_in, col);
				isa_active()->tile(&t, from + at, col, NULL, dw + g * co * ci * q->k);
			}
		}
	for (int64_t i = 0; db && i < q->n * q->co; i++)
		for (int64_t s = 0; s < q->to; s++)
			db[i % q->co] += dy[i * q->to + s];
}
