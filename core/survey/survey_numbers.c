/* What is counted of many numbers: extremes, mean and deviation, and a histogram. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/survey/survey_part.h"

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

void spread_end_row(struct spread *row, double first, double sum, double square)
{
	double m = sum / (double)row->n, m2 = square - sum * m;
	row->mean = first + m;
	row->m2 = m2 > 0 ? m2 : 0;
}

void spread_add_row(struct spread *s, const real *v, int64_t n)
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
	if (row.n)
		spread_end_row(&row, first, sum, square);
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

/* The bucket of 1 + k / 256. Buckets are wider than that, so the next edge decides. */
static const unsigned char near[256] = {
	0,  0,  0,  1,  1,  1,  2,  2,  3,  3,  3,  4,  4,  5,  5,  5,  6,  6,  6,  7,  7,  7,  8,  8,  9,  9,
	9,  10, 10, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 15, 15, 15, 16, 16, 16, 17, 17, 17, 18, 18,
	18, 19, 19, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 22, 23, 23, 23, 24, 24, 24, 25, 25, 25, 25, 26, 26,
	26, 27, 27, 27, 28, 28, 28, 28, 29, 29, 29, 30, 30, 30, 31, 31, 31, 31, 32, 32, 32, 33, 33, 33, 33, 34,
	34, 34, 34, 35, 35, 35, 36, 36, 36, 36, 37, 37, 37, 38, 38, 38, 38, 39, 39, 39, 39, 40, 40, 40, 40, 41,
	41, 41, 41, 42, 42, 42, 43, 43, 43, 43, 44, 44, 44, 44, 45, 45, 45, 45, 46, 46, 46, 46, 47, 47, 47, 47,
	48, 48, 48, 48, 49, 49, 49, 49, 49, 50, 50, 50, 50, 51, 51, 51, 51, 52, 52, 52, 52, 53, 53, 53, 53, 54,
	54, 54, 54, 54, 55, 55, 55, 55, 56, 56, 56, 56, 56, 57, 57, 57, 57, 58, 58, 58, 58, 58, 59, 59, 59, 59,
	60, 60, 60, 60, 60, 61, 61, 61, 61, 61, 62, 62, 62, 62, 63, 63, 63, 63, 63, 64, 64, 64, 64, 64, 65, 65,
	65, 65, 65, 66, 66, 66, 66, 66, 67, 67, 67, 67, 68, 68, 68, 68, 68, 69, 69, 69, 69, 69,
};

static inline int bucket_of(float v)
{
	int32_t bits;
	memcpy(&bits, &v, sizeof bits);
	int octave = (bits >> 23 & 0xff) - 127 - SURVEY_LOWEST;
	int32_t part = bits & 0x7fffff;
	if (octave < 0)
		return -1;
	if (octave >= SURVEY_BUCKETS / SURVEY_OCTAVE)
		return SURVEY_BUCKETS;
	int k = near[part >> 15];
	return octave * SURVEY_OCTAVE + k + (part >= edge[k + 1]);
}

int survey_bucket(float v)
{
	return bucket_of(v);
}

enum { HISTOGRAM_ROW = 256 };

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

/* Some numbers that are not 0. Those that are not finite are left out. */
static void histogram_count(struct histogram *h, int n, const float *v)
{
	int bucket[HISTOGRAM_ROW], low[2] = { SURVEY_BUCKETS, SURVEY_BUCKETS }, high[2] = { -1, -1 };
	int64_t *count[2];
	for (int i = 0; i < n; i++) {
		int k = bucket[i] = bucket_of(v[i]), side = v[i] > 0;
		if (k < 0) {
			h->tiny++;
		} else if (k >= SURVEY_BUCKETS) {
			h->huge += isfinite(v[i]) != 0;
		} else {
			low[side] = k < low[side] ? k : low[side];
			high[side] = k > high[side] ? k : high[side];
		}
	}
	for (int side = 0; side < 2; side++) {
		if (high[side] >= 0)
			histogram_room(&h->side[side], low[side], high[side] + 1);
		count[side] = h->side[side].count;
	}
	for (int i = 0; i < n; i++)
		if (bucket[i] >= 0 && bucket[i] < SURVEY_BUCKETS)
			count[v[i] > 0][bucket[i] - h->side[v[i] > 0].from]++;
}

void histogram_add(struct histogram *h, int64_t n, const real *v, int64_t step)
{
	float row[HISTOGRAM_ROW];
	for (int64_t i = 0; i < n;) {
		int64_t end = n - i < HISTOGRAM_ROW ? n : i + HISTOGRAM_ROW, some = end - i;
		int m = 0;
		for (; i < end; i++) {
			row[m] = (float)v[i * step];
			m += row[m] != 0;
		}
		h->zero += some - m;
		histogram_count(h, m, row);
	}
}

void histogram_join(struct histogram *to, const struct histogram *from)
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
