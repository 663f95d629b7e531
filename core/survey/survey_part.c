#include "core/survey/survey_part.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/top_windows.h"
#include "core/kernels/figures.h"
#include "core/probe/probe.h"

/* ---- windows ---- */

/* Whether a comes before b. */
static bool before(const struct survey_window *a, const struct survey_window *b)
{
	return a->value > b->value || (!(a->value < b->value) && a->window < b->window);
}

void survey_top_offer(struct survey_window *top, int *n, struct survey_window w)
{
	int at = *n;
	while (at > 0 && before(&w, &top[at - 1]))
		at--;
	if (at == SURVEY_TOP)
		return;
	*n += *n < SURVEY_TOP;
	memmove(&top[at + 1], &top[at], (size_t)(*n - 1 - at) * sizeof *top);
	top[at] = w;
}

void examples_room(struct survey_examples *x, int from, int end)
{
	int a = x->n && x->from < from ? x->from : from, b = x->n && x->from + x->n > end ? x->from + x->n : end;
	if (x->n && a == x->from && b == x->from + x->n)
		return;
	struct survey_window *at = xcalloc((size_t)(b - a), sizeof *at);
	for (int i = 0; i < b - a; i++)
		at[i].window = -1;
	if (x->n)
		memcpy(at + (x->from - a), x->at, (size_t)x->n * sizeof *at);
	free(x->at);
	*x = (struct survey_examples){ a, b - a, at };
}

static int example_key(double value)
{
	float v = (float)value;
	int bucket = v != 0 ? survey_bucket(v) : -1;
	int key = bucket < 0 ? 0 : bucket / 10 + 1;
	key = key > SURVEY_SPREAD_KEYS ? SURVEY_SPREAD_KEYS : key;
	return v < 0 ? -key : key;
}

static void example_offer(struct survey_examples *x, int key, struct survey_window w)
{
	if (!x->n || key < x->from || key >= x->from + x->n)
		examples_room(x, key, key + 1);
	struct survey_window *at = &x->at[key - x->from];
	if (at->window < 0 || w.window < at->window)
		*at = w;
}

/* ---- a filter ---- */

static bool rests(const struct survey_layer_plan *y, double v)
{
	for (int k = 0; k < y->n_rest; k++)
		if (v == y->rest[k])
			return true;
	return false;
}

static void offer_peak(struct survey_filter *f, struct survey_window w)
{
	survey_top_offer(f->top, &f->n_top, w);
	example_offer(&f->examples, example_key(w.value), w);
}

void survey_filter_add(struct survey_filter *f, const struct survey_layer_plan *y, int64_t i, const real *v)
{
	struct top_window peak;
	int64_t active = 0;
	for (int64_t t = 0; t < y->times; t++)
		active += !rests(y, (double)v[t]) && !isnan(v[t]);
	histogram_add(&f->histogram, y->times, v, 1);
	spread_add_row(&f->activation, v, y->times);
	f->windows++;
	f->active += active;
	f->alive += active && !probe_silent(v, y->times);
	if (top_window_peak(v, y->times, &peak) && !isinf(peak.value))
		offer_peak(f, (struct survey_window){ i, peak.time, peak.value });
}

/* The figures of one lane of finite numbers, but the histogram. */
static void add_lane(struct survey_filter *f, int64_t times, int64_t i, const struct row_figures *r, int l)
{
	struct spread row = { .n = times, .zero = r->zero[l], .min = (double)r->min[l], .max = (double)r->max[l] };
	int64_t active = times - r->rest[l];
	bool silent = times > 1 ? !(r->min[l] < r->max[l]) : r->zero[l] == 1;
	spread_end_row(&row, (double)r->first[l], r->sum[l], r->square[l]);
	spread_join(&f->activation, &row);
	f->windows++;
	f->active += active;
	f->alive += active && !silent;
	offer_peak(f, (struct survey_window){ i, r->at[l], (double)r->max[l] });
}

/* The resting values as real numbers; NaN: there is none that is one. */
static void rest_reals(const struct survey_layer_plan *y, real rest[2])
{
	for (int k = 0; k < 2; k++) {
		rest[k] = k < y->n_rest ? (real)y->rest[k] : (real)NAN;
		rest[k] = k < y->n_rest && (double)rest[k] == y->rest[k] ? rest[k] : (real)NAN;
	}
}

/* All lanes one after the other, where some numbers are not finite. */
static void add_one_by_one(struct survey_filter *const *of, const struct survey_layer_plan *y, int64_t i, int n,
                           const real *v, bool *finite)
{
	real *row = xcalloc((size_t)y->times, sizeof *row);
	for (int l = 0; l < n; l++) {
		for (int64_t t = 0; t < y->times; t++) {
			row[t] = v[t * TILE_LANES + l];
			finite[l] &= isfinite(row[t]) != 0;
		}
		survey_filter_add(of[l], y, i + l, row);
	}
	free(row);
}

void survey_filter_add_lanes(struct survey_filter *const *of, const struct survey_layer_plan *y, int64_t i, int n,
                             const real *v, bool *finite)
{
	struct row_figures r;
	real rest[2];
	bool alike = n == TILE_LANES;
	rest_reals(y, rest);
	figures_active()->row_lanes(y->times, v, rest, &r);
	if (!r.finite) {
		add_one_by_one(of, y, i, n, v, finite);
		return;
	}
	for (int l = 0; l < n; l++) {
		alike &= of[l] == of[0];
		add_lane(of[l], y->times, i + l, &r, l);
	}
	if (alike)
		histogram_add(&of[0]->histogram, y->times * TILE_LANES, v, 1);
	for (int l = 0; l < n && !alike; l++)
		histogram_add(&of[l]->histogram, y->times, v + l, TILE_LANES);
}

void survey_filter_join(struct survey_filter *to, const struct survey_filter *from, int64_t C)
{
	to->windows += from->windows;
	to->alive += from->alive;
	to->active += from->active;
	spread_join(&to->activation, &from->activation);
	histogram_join(&to->histogram, &from->histogram);
	for (int k = 0; k < SURVEY_MEASURES_MOST; k++)
		for (int s = 0; s < 2; s++)
			spread_join(&to->importance[k][s], &from->importance[k][s]);
	for (int64_t c = 0; c < SURVEY_METHODS * C; c++)
		to->channel[c] += from->channel[c];
	for (int i = 0; i < from->n_top; i++)
		survey_top_offer(to->top, &to->n_top, from->top[i]);
	for (int i = 0; i < from->examples.n; i++)
		if (from->examples.at[i].window >= 0)
			example_offer(&to->examples, from->examples.from + i, from->examples.at[i]);
}

void survey_filter_release(struct survey_filter *f)
{
	for (int k = 0; k < 2; k++)
		free(f->histogram.side[k].count);
	free(f->channel);
	free(f->examples.at);
	memset(f, 0, sizeof *f);
}

struct survey_filter survey_filter_all(const struct survey_plan *p, const struct survey_part *q, int layer, int64_t f)
{
	struct survey_filter all = { .channel = xcalloc((size_t)(SURVEY_METHODS * p->C), sizeof *all.channel) };
	for (int64_t g = 0; g < p->groups; g++)
		survey_filter_join(&all, &q->filter[layer][g * p->layer[layer].filters + f], p->C);
	return all;
}

bool survey_filter_dead(const struct survey_filter *f)
{
	const struct spread *a = &f->activation;
	return a->n && !a->nan && !a->inf && a->min == a->max;
}

int survey_filter_spread(const struct survey_filter *f, struct survey_window out[SURVEY_TOP])
{
	const struct survey_examples *x = &f->examples;
	double low = INFINITY, high = -INFINITY;
	int n = 0;
	for (int i = 0; i < x->n; i++)
		if (x->at[i].window >= 0) {
			low = x->at[i].value < low ? x->at[i].value : low;
			high = x->at[i].value > high ? x->at[i].value : high;
		}
	for (int k = 0; k < SURVEY_TOP; k++) {
		double middle = low + (high - low) * (2 * k + 1) / (2 * SURVEY_TOP), best = INFINITY;
		const struct survey_window *w = NULL;
		for (int i = 0; i < x->n; i++)
			if (x->at[i].window >= 0 && fabs(x->at[i].value - middle) < best) {
				w = &x->at[i];
				best = fabs(w->value - middle);
			}
		bool have = !w;
		for (int i = 0; i < n && !have; i++)
			have = out[i].window == w->window;
		if (!have)
			survey_top_offer(out, &n, *w);
	}
	return n;
}

/* ---- a part ---- */

struct survey_part *survey_part_new(const struct survey_plan *p, int64_t first, int64_t chunks)
{
	struct survey_part *q = xcalloc(1, sizeof *q);
	q->first = first;
	q->chunks = chunks;
	q->from = first * p->chunk;
	q->windows = (first + chunks) * p->chunk < p->windows ? chunks * p->chunk : p->windows - q->from;
	error_sums_init(&q->errors, &p->error_shape);
	q->predicted = xcalloc((size_t)p->classes + 1, sizeof *q->predicted);
	q->saliency_channel = xcalloc((size_t)(SURVEY_METHODS * p->C), sizeof *q->saliency_channel);
	q->saliency_step = xcalloc((size_t)(SURVEY_METHODS * p->T), sizeof *q->saliency_step);
	q->of_output = xcalloc((size_t)p->outputs, sizeof *q->of_output);
	if (survey_keeps_outputs(p))
		q->output = xcalloc((size_t)(q->windows * p->outputs) + 1, sizeof *q->output);
	q->moments = xcalloc((size_t)p->n_consumer + 1, sizeof *q->moments);
	for (int k = 0; k < p->n_consumer; k++)
		moments_init(&q->moments[k], &p->consumer[k]);
	q->filter = xcalloc((size_t)p->n_layer + 1, sizeof *q->filter);
	for (int k = 0; k < p->n_layer; k++) {
		int64_t n = p->groups * p->layer[k].filters;
		q->filter[k] = xcalloc((size_t)n + 1, sizeof **q->filter);
		for (int64_t f = 0; f < n; f++)
			q->filter[k][f].channel = xcalloc((size_t)(SURVEY_METHODS * p->C), sizeof(double));
	}
	return q;
}

void survey_part_free(const struct survey_plan *p, struct survey_part *q)
{
	if (!q)
		return;
	for (int k = 0; k < p->n_layer; k++) {
		for (int64_t f = 0; f < p->groups * p->layer[k].filters; f++)
			survey_filter_release(&q->filter[k][f]);
		free(q->filter[k]);
	}
	free(q->filter);
	for (int k = 0; k < p->n_consumer; k++)
		moments_release(&q->moments[k]);
	free(q->moments);
	error_sums_release(&q->errors);
	free(q->predicted);
	free(q->saliency_channel);
	free(q->saliency_step);
	free(q->of_output);
	free(q->output);
	free(q);
}

/* Adds the figures of b, which follows a, to a. */
static void part_join(const struct survey_plan *p, struct survey_part *a, const struct survey_part *b)
{
	int64_t n = a->windows * p->outputs, n_b = b->windows * p->outputs;
	if (a->output) {
		a->output = xrealloc(a->output, (size_t)(n + n_b) + 1, sizeof *a->output);
		memcpy(a->output + n, b->output, (size_t)n_b * sizeof *a->output);
	}
	for (int64_t k = 0; k < p->outputs; k++)
		spread_join(&a->of_output[k], &b->of_output[k]);
	a->chunks += b->chunks;
	a->windows += b->windows;
	a->not_finite += b->not_finite;
	a->maps += b->maps;
	a->ablations += b->ablations;
	error_sums_add(&a->errors, &b->errors, &p->error_shape);
	for (int64_t k = 0; k < p->classes; k++)
		a->predicted[k] += b->predicted[k];
	for (int64_t c = 0; c < SURVEY_METHODS * p->C; c++)
		a->saliency_channel[c] += b->saliency_channel[c];
	for (int64_t t = 0; t < SURVEY_METHODS * p->T; t++)
		a->saliency_step[t] += b->saliency_step[t];
	for (int k = 0; k < p->n_consumer; k++)
		moments_join(&a->moments[k], &b->moments[k], &p->consumer[k]);
	for (int k = 0; k < p->n_layer; k++)
		for (int64_t f = 0; f < p->groups * p->layer[k].filters; f++)
			survey_filter_join(&a->filter[k][f], &b->filter[k][f], p->C);
}

/* ---- the tree ---- */

bool survey_is_node(const struct survey_plan *p, int64_t first, int64_t chunks)
{
	int64_t all = survey_chunks(p), size = 1;
	if (first < 0 || chunks < 1 || first >= all || chunks > all - first)
		return false;
	while (size < chunks)
		size *= 2;
	return first % size == 0 && (chunks == size || first + chunks == all);
}

/* Whether b is the right half of the node whose left half is a. */
static bool are_halves(const struct survey_plan *p, const struct survey_part *a, const struct survey_part *b)
{
	int64_t size = a->chunks;
	return b->first == a->first + size && (size & (size - 1)) == 0 && a->first % (2 * size) == 0 &&
	       (b->chunks == size || (b->chunks < size && b->first + b->chunks == survey_chunks(p)));
}

void survey_tree_add(struct survey_tree *t, struct survey_part *q)
{
	if (t->n == t->cap)
		t->part = xrealloc(t->part, (size_t)(t->cap = 2 * t->cap + 8), sizeof *t->part);
	int at = t->n++;
	for (; at > 0 && t->part[at - 1]->first > q->first; at--)
		t->part[at] = t->part[at - 1];
	t->part[at] = q;
	for (;;) {
		if (at > 0 && are_halves(t->plan, t->part[at - 1], t->part[at]))
			at--;
		else if (at + 1 >= t->n || !are_halves(t->plan, t->part[at], t->part[at + 1]))
			return;
		part_join(t->plan, t->part[at], t->part[at + 1]);
		survey_part_free(t->plan, t->part[at + 1]);
		t->n--;
		memmove(&t->part[at + 1], &t->part[at + 2], (size_t)(t->n - at - 1) * sizeof(struct survey_part *));
	}
}

const struct survey_part *survey_tree_all(struct survey_tree *t)
{
	return t->n == 1 && !t->part[0]->first && t->part[0]->chunks == survey_chunks(t->plan) ? t->part[0] : NULL;
}

void survey_tree_release(struct survey_tree *t)
{
	for (int i = 0; i < t->n; i++)
		survey_part_free(t->plan, t->part[i]);
	free(t->part);
	*t = (struct survey_tree){ .plan = t->plan };
}
