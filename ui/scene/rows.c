#include "ui/scene/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	HELD_MOST = 9
}; /* a bar on a held scale ends far above its full length: its value has one digit before the point */

double importance_on(struct range scale, double raw)
{
	double span = scale.hi - scale.lo, v = span > 0 ? (raw - scale.lo) / span : 0;
	return isnan(raw) ? raw : fmin(fmax(v, 0), HELD_MOST);
}

/* What is drawn of the numbers that there are, on scales of their own or on those that are held. */
void rows_rescale(struct rows *r)
{
	const struct layer_numbers *n = r->numbers;
	const struct layer_importance *q = r->importance;
	if (!r->held && q->raw)
		r->raw = series_range(series_of(q->raw, r->F));
	for (int64_t f = 0; f < r->F; f++) {
		if (!r->held)
			r->range_then[f] = n->range[f];
		r->range[f] = range_join(r->range_then[f], n->range[f]);
		r->scaled[f] = !q->scaled            ? (double)NAN
		               : r->held && !r->over ? importance_on(r->raw, (double)q->raw[f])
		                                     : (double)q->scaled[f];
	}
	r->ordered = false;
}

/* The numbers of the window or those over all windows become the ones that are shown. */
void rows_choose(struct rows *r)
{
	r->importance = r->over ? &r->of_set : &r->numbers->importance;
	r->mean = r->over ? r->set_mean : r->numbers->mean;
	const struct answer *clustered = r->over ? r->set_clustered : r->clustered;
	r->clusters = clustered ? &clustered->clusters : NULL;
	rows_rescale(r);
}

void rows_numbers(struct rows *r, struct layer_numbers *n)
{
	layer_numbers_free(r->numbers);
	r->numbers = n;
	r->dead = n->dead;
	r->stale = false;
	if (r->returned)
		r->held = r->returned = false;
	rows_choose(r);
}

double *rows_missing(int64_t n)
{
	double *v = xcalloc((size_t)n + 1, sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = NAN;
	return v;
}

void rows_init(struct rows *r, const struct layer *l, int64_t C)
{
	size_t F = (size_t)l->filters + 1;
	struct layer_numbers *n = xcalloc(1, sizeof *n);
	r->F = n->F = l->filters;
	r->times = n->times = l->times;
	r->seen = (struct span){ 0, l->times };
	n->importance.F = l->filters;
	n->range = xcalloc(F, sizeof *n->range);
	n->mean = xcalloc(F, sizeof *n->mean);
	n->dead = xcalloc(F, sizeof *n->dead);
	n->peak = xcalloc(F, sizeof *n->peak);
	r->look = rows_missing(r->F * C);
	r->ablation = rows_missing(r->F);
	r->range = xcalloc(F, sizeof *r->range);
	r->range_then = xcalloc(F, sizeof *r->range_then);
	r->scaled = xcalloc(F, sizeof *r->scaled);
	r->placed = xcalloc(F, sizeof *r->placed);
	r->off = xcalloc(F, sizeof *r->off);
	r->shown = xcalloc(F, sizeof *r->shown);
	r->order = xcalloc(F, sizeof *r->order);
	r->list = xcalloc(F, sizeof *r->list);
	rows_numbers(r, n);
	r->stale = r->clusters_stale = r->set_clusters_stale = r->ablation_stale = true;
}

void rows_set_release(struct rows *r)
{
	free((void *)r->of_set.raw);
	free((void *)r->of_set.scaled);
	free((void *)r->of_set.order);
	free((void *)r->of_set.rank);
	free(r->set_mean);
	free(r->set_look);
	r->of_set = (struct layer_importance){ 0 };
	r->set_mean = r->set_look = NULL;
}

void rows_clear(struct rows *r)
{
	rows_set_release(r);
	layer_numbers_free(r->numbers);
	answer_free(r->clustered);
	answer_free(r->set_clustered);
	free(r->range);
	free(r->range_then);
	filter_set_release(&r->off_then);
	free(r->scaled);
	free(r->look);
	free(r->ablation);
	free(r->placed);
	free(r->off);
	free(r->shown);
	free(r->order);
	free(r->list);
	*r = (struct rows){ 0 };
}
