/* The help page: the table of actions, with the keys that run them: the user's own and those of the table. */
#include "ui/views/views.h"

#include <string.h>
#include "ui/actions/actions.h"
#include "ui/views/list.h"

struct own {
	int first; /* the line at the top of the screen */
	int found; /* 1 + the line that the last search found; 0: none */
};

/* What stands on line i: an action or the title of a group. NULL: the line is blank, or beyond the end. */
static const struct action *line_at(int64_t i)
{
	for (const struct action *a = actions; a->help; a++) {
		if (!a->name && a != actions && i-- == 0)
			return NULL;
		if (i-- == 0)
			return a;
	}
	return NULL;
}

static int lines(void)
{
	int n = 0;
	for (const struct action *a = actions; a->help; a++)
		n += a->name || a == actions ? 1 : 2;
	return n;
}

static void help_open(struct ui *u)
{
	struct own *o = u->data[VIEW_HELP];
	*o = (struct own){ 0 };
}

static void help_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_HELP];
	int h = u->frame.body.h, most = lines() - h;
	(void)changed;
	if (o->found)
		o->first = layout_scroll(o->first, o->found - 1, 1, lines(), h);
	o->first = o->first > most ? most : o->first;
	o->first = o->first < 0 ? 0 : o->first;
}

static void line_draw(const struct ui *u, struct canvas *c, const struct action *a, int y)
{
	char keys[64];
	if (!a->name) {
		canvas_text(c, 1, y, -1, S_TITLE, a->help);
		return;
	}
	canvas_text(c, 3, y, 17, S_KEY, action_keys_format(u, a, keys, sizeof keys));
	canvas_text(c, 21, y, -1, S_TEXT, a->help);
	if (c->w >= 100)
		canvas_text(c, c->w - 20, y, 19, S_DIM, a->name);
}

static void help_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_HELP];
	struct rect body = u->frame.body;
	for (int i = 0; i < body.h; i++) {
		const struct action *a = line_at(o->first + i);
		if (a)
			line_draw(u, c, a, body.y + i);
	}
	int found = o->found ? body.y + o->found - 1 - o->first : body.y;
	canvas_cursor(c, 1, found);
	if (o->found)
		canvas_put(c, 1, found, u->g->mark, S_BORDER_ON);
	if (o->first + body.h < lines())
		canvas_put(c, c->w - 1, body.y + body.h - 1, u->g->down, S_BORDER_ON);
	if (o->first > 0)
		canvas_put(c, c->w - 1, body.y, u->g->up, S_BORDER_ON);
}

static unsigned help_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_HELP];
	o->found = 0;
	return list_move(&o->first, lines() + 1, u->frame.body.h - 1, m);
}

static const char *help_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const struct action *a = line_at(i);
	char keys[64];
	if (!a)
		return "";
	if (!a->name)
		return a->help;
	snprintf(buf, size, "%s %s %s", action_keys_format(u, a, keys, sizeof keys), a->help,
	         u->canvas.w >= 100 ? a->name : "");
	return buf;
}

static bool help_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_HELP];
	int64_t from = o->found ? o->found - 1 : step > 0 ? o->first - 1 : o->first;
	int64_t to = list_search(u, help_text, from, lines(), word, step);
	if (to < 0)
		return false;
	o->found = (int)to + 1;
	*changed = CHANGED_LIST;
	return true;
}

static void help_dump(struct ui *u, FILE *f)
{
	char keys[64];
	for (const struct action *a = actions; a->help; a++)
		if (a->name)
			fprintf(f, "%-18s %-18s %s\n", a->name, action_keys_format(u, a, keys, sizeof keys), a->help);
		else
			fprintf(f, "%s%s\n", a == actions ? "" : "\n", a->help);
}

const struct view view_help = {
	.id = VIEW_HELP,
	.name = "help",
	.title = "Help",
	.size = sizeof(struct own),
	.depends = CHANGED_LIST,
	.hints = "search",
	.open = help_open,
	.update = help_update,
	.draw = help_draw,
	.move = help_move,
	.search = help_search,
	.dump = help_dump,
};
