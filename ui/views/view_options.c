/* The options screen: every setting with its value; Enter (or Right) does what its key does. */
#include "ui/views/views.h"

#include <string.h>
#include "ui/actions/actions.h"
#include "ui/parts/list.h"

struct option {
	const char *label, *action;
	void (*value)(const struct ui *u, char *buf, size_t size);
};

static void target_value(const struct ui *u, char *b, size_t n)
{
	target_format(&u->s.q.target, u->s.m, b, n);
}
static void measure_value(const struct ui *u, char *b, size_t n)
{
	const struct importance_measure *m = &importance_measures[u->s.q.measure];
	snprintf(b, n, "%s: %s", m->name, m->formula);
}
static void method_value(const struct ui *u, char *b, size_t n)
{
	const struct saliency_method *m = &saliency_methods[u->s.q.method];
	snprintf(b, n, "%s: %s", m->name, m->formula);
}
static void cluster_method_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.q.cluster_method == CLUSTER_KMEANS ? "k-means" : "DTW, complete linkage");
}
static void clusters_value(const struct ui *u, char *b, size_t n)
{
	if (u->s.q.clusters)
		snprintf(b, n, "%d", u->s.q.clusters);
	else
		snprintf(b, n, "by the method");
}
static void seed_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%llu", (unsigned long long)u->s.q.seed);
}
static void percentile_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%d", u->s.percentile);
}
static void filter_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", *u->s.expression ? u->s.expression : "all filters");
}
static void sort_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", sort_names[u->s.sort]);
}
static void reverse_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.reverse ? "reversed" : "as it is");
}
static void units_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.raw_units ? "raw" : "scaled");
}
static void colours_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.cluster_colours ? "on" : "off");
}
static void size_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%+d", u->s.zoom);
}
static void glyphs_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->g->name);
}
static void theme_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", theme_word((int)u->theme));
}
static void keybar_value(const struct ui *u, char *b, size_t n)
{
	static const char *const bars[KEYBARS] = { "hidden", "keys of the view", "F1 to F10" };
	snprintf(b, n, "%s", bars[u->keybar]);
}
static void off_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%d", u->s.q.off.n);
}
static void marks_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%d", u->s.marks.n);
}
static void pin_value(const struct ui *u, char *b, size_t n)
{
	if (u->pin.on)
		snprintf(b, n, "window %lld, %d filters off", (long long)u->pin.q.window, u->pin.q.off.n);
	else
		snprintf(b, n, "none");
}

static const struct option options[] = {
	{ "target", "target", target_value },
	{ "importance measure", "measure", measure_value },
	{ "saliency method", "method", method_value },
	{ "seed", NULL, seed_value },
	{ "clustering", "cluster-method", cluster_method_value },
	{ "clusters", "cluster-count", clusters_value },
	{ "percentile", "percentile", percentile_value },
	{ "filter", "filter", filter_value },
	{ "sort by", "sort", sort_value },
	{ "order", "reverse", reverse_value },
	{ "units", "units", units_value },
	{ "cluster colours", "cluster-colours", colours_value },
	{ "plot size", "larger", size_value },
	{ "glyphs", "glyphs", glyphs_value },
	{ "background", "theme", theme_value },
	{ "key bar", "keybar", keybar_value },
	{ "filters off", "switch-clear", off_value },
	{ "marks", "clear-marks", marks_value },
	{ "pinned", "pin", pin_value },
	{ "keep these settings", "save-settings", NULL },
};
enum { OPTIONS = sizeof options / sizeof *options };

/* Before the last option, which keeps the settings, stand the columns of the filter table. */
enum { COLUMNS = OPTIONS - 1 };

/* The column on line i; NULL: an option stands there. */
static const struct filter_fact *column_of(int i)
{
	i -= COLUMNS;
	if (i < 0)
		return NULL;
	for (const struct filter_fact *q = filter_fact_table; q->name; q++)
		if (q->title && i-- == 0)
			return q;
	return NULL;
}

static int lines(void)
{
	int n = COLUMNS;
	while (column_of(n))
		n++;
	return n + OPTIONS - COLUMNS;
}

/* The option on a line on which no column stands. */
static const struct option *option_of(int i)
{
	return &options[i < COLUMNS ? i : i - lines() + OPTIONS];
}

/* What stands on a line: a label, the action's name or NULL, and the value in buf. */
static const char *line_of(const struct ui *u, int i, const char **action, char *buf, size_t size)
{
	const struct filter_fact *q = column_of(i);
	*buf = '\0';
	*action = q ? "column" : option_of(i)->action;
	if (q) {
		bool on = u->s.table.columns & 1u << (q - filter_fact_table);
		snprintf(buf, size, "%s: %s", on ? "shown" : "hidden", q->help);
		return q->title;
	}
	if (option_of(i)->value)
		option_of(i)->value(u, buf, size);
	return option_of(i)->label;
}

static void options_open(struct ui *u)
{
	struct list *l = u->data[VIEW_OPTIONS];
	l->at = u->s.view == VIEW_TABLE ? COLUMNS : 0;
}

static void options_update(struct ui *u, unsigned changed)
{
	(void)changed;
	list_keep(u->data[VIEW_OPTIONS], lines(), u->frame.body.h);
}

static void options_draw(const struct ui *u, struct canvas *c)
{
	const struct list *l = u->data[VIEW_OPTIONS];
	struct rect body = u->frame.body;
	int label_w = c->w >= 60 ? 20 : 15;
	for (int y = 0; y < body.h && l->first + y < lines(); y++) {
		const char *action;
		char b[256] = "", key[16] = "", label[64];
		snprintf(label, sizeof label, column_of(l->first + y) ? "table: %s" : "%s",
		         line_of(u, l->first + y, &action, b, sizeof b));
		const struct action *a = action ? action_find(action) : NULL;
		bool on = l->first + y == l->at;
		if (a)
			action_key_format(u, a, key, sizeof key);
		canvas_put(c, 0, body.y + y, on ? u->g->mark : ' ', S_BORDER_ON);
		int n = canvas_text(c, 2, body.y + y, label_w - 1, on ? S_TITLE | STYLE_REVERSE : S_TEXT, label);
		if (on)
			canvas_cursor(c, 2, body.y + y);
		canvas_zone(c, (struct rect){ 0, body.y + y, c->w, 1 }, l->first + y, -1);
		(void)n;
		canvas_text(c, 2 + label_w, body.y + y, 6, S_KEY, key);
		canvas_text(c, 2 + label_w + 7, body.y + y, -1, a ? S_TEXT : S_DIM, b);
	}
	if (l->first > 0)
		canvas_put(c, c->w - 1, body.y, u->g->up, S_BORDER_ON);
	if (l->first + body.h < lines())
		canvas_put(c, c->w - 1, body.y + body.h - 1, u->g->down, S_BORDER_ON);
}

static bool options_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct list *l = u->data[VIEW_OPTIONS];
	(void)x;
	return list_pick(l, z, changed);
}

static unsigned options_enter(struct ui *u)
{
	const struct list *l = u->data[VIEW_OPTIONS];
	char b[256];
	const char *name;
	line_of(u, l->at, &name, b, sizeof b);
	if (column_of(l->at))
		return action_run(u, action_find(name), column_of(l->at)->name);
	if (!name) {
		ui_say(u, "given when the program starts (--seed)");
		return 0;
	}
	return action_run(u, action_find(name), NULL);
}

static unsigned options_move(struct ui *u, enum move m)
{
	struct list *l = u->data[VIEW_OPTIONS];
	return list_move(&l->at, lines(), u->frame.body.h - 1, m);
}

static const char *option_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const char *action;
	char value[256];
	const char *label = line_of(u, (int)i, &action, value, sizeof value);
	snprintf(buf, size, "%s%s %s", column_of((int)i) ? "table: " : "", label, value);
	return buf;
}

static bool options_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	return list_find(u, u->data[VIEW_OPTIONS], option_text, lines(), word, step, changed);
}

static void options_dump(struct ui *u, FILE *f)
{
	for (int i = 0; i < lines(); i++) {
		const char *action;
		char b[256];
		const char *label = line_of(u, i, &action, b, sizeof b);
		if (column_of(i) || option_of(i)->value)
			fprintf(f, "%s%s: %s\n", column_of(i) ? "table " : "", label, b);
	}
}

static const struct legend legend[] = {
	SEEN("{mark}", "the selected option"),
	SEEN("{up} {down}", "there is more above or below"),
	SEEN("min, max, raw", "columns of the filter table, each shown or hidden"),
	SEEN("t", "the key that changes it in every view", .style = S_KEY),
	{ .keys = "enter", .text = "change the selected option" },
	{ 0 },
};

const struct view view_options = {
	.id = VIEW_OPTIONS,
	.name = "options",
	.title = "Options",
	.legend = legend,
	.size = sizeof(struct list),
	.depends = CHANGED_LIST | CHANGED_QUESTION | CHANGED_ORDER | CHANGED_MARKS,
	.hints = "enter:change search",
	.open = options_open,
	.search = options_search,
	.update = options_update,
	.draw = options_draw,
	.move = options_move,
	.enter = options_enter,
	.pick = options_pick,
	.dump = options_dump,
};
