/* The page of the model: file and format, what the file says of itself, inputs and outputs, sizes, warnings, and the
 * list of layers. */
#include "ui/views/views.h"

#include "ui/parts/page.h"

struct own {
	struct page page;
	const struct model *m; /* the page is of this model; NULL: of none yet */
};

static void model_release(void *data)
{
	struct own *o = data;
	page_release(&o->page);
}

static void model_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_MODEL];
	/* all has changed: the model was read again */
	if ((changed & CHANGED_ALL) == CHANGED_ALL || o->m != u->s.m) {
		page_release(&o->page);
		describe_model(u->s.m, &o->page.d);
		page_begin(&o->page);
		o->m = u->s.m;
	}
	page_update(u, &o->page);
}

static void model_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = u->data[VIEW_MODEL];
	page_draw(u, c, &o->page);
}

static unsigned model_move(struct ui *u, enum move m)
{
	struct own *o = u->data[VIEW_MODEL];
	return page_move(u, &o->page, m);
}

static unsigned model_enter(struct ui *u)
{
	const struct own *o = u->data[VIEW_MODEL];
	const struct describe_line *l = page_line(&o->page);
	struct session *s = &u->s;
	if (!l || l->kind != LINE_LAYER) {
		ui_say(u, "Enter opens a layer of the list below");
		return 0;
	}
	s->net_at = l->of;
	if (s->m->layer[l->of].kind == LAYER_ANALYSED)
		s->layer = l->of;
	return session_view(s, VIEW_LAYER, true) | CHANGED_LAYER;
}

static bool model_pick(struct ui *u, const struct zone *z, int x, unsigned *changed)
{
	struct own *o = u->data[VIEW_MODEL];
	(void)x;
	return list_pick(&o->page.list, z, changed);
}

static bool model_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct own *o = u->data[VIEW_MODEL];
	return page_search(&o->page, word, step, changed);
}

static void model_dump(struct ui *u, FILE *f)
{
	const struct own *o = u->data[VIEW_MODEL];
	description_print(&o->page.d, f);
}

static const struct legend legend[] = {
	SEEN("{mark}", "the line under the cursor"),
	SEEN("{up} {down}", "there is more above or below"),
	SEEN("conv1", "a layer, its kind and the shape of its output", .style = S_CHANNEL),
	SEEN("(N,C,T)", "the order of axes: windows, channels or filters, time steps; other axes are 1"),
	SEEN("multiply-adds", "multiplications, each with an addition, for one window", .style = S_DIM),
	{ .keys = "enter", .text = "the page of the layer" },
	{ 0 },
};

const struct view view_model = {
	.id = VIEW_MODEL,
	.name = "model",
	.title = "Model",
	.legend = legend,
	.size = sizeof(struct own),
	.depends = CHANGED_VIEW | CHANGED_LAYER | CHANGED_LIST | CHANGED_LOOK | CHANGED_WINDOW,
	.hints = "enter:open_layer search export",
	.release = model_release,
	.update = model_update,
	.draw = model_draw,
	.move = model_move,
	.enter = model_enter,
	.pick = model_pick,
	.search = model_search,
	.dump = model_dump,
};
