#include "core/diff/diff_layers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/diff/diff_match.h"
#include "core/probe/probe.h"

/* Sums of products of the activations of two layers. Each filter's values are counted from its first one, so that
 * filters that hardly move about a large value lose no digits. */
struct moments {
	double *pivot[2], *sum[2], *square[2]; /* (F) */
	double *product;                       /* (F of a, F of b), or only the diagonal */
	bool all;
	double n;
};

struct layers {
	struct probe p[2];
	int n_pair;
	const struct diff_pair *pair;
	struct diff_layer *layer;
	struct moments *moments; /* [n_pair] */
	double *top, *gap, *own; /* [n_pair] largest abs(a); sums of (b - a)^2 and of a^2 */
};

static const struct layer *layer_of(const struct layers *w, int k, int side)
{
	return &w->p[side].layer[w->pair[k].at[side]];
}

static bool both_run(const struct layers *w, int k)
{
	return w->pair[k].a >= 0 && w->pair[k].b >= 0 && layer_of(w, k, 0)->kind == LAYER_ANALYSED &&
	       layer_of(w, k, 1)->kind == LAYER_ANALYSED;
}

/* ---- by number ---- */

static void add_by_number(struct layers *w, int k, const real *a, const real *b)
{
	struct diff_layer *l = &w->layer[k];
	const struct layer *q = layer_of(w, k, 0);
	for (int64_t i = 0; i < layer_count(q); i++) {
		double x = (double)a[i], d = (double)b[i] - x;
		if (x == (double)b[i] || (isnan(x) && isnan((double)b[i])))
			d = 0;
		if (!isfinite(d))
			l->largest = INFINITY;
		if (!isfinite(d) || !isfinite(x))
			continue;
		w->top[k] = fmax(w->top[k], fabs(x));
		l->largest = fmax(l->largest, fabs(d));
		w->gap[k] += d * d;
		w->own[k] += x * x;
	}
}

static void end_by_number(struct layers *w, int k)
{
	struct diff_layer *l = &w->layer[k];
	l->diverges = !l->compared && !w->pair[k].within;
	l->share = l->relative = NAN;
	if (!l->compared) {
		l->largest = NAN;
		return;
	}
	l->share = w->top[k] > 0 ? l->largest / w->top[k] : l->largest > 0 ? (double)INFINITY : 0;
	l->relative = w->own[k] > 0 ? sqrt(w->gap[k] / w->own[k]) : NAN;
	l->diverges = l->largest > DIFF_TOLERANCE * w->top[k] + 1e-7;
}

/* ---- correlations ---- */

static void moments_make(struct moments *q, int64_t a, int64_t b, bool all)
{
	int64_t n[] = { a, b };
	*q = (struct moments){ .all = all };
	for (int s = 0; s < 2; s++) {
		q->pivot[s] = xcalloc((size_t)n[s] + 1, sizeof *q->pivot[s]);
		q->sum[s] = xcalloc((size_t)n[s] + 1, sizeof *q->sum[s]);
		q->square[s] = xcalloc((size_t)n[s] + 1, sizeof *q->square[s]);
	}
	q->product = xcalloc((size_t)(all ? a * b : a) + 1, sizeof *q->product);
}

static void moments_release(struct moments *q)
{
	for (int s = 0; s < 2; s++)
		free(q->pivot[s]), free(q->sum[s]), free(q->square[s]);
	free(q->product);
}

static void add_side(struct moments *q, int side, const real *v, int64_t F, int64_t T)
{
	for (int64_t f = 0; f < F; f++) {
		if (q->n == 0)
			q->pivot[side][f] = (double)v[f * T];
		for (int64_t t = 0; t < T; t++) {
			double x = (double)v[f * T + t] - q->pivot[side][f];
			q->sum[side][f] += x;
			q->square[side][f] += x * x;
		}
	}
}

static double product(const struct moments *q, const real *a, const real *b, int64_t f, int64_t g, int64_t T)
{
	double sum = 0;
	for (int64_t t = 0; t < T; t++)
		sum += ((double)a[f * T + t] - q->pivot[0][f]) * ((double)b[g * T + t] - q->pivot[1][g]);
	return sum;
}

static void add_moments(struct layers *w, int k, const real *a, const real *b)
{
	struct moments *q = &w->moments[k];
	int64_t F = layer_of(w, k, 0)->filters, G = layer_of(w, k, 1)->filters, T = layer_of(w, k, 0)->times;
	if (!q->product)
		return;
	add_side(q, 0, a, F, T);
	add_side(q, 1, b, G, T);
	for (int64_t f = 0; f < F; f++)
		for (int64_t g = 0; g < (q->all ? G : 1); g++)
			q->product[q->all ? f * G + g : f] += product(q, a, b, f, q->all ? g : f, T);
	q->n += (double)T;
}

/* NaN: one of the two never changes. */
static double correlation(const struct moments *q, int64_t f, int64_t g, int64_t G)
{
	double xx = q->square[0][f] - q->sum[0][f] * q->sum[0][f] / q->n;
	double yy = q->square[1][g] - q->sum[1][g] * q->sum[1][g] / q->n;
	double xy = q->product[q->all ? f * G + g : f] - q->sum[0][f] * q->sum[1][g] / q->n;
	/* what rounding leaves of a constant */
	if (!(xx > 1e-12 * q->square[0][f]) || !(yy > 1e-12 * q->square[1][g]))
		return NAN;
	return fmax(-1, fmin(1, xy / sqrt(xx) / sqrt(yy)));
}

/* The sum of (b_g - a_f)^2, and of a_f^2, from the moments about the pivots. */
static double gap_of(const struct moments *q, int64_t f, int64_t g, int64_t G, double *own)
{
	double pa = q->pivot[0][f], step = q->pivot[1][g] - pa;
	double x = q->sum[0][f], y = q->sum[1][g], xy = q->product[q->all ? f * G + g : f];
	*own = q->square[0][f] + 2 * pa * x + q->n * pa * pa;
	return fmax(0, q->square[0][f] + q->square[1][g] - 2 * xy + q->n * step * step + 2 * step * (y - x));
}

static double matched_gap(const struct moments *q, const struct diff_layer *l, int64_t F, int64_t G)
{
	double gap = 0, own = 0;
	for (int64_t f = 0; f < F; f++) {
		double size;
		if (l->match[f] < 0)
			return NAN;
		gap += gap_of(q, f, l->match[f], G, &size);
		own += size;
	}
	return own > 0 ? sqrt(gap / own) : NAN;
}

static void match(const struct moments *q, struct diff_layer *l, int64_t F, int64_t G)
{
	double *gain = xcalloc((size_t)(F * G) + 1, sizeof *gain);
	for (int64_t f = 0; f < F; f++)
		for (int64_t g = 0; g < G; g++) {
			double r = correlation(q, f, g, G);
			/* of equally good partners the one with the same number */
			gain[f * G + g] = (isfinite(r) ? r : 0) + (f == g ? 1e-9 : 0);
		}
	diff_assign((int)F, (int)G, gain, l->match);
	free(gain);
}

static void end_moments(struct layers *w, int k)
{
	const struct moments *q = &w->moments[k];
	struct diff_layer *l = &w->layer[k];
	l->mean = l->lowest = l->matched = NAN;
	if (!q->product)
		return;
	int64_t F = layer_of(w, k, 0)->filters, G = layer_of(w, k, 1)->filters;
	int n = 0;
	l->match = xcalloc((size_t)F + 1, sizeof *l->match);
	l->correlation = xcalloc((size_t)F + 1, sizeof *l->correlation);
	for (int64_t f = 0; f < F; f++)
		l->match[f] = (int)f;
	if (q->all)
		match(q, l, F, G);
	for (int64_t f = 0; f < F; f++) {
		l->correlation[f] = l->match[f] < 0 ? (double)NAN : correlation(q, f, l->match[f], G);
		l->moved += l->match[f] >= 0 && l->match[f] != (int)f;
		if (!isfinite(l->correlation[f]))
			continue;
		l->mean = n ? l->mean + (l->correlation[f] - l->mean) / (n + 1) : l->correlation[f];
		l->lowest = n ? fmin(l->lowest, l->correlation[f]) : l->correlation[f];
		n++;
	}
	l->matched = matched_gap(q, l, F, G);
	l->renumbered = l->diverges && F == G && l->moved && l->matched <= DIFF_TOLERANCE;
}

/* ---- the passes over the windows ---- */

static void each_window(struct layers *w, const struct question *const q[2], int64_t n, const int64_t *window,
                        void (*add)(struct layers *w, int k, const real *a, const real *b), bool same_shape)
{
	for (int64_t i = 0; i < n; i++) {
		for (int side = 0; side < 2; side++) {
			struct question ask = *q[side];
			ask.window = window[i];
			probe_ask(&w->p[side], &ask);
		}
		for (int k = 0; k < w->n_pair; k++)
			if (both_run(w, k) && (!same_shape || w->layer[k].compared))
				add(w, k, probe_activation(&w->p[0], w->pair[k].at[0]),
				    probe_activation(&w->p[1], w->pair[k].at[1]));
	}
}

static void want_moments(struct layers *w)
{
	for (int k = 0; k < w->n_pair; k++) {
		if (!both_run(w, k))
			continue;
		const struct layer *a = layer_of(w, k, 0), *b = layer_of(w, k, 1);
		bool all = w->layer[k].diverges;
		if (a->times == b->times &&
		    (!all || (a->filters <= DIFF_FILTERS_MAX && b->filters <= DIFF_FILTERS_MAX)))
			moments_make(&w->moments[k], a->filters, b->filters, all);
	}
}

void diff_layers(const struct model *const m[2], const struct dataset *const d[2], const struct question *const q[2],
                 int n_pair, const struct diff_pair *pair, int64_t n, const int64_t *window, struct diff_layer *layer)
{
	struct layers w = { .n_pair = n_pair, .pair = pair, .layer = layer };
	size_t pairs = (size_t)n_pair + 1;
	w.moments = xcalloc(pairs, sizeof *w.moments);
	w.top = xcalloc(3 * pairs, sizeof *w.top);
	w.gap = w.top + pairs;
	w.own = w.gap + pairs;
	for (int side = 0; side < 2; side++) {
		probe_init(&w.p[side], m[side], false);
		probe_data(&w.p[side], d[side]);
	}
	for (int k = 0; k < n_pair; k++)
		layer[k] = (struct diff_layer){ .compared = both_run(&w, k) && pair[k].shaped };
	each_window(&w, q, n, window, add_by_number, true);
	for (int k = 0; k < n_pair; k++)
		end_by_number(&w, k);
	want_moments(&w);
	each_window(&w, q, n, window, add_moments, false);
	for (int k = 0; k < n_pair; k++) {
		end_moments(&w, k);
		moments_release(&w.moments[k]);
	}
	probe_release(&w.p[0]);
	probe_release(&w.p[1]);
	free(w.moments);
	free(w.top);
}

void diff_layer_release(struct diff_layer *l)
{
	free(l->match);
	free(l->correlation);
}
