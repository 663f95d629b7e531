#include "core/edit/edits.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

/* The place of window i, or where it would be. */
static int place_of(const struct edits *e, int64_t i)
{
	int k = 0;
	while (k < e->n && e->of[k]->window < i)
		k++;
	return k;
}

const struct edited *edits_find(const struct edits *e, int64_t i)
{
	int k = place_of(e, i);
	return k < e->n && e->of[k]->window == i ? e->of[k] : NULL;
}

static void make_room(struct edits *e, int n)
{
	if (n <= e->room)
		return;
	e->room = n + 8;
	e->of = xrealloc((void *)e->of, (size_t)e->room, sizeof *e->of);
}

void edits_put(struct edits *e, const struct edited *one)
{
	int k = place_of(e, one->window);
	edited_hold(one);
	if (k < e->n && e->of[k]->window == one->window) {
		edited_drop(e->of[k]);
	} else {
		make_room(e, e->n + 1);
		memmove((void *)(e->of + k + 1), (void *)(e->of + k), (size_t)(e->n++ - k) * sizeof *e->of);
	}
	e->of[k] = one;
}

void edits_remove(struct edits *e, int64_t i)
{
	int k = place_of(e, i);
	if (k == e->n || e->of[k]->window != i)
		return;
	edited_drop(e->of[k]);
	memmove((void *)(e->of + k), (void *)(e->of + k + 1), (size_t)(--e->n - k) * sizeof *e->of);
}

void edits_copy(struct edits *to, const struct edits *from)
{
	make_room(to, from->n);
	for (int k = 0; k < from->n; k++)
		edited_hold(from->of[k]);
	for (int k = 0; k < to->n; k++)
		edited_drop(to->of[k]);
	if (from->n)
		memcpy((void *)to->of, (void *)from->of, (size_t)from->n * sizeof *to->of);
	to->n = from->n;
}

bool edits_same(const struct edits *a, const struct edits *b)
{
	return a->n == b->n && (!a->n || !memcmp((void *)a->of, (void *)b->of, (size_t)a->n * sizeof *a->of));
}

void edits_release(struct edits *e)
{
	for (int k = 0; k < e->n; k++)
		edited_drop(e->of[k]);
	free((void *)e->of);
	*e = (struct edits){ 0 };
}
