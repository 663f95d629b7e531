#include "src/session/session_merge.h"

#include <stdlib.h>
#include <string.h>

static void copy_file(struct review *r, struct review_file *to, const struct review_file *from)
{
	*to = *from;
	to->path = review_text(r, from->path, REVIEW_NAME_MAX);
	to->sha256 = review_text(r, from->sha256, 64);
}

static void copy_identity(struct review *to, const struct review *from)
{
	copy_file(to, &to->model, &from->model);
	to->data = xcalloc((size_t)from->n_data + 1, sizeof *to->data);
	for (; to->n_data < from->n_data; to->n_data++)
		copy_file(to, &to->data[to->n_data], &from->data[to->n_data]);
	to->layers = review_text(to, from->layers, REVIEW_NAME_MAX);
	to->recipe = review_text(to, from->recipe, REVIEW_NAME_MAX);
	to->windows = from->windows;
}

static void add_all(struct review *to, struct review_set *s, const struct review_set *from)
{
	for (int i = 0; i < from->n; i++)
		review_set_add(to, s, from->filter[i].layer, from->filter[i].filter);
}

/* The filters of a that b has not. */
static void differ(struct review_set *only, const struct review_set *a, const struct review_set *b)
{
	only->filter = xcalloc((size_t)a->n + 1, sizeof *only->filter);
	for (int i = 0; i < a->n; i++)
		if (!review_set_has(b, a->filter[i].layer, a->filter[i].filter))
			only->filter[only->n++] = a->filter[i];
}

static void add_pins(struct review *to, const struct review *from)
{
	for (int i = 0; i < from->n_pin && to->n_pin < REVIEW_PINS_MAX; i++) {
		to->pin = xrealloc(to->pin, (size_t)to->n_pin + 1, sizeof *to->pin);
		review_copy_question(to, &to->pin[to->n_pin++], &from->pin[i]);
	}
}

/* What was edited in both is as a has it; the edited window of b stays for what refers to it. */
static void add_edits(struct review *to, const struct review *from)
{
	for (int i = 0; i < from->n_edit && to->n_edit < REVIEW_EDITS_MAX; i++) {
		struct review_edit e = review_copy_edit(to, &from->edit[i]);
		for (int k = 0; k < to->n_edit; k++) {
			const struct review_edit *q = &to->edit[k];
			bool same = q->window.row == e.window.row && !strcmp(q->window.group, e.window.group);
			e.present &= !(same && q->present);
		}
		review_add_edit(to, &e);
	}
}

static int add_notes(struct review *to, const struct review *from, int *only, struct err *e)
{
	for (int i = 0; i < from->n_note; i++) {
		int before = to->n_note;
		if (before == REVIEW_NOTES_MAX)
			return err_set(e, ERR_LIMIT, "together they have more than %d notes", REVIEW_NOTES_MAX);
		review_add_note(to, &from->note[i]);
		*only += to->n_note > before;
	}
	return 0;
}

int session_merge(struct review *to, const struct review *a, const struct review *b, struct session_conflicts *c,
                  struct err *e)
{
	int both = 0;
	review_init(to);
	memset(c, 0, sizeof *c);
	if (*a->layers && *b->layers && strcmp(a->layers, b->layers) != 0)
		return err_set(e, ERR_VALUE, "the two sessions are of models with other layers: %.200s, %.200s",
		               a->model.path, b->model.path);
	copy_identity(to, a);
	to->saved = review_text(to, strcmp(a->saved, b->saved) < 0 ? b->saved : a->saved, REVIEW_NAME_MAX);
	review_copy_question(to, &to->question, &a->question);
	review_copy_view(to, &to->view, &a->view);
	add_all(to, &to->marks, &a->marks);
	add_all(to, &to->marks, &b->marks);
	review_set_sort(&to->marks);
	add_pins(to, a);
	add_pins(to, b);
	add_edits(to, a);
	add_edits(to, b);
	int bad = add_notes(to, a, &both, e);
	bad = bad ? bad : add_notes(to, b, &c->notes[1], e);
	c->notes[0] = to->n_note - b->n_note;
	review_sort_notes(to);
	differ(&c->marked[0], &a->marks, &b->marks);
	differ(&c->marked[1], &b->marks, &a->marks);
	differ(&c->off[0], &a->question.off, &b->question.off);
	differ(&c->off[1], &b->question.off, &a->question.off);
	return bad;
}

void session_conflicts_release(struct session_conflicts *c)
{
	for (int k = 0; k < 2; k++) {
		free(c->marked[k].filter);
		free(c->off[k].filter);
	}
}
