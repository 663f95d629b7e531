#include "core/kernels/matmul.h"

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

void matmul_add(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y, void *tmp)
{
	if (m <= 0 || n <= 0 || k <= 0)
		return;
	bool outer = k == 1 && b.col == 1; /* product: rows of b, not dots of one number */
	if (!outer && a.col == 1 && (b.row == 1 || k == 1) && (n == 1 || m < THIN)) {
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
