/* Matrix product on plain arrays with any strides: Y(m,n) += sum_k A(m,k) B(k,n), by core/kernels/tile.h or its dot and
 * axpy where the matrices are thin. */
#ifndef CORE_MATMUL_H
#define CORE_MATMUL_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/real.h"

struct matrix {
	const real *at;
	int64_t row, col; /* elements between rows, columns */
};

/* Bytes of scratch for a product with an inner matrix of k by n. */
size_t matmul_scratch(int64_t k, int64_t n);
/* y is contiguous (m,n). */
void matmul_add(int64_t m, int64_t n, int64_t k, struct matrix a, struct matrix b, real *y, void *tmp);

#endif
