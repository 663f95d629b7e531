/* The options screen: every setting with its value; Enter (or Right) does what its key does. */
#include "ui/views/views.h"

#include <string.h>
#include "ui/actions/actions.h"
#include "ui/actions/settings.h"
#include "ui/parts/list.h"

/* The line of the first column of the filter table: before the last option, which keeps the settings. */
static int columns_at(void)
{
	return settings_count() - 1;
}

/* The column on line i; NULL: an option stands there. */
static const struct filter_fact *column_of(int i)
{
	i -= columns_at();
	if (i < 0)
		return NULL;
	for (const struct filter_fact *q = filter_fact_table; q->name; q++)
		if (q->title && i-- == 0)
			return q;
	return NULL;
}

static int lines(void)
{
	int n = columns_at();
	while (column_of(n))
		n++;
	return n + 1;
}

/* The option on a line on which no column stands. */
static const struct setting *option_of(int i)
{
	return &settings[i < columns_at() ? i : columns_at()];
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
	l->at = u->s.view == VIEW_TABLE ? columns_at() : 0;
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
