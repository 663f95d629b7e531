#include "core/kernels/matmul.h"

#include <stdbool.h>
#include <string.h>
#include "core/kernels/tile.h"

enum { THIN = 4 }; /* fewer rows than this do not pay for packing B */

size_t matmul_scratch(int64_t k, int64_t n)
{
	return (size_t)(k * n + TILE_SLACK) * sizeof(real);
}

static void by_dots(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y)
{
	for (int64_t i = 0; i < m; i++)
		for (int64_t j = 0; j < n; j++)
			y[i * n + j] += isa_active()->dot(k, a.at + i * a.row, b.at + j * b.col);
}

static void by_rows(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y)
{
	for (int64_t i = 0; i < m; i++)
		for (int64_t j = 0; j < k; j++)
			isa_active()->axpy(n, a.at[i * a.row + j * a.col], b.at + j * b.row, y + i * n);
}

/* Whether the sums are those of dot. All other ways add one product after the other. */
static bool takes_dots(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b)
{
	bool outer = k == 1 && b.col == 1; /* product: rows of b, not dots of one number */
	return !outer && a.col == 1 && (b.row == 1 || k == 1) && (n == 1 || m < THIN);
}

void matmul_add_lanes(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y)
{
	if (m <= 0 || n <= 0 || k <= 0)
		return;
	const int64_t none[] = { 0 };
	struct tile t = { .n_out = n,
		          .n_in = k,
		          .n_tap = 1,
		          .T = TILE_LANES,
		          .sc = b.col,
		          .si = b.row,
		          .ldx = a.col * TILE_LANES,
		          .ldy = TILE_LANES,
		          .xo = none,
		          .add = true };
	bool dots = takes_dots(m, n, k, a, b);
	for (int64_t i = 0; i < m; i++, y += n * TILE_LANES) {
		const real *row = a.at + i * a.row * TILE_LANES;
		if (!dots)
			isa_active()->tile(&t, b.at, row, NULL, y);
		for (int64_t j = 0; dots && j < n; j++)
			isa_active()->dot_lanes(k, row, b.at + j * b.col, y + j * TILE_LANES);
	}
}

void matmul_add(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y, void *tmp)
{
	if (m <= 0 || n <= 0 || k <= 0)
		return;
	if (takes_dots(m, n, k, a, b)) {
		by_dots(m, n, k, a, b, y);
		return;
	}
	if (b.col == 1 && (m < THIN || k < THIN)) {
		by_rows(m, n, k, a, b, y);
		return;
	}
	real *packed = tmp;
	for (int64_t i = 0; i < k; i++)
		if (b.col == 1)
			memcpy(packed + i * n, b.at + i * b.row, (size_t)n * sizeof *packed);
		else
			for (int64_t j = 0; j < n; j++)
				packed[i * n + j] = b.at[i * b.row + j * b.col];
	memset(packed + k * n, 0, TILE_SLACK * sizeof *packed);
	const int64_t none[] = { 0 };
	struct tile t = { .n_out = m,
		          .n_in = k,
		          .n_tap = 1,
		          .T = n,
		          .sc = a.row,
		          .si = a.col,
		          .ldx = n,
		          .ldy = n,
		          .xo = none,
		          .add = true };
	isa_active()->tile(&t, a.at, packed, NULL, y);
}
