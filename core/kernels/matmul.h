/* The matrix product on plain arrays with any strides: Y(m,n) += sum_k A(m,k) B(k,n). Thin matrices take dot and axpy
 * of core/kernels/tile.h, all others its tile. */
#ifndef CORE_MATMUL_H
#define CORE_MATMUL_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/real.h"

struct matrix {
	const real *at;
	int64_t row, col; /* elements between rows, columns */
};

/* Bytes of scratch (`tmp`) for a product whose right matrix is (k,n). */
size_t matmul_scratch(int64_t k, int64_t n);
/* Adds to y, a contiguous (m,n). */
void matmul_add(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y, void *tmp);
/* The same for TILE_LANES products of one matrix B at once: element (i,k) of A is the TILE_LANES numbers from
 * a.at[(i*a.row + k*a.col) * TILE_LANES] on, and so are the elements of y. Each gets the bits that matmul_add computes.
 */
void matmul_add_lanes(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y);

#endif
