#include "core/data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"

void table_release(struct table *t)
{
	arena_release(&t->arena);
	memset(t, 0, sizeof *t);
}

void window_set_release(struct window_set *s)
{
	free(s->x);
	arena_release(&s->arena);
	memset(s, 0, sizeof *s);
}

void dataset_release(struct dataset *d)
{
	arena_release(&d->arena);
	memset(d, 0, sizeof *d);
}

void dataset_pick(struct dataset *to, const struct dataset *from, int64_t n, const int64_t *window)
{
	*to = *from;
	to->arena = (struct arena){ 0 };
	int64_t *place = arena_alloc(&to->arena, (size_t)n, sizeof *place);
	int *label = from->label ? arena_alloc(&to->arena, (size_t)n, sizeof *label) : NULL;
	to->n = n;
	to->n_target = 0;
	for (int64_t i = 0; i < n; i++) {
		place[i] = from->set ? cut_file_row(from, window[i]) : dataset_start(from, window[i]);
		if (label)
			label[i] = from->label[window[i]];
		to->n_target += window[i] < from->n_target && to->n_target == i;
	}
	to->label = label;
	if (from->set)
		to->row_of = place;
	else
		to->start = place;
}

int64_t cut_file_row(const struct dataset *d, int64_t row)
{
	return d->row_of ? d->row_of[row] : d->first_row + row;
}

int64_t dataset_start(const struct dataset *d, int64_t i)
{
	return d->start ? d->start[i] : i * d->step;
}

/* Returns the segment in which a row lies, or NULL if all rows are one. */
static const struct segment *segment_of(const struct dataset *d, int64_t row)
{
	int lo = 0, hi = d->n_segment;
	if (!hi)
		return NULL;
	while (hi - lo > 1) {
		int mid = lo + (hi - lo) / 2;
		if (d->segment[mid].row <= row)
			lo = mid;
		else
			hi = mid;
	}
	return &d->segment[lo];
}

int dataset_group(const struct dataset *d, int64_t i)
{
	if (!d->n_group || i < 0 || i >= d->n)
		return -1;
	return d->set ? d->group[cut_file_row(d, i)] : segment_of(d, dataset_start(d, i))->group;
}

const char *dataset_group_name(const struct dataset *d, int64_t i)
{
	int g = dataset_group(d, i);
	return g < 0 ? "" : d->group_name[g];
}

const struct scaler *dataset_scaler(const struct dataset *d, int64_t i)
{
	int g = d->group_scaler ? dataset_group(d, i) : -1;
	return g < 0 ? &d->scaler : &d->group_scaler[g];
}

bool dataset_overlap(const struct dataset *d, int64_t i, int64_t j)
{
	if (d->set)
		return i == j;
	int64_t a = dataset_start(d, i), b = dataset_start(d, j), apart = a < b ? b - a : a - b;
	return apart < d->T && segment_of(d, a) == segment_of(d, b);
}

/* Returns the sum of the absolute differences of x (n + 1), in float and in the order of numpy's pairwise sum.
 * Models are trained on what numpy computed, so windows have to agree to the last bit. */
static float sum_sizes(const float *x, int64_t n)
{
	float r[8] = { 0 }, s = 0;
	int64_t t = 0;
	if (n > 128) {
		int64_t half = n / 2 - n / 2 % 8;
		return sum_sizes(x, half) + sum_sizes(x + half, n - half);
	}
	if (n >= 8) {
		for (; t + 8 <= n; t += 8)
			for (int k = 0; k < 8; k++)
				r[k] += fabsf(x[t + k + 1] - x[t + k]);
		s = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
	}
	for (; t < n; t++)
		s += fabsf(x[t + 1] - x[t]);
	return s;
}

/* Writes the differences of x (T) to every C-th place of tc. The last value is their mean absolute size. */
static void derive_diff(const float *x, int64_t T, int64_t C, real *tc)
{
	for (int64_t t = 0; t + 1 < T; t++)
		tc[t * C] = (real)(x[t + 1] - x[t]);
	tc[(T - 1) * C] = (real)(T > 1 ? sum_sizes(x, T - 1) / (float)(T - 1) : 0);
}

void dataset_derive_diff(int64_t T, int64_t C, const real *x, real *tc)
{
	float *v = xmalloc((size_t)T * sizeof *v);
	for (int64_t t = 0; t < T; t++)
		v[t] = (float)x[t * C];
	derive_diff(v, T, C, tc);
	free(v);
}

const float *cut_channel(const struct dataset *d, int64_t w, int64_t c, int64_t *step)
{
	const struct window_set *s = d->set;
	*step = s->at ? 1 : d->stride_t;
	return s->at ? s->x + s->at[w] + c * s->length[w] : s->x + w * d->stride_n + c * d->stride_c;
}

/* Rounds to float twice, as numpy does in place. */
static float scale_value(float raw, double shift, double scale)
{
	float v = (float)((double)raw - shift);
	return (float)((double)v / scale);
}

/* Writes channel s of ready window i, scaled and padded. */
static void ready_channel(const struct dataset *d, int64_t i, int s, float *x)
{
	int64_t step, n = dataset_length(d, i);
	const float *from = cut_channel(d, cut_file_row(d, i), d->source[s], &step);
	const struct scaler *of = dataset_scaler(d, i);
	double shift = of->shift[s], scale = of->scale[s];
	for (int64_t t = 0; t < n; t++) {
		float v = from[t * step];
		x[t] = d->scale == SCALE_NONE ? v : scale_value(v, shift, scale);
	}
	for (int64_t t = n; t < d->T; t++)
		x[t] = 0;
}

static void ready_window(const struct dataset *d, int64_t i, real *tc)
{
	float *x = xmalloc((size_t)d->T * sizeof *x);
	for (int s = 0; s < d->n_source; s++) {
		ready_channel(d, i, s, x);
		for (int64_t t = 0; t < d->T; t++)
			tc[t * d->C + s] = (real)x[t];
		if (d->derive == DERIVE_DIFF)
			derive_diff(x, d->T, d->C, tc + d->n_source + s);
	}
	free(x);
}

static void scale_rows(const double *raw, int64_t n, float *x, double shift, double scale)
{
	for (int64_t t = 0; t < n; t++)
		x[t] = scale_value((float)raw[t], shift, scale);
}

void dataset_rows(const struct dataset *d, int h, int64_t row, int64_t n, float *x)
{
	const double *raw = d->raw[h];
	if (d->scale == SCALE_NONE) {
		for (int64_t t = 0; t < n; t++)
			x[t] = (float)raw[row + t];
		return;
	}
	for (int64_t end = row + n, to; row < end; x += to - row, row = to) {
		const struct segment *s = d->group_scaler ? segment_of(d, row) : NULL;
		const struct scaler *of = s ? &d->group_scaler[s->group] : &d->scaler;
		to = s && s->row + s->n_row < end ? s->row + s->n_row : end;
		scale_rows(raw + row, to - row, x, of->shift[h], of->scale[h]);
	}
}

static void series_window(const struct dataset *d, int64_t i, real *tc)
{
	float *x = xmalloc((size_t)d->T * sizeof *x);
	for (int s = 0; s < d->n_source; s++) {
		dataset_rows(d, s, dataset_start(d, i), d->T, x);
		for (int64_t t = 0; t < d->T; t++)
			tc[t * d->C + s] = (real)x[t];
		if (d->derive == DERIVE_DIFF)
			derive_diff(x, d->T, d->C, tc + d->n_source + s);
	}
	free(x);
}

void dataset_window(const struct dataset *d, int64_t i, real *tc)
{
	if (d->set)
		ready_window(d, i, tc);
	else
		series_window(d, i, tc);
}

int dataset_class(const struct dataset *d, int64_t i)
{
	return d->has_labels && d->label && i >= 0 && i < d->n ? d->label[i] : -1;
}

double dataset_unscale_channel(const struct dataset *d, int64_t i, int64_t c, double x)
{
	const struct scaler *s = dataset_scaler(d, i);
	bool derived = c >= d->n_source && d->n_source > 0;
	int64_t h = derived ? c - d->n_source : c;
	if (h >= s->n)
		return x;
	return derived ? x * s->scale[h] : x * s->scale[h] + s->shift[h];
}

real dataset_scale_channel(const struct dataset *d, int64_t i, int64_t c, double raw)
{
	const struct scaler *s = dataset_scaler(d, i);
	if (d->scale == SCALE_NONE || c >= s->n)
		return (real)(float)raw;
	return (real)scale_value((float)raw, s->shift[c], s->scale[c]);
}

real dataset_as_read(const struct dataset *d, int64_t i, int64_t c, double x)
{
	return dataset_scale_channel(d, i, c, dataset_unscale_channel(d, i, c, x));
}

int64_t dataset_length(const struct dataset *d, int64_t i)
{
	int64_t w = d->set ? cut_file_row(d, i) : 0;
	return d->set && d->length && d->length[w] < d->T ? d->length[w] : d->T;
}

void dataset_window_raw(const struct dataset *d, int64_t i, int64_t c, float *raw)
{
	int64_t n = dataset_length(d, i), step = 1;
	const float *from = d->set ? cut_channel(d, cut_file_row(d, i), d->source[c], &step) : NULL;
	for (int64_t t = 0; t < d->T; t++)
		raw[t] = t >= n ? 0 : from ? from[t * step] : (float)d->raw[c][dataset_start(d, i) + t];
}

int64_t dataset_row(const struct dataset *d, int64_t i)
{
	return cut_file_row(d, d->set ? i : dataset_start(d, i));
}

const char *dataset_stamp(const struct dataset *d, int64_t i, int64_t t)
{
	if (d->set)
		return d->set->stamp && !t ? d->set->stamp[cut_file_row(d, i)] : "";
	int64_t start = dataset_start(d, i);
	const struct segment *s = segment_of(d, start);
	int64_t end = s ? s->row + s->n_row : d->n_row;
	return d->stamp && t >= 0 && start + t < end ? d->stamp[start + t] : "";
}
