#include "core/prune/prune_repeat.h"

#include <math.h>
#include <stdlib.h>

int prune_repeat(const struct prune_repeat *q, struct prune_point *to, void (*before)(void *ctx, int draw), void *ctx,
                 struct err *e)
{
	int bad = 0;
	for (int k = 0; k < q->draws && !bad; k++) {
		struct prune p;
		struct prune_job job = *q->job;
		struct question question = *job.q;
		struct prune_budget b = *q->budget;
		question.seed += (uint64_t)k;
		job.q = &question;
		job.draw = true;
		b.seed = question.seed;
		if (before)
			before(ctx, k);
		bad = prune_open(&p, &job, e);
		for (int i = 0; i < q->n && !bad; i++) {
			b.ratio = q->ratio[i];
			bad = prune_compare(&p, &b, q->rank, q->repair, &to[k * q->n + i], NULL, e);
		}
		prune_close(&p);
	}
	return bad;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct prune_spread prune_spread(const struct prune_point *point, int draws, int stride, size_t row, int set,
                                 bool changed)
{
	struct prune_spread s = { NAN, NAN, NAN };
	double *v = xcalloc((size_t)draws + 1, sizeof *v);
	int n = 0;
	for (int k = 0; k < draws; k++) {
		const char *at = (const char *)&point[k * stride] + row;
		const struct prune_worth *w = (const struct prune_worth *)(const void *)at + set;
		double x = changed ? w->changed : w->error;
		if (!isnan(x))
			v[n++] = x;
	}
	qsort(v, (size_t)n, sizeof *v, compare);
	if (n)
		s = (struct prune_spread){ (v[(n - 1) / 2] + v[n / 2]) / 2, v[0], v[n - 1] };
	free(v);
	return s;
}
