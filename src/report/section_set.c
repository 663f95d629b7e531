/* What the filters do over the whole set: dead ones, the important ones, clusters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/prune/prune_map.h"
#include "core/survey/set_clusters.h"
#include "core/survey/survey_run.h"
#include "core/survey/survey_set.h"
#include "src/report/bounds.h"

enum { SHOWN_FILTERS = 12, SHOWN_CLUSTERS = 12, SHOWN_MEMBERS = 24 };

/* ---- the survey ---- */

static void survey_progress(void *ctx, int64_t windows, int64_t of)
{
	progress_say(ctx, windows, of, "windows: survey");
}

/* The survey that is kept, in the form in which the browser keeps it; *s is NULL: none is. */
static void survey_kept(const struct report *r, int64_t windows, struct survey_set **s)
{
	const struct loaded *l = &r->b.l;
	struct survey_plan p;
	survey_plan_init(&p, l->model, &l->data, &l->q, windows, SURVEY_CHUNK, SURVEY_MAPS, 0);
	survey_plan_moments(&p, l->model, MOMENTS_CHANNELS);
	*s = kept_surveys.find(&r->b, &p, &l->q);
	survey_plan_release(&p);
}

static struct survey_set *survey_make_of(struct report *r, const struct dataset *data, int64_t windows)
{
	const struct loaded *l = &r->b.l;
	struct survey_plan p;
	struct err e;
	char target[TARGET_TEXT];
	survey_plan_init(&p, l->model, data, &l->q, windows, SURVEY_CHUNK, SURVEY_MAPS, 0);
	struct survey_tree tree = { .plan = &p };
	struct survey_run run = { .plan = &p,
		                  .m = l->model,
		                  .d = data,
		                  .q = &l->q,
		                  .to = survey_chunks(&p),
		                  .threads = options_threads(r->o),
		                  .ctx = &r->bar,
		                  .progress = survey_progress };
	int bad = survey_run(&run, &tree, &e);
	const struct survey_part *all = bad ? NULL : survey_tree_all(&tree);
	struct survey_set *s = NULL;
	target_format(&l->q.target, l->model, target, sizeof target);
	if (all)
		s = survey_set_of(&p, all, target);
	tree.plan = s ? &s->plan : &p; /* the set has taken the plan over, by which the parts are freed */
	survey_tree_release(&tree);
	survey_plan_release(&p);
	progress_end(&r->bar);
	if (s && !survey_set_bind(s, l->model)) {
		survey_set_free(s);
		s = NULL;
	}
	return s;
}

/* All windows that have a true value, as `tsviz survey` takes them, or some that are spread evenly. */
static struct survey_set *survey_get(struct report *r, int64_t *windows)
{
	const struct dataset *data = &r->b.l.data;
	int64_t all = data->n_target ? data->n_target : data->n;
	struct survey_set *s;
	survey_kept(r, all, &s);
	*windows = all;
	if (s || r->effort == REPORT_QUICK)
		return s;
	double cost = 6 * (double)graph_macs(r->b.l.model->graph);
	int64_t n = r->effort == REPORT_FULL ? all : bounds_windows(r, "The survey", REPORT_SURVEY_WINDOWS, cost);
	if (n >= all)
		return survey_make_of(r, data, all);
	struct dataset some;
	int64_t *at = xcalloc((size_t)n, sizeof *at);
	for (int64_t i = 0; i < n; i++)
		at[i] = bounds_window(i, n, all);
	dataset_pick(&some, data, n, at);
	s = survey_make_of(r, &some, n);
	dataset_release(&some);
	free(at);
	*windows = n;
	report_limit(r, "The survey is of %lld of %lld windows, spread evenly; --full takes all.", (long long)n,
	             (long long)all);
	return s;
}

/* ---- tables ---- */

struct ranked {
	int layer;
	int64_t filter;
	double importance;
};

static int by_importance(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	if (a->importance != b->importance)
		return a->importance > b->importance ? -1 : 1;
	return a->layer != b->layer ? a->layer - b->layer : a->filter < b->filter ? -1 : a->filter > b->filter;
}

/* The filters of a layer by their mean importance, largest first; those without one are left out. Returns how many. */
static int64_t rank_layer(const struct survey_set *s, const struct report *r, int layer, struct ranked *v)
{
	int64_t n = 0;
	for (int64_t f = 0; f < r->b.l.model->layer[layer].filters; f++) {
		const struct set_filter *q = survey_set_filter(s, layer, f);
		double x = q ? survey_set_importance(q, r->b.l.q.measure, true) : (double)NAN;
		if (!isnan(x))
			v[n++] = (struct ranked){ layer, f, x };
	}
	qsort(v, (size_t)n, sizeof *v, by_importance);
	return n;
}

/* ---- which filters count ---- */

/* Which layers make filters that count, [n_layer], malloc'd: convolutions, and dense layers before the output, as
 * `tsviz prune` counts them. Layers that pass filters on, such as pools, make none. In a network without such layers,
 * of recurrent ones for example, layers with weights count. Each maker is looked at once: whoever counts filters asks
 * for each of them. */
static bool *counted_layers(const struct prune_map *p)
{
	bool *counted = xcalloc((size_t)p->m->n_layer + 1, sizeof *counted), any = false;
	char why[200];
	for (int k = 0; k < p->n_maker; k++)
		if (p->maker[k].layer >= 0 && (p->maker[k].convolution || !*prune_why(p, k, why, sizeof why)))
			any = counted[p->maker[k].layer] = true;
	for (int i = 0; i < p->m->n_layer && !any; i++)
		counted[i] = p->m->layer[i].params > 0;
	return counted;
}

/* How many filters count, and how many of them are dead: where they are made, or behind a function that is applied to
 * each of their values. */
static int64_t filters_count(const struct survey_set *s, const struct prune_map *p, const bool *counted, int64_t *dead)
{
	int64_t all = 0;
	bool *dies = xcalloc((size_t)p->n_atom + 1, sizeof *dies);
	*dead = 0;
	for (int i = 0; i < p->m->n_layer; i++) {
		const struct layer *l = &p->m->layer[i];
		if (!survey_set_filter(s, i, 0))
			continue;
		int axis = prune_axis(p, l->act);
		const int *atom = axis < 0 ? NULL : p->tag[l->act].atom[axis];
		bool own = counted[i];
		if (axis >= 0 && p->m->graph->value[l->act].shape.dim[axis] != l->filters)
			atom = NULL;
		all += own ? l->filters : 0;
		for (int64_t f = 0; f < l->filters; f++) {
			if (!survey_set_filter(s, i, f)->dead)
				continue;
			int maker = atom && atom[f] >= 0 ? p->maker[p->atom[atom[f]].maker].layer : -1;
			bool once = maker >= 0 && counted[maker] && p->m->layer[maker].times == l->times;
			*dead += once ? !dies[atom[f]] : own;
			if (once)
				dies[atom[f]] = true;
		}
	}
	free(dies);
	return all;
}

static void layers(const struct survey_set *s, struct report *r, const struct prune_map *p, const bool *counted,
                   struct doc *d)
{
	const struct model *m = r->b.l.model;
	struct doc_table *t = doc_table(d, "Filters of each layer over the set",
	                                "layer|>filters|>dead|>half of the importance is in|most important");
	int64_t rows = 0, dead, all = filters_count(s, p, counted, &dead);
	for (int i = 0; i < m->n_layer; i++) {
		int64_t F = m->layer[i].filters;
		if (!survey_set_filter(s, i, 0))
			continue;
		if (rows++ >= REPORT_ROWS)
			continue;
		struct ranked *v = xcalloc((size_t)F + 1, sizeof *v);
		int64_t n = rank_layer(s, r, i, v), half = 0;
		double sum = 0, part = 0;
		char best[128] = "";
		for (int64_t k = 0; k < n; k++)
			sum += v[k].importance;
		while (half < n && part < sum / 2)
			part += v[half++].importance;
		for (int64_t k = 0; k < n && k < 5; k++)
			text_add(best, sizeof best, "%s#%lld", k ? " " : "", (long long)v[k].filter);
		doc_cell(d, t, "%s", m->layer[i].name);
		doc_cell(d, t, "%lld", (long long)F);
		doc_cell(d, t, "%d", survey_set_dead(s, i));
		doc_cell(d, t, n ? "%lld" : "-", (long long)half);
		doc_cell(d, t, "%s", n ? best : "-");
		free(v);
	}
	doc_left_out(d, t, rows, "layers");
	if (dead)
		report_short(r, "Its filters: %lld of %lld are dead: they never change in %lld windows.",
		             (long long)dead, (long long)all, (long long)s->plan.windows);
	else
		report_short(r, "Its filters: none of %lld is dead; each changes somewhere in %lld windows.",
		             (long long)all, (long long)s->plan.windows);
	doc_say(d,
	        "A filter is dead if it has one and the same value at all steps of all these windows. Each filter is "
	        "counted once, where it is made: %lld in all. Layers that pass filters on, such as pools, and the "
	        "output add none.",
	        (long long)all);
}

static void filters(const struct survey_set *s, const struct report *r, const bool *counted, struct doc *d)
{
	const struct model *m = r->b.l.model;
	int64_t all = 0, n = 0;
	for (int i = 0; i < m->n_layer; i++)
		all += survey_set_filter(s, i, 0) ? m->layer[i].filters : 0;
	struct ranked *v = xcalloc((size_t)all + 1, sizeof *v);
	char caption[160];
	for (int i = 0; i < m->n_layer; i++)
		if (survey_set_filter(s, i, 0) && counted[i])
			n += rank_layer(s, r, i, v + n);
	qsort(v, (size_t)n, sizeof *v, by_importance);
	snprintf(caption, sizeof caption,
	         "The most important filters: mean importance (%s), scaled to 0 to 1 within window and layer",
	         importance_measures[r->b.l.q.measure].label);
	struct doc_table *t =
	        doc_table(d, caption, "layer|>filter|>importance|>active in windows|>mean activation|>largest");
	for (int64_t k = 0; k < n && k < SHOWN_FILTERS; k++) {
		const struct set_filter *q = survey_set_filter(s, v[k].layer, v[k].filter);
		doc_cell(d, t, "%s", m->layer[v[k].layer].name);
		doc_cell(d, t, "#%lld", (long long)v[k].filter);
		doc_number(d, t, v[k].importance);
		doc_cell(d, t, "%.1f %%", 100 * q->alive);
		doc_number(d, t, q->all.activation.mean);
		doc_number(d, t, q->all.activation.max);
	}
	doc_left_out(d, t, n, "filters");
	free(v);
}

/* ---- clusters ---- */

static void cluster_row(struct doc *d, struct doc_table *t, const struct layer_clusters *c, int64_t F, int k)
{
	char members[256] = "";
	int n = 0;
	for (int64_t f = 0; f < F; f++)
		if (c->label[f] == k && n++ < SHOWN_MEMBERS)
			text_add(members, sizeof members, "%s#%lld", n > 1 ? " " : "", (long long)f);
	if (n > SHOWN_MEMBERS)
		text_add(members, sizeof members, " and %d more", n - SHOWN_MEMBERS);
	doc_cell(d, t, "%c", cluster_letter(k));
	doc_cell(d, t, "%d", c->size[k]);
	doc_cell(d, t, "%s%s", members, c->silent[k] ? " (silent)" : "");
}

const char *report_alike(const struct layer_clusters *c, int64_t filters, char *buf, size_t size)
{
	/* Kaufman and Rousseeuw 1990, "Finding Groups in Data", table 4: up to it no substantial structure */
	static const double no_structure = 0.25;
	if (c->k < 1)
		snprintf(buf, size, "There are no clusters: filters are compared along time.");
	else if (c->k == 1)
		snprintf(buf, size,
		         "One cluster holds all %lld filters, which says nothing of whether they are alike; "
		         "--clusters N makes N clusters.",
		         (long long)filters);
	else if (!isfinite(c->silhouette))
		snprintf(buf, size, "How clear these %d clusters are cannot be said: they have no silhouette.", c->k);
	else if (c->silhouette > no_structure)
		snprintf(buf, size,
		         "Filters of one cluster have more alike activations than those of different clusters: the "
		         "silhouette is %.2f, where 1 means clear clusters and 0 none.",
		         c->silhouette);
	else
		snprintf(buf, size,
		         "These clusters are not clear, so do not take the filters of one for alike: the silhouette is "
		         "%.2f, where 1 means clear clusters and 0 none.",
		         c->silhouette);
	return buf;
}

/* The clusters of the last layers with filters along time: what the network ends with. */
static void clusters(struct report *r, struct doc *d)
{
	const struct loaded *l = &r->b.l;
	struct analysis *a = analysis_new(l->model);
	struct question q = l->q;
	int layer = -1;
	q.window = r->window;
	analysis_data(a, &l->data);
	analysis_ask(a, &q);
	for (int i = 0; i < l->model->n_layer; i++) {
		const struct layer *y = &l->model->layer[i];
		if (y->kind == LAYER_ANALYSED && y->has_time && y->times > 1 && y->filters > 1 &&
		    y->filters <= CLUSTER_FILTERS_MAX)
			layer = i;
	}
	struct set_clusters *s = layer < 0 ? NULL : set_clusters_new(l->model, &l->data, &q, layer);
	while (s && set_clusters_step(s, a, 1))
		;
	const struct layer_clusters *c = s ? set_clusters_get(s) : NULL;
	if (c && c->k > 0) {
		char caption[320];
		snprintf(caption, sizeof caption, "Clusters of the filters of %s over %d windows",
		         l->model->layer[layer].name, set_clusters_windows(s));
		struct doc_table *t = doc_table(d, caption, "cluster|>filters|members");
		for (int k = 0; k < c->k && k < SHOWN_CLUSTERS; k++)
			cluster_row(d, t, c, l->model->layer[layer].filters, k);
		doc_left_out(d, t, c->k, "clusters");
		doc_say(d, "%s", report_alike(c, l->model->layer[layer].filters, caption, sizeof caption));
	}
	set_clusters_free(s);
	analysis_free(a);
}

void section_set(struct report *r, struct doc *d)
{
	int64_t windows;
	struct prune_map p;
	if (!r->b.l.has_data || r->b.l.data.n < 1) {
		report_nothing(r, "there are no windows");
		return;
	}
	struct survey_set *s = survey_get(r, &windows);
	if (!s) {
		report_nothing(r, r->effort == REPORT_QUICK
		                          ? "--quick computes no survey, and none is kept; without --quick it is made"
		                          : "the survey could not be made");
		return;
	}
	r->survey_windows = windows;
	doc_say(d, "These figures are means over %lld windows.", (long long)windows);
	if (s->not_finite)
		doc_caution(d, "%lld windows have figures that are not finite, and are left out.",
		            (long long)s->not_finite);
	prune_map_init(&p, r->b.l.model);
	bool *counted = counted_layers(&p);
	layers(s, r, &p, counted, d);
	filters(s, r, counted, d);
	free(counted);
	prune_map_release(&p);
	clusters(r, d);
	survey_set_free(s);
}
