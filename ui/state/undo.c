#include "ui/state/undo.h"

#include <string.h>

static void choices_release(struct choices *c)
{
	filter_set_release(&c->marks);
	filter_set_release(&c->off);
}

static void choices_take(struct choices *c, const struct session *s)
{
	filter_set_copy(&c->marks, &s->marks);
	filter_set_copy(&c->off, &s->q.off);
	c->sort = s->sort;
	c->reverse = s->reverse;
	c->percentile = s->percentile;
	memcpy(c->expression, s->expression, sizeof c->expression);
}

/* What differs between choices and session. */
static unsigned choices_differ(const struct choices *c, const struct session *s)
{
	unsigned changed = 0;
	if (!filter_set_equal(&c->off, &s->q.off))
		changed |= CHANGED_SWITCHES;
	if (!filter_set_equal(&c->marks, &s->marks))
		changed |= CHANGED_MARKS;
	if (c->sort != s->sort || c->reverse != s->reverse || c->percentile != s->percentile ||
	    strcmp(c->expression, s->expression))
		changed |= CHANGED_ORDER;
	return changed;
}

void undo_init(struct undo *u, const struct session *s)
{
	*u = (struct undo){ .n = 1 };
	choices_take(&u->past[0], s);
}

void undo_release(struct undo *u)
{
	for (int i = 0; i < u->n; i++)
		choices_release(&u->past[i]);
	u->n = 0;
}

void undo_keep(struct undo *u, const struct session *s)
{
	if (!choices_differ(&u->past[u->at], s))
		return;
	while (u->n > u->at + 1)
		choices_release(&u->past[--u->n]);
	if (u->n == UNDO_MOST) {
		choices_release(&u->past[0]);
		memmove(u->past, u->past + 1, (UNDO_MOST - 1) * sizeof *u->past);
		u->n--;
	}
	u->at = u->n++;
	memset(&u->past[u->at], 0, sizeof u->past[u->at]);
	choices_take(&u->past[u->at], s);
}

unsigned undo_step(struct undo *u, struct session *s, int by)
{
	if (u->at + by < 0 || u->at + by >= u->n)
		return 0;
	u->at += by;
	const struct choices *c = &u->past[u->at];
	unsigned changed = choices_differ(c, s);
	filter_set_copy(&s->marks, &c->marks);
	filter_set_copy(&s->q.off, &c->off);
	s->sort = c->sort;
	s->reverse = c->reverse;
	s->percentile = c->percentile;
	memcpy(s->expression, c->expression, sizeof s->expression);
	return changed;
}
