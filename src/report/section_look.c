/* What the model looks at: the levels of one window as pictures, and where saliency lies, by several methods. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/twins.h"
#include "core/base/text.h"
#include "core/truth/truth.h"
#include "src/report/report.h"
#include "src/report/bounds.h"
#include "ui/parts/methods.h"

/* ---- the levels ---- */

/* The layer of the pictures of one layer: that of the session, or the last one with filters along time. */
static int layer_of(const struct report *r)
{
	const struct model *m = r->b.l.model;
	int layer = r->has_session ? model_find_layer(m, r->session.view.layer) : -1, last = -1;
	if (layer >= 0)
		return layer;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		if (l->kind != LAYER_ANALYSED)
			continue;
		last = i;
		layer = l->has_time && l->times > 1 && l->filters > 1 ? i : layer;
	}
	return layer >= 0 ? layer : last;
}

static void said(struct report *r, struct doc *d, struct analysis *a)
{
	const struct loaded *l = &r->b.l;
	const struct model *m = l->model;
	char window[128], target[TARGET_TEXT], name[64], other[64];
	const real *out = analysis_output(a);
	int cls = analysis_class(a), truth = dataset_class(&l->data, r->window);
	target_format(&l->q.target, m, target, sizeof target);
	doc_say(d, "The pictures are of window %s: %s.", report_window(r, r->window, window, sizeof window),
	        r->window_why);
	if (cls >= 0)
		doc_say(d, "The model predicts the class '%s' with probability %.3f; the true class is %s%s%s.",
		        report_class(r, cls, name, sizeof name), model_class_probability(m, out, cls),
		        truth < 0 ? "not known" : "'", truth < 0 ? "" : report_class(r, truth, other, sizeof other),
		        truth < 0 ? "" : "'");
	else if (m->outputs == 1)
		doc_say(d, "The model predicts %.6g in the units of the data.",
		        dataset_unscale(&l->data, r->window, 0, (double)out[0]));
	doc_say(d,
	        "What is explained is the target '%s'. Filters are ordered by importance (%s: %s). The strips below "
	        "the "
	        "plots show saliency by the method %s (%s).",
	        target, importance_measures[l->q.measure].label, importance_measures[l->q.measure].formula,
	        saliency_methods[l->q.method].label, saliency_methods[l->q.method].formula);
}

/* What may be said of the clusters of the layer in the shown window. */
static const char *clusters_say(struct analysis *a, int layer, char *buf, size_t size)
{
	enum { PAIRS = 128 }; /* filters of which all pairs are compared */
	const struct layer_clusters *c = analysis_clusters(a, layer);
	int64_t F = analysis_model(a)->layer[layer].filters;
	double low, high;
	report_alike(c, F, buf, size);
	if (c->k == 1 && F <= PAIRS && twins_range(a, layer, &low, &high))
		text_add(buf, size,
		         " The correlation of two of them in this window lies between %.2f and %.2f; 1 would be the "
		         "same form.",
		         low, high);
	return buf;
}

static void levels(struct report *r, struct analysis *a, int layer)
{
	char caption[768], clusters[512];
	report_picture(r, "network", -1, "110x40",
	               "Level 1, the network: the window, the prediction, and every layer with the importance of its "
	               "filters.");
	report_picture(r, "layers", -1, "120x44",
	               "Level 2, the layers: of each layer the filters that matter most for this window, with their "
	               "activations along time.");
	if (layer < 0)
		return;
	snprintf(caption, sizeof caption, "Level 3, the filters of the layer %s, the most important ones first.",
	         r->b.l.model->layer[layer].name);
	report_picture(r, "grid", layer, "110x44", caption);
	snprintf(caption, sizeof caption,
	         "Level 4, the filters of the layer %s in clusters by their activations in this window. %s",
	         r->b.l.model->layer[layer].name, clusters_say(a, layer, clusters, sizeof clusters));
	report_picture(r, "clusters", layer, "110x44", caption);
}

/* ---- shares ---- */

enum { PARTS = 5, SAMPLED = 4096 };

struct shares {
	const struct model *m;
	int n_method, parts; /* parts: channels, or, of one channel, fifths of the window */
	bool by_time;
	double *map;   /* (n_method,T*C) abs of the maps of the present window */
	double *here;  /* (n_method,parts) of the shown window */
	double *mean;  /* (n_method,parts) over the windows */
	double *agree; /* (n_method) mean rank correlation with the other maps */
	int64_t *agreed;
	int64_t windows;
	/* of single windows: in how many the methods disagree, and how far they are apart at most */
	int64_t disagree;
	double most;
};

/* The part on which the methods are farthest apart. A map of zeros says nothing, as in the view of methods. */
struct apart {
	int part; /* -1: no method says anything */
	double low, high;
};

static void share_of(const struct shares *s, const double *map, double *share)
{
	double sum = 0;
	for (int p = 0; p < s->parts; p++)
		share[p] = 0;
	for (int64_t i = 0; i < s->m->T * s->m->C; i++) {
		int64_t p = s->by_time ? i / s->m->C * PARTS / s->m->T : i % s->m->C;
		share[p] += map[i];
		sum += map[i];
	}
	for (int p = 0; p < s->parts; p++)
		share[p] = sum > 0 ? share[p] / sum : 0;
}

static void maps_of(struct shares *s, struct analysis *a, const struct question *q, int64_t window)
{
	struct question one = *q;
	int64_t n = s->m->T * s->m->C;
	one.window = window;
	analysis_ask(a, &one);
	for (int k = 0; k < s->n_method; k++) {
		struct saliency_note note;
		const real *map = analysis_method(a, k, -1, 0, &note);
		for (int64_t i = 0; i < n; i++)
			s->map[k * n + i] = fabs((double)map[i]);
	}
}

/* Points between which there are many are left out. */
static void agreement(struct shares *s)
{
	int64_t all = s->m->T * s->m->C, step = (all + SAMPLED - 1) / SAMPLED, n = (all + step - 1) / step;
	double *a = xcalloc((size_t)(n * s->n_method), sizeof *a);
	for (int k = 0; k < s->n_method; k++)
		for (int64_t i = 0; i < n; i++)
			a[k * n + i] = s->map[k * all + i * step];
	for (int k = 0; k < s->n_method; k++)
		for (int j = 0; j < k; j++) {
			double v = truth_rank_correlation(a + k * n, a + j * n, n);
			if (isnan(v))
				continue;
			s->agree[k] += v, s->agreed[k]++;
			s->agree[j] += v, s->agreed[j]++;
		}
	free(a);
}

/* What a method gives to channels, or whether it says nothing of them. */
static bool says(const struct shares *s, int k)
{
	return s->by_time || !saliency_methods[k].channels_alike;
}

/* A part's smallest and largest share by the methods; v (n_method,parts). A method whose shares are all zero says
 * nothing. Returns false if none says anything. */
static bool range_of(const struct shares *s, const double *v, int p, double *low, double *high)
{
	*low = 2;
	*high = -1;
	for (int k = 0; k < s->n_method; k++) {
		double sum = 0;
		for (int i = 0; i < s->parts; i++)
			sum += v[k * s->parts + i];
		if (!says(s, k) || !(sum > 0))
			continue;
		*low = fmin(*low, v[k * s->parts + p]);
		*high = fmax(*high, v[k * s->parts + p]);
	}
	return *low <= *high;
}

static struct apart apart_of(const struct shares *s, const double *v)
{
	struct apart q = { -1, 0, 0 };
	for (int p = 0; p < s->parts; p++) {
		double low, high;
		if (range_of(s, v, p, &low, &high) && (q.part < 0 || high - low > q.high - q.low))
			q = (struct apart){ p, low, high };
	}
	return q;
}

static void shares_make(struct shares *s, struct report *r, struct analysis *a)
{
	const struct dataset *data = &r->b.l.data;
	double *all = xcalloc((size_t)(s->n_method * s->parts), sizeof *all);
	for (int64_t i = 0; i < s->windows; i++) {
		progress_say(&r->bar, i, s->windows, "windows: shares of the channels");
		maps_of(s, a, &r->b.l.q, bounds_window(i, s->windows, data->n));
		agreement(s);
		for (int k = 0; k < s->n_method; k++) {
			double *share = all + k * s->parts;
			share_of(s, s->map + k * s->m->T * s->m->C, share);
			for (int p = 0; p < s->parts; p++)
				s->mean[k * s->parts + p] += share[p] / (double)s->windows;
		}
		struct apart q = apart_of(s, all);
		s->most = fmax(s->most, q.high - q.low);
		s->disagree += q.high - q.low > METHODS_APART;
	}
	progress_end(&r->bar);
	maps_of(s, a, &r->b.l.q, r->window);
	for (int k = 0; k < s->n_method; k++)
		share_of(s, s->map + k * s->m->T * s->m->C, s->here + k * s->parts);
	free(all);
}

static void part_name(const struct shares *s, const struct dataset *data, int p, char *buf, size_t size)
{
	int64_t T = s->m->T;
	if (s->by_time)
		snprintf(buf, size, "steps %lld to %lld", (long long)((p * T + PARTS - 1) / PARTS),
		         (long long)(((p + 1) * T + PARTS - 1) / PARTS - 1));
	else
		snprintf(buf, size, "%s", data->channel[p]);
}

static void shares_table(const struct shares *s, const struct report *r, struct doc *d, const char *caption,
                         const double *v, bool agree)
{
	enum { SHOWN = 8 };
	const struct dataset *data = &r->b.l.data;
	struct doc_table *t = doc_table(d, caption, "method");
	char name[128];
	for (int p = 0; p < s->parts && p < SHOWN; p++) {
		part_name(s, data, p, name, sizeof name);
		doc_column(d, t, true, name);
	}
	if (agree)
		doc_column(d, t, true, "agreement");
	for (int k = 0; k < s->n_method; k++) {
		doc_cell(d, t, "%s", saliency_methods[k].label);
		for (int p = 0; p < s->parts && p < SHOWN; p++)
			if (says(s, k))
				doc_cell(d, t, "%.1f %%", 100 * v[k * s->parts + p]);
			else
				doc_cell(d, t, "-");
		if (agree)
			doc_cell(d, t, s->agreed[k] ? "%.2f" : "-",
			         s->agree[k] / (double)(s->agreed[k] ? s->agreed[k] : 1));
	}
	if (s->parts > SHOWN)
		doc_say(d, "%d more channels are not shown.", s->parts - SHOWN);
}

/* "load 40 to 59 %, vib 30 to 44 %": the parts with most saliency, at most three. */
static void where_format(const struct shares *s, const struct dataset *data, char *buf, size_t size)
{
	enum { SAID = 3 };
	double before = INFINITY;
	char name[128];
	int last = -1;
	*buf = '\0';
	for (int n = 0; n < SAID && n < s->parts; n++) {
		double top = -1, low, high;
		int at = -1;
		for (int p = 0; p < s->parts; p++) {
			range_of(s, s->mean, p, &low, &high);
			bool later = low + high < before || (!(low + high > before) && p > last);
			if (later && low + high > top)
				top = low + high, at = p;
		}
		if (at < 0)
			return;
		range_of(s, s->mean, at, &low, &high);
		part_name(s, data, at, name, sizeof name);
		text_add(buf, size, "%s%s %.0f to %.0f %%", n ? ", " : "", name, 100 * low, 100 * high);
		before = top, last = at;
	}
	if (s->parts > SAID)
		text_add(buf, size, " ...");
}

static const char *part_noun(const struct shares *s)
{
	return s->by_time ? "fifth of the window" : "channel";
}

/* What the methods say on average, and how far they are apart in single windows: these are two things, and the browser
 * shows the second. */
static void verdict(const struct shares *s, struct report *r, struct doc *d)
{
	char where[512], name[128], single[256];
	struct apart q = apart_of(s, s->mean);
	long long n = s->windows, bad = s->disagree;
	if (q.part < 0) {
		doc_caution(
		        d,
		        "No method that tells one %s from another finds any saliency in these windows. So where the "
		        "model looks cannot be said.",
		        part_noun(s));
		report_short(r,
		             "Where it looks cannot be said: no method that tells one %s from another finds any "
		             "saliency in %lld windows.",
		             part_noun(s), n);
		return;
	}
	where_format(s, &r->b.l.data, where, sizeof where);
	part_name(s, &r->b.l.data, q.part, name, sizeof name);
	if (bad)
		snprintf(
		        single, sizeof single,
		        "in %lld of the %lld windows, each by itself, they disagree: they are more than %.0f %% of the "
		        "saliency apart on one %s, and at most %.0f %%",
		        bad, n, 100 * METHODS_APART, part_noun(s), 100 * s->most);
	else
		snprintf(single, sizeof single,
		         "in each of the %lld windows, by itself, they agree: they are at most %.0f %% of the saliency "
		         "apart on one %s",
		         n, 100 * s->most, part_noun(s));
	bool doubt = q.high - q.low > METHODS_APART || 2 * bad > n;
	if (doubt)
		doc_caution(
		        d,
		        "The methods differ most on %s: on average from %.0f %% to %.0f %%; %s. Do not conclude from "
		        "one of them.",
		        name, 100 * q.low, 100 * q.high, single);
	else
		doc_say(d, "They differ most on %s: on average from %.0f %% to %.0f %%; %s.", name, 100 * q.low,
		        100 * q.high, single);
	report_short(r, "%s: %s of the saliency, as the methods say on average over %lld windows; %s.",
	             doubt ? "Caution, it is not clear where it looks" : "Where it looks", where, n, single);
}

/* The same of the shown window, in the words of the view of methods. */
static void verdict_here(const struct shares *s, const struct report *r, struct doc *d)
{
	char name[128];
	struct apart q = apart_of(s, s->here);
	if (q.part < 0) {
		doc_say(d, "In this window no method that tells one %s from another finds any saliency.", part_noun(s));
		return;
	}
	part_name(s, &r->b.l.data, q.part, name, sizeof name);
	doc_say(d, "In this window the methods %s: %s has from %.0f %% to %.0f %%.",
	        q.high - q.low > METHODS_APART ? "disagree" : "agree", name, 100 * q.low, 100 * q.high);
}

static void shares(struct report *r, struct doc *d, struct analysis *a)
{
	const struct model *m = r->b.l.model;
	char caption[160], window[128];
	struct shares s = { .m = m, .by_time = m->C == 1, .parts = m->C == 1 ? PARTS : (int)m->C };
	while (saliency_methods[s.n_method].name)
		s.n_method++;
	size_t n = (size_t)s.n_method;
	s.map = xcalloc(n * (size_t)(m->T * m->C), sizeof *s.map);
	s.here = xcalloc(n * (size_t)s.parts, sizeof *s.here);
	s.mean = xcalloc(n * (size_t)s.parts, sizeof *s.mean);
	s.agree = xcalloc(n, sizeof *s.agree);
	s.agreed = xcalloc(n, sizeof *s.agreed);
	s.windows = bounds_windows(r, "the shares of the channels", REPORT_LOOK_WINDOWS, truth_window_cost(m) / 10);
	shares_make(&s, r, a);
	doc_heading(d, "Where saliency lies, by several methods");
	doc_say(d,
	        "A saliency map gives each point of the window a number: how much the target depends on it. The tables "
	        "say "
	        "which share of the sum of the absolute numbers lies %s. Agreement is the mean rank correlation of a "
	        "method's map with those of the others: 1 is the same order of points, 0 none.",
	        s.by_time ? "in each fifth of the window" : "on each channel");
	snprintf(caption, sizeof caption, "Shares over %lld windows that are spread evenly over the data",
	         (long long)s.windows);
	shares_table(&s, r, d, caption, s.mean, true);
	verdict(&s, r, d);
	snprintf(caption, sizeof caption, "Shares in window %s", report_window(r, r->window, window, sizeof window));
	shares_table(&s, r, d, caption, s.here, false);
	verdict_here(&s, r, d);
	free(s.map);
	free(s.here);
	free(s.mean);
	free(s.agree);
	free(s.agreed);
}

void section_look(struct report *r, struct doc *d)
{
	const struct loaded *l = &r->b.l;
	if (!l->has_data || l->data.n < 1) {
		report_nothing(r, "there is no window to look at");
		return;
	}
	struct question q = l->q;
	struct analysis *a = analysis_new(l->model);
	q.window = r->window;
	analysis_data(a, &l->data);
	analysis_ask(a, &q);
	said(r, d, a);
	levels(r, a, layer_of(r));
	shares(r, d, a);
	analysis_free(a);
}
