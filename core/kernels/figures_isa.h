/* The figures of one instruction set. core/kernels/figures.c includes this file once for each, with ISA, ISA_TARGET and
 * ISA_BYTES as in tile_isa.h. */

typedef real ISA(vec) __attribute__((vector_size(ISA_BYTES), aligned(sizeof(real)), may_alias));
typedef real_bits ISA(mask) __attribute__((vector_size(ISA_BYTES)));
typedef double ISA(wide) __attribute__((vector_size(ISA_BYTES), aligned(sizeof(double)), may_alias));
typedef real ISA(part) __attribute__((vector_size(ISA_BYTES / 8 * sizeof(real)), aligned(sizeof(real)), may_alias));

#define VEC ISA(vec)
#define MASK ISA(mask)
#define WIDE ISA(wide)
#define LANES ((int64_t)(ISA_BYTES / sizeof(real)))
#define DOUBLES ((int64_t)(ISA_BYTES / sizeof(double)))

ISA_TARGET static inline __attribute__((always_inline)) WIDE ISA(widened)(const real *x)
{
	const ISA(part) p = *(const ISA(part) *)(const void *)x;
#if ISA_BYTES == 64
	/* gcc 12 makes one instruction of this, and four of the other */
	return (WIDE){ p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7] };
#else
	return __builtin_convertvector(p, WIDE);
#endif
}

/* What comparisons and counts say, of as many lanes as a vector has. Returns whether all numbers are finite. */
ISA_TARGET static inline bool ISA(row_counts)(int64_t times, const real *x, const real *rest, int64_t lane,
                                              struct row_figures *out)
{
	VEC first = *(const VEC *)(const void *)x, low = first, high = first;
	MASK at = { 0 }, zero = { 0 }, rests = { 0 }, bad = { 0 };
	for (int64_t t = 0; t < times; t++) {
		VEC v = *(const VEC *)(const void *)(x + t * TILE_LANES);
		MASK less = v<low, more = v> high, now = (MASK){ 0 } + (real_bits)t;
		low = (VEC)(((MASK)v & less) | ((MASK)low & ~less));
		high = (VEC)(((MASK)v & more) | ((MASK)high & ~more));
		at = (now & more) | (at & ~more);
		zero -= v == 0;
		rests -= (v == rest[0]) | (v == rest[1]);
		bad |= ~(v - v == 0);
	}
	bool finite = true;
	for (int64_t l = 0; l < LANES; l++) {
		out->first[lane + l] = first[l];
		out->min[lane + l] = low[l];
		out->max[lane + l] = high[l];
		out->at[lane + l] = (int32_t)at[l];
		out->zero[lane + l] = (int32_t)zero[l];
		out->rest[lane + l] = (int32_t)rests[l];
		finite &= !bad[l];
	}
	return finite;
}

ISA_TARGET static void ISA(row_lanes)(int64_t times, const real *x, const real rest[2], struct row_figures *out)
{
	out->finite = true;
	for (int64_t l = 0; l < TILE_LANES; l += LANES)
		out->finite &= ISA(row_counts)(times, x + l, rest, l, out);
	for (int64_t l = 0; l < TILE_LANES && out->finite; l += DOUBLES) {
		WIDE first = ISA(widened)(x + l), sum = { 0 }, square = { 0 };
		for (int64_t t = 0; t < times; t++) {
			WIDE v = ISA(widened)(x + t * TILE_LANES + l);
			WIDE d = v - first, dd = d * d;
			sum += d;
			square += dd;
		}
		*(WIDE *)(void *)(out->sum + l) = sum;
		*(WIDE *)(void *)(out->square + l) = square;
	}
}

ISA_TARGET static void ISA(square_sum_lanes)(int64_t n, const real *x, double *y)
{
	for (int64_t l = 0; l < TILE_LANES; l += DOUBLES) {
		WIDE sum = { 0 };
		for (int64_t i = 0; i < n; i++) {
			WIDE v = ISA(widened)(x + i * TILE_LANES + l);
			WIDE vv = v * v;
			sum += vv;
		}
		*(WIDE *)(void *)(y + l) = sum;
	}
}

/* NV vectors of row i of the triangle, from column k on. */
#define PRODUCTS(NV)                                                                                                   \
	ISA_TARGET static void ISA(products_##NV)(int64_t n, int64_t positions, const double *x, int64_t i, int64_t k, \
	                                          double at, const double *gap, double *m2)                            \
	{                                                                                                              \
		WIDE sum[NV] = { { 0 } };                                                                              \
		for (int64_t j = 0; j < positions; j++) {                                                              \
			const double *row = x + j * n;                                                                 \
			UNROLLED for (int v = 0; v < NV; v++)                                                          \
			{                                                                                              \
				WIDE p = *(const WIDE *)(const void *)(row + k + v * DOUBLES) * row[i];                \
				sum[v] += p;                                                                           \
			}                                                                                              \
		}                                                                                                      \
		UNROLLED for (int v = 0; v < NV; v++)                                                                  \
		{                                                                                                      \
			WIDE *to = (WIDE *)(void *)(m2 + v * DOUBLES), all = *to + sum[v];                             \
			if (gap) {                                                                                     \
				WIDE p = *(const WIDE *)(const void *)(gap + k + v * DOUBLES) * at;                    \
				all += p;                                                                              \
			}                                                                                              \
			*to = all;                                                                                     \
		}                                                                                                      \
	}
PRODUCTS(1)
PRODUCTS(4)

ISA_TARGET static void ISA(products)(int64_t n, int64_t positions, const double *x, double scale, const double *gap,
                                     double *m2)
{
	for (int64_t i = 0; i < n; m2 += n - i, i++) {
		double at = gap ? scale * gap[i] : 0;
		int64_t k = i;
		for (; k + 4 * DOUBLES <= n; k += 4 * DOUBLES)
			ISA(products_4)(n, positions, x, i, k, at, gap, m2 + (k - i));
		for (; k + DOUBLES <= n; k += DOUBLES)
			ISA(products_1)(n, positions, x, i, k, at, gap, m2 + (k - i));
		for (; k < n; k++) {
			double sum = 0, p;
			for (int64_t j = 0; j < positions; j++) {
				p = x[j * n + i] * x[j * n + k];
				sum += p;
			}
			p = gap ? at * gap[k] : 0;
			m2[k - i] += sum;
			m2[k - i] += p;
		}
	}
}

typedef int64_t ISA(wide_mask) __attribute__((vector_size(ISA_BYTES), aligned(sizeof(double)), may_alias));

ISA_TARGET static void ISA(gain)(int64_t n, const real *v, double *low, double *high, double *sum)
{
	int64_t i = 0;
	for (; i + DOUBLES <= n; i += DOUBLES) {
		WIDE x = ISA(widened)(v + i);
		WIDE l = *(const WIDE *)(const void *)(low + i), h = *(const WIDE *)(const void *)(high + i);
		ISA(wide_mask) less = x<l, more = x> h, bits = (ISA(wide_mask))x;
		*(WIDE *)(void *)(low + i) = (WIDE)((bits & less) | ((ISA(wide_mask))l & ~less));
		*(WIDE *)(void *)(high + i) = (WIDE)((bits & more) | ((ISA(wide_mask))h & ~more));
		*(WIDE *)(void *)(sum + i) += x;
	}
	for (; i < n; i++) {
		double x = (double)v[i];
		low[i] = x < low[i] ? x : low[i];
		high[i] = x > high[i] ? x : high[i];
		sum[i] += x;
	}
}

ISA_TARGET static void ISA(extremes)(int64_t n, const real *v, real *low, real *high)
{
	VEC l = (VEC){ 0 } + (real)INFINITY, h = (VEC){ 0 } - (real)INFINITY;
	int64_t i = 0;
	for (; i + LANES <= n; i += LANES) {
		VEC x = *(const VEC *)(const void *)(v + i);
		MASK less = x<l, more = x> h;
		l = (VEC)(((MASK)x & less) | ((MASK)l & ~less));
		h = (VEC)(((MASK)x & more) | ((MASK)h & ~more));
	}
	real a = (real)INFINITY, b = -(real)INFINITY;
	for (int64_t k = 0; k < LANES; k++) {
		a = l[k] < a ? l[k] : a;
		b = h[k] > b ? h[k] : b;
	}
	for (; i < n; i++) {
		a = v[i] < a ? v[i] : a;
		b = v[i] > b ? v[i] : b;
	}
	*low = a;
	*high = b;
}

static const struct figures ISA(figures) = { ISA(row_lanes), ISA(square_sum_lanes), ISA(products), ISA(gain),
	                                     ISA(extremes) };

#undef PRODUCTS
#undef VEC
#undef MASK
#undef WIDE
#undef LANES
#undef DOUBLES
#undef ISA
#undef ISA_TARGET
#undef ISA_BYTES
