/* This window beside the pinned one (or this variant beside that with other filters on): prediction, saliency
 * a channel in numbers and, where there is room, as strips with their difference below, and the filters whose
 * importance differs most. Enter opens the filter. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/list.h"
#include "ui/parts/panel.h"

struct difference {
	int layer, filter;
	double was, now;
};

struct own {
	struct list list;
	struct difference *v;
	int n;
};

static void compare_open(struct ui *u)
{
	struct own *o = u->data[VIEW_COMPARE];
	o->list.at = 0;
}

static void compare_release(void *data)
{
	struct own *o = data;
	free(o->v);
}

static int larger(const void *pa, const void *pb)
{
	const struct difference *a = pa, *b = pb;
	double da = fabs(a->now - a->was), db = fabs(b->now - b->was);
	if (da != db)
		return da > db ? -1 : 1;
	return a->layer != b->layer ? a->layer - b->layer : a->filter - b->filter;
}

/* Filters of all layers that are known in both, the largest difference first. malloc'd. */
static struct difference *differences(struct ui *u, int *n)
{
	struct session *s = &u->s;
	struct difference *v = NULL;
	*n = 0;
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(&u->scene, s, layer);
		if (!u->pin.comparable || !u->pin.comparable[layer] || r->stale || !r->importance->scaled)
			continue;
		v = xrealloc(v, (size_t)(*n + r->F) + 1, sizeof *v);
		for (int f = 0; f < (int)r->F; f++)
			v[(*n)++] = (struct difference){ layer, f, (double)u->pin.comparable[layer][f],
				                         (double)r->importance->scaled[f] };
	}
	if (*n)
		qsort(v, (size_t)*n, sizeof *v, larger);
	return v;
}

enum { PICTURE = 4, LIST_LEAST = 4 }; /* rows of a channel's strips; of the list below with its title */

/* Channels whose shares are shown, and how many of them also as strips. */
static int head_channels(const struct ui *u, int *pictures)
{
	int n = u->s.m->C < 4 ? (int)u->s.m->C : 4, room = u->frame.body.h - 4 - n - LIST_LEAST;
	*pictures = room < PICTURE ? 0 : room / PICTURE < n ? room / PICTURE : n;
	return n;
}

static void compare_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_COMPARE];
	(void)changed;
	free(o->v);
	o->v = differences(u, &o->n);
	int pictures, channels = head_channels(u, &pictures);
	list_keep(&o->list, o->n, u->frame.body.h - 5 - channels - pictures * PICTURE);
}

static void value(const struct ui *u, int64_t window, const real *output, int predicted, char *b, size_t size)
{
	const struct session *s = &u->s;
	char name[64];
	if (!output)
		snprintf(b, size, "-");
	else if (s->q.task == TASK_SEGMENTATION)
		output_name(u, model_count_steps(s->m, output, NULL).class, b, size);
	else if (s->q.task == TASK_CLASSIFICATION && predicted >= 0) {
		output_name(u, predicted, name, sizeof name);
		snprintf(b, size, "%.40s %.3f", name, model_class_probability(s->m, output, predicted));
	} else
		number_format(b, size, output_units(u, window, 0, (double)output[0]), 9);
}

/* Why nothing is compared: the pin answers another question than is asked now. */
static const char *pinned_by(const struct ui *u, const char *what, const char *method, char *b, size_t size)
{
	char target[TARGET_TEXT];
	target_format(&u->pin.q.target, u->s.m, target, sizeof target);
	snprintf(b, size, "%s: pinned by target %s, %s; p pins anew", what, target, method);
	return b;
}

static int label_width(const struct canvas *c)
{
	return c->w >= 120 ? 32 : c->w >= 60 ? 20 : 12;
}

static void line(const struct ui *u, struct canvas *c, int y, const char *label, const char *was, const char *now,
                 double difference)
{
	int w = label_width(c);
	char b[32];
	(void)u;
	canvas_text(c, 1, y, w, S_DIM, label);
	canvas_right(c, 1 + w, y, 13, S_TEXT, was);
	canvas_right(c, 15 + w, y, 13, S_PREDICTED, now);
	if (!isnan(difference) && c->w > 30 + w + 9) {
		snprintf(b, sizeof b, "%+.4g", difference);
		canvas_right(c, 29 + w, y, 10, S_TEXT, b);
	}
}

/* Saliency of one channel over time: pinned, now (both by the same scale), and now less pinned: up where it rose, down
 * where it fell. */
static void picture_draw(const struct ui *u, struct canvas *c, int y, int64_t ch, const real *map)
{
	int64_t T = u->s.m->T, C = u->s.m->C;
	const real *was = u->pin.map;
	int w = label_width(c), x = 2 + w;
	char b[160];
	canvas_text(c, 1, y, w, S_DIM, "  pinned");
	canvas_text(c, 1, y + 1, w, S_DIM, "  now");
	canvas_text(c, 1, y + 2, w, S_DIM, "  difference");
	if (was && !u->pin.alike_map) {
		canvas_text(c, x, y, c->w - x - 1, S_WARN,
		            pinned_by(u, "saliency", saliency_methods[u->pin.q.method].name, b, sizeof b));
		return;
	}
	if (!was || !map)
		return;
	double a = series_abs_max(series_of(was, T * C)), m = series_abs_max(series_of(map, T * C)),
	       max = a > m ? a : m;
	real *d = xcalloc((size_t)T + 1, sizeof *d);
	bool is_signed = saliency_methods[u->s.q.method].is_signed;
	for (int64_t t = 0; t < T; t++) {
		double to = (double)map[t * C + ch], from = (double)was[t * C + ch];
		d[t] = (real)(is_signed ? to - from : fabs(to) - fabs(from));
	}
	double most = series_abs_max(series_of(d, T));
	saliency_strip(u, c, x, y, c->w - x - 1, (struct series){ was + ch, T, C }, max);
	saliency_strip(u, c, x, y + 1, c->w - x - 1, (struct series){ map + ch, T, C }, max);
	plot_signed(c, u->g, (struct rect){ x, y + 2, c->w - x - 1, 2 }, series_of(d, T), most);
	snprintf(b, sizeof b, "  to %.2g %%", max > 0 ? 100 * most / max : 0);
	canvas_text(c, 1, y + 3, w, S_DIM, b);
	free(d);
}

static void head_draw(const struct ui *u, struct canvas *c, int *y)
{
	const struct session *s = &u->s;
	const struct pin *p = &u->pin;
	const struct scene *sc = &u->scene;
	char was[80], now[80], name[64];
	snprintf(was, sizeof was, p->q.off.n ? "%lld, %d off" : "%lld", (long long)p->q.window, p->q.off.n);
	snprintf(now, sizeof now, s->q.off.n ? "%lld, %d off" : "%lld", (long long)s->q.window, s->q.off.n);
	line(u, c, (*y)++, "", "pinned", "now", (double)NAN);
	line(u, c, (*y)++, "window", was, now, (double)NAN);
	value(u, p->q.window, p->output, p->predicted, was, sizeof was);
	value(u, s->q.window, sc->window_stale ? NULL : sc->output, sc->predicted, now, sizeof now);
	bool both = p->output && sc->output && !sc->window_stale;
	line(u, c, (*y)++, "predicted", was, now,
	     both && !target_has_class(s->q.task) ? output_units(u, s->q.window, 0, (double)sc->output[0]) -
	                                                    output_units(u, p->q.window, 0, (double)p->output[0])
	                                          : (double)NAN);
	number_format(was, sizeof was, p->target, 9);
	number_format(now, sizeof now, sc->target, 9);
	line(u, c, (*y)++, "target", was, now, p->alike_target ? sc->target - p->target : (double)NAN);
	const real *map = sc->cache[0].map ? sc->cache[0].map[0] : NULL;
	double *share = xcalloc((size_t)s->m->C + 1, sizeof *share);
	if (map)
		saliency_channels(map, s->m->T, s->m->C, share);
	int pictures, channels = head_channels(u, &pictures);
	for (int64_t ch = 0; ch < channels; ch++) {
		char label[80];
		snprintf(label, sizeof label, "saliency %s", channel_name(u, ch, name, sizeof name));
		snprintf(was, sizeof was, p->map ? "%.1f %%" : "-", p->map ? 100 * p->share[ch] : 0);
		snprintf(now, sizeof now, map ? "%.1f %%" : "-", map ? 100 * share[ch] : 0);
		line(u, c, (*y)++, label, was, now,
		     p->alike_map && p->map && map ? 100 * (share[ch] - p->share[ch]) : (double)NAN);
		if (ch < pictures) {
			picture_draw(u, c, *y, ch, map);
			*y += PICTURE;
		}
	}
	free(share);
}

static void row_draw(const struct ui *u, struct canvas *c, int y, const struct difference *d, bool on)
{
	int w = label_width(c);
	char b[80], was[16], now[16];
	snprintf(b, sizeof b, "%s #%d", u->s.m->layer[d->layer].name, d->filter);
	int n = canvas_name(c, 1, y, w, S_TEXT, b);
	if (on) {
		canvas_mark(c, (struct rect){ 1, y, n, 1 }, STYLE_REVERSE);
		canvas_cursor(c, 1, y);
	}
	snprintf(was, sizeof was, "%.3f", d->was);
	snprintf(now, sizeof now, "%.3f", d->now);
	canvas_right(c, 1 + w, y, 13, S_TEXT, was);
	canvas_right(c, 15 + w, y, 13, S_PREDICTED, now);
	if (c->w > 30 + w + 9) {
		snprintf(b, sizeof b, "%+.3f", d->now - d->was);
		canvas_right(c, 29 + w, y, 10, S_TEXT, b);
	}
	int x = 41 + w, most = c->w - x - 1;
	if (most >= 8)
		plot_bar(c, u->g, x, y, most > 40 ? 40 : most, fabs(d->now - d->was), style_div(d->now - d->was));
}

static void compare_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_COMPARE];
	struct rect body = u->frame.body;
	int y = body.y;
	head_draw(u, c, &y);
	char b[160];
	bool alike = u->pin.alike_importance;
	canvas_text(c, 1, y++, -1, alike ? S_TITLE : S_WARN,
	            !alike ? pinned_by(u, "importance", importance_measures[u->pin.q.measure].name, b, sizeof b)
	            : o->n ? "importance of filters, the largest differences first"
	                   : "importance: being worked out, or the target reaches no filter");
	for (int i = o->list.first; i < o->n && y < body.y + body.h; i++, y++) {
		row_draw(u, c, y, &o->v[i], i == o->list.at);
		canvas_zone(c, (struct rect){ 0, y, c->w, 1 }, i, -1);
	}
}

static unsigned compare_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_COMPARE];
	return list_move(&o->list.at, o->n, u->frame.body.h - 1, m);
}

static bool compare_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_COMPARE];
	(void)x;
	return list_pick(&o->list, z, changed);
}

static unsigned compare_enter(struct ui *u)
{
	const struct own *o = u->data[VIEW_COMPARE];
	if (o->list.at >= o->n)
		return 0;
	const struct difference *d = &o->v[o->list.at];
	unsigned changed = session_layer(&u->s, d->layer);
	return changed | session_filter(&u->s, d->filter) | session_view(&u->s, VIEW_FILTER, true);
}

static const char *difference_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const struct own *o = u->data[VIEW_COMPARE];
	const struct difference *d = &o->v[i];
	snprintf(buf, size, "%s #%d %.3f %.3f %+.3f", u->s.m->layer[d->layer].name, d->filter, d->was, d->now,
	         d->now - d->was);
	return buf;
}

static bool compare_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_COMPARE];
	return list_find(u, &o->list, difference_text, o->n, word, step, changed);
}

/* A line a channel: shares, then at each step the map now less that pinned. */
static void saliency_dump(const struct ui *u, FILE *f)
{
	int64_t T = u->s.m->T, C = u->s.m->C;
	const real *map = u->scene.cache[0].map ? u->scene.cache[0].map[0] : NULL, *was = u->pin.map;
	double *share = xcalloc((size_t)C + 1, sizeof *share);
	if (map)
		saliency_channels(map, T, C, share);
	char why[160];
	if (was && !u->pin.alike_map)
		fprintf(f, "%s\n", pinned_by(u, "saliency", saliency_methods[u->pin.q.method].name, why, sizeof why));
	for (int64_t ch = 0; ch < C && map && was && u->pin.alike_map; ch++) {
		char name[64];
		fprintf(f,
		        "saliency %s %.1f %%, was %.1f %%; difference a step:", channel_name(u, ch, name, sizeof name),
		        100 * share[ch], 100 * u->pin.share[ch]);
		for (int64_t t = 0; t < T; t++)
			fprintf(f, " %+.4g", fabs((double)map[t * C + ch]) - fabs((double)was[t * C + ch]));
		fputc('\n', f);
	}
	free(share);
}

static void compare_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_COMPARE];
	char was[160], now[64];
	value(u, u->pin.q.window, u->pin.output, u->pin.predicted, was, sizeof was);
	value(u, u->s.q.window, u->scene.output, u->scene.predicted, now, sizeof now);
	fprintf(f, "pinned window %lld with %d filters off: %s\n", (long long)u->pin.q.window, u->pin.q.off.n, was);
	fprintf(f, "window %lld with %d filters off: %s\n", (long long)u->s.q.window, u->s.q.off.n, now);
	saliency_dump(u, f);
	if (!u->pin.alike_importance)
		fprintf(f, "%s\n",
		        pinned_by(u, "importance", importance_measures[u->pin.q.measure].name, was, sizeof was));
	for (int i = 0; i < o->n; i++) {
		const struct difference *d = &o->v[i];
		fprintf(f, "%s #%d importance %.4f, was %.4f\n", u->s.m->layer[d->layer].name, d->filter, d->now,
		        d->was);
	}
}

static const struct legend legend[] = {
	SEEN("pinned", "the window, or the network with filters off, that was kept with p", .style = S_DIM),
	SEEN("now", "the window that the other views show", .style = S_PREDICTED),
	SEEN("+0.258", "now less pinned"),
	SEEN("{strip}", "saliency of a channel, pinned and now, by the same scale"),
	SEEN("difference", "saliency now less pinned: up where it rose, down where it fell", .style = S_DIM),
	SEEN("to 65 %", "the tallest difference, in percent of the largest saliency", .style = S_DIM),
	SEEN("conv1 #1", "a filter, with its importance 0 to 1, pinned and now"),
	SEEN("{bar}", "the size of the difference; the colour says its sign"),
	{ 0 },
};

const struct view view_compare = {
	.id = VIEW_COMPARE,
	.name = "compare",
	.title = "Compare",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_LAYERS | NEEDS_TARGET_MAP,
	.hints = "enter:open search",
	.open = compare_open,
	.release = compare_release,
	.search = compare_search,
	.depends = CHANGED_LIST | CHANGED_QUESTION,
	.update = compare_update,
	.draw = compare_draw,
	.move = compare_move,
	.enter = compare_enter,
	.pick = compare_pick,
	.dump = compare_dump,
};
