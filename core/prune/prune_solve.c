#include "core/prune/prune_solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

/* ---- Cholesky ---- */

/* a = L L', L in the lower triangle; the strict upper triangle of a is kept. diagonal (n): that of a plus the ridge. */
static bool factor(int64_t n, double *a, const double *diagonal, double *condition)
{
	double low = INFINITY, high = 0;
	for (int64_t i = 0; i < n; i++) {
		for (int64_t k = 0; k <= i; k++) {
			double sum = k == i ? diagonal[i] : a[k * n + i];
			for (int64_t j = 0; j < k; j++)
				sum -= a[i * n + j] * a[k * n + j];
			if (k < i) {
				a[i * n + k] = sum / a[k * n + k];
				continue;
			}
			if (!(sum > 0) || !isfinite(sum))
				return false;
			a[i * n + i] = sqrt(sum);
			low = fmin(low, a[i * n + i]);
			high = fmax(high, a[i * n + i]);
		}
	}
	*condition = n ? high * high / (low * low) : 1;
	return true;
}

static double mean_diagonal(int64_t n, const double *a)
{
	double sum = 0;
	for (int64_t i = 0; i < n; i++)
		sum += a[i * n + i];
	return n ? sum / (double)n : 0;
}

/* Factors with a ridge, and a larger one where that fails. */
static bool factor_ridge(int64_t n, double *a, double least, double *condition)
{
	double *diagonal = xcalloc((size_t)n + 1, sizeof *diagonal), mean = mean_diagonal(n, a);
	bool good = false;
	for (int64_t i = 0; i < n; i++)
		diagonal[i] = a[i * n + i];
	double ridge = least;
	while (!good && ridge < 2e-2 && mean > 0 && isfinite(mean)) {
		double *with = xcalloc((size_t)n + 1, sizeof *with);
		for (int64_t i = 0; i < n; i++)
			with[i] = diagonal[i] + ridge * mean;
		good = factor(n, a, with, condition);
		ridge *= 10;
		free(with);
	}
	free(diagonal);
	return good;
}

/* x (n,m): L L' x = b. */
static void substitute(int64_t n, const double *l, int64_t m, double *b)
{
	for (int64_t i = 0; i < n; i++) {
		for (int64_t k = 0; k < i; k++)
			for (int64_t j = 0; j < m; j++)
				b[i * m + j] -= l[i * n + k] * b[k * m + j];
		for (int64_t j = 0; j < m; j++)
			b[i * m + j] /= l[i * n + i];
	}
	for (int64_t i = n - 1; i >= 0; i--) {
		for (int64_t k = i + 1; k < n; k++)
			for (int64_t j = 0; j < m; j++)
				b[i * m + j] -= l[k * n + i] * b[k * m + j];
		for (int64_t j = 0; j < m; j++)
			b[i * m + j] /= l[i * n + i];
	}
}

bool prune_solve(int64_t n, double *a, int64_t m, double *b, double *condition)
{
	*condition = 1;
	if (mean_diagonal(n, a) == 0) {
		memset(b, 0, (size_t)(n * m) * sizeof *b);
		return true;
	}
	if (!factor_ridge(n, a, PRUNE_RIDGE, condition))
		return false;
	substitute(n, a, m, b);
	return true;
}

static bool inverse_ridge(int64_t n, const double *a, double least, double *inverse)
{
	double *own = xcalloc((size_t)(n * n) + 1, sizeof *own), condition;
	memcpy(own, a, (size_t)(n * n) * sizeof *own);
	bool good = factor_ridge(n, own, least, &condition);
	memset(inverse, 0, (size_t)(n * n) * sizeof *inverse);
	for (int64_t i = 0; i < n; i++)
		inverse[i * n + i] = 1;
	if (good)
		substitute(n, own, n, inverse);
	free(own);
	return good;
}

bool prune_inverse(int64_t n, const double *a, double *inverse)
{
	return inverse_ridge(n, a, PRUNE_RIDGE, inverse);
}

bool prune_unique(int64_t n, const double *s, double *unique)
{
	double mean = mean_diagonal(n, s);
	memset(unique, 0, (size_t)n * sizeof *unique);
	if (mean == 0)
		return true;
	double *inverse = xcalloc((size_t)(n * n) + 1, sizeof *inverse);
	double *r = xcalloc((size_t)(n * n) + 1, sizeof *r);
	for (int64_t i = 0; i < n; i++)
		for (int64_t k = 0; k < n; k++) {
			double v = s[i * n + i] * s[k * n + k];
			r[i * n + k] = v > 0 ? s[i <= k ? i * n + k : k * n + i] / sqrt(v) : v;
		}
	bool good = isfinite(mean) && inverse_ridge(n, r, 1e-9, inverse);
	for (int64_t i = 0; i < n && good; i++)
		unique[i] = s[i * n + i] > 0 ? fmin(1, 1 / inverse[i * n + i]) : 0;
	free(r);
	free(inverse);
	return good;
}

/* ---- sums of products ---- */

void prune_sums_init(struct prune_sums *s, int64_t n, int64_t m)
{
	*s = (struct prune_sums){ .n = n, .m = m };
	s->shift = xcalloc((size_t)(n + m) + 1, sizeof *s->shift);
	s->mean = xcalloc((size_t)(n + m) + 1, sizeof *s->mean);
	s->cross = xcalloc((size_t)(n * (n + m)) + 1, sizeof *s->cross);
}

void prune_sums_release(struct prune_sums *s)
{
	free(s->shift);
	free(s->mean);
	free(s->cross);
	*s = (struct prune_sums){ 0 };
}

/* Four rows at once: row i of the sums gains x[i] times the rest of the rows. */
static void add_four(struct prune_sums *s, const double *z)
{
	int64_t w = s->n + s->m;
	const double *z0 = z, *z1 = z + w, *z2 = z + 2 * w, *z3 = z + 3 * w;
	for (int64_t i = 0; i < s->n; i++) {
		double a = z0[i], b = z1[i], c = z2[i], d = z3[i], *to = s->cross + i * w;
		if (a == 0 && b == 0 && c == 0 && d == 0)
			continue;
		for (int64_t j = i; j < w; j++)
			to[j] += (a * z0[j] + b * z1[j]) + (c * z2[j] + d * z3[j]);
	}
}

void prune_sums_add(struct prune_sums *s, int64_t rows, double *z)
{
	int64_t w = s->n + s->m, r = 0;
	if (!s->shifted) {
		s->shifted = true;
		for (int64_t k = 0; k < rows; k++)
			for (int64_t j = 0; j < w; j++)
				s->shift[j] += z[k * w + j] / (double)rows;
	}
	for (int64_t k = 0; k < rows; k++)
		for (int64_t j = 0; j < w; j++) {
			z[k * w + j] -= s->shift[j];
			s->mean[j] += z[k * w + j];
		}
	for (; r + 4 <= rows; r += 4)
		add_four(s, z + r * w);
	double *rest = xcalloc((size_t)(4 * w) + 1, sizeof *rest);
	if (r < rows) {
		memcpy(rest, z + r * w, (size_t)((rows - r) * w) * sizeof *rest);
		add_four(s, rest);
	}
	free(rest);
	s->count += rows;
}

/* Sums about one shift become sums about another one. */
void prune_sums_join(struct prune_sums *to, const struct prune_sums *from)
{
	int64_t n = to->n, w = to->n + to->m;
	if (!from->count)
		return;
	if (!to->count) {
		memcpy(to->shift, from->shift, (size_t)w * sizeof *to->shift);
		to->shifted = true;
	}
	double count = (double)from->count, *gap = xcalloc((size_t)w + 1, sizeof *gap);
	for (int64_t j = 0; j < w; j++)
		gap[j] = from->shift[j] - to->shift[j];
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = i; j < w; j++)
			to->cross[i * w + j] += from->cross[i * w + j] + gap[i] * from->mean[j] +
			                        from->mean[i] * gap[j] + count * gap[i] * gap[j];
	for (int64_t j = 0; j < w; j++)
		to->mean[j] += from->mean[j] + count * gap[j];
	to->count += from->count;
	free(gap);
}

bool prune_sums_fit(const struct prune_sums *s, double *weight, double *bias, double *condition)
{
	int64_t n = s->n, m = s->m, w = n + m;
	double count = (double)s->count, *a = xcalloc((size_t)(n * n) + 1, sizeof *a);
	for (int64_t i = 0; i < n; i++) {
		for (int64_t j = i; j < n; j++)
			a[i * n + j] = s->cross[i * w + j] / count - s->mean[i] / count * (s->mean[j] / count);
		for (int64_t j = 0; j < m; j++)
			weight[i * m + j] =
			        s->cross[i * w + n + j] / count - s->mean[i] / count * (s->mean[n + j] / count);
	}
	bool good = prune_solve(n, a, m, weight, condition);
	for (int64_t j = 0; j < m; j++) {
		bias[j] = s->shift[n + j] + s->mean[n + j] / count;
		for (int64_t i = 0; i < n; i++)
			bias[j] -= weight[i * m + j] * (s->shift[i] + s->mean[i] / count);
	}
	free(a);
	return good;
}
