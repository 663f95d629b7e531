/* The filters of a layer as lists: their order, which of them are shown, and what is known of each. */
#include "ui/scene/scene_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct place {
	double key;
	int f;
};

static int by_key(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	bool na = isnan(a->key), nb = isnan(b->key);
	if (na != nb)
		return na ? 1 : -1;
	if (!na && a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->f - b->f;
}

/* Whether the filter looks at any channel: its shares are known, and its saliency is not 0 everywhere. */
static bool looks(const double *look, int64_t C)
{
	double all = 0;
	for (int64_t ch = 0; ch < C; ch++)
		all += look[ch];
	return all > 0;
}

/* The channel that the filter looks at most, and the more of its saliency lies there the earlier. */
static double look_key(const struct scene *c, const struct rows *r, int f)
{
	int64_t C = c->channels.n, most = 0;
	const double *look = rows_look(r, f, C);
	if (!looks(look, C))
		return NAN;
	for (int64_t ch = 1; ch < C; ch++)
		most = look[ch] > look[most] ? ch : most;
	return (double)(most + 1) - look[most];
}

static double sort_key(const struct scene *c, const struct rows *r, enum sort k, int f)
{
	double rank = r->importance->rank ? (double)r->importance->rank[f] : 0;
	if (r->held)
		return r->placed[f].place;
	switch (k) {
	case SORT_INDEX:
		return f;
	case SORT_CLUSTER:
		return r->clusters && r->clusters->k ? r->clusters->label[f] * (double)(r->F + 1) + rank : rank;
	case SORT_MEAN:
		return -r->mean[f];
	case SORT_LOOK:
		return look_key(c, r, f);
	case SORT_PEAK:
		return r->loaded && !r->dead[f] ? r->numbers->peak[f] : (double)NAN;
	default:
		return rank;
	}
}

struct filter_facts scene_facts(const struct scene *c, const struct session *s, int layer, int f)
{
	const struct rows *r = &c->rows[layer];
	const struct layer_importance *q = r->importance;
	const real *was = c->pin && c->pin->comparable ? c->pin->comparable[layer] : NULL;
	int place = 0;
	while (place < s->n_column && s->column[place] != layer)
		place++;
	const double *look = rows_look(r, f, c->channels.n);
	const struct set_filter *set = c->survey.set ? survey_set_filter(c->survey.set, layer, f) : NULL;
	const struct layer_importance *here = &r->numbers->importance;
	bool over = r->over && set;
	return (struct filter_facts){
		.layer = s->m->layer[layer].name,
		.place = place,
		.index = f,
		.imp = r->scaled[f],
		.raw = q->raw ? (double)q->raw[f] : (double)NAN,
		.rank = q->rank ? q->rank[f] + 1 : (double)NAN,
		.ablation = r->ablation[f],
		.cluster = r->clusters && r->clusters->k ? r->clusters->label[f] : (double)NAN,
		.mean = r->mean[f],
		.max = over ? set->all.activation.max : r->numbers->range[f].hi,
		.min = over ? set->all.activation.min : r->numbers->range[f].lo,
		.peak = r->loaded ? r->numbers->peak[f] : (double)NAN,
		.change = was && here->raw ? importance_on(c->pin->range[layer], (double)here->raw[f]) - (double)was[f]
		                           : (double)NAN,
		.look = looks(look, c->channels.n) ? look : NULL,
		.silent = rows_silent(r, f),
		.alive = set ? set->alive : (double)NAN,
		.unique = set ? set->unique : (double)NAN,
		.dead = set && set->dead,
		.off = r->off[f],
		.marked = filter_set_has(&s->marks, layer, f),
		.none = NAN,
	};
}

/* Which filters the expression lets through; without one all. */
static bool lets_through(const struct scene *c, const struct rows *r, const struct session *s, int f)
{
	if (!c->expression || !r->loaded || (!c->survey.set && (filter_expr_sources(c->expression) & FROM_SURVEY)))
		return true;
	struct filter_facts facts = scene_facts(c, s, (int)(r - c->rows), f);
	return filter_expr_match(c->expression, &facts);
}

static void shown_by(const struct scene *c, struct rows *r, const struct session *s)
{
	if (c->expression || !r->importance->scaled)
		for (int f = 0; f < (int)r->F; f++)
			r->shown[f] = lets_through(c, r, s, f);
	else if (!r->held)
		percentile_shown(r->importance->scaled, r->F, s->percentile / 100.0, r->shown);
}

void scene_order(const struct scene *c, struct rows *r, const struct session *s, int layer)
{
	struct place *p = xcalloc((size_t)r->F + 1, sizeof *p);
	for (int f = 0; f < (int)r->F; f++)
		p[f] = (struct place){ sort_key(c, r, s->sort, f), f };
	qsort(p, (size_t)r->F, sizeof *p, by_key);
	shown_by(c, r, s);
	r->n_order = r->n_shown = r->n_list = 0;
	for (int i = 0; i < (int)r->F; i++) {
		int f = p[s->reverse ? (int)r->F - 1 - i : i].f;
		if (!r->held)
			r->placed[f] = (struct placed){ s->reverse ? (int)r->F - 1 - i : i, r->scaled[f],
				                        r->dead[f] || r->off[f] };
		bool selected = !c->expression && f == s->filter[layer];
		if (!c->expression || r->shown[f])
			r->order[r->n_order++] = f;
		if (r->shown[f] || selected)
			r->list[r->n_list++] = f;
		r->n_shown += r->shown[f];
	}
	free(p);
	r->ordered = true;
}

/* The list holds the selected filter even if the percentile hides it: gone from there when the selection
 * moves on. An expression hides every filter for which it does not hold. */
static bool list_stale(const struct scene *c, const struct rows *r, const struct session *s, int layer)
{
	if (c->expression)
		return false;
	int extra = r->n_list - r->n_shown, f = s->filter[layer];
	if (r->shown[f])
		return extra != 0;
	return extra != 1 || scene_place(r, f, false) < 0;
}

/* In a list the cursor leaves a filter that the expression hides: for the first match of an expression that is new,
 * else for the next match. The filter view goes on showing its filter. */
static void select_match(const struct scene *c, struct rows *r, struct session *s, int layer)
{
	int *f = &s->filter[layer], to = 0;
	if (!r->loaded || !session_lists(s))
		return;
	bool first = r->to_first;
	r->to_first = false;
	if (!c->expression || r->n_order == 0 || r->shown[*f])
		return;
	while (!first && to < r->n_order - 1 && r->placed[r->order[to]].place < r->placed[*f].place)
		to++;
	*f = r->order[to];
}

const struct rows *scene_rows(struct scene *c, struct session *s, int layer)
{
	struct rows *r = &c->rows[layer];
	for (int64_t f = 0; f < r->F; f++)
		r->off[f] = s->q.off.n && filter_set_has(&s->q.off, layer, f);
	if (!r->ordered || list_stale(c, r, s, layer))
		scene_order(c, r, s, layer);
	select_match(c, r, s, layer);
	return r;
}

/* The cluster with the most marked filters, but not `but`; -1: no other has any. */
static int most_marked(const struct rows *r, const struct session *s, int but)
{
	int best = -1, most = 0;
	for (int label = 0; label < r->clusters->k; label++) {
		int n = 0;
		for (int i = 0; i < s->marks.n; i++)
			n += s->marks.id[i].layer == s->layer && r->clusters->label[s->marks.id[i].filter] == label;
		if (label != but && n > most) {
			most = n;
			best = label;
		}
	}
	return best;
}

bool scene_pair(const struct scene *c, const struct session *s, int pair[2])
{
	const struct rows *r = s->layer >= 0 ? &c->rows[s->layer] : NULL;
	pair[0] = pair[1] = -1;
	if (!r || !r->clusters || r->clusters->k < 2)
		return false;
	int a = most_marked(r, s, -1), b = a < 0 ? -1 : most_marked(r, s, a);
	int cursor = a >= 0 && b < 0 ? r->clusters->label[s->filter[s->layer]] : -1;
	b = cursor >= 0 && cursor != a ? cursor : b;
	bool chosen = a >= 0 && b >= 0;
	a = a < 0 ? 0 : a;
	b = b >= 0 ? b : a ? 0 : 1;
	/* in the order of marking; one that only has the cursor comes second */
	const struct filter_id *last = &s->marked_last;
	bool known = last->layer == s->layer && filter_set_has(&s->marks, last->layer, last->filter);
	int second = !chosen ? -1 : cursor >= 0 ? b : known ? r->clusters->label[last->filter] : -1;
	bool turned = second == a || (second != b && a > b);
	pair[0] = turned ? b : a;
	pair[1] = turned ? a : b;
	return chosen;
}

double cluster_look(const struct rows *r, int64_t C, int cluster, int64_t ch)
{
	double sum = 0;
	int n = 0;
	if (r->looked < r->F && !r->over)
		return NAN;
	for (int f = 0; f < (int)r->F; f++) {
		double all = 0; /* 0: a silent filter looks at nothing */
		for (int64_t k = 0; k < C; k++)
			all += rows_look(r, f, C)[k];
		if (r->clusters->label[f] == cluster && all > 0) {
			sum += rows_look(r, f, C)[ch];
			n++;
		}
	}
	return n ? sum / n : (double)NAN;
}

int scene_place(const struct rows *r, int filter, bool whole)
{
	const int *v = whole ? r->order : r->list;
	int n = whole ? r->n_order : r->n_list;
	for (int i = 0; i < n; i++)
		if (v[i] == filter)
			return i;
	return -1;
}
