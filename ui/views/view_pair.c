/* Two clusters of a layer beside each other: how large and how important they are, what they look at, which filters are
 * silent or off, their prototypes in one plot, and where their filters' saliency lies in the input. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/axis.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"
#include "ui/parts/versus.h"

enum { FACTS = 24, CHANNELS_MOST = 16, PLOT_MOST = 10, LIST_LEAST = 3 };

struct own {
	struct list list;
	int *filter, n; /* the filters of both, the most important first */
	int pair[2];    /* labels; pair[0] -1: the layer has no two clusters */
	struct versus fact[FACTS];
	int n_fact;
	double correlation; /* of the prototypes; NaN: one of them is constant */
	real *saliency[2];  /* (T,C) the mean of the sizes of the maps of `picked` filters; NULL: not there yet */
	double max;
	int facts, plot_h, channels;    /* the layout */
	bool same_line, axis, own_axis; /* own_axis: the layer has other steps than the input */
};

static void pair_open(struct ui *u)
{
	struct own *o = u->data[VIEW_PAIR];
	o->list.at = 0;
}

static void pair_release(void *data)
{
	struct own *o = data;
	free(o->filter);
	free(o->saliency[0]);
	free(o->saliency[1]);
}

/* ---- what is said of both ---- */

static const struct rows *rows_of(const struct ui *u)
{
	return &u->scene.rows[u->s.layer];
}

/* Both values with so many digits behind the point, and a unit; digits < 0: as many as have room. */
static struct versus *fact_add(struct own *o, const char *name, int digits, const char *unit, double a, double b)
{
	struct versus *v = &o->fact[o->n_fact < FACTS - 1 ? o->n_fact++ : FACTS - 1];
	*v = (struct versus){ .change = b - a };
	snprintf(v->name, sizeof v->name, "%s", name);
	for (int i = 0; i < 2; i++) {
		double x = i ? b : a;
		char *to = i ? v->b : v->a;
		if (isnan(x))
			snprintf(to, sizeof v->a, "-");
		else if (digits >= 0)
			snprintf(to, sizeof v->a, "%.*f%s", digits, x, unit);
		else
			number_format(to, sizeof v->a, x, 9);
	}
	return v;
}

/* What a cluster's filters have in common: a sum over them, or a mean. */
struct sums {
	double importance, mean;
	int silent, off;
};

static struct sums sums_of(const struct rows *r, int label)
{
	struct sums q = { 0 };
	int n = r->clusters->size[label];
	for (int f = 0; f < (int)r->F; f++) {
		if (r->clusters->label[f] != label)
			continue;
		q.importance += r->scaled[f] / n;
		q.mean += r->mean[f] / n;
		q.silent += rows_silent(r, f);
		q.off += r->off[f];
	}
	return q;
}

/* The step of the input under the largest value of the prototype. */
static double peak_step(const struct ui *u, const struct rows *r, int label)
{
	const real *v = r->clusters->prototype + (int64_t)label * r->times;
	int64_t best = 0;
	for (int64_t t = 1; t < r->times; t++)
		best = v[t] > v[best] ? t : best;
	return r->clusters->silent[label] ? (double)NAN : (double)viewport_step(u->s.m->T, r->times, best);
}

/* Pearson's correlation of two series of n values; NaN: one of them is constant. */
static double correlation(const real *a, const real *b, int64_t n)
{
	double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
	for (int64_t t = 0; t < n; t++) {
		ma += (double)a[t] / (double)n;
		mb += (double)b[t] / (double)n;
	}
	for (int64_t t = 0; t < n; t++) {
		double p = (double)a[t] - ma, q = (double)b[t] - mb;
		aa += p * p;
		bb += q * q;
		ab += p * q;
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : (double)NAN;
}

static void facts_make(const struct ui *u, struct own *o)
{
	const struct rows *r = rows_of(u);
	const struct layer_clusters *q = r->clusters;
	int a = o->pair[0], b = o->pair[1];
	struct sums p = sums_of(r, a), s = sums_of(r, b);
	char channel[64], name[96];
	o->n_fact = 0;
	fact_add(o, "filters", 0, "", q->size[a], q->size[b]);
	fact_add(o, "mean importance", 3, "", p.importance, s.importance);
	fact_add(o, "mean activation", -1, "", p.mean, s.mean);
	fact_add(o, "prototype peaks at", 0, "", peak_step(u, r, a), peak_step(u, r, b));
	for (int64_t ch = 0; ch < u->s.m->C && ch < CHANNELS_MOST; ch++) {
		snprintf(name, sizeof name, u->frame.body.w >= 120 ? "looks at %s" : "sal %s",
		         channel_name(u, ch, channel, sizeof channel));
		struct versus *v = fact_add(o, name, 1, " %", 100 * cluster_look(r, u->s.m->C, a, ch),
		                            100 * cluster_look(r, u->s.m->C, b, ch));
		if (r->looked < r->F)
			v->a[text_encode(v->a, u->g->ellipsis)] = v->b[text_encode(v->b, u->g->ellipsis)] = '\0';
	}
	fact_add(o, "silent here", 0, "", p.silent, s.silent);
	fact_add(o, "switched off", 0, "", p.off, s.off);
	o->correlation =
	        correlation(q->prototype + (int64_t)a * r->times, q->prototype + (int64_t)b * r->times, r->times);
}

/* ---- saliency ---- */

/* The mean of the sizes of the maps of a cluster's picked filters; malloc'd. NULL: one of them is missing. */
static real *mean_map(const struct ui *u, int label)
{
	const struct rows *r = rows_of(u);
	const struct scene *c = &u->scene;
	int64_t n = u->s.m->T * u->s.m->C;
	int count = 0;
	real *mean = xcalloc((size_t)n + 1, sizeof *mean);
	for (int i = 0; i < c->n_picked; i++) {
		if (r->clusters->label[c->picked[i]] != label)
			continue;
		const real *map = scene_map(c, u->s.layer, c->picked[i]);
		if (!map) {
			free(mean);
			return NULL;
		}
		for (int64_t k = 0; k < n; k++)
			mean[k] += (real)fabs((double)map[k]);
		count++;
	}
	for (int64_t k = 0; k < n && count; k++)
		mean[k] /= (real)count;
	return mean;
}

static void saliency_make(struct ui *u, struct own *o)
{
	int64_t n = u->s.m->T * u->s.m->C;
	o->max = 0;
	for (int i = 0; i < 2; i++) {
		free(o->saliency[i]);
		o->saliency[i] = mean_map(u, o->pair[i]);
		double m = o->saliency[i] ? series_abs_max(series_of(o->saliency[i], n)) : 0;
		o->max = m > o->max ? m : o->max;
	}
}

/* ---- the layout ---- */

static int picture_rows(int channels, int h)
{
	return h + channels * 3;
}

static void layout_make(struct ui *u, struct own *o)
{
	int C = (int)u->s.m->C, body = u->frame.body.h, differ = 0;
	for (int i = 0; i < o->n_fact; i++)
		differ += !versus_equal(&o->fact[i]);
	int list = body / 4 < o->n + 1 ? body / 4 : o->n + 1;
	list = list < LIST_LEAST ? LIST_LEAST : list;
	o->axis = body >= 18;
	o->own_axis = rows_of(u)->times != u->s.m->T;
	o->facts = differ < body - list - 2 ? differ : body - list - 2;
	o->same_line = differ < o->n_fact && o->facts + 1 < body - list - 2;
	int room = body - 1 - o->facts - o->same_line - (1 + o->own_axis) * o->axis - list;
	/* a channel matters more than a long list */
	while (list > LIST_LEAST && picture_rows(C, 2) > room) {
		list--;
		room++;
	}
	o->plot_h = room < 1 ? 0 : room < 3 ? room : 2;
	o->channels = C;
	while (o->channels > 0 && picture_rows(o->channels, o->plot_h) > room)
		o->channels--;
	while (o->plot_h && o->plot_h < PLOT_MOST && picture_rows(o->channels, o->plot_h + 1) <= room)
		o->plot_h++;
	o->axis &= o->plot_h > 0;
	u->panel = (struct panel){ .channels = o->channels };
	u->main = u->frame.body;
	if (u->s.channel > C - o->channels)
		u->s.channel = C - o->channels;
}

static int list_y(const struct ui *u, const struct own *o)
{
	return u->frame.body.y + 1 + o->facts + o->same_line + picture_rows(o->channels, o->plot_h) +
	       o->axis * (o->own_axis + (o->channels > 0));
}

/* Filters of both clusters, and those whose maps are asked for: the most important ones of each. */
static void filters_make(struct ui *u, struct own *o)
{
	const struct rows *r = rows_of(u);
	int picked[2] = { 0, 0 };
	o->filter = xrealloc(o->filter, (size_t)r->F + 1, sizeof *o->filter);
	o->n = u->scene.n_picked = 0;
	u->scene.picked_of = u->s.layer;
	for (int i = 0; i < (int)r->F; i++) {
		int f = r->importance->order ? r->importance->order[i] : i, label = r->clusters->label[f];
		int side = label == o->pair[0] ? 0 : label == o->pair[1] ? 1 : -1;
		if (side < 0)
			continue;
		o->filter[o->n++] = f;
		if (picked[side]++ < PICKED / 2)
			u->scene.picked[u->scene.n_picked++] = f;
	}
}

static void pair_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_PAIR];
	const struct rows *r = scene_rows(&u->scene, &u->s, u->s.layer);
	(void)changed;
	o->n = u->scene.n_picked = 0;
	scene_pair(&u->scene, &u->s, o->pair);
	if (o->pair[0] < 0 || !r->loaded)
		return;
	filters_make(u, o);
	facts_make(u, o);
	saliency_make(u, o);
	layout_make(u, o);
	list_keep(&o->list, o->n, u->frame.body.y + u->frame.body.h - list_y(u, o) - 1);
}

/* ---- the pictures ---- */

/* channels: how many of the input's channels stand above the axis. */
static void axis_row(const struct ui *u, struct canvas *c, int y, int64_t times, struct span seen, const char *unit,
                     int channels)
{
	int lw = versus_label_width(c);
	axis_draw(u, c, (struct rect){ lw, y, c->w - lw - 1, 1 }, times, seen, -1);
	axis_label(u, c, (struct rect){ 1, y, lw - 2, 1 }, unit, channels);
}

static void prototypes_draw(const struct ui *u, struct canvas *c, int *y)
{
	const struct own *o = u->data[VIEW_PAIR];
	const struct rows *r = rows_of(u);
	int lw = versus_label_width(c);
	struct series v[2];
	char b[48];
	if (!o->plot_h)
		return;
	for (int i = 0; i < 2; i++)
		v[i] = span_series(r->seen,
		                   series_of(r->clusters->prototype + (int64_t)o->pair[i] * r->times, r->times));
	versus_plot(u, c, (struct rect){ lw, *y, c->w - lw - 1, o->plot_h }, v[0], v[1], (struct range){ 0, 1 });
	canvas_text(c, 1, *y, lw - 2, S_CHANNEL, "prototype");
	snprintf(b, sizeof b, lw >= 20 ? "correlation %.2f" : "corr. %.2f", o->correlation);
	if (o->plot_h > 1 && !isnan(o->correlation))
		canvas_text(c, 1, *y + 1, lw - 2, S_DIM, b);
	*y += o->plot_h;
	if (o->axis && o->own_axis)
		axis_row(u, c, (*y)++, r->times, r->seen, "step", 0);
}

/* A channel of the input, and below it where the saliency of each cluster lies. */
static void channel_draw(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct own *o = u->data[VIEW_PAIR];
	int lw = versus_label_width(c), w = c->w - lw - 1;
	struct series v = input_seen(u, u->scene.window_stale ? NULL : u->scene.input, ch);
	char name[64];
	canvas_name(c, 1, y, lw - 2, S_CHANNEL, channel_name(u, ch, name, sizeof name));
	if (v.v)
		plot_line(c, u->g, (struct rect){ lw, y, w, 1 }, v, u->scene.channel[ch],
		          (struct paint){ .style = S_LINE });
	for (int i = 0; i < 2; i++) {
		int row = y + 1 + i;
		canvas_put(c, 1, row, i ? u->g->predicted : u->g->truth, i ? S_PREDICTED : S_TRUE);
		canvas_text(c, 3, row, lw - 4, S_DIM, lw >= 14 ? "saliency" : "sal");
		if (o->saliency[i])
			plot_strip(c, u->g, lw, row, w, input_seen(u, o->saliency[i], ch), o->max, S_STRIP);
		else
			canvas_put(c, lw, row, c->ellipsis, S_DIM);
	}
}

static void row_draw(const struct ui *u, struct canvas *c, int y, int f, bool on)
{
	const struct own *o = u->data[VIEW_PAIR];
	const struct rows *r = rows_of(u);
	bool second = r->clusters->label[f] == o->pair[1];
	struct versus v = { .change = (double)NAN };
	filter_label(u, r, f, v.name, sizeof v.name);
	if (!isnan(r->scaled[f]))
		snprintf(second ? v.b : v.a, sizeof v.a, "%.3f", r->scaled[f]);
	versus_row(u, c, y, &v);
	int n = canvas_text(c, 1, y, -1, S_TEXT, v.name);
	if (on) {
		canvas_mark(c, (struct rect){ 1, y, n, 1 }, STYLE_REVERSE);
		canvas_cursor(c, 1, y);
	}
	if (r->dead[f])
		canvas_text(c, n + 2, y, versus_name_width(c) - n - 2, S_DIM, "silent");
	int x = versus_name_width(c) + (c->w >= 120 ? 56 : 48), most = c->w - x - 1;
	if (most >= 8)
		plot_bar(c, u->g, x, y, most > 40 ? 40 : most, r->scaled[f], second ? S_PREDICTED : S_TRUE);
}

static void pair_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_PAIR];
	struct rect body = u->frame.body;
	int y = body.y;
	char a[32], b[32];
	if (o->pair[0] < 0 || !rows_of(u)->loaded) {
		canvas_cursor(c, 1, y);
		canvas_text(c, 1, y, c->w - 2, S_WARN | STYLE_REVERSE,
		            rows_of(u)->clusters_stale ? "clusters are being worked out"
		                                       : "no two clusters here; K asks for so many");
		return;
	}
	snprintf(a, sizeof a, c->w < 60 ? "%c" : "cluster %c", cluster_letter(o->pair[0]));
	snprintf(b, sizeof b, c->w < 60 ? "%c" : "cluster %c", cluster_letter(o->pair[1]));
	versus_heading(u, c, y, a, b);
	canvas_name(c, 1, y++, versus_name_width(c) - 1, S_BORDER_ON, session_layer_now(&u->s)->name);
	y = versus_rows(u, c, y, o->fact, o->n_fact, o->facts, o->same_line);
	prototypes_draw(u, c, &y);
	for (int i = 0; i < o->channels; i++, y += 3)
		channel_draw(u, c, u->s.channel + i, y);
	if (o->axis && o->channels)
		axis_row(u, c, y++, u->s.m->T, viewport_span(&u->s.shown, u->s.m->T, u->s.m->T), axis_unit(u),
		         o->channels);
	canvas_printf(c, 1, y++, c->w - 2, S_TITLE, "importance of %d filters", o->n);
	for (int i = o->list.first; i < o->n && y < body.y + body.h; i++, y++) {
		row_draw(u, c, y, o->filter[i], i == o->list.at);
		canvas_zone(c, (struct rect){ 0, y, c->w, 1 }, i, -1);
	}
}

/* ---- keys ---- */

static unsigned pair_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_PAIR];
	return list_move(&o->list.at, o->n, u->frame.body.h - 1, m);
}

static bool pair_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_PAIR];
	(void)x;
	return list_pick(&o->list, z, changed);
}

static unsigned pair_enter(struct ui *u)
{
	const struct own *o = u->data[VIEW_PAIR];
	if (o->list.at >= o->n)
		return 0;
	return session_filter(&u->s, o->filter[o->list.at]) | session_view(&u->s, VIEW_FILTER, true);
}

static const char *filter_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const struct own *o = u->data[VIEW_PAIR];
	const struct rows *r = rows_of(u);
	snprintf(buf, size, "#%d %c %.3f%s", o->filter[i], cluster_letter(r->clusters->label[o->filter[i]]),
	         r->scaled[o->filter[i]], rows_silent(r, o->filter[i]) ? " silent" : "");
	return buf;
}

static bool pair_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_PAIR];
	return list_find(u, &o->list, filter_text, o->n, word, step, changed);
}

static void pair_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_PAIR];
	const struct rows *r = rows_of(u);
	char name[64];
	if (o->pair[0] < 0)
		return;
	fprintf(f, "%s: clusters %c and %c\n", session_layer_now(&u->s)->name, cluster_letter(o->pair[0]),
	        cluster_letter(o->pair[1]));
	for (int i = 0; i < o->n_fact; i++)
		fprintf(f, "%s: %s, %s\n", o->fact[i].name, o->fact[i].a, o->fact[i].b);
	fprintf(f, "correlation of the prototypes: %.4f\n", o->correlation);
	for (int k = 0; k < 2; k++) {
		fprintf(f, "prototype %c:", cluster_letter(o->pair[k]));
		for (int64_t t = 0; t < r->times; t++)
			fprintf(f, " %.4g", (double)r->clusters->prototype[o->pair[k] * r->times + t]);
		fputc('\n', f);
	}
	for (int64_t ch = 0; ch < u->s.m->C; ch++)
		for (int k = 0; k < 2 && o->saliency[k]; k++) {
			fprintf(f, "saliency %c %s:", cluster_letter(o->pair[k]),
			        channel_name(u, ch, name, sizeof name));
			for (int64_t t = 0; t < u->s.m->T; t++)
				fprintf(f, " %.4g", (double)o->saliency[k][t * u->s.m->C + ch]);
			fputc('\n', f);
		}
	for (int i = 0; i < o->n; i++)
		fprintf(f, "%s\n", filter_text(u, i, name, sizeof name));
}

static const struct legend legend[] = {
	SEEN("conv1", "the layer of both clusters", .style = S_BORDER_ON),
	SEEN("{truth} cluster A", "one of the two clusters: those with the most marked filters", .style = S_TRUE),
	SEEN("{predicted} cluster B", "the other one", .style = S_PREDICTED),
	SEEN("+0.258", "the second less the first"),
	SEEN("= silent here 0", "what is the same in both, in one line"),
	SEEN("sal load", "looks at load: the mean share of the channel in the saliency of its filters", .style = S_DIM),
	SEEN("silent here", "filters with one value at all steps of this window", .style = S_DIM),
	SEEN("{truth} {predicted} =", "the prototypes, the mean activations from 0 to 1; = one place of both"),
	SEEN("corr. 0.92", "the correlation of both prototypes", .style = S_DIM),
	SEEN("{line}", "a channel of the input", .style = S_LINE),
	SEEN("{strip} sal", "mean saliency of the cluster's most important filters, at most 12, by one scale"),
	SEEN("#1 {bar}", "a filter in the column of its cluster, with its importance 0 to 1; Enter opens it"),
	SEEN("{ellipsis}", "not computed yet"),
	{ 0 },
};

const struct view view_pair = {
	.id = VIEW_PAIR,
	.name = "pair",
	.title = "Two clusters",
	.about = "two clusters of a layer beside each other; level 4 and P go there",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_CLUSTERS | NEEDS_LOOK | NEEDS_PICKED,
	.hints = "enter:open window-previous,window-next:window cluster-count:how_many cluster-method:method measure "
	         "zoom,zoom-out:time channel search",
	.open = pair_open,
	.release = pair_release,
	.search = pair_search,
	.depends = CHANGED_LIST | CHANGED_QUESTION | CHANGED_LAYER | CHANGED_MARKS,
	.update = pair_update,
	.draw = pair_draw,
	.move = pair_move,
	.enter = pair_enter,
	.pick = pair_pick,
	.dump = pair_dump,
};
