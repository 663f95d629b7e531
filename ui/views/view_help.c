/* The help page: the table of actions, as it is. */
#include "ui/views/views.h"

#include <string.h>
#include "ui/actions/actions.h"
#include "ui/views/list.h"

static int lines(void)
{
	int n = 0;
	for (const struct action *a = actions; a->help; a++)
		n += a->name || a == actions ? 1 : 2;
	return n;
}

static void help_update(struct ui *u, unsigned changed)
{
	int most = lines() - u->frame.body.h;
	(void)changed;
	u->list_at = u->list_at > most ? most : u->list_at;
	u->list_at = u->list_at < 0 ? 0 : u->list_at;
}

static void help_draw(const struct ui *u, struct canvas *c)
{
	struct rect body = u->frame.body;
	int y = body.y - u->list_at;
	for (const struct action *a = actions; a->help; a++) {
		if (!a->name && a != actions)
			y++;
		if (y >= body.y && y < body.y + body.h) {
			if (!a->name) {
				canvas_text(c, 1, y, -1, S_TITLE, a->help);
			} else {
				canvas_text(c, 3, y, 17, S_KEY, a->keys);
				canvas_text(c, 21, y, -1, S_TEXT, a->help);
				if (c->w >= 100)
					canvas_text(c, c->w - 20, y, 19, S_DIM, a->name);
			}
		}
		y++;
	}
	canvas_cursor(c, 1, body.y);
	if (y > body.y + body.h)
		canvas_put(c, c->w - 1, body.y + body.h - 1, u->g->down, S_BORDER_ON);
	if (u->list_at > 0)
		canvas_put(c, c->w - 1, body.y, u->g->up, S_BORDER_ON);
}

static unsigned help_move(struct ui *u, enum move m)
{
	return list_move(&u->list_at, lines() + 1, u->frame.body.h - 1, m);
}

static void help_dump(struct ui *u, FILE *f)
{
	(void)u;
	actions_print(f);
}

const struct view view_help = {
	.id = VIEW_HELP,
	.name = "help",
	.title = "Help",
	.depends = CHANGED_LIST,
	.update = help_update,
	.draw = help_draw,
	.move = help_move,
	.dump = help_dump,
};
