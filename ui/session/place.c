#include "ui/session/place.h"

#include <string.h>

struct place place_of(const struct session *s)
{
	struct place p = { .m = s->m,
		           .view = s->view,
		           .n_back = s->n_back,
		           .leave = s->leave,
		           .net_at = s->net_at,
		           .layer = s->layer,
		           .filter = s->layer >= 0 ? s->filter[s->layer] : -1,
		           .chosen = s->layer >= 0 && s->chosen[s->layer],
		           .window = s->q.window,
		           .edited = s->q.edited != NULL };
	memcpy(p.back, s->back, sizeof p.back);
	return p;
}

static unsigned difference(const struct place *a, const struct place *b)
{
	return (a->view != b->view ? CHANGED_VIEW : 0) |
	       (a->window != b->window || a->edited != b->edited ? CHANGED_WINDOW : 0) |
	       (a->layer != b->layer || a->filter != b->filter ? CHANGED_LAYER | CHANGED_FILTER : 0);
}

void place_note(struct last_place *l, const struct place *before, const struct session *s, bool step)
{
	if (before->m != s->m)
		return;
	struct place now = place_of(s);
	unsigned by = difference(before, &now);
	if (step && !(by & CHANGED_VIEW))
		by = 0;
	bool goes_on = by == l->by && !(by & CHANGED_VIEW);
	l->by = by;
	if (!by || goes_on)
		return;
	l->place = *before;
	l->known = true;
}

bool place_swap(struct last_place *l, struct session *s, unsigned *changed)
{
	if (!l->known)
		return false;
	struct place to = l->place;
	l->place = place_of(s);
	*changed = difference(&to, &l->place);
	if (*changed & CHANGED_WINDOW)
		session_window(s, to.window);
	if ((*changed & CHANGED_WINDOW) && to.edited && edits_find(&s->edits, to.window))
		session_edit(s, edits_find(&s->edits, to.window));
	s->view = to.view;
	s->n_back = to.n_back;
	s->leave = to.leave;
	memcpy(s->back, to.back, sizeof s->back);
	s->net_at = to.net_at;
	s->layer = to.layer;
	if (to.layer >= 0 && to.filter >= 0) {
		s->filter[to.layer] = to.filter;
		s->chosen[to.layer] = to.chosen;
	}
	return true;
}
