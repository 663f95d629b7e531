/* The kernels of one instruction set. core/kernels/tile.c includes this file once for each set. It defines before:
 *
 *	ISA(x)      the name of x for this set
 *	ISA_TARGET  the function attribute that selects the set
 *	ISA_BYTES   the width of a vector in bytes
 *	ISA_ROWS    the rows of a full tile; ISA_ROWS * 3 accumulators must fit in the registers
 *
 * The code uses the vector extensions of GCC and clang, no intrinsics. */

typedef real ISA(vec) __attribute__((vector_size(ISA_BYTES), aligned(sizeof(real)), may_alias));

#define VEC ISA(vec)
#define LANES ((int64_t)(ISA_BYTES / sizeof(real)))

/* Copies the first n numbers of a vector, 0 <= n < LANES: pieces of known sizes, because a call of memcpy costs more
 * than the arithmetic of a short row. */
ISA_TARGET static inline __attribute__((always_inline)) void ISA(copy_part)(real *to, const real *from, int64_t n)
{
	UNROLLED for (int64_t piece = LANES / 2; piece; piece /= 2) if (n & piece)
	{
		memcpy(to, from, (size_t)piece * sizeof *to);
		to += piece;
		from += piece;
	}
}

/* The first n numbers of a vector. */
ISA_TARGET static inline __attribute__((always_inline)) VEC ISA(load)(const real *from, int64_t n)
{
	VEC v = { 0 };
	if (n == LANES)
		return *(const VEC *)(const void *)from;
	ISA(copy_part)((real *)(void *)&v, from, n);
	return v;
}

ISA_TARGET static inline __attribute__((always_inline)) void ISA(store)(VEC v, real *to, int64_t n)
{
	if (n == LANES)
		*(VEC *)(void *)to = v;
	else
		ISA(copy_part)(to, (const real *)(const void *)&v, n);
}

/* What a comparison of two vectors gives. */
typedef real_bits ISA(mask) __attribute__((vector_size(ISA_BYTES)));

/* 0 where v is negative; NaN stays NaN. */
ISA_TARGET static inline __attribute__((always_inline)) VEC ISA(rectified)(VEC v)
{
	return (VEC)((ISA(mask))v & ~(v <= 0));
}

/* The accumulators stay in registers at every level of optimisation, because all loops over them are unrolled, no
 * address of one is taken, and what the loops read of *q is copied to locals. The weights of a column are read by two
 * pointers and two strides, so that there are registers for all of them. */
#define TILE_BODY(KIND, NC, NV)                                                                                       \
	ISA_TARGET static void ISA(KIND##_##NV)(const struct tile *q, const real *w, const real *x, const real *bias, \
	                                        real *y, int64_t rem)                                                 \
	{                                                                                                             \
		VEC acc[NC][NV];                                                                                      \
		const int64_t n_in = q->n_in, n_tap = q->n_tap, sc = q->sc, si = q->si, sk = q->sk, ldx = q->ldx,     \
		              ldy = q->ldy, *const xo = q->xo;                                                        \
		const bool add = q->add, rectify = q->rectify;                                                        \
		UNROLLED for (int c = 0; c < NC; c++)                                                                 \
		{                                                                                                     \
			VEC first = (VEC){ 0 } + (bias ? bias[c] : 0);                                                \
			UNROLLED for (int v = 0; v < NV; v++) acc[c][v] =                                             \
			        add ? ISA(load)(y + c * ldy + v * LANES, v < NV - 1 ? LANES : rem) : first;           \
		}                                                                                                     \
		for (int64_t i = 0; i < n_in; i++, x += ldx, w += si) {                                               \
			const real *wk = w, *wh = w + NC / 2 * sc;                                                    \
			for (int64_t k = 0; k < n_tap; k++, wk += sk, wh += sk) {                                     \
				const real *xr = x + xo[k];                                                           \
				VEC xv[NV];                                                                           \
				UNROLLED for (int v = 0; v < NV; v++) xv[v] =                                         \
				        *(const VEC *)(const void *)(xr + v * LANES);                                 \
				UNROLLED for (int c = 0; c < NC; c++)                                                 \
				{                                                                                     \
					const real wc = c < NC / 2 ? wk[c * sc] : wh[(c - NC / 2) * sc];              \
					UNROLLED for (int v = 0; v < NV; v++) acc[c][v] += xv[v] * wc;                \
				}                                                                                     \
			}                                                                                             \
		}                                                                                                     \
		UNROLLED for (int c = 0; rectify && c < NC; c++)                                                      \
		{                                                                                                     \
			UNROLLED for (int v = 0; v < NV; v++) acc[c][v] = ISA(rectified)(acc[c][v]);                  \
		}                                                                                                     \
		UNROLLED for (int c = 0; c < NC; c++)                                                                 \
		{                                                                                                     \
			UNROLLED for (int v = 0; v < NV; v++)                                                         \
			        ISA(store)(acc[c][v], y + c * ldy + v * LANES, v < NV - 1 ? LANES : rem);             \
		}                                                                                                     \
	}
#define TILE_ROWS(KIND, NC)    \
	TILE_BODY(KIND, NC, 1) \
	TILE_BODY(KIND, NC, 2) \
	TILE_BODY(KIND, NC, 3)

TILE_ROWS(one, 1)
TILE_ROWS(two, 2)
TILE_ROWS(half, ISA_ROWS_HALF)
TILE_ROWS(full, ISA_ROWS)

ISA_TARGET static void ISA(tile)(const struct tile *q, const real *w, const real *x, const real *bias, real *y)
{
	typedef void body(const struct tile *, const real *, const real *, const real *, real *, int64_t);
	static const struct {
		int64_t rows;
		body *of[3];
	} bodies[] = { { ISA_ROWS, { ISA(full_1), ISA(full_2), ISA(full_3) } },
		       { ISA_ROWS_HALF, { ISA(half_1), ISA(half_2), ISA(half_3) } },
		       { 2, { ISA(two_1), ISA(two_2), ISA(two_3) } },
		       { 1, { ISA(one_1), ISA(one_2), ISA(one_3) } } };
	int64_t nv = (q->T + LANES - 1) / LANES;
	for (int64_t v = 0, take; v < nv; v += take) {
		int64_t left = nv - v;
		/* 4 vectors are better cut 2 + 2 than 3 + 1 */
		take = left == 4 ? 2 : left > 3 ? 3 : left;
		int64_t rem = left == take ? q->T - (nv - 1) * LANES : LANES;
		for (int64_t c = 0, rows; c < q->n_out; c += rows) {
			int kind = 0;
			while (bodies[kind].rows > q->n_out - c)
				kind++;
			rows = bodies[kind].rows;
			body *f = bodies[kind].of[take - 1];
			f(q, w + c * q->sc, x + v * LANES, bias ? bias + c : NULL, y + c * q->ldy + v * LANES, rem);
		}
	}
}

/* Four partial sums, added in a fixed order. */
ISA_TARGET static real ISA(dot)(int64_t n, const real *a, const real *b)
{
	VEC s[4] = { { 0 } };
	int64_t i = 0;
	for (; i + 4 * LANES <= n; i += 4 * LANES)
		for (int v = 0; v < 4; v++)
			s[v] += *(const VEC *)(const void *)(a + i + v * LANES) *
			        *(const VEC *)(const void *)(b + i + v * LANES);
	for (; i + LANES <= n; i += LANES)
		s[0] += *(const VEC *)(const void *)(a + i) * *(const VEC *)(const void *)(b + i);
	/* the rest in a vector too: whether a plain loop would fuse its multiply-adds is up to the compiler */
	VEC left[2] = { { 0 } };
	memcpy(&left[0], a + i, (size_t)(n - i) * sizeof *a);
	memcpy(&left[1], b + i, (size_t)(n - i) * sizeof *b);
	s[0] += left[0] * left[1];
	VEC all = (s[0] + s[1]) + (s[2] + s[3]);
	real sum = 0;
	for (int l = 0; l < LANES; l++)
		sum += all[l];
	return sum;
}

/* Partial sum l of each of the four vectors at a time, all added in the order of dot. */
ISA_TARGET static void ISA(dot_lanes)(int64_t n, const real *a, const real *b, real *y)
{
	enum { WIDTH = ISA_BYTES / sizeof(real), NV = TILE_LANES / WIDTH };
	VEC sum[NV] = { { 0 } };
	int64_t i;
	for (int l = 0; l < WIDTH; l++) {
		VEC s[4][NV] = { { { 0 } } };
		for (i = 0; i + 4 * WIDTH <= n; i += 4 * WIDTH)
			for (int v = 0; v < 4; v++)
				for (int u = 0; u < NV; u++)
					s[v][u] +=
					        ((const VEC *)(const void *)(a + (i + v * WIDTH + l) * TILE_LANES))[u] *
					        b[i + v * WIDTH + l];
		for (; i + WIDTH <= n; i += WIDTH)
			for (int u = 0; u < NV; u++)
				s[0][u] += ((const VEC *)(const void *)(a + (i + l) * TILE_LANES))[u] * b[i + l];
		for (int u = 0; u < NV; u++) {
			VEC rest = { 0 };
			if (i + l < n)
				rest = ((const VEC *)(const void *)(a + (i + l) * TILE_LANES))[u];
			s[0][u] += rest * (i + l < n ? b[i + l] : 0);
			sum[u] += (s[0][u] + s[1][u]) + (s[2][u] + s[3][u]);
		}
	}
	for (int u = 0; u < NV; u++)
		((VEC *)(void *)y)[u] += sum[u];
}

ISA_TARGET static void ISA(axpy)(int64_t n, real a, const real *x, real *y)
{
	int64_t i = 0;
	for (; i + LANES <= n; i += LANES)
		*(VEC *)(void *)(y + i) += *(const VEC *)(const void *)(x + i) * a;
	for (; i < n; i++)
		y[i] += a * x[i];
}

ISA_TARGET static real ISA(sum)(int64_t n, const real *x)
{
	VEC s[4] = { { 0 } };
	int64_t i = 0;
	for (; i + 4 * LANES <= n; i += 4 * LANES)
		for (int v = 0; v < 4; v++)
			s[v] += *(const VEC *)(const void *)(x + i + v * LANES);
	for (; i + LANES <= n; i += LANES)
		s[0] += *(const VEC *)(const void *)(x + i);
	VEC all = (s[0] + s[1]) + (s[2] + s[3]);
	real sum = 0;
	for (int l = 0; l < LANES; l++)
		sum += all[l];
	for (; i < n; i++)
		sum += x[i];
	return sum;
}

/* Whole vectors of zeros: what they cover beyond the row is written after them, or is slack. */
ISA_TARGET static inline void ISA(zeros)(int64_t from, int64_t to, real *y)
{
	for (int64_t t = from; t < to; t += LANES)
		*(VEC *)(void *)(y + t) = (VEC){ 0 };
}

/* Rows are short: calls of memcpy and memset would cost more than they do. */
ISA_TARGET static void ISA(lay)(int64_t rows, int64_t n, const real *x, int64_t ldx, int64_t from, int64_t len,
                                real *to)
{
	int64_t a = from < 0 ? -from : 0, b = len - from < n ? len - from : n, t;
	a = a < n ? a : n;
	b = b > a ? b : a;
	for (; rows > 0; rows--, x += ldx, to += n) {
		ISA(zeros)(0, a, to);
		for (t = a; t + LANES <= b; t += LANES)
			*(VEC *)(void *)(to + t) = *(const VEC *)(const void *)(x + from + t);
		if (t < b && b - a >= LANES)
			*(VEC *)(void *)(to + b - LANES) = *(const VEC *)(const void *)(x + from + b - LANES);
		else
			for (; t < b; t++)
				to[t] = x[from + t];
		ISA(zeros)(b, n, to);
	}
}

ISA_TARGET static void ISA(add_rows)(int64_t rows, int64_t n, const real *x, int64_t ldx, real *y, int64_t ldy)
{
	for (int64_t r = 0; r < rows; r++, x += ldx, y += ldy) {
		int64_t t = 0;
		for (; t + LANES <= n; t += LANES)
			*(VEC *)(void *)(y + t) += *(const VEC *)(const void *)(x + t);
		for (; t < n; t++)
			y[t] += x[t];
	}
}

typedef real ISA(quad) __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));

/* A square of 4 x 4. */
ISA_TARGET static inline __attribute__((always_inline)) void ISA(turn_square)(const real *x, int64_t ldx, bool add,
                                                                              real *to, int64_t ldto)
{
	ISA(quad) r[4], half[4], out[4];
	for (int i = 0; i < 4; i++)
		r[i] = *(const ISA(quad) *)(const void *)(x + i * ldx);
	for (int i = 0; i < 2; i++) {
		half[i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 0, 4, 1, 5);
		half[2 + i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 2, 6, 3, 7);
	}
	for (int i = 0; i < 2; i++) {
		out[2 * i] = __builtin_shufflevector(half[2 * i], half[2 * i + 1], 0, 1, 4, 5);
		out[2 * i + 1] = __builtin_shufflevector(half[2 * i], half[2 * i + 1], 2, 3, 6, 7);
	}
	for (int i = 0; i < 4; i++) {
		ISA(quad) *at = (ISA(quad) *)(void *)(to + i * ldto);
		if (add)
			*at += out[i];
		else
			*at = out[i];
	}
}

ISA_TARGET static void ISA(turn)(int64_t rows, int64_t n, const real *x, int64_t ldx, bool add, real *to, int64_t ldto)
{
	int64_t whole = rows / 4 * 4, steps = n / 4 * 4;
	for (int64_t r = 0; r < whole; r += 4)
		for (int64_t t = 0; t < steps; t += 4)
			ISA(turn_square)(x + r * ldx + t, ldx, add, to + t * ldto + r, ldto);
	for (int64_t r = 0; r < rows; r++)
		for (int64_t t = r < whole ? steps : 0; t < n; t++)
			to[t * ldto + r] = add ? to[t * ldto + r] + x[r * ldx + t] : x[r * ldx + t];
}

typedef double ISA(doubles) __attribute__((vector_size(32)));
typedef int64_t ISA(bits) __attribute__((vector_size(32), aligned(8), may_alias));

/* Rows are short: the last steps are read as a whole vector, of which those that were added already are masked out. */
ISA_TARGET static double ISA(abs_sum)(int64_t n, const real *x)
{
	static const int64_t keep[8] = { 0, 0, 0, 0, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX };
	ISA(doubles) s[2] = { { 0 } };
	double rest = 0;
	int64_t i = 0;
#define ABS(at, mask)                                                                                              \
	(ISA(doubles))((ISA(bits)) __builtin_convertvector(*(const ISA(quad) *)(const void *)(at), ISA(doubles)) & \
	               (mask))
	for (; i + 8 <= n; i += 8) {
		s[0] += ABS(x + i, INT64_MAX);
		s[1] += ABS(x + i + 4, INT64_MAX);
	}
	for (; i + 4 <= n; i += 4)
		s[0] += ABS(x + i, INT64_MAX);
	if (i < n && n >= 4)
		s[1] += ABS(x + n - 4, *(const ISA(bits) *)(const void *)(keep + (n - i)));
	else
		for (; i < n; i++)
			rest += (double)real_abs(x[i]);
#undef ABS
	s[0] += s[1];
	return (s[0][0] + s[0][1]) + (s[0][2] + s[0][3]) + rest;
}

/* For sums in double precision over lanes: so many lanes at a time. */
typedef double ISA(wide) __attribute__((vector_size(ISA_BYTES)));
typedef real ISA(part) __attribute__((vector_size(ISA_BYTES / 8 * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef int64_t ISA(wide_bits) __attribute__((vector_size(ISA_BYTES)));

ISA_TARGET static inline __attribute__((always_inline)) ISA(wide) ISA(wide_at)(const real *x)
{
	const ISA(part) p = *(const ISA(part) *)(const void *)x;
#if ISA_BYTES == 64
	/* gcc 12 makes one instruction of this, and four of the other */
	return (ISA(wide)){ p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7] };
#else
	return __builtin_convertvector(p, ISA(wide));
#endif
}

ISA_TARGET static inline __attribute__((always_inline)) void ISA(narrow_to)(ISA(wide) v, real *y)
{
	*(ISA(part) *)(void *)y = __builtin_convertvector(v, ISA(part));
}

ISA_TARGET static inline __attribute__((always_inline)) ISA(wide) ISA(wide_abs)(ISA(wide) v)
{
	return (ISA(wide))((ISA(wide_bits))v & INT64_MAX);
}

/* The steps in the order of abs_sum, whose eight places are s[0] to s[7]. */
ISA_TARGET static void ISA(abs_sum_lanes)(int64_t n, const real *x, real *y)
{
	for (int64_t u = 0; u < TILE_LANES; u += ISA_BYTES / 8, x += ISA_BYTES / 8) {
		ISA(wide) s[8] = { { 0 } }, rest = { 0 };
		int64_t i = 0;
		for (; i + 8 <= n; i += 8)
			UNROLLED for (int k = 0; k < 8; k++) s[k] +=
			        ISA(wide_abs)(ISA(wide_at)(x + (i + k) * TILE_LANES));
		for (; i + 4 <= n; i += 4)
			UNROLLED for (int k = 0; k < 4; k++) s[k] +=
			        ISA(wide_abs)(ISA(wide_at)(x + (i + k) * TILE_LANES));
		UNROLLED for (int k = 5; k < 8; k++) if (n >= 4 && n - 8 + k >= i) s[k] +=
		        ISA(wide_abs)(ISA(wide_at)(x + (n - 8 + k) * TILE_LANES));
		for (; n < 4 && i < n; i++)
			rest += ISA(wide_abs)(ISA(wide_at)(x + i * TILE_LANES));
		UNROLLED for (int k = 0; k < 4; k++) s[k] += s[k + 4];
		ISA(narrow_to)((s[0] + s[1]) + (s[2] + s[3]) + rest, y + u);
	}
}

/* Separate multiplications and additions, as a loop over doubles would do them. */
ISA_TARGET static void ISA(taylor_lanes)(int64_t n, const real *a, const real *g, real *y)
{
	for (int64_t u = 0; u < TILE_LANES; u += ISA_BYTES / 8, a += ISA_BYTES / 8, g += ISA_BYTES / 8) {
		ISA(wide) sum = { 0 };
		for (int64_t i = 0; i < n; i++)
			sum += ISA(wide_at)(a + i * TILE_LANES) * ISA(wide_at)(g + i * TILE_LANES);
		ISA(narrow_to)(ISA(wide_abs)(sum), y + u);
	}
}

/* From here on plain loops, which the compiler turns into vectors of this set. */
ISA_TARGET static void ISA(relu)(int64_t n, const real *x, real *y)
{
	for (int64_t i = 0; i < n; i++)
		y[i] = x[i] > 0 || x[i] != x[i] ? x[i] : 0;
}

ISA_TARGET static void ISA(relu_back)(int64_t n, const real *x, const real *dy, real *dx)
{
	for (int64_t i = 0; i < n; i++) {
		real d = dy[i]; /* read in any case: then this is no branch */
		dx[i] += x[i] > 0 ? d : 0;
	}
}

ISA_TARGET static void ISA(relu_fresh)(int64_t n, const real *x, const real *dy, real *dx)
{
	for (int64_t i = 0; i < n; i++) {
		real d = dy[i];
		dx[i] = x[i] > 0 ? d : 0;
	}
}

ISA_TARGET static void ISA(scale)(int64_t n, const real *x, double low, double range, real *y)
{
	for (int64_t i = 0; i < n; i++)
		y[i] = (real)(((double)x[i] - low) / range);
}

ISA_TARGET static void ISA(adam)(int64_t n, const struct adam *q, const real *restrict g, real *restrict m,
                                 real *restrict v, real *restrict x)
{
	const struct adam a = *q;
	for (int64_t i = 0; i < n; i++) {
		m[i] = a.b1 * m[i] + a.a1 * g[i];
		v[i] = a.b2 * v[i] + a.a2 * g[i] * g[i];
		x[i] -= a.size * m[i] / (real_sqrt(v[i]) * a.root + a.eps);
	}
}

ISA_TARGET static inline __attribute__((always_inline)) void ISA(pairs_back)(int32_t n, const real *restrict dy,
                                                                             const int32_t *restrict winner,
                                                                             real *restrict dx)
{
	for (int32_t t = 0; t < n; t++) {
		real d = dy[t];
		dx[2 * t] = winner[t] == 2 * t ? d : 0;
		dx[2 * t + 1] = winner[t] == 2 * t + 1 ? d : 0;
	}
}

ISA_TARGET static void ISA(max_pairs_back)(int64_t rows, int64_t n, const real *dy, const int32_t *winner, int64_t ldy,
                                           real *dx, int64_t ldx)
{
	for (int64_t r = 0; r < rows; r++)
		ISA(pairs_back)((int32_t)n, dy + r * ldy, winner + r * ldy, dx + r * ldx);
}

/* As many indices of steps. */
typedef int32_t ISA(steps)
        __attribute__((vector_size(ISA_BYTES / sizeof(real) * sizeof(int32_t)), aligned(sizeof(int32_t)), may_alias));

ISA_TARGET static void ISA(max_pairs_lanes)(int64_t rows, int64_t n, const real *dy, const int32_t *winner, int64_t ldy,
                                            real *dx, int64_t ldx)
{
	for (int64_t r = 0; r < rows; r++, dy += ldy, winner += ldy, dx += ldx)
		for (int64_t t = 0; t < n; t++)
			for (int64_t u = t * TILE_LANES; u < (t + 1) * TILE_LANES; u += LANES) {
				ISA(mask) d = (ISA(mask)) * (const VEC *)(const void *)(dy + u);
				ISA(steps) w = *(const ISA(steps) *)(const void *)(winner + u) - (int32_t)(2 * t);
				ISA(mask) at = __builtin_convertvector(w, ISA(mask));
				real *to = dx + u + t * TILE_LANES;
				*(VEC *)(void *)to = (VEC)(d & (at == 0));
				*(VEC *)(void *)(to + TILE_LANES) = (VEC)(d & (at == 1));
			}
}

ISA_TARGET static inline __attribute__((always_inline)) void ISA(gated)(int64_t n, const real *restrict gate,
                                                                        const real *restrict x, int64_t stride,
                                                                        real *restrict y)
{
	for (int64_t t = 0; t < n; t++)
		y[t] += gate[t] * x[t * stride];
}

ISA_TARGET static void ISA(add_gated)(int64_t rows, int64_t n, const real *gate, int64_t ldg, const real *x,
                                      int64_t ldx, int64_t stride, real *y, int64_t ldy)
{
	for (int64_t r = 0; r < rows; r++, gate += ldg, x += ldx, y += ldy)
		if (stride == 2)
			ISA(gated)(n, gate, x, 2, y);
		else if (stride == 1)
			ISA(gated)(n, gate, x, 1, y);
		else
			ISA(gated)(n, gate, x, stride, y);
}

ISA_TARGET static void ISA(scale_rows)(int64_t rows, int64_t n, const real *restrict gate, real *restrict y,
                                       int64_t ldy)
{
	for (int64_t r = 0; r < rows; r++, y += ldy) {
		int64_t t = 0;
		for (; t + LANES <= n; t += LANES)
			*(VEC *)(void *)(y + t) *= *(const VEC *)(const void *)(gate + t);
		for (; t < n; t++)
			y[t] *= gate[t];
	}
}

/* Inlined for strides that the compiler then knows: that makes vectors. */
ISA_TARGET static inline __attribute__((always_inline)) void ISA(max_strided)(int32_t n, int32_t k, int32_t stride,
                                                                              int32_t dilation, const real *restrict x,
                                                                              int32_t at, real *restrict y,
                                                                              int32_t *restrict winner)
{
	for (int32_t t = 0; t < n; t++) {
		real first = x[t * stride], v = k > 1 ? x[t * stride + dilation] : first;
		int32_t here = at + t * stride;
		bool take = !(v <= first) & (first == first);
		y[t] = take ? v : first;
		winner[t] = take ? here + dilation : here;
	}
	for (int32_t i = 2; i < k; i++)
		for (int32_t t = 0; t < n; t++) {
			real v = x[t * stride + i * dilation], most = y[t];
			int32_t best = winner[t], here = at + t * stride + i * dilation;
			bool take = !(v <= most) & (most == most);
			y[t] = take ? v : most;
			winner[t] = take ? here : best;
		}
}

ISA_TARGET static void ISA(max_windows)(int64_t rows, int64_t n, int64_t k, int64_t stride, int64_t dilation,
                                        const real *x, int64_t ldx, int32_t at, real *y, int32_t *winner, int64_t ldy)
{
	const int32_t m = (int32_t)n, taps = (int32_t)k, lag = (int32_t)dilation;
	for (int64_t r = 0; r < rows; r++, x += ldx, y += ldy, winner += ldy)
		if (stride == 2 && k == 2 && dilation == 1)
			ISA(max_strided)(m, 2, 2, 1, x, at, y, winner);
		else if (stride == 1 && k > 1)
			ISA(max_strided)(m, taps, 1, lag, x, at, y, winner);
		else
			ISA(max_strided)(m, taps, (int32_t)stride, lag, x, at, y, winner);
}

/* One vector of the numbers of a window's k steps. */
ISA_TARGET static inline __attribute__((always_inline)) void ISA(max_taps)(int64_t k, int64_t dilation, const real *x,
                                                                           int32_t at, real *y, int32_t *winner)
{
	VEC most = *(const VEC *)(const void *)x;
	ISA(mask) best = (ISA(mask)){ 0 } + at;
	for (int64_t i = 1; i < k; i++) {
		VEC v = *(const VEC *)(const void *)(x + i * dilation * TILE_LANES);
		ISA(mask)
		take = ~(v <= most) & (most == most), here = (ISA(mask)){ 0 } + (at + (int32_t)(i * dilation));
		most = (VEC)(((ISA(mask))v & take) | ((ISA(mask))most & ~take));
		best = (here & take) | (best & ~take);
	}
	*(VEC *)(void *)y = most;
	*(ISA(steps) *)(void *)winner = __builtin_convertvector(best, ISA(steps));
}

ISA_TARGET static void ISA(max_lanes)(int64_t rows, int64_t n, int64_t k, int64_t stride, int64_t dilation,
                                      const real *x, int64_t ldx, int32_t at, real *y, int32_t *winner, int64_t ldy)
{
	for (int64_t r = 0; r < rows; r++, x += ldx, y += ldy, winner += ldy)
		for (int64_t t = 0; t < n; t++)
			for (int64_t u = 0; u < TILE_LANES; u += LANES) {
				const real *from = x + t * stride * TILE_LANES + u;
				int64_t to = t * TILE_LANES + u;
				int32_t first = at + (int32_t)(t * stride);
				if (k == 2)
					ISA(max_taps)(2, dilation, from, first, y + to, winner + to);
				else
					ISA(max_taps)(k, dilation, from, first, y + to, winner + to);
			}
}

#undef VEC
#undef LANES
#undef TILE_BODY
#undef TILE_ROWS
#undef ISA
#undef ISA_TARGET
#undef ISA_BYTES
#undef ISA_ROWS
#undef ISA_ROWS_HALF
