/* The page of a layer: what kind it is, its attributes, shapes and sizes, and its weights with their figures. */
#include "ui/views/views.h"

#include "ui/parts/page.h"

struct own {
	struct page page;
	int layer;
	const struct model *m; /* the page is of this layer of this model; NULL: of none yet */
	const struct notes *notes;
};

static void layer_release(void *data)
{
	struct own *o = data;
	page_release(&o->page);
}

static void layer_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_LAYER];
	struct session *s = &u->s;
	/* nobody came here from a layer */
	if (s->n_back == s->leave && !o->m && !s->net_at && s->layer >= 0)
		s->net_at = s->layer;
	bool same = o->m == s->m && o->layer == s->net_at;
	if (changed & CHANGED_WINDOW || !same || o->notes != s->notes) {
		page_release(&o->page);
		describe_layer(s->m, s->net_at, &o->page.d);
		page_notes(u, &o->page, NOTE_LAYER, s->net_at);
		if (!same || changed & CHANGED_WINDOW)
			page_begin(&o->page);
		else
			o->page.list.at = 0;
		o->layer = s->net_at;
		o->m = s->m;
		o->notes = s->notes;
	}
	page_update(u, &o->page);
}

static void layer_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_LAYER];
	page_draw(u, c, &o->page);
}

static unsigned layer_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_LAYER];
	struct session *s = &u->s;
	int step = m == MOVE_NEXT || m == MOVE_RIGHT ? 1 : m == MOVE_PREVIOUS || m == MOVE_LEFT ? -1 : 0;
	int to = s->net_at + step;
	if (!step)
		return page_move(u, &o->page, m);
	if (to < 0 || to >= s->m->n_layer)
		return 0;
	s->net_at = to;
	if (s->m->layer[to].kind == LAYER_ANALYSED)
		s->layer = to;
	return CHANGED_LAYER | CHANGED_LIST;
}

static unsigned layer_enter(struct ui *u)
{
	struct session *s = &u->s;
	const struct layer *l = &s->m->layer[s->net_at];
	if (!s->runs)
		ui_say(u, "filters have activations only with data: tsviz MODEL DATA");
	else if (l->kind != LAYER_ANALYSED)
		ui_say(u, "%s has no filters of its own", l->name);
	if (!s->runs || l->kind != LAYER_ANALYSED)
		return 0;
	s->layer = s->net_at;
	return session_view(s, VIEW_GRID, true) | CHANGED_LAYER;
}

static bool layer_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_LAYER];
	(void)x;
	return list_pick(&o->page.list, z, changed);
}

static bool layer_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_LAYER];
	return page_search(&o->page, word, step, changed);
}

static bool layer_numbers(const struct ui *u, struct export_numbers *n, char *name, size_t size)
{
	const struct own *o = u->data[VIEW_LAYER];
	return page_numbers(u, &o->page, n, name, size);
}

static void layer_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_LAYER];
	description_print(&o->page.d, f);
}

static void layer_subject(const struct ui *u, struct note_subject *q)
{
	q->about = NOTE_LAYER;
	q->layer = u->s.net_at;
}

static const struct legend legend[] = {
	{ .rows = legend_page },
	{ .keys = "enter", .text = "the filters of this layer, level 3" },
	{ .keys = "left,right", .text = "the layer before, the next one" },
	{ .keys = "export", .text = "write the chosen weights: FILE.npy, .csv or .json" },
	{ 0 },
};

const struct view view_layer = {
	.id = VIEW_LAYER,
	.name = "layer",
	.subject = layer_subject,
	.title = "Layer",
	.legend = legend,
	.size = sizeof(struct own),
	.depends = CHANGED_VIEW | CHANGED_LAYER | CHANGED_LIST | CHANGED_LOOK | CHANGED_WINDOW,
	.hints = "enter:filters next-layer,previous-layer:layer export:save_weights search",
	.release = layer_release,
	.update = layer_update,
	.draw = layer_draw,
	.move = layer_move,
	.enter = layer_enter,
	.pick = layer_pick,
	.search = layer_search,
	.numbers = layer_numbers,
	.dump = layer_dump,
};
