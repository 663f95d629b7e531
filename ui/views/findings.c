/* Sentences about a window: values that are not finite, channels outside the range that the scaler was fitted on, the
 * channels and steps that matter, the most important filters, inactive filters, and the largest cluster. */
#include "ui/views/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "ui/state/format.h"

static void find(struct findings *l, enum view_id view, int layer, int filter, const char *fmt, ...)
        __attribute__((format(printf, 5, 6)));
static void find(struct findings *l, enum view_id view, int layer, int filter, const char *fmt, ...)
{
	struct finding q = { .view = view, .layer = layer, .filter = filter };
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(q.text, sizeof q.text, fmt, ap);
	va_end(ap);
	l->v = xrealloc(l->v, (size_t)l->n + 1, sizeof *l->v);
	l->v[l->n++] = q;
}

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
		find(l, VIEW_NETWORK, -1, -1,
		     "%s lies between %s and %s in this window; the scaler was fitted on %s to %s.",
		     channel_name(u, ch, name, sizeof name), number_format(a, sizeof a, from, 9),
		     number_format(b, sizeof b, to, 9), number_format(lo, sizeof lo, s->low[ch], 9),
		     number_format(hi, sizeof hi, s->high[ch], 9));
	}
	if (d->scale == SCALE_NONE && big > 50)
		find(l, VIEW_NETWORK, -1, -1,
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
		find(l, VIEW_GRID, layer, -1,
		     "%s: %d of %d filters have NaN or infinite values. Results that depend on them mean nothing.",
		     s->m->layer[layer].name, r->numbers->not_finite, (int)r->F);
		return;
	}
}

static void about_channels(struct ui *u, struct findings *l)
{
	const struct session *s = &u->s;
	const real *map = scene_map(&u->scene, -1, 0);
	if (!map)
		return;
	double *share = xcalloc((size_t)s->m->C + 1, sizeof *share);
	char name[64];
	saliency_channels(map, s->m->T, s->m->C, share);
	int64_t best = 0;
	for (int64_t ch = 1; ch < s->m->C; ch++)
		best = share[ch] > share[best] ? ch : best;
	if (s->m->C > 1 && share[best] > 0)
		find(l, VIEW_NETWORK, -1, -1,
		     "%s carries %.0f %% of the output's saliency, the other channel%s %.0f %%.",
		     channel_name(u, best, name, sizeof name), 100 * share[best], s->m->C > 2 ? "s" : "",
		     100 * (1 - share[best]));
	double total = 0, recent = 0;
	int64_t from = s->m->T - s->m->T / 5;
	for (int64_t t = 0; t < s->m->T; t++)
		for (int64_t ch = 0; ch < s->m->C; ch++) {
			double v = fabs((double)map[t * s->m->C + ch]);
			total += v;
			recent += t >= from ? v : 0;
		}
	if (total > 0 && s->m->T >= 10)
		find(l, VIEW_NETWORK, -1, -1,
		     "The last fifth of the window (steps %lld to %lld) carries %.0f %% of the output's saliency.",
		     (long long)from, (long long)s->m->T - 1, 100 * recent / total);
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
	if (sum > 0)
		find(l, VIEW_LAYERS, layer, o[0],
		     "%s: #%d, #%d and #%d carry %.0f %% of the importance of its %lld filters.", name, o[0], o[1],
		     o[2], 100 * top / sum, (long long)r->F);
}

static size_t list_filters(char *buf, size_t size, const bool *in, int64_t F)
{
	size_t at = 0;
	int n = 0;
	buf[0] = '\0';
	for (int64_t f = 0; f < F && at + 16 < size; f++) {
		if (!in[f])
			continue;
		if (n++ == 8) {
			at += (size_t)snprintf(buf + at, size - at, " ...");
			break;
		}
		at += (size_t)snprintf(buf + at, size - at, "%s#%d", n > 1 ? " " : "", (int)f);
	}
	return at;
}

/* How many filters are inactive in all windows of the sample. */
static void inactive(char *buf, size_t size, int filters, int windows)
{
	if (filters)
		snprintf(buf, size, "; %d %s inactive in all %d windows sampled", filters, filters == 1 ? "is" : "are",
		         windows);
	else
		snprintf(buf, size, "; none is inactive in all %d windows sampled", windows);
}

static void about_silence(struct ui *u, struct findings *l)
{
	struct session *s = &u->s;
	const struct answer *q = u->scene.silence;
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k], here = 0, always = 0, first = -1;
		const struct rows *r = scene_rows(&u->scene, s, layer);
		char list[128], rest[96] = "";
		for (int64_t f = 0; f < r->F; f++) {
			here += r->dead[f];
			always += q && q->count[layer] && q->count[layer][f] == q->windows;
			if (r->dead[f] && first < 0)
				first = (int)f;
		}
		list_filters(list, sizeof list, r->dead, r->F);
		if (q && q->windows > 1)
			inactive(rest, sizeof rest, always, q->windows);
		if (here && s->m->layer[layer].params)
			find(l, VIEW_GRID, layer, first, "%s: %d of %lld filters %s inactive in this window (%s)%s.",
			     s->m->layer[layer].name, here, (long long)r->F, here == 1 ? "is" : "are", list, rest);
	}
}

/* The largest cluster of active filters. */
static void about_clusters(struct ui *u, struct findings *l, int layer)
{
	const struct rows *r = scene_rows(&u->scene, &u->s, layer);
	const struct layer_clusters *q = r->clusters;
	int best = -1, first = -1;
	if (!q || q->k < 2 || !u->s.m->layer[layer].params)
		return;
	for (int k = 0; k < q->k; k++)
		if (!q->silent[k] && q->size[k] > 1 && (best < 0 || q->size[k] > q->size[best]))
			best = k;
	if (best < 0)
		return;
	bool *in = xcalloc((size_t)r->F + 1, sizeof *in);
	for (int64_t f = 0; f < r->F; f++) {
		in[f] = q->label[f] == best;
		if (in[f] && first < 0)
			first = (int)f;
	}
	char list[128];
	list_filters(list, sizeof list, in, r->F);
	find(l, VIEW_CLUSTERS, layer, first, "%s: %d of %lld filters have similar activations (cluster %c: %s).",
	     u->s.m->layer[layer].name, q->size[best], (long long)r->F, cluster_letter(best), list);
	free(in);
}

void findings_make(struct ui *u, struct findings *l)
{
	struct session *s = &u->s;
	l->n = 0;
	about_finite(u, l);
	about_range(u, l);
	about_channels(u, l);
	for (int k = 0; k < s->n_column; k++)
		about_importance(u, l, s->column[k]);
	about_silence(u, l);
	for (int k = 0; k < s->n_column; k++)
		about_clusters(u, l, s->column[k]);
}
