/* Help. The page of a view explains what is on its screen, then names its keys. The other page has all keys: those of
 * the table of actions, and the user's own. */
#include "ui/views/views.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/actions/actions.h"
#include "ui/parts/list.h"

/* One entry of a page: a heading, a row of a legend, or an action. */
struct item {
	const char *head;
	const struct legend *row;
	const struct action *action;
};
struct page {
	struct item *v;
	int n;
};
struct line { /* the bytes of an item's text that stand in one line of the screen; n 0: a blank line */
	int item;
	size_t from, n;
};

struct own {
	int of, last; /* 1 + the view whose page is shown, and was shown last; 0: all keys */
	struct page page;
	struct line *line;
	int n_line;
	int first; /* the line at the top of the screen */
	int found; /* 1 + the line that the last search found; 0: none */
};

/* ---- the items ---- */

static void add(struct page *p, struct item item)
{
	p->v = xrealloc(p->v, (size_t)p->n + 1, sizeof *p->v);
	p->v[p->n++] = item;
}

/* The i-th action of a list such as "larger,smaller:size"; NULL behind the last. */
static const struct action *action_in(const char *list, int i)
{
	while (i-- > 0 && *(list += strcspn(list, ",: ")) == ',')
		list++;
	char name[32];
	snprintf(name, sizeof name, "%.*s", (int)strcspn(list, ",: "), list);
	return action_find(name);
}

static void add_rows(const struct ui *u, struct page *p, const struct legend *rows, bool keys)
{
	for (const struct legend *r = rows; r && (r->text || r->rows || r->keys); r++) {
		if (r->when && !r->when(u))
			continue;
		if (r->rows)
			add_rows(u, p, r->rows, keys);
		else if ((r->keys != NULL) == keys)
			add(p, (struct item){ .head = !r->mark && !r->keys ? r->text : NULL, .row = r });
	}
}

static bool said(const struct page *p, const struct action *a)
{
	for (int i = 0; i < p->n; i++) {
		const struct legend *r = p->v[i].row;
		const struct action *k;
		for (int j = 0; r && r->keys && (k = action_in(r->keys, j)); j++)
			if (k == a)
				return true;
		if (p->v[i].action == a)
			return true;
	}
	return false;
}

static void add_actions(struct page *p, const char *hints)
{
	for (const char *h = hints; h && *h; h += strcspn(h, " "), h += strspn(h, " ")) {
		const struct action *a;
		for (int i = 0; (a = action_in(h, i)); i++) {
			if (!said(p, a))
				add(p, (struct item){ .action = a });
			if (h[strcspn(h, ",: ")] != ',')
				break;
		}
	}
}

static const char *about(const struct view *v)
{
	const struct action *a = v->about ? NULL : action_find(v->name);
	return v->about ? v->about : a ? a->help : v->title;
}

static void view_page(const struct ui *u, struct page *p, const struct view *v)
{
	add(p, (struct item){ .head = about(v) });
	add_rows(u, p, v->legend, false);
	add_rows(u, p, legend_top, false);
	add(p, (struct item){ .head = "Keys of this view" });
	add_rows(u, p, v->legend, true);
	add_actions(p, v->hints);
	add_actions(p, "command help quit-view cancel");
}

static struct page page_make(const struct ui *u)
{
	const struct own *o = u->data[VIEW_HELP];
	struct page p = { 0 };
	if (o->of)
		view_page(u, &p, u->views[o->of - 1]);
	else
		for (const struct action *a = actions; a->help; a++)
			add(&p, (struct item){ .head = a->name ? NULL : a->help, .action = a->name ? a : NULL });
	return p;
}

static const char *item_text(const struct item *i)
{
	if (i->head)
		return i->head;
	if (i->row && i->row->text)
		return i->row->text;
	return i->row ? action_in(i->row->keys, 0)->help : i->action->help;
}

/* The keys of an item: all keys of an action; of several actions the first one each. An action without a key has its
 * name, as it is typed. */
static const char *item_keys(const struct ui *u, const struct item *i, char *buf, size_t size)
{
	const struct action *a = i->action;
	size_t at = 0;
	*buf = '\0';
	if (a && !*action_keys_format(u, a, buf, size))
		snprintf(buf, size, ":%s", a->name);
	for (int k = 0; !i->action && at < size && (a = action_in(i->row->keys, k)); k++) {
		char b[16];
		action_key_format(u, a, b, sizeof b);
		at += (size_t)snprintf(buf + at, size - at, "%s%s", k && *b ? " " : "", b);
	}
	return buf;
}

static bool has_keys(const struct item *i)
{
	return i->action || (i->row && i->row->keys);
}

static const char *item_mark(const struct ui *u, const struct item *i, char *buf, size_t size)
{
	return has_keys(i) ? item_keys(u, i, buf, size) : legend_format(u, i->row, buf, size);
}

/* ---- the lines ---- */

enum { NAME_W = 20 }; /* of the action's name at the right end */

static bool names(const struct canvas *c)
{
	return c->w >= 100;
}

/* The column where texts begin. */
static int text_x(const struct canvas *c)
{
	return c->w >= 60 ? 21 : 15;
}

static void lines_make(struct ui *u)
{
	struct own *o = u->data[VIEW_HELP];
	int w = u->canvas.w - text_x(&u->canvas) - (names(&u->canvas) ? NAME_W + 1 : 1);
	o->n_line = 0;
	for (int i = 0; i < o->page.n; i++) {
		const struct item *item = &o->page.v[i];
		const char *text = item_text(item);
		size_t n = strlen(text), at = 0;
		o->line = xrealloc(o->line, (size_t)o->n_line + n + 2, sizeof *o->line);
		if (item->head && i)
			o->line[o->n_line++] = (struct line){ i, 0, 0 };
		while (at < n) {
			size_t part = text_fit(text + at, item->head ? u->canvas.w - 2 : w);
			o->line[o->n_line++] = (struct line){ i, at, part };
			at += part;
			at += strspn(text + at, " ");
		}
	}
}

/* ---- the view ---- */

/* A second time: all keys; a third time: the view's page again. */
static void help_open(struct ui *u)
{
	struct own *o = u->data[VIEW_HELP];
	bool here = u->s.view == VIEW_HELP;
	o->of = !here ? (int)u->s.view + 1 : o->of ? 0 : o->last;
	o->last = here ? o->last : o->of;
	o->first = o->found = 0;
}

static void help_release(void *data)
{
	struct own *o = data;
	free(o->page.v);
	free(o->line);
}

static void help_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_HELP];
	int h = u->frame.body.h;
	(void)changed;
	free(o->page.v);
	o->page = page_make(u);
	lines_make(u);
	if (o->found)
		o->first = layout_scroll(o->first, o->found - 1, 1, o->n_line, h);
	o->first = o->first > o->n_line - h ? o->n_line - h : o->first;
	o->first = o->first < 0 ? 0 : o->first;
}

static void line_draw(const struct ui *u, struct canvas *c, const struct line *l, int y)
{
	const struct own *o = u->data[VIEW_HELP];
	const struct item *i = &o->page.v[l->item];
	char b[512], keys[64];
	int x = text_x(c);
	snprintf(b, sizeof b, "%.*s", (int)l->n, item_text(i) + l->from);
	if (i->head) {
		canvas_text(c, 1, y, -1, S_TITLE, b);
		return;
	}
	canvas_text(c, x, y, -1, S_TEXT, b);
	if (l->from)
		return;
	if (has_keys(i))
		canvas_text(c, 3, y, x - 4, S_KEY, item_keys(u, i, keys, sizeof keys));
	else
		legend_draw(u, c, 3, y, x - 4, i->row);
	if (names(c) && i->action)
		canvas_text(c, c->w - NAME_W, y, NAME_W - 1, S_DIM, i->action->name);
}

static void help_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_HELP];
	struct rect body = u->frame.body;
	for (int y = 0; y < body.h && o->first + y < o->n_line; y++)
		if (o->line[o->first + y].n)
			line_draw(u, c, &o->line[o->first + y], body.y + y);
	int found = o->found ? body.y + o->found - 1 - o->first : body.y;
	canvas_cursor(c, 1, found);
	if (o->found)
		canvas_put(c, 1, found, u->g->mark, S_BORDER_ON);
	if (o->first + body.h < o->n_line)
		canvas_put(c, c->w - 1, body.y + body.h - 1, u->g->down, S_BORDER_ON);
	if (o->first > 0)
		canvas_put(c, c->w - 1, body.y, u->g->up, S_BORDER_ON);
}

static unsigned help_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_HELP];
	o->found = 0;
	return list_move(&o->first, o->n_line + 1, u->frame.body.h - 1, m);
}

/* The text of an item stands with its first line. */
static const char *help_text(const struct ui *u, int64_t at, char *buf, size_t size)
{
	const struct own *o = u->data[VIEW_HELP];
	const struct line *l = &o->line[at];
	const struct item *i = &o->page.v[l->item];
	char mark[128];
	if (!l->n || l->from)
		return "";
	if (i->head)
		return i->head;
	snprintf(buf, size, "%s %s %s", item_mark(u, i, mark, sizeof mark), item_text(i),
	         i->action && names(&u->canvas) ? i->action->name : "");
	return buf;
}

static bool help_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_HELP];
	int64_t from = o->found ? o->found - 1 : step > 0 ? o->first - 1 : o->first;
	int64_t to = o->n_line ? list_search(u, help_text, from, o->n_line, word, step) : -1;
	if (to < 0)
		return false;
	o->found = (int)to + 1;
	*changed = CHANGED_LIST;
	return true;
}

static void help_dump(struct ui *u, FILE *f)
{
	struct page p = page_make(u);
	for (int k = 0; k < p.n; k++) {
		const struct item *i = &p.v[k];
		char mark[128];
		if (i->head) {
			fprintf(f, "%s%s\n", k ? "\n" : "", i->head);
			continue;
		}
		item_mark(u, i, mark, sizeof mark);
		if (i->action)
			fprintf(f, "%-18s ", i->action->name);
		int pad = 18 - text_width(mark);
		fprintf(f, "%s%*s %s\n", mark, pad > 0 ? pad : 0, "", item_text(i));
	}
	free(p.v);
}

static const struct legend legend[] = {
	SEEN("{up} {down}", "there is more above or below"),
	SEEN("{mark}", "the line that the search has found"),
	{ .keys = "help", .text = "all keys; again: the page of the view" },
	{ 0 },
};

const struct view view_help = {
	.id = VIEW_HELP,
	.name = "help",
	.title = "Help",
	.size = sizeof(struct own),
	.depends = CHANGED_LIST,
	.hints = "search",
	.legend = legend,
	.open = help_open,
	.release = help_release,
	.update = help_update,
	.draw = help_draw,
	.move = help_move,
	.search = help_search,
	.dump = help_dump,
};
