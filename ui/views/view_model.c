/* The page of the model: file and format, what the file says of itself, inputs and outputs, sizes, warnings, and the
 * list of layers. */
#include "ui/views/views.h"

#include <string.h>
#include "core/probe/target.h"
#include "ui/parts/page.h"

struct own {
	struct page page;
	const struct model *m; /* the page is of this model; NULL: of none yet */
	const struct notes *notes;
	bool judged; /* it says how good the model is over all windows */
};

static void model_release(void *data)
{
	struct own *o = data;
	page_release(&o->page);
}

/* What a forecast is of: "load, 1 step after the window". "": it is no forecast of columns. */
static void forecast_of(const struct ui *u, char *buf, size_t size)
{
	const struct dataset *d = u->s.d;
	buf[0] = '\0';
	if (!d || d->n_y < 1 || d->truth != TRUTH_COLUMNS || d->n_predict < 1 || target_has_class(u->s.q.task))
		return;
	size_t at = 0;
	for (int k = 0; k < d->n_predict && at < size; k++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", k ? ", " : "", d->held_name[d->predict[k]]);
	long long from = d->truth_from - d->T + 1, steps = d->n_y / d->n_predict, to = from + steps - 1;
	if (at >= size)
		return;
	if (from < 1)
		snprintf(buf + at, size - at, ", at steps of the window");
	else if (steps > 1)
		snprintf(buf + at, size - at, ", %lld to %lld steps after the window", from, to);
	else
		snprintf(buf + at, size - at, ", %lld step%s after the window", from, from == 1 ? "" : "s");
}

/* Behind the lines of the output: what it is compared with, and how good it is over all windows. */
static void insert_data(struct ui *u, struct own *o)
{
	struct description *d = &o->page.d;
	char target[320];
	const char *quality = windows_quality(&u->windows);
	int at = 0;
	while (at < d->n && strcmp(d->v[at].name, "output") != 0)
		at++;
	at += at < d->n;
	forecast_of(u, target, sizeof target);
	if (*target)
		description_insert(d, at++, "true values", target);
	o->judged = *quality != '\0';
	if (u->windows.n > 0 && windows_have_truth(&u->windows))
		description_insert(d, at, "all windows",
		                   o->judged ? quality : "their errors are not known yet; the key w computes them");
}

static void model_update(struct ui *u, unsigned changed)
{
	struct own *o = u->data[VIEW_MODEL];
	/* all has changed: the model was read again */
	bool new = (changed & CHANGED_ALL) == CHANGED_ALL || o->m != u->s.m;
	if (new || o->judged != (*windows_quality(&u->windows) != '\0') || o->notes != u->s.notes) {
		page_release(&o->page);
		describe_model(u->s.m, &o->page.d);
		insert_data(u, o);
		page_notes(u, &o->page, NOTE_MODEL, -1);
		o->notes = u->s.notes;
		if (new)
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

static void model_subject(const struct ui *u, struct note_subject *q)
{
	(void)u;
	q->about = NOTE_MODEL;
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
	.subject = model_subject,
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
