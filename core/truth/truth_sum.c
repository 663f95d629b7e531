#include "core/truth/truth_sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct truth_pair *pair_of(const struct truth_window *w, int row, int how)
{
	return &w->at[row * REPLACE_COUNT + how];
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : NAN;
}

/* ---- SRG ---- */

static void add_curves(struct truth_srg *s, const struct truth_pair *q, double share)
{
	for (int k = 0; k <= TRUTH_STEPS; k++) {
		s->most.d[k] += q->most[k] * share;
		s->least.d[k] += q->least[k] * share;
	}
}

static void sum_srg(const struct truth_window *from, struct truth_result *r, int row, int how)
{
	struct truth_srg *s = &r->row[row].of[how];
	double area = 0, end = 0;
	for (int64_t i = 0; i < r->windows; i++) {
		const struct truth_pair *q = pair_of(&from[i], row, how);
		add_curves(s, q, 1 / (double)r->windows);
		area += q->area;
		end += q->most[TRUTH_STEPS];
	}
	s->raw = ratio(area, (double)r->windows);
	s->srg = ratio(area, end);
	r->end[how] = ratio(end, (double)r->windows);
}

static void sum_classes(const struct truth_window *from, struct truth_result *r, int row, int how)
{
	struct truth_srg *s = &r->row[row].of[how];
	double *end = xcalloc((size_t)r->classes + 1, sizeof *end);
	for (int64_t i = 0; i < r->windows; i++) {
		const struct truth_pair *q = pair_of(&from[i], row, how);
		int c = from[i].cls;
		if (c < 0 || c >= r->classes)
			continue;
		s->by_class[c] += q->area;
		end[c] += q->most[TRUTH_STEPS];
	}
	for (int64_t c = 0; c < r->classes; c++)
		s->by_class[c] = ratio(s->by_class[c], end[c]);
	free(end);
}

/* ---- bootstrap ---- */

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

/* Fills drawn [TRUTH_DRAWS][windows] with indices of windows: all rows have the same ones. */
static void draw(const struct truth_job *j, const struct truth_result *r, int *drawn)
{
	struct rng rng;
	rng_init(&rng, j->q->seed);
	for (int64_t i = 0; i < TRUTH_DRAWS * r->windows; i++)
		drawn[i] = (int)rng_below(&rng, r->windows);
}

static void interval(const struct truth_window *from, const struct truth_result *r, int row, int how, const int *drawn,
                     double *area, double *end)
{
	struct truth_srg *s = &r->row[row].of[how];
	double v[TRUTH_DRAWS];
	for (int64_t i = 0; i < r->windows; i++) {
		area[i] = pair_of(&from[i], row, how)->area;
		end[i] = pair_of(&from[i], row, how)->most[TRUTH_STEPS];
	}
	for (int b = 0; b < TRUTH_DRAWS; b++) {
		double sum = 0, of = 0;
		for (int64_t i = 0; i < r->windows; i++) {
			sum += area[drawn[b * r->windows + i]];
			of += end[drawn[b * r->windows + i]];
		}
		v[b] = of > 0 ? sum / of : 0;
	}
	qsort(v, TRUTH_DRAWS, sizeof *v, ascending);
	s->low = v[TRUTH_DRAWS / 40];
	s->high = v[TRUTH_DRAWS - 1 - TRUTH_DRAWS / 40];
}

static void intervals(const struct truth_job *j, const struct truth_window *from, struct truth_result *r)
{
	int *drawn = xcalloc((size_t)(TRUTH_DRAWS * r->windows), sizeof *drawn);
	double *area = xcalloc(2 * (size_t)r->windows, sizeof *area);
	draw(j, r, drawn);
	for (int row = 0; row < r->n_row; row++)
		for (int how = 0; how < REPLACE_COUNT; how++)
			if (r->replaces & 1u << how)
				interval(from, r, row, how, drawn, area, area + r->windows);
	free(drawn);
	free(area);
}

/* ---- the band of a random order ---- */

static void band(const struct truth_window *from, struct truth_result *r, int how)
{
	double n = (double)r->windows;
	for (int k = 0; k <= TRUTH_STEPS; k++) {
		double sum = 0, squares = 0;
		for (int64_t i = 0; i < r->windows; i++) {
			const struct truth_pair *q = pair_of(&from[i], r->n_row - 1, how);
			sum += (q->most[k] + q->least[k]) / 2;
		}
		double mean = sum / n;
		for (int64_t i = 0; i < r->windows; i++) {
			const struct truth_pair *q = pair_of(&from[i], r->n_row - 1, how);
			double off = (q->most[k] + q->least[k]) / 2 - mean;
			squares += off * off;
		}
		double error = n > 1 ? sqrt(squares / (n - 1) / n) : 0;
		r->random_low[how].d[k] = mean - 1.96 * error;
		r->random_high[how].d[k] = mean + 1.96 * error;
	}
}

/* ---- ranks ---- */

struct placed {
	double v;
	int64_t i;
};

static int by_value(const void *pa, const void *pb)
{
	const struct placed *a = pa, *b = pb;
	if (a->v != b->v)
		return a->v < b->v ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

/* rank (n): ties get the mean of their ranks. */
static void mean_ranks(const double *v, int64_t n, double *rank)
{
	struct placed *s = xcalloc((size_t)n + 1, sizeof *s);
	for (int64_t i = 0; i < n; i++)
		s[i] = (struct placed){ v[i], i };
	qsort(s, (size_t)n, sizeof *s, by_value);
	for (int64_t i = 0; i < n;) {
		int64_t end = i + 1;
		while (end < n && s[end].v == s[i].v)
			end++;
		for (int64_t k = i; k < end; k++)
			rank[s[k].i] = (double)(i + end - 1) / 2;
		i = end;
	}
	free(s);
}

double truth_rank_correlation(const double *a, const double *b, int64_t n)
{
	double *x = xcalloc(2 * (size_t)n + 1, sizeof *x), *y = x + n, mean = (double)(n - 1) / 2, xx = 0, yy = 0,
	       xy = 0;
	mean_ranks(a, n, x);
	mean_ranks(b, n, y);
	for (int64_t i = 0; i < n; i++) {
		xx += (x[i] - mean) * (x[i] - mean);
		yy += (y[i] - mean) * (y[i] - mean);
		xy += (x[i] - mean) * (y[i] - mean);
	}
	free(x);
	return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

static double agreement(const struct truth_result *r)
{
	int n = r->n_row - 1, pairs = 0;
	double *v = xcalloc(2 * (size_t)n + 1, sizeof *v), sum = 0;
	for (int a = 0; a < REPLACE_COUNT; a++)
		for (int b = a + 1; b < REPLACE_COUNT; b++) {
			if (!(r->replaces & 1u << a) || !(r->replaces & 1u << b))
				continue;
			for (int m = 0; m < n; m++) {
				v[m] = r->row[m].of[a].srg;
				v[n + m] = r->row[m].of[b].srg;
			}
			sum += truth_rank_correlation(v, v + n, n);
			pairs++;
		}
	free(v);
	return pairs ? sum / pairs : NAN;
}

static void find_best(struct truth_result *r)
{
	r->best = r->second = -1;
	for (int m = 0; m < r->n_row - 1; m++) {
		double v = r->row[m].measure[TRUTH_SRG];
		if (r->best < 0 || v > r->row[r->best].measure[TRUTH_SRG]) {
			r->second = r->best;
			r->best = m;
		} else if (r->second < 0 || v > r->row[r->second].measure[TRUTH_SRG]) {
			r->second = m;
		}
	}
}

/* ---- the other measures: means over the windows that have the number ---- */

struct mean {
	double sum;
	int64_t n;
};

static void mean_add(struct mean *q, double v)
{
	if (isfinite(v)) {
		q->sum += v;
		q->n++;
	}
}

static double mean_of(const struct mean *q)
{
	return q->n ? q->sum / (double)q->n : NAN;
}

static void sum_others(const struct truth_window *from, struct truth_result *r, int m)
{
	struct truth_row *row = &r->row[m];
	struct mean residual = { 0 }, infidelity = { 0 }, entropy = { 0 }, stable[2] = { { 0 } }, similar = { 0 };
	for (int64_t i = 0; i < r->windows; i++) {
		const struct truth_window *w = &from[i];
		mean_add(&residual, w->residual[m]);
		row->alike += w->alike[m];
		for (int how = 0; how < REPLACE_COUNT; how++)
			if (r->replaces & 1u << how)
				mean_add(&infidelity, pair_of(w, m, how)->infidelity);
		for (int k = 0; k < 2 && w->stable; k++)
			mean_add(&stable[k], w->stable[2 * m + k]);
		if (w->entropy)
			mean_add(&entropy, w->entropy[m]);
	}
	row->alike /= (double)r->windows;
	for (int k = 0; k < r->layers; k++) {
		struct mean after = { 0 };
		for (int64_t i = 0; i < r->windows; i++)
			if (from[i].after)
				mean_add(&after, from[i].after[m * r->layers + k]);
		row->after[k] = mean_of(&after);
		mean_add(&similar, row->after[k]);
	}
	row->measure[TRUTH_RESIDUAL] = mean_of(&residual);
	row->measure[TRUTH_INFIDELITY] = mean_of(&infidelity);
	row->measure[TRUTH_STABILITY] = mean_of(&stable[0]);
	row->stability_more = mean_of(&stable[1]);
	row->measure[TRUTH_SMPRT] = mean_of(&similar);
	row->measure[TRUTH_EMPRT] = mean_of(&entropy);
}

static void sum_mask(const struct truth_window *from, struct truth_result *r)
{
	struct mean share = { 0 };
	for (int64_t i = 0; i < r->windows; i++)
		mean_add(&share, from[i].mask_share);
	r->mask_windows = share.n;
	r->mask_share = mean_of(&share);
	for (int row = 0; row < r->n_row; row++)
		for (int k = 0; k < TRUTH_FOUND; k++) {
			struct mean found = { 0 };
			for (int64_t i = 0; i < r->windows; i++)
				mean_add(&found, from[i].found[row * TRUTH_FOUND + k]);
			r->row[row].measure[TRUTH_OF_MASK + k] = mean_of(&found);
		}
}

void truth_sum(const struct truth_job *j, const struct truth_window *from, struct truth_result *r)
{
	for (int64_t i = 0; i < r->windows; i++)
		if (from[i].cls >= 0 && from[i].cls < r->classes)
			r->class_windows[from[i].cls]++;
	for (int row = 0; row < r->n_row; row++) {
		double sum = 0;
		for (int k = 0; k < TRUTH_MEASURES; k++)
			r->row[row].measure[k] = NAN;
		r->row[row].stability_more = NAN;
		for (int how = 0; how < REPLACE_COUNT; how++) {
			if (!(r->replaces & 1u << how))
				continue;
			sum_srg(from, r, row, how);
			sum_classes(from, r, row, how);
			sum += r->row[row].of[how].srg;
		}
		if (row < r->n_row - 1)
			sum_others(from, r, row);
		r->row[row].measure[TRUTH_SRG] = sum / r->n_replace;
	}
	r->masked = j->mask != NULL;
	if (r->masked)
		sum_mask(from, r);
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (r->replaces & 1u << how)
			band(from, r, how);
	intervals(j, from, r);
	r->agreement = agreement(r);
	find_best(r);
}
