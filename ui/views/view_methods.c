/* All saliency methods beside each other, a row for each: a strip under the input, and how far its map may be believed.
 * Unfolded, a strip for each channel with the share of each channel. A line says whether they agree. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"
#include "ui/parts/methods.h"
#include "ui/parts/panel.h"
#include "ui/parts/standing.h"

enum { SIDE_LEAST = 14, SAMPLED = 4096 };

struct own {
	struct list list;                /* first, so that the data are those of a list */
	bool maps;                       /* unfolded: a strip for each channel */
	double agree[TRUTH_METHODS_MAX]; /* mean rank correlation with the other maps; NaN: not known */
};

/* ---- the view ---- */

/* Are the shares beside the strips? Else they stand on a line above them. */
static bool beside(const struct ui *u)
{
	return u->frame.body.w - u->panel.input.w >= SIDE_LEAST && u->panel.label_w >= 8;
}

static bool unfolded(const struct ui *u)
{
	const struct own *o = u->data[VIEW_METHODS];
	return o->maps;
}

static int item_height(const struct ui *u)
{
	if (!unfolded(u))
		return 1;
	int channels = u->panel.channels > 0 ? u->panel.channels : 1;
	return channels + (beside(u) ? 0 : 1);
}

/* Lines above the methods: the verdict, and above the rows what was measured and their headings. */
static int lines_above(const struct ui *u)
{
	return unfolded(u) || u->main.h < 6 ? 1 : u->main.h < 8 ? 2 : 3;
}

/* Methods that are seen at once. */
static int room_of(const struct ui *u)
{
	int n = (u->main.h - lines_above(u)) / item_height(u);
	return n > 1 ? n : 1;
}

/* Rank correlation of abs(map) of methods i and k, over some of the points where there are many. */
static double alike(const struct ui *u, int i, int k)
{
	static const double none = NAN;
	int64_t all = u->s.m->T * u->s.m->C, step = (all + SAMPLED - 1) / SAMPLED, n = (all + step - 1) / step;
	double *a = xcalloc((size_t)n * 2, sizeof *a), *b = a + n;
	if (!methods_there(u, i) || !methods_there(u, k)) {
		free(a);
		return none;
	}
	for (int64_t p = 0; p < n; p++) {
		a[p] = fabs((double)u->scene.method[i].map[p * step]);
		b[p] = fabs((double)u->scene.method[k].map[p * step]);
	}
	double r = truth_rank_correlation(a, b, n);
	free(a);
	return r;
}

static void agree_update(struct ui *u)
{
	struct own *o = u->data[VIEW_METHODS];
	int n = u->scene.n_method < TRUTH_METHODS_MAX ? u->scene.n_method : TRUTH_METHODS_MAX, count[TRUTH_METHODS_MAX];
	for (int i = 0; i < n; i++)
		o->agree[i] = count[i] = 0;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++) {
			double r = alike(u, i, k);
			if (r != r)
				continue;
			o->agree[i] += r, count[i]++;
			o->agree[k] += r, count[k]++;
		}
	for (int i = 0; i < n; i++)
		o->agree[i] = count[i] ? o->agree[i] / count[i] : (double)NAN;
}

static void methods_update(struct ui *u, unsigned changed)
{
	panel_update(u, u->frame.body.h >= 40 ? 3 : 1, u->frame.body.h * 3 / 10);
	if (changed & (CHANGED_ARRIVED | CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_VIEW | CHANGED_LOOK))
		agree_update(u);
	list_keep(u->data[VIEW_METHODS], u->scene.n_method, room_of(u));
}

static unsigned methods_wants(const struct ui *u)
{
	return u->s.one_filter ? NEEDS_SELECTED : 0;
}

static void subject_format(const struct ui *u, char *buf, size_t size)
{
	char t[TARGET_TEXT];
	struct target target = u->s.q.target;
	target_words(u, &target, t, sizeof t);
	if (u->s.one_filter && u->s.layer >= 0)
		snprintf(buf, size, "%s #%d", session_layer_now(&u->s)->name, u->s.filter[u->s.layer]);
	else
		snprintf(buf, size, "%s", t);
}

static void title_draw(const struct ui *u, struct canvas *c)
{
	char subject[96], name[64], b[256];
	int y = u->main.y, x = 1;
	subject_format(u, subject, sizeof subject);
	struct methods_verdict v = methods_compare(u, false);
	bool bad = v.disagree;
	methods_sentence(u, b, sizeof b);
	/* Where the sentence has no room, what matters most begins it. */
	if (bad && text_width(b) > u->main.w - 2) {
		methods_part(u, &v, name, sizeof name);
		snprintf(b, sizeof b, "they disagree: %.0f to %.0f %% on %s", 100 * v.low, 100 * v.high, name);
	}
	/* the sentence is more than what it is about */
	if (u->main.w - text_width(b) > text_width(subject) + 16)
		x += canvas_printf(c, x, y, -1, S_TITLE, "saliency of %s  ", subject);
	canvas_text(c, x, y, -1, *b ? bad ? (unsigned)S_WARN : (unsigned)S_TEXT : (unsigned)S_DIM,
	            *b ? b : "methods are being compared");
}

static void share_draw(const struct ui *u, struct canvas *c, int i, int64_t ch, struct rect r)
{
	const struct method_map *q = &u->scene.method[i];
	char name[64];
	if (r.w < 6)
		return;
	if (saliency_methods[i].channels_alike && u->s.m->C > 1) {
		canvas_text(c, r.x, r.y, r.w, S_DIM, "all alike");
		return;
	}
	if (!(q->max > 0)) {
		canvas_text(c, r.x, r.y, r.w, S_DIM, "zero");
		return;
	}
	int bar = r.w >= 24 ? r.w - 16 : 0;
	canvas_name(c, r.x, r.y, r.w - 7 - bar, S_CHANNEL, channel_name(u, ch, name, sizeof name));
	if (bar)
		plot_bar(c, u->g, r.x + r.w - 7 - bar, r.y, bar, q->share[ch], style_seq(q->share[ch]));
	canvas_printf(c, r.x + r.w - 5, r.y, 5, S_TEXT, "%3.0f %%", 100 * q->share[ch]);
}

static void strip_draw(const struct ui *u, struct canvas *c, int i, int64_t ch, int y)
{
	const struct method_map *q = &u->scene.method[i];
	int64_t T = u->s.m->T, C = u->s.m->C;
	int x = u->panel.label_w, w = u->panel.input.w - x;
	struct series v = { q->map + ch, T, C };
	if (saliency_methods[i].is_signed)
		plot_signed_strip(c, u->g, x, y, w, v, q->max);
	else
		plot_strip(c, u->g, x, y, w, v, q->max, S_SEQ + 6);
}

/* The shares of all channels on a line, where there is no room beside the strips. */
static void shares_line(const struct ui *u, struct canvas *c, int i, int x, int y)
{
	for (int64_t ch = 0; ch < u->s.m->C && methods_there(u, i); ch++) {
		char b[96], name[64];
		if (saliency_methods[i].channels_alike && u->s.m->C > 1)
			snprintf(b, sizeof b, "channels alike");
		else
			snprintf(b, sizeof b, "%s %.0f %%", channel_name(u, ch, name, sizeof name),
			         100 * u->scene.method[i].share[ch]);
		if (x + text_width(b) > c->w - 1)
			return;
		x += canvas_text(c, x, y, -1, S_TEXT, b) + 2;
		if (saliency_methods[i].channels_alike)
			return;
	}
}

static void name_draw(const struct ui *u, struct canvas *c, int i, int y, int w)
{
	const struct list *l = u->data[VIEW_METHODS];
	const struct method_map *q = &u->scene.method[i];
	canvas_zone(c, (struct rect){ 0, y, c->w, item_height(u) }, i, -1);
	canvas_put(c, 0, y, i == u->s.q.method ? (int32_t)u->g->mark : ' ', S_BORDER_ON);
	int n = canvas_name(c, 1, y, w, q->stale ? (unsigned)S_DIM : (unsigned)S_TEXT, saliency_methods[i].name);
	if (i != l->at)
		return;
	canvas_mark(c, (struct rect){ 1, y, n, 1 }, STYLE_REVERSE);
	canvas_cursor(c, 1, y);
}

static void item_draw(const struct ui *u, struct canvas *c, int i, int y)
{
	const struct method_map *q = &u->scene.method[i];
	bool side = beside(u);
	int w = side ? u->panel.label_w - 2 : 16, n = text_width(saliency_methods[i].name);
	name_draw(u, c, i, y, w);
	if (!side)
		shares_line(u, c, i, 2 + (n < w ? n : w), y);
	for (int k = 0; k < u->panel.channels; k++) {
		int row = y + k + !side;
		int64_t ch = u->s.channel + k;
		if (row >= u->main.y + u->main.h)
			return;
		if (!q->map) {
			canvas_put(c, u->panel.label_w, row, c->ellipsis, S_DIM);
			continue;
		}
		strip_draw(u, c, i, ch, row);
		if (side)
			share_draw(u, c, i, ch,
			           (struct rect){ u->panel.input.w + 1, row, c->w - u->panel.input.w - 2, 1 });
	}
}

/* Where the columns of the standing are: beside the strips, else behind the names. */
static struct rect table_of(const struct ui *u, int y)
{
	int x = beside(u) ? u->panel.input.w + 1 : 16;
	return (struct rect){ x, y, u->frame.body.w - x, 1 };
}

/* The sum of abs(map) over the channels, at each step. */
static void sum_strip(const struct ui *u, struct canvas *c, int i, int y)
{
	const struct method_map *q = &u->scene.method[i];
	int64_t T = u->s.m->T, C = u->s.m->C;
	real *sum = xcalloc((size_t)T + 1, sizeof *sum);
	for (int64_t t = 0; t < T; t++)
		for (int64_t ch = 0; ch < C; ch++)
			sum[t] += (real)fabs((double)q->map[t * C + ch]);
	struct series v = series_of(sum, T);
	plot_strip(c, u->g, u->panel.label_w, y, u->panel.input.w - u->panel.label_w, v, series_abs_max(v), S_SEQ + 6);
	free(sum);
}

static void row_draw(const struct ui *u, struct canvas *c, int i, int y)
{
	const struct own *o = u->data[VIEW_METHODS];
	bool side = beside(u);
	name_draw(u, c, i, y, side ? u->panel.label_w - 2 : 14);
	if (side && !u->scene.method[i].map)
		canvas_put(c, u->panel.label_w, y, c->ellipsis, S_DIM);
	else if (side && u->s.m->C == 1)
		strip_draw(u, c, i, 0, y);
	else if (side)
		sum_strip(u, c, i, y);
	standing_row(u, c, i, o->agree[i], table_of(u, y));
}

/* The rows, and below them, where there is room, a random order's and the curves of the method under the cursor. */
static void rows_draw(const struct ui *u, struct canvas *c)
{
	const struct list *l = u->data[VIEW_METHODS];
	char b[320];
	int above = lines_above(u), y = u->main.y + above, end = u->main.y + u->main.h, n = room_of(u);
	if (above > 1)
		canvas_text(c, 1, u->main.y + 1, u->main.w - 2, S_TEXT, standing_sentence(u, b, sizeof b));
	if (above > 2)
		standing_heading(u, c, table_of(u, y - 1));
	if (above > 2 && *doubts_sign(u, b, sizeof b))
		canvas_printf(c, 30, y - 1, table_of(u, y - 1).x - 31, S_WARN, "! %s: see f", b);
	for (int k = 0; k < n && l->first + k < u->scene.n_method; k++)
		row_draw(u, c, l->first + k, y++);
	if (y < end && truth_of_set(&u->scene.truth)) {
		canvas_name(c, 1, y, beside(u) ? u->panel.label_w - 2 : 14, S_DIM, "random");
		standing_random(u, c, table_of(u, y++));
	}
	struct rect rest = { 1, y + 1, u->main.w - 2, end - y - 1 };
	rest.w = rest.w > 100 ? 100 : rest.w;
	rest.h = rest.h > 14 ? 14 : rest.h;
	standing_plot(u, c, l->at, rest);
}

static void methods_draw(const struct ui *u, struct canvas *c)
{
	const struct list *l = u->data[VIEW_METHODS];
	int h = item_height(u), n = room_of(u);
	panel_draw(u, c);
	title_draw(u, c);
	if (!unfolded(u))
		rows_draw(u, c);
	for (int k = 0; unfolded(u) && k < n && l->first + k < u->scene.n_method; k++)
		item_draw(u, c, l->first + k, u->main.y + 1 + k * h);
	if (l->first > 0)
		canvas_put(c, c->w - 1, u->main.y + lines_above(u), u->g->up, S_BORDER_ON);
	if (l->first + n < u->scene.n_method)
		canvas_put(c, c->w - 1, u->main.y + u->main.h - 1, u->g->down, S_BORDER_ON);
}

static void methods_open(struct ui *u)
{
	struct list *l = u->data[VIEW_METHODS];
	l->at = u->s.q.method;
}

static unsigned methods_move(struct ui *u, enum move m)
{
	struct list *l = u->data[VIEW_METHODS];
	return list_move(&l->at, u->scene.n_method, room_of(u) - 1, m);
}

static unsigned methods_enter(struct ui *u)
{
	const struct list *l = u->data[VIEW_METHODS];
	if (l->at == u->s.q.method && !truth_follows(&u->scene.truth, &u->s))
		return 0;
	u->s.auto_method = AUTO_OFF;
	ui_say(u, "saliency %s: %s", saliency_methods[l->at].name, saliency_methods[l->at].formula);
	return session_method(&u->s, l->at);
}

static unsigned methods_toggle(struct ui *u)
{
	if (u->s.layer < 0) {
		ui_say(u, "no layer of this model has filters");
		return 0;
	}
	u->s.one_filter = !u->s.one_filter;
	return CHANGED_LOOK;
}

static unsigned methods_fold(struct ui *u)
{
	struct own *o = u->data[VIEW_METHODS];
	o->maps = !o->maps;
	return CHANGED_LOOK;
}

static bool methods_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	(void)x;
	return list_pick(u->data[VIEW_METHODS], z, changed);
}

static const char *method_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return saliency_methods[i].name;
}

static bool methods_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	return list_find(u, u->data[VIEW_METHODS], method_text, u->scene.n_method, word, step, changed);
}

static void methods_dump(struct ui *u, FILE *f)
{
	char b[256];
	subject_format(u, b, sizeof b);
	fprintf(f, "saliency of %s, by method: share of each channel\n", b);
	for (int i = 0; i < u->scene.n_method; i++) {
		fprintf(f, "%s:", saliency_methods[i].name);
		for (int64_t ch = 0; ch < u->s.m->C && methods_there(u, i); ch++)
			fprintf(f, "%s %s %.4f", ch ? "," : "", channel_name(u, ch, b, sizeof b),
			        u->scene.method[i].share[ch]);
		fprintf(f, "%s%s\n", saliency_methods[i].is_signed ? "  (with signs)" : "",
		        saliency_methods[i].channels_alike ? "  (all channels alike)" : "");
	}
	standing_dump(u, f);
	for (int k = 0; k < UI_DOUBTS; k++) {
		char sentence[400];
		if (*doubt_sentence(u, (enum ui_doubt)k, sentence, sizeof sentence))
			fprintf(f, "! %s\n", sentence);
	}
	fprintf(f, "%s\n", methods_sentence(u, b, sizeof b));
}

static const struct legend legend[] = {
	SEEN("saliency of sum", "what the methods explain: the target, or after a the selected filter",
	     .style = S_TITLE),
	SEEN("they disagree",
	     "two methods are more than 30 % of all saliency apart: none of them is to be trusted alone",
	     .style = S_WARN),
	SEEN("{selected}", "the method under the cursor; Enter puts it in force"),
	SEEN("{mark}", "the method in force, by which all other views colour"),
	SEEN("{strip}", "saliency of each step by this method, relative to its largest value"),
	SEEN("{signed}", "a method with signs: what raises the value stands up, what lowers it down"),
	SEEN("load {bar} 59 %", "unfolded: the share of this channel in the map"),
	SEEN("all alike", "unfolded: the method gives all channels the same map, and so has no shares", .style = S_DIM),
	SEEN("{ellipsis}", "not computed yet"),
	SEEN("{up} {down}", "there is more above or below"),
	{ .keys = "toggle", .text = "explains the target, or the selected filter" },
	{ .keys = "fold",
	  .text = "a strip for each channel, with the share of each channel; again: a row for each method" },
	SEEN("! tie, kink",
	     "something makes maps of this window doubtful, which f says in sentences; sum: a map does not add up; "
	     "saturated: the "
	     "class is certain; tie: two pooled values are equal; kink: rounding decides about a gradient",
	     .style = S_WARN),
	{ .rows = legend_standing },
	{ .rows = legend_panel },
	{ 0 },
};

const struct view view_methods = {
	.id = VIEW_METHODS,
	.name = "methods",
	.title = "Methods",
	.tab = 7,
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.needs = NEEDS_METHODS | NEEDS_TRUTH | NEEDS_DOUBTS,
	.wants = methods_wants,
	.hints = "enter:use_it fold:channels toggle:output/filter window-previous,window-next:window target baseline "
	         "channel search",
	.open = methods_open,
	.search = methods_search,
	.depends = CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_LIST | CHANGED_LOOK,
	.update = methods_update,
	.draw = methods_draw,
	.move = methods_move,
	.enter = methods_enter,
	.pick = methods_pick,
	.toggle = methods_toggle,
	.fold = methods_fold,
	.fold_all = methods_fold,
	.dump = methods_dump,
};
