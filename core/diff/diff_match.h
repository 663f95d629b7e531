/* Partners for the filters of two layers that number them differently. */
#ifndef CORE_DIFF_MATCH_H
#define CORE_DIFF_MATCH_H

#include <stdint.h>

/* The assignment with the largest sum of gain (n,m): to[i] (n) becomes the column of row i; no column is given twice.
 * Where n > m, n - m rows get -1. Gains are finite. The Hungarian method with shortest augmenting paths (Kuhn 1955,
 * Naval Research Logistics Quarterly 2; Jonker and Volgenant 1987, Computing 38), O(n m min(n,m)). */
void diff_assign(int n, int m, const double *gain, int *to);

#endif
