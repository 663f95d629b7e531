#include "ui/state/undo.h"

#include <stdio.h>
#include <string.h>

static void choices_release(struct choices *c)
{
	filter_set_release(&c->marks);
	question_release(&c->q);
	edits_release(&c->edits);
	notes_drop(c->notes);
}

static void choices_take(struct choices *c, const struct session *s, const struct pin *pin)
{
	question_copy(&c->q, &s->q);
	edits_copy(&c->edits, &s->edits);
	filter_set_copy(&c->marks, &s->marks);
	notes_drop(c->notes);
	c->notes = notes_hold(s->notes);
	c->sort = s->sort;
	c->reverse = s->reverse;
	c->table = s->table;
	c->percentile = s->percentile;
	c->all_windows = s->all_windows;
	c->auto_method = s->auto_method;
	memcpy(c->expression, s->expression, sizeof c->expression);
	c->pruned = s->pruned;
	c->pin = pin->on ? pin->id : 0;
}

/* ---- what differs ---- */

static bool off(const struct choices *a, const struct choices *b)
{
	return !filter_set_equal(&a->q.off, &b->q.off);
}
static bool marks(const struct choices *a, const struct choices *b)
{
	return !filter_set_equal(&a->marks, &b->marks);
}
static bool notes(const struct choices *a, const struct choices *b)
{
	return a->notes != b->notes;
}
static bool window(const struct choices *a, const struct choices *b)
{
	bool edited = a->q.edited != b->q.edited && edits_same(&a->edits, &b->edits);
	return a->q.window != b->q.window || edited; /* from a window to its edited version, or back */
}
static bool edits(const struct choices *a, const struct choices *b)
{
	return !edits_same(&a->edits, &b->edits);
}
static bool target(const struct choices *a, const struct choices *b)
{
	return !target_equal(&a->q.target, &b->q.target);
}
static bool measure(const struct choices *a, const struct choices *b)
{
	return a->q.measure != b->q.measure;
}
static bool method(const struct choices *a, const struct choices *b)
{
	return a->auto_method != b->auto_method || (!a->auto_method && a->q.method != b->q.method);
}
static bool baseline(const struct choices *a, const struct choices *b)
{
	return a->q.baseline != b->q.baseline || a->q.baseline_window != b->q.baseline_window;
}
static bool clusters(const struct choices *a, const struct choices *b)
{
	return a->q.cluster_method != b->q.cluster_method || a->q.clusters != b->q.clusters;
}
static bool sort(const struct choices *a, const struct choices *b)
{
	return a->sort != b->sort || a->reverse != b->reverse;
}
static bool table(const struct choices *a, const struct choices *b)
{
	const struct table_settings *p = &a->table, *q = &b->table;
	return p->columns != q->columns || p->sort != q->sort || p->channel != q->channel || p->reverse != q->reverse ||
	       p->one_layer != q->one_layer;
}
static bool percentile(const struct choices *a, const struct choices *b)
{
	return a->percentile != b->percentile;
}
static bool all_windows(const struct choices *a, const struct choices *b)
{
	return a->all_windows != b->all_windows;
}
static bool expression(const struct choices *a, const struct choices *b)
{
	return strcmp(a->expression, b->expression) != 0;
}
static bool pruned(const struct choices *a, const struct choices *b)
{
	return a->pruned != b->pruned;
}
static bool pin(const struct choices *a, const struct choices *b)
{
	return a->pin != b->pin;
}

static const struct part {
	const char *name;
	bool (*differs)(const struct choices *a, const struct choices *b);
	unsigned changed; /* enum changed */
	bool runs;        /* changes in a row are one step */
} parts[] = {
	{ "window", window, CHANGED_WINDOW, true },
	{ "edit", edits, CHANGED_WINDOW, false },
	{ "percentile", percentile, CHANGED_ORDER, true },
	{ "filters switched", off, CHANGED_SWITCHES, false },
	{ "marks", marks, CHANGED_MARKS, false },
	{ "notes", notes, CHANGED_LOOK, false },
	{ "target", target, CHANGED_VALUES, false },
	{ "measure", measure, CHANGED_VALUES, false },
	{ "method", method, CHANGED_METHOD, false },
	{ "baseline", baseline, CHANGED_METHOD, false },
	{ "clusters", clusters, CHANGED_CLUSTERS, false },
	{ "sort", sort, CHANGED_ORDER, false },
	{ "table", table, CHANGED_ORDER, false },
	{ "all windows", all_windows, CHANGED_ORDER, false },
	{ "filter expression", expression, CHANGED_ORDER, false },
	{ "smaller network", pruned, CHANGED_LOOK, false },
	{ "pin", pin, CHANGED_LOOK, false },
};
enum { PARTS = sizeof parts / sizeof *parts };

/* The part that differs: -1: several do; PARTS: none. */
static int part_of(const struct choices *a, const struct choices *b)
{
	int one = PARTS;
	for (int i = 0; i < PARTS; i++)
		if (parts[i].differs(a, b))
			one = one == PARTS ? i : -1;
	return one;
}

static unsigned changes(const struct choices *a, const struct choices *b, char *what, size_t size)
{
	unsigned changed = 0;
	size_t n = 0;
	what[0] = '\0';
	for (int i = 0; i < PARTS; i++) {
		if (!parts[i].differs(a, b))
			continue;
		changed |= parts[i].changed;
		if (n < size)
			n += (size_t)snprintf(what + n, size - n, "%s%s", n ? ", " : "", parts[i].name);
	}
	return changed;
}

/* ---- pins ---- */

/* Takes pin i out of those that are kept. */
static struct pin take_pin(struct undo *u, int i)
{
	struct pin p = u->pin[i];
	memmove(u->pin + i, u->pin + i + 1, (size_t)(--u->n_pin - i) * sizeof *u->pin);
	return p;
}

void undo_name_pin(struct undo *u, struct pin *p)
{
	p->id = ++u->pins;
}

void undo_put_pin(struct undo *u, struct pin *p)
{
	if (!p->on)
		return;
	pin_gone(p); /* what is missing will not come any more */
	if (u->n_pin == UNDO_PINS) {
		struct pin oldest = take_pin(u, 0);
		pin_release(&oldest);
	}
	u->pin[u->n_pin++] = *p;
	*p = (struct pin){ 0 };
}

/* A pin that is too old comes back as none. */
static void restore_pin(struct undo *u, struct pin *p, unsigned id)
{
	if ((p->on ? p->id : 0) == id)
		return;
	undo_put_pin(u, p);
	for (int i = 0; i < u->n_pin; i++)
		if (u->pin[i].id == id) {
			*p = take_pin(u, i);
			return;
		}
}

/* ---- keeping and stepping ---- */

void undo_init(struct undo *u, const struct session *s)
{
	*u = (struct undo){ .n = 1 };
	choices_take(&u->past[0], s, &(struct pin){ 0 });
	u->past[0].part = -1;
}

void undo_begin_notes(struct undo *u, const struct notes *notes)
{
	for (int i = 0; i < u->n; i++) {
		notes_drop(u->past[i].notes);
		u->past[i].notes = notes_hold(notes);
	}
}

void undo_release(struct undo *u)
{
	for (int i = 0; i < u->n; i++)
		choices_release(&u->past[i]);
	for (int i = 0; i < u->n_pin; i++)
		pin_release(&u->pin[i]);
	u->n = u->n_pin = 0;
}

static void push(struct undo *u, struct choices *now)
{
	while (u->n > u->at + 1)
		choices_release(&u->past[--u->n]);
	if (u->n == UNDO_MOST) {
		choices_release(&u->past[0]);
		memmove(u->past, u->past + 1, (UNDO_MOST - 1) * sizeof *u->past);
		u->n--;
	}
	u->at = u->n++;
	u->past[u->at] = *now;
}

void undo_keep(struct undo *u, const struct session *s, const struct pin *p)
{
	struct choices now = { 0 }, *last = &u->past[u->at];
	choices_take(&now, s, p);
	now.part = part_of(last, &now);
	if (now.part == PARTS) {
		choices_release(&now);
	} else if (now.part >= 0 && parts[now.part].runs && last->part == now.part && u->at == u->n - 1) {
		choices_release(last);
		*last = now;
	} else {
		push(u, &now);
	}
}

bool undo_has(const struct undo *u, const struct pruned *q)
{
	for (int i = 0; i < u->n; i++)
		if (u->past[i].pruned == q)
			return true;
	return false;
}

unsigned undo_step(struct undo *u, struct session *s, struct pin *p, int by, char *what, size_t size)
{
	if (u->at + by < 0 || u->at + by >= u->n)
		return 0;
	const struct choices *was = &u->past[u->at], *c = &u->past[u->at + by];
	unsigned changed = changes(was, c, what, size);
	u->at += by;
	int followed = s->q.method; /* what `auto` means now is no choice of then */
	question_copy(&s->q, &c->q);
	if (c->auto_method && s->auto_method)
		s->q.method = followed;
	s->auto_method = c->auto_method;
	edits_copy(&s->edits, &c->edits);
	session_truth(s);
	filter_set_copy(&s->marks, &c->marks);
	session_notes(s, notes_hold(c->notes));
	s->sort = c->sort;
	s->reverse = c->reverse;
	s->table = c->table;
	s->percentile = c->percentile;
	s->all_windows = c->all_windows;
	memcpy(s->expression, c->expression, sizeof s->expression);
	session_pruned(s, c->pruned);
	restore_pin(u, p, c->pin);
	return changed;
}
