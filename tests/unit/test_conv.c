/* The fast convolution against the plain loops, on random shapes, on every instruction set that this processor has. */
#include <math.h>
#include <stdint.h>
#include "core/kernels/conv.h"
#include "core/base/mem.h"
#include "core/analysis/rank.h"
#include "core/kernels/tile.h"
#include "tests/unit/unit.h"

static uint64_t seed = 1;

static int64_t pick(int64_t from, int64_t to)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return from + (int64_t)((seed >> 33) % (uint64_t)(to - from + 1));
}

static real *noise(int64_t n)
{
	real *v = xmalloc((size_t)n * sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = (real)pick(-1000, 1000) / 1000;
	return v;
}

static struct conv shape(void)
{
	struct conv q = { .n = pick(1, 3),
		          .group = pick(1, 4) == 1 ? pick(2, 3) : 1,
		          .k = pick(1, 7),
		          .stride = pick(1, 4),
		          .dilation = pick(1, 3),
		          .ti = pick(1, 70) };
	q.ci = q.group * pick(1, 9);
	q.co = q.group * pick(1, 19);
	q.pad = pick(0, (q.k - 1) * q.dilation);
	int64_t end = pick(0, 5), room = q.ti + q.pad + end - (q.k - 1) * q.dilation - 1;
	q.to = room < 0 ? 0 : room / q.stride + 1;
	return q;
}

/* Shapes that are cut into blocks of rows, filters and steps. */
static const struct conv large[] = {
	{ .n = 1, .ci = 230, .co = 75, .ti = 200, .k = 3, .stride = 1, .dilation = 1, .pad = 1, .group = 1 },
	{ .n = 2, .ci = 90, .co = 210, .ti = 131, .k = 9, .stride = 1, .dilation = 2, .pad = 8, .group = 1 },
	{ .n = 9, .ci = 12, .co = 20, .ti = 60, .k = 5, .stride = 2, .dilation = 3, .pad = 5, .group = 2 },
	{ .n = 1, .ci = 3, .co = 5, .ti = 900, .k = 3, .stride = 1, .dilation = 200, .pad = 200, .group = 1 },
	{ .n = 1, .ci = 2, .co = 7, .ti = 2500, .k = 4, .stride = 5, .dilation = 50, .pad = 60, .group = 1 },
	{ .n = 40, .ci = 8, .co = 40, .ti = 13, .k = 3, .stride = 1, .dilation = 1, .pad = 1, .group = 1 },
	{ .n = 3, .ci = 64, .co = 64, .ti = 150, .k = 5, .stride = 1, .dilation = 1, .pad = 2, .group = 64 },
};

static void compare(const struct conv *q, const char *isa)
{
	double most = 1e-6 * (1 + sqrt((double)(q->n * q->co * q->to)));
	int64_t nx = q->n * q->ci * q->ti, ny = q->n * q->co * q->to, nw = q->co * q->ci / q->group * q->k;
	real *x = noise(nx), *w = noise(nw), *b = noise(q->co), *dy = noise(ny);
	real *y = noise(ny), *y2 = noise(ny), *dx = noise(nx), *dw = noise(nw), *db = noise(q->co);
	real *dx2 = xmalloc((size_t)nx * sizeof *dx2), *dw2 = xmalloc((size_t)nw * sizeof *dw2);
	real *db2 = xmalloc((size_t)q->co * sizeof *db2);
	memcpy(dx2, dx, (size_t)nx * sizeof *dx);
	memcpy(dw2, dw, (size_t)nw * sizeof *dw);
	memcpy(db2, db, (size_t)q->co * sizeof *db);
	void *tmp = xalloc_aligned(conv_scratch(q));
	char what[200];
	snprintf(what, sizeof what, "%s n%d ci%d co%d ti%d to%d k%d s%d d%d p%d g%d", isa, (int)q->n, (int)q->ci,
	         (int)q->co, (int)q->ti, (int)q->to, (int)q->k, (int)q->stride, (int)q->dilation, (int)q->pad,
	         (int)q->group);
	conv_forward(q, x, w, b, y, tmp);
	conv_forward_naive(q, x, w, b, y2);
	unit_close(what, y, y2, ny, 1e-5, most);
	conv_backward_x(q, dy, w, dx, false, tmp);
	conv_backward_x_naive(q, dy, w, dx2);
	unit_close(what, dx, dx2, nx, 1e-5, most);
	conv_backward_x(q, dy, w, dx, true, tmp);
	memset(dx2, 0, (size_t)nx * sizeof *dx2);
	conv_backward_x_naive(q, dy, w, dx2);
	unit_close(what, dx, dx2, nx, 1e-5, most);
	conv_backward_w(q, dy, x, dw, db, tmp);
	conv_backward_w_naive(q, dy, x, dw2, db2);
	unit_close(what, dw, dw2, nw, 1e-5, 10 * most);
	unit_close(what, db, db2, q->co, 1e-5, 10 * most);
	void *all[] = { x, w, b, dy, y, y2, dx, dw, db, dx2, dw2, db2, tmp };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

/* Lane `lane` of an array of n elements. */
static void take(const real *x, int64_t n, int lane, real *to)
{
	for (int64_t i = 0; i < n; i++)
		to[i] = x[i * TILE_LANES + lane];
}

/* Each lane of a convolution has the bits of that series alone, rectified or not. */
static void compare_lanes(const struct conv *q, const char *isa)
{
	struct conv many = *q, one = *q;
	int64_t nx = q->n * q->ci * q->ti, ny = q->n * q->co * q->to, L = TILE_LANES;
	many.lanes = L;
	many.rectify = one.rectify = pick(0, 1);
	real *x = noise(nx * L), *dy = noise(ny * L), *w = noise(q->co * q->ci / q->group * q->k), *b = noise(q->co);
	real *y = noise(ny * L), *dx = noise(nx * L), *x1 = noise(nx), *dy1 = noise(ny), *y1 = noise(ny),
	     *dx1 = noise(nx), *got = noise(nx + ny);
	void *tmp = xalloc_aligned(conv_scratch(&many) + conv_scratch(&one));
	conv_forward(&many, x, w, b, y, tmp);
	conv_backward_x(&many, dy, w, dx, true, tmp);
	for (int l = 0; l < L; l += 3) {
		take(x, nx, l, x1);
		take(dy, ny, l, dy1);
		conv_forward(&one, x1, w, b, y1, tmp);
		conv_backward_x(&one, dy1, w, dx1, true, tmp);
		take(y, ny, l, got);
		ck_assert_msg(!memcmp(got, y1, (size_t)ny * sizeof *y), "%s: lane %d of y, ti %d", isa, l, (int)q->ti);
		take(dx, nx, l, got);
		ck_assert_msg(!memcmp(got, dx1, (size_t)nx * sizeof *y), "%s: lane %d of dx, ti %d", isa, l,
		              (int)q->ti);
		for (int64_t i = 0; i < ny; i++)
			ck_assert(!one.rectify || y1[i] >= 0);
	}
	void *all[] = { x, dy, w, b, y, dx, x1, dy1, y1, dx1, got, tmp };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

START_TEST(lanes_equal_series_alone)
{
	for (const struct isa *isa = isa_table; isa->name; isa++) {
		if (!isa->usable())
			continue;
		ck_assert(isa_select(isa->name));
		for (int i = 0; i < 150; i++) {
			struct conv q = shape();
			q.stride = i % 4 ? 1 : q.stride;
			q.to = (q.ti + 2 * q.pad - (q.k - 1) * q.dilation - 1) / q.stride + 1;
			if (q.ti + 2 * q.pad > (q.k - 1) * q.dilation)
				compare_lanes(&q, isa->name);
		}
	}
}
END_TEST

/* Sums of each lane are those of its numbers alone, for each number of steps that is left over. */
START_TEST(sums_of_lanes_equal_sums_alone)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int64_t n = 0; isa->usable() && n < 21; n++) {
			real *x = noise((n + 1) * TILE_LANES), *a = noise((n + 1) * TILE_LANES), y[TILE_LANES],
			     z[TILE_LANES];
			real one[21 + TILE_SLACK] = { 0 };
			isa->abs_sum_lanes(n, x, y);
			isa->taylor_lanes(n, a, x, z);
			for (int l = 0; l < TILE_LANES; l++) {
				double sum = 0;
				take(x, n, l, one);
				real want = (real)isa->abs_sum(n, one);
				for (int64_t i = 0; i < n; i++)
					sum += (double)a[i * TILE_LANES + l] * (double)one[i];
				real taylor = (real)fabs(sum);
				ck_assert_msg(!memcmp(&want, &y[l], sizeof want), "%s: %d steps, lane %d", isa->name,
				              (int)n, l);
				ck_assert_msg(!memcmp(&taylor, &z[l], sizeof taylor), "%s: %d steps, lane %d",
				              isa->name, (int)n, l);
			}
			free(x);
			free(a);
		}
}
END_TEST

START_TEST(fast_equals_naive)
{
	const struct isa *isa = &isa_table[_i];
	if (!isa->usable())
		unit_skip("this processor lacks %s", isa->name);
	ck_assert(isa_select(isa->name));
	for (int i = 0; i < 400; i++) {
		struct conv q = shape();
		if (q.to > 0)
			compare(&q, isa->name);
	}
	for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
		struct conv q = large[i];
		q.to = (q.ti + 2 * q.pad - (q.k - 1) * q.dilation - 1) / q.stride + 1;
		compare(&q, isa->name);
	}
}
END_TEST

START_TEST(dot_and_axpy_equal_plain_loops)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int64_t n = 0; isa->usable() && n < 150; n++) {
			real *a = noise(n + 1), *b = noise(n + 1), *c = noise(n + 1),
			     *d = xmalloc((size_t)(n + 1) * sizeof *d);
			double sum = 0;
			memcpy(d, c, (size_t)(n + 1) * sizeof *d);
			for (int64_t i = 0; i < n; i++) {
				sum += (double)a[i] * (double)b[i];
				d[i] += (real)0.5 * a[i];
			}
			ck_assert_double_eq_tol((double)isa->dot(n, a, b), sum, 1e-4);
			isa->axpy(n, (real)0.5, a, c);
			unit_close(isa->name, c, d, n + 1, 1e-6, 1e-7);
			free(a);
			free(b);
			free(c);
			free(d);
		}
}
END_TEST

/* x (n) with zeros, NaN and equal neighbours among its numbers. */
static real *awkward(int64_t n)
{
	real *x = noise(n);
	for (int64_t i = 0; i < n; i++)
		x[i] = i % 7 == 3 ? 0 : i % 31 == 30 ? (real)NAN : i % 5 == 4 ? x[i - 1] : x[i];
	return x;
}

static bool same_real(real a, real b)
{
	return a == b || (isnan(a) && isnan(b));
}

START_TEST(relu_and_sum_equal_plain_loops)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int64_t n = 0; isa->usable() && n < 100; n++) {
			real *x = awkward(n + 1), *dy = noise(n + 1), *y = noise(n + 1), *dx = noise(n + 1),
			     *was = noise(n + 1);
			memcpy(was, dx, (size_t)(n + 1) * sizeof *dx);
			isa->relu(n, x, y);
			isa->relu_back(n, x, dy, dx);
			for (int64_t i = 0; i < n; i++) {
				ck_assert(same_real(y[i], x[i] > 0 || isnan(x[i]) ? x[i] : 0));
				ck_assert(dx[i] == was[i] + (x[i] > 0 ? dy[i] : 0));
			}
			ck_assert(dx[n] == was[n]);
			isa->relu_fresh(n, x, dy, dx);
			double sum = 0;
			for (int64_t i = 0; i < n; i++) {
				ck_assert(dx[i] == (x[i] > 0 ? dy[i] : 0));
				sum += (double)dy[i];
			}
			ck_assert(dx[n] == was[n]);
			ck_assert_double_eq_tol((double)isa->sum(n, dy), sum, 1e-4);
			sum = 0;
			for (int64_t i = 0; i < n; i++)
				sum += fabs((double)dy[i]);
			ck_assert_double_eq_tol(isa->abs_sum(n, dy), sum, 1e-12);
			free(x), free(dy), free(y), free(dx), free(was);
		}
}
END_TEST

START_TEST(largest_of_windows_equals_plain_loops)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int i = 0; isa->usable() && i < 500; i++) {
			int64_t rows = pick(1, 3), n = pick(1, 40), k = pick(1, 4), stride = pick(1, 3),
			        dilation = pick(1, 3);
			int64_t ldx = (n - 1) * stride + (k - 1) * dilation + pick(1, 3), ldy = n + pick(1, 3);
			real *x = awkward(rows * ldx), *y = noise(rows * ldy),
			     *was = xmalloc((size_t)(rows * ldy) * sizeof *was);
			int32_t *winner = xcalloc((size_t)(rows * ldy), sizeof *winner);
			memcpy(was, y, (size_t)(rows * ldy) * sizeof *y);
			isa->max_windows(rows, n, k, stride, dilation, x, ldx, 100, y, winner, ldy);
			for (int64_t q = 0; q < rows * ldy; q++) {
				const real *row = x + q / ldy * ldx;
				int64_t t = q % ldy, best = t * stride;
				if (t >= n) {
					ck_assert(y[q] == was[q] && winner[q] == 0);
					continue;
				}
				for (int64_t j = 1; j < k; j++) {
					real v = row[t * stride + j * dilation];
					if (v > row[best] || (isnan(v) && !isnan(row[best])))
						best = t * stride + j * dilation;
				}
				ck_assert(same_real(y[q], row[best]));
				ck_assert_int_eq(winner[q], 100 + best);
			}
			free(was);
			free(x), free(y), free(winner);
		}
}
END_TEST

START_TEST(gradient_of_pairs_equals_plain_loops)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int64_t n = 0; isa->usable() && n < 60; n++) {
			int64_t rows = pick(1, 3), ldx = 2 * n + pick(1, 3), ldy = n + pick(1, 3);
			real *dy = noise(rows * ldy), *dx = noise(rows * ldx),
			     *was = xmalloc((size_t)(rows * ldx) * sizeof *was);
			int32_t *winner = xcalloc((size_t)(rows * ldy), sizeof *winner);
			memcpy(was, dx, (size_t)(rows * ldx) * sizeof *dx);
			for (int64_t q = 0; q < rows * ldy; q++)
				winner[q] = (int32_t)(q % ldy * 2 + pick(0, 1));
			isa->max_pairs_back(rows, n, dy, winner, ldy, dx, ldx);
			for (int64_t q = 0; q < rows * ldx; q++) {
				int64_t j = q % ldx, at = q / ldx * ldy + j / 2;
				ck_assert(dx[q] == (j >= 2 * n ? was[q] : winner[at] == j ? dy[at] : 0));
			}
			free(was);
			free(dy), free(dx), free(winner);
		}
}
END_TEST

START_TEST(rows_are_turned_and_laid_exactly)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int i = 0; isa->usable() && i < 300; i++) {
			int64_t rows = pick(0, 19), n = pick(0, 40), ldx = n + pick(0, 5), ldto = rows + pick(0, 5);
			real *x = noise(rows * ldx + 1), *to = noise(n * ldto + 1),
			     *was = xmalloc((size_t)(n * ldto + 1) * sizeof *was);
			bool add = pick(0, 1) == 1;
			memcpy(was, to, (size_t)(n * ldto + 1) * sizeof *was);
			isa->turn(rows, n, x, ldx, add, to, ldto);
			for (int64_t j = 0; j < n * ldto; j++)
				ck_assert(to[j] == (j % ldto < rows ? x[j % ldto * ldx + j / ldto] + (add ? was[j] : 0)
				                                    : was[j]));
			ck_assert(to[n * ldto] == was[n * ldto]);
			int64_t len = ldx, from = pick(-50, 50), m = pick(0, 60);
			real *laid = noise(rows * m + TILE_SLACK + 1), end = laid[rows * m + TILE_SLACK];
			isa->lay(rows, m, x, ldx, from, len, laid);
			for (int64_t j = 0; j < rows * m; j++) {
				int64_t t = from + j % m;
				ck_assert(laid[j] == (t >= 0 && t < len ? x[j / m * ldx + t] : 0));
			}
			ck_assert(laid[rows * m + TILE_SLACK] == end);
			free(x), free(to), free(was), free(laid);
		}
}
END_TEST

START_TEST(adam_equals_its_formula)
{
	const struct adam q = { .b1 = (real)0.9,
		                .a1 = (real)0.1,
		                .b2 = (real)0.999,
		                .a2 = (real)0.001,
		                .size = (real)0.01,
		                .root = (real)1.5,
		                .eps = (real)1e-8 };
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int64_t n = 0; isa->usable() && n < 60; n++) {
			real *g = noise(n + 1), *m = noise(n + 1), *v = noise(n + 1), *x = noise(n + 1);
			real m2[61], v2[61], x2[61];
			for (int64_t i = 0; i <= n; i++)
				v[i] = i % 9 == 8 ? 0 : real_abs(v[i]);
			memcpy(m2, m, (size_t)(n + 1) * sizeof *m);
			memcpy(v2, v, (size_t)(n + 1) * sizeof *v);
			memcpy(x2, x, (size_t)(n + 1) * sizeof *x);
			isa->adam(n, &q, g, m, v, x);
			for (int64_t i = 0; i < n; i++) {
				m2[i] = q.b1 * m2[i] + q.a1 * g[i];
				v2[i] = q.b2 * v2[i] + q.a2 * g[i] * g[i];
				x2[i] -= q.size * m2[i] / (q.root * real_sqrt(v2[i]) + q.eps);
			}
			unit_close(isa->name, m, m2, n + 1, 1e-6, 1e-7);
			unit_close(isa->name, v, v2, n + 1, 1e-6, 1e-7);
			unit_close(isa->name, x, x2, n + 1, 1e-5, 1e-6);
			free(g), free(m), free(v), free(x);
		}
}
END_TEST

START_TEST(rows_added_gated_and_scaled_equal_plain_loops)
{
	for (const struct isa *isa = isa_table; isa->name; isa++)
		for (int i = 0; isa->usable() && i < 200; i++) {
			int64_t rows = pick(1, 4), n = pick(0, 40), stride = pick(1, 3), ldx = n * stride + pick(1, 3),
			        ldy = n + pick(1, 3);
			real *x = noise(rows * ldx), *g = noise(n + 1), *y = noise(rows * ldy),
			     *was = xmalloc((size_t)(rows * ldy) * sizeof *was);
			memcpy(was, y, (size_t)(rows * ldy) * sizeof *y);
			isa->add_rows(rows, n, x, ldx, y, ldy);
			isa->add_gated(rows, n, g, 0, x, ldx, stride, y, ldy);
			isa->scale_rows(rows, n, g, y, ldy);
			for (int64_t q = 0; q < rows * ldy; q++) {
				int64_t r = q / ldy, t = q % ldy;
				if (t < n)
					was[q] = (was[q] + x[r * ldx + t] + g[t] * x[r * ldx + t * stride]) * g[t];
			}
			unit_close(isa->name, y, was, rows * ldy, 1e-5, 1e-6);
			isa->scale(n, x, -0.5, 3, y);
			for (int64_t t = 0; t < n; t++)
				ck_assert(y[t] == (real)(((double)x[t] + 0.5) / 3));
			free(x), free(g), free(y), free(was);
		}
}
END_TEST

START_TEST(ranks_are_an_order)
{
	for (int n = 1; n < 300; n += n < 10 ? 1 : 23) {
		real *v = awkward(n);
		int *order = xcalloc((size_t)n, sizeof *order), *rank = xcalloc((size_t)n, sizeof *rank);
		rank_order(v, n, order, rank);
		for (int i = 0; i < n; i++) {
			ck_assert_int_eq(rank[order[i]], i);
			if (!i)
				continue;
			real a = v[order[i - 1]], b = v[order[i]];
			ck_assert(isnan(b) ? !isnan(a) || order[i - 1] < order[i]
			                   : a > b || (a == b && order[i - 1] < order[i]));
		}
		free(v), free(order), free(rank);
	}
}
END_TEST

START_TEST(an_unknown_instruction_set_is_refused)
{
	ck_assert(!isa_select("mmx"));
	ck_assert(isa_select(NULL));
	ck_assert_ptr_nonnull(isa_active());
}
END_TEST

static void setup(TCase *c)
{
	int n = 0;
	while (isa_table[n].name)
		n++;
	tcase_add_loop_test(c, fast_equals_naive, 0, n);
	tcase_add_test(c, lanes_equal_series_alone);
	tcase_add_test(c, sums_of_lanes_equal_sums_alone);
	tcase_add_test(c, dot_and_axpy_equal_plain_loops);
	tcase_add_test(c, relu_and_sum_equal_plain_loops);
	tcase_add_test(c, largest_of_windows_equals_plain_loops);
	tcase_add_test(c, gradient_of_pairs_equals_plain_loops);
	tcase_add_test(c, rows_are_turned_and_laid_exactly);
	tcase_add_test(c, adam_equals_its_formula);
	tcase_add_test(c, rows_added_gated_and_scaled_equal_plain_loops);
	tcase_add_test(c, ranks_are_an_order);
	tcase_add_test(c, an_unknown_instruction_set_is_refused);
}

UNIT_MAIN_WITH("conv", setup)
