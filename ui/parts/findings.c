/* Sentences about a window: why it is predicted wrong, values that are not finite, channels outside the range that the
 * scaler was fitted on, the channels and steps that matter, the most important filters, silent filters, and the largest
 * cluster. */
#include "ui/parts/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/rank.h"
#include "core/prune/prune_facts.h"
#include "ui/state/format.h"
#include "ui/parts/methods.h"

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

/* "#3 #7 #9", and behind the eighth "and 12 more". */
static const char *list_filters(char *buf, size_t size, const int *filter, int n)
{
	enum { NAMED = 8 };
	size_t at = 0;
	int named = n > NAMED + 1 ? NAMED : n;
	buf[0] = '\0';
	for (int i = 0; i < named && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s#%d", i ? " " : "", filter[i]);
	if (named < n && at < size)
		snprintf(buf + at, size - at, " and %d more", n - named);
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

/* The error of the window in the units of the true value and of the prediction. */
static double error_shown(const struct ui *u)
{
	const struct windows *w = &u->windows;
	int64_t i = u->s.q.window, n = u->s.m->outputs;
	if (!u->s.raw_units || target_has_class(u->s.q.task) || !u->s.has_y)
		return w->error[i];
	double sum = 0;
	for (int64_t k = 0; k < n; k++) {
		double by =
		        output_units(u, i, k, (double)w->output[i * n + k]) - output_units(u, i, k, (double)u->s.y[k]);
		sum += by * by;
	}
	return sqrt(sum / (double)n);
}

/* "It is the 3rd worst of 2750 windows: ..." */
static void about_error(struct ui *u, struct findings *l)
{
	const struct session *s = &u->s;
	int64_t i = s->q.window;
	char rank[64], y[64], p[96], error[32];
	rank_format(u, i, true, rank, sizeof rank);
	truth_format(u, y, sizeof y);
	predicted_format(u, p, sizeof p);
	number_format(error, sizeof error, error_shown(u), 9);
	const char *off = s->q.off.n ? ", with all filters on" : "";
	find(l, FINDING_WHY, VIEW_WINDOWS, -1, "%s is predicted where %s is true. By its %s, %s, this window is %s%s.",
	     p, y, error_name(u), error, rank, off);
}

/* The output that is explained, as an index; -1: what is explained has no units. */
static int64_t unit_of(const struct ui *u, const struct why *q)
{
	return q->output < 0 || target_has_class(u->s.q.task) ? -1 : model_output_at(u->s.m, q->output);
}

/* A value of what is explained, or with `change` the difference of two, in the units that are shown. */
static double why_units(const struct ui *u, const struct why *q, double v, bool change)
{
	int64_t k = unit_of(u, q), i = u->s.q.window;
	return k < 0 ? v : output_units(u, i, k, v) - (change ? output_units(u, i, k, 0) : 0);
}

static const double INTEGRAL_GOOD = 0.01; /* of the change: the integral is a sum of few steps, and stops below it */

/* The change less the sum of the map, where it is large enough to be told by itself; else 0. */
static double integral_miss(const struct ui *u, const struct why *q)
{
	double off = q->to - q->from;
	for (int64_t i = 0; i < u->s.m->T * u->s.m->C; i++)
		off -= (double)q->map[i];
	return fabs(off) > INTEGRAL_GOOD * fabs(q->to - q->from) ? off : 0;
}

/* "Δ mV at steps 44 to 49 +1.2", the largest ones, the rest, and what the integral misses. All of it adds up to the
 * change. */
static void parts_format(const struct ui *u, const struct why *q, char *buf, size_t size)
{
	enum { PARTS = 3 };
	struct why_part part[PARTS];
	double miss = integral_miss(u, q), rest = q->to - q->from - miss;
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
			                       number_format(b, sizeof b, why_units(u, q, v->sum, true), 9));
	}
	if (at < size)
		at += (size_t)snprintf(buf + at, size - at, "all the rest by %s%s", rest > 0 ? "+" : "",
		                       number_format(b, sizeof b, why_units(u, q, rest, true), 9));
	if (at < size && (miss < 0 || miss > 0))
		snprintf(buf + at, size - at, ", and by %s%s that the integral misses", miss > 0 ? "+" : "",
		         number_format(b, sizeof b, why_units(u, q, miss, true), 9));
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

/* Where the window moves the output to, seen from the base: towards what is true. "": it moves it away from that, or
 * there it is already, which is why the window is wrong. */
static const char *towards_truth(const struct ui *u, const struct why *q, char *buf, size_t size)
{
	char b[64];
	buf[0] = '\0';
	if (q->output == WHY_LOSS) {
		if (q->to <= q->from)
			snprintf(buf, size, "less than that");
	} else if (u->s.q.task == TASK_CLASSIFICATION) {
		output_name(u, u->s.cls, b, sizeof b);
		if (q->to <= q->from)
			snprintf(buf, size, "towards %s", b);
	} else if (u->s.has_y) {
		double y = (double)u->s.y[model_output_at(u->s.m, q->output)];
		number_format(b, sizeof b, why_units(u, q, y, false), 9);
		if (fabs(q->to - y) <= fabs(q->from - y))
			snprintf(buf, size, "nearer to the true value, %s", b);
	}
	return buf;
}

static void about_contributions(struct ui *u, struct findings *l, const struct why *q)
{
	char what[160], parts[400], from[32], to[32], towards[96];
	const char *base =
	        q->base == WHY_LAST ? "a window that stays at its last values" : "this window's mean of each channel";
	if (!q->explained)
		return;
	explained_format(u, q, what, sizeof what);
	parts_format(u, q, parts, sizeof parts);
	number_format(from, sizeof from, why_units(u, q, q->from, false), 9);
	number_format(to, sizeof to, why_units(u, q, q->to, false), 9);
	if (*towards_truth(u, q, towards, sizeof towards))
		find(l, FINDING_WHY, VIEW_NETWORK, -1,
		     "Nothing in this window explains it (integrated gradients): for %s, %s is %s already, and the "
		     "window "
		     "makes it %s, %s. It is moved by %s.",
		     base, what, from, to, towards, parts);
	else
		find(l, FINDING_WHY, VIEW_NETWORK, -1,
		     "Against %s, %s goes from %s to %s. It is moved by %s (integrated gradients).", base, what, from,
		     to, parts);
}

/* Where the true value went farther from the last value than the prediction, by more than half of it, that is the
 * reason. */
static void about_change(struct ui *u, struct findings *l, const struct why *q)
{
	int64_t i = u->s.q.window, k = unit_of(u, q);
	char by[32], last[32], said[32];
	if (!q->explained || q->base != WHY_LAST || k < 0 || !u->s.has_y)
		return;
	double at = dataset_last(u->s.d, i, k), y = (double)u->s.y[k] - at;
	double p = (double)u->windows.output[i * u->s.m->outputs + k] - at;
	if (!(fabs(y) > 0) || p / y > 0.5)
		return;
	find(l, FINDING_WHY, VIEW_NETWORK, -1,
	     "The true value %s by %s from the last value %s; the model predicted a change of %s.",
	     y > 0 ? "rose" : "fell", number_format(by, sizeof by, fabs(why_units(u, q, y, true)), 9),
	     number_format(last, sizeof last, why_units(u, q, at, false), 9),
	     number_format(said, sizeof said, why_units(u, q, p, true), 9));
}

static void about_nearest(struct ui *u, struct findings *l, const struct why *q)
{
	char b[32], stamp[64], name[64], class[80] = "";
	if (!q->explain || q->nearest < 0)
		return;
	if (u->s.q.task == TASK_CLASSIFICATION) {
		output_name(u, dataset_class(u->s.d, q->nearest), name, sizeof name);
		snprintf(class, sizeof class, ", of class %s", name);
	}
	snprintf(stamp, sizeof stamp, "%s", dataset_stamp(u->s.d, q->nearest, 0));
	find(l, FINDING_WHY, VIEW_NETWORK, -1,
	     "The nearest window that is %s is %lld%s%s%s%s, at a distance of %s (Euclidean, scaled values).",
	     u->s.q.task == TASK_CLASSIFICATION ? "right" : "in the better half", (long long)q->nearest,
	     *stamp ? " (" : "", stamp, *stamp ? ")" : "", class, number_format(b, sizeof b, q->distance, 9))
	        ->window = q->nearest;
}

static void about_why(struct ui *u, struct findings *l)
{
	const struct answer *r = u->scene.why;
	const struct windows *w = &u->windows;
	int64_t i = u->s.q.window;
	if (u->s.q.edited) /* the list of windows has the one in the file */
		return;
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
		about_change(u, l, r->why);
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

/* Where the methods put their saliency, with the word that the view of methods has for it. By time it is said only
 * where it stands out: they disagree, or all put a third on one fifth of the window. */
static void about_methods(struct ui *u, struct findings *l, bool by_time)
{
	const struct methods_verdict v = methods_compare(u, by_time);
	const char *what = v.by_time ? "steps" : "channels", *carry = v.by_time ? "carry" : "carries";
	char name[64], so_far[48] = "";
	if (v.of < 2 || (v.by_time && (v.done < v.of || u->s.m->T < 10 || (!v.disagree && v.low < 1.0 / 3))))
		return;
	if (v.done < 2) {
		find(l, FINDING_SALIENCY, VIEW_METHODS, -1, "The saliency methods are being compared.");
		return;
	}
	methods_part(u, &v, name, sizeof name);
	if (v.done < v.of)
		snprintf(so_far, sizeof so_far, " (%d of %d methods so far)", v.done, v.of);
	if (v.disagree)
		find(l, FINDING_SALIENCY, VIEW_METHODS, -1,
		     "The methods disagree about the %s: %s %s %.0f %% of the saliency by %s, %.0f %% by %s. Do not "
		     "conclude "
		     "from one%s.",
		     what, name, carry, 100 * v.high, saliency_methods[v.most].name, 100 * v.low,
		     saliency_methods[v.least].name, so_far);
	else
		find(l, FINDING_SALIENCY, VIEW_METHODS, -1,
		     "%d methods agree about the %s: %s %s %.0f to %.0f %% of the saliency%s.", v.done, what, name,
		     carry, 100 * v.low, 100 * v.high, so_far);
}

static void about_doubts(struct ui *u, struct findings *l)
{
	char sentence[400];
	for (int k = 0; k < UI_DOUBTS; k++)
		if (*doubt_sentence(u, (enum ui_doubt)k, sentence, sizeof sentence))
			find(l, FINDING_SALIENCY, VIEW_METHODS, -1, "%s", sentence);
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

/* The three filters of largest ablation, where at most one of them is among the three of largest importance. */
static void about_measures(struct ui *u, struct findings *l, int layer)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	const char *name = importance_measures[u->s.q.measure].name;
	if (r->over || r->F < 6 || r->ablation_stale || !r->importance->raw || !u->s.m->layer[layer].params ||
	    !strcmp(name, "ablation") || isnan(r->ablation[0]))
		return;
	real *size = xcalloc((size_t)r->F, sizeof *size);
	int *order = xcalloc((size_t)r->F, sizeof *order), both = 0;
	for (int64_t f = 0; f < r->F; f++)
		size[f] = (real)fabs(r->ablation[f]);
	rank_order(size, r->F, order, NULL);
	for (int a = 0; a < 3; a++)
		for (int b = 0; b < 3; b++)
			both += order[a] == r->importance->order[b];
	char first[64], second[64];
	if (both < 2 && (double)size[order[0]] > 0)
		name_filters(find(l, FINDING_IMPORTANCE, VIEW_TABLE, layer,
		                  "%s: the measures disagree: the first are %s by %s, %s by ablation. Do not conclude "
		                  "from one.",
		                  u->s.m->layer[layer].name, list_filters(first, sizeof first, r->importance->order, 3),
		                  name, list_filters(second, sizeof second, order, 3)),
		             order, 3);
	free(order);
	free(size);
}

/* The filters that are silent in all windows of the sample; where that is the whole set they are dead. */
static void about_silent_always(struct ui *u, struct findings *l, int layer)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	const struct answer *q = u->scene.silence;
	int n;
	if (!q || q->windows < 2 || !q->count[layer])
		return;
	bool whole = q->windows == u->s.d->n;
	bool *in = xcalloc((size_t)r->F + 1, sizeof *in);
	for (int64_t f = 0; f < r->F; f++)
		in[f] = q->count[layer][f] == q->windows;
	char list[192];
	int *v = those(r, in, &n);
	if (n)
		name_filters(find(l, FINDING_SILENT, VIEW_GRID, layer,
		                  "%s: %d of %lld filters %s %s in all %d windows%s (%s).", u->s.m->layer[layer].name,
		                  n, (long long)r->F, n == 1 ? "is" : "are", whole ? "dead: silent" : "silent",
		                  q->windows, whole ? "" : " that were sampled", list_filters(list, sizeof list, v, n)),
		             v, n);
	free(v);
	free(in);
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
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k], n;
		const struct rows *r = scene_rows(&u->scene, s, layer);
		if (!s->m->layer[layer].params)
			continue;
		char list[192];
		bool *in = xcalloc((size_t)r->F + 1, sizeof *in);
		for (int64_t f = 0; f < r->F; f++)
			in[f] = rows_silent(r, f);
		int *v = those(r, in, &n);
		if (n) {
			name_filters(find(l, FINDING_SILENT, VIEW_GRID, layer,
			                  "%s: %d of %lld filters %s silent in this window (%s).",
			                  s->m->layer[layer].name, n, (long long)r->F, n == 1 ? "is" : "are",
			                  list_filters(list, sizeof list, v, n)),
			             v, n);
			about_importance_of_silent(u, l, layer, v, n);
		}
		if (u->scene.survey.set)
			about_dead(u, l, layer);
		else
			about_silent_always(u, l, layer);
		free(v);
		free(in);
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

/* "conv2: 9 of 64 filters are redundant: less than 1 % of their variance over all 3950 windows is unique (#3 ...)." */
static void about_unique(struct ui *u, struct findings *l, int layer)
{
	const struct survey_set *set = u->scene.survey.set;
	int64_t F = u->s.m->layer[layer].filters;
	if (!set || !u->s.m->layer[layer].params)
		return;
	int *v = xcalloc((size_t)F + 1, sizeof *v), n = 0;
	char list[192];
	for (int64_t f = 0; f < F; f++) {
		const struct set_filter *q = survey_set_filter(set, layer, f);
		if (q && !q->dead && q->unique < UNIQUE_REDUNDANT)
			v[n++] = (int)f;
	}
	if (n)
		name_filters(find(l, FINDING_CLUSTERS, VIEW_TABLE, layer,
		                  "%s: %d of %lld filters %s redundant: less than 1 %% of %s variance over all %lld "
		                  "windows is unique (%s).",
		                  u->s.m->layer[layer].name, n, (long long)F, n == 1 ? "is" : "are",
		                  n == 1 ? "its" : "their", (long long)set->plan.windows,
		                  list_filters(list, sizeof list, v, n)),
		             v, n);
	free(v);
}

void findings_make(struct ui *u, struct findings *l)
{
	struct session *s = &u->s;
	clear(l);
	about_why(u, l);
	about_finite(u, l);
	about_range(u, l);
	if (s->m->C > 1)
		about_methods(u, l, false);
	about_methods(u, l, true);
	about_doubts(u, l);
	for (int k = 0; k < s->n_column; k++)
		about_importance(u, l, s->column[k]);
	for (int k = 0; k < s->n_column; k++)
		about_measures(u, l, s->column[k]);
	about_silence(u, l);
	for (int k = 0; k < s->n_column; k++)
		about_clusters(u, l, s->column[k]);
	for (int k = 0; k < s->n_column; k++)
		about_unique(u, l, s->column[k]);
}
