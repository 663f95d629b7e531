/* Actions: to another view, another place, what is searched. */
#include "ui/actions/act.h"

#include <string.h>

/* ---- views ---- */

static unsigned go(struct ui *u, enum view_id id)
{
	const struct view *v = u->views[id];
	if (v->open)
		v->open(u);
	return session_view(&u->s, id, !v->level) | (v->open ? CHANGED_LIST : 0);
}

#define GROUP(title)
#define ACTION(name, keys, help, run, needs, affects)
#define STEP(name, keys, help, run, needs, affects)
#define IN(view, name, keys, help, run, needs, affects)
#define GO(name, keys, help, id, needs)                       \
	unsigned act_view_##id(struct ui *u, const char *arg) \
	{                                                     \
		(void)arg;                                    \
		return go(u, VIEW_##id);                      \
	}
#include "ui/actions/actions.def"
#undef IN
#undef STEP
#undef ACTION
#undef GO
#undef GROUP

unsigned act_compare(struct ui *u, const char *arg)
{
	char key[16];
	int pair[2];
	(void)arg;
	if (u->s.view == VIEW_CLUSTERS && scene_pair(&u->scene, &u->s, pair))
		return go(u, VIEW_PAIR);
	if (u->pin.on || session_changed(&u->s) || u->s.beside)
		return go(u, VIEW_COMPARE);
	if (u->s.view == VIEW_CLUSTERS)
		ui_say(u, pair[0] < 0 ? "there are no two clusters in this layer; K sets how many"
		                      : "mark two clusters first: Space on a filter or a folded cluster of each");
	else if (u->s.view == VIEW_PAIR)
		ui_say(u, "two clusters are compared here; Backspace goes back, to mark others");
	else
		ui_say(u, "nothing is pinned; %s pins this window, then go to another or switch filters off",
		       action_key_format(u, action_find("pin"), key, sizeof key));
	return 0;
}

/* Zones of levels 2 to 4: (layer, filter), or (layer, -1) for the layer alone. */
static bool pick_filter(struct ui *u, const struct zone *z, unsigned *changed)
{
	*changed = session_layer(&u->s, z->a);
	if (z->b >= 0)
		*changed |= session_filter(&u->s, z->b);
	return z->b >= 0 && !*changed;
}

/* The panel above the views: the input's plots set the time cursor, the slider the percentile. */
static unsigned pick_panel(struct ui *u, const struct zone *z)
{
	struct session *s = &u->s;
	int at = u->pointer_x - z->r.x, w = z->r.w;
	if (z->a == ZONE_PERCENTILE) /* its ends are 0 and 100 */
		return session_percentile(s, at <= 0 ? 0 : at >= w - 1 ? 100 : (at * 2 - 1) * 50 / (w - 2));
	int64_t T = s->m->T, from, count;
	struct span p = viewport_span(&s->shown, T, T);
	if (w < 1 || (s->layer < 0 && s->view != VIEW_EDIT))
		return 0;
	plot_samples(p.n, w, at, &from, &count);
	if (s->view == VIEW_EDIT) {
		u->editor.at = p.from + from + count / 2;
		return CHANGED_TIME;
	}
	return session_time(s, (p.from + from + count / 2) * session_layer_now(s)->times / T);
}

/* What is under the pointer; NULL: nothing. The canvas may hold another view, or another model, than is there by now:
 * keys that were typed ahead are faster than the screen. */
static const struct zone *pointed(struct ui *u)
{
	if (u->pointer_x < 0)
		return NULL;
	u->draw(u);
	return canvas_zone_at(&u->canvas, u->pointer_x, u->pointer_y);
}

/* The first click selects what is under the pointer, a second one opens it. */
unsigned act_click(struct ui *u, const char *arg)
{
	const struct zone *z = pointed(u);
	unsigned changed = 0;
	(void)arg;
	if (!z)
		return 0;
	if (z->a == ZONE_INPUT || z->a == ZONE_PERCENTILE)
		return pick_panel(u, z);
	bool was = u->view->pick          ? u->view->pick(u, z, u->pointer_x, &changed)
	           : session_lists(&u->s) ? pick_filter(u, z, &changed)
	                                  : false;
	return was && u->view->enter ? u->view->enter(u) : changed;
}

/* The wheel moves in the column of level 2 that is under the pointer. */
static unsigned pointed_column(struct ui *u)
{
	const struct zone *z = u->s.view == VIEW_LAYERS ? pointed(u) : NULL;
	return z ? session_layer(&u->s, z->a) : 0;
}

unsigned act_enter(struct ui *u, const char *arg)
{
	(void)arg;
	return u->view->enter ? u->view->enter(u) : 0;
}

unsigned act_back(struct ui *u, const char *arg)
{
	unsigned changed = 0;
	(void)arg;
	if (!session_back(&u->s, &changed))
		ui_say(u, "this is the top; q quits");
	return changed;
}

unsigned act_last_place(struct ui *u, const char *arg)
{
	int64_t window = u->s.q.window;
	unsigned changed = 0;
	(void)arg;
	if (!place_swap(&u->last, &u->s, &changed))
		ui_say(u, "there is no last place yet");
	if (u->s.q.window != window)
		u->windows.at = windows_place(&u->windows, u->s.q.window);
	return changed;
}

/* ---- moving ---- */

unsigned action_move(struct ui *u, enum move m)
{
	unsigned changed = pointed_column(u);
	return changed | (u->view->move ? u->view->move(u, m) : 0);
}

#define MOVE(name, m)                                      \
	unsigned act_##name(struct ui *u, const char *arg) \
	{                                                  \
		(void)arg;                                 \
		return action_move(u, m);                  \
	}
MOVE(left, MOVE_LEFT)
MOVE(right, MOVE_RIGHT)
MOVE(up, MOVE_UP)
MOVE(down, MOVE_DOWN)
MOVE(first, MOVE_FIRST)
MOVE(last, MOVE_LAST)
MOVE(home, MOVE_HOME)
MOVE(end, MOVE_END)
MOVE(page_up, MOVE_PAGE_UP)
MOVE(page_down, MOVE_PAGE_DOWN)
MOVE(half_up, MOVE_HALF_UP)
MOVE(half_down, MOVE_HALF_DOWN)
MOVE(next_layer, MOVE_NEXT)
MOVE(previous_layer, MOVE_PREVIOUS)

/* ---- events ---- */

static unsigned event_by(struct ui *u, int step)
{
	if (u->view->event)
		return u->view->event(u, step);
	ui_say(u, "events are those of the record: 8 shows it");
	return 0;
}
unsigned act_event_previous(struct ui *u, const char *arg)
{
	(void)arg;
	return event_by(u, -1);
}
unsigned act_event_next(struct ui *u, const char *arg)
{
	(void)arg;
	return event_by(u, 1);
}

/* ---- search ---- */

static unsigned search(struct ui *u, int step)
{
	const char *word = u->s.search;
	unsigned changed = 0;
	if (*word && !(u->view->search && u->view->search(u, word, step, &changed)))
		ui_say(u, "'%s' is not here", word);
	return changed;
}

unsigned act_search(struct ui *u, const char *arg)
{
	if (action_ask(u, arg, "search", "/") || !*arg)
		return 0;
	snprintf(u->s.search, sizeof u->s.search, "%.*s", (int)sizeof u->s.search - 1, arg);
	return search(u, 1);
}

unsigned act_search_next(struct ui *u, const char *arg)
{
	(void)arg;
	return search(u, 1);
}
unsigned act_search_previous(struct ui *u, const char *arg)
{
	(void)arg;
	return search(u, -1);
}
