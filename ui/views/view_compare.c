/* This window beside the pinned one, or this variant beside another: with other filters off, by another measure, method
 * or target. Both inputs are in one plot with both saliencies below; what is said of both stands above them, and the
 * filters whose importance differs most below. Where nothing is pinned the network is compared with the model of
 * --beside, or with the intact one. */
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

enum { FACTS = 20, CLASSES = 3, PLOT_MOST = 10, OUTPUTS_MOST = 2, LIST_LEAST = 4 };

struct difference {
	int layer, filter;
	double was, now;
};

struct own {
	struct list list;
	struct difference *v; /* filters that differ, the largest difference first */
	int n, equal;         /* equal: how many filters do not differ */
	struct versus fact[FACTS];
	int n_fact;
	bool same_map, both_maps; /* of the target */
	/* the layout */
	int facts, plot_h, channels, outputs; /* rows of facts; rows of a plot; how many plots */
	bool same_line, changes, axis;        /* rows that are there: what is equal; the change of saliency; the axis */
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

/* The model beside, where what is seen is compared with it. */
static const struct beside *beside_of(const struct ui *u)
{
	return u->pin.on ? NULL : u->s.beside;
}

static const char *reference_name(const struct ui *u)
{
	return u->pin.on ? "pinned" : u->s.beside ? u->s.beside->name[1] : "intact";
}

static const char *own_name(const struct ui *u)
{
	return beside_of(u) ? u->s.beside->name[0] : "now";
}

/* ---- the filters ---- */

static int larger(const void *pa, const void *pb)
{
	const struct difference *a = pa, *b = pb;
	double da = fabs(a->now - a->was), db = fabs(b->now - b->was);
	if (da != db)
		return da > db ? -1 : 1;
	return a->layer != b->layer ? a->layer - b->layer : a->filter - b->filter;
}

/* A pool that only thins its layer says the same as that layer again. */
static bool folded(const struct ui *u, int layer)
{
	const struct question *p = &ui_reference(u)->q, *q = &u->s.q;
	return !importance_measures[p->measure].before && !importance_measures[q->measure].before &&
	       layer_thins(u->s.m, layer) >= 0;
}

static const double SEEN_CHANGE = 0.0005; /* less is not seen in three digits */

/* Filters of all layers that are known in both. Where both answer the same question they are on the scale of the
 * reference: by a scale of its own each, a filter that is off would be the new 0, and all others would seem to rise. */
static void differences_make(struct ui *u, struct own *o)
{
	struct session *s = &u->s;
	const struct pin *p = ui_reference(u);
	o->n = o->equal = 0;
	for (int k = 0; k < s->n_column && p->on; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(&u->scene, s, layer);
		const struct layer_importance *q = &r->numbers->importance;
		const real *was = p->scaled[layer], *now = q->scaled;
		if (!was || r->stale || !now || folded(u, layer))
			continue;
		o->v = xrealloc(o->v, (size_t)(o->n + r->F) + 1, sizeof *o->v);
		for (int f = 0; f < (int)r->F; f++) {
			struct difference d = { layer, f, (double)was[f],
				                p->alike_importance ? importance_on(p->range[layer], (double)q->raw[f])
				                                    : (double)now[f] };
			if (isnan(d.was) && !isnan(d.now)) /* the reference does not have the filter */
				continue;
			if (fabs(d.now - d.was) < SEEN_CHANGE)
				o->equal++;
			else
				o->v[o->n++] = d;
		}
	}
	if (o->n)
		qsort(o->v, (size_t)o->n, sizeof *o->v, larger);
}

/* ---- what is said of both ---- */

static struct versus *fact_add(struct own *o, const char *name)
{
	struct versus *v = &o->fact[o->n_fact < FACTS - 1 ? o->n_fact++ : FACTS - 1];
	*v = (struct versus){ .change = (double)NAN };
	snprintf(v->name, sizeof v->name, "%s", name);
	return v;
}

static void off_format(const struct ui *u, const struct filter_set *off, char *b, size_t size)
{
	if (off->n == 1)
		snprintf(b, size, "%.60s #%lld", u->s.m->layer[off->id[0].layer].name, (long long)off->id[0].filter);
	else if (off->n)
		snprintf(b, size, "%d filters", off->n);
	else
		snprintf(b, size, "none");
}

static void value_format(const struct ui *u, int64_t window, const real *output, int class, char *b, size_t size)
{
	const struct session *s = &u->s;
	if (!output)
		b[text_encode(b, u->g->ellipsis)] = '\0';
	else if (s->q.task == TASK_SEGMENTATION)
		output_name(u, model_count_steps(s->m, output, NULL).class, b, size);
	else if (s->q.task == TASK_CLASSIFICATION && class >= 0)
		output_name(u, class, b, size);
	else
		number_format(b, size, output_units(u, window, 0, (double)output[0]), 9);
}

static void truth_value(const struct ui *u, int64_t window, const real *y, int cls, char *b, size_t size)
{
	const struct session *s = &u->s;
	int k = s->q.task == TASK_SEGMENTATION && y ? model_count_steps(s->m, y, y).true_class : cls;
	if (target_has_class(s->q.task) && k >= 0)
		output_name(u, k, b, size);
	else if (!target_has_class(s->q.task) && y)
		number_format(b, size, output_units(u, window, 0, (double)y[0]), 9);
	else
		snprintf(b, size, "-");
}

static void numbers_add(struct own *o, const char *name, double a, double b)
{
	if (isnan(a) && isnan(b))
		return;
	struct versus *v = fact_add(o, name);
	number_format(v->a, sizeof v->a, a, 9);
	number_format(v->b, sizeof v->b, b, 9);
	v->change = b - a;
}

static void words_add(struct own *o, const char *name, const char *a, const char *b)
{
	struct versus *v = fact_add(o, name);
	snprintf(v->a, sizeof v->a, "%s", a);
	snprintf(v->b, sizeof v->b, "%s", b);
}

/* The classes whose probabilities differ most. */
static void classes_add(const struct ui *u, struct own *o, const real *was, const real *now)
{
	int K = (int)model_classes(u->s.m);
	double *p = xcalloc((size_t)K * 2 + 1, sizeof *p), *q = p + K;
	model_probabilities(u->s.m, was, p);
	model_probabilities(u->s.m, now, q);
	for (int i = 0; i < CLASSES && i < K; i++) {
		char class[32], name[64];
		int best = 0;
		for (int k = 1; k < K; k++)
			best = fabs(q[k] - p[k]) > fabs(q[best] - p[best]) ? k : best;
		output_name(u, best, class, sizeof class);
		snprintf(name, sizeof name, "chance of %s", class);
		struct versus *v = fact_add(o, name);
		snprintf(v->a, sizeof v->a, "%.3f", p[best]);
		snprintf(v->b, sizeof v->b, "%.3f", q[best]);
		/* what three digits do not show is no difference */
		v->change = strcmp(v->a, v->b) != 0 ? q[best] - p[best] : 0;
		p[best] = q[best];
		if (K == 2)
			break;
	}
	free(p);
}

static void question_add(const struct ui *u, struct own *o)
{
	const struct question *p = &ui_reference(u)->q, *q = &u->s.q;
	words_add(o, "importance", importance_measures[p->measure].name, importance_measures[q->measure].name);
	words_add(o, "saliency", saliency_methods[p->method].name, saliency_methods[q->method].name);
	if (p->baseline != q->baseline &&
	    (saliency_methods[p->method].baseline || saliency_methods[q->method].baseline))
		words_add(o, "baseline", baseline_names[p->baseline], baseline_names[q->baseline]);
}

/* Layers that the model beside does not have in this shape are not compared. */
static void fits_add(const struct ui *u, struct own *o)
{
	const struct beside *b = beside_of(u);
	char text[48];
	if (!b || b->fit == b->layers)
		return;
	snprintf(text, sizeof text, "%d of %d", b->fit, b->layers);
	words_add(o, "layers that fit", text, text);
}

/* What a smaller network is worth over the held-out windows. */
static void pruned_add(const struct ui *u, struct own *o)
{
	const struct pruned *q = beside_of(u) ? u->s.pruned : NULL;
	struct versus *v;
	if (!q)
		return;
	if (!isnan(q->before)) {
		v = fact_add(o, q->has_accuracy ? "accuracy of the set" : "mse of the set");
		if (q->has_accuracy) {
			snprintf(v->a, sizeof v->a, "%.1f %%", 100 * q->now.error);
			snprintf(v->b, sizeof v->b, "%.1f %%", 100 * q->before);
		} else {
			number_format(v->a, sizeof v->a, q->now.error, 9);
			number_format(v->b, sizeof v->b, q->before, 9);
		}
		v->change = q->before - q->now.error;
	}
	v = fact_add(o, "parameters");
	snprintf(v->a, sizeof v->a, "%lld", (long long)q->params);
	snprintf(v->b, sizeof v->b, "%lld", (long long)u->s.m->params);
	v = fact_add(o, "filters removed");
	snprintf(v->a, sizeof v->a, "%lld", (long long)q->gone);
	snprintf(v->b, sizeof v->b, "0");
}

/* The target is the one output, which has its row already. */
static bool is_output(const struct ui *u)
{
	const struct pin *p = ui_reference(u);
	return u->s.m->outputs == 1 && !target_has_class(u->s.q.task) && p->target == (double)p->output[0] &&
	       u->scene.target == (double)u->scene.output[0];
}

static void target_add(const struct ui *u, struct own *o)
{
	const struct pin *p = ui_reference(u);
	char a[TARGET_TEXT], b[TARGET_TEXT], name[TARGET_TEXT + 8];
	struct target was = p->q.target, now = u->s.q.target;
	target_format(&was, u->s.m, a, sizeof a);
	target_format(&now, u->s.m, b, sizeof b);
	snprintf(name, sizeof name, "target %s", b);
	if (strcmp(a, b) != 0)
		words_add(o, "target", a, b);
	else if (p->output && !u->scene.window_stale && !is_output(u))
		numbers_add(o, name, p->target, u->scene.target);
}

static void facts_make(const struct ui *u, struct own *o)
{
	const struct session *s = &u->s;
	const struct pin *p = ui_reference(u);
	const struct scene *c = &u->scene;
	const real *now = c->window_stale ? NULL : c->output, *y = s->has_y ? s->y : NULL;
	char a[80], b[80];
	o->n_fact = 0;
	window_format(&p->q, a, sizeof a);
	window_format(&s->q, b, sizeof b);
	words_add(o, "window", a, b);
	off_format(u, &p->q.off, a, sizeof a);
	off_format(u, &s->q.off, b, sizeof b);
	if (p->q.off.n || s->q.off.n)
		words_add(o, "filters off", a, b);
	truth_value(u, p->q.window, p->y, p->cls, a, sizeof a);
	truth_value(u, s->q.window, y, s->cls, b, sizeof b);
	words_add(o, "y", a, b);
	if (!target_has_class(s->q.task) && p->y && y)
		o->fact[o->n_fact - 1].change = output_units(u, s->q.window, 0, (double)y[0]) -
		                                output_units(u, p->q.window, 0, (double)p->y[0]);
	value_format(u, p->q.window, p->output, p->predicted, a, sizeof a);
	value_format(u, s->q.window, now, c->predicted, b, sizeof b);
	words_add(o, u->g->yhat, a, b);
	if (!target_has_class(s->q.task) && p->output && now)
		o->fact[o->n_fact - 1].change = output_units(u, s->q.window, 0, (double)now[0]) -
		                                output_units(u, p->q.window, 0, (double)p->output[0]);
	if (s->q.task == TASK_CLASSIFICATION && p->output && now)
		classes_add(u, o, p->output, now);
	if (p->output && now)
		numbers_add(o, error_name(u), error_of(u, p->q.window, p->output, p->y, p->loss),
		            error_of(u, s->q.window, now, y, c->loss));
	target_add(u, o);
	fits_add(u, o);
	pruned_add(u, o);
	question_add(u, o);
}

/* ---- the layout ---- */

static const real *map_now(const struct ui *u)
{
	return scene_map(&u->scene, -1, 0);
}

static int strips(const struct own *o)
{
	return o->same_map ? 1 : 2;
}

static bool classes_by_step(const struct ui *u)
{
	return u->s.q.task == TASK_SEGMENTATION;
}

/* Plots of outputs along time: one of all classes, or one a channel. */
static int output_plots(const struct ui *u)
{
	const struct model *m = u->s.m;
	if (m->out_steps < 2)
		return 0;
	return classes_by_step(u) ? 1 : m->out_channels < OUTPUTS_MOST ? (int)m->out_channels : OUTPUTS_MOST;
}

/* Rows of the plots, with plots of h rows each. */
static int picture_rows(const struct ui *u, const struct own *o, int channels, int outputs, int h)
{
	int output_h = classes_by_step(u) ? 3 : h;
	return channels * (h + strips(o) + o->changes) + outputs * output_h;
}

static void layout_make(struct ui *u, struct own *o)
{
	int C = (int)u->s.m->C, body = u->frame.body.h, differ = 0;
	for (int i = 0; i < o->n_fact; i++)
		differ += !versus_equal(&o->fact[i]);
	o->facts = differ < body - LIST_LEAST ? differ : body - LIST_LEAST;
	o->same_line = differ < o->n_fact && o->facts + 1 < body - LIST_LEAST;
	o->axis = body >= 18;
	o->changes = false;
	int list = body / 3 < o->n + 1 ? body / 3 : o->n + 1, above = 1 + o->facts + o->same_line + o->axis;
	int two = picture_rows(u, o, C < 2 ? C : 2, output_plots(u), 2);
	/* plots of two rows matter more than a long list, and the list more than plots of one row */
	list = list < LIST_LEAST ? LIST_LEAST : list;
	while (list > LIST_LEAST && body - above - list < two)
		list--;
	int room = body - above - list;
	o->outputs = output_plots(u);
	o->channels = C;
	while (o->channels > 0 && picture_rows(u, o, o->channels, o->outputs, 1) > room)
		o->channels--;
	while (o->outputs > 0 && picture_rows(u, o, o->channels, o->outputs, 1) > room)
		o->outputs--;
	o->axis &= o->channels > 0;
	o->changes = o->channels && !o->same_map && o->both_maps && ui_reference(u)->alike_map;
	if (picture_rows(u, o, o->channels, o->outputs, 2) > room)
		o->changes = false;
	o->plot_h = 1;
	while (o->plot_h < PLOT_MOST && picture_rows(u, o, o->channels, o->outputs, o->plot_h + 1) <= room)
		o->plot_h++;
	/* `i` goes on by the channels that are seen */
	u->panel = (struct panel){ .channels = o->channels };
	u->main = u->frame.body;
	if (u->s.channel > C - o->channels)
		u->s.channel = C - o->channels;
}

static int list_y(const struct ui *u, const struct own *o)
{
	return u->frame.body.y + 1 + o->facts + o->same_line + picture_rows(u, o, o->channels, o->outputs, o->plot_h) +
	       o->axis;
}

static void compare_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_COMPARE];
	const struct pin *p = ui_reference(u);
	int64_t n = u->s.m->T * u->s.m->C;
	(void)changed;
	if (!p->on)
		return;
	o->both_maps = p->map && map_now(u);
	o->same_map = o->both_maps && series_equal(series_of(p->map, n), series_of(map_now(u), n));
	differences_make(u, o);
	facts_make(u, o);
	layout_make(u, o);
	list_keep(&o->list, o->n, u->frame.body.y + u->frame.body.h - list_y(u, o) - 1);
}

/* ---- the pictures ---- */

static struct series seen_input(const struct ui *u, const real *v, int64_t ch)
{
	return input_seen(u, v, ch);
}

/* Both strips by one scale if they answer the same question, else each by its own. */
static void strip_draw(const struct ui *u, struct canvas *c, struct rect r, const real *map, int method, int64_t ch,
                       double max)
{
	if (!map)
		canvas_put(c, r.x, r.y, c->ellipsis, S_DIM);
	else if (saliency_methods[method].is_signed)
		plot_signed_strip(c, u->g, r.x, r.y, r.w, seen_input(u, map, ch), max);
	else
		plot_strip(c, u->g, r.x, r.y, r.w, seen_input(u, map, ch), max, S_STRIP);
}

static double map_max(const struct ui *u, const real *map)
{
	return map ? series_abs_max(series_of(map, u->s.m->T * u->s.m->C)) : 0;
}

/* Of one channel: the saliency now less that before. Of a method without signs the difference of the sizes. malloc'd.
 */
static real *change_of(const struct ui *u, const real *was, const real *now)
{
	int64_t n = u->s.m->T * u->s.m->C;
	bool is_signed = saliency_methods[u->s.q.method].is_signed;
	real *d = xcalloc((size_t)n + 1, sizeof *d);
	for (int64_t i = 0; i < n; i++)
		d[i] = (real)(is_signed ? (double)now[i] - (double)was[i]
		                        : fabs((double)now[i]) - fabs((double)was[i]));
	return d;
}

static void share_label(struct canvas *c, int y, int w, int32_t glyph, unsigned style, bool known, double share)
{
	char b[48] = "";
	canvas_put(c, 1, y, glyph, style);
	if (known)
		snprintf(b, sizeof b, w >= 20 ? "saliency %.1f %%" : w >= 14 ? "sal %.1f %%" : "%.0f %%", 100 * share);
	canvas_text(c, 3, y, w - 3, S_DIM, b);
}

static void strips_draw(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct own *o = u->data[VIEW_COMPARE];
	const struct pin *p = ui_reference(u);
	int lw = versus_label_width(c);
	const real *now = map_now(u);
	double a = map_max(u, p->map), b = map_max(u, now), both = a > b ? a : b;
	double *share = xcalloc((size_t)u->s.m->C + 1, sizeof *share);
	struct rect r = { lw, y, c->w - lw - 1, 1 };
	if (now)
		saliency_channels(now, u->s.m->T, u->s.m->C, share);
	strip_draw(u, c, r, p->map, p->q.method, ch, p->alike_map ? both : a);
	share_label(c, r.y, lw, o->same_map ? '=' : u->g->truth, o->same_map ? S_DIM : S_TRUE, p->map,
	            p->map ? p->share[ch] : 0);
	if (!o->same_map) {
		r.y++;
		strip_draw(u, c, r, now, u->s.q.method, ch, p->alike_map ? both : b);
		share_label(c, r.y, lw, u->g->predicted, S_PREDICTED, now, share[ch]);
	}
	if (o->changes) {
		char text[48];
		real *d = change_of(u, p->map, now);
		r.y++;
		plot_signed_strip(c, u->g, r.x, r.y, r.w, seen_input(u, d, ch),
		                  series_abs_max(series_of(d, u->s.m->T * u->s.m->C)));
		snprintf(text, sizeof text, lw >= 14 ? "change %+.1f" : "%+.1f", 100 * (share[ch] - p->share[ch]));
		canvas_text(c, 1, r.y, lw - 2, S_DIM, text);
		free(d);
	}
	free(share);
}

static void plot_label(const struct ui *u, struct canvas *c, int y, int h, const char *name, struct range range,
                       bool same)
{
	int w = versus_label_width(c) - 3;
	char b[32];
	(void)u;
	canvas_name(c, 1, y, w, S_CHANNEL, name);
	if (same)
		canvas_put(c, w + 1, y, '=', S_DIM);
	if (h < 3)
		return;
	canvas_text(c, 1, y + 1, w, S_AXIS, number_format(b, sizeof b, range.hi, w));
	canvas_text(c, 1, y + h - 1, w, S_AXIS, number_format(b, sizeof b, range.lo, w));
}

static void channel_draw(const struct ui *u, struct canvas *c, int64_t ch, int y)
{
	const struct own *o = u->data[VIEW_COMPARE];
	const struct pin *p = ui_reference(u);
	int lw = versus_label_width(c);
	struct series a = seen_input(u, p->input, ch),
	              b = seen_input(u, u->scene.window_stale ? NULL : u->scene.input, ch);
	struct range range = series_range(a);
	char name[64];
	if (b.v)
		range = range_join(range, series_range(b));
	versus_plot(u, c, (struct rect){ lw, y, c->w - lw - 1, o->plot_h }, a, b, range);
	range.lo = channel_units(u, ch, range.lo);
	range.hi = channel_units(u, ch, range.hi);
	plot_label(u, c, y, o->plot_h, channel_name(u, ch, name, sizeof name), range, series_equal(a, b));
	strips_draw(u, c, ch, y + o->plot_h);
}

/* A '!' where the classes of a step differ. */
static void differing_steps(const struct ui *u, struct canvas *c, struct rect r, const real *a, const real *b)
{
	struct span p = viewport_span(&u->s.shown, u->s.m->T, u->s.m->out_steps);
	for (int x = 0; x < r.w; x++) {
		int64_t from, count;
		bool differ = false;
		plot_samples(p.n, r.w, x, &from, &count);
		for (int64_t t = p.from + from; t < p.from + from + count; t++)
			differ |= model_step_class(u->s.m, a, t) != model_step_class(u->s.m, b, t);
		if (differ)
			canvas_put(c, r.x + x, r.y, '!', S_WARN);
	}
}

/* Returns the rows that it takes. */
static int output_draw(const struct ui *u, struct canvas *c, int64_t k, int y)
{
	const struct own *o = u->data[VIEW_COMPARE];
	const real *was = ui_reference(u)->output, *now = u->scene.window_stale ? NULL : u->scene.output;
	int lw = versus_label_width(c);
	struct rect r = { lw, y, c->w - lw - 1, classes_by_step(u) ? 1 : o->plot_h };
	char name[80] = "output";
	if (!was || !now)
		return classes_by_step(u) ? 3 : r.h;
	if (classes_by_step(u)) {
		canvas_put(c, 1, y, u->g->truth, S_TRUE);
		canvas_put(c, 1, y + 1, u->g->predicted, S_PREDICTED);
		canvas_text(c, 3, y, lw - 3, S_CHANNEL, "classes");
		output_band(u, c, r, was);
		r.y++;
		output_band(u, c, r, now);
		r.y++;
		differing_steps(u, c, r, was, now);
		return 3;
	}
	struct series a = output_seen(u, was, k), b = output_seen(u, now, k);
	struct range range = range_join(series_range(a), series_range(b));
	if (u->s.m->out_channels > 1)
		snprintf(name, sizeof name, "output %lld", (long long)k);
	versus_plot(u, c, r, a, b, range);
	plot_label(u, c, y, r.h, name, range, series_equal(a, b));
	return r.h;
}

static void pictures_draw(const struct ui *u, struct canvas *c, int *y)
{
	const struct own *o = u->data[VIEW_COMPARE];
	int lw = versus_label_width(c);
	for (int i = 0; i < o->channels; i++) {
		channel_draw(u, c, u->s.channel + i, *y);
		*y += o->plot_h + strips(o) + o->changes;
	}
	if (o->axis) {
		struct span seen = viewport_span(&u->s.shown, u->s.m->T, u->s.m->T);
		axis_draw(u, c, (struct rect){ lw, *y, c->w - lw - 1, 1 }, u->s.m->T, seen, -1);
		axis_label(u, c, (struct rect){ 1, *y, lw - 2, 1 }, axis_unit(u), o->channels);
		(*y)++;
	}
	for (int i = 0; i < o->outputs; i++)
		*y += output_draw(u, c, i, *y);
}

/* ---- the view ---- */

static void row_draw(const struct ui *u, struct canvas *c, int y, const struct difference *d, bool on)
{
	struct versus v = { .change = d->now - d->was };
	char label[32];
	filter_label(u, &u->scene.rows[d->layer], d->filter, label, sizeof label);
	snprintf(v.a, sizeof v.a, "%.3f", d->was);
	snprintf(v.b, sizeof v.b, "%.3f", d->now);
	versus_row(u, c, y, &v);
	snprintf(v.name, sizeof v.name, "%.70s %s", u->s.m->layer[d->layer].name, label);
	int n = canvas_name(c, 1, y, versus_name_width(c) - 1, S_TEXT, v.name);
	if (on) {
		canvas_mark(c, (struct rect){ 1, y, n, 1 }, STYLE_REVERSE);
		canvas_cursor(c, 1, y);
	}
	int x = versus_name_width(c) + (c->w >= 120 ? 56 : 48), most = c->w - x - 1;
	if (most >= 8)
		plot_bar(c, u->g, x, y, most > 40 ? 40 : most, fabs(v.change), style_div(v.change));
}

static void list_title(const struct ui *u, const struct own *o, char *b, size_t size)
{
	int filters = o->n + o->equal;
	char mark[8] = "";
	text_encode(mark, u->g->truth);
	const char *scale = !ui_reference(u)->alike_importance ? "each" : beside_of(u) ? mark : reference_name(u);
	if (!filters)
		snprintf(b, size, "importance: being worked out, or the target reaches no filter");
	else if (!o->n)
		snprintf(b, size, "= the importance of all %d filters", filters);
	else if (o->equal)
		snprintf(b, size, "importance, %s 0..1: %d filters, largest differences first; = in %d others", scale,
		         o->n, o->equal);
	else
		snprintf(b, size, "importance, %s 0..1: %d filters, largest differences first", scale, o->n);
}

/* Is there nothing at all that differs? */
static bool all_equal(const struct own *o)
{
	bool same = o->same_map && !o->n && o->equal;
	for (int i = 0; i < o->n_fact; i++)
		same &= versus_equal(&o->fact[i]);
	return same;
}

static void compare_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_COMPARE];
	struct rect body = u->frame.body;
	int y = body.y;
	char b[160];
	if (all_equal(o) && !beside_of(u))
		canvas_text(c, 1, y++, c->w - 2, S_WARN,
		            u->pin.on ? "= all is equal: go to another window, switch filters off, change what is asked"
		                      : "= all is equal: nothing is pinned (p) and no filter is off (x)");
	else
		versus_heading(u, c, y++, reference_name(u), own_name(u));
	y = versus_rows(u, c, y, o->fact, o->n_fact, o->facts, o->same_line);
	pictures_draw(u, c, &y);
	list_title(u, o, b, sizeof b);
	if (!o->n)
		canvas_cursor(c, 1, y);
	canvas_text(c, 1, y++, c->w - 2, S_TITLE, b);
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

/* A line a channel: shares, then at each step the map now less that before. */
static void saliency_dump(const struct ui *u, FILE *f)
{
	int64_t T = u->s.m->T, C = u->s.m->C;
	const struct pin *p = ui_reference(u);
	const real *map = map_now(u);
	char name[64];
	if (!map || !p->map)
		return;
	double *share = xcalloc((size_t)C + 1, sizeof *share);
	saliency_channels(map, T, C, share);
	real *d = change_of(u, p->map, map);
	for (int64_t ch = 0; ch < C; ch++) {
		fprintf(f, "saliency %s %.1f %%, was %.1f %%", channel_name(u, ch, name, sizeof name), 100 * share[ch],
		        100 * p->share[ch]);
		if (p->alike_map)
			fputs("; difference a step:", f);
		for (int64_t t = 0; t < T && p->alike_map; t++)
			fprintf(f, " %+.4g", (double)d[t * C + ch]);
		fputc('\n', f);
	}
	free(d);
	free(share);
}

static void facts_dump(const struct own *o, FILE *f)
{
	for (int i = 0; i < o->n_fact; i++) {
		const struct versus *v = &o->fact[i];
		if (versus_equal(v))
			fprintf(f, "= %s %s\n", v->name, v->a);
		else if (isnan(v->change))
			fprintf(f, "%s: %s, was %s\n", v->name, v->b, v->a);
		else
			fprintf(f, "%s: %s, was %s, difference %+.6g\n", v->name, v->b, v->a, v->change);
	}
}

static void compare_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_COMPARE];
	const struct pin *p = ui_reference(u);
	char was[96], now[96];
	value_format(u, p->q.window, p->output, p->predicted, was, sizeof was);
	value_format(u, u->s.q.window, u->scene.output, u->scene.predicted, now, sizeof now);
	char number[32];
	fprintf(f, "%s window %s with %d filters off: %s\n", reference_name(u),
	        window_format(&p->q, number, sizeof number), p->q.off.n, was);
	fprintf(f, "%s%swindow %s with %d filters off: %s\n", beside_of(u) ? own_name(u) : "", beside_of(u) ? " " : "",
	        window_format(&u->s.q, number, sizeof number), u->s.q.off.n, now);
	facts_dump(o, f);
	saliency_dump(u, f);
	for (int i = 0; i < o->n; i++) {
		const struct difference *d = &o->v[i];
		fprintf(f, "%s #%d importance %.4f, was %.4f\n", u->s.m->layer[d->layer].name, d->filter, d->now,
		        d->was);
	}
	fprintf(f, "= importance of %d %sfilters\n", o->equal, o->n ? "other " : "");
}

static const struct legend legend[] = {
	SEEN("{truth} pinned", "the window, or the network with filters off, that was kept with p", .style = S_TRUE),
	SEEN("{truth} intact", "where nothing is pinned: this window in the network with all filters on",
	     .style = S_TRUE),
	SEEN("{truth} a.json", "with --beside, where nothing is pinned: this window in the other model, by its file",
	     .style = S_TRUE),
	SEEN("{predicted} now", "the window that the other views show; beside another model its file",
	     .style = S_PREDICTED),
	SEEN("+0.258", "now less pinned"),
	SEEN("= y 1.5", "what is the same in both, in one line"),
	SEEN("{truth} {predicted}", "both inputs in one plot, each in its colour and with its mark; a cell of both has "
	                            "neither colour; = one line for both"),
	SEEN("{strip}", "saliency of a channel, pinned and now, by the same scale"),
	SEEN("{signed}",
	     "the change: up where saliency rose, down where it fell; or the saliency of a method with signs"),
	SEEN("sal 48.6 %", "saliency: the share of the channel in it", .style = S_DIM),
	SEEN("A B !", "the class of each step; ! where both differ"),
	SEEN("conv1 #1", "a filter, with its importance, pinned and now; a pool that only thins is left out"),
	SEEN("intact 0..1", "both are on the scale of the intact network, whose filters are 0 to 1 in each layer: "
	                    "above 1 is more than any of them, 9 is the end, and 0 is the least of them or less"),
	SEEN("{truth} 0..1", "both are on the scale of the model beside; layers of another shape there are left out"),
	SEEN("mse of the set", "of a smaller network (:prune) and of this one over the windows that are held out"),
	SEEN("pinned 0..1", "both are on the scale of the pinned window in the same way"),
	SEEN("each 0..1", "each is on its own scale: target or measure differ"),
	SEEN("{bar}", "the size of the difference; the colour says its sign"),
	SEEN("{ellipsis}", "not computed yet"),
	{ 0 },
};

const struct view view_compare = {
	.id = VIEW_COMPARE,
	.name = "compare",
	.title = "Compare",
	.about = "this window beside the pinned one, or the network with filters off beside the intact one, or beside "
	         "another model, or a smaller one",
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.compares = true,
	.hints = "enter:open window-previous,window-next:window pin measure method target zoom,zoom-out:time channel "
	         "search",
	.open = compare_open,
	.release = compare_release,
	.search = compare_search,
	.depends = CHANGED_LIST | CHANGED_QUESTION | CHANGED_LOOK,
	.update = compare_update,
	.draw = compare_draw,
	.move = compare_move,
	.enter = compare_enter,
	.pick = compare_pick,
	.dump = compare_dump,
};
