/* Sentences about a window: why it is predicted wrong, values that are not finite, channels outside the range that the
 * scaler was fitted on, the channels and steps that matter, the most important filters, silent filters, and the largest
 * cluster. */
#include "ui/parts/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "ui/state/format.h"

const char *const finding_groups[FINDING_GROUPS] = {
	"Why this prediction is wrong",
	"Input",
	"Saliency of the target",
	"Important filters",
	"Silent filters",
	"Similar filters",
};

static struct finding *find(struct findings *l, enum finding_group group, enum view_id view, int layer, const char *fmt,
                            ...) __attribute__((format(printf, 5, 6)));
static struct finding *find(struct findings *l, enum finding_group group, enum view_id view, int layer, const char *fmt,
                            ...)
{
	struct finding q = { .group = group, .view = view, .layer = layer, .window = -1 };
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(q.text, sizeof q.text, fmt, ap);
	va_end(ap);
	l->v = xrealloc(l->v, (size_t)l->n + 1, sizeof *l->v);
	l->v[l->n] = q;
	return &l->v[l->n++];
}

static void clear(struct findings *l)
{
	for (int i = 0; i < l->n; i++)
		free(l->v[i].filter);
	l->n = 0;
}

void findings_release(struct findings *l)
{
	clear(l);
	free(l->v);
	*l = (struct findings){ 0 };
}

/* The filters that a finding is about. */
static void name_filters(struct finding *q, const int *filter, int n)
{
	q->filter = xcalloc((size_t)n + 1, sizeof *q->filter);
	memcpy(q->filter, filter, (size_t)n * sizeof *filter);
	q->n = n;
}

/* "#3 #7 #9", and behind the eighth "and 12 more: Enter". */
static const char *list_filters(char *buf, size_t size, const int *filter, int n)
{
	enum { NAMED = 8 };
	size_t at = 0;
	int named = n > NAMED + 1 ? NAMED : n;
	buf[0] = '\0';
	for (int i = 0; i < named && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s#%d", i ? " " : "", filter[i]);
	if (named < n && at < size)
		snprintf(buf + at, size - at, " and %d more: Enter", n - named);
	return buf;
}

/* The filters of r with in[f], in ascending order. malloc'd; the caller frees it. */
static int *those(const struct rows *r, const bool *in, int *n)
{
	int *v = xcalloc((size_t)r->F + 1, sizeof *v);
	*n = 0;
	for (int f = 0; f < (int)r->F; f++)
		if (in[f])
			v[(*n)++] = f;
	return v;
}

/* ---- why it is wrong ---- */

/* "It is the 3rd worst of 2750 windows: ..." */
static void about_error(struct ui *u, struct findings *l)
{
	const struct windows *w = &u->windows;
	const struct session *s = &u->s;
	int64_t i = s->q.window;
	char rank[64], y[64], p[96], error[32];
	rank_format(u, i, true, rank, sizeof rank);
	truth_format(u, y, sizeof y);
	predicted_format(u, p, sizeof p);
	number_format(error, sizeof error, w->error[i], 9);
	bool class = s->q.task == TASK_CLASSIFICATION;
	const char *off = s->q.off.n ? ", with all filters on" : "";
	find(l, FINDING_WHY, VIEW_WINDOWS, -1, "%s is predicted where %s is true. By its %s, %s, this window is %s%s.",
	     p, y, class ? "loss" : "error", error, rank, off);
}

/* "Δ mV at steps 44 to 49 +1.2", the largest ones, and the rest. */
static void parts_format(const struct ui *u, const struct why *q, char *buf, size_t size)
{
	enum { PARTS = 3 };
	struct why_part part[PARTS];
	double rest = q->to - q->from;
	char name[64], b[32];
	size_t at = 0;
	int n = why_parts(q->map, u->s.m->T, u->s.m->C, PARTS, part);
	buf[0] = '\0';
	for (int i = 0; i < n && at < size; i++) {
		const struct why_part *v = &part[i];
		rest -= v->sum;
		at += (size_t)snprintf(buf + at, size - at, "%s at step%s %lld",
		                       channel_name(u, v->channel, name, sizeof name), v->from == v->to ? "" : "s",
		                       (long long)v->from);
		if (v->to > v->from && at < size)
			at += (size_t)snprintf(buf + at, size - at, " to %lld", (long long)v->to);
		if (at < size)
			at += (size_t)snprintf(buf + at, size - at, " by %s%s, ", v->sum > 0 ? "+" : "",
			                       number_format(b, sizeof b, v->sum, 9));
	}
	if (at < size)
		snprintf(buf + at, size - at, "all the rest by %s%s", rest > 0 ? "+" : "",
		         number_format(b, sizeof b, rest, 9));
}

/* What is explained: "the logit of busy less that of idle". */
static void explained_format(const struct ui *u, const struct why *q, char *buf, size_t size)
{
	char a[64], b[64];
	const char *what = u->s.m->head == HEAD_SOFTMAX || u->s.m->head == HEAD_LINEAR ? "logit" : "output";
	if (q->output == WHY_LOSS)
		snprintf(buf, size, "the loss");
	else if (u->s.q.task != TASK_CLASSIFICATION)
		snprintf(buf, size, u->s.m->outputs > 1 ? "output %d" : "the prediction", q->output);
	else {
		output_name(u, q->less >= 0 ? q->output : u->scene.predicted, a, sizeof a);
		output_name(u, q->less >= 0 ? q->less : u->s.cls, b, sizeof b);
		snprintf(buf, size, "the %s of %s less that of %s", what, a, b);
		if (q->less < 0)
			snprintf(buf, size, "the %s, towards %s,", what, a);
	}
}

static void about_contributions(struct ui *u, struct findings *l, const struct why *q)
{
	char what[160], parts[320], from[32], to[32];
	if (!q->explained)
		return;
	explained_format(u, q, what, sizeof what);
	parts_format(u, q, parts, sizeof parts);
	number_format(from, sizeof from, q->from, 9);
	number_format(to, sizeof to, q->to, 9);
	find(l, FINDING_WHY, VIEW_NETWORK, -1,
	     "Against %s, %s goes from %s to %s. It is moved by %s (integrated gradients).",
	     q->base == WHY_LAST ? "a window that stays at its last values" : "the mean of each channel", what, from,
	     to, parts);
}

static void about_nearest(struct ui *u, struct findings *l, const struct why *q)
{
	char b[32], stamp[64];
	if (!q->explain || q->nearest < 0)
		return;
	snprintf(stamp, sizeof stamp, "%s", dataset_stamp(u->s.d, q->nearest, 0));
	find(l, FINDING_WHY, VIEW_NETWORK, -1,
	     "The nearest window that is %s is %lld%s%s%s, at a distance of %s (Euclidean, scaled values). Enter goes "
	     "there.",
	     u->s.q.task == TASK_CLASSIFICATION ? "right" : "in the better half", (long long)q->nearest,
	     *stamp ? " (" : "", stamp, *stamp ? ")" : "", number_format(b, sizeof b, q->distance, 9))
	        ->window = q->nearest;
}

static void about_why(struct ui *u, struct findings *l)
{
	const struct answer *r = u->scene.why;
	const struct windows *w = &u->windows;
	int64_t i = u->s.q.window;
	if (!w->n || !windows_have_truth(w) || u->s.truth || u->scene.window_stale)
		return;
	if (w->seen < w->n) {
		if (u->s.has_y || u->s.cls >= 0)
			find(l, FINDING_WHY, VIEW_WINDOWS, -1, "The rank of this window is being worked out.");
		return;
	}
	if (!windows_is_bad(w, i))
		return;
	about_error(u, l);
	if (!r)
		find(l, FINDING_WHY, VIEW_NETWORK, -1, "The reason is being worked out.");
	else {
		about_contributions(u, l, r->why);
		about_nearest(u, l, r->why);
	}
}

/* ---- input ---- */

static void about_range(struct ui *u, struct findings *l)
{
	const struct dataset *d = u->s.d;
	const struct scene *c = &u->scene;
	int64_t w = u->s.q.window;
	const struct scaler *s = dataset_scaler(d, w);
	char name[64], a[32], b[32], lo[32], hi[32];
	double big = 0;
	for (int64_t ch = 0; ch < u->s.m->C; ch++) {
		big = fmax(big, fmax(fabs(c->channel[ch].lo), fabs(c->channel[ch].hi)));
		if (ch >= d->n_source || ch >= s->n || !s->low || !s->high)
			continue;
		double from = dataset_unscale_channel(d, w, ch, c->channel[ch].lo),
		       to = dataset_unscale_channel(d, w, ch, c->channel[ch].hi);
		double slack = 1e-6 * (s->high[ch] - s->low[ch]);
		if (from >= s->low[ch] - slack && to <= s->high[ch] + slack)
			continue;
		find(l, FINDING_INPUT, VIEW_NETWORK, -1,
		     "%s lies between %s and %s in this window; the scaler was fitted on %s to %s.",
		     channel_name(u, ch, name, sizeof name), number_format(a, sizeof a, from, 9),
		     number_format(b, sizeof b, to, 9), number_format(lo, sizeof lo, s->low[ch], 9),
		     number_format(hi, sizeof hi, s->high[ch], 9));
	}
	if (d->scale == SCALE_NONE && big > 50)
		find(l, FINDING_INPUT, VIEW_NETWORK, -1,
		     "The input is not scaled and reaches %s. If the network was trained on scaled data, give --scale.",
		     number_format(a, sizeof a, big, 9));
}

/* The first layer with NaN or infinite values. */
static void about_finite(struct ui *u, struct findings *l)
{
	struct session *s = &u->s;
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(&u->scene, s, layer);
		if (!r->numbers->not_finite)
			continue;
		find(l, FINDING_INPUT, VIEW_GRID, layer,
		     "%s: %d of %d filters have NaN or infinite values. Results that depend on them mean nothing.",
		     s->m->layer[layer].name, r->numbers->not_finite, (int)r->F);
		return;
	}
}

/* How far the share of the channel differs by gradient and by integrated gradients: told where the two methods agree,
 * and where they do not. */
static void agreement(const struct ui *u, int64_t ch, char *buf, size_t size)
{
	const struct answer *r = u->scene.why;
	int64_t C = u->s.m->C;
	buf[0] = '\0';
	if (!r)
		return;
	double gradient = 100 * r->why->share[ch], integrated = 100 * r->why->share[C + ch];
	if (fabs(gradient - integrated) <= 20)
		snprintf(buf, size, " gradient says %.0f %% and integrated %.0f %%: they agree (7 shows all methods).",
		         gradient, integrated);
	else
		snprintf(buf, size,
		         " gradient says %.0f %% and integrated %.0f %%: they disagree, do not conclude from one.",
		         gradient, integrated);
}

static void about_channels(struct ui *u, struct findings *l)
{
	const struct session *s = &u->s;
	const real *map = scene_map(&u->scene, -1, 0);
	const char *method = saliency_methods[s->q.method].name;
	if (!map)
		return;
	double *share = xcalloc((size_t)s->m->C + 1, sizeof *share);
	char name[64], agree[160];
	saliency_channels(map, s->m->T, s->m->C, share);
	int64_t best = 0;
	for (int64_t ch = 1; ch < s->m->C; ch++)
		best = share[ch] > share[best] ? ch : best;
	agreement(u, best, agree, sizeof agree);
	if (s->m->C > 1 && share[best] > 0)
		find(l, FINDING_SALIENCY, VIEW_NETWORK, -1,
		     "By %s, %s carries %.0f %% of the saliency, the other channel%s %.0f %%.%s", method,
		     channel_name(u, best, name, sizeof name), 100 * share[best], s->m->C > 2 ? "s" : "",
		     100 * (1 - share[best]), agree);
	double total = 0, recent = 0;
	int64_t from = s->m->T - s->m->T / 5;
	for (int64_t t = 0; t < s->m->T; t++)
		for (int64_t ch = 0; ch < s->m->C; ch++) {
			double v = fabs((double)map[t * s->m->C + ch]);
			total += v;
			recent += t >= from ? v : 0;
		}
	if (total > 0 && s->m->T >= 10)
		find(l, FINDING_SALIENCY, VIEW_NETWORK, -1,
		     "By %s, the last fifth of the window (steps %lld to %lld) carries %.0f %% of the saliency.",
		     method, (long long)from, (long long)s->m->T - 1, 100 * recent / total);
	free(share);
}

static void about_importance(struct ui *u, struct findings *l, int layer)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	const char *name = u->s.m->layer[layer].name;
	/* a layer without weights repeats the layer before it */
	if (!r->importance->raw || r->F < 3 || !u->s.m->layer[layer].params)
		return;
	const int *o = r->importance->order;
	double sum = 0, top = 0;
	for (int64_t f = 0; f < r->F; f++)
		sum += fabs((double)r->importance->raw[f]);
	for (int k = 0; k < 3; k++)
		top += fabs((double)r->importance->raw[o[k]]);
	char over[64] = "";
	if (r->over)
		snprintf(over, sizeof over, ", over all %lld windows", (long long)u->scene.survey.set->plan.windows);
	if (sum > 0)
		name_filters(find(l, FINDING_IMPORTANCE, VIEW_LAYERS, layer,
		                  "%s: #%d, #%d and #%d carry %.0f %% of the importance (%s%s) of its %lld filters.",
		                  name, o[0], o[1], o[2], 100 * top / sum, importance_measures[u->s.q.measure].name,
		                  over, (long long)r->F),
		             o, 3);
}

/* How many filters are silent in all windows of the sample, or dead, where the sample is the whole set. */
static void silent_always(const struct ui *u, int filters, int windows, char *buf, size_t size)
{
	bool whole = windows == u->s.d->n;
	char many[64];
	snprintf(many, sizeof many, whole ? "in all %d windows" : "in all %d windows sampled", windows);
	if (filters)
		snprintf(buf, size, "; %d %s %s", filters, filters == 1 ? "is" : "are",
		         whole ? "dead: silent " : "silent ");
	else
		snprintf(buf, size, "; none is %s", whole ? "dead: silent " : "silent ");
	strncat(buf, many, size - strlen(buf) - 1);
}

/* Silent filters that have importance: the gradient at an output that is zero counts what a change would do. */
static void about_importance_of_silent(struct ui *u, struct findings *l, int layer, const int *silent, int n)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	const char *measure = importance_measures[u->s.q.measure].name;
	int *v = xcalloc((size_t)n + 1, sizeof *v), k = 0;
	char list[192];
	const real *raw = r->numbers->importance.raw;
	for (int i = 0; i < n && raw; i++)
		if ((double)raw[silent[i]] != 0)
			v[k++] = silent[i];
	if (k)
		name_filters(
		        find(l, FINDING_SILENT, VIEW_GRID, layer,
		             "%s: %d silent filter%s importance by %s (%s): the gradient at a zero output says what a "
		             "change would do. By gated it is 0; M changes the measure.",
		             u->s.m->layer[layer].name, k, k == 1 ? " has" : "s have", measure,
		             list_filters(list, sizeof list, v, k)),
		        v, k);
	free(v);
}

/* "conv2: 14 of 64 filters are dead: constant over all 3950 windows (#3 ...)." */
static void about_dead(struct ui *u, struct findings *l, int layer)
{
	const struct survey_set *set = u->scene.survey.set;
	int64_t F = u->s.m->layer[layer].filters;
	int *v = xcalloc((size_t)F + 1, sizeof *v), n = 0;
	char list[192];
	for (int64_t f = 0; f < F; f++) {
		const struct set_filter *q = survey_set_filter(set, layer, f);
		if (q && q->dead)
			v[n++] = (int)f;
	}
	if (n)
		name_filters(find(l, FINDING_SILENT, VIEW_GRID, layer,
		                  "%s: %d of %lld filters %s dead: constant over all %lld windows (%s).",
		                  u->s.m->layer[layer].name, n, (long long)F, n == 1 ? "is" : "are",
		                  (long long)set->plan.windows, list_filters(list, sizeof list, v, n)),
		             v, n);
	free(v);
}

static void about_silence(struct ui *u, struct findings *l)
{
	struct session *s = &u->s;
	const struct answer *q = u->scene.silence;
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k], n, always = 0;
		const struct rows *r = scene_rows(&u->scene, s, layer);
		if (!s->m->layer[layer].params)
			continue;
		char list[192], rest[128] = "";
		int *v = those(r, r->dead, &n);
		for (int64_t f = 0; f < r->F; f++)
			always += q && q->count[layer] && q->count[layer][f] == q->windows;
		if (u->scene.survey.set)
			about_dead(u, l, layer);
		else if (q && q->windows > 1)
			silent_always(u, always, q->windows, rest, sizeof rest);
		if (n) {
			name_filters(find(l, FINDING_SILENT, VIEW_GRID, layer,
			                  "%s: %d of %lld filters %s silent in this window (%s)%s.",
			                  s->m->layer[layer].name, n, (long long)r->F, n == 1 ? "is" : "are",
			                  list_filters(list, sizeof list, v, n), rest),
			             v, n);
			about_importance_of_silent(u, l, layer, v, n);
		}
		free(v);
	}
}

/* The largest cluster of active filters. */
static void about_clusters(struct ui *u, struct findings *l, int layer)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	const struct layer_clusters *q = r->clusters;
	int best = -1, n;
	if (!q || q->k < 2 || !u->s.m->layer[layer].params)
		return;
	for (int k = 0; k < q->k; k++)
		if (!q->silent[k] && q->size[k] > 1 && (best < 0 || q->size[k] > q->size[best]))
			best = k;
	if (best < 0)
		return;
	bool *in = xcalloc((size_t)r->F + 1, sizeof *in);
	for (int64_t f = 0; f < r->F; f++)
		in[f] = q->label[f] == best;
	char list[192], over[64] = "";
	int *v = those(r, in, &n);
	if (r->over)
		snprintf(over, sizeof over, " in %d windows spread over the data", r->set_clustered->n);
	name_filters(find(l, FINDING_CLUSTERS, VIEW_CLUSTERS, layer,
	                  "%s: %d of %lld filters have similar activations%s (cluster %c: %s).",
	                  u->s.m->layer[layer].name, n, (long long)r->F, over, cluster_letter(best),
	                  list_filters(list, sizeof list, v, n)),
	             v, n);
	free(v);
	free(in);
}

void findings_make(struct ui *u, struct findings *l)
{
	struct session *s = &u->s;
	clear(l);
	about_why(u, l);
	about_finite(u, l);
	about_range(u, l);
	about_channels(u, l);
	for (int k = 0; k < s->n_column; k++)
		about_importance(u, l, s->column[k]);
	about_silence(u, l);
	for (int k = 0; k < s->n_column; k++)
		about_clusters(u, l, s->column[k]);
}
