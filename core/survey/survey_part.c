#include "core/survey/survey_part.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/top_windows.h"
#include "core/probe/probe.h"

/* ---- numbers ---- */

void spread_add(struct spread *s, double v)
{
	if (isnan(v)) {
		s->nan++;
		return;
	}
	if (isinf(v)) {
		s->inf++;
		return;
	}
	s->zero += v == 0;
	s->min = !s->n || v < s->min ? v : s->min;
	s->max = !s->n || v > s->max ? v : s->max;
	s->n++;
	double gap = v - s->mean;
	s->mean += gap / (double)s->n;
	s->m2 += gap * (v - s->mean);
}

void spread_join(struct spread *to, const struct spread *from)
{
	to->nan += from->nan;
	to->inf += from->inf;
	if (!from->n)
		return;
	if (!to->n) {
		struct spread s = *from;
		s.nan = to->nan;
		s.inf = to->inf;
		*to = s;
		return;
	}
	double a = (double)to->n, b = (double)from->n, gap = from->mean - to->mean;
	to->mean += gap * (b / (a + b));
	to->m2 += from->m2 + gap * gap * (a * b / (a + b));
	to->n += from->n;
	to->zero += from->zero;
	to->min = from->min < to->min ? from->min : to->min;
	to->max = from->max > to->max ? from->max : to->max;
}

double spread_deviation(const struct spread *s)
{
	return s->n ? sqrt(s->m2 / (double)s->n) : (double)NAN;
}

/* A row in one go: its values differ little from the first, which is taken off before they are squared. */
static void spread_add_row(struct spread *s, const real *v, int64_t n)
{
	struct spread row = { 0 };
	double sum = 0, square = 0, first = 0;
	for (int64_t i = 0; i < n; i++) {
		double x = (double)v[i];
		if (!isfinite(x)) {
			*(isnan(x) ? &row.nan : &row.inf) += 1;
			continue;
		}
		if (!row.n++)
			first = row.min = row.max = x;
		row.zero += x == 0;
		row.min = x < row.min ? x : row.min;
		row.max = x > row.max ? x : row.max;
		sum += x - first;
		square += (x - first) * (x - first);
	}
	if (row.n) {
		double m = sum / (double)row.n, m2 = square - sum * m;
		row.mean = first + m;
		row.m2 = m2 > 0 ? m2 : 0;
	}
	spread_join(s, &row);
}

/* ---- histogram ---- */

/* Bucket k of an octave begins at 1 + edge[k] / 2^23: the smallest float that is not below 2^(k/70). */
static const int32_t edge[SURVEY_OCTAVE + 1] = {
	0,       83478,   167786,  252933,  338928,  425778,  513493,  602080,  691549,  781908,  873167,  965333,
	1058417, 1152427, 1247373, 1343263, 1440108, 1537916, 1636698, 1736463, 1837220, 1938980, 2041753, 2145549,
	2250377, 2356249, 2463174, 2571163, 2680227, 2790376, 2901622, 3013974, 3127444, 3242044, 3357784, 3474676,
	3592731, 3711960, 3832377, 3953991, 4076816, 4200863, 4326145, 4452673, 4580460, 4709519, 4839862, 4971503,
	5104453, 5238726, 5374336, 5511295, 5649617, 5789315, 5930404, 6072897, 6216807, 6362150, 6508939, 6657189,
	6806914, 6958129, 7110849, 7265089, 7420863, 7578188, 7737078, 7897549, 8059618, 8223299, 8388608,
};

int survey_bucket(float v)
{
	int32_t bits;
	memcpy(&bits, &v, sizeof bits);
	int octave = (bits >> 23 & 0xff) - 127 - SURVEY_LOWEST;
	int32_t part = bits & 0x7fffff;
	if (octave < 0)
		return -1;
	if (octave >= SURVEY_BUCKETS / SURVEY_OCTAVE)
		return SURVEY_BUCKETS;
	/* log2(1 + x) is about x + 0.343 x (1 - x): off by less than a bucket, and the edges decide */
	float x = (float)part / 8388608;
	int k = (int)((x + 0.343f * x * (1 - x)) * SURVEY_OCTAVE);
	while (part < edge[k])
		k--;
	while (part >= edge[k + 1])
		k++;
	return octave * SURVEY_OCTAVE + k;
}

void histogram_room(struct histogram_side *s, int from, int end)
{
	int a = s->n && s->from < from ? s->from : from, b = s->n && s->from + s->n > end ? s->from + s->n : end;
	if (s->n && a == s->from && b == s->from + s->n)
		return;
	int64_t *count = xcalloc((size_t)(b - a), sizeof *count);
	if (s->n)
		memcpy(count + (s->from - a), s->count, (size_t)s->n * sizeof *count);
	free(s->count);
	*s = (struct histogram_side){ a, b - a, count };
}

static void histogram_add(struct histogram *h, int bucket, float v)
{
	struct histogram_side *s = &h->side[v > 0];
	if (bucket < 0) {
		h->tiny++;
		return;
	}
	if (bucket >= SURVEY_BUCKETS) {
		h->huge++;
		return;
	}
	if (bucket < s->from || bucket >= s->from + s->n)
		histogram_room(s, bucket, bucket + 1);
	s->count[bucket - s->from]++;
}

static void histogram_join(struct histogram *to, const struct histogram *from)
{
	to->zero += from->zero;
	to->tiny += from->tiny;
	to->huge += from->huge;
	for (int k = 0; k < 2; k++) {
		const struct histogram_side *s = &from->side[k];
		if (!s->n)
			continue;
		histogram_room(&to->side[k], s->from, s->from + s->n);
		for (int i = 0; i < s->n; i++)
			to->side[k].count[s->from + i - to->side[k].from] += s->count[i];
	}
}

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

void survey_filter_add(struct survey_filter *f, const struct survey_layer_plan *y, int64_t i, const real *v)
{
	struct top_window peak;
	int64_t active = 0;
	float last = 0;
	int bucket = -1;
	for (int64_t t = 0; t < y->times; t++) {
		float x = (float)v[t];
		active += !rests(y, (double)v[t]) && !isnan(v[t]);
		if (x == 0) {
			f->histogram.zero++;
			continue;
		}
		if (!isfinite(x))
			continue;
		if (x != last)
			bucket = survey_bucket(x);
		last = x;
		histogram_add(&f->histogram, bucket, x);
	}
	spread_add_row(&f->activation, v, y->times);
	f->windows++;
	f->active += active;
	f->alive += active && !probe_silent(v, y->times);
	if (!top_window_peak(v, y->times, &peak) || isinf(peak.value))
		return;
	struct survey_window w = { i, peak.time, peak.value };
	survey_top_offer(f->top, &f->n_top, w);
	example_offer(&f->examples, example_key(w.value), w);
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
