/* Figures of rows for surveys over many windows: sums in double precision whose bits are those of plain loops. Unlike
 * tile.c, figures.c is compiled without fused multiply-adds, so that every instruction set gives the same bits. */
#ifndef CORE_FIGURES_H
#define CORE_FIGURES_H

#include <stdbool.h>
#include <stdint.h>
#include "core/kernels/tile.h"

/* What is said of one row in each of TILE_LANES windows. */
struct row_figures {
	bool finite; /* all numbers of all lanes are; else the other figures mean nothing */
	real first[TILE_LANES], min[TILE_LANES], max[TILE_LANES]; /* of equal ones the first */
	int32_t at[TILE_LANES];                                   /* the first step of max */
	int32_t zero[TILE_LANES], rest[TILE_LANES];               /* steps that are 0, or one of the resting values */
	/* Over all steps in their order: of x - first, and of its square. */
	double sum[TILE_LANES], square[TILE_LANES];
};

struct figures {
	/* x (times,TILE_LANES), times > 0; a resting value that is NaN rests nowhere. */
	void (*row_lanes)(int64_t times, const real *x, const real rest[2], struct row_figures *out);
	/* y[l] = the sum over i of x[i*TILE_LANES + l]^2, in this order. */
	void (*square_sum_lanes)(int64_t n, const real *x, double *y);
	/* For all i <= k < n, with p(i,k) the sum over j < positions, in this order, of x[j*n + i] x[j*n + k]:
	 *	m2(i,k) = m2(i,k) + p(i,k) + (scale gap[i]) gap[k]
	 * The last term is left out where gap is NULL. m2 is the upper triangle, row after row. */
	void (*products)(int64_t n, int64_t positions, const double *x, double scale, const double *gap, double *m2);
	/* low, high and sum (n) gain v (n): the smaller one, the larger one, the sum. */
	void (*gain)(int64_t n, const real *v, double *low, double *high, double *sum);
	/* The smallest and the largest of n numbers, which may be none: infinity and -infinity. NaN is left out. */
	void (*extremes)(int64_t n, const real *v, real *low, real *high);
};
/* Those of the instruction set in use (isa_active). */
const struct figures *figures_active(void);

#endif
