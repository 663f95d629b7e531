/* Linear algebra in double precision for small symmetric systems: ridge regression from sums of products, and what a
 * variable's siblings cannot explain. Matrices are row-major; of symmetric ones the upper triangle is enough. */
#ifndef CORE_PRUNE_SOLVE_H
#define CORE_PRUNE_SOLVE_H

#include <stdbool.h>
#include <stdint.h>

/* Ridge of all systems, as a part of the mean of the diagonal. */
#define PRUNE_RIDGE 1e-6

/* Solves (A + ridge mean(diag A) I) X = B by Cholesky's decomposition. a (n,n), overwritten; b (n,m) becomes X. Where a
 * pivot is not positive, the ridge is made ten times larger, up to 1e-2. *condition: the squared ratio of the largest
 * and the smallest diagonal element of the factor, a lower bound of the condition number (Golub and Van Loan 2013,
 * Matrix Computations, 4.2). Returns false if no ridge helps, as with NaN. An A of zeros gives X = 0. */
bool prune_solve(int64_t n, double *a, int64_t m, double *b, double *condition);
/* The inverse of A + ridge mean(diag A) I. inverse (n,n), all of it. */
bool prune_inverse(int64_t n, const double *a, double *inverse);
/* The part of each variable's variance that the others cannot explain: the Schur complement of its siblings in the
 * covariance S (n,n), divided by its variance; equal to 1 / (S_ff (S^-1)_ff). 0: a copy or a sum of others, 1:
 * independent of them. Variables without variance get 0. unique (n). It is worked out from
 * correlations, so that it does not depend on units, with a ridge of 1e-9: copies can be told from what is nearly one.
 * false: the covariance is not finite. */
bool prune_unique(int64_t n, const double *s, double *unique);

/* Sums of products of inputs x (n) and outputs y (m), of which a linear layer is fitted: y = W x + b. Values are taken
 * from a shift, so that large means lose no digits. */
struct prune_sums {
	int64_t n, m, count;
	bool shifted;
	double *shift; /* (n+m) */
	double *mean;  /* (n+m) sums */
	double *cross; /* (n,n+m) sums of x (x,y) */
};
void prune_sums_init(struct prune_sums *s, int64_t n, int64_t m);
void prune_sums_release(struct prune_sums *s);
/* Adds `rows` rows z (rows,n+m). z is changed. */
void prune_sums_add(struct prune_sums *s, int64_t rows, double *z);
void prune_sums_join(struct prune_sums *to, const struct prune_sums *from);
/* Fits. weight (n,m), bias (m). */
bool prune_sums_fit(const struct prune_sums *s, double *weight, double *bias, double *condition);

#endif
