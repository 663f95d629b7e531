/* Actions: to another view, another place, what is searched. */
#include "ui/actions/act.h"

#include <string.h>
#include <strings.h>

/* ---- levels ---- */

static unsigned go(struct ui *u, enum view_id v, bool push)
{
	return session_view(&u->s, v, push);
}

unsigned act_network(struct ui *u, const char *arg)
{
	(void)arg;
	return go(u, VIEW_NETWORK, false);
}
unsigned act_layers(struct ui *u, const char *arg)
{
	(void)arg;
	return go(u, VIEW_LAYERS, false);
}
unsigned act_grid(struct ui *u, const char *arg)
{
	(void)arg;
	return go(u, VIEW_GRID, false);
}
unsigned act_clusters(struct ui *u, const char *arg)
{
	(void)arg;
	return go(u, VIEW_CLUSTERS, false);
}
unsigned act_help(struct ui *u, const char *arg)
{
	(void)arg;
	u->list_at = 0;
	return go(u, VIEW_HELP, true);
}
unsigned act_options(struct ui *u, const char *arg)
{
	(void)arg;
	u->list_at = 0;
	return go(u, VIEW_OPTIONS, true);
}

unsigned act_compare(struct ui *u, const char *arg)
{
	(void)arg;
	if (!u->pin.on) {
		ui_say(u, "nothing is pinned; p pins this window, then go to another or switch filters off");
		return 0;
	}
	u->list_at = 0;
	return go(u, VIEW_COMPARE, true);
}

unsigned act_findings(struct ui *u, const char *arg)
{
	(void)arg;
	u->list_at = 0;
	return go(u, VIEW_FINDINGS, true);
}

unsigned act_windows(struct ui *u, const char *arg)
{
	(void)arg;
	u->windows.at = windows_place(&u->windows, u->s.q.window);
	return go(u, VIEW_WINDOWS, true);
}

bool action_laid_out(struct ui *u)
{
	if (u->frame.usable)
		ui_update(u);
	return u->frame.usable;
}

unsigned act_enter(struct ui *u, const char *arg)
{
	(void)arg;
	return action_laid_out(u) && u->view->enter ? u->view->enter(u) : 0;
}

unsigned act_back(struct ui *u, const char *arg)
{
	unsigned changed = 0;
	(void)arg;
	if (!session_back(&u->s, &changed))
		ui_say(u, "this is the top; q quits");
	return changed;
}

/* ---- moving ---- */

unsigned action_move(struct ui *u, enum move m)
{
	return action_laid_out(u) && u->view->move ? u->view->move(u, m) : 0;
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

/* ---- search ---- */

static bool contains(const char *s, const char *word)
{
	size_t n = strlen(word);
	for (; *s; s++)
		if (!strncasecmp(s, word, n))
			return true;
	return false;
}

static unsigned found_layer(struct ui *u, int i)
{
	struct session *s = &u->s;
	if (s->view == VIEW_NETWORK) {
		s->net_at = i;
		if (s->m->layer[i].kind == LAYER_ANALYSED)
			s->layer = i;
		return CHANGED_LAYER;
	}
	return session_layer(s, i);
}

static bool window_matches(const struct dataset *d, int64_t i, const char *word)
{
	int cls = dataset_class(d, i);
	return contains(dataset_stamp(d, i, 0), word) ||
	       (cls >= 0 && cls < d->n_class && contains(d->class_name[cls], word));
}

static unsigned search(struct ui *u, int step)
{
	struct session *s = &u->s;
	const char *word = s->search;
	if (!*word)
		return 0;
	if (s->view == VIEW_WINDOWS) {
		struct windows *w = &u->windows;
		for (int64_t i = 1; i <= w->n; i++) {
			int64_t at = (w->at + step * i % w->n + w->n) % w->n;
			if (window_matches(s->d, w->order[at], word)) {
				w->at = at;
				return CHANGED_LIST;
			}
		}
	} else if (*word == '#' && s->layer >= 0 && s->runs) {
		int64_t f;
		return action_number(u, word, &f) ? session_filter(s, f) : 0;
	} else {
		int n = s->m->n_layer, from = s->view == VIEW_NETWORK ? s->net_at : s->layer;
		for (int k = 1; k <= n; k++) {
			int i = ((from + step * k) % n + n) % n;
			bool here = s->view == VIEW_NETWORK || s->m->layer[i].kind == LAYER_ANALYSED;
			if (here && (contains(s->m->layer[i].name, word) || contains(s->m->layer[i].type, word)))
				return found_layer(u, i);
		}
	}
	ui_say(u, "'%s' is not here", word);
	return 0;
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
