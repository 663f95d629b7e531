/* What the model looks at: the levels of one window as pictures, and where saliency lies, by several methods. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
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

static void levels(struct report *r, int layer)
{
	char caption[512];
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
	         "Level 4, the filters of the layer %s in clusters of alike activations. Filters of one cluster do the "
	         "same in this window.",
	         r->b.l.model->layer[layer].name);
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

static void shares_make(struct shares *s, struct report *r, struct analysis *a)
{
	const struct dataset *data = &r->b.l.data;
	double *share = xcalloc((size_t)s->parts, sizeof *share);
	for (int64_t i = 0; i < s->windows; i++) {
		progress_say(&r->bar, i, s->windows, "windows: shares of the channels");
		maps_of(s, a, &r->b.l.q, bounds_window(i, s->windows, data->n));
		agreement(s);
		for (int k = 0; k < s->n_method; k++) {
			share_of(s, s->map + k * s->m->T * s->m->C, share);
			for (int p = 0; p < s->parts; p++)
				s->mean[k * s->parts + p] += share[p] / (double)s->windows;
		}
	}
	progress_end(&r->bar);
	maps_of(s, a, &r->b.l.q, r->window);
	for (int k = 0; k < s->n_method; k++)
		share_of(s, s->map + k * s->m->T * s->m->C, s->here + k * s->parts);
	free(share);
}

/* What a method gives to channels, or whether it says nothing of them. */
static bool says(const struct shares *s, int k)
{
	return s->by_time || !saliency_methods[k].channels_alike;
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

/* The part on which the methods differ most. */
static void verdict(const struct shares *s, struct report *r, struct doc *d)
{
	double apart = -1, from = 0, to = 0;
	int at = 0;
	char name[128];
	for (int p = 0; p < s->parts; p++) {
		double low = 2, high = -1;
		for (int k = 0; k < s->n_method; k++) {
			double v = s->mean[k * s->parts + p];
			if (!says(s, k))
				continue;
			low = fmin(low, v);
			high = fmax(high, v);
		}
		if (high - low > apart)
			apart = high - low, at = p, from = low, to = high;
	}
	part_name(s, &r->b.l.data, at, name, sizeof name);
	if (apart > METHODS_APART) {
		doc_caution(d,
		            "The methods disagree: %s has from %.0f %% to %.0f %% of the saliency. Do not conclude "
		            "from one of them.",
		            name, 100 * from, 100 * to);
		report_short(r,
		             "Caution: the saliency methods disagree on where the model looks: %s has from %.0f %% to "
		             "%.0f %%.",
		             name, 100 * from, 100 * to);
	} else {
		doc_say(d, "They differ most on %s: from %.0f %% to %.0f %%.", name, 100 * from, 100 * to);
		report_short(r, "Where it looks: the saliency methods agree within %.0f %% of the saliency on each %s.",
		             100 * apart, s->by_time ? "fifth of the window" : "channel");
	}
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
	levels(r, layer_of(r));
	shares(r, d, a);
	analysis_free(a);
}
