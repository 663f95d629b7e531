/* The one register-blocked kernel from which convolution (forward and both gradients), matrix products and the sweep of
 * bands are made. It computes n_out rows of T results; each is a sum, over n_in rows and n_tap taps, of a weight times
 * a row of x. For 0 <= c < n_out and 0 <= t < T:
 *
 *	y[c][t] = (add ? y[c][t] : 0) + bias[c] + sum_i sum_k w[c*sc + i*si + k*sk] * x[i*ldx + xo[k] + t]
 *
 * Rows of x are read in whole vectors: TILE_SLACK reals behind the last one must be readable (their value does not
 * matter). y is written exactly. The sum runs over i, then k, in this order: the same bits on one instruction set. */
#ifndef CORE_TILE_H
#define CORE_TILE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/real.h"

#define TILE_SLACK 64
/* Windows that are computed at once: their numbers lie side by side, whole vectors of them on every instruction set. */
#define TILE_LANES 16

struct tile {
	int64_t n_out, n_in, n_tap, T;
	int64_t sc, si, sk; /* strides of w */
	int64_t ldx, ldy;
	const int64_t *xo; /* (n_tap) offsets of the taps */
	bool add;          /* to what y holds already (then bias must be NULL) */
	bool rectify;      /* y is 0 where the sum is negative; NaN stays NaN */
};

/* What a step of Adam (core/train/train.h) does to each weight x with gradient g:
 *	m = b1 m + a1 g;  v = b2 v + a2 g^2;  x -= size m / (root sqrt(v) + eps) */
struct adam {
	real b1, a1, b2, a2, size, root, eps;
};

/* The code for one instruction set. */
struct isa {
	const char *name; /* "avx512", "avx2", "baseline", "neon" */
	int (*usable)(void);
	void (*tile)(const struct tile *q, const real *w, const real *x, const real *bias, real *y);
	real (*dot)(int64_t n, const real *a, const real *b);
	/* y[l] += sum over i of a[i*TILE_LANES + l] b[i], 0 <= l < TILE_LANES: each the bits that dot returns */
	void (*dot_lanes)(int64_t n, const real *a, const real *b, real *y);
	void (*axpy)(int64_t n, real a, const real *x, real *y); /* y += a x */
	real (*sum)(int64_t n, const real *x);
	double (*abs_sum)(int64_t n, const real *x); /* added in double precision */
	/* The same for each of TILE_LANES numbers at n steps, rounded; y (TILE_LANES) */
	void (*abs_sum_lanes)(int64_t n, const real *x, real *y);
	/* y[l] = abs(sum over i of a[i*TILE_LANES + l] g[i*TILE_LANES + l]), added in double precision in this order */
	void (*taylor_lanes)(int64_t n, const real *a, const real *g, real *y);
	void (*relu)(int64_t n, const real *x, real *y);                        /* NaN stays NaN */
	void (*relu_back)(int64_t n, const real *x, const real *dy, real *dx);  /* dx += dy where x > 0 */
	void (*relu_fresh)(int64_t n, const real *x, const real *dy, real *dx); /* dx = dy where x > 0, else 0 */
	/* to[r][t] = x[r*ldx + from + t], 0 <= r < rows, 0 <= t < n, zero where that is outside 0..len-1. May write
	 * TILE_SLACK reals behind. */
	void (*lay)(int64_t rows, int64_t n, const real *x, int64_t ldx, int64_t from, int64_t len, real *to);
	/* to[t*ldto + r] = x[r*ldx + t], 0 <= r < rows, 0 <= t < n; with add: += */
	void (*turn)(int64_t rows, int64_t n, const real *x, int64_t ldx, bool add, real *to, int64_t ldto);
	void (*adam)(int64_t n, const struct adam *q, const real *g, real *m, real *v, real *x);
	void (*add_rows)(int64_t rows, int64_t n, const real *x, int64_t ldx, real *y,
	                 int64_t ldy); /* y[r*ldy + t] += x[r*ldx + t] */
	void (*scale)(int64_t n, const real *x, double low, double range,
	              real *y); /* (x - low) / range, in double precision; y may be x */
	/* y[r*ldy + t] += gate[r*ldg + t] x[r*ldx + t*stride], 0 <= r < rows, 0 <= t < n */
	void (*add_gated)(int64_t rows, int64_t n, const real *gate, int64_t ldg, const real *x, int64_t ldx,
	                  int64_t stride, real *y, int64_t ldy);
	/* y[r*ldy + t] *= gate[t] */
	void (*scale_rows)(int64_t rows, int64_t n, const real *gate, real *y, int64_t ldy);
	/* y[r*ldy + t] = the largest of x[r*ldx + t*stride + i*dilation], 0 <= r < rows, 0 <= t < n, 0 <= i < k;
	 * winner[r*ldy + t] = at + its index in the row. Of equal ones the first; NaN is largest. */
	void (*max_windows)(int64_t rows, int64_t n, int64_t k, int64_t stride, int64_t dilation, const real *x,
	                    int64_t ldx, int32_t at, real *y, int32_t *winner, int64_t ldy);
	/* The same for TILE_LANES numbers at each step: index j of a row is that of a step, which holds the numbers
	 * j*TILE_LANES to j*TILE_LANES + TILE_LANES-1. ldx and ldy count numbers. */
	void (*max_lanes)(int64_t rows, int64_t n, int64_t k, int64_t stride, int64_t dilation, const real *x,
	                  int64_t ldx, int32_t at, real *y, int32_t *winner, int64_t ldy);
	/* The gradient of windows of 2 that lie side by side: dx[r*ldx + j] = dy[r*ldy + j/2] where winner[r*ldy + j/2]
	 * is j, else 0; 0 <= j < 2n. */
	void (*max_pairs_back)(int64_t rows, int64_t n, const real *dy, const int32_t *winner, int64_t ldy, real *dx,
	                       int64_t ldx);
	/* The same for TILE_LANES numbers at each step. */
	void (*max_pairs_lanes)(int64_t rows, int64_t n, const real *dy, const int32_t *winner, int64_t ldy, real *dx,
	                        int64_t ldx);
};

/* The instruction sets of this build, best first; name NULL ends. */
extern const struct isa isa_table[];
/* The one in use: the best that the processor has, unless isa_select chose another. */
const struct isa *isa_active(void);
/* Chooses an instruction set by name, before threads start. NULL: the best. Returns 0 if the name is unknown or the
 * processor lacks it. */
int isa_select(const char *name);

#endif
